//! What people decided of pairs of instructions, as the file beside an imported table keeps it.
//!
//! In: `FILE.decisions.jsonl`, a review file of `pair` acts, and the form's instructions. Out: which pairs are said to ask
//! the same, by their places in the form. Never: a decision that is passed over without being counted.

use std::collections::BTreeMap;
use std::path::Path;

use rustc_hash::FxHashMap;

use crate::dataset::collect::Form;
use crate::error::Result;
use crate::metrics::near::Decided;
use crate::review::Ledger;
use crate::review::line::Reading;

/// The decisions that hold, whoever made them; of two on one pair the newer.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(super) struct Decisions {
    /// By (later, earlier) place in the form.
    pub decided: Decided,
    /// Decisions on an instruction that the form has not, or has under several rows.
    pub stale: usize,
    /// Lines that cannot be read.
    pub bad: usize,
}

impl Decisions {
    /// Reads the file; without one there are no decisions.
    ///
    /// # Errors
    /// When it is there and cannot be read.
    pub(super) fn read(path: &Path, form: &Form) -> Result<Self> {
        if !path.exists() {
            return Ok(Decisions::default());
        }
        let reading = Reading::of_file(path)?;
        let mut newest: BTreeMap<(String, String), (String, bool)> = BTreeMap::new();
        let entries = reading.entries.into_iter().map(|l| l.entry);
        for ledger in Ledger::by_reviewer(entries).values() {
            for (later, earlier, same, id) in ledger.pairs() {
                let key = (later.to_owned(), earlier.to_owned());
                let seen = newest.entry(key).or_insert_with(|| (id.to_owned(), same));
                if *seen.0 < *id {
                    *seen = (id.to_owned(), same);
                }
            }
        }
        let mut decisions = Decisions {
            bad: reading.bad.len(),
            ..Decisions::default()
        };
        let places = places(form);
        for ((later, earlier), (_, same)) in newest {
            match (places.get(later.as_str()), places.get(earlier.as_str())) {
                // The form may have been put into another order since.
                (Some(Some(a)), Some(Some(b))) if a != b => {
                    decisions.decided.insert((*a.max(b), *a.min(b)), same);
                }
                _ => decisions.stale += 1,
            }
        }
        Ok(decisions)
    }
}

/// Where each id stands in the form; nowhere when several rows have it.
fn places(form: &Form) -> FxHashMap<&str, Option<usize>> {
    let mut places: FxHashMap<&str, Option<usize>> = FxHashMap::default();
    for (i, submission) in form.submissions.iter().enumerate() {
        places
            .entry(&submission.id)
            .and_modify(|p| *p = None)
            .or_insert(Some(i));
    }
    places
}
