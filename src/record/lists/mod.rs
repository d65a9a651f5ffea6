//! What a record says of a patient's drugs, problems and labs: one row a drug, a problem, a test.
//!
//! In: a record, the moment that counts as now. Out: [`Lists`]. Never: a guess at what is not written, or an entry that is left out
//! without being counted.
//!
//! The rules, as `medalign help lists` has them for users:
//!
//! - Entries with the same code and the same name are one row; letter case and blanks don't count. A row has the name as it was
//!   written last.
//! - An entry without a time counts from the beginning of its encounter; without that, before all others.
//! - What is later than the moment is left out and counted; so is an entry without code and name.
//! - Which drugs are running: [`drugs`]. What a problem is: [`problems`]. What a lab is: [`labs`].

pub(crate) mod drugs;
pub(crate) mod labs;
pub(crate) mod problems;
#[cfg(test)]
mod tests;

use rustc_hash::FxHashMap;

use crate::record::{AsOf, Event, EventId, Record, Sym, Time};

use drugs::Drug;
use labs::Lab;
use problems::Problem;

/// One list.
#[derive(Debug)]
pub(crate) struct Listing<T> {
    /// Its rows, in the order in which they are read.
    pub(crate) rows: Vec<T>,
    /// What is in none of them.
    pub(crate) left_out: LeftOut,
}

/// Entries of a list's kind that are in no row of it, and those whose place in time is not known.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(crate) struct LeftOut {
    /// Later than the moment.
    pub(crate) later: usize,
    /// Without code and name.
    pub(crate) nameless: usize,
    /// Observations without a number, which are no labs.
    pub(crate) wordy: usize,
    /// In a row, but without a time, also of their encounter.
    pub(crate) undated: usize,
}

/// What a record says of drugs, problems and labs at a moment.
#[derive(Debug)]
pub(crate) struct Lists {
    /// The moment: the one that was asked for, else the end of the record.
    pub(crate) now: Option<Time>,
    /// The medication list.
    pub(crate) drugs: Listing<Drug>,
    /// The problem list.
    pub(crate) problems: Listing<Problem>,
    /// Measurements, vital signs too.
    pub(crate) labs: Listing<Lab>,
}

impl Lists {
    /// The lists of a record at a moment, or at its end.
    pub(crate) fn of(record: &Record, as_of: Option<AsOf>) -> Lists {
        let now = as_of.map(AsOf::moment);
        let now = now.or_else(|| record.span().map(|(_, last)| last));
        Lists {
            now,
            drugs: drugs::list(record, as_of, now),
            problems: problems::list(record, as_of),
            labs: labs::list(record, as_of),
        }
    }
}

/// Entries of one code and name, by time.
#[derive(Default)]
struct Group {
    entries: Vec<EventId>,
}

impl Group {
    /// The entry that was written last; a group has one.
    fn last(&self) -> EventId {
        self.entries[self.entries.len() - 1]
    }
}

/// The entries of a list by what they are about. `wanted` says whether an event belongs to the list.
fn groups(
    record: &Record,
    as_of: Option<AsOf>,
    mut wanted: impl FnMut(&Event, &mut LeftOut) -> bool,
) -> (Vec<Group>, LeftOut) {
    let mut left_out = LeftOut::default();
    let mut groups: Vec<Group> = Vec::new();
    // Few spellings stand for many events: each is folded once.
    let mut spelt: FxHashMap<(Sym, Sym), usize> = FxHashMap::default();
    let mut folded: FxHashMap<(Sym, String), usize> = FxHashMap::default();
    for (i, event) in record.events().iter().enumerate() {
        if !wanted(event, &mut left_out) {
            continue;
        }
        if as_of.is_some_and(|a| a.is_later(record, event)) {
            left_out.later += 1;
            continue;
        }
        let (code, name) = (record.code_sym(event), record.name_sym(event));
        if code.is_empty() && record.name(event).trim().is_empty() {
            left_out.nameless += 1;
            continue;
        }
        left_out.undated += usize::from(when(record, event).is_none());
        let group = *spelt.entry((code, name)).or_insert_with(|| {
            *folded
                .entry((code, fold(record.string(name))))
                .or_insert_with(|| {
                    groups.push(Group::default());
                    groups.len() - 1
                })
        });
        groups[group].entries.push(EventId(i as u32));
    }
    for group in &mut groups {
        group
            .entries
            .sort_by_key(|e| (when(record, record.event(*e)).map(Time::seconds), *e));
    }
    (groups, left_out)
}

/// When an entry counts from.
fn when(record: &Record, event: &Event) -> Option<Time> {
    event.time.or(record.encounter(event.encounter).start)
}

/// The first and the last time of entries by time.
fn span(record: &Record, entries: &[EventId]) -> (Option<Time>, Option<Time>) {
    let mut times = entries
        .iter()
        .filter_map(|e| when(record, record.event(*e)));
    let first = times.next();
    (first, times.next_back().or(first))
}

/// A time that an entry states of itself, where that is no later than the moment.
fn stated(record: &Record, event: &Event, key: &str, as_of: Option<AsOf>) -> Option<Time> {
    let time = Time::parse_iso(record.attribute(event, key)?.trim())?;
    let later = as_of.is_some_and(|a| a.is_past(time.seconds()));
    (!later).then_some(time)
}

/// A name without what writing it in another way changes.
fn fold(name: &str) -> String {
    let lower = name.to_lowercase();
    lower.split_whitespace().collect::<Vec<_>>().join(" ")
}

/// What rows are put in order by: the name, or the code where there is none.
fn order(record: &Record, event: EventId) -> String {
    let event = record.event(event);
    let name = fold(record.name(event));
    if name.is_empty() {
        record.code(event).to_lowercase()
    } else {
        name
    }
}
