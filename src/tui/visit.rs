//! A record that is looked at beside the case: a hit of another patient, or a record proposed for an instruction.
//!
//! In: a patient. Out: what the screen says so that nobody takes the record for that of the case. While one is open nothing
//! can be judged: only actions listed here are carried out.

use crate::record::{EventId, Kind};
use crate::search::Query;
use crate::tui::action::Action;
use crate::tui::matches::Row;
use crate::tui::panes::timeline::Filter;

/// The record that is looked at.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Visit {
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
pub struct Looked {
    /// The row of the matches that it was opened from.
    pub row: Row,
    /// The events that the instruction is best read beside, the best first.
    pub passages: Vec<EventId>,
    /// The one that was gone to last.
    pub at: usize,
}

/// An event to go to once its record is there.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Jump {
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

/// Whether an action may be carried out while a record is looked at beside the case.
pub fn may(action: Action) -> bool {
    matches!(
        action,
        Action::Help
            | Action::Palette
            | Action::Undo
            | Action::Redo
            | Action::NextCase
            | Action::PreviousCase
            | Action::Cases
            | Action::Notices
            | Action::Find
            | Action::FindNext
            | Action::FindPrevious
            | Action::Copy
            | Action::Repaint
            | Action::Suspend
            | Action::Back
            | Action::Confirm
            | Action::Quit
            | Action::GotoDate
            | Action::Map
            | Action::RetrySave
            | Action::InstructionDown
            | Action::InstructionUp
            | Action::Down
            | Action::Up
            | Action::Left
            | Action::Right
            | Action::PageDown
            | Action::PageUp
            | Action::Top
            | Action::Bottom
            | Action::Fold
            | Action::FoldAll
            | Action::UnfoldAll
            | Action::Open
            | Action::NextEncounter
            | Action::PreviousEncounter
            | Action::NextNote
            | Action::PreviousNote
            | Action::Kinds
            | Action::OnlyCode
            | Action::DateRange
            | Action::Trend
            | Action::Choose
            | Action::Toggle
            | Action::FilterAll
            | Action::FilterQueue
            | Action::FilterUnfinished
            | Action::FilterMine
            | Action::FilterFlagged
            | Action::FilterCategory
            | Action::Enter
            | Action::Accept
            | Action::NewLine
            | Action::Cancel
            | Action::ToggleRegex
            | Action::DeleteWord
            | Action::DeleteToStart
            | Action::WordLeft
            | Action::WordRight
            | Action::TextUndo
            | Action::TextRedo
            | Action::DeleteToEnd
            | Action::PutBack
            | Action::Mark
            | Action::SaveElsewhere
            | Action::Search
            | Action::SearchWhere
            | Action::Explain
            | Action::Group
            | Action::BuildIndex
            | Action::StopIndex
            | Action::Matches
            | Action::Relevant
            | Action::NotRelevant
            | Action::PartlyRelevant
            | Action::Unlabel
            | Action::LabelComment
            | Action::NextCandidate
            | Action::PreviousCandidate
            | Action::NextPassage
            | Action::PreviousPassage
            | Action::NextUnlabelled
            | Action::MatchWords
    )
}
