//! The record's drugs, problems and labs: what is listed, where it leads, what is left out.

use std::sync::Arc;

use super::desk::{Desk, Room, Setup};
use crate::tui::overlays::lists::Lists;

const WIDE: (u16, u16) = (120, 40);
const SCREENS: [(u16, u16); 3] = [(80, 24), WIDE, (200, 50)];

/// The case of the demo that says when it was asked.
fn asked() -> Desk {
    let setup = Setup {
        case: 3,
        ..Setup::default()
    };
    Desk::open(Arc::new(Room::demo()), WIDE, setup)
}

fn row(desk: &Desk, what: &str) -> String {
    let text = desk.text();
    let line = text.lines().find(|l| l.contains(what));
    line.unwrap_or_default().to_owned()
}

#[test]
fn drugs_stand_with_strength_days_and_state() {
    for size in SCREENS {
        let mut desk = Desk::demo(size);
        desk.press("g l");
        let text = desk.text();
        assert!(row(&desk, "apixaban 5 MG").contains("running"), "{text}");
        assert!(row(&desk, "metoprolol").contains("50 MG"), "{text}");
        desk.press("/ type:warf");
        let text = desk.text();
        assert!(
            row(&desk, "warfarin sodium 5 MG").contains("stopped 2018-10-"),
            "{text}"
        );
    }
}

#[test]
fn typing_filters_and_one_step_back_is_the_whole_list() {
    let mut desk = Desk::demo(WIDE);
    desk.press("g l / type:STATIN");
    assert!(
        desk.text().contains("atorvastatin 40 MG"),
        "{}",
        desk.text()
    );
    assert!(!desk.text().contains("apixaban 5 MG"), "{}", desk.text());
    assert!(desk.text().contains("filtered out"), "{}", desk.text());
    // Keys are the list's again, and what was typed still holds.
    desk.press("Enter j");
    assert!(!desk.text().contains("apixaban 5 MG"));
    desk.press("q");
    assert!(desk.text().contains("apixaban 5 MG"));
    assert!(desk.app.over::<Lists>().is_some());
    desk.press("o G");
    assert!(!desk.text().contains("warfarin sodium 5 MG"));
    desk.press("a G");
    assert!(desk.text().contains("warfarin sodium 5 MG"));
    desk.press("q");
    assert!(desk.app.over::<Lists>().is_none());
}

#[test]
fn enter_goes_to_the_event_and_a_trend_goes_back_to_the_list() {
    let mut desk = Desk::demo(WIDE);
    desk.press("Tab g l / type:warfarin Enter Enter");
    let view = desk.app.view().expect("a record");
    let event = desk.app.in_view.record.timeline.selected_event();
    let event = view.record.event(event.expect("an event"));
    assert_eq!(view.record.name(event), "warfarin sodium 5 MG Oral Tablet");
    assert_eq!(view.record.value(event).trim(), "end");
    desk.press("g l Tab Tab / type:systolic Enter s");
    assert!(desk.text().contains("values, "), "{}", desk.text());
    desk.press("q");
    assert!(desk.app.over::<Lists>().is_some());
    assert!(row(&desk, "Systolic").contains("mmHg"), "{}", desk.text());
}

#[test]
fn what_is_later_than_the_instruction_is_in_no_list_and_counted() {
    let mut desk = asked();
    desk.press("g l");
    let as_of = desk.app.in_view.record.timeline.as_of().expect("a moment");
    let moment = as_of.moment().to_string();
    for _ in 0..3 {
        assert!(desk.text().contains(&moment), "{}", desk.text());
        assert!(desk.text().contains(" later"), "{}", desk.text());
        desk.press("Tab");
    }
}

#[test]
fn a_list_over_what_is_no_case_is_of_that_record() {
    let mut desk = Desk::demo((40, 12));
    desk.press("g l j j G g g h l l");
    for size in [(40, 12), (41, 13), (80, 24), (400, 150)] {
        desk.resize(size);
        desk.press("Tab j / type:zzzz");
        assert!(desk.text().contains("Nothing is listed") || size.0 < 50);
        desk.press("Esc");
    }
}
