//! Cutting texts into words as each reference implementation does it, where that is more than white space.
//!
//! In: text. Out: the tokens of WMT's `mteval-v13a` script as sacrebleu 2.6.0 cuts them ([`international_13a`]), chrF's
//! words with one punctuation mark cut off ([`chrf_words`]), and Python's idea of white space. Never: a changed letter;
//! lower case is the caller's choice.
//!
//! Sources: `sacrebleu/tokenizers/tokenizer_13a.py`, `tokenizer_re.py`, `metrics/chrf.py` (2.6.0).

use std::borrow::Cow;

pub(super) use super::rouge::split;

/// Whether Python's `str.isspace` holds: Unicode's white space and the four separators U+001C to U+001F.
pub(super) fn is_space(c: char) -> bool {
    c.is_whitespace() || matches!(c, '\u{1c}'..='\u{1f}')
}

/// The text as `mteval-v13a` cuts it, tokens between blanks: what sacrebleu's `13a` gives before it is split.
pub(super) fn international_13a(text: &str) -> String {
    let mut text = Cow::Borrowed(text);
    let unescaped = [
        ("&quot;", "\""),
        ("&amp;", "&"),
        ("&lt;", "<"),
        ("&gt;", ">"),
    ];
    let joined = [("<skipped>", ""), ("-\n", ""), ("\n", " ")];
    for (old, new) in joined.into_iter().chain(unescaped) {
        if text.contains(old) {
            text = Cow::Owned(text.replace(old, new));
        }
    }
    // All that the rules name is ASCII, so that letters of other scripts pass byte by byte.
    let mut line: Vec<u8> = Vec::with_capacity(2 * text.len());
    line.push(b' ');
    for &byte in text.as_bytes() {
        if is_mark(byte) {
            line.extend([b' ', byte, b' ']);
        } else {
            line.push(byte);
        }
    }
    line.push(b' ');
    let stop = |byte: u8| matches!(byte, b'.' | b',');
    let line = pairs(
        &line,
        |a, b| !a.is_ascii_digit() && stop(b),
        |a, b| [a, b' ', b, b' '],
    );
    let line = pairs(
        &line,
        |a, b| stop(a) && !b.is_ascii_digit(),
        |a, b| [b' ', a, b' ', b],
    );
    let line = pairs(
        &line,
        |a, b| a.is_ascii_digit() && b == b'-',
        |a, b| [a, b' ', b, b' '],
    );
    String::from_utf8(line).expect("blanks stand beside ASCII and before or after whole letters")
}

/// The punctuation that 13a sets apart wherever it stands: ASCII's, but for the apostrophe, comma, hyphen and full stop.
fn is_mark(byte: u8) -> bool {
    matches!(byte, b'{'..=b'~' | b'['..=b'`' | b' '..=b'&' | b'('..=b'+' | b':'..=b'@' | b'/')
}

/// Replaces each pair of neighbours that `matches`, from the left, no two of them overlapping.
fn pairs(
    line: &[u8],
    matches: impl Fn(u8, u8) -> bool,
    becomes: impl Fn(u8, u8) -> [u8; 4],
) -> Vec<u8> {
    let mut out = Vec::with_capacity(line.len() + 32);
    let mut at = 0;
    while let Some(a) = line.get(at) {
        match line.get(at + 1) {
            Some(b) if matches(*a, *b) => {
                out.extend(becomes(*a, *b));
                at += 2;
            }
            _ => {
                out.push(*a);
                at += 1;
            }
        }
    }
    out
}

/// The words of a text for chrF++: between white space, with one ASCII punctuation mark cut off the end of a word, or
/// else off its start.
pub(super) fn chrf_words(text: &str) -> Vec<&str> {
    let mut words = Vec::new();
    for word in split(text) {
        let mut letters = word.chars();
        let (Some(first), Some(last)) = (letters.next(), letters.next_back()) else {
            words.push(word);
            continue;
        };
        if last.is_ascii_punctuation() {
            let (head, tail) = word.split_at(word.len() - 1);
            words.extend([head, tail]);
        } else if first.is_ascii_punctuation() {
            let (head, tail) = word.split_at(1);
            words.extend([head, tail]);
        } else {
            words.push(word);
        }
    }
    words
}
