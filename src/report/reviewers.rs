//! The tables on how far reviewers agree.
//!
//! In: a sheet in which some cases have several reviewers, and the harm they stated. Out: a table of coefficients over all
//! reviewers, and one of each pair of reviewers. Without such cases there is no table. Intervals come from resampling the
//! cases that have several reviewers.

use std::collections::BTreeMap;

use super::observations::Observation;
use super::sheet::{Row, Sheet};
use super::table::{Chart, Form, Number, Part, Table, TableRow};
use super::tables::columns;
use crate::stats::agreement::coincidences;
use crate::stats::agreement::confusion;
use crate::stats::agreement::votes;
use crate::stats::agreement::{Agreement, Coincidences, Confusion, Scale, Votes, Weights};
use crate::stats::correlation;
use crate::stats::correlation::{Tau, TauP, kendall, kendall_w, ratio, spearman};
use crate::stats::interval::{Bootstrap, mean};
use crate::stats::method::Method;
use crate::stats::preferences;
use crate::stats::preferences::Preferences;
use crate::stats::rank::{Ties, rank};

/// What one response was given by the reviewers of its case.
type Unit = Vec<Option<f64>>;

/// Levels of a judgement: incorrect and correct.
const LEVELS: usize = 2;

/// The tables; none when no case has several reviewers.
pub(super) fn tables(sheet: &Sheet, harm: &[&Observation], bootstrap: Bootstrap) -> Vec<Table> {
    if !sheet.several_reviewers() {
        return Vec::new();
    }
    vec![overall(sheet, harm, bootstrap), pairs(sheet, bootstrap)]
}

fn level(correct: Option<bool>) -> Option<usize> {
    correct.map(usize::from)
}

/// Coefficients that are means over cases.
const MEANS: [(&str, &Method); 4] = [
    ("ranks/Kendall's tau-b", &correlation::TAU),
    ("ranks/Kendall's tau-c", &correlation::TAU_C),
    ("ranks/Spearman's rho", &correlation::RHO),
    ("ranks/Kendall's W", &correlation::W_REVIEWERS),
];

/// What a case adds to the coefficients.
#[derive(Clone)]
struct Parts {
    judged: Votes,
    nominal: Coincidences,
    ranked: Coincidences,
    preferred: Preferences,
    harm: Coincidences,
    means: [(f64, f64); MEANS.len()],
}

impl Parts {
    fn add_times(&mut self, other: &Parts, times: f64) {
        self.judged.add_times(&other.judged, times);
        self.nominal.add_times(&other.nominal, times);
        self.ranked.add_times(&other.ranked, times);
        self.preferred.add_times(&other.preferred, times);
        self.harm.add_times(&other.harm, times);
        for (sum, part) in self.means.iter_mut().zip(&other.means) {
            sum.0 += times * part.0;
            sum.1 += times * part.1;
        }
    }

    /// The coefficients, in the order of the table.
    fn values(&self) -> Vec<Agreement> {
        let preferred = Agreement {
            value: self.preferred.observed(),
            ..self.preferred.kappa()
        };
        let mut values = vec![
            self.judged.raw(),
            self.judged.fleiss(),
            self.nominal.alpha(Scale::Nominal),
            self.judged.gwet_ac1(),
            self.ranked.alpha(Scale::Ordinal),
            self.ranked.alpha(Scale::Interval),
        ];
        values.extend(self.means.iter().map(|(sum, n)| Agreement {
            value: ratio(*sum, *n),
            units: *n as usize,
            ratings: 0,
        }));
        values.extend([
            preferred,
            self.preferred.kappa(),
            self.harm.alpha(Scale::Ordinal),
        ]);
        values
    }
}

/// The table's rows in the order of [`Parts::values`].
fn names() -> Vec<(&'static str, &'static Method)> {
    let mut names = vec![
        ("judgements/raw agreement", &votes::RAW),
        ("judgements/Fleiss' kappa", &votes::FLEISS),
        (
            "judgements/Krippendorff's alpha, nominal",
            &coincidences::ALPHA_NOMINAL,
        ),
        ("judgements/Gwet's AC1", &votes::AC1),
        (
            "ranks/Krippendorff's alpha, ordinal",
            &coincidences::ALPHA_ORDINAL,
        ),
        (
            "ranks/Krippendorff's alpha, interval",
            &coincidences::ALPHA_INTERVAL,
        ),
    ];
    names.extend(MEANS);
    names.extend([
        ("preferences/raw agreement", &preferences::PREFERENCE_RAW),
        ("preferences/kappa", &preferences::PREFERENCE_KAPPA),
        (
            "harm/Krippendorff's alpha, ordinal",
            &coincidences::HARM_ALPHA,
        ),
    ]);
    names
}

fn overall(sheet: &Sheet, harm: &[&Observation], bootstrap: Bootstrap) -> Table {
    let k = sheet.models.len();
    let cases = sheet.by_case();
    let judged =
        |rows: &[&Row], m: usize| -> Vec<_> { rows.iter().map(|r| level(r.correct[m])).collect() };
    let ranked = |rows: &[&Row], m: usize| -> Vec<_> { rows.iter().map(|r| r.ranks[m]).collect() };
    let units = |of: &dyn Fn(&[&Row], usize) -> Unit| -> Vec<Unit> {
        cases
            .iter()
            .flat_map(|rows| (0..k).map(|m| of(rows, m)))
            .collect()
    };
    let as_numbers = |rows: &[&Row], m: usize| -> Vec<_> {
        judged(rows, m)
            .into_iter()
            .map(|l| l.map(|l| l as f64))
            .collect()
    };
    let harms = harm_units(sheet, harm);
    let all_harms: Vec<Unit> = harms.values().flatten().cloned().collect();
    let empty = Parts {
        judged: Votes::new(LEVELS),
        nominal: Coincidences::new(&units(&as_numbers)),
        ranked: Coincidences::new(&units(&ranked)),
        preferred: Preferences::default(),
        harm: Coincidences::new(&all_harms),
        means: [(0.0, 0.0); MEANS.len()],
    };
    let (mut several, mut alone) = (Vec::new(), empty.clone());
    for (case, rows) in cases.iter().enumerate() {
        let mut parts = empty.clone();
        for m in 0..k {
            parts.judged.add(&judged(rows, m));
            parts.nominal.add(&as_numbers(rows, m));
            parts.ranked.add(&ranked(rows, m));
        }
        let ranks: Vec<&[Option<f64>]> = rows.iter().map(|r| r.ranks.as_slice()).collect();
        parts.preferred.add_case(&ranks);
        for unit in harms.get(&case).into_iter().flatten() {
            parts.harm.add(unit);
        }
        if rows.len() > 1 {
            parts.means = of_orders(rows).map(|v| v.map_or((0.0, 0.0), |v| (v, 1.0)));
            several.push(parts);
        } else {
            alone.add_times(&parts, 1.0);
        }
    }
    let sum = |times: &[u32]| {
        let mut sum = alone.clone();
        for (parts, &times) in several.iter().zip(times).filter(|(_, t)| **t > 0) {
            sum.add_times(parts, f64::from(times));
        }
        sum.values()
    };
    let found = sum(&vec![1; several.len()]);
    let intervals = bootstrap.intervals(several.len(), found.len(), |times| {
        sum(times).into_iter().map(|a| a.value).collect()
    });
    let responses = several.len() * k;
    let rows = names()
        .into_iter()
        .zip(&found)
        .zip(intervals)
        .filter(|(((name, _), _), _)| !name.starts_with("harm") || !all_harms.is_empty())
        .map(|(((name, method), found), resampled)| {
            let of = match name.split('/').next() {
                Some("preferences") => found.units,
                _ if MEANS.iter().any(|m| m.0 == name) => several.len(),
                _ => responses,
            };
            TableRow {
                keys: name.splitn(2, '/').map(str::to_owned).collect(),
                numbers: vec![Number {
                    value: found.value,
                    interval: resampled.interval,
                    n: found.units,
                    missing: of.saturating_sub(found.units),
                    form: Form::Decimal,
                    method,
                }],
            }
        })
        .collect();
    Table {
        id: "agreement",
        part: Part::Agreement,
        title: "All reviewers",
        caption: "Agreement on judgements, ranks, and which of two responses is better; n counts responses with at least two of them, for preferences pairs of preferences, for tau, rho and W cases where it is defined. Cases with one reviewer are in no row."
            .to_owned(),
        keys: vec!["of", "measure"],
        columns: columns(&[("value", "value")]),
        rows,
        chart: Some(Chart::Points { column: 0 }),
    }
}

/// The harm stated of each response, by case: one unit a response that has a statement.
fn harm_units(sheet: &Sheet, observations: &[&Observation]) -> BTreeMap<usize, Vec<Unit>> {
    let mut stated: BTreeMap<(usize, &str), Vec<Option<f64>>> = BTreeMap::new();
    for o in observations {
        if let (Some(harm), Some(case)) = (o.harm, sheet.case_of(o)) {
            stated
                .entry((case, &o.model))
                .or_default()
                .push(Some(f64::from(harm as u8)));
        }
    }
    let mut cases: BTreeMap<usize, Vec<Unit>> = BTreeMap::new();
    for ((case, _), unit) in stated {
        cases.entry(case).or_default().push(unit);
    }
    cases
}

/// Tau-b, tau-c and rho as means over the pairs of a case's reviewers, and W of all of them.
fn of_orders(rows: &[&Row]) -> [Option<f64>; MEANS.len()] {
    let mut each: [Vec<Option<f64>>; 3] = Default::default();
    for (i, a) in rows.iter().enumerate() {
        for b in &rows[i + 1..] {
            for (all, value) in each.iter_mut().zip(of_two(&a.ranks, &b.ranks)) {
                all.push(value);
            }
        }
    }
    let orders: Vec<Unit> = rows.iter().map(|r| r.ranks.clone()).collect();
    let [b, c, rho] = each.map(|values| mean(&values).0);
    [b, c, rho, kendall_w(&orders).value]
}

/// Tau-b, tau-c and rho of two orders.
fn of_two(a: &[Option<f64>], b: &[Option<f64>]) -> [Option<f64>; 3] {
    [
        kendall(a, b, Tau::B, TauP::Asymptotic).value,
        kendall(a, b, Tau::C, TauP::Asymptotic).value,
        spearman(a, b).value,
    ]
}

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
    ranked: Confusion,
    means: [(f64, f64); 3],
}

impl PairParts {
    fn new(models: usize) -> Self {
        PairParts {
            judged: Confusion::new(LEVELS),
            ranked: Confusion::new(models),
            means: [(0.0, 0.0); 3],
        }
    }

    fn of(a: &Row, b: &Row, models: usize) -> Self {
        let mut parts = PairParts::new(models);
        for (x, y) in a.correct.iter().zip(&b.correct) {
            parts.judged.add(level(*x), level(*y));
        }
        for (x, y) in places(&a.ranks).into_iter().zip(places(&b.ranks)) {
            parts.ranked.add(x, y);
        }
        parts.means = of_two(&a.ranks, &b.ranks).map(|v| v.map_or((0.0, 0.0), |v| (v, 1.0)));
        parts
    }

    fn add_times(&mut self, other: &PairParts, times: f64) {
        self.judged.add_times(&other.judged, times);
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
        values
    }
}

fn pairs(sheet: &Sheet, bootstrap: Bootstrap) -> Table {
    const METHODS: [&Method; 7] = [
        &confusion::RAW_PAIR,
        &confusion::COHEN,
        &confusion::COHEN_LINEAR,
        &confusion::COHEN_QUADRATIC,
        &correlation::TAU_PAIR,
        &correlation::TAU_C_PAIR,
        &correlation::RHO_PAIR,
    ];
    let cases = sheet.by_case();
    let k = sheet.models.len();
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
            let numbers = found.into_iter().zip(intervals).zip(METHODS).enumerate();
            rows.push(TableRow {
                keys: vec![sheet.reviewers[a].clone(), sheet.reviewers[b].clone()],
                numbers: numbers
                    .map(|(i, (((value, n), resampled), method))| Number {
                        value,
                        interval: resampled.interval,
                        n,
                        missing: if i < 4 {
                            common.len() * k - n
                        } else {
                            common.len() - n
                        },
                        form: Form::Decimal,
                        method,
                    })
                    .collect(),
            });
        }
    }
    Table {
        id: "reviewer_pairs",
        part: Part::Agreement,
        title: "Two reviewers",
        caption: "Agreement of each pair of reviewers on what both of them reviewed; n counts responses, for tau and rho cases."
            .to_owned(),
        keys: vec!["reviewer", "other"],
        columns: columns(&[
            ("raw", "judgements: raw agreement"),
            ("kappa", "Cohen's kappa"),
            ("rank_kappa_linear", "ranks: kappa, linear weights"),
            ("rank_kappa_quadratic", "quadratic weights"),
            ("tau", "Kendall's tau-b"),
            ("tau_c", "tau-c"),
            ("rho", "Spearman's rho"),
        ]),
        rows,
        chart: None,
    }
}
