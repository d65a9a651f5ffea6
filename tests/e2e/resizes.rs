//! The window changes its size all the time, and no key is lost.

use medalign::inside::review::{Act, Entry};

use crate::desk::{Desk, Dice, Marks, go_to_answers};
use crate::pty::Pty;

const KEYS: &[&str] = &[
    "c", "x", "m", "1", "2", "3", "0", "+", "-", "=", "l", "h", "l", "u",
];

/// Presses the same keys each time; between them the window changes its size, or does not.
fn judge(pty: &mut Pty, resizes: bool) {
    pty.wait_for("judged");
    go_to_answers(pty);
    let (mut keys, mut sizes) = (Dice::new(11), Dice::new(13));
    for n in 0..200 {
        if resizes {
            let (width, height) = (40 + sizes.below(180) as u16, 12 + sizes.below(60) as u16);
            if n % 20 == 19 {
                // Too small to show anything: keys are ignored there on purpose, so none is on its way.
                pty.settle();
                pty.resize(30, 8);
                pty.wait_for("40");
            }
            pty.resize(width, height);
            if n % 20 == 19 {
                pty.wait_for("judged");
            }
        }
        // A key that is typed ahead of the frame that it answers to does nothing, on purpose.
        pty.press(keys.pick(KEYS));
    }
    pty.resize(80, 24);
    pty.settle();
}

/// What was said, without ids and times.
fn said(entries: Vec<Entry>) -> Vec<Act> {
    let said = entries.into_iter().map(|e| e.act);
    said.filter(|a| !matches!(a, Act::Session { .. } | Act::Undo { .. }))
        .collect()
}

#[test]
fn two_hundred_resizes_lose_no_key() {
    let (calm, stormy) = (Desk::new(), Desk::new());
    let mut expected = calm.review("jchen", &[]).start();
    judge(&mut expected, false);
    let mut pty = stormy.review("jchen", &[]).start();
    judge(&mut pty, true);
    let (acts, marks) = (said(calm.entries("jchen")), Marks::on(&expected.rows()));
    assert!(acts.len() > 80, "{} acts", acts.len());
    assert_eq!(said(stormy.entries("jchen")), acts);
    assert_eq!(Marks::on(&pty.rows()), marks);
    assert_eq!(
        marks,
        Some(Marks::of(&stormy.ledger("jchen"), &stormy.dataset(), 0))
    );
    pty.keys("q q");
    assert_eq!(pty.wait_exit(), 0);
    pty.assert_restored();
}
