//! The table on whether two metrics differ in how well they rank.
//!
//! In: ranks and scores by case. Out: a row for each two metrics: the difference of their mean taus over the cases where
//! both are defined, by a paired bootstrap; and Williams' test of their correlations over single responses.

use super::super::table::{Form, Number, Part, Table, TableRow};
use super::super::tables::columns;
use super::{Joined, better};
use crate::stats::adjust::holm;
use crate::stats::correlation::pearson;
use crate::stats::dependent::{Three, WILLIAMS, WILLIAMS_HOLM};
use crate::stats::interval::{Bootstrap, Resampled, mean};
use crate::stats::method::Method;

const DIFFERENCE: Method = Method {
    id: "metric-tau-difference",
    what: "Difference of two metrics' mean tau-b over the cases where both are defined, with the 95% percentile interval of a bootstrap over cases.",
    source: "Efron 1979; Koehn 2004 (paired)",
    ties: "corrected for (tau-b)",
    missing: "cases where either tau is undefined are left out",
};

const P: Method = Method {
    id: "metric-tau-difference-p",
    what: "Two-sided p of no difference: twice the smaller share of bootstrap samples in which the difference is at or beyond 0, one sample added to each side.",
    source: "Efron & Tibshirani 1993; Davison & Hinkley 1997",
    ties: "samples with a difference of 0 count on both sides",
    missing: "cases where either tau is undefined are left out",
};

const P_HOLM: Method = Method {
    id: "metric-tau-difference-p-holm",
    what: "The bootstrap p, adjusted for all pairs of metrics by Holm's method.",
    source: "Holm 1979",
    ties: "as in the test",
    missing: "undefined tests do not count",
};

/// A comparison of two metrics.
struct Compared {
    names: [String; 2],
    taus: Vec<Option<f64>>,
    resampled: Resampled,
    p: Option<f64>,
    three: Option<Three>,
}

/// The table; `None` with fewer than two metrics.
pub(super) fn table(joined: &Joined<'_>, bootstrap: Bootstrap) -> Option<Table> {
    let taus: Vec<Vec<Option<f64>>> = joined.metrics.iter().map(|m| joined.taus(m)).collect();
    let mut order: Vec<usize> = (0..joined.metrics.len()).collect();
    let rate = |m: usize| mean(&taus[m]).0.unwrap_or(f64::NEG_INFINITY);
    order.sort_by(|&a, &b| rate(b).total_cmp(&rate(a)));
    let mut compared = Vec::new();
    for (i, &a) in order.iter().enumerate() {
        for &b in &order[i + 1..] {
            compared.push(compare(joined, [a, b], [&taus[a], &taus[b]], bootstrap));
        }
    }
    if compared.is_empty() {
        return None;
    }
    let boot: Vec<Option<f64>> = compared.iter().map(|c| c.p).collect();
    let williams: Vec<Option<f64>> = compared.iter().map(|c| c.three?.williams().p).collect();
    let boot_holm = holm(&boot);
    let williams_holm = holm(&williams);
    let cases = joined.cases.len();
    let rows = compared.into_iter().enumerate().map(|(i, c)| {
        let (value, n) = mean(&c.taus);
        let number = |value, n, missing, form, method| Number {
            value,
            interval: None,
            n,
            missing,
            form,
            method,
        };
        let responses = c.three.map_or(0, |t| t.n);
        TableRow {
            keys: c.names.to_vec(),
            numbers: vec![
                Number {
                    interval: c.resampled.interval,
                    ..number(value, n, cases - n, Form::Decimal, &DIFFERENCE)
                },
                number(boot[i], n, cases - n, Form::P, &P),
                number(boot_holm[i], n, cases - n, Form::P, &P_HOLM),
                number(williams[i], responses, 0, Form::TailP, &WILLIAMS),
                number(williams_holm[i], responses, 0, Form::TailP, &WILLIAMS_HOLM),
            ],
        }
    });
    Some(Table {
        id: "metric_differences",
        part: Part::Metrics,
        title: "Whether two metrics differ",
        caption: "Difference of two metrics' mean tau-b, tested by a paired bootstrap over cases, and their correlations with the ranks of single responses, tested by Williams' test; n counts cases, for Williams' test ranked responses.".to_owned(),
        keys: vec!["metric", "other"],
        columns: columns(&[
            ("difference", "difference of tau-b"),
            ("p", "bootstrap p"),
            ("p_holm", "p, Holm"),
            ("williams_p", "Williams' p"),
            ("williams_p_holm", "p, Holm"),
        ]),
        rows: rows.collect(),
        chart: None,
    })
}

fn compare(
    joined: &Joined<'_>,
    [a, b]: [usize; 2],
    [first, second]: [&[Option<f64>]; 2],
    bootstrap: Bootstrap,
) -> Compared {
    let difference = |(x, y): (&Option<f64>, &Option<f64>)| Some((*x)? - (*y)?);
    let taus: Vec<Option<f64>> = first.iter().zip(second).map(difference).collect();
    let present: Vec<f64> = taus.iter().copied().flatten().collect();
    let drawn = bootstrap.draws(present.len(), |times| {
        let products = times.iter().zip(&present).map(|(&t, v)| f64::from(t) * v);
        vec![Some(products.sum::<f64>() / present.len() as f64)]
    });
    let drawn: Vec<f64> = drawn.into_iter().flatten().flatten().collect();
    let (metric, other) = (&joined.metrics[a], &joined.metrics[b]);
    Compared {
        names: [metric.name.to_owned(), other.name.to_owned()],
        p: two_sided(&drawn),
        resampled: Resampled::of(drawn.into_iter()),
        taus,
        three: three(joined, [a, b]),
    }
}

/// Twice the smaller share of samples at or beyond 0 (Davison & Hinkley 1997, with one sample added to each side).
fn two_sided(drawn: &[f64]) -> Option<f64> {
    // What differs from 0 by rounding only is 0.
    let at_most = drawn.iter().filter(|d| **d <= 1e-12).count();
    let at_least = drawn.iter().filter(|d| **d >= -1e-12).count();
    let smaller = (at_most.min(at_least) + 1) as f64;
    (!drawn.is_empty()).then(|| (2.0 * smaller / (drawn.len() + 1) as f64).min(1.0))
}

/// The correlations of two metrics with ranks, and with each other, over all responses that have all three.
fn three(joined: &Joined<'_>, [a, b]: [usize; 2]) -> Option<Three> {
    let mut lists: [Vec<Option<f64>>; 3] = Default::default();
    let scores = (joined.metrics[a].scores.iter()).zip(&joined.metrics[b].scores);
    for (rows, (x, y)) in joined.cases.iter().zip(scores) {
        for row in rows {
            let ranks = better(&row.ranks);
            for ((rank, x), y) in ranks.iter().zip(x).zip(y) {
                if rank.is_some() && x.is_some() && y.is_some() {
                    lists[0].push(*rank);
                    lists[1].push(*x);
                    lists[2].push(*y);
                }
            }
        }
    }
    let [ranks, x, y] = &lists;
    Some(Three {
        first: pearson(ranks, x).value?,
        second: pearson(ranks, y).value?,
        between: pearson(x, y).value?,
        n: ranks.len(),
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn p_is_twice_the_smaller_side() {
        let drawn: Vec<f64> = (0..99).map(|i| f64::from(i) - 4.0).collect();
        // 0, 1, 2, 3 and 4 are at or below 0.
        assert!((two_sided(&drawn).expect("samples") - 2.0 * 6.0 / 100.0).abs() < 1e-15);
        assert_eq!(two_sided(&[0.0; 9]), Some(1.0));
        assert_eq!(two_sided(&[]), None);
    }
}
