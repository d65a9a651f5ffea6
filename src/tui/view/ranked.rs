//! How ranked search looks: the query, how the index is doing, the events found with their passages.

use std::ops::Range;

use ratatui::layout::{Position, Rect};
use ratatui::style::Style;

use crate::record::Kind;
use crate::search::Hit;
use crate::text;
use crate::tui::action::Action;
use crate::tui::app::App;
use crate::tui::editor::Editor;
use crate::tui::paint::Paint;
use crate::tui::ranked::{Row, Slot, percent};

/// Columns of a bar that shows how far something is.
const BAR: u16 = 20;
/// Column at which what an event is stands.
const WHAT: u16 = 20;

/// Draws the overlay; gives back the caret.
pub(super) fn draw(app: &App, paint: &mut Paint<'_>, editor: &Editor) -> Option<Position> {
    let (theme, ranked) = (app.theme, &app.ranked);
    let all = super::thousands(app.dataset.record_files().len());
    let title = if ranked.whole {
        format!("Search all {all} records")
    } else {
        format!("Search the record of patient {}", text::safe(app.person()))
    };
    let asked = !ranked.text.trim().is_empty();
    let right = match (asked, ranked.is_waiting()) {
        (true, true) => "searching …".to_owned(),
        (true, false) if ranked.can_search() => ranked.summary(),
        (false, _) | (true, false) => String::new(),
    };
    super::lists::heading(app, paint, &title, &right);
    let area = paint.area();
    let other = if ranked.whole {
        "this record".to_owned()
    } else {
        format!("all {all} records")
    };
    let key = app.key_of(Action::SearchWhere);
    let switch = format!("{key} {other}");
    let end = paint.put_right(area.width.saturating_sub(1), 1, &switch, theme.dim());
    paint.put(1, 1, "Search:", theme.accent());
    let line = Rect {
        x: area.x + 9,
        y: area.y + 1,
        width: end.saturating_sub(11),
        height: 1,
    };
    let mut caret = None;
    paint.with(line, |area, buf| caret = editor.draw(area, buf));
    let mut y = 2;
    for (line, matters) in app.search_lines() {
        let style = if matters { theme.warn() } else { theme.dim() };
        let mut x = 2;
        if y == 2
            && let Some(now) = &ranked.building
        {
            x = bar(app, paint, x, y, percent(now)) + 1;
        }
        paint.put(x, y, &line, style);
        y += 1;
    }
    if ranked.rows.is_empty() && asked && !ranked.is_waiting() && ranked.problem.is_none() {
        let nothing = match (&ranked.state, &ranked.building) {
            _ if ranked.can_search() => "Nothing was found.",
            (_, Some(_)) => "What is typed is searched for once the index is there.",
            (Some(_), None) => "Without an index nothing can be searched here.",
            (None, None) => "",
        };
        paint.put(2, y + 1, nothing, theme.dim());
    }
    for (i, row) in ranked
        .rows
        .iter()
        .skip(ranked.top)
        .take(ranked.height)
        .enumerate()
    {
        draw_row(app, paint, y + i as u16, *row);
    }
    caret
}

/// A bar of so many percent; returns the column behind it.
pub(super) fn bar(app: &App, paint: &mut Paint<'_>, x: u16, y: u16, percent: u64) -> u16 {
    let (full, empty) = app.theme.progress();
    let done = (u64::from(BAR) * percent / 100) as u16;
    for i in 0..BAR {
        let (sign, style) = if i < done {
            (full, app.theme.accent())
        } else {
            (empty, app.theme.dim())
        };
        paint.put(x + i, y, sign, style);
    }
    x + BAR
}

fn draw_row(app: &App, paint: &mut Paint<'_>, y: u16, row: Row) {
    let (theme, ranked) = (app.theme, &app.ranked);
    let width = paint.area().width;
    match row {
        Row::Encounter(i) => {
            if let Some(Slot::Here(passage, ..)) = ranked.slots.get(i) {
                let line = passage.encounter.line();
                let line = match ranked.found.hits.get(i) {
                    Some(hit) if ranked.patient.is_none() => {
                        format!("patient {}  {line}", hit.person)
                    }
                    _ => line,
                };
                paint.put(1, y, &line, theme.bold());
            }
        }
        Row::Hit(i) => {
            let Some(hit) = ranked.found.hits.get(i) else {
                return;
            };
            let slot = ranked.slots.get(i).unwrap_or(&Slot::Coming);
            draw_hit(app, paint, y, hit, slot);
            super::lists::select(app, paint, y, i == ranked.at);
        }
        Row::Text(i) => match ranked.slots.get(i) {
            Some(Slot::Here(_, line, marks)) => {
                let marks: Vec<_> = marks.iter().map(|m| (m.clone(), theme.found())).collect();
                put_cut(
                    paint,
                    (4, y),
                    width.saturating_sub(5),
                    line,
                    theme.text(),
                    &marks,
                );
            }
            Some(Slot::Gone(why)) => drop(paint.put(4, y, why, theme.warn())),
            Some(Slot::Coming) | None => drop(paint.put(4, y, "…", theme.dim())),
        },
        Row::Weight(i, w) => {
            let Some(weight) = ranked.weights.get(i).and_then(|all| all.get(w)) else {
                return;
            };
            let x = paint.put(4, y, &format!("{:>7.2}  ", weight.score), theme.dim());
            let x = paint.put(x, y, &weight.word, theme.bold());
            if let (Some(n), Some(events)) = (weight.frequency, weight.events) {
                let times = if n == 1 {
                    "once".to_owned()
                } else {
                    format!("{n} times")
                };
                let events = super::thousands(events as usize);
                paint.put(
                    x + 2,
                    y,
                    &format!("{times} here, in {events} events of the index"),
                    theme.dim(),
                );
            }
        }
    }
}

fn draw_hit(app: &App, paint: &mut Paint<'_>, y: u16, hit: &Hit, slot: &Slot) {
    let (theme, ranked) = (app.theme, &app.ranked);
    let width = paint.area().width;
    // Events with some of the words stand behind those with all.
    if !hit.all_words {
        paint.put(1, y, "~", theme.dim());
    }
    let time = match slot {
        Slot::Here(passage, ..) => passage.time.clone(),
        Slot::Coming | Slot::Gone(_) => hit.time.map(day).unwrap_or_default(),
    };
    let time = if time.is_empty() {
        "no time".to_owned()
    } else {
        time
    };
    paint.put_in(2, y, 16, &time, theme.dim());
    paint.put(WHAT - 1, y, theme.kind(hit.kind), theme.bold());
    let mut right = width.saturating_sub(1);
    if ranked.patient.is_none() && !ranked.grouped {
        let who = format!("patient {}", hit.person);
        let style = if hit.person == app.person() {
            theme.accent()
        } else {
            theme.dim()
        };
        right = paint.put_right(right, y, &who, style).saturating_sub(2);
    }
    if ranked.explain {
        right = paint
            .put_right(right, y, &format!("{:.2}", hit.score), theme.dim())
            .saturating_sub(2);
    }
    let x = WHAT + 1;
    let Slot::Here(passage, line, marks) = slot else {
        if let (Slot::Gone(why), false) = (slot, hit.kind == Kind::Note) {
            paint.put_in(x, y, right.saturating_sub(x), why, theme.warn());
        }
        return;
    };
    let found = |marks: &[Range<usize>]| -> Vec<_> {
        marks.iter().map(|m| (m.clone(), theme.found())).collect()
    };
    let (name, name_marks) = match (passage.name.trim(), passage.code.as_str()) {
        ("", "") => (hit.kind.name(), Vec::new()),
        ("", code) => (code, Vec::new()),
        _ => (passage.name.as_str(), found(&passage.name_marks)),
    };
    let x = put_cut(
        paint,
        (x, y),
        right.saturating_sub(x),
        name,
        theme.text(),
        &name_marks,
    );
    if hit.kind != Kind::Note && !line.trim().is_empty() && right > x + 4 {
        put_cut(
            paint,
            (x + 2, y),
            right - x - 2,
            line,
            theme.bold(),
            &found(marks),
        );
    }
}

/// Writes marked text; what does not fit is cut off with `…`.
fn put_cut(
    paint: &mut Paint<'_>,
    (x, y): (u16, u16),
    width: u16,
    line: &str,
    style: Style,
    marks: &[(Range<usize>, Style)],
) -> u16 {
    if text::width(line) <= usize::from(width) {
        return paint.put_marked(x, y, width, line, 0, style, marks);
    }
    let end = paint.put_marked(x, y, width.saturating_sub(1), line, 0, style, marks);
    paint.put(end, y, "…", style)
}

/// The day of a moment, until the record says it in full.
fn day(seconds: i64) -> String {
    let time = jiff::Timestamp::from_second(seconds);
    time.map_or_else(|_| String::new(), |t| t.strftime("%Y-%m-%d").to_string())
}
