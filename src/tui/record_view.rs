//! A record with what the screen derives from it once, on the worker that reads it.
//!
//! In: a record. Out: the record, its usual units, counts of kinds and span. Never changed after it was made.

use std::collections::HashMap;

use crate::record::{Kind, Record, Sym, Time};
use crate::tui::panes::timeline::usual_units;

/// A record, ready to be shown.
#[derive(Debug)]
pub struct RecordView {
    /// The record.
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
    pub fn new(record: Record) -> Self {
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
    pub fn count(&self, kind: Kind) -> usize {
        Kind::ALL
            .iter()
            .position(|k| *k == kind)
            .map_or(0, |i| self.kinds[i])
    }
}
