//! Which case an answer is of.
//!
//! In: an answer as a run has it, and the dataset's cases. Out: its case, or why none. By ids where the run states them, and then the
//! question has to be the case's; else by the question, and then the gold response has to be one of the case's. An id of the run's own
//! may number its rows: it counts where it names instruction and patient, or nothing else could be meant. Whatever the run states of
//! patient, question and gold response has to fit; a gold response of no case at all may have been edited since, and does not count
//! against ids. Never: a guess between two cases, or text in a reason.

#[cfg(test)]
mod tests;

use std::borrow::Cow;

use rustc_hash::FxHashMap;

use super::{Found, shown, whole};
use crate::dataset::{Case, CaseKey};

/// What stands around a question in the study's prompt.
const QUOTES: &str = "\"\"\"";
/// So many ids are named where several cases fit.
const NAMED: usize = 5;

/// The cases, by what an answer may say of them.
#[derive(Debug)]
pub(crate) struct Join<'d> {
    cases: &'d [Case],
    by_instruction: FxHashMap<&'d str, Vec<usize>>,
    by_question: FxHashMap<String, Vec<usize>>,
    by_gold: FxHashMap<String, Vec<usize>>,
}

/// Why an answer has no case.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) enum Why {
    /// The run says neither ids nor a question.
    Nothing,
    /// The dataset has no such case.
    NoCase(String),
    /// No case asks the question.
    NotAsked,
    /// No case of the stated patient asks the question.
    OtherPerson(String),
    /// Nothing but a number that may be the row's says that it is this case.
    OnlyNumber(CaseKey),
    /// Several cases fit; these.
    Several(Vec<CaseKey>),
    /// The question is not that of the case with these ids.
    OtherQuestion(CaseKey),
    /// Cases ask the question, and none has the gold response that the run has.
    OtherGold(Vec<CaseKey>),
    /// The gold response is not that of the case with these ids, but of others.
    GoldOf(CaseKey, Vec<CaseKey>),
}

impl Why {
    /// In words, for a list of what is left out.
    pub(crate) fn told(&self) -> String {
        let list = |keys: &[CaseKey]| {
            let shown: Vec<String> = keys.iter().take(NAMED).map(CaseKey::to_string).collect();
            let more = keys.len().saturating_sub(NAMED);
            let more = if more > 0 {
                format!(" and {more} more")
            } else {
                String::new()
            };
            shown.join(", ") + &more
        };
        match self {
            Why::Nothing => "the run states neither an instruction's id nor a question".to_owned(),
            Why::NoCase(named) => format!("the dataset has no case {named}"),
            Why::NotAsked => "no case asks this question".to_owned(),
            Why::OtherPerson(person) => {
                format!("no case of patient {} asks this question", shown(person))
            }
            Why::OnlyNumber(key) => format!(
                "its number may be that of a row, and nothing else says that case {key} is meant"
            ),
            Why::Several(keys) => format!("several cases fit: {}", list(keys)),
            Why::OtherQuestion(key) => format!("another question than that of case {key}"),
            Why::OtherGold(keys) => {
                format!(
                    "another gold response than in {}, which asks the same",
                    list(keys)
                )
            }
            Why::GoldOf(key, keys) => {
                format!(
                    "the gold response is that of {}, not of case {key}",
                    list(keys)
                )
            }
        }
    }

    /// All of its kind, for a count.
    pub(crate) fn kind(&self) -> &'static str {
        match self {
            Why::Nothing => "that state neither id nor question",
            Why::NoCase(_) => "of cases that the dataset does not have",
            Why::NotAsked => "to questions that no case asks",
            Why::OtherPerson(_) => "to questions that no case of their patient asks",
            Why::OnlyNumber(_) => "of which only a number says what they are to",
            Why::Several(_) => "that fit several cases",
            Why::OtherQuestion(_) => "to another question than the case with their ids",
            Why::OtherGold(_) => "with another gold response than the case",
            Why::GoldOf(..) => "with the gold response of another case",
        }
    }
}

impl<'d> Join<'d> {
    /// Cases to be joined to.
    pub(crate) fn new(cases: &'d [Case]) -> Self {
        let mut by_instruction: FxHashMap<&str, Vec<usize>> = FxHashMap::default();
        let mut by_question: FxHashMap<String, Vec<usize>> = FxHashMap::default();
        let mut by_gold: FxHashMap<String, Vec<usize>> = FxHashMap::default();
        for (place, case) in cases.iter().enumerate() {
            by_instruction
                .entry(&case.instruction_id)
                .or_default()
                .push(place);
            by_question
                .entry(plain(&case.question))
                .or_default()
                .push(place);
            for gold in &case.golds {
                by_gold.entry(plain(&gold.text)).or_default().push(place);
            }
        }
        Join {
            cases,
            by_instruction,
            by_question,
            by_gold,
        }
    }

    /// The case of an answer.
    ///
    /// # Errors
    /// When none fits, or more than one.
    pub(crate) fn case(&self, found: &Found) -> Result<&'d Case, Why> {
        let case = match &found.instruction {
            Some(instruction) => self.by_stated(instruction.trim(), found),
            None => self.by_hint_or_question(found),
        }?;
        let others = self.others_gold(case, found);
        if others.is_empty() {
            Ok(case)
        } else {
            Err(Why::GoldOf(case.key(), keys(&others)))
        }
    }

    /// The case with the ids that are stated, where question and the run's own id fit it.
    fn by_stated(&self, instruction: &str, found: &Found) -> Result<&'d Case, Why> {
        let case = self.by_ids(instruction, found)?;
        if asks(case, found) == Some(false) {
            return Err(Why::OtherQuestion(case.key()));
        }
        let hint = found.hint.as_deref().unwrap_or_default().trim();
        // A number alone may be the row's.
        let named = if hint.bytes().all(|b| b.is_ascii_digit()) {
            Vec::new()
        } else {
            self.by_hint(hint)
        };
        if named.is_empty() || named.contains(&case) {
            return Ok(case);
        }
        let all = [&[case], named.as_slice()].concat();
        Err(Why::Several(keys(&all)))
    }

    fn by_hint_or_question(&self, found: &Found) -> Result<&'d Case, Why> {
        let asked = self.by_question(found);
        let hint = found.hint.as_deref().unwrap_or_default().trim();
        let named = self.by_hint(hint);
        let [case] = *named.as_slice() else {
            return match asked {
                Ok(case) if named.contains(&case) => Ok(case),
                _ if !named.is_empty() => Err(Why::Several(keys(&named))),
                // Another patient's number beside an instruction that is here: the question alone would give it to this one.
                asked => match self.elsewhere(hint) {
                    Some(named) => Err(Why::NoCase(named)),
                    None => asked,
                },
            };
        };
        let fits = is_of(case, found) && has_gold(case, found) && asks(case, found) != Some(false);
        // A row's number may look like an id; where anything else that is stated does not fit, it is none.
        if !fits && case.instruction_id == hint {
            return asked;
        }
        let number = hint.bytes().all(|b| b.is_ascii_digit());
        match asked {
            Err(why) if !fits => Err(why),
            Ok(other) if other == case => Ok(case),
            Ok(other) => Err(Why::Several(keys(&[case, other]))),
            Err(Why::Nothing) if number => Err(Why::OnlyNumber(case.key())),
            Err(Why::Several(keys)) if number || !keys.contains(&case.key()) => {
                Err(Why::Several(keys))
            }
            Err(_) => Ok(case),
        }
    }

    fn by_ids(&self, instruction: &str, found: &Found) -> Result<&'d Case, Why> {
        let all = [instruction, whole(instruction)];
        let all = all.iter().find_map(|id| self.by_instruction.get(*id));
        let all = all.into_iter().flatten().map(|i| &self.cases[*i]);
        let person = found.person.as_deref().map(str::trim);
        let fit: Vec<&Case> = all.filter(|case| is_of(case, found)).collect();
        // Datasets may have an instruction about different patients; with another gold response it is another's.
        let agreed = |case: &&&Case| person.is_some() || has_gold(case, found);
        let agreed: Vec<&Case> = fit.iter().filter(agreed).copied().collect();
        if agreed.is_empty() && !fit.is_empty() {
            return Err(Why::OtherGold(keys(&fit)));
        }
        match agreed.as_slice() {
            [case] => Ok(case),
            [] => Err(Why::NoCase(match person {
                Some(person) => format!("{}/{}", shown(instruction), shown(person)),
                None => format!("of instruction {}", shown(instruction)),
            })),
            several => Err(Why::Several(keys(several))),
        }
    }

    /// The cases that an id of the run's own may name: the instruction's id, or it and the patient's with a sign between.
    fn by_hint(&self, hint: &str) -> Vec<&'d Case> {
        if let Some([only]) = self.by_instruction.get(hint).map(Vec::as_slice) {
            return vec![&self.cases[*only]];
        }
        let mut found: Vec<&Case> = Vec::new();
        for (instruction, person) in pairs(hint) {
            let all = self.by_instruction.get(instruction).into_iter().flatten();
            for case in all.map(|i| &self.cases[*i]) {
                if case.person_id == person && !found.contains(&case) {
                    found.push(case);
                }
            }
        }
        found
    }

    /// The cases that have a gold response that is stated and that this case does not have.
    fn others_gold(&self, case: &Case, found: &Found) -> Vec<&'d Case> {
        let own = |gold: &String| case.golds.iter().any(|g| plain(&g.text) == *gold);
        let stated = found.golds.iter().map(|gold| plain(gold));
        let others = stated.filter(|gold| !own(gold));
        let others = others.filter_map(|gold| self.by_gold.get(&gold));
        others.flatten().map(|i| &self.cases[*i]).collect()
    }

    /// What an id of the run's own names where that is an instruction of the dataset and beside it a number like a patient's.
    fn elsewhere(&self, hint: &str) -> Option<String> {
        let like_a_patient = |number: &str| {
            let digits = number.bytes().all(|b| b.is_ascii_digit());
            digits
                && self
                    .cases
                    .iter()
                    .any(|case| case.person_id.len() == number.len())
        };
        let mut all = pairs(hint);
        let named = all.find(|(i, p)| self.by_instruction.contains_key(i) && like_a_patient(p));
        named.map(|(instruction, person)| format!("{instruction}/{person}"))
    }

    fn by_question(&self, found: &Found) -> Result<&'d Case, Why> {
        let parts = parts(found);
        if parts.is_empty() {
            return Err(Why::Nothing);
        }
        // A prompt holds the record, and that may hold another question: all that fit are told apart like cases that ask the same.
        let fit: Vec<&Case> = parts
            .iter()
            .filter_map(|part| self.by_question.get(part))
            .flatten()
            .map(|i| &self.cases[*i])
            .collect();
        if fit.is_empty() {
            return Err(Why::NotAsked);
        }
        let person = found.person.as_deref().map(str::trim).unwrap_or_default();
        let fit: Vec<&Case> = fit.into_iter().filter(|c| is_of(c, found)).collect();
        let agreed: Vec<&Case> = fit.iter().filter(|c| has_gold(c, found)).copied().collect();
        match (fit.as_slice(), agreed.as_slice()) {
            ([], _) => Err(Why::OtherPerson(person.to_owned())),
            (_, [case]) => Ok(case),
            (fit, []) => Err(Why::OtherGold(keys(fit))),
            (_, several) => Err(Why::Several(keys(several))),
        }
    }
}

/// The two sides of each sign in an id, in both orders.
fn pairs(id: &str) -> impl Iterator<Item = (&str, &str)> {
    let borders = id.char_indices().filter(|(_, c)| !c.is_alphanumeric());
    borders.flat_map(|(at, sign)| {
        let (first, second) = (&id[..at], &id[at + sign.len_utf8()..]);
        [(first, second), (second, first)]
    })
}

fn keys(cases: &[&Case]) -> Vec<CaseKey> {
    cases.iter().map(|case| case.key()).collect()
}

/// Whether a case is of the patient that is stated; of any where none is.
fn is_of(case: &Case, found: &Found) -> bool {
    let person = found.person.as_deref().map(str::trim);
    person.is_none_or(|person| case.person_id == person || case.person_id == whole(person))
}

/// Whether a case has one of the gold responses that are stated. Where either side has none, nothing contradicts.
pub(crate) fn has_gold(case: &Case, found: &Found) -> bool {
    let golds: Vec<String> = found.golds.iter().map(|g| plain(g)).collect();
    golds.is_empty()
        || case.golds.is_empty()
        || case.golds.iter().any(|g| golds.contains(&plain(&g.text)))
}

/// A text without the layout of its blanks.
fn plain(text: &str) -> String {
    let mut out = String::with_capacity(text.len());
    for word in text.split_whitespace() {
        if !out.is_empty() {
            out.push(' ');
        }
        out.push_str(word);
    }
    out
}

/// Whether an answer is to the question of a case; `None` where the run does not say what was asked.
fn asks(case: &Case, found: &Found) -> Option<bool> {
    let asked = match &found.question {
        Some(question) => Cow::Borrowed(question.as_str()),
        None if found.prompt.trim().is_empty() => return None,
        None => Cow::Borrowed(found.prompt.as_str()),
    };
    let question = plain(&case.question);
    let asked = plain(&asked);
    // A prompt may hold the question anywhere.
    Some(if found.question.is_some() {
        asked == question
    } else {
        asked.contains(&question)
    })
}

/// What of a prompt may be the question, the likeliest first.
fn parts(found: &Found) -> Vec<String> {
    let prompt = match &found.question {
        Some(question) => question,
        None => &found.prompt,
    };
    let mut parts = Vec::new();
    let mut add = |part: &str| {
        let part = plain(part);
        if !part.is_empty() && !parts.contains(&part) {
            parts.push(part);
        }
    };
    for sign in ["Question:", "Instruction:", "Request:"] {
        for at in [prompt.rfind(sign), prompt.find(sign)]
            .into_iter()
            .flatten()
        {
            let behind = prompt[at + sign.len()..].trim_start();
            if let Some(quoted) = behind.strip_prefix(QUOTES) {
                add(quoted.split(QUOTES).next().unwrap_or_default());
            } else {
                add(behind.rfind("Answer:").map_or(behind, |end| &behind[..end]));
                add(behind.lines().next().unwrap_or_default());
            }
        }
    }
    add(prompt);
    let text = prompt.trim();
    add(text.rsplit("\n\n").next().unwrap_or_default());
    add(text.split("\n\n").next().unwrap_or_default());
    add(text.lines().next_back().unwrap_or_default());
    add(text.lines().next().unwrap_or_default());
    parts
}
