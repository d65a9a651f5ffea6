//! Near-duplicates among short texts, by ROUGE-L.
//!
//! In: token sequences in the order in which they came, a threshold, what people decided of single pairs. Out: which to
//! drop because of which earlier one, and the pairs that were close. The score of every pair is known exactly; pairs
//! that cannot reach the threshold are told by their lengths alone.
//!
//! A text is dropped when its score with an earlier text that was kept is above the threshold, as in Self-Instruct
//! (Wang et al. 2023). It is compared to what was kept only: what resembles a dropped text alone stays. A person's word
//! on a pair stands above its score.

use rayon::prelude::*;
use rustc_hash::FxHashMap;

use super::rouge::{Masks, Score};

/// Which of ROUGE-L's numbers counts; the earlier text is the target, the later one the prediction.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Measure {
    /// The F-measure.
    F,
    /// The share of the later text that is in the earlier one.
    Precision,
    /// The share of the earlier text that is in the later one.
    Recall,
}

impl Measure {
    /// The number of a score that counts.
    pub fn of(self, score: Score) -> f64 {
        match self {
            Measure::F => score.f,
            Measure::Precision => score.precision,
            Measure::Recall => score.recall,
        }
    }
}

/// Two texts by their places, and how alike they are.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Pair {
    /// The later text.
    pub later: usize,
    /// The earlier text.
    pub earlier: usize,
    /// The score.
    pub score: f64,
    /// What a person said: the two ask the same, or not.
    pub same: Option<bool>,
}

/// What was found.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Found {
    /// Texts to drop, each with the kept text that it resembles most (the earliest among equals), or with the one that
    /// a person said it repeats.
    pub dropped: Vec<Pair>,
    /// Pairs of kept texts whose score is at most `margin` below the threshold or equal to it, by the later one.
    pub borderline: Vec<Pair>,
    /// Pairs of which a person said that they differ, by the later one.
    pub apart: Vec<Pair>,
}

/// What people decided, by (later, earlier): whether the two ask the same.
pub type Decided = FxHashMap<(usize, usize), bool>;

/// All pairs of texts that are close, whatever follows from it.
#[derive(Clone, Debug)]
pub struct Close {
    /// For each text, its pairs with earlier ones, the earliest first.
    pairs: Vec<Vec<Pair>>,
    threshold: f64,
}

impl Close {
    /// Scores the pairs of texts: those that reach `threshold - margin`, and those that are decided. A text without tokens
    /// resembles none.
    pub fn of(
        texts: &[Vec<String>],
        measure: Measure,
        threshold: f64,
        margin: f64,
        decided: &Decided,
    ) -> Self {
        let mut ids: FxHashMap<&str, u32> = FxHashMap::default();
        let texts: Vec<Vec<u32>> = texts
            .iter()
            .map(|tokens| {
                tokens
                    .iter()
                    .map(|t| {
                        let next = ids.len() as u32;
                        *ids.entry(t).or_insert(next)
                    })
                    .collect()
            })
            .collect();
        // A hair below, so that no score is lost to the rounding of `threshold - margin`.
        let floor = threshold - margin - 1e-9;
        let pairs = (0..texts.len())
            .into_par_iter()
            .map_init(Masks::default, |masks, later| {
                let own = &texts[later];
                masks.set(own, ids.len());
                let could = |target: usize| {
                    let most = own.len().min(target);
                    most > 0 && measure.of(Score::of(most, target, own.len())) >= floor
                };
                texts[..later]
                    .iter()
                    .enumerate()
                    .filter(|(earlier, target)| {
                        could(target.len()) || decided.contains_key(&(later, *earlier))
                    })
                    .filter_map(|(earlier, target)| {
                        let hits = masks.common(target.iter().copied());
                        let score = measure.of(Score::of(hits, target.len(), own.len()));
                        let close = score >= floor && score > 0.0;
                        (close || decided.contains_key(&(later, earlier))).then_some(Pair {
                            later,
                            earlier,
                            score,
                            same: None,
                        })
                    })
                    .collect()
            })
            .collect();
        Close { pairs, threshold }
    }

    /// What to drop and what to look at, given what people decided.
    ///
    /// A text that repeats another by a person's word is dropped whether or not that other one is kept; a pair said to
    /// differ drops nothing.
    pub fn found(&self, decided: &Decided) -> Found {
        let mut found = Found::default();
        let mut kept = vec![true; self.pairs.len()];
        for of_later in &self.pairs {
            let said = |p: &Pair| Pair {
                same: decided.get(&(p.later, p.earlier)).copied(),
                ..*p
            };
            let pairs: Vec<Pair> = of_later.iter().map(said).collect();
            found
                .apart
                .extend(pairs.iter().filter(|p| p.same == Some(false)));
            let alive = pairs.iter().filter(|p| p.same.is_none() && kept[p.earlier]);
            let nearest =
                alive.clone().copied().reduce(
                    |best, next| {
                        if next.score > best.score { next } else { best }
                    },
                );
            let cause = pairs
                .iter()
                .copied()
                .find(|p| p.same == Some(true))
                .or(nearest.filter(|p| p.score > self.threshold));
            match cause {
                Some(pair) => {
                    kept[pair.later] = false;
                    found.dropped.push(pair);
                }
                None => found.borderline.extend(alive),
            }
        }
        found
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::metrics::rouge::{Tokenizer, rouge_l};
    use proptest::prelude::*;

    fn tokens(texts: &[&str]) -> Vec<Vec<String>> {
        texts.iter().map(|t| Tokenizer::Split.tokens(t)).collect()
    }

    fn find(texts: &[Vec<String>], measure: Measure, threshold: f64) -> Found {
        let nothing = Decided::default();
        Close::of(texts, measure, threshold, 0.1, &nothing).found(&nothing)
    }

    #[test]
    fn a_persons_word_stands_above_the_score() {
        let texts = tokens(&["a b c d", "a b c d e", "a b c d f", "x y z", "x y z"]);
        let found = |decided: &[((usize, usize), bool)]| {
            let decided: Decided = decided.iter().copied().collect();
            let found = Close::of(&texts, Measure::F, 0.85, 0.1, &decided).found(&decided);
            let places = |pairs: &[Pair]| -> Vec<(usize, usize)> {
                pairs.iter().map(|p| (p.later, p.earlier)).collect()
            };
            (
                places(&found.dropped),
                places(&found.borderline),
                places(&found.apart),
            )
        };
        assert_eq!(found(&[]), (vec![(1, 0), (2, 0), (4, 3)], vec![], vec![]));
        // 1 and 2 are alike (0.8), too, which shows once 1 is kept and 2 is not dropped because of 0.
        assert_eq!(
            found(&[((1, 0), false), ((2, 0), false)]),
            (vec![(4, 3)], vec![(2, 1)], vec![(1, 0), (2, 0)])
        );
        // Two that have nothing in common, and one that repeats a text which is dropped itself.
        assert_eq!(
            found(&[((3, 1), true)]),
            (vec![(1, 0), (2, 0), (3, 1)], vec![], vec![])
        );
    }

    #[test]
    fn the_earliest_is_kept_and_dropped_ones_drop_nothing() {
        let texts = tokens(&["a b c d", "a b c d e", "b c d e f", "x", "", ""]);
        let found = find(&texts, Measure::F, 0.7);
        assert_eq!(
            found.dropped,
            [Pair {
                later: 1,
                earlier: 0,
                score: rouge_l(&texts[0], &texts[1]).f,
                same: None,
            }]
        );
        // 2 resembles 1 (0.8), which is gone, and 0 (0.667), which is borderline.
        assert_eq!(found.borderline.len(), 1);
        assert_eq!(
            (found.borderline[0].later, found.borderline[0].earlier),
            (2, 0)
        );
    }

    #[test]
    fn the_threshold_itself_is_kept() {
        let texts = tokens(&["a b c d e f g h i j", "a b c d e f g x y z"]);
        let found = find(&texts, Measure::F, 0.7);
        assert_eq!((found.dropped.len(), found.borderline.len()), (0, 1));
        assert_eq!(find(&texts, Measure::F, 0.69).dropped.len(), 1);
    }

    #[test]
    fn precision_and_recall_take_the_earlier_text_as_target() {
        let texts = tokens(&["a b c d", "a b"]);
        assert_eq!(find(&texts, Measure::Precision, 0.9).dropped.len(), 1);
        assert_eq!(find(&texts, Measure::Recall, 0.6).dropped.len(), 0);
    }

    proptest! {
        #[test]
        fn no_pair_is_overlooked(
            texts in prop::collection::vec(prop::collection::vec("[a-d]", 0..9), 0..12),
            threshold in 0.2f64..0.9,
        ) {
            for measure in [Measure::F, Measure::Precision, Measure::Recall] {
                let found = find(&texts, measure, threshold);
                let mut kept: Vec<usize> = Vec::new();
                let mut dropped = Vec::new();
                for later in 0..texts.len() {
                    let score = |e: &usize| measure.of(rouge_l(&texts[*e], &texts[later]));
                    if kept.iter().any(|e| score(e) > threshold) {
                        dropped.push(later);
                    } else {
                        kept.push(later);
                    }
                }
                let got: Vec<usize> = found.dropped.iter().map(|p| p.later).collect();
                prop_assert_eq!(got, dropped);
            }
        }
    }
}
