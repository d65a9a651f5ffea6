//! How the report looks: lines that were laid out before, a page of them.

use crate::report::render_text::Tone;
use crate::tui::action::Action;
use crate::tui::app::App;
use crate::tui::overlay::ReportPane;
use crate::tui::paint::Paint;

/// Draws the visible lines.
pub(super) fn draw(app: &App, paint: &mut Paint<'_>, pane: &ReportPane) {
    let theme = app.theme;
    let back = app.key_of(Action::Back);
    let scroll = pane.scroll;
    let place = if pane.lines.is_empty() {
        format!("{back} closes")
    } else {
        let last = (scroll.top + scroll.height).min(scroll.len);
        format!(
            "{}-{last} of {}   {back} closes",
            scroll.top + 1,
            scroll.len
        )
    };
    let title = if pane.blind {
        "Your progress"
    } else {
        "Report"
    };
    super::lists::heading(app, paint, title, &place);
    if pane.lines.is_empty() {
        paint.put(2, 2, "The report is being computed …", theme.dim());
        return;
    }
    for (y, line) in pane
        .lines
        .iter()
        .skip(scroll.top)
        .take(scroll.height)
        .enumerate()
    {
        let style = match line.tone {
            Tone::Part | Tone::Title => theme.accent(),
            Tone::Head => theme.bold(),
            Tone::Text => theme.text(),
            Tone::Dim => theme.dim(),
        };
        paint.put(1, 1 + y as u16, &line.text, style);
    }
}
