//! `bm25`: what is most like the instruction, best first until the budget is full, put back into the record's order.
//!
//! Events, notes or encounters are ranked by Okapi's BM25 over runs of letters and digits in lower case; of equal ones the later
//! comes first, so what shares no word with the instruction fills the rest from the end of the record backwards.

use std::ops::Range;

use rustc_hash::{FxHashMap, FxHashSet};

use super::headed::that_fit;
use super::{Ask, Strategy};
use crate::error::Result;
use crate::infer::laid::{BlockKind, Laid};
use crate::search::retrieve::okapi::{self, Formula, Statistics};

/// What is ranked.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Unit {
    Events,
    Notes,
    Encounters,
}

/// The best by BM25.
pub(super) struct Bm25(Unit);

impl Bm25 {
    pub(super) const EVENTS: Bm25 = Bm25(Unit::Events);
    pub(super) const NOTES: Bm25 = Bm25(Unit::Notes);
    pub(super) const ENCOUNTERS: Bm25 = Bm25(Unit::Encounters);
}

impl Strategy for Bm25 {
    fn name(&self) -> &'static str {
        match self.0 {
            Unit::Events => "bm25",
            Unit::Notes => "bm25-notes",
            Unit::Encounters => "bm25-encounters",
        }
    }

    fn keep(&self, ask: &Ask<'_>) -> Result<Vec<Range<usize>>> {
        let laid = ask.laid;
        let ranked = laid.ranked[self.0 as usize].get_or_init(|| Ranked::of(laid, self.0));
        let order = ranked
            .best_first(ask.question)
            .into_iter()
            .map(|(unit, _)| unit);
        let patient = ask.about(0..1);
        let mut headed = FxHashSet::default();
        let take = |unit: usize, left: usize| {
            let blocks = ranked.units[unit].clone();
            let heading = laid
                .heading_of(blocks.start)
                .filter(|h| !headed.contains(h));
            let cost = heading.map_or(0, |h| ask.about(h..h + 1)) + ask.about(blocks);
            if cost <= left {
                headed.extend(heading);
            }
            (cost <= left).then_some(cost)
        };
        let chosen = fill(order, ask.budget.saturating_sub(patient), take);
        if chosen.is_empty() {
            return Ok(Vec::new());
        }
        that_fit(
            ask,
            chosen
                .into_iter()
                .flat_map(|u| ranked.units[u].clone())
                .collect(),
        )
    }
}

/// The units that fit, best first; one that does not is passed over. `take` gives what a unit costs where that is left.
fn fill(
    order: impl IntoIterator<Item = usize>,
    mut left: usize,
    mut take: impl FnMut(usize, usize) -> Option<usize>,
) -> Vec<usize> {
    let mut chosen = Vec::new();
    for unit in order {
        if left == 0 {
            break;
        }
        if let Some(cost) = take(unit, left) {
            left -= cost;
            chosen.push(unit);
        }
    }
    chosen
}

/// Pieces of a text with their words, counted once for all instructions.
#[derive(Debug)]
pub(crate) struct Ranked {
    /// Where each piece lies.
    units: Vec<Range<usize>>,
    postings: FxHashMap<String, Vec<(u32, u32)>>,
    lengths: Vec<u64>,
    statistics: Statistics,
}

impl Ranked {
    fn of(laid: &Laid, kind: Unit) -> Self {
        let text = |blocks: &Range<usize>| laid.between(blocks.start, blocks.end);
        Ranked::of_pieces(units(laid, kind), text)
    }

    /// Of any pieces whose texts are given.
    pub(crate) fn of_pieces<'t>(
        pieces: Vec<Range<usize>>,
        text: impl Fn(&Range<usize>) -> &'t str,
    ) -> Self {
        let mut postings: FxHashMap<String, Vec<(u32, u32)>> = FxHashMap::default();
        let mut lengths = Vec::with_capacity(pieces.len());
        for (unit, piece) in (0_u32..).zip(&pieces) {
            let mut length = 0;
            each_word(text(piece), |word| {
                length += 1;
                match postings.get_mut(word) {
                    Some(places) => match places.last_mut() {
                        Some((last, count)) if *last == unit => *count += 1,
                        _ => places.push((unit, 1)),
                    },
                    None => {
                        postings.insert(word.to_owned(), vec![(unit, 1)]);
                    }
                }
            });
            lengths.push(length);
        }
        let mut histogram = vec![0; pieces.len() + 1];
        for list in postings.values() {
            histogram[list.len()] += 1;
        }
        let statistics = Statistics::new(pieces.len() as u64, lengths.iter().sum(), &histogram);
        Ranked {
            units: pieces,
            postings,
            lengths,
            statistics,
        }
    }

    /// One of them.
    pub(crate) fn piece(&self, at: usize) -> Range<usize> {
        self.units[at].clone()
    }

    /// All units with their scores, best first; of equal ones the later first.
    pub(crate) fn best_first(&self, question: &str) -> Vec<(usize, f64)> {
        let mut query = Vec::new();
        each_word(question, |word| {
            query.extend(self.postings.get(word).map(Vec::as_slice));
        });
        let scores = okapi::scores(
            query.into_iter(),
            &self.lengths,
            &self.statistics,
            Formula::OKAPI,
        );
        let best = okapi::top(&scores, scores.len());
        best.into_iter()
            .map(|(unit, score)| (unit as usize, score))
            .collect()
    }
}

fn units(laid: &Laid, unit: Unit) -> Vec<Range<usize>> {
    let mut units: Vec<Range<usize>> = Vec::new();
    for (at, block) in laid.blocks().iter().enumerate() {
        match (unit, block.kind) {
            (Unit::Events, BlockKind::Event(_)) | (Unit::Encounters, BlockKind::Heading) => {
                units.push(at..at + 1);
            }
            (Unit::Notes, BlockKind::Event(id)) if laid.is_note(id) => units.push(at..at + 1),
            (Unit::Encounters, BlockKind::Event(_)) => {
                if let Some(open) = units.last_mut() {
                    open.end = at + 1;
                }
            }
            _ => {}
        }
    }
    units
}

/// Calls `take` with each run of ASCII letters and digits, in lower case.
fn each_word(text: &str, take: impl FnMut(&str)) {
    let lower = text.to_lowercase();
    lower
        .split(|c: char| !c.is_ascii_alphanumeric())
        .filter(|word| !word.is_empty())
        .for_each(take);
}

#[cfg(test)]
mod tests;
