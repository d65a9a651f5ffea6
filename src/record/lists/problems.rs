//! The problem list.
//!
//! In: the conditions of a record. Out: one row a condition. Never: whether a problem is active; the record says only when it was
//! written.

use std::cmp::Reverse;

use crate::record::{AsOf, EventId, Kind, Record, Time};

use super::{Listing, groups, order, span, stated};

/// One problem.
#[derive(Debug)]
pub(crate) struct Problem {
    /// Its entry that was written last: the name is there.
    pub(crate) event: EventId,
    /// How often it was written.
    pub(crate) count: usize,
    /// When first.
    pub(crate) first: Option<Time>,
    /// When last.
    pub(crate) last: Option<Time>,
    /// The end that the last entry states.
    pub(crate) ended: Option<Time>,
}

/// The list: what was written last comes first.
pub(super) fn list(record: &Record, as_of: Option<AsOf>) -> Listing<Problem> {
    let (groups, left_out) = groups(record, as_of, |e, _| e.kind == Kind::Condition);
    let row = |group: &super::Group| {
        let (first, last) = span(record, &group.entries);
        Problem {
            event: group.last(),
            count: group.entries.len(),
            first,
            last,
            ended: stated(record, record.event(group.last()), "end", as_of),
        }
    };
    let mut rows: Vec<Problem> = groups.iter().map(row).collect();
    rows.sort_by_cached_key(|p| {
        let day = p.last.map(Time::date);
        (Reverse(day), order(record, p.event), p.event)
    });
    Listing { rows, left_out }
}
