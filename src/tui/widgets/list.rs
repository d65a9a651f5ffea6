//! A list with a selected row, and text that scrolls without one.
//!
//! In: how many rows there are and are visible, moves. Out: which rows are visible and which one is selected.

use crate::tui::action::Action;
use crate::tui::paint::Paint;
use crate::tui::theme::Theme;

/// A list with a selected row.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(crate) struct List {
    /// The selected row.
    pub cursor: usize,
    /// The first visible row.
    pub top: usize,
    /// How many rows there are.
    pub len: usize,
    /// How many rows are visible.
    pub height: usize,
}

impl List {
    /// A list of `len` rows with one selected.
    pub(crate) fn new(len: usize, cursor: usize, height: usize) -> Self {
        let mut list = List {
            cursor,
            top: 0,
            len,
            height: height.max(1),
        };
        list.top = cursor.saturating_sub(list.height / 2);
        list.go(0);
        list
    }

    /// The row that stands on a row of the screen, where the first visible one stands on `first` and each takes `high`.
    pub(crate) fn row_at(&self, y: u16, first: u16, high: u16) -> Option<usize> {
        let below = usize::from(y.checked_sub(first)? / high.max(1));
        Some(self.top + below).filter(|row| below < self.height && *row < self.len)
    }

    /// Moves the selection by rows.
    pub(crate) fn go(&mut self, by: isize) {
        self.cursor = self
            .cursor
            .saturating_add_signed(by)
            .min(self.len.saturating_sub(1));
        if self.cursor < self.top {
            self.top = self.cursor.saturating_sub(self.height / 2);
        } else if self.cursor >= self.top + self.height {
            self.top = self.cursor + 1 - self.height + self.height / 2;
        }
        self.top = self
            .top
            .min(self.len.saturating_sub(self.height))
            .min(self.cursor);
    }

    /// Fits the list to a height.
    pub(crate) fn resize(&mut self, height: usize) {
        self.height = height.max(1);
        self.top = self.top.max((self.cursor + 1).saturating_sub(self.height));
        self.go(0);
    }
}

/// Text that scrolls without a selection.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(crate) struct Scroll {
    /// The first visible row.
    pub top: usize,
    /// How many rows there are.
    pub len: usize,
    /// How many rows are visible.
    pub height: usize,
}

impl Scroll {
    /// Scrolls by rows.
    pub(crate) fn go(&mut self, by: isize) {
        self.top = self
            .top
            .saturating_add_signed(by)
            .min(self.len.saturating_sub(self.height.max(1)));
    }

    /// Fits the text to so many rows, of which so many are visible.
    pub(crate) fn resize(&mut self, len: usize, height: usize) {
        self.len = len;
        self.height = height;
        self.go(0);
    }
}

/// By how many rows an action moves, where so many are visible; `None` where it is no move up or down.
pub(crate) fn motion(action: Action, height: usize) -> Option<isize> {
    let page = (height as isize / 2).max(1);
    match action {
        Action::Down => Some(1),
        Action::Up => Some(-1),
        Action::PageDown => Some(page),
        Action::PageUp => Some(-page),
        Action::Top => Some(isize::MIN / 2),
        Action::Bottom => Some(isize::MAX / 2),
        _ => None,
    }
}

/// Marks the selected row.
pub(crate) fn select(theme: Theme, paint: &mut Paint<'_>, y: u16, selected: bool) {
    if selected {
        paint.focus(0, y);
        paint.put(0, y, theme.cursor(), theme.text());
        paint.reverse(y);
    }
}
