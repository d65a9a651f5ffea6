//! The language of ranked search.
//!
//! In: what a person typed, half typed as it may be. Out: words, filters, and messages about what was left out. Never an
//! error: whatever cannot be understood is searched for as words or left out with a message.
//!
//! | written | means |
//! | --- | --- |
//! | `left basal ganglia` | events with all of these words come first, then those with some, each by BM25 |
//! | `"basal ganglia"` | these words one after another; a missing end quote ends with the query |
//! | `strok*` | words that begin so (at least 2 characters) |
//! | `warfarrin~`, `warfarrin~2` | words that differ by one letter, or by two |
//! | `-word`, `-"a phrase"`, `-kind:note` | not these (`-5` is a number; to leave it out: `-"5"`) |
//! | `kind:note`, `kind:measurement,drug` | of this kind, or one of these kinds |
//! | `code:LOINC/8480-6`, `code:8480-6`, `code:loinc`, `code:I63*` | with this code, vocabulary, or codes that begin so |
//! | `name:"blood pressure"` | with these words in the event's name |
//! | `patient:123`, `note:456` | of this patient; the note with this id |
//! | `after:2018-01`, `before:2019`, `on:2018-01-05` | from the start of January 2018 on; before 2019 begins; within that day |
//!
//! Filters of one name are alternatives, except dates and names, which all have to fit. Events without a time fit no date. Filters do not
//! change the score. Prefixes and fuzzy words score 1 for an event, whatever its length.

use jiff::civil::{Date, date};

use super::analysis::{Analyzer, folded};
use crate::record::Kind;
use crate::record::time::{Precision, Time};

/// Words beyond so many are left out, with a message.
pub const MOST_WORDS: usize = 64;
/// A prefix has at least so many characters.
const SHORTEST_PREFIX: usize = 2;
/// What filters there are.
pub const FILTERS: [&str; 8] = [
    "kind", "code", "name", "patient", "note", "after", "before", "on",
];

/// A query as understood.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Query {
    /// What is searched for.
    pub words: Vec<Word>,
    /// What has to fit beside.
    pub filters: Vec<Filter>,
    /// What was left out or read otherwise than written, for the line under the prompt.
    pub messages: Vec<String>,
}

/// One thing to search for.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Word {
    /// As it is named in explanations: as written, without its signs.
    pub label: String,
    /// Whether events with it are left out.
    pub negative: bool,
    /// Whether it was in quotes.
    pub quoted: bool,
    /// What it is.
    pub form: Form,
}

/// How a word is searched for.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Form {
    /// Terms at these positions from the first, one after another; most often a single one.
    Terms(Vec<(u32, String)>),
    /// Words that begin so.
    Prefix(String),
    /// Words at most so many letters apart.
    Fuzzy(String, u8),
}

/// A condition that does not change the score.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Filter {
    /// Whether events that fit are left out.
    pub negative: bool,
    /// The condition.
    pub condition: Condition,
}

/// What a filter asks.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Condition {
    /// One of these kinds.
    Kinds(Vec<Kind>),
    /// A code, a vocabulary, or the part of a code behind its vocabulary.
    Code(String),
    /// A code that begins so.
    CodePrefix(String),
    /// All these words in the name, the last one perhaps a prefix.
    Name(Vec<String>, Option<String>),
    /// The patient.
    Patient(String),
    /// The note.
    Note(String),
    /// Seconds from the first to before the second; either may be open.
    Time(Option<i64>, Option<i64>),
    /// Not typed by anybody: a patient's events from this second on, or of an encounter from then on where they have no time.
    Later(String, i64),
}

/// What is hidden of a patient's record.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Hidden {
    /// The patient.
    pub patient: String,
    /// The first second that is hidden.
    pub from: i64,
}

impl Query {
    /// Understands what was typed.
    pub fn parse(text: &str) -> Self {
        let mut query = Query::default();
        let mut analyzer = Analyzer::default();
        let mut negate = false;
        let mut left_out = 0;
        for part in Parts::new(text) {
            let plain = !part.quoted && part.filter.is_none() && !part.negative;
            match part.text {
                "AND" | "OR" if plain => {
                    let sign = part.text;
                    query.say(format!("{sign} is not needed: events with all words come first, then those with some"));
                    continue;
                }
                "NOT" if plain => {
                    negate = true;
                    continue;
                }
                _ => {}
            }
            let negative = part.negative || std::mem::take(&mut negate);
            if part.open {
                query.say("the quote is not closed yet; the phrase goes to the end".to_owned());
            }
            if let Some(filter) = part.filter {
                query.filter(filter, &part, negative, &mut analyzer);
                continue;
            }
            if query.words.len() >= MOST_WORDS {
                left_out += 1;
                continue;
            }
            if let Some(word) = query.word(&part, negative, &mut analyzer) {
                query.words.push(word);
            }
        }
        if left_out > 0 {
            query.say(format!(
                "{left_out} words are left out: a query has at most {MOST_WORDS}"
            ));
        }
        if query.words.iter().all(|w| w.negative)
            && !query.words.is_empty()
            && query.filters.is_empty()
        {
            query.say("only words to leave out: all other events fit".to_owned());
        }
        query
    }

    /// Whether there is nothing to search for.
    pub fn is_empty(&self) -> bool {
        self.words.is_empty() && self.filters.is_empty()
    }

    /// Leaves out what is hidden of a patient: neither listed nor counted.
    pub fn hide(&mut self, hidden: &Hidden) {
        if !self.is_empty() {
            let condition = Condition::Later(hidden.patient.clone(), hidden.from);
            self.filters.push(Filter {
                negative: true,
                condition,
            });
        }
    }

    /// Words that are searched for, not left out.
    pub fn wanted(&self) -> impl Iterator<Item = &Word> {
        self.words.iter().filter(|w| !w.negative)
    }

    fn say(&mut self, message: String) {
        if !self.messages.contains(&message) {
            self.messages.push(message);
        }
    }

    fn word(&mut self, part: &Part<'_>, negative: bool, analyzer: &mut Analyzer) -> Option<Word> {
        let mut text = part.text;
        let mut form = None;
        if !part.quoted {
            if let Some(stem) = text.strip_suffix('*') {
                text = stem.trim_end_matches('*');
                form = Some(Sign::Prefix);
            } else if let Some(at) = text.rfind('~') {
                let distance = match &text[at + 1..] {
                    "" | "1" => Some(1),
                    "2" => Some(2),
                    _ => None,
                };
                if let Some(distance) = distance {
                    text = text[..at].trim_end_matches('~');
                    form = Some(Sign::Fuzzy(distance));
                }
            }
        }
        let terms = terms(text, analyzer);
        let label = text.to_owned();
        let form = match (form, &terms[..]) {
            (_, []) => {
                if part.text.chars().any(|c| !c.is_whitespace())
                    && !part.text.chars().all(|c| "-*~\"".contains(c))
                {
                    self.say("signs without letters or digits are left out".to_owned());
                }
                return None;
            }
            (Some(Sign::Prefix), [(_, term)]) => {
                if term.chars().count() < SHORTEST_PREFIX {
                    self.say(format!(
                        "a beginning has at least {SHORTEST_PREFIX} characters"
                    ));
                    return None;
                }
                Form::Prefix(term.clone())
            }
            (Some(Sign::Fuzzy(distance)), [(_, term)]) => {
                let most = if term.chars().count() < 4 {
                    0
                } else {
                    distance
                };
                if most == 0 {
                    self.say(
                        "a word of fewer than 4 characters is searched for as written".to_owned(),
                    );
                    Form::Terms(terms)
                } else {
                    Form::Fuzzy(term.clone(), most)
                }
            }
            (Some(_), _) => {
                self.say(
                    "* and ~ work on single words; this one is searched for as written".to_owned(),
                );
                Form::Terms(terms)
            }
            (None, _) => Form::Terms(terms),
        };
        Some(Word {
            label,
            negative,
            quoted: part.quoted,
            form,
        })
    }

    fn filter(&mut self, name: &str, part: &Part<'_>, negative: bool, analyzer: &mut Analyzer) {
        let value = part.text.trim();
        if value.is_empty() {
            self.say(format!("{name}: waits for a value"));
            return;
        }
        let condition = match name {
            "kind" => self.kinds(value),
            "code" => match value.strip_suffix('*') {
                Some(stem) if !stem.is_empty() => Some(Condition::CodePrefix(folded(stem))),
                Some(_) => None,
                None => Some(Condition::Code(folded(value))),
            },
            "name" => {
                let (value, open) = value
                    .strip_suffix('*')
                    .map_or((value, false), |v| (v, true));
                let mut words: Vec<String> =
                    terms(value, analyzer).into_iter().map(|(_, t)| t).collect();
                let last = if open { words.pop() } else { None };
                (!words.is_empty() || last.is_some()).then_some(Condition::Name(words, last))
            }
            "patient" => Some(Condition::Patient(value.to_owned())),
            "note" => Some(Condition::Note(value.to_owned())),
            _ => self.time(name, value),
        };
        if let Some(condition) = condition {
            self.filters.push(Filter {
                negative,
                condition,
            });
        }
    }

    fn kinds(&mut self, value: &str) -> Option<Condition> {
        let mut kinds = Vec::new();
        for name in value.split(',').map(str::trim).filter(|n| !n.is_empty()) {
            let name = name.to_ascii_lowercase().replace('-', "_");
            let exact = Kind::ALL
                .into_iter()
                .find(|k| k.name() == name)
                .or_else(|| {
                    let known = Kind::from_type(&name);
                    (known != Kind::Other).then_some(known)
                });
            let singular = name.strip_suffix('s').unwrap_or(&name);
            let begun: Vec<Kind> = Kind::ALL
                .into_iter()
                .filter(|k| k.name().starts_with(singular))
                .collect();
            match (exact, &begun[..]) {
                (Some(kind), _) => kinds.push(kind),
                (None, [kind]) => kinds.push(*kind),
                (None, _) => {
                    let known = Kind::ALL.map(Kind::name).join(", ");
                    self.say(format!("kind: is one of {known}"));
                }
            }
        }
        (!kinds.is_empty()).then_some(Condition::Kinds(kinds))
    }

    fn time(&mut self, name: &str, value: &str) -> Option<Condition> {
        let Some((start, end)) = period(value) else {
            self.say(format!("{name}: waits for a year, 2018-01 or 2018-01-05"));
            return None;
        };
        Some(match name {
            "after" => Condition::Time(Some(start), None),
            "before" => Condition::Time(None, Some(start)),
            _ => Condition::Time(Some(start), Some(end)),
        })
    }
}

#[derive(Clone, Copy)]
enum Sign {
    Prefix,
    Fuzzy(u8),
}

/// The terms that a text is searched for by, with their positions: a whole stands for its pieces.
fn terms(text: &str, analyzer: &mut Analyzer) -> Vec<(u32, String)> {
    let mut terms = Vec::new();
    let mut covered = 0;
    for token in analyzer.tokens(text) {
        if token.position >= covered {
            covered = token.position + token.covers;
            terms.push((token.position, token.text.to_owned()));
        }
    }
    terms
}

/// Seconds of the start of a year, month or day, and of the one that follows.
fn period(text: &str) -> Option<(i64, i64)> {
    let seconds = |d: Date| Time::new(d.at(0, 0, 0, 0), Precision::Day).seconds();
    let mut parts = text.split(['-', '/']);
    let year = parts
        .next()
        .filter(|y| y.len() == 4)?
        .parse::<i16>()
        .ok()
        .filter(|y| (1..9999).contains(y))?;
    let number = |part: Option<&str>| {
        part.filter(|p| !p.is_empty())
            .map(str::parse::<i8>)
            .transpose()
            .ok()
    };
    let (month, day) = (number(parts.next())?, number(parts.next())?);
    if parts.next().is_some() {
        return None;
    }
    let start = Date::new(year, month.unwrap_or(1), day.unwrap_or(1)).ok()?;
    let end = match (month, day) {
        (None, _) | (Some(12), None) => date(year + 1, 1, 1),
        (Some(month), None) => date(year, month + 1, 1),
        (Some(_), Some(_)) => start.tomorrow().ok()?,
    };
    Some((seconds(start), seconds(end)))
}

/// One part of a query, between spaces.
#[derive(Clone, Copy, Debug)]
struct Part<'a> {
    negative: bool,
    filter: Option<&'static str>,
    quoted: bool,
    /// A quote was opened and not closed.
    open: bool,
    text: &'a str,
}

struct Parts<'a> {
    rest: &'a str,
}

impl<'a> Parts<'a> {
    fn new(text: &'a str) -> Self {
        Parts { rest: text }
    }
}

impl<'a> Iterator for Parts<'a> {
    type Item = Part<'a>;

    fn next(&mut self) -> Option<Part<'a>> {
        let mut rest = self.rest.trim_start();
        if rest.is_empty() {
            return None;
        }
        let mut part = Part {
            negative: false,
            filter: None,
            quoted: false,
            open: false,
            text: "",
        };
        if let Some(behind) = rest
            .strip_prefix('-')
            .filter(|b| b.starts_with(|c: char| c.is_alphabetic() || c == '"'))
        {
            part.negative = true;
            rest = behind;
        }
        if let Some((name, behind)) = rest.split_once(':')
            && let Some(filter) = FILTERS.into_iter().find(|f| f.eq_ignore_ascii_case(name))
        {
            part.filter = Some(filter);
            rest = behind;
        }
        if let Some(inner) = rest.strip_prefix('"') {
            part.quoted = true;
            part.open = !inner.contains('"');
            let (text, behind) = inner.split_once('"').unwrap_or((inner, ""));
            part.text = text;
            self.rest = behind;
        } else {
            let end = rest.find(char::is_whitespace).unwrap_or(rest.len());
            part.text = &rest[..end];
            self.rest = &rest[end..];
        }
        Some(part)
    }
}

#[cfg(test)]
mod tests;
