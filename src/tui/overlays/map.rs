//! Moving along the record's map, which stands above the panes: the timeline follows.

use std::sync::Arc;

use ratatui::layout::{Position, Rect};

use super::{Next, Overlay, trend};
use crate::tui::action::{Action, Layer};
use crate::tui::app::{App, Tone};
use crate::tui::layout::{Focus, Frame};
use crate::tui::paint::Paint;

/// The place on the map.
pub(crate) struct OnMap {
    /// The column, which the map shows.
    pub column: usize,
}

/// Begins at the column of the timeline's cursor.
pub(crate) fn open(app: &mut App) {
    let Some(view) = app.view() else {
        return app.say(Tone::Alert, "There is no record to move in");
    };
    let here = app
        .in_view
        .record
        .timeline
        .selected_time(&view.record)
        .and_then(|t| app.in_view.record.map.column_of(t.seconds()));
    match here {
        Some(column) if !app.screen.frame.map.is_empty() => {
            app.screen.focus = Focus::Timeline;
            app.open(OnMap { column });
        }
        _ if app.desk.theme.plain => {
            let date = app.desk.key_of(Action::GotoDate);
            let said = format!("There is no map in plain mode; {date} goes to a date");
            app.say(Tone::Alert, said);
        }
        _ => app.say(
            Tone::Alert,
            "The map needs a record with dates and a screen of 16 rows",
        ),
    }
}

impl Overlay for OnMap {
    fn layers(&self) -> &'static [Layer] {
        &[Layer::Trend, Layer::Global]
    }

    /// Nothing is covered.
    fn area(&self, _frame: &Frame) -> Rect {
        Rect::default()
    }

    fn act(mut self: Box<Self>, app: &mut App, action: Action) -> Next {
        if action == Action::Choose {
            return None;
        }
        if let Some(by) = trend::motion(action) {
            self.go(app, by);
        }
        Some(self)
    }

    fn draw(&self, _app: &App, _paint: &mut Paint<'_>) -> Option<Position> {
        None
    }

    fn hints(&self) -> &'static [Action] {
        &[Action::Left, Action::Right, Action::Choose, Action::Back]
    }
}

impl OnMap {
    /// Goes on by so many columns that have events.
    fn go(&mut self, app: &mut App, by: isize) {
        for _ in 0..by.unsigned_abs().min(10_000) {
            match app.in_view.record.map.next_busy(self.column, by > 0) {
                Some(next) => self.column = next,
                None => break,
            }
        }
        if let (Some(seconds), Some(view)) = (
            app.in_view.record.map.start_of(self.column),
            app.view().map(Arc::clone),
        ) {
            app.in_view
                .record
                .timeline
                .go_to_time(&view.record, seconds);
        }
    }
}
