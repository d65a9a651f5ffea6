//! Moving the cursor of the timeline, by lines and to places of the record.
//!
//! In: a number of lines, an event, a time. Out: the cursor there and in view. What is left out gives way to a place that is asked for.

use super::{Filter, Timeline, TimelineLine};
use crate::record::{EncounterId, EventId, Kind, Record};
use crate::text;

impl Timeline {
    /// Moves the cursor by lines.
    pub(crate) fn go(&mut self, lines: isize) {
        self.go_to_line(self.cursor.saturating_add_signed(lines));
    }

    /// Moves the cursor by half pages.
    pub(crate) fn page(&mut self, half_pages: isize) {
        self.go(half_pages * (isize::from(self.height as i16) / 2).max(1));
    }

    /// Moves the cursor to a line.
    pub(crate) fn go_to_line(&mut self, line: usize) {
        self.cursor = line.min(self.lines.len().saturating_sub(1));
        self.follow();
    }

    /// Goes to the next or previous line for which `wanted` holds; says whether there was one.
    pub(crate) fn go_to(&mut self, forward: bool, wanted: impl Fn(TimelineLine) -> bool) -> bool {
        let found = if forward {
            (self.cursor + 1..self.lines.len()).find(|&i| wanted(self.lines[i]))
        } else {
            (0..self.cursor.min(self.lines.len()))
                .rev()
                .find(|&i| wanted(self.lines[i]))
        };
        if let Some(line) = found {
            self.go_to_line(line);
        }
        found.is_some()
    }

    /// Goes to the next or previous note of the record, unfolding its encounter; says whether there was one.
    pub(crate) fn go_to_note(&mut self, record: &Record, forward: bool) -> bool {
        let events = record.events();
        let is_line = |l: &TimelineLine| !matches!(l, TimelineLine::AsOf(_));
        let below = || self.lines[self.cursor..].iter().find(|l| is_line(l));
        let line = self.selected().filter(is_line);
        let line = line.or_else(|| below().copied());
        let here = match line {
            Some(TimelineLine::Event(e) | TimelineLine::Text(e, _) | TimelineLine::Day(e)) => {
                e.0 as usize
            }
            Some(TimelineLine::Encounter(e)) => record.encounter(e).events.start as usize,
            // The line of the moment stands last.
            Some(TimelineLine::AsOf(_)) | None => events.len(),
        };
        let on_heading =
            line != self.selected() || matches!(line, Some(TimelineLine::Encounter(_)));
        let is_note =
            |&i: &usize| events[i].kind == Kind::Note && self.shows(record, EventId(i as u32));
        let found = if forward {
            (here + usize::from(!on_heading)..events.len()).find(is_note)
        } else {
            (0..here).rev().find(is_note)
        };
        if let Some(i) = found {
            self.show(record, EventId(i as u32));
        }
        found.is_some()
    }

    /// Goes to an event, unfolding its encounter, even when it is left out: the filter then gives way, and the hiding
    /// of what is later or was not seen; see [`Timeline::take_gave_way`].
    pub(crate) fn show(&mut self, record: &Record, event: EventId) {
        if !self.shows(record, event) {
            if !self.filter.shows(record, record.event(event)) {
                self.take_filter(record, Filter::default());
                self.gave_way.filter = true;
            }
            if self.hides(record, record.event(event)) {
                self.hides_later = false;
                self.gave_way.later = true;
            }
            if self.hides_as_unseen(event) {
                self.alone = false;
                self.gave_way.unseen = true;
            }
            self.open_encounters.insert(record.event(event).encounter);
            self.rebuild(record);
        } else if self.open_encounters.insert(record.event(event).encounter) {
            self.rebuild(record);
        }
        if let Some(line) = self.line_of(TimelineLine::Event(event)) {
            self.go_to_line(line);
        }
    }

    /// Goes to the row of a note's text that holds a byte of it, opening the note.
    pub(crate) fn show_text(&mut self, record: &Record, event: EventId, offset: usize) {
        self.show(record, event);
        if record.event(event).kind != Kind::Note {
            return;
        }
        self.set_note(record, event, true);
        let row = text::row_at(self.note_rows(event), offset) as u32;
        if let Some(line) = self
            .line_of(TimelineLine::Text(event, row))
            .or_else(|| self.line_of(TimelineLine::Event(event)))
        {
            self.go_to_line(line);
        }
    }

    /// Goes to the first event at or after a time, or else to the last one with a time.
    pub(crate) fn go_to_time(&mut self, record: &Record, seconds: i64) {
        let timed = || {
            record
                .events()
                .iter()
                .enumerate()
                .filter(|(_, e)| e.encounter != EncounterId::PATIENT)
                .filter_map(|(i, e)| Some((i, e.time?.seconds())))
        };
        let at = timed()
            .filter(|(_, t)| *t >= seconds)
            .min_by_key(|(i, t)| (*t, *i));
        let Some((i, _)) = at.or_else(|| timed().max_by_key(|(i, t)| (*t, *i))) else {
            return;
        };
        let event = EventId(i as u32);
        let encounter = record.event(event).encounter;
        if self.shows(record, event) {
            self.show(record, event);
        } else if let Some(line) = self
            .line_of(TimelineLine::Encounter(encounter))
            .or_else(|| self.last_heading_before(encounter))
        {
            self.go_to_line(line);
        }
    }
}
