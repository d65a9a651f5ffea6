//! Metrics: how alike two texts are, and how long one is.
//!
//! In: a response and the gold responses beside it. Out: scores that equal those of the reference implementations in
//! Python, to the last digits, and estimated numbers of tokens. Never: a score whose method is not named.
//!
//! A metric is one file and one row of [`LEXICAL`].

#[cfg(feature = "neural")]
mod bertscore;
pub(crate) mod bleu;
#[cfg(feature = "neural")]
mod bleurt;
pub(crate) mod chrf;
#[cfg(feature = "neural")]
mod comet;
pub(crate) mod given;
pub(crate) mod gleu;
#[cfg(test)]
mod golden;
#[cfg(all(test, feature = "neural"))]
mod golden_models;
#[cfg(feature = "neural")]
mod hparams;
pub(crate) mod meteor;
pub(crate) mod models;
pub(crate) mod near;
mod ngram;
pub(crate) mod porter;
mod punkt;
pub(crate) mod rouge;
pub(crate) mod score_tables;
pub(crate) mod scores;
pub(crate) mod source;
pub(crate) mod tokens;
mod treebank;
#[cfg(feature = "neural")]
mod unieval;
mod wordnet;
mod words;

use rayon::prelude::*;

use bleu::Bleu;
use chrf::Chrf;
use gleu::GoogleBleu;
use meteor::Meteor;
use models::Snippets;
use rouge::{Kind, Rouge, Tokenizer};

use crate::error::Result;

/// A response beside the texts it is measured against.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Reading<'t> {
    pub response: &'t str,
    /// The gold responses, at least one.
    pub references: &'t [&'t str],
    /// Snippets of the record, for metrics that read a source; empty for all others.
    // Only language models read one.
    #[cfg_attr(not(feature = "neural"), allow(dead_code))]
    pub source: &'t str,
}

/// A number for how good a response is, judged by its references.
pub(crate) trait Metric: Sync {
    /// Its name in files and reports.
    fn name(&self) -> &'static str;
    /// Everything that the number depends on, with the version of the implementation that it equals.
    fn signature(&self, references: usize) -> String;
    /// The scores, one a response: 0 to 100 for BLEU and chrF, as their implementation has it, 0 to 1 for all others of words. More is
    /// better. What is scored together does not change a score.
    ///
    /// # Errors
    /// When a language model cannot take a text; those of words take any.
    fn score_all(&self, readings: &[Reading<'_>]) -> Result<Vec<f64>>;
    /// How many responses are scored before what is there is worth keeping.
    fn together(&self) -> usize {
        MANY
    }
    /// What of the record it reads as the source, where it reads one.
    fn source(&self) -> Option<Snippets> {
        None
    }
}

/// A metric of words: each response for itself, in no time.
pub(crate) trait Lexical: Sync {
    /// See [`Metric::name`].
    fn name(&self) -> &'static str;
    /// See [`Metric::signature`].
    fn signature(&self, references: usize) -> String;
    /// The score.
    fn score(&self, reading: &Reading) -> f64;
}

impl<M: Lexical> Metric for M {
    fn name(&self) -> &'static str {
        Lexical::name(self)
    }

    fn signature(&self, references: usize) -> String {
        Lexical::signature(self, references)
    }

    fn score_all(&self, readings: &[Reading<'_>]) -> Result<Vec<f64>> {
        Ok(readings
            .par_iter()
            .map(|reading| self.score(reading))
            .collect())
    }
}

/// So many responses are scored by words at once, and so many by a language model.
const MANY: usize = 512;
#[cfg(feature = "neural")]
const FEW: usize = 32;

/// The metrics that compare words and letters, in the order of reports. ROUGE-L comes twice: as its package has it, and
/// over words as they stand, as the study's laboratory had it.
pub(crate) static LEXICAL: [&dyn Metric; 10] = [
    &Bleu::DEFAULT,
    &Chrf::CHRF,
    &Chrf::PLUS_PLUS,
    &GoogleBleu,
    &Rouge::new("rouge1", Kind::N(1), Tokenizer::Rouge { stem: false }),
    &Rouge::new("rouge2", Kind::N(2), Tokenizer::Rouge { stem: false }),
    &Rouge::new("rougeL", Kind::L, Tokenizer::Rouge { stem: false }),
    &Rouge::new("rougeLsum", Kind::LSum, Tokenizer::Rouge { stem: false }),
    &Rouge::new("rougeL_words", Kind::L, Tokenizer::Split),
    &Meteor::DEFAULT,
];
