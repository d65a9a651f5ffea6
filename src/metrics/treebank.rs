//! Words as NLTK's `word_tokenize` cuts them.
//!
//! In: text. Out: its words and marks, equal to `nltk.word_tokenize(text)` (NLTK 3.10.4): sentences by Punkt, then the
//! rules of the Penn Treebank's tokenizer with NLTK's additions. Never: lower case.
//!
//! The rules are replacements that put blanks around what stands for itself, one after the other, each over the result of
//! the last; their order is the method.
//!
//! Sources: `nltk/tokenize/destructive.py`; R. `MacIntyre`'s tokenizer script of the Penn Treebank.

use std::sync::OnceLock;

use regex::Regex;

use super::punkt;
use super::words::{is_space, split};

/// The words of a text.
pub(super) fn words(text: &str) -> Vec<String> {
    let mut words = Vec::new();
    for sentence in punkt::sentences(text) {
        words.extend(split(&spaced(&sentence)).map(str::to_owned));
    }
    words
}

/// What `\w` matches for most of NLTK's patterns: letters, combining marks, decimal digits and the underscore.
pub(super) fn is_word(c: char) -> bool {
    static WORD: OnceLock<Regex> = OnceLock::new();
    matches(c, &WORD, r"^\w$")
}

/// What `\w` matches for its contractions, which another engine looks for: letters, numbers of all kinds and the
/// underscore.
fn is_contraction_word(c: char) -> bool {
    static WORD: OnceLock<Regex> = OnceLock::new();
    matches(c, &WORD, r"^[\p{L}\p{N}_]$")
}

/// What `\d` matches: the decimal digits of any script.
pub(super) fn is_decimal(c: char) -> bool {
    static DECIMAL: OnceLock<Regex> = OnceLock::new();
    matches(c, &DECIMAL, r"^\d$")
}

fn matches(c: char, compiled: &OnceLock<Regex>, class: &str) -> bool {
    compiled
        .get_or_init(|| pattern(class))
        .is_match(c.encode_utf8(&mut [0; 4]))
}

fn pattern(pattern: &str) -> Regex {
    Regex::new(pattern).expect("a pattern of this file")
}

/// One rule: what is looked for and what takes its place.
type Rule = (Regex, &'static str);

struct Rules {
    opening: Vec<Rule>,
    marks: Vec<Rule>,
    closing: Vec<Rule>,
    /// Two words written as one, for both to be groups.
    joined: Vec<Regex>,
}

fn rules() -> &'static Rules {
    static RULES: OnceLock<Rules> = OnceLock::new();
    RULES.get_or_init(|| {
        let compile = |rules: &[(&str, &'static str)]| -> Vec<Rule> {
            rules
                .iter()
                .map(|(find, put)| (pattern(find), *put))
                .collect()
        };
        Rules {
            opening: compile(&[
                ("([«“‘„]|`+)", " $1 "),
                ("^\"", "``"),
                ("(``)", " $1 "),
                (r#"([ (\[{<])("|'{2})"#, "$1 `` "),
            ]),
            marks: compile(&[
                (r#"([^.])(\.)([\])}>"'»”’ ]*)\s*$"#, "$1 $2 $3 "),
                (r"([:,])([^\d])", " $1 $2"),
                ("([:,])$", " $1 "),
                (r"(\.{2,})", " $1 "),
                ("([;@#$%&])", " $1 "),
                ("([\u{2012}-\u{2015}])", " $1 "),
                (r#"([^.])(\.)([\])}>"']*)\s*$"#, "$1 $2$3 "),
                ("([?!])", " $1 "),
                ("([^'])' ", "$1 ' "),
                ("([*])", " $1 "),
                (r"([\]\[(){}<>])", " $1 "),
                ("--", " -- "),
            ]),
            closing: compile(&[
                ("([»”’])", " $1 "),
                ("''", " '' "),
                ("\"", " '' "),
                (r"\s+", " "),
                ("([^' ])('[sS]|'[mM]|'[dD]|') ", "$1 $2 "),
                ("([^' ])('ll|'LL|'re|'RE|'ve|'VE|n't|N'T) ", "$1 $2 "),
            ]),
            joined: [
                "(can)(not)",
                "(d)('ye)",
                "(gim)(me)",
                "(gon)(na)",
                "(got)(ta)",
                "(lem)(me)",
                "(more)('n)",
                "(wan)(na)",
                "('t)(is)",
                "('t)(was)",
            ]
            .map(|words| pattern(&format!("(?i){words}")))
            .into(),
        }
    })
}

/// A sentence with blanks around everything that stands for itself.
fn spaced(sentence: &str) -> String {
    let rules = rules();
    let text = apply(&rules.opening, sentence.to_owned());
    let text = apply(&rules.marks, opening_apostrophes(&text));
    let text = apply(&rules.closing, format!(" {text} "));
    rules
        .joined
        .iter()
        .fold(text, |text, joined| part(joined, &text))
}

/// Blanks around both of two words written as one, wherever those stand as a word. The pattern language's own borders of words
/// lie elsewhere than Python's beside numbers such as `²`.
fn part(joined: &Regex, text: &str) -> String {
    let mut out = String::with_capacity(text.len() + 8);
    let mut done = 0;
    for found in joined.captures_iter(text) {
        let (Some(all), Some(second)) = (found.get(0), found.get(2)) else {
            continue;
        };
        let (before, rest) = text.split_at(all.start());
        let before = before.chars().next_back();
        let after = rest.split_at(all.len()).1.chars().next();
        let stands_alone = if all.as_str().starts_with('\'') {
            before == Some(' ')
        } else {
            !before.is_some_and(is_contraction_word)
        };
        // Only `wan|na` wants a blank behind it.
        let ends = if all.as_str().eq_ignore_ascii_case("wanna") {
            after.is_some_and(is_space)
        } else {
            !after.is_some_and(is_contraction_word)
        };
        if stands_alone && ends {
            for (from, to) in [(done, all.start()), (all.start(), second.start())] {
                out.push_str(&text[from..to]);
                out.push(' ');
            }
            out.push_str(second.as_str());
            out.push(' ');
            done = all.end();
        }
    }
    out.push_str(&text[done..]);
    out
}

fn apply(rules: &[Rule], mut text: String) -> String {
    for (find, put) in rules {
        if let std::borrow::Cow::Owned(changed) = find.replace_all(&text, *put) {
            text = changed;
        }
    }
    text
}

/// A blank behind each apostrophe that opens a word and is no clitic (`'re`, `'s` …).
fn opening_apostrophes(text: &str) -> String {
    if !text.contains('\'') {
        return text.to_owned();
    }
    let mut out = String::with_capacity(text.len() + 8);
    let mut before = None;
    for (at, c) in text.char_indices() {
        out.push(c);
        if c == '\'' && !before.is_some_and(is_word) {
            let rest = &text[at + 1..];
            let word = rest
                .find(|c| !is_word(c))
                .map_or(rest, |end| rest.split_at(end).0);
            let clitic = ["re", "ve", "ll", "m", "t", "s", "ſ", "d", "n"]
                .iter()
                .any(|clitic| word.eq_ignore_ascii_case(clitic));
            if !word.is_empty() && !clitic {
                out.push(' ');
            }
        }
        before = Some(c);
    }
    out
}
