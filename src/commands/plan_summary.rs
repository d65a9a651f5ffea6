//! How a plan came out, in words: cases for each reviewer, by specialty, and what could not be met and why.
//!
//! In: reviewers, cases, who reads what. Out: text for the terminal.

use std::collections::BTreeMap;
use std::fmt::Write as _;
use std::path::Path;

use crate::review::assign::{Reader, Sharing, Wanted, Wishes};
use crate::text::safe;

/// What is known of who wrote what.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(super) struct Known {
    /// Cases of which it is known who asked.
    pub asked: usize,
    /// Times that a reviewer is kept from an instruction of their own.
    pub own_instructions: usize,
    /// Times that a reviewer is kept from a gold response of their own.
    pub own_golds: usize,
    /// Cases that are not shared because they have no response to judge.
    pub without_responses: usize,
}

/// The name of a specialty that is none.
const UNKNOWN: &str = "not known";

/// The whole summary.
pub(super) fn summary(
    path: &Path,
    reviewers: &[Reader],
    cases: &[Wanted],
    sharing: &Sharing,
    wishes: &Wishes,
    known: &Known,
) -> String {
    let mut text = String::new();
    let readings: usize = sharing.queues.iter().map(Vec::len).sum();
    let again: usize = sharing.again.iter().map(Vec::len).sum();
    let several = sharing.readers.iter().filter(|r| r.len() > 1).count();
    // Writing to a string does not fail.
    let _ = writeln!(
        text,
        "{}: {} cases, {several} of them read by several; {readings} readings, and {again} again; seed {}\n",
        path.display(),
        cases.len(),
        wishes.seed
    );
    of_reviewers(reviewers, cases, sharing, &mut text);
    of_specialties(reviewers, cases, sharing, &mut text);
    let unmet = unmet(reviewers, cases, sharing, wishes, known);
    if unmet.is_empty() {
        text.push_str("\nEvery wish is met.\n");
    } else {
        text.push_str("\nNot met:\n");
        for line in unmet {
            let _ = writeln!(text, "- {line}");
        }
    }
    text
}

fn of_reviewers(reviewers: &[Reader], cases: &[Wanted], sharing: &Sharing, text: &mut String) {
    let name = |r: &Reader| safe(&r.name).into_owned();
    let width = reviewers.iter().map(|r| name(r).chars().count()).max();
    let width = width.unwrap_or(0).max("reviewer".len());
    let _ = writeln!(
        text,
        "{:<width$}  cases  with others  again  own specialty  another  specialties",
        "reviewer"
    );
    for (r, reviewer) in reviewers.iter().enumerate() {
        let queue = &sharing.queues[r];
        let shared = queue.iter().filter(|c| sharing.readers[**c].len() > 1);
        let fit = |wanted: bool| {
            let fits = |c: &&usize| reviewer.knows(&cases[**c].specialty) == Some(wanted);
            queue.iter().filter(fits).count()
        };
        let _ = writeln!(
            text,
            "{:<width$}  {:>5}  {:>11}  {:>5}  {:>13}  {:>7}  {}",
            name(reviewer),
            queue.len(),
            shared.count(),
            sharing.again[r].len(),
            fit(true),
            fit(false),
            safe(&reviewer.specialties.join(", ")),
        );
    }
}

/// The cases of each specialty, by name.
fn strata(cases: &[Wanted]) -> BTreeMap<String, Vec<usize>> {
    let mut strata: BTreeMap<String, Vec<usize>> = BTreeMap::new();
    for (c, case) in cases.iter().enumerate() {
        let name = if case.specialty.is_empty() {
            UNKNOWN
        } else {
            &case.specialty
        };
        strata.entry(name.to_owned()).or_default().push(c);
    }
    strata
}

/// How many readings of these cases are by a reviewer of their specialty (or of another).
fn fitting(
    reviewers: &[Reader],
    cases: &[Wanted],
    sharing: &Sharing,
    of: &[usize],
    fit: bool,
) -> usize {
    let readings = of
        .iter()
        .flat_map(|&c| sharing.readers[c].iter().map(move |&r| (c, r)));
    readings
        .filter(|&(c, r)| reviewers[r].knows(&cases[c].specialty) == Some(fit))
        .count()
}

fn of_specialties(reviewers: &[Reader], cases: &[Wanted], sharing: &Sharing, text: &mut String) {
    let strata = strata(cases);
    let width = strata.keys().map(|n| safe(n).chars().count()).max();
    let width = width.unwrap_or(0).max("specialty".len());
    let _ = writeln!(
        text,
        "\n{:<width$}  cases  readings  by the same specialty",
        "specialty"
    );
    for (name, of) in &strata {
        let readings: usize = of.iter().map(|c| sharing.readers[*c].len()).sum();
        let same = fitting(reviewers, cases, sharing, of, true);
        let _ = writeln!(
            text,
            "{:<width$}  {:>5}  {readings:>8}  {same:>21}",
            safe(name),
            of.len()
        );
    }
}

/// What could not be met, and why.
fn unmet(
    reviewers: &[Reader],
    cases: &[Wanted],
    sharing: &Sharing,
    wishes: &Wishes,
    known: &Known,
) -> Vec<String> {
    let mut lines = Vec::new();
    if known.without_responses > 0 {
        let n = known.without_responses;
        lines.push(format!(
            "{n} cases have no response to judge and are not shared"
        ));
    }
    if known.asked < cases.len() {
        lines.push(format!(
            "who asked is known for {} of {} cases; the others may go to who asked them. Give --authors, or a column submitter, and name reviewers as there (NAME=OTHER_NAME)",
            known.asked,
            cases.len()
        ));
    } else if known.own_instructions == 0 {
        lines.push("no instruction is by a reviewer of this plan, as the names are written; where tables call them otherwise, say NAME=OTHER_NAME".to_owned());
    }
    let wanted = wishes.overlap.of(cases.len());
    let whole = (0..cases.len()).filter(|&c| sharing.readers[c].len() >= wishes.readers);
    let whole = if wishes.readers > 1 {
        whole.count()
    } else {
        wanted
    };
    if whole < wanted {
        lines.push(format!(
            "{whole} and not {wanted} cases are read by {}: in the others too many reviewers would read what they wrote",
            wishes.readers
        ));
    }
    let nobody: Vec<String> = (0..cases.len())
        .filter(|&c| sharing.readers[c].is_empty())
        .map(|c| safe(&cases[c].key.to_string()).into_owned())
        .collect();
    if !nobody.is_empty() {
        lines.push(format!(
            "nobody may read {}: every reviewer wrote the instruction or a gold response",
            nobody.join(", ")
        ));
    }
    for (r, reviewer) in reviewers.iter().enumerate() {
        if cases.iter().all(|c| c.barred[r]) {
            lines.push(format!(
                "{} has no case, because every case is their own as the tables name people; where Annotator_1 is only the first of each case, name nobody so",
                safe(&reviewer.name)
            ));
        }
    }
    lines.extend(of_loads(reviewers, cases, sharing));
    if wishes.by_specialty {
        lines.extend(of_fit(reviewers, cases, sharing));
    }
    lines
}

fn of_loads(reviewers: &[Reader], cases: &[Wanted], sharing: &Sharing) -> Option<String> {
    let loads = || sharing.queues.iter().map(Vec::len);
    let (least, most) = (loads().min()?, loads().max()?);
    if most - least < 2 {
        return None;
    }
    let at = |load: usize| {
        let names = reviewers.iter().zip(&sharing.queues);
        let names = names
            .filter(|(_, q)| q.len() == load)
            .map(|(r, _)| safe(&r.name).into_owned());
        names.collect::<Vec<_>>().join(", ")
    };
    let begun = cases.iter().any(|c| c.begun.iter().any(|b| *b));
    let why = if begun {
        "what was begun stays with who began it, and nobody reads what they wrote"
    } else {
        "nobody reads what they wrote"
    };
    Some(format!(
        "loads are not equal, {} has {least} and {} has {most}: {why}",
        at(least),
        at(most)
    ))
}

fn of_fit(reviewers: &[Reader], cases: &[Wanted], sharing: &Sharing) -> Vec<String> {
    let mut lines = Vec::new();
    let mut nobodys = Vec::new();
    for (name, of) in strata(cases) {
        let other = fitting(reviewers, cases, sharing, &of, false);
        if other == 0 {
            continue;
        }
        let specialists: Vec<usize> = (0..reviewers.len())
            .filter(|&r| reviewers[r].knows(&cases[of[0]].specialty) == Some(true))
            .collect();
        if specialists.is_empty() {
            nobodys.push(format!("{} ({other})", safe(&name)));
            continue;
        }
        // A reading by another specialty that no specialist could have had: they wrote the case or read it already.
        let forced = of.iter().filter(|&&c| {
            let by_other = sharing.readers[c].iter();
            let by_other = by_other.filter(|r| !specialists.contains(r)).count();
            let free = specialists.iter();
            let free = free.filter(|r| !cases[c].barred[**r] && !sharing.readers[c].contains(r));
            by_other > 0 && free.count() == 0
        });
        let names = specialists
            .iter()
            .map(|&r| safe(&reviewers[r].name).into_owned());
        let names = names.collect::<Vec<_>>().join(", ");
        let why = match forced.count() {
            0 => format!("with more of them, {names} would read more than the others"),
            n => format!(
                "in {n} of these cases {names} wrote the instruction or an answer, or read the case already; in the others they would read more than their share"
            ),
        };
        lines.push(format!(
            "{other} readings of {} are by another specialty: {why}",
            safe(&name)
        ));
    }
    if !nobodys.is_empty() {
        let nobodys = nobodys.join(", ");
        lines.push(format!(
            "no reviewer is of these specialties, whose cases others read (readings): {nobodys}"
        ));
    }
    lines
}
