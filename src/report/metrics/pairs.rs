//! The tables on pairs of responses, and on models as wholes.
//!
//! In: ranks and scores by case. Out: how often a metric orders two responses to the same instruction as reviewers do, with
//! ties given their due; and whether the models' mean scores order the models as their mean ranks do.

use super::super::sheet::SheetRow;
use super::super::table::{Chart, Form, Number, Part, Table, TableRow};
use super::super::tables::columns;
use super::{Joined, Scored, better};
use crate::stats::correlation::{PairCounts, Tau, TauP, kendall, pearson, spearman};
use crate::stats::interval::{Bootstrap, mean};
use crate::stats::method::Method;
use crate::stats::pairwise::{ACC_EQ, ACC_EQ_PLAIN, ACCURACY, THRESHOLD, accuracy, calibrate};

const SYSTEM_TAU: Method = Method {
    id: "system-tau-b",
    what: "Kendall's tau-b of the models' mean ranks (better ones higher) and their mean scores, over the responses that have both.",
    source: "Kendall 1945; as in the WMT metrics task",
    ties: "corrected for (tau-b)",
    missing: "responses without a rank or a score are left out",
};

const SYSTEM_RHO: Method = Method {
    id: "system-rho",
    what: "Spearman's rho of the models' mean ranks and mean scores.",
    source: "Spearman 1904",
    ties: "share the mean of their places",
    missing: "responses without a rank or a score are left out",
};

const SYSTEM_R: Method = Method {
    id: "system-r",
    what: "Pearson's r of the models' mean ranks (better ones higher) and mean scores.",
    source: "Pearson 1896; as in the WMT metrics task",
    ties: "do not matter",
    missing: "responses without a rank or a score are left out",
};

const SYSTEM_ACCURACY: Method = Method {
    id: "system-accuracy",
    what: "Share of the pairs of models whose mean scores stand as their mean ranks do.",
    source: "Kocmi et al. 2021; as in the WMT metrics task",
    ties: "pairs with equal mean ranks are left out; equal mean scores count one half",
    missing: "responses without a rank or a score are left out",
};

const MEAN_SCORE: Method = Method {
    id: "metric-mean-score",
    what: "Mean of a metric's scores of a model's responses that are ranked.",
    source: "plain mean",
    ties: "do not matter",
    missing: "responses without a rank or a score are left out",
};

const MEAN_RANK: Method = Method {
    id: "metric-mean-rank",
    what: "Mean of the ranks as given of a model's responses that have a score.",
    source: "the MedAlign study's empirical mean",
    ties: "as numbered in the table; in a review file a rank is 1 and as many as are ranked better (1, 2, 2, 4)",
    missing: "responses without a rank or a score are left out",
};

/// A reviewer's ranks of a case and the scores, of the responses that have both.
fn complete(row: &SheetRow, scores: &[Option<f64>]) -> (Vec<f64>, Vec<f64>) {
    let both = better(&row.ranks).into_iter().zip(scores);
    both.filter_map(|(rank, score)| rank.zip(*score)).unzip()
}

/// A case, with one reviewer's ranks and the scores of the responses that have both.
type Group = (usize, (Vec<f64>, Vec<f64>));

/// The groups of a metric, one a case and reviewer.
fn groups(joined: &Joined<'_>, metric: &Scored<'_>) -> Vec<Group> {
    let cases = joined.cases.iter().zip(&metric.scores).enumerate();
    cases
        .flat_map(|(case, (rows, scores))| {
            rows.iter().map(move |row| (case, complete(row, scores)))
        })
        .collect()
}

/// The table on pairs.
pub(super) fn table(joined: &Joined<'_>, bootstrap: Bootstrap) -> Table {
    let rows = joined.metrics.iter().map(|metric| {
        let groups = groups(joined, metric);
        let mut by_case = vec![PairCounts::default(); joined.cases.len()];
        for (case, (ranks, scores)) in &groups {
            by_case[*case] += PairCounts::of(ranks, scores);
        }
        let share = |times: &[u32]| {
            let mut sum = PairCounts::default();
            for (counts, &times) in by_case.iter().zip(times) {
                for _ in 0..times {
                    sum += *counts;
                }
            }
            (accuracy(sum), sum)
        };
        let (value, counts) = share(&vec![1; by_case.len()]);
        let resampled = bootstrap.intervals(by_case.len(), 1, |times| vec![share(times).0]);
        let groups: Vec<_> = groups.into_iter().map(|(_, group)| group).collect();
        let calibrated = calibrate(&groups);
        let all = counts.total() as usize;
        let number = |value, n, method| Number {
            value,
            interval: None,
            n,
            missing: 0,
            form: Form::Decimal,
            method,
        };
        let untied = counts.concordant + counts.discordant + counts.tied_y_only;
        TableRow {
            keys: vec![metric.name.to_owned()],
            numbers: vec![
                Number {
                    interval: resampled[0].interval,
                    ..number(value, untied as usize, &ACCURACY)
                },
                number(calibrated.map(|c| c.value), all, &ACC_EQ),
                number(calibrated.map(|c| c.at_zero), all, &ACC_EQ_PLAIN),
                number(calibrated.map(|c| c.threshold), all, &THRESHOLD),
            ],
        }
    });
    let mut rows: Vec<TableRow> = rows.collect();
    best_first(&mut rows);
    Table {
        id: "metric_pairs",
        part: Part::Metrics,
        title: "Pairs of responses",
        caption: "How often a metric orders two responses to the same instruction as reviewers do; n counts pairs. The threshold below which scores count as equal is chosen on these very cases.".to_owned(),
        keys: vec!["metric"],
        columns: columns(&[
            ("accuracy", "pairs that reviewers rank apart"),
            ("acc_eq", "all pairs, ties calibrated"),
            ("acc_eq_0", "all pairs, as scored"),
            ("threshold", "threshold"),
        ]),
        rows,
        chart: None,
    }
}

/// Rows by their first number, the highest first, then by name.
fn best_first(rows: &mut [TableRow]) {
    let first = |row: &TableRow| row.numbers[0].value.unwrap_or(f64::NEG_INFINITY);
    rows.sort_by(|a, b| first(b).total_cmp(&first(a)));
}

/// Each model's mean rank, better ones higher, and mean score, over the responses that have both, and how many these are.
fn by_model(joined: &Joined<'_>, metric: &Scored<'_>) -> Vec<(Option<f64>, Option<f64>, usize)> {
    let mut lists: Vec<[Vec<Option<f64>>; 2]> = vec![Default::default(); joined.sheet.models.len()];
    for (rows, scores) in joined.cases.iter().zip(&metric.scores) {
        for row in rows {
            let both = better(&row.ranks).into_iter().zip(scores);
            for (lists, (rank, score)) in lists.iter_mut().zip(both) {
                if rank.is_some() && score.is_some() {
                    lists[0].push(rank);
                    lists[1].push(*score);
                }
            }
        }
    }
    let means =
        |[ranks, scores]: &[Vec<Option<f64>>; 2]| (mean(ranks).0, mean(scores).0, ranks.len());
    lists.iter().map(means).collect()
}

/// The table on models as wholes.
pub(super) fn systems(joined: &Joined<'_>) -> Table {
    let models = joined.sheet.models.len();
    let rows = joined.metrics.iter().map(|metric| {
        let means = by_model(joined, metric);
        let ranks: Vec<Option<f64>> = means.iter().map(|m| m.0).collect();
        let scores: Vec<Option<f64>> = means.iter().map(|m| m.1).collect();
        let tau = kendall(&ranks, &scores, Tau::B, TauP::Asymptotic);
        let (rho, r) = (spearman(&ranks, &scores), pearson(&ranks, &scores));
        let present = |values: &[Option<f64>]| values.iter().copied().flatten().collect::<Vec<_>>();
        let pairs = accuracy(PairCounts::of(&present(&ranks), &present(&scores)));
        let numbers = [
            (tau.value, &SYSTEM_TAU),
            (rho.value, &SYSTEM_RHO),
            (r.value, &SYSTEM_R),
            (pairs, &SYSTEM_ACCURACY),
        ];
        TableRow {
            keys: vec![metric.name.to_owned()],
            numbers: numbers
                .into_iter()
                .map(|(value, method)| Number {
                    value,
                    interval: None,
                    n: tau.n,
                    missing: models - tau.n,
                    form: Form::Decimal,
                    method,
                })
                .collect(),
        }
    });
    let mut rows: Vec<TableRow> = rows.collect();
    best_first(&mut rows);
    Table {
        id: "metric_systems",
        part: Part::Metrics,
        title: "Models as wholes",
        caption: "Whether a metric's mean scores order the models as their mean ranks do; n counts models.".to_owned(),
        keys: vec!["metric"],
        columns: columns(&[
            ("tau_b", "Kendall's tau-b"),
            ("rho", "Spearman's rho"),
            ("r", "Pearson's r"),
            ("accuracy", "pairs of models"),
        ]),
        rows,
        chart: None,
    }
}

/// The table of each model's mean score and mean rank, and its picture.
pub(super) fn means(joined: &Joined<'_>) -> Table {
    let rows = joined.metrics.iter().flat_map(|metric| {
        let models = joined.sheet.models.iter().zip(by_model(joined, metric));
        models.map(|(model, (rank, score, n))| {
            let number = |value, method| Number {
                value,
                interval: None,
                n,
                missing: 0,
                form: Form::Decimal,
                method,
            };
            TableRow {
                keys: vec![metric.name.to_owned(), model.clone()],
                numbers: vec![
                    number(score, &MEAN_SCORE),
                    number(rank.map(|r| -r), &MEAN_RANK),
                ],
            }
        })
    });
    Table {
        id: "metric_means",
        part: Part::Metrics,
        title: "Mean scores and mean ranks",
        caption: "Each model's mean score by a metric beside its mean rank, 1 being best; n counts responses that have both.".to_owned(),
        keys: vec!["metric", "model"],
        columns: columns(&[("score", "mean score"), ("rank", "mean rank")]),
        rows: rows.collect(),
        chart: Some(Chart::Scatter {
            x: 0,
            y: 1,
            diagonal: false,
        }),
    }
}
