//! How the answers look: columns with a heading, the text, and what was said of it.

use std::ops::Range;

use ratatui::layout::Rect;
use ratatui::style::{Modifier, Style};

use crate::dataset::{Answered, Outcome};
use crate::text;
use crate::tui::app::App;
use crate::tui::layout::Focus;
use crate::tui::markdown::{Ink, Look, Row, place_of};
use crate::tui::paint::Paint;
use crate::tui::theme::Theme;
use crate::tui::view::sides;
use crate::tui::widgets::chip::chip;

/// What stands where an answer's mark and rank would.
pub(super) const NO_ANSWER: &str = "no answer";

/// Draws the visible answers.
pub(super) fn draw(app: &App, paint: &mut Paint<'_>) {
    let area = app.screen.frame.answers;
    if area.is_empty() {
        return;
    }
    let mut paint = paint.part(area);
    if app.in_view.answers.is_empty() {
        paint.put(
            1,
            1,
            "There are no answers to this instruction.",
            app.desk.theme.text(),
        );
        return;
    }
    let width = app.in_view.answers.column_width();
    // Side by side, the headings stand on the panes' line above.
    let top = u16::from(!app.screen.frame.wide && !app.desk.theme.plain);
    for (n, answer) in app.in_view.answers.visible().enumerate() {
        let x = n as u16 * (width + 1);
        if n > 0 {
            for y in top..area.height {
                paint.put(x - 1, y, app.desk.theme.rule(), app.desk.theme.dim());
            }
        }
        if top > 0 {
            heading(app, &mut paint, x, 0, width, answer);
        }
        let rest = Rect::new(x, top, width, area.height.saturating_sub(top));
        if answer == app.in_view.answers.focus() && app.screen.focus == Focus::Answers {
            let (x, y) = word_cell(app, answer).unwrap_or((0, 0));
            paint
                .part(Rect {
                    x: area.x + rest.x,
                    y: area.y + rest.y,
                    ..rest
                })
                .focus(x, y);
        }
        match app.unanswered(answer) {
            Some(outcome) => lost(app, &mut paint, rest, outcome),
            None => column(app, &mut paint, rest, answer),
        }
    }
}

/// The cell of the word cursor in an answer's column, where it is in view.
fn word_cell(app: &App, answer: usize) -> Option<(u16, u16)> {
    let text = *app.texts().get(answer)?;
    let word = app.in_view.answers.word(text)?;
    let (rows, top) = app.in_view.answers.rows(answer);
    let (row, piece) = place_of(rows, word.start);
    let piece = piece?;
    let before = text.get(piece.start as usize..word.start);
    let before = before.map_or(0, text::width) as u16;
    let y = u16::try_from(row.checked_sub(top)?).ok()?;
    Some((1 + piece.at + before, y))
}

/// An answer's letter, verdict, rank and warnings, on one row.
pub(super) fn heading(app: &App, paint: &mut Paint<'_>, x: u16, y: u16, width: u16, answer: usize) {
    let theme = app.desk.theme;
    let focused = answer == app.in_view.answers.focus();
    let style = theme.heading(focused && app.has_keys(Focus::Answers));
    let end = x + width;
    let room = width.saturating_sub(2);
    let letter = format!(" {} ", app.letter(answer));
    let at = paint.put_in(x + 1, y, room, &letter, style);
    let Some(model) = app.model(answer) else {
        let words = format!(" {NO_ANSWER} ");
        paint.put_in(at, y, end.saturating_sub(at), &words, theme.warn());
        return;
    };
    let (sign, style) = theme.mark(app.review(), model);
    let at = chip(paint, at, y, sign, style);
    let verdict = app.review().verdict(model).map(|v| v.name().to_owned());
    let rank = app.number(model).map(|n| format!("rank {n}"));
    let named = app.in_view.naming.get(answer) == Some(&true);
    let cut = app.outcome(answer).map(|o| &o.outcome) == Some(&Outcome::Cut);
    let off = [(named, "names a model"), (cut, "cut off")].into_iter();
    let off = off.filter(|o| o.0);
    let off = off.map(|(_, words)| format!("{} {words}", theme.warning()));
    let off: Vec<String> = off.collect();
    let line = |parts: [Option<&String>; 2]| {
        let mut line = String::new();
        for part in parts.into_iter().flatten().chain(&off) {
            line.extend([" ", part]);
        }
        line
    };
    let room = end.saturating_sub(at);
    let mut said = line([verdict.as_ref(), rank.as_ref()]);
    // What is off must be read; a verdict is told by its sign, too.
    if text::width(&said) > usize::from(room) {
        said = line([None, rank.as_ref()]);
    }
    let style = if off.is_empty() {
        theme.text()
    } else {
        theme.warn()
    };
    let at = paint.put_in(at, y, room, &said, style);
    if !said.is_empty() && at < end {
        paint.put(at, y, " ", theme.text());
    }
}

/// What stands in place of an answer. What the server said of it may name the model, so it is shown with the names only.
fn lost(app: &App, paint: &mut Paint<'_>, area: Rect, outcome: &Answered) {
    let theme = app.desk.theme;
    let width = area.width.saturating_sub(2);
    let mut lines = vec![
        (
            format!("No answer: {}.", outcome.outcome.words()),
            theme.warn(),
        ),
        (
            "There is nothing to judge or to rank here.".to_owned(),
            theme.text(),
        ),
    ];
    if app.is_unblinded() {
        let status = outcome.status.map(|status| format!("status {status}"));
        let told = status.into_iter().chain(outcome.categories.iter().cloned());
        let told = told.chain(Some(outcome.message.clone()).filter(|m| !m.is_empty()));
        lines.extend(told.map(|line| (line, theme.text())));
    }
    let mut y = area.y;
    for (line, style) in lines {
        for row in text::wrap(&line, usize::from(width.max(1)), text::Layout::Lines) {
            if y < area.bottom() {
                let part = &line[row.start as usize..row.end as usize];
                paint.put_in(area.x + 1, y, width, part, style);
                y += 1;
            }
        }
    }
}

fn column(app: &App, paint: &mut Paint<'_>, area: Rect, answer: usize) {
    let theme = app.desk.theme;
    let response = &app.case().responses[app.in_view.order[answer]];
    let (rows, top) = app.in_view.answers.rows(answer);
    let below = app.rows_of_sides().min(area.height.saturating_sub(2));
    let mine = Rect {
        height: area.height.saturating_sub(below),
        ..area
    };
    let theirs = Rect {
        y: mine.bottom(),
        height: below,
        ..area
    };
    sides::below_answer(app, paint, theirs, &response.model);
    let area = mine;
    let height = usize::from(app.in_view.answers.height().min(area.height));
    let claims: &[(Range<usize>, bool)] = match app.in_view.record.grounded.get(answer) {
        Some(claims) if app.screen.grounding => claims,
        _ => &[],
    };
    let mut marks: Vec<(Range<usize>, Style)> = claims
        .iter()
        .map(|(r, occurs)| (r.clone(), theme.claim(*occurs)))
        .collect();
    if let Some(places) = app.looking.find.answers.get(answer) {
        marks.extend(places.iter().map(|r| (r.clone(), theme.found())));
    }
    if answer == app.in_view.answers.focus() && app.screen.focus == Focus::Answers {
        let word = app.in_view.answers.word(&response.text);
        marks.extend(word.map(|r| (r, theme.selected(true))));
    }
    let width = area.width.saturating_sub(2);
    if response.text.trim().is_empty() {
        paint.put_in(area.x + 1, area.y, width, "(an empty answer)", theme.text());
    } else {
        for (y, row) in rows.iter().skip(top).take(height).enumerate() {
            let y = area.y + y as u16;
            pieces(theme, paint, (area.x + 1, y), row, &response.text, &marks);
            let mut in_row = claims.iter().filter(|(r, _)| row.shows(r)).peekable();
            if theme.plain {
                let places = app.looking.find.answers.get(answer);
                let found = places.is_some_and(|p| p.iter().any(|r| row.shows(r)));
                let claims = in_row
                    .peek()
                    .is_some()
                    .then(|| in_row.all(|(_, occurs)| *occurs));
                let words = [
                    found.then_some("found"),
                    claims.map(|all| if all { "in record" } else { "not in record" }),
                ];
                let words: Vec<&str> = words.into_iter().flatten().collect();
                let right = area.x + area.width;
                paint.put_right(right, y, &words.join(" "), theme.text());
            } else if in_row.peek().is_some() {
                let (yes, no) = theme.grounded();
                let occurs = in_row.all(|(_, occurs)| *occurs);
                let style = if occurs { theme.dim() } else { theme.warn() };
                paint.put(area.x, y, if occurs { yes } else { no }, style);
            }
        }
    }
    let place = area.y + height as u16;
    if rows.len() > top + height && place < area.bottom() {
        let more = format!("{} of {} lines", top + height, rows.len());
        paint.put_right(area.x + area.width, place, &more, theme.warn());
    }
    let model = response.model.as_str();
    let style = match app.review().earlier_verdict(model) {
        Some(_) => theme.warn(),
        None => theme.text(),
    };
    let style = style.add_modifier(Modifier::ITALIC);
    for (y, row) in (place + 1..area.bottom()).zip(app.in_view.answers.notes(answer)) {
        paint.put_in(area.x + 1, y, width, row, style);
    }
}

/// Draws a row of an answer.
fn pieces(
    theme: Theme,
    paint: &mut Paint<'_>,
    (x, y): (u16, u16),
    row: &Row,
    text: &str,
    marks: &[(Range<usize>, Style)],
) {
    for piece in &row.pieces {
        let x = x + piece.at;
        let bytes = piece.bytes();
        match piece.ink {
            Ink::Text(look) => {
                let start = bytes.start;
                let part = text.get(bytes).unwrap_or_default();
                paint.put_marked(x, y, piece.width, part, start, style_of(theme, look), marks);
            }
            Ink::Bar => {
                paint.put(x, y, theme.rule(), theme.dim());
            }
            Ink::Line => {
                for x in x..x + piece.width {
                    paint.put(x, y, theme.line(), theme.dim());
                }
            }
        }
    }
}

/// A row at the left of the area.
#[cfg(test)]
pub(in crate::tui) fn row_for_test(
    paint: &mut Paint<'_>,
    row: &Row,
    text: &str,
    marks: &[(Range<usize>, Style)],
) {
    pieces(
        Theme {
            ascii: true,
            plain: false,
        },
        paint,
        (0, 0),
        row,
        text,
        marks,
    );
}

/// How a piece of an answer looks.
fn style_of(theme: Theme, look: Look) -> Style {
    let mut style = theme.text();
    if look.bold {
        style = style.patch(theme.bold());
    }
    if look.italic {
        style = style.add_modifier(Modifier::ITALIC);
    }
    style
}
