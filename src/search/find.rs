//! Find: literal text or a regular expression in one record, as it is typed.
//!
//! In: a pattern and a record (or any text). Out: places, in the record's order. Offsets are bytes of the original text,
//! so they stay right with any line ends, combining characters and runs of spaces. Never: an index, or a copy of the text.

use std::ops::Range;

use jiff::civil::Date;
use regex::{Regex, RegexBuilder};

use crate::record::{EncounterId, EventId, Record, Time};
use crate::search::claim::is_whole_number;
use crate::search::{date, notation};

/// At most this many places are collected; [`Hits::more`] says that there were more.
pub(crate) const MAX_HITS: usize = 100_000;
/// No notation of a day is shorter than `2/3/20`.
const SHORTEST_DAY: usize = 6;

/// What part of an event matched.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Field {
    /// The event's name.
    Name,
    /// The event's code.
    Code,
    /// The event's value, or a note's text.
    Value,
    /// One of its details, by its place among them.
    Detail(u16),
    /// The event's time, when a day is looked for; `start..end` is empty.
    Time,
}

/// One place: bytes `start..end` of a field of an event.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Hit {
    /// The event.
    pub event: EventId,
    /// Which of its strings.
    pub field: Field,
    /// First byte in that string.
    pub start: u32,
    /// One past the last byte.
    pub end: u32,
}

/// All places in a record.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Hits {
    /// In the record's order.
    pub all: Vec<Hit>,
    /// Whether the search stopped at [`MAX_HITS`].
    pub more: bool,
}

impl Hits {
    /// The places in one event.
    pub fn of(&self, event: EventId) -> &[Hit] {
        let start = self.all.partition_point(|h| h.event < event);
        let end = self.all.partition_point(|h| h.event <= event);
        &self.all[start..end]
    }
}

/// A compiled pattern.
#[derive(Clone, Debug)]
pub struct Finder {
    regex: Regex,
    /// No match is shorter, in bytes.
    shortest: usize,
    day: Option<Date>,
    alone: bool,
}

impl Finder {
    /// Compiles a pattern: literally, in the ways that records write the same, or as a regular expression. A day also finds
    /// its events. Smart case: a pattern without capitals matches either case.
    ///
    /// # Errors
    /// When the pattern is no regular expression; the message is one line, for the line under the prompt.
    pub fn new(pattern: &str, is_regex: bool) -> Result<Self, String> {
        let day = (!is_regex).then(|| date::whole(pattern)).flatten();
        let (source, shortest) = if is_regex {
            (pattern.to_owned(), 1)
        } else {
            let (literal, shortest) = notation::pattern(pattern);
            match day {
                Some(day) => (format!("{literal}|{}", date::pattern(day)), SHORTEST_DAY),
                None => (literal, shortest),
            }
        };
        // In a regular expression the letter of a class such as `\S` is no capital of the text.
        let mut escaped = false;
        let capital = pattern.chars().any(|c| {
            let class = is_regex && escaped;
            escaped = c == '\\' && !escaped;
            c.is_uppercase() && !class
        });
        RegexBuilder::new(&source)
            .case_insensitive(!capital)
            .multi_line(true)
            .size_limit(4 << 20)
            .build()
            .map(|regex| Finder {
                regex,
                shortest,
                day,
                alone: false,
            })
            .map_err(|e| match e {
                regex::Error::CompiledTooBig(_) => {
                    "this regular expression is too large".to_owned()
                }
                e => {
                    let text = e.to_string();
                    let last = text.lines().last().unwrap_or_default().trim();
                    format!(
                        "no regular expression yet: {}",
                        last.trim_start_matches("error: ")
                    )
                }
            })
    }

    /// Finds the events of a day, too.
    #[must_use]
    pub fn on_day(self, day: Date) -> Self {
        Finder {
            day: Some(day),
            ..self
        }
    }

    /// Finds only whole numbers: not the 5 of 5.50, nor the 2 of CHA2DS2.
    #[must_use]
    pub fn alone(self) -> Self {
        Finder {
            alone: true,
            ..self
        }
    }

    /// The places in one text; empty matches are none.
    pub fn in_text<'a>(&'a self, text: &'a str) -> impl Iterator<Item = Range<usize>> + 'a {
        self.regex
            .find_iter(text)
            .map(|m| m.range())
            .filter(|r| !r.is_empty())
            .filter(|r| !self.alone || is_whole_number(text, r))
    }

    /// The places in a record.
    pub fn in_record(&self, record: &Record) -> Hits {
        let mut hits = Hits::default();
        // Names and codes are few; each is looked at once.
        let mut known: Vec<Option<Vec<Range<usize>>>> = vec![None; record.string_count()];
        for (i, event) in record.events().iter().enumerate() {
            let id = EventId(i as u32);
            // A fact about the patient shows no day: it holds whenever it is.
            let dated = event.encounter != EncounterId::PATIENT;
            if dated && self.day.is_some() && event.time.map(Time::date) == self.day {
                let when = 0..0;
                push(&mut hits, id, Field::Time, std::iter::once(when));
            }
            for (sym, field) in [
                (record.name_sym(event), Field::Name),
                (record.code_sym(event), Field::Code),
            ] {
                let places = known[sym.index()]
                    .get_or_insert_with(|| self.in_text(record.string(sym)).collect());
                push(&mut hits, id, field, places.iter().cloned());
            }
            for (n, sym) in record.detail_syms(event).enumerate() {
                let places = known[sym.index()]
                    .get_or_insert_with(|| self.in_text(record.string(sym)).collect());
                let field = Field::Detail(u16::try_from(n).unwrap_or(u16::MAX));
                push(&mut hits, id, field, places.iter().cloned());
            }
            // Most values are short: a number.
            let value = record.value(event);
            if value.len() >= self.shortest {
                push(&mut hits, id, Field::Value, self.in_text(value));
            }
            if hits.more {
                break;
            }
        }
        hits
    }
}

fn push(hits: &mut Hits, event: EventId, field: Field, places: impl Iterator<Item = Range<usize>>) {
    for r in places {
        if hits.all.len() == MAX_HITS {
            hits.more = true;
            return;
        }
        hits.all.push(Hit {
            event,
            field,
            start: r.start as u32,
            end: r.end as u32,
        });
    }
}

#[cfg(test)]
mod tests {
    use std::path::Path;

    use super::*;
    use crate::record::Shape;
    use crate::record::model::{Builder, NewEvent};

    fn record() -> Record {
        let mut b = Builder::new(Path::new("x.xml"), Shape::Lumia, 0);
        b.event(
            NewEvent {
                type_name: "measurement",
                name: "INR",
                value: "1.0",
                ..NewEvent::default()
            },
            &[],
        );
        let note = "Seen\r\nfor INR  check 🩺 e\u{301}. INR 2.4";
        b.event(
            NewEvent {
                type_name: "note",
                name: "Progress note",
                value: note,
                ..NewEvent::default()
            },
            &[],
        );
        b.event(
            NewEvent {
                type_name: "drug_exposure",
                name: "warfarin",
                ..NewEvent::default()
            },
            &[
                ("visit_id", "visit77"),
                ("sig", "at night"),
                ("route", "PO"),
            ],
        );
        b.finish()
    }

    fn places(pattern: &str, regex: bool) -> Vec<(u32, Field, String)> {
        let record = record();
        let hits = Finder::new(pattern, regex)
            .expect("a pattern")
            .in_record(&record);
        hits.all
            .iter()
            .map(|h| {
                let event = record.event(h.event);
                let text = match h.field {
                    Field::Name => record.name(event),
                    Field::Code => record.code(event),
                    Field::Value | Field::Time => record.value(event),
                    Field::Detail(n) => record.details(event).nth(n.into()).expect("a detail").1,
                };
                (
                    h.event.0,
                    h.field,
                    text[h.start as usize..h.end as usize].to_owned(),
                )
            })
            .collect()
    }

    #[test]
    fn smart_case_and_exact_offsets() {
        assert_eq!(places("inr", false).len(), 3);
        assert_eq!(places("INR", false).len(), 3);
        assert_eq!(places("Inr", false), []);
        assert_eq!(
            places("e\u{301}.", false),
            [(1, Field::Value, "e\u{301}.".to_owned())]
        );
        assert_eq!(places("inr  check", false).len(), 1);
    }

    #[test]
    fn what_is_said_beside_the_value_is_found_too() {
        let sig = (2, Field::Detail(0), "night".to_owned());
        assert_eq!(places("night", false), [sig]);
        assert_eq!(
            places("PO", false),
            [(2, Field::Detail(1), "PO".to_owned())]
        );
        assert_eq!(places("visit77", false), [], "an id is no finding");
    }

    #[test]
    fn regular_expressions_and_their_mistakes() {
        assert_eq!(
            places(r"inr \d\.\d", true),
            [(1, Field::Value, "INR 2.4".to_owned())]
        );
        assert_eq!(places(r"\Seen", true).len(), 1, "a class is no capital");
        let error = Finder::new("(", true).expect_err("unclosed");
        assert!(
            !error.contains('\n') && error.contains("unclosed group"),
            "{error}"
        );
        assert_eq!(places("x*", true).len(), 0, "empty matches are none");
    }
}
