//! What a model saw of the record, in the timeline: marked, or alone in view.
//!
//! In: what was sent. Out: which lines are of it, and which events are hidden since they are not.

use std::sync::Arc;

use super::{Timeline, TimelineLine};
use crate::record::{EventId, Record};
use crate::tui::saw::Saw;

impl Timeline {
    /// What a model saw of the record, where that is marked.
    pub(crate) fn saw(&self) -> Option<&Saw> {
        self.saw.as_deref()
    }

    /// Whether only that is shown.
    pub(crate) fn hides_unseen(&self) -> bool {
        self.alone && self.saw.is_some()
    }

    /// How many events are hidden for that, and for no other reason.
    pub(crate) fn unseen(&self) -> usize {
        self.unseen
    }

    /// Marks what a model saw, or nothing; `alone`: hides all else.
    pub(crate) fn set_saw(&mut self, record: &Record, saw: Option<Arc<Saw>>, alone: bool) {
        let hid = self.hides_unseen();
        self.saw = saw;
        self.alone = alone;
        if hid || self.hides_unseen() {
            let at = self.selected();
            self.rebuild(record);
            self.keep(record, at);
        }
    }

    /// Whether a line is of something that the model did not see, where what it saw is marked.
    pub(crate) fn is_unseen(&self, record: &Record, line: TimelineLine) -> bool {
        self.saw.as_ref().is_some_and(|saw| match line {
            TimelineLine::Encounter(e) => {
                let events = &record.encounter(e).events;
                saw.between(events.start, events.end) == 0
            }
            TimelineLine::Day(e) | TimelineLine::Event(e) => !saw.has(e.0),
            TimelineLine::Text(e, row) => {
                let row = self.note_rows(e).get(row as usize);
                let (start, end) = row.map_or((0, 0), |r| (r.start as usize, r.end as usize));
                let part = saw.part(e.0);
                part.is_none_or(|part| end <= part.start || part.end <= start)
            }
            TimelineLine::AsOf(_) => false,
        })
    }

    /// The first and the last chunk that a line was in, where there were several; of a row of text, that its end was in.
    pub(crate) fn chunk_of(&self, line: TimelineLine) -> Option<(usize, usize)> {
        let saw = self.saw.as_ref()?;
        match line {
            TimelineLine::Day(e) | TimelineLine::Event(e) => saw.chunk_of(e.0),
            TimelineLine::Text(e, row) => {
                let end = self.note_rows(e).get(row as usize)?.end as usize;
                saw.chunk_at(e.0, end.saturating_sub(1))
            }
            TimelineLine::Encounter(_) | TimelineLine::AsOf(_) => None,
        }
    }

    /// Whether an event is hidden since a model did not see it.
    pub(super) fn hides_as_unseen(&self, id: EventId) -> bool {
        self.alone && self.saw.as_ref().is_some_and(|saw| !saw.has(id.0))
    }
}
