//! Rank correlation: how alike two orders of the same things are.
//!
//! In: two vectors of equal length; a place where either value is missing (or NaN) is left out. Out: the
//! coefficient, its two-sided p and the n of places used. A constant vector has no order: `None`.

use std::cmp::Ordering;

use super::distribution::{normal_two_sided, t_two_sided};
use super::method::Method;
use super::rank::{average_ranks, tie_sizes};

/// Kendall's tau-b of two reviewers' ranks of a case.
pub(crate) const TAU: Method = Method {
    id: "kendall-tau-b",
    what: "Kendall's tau-b of two reviewers' ranks of a case, mean over the pairs of reviewers of a case, then over cases, with the 95% percentile interval of a bootstrap over cases.",
    source: "Kendall 1945; Efron 1979",
    ties: "corrected for (tau-b)",
    missing: "models that either left out are left out; an order that ties everything is undefined and left out",
};

/// Kendall's tau-b of two reviewers' ranks.
pub(crate) const TAU_PAIR: Method = Method {
    id: "kendall-tau-b-pair",
    what: "Kendall's tau-b of two reviewers' ranks, mean over their common cases, with the 95% percentile interval of a bootstrap over cases.",
    source: "Kendall 1945; Efron 1979",
    ties: "corrected for (tau-b)",
    missing: "models that either left out are left out; an order that ties everything is undefined and left out",
};

/// Kendall's tau-c of two reviewers' ranks of a case, mean over the pairs of reviewers of a case, then over cases, with the 95% percentile interval of a bootstrap over cases.
pub(crate) const TAU_C: Method = Method {
    id: "kendall-tau-c",
    what: "Kendall's tau-c of two reviewers' ranks of a case, mean over the pairs of reviewers of a case, then over cases, with the 95% percentile interval of a bootstrap over cases.",
    source: "Stuart 1953; Efron 1979",
    ties: "corrected for (tau-c)",
    missing: "models that either left out are left out; an order that ties everything is undefined and left out",
};

/// Spearman's rho of two reviewers' ranks of a case, mean over the pairs of reviewers of a case, then over cases, with the 95% percentile interval of a bootstrap over cases.
pub(crate) const RHO: Method = Method {
    id: "spearman-rho",
    what: "Spearman's rho of two reviewers' ranks of a case, mean over the pairs of reviewers of a case, then over cases, with the 95% percentile interval of a bootstrap over cases.",
    source: "Spearman 1904; Efron 1979",
    ties: "share the mean of their places",
    missing: "models that either left out are left out; an order that ties everything is undefined and left out",
};

/// Kendall's W of the reviewers of a case, corrected for ties, mean over cases, with the 95% percentile interval of a bootstrap over cases.
pub(crate) const W_REVIEWERS: Method = Method {
    id: "kendall-w-reviewers",
    what: "Kendall's W of the reviewers of a case, corrected for ties, mean over cases, with the 95% percentile interval of a bootstrap over cases.",
    source: "Kendall & Babington Smith 1939; Efron 1979",
    ties: "share the mean of their places",
    missing: "models that some reviewer left out are dropped; undefined cases are left out",
};

/// Kendall's tau-c of two reviewers' ranks, mean over their common cases, with the 95% percentile interval of a bootstrap over cases.
pub(crate) const TAU_C_PAIR: Method = Method {
    id: "kendall-tau-c-pair",
    what: "Kendall's tau-c of two reviewers' ranks, mean over their common cases, with the 95% percentile interval of a bootstrap over cases.",
    source: "Stuart 1953; Efron 1979",
    ties: "corrected for (tau-c)",
    missing: "models that either left out are left out; an order that ties everything is undefined and left out",
};

/// Spearman's rho of two reviewers' ranks, mean over their common cases, with the 95% percentile interval of a bootstrap over cases.
pub(crate) const RHO_PAIR: Method = Method {
    id: "spearman-rho-pair",
    what: "Spearman's rho of two reviewers' ranks, mean over their common cases, with the 95% percentile interval of a bootstrap over cases.",
    source: "Spearman 1904; Efron 1979",
    ties: "share the mean of their places",
    missing: "models that either left out are left out; an order that ties everything is undefined and left out",
};

/// Kendall's tau-b of a case's place in the order of work against its share correct, its share of tied pairs, or its minutes, and the two-sided p.
pub(crate) const DRIFT: Method = Method {
    id: "drift-tau",
    what: "Kendall's tau-b of a case's place in the order of work against its share correct, its share of tied pairs, or its minutes, and the two-sided p: exact without ties for up to 33 cases (or at most one pair out of order), else by the normal approximation with the variance corrected for ties.",
    source: "Kendall 1945; Kendall 1970; the choice is that of scipy",
    ties: "corrected for (tau-b)",
    missing: "cases without a time or the value are left out",
};

/// Kendall's tau-b of a reviewer's first and second ranks, mean over cases, with the 95% percentile interval of a bootstrap over cases.
pub(crate) const TAU_SELF: Method = Method {
    id: "kendall-tau-b-self",
    what: "Kendall's tau-b of a reviewer's first and second ranks, mean over cases, with the 95% percentile interval of a bootstrap over cases.",
    source: "Kendall 1945; Efron 1979",
    ties: "corrected for (tau-b)",
    missing: "models that either left out are left out; an order that ties everything is undefined and left out",
};

/// A coefficient between -1 and 1.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(crate) struct Correlation {
    /// The coefficient; `None` where it is undefined.
    pub value: Option<f64>,
    /// The two-sided p value of "no association"; `None` where it is undefined.
    pub p: Option<f64>,
    /// Places where both values are there.
    pub n: usize,
}

/// How the pairs of places compare.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(crate) struct PairCounts {
    /// Both vectors order the two the same way.
    pub concordant: u64,
    /// The vectors order them opposite ways.
    pub discordant: u64,
    /// Tied in the first vector only.
    pub tied_x_only: u64,
    /// Tied in the second vector only.
    pub tied_y_only: u64,
    pub tied_both: u64,
}

impl std::ops::AddAssign for PairCounts {
    fn add_assign(&mut self, other: Self) {
        self.concordant += other.concordant;
        self.discordant += other.discordant;
        self.tied_x_only += other.tied_x_only;
        self.tied_y_only += other.tied_y_only;
        self.tied_both += other.tied_both;
    }
}

impl PairCounts {
    /// Counts all pairs of places, in n²/2 steps.
    pub(crate) fn of(x: &[f64], y: &[f64]) -> Self {
        let mut counts = PairCounts::default();
        for (i, (xi, yi)) in x.iter().zip(y).enumerate() {
            for (xj, yj) in x.iter().zip(y).take(i) {
                let slot = match (xi.total_cmp(xj), yi.total_cmp(yj)) {
                    (Ordering::Equal, Ordering::Equal) => &mut counts.tied_both,
                    (Ordering::Equal, _) => &mut counts.tied_x_only,
                    (_, Ordering::Equal) => &mut counts.tied_y_only,
                    (in_x, in_y) if in_x == in_y => &mut counts.concordant,
                    _ => &mut counts.discordant,
                };
                *slot += 1;
            }
        }
        counts
    }

    /// All pairs.
    pub(crate) fn total(self) -> u64 {
        self.concordant + self.discordant + self.tied_x_only + self.tied_y_only + self.tied_both
    }

    fn surplus(self) -> f64 {
        self.concordant as f64 - self.discordant as f64
    }
}

/// Which correction for ties Kendall's tau makes.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Tau {
    /// (C - D) / √((pairs untied in x)(pairs untied in y)) (Kendall 1945).
    B,
    /// 2(C - D) / (n² (m - 1) / m), m the smaller number of distinct values (Stuart 1953).
    C,
}

/// How the p value of tau is found.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum TauP {
    /// Exact without ties and n up to 33 (or at most one pair out of order), else asymptotic, as scipy chooses.
    Auto,
    /// From the number of permutations with as few inversions; `None` with ties.
    #[cfg(test)]
    Exact,
    /// From the normal, with the variance corrected for ties (Kendall 1970, chapter 5).
    Asymptotic,
}

pub(crate) fn kendall(x: &[Option<f64>], y: &[Option<f64>], tau: Tau, method: TauP) -> Correlation {
    let (x, y) = complete(x, y);
    let n = x.len();
    let counts = PairCounts::of(&x, &y);
    let total = counts.total();
    let untied_x = total - counts.tied_x_only - counts.tied_both;
    let untied_y = total - counts.tied_y_only - counts.tied_both;
    if untied_x == 0 || untied_y == 0 {
        return Correlation {
            value: None,
            p: None,
            n,
        };
    }
    let value = match tau {
        Tau::B => counts.surplus() / (untied_x as f64).sqrt() / (untied_y as f64).sqrt(),
        Tau::C => {
            let distinct = tie_sizes(&x).len().min(tie_sizes(&y).len()) as f64;
            2.0 * counts.surplus() / ((n * n) as f64 * (distinct - 1.0) / distinct)
        }
    };
    let ties = untied_x < total || untied_y < total;
    let fewest = counts.discordant.min(total - counts.discordant);
    let exact = match method {
        TauP::Auto => !ties && (n <= 33 || fewest <= 1),
        #[cfg(test)]
        TauP::Exact => true,
        TauP::Asymptotic => false,
    };
    let p = match exact {
        true if ties => None,
        true => Some(kendall_exact_p(n, fewest as usize)),
        false => kendall_asymptotic_p(&x, &y, counts),
    };
    Correlation {
        value: Some(value.clamp(-1.0, 1.0)),
        p,
        n,
    }
}

/// Twice the share of the permutations of `n` with at most `inversions` inversions (Kendall 1970, chapter 5).
fn kendall_exact_p(n: usize, inversions: usize) -> f64 {
    // share[i] is the share of the permutations of the first j things that have i inversions.
    let mut share = vec![0.0; inversions + 1];
    share[0] = 1.0;
    for j in 2..=n {
        let before = share.clone();
        let mut window = 0.0;
        for i in 0..=inversions {
            window += before[i];
            if i >= j {
                window -= before[i - j];
            }
            share[i] = window / j as f64;
        }
    }
    (2.0 * share.iter().sum::<f64>()).clamp(0.0, 1.0)
}

fn kendall_asymptotic_p(x: &[f64], y: &[f64], counts: PairCounts) -> Option<f64> {
    let n = x.len() as f64;
    if n < 3.0 {
        return None;
    }
    let sums = |values: &[f64]| {
        let mut sums = [0.0; 3];
        for t in tie_sizes(values) {
            let t = t as f64;
            sums[0] += t * (t - 1.0) / 2.0;
            sums[1] += t * (t - 1.0) * (t - 2.0);
            sums[2] += t * (t - 1.0) * (2.0 * t + 5.0);
        }
        sums
    };
    let ([x0, x1, x2], [y0, y1, y2]) = (sums(x), sums(y));
    let m = n * (n - 1.0);
    let variance = (m * (2.0 * n + 5.0) - x2 - y2) / 18.0
        + 2.0 * x0 * y0 / m
        + x1 * y1 / (9.0 * m * (n - 2.0));
    (variance > 0.0).then(|| normal_two_sided(counts.surplus() / variance.sqrt()))
}

/// Spearman's rho: Pearson's r of the average ranks, its p from t with n - 2 degrees of freedom (`None` for n < 3).
pub(crate) fn spearman(x: &[Option<f64>], y: &[Option<f64>]) -> Correlation {
    let (x, y) = complete(x, y);
    let n = x.len();
    let value = product_moment(&average_ranks(&x), &average_ranks(&y));
    Correlation {
        value,
        p: value.and_then(|r| p_of_r(r, n)),
        n,
    }
}

/// Pearson's r, its p from t with n - 2 degrees of freedom (`None` for n < 3). With a vector of 0 and 1 it is the
/// point-biserial correlation.
pub(crate) fn pearson(x: &[Option<f64>], y: &[Option<f64>]) -> Correlation {
    let (x, y) = complete(x, y);
    let n = x.len();
    let value = product_moment(&x, &y);
    Correlation {
        value,
        p: value.and_then(|r| p_of_r(r, n)),
        n,
    }
}

/// The two-sided p of a product-moment correlation of `n` places.
fn p_of_r(r: f64, n: usize) -> Option<f64> {
    let df = n.checked_sub(2).filter(|df| *df > 0)?;
    t_two_sided(r * (df as f64 / ((1.0 + r) * (1.0 - r))).sqrt(), df)
}

/// The area under the ROC curve: how often a score of one of the `true` is above one of the `false`, a tie counting one
/// half (Mann & Whitney 1947; Hanley & `McNeil` 1982). `sorted` by score, each with how often it counts; `None` without both
/// kinds.
pub(crate) fn area(sorted: impl IntoIterator<Item = (f64, bool, f64)>) -> Option<f64> {
    let (mut below, mut won, mut positive) = (0.0, 0.0, 0.0);
    let (mut score, mut tied, mut level) = (f64::NAN, 0.0, 0.0);
    for (value, is, times) in sorted {
        if value.total_cmp(&score).is_ne() {
            won += level * (below + 0.5 * tied);
            below += tied;
            (score, tied, level) = (value, 0.0, 0.0);
        }
        if is {
            level += times;
            positive += times;
        } else {
            tied += times;
        }
    }
    won += level * (below + 0.5 * tied);
    ratio(won, positive * (below + tied))
}

/// Pearson's r; `None` for a constant vector.
fn product_moment(x: &[f64], y: &[f64]) -> Option<f64> {
    let n = x.len() as f64;
    let (mx, my) = (x.iter().sum::<f64>() / n, y.iter().sum::<f64>() / n);
    let (mut sxy, mut sxx, mut syy) = (0.0, 0.0, 0.0);
    for (a, b) in x.iter().zip(y) {
        sxy += (a - mx) * (b - my);
        sxx += (a - mx) * (a - mx);
        syy += (b - my) * (b - my);
    }
    (sxx > 0.0 && syy > 0.0).then(|| (sxy / sxx.sqrt() / syy.sqrt()).clamp(-1.0, 1.0))
}

/// A coefficient of concordance, with how many raters and things it is about.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(crate) struct Concordance {
    /// W between 0 and 1; `None` where it is undefined.
    pub value: Option<f64>,
    pub raters: usize,
    /// Things that every rater ranked.
    pub n: usize,
}

/// Kendall's W with the correction for ties, `12 S / (m²(n³ - n) - m ΣT)` (Kendall & Babington Smith 1939; Siegel &
/// Castellan 1988). Rows are raters. Things that some rater left out are dropped, the rest is ranked anew.
/// `None` when all raters tie everything.
pub(crate) fn kendall_w(raters: &[Vec<Option<f64>>]) -> Concordance {
    let things = raters.iter().map(Vec::len).min().unwrap_or(0);
    let kept: Vec<usize> = (0..things)
        .filter(|&i| raters.iter().all(|r| r[i].is_some_and(|v| !v.is_nan())))
        .collect();
    let (m, n) = (raters.len() as f64, kept.len() as f64);
    let mut sums = vec![0.0; kept.len()];
    let mut ties = 0.0;
    for rater in raters {
        let values: Vec<f64> = kept.iter().filter_map(|&i| rater[i]).collect();
        for (sum, rank) in sums.iter_mut().zip(average_ranks(&values)) {
            *sum += rank;
        }
        ties += tie_term(&values);
    }
    let s: f64 = sums
        .iter()
        .map(|sum| (sum - m * (n + 1.0) / 2.0).powi(2))
        .sum();
    Concordance {
        value: ratio(12.0 * s, m * m * (n.powi(3) - n) - m * ties),
        raters: raters.len(),
        n: kept.len(),
    }
}

/// Σ (t³ - t) over the groups of equal values.
pub(super) fn tie_term(values: &[f64]) -> f64 {
    tie_sizes(values)
        .into_iter()
        .map(|t| (t as f64).powi(3) - t as f64)
        .sum()
}

/// `a / b`, or `None` when `b` is 0.
pub(crate) fn ratio(a: f64, b: f64) -> Option<f64> {
    (b != 0.0).then(|| a / b)
}

fn complete(x: &[Option<f64>], y: &[Option<f64>]) -> (Vec<f64>, Vec<f64>) {
    x.iter()
        .zip(y)
        .filter_map(|(x, y)| Some(((*x)?, (*y)?)))
        .filter(|(x, y)| !x.is_nan() && !y.is_nan())
        // Adding 0 makes -0 equal to 0 in the total order too.
        .map(|(x, y)| (x + 0.0, y + 0.0))
        .unzip()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn some(values: &[f64]) -> Vec<Option<f64>> {
        values.iter().copied().map(Some).collect()
    }

    #[test]
    fn missing_places_are_left_out() {
        let x = [Some(1.0), None, Some(2.0), Some(3.0)];
        let y = [Some(1.0), Some(9.0), Some(3.0), Some(2.0)];
        let found = kendall(&x, &y, Tau::B, TauP::Auto);
        assert_eq!(found.n, 3);
        assert!((found.value.expect("an order") - 1.0 / 3.0).abs() < 1e-15);
    }

    #[test]
    fn constants_have_no_order() {
        let (x, y) = (some(&[3.0, 3.0]), some(&[1.0, 2.0]));
        assert_eq!(
            kendall(&x, &y, Tau::B, TauP::Auto),
            Correlation {
                value: None,
                p: None,
                n: 2
            }
        );
        assert_eq!(spearman(&x, &y).value, None);
        assert_eq!(kendall(&[], &[], Tau::C, TauP::Auto).value, None);
    }

    #[test]
    fn exact_p_counts_permutations() {
        // Of 24 permutations of four, 1 + 3 have at most one inversion.
        assert!((kendall_exact_p(4, 1) - 8.0 / 24.0).abs() < 1e-15);
        assert!((kendall_exact_p(4, 3) - 1.0).abs() < 1e-15);
    }

    #[test]
    fn concordance_of_a_textbook_case() {
        // Siegel & Castellan 1988, table 9.5: three interviewers rank six applicants, W = 0.16.
        let raters = [
            some(&[1.0, 6.0, 3.0, 2.0, 5.0, 4.0]),
            some(&[1.0, 5.0, 6.0, 4.0, 2.0, 3.0]),
            some(&[6.0, 3.0, 2.0, 5.0, 4.0, 1.0]),
        ];
        let found = kendall_w(&raters);
        assert_eq!((found.raters, found.n), (3, 6));
        assert!((found.value.expect("orders") - 0.16).abs() < 0.005);
        assert_eq!(kendall_w(&[some(&[1.0, 1.0])]).value, None);
    }
}
