//! How text is cut into the words that can be searched for: one analysis for the index, for queries and for marks.
//!
//! In: any text. Out: tokens with their bytes in the text and their positions. It is made for charts, where codes, doses,
//! dates and numbers matter as much as words. Lower case and accents make no difference (`Sjögren` meets `sjogren`).
//!
//! A *piece* is a word or a number and takes one position. Pieces that are joined (`-`, `/`, `:`, `_`) and hold digits also
//! give a *whole*, which stands at the position of its first piece, so that `165/90` is found as such and `90` as well.
//!
//! | text | tokens (`a+b`: at one position) | so that |
//! | --- | --- | --- |
//! | `LOINC/8480-6` | `loinc` `8480-6+8480` `6` | the code is found with and without its vocabulary |
//! | `5mg` | `5` `mg` | `5mg` and `5 mg` meet |
//! | `5 mg` | `5` `mg` | |
//! | `0.5 mg/mL` | `0.5` `mg` `ml` | a decimal is one number; `5` does not find it |
//! | `1,250 mL` | `1250` `ml` | `1,250` and `1250` meet |
//! | `HbA1c 7.1%` | `hba1c` `7.1` | |
//! | `b.i.d. or q.d.` | `bid` `or` `qd` | abbreviations meet with and without dots |
//! | `I63.5` | `i63.5` | `i63*` finds its family |
//! | `2013-10-10 19:08` | `2013-10-10+2013` `10` `10` `19:08+19` `08` | a day, its year, a time of day |
//! | `2013-10-10T19:08` | `2013-10-10+2013` `10` `10` `19:08+19` `08` | the ISO form means the same |
//! | `BP 165/90mmHg` | `bp` `165/90+165` `90` `mmhg` | |
//! | `COVID-19` | `covid` `19` | `COVID 19` meets it |
//! | `follow-up` | `follow` `up` | `follow up` meets it |
//! | `O'Brien's` | `obrien+o` `brien+briens` | `OBrien` meets it |
//! | `Hodgkin's` | `hodgkin+hodgkins` | with, without and behind a possessive s |
//! | `l’hôpital` | `lhopital+l` `hopital` | |
//! | `Ménière, e\u{301}te\u{301}` | `meniere` `ete` | composed and combining accents meet |
//! | `50 µg, m²` | `50` `ug` `m2` | |
//! | `Größe ЁЛКА` | `grosse` `елка` | |
//! | `頭痛あり` | `頭` `痛` `あ` `り` | scripts without spaces: one sign, one position |
//! | `C++, 9 a.m., T2DM` | `c` `9` `am` `t2dm` | |
//!
//! `word` cuts a word into pieces, `whole` joins them again, `scan` says where words start and end, `sign` what a
//! character is and folds to; `index` gives it all to tantivy.

mod index;
mod scan;
mod sign;
mod whole;
mod word;

#[cfg(test)]
mod tests;

pub(super) use self::index::{ChartTokenizer, CodeTokenizer};
use self::scan::next_word;

/// A token's text is cut after so many bytes, so that a file without spaces cannot make terms without end.
const LONGEST: usize = 120;

/// Of a long text so many bytes of tokens are held at a time.
const STRETCH: usize = 1 << 16;

/// A word or number of a text.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Token<'a> {
    /// Folded: lower case, without accents.
    pub text: &'a str,
    /// First byte in the text.
    pub start: usize,
    /// One past the last byte.
    pub end: usize,
    /// The place among the pieces, from 0.
    pub position: u32,
    /// How many positions it covers: 1 for a piece or its possessive, more for a whole.
    pub covers: u32,
}

/// Cuts texts into tokens; keeps its buffers from one text to the next.
#[derive(Clone, Debug, Default)]
pub struct Analyzer {
    arena: String,
    tokens: Vec<Raw>,
    pieces: Vec<Piece>,
    /// Where the possessive s of the word in hand ends.
    possessive: Option<u32>,
    position: u32,
}

#[derive(Clone, Copy, Debug)]
struct Raw {
    from: u32,
    len: u32,
    start: u32,
    end: u32,
    position: u32,
    covers: u32,
}

/// A piece of the word in hand.
#[derive(Clone, Copy, Debug)]
struct Piece {
    from: u32,
    len: u32,
    start: u32,
    end: u32,
    digits: bool,
    /// What joins it to the piece before: `-`, `/`, `:`, `_`, `'`, or NUL for nothing.
    joiner: char,
}

impl Analyzer {
    /// The tokens of a text, by position; a whole stands before its pieces, a possessive behind its word.
    pub fn tokens<'a>(&'a mut self, text: &str) -> impl Iterator<Item = Token<'a>> + use<'a> {
        self.analyze(text);
        (0..self.tokens.len()).map(|i| self.token(i))
    }

    /// Calls `take` with each of these tokens; holds only some of them at a time, however long the text is.
    pub fn each(&mut self, text: &str, mut take: impl FnMut(Token<'_>)) {
        self.position = 0;
        let mut rest = Some(0);
        while let Some(at) = rest {
            rest = self.stretch(text, at, STRETCH);
            for i in 0..self.tokens.len() {
                take(self.token(i));
            }
        }
    }

    fn token(&self, i: usize) -> Token<'_> {
        let t = self.tokens[i];
        Token {
            text: &self.arena[t.from as usize..(t.from + t.len) as usize],
            start: t.start as usize,
            end: t.end as usize,
            position: t.position,
            covers: t.covers,
        }
    }

    fn analyze(&mut self, text: &str) {
        self.position = 0;
        self.stretch(text, 0, usize::MAX);
    }

    /// Cuts a text from byte `at` on, until the tokens have about so many bytes; returns where the rest starts, if there is one.
    fn stretch(&mut self, text: &str, mut at: usize, bytes: usize) -> Option<usize> {
        self.arena.clear();
        self.tokens.clear();
        while let Some((start, c)) = next_word(text, at) {
            at = match self.plain(text.as_bytes(), start) {
                Some(end) => end,
                None => self.word(text, start, c),
            };
            if self.arena.len() >= bytes {
                return Some(at);
            }
        }
        None
    }

    /// Takes an ASCII word or a whole number that nothing joins to another, as most are; the general way would give the same.
    fn plain(&mut self, bytes: &[u8], start: usize) -> Option<usize> {
        let rest = &bytes[start..];
        let len = rest
            .iter()
            .position(|b| !b.is_ascii_alphanumeric())
            .unwrap_or(rest.len());
        let word = &rest[..len];
        let digits = word.first()?.is_ascii_digit();
        let alone = match rest.get(len) {
            None => true,
            Some(b'.') => len > 1 && !word[len - 1].is_ascii_digit(),
            Some(b',') => !digits,
            Some(b) => b.is_ascii() && !matches!(b, b'-' | b'/' | b':' | b'_' | b'\''),
        };
        if !alone || len > LONGEST || (digits && !word.iter().all(u8::is_ascii_digit)) {
            return None;
        }
        let from = self.arena.len();
        self.arena.push_str(std::str::from_utf8(word).ok()?);
        self.arena[from..].make_ascii_lowercase();
        self.tokens.push(Raw {
            from: from as u32,
            len: len as u32,
            start: start as u32,
            end: (start + len) as u32,
            position: self.position,
            covers: 1,
        });
        self.position += 1;
        Some(start + len)
    }
}

/// The folded form of a whole string, as codes and names of filters are compared.
pub(crate) fn folded(text: &str) -> String {
    let mut analyzer = Analyzer::default();
    for c in text.trim().chars() {
        if c.is_ascii() {
            analyzer.arena.push(c.to_ascii_lowercase());
        } else {
            let from = analyzer.arena.len();
            analyzer.fold(c, from);
        }
    }
    analyzer.arena
}
