//! The list of labs: what was measured, vital signs too.
//!
//! In: the measurements of a record, and its observations that are numbers. Out: one row a test with its last value. Never: a value
//! changed into another unit.

use std::cmp::Ordering;

use crate::record::number::{number, outside};
use crate::record::{AsOf, EventId, Kind, Record, Time};

use super::{Group, Listing, groups, order, when};

/// So many of the last numbers are kept for a small picture of them.
pub(crate) const POINTS: usize = 12;

/// One test.
#[derive(Debug)]
pub(crate) struct Lab {
    /// Its last value.
    pub(crate) event: EventId,
    /// How many values there are.
    pub(crate) count: usize,
    /// When the last value is from.
    pub(crate) last: Option<Time>,
    /// Whether the last value lies outside of the range that it states.
    pub(crate) outside: Option<Ordering>,
    /// The last numbers in the last value's unit, the oldest first.
    pub(crate) points: Vec<f64>,
    /// Numbers in another unit than the last value's.
    pub(crate) other_unit: usize,
}

/// The list, by name.
pub(super) fn list(record: &Record, as_of: Option<AsOf>) -> Listing<Lab> {
    let (groups, left_out) = groups(record, as_of, |e, left_out| match e.kind {
        Kind::Measurement => true,
        Kind::Observation if number(record.value(e)).is_some() => true,
        Kind::Observation => {
            let later = as_of.is_some_and(|a| a.is_later(record, e));
            left_out.wordy += usize::from(!later);
            left_out.later += usize::from(later);
            false
        }
        _ => false,
    });
    let mut rows: Vec<Lab> = groups.iter().map(|g| lab(record, g)).collect();
    rows.sort_by_cached_key(|l| (order(record, l.event), l.event));
    Listing { rows, left_out }
}

fn lab(record: &Record, group: &Group) -> Lab {
    let last = record.event(group.last());
    let (mut points, mut other_unit) = (Vec::new(), 0);
    for id in group.entries.iter().rev() {
        let event = record.event(*id);
        match number(record.value(event)) {
            Some(_) if record.unit(event) != record.unit(last) => other_unit += 1,
            Some((_, value)) if points.len() < POINTS => points.push(value),
            _ => {}
        }
    }
    points.reverse();
    Lab {
        event: group.last(),
        count: group.entries.len(),
        last: when(record, last),
        outside: outside(record, last),
        points,
        other_unit,
    }
}
