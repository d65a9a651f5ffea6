//! Contexts: what of a record is sent when not all of it fits.
//!
//! In: a record as text with its tokens, an instruction, a budget of tokens. Out: which ranges of the text are kept, in the record's
//! order. A strategy is a file and a row of [`ALL`]. Never: an empty record, or one that does not fit, sent without a word.

use std::ops::Range;

use super::laid::Laid;
use super::tokens::Counter;
use crate::error::{Error, Result};
use crate::stats::hash;

mod all;
mod bm25;
pub(crate) mod chunks;
mod headed;
mod random;
mod recent;
mod recent_events;

pub(crate) use bm25::Ranked;

/// A way to choose what is kept.
pub(crate) trait Strategy: Send + Sync {
    /// Its name on the command line and in files.
    fn name(&self) -> &'static str;

    /// The ranges of the text to keep, ascending; each ends where a block ends. They may be too much for the budget, or nothing:
    /// [`choose`] says so.
    ///
    /// # Errors
    /// When the tokenizer cannot take a text.
    fn keep(&self, ask: &Ask<'_>) -> Result<Vec<Range<usize>>>;
}

/// All strategies, in the order in which they are listed.
pub(crate) const ALL: [&dyn Strategy; 7] = [
    &recent::Recent,
    &recent_events::RecentEvents,
    &random::Random,
    &bm25::Bm25::EVENTS,
    &bm25::Bm25::NOTES,
    &bm25::Bm25::ENCOUNTERS,
    &all::All,
];

/// The strategy of a name.
///
/// # Errors
/// When there is none.
pub(crate) fn named(name: &str) -> Result<&'static dyn Strategy> {
    let found = ALL.into_iter().find(|s| s.name() == name);
    found.ok_or_else(|| {
        let names: Vec<_> = ALL.iter().map(|s| s.name()).collect();
        Error::usage(format!("there is no strategy {name}"))
            .hint(format!("the strategies are {}", names.join(", ")))
    })
}

/// A record of which something is to be kept.
pub(crate) struct Ask<'a> {
    /// The record as text.
    pub laid: &'a Laid,
    /// The first byte of each of its tokens.
    pub starts: &'a [u32],
    /// What counts.
    pub counter: &'a dyn Counter,
    /// The instruction's text.
    pub question: &'a str,
    /// What chance is drawn from; see [`seed`].
    pub seed: u64,
    /// How many tokens may be kept; more than 0.
    pub budget: usize,
}

impl Ask<'_> {
    /// How many tokens begin before a byte of the text.
    fn before(&self, byte: usize) -> usize {
        self.starts
            .partition_point(|start| (*start as usize) < byte)
    }

    /// How many tokens begin in a range of the text.
    pub(crate) fn tokens_in(&self, range: &Range<usize>) -> usize {
        self.before(range.end) - self.before(range.start)
    }

    /// About how many tokens a run of blocks takes: those that begin in it.
    fn about(&self, blocks: Range<usize>) -> usize {
        self.before(self.laid.start(blocks.end)) - self.before(self.laid.start(blocks.start))
    }
}

#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Kept {
    /// Ranges of the text, ascending.
    pub ranges: Vec<Range<usize>>,
    /// How many tokens they take.
    pub tokens: usize,
}

impl Kept {
    /// The text that is sent. A character of which only a part was kept is U+FFFD, as tiktoken decodes it.
    pub(crate) fn text(&self, laid: &Laid) -> String {
        let bytes = laid.text().as_bytes();
        let parts: Vec<&[u8]> = self.ranges.iter().map(|r| &bytes[r.clone()]).collect();
        String::from_utf8_lossy(&parts.concat()).into_owned()
    }
}

/// What came of a choice.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) enum Choice {
    Kept(Kept),
    /// The strategy wants more than fits; so many tokens.
    TooLong(usize),
    /// No whole event fits.
    Nothing,
}

/// What a strategy keeps within the budget.
///
/// # Errors
/// When the budget is nothing, or the tokenizer cannot take a text.
pub(crate) fn choose(strategy: &dyn Strategy, ask: &Ask<'_>) -> Result<Choice> {
    if ask.budget == 0 {
        return Err(
            Error::usage("nothing of a record fits: the budget is 0 tokens")
                .hint("give the model a longer context, or ask for a shorter reply"),
        );
    }
    let ranges = strategy.keep(ask)?;
    if ranges.is_empty() {
        return Ok(Choice::Nothing);
    }
    let tokens = match ranges.as_slice() {
        [one] if one.end == ask.laid.text().len() => ask.starts.len() - ask.before(one.start),
        _ => {
            let kept = Kept {
                ranges: ranges.clone(),
                tokens: 0,
            };
            ask.counter.count(&kept.text(ask.laid))?
        }
    };
    Ok(if tokens > ask.budget {
        Choice::TooLong(tokens)
    } else {
        Choice::Kept(Kept { ranges, tokens })
    })
}

/// What is left for the record of a context of `context` tokens.
///
/// The study's sum: context − reply − template − instruction. A margin stays free besides, because parts that are joined may take a
/// token more than they do apart, and chat templates add a few.
///
/// # Errors
/// When nothing is left.
pub(crate) fn budget(
    context: usize,
    reply: usize,
    template: usize,
    question: usize,
    margin: usize,
) -> Result<usize> {
    let taken = reply + template + question + margin;
    match context.checked_sub(taken) {
        Some(left) if left > 0 => Ok(left),
        _ => Err(Error::usage(format!(
            "nothing of the record fits into {context} tokens: {reply} for the reply, {template} for the prompt, {question} for the instruction and {margin} for joints leave no room"
        ))
        .hint("give the model a longer context, or ask for a shorter reply")),
    }
}

/// The seed for one case: the same whatever the order in which cases are asked.
pub(crate) fn seed(seed: u64, instruction: &str, person: &str) -> u64 {
    let case = hash::fnv1a(format!("{}:{instruction}{person}", instruction.len()).as_bytes());
    hash::mix(seed ^ case)
}

#[cfg(test)]
mod tests;
#[cfg(test)]
mod tests_golden;
