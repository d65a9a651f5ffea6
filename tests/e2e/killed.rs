//! Nothing that the screen showed as saved is lost, whenever the program is killed.

use std::time::{Duration, Instant};

use medalign::inside::dataset::Dataset;
use medalign::inside::review::{Entry, Ledger};
use rustix::process::Signal;

use crate::desk::{Desk, Dice, Marks, go_to_answers};
use crate::pty::{Pty, rows};

pub(crate) const KEYS: &[&str] = &[
    "c",
    "x",
    "m",
    "Backspace",
    "1",
    "2",
    "3",
    "4",
    "0",
    "+",
    "-",
    "=",
    "h",
    "l",
    "l",
    "l",
    "u",
    "C-r",
    "*",
    ">",
    "<",
    "c",
    "x",
    "l",
];

/// The marks on every whole frame that was drawn, in order.
pub(crate) fn frames(raw: &[u8]) -> Vec<Marks> {
    const BEGIN: &[u8] = b"\x1b[?2026h";
    const END: &[u8] = b"\x1b[?2026l";
    let mut terminal = vt100::Parser::new(
        24.try_into().expect("above 0"),
        80.try_into().expect("above 0"),
        0,
    );
    let mut marks = Vec::new();
    let mut rest = raw;
    loop {
        // Long frames stand between two marks; what comes before the first mark is whole, too.
        let begin = memchr::memmem::find(rest, BEGIN).unwrap_or(rest.len());
        terminal.process(&rest[..begin]);
        marks.extend(Marks::on(&rows(terminal.screen())));
        rest = &rest[begin..];
        let Some(end) = memchr::memmem::find(rest, END) else {
            return marks;
        };
        terminal.process(&rest[..end + END.len()]);
        marks.extend(Marks::on(&rows(terminal.screen())));
        rest = &rest[end + END.len()..];
    }
}

/// Goes through the entries until each frame in turn is what they say: what a frame shows was written before it.
pub(crate) fn check(
    marks: &[Marks],
    ledger: &mut Ledger,
    dataset: &Dataset,
    new: &mut impl Iterator<Item = Entry>,
) {
    for shown in marks {
        while Marks::of(ledger, dataset, shown.case) != *shown {
            let entry = new.next().unwrap_or_else(|| {
                panic!(
                    "the screen showed {shown:?}, the review file says {:?}",
                    Marks::of(ledger, dataset, shown.case)
                )
            });
            ledger.apply(entry);
        }
    }
}

#[test]
fn what_was_shown_as_saved_outlives_kill_9() {
    let begin = Instant::now();
    let desk = Desk::new();
    let dataset = desk.dataset();
    let mut ledger = Ledger::new("jchen");
    let mut dice = Dice::new(7);
    let (mut acts, mut shown) = (0, 0);
    for round in 0..200 {
        let mut pty = desk.review("jchen", &[]).start();
        pty.wait_until("the marks", |screen| Marks::on(&rows(screen)).is_some());
        let first = Marks::on(&pty.rows()).expect("marks");
        assert_eq!(
            first,
            Marks::of(&ledger, &dataset, first.case),
            "round {round}"
        );
        go_to_answers(&mut pty);
        for _ in 0..=dice.below(3) {
            let burst = (0..=dice.below(5))
                .map(|_| dice.pick(KEYS))
                .collect::<Vec<_>>()
                .join(" ");
            let before = pty.raw().len();
            pty.keys(&burst);
            // Killed at once, or when some of what follows is drawn.
            let bytes = before + dice.below(400);
            pty.wait_for_bytes(bytes, Duration::from_millis(30));
        }
        pty.kill_hard();
        let marks = frames(&pty.raw());
        let all = desk.review_file("jchen");
        let all = if all.exists() {
            desk.entries("jchen")
        } else {
            Vec::new()
        };
        let known = ledger.entries().len();
        assert!(all.len() >= known, "round {round}: the file shrank");
        assert_eq!(&all[..known], ledger.entries(), "round {round}");
        let mut new = all[known..].iter().cloned();
        acts += all.len() - known;
        shown += marks.len();
        check(&marks, &mut ledger, &dataset, &mut new);
        for entry in new {
            ledger.apply(entry);
        }
    }
    println!(
        "200 kills, {acts} entries, {shown} frames, {:.1} s",
        begin.elapsed().as_secs_f64()
    );
    assert!(acts > 200, "{acts} entries are too few to prove anything");
}

#[test]
fn a_lock_left_by_kill_9_is_taken_over_with_a_notice() {
    let desk = Desk::new();
    let mut pty = desk.review("jchen", &[]).start();
    pty.wait_for("judged");
    go_to_answers(&mut pty);
    pty.press("c");
    let pid = pty.pid().as_raw_nonzero();
    pty.kill(Signal::KILL);
    pty.kill_hard();
    let mut pty: Pty = desk.review("jchen", &[]).size(160, 40).start();
    pty.wait_for("1 notice");
    pty.wait_for(" 1 of 6 judged");
    pty.keys("g n");
    pty.wait_for("took over from a session that did not end well");
    pty.wait_for(&format!("process {pid}"));
    pty.keys("q q q");
    assert_eq!(pty.wait_exit(), 0);
    // A session that ended well leaves no notice.
    let pty = desk.review("jchen", &[]).size(160, 40).start();
    pty.wait_for("judged");
    assert!(!pty.screen().contains("notice"), "{}", pty.screen());
}

#[test]
fn what_is_being_typed_outlives_kill_9() {
    for (open, line, saved) in [
        ("a", "No source for the dose", "Comment on A saved"),
        ("A", "Ask a nephrologist", "Comment on the case saved"),
        ("r", "C > B", "Ranking C > B"),
        ("g a G Enter", "No echo in the record", "Saved: "),
    ] {
        let desk = Desk::new();
        let mut pty = desk.review("jchen", &[]).start();
        pty.wait_for("judged");
        go_to_answers(&mut pty);
        pty.keys(open);
        pty.send(line.as_bytes());
        pty.wait_for(line);
        let begin = Instant::now();
        while !desk.is_typing_kept() {
            assert!(begin.elapsed() < Duration::from_secs(20), "{open}");
            std::thread::sleep(Duration::from_millis(20));
        }
        pty.kill_hard();
        let mut pty = desk.review("jchen", &[]).size(120, 40).start();
        pty.wait_for("Not saved yet:");
        go_to_answers(&mut pty);
        pty.keys(open);
        pty.wait_for(line);
        let kinds = |desk: &Desk| {
            let entries = desk.entries("jchen").into_iter();
            let said = entries.filter(|e| e.act.kind() != "session");
            said.map(|e| e.act.kind().to_owned()).collect::<Vec<_>>()
        };
        assert_eq!(kinds(&desk), Vec::<String>::new(), "{open}");
        pty.keys(match open {
            "r" => "Enter",
            "a" | "A" => "C-s",
            _ => "Enter k Enter",
        });
        pty.wait_for(saved);
        pty.keys("q q");
        assert_eq!(pty.wait_exit(), 0);
        assert_eq!(kinds(&desk).len(), 1, "{open}");
        assert!(!desk.is_typing_kept(), "{open}");
    }
}
