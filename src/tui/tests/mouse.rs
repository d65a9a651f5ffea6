//! The mouse: it points, folds, chooses and scrolls, and never says anything of an answer.

use std::sync::Arc;

use super::desk::{Desk, Room, Setup};
use crate::tui::app::Effect;
use crate::tui::layout::Focus;
use crate::tui::overlays::cases::Cases;

const WIDE: (u16, u16) = (120, 40);

/// The row of the screen on which something stands.
fn row(desk: &Desk, what: &str) -> u16 {
    let text = desk.text();
    let found = text.lines().position(|l| l.contains(what));
    found.unwrap_or_else(|| panic!("no {what}: {text}")) as u16
}

/// Everything that a click could have said.
fn said(desk: &Desk) -> (String, String, usize) {
    (
        desk.verdicts(),
        desk.ranking(),
        desk.app.desk.log.ledger().cases().count(),
    )
}

#[test]
fn a_click_points_and_folds() {
    let mut desk = Desk::demo(WIDE);
    let frame = desk.app.screen.frame;
    let answers = frame.answers;
    desk.app.click(answers.x + 3, answers.y + 4);
    assert_eq!(
        (desk.app.screen.focus, desk.app.in_view.answers.focus()),
        (Focus::Answers, 0)
    );
    let second = answers.x + desk.app.in_view.answers.column_width() + 2;
    desk.app.click(second, answers.y - 1);
    assert_eq!(
        desk.app.in_view.answers.focus(),
        1,
        "its heading is a part of it"
    );
    desk.app.click(frame.timeline.x + 8, frame.timeline.y + 2);
    let timeline = &desk.app.in_view.record.timeline;
    assert_eq!(
        (desk.app.screen.focus, timeline.cursor()),
        (Focus::Timeline, timeline.top() + 2)
    );
    // On the sign of an encounter it folds and opens.
    let y = row(&desk, "\u{25be} ");
    let before = desk.app.in_view.record.timeline.lines().len();
    desk.app.click(frame.timeline.x + 1, y);
    let folded = desk.app.in_view.record.timeline.lines().len();
    assert!(folded < before, "{}", desk.text());
    let y = frame.timeline.y
        + (desk.app.in_view.record.timeline.cursor() - desk.app.in_view.record.timeline.top())
            as u16;
    desk.app.click(frame.timeline.x + 1, y);
    assert_eq!(desk.app.in_view.record.timeline.lines().len(), before);
}

#[test]
fn the_wheel_scrolls_what_is_under_it() {
    let mut desk = Desk::demo(WIDE);
    desk.press("Tab l");
    let frame = desk.app.screen.frame;
    let cursor = desk.app.in_view.record.timeline.cursor();
    desk.app
        .wheel(frame.timeline.x + 2, frame.timeline.y + 2, -3);
    assert_eq!(desk.app.in_view.record.timeline.cursor(), cursor - 3);
    assert_eq!(
        (desk.app.screen.focus, desk.app.in_view.answers.focus()),
        (Focus::Answers, 1)
    );
    // Over a list it is the list's, beside it that of what is there.
    desk.press("L");
    desk.app.wheel(10, frame.middle.y + 3, 3);
    desk.app.wheel(0, 0, 3);
    assert_eq!(desk.app.in_view.record.timeline.cursor(), cursor - 3);
    assert_eq!(
        desk.app
            .over_mut::<Cases>()
            .and_then(crate::tui::overlays::Overlay::list)
            .map(|l| l.cursor),
        Some(3)
    );
}

#[test]
fn a_click_chooses_in_a_list_what_is_selected() {
    let mut desk = Desk::demo(WIDE);
    desk.press("L");
    let y = row(&desk, "   4 ");
    desk.app.click(20, y);
    assert!(
        desk.app.over::<Cases>().is_some(),
        "the first click selects"
    );
    assert_eq!(desk.app.in_view.case, 0);
    desk.app.click(20, y);
    assert!(desk.app.over::<Cases>().is_none());
    assert_eq!(desk.app.in_view.case, 3);
    // While its line is typed, too.
    desk.press("L / type:stroke");
    let y = row(&desk, "only with") + 1;
    desk.app.click(20, y);
    desk.app.click(20, y);
    assert!(desk.app.over::<Cases>().is_none(), "{}", desk.text());
}

#[test]
fn no_click_marks_ranks_or_submits() {
    for size in [(40, 12), (80, 24), WIDE, (200, 50)] {
        for open in [
            "",
            "Tab",
            "Tab t",
            "Tab r",
            "Tab c l x S",
            "L",
            "g e",
            "?",
            ": type:correct",
            "F",
            "g r",
            "g d",
            "Tab a",
            "Q",
            "f",
            "g l",
            "i",
        ] {
            let mut desk = Desk::open(Arc::new(Room::demo()), size, Setup::default());
            desk.press(open);
            let before = said(&desk);
            for y in 0..size.1 {
                for x in [0, 1, 5, size.0 / 3, size.0 / 2, size.0 * 3 / 4, size.0 - 1] {
                    desk.app.click(x, y);
                    desk.app.wheel(x, y, 3);
                }
            }
            // A case may have been opened from the list; nothing is said of any.
            assert_eq!(said(&desk).2, before.2, "{open} at {size:?}");
            if desk.app.in_view.case == 0 {
                assert_eq!(said(&desk), before, "{open} at {size:?}");
            }
            assert!(
                !desk.app.take_effects().contains(&Effect::Quit),
                "{open} at {size:?}"
            );
        }
    }
}

#[test]
fn the_palette_asks_for_the_mouse() {
    let mut desk = Desk::demo(WIDE);
    desk.press(": type:mouse Enter");
    assert!(desk.effects.contains(&Effect::Mouse), "{:?}", desk.effects);
}
