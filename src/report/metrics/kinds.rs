//! Whether the order of the metrics holds in parts of the data: the study's finding, cross-validated.
//!
//! In: ranks and scores by case, and what is known of the cases. Out: each metric's mean tau by reviewer, specialty, category
//! and length of the answers; and how far the order of the metrics in such a part, or in random halves, is that in the whole.

use std::collections::BTreeMap;

use super::super::observations::Observation;
use super::super::table::{Chart, Form, Number, Part, Table, TableRow};
use super::super::tables::columns;
use super::{Joined, better, tau_b};
use crate::stats::correlation::{Tau, TauP, kendall};
use crate::stats::interval::{Resampled, mean, quantile};
use crate::stats::method::Method;
use crate::stats::random::Random;

const TAU_IN_KIND: Method = Method {
    id: "metric-tau-b-kind",
    what: "Mean of Kendall's tau-b of ranks and scores within a part of the cases.",
    source: "Kendall 1945",
    ties: "corrected for (tau-b)",
    missing: "cases where tau is undefined are left out",
};

const ORDER: Method = Method {
    id: "metric-order-tau-b",
    what: "Kendall's tau-b between the metrics' order by mean tau in a part of the cases and in all cases.",
    source: "Kendall 1945",
    ties: "corrected for (tau-b)",
    missing: "metrics without a tau in the part are left out",
};

const HALVES: Method = Method {
    id: "metric-order-halves",
    what: "Kendall's tau-b between the metrics' orders by mean tau in two random halves of the cases, mean over 1,000 splits, with the range that holds 95% of them.",
    source: "split-half; Kendall 1945",
    ties: "corrected for (tau-b)",
    missing: "metrics without a tau in a half are left out",
};

const BEST: Method = Method {
    id: "metric-best-share",
    what: "Share of the other metrics whose mean tau in the part is above that of the metric that is best over all; for halves the share of splits whose halves have different best metrics. 0 means that the best one stays the best.",
    source: "plain share",
    ties: "equal means are not better",
    missing: "metrics without a tau in the part are left out",
};

/// How often the cases are split.
const SPLITS: usize = 1_000;

/// A part of the data: its name, and which rows of the sheet are in it.
struct Kind {
    name: String,
    rows: Vec<bool>,
}

/// The two tables; none with a single metric or without a part.
pub(super) fn tables(joined: &Joined<'_>, rows: &[&Observation], seed: u64) -> Vec<Table> {
    if joined.metrics.len() < 2 {
        return Vec::new();
    }
    let kinds = kinds(joined, rows);
    let whole = taus_of(joined, &vec![true; joined.sheet.rows.len()]);
    let mut by_kind = Vec::new();
    let mut orders = Vec::new();
    for kind in &kinds {
        let taus = taus_of(joined, &kind.rows);
        let cases = taus.iter().map(|t| t.1).max().unwrap_or(0);
        for (metric, &(value, n)) in joined.metrics.iter().zip(&taus) {
            by_kind.push(TableRow {
                keys: vec![kind.name.clone(), metric.name.to_owned()],
                numbers: vec![number(value, n, &TAU_IN_KIND, Form::Decimal)],
            });
        }
        let values = |taus: &[(Option<f64>, usize)]| taus.iter().map(|t| t.0).collect::<Vec<_>>();
        let (here, all) = (values(&taus), values(&whole));
        orders.push(TableRow {
            keys: vec![kind.name.clone()],
            numbers: vec![
                number(tau_b(&here, &all), cases, &ORDER, Form::Decimal),
                number(beaten(&here, &all), cases, &BEST, Form::Share),
            ],
        });
    }
    orders.push(halves(joined, seed));
    let mut tables = Vec::new();
    if !by_kind.is_empty() {
        tables.push(Table {
            id: "metric_kinds",
            part: Part::Metrics,
            title: "Metrics by kind of case",
            caption: "Each metric's mean tau-b by reviewer, specialty, category and length of the responses; n counts cases.".to_owned(),
            keys: vec!["kind", "metric"],
            columns: columns(&[("tau_b", "Kendall's tau-b")]),
            rows: by_kind,
            chart: Some(Chart::Across),
        });
    }
    tables.push(Table {
        id: "metric_order",
        part: Part::Metrics,
        title: "Whether the order of the metrics holds",
        caption: "How far the metrics' order by mean tau-b in a part of the data is that in all of it; n counts cases.".to_owned(),
        keys: vec!["part"],
        columns: columns(&[
            ("order_tau_b", "tau-b of the orders"),
            ("above_best", "above the overall best metric"),
        ]),
        rows: orders,
        chart: None,
    });
    tables
}

fn number(value: Option<f64>, n: usize, method: &'static Method, form: Form) -> Number {
    Number {
        value,
        interval: None,
        n,
        missing: 0,
        form,
        method,
    }
}

/// The share of the other metrics that are better in a part than the one that is best over all.
fn beaten(here: &[Option<f64>], all: &[Option<f64>]) -> Option<f64> {
    let best = best(all)?;
    let of_best = here[best]?;
    let others = here.iter().enumerate().filter(|(m, _)| *m != best);
    let others: Vec<f64> = others.filter_map(|(_, t)| *t).collect();
    let above = others.iter().filter(|t| **t > of_best).count();
    (!others.is_empty()).then(|| above as f64 / others.len() as f64)
}

/// The place of the highest value, the first of equals.
fn best(values: &[Option<f64>]) -> Option<usize> {
    let there = values
        .iter()
        .enumerate()
        .filter_map(|(i, v)| Some((i, (*v)?)));
    let first = there.reduce(|a, b| if b.1 > a.1 { b } else { a });
    first.map(|(i, _)| i)
}

/// Each metric's mean tau over the cases with a row in the part, and how many these are.
fn taus_of(joined: &Joined<'_>, rows: &[bool]) -> Vec<(Option<f64>, usize)> {
    let scores_of = |m: usize, case: usize| &joined.metrics[m].scores[case];
    let of_metric = |m: usize| {
        let mut by_case: BTreeMap<usize, Vec<Option<f64>>> = BTreeMap::new();
        for (row, _) in joined
            .sheet
            .rows
            .iter()
            .zip(rows)
            .filter(|(_, here)| **here)
        {
            let tau = kendall(
                &better(&row.ranks),
                scores_of(m, row.case),
                Tau::B,
                TauP::Asymptotic,
            );
            by_case.entry(row.case).or_default().push(tau.value);
        }
        let means: Vec<Option<f64>> = by_case.values().map(|taus| mean(taus).0).collect();
        mean(&means)
    };
    (0..joined.metrics.len()).map(of_metric).collect()
}

/// The parts, by what each is made of; of each kind none where all cases are in one part.
fn kinds(joined: &Joined<'_>, rows: &[&Observation]) -> Vec<Kind> {
    let sheet = joined.sheet;
    let mut all: Vec<(&str, Vec<String>)> = Vec::new();
    let reviewer = |r: &super::SheetRow| sheet.reviewers[r.reviewer].clone();
    all.push(("reviewer", sheet.rows.iter().map(reviewer).collect()));
    let mut about: BTreeMap<usize, (&Observation, u64, u64)> = BTreeMap::new();
    for o in rows {
        if let Some(case) = sheet.case_of(o) {
            let entry = about.entry(case).or_insert((o, 0, 0));
            if let Some(words) = o.about.words {
                entry.1 += words;
                entry.2 += 1;
            }
        }
    }
    let of_case = |of: &dyn Fn(&Observation) -> String| -> Vec<String> {
        let name = |r: &super::SheetRow| about.get(&r.case).map_or(String::new(), |a| of(a.0));
        sheet.rows.iter().map(name).collect()
    };
    all.push(("specialty", of_case(&|o| o.about.specialty.clone())));
    all.push(("category", of_case(&|o| o.about.category.clone())));
    let mean_words = |case: usize| {
        let &(_, words, n) = about.get(&case)?;
        (n > 0).then(|| words as f64 / n as f64)
    };
    let mut lengths: Vec<f64> = about.keys().filter_map(|c| mean_words(*c)).collect();
    lengths.sort_by(f64::total_cmp);
    let middle = quantile(&lengths, 0.5);
    let length = |r: &super::SheetRow| match mean_words(r.case).zip(middle) {
        Some((words, middle)) if words > middle => format!("over {middle:.0} words"),
        Some((_, middle)) => format!("up to {middle:.0} words"),
        None => String::new(),
    };
    all.push(("mean response", sheet.rows.iter().map(length).collect()));
    all.into_iter()
        .flat_map(|(kind, names)| parts(kind, &names))
        .collect()
}

/// The parts that names make of the rows; a row without a name is in none.
fn parts(kind: &str, names: &[String]) -> Vec<Kind> {
    let mut different: Vec<&String> = names.iter().filter(|n| !n.is_empty()).collect();
    different.sort_unstable();
    different.dedup();
    if different.len() < 2 {
        return Vec::new();
    }
    let part = |name: &&String| Kind {
        name: format!("{kind}: {name}"),
        rows: names.iter().map(|n| n == *name).collect(),
    };
    different.iter().map(part).collect()
}

/// How far the orders in two random halves of the cases agree.
fn halves(joined: &Joined<'_>, seed: u64) -> TableRow {
    let taus: Vec<Vec<Option<f64>>> = joined.metrics.iter().map(|m| joined.taus(m)).collect();
    let cases = joined.cases.len();
    let (mut agreements, mut other) = (Vec::new(), Vec::new());
    for split in 0..SPLITS {
        let mut random = Random::new(seed, split as u64);
        let mut order: Vec<usize> = (0..cases).collect();
        for i in (1..cases).rev() {
            order.swap(i, random.below(i + 1));
        }
        let (one, two) = order.split_at(cases / 2);
        let means = |half: &[usize]| -> Vec<Option<f64>> {
            let of = |taus: &Vec<Option<f64>>| {
                let here: Vec<Option<f64>> = half.iter().map(|c| taus[*c]).collect();
                mean(&here).0
            };
            taus.iter().map(of).collect()
        };
        let (one, two) = (means(one), means(two));
        agreements.extend(tau_b(&one, &two));
        other.extend(
            best(&one)
                .zip(best(&two))
                .map(|(a, b)| f64::from(u8::from(a != b))),
        );
    }
    let share = |values: &[f64]| {
        let values: Vec<Option<f64>> = values.iter().copied().map(Some).collect();
        mean(&values).0
    };
    TableRow {
        keys: vec!["random halves".to_owned()],
        numbers: vec![
            Number {
                interval: Resampled::of(agreements.iter().copied()).interval,
                ..number(share(&agreements), cases, &HALVES, Form::Decimal)
            },
            number(share(&other), cases, &BEST, Form::Share),
        ],
    }
}
