//! The row of the panes' headings: one beside the other, or tabs where one pane is shown at a time.

use std::ops::Range;

use crate::review::blind::letter;
use crate::text;
use crate::tui::app::App;
use crate::tui::layout::Focus;
use crate::tui::paint::Paint;

/// Draws the panes' headings, or their tabs.
pub(super) fn draw(app: &App, paint: &mut Paint<'_>) {
    if app.desk.theme.plain {
        super::plain::place(app, paint);
    } else if app.screen.frame.wide {
        wide_headings(app, paint);
    } else {
        tabs(app, paint);
    }
}

fn wide_headings(app: &App, paint: &mut Paint<'_>) {
    let theme = app.desk.theme;
    let mut paint = paint.part(app.screen.frame.headings);
    let timeline = app.screen.frame.timeline;
    let answers = app.screen.frame.answers;
    if !app.screen.zoom || app.in_view.answers.is_empty() {
        paint.line(0, theme.line(), theme.dim());
    }
    if !timeline.is_empty() {
        let style = theme.heading(app.has_keys(Focus::Timeline));
        let x = paint.put(timeline.x + 1, 0, " Timeline ", style);
        // What is written or pinned shows while its pane does not.
        let gold = super::gold::name(app);
        if app.screen.frame.gold.is_empty() && app.in_view.visit.is_none() && gold.trim() != "Gold"
        {
            paint.put(x + 1, 0, &gold, theme.text());
        }
    }
    if !app.screen.frame.rule.is_empty() {
        paint.put(app.screen.frame.rule.x, 0, theme.tee(), theme.dim());
    }
    if !app.screen.frame.gold.is_empty() {
        super::gold::heading(app, &mut paint);
    }
    if answers.is_empty() {
        return;
    }
    let width = app.in_view.answers.column_width();
    let visible = app.in_view.answers.visible();
    let more = in_view(&visible, app.in_view.answers.len());
    let more_width = text::width(&more) as u16;
    let tee = if app.screen.zoom {
        theme.rule()
    } else {
        theme.tee()
    };
    for (n, answer) in visible.clone().enumerate() {
        let x = answers.x + n as u16 * (width + 1);
        if n > 0 {
            paint.put(x - 1, 0, tee, theme.dim());
        }
        let last = n + 1 == visible.len();
        let width = width.saturating_sub(if last { more_width } else { 0 });
        super::answers::heading(app, &mut paint, x, 0, width, answer);
    }
    let right = paint.area().width;
    paint.put_right(right, 0, &more, theme.text());
}

/// Which answers stand side by side, of which: `C D of A–F`; empty where all do.
fn in_view(visible: &Range<usize>, all: usize) -> String {
    if visible.len() >= all {
        return String::new();
    }
    let name = |i: usize| letter(i as u32);
    let shown = match visible.len() {
        0 => return String::new(),
        1..=3 => visible.clone().map(name).collect::<Vec<_>>().join(" "),
        _ => format!("{}–{}", name(visible.start), name(visible.end - 1)),
    };
    format!(" {shown} of A–{} ", name(all - 1))
}

fn tabs(app: &App, paint: &mut Paint<'_>) {
    let theme = app.desk.theme;
    let mut paint = paint.part(app.screen.frame.tabs);
    let style = |focus: Focus| theme.heading(app.has_keys(focus));
    let x = paint.put(1, 0, " Timeline ", style(Focus::Timeline));
    let gold = super::gold::name(app);
    let right = paint.area().width.saturating_sub(1);
    if app.in_view.answers.is_empty() {
        if app.in_view.visit.is_none() {
            paint.put(x + 1, 0, &gold, style(Focus::Gold));
        }
        return;
    }
    let end = paint.put_right(right, 0, &gold, style(Focus::Gold));
    let x = paint.put(x + 1, 0, " Answers ", style(Focus::Answers));
    let mut x = x + 1;
    for i in 0..app.in_view.answers.len() {
        let (sign, style) = match app.model(i) {
            Some(model) => theme.mark(app.review(), model),
            None => (theme.no_answer(), theme.text()),
        };
        let here = i == app.in_view.answers.focus() && app.screen.focus == Focus::Answers;
        let name = if here { theme.bold() } else { theme.text() };
        if x + 3 > end {
            break;
        }
        let at = paint.put(x, 0, &letter(i as u32), name);
        x = paint.put(at, 0, sign, style) + 1;
    }
}
