//! From a claim to the record: a word, number or date of an answer, found in the record in whatever notation it has there.
//!
//! In: text of an answer. Out: the claims in it, and finders that match each in other notations: `3/4/2018`, `2018-03-04`,
//! `Mar 4 2018`; `7.60` and `7.6`; a drug by its name whatever dose stands behind it. It says where words occur, never
//! whether an answer is right.

use std::ops::Range;
use std::sync::LazyLock;

use jiff::civil::Date;
use regex::Regex;
use unicode_segmentation::UnicodeSegmentation;

use crate::search::date;
use crate::search::find::Finder;
use crate::search::ground;

/// What a stretch of an answer claims.
#[derive(Clone, Debug, PartialEq)]
pub(crate) enum Claim {
    /// A day.
    Date(Date),
    /// A number, as digits without thousands separators and trailing zeros: `1200`, `7.6`.
    Number(String),
    /// A word, in lower case.
    Word(String),
}

static NUMBERS: LazyLock<Regex> = LazyLock::new(|| {
    Regex::new(r"\d{1,3}(?:,\d{3})+(?:\.\d+)?|\d+(?:\.\d+)?")
        .expect("a pattern that is fixed at compile time")
});

/// The claim that holds a byte of a text, or the word at it; and where it stands.
pub(crate) fn claim_at(text: &str, offset: usize) -> Option<(Range<usize>, Claim)> {
    let mut all = dates(text);
    all.extend(numbers(text, &all));
    if let Some(found) = all.into_iter().find(|(r, _)| r.contains(&offset)) {
        return Some(found);
    }
    let (start, word) = text
        .unicode_word_indices()
        .find(|(i, w)| (*i..i + w.len()).contains(&offset))?;
    Some((start..start + word.len(), Claim::Word(word.to_lowercase())))
}

/// Where the numbers, the dates, and the names of drugs and problems of a text stand, in order.
pub(crate) fn places(text: &str) -> Vec<Range<usize>> {
    let mut all = dates(text);
    all.extend(numbers(text, &all));
    let mut found: Vec<Range<usize>> = all.into_iter().map(|(r, _)| r).collect();
    let named = |word: &&str| ground::is_named(&word.to_lowercase());
    let words = text.unicode_word_indices().filter(|(_, w)| named(w));
    found.extend(words.map(|(i, w)| i..i + w.len()));
    found.sort_by_key(|r| r.start);
    found
}

/// The dates in a text, in order.
pub(super) fn dates(text: &str) -> Vec<(Range<usize>, Claim)> {
    date::days(text)
        .map(|(range, day)| (range, Claim::Date(day)))
        .collect()
}

/// The numbers in a text that are no part of what is taken, in order.
pub(super) fn numbers(text: &str, taken: &[(Range<usize>, Claim)]) -> Vec<(Range<usize>, Claim)> {
    NUMBERS
        .find_iter(text)
        .map(|m| m.range())
        .filter(|r| {
            !taken
                .iter()
                .any(|(t, _)| t.start < r.end && r.start < t.end)
        })
        .filter(|r| stands_alone(text, r))
        .map(|r| (r.clone(), Claim::Number(plain_number(&text[r]))))
        .collect()
}

/// A number that is no part of a word or a longer number: not the 2 of CHA2DS2 or H2O, nor the 5 of 5.5.
fn stands_alone(text: &str, r: &Range<usize>) -> bool {
    let before = text[..r.start].chars().next_back();
    let mut after = text[r.end..].chars();
    let next = after.next();
    let glued = |c: Option<char>| c.is_some_and(|c| c.is_alphanumeric() || c == '_');
    // `5mg` is a number with its unit; a digit behind the point goes on with the number.
    let unit = next.is_some_and(char::is_alphabetic);
    let goes_on = next == Some('.') && after.next().is_some_and(|c| c.is_ascii_digit());
    let behind_point = before == Some('.')
        && text[..r.start - 1]
            .chars()
            .next_back()
            .is_some_and(|c| c.is_ascii_digit());
    !glued(before) && !behind_point && !goes_on && (unit || !glued(next))
}

/// A number without separators and trailing zeros behind the point.
fn plain_number(text: &str) -> String {
    let text = text.replace(',', "");
    let text = match text.split_once('.') {
        Some((whole, part)) => {
            let part = part.trim_end_matches('0');
            if part.is_empty() {
                whole.to_owned()
            } else {
                format!("{whole}.{part}")
            }
        }
        None => text,
    };
    let trimmed = text.trim_start_matches('0');
    if trimmed.is_empty() || trimmed.starts_with('.') {
        format!("0{trimmed}")
    } else {
        trimmed.to_owned()
    }
}

impl Claim {
    /// A finder of this claim in other notations. For a date it also finds the events of that day.
    ///
    /// # Errors
    /// When a selection is too long for a pattern.
    pub(crate) fn finder(&self) -> Result<Finder, String> {
        match self {
            Claim::Date(date) => Ok(Finder::new(&date::pattern(*date), true)?.on_day(*date)),
            Claim::Number(number) => {
                let (whole, part) = number.split_once('.').unwrap_or((number, ""));
                let whole = with_separators(whole);
                let pattern = if part.is_empty() {
                    format!(r"{whole}(?:\.0+)?")
                } else if whole == "0" {
                    format!(r"0?\.{part}0*")
                } else {
                    format!(r"{whole}\.{part}0*")
                };
                Ok(Finder::new(&pattern, true)?.alone())
            }
            Claim::Word(word) => Finder::new(&format!(r"\b{}\b", regex::escape(word)), true),
        }
    }
}

/// A pattern of a whole number with or without separators: `1,?200`.
fn with_separators(digits: &str) -> String {
    let mut all = String::new();
    for (i, c) in digits.chars().enumerate() {
        if i > 0 && (digits.len() - i).is_multiple_of(3) {
            all.push_str(",?");
        }
        all.push(c);
    }
    all
}

/// Whether a place that a number's pattern matched is the whole number there.
pub(super) fn is_whole_number(text: &str, range: &Range<usize>) -> bool {
    stands_alone(text, range)
}

#[cfg(test)]
mod tests {
    use std::path::Path;

    use super::*;
    use crate::record::model::{Builder, NewEvent};
    use crate::record::{Record, Shape, Time};

    fn record() -> Record {
        let mut b = Builder::new(Path::new("x.xml"), Shape::Lumia, 0);
        let time = Time::parse_iso("2018-03-04 10:00");
        let inr = NewEvent {
            time,
            type_name: "measurement",
            name: "INR",
            value: "1.40",
            ..NewEvent::default()
        };
        b.event(inr, &[]);
        let note = "Seen 3/4/18. Apixaban 5mg since March 4, 2018; platelets 1,200; CHA2DS2-VASc 6. Glucose 5.50";
        b.event(
            NewEvent {
                type_name: "note",
                name: "Note",
                value: note,
                ..NewEvent::default()
            },
            &[],
        );
        b.finish()
    }

    fn found(claim: &str) -> Vec<String> {
        let record = record();
        let (_, claim) = claim_at(claim, 0).expect("a claim");
        let finder = claim.finder().expect("a pattern");
        let hits = finder.in_record(&record);
        hits.all
            .iter()
            .map(|h| {
                record.value(record.event(h.event))[h.start as usize..h.end as usize].to_owned()
            })
            .collect()
    }

    #[test]
    fn dates_match_in_other_notations_and_on_their_day() {
        for claim in [
            "2018-03-04",
            "3/4/2018",
            "Mar 4 2018",
            "4 March 2018",
            "March 4th, 2018",
        ] {
            assert_eq!(found(claim), ["", "3/4/18", "March 4, 2018"], "{claim}");
        }
        assert_eq!(found("2018-03-05"), Vec::<String>::new());
    }

    #[test]
    fn numbers_match_with_and_without_zeros_but_not_inside_others() {
        assert_eq!(found("1.4"), ["1.40"]);
        assert_eq!(found("1.400"), ["1.40"]);
        assert_eq!(found("5"), ["5"], "5mg, and not 5.50");
        assert_eq!(found("5.5"), ["5.50"]);
        assert_eq!(found("1200"), ["1,200"]);
        assert_eq!(found("2"), Vec::<String>::new(), "not the 2 of CHA2DS2");
    }

    #[test]
    fn drugs_match_by_name() {
        assert_eq!(found("apixaban 2.5 mg"), ["Apixaban"]);
    }
}
