//! METEOR: words aligned by themselves, by their stems and by their synonyms.
//!
//! In: a response and its references. Out: 0 to 1; with several references, the best one's. Never: 1 for two equal texts of
//! few words: the penalty for pieces is at its largest there, in the reference implementation too.
//!
//! Sources: S. Banerjee and A. Lavie, "METEOR" (2005); A. Lavie and A. Agarwal (2007), whose parameters these are; NLTK
//! 3.10.4, `nltk/translate/meteor_score.py`, as the metric `meteor` of Hugging Face's `evaluate` calls it.

use rustc_hash::FxHashMap;

use super::porter;
use super::treebank;
use super::wordnet;
use super::{Lexical, Reading};

/// How much more recall weighs than precision.
const ALPHA: f64 = 0.9;
/// How fast the penalty grows with the pieces.
const BETA: f64 = 3.0;
/// The largest penalty.
const GAMMA: f64 = 0.5;

/// METEOR over NLTK's words.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Meteor {
    /// Whether words that are only synonyms stay apart.
    pub without_synonyms: bool,
}

/// Which word of a response stands for which word of the reference.
pub(crate) type Alignment = Vec<(usize, usize)>;

/// Words that are not aligned yet, each with its place in the text.
type Words = Vec<(usize, String)>;

impl Meteor {
    /// With synonyms, as the study's laboratory has it.
    pub(crate) const DEFAULT: Meteor = Meteor {
        without_synonyms: false,
    };

    /// The words of the response that are aligned with words of the reference, in the response's order.
    pub(crate) fn align(self, response: &[String], reference: &[String]) -> Alignment {
        let mut response = lower(response);
        let mut reference = lower(reference);
        let mut aligned = Alignment::new();
        align_equal(&mut response, &mut reference, &mut aligned);
        // The reference implementation goes on with the stems, not with the words: its synonyms are those of stems.
        for words in [&mut response, &mut reference] {
            for (_, word) in words {
                *word = porter::stem(word);
            }
        }
        align_equal(&mut response, &mut reference, &mut aligned);
        if !self.without_synonyms {
            align_synonyms(&response, &reference, &mut aligned);
        }
        aligned.sort_unstable();
        aligned
    }

    fn score_words(self, response: &[String], reference: &[String]) -> f64 {
        let aligned = self.align(response, reference);
        if aligned.is_empty() {
            return 0.0;
        }
        let matches = aligned.len() as f64;
        let precision = matches / response.len() as f64;
        let recall = matches / reference.len() as f64;
        let mean = precision * recall / (ALPHA * precision + (1.0 - ALPHA) * recall);
        let penalty = GAMMA * (pieces(&aligned) as f64 / matches).powf(BETA);
        (1.0 - penalty) * mean
    }
}

/// How many runs of neighbours that are neighbours in both texts an alignment has; 1 for an empty one.
pub(crate) fn pieces(aligned: &[(usize, usize)]) -> usize {
    1 + aligned
        .windows(2)
        .filter(|pair| pair[1] != (pair[0].0 + 1, pair[0].1 + 1))
        .count()
}

fn lower(words: &[String]) -> Words {
    words.iter().map(|w| w.to_lowercase()).enumerate().collect()
}

/// For each word, where it stands among these words, ascending.
fn places(words: &Words) -> FxHashMap<&str, Vec<usize>> {
    let mut places: FxHashMap<&str, Vec<usize>> = FxHashMap::default();
    for (at, (_, word)) in words.iter().enumerate() {
        places.entry(word).or_default().push(at);
    }
    places
}

/// Aligns equal words, from the end of the response, each with the last one that is free; what is aligned is taken out.
fn align_equal(response: &mut Words, reference: &mut Words, aligned: &mut Alignment) {
    let mut free = places(reference);
    let mut taken = (vec![false; response.len()], vec![false; reference.len()]);
    for (at, (place, word)) in response.iter().enumerate().rev() {
        if let Some(other) = free.get_mut(word.as_str()).and_then(Vec::pop) {
            aligned.push((*place, reference[other].0));
            taken.0[at] = true;
            taken.1[other] = true;
        }
    }
    keep_free(response, &taken.0);
    keep_free(reference, &taken.1);
}

fn keep_free(words: &mut Words, taken: &[bool]) {
    let mut taken = taken.iter();
    words.retain(|_| taken.next() == Some(&false));
}

/// Aligns words with synonyms, from the end of the response, each with the last one that is free.
fn align_synonyms(response: &Words, reference: &Words, aligned: &mut Alignment) {
    let mut free = places(reference);
    for (place, word) in response.iter().rev() {
        let last = wordnet::synonyms(word)
            .into_iter()
            .chain([word.as_str()])
            .filter_map(|name| free.get(name)?.last().copied())
            .max();
        if let Some(other) = last
            && let Some(places) = free.get_mut(reference[other].1.as_str())
        {
            places.pop();
            aligned.push((*place, reference[other].0));
        }
    }
}

impl Lexical for Meteor {
    fn name(&self) -> &'static str {
        "meteor"
    }

    fn signature(&self, references: usize) -> String {
        let wordnet = if self.without_synonyms { "no" } else { "3.0" };
        format!(
            "nrefs:{references}|tok:nltk|alpha:0.9|beta:3|gamma:0.5|stem:porter|wordnet:{wordnet}|nltk:3.10.4"
        )
    }

    fn score(&self, reading: &Reading) -> f64 {
        let response = treebank::words(reading.response);
        reading
            .references
            .iter()
            .map(|reference| self.score_words(&response, &treebank::words(reference)))
            .fold(0.0, f64::max)
    }
}
