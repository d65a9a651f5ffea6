//! What holds now: the fold of one reviewer's entries.
//!
//! In: entries in file order, duplicates and other reviewers' included. Out: the state of each case, what undo and redo
//! would take, counts of what had no effect. Readings of a case are folded apart. It is a function of the entries, and of the dataset's
//! texts where it is held against them: no clock, no file. An entry whose id
//! was seen has no effect, so a line written twice does no harm; an undo counts wherever its target stands.
//!
//! One more entry costs constant time; an undo or redo folds its case anew.

use std::collections::BTreeMap;
use std::sync::Arc;

use rustc_hash::{FxHashMap, FxHashSet};

use super::case::CaseReview;
use super::counted::{Cause, Rules, Standing};
use super::entry::{Act, Entry, Machine};
use super::pass::Pass;
use super::seen::{Seen, Sighted, Sights};
use super::shown::Texts;
use crate::dataset::{Case, CaseKey};

/// The two ways through what was done: back, and forward again.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Turn {
    /// Take an act back.
    Undo,
    /// Do again what was taken back.
    Redo,
}

impl Turn {
    /// The act that turns the act with this id.
    pub fn act(self, target: String) -> Act {
        match self {
            Turn::Undo => Act::Undo { target },
            Turn::Redo => Act::Redo { target },
        }
    }
}

/// How far a reviewer is.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Progress {
    /// Cases there are.
    pub cases: usize,
    /// Cases with a verdict on every response (at least one).
    pub judged_cases: usize,
    /// Cases submitted, with the present text of every answer.
    pub submitted: usize,
    /// Of these, cases that reports leave out because the models' names were in view.
    pub unblinded: usize,
    /// Cases in which something is said, and that are not submitted.
    pub begun: usize,
    /// Cases marked to come back to.
    pub flagged: usize,
    /// Responses there are.
    pub responses: usize,
    /// Responses with a verdict.
    pub judged: usize,
}

/// Entries that had no effect, by reason.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Ignored {
    /// The id was seen before.
    pub duplicates: usize,
    /// Another reviewer's.
    pub foreign: usize,
    /// A kind this version does not know.
    pub unknown: usize,
}

/// One reviewer's review: all entries and what follows from them.
#[derive(Clone, Debug)]
pub struct Ledger {
    reviewer: String,
    /// The texts of the dataset, against which marks are held.
    texts: Arc<Texts>,
    entries: Vec<Entry>,
    ids: FxHashMap<String, usize>,
    /// By reading, and then by case.
    readings: BTreeMap<Pass, FxHashMap<CaseKey, Folded>>,
    nothing: CaseReview,
    /// Acts that hold and can be undone, in file order.
    done: Vec<usize>,
    /// Acts that were undone and can be redone; the next one last.
    redoable: Vec<usize>,
    /// Ids of acts that do not hold, whether or not the act was seen yet.
    undone: FxHashSet<String>,
    sessions: Vec<usize>,
    sights: Sights,
    /// What had been seen of each entry's case before it.
    after: Vec<Seen>,
    ignored: Ignored,
}

/// A case's state and the entries it follows from.
#[derive(Clone, Debug, Default)]
struct Folded {
    entries: Vec<usize>,
    /// The marks that held when something was first seen.
    sighted: Sighted,
    review: CaseReview,
}

impl Folded {
    /// Folds the case's entries anew.
    fn fold(&mut self, all: &[Entry], after: &[Seen], undone: &FxHashSet<String>, texts: &Texts) {
        self.review = CaseReview::default();
        for (entry, after) in self.entries.iter().map(|i| (&all[*i], after[*i])) {
            if !undone.contains(&entry.id) {
                let now = entry.case.as_ref().and_then(|key| texts.case(key));
                self.review.take(entry, after, now);
            }
        }
        self.settle(all, undone);
    }

    /// Says anew what had been seen before the marks that hold.
    fn settle(&mut self, all: &[Entry], undone: &FxHashSet<String>) {
        let marks = || marks(&self.entries, all, undone);
        self.review.seen = self.sighted.before_marks(marks);
    }
}

/// Of a case's entries, the marks that hold.
fn marks(entries: &[usize], all: &[Entry], undone: &FxHashSet<String>) -> Vec<usize> {
    let holds = |i: &usize| all[*i].act.is_mark() && !undone.contains(&all[*i].id);
    entries.iter().copied().filter(holds).collect()
}

impl Ledger {
    /// The empty review of a reviewer.
    pub fn new(reviewer: &str) -> Self {
        Ledger {
            reviewer: reviewer.to_owned(),
            texts: Arc::default(),
            entries: Vec::new(),
            ids: FxHashMap::default(),
            readings: BTreeMap::new(),
            nothing: CaseReview::default(),
            done: Vec::new(),
            redoable: Vec::new(),
            undone: FxHashSet::default(),
            sessions: Vec::new(),
            sights: Sights::default(),
            after: Vec::new(),
            ignored: Ignored::default(),
        }
    }

    /// One ledger for each reviewer who has an entry, by name.
    pub fn by_reviewer(entries: impl IntoIterator<Item = Entry>) -> BTreeMap<String, Ledger> {
        let mut ledgers: BTreeMap<String, Ledger> = BTreeMap::new();
        for entry in entries {
            ledgers
                .entry(entry.reviewer.clone())
                .or_insert_with_key(|name| Ledger::new(name))
                .apply(entry);
        }
        ledgers
    }

    /// Holds all marks against a dataset's texts: those of earlier texts stand apart from now on, see
    /// [`CaseReview::earlier`]. Without this all marks count, whatever text they are of.
    pub fn hold_against(&mut self, texts: Arc<Texts>) {
        self.texts = texts;
        for reading in self.readings.values_mut() {
            for folded in reading.values_mut() {
                folded.fold(&self.entries, &self.after, &self.undone, &self.texts);
            }
        }
    }

    /// Takes one more entry. Returns whether it is this reviewer's and new.
    pub fn apply(&mut self, entry: Entry) -> bool {
        if entry.reviewer != self.reviewer {
            self.ignored.foreign += 1;
            return false;
        }
        if self.ids.contains_key(&entry.id) {
            self.ignored.duplicates += 1;
            return false;
        }
        let index = self.entries.len();
        self.ids.insert(entry.id.clone(), index);
        let after = self.sights.take(&entry);
        self.after.push(after);
        let place = entry.case.clone().map(|key| (entry.pass, key));
        if let Some((_, key)) = &place {
            self.note_sights(key);
        }
        match &entry.act {
            Act::Session { .. } => self.sessions.push(index),
            Act::Undo { target } => {
                let target = target.clone();
                self.undo(&target);
            }
            Act::Redo { target } => {
                let target = target.clone();
                self.redo(&target);
            }
            Act::Unblind { .. } => {}
            Act::Other { .. } => self.ignored.unknown += 1,
            act => {
                let holds = !self.undone.contains(&entry.id);
                if act.undoable() {
                    self.redoable.clear();
                    let stack = if holds {
                        &mut self.done
                    } else {
                        &mut self.redoable
                    };
                    stack.push(index);
                }
                // A line of such an act without a case is a bad one and never comes here.
                if let Some(key) = entry.case.clone() {
                    let reading = self.readings.entry(entry.pass).or_default();
                    let now = self.texts.case(&key);
                    let seen = self.sights.of(&key);
                    let folded = reading.entry(key).or_default();
                    folded.sighted.note(seen, Vec::new);
                    folded.entries.push(index);
                    if holds {
                        folded.review.take(&entry, after, now);
                    }
                }
            }
        }
        self.entries.push(entry);
        if let Some((pass, key)) = place
            && let Some(folded) = self.readings.get_mut(&pass).and_then(|r| r.get_mut(&key))
        {
            folded.settle(&self.entries, &self.undone);
        }
        true
    }

    /// Keeps which marks hold in each reading of a case of which something new has been seen, before the next act.
    fn note_sights(&mut self, key: &CaseKey) {
        let seen = self.sights.of(key);
        for folded in self.readings.values_mut().filter_map(|r| r.get_mut(key)) {
            let marks = || marks(&folded.entries, &self.entries, &self.undone);
            folded.sighted.note(seen, marks);
        }
    }

    fn undo(&mut self, target: &str) {
        if !self.undone.insert(target.to_owned()) {
            return;
        }
        let Some(index) = self.known(target) else {
            return;
        };
        if let Ok(at) = self.done.binary_search(&index) {
            self.done.remove(at);
            self.redoable.push(index);
            self.fold(index);
        }
    }

    fn redo(&mut self, target: &str) {
        if !self.undone.remove(target) {
            return;
        }
        let Some(index) = self.known(target) else {
            return;
        };
        self.redoable.retain(|i| *i != index);
        if self.entries[index].act.undoable()
            && let Err(at) = self.done.binary_search(&index)
        {
            self.done.insert(at, index);
            self.fold(index);
        }
    }

    fn known(&self, id: &str) -> Option<usize> {
        // The entry being applied has an id already and no place yet.
        self.ids
            .get(id)
            .copied()
            .filter(|i| *i < self.entries.len())
    }

    /// Folds the case of an entry anew.
    fn fold(&mut self, index: usize) {
        let entry = &self.entries[index];
        let reading = self.readings.get_mut(&entry.pass);
        if let (Some(key), Some(reading)) = (&entry.case, reading)
            && let Some(folded) = reading.get_mut(key)
        {
            folded.fold(&self.entries, &self.after, &self.undone, &self.texts);
        }
    }

    /// The texts that marks are held against.
    pub fn texts(&self) -> &Texts {
        &self.texts
    }

    /// Whose review it is.
    pub fn reviewer(&self) -> &str {
        &self.reviewer
    }

    /// What is said of a case in its first reading; an empty review when nothing is.
    pub fn case(&self, key: &CaseKey) -> &CaseReview {
        self.reading(Pass::First, key)
    }

    /// What is said of a case in a reading; an empty review when nothing is.
    pub fn reading(&self, pass: Pass, key: &CaseKey) -> &CaseReview {
        let folded = self.readings.get(&pass).and_then(|r| r.get(key));
        folded.map_or(&self.nothing, |f| &f.review)
    }

    /// All cases with an entry of a first reading, in no order.
    pub fn cases(&self) -> impl Iterator<Item = (&CaseKey, &CaseReview)> {
        self.cases_in(Pass::First)
    }

    /// All cases with an entry of a reading, in no order.
    pub fn cases_in(&self, pass: Pass) -> impl Iterator<Item = (&CaseKey, &CaseReview)> {
        let reading = self.readings.get(&pass).into_iter().flatten();
        reading.map(|(key, folded)| (key, &folded.review))
    }

    /// The readings with an entry, in order.
    pub fn passes(&self) -> impl Iterator<Item = Pass> {
        self.readings.keys().copied()
    }

    /// Forgets the readings of cases for which `keep` says no; the entries stay.
    pub fn retain(&mut self, mut keep: impl FnMut(Pass, &CaseKey, &CaseReview) -> bool) {
        for (pass, cases) in &mut self.readings {
            cases.retain(|key, folded| keep(*pass, key, &folded.review));
        }
    }

    /// What holds of pairs of instructions: later, earlier, whether they ask the same, and the id of the act that says so.
    pub fn pairs(&self) -> Vec<(&str, &str, bool, &str)> {
        let mut pairs = BTreeMap::new();
        for entry in &self.entries {
            if let Act::Pair {
                later,
                earlier,
                same,
            } = &entry.act
                && !self.undone.contains(&entry.id)
            {
                match same {
                    Some(same) => pairs.insert(
                        (later.as_str(), earlier.as_str()),
                        (*same, entry.id.as_str()),
                    ),
                    None => pairs.remove(&(later.as_str(), earlier.as_str())),
                };
            }
        }
        let all = pairs.into_iter();
        all.map(|((later, earlier), (same, id))| (later, earlier, same, id))
            .collect()
    }

    /// All entries that are this reviewer's, each id once, in file order.
    pub fn entries(&self) -> &[Entry] {
        &self.entries
    }

    /// The entry with an id.
    pub fn entry(&self, id: &str) -> Option<&Entry> {
        self.known(id).map(|i| &self.entries[i])
    }

    /// The act that undo would take back, the newest that holds; or the one that redo would bring back, the one undone last, until a
    /// new act is done.
    pub fn target(&self, turn: Turn) -> Option<&Entry> {
        let stack = match turn {
            Turn::Undo => &self.done,
            Turn::Redo => &self.redoable,
        };
        stack.last().map(|i| &self.entries[*i])
    }

    /// Whether an act holds, that is, was not undone.
    pub fn holds(&self, id: &str) -> bool {
        self.known(id).is_some() && !self.undone.contains(id)
    }

    /// The sitting that began last.
    pub fn last_session(&self) -> Option<&Entry> {
        self.sessions.last().map(|i| &self.entries[*i])
    }

    /// The newest act on a case that holds, for going on where the reviewer left off.
    pub fn last_act(&self) -> Option<&Entry> {
        let mut acts = self.entries.iter().rev();
        acts.find(|e| e.act.needs_case() && !self.undone.contains(&e.id))
    }

    /// What the reviewer has seen of a case by now, in whatever reading.
    pub fn seen(&self, key: &CaseKey) -> Seen {
        self.sights.of(key)
    }

    /// Entries that had no effect.
    pub fn ignored(&self) -> Ignored {
        self.ignored
    }

    /// What judges, where that is no person.
    pub(crate) fn machine(&self) -> Option<&Machine> {
        let mut sessions = self.sessions.iter().rev();
        sessions.find_map(|i| match &self.entries[*i].act {
            Act::Session { machine, .. } => machine.as_ref(),
            _ => None,
        })
    }

    /// How far the reviewer is with these cases; only responses that the dataset has are counted.
    pub fn progress<'a>(&self, cases: impl IntoIterator<Item = &'a Case>) -> Progress {
        let mut progress = Progress::default();
        let machine = self.machine().is_some();
        for case in cases {
            let review = self.case(&case.key());
            let has = |model: &str| review.judgement(model).is_some();
            let judged = case.responses.iter().filter(|r| has(&r.model)).count();
            progress.cases += 1;
            progress.responses += case.responses.len();
            progress.judged += judged;
            progress.judged_cases += usize::from(judged > 0 && judged == case.responses.len());
            let key = case.key();
            let standing = Standing::of((&self.reviewer, machine), Pass::First, &key, review, None);
            let against = Rules::default().against(Pass::First, standing);
            if review.is_done() {
                progress.submitted += 1;
                let left_out = review.is_marked() && against == Some(Cause::Unblinded);
                progress.unblinded += usize::from(left_out);
            } else {
                progress.begun += usize::from(review.is_begun());
            }
            progress.flagged += usize::from(review.flagged);
        }
        progress
    }
}

#[cfg(test)]
mod tests;
