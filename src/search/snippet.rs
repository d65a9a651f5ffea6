//! Marks what a query matched in a text, and cuts a piece out round it.
//!
//! In: a query and any text: a note, a name, a code. Out: byte ranges of the text. Prefixes, fuzzy words and phrases are
//! marked as they are searched for, since the analysis is the same. Never: a changed text; the caller makes it safe to show.

use std::ops::Range;

use rustc_hash::FxHashMap;

use super::analysis::Analyzer;
use super::query::{Form, Query};
use crate::text::within;

/// A piece of a text.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Snippet {
    /// The piece, as bytes of the text.
    pub range: Range<usize>,
    /// What is marked in it, as bytes of the text, in order and apart.
    pub marks: Vec<Range<usize>>,
}

/// Marks texts for one query; keeps its buffers from one text to the next.
#[derive(Clone, Debug)]
pub struct Marker {
    forms: Vec<Form>,
    analyzer: Analyzer,
}

/// Where a word of the query stands.
#[derive(Clone, Debug)]
struct Spot {
    word: usize,
    range: Range<usize>,
}

/// A token that some word of the query wants.
#[derive(Clone, Copy, Debug)]
struct Wanted<'a> {
    text: &'a str,
    start: usize,
    end: usize,
    position: u32,
}

impl Marker {
    /// A marker of all that the query wants.
    pub fn new(query: &Query) -> Self {
        Marker {
            forms: query.wanted().map(|w| w.form.clone()).collect(),
            analyzer: Analyzer::default(),
        }
    }

    /// What matched in a text, as byte ranges in order and apart.
    pub fn marks(&mut self, text: &str) -> Vec<Range<usize>> {
        merged(self.spots(text).into_iter().map(|s| s.range))
    }

    /// The piece of about `length` bytes that holds most of the query's words; the beginning where none is there.
    pub fn snippet(&mut self, text: &str, length: usize) -> Snippet {
        let mut spots = self.spots(text);
        spots.sort_by_key(|s| s.range.start);
        let mut best = (0, 0, 0..0);
        let mut in_window = vec![0_usize; self.forms.len()];
        let (mut distinct, mut last) = (0, 0);
        for (first, spot) in spots.iter().enumerate() {
            while last < spots.len()
                && (last == first || spots[last].range.end <= spot.range.start + length)
            {
                distinct += usize::from(in_window[spots[last].word] == 0);
                in_window[spots[last].word] += 1;
                last += 1;
            }
            if (distinct, last - first) > (best.0, best.1) {
                best = (
                    distinct,
                    last - first,
                    spot.range.start..spots[last - 1].range.end,
                );
            }
            in_window[spot.word] -= 1;
            distinct -= usize::from(in_window[spot.word] == 0);
        }
        let found = best.2;
        let room = length.saturating_sub(found.len());
        let start = word_start(
            text,
            found.start.saturating_sub(room / 2).min(text.len()),
            found.start,
        );
        let end = word_end(
            text,
            (start + length).max(found.end).min(text.len()),
            found.end,
        );
        let inside = spots
            .into_iter()
            .map(|s| s.range)
            .filter(|r| r.start >= start && r.end <= end);
        Snippet {
            range: start..end,
            marks: merged(inside),
        }
    }

    fn spots(&mut self, text: &str) -> Vec<Spot> {
        if self.forms.is_empty() {
            return Vec::new();
        }
        // Only what some word of the query wants is kept: a note of many megabytes has a token for every few bytes.
        let Marker { forms, analyzer } = self;
        let mut words: FxHashMap<Box<str>, usize> = FxHashMap::default();
        let mut kept: Vec<(usize, Range<usize>, u32)> = Vec::new();
        analyzer.each(text, |token| {
            if forms.iter().any(|form| wants(form, token.text)) {
                let word = words.get(token.text).copied().unwrap_or_else(|| {
                    words.insert(token.text.into(), words.len());
                    words.len() - 1
                });
                kept.push((word, token.start..token.end, token.position));
            }
        });
        let mut by_number = vec![""; words.len()];
        for (word, &number) in &words {
            by_number[number] = word;
        }
        let token = |(word, range, position): (usize, Range<usize>, u32)| Wanted {
            text: by_number[word],
            start: range.start,
            end: range.end,
            position,
        };
        let tokens: Vec<Wanted<'_>> = kept.into_iter().map(token).collect();
        let mut spots = Vec::new();
        for (word, form) in self.forms.iter().enumerate() {
            for (i, token) in tokens.iter().enumerate() {
                let end = match form {
                    Form::Prefix(terms) => phrase_end(&tokens, i, terms, true),
                    Form::Fuzzy(term, distance) => {
                        within(term, token.text, usize::from(*distance)).then_some(token.end)
                    }
                    Form::Terms(ways) | Form::Day(ways, _) => {
                        let ends = ways
                            .iter()
                            .map(|terms| phrase_end(&tokens, i, terms, false));
                        ends.flatten().max()
                    }
                };
                if let Some(end) = end {
                    spots.push(Spot {
                        word,
                        range: token.start..end,
                    });
                }
            }
        }
        spots
    }
}

/// Whether a token may be a part of what a word stands for.
fn wants(form: &Form, token: &str) -> bool {
    match form {
        Form::Prefix(terms) => {
            let fits = |(i, (_, term)): (usize, &(u32, String))| {
                is_term(token, term, i + 1 == terms.len())
            };
            terms.iter().enumerate().any(fits)
        }
        Form::Fuzzy(term, distance) => within(term, token, usize::from(*distance)),
        Form::Terms(ways) | Form::Day(ways, _) => {
            ways.iter().flatten().any(|(_, term)| term == token)
        }
    }
}

/// Whether a token is a term, or begins so.
fn is_term(token: &str, term: &str, begins: bool) -> bool {
    token == term || begins && token.starts_with(term)
}

/// Where the terms end that begin with token `i`; the last may be one that begins so.
fn phrase_end(
    tokens: &[Wanted<'_>],
    i: usize,
    terms: &[(u32, String)],
    begun: bool,
) -> Option<usize> {
    let first = &terms.first()?.1;
    if !is_term(tokens[i].text, first, begun && terms.len() == 1) {
        return None;
    }
    let base = tokens[i].position - terms[0].0;
    let mut end = tokens[i].end;
    for (n, (offset, term)) in terms.iter().enumerate().skip(1) {
        let position = base + offset;
        let from = tokens.partition_point(|t| t.position < position);
        let found = tokens[from..]
            .iter()
            .take_while(|t| t.position == position)
            .find(|t| is_term(t.text, term, begun && n + 1 == terms.len()))?;
        end = found.end;
    }
    Some(end)
}

/// Sorts ranges and joins those that touch.
fn merged(ranges: impl Iterator<Item = Range<usize>>) -> Vec<Range<usize>> {
    let mut ranges: Vec<_> = ranges.collect();
    ranges.sort_by_key(|r| (r.start, r.end));
    let mut all: Vec<Range<usize>> = Vec::with_capacity(ranges.len());
    for range in ranges {
        match all.last_mut() {
            Some(last) if range.start <= last.end => last.end = last.end.max(range.end),
            _ => all.push(range),
        }
    }
    all
}

/// The start of a word at or behind `at`, not behind `limit`.
fn word_start(text: &str, at: usize, limit: usize) -> usize {
    let at = (at..=limit)
        .find(|&i| text.is_char_boundary(i))
        .unwrap_or(limit);
    if at == 0 {
        return 0;
    }
    match text[at..limit].find(char::is_whitespace) {
        // A stretch without spaces, as in scripts without them, is cut anywhere.
        Some(i) if i < 40 => text[at..limit].len() - text[at + i..limit].trim_start().len() + at,
        _ => at,
    }
}

/// The end of a word at or before `at`, not before `limit`.
fn word_end(text: &str, at: usize, limit: usize) -> usize {
    let at = (limit..=at)
        .rev()
        .find(|&i| text.is_char_boundary(i))
        .unwrap_or(limit);
    if at == text.len() {
        return at;
    }
    match text[limit..at].rfind(char::is_whitespace) {
        Some(i) if at - limit - i < 40 => limit + text[limit..limit + i].trim_end().len(),
        _ => at,
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn marked(query: &str, text: &str) -> Vec<String> {
        Marker::new(&Query::parse(query))
            .marks(text)
            .into_iter()
            .map(|r| text[r].to_owned())
            .collect()
    }

    #[test]
    fn all_forms_are_marked() {
        let text =
            "Strokes: left basal  ganglia, Warfarin 5mg (5 mg) BP 165/90; LOINC/8480-6. Ménière";
        assert_eq!(marked("strok* warfarrin~", text), ["Strokes", "Warfarin"]);
        assert_eq!(
            marked("\"basal ganglia\" 5mg", text),
            ["basal  ganglia", "5mg", "5 mg"]
        );
        assert_eq!(
            marked("165/90 loinc/8480-6 meniere", text),
            ["165/90", "LOINC/8480-6", "Ménière"]
        );
        assert_eq!(
            marked("left basal -ganglia 8480-6", text),
            ["left", "basal", "8480-6"]
        );
        assert_eq!(marked("\"left ganglia\"", text), Vec::<String>::new());
    }

    #[test]
    fn letters_apart() {
        assert!(
            within("warfarin", "warfarrin", 1)
                && within("ab", "ba", 1)
                && !within("abcd", "abxy", 1)
        );
        assert!(within("abcd", "abxy", 2) && !within("a", "abcd", 2));
    }

    #[test]
    fn the_snippet_holds_most_words() {
        let text = format!(
            "stroke {} left basal stroke {}",
            "pad ".repeat(100),
            "end ".repeat(100)
        );
        let snippet = Marker::new(&Query::parse("basal stroke left")).snippet(&text, 60);
        let cut = &text[snippet.range.clone()];
        assert!(
            cut.contains("left basal stroke") && cut.len() <= 60,
            "{cut}"
        );
        assert_eq!(snippet.marks.len(), 3);
        assert!(cut.starts_with("pad") && cut.ends_with("end"), "{cut}");
        let none = Marker::new(&Query::parse("zebra")).snippet("some text here", 9);
        assert_eq!(
            none,
            Snippet {
                range: 0..4,
                marks: vec![]
            }
        );
    }

    proptest! {
        #[test]
        fn snippets_lie_in_the_text(query in "[a-cé\"* ]{0,12}", text in "[a-cé \\n\u{301}]{0,80}", length in 0usize..50) {
            let mut marker = Marker::new(&Query::parse(&query));
            let snippet = marker.snippet(&text, length);
            prop_assert!(text.get(snippet.range.clone()).is_some());
            for mark in snippet.marks {
                prop_assert!(mark.start >= snippet.range.start && mark.end <= snippet.range.end);
                prop_assert!(text.get(mark).is_some());
            }
        }
    }
}
