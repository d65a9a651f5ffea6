//! What reviewers said of the case in view, for whoever decides where they disagree.
//!
//! In: the ledgers of all reviewers, as they were when the program started. Out: the sides of the case, numbered anew in each case,
//! and the rows of their list. Never: a reviewer's name, and nothing of this where nobody adjudicates.

use std::collections::BTreeMap;

use crate::dataset::Case;
use crate::review::adjudicate::{Dispute, Side};
use crate::review::{Ledger, Pass, adjudicate};

/// The state of an adjudication.
#[derive(Clone, Debug, Default)]
pub(crate) struct Adjudication {
    ledgers: BTreeMap<String, Ledger>,
    disputes: Vec<Dispute>,
    /// How many people read each case, by its place.
    readers: Vec<usize>,
    /// The cases that somebody else decided.
    decided: Vec<bool>,
    adjudicator: String,
    seed: u64,
}

/// One row of the list of sides; a side is named by its place, an answer by its letter's place.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum SideRow {
    /// What the side marked and how it ranked.
    Head(usize),
    /// What it said is wrong with an answer, and its comment on it.
    Answer(usize, usize),
    /// Its comment on the case.
    Comment(usize),
    /// Its gold response.
    Gold(usize),
    Pin(usize, usize),
}

impl SideRow {
    /// Whose row it is.
    pub(crate) fn side(self) -> usize {
        match self {
            SideRow::Head(side)
            | SideRow::Answer(side, _)
            | SideRow::Comment(side)
            | SideRow::Gold(side)
            | SideRow::Pin(side, _) => side,
        }
    }
}

impl Adjudication {
    /// The disputes among reviews of a dataset's cases; `seed` is that of the adjudicator's blind order.
    pub(crate) fn of(
        cases: &[Case],
        ledgers: BTreeMap<String, Ledger>,
        adjudicator: &str,
        seed: u64,
    ) -> Self {
        let others = ledgers.iter().filter(|(name, _)| *name != adjudicator);
        let others: Vec<&Ledger> = others.map(|(_, ledger)| ledger).collect();
        let is_decided = |case: &Case| {
            let key = case.key();
            let decided = |l: &&Ledger| l.reading(Pass::Adjudication, &key).is_done();
            others.iter().any(decided)
        };
        Adjudication {
            disputes: adjudicate::disputes(cases, &ledgers),
            readers: cases
                .iter()
                .map(|case| adjudicate::readers(case, &ledgers))
                .collect(),
            decided: cases.iter().map(is_decided).collect(),
            ledgers,
            adjudicator: adjudicator.to_owned(),
            seed,
        }
    }

    /// What a case is disputed about, if it is.
    pub(crate) fn dispute(&self, case: usize) -> Option<&Dispute> {
        self.disputes.iter().find(|d| d.case == case)
    }

    /// How many people read a case.
    pub(crate) fn readers(&self, case: usize) -> usize {
        self.readers.get(case).copied().unwrap_or_default()
    }

    /// Whether somebody else has decided a case.
    pub(crate) fn is_decided(&self, case: usize) -> bool {
        self.decided.get(case).copied().unwrap_or_default()
    }

    /// What each reviewer said of a case; see [`App::hides_others`](crate::tui::app::App::hides_others).
    pub(crate) fn sides(&self, case: &Case) -> Vec<Side> {
        adjudicate::sides(case, &self.ledgers, &self.adjudicator, self.seed)
    }

    /// Whether the verdicts on a model's response to a case differ.
    pub(crate) fn differ(&self, case: usize, model: &str) -> bool {
        let dispute = self.dispute(case);
        dispute.is_some_and(|d| d.models.iter().any(|m| m == model))
    }
}
