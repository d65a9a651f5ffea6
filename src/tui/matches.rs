//! The matches as the screen holds them: instructions with the records proposed for them, labels, how good the proposals are.
//!
//! In: proposals, the labels of the dataset's table, the reviewer's own. Out: rows, instructions whose gold response's record
//! is missed first. Labels of other reviewers are not looked at.

use std::sync::Arc;

use rustc_hash::{FxHashMap, FxHashSet};

use crate::dataset::{Case, Dataset};
use crate::record::Time;
use crate::review::Ledger;
use crate::review::case::Relevance;
use crate::review::entry::Relevant;
use crate::search::counts::Tokens;
use crate::search::matching::{self, Candidate, Evaluation, Labels};
use crate::search::{Progress, Proposals};
use crate::tui::overlay::List;

/// One row of the list.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Row {
    /// An instruction, by its place among the proposals' instructions.
    Ask(usize),
    /// One of its candidates.
    Candidate(usize, usize),
    /// A record of its gold response that is not among them.
    Missed(usize, usize),
}

impl Row {
    /// The instruction that it is or belongs to.
    pub fn ask(self) -> usize {
        match self {
            Row::Ask(ask) | Row::Candidate(ask, _) | Row::Missed(ask, _) => ask,
        }
    }

    /// Whether it is a record.
    pub fn is_record(self) -> bool {
        !matches!(self, Row::Ask(_))
    }
}

/// What is known of one instruction and record.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Label {
    /// What the reviewer said.
    pub own: Option<Relevance>,
    /// What the dataset's table says, once the reviewer said something; `None` also where its votes are split evenly.
    pub given: Option<bool>,
}

impl Label {
    /// `yes`, `no (given: yes)`, `no label`.
    pub fn words(&self) -> String {
        let given = self.given.map(|g| if g { "yes" } else { "no" });
        match (&self.own, given) {
            (Some(own), Some(given)) if own.label.name() != given => {
                format!("{} (given: {given})", own.label.name())
            }
            (Some(own), _) => own.label.name().to_owned(),
            (None, _) => "no label".to_owned(),
        }
    }
}

/// When an instruction was asked: of this patient, where a case says so, or of any.
pub fn asked_at(dataset: &Dataset, instruction: &str, person: Option<&str>) -> Option<Time> {
    let of = |person: Option<&str>| {
        let fits = |c: &&Case| {
            c.instruction_id == instruction && person.is_none_or(|person| c.person_id == person)
        };
        dataset.cases().iter().filter(fits).find_map(|c| c.as_of)
    };
    let listed = || {
        let mut listed = dataset.instructions().iter();
        listed.find(|i| i.instruction_id == instruction)?.as_of
    };
    of(person).or_else(listed).or_else(|| of(None))
}

/// The state of the matches; it outlives its overlay.
#[derive(Debug, Default)]
pub struct Matches {
    /// The proposals, once they are made.
    pub proposals: Option<Arc<Proposals>>,
    /// How far counting is, while it goes on.
    pub working: Option<Progress>,
    /// Why there are no proposals.
    pub problem: Option<String>,
    /// How texts are cut into words.
    pub tokens: Tokens,
    /// The rows.
    pub rows: Vec<Row>,
    /// The selection among them.
    pub list: List,
    /// How good the proposals are by the labels, and how good a random draw is.
    pub figures: (Evaluation, Evaluation),
    /// Candidates that the reviewer labelled, and all.
    pub labelled: (usize, usize),
    /// Which instructions say when they were asked.
    dated: Vec<bool>,
    order: Vec<usize>,
    open: FxHashSet<usize>,
    given: Labels,
    own: FxHashMap<(String, String), Relevance>,
}

impl Matches {
    /// Takes new proposals.
    pub fn take(&mut self, proposals: Arc<Proposals>, dataset: &Dataset, ledger: &Ledger) {
        self.working = None;
        self.problem = None;
        self.given = Labels::of(dataset);
        let ids = proposals.asks.iter().map(|ask| &ask.instruction_id);
        self.dated = ids
            .map(|id| asked_at(dataset, id, None).is_some())
            .collect();
        let mut order: Vec<usize> = (0..proposals.asks.len()).collect();
        // What the top misses is looked at first.
        order.sort_by_key(|&i| proposals.missed[i].is_empty());
        if self.open.is_empty() {
            self.open.extend(order.first());
        }
        self.order = order;
        self.proposals = Some(proposals);
        self.arrange();
        self.count(dataset, ledger);
    }

    /// Counts the labels anew, after one changed.
    pub fn count(&mut self, dataset: &Dataset, ledger: &Ledger) {
        self.own.clear();
        for (key, review) in ledger.cases() {
            for (person, relevance) in &review.relevance {
                let pair = (key.instruction.clone(), person.clone());
                let newer = |old: &Relevance| old.at > relevance.at;
                if !self.own.get(&pair).is_some_and(newer) {
                    self.own.insert(pair, relevance.clone());
                }
            }
        }
        let Some(proposals) = self.proposals.clone() else {
            return;
        };
        // As `medalign match --evaluate` counts: each label is a vote, "partly" is not relevant.
        let mut labels = self.given.clone();
        for ((instruction, person), relevance) in &self.own {
            labels.vote(instruction, person, relevance.label == Relevant::Yes);
        }
        let of =
            |all: &[Vec<Candidate>]| matching::evaluate(dataset, &proposals.asks, all, &labels);
        self.figures = (of(&proposals.candidates), of(&proposals.drawn));
        let mut labelled = (0, 0);
        for (ask, candidates) in proposals.asks.iter().zip(&proposals.candidates) {
            for candidate in candidates {
                let person = &dataset.record_files()[candidate.record as usize].person_id;
                let label = self.label(&ask.instruction_id, person);
                labelled.0 += usize::from(label.own.is_some());
                labelled.1 += 1;
            }
        }
        self.labelled = labelled;
    }

    /// Whether an instruction says when it was asked.
    pub fn is_dated(&self, ask: usize) -> bool {
        self.dated.get(ask).copied().unwrap_or_default()
    }

    /// Whether that a clinician answered an instruction on records outside of its candidates may be said: once the reviewer
    /// labelled them.
    pub fn tells_missed(&self, ask: usize, dataset: &Dataset) -> bool {
        let Some(proposals) = &self.proposals else {
            return false;
        };
        let (id, files) = (&proposals.asks[ask].instruction_id, dataset.record_files());
        let mut missed = proposals.missed[ask].iter();
        missed.all(|m| {
            let person = &files[m.record as usize].person_id;
            self.label(id, person).own.is_some()
        })
    }

    /// What is known of an instruction and a record.
    pub fn label(&self, instruction: &str, person: &str) -> Label {
        let pair = (instruction.to_owned(), person.to_owned());
        let own = self.own.get(&pair).cloned();
        // The dataset's label must not steer the reviewer's.
        let given = own.as_ref().and(self.given.get(instruction, person));
        Label { own, given }
    }

    /// The selected row.
    pub fn selected(&self) -> Option<Row> {
        self.rows.get(self.list.cursor).copied()
    }

    /// The record of a row, as its place in [`Dataset::record_files`].
    pub fn record(&self, row: Row) -> Option<u32> {
        let proposals = self.proposals.as_ref()?;
        match row {
            Row::Ask(_) => None,
            Row::Candidate(ask, i) => Some(proposals.candidates.get(ask)?.get(i)?.record),
            Row::Missed(ask, i) => Some(proposals.missed.get(ask)?.get(i)?.record),
        }
    }

    /// Whether an instruction's records are listed.
    pub fn is_open(&self, ask: usize) -> bool {
        self.open.contains(&ask)
    }

    /// Lists an instruction's records, or leaves them out; the selection stays on what it was on.
    pub fn toggle(&mut self, ask: usize) {
        if !self.open.remove(&ask) {
            self.open.insert(ask);
        }
        self.arrange();
        self.go_to(Row::Ask(ask));
    }

    /// Goes to a row, listing its instruction's records where it is one of them.
    pub fn go_to(&mut self, row: Row) {
        if row.is_record() && self.open.insert(row.ask()) {
            self.arrange();
        }
        if let Some(i) = self.rows.iter().position(|r| *r == row) {
            self.list.go(i as isize - self.list.cursor as isize);
        }
    }

    /// The next or previous record of all instructions, in the order in which they are listed, for which `wanted` holds.
    pub fn next(&self, from: Row, forward: bool, wanted: impl Fn(Row) -> bool) -> Option<Row> {
        let all: Vec<Row> = self
            .order
            .iter()
            .flat_map(|&ask| self.records_of(ask))
            .collect();
        let at = match all.iter().position(|r| *r == from) {
            Some(i) => i as isize,
            // From an instruction itself the next one is its first.
            None => all.iter().position(|r| r.ask() == from.ask())? as isize - isize::from(forward),
        };
        if forward {
            all.into_iter().skip((at + 1) as usize).find(|r| wanted(*r))
        } else {
            all.into_iter()
                .take(at.max(0) as usize)
                .rev()
                .find(|r| wanted(*r))
        }
    }

    fn records_of(&self, ask: usize) -> Vec<Row> {
        let Some(proposals) = &self.proposals else {
            return Vec::new();
        };
        let candidates = (0..proposals.candidates[ask].len()).map(|i| Row::Candidate(ask, i));
        let missed = (0..proposals.missed[ask].len()).map(|i| Row::Missed(ask, i));
        candidates.chain(missed).collect()
    }

    fn arrange(&mut self) {
        let mut rows = Vec::new();
        for &ask in &self.order {
            rows.push(Row::Ask(ask));
            if self.is_open(ask) {
                rows.extend(self.records_of(ask));
            }
        }
        self.rows = rows;
        self.list.len = self.rows.len();
        self.list.go(0);
    }
}
