//! The medication list.
//!
//! In: the drug exposures of a record. Out: one row a drug, with the dose as it was written last. Never: a dose that is worked out.
//!
//! A value `end` or `stop` ends a start, `start|end` is a start that ends at once, and everything else is a start. A stop ends the
//! earliest open start of its own encounter, since one order has both there; where there is none, it ends all starts before it. An
//! attribute `end` ends the start that states it. A drug is running while a start is open; where the last of these is older than a year,
//! nothing says that it still is. A vaccine is given at each start: none of them goes on.

use crate::record::{AsOf, EncounterId, EventId, Kind, Record, Time};

use super::{Group, Listing, groups, order, stated, when};

/// An open start says nothing any more after so many seconds.
const STALE: i64 = 366 * 86_400;

/// One drug.
#[derive(Debug)]
pub(crate) struct Drug {
    /// Its entry that was written last: the name is there.
    pub(crate) event: EventId,
    /// Dose as it was written last, beside what the name says of it; empty where nothing does.
    pub(crate) dose: String,
    /// Route as it was written last, or empty.
    pub(crate) route: String,
    /// How often it was started.
    pub(crate) starts: usize,
    /// The first start, or the first stop where no start is written.
    pub(crate) first: Option<Time>,
    /// The last one.
    pub(crate) last: Option<Time>,
    /// Whether it is taken at the moment.
    pub(crate) state: State,
}

/// Whether a drug is taken, as far as that is written.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) enum State {
    /// A start is open.
    Running,
    /// A start is open and older than a year.
    NoStop,
    /// No start is open; when it was stopped.
    Stopped(Option<Time>),
    /// Each start ended at once; when it was given last.
    Given(Option<Time>),
}

impl State {
    /// In which part of the list it stands.
    fn part(self) -> u8 {
        match self {
            State::Running => 0,
            State::NoStop => 1,
            State::Stopped(_) | State::Given(_) => 2,
        }
    }
}

/// What an entry says.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Said {
    Start,
    Stop,
    Once,
}

/// The list: running drugs first, each part by name.
pub(super) fn list(record: &Record, as_of: Option<AsOf>, now: Option<Time>) -> Listing<Drug> {
    let (groups, left_out) = groups(record, as_of, |e, _| e.kind == Kind::Drug);
    let mut rows: Vec<Drug> = groups.iter().map(|g| drug(record, g, as_of, now)).collect();
    rows.sort_by_cached_key(|d| (d.state.part(), order(record, d.event), d.event));
    Listing { rows, left_out }
}

fn drug(record: &Record, group: &Group, as_of: Option<AsOf>, now: Option<Time>) -> Drug {
    let mut open: Vec<(EncounterId, Option<Time>)> = Vec::new();
    let mut stopped: Option<Option<Time>> = None;
    let mut given = true;
    let vaccine = order(record, group.last()).contains("vaccine");
    let mut starts = Vec::new();
    for id in &group.entries {
        let event = record.event(*id);
        let time = when(record, event);
        let said = match said(record.value(event)) {
            Said::Start if vaccine => Said::Once,
            said => said,
        };
        if said != Said::Stop {
            starts.push(*id);
        }
        given &= said == Said::Once;
        match said {
            Said::Once => stopped = stopped.max(Some(time)),
            Said::Start => match stated(record, event, "end", as_of) {
                Some(end) => stopped = stopped.max(Some(Some(end))),
                None => open.push((event.encounter, time)),
            },
            Said::Stop => {
                match open.iter().position(|(e, _)| *e == event.encounter) {
                    Some(own) => drop(open.remove(own)),
                    None => open.clear(),
                }
                stopped = stopped.max(Some(time));
            }
        }
    }
    let state = match open.last() {
        Some((_, since)) => {
            let age = now.zip(*since).map(|(n, s)| n.seconds() - s.seconds());
            if age.is_some_and(|age| age <= STALE) {
                State::Running
            } else {
                State::NoStop
            }
        }
        None if given => State::Given(stopped.flatten()),
        None => State::Stopped(stopped.flatten()),
    };
    let dated = if starts.is_empty() {
        &group.entries
    } else {
        &starts
    };
    let (first, last) = super::span(record, dated);
    Drug {
        event: group.last(),
        dose: as_last_written(record, group, dose),
        route: as_last_written(record, group, |record, id| {
            let route = record.attribute(record.event(id), "route");
            route.unwrap_or_default().trim().to_owned()
        }),
        starts: starts.len(),
        first,
        last,
        state,
    }
}

fn said(value: &str) -> Said {
    match value.trim().to_ascii_lowercase().as_str() {
        "end" | "stop" => Said::Stop,
        "start|end" | "start|stop" => Said::Once,
        _ => Said::Start,
    }
}

/// What the last entry that says something of it says.
fn as_last_written(
    record: &Record,
    group: &Group,
    of: impl Fn(&Record, EventId) -> String,
) -> String {
    let all = group.entries.iter().rev().map(|id| of(record, *id));
    all.into_iter().find(|t| !t.is_empty()).unwrap_or_default()
}

/// What an entry says of the dose beside the name: a value that is no start or stop, directions, a quantity.
fn dose(record: &Record, id: EventId) -> String {
    let event = record.event(id);
    let value = record.value(event).trim();
    let plain =
        value.is_empty() || value.eq_ignore_ascii_case("start") || said(value) != Said::Start;
    let attribute = |key| record.attribute(event, key).unwrap_or_default().trim();
    let quantity = match attribute("quantity") {
        "" | "0" | "0.0" => String::new(),
        quantity => format!("{quantity} {}", attribute("dose_unit")),
    };
    let value = if plain {
        String::new()
    } else {
        format!("{value} {}", record.unit(event))
    };
    let parts = [value.trim(), attribute("sig"), quantity.trim()];
    let parts: Vec<&str> = parts.into_iter().filter(|p| !p.is_empty()).collect();
    parts.join(", ")
}
