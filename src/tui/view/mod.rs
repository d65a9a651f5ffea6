//! How the screen looks.
//!
//! In: the state. Out: cells, and where the caret is. It takes no lock, does no I/O, wraps nothing, and looks only at what
//! is visible.

mod answers;
mod gold;
mod header;
mod hints;
pub mod lists;
pub mod matches;
mod rank;
mod ranked;
pub mod reader;
mod sides;

use ratatui::buffer::Buffer;
use ratatui::layout::{Position, Rect};

use crate::tui::app::{App, RecordState};
use crate::tui::layout::{Focus, MIN_SIZE};
use crate::tui::overlay::{Ask, Overlay};
use crate::tui::paint::Paint;
use crate::tui::panes::timeline_view::TimelineView;
pub(in crate::tui) use header::thousands;

/// Draws the whole screen; gives back where the caret is, if text is being typed.
pub fn draw(app: &App, buf: &mut Buffer) -> Option<Position> {
    let mut paint = Paint::new(buf, buf.area);
    if app.frame.too_small {
        let (width, height) = MIN_SIZE;
        let text = format!(
            "medalign needs {width}x{height}, this is {}x{}",
            app.size.0, app.size.1
        );
        paint.put(0, 0, &text, app.theme.alert());
        return None;
    }
    header::draw(app, &mut paint);
    let writing = panes(app, &mut paint);
    rank::draw(app, &mut paint);
    let caret = overlay(app, &mut paint);
    let caret = bottom(app, &mut paint).or(caret).or(writing);
    if app.theme.ascii {
        plain_signs(buf);
    }
    caret
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
    header::headings(app, paint);
    let area = app.frame.timeline;
    if !area.is_empty() {
        let mut paint = paint.part(area);
        match &app.record {
            RecordState::Ready(view) => TimelineView {
                pane: &app.timeline,
                view,
                theme: app.theme,
                focused: app.focus == Focus::Timeline && app.overlay.is_none(),
                hits: app.hits(),
                hit: app.find.at,
                pins: &app.pins,
                selection: app.selection.as_ref(),
            }
            .draw(&mut paint),
            RecordState::Reading => {
                paint.put(2, 1, "Reading the record …", app.theme.dim());
            }
            RecordState::Failed(message) => failed(app, &mut paint, message),
        }
    }
    let rule = app.frame.rule;
    for y in 0..rule.height {
        paint.put(rule.x, rule.y + y, app.theme.rule(), app.theme.dim());
    }
    answers::draw(app, paint);
    gold::draw(app, paint)
}

fn failed(app: &App, paint: &mut Paint<'_>, message: &str) {
    paint.put(2, 1, "This record cannot be shown", app.theme.alert());
    let width = usize::from(paint.area().width.saturating_sub(4)).max(1);
    for (y, row) in crate::text::wrap(message, width, crate::text::Layout::Lines)
        .iter()
        .enumerate()
    {
        paint.put(
            2,
            3 + y as u16,
            &message[row.start as usize..row.end as usize],
            app.theme.text(),
        );
    }
}

/// Draws what lies over the panes.
fn overlay(app: &App, paint: &mut Paint<'_>) -> Option<Position> {
    let overlay = app.overlay.as_ref()?;
    let area = over(app, overlay);
    match overlay {
        Overlay::Own(overlay) => {
            return overlay.draw(app, &mut paint.part(overlay.area(&app.frame)));
        }
        Overlay::Applicability {
            applicable,
            sufficient,
            reason,
            typing,
            list,
        } => {
            let said = (*applicable, *sufficient);
            return gold::menu(app, &mut paint.part(area), said, reason, *typing, *list);
        }
        Overlay::Tags {
            model,
            errors,
            harm,
            list,
        } => {
            let letter = app
                .models()
                .iter()
                .position(|m| m == model)
                .map_or(String::new(), |i| app.letter(i));
            lists::tags(app, &mut paint.part(area), &letter, errors, *harm, *list);
        }
        Overlay::Palette {
            editor,
            found,
            list,
        } => return lists::palette(app, &mut paint.part(area), editor, found, *list),
        Overlay::Reader {
            event,
            rows,
            scroll,
            ..
        } => reader::draw(app, &mut paint.part(area), *event, rows, *scroll),
        Overlay::Matches => matches::draw(app, &mut paint.part(area)),
        Overlay::Search(editor) => return ranked::draw(app, &mut paint.part(area), editor),
        Overlay::Comment { model, editor } => {
            return answers::comment(app, paint, model.as_deref(), editor);
        }
        Overlay::Prompt { .. } => {}
    }
    None
}

/// The area of an overlay: the panes with their headings, or, side by side, the pane that the menu is not about.
fn over(app: &App, overlay: &Overlay) -> Rect {
    let frame = &app.frame;
    let side = match overlay {
        Overlay::Tags { .. } => frame.timeline,
        // Whether an instruction applies is read in the record.
        Overlay::Applicability { .. } if !frame.answers.is_empty() => frame.answers,
        _ => frame.middle,
    };
    let area = if frame.rule.is_empty() {
        frame.middle
    } else {
        side
    };
    Rect {
        y: area.y.saturating_sub(1),
        height: area.height + 1,
        ..area
    }
}

/// Draws prompts, messages and hints; gives back the caret of a prompt.
fn bottom(app: &App, paint: &mut Paint<'_>) -> Option<Position> {
    let hints = app.frame.hints;
    let message = app.frame.message;
    let own_row = hints.y != message.y;
    let said = prompt(app, paint, message);
    let shown = said.is_some() || say(app, paint, message);
    if own_row || !shown {
        hints::draw(app, &mut paint.part(hints));
    }
    said
}

fn say(app: &App, paint: &mut Paint<'_>, area: Rect) -> bool {
    let unsaved = app.log.unsaved();
    if let Some((tone, text)) = &app.message {
        let style = match tone {
            crate::tui::app::Tone::Calm => app.theme.bold(),
            crate::tui::app::Tone::Alert => app.theme.alert(),
        };
        paint.part(area).put(1, 0, text, style);
        return true;
    }
    if unsaved > 0 {
        let again = app.key_of(crate::tui::action::Action::RetrySave);
        let text = format!("NOT SAVED: {unsaved} acts are only in memory; {again} tries again");
        paint.part(area).put(1, 0, &text, app.theme.alert());
        return true;
    }
    if app.frame.hints.y == area.y {
        return false;
    }
    if app.find.is_active() {
        let text = format!(
            "/{}  {}",
            app.find.pattern,
            app.find.summary(app.theme.dot())
        );
        paint.part(area).put(1, 0, &text, app.theme.dim());
        return true;
    }
    if app.focus == Focus::Timeline && app.overlay.is_none() {
        paint
            .part(area)
            .put(1, 0, &about_event(app), app.theme.dim());
        return true;
    }
    false
}

/// What the selected event's line leaves out: its code, its type as written, and what it carries besides.
fn about_event(app: &App) -> String {
    let (Some(view), Some(id)) = (app.view(), app.timeline.selected_event()) else {
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
    parts.join(&format!(" {} ", app.theme.dot()))
}

fn prompt(app: &App, paint: &mut Paint<'_>, area: Rect) -> Option<Position> {
    let Some(Overlay::Prompt {
        ask,
        editor,
        problem,
    }) = &app.overlay
    else {
        return None;
    };
    let label = match ask {
        Ask::Date => " Go to date: ",
        Ask::DateRange => " Show from … to …: ",
        Ask::Rank => " Ranking, best first: ",
        Ask::LabelComment => " Why it has its label: ",
        Ask::Find if app.find.regex => " Find (regex): ",
        Ask::Find => " Find: ",
        Ask::InText => " Find in your text: ",
        Ask::SaveElsewhere => " Save a copy in: ",
    };
    let mut paint = paint.part(area);
    paint.blank();
    let x = paint.put(0, 0, label, app.theme.accent());
    let width = area.width.saturating_sub(x);
    let help = match (problem, ask) {
        (Some(problem), _) => problem.clone(),
        (None, Ask::Find) if app.find.is_active() => app.find.summary(app.theme.dot()),
        (None, Ask::Find) => format!(
            "{} regex",
            app.key_of(crate::tui::action::Action::ToggleRegex)
        ),
        (None, Ask::LabelComment) => app.saves_and_cancels(crate::tui::action::Action::Enter),
        (None, Ask::InText | Ask::SaveElsewhere) => String::new(),
        (None, Ask::Date) => "2018, 2018-10 or 2018-10-08".to_owned(),
        (None, Ask::DateRange) => "2018 to 2019-03; nothing shows all".to_owned(),
        (None, Ask::Rank) => format!(
            "B > A = C   {}",
            app.saves_and_cancels(crate::tui::action::Action::Enter)
        ),
    };
    // What is wrong matters more than a long line, which scrolls.
    let room = width
        .saturating_sub(crate::text::width(&help) as u16 + 2)
        .clamp(width.min(20), width);
    let style = if problem.is_some() {
        app.theme.alert()
    } else {
        app.theme.dim()
    };
    paint.put_in(
        x + room + 1,
        0,
        width.saturating_sub(room + 1),
        &help,
        style,
    );
    let mut caret = None;
    paint.with(Rect::new(area.x + x, area.y, room, 1), |area, buf| {
        caret = editor.draw(area, buf);
    });
    caret
}
