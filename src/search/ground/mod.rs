//! Grounding: whether what an answer claims stands in the record, a number or a day together with its name.
//!
//! In: a record, up to a moment where one is given, and answers. Out: places in the answers, each with whether the record says so.
//! A drug or a problem is a claim by itself. A dose, a value, a day is one with its name: both stand in one event or in one sentence
//! of a note, else it does not count that each of them stands somewhere. Never: a mark that says "yes" to a number or a day alone,
//! any mark on a bare small number, or a word on whether an answer is right.

mod names;
mod sentences;

use std::collections::VecDeque;
use std::ops::Range;
use std::sync::LazyLock;

use jiff::civil::Date;
use regex::Regex;
use rustc_hash::{FxHashMap, FxHashSet};
use unicode_segmentation::UnicodeSegmentation;

use self::names::{Named, begins_with_unit, named, same_as};
use self::sentences::sentences;
use super::claim::{Claim, dates, numbers};
use crate::record::{AsOf, Event, Kind, Record};

/// A name before a number or a day belongs to it within so many bytes, one behind it within so many.
const BEFORE: usize = 120;
const BEHIND: usize = 40;
/// Between a test and a small number without a unit there are so many bytes at most: `eGFR fell from 41`.
const NEAR: usize = 24;

/// A word before a dose is taken for a drug's name.
static DOSED: LazyLock<Regex> = LazyLock::new(|| {
    Regex::new(
        r"(?i)\b(\p{L}[\p{L}-]{3,})\s+\d+(?:\.\d+)?\s*(?:mg|mcg|µg|g|units?|iu|ml|meq|mmol)(?:\s|[.,;:)]|$)",
    )
    .expect("a pattern that is fixed at compile time")
});

/// Words before a dose that are no drug's name.
const NO_DRUG: [&str; 26] = [
    "about",
    "daily",
    "dose",
    "doses",
    "from",
    "over",
    "than",
    "with",
    "only",
    "current",
    "tablet",
    "tablets",
    "total",
    "reduced",
    "increased",
    "given",
    "received",
    "least",
    "took",
    "takes",
    "taking",
    "started",
    "approximately",
    "another",
    "below",
    "above",
];

/// Words of names in a record that name nothing by themselves.
const COMMON: [&str; 53] = [
    "oral",
    "tablet",
    "tablets",
    "capsule",
    "solution",
    "injection",
    "injectable",
    "product",
    "extended",
    "release",
    "delayed",
    "topical",
    "serum",
    "plasma",
    "blood",
    "volume",
    "mass",
    "moles",
    "total",
    "automated",
    "count",
    "body",
    "type",
    "with",
    "without",
    "disease",
    "disorder",
    "chronic",
    "acute",
    "level",
    "rate",
    "ratio",
    "urine",
    "fraction",
    "status",
    "test",
    "left",
    "right",
    "upper",
    "lower",
    "method",
    "date",
    "mellitus",
    "predicted",
    "poor",
    "assay",
    "coagulation",
    "venous",
    "arterial",
    "calculation",
    "event",
    "events",
    "heart",
];

/// A place in an answer, and whether the record says so.
pub(crate) type Grounded = (Range<usize>, bool);

/// When a claim is marked.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Kept {
    /// Whether it holds or not.
    Always,
    /// Unless its name stands nowhere, which is marked at the name.
    WithItsName,
    /// Only where it stands nowhere: that it stands somewhere says nothing.
    Absent,
}

/// What an answer claims: one of these tokens, together with one of those where there are any.
#[derive(Debug)]
struct Check {
    range: Range<usize>,
    what: Vec<usize>,
    with: Vec<usize>,
    kept: Kept,
    holds: bool,
}

/// The words, numbers and days that are looked for.
#[derive(Debug, Default)]
struct Tokens {
    words: FxHashMap<String, usize>,
    numbers: FxHashMap<String, usize>,
    days: FxHashMap<Date, usize>,
    count: usize,
}

/// Whether a word, in lower case, names a drug or a problem.
pub(crate) fn is_named(word: &str) -> bool {
    names::named(word) == Some(names::Named::Thing)
}

/// The places in answers that claim something, and whether a record, up to a moment, says so.
pub(crate) fn ground(record: &Record, as_of: Option<AsOf>, texts: &[&str]) -> Vec<Vec<Grounded>> {
    let known = vocabulary(record);
    let mut tokens = Tokens::default();
    let mut checks = Vec::new();
    let mut ends = Vec::new();
    for text in texts {
        for sentence in sentences(text) {
            claims_of(text, sentence, &known, &mut tokens, &mut checks);
        }
        ends.push(checks.len());
    }
    let seen = look(record, as_of, &tokens, &mut checks);
    let mut checks: VecDeque<Check> = checks.into();
    let mut from = 0;
    let mut marked = |end: usize| {
        let own = checks.drain(..end - from);
        from = end;
        let mut marks: Vec<Grounded> = own.filter_map(|c| c.mark(&seen)).collect();
        marks.sort_by_key(|(range, _)| range.start);
        marks
    };
    ends.into_iter().map(&mut marked).collect()
}

impl Check {
    fn mark(self, seen: &[bool]) -> Option<Grounded> {
        let told = match self.kept {
            Kept::Always => true,
            Kept::WithItsName => self.with.iter().any(|t| seen[*t]),
            Kept::Absent => !self.holds,
        };
        told.then_some((self.range, self.holds))
    }
}

impl Tokens {
    fn new_token(count: &mut usize) -> usize {
        *count += 1;
        *count - 1
    }

    fn word(&mut self, word: &str) -> usize {
        let Tokens { words, count, .. } = self;
        *words
            .entry(word.to_owned())
            .or_insert_with(|| Self::new_token(count))
    }

    fn number(&mut self, number: &str) -> usize {
        let Tokens { numbers, count, .. } = self;
        *numbers
            .entry(number.to_owned())
            .or_insert_with(|| Self::new_token(count))
    }

    fn day(&mut self, day: Date) -> usize {
        let Tokens { days, count, .. } = self;
        *days.entry(day).or_insert_with(|| Self::new_token(count))
    }

    fn names(&mut self, word: &str) -> Vec<usize> {
        same_as(word).iter().map(|w| self.word(w)).collect()
    }
}

/// The names that a record's events have, word by word.
fn vocabulary(record: &Record) -> FxHashMap<String, Named> {
    let mut known = FxHashMap::default();
    let mut seen = FxHashSet::default();
    for event in record.happened() {
        let name = match event.kind {
            Kind::Drug | Kind::Condition => Named::Thing,
            Kind::Measurement => Named::Test,
            _ => continue,
        };
        if !seen.insert(record.name_sym(event)) {
            continue;
        }
        for (_, word) in words(record.name(event)) {
            let word = word.to_lowercase();
            let says = word.chars().count() > 3 && word.chars().all(char::is_alphabetic);
            if says && !COMMON.contains(&word.as_str()) {
                known.entry(word).or_insert(name);
            }
        }
    }
    known
}

/// The words of a text, each with its first byte; `Bilirubin.total` is two.
fn words(text: &str) -> impl Iterator<Item = (usize, &str)> {
    text.unicode_word_indices().flat_map(|(at, word)| {
        let parts = word.split(['.', ':']);
        parts.scan(at, |next, part| {
            let at = *next;
            *next += part.len() + 1;
            Some((at, part))
        })
    })
}

/// A name in a sentence.
struct Name {
    range: Range<usize>,
    word: String,
    named: Named,
}

/// The names in a sentence, in order.
fn names_in(text: &str, sentence: &Range<usize>, known: &FxHashMap<String, Named>) -> Vec<Name> {
    let part = &text[sentence.clone()];
    let dosed = DOSED
        .captures_iter(part)
        .filter_map(|c| Some(c.get(1)?.start()));
    let dosed: Vec<usize> = dosed.collect();
    let mut names = Vec::new();
    for (at, word) in words(part) {
        let range = sentence.start + at..sentence.start + at + word.len();
        let word = word.to_lowercase();
        let verb = ["s", "ed", "ing", "ly"]
            .iter()
            .any(|end| word.ends_with(end));
        let by_dose = || dosed.contains(&at) && !verb && !NO_DRUG.contains(&word.as_str());
        let kind = named(&word)
            .or_else(|| known.get(&word).copied())
            .or_else(|| by_dose().then_some(Named::Thing));
        names.extend(kind.map(|named| Name { range, word, named }));
    }
    names
}

/// Adds what a sentence of an answer claims.
fn claims_of(
    text: &str,
    sentence: Range<usize>,
    known: &FxHashMap<String, Named>,
    tokens: &mut Tokens,
    checks: &mut Vec<Check>,
) {
    let names = names_in(text, &sentence, known);
    let mut push = |range, what, with, kept| {
        checks.push(Check {
            range,
            what,
            with,
            kept,
            holds: false,
        });
    };
    for name in names.iter().filter(|n| n.named == Named::Thing) {
        push(
            name.range.clone(),
            tokens.names(&name.word),
            Vec::new(),
            Kept::Always,
        );
    }
    let days = dates(&text[sentence.clone()]);
    let moved = |range: &Range<usize>| sentence.start + range.start..sentence.start + range.end;
    let nearest = |range: &Range<usize>, valued: bool| {
        let mut own = names.iter().filter(|n| !valued || n.named != Named::Day);
        let before = own.clone().rev().find(|n| n.range.end <= range.start);
        let before = before.filter(|n| range.start - n.range.end <= BEFORE);
        let mut behind = || own.find(|n| n.range.start >= range.end);
        before.or_else(|| behind().filter(|n| n.range.start - range.end <= BEHIND))
    };
    let kept_with = |name: &Name| match name.named {
        Named::Thing => Kept::WithItsName,
        Named::Test | Named::Day => Kept::Always,
    };
    for (range, claim) in &days {
        let (Claim::Date(day), range) = (claim, moved(range)) else {
            continue;
        };
        let what = vec![tokens.day(*day)];
        match nearest(&range, false) {
            Some(name) => push(range, what, tokens.names(&name.word), kept_with(name)),
            None => push(range, what, Vec::new(), Kept::Absent),
        }
    }
    let first_day = days.iter().find_map(|(_, claim)| match claim {
        Claim::Date(day) => Some(tokens.day(*day)),
        _ => None,
    });
    for (range, number) in counted(&text[sentence.clone()], &days) {
        let range = moved(&range);
        let name = nearest(&range, true);
        let after = &text[range.end..];
        let unit = begins_with_unit(after);
        if is_small(&number) && !unit && !name.is_some_and(|n| measures(text, n, &range)) {
            continue;
        }
        let what = vec![tokens.number(&number)];
        match (name, first_day) {
            (Some(name), _) => push(range, what, tokens.names(&name.word), kept_with(name)),
            (None, Some(day)) => push(range, what, vec![day], Kept::Always),
            (None, None) => push(range, what, Vec::new(), Kept::Absent),
        }
    }
}

/// Whether a name is a test of which a number that follows closely is the value.
fn measures(text: &str, name: &Name, number: &Range<usize>) -> bool {
    let close = name.range.end <= number.start && number.start - name.range.end <= NEAR;
    let first = || !text[name.range.end..number.start].contains(|c: char| c.is_ascii_digit());
    name.named == Named::Test && close && first()
}

/// A number that stands in every record: one or two digits.
fn is_small(number: &str) -> bool {
    number.len() <= 2
}

/// The numbers of a text that are no part of a date or of a time of day.
fn counted(
    text: &str,
    days: &[(Range<usize>, Claim)],
) -> impl Iterator<Item = (Range<usize>, String)> {
    let clock = |r: &Range<usize>| {
        let digit = |c: Option<char>| c.is_some_and(|c| c.is_ascii_digit());
        let mut after = text[r.end..].chars();
        let mut before = text[..r.start].chars().rev();
        after.next() == Some(':') && digit(after.next())
            || before.next() == Some(':') && digit(before.next())
    };
    let found: Vec<_> = numbers(text, days)
        .into_iter()
        .filter(|(r, _)| !clock(r))
        .filter_map(|(r, claim)| match claim {
            Claim::Number(number) => Some((r, number)),
            _ => None,
        })
        .collect();
    found.into_iter()
}

/// Goes through a record once: settles the checks, and says which tokens stand anywhere.
fn look(record: &Record, as_of: Option<AsOf>, tokens: &Tokens, checks: &mut [Check]) -> Vec<bool> {
    let mut of_token: Vec<Vec<usize>> = vec![Vec::new(); tokens.count];
    for (i, check) in checks.iter().enumerate() {
        for token in &check.what {
            of_token[*token].push(i);
        }
    }
    let mut seen = vec![false; tokens.count];
    let mut in_unit = vec![0_u32; tokens.count];
    let mut unit = 0_u32;
    let mut found = Vec::new();
    let mut settle = |found: &[usize]| {
        unit += 1;
        for token in found {
            in_unit[*token] = unit;
            seen[*token] = true;
        }
        for check in found.iter().flat_map(|t| &of_token[*t]) {
            let check = &mut checks[*check];
            check.holds |= check.with.is_empty() || check.with.iter().any(|t| in_unit[*t] == unit);
        }
    };
    let mut word = String::new();
    let later = |e: &&Event| as_of.is_some_and(|a| a.is_later(record, e));
    for event in record.events().iter().filter(|e| !later(e)) {
        let day = event.time.map(crate::record::Time::date);
        let value = record.value(event);
        let mut one = |texts: &[&str]| {
            found.clear();
            tokens.of_day(day, &mut found);
            for text in texts {
                tokens.of_text(text, &mut word, &mut found);
            }
            settle(&found);
        };
        if event.kind == Kind::Note {
            sentences(value).for_each(|s| one(&[&value[s]]));
        } else {
            let mut texts = vec![record.name(event), value, record.unit(event)];
            texts.extend(record.details(event).map(|(_, detail)| detail));
            one(&texts);
        }
    }
    seen
}

impl Tokens {
    /// Adds those of a day: the day, and its year.
    fn of_day(&self, day: Option<Date>, found: &mut Vec<usize>) {
        let Some(day) = day else { return };
        found.extend(self.days.get(&day));
        if !self.numbers.is_empty() {
            found.extend(self.numbers.get(&day.year().to_string()));
        }
    }

    /// Adds those of a text.
    fn of_text(&self, text: &str, word: &mut String, found: &mut Vec<usize>) {
        let digits = text.bytes().any(|b| b.is_ascii_digit());
        if digits && !(self.days.is_empty() && self.numbers.is_empty()) {
            let days = dates(text);
            for (_, claim) in &days {
                if let Claim::Date(day) = claim {
                    self.of_day(Some(*day), found);
                }
            }
            let numbers = counted(text, &days);
            found.extend(numbers.filter_map(|(_, n)| self.numbers.get(&n)));
        }
        if self.words.is_empty() {
            return;
        }
        for (_, part) in words(text) {
            word.clear();
            word.extend(part.chars().flat_map(char::to_lowercase));
            found.extend(self.words.get(word.as_str()));
        }
    }
}

#[cfg(test)]
mod tests;
