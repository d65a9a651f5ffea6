//! Sentences as NLTK's Punkt finds them in English.
//!
//! In: text. Out: its sentences, equal to `nltk.sent_tokenize(text)` (NLTK 3.10.4 with `punkt_tab`). Never: a changed letter.
//!
//! Punkt looks at each full stop, question and exclamation mark in the few words around it: is the word before it an
//! abbreviation, an initial or a number, and does the word behind it begin sentences? What it knows of English words was
//! learnt by its authors from newspapers and lies beside this file as data.
//!
//! Sources: T. Kiss and J. Strunk, "Unsupervised Multilingual Sentence Boundary Detection" (2006), whose sections the
//! comments name; `nltk/tokenize/punkt.py`.

use std::io::Read;
use std::sync::OnceLock;

use flate2::read::GzDecoder;
use rustc_hash::{FxHashMap, FxHashSet};
use serde::Deserialize;

use super::words::is_space;

/// What Punkt knows of a language.
#[derive(Debug, Deserialize)]
struct Language {
    /// Words that a full stop shortens, in lower case, without it.
    abbrev_types: FxHashSet<String>,
    /// Words that often begin sentences.
    sent_starters: FxHashSet<String>,
    /// Pairs of words that belong together across a full stop.
    collocations: FxHashSet<(String, String)>,
    /// For each word, where it was seen in which case: see the constants.
    ortho_context: FxHashMap<String, u8>,
}

/// Seen inside a sentence with a capital.
const MID_UPPER: u8 = 1 << 2;
/// Seen with a capital at all.
const UPPER: u8 = (1 << 1) | MID_UPPER | (1 << 3);
/// Seen at the beginning of a sentence in lower case.
const BEGIN_LOWER: u8 = 1 << 4;
/// Seen in lower case at all.
const LOWER: u8 = BEGIN_LOWER | (1 << 5) | (1 << 6);

fn english() -> &'static Language {
    static ENGLISH: OnceLock<Language> = OnceLock::new();
    ENGLISH.get_or_init(|| {
        let packed = include_bytes!("../../assets/metrics/punkt_english.json.gz");
        let mut text = String::new();
        GzDecoder::new(&packed[..])
            .read_to_string(&mut text)
            .expect("the embedded table is whole");
        serde_json::from_str(&text).expect("the embedded table is well-formed")
    })
}

/// The sentences of a text.
pub(super) fn sentences(text: &str) -> Vec<String> {
    let text: Vec<char> = text.chars().collect();
    realigned(&text, &slices(&text))
        .into_iter()
        .map(|(start, end)| text[start..end].iter().collect())
        .collect()
}

/// A mark that may end a sentence.
struct Candidate {
    at: usize,
    /// Where the next word begins, if white space follows.
    next_word: Option<usize>,
    /// Where what follows ends: one mark, or white space and a word.
    after: usize,
}

fn is_end(c: char) -> bool {
    matches!(c, '.' | '?' | '!')
}

/// Marks that cannot stand within a word.
fn is_outside_words(c: char) -> bool {
    is_closing(c) || matches!(c, ';' | '*' | ':' | '@' | '(' | '{' | '[' | '?' | '!')
}

/// Marks that belong to the sentence before them.
fn is_closing(c: char) -> bool {
    matches!(
        c,
        '"' | '\''
            | ')'
            | ']'
            | '}'
            | '\u{2018}'
            | '\u{2019}'
            | '\u{201c}'
            | '\u{201d}'
            | '«'
            | '»'
    )
}

/// Marks that no word begins with.
fn begins_no_word(c: char) -> bool {
    matches!(
        c,
        '(' | '"'
            | '`'
            | '{'
            | '['
            | ':'
            | ';'
            | '&'
            | '#'
            | '*'
            | '@'
            | ')'
            | '}'
            | ']'
            | '-'
            | ','
    )
}

/// The text cut at each mark that ends a sentence.
fn slices(text: &[char]) -> Vec<(usize, usize)> {
    let mut slices = Vec::new();
    let mut start = 0;
    for (from, mark) in candidates(text) {
        if has_break(&text[from..mark.after]) {
            slices.push((start, mark.at + 1));
            start = mark.next_word.unwrap_or(mark.at + 1);
        }
    }
    let end = text
        .iter()
        .rposition(|c| !is_space(*c))
        .map_or(0, |last| last + 1);
    slices.push((start, end));
    slices
}

/// The marks that may end a sentence, each with where the word before it begins. Of marks that follow each other in one
/// word, the last counts.
fn candidates(text: &[char]) -> Vec<(usize, Candidate)> {
    let mut kept = Vec::new();
    let mut before = (0, 0);
    let mut pending: Option<Candidate> = None;
    for at in (0..text.len()).filter(|at| is_end(text[*at])) {
        let Some(candidate) = candidate(text, at) else {
            continue;
        };
        let blank = text[before.1..at]
            .iter()
            .rposition(|c| matches!(c, ' ' | '\t' | '\n' | '\r' | '\u{b}' | '\u{c}'))
            .unwrap_or(0);
        // A blank at the very start counts as none, as in the reference.
        let from = if blank == 0 {
            before.0
        } else {
            before.1 + blank + 1
        };
        if let Some(last) = pending.take()
            && before.1 <= from
        {
            kept.push((before.0, last));
        }
        pending = Some(candidate);
        before = (from, at);
    }
    if let Some(last) = pending {
        kept.push((before.0, last));
    }
    kept
}

fn candidate(text: &[char], at: usize) -> Option<Candidate> {
    let next = *text.get(at + 1)?;
    if is_outside_words(next) {
        return Some(Candidate {
            at,
            next_word: None,
            after: at + 2,
        });
    }
    let word = at + 1 + text[at + 1..].iter().position(|c| !c.is_whitespace())?;
    if word == at + 1 {
        return None;
    }
    let end = text[word..]
        .iter()
        .position(|c| c.is_whitespace())
        .map_or(text.len(), |len| word + len);
    Some(Candidate {
        at,
        next_word: Some(word),
        after: end,
    })
}

/// Closing quotes and brackets go back to the sentence that they close.
fn realigned(text: &[char], slices: &[(usize, usize)]) -> Vec<(usize, usize)> {
    let mut out = Vec::new();
    let mut moved = 0;
    for (at, (start, end)) in slices.iter().enumerate() {
        let start = start + moved;
        let closing = slices.get(at + 1).and_then(|(next, next_end)| {
            closing_marks(text.get(*next..*next_end).unwrap_or_default())
                .map(|(marks, all)| (next + marks, all))
        });
        if let Some((end, all)) = closing {
            out.push((start, end));
            moved = all;
        } else {
            moved = 0;
            if start < *end {
                out.push((start, *end));
            }
        }
    }
    out.retain(|(start, end)| start <= end);
    out
}

/// Closing marks at the start of a sentence, up to white space, a dash or the end: how many, and with the white space.
fn closing_marks(text: &[char]) -> Option<(usize, usize)> {
    let mut marks = 0;
    while text.get(marks).is_some_and(|c| is_closing(*c)) {
        marks += 1;
        let rest = &text[marks..];
        let blanks = rest.iter().take_while(|c| c.is_whitespace()).count();
        if blanks > 0 || rest.is_empty() || rest.starts_with(&['-', '-']) {
            return Some((marks, marks + blanks));
        }
    }
    None
}

/// A word with what the passes say of it.
#[derive(Debug)]
struct Token {
    text: Vec<char>,
    /// Lower case; numbers are all one.
    kind: String,
    ends_sentence: bool,
    is_abbreviation: bool,
    is_ellipsis: bool,
}

/// All numbers are this kind of word.
const NUMBER: &str = "##number##";

impl Token {
    /// A word after the first pass (section 3): by itself, is it an abbreviation, an ellipsis, or the end of a sentence?
    fn new(text: &[char]) -> Self {
        let lower = text.iter().collect::<String>().to_lowercase();
        let mut token = Token {
            text: text.to_vec(),
            kind: if is_number(&lower) {
                NUMBER.to_owned()
            } else {
                lower.clone()
            },
            ends_sentence: false,
            is_abbreviation: false,
            is_ellipsis: text.len() > 1 && text.iter().all(|c| *c == '.'),
        };
        if let [only] = text
            && is_end(*only)
        {
            token.ends_sentence = true;
        } else if !token.is_ellipsis && lower.ends_with('.') && !lower.ends_with("..") {
            let word = lower.strip_suffix('.').unwrap_or_default();
            let last = word.rsplit('-').next().unwrap_or_default();
            let known = &english().abbrev_types;
            if known.contains(word) || known.contains(last) {
                token.is_abbreviation = true;
            } else {
                token.ends_sentence = true;
            }
        }
        token
    }

    fn kind_without_stop(&self) -> &str {
        match self.kind.strip_suffix('.') {
            Some(kind) if !kind.is_empty() => kind,
            _ => &self.kind,
        }
    }

    /// The kind, without the full stop where that ends the sentence.
    fn kind_in_sentence(&self) -> &str {
        if self.ends_sentence {
            self.kind_without_stop()
        } else {
            &self.kind
        }
    }

    fn is_initial(&self) -> bool {
        matches!(self.text[..], [letter, '.'] if super::treebank::is_word(letter) && !is_digit(letter))
    }

    fn context(&self) -> u8 {
        let contexts = &english().ortho_context;
        contexts
            .get(self.kind_in_sentence())
            .copied()
            .unwrap_or_default()
    }

    /// Section 4.1.1: whether the way it is written says that it begins a sentence; none where nothing is known.
    fn begins_sentence(&self) -> Option<bool> {
        if let [mark] = self.text[..]
            && matches!(mark, ';' | ':' | ',' | '.' | '!' | '?')
        {
            return Some(false);
        }
        let context = self.context();
        let first = self.text[0];
        if first.is_uppercase() && context & LOWER != 0 && context & MID_UPPER == 0 {
            return Some(true);
        }
        if first.is_lowercase() && (context & UPPER != 0 || context & BEGIN_LOWER == 0) {
            return Some(false);
        }
        None
    }

    /// The second pass (section 4): the word again, now that the one behind it is known.
    fn reconsider(&mut self, next: &Token) {
        if self.text.last() != Some(&'.') {
            return;
        }
        let known = english();
        let pair = (
            self.kind_without_stop().to_owned(),
            next.kind_in_sentence().to_owned(),
        );
        if known.collocations.contains(&pair) {
            self.ends_sentence = false;
            self.is_abbreviation = true;
            return;
        }
        let initial = self.is_initial();
        let capital = next.text[0].is_uppercase();
        if (self.is_abbreviation || self.is_ellipsis)
            && !initial
            && (next.begins_sentence() == Some(true)
                || capital && known.sent_starters.contains(&pair.1))
        {
            self.ends_sentence = true;
            return;
        }
        if initial || pair.0 == NUMBER {
            let begins = next.begins_sentence();
            let name = initial && capital && next.context() & LOWER == 0;
            if begins == Some(false) || begins.is_none() && name {
                self.ends_sentence = false;
                self.is_abbreviation = true;
            }
        }
    }
}

/// `-?[.,]?[0-9][0-9,.-]*`, with the digits of any script.
fn is_number(word: &str) -> bool {
    let word = word.strip_prefix('-').unwrap_or(word);
    let word = word.strip_prefix(['.', ',']).unwrap_or(word);
    word.chars().next().is_some_and(is_digit)
        && word
            .chars()
            .all(|c| is_digit(c) || matches!(c, ',' | '.' | '-'))
}

fn is_digit(c: char) -> bool {
    c.is_ascii_digit() || (!c.is_ascii() && super::treebank::is_decimal(c))
}

/// Whether a sentence ends before the last word of these.
fn has_break(text: &[char]) -> bool {
    let mut tokens: Vec<Token> = text
        .split(|c| *c == '\n')
        .filter(|line| line.iter().any(|c| !is_space(*c)))
        .flat_map(words)
        .map(Token::new)
        .collect();
    for at in 1..tokens.len() {
        let (before, rest) = tokens.split_at_mut(at);
        if let (Some(token), Some(next)) = (before.last_mut(), rest.first()) {
            token.reconsider(next);
            if token.ends_sentence {
                return true;
            }
        }
    }
    false
}

/// Punkt's words of a line: punctuation apart, full stops left where they are.
fn words(line: &[char]) -> Vec<&[char]> {
    let mut words = Vec::new();
    let mut at = 0;
    while at < line.len() {
        if line[at].is_whitespace() {
            at += 1;
            continue;
        }
        let len = dots_or_dashes(&line[at..]).unwrap_or_else(|| word_len(&line[at..]));
        words.push(&line[at..at + len]);
        at += len;
    }
    words
}

/// The length of two or more hyphens or full stops, or of three or more full stops with blanks between them.
fn dots_or_dashes(text: &[char]) -> Option<usize> {
    let run = |mark: char| text.iter().take_while(|c| **c == mark).count();
    let (dashes, dots) = (run('-'), run('.'));
    if dashes > 1 || dots > 1 {
        return Some(dashes.max(dots));
    }
    let spaced = text
        .chunks_exact(2)
        .take_while(|pair| pair[0] == '.' && pair[1].is_whitespace())
        .count();
    // The last of them has no blank that counts; where no full stop follows, the last pair gives it.
    if spaced >= 2 && text.get(2 * spaced) == Some(&'.') {
        Some(2 * spaced + 1)
    } else if spaced >= 3 {
        Some(2 * spaced - 1)
    } else {
        None
    }
}

fn word_len(text: &[char]) -> usize {
    if begins_no_word(text[0]) {
        return 1;
    }
    let ends_word = |rest: &[char]| match rest.first() {
        None => true,
        Some(c) => c.is_whitespace() || is_outside_words(*c) || dots_or_dashes(rest).is_some(),
    };
    (1..text.len())
        .find(|len| {
            let rest = &text[*len..];
            ends_word(rest) || rest[0] == ',' && ends_word(&rest[1..])
        })
        .unwrap_or(text.len())
}
