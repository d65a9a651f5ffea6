//! The answers pane: the models' answers side by side, under letters, in blind order.
//!
//! In: the case's answers in blind order and the actions of the keyboard. Out: which answer has the focus, which columns
//! are visible, and each answer's rows, wrapped once a width. It never knows a model's name.

use std::ops::Range;

use unicode_segmentation::UnicodeSegmentation;

use crate::tui::markdown::{self, Row, place_of};
use crate::tui::panes::timeline_words::MARGIN;

/// The least width of an answer's column.
pub(crate) const MIN_COLUMN: u16 = 36;

#[derive(Clone, Debug, Default)]
struct AnswerColumn {
    rows: Vec<Row>,
    /// The width that they are made for, and whether as they are written.
    made: (u16, bool),
    top: usize,
    /// The word that the cursor is on, once it was moved, and the word a selection began at.
    word: Option<usize>,
    anchor: Option<usize>,
    /// What was said of it, in rows under it.
    notes: Vec<String>,
}

impl AnswerColumn {
    /// The first byte that is in view.
    fn first_byte(&self) -> usize {
        self.rows.get(self.top).map_or(0, |row| row.bytes().start)
    }
}

/// The state of the pane.
#[derive(Debug, Default)]
pub(crate) struct Answers {
    columns: Vec<AnswerColumn>,
    focus: usize,
    first: usize,
    width: u16,
    height: u16,
    as_written: bool,
    plain: bool,
}

impl Answers {
    /// The pane of a case with `count` answers.
    pub(crate) fn of(count: usize, width: u16, height: u16) -> Self {
        Answers {
            columns: vec![AnswerColumn::default(); count],
            focus: 0,
            first: 0,
            width,
            height,
            as_written: false,
            plain: false,
        }
    }

    /// Shows the answers as they are written, or laid out, once they are wrapped again; in plain mode one at a time, and what is marked in
    /// a row stands in words at its right.
    pub(crate) fn show_as(&mut self, as_written: bool, plain: bool) {
        (self.as_written, self.plain) = (as_written, plain);
    }

    /// Fits the pane to a size; `height` is that of the answers' text.
    pub(crate) fn resize(&mut self, width: u16, height: u16) {
        self.width = width;
        self.height = height;
        self.follow();
    }

    /// Lays out the visible answers that are not laid out yet at this width.
    pub(crate) fn wrap(&mut self, texts: &[&str]) {
        let margin = if self.plain { MARGIN } else { 2 };
        let width = self.column_width().saturating_sub(margin).max(1);
        let made = (width, self.as_written);
        for i in self.visible() {
            let (Some(column), Some(text)) = (self.columns.get_mut(i), texts.get(i)) else {
                continue;
            };
            if column.made != made {
                let at = column.first_byte();
                let set = if self.as_written {
                    markdown::as_written
                } else {
                    markdown::laid_out
                };
                column.rows = set(text, usize::from(width));
                column.made = made;
                column.top = place_of(&column.rows, at).0;
            }
            let last = column
                .rows
                .len()
                .saturating_sub(usize::from(self.height.max(1)));
            column.top = column.top.min(last);
        }
    }

    /// Takes what stands under answers.
    pub(crate) fn take_notes(&mut self, notes: Vec<(usize, Vec<String>)>) {
        for (answer, rows) in notes {
            if let Some(column) = self.columns.get_mut(answer) {
                column.notes = rows;
            }
        }
    }

    /// What stands under an answer.
    pub(crate) fn notes(&self, answer: usize) -> &[String] {
        self.columns.get(answer).map_or(&[], |c| &c.notes)
    }

    /// How many rows the answers' text has.
    pub(crate) fn height(&self) -> u16 {
        self.height
    }

    /// How many answers there are.
    pub(crate) fn len(&self) -> usize {
        self.columns.len()
    }

    /// Whether there are none.
    pub(crate) fn is_empty(&self) -> bool {
        self.columns.is_empty()
    }

    /// The answer in focus, in blind order.
    pub(crate) fn focus(&self) -> usize {
        self.focus
    }

    /// How many columns are side by side.
    pub(crate) fn side_by_side(&self) -> usize {
        if self.plain {
            return 1;
        }
        let fit = usize::from((self.width + 1) / (MIN_COLUMN + 1));
        fit.clamp(1, self.columns.len().max(1))
    }

    /// The answers that are visible.
    pub(crate) fn visible(&self) -> Range<usize> {
        self.first..(self.first + self.side_by_side()).min(self.columns.len())
    }

    /// The width of a column, with its margin and without the rule.
    pub(crate) fn column_width(&self) -> u16 {
        let n = self.side_by_side() as u16;
        (self.width.saturating_sub(n - 1)) / n
    }

    /// The rows of an answer, from the first visible one on.
    pub(crate) fn rows(&self, answer: usize) -> (&[Row], usize) {
        self.columns
            .get(answer)
            .map_or((&[], 0), |c| (c.rows.as_slice(), c.top))
    }

    /// Moves the focus to an answer.
    pub(crate) fn focus_on(&mut self, answer: usize) {
        self.focus = answer.min(self.columns.len().saturating_sub(1));
        self.follow();
    }

    /// Moves the focus by answers; says whether it moved.
    pub(crate) fn go(&mut self, by: isize) -> bool {
        let before = self.focus;
        self.focus_on(self.focus.saturating_add_signed(by));
        self.focus != before
    }

    /// Scrolls the answer in focus by lines.
    pub(crate) fn scroll(&mut self, lines: isize) {
        let height = usize::from(self.height.max(1));
        if let Some(column) = self.columns.get_mut(self.focus) {
            let last = column.rows.len().saturating_sub(height);
            column.top = column.top.saturating_add_signed(lines).min(last);
        }
    }

    /// Scrolls the answer in focus by half pages.
    pub(crate) fn page(&mut self, half_pages: isize) {
        self.scroll(half_pages * (self.height as isize / 2).max(1));
    }

    /// Scrolls an answer so that a byte of its text is visible.
    pub(crate) fn show(&mut self, answer: usize, offset: usize) {
        self.focus_on(answer);
        let height = usize::from(self.height.max(1));
        if let Some(column) = self.columns.get_mut(answer) {
            let row = place_of(&column.rows, offset).0;
            if row < column.top || row >= column.top + height {
                column.top = row.saturating_sub(height / 3);
            }
        }
    }

    /// Where each answer is scrolled to, as a byte of its text, for coming back later.
    pub(crate) fn scrolls(&self) -> Vec<u32> {
        self.columns.iter().map(|c| c.first_byte() as u32).collect()
    }

    /// Scrolls the answers to where they were.
    pub(crate) fn restore(&mut self, focus: usize, scrolls: &[u32], texts: &[&str]) {
        self.focus_on(focus);
        self.wrap(texts);
        for (column, &at) in self.columns.iter_mut().zip(scrolls) {
            column.top = place_of(&column.rows, at as usize).0;
        }
        self.wrap(texts);
    }

    /// Moves the word cursor of the answer in focus, and shows where it is.
    pub(crate) fn step_word(&mut self, text: &str, forward: bool) {
        let count = text.unicode_word_indices().count();
        let answer = self.focus;
        let seen = self.sees_cursor(text) || self.is_selecting();
        let Some(column) = self.columns.get_mut(answer) else {
            return;
        };
        let first = column.first_byte();
        let next = match (column.word.filter(|_| seen), forward) {
            // The cursor begins at the first word in view.
            (None, _) => text
                .unicode_word_indices()
                .take_while(|(i, _)| *i < first)
                .count(),
            (Some(word), true) => word + 1,
            (Some(word), false) => word.saturating_sub(1),
        };
        column.word = count.checked_sub(1).map(|last| next.min(last));
        if let Some(range) = self.word(text) {
            self.show(answer, range.end.saturating_sub(1));
            self.show(answer, range.start);
        }
    }

    /// Moves the word cursor of the answer in focus to the next of some places or to the one before, and shows where it is; false
    /// where there is none.
    pub(crate) fn step_to(&mut self, text: &str, places: &[Range<usize>], forward: bool) -> bool {
        let cursor = self.word(text).filter(|_| self.sees_cursor(text));
        let top = self.in_view().start;
        let next = match (&cursor, forward) {
            (Some(at), true) => places.iter().find(|p| p.start > at.start),
            (None, true) => places.iter().find(|p| p.start >= top),
            (Some(at), false) => places.iter().rev().find(|p| p.start < at.start),
            (None, false) => places.iter().rev().find(|p| p.start < top),
        };
        let answer = self.focus;
        let (Some(place), Some(column)) = (next, self.columns.get_mut(answer)) else {
            return false;
        };
        column.word = text
            .unicode_word_indices()
            .position(|(i, word)| i + word.len() > place.start);
        self.show(answer, place.end.saturating_sub(1));
        self.show(answer, place.start);
        true
    }

    /// The bytes of the answer in focus that are in view.
    fn in_view(&self) -> Range<usize> {
        let (rows, top) = self.rows(self.focus);
        let rows = rows.iter().skip(top).take(usize::from(self.height));
        let bytes = rows.map(Row::bytes);
        let all = bytes.reduce(|all, row| all.start.min(row.start)..all.end.max(row.end));
        all.unwrap_or(0..0)
    }

    /// Whether the word cursor is in view: where it was long ago, it does not count.
    fn sees_cursor(&self, text: &str) -> bool {
        let seen = self.in_view();
        self.word(text)
            .is_some_and(|w| seen.start < w.end && w.start < seen.end)
    }

    /// Begins a selection at the word cursor, or ends it; says whether one is open now.
    pub(crate) fn toggle_selection(&mut self, text: &str) -> bool {
        if self
            .columns
            .get(self.focus)
            .is_some_and(|c| c.word.is_none())
        {
            self.step_word(text, true);
        }
        let Some(column) = self.columns.get_mut(self.focus) else {
            return false;
        };
        column.anchor = match column.anchor {
            Some(_) => None,
            None => column.word,
        };
        column.anchor.is_some()
    }

    /// The word under the cursor of the answer in focus, or the selected words, as bytes of its text.
    pub(crate) fn word(&self, text: &str) -> Option<Range<usize>> {
        let column = self.columns.get(self.focus)?;
        let word = column.word?;
        let other = column.anchor.unwrap_or(word);
        let start = word_at(text, word.min(other))?.start;
        let end = word_at(text, word.max(other))?.end;
        Some(start..end)
    }

    /// Whether words are being selected.
    pub(crate) fn is_selecting(&self) -> bool {
        self.columns
            .get(self.focus)
            .is_some_and(|c| c.anchor.is_some())
    }

    fn follow(&mut self) {
        let n = self.side_by_side();
        if self.focus < self.first {
            self.first = self.focus;
        } else if self.focus >= self.first + n {
            self.first = self.focus + 1 - n;
        }
        // No empty column at the right while answers are hidden at the left.
        self.first = self.first.min(self.columns.len().saturating_sub(n));
    }
}

/// The byte range of the `n`th word of a text; the last one when there are fewer.
fn word_at(text: &str, n: usize) -> Option<Range<usize>> {
    let mut last = None;
    for (i, (start, word)) in text.unicode_word_indices().enumerate() {
        last = Some(start..start + word.len());
        if i == n {
            break;
        }
    }
    last
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn columns_fit_and_page_sideways() {
        let mut pane = Answers::of(6, 73, 10);
        assert_eq!(
            (pane.side_by_side(), pane.visible(), pane.column_width()),
            (2, 0..2, 36)
        );
        pane.go(2);
        assert_eq!((pane.focus(), pane.visible()), (2, 1..3));
        pane.resize(150, 10);
        assert_eq!(pane.visible(), 1..5);
        pane.go(-9);
        assert_eq!((pane.focus(), pane.visible()), (0, 0..4));
        pane.resize(10, 10);
        assert_eq!(pane.side_by_side(), 1);
        assert!(Answers::of(0, 80, 10).visible().is_empty());
    }

    #[test]
    fn a_new_width_keeps_the_text_in_view() {
        let text = "one two three four five six seven eight nine ten";
        let mut pane = Answers::of(1, 12, 2);
        pane.wrap(&[text]);
        pane.scroll(3);
        let at = pane.scrolls()[0];
        pane.resize(20, 2);
        pane.wrap(&[text]);
        let (rows, top) = pane.rows(0);
        let seen = rows[top].bytes();
        assert!(seen.contains(&(at as usize)), "{at} {seen:?}");
    }
}
