//! An answer's text changes after it was judged: its mark is shown as one of an earlier text, and never as a verdict.

use std::sync::Arc;

use crate::tui::layout::Focus;

use super::desk::{Desk, Room, Setup};

const TABLE: &str = "clinician-reviewed-model-responses.tsv";

/// Puts the answers into focus.
fn to_answers(desk: &mut Desk) {
    for _ in 0..3 {
        if desk.app.screen.focus != Focus::Answers {
            desk.press("Tab");
        }
    }
    assert_eq!(desk.app.screen.focus, Focus::Answers);
}

#[test]
fn a_mark_of_an_earlier_text_is_no_verdict_until_given_anew() {
    for size in [(80, 24), (120, 40), (200, 50)] {
        let room = Arc::new(Room::with_answers(3));
        let mut desk = Desk::open(Arc::clone(&room), size, Setup::default());
        to_answers(&mut desk);
        desk.press("c 1");
        assert_eq!(desk.verdicts(), "+--");
        let model = desk.app.model(0).expect("a model").to_owned();
        let number = model.trim_start_matches("model-");
        let (old, new) = (format!("number {number}:"), format!("nunber {number}:"));
        room.write(TABLE, &room.read(TABLE).replace(&old, &new));
        let mut desk = desk.reopen(Setup::default());
        to_answers(&mut desk);
        let text = desk.text();
        assert_eq!(
            (desk.verdicts().as_str(), desk.ranking().as_str()),
            ("---", ""),
            "{text}"
        );
        assert!(
            text.contains("of an earlier text") && text.contains('~'),
            "{text}"
        );
        assert!(text.contains("0 of 3 judged"), "{text}");
        assert!(!text.contains('✓'), "{text}");
        let told = |desk: &Desk| {
            let notices = desk.app.all_notices();
            notices
                .filter(|n| n.to_string().contains("of an earlier text"))
                .count()
        };
        assert_eq!(told(&desk), 1);
        desk.press("x");
        assert_eq!(desk.verdicts(), "x--");
        assert!(!desk.text().contains('~') || desk.ranking().is_empty());
        // What is taken back shows the earlier mark again, and the earlier text the earlier mark as it was.
        desk.press("u");
        assert_eq!(desk.verdicts(), "---");
        assert!(
            desk.text().contains("of an earlier text"),
            "{}",
            desk.text()
        );
        room.write(TABLE, &room.read(TABLE).replace(&new, &old));
        let desk = desk.reopen(Setup::default());
        assert_eq!(
            (desk.verdicts().as_str(), desk.ranking().as_str()),
            ("+--", "A")
        );
        assert_eq!(told(&desk), 0);
    }
}
