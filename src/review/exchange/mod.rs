//! Reviews as files that other programs read.
//!
//! In: a dataset's cases and the ledgers of all reviewers. Out: files in one of four formats, and an [`Account`] in which
//! everything that is in the reviews was either written or left out for a reason that it names. Never: a mark dropped in
//! silence, or a model's name in what a person sees who labels the exported tasks.
//!
//! [`picked`] joins cases and reviews, [`account`] counts, [`tables`] writes the released layout, [`lines`] JSON Lines,
//! [`label_studio`] and [`argilla`] the tasks and records of these two programs by way of a [`form`](super::form), [`inspect`] edits of the
//! scores in a log.

pub mod account;
pub mod argilla;
pub mod inspect;
pub mod label_studio;
pub mod lines;
pub mod picked;
pub mod tables;

use std::collections::BTreeMap;

pub use account::Account;
pub use picked::{Picked, Readings, Which};

use jiff::Timestamp;

use super::case::{CaseReview, Judgement, ResponseReview};
use super::counted::Rules;
use super::entry::Verdict;
use super::ledger::Ledger;
use super::plan::Queues;
use super::rank::WeakOrder;
use super::seen::Seen;
use crate::dataset::instruction::flag;
use crate::dataset::{Case, Relevance};

/// What is exported.
#[derive(Clone, Copy, Debug)]
pub struct Source<'a> {
    /// The dataset's name.
    pub name: &'a str,
    /// Its cases.
    pub cases: &'a [Case],
    /// Its relevance labels.
    pub relevance: &'a [Relevance],
    /// What reviewers said, by name.
    pub ledgers: &'a BTreeMap<String, Ledger>,
    /// The plan, where there is one.
    pub plan: Option<&'a Queues>,
}

/// What of it, and how.
#[derive(Clone, Copy, Debug)]
pub struct Options {
    /// Which cases.
    pub which: Which,
    /// Which readings of them.
    pub readings: Readings,
    /// What counts beside what always counts; the rest is left out.
    pub rules: Rules,
    /// Whether free text is written: questions, responses, gold responses, quotes, remarks.
    pub text: bool,
    /// Whether the table's own judgements and ranks are offered as suggestions, where the format knows such.
    pub suggest: bool,
}

/// A file to write, by its path within the export.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct File {
    /// The path, with `/` between folders.
    pub name: &'static str,
    /// All of it.
    pub bytes: Vec<u8>,
}

/// What the suggestions of the table's own marks are called.
pub const SUGGESTED: &str = "table";

/// The judgements and ranks that the dataset's table states of a case, as if a reviewer had given them; `None` when there are
/// none.
fn suggested(case: &Case) -> Option<CaseReview> {
    let mut review = CaseReview::default();
    let mut levels: BTreeMap<u32, Vec<String>> = BTreeMap::new();
    for response in &case.responses {
        let column = |name| tables::column(&response.columns, name).trim();
        if let Some(correct) = flag(column("binary_correct")) {
            let verdict = if correct {
                Verdict::Correct
            } else {
                Verdict::Incorrect
            };
            let judgement = Some(Judgement {
                verdict,
                at: Timestamp::UNIX_EPOCH,
                shown_position: None,
                view: None,
                after: Seen::default(),
            });
            let said = ResponseReview {
                judgement,
                ..ResponseReview::default()
            };
            review.responses.insert(response.model.clone(), said);
        }
        // Ranks come as 1 and as 1.0; their thousandths keep what lies between.
        let rank = column("model_rank").parse::<f64>().ok();
        if let Some(rank) = rank.filter(|r| *r >= 1.0 && *r < 1e6) {
            let level = levels.entry((rank * 1000.0).round() as u32).or_default();
            level.push(response.model.clone());
        }
    }
    let levels: Vec<Vec<String>> = levels.into_values().collect();
    review.rank = WeakOrder::from_levels(&levels);
    (review != CaseReview::default()).then_some(review)
}

/// When a reviewer last judged, ranked, wrote a gold response or submitted.
fn last_change(review: &CaseReview) -> Option<Timestamp> {
    let judged = review
        .responses
        .values()
        .filter_map(|r| Some(r.judgement?.at));
    let others = [
        review.ranked_at,
        review.gold.as_ref().map(|g| g.at),
        review.submitted.as_ref().map(|s| s.at),
    ];
    judged.chain(others.into_iter().flatten()).max()
}

#[cfg(test)]
mod tests;
