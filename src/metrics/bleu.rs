//! BLEU of one response, as sacrebleu computes it.
//!
//! In: a response and its references. Out: BLEU from 0 to 100 with what it was made of. Never: a corpus score; a mean of
//! sentence scores is not the BLEU of a corpus, and reports say which one they show.
//!
//! Sources: K. Papineni et al., "BLEU" (ACL 2002); M. Post, "A Call for Clarity in Reporting BLEU Scores" (WMT 2018);
//! B. Chen and C. Cherry, "A Systematic Comparison of Smoothing Techniques" (WMT 2014); sacrebleu 2.6.0,
//! `sacrebleu/metrics/bleu.py`.

use super::ngram::{self, Counts, Ids, LONGEST};
use super::words::{international_13a, is_space, split};
use super::{Lexical, Reading};

/// BLEU with runs of up to four tokens cut by 13a.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(crate) struct Bleu {
    /// Whether only run lengths that the response has are averaged: right for single sentences.
    pub effective_order: bool,
    /// Whether case is ignored.
    pub lower_case: bool,
}

impl Bleu {
    /// sacrebleu's BLEU of single sentences.
    pub(crate) const DEFAULT: Bleu = Bleu {
        effective_order: true,
        lower_case: false,
    };
}

/// BLEU and its parts.
#[derive(Clone, Debug, PartialEq)]
pub(crate) struct Parts {
    /// 0 to 100.
    pub score: f64,
    /// For each run length its smoothed precision, 0 to 100.
    pub precisions: [f64; LONGEST],
    /// 0 to 1: below 1 where the response is shorter than the reference.
    pub brevity_penalty: f64,
    /// Tokens of the response.
    pub response_len: usize,
    /// Tokens of the reference whose length is nearest, the shorter among equals.
    pub reference_len: usize,
    /// For each run length the matches.
    pub matches: [f64; LONGEST],
    /// For each run length the runs of the response.
    pub runs: [f64; LONGEST],
}

impl Bleu {
    /// The score and what it was made of.
    pub(crate) fn parts(self, response: &str, references: &[&str]) -> Parts {
        let line = |text: &str| {
            let text = text.trim_end_matches(is_space);
            if self.lower_case {
                international_13a(&text.to_lowercase())
            } else {
                international_13a(text)
            }
        };
        let response = line(response);
        let references: Vec<String> = references.iter().map(|r| line(r)).collect();
        let mut ids = Ids::default();
        let response = ids.of_words(split(&response));
        let references: Vec<Vec<u32>> = references.iter().map(|r| ids.of_words(split(r))).collect();
        let mut matches = [0.0; LONGEST];
        let mut runs = [0.0; LONGEST];
        for n in 1..=LONGEST {
            let mut most = Counts::default();
            for reference in &references {
                for (run, count) in ngram::count(reference, n, 32) {
                    let most = most.entry(run).or_default();
                    *most = count.max(*most);
                }
            }
            matches[n - 1] = ngram::common(&ngram::count(&response, n, 32), &most) as f64;
            runs[n - 1] = ngram::total(response.len(), n) as f64;
        }
        let reference_len = references
            .iter()
            .map(Vec::len)
            .min_by_key(|len| (len.abs_diff(response.len()), *len))
            .unwrap_or_default();
        self.of_counts(matches, runs, response.len(), reference_len)
    }

    fn of_counts(
        self,
        matches: [f64; LONGEST],
        runs: [f64; LONGEST],
        response_len: usize,
        reference_len: usize,
    ) -> Parts {
        let mut parts = Parts {
            score: 0.0,
            precisions: [0.0; LONGEST],
            brevity_penalty: brevity_penalty(response_len, reference_len),
            response_len,
            reference_len,
            matches,
            runs,
        };
        if matches.iter().all(|m| *m == 0.0) {
            return parts;
        }
        let mut halves = 1.0;
        let mut order = LONGEST;
        for n in 1..=LONGEST {
            let (hits, all) = (parts.matches[n - 1], parts.runs[n - 1]);
            if all == 0.0 {
                break;
            }
            if self.effective_order {
                order = n;
            }
            parts.precisions[n - 1] = if hits > 0.0 {
                100.0 * hits / all
            } else {
                // Half, a quarter, an eighth … of a match, as `mteval-v13a` does.
                halves *= 2.0;
                100.0 / (halves * all)
            };
        }
        let logs: f64 = parts.precisions[..order].iter().map(|p| log(*p)).sum();
        parts.score = parts.brevity_penalty * (logs / order as f64).exp();
        parts
    }
}

fn brevity_penalty(response: usize, reference: usize) -> f64 {
    if response >= reference {
        1.0
    } else if response == 0 {
        0.0
    } else {
        (1.0 - reference as f64 / response as f64).exp()
    }
}

/// sacrebleu's logarithm: that of 0 is a very small number, not an infinity.
fn log(x: f64) -> f64 {
    if x == 0.0 { -9_999_999_999.0 } else { x.ln() }
}

impl Lexical for Bleu {
    fn name(&self) -> &'static str {
        "bleu"
    }

    fn signature(&self, references: usize) -> String {
        format!(
            "nrefs:{references}|case:{}|eff:{}|tok:13a|smooth:exp|version:2.6.0",
            if self.lower_case { "lc" } else { "mixed" },
            if self.effective_order { "yes" } else { "no" },
        )
    }

    fn score(&self, reading: &Reading) -> f64 {
        self.parts(reading.response, reading.references).score
    }
}
