//! Observations: who judged and ranked which model's response to which instruction.
//!
//! In: a dataset's cases, a table of several reviewers' judgements, or review ledgers. Out: one plain row a response, reviewer
//! and reading. A judgement or rank that cannot be read counts as missing and is noticed. Never: a question or a response.

mod cells;
mod settled;

pub use settled::is_decider;

use std::collections::{BTreeMap, BTreeSet};
use std::path::Path;

use jiff::Timestamp;

use cells::Doubts;

use super::about::About;
use crate::dataset::Case;
use crate::dataset::table::Table;
use crate::error::{Error, Result};
use crate::notice::Notice;
use crate::review::{CaseReview, ErrorKind, Harm, Ledger, Pass, Reason, Verdict, adjudicate};

/// What one reviewer said of one model's response to one instruction.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Observation {
    /// The instruction's id.
    pub instruction: String,
    /// The patient's id.
    pub person: String,
    /// The model's name.
    pub model: String,
    /// The reviewer's name; empty where the dataset states none.
    pub reviewer: String,
    /// The judgement; `None` when there is none, or the reviewer is unsure.
    pub correct: Option<bool>,
    /// The rank, 1 is best; `None` when there is none.
    pub rank: Option<f64>,
    /// Whether the reviewer said that they cannot say.
    pub unsure: bool,
    /// Which reading of the case it is: 0 for the first, 1 for the second …
    pub reading: u32,
    /// Where the response stood on the screen, from 0; `None` where it is not known.
    pub position: Option<u32>,
    /// When it was judged.
    pub at: Option<Timestamp>,
    /// Seconds that the reviewer spent on the case.
    pub seconds: Option<u64>,
    /// What is wrong with the response.
    pub errors: Vec<ErrorKind>,
    /// The harm that may follow.
    pub harm: Option<Harm>,
    /// In an adjudication, what decided.
    pub decided_by: Option<Reason>,
    /// In an adjudication, when it was submitted.
    pub decided_at: Option<Timestamp>,
    /// Whether the reviewer had seen what others marked in the case.
    pub saw_others: bool,
    /// What is known of the instruction, the record and the response beside what the reviewer said.
    pub about: About,
}

/// Observations, and what was off in their source.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Observations {
    /// One row a response and reviewer.
    pub rows: Vec<Observation>,
    /// What adjudicators decided, a row a response of each adjudicated case; no part of `rows`, see [`Observations::settled`].
    pub decided: Vec<Observation>,
    /// Cells that count as missing although something is written there.
    pub notices: Vec<Notice>,
}

impl Observations {
    /// The judgements and ranks that came with a dataset's responses (`binary_correct`, `model_rank`, and the columns that
    /// [`Observations::from_reviews`] reads besides). `table` is the file that the notices name.
    pub fn from_cases(cases: &[Case], table: &Path) -> Self {
        let mut doubts = Doubts::new(table);
        let mut found = OfTable::default();
        for case in cases {
            for response in &case.responses {
                let cell = |name: &str| {
                    let mut columns = response.columns.iter();
                    let found = columns.find(|(n, _)| n.eq_ignore_ascii_case(name));
                    found.map_or("", |(_, value)| value.trim())
                };
                let said = Observation {
                    instruction: case.instruction_id.clone(),
                    person: case.person_id.clone(),
                    model: response.model.clone(),
                    ..doubts.row(cell, response.line)
                };
                // A table that was exported may hold adjudications.
                found.take(said, cell);
            }
        }
        found.done(doubts)
    }

    /// What holds in reviewers' ledgers for a dataset's cases, submitted or not. Cases on which a reviewer has neither
    /// a verdict nor an order are no rows of that reviewer. "Unsure" is a missing judgement; orders are numbered 1, 2, 2, 4.
    pub fn from_ledgers(cases: &[Case], ledgers: &BTreeMap<String, Ledger>) -> Self {
        let each = ledgers.iter();
        let rows =
            each.flat_map(|(reviewer, ledger)| Self::from_ledger(cases, reviewer, ledger).rows);
        let decisions = adjudicate::decisions(cases, ledgers);
        let decided = cases.iter().flat_map(|case| {
            let decision = decisions.of.get(&case.key());
            let of = |(who, review): &(&str, &CaseReview)| {
                let submitted = review.submitted.as_ref();
                let decided_by = submitted.and_then(|s| s.reason);
                let decided_at = submitted.map(|s| s.at);
                let rows = of_review(case, review, &settled::decider(who), 0).into_iter();
                let rows = rows.map(move |o| Observation {
                    decided_by,
                    decided_at,
                    ..o
                });
                rows.collect()
            };
            decision.map_or(Vec::new(), of)
        });
        let notices = settled::left_out(decisions.outdated, decisions.unfinished);
        Observations {
            rows: rows.collect(),
            decided: decided.collect(),
            notices,
        }
    }

    /// What holds in one reviewer's ledger, see [`Observations::from_ledgers`].
    pub fn from_ledger(cases: &[Case], reviewer: &str, ledger: &Ledger) -> Self {
        let rows = cases
            .iter()
            .flat_map(|case| readings(case, reviewer, ledger));
        Observations {
            rows: rows.collect(),
            ..Observations::default()
        }
    }

    /// The rows of a table with `instruction_id`, `person_id`, `model_name`, the reviewer in `annotator_num` or `reviewer`,
    /// and at least one of `binary_correct` and `model_rank`. Read where they are there: `verdict`, `shown_position`,
    /// `judged_at`, `seconds`, `errors`, `harm`, and `pass` (1 for the first reading of a case).
    ///
    /// # Errors
    /// When a column is missing.
    pub fn from_reviews(table: &Table) -> Result<Self> {
        let column = |names: &[&str]| {
            names.iter().find_map(|n| table.column(n)).ok_or_else(|| {
                let what = format!("line 1: the column {} is missing", names.join(" or "));
                Error::unreadable(table.path(), what)
                    .hint("name the column in the table's first line")
            })
        };
        let [instruction, person, model] = [
            column(&["instruction_id"])?,
            column(&["person_id"])?,
            column(&["model_name"])?,
        ];
        column(&["annotator_num", "reviewer"])?;
        column(&["binary_correct", "model_rank"])?;
        let mut doubts = Doubts::new(table.path());
        let mut found = OfTable::default();
        for row in table.rows() {
            let text = |column: usize| row.get(column).trim().to_owned();
            let cell = |name: &str| table.column(name).map_or("", |c| row.get(c).trim());
            let said = Observation {
                instruction: text(instruction),
                person: text(person),
                model: text(model),
                ..doubts.row(cell, row.line())
            };
            found.take(said, cell);
        }
        Ok(found.done(doubts))
    }
}

/// The rows of a table as they are read.
#[derive(Default)]
struct OfTable {
    all: Observations,
    /// Adjudications that are not submitted, by instruction, patient and adjudicator.
    unfinished: BTreeSet<(String, String, String)>,
}

impl OfTable {
    /// Takes a row, `cell` of which says in which reading it was said.
    fn take<'c>(&mut self, said: Observation, cell: impl Fn(&str) -> &'c str) {
        if Pass::from_code(cell("pass")) != Some(Pass::Adjudication) {
            self.all.rows.push(said);
        } else if cell("submitted") == "no" {
            let key = (said.instruction, said.person, said.reviewer);
            self.unfinished.insert(key);
        } else {
            let reviewer = settled::decider(&said.reviewer);
            self.all.decided.push(Observation { reviewer, ..said });
        }
    }

    /// All of it, with what was off.
    fn done(mut self, doubts: Doubts<'_>) -> Observations {
        self.all.notices = doubts.into_notices();
        let left_out = settled::left_out(0, self.unfinished.len());
        self.all.notices.extend(left_out);
        self.all
    }
}

/// A reviewer's rows of each reading of a case; an adjudication is none.
fn readings(case: &Case, reviewer: &str, ledger: &Ledger) -> Vec<Observation> {
    let key = case.key();
    let numbered = ledger.passes().filter_map(|pass| match pass {
        Pass::First => Some((pass, 0)),
        Pass::Again(n) => Some((pass, n - 1)),
        Pass::Adjudication => None,
    });
    numbered
        .flat_map(|(pass, n)| of_review(case, ledger.reading(pass, &key), reviewer, n))
        .collect()
}

/// A reviewer's rows of a case; none without a verdict or an order.
fn of_review(case: &Case, review: &CaseReview, reviewer: &str, reading: u32) -> Vec<Observation> {
    let ranks = review.rank.ranks_competition();
    let verdict = |model: &str| review.judgement(model).map(|j| j.verdict);
    if ranks.is_empty() && case.responses.iter().all(|r| verdict(&r.model).is_none()) {
        return Vec::new();
    }
    let (category, subcategory) = review.category.clone().unwrap_or_default();
    let of = |model: &str| {
        let judgement = review.judgement(model);
        let mut numbered = ranks.iter();
        Observation {
            instruction: case.instruction_id.clone(),
            person: case.person_id.clone(),
            model: model.to_owned(),
            reviewer: reviewer.to_owned(),
            correct: match verdict(model) {
                Some(Verdict::Correct) => Some(true),
                Some(Verdict::Incorrect) => Some(false),
                Some(Verdict::Unsure) | None => None,
            },
            rank: numbered
                .find(|(ranked, _)| *ranked == model)
                .map(|(_, rank)| f64::from(*rank)),
            unsure: verdict(model) == Some(Verdict::Unsure),
            reading,
            position: judgement.and_then(|j| j.shown_position),
            at: judgement.map(|j| j.at),
            seconds: review.submitted.as_ref().map(|s| s.seconds),
            errors: review.errors(model).to_vec(),
            harm: review.harm(model),
            decided_by: None,
            decided_at: None,
            saw_others: review.seen().others,
            about: About {
                category: category.clone(),
                subcategory: subcategory.clone(),
                ..About::default()
            },
        }
    };
    case.responses.iter().map(|r| of(&r.model)).collect()
}

#[cfg(test)]
mod tests;
