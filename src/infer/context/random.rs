//! `random`: a run of whole events that begins by chance; what any other strategy has to be better than.

use std::ops::Range;

use super::headed::that_fit;
use super::{Ask, Strategy};
use crate::error::Result;
use crate::stats::random;

/// A window at random.
pub(super) struct Random;

impl Strategy for Random {
    fn name(&self) -> &'static str {
        "random"
    }

    fn keep(&self, ask: &Ask<'_>) -> Result<Vec<Range<usize>>> {
        let (laid, all) = (ask.laid, ask.starts.len());
        if all <= ask.budget {
            return Ok(std::iter::once(0..laid.text().len()).collect());
        }
        // Every window of the budget's length is as likely as any other.
        let first = random::Random::new(ask.seed, 0).below(all - ask.budget + 1);
        let from = ask.starts[first] as usize;
        let to = ask
            .starts
            .get(first + ask.budget)
            .map_or(laid.text().len(), |s| *s as usize);
        let mut block = laid.block_at(from);
        if laid.start(block) < from {
            block += 1;
        }
        let last = (block..laid.blocks().len()).take_while(|b| laid.start(b + 1) <= to);
        that_fit(ask, last.collect())
    }
}
