//! Selecting a passage of a note, in the timeline or at full size.
//!
//! In: moves. Out: a selection and where it stands on the screen; what is done with it is its caller's.

use std::ops::Range;
use std::sync::Arc;

use crate::record::{EventId, Record};
use crate::tui::action::{Action, Layer};
use crate::tui::app::{App, Effect, RecordState, Tone};
use crate::tui::layout::Focus;
use crate::tui::overlays::reader::Reader;
use crate::tui::panes::timeline::TimelineLine;
use crate::tui::selection::{Motion, Selection, Unit};
use crate::tui::update::moves::Go;

impl App {
    /// The event that the cursor is on, in the timeline or at full size, and where in its text the cursor's row begins.
    pub(super) fn reading(&self) -> Option<(EventId, Option<usize>)> {
        if let Some(reader) = self.over::<Reader>() {
            return Some((reader.event, reader.cursor()));
        }
        let timeline = &self.in_view.record.timeline;
        match timeline.selected()? {
            TimelineLine::Text(event, row) => {
                let row = timeline.note_rows(event).get(row as usize);
                Some((event, Some(row.map_or(0, |r| r.start as usize))))
            }
            TimelineLine::Event(event) => Some((event, None)),
            TimelineLine::Encounter(_) | TimelineLine::Day(_) | TimelineLine::AsOf(_) => None,
        }
    }

    /// Begins the selection of a passage where the cursor is.
    pub(super) fn select_passage(&mut self) {
        let Some(view) = self.view().map(Arc::clone) else {
            return self.say(Tone::Alert, "There is no record to select in");
        };
        let record = &view.record;
        let Some((event, at)) = self.reading() else {
            return self.say(Tone::Alert, "Go to a note to select in it");
        };
        let at = at.unwrap_or(0);
        let of = record.event(event);
        let text = record.value(of);
        if of.kind != crate::record::Kind::Note || text.trim().is_empty() {
            let pin = self.desk.key_of(Action::Pin);
            let why = format!("There is no text to select in here: {pin} pins the whole event");
            return self.say(Tone::Alert, why);
        }
        // What find stands at is what one wants, mostly; else the selection begins with the row's first word.
        let found = self.find_in(record, event, at);
        let blanks = text[at..].len() - text[at..].trim_start().len();
        let (from, to) = found.map_or((at + blanks, at + blanks), |hit| {
            (hit.start, hit.end.saturating_sub(1))
        });
        self.in_view.record.selection = Some(Selection::new(event, text, from, to));
        self.follow_passage();
        let (sentence, pin) = (
            self.desk.key_of(Action::SelectSentences),
            self.desk.key_of(Action::Pin),
        );
        let said = format!("Selecting: {sentence} takes the sentence, {pin} pins what is selected");
        self.say(Tone::Calm, said);
    }

    /// The place found that the search stands at, where it is in this event, at or behind this row of its text.
    pub(super) fn find_in(
        &self,
        record: &Record,
        event: EventId,
        row: usize,
    ) -> Option<Range<usize>> {
        let hit = self.hits().all.get(self.looking.find.at?)?;
        let rows_end = match self.in_view.record.timeline.selected() {
            Some(TimelineLine::Text(e, _)) if e == event && self.screen.overlay.is_none() => {
                let rows = self.in_view.record.timeline.note_rows(event);
                rows.get(crate::text::row_at(rows, row)).map(|r| r.end)
            }
            _ => None,
        };
        let in_value = hit.event == event && hit.field == crate::search::find::Field::Value;
        let here = rows_end.is_none_or(|end| (row..end as usize).contains(&(hit.start as usize)));
        let range = hit.start as usize..hit.end as usize;
        let there = record.value(record.event(event)).get(range.clone());
        (in_value && here && there.is_some()).then_some(range)
    }

    /// Whether a passage is being selected, and takes the keys.
    pub(super) fn is_selecting(&self) -> bool {
        self.in_view.record.selection.is_some() && self.layers() == [Layer::Passage]
    }

    /// Begins a selection where the cursor is; again, begins it anew.
    pub(super) fn select(&mut self) {
        if self.is_selecting() {
            self.in_passage(Selection::begin_here);
            self.say(Tone::Calm, "The selection begins anew here");
        } else if self.screen.focus == Focus::Timeline {
            self.select_passage();
        } else {
            self.select_words();
        }
    }

    /// Selects by lines or sentences, or by letters again.
    pub(super) fn select_by(&mut self, unit: Unit) {
        self.in_passage(|passage, text| passage.toggle(text, unit));
    }

    /// Moves the other end from now on.
    pub(super) fn other_end(&mut self) {
        self.in_passage(|passage, _| passage.swap());
        self.follow_passage();
    }

    pub(super) fn step_sentence(&mut self, forward: bool) {
        self.move_caret(Motion::Sentence { forward });
    }

    /// Goes to the next word of the answer in focus or the one before; in a passage, takes it in.
    pub(super) fn step_word(&mut self, forward: bool) {
        if self.is_selecting() {
            self.move_caret(Motion::Word { forward });
        } else {
            self.step_word_of_answer(forward);
        }
    }

    /// Does something with the passage and the text that it is in.
    fn in_passage(&mut self, change: impl FnOnce(&mut Selection, &str)) {
        if let (RecordState::Ready(view), Some(passage)) = (
            &self.in_view.record.state,
            &mut self.in_view.record.selection,
        ) {
            let event = view.record.event(passage.event);
            change(passage, view.record.value(event));
        }
    }

    /// Moves the end up or down: rows of the screen, or sentences.
    pub(super) fn move_passage(&mut self, by: Go) {
        let half = match self.over::<Reader>() {
            Some(reader) => reader.list.height / 2,
            None => usize::from(self.screen.frame.timeline.height) / 2,
        };
        let half = half.max(1) as isize;
        let by_sentences =
            self.in_view.record.selection.as_ref().map(|s| s.unit) == Some(Unit::Sentences);
        self.move_caret(match by {
            Go::Down if by_sentences => Motion::Sentence { forward: true },
            Go::Up if by_sentences => Motion::Sentence { forward: false },
            Go::Down => Motion::Rows(1),
            Go::Up => Motion::Rows(-1),
            Go::PageDown => Motion::Rows(half),
            Go::PageUp => Motion::Rows(-half),
            Go::Top => Motion::Start,
            Go::Bottom => Motion::End,
        });
    }

    /// Moves the end that moves.
    pub(super) fn move_caret(&mut self, motion: Motion) {
        let (RecordState::Ready(view), Some(passage)) = (
            &self.in_view.record.state,
            &mut self.in_view.record.selection,
        ) else {
            return;
        };
        let text = view.record.value(view.record.event(passage.event));
        let reader = self
            .screen
            .overlay
            .as_deref()
            .and_then(|o| o.as_a::<Reader>());
        let rows = match reader {
            Some(reader) => reader.rows.as_slice(),
            None => self.in_view.record.timeline.note_rows(passage.event),
        };
        passage.go(text, rows, motion);
        self.follow_passage();
    }

    /// Copies the passage, which ends its selection.
    pub(super) fn copy_passage(&mut self) {
        let mut text = String::new();
        self.in_passage(|passage, all| {
            all.get(passage.selected())
                .unwrap_or_default()
                .clone_into(&mut text);
        });
        let what = "passage";
        self.desk.effects.push(Effect::Copy { text, what });
        self.in_view.record.selection = None;
    }

    /// An action that has no use for a passage.
    pub(super) fn end_passage_first(&mut self) {
        let end = self.desk.key_of(Action::Back);
        let said = format!("A passage is being selected: {end} ends that first");
        self.say(Tone::Calm, said);
    }

    /// Brings the end that moves into view.
    fn follow_passage(&mut self) {
        let (Some(passage), Some(view)) =
            (&self.in_view.record.selection, self.view().map(Arc::clone))
        else {
            return;
        };
        let (event, caret) = (passage.event, passage.caret());
        match self.over_mut::<Reader>() {
            Some(reader) => reader.show(caret),
            None => self
                .in_view
                .record
                .timeline
                .show_text(&view.record, event, caret),
        }
    }
}
