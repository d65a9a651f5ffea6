//! Pins: made from a place in a record, and found again at each load.
//!
//! In: a record, and a place in it or a pin from a review file. Out: a pin, or where it stands now and whether that is where it
//! was. A record may have been exported anew, or its note amended. Never: a pin that moved and does not say so.

use std::ops::Range;

use super::entry::{EventPlace, Pin};
use crate::record::locate::{How, Located, Place};
use crate::record::{EventId, Kind, Passages, Record};
use crate::stats::hash::fnv1a;

/// Where a pin stands in the record as it is now.
#[derive(Clone, Debug, PartialEq)]
pub(crate) enum Anchor {
    /// Where it was pinned; the event is as it was.
    Kept(EventId, Range<usize>),
    /// At the same place of its event, whose text changed around it.
    Around(EventId, Range<usize>),
    /// Elsewhere: found by the quote, in this way.
    Moved(EventId, Range<usize>, How),
    /// Nowhere.
    Lost,
}

impl Anchor {
    /// The event and the bytes of its text, where it is anywhere.
    pub(crate) fn place(&self) -> Option<(EventId, &Range<usize>)> {
        match self {
            Anchor::Kept(event, range)
            | Anchor::Around(event, range)
            | Anchor::Moved(event, range, _) => Some((*event, range)),
            Anchor::Lost => None,
        }
    }
}

/// The hash that a pin keeps of its event's text.
pub(crate) fn hash_of(text: &str) -> String {
    format!("{:016x}", fnv1a(text.as_bytes()))
}

/// An event as a quote: a note's text; else name, value and unit, since a value alone (`start`, `165`) says nothing.
pub(crate) fn quote_of(record: &Record, event: EventId) -> String {
    let of = record.event(event);
    if of.kind == Kind::Note {
        return record.value(of).to_owned();
    }
    let name = match record.name(of) {
        "" => record.code(of),
        name => name,
    };
    let parts = [name, record.value(of), record.unit(of)].map(str::trim);
    let said: Vec<&str> = parts.into_iter().filter(|p| !p.is_empty()).collect();
    said.join(" ")
}

/// The pin of a passage: bytes of an event's text, on the boundaries of characters. The whole of an event that is no note is
/// quoted with its name and unit.
pub(crate) fn pin(record: &Record, person: &str, event: EventId, range: Range<usize>) -> Pin {
    let of = record.event(event);
    let text = record.value(of);
    let quote = if range == (0..text.len()) {
        quote_of(record, event)
    } else {
        text.get(range.clone()).unwrap_or_default().to_owned()
    };
    Pin {
        person: person.to_owned(),
        note_id: record.attribute(of, "note_id").map(str::to_owned),
        event: EventPlace {
            offset: of.offset,
            time: of.time.map(crate::record::Time::to_file),
            type_name: record.type_name(of).to_owned(),
            code: record.code(of).to_owned(),
        },
        start: range.start as u64,
        end: range.end as u64,
        quote,
        hash: hash_of(text),
    }
}

/// Finds a pin again: at its place, else in the event that is the same but for its place in the file, else by its quote in the
/// event that is the same but for its text, else by its quote anywhere.
pub(crate) fn find(passages: &Passages<'_>, pin: &Pin) -> Anchor {
    let record = passages.record();
    let range = pin.start as usize..pin.end as usize;
    let kin: Vec<EventId> = kin(record, pin);
    let there = |event: &EventId| {
        let text = record.value(record.event(*event));
        let quoted = text.get(range.clone()) == Some(pin.quote.as_str())
            || (range == (0..text.len()) && quote_of(record, *event) == pin.quote);
        quoted.then_some(text)
    };
    // Of events that are alike the nearest in the file; a pin's own place is distance 0.
    let whole = kin
        .iter()
        .find(|e| there(e).is_some_and(|text| hash_of(text) == pin.hash));
    if let Some(event) = whole {
        return Anchor::Kept(*event, range);
    }
    if let Some(event) = kin.iter().find(|e| there(e).is_some()) {
        return Anchor::Around(*event, range);
    }
    let mut like: Option<(f32, Anchor)> = None;
    for event in &kin {
        let found = passages.within(&pin.quote, *event);
        let how = found.how;
        let Some((event, range)) = nearest(found, &range) else {
            continue;
        };
        match how {
            How::Exactly | How::Spaced => return Anchor::Moved(event, range, how),
            How::Like(score) if like.as_ref().is_none_or(|(best, _)| score > *best) => {
                like = Some((score, Anchor::Moved(event, range, how)));
            }
            How::Like(_) | How::Nowhere => {}
        }
    }
    // A short value, a number say, stands in many events: elsewhere it would be another fact.
    let note = Kind::from_type(&pin.event.type_name) == Kind::Note;
    let telling = note && pin.quote.split_whitespace().count() > 2;
    let elsewhere = telling.then(|| passages.find(&pin.quote));
    if let Some(found) = elsewhere
        && let Some(how) = Some(found.how).filter(|how| *how != How::Nowhere)
        && let Some((event, range)) = nearest(found, &range)
    {
        return Anchor::Moved(event, range, how);
    }
    like.map_or(Anchor::Lost, |(_, anchor)| anchor)
}

/// The place that is nearest to where the passage was in its text; the first event's of several.
fn nearest(found: Located, was: &Range<usize>) -> Option<(EventId, Range<usize>)> {
    let first = found.places.first()?.event;
    found
        .places
        .into_iter()
        .filter(|p| p.event == first)
        .filter_map(|Place { event, range }| Some((event, range?)))
        .min_by_key(|(_, range)| range.start.abs_diff(was.start))
}

/// The events that may be the pin's: the same note, or else the same type, code and time; the nearest in the file first.
fn kin(record: &Record, pin: &Pin) -> Vec<EventId> {
    let all = || {
        record
            .events()
            .iter()
            .enumerate()
            .filter(|(_, e)| record.type_name(e) == pin.event.type_name)
    };
    let mut kin: Vec<(u64, EventId)> = match &pin.note_id {
        Some(id) => all()
            .filter(|(_, e)| record.attribute(e, "note_id") == Some(id))
            .map(|(i, e)| (e.offset.abs_diff(pin.event.offset), EventId(i as u32)))
            .collect(),
        None => all()
            .filter(|(_, e)| {
                record.code(e) == pin.event.code
                    && e.time.map(crate::record::Time::to_file) == pin.event.time
            })
            .map(|(i, e)| (e.offset.abs_diff(pin.event.offset), EventId(i as u32)))
            .collect(),
    };
    kin.sort_unstable();
    kin.into_iter().map(|(_, event)| event).collect()
}

#[cfg(test)]
mod tests {
    use std::path::Path;

    use super::*;
    use crate::record::Shape;
    use crate::record::model::{Builder, NewEvent};

    /// A record of notes, as (note id, offset in the file, text).
    fn record(notes: &[(&str, u64, &str)]) -> Record {
        let mut builder = Builder::new(Path::new("1.xml"), Shape::Lumia, 0);
        for (id, offset, text) in notes {
            let note = NewEvent {
                type_name: "note",
                value: text,
                offset: *offset,
                ..NewEvent::default()
            };
            builder.event(note, &[("note_id", id)]);
        }
        builder.finish()
    }

    fn pinned(quote: &str) -> Pin {
        let record = record(&[("1", 10, "Nothing new."), ("2", 90, NOTE)]);
        let at = NOTE.find(quote).expect("a passage");
        pin(&record, "7", EventId(1), at..at + quote.len())
    }

    const NOTE: &str = "Seen today. On apixaban 5 mg since April. No bleeding was reported.";

    fn now(notes: &[(&str, u64, &str)], pin: &Pin) -> Anchor {
        let record = record(notes);
        find(&Passages::of(&record), pin)
    }

    #[test]
    fn a_pin_is_kept_where_its_event_is_the_same() {
        let pin = pinned("apixaban 5 mg");
        assert_eq!(pin.quote, "apixaban 5 mg");
        let at = Anchor::Kept(EventId(1), 15..28);
        assert_eq!(now(&[("1", 10, "Nothing new."), ("2", 90, NOTE)], &pin), at);
        // Exported anew: other places in the file, another note before it.
        let again = [("3", 5, "x"), ("1", 40, "Nothing new."), ("2", 180, NOTE)];
        assert_eq!(now(&again, &pin), Anchor::Kept(EventId(2), 15..28));
    }

    #[test]
    fn a_pin_that_moved_says_so() {
        let pin = pinned("On apixaban 5 mg since April.");
        let longer = format!("{NOTE} Addendum.");
        assert_eq!(
            now(&[("2", 90, &longer)], &pin),
            Anchor::Around(EventId(0), 12..41)
        );
        let before = format!("Addendum. {NOTE}");
        let moved = Anchor::Moved(EventId(0), 22..51, How::Exactly);
        assert_eq!(now(&[("2", 90, &before)], &pin), moved);
        let spaced = NOTE.replace(" since", "\n  since");
        let moved = Anchor::Moved(EventId(0), 12..43, How::Spaced);
        assert_eq!(now(&[("2", 90, &spaced)], &pin), moved);
        // The note is another one now.
        let moved = Anchor::Moved(EventId(1), 12..41, How::Exactly);
        assert_eq!(now(&[("2", 90, "Nothing"), ("9", 99, NOTE)], &pin), moved);
        let edited = NOTE.replace("since April", "from April");
        let Anchor::Moved(_, _, How::Like(score)) = now(&[("2", 90, &edited)], &pin) else {
            panic!("a place like it");
        };
        assert!(score > 0.8, "{score}");
        assert_eq!(
            now(&[("2", 90, "Another text."), ("1", 1, "Nothing")], &pin),
            Anchor::Lost
        );
    }

    #[test]
    fn an_event_is_quoted_with_its_name_and_unit() {
        let record = |value: &str, offset: u64| {
            let mut builder = Builder::new(Path::new("1.xml"), Shape::Lumia, 0);
            let event = NewEvent {
                type_name: "measurement",
                code: "LOINC/8480-6",
                name: "Systolic pressure",
                unit: "mmHg",
                value,
                offset,
                ..NewEvent::default()
            };
            builder.event(event, &[]);
            builder.finish()
        };
        let pin = pin(&record("165", 9), "7", EventId(0), 0..3);
        assert_eq!(pin.quote, "Systolic pressure 165 mmHg");
        let now = |record: &Record| find(&Passages::of(record), &pin);
        assert_eq!(now(&record("165", 40)), Anchor::Kept(EventId(0), 0..3));
        assert_eq!(now(&record("170", 9)), Anchor::Lost);
    }

    #[test]
    fn a_number_is_not_found_in_another_event() {
        let pin = pinned("5");
        assert_eq!(
            now(&[("2", 90, "Seen."), ("9", 99, NOTE)], &pin),
            Anchor::Lost
        );
    }
}
