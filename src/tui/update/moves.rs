//! Moving: through the timeline, the answers, a note at full size, a trend, the map.
//!
//! In: actions. Out: changed panes. The record is only read.

use std::sync::Arc;

use crate::record::{Kind, Record};
use crate::tui::action::Action;
use crate::tui::app::{App, RecordState, Tone};
use crate::tui::layout::Focus;
use crate::tui::overlays::{reader, trend};
use crate::tui::panes::timeline::{Filter, TimelineLine};
use crate::tui::record_view::RecordView;
use crate::tui::selection::Motion;
use crate::tui::terminal::{Code, Key};

/// A move up or down.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Go {
    /// One line down.
    Down,
    /// One line up.
    Up,
    /// Half a page down.
    PageDown,
    /// Half a page up.
    PageUp,
    /// To the first line.
    Top,
    /// To the last line.
    Bottom,
}

impl App {
    /// Goes up or down: the end of a passage that is being selected, or the pane in focus.
    pub(super) fn go(&mut self, by: Go) {
        if self.is_selecting() {
            self.move_passage(by);
        } else {
            self.go_in_pane(by);
        }
    }

    /// Goes up or down in the pane in focus.
    pub(super) fn go_in_pane(&mut self, by: Go) {
        match self.screen.focus {
            Focus::Timeline => {
                if self.in_timeline().is_some() {
                    match by {
                        Go::Down => self.in_view.record.timeline.go(1),
                        Go::Up => self.in_view.record.timeline.go(-1),
                        Go::PageDown => self.in_view.record.timeline.page(1),
                        Go::PageUp => self.in_view.record.timeline.page(-1),
                        Go::Top => self.in_view.record.timeline.go_to_line(0),
                        Go::Bottom => self.in_view.record.timeline.go_to_line(usize::MAX),
                    }
                }
            }
            Focus::Answers => match by {
                Go::Down => self.in_view.answers.scroll(1),
                Go::Up => self.in_view.answers.scroll(-1),
                Go::PageDown => self.in_view.answers.page(1),
                Go::PageUp => self.in_view.answers.page(-1),
                Go::Top => self.in_view.answers.scroll(isize::MIN / 2),
                Go::Bottom => self.in_view.answers.scroll(isize::MAX / 2),
            },
            // The wheel; keys are text there.
            Focus::Gold => match by {
                Go::Down => {
                    self.in_view.gold.editor.key(Key::plain(Code::Down));
                }
                Go::Up => {
                    self.in_view.gold.editor.key(Key::plain(Code::Up));
                }
                Go::PageDown | Go::PageUp | Go::Top | Go::Bottom => {}
            },
        }
    }

    /// The record, where the timeline is in focus; says why there is none.
    fn in_timeline(&mut self) -> Option<Arc<RecordView>> {
        if self.screen.focus != Focus::Timeline {
            return None;
        }
        match &self.in_view.record.state {
            RecordState::Ready(view) => return Some(Arc::clone(view)),
            RecordState::Reading => self.say(Tone::Calm, "The record is still being read"),
            RecordState::Failed(_) => self.say(Tone::Alert, "There is no record to move in"),
        }
        None
    }

    pub(super) fn go_left(&mut self) {
        if self.is_selecting() {
            self.move_caret(Motion::Letter { forward: false });
        } else if self.screen.focus == Focus::Answers {
            self.step_answer(false);
        } else if let Some(view) = self.in_timeline() {
            self.fold_left(&view.record);
        }
    }

    pub(super) fn go_right(&mut self) {
        if self.is_selecting() {
            self.move_caret(Motion::Letter { forward: true });
        } else if self.screen.focus == Focus::Answers {
            self.step_answer(true);
        } else if let Some(view) = self.in_timeline() {
            self.open_at(&view, false);
        }
    }

    fn step_answer(&mut self, forward: bool) {
        if !self.in_view.answers.go(if forward { 1 } else { -1 }) {
            let end = if forward { "last" } else { "first" };
            self.say(Tone::Calm, format!("This is the {end} answer"));
        }
    }

    pub(super) fn fold(&mut self) {
        if let Some(view) = self.in_timeline() {
            self.in_view.record.timeline.toggle(&view.record);
        }
    }

    pub(super) fn fold_all(&mut self, folded: bool) {
        if let Some(view) = self.in_timeline() {
            self.in_view.record.timeline.fold_all(&view.record, folded);
        }
    }

    pub(super) fn step_encounter(&mut self, forward: bool) {
        if self.in_timeline().is_none() {
            return;
        }
        let pane = &mut self.in_view.record.timeline;
        if !pane.go_to(forward, |l| matches!(l, TimelineLine::Encounter(_))) {
            let end = if forward { "last" } else { "first" };
            let hidden = forward && pane.hidden_from().is_some() && pane.later() > 0;
            let hidden = if hidden { " before what is hidden" } else { "" };
            self.say(Tone::Calm, format!("This is the {end} encounter{hidden}"));
        }
    }

    pub(super) fn step_note(&mut self, forward: bool) {
        if let Some(view) = self.in_timeline()
            && !self
                .in_view
                .record
                .timeline
                .go_to_note(&view.record, forward)
        {
            let where_ = if forward { "behind" } else { "before" };
            self.say(Tone::Calm, format!("There is no note {where_} this line"));
        }
    }

    /// Opens what the cursor is on, at last at full size.
    pub(super) fn open_line(&mut self) {
        if let Some(view) = self.in_timeline() {
            self.open_at(&view, true);
        }
    }

    /// Left folds what the cursor is in: first the note, then the encounter.
    fn fold_left(&mut self, record: &Record) {
        match self.in_view.record.timeline.selected() {
            Some(TimelineLine::Text(..)) => self.in_view.record.timeline.toggle(record),
            Some(TimelineLine::Event(e)) if self.in_view.record.timeline.is_note_open(e) => {
                self.in_view.record.timeline.toggle(record);
            }
            Some(TimelineLine::Event(e) | TimelineLine::Day(e)) => {
                let heading = TimelineLine::Encounter(record.event(e).encounter);
                if let Some(line) = self.in_view.record.timeline.line_of(heading) {
                    self.in_view.record.timeline.go_to_line(line);
                }
            }
            Some(TimelineLine::Encounter(e)) if self.in_view.record.timeline.is_open(e) => {
                self.in_view.record.timeline.toggle(record);
            }
            Some(TimelineLine::Encounter(_) | TimelineLine::AsOf(_)) | None => {}
        }
    }

    /// Opens what the cursor is on: an encounter unfolds, a note opens in place, an open note or any other event at full
    /// size.
    fn open_at(&mut self, view: &RecordView, full: bool) {
        let record = &view.record;
        match self.in_view.record.timeline.selected() {
            Some(TimelineLine::Encounter(e)) => {
                if full || !self.in_view.record.timeline.is_open(e) {
                    self.in_view.record.timeline.toggle(record);
                }
            }
            Some(TimelineLine::Event(e))
                if record.event(e).kind == Kind::Note
                    && !self.in_view.record.timeline.is_note_open(e) =>
            {
                self.in_view.record.timeline.open_note(record, e);
            }
            Some(TimelineLine::Event(e) | TimelineLine::Text(e, _)) if full => {
                reader::open(self, record, e);
            }
            Some(TimelineLine::AsOf(_)) if full => self.toggle_later(),
            Some(
                TimelineLine::Event(_)
                | TimelineLine::Text(..)
                | TimelineLine::Day(_)
                | TimelineLine::AsOf(_),
            )
            | None => {}
        }
    }

    /// Says what a filter leaves, and how everything comes back.
    pub(in crate::tui) fn say_what_is_left(&mut self, what: &str) {
        let timeline = &self.in_view.record.timeline;
        let (events, encounters) = timeline.shown();
        let count = |n: usize, what: &str| {
            let s = if n == 1 { "" } else { "s" };
            format!("{} {what}{s}", crate::text::thousands(n as u64))
        };
        let key = self.desk.key_of(Action::Cancel);
        let (left, gone) = (
            count(encounters, "encounter"),
            crate::text::thousands(timeline.dropped() as u64),
        );
        let events = count(events, "event");
        self.say(
            Tone::Calm,
            format!("Only {what}: {key} shows all again; {events} in {left}, {gone} without any"),
        );
    }

    pub(super) fn only_code(&mut self) {
        let Some(view) = self.in_timeline() else {
            return;
        };
        let record = &view.record;
        let filter = self.in_view.record.timeline.filter().clone();
        if filter.only_code.is_some() {
            self.in_view.record.timeline.set_filter(
                record,
                Filter {
                    only_code: None,
                    ..filter
                },
            );
            self.say(Tone::Calm, "All codes are shown again");
            return;
        }
        let code = self
            .in_view
            .record
            .timeline
            .selected_event()
            .map(|e| record.code_sym(record.event(e)));
        match code.filter(|c| !c.is_empty()) {
            Some(code) => {
                self.in_view.record.timeline.set_filter(
                    record,
                    Filter {
                        only_code: Some(code),
                        ..filter
                    },
                );
                let name = crate::text::safe(record.string(code)).into_owned();
                self.say_what_is_left(&name);
            }
            None => self.say(Tone::Alert, "Go to an event with a code first"),
        }
    }

    pub(super) fn open_trend(&mut self) {
        if let Some(view) = self.in_timeline() {
            trend::open(self, &view.record);
        }
    }
}
