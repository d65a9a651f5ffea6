//! A record that is looked at beside the case: a hit of another patient, or a record proposed for an instruction.
//!
//! In: a patient. Out: what the screen says so that nobody takes the record for that of the case. While one is open nothing
//! can be judged: only actions whose row says so are carried out.

use crate::record::{EventId, Kind};
use crate::search::Query;
use crate::tui::matches::MatchRow;
use crate::tui::panes::timeline::Filter;

/// The record that is looked at.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Visit {
    /// The patient whose record it is.
    pub person: String,
    /// What stands in place of the instruction.
    pub text: String,
    /// Whether it is another patient's record than the case's.
    pub stranger: bool,
    /// The filter of the case's timeline, for going back.
    pub filter: Filter,
    /// What it is proposed for; `None`: it is a hit of ranked search.
    pub looked: Option<Looked>,
}

/// A record that is looked at since it is proposed for an instruction.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Looked {
    /// The row of the matches that it was opened from.
    pub row: MatchRow,
    /// The events that the instruction is best read beside, the best first.
    pub passages: Vec<EventId>,
    /// The one that was gone to last.
    pub at: usize,
}

/// An event to go to once its record is there.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Jump {
    /// The patient; the jump is given up when another record comes.
    pub person: String,
    /// The event's place in the record.
    pub event: EventId,
    /// What it must be about, or else the record is not as it was indexed.
    pub kind: Kind,
    /// Its time in seconds, for the same reason.
    pub time: Option<i64>,
    /// Marks what was looked for.
    pub query: Query,
    /// What was looked for, as typed.
    pub text: String,
}
