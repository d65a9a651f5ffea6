//! What a reviewer had seen of a case when an act was made: models' names, the dataset's gold responses, others' marks,
//! what models were sent of the record.
//!
//! In: acts in file order. Out: a plain value for each act, and what has been seen by now. What was seen stays seen: for
//! later acts, in every reading of the case, after a restart, whatever is undone.
//!
//! A reading is made blind to a thing when the marks that hold in it are the very ones that held when the thing was first
//! seen ([`Sighted`]): a mark made, deleted, taken back or brought back after that was chosen with it in view.

use rustc_hash::FxHashMap;

use super::entry::{Act, Entry, Scope};
use crate::dataset::CaseKey;

/// What had been seen of a case.
#[expect(
    clippy::struct_excessive_bools,
    reason = "each is seen or not, whatever is with the others"
)]
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash)]
pub struct Seen {
    /// The models' names.
    pub names: bool,
    /// The dataset's own gold responses.
    pub gold: bool,
    /// What other reviewers marked.
    pub others: bool,
    /// What a model was sent of the record.
    pub context: bool,
}

impl Seen {
    /// What was seen in either.
    #[must_use]
    pub fn or(self, other: Seen) -> Seen {
        Seen {
            names: self.names || other.names,
            gold: self.gold || other.gold,
            others: self.others || other.others,
            context: self.context || other.context,
        }
    }

    /// What was seen here and not there.
    #[must_use]
    pub(super) fn without(self, other: Seen) -> Seen {
        Seen {
            names: self.names && !other.names,
            gold: self.gold && !other.gold,
            others: self.others && !other.others,
            context: self.context && !other.context,
        }
    }
}

/// The marks that held in one reading of a case when each thing was first seen.
#[derive(Clone, Debug, Default)]
pub(super) struct Sighted(Vec<(Seen, Vec<usize>)>);

impl Sighted {
    /// Takes what has been seen by now; `marks` are the acts that hold.
    pub(super) fn note(&mut self, seen: Seen, marks: impl FnOnce() -> Vec<usize>) {
        let before = self
            .0
            .iter()
            .fold(Seen::default(), |all, (s, _)| all.or(*s));
        let new = seen.without(before);
        if new != Seen::default() {
            self.0.push((new, marks()));
        }
    }

    /// What had been seen before a change of the marks that hold now.
    pub(super) fn before_marks(&self, marks: impl FnOnce() -> Vec<usize>) -> Seen {
        if self.0.is_empty() {
            return Seen::default();
        }
        let now = marks();
        let changed = self.0.iter().filter(|(_, then)| *then != now);
        changed.fold(Seen::default(), |all, (seen, _)| all.or(*seen))
    }
}

/// What one reviewer has seen by now, by case.
#[derive(Clone, Debug, Default)]
pub(super) struct Sights {
    cases: FxHashMap<CaseKey, Seen>,
    /// Whether names are shown in all cases that are opened, until the sitting ends.
    names: bool,
}

impl Sights {
    /// Takes the next act. Returns what had been seen of its case when it was made.
    pub(super) fn take(&mut self, entry: &Entry) -> Seen {
        match &entry.act {
            Act::Session { .. } => self.names = false,
            Act::Unblind { scope: Scope::All } => self.names = true,
            _ => {}
        }
        let Some(key) = &entry.case else {
            return Seen::default();
        };
        // Of a case that is no more than named nothing was in view.
        let in_view = !matches!(
            entry.act,
            Act::Relevance { .. } | Act::Category { .. } | Act::Other { .. }
        );
        let before = self.of(key);
        let now = Seen {
            names: before.names || self.names && in_view,
            ..before
        };
        let mut after = now;
        match entry.act {
            Act::Unblind { .. } => after.names = true,
            Act::SeeGold {} => after.gold = true,
            Act::SeeOthers {} => after.others = true,
            Act::SeeContext {} => after.context = true,
            _ => {}
        }
        if after != before {
            self.cases.insert(key.clone(), after);
        }
        now
    }

    /// What has been seen of a case by now.
    pub(super) fn of(&self, key: &CaseKey) -> Seen {
        self.cases.get(key).copied().unwrap_or_default()
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::review::sample::{case, entry, judge};
    use crate::review::{Ledger, Pass, Verdict};

    /// What had been seen before the mark and the order of a case, after these acts: on which case, in which reading.
    fn seen(acts: Vec<(Option<u32>, Pass, Act)>, pass: Pass) -> Seen {
        let mut ledger = Ledger::new("jchen");
        for (n, (of, pass, act)) in (0..).zip(acts) {
            let entry = entry(n, of.map(case), act);
            assert!(ledger.apply(Entry { pass, ..entry }));
        }
        ledger.reading(pass, &case(1)).seen
    }

    fn mark() -> Act {
        judge("a", Verdict::Correct)
    }

    fn session() -> Act {
        crate::review::sample::acts().swap_remove(0)
    }

    #[test]
    fn what_was_seen_stays_seen_for_later_marks() {
        let (first, again) = (Pass::First, Pass::Again(2));
        let unblind = || Act::Unblind { scope: Scope::Case };
        let names = |acts| seen(acts, first).names;
        let one = Some(1);
        // A mark before is blind, one after is not, also after a restart, and whatever was undone.
        assert!(!names(vec![(one, first, mark()), (one, first, unblind())]));
        assert!(names(vec![
            (one, first, unblind()),
            (None, first, session()),
            (one, first, mark())
        ]));
        let undo = Act::Undo {
            target: entry(0, None, mark()).id,
        };
        assert!(names(vec![
            (one, first, unblind()),
            (one, first, undo),
            (one, first, mark())
        ]));
        // Of another case it says nothing; in another reading of the same it does.
        assert!(!names(vec![
            (Some(2), first, unblind()),
            (one, first, mark())
        ]));
        assert!(seen(vec![(one, first, unblind()), (one, again, mark())], again).names);
        for (act, expected) in [
            (
                Act::SeeGold {},
                Seen {
                    gold: true,
                    ..Seen::default()
                },
            ),
            (
                Act::SeeOthers {},
                Seen {
                    others: true,
                    ..Seen::default()
                },
            ),
            (
                Act::SeeContext {},
                Seen {
                    context: true,
                    ..Seen::default()
                },
            ),
        ] {
            let pass = Pass::Adjudication;
            assert_eq!(
                seen(vec![(one, pass, act), (one, first, mark())], first),
                expected
            );
        }
    }

    #[test]
    fn names_in_all_cases_end_with_the_sitting() {
        let all = || Act::Unblind { scope: Scope::All };
        let first = Pass::First;
        let names = |acts| seen(acts, first).names;
        let one = Some(1);
        assert!(names(vec![(None, first, all()), (one, first, mark())]));
        assert!(!names(vec![
            (None, first, all()),
            (None, first, session()),
            (one, first, mark())
        ]));
        // A case that was in view with names keeps that.
        let flag = Act::Flag { on: true };
        assert!(names(vec![
            (None, first, all()),
            (one, first, flag),
            (None, first, session()),
            (one, first, mark()),
        ]));
    }

    #[test]
    fn an_order_is_a_mark() {
        let first = Pass::First;
        let rank = |order: &[&str]| Act::Rank {
            order: order.iter().map(|m| vec![(*m).to_owned()]).collect(),
        };
        let gold = |acts| seen(acts, first).gold;
        let one = Some(1);
        let see = || (one, first, Act::SeeGold {});
        assert!(gold(vec![see(), (one, first, rank(&["a", "b"]))]));
        assert!(!gold(vec![(one, first, rank(&["a", "b"])), see()]));
        // To take an order away is a choice as well.
        assert!(gold(vec![
            (one, first, rank(&["a"])),
            see(),
            (one, first, rank(&[]))
        ]));
    }

    #[test]
    fn what_is_undone_or_deleted_or_tagged_with_names_in_view_is_not_blind() {
        let first = Pass::First;
        let one = |act| (Some(1), first, act);
        let unblind = || one(Act::Unblind { scope: Scope::Case });
        let said = |verdict| one(judge("a", verdict));
        let undo = |n: u32| {
            one(Act::Undo {
                target: entry(n, None, mark()).id,
            })
        };
        let redo = |n: u32| {
            one(Act::Redo {
                target: entry(n, None, mark()).id,
            })
        };
        let names = |acts| seen(acts, first).names;
        let two = || vec![said(Verdict::Incorrect), said(Verdict::Correct)];
        let with = |more: Vec<_>| two().into_iter().chain(more).collect::<Vec<_>>();
        assert!(!names(with(vec![unblind()])));
        assert!(names(with(vec![unblind(), undo(1)])), "an undo");
        assert!(names(with(vec![undo(1), unblind(), redo(1)])), "a redo");
        // Taken back and brought back: what stands is what stood.
        assert!(!names(with(vec![unblind(), undo(1), redo(1)])));
        assert!(!names(with(vec![
            unblind(),
            said(Verdict::Unsure),
            undo(3)
        ])));
        let cleared = Act::Judge {
            model: "a".to_owned(),
            verdict: None,
            shown_position: None,
            view: None,
        };
        assert!(names(with(vec![unblind(), one(cleared)])), "deleted");
        let tag = Act::Tag {
            model: "a".to_owned(),
            errors: Vec::new(),
            harm: Some(crate::review::entry::Harm::Severe),
        };
        assert!(names(with(vec![unblind(), one(tag)])), "harm");
        // Names in all cases are in view where an act is taken back, too.
        let all = (None, first, Act::Unblind { scope: Scope::All });
        assert!(names(with(vec![all, undo(1)])), "an undo, all names shown");
    }
}
