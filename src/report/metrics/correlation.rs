//! The study's table of metrics: how far each one ranks answers as clinicians do, beside how far clinicians agree.
//!
//! In: ranks and scores by case. Out: a row a metric, the best mean tau-b first, and the clinicians' own row where cases have
//! several. Intervals come from resampling cases with all of their reviewers.

use super::super::reviewers::of_two;
use super::super::sheet::Sheet;
use super::super::table::{Chart, Form, Number, Part, Table, TableRow};
use super::super::tables::columns;
use super::{Joined, Scored, better};
use crate::stats::correlation::{Tau, TauP, area, kendall, pearson, spearman};
use crate::stats::interval::{Bootstrap, mean, normal_of_mean};
use crate::stats::method::Method;

const TAU: Method = Method {
    id: "metric-tau-b",
    what: "Kendall's tau-b of a reviewer's ranks and a metric's scores of the responses to an instruction, mean over the case's reviewers, then over cases, with the 95% percentile interval of a bootstrap over cases. For the reviewers' own row it is the mean over the pairs of reviewers of a case, then over cases.",
    source: "Kendall 1945; the mean over instructions is the MedAlign study's; Efron 1979",
    ties: "corrected for (tau-b)",
    missing: "responses without a rank or a score are left out; where either side ties everything tau is undefined and the case left out",
};

const TAU_NORMAL: Method = Method {
    id: "metric-tau-b-normal",
    what: "The same mean of tau-b with the normal 95% interval, mean ± 1.96 standard errors over cases.",
    source: "Kendall 1945; the MedAlign study does not say how its intervals were made, and this gives their widths",
    ties: "corrected for (tau-b)",
    missing: "as for the mean tau-b",
};

const TAU_ZERO: Method = Method {
    id: "metric-tau-b-zero",
    what: "The mean of tau-b where a case with two or more ranked and scored responses whose tau is undefined counts as 0, with the 95% percentile interval of a bootstrap over cases.",
    source: "Kendall 1945; Efron 1979",
    ties: "corrected for (tau-b)",
    missing: "responses without a rank or a score are left out; cases with fewer than two are left out",
};

const TAU_C: Method = Method {
    id: "metric-tau-c",
    what: "Kendall's tau-c of ranks and scores, mean over a case's reviewers, then over cases, with the 95% percentile interval of a bootstrap over cases.",
    source: "Stuart 1953; Efron 1979",
    ties: "corrected for (tau-c)",
    missing: "as for the mean tau-b",
};

const RHO: Method = Method {
    id: "metric-rho",
    what: "Spearman's rho of ranks and scores, mean over a case's reviewers, then over cases, with the 95% percentile interval of a bootstrap over cases.",
    source: "Spearman 1904; Efron 1979",
    ties: "share the mean of their places",
    missing: "as for the mean tau-b",
};

const R: Method = Method {
    id: "metric-r",
    what: "Pearson's r of the ranks as given (better ones higher) and scores, mean over a case's reviewers, then over cases, with the 95% percentile interval of a bootstrap over cases.",
    source: "Pearson 1896; Efron 1979",
    ties: "as numbered in the table; in a review file a rank is 1 and as many as are ranked better (1, 2, 2, 4)",
    missing: "as for the mean tau-b",
};

const AREA: Method = Method {
    id: "metric-auc",
    what: "Area under the ROC curve: how often a response judged correct has a higher score than one judged incorrect, over all responses, with the 95% percentile interval of a bootstrap over cases.",
    source: "Mann & Whitney 1947; Hanley & McNeil 1982; Efron 1979",
    ties: "equal scores count one half",
    missing: "responses without a judgement or a score are left out; unsure counts as missing",
};

const BISERIAL: Method = Method {
    id: "metric-point-biserial",
    what: "Point-biserial correlation of a response's judgement (correct 1, incorrect 0) and its score, over all responses, with the 95% percentile interval of a bootstrap over cases.",
    source: "Pearson's r with a vector of 0 and 1; Efron 1979",
    ties: "do not matter",
    missing: "responses without a judgement or a score are left out; unsure counts as missing",
};

/// The columns with their methods: six means over cases, then two over responses.
const COLUMNS: [(&str, &str, &Method); 8] = [
    ("tau_b", "Kendall's tau-b", &TAU),
    ("tau_b_normal", "normal interval", &TAU_NORMAL),
    ("tau_b_zero", "undefined as 0", &TAU_ZERO),
    ("tau_c", "tau-c", &TAU_C),
    ("rho", "Spearman's rho", &RHO),
    ("r", "Pearson's r", &R),
    ("auc", "correctness: AUC", &AREA),
    ("point_biserial", "point-biserial", &BISERIAL),
];

pub(super) fn table(joined: &Joined<'_>, independent: &Sheet, bootstrap: Bootstrap) -> Table {
    let mut rows: Vec<TableRow> = joined
        .metrics
        .iter()
        .map(|metric| TableRow {
            keys: vec![metric.name.to_owned()],
            numbers: numbers(joined, metric, bootstrap),
        })
        .collect();
    let tau = |row: &TableRow| row.numbers[0].value.unwrap_or(f64::NEG_INFINITY);
    rows.sort_by(|a, b| tau(b).total_cmp(&tau(a)));
    rows.extend(of_reviewers(independent, bootstrap));
    let signatures = joined.metrics.iter().filter(|m| !m.signature.is_empty());
    let signatures: Vec<String> = signatures
        .map(|m| format!("{} {}", m.name, m.signature))
        .collect();
    let mut caption = "How far automatic metrics rank the responses to an instruction as clinicians do, and tell what they call correct; n counts cases, for correctness responses.".to_owned();
    if !signatures.is_empty() {
        caption += " Signatures: ";
        caption += &signatures.join("; ");
        caption += ".";
    }
    Table {
        id: "metric_correlation",
        part: Part::Metrics,
        title: "Metrics and clinicians' ranks",
        caption,
        keys: vec!["metric"],
        columns: columns(&COLUMNS.map(|(id, title, _)| (id, title))),
        rows,
        chart: Some(Chart::Points { column: 0 }),
    }
}

fn number(value: Option<f64>, n: usize, method: &'static Method) -> Number {
    Number {
        value,
        interval: None,
        n,
        missing: 0,
        form: Form::Decimal,
        method,
    }
}

/// The columns that are means over cases, of which there are so many.
fn of_means<'v>(
    means: impl Iterator<Item = &'v [Option<f64>]>,
    cases: usize,
    bootstrap: Bootstrap,
) -> Vec<Number> {
    means
        .zip(COLUMNS)
        .map(|(values, (id, _, method))| {
            let (value, n) = mean(values);
            Number {
                interval: match id {
                    "tau_b_normal" => normal_of_mean(values),
                    _ => bootstrap.of_mean(values).interval,
                },
                missing: cases.saturating_sub(n),
                ..number(value, n, method)
            }
        })
        .collect()
}

fn numbers(joined: &Joined<'_>, metric: &Scored<'_>, bootstrap: Bootstrap) -> Vec<Number> {
    let taus = joined.taus(metric);
    let comparable = joined.comparable(metric);
    let as_zero = taus.iter().zip(&comparable);
    let as_zero = as_zero.map(|(tau, comparable)| tau.or(comparable.then_some(0.0)));
    let means: [Vec<Option<f64>>; 6] = [
        taus.clone(),
        taus.clone(),
        as_zero.collect(),
        joined.by_case(metric, |x, y| kendall(x, y, Tau::C, TauP::Asymptotic).value),
        joined.by_case(metric, |x, y| spearman(x, y).value),
        joined.by_case(metric, |x, y| pearson(x, y).value),
    ];
    let ranked = joined.cases.iter();
    let ranked = ranked.filter(|rows| rows.iter().any(|r| r.ranks.iter().any(Option::is_some)));
    let ranked = ranked.count();
    let mut numbers = of_means(means.iter().map(Vec::as_slice), ranked, bootstrap);
    numbers.extend(of_correctness(joined, metric, bootstrap));
    numbers
}

/// A response that was judged: its score, the judgement, its case.
type Judged = (f64, bool, usize);

/// How the scores tell correct responses from others.
fn of_correctness(joined: &Joined<'_>, metric: &Scored<'_>, bootstrap: Bootstrap) -> [Number; 2] {
    let mut judged: Vec<Judged> = Vec::new();
    let mut missing = 0;
    for (case, (rows, scores)) in joined.cases.iter().zip(&metric.scores).enumerate() {
        for (correct, score) in rows.iter().flat_map(|r| r.correct.iter().zip(scores)) {
            match (score, correct) {
                (Some(score), Some(correct)) => judged.push((score + 0.0, *correct, case)),
                (None, Some(_)) => missing += 1,
                (_, None) => {}
            }
        }
    }
    judged.sort_by(|a, b| a.0.total_cmp(&b.0));
    let both = |times: &[u32]| {
        let counted = judged
            .iter()
            .map(|&(score, is, case)| (score, is, f64::from(times[case])));
        vec![area(counted.clone()), biserial(counted)]
    };
    let found = both(&vec![1; joined.cases.len()]);
    let intervals = bootstrap.intervals(joined.cases.len(), 2, both);
    std::array::from_fn(|i| Number {
        interval: intervals[i].interval.filter(|_| found[i].is_some()),
        missing,
        ..number(found[i], judged.len(), COLUMNS[6 + i].2)
    })
}

/// Pearson's r of scores and judgements that count several times; `None` where one of them is constant.
fn biserial(counted: impl Iterator<Item = (f64, bool, f64)> + Clone) -> Option<f64> {
    let (mut n, mut positive, mut sum) = (0.0, 0.0, 0.0);
    for (score, is, times) in counted.clone() {
        n += times;
        sum += times * score;
        positive += if is { times } else { 0.0 };
    }
    let (mean, share) = (sum / n, positive / n);
    let (mut square, mut product) = (0.0, 0.0);
    for (score, is, times) in counted {
        let away = score - mean;
        square += times * away * away;
        product += times * away * (f64::from(u8::from(is)) - share);
    }
    let spread = (square * n * share * (1.0 - share)).sqrt();
    (spread > 0.0).then(|| (product / spread).clamp(-1.0, 1.0))
}

/// How far the reviewers of the same cases agree, in the columns that can say so.
fn of_reviewers(sheet: &Sheet, bootstrap: Bootstrap) -> Option<TableRow> {
    if !sheet.several_reviewers() {
        return None;
    }
    let cases = sheet.by_case();
    let several = cases.iter().filter(|rows| rows.len() > 1);
    let mut lists: [Vec<Option<f64>>; 5] = Default::default();
    for rows in several {
        let mut of_pairs: [Vec<Option<f64>>; 5] = Default::default();
        for (i, a) in rows.iter().enumerate() {
            for b in &rows[..i] {
                let [tau, tau_c, rho] = of_two(&a.ranks, &b.ranks);
                let r = pearson(&better(&a.ranks), &better(&b.ranks)).value;
                let common = a.ranks.iter().zip(&b.ranks);
                let common = common.filter(|(x, y)| x.is_some() && y.is_some()).count();
                let zero = tau.or((common >= 2).then_some(0.0));
                for (list, value) in of_pairs.iter_mut().zip([tau, zero, tau_c, rho, r]) {
                    list.push(value);
                }
            }
        }
        for (list, values) in lists.iter_mut().zip(&of_pairs) {
            list.push(mean(values).0);
        }
    }
    let [tau, zero, tau_c, rho, r] = &lists;
    let means = [tau, tau, zero, tau_c, rho, r].into_iter();
    let mut numbers = of_means(means.map(Vec::as_slice), tau.len(), bootstrap);
    numbers.extend([number(None, 0, &AREA), number(None, 0, &BISERIAL)]);
    Some(TableRow {
        keys: vec!["(reviewers with each other)".to_owned()],
        numbers,
    })
}
