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
//! | `O'Brien's` | `obrien+o` `brien` | `OBrien` meets it; a possessive s is dropped |
//! | `l’hôpital` | `lhopital+l` `hopital` | |
//! | `Ménière, e\u{301}te\u{301}` | `meniere` `ete` | composed and combining accents meet |
//! | `50 µg, m²` | `50` `ug` `m2` | |
//! | `Größe ЁЛКА` | `grosse` `елка` | |
//! | `頭痛あり` | `頭` `痛` `あ` `り` | scripts without spaces: one sign, one position |
//! | `C++, 9 a.m., T2DM` | `c` `9` `am` `t2dm` | |

use std::sync::LazyLock;

use rustc_hash::FxHashMap;
use tantivy::tokenizer::{
    AsciiFoldingFilter, RawTokenizer, TextAnalyzer, Token as IndexToken, TokenStream, Tokenizer,
};

/// A token's text is cut after so many bytes, so that a file without spaces cannot make terms without end.
const LONGEST: usize = 120;
/// Joined pieces beyond so many begin a new word.
const MOST_PIECES: usize = 12;

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
    /// How many positions it covers: 1 for a piece, more for a whole.
    pub covers: u32,
}

/// Cuts texts into tokens; keeps its buffers from one text to the next.
#[derive(Clone, Debug, Default)]
pub struct Analyzer {
    arena: String,
    tokens: Vec<Raw>,
    pieces: Vec<Piece>,
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
    /// The tokens of a text, by position; a whole stands before its pieces.
    pub fn tokens<'a>(&'a mut self, text: &str) -> impl Iterator<Item = Token<'a>> + use<'a> {
        self.analyze(text);
        self.tokens.iter().map(|t| Token {
            text: &self.arena[t.from as usize..(t.from + t.len) as usize],
            start: t.start as usize,
            end: t.end as usize,
            position: t.position,
            covers: t.covers,
        })
    }

    fn analyze(&mut self, text: &str) {
        self.arena.clear();
        self.tokens.clear();
        self.position = 0;
        let mut at = 0;
        while let Some((start, c)) = next_word(text, at) {
            at = match self.plain(text.as_bytes(), start) {
                Some(end) => end,
                None => self.word(text, start, c),
            };
        }
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

    /// Takes the word that starts at `at`; returns where the rest starts.
    fn word(&mut self, text: &str, mut at: usize, first: char) -> usize {
        self.pieces.clear();
        let mut joiner = '\0';
        let mut first = first;
        loop {
            at = self.piece(text, at, first, joiner);
            let Some((mark, next, c)) = joined(text, at) else {
                break;
            };
            if mark == '\'' && is_possessive(text, next) {
                at = next + 1;
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
    fn fold(&mut self, c: char, from: usize) {
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

    /// Turns the pieces of a word into tokens.
    fn emit(&mut self) {
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

/// The folded form of a whole string, as codes and names of filters are compared.
pub fn folded(text: &str) -> String {
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

/// The first word character at or behind `at`.
fn next_word(text: &str, at: usize) -> Option<(usize, char)> {
    let bytes = text.as_bytes();
    let mut i = at;
    while i < bytes.len() {
        let b = bytes[i];
        if b < 0x80 {
            if b.is_ascii_alphanumeric() {
                return Some((i, char::from(b)));
            }
            i += 1;
        } else {
            let c = text[i..].chars().next()?;
            if c.is_alphanumeric() {
                return Some((i, c));
            }
            i += c.len_utf8();
        }
    }
    None
}

/// Where the run of word characters from `at` ends.
fn run_end(text: &str, at: usize) -> usize {
    let bytes = text.as_bytes();
    let mut i = at;
    while i < bytes.len() {
        let b = bytes[i];
        if b < 0x80 {
            let point = b == b'.'
                && i > at
                && bytes[i - 1].is_ascii_digit()
                && bytes.get(i + 1).is_some_and(u8::is_ascii_digit);
            if !b.is_ascii_alphanumeric() && !point {
                break;
            }
            i += 1;
        } else {
            let Some(c) = text[i..].chars().next() else {
                break;
            };
            if stands_alone(c) || !(c.is_alphanumeric() || is_dropped(c) || is_kept_mark(c)) {
                break;
            }
            i += c.len_utf8();
        }
    }
    i
}

/// What joins a word that ends at `at` to the next: the joiner, where the next starts, its first character.
fn joined(text: &str, at: usize) -> Option<(char, usize, char)> {
    let mark = text[at..].chars().next()?;
    let joiner = match mark {
        '-' | '\u{2010}' | '\u{2011}' => '-',
        '/' | ':' | '_' => mark,
        '\'' | '\u{2019}' => '\'',
        _ => return None,
    };
    let next = at + mark.len_utf8();
    let c = text[next..]
        .chars()
        .next()
        .filter(|c| c.is_alphanumeric())?;
    Some((joiner, next, c))
}

/// Whether the `s` of a possessive stands at `at` and ends the word.
fn is_possessive(text: &str, at: usize) -> bool {
    let b = text.as_bytes();
    matches!(b.get(at), Some(b's' | b'S'))
        && run_end(text, at) == at + 1
        && joined(text, at + 1).is_none()
}

/// Characters that are taken away inside words: accents, points of Hebrew and Arabic, and what cannot be seen.
fn is_dropped(c: char) -> bool {
    matches!(c as u32,
        0xad | 0x300..=0x36f | 0x483..=0x489 | 0x591..=0x5bd | 0x5bf..=0x5c7 | 0x610..=0x61a | 0x640 | 0x64b..=0x65f | 0x670
        | 0x6d6..=0x6ed | 0x1ab0..=0x1aff | 0x1dc0..=0x1dff | 0x200b..=0x200f | 0x2060..=0x2064 | 0x20d0..=0x20ff
        | 0xfe00..=0xfe0f | 0xfe20..=0xfe2f | 0xfeff)
}

/// Marks that are no letters and still hold a word together: the viramas of Indic scripts.
fn is_kept_mark(c: char) -> bool {
    matches!(
        c as u32,
        0x93c
            | 0x94d
            | 0x9bc
            | 0x9cd
            | 0xa4d
            | 0xacd
            | 0xb4d
            | 0xbcd
            | 0xc4d
            | 0xccd
            | 0xd4d
            | 0xdca
    )
}

/// Signs of scripts that put no spaces between words.
fn stands_alone(c: char) -> bool {
    matches!(c as u32,
        0xe00..=0xeff | 0x1000..=0x109f | 0x1780..=0x17ff | 0x3040..=0x30ff | 0x31f0..=0x31ff | 0x3400..=0x4dbf
        | 0x4e00..=0x9fff | 0xf900..=0xfaff | 0x2_0000..=0x3_ffff)
}

/// Letters that are not ASCII, with the ASCII letters they fold to.
static FOLDED: LazyLock<FxHashMap<char, Box<str>>> = LazyLock::new(|| {
    let mut analyzer = TextAnalyzer::builder(RawTokenizer::default())
        .filter(AsciiFoldingFilter)
        .build();
    let mut map = FxHashMap::default();
    for c in ('\u{80}'..='\u{2fff}')
        .chain('\u{fb00}'..='\u{ffef}')
        .filter(|c| c.is_alphanumeric())
    {
        let own = c.to_string();
        let mut stream = analyzer.token_stream(&own);
        if stream.advance() && stream.token().text != own {
            map.insert(c, stream.token().text.to_lowercase().into_boxed_str());
        }
    }
    let more = [
        ('µ', "u"),
        ('μ', "u"),
        ('ё', "е"),
        ('Ё', "е"),
        ('й', "и"),
        ('Й', "и"),
        ('ς', "σ"),
    ];
    map.extend(more.map(|(c, text)| (c, text.into())));
    let greek = "άέήίόύώϊϋΐΰΆΈΉΊΌΎΏ"
        .chars()
        .zip("αεηιουωιυιυαεηιουω".chars());
    map.extend(greek.map(|(c, plain)| (c, plain.to_string().into_boxed_str())));
    map
});

/// The analysis as tantivy asks for it.
#[derive(Clone, Debug, Default)]
pub(super) struct ChartTokenizer {
    analyzer: Analyzer,
}

/// The tokens of one text, for tantivy.
pub(super) struct ChartStream<'a> {
    analyzer: &'a Analyzer,
    next: usize,
    token: IndexToken,
}

impl Tokenizer for ChartTokenizer {
    type TokenStream<'a> = ChartStream<'a>;

    fn token_stream<'a>(&'a mut self, text: &'a str) -> ChartStream<'a> {
        self.analyzer.analyze(text);
        ChartStream {
            analyzer: &self.analyzer,
            next: 0,
            token: IndexToken::default(),
        }
    }
}

impl TokenStream for ChartStream<'_> {
    fn advance(&mut self) -> bool {
        let Some(raw) = self.analyzer.tokens.get(self.next) else {
            return false;
        };
        self.next += 1;
        self.token.text.clear();
        self.token
            .text
            .push_str(&self.analyzer.arena[raw.from as usize..(raw.from + raw.len) as usize]);
        self.token.offset_from = raw.start as usize;
        self.token.offset_to = raw.end as usize;
        self.token.position = raw.position as usize;
        true
    }

    fn token(&self) -> &IndexToken {
        &self.token
    }

    fn token_mut(&mut self) -> &mut IndexToken {
        &mut self.token
    }
}

/// The analysis of codes: `LOINC/8480-6` is `loinc`, `8480-6` and `loinc/8480-6`, all at one position.
#[derive(Clone, Debug, Default)]
pub(super) struct CodeTokenizer {
    whole: String,
}

/// The forms of one code.
pub(super) struct CodeStream<'a> {
    forms: [&'a str; 3],
    next: usize,
    token: IndexToken,
}

impl Tokenizer for CodeTokenizer {
    type TokenStream<'a> = CodeStream<'a>;

    fn token_stream<'a>(&'a mut self, text: &'a str) -> CodeStream<'a> {
        self.whole.clear();
        if text.is_ascii() {
            self.whole.push_str(text.trim());
            self.whole.make_ascii_lowercase();
        } else {
            self.whole = folded(text);
        }
        let cut = LONGEST.min(self.whole.len());
        let cut = (0..=cut)
            .rev()
            .find(|&n| self.whole.is_char_boundary(n))
            .unwrap_or(0);
        self.whole.truncate(cut);
        let (vocabulary, code) = self.whole.split_once('/').unwrap_or_default();
        CodeStream {
            forms: [vocabulary, code, &self.whole],
            next: 0,
            token: IndexToken::default(),
        }
    }
}

impl TokenStream for CodeStream<'_> {
    fn advance(&mut self) -> bool {
        while let Some(form) = self.forms.get(self.next) {
            self.next += 1;
            if !form.is_empty() {
                self.token.text.clear();
                self.token.text.push_str(form);
                self.token.position = 0;
                return true;
            }
        }
        false
    }

    fn token(&self) -> &IndexToken {
        &self.token
    }

    fn token_mut(&mut self) -> &mut IndexToken {
        &mut self.token
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    /// Tokens as the table of the module's doc writes them.
    fn shown(text: &str) -> String {
        let mut analyzer = Analyzer::default();
        let mut all = String::new();
        let mut last = None;
        for token in analyzer.tokens(text) {
            if let Some(last) = last {
                all.push_str(if last == token.position { "+" } else { "` `" });
            }
            all.push_str(token.text);
            last = Some(token.position);
        }
        format!("`{all}`")
    }

    #[test]
    fn the_table_is_true() {
        let source = include_str!("analysis.rs");
        let mut rows = 0;
        for line in source.lines().filter_map(|l| l.strip_prefix("//! | `")) {
            let (text, rest) = line.split_once("` | ").expect("a cell");
            let (tokens, _) = rest.split_once(" | ").expect("a cell");
            let text = text.replace("\\u{301}", "\u{301}");
            assert_eq!(shown(&text), tokens, "{text}");
            rows += 1;
        }
        assert!(rows > 15, "{rows}");
    }

    #[test]
    fn codes_have_three_forms() {
        let mut tokenizer = CodeTokenizer::default();
        let mut stream = tokenizer.token_stream("LOINC/8480-6");
        let mut forms = Vec::new();
        while stream.advance() {
            forms.push(stream.token().text.clone());
        }
        assert_eq!(forms, ["loinc", "8480-6", "loinc/8480-6"]);
    }

    #[test]
    fn hidden_characters_do_not_split_words() {
        assert_eq!(shown("dia\u{ad}be\u{200b}tes"), "`diabetes`");
    }

    #[test]
    fn words_without_end_are_cut() {
        let mut analyzer = Analyzer::default();
        let long = format!("{} {}", "x".repeat(100_000), "1-".repeat(50_000));
        assert!(analyzer.tokens(&long).all(|t| t.text.len() <= LONGEST + 8));
    }

    proptest! {
        #[test]
        fn tokens_lie_in_the_text(text in any::<String>()) {
            let mut analyzer = Analyzer::default();
            let mut position = 0;
            for token in analyzer.tokens(&text) {
                prop_assert!(text.get(token.start..token.end).is_some_and(|t| !t.is_empty()));
                prop_assert!(!token.text.is_empty());
                prop_assert!(token.position >= position);
                position = token.position;
            }
        }

        #[test]
        fn the_short_way_gives_what_the_general_one_does(text in "[a-cA1-30Té .,/:_'-]{0,30}") {
            let mut general = Analyzer::default();
            let mut at = 0;
            while let Some((start, c)) = next_word(&text, at) {
                at = general.word(&text, start, c);
            }
            let general: Vec<_> = general.tokens.iter().map(|t| (&general.arena[t.from as usize..][..t.len as usize], t.start, t.end, t.position, t.covers)).collect();
            let mut short = Analyzer::default();
            short.analyze(&text);
            let short: Vec<_> = short.tokens.iter().map(|t| (&short.arena[t.from as usize..][..t.len as usize], t.start, t.end, t.position, t.covers)).collect();
            prop_assert_eq!(general, short);
        }

        #[test]
        fn case_makes_no_difference(text in "[a-z0-9äéß .,/:-]{0,40}") {
            prop_assert_eq!(shown(&text), shown(&text.to_uppercase()));
        }
    }
}
