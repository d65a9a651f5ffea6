use super::*;
use crate::review::entry::{Act, Entry, Scope, Verdict};
use crate::review::sample::{case, entry, judge};

fn submit() -> Act {
    Act::Submit {
        overruled: Vec::new(),
        seconds: 1,
        reason: None,
    }
}

/// What jchen did, in order: the case, the reading, the act.
fn done(acts: Vec<(u32, Pass, Act)>) -> BTreeMap<String, Ledger> {
    let entries = (0..).zip(acts);
    Ledger::by_reviewer(entries.map(|(n, (c, pass, act))| {
        let key = (act.needs_case() || matches!(act, Act::Undo { .. })).then(|| case(c));
        Entry {
            pass,
            ..entry(n, key, act)
        }
    }))
}

fn lines(tally: &Tally) -> Vec<String> {
    tally.notices().into_iter().map(|n| n.what).collect()
}

/// The cases that count, by number, in a reading.
fn counting(counted: &Counted, pass: Pass) -> Vec<String> {
    let ledgers = counted.ledgers.values();
    let cases = ledgers.flat_map(|l| l.cases_in(pass).map(|(key, _)| key.instruction.clone()));
    let mut cases: Vec<String> = cases.collect();
    cases.sort();
    cases
}

#[test]
fn what_is_submitted_counts_and_the_rest_is_told() {
    let (first, second) = (Pass::First, Pass::Again(2));
    let mark = || judge("a", Verdict::Correct);
    let ledgers = || {
        done(vec![
            (1, first, mark()),
            (1, first, submit()),
            // Begun.
            (2, first, mark()),
            // Reopened.
            (3, first, mark()),
            (3, first, submit()),
            (3, first, Act::Reopen {}),
            // Submitted, and that taken back.
            (4, first, mark()),
            (4, first, submit()),
            (
                4,
                first,
                Act::Undo {
                    target: format!("{:026}", 7),
                },
            ),
            // Submitted again after it was reopened.
            (5, first, mark()),
            (5, first, Act::Reopen {}),
            (5, first, submit()),
            // A second reading is submitted by itself.
            (1, second, mark()),
            (2, second, mark()),
            (2, second, submit()),
            (2, Pass::Adjudication, mark()),
            // Nothing is said of a response.
            (6, first, Act::Flag { on: true }),
        ])
    };
    let counted = Rules::default().count(ledgers(), None);
    assert_eq!(counting(&counted, first), ["1", "5", "6"]);
    assert_eq!(counting(&counted, second), ["2"]);
    assert_eq!(counting(&counted, Pass::Adjudication), Vec::<String>::new());
    let told = "left out: jchen 4 readings not submitted, jchen 1 adjudication not submitted; --unsubmitted takes them in";
    assert_eq!(lines(&counted.tally), [told]);
    assert!(
        counted
            .tally
            .notices()
            .iter()
            .all(|n| n.severity == Severity::Info)
    );

    let all = Rules {
        unsubmitted: true,
        ..Rules::default()
    };
    let counted = all.count(ledgers(), None);
    assert_eq!(counting(&counted, first), ["1", "2", "3", "4", "5", "6"]);
    // An adjudication that is not submitted decides nothing.
    assert_eq!(counting(&counted, Pass::Adjudication), Vec::<String>::new());
    assert_eq!(
        lines(&counted.tally),
        [
            "left out: jchen 1 adjudication not submitted",
            "taken in: jchen 4 readings not submitted",
        ]
    );
}

#[test]
fn what_was_marked_with_the_names_in_view_is_left_out_and_what_came_before_is_not() {
    let first = Pass::First;
    let mark = || judge("a", Verdict::Correct);
    let ledgers = || {
        done(vec![
            (1, first, mark()),
            (1, first, submit()),
            (2, first, mark()),
            (1, first, Act::Unblind { scope: Scope::Case }),
            (2, first, Act::Unblind { scope: Scope::Case }),
            (2, first, judge("b", Verdict::Incorrect)),
            (2, first, submit()),
        ])
    };
    let plan = Queues::default();
    let counted = Rules::default().count(ledgers(), Some(&plan));
    assert_eq!(counting(&counted, first), ["1"]);
    assert_eq!(
        lines(&counted.tally),
        [
            "left out: jchen 1 reading with the models' names in view; --unblinded takes them in",
            "taken in: jchen 1 reading outside of the plan",
        ]
    );
    let all = Rules {
        unblinded: true,
        ..Rules::default()
    };
    let counted = all.count(ledgers(), None);
    assert_eq!(counting(&counted, first), ["1", "2"]);
    assert_eq!(
        lines(&counted.tally),
        ["taken in: jchen 1 reading with the models' names in view"]
    );
}
