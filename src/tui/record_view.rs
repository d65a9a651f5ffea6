//! A record with what the screen derives from it once, on the worker that reads it.
//!
//! In: a record. Out: the record, its usual units, counts of kinds and span. Never changed after it was made.

use std::collections::HashMap;

use rustc_hash::FxHashMap;

use crate::record::{EventId, Kind, Record, Sym, Time};

/// A record, ready to be shown.
#[derive(Debug)]
pub(crate) struct RecordView {
    pub record: Record,
    /// The unit that most values of a code carry.
    pub usual_units: HashMap<Sym, String>,
    /// Events of each kind, in the order of [`Kind::ALL`].
    pub kinds: [usize; Kind::ALL.len()],
    /// First and last time.
    pub span: Option<(Time, Time)>,
}

impl RecordView {
    /// Derives what is shown.
    pub(crate) fn new(record: Record) -> Self {
        let mut kinds = [0; Kind::ALL.len()];
        for event in record.events() {
            if let Some(i) = Kind::ALL.iter().position(|k| *k == event.kind) {
                kinds[i] += 1;
            }
        }
        RecordView {
            usual_units: usual_units(&record),
            kinds,
            span: record.span(),
            record,
        }
    }

    /// Events of one kind.
    pub(crate) fn count(&self, kind: Kind) -> usize {
        Kind::ALL
            .iter()
            .position(|k| *k == kind)
            .map_or(0, |i| self.kinds[i])
    }
}

/// The unit that most values of each code carry, for marking those that differ.
fn usual_units(record: &Record) -> HashMap<Sym, String> {
    let mut counts: FxHashMap<(Sym, &str), u32> = FxHashMap::default();
    for event in record.events() {
        if event.kind == Kind::Measurement && !record.unit(event).is_empty() {
            *counts
                .entry((record.code_sym(event), record.unit(event)))
                .or_default() += 1;
        }
    }
    let mut usual: HashMap<Sym, (u32, String)> = HashMap::new();
    for ((code, unit), n) in counts {
        let best = usual.entry(code).or_insert((0, String::new()));
        if n > best.0 || (n == best.0 && unit < best.1.as_str()) {
            *best = (n, unit.to_owned());
        }
    }
    usual
        .into_iter()
        .map(|(code, (_, unit))| (code, unit))
        .collect()
}

/// An event as text for the clipboard, and what it is.
pub(crate) fn event_text(record: &Record, id: EventId) -> (String, &'static str) {
    let event = record.event(id);
    if event.kind == Kind::Note {
        return (record.value(event).to_owned(), "note");
    }
    let time = event.time.map(|t| t.to_string());
    let parts = [
        time.as_deref().unwrap_or_default(),
        record.code(event),
        record.name(event),
        record.value(event).trim(),
        record.unit(event),
    ];
    let words: Vec<&str> = parts.into_iter().filter(|p| !p.is_empty()).collect();
    (words.join(" "), "event")
}
