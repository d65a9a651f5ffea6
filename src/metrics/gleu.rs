//! Google BLEU (GLEU): runs of one to four tokens in common, over the larger number of runs.
//!
//! In: a response and its references. Out: 0 to 1; with several references, the best one's. Never: smoothing.
//!
//! Sources: Y. Wu et al., "Google's Neural Machine Translation System" (2016), section 5.2; NLTK 3.10.4's
//! `nltk/translate/gleu_score.py` over 13a tokens, as the metric `google_bleu` of Hugging Face's `evaluate` calls it.

use super::ngram::{self, Ids, LONGEST};
use super::words::{international_13a, split};
use super::{Lexical, Reading};

/// Google BLEU over runs of one to four tokens cut by 13a.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(crate) struct GoogleBleu;

impl Lexical for GoogleBleu {
    fn name(&self) -> &'static str {
        "google_bleu"
    }

    fn signature(&self, references: usize) -> String {
        format!("nrefs:{references}|tok:13a|min:1|max:4|nltk:3.10.4")
    }

    fn score(&self, reading: &Reading) -> f64 {
        let response = international_13a(reading.response);
        let references: Vec<_> = reading
            .references
            .iter()
            .map(|r| international_13a(r))
            .collect();
        let mut ids = Ids::default();
        let response = ids.of_words(split(&response));
        let counts: Vec<_> = (1..=LONGEST)
            .map(|n| ngram::count(&response, n, 32))
            .collect();
        let runs = |len: usize| (1..=LONGEST).map(|n| ngram::total(len, n)).sum::<u64>();
        references
            .iter()
            .map(|reference| {
                let reference = ids.of_words(split(reference));
                let matched: u64 = counts
                    .iter()
                    .zip(1..)
                    .map(|(counts, n)| ngram::common(counts, &ngram::count(&reference, n, 32)))
                    .sum();
                let all = runs(response.len()).max(runs(reference.len()));
                if all == 0 {
                    0.0
                } else {
                    matched as f64 / all as f64
                }
            })
            .fold(0.0, f64::max)
    }
}
