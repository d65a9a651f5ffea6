//! Exact fractions, so that what is equal compares as equal.
//!
//! In: a whole number over a whole number, such as a sum of ranks over how many there are. Out: differences and an
//! order without rounding: 5/3 - 4/3 is 1/3, which it is not in floating point. Never: sums of many denominators.

use std::cmp::Ordering;

/// A fraction; its denominator is above 0. Sums of a case's ranks stay far below the 31 bits in which nothing overflows.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Ratio {
    numerator: i64,
    denominator: i64,
}

impl Ratio {
    /// `numerator / denominator`; `None` where the denominator is not above 0.
    pub(crate) fn new(numerator: i64, denominator: i64) -> Option<Self> {
        (denominator > 0).then_some(Ratio {
            numerator,
            denominator,
        })
    }

    /// The nearest floating-point number: equal fractions give equal numbers, since division rounds correctly.
    pub(crate) fn value(self) -> f64 {
        self.numerator as f64 / self.denominator as f64
    }

    /// `self - other`.
    #[must_use]
    pub(crate) fn minus(self, other: Ratio) -> Ratio {
        Ratio {
            numerator: self.numerator * other.denominator - other.numerator * self.denominator,
            denominator: self.denominator * other.denominator,
        }
    }

    /// Its distance from 0.
    #[must_use]
    pub(crate) fn size(self) -> Ratio {
        Ratio {
            numerator: self.numerator.abs(),
            denominator: self.denominator,
        }
    }

    /// -1, 0 or 1.
    pub(crate) fn sign(self) -> i64 {
        self.numerator.signum()
    }
}

impl Ord for Ratio {
    fn cmp(&self, other: &Self) -> Ordering {
        let side = |a: &Ratio, b: &Ratio| i128::from(a.numerator) * i128::from(b.denominator);
        side(self, other).cmp(&side(other, self))
    }
}

impl PartialOrd for Ratio {
    fn partial_cmp(&self, other: &Self) -> Option<Ordering> {
        Some(self.cmp(other))
    }
}

impl PartialEq for Ratio {
    fn eq(&self, other: &Self) -> bool {
        self.cmp(other).is_eq()
    }
}

impl Eq for Ratio {}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn thirds_are_exact() {
        let of = |a, b| Ratio::new(a, b).expect("a fraction");
        let third = of(5, 3).minus(of(4, 3));
        assert_eq!(third, of(1, 3));
        let rounded = of(5, 3).value() - of(4, 3).value() - of(1, 3).value();
        assert!(rounded.abs() > 0.0, "floating point does not see it");
        assert_eq!(of(1, 2).minus(of(5, 6)).size(), third);
        assert_eq!(of(1, 2).minus(of(5, 6)).sign(), -1);
        assert!(of(2, 6) < of(1, 2) && of(-1, 2) < of(0, 7));
        assert_eq!(Ratio::new(1, 0), None);
    }
}
