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
use super::entry::{Act, Entry};
use super::pass::Pass;
use super::seen::{Seen, Sights};
use super::shown::Texts;
use crate::dataset::{Case, CaseKey};

/// How far a reviewer is.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Progress {
    /// Cases there are.
    pub cases: usize,
    /// Cases with a verdict on every response (at least one).
    pub judged_cases: usize,
    /// Cases submitted.
    pub submitted: usize,
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
    }
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
                    let folded = reading.entry(key).or_default();
                    folded.entries.push(index);
                    if holds {
                        folded.review.take(&entry, after, now);
                    }
                }
            }
        }
        self.entries.push(entry);
        true
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

    /// The act that undo would take back: the newest that holds.
    pub fn undo_target(&self) -> Option<&Entry> {
        self.done.last().map(|i| &self.entries[*i])
    }

    /// The act that redo would bring back: the one undone last, until a new act is done.
    pub fn redo_target(&self) -> Option<&Entry> {
        self.redoable.last().map(|i| &self.entries[*i])
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

    /// How far the reviewer is with these cases; only responses that the dataset has are counted.
    pub fn progress<'a>(&self, cases: impl IntoIterator<Item = &'a Case>) -> Progress {
        let mut progress = Progress::default();
        for case in cases {
            let review = self.case(&case.key());
            let has = |model: &str| review.judgement(model).is_some();
            let judged = case.responses.iter().filter(|r| has(&r.model)).count();
            progress.cases += 1;
            progress.responses += case.responses.len();
            progress.judged += judged;
            progress.judged_cases += usize::from(judged > 0 && judged == case.responses.len());
            progress.submitted += usize::from(review.is_done());
            progress.flagged += usize::from(review.flagged);
        }
        progress
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;
    use crate::review::entry::{Scope, Verdict};
    use crate::review::sample::{a_pass, any_act, case, entry, judge};

    /// What is done in a test: an act on a case, an undo, or a redo.
    #[derive(Clone, Debug)]
    enum Step {
        Do(u32, Pass, Box<Act>),
        Undo,
        Redo,
    }

    fn step() -> impl Strategy<Value = Step> {
        let act = any_act().prop_filter("undo and redo are steps of their own", |act| {
            !matches!(act, Act::Undo { .. } | Act::Redo { .. })
        });
        prop_oneof![
            5 => (0..2u32, 0..3u32, act).prop_map(|(n, pass, act)| Step::Do(n, a_pass(pass), Box::new(act))),
            3 => Just(Step::Undo),
            2 => Just(Step::Redo),
        ]
    }

    /// The plainest model of undo: a list of acts, each holding or not, and a stack of what can come back.
    #[derive(Default)]
    struct Plain {
        acts: Vec<(Entry, bool)>,
        back: Vec<usize>,
    }

    impl Plain {
        fn newest(&self) -> Option<usize> {
            let holds = |(e, holds): &(Entry, bool)| *holds && e.act.undoable();
            self.acts.iter().rposition(holds)
        }

        fn reading(&self, pass: Pass, key: &CaseKey) -> CaseReview {
            let mut review = CaseReview::default();
            for (n, (entry, holds)) in self.acts.iter().enumerate() {
                if *holds && entry.case.as_ref() == Some(key) && entry.pass == pass {
                    review.apply(entry, self.after(n));
                }
            }
            review
        }

        /// What had been seen before an act: said of its case, or of all cases in the same sitting, whether or not it holds.
        fn after(&self, n: usize) -> Seen {
            let (act, _) = &self.acts[n];
            let before = &self.acts[..n];
            let of_case = |wanted: &dyn Fn(&Act) -> bool| {
                let mut said = before.iter().map(|(e, _)| e);
                said.any(|e| e.case == act.case && wanted(&e.act))
            };
            let all = |i: usize| {
                let mut acts = self.acts[..i].iter().rev().map(|(e, _)| &e.act);
                let all = Act::Unblind { scope: Scope::All };
                acts.find(|a| matches!(a, Act::Session { .. }) || **a == all) == Some(&all)
            };
            let in_view = |a: &Act| !matches!(a, Act::Relevance { .. } | Act::Category { .. });
            let mut here = (0..=n).filter(|&i| {
                self.acts[i].0.case == act.case
                    && in_view(&self.acts[i].0.act)
                    && !matches!(self.acts[i].0.act, Act::Session { .. })
            });
            Seen {
                names: here.any(all) || of_case(&|a| matches!(a, Act::Unblind { .. })),
                gold: of_case(&|a| *a == Act::SeeGold {}),
                others: of_case(&|a| *a == Act::SeeOthers {}),
            }
        }
    }

    proptest! {
        #[test]
        fn the_fold_equals_the_plain_model(steps in proptest::collection::vec(step(), 0..60)) {
            let mut plain = Plain::default();
            let mut ledger = Ledger::new("jchen");
            let mut lines = Vec::new();
            for (n, step) in (0..).zip(steps) {
                let new = match step {
                    Step::Do(which, pass, act) => {
                        let new = Entry { pass, ..entry(n, Some(case(which)), *act) };
                        if new.act.undoable() {
                            plain.back.clear();
                        }
                        plain.acts.push((new.clone(), true));
                        new
                    }
                    Step::Undo => {
                        let newest = plain.newest();
                        prop_assert_eq!(ledger.undo_target(), newest.map(|i| &plain.acts[i].0));
                        let Some(i) = newest else { continue };
                        plain.acts[i].1 = false;
                        plain.back.push(i);
                        let (target, case) = (plain.acts[i].0.id.clone(), plain.acts[i].0.case.clone());
                        entry(n, case, Act::Undo { target })
                    }
                    Step::Redo => {
                        let next = plain.back.pop();
                        prop_assert_eq!(ledger.redo_target(), next.map(|i| &plain.acts[i].0));
                        let Some(i) = next else { continue };
                        plain.acts[i].1 = true;
                        let (target, case) = (plain.acts[i].0.id.clone(), plain.acts[i].0.case.clone());
                        entry(n, case, Act::Redo { target })
                    }
                };
                lines.push(new.to_line().expect("writable"));
                prop_assert!(ledger.apply(new));
            }
            // A restart, with every line written twice.
            let mut again = Ledger::new("jchen");
            for line in lines.iter().flat_map(|l| [l, l]) {
                again.apply(Entry::from_line(line.as_bytes()).expect("an entry"));
            }
            prop_assert_eq!(again.ignored().duplicates, lines.len());
            for (which, pass) in (0..6).map(|n| (n / 3, a_pass(n))) {
                let key = case(which);
                let expected = plain.reading(pass, &key);
                prop_assert_eq!(ledger.reading(pass, &key), &expected);
                prop_assert_eq!(again.reading(pass, &key), &expected);
            }
            prop_assert_eq!(ledger.undo_target(), again.undo_target());
            prop_assert_eq!(ledger.redo_target(), again.redo_target());
        }
    }

    #[test]
    fn an_undo_counts_wherever_its_target_stands() {
        let judged = entry(1, Some(case(1)), judge("a", Verdict::Correct));
        let target = judged.id.clone();
        let undo = entry(
            2,
            Some(case(1)),
            Act::Undo {
                target: target.clone(),
            },
        );
        let redo = entry(3, Some(case(1)), Act::Redo { target });
        let mut ledger = Ledger::new("jchen");
        ledger.apply(undo);
        ledger.apply(judged);
        assert_eq!(ledger.case(&case(1)).verdict("a"), None);
        ledger.apply(redo);
        assert_eq!(ledger.case(&case(1)).verdict("a"), Some(Verdict::Correct));
    }

    #[test]
    fn other_reviewers_are_kept_apart() {
        let mine = entry(1, Some(case(1)), judge("a", Verdict::Correct));
        let mut theirs = entry(2, Some(case(1)), judge("a", Verdict::Incorrect));
        theirs.reviewer = "okafor".to_owned();
        let mut ledger = Ledger::new("jchen");
        assert!(ledger.apply(mine.clone()) && !ledger.apply(theirs.clone()));
        assert_eq!(ledger.ignored().foreign, 1);
        let all = Ledger::by_reviewer([mine, theirs]);
        let verdict = |name: &str| all[name].case(&case(1)).verdict("a");
        assert_eq!(verdict("jchen"), Some(Verdict::Correct));
        assert_eq!(verdict("okafor"), Some(Verdict::Incorrect));
    }

    #[test]
    fn a_change_after_submission_shows() {
        let mut ledger = Ledger::new("jchen");
        let submit = Act::Submit {
            overruled: Vec::new(),
            seconds: 5,
            reason: None,
        };
        let acts = [
            submit,
            Act::Flag { on: true },
            judge("a", Verdict::Correct),
            Act::Reopen {},
        ];
        let states: Vec<(bool, bool)> = (0..)
            .zip(acts)
            .map(|(n, act)| {
                ledger.apply(entry(n, Some(case(1)), act));
                let review = ledger.case(&case(1));
                (review.submitted.is_some(), review.changed_since)
            })
            .collect();
        assert_eq!(
            states,
            [(true, false), (true, false), (true, true), (false, false)]
        );
    }

    #[test]
    fn progress_counts_what_the_dataset_has() {
        let mut ledger = Ledger::new("jchen");
        for (n, model) in (0..).zip(["a", "b", "gone"]) {
            ledger.apply(entry(n, Some(case(1)), judge(model, Verdict::Correct)));
        }
        let with = |n: u32, models: &[&str]| Case {
            instruction_id: n.to_string(),
            person_id: case(n).person,
            responses: models
                .iter()
                .map(|m| crate::dataset::Response {
                    model: (*m).to_owned(),
                    ..Default::default()
                })
                .collect(),
            ..Case::default()
        };
        let cases = [with(1, &["a", "b"]), with(2, &["a"]), with(3, &[])];
        let progress = ledger.progress(&cases);
        assert_eq!((progress.cases, progress.judged_cases), (3, 1));
        assert_eq!((progress.responses, progress.judged), (3, 2));
    }
}
