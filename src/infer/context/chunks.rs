//! A record in chunks, each as large as fits, for multi-step refinement.
//!
//! In: a record as text with its tokens, how many tokens a chunk may have, where it may be cut, how much neighbours share. Out: the
//! chunks' ranges, oldest first; together they are the whole text.

use std::ops::Range;

use serde::{Deserialize, Serialize};

use super::Ask;
use super::recent_events;
use crate::error::Result;

/// Where chunks may be cut.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub(crate) enum CutAt {
    /// Between any two tokens, as the study did.
    #[default]
    Tokens,
    /// Between events; an event larger than a chunk is cut by tokens.
    Events,
}

/// The chunks, oldest first. A chunk may have `ask.budget` tokens; each but the first begins with the last `overlap` tokens of the one
/// before it.
///
/// # Errors
/// When the tokenizer cannot take a text.
pub(crate) fn chunks(ask: &Ask<'_>, cut: CutAt, overlap: usize) -> Result<Vec<Range<usize>>> {
    let overlap = overlap.min(ask.budget.saturating_sub(1));
    let spans = match cut {
        CutAt::Tokens => by_tokens(ask, 0..ask.starts.len(), ask.budget - overlap),
        CutAt::Events => by_events(ask, ask.budget - overlap)?,
    };
    let byte = |token: usize| {
        ask.starts
            .get(token)
            .map_or(ask.laid.text().len(), |s| *s as usize)
    };
    let widened = spans.into_iter().map(|span| {
        let from = ask.before(span.start).saturating_sub(overlap);
        let start = if overlap == 0 { span.start } else { byte(from) };
        start..span.end
    });
    Ok(widened.collect())
}

fn by_tokens(ask: &Ask<'_>, tokens: Range<usize>, size: usize) -> Vec<Range<usize>> {
    let byte = |token: usize| {
        ask.starts
            .get(token)
            .map_or(ask.laid.text().len(), |s| *s as usize)
    };
    tokens
        .clone()
        .step_by(size)
        .map(|from| byte(from)..byte((from + size).min(tokens.end)))
        .collect()
}

/// As many whole blocks as fit, from the beginning.
fn by_events(ask: &Ask<'_>, size: usize) -> Result<Vec<Range<usize>>> {
    let (laid, all) = (ask.laid, ask.laid.blocks().len());
    let mut spans = Vec::new();
    let mut first = 0;
    while first < all {
        let mut end = first + 1;
        while end < all && recent_events::fits(ask, first..end + 1, size)? {
            end += 1;
        }
        let span = laid.start(first)..laid.start(end);
        if end == first + 1 && !recent_events::fits(ask, first..end, size)? {
            // A token may reach over the block's beginning or end.
            let mut parts = by_tokens(ask, ask.before(span.start)..ask.before(span.end), size);
            if let [first, ..] = parts.as_mut_slice() {
                first.start = span.start;
            }
            if let [.., last] = parts.as_mut_slice() {
                last.end = span.end;
            }
            spans.extend(parts);
        } else {
            spans.push(span);
        }
        first = end;
    }
    Ok(spans)
}
