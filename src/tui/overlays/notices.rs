//! What was off in the files: a line a notice, the selected one whole below.

use ratatui::layout::Position;

use super::{LIST, Next, Overlay, move_in};
use crate::notice::{Notice, Severity};
use crate::text;
use crate::tui::action::{Action, Layer};
use crate::tui::app::{App, Tone};
use crate::tui::paint::Paint;
use crate::tui::widgets::heading::heading;
use crate::tui::widgets::list::{List, select};
use crate::tui::widgets::narrow::{Narrow, Narrowed};

/// The list of notices.
pub(crate) struct Notices {
    of: Narrowed,
}

/// Opens the list, unless nothing was off.
pub(crate) fn open(app: &mut App) {
    let n = app.all_notices().count();
    if n == 0 {
        app.say(
            Tone::Calm,
            "There are no notices: nothing was off in the files",
        );
        return;
    }
    let of = Narrowed::new(n, app.screen.frame.rows());
    app.open(Notices { of });
}

impl App {
    /// Notices of the review file, the dataset and the record in view.
    pub(crate) fn all_notices(&self) -> impl Iterator<Item = &Notice> {
        let record = self.view().map_or(&[][..], |v| v.record.notices());
        self.desk
            .notices
            .iter()
            .chain(self.desk.dataset.notices())
            .chain(record)
    }
}

impl Overlay for Notices {
    fn layers(&self) -> &'static [Layer] {
        LIST
    }

    fn fit(&mut self, app: &mut App) {
        let rows = app.screen.frame.rows().saturating_sub(self.of.above());
        self.of.list.resize(rows);
    }

    fn narrow(&mut self) -> Option<&mut Narrow> {
        Some(&mut self.of.narrow)
    }

    fn is_narrowing(&self) -> bool {
        self.of.narrow.is_typing()
    }

    fn list(&mut self) -> Option<&mut List> {
        Some(&mut self.of.list)
    }

    fn row_at(&self, y: u16) -> Option<usize> {
        self.of.row_at(y)
    }

    fn typed(&mut self, app: &mut App) {
        self.of.fill(app.all_notices().map(ToString::to_string));
    }

    fn act(mut self: Box<Self>, app: &mut App, action: Action) -> Next {
        if action == Action::Choose {
            return None;
        }
        move_in(&mut self.of.list, app, action);
        Some(self)
    }

    fn draw(&self, app: &App, paint: &mut Paint<'_>) -> Option<Position> {
        let (theme, list) = (app.desk.theme, self.of.list);
        heading(
            theme,
            paint,
            "Notices: what was off in the files",
            &format!("{} of {}", (list.cursor + 1).min(list.len), list.len),
        );
        let (caret, first) = self.of.draw(theme, paint);
        let below = if list.height < 12 { 2 } else { 4 };
        let rows = list.height.saturating_sub(below + 1);
        let top = list.top.max((list.cursor + 1).saturating_sub(rows.max(1)));
        let all: Vec<&Notice> = app.all_notices().collect();
        let visible = (top..list.len).take(rows.max(1));
        for (y, i) in (first..).zip(visible) {
            let Some(notice) = self.of.at(i).and_then(|row| all.get(row)) else {
                break;
            };
            let style = match notice.severity {
                Severity::Error => theme.alert(),
                Severity::Warning => theme.warn(),
                Severity::Info => theme.text(),
            };
            let x = paint.put(2, y, &notice.severity.to_string(), style);
            let file = notice
                .file
                .file_name()
                .map(|f| f.to_string_lossy().into_owned())
                .unwrap_or_default();
            let line = notice.line.map(|l| format!(":{l}")).unwrap_or_default();
            let x = paint.put_in(x.max(9) + 1, y, 36, &format!("{file}{line}"), theme.text());
            paint.put(x + 1, y, &notice.what, theme.text());
            select(theme, paint, y, i == list.cursor);
        }
        // The whole of the selected one stands below, since lines are cut off.
        if let Some(notice) = self.of.row().and_then(|row| all.get(row)) {
            let y = first + rows as u16;
            paint.line(y, theme.line(), theme.dim());
            let whole = text::safe(&notice.to_string()).into_owned();
            let width = usize::from(paint.area().width.saturating_sub(2)).max(1);
            let rows = text::wrap(&whole, width, text::Layout::Lines);
            for (y, row) in (y + 1..).zip(rows.iter().take(below)) {
                let row = &whole[row.start as usize..row.end as usize];
                paint.put(1, y, row, theme.text());
            }
        }
        caret
    }

    fn hints(&self) -> &'static [Action] {
        &[Action::Down, Action::PageDown, Action::Find, Action::Back]
    }

    fn hint(&self, action: Action) -> Option<&'static str> {
        (action == Action::Find).then_some("type to filter")
    }
}
