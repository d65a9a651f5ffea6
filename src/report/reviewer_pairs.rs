//! The table on how far two reviewers agree with each other.
//!
//! In: a sheet in which some cases have several reviewers. Out: a row for each two reviewers with common cases. Intervals
//! come from resampling these cases.

use super::reviewers::{LEVELS, VERDICTS, level, of_two, said_unsure, unsure_verdicts, verdict};
use super::sheet::{Sheet, SheetRow};
use super::table::{Form, Number, Part, Table, TableRow};
use super::tables::columns;
use crate::stats::agreement::{Agreement, Confusion, Weights, confusion};
use crate::stats::correlation::{self, ratio};
use crate::stats::interval::Bootstrap;
use crate::stats::method::Method;
use crate::stats::rank::{Ties, rank};

/// The places of an order counted from 0, equals on the first of their places.
fn places(ranks: &[Option<f64>]) -> Vec<Option<usize>> {
    rank(ranks, Ties::Competition)
        .into_iter()
        .map(|r| r.map(|r| (r as usize).saturating_sub(1)))
        .collect()
}

/// What a case adds to the coefficients of two reviewers.
#[derive(Clone)]
struct PairParts {
    judged: Confusion,
    verdicts: Confusion,
    ranked: Confusion,
    means: [(f64, f64); 3],
}

impl PairParts {
    fn new(models: usize) -> Self {
        PairParts {
            judged: Confusion::new(LEVELS),
            verdicts: Confusion::new(VERDICTS),
            ranked: Confusion::new(models),
            means: [(0.0, 0.0); 3],
        }
    }

    fn of(a: &SheetRow, b: &SheetRow, models: usize) -> Self {
        let mut parts = PairParts::new(models);
        for (x, y) in a.correct.iter().zip(&b.correct) {
            parts.judged.add(level(*x), level(*y));
        }
        for m in 0..models {
            parts.verdicts.add(verdict(a, m), verdict(b, m));
        }
        for (x, y) in places(&a.ranks).into_iter().zip(places(&b.ranks)) {
            parts.ranked.add(x, y);
        }
        parts.means = of_two(&a.ranks, &b.ranks).map(|v| v.map_or((0.0, 0.0), |v| (v, 1.0)));
        parts
    }

    fn add_times(&mut self, other: &PairParts, times: f64) {
        self.judged.add_times(&other.judged, times);
        self.verdicts.add_times(&other.verdicts, times);
        self.ranked.add_times(&other.ranked, times);
        for (sum, part) in self.means.iter_mut().zip(&other.means) {
            sum.0 += times * part.0;
            sum.1 += times * part.1;
        }
    }

    /// The coefficients with their n, in the order of the table.
    fn values(&self) -> Vec<(Option<f64>, usize)> {
        let of = |a: Agreement| (a.value, a.units);
        let mut values = vec![
            of(self.judged.raw()),
            of(self.judged.kappa(Weights::Unweighted)),
            of(self.ranked.kappa(Weights::Linear)),
            of(self.ranked.kappa(Weights::Quadratic)),
        ];
        values.extend(
            self.means
                .iter()
                .map(|(sum, n)| (ratio(*sum, *n), *n as usize)),
        );
        values.push(of(self.verdicts.raw()));
        values.push(of(self.verdicts.kappa(Weights::Unweighted)));
        values
    }
}

/// The columns, and how their numbers are made: the last two only where somebody is unsure.
const COLUMNS: [(&str, &str); 9] = [
    ("raw", "judgements: raw agreement"),
    ("kappa", "Cohen's kappa"),
    ("rank_kappa_linear", "ranks: kappa, linear weights"),
    ("rank_kappa_quadratic", "quadratic weights"),
    ("tau", "Kendall's tau-b"),
    ("tau_c", "tau-c"),
    ("rho", "Spearman's rho"),
    ("raw_unsure", "unsure a level: raw agreement"),
    ("kappa_unsure", "Cohen's kappa"),
];
const METHODS: [&Method; 9] = [
    &confusion::RAW_PAIR,
    &confusion::COHEN,
    &confusion::COHEN_LINEAR,
    &confusion::COHEN_QUADRATIC,
    &correlation::TAU_PAIR,
    &correlation::TAU_C_PAIR,
    &correlation::RHO_PAIR,
    &confusion::RAW_PAIR_UNSURE,
    &confusion::COHEN_UNSURE,
];

/// The table; `None` when no case has several reviewers.
pub(super) fn table(sheet: &Sheet, bootstrap: Bootstrap) -> Option<Table> {
    if !sheet.several_reviewers() {
        return None;
    }
    let cases = sheet.by_case();
    let k = sheet.models.len();
    let unsure = unsure_verdicts(sheet);
    // Without anybody unsure the last two columns say what the first two say.
    let shown = if unsure.0 > 0 { 9 } else { 7 };
    let mut rows = Vec::new();
    for a in 0..sheet.reviewers.len() {
        for b in a + 1..sheet.reviewers.len() {
            let common: Vec<PairParts> = cases
                .iter()
                .filter_map(|rows| {
                    let of = |reviewer| rows.iter().find(|r| r.reviewer == reviewer).copied();
                    of(a).zip(of(b)).map(|(x, y)| PairParts::of(x, y, k))
                })
                .collect();
            if common.is_empty() {
                continue;
            }
            let sum = |times: &[u32]| {
                let mut sum = PairParts::new(k);
                for (parts, &times) in common.iter().zip(times).filter(|(_, t)| **t > 0) {
                    sum.add_times(parts, f64::from(times));
                }
                sum.values()
            };
            let found = sum(&vec![1; common.len()]);
            let intervals = bootstrap.intervals(common.len(), found.len(), |times| {
                sum(times).into_iter().map(|v| v.0).collect()
            });
            let numbers = found
                .into_iter()
                .zip(intervals)
                .zip(METHODS)
                .enumerate()
                .take(shown);
            rows.push(TableRow {
                keys: vec![sheet.reviewers[a].clone(), sheet.reviewers[b].clone()],
                numbers: numbers
                    .map(|(i, (((value, n), resampled), method))| Number {
                        value,
                        interval: resampled.interval,
                        n,
                        missing: if (4..7).contains(&i) {
                            common.len() - n
                        } else {
                            common.len() * k - n
                        },
                        form: Form::Decimal,
                        method,
                    })
                    .collect(),
            });
        }
    }
    Some(Table {
        id: "reviewer_pairs",
        part: Part::Agreement,
        title: "Two reviewers",
        caption: format!(
            "Agreement of each pair of reviewers on what both of them reviewed; n counts responses, for tau and rho cases.{}",
            said_unsure(unsure)
        ),
        keys: vec!["reviewer", "other"],
        columns: columns(&COLUMNS[..shown]),
        rows,
        chart: None,
    })
}
