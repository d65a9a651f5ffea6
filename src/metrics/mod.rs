//! Metrics: how alike two texts are, and how long one is.
//!
//! In: a response and the gold responses beside it. Out: scores that equal those of the reference implementations in
//! Python, to the last digits, and estimated numbers of tokens. Never: a score whose method is not named.
//!
//! A metric is one file and one row of [`LEXICAL`].

pub(crate) mod bleu;
pub(crate) mod chrf;
pub(crate) mod given;
pub(crate) mod gleu;
#[cfg(test)]
mod golden;
pub(crate) mod meteor;
pub(crate) mod near;
mod ngram;
pub(crate) mod porter;
mod punkt;
pub(crate) mod rouge;
pub(crate) mod score_tables;
pub(crate) mod scores;
pub(crate) mod tokens;
mod treebank;
mod wordnet;
mod words;

use bleu::Bleu;
use chrf::Chrf;
use gleu::GoogleBleu;
use meteor::Meteor;
use rouge::{Kind, Rouge, Tokenizer};

/// A response beside the texts it is measured against.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Reading<'t> {
    pub response: &'t str,
    /// The gold responses, at least one.
    pub references: &'t [&'t str],
}

/// A number for how good a response is, judged by its references.
pub(crate) trait Metric: Sync {
    /// Its name in files and reports.
    fn name(&self) -> &'static str;
    /// Everything that the number depends on, with the version of the implementation that it equals.
    fn signature(&self, references: usize) -> String;
    /// The score: 0 to 100 for BLEU and chrF, as their implementation has it, 0 to 1 for all others. More is better.
    fn score(&self, reading: &Reading) -> f64;
}

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
