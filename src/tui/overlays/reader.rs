//! A note, or an event's details, at full size, without borders so that the terminal's own selection copies cleanly.

use std::ops::Range;
use std::sync::Arc;

use ratatui::layout::Position;

use super::{Next, Overlay};
use crate::record::{Event, EventId, Kind, Record};
use crate::search::find::Field;
use crate::text::{self, Layout, ScreenRow};
use crate::tui::action::{Action, Layer};
use crate::tui::app::{App, Effect, Tone};
use crate::tui::paint::Paint;
use crate::tui::panes::sections;
use crate::tui::panes::timeline::{TimelineLine, wrap_note};
use crate::tui::panes::timeline_view::{hit_marks, name_of};
use crate::tui::record_view::event_text;
use crate::tui::widgets::list::{Scroll, motion};

/// The widest a note is set: longer lines are hard to read.
const WIDEST: u16 = 110;

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
    /// Where it is scrolled to.
    pub scroll: Scroll,
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
        if let Some(by) = motion(action, self.scroll.height) {
            self.scroll.go(by);
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
            _ => {}
        }
        Some(self)
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
        // What of the text the model saw, where that is marked.
        let saw = app.in_view.record.timeline.saw();
        let part = saw.map(|saw| saw.part(self.event.0).unwrap_or(usize::MAX..usize::MAX));
        let unseen = part
            .clone()
            .map(|part| [0..part.start, part.end..usize::MAX]);
        let unseen = unseen.into_iter().flatten();
        let value = record.value(event);
        let rows = self.rows.iter().skip(self.scroll.top);
        let rows = rows.take(self.scroll.height);
        let rows = rows.filter(|_| event.kind == Kind::Note);
        let titles =
            rows.filter_map(|r| sections::heading(value, r.start as usize..r.end as usize));
        let mut marks: Vec<_> = titles.map(|range| (range, theme.bold())).collect();
        marks.extend(unseen.map(|range| (range, theme.dim())));
        marks.extend(
            pins.iter()
                .map(|(_, range)| (range.clone(), theme.pinned())),
        );
        let hits = hit_marks(
            app.hits(),
            app.looking.find.at,
            self.event,
            Field::Value,
            theme,
        );
        marks.extend(hits);
        if let Some(passage) = app
            .in_view
            .record
            .selection
            .as_ref()
            .filter(|p| p.event == self.event)
        {
            marks.push((passage.selected(), theme.selected(true)));
        }
        let width = paint.area().width;
        let details = match event.kind {
            Kind::Note => Vec::new(),
            _ => details(record, event, width),
        };
        for y in 0..self.scroll.height {
            let i = self.scroll.top + y;
            let y = 1 + y as u16;
            if let Some((key, value)) = details.get(i) {
                paint.put_in(1, y, DETAIL - 2, key, theme.dim());
                paint.put(DETAIL, y, value, theme.text());
            } else if let Some(row) = self.rows.get(i - details.len()) {
                let (start, end) = (row.start as usize, row.end as usize);
                let width = width.saturating_sub(1);
                paint.put_marked(1, y, width, &value[start..end], start, theme.text(), &marks);
                let pinned = |(_, r): &(EventId, Range<usize>)| r.start < end && start < r.end;
                if pins.iter().any(pinned) {
                    paint.put(0, y, theme.pin(), theme.text());
                } else if part
                    .as_ref()
                    .is_some_and(|p| p.start < end && start < p.end)
                {
                    let chunk = saw.and_then(|saw| saw.chunk_at(self.event.0, end.max(1) - 1));
                    let chunk = chunk.map(|(first, _)| (first % 10).to_string());
                    let sign = chunk.as_deref().unwrap_or(theme.saw());
                    paint.put(0, y, sign, theme.text());
                }
            }
        }
        None
    }

    fn hints(&self) -> &'static [Action] {
        &[
            Action::Down,
            Action::PageDown,
            Action::NextNote,
            Action::PreviousNote,
            Action::Select,
            Action::Pin,
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
            scroll: Scroll::default(),
        };
        reader.wrap(app, record);
        if let Some(at) = top {
            reader.scroll.top = text::row_at(&reader.rows, at);
            reader.scroll.go(0);
        }
        reader
    }

    /// Wraps the note at the width of the screen, keeping the text in view.
    fn wrap(&mut self, app: &App, record: &Record) {
        let area = app.screen.frame.middle;
        let wanted = area.width.saturating_sub(2).clamp(1, WIDEST);
        let event = record.event(self.event);
        if self.width != wanted {
            let at = self
                .rows
                .get(self.scroll.top)
                .map_or(0, |r| r.start as usize);
            self.rows = wrap_note(record.value(event), usize::from(wanted));
            self.width = wanted;
            self.scroll.top = text::row_at(&self.rows, at);
        }
        self.above = match event.kind {
            Kind::Note => 0,
            _ => details(record, event, area.width).len(),
        };
        let rows = self.rows.len() + self.above;
        self.scroll.resize(rows, usize::from(area.height));
    }

    /// Where the text of the topmost row begins.
    pub(crate) fn first_byte(&self) -> usize {
        let row = self.rows.get(self.scroll.top.saturating_sub(self.above));
        row.map_or(0, |r| r.start as usize)
    }

    /// Scrolls so that a byte of the text is in view.
    pub(crate) fn show(&mut self, at: usize) {
        let row = self.above + text::row_at(&self.rows, at);
        let scroll = &mut self.scroll;
        if row < scroll.top {
            scroll.top = row;
        } else if row >= scroll.top + scroll.height {
            scroll.top = row + 1 - scroll.height.max(1);
        }
        scroll.go(0);
    }

    fn title(&self, app: &App, paint: &mut Paint<'_>, record: &Record) {
        let (theme, scroll) = (app.desk.theme, self.scroll);
        let event = record.event(self.event);
        paint.blank();
        let time = event.time.map(|t| t.to_string());
        let time = time.unwrap_or_else(|| "no time".to_owned());
        let x = paint.put(1, 0, &time, theme.bold());
        let (name, _) = name_of(record, event);
        let end = (scroll.top + scroll.height).min(scroll.len);
        let place = format!("{end} of {} lines", scroll.len);
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
