//! Near-duplicates among short texts, by ROUGE-L.
//!
//! In: texts with their tokens in the order in which they came, a threshold, what people decided of single pairs. Out:
//! which to drop because of which earlier one, and the pairs that were close. Every score is exact; pairs that cannot
//! reach the threshold are told by their lengths and by tokens that one of them lacks. Never: two texts that differ in letters which the tokens leave
//! out, dropped unasked.
//!
//! A text is dropped when its score with an earlier text that was kept is above the threshold, as in Self-Instruct
//! (Wang et al. 2023). It is compared to what was kept only: what resembles a dropped text alone stays. A person's word
//! on a pair stands above its score.

use rayon::prelude::*;
use rustc_hash::FxHashMap;

use super::rouge::{Masks, Score};

/// Which of ROUGE-L's numbers counts; the earlier text is the target, the later one the prediction.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Measure {
    /// The F-measure.
    F,
    /// The share of the later text that is in the earlier one.
    Precision,
    /// The share of the earlier text that is in the later one.
    Recall,
}

impl Measure {
    /// The number of a score that counts.
    pub(crate) fn of(self, score: Score) -> f64 {
        match self {
            Measure::F => score.f,
            Measure::Precision => score.precision,
            Measure::Recall => score.recall,
        }
    }
}

/// Two texts by their places, and how alike they are.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(crate) struct Pair {
    /// The later text.
    pub later: usize,
    /// The earlier text.
    pub earlier: usize,
    pub score: f64,
    /// What a person said: the two ask the same, or not.
    pub same: Option<bool>,
}

#[derive(Clone, Debug, Default, PartialEq)]
pub(crate) struct Found {
    /// Texts to drop, each with the kept text that it resembles most (the earliest among equals), or with the one that
    /// a person said it repeats.
    pub dropped: Vec<Pair>,
    /// Pairs of kept texts whose score is at most `margin` below the threshold or equal to it, by the later one.
    pub borderline: Vec<Pair>,
    /// How many more such pairs there are, of texts with more than are listed of one.
    pub unlisted: usize,
    /// Pairs of which a person said that they differ, by the later one.
    pub apart: Vec<Pair>,
}

/// What people decided, by (later, earlier): whether the two ask the same.
pub(crate) type Decided = FxHashMap<(usize, usize), bool>;

/// A text to be compared.
#[derive(Clone, Debug, Default)]
pub(crate) struct Text {
    /// The text itself: equal ones are duplicates, whatever their tokens.
    pub whole: String,
    pub tokens: Vec<String>,
    /// Whether it has letters that the tokens leave out: it is then dropped only for an equal text.
    pub partial: bool,
}

/// So many pairs are kept of a text at most, those of the highest scores; the others are counted.
const LISTED: usize = 64;

/// Texts, and for each the earlier ones that it is close to, as far as those are kept.
#[derive(Clone, Debug)]
pub(crate) struct Close {
    texts: Vec<Vec<u32>>,
    /// For each text, the first one that is equal to it.
    first_equal: Vec<u32>,
    partial: Vec<bool>,
    /// For each text, one bit of 128 for each of its tokens; several tokens may share one.
    bits: Vec<u128>,
    vocabulary: usize,
    measure: Measure,
    threshold: f64,
    floor: f64,
    rows: Vec<Nearest>,
    /// Whether a text has been compared to all later ones: done once it is kept.
    compared: Vec<bool>,
}

/// An earlier text that is close.
#[derive(Clone, Copy, Debug)]
struct Near {
    earlier: u32,
    /// Whether the later one is dropped for it, unless a person says otherwise.
    drops: bool,
    score: f64,
}

/// The nearest of the earlier texts.
#[derive(Clone, Debug, Default)]
struct Nearest {
    near: Vec<Near>,
    /// How many more there are.
    cut: usize,
}

impl Nearest {
    fn push(&mut self, new: Near) {
        if self.near.len() < LISTED {
            self.near.push(new);
            return;
        }
        self.cut += 1;
        let order = |a: &Near, b: &Near| {
            (a.drops.cmp(&b.drops))
                .then(a.score.total_cmp(&b.score))
                .then(b.earlier.cmp(&a.earlier))
        };
        if let Some(least) = self.near.iter_mut().min_by(|a, b| order(a, b))
            && order(least, &new).is_lt()
        {
            *least = new;
        }
    }
}

impl Close {
    /// Takes texts; pairs that reach `threshold - margin` are close. A text without tokens resembles its equals alone.
    pub(crate) fn of(texts: &[Text], measure: Measure, threshold: f64, margin: f64) -> Self {
        let mut ids: FxHashMap<&str, u32> = FxHashMap::default();
        let mut equal: FxHashMap<&str, u32> = FxHashMap::default();
        let tokens = texts.iter().map(|text| {
            let tokens = text.tokens.iter().map(|t| {
                let next = ids.len() as u32;
                *ids.entry(t).or_insert(next)
            });
            tokens.collect()
        });
        let tokens: Vec<Vec<u32>> = tokens.collect();
        let first_equal = texts
            .iter()
            .enumerate()
            .map(|(i, text)| *equal.entry(&text.whole).or_insert(i as u32));
        Close {
            first_equal: first_equal.collect(),
            partial: texts.iter().map(|t| t.partial).collect(),
            bits: tokens.iter().map(|t| bits(t)).collect(),
            vocabulary: ids.len(),
            measure,
            threshold,
            // A hair below, so that no score is lost to the rounding of `threshold - margin`.
            floor: threshold - margin - 1e-9,
            rows: vec![Nearest::default(); texts.len()],
            compared: vec![false; texts.len()],
            texts: tokens,
        }
    }

    /// Compares two texts, of which `masks` holds the earlier one.
    fn compare(&self, masks: &mut Masks, earlier: usize, later: usize) -> Near {
        let (target, own) = (&self.texts[earlier], &self.texts[later]);
        let equal = self.first_equal[earlier] == self.first_equal[later];
        let score = if equal {
            1.0
        } else {
            let hits = masks.common(own.iter().copied());
            self.measure.of(Score::of(hits, target.len(), own.len()))
        };
        let whole = !self.partial[earlier] && !self.partial[later];
        Near {
            earlier: earlier as u32,
            drops: equal || (score > self.threshold && whole),
            score,
        }
    }

    /// Whether two texts can be close, by their lengths and by tokens that one of them alone has.
    fn may_be_close(&self, earlier: usize, later: usize) -> bool {
        let (target, own) = (self.texts[earlier].len(), self.texts[later].len());
        let (theirs, ours) = (self.bits[earlier], self.bits[later]);
        // A bit that one text alone has stands for a token at least that the other lacks.
        let most = (target - (theirs & !ours).count_ones() as usize)
            .min(own - (ours & !theirs).count_ones() as usize);
        self.first_equal[earlier] == self.first_equal[later]
            || (most > 0 && self.measure.of(Score::of(most, target, own)) >= self.floor)
    }

    fn masks(&self, earlier: usize) -> Masks {
        let mut masks = Masks::default();
        masks.set(&self.texts[earlier], self.vocabulary);
        masks
    }

    fn is_close(&self, near: &Near) -> bool {
        near.drops || (near.score >= self.floor && near.score > 0.0)
    }

    /// Compares a text to all later ones.
    fn compare_to_later(&mut self, earlier: usize) {
        self.compared[earlier] = true;
        let mut rows = std::mem::take(&mut self.rows);
        rows[earlier + 1..]
            .par_iter_mut()
            .enumerate()
            .with_min_len(1024)
            .map(|(n, row)| (earlier + 1 + n, row))
            .filter(|(later, _)| self.may_be_close(earlier, *later))
            .for_each_init(
                || self.masks(earlier),
                |masks, (later, row)| {
                    let near = self.compare(masks, earlier, later);
                    if self.is_close(&near) {
                        row.push(near);
                    }
                },
            );
        self.rows = rows;
    }

    /// The kept earlier texts that a text is close to and nobody has decided on, the earliest first.
    fn alive(&self, later: usize, kept: &[bool], decided: &Decided) -> Vec<Near> {
        let is_open = |earlier: usize| kept[earlier] && !decided.contains_key(&(later, earlier));
        let row = &self.rows[later];
        let mut alive: Vec<Near> = row.near.clone();
        alive.retain(|n| is_open(n.earlier as usize));
        if alive.is_empty() && row.cut > 0 {
            // All that were kept in the list are decided or gone.
            let mut again = Nearest::default();
            for earlier in (0..later).filter(|e| is_open(*e) && self.may_be_close(*e, later)) {
                let near = self.compare(&mut self.masks(earlier), earlier, later);
                if self.is_close(&near) {
                    again.push(near);
                }
            }
            alive = again.near;
        }
        alive.sort_unstable_by_key(|n| n.earlier);
        alive
    }

    /// What to drop and what to look at, given what people decided.
    ///
    /// A text that repeats another by a person's word is dropped whether or not that other one is kept; a pair said to
    /// differ drops nothing. Only texts that are kept are compared to later ones, so that time and memory grow with
    /// what is kept, not with all pairs.
    pub(crate) fn found(&mut self, decided: &Decided) -> Found {
        let mut found = Found::default();
        let mut said: Vec<((usize, usize), bool)> = decided.iter().map(|(k, v)| (*k, *v)).collect();
        said.sort_unstable();
        let mut said = said.into_iter().peekable();
        let mut kept = vec![true; self.texts.len()];
        for later in 0..self.texts.len() {
            let pair = |near: Near, same| Pair {
                later,
                earlier: near.earlier as usize,
                score: near.score,
                same,
            };
            let mut cause = None;
            while let Some(((_, earlier), same)) = said.next_if(|((l, _), _)| *l == later) {
                let near = self.compare(&mut self.masks(earlier), earlier, later);
                if !same {
                    found.apart.push(pair(near, Some(false)));
                } else if cause.is_none() {
                    cause = Some(pair(near, Some(true)));
                }
            }
            let alive = self.alive(later, &kept, decided);
            let nearest = alive
                .iter()
                .filter(|n| n.drops)
                .copied()
                .reduce(
                    |best, next| {
                        if next.score > best.score { next } else { best }
                    },
                );
            if let Some(pair) = cause.or(nearest.map(|n| pair(n, None))) {
                kept[later] = false;
                found.dropped.push(pair);
                continue;
            }
            found
                .borderline
                .extend(alive.into_iter().map(|n| pair(n, None)));
            found.unlisted += self.rows[later].cut;
            if !self.compared[later] {
                self.compare_to_later(later);
            }
        }
        found
    }
}

/// A bit for each of a text's tokens. Tokens are numbered as they come, so that frequent ones rarely share one.
fn bits(tokens: &[u32]) -> u128 {
    tokens.iter().fold(0, |bits, t| bits | 1 << (t % 128))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::metrics::rouge::{Tokenizer, rouge_l};
    use proptest::prelude::*;

    fn tokens(texts: &[&str]) -> Vec<Vec<String>> {
        texts.iter().map(|t| Tokenizer::Split.tokens(t)).collect()
    }

    fn texts(tokens: &[Vec<String>]) -> Vec<Text> {
        let text = |(i, t): (usize, &Vec<String>)| Text {
            whole: i.to_string(),
            tokens: t.clone(),
            partial: false,
        };
        tokens.iter().enumerate().map(text).collect()
    }

    fn find(tokens: &[Vec<String>], measure: Measure, threshold: f64) -> Found {
        Close::of(&texts(tokens), measure, threshold, 0.1).found(&Decided::default())
    }

    #[test]
    fn letters_that_the_tokens_leave_out_drop_nothing_unasked() {
        let text = |whole: &str, partial| Text {
            whole: whole.to_owned(),
            tokens: Tokenizer::Rouge { stem: false }.tokens(whole),
            partial,
        };
        let all = [
            text("CT 检查结果如何?", true),
            text("CT 复查时间?", true),
            text("CT 检查结果如何?", true),
            text("药物过敏?", true),
            text("药物过敏?", true),
            text("ct", false),
        ];
        let mut close = Close::of(&all, Measure::F, 0.7, 0.1);
        let found = close.found(&Decided::default());
        let places = |pairs: &[Pair]| -> Vec<(usize, usize)> {
            pairs.iter().map(|p| (p.later, p.earlier)).collect()
        };
        // Equal ones only, although all of those with "CT" have the same tokens.
        assert_eq!(places(&found.dropped), [(2, 0), (4, 3)]);
        assert_eq!(places(&found.borderline), [(1, 0), (5, 0), (5, 1)]);
        let decided: Decided = [((1, 0), true), ((4, 3), false)].into_iter().collect();
        let found = close.found(&decided);
        assert_eq!(places(&found.dropped), [(1, 0), (2, 0)]);
        assert_eq!(places(&found.apart), [(4, 3)]);
    }

    #[test]
    fn many_close_pairs_of_one_text_are_counted_not_kept() {
        let all: Vec<Vec<String>> = (0..200)
            .map(|n| {
                ["a", "b", "c", "d", &format!("x{n}")]
                    .map(str::to_owned)
                    .to_vec()
            })
            .collect();
        let found = find(&all, Measure::F, 0.85);
        assert_eq!(
            (found.dropped.len(), found.borderline.len() + found.unlisted),
            (0, 199 * 100)
        );
        assert!(
            found.borderline.len() <= 200 * LISTED,
            "{}",
            found.borderline.len()
        );
        // The list is full, and a person takes all that is in it away: what is not in it still counts.
        let mut close = Close::of(&texts(&all), Measure::F, 0.7, 0.1);
        assert_eq!(close.found(&Decided::default()).dropped.len(), 199);
        let apart: Decided = (0..200)
            .flat_map(|l| (0..l.min(100)).map(move |e| ((l, e), false)))
            .collect();
        let found = close.found(&apart);
        assert_eq!(found.dropped.len(), 99);
        assert!(found.dropped.iter().all(|p| p.earlier == 100));
    }

    #[test]
    fn a_persons_word_stands_above_the_score() {
        let all = texts(&tokens(&[
            "a b c d",
            "a b c d e",
            "a b c d f",
            "x y z",
            "x y z",
        ]));
        let found = |decided: &[((usize, usize), bool)]| {
            let decided: Decided = decided.iter().copied().collect();
            let found = Close::of(&all, Measure::F, 0.85, 0.1).found(&decided);
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
