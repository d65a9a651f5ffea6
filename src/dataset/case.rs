//! Cases: an instruction with its record, its responses and its gold responses.
//!
//! In: rows of a dataset's tables. Out: plain values in the tables' order. Ids are text, never numbers; all
//! columns that the program does not name are kept and passed through.

use std::fmt;

use serde::{Deserialize, Serialize};

use super::answered::Answered;
use super::window::Window;
use crate::record::Time;

/// What names a case: the instruction and the patient whose record it is asked of.
#[derive(Clone, Debug, Default, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
pub struct CaseKey {
    /// The instruction's id, as text.
    pub instruction: String,
    /// The patient's id, as text.
    pub person: String,
}

impl fmt::Display for CaseKey {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}/{}", self.instruction, self.person)
    }
}

/// An instruction with its record, its responses and its gold responses: the unit of review.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Case {
    /// The instruction's id.
    pub instruction_id: String,
    /// The patient's id that the tables state.
    pub person_id: String,
    /// The record's file name that the tables state, or empty.
    pub filename: String,
    /// The instruction's text as written.
    pub question: String,
    /// Category of the instruction taxonomy, or empty.
    pub category: String,
    /// Subcategory of the instruction taxonomy, or empty.
    pub subcategory: String,
    /// The specialty of the clinician who asked, or empty.
    pub specialty: String,
    /// The time taken as "now", where the dataset states one.
    pub as_of: Option<Time>,
    /// The models' answers in the table's order; a (instruction, model) pair occurs once.
    pub responses: Vec<Response>,
    /// What came of asking models, answers among it; its text is the response's.
    pub outcomes: Vec<Answered>,
    /// The steps on the way to answers that were made in several, in the order of the record's parts; without their text.
    pub steps: Vec<Answered>,
    /// Reference responses that came with the dataset.
    pub golds: Vec<Gold>,
    /// Further columns of the instruction tables, as (column, value).
    pub columns: Vec<(String, String)>,
}

impl Case {
    /// What came of asking a model, where the program asked it.
    pub fn outcome(&self, model: &str) -> Option<&Answered> {
        self.outcomes.iter().find(|o| o.label == model)
    }

    /// What was sent of the record on the way to an outcome: one window, or several where it was read in chunks.
    pub fn windows<'a>(&'a self, outcome: &'a Answered) -> Vec<&'a Window> {
        let steps = self.steps.iter().filter(|s| s.label == outcome.label);
        let all = steps.chain(std::iter::once(outcome));
        all.filter_map(|o| o.window.as_ref()).collect()
    }

    /// What names this case.
    pub fn key(&self) -> CaseKey {
        CaseKey {
            instruction: self.instruction_id.clone(),
            person: self.person_id.clone(),
        }
    }
}

/// One model's answer to one instruction.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Response {
    /// The model's name.
    pub model: String,
    /// The answer as written; may be empty.
    pub text: String,
    /// The line of the table on which the first row about it starts, counted from 1.
    pub line: u64,
    /// All other columns of that row, as (column, value), `binary_correct` and `model_rank` of the release among them.
    pub columns: Vec<(String, String)>,
    /// Whether `is_used_eval` of that row does not call the response used.
    pub unused: bool,
    /// The further rows about it, each of another reviewer or reading.
    pub more: Vec<ResponseRow>,
}

/// One row of the table of responses: what one reviewer said of a response.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct ResponseRow {
    /// The line on which it starts, counted from 1.
    pub line: u64,
    /// All columns beside those of a [`Response`], as (column, value).
    pub columns: Vec<(String, String)>,
}

impl Response {
    /// All rows about it: line and columns.
    pub fn rows(&self) -> impl Iterator<Item = (u64, &[(String, String)])> {
        let more = self.more.iter();
        std::iter::once((self.line, self.columns.as_slice()))
            .chain(more.map(|row| (row.line, row.columns.as_slice())))
    }
}

/// A reference response written by a clinician.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Gold {
    /// `Annotator_1` …, or empty.
    pub annotator: String,
    /// The response as written.
    pub text: String,
    /// Passages of the record, split at `|||`, as written.
    pub evidence: Vec<String>,
    /// The line of the table on which the row starts, counted from 1.
    pub line: u64,
    /// All other columns of the row, as (column, value).
    pub columns: Vec<(String, String)>,
}
