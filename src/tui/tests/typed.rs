//! What was typed and not saved, what was open and left: nothing of it is lost, and nothing becomes a mark.

use std::sync::Arc;

use crate::tui::app::Effect;
use crate::tui::layout::Focus;
use crate::tui::overlays::confirm::Confirm;
use crate::tui::panes::timeline::TimelineLine;

use super::desk::{Desk, Room, Setup};
use super::picture::rows;
use super::states::STATES;

const LOW: (u16, u16) = (80, 24);
const WIDE: (u16, u16) = (120, 40);

/// What was said, apart from sittings.
fn acts(desk: &Desk) -> usize {
    let entries = desk.app.desk.log.ledger().entries().iter();
    entries.filter(|e| e.act.kind() != "session").count()
}

#[test]
fn the_help_over_a_menu_loses_nothing_that_was_chosen() {
    for (open, chosen, shown) in [("t", "j Space", "[x]"), ("g a", "j Space", "(x)")] {
        let mut desk = Desk::demo(WIDE);
        desk.press("Tab").press(open).press(chosen).press("? q");
        assert!(desk.app.screen.overlay.is_none(), "{open}");
        assert!(!desk.text().contains(shown), "{open}: {}", desk.text());
        desk.press(open);
        assert!(desk.text().contains(shown), "{open}: {}", desk.text());
        assert_eq!(acts(&desk), 0, "{open}");
    }
}

#[test]
fn what_is_cancelled_is_not_saved_and_comes_back_once() {
    for (open, typed, shown, save) in [
        ("a", "type:cxm Enter type:123", "cxm", "C-s"),
        ("A", "type:cxm Enter type:123", "cxm", "C-s"),
        ("t", "j Space", "[x]", "Enter"),
        ("r", "type:C>B", "C>B", "Enter"),
        ("g a", "j Space G Enter type:why Enter", "why", "k Enter"),
    ] {
        for cancel in ["Esc", "C-g", "C-c", "q"] {
            let text = !matches!(open, "t" | "g a");
            // Letters are text; a menu has other keys.
            let bound = if text {
                cancel != "q"
            } else {
                matches!(cancel, "Esc" | "q")
            };
            if !bound {
                continue;
            }
            let mut desk = Desk::demo(WIDE);
            desk.press("Tab").press(open).press(typed).press(cancel);
            assert!(desk.app.screen.overlay.is_none(), "{open} {cancel}");
            let said = format!("Not saved; {open} brings it back once");
            assert_eq!(desk.said(), said, "{cancel}");
            assert_eq!(acts(&desk), 0, "{open} {cancel}");
            desk.press(open);
            assert!(desk.text().contains(shown), "{open}: {}", desk.text());
            // Cancelled again as it is, it is given up.
            desk.press(cancel).press(open);
            assert!(!desk.text().contains(shown), "{open}: {}", desk.text());
            desk.press(cancel);
            assert!(desk.app.typing.kept().is_empty());
            // The key that is shown saves it.
            desk.press(open).press(typed).press(cancel).press(open);
            desk.press(save);
            assert_eq!(acts(&desk), 1, "{open}: {}", desk.text());
            assert!(desk.app.typing.kept().is_empty(), "{open}");
        }
    }
}

#[test]
fn esc_closes_or_cancels_and_neither_saves_nor_leaves() {
    for size in [LOW, WIDE, (200, 50)] {
        for (state, keys) in STATES {
            let mut desk = Desk::demo(size);
            desk.press(keys);
            // Writing keeps its draft, which is no gold response.
            let drafts = |desk: &Desk| {
                let entries = desk.app.desk.log.ledger().entries().iter();
                entries.filter(|e| e.act.kind() == "gold_draft").count()
            };
            let before = acts(&desk) - drafts(&desk);
            desk.press("Esc Esc Esc Esc Esc Esc");
            assert!(desk.app.screen.overlay.is_none(), "{state}");
            assert!(!desk.effects.contains(&Effect::Quit), "{state}");
            assert_eq!(acts(&desk) - drafts(&desk), before, "{state}");
        }
    }
}

#[test]
fn what_was_typed_when_the_program_ended_is_said_and_comes_back() {
    let mut desk = Desk::demo(WIDE);
    // As when the text is handed to another program, or a second after the last key.
    desk.press("Tab l a type:half C-e");
    let typing = desk.app.typing.clone();
    let desk = desk.reopen(Setup {
        typing: typing.clone(),
        ..Setup::default()
    });
    assert_eq!(
        desk.said(),
        "Not saved yet: a comment on B (a brings it back)"
    );
    let mut desk = desk.reopen(Setup {
        typing,
        case: 3,
        ..Setup::default()
    });
    assert_eq!(desk.said(), "Not saved yet: text in case 1");
    desk.press("L g g Enter Tab l a");
    assert!(desk.text().contains("half"), "{}", desk.text());
    desk.press("C-s");
    assert!(desk.said().starts_with("Comment on B saved"));
    assert!(desk.app.typing.kept().is_empty());
}

#[test]
fn a_clumsy_hand_leaves_no_mark() {
    let marks = |desk: &Desk| {
        let entries = desk.app.desk.log.ledger().entries().iter();
        let kinds = ["judge", "rank", "tag", "comment", "submit", "adopt"];
        entries.filter(|e| kinds.contains(&e.act.kind())).count()
    };
    for size in [LOW, WIDE, (200, 50)] {
        for (state, keys) in STATES {
            let mut desk = Desk::demo(size);
            desk.press(keys);
            if *state == "tags" {
                // Enter is the key that saves them, and says so.
                continue;
            }
            // In the answers, and where any key goes back to them, these keys are meant.
            let over = &desk.app.screen.overlay;
            let shown = over.is_none() || desk.app.over::<Confirm>().is_some();
            let answers = desk.app.screen.focus == Focus::Answers && shown;
            let (before, names) = (marks(&desk), desk.app.is_unblinded());
            if !answers {
                desk.press("x 1 5 j t r a");
            }
            desk.press("Enter Enter Esc Esc Esc Esc");
            assert_eq!(marks(&desk), before, "{state} at {size:?}: {}", desk.text());
            assert_eq!(desk.app.is_unblinded(), names, "{state}");
            assert!(!desk.effects.contains(&Effect::Quit), "{state}");
        }
    }
}

#[test]
fn everything_is_where_it_was_after_coming_back() {
    let mut desk = Desk::demo(WIDE);
    desk.press("[ [ [ Enter } Enter j j j j Tab l l l C-d > Tab j j G < ");
    let before = desk.text();
    let line = desk.app.in_view.record.timeline.selected();
    assert!(matches!(line, Some(TimelineLine::Text(..))), "{line:?}");
    desk.press("> <");
    assert_eq!(desk.text(), before);
    desk.app.remember_place();
    // As it is written and read.
    let places = serde_json::to_string(desk.app.places()).expect("places as JSON");
    let places = serde_json::from_str(&places).expect("places from JSON");
    let desk = desk.reopen(Setup {
        places,
        ..Setup::default()
    });
    assert_eq!(desk.app.in_view.record.timeline.selected(), line);
    assert_eq!(desk.text(), before);
}

#[test]
fn a_case_asked_as_of_a_moment_opens_there() {
    let setup = Setup {
        case: 3,
        ..Setup::default()
    };
    let desk = Desk::open(Arc::new(Room::demo()), WIDE, setup);
    let view = desk.app.view().expect("a record");
    let time = desk
        .app
        .in_view
        .record
        .timeline
        .selected_time(&view.record)
        .expect("a time");
    assert_eq!(time.to_string(), "2018-10-09 07:05");
}

#[test]
fn ascii_signs_only_where_they_are_asked_for() {
    for (state, keys) in STATES {
        let setup = Setup {
            ascii: true,
            ..Setup::default()
        };
        let mut desk = Desk::open(Arc::new(Room::demo()), LOW, setup);
        desk.press(keys);
        let (buffer, _) = desk.frame();
        for row in rows(&buffer) {
            assert!(row.is_ascii(), "{state}: {row}");
        }
    }
}

#[test]
fn what_was_typed_ahead_marks_and_submits_nothing_unseen() {
    let room = Arc::new(Room::demo());
    let mut desk = Desk::open(room, WIDE, Setup::default());
    desk.app.begin_drawing();
    // Before the first frame.
    desk.press("Tab c");
    assert!(desk.said().starts_with("NOT TAKEN"), "{}", desk.said());
    assert!(!desk.app.review().is_marked());
    desk.app.drawn();
    desk.press("c");
    assert!(desk.app.review().is_marked(), "{}", desk.said());
    // The next case is opened and marked, ranked and submitted in one go.
    let first = desk.app.key();
    desk.press("> Tab c 1 p S y");
    assert_ne!(desk.app.key(), first);
    assert!(desk.said().starts_with("NOT TAKEN"), "{}", desk.said());
    assert!(desk.app.review().says_nothing());
    assert!(desk.app.asks(), "the question waits to be read");
    // A key that would close it does nothing, and so nothing after it is taken for the case as it was shown.
    desk.press("> c u");
    assert!(desk.app.asks() && desk.app.review().says_nothing());
    desk.app.drawn();
    desk.press("y");
    assert!(desk.app.review().submitted.is_some(), "{}", desk.said());
}

#[test]
fn an_answer_that_was_not_drawn_is_not_marked() {
    let mut desk = Desk::demo(LOW);
    desk.app.begin_drawing();
    desk.app.drawn();
    desk.press("Tab");
    desk.app.drawn();
    desk.press("l l l l x");
    assert!(desk.said().starts_with("NOT TAKEN"), "{}", desk.said());
    assert!(!desk.app.review().is_marked());
    desk.app.drawn();
    desk.press("x");
    assert!(desk.app.review().is_marked(), "{}", desk.said());
}
