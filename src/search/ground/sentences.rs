//! Sentences, as far as claims go: what stands together in one line, between full stops or semicolons.
//!
//! In: text. Out: its parts in order, each with the byte at which it begins. Never: a part of more than [`LONGEST`] bytes, so that
//! a note without any stop is not one sentence.

use std::ops::Range;

/// So many bytes stand together at most.
const LONGEST: usize = 400;

/// The sentences of a text, without empty ones.
pub(super) fn sentences(text: &str) -> impl Iterator<Item = Range<usize>> + '_ {
    let mut at = 0;
    std::iter::from_fn(move || {
        while at < text.len() {
            let from = at;
            at += end(&text[from..]);
            if !text[from..at].trim().is_empty() {
                return Some(from..at);
            }
        }
        None
    })
}

/// Where the first sentence of a text ends.
fn end(text: &str) -> usize {
    let bytes = text.as_bytes();
    let mut last_blank = None;
    for (i, &byte) in bytes.iter().enumerate() {
        let next = bytes.get(i + 1);
        // Two blanks stand where a note had a line break.
        let breaks = match byte {
            b'\n' => true,
            b' ' => next == Some(&b' ') && !text[..i].trim().is_empty(),
            b'.' | b'!' | b'?' | b';' => next.is_none_or(u8::is_ascii_whitespace),
            _ => false,
        };
        if breaks {
            return i + 1;
        }
        if byte == b' ' {
            last_blank = Some(i + 1);
        }
        if i >= LONGEST
            && let Some(blank) = last_blank
        {
            return blank;
        }
        // Text without any blank is cut where a letter begins.
        if i >= 4 * LONGEST && text.is_char_boundary(i + 1) {
            return i + 1;
        }
    }
    text.len()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn of(text: &str) -> Vec<&str> {
        sentences(text).map(|r| text[r].trim()).collect()
    }

    #[test]
    fn lines_stops_and_flattened_breaks_part_sentences() {
        assert_eq!(
            of("INR 1.4. Stop warfarin;  start apixaban 5 mg\nCreatinine 1.62   eGFR 33"),
            [
                "INR 1.4.",
                "Stop warfarin;",
                "start apixaban 5 mg",
                "Creatinine 1.62",
                "eGFR 33"
            ]
        );
        assert_eq!(of(" \n  "), Vec::<&str>::new());
    }

    #[test]
    fn what_never_ends_is_cut() {
        let long = "word ".repeat(500);
        assert!(sentences(&long).all(|r| r.len() <= LONGEST + 6));
        let dense = "é".repeat(5_000);
        let all: Vec<_> = sentences(&dense).collect();
        assert!(all.len() > 3 && all.iter().map(Range::len).sum::<usize>() == dense.len());
    }
}
