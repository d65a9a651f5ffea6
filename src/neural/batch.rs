//! Many texts through a model, some at a time, on all cores.

use rayon::prelude::*;

use super::encoder::Sequence;
use crate::error::Result;

/// So many tokens go together: enough for full products of matrices, few enough that every core has some.
const TOKENS: usize = 256;

/// What `run` makes of each text, in the texts' order. It is given texts of like length together, so many that they are
/// worth it, and gives back one thing a text.
///
/// # Errors
/// The first of `run`.
pub(crate) fn each<T: Send>(
    texts: &[Sequence],
    run: impl Fn(&[&Sequence]) -> Result<Vec<T>> + Sync,
) -> Result<Vec<T>> {
    let mut order: Vec<usize> = (0..texts.len()).collect();
    // The longest first: what is left at the end is short.
    order.sort_by_key(|at| std::cmp::Reverse(texts[*at].ids.len()));
    let mut batches: Vec<Vec<usize>> = Vec::new();
    let mut tokens = TOKENS;
    for at in order {
        if tokens >= TOKENS {
            batches.push(Vec::new());
            tokens = 0;
        }
        tokens += texts[at].ids.len();
        if let Some(batch) = batches.last_mut() {
            batch.push(at);
        }
    }
    let made = batches.par_iter().map(|batch| {
        let sequences: Vec<&Sequence> = batch.iter().map(|at| &texts[*at]).collect();
        run(&sequences)
    });
    let made: Vec<Vec<T>> = made.collect::<Result<_>>()?;
    let mut all: Vec<(usize, T)> = batches
        .into_iter()
        .flatten()
        .zip(made.into_iter().flatten())
        .collect();
    all.sort_by_key(|(at, _)| *at);
    Ok(all.into_iter().map(|(_, thing)| thing).collect())
}
