//! What is known of a response beside what reviewers said: by what reports cut their tables.
//!
//! In: a dataset's cases, and what was measured of their records. Out: each observation's category,
//! specialty, lengths, context, and whether the model saw the evidence. Never: a question, a response or text of a record.

use std::collections::BTreeMap;

use rustc_hash::FxHashMap;

use super::observations::{Observation, Observations};
use crate::dataset::instruction::{flag, share};
use crate::dataset::{Case, CaseKey, Response};
use crate::infer::evidence::Held;
use crate::text;

/// What is known of an instruction, its record and a response.
#[derive(Clone, Debug, Default, PartialEq)]
pub(crate) struct About {
    /// The instruction's category, or empty.
    pub category: String,
    /// The instruction's subcategory, or empty.
    pub subcategory: String,
    /// The specialty of the clinician who asked, or empty.
    pub specialty: String,
    /// The record's length in tokens, estimated.
    pub record_tokens: Option<u64>,
    /// The response's length in words.
    pub words: Option<u64>,
    /// How many tokens of context the model had.
    pub context: Option<u64>,
    /// How much of the evidence stands in what the model saw.
    pub evidence: Option<Held>,
    /// How confident the model was of its response, between 0 and 1.
    pub confidence: Option<f64>,
}

/// What was measured of the records.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(crate) struct Measured {
    /// Their tokens, by patient.
    pub tokens: BTreeMap<String, u64>,
    /// How much of a case's evidence each model was sent.
    pub held: BTreeMap<CaseKey, Vec<(String, Held)>>,
}

impl Measured {
    fn held(&self, case: &Case, model: &str) -> Option<Held> {
        let held = self.held.get(&case.key())?;
        held.iter().find(|(m, _)| m == model).map(|(_, held)| *held)
    }
}

impl Observations {
    /// Adds what the dataset says of each row's instruction and response, and what was measured of the records.
    /// A category that a reviewer gave stays.
    pub(crate) fn describe(&mut self, cases: &[Case], measured: &Measured) {
        let responses = cases.iter().flat_map(|c| &c.responses);
        // What is known of a model by one answer holds of the cases that it did not answer.
        let contexts: FxHashMap<&str, Option<u64>> = responses
            .map(|r| (r.model.as_str(), ResponseFacts::of(r).context))
            .collect();
        let by_key: FxHashMap<(&str, &str), &Case> = cases
            .iter()
            .map(|c| ((c.instruction_id.as_str(), c.person_id.as_str()), c))
            .collect();
        let mut known: FxHashMap<(&str, &str, &str), ResponseFacts> = FxHashMap::default();
        for row in &mut self.rows {
            let Observation {
                instruction,
                person,
                model,
                about,
                ..
            } = row;
            let Some(case) = by_key.get(&(instruction.as_str(), person.as_str())) else {
                continue;
            };
            if about.category.is_empty() {
                about.category.clone_from(&case.category);
                about.subcategory.clone_from(&case.subcategory);
            }
            about.specialty.clone_from(&case.specialty);
            about.record_tokens = measured.tokens.get(person).copied();
            about.evidence = measured.held(case, model);
            about.context = contexts
                .get(model.as_str())
                .copied()
                .unwrap_or_else(|| context_of(model));
            let Some(response) = case.responses.iter().find(|r| r.model == *model) else {
                continue;
            };
            let key = (
                case.instruction_id.as_str(),
                case.person_id.as_str(),
                response.model.as_str(),
            );
            let answer = *known
                .entry(key)
                .or_insert_with(|| ResponseFacts::of(response));
            about.words = Some(answer.words);
            about.context = answer.context;
            about.evidence = answer.evidence.or(about.evidence);
            about.confidence = answer.confidence;
        }
    }
}

/// What is known of one response.
#[derive(Clone, Copy)]
struct ResponseFacts {
    words: u64,
    context: Option<u64>,
    evidence: Option<Held>,
    confidence: Option<f64>,
}

impl ResponseFacts {
    fn of(response: &Response) -> Self {
        let cell = |names: &[&str]| {
            let mut columns = response.columns.iter();
            let found =
                columns.find(|(n, _)| names.iter().any(|name| n.eq_ignore_ascii_case(name)));
            found.map_or("", |(_, value)| value.trim())
        };
        ResponseFacts {
            words: text::word_count(&response.text) as u64,
            context: tokens(cell(&["context_length", "context_tokens"]))
                .or_else(|| context_of(&response.model)),
            evidence: flag(cell(&["evidence_in_context"]))
                .map(|held| if held { Held::All } else { Held::None }),
            confidence: share(cell(&["confidence"])),
        }
    }
}

/// A number of tokens as it is written: `2048`, `2048.0`, `32k`.
fn tokens(text: &str) -> Option<u64> {
    let text = text.trim();
    if let Some(thousands) = text.strip_suffix(['k', 'K']) {
        return Some(1024 * thousands.parse::<u64>().ok()?);
    }
    let number: f64 = text.parse().ok()?;
    (number.is_finite() && number >= 1.0).then_some(number as u64)
}

/// The context that a model's name states: those of the release as the study describes them, and for others a part of the
/// name such as `32k`.
fn context_of(model: &str) -> Option<u64> {
    match model {
        "gpt4-32k-multistep-refinement" | "gpt4-32k" => return Some(32_768),
        "gpt4-32k-vicuna-context" | "vicuna_13B" | "vicuna_7B" | "mpt_7B_instruct" => {
            return Some(2_048);
        }
        _ => {}
    }
    let parts = model.split(|c: char| !c.is_ascii_alphanumeric());
    parts.filter(|p| p.ends_with(['k', 'K'])).find_map(tokens)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn contexts_are_read_from_names() {
        assert_eq!(context_of("gpt4-32k"), Some(32_768));
        // GPT-4 with the little that Vicuña could take.
        assert_eq!(context_of("gpt4-32k-vicuna-context"), Some(2_048));
        assert_eq!(context_of("synth-large-2k"), Some(2_048));
        assert_eq!(context_of("a-128k_b"), Some(131_072));
        assert_eq!(context_of("talk-7b"), None);
        assert_eq!(tokens("4096.0"), Some(4_096));
        assert_eq!(tokens(""), None);
        assert_eq!(share("0.3"), Some(0.3));
        assert_eq!(share("7"), None);
    }

    #[test]
    fn rows_get_what_the_dataset_says() {
        let response = Response {
            model: "m".to_owned(),
            text: "two words".to_owned(),
            columns: vec![
                ("context_length".to_owned(), "8k".to_owned()),
                ("evidence_in_context".to_owned(), "no".to_owned()),
                ("confidence".to_owned(), "75 %".to_owned()),
            ],
            ..Response::default()
        };
        let case = Case {
            instruction_id: "1".to_owned(),
            person_id: "7".to_owned(),
            category: "Other".to_owned(),
            specialty: "Neurology".to_owned(),
            responses: vec![response],
            ..Case::default()
        };
        let row = Observation {
            instruction: "1".to_owned(),
            person: "7".to_owned(),
            model: "m".to_owned(),
            ..Observation::default()
        };
        let mut given = row.clone();
        given.about.category = "Mine".to_owned();
        let mut found = Observations {
            rows: vec![row, given],
            ..Observations::default()
        };
        let measured = Measured {
            tokens: BTreeMap::from([("7".to_owned(), 900)]),
            ..Measured::default()
        };
        found.describe(&[case], &measured);
        let expected = About {
            category: "Other".to_owned(),
            subcategory: String::new(),
            specialty: "Neurology".to_owned(),
            record_tokens: Some(900),
            words: Some(2),
            context: Some(8_192),
            evidence: Some(Held::None),
            confidence: Some(0.75),
        };
        assert_eq!(found.rows[0].about, expected);
        assert_eq!(found.rows[1].about.category, "Mine");
    }
}
