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

/// Counts per unit and level; units with fewer than two ratings are left out.
fn counts(units: &[Vec<Option<usize>>], levels: usize) -> Vec<Vec<f64>> {
    units
        .iter()
        .map(|ratings| {
            let mut count = vec![0.0; levels];
            for &level in ratings.iter().flatten() {
                if let Some(slot) = count.get_mut(level) {
                    *slot += 1.0;
                }
            }
            count
        })
        .filter(|count| count.iter().sum::<f64>() >= 2.0)
        .collect()
}

fn rated(value: Option<f64>, counts: &[Vec<f64>]) -> Agreement {
    Agreement {
        value,
        units: counts.len(),
        ratings: counts.iter().flatten().sum::<f64>() as usize,
    }
}

/// The mean over units of the share of rater pairs that agree; `None` without units.
fn observed(counts: &[Vec<f64>]) -> Option<f64> {
    let per_unit = counts.iter().map(|count| {
        let n: f64 = count.iter().sum();
        count.iter().map(|c| c * (c - 1.0)).sum::<f64>() / (n * (n - 1.0))
    });
    ratio(per_unit.sum(), counts.len() as f64)
}

fn beyond_chance(observed: Option<f64>, expected: Option<f64>) -> Option<f64> {
    ratio(observed? - expected?, 1.0 - expected?)
}

/// Raw agreement: the mean over units of the share of rater pairs that agree.
pub fn raw(units: &[Vec<Option<usize>>], levels: usize) -> Agreement {
    let counts = counts(units, levels);
    rated(observed(&counts), &counts)
}

/// Cohen's kappa of two raters (Cohen 1960, 1968), `1 - Σwo / Σwe`. Pairs where one rating is missing are left out;
/// levels are numbered from 0 in their order, unused ones in between keep their distance.
pub fn cohen(
    pairs: &[(Option<usize>, Option<usize>)],
    levels: usize,
    weights: Weights,
) -> Agreement {
    let both: Vec<(usize, usize)> = pairs
        .iter()
        .filter_map(|&(a, b)| Some((a?, b?)))
        .filter(|&(a, b)| a < levels && b < levels)
        .collect();
    let weight = |a: usize, b: usize| {
        let apart = a.abs_diff(b) as f64;
        match weights {
            Weights::Unweighted => f64::from(u8::from(a != b)),
            Weights::Linear => apart,
            Weights::Quadratic => apart * apart,
        }
    };
    let (mut first, mut second) = (vec![0.0; levels], vec![0.0; levels]);
    let mut seen = 0.0;
    for &(a, b) in &both {
        first[a] += 1.0;
        second[b] += 1.0;
        seen += weight(a, b);
    }
    let mut expected = 0.0;
    for (a, na) in first.iter().enumerate() {
        for (b, nb) in second.iter().enumerate() {
            expected += weight(a, b) * na * nb;
        }
    }
    Agreement {
        value: ratio(seen * both.len() as f64, expected).map(|share| 1.0 - share),
        units: both.len(),
        ratings: 2 * both.len(),
    }
}

/// Fleiss' kappa (Fleiss 1971). With equally many ratings a unit it is his; otherwise each unit counts with its own
/// pairs and the levels' shares are pooled over all ratings of units with at least two.
pub fn fleiss(units: &[Vec<Option<usize>>], levels: usize) -> Agreement {
    let counts = counts(units, levels);
    let all: f64 = counts.iter().flatten().sum();
    let expected = (all > 0.0).then(|| {
        (0..levels)
            .map(|level| (counts.iter().map(|c| c[level]).sum::<f64>() / all).powi(2))
            .sum()
    });
    rated(beyond_chance(observed(&counts), expected), &counts)
}

/// Randolph's free-marginal kappa (Randolph 2005): chance agreement is 1 / levels.
pub fn free_marginal(units: &[Vec<Option<usize>>], levels: usize) -> Agreement {
    let counts = counts(units, levels);
    let expected = (levels > 0).then(|| 1.0 / levels as f64);
    rated(beyond_chance(observed(&counts), expected), &counts)
}

/// Gwet's AC1 (Gwet 2008) for any number of raters: chance agreement is `Σ π(1 - π) / (levels - 1)`, π the mean over
/// all rated units (one rating is enough) of a level's share. `None` with fewer than two levels.
pub fn gwet_ac1(units: &[Vec<Option<usize>>], levels: usize) -> Agreement {
    let pairs = counts(units, levels);
    let mut shares = vec![0.0; levels];
    let mut rated_units = 0.0;
    for ratings in units {
        let known: Vec<usize> = ratings
            .iter()
            .flatten()
            .copied()
            .filter(|&l| l < levels)
            .collect();
        for &level in &known {
            shares[level] += 1.0 / known.len() as f64;
        }
        rated_units += f64::from(u8::from(!known.is_empty()));
    }
    let expected = (levels > 1 && rated_units > 0.0).then(|| {
        let sum: f64 = shares
            .iter()
            .map(|s| s / rated_units * (1.0 - s / rated_units))
            .sum();
        sum / (levels - 1) as f64
    });
    rated(beyond_chance(observed(&pairs), expected), &pairs)
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

/// Krippendorff's alpha (Krippendorff 2011), `1 - D_o / D_e` over the coincidences of all pairs of ratings within a
/// unit. Any number of raters; missing ratings (and NaN) are allowed, units with fewer than two are left out.
pub fn krippendorff(units: &[Vec<Option<f64>>], scale: Scale) -> Agreement {
    let units: Vec<Vec<f64>> = units
        .iter()
        .map(|u| {
            u.iter()
                .copied()
                .flatten()
                .filter(|v| !v.is_nan())
                .collect()
        })
        .filter(|u: &Vec<f64>| u.len() >= 2)
        .collect();
    let mut values: Vec<f64> = units.iter().flatten().copied().collect();
    let ratings = values.len();
    values.sort_by(f64::total_cmp);
    values.dedup();
    let level = |v: f64| values.partition_point(|&other| other < v);
    let k = values.len();
    let mut coincidences = vec![vec![0.0; k]; k];
    for unit in &units {
        for (i, &a) in unit.iter().enumerate() {
            for (j, &b) in unit.iter().enumerate() {
                if i != j {
                    coincidences[level(a)][level(b)] += 1.0 / (unit.len() - 1) as f64;
                }
            }
        }
    }
    let totals: Vec<f64> = coincidences.iter().map(|row| row.iter().sum()).collect();
    let distance = |a: usize, b: usize| {
        if a == b {
            return 0.0;
        }
        match scale {
            Scale::Nominal => 1.0,
            Scale::Ordinal => {
                let between: f64 = totals[a.min(b)..=a.max(b)].iter().sum();
                (between - f64::midpoint(totals[a], totals[b])).powi(2)
            }
            Scale::Interval => (values[a] - values[b]).powi(2),
            Scale::Ratio => ((values[a] - values[b]) / (values[a] + values[b])).powi(2),
        }
    };
    let (mut seen, mut expected) = (0.0, 0.0);
    for a in 0..k {
        for b in 0..k {
            seen += coincidences[a][b] * distance(a, b);
            expected += totals[a] * totals[b] * distance(a, b);
        }
    }
    Agreement {
        value: ratio(seen * (ratings as f64 - 1.0), expected).map(|share| 1.0 - share),
        units: units.len(),
        ratings,
    }
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
