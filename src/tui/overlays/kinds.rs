//! Which kinds of events the timeline shows.

use std::sync::Arc;

use ratatui::layout::{Position, Rect};

use super::{Next, Overlay, move_in};
use crate::record::Kind;
use crate::text::thousands;
use crate::tui::action::{Action, Layer};
use crate::tui::app::{App, Tone};
use crate::tui::layout::Frame;
use crate::tui::paint::Paint;
use crate::tui::panes::timeline::Filter;
use crate::tui::widgets::heading::heading;
use crate::tui::widgets::list::{List, select};

/// The menu of kinds; what is chosen is the timeline's filter.
pub(crate) struct Kinds {
    list: List,
}

/// Opens the menu.
pub(crate) fn open(app: &mut App) {
    if app.view().is_none() {
        app.say(Tone::Alert, "There is no record to filter");
        return;
    }
    let list = List::new(Kind::ALL.len(), 0, app.screen.frame.rows());
    app.open(Kinds { list });
}

impl Overlay for Kinds {
    fn layers(&self) -> &'static [Layer] {
        &[Layer::Kinds, Layer::List, Layer::Global]
    }

    fn area(&self, frame: &Frame) -> Rect {
        frame.over(frame.beside_timeline())
    }

    fn fit(&mut self, app: &mut App) {
        self.list.resize(app.screen.frame.rows());
    }

    fn list(&mut self) -> Option<&mut List> {
        Some(&mut self.list)
    }

    fn row_at(&self, y: u16) -> Option<usize> {
        self.list.row_at(y, 1, 1)
    }

    fn act(mut self: Box<Self>, app: &mut App, action: Action) -> Next {
        match action {
            Action::Choose | Action::Toggle => toggle(app, self.list.cursor),
            Action::OnlyKind => {
                only(app, self.list.cursor);
                return None;
            }
            Action::FilterAll => {
                set(app, Filter::default());
                app.say(Tone::Calm, "Everything is shown");
            }
            _ => move_in(&mut self.list, app, action),
        }
        Some(self)
    }

    fn draw(&self, app: &App, paint: &mut Paint<'_>) -> Option<Position> {
        let (theme, list) = (app.desk.theme, self.list);
        let all = app.desk.key_of(Action::FilterAll);
        heading(
            theme,
            paint,
            "Kinds of events shown",
            &format!("{all} shows everything"),
        );
        let view = app.view()?;
        for (y, i) in (1..).zip((list.top..Kind::ALL.len()).take(list.height)) {
            let kind = Kind::ALL[i];
            let hidden = app
                .in_view
                .record
                .timeline
                .filter()
                .hidden_kinds
                .contains(&kind);
            let count = view.kinds[i];
            paint.put(2, y, if hidden { "[ ]" } else { "[x]" }, theme.text());
            paint.put(6, y, theme.kind(kind), theme.bold());
            let style = if count == 0 {
                theme.dim()
            } else {
                theme.text()
            };
            paint.put(8, y, &kind.name().replace('_', " "), style);
            paint.put_right(34, y, &thousands(count as u64), style);
            select(theme, paint, y, i == list.cursor);
        }
        None
    }

    fn hints(&self) -> &'static [Action] {
        &[
            Action::Toggle,
            Action::OnlyKind,
            Action::FilterAll,
            Action::Back,
        ]
    }
}

fn toggle(app: &mut App, row: usize) {
    let kind = Kind::ALL[row.min(Kind::ALL.len() - 1)];
    let mut filter = app.in_view.record.timeline.filter().clone();
    if filter.hidden_kinds.contains(&kind) {
        filter.hidden_kinds.retain(|k| *k != kind);
    } else {
        filter.hidden_kinds.push(kind);
    }
    set(app, filter);
}

/// Shows one kind alone.
fn only(app: &mut App, row: usize) {
    let kind = Kind::ALL[row.min(Kind::ALL.len() - 1)];
    let filter = app.in_view.record.timeline.filter().only(kind);
    set(app, filter);
    app.say_what_is_left(&kind.name().replace('_', " "));
}

fn set(app: &mut App, filter: Filter) {
    if let Some(view) = app.view().map(Arc::clone) {
        app.in_view.record.timeline.set_filter(&view.record, filter);
    }
}
