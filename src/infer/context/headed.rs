//! Whole events with what makes them readable: the patient's line and the heading of each encounter.
//!
//! In: blocks of events. Out: ranges that hold them, the patient's line, and the headings above them.

use std::ops::Range;

use super::Ask;
use crate::infer::laid::{BlockKind, Laid};

/// The patient's line, these blocks (ascending), and the heading of each encounter of which an event is among them.
pub(super) fn with_headings(
    laid: &Laid,
    blocks: impl IntoIterator<Item = usize>,
) -> Vec<Range<usize>> {
    let mut ranges: Vec<Range<usize>> = Vec::new();
    let mut add = |block: usize| {
        let range = laid.start(block)..laid.start(block + 1);
        match ranges.last_mut() {
            Some(last) if last.end == range.start => last.end = range.end,
            _ => ranges.push(range),
        }
    };
    let mut heading = None;
    let mut any = false;
    for block in blocks {
        if !any && block != 0 {
            add(0);
        }
        any = true;
        match laid.blocks()[block].kind {
            BlockKind::Patient => {}
            BlockKind::Heading => heading = Some(block),
            BlockKind::Event(_) => {
                let above = laid.heading_of(block);
                if above != heading {
                    above.into_iter().for_each(&mut add);
                    heading = above;
                }
            }
        }
        add(block);
    }
    ranges
}

/// As [`with_headings`], without the blocks that come last in `order` where all of them take more than the budget.
pub(super) fn that_fit(
    ask: &Ask<'_>,
    mut order: Vec<usize>,
) -> crate::error::Result<Vec<Range<usize>>> {
    loop {
        let mut blocks = order.clone();
        blocks.sort_unstable();
        let ranges = with_headings(ask.laid, blocks);
        let kept = super::Kept { ranges, tokens: 0 };
        let tokens = ask.counter.count(&kept.text(ask.laid))?;
        let Some(too_many) = tokens.checked_sub(ask.budget).filter(|n| *n > 0) else {
            return Ok(kept.ranges);
        };
        let mut freed = 0;
        while freed < too_many {
            let Some(block) = order.pop() else {
                return Ok(Vec::new());
            };
            freed += ask.about(block..block + 1).max(1);
        }
    }
}
