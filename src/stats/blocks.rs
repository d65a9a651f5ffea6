//! Tests of several models on the same cases: Cochran's Q, Friedman's test and Nemenyi's comparisons after it.
//!
//! In: rows of cases, one value a model. Out: a statistic, its p, and the n of complete cases; a case with a missing
//! value is left out.

use rayon::prelude::*;

use super::correlation::{ratio, tie_term};
use super::distribution::{chi_square_upper, studentized_range_quantile, studentized_range_upper};
use super::method::Method;
use super::rank::average_ranks;

/// Cochran's Q over the cases where every model has a judgement (what most reviewers of a case say).
pub(crate) const COCHRAN: Method = Method {
    id: "cochran-q",
    what: "Cochran's Q over the cases where every model has a judgement (what most reviewers of a case say), chi-square p.",
    source: "Cochran 1950",
    ties: "a split between reviewers counts as missing",
    missing: "incomplete cases are left out",
};

/// Friedman's chi-square.
pub(crate) const FRIEDMAN: Method = Method {
    id: "friedman",
    what: "Friedman's chi-square, corrected for ties, over the cases where every model has a rank (the mean over a case's reviewers).",
    source: "Friedman 1937; Conover 1999",
    ties: "share the mean of their places, variance corrected",
    missing: "incomplete cases are left out",
};

/// Kendall's W of the cases' orders of the models.
pub(crate) const KENDALL_W_ALL: Method = Method {
    id: "kendall-w-cases",
    what: "Kendall's W of the cases' orders of the models, Friedman's chi-square / (n (models - 1)).",
    source: "Kendall & Babington Smith 1939",
    ties: "as in Friedman's test",
    missing: "incomplete cases are left out",
};

/// Nemenyi's p after Friedman's test.
pub(crate) const NEMENYI: Method = Method {
    id: "nemenyi",
    what: "Nemenyi's p after Friedman's test, from the studentized range with infinite degrees of freedom; already adjusted for all pairs. Below 1e-10 it is given as a bound.",
    source: "Nemenyi 1963; Demšar 2006",
    ties: "as in Friedman's test",
    missing: "incomplete cases are left out",
};

/// The difference of mean ranks beyond which Nemenyi's test calls two models different at alpha 0.
pub(crate) const CRITICAL_DIFFERENCE: Method = Method {
    id: "nemenyi-critical-difference",
    what: "The difference of mean ranks beyond which Nemenyi's test calls two models different at alpha 0.05.",
    source: "Nemenyi 1963; Demšar 2006",
    ties: "as in Friedman's test",
    missing: "incomplete cases are left out",
};

/// The outcome of a test over all models at once.
#[derive(Clone, Debug, PartialEq)]
pub(crate) struct Omnibus {
    /// The statistic, chi-square distributed when the models are alike; `None` where it is undefined.
    pub statistic: Option<f64>,
    /// Its upper tail probability.
    pub p: Option<f64>,
    /// Degrees of freedom: models - 1.
    pub df: usize,
    /// Complete cases.
    pub n: usize,
    /// Each model's mean over the complete cases: its share correct (Cochran) or its mean average rank (Friedman).
    pub means: Vec<f64>,
}

fn complete<T: Copy>(rows: &[Vec<Option<T>>]) -> Vec<Vec<T>> {
    rows.iter()
        .filter_map(|row| row.iter().copied().collect())
        .collect()
}

fn omnibus(statistic: Option<f64>, sums: &[f64], n: usize) -> Omnibus {
    let df = sums.len().saturating_sub(1);
    Omnibus {
        statistic,
        p: statistic.and_then(|x| chi_square_upper(x, df)),
        df,
        n,
        means: if n == 0 {
            Vec::new()
        } else {
            sums.iter().map(|s| s / n as f64).collect()
        },
    }
}

/// Cochran's Q (Cochran 1950): do the models' shares correct differ? `None` when every case is all right or all wrong.
pub(crate) fn cochran_q(rows: &[Vec<Option<bool>>]) -> Omnibus {
    let rows = complete(rows);
    let models = rows.first().map_or(0, Vec::len);
    let mut sums = vec![0.0; models];
    let mut squares = 0.0;
    for row in &rows {
        let right = row.iter().filter(|c| **c).count() as f64;
        squares += right * right;
        for (sum, correct) in sums.iter_mut().zip(row) {
            *sum += f64::from(u8::from(*correct));
        }
    }
    let (k, total) = (models as f64, sums.iter().sum::<f64>());
    let spread = k * sums.iter().map(|s| s * s).sum::<f64>() - total * total;
    omnibus(
        ratio((k - 1.0) * spread, k * total - squares),
        &sums,
        rows.len(),
    )
}

/// Friedman's test with the correction for ties (Friedman 1937; Conover 1999): do the models' ranks differ? Ranks are
/// averaged anew within each case. `None` when every case ties everything.
pub(crate) fn friedman(rows: &[Vec<Option<f64>>]) -> Omnibus {
    let rows = complete(rows);
    let models = rows.first().map_or(0, Vec::len);
    let mut sums = vec![0.0; models];
    let mut ties = 0.0;
    for row in &rows {
        ties += tie_term(row);
        for (sum, rank) in sums.iter_mut().zip(average_ranks(row)) {
            *sum += rank;
        }
    }
    let (k, n) = (models as f64, rows.len() as f64);
    // Around the mean, so that large sums do not cancel each other.
    let away = |s: &f64| (s - n * (k + 1.0) / 2.0).powi(2);
    let plain = 12.0 / (k * n * (k + 1.0)) * sums.iter().map(away).sum::<f64>();
    let statistic = ratio(ties, k * (k * k - 1.0) * n)
        .map(|share| 1.0 - share)
        .filter(|c| *c > 0.0)
        .map(|c| plain / c);
    omnibus(statistic, &sums, rows.len())
}

impl Omnibus {
    /// Nemenyi's p of each pair after Friedman's test (Nemenyi 1963; Demšar 2006), from the studentized range with
    /// infinite degrees of freedom. Already adjusted for all pairs. Empty when there is no complete case.
    pub(crate) fn nemenyi(&self) -> Vec<Vec<f64>> {
        let k = self.means.len();
        let unit = rank_difference_error(k, self.n);
        let p = |a: f64, b: f64| {
            let q = (a - b).abs() / unit * std::f64::consts::SQRT_2;
            studentized_range_upper(q, k)
        };
        // Each pair once, and on all processors: an integral each.
        let above: Vec<Vec<f64>> = (0..k)
            .into_par_iter()
            .map(|a| (0..=a).map(|b| p(self.means[a], self.means[b])).collect())
            .collect();
        let of = |a: usize, b: usize| above[a.max(b)][a.min(b)];
        (0..k).map(|a| (0..k).map(|b| of(a, b)).collect()).collect()
    }

    /// The difference of mean ranks beyond which Nemenyi's p is below `alpha`; `None` without complete cases.
    pub(crate) fn critical_difference(&self, alpha: f64) -> Option<f64> {
        let k = self.means.len();
        (k > 1).then(|| {
            studentized_range_quantile(1.0 - alpha, k) / std::f64::consts::SQRT_2
                * rank_difference_error(k, self.n)
        })
    }
}

fn rank_difference_error(models: usize, n: usize) -> f64 {
    let (k, n) = (models as f64, n as f64);
    (k * (k + 1.0) / (6.0 * n)).sqrt()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn friedman_without_ties_by_hand() {
        // Sums 5, 9, 10 over four cases: 12/(4·3·4)·206 - 48 = 3.5.
        let rows: Vec<Vec<Option<f64>>> = [
            [1.0, 2.0, 3.0],
            [1.0, 3.0, 2.0],
            [2.0, 1.0, 3.0],
            [1.0, 3.0, 2.0],
        ]
        .iter()
        .map(|r| r.iter().copied().map(Some).collect())
        .collect();
        let found = friedman(&rows);
        assert_eq!((found.df, found.n), (2, 4));
        assert!((found.statistic.expect("orders") - 3.5).abs() < 1e-12);
        assert_eq!(found.means, [1.25, 2.25, 2.5]);
        assert!((found.nemenyi()[0][0] - 1.0).abs() < 1e-12);
    }

    #[test]
    fn incomplete_or_flat_cases_decide_nothing() {
        let flat = vec![vec![Some(1.0), Some(1.0)], vec![Some(1.0), None]];
        let found = friedman(&flat);
        assert_eq!((found.statistic, found.p, found.n), (None, None, 1));
        let none = cochran_q(&[vec![Some(true), None]]);
        assert_eq!((none.statistic, none.n), (None, 0));
        assert!(none.nemenyi().is_empty());
        assert_eq!(none.critical_difference(0.05), None);
        assert_eq!(cochran_q(&[vec![Some(true), Some(true)]]).statistic, None);
    }
}
