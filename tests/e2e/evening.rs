//! A clinician judges a case in the evening and goes on in the morning, perhaps on another screen.

use medalign::inside::review::{ErrorKind, Harm};

use crate::desk::{Desk, go_to_answers, wait_for_record};
use crate::pty::Pty;

/// The rows that do not tell the time or what was done last: without status, messages and hints.
fn body(pty: &Pty) -> Vec<String> {
    let rows = pty.rows();
    let end = rows.len() - if rows.len() >= 30 { 2 } else { 1 };
    rows[1..end].to_vec()
}

/// The part of the row of verdicts and ranks that all sizes show.
fn rank_line(pty: &Pty) -> String {
    let rows = pty.rows();
    let after = rows
        .iter()
        .find_map(|r| r.strip_prefix("  rank ").or(r.strip_prefix("─ rank ")));
    let line = after.expect("a rank line").split(['─', ' ']);
    line.take_while(|w| !w.is_empty())
        .collect::<Vec<_>>()
        .join(" ")
}

fn evening_and_morning(size: (u16, u16)) {
    let desk = Desk::new();
    let mut pty = desk.review("jchen", &[]).size(size.0, size.1).start();
    wait_for_record(&pty);

    // Read: an encounter, a note in place, the note in full size.
    pty.press("g g");
    pty.press("l");
    pty.press("}");
    pty.press("Enter");
    pty.press("z");
    pty.press("PageDown");
    pty.press("z");

    // Judge: every answer a mark, ranks by digits with ties.
    go_to_answers(&mut pty);
    for keys in ["c 1", "x 3", "m 2", "c 1", "x 4", "x 3"] {
        pty.press(keys);
        pty.press("l");
    }
    pty.wait_for("6 of 6 judged");
    assert_eq!(rank_line(&pty), "A = D > C > B = F > E");
    pty.keys("h h h h h");
    pty.settle();
    pty.keys("t");
    pty.wait_for("What is wrong with A");
    pty.keys("j Space 9 9 9 9 Enter");
    pty.wait_for("Tags of A saved");
    pty.keys("a");
    pty.send("No source for the dose — see 2018".as_bytes());
    pty.keys("C-s");
    pty.wait_for("Comment on A saved");

    // One verdict by mistake, taken back.
    pty.keys("x");
    pty.settle();
    pty.keys("u");
    pty.wait_for("Taken back: the mark “incorrect” of A");
    pty.keys("Enter");
    pty.wait_for("Submitted.");
    pty.press("l l l l C-d j");
    let evening = body(&pty);
    let rank = rank_line(&pty);
    assert!(pty.screen().contains("submitted"), "{}", pty.screen());
    pty.keys("q q");
    assert_eq!(pty.wait_exit(), 0);
    pty.assert_restored();

    // What the file says.
    let (dataset, ledger) = (desk.dataset(), desk.ledger("jchen"));
    let review = ledger.case(&dataset.cases()[0].key());
    assert!(review.submitted.is_some());
    assert_eq!(review.responses.len(), 6);
    assert_eq!(review.rank.ranks_competition().len(), 6);
    let tagged = review
        .responses
        .values()
        .find(|r| r.comment.is_some())
        .expect("a comment");
    assert_eq!(
        tagged.comment.as_deref(),
        Some("No source for the dose — see 2018")
    );
    assert_eq!(tagged.errors, [ErrorKind::NotInRecord]);
    assert_eq!(tagged.harm, Some(Harm::Severe));
    assert_eq!(
        tagged.judgement.expect("a verdict").verdict.name(),
        "correct"
    );

    // The same screen again.
    let mut pty = desk.review("jchen", &[]).size(size.0, size.1).start();
    wait_for_record(&pty);
    pty.settle();
    assert_eq!(body(&pty), evening, "the screen of {size:?} is another one");
    pty.keys("C-c");
    assert_eq!(pty.wait_exit(), 0);

    // On a larger screen: the same case, marks, ranks and answer in focus.
    let mut pty = desk.review("jchen", &[]).size(200, 50).start();
    wait_for_record(&pty);
    pty.settle();
    let screen = pty.screen();
    assert!(screen.contains("case 1 of 10"), "{screen}");
    assert!(screen.contains("submitted"), "{screen}");
    assert!(screen.contains("A ✓  B ✗  C ?  D ✓  E ✗  F ✗"), "{screen}");
    assert_eq!(rank_line(&pty), rank);
    // The answer in focus takes the next mark.
    pty.keys("R");
    pty.wait_for("Reopened");
    pty.keys("m");
    pty.wait_for("A ✓  B ✗  C ?  D ✓  E ?  F ✗");
    pty.keys("q q");
    assert_eq!(pty.wait_exit(), 0);
    pty.assert_restored();
}

#[test]
fn an_evening_and_a_morning_on_a_small_screen() {
    evening_and_morning((80, 24));
}

#[test]
fn an_evening_and_a_morning_on_a_wide_screen() {
    evening_and_morning((120, 40));
}
