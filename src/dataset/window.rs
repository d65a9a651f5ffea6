//! Which part of a record a model was shown.
//!
//! In and out: ranges of events, in the order of [`Record::events`](crate::record::Record::events). A window is of one state of the
//! record, named by a fingerprint: it says nothing about another.

use serde::{Deserialize, Serialize};

use super::fingerprint::Fingerprint;
use crate::record::{Record, Time};

/// What was shown of a record.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Window {
    /// The record's fingerprint.
    pub record: String,
    /// How many events the record has; the facts about the patient are not counted.
    pub of: u32,
    /// Runs of events, each as its first and the one behind its last, ascending.
    pub events: Vec<(u32, u32)>,
    /// How many of these are facts about the patient; they stand before all other events.
    #[serde(default)]
    pub facts: u32,
    /// The event of which the beginning is lacking.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub cut: Option<Cut>,
}

/// An event that was shown from somewhere within its text.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Cut {
    /// The event.
    pub event: u32,
    /// The first byte of its text that was shown.
    pub from: u32,
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

    /// Whether an event was shown from this byte of its text on.
    pub fn has_from(&self, event: u32, byte: usize) -> bool {
        let whole = self
            .cut
            .is_none_or(|cut| cut.event != event || cut.from as usize <= byte);
        whole && self.has(event)
    }

    /// Adds an event behind all that are there.
    pub fn push(&mut self, event: u32) {
        match self.events.last_mut() {
            Some((_, to)) if *to == event => *to += 1,
            _ => self.events.push((event, event + 1)),
        }
    }
}

/// What tells a record from a changed one: its size, and each event's place in the file, time and length.
pub fn fingerprint(record: &Record) -> String {
    let mut fingerprint = Fingerprint::new();
    fingerprint.add(&record.file_bytes().to_le_bytes());
    for event in record.events() {
        let time = event.time.map_or(i64::MIN, Time::seconds);
        fingerprint.add(&event.offset.to_le_bytes());
        fingerprint.add(&time.to_le_bytes());
        fingerprint.add(&record.value_range(event).len().to_le_bytes());
    }
    fingerprint.to_string()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn runs_grow_and_a_cut_hides_the_beginning() {
        let mut window = Window::default();
        for event in [2, 3, 4, 9] {
            window.push(event);
        }
        window.cut = Some(Cut { event: 2, from: 10 });
        assert_eq!(window.events, [(2, 5), (9, 10)]);
        assert_eq!(window.shown(), 4);
        let has: Vec<u32> = (0..12).filter(|e| window.has(*e)).collect();
        assert_eq!(has, [2, 3, 4, 9]);
        assert!(window.has_from(2, 10) && window.has_from(3, 0));
        assert!(!window.has_from(2, 9) && !window.has_from(5, 0));
    }
}
