//! Pairs of things that people ranked and a metric scored: how often the metric has the people's order, ties included.
//!
//! In: groups of people's values and scores, both higher for better. Out: accuracies between 0 and 1 (tau between -1 and
//! 1) and the difference of scores up to which two count as equal. A group without a pair says nothing and is left out.

use super::correlation::PairCounts;
use super::method::Method;

/// Share of the pairs that reviewers do not tie which a metric orders as they do.
pub(crate) const ACCURACY: Method = Method {
    id: "pairwise-accuracy",
    what: "Share of the pairs of responses to the same instruction that reviewers rank apart which the metric orders as they do, with the 95% percentile interval of a bootstrap over cases.",
    source: "as in the WMT metrics task; Efron 1979",
    ties: "pairs that reviewers tie are left out; a metric's tie counts one half",
    missing: "pairs with a missing rank or score are left out",
};

/// The accuracy that counts ties as an order of their own, at the best threshold for the metric's ties.
pub(crate) const ACC_EQ: Method = Method {
    id: "acc-eq",
    what: "Share of all pairs of responses to the same instruction on which the metric says what reviewers say (better, worse, or equal), mean over cases; scores that differ by no more than the threshold are equal, and the threshold is the smallest that gives the highest share.",
    source: "Deutsch, Foster & Freitag 2023 (tie calibration); equal to google-research/mt-metrics-eval",
    ties: "a tie is right where the other side ties, too",
    missing: "pairs with a missing rank or score are left out; cases without a pair are left out",
};

/// The same accuracy without a threshold.
pub(crate) const ACC_EQ_PLAIN: Method = Method {
    id: "acc-eq-uncalibrated",
    what: "Share of all pairs of responses to the same instruction on which the metric says what reviewers say (better, worse, or equal), mean over cases; only equal scores are equal.",
    source: "Deutsch, Foster & Freitag 2023",
    ties: "a tie is right where the other side ties, too",
    missing: "pairs with a missing rank or score are left out; cases without a pair are left out",
};

/// The threshold of [`ACC_EQ`].
pub(crate) const THRESHOLD: Method = Method {
    id: "tie-threshold",
    what: "The difference of scores up to which two responses count as equal, chosen on the same cases that it is reported for.",
    source: "Deutsch, Foster & Freitag 2023",
    ties: "do not matter",
    missing: "pairs with a missing rank or score are left out",
};

/// The share of pairs that people order (not tie) which scores order alike; a tie of the scores counts one half.
pub(crate) fn accuracy(counts: PairCounts) -> Option<f64> {
    let ordered = counts.concordant + counts.discordant + counts.tied_y_only;
    let right = counts.concordant as f64 + 0.5 * counts.tied_y_only as f64;
    (ordered > 0).then(|| right / ordered as f64)
}

/// A measure at its best threshold.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(crate) struct Calibrated {
    /// The measure there, mean over groups.
    pub value: f64,
    /// The measure where only equal scores are equal.
    pub at_zero: f64,
    /// The smallest threshold that gives the best value, within 1e-12.
    pub threshold: f64,
    /// How many groups have a pair.
    pub groups: usize,
    /// How many pairs they have.
    pub pairs: usize,
}

/// A pair of a group: from which threshold on it is a tie of the scores, and what it then adds to the agreements.
struct Pair {
    from: f64,
    size: usize,
    gain: i64,
}

/// Calibrates ties: over all differences of two scores within a group as thresholds, the one at which the mean measure
/// of the groups is best (Deutsch, Foster & Freitag 2023). A group is people's values and scores of the same things.
/// `None` when no group has a pair.
pub(crate) fn calibrate(groups: &[(Vec<f64>, Vec<f64>)]) -> Option<Calibrated> {
    let mut pairs: Vec<Pair> = Vec::new();
    // Agreements by number of pairs: sums of whole numbers, so that what is equally good is exactly equal.
    let mut right: std::collections::BTreeMap<usize, i64> = std::collections::BTreeMap::new();
    let mut used = 0;
    for (people, scores) in groups {
        let n = people.len().min(scores.len());
        let size = n * n.saturating_sub(1) / 2;
        if size == 0 {
            continue;
        }
        used += 1;
        for i in 0..n {
            for j in 0..i {
                let tied = people[i].total_cmp(&people[j]).is_eq();
                let alike = (people[i] > people[j]) == (scores[i] > scores[j]);
                let apart = !tied && alike;
                *right.entry(size).or_default() += i64::from(apart);
                pairs.push(Pair {
                    from: (scores[i] - scores[j]).abs(),
                    size,
                    gain: i64::from(tied) - i64::from(apart),
                });
            }
        }
    }
    if used == 0 {
        return None;
    }
    let mean = |right: &std::collections::BTreeMap<usize, i64>| {
        let shares = right.iter().map(|(size, n)| *n as f64 / *size as f64);
        shares.sum::<f64>() / used as f64
    };
    pairs.sort_by(|a, b| a.from.total_cmp(&b.from));
    let mut values: Vec<(f64, f64)> = Vec::new();
    if pairs.first().is_some_and(|p| p.from > 0.0) {
        values.push((0.0, mean(&right)));
    }
    for level in pairs.chunk_by(|a, b| a.from.total_cmp(&b.from).is_eq()) {
        for pair in level {
            *right.entry(pair.size).or_default() += pair.gain;
        }
        values.push((level[0].from, mean(&right)));
    }
    let best = values.iter().map(|v| v.1).fold(f64::MIN, f64::max);
    let (threshold, value) = values.iter().find(|v| v.1 > best - 1e-12).copied()?;
    Some(Calibrated {
        value,
        at_zero: values[0].1,
        threshold,
        groups: used,
        pairs: pairs.len(),
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_threshold_makes_the_ties_that_people_make() {
        // Two equally good answers whose scores differ by little, and one that is clearly worse.
        let group = (vec![2.0, 2.0, 1.0], vec![0.81, 0.80, 0.2]);
        let found = calibrate(std::slice::from_ref(&group)).expect("pairs");
        assert!((found.at_zero - 2.0 / 3.0).abs() < 1e-15);
        assert!((found.value - 1.0).abs() < 1e-15);
        assert!((found.threshold - 0.01).abs() < 1e-12);
        assert_eq!((found.groups, found.pairs), (1, 3));
        assert_eq!(calibrate(&[(vec![1.0], vec![1.0])]), None);
    }

    #[test]
    fn a_tie_of_the_scores_is_half_right() {
        let counts = PairCounts::of(&[3.0, 2.0, 1.0], &[0.9, 0.9, 0.1]);
        assert!((accuracy(counts).expect("pairs") - 2.5 / 3.0).abs() < 1e-15);
        assert_eq!(accuracy(PairCounts::of(&[1.0, 1.0], &[0.1, 0.2])), None);
    }
}
