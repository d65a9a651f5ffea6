//! Adjudication: what decided, asked before the case is submitted, with what is still open below.

use ratatui::layout::{Position, Rect};
use ratatui::style::Style;

use super::{Next, Overlay, not_here};
use crate::review;
use crate::text;
use crate::tui::action::{Action, Layer};
use crate::tui::app::{App, Tone};
use crate::tui::layout::Frame;
use crate::tui::paint::Paint;
use crate::tui::widgets::heading::heading;
use crate::tui::widgets::list::{List, motion, select};

/// The menu of reasons.
pub(crate) struct Reason {
    /// What is still open.
    lines: Vec<String>,
    /// Whether a reason is chosen: none is until one is gone to.
    chosen: bool,
    list: List,
}

/// Asks what decided; with the answer the case is submitted.
pub(crate) fn open(app: &mut App, lines: Vec<String>) {
    let all = review::Reason::ALL.len();
    app.open(Reason {
        lines,
        chosen: false,
        list: List::new(all, 0, all),
    });
}

impl Overlay for Reason {
    fn layers(&self) -> &'static [Layer] {
        &[Layer::List, Layer::Question, Layer::Global]
    }

    fn area(&self, frame: &Frame) -> Rect {
        frame.over(frame.timeline)
    }

    fn fit(&mut self, app: &mut App) {
        self.list.resize(app.screen.frame.rows());
    }

    fn act(mut self: Box<Self>, app: &mut App, action: Action) -> Next {
        match (motion(action, app.screen.frame.rows()), action) {
            // Going to a reason chooses it, so that the first step down goes to the first one.
            (Some(by), _) if !self.chosen => {
                self.chosen = true;
                self.list.go(if by < 0 { isize::MAX / 2 } else { 0 });
            }
            (Some(by), _) => self.list.go(by),
            (None, Action::Confirm) if self.chosen => {
                let reason = review::Reason::ALL.get(self.list.cursor).copied();
                app.submit_now(reason);
                return None;
            }
            (None, Action::Confirm | Action::Choose | Action::Toggle) => say_how(app),
            (None, _) => not_here(app, action),
        }
        Some(self)
    }

    fn draw(&self, app: &App, paint: &mut Paint<'_>) -> Option<Position> {
        let theme = app.desk.theme;
        let key = |action| app.desk.key_in(Layer::List, action);
        let right = format!(
            "{} {} choose, {} submits",
            key(Action::Down),
            key(Action::Up),
            app.desk.key_of(Action::Confirm)
        );
        let height = usize::from(paint.area().height.saturating_sub(1));
        let from = self.list.height.min(review::Reason::ALL.len()) + 2;
        let room = (height + 1).saturating_sub(from);
        let title = match (self.lines.len(), room) {
            (0, _) | (_, 1..) => "What decided?".to_owned(),
            (n, 0) => format!("What decided? {n} open"),
        };
        heading(theme, paint, &title, &right);
        let reasons = review::Reason::ALL.iter().enumerate();
        for (y, (i, reason)) in (1..).zip(reasons.skip(self.list.top).take(self.list.height)) {
            paint.put(3, y, reason.label(), Style::new());
            select(theme, paint, y, self.chosen && i == self.list.cursor);
        }
        // The reasons are never pushed off the screen by what is still open.
        let width = usize::from(paint.area().width.saturating_sub(4)).max(1);
        let rows = self.lines.iter().flat_map(|line| {
            let rows = text::wrap(line, width, text::Layout::Lines);
            rows.into_iter()
                .map(move |row| &line[row.start as usize..row.end as usize])
        });
        let rows: Vec<&str> = rows.collect();
        for (y, row) in (from..).zip(rows.iter().take(room)) {
            paint.put(2, y as u16, row, theme.warn());
        }
        let cut = rows.len().saturating_sub(room);
        if cut > 0 && room > 0 {
            let more = format!(" {cut} more lines on what is open");
            let right = paint.area().width.saturating_sub(1);
            paint.put_right(right, height as u16, &more, theme.warn());
        }
        None
    }

    fn hints(&self) -> &'static [Action] {
        &[Action::Down, Action::Up, Action::Confirm, Action::Back]
    }
}

/// Without a reason nothing is decided.
fn say_how(app: &mut App) {
    let key = |action| app.desk.key_in(Layer::List, action);
    let (down, up) = (key(Action::Down), key(Action::Up));
    let yes = app.desk.key_of(Action::Confirm);
    app.say(
        Tone::Calm,
        format!("{down} and {up} choose what decided, then {yes} submits"),
    );
}
