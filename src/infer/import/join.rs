//! Which case an answer is of.
//!
//! In: an answer as a run has it, and the dataset's cases. Out: its case, or why none. By ids where the run states them, and then the
//! question has to be the case's; else by the question, and then the gold response has to be one of the case's. Never: a guess
//! between two cases, or text in a reason.

use std::borrow::Cow;

use rustc_hash::FxHashMap;

use super::Found;
use crate::dataset::{Case, CaseKey};

/// What stands around a question in the study's prompt.
const QUOTES: &str = "\"\"\"";
/// So many ids are named where several cases fit.
const NAMED: usize = 5;

/// The cases, by what an answer may say of them.
#[derive(Debug)]
pub struct Join<'d> {
    cases: &'d [Case],
    by_instruction: FxHashMap<&'d str, Vec<usize>>,
    by_question: FxHashMap<String, Vec<usize>>,
}

/// Why an answer has no case.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Why {
    /// The run says neither ids nor a question.
    Nothing,
    /// The dataset has no such case.
    NoCase(String),
    /// No case asks the question.
    NotAsked,
    /// Several cases fit; these.
    Several(Vec<CaseKey>),
    /// The question is not that of the case with these ids.
    OtherQuestion(CaseKey),
    /// Cases ask the question, and none has the gold response that the run has.
    OtherGold(Vec<CaseKey>),
}

impl Why {
    /// In words, for a list of what is left out.
    pub fn told(&self) -> String {
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
            Why::Several(keys) => format!("several cases fit: {}", list(keys)),
            Why::OtherQuestion(key) => format!("another question than that of case {key}"),
            Why::OtherGold(keys) => {
                format!(
                    "another gold response than in {}, which asks the same",
                    list(keys)
                )
            }
        }
    }

    /// All of its kind, for a count.
    pub fn kind(&self) -> &'static str {
        match self {
            Why::Nothing => "that state neither id nor question",
            Why::NoCase(_) => "of cases that the dataset does not have",
            Why::NotAsked => "to questions that no case asks",
            Why::Several(_) => "that fit several cases",
            Why::OtherQuestion(_) => "to another question than the case with their ids",
            Why::OtherGold(_) => "with another gold response than the case",
        }
    }
}

impl<'d> Join<'d> {
    /// Cases to be joined to.
    pub fn new(cases: &'d [Case]) -> Self {
        let mut by_instruction: FxHashMap<&str, Vec<usize>> = FxHashMap::default();
        let mut by_question: FxHashMap<String, Vec<usize>> = FxHashMap::default();
        for (place, case) in cases.iter().enumerate() {
            by_instruction
                .entry(&case.instruction_id)
                .or_default()
                .push(place);
            by_question
                .entry(plain(&case.question))
                .or_default()
                .push(place);
        }
        Join {
            cases,
            by_instruction,
            by_question,
        }
    }

    /// The case of an answer.
    ///
    /// # Errors
    /// When none fits, or more than one.
    pub fn case(&self, found: &Found) -> Result<&'d Case, Why> {
        if let Some(instruction) = &found.instruction {
            let case = self.by_ids(instruction.trim(), found)?;
            return if asks(case, found) == Some(false) {
                Err(Why::OtherQuestion(case.key()))
            } else {
                Ok(case)
            };
        }
        let hinted = found.hint.as_deref().and_then(|hint| self.by_hint(hint));
        match hinted.map(|case| (case, asks(case, found))) {
            // A row's number may look like an id; with another question it is none.
            Some((case, Some(true) | None)) => Ok(case),
            _ => self.by_question(found),
        }
    }

    fn by_ids(&self, instruction: &str, found: &Found) -> Result<&'d Case, Why> {
        let all = self
            .by_instruction
            .get(instruction)
            .map_or(&[][..], Vec::as_slice);
        let all = all.iter().map(|i| &self.cases[*i]);
        let person = found.person.as_deref().map(str::trim);
        let fit: Vec<&Case> = all
            .filter(|case| person.is_none_or(|p| case.person_id == p))
            .collect();
        match fit.as_slice() {
            [case] => Ok(case),
            [] => Err(Why::NoCase(match person {
                Some(person) => format!("{instruction}/{person}"),
                None => format!("of instruction {instruction}"),
            })),
            several => Err(Why::Several(keys(several))),
        }
    }

    /// The case that an id of the run's own names: the instruction's id, or it and the patient's with a sign between.
    fn by_hint(&self, hint: &str) -> Option<&'d Case> {
        let hint = hint.trim();
        if let Some([only]) = self.by_instruction.get(hint).map(Vec::as_slice) {
            return Some(&self.cases[*only]);
        }
        let borders = hint.char_indices().filter(|(_, c)| !c.is_alphanumeric());
        let mut found = None;
        for (at, sign) in borders {
            let (first, second) = (&hint[..at], &hint[at + sign.len_utf8()..]);
            for (instruction, person) in [(first, second), (second, first)] {
                let all = self.by_instruction.get(instruction).into_iter().flatten();
                for case in all.map(|i| &self.cases[*i]) {
                    if case.person_id == person && found.replace(case).is_some_and(|f| f != case) {
                        return None;
                    }
                }
            }
        }
        found
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
        let person = found.person.as_deref().map(str::trim);
        let of_person = |case: &&&Case| person.is_none_or(|p| case.person_id == p);
        let fit: Vec<&Case> = fit.iter().filter(of_person).copied().collect();
        let golds: Vec<String> = found.golds.iter().map(|g| plain(g)).collect();
        let no_other = |case: &&&Case| {
            // Where either side has none, nothing contradicts.
            golds.is_empty()
                || case.golds.is_empty()
                || case.golds.iter().any(|g| golds.contains(&plain(&g.text)))
        };
        let agreed: Vec<&Case> = fit.iter().filter(no_other).copied().collect();
        match (fit.as_slice(), agreed.as_slice()) {
            ([], _) => Err(Why::NotAsked),
            (_, [case]) => Ok(case),
            (fit, []) => Err(Why::OtherGold(keys(fit))),
            (_, several) => Err(Why::Several(keys(several))),
        }
    }
}

fn keys(cases: &[&Case]) -> Vec<CaseKey> {
    cases.iter().map(|case| case.key()).collect()
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

#[cfg(test)]
mod tests {
    use super::*;
    use crate::dataset::Gold;

    fn case(instruction: &str, person: &str, question: &str, gold: &str) -> Case {
        Case {
            instruction_id: instruction.to_owned(),
            person_id: person.to_owned(),
            question: question.to_owned(),
            golds: vec![Gold {
                text: gold.to_owned(),
                ..Gold::default()
            }],
            ..Case::default()
        }
    }

    fn cases() -> Vec<Case> {
        vec![
            case("1", "10", "Any cough?", "No."),
            case("2", "20", "Any cough?", "Yes,\nsince May."),
            case("3", "30", "Which drugs?\nList them.", "Apixaban"),
            case("3", "31", "Which drugs?\nList them.", "None"),
            case("4", "40", "When was the fall?", "2019"),
        ]
    }

    fn found(prompt: &str, golds: &[&str]) -> Found {
        Found {
            prompt: prompt.to_owned(),
            golds: golds.iter().map(|g| (*g).to_owned()).collect(),
            ..Found::new(String::new())
        }
    }

    #[test]
    fn a_question_and_its_gold_response_name_a_case() {
        let cases = cases();
        let join = Join::new(&cases);
        let key = |f: &Found| join.case(f).map(|c| c.key().to_string());
        let prompt = "EHR: Question: a line of a note\n\nQuestion: Any   cough?\n\nAnswer:";
        assert_eq!(
            key(&found(prompt, &["Yes, since May."])),
            Ok("2/20".to_owned())
        );
        assert_eq!(
            key(&found("EHR: x\nWhen was the fall?", &[])),
            Ok("4/40".to_owned())
        );
        assert_eq!(
            key(&found(
                "Question: \"\"\"When was the fall?\"\"\"\nEHR: \"\"\"Question: how?\nx\"\"\"",
                &[]
            )),
            Ok("4/40".to_owned())
        );
        let both = key(&found(prompt, &[])).expect_err("two ask it");
        assert_eq!(both.told(), "several cases fit: 1/10, 2/20");
        let decoy =
            "Question: \"\"\"When was the fall?\"\"\"\nEHR: Question: Which drugs? List them.\nx";
        assert!(matches!(key(&found(decoy, &[])), Err(Why::Several(keys)) if keys.len() == 3));
        let other = key(&found("When was the fall?", &["2020"])).expect_err("another patient's");
        assert!(matches!(other, Why::OtherGold(_)), "{other:?}");
        assert_eq!(key(&found("Why?", &[])), Err(Why::NotAsked));
        assert_eq!(key(&found(" ", &[])), Err(Why::Nothing));
    }

    #[test]
    fn ids_name_a_case_whose_question_agrees() {
        let cases = cases();
        let join = Join::new(&cases);
        let of = |instruction: &str, person: Option<&str>, prompt: &str| {
            let found = Found {
                instruction: Some(instruction.to_owned()),
                person: person.map(str::to_owned),
                ..found(prompt, &[])
            };
            join.case(&found).map(|c| c.key().to_string())
        };
        assert_eq!(of("4", None, ""), Ok("4/40".to_owned()));
        assert_eq!(
            of("3", Some("31"), "Which drugs? List them.\nEHR"),
            Ok("3/31".to_owned())
        );
        assert!(matches!(of("3", None, ""), Err(Why::Several(keys)) if keys.len() == 2));
        assert_eq!(of("4", Some("41"), ""), Err(Why::NoCase("4/41".to_owned())));
        assert!(matches!(
            of("4", None, "Any cough?"),
            Err(Why::OtherQuestion(_))
        ));
    }

    #[test]
    fn a_rows_number_is_no_id_unless_the_question_agrees() {
        let cases = cases();
        let join = Join::new(&cases);
        let of = |hint: &str, prompt: &str| {
            let found = Found {
                hint: Some(hint.to_owned()),
                ..found(prompt, &[])
            };
            join.case(&found).map(|c| c.key().to_string())
        };
        assert_eq!(
            of("1", "When was the fall?"),
            Ok("4/40".to_owned()),
            "row 1"
        );
        assert_eq!(of("1", "EHR\nAny cough?"), Ok("1/10".to_owned()));
        assert_eq!(of("3_31", ""), Ok("3/31".to_owned()));
        assert_eq!(of("31:3", ""), Ok("3/31".to_owned()));
        assert_eq!(
            of("request-1", ""),
            Err(Why::Nothing),
            "no patient 'request'"
        );
        assert_eq!(of("2", ""), Ok("2/20".to_owned()));
    }
}
