//! A note, or an event's details, at full size, without borders so that the terminal's own selection copies cleanly.

use crate::record::{Event, EventId, Kind, Record};
use crate::search::find::Field;
use crate::text::Row;
use crate::tui::app::App;
use crate::tui::overlay::Scroll;
use crate::tui::paint::Paint;
use crate::tui::panes::timeline_view::{hit_marks, name_of};

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
    let marks = hit_marks(app.hits(), app.find.at, id, Field::Value, theme);
    let details = if event.kind == Kind::Note {
        Vec::new()
    } else {
        details(record, event)
    };
    for y in 0..scroll.height {
        let i = scroll.top + y;
        let y = 1 + y as u16;
        if let Some((key, value)) = details.get(i) {
            let x = paint.put_in(1, y, 18, key, theme.dim());
            paint.put(x.max(19) + 1, y, value, theme.text());
        } else if let Some(row) = rows.get(i - details.len()) {
            let (start, end) = (row.start as usize, row.end as usize);
            let width = paint.area().width.saturating_sub(1);
            paint.put_marked(1, y, width, &value[start..end], start, theme.text(), &marks);
        }
    }
}

/// What is known of an event beside its text, as (key, value).
pub fn details(record: &Record, event: &Event) -> Vec<(String, String)> {
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
    all.push((String::new(), String::new()));
    all
}
