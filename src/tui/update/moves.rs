//! Moving: through the timeline, the answers, a note at full size, a trend, the map.
//!
//! In: actions. Out: changed panes. The record is only read.

use std::sync::Arc;

use crate::record::{EventId, Kind, Record};
use crate::tui::action::Action;
use crate::tui::app::{App, RecordState, Tone};
use crate::tui::layout::Focus;
use crate::tui::overlay::Overlay;
use crate::tui::overlays::trend;
use crate::tui::panes::timeline::{Filter, Line, wrap_note};
use crate::tui::record_view::RecordView;
use crate::tui::terminal::{Code, Key};
use crate::tui::widgets::list::Scroll;

impl App {
    pub(super) fn move_action(&mut self, action: Action) {
        match self.focus {
            Focus::Timeline => self.timeline_action(action),
            Focus::Answers => self.answers_action(action),
            // The wheel; keys are text there.
            Focus::Gold if matches!(action, Action::Down | Action::Up) => {
                let down = action == Action::Down;
                let key = if down { Code::Down } else { Code::Up };
                self.gold.editor.key(Key::plain(key));
            }
            Focus::Gold => {}
        }
    }

    fn answers_action(&mut self, action: Action) {
        let pane = &mut self.answers;
        match action {
            Action::Down => pane.scroll(1),
            Action::Up => pane.scroll(-1),
            Action::PageDown => pane.page(1),
            Action::PageUp => pane.page(-1),
            Action::Top => pane.scroll(isize::MIN / 2),
            Action::Bottom => pane.scroll(isize::MAX / 2),
            Action::Left | Action::Right => {
                let right = action == Action::Right;
                if !pane.go(if right { 1 } else { -1 }) {
                    let end = if right { "last" } else { "first" };
                    self.say(Tone::Calm, format!("This is the {end} answer"));
                }
            }
            _ => {}
        }
    }

    fn timeline_action(&mut self, action: Action) {
        let view = match &self.record {
            RecordState::Ready(view) => Arc::clone(view),
            RecordState::Reading => return self.say(Tone::Calm, "The record is still being read"),
            RecordState::Failed(_) => {
                return self.say(Tone::Alert, "There is no record to move in");
            }
        };
        let record = &view.record;
        let pane = &mut self.timeline;
        match action {
            Action::Down => pane.go(1),
            Action::Up => pane.go(-1),
            Action::PageDown => pane.page(1),
            Action::PageUp => pane.page(-1),
            Action::Top => pane.go_to_line(0),
            Action::Bottom => pane.go_to_line(usize::MAX),
            Action::Fold => pane.toggle(record),
            Action::FoldAll => pane.fold_all(record, true),
            Action::UnfoldAll => pane.fold_all(record, false),
            Action::Left => self.fold_left(record),
            Action::Right | Action::Open => self.open_line(&view, action == Action::Open),
            Action::NextEncounter | Action::PreviousEncounter => {
                let forward = action == Action::NextEncounter;
                if !pane.go_to(forward, |l| matches!(l, Line::Encounter(_))) {
                    let end = if forward { "last" } else { "first" };
                    let hidden = forward && pane.hidden_from().is_some() && pane.later() > 0;
                    let hidden = if hidden { " before what is hidden" } else { "" };
                    self.say(Tone::Calm, format!("This is the {end} encounter{hidden}"));
                }
            }
            Action::NextNote | Action::PreviousNote => {
                let forward = action == Action::NextNote;
                if !pane.go_to_note(record, forward) {
                    let where_ = if forward { "behind" } else { "before" };
                    self.say(Tone::Calm, format!("There is no note {where_} this line"));
                }
            }
            Action::OnlyCode => self.only_code(record),
            Action::Trend => trend::open(self, record),
            _ => {}
        }
    }

    /// Left folds what the cursor is in: first the note, then the encounter.
    fn fold_left(&mut self, record: &Record) {
        match self.timeline.selected() {
            Some(Line::Text(..)) => self.timeline.toggle(record),
            Some(Line::Event(e)) if self.timeline.is_note_open(e) => self.timeline.toggle(record),
            Some(Line::Event(e) | Line::Day(e)) => {
                let heading = Line::Encounter(record.event(e).encounter);
                if let Some(line) = self.timeline.line_of(heading) {
                    self.timeline.go_to_line(line);
                }
            }
            Some(Line::Encounter(e)) if self.timeline.is_open(e) => self.timeline.toggle(record),
            Some(Line::Encounter(_) | Line::AsOf(_)) | None => {}
        }
    }

    /// Opens what the cursor is on: an encounter unfolds, a note opens in place, an open note or any other event at full
    /// size.
    fn open_line(&mut self, view: &RecordView, full: bool) {
        let record = &view.record;
        match self.timeline.selected() {
            Some(Line::Encounter(e)) => {
                if full || !self.timeline.is_open(e) {
                    self.timeline.toggle(record);
                }
            }
            Some(Line::Event(e))
                if record.event(e).kind == Kind::Note && !self.timeline.is_note_open(e) =>
            {
                self.timeline.open_note(record, e);
            }
            Some(Line::Event(e) | Line::Text(e, _)) if full => self.open_reader(record, e),
            Some(Line::AsOf(_)) if full => self.toggle_later(),
            Some(Line::Event(_) | Line::Text(..) | Line::Day(_) | Line::AsOf(_)) | None => {}
        }
    }

    pub(super) fn open_reader(&mut self, record: &Record, event: EventId) {
        let top = match self.timeline.selected() {
            Some(Line::Text(e, row)) if e == event => self
                .timeline
                .note_rows(e)
                .get(row as usize)
                .map(|r| r.start as usize),
            _ => None,
        };
        self.overlay = Some(Overlay::Reader {
            event,
            rows: Vec::new(),
            width: 0,
            scroll: Scroll::default(),
        });
        self.fit_reader(record);
        if let (Some(at), Some(Overlay::Reader { rows, scroll, .. })) = (top, &mut self.overlay) {
            scroll.top = crate::text::row_at(rows, at);
            scroll.go(0);
        }
    }

    /// Wraps the reader's note at the width of the screen, keeping the text in view.
    pub(super) fn fit_reader(&mut self, record: &Record) {
        let area = self.frame.middle;
        let Some(Overlay::Reader {
            event,
            rows,
            width,
            scroll,
        }) = &mut self.overlay
        else {
            return;
        };
        let wanted = area.width.saturating_sub(2).clamp(1, READER_WIDTH);
        let id = *event;
        let event = record.event(id);
        if *width != wanted {
            let at = rows.get(scroll.top).map_or(0, |r| r.start as usize);
            *rows = wrap_note(record.value(event), usize::from(wanted));
            *width = wanted;
            scroll.top = crate::text::row_at(rows, at);
        }
        scroll.len = rows.len() + crate::tui::view::reader::rows_above(record, id, area.width);
        // The heading stands on the row of the panes' headings.
        scroll.height = usize::from(area.height);
        scroll.go(0);
    }

    pub(super) fn reader_action(&mut self, action: Action) {
        let Some(Overlay::Reader { event, scroll, .. }) = &mut self.overlay else {
            return;
        };
        let half = (scroll.height as isize / 2).max(1);
        match action {
            Action::Down => scroll.go(1),
            Action::Up => scroll.go(-1),
            Action::PageDown => scroll.go(half),
            Action::PageUp => scroll.go(-half),
            Action::Top => scroll.go(isize::MIN / 2),
            Action::Bottom => scroll.go(isize::MAX / 2),
            Action::NextNote | Action::PreviousNote => {
                let event = *event;
                let RecordState::Ready(view) = &self.record else {
                    return;
                };
                let view = Arc::clone(view);
                self.timeline.show(&view.record, event);
                if self
                    .timeline
                    .go_to_note(&view.record, action == Action::NextNote)
                    && let Some(event) = self.timeline.selected_event()
                {
                    self.open_reader(&view.record, event);
                } else {
                    self.say(Tone::Calm, "There is no further note");
                }
            }
            Action::Select => self.select_passage(),
            Action::Pin => self.pin(false),
            Action::PinAnswer => self.pin(true),
            Action::Copy => {
                let event = *event;
                if let Some(view) = self.view() {
                    let (text, what) = event_text(&view.record, event);
                    self.effects
                        .push(crate::tui::app::Effect::Copy { text, what });
                }
            }
            _ => {}
        }
    }

    fn only_code(&mut self, record: &Record) {
        let filter = self.timeline.filter().clone();
        if filter.only_code.is_some() {
            self.timeline.set_filter(
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
            .timeline
            .selected_event()
            .map(|e| record.code_sym(record.event(e)));
        match code.filter(|c| !c.is_empty()) {
            Some(code) => {
                self.timeline.set_filter(
                    record,
                    Filter {
                        only_code: Some(code),
                        ..filter
                    },
                );
                let all = self.key_of(Action::OnlyCode);
                let name = crate::text::safe(record.string(code)).into_owned();
                self.say(
                    Tone::Calm,
                    format!("Only {name} is shown; {all} shows all again"),
                );
            }
            None => self.say(Tone::Alert, "Go to an event with a code first"),
        }
    }
}

/// The widest a note is set at full size: longer lines are hard to read.
const READER_WIDTH: u16 = 110;

/// An event as text for the clipboard, and what it is.
pub(super) fn event_text(record: &Record, id: EventId) -> (String, &'static str) {
    let event = record.event(id);
    if event.kind == Kind::Note {
        return (record.value(event).to_owned(), "note");
    }
    let time = event.time.map(|t| t.to_string());
    let parts = [
        time.as_deref().unwrap_or_default(),
        record.code(event),
        record.name(event),
        record.value(event).trim(),
        record.unit(event),
    ];
    let words: Vec<&str> = parts.into_iter().filter(|p| !p.is_empty()).collect();
    (words.join(" "), "event")
}
