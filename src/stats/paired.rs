//! Tests of two models on the same cases, and how many cases it takes to tell them apart.
//!
//! In: pairs of judgements or ranks. Out: a statistic, its two-sided p, and the n it rests on. A pair with a
//! missing half is left out.

use super::correlation::{ratio, tie_term};
use super::distribution::{fair_binomial_cdf, normal_quantile, normal_two_sided};
use super::method::Method;
use super::rank::average_ranks;
use super::ratio::Ratio;

/// Difference of the shares correct over the cases where both models have a judgement.
pub(crate) const DIFFERENCE: Method = Method {
    id: "paired-difference",
    what: "Difference of the shares correct over the cases where both models have a judgement.",
    source: "plain difference",
    ties: "a split between reviewers counts as missing",
    missing: "incomplete pairs are left out",
};

/// `McNemar`'s exact test of the shares correct.
pub(crate) const MCNEMAR: Method = Method {
    id: "mcnemar-exact",
    what: "McNemar's exact test of the shares correct, two-sided p.",
    source: "McNemar 1947; binomial tail",
    ties: "a split between reviewers counts as missing",
    missing: "incomplete pairs are left out",
};

/// `McNemar`'s exact p.
pub(crate) const MCNEMAR_HOLM: Method = Method {
    id: "mcnemar-exact-holm",
    what: "McNemar's exact p, adjusted for all pairs of models by Holm's method.",
    source: "Holm 1979",
    ties: "as in the test",
    missing: "undefined tests do not count",
};

/// Wilcoxon's signed-rank test of the ranks (numbered anew within a case).
pub(crate) const WILCOXON: Method = Method {
    id: "wilcoxon-pratt",
    what: "Wilcoxon's signed-rank test of the ranks (numbered anew within a case, the mean over its reviewers as an exact fraction), two-sided p: exact from all signs for up to 50 pairs without ties and zeros, for up to 13 with them; else by the normal approximation without continuity correction.",
    source: "Wilcoxon 1945; Pratt 1959; Cureton 1967; the choice is that of scipy 1.14 and later",
    ties: "equal pairs are ranked, then left out; variance corrected",
    missing: "incomplete pairs are left out",
};

/// Wilcoxon's p.
pub(crate) const WILCOXON_HOLM: Method = Method {
    id: "wilcoxon-pratt-holm",
    what: "Wilcoxon's p, adjusted for all pairs of models by Holm's method.",
    source: "Holm 1979",
    ties: "as in the test",
    missing: "undefined tests do not count",
};

/// How many paired cases in all, or more than there are, would show the observed difference of the shares correct by `McNemar`'s test with power 0.
pub(crate) const CASES_NEEDED: Method = Method {
    id: "cases-needed-mcnemar",
    what: "How many paired cases in all, or more than there are, would show the observed difference of the shares correct by McNemar's test with power 0.8 at two-sided alpha 0.05, for this pair alone.",
    source: "Connor 1987, Biometrics 43:207; Miettinen 1968",
    ties: "a split between reviewers counts as missing",
    missing: "incomplete pairs are left out; undefined when the shares are equal",
};

/// How many paired cases in all would show the difference when alpha 0.
pub(crate) const CASES_NEEDED_ALL: Method = Method {
    id: "cases-needed-mcnemar-all",
    what: "How many paired cases in all would show the difference when alpha 0.05 is shared by all pairs of models.",
    source: "Connor 1987; Bonferroni",
    ties: "a split between reviewers counts as missing",
    missing: "incomplete pairs are left out; undefined when the shares are equal",
};

/// Share of the cases with different ranks in which the first model is ranked better (the mean over a case's reviewers, numbered anew).
pub(crate) const DECIDED_SHARE: Method = Method {
    id: "decided-share",
    what: "Share of the cases with different ranks in which the first model is ranked better (the mean over a case's reviewers, numbered anew).",
    source: "plain share",
    ties: "left out",
    missing: "incomplete pairs are left out",
};

/// How many paired cases in all, or more than there are, would show by the sign test of the ranks, with power 0.
pub(crate) const RANKED_NEEDED: Method = Method {
    id: "cases-needed-sign",
    what: "How many paired cases in all, or more than there are, would show by the sign test of the ranks, with power 0.8 at two-sided alpha 0.05, that one model is ranked better as often as observed, for this pair alone; cases that decide nothing come on top, in the share seen.",
    source: "Noether 1987, JASA 82:645",
    ties: "decide nothing",
    missing: "incomplete pairs are left out; undefined when both are better equally often",
};

/// How many paired cases in all the sign test would need when alpha 0.
pub(crate) const RANKED_NEEDED_ALL: Method = Method {
    id: "cases-needed-sign-all",
    what: "How many paired cases in all the sign test would need when alpha 0.05 is shared by all pairs of models.",
    source: "Noether 1987; Bonferroni",
    ties: "decide nothing",
    missing: "incomplete pairs are left out; undefined when both are better equally often",
};

/// A statistic with its p.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(crate) struct Test {
    /// The statistic; `None` where it is undefined.
    pub statistic: Option<f64>,
    /// The two-sided p; `None` where it is undefined.
    pub p: Option<f64>,
    /// Cases that count.
    pub n: usize,
}

/// How two models did on the same cases.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(crate) struct Discordance {
    /// Both correct.
    pub both: usize,
    /// Only the first correct.
    pub first_only: usize,
    /// Only the second correct.
    pub second_only: usize,
    /// Neither correct.
    pub neither: usize,
}

impl Discordance {
    /// Counts pairs of judgements.
    pub(crate) fn of(pairs: impl IntoIterator<Item = (Option<bool>, Option<bool>)>) -> Self {
        let mut found = Discordance::default();
        for pair in pairs {
            match pair {
                (Some(true), Some(true)) => found.both += 1,
                (Some(true), Some(false)) => found.first_only += 1,
                (Some(false), Some(true)) => found.second_only += 1,
                (Some(false), Some(false)) => found.neither += 1,
                (None, _) | (_, None) => {}
            }
        }
        found
    }

    /// Cases on which both were judged.
    pub(crate) fn n(self) -> usize {
        self.both + self.first_only + self.second_only + self.neither
    }

    /// `McNemar`'s exact test: twice the binomial tail of the smaller discordant count (1 without discordant cases).
    pub(crate) fn mcnemar_exact(self) -> Test {
        let fewer = self.first_only.min(self.second_only);
        let p = 2.0 * fair_binomial_cdf(fewer, self.first_only + self.second_only);
        Test {
            statistic: Some(fewer as f64),
            p: Some(p.min(1.0)),
            n: self.n(),
        }
    }

    /// How many paired cases in all would show the observed difference with `power` at two-sided `alpha`.
    ///
    /// `N = (z_{1-α/2} √ψ + z_{power} √(ψ - δ²))² / δ²`, ψ = share of discordant cases, δ = difference of the shares
    /// correct (Connor 1987, Biometrics 43:207, equation 3; Miettinen 1968). `None` when the shares are equal.
    pub(crate) fn cases_needed(self, alpha: f64, power: f64) -> Option<usize> {
        let n = self.n() as f64;
        let discordant = (self.first_only + self.second_only) as f64 / n;
        let difference = (self.first_only as f64 - self.second_only as f64) / n;
        if difference == 0.0 || difference.is_nan() {
            return None;
        }
        let root = normal_quantile(1.0 - alpha / 2.0) * discordant.sqrt()
            + normal_quantile(power) * (discordant - difference * difference).max(0.0).sqrt();
        Some((root * root / (difference * difference)).ceil() as usize)
    }
}

/// How many decided comparisons would show, with `power` at two-sided `alpha`, that one of two is better in the share
/// `better` of them: `(z_{1-α/2} + z_{power})² / (4 (better - ½)²)` (Noether 1987, JASA 82:645, for the sign test). `None`
/// when the share is one half.
pub(crate) fn decided_needed(better: f64, alpha: f64, power: f64) -> Option<usize> {
    let z = normal_quantile(1.0 - alpha / 2.0) + normal_quantile(power);
    let needed = ratio(z * z, 4.0 * (better - 0.5).powi(2))?;
    (needed.is_finite()).then(|| needed.ceil() as usize)
}

/// What the signed-rank test does with pairs that do not differ.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Zeros {
    /// Leave them out before ranking (Wilcoxon 1945).
    Drop,
    /// Rank them, then leave their ranks out (Pratt 1959; variance by Cureton 1967).
    Pratt,
    /// Rank them and give half of their ranks to either side.
    Split,
}

/// How the p value of the signed-rank test is found.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum SignedP {
    /// As scipy (1.14 and later) chooses: exact for up to 50 pairs without ties and zeros, for up to 13 with them,
    /// else from the normal without continuity correction.
    Auto,
    /// From all signs that the differences could have.
    #[cfg(test)]
    Exact,
    /// From the normal, the variance corrected for ties; `corrected` moves the statistic half a unit towards its mean.
    Normal {
        /// Whether to correct for continuity.
        corrected: bool,
    },
}

/// Wilcoxon's signed-rank test of differences in any exact order, see [`signed_order`] and [`differences`]. The statistic
/// is the smaller rank sum. Without a difference other than 0 it is undefined.
pub(crate) fn wilcoxon(signed: &[f64], zeros: Zeros, method: SignedP) -> Test {
    let mut signed = signed.to_vec();
    let pairs = signed.len();
    let unequal = signed.iter().filter(|d| **d != 0.0).count();
    if zeros == Zeros::Drop {
        signed.retain(|d| *d != 0.0);
    }
    let sizes: Vec<f64> = signed.iter().map(|d| d.abs()).collect();
    let ranks = average_ranks(&sizes);
    let sum = |keep: fn(f64) -> bool| -> f64 {
        let kept = signed.iter().zip(&ranks).filter(|(d, _)| keep(**d));
        kept.map(|(_, r)| r).sum()
    };
    let zero_ranks = if zeros == Zeros::Split {
        sum(|d| d == 0.0)
    } else {
        0.0
    };
    let (plus, minus) = (
        sum(|d| d > 0.0) + zero_ranks / 2.0,
        sum(|d| d < 0.0) + zero_ranks / 2.0,
    );
    let plain = unequal == pairs && tie_term(&sizes) == 0.0;
    let exact = match method {
        SignedP::Auto => pairs <= if plain { 50 } else { 13 },
        #[cfg(test)]
        SignedP::Exact => true,
        SignedP::Normal { .. } => false,
    };
    let p = if unequal == 0 {
        None
    } else if exact {
        let of_signs = signed.iter().zip(&ranks).filter(|(d, _)| **d != 0.0);
        let weights: Vec<f64> = of_signs.map(|(_, r)| *r).collect();
        Some(signs_p(&weights, plus.min(minus) - zero_ranks / 2.0))
    } else {
        let corrected = method == SignedP::Normal { corrected: true };
        normal_p(&signed, &sizes, plus, zeros, corrected)
    };
    Test {
        statistic: p.map(|_| plus.min(minus)),
        p,
        n: signed.len(),
    }
}

fn normal_p(
    signed: &[f64],
    sizes: &[f64],
    plus: f64,
    zeros: Zeros,
    corrected: bool,
) -> Option<f64> {
    let n = signed.len() as f64;
    let mut mean = n * (n + 1.0) / 4.0;
    let mut square = n * (n + 1.0) * (2.0 * n + 1.0);
    let mut tied = tie_term(sizes);
    if zeros == Zeros::Pratt {
        let dropped = signed.iter().filter(|d| **d == 0.0).count() as f64;
        mean -= dropped * (dropped + 1.0) / 4.0;
        square -= dropped * (dropped + 1.0) * (2.0 * dropped + 1.0);
        tied -= dropped.powi(3) - dropped;
    }
    let deviation = ((square - tied / 2.0) / 24.0).sqrt();
    (deviation > 0.0).then(|| {
        let away = (plus - mean).abs();
        let towards = if corrected { 0.5_f64.min(away) } else { 0.0 };
        normal_two_sided((away - towards) / deviation)
    })
}

/// Twice the share of the signs of these ranks (whole or half numbers) whose sum is at most `fewer`, at most 1.
fn signs_p(ranks: &[f64], fewer: f64) -> f64 {
    let most = (2.0 * fewer).round() as usize;
    // share[s] is the share of the signs of the ranks so far with which twice their sum is s.
    let mut share = vec![0.0; most + 1];
    share[0] = 1.0;
    for rank in ranks {
        let twice = (2.0 * rank).round() as usize;
        for s in (0..=most).rev() {
            let with = if s >= twice { share[s - twice] } else { 0.0 };
            share[s] = f64::midpoint(share[s], with);
        }
    }
    (2.0 * share.iter().sum::<f64>()).min(1.0)
}

/// The differences of pairs that are both there. Differences of numbers that are no whole or half numbers are rounded, and
/// so may be their ties: means of ranks go through [`signed_order`].
#[cfg(test)]
pub(crate) fn differences(pairs: &[(Option<f64>, Option<f64>)]) -> Vec<f64> {
    pairs
        .iter()
        .filter_map(|(a, b)| Some((*a)? - (*b)?))
        .filter(|d| !d.is_nan())
        .collect()
}

/// For each pair that is there the place of its difference among the distinct sizes, from 1, with the difference's sign;
/// 0 where there is none. It has the signs and the order of the differences, all that the signed-rank test asks for.
pub(crate) fn signed_order(pairs: &[(Option<Ratio>, Option<Ratio>)]) -> Vec<f64> {
    let differences: Vec<Ratio> = pairs
        .iter()
        .filter_map(|(a, b)| Some((*a)?.minus((*b)?)))
        .collect();
    let mut sizes: Vec<Ratio> = differences
        .iter()
        .filter(|d| d.sign() != 0)
        .map(|d| d.size())
        .collect();
    sizes.sort_unstable();
    sizes.dedup();
    let place = |d: &Ratio| match d.sign() {
        0 => 0.0,
        sign => sign as f64 * (1 + sizes.partition_point(|s| *s < d.size())) as f64,
    };
    differences.iter().map(place).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn nobody_who_changed_their_mind_is_no_evidence() {
        assert_eq!(Discordance::default().mcnemar_exact().p, Some(1.0));
    }

    #[test]
    fn missing_halves_are_left_out() {
        let pairs = [(Some(true), None), (Some(true), Some(false)), (None, None)];
        assert_eq!(
            Discordance::of(pairs),
            Discordance {
                first_only: 1,
                ..Discordance::default()
            }
        );
    }

    #[test]
    fn cases_needed_follows_the_formula() {
        // ψ = 0.3, δ = 0.1: (1.95996 √0.3 + 0.84162 √0.29)² / 0.01 = 233.1.
        let table = Discordance {
            both: 40,
            first_only: 20,
            second_only: 10,
            neither: 30,
        };
        assert_eq!(table.cases_needed(0.05, 0.8), Some(234));
        let even = Discordance {
            first_only: 4,
            second_only: 4,
            ..Discordance::default()
        };
        assert_eq!(even.cases_needed(0.05, 0.8), None);
        assert_eq!(Discordance::default().cases_needed(0.05, 0.8), None);
    }

    #[test]
    fn signed_ranks_count_signs() {
        let signed = [1.0, 2.0, 3.0, -4.0];
        // Sums of at most 4 out of ranks 1 to 4: 0, 1, 2, 3, 1+2, 4, 1+3, which is 7 of 16 patterns.
        let found = wilcoxon(&signed, Zeros::Drop, SignedP::Exact);
        assert_eq!((found.statistic, found.p), (Some(4.0), Some(14.0 / 16.0)));
        let nothing = [0.0];
        for method in [SignedP::Auto, SignedP::Normal { corrected: false }] {
            assert_eq!(wilcoxon(&nothing, Zeros::Drop, method).p, None);
            assert_eq!(wilcoxon(&nothing, Zeros::Pratt, method).p, None);
        }
    }

    #[test]
    fn ties_of_thirds_hold() {
        let of = |a, b| Ratio::new(a, b);
        // One third and two thirds, written with unlike denominators.
        let pairs = [
            (of(5, 3), of(4, 3)),
            (of(4, 3), of(1, 1)),
            (of(1, 1), of(8, 6)),
            (of(7, 3), of(5, 3)),
            (of(2, 1), of(2, 1)),
            (of(2, 1), None),
        ];
        assert_eq!(signed_order(&pairs), [1.0, 1.0, -1.0, 2.0, 0.0]);
    }

    #[test]
    fn small_samples_are_exact_as_in_scipy() {
        // scipy 1.17.1: wilcoxon(d, zero_method="pratt").
        let few = [3.0, -1.0, 2.0, 0.0, 2.0, 3.0, -1.0];
        let found = wilcoxon(&few, Zeros::Pratt, SignedP::Auto);
        assert!((found.p.expect("p") - 0.187_5).abs() < 1e-12, "{found:?}");
        let many: Vec<f64> = (1..=50)
            .map(|i| f64::from(i * if i % 3 == 0 { -1 } else { 1 }))
            .collect();
        let found = wilcoxon(&many, Zeros::Pratt, SignedP::Auto);
        assert!(
            (found.p.expect("p") - 0.026_166_968_171_196_46).abs() < 1e-12,
            "{found:?}"
        );
        let more: Vec<f64> = many.iter().copied().chain([51.0]).collect();
        let found = wilcoxon(&more, Zeros::Pratt, SignedP::Auto);
        assert!(
            (found.p.expect("p") - 0.016_837_638_766_199_484).abs() < 1e-12,
            "{found:?}"
        );
    }
}
