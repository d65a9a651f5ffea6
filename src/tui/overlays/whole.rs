//! The whole text of a row of a list that has no room for it; closing it goes back to the list.

use ratatui::layout::Position;

use super::{LIST, Next, Overlay, not_here};
use crate::text::{self, Layout, ScreenRow};
use crate::tui::action::{Action, Layer};
use crate::tui::app::App;
use crate::tui::paint::Paint;
use crate::tui::widgets::heading::heading;
use crate::tui::widgets::list::{Scroll, motion};

/// A text that scrolls, over the list that it is from.
pub(crate) struct Whole {
    title: String,
    text: String,
    /// The text's rows at a width.
    rows: Vec<ScreenRow>,
    width: u16,
    scroll: Scroll,
    list: Box<dyn Overlay>,
}

impl Whole {
    /// A text over its list.
    pub(crate) fn over(list: Box<dyn Overlay>, title: &str, text: &str) -> Self {
        Whole {
            title: title.to_owned(),
            text: text.to_owned(),
            rows: Vec::new(),
            width: 0,
            scroll: Scroll::default(),
            list,
        }
    }
}

impl Overlay for Whole {
    fn layers(&self) -> &'static [Layer] {
        LIST
    }

    fn fit(&mut self, app: &mut App) {
        let wanted = app.screen.frame.middle.width.saturating_sub(2).max(1);
        if self.width != wanted {
            self.rows = text::wrap(&self.text, usize::from(wanted), Layout::Flattened);
            self.width = wanted;
        }
        self.scroll.resize(self.rows.len(), app.screen.frame.rows());
    }

    fn act(mut self: Box<Self>, app: &mut App, action: Action) -> Next {
        match motion(action, app.screen.frame.rows()) {
            Some(by) => self.scroll.go(by),
            None if action == Action::Choose => return Some(self.list),
            None => not_here(app, action),
        }
        Some(self)
    }

    fn close(self: Box<Self>, _app: &mut App) -> Next {
        Some(self.list)
    }

    fn draw(&self, app: &App, paint: &mut Paint<'_>) -> Option<Position> {
        let scroll = self.scroll;
        let end = (scroll.top + scroll.height).min(scroll.len);
        let place = format!("{end} of {} lines", scroll.len);
        heading(app.desk.theme, paint, &self.title, &place);
        let rows = self.rows.iter().skip(scroll.top).take(scroll.height);
        for (y, row) in (1..).zip(rows) {
            let row = &self.text[row.start as usize..row.end as usize];
            paint.put(1, y, row, app.desk.theme.text());
        }
        None
    }

    fn hints(&self) -> &'static [Action] {
        &[Action::Down, Action::PageDown, Action::Back]
    }
}
