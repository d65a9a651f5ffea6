//! Which part of a record a model was shown.
//!
//! In and out: ranges of events, in the order of [`Record::events`](crate::record::Record::events). A window is of one state of the
//! record, named by a fingerprint: it says nothing about another.

use std::ops::Range;

use serde::de::Error as _;
use serde::{Deserialize, Deserializer, Serialize};

use super::fingerprint::Fingerprint;
use crate::record::{Record, Time};
use crate::stats::hash::mix;

/// What was shown of a record.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Window {
    /// The record's fingerprint.
    pub record: String,
    /// How many events the record has; the facts about the patient are not counted.
    pub of: u32,
    /// Runs of events, each as its first and the one behind its last, ascending.
    #[serde(deserialize_with = "ascending")]
    pub events: Vec<(u32, u32)>,
    /// How many of these are facts about the patient; they stand before all other events.
    #[serde(default)]
    pub facts: u32,
    /// The event of which the beginning is lacking.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub cut: Option<Cut>,
    /// The event of which the end is lacking.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub end: Option<End>,
}

/// An event that was shown from somewhere within its text.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Cut {
    /// The event.
    pub event: u32,
    /// The first byte of its text that was shown.
    pub from: u32,
}

/// An event that was shown up to somewhere within its text.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct End {
    /// The event.
    pub event: u32,
    /// The first byte of its text that was not shown.
    pub to: u32,
}

/// Runs of which each begins behind the one before it.
fn ascending<'de, D: Deserializer<'de>>(from: D) -> Result<Vec<(u32, u32)>, D::Error> {
    let runs = Vec::<(u32, u32)>::deserialize(from)?;
    let ascends = runs.iter().all(|(from, to)| from < to);
    if ascends && runs.is_sorted_by(|a, b| a.1 <= b.0) {
        Ok(runs)
    } else {
        Err(D::Error::custom("runs of events do not ascend"))
    }
}

impl Window {
    /// How many of the counted events were shown, wholly or in part.
    pub fn shown(&self) -> u32 {
        let all: u32 = self.events.iter().map(|(from, to)| to - from).sum();
        all.saturating_sub(self.facts)
    }

    /// Whether an event was shown, wholly or in part.
    pub fn has(&self, event: u32) -> bool {
        let run = self.events.partition_point(|(_, to)| *to <= event);
        self.events.get(run).is_some_and(|(from, _)| *from <= event)
    }

    /// Which bytes of an event's text were shown, to the largest number where none lacks at the end; `None` where nothing of it was.
    pub fn part(&self, event: u32) -> Option<Range<usize>> {
        let from = self.cut.filter(|cut| cut.event == event);
        let to = self.end.filter(|end| end.event == event);
        let part =
            from.map_or(0, |cut| cut.from as usize)..to.map_or(usize::MAX, |e| e.to as usize);
        self.has(event).then_some(part)
    }

    /// Adds an event behind all that are there.
    pub fn push(&mut self, event: u32) {
        match self.events.last_mut() {
            Some((_, to)) if *to == event => *to += 1,
            _ => self.events.push((event, event + 1)),
        }
    }
}

/// What tells a record from a changed one: its size, and each event's place in the file, time, name and text.
pub(crate) fn fingerprint(record: &Record) -> String {
    let mut fingerprint = Fingerprint::new();
    fingerprint.add(&record.file_bytes().to_le_bytes());
    for event in record.events() {
        let time = event.time.map_or(i64::MIN, Time::seconds);
        fingerprint.add(&event.offset.to_le_bytes());
        fingerprint.add(&time.to_le_bytes());
        fingerprint.add(record.name(event).as_bytes());
        fingerprint.add(record.code(event).as_bytes());
        fingerprint.add(record.unit(event).as_bytes());
        fingerprint.add(&words(record.value(event).as_bytes()).to_le_bytes());
    }
    fingerprint.to_string()
}

/// A hash of a text, eight bytes at once: records are long.
fn words(text: &[u8]) -> u64 {
    text.chunks(8).fold(text.len() as u64, |hash, chunk| {
        let mut word = [0; 8];
        word[..chunk.len()].copy_from_slice(chunk);
        mix(hash ^ u64::from_le_bytes(word))
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn runs_grow_and_cuts_hide_the_beginning_and_the_end() {
        let mut window = Window::default();
        for event in [2, 3, 4, 9] {
            window.push(event);
        }
        window.cut = Some(Cut { event: 2, from: 10 });
        assert_eq!(window.events, [(2, 5), (9, 10)]);
        assert_eq!(window.shown(), 4);
        let has: Vec<u32> = (0..12).filter(|e| window.has(*e)).collect();
        assert_eq!(has, [2, 3, 4, 9]);
        window.end = Some(End { event: 9, to: 5 });
        let parts: Vec<_> = [2, 3, 5, 9].map(|e| window.part(e)).into_iter().collect();
        assert_eq!(
            parts,
            [Some(10..usize::MAX), Some(0..usize::MAX), None, Some(0..5)]
        );
    }

    #[test]
    fn runs_that_do_not_ascend_are_no_window() {
        let read = |events: &str| {
            let json = format!(r#"{{"record": "r", "of": 9, "events": {events}}}"#);
            serde_json::from_str::<Window>(&json).is_ok()
        };
        assert!(read("[]") && read("[[0, 2], [2, 5], [8, 4000000000]]"));
        assert!(!read("[[2, 0]]") && !read("[[2, 2]]") && !read("[[0, 3], [2, 5]]"));
    }

    #[test]
    fn a_value_of_the_same_length_is_another_record() {
        let of = |value: &str, name: &str| {
            let record = format!(
                "<eventstream person_id=\"7\"><encounter><events><entry timestamp=\"2020-01-01 10:00\">\
                 <event type=\"measurement\" name=\"{name}\" code=\"LOINC/1\" unit=\"mg\">{value}</event>\
                 </entry></events></encounter></eventstream>"
            );
            let read =
                crate::record::read_bytes(std::path::Path::new("7.xml"), record.into_bytes());
            fingerprint(&read.expect("a record").look_inside())
        };
        let before = of("132", "Pressure");
        assert_eq!(before, of("132", "Pressure"));
        assert_ne!(before, of("232", "Pressure"));
        assert_ne!(before, of("132", "pressure"));
    }
}
