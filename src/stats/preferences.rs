//! Agreement on preferences: which of two responses is better, or neither.
//!
//! In: the preferences that an item (a pair of responses) got. Out: how many pairs of preferences agree, and kappa with the
//! chance agreement of the workshops on machine translation. Items with one preference count for the share of ties only.

use std::cmp::Ordering;

use super::agreement::{Agreement, beyond_chance};
use super::correlation::ratio;
use super::method::Method;

/// Share of pairs of reviewers' preferences (better, tied, worse) on the same two responses that agree, with the 95% percentile interval of a bootstrap over cases.
pub(crate) const PREFERENCE_RAW: Method = Method {
    id: "preference-agreement",
    what: "Share of pairs of reviewers' preferences (better, tied, worse) on the same two responses that agree, with the 95% percentile interval of a bootstrap over cases.",
    source: "Bojar et al. 2016, WMT; Efron 1979",
    ties: "a tie agrees with a tie",
    missing: "a preference needs both ranks",
};

/// Kappa of the preferences, chance agreement t² + (1 - t)²/2 with t the share of ties, with the 95% percentile interval of a bootstrap over cases.
pub(crate) const PREFERENCE_KAPPA: Method = Method {
    id: "preference-kappa",
    what: "Kappa of the preferences, chance agreement t² + (1 - t)²/2 with t the share of ties among all preferences, those of cases with one reviewer too, with the 95% percentile interval of a bootstrap over cases.",
    source: "Bojar et al. 2016, WMT; Efron 1979",
    ties: "a tie agrees with a tie",
    missing: "a preference needs both ranks",
};

/// What preferences add up to. Sums of cases can be added up.
#[derive(Clone, Copy, Debug, Default, PartialEq)]
pub(crate) struct Preferences {
    /// Pairs of preferences of one item that are the same.
    pub agreeing: f64,
    /// Pairs of preferences of one item.
    pub comparable: f64,
    /// Preferences for neither.
    pub ties: f64,
    /// All preferences.
    pub all: f64,
}

impl Preferences {
    /// Adds an item with all its preferences.
    pub(crate) fn add(&mut self, item: &[Ordering]) {
        self.all += item.len() as f64;
        self.ties += item.iter().filter(|p| p.is_eq()).count() as f64;
        for (i, first) in item.iter().enumerate() {
            for second in &item[i + 1..] {
                self.comparable += 1.0;
                self.agreeing += f64::from(u8::from(first == second));
            }
        }
    }

    /// Adds every pair of a case's responses, with the preference of each reviewer who ranked both.
    pub(crate) fn add_case(&mut self, ranks: &[&[Option<f64>]]) {
        let models = ranks.iter().map(|r| r.len()).max().unwrap_or(0);
        for a in 0..models {
            for b in a + 1..models {
                let of = |row: &&[Option<f64>]| {
                    let (a, b) = (row.get(a).copied()??, row.get(b).copied()??);
                    a.partial_cmp(&b)
                };
                let item: Vec<Ordering> = ranks.iter().filter_map(of).collect();
                self.add(&item);
            }
        }
    }

    /// Adds `times` copies of others.
    pub(crate) fn add_times(&mut self, other: &Preferences, times: f64) {
        self.agreeing += times * other.agreeing;
        self.comparable += times * other.comparable;
        self.ties += times * other.ties;
        self.all += times * other.all;
    }

    /// The share of pairs of preferences that agree; `None` without a pair.
    pub(crate) fn observed(&self) -> Option<f64> {
        ratio(self.agreeing, self.comparable)
    }

    /// What chance agrees on: t² + 2 ((1 - t) / 2)², t the share of ties, when either of two untied is as likely
    /// (Bojar et al. 2016, Findings of the Conference on Machine Translation). `None` without a preference.
    pub(crate) fn expected(&self) -> Option<f64> {
        let t = ratio(self.ties, self.all)?;
        Some(t * t + (1.0 - t).powi(2) / 2.0)
    }

    /// Kappa of these two.
    pub(crate) fn kappa(&self) -> Agreement {
        Agreement {
            value: beyond_chance(self.observed(), self.expected()),
            units: self.comparable as usize,
            ratings: self.all as usize,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_case_is_all_its_pairs() {
        let mut found = Preferences::default();
        let (first, second) = (
            [Some(1.0), Some(2.0), Some(2.0)],
            [Some(1.0), Some(2.0), None],
        );
        found.add_case(&[&first, &second]);
        // Pairs 1-2 twice the same, 1-3 and 2-3 once, the last one a tie.
        assert_eq!(
            (found.agreeing, found.comparable, found.ties, found.all),
            (1.0, 1.0, 1.0, 4.0)
        );
        assert_eq!(found.expected(), Some(0.0625 + 0.5625 / 2.0));
        assert_eq!(found.kappa().value, Some(1.0));
        assert_eq!(Preferences::default().kappa().value, None);
    }
}
