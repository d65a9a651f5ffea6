//! What was in the reviews and the dataset, what was written of it, and what was left out and why.
//!
//! In: what is found, counted by [`picked`](super::picked) before anything is written; what the writers say they wrote and
//! left out. Out: counts, and whether they add up. Never: a text, or a model's name.

use std::collections::BTreeMap;
use std::fmt::Write as _;

use crate::dataset::CaseKey;
use crate::review::case::{CaseReview, Pinned};
use crate::review::counted::Tally;
use crate::review::entry::Support;
use crate::text::safe;

/// What is counted.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub(crate) enum Item {
    /// Cases of the dataset.
    Case,
    /// Models' responses of the dataset.
    Response,
    /// Gold responses that came with the dataset.
    Reference,
    /// Relevance labels that came with the dataset.
    GivenLabel,
    /// Verdicts on responses.
    Judgement,
    /// Responses with kinds of error or a harm.
    Tag,
    /// Responses with a rank.
    Rank,
    /// Remarks.
    Comment,
    /// Cases put into the taxonomy.
    Category,
    /// Gold responses of reviewers.
    Gold,
    /// Pinned passages.
    Pin,
    /// Relevance labels of reviewers.
    Label,
}

impl Item {
    /// All, in the order in which they are listed.
    pub(crate) const ALL: [Item; 12] = [
        Item::Case,
        Item::Response,
        Item::Reference,
        Item::GivenLabel,
        Item::Judgement,
        Item::Tag,
        Item::Rank,
        Item::Comment,
        Item::Category,
        Item::Gold,
        Item::Pin,
        Item::Label,
    ];

    /// What they are called.
    pub(crate) fn name(self) -> &'static str {
        match self {
            Item::Case => "cases",
            Item::Response => "responses",
            Item::Reference => "gold responses of the dataset",
            Item::GivenLabel => "relevance labels of the dataset",
            Item::Judgement => "judgements",
            Item::Tag => "tags",
            Item::Rank => "ranks",
            Item::Comment => "comments",
            Item::Category => "categories",
            Item::Gold => "gold responses of reviewers",
            Item::Pin => "pins",
            Item::Label => "relevance labels of reviewers",
        }
    }
}

/// Why something is left out.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub(crate) enum Why {
    /// Said when the case was read again, or adjudicated.
    LaterReading,
    /// In a reading that is not submitted.
    Unsubmitted,
    /// In a reading that was not blind.
    Unblinded,
    /// In a reading of a model that judges.
    Machine,
    /// The dataset does not have the case.
    NoCase,
    /// The case has no response of the model.
    NoModel,
    /// The question or the response has another text than the one that was judged.
    EarlierText,
    /// `--cases` does not ask for the case.
    NotAsked,
    /// `--no-text`.
    NoText,
    /// The format has no place for it.
    NoPlace,
}

impl Why {
    /// The reason, after "left out: 3 pins:".
    pub(crate) fn reason(self) -> &'static str {
        match self {
            Why::LaterReading => {
                "of second readings and adjudications (--readings all writes them, as tables or lines)"
            }
            Why::Unsubmitted => "in readings that are not submitted (--unsubmitted writes them)",
            Why::Unblinded => {
                "in readings with the models' names in view (--unblinded writes them)"
            }
            Why::Machine => "in readings of models that judge (--machines writes them)",
            Why::NoCase => "of a case that is not in the dataset",
            Why::NoModel => "of models that the case does not have",
            Why::EarlierText => "of an earlier text of the question or the response",
            Why::NotAsked => "of cases that are not asked for (--cases all writes them)",
            Why::NoText => "free text, which --no-text leaves out",
            Why::NoPlace => {
                "what is written here has no place for them (see `medalign help export`)"
            }
        }
    }

    /// Whether review and dataset do not fit together, which somebody should look into.
    pub(crate) fn is_a_problem(self) -> bool {
        matches!(self, Why::NoCase | Why::NoModel | Why::EarlierText)
    }
}

/// Marks that no case or response of the dataset takes.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) struct Stray {
    /// Whose.
    pub reviewer: String,
    /// On which case.
    pub case: CaseKey,
    /// What.
    pub item: Item,
    /// Why it has no place.
    pub why: Why,
}

/// Found = written + left out, for each [`Item`].
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(crate) struct Account {
    found: BTreeMap<Item, usize>,
    written: BTreeMap<Item, usize>,
    left: BTreeMap<(Item, Why), usize>,
    strays: BTreeMap<Stray, usize>,
    /// Readings that are left out, and those that are written and would not always count, by reviewer.
    pub tally: Tally,
    /// Rows, lines, tasks or records of the main file.
    pub rows: usize,
    /// Verdicts among the written that are unsure.
    pub unsure: usize,
    /// Gold responses of reviewers among the written, of cases that are not submitted.
    pub open_golds: usize,
}

impl Account {
    /// Counts what there is.
    pub(crate) fn found(&mut self, item: Item, n: usize) {
        *self.found.entry(item).or_default() += n;
    }

    /// Counts what was written.
    pub(crate) fn wrote(&mut self, item: Item, n: usize) {
        *self.written.entry(item).or_default() += n;
    }

    /// Counts what was left out.
    pub(crate) fn left(&mut self, item: Item, why: Why, n: usize) {
        if n > 0 {
            *self.left.entry((item, why)).or_default() += n;
        }
    }

    /// Counts as left out what no case or response takes, and keeps where it is.
    pub(crate) fn stray(&mut self, stray: Stray, n: usize) {
        self.left(stray.item, stray.why, n);
        *self.strays.entry(stray).or_default() += n;
    }

    /// What was written of an item.
    pub(crate) fn written(&self, item: Item) -> usize {
        self.written.get(&item).copied().unwrap_or_default()
    }

    /// What there is of an item.
    pub(crate) fn there(&self, item: Item) -> usize {
        self.found.get(&item).copied().unwrap_or_default()
    }

    /// What was left out of an item, for whatever reason.
    pub(crate) fn missing(&self, item: Item) -> usize {
        let left = self.left.iter().filter(|((i, _), _)| *i == item);
        left.map(|(_, n)| n).sum()
    }

    /// The items whose counts do not add up: a defect of the program.
    pub(crate) fn gaps(&self) -> Vec<Item> {
        let whole = |item: &Item| self.there(*item) == self.written(*item) + self.missing(*item);
        Item::ALL.into_iter().filter(|item| !whole(item)).collect()
    }

    /// How many marks have no case or response in the dataset.
    pub(crate) fn problems(&self) -> usize {
        let bad = self.left.iter().filter(|((_, why), _)| why.is_a_problem());
        bad.map(|(_, n)| n).sum()
    }

    /// The table of counts, with a line for each reason why something was left out.
    pub(crate) fn to_text(&self) -> String {
        let mut text = String::new();
        // Writing to a string does not fail.
        let _ = writeln!(
            text,
            "{:<32} {:>7} {:>7} {:>8}",
            "", "there", "written", "left out"
        );
        for item in Item::ALL {
            let there = self.there(item);
            if there > 0 {
                let (written, missing) = (self.written(item), self.missing(item));
                let name = item.name();
                let _ = writeln!(text, "{name:<32} {there:>7} {written:>7} {missing:>8}");
            }
        }
        if self.unsure > 0 {
            let n = self.unsure;
            let _ = writeln!(
                text,
                "{n} of the judgements are unsure: neither correct nor incorrect"
            );
        }
        if self.open_golds > 0 {
            let n = self.open_golds;
            let _ = writeln!(
                text,
                "{n} of the gold responses of reviewers are of readings that are not submitted: their submitted_at is empty"
            );
        }
        for ((item, why), n) in &self.left {
            if !why.is_a_problem() {
                let _ = writeln!(text, "left out: {n} {}: {}", item.name(), why.reason());
            }
        }
        for notice in self.tally.notices() {
            let _ = writeln!(text, "{}", notice.what);
        }
        for (stray, n) in &self.strays {
            let (item, why) = (stray.item.name(), stray.why.reason());
            let (who, case) = (safe(&stray.reviewer), stray.case.to_string());
            let _ = writeln!(text, "left out: {n} {item} by {who} {why}: {}", safe(&case));
        }
        text
    }
}

/// Counts the marks of a review: item, the model it is about, how many.
pub(crate) fn marks(review: &CaseReview, mut each: impl FnMut(Item, Option<&str>, usize)) {
    marks_of_reading(review, &mut each);
    marks_alone(review, each);
}

/// Counts what stands by itself, whether the reading counts or not: a gold response, which was saved as one, the passages pinned
/// for it, and labels of records.
pub(super) fn marks_alone(review: &CaseReview, mut each: impl FnMut(Item, Option<&str>, usize)) {
    each(Item::Gold, None, review.gold.is_some().into());
    each(Item::Pin, None, gold_pins(review).count());
    each(Item::Label, None, review.relevance.len());
}

/// The passages that are pinned for a gold response.
pub(super) fn gold_pins(review: &CaseReview) -> impl Iterator<Item = &Pinned> {
    let pins = review.pins.iter();
    pins.filter(|p| p.target == Support::Gold)
}

/// Counts what is part of a reading, and left out with it.
pub(super) fn marks_of_reading(
    review: &CaseReview,
    mut each: impl FnMut(Item, Option<&str>, usize),
) {
    for (model, response) in &review.responses {
        let model = Some(model.as_str());
        each(Item::Judgement, model, response.judgement.is_some().into());
        let tagged = !response.errors.is_empty() || response.harm.is_some();
        each(Item::Tag, model, tagged.into());
        each(Item::Comment, model, response.comment.is_some().into());
    }
    for (model, _) in review.rank.ranks_dense() {
        each(Item::Rank, Some(model), 1);
    }
    for pinned in review.pins.iter().filter(|p| p.target != Support::Gold) {
        each(Item::Pin, pinned.model.as_deref(), 1);
    }
    each(Item::Comment, None, review.comment.is_some().into());
    each(Item::Category, None, review.category.is_some().into());
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn counts_that_do_not_add_up_are_named() {
        let mut account = Account::default();
        account.found(Item::Pin, 3);
        account.wrote(Item::Pin, 1);
        account.left(Item::Pin, Why::NoText, 1);
        assert_eq!(account.gaps(), [Item::Pin]);
        account.left(Item::Pin, Why::NoPlace, 1);
        assert_eq!(account.gaps(), []);
        let text = account.to_text();
        assert!(text.contains("left out: 1 pins: free text"), "{text}");
        assert_eq!(account.problems(), 0);
    }
}
