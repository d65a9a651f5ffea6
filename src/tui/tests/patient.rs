//! Who the patient is: in the header, at the top of the timeline, found, grounded, pinned.

use std::collections::BTreeMap;
use std::fmt::Write as _;
use std::sync::Arc;

use crate::record::Kind;
use crate::review::counted::Rules;
use crate::review::exchange::{Options, Readings, Source, Which, lines};

use super::desk::{Desk, RECORD, REVIEWER, Room, Setup};

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
        let event = desk
            .app
            .in_view
            .record
            .timeline
            .selected_event()
            .expect("an event");
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
    let anchor = desk
        .app
        .in_view
        .record
        .pins
        .anchor(&pins[0].id)
        .expect("looked for");
    assert!(
        matches!(anchor, crate::review::anchor::Anchor::Kept(..)),
        "{anchor:?}"
    );
    desk.press("G g e Enter");
    let event = desk
        .app
        .in_view
        .record
        .timeline
        .selected_event()
        .expect("an event");
    let view = desk.app.view().expect("a record");
    assert_eq!(view.record.name(view.record.event(event)), "Birth date");
}

/// A patient about whom one answer is right, and one is a day off.
fn born() -> Room {
    let room = Room::empty("small");
    let mut table =
        "instruction_id\tquestion\tperson_id\tfilename\tmodel_name\tmodel_response\n".to_owned();
    for (model, day) in [("a", 17), ("b", 18)] {
        let answer = format!("Born 3/{day}/1948.");
        let _ = writeln!(
            table,
            "9001\tWhen was she born?\t11\t11.xml\t{model}\t{answer}"
        );
    }
    room.write("clinician-reviewed-model-responses.tsv", &table);
    let person = "<encounter>\n<person><birthdate>1948-03-17</birthdate></person>";
    room.write("ehrs/11.xml", &RECORD.replace("<encounter>", person));
    room
}

#[test]
fn a_birth_date_in_an_answer_is_found_and_grounded_in_any_notation() {
    let mut desk = Desk::open(Arc::new(born()), WIDE, Setup::default());
    desk.press("Tab g s");
    let right = |model: &str| {
        let grounded = &desk.app.in_view.record.grounded;
        let at = desk.app.in_view.order.iter().zip(grounded);
        let mut of = at.filter(|(i, _)| desk.app.case().responses[**i].model == model);
        let claims = of.next().expect("an answer").1;
        claims.iter().map(|(_, holds)| *holds).collect::<Vec<_>>()
    };
    assert_eq!((right("a"), right("b")), (vec![true], vec![false]));
    // The answers stand in an order of chance.
    let mut found = Vec::new();
    for _ in 0..2 {
        desk.press("w w .");
        let none = desk.said().contains("not in the record, in any notation");
        let event = desk.app.in_view.record.timeline.selected_event();
        let view = desk.app.view().expect("a record");
        let born = event.is_some_and(|e| view.record.name(view.record.event(e)) == "Birth date");
        assert!(none || born, "{}", desk.text());
        found.push(born);
        desk.press("G l");
    }
    found.sort_unstable();
    assert_eq!(found, [false, true], "{}", desk.text());
}

#[test]
fn ranked_search_finds_who_the_patient_is_and_opens_it_there() {
    let mut desk = Desk::demo(WIDE);
    desk.press("f type:kind:person Space type:birth");
    let hits = &desk.app.looking.ranked.found.hits;
    assert!(
        !hits.is_empty() && hits.iter().all(|h| h.kind == Kind::Person),
        "{}",
        desk.text()
    );
    desk.press("Enter");
    let event = desk
        .app
        .in_view
        .record
        .timeline
        .selected_event()
        .expect("an event");
    let view = desk.app.view().expect("a record");
    assert_eq!(view.record.name(view.record.event(event)), "Birth date");
}

#[test]
fn a_pinned_birth_date_is_exported_with_its_words() {
    let mut desk = Desk::demo(WIDE);
    desk.press("g g Space j e");
    let dataset = Arc::clone(&desk.app.desk.dataset);
    let ledgers = BTreeMap::from([(REVIEWER.to_owned(), desk.app.desk.log.ledger().clone())]);
    let source = Source {
        name: dataset.name(),
        cases: dataset.cases(),
        relevance: dataset.relevance(),
        ledgers: &ledgers,
        plan: None,
    };
    let options = Options {
        which: Which::Reviewed,
        readings: Readings::First,
        rules: Rules {
            unsubmitted: true,
            unblinded: true,
            machines: false,
        },
        text: true,
        suggest: false,
    };
    let (bytes, _) = lines::write(&source, options);
    let text = String::from_utf8(bytes).expect("UTF-8");
    assert!(
        text.contains("\"quote\":\"Birth date 1948-03-17\""),
        "{text}"
    );
    assert!(text.contains("\"event_type\":\"person\""), "{text}");
}

#[test]
fn the_age_is_that_of_the_moment_that_was_asked_about() {
    let setup = Setup {
        case: 3,
        ..Setup::default()
    };
    let mut desk = Desk::open(Arc::new(Room::demo()), (160, 40), setup);
    desk.press("T");
    let moment = desk.app.in_view.record.timeline.as_of().expect("a moment");
    let view = desk.app.view().expect("a record");
    let age = view.record.age_at(moment.moment()).expect("an age");
    let (_, last) = view.span.expect("times");
    assert_ne!(
        view.record.age_at(last),
        Some(age.clone()),
        "the demo's moment tells them apart"
    );
    assert!(
        desk.text().contains(&format!("{age} when asked")),
        "{}",
        desk.text()
    );
}
