//! The table on errors and evidence: what a model had and missed, and what it never had.
//!
//! In: observations that know how much of the evidence the model was sent. Out: a table by model; none where that is known of nothing.

use super::observations::Observation;
use super::table::{Form, Number, Part, Table, TableRow};
use super::tables::columns;
use crate::infer::evidence::Held;
use crate::stats::interval::wilson;
use crate::stats::method::Method;

/// Share of incorrect responses whose model was sent all of the evidence, a part of it, or none, with Wilson's 95% score interval.
const OF_INCORRECT: Method = Method {
    id: "evidence-of-incorrect",
    what: "Share of the responses judged incorrect whose model was sent all of the evidence in the record (what the dataset's gold responses quote, and what reviewers pinned), a part of it, or none, with Wilson's 95% score interval.",
    source: "Wilson 1927",
    ties: "do not matter",
    missing: "responses are left out of which it is not known what the model was sent, and those whose evidence stands nowhere in the record",
};

/// The same of correct responses.
const OF_CORRECT: Method = Method {
    id: "evidence-of-correct",
    what: "Share of the responses judged correct whose model was not sent all of that evidence, with Wilson's 95% score interval.",
    ..OF_INCORRECT
};

/// The table; `models` gives the order.
pub(super) fn tables(observations: &[&Observation], models: &[String]) -> Option<Table> {
    observations.iter().find(|o| o.about.evidence.is_some())?;
    let row = |model: &String| {
        let of = |correct: bool| {
            let mine = observations.iter().filter(move |o| o.model == *model);
            let judged: Vec<Option<Held>> = mine
                .filter(|o| o.correct() == Some(correct))
                .map(|o| o.about.evidence)
                .collect();
            let known: Vec<Held> = judged.iter().copied().flatten().collect();
            let missing = judged.len() - known.len();
            (known, missing)
        };
        let share = |(known, missing): &(Vec<Held>, usize), what: &[Held], method| {
            let with = known.iter().filter(|held| what.contains(held)).count();
            Number {
                value: (!known.is_empty()).then(|| with as f64 / known.len() as f64),
                interval: wilson(with, known.len()),
                n: known.len(),
                missing: *missing,
                form: Form::Share,
                method,
            }
        };
        let (wrong, right) = (of(false), of(true));
        TableRow {
            keys: vec![model.clone()],
            numbers: vec![
                share(&wrong, &[Held::All], &OF_INCORRECT),
                share(&wrong, &[Held::Part], &OF_INCORRECT),
                share(&wrong, &[Held::None], &OF_INCORRECT),
                share(&right, &[Held::Part, Held::None], &OF_CORRECT),
            ],
        }
    };
    Some(Table {
        id: "evidence_and_errors",
        part: Part::Errors,
        title: "Errors by what the model saw",
        caption: "Of the responses judged incorrect, the share whose model had the evidence and missed it, had a part of it, or never had it; of those judged correct, the share whose model lacked some of it. n counts incorrect, then correct judgements of which that is known."
            .to_owned(),
        keys: vec!["model"],
        columns: columns(&[
            ("had_and_missed", "had it and missed it"),
            ("had_a_part", "had a part of it"),
            ("never_had", "never had it"),
            ("correct_without", "correct without all of it"),
        ]),
        rows: models.iter().map(row).collect(),
        chart: None,
    })
}

#[cfg(test)]
mod tests {
    use super::super::about::About;
    use super::*;
    use crate::review::Verdict;

    #[test]
    fn errors_are_told_apart_by_what_was_there() {
        let said = |correct, evidence| Observation {
            model: "m".to_owned(),
            verdict: Option::map(correct, Verdict::of),
            about: About {
                evidence,
                ..About::default()
            },
            ..Observation::default()
        };
        let rows = [
            said(Some(false), Some(Held::All)),
            said(Some(false), Some(Held::None)),
            said(Some(false), Some(Held::None)),
            said(Some(false), Some(Held::Part)),
            said(Some(false), None),
            said(Some(true), Some(Held::Part)),
            said(None, Some(Held::All)),
        ];
        let rows: Vec<&Observation> = rows.iter().collect();
        let table = tables(&rows, &["m".to_owned()]).expect("a table");
        let numbers = table.rows[0].numbers.iter();
        let numbers: Vec<_> = numbers.map(|n| (n.value, n.n, n.missing)).collect();
        assert_eq!(
            numbers,
            [
                (Some(0.25), 4, 1),
                (Some(0.25), 4, 1),
                (Some(0.5), 4, 1),
                (Some(1.0), 1, 0)
            ]
        );
        assert_eq!(tables(&rows[4..5], &["m".to_owned()]), None);
    }
}
