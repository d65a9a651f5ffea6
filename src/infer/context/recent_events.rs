//! `recent-events`: the last events, each whole, below the patient's line and the heading of their encounter.

use std::ops::Range;

use super::headed::with_headings;
use super::{Ask, Strategy};
use crate::error::Result;
use crate::infer::laid::Laid;
use crate::infer::tokens::begins_line;

/// The last events.
pub(super) struct RecentEvents;

impl Strategy for RecentEvents {
    fn name(&self) -> &'static str {
        "recent-events"
    }

    fn keep(&self, ask: &Ask<'_>) -> Result<Vec<Range<usize>>> {
        let all = ask.laid.blocks().len();
        let first = first_block(ask, true)?;
        Ok(with_headings(ask.laid, first..all))
    }
}

/// The first block of the longest run at the end that fits, grown from the end until one does not.
pub(super) fn first_block(ask: &Ask<'_>, headed: bool) -> Result<usize> {
    let laid = ask.laid;
    let mut first = laid.blocks().len();
    while first > 0 {
        let next = first - 1;
        let above = if headed {
            headings(laid, next)
        } else {
            Vec::new()
        };
        let pre: usize = above.iter().map(|b| ask.about(*b..b + 1)).sum();
        let about = pre + ask.about(next..laid.blocks().len());
        if !within(about, ask.budget, || {
            exactly(ask, &above, next..laid.blocks().len())
        })? {
            break;
        }
        first = next;
    }
    Ok(first)
}

/// What stands above a run that begins with this block.
fn headings(laid: &Laid, first: usize) -> Vec<usize> {
    let patient = (first > 0).then_some(0);
    patient.into_iter().chain(laid.heading_of(first)).collect()
}

/// Whether a run of blocks takes at most so many tokens.
pub(super) fn fits(ask: &Ask<'_>, blocks: Range<usize>, size: usize) -> Result<bool> {
    within(ask.about(blocks.clone()), size, || {
        exactly(ask, &[], blocks)
    })
}

/// Whether about so many tokens are within the budget; where that is close, it is counted.
fn within(about: usize, budget: usize, exactly: impl FnOnce() -> Result<usize>) -> Result<bool> {
    /// Joined parts take at most so many tokens more or less than apart.
    const JOINTS: usize = 8;
    if about.abs_diff(budget) > JOINTS {
        return Ok(about < budget);
    }
    Ok(exactly()? <= budget)
}

/// How many tokens these blocks and a run of others take together: the run's beginning and end are counted anew up to a place over
/// which no token reaches, what lies between is known.
fn exactly(ask: &Ask<'_>, above: &[usize], run: Range<usize>) -> Result<usize> {
    let laid = ask.laid;
    let safe =
        |block: &usize| ask.counter.cuts_at_lines() && begins_line(laid.text(), laid.start(*block));
    let head = (run.start + 1..run.end).find(safe).unwrap_or(run.end);
    let tail = (head..run.end).rev().find(safe).unwrap_or(head);
    let mut text: String = above.iter().map(|b| laid.block(*b)).collect();
    text.push_str(laid.between(run.start, head));
    let ends = ask.counter.count(&text)? + ask.counter.count(laid.between(tail, run.end))?;
    Ok(ends + ask.about(head..tail))
}
