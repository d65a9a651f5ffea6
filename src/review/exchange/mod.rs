//! Reviews on their way to other programs and back.
//!
//! In: a dataset's cases and the ledgers of all reviewers, or a file that was labelled elsewhere. Out: files in one of five formats, and
//! an [`Account`] in which everything that is in the reviews was either written or left out for a reason that it names; or the acts
//! that a review file lacks. Never: a mark dropped in silence, an act written twice, or a model's name in what a person sees who labels
//! the exported tasks.
//!
//! [`fields`] is the one table of what is written, of a [`subject`]. Each format is a file, out and in: [`tables`] in the released layout,
//! [`lines`] of JSON, [`label_studio`] and [`argilla`] by way of a [`form`], [`inspect`] as edits of the scores in a log. [`picked`]
//! joins cases and reviews, [`account`] counts. [`said`] reads what comes back, [`fit`](mod@fit) holds it against the dataset,
//! [`plan`](mod@plan) says what of it is new.

pub(crate) mod account;
pub(crate) mod argilla;
mod fields;
pub(crate) mod fit;
pub(crate) mod form;
pub(crate) mod inspect;
pub(crate) mod label_studio;
pub(crate) mod lines;
pub(crate) mod picked;
pub(crate) mod plan;
pub(crate) mod said;
mod subject;
pub(crate) mod tables;

use std::collections::BTreeMap;

pub(crate) use account::Account;
pub(crate) use picked::{Picked, Readings, Which};

use jiff::Timestamp;

use crate::dataset::instruction::flag;
use crate::dataset::{Case, Relevance};
use crate::review::case::{CaseReview, Judgement, ResponseReview};
use crate::review::counted::Rules;
use crate::review::entry::Verdict;
use crate::review::ledger::Ledger;
use crate::review::plan::Queues;
use crate::review::rank::WeakOrder;

/// What is exported.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Source<'a> {
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
pub(crate) struct Options {
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
pub(crate) struct File {
    /// The path, with `/` between folders.
    pub name: &'static str,
    /// All of it.
    pub bytes: Vec<u8>,
}

/// What the suggestions of the table's own marks are called.
pub(crate) const SUGGESTED: &str = "table";

/// The judgements and ranks that the dataset's table states of a case, as if a reviewer had given them; `None` when there are
/// none.
fn suggested(case: &Case) -> Option<CaseReview> {
    let mut review = CaseReview::default();
    let mut levels: BTreeMap<u32, Vec<String>> = BTreeMap::new();
    for response in &case.responses {
        let column = |name| subject::column(&response.columns, name).trim();
        if let Some(correct) = flag(column("binary_correct")) {
            let judgement = Some(Judgement {
                verdict: Verdict::of(correct),
                at: Timestamp::UNIX_EPOCH,
                shown_position: None,
                view: None,
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
    review.rank = WeakOrder::from_levels(&levels).closed();
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
