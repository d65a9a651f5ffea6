//! Collecting instructions: the answers of a web form, mapped to our columns.
//!
//! In: a table whose columns are the form's questions, in any wording. Out: submissions, one an instruction, each with
//! an id that stays the same when the form is exported again. Never: a row that vanishes; a column whose meaning is
//! guessed among several; the text of an answer in a message.

mod mapping;
mod survey;
mod times;

use std::fmt;

use crate::stats::hash::fnv1a;
use rustc_hash::{FxHashMap, FxHashSet};

use super::instruction::{Subcategory, is_missing};
use super::table::Table;
pub(crate) use mapping::{Field, Mapping};
pub(crate) use survey::Aside;
use survey::Survey;

/// One submitted instruction.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(crate) struct Submission {
    /// The form's id, or one made from the text: see [`stable_id`].
    pub id: String,
    /// The instruction's text, without blanks around it.
    pub question: String,
    /// Category of the taxonomy, or empty.
    pub category: String,
    /// Subcategory of the taxonomy, or empty.
    pub subcategory: String,
    /// The submitter's specialty, or empty.
    pub specialty: String,
    /// Patient characteristics, or empty.
    pub characteristics: String,
    /// Clinical context, or empty.
    pub context: String,
    /// When it was submitted, as written, or empty.
    pub submitted_at: String,
    /// Where it comes from, or empty.
    pub source: String,
    /// The columns that are passed through, in the form's order.
    pub others: Vec<String>,
    /// The line of the form on which its row starts, counted from 1.
    pub line: u64,
}

/// In which order "earliest" is meant.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Order {
    /// By the time of submission, which every row states readably.
    Time,
    /// As the form has them.
    Row,
}

impl fmt::Display for Order {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.pad(match self {
            Order::Time => "time of submission",
            Order::Row => "rows of the form",
        })
    }
}

/// What a form holds.
#[derive(Clone, Debug)]
pub(crate) struct Form {
    /// The instructions, the earliest first.
    pub submissions: Vec<Submission>,
    /// How they are ordered.
    pub order: Order,
    /// The lines of rows without an instruction.
    pub empty_rows: Vec<u64>,
    /// (line, earlier line) of rows with the id of an earlier one.
    pub repeated_ids: Vec<(u64, u64)>,
    /// The lines of rows whose id a spreadsheet has spoilt (`5.00E+09`).
    pub spoilt_ids: Vec<u64>,
    /// The lines of rows that nobody submitted, and what they are.
    pub aside: Vec<(u64, Aside)>,
}

impl Form {
    /// Reads the rows of a form. Each cell of an instruction column is an instruction of its own; of the other fields
    /// the first column that says something counts. Where there is no source, the form's name stands for it.
    pub(crate) fn read(table: &Table, mapping: &Mapping) -> Self {
        let name = table
            .path()
            .file_name()
            .unwrap_or_default()
            .to_string_lossy();
        let mut form = Form {
            submissions: Vec::new(),
            order: Order::Row,
            empty_rows: Vec::new(),
            repeated_ids: Vec::new(),
            spoilt_ids: Vec::new(),
            aside: Vec::new(),
        };
        let others = mapping.passed();
        let survey = Survey::of(table);
        let mut given: FxHashMap<String, u64> = FxHashMap::default();
        for row in table.rows() {
            if let Some(aside) = survey.aside(row) {
                form.aside.push((row.line(), aside));
                continue;
            }
            let questions: Vec<(usize, &str)> = mapping
                .columns(Some(Field::Question))
                .map(|i| (i, row.get(i).trim()))
                .filter(|(_, q)| !is_missing(q))
                .collect();
            if questions.is_empty() {
                form.empty_rows.push(row.line());
            }
            for (column, question) in questions {
                let text = |field| mapping.beside(row, column, field).to_owned();
                let id = text(Field::InstructionId);
                if is_spoilt(&id) {
                    form.spoilt_ids.push(row.line());
                }
                if !id.is_empty() {
                    match given.get(&id) {
                        Some(earlier) => form.repeated_ids.push((row.line(), *earlier)),
                        None => {
                            given.insert(id.clone(), row.line());
                        }
                    }
                }
                let source = text(Field::Source);
                form.submissions.push(Submission {
                    id,
                    question: question.to_owned(),
                    category: text(Field::Category),
                    subcategory: text(Field::Subcategory),
                    specialty: text(Field::Specialty),
                    characteristics: text(Field::Characteristics),
                    context: text(Field::Context),
                    submitted_at: text(Field::SubmittedAt),
                    source: if source.is_empty() {
                        name.clone().into_owned()
                    } else {
                        source
                    },
                    others: others.iter().map(|i| row.get(*i).to_owned()).collect(),
                    line: row.line(),
                });
            }
        }
        form.sort();
        form.make_ids(&given);
        form
    }

    /// By time, when every submission states one that can be read without doubt.
    fn sort(&mut self) {
        let texts: Vec<&str> = self
            .submissions
            .iter()
            .map(|s| s.submitted_at.as_str())
            .collect();
        let times = times::all(&texts);
        let Some(times) = times.filter(|t| !t.is_empty()) else {
            return;
        };
        let mut order: Vec<usize> = (0..times.len()).collect();
        order.sort_by_key(|i| times[*i]);
        let mut rows: Vec<Option<Submission>> = self.submissions.drain(..).map(Some).collect();
        self.submissions = order.into_iter().filter_map(|i| rows[i].take()).collect();
        self.order = Order::Time;
    }

    fn make_ids(&mut self, given: &FxHashMap<String, u64>) {
        let mut taken: FxHashSet<String> = given.keys().cloned().collect();
        for submission in &mut self.submissions {
            if !submission.id.is_empty() {
                continue;
            }
            let mut n = 0;
            let mut id = stable_id(&submission.question, n);
            // A repeated text, or two texts of one hash.
            while !taken.insert(id.clone()) {
                n += 1;
                id = stable_id(&submission.question, n);
            }
            submission.id = id;
        }
    }
}

/// Whether a spreadsheet has turned an id into `5.00E+09`, so that digits are lost.
fn is_spoilt(id: &str) -> bool {
    let upper = id.to_ascii_uppercase();
    upper.split_once("E+").is_some_and(|(a, b)| {
        a.bytes()
            .all(|c| c.is_ascii_digit() || matches!(c, b'.' | b','))
            && b.bytes().all(|c| c.is_ascii_digit())
            && !a.is_empty()
    })
}

/// An id of 10 digits made from an instruction's text: the 64-bit FNV-1a hash of its words joined by single blanks,
/// modulo 9,000,000,000, plus 1,000,000,000. For the n-th repetition of a text (n above 0) a NUL byte and n in decimal
/// are hashed behind it.
pub(crate) fn stable_id(question: &str, n: usize) -> String {
    let mut text = question.split_whitespace().collect::<Vec<_>>().join(" ");
    if n > 0 {
        text.push('\0');
        text.push_str(&n.to_string());
    }
    (fnv1a(text.as_bytes()) % 9_000_000_000 + 1_000_000_000).to_string()
}

/// A label that the taxonomy does not know, or that contradicts it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct UnknownLabel {
    /// The category as written.
    pub category: String,
    /// The subcategory as written.
    pub subcategory: String,
    /// How many instructions have it.
    pub count: usize,
    /// The line of the first of them.
    pub first_line: u64,
}

/// Checks labels against a taxonomy; fills a missing category from a known subcategory.
pub(crate) fn apply_taxonomy(
    submissions: &mut [Submission],
    taxonomy: &[Subcategory],
) -> Vec<UnknownLabel> {
    let mut unknown: Vec<UnknownLabel> = Vec::new();
    for submission in submissions {
        let (category, subcategory) = (&submission.category, &submission.subcategory);
        let same = |a: &str, b: &str| a.trim().to_lowercase() == b.trim().to_lowercase();
        let of_name = || taxonomy.iter().filter(|t| same(&t.name, subcategory));
        let known = match (category.is_empty(), subcategory.is_empty()) {
            (true, true) => true,
            (false, true) => taxonomy.iter().any(|t| same(&t.category, category)),
            (true, false) => of_name().next().is_some(),
            (false, false) => of_name().any(|t| same(&t.category, category)),
        };
        if known {
            if category.is_empty()
                && let Some(found) = of_name().next()
            {
                submission.category = found.category.clone();
            }
            continue;
        }
        let label = unknown
            .iter_mut()
            .find(|u| u.category == *category && u.subcategory == *subcategory);
        match label {
            Some(label) => label.count += 1,
            None => unknown.push(UnknownLabel {
                category: category.clone(),
                subcategory: subcategory.clone(),
                count: 1,
                first_line: submission.line,
            }),
        }
    }
    unknown
}

#[cfg(test)]
mod tests;
