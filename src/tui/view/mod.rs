//! How the screen looks.
//!
//! In: the state. Out: cells, and where the caret is. It takes no lock, does no I/O, wraps nothing, and looks only at what
//! is visible.

mod answers;
#[cfg(test)]
pub(in crate::tui) use answers::row_for_test as row_of_answer;
mod gold;
mod header;
mod headings;
mod hints;
mod map;
pub(in crate::tui) use hints::used_most;
mod patient;
mod plain;
mod rank;
mod sides;

use std::cell::Cell;

use ratatui::buffer::Buffer;
use ratatui::layout::{Position, Rect};

use crate::tui::app::{App, RecordState, Tone};
use crate::tui::layout::{Focus, MIN_SIZE};
use crate::tui::overlays::prompt::Prompt;
use crate::tui::paint::Paint;
use crate::tui::panes::timeline_view::TimelineView;
use crate::tui::record_view::RecordView;
use crate::tui::widgets::chip::chip;
use crate::tui::widgets::heading::aside;

/// Draws the whole screen; gives back where the caret is, or what else is in focus.
pub(crate) fn draw(app: &App, buf: &mut Buffer) -> Option<Position> {
    let focus = Cell::new(None);
    let mut paint = Paint::new(buf, buf.area).telling(&focus);
    if app.screen.frame.too_small {
        let (width, height) = MIN_SIZE;
        let text = format!(
            "medalign needs {width}x{height}, this is {}x{}",
            app.screen.size.0, app.screen.size.1
        );
        paint.put(0, 0, &text, app.desk.theme.alert());
        return None;
    }
    header::draw(app, &mut paint);
    let writing = panes(app, &mut paint);
    rank::draw(app, &mut paint);
    let caret = overlay(app, &mut paint).or(writing);
    guide(app, &mut paint);
    hints::follow(app, &mut paint);
    bottom(app, &mut paint);
    if app.desk.theme.ascii {
        plain_signs(buf);
    }
    // Where nothing else is in focus, it is read from the panes on.
    let middle = app.screen.frame.middle.as_position();
    caret.or(focus.get()).or(Some(middle))
}

/// Puts an ASCII sign for each of the program's own that is none, wherever it stands.
fn plain_signs(buf: &mut Buffer) {
    for cell in &mut buf.content {
        let plain = match cell.symbol() {
            "…" => "~",
            "“" | "”" => "\"",
            "‘" | "’" => "'",
            "–" | "—" => "-",
            _ => continue,
        };
        cell.set_symbol(plain);
    }
}

fn panes(app: &App, paint: &mut Paint<'_>) -> Option<Position> {
    headings::draw(app, paint);
    let area = app.screen.frame.timeline;
    if !area.is_empty() {
        let mut paint = paint.part(area);
        match &app.in_view.record.state {
            RecordState::Ready(view) => app.timeline_view(view).draw(&mut paint),
            RecordState::Reading => {
                paint.put(2, 1, "Reading the record …", app.desk.theme.text());
            }
            RecordState::Failed(message) => failed(app, &mut paint, message),
        }
    }
    let rule = app.screen.frame.rule;
    for y in 0..rule.height {
        paint.put(
            rule.x,
            rule.y + y,
            app.desk.theme.rule(),
            app.desk.theme.dim(),
        );
    }
    answers::draw(app, paint);
    gold::draw(app, paint)
}

impl App {
    /// The record as the timeline shows it, and a note of it at full size.
    pub(in crate::tui) fn timeline_view<'a>(&'a self, view: &'a RecordView) -> TimelineView<'a> {
        TimelineView {
            pane: &self.in_view.record.timeline,
            view,
            theme: self.desk.theme,
            focused: self.screen.focus == Focus::Timeline && self.screen.overlay.is_none(),
            hits: self.hits(),
            hit: self.looking.find.at,
            pins: &self.in_view.record.pins,
            selection: self.in_view.record.selection.as_ref(),
        }
    }
}

fn failed(app: &App, paint: &mut Paint<'_>, message: &str) {
    paint.put(2, 1, "This record cannot be shown", app.desk.theme.alert());
    let width = usize::from(paint.area().width.saturating_sub(4)).max(1);
    for (y, row) in crate::text::wrap(message, width, crate::text::Layout::Lines)
        .iter()
        .enumerate()
    {
        paint.put(
            2,
            3 + y as u16,
            &message[row.start as usize..row.end as usize],
            app.desk.theme.text(),
        );
    }
}

/// Draws what lies over the panes.
fn overlay(app: &App, paint: &mut Paint<'_>) -> Option<Position> {
    let overlay = app.screen.overlay.as_ref()?;
    let mut paint = paint.part(overlay.area(&app.screen.frame));
    // Without a row in focus it is read from its heading on.
    paint.focus(0, 0);
    overlay.draw(app, &mut paint)
}

/// Draws what is said to somebody who is new, below the panes.
fn guide(app: &App, paint: &mut Paint<'_>) {
    let Some((title, lines)) = app.screen.guide.lines(app) else {
        return;
    };
    let theme = app.desk.theme;
    let mut paint = paint.part(app.screen.frame.guide);
    aside(theme, &mut paint, &title);
    for (y, line) in (1..).zip(&lines) {
        paint.put(2, y, line, theme.text());
    }
}

/// Draws messages and hints, where no prompt has their row.
fn bottom(app: &App, paint: &mut Paint<'_>) {
    let hints = app.screen.frame.hints;
    let message = app.screen.frame.message;
    let own_row = hints.y != message.y;
    let shown = app.over::<Prompt>().is_some() || say(app, paint, message);
    if own_row || !shown {
        hints::draw(app, &mut paint.part(hints));
    }
}

fn say(app: &App, paint: &mut Paint<'_>, area: Rect) -> bool {
    let (theme, unsaved) = (app.desk.theme, app.desk.log.unsaved());
    if let Some((tone, text)) = &app.screen.message {
        let mut paint = paint.part(area);
        let x = match tone {
            Tone::Calm => 1,
            Tone::Alert => chip(&mut paint, 0, 0, theme.warning(), theme.blocks()) + 1,
        };
        paint.put(x, 0, text, theme.bold());
        return true;
    }
    if unsaved > 0 {
        let again = app.desk.key_of(crate::tui::action::Action::RetrySave);
        let text = format!(" NOT SAVED: {unsaved} acts are only in memory; {again} tries again ");
        let mut paint = paint.part(area);
        let x = chip(&mut paint, 0, 0, theme.warning(), theme.danger());
        paint.put(x, 0, &text, theme.reversed());
        return true;
    }
    if app.screen.frame.hints.y == area.y {
        return false;
    }
    if app.looking.find.is_active() {
        let text = format!(
            "/{}  {}",
            app.looking.find.pattern,
            app.looking.find.summary(theme.dot())
        );
        paint.part(area).put(1, 0, &text, theme.text());
        return true;
    }
    if app.screen.focus == Focus::Timeline && app.screen.overlay.is_none() {
        paint.part(area).put(1, 0, &about_event(app), theme.text());
        return true;
    }
    false
}

/// What the selected event's line leaves out: its code, its type as written, and what it carries besides.
fn about_event(app: &App) -> String {
    let (Some(view), Some(id)) = (app.view(), app.in_view.record.timeline.selected_event()) else {
        return String::new();
    };
    let event = view.record.event(id);
    let mut parts = vec![
        view.record.code(event).to_owned(),
        view.record.type_name(event).to_owned(),
    ];
    parts.extend(
        view.record
            .attributes(event)
            .map(|(key, value)| format!("{key} {value}")),
    );
    parts.retain(|p| !p.is_empty());
    parts.join(&format!(" {} ", app.desk.theme.dot()))
}
