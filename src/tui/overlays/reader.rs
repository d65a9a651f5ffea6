//! A note, or an event's details, at full size, without borders so that the terminal's own selection copies cleanly.
//!
//! In: an event of the record in view. Out: rows with a cursor, which is where one pins and selects, as in the timeline; on leaving, the
//! timeline's cursor stands where one read. Never: a mark on an answer.

use std::ops::Range;
use std::sync::Arc;

use ratatui::layout::Position;

use super::evidence::is_of_evidence;
use super::{Next, Overlay};
use crate::record::{Event, EventId, Kind, Record};
use crate::review::Turn;
use crate::search::find::{Field, Hit};
use crate::text::{self, Layout, ScreenRow};
use crate::tui::action::{self, Action, Layer, Reach};
use crate::tui::app::{App, Effect, Tone};
use crate::tui::paint::Paint;
use crate::tui::panes::sections;
use crate::tui::panes::timeline::{TimelineLine, wrap_note};
use crate::tui::panes::timeline_view::name_of;
use crate::tui::panes::timeline_words::MARGIN;
use crate::tui::record_view::event_text;
use crate::tui::widgets::list::{List, motion};

/// The widest a note is set: longer lines are hard to read.
const WIDEST: u16 = 110;

/// The column of the text, behind the cursor and the signs of pins.
const TEXT: u16 = 2;

/// The column of a detail's value.
const DETAIL: u16 = 20;

pub(crate) struct Reader {
    pub event: EventId,
    /// The note's rows at the reader's width.
    pub rows: Vec<ScreenRow>,
    /// The width they were wrapped at.
    width: u16,
    /// How many rows of details stand above them: none above a note's.
    above: usize,
    /// The rows of both, and the one that the cursor is on.
    pub list: List,
    /// Whether it is a note, of which passages are pinned.
    is_note: bool,
    /// Where the cursor was at first.
    began: Option<usize>,
}

/// Opens an event of the record in view, at the row that the timeline's cursor is on.
pub(crate) fn open(app: &mut App, record: &Record, event: EventId) {
    app.open(Reader::at(app, record, event));
}

impl Overlay for Reader {
    fn layers(&self) -> &'static [Layer] {
        &[Layer::Reader, Layer::Global]
    }

    fn fit(&mut self, app: &mut App) {
        if let Some(view) = app.view().map(Arc::clone) {
            self.wrap(app, &view.record);
        }
    }

    fn act(mut self: Box<Self>, app: &mut App, action: Action) -> Next {
        if let Some(by) = motion(action, self.list.height) {
            if matches!(action, Action::PageDown | Action::PageUp) {
                self.list.top = self.list.top.saturating_add_signed(by);
            }
            self.list.go(by);
            return Some(self);
        }
        match action {
            Action::NextNote | Action::PreviousNote => {
                let view = app.view().map(Arc::clone)?;
                let record = &view.record;
                app.in_view.record.timeline.show(record, self.event);
                if app
                    .in_view
                    .record
                    .timeline
                    .go_to_note(record, action == Action::NextNote)
                    && let Some(event) = app.in_view.record.timeline.selected_event()
                {
                    return Some(Box::new(Reader::at(app, record, event)));
                }
                app.say(Tone::Calm, "There is no further note");
            }
            Action::Copy => {
                if let Some(view) = app.view() {
                    let (text, what) = event_text(&view.record, self.event);
                    app.desk.effects.push(Effect::Copy { text, what });
                }
            }
            Action::FindNext | Action::FindPrevious => {
                let view = app.view().map(Arc::clone)?;
                self.leave_at(app);
                app.carry_out(action);
                let there = app.in_view.record.timeline.selected_event();
                let there = there.unwrap_or(self.event);
                let mut reader = Reader::at(app, &view.record, there);
                // The rows of the timeline are shorter.
                let found = app.looking.find.at.map(|i| app.hits().all[i]);
                let here = |hit: &Hit| hit.event == there && hit.field == Field::Value;
                if let Some(hit) = found.filter(here) {
                    reader.show(hit.start as usize);
                }
                return Some(Box::new(reader));
            }
            Action::Undo | Action::Redo => {
                let turn = match action {
                    Action::Undo => Turn::Undo,
                    _ => Turn::Redo,
                };
                app.change_last(turn, is_of_evidence);
            }
            // What looks elsewhere leaves the note; what says something of the case wants its panes.
            _ if action::of(action).reach == Reach::Beside => {
                self.leave_at(app);
                app.carry_out(action);
                return None;
            }
            _ => app.close_first(),
        }
        Some(self)
    }

    fn close(self: Box<Self>, app: &mut App) -> Next {
        self.leave_at(app);
        None
    }

    /// What is selected or pinned is in the note that is read.
    fn lets_through(&self, action: Action) -> bool {
        matches!(action, Action::Select | Action::Pin | Action::PinAnswer)
    }

    fn draw(&self, app: &App, paint: &mut Paint<'_>) -> Option<Position> {
        let view = app.view()?;
        let record = &view.record;
        let event = record.event(self.event);
        self.title(app, paint, record);
        let theme = app.desk.theme;
        let pins = app.in_view.record.pins.of(self.event);
        let saw = app.in_view.record.timeline.saw();
        let part = saw.map(|saw| saw.part(self.event.0).unwrap_or(usize::MAX..usize::MAX));
        let value = record.value(event);
        let mut marks = app.timeline_view(view).text_marks(self.event);
        if self.is_note {
            let rows = self.rows.iter().skip(self.list.top);
            let rows = rows.take(self.list.height);
            let titles =
                rows.filter_map(|r| sections::heading(value, r.start as usize..r.end as usize));
            marks.splice(0..0, titles.map(|range| (range, theme.bold())));
        }
        let width = paint.area().width;
        let details = match event.kind {
            Kind::Note => Vec::new(),
            _ => details(record, event, width),
        };
        let selecting = app.in_view.record.selection.is_some();
        for y in 0..self.list.height {
            let i = self.list.top + y;
            let y = 1 + y as u16;
            if let Some((key, value)) = details.get(i) {
                paint.put_in(TEXT, y, DETAIL - 3, key, theme.dim());
                paint.put(DETAIL, y, value, theme.text());
            } else if let Some(row) = self.rows.get(i - details.len()) {
                let (start, end) = (row.start as usize, row.end as usize);
                let width = width.saturating_sub(TEXT);
                paint.put_marked(
                    TEXT,
                    y,
                    width,
                    &value[start..end],
                    start,
                    theme.text(),
                    &marks,
                );
                let pinned = |(_, r): &(EventId, Range<usize>)| r.start < end && start < r.end;
                if theme.plain {
                    let words = app
                        .timeline_view(view)
                        .row_in_words(self.event, &(start..end));
                    paint.put_right(paint.area().width, y, &words, theme.text());
                } else if pins.iter().any(pinned) {
                    paint.put(1, y, theme.pin(), theme.text());
                } else if part
                    .as_ref()
                    .is_some_and(|p| p.start < end && start < p.end)
                {
                    let chunk = saw.and_then(|saw| saw.chunk_at(self.event.0, end.max(1) - 1));
                    let chunk = chunk.map(|(first, _)| (first % 10).to_string());
                    let sign = chunk.as_deref().unwrap_or(theme.saw());
                    paint.put(1, y, sign, theme.text());
                }
            }
            if i == self.list.cursor && i < self.list.len {
                paint.focus(0, y);
                paint.put(0, y, theme.cursor(), theme.text());
                // A row in reverse would hide which part of it is selected.
                if !selecting {
                    paint.reverse(y);
                }
            }
        }
        None
    }

    fn hints(&self) -> &'static [Action] {
        &[
            Action::Down,
            Action::PageDown,
            Action::Pin,
            Action::Select,
            Action::NextNote,
            Action::PreviousNote,
            Action::Undo,
            Action::Copy,
            Action::Back,
        ]
    }
}

impl Reader {
    fn at(app: &App, record: &Record, event: EventId) -> Self {
        let top = match app.in_view.record.timeline.selected() {
            Some(TimelineLine::Text(e, row)) if e == event => {
                let row = app.in_view.record.timeline.note_rows(e).get(row as usize);
                row.map(|r| r.start as usize)
            }
            _ => None,
        };
        let mut reader = Reader {
            event,
            rows: Vec::new(),
            width: 0,
            above: 0,
            list: List::default(),
            is_note: record.event(event).kind == Kind::Note,
            began: None,
        };
        reader.wrap(app, record);
        if let Some(at) = top {
            reader.show(at);
        }
        reader.began = reader.cursor();
        reader
    }

    /// Wraps the note at the width of the screen, keeping the text in view.
    fn wrap(&mut self, app: &App, record: &Record) {
        let area = app.screen.frame.middle;
        let margin = if app.desk.theme.plain { MARGIN } else { 1 };
        let wanted = area.width.saturating_sub(TEXT + margin);
        let wanted = wanted.clamp(1, WIDEST);
        let event = record.event(self.event);
        let at = self.row_at(self.list.cursor);
        let rewrap = self.width != wanted;
        if rewrap {
            self.rows = wrap_note(record.value(event), usize::from(wanted));
            self.width = wanted;
        }
        self.above = match event.kind {
            Kind::Note => 0,
            _ => details(record, event, area.width).len(),
        };
        self.list.len = self.rows.len() + self.above;
        self.list.resize(usize::from(area.height));
        if let Some(at) = at.filter(|_| rewrap) {
            self.show(at);
        }
    }

    /// Where the text of a row begins, where it is one of the text.
    fn row_at(&self, row: usize) -> Option<usize> {
        let row = self.rows.get(row.checked_sub(self.above)?);
        row.map(|r| r.start as usize)
    }

    /// The byte of the note that the cursor's row begins at.
    pub(crate) fn cursor(&self) -> Option<usize> {
        self.row_at(self.list.cursor).filter(|_| self.is_note)
    }

    /// Moves the cursor to the row of a byte of the text.
    pub(crate) fn show(&mut self, at: usize) {
        let row = self.above + text::row_at(&self.rows, at);
        self.list.go(row as isize - self.list.cursor as isize);
    }

    /// Puts the timeline's cursor where one read, if one went anywhere.
    fn leave_at(&self, app: &mut App) {
        let at = self.cursor().filter(|at| self.began != Some(*at));
        if let (Some(view), Some(at)) = (app.view().map(Arc::clone), at) {
            let timeline = &mut app.in_view.record.timeline;
            timeline.show_text(&view.record, self.event, at);
        }
    }

    fn title(&self, app: &App, paint: &mut Paint<'_>, record: &Record) {
        let (theme, list) = (app.desk.theme, self.list);
        let event = record.event(self.event);
        paint.blank();
        let time = event.time.map(|t| t.to_string());
        let time = time.unwrap_or_else(|| "no time".to_owned());
        let x = paint.put(1, 0, &time, theme.bold());
        let (name, _) = name_of(record, event);
        let end = (list.top + list.height).min(list.len);
        let place = format!("{end} of {} lines", list.len);
        let right = paint.put_right(paint.area().width.saturating_sub(1), 0, &place, theme.dim());
        paint.put_in(x + 2, 0, right.saturating_sub(x + 4), name, theme.accent());
    }
}

/// What is known of an event beside its text, as rows of (key, value); a long value takes several, the key is with the first.
fn details(record: &Record, event: &Event, width: u16) -> Vec<(String, String)> {
    let encounter = record.encounter(event.encounter);
    let mut all = vec![
        ("type".to_owned(), record.type_name(event).to_owned()),
        ("code".to_owned(), record.code(event).to_owned()),
        ("unit".to_owned(), record.unit(event).to_owned()),
    ];
    all.extend(
        record
            .attributes(event)
            .map(|(k, v)| (k.to_owned(), v.to_owned())),
    );
    all.push((
        "encounter".to_owned(),
        record.string(encounter.title).to_owned(),
    ));
    all.extend(
        encounter
            .places
            .iter()
            .map(|p| ("place".to_owned(), p.clone())),
    );
    all.push(("byte in the file".to_owned(), event.offset.to_string()));
    all.retain(|(_, v)| !v.is_empty());
    let room = usize::from(width.saturating_sub(DETAIL + 1)).max(10);
    let mut rows = Vec::with_capacity(all.len() + 1);
    for (mut key, value) in all {
        for row in text::wrap(&value, room, Layout::Lines) {
            let part = value[row.start as usize..row.end as usize].to_owned();
            rows.push((std::mem::take(&mut key), part));
        }
    }
    rows.push((String::new(), String::new()));
    rows
}
