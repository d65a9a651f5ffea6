//! One word of a text, cut into pieces: numbers, units, abbreviations, letters.
//!
//! In: a text and where a word starts in it. Out: its pieces, folded, turned into tokens; where the rest starts. Never: a
//! word without end; after [`MOST_PIECES`] the next begins.

use super::scan::{is_possessive, joined, run_end};
use super::sign::{FOLDED, is_dropped, stands_alone};
use super::{Analyzer, LONGEST, Piece};

/// Joined pieces beyond so many begin a new word.
const MOST_PIECES: usize = 12;

impl Analyzer {
    /// Takes the word that starts at `at`; returns where the rest starts.
    pub(super) fn word(&mut self, text: &str, mut at: usize, first: char) -> usize {
        self.pieces.clear();
        self.possessive = None;
        let mut joiner = '\0';
        let mut first = first;
        loop {
            at = self.piece(text, at, first, joiner);
            let Some((mark, next, c)) = joined(text, at) else {
                break;
            };
            if mark == '\'' && is_possessive(text, next) {
                at = next + 1;
                self.possessive = Some(at as u32);
                break;
            }
            if self.pieces.len() >= MOST_PIECES {
                break;
            }
            (joiner, at, first) = (mark, next, c);
        }
        // `2013-10-10T19:08`: the T is no letter of a word.
        let day = self
            .pieces
            .last()
            .is_some_and(|p| p.digits && p.joiner == '-');
        if day && let [b'T' | b't', b'0'..=b'9', ..] = &text.as_bytes()[at..] {
            at += 1;
        }
        self.emit();
        at
    }

    /// Takes one piece, or a number and the unit glued to it; returns where it ends.
    fn piece(&mut self, text: &str, start: usize, first: char, joiner: char) -> usize {
        let bytes = text.as_bytes();
        let from = self.arena.len();
        let mut at = start;
        if first.is_ascii_digit() {
            at = self.number(bytes, at);
            let end = run_end(text, at);
            let rest = &bytes[at..end];
            let iso = joiner == '-' && matches!(rest, [b'T' | b't', b'0'..=b'9', ..]);
            if rest.is_empty() || iso {
                self.push_piece(from, start, at, true, joiner);
                return at;
            }
            if !rest.iter().any(u8::is_ascii_digit) {
                self.push_piece(from, start, at, true, joiner);
                let unit = self.arena.len();
                let end = self.letters(text, at);
                self.push_piece(unit, at, end, false, '\0');
                return end;
            }
        } else if let Some(end) = self.dotted(bytes, start) {
            self.push_piece(from, start, end, false, joiner);
            return end;
        } else if stands_alone(first) {
            self.fold(first, from);
            let end = start + first.len_utf8();
            self.push_piece(from, start, end, false, joiner);
            return end;
        }
        let end = self.letters(text, at);
        let digits = self.arena.as_bytes()[from..].iter().any(u8::is_ascii_digit);
        self.push_piece(from, start, end, digits, joiner);
        end
    }

    /// Takes digits with the points and thousands' commas between them.
    fn number(&mut self, b: &[u8], mut at: usize) -> usize {
        let start = at;
        let digit = |i: usize| b.get(i).is_some_and(u8::is_ascii_digit);
        let mut grouped = false;
        while at < b.len() {
            match b[at] {
                c @ b'0'..=b'9' => self.arena.push(char::from(c)),
                b'.' if digit(at + 1) => self.arena.push('.'),
                b',' if (at - start <= 3 || grouped)
                    && (1..=3).all(|i| digit(at + i))
                    && !digit(at + 4) =>
                {
                    grouped = true;
                }
                _ => break,
            }
            at += 1;
        }
        at
    }

    /// Takes letters, digits and marks up to the end of the run; a point between digits belongs to it.
    fn letters(&mut self, text: &str, start: usize) -> usize {
        let from = self.arena.len();
        let end = run_end(text, start);
        for c in text[start..end].chars() {
            if c.is_ascii_alphanumeric() || c == '.' {
                if self.arena.len() - from < LONGEST {
                    self.arena.push(c.to_ascii_lowercase());
                }
            } else {
                self.fold(c, from);
            }
        }
        end
    }

    /// Takes `q.d.`, `U.S.A`: single ASCII letters with points between them.
    fn dotted(&mut self, b: &[u8], start: usize) -> Option<usize> {
        let letter = |i: usize| b.get(i).is_some_and(u8::is_ascii_alphabetic);
        let single = |i: usize| {
            letter(i)
                && !b
                    .get(i + 1)
                    .is_some_and(|c| c.is_ascii_alphanumeric() || *c >= 0x80)
        };
        if !(single(start) && b.get(start + 1) == Some(&b'.') && single(start + 2)) {
            return None;
        }
        let mut end = start + 1;
        self.arena.push(char::from(b[start].to_ascii_lowercase()));
        while b.get(end) == Some(&b'.') && single(end + 1) {
            self.arena.push(char::from(b[end + 1].to_ascii_lowercase()));
            end += 2;
        }
        Some(end)
    }

    /// Adds the folded form of a character that is not ASCII.
    pub(super) fn fold(&mut self, c: char, from: usize) {
        if self.arena.len() - from >= LONGEST || is_dropped(c) {
            return;
        }
        if let Some(folded) = FOLDED.get(&c) {
            self.arena.push_str(folded);
        } else {
            self.arena
                .extend(c.to_lowercase().filter(|c| !is_dropped(*c)));
        }
    }

    fn push_piece(&mut self, from: usize, start: usize, end: usize, digits: bool, joiner: char) {
        let len = (self.arena.len() - from).min(LONGEST + 8);
        if len == 0 {
            return;
        }
        let len = (0..=len)
            .rev()
            .find(|&n| self.arena.is_char_boundary(from + n))
            .unwrap_or(0);
        self.pieces.push(Piece {
            from: from as u32,
            len: len as u32,
            start: start as u32,
            end: end as u32,
            digits,
            joiner,
        });
    }
}
