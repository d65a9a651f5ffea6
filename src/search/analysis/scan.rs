//! Where words start and end in a text, and what joins two of them.
//!
//! In: a text and a place in it. Out: places. Never: a place within a character.

use super::sign::{is_dropped, is_kept_mark, stands_alone};

/// The first word character at or behind `at`.
pub(super) fn next_word(text: &str, at: usize) -> Option<(usize, char)> {
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
pub(super) fn run_end(text: &str, at: usize) -> usize {
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
pub(super) fn joined(text: &str, at: usize) -> Option<(char, usize, char)> {
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
pub(super) fn is_possessive(text: &str, at: usize) -> bool {
    let b = text.as_bytes();
    matches!(b.get(at), Some(b's' | b'S'))
        && run_end(text, at) == at + 1
        && joined(text, at + 1).is_none()
}
