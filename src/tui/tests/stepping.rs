//! Going from one case, place or note to the next.

use std::collections::BTreeSet;

use super::desk::Desk;

const WIDE: (u16, u16) = (120, 40);

#[test]
fn case_filters_hold_for_stepping_too() {
    let mut desk = Desk::demo(WIDE);
    desk.press("> > * > > > * L f");
    assert!(
        desk.text().contains("Cases: flagged (2)"),
        "{}",
        desk.text()
    );
    desk.press("g g Enter");
    assert_eq!(desk.app.in_view.case, 2);
    desk.press(">");
    assert_eq!(desk.app.in_view.case, 5);
    desk.press(">");
    assert_eq!(desk.app.in_view.case, 5);
    assert!(
        desk.said().contains("last case among the flagged ones"),
        "{}",
        desk.said()
    );
    desk.press("<");
    assert_eq!(desk.app.in_view.case, 2);
    desk.press("Tab Enter y L u");
    assert!(desk.text().contains("Cases: unfinished (9)"));
    desk.press("Esc <");
    assert_eq!(desk.app.in_view.case, 1);
    desk.press("> >");
    assert_eq!(desk.app.in_view.case, 4);
    desk.press("L m");
    assert!(desk.text().contains("Cases: mine (1)"), "{}", desk.text());
    desk.press("a Esc <");
    assert_eq!(desk.app.in_view.case, 3);
}

#[test]
fn stepping_through_places_unfolds_what_holds_them() {
    let mut desk = Desk::demo(WIDE);
    desk.press("g f / type:apixaban Enter");
    let all = desk.app.hits().all.len();
    assert!(all > 10);
    let mut places = BTreeSet::new();
    for _ in 0..all {
        let at = desk.app.looking.find.at.expect("a place");
        let hit = desk.app.hits().all[at];
        assert_eq!(
            desk.app.in_view.record.timeline.selected_event(),
            Some(hit.event)
        );
        let line =
            desk.app.in_view.record.timeline.cursor() - desk.app.in_view.record.timeline.top();
        assert!(line < usize::from(desk.app.screen.frame.timeline.height));
        places.insert(at);
        desk.press("n");
    }
    assert_eq!(places.len(), all);
    let at = desk.app.looking.find.at;
    desk.press("n N");
    assert_eq!(desk.app.looking.find.at, at);
}

#[test]
fn notes_are_gone_through_one_by_one() {
    let mut desk = Desk::demo(WIDE);
    desk.press("g g");
    let mut notes = Vec::new();
    loop {
        desk.press("}");
        if desk.said().contains("no note behind") {
            break;
        }
        notes.push(
            desk.app
                .in_view
                .record
                .timeline
                .selected_event()
                .expect("a note"),
        );
    }
    assert_eq!(notes.len(), 39);
    desk.press("{ Enter Enter");
    let first = desk.text();
    desk.press("}");
    assert_ne!(desk.text(), first);
    desk.press("{");
    assert_eq!(desk.text(), first);
    desk.press("q");
    assert_eq!(
        desk.app.in_view.record.timeline.selected_event(),
        Some(notes[37])
    );
}
