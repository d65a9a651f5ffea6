//! Agreement of two raters on levels: raw, and Cohen's kappa.
//!
//! In: pairs of levels. Out: how often each pair was given, and the coefficients that follow from it.

use super::Agreement;
use crate::stats::correlation::ratio;
use crate::stats::method::Method;

/// Share of responses on which two reviewers' judgements agree, with the 95% percentile interval of a bootstrap over cases.
pub(crate) const RAW_PAIR: Method = Method {
    id: "raw-agreement-pair",
    what: "Share of responses on which two reviewers' judgements agree, with the 95% percentile interval of a bootstrap over cases.",
    source: "plain share; Efron 1979",
    ties: "do not matter",
    missing: "unsure counts as missing; responses that either did not judge are left out",
};

/// Cohen's kappa of two reviewers' judgements, unweighted, with the 95% percentile interval of a bootstrap over cases.
pub(crate) const COHEN: Method = Method {
    id: "cohen-kappa",
    what: "Cohen's kappa of two reviewers' judgements, unweighted, with the 95% percentile interval of a bootstrap over cases.",
    source: "Cohen 1960; Efron 1979",
    ties: "do not matter",
    missing: "unsure counts as missing; responses that either did not judge are left out",
};

/// Cohen's kappa of two reviewers' ranks (numbered anew as 1, 2, 2, 4), linear weights, with the 95% percentile interval of a bootstrap over cases.
pub(crate) const COHEN_LINEAR: Method = Method {
    id: "cohen-kappa-linear",
    what: "Cohen's kappa of two reviewers' ranks (numbered anew as 1, 2, 2, 4), linear weights, with the 95% percentile interval of a bootstrap over cases.",
    source: "Cohen 1968; Cicchetti & Allison 1971; Efron 1979",
    ties: "share the first of their places",
    missing: "responses that either did not rank are left out",
};

/// Cohen's kappa of two reviewers' ranks (numbered anew as 1, 2, 2, 4), quadratic weights, with the 95% percentile interval of a bootstrap over cases.
pub(crate) const COHEN_QUADRATIC: Method = Method {
    id: "cohen-kappa-quadratic",
    what: "Cohen's kappa of two reviewers' ranks (numbered anew as 1, 2, 2, 4), quadratic weights, with the 95% percentile interval of a bootstrap over cases.",
    source: "Cohen 1968; Fleiss & Cohen 1973; Efron 1979",
    ties: "share the first of their places",
    missing: "responses that either did not rank are left out",
};

/// Share of responses on which the reviewer's second judgement agrees with the first, with the 95% percentile interval of a bootstrap over cases.
pub(crate) const RAW_SELF: Method = Method {
    id: "raw-agreement-self",
    what: "Share of responses on which the reviewer's second judgement agrees with the first, with the 95% percentile interval of a bootstrap over cases.",
    source: "plain share; Efron 1979",
    ties: "do not matter",
    missing: "unsure counts as missing; responses not judged twice are left out",
};

/// Cohen's kappa of a reviewer's first and second judgements, unweighted, with the 95% percentile interval of a bootstrap over cases.
pub(crate) const COHEN_SELF: Method = Method {
    id: "cohen-kappa-self",
    what: "Cohen's kappa of a reviewer's first and second judgements, unweighted, with the 95% percentile interval of a bootstrap over cases.",
    source: "Cohen 1960; Efron 1979",
    ties: "do not matter",
    missing: "unsure counts as missing; responses not judged twice are left out",
};

/// Raw agreement of two with unsure as a level.
pub(crate) const RAW_PAIR_UNSURE: Method = Method {
    id: "raw-agreement-pair-unsure",
    what: "Share of responses on which two reviewers' verdicts (correct, incorrect, unsure) agree, with the 95% percentile interval of a bootstrap over cases.",
    source: "plain share; Efron 1979",
    ties: "do not matter",
    missing: "unsure is a third level; responses without a verdict of either are left out",
};

/// Cohen's kappa with unsure as a level.
pub(crate) const COHEN_UNSURE: Method = Method {
    id: "cohen-kappa-unsure",
    what: "Cohen's kappa of two reviewers' verdicts (correct, incorrect, unsure), unweighted, with the 95% percentile interval of a bootstrap over cases.",
    source: "Cohen 1960; Efron 1979",
    ties: "do not matter",
    missing: "unsure is a third level; responses without a verdict of either are left out",
};

/// How much a disagreement between two levels weighs.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Weights {
    /// All disagreements weigh the same.
    Unweighted,
    /// As far as the levels are apart (Cicchetti & Allison 1971).
    Linear,
    /// As the square of that (Fleiss & Cohen 1973).
    Quadratic,
}

/// How often two raters gave each pair of levels, from which Cohen's kappa follows. Those of cases can be added up.
#[derive(Clone, Debug, PartialEq)]
pub(crate) struct Confusion {
    levels: usize,
    counts: Vec<f64>,
}

impl Confusion {
    /// No pair yet.
    pub(crate) fn new(levels: usize) -> Self {
        Confusion {
            levels,
            counts: vec![0.0; levels * levels],
        }
    }

    /// Adds one pair of ratings; a pair of which one is missing or no level is left out.
    pub(crate) fn add(&mut self, first: Option<usize>, second: Option<usize>) {
        if let (Some(a), Some(b)) = (first, second)
            && a < self.levels
            && b < self.levels
        {
            self.counts[a * self.levels + b] += 1.0;
        }
    }

    /// Adds `times` copies of others over the same levels.
    pub(crate) fn add_times(&mut self, other: &Confusion, times: f64) {
        for (sum, part) in self.counts.iter_mut().zip(&other.counts) {
            *sum += times * part;
        }
    }

    /// How many pairs there are.
    pub(crate) fn n(&self) -> f64 {
        self.counts.iter().sum()
    }

    /// The share of pairs that agree; `None` without pairs.
    pub(crate) fn raw(&self) -> Agreement {
        let agreeing: f64 = (0..self.levels)
            .map(|l| self.counts[l * (self.levels + 1)])
            .sum();
        self.agreement(ratio(agreeing, self.n()))
    }

    /// Cohen's kappa (Cohen 1960, 1968), `1 - Σwo / Σwe`. Levels are numbered from 0 in their order, unused ones in
    /// between keep their distance.
    pub(crate) fn kappa(&self, weights: Weights) -> Agreement {
        let weight = |a: usize, b: usize| {
            let apart = a.abs_diff(b) as f64;
            match weights {
                Weights::Unweighted => f64::from(u8::from(a != b)),
                Weights::Linear => apart,
                Weights::Quadratic => apart * apart,
            }
        };
        let (mut first, mut second) = (vec![0.0; self.levels], vec![0.0; self.levels]);
        let mut seen = 0.0;
        for (a, row) in self.counts.chunks(self.levels.max(1)).enumerate() {
            for (b, count) in row.iter().enumerate() {
                first[a] += count;
                second[b] += count;
                seen += weight(a, b) * count;
            }
        }
        let mut expected = 0.0;
        for (a, na) in first.iter().enumerate() {
            for (b, nb) in second.iter().enumerate() {
                expected += weight(a, b) * na * nb;
            }
        }
        self.agreement(ratio(seen * self.n(), expected).map(|share| 1.0 - share))
    }

    fn agreement(&self, value: Option<f64>) -> Agreement {
        let n = self.n() as usize;
        Agreement {
            value,
            units: n,
            ratings: 2 * n,
        }
    }
}

/// Cohen's kappa of two raters, see [`Confusion::kappa`]. Pairs where one rating is missing are left out.
#[cfg(test)]
pub(crate) fn cohen(
    pairs: &[(Option<usize>, Option<usize>)],
    levels: usize,
    weights: Weights,
) -> Agreement {
    let mut confusion = Confusion::new(levels);
    for &(a, b) in pairs {
        confusion.add(a, b);
    }
    confusion.kappa(weights)
}
