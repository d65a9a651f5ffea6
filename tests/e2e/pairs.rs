//! Deciding which close instructions ask the same, and what the tables say of it, also after the program was killed.

use std::fs;
use std::path::Path;

use crate::pty::{Pty, Setup};

const FORM: &str = "Timestamp,Instruction,Specialty
2023-01-03 10:00,Summarize the history of stroke and list the anticoagulants.,Neurology
2023-01-04 10:00,Summarize the history of stroke and list all the anticoagulants.,Cardiology
2023-01-05 10:00,When was the last CT of the chest and what did it show?,Oncology
2023-01-06 10:00,When was the last MRI of the brain and what did it show?,Neurology
2023-01-07 10:00,Is the patient up to date on vaccines?,Primary Care
";

fn start(home: &Path, more: &[&str]) -> Pty {
    let mut args = vec!["import", "instructions", "form.csv", "--out", "asked.tsv"];
    args.extend(["--review", "--as", "jchen"]);
    args.extend(more);
    Setup::medalign(&args).size(100, 30).home(home).start()
}

fn questions(home: &Path) -> Vec<String> {
    let table = fs::read_to_string(home.join("asked.tsv")).expect("the table");
    let rows = table.lines().skip(1);
    let words = rows.map(|r| r.split('\t').nth(1).expect("a question"));
    words
        .map(|q| q.split(' ').nth(3).expect("a word").to_owned())
        .collect()
}

#[test]
fn decisions_survive_a_kill_and_make_the_table() {
    let home = tempfile::tempdir().expect("a temporary folder");
    let home = home.path();
    fs::write(home.join("form.csv"), FORM).expect("a form");

    let mut pty = start(home, &[]);
    pty.wait_for("2 of 2 pairs open");
    // Without decisions the later one of each pair is dropped.
    assert_eq!(questions(home), ["of", "last", "up"].map(String::from));
    // The CT and the MRI are the more doubtful pair, so they come first.
    pty.wait_for("Later");
    pty.keys("d");
    pty.wait_for("1 of 2 pairs open · 4 of 5 instructions kept");
    pty.wait_for("saved ");
    pty.kill_hard();

    let mut pty = start(home, &["--overwrite"]);
    pty.wait_for("1 of 2 pairs open · 4 of 5 instructions kept");
    assert_eq!(
        questions(home).len(),
        4,
        "written at the start, by what was decided before"
    );
    pty.keys("n");
    pty.keys("d");
    pty.wait_for("0 of 2 pairs open · 5 of 5 instructions kept");
    pty.keys("u");
    pty.wait_for("1 of 2 pairs open · 4 of 5 instructions kept");
    pty.keys("s");
    pty.wait_for("0 of 2 pairs open · 4 of 5 instructions kept");
    pty.keys("q");
    assert_eq!(pty.wait_exit(), 0);
    pty.assert_restored();
    assert!(
        pty.screen()
            .contains("decisions: 1 pairs ask the same, 1 differ"),
        "{}",
        pty.screen()
    );
    assert_eq!(
        questions(home),
        ["of", "last", "last", "up"].map(String::from)
    );
    let dropped = fs::read_to_string(home.join("asked.tsv.dropped.tsv")).expect("the dropped ones");
    assert!(dropped.contains("\tdecided\t"), "{dropped}");
    let close = fs::read_to_string(home.join("asked.tsv.borderline.tsv")).expect("the close ones");
    assert!(
        close
            .lines()
            .nth(1)
            .is_some_and(|l| l.ends_with("\tdifferent")),
        "{close}"
    );
}
