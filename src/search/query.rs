//! The language of ranked search.
//!
//! In: what a person typed, half typed as it may be. Out: words, filters, and messages about what was left out. Never an
//! error: whatever cannot be understood is searched for as words or left out with a message.
//!
//! | written | means |
//! | --- | --- |
//! | `left basal ganglia` | events with all of these words come first, then those with some, each by BM25 |
//! | `"basal ganglia"` | these words one after another; a missing end quote ends with the query |
//! | `strok*`, `"compression stock*"` | words that begin so (at least 2 characters); a phrase whose last word begins so |
//! | `warfarrin~`, `warfarrin~2` | words that differ by one letter, or by two |
//! | `2020-02-03`, `2/3/2020`, `Feb 3, 2020` | the events of that day, and texts that write it in any notation; in quotes only as written |
//! | `-word`, `-"a phrase"`, `-kind:note` | not these (`-5` is a number; to leave it out: `-"5"`) |
//! | `kind:note`, `kind:measurement,drug` | of this kind, or one of these kinds |
//! | `code:LOINC/8480-6`, `code:8480-6`, `code:loinc`, `code:I63*` | with this code, vocabulary, or codes that begin so |
//! | `name:"blood pressure"` | with these words in the event's name |
//! | `patient:123`, `note:456` | of this patient; the note with this id |
//! | `after:2018-01`, `before:2019`, `on:2018-01-05` | from the start of January 2018 on; before 2019 begins; within that day |
//!
//! Filters of one name are alternatives, except dates and names, which all have to fit. Events without a time fit no date. Filters do not
//! change the score. Prefixes, fuzzy words and the events of a day score 1 for an event, whatever its length. Greek letters, units and possessives are found
//! however they are written ([`notation`](super::notation)).

use jiff::civil::{Date, date};

use super::analysis::{Analyzer, folded};
use super::date;
use super::notation::{Phrase, phrases};
use crate::record::Kind;
use crate::record::time::{Precision, Time};

mod part;

use part::{End, Part, Parts};

/// Words beyond so many are left out, with a message.
pub(crate) const MOST_WORDS: usize = 64;
/// A prefix has at least so many characters.
const SHORTEST_PREFIX: usize = 2;
/// What filters there are.
pub(crate) const FILTERS: [&str; 8] = [
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
    /// Terms one after another, most often a single one; as written, or in another of these ways.
    Terms(Vec<Phrase>),
    /// A day as texts write it; or the events from the first second to before the other.
    Day(Vec<Phrase>, (i64, i64)),
    /// Terms one after another of which the last begins so; most often a single one.
    Prefix(Phrase),
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
        let mut parts = Parts::new(text);
        while let Some(part) = parts.next() {
            let plain = !part.quoted && part.filter.is_none() && !part.negative;
            if plain && part.day.is_none() {
                query.hint(part.text, parts.rest);
            }
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
            if part.end == End::Open {
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

    /// Says what a small `and`, `or` or `not` between words does.
    fn hint(&mut self, word: &str, behind: &str) {
        if behind.trim().is_empty() {
            return;
        }
        match word {
            "and" | "or" if !self.words.is_empty() => self.say(format!(
                "{word} is searched for as a word; it is not needed: events with all words come first, then those with some"
            )),
            "not" => self.say("not is searched for as a word; -word leaves events out".to_owned()),
            _ => {}
        }
    }

    /// A day, as an event's time and in the notations of texts.
    fn day(&mut self, part: &Part<'_>, day: Date, negative: bool, analyzer: &mut Analyzer) -> Word {
        if let Some(other) = date::other_order(part.text, day) {
            self.say(format!(
                "{} is read as {day}, the month first; for {other} write so",
                part.text
            ));
        }
        let mut ways: Vec<Phrase> = Vec::new();
        let written = std::iter::once(part.text.to_owned());
        for written in written.chain(date::notations(day)) {
            let terms = phrases(&written, analyzer).swap_remove(0);
            if !ways.contains(&terms) {
                ways.push(terms);
            }
        }
        let form = Form::Day(ways, whole_day(day));
        Word {
            label: part.text.to_owned(),
            negative,
            quoted: false,
            form,
        }
    }

    fn word(&mut self, part: &Part<'_>, negative: bool, analyzer: &mut Analyzer) -> Option<Word> {
        if let Some(day) = part.day {
            return Some(self.day(part, day, negative, analyzer));
        }
        let mut text = part.text;
        let mut form = (part.end == End::Begun).then_some(Sign::Prefix);
        if let Some(stem) = text.strip_suffix('*') {
            text = stem.trim_end_matches('*');
            form = Some(Sign::Prefix);
        } else if let Some(at) = text.rfind('~').filter(|_| !part.quoted) {
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
        let ways = phrases(text, analyzer);
        let label = text.to_owned();
        let form = match (form, ways.first().map(Vec::as_slice)) {
            (_, None) => {
                if part.text.chars().any(|c| !c.is_whitespace())
                    && !part.text.chars().all(|c| "-*~\"".contains(c))
                {
                    self.say("signs without letters or digits are left out".to_owned());
                }
                return None;
            }
            (Some(Sign::Prefix), Some(terms)) => {
                let last = terms.last().map_or(0, |(_, term)| term.chars().count());
                if last < SHORTEST_PREFIX {
                    self.say(format!(
                        "a beginning has at least {SHORTEST_PREFIX} characters"
                    ));
                    return None;
                }
                Form::Prefix(terms.to_vec())
            }
            (Some(Sign::Fuzzy(distance)), Some([(_, term)])) => {
                let most = if term.chars().count() < 4 {
                    0
                } else {
                    distance
                };
                if most == 0 {
                    self.say(
                        "a word of fewer than 4 characters is searched for as written".to_owned(),
                    );
                    Form::Terms(ways)
                } else {
                    Form::Fuzzy(term.clone(), most)
                }
            }
            (Some(Sign::Fuzzy(_)), _) => {
                self.say("~ works on single words; this one is searched for as written".to_owned());
                Form::Terms(ways)
            }
            (None, _) => Form::Terms(ways),
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
                let written = phrases(value, analyzer).into_iter().next();
                let written = written.unwrap_or_default().into_iter();
                let mut words: Vec<String> = written.map(|(_, t)| t).collect();
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
            self.say(format!("{name}: waits for a year, 2018-01 or a day"));
            return None;
        };
        if let Some((day, other)) =
            date::whole(value).and_then(|d| Some((d, date::other_order(value, d)?)))
        {
            self.say(format!(
                "{value} is read as {day}, the month first; for {other} write so"
            ));
        }
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

fn seconds(day: Date) -> i64 {
    Time::new(day.at(0, 0, 0, 0), Precision::Day).seconds()
}

/// Seconds of the start of a day, and of the next.
fn whole_day(day: Date) -> (i64, i64) {
    let start = seconds(day);
    (start, start + 86_400)
}

/// Seconds of the start of a year, month or day, and of the one that follows.
fn period(text: &str) -> Option<(i64, i64)> {
    if let Some(day) = date::whole(text) {
        return Some(whole_day(day));
    }
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

#[cfg(test)]
mod tests;
