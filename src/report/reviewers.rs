//! The tables on how far reviewers agree.
//!
//! In: a sheet in which some cases have several reviewers. Out: a table of coefficients over all reviewers, and one
//! of each pair of reviewers. Without such cases there is no table.

use super::agreement::{Agreement, Scale, Weights, cohen, fleiss, gwet_ac1, krippendorff, raw};
use super::correlation::{Tau, TauP, kendall, kendall_w};
use super::interval::{Bootstrap, Interval, mean};
use super::method::{self, Method};
use super::sheet::{Row, Sheet};
use super::table::{Form, Number, Table, TableRow};
use super::tables::columns;

/// Levels of a judgement: incorrect and correct.
const LEVELS: usize = 2;

/// The tables; none when no case has several reviewers.
pub(super) fn tables(sheet: &Sheet, bootstrap: Bootstrap) -> Vec<Table> {
    if !sheet.several_reviewers() {
        return Vec::new();
    }
    vec![overall(sheet, bootstrap), pairs(sheet, bootstrap)]
}

fn level(correct: Option<bool>) -> Option<usize> {
    correct.map(usize::from)
}

/// The ratings of each response by the reviewers of its case.
fn judgements(rows: &[&Row], models: usize) -> Vec<Vec<Option<usize>>> {
    (0..models)
        .map(|m| rows.iter().map(|r| level(r.correct[m])).collect())
        .collect()
}

fn overall(sheet: &Sheet, bootstrap: Bootstrap) -> Table {
    let k = sheet.models.len();
    let cases = sheet.by_case();
    let units: Vec<Vec<Option<usize>>> =
        cases.iter().flat_map(|rows| judgements(rows, k)).collect();
    let as_numbers: Vec<Vec<Option<f64>>> = units
        .iter()
        .map(|u| u.iter().map(|l| l.map(|l| l as f64)).collect())
        .collect();
    let ranks: Vec<Vec<Option<f64>>> = cases
        .iter()
        .flat_map(|rows| (0..k).map(|m| rows.iter().map(|r| r.ranks[m]).collect()))
        .collect();
    let several = cases.iter().filter(|rows| rows.len() > 1);
    let taus: Vec<Option<f64>> = several.clone().map(|rows| mean_tau(rows)).collect();
    let concordance: Vec<Option<f64>> = several
        .map(|rows| kendall_w(&rows.iter().map(|r| r.ranks.clone()).collect::<Vec<_>>()).value)
        .collect();
    let agree = |name: &str, found: Agreement, interval, method| {
        row(
            name,
            found.value,
            interval,
            (found.units, units.len() - found.units),
            method,
        )
    };
    let per_case = |name: &str, values: &[Option<f64>], interval, method| {
        let (value, n) = mean(values);
        row(name, value, interval, (n, values.len() - n), method)
    };
    let raw_interval = raw_interval(&cases, k, bootstrap);
    Table {
        id: "agreement",
        title: "Agreement of reviewers",
        caption: "Agreement on judgements and ranks; n counts responses with at least two of them (for tau and W: cases where it is defined)."
            .to_owned(),
        keys: vec!["of", "measure"],
        columns: columns(&[("value", "value")]),
        rows: vec![
            agree("judgements/raw agreement", raw(&units, LEVELS), raw_interval, &method::RAW),
            agree("judgements/Fleiss' kappa", fleiss(&units, LEVELS), None, &method::FLEISS),
            agree(
                "judgements/Krippendorff's alpha, nominal",
                krippendorff(&as_numbers, Scale::Nominal),
                None,
                &method::ALPHA_NOMINAL,
            ),
            agree("judgements/Gwet's AC1", gwet_ac1(&units, LEVELS), None, &method::AC1),
            agree(
                "ranks/Krippendorff's alpha, ordinal",
                krippendorff(&ranks, Scale::Ordinal),
                None,
                &method::ALPHA_ORDINAL,
            ),
            per_case("ranks/Kendall's tau-b", &taus, bootstrap.of_mean(&taus).interval, &method::TAU),
            per_case("ranks/Kendall's W", &concordance, None, &method::W_REVIEWERS),
        ],
        chart: None,
    }
}

fn row(
    name: &str,
    value: Option<f64>,
    interval: Option<Interval>,
    (n, missing): (usize, usize),
    method: &'static Method,
) -> TableRow {
    TableRow {
        keys: name.splitn(2, '/').map(str::to_owned).collect(),
        numbers: vec![Number {
            value,
            interval,
            n,
            missing,
            form: Form::Decimal,
            method,
        }],
    }
}

/// Mean tau-b over the pairs of a case's reviewers; `None` where it is never defined.
fn mean_tau(rows: &[&Row]) -> Option<f64> {
    let mut taus = Vec::new();
    for (i, a) in rows.iter().enumerate() {
        for b in &rows[i + 1..] {
            taus.push(kendall(&a.ranks, &b.ranks, Tau::B, TauP::Asymptotic).value);
        }
    }
    mean(&taus).0
}

/// Raw agreement is a mean over responses, so cases can be resampled by their sums.
fn raw_interval(cases: &[Vec<&Row>], models: usize, bootstrap: Bootstrap) -> Option<Interval> {
    let sums: Vec<(f64, f64)> = cases
        .iter()
        .map(|rows| {
            let found = raw(&judgements(rows, models), LEVELS);
            let n = found.units as f64;
            (found.value.unwrap_or(0.0) * n, n)
        })
        .filter(|(_, n)| *n > 0.0)
        .collect();
    let found = bootstrap.intervals(sums.len(), 1, |times| {
        let (mut sum, mut n) = (0.0, 0.0);
        for (part, &times) in sums.iter().zip(times) {
            sum += f64::from(times) * part.0;
            n += f64::from(times) * part.1;
        }
        vec![(n > 0.0).then(|| sum / n)]
    });
    found[0].interval
}

fn pairs(sheet: &Sheet, bootstrap: Bootstrap) -> Table {
    let cases = sheet.by_case();
    let k = sheet.models.len();
    let mut rows = Vec::new();
    for a in 0..sheet.reviewers.len() {
        for b in a + 1..sheet.reviewers.len() {
            let common: Vec<(&Row, &Row)> = cases
                .iter()
                .filter_map(|rows| {
                    let of = |reviewer| rows.iter().find(|r| r.reviewer == reviewer).copied();
                    of(a).zip(of(b))
                })
                .collect();
            if common.is_empty() {
                continue;
            }
            let judged: Vec<_> = common
                .iter()
                .flat_map(|(x, y)| (0..k).map(|m| (level(x.correct[m]), level(y.correct[m]))))
                .collect();
            let units: Vec<_> = judged.iter().map(|&(x, y)| vec![x, y]).collect();
            let taus: Vec<_> = common
                .iter()
                .map(|(x, y)| kendall(&x.ranks, &y.ranks, Tau::B, TauP::Asymptotic).value)
                .collect();
            let agree = |found: Agreement, method| Number {
                value: found.value,
                interval: None,
                n: found.units,
                missing: units.len() - found.units,
                form: Form::Decimal,
                method,
            };
            let (tau, n) = mean(&taus);
            rows.push(TableRow {
                keys: vec![sheet.reviewers[a].clone(), sheet.reviewers[b].clone()],
                numbers: vec![
                    agree(raw(&units, LEVELS), &method::RAW_PAIR),
                    agree(cohen(&judged, LEVELS, Weights::Unweighted), &method::COHEN),
                    Number {
                        value: tau,
                        interval: bootstrap.of_mean(&taus).interval,
                        n,
                        missing: taus.len() - n,
                        form: Form::Decimal,
                        method: &method::TAU_PAIR,
                    },
                ],
            });
        }
    }
    Table {
        id: "reviewer_pairs",
        title: "Agreement of two reviewers",
        caption: "Agreement of each pair of reviewers on what both of them reviewed; n counts responses (for tau: cases).".to_owned(),
        keys: vec!["reviewer", "other"],
        columns: columns(&[("raw", "raw agreement"), ("kappa", "Cohen's kappa"), ("tau", "Kendall's tau-b")]),
        rows,
        chart: None,
    }
}
