//! How lists, menus, help, questions and hints look.

use ratatui::layout::{Position, Rect};

use crate::review::{ErrorKind, Harm};
use crate::tui::action::{Action, Layer, TABLE};
use crate::tui::app::App;
use crate::tui::editor::Editor;
use crate::tui::paint::Paint;
use crate::tui::widgets::{self, list::List};

/// Writes a list's heading; rows begin on the second row.
pub(super) fn heading(app: &App, paint: &mut Paint<'_>, title: &str, right: &str) {
    widgets::heading::heading(app.theme, paint, title, right);
}

/// Marks the selected row.
pub(super) fn select(app: &App, paint: &mut Paint<'_>, y: u16, selected: bool) {
    widgets::list::select(app.theme, paint, y, selected);
}

/// The menu of error kinds and harm.
pub(super) fn tags(
    app: &App,
    paint: &mut Paint<'_>,
    letter: &str,
    errors: &[ErrorKind],
    harm: Option<Harm>,
    list: List,
) {
    let theme = app.theme;
    let right = format!(
        "{} on or off, {}",
        app.key_in(Layer::List, Action::Toggle),
        app.saves_and_cancels(Action::Choose)
    );
    heading(app, paint, &format!("What is wrong with {letter}"), &right);
    let rows = ErrorKind::ALL
        .iter()
        .map(|e| (errors.contains(e), e.label().to_owned()));
    let harms = Harm::ALL
        .iter()
        .map(|h| (harm == Some(*h), format!("possible harm: {}", h.name())));
    for (y, (i, (on, label))) in rows
        .chain(harms)
        .enumerate()
        .skip(list.top)
        .take(list.height)
        .enumerate()
    {
        let y = 1 + y as u16;
        let round = i >= ErrorKind::ALL.len();
        let sign = match (round, on) {
            (false, true) => "[x]",
            (false, false) => "[ ]",
            (true, true) => "(x)",
            (true, false) => "( )",
        };
        paint.put(2, y, sign, if on { theme.accent() } else { theme.text() });
        paint.put(6, y, &label, theme.text());
        select(app, paint, y, i == list.cursor);
    }
}

/// The palette: actions by name.
pub(super) fn palette(
    app: &App,
    paint: &mut Paint<'_>,
    editor: &Editor,
    found: &[usize],
    list: List,
) -> Option<Position> {
    let theme = app.theme;
    heading(app, paint, "Commands", "");
    paint.put(1, 1, ":", theme.accent());
    let area = paint.area();
    let line = Rect {
        x: area.x + 2,
        y: area.y + 1,
        width: area.width.saturating_sub(3),
        height: 1,
    };
    let mut caret = None;
    paint.with(line, |area, buf| caret = editor.draw(area, buf));
    for (y, i) in (list.top..found.len()).take(list.height).enumerate() {
        let y = 2 + y as u16;
        let entry = &TABLE[found[i]];
        let keys = entry
            .layers
            .iter()
            .find_map(|l| app.keymap.keys(*l, entry.action).into_iter().next())
            .unwrap_or_default();
        paint.put_in(2, y, 18, entry.name, theme.bold());
        paint.put_in(21, y, 9, &keys, theme.accent());
        paint.put(31, y, entry.doc, theme.text());
        select(app, paint, y, i == list.cursor);
    }
    caret
}
