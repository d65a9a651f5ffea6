//! ROUGE-N, ROUGE-L and ROUGE-Lsum as the Python package `rouge_score` 0.1.2 computes them.
//!
//! In: tokens of a target (reference) and a prediction. Out: precision, recall and F-measure, equal to the package's to
//! the last digits. Two tokenizers: the package's own (lower case, ASCII letters and digits only, stems on request),
//! and the white-space split that the study's lab used for its ROUGE-L.
//!
//! Sources: C.-Y. Lin, "ROUGE" (2004); `rouge_score/rouge_scorer.py`, `rouge_score/tokenize.py`.

use std::hash::Hash;

use rustc_hash::FxHashMap;

use super::{Lexical, Reading, porter};

/// Precision, recall and their harmonic mean, each 0 to 1.
#[derive(Clone, Copy, Debug, Default, PartialEq)]
pub(crate) struct Score {
    /// Share of the prediction that is in the target.
    pub precision: f64,
    /// Share of the target that is in the prediction.
    pub recall: f64,
    /// The harmonic mean of both; 0 where both are 0.
    pub f: f64,
}

impl Score {
    fn new(precision: f64, recall: f64) -> Self {
        let f = if precision + recall > 0.0 {
            2.0 * precision * recall / (precision + recall)
        } else {
            0.0
        };
        Score {
            precision,
            recall,
            f,
        }
    }

    /// The score of `hits` tokens in common.
    pub(crate) fn of(hits: usize, target: usize, prediction: usize) -> Self {
        if target == 0 || prediction == 0 {
            return Score::default();
        }
        Score::new(hits as f64 / prediction as f64, hits as f64 / target as f64)
    }
}

/// Which ROUGE.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Kind {
    /// Runs of so many tokens.
    N(usize),
    /// The longest common subsequence of the whole texts.
    L,
    /// The longest common subsequences of the texts' lines.
    LSum,
}

/// The F-measure of one kind of ROUGE, the best one over several references.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Rouge {
    name: &'static str,
    kind: Kind,
    tokenizer: Tokenizer,
}

impl Rouge {
    /// A metric with a name of its own.
    pub(crate) const fn new(name: &'static str, kind: Kind, tokenizer: Tokenizer) -> Self {
        Rouge {
            name,
            kind,
            tokenizer,
        }
    }

    /// Precision, recall and F-measure, those of the reference with the best F-measure.
    pub(crate) fn measure(&self, reading: &Reading) -> Score {
        let lines = |text: &str| match self.kind {
            Kind::LSum => sentences(text, self.tokenizer),
            Kind::N(_) | Kind::L => vec![self.tokenizer.tokens(text)],
        };
        let prediction = lines(reading.response);
        best(reading.references.iter().map(|reference| {
            let target = lines(reference);
            match self.kind {
                Kind::N(n) => rouge_n(&target[0], &prediction[0], n),
                Kind::L => rouge_l(&target[0], &prediction[0]),
                Kind::LSum => rouge_l_sum(&target, &prediction),
            }
        }))
    }
}

impl Lexical for Rouge {
    fn name(&self) -> &'static str {
        self.name
    }

    fn signature(&self, references: usize) -> String {
        let tokens = match self.tokenizer {
            Tokenizer::Rouge { stem: true } => "rouge|stem:porter",
            Tokenizer::Rouge { stem: false } => "rouge|stem:no",
            Tokenizer::Split => "split|stem:no",
        };
        format!("nrefs:{references}|measure:f|tok:{tokens}|rouge_score:0.1.2")
    }

    fn score(&self, reading: &Reading) -> f64 {
        self.measure(reading).f
    }
}

/// How text becomes tokens.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Tokenizer {
    /// Lower case; everything but `a-z0-9` separates. Letters beyond ASCII vanish.
    Rouge {
        /// Whether tokens of more than 3 letters become their Porter stems.
        stem: bool,
    },
    /// Python's `str.split()`: words as they stand between blanks, with case and punctuation.
    Split,
}

impl Tokenizer {
    /// The tokens of a text.
    pub(crate) fn tokens(self, text: &str) -> Vec<String> {
        match self {
            Tokenizer::Split => split(text).map(str::to_owned).collect(),
            Tokenizer::Rouge { stem } => text
                .to_lowercase()
                .split(|c: char| !matches!(c, 'a'..='z' | '0'..='9'))
                .filter(|t| !t.is_empty())
                .map(|t| {
                    if stem && t.len() > 3 {
                        porter::stem(t)
                    } else {
                        t.to_owned()
                    }
                })
                .collect(),
        }
    }
}

/// Python's `str.split()`: unlike Rust's, U+001C to U+001F separate too.
pub(crate) fn split(text: &str) -> impl Iterator<Item = &str> {
    text.split(|c: char| c.is_whitespace() || matches!(c, '\u{1c}'..='\u{1f}'))
        .filter(|t| !t.is_empty())
}

/// ROUGE-N: n-grams in common, each counted as often as it is in both. `n` is at least 1.
pub(crate) fn rouge_n<T: Eq + Hash>(target: &[T], prediction: &[T], n: usize) -> Score {
    let n = n.max(1);
    let grams = |tokens: &[T]| (tokens.len() + 1).saturating_sub(n);
    let mut counts: FxHashMap<&[T], usize> = FxHashMap::default();
    for gram in target.windows(n) {
        *counts.entry(gram).or_default() += 1;
    }
    let mut hits = 0_usize;
    for gram in prediction.windows(n) {
        if let Some(left) = counts.get_mut(gram)
            && *left > 0
        {
            *left -= 1;
            hits += 1;
        }
    }
    // The package divides by at least 1, so that no n-grams give 0.
    Score::new(
        hits as f64 / grams(prediction).max(1) as f64,
        hits as f64 / grams(target).max(1) as f64,
    )
}

/// ROUGE-L: the longest common subsequence.
pub(crate) fn rouge_l<T: Eq + Hash>(target: &[T], prediction: &[T]) -> Score {
    Score::of(
        common_subsequence(target, prediction),
        target.len(),
        prediction.len(),
    )
}

/// ROUGE-Lsum: for each sentence of the target, the union of its longest common subsequences with all sentences of
/// the prediction; each token counts as often as it is in both texts. Sentences are lines: see [`sentences`].
pub(crate) fn rouge_l_sum<T: Eq + Hash>(target: &[Vec<T>], prediction: &[Vec<T>]) -> Score {
    let length = |s: &[Vec<T>]| s.iter().map(Vec::len).sum::<usize>();
    let count = |sentences| {
        let mut counts: FxHashMap<&T, usize> = FxHashMap::default();
        for token in <&[Vec<T>]>::into_iter(sentences).flatten() {
            *counts.entry(token).or_default() += 1;
        }
        counts
    };
    let (mut in_target, mut in_prediction) = (count(target), count(prediction));
    let mut hits = 0;
    for sentence in target {
        let mut marked = vec![false; sentence.len()];
        for other in prediction {
            mark_subsequence(sentence, other, &mut marked);
        }
        for (token, _) in sentence.iter().zip(&marked).filter(|(_, m)| **m) {
            let (Some(a), Some(b)) = (in_target.get_mut(token), in_prediction.get_mut(token))
            else {
                continue;
            };
            if *a > 0 && *b > 0 {
                *a -= 1;
                *b -= 1;
                hits += 1;
            }
        }
    }
    Score::of(hits, length(target), length(prediction))
}

/// The lines of a text as tokens; empty lines are none.
pub(crate) fn sentences(text: &str, tokenizer: Tokenizer) -> Vec<Vec<String>> {
    text.split('\n')
        .filter(|line| !line.is_empty())
        .map(|line| tokenizer.tokens(line))
        .collect()
}

/// The score with the highest F-measure, the first among equals: how several references count.
pub(crate) fn best(scores: impl IntoIterator<Item = Score>) -> Score {
    scores
        .into_iter()
        .reduce(|best, next| if next.f > best.f { next } else { best })
        .unwrap_or_default()
}

/// The length of the longest common subsequence.
pub(crate) fn common_subsequence<T: Eq + Hash>(a: &[T], b: &[T]) -> usize {
    let mut masks = Masks::default();
    let mut ids: FxHashMap<&T, u32> = FxHashMap::default();
    let a: Vec<u32> = a
        .iter()
        .map(|t| {
            let next = ids.len() as u32;
            *ids.entry(t).or_insert(next)
        })
        .collect();
    masks.set(&a, ids.len());
    masks.common(b.iter().filter_map(|t| ids.get(t).copied()))
}

/// Where each token stands in a sequence, as bits: the longest common subsequence with another sequence then takes
/// a few operations a token (H. Hyyrö, "Bit-parallel LCS-length computation revisited", 2004).
#[derive(Debug, Default)]
pub(crate) struct Masks {
    /// For each token id: which mask is its own, counted from 1; 0 is none.
    of: Vec<u32>,
    /// The masks, `words` each.
    bits: Vec<u64>,
    words: usize,
    used: Vec<u32>,
    state: Vec<u64>,
    len: usize,
}

impl Masks {
    /// Takes a sequence of token ids below `vocabulary`.
    pub(crate) fn set(&mut self, sequence: &[u32], vocabulary: usize) {
        for token in self.used.drain(..) {
            self.of[token as usize] = 0;
        }
        if self.of.len() < vocabulary {
            self.of.resize(vocabulary, 0);
        }
        self.len = sequence.len();
        self.words = sequence.len().div_ceil(64).max(1);
        self.bits.clear();
        for (at, token) in sequence.iter().enumerate() {
            if self.of[*token as usize] == 0 {
                self.used.push(*token);
                self.of[*token as usize] = self.used.len() as u32;
                self.bits.resize(self.bits.len() + self.words, 0);
            }
            let mask = (self.of[*token as usize] - 1) as usize * self.words;
            self.bits[mask + at / 64] |= 1 << (at % 64);
        }
    }

    /// The length of the longest common subsequence with another sequence over the same ids.
    pub(crate) fn common(&mut self, other: impl IntoIterator<Item = u32>) -> usize {
        if self.words == 1 {
            let mut v = u64::MAX;
            for token in other {
                if let Some(mask @ 1..) = self.of.get(token as usize) {
                    let u = v & self.bits[*mask as usize - 1];
                    v = v.wrapping_add(u) | (v & !u);
                }
            }
            let kept = if self.len == 64 {
                u64::MAX
            } else {
                (1 << self.len) - 1
            };
            return (!v & kept).count_ones() as usize;
        }
        self.state.clear();
        self.state.resize(self.words, u64::MAX);
        for token in other {
            let Some(mask @ 1..) = self.of.get(token as usize) else {
                continue;
            };
            let mask = (*mask as usize - 1) * self.words;
            let mut carry = false;
            for (v, m) in self.state.iter_mut().zip(&self.bits[mask..]) {
                let u = *v & m;
                let (sum, over) = v.overflowing_add(u);
                let (sum, more) = sum.overflowing_add(u64::from(carry));
                carry = over || more;
                *v = sum | (*v & !u);
            }
        }
        (0..self.len)
            .filter(|at| self.state[at / 64] >> (at % 64) & 1 == 0)
            .count()
    }
}

/// Marks the places in `a` of one longest common subsequence with `b`: the one that the package's way back through the
/// table finds.
fn mark_subsequence<T: Eq>(a: &[T], b: &[T], marked: &mut [bool]) {
    let width = b.len() + 1;
    let mut table = vec![0_u32; (a.len() + 1) * width];
    for i in 1..=a.len() {
        for j in 1..=b.len() {
            table[i * width + j] = if a[i - 1] == b[j - 1] {
                table[(i - 1) * width + j - 1] + 1
            } else {
                table[(i - 1) * width + j].max(table[i * width + j - 1])
            };
        }
    }
    let (mut i, mut j) = (a.len(), b.len());
    while i > 0 && j > 0 {
        if a[i - 1] == b[j - 1] {
            marked[i - 1] = true;
            i -= 1;
            j -= 1;
        } else if table[i * width + j - 1] > table[(i - 1) * width + j] {
            j -= 1;
        } else {
            i -= 1;
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    const PLAIN: Tokenizer = Tokenizer::Rouge { stem: false };
    const STEM: Tokenizer = Tokenizer::Rouge { stem: true };

    #[test]
    fn a_worked_example() {
        let target = PLAIN.tokens("The patient has no known drug allergies.");
        let prediction = PLAIN.tokens("No known allergies in the patient");
        let score = rouge_l(&target, &prediction);
        assert_eq!(score, Score::of(3, 7, 6));
        assert_eq!(rouge_n(&target, &prediction, 2), Score::of(2, 6, 5));
        assert_eq!(rouge_l::<String>(&[], &target), Score::default());
    }

    #[test]
    fn tokens_follow_the_package_and_python() {
        assert_eq!(PLAIN.tokens("Naïve 5mg—BID"), ["na", "ve", "5mg", "bid"]);
        assert_eq!(STEM.tokens("allergies has"), ["allergi", "has"]);
        assert_eq!(
            Tokenizer::Split.tokens("A b.\u{1c}c\u{a0}d"),
            ["A", "b.", "c", "d"]
        );
    }

    proptest! {
        #[test]
        fn bits_count_what_the_table_counts(
            a in prop::collection::vec(0u8..5, 0..200),
            b in prop::collection::vec(0u8..5, 0..200),
        ) {
            let mut marked = vec![false; a.len()];
            mark_subsequence(&a, &b, &mut marked);
            let by_table = marked.iter().filter(|m| **m).count();
            prop_assert_eq!(common_subsequence(&a, &b), by_table);
        }
    }
}
