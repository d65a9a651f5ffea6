//! Reads records on a thread of its own, so that no key waits for a record.
//!
//! In: a case to read, and the one that is likely next. Out: records with what the screen derives from them. The newest
//! wish counts: an older one that has not begun is dropped. A panic in a reader is a message, not the end.

use std::collections::VecDeque;
use std::path::PathBuf;
use std::sync::Arc;
use std::sync::mpsc::{Receiver, Sender, channel};
use std::thread::JoinHandle;

use crate::dataset::Dataset;
use crate::record;
use crate::tui::record_view::RecordView;
use crate::tui::terminal::Waker;

/// Records that are kept: the one in view, the next, and the one before.
const KEPT: usize = 3;
/// A record whose file is larger than this is not read ahead of need.
const AHEAD_MAX: u64 = 64 << 20;

/// A wish: the case in view and the one that is likely next.
#[derive(Clone, Copy, Debug)]
struct Wish {
    case: usize,
    next: Option<usize>,
}

/// A record that was read, or why it was not.
#[derive(Debug)]
pub struct Reply {
    /// The case.
    pub case: usize,
    /// Its record.
    pub record: Result<Arc<RecordView>, String>,
}

/// The thread.
pub struct Loader {
    wishes: Option<Sender<Wish>>,
    replies: Receiver<Reply>,
    thread: Option<JoinHandle<()>>,
}

impl Loader {
    /// Starts the thread.
    pub fn start(dataset: Arc<Dataset>, waker: Waker) -> std::io::Result<Self> {
        let (wishes, inbox) = channel();
        let (outbox, replies) = channel();
        let thread = std::thread::Builder::new()
            .name("record".to_owned())
            .spawn(move || {
                work(&dataset, &inbox, &outbox, &waker);
            })?;
        Ok(Loader {
            wishes: Some(wishes),
            replies,
            thread: Some(thread),
        })
    }

    /// Asks for the record of a case.
    pub fn wish(&self, case: usize, next: Option<usize>) {
        if let Some(wishes) = &self.wishes {
            // A thread that is gone answers nothing; `replies` says so.
            let _ = wishes.send(Wish { case, next });
        }
    }

    /// What was read since the last call.
    pub fn replies(&self) -> Vec<Reply> {
        self.replies.try_iter().collect()
    }

    /// Whether the thread still works.
    pub fn is_alive(&self) -> bool {
        self.thread.as_ref().is_some_and(|t| !t.is_finished())
    }
}

impl Drop for Loader {
    fn drop(&mut self) {
        // The thread ends with the channel; a record that is being read is not waited for.
        self.wishes = None;
    }
}

fn work(dataset: &Dataset, inbox: &Receiver<Wish>, outbox: &Sender<Reply>, waker: &Waker) {
    let mut kept: VecDeque<(PathBuf, Arc<RecordView>)> = VecDeque::new();
    while let Ok(mut wish) = inbox.recv() {
        while let Ok(newer) = inbox.try_recv() {
            wish = newer;
        }
        let record = read(dataset, wish.case, &mut kept);
        if outbox
            .send(Reply {
                case: wish.case,
                record,
            })
            .is_err()
        {
            return;
        }
        waker.wake();
        if let Some(next) = wish.next
            && let Some(case) = dataset.cases().get(next)
            && let Ok(path) = dataset.record_path(case)
            && std::fs::metadata(path).is_ok_and(|m| m.len() <= AHEAD_MAX)
        {
            // Read ahead of need; a failure shows when it is asked for.
            let _ = read(dataset, next, &mut kept);
        }
    }
}

fn read(
    dataset: &Dataset,
    case: usize,
    kept: &mut VecDeque<(PathBuf, Arc<RecordView>)>,
) -> Result<Arc<RecordView>, String> {
    let case = dataset.cases().get(case).ok_or("there is no such case")?;
    let say = |e: crate::Error| match e.hint_text() {
        Some(hint) => format!("{e}. To try: {hint}"),
        None => e.to_string(),
    };
    let path = dataset.record_path(case).map_err(say)?;
    if let Some(i) = kept.iter().position(|(p, _)| *p == path) {
        let found = kept.remove(i).ok_or("there is no such record")?;
        // The path follows from the patient's id, so this is the patient that was confirmed when it was read.
        kept.push_front(found.clone());
        return Ok(found.1);
    }
    let record = record::read(&path)
        .and_then(|r| dataset.confirm_patient(case, r))
        .map_err(say)?;
    let view = Arc::new(RecordView::new(record));
    kept.push_front((path, Arc::clone(&view)));
    kept.truncate(KEPT);
    Ok(view)
}
