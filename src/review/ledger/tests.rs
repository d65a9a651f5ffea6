use proptest::prelude::*;

use super::*;
use crate::review::entry::{Scope, Verdict};
use crate::review::sample::{a_pass, any_act, case, entry, judge};

/// What is done in a test: an act on a case, an undo, or a redo.
#[derive(Clone, Debug)]
enum TestStep {
    Do(u32, Pass, Box<Act>),
    Undo,
    Redo,
}

fn step() -> impl Strategy<Value = TestStep> {
    let act = any_act().prop_filter("undo and redo are steps of their own", |act| {
        !matches!(act, Act::Undo { .. } | Act::Redo { .. })
    });
    prop_oneof![
        5 => (0..2u32, 0..3u32, act).prop_map(|(n, pass, act)| TestStep::Do(n, a_pass(pass), Box::new(act))),
        3 => Just(TestStep::Undo),
        2 => Just(TestStep::Redo),
    ]
}

/// The plainest model of undo: a list of acts, each holding or not, and a stack of what can come back.
#[derive(Default)]
struct Plain {
    acts: Vec<(Entry, bool)>,
    back: Vec<usize>,
    /// Every line, undo and redo included, and the ids of the acts that held before it.
    lines: Vec<(Entry, Vec<String>)>,
}

impl Plain {
    fn newest(&self) -> Option<usize> {
        let holds = |(e, holds): &(Entry, bool)| *holds && e.act.undoable();
        self.acts.iter().rposition(holds)
    }

    fn holding(&self) -> Vec<String> {
        let holding = self.acts.iter().filter(|(_, holds)| *holds);
        holding.map(|(e, _)| e.id.clone()).collect()
    }

    fn reading(&self, pass: Pass, key: &CaseKey) -> CaseReview {
        let mut review = CaseReview::default();
        let holding = self.holding();
        for (n, (entry, _)) in self.lines.iter().enumerate() {
            let here = entry.case.as_ref() == Some(key) && entry.pass == pass;
            if here && holding.contains(&entry.id) {
                review.apply(entry, self.seen_before(n, key));
            }
        }
        let marks = |held: &[String]| -> Vec<String> {
            let acts = self
                .acts
                .iter()
                .map(|(e, _)| e)
                .filter(|e| e.case.as_ref() == Some(key) && e.pass == pass && e.act.is_mark());
            let held = acts.filter(|e| held.contains(&e.id));
            held.map(|e| e.id.clone()).collect()
        };
        let blind = |of: fn(&Seen) -> bool| {
            let first = (0..self.lines.len()).find(|n| of(&self.seen_after(*n, key)));
            first.is_none_or(|n| marks(&self.lines[n].1) == marks(&holding))
        };
        review.seen = Seen {
            names: !blind(|s| s.names),
            gold: !blind(|s| s.gold),
            others: !blind(|s| s.others),
            context: !blind(|s| s.context),
        };
        review
    }

    /// What had been seen of a case before a line: said of it, or of all cases in the same sitting, whether or not it holds.
    fn seen_before(&self, n: usize, key: &CaseKey) -> Seen {
        let of_case = |i: &usize| self.lines[*i].0.case.as_ref() == Some(key);
        let act = |i: usize| &self.lines[i].0.act;
        let said = |wanted: &dyn Fn(&Act) -> bool| (0..n).filter(of_case).any(|i| wanted(act(i)));
        let all = |i: usize| {
            let mut acts = (0..i).rev().map(act);
            let all = Act::Unblind { scope: Scope::All };
            acts.find(|a| matches!(a, Act::Session { .. }) || **a == all) == Some(&all)
        };
        let in_view = |i: &usize| {
            let named = matches!(act(*i), Act::Relevance { .. } | Act::Category { .. });
            !named && !matches!(act(*i), Act::Session { .. })
        };
        let mut here = (0..=n).filter(of_case).filter(in_view);
        Seen {
            names: here.any(all) || said(&|a| matches!(a, Act::Unblind { .. })),
            gold: said(&|a| *a == Act::SeeGold {}),
            others: said(&|a| *a == Act::SeeOthers {}),
            context: said(&|a| *a == Act::SeeContext {}),
        }
    }

    /// The same with the line itself.
    fn seen_after(&self, n: usize, key: &CaseKey) -> Seen {
        let (line, own) = (&self.lines[n].0, self.lines[n].0.case.as_ref() == Some(key));
        let own = Seen {
            names: own && matches!(line.act, Act::Unblind { .. }),
            gold: own && line.act == Act::SeeGold {},
            others: own && line.act == Act::SeeOthers {},
            context: own && line.act == Act::SeeContext {},
        };
        self.seen_before(n, key).or(own)
    }
}

proptest! {
    #[test]
    fn the_fold_equals_the_plain_model(steps in proptest::collection::vec(step(), 0..60)) {
        let mut plain = Plain::default();
        let mut ledger = Ledger::new("jchen");
        let mut lines = Vec::new();
        for (n, step) in (0..).zip(steps) {
            let held = plain.holding();
            let new = match step {
                TestStep::Do(which, pass, act) => {
                    let new = Entry { pass, ..entry(n, Some(case(which)), *act) };
                    if new.act.undoable() {
                        plain.back.clear();
                    }
                    plain.acts.push((new.clone(), true));
                    new
                }
                TestStep::Undo => {
                    let newest = plain.newest();
                    prop_assert_eq!(ledger.target(Turn::Undo), newest.map(|i| &plain.acts[i].0));
                    let Some(i) = newest else { continue };
                    plain.acts[i].1 = false;
                    plain.back.push(i);
                    let (target, case) = (plain.acts[i].0.id.clone(), plain.acts[i].0.case.clone());
                    entry(n, case, Act::Undo { target })
                }
                TestStep::Redo => {
                    let next = plain.back.pop();
                    prop_assert_eq!(ledger.target(Turn::Redo), next.map(|i| &plain.acts[i].0));
                    let Some(i) = next else { continue };
                    plain.acts[i].1 = true;
                    let (target, case) = (plain.acts[i].0.id.clone(), plain.acts[i].0.case.clone());
                    entry(n, case, Act::Redo { target })
                }
            };
            lines.push(new.to_line().expect("writable"));
            plain.lines.push((new.clone(), held));
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
        prop_assert_eq!(ledger.target(Turn::Undo), again.target(Turn::Undo));
        prop_assert_eq!(ledger.target(Turn::Redo), again.target(Turn::Redo));
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
