//! The row of verdicts and ranking, always in view.

use crate::tui::app::App;
use crate::tui::layout::Focus;
use crate::tui::paint::Paint;
use crate::tui::widgets::chip::chip;

/// Draws the row.
pub(super) fn draw(app: &App, paint: &mut Paint<'_>) {
    let theme = app.desk.theme;
    let mut paint = paint.part(app.screen.frame.rank);
    let width = paint.area().width;
    if let Some(line) = app.beside() {
        let stranger = app.in_view.visit.as_ref().is_some_and(|v| v.stranger);
        let (sign, words) = if stranger {
            (theme.danger(), theme.reversed())
        } else {
            (theme.blocks(), theme.bold())
        };
        let x = chip(&mut paint, 0, 0, theme.warning(), sign);
        paint.put(x, 0, &format!(" {line} "), words);
        return;
    }
    if app.in_view.order.is_empty() {
        let lost = app.in_view.unanswered.len();
        let none = if lost > 0 {
            "No answers to judge: none of the models gave one"
        } else {
            "No answers to judge"
        };
        paint.put(1, 0, none, theme.text());
        return;
    }
    if theme.plain {
        return super::plain::marks(app, &mut paint);
    }
    if app.screen.frame.wide {
        paint.line(0, theme.line(), theme.dim());
    }
    let models = app.models();
    let judged = models
        .iter()
        .filter(|m| app.verdict_of(m).is_some())
        .count();
    let done = format!(" {judged} of {} judged ", models.len());
    let right = paint.put_right(width.saturating_sub(1), 0, &done, theme.text());
    let line = app.rank().to_line(&models);
    let (label, line) = if line.is_empty() {
        (" ", "no ranks yet".to_owned())
    } else {
        (" rank ", line)
    };
    let mut x = paint.put(1, 0, label, theme.dim());
    x = paint.put_in(
        x,
        0,
        right.saturating_sub(x),
        &format!("{line} "),
        theme.bold(),
    );
    let missing = app.rank().missing(&models);
    if !missing.is_empty() && missing.len() < models.len() {
        let letters: Vec<String> = models
            .iter()
            .enumerate()
            .filter(|(_, m)| missing.contains(m))
            .map(|(i, _)| crate::review::blind::letter(i as u32))
            .collect();
        x = paint.put_in(
            x + 1,
            0,
            right.saturating_sub(x + 1),
            &format!(" {} not ranked ", letters.join(" ")),
            theme.text(),
        );
    }
    // The tabs show the verdicts otherwise.
    if app.screen.frame.wide {
        verdicts(app, &mut paint, (x + 1, right));
    }
}

/// Draws what was said of each answer from a column on, up to another.
fn verdicts(app: &App, paint: &mut Paint<'_>, (mut x, right): (u16, u16)) {
    let theme = app.desk.theme;
    let models = app.models();
    x = paint.put_in(x, 0, right.saturating_sub(x), " verdicts ", theme.dim());
    for (i, model) in models.iter().enumerate() {
        if x + 5 > right {
            break;
        }
        let (sign, style) = theme.mark(app.review(), model);
        let here = i == app.in_view.answers.focus() && app.screen.focus == Focus::Answers;
        let here = if here { theme.bold() } else { theme.text() };
        x = paint.put_in(
            x,
            0,
            right - x,
            &crate::review::blind::letter(i as u32),
            here,
        );
        x = chip(paint, x, 0, sign, style);
        x = paint.put(x, 0, " ", theme.text());
    }
    for i in models.len()..app.in_view.answers.len() {
        let words = format!(
            "{} {}  ",
            crate::review::blind::letter(i as u32),
            theme.no_answer()
        );
        if x + 4 > right {
            break;
        }
        x = paint.put_in(x, 0, right - x, &words, theme.text());
    }
}
