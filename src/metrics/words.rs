//! Cutting texts into words as each reference implementation does it, where that is more than white space.
//!
//! In: text. Out: the tokens of WMT's `mteval-v13a` script as sacrebleu 2.6.0 cuts them ([`international_13a`]), chrF's
//! words with one punctuation mark cut off ([`chrf_words`]), and Python's idea of white space. Never: a changed letter;
//! lower case is the caller's choice.
//!
//! Sources: `sacrebleu/tokenizers/tokenizer_13a.py`, `tokenizer_re.py`, `metrics/chrf.py` (2.6.0).

pub(super) use super::rouge::split;

/// Whether Python's `str.isspace` holds: Unicode's white space and the four separators U+001C to U+001F.
pub(super) fn is_space(c: char) -> bool {
    c.is_whitespace() || matches!(c, '\u{1c}'..='\u{1f}')
}

/// The text as `mteval-v13a` cuts it, tokens between single blanks removed: what sacrebleu's `13a` gives.
pub(super) fn international_13a(text: &str) -> Vec<String> {
    let text = text
        .replace("<skipped>", "")
        .replace("-\n", "")
        .replace('\n', " ");
    let text = if text.contains('&') {
        text.replace("&quot;", "\"")
            .replace("&amp;", "&")
            .replace("&lt;", "<")
            .replace("&gt;", ">")
    } else {
        text
    };
    let mut line: Vec<char> = Vec::with_capacity(text.len() + 16);
    line.push(' ');
    for c in text.chars() {
        if is_mark(c) {
            line.extend([' ', c, ' ']);
        } else {
            line.push(c);
        }
    }
    line.push(' ');
    let stop = |c: char| matches!(c, '.' | ',');
    let line = pairs(
        &line,
        |a, b| !a.is_ascii_digit() && stop(b),
        |a, b| [a, ' ', b, ' '],
    );
    let line = pairs(
        &line,
        |a, b| stop(a) && !b.is_ascii_digit(),
        |a, b| [' ', a, ' ', b],
    );
    let line = pairs(
        &line,
        |a, b| a.is_ascii_digit() && b == '-',
        |a, b| [a, ' ', b, ' '],
    );
    line.split(|c| is_space(*c))
        .filter(|token| !token.is_empty())
        .map(|token| token.iter().collect())
        .collect()
}

/// The punctuation that 13a sets apart wherever it stands: ASCII's, but for the apostrophe, comma, hyphen and full stop.
fn is_mark(c: char) -> bool {
    matches!(c, '{'..='~' | '['..='`' | ' '..='&' | '('..='+' | ':'..='@' | '/')
}

/// Replaces each pair of neighbours that `matches`, from the left, no two of them overlapping.
fn pairs(
    line: &[char],
    matches: impl Fn(char, char) -> bool,
    becomes: impl Fn(char, char) -> [char; 4],
) -> Vec<char> {
    let mut out = Vec::with_capacity(line.len() + 16);
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
