//! What fits an instruction: records of a dataset, or events of a record.
//!
//! In: a text. Out: what fits it, the best first, with scores. Never: a label; those are people's.
//!
//! A way to find is a [`Retriever`]: [`words`] ranks records by BM25, [`okapi`]'s or tantivy's, over [`counts`] of their [`tokens`];
//! [`events`] ranks the events of one record. [`asks`] are the instructions of a dataset. [`evaluate`] says how good candidates are,
//! whichever retriever they are from; [`proposals`] adds what a person needs to judge them.

pub(crate) mod asks;
pub(crate) mod counts;
pub(crate) mod evaluate;
pub(crate) mod events;
pub(crate) mod okapi;
pub(crate) mod proposals;
pub(crate) mod tokens;
pub(crate) mod words;

use asks::Ask;
use rayon::prelude::*;

/// A way to find what fits a text.
pub trait Retriever: Sync {
    /// What is found: a record's place in [`Dataset::record_files`](crate::dataset::Dataset::record_files), an event.
    type Found;

    /// At most so many that fit, the best first, with their scores; none where nothing fits.
    fn best(&self, text: &str, most: usize) -> Vec<(Self::Found, f64)>;
}

/// A record that is proposed.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Candidate {
    /// Its place in [`Dataset::record_files`](crate::dataset::Dataset::record_files).
    pub record: u32,
    /// The retriever's; `None` for one drawn at random.
    pub score: Option<f64>,
}

/// The best records for each instruction; none where no record fits.
pub fn propose(
    retriever: &dyn Retriever<Found = u32>,
    asks: &[Ask],
    top: usize,
) -> Vec<Vec<Candidate>> {
    let candidate = |(record, score)| Candidate {
        record,
        score: Some(score),
    };
    let one = |ask: &Ask| {
        let best = retriever.best(&ask.text, top).into_iter();
        best.map(candidate).collect()
    };
    asks.par_iter().map(one).collect()
}
