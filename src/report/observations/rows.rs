//! Rows of tables as observations: which of them count, where they fit, and what is told of the others.
//!
//! In: rows of a table as they are read, each with what is known of its reading. Out: observations and adjudications that count,
//! and a line for each reason why others do not. Never: a row that is left out without being counted.

use std::collections::BTreeSet;

use rustc_hash::FxHashMap;

use super::{Asked, Observation, Observations, settled};
use crate::dataset::instruction::flag;
use crate::dataset::{Case, CaseKey};
use crate::review::Pass;
use crate::review::counted::{Cause, Standing};

/// One row as it was read.
pub(super) struct ReadRow {
    pub(super) said: Observation,
    pub(super) pass: Pass,
    pub(super) standing: Standing,
    /// Whether `is_used_eval` does not call it used; `None` where the table has no such column.
    pub(super) unused: Option<bool>,
}

impl ReadRow {
    /// A row that says something, with what its cells say of its reading.
    pub(super) fn new<'c>(
        said: Observation,
        pass: Pass,
        cell: impl Fn(&str) -> Option<&'c str>,
        unused: Option<bool>,
    ) -> Self {
        ReadRow {
            pass,
            standing: standing(&said.reviewer, cell),
            said,
            unused,
        }
    }
}

/// What is known of the reading that a row is part of; `cell` is `None` for a column that is not there. A table without such columns,
/// as the released one, holds readings that count.
fn standing<'c>(reviewer: &str, cell: impl Fn(&str) -> Option<&'c str>) -> Standing {
    let said = |name: &str| flag(cell(name).unwrap_or(""));
    // A table that says only when: no time, not submitted. Rows of nobody are the dataset's own.
    let no_time = cell("submitted_at") == Some("") && !reviewer.is_empty();
    let submitted = match cell("submitted") {
        None => !no_time,
        Some(_) => said("submitted") != Some(false),
    };
    Standing {
        submitted,
        blind: said("blind") != Some(false),
        planned: said("in_plan"),
        // A table holds what somebody chose to write into it.
        machine: false,
    }
}

/// What of the rows counts.
pub(super) fn observations(rows: Vec<ReadRow>, cases: &[Case], asked: Asked<'_>) -> Observations {
    let mut all = Observations::default();
    let by_key: FxHashMap<CaseKey, &Case> = cases.iter().map(|c| (c.key(), c)).collect();
    // Where reviewers are named, a reading without a verdict and an order is none, as in a review file.
    let named = rows.iter().any(|r| !r.said.reviewer.is_empty());
    let of = |r: &ReadRow| (r.said.reviewer.clone(), r.pass, key(&r.said));
    let said = rows.iter().filter(|r| r.said.says_something());
    let said: BTreeSet<(String, Pass, CaseKey)> = said.map(of).collect();
    for row in rows {
        if named && !said.contains(&of(&row)) {
            continue;
        }
        let ReadRow {
            said,
            pass,
            mut standing,
            unused,
        } = row;
        let key = key(&said);
        let reading = (pass, &key);
        let Some(case) = by_key.get(&key) else {
            let model = said.model.as_str();
            all.tally
                .leave_out(Cause::NoCase, &said.reviewer, reading, model);
            continue;
        };
        standing.planned = standing
            .planned
            .or_else(|| asked.planned(&said.reviewer, reading));
        if !(all.tally).counts(asked.rules, &said.reviewer, reading, standing) {
            continue;
        }
        let response = case.responses.iter().find(|r| r.model == said.model);
        let Some(response) = response else {
            let (who, model) = (&said.reviewer, &said.model);
            all.tally.leave_out(Cause::NoModel, who, reading, model);
            continue;
        };
        if unused.unwrap_or(response.unused) {
            let (who, model) = (&said.reviewer, &said.model);
            all.tally.take_in(Cause::Unused, who, reading, model);
        }
        if pass == Pass::Adjudication {
            let reviewer = settled::decider(&said.reviewer);
            all.decided.push(Observation { reviewer, ..said });
        } else {
            all.rows.push(said);
        }
    }
    all
}

fn key(said: &Observation) -> CaseKey {
    CaseKey {
        instruction: said.instruction.clone(),
        person: said.person.clone(),
    }
}
