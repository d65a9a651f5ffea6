//! The timeline pane: encounters that fold into events, notes that open in place.
//!
//! In: a record and the actions of the keyboard. Out: a list of lines of which only the visible ones are ever looked
//! at when drawing. Folding, filters and a new width rebuild the list; moving does not.

mod filter;
mod folds;
mod lines;
mod moves;
mod seen;

use std::sync::Arc;

use rustc_hash::{FxHashMap, FxHashSet};

use crate::record::{AsOf, Encounter, EncounterId, Event, EventId, Record, Time};
use crate::text::{self, ScreenRow};
use crate::tui::saw::Saw;

pub(crate) use filter::Filter;
use folds::all_encounters;
pub(crate) use lines::wrap_note;

/// One line of the list.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum TimelineLine {
    /// An encounter's heading.
    Encounter(EncounterId),
    /// The day that the event after it begins.
    Day(EventId),
    Event(EventId),
    /// A row of an open note's text.
    Text(EventId, u32),
    /// The moment that the instruction was asked at: before the first encounter that begins later, or, in an unfolded
    /// encounter that had begun, before its first later event.
    AsOf(Option<EncounterId>),
}

/// The state of the pane.
#[derive(Debug, Default)]
pub(crate) struct Timeline {
    open_encounters: FxHashSet<EncounterId>,
    open_notes: FxHashSet<EventId>,
    filter: Filter,
    as_of: Option<AsOf>,
    hides_later: bool,
    later: usize,
    /// What a model saw of the record, where that is marked, and whether all else is hidden.
    saw: Option<Arc<Saw>>,
    alone: bool,
    unseen: usize,
    gave_way: GaveWay,
    lines: Vec<TimelineLine>,
    hidden: usize,
    /// Encounters of which the filter leaves nothing.
    dropped: usize,
    /// What was unfolded before one kind or code was all that is shown.
    unfolded_before: Option<FxHashSet<EncounterId>>,
    /// Of each encounter, how many events are shown, and how many there are but for those hidden as later.
    shown_in: Vec<(u32, u32)>,
    /// The same of the facts about the patient.
    facts_shown: (u32, u32),
    cursor: usize,
    top: usize,
    width: u16,
    height: u16,
    wraps: FxHashMap<EventId, Vec<ScreenRow>>,
    /// Whether a key is held down: then leaving by one line turns a whole page.
    held: bool,
}

/// What was taken away so that a place could be shown.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(crate) struct GaveWay {
    pub filter: bool,
    /// The hiding of what is later than the instruction.
    pub later: bool,
    /// The hiding of what a model did not see.
    pub unseen: bool,
}

/// Columns before a note's text.
pub(crate) const NOTE_INDENT: u16 = 4;

impl Timeline {
    /// The pane of a record, with the latest encounter unfolded and the cursor on it; where the instruction was asked
    /// as of a moment, the latest one that had begun by then, with what is later hidden or not.
    pub(crate) fn of(
        record: &Record,
        as_of: Option<AsOf>,
        hides_later: bool,
        (width, height): (u16, u16),
    ) -> Self {
        let mut pane = Timeline {
            as_of,
            hides_later,
            width,
            height,
            ..Timeline::default()
        };
        let begun = as_of.and_then(|as_of| {
            let begun = |e: &Encounter| e.start.is_some() && !as_of.begins_later(e);
            record.encounters().iter().rposition(begun)
        });
        if let Some(last) = begun.or(record.encounters().len().checked_sub(1)) {
            let last = EncounterId(last as u32);
            pane.open_encounters.insert(last);
            pane.rebuild(record);
            pane.go_to_line(pane.line_of(TimelineLine::Encounter(last)).unwrap_or(0));
            pane.top = pane
                .cursor
                .saturating_sub(usize::from(height) / 3)
                .min(pane.last_top());
        }
        pane
    }

    /// Fits the pane to a size.
    pub(crate) fn resize(&mut self, record: &Record, width: u16, height: u16) {
        self.height = height;
        if self.width != width {
            self.width = width;
            // The text that the cursor is on stays under it, whichever row it is on now.
            let at = self.selected();
            let offset = match at {
                Some(TimelineLine::Text(e, row)) => {
                    self.note_rows(e).get(row as usize).map(|r| r.start)
                }
                _ => None,
            };
            self.wraps.clear();
            if !self.open_notes.is_empty() {
                self.rebuild(record);
                let at = match (at, offset) {
                    (Some(TimelineLine::Text(e, _)), Some(offset)) => {
                        let row = text::row_at(self.note_rows(e), offset as usize);
                        Some(TimelineLine::Text(e, row as u32))
                    }
                    (at, _) => at,
                };
                self.keep(record, at);
            }
        }
        self.follow();
    }

    /// All lines; the pane shows those from [`Timeline::top`] on.
    pub(crate) fn lines(&self) -> &[TimelineLine] {
        &self.lines
    }

    /// The first visible line.
    pub(crate) fn top(&self) -> usize {
        self.top
    }

    /// The selected line.
    pub(crate) fn cursor(&self) -> usize {
        self.cursor
    }

    /// The moment that the instruction was asked at.
    pub(crate) fn as_of(&self) -> Option<AsOf> {
        self.as_of
    }

    /// How many events are later than that moment.
    pub(crate) fn later(&self) -> usize {
        self.later
    }

    /// Whether those are hidden.
    pub(crate) fn hides_later(&self) -> bool {
        self.hides_later && self.as_of.is_some()
    }

    /// The moment from which on everything is hidden.
    pub(crate) fn hidden_from(&self) -> Option<AsOf> {
        self.as_of.filter(|_| self.hides_later)
    }

    /// Hides what is later, or shows it.
    pub(crate) fn set_hides_later(&mut self, record: &Record, hides: bool) {
        if hides != self.hides_later {
            let at = self.selected();
            self.hides_later = hides;
            self.rebuild(record);
            self.keep(record, at);
        }
    }

    /// Says whether a key is held down.
    pub(crate) fn hold(&mut self, held: bool) {
        self.held = held;
    }

    /// What was taken away to show a place, since this was asked last.
    pub(crate) fn take_gave_way(&mut self) -> GaveWay {
        std::mem::take(&mut self.gave_way)
    }

    /// Whether a line is of what is later.
    pub(crate) fn is_later(&self, record: &Record, line: TimelineLine) -> bool {
        self.as_of.is_some_and(|as_of| match line {
            TimelineLine::Encounter(e) => as_of.begins_later(record.encounter(e)),
            TimelineLine::Day(e) | TimelineLine::Event(e) | TimelineLine::Text(e, _) => {
                as_of.is_later(record, record.event(e))
            }
            TimelineLine::AsOf(_) => false,
        })
    }

    /// Whether an event is hidden as later.
    fn hides(&self, record: &Record, event: &Event) -> bool {
        self.hides_later && self.as_of.is_some_and(|a| a.is_later(record, event))
    }

    /// Whether an event has its line once its encounter is unfolded.
    pub(crate) fn shows(&self, record: &Record, id: EventId) -> bool {
        let event = record.event(id);
        self.filter.shows(record, event) && !self.hides(record, event) && !self.hides_as_unseen(id)
    }

    /// How many events the filter leaves out.
    pub(crate) fn hidden(&self) -> usize {
        self.hidden
    }

    /// How many events of an encounter are shown, and how many there are but for those that are hidden as later.
    pub(crate) fn shown_in(&self, encounter: EncounterId) -> (u32, u32) {
        if encounter == EncounterId::PATIENT {
            return self.facts_shown;
        }
        self.shown_in
            .get(encounter.0 as usize)
            .copied()
            .unwrap_or_default()
    }

    /// How many encounters are not listed, since the filter leaves nothing of them.
    pub(crate) fn dropped(&self) -> usize {
        self.dropped
    }

    /// How many events are shown, folded away or not, and in how many encounters.
    pub(crate) fn shown(&self) -> (usize, usize) {
        let counts = self.shown_in.iter().map(|c| c.0 as usize);
        let some = counts.clone().filter(|n| *n > 0).count();
        (counts.sum(), some)
    }

    /// Every encounter that is unfolded when the filter is taken away, where that differs from what is now.
    pub(crate) fn unfolded_before(&self) -> Option<Vec<EncounterId>> {
        let mut all: Vec<_> = self.unfolded_before.as_ref()?.iter().copied().collect();
        all.sort_unstable();
        Some(all)
    }

    pub(crate) fn filter(&self) -> &Filter {
        &self.filter
    }

    /// What the cursor is on.
    pub(crate) fn selected(&self) -> Option<TimelineLine> {
        self.lines.get(self.cursor).copied()
    }

    /// The event that the cursor is on or in.
    pub(crate) fn selected_event(&self) -> Option<EventId> {
        match self.selected()? {
            TimelineLine::Event(e) | TimelineLine::Text(e, _) | TimelineLine::Day(e) => Some(e),
            TimelineLine::Encounter(_) | TimelineLine::AsOf(_) => None,
        }
    }

    /// The time of what the cursor is on.
    pub(crate) fn selected_time(&self, record: &Record) -> Option<Time> {
        match self.selected()? {
            TimelineLine::Encounter(e) => record.encounter(e).start,
            TimelineLine::Event(e) | TimelineLine::Text(e, _) | TimelineLine::Day(e) => record
                .event(e)
                .time
                .or(record.encounter(record.event(e).encounter).start),
            TimelineLine::AsOf(_) => self.as_of.map(AsOf::moment),
        }
    }

    /// The rows of an open note.
    pub(crate) fn note_rows(&self, event: EventId) -> &[ScreenRow] {
        self.wraps.get(&event).map_or(&[], Vec::as_slice)
    }

    pub(crate) fn set_filter(&mut self, record: &Record, filter: Filter) {
        self.gave_way = GaveWay::default();
        if filter == self.filter {
            return;
        }
        let at = self.selected();
        self.take_filter(record, filter);
        self.rebuild(record);
        self.keep(record, at);
    }

    /// Takes a filter; what it leaves of one kind or code is unfolded, and folded as before when it goes.
    pub(super) fn take_filter(&mut self, record: &Record, filter: Filter) {
        if !filter.is_narrow() {
            if let Some(before) = self.unfolded_before.take() {
                self.open_encounters = before;
            }
        } else if self.unfolded_before.is_none() {
            let before = std::mem::take(&mut self.open_encounters);
            self.unfolded_before = Some(before);
            self.open_encounters = all_encounters(record).collect();
        }
        self.filter = filter;
    }

    /// Puts the cursor back on what it was on, or else on what holds it.
    fn keep(&mut self, record: &Record, at: Option<TimelineLine>) {
        let line = at.and_then(|at| {
            let encounter = match at {
                TimelineLine::Encounter(e) | TimelineLine::AsOf(Some(e)) => e,
                TimelineLine::Event(e) | TimelineLine::Text(e, _) | TimelineLine::Day(e) => {
                    record.event(e).encounter
                }
                TimelineLine::AsOf(None) => return self.line_of(at),
            };
            let event = match at {
                TimelineLine::Encounter(_) | TimelineLine::AsOf(_) => None,
                TimelineLine::Event(e) | TimelineLine::Text(e, _) | TimelineLine::Day(e) => {
                    self.line_of(TimelineLine::Event(e))
                }
            };
            self.line_of(at)
                .or(event)
                .or_else(|| self.line_of(TimelineLine::Encounter(encounter)))
                .or_else(|| self.last_heading_before(encounter))
        });
        // What the eye rests on stays where it is.
        let offset = self.cursor.saturating_sub(self.top);
        self.cursor = line
            .unwrap_or(self.cursor)
            .min(self.lines.len().saturating_sub(1));
        self.top = self.cursor.saturating_sub(offset).min(self.last_top());
        self.follow();
    }

    /// The last heading listed before an encounter that a filter leaves out.
    fn last_heading_before(&self, encounter: EncounterId) -> Option<usize> {
        let patient = EncounterId::PATIENT;
        // Who the patient is stands before all encounters, though its number is the last.
        let before = |e: EncounterId| encounter != patient && (e == patient || e < encounter);
        self.lines
            .iter()
            .rposition(|l| matches!(l, TimelineLine::Encounter(e) if before(*e)))
    }

    /// The place of a line in the list.
    pub(crate) fn line_of(&self, wanted: TimelineLine) -> Option<usize> {
        // Lines are in the order of the record; a heading precedes what it holds.
        self.lines.iter().position(|l| *l == wanted)
    }

    fn last_top(&self) -> usize {
        self.lines
            .len()
            .saturating_sub(usize::from(self.height.max(1)))
    }

    /// Brings the cursor into view. Leaving by one line turns half a page, so that a walk through a long list repaints
    /// the pane rarely (a slow link feels each repaint); while a key is held down, the whole page.
    fn follow(&mut self) {
        let height = usize::from(self.height.max(1));
        let turn = if self.held { height - 1 } else { height / 2 };
        if self.cursor < self.top {
            self.top = if self.top - self.cursor < height {
                self.cursor.saturating_sub(turn)
            } else {
                self.cursor.saturating_sub(height / 3)
            };
        } else if self.cursor >= self.top + height {
            let beyond = self.cursor - (self.top + height);
            self.top = if beyond < height {
                self.cursor + 1 - height + turn
            } else {
                self.cursor.saturating_sub(height / 3)
            };
        }
        self.top = self.top.min(self.last_top()).min(self.cursor);
    }
}

#[cfg(test)]
mod tests;
