//! The thread that searches for the screen.

use std::sync::Arc;
use std::time::Duration;

use super::small;
use crate::search::State;
use crate::search::worker::{Message, Outcome, Request, Worker};

#[test]
fn the_worker_answers_the_newest_request() {
    let root = tempfile::tempdir().expect("a folder");
    let (dataset, place) = small(root.path());
    let worker = Worker::start(Arc::new(dataset), place, || {}).expect("a thread");
    let next = |worker: &Worker| worker.wait(Duration::from_mins(1)).expect("a message");
    assert!(matches!(next(&worker), Message::State(State::Missing)));
    let ask = |worker: &Worker, generation, query: &str| {
        let request = Request {
            generation,
            query: query.to_owned(),
            limit: 5,
            explain: true,
            ..Request::default()
        };
        worker.ask(request);
    };
    ask(&worker, 1, "stroke");
    let Message::Reply(reply) = next(&worker) else {
        panic!("a reply")
    };
    assert!(matches!(reply.outcome, Outcome::NoIndex));
    worker.build(false);
    loop {
        match next(&worker) {
            Message::Built(built) => {
                assert_eq!(built.expect("built").indexed, 3);
                break;
            }
            Message::Progress(now) => assert!(now.records <= 3),
            other => panic!("{other:?}"),
        }
    }
    assert!(matches!(
        next(&worker),
        Message::State(State::Ready { stale: 0, .. })
    ));
    for generation in 2..200 {
        ask(&worker, generation, "stroke left");
    }
    let mut replies = 0;
    loop {
        let Message::Reply(reply) = next(&worker) else {
            panic!("a reply")
        };
        replies += 1;
        let Outcome::Found(found, weights) = reply.outcome else {
            panic!("found")
        };
        assert_eq!(found.hits.len(), weights.len());
        if reply.generation == 199 {
            assert_eq!(found.hits[0].person, "1");
            break;
        }
    }
    assert!(replies <= 198);
}
