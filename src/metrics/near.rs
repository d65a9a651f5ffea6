//! Near-duplicates among short texts, by ROUGE-L.
//!
//! In: token sequences in the order in which they came, a threshold. Out: which to drop because of which earlier one,
//! and the pairs that were close. The score of every pair is known exactly; pairs that cannot reach the threshold are
//! told by their lengths alone.
//!
//! A text is dropped when its score with an earlier text that was kept is above the threshold, as in Self-Instruct
//! (Wang et al. 2023). It is compared to what was kept only: what resembles a dropped text alone stays.

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
}

/// What was found.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Found {
    /// Texts to drop, each with the kept text that it resembles most (the earliest among equals).
    pub dropped: Vec<Pair>,
    /// Pairs of kept texts whose score is at most `margin` below the threshold or equal to it, by the later one.
    pub borderline: Vec<Pair>,
}

/// Finds near-duplicates. A text without tokens resembles none.
pub fn find(texts: &[Vec<String>], measure: Measure, threshold: f64, margin: f64) -> Found {
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
    let pairs: Vec<Vec<Pair>> = (0..texts.len())
        .into_par_iter()
        .map_init(Masks::default, |masks, later| {
            let own = &texts[later];
            if own.is_empty() {
                return Vec::new();
            }
            masks.set(own, ids.len());
            let could = |target: usize| {
                let most = own.len().min(target);
                measure.of(Score::of(most, target, own.len())) >= floor
            };
            texts[..later]
                .iter()
                .enumerate()
                .filter(|(_, target)| could(target.len()))
                .filter_map(|(earlier, target)| {
                    let hits = masks.common(target.iter().copied());
                    let score = measure.of(Score::of(hits, target.len(), own.len()));
                    (score >= floor && score > 0.0).then_some(Pair {
                        later,
                        earlier,
                        score,
                    })
                })
                .collect()
        })
        .collect();
    let mut found = Found::default();
    let mut kept = vec![true; texts.len()];
    for of_later in pairs {
        let alive = of_later.iter().filter(|p| kept[p.earlier]);
        let nearest = alive
            .clone()
            .copied()
            .reduce(|best, next| if next.score > best.score { next } else { best });
        match nearest {
            Some(pair) if pair.score > threshold => {
                kept[pair.later] = false;
                found.dropped.push(pair);
            }
            _ => found.borderline.extend(alive),
        }
    }
    found
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::metrics::rouge::{Tokenizer, rouge_l};
    use proptest::prelude::*;

    fn tokens(texts: &[&str]) -> Vec<Vec<String>> {
        texts.iter().map(|t| Tokenizer::Split.tokens(t)).collect()
    }

    #[test]
    fn the_earliest_is_kept_and_dropped_ones_drop_nothing() {
        let texts = tokens(&["a b c d", "a b c d e", "b c d e f", "x", "", ""]);
        let found = find(&texts, Measure::F, 0.7, 0.1);
        assert_eq!(
            found.dropped,
            [Pair {
                later: 1,
                earlier: 0,
                score: rouge_l(&texts[0], &texts[1]).f
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
        let found = find(&texts, Measure::F, 0.7, 0.1);
        assert_eq!((found.dropped.len(), found.borderline.len()), (0, 1));
        assert_eq!(find(&texts, Measure::F, 0.69, 0.1).dropped.len(), 1);
    }

    #[test]
    fn precision_and_recall_take_the_earlier_text_as_target() {
        let texts = tokens(&["a b c d", "a b"]);
        assert_eq!(find(&texts, Measure::Precision, 0.9, 0.0).dropped.len(), 1);
        assert_eq!(find(&texts, Measure::Recall, 0.6, 0.0).dropped.len(), 0);
    }

    proptest! {
        #[test]
        fn no_pair_is_overlooked(
            texts in prop::collection::vec(prop::collection::vec("[a-d]", 0..9), 0..12),
            threshold in 0.2f64..0.9,
        ) {
            for measure in [Measure::F, Measure::Precision, Measure::Recall] {
                let found = find(&texts, measure, threshold, 0.1);
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
