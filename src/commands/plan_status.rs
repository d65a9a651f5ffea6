//! `medalign plan DIR --status`: how far the reviewers are with the plan.
//!
//! In: the plan, and what reviewers said. Out: a line a reviewer, the cases that are in nobody's queue, and who reads without being in the
//! plan. Never: what anybody said, or of which answer.

use std::collections::BTreeMap;
use std::fmt::Write as _;

use jiff::Timestamp;

use crate::dataset::{Case, CaseKey};
use crate::review::plan::{Plan, Queues};
use crate::review::{Act, Ledger, Pass};
use crate::text::{clip, safe, thousands};

/// So many cases are named.
const NAMED: usize = 10;

/// How far readings are.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
struct Far {
    /// With a verdict on every response.
    judged: usize,
    submitted: usize,
    of: usize,
}

/// One reviewer.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
struct Standing {
    first: Far,
    again: Far,
    /// Acts on cases, or in readings, that the plan does not ask of them.
    outside: usize,
    last: Option<Timestamp>,
}

/// What there is to tell.
pub(super) fn status(plan: &Plan, cases: &[Case], ledgers: &BTreeMap<String, Ledger>) -> String {
    let queues = plan.queues();
    let by_key: BTreeMap<CaseKey, &Case> = cases.iter().map(|c| (c.key(), c)).collect();
    let nothing = Ledger::new("");
    let mut text = String::new();
    let names = plan.reviewers();
    let width = names.iter().map(|n| safe(n).chars().count()).max();
    let width = width.unwrap_or(0).max("reviewer".len());
    // Writing to a string does not fail.
    let _ = writeln!(
        text,
        "{:<width$}  judged  submitted     of  read again     of  acts outside  last act",
        "reviewer"
    );
    for name in &names {
        let ledger = ledgers.get(*name).unwrap_or(&nothing);
        let far = standing(plan, name, ledger, &queues, &by_key);
        let last = far.last.map_or_else(|| "none yet".to_owned(), moment);
        let _ = writeln!(
            text,
            "{:<width$}  {:>6}  {:>9}  {:>5}  {:>10}  {:>5}  {:>12}  {last}",
            safe(name),
            far.first.judged,
            far.first.submitted,
            far.first.of,
            far.again.submitted,
            far.again.of,
            far.outside,
        );
    }
    let left = plan.nobodys(cases);
    if !left.is_empty() {
        let first: Vec<String> = left
            .iter()
            .take(NAMED)
            .map(|c| c.key().to_string())
            .collect();
        let more = if left.len() > NAMED { ", …" } else { "" };
        let _ = writeln!(
            text,
            "\nIn nobody's queue: {} of {} cases: {}{more}",
            thousands(left.len() as u64),
            thousands(cases.len() as u64),
            safe(&first.join(", "))
        );
    }
    let strangers = ledgers
        .iter()
        .filter(|(name, _)| !names.contains(&name.as_str()));
    let began: Vec<(&String, usize, Option<Timestamp>)> = strangers
        .map(|(name, ledger)| (name, acts(ledger).count(), last(ledger)))
        .filter(|(_, acts, _)| *acts > 0)
        .collect();
    if !began.is_empty() {
        text.push_str("\nBegan and not in the plan:\n");
    }
    for (name, acts, last) in began {
        let last = last.map_or_else(String::new, |at| format!(", the last {}", moment(at)));
        let _ = writeln!(text, "  {}: {acts} acts{last}", clip(&safe(name), 60));
    }
    text
}

fn standing(
    plan: &Plan,
    name: &str,
    ledger: &Ledger,
    queues: &Queues,
    cases: &BTreeMap<CaseKey, &Case>,
) -> Standing {
    let mut standing = Standing {
        last: last(ledger),
        ..Standing::default()
    };
    for row in plan.rows.iter().filter(|r| r.reviewer == name) {
        let far = if row.pass == Pass::First {
            &mut standing.first
        } else {
            &mut standing.again
        };
        far.of += 1;
        let review = ledger.reading(row.pass, &row.case);
        far.submitted += usize::from(review.is_done());
        let responses = cases.get(&row.case).map_or(&[][..], |c| &c.responses);
        let mut verdicts = responses.iter().map(|r| review.verdict(&r.model));
        far.judged += usize::from(!responses.is_empty() && verdicts.all(|v| v.is_some()));
    }
    let outside =
        |(pass, case): &(Pass, &CaseKey)| queues.ask_for(name, *pass, case) == Some(false);
    standing.outside = acts(ledger).filter(outside).count();
    standing
}

/// The acts on cases that hold, each with its reading.
fn acts(ledger: &Ledger) -> impl Iterator<Item = (Pass, &CaseKey)> {
    let about = |act: &Act| {
        !matches!(
            act,
            Act::Session { .. }
                | Act::Undo { .. }
                | Act::Redo { .. }
                | Act::Unblind { .. }
                | Act::SeeGold {}
                | Act::SeeOthers {}
                | Act::OutsidePlan {}
        )
    };
    let entries = ledger.entries().iter();
    entries
        .filter(move |e| about(&e.act) && ledger.holds(&e.id))
        .filter_map(|e| Some((e.pass, e.case.as_ref()?)))
}

fn last(ledger: &Ledger) -> Option<Timestamp> {
    ledger.entries().iter().map(|e| e.time).max()
}

/// A moment, to the minute.
fn moment(at: Timestamp) -> String {
    at.strftime("%Y-%m-%d %H:%M UTC").to_string()
}
