//! What was asked is what is shown: questions that are worded anew, and systems that stop beside others.

use super::infer::{Server, dataset, lines, said};
use super::*;

const TABLE: &str = "clinic/ehr-relevance-labels.tsv";

/// An answer to an earlier wording stands under no other, is asked for anew, and stands again without a request once the wording is back.
#[test]
fn an_answer_belongs_to_the_wording_that_was_asked() {
    let shell = Shell::new();
    dataset(&shell, 2);
    let server = Server::new(|_| said("Yes, a cough."));
    let infer = || {
        let to = ["--endpoint", &server.url, "--model", "m"];
        shell.run(&[["infer", "clinic"].as_slice(), &to].concat())
    };
    let answers = || {
        let dataset = Dataset::open(&shell.path("clinic")).expect("a dataset");
        let answers: usize = dataset.cases().iter().map(|c| c.responses.len()).sum();
        let told = dataset.notices().iter();
        let told = told.filter(|n| n.what.contains("another wording"));
        (answers, told.count())
    };
    assert_eq!(infer().code, 0);
    assert_eq!(answers(), (2, 0));
    let first = fs::read_to_string(shell.path(TABLE)).expect("a table");
    let anew = first.replace("number 0: any cough?", "number 0: no cough at all?");
    assert_ne!(first, anew);
    fs::write(shell.path(TABLE), &anew).expect("written");
    assert_eq!(answers(), (1, 1));
    assert_eq!((infer().code, server.asked().len()), (0, 3));
    assert_eq!(answers(), (2, 0));
    fs::write(shell.path(TABLE), &first).expect("written");
    assert_eq!(answers(), (1, 1));
    let ran = infer();
    assert!(
        ran.code == 0 && ran.out.contains("2 known before"),
        "{ran:?}"
    );
    assert_eq!(server.asked().len(), 3);
    assert_eq!(answers(), (2, 0));
    assert_eq!(lines(&shell, "m").len(), 4);
}

/// A system whose server is not there is named, and those after it are asked.
#[test]
fn a_system_that_stops_leaves_the_others_their_turn() {
    let shell = Shell::new();
    dataset(&shell, 2);
    let server = Server::new(|_| said("Yes, a cough."));
    let gone = std::net::TcpListener::bind("127.0.0.1:0").expect("a port");
    let nobody = format!("http://{}/v1", gone.local_addr().expect("an address"));
    drop(gone);
    let system = |label: &str, url: &str| {
        format!("[[system]]\nlabel = \"{label}\"\nmodel = \"m\"\nendpoint = \"{url}\"\n")
    };
    let run = [
        system("a", &server.url),
        system("b", &nobody),
        system("c", &server.url),
    ];
    fs::write(shell.path("run.toml"), run.concat()).expect("written");
    let ran = shell.run(&["infer", "clinic", "--run", "run.toml"]);
    assert!(ran.code != 0 && ran.err.contains("b stopped"), "{ran:?}");
    let count = |label| lines(&shell, label).len();
    assert_eq!([count("a"), count("b"), count("c")], [2, 0, 2]);
}
