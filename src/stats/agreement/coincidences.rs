//! Krippendorff's alpha, of any number of raters with any values missing.
//!
//! In: units with one number a rater or none. Out: how often two values stand in the same unit, and alpha.

use super::Agreement;
use crate::stats::correlation::ratio;
use crate::stats::method::Method;

/// Krippendorff's alpha of the judgements, nominal, with the 95% percentile interval of a bootstrap over cases.
pub(crate) const ALPHA_NOMINAL: Method = Method {
    id: "krippendorff-nominal",
    what: "Krippendorff's alpha of the judgements, nominal, with the 95% percentile interval of a bootstrap over cases.",
    source: "Krippendorff 2011; Efron 1979",
    ties: "do not matter",
    missing: "unsure counts as missing; responses with fewer than two judgements are left out",
};

/// Alpha with unsure as a level.
pub(crate) const ALPHA_UNSURE: Method = Method {
    id: "krippendorff-nominal-unsure",
    what: "Krippendorff's alpha of correct, incorrect and unsure, nominal, with the 95% percentile interval of a bootstrap over cases.",
    source: "Krippendorff 2011; Efron 1979",
    ties: "do not matter",
    missing: "unsure is a third level; responses with fewer than two verdicts are left out",
};

/// Krippendorff's alpha of the ranks as given, ordinal, with the 95% percentile interval of a bootstrap over cases.
pub(crate) const ALPHA_ORDINAL: Method = Method {
    id: "krippendorff-ordinal",
    what: "Krippendorff's alpha of the ranks as given, ordinal, with the 95% percentile interval of a bootstrap over cases.",
    source: "Krippendorff 2011; Efron 1979",
    ties: "equal ranks agree",
    missing: "responses with fewer than two ranks are left out",
};

/// Krippendorff's alpha of the ranks as given, interval, with the 95% percentile interval of a bootstrap over cases.
pub(crate) const ALPHA_INTERVAL: Method = Method {
    id: "krippendorff-interval",
    what: "Krippendorff's alpha of the ranks as given, interval, with the 95% percentile interval of a bootstrap over cases.",
    source: "Krippendorff 2011; Efron 1979",
    ties: "equal ranks agree",
    missing: "responses with fewer than two ranks are left out",
};

/// Krippendorff's alpha of the harm stated (none, mild, moderate, severe), ordinal, with the 95% percentile interval of a bootstrap over cases.
pub(crate) const HARM_ALPHA: Method = Method {
    id: "krippendorff-harm",
    what: "Krippendorff's alpha of the harm stated (none, mild, moderate, severe), ordinal, with the 95% percentile interval of a bootstrap over cases.",
    source: "Krippendorff 2011; Efron 1979",
    ties: "equal levels agree",
    missing: "responses with fewer than two statements are left out",
};

/// How far apart two values are, for Krippendorff's alpha.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Scale {
    /// Equal or not.
    Nominal,
    /// By how many values lie between them.
    Ordinal,
    /// By their difference.
    Interval,
}

/// The coincidences of values within units, from which Krippendorff's alpha follows. Those of cases can be added up.
#[derive(Clone, Debug, PartialEq)]
pub(crate) struct Coincidences {
    /// The values that occur, the smallest first.
    values: Vec<f64>,
    /// How often row and column were given to the same unit, each unit with its ratings less one as the divisor.
    counts: Vec<f64>,
    units: f64,
}

impl Coincidences {
    /// None yet, between the values of `units`, whatever their number of ratings.
    pub(crate) fn new(units: &[Vec<Option<f64>>]) -> Self {
        let known = units.iter().flatten().copied().flatten();
        // Adding 0 makes -0 equal to 0 in the total order too.
        let mut values: Vec<f64> = known.filter(|v| !v.is_nan()).map(|v| v + 0.0).collect();
        values.sort_by(f64::total_cmp);
        values.dedup();
        Coincidences {
            counts: vec![0.0; values.len() * values.len()],
            values,
            units: 0.0,
        }
    }

    /// Adds one unit's ratings; fewer than two add nothing.
    pub(crate) fn add(&mut self, ratings: &[Option<f64>]) {
        let level = |v: f64| self.values.partition_point(|&other| other < v);
        let known = ratings.iter().copied().flatten().filter(|v| !v.is_nan());
        let places: Vec<usize> = known.map(level).collect();
        if places.len() < 2 {
            return;
        }
        self.units += 1.0;
        for (i, &a) in places.iter().enumerate() {
            for (j, &b) in places.iter().enumerate() {
                if let (true, Some(count)) =
                    (i != j, self.counts.get_mut(a * self.values.len() + b))
                {
                    *count += 1.0 / (places.len() - 1) as f64;
                }
            }
        }
    }

    /// Adds `times` copies of others between the same values.
    pub(crate) fn add_times(&mut self, other: &Coincidences, times: f64) {
        self.units += times * other.units;
        for (sum, part) in self.counts.iter_mut().zip(&other.counts) {
            *sum += times * part;
        }
    }

    /// Krippendorff's alpha (Krippendorff 2011), `1 - D_o / D_e`; `None` where all ratings are equal.
    pub(crate) fn alpha(&self, scale: Scale) -> Agreement {
        let k = self.values.len();
        let totals: Vec<f64> = self
            .counts
            .chunks(k.max(1))
            .map(|row| row.iter().sum())
            .collect();
        let ratings: f64 = totals.iter().sum();
        let distance = |a: usize, b: usize| match scale {
            Scale::Nominal => 1.0,
            Scale::Ordinal => {
                let between: f64 = totals[a.min(b)..=a.max(b)].iter().sum();
                (between - f64::midpoint(totals[a], totals[b])).powi(2)
            }
            Scale::Interval => (self.values[a] - self.values[b]).powi(2),
        };
        let (mut seen, mut expected) = (0.0, 0.0);
        // The matrix is symmetric, so half of it is enough.
        for a in 0..k {
            for b in a + 1..k {
                let apart = distance(a, b);
                seen += 2.0 * self.counts[a * k + b] * apart;
                expected += 2.0 * totals[a] * totals[b] * apart;
            }
        }
        Agreement {
            value: ratio(seen * (ratings - 1.0), expected).map(|share| 1.0 - share),
            units: self.units as usize,
            ratings: ratings.round() as usize,
        }
    }
}

/// Krippendorff's alpha of units. Any number of raters; missing ratings (and NaN) are allowed, units with fewer than two
/// are left out. See [`Coincidences::alpha`].
#[cfg(test)]
pub(crate) fn krippendorff(units: &[Vec<Option<f64>>], scale: Scale) -> Agreement {
    let mut coincidences = Coincidences::new(units);
    for unit in units {
        coincidences.add(unit);
    }
    coincidences.alpha(scale)
}
