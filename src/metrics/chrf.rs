//! chrF and chrF++: runs of letters, and of words, in common.
//!
//! In: a response and its references. Out: the F-score from 0 to 100; with several references, the best one's. Never:
//! case or order changed unless asked.
//!
//! Sources: M. Popović, "chrF" (WMT 2015) and "chrF++" (WMT 2017); sacrebleu 2.6.0, `sacrebleu/metrics/chrf.py`.

use super::ngram::{self, Ids};
use super::words::{chrf_words, is_space};
use super::{Lexical, Reading};

/// The longest run of letters.
const LETTERS: usize = 6;

/// chrF with runs of up to six letters.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(crate) struct Chrf {
    /// The longest run of words: 0 for chrF, 2 for chrF++.
    pub words: usize,
    /// How much more recall weighs than precision; 2 by default.
    pub beta: f64,
    /// Whether case is ignored.
    pub lower_case: bool,
    /// Whether white space counts as letters.
    pub white_space: bool,
    /// Whether run lengths that one text lacks count as nearly nothing instead of being left out.
    pub epsilon: bool,
}

impl Chrf {
    /// sacrebleu's `chrF2`.
    pub(crate) const CHRF: Chrf = Chrf {
        words: 0,
        beta: 2.0,
        lower_case: false,
        white_space: false,
        epsilon: false,
    };
    /// sacrebleu's `chrF2++`, the study's chrF++.
    pub(crate) const PLUS_PLUS: Chrf = Chrf {
        words: 2,
        ..Chrf::CHRF
    };

    /// For each run length: runs of the response, of the reference, and in common.
    fn statistics(response: &Runs, reference: &Runs) -> Vec<[f64; 3]> {
        response
            .0
            .iter()
            .zip(&reference.0)
            .map(|(a, b)| {
                let (all, of) = (a.1 as f64, b.1 as f64);
                // Runs that no reference could have had do not count against the response.
                let all = if b.1 == 0 { 0.0 } else { all };
                [all, of, ngram::common(&a.0, &b.0) as f64]
            })
            .collect()
    }

    /// The F-score of these counts, 0 to 100.
    fn f_score(&self, statistics: &[[f64; 3]]) -> f64 {
        const EPSILON: f64 = 1e-16;
        let factor = self.beta * self.beta;
        let (mut smoothed, mut precision, mut recall) = (0.0, 0.0, 0.0);
        let mut orders = 0.0;
        for [of_response, of_reference, matched] in statistics {
            let share = |all: f64| if all > 0.0 { matched / all } else { EPSILON };
            let (p, r) = (share(*of_response), share(*of_reference));
            let weight = factor * p + r;
            smoothed += if weight > 0.0 {
                (1.0 + factor) * p * r / weight
            } else {
                EPSILON
            };
            if *of_response > 0.0 && *of_reference > 0.0 {
                precision += p;
                recall += r;
                orders += 1.0;
            }
        }
        if self.epsilon {
            return 100.0 * smoothed / statistics.len() as f64;
        }
        if orders == 0.0 {
            return 0.0;
        }
        let (precision, recall) = (precision / orders, recall / orders);
        if precision + recall == 0.0 {
            return 0.0;
        }
        100.0 * (1.0 + factor) * precision * recall / (factor * precision + recall)
    }

    fn runs<'t>(&self, text: &'t str, ids: &mut Ids<'t>) -> Runs {
        let letters: Vec<u32> = text
            .chars()
            .filter(|c| self.white_space || !is_space(*c))
            .map(u32::from)
            .collect();
        let mut runs: Vec<_> = (1..=LETTERS)
            .map(|n| {
                (
                    ngram::count(&letters, n, 21),
                    ngram::total(letters.len(), n),
                )
            })
            .collect();
        if self.words > 0 {
            let words = ids.of_words(chrf_words(text));
            for n in 1..=self.words {
                runs.push((ngram::count(&words, n, 32), ngram::total(words.len(), n)));
            }
        }
        Runs(runs)
    }
}

/// For each run length the runs of a text and how many there are.
struct Runs(Vec<(ngram::Counts, u64)>);

impl Lexical for Chrf {
    fn name(&self) -> &'static str {
        if self.words > 0 { "chrf++" } else { "chrf" }
    }

    fn signature(&self, references: usize) -> String {
        format!(
            "nrefs:{references}|case:{}|eff:{}|nc:6|nw:{}|space:{}|version:2.6.0",
            if self.lower_case { "lc" } else { "mixed" },
            if self.epsilon { "no" } else { "yes" },
            self.words,
            if self.white_space { "yes" } else { "no" },
        )
    }

    fn score(&self, reading: &Reading) -> f64 {
        let cased = |text: &str| {
            if self.lower_case {
                text.to_lowercase()
            } else {
                text.to_owned()
            }
        };
        let response = cased(reading.response);
        let references: Vec<String> = reading.references.iter().map(|r| cased(r)).collect();
        let mut ids = Ids::default();
        let response = self.runs(&response, &mut ids);
        references
            .iter()
            .map(|reference| {
                let reference = self.runs(reference, &mut ids);
                self.f_score(&Self::statistics(&response, &reference))
            })
            .reduce(|best, next| if next > best { next } else { best })
            .unwrap_or_default()
    }
}
