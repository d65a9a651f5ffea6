//! Agreement between reviewers beyond chance.
//!
//! In: rows of units (what was rated), each with one rating a rater or none; a rating is a level counted from 0, or
//! a number for Krippendorff's alpha. Out: the coefficient with how many units and ratings it rests on. A
//! coefficient whose expected disagreement is 0 (only one level was ever used) is `None`.

pub(crate) mod coincidences;
pub(crate) mod confusion;
pub(crate) mod labels;
pub(crate) mod votes;

#[cfg(test)]
pub(crate) use coincidences::krippendorff;
pub(crate) use coincidences::{Coincidences, Scale};
#[cfg(test)]
pub(crate) use confusion::cohen;
pub(crate) use confusion::{Confusion, Weights};
pub(crate) use labels::Labels;
pub(crate) use votes::Votes;
#[cfg(test)]
pub(crate) use votes::{fleiss, gwet_ac1, raw};

use super::correlation::ratio;

/// A coefficient of agreement: 1 is perfect, 0 what chance gives.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(crate) struct Agreement {
    /// The coefficient; `None` where it is undefined.
    pub value: Option<f64>,
    /// Units with at least two ratings, on which the agreement is seen.
    pub units: usize,
    /// Ratings of these units.
    pub ratings: usize,
}

/// Agreement corrected for chance: (observed - expected) / (1 - expected); `None` where chance alone agrees always.
pub(crate) fn beyond_chance(observed: Option<f64>, expected: Option<f64>) -> Option<f64> {
    ratio(observed? - expected?, 1.0 - expected?)
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
