//! The matches as the screen holds them: instructions with the records proposed for them, labels, how good the proposals are.
//!
//! In: proposals, the labels of the dataset's table, the reviewer's own. Out: rows in the tables' order. Labels of other reviewers
//! are not looked at. Never, in a row, their order or a figure: what the dataset says of a pair that the reviewer has still to
//! label.

use std::sync::Arc;

use rustc_hash::{FxHashMap, FxHashSet};

use crate::dataset::{Case, Dataset};
use crate::record::Time;
use crate::review::Ledger;
use crate::review::case::Relevance;
use crate::review::entry::Relevant;
use crate::search::retrieve::Candidate;
use crate::search::retrieve::evaluate::{self, Evaluation, Labels};
use crate::search::retrieve::tokens::Tokens;
use crate::search::{Progress, Proposals};
use crate::tui::widgets::list::List;

/// One row of the list.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub(crate) enum MatchRow {
    /// An instruction, by its place among the proposals' instructions.
    Ask(usize),
    /// One of its candidates.
    Candidate(usize, usize),
    /// A record of its gold response that is not among them.
    Missed(usize, usize),
}

impl MatchRow {
    /// The instruction that it is or belongs to.
    pub(crate) fn ask(self) -> usize {
        match self {
            MatchRow::Ask(ask) | MatchRow::Candidate(ask, _) | MatchRow::Missed(ask, _) => ask,
        }
    }

    /// Whether it is a record.
    pub(crate) fn is_record(self) -> bool {
        !matches!(self, MatchRow::Ask(_))
    }
}

/// What is known of one instruction and record.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(crate) struct Label {
    /// What the reviewer said.
    pub own: Option<Relevance>,
    /// What the dataset's table says, once the reviewer said something; `None` also where its votes are split evenly.
    pub given: Option<bool>,
}

impl Label {
    /// `yes`, `no (given: yes)`, `no label`.
    pub(crate) fn words(&self) -> String {
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
pub(crate) fn asked_at(dataset: &Dataset, instruction: &str, person: Option<&str>) -> Option<Time> {
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
pub(crate) struct Matches {
    /// The proposals, once they are made.
    pub proposals: Option<Arc<Proposals>>,
    /// How far counting is, while it goes on.
    pub working: Option<Progress>,
    /// Why there are no proposals.
    pub problem: Option<String>,
    /// How texts are cut into words.
    pub tokens: Tokens,
    pub rows: Vec<MatchRow>,
    /// The selection among them.
    pub list: List,
    /// How good the proposals are by the labels, and how good a random draw is.
    pub figures: (Evaluation, Evaluation),
    /// Candidates that the reviewer labelled, and all.
    pub labelled: (usize, usize),
    /// Which instructions say when they were asked.
    dated: Vec<bool>,
    /// Instructions that have candidates, all of which the reviewer labelled.
    done: FxHashSet<usize>,
    open: FxHashSet<usize>,
    /// The rows that typing leaves, while the list is narrowed.
    kept: Option<FxHashSet<MatchRow>>,
    given: Labels,
    own: FxHashMap<(String, String), Relevance>,
}

impl Matches {
    /// Takes new proposals.
    pub(crate) fn take(&mut self, proposals: Arc<Proposals>, dataset: &Dataset, ledger: &Ledger) {
        self.working = None;
        self.problem = None;
        self.given = Labels::of(dataset);
        let ids = proposals.asks.iter().map(|ask| &ask.instruction_id);
        self.dated = ids
            .map(|id| asked_at(dataset, id, None).is_some())
            .collect();
        if self.open.is_empty() && !proposals.asks.is_empty() {
            self.open.insert(0);
        }
        self.proposals = Some(proposals);
        self.count(dataset, ledger);
    }

    /// Counts the labels anew, after one changed, and lists what may be listed by now.
    pub(crate) fn count(&mut self, dataset: &Dataset, ledger: &Ledger) {
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
        // As `medalign match --evaluate` counts: each label is a vote, "partly" is not relevant. The dataset's votes on what the
        // reviewer has not labelled would tell them by the figures.
        let mut labels = Labels::default();
        for ((instruction, person), relevance) in &self.own {
            labels.vote(instruction, person, relevance.label == Relevant::Yes);
            labels.add(instruction, person, &self.given);
        }
        let of =
            |all: &[Vec<Candidate>]| evaluate::evaluate(dataset, &proposals.asks, all, &labels);
        self.figures = (of(&proposals.candidates), of(&proposals.drawn));
        self.labelled = (0, 0);
        self.done.clear();
        for (i, (ask, candidates)) in proposals.asks.iter().zip(&proposals.candidates).enumerate() {
            let own = candidates.iter().filter(|candidate| {
                let person = &dataset.record_files()[candidate.record as usize].person_id;
                self.label(&ask.instruction_id, person).own.is_some()
            });
            let own = own.count();
            self.labelled.0 += own;
            self.labelled.1 += candidates.len();
            // Where no record fits nothing of the reviewer's says that they are through.
            if own == candidates.len() && own > 0 {
                self.done.insert(i);
            }
        }
        self.arrange();
    }

    /// Whether an instruction says when it was asked.
    pub(crate) fn is_dated(&self, ask: usize) -> bool {
        self.dated.get(ask).copied().unwrap_or_default()
    }

    /// Whether records outside of an instruction's candidates that a clinician answered it on may be listed: once the reviewer
    /// labelled all candidates, since that such a record is there says something of each of them.
    pub(crate) fn tells_missed(&self, ask: usize) -> bool {
        self.done.contains(&ask)
    }

    /// What is known of an instruction and a record.
    pub(crate) fn label(&self, instruction: &str, person: &str) -> Label {
        let pair = (instruction.to_owned(), person.to_owned());
        let own = self.own.get(&pair).cloned();
        // The dataset's label must not steer the reviewer's.
        let given = own.as_ref().and(self.given.get(instruction, person));
        Label { own, given }
    }

    pub(crate) fn selected(&self) -> Option<MatchRow> {
        self.rows.get(self.list.cursor).copied()
    }

    /// The record of a row, as its place in [`Dataset::record_files`].
    pub(crate) fn record(&self, row: MatchRow) -> Option<u32> {
        let proposals = self.proposals.as_ref()?;
        match row {
            MatchRow::Ask(_) => None,
            MatchRow::Candidate(ask, i) => Some(proposals.candidates.get(ask)?.get(i)?.record),
            MatchRow::Missed(ask, i) => Some(proposals.missed.get(ask)?.get(i)?.record),
        }
    }

    /// Whether an instruction's records are listed.
    pub(crate) fn is_open(&self, ask: usize) -> bool {
        self.open.contains(&ask)
    }

    /// Lists an instruction's records, or leaves them out; the selection stays on what it was on.
    pub(crate) fn toggle(&mut self, ask: usize) {
        if !self.open.remove(&ask) {
            self.open.insert(ask);
        }
        self.arrange();
        self.go_to(MatchRow::Ask(ask));
    }

    /// Goes to a row, listing its instruction's records where it is one of them.
    pub(crate) fn go_to(&mut self, row: MatchRow) {
        if row.is_record() && self.open.insert(row.ask()) {
            self.arrange();
        }
        if let Some(i) = self.rows.iter().position(|r| *r == row) {
            self.list.go(i as isize - self.list.cursor as isize);
        }
    }

    /// The next or previous record of all instructions, in the order in which they are listed, for which `wanted` holds.
    pub(crate) fn next(
        &self,
        from: MatchRow,
        forward: bool,
        wanted: impl Fn(MatchRow) -> bool,
    ) -> Option<MatchRow> {
        let all: Vec<MatchRow> = self.asks().flat_map(|ask| self.records_of(ask)).collect();
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

    fn records_of(&self, ask: usize) -> Vec<MatchRow> {
        let Some(proposals) = &self.proposals else {
            return Vec::new();
        };
        let candidates = (0..proposals.candidates[ask].len()).map(|i| MatchRow::Candidate(ask, i));
        let missed = Some(proposals.missed[ask].len()).filter(|_| self.tells_missed(ask));
        let missed = (0..missed.unwrap_or_default()).map(|i| MatchRow::Missed(ask, i));
        candidates.chain(missed).collect()
    }

    /// All that may be listed, whether or not it is unfolded.
    pub(crate) fn every(&self) -> Vec<MatchRow> {
        let of = |ask| std::iter::once(MatchRow::Ask(ask)).chain(self.records_of(ask));
        self.asks().flat_map(of).collect()
    }

    /// Lists only these rows, with the instruction that each is proposed for; `None`: all again.
    pub(crate) fn narrow(&mut self, kept: Option<FxHashSet<MatchRow>>) {
        self.kept = kept;
        self.arrange();
    }

    /// The instructions, in the tables' order.
    fn asks(&self) -> std::ops::Range<usize> {
        0..self.proposals.as_ref().map_or(0, |p| p.asks.len())
    }

    /// Lists what may be listed; the selection stays on what it was on, where that is still there.
    fn arrange(&mut self) {
        let selected = self.selected();
        let mut rows = Vec::new();
        for ask in self.asks() {
            let mut records = self.records_of(ask);
            let is_kept = |row| self.kept.as_ref().is_none_or(|kept| kept.contains(&row));
            // An instruction that stays itself unfolds to all that is proposed for it.
            if !is_kept(MatchRow::Ask(ask)) {
                records.retain(|row| is_kept(*row));
                if records.is_empty() {
                    continue;
                }
            } else if !self.is_open(ask) {
                records.clear();
            }
            rows.push(MatchRow::Ask(ask));
            rows.extend(records);
        }
        let at = selected.and_then(|row| rows.iter().position(|r| *r == row));
        self.rows = rows;
        self.list.len = self.rows.len();
        let by = at.map_or(0, |at| at as isize - self.list.cursor as isize);
        self.list.go(by);
    }
}
