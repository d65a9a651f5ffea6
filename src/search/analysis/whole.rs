//! The tokens of a word: its pieces, and the wholes that joined pieces give.
//!
//! In: the pieces of the word in hand. Out: tokens, a whole before its pieces, a possessive behind its word. Never: a whole without digits, but for a
//! name with an apostrophe.

use super::{Analyzer, LONGEST, Piece, Raw};

impl Analyzer {
    /// Turns the pieces of a word into tokens.
    pub(super) fn emit(&mut self) {
        let mut in_whole = 0;
        for i in 0..self.pieces.len() {
            let piece = self.pieces[i];
            if i >= in_whole {
                let end = self.whole_end(i);
                if end > i + 1 {
                    self.push_whole(i, end);
                    in_whole = end;
                }
            }
            self.tokens.push(Raw {
                from: piece.from,
                len: piece.len,
                start: piece.start,
                end: piece.end,
                position: self.position,
                covers: 1,
            });
            self.position += 1;
        }
        if let (Some(end), Some(&last)) = (self.possessive, self.pieces.last())
            && !last.digits
        {
            self.push_possessive(last, end);
        }
    }

    /// `hodgkins` for `Hodgkin's`, at the place of the word.
    fn push_possessive(&mut self, word: Piece, end: u32) {
        let from = self.arena.len();
        let text = word.from as usize..(word.from + word.len) as usize;
        self.arena.extend_from_within(text);
        self.arena.push('s');
        self.tokens.push(Raw {
            from: from as u32,
            len: word.len + 1,
            start: word.start,
            end,
            position: self.position - 1,
            covers: 1,
        });
    }

    /// One past the last piece of the whole that begins with piece `i`; `i + 1` when there is none.
    fn whole_end(&self, i: usize) -> usize {
        let pieces = &self.pieces[i..];
        let numbers = pieces[1..]
            .iter()
            .take_while(|p| p.digits && !matches!(p.joiner, '\0' | '\''))
            .count();
        if pieces[0].digits {
            return i + 1 + numbers;
        }
        let name = pieces.get(1).is_some_and(|p| p.joiner == '\'' && !p.digits);
        i + 1 + usize::from(name)
    }

    fn push_whole(&mut self, first: usize, end: usize) {
        let from = self.arena.len();
        for i in first..end {
            let piece = self.pieces[i];
            if i > first && piece.joiner != '\'' {
                self.arena.push(piece.joiner);
            }
            if self.arena.len() - from + piece.len as usize > LONGEST {
                break;
            }
            self.arena
                .extend_from_within(piece.from as usize..(piece.from + piece.len) as usize);
        }
        self.tokens.push(Raw {
            from: from as u32,
            len: (self.arena.len() - from) as u32,
            start: self.pieces[first].start,
            end: self.pieces[end - 1].end,
            position: self.position,
            covers: (end - first) as u32,
        });
    }
}
