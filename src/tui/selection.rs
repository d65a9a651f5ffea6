//! A passage of a note that is being selected, by letters, lines or sentences.
//!
//! In: a note's text, its rows on the screen, and motions. Out: the bytes that are selected, always on the boundaries of what the
//! reader sees as characters. It never scrolls anything and never changes a text.

use std::ops::Range;

use unicode_segmentation::UnicodeSegmentation;

use crate::record::EventId;
use crate::text::{self, Layout, ScreenRow};

/// What is selected at least.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Unit {
    /// Characters.
    Letters,
    /// Lines of the note, however they are wrapped on the screen.
    Lines,
    Sentences,
}

/// A motion of the end that moves.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Motion {
    /// One character.
    Letter {
        /// To the right, or to the left.
        forward: bool,
    },
    /// To the end of a word, or back to the start of one.
    Word {
        /// To the right, or to the left.
        forward: bool,
    },
    /// To the end of a sentence, or back to the start of one.
    Sentence {
        /// To the right, or to the left.
        forward: bool,
    },
    /// Rows of the screen, downwards when positive.
    Rows(isize),
    /// To the first character.
    Start,
    /// To the last character.
    End,
}

/// A selection in the text of one event.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Selection {
    pub event: EventId,
    /// What is selected at least.
    pub unit: Unit,
    /// The character that the selection began at.
    anchor: usize,
    /// The character that moves.
    caret: usize,
    /// What is selected, so that drawing need not ask the text.
    selected: Range<usize>,
}

impl Selection {
    /// A selection from one character to another; both are bytes of the text.
    pub(crate) fn new(event: EventId, text: &str, from: usize, to: usize) -> Self {
        let mut selection = Selection {
            event,
            unit: Unit::Letters,
            anchor: on_character(text, from),
            caret: on_character(text, to),
            selected: 0..0,
        };
        selection.selected = selection.range(text);
        selection
    }

    /// What is selected, as bytes of the text; blanks at its ends are left out.
    pub(crate) fn selected(&self) -> Range<usize> {
        self.selected.clone()
    }

    /// The character that moves, as a byte of the text.
    pub(crate) fn caret(&self) -> usize {
        self.caret
    }

    /// Begins anew at the end that moves.
    pub(crate) fn begin_here(&mut self, text: &str) {
        self.anchor = self.caret;
        self.unit = Unit::Letters;
        self.selected = self.range(text);
    }

    /// Selects by a unit, or by letters again.
    pub(crate) fn toggle(&mut self, text: &str, unit: Unit) {
        self.unit = if self.unit == unit {
            Unit::Letters
        } else {
            unit
        };
        self.selected = self.range(text);
    }

    /// Lets the other end move.
    pub(crate) fn swap(&mut self) {
        std::mem::swap(&mut self.anchor, &mut self.caret);
    }

    fn range(&self, text: &str) -> Range<usize> {
        let (first, last) = (self.anchor.min(self.caret), self.anchor.max(self.caret));
        let whole = match self.unit {
            Unit::Letters => first..character_at(text, last).end,
            Unit::Lines => line_at(text, first).start..line_at(text, last).end,
            Unit::Sentences => sentence_at(text, first).start..sentence_at(text, last).end,
        };
        without_blanks(text, whole)
    }

    /// Moves the end that moves. `rows` are the rows of the text on the screen.
    pub(crate) fn go(&mut self, text: &str, rows: &[ScreenRow], motion: Motion) {
        let at = self.caret;
        self.caret = match motion {
            Motion::Letter { forward: true } => character_at(text, at).end,
            Motion::Letter { forward: false } => before(text, at),
            Motion::Word { forward: true } => {
                let after = character_at(text, at).end;
                let end = text
                    .unicode_word_indices()
                    .map(|(start, word)| start + word.len())
                    .find(|end| *end > after);
                end.map_or(text.len(), |end| before(text, end))
            }
            Motion::Word { forward: false } => text
                .unicode_word_indices()
                .map(|(start, _)| start)
                .take_while(|start| *start < at)
                .last()
                .unwrap_or(0),
            Motion::Sentence { forward: true } => {
                let next = without_blanks(text, sentence_at(text, at)).end;
                let here = before(text, next);
                if here > at {
                    here
                } else {
                    let from = text[next..]
                        .find(|c: char| !c.is_whitespace())
                        .map_or(text.len(), |i| next + i);
                    before(text, without_blanks(text, sentence_at(text, from)).end)
                }
            }
            Motion::Sentence { forward: false } => {
                let start = without_blanks(text, sentence_at(text, at)).start;
                if start < at {
                    start
                } else {
                    let end = text[..start].trim_end().len();
                    without_blanks(text, sentence_at(text, before(text, end))).start
                }
            }
            Motion::Rows(by) => {
                let row = text::row_at(rows, at);
                let to = row
                    .saturating_add_signed(by)
                    .min(rows.len().saturating_sub(1));
                match (rows.get(row), rows.get(to)) {
                    (Some(from), Some(to)) => {
                        let column = at.saturating_sub(from.start as usize);
                        let last = before(text, to.end as usize).max(to.start as usize);
                        (to.start as usize + column).min(last)
                    }
                    _ => at,
                }
            }
            Motion::Start => 0,
            Motion::End => text.len(),
        };
        self.caret = on_character(text, self.caret);
        self.selected = self.range(text);
    }
}

/// The sentence that holds a byte of a text, within its line; blanks behind it belong to it.
pub(crate) fn sentence_at(text: &str, at: usize) -> Range<usize> {
    let line = line_at(text, at);
    let mut sentence = line.clone();
    for (start, part) in text[line.clone()].split_sentence_bound_indices() {
        let start = line.start + start;
        if start > at {
            break;
        }
        sentence = start..start + part.len();
    }
    sentence
}

/// The line that holds a byte of a text; where the extract flattened it, double blanks end a line.
fn line_at(text: &str, at: usize) -> Range<usize> {
    let rows = text::wrap(text, usize::MAX / 2, Layout::Flattened);
    let row = rows.get(text::row_at(&rows, at));
    row.map_or(0..text.len(), |r| r.start as usize..r.end as usize)
}

/// The character that holds a byte of a text; empty at its end.
fn character_at(text: &str, at: usize) -> Range<usize> {
    let start = on_character(text, at);
    // The text up to here is whole characters, so segmentation may begin here.
    let len = text[start..].graphemes(true).next().map_or(0, str::len);
    start..start + len
}

/// The start of the character before a byte.
fn before(text: &str, at: usize) -> usize {
    let at = floor(text, at);
    // A character that begins a line is one by itself, so looking back to the line's start is enough.
    let from = text[..at]
        .trim_end_matches('\n')
        .rfind('\n')
        .map_or(0, |i| i + 1);
    text[from..at]
        .grapheme_indices(true)
        .next_back()
        .map_or(from.min(at), |(i, _)| from + i)
}

/// The start of the character that holds a byte; the last one's at the end of the text.
fn on_character(text: &str, at: usize) -> usize {
    if at >= text.len() {
        return before(text, text.len());
    }
    let at = floor(text, at);
    let from = text[..at].rfind('\n').map_or(0, |i| i + 1);
    text[from..]
        .grapheme_indices(true)
        .map(|(i, g)| (from + i, g.len()))
        .find(|(i, len)| i + len > at)
        .map_or(at, |(i, _)| i)
}

fn floor(text: &str, at: usize) -> usize {
    let mut at = at.min(text.len());
    while !text.is_char_boundary(at) {
        at -= 1;
    }
    at
}

/// A range without blanks at its ends, unless it is nothing but blanks.
pub(crate) fn without_blanks(text: &str, range: Range<usize>) -> Range<usize> {
    let part = &text[range.clone()];
    let start = range.start + (part.len() - part.trim_start().len());
    let end = range.start + part.trim_end().len();
    if start < end { start..end } else { range }
}

#[cfg(test)]
mod tests {
    use super::*;

    const NOTE: &str = "Seen today. On apixaban 5 mg since\nApril, e\u{301}gal. No bleeding 🩺 reported.\n\nPlan: rest.";

    fn selected(motions: &[Motion], unit: Unit, from: &str) -> String {
        let rows = text::wrap(NOTE, 20, Layout::Flattened);
        let at = NOTE.find(from).expect("a start");
        let mut selection = Selection::new(EventId(0), NOTE, at, at);
        selection.unit = unit;
        for motion in motions {
            selection.go(NOTE, &rows, *motion);
        }
        NOTE[selection.range(NOTE)].to_owned()
    }

    const WORD: Motion = Motion::Word { forward: true };
    const LETTER: Motion = Motion::Letter { forward: true };

    #[test]
    fn by_letters_and_words() {
        assert_eq!(selected(&[], Unit::Letters, "apix"), "a");
        assert_eq!(selected(&[WORD], Unit::Letters, "apix"), "apixaban");
        assert_eq!(selected(&[WORD; 3], Unit::Letters, "apix"), "apixaban 5 mg");
        assert_eq!(
            selected(&[LETTER; 2], Unit::Letters, "e\u{301}g"),
            "e\u{301}ga"
        );
        let back = Motion::Word { forward: false };
        assert_eq!(
            selected(&[back, back], Unit::Letters, "mg since"),
            "apixaban 5 m"
        );
        assert_eq!(
            selected(&[LETTER; 500], Unit::Letters, "Plan"),
            "Plan: rest."
        );
        assert_eq!(selected(&[Motion::Start], Unit::Letters, "en today"), "See");
    }

    #[test]
    fn by_sentences_and_lines() {
        assert_eq!(
            selected(&[], Unit::Sentences, "bleeding"),
            "No bleeding 🩺 reported."
        );
        assert_eq!(
            selected(&[], Unit::Lines, "bleeding"),
            "April, e\u{301}gal. No bleeding 🩺 reported."
        );
        let next = Motion::Sentence { forward: true };
        assert_eq!(selected(&[next], Unit::Letters, "Seen"), "Seen today.");
        assert_eq!(
            selected(&[next, next], Unit::Letters, "Seen"),
            "Seen today. On apixaban 5 mg since"
        );
        let back = Motion::Sentence { forward: false };
        assert_eq!(selected(&[back], Unit::Letters, "🩺"), "No bleeding 🩺");
        assert_eq!(
            selected(&[Motion::End], Unit::Lines, "No"),
            NOTE[NOTE.find("April").expect("a line")..].to_owned()
        );
    }

    #[test]
    fn any_motions_stay_on_characters() {
        for text in [
            "",
            " ",
            "\n",
            "\r\n\r\n",
            "e\u{301}",
            NOTE,
            "a  b  c",
            "🩺🩺\n",
        ] {
            let rows = text::wrap(text, 3, Layout::Flattened);
            for from in 0..=text.len() {
                let mut selection = Selection::new(EventId(0), text, from, from);
                for n in 0..24 {
                    let forward = n % 3 != 0;
                    let motion = match n % 6 {
                        0 => Motion::Letter { forward },
                        1 => Motion::Word { forward },
                        2 => Motion::Sentence { forward },
                        3 => Motion::Rows(if forward { 2 } else { -1 }),
                        4 => Motion::End,
                        _ => Motion::Start,
                    };
                    selection.go(text, &rows, motion);
                    for unit in [Unit::Letters, Unit::Lines, Unit::Sentences] {
                        selection.unit = unit;
                        assert!(
                            text.get(selection.range(text)).is_some(),
                            "{text:?} {selection:?}"
                        );
                    }
                    selection.swap();
                }
            }
        }
    }

    #[test]
    fn the_ends_can_be_swapped_and_begun_anew() {
        let mut selection = Selection::new(EventId(0), NOTE, 5, 9);
        selection.swap();
        selection.go(NOTE, &[], Motion::Start);
        assert_eq!(&NOTE[selection.range(NOTE)], "Seen today");
        selection.begin_here(NOTE);
        assert_eq!(&NOTE[selection.selected()], "S");
    }
}
