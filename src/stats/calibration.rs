//! How far stated confidence and what turns out correct are apart.
//!
//! In: confidences between 0 and 1, each with whether it was right and how often it counts. Out: means by bins of
//! confidence, and the expected calibration error, between 0 and 1. An empty set has none.

use super::correlation::ratio;
use super::method::Method;

/// Into how many equally wide bins confidences are sorted; the upper bound belongs to a bin, 0 to the first one.
pub(crate) const BINS: usize = 10;

/// The mean confidence of a bin.
pub(crate) const CONFIDENCE: Method = Method {
    id: "mean-confidence",
    what: "Mean of the confidences in a tenth of the scale.",
    source: "Guo et al. 2017 (reliability diagram)",
    ties: "do not matter",
    missing: "responses without a confidence or a judgement are left out",
};

/// The share correct of a bin.
pub(crate) const SHARE: Method = Method {
    id: "confidence-correct",
    what: "Share of the responses in a tenth of the scale of confidence that are judged correct, with Wilson's 95% score interval.",
    source: "Guo et al. 2017 (reliability diagram); Wilson 1927",
    ties: "do not matter",
    missing: "responses without a confidence or a judgement are left out; unsure counts as missing",
};

/// The expected calibration error.
pub(crate) const ECE: Method = Method {
    id: "ece",
    what: "Expected calibration error: the distance of mean confidence and share correct in each tenth of the scale, weighted by its responses, with the 95% percentile interval of a bootstrap over cases.",
    source: "Naeini, Cooper & Hauskrecht 2015; Guo et al. 2017; Efron 1979",
    ties: "a confidence on a border belongs to the tenth below it",
    missing: "responses without a confidence or a judgement are left out; unsure counts as missing",
};

/// How far confidence is above correctness.
pub(crate) const OVERCONFIDENCE: Method = Method {
    id: "overconfidence",
    what: "Mean confidence less the share correct, with the 95% percentile interval of a bootstrap over cases; above 0 the model is overconfident.",
    source: "plain difference; Efron 1979",
    ties: "do not matter",
    missing: "responses without a confidence or a judgement are left out; unsure counts as missing",
};

/// Sums by bin: how many count, their confidences, how many are right.
#[derive(Clone, Debug, Default, PartialEq)]
pub(crate) struct Bins([(f64, f64, f64); BINS]);

impl Bins {
    /// Adds a confidence that counts `times`.
    pub(crate) fn add(&mut self, confidence: f64, right: bool, times: f64) {
        let bin = (confidence * BINS as f64).ceil() as usize;
        let bin = &mut self.0[bin.clamp(1, BINS) - 1];
        bin.0 += times;
        bin.1 += times * confidence;
        bin.2 += if right { times } else { 0.0 };
    }

    /// A bin's mean confidence, share right and count; `None` where it is empty.
    pub(crate) fn bin(&self, bin: usize) -> Option<(f64, f64, f64)> {
        let &(n, confidence, right) = self.0.get(bin)?;
        (n > 0.0).then(|| (confidence / n, right / n, n))
    }

    /// The expected calibration error (Naeini et al. 2015): Σ |right - confidence| over the bins, by the count of all.
    pub(crate) fn expected_error(&self) -> Option<f64> {
        let apart = self
            .0
            .iter()
            .map(|(_, confidence, right)| (right - confidence).abs());
        ratio(apart.sum(), self.count())
    }

    /// Mean confidence less the share right.
    pub(crate) fn overconfidence(&self) -> Option<f64> {
        let above = self
            .0
            .iter()
            .map(|(_, confidence, right)| confidence - right);
        ratio(above.sum(), self.count())
    }

    fn count(&self) -> f64 {
        self.0.iter().map(|bin| bin.0).sum()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn borders_belong_to_the_bin_below() {
        let mut bins = Bins::default();
        for confidence in [0.0, 0.1, 0.100_001, 1.0] {
            bins.add(confidence, true, 1.0);
        }
        let counts: Vec<f64> = (0..BINS).filter_map(|b| Some(bins.bin(b)?.2)).collect();
        assert_eq!(counts, [2.0, 1.0, 1.0]);
    }

    #[test]
    fn errors_do_not_cancel_between_bins() {
        let mut bins = Bins::default();
        bins.add(0.2, true, 1.0);
        bins.add(0.8, false, 1.0);
        assert!((bins.expected_error().expect("two") - 0.8).abs() < 1e-15);
        assert!(bins.overconfidence().expect("two").abs() < 1e-15);
        assert_eq!(Bins::default().expected_error(), None);
    }
}
