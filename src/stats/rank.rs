//! Numbering ranks: what number equals get.
//!
//! In: values of which some may be missing, smallest first. Out: ranks in the same places, missing where the value
//! is. A higher score that is better is ranked by its negative.

/// What number tied values share.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Ties {
    /// The mean of the places they take: 1, 2.5, 2.5, 4.
    Average,
    /// The first of the places they take: 1, 2, 2, 4.
    Competition,
}

/// Ranks the values that are there; NaN counts as missing.
pub(crate) fn rank(values: &[Option<f64>], ties: Ties) -> Vec<Option<f64>> {
    // Adding 0 makes -0 equal to 0 in the total order too.
    let mut order: Vec<(f64, usize)> = values
        .iter()
        .enumerate()
        .filter_map(|(i, v)| v.filter(|v| !v.is_nan()).map(|v| (v + 0.0, i)))
        .collect();
    order.sort_by(|a, b| a.0.total_cmp(&b.0));
    let mut ranks = vec![None; values.len()];
    let mut place = 0;
    for tied in order.chunk_by(|a, b| a.0.total_cmp(&b.0).is_eq()) {
        let number = match ties {
            Ties::Average => f64::midpoint((place + 1) as f64, (place + tied.len()) as f64),
            Ties::Competition => (place + 1) as f64,
        };
        for &(_, i) in tied {
            ranks[i] = Some(number);
        }
        place += tied.len();
    }
    ranks
}

/// Average ranks of values that are all there.
pub(crate) fn average_ranks(values: &[f64]) -> Vec<f64> {
    let values: Vec<Option<f64>> = values.iter().copied().map(Some).collect();
    rank(&values, Ties::Average).into_iter().flatten().collect()
}

/// The sizes of the groups of equal values, smallest value first.
pub(crate) fn tie_sizes(values: &[f64]) -> Vec<usize> {
    let mut sorted: Vec<f64> = values.iter().map(|v| v + 0.0).collect();
    sorted.sort_by(f64::total_cmp);
    sorted
        .chunk_by(|a, b| a.total_cmp(b).is_eq())
        .map(<[f64]>::len)
        .collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn two_numberings_of_one_order() {
        let values = [Some(3.0), Some(1.0), None, Some(3.0), Some(7.0)];
        let ranked = |ties| rank(&values, ties);
        assert_eq!(
            ranked(Ties::Average),
            [Some(2.5), Some(1.0), None, Some(2.5), Some(4.0)]
        );
        assert_eq!(
            ranked(Ties::Competition),
            [Some(2.0), Some(1.0), None, Some(2.0), Some(4.0)]
        );
    }

    #[test]
    fn zeros_are_equal_and_nan_is_missing() {
        assert_eq!(average_ranks(&[-0.0, 0.0]), [1.5, 1.5]);
        assert_eq!(rank(&[Some(f64::NAN)], Ties::Average), [None]);
        assert_eq!(tie_sizes(&[2.0, 1.0, 2.0]), [1, 2]);
    }
}
