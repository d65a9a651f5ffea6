//! Ranked search: the query, how the index is doing, the events found with their passages. What was found is kept beyond it.

use std::ops::Range;

use ratatui::layout::{Position, Rect};
use ratatui::style::Style;

use super::{Next, Overlay};
use crate::record::Kind;
use crate::search::Hit;
use crate::text::{self, thousands};
use crate::tui::action::{Action, Layer};
use crate::tui::app::{App, Effect, Tone};
use crate::tui::editor::Editor;
use crate::tui::paint::Paint;
use crate::tui::ranked::{ByItself, HitRow, PassageSlot, percent};
use crate::tui::visit::Jump;
use crate::tui::widgets::bar::bar;
use crate::tui::widgets::heading::heading;
use crate::tui::widgets::list::select;

/// Column at which what an event is stands.
const WHAT: u16 = 20;

/// Keys of the search, before those of text.
const LAYERS: &[Layer] = &[Layer::Search, Layer::Text];

/// The query's line.
pub(crate) struct Search {
    editor: Editor,
}

/// Opens ranked search as it was left.
pub(crate) fn open(app: &mut App) {
    app.open(Search {
        editor: Editor::new(&app.looking.ranked.text, true),
    });
    if app.looking.ranked.by_itself == ByItself::Later {
        app.looking.ranked.by_itself = ByItself::Now;
    }
    app.desk.effects.push(Effect::LookAtIndex);
    let hidden = app.hidden_in_search();
    if app.looking.ranked.hide(hidden.as_ref())
        || app.looking.ranked.patient != app.searched_patient()
    {
        app.ask_ranked();
    }
}

impl Overlay for Search {
    fn layers(&self) -> &'static [Layer] {
        LAYERS
    }

    fn fit(&mut self, app: &mut App) {
        let area = app.screen.frame.middle;
        let above = 1 + lines(app).len();
        app.looking
            .ranked
            .resize(usize::from(area.height).saturating_sub(above));
        let length = usize::from(area.width.saturating_sub(8)).clamp(20, 300);
        if app.looking.ranked.wants_length(length) {
            let wanted = app.looking.ranked.wanted(length);
            app.desk.effects.push(Effect::Passages(wanted));
        }
    }

    fn act(self: Box<Self>, app: &mut App, action: Action) -> Next {
        let page = (app.looking.ranked.height as isize / 4).max(1);
        match action {
            Action::Down => app.looking.ranked.go(1),
            Action::Up => app.looking.ranked.go(-1),
            Action::PageDown => app.looking.ranked.go(page),
            Action::PageUp => app.looking.ranked.go(-page),
            Action::Choose if open_hit(app) => {
                return None;
            }
            Action::SearchWhere => {
                app.looking.ranked.whole = !app.looking.ranked.whole;
                app.ask_ranked();
            }
            Action::Explain => {
                app.looking.ranked.explain = !app.looking.ranked.explain;
                // Weights are worked out only where they are wanted.
                if app.looking.ranked.explain {
                    app.ask_ranked();
                }
                app.looking.ranked.arrange();
            }
            Action::Group => {
                app.looking.ranked.grouped = !app.looking.ranked.grouped;
                app.looking.ranked.arrange();
            }
            // What was found is opened by a key of its own.
            Action::Accept | Action::Enter => return None,
            _ => {}
        }
        Some(self)
    }

    fn lets_through(&self, action: Action) -> bool {
        matches!(action, Action::BuildIndex | Action::StopIndex)
    }

    fn editor(&mut self) -> Option<&mut Editor> {
        Some(&mut self.editor)
    }

    fn point(&mut self, app: &mut App, y: u16) -> Option<bool> {
        let first = 2 + lines(app).len();
        let ranked = &mut app.looking.ranked;
        let row = ranked.top + usize::from(y).checked_sub(first)?;
        let (HitRow::Encounter(hit)
        | HitRow::Hit(hit)
        | HitRow::Text(hit)
        | HitRow::Weight(hit, _)) = *ranked.rows.get(row)?;
        let same = hit == ranked.at;
        ranked.select(hit);
        Some(same)
    }

    fn typed(&mut self, app: &mut App) {
        app.looking.ranked.text = self.editor.text();
        app.looking.ranked.ended = None;
        app.ask_ranked();
    }

    fn draw(&self, app: &App, paint: &mut Paint<'_>) -> Option<Position> {
        let caret = query(app, paint, &self.editor);
        let y = about_index(app, paint);
        found(app, paint, y);
        caret
    }

    fn hints(&self) -> &'static [Action] {
        &[
            Action::Choose,
            Action::Down,
            Action::SearchWhere,
            Action::Explain,
            Action::Group,
            Action::Cancel,
            Action::BuildIndex,
            Action::StopIndex,
        ]
    }

    fn hint(&self, action: Action) -> Option<&'static str> {
        match action {
            Action::Choose => Some("open"),
            Action::Down => Some("next"),
            Action::Cancel => Some("close"),
            _ => None,
        }
    }
}

/// Goes to the selected hit: in the record in view, in the case that has its record, or in the record alone; false where it cannot.
fn open_hit(app: &mut App) -> bool {
    let Some(hit) = app.looking.ranked.found.hits.get(app.looking.ranked.at) else {
        let what = if app.looking.ranked.can_search() {
            "Nothing is found to go to".to_owned()
        } else {
            let build = app.index_key(LAYERS, Action::BuildIndex);
            format!("There is no index to search yet: {build} makes it")
        };
        app.say(Tone::Calm, what);
        return false;
    };
    if let Some(PassageSlot::Gone(why)) = app.looking.ranked.slots.get(app.looking.ranked.at) {
        let why = format!("This cannot be opened: {why}");
        app.say(Tone::Alert, why);
        return false;
    }
    let jump = Jump {
        person: hit.person.clone(),
        event: hit.event,
        kind: hit.kind,
        time: hit.time,
        query: app.looking.ranked.query.clone(),
        text: app.looking.ranked.text.trim().to_owned(),
    };
    app.jump_to(jump);
    true
}

/// The lines between the query and what was found, and whether they matter: how the index is doing, what was left out of the query.
fn lines(app: &App) -> Vec<(String, bool)> {
    let mut lines = Vec::new();
    let (build, stop) = (
        app.index_key(LAYERS, Action::BuildIndex),
        app.index_key(LAYERS, Action::StopIndex),
    );
    let files = app.desk.dataset.record_files();
    lines.extend(app.looking.ranked.about_index(files, &build, &stop));
    if let Some(problem) = &app.looking.ranked.problem {
        lines.push((problem.clone(), true));
    }
    let messages = &app.looking.ranked.query.messages;
    if app.looking.ranked.text.trim().is_empty() {
        lines.push(("\"a phrase\"  begin*  fuzzy~  -not  kind:note  code:LOINC/8480-6  after:2018-01  before:2019  patient:123".to_owned(), false));
    } else if !messages.is_empty() {
        lines.push((messages.join("; "), false));
    }
    lines
}

/// The heading and the line that is typed; gives back the caret.
fn query(app: &App, paint: &mut Paint<'_>, editor: &Editor) -> Option<Position> {
    let (theme, ranked) = (app.desk.theme, &app.looking.ranked);
    let all = thousands(app.desk.dataset.record_files().len() as u64);
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
    heading(theme, paint, &title, &right);
    let area = paint.area();
    let other = if ranked.whole {
        "this record".to_owned()
    } else {
        format!("all {all} records")
    };
    let key = app.desk.key_of(Action::SearchWhere);
    let switch = format!("{key} {other}");
    let end = paint.put_right(area.width.saturating_sub(1), 1, &switch, theme.text());
    paint.put(1, 1, "Search:", theme.accent());
    let line = Rect {
        x: area.x + 9,
        y: area.y + 1,
        width: end.saturating_sub(11),
        height: 1,
    };
    let mut caret = None;
    paint.with(line, |area, buf| caret = editor.draw(area, buf));
    caret
}

/// How the index is doing; gives back the row below that.
fn about_index(app: &App, paint: &mut Paint<'_>) -> u16 {
    let theme = app.desk.theme;
    let mut y = 2;
    for (line, matters) in lines(app) {
        let style = if matters { theme.warn() } else { theme.text() };
        let mut x = 2;
        if y == 2
            && let Some(now) = &app.looking.ranked.building
        {
            x = bar(theme, paint, x, y, percent(now)) + 1;
        }
        paint.put(x, y, &line, style);
        y += 1;
    }
    y
}

/// What was found, from a row on.
fn found(app: &App, paint: &mut Paint<'_>, y: u16) {
    let ranked = &app.looking.ranked;
    let asked = !ranked.text.trim().is_empty();
    if ranked.rows.is_empty() && asked && !ranked.is_waiting() && ranked.problem.is_none() {
        let nothing = match (&ranked.state, &ranked.building) {
            _ if ranked.can_search() => "Nothing was found.",
            (_, Some(_)) => "What is typed is searched for once the index is there.",
            (Some(_), None) => "Without an index nothing can be searched here.",
            (None, None) => "",
        };
        paint.put(2, y + 1, nothing, app.desk.theme.text());
    }
    let visible = ranked.rows.iter().skip(ranked.top).take(ranked.height);
    for (y, row) in (y..).zip(visible) {
        draw_row(app, paint, y, *row);
    }
}

fn draw_row(app: &App, paint: &mut Paint<'_>, y: u16, row: HitRow) {
    let (theme, ranked) = (app.desk.theme, &app.looking.ranked);
    let width = paint.area().width;
    match row {
        HitRow::Encounter(i) => {
            if let Some(PassageSlot::Here(passage, ..)) = ranked.slots.get(i) {
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
        HitRow::Hit(i) => {
            let Some(hit) = ranked.found.hits.get(i) else {
                return;
            };
            let slot = ranked.slots.get(i).unwrap_or(&PassageSlot::Coming);
            draw_hit(app, paint, y, hit, slot);
            select(theme, paint, y, i == ranked.at);
        }
        HitRow::Text(i) => match ranked.slots.get(i) {
            Some(PassageSlot::Here(_, line, marks)) => {
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
            Some(PassageSlot::Gone(why)) => drop(paint.put(4, y, why, theme.warn())),
            Some(PassageSlot::Coming) | None => drop(paint.put(4, y, "…", theme.dim())),
        },
        HitRow::Weight(i, w) => {
            let Some(weight) = ranked.weights.get(i).and_then(|all| all.get(w)) else {
                return;
            };
            let x = paint.put(4, y, &format!("{:>7.2}  ", weight.score), theme.text());
            let x = paint.put(x, y, &weight.word, theme.bold());
            if let (Some(n), Some(events)) = (weight.frequency, weight.events) {
                let times = if n == 1 {
                    "once".to_owned()
                } else {
                    format!("{n} times")
                };
                let events = thousands(events);
                paint.put(
                    x + 2,
                    y,
                    &format!("{times} here, in {events} events of the index"),
                    theme.text(),
                );
            }
        }
    }
}

fn draw_hit(app: &App, paint: &mut Paint<'_>, y: u16, hit: &Hit, slot: &PassageSlot) {
    let (theme, ranked) = (app.desk.theme, &app.looking.ranked);
    let width = paint.area().width;
    // Events with some of the words stand behind those with all.
    if !hit.all_words {
        paint.put(1, y, "~", theme.dim());
    }
    let time = match slot {
        PassageSlot::Here(passage, ..) => passage.time.clone(),
        PassageSlot::Coming | PassageSlot::Gone(_) => hit.time.map(day).unwrap_or_default(),
    };
    let time = if time.is_empty() {
        "no time".to_owned()
    } else {
        time
    };
    paint.put_in(2, y, 16, &time, theme.text());
    paint.put(WHAT - 1, y, theme.kind(hit.kind), theme.bold());
    let mut right = width.saturating_sub(1);
    if ranked.patient.is_none() && !ranked.grouped {
        let who = format!("patient {}", hit.person);
        let style = if hit.person == app.person() {
            theme.accent()
        } else {
            theme.text()
        };
        right = paint.put_right(right, y, &who, style).saturating_sub(2);
    }
    if ranked.explain {
        right = paint
            .put_right(right, y, &format!("{:.2}", hit.score), theme.dim())
            .saturating_sub(2);
    }
    let x = WHAT + 1;
    let PassageSlot::Here(passage, line, marks) = slot else {
        if let (PassageSlot::Gone(why), false) = (slot, hit.kind == Kind::Note) {
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
