//! Agreement of any number of raters on levels: raw, Fleiss', Randolph's and Gwet's.
//!
//! In: units with one level a rater or none. Out: sums that can be added up and resampled, and the coefficients that
//! follow from them.

use super::{Agreement, beyond_chance};
use crate::stats::correlation::ratio;
use crate::stats::method::Method;

/// Mean over responses of the share of reviewer pairs that agree.
pub(crate) const RAW: Method = Method {
    id: "raw-agreement",
    what: "Mean over responses of the share of reviewer pairs that agree, with the 95% percentile interval of a bootstrap over cases.",
    source: "plain share; Efron 1979",
    ties: "do not matter",
    missing: "unsure counts as missing; responses with fewer than two judgements are left out",
};

/// Fleiss' kappa of the judgements, with the 95% percentile interval of a bootstrap over cases.
pub(crate) const FLEISS: Method = Method {
    id: "fleiss-kappa",
    what: "Fleiss' kappa of the judgements, with the 95% percentile interval of a bootstrap over cases.",
    source: "Fleiss 1971; with unequal numbers of reviewers each response counts with its own pairs, and chance agreement comes from all judgements of responses with at least two, pooled; Efron 1979",
    ties: "do not matter",
    missing: "unsure counts as missing; responses with fewer than two judgements are left out",
};

/// Fleiss' kappa with each response the same weight.
pub(crate) const FLEISS_BY_UNIT: Method = Method {
    id: "fleiss-kappa-by-response",
    what: "Fleiss' kappa of the judgements for unequal numbers of reviewers, each response with the same weight in what chance agrees on, with the 95% percentile interval of a bootstrap over cases.",
    source: "Gwet 2014, as irrCAC computes it; Efron 1979",
    ties: "do not matter",
    missing: "unsure counts as missing; responses with one judgement count for the levels' shares only",
};

/// Raw agreement with unsure as a level.
pub(crate) const RAW_UNSURE: Method = Method {
    id: "raw-agreement-unsure",
    what: "Mean over responses of the share of reviewer pairs that agree on correct, incorrect or unsure, with the 95% percentile interval of a bootstrap over cases.",
    source: "plain share; Efron 1979",
    ties: "do not matter",
    missing: "unsure is a third level; responses with fewer than two verdicts are left out",
};

/// Fleiss' kappa with unsure as a level.
pub(crate) const FLEISS_UNSURE: Method = Method {
    id: "fleiss-kappa-unsure",
    what: "Fleiss' kappa of correct, incorrect and unsure, with the 95% percentile interval of a bootstrap over cases.",
    source: "Fleiss 1971, unequal numbers of reviewers as in fleiss-kappa; Efron 1979",
    ties: "do not matter",
    missing: "unsure is a third level; responses with fewer than two verdicts are left out",
};

/// Gwet's AC1 with unsure as a level.
pub(crate) const AC1_UNSURE: Method = Method {
    id: "gwet-ac1-unsure",
    what: "Gwet's AC1 of correct, incorrect and unsure, with the 95% percentile interval of a bootstrap over cases.",
    source: "Gwet 2008; Efron 1979",
    ties: "do not matter",
    missing: "unsure is a third level; responses with one verdict count for the levels' shares only",
};

/// Gwet's AC1 of the judgements, with the 95% percentile interval of a bootstrap over cases.
pub(crate) const AC1: Method = Method {
    id: "gwet-ac1",
    what: "Gwet's AC1 of the judgements, with the 95% percentile interval of a bootstrap over cases.",
    source: "Gwet 2008; Efron 1979",
    ties: "do not matter",
    missing: "unsure counts as missing; responses with one judgement, from cases with one reviewer too, count for the levels' shares only",
};

/// What units' ratings add up to: all that raw agreement, Fleiss', Randolph's and Gwet's coefficients need. Sums of
/// cases can be added up, so that cases can be resampled without looking at their ratings again.
#[derive(Clone, Debug, PartialEq)]
pub(crate) struct Votes {
    /// Units with at least two ratings.
    units: f64,
    /// The sum over these of the share of rater pairs that agree.
    agreeing: f64,
    /// How often each level was given in these.
    levels: Vec<f64>,
    /// Units with at least one rating.
    rated: f64,
    /// The sum over these of the level's share among the unit's ratings.
    shares: Vec<f64>,
}

impl Votes {
    /// No unit yet.
    pub(crate) fn new(levels: usize) -> Self {
        Votes {
            units: 0.0,
            agreeing: 0.0,
            levels: vec![0.0; levels],
            rated: 0.0,
            shares: vec![0.0; levels],
        }
    }

    #[cfg(test)]
    pub(crate) fn of(units: &[Vec<Option<usize>>], levels: usize) -> Self {
        let mut votes = Votes::new(levels);
        for unit in units {
            votes.add(unit);
        }
        votes
    }

    /// Adds one unit's ratings; levels that are not known are left out.
    pub(crate) fn add(&mut self, ratings: &[Option<usize>]) {
        let mut count = vec![0.0; self.levels.len()];
        for &level in ratings.iter().flatten() {
            if let Some(slot) = count.get_mut(level) {
                *slot += 1.0;
            }
        }
        let n: f64 = count.iter().sum();
        if n < 1.0 {
            return;
        }
        self.rated += 1.0;
        for (sum, c) in self.shares.iter_mut().zip(&count) {
            *sum += c / n;
        }
        if n < 2.0 {
            return;
        }
        self.units += 1.0;
        self.agreeing += count.iter().map(|c| c * (c - 1.0)).sum::<f64>() / (n * (n - 1.0));
        for (sum, c) in self.levels.iter_mut().zip(&count) {
            *sum += c;
        }
    }

    /// Adds `times` copies of others over the same levels.
    pub(crate) fn add_times(&mut self, other: &Votes, times: f64) {
        self.units += times * other.units;
        self.agreeing += times * other.agreeing;
        self.rated += times * other.rated;
        let sums = self.levels.iter_mut().chain(&mut self.shares);
        for (sum, part) in sums.zip(other.levels.iter().chain(&other.shares)) {
            *sum += times * part;
        }
    }

    fn agreement(&self, value: Option<f64>) -> Agreement {
        Agreement {
            value,
            units: self.units as usize,
            ratings: self.levels.iter().sum::<f64>() as usize,
        }
    }

    fn observed(&self) -> Option<f64> {
        ratio(self.agreeing, self.units)
    }

    /// Raw agreement: the mean over units of the share of rater pairs that agree; `None` without units.
    pub(crate) fn raw(&self) -> Agreement {
        self.agreement(self.observed())
    }

    /// Fleiss' kappa (Fleiss 1971). With equally many ratings a unit it is his; otherwise each unit counts with its own
    /// pairs and the levels' shares are pooled over all ratings of units with at least two.
    pub(crate) fn fleiss(&self) -> Agreement {
        let all: f64 = self.levels.iter().sum();
        let expected = (all > 0.0).then(|| self.levels.iter().map(|l| (l / all).powi(2)).sum());
        self.agreement(beyond_chance(self.observed(), expected))
    }

    /// Fleiss' kappa as Gwet generalises it to unequal numbers of ratings (irrCAC's `fleiss`): chance agreement is `Σ π²`, π the
    /// mean over all rated units (one rating is enough) of a level's share, so that each unit counts the same.
    pub(crate) fn fleiss_by_unit(&self) -> Agreement {
        let share = |s: &f64| (s / self.rated).powi(2);
        let expected = (self.rated > 0.0).then(|| self.shares.iter().map(share).sum());
        self.agreement(beyond_chance(self.observed(), expected))
    }

    /// Gwet's AC1 (Gwet 2008) for any number of raters: chance agreement is `Σ π(1 - π) / (levels - 1)`, π the mean over
    /// all rated units (one rating is enough) of a level's share. `None` with fewer than two levels.
    pub(crate) fn gwet_ac1(&self) -> Agreement {
        let levels = self.levels.len();
        let expected = (levels > 1 && self.rated > 0.0).then(|| {
            let share = |s: &f64| s / self.rated;
            let sum: f64 = self
                .shares
                .iter()
                .map(|s| share(s) * (1.0 - share(s)))
                .sum();
            sum / (levels - 1) as f64
        });
        self.agreement(beyond_chance(self.observed(), expected))
    }
}

/// Raw agreement, see [`Votes::raw`].
#[cfg(test)]
pub(crate) fn raw(units: &[Vec<Option<usize>>], levels: usize) -> Agreement {
    Votes::of(units, levels).raw()
}

/// Fleiss' kappa, see [`Votes::fleiss`].
#[cfg(test)]
pub(crate) fn fleiss(units: &[Vec<Option<usize>>], levels: usize) -> Agreement {
    Votes::of(units, levels).fleiss()
}

/// Gwet's AC1, see [`Votes::gwet_ac1`].
#[cfg(test)]
pub(crate) fn gwet_ac1(units: &[Vec<Option<usize>>], levels: usize) -> Agreement {
    Votes::of(units, levels).gwet_ac1()
}
