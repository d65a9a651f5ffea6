//! A list that is narrowed by typing: the line that is typed, and which rows it leaves.
//!
//! In: keys, the words of rows. Out: whether a row stays. A row stays where every word that was typed stands in it. Never: another order.

use nucleo_matcher::pattern::{AtomKind, CaseMatching, Normalization, Pattern};
use nucleo_matcher::{Config, Matcher, Utf32Str};
use ratatui::layout::{Position, Rect};

use crate::tui::editor::Editor;
use crate::tui::paint::Paint;
use crate::tui::theme::Theme;

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
}
