//! Who the patient is: in the header, at the top of the timeline, found, grounded, pinned.

use std::sync::Arc;

use crate::desk::{Desk, Room, Setup};

const WIDE: (u16, u16) = (120, 40);

#[test]
fn the_header_says_when_an_age_holds() {
    let mut desk = Desk::open(Arc::new(Room::demo()), (160, 40), Setup::default());
    desk.press("g g j");
    let text = desk.text();
    assert!(
        text.contains("F · born 1948-03-17 · 74 at the end · 53 here · 2002"),
        "{text}"
    );
    let mut desk = Desk::open(Arc::new(Room::demo()), (80, 24), Setup::default());
    desk.press("1 g g j");
    let text = desk.text();
    assert!(
        text.contains("F b. 1948-03-17 · 74 at end, 53 here"),
        "{text}"
    );
    let mut desk = Desk::open(Arc::new(Room::demo()), (40, 12), Setup::default());
    desk.press("1 g g j");
    let text = desk.text();
    assert!(text.contains("F 53 here"), "{text}");
}

#[test]
fn the_patient_stands_at_the_top_and_is_found() {
    let mut desk = Desk::open(Arc::new(Room::demo()), WIDE, Setup::default());
    desk.press("g g");
    let text = desk.text();
    assert!(text.contains("▸ Patient  Birth date 1948-03-17"), "{text}");
    desk.press("Space j");
    let text = desk.text();
    assert!(text.contains("@ Birth date"), "{text}");
    for found in ["1948-03", "female", "white"] {
        desk.press(&format!("G / type:{found} Enter"));
        let event = desk.app.timeline.selected_event().expect("an event");
        let view = desk.app.view().expect("a record");
        let first = view.record.facts().any(|fact| fact == event);
        assert!(first, "{found}: {}", desk.text());
    }
}

#[test]
fn a_pinned_birth_date_is_there_again_after_a_restart() {
    let room = Arc::new(Room::demo());
    let mut desk = Desk::open(Arc::clone(&room), WIDE, Setup::default());
    desk.press("g g Space j e");
    assert!(desk.said().contains("Pinned"), "{}", desk.said());
    drop(desk);
    let mut desk = Desk::open(room, WIDE, Setup::default());
    let pins = &desk.app.review().pins;
    assert_eq!(pins[0].pin.quote, "Birth date 1948-03-17");
    assert_eq!(pins[0].pin.event.type_name, "person");
    let anchor = desk.app.pins.anchor(&pins[0].id).expect("looked for");
    assert!(anchor.is_kept(), "{anchor:?}");
    desk.press("G g e Enter");
    let event = desk.app.timeline.selected_event().expect("an event");
    let view = desk.app.view().expect("a record");
    assert_eq!(view.record.name(view.record.event(event)), "Birth date");
}
