//! Whether two things correlate equally well with a third, all measured on the same cases.
//!
//! In: the three correlations and how many cases they rest on. Out: a statistic and its two-sided p; `None` where
//! it is undefined (fewer than four cases, or two of the three are the same).

use super::distribution::t_two_sided;
use super::method::Method;
use super::paired::Test;

/// Williams' test of two metrics' correlations with the clinicians' ranks.
pub(crate) const WILLIAMS: Method = Method {
    id: "williams",
    what: "Williams' test of whether two metrics' Pearson correlations with the clinicians' ranks are equal, over all responses that have a rank and both scores; two-sided p. It takes responses as independent, which those to one instruction are not.",
    source: "Williams 1959; Steiger 1980, equation 7; as in the WMT metrics task",
    ties: "do not matter",
    missing: "responses without a rank or one of the scores are left out",
};

/// Williams' p.
pub(crate) const WILLIAMS_HOLM: Method = Method {
    id: "williams-holm",
    what: "Williams' p, adjusted for all pairs of metrics by Holm's method.",
    source: "Holm 1979",
    ties: "as in the test",
    missing: "undefined tests do not count",
};

/// The correlations of two things with a third and with each other.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(crate) struct Three {
    /// The first with the third.
    pub first: f64,
    /// The second with the third.
    pub second: f64,
    /// The first with the second.
    pub between: f64,
    /// On how many cases.
    pub n: usize,
}

impl Three {
    /// Williams' t with n - 3 degrees of freedom (Williams 1959; Steiger 1980, Psychological Bulletin 87:245, equation 7).
    pub(crate) fn williams(self) -> Test {
        let Three {
            first,
            second,
            between,
            n,
        } = self;
        let cases = n as f64;
        let determinant = 1.0 - first * first - second * second - between * between
            + 2.0 * first * second * between;
        let mean = f64::midpoint(first, second);
        let spread = 2.0 * (cases - 1.0) / (cases - 3.0) * determinant
            + mean * mean * (1.0 - between).powi(3);
        let t = (n > 3 && spread > 0.0)
            .then(|| (first - second) * ((cases - 1.0) * (1.0 + between)).sqrt() / spread.sqrt());
        Test {
            statistic: t,
            p: t.and_then(|t| t_two_sided(t, n - 3)),
            n,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn equal_correlations_do_not_differ() {
        let three = Three {
            first: 0.4,
            second: 0.4,
            between: 0.2,
            n: 50,
        };
        assert!((three.williams().p.expect("a p") - 1.0).abs() < 1e-12);
        assert_eq!(Three { n: 3, ..three }.williams().p, None);
    }
}
