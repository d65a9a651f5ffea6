//! A note, or an event's details, at full size, without borders so that the terminal's own selection copies cleanly.

use crate::record::{Event, EventId, Kind, Record};
use crate::search::find::Field;
use crate::text::{self, Layout, Row};
use crate::tui::app::App;
use crate::tui::paint::Paint;
use crate::tui::panes::timeline_view::{hit_marks, name_of};
use crate::tui::widgets::list::Scroll;

/// Draws the reader.
pub(super) fn draw(app: &App, paint: &mut Paint<'_>, id: EventId, rows: &[Row], scroll: Scroll) {
    let Some(view) = app.view() else { return };
    let record = &view.record;
    let event = record.event(id);
    let theme = app.theme;
    paint.blank();
    let time = event
        .time
        .map_or_else(|| "no time".to_owned(), |t| t.to_string());
    let x = paint.put(1, 0, &time, theme.bold());
    let (name, _) = name_of(record, event);
    let end = (scroll.top + scroll.height).min(scroll.len);
    let place = format!("{end} of {} lines", scroll.len);
    let right = paint.put_right(paint.area().width.saturating_sub(1), 0, &place, theme.dim());
    paint.put_in(x + 2, 0, right.saturating_sub(x + 4), name, theme.accent());
    let value = record.value(event);
    let mut marks: Vec<_> = app
        .pins
        .of(id)
        .iter()
        .map(|(_, range)| (range.clone(), theme.pinned()))
        .collect();
    marks.extend(hit_marks(app.hits(), app.find.at, id, Field::Value, theme));
    if let Some(passage) = app.selection.as_ref().filter(|p| p.event == id) {
        marks.push((passage.selected(), theme.selected(true)));
    }
    let details = match event.kind {
        Kind::Note => Vec::new(),
        _ => details(record, event, paint.area().width),
    };
    for y in 0..scroll.height {
        let i = scroll.top + y;
        let y = 1 + y as u16;
        if let Some((key, value)) = details.get(i) {
            paint.put_in(1, y, DETAIL - 2, key, theme.dim());
            paint.put(DETAIL, y, value, theme.text());
        } else if let Some(row) = rows.get(i - details.len()) {
            let (start, end) = (row.start as usize, row.end as usize);
            let width = paint.area().width.saturating_sub(1);
            paint.put_marked(1, y, width, &value[start..end], start, theme.text(), &marks);
            let pinned =
                |(_, r): &(EventId, std::ops::Range<usize>)| r.start < end && start < r.end;
            if app.pins.of(id).iter().any(pinned) {
                paint.put(0, y, theme.pin(), theme.accent());
            }
        }
    }
}

/// How many rows stand above an event's text: none above a note's.
pub fn rows_above(record: &Record, id: EventId, width: u16) -> usize {
    let event = record.event(id);
    if event.kind == Kind::Note {
        0
    } else {
        details(record, event, width).len()
    }
}

/// The column of a detail's value.
const DETAIL: u16 = 20;

/// What is known of an event beside its text, as rows of (key, value); a long value takes several, the key is with the first.
pub fn details(record: &Record, event: &Event, width: u16) -> Vec<(String, String)> {
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
