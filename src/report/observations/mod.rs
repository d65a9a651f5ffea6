//! Observations: who judged and ranked which model's response to which instruction.
//!
//! In: a dataset's cases, a table of several reviewers' judgements, or what counts of review ledgers. Out: one plain row a response,
//! reviewer and reading that counts, and what is told of the others. A judgement or rank that cannot be read counts as missing and
//! is noticed. Never: a question or a response.

mod cells;
mod rows;
mod settled;

pub(crate) use settled::{decider, is_decider, named};

use std::collections::{BTreeMap, BTreeSet};
use std::path::Path;

use jiff::Timestamp;

use cells::Doubts;
use rows::ReadRow;

use super::about::About;
use crate::dataset::said::Used;
use crate::dataset::table::Table;
use crate::dataset::{Case, CaseKey, Response};
use crate::error::{Error, Result};
use crate::notice::{Notice, Severity};
use crate::review::counted::{Cause, Counted, Rules, Tally};
use crate::review::plan::Queues;
use crate::review::{CaseReview, ErrorKind, Harm, Ledger, Pass, Reason, Verdict, adjudicate};

/// What one reviewer said of one model's response to one instruction.
#[derive(Clone, Debug, Default, PartialEq)]
pub(crate) struct Observation {
    /// The instruction's id.
    pub instruction: String,
    /// The patient's id.
    pub person: String,
    /// The model's name.
    pub model: String,
    /// The reviewer's name; empty where the dataset states none.
    pub reviewer: String,
    /// The verdict, if there is one.
    pub verdict: Option<Verdict>,
    /// A label that is neither correct nor incorrect, where the table judges with labels of its own.
    pub label: Option<String>,
    /// The rank, 1 is best; `None` when there is none.
    pub rank: Option<f64>,
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
    /// Whether there is no answer that anybody could judge, and this counts as incorrect in its place.
    pub no_answer: bool,
    /// What is known of the instruction, the record and the response beside what the reviewer said.
    pub about: About,
}

impl Observation {
    /// Whether the response is judged correct; `None` without a verdict, or where the reviewer is unsure.
    pub(crate) fn correct(&self) -> Option<bool> {
        self.verdict?.correct()
    }

    /// Whether the reviewer said that they cannot say.
    pub(crate) fn is_unsure(&self) -> bool {
        self.verdict == Some(Verdict::Unsure)
    }

    /// Whether there is a verdict, a label or a rank.
    pub(crate) fn says_something(&self) -> bool {
        self.verdict.is_some() || self.label.is_some() || self.rank.is_some()
    }
}

/// Observations, and what was off in their source.
#[derive(Clone, Debug, Default, PartialEq)]
pub(crate) struct Observations {
    /// One row a response and reviewer.
    pub rows: Vec<Observation>,
    /// What adjudicators decided, a row a response of each adjudicated case; no part of `rows`, see [`Observations::settled`].
    pub decided: Vec<Observation>,
    /// What was left out, and what was taken in that does not always count.
    pub tally: Tally,
    /// Cells that count as missing although something is written there.
    pub notices: Vec<Notice>,
}

/// What is asked of a table's rows.
#[derive(Clone, Copy, Debug, Default)]
pub(crate) struct Asked<'a> {
    /// What counts.
    pub rules: Rules,
    /// The plan, where there is one.
    pub plan: Option<&'a Queues>,
}

impl Asked<'_> {
    fn planned(self, reviewer: &str, (pass, case): (Pass, &CaseKey)) -> Option<bool> {
        let plan = self.plan.filter(|_| !reviewer.is_empty());
        plan.and_then(|plan| plan.ask_for(reviewer, pass, case))
    }
}

impl Observations {
    /// The judgements and ranks that came with a dataset's responses (`binary_correct`, `model_rank`, and the columns that
    /// [`Observations::from_reviews`] reads besides), of all reviewers there. `table` is the file that the notices name.
    pub(crate) fn from_cases(cases: &[Case], table: &Path, asked: Asked<'_>) -> Self {
        fn cell<'c>(columns: &'c [(String, String)], name: &str) -> Option<&'c str> {
            let mut columns = columns.iter();
            let found = columns.find(|(n, _)| n.eq_ignore_ascii_case(name));
            found.map(|(_, value)| value.trim())
        }
        let responses = || cases.iter().flat_map(|c| &c.responses);
        let used = responses().flat_map(Response::rows);
        let usage = Used::of(used.filter_map(|(_, columns)| cell(columns, "is_used_eval")));
        let mut doubts = Doubts::new(table, models(cases));
        let mut rows = Vec::new();
        for case in cases {
            for response in &case.responses {
                for (line, columns) in response.rows() {
                    let pass = cell(columns, "pass").unwrap_or("").trim();
                    let Some(pass) = doubts.pass(pass, line) else {
                        continue;
                    };
                    let said = Observation {
                        instruction: case.instruction_id.clone(),
                        person: case.person_id.clone(),
                        model: response.model.clone(),
                        ..doubts.row(|name| cell(columns, name).unwrap_or(""), line)
                    };
                    let used = cell(columns, "is_used_eval");
                    let unused = used.map(|cell| doubts.unused(usage, cell, line));
                    rows.push(ReadRow::new(said, pass, |name| cell(columns, name), unused));
                }
            }
        }
        let mut all = rows::observations(rows, cases, asked);
        all.notices = doubts.into_notices();
        all
    }

    /// What holds in reviewers' ledgers for a dataset's cases. Cases on which a reviewer has neither
    /// a verdict nor an order are no rows of that reviewer. "Unsure" is a missing judgement; orders are numbered 1, 2, 2, 4.
    pub(crate) fn from_ledgers(cases: &[Case], counted: Counted) -> Self {
        let Counted { ledgers, tally } = counted;
        let mut all = Observations {
            tally,
            ..Observations::default()
        };
        for (reviewer, ledger) in &ledgers {
            all.tell_strays(cases, reviewer, ledger);
            for case in cases {
                let unused = |o: &Observation| {
                    (case.responses.iter()).any(|r| r.model == o.model && r.unused)
                };
                for (pass, o) in readings(case, reviewer, ledger) {
                    if unused(&o) {
                        let reading = (pass, &case.key());
                        all.tally
                            .take_in(Cause::Unused, reviewer, reading, &o.model);
                    }
                    all.rows.push(o);
                }
            }
        }
        let decisions = adjudicate::decisions(cases, &ledgers);
        for case in cases {
            let Some((who, review)) = decisions.of.get(&case.key()) else {
                continue;
            };
            let submitted = review.submitted.as_ref();
            let rows = of_review(case, review, &settled::decider(who), 0).into_iter();
            all.decided.extend(rows.map(|o| Observation {
                decided_by: submitted.and_then(|s| s.reason),
                decided_at: submitted.map(|s| s.at),
                ..o
            }));
        }
        all.notices = settled::left_out(decisions.outdated);
        all
    }

    /// Tells of marks that no case or response of the dataset takes.
    fn tell_strays(&mut self, cases: &[Case], reviewer: &str, ledger: &Ledger) {
        let by_key: BTreeMap<CaseKey, &Case> = cases.iter().map(|c| (c.key(), c)).collect();
        for pass in ledger.passes() {
            for (key, review) in ledger.cases_in(pass) {
                let ranked = review.rank.ranks_competition();
                let ranked = ranked.into_iter().map(|(model, _)| model);
                let judged = review.responses.iter();
                let judged = judged.filter(|(_, r)| r.judgement.is_some());
                for model in judged.map(|(model, _)| model.as_str()).chain(ranked) {
                    let has = |case: &&Case| case.responses.iter().any(|r| r.model == model);
                    let cause = match by_key.get(key) {
                        None => Cause::NoCase,
                        Some(case) if !has(case) => Cause::NoModel,
                        Some(_) => continue,
                    };
                    self.tally.leave_out(cause, reviewer, (pass, key), model);
                }
            }
        }
    }

    /// The rows of a table with `instruction_id`, `person_id`, `model_name`, the reviewer in `annotator_num` or `reviewer`,
    /// and at least one of `binary_correct` and `model_rank`, that are about a dataset's cases. Read where they are there:
    /// `verdict`, `shown_position`, `judged_at`, `seconds`, `errors`, `harm`, `category`, `is_used_eval`, `pass` (1 for the first
    /// reading of a case), and what says whether a reading counts: `submitted` or `submitted_at`, `blind`, `in_plan`;
    /// and `saw_others`.
    ///
    /// # Errors
    /// When a column is missing.
    pub(crate) fn from_reviews(table: &Table, cases: &[Case], asked: Asked<'_>) -> Result<Self> {
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
        let used = table.column("is_used_eval");
        let usage = Used::of(table.rows().iter().filter_map(|row| Some(row.get(used?))));
        let mut doubts = Doubts::new(table.path(), models(cases));
        let mut rows = Vec::new();
        for row in table.rows() {
            let text = |column: usize| row.get(column).trim().to_owned();
            let cell = |name: &str| table.column(name).map(|c| row.get(c).trim());
            let Some(pass) = doubts.pass(cell("pass").unwrap_or(""), row.line()) else {
                continue;
            };
            let said = Observation {
                instruction: text(instruction),
                person: text(person),
                model: text(model),
                ..doubts.row(|name| cell(name).unwrap_or(""), row.line())
            };
            let unused = used.map(|c| doubts.unused(usage, row.get(c), row.line()));
            rows.push(ReadRow::new(said, pass, cell, unused));
        }
        let mut all = rows::observations(rows, cases, asked);
        let off = table.notices().iter();
        let off = off.filter(|n| n.severity == Severity::Error).cloned();
        all.notices = off.chain(doubts.into_notices()).collect();
        Ok(all)
    }

    /// Adds those of another source.
    pub(crate) fn extend(&mut self, other: Observations) {
        self.rows.extend(other.rows);
        self.decided.extend(other.decided);
        self.tally.extend(other.tally);
        self.notices.extend(other.notices);
    }

    /// Leaves out what the same reviewer says of a response in a reading of which they have spoken before, from whichever source.
    pub(crate) fn once(&mut self) {
        let mut seen = BTreeSet::new();
        let tally = &mut self.tally;
        self.rows.retain(|o| {
            let case = CaseKey {
                instruction: o.instruction.clone(),
                person: o.person.clone(),
            };
            let pass = Pass::numbered(o.reading + 1).unwrap_or_default();
            let new = seen.insert((case.clone(), pass, o.reviewer.clone(), o.model.clone()));
            if !new {
                tally.leave_out(Cause::Repeated, &o.reviewer, (pass, &case), &o.model);
            }
            new
        });
    }
}

/// How many models have a response.
fn models(cases: &[Case]) -> usize {
    let responses = cases.iter().flat_map(|c| &c.responses);
    let models: BTreeSet<&str> = responses.map(|r| r.model.as_str()).collect();
    models.len()
}

/// A reviewer's rows of each reading of a case; an adjudication is none.
fn readings(case: &Case, reviewer: &str, ledger: &Ledger) -> Vec<(Pass, Observation)> {
    let key = case.key();
    let numbered = ledger.passes().filter_map(|pass| match pass {
        Pass::First => Some((pass, 0)),
        Pass::Again(n) => Some((pass, n - 1)),
        Pass::Adjudication => None,
    });
    numbered
        .flat_map(|(pass, n)| {
            let rows = of_review(case, ledger.reading(pass, &key), reviewer, n);
            rows.into_iter().map(move |o| (pass, o))
        })
        .collect()
}

/// A reviewer's rows of a case; none without a verdict or an order.
fn of_review(case: &Case, review: &CaseReview, reviewer: &str, reading: u32) -> Vec<Observation> {
    // What the case has no response of has no place in the order either.
    let order = (review.rank).only(|model| case.responses.iter().any(|r| r.model == model));
    let ranks = order.ranks_competition();
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
            verdict: verdict(model),
            label: None,
            rank: numbered
                .find(|(ranked, _)| *ranked == model)
                .map(|(_, rank)| f64::from(*rank)),
            reading,
            position: judgement.and_then(|j| j.shown_position),
            at: judgement.map(|j| j.at),
            seconds: review.submitted.as_ref().map(|s| s.seconds),
            errors: review.errors(model).to_vec(),
            harm: review.harm(model),
            decided_by: None,
            decided_at: None,
            saw_others: review.seen.others,
            no_answer: false,
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
