//! Folding: which encounters are unfolded and which notes are open.
//!
//! In: what the cursor is on, or a state to come back to. Out: the list made anew, with the cursor on what it was on.

use rustc_hash::FxHashSet;

use super::{Timeline, TimelineLine};
use crate::record::{EncounterId, EventId, Kind, Record};

impl Timeline {
    /// Whether an encounter is unfolded.
    pub(crate) fn is_open(&self, encounter: EncounterId) -> bool {
        self.open_encounters.contains(&encounter)
    }

    /// Whether a note is shown in place.
    pub(crate) fn is_note_open(&self, event: EventId) -> bool {
        self.open_notes.contains(&event)
    }

    /// Every unfolded encounter and open note, for coming back later.
    pub(crate) fn folds(&self) -> (Vec<EncounterId>, Vec<EventId>) {
        let mut encounters: Vec<_> = self.open_encounters.iter().copied().collect();
        let mut notes: Vec<_> = self.open_notes.iter().copied().collect();
        encounters.sort_unstable();
        notes.sort_unstable();
        (encounters, notes)
    }

    /// Unfolds exactly these encounters and notes, as far as they exist, and goes to a line.
    pub(crate) fn restore(
        &mut self,
        record: &Record,
        encounters: &[EncounterId],
        notes: &[EventId],
        at: Option<TimelineLine>,
        top: usize,
    ) {
        let known = |e: &&EncounterId| {
            **e == EncounterId::PATIENT || (e.0 as usize) < record.encounters().len()
        };
        let open: FxHashSet<EncounterId> = encounters.iter().filter(known).copied().collect();
        let there = |e: &&EventId| (e.0 as usize) < record.events().len();
        let notes: FxHashSet<EventId> = notes.iter().filter(there).copied().collect();
        // Find comes here with each letter: only what an earlier letter opened has to change.
        if open == self.open_encounters && !self.lines.is_empty() {
            let changed: Vec<EventId> = self
                .open_notes
                .symmetric_difference(&notes)
                .copied()
                .collect();
            for note in changed {
                self.set_note(record, note, notes.contains(&note));
            }
        } else {
            self.open_encounters = open;
            self.open_notes = notes;
            self.rebuild(record);
        }
        let line = at.and_then(|l| self.line_of(l)).unwrap_or(0);
        self.cursor = line.min(self.lines.len().saturating_sub(1));
        self.top = top.min(self.last_top());
        self.follow();
    }

    /// Folds or unfolds what the cursor is on: the note on its lines, the encounter elsewhere.
    pub(crate) fn toggle(&mut self, record: &Record) {
        let Some(at) = self.selected() else { return };
        match at {
            TimelineLine::Event(e) | TimelineLine::Text(e, _) if self.open_notes.contains(&e) => {
                self.set_note(record, e, false);
                self.keep(record, Some(TimelineLine::Event(e)));
            }
            TimelineLine::Event(e) if record.event(e).kind == Kind::Note => {
                self.open_note(record, e);
            }
            TimelineLine::Encounter(e) => self.toggle_encounter(record, e),
            TimelineLine::Event(e) | TimelineLine::Text(e, _) | TimelineLine::Day(e) => {
                self.toggle_encounter(record, record.event(e).encounter);
            }
            TimelineLine::AsOf(_) => {}
        }
    }

    /// Opens a note in place.
    pub(crate) fn open_note(&mut self, record: &Record, event: EventId) {
        let at = self.selected();
        self.set_note(record, event, true);
        self.keep(record, at);
        // The beginning of the note comes into view without the heading moving further than it must.
        let rows = self
            .note_rows(event)
            .len()
            .min(usize::from(self.height) * 2 / 3);
        let bottom = self.cursor + rows;
        if bottom >= self.top + usize::from(self.height) {
            self.top = (bottom + 1)
                .saturating_sub(usize::from(self.height))
                .min(self.cursor);
        }
    }

    /// Folds or unfolds every encounter.
    pub(crate) fn fold_all(&mut self, record: &Record, fold: bool) {
        let at = self.selected();
        if fold {
            self.open_encounters.clear();
        } else {
            self.open_encounters = all_encounters(record).collect();
        }
        self.rebuild(record);
        self.keep(record, at);
    }

    fn toggle_encounter(&mut self, record: &Record, encounter: EncounterId) {
        if !self.open_encounters.remove(&encounter) {
            self.open_encounters.insert(encounter);
        }
        self.rebuild(record);
        self.keep(record, Some(TimelineLine::Encounter(encounter)));
    }
}

/// Every encounter, that of the facts about the patient too.
pub(super) fn all_encounters(record: &Record) -> impl Iterator<Item = EncounterId> {
    let all = (0..record.encounters().len() as u32).map(EncounterId);
    all.chain([EncounterId::PATIENT])
}
