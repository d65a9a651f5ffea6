//! Intervals: what range the data leave for a proportion or for any statistic of a sample of cases.
//!
//! In: counts, values, or a function of resampled cases. Out: lower and upper bounds of a 95% interval and the n.
//! Undefined samples are left out and counted.

use rayon::prelude::*;

use super::distribution::{Z_95, t_95};
use super::method::Method;
use super::random::Random;

/// Share of judgements that are correct.
pub(crate) const WILSON: Method = Method {
    id: "wilson",
    what: "Share of judgements that are correct, with Wilson's 95% score interval.",
    source: "Wilson 1927",
    ties: "do not matter",
    missing: "left out of the share; unsure counts as missing",
};

/// Share of judgements that are correct.
pub(crate) const CLUSTERED_SHARE: Method = Method {
    id: "share-bootstrap",
    what: "Share of judgements that are correct, pooled over reviewers, with the 95% percentile interval of a bootstrap over cases.",
    source: "Efron 1979; cases are resampled with all of their reviewers",
    ties: "do not matter",
    missing: "left out of the share; unsure counts as missing",
};

/// Mean of the ranks as given.
pub(crate) const RANK_GIVEN: Method = Method {
    id: "mean-rank-given",
    what: "Mean of the ranks as given, with the 95% percentile interval of a bootstrap over cases.",
    source: "the MedAlign study's empirical mean; Efron 1979",
    ties: "as numbered in the table; in a review file a rank is 1 and as many as are ranked better (1, 2, 2, 4), so that it does not depend on how the better ones tie",
    missing: "left out of the mean",
};

/// Mean of the ranks after numbering each reviewer's order of a case anew.
pub(crate) const RANK_AVERAGED: Method = Method {
    id: "mean-rank-averaged",
    what: "Mean of the ranks after numbering each reviewer's order of a case anew, with the 95% percentile interval of a bootstrap over cases.",
    source: "average (fractional) ranking; Efron 1979",
    ties: "equals share the mean of their places",
    missing: "the models ranked are numbered among themselves",
};

/// Share of a model's ranks that are this one.
pub(crate) const RANK_SHARE: Method = Method {
    id: "rank-share",
    what: "Share of a model's ranks that are this one.",
    source: "plain share",
    ties: "as numbered in the table; in a review file a rank is 1 and as many as are ranked better (1, 2, 2, 4), so that it does not depend on how the better ones tie",
    missing: "left out of the share",
};

/// Mean of the ranks within a kind, as numbered, with its score interval.
pub(crate) const RANK_IN_KIND: Method = Method {
    id: "mean-rank-score",
    what: "Mean of the ranks as given, with a 95% score interval between 1 and the number of models (Wilson's with the effective sample size and t in place of z); ranks are taken as independent.",
    source: "the MedAlign study's empirical mean; Wilson 1927; Kish 1965",
    ties: "as numbered in the table; in a review file a rank is 1 and as many as are ranked better (1, 2, 2, 4), so that it does not depend on how the better ones tie",
    missing: "left out of the mean",
};

/// Quartile of the minutes from opening a case to submitting it, pauses included, by linear interpolation.
pub(crate) const TIME: Method = Method {
    id: "minutes",
    what: "Quartile of the minutes from opening a case to submitting it, pauses included, by linear interpolation.",
    source: "Hyndman & Fan 1996, type 7",
    ties: "do not matter",
    missing: "cases that are not submitted, or without a time, are left out",
};

/// A two-sided 95% interval.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(crate) struct Interval {
    /// The lower bound.
    pub low: f64,
    /// The upper bound.
    pub high: f64,
}

/// Wilson's score interval of a proportion (Wilson 1927); `None` when `trials` is 0.
pub(crate) fn wilson(successes: usize, trials: usize) -> Option<Interval> {
    (trials > 0).then(|| score(successes as f64 / trials as f64, trials as f64, Z_95))
}

/// The proportions `x` with `|p - x| <= z √(x (1 - x) / n)`.
fn score(p: f64, n: f64, z: f64) -> Interval {
    let z2 = z * z;
    let centre = (p + z2 / (2.0 * n)) / (1.0 + z2 / n);
    let half = z / (1.0 + z2 / n) * (p * (1.0 - p) / n + z2 / (4.0 * n * n)).sqrt();
    Interval {
        low: (centre - half).clamp(0.0, 1.0),
        high: (centre + half).clamp(0.0, 1.0),
    }
}

/// The score interval of a mean of values between `least` and `most`: Wilson's, with as many trials as would give the
/// mean's standard error (the effective sample size, Kish 1965), and t with n - 1 degrees of freedom in place of z. It
/// never leaves the scale. Where all values are equal each counts as one trial. Missing values are left out, `None` for
/// fewer than two.
pub(crate) fn bounded_mean(values: &[Option<f64>], least: f64, most: f64) -> Option<Interval> {
    let (Some(mean), n) = mean(values) else {
        return None;
    };
    let span = most - least;
    if n < 2 || span <= 0.0 {
        return None;
    }
    let share = ((mean - least) / span).clamp(0.0, 1.0);
    let squares: f64 = values.iter().flatten().map(|v| (v - mean).powi(2)).sum();
    let variance = squares / (n - 1) as f64 / (span * span);
    let trials = if variance > 1e-12 && share > 0.0 && share < 1.0 {
        share * (1.0 - share) * n as f64 / variance
    } else {
        n as f64
    };
    let found = score(share, trials, t_95(n - 1)?);
    Some(Interval {
        low: least + span * found.low,
        high: least + span * found.high,
    })
}

/// The mean and how many values there were; missing ones are left out. `None` when none is there.
pub(crate) fn mean(values: &[Option<f64>]) -> (Option<f64>, usize) {
    let present: Vec<f64> = values.iter().copied().flatten().collect();
    let n = present.len();
    ((n > 0).then(|| present.iter().sum::<f64>() / n as f64), n)
}

/// The normal interval of a mean, `mean ± 1.96 s / √n`, as for the mean taus of the reference values; it may leave the
/// scale, so tables of bounded values take [`bounded_mean`]; missing values are left out, `None` for fewer than two.
pub(crate) fn normal_of_mean(values: &[Option<f64>]) -> Option<Interval> {
    let (Some(mean), n) = mean(values) else {
        return None;
    };
    if n < 2 {
        return None;
    }
    let squares: f64 = values.iter().flatten().map(|v| (v - mean).powi(2)).sum();
    let half = Z_95 * (squares / (n - 1) as f64 / n as f64).sqrt();
    Some(Interval {
        low: mean - half,
        high: mean + half,
    })
}

/// The quantile `p` (0 to 1) of sorted values with linear interpolation (Hyndman & Fan 1996, type 7).
pub(crate) fn quantile(sorted: &[f64], p: f64) -> Option<f64> {
    let last = sorted.len().checked_sub(1)?;
    let place = p.clamp(0.0, 1.0) * last as f64;
    let below = place.floor() as usize;
    let above = (below + 1).min(last);
    Some(sorted[below] + (place - below as f64) * (sorted[above] - sorted[below]))
}

/// How to resample.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Bootstrap {
    /// How many samples are drawn.
    pub samples: usize,
    /// The seed; equal seeds give equal intervals, whatever the number of threads.
    pub seed: u64,
}

impl Default for Bootstrap {
    fn default() -> Self {
        Bootstrap {
            samples: 10_000,
            seed: 1,
        }
    }
}

/// A bootstrap interval and how many samples it rests on.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(crate) struct Resampled {
    /// The percentile interval; `None` when no sample was defined, or there is one case only.
    pub interval: Option<Interval>,
    /// Samples on which the statistic was defined.
    pub defined: usize,
}

impl Resampled {
    /// The percentile interval of a statistic's values on the samples.
    pub(crate) fn of(values: impl Iterator<Item = f64>) -> Self {
        let mut values: Vec<f64> = values.collect();
        values.sort_unstable_by(f64::total_cmp);
        let ends = quantile(&values, 0.025).zip(quantile(&values, 0.975));
        Resampled {
            interval: ends.map(|(low, high)| Interval { low, high }),
            defined: values.len(),
        }
    }
}

impl Bootstrap {
    /// The values of several statistics on each sample, resampling `units` cases; none where there are fewer than two.
    ///
    /// `statistics` gets how often each case was drawn. Sample `i` draws from stream `i` of the seed, so the result does
    /// not depend on the order or the number of threads.
    pub(crate) fn draws<F>(self, units: usize, statistics: F) -> Vec<Vec<Option<f64>>>
    where
        F: Fn(&[u32]) -> Vec<Option<f64>> + Sync,
    {
        // One case drawn again and again says nothing of how far another one might be.
        if units < 2 {
            return Vec::new();
        }
        (0..self.samples)
            .into_par_iter()
            .map_init(
                || vec![0u32; units],
                |times, sample| {
                    let mut random = Random::new(self.seed, sample as u64);
                    times.fill(0);
                    for _ in 0..units {
                        times[random.below(units)] += 1;
                    }
                    statistics(times)
                },
            )
            .collect()
    }

    /// Percentile intervals (Efron 1979; 2.5% and 97.5%) of `count` statistics at once, see [`draws`](Self::draws).
    pub(crate) fn intervals<F>(self, units: usize, count: usize, statistics: F) -> Vec<Resampled>
    where
        F: Fn(&[u32]) -> Vec<Option<f64>> + Sync,
    {
        let drawn = self.draws(units, statistics);
        (0..count)
            .into_par_iter()
            .map(|which| Resampled::of(drawn.iter().filter_map(|s| s.get(which).copied()?)))
            .collect()
    }

    /// The percentile interval of a mean; missing values are left out beforehand.
    pub(crate) fn of_mean(self, values: &[Option<f64>]) -> Resampled {
        let present: Vec<f64> = values.iter().copied().flatten().collect();
        let found = self.intervals(present.len(), 1, |times| {
            let sum: f64 = times
                .iter()
                .zip(&present)
                .map(|(&t, v)| f64::from(t) * v)
                .sum();
            vec![Some(sum / present.len() as f64)]
        });
        found[0]
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn wilson_of_a_textbook_case() {
        // Newcombe 1998, table I: 81 of 263.
        let found = wilson(81, 263).expect("trials");
        assert!((found.low - 0.2553).abs() < 5e-5 && (found.high - 0.3662).abs() < 5e-5);
        assert_eq!(wilson(0, 0), None);
        assert!(wilson(0, 10).expect("trials").low.abs() < 1e-15);
    }

    #[test]
    fn means_of_bounded_values_stay_on_their_scale() {
        let some = |values: &[f64]| values.iter().copied().map(Some).collect::<Vec<_>>();
        // The normal interval is 0.006 to 5.994 of ranks between 1 and 6.
        for values in [[1.0, 5.0], [1.0, 6.0], [6.0, 6.0], [1.0, 1.0], [2.0, 2.0]] {
            let found = bounded_mean(&some(&values), 1.0, 6.0).expect("two");
            let mean = f64::midpoint(values[0], values[1]);
            assert!(1.0 <= found.low && found.low <= mean, "{found:?}");
            assert!(mean <= found.high && found.high <= 6.0, "{found:?}");
            assert!(
                found.high - found.low > 1.0,
                "two values say little: {found:?}"
            );
        }
        // Of zeros and ones it is Wilson's with n - 1 trials, for the variance is p (1 - p) n / (n - 1).
        let ones: Vec<_> = (0..400)
            .map(|i| Some(f64::from(u8::from(i % 4 == 0))))
            .collect();
        let (found, plain) = (
            bounded_mean(&ones, 0.0, 1.0).expect("many"),
            wilson(100, 400).expect("many"),
        );
        assert!((found.low - plain.low).abs() < 1e-3 && (found.high - plain.high).abs() < 1e-3);
        // Many values off the ends: the normal interval.
        let many: Vec<_> = (0..2_000).map(|i| Some(f64::from(1 + i % 6))).collect();
        let (found, plain) = (
            bounded_mean(&many, 1.0, 6.0).expect("many"),
            normal_of_mean(&many).expect("many"),
        );
        assert!((found.low - plain.low).abs() < 1e-3 && (found.high - plain.high).abs() < 1e-3);
        assert_eq!(bounded_mean(&some(&[1.0]), 1.0, 6.0), None);
        assert_eq!(bounded_mean(&some(&[1.0, 1.0]), 1.0, 1.0), None);
    }

    #[test]
    fn quantiles_interpolate() {
        assert_eq!(quantile(&[1.0, 2.0, 3.0, 4.0], 0.5), Some(2.5));
        assert_eq!(quantile(&[5.0], 0.025), Some(5.0));
        assert_eq!(quantile(&[], 0.5), None);
    }

    #[test]
    fn the_bootstrap_covers_what_theory_says() {
        let values: Vec<Option<f64>> = (0..200).map(|i| Some(f64::from(i % 10))).collect();
        let normal = normal_of_mean(&values).expect("two values");
        let boot = Bootstrap {
            samples: 2_000,
            seed: 3,
        }
        .of_mean(&values);
        let found = boot.interval.expect("values");
        assert_eq!(boot.defined, 2_000);
        assert!((found.low - normal.low).abs() < 0.05 && (found.high - normal.high).abs() < 0.05);
    }

    #[test]
    fn the_number_of_threads_does_not_matter() {
        let values: Vec<Option<f64>> = (0..50).map(|i| Some(f64::from(i * i % 17))).collect();
        let run = |threads| {
            rayon::ThreadPoolBuilder::new()
                .num_threads(threads)
                .build()
                .expect("threads")
                .install(|| {
                    Bootstrap {
                        samples: 500,
                        seed: 9,
                    }
                    .of_mean(&values)
                })
        };
        assert_eq!(run(1), run(5));
    }

    #[test]
    fn missing_and_undefined_are_counted() {
        assert_eq!(mean(&[Some(1.0), None, Some(3.0)]), (Some(2.0), 2));
        assert_eq!(mean(&[None]), (None, 0));
        assert_eq!(normal_of_mean(&[Some(1.0)]), None);
        let none = Bootstrap {
            samples: 10,
            seed: 1,
        }
        .of_mean(&[None]);
        assert_eq!(
            none,
            Resampled {
                interval: None,
                defined: 0
            }
        );
    }
}
