//! Agreement between reviewers beyond chance.
//!
//! In: rows of units (what was rated), each with one rating a rater or none; a rating is a level counted from 0, or
//! a number for Krippendorff's alpha. Out: the coefficient with how many units and ratings it rests on. A
//! coefficient whose expected disagreement is 0 (only one level was ever used) is `None`.

use super::correlation::ratio;

/// A coefficient of agreement: 1 is perfect, 0 what chance gives.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Agreement {
    /// The coefficient; `None` where it is undefined.
    pub value: Option<f64>,
    /// Units with at least two ratings, on which the agreement is seen.
    pub units: usize,
    /// Ratings of these units.
    pub ratings: usize,
}

/// How much a disagreement between two levels weighs.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Weights {
    /// All disagreements weigh the same.
    Unweighted,
    /// As far as the levels are apart (Cicchetti & Allison 1971).
    Linear,
    /// As the square of that (Fleiss & Cohen 1973).
    Quadratic,
}

/// What units' ratings add up to: all that raw agreement, Fleiss', Randolph's and Gwet's coefficients need. Sums of
/// cases can be added up, so that cases can be resampled without looking at their ratings again.
#[derive(Clone, Debug, PartialEq)]
pub struct Votes {
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
    pub fn new(levels: usize) -> Self {
        Votes {
            units: 0.0,
            agreeing: 0.0,
            levels: vec![0.0; levels],
            rated: 0.0,
            shares: vec![0.0; levels],
        }
    }

    /// All units.
    pub fn of(units: &[Vec<Option<usize>>], levels: usize) -> Self {
        let mut votes = Votes::new(levels);
        for unit in units {
            votes.add(unit);
        }
        votes
    }

    /// Adds one unit's ratings; levels that are not known are left out.
    pub fn add(&mut self, ratings: &[Option<usize>]) {
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
    pub fn add_times(&mut self, other: &Votes, times: f64) {
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
    pub fn raw(&self) -> Agreement {
        self.agreement(self.observed())
    }

    /// Fleiss' kappa (Fleiss 1971). With equally many ratings a unit it is his; otherwise each unit counts with its own
    /// pairs and the levels' shares are pooled over all ratings of units with at least two.
    pub fn fleiss(&self) -> Agreement {
        let all: f64 = self.levels.iter().sum();
        let expected = (all > 0.0).then(|| self.levels.iter().map(|l| (l / all).powi(2)).sum());
        self.agreement(beyond_chance(self.observed(), expected))
    }

    /// Randolph's free-marginal kappa (Randolph 2005): chance agreement is 1 / levels.
    pub fn free_marginal(&self) -> Agreement {
        let levels = self.levels.len();
        let expected = (levels > 0).then(|| 1.0 / levels as f64);
        self.agreement(beyond_chance(self.observed(), expected))
    }

    /// Gwet's AC1 (Gwet 2008) for any number of raters: chance agreement is `Σ π(1 - π) / (levels - 1)`, π the mean over
    /// all rated units (one rating is enough) of a level's share. `None` with fewer than two levels.
    pub fn gwet_ac1(&self) -> Agreement {
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

/// Agreement corrected for chance: (observed - expected) / (1 - expected); `None` where chance alone agrees always.
pub fn beyond_chance(observed: Option<f64>, expected: Option<f64>) -> Option<f64> {
    ratio(observed? - expected?, 1.0 - expected?)
}

/// Raw agreement, see [`Votes::raw`].
pub fn raw(units: &[Vec<Option<usize>>], levels: usize) -> Agreement {
    Votes::of(units, levels).raw()
}

/// How often two raters gave each pair of levels, from which Cohen's kappa follows. Those of cases can be added up.
#[derive(Clone, Debug, PartialEq)]
pub struct Confusion {
    levels: usize,
    counts: Vec<f64>,
}

impl Confusion {
    /// No pair yet.
    pub fn new(levels: usize) -> Self {
        Confusion {
            levels,
            counts: vec![0.0; levels * levels],
        }
    }

    /// Adds one pair of ratings; a pair of which one is missing or no level is left out.
    pub fn add(&mut self, first: Option<usize>, second: Option<usize>) {
        if let (Some(a), Some(b)) = (first, second)
            && a < self.levels
            && b < self.levels
        {
            self.counts[a * self.levels + b] += 1.0;
        }
    }

    /// Adds `times` copies of others over the same levels.
    pub fn add_times(&mut self, other: &Confusion, times: f64) {
        for (sum, part) in self.counts.iter_mut().zip(&other.counts) {
            *sum += times * part;
        }
    }

    /// How many pairs there are.
    pub fn n(&self) -> f64 {
        self.counts.iter().sum()
    }

    /// The share of pairs that agree; `None` without pairs.
    pub fn raw(&self) -> Agreement {
        let agreeing: f64 = (0..self.levels)
            .map(|l| self.counts[l * (self.levels + 1)])
            .sum();
        self.agreement(ratio(agreeing, self.n()))
    }

    /// Cohen's kappa (Cohen 1960, 1968), `1 - Σwo / Σwe`. Levels are numbered from 0 in their order, unused ones in
    /// between keep their distance.
    pub fn kappa(&self, weights: Weights) -> Agreement {
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
pub fn cohen(
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

/// Fleiss' kappa, see [`Votes::fleiss`].
pub fn fleiss(units: &[Vec<Option<usize>>], levels: usize) -> Agreement {
    Votes::of(units, levels).fleiss()
}

/// Randolph's free-marginal kappa, see [`Votes::free_marginal`].
pub fn free_marginal(units: &[Vec<Option<usize>>], levels: usize) -> Agreement {
    Votes::of(units, levels).free_marginal()
}

/// Gwet's AC1, see [`Votes::gwet_ac1`].
pub fn gwet_ac1(units: &[Vec<Option<usize>>], levels: usize) -> Agreement {
    Votes::of(units, levels).gwet_ac1()
}

/// How far apart two values are, for Krippendorff's alpha.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Scale {
    /// Equal or not.
    Nominal,
    /// By how many values lie between them.
    Ordinal,
    /// By their difference.
    Interval,
    /// By their difference over their sum.
    Ratio,
}

/// The coincidences of values within units, from which Krippendorff's alpha follows. Those of cases can be added up.
#[derive(Clone, Debug, PartialEq)]
pub struct Coincidences {
    /// The values that occur, the smallest first.
    values: Vec<f64>,
    /// How often row and column were given to the same unit, each unit with its ratings less one as the divisor.
    counts: Vec<f64>,
    units: f64,
}

impl Coincidences {
    /// None yet, between the values of `units`, whatever their number of ratings.
    pub fn new(units: &[Vec<Option<f64>>]) -> Self {
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
    pub fn add(&mut self, ratings: &[Option<f64>]) {
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
    pub fn add_times(&mut self, other: &Coincidences, times: f64) {
        self.units += times * other.units;
        for (sum, part) in self.counts.iter_mut().zip(&other.counts) {
            *sum += times * part;
        }
    }

    /// Krippendorff's alpha (Krippendorff 2011), `1 - D_o / D_e`; `None` where all ratings are equal.
    pub fn alpha(&self, scale: Scale) -> Agreement {
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
            Scale::Ratio => {
                let sum = self.values[a] + self.values[b];
                ((self.values[a] - self.values[b]) / sum).powi(2)
            }
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
pub fn krippendorff(units: &[Vec<Option<f64>>], scale: Scale) -> Agreement {
    let mut coincidences = Coincidences::new(units);
    for unit in units {
        coincidences.add(unit);
    }
    coincidences.alpha(scale)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn near(found: Agreement, value: f64, tolerance: f64) {
        let got = found.value.expect("defined");
        assert!((got - value).abs() < tolerance, "{got} is not {value}");
    }

    /// A table of counts as single ratings: one unit for each.
    fn pairs(table: [[usize; 2]; 2]) -> Vec<(Option<usize>, Option<usize>)> {
        let mut pairs = Vec::new();
        for (a, row) in table.iter().enumerate() {
            for (b, &count) in row.iter().enumerate() {
                pairs.extend(std::iter::repeat_n((Some(a), Some(b)), count));
            }
        }
        pairs
    }

    #[test]
    fn cohen_of_a_textbook_table() {
        near(
            cohen(&pairs([[20, 5], [10, 15]]), 2, Weights::Unweighted),
            0.4,
            1e-12,
        );
        assert_eq!(
            cohen(&pairs([[3, 0], [0, 0]]), 2, Weights::Unweighted).value,
            None
        );
        let one_missing = [(Some(0), None), (Some(1), Some(1)), (Some(0), Some(0))];
        assert_eq!(cohen(&one_missing, 2, Weights::Linear).units, 2);
    }

    #[test]
    fn ac1_stands_where_kappa_falls() {
        // Gwet 2008: 118 + 0 agreements of 125, nearly all in one level.
        let pairs = pairs([[118, 5], [2, 0]]);
        let units: Vec<_> = pairs.iter().map(|&(a, b)| vec![a, b]).collect();
        near(raw(&units, 2), 0.944, 1e-12);
        near(gwet_ac1(&units, 2), 0.940_776, 1e-6);
        near(cohen(&pairs, 2, Weights::Unweighted), -0.0234, 1e-4);
    }

    #[test]
    fn krippendorff_of_his_own_example() {
        let n = None;
        let raters: [[Option<i32>; 12]; 4] = [
            [
                Some(1),
                Some(2),
                Some(3),
                Some(3),
                Some(2),
                Some(1),
                Some(4),
                Some(1),
                Some(2),
                n,
                n,
                n,
            ],
            [
                Some(1),
                Some(2),
                Some(3),
                Some(3),
                Some(2),
                Some(2),
                Some(4),
                Some(1),
                Some(2),
                Some(5),
                n,
                Some(3),
            ],
            [
                n,
                Some(3),
                Some(3),
                Some(3),
                Some(2),
                Some(3),
                Some(4),
                Some(2),
                Some(2),
                Some(5),
                Some(1),
                n,
            ],
            [
                Some(1),
                Some(2),
                Some(3),
                Some(3),
                Some(2),
                Some(4),
                Some(4),
                Some(1),
                Some(2),
                Some(5),
                Some(1),
                n,
            ],
        ];
        let units: Vec<Vec<Option<f64>>> = (0..12)
            .map(|u| raters.iter().map(|r| r[u].map(f64::from)).collect())
            .collect();
        near(krippendorff(&units, Scale::Nominal), 0.743, 5e-4);
        near(krippendorff(&units, Scale::Ordinal), 0.815, 5e-4);
        near(krippendorff(&units, Scale::Interval), 0.849, 5e-4);
        near(krippendorff(&units, Scale::Ratio), 0.797, 5e-4);
        assert_eq!(krippendorff(&units, Scale::Nominal).units, 11);
    }

    #[test]
    fn nothing_to_compare_is_undefined() {
        let units = [vec![Some(1), None], vec![None, None]];
        assert_eq!(
            raw(&units, 2),
            Agreement {
                value: None,
                units: 0,
                ratings: 0
            }
        );
        assert_eq!(fleiss(&units, 2).value, None);
        assert_eq!(gwet_ac1(&units, 1).value, None);
        assert_eq!(
            krippendorff(&[vec![Some(1.0), Some(1.0)]], Scale::Ordinal).value,
            None
        );
    }
}
