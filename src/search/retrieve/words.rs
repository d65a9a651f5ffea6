//! Records by the words of an instruction: BM25.
//!
//! In: counts of the words in all records, and a formula. Out: the best records; the words that made one fit.

use rustc_hash::FxHashSet;

use super::Retriever;
use super::asks::Ask;
use super::counts::Counts;
use super::okapi::{self, Formula};
use super::tokens::Tokens;

/// BM25 over whole records.
#[derive(Clone, Copy, Debug)]
pub struct Words<'c> {
    counts: &'c Counts,
    tokens: Tokens,
    formula: Formula,
}

impl<'c> Words<'c> {
    /// Over counts of texts that were cut like this.
    pub fn new(counts: &'c Counts, tokens: Tokens, formula: Formula) -> Self {
        Words {
            counts,
            tokens,
            formula,
        }
    }

    /// The words of a text that a record has, with what each adds to its score, the heaviest first.
    pub fn matched(&self, text: &str, record: u32, most: usize) -> Vec<(String, f64)> {
        let (counts, formula) = (self.counts, self.formula);
        let mut words = self.tokens.words(text);
        words.sort_unstable();
        let mut all: Vec<(String, f64)> = Vec::new();
        for same in words.chunk_by(|a, b| a == b) {
            let once = okapi::weight(
                counts.postings(&same[0]),
                record,
                counts.lengths(),
                counts.statistics(),
                formula,
            );
            if once != 0.0 {
                all.push((same[0].clone(), once * same.len() as f64));
            }
        }
        all.sort_by(|a, b| b.1.total_cmp(&a.1).then_with(|| a.0.cmp(&b.0)));
        all.truncate(most);
        all
    }
}

impl Retriever for Words<'_> {
    type Found = u32;

    fn best(&self, text: &str, most: usize) -> Vec<(u32, f64)> {
        let counts = self.counts;
        let words = self.tokens.words(text);
        let query = words.iter().map(|w| counts.postings(w));
        let scores = okapi::scores(query, counts.lengths(), counts.statistics(), self.formula);
        let usable: Vec<f64> = counts
            .usable()
            .iter()
            .map(|r| scores[*r as usize])
            .collect();
        // Where no score is above 0 any order is that of the files: no record fits.
        if !usable.iter().any(|s| *s > 0.0) {
            return Vec::new();
        }
        okapi::top(&usable, most)
            .into_iter()
            .map(|(place, score)| (counts.usable()[place as usize], score))
            .collect()
    }
}

/// All words of instructions.
pub fn vocabulary(asks: &[Ask], tokens: Tokens) -> FxHashSet<String> {
    asks.iter().flat_map(|a| tokens.words(&a.text)).collect()
}
