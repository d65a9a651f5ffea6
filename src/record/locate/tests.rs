//! Passages found exactly, with other white space, closely, nowhere.

use std::path::Path;

use super::*;
use crate::record::{
    Shape,
    model::{Builder, NewEvent},
};

fn record(notes: &[&str]) -> Record {
    let mut builder = Builder::new(Path::new("1.xml"), Shape::Lumia, 0);
    for note in notes {
        let note = NewEvent {
            type_name: "note",
            name: "Note",
            value: note,
            ..NewEvent::default()
        };
        builder.event(note, &[]);
    }
    let value = NewEvent {
        name: "Systolic  pressure",
        value: "128",
        unit: "mmHg",
        ..NewEvent::default()
    };
    builder.event(value, &[]);
    builder.finish()
}

fn text_at<'a>(record: &'a Record, located: &Located) -> Option<&'a str> {
    let place = located.places.first()?;
    record
        .value(record.event(place.event))
        .get(place.range.clone()?)
}

#[test]
fn passages_are_found_within_one_event() {
    let record = record(&["No chest pain.  Plan:\nrest"]);
    let passages = Passages::of(&record);
    let how = |p: &str| passages.find(p).how;
    assert_eq!(how(" No chest pain. "), How::Exactly);
    assert_eq!(how("| chest pain."), How::Exactly);
    assert_eq!(how("No\tchest pain. Plan: rest"), How::Spaced);
    assert_eq!(how("Systolic pressure 128 mmHg"), How::Spaced);
    assert_eq!(how("rest Systolic"), How::Nowhere);
    assert_eq!(how("no chest pain"), How::Nowhere);
    assert_eq!(how(" | "), How::Nowhere);
    let spaced = passages.find("pain. Plan:  rest");
    assert_eq!(text_at(&record, &spaced), Some("pain.  Plan:\nrest"));
    let across = passages.find("pressure 128");
    assert_eq!(
        (across.places[0].event.0, &across.places[0].range),
        (1, &None)
    );
    assert_eq!(passages.find("  128 ").places[0].range, Some(0..3));
}

#[test]
fn a_passage_that_was_retyped_is_found_with_a_score() {
    let note = "Vitals stable. The patient was started on apixaban 5 mg twice daily after telemetry \
                showed atrial fibrillation. Follow up in two weeks.";
    let record = record(&["Nothing of note was seen today in this patient.", note]);
    let passages = Passages::of(&record);
    let near = "Patient started on Apixaban 5 mg twice daily after telemetry showed atrial flutter";
    let found = passages.locate(near);
    let How::Like(score) = found.how else {
        panic!("{found:?}")
    };
    assert!((0.8..1.0).contains(&score), "{score}");
    let text = text_at(&record, &found).expect("a place");
    assert!(
        text.starts_with("patient was started") && text.ends_with("atrial"),
        "{text}"
    );
    assert_eq!(
        passages
            .locate("Warfarin was stopped because of a bleed in March")
            .how,
        How::Nowhere
    );
    assert_eq!(passages.locate("no such words").how, How::Nowhere);
}

#[test]
fn all_places_are_named_and_company_comes_first() {
    let record = record(&[
        "Wound is dry.",
        "Wound is dry. Staples removed.",
        "Wound is dry.",
    ]);
    let passages = Passages::of(&record);
    let all = passages.locate_together(&["Wound is dry.".into(), "Staples removed.".into()]);
    let events: Vec<u32> = all[0].places.iter().map(|p| p.event.0).collect();
    assert_eq!(events, [1, 0, 2]);
    assert_eq!(all[1].places.len(), 1);
}

#[test]
fn white_space_maps_back_to_the_original() {
    let text = "  a  b\u{a0}\u{a0}cä\n\nd ";
    let spaced = spaced_out(text);
    assert_eq!(spaced, "a b cä d");
    let of = |part: &str| {
        let at = spaced.find(part).expect("a part");
        &text[unspaced(text, at..at + part.len())]
    };
    assert_eq!(of("a b"), "a  b");
    assert_eq!(of("b cä"), "b\u{a0}\u{a0}cä");
    assert_eq!(of("ä d"), "ä\n\nd");
    assert_eq!(of("d"), "d");
}
