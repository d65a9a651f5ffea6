//! The list of lines: made anew when folds or filters change, spliced when a note opens or closes.

use std::ops::Range;

use super::{NOTE_INDENT, Timeline, TimelineLine};
use crate::record::{EncounterId, EventId, Record, Time};
use crate::text::{self, Layout, ScreenRow};

impl Timeline {
    /// Opens or closes a note: its rows come below its line, or go, and no other line is looked at anew.
    pub(super) fn set_note(&mut self, record: &Record, event: EventId, open: bool) {
        let was_open = if open {
            !self.open_notes.insert(event)
        } else {
            self.open_notes.remove(&event)
        };
        // What is folded away or left out has no line.
        let Some(line) = self
            .line_of(TimelineLine::Event(event))
            .filter(|_| was_open != open)
        else {
            return;
        };
        let below = line + 1;
        if open {
            let rows = self.wrapped(record, event);
            self.lines.splice(below..below, rows);
        } else {
            let rows = self.lines[below..].iter();
            let rows = rows.take_while(|l| matches!(l, TimelineLine::Text(e, _) if *e == event));
            let end = below + rows.count();
            self.lines.drain(below..end);
        }
    }

    /// The rows of a note, wrapped once for each width.
    pub(super) fn wrapped(
        &mut self,
        record: &Record,
        event: EventId,
    ) -> impl Iterator<Item = TimelineLine> + use<> {
        let width = usize::from(self.width.saturating_sub(NOTE_INDENT + 2));
        let rows = self
            .wraps
            .entry(event)
            .or_insert_with(|| wrap_note(record.value(record.event(event)), width));
        (0..rows.len() as u32).map(move |row| TimelineLine::Text(event, row))
    }

    pub(super) fn rebuild(&mut self, record: &Record) {
        self.lines.clear();
        self.hidden = 0;
        self.dropped = 0;
        self.later = 0;
        self.unseen = 0;
        self.shown_in.clear();
        let whole = self.filter.is_empty() && self.as_of.is_none() && !self.hides_unseen();
        let mut parted = self.as_of.is_none();
        let patient = record.patient().map(|p| (EncounterId::PATIENT, p));
        let encounters = record.encounters().iter().zip(0..);
        let encounters = encounters.map(|(e, i)| (EncounterId(i), e));
        for (id, encounter) in patient.into_iter().chain(encounters) {
            let events = encounter.events.clone();
            let (shown, there) = if whole {
                (events.end - events.start, events.end - events.start)
            } else {
                self.count(record, events.clone())
            };
            if id == EncounterId::PATIENT {
                self.facts_shown = (shown, there);
            } else {
                self.shown_in.push((shown, there));
            }
            let later = self.as_of.is_some_and(|a| a.begins_later(encounter));
            if later && !parted {
                self.part();
                parted = true;
            }
            let filtered = !self.filter.is_empty();
            let dropped = filtered || later && self.hides_later || self.hides_unseen();
            if shown == 0 && dropped {
                self.dropped += usize::from(filtered && there > 0);
                continue;
            }
            self.lines.push(TimelineLine::Encounter(id));
            if self.open_encounters.contains(&id) {
                self.push_events(record, id, events, later);
            }
        }
        if !parted {
            self.part();
        }
    }

    /// Pushes the line between encounters; that of an encounter of which nothing more follows would say the same.
    fn part(&mut self) {
        if matches!(self.lines.last(), Some(TimelineLine::AsOf(_))) {
            self.lines.pop();
        }
        self.lines.push(TimelineLine::AsOf(None));
    }

    /// How many of some events are shown, and how many there are but for those hidden as later; counts those that are left out, and those that are later.
    fn count(&mut self, record: &Record, events: Range<u32>) -> (u32, u32) {
        let (mut shown, mut there) = (0, 0);
        for e in events {
            let event = record.event(EventId(e));
            let later = self.as_of.is_some_and(|a| a.is_later(record, event));
            self.later += usize::from(later);
            if later && self.hides_later {
                continue;
            }
            there += 1;
            if !self.filter.shows(record, event) {
                self.hidden += 1;
            } else if self.hides_as_unseen(EventId(e)) {
                // Facts about the patient are counted nowhere.
                self.unseen += usize::from(event.encounter != EncounterId::PATIENT);
            } else {
                shown += 1;
            }
        }
        (shown, there)
    }

    /// Lists an encounter's events; in one that begins later no line parts them.
    fn push_events(
        &mut self,
        record: &Record,
        encounter: EncounterId,
        events: Range<u32>,
        mut parted: bool,
    ) {
        let mut day = record
            .events()
            .get(events.start as usize)
            .and_then(|e| e.time)
            .map(day_of);
        for e in events {
            let id = EventId(e);
            let event = record.event(id);
            if !parted && self.as_of.is_some_and(|a| a.is_later(record, event)) {
                self.lines.push(TimelineLine::AsOf(Some(encounter)));
                parted = true;
            }
            if !self.shows(record, id) {
                continue;
            }
            let today = event.time.map(day_of);
            if today.is_some() && today != day && encounter != EncounterId::PATIENT {
                self.lines.push(TimelineLine::Day(id));
                day = today;
            }
            self.lines.push(TimelineLine::Event(id));
            if self.open_notes.contains(&id) {
                let rows = self.wrapped(record, id);
                self.lines.extend(rows);
            }
        }
    }
}

/// Rows of a note at a width: its own lines, or where the extract flattened them, the lines that double spaces mark.
pub(crate) fn wrap_note(note: &str, width: usize) -> Vec<ScreenRow> {
    text::wrap(note, width, Layout::Flattened)
}

fn day_of(time: Time) -> i64 {
    time.seconds().div_euclid(86_400)
}
