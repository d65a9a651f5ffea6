//! A list that is narrowed by typing: the line that is typed, and which rows it leaves.
//!
//! In: keys, the words of rows. Out: whether a row stays. A row stays where every word that was typed stands in it. Never: another order.

use nucleo_matcher::pattern::{AtomKind, CaseMatching, Normalization, Pattern};
use nucleo_matcher::{Config, Matcher, Utf32Str};
use ratatui::layout::{Position, Rect};

use crate::tui::editor::Editor;
use crate::tui::paint::Paint;
use crate::tui::theme::Theme;
use crate::tui::widgets::list::List;

/// The line that narrows a list.
pub(crate) struct Narrow {
    editor: Editor,
    typing: bool,
}

impl Narrow {
    /// A line that is empty and not typed yet.
    pub(crate) fn new() -> Self {
        Narrow {
            editor: Editor::new("", true),
            typing: false,
        }
    }

    /// Keys go into it from now on.
    pub(crate) fn begin(&mut self) {
        self.typing = true;
    }

    /// Keys are the list's again; the text stays.
    pub(crate) fn end(&mut self) {
        self.typing = false;
    }

    /// Whether keys go into it.
    pub(crate) fn is_typing(&self) -> bool {
        self.typing
    }

    /// Whether it takes a row of the screen.
    pub(crate) fn is_shown(&self) -> bool {
        self.typing || !self.editor.is_empty()
    }

    /// Empties it.
    pub(crate) fn clear(&mut self) {
        *self = Narrow::new();
    }

    /// Its editor, while keys go into it.
    pub(crate) fn editor(&mut self) -> Option<&mut Editor> {
        self.typing.then_some(&mut self.editor)
    }

    /// Of rows, by their words, those that stay.
    pub(crate) fn keep<S: AsRef<str>>(&self, rows: impl Iterator<Item = S>) -> Vec<usize> {
        let pattern = Pattern::new(
            &self.editor.text(),
            CaseMatching::Ignore,
            Normalization::Smart,
            AtomKind::Substring,
        );
        let mut matcher = Matcher::new(Config::DEFAULT);
        let mut buf = Vec::new();
        rows.enumerate()
            .filter(|(_, words)| {
                let words = Utf32Str::new(words.as_ref(), &mut buf);
                pattern.score(words, &mut matcher).is_some()
            })
            .map(|(i, _)| i)
            .collect()
    }

    /// Draws it on a row; gives back where the caret is while it is typed.
    pub(crate) fn draw(&self, theme: Theme, paint: &mut Paint<'_>, y: u16) -> Option<Position> {
        let x = paint.put(1, y, "only with: ", theme.accent());
        let area = paint.area();
        let line = Rect {
            x: area.x + x,
            y: area.y + y,
            width: area.width.saturating_sub(x + 1),
            height: 1,
        };
        if !self.typing {
            paint.put(x, y, &self.editor.text(), theme.bold());
            return None;
        }
        let mut caret = None;
        paint.with(line, |area, buf| caret = self.editor.draw(area, buf));
        caret
    }
}

/// A list that is narrowed by typing: its line, which of its rows are shown, and the selected one.
pub(crate) struct Narrowed {
    pub(crate) narrow: Narrow,
    pub(crate) list: List,
    /// The rows that are shown, as places among all.
    shown: Vec<usize>,
}

impl Narrowed {
    /// So many rows, all of them shown, the first selected.
    pub(crate) fn new(len: usize, height: usize) -> Self {
        Narrowed {
            narrow: Narrow::new(),
            list: List::new(len, 0, height),
            shown: (0..len).collect(),
        }
    }

    /// Takes all rows anew, by their words; the selection stays on its row, or else on its place.
    pub(crate) fn fill<S: AsRef<str>>(&mut self, rows: impl Iterator<Item = S>) {
        let row = self.row();
        self.shown = self.narrow.keep(rows);
        let same = row.and_then(|row| self.shown.iter().position(|shown| *shown == row));
        let last = self.shown.len().saturating_sub(1);
        let cursor = same.unwrap_or(self.list.cursor.min(last));
        self.list = List::new(self.shown.len(), cursor, self.list.height);
    }

    /// The selected row, as its place among all.
    pub(crate) fn row(&self) -> Option<usize> {
        self.at(self.list.cursor)
    }

    /// The row at a place of the list, as its place among all.
    pub(crate) fn at(&self, place: usize) -> Option<usize> {
        self.shown.get(place).copied()
    }

    /// The place of the row on a row of what is drawn, where the heading's is 0.
    pub(crate) fn row_at(&self, y: u16) -> Option<usize> {
        self.list.row_at(y, 1 + self.above() as u16, 1)
    }

    /// Rows of the screen that its line takes.
    pub(crate) fn above(&self) -> usize {
        usize::from(self.narrow.is_shown())
    }

    /// Draws its line below the heading, where it has one; gives back where the caret is, and the first row of the list.
    pub(crate) fn draw(&self, theme: Theme, paint: &mut Paint<'_>) -> (Option<Position>, u16) {
        if !self.narrow.is_shown() {
            return (None, 1);
        }
        let caret = self.narrow.draw(theme, paint, 1);
        if self.shown.is_empty() {
            paint.put(2, 3, "Nothing has these words.", theme.dim());
        }
        (caret, 2)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_word_typed_stands_in_a_row_that_stays() {
        let rows = [
            "warfarin 5 MG Oral Tablet",
            "metoWARprolol",
            "Apixaban 5 MG",
        ];
        let kept = |typed: &str| {
            let mut narrow = Narrow::new();
            narrow.editor = Editor::new(typed, true);
            narrow.keep(rows.iter())
        };
        assert_eq!(kept(""), [0, 1, 2]);
        assert_eq!(kept("WAR"), [0, 1]);
        assert_eq!(kept("5 oral"), [0]);
        assert_eq!(kept("wrfn"), [0; 0], "letters apart are no word");
    }

    #[test]
    fn the_selection_stays_on_its_row() {
        let rows = ["aspirin", "warfarin", "apixaban"];
        let mut of = Narrowed::new(rows.len(), 5);
        of.list.go(2);
        of.narrow.editor = Editor::new("a i", true);
        of.fill(rows.iter());
        assert_eq!((of.row(), of.list.len), (Some(2), 3));
        of.narrow.editor = Editor::new("x", true);
        of.fill(rows.iter());
        assert_eq!((of.row(), of.list.cursor, of.at(1)), (Some(2), 0, None));
        of.narrow.clear();
        of.fill(rows.iter());
        assert_eq!((of.row(), of.list.len), (Some(2), 3));
    }
}
