//! How each reviewer judges beside the others, and how long a case takes.
//!
//! In: observations of first readings, and their sittings. Out: a table with a row for each reviewer. Never: a
//! comparison on responses that the reviewer alone has judged.

use std::collections::BTreeMap;

use super::sitting::{Sitting, correct_of, names, of_reviewer, shown, ties_of, time};
use super::{number, verdict};
use crate::report::observations::Observation;
use crate::report::table::{Form, Number, Part, Table, TableRow};
use crate::report::tables::columns;
use crate::stats::interval::{bounded_mean, mean, wilson};
use crate::stats::method;
use crate::stats::method::Method;

/// Share of verdicts that are unsure, with Wilson's 95% score interval.
const UNSURE: Method = Method {
    id: "unsure-share",
    what: "Share of verdicts that are unsure, with Wilson's 95% score interval.",
    source: "Wilson 1927",
    ties: "do not matter",
    missing: "responses without a verdict are left out",
};

/// Share a reviewer judges correct less the share that the other reviewers of the same responses do, mean over a case, then over cases, with the normal 95% interval of a mean.
const LENIENCY: Method = Method {
    id: "leniency",
    what: "Share a reviewer judges correct less the share that the other reviewers of the same responses do, mean over a case, then over cases, with a 95% score interval between -1 and 1 (Wilson's with the effective sample size and t in place of z).",
    source: "paired difference; Wilson 1927; Kish 1965",
    ties: "do not matter",
    missing: "responses that nobody else judged are left out",
};

/// The table of reviewers.
pub(super) fn table(first: &[&Observation], sittings: &[Sitting<'_>]) -> Option<Table> {
    let rows: Vec<TableRow> = names(sittings)
        .iter()
        .map(|name| {
            let own = of_reviewer(sittings, name);
            let said = own
                .iter()
                .flat_map(|s| s.iter())
                .filter(|o| o.verdict.is_some())
                .count();
            let unsure = own
                .iter()
                .flat_map(|s| s.iter())
                .filter(|o| o.is_unsure())
                .count();
            let lenient = leniency(first, name);
            let (value, n) = mean(&lenient);
            let [low, median, high] = time(&own);
            TableRow {
                keys: vec![shown(name)],
                numbers: vec![
                    Number::count(own.len(), &method::COUNT),
                    correct_of(&own),
                    number(
                        (said > 0).then(|| unsure as f64 / said as f64),
                        wilson(unsure, said),
                        said,
                        0,
                        Form::Share,
                        &UNSURE,
                    ),
                    number(
                        value,
                        bounded_mean(&lenient, -1.0, 1.0),
                        n,
                        own.len() - n,
                        Form::Share,
                        &LENIENCY,
                    ),
                    ties_of(&own),
                    low,
                    median,
                    high,
                ],
            }
        })
        .collect();
    (!rows.is_empty()).then(|| Table {
        id: "reviewers",
        part: Part::Bias,
        title: "Reviewers",
        caption: "How each reviewer judges, beside the others on the same responses, and how long a case takes; n counts judgements for the shares correct and unsure, else cases."
            .to_owned(),
        keys: vec!["reviewer"],
        columns: columns(&[
            ("cases", "cases"),
            ("correct_rate", "correct"),
            ("unsure_rate", "unsure"),
            ("leniency", "more lenient than others by"),
            ("tied_rate", "pairs tied"),
            ("minutes_low", "minutes a case, 1st quartile"),
            ("minutes_median", "median"),
            ("minutes_high", "3rd quartile"),
        ]),
        rows,
        chart: None,
    })
}

/// How a reviewer's verdicts compare with the mean of the others' on the same responses.
fn leniency(first: &[&Observation], reviewer: &str) -> Vec<Option<f64>> {
    let mut others: BTreeMap<(&str, &str, &str), (f64, f64)> = BTreeMap::new();
    for o in first.iter().filter(|o| o.reviewer != reviewer) {
        if let Some(verdict) = verdict(o) {
            let sum = others
                .entry((&o.instruction, &o.person, &o.model))
                .or_default();
            sum.0 += verdict;
            sum.1 += 1.0;
        }
    }
    // One value a case, so that its responses count as one.
    let mut cases: BTreeMap<(&str, &str), Vec<Option<f64>>> = BTreeMap::new();
    for o in first.iter().filter(|o| o.reviewer == reviewer) {
        if let (Some(own), Some((sum, n))) = (
            verdict(o),
            others.get(&(o.instruction.as_str(), o.person.as_str(), o.model.as_str())),
        ) {
            cases
                .entry((&o.instruction, &o.person))
                .or_default()
                .push(Some(own - sum / n));
        }
    }
    cases.values().map(|values| mean(values).0).collect()
}
