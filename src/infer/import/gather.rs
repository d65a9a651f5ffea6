//! All answers of a run, each with its case.
//!
//! In: answers one after the other, as they are read. Out: one answer a case, by case; what is left out and why. Never: two systems
//! taken for one.

use std::collections::{BTreeMap, BTreeSet};

use rustc_hash::FxHashMap;

use super::join::{Join, Why, has_gold};
use super::{About, Found, Run, read};
use crate::dataset::{Case, CaseKey};
use crate::error::{Error, Result};

/// What is wanted of a run.
#[derive(Clone, Debug, Default)]
pub(crate) struct Wanted {
    /// The system whose answers are taken, where the run has several.
    pub system: Option<String>,
    /// Which of several answers to the same; the first where nothing is said.
    pub trial: Option<u32>,
}

/// Something that is left out: where it is, why, and what all of its kind are called.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Left {
    /// Where in the run.
    pub place: String,
    pub why: String,
    pub kind: &'static str,
}

/// What a run comes to.
#[derive(Debug)]
pub(crate) struct Gathered<'d> {
    /// How many answers it has, those of other systems among them.
    pub read: usize,
    /// One answer a case, in the run's order, without its prompt.
    pub answers: Vec<(&'d Case, Found)>,
    /// What is left out.
    pub left: Vec<Left>,
    /// What the run says of itself, and what was set aside as is due.
    pub about: About,
}

/// Reads a run and finds the case of each answer.
///
/// # Errors
/// When the run cannot be read, or has answers of several systems and none of them was asked for.
pub(crate) fn gather<'d>(run: &Run, wanted: &Wanted, cases: &'d [Case]) -> Result<Gathered<'d>> {
    let join = Join::new(cases);
    let mut systems: BTreeMap<String, usize> = BTreeMap::new();
    let mut aside: BTreeMap<&'static str, usize> = BTreeMap::new();
    let mut taken: Vec<(&Case, Found)> = Vec::new();
    let mut places: FxHashMap<CaseKey, usize> = FxHashMap::default();
    let mut left = Vec::new();
    let mut trials: BTreeSet<u32> = BTreeSet::new();
    let mut all = 0;
    let mut set_aside = |what| *aside.entry(what).or_default() += 1;
    let mut about = read(run, &mut |mut found| {
        all += 1;
        *systems.entry(found.system.clone()).or_default() += 1;
        trials.insert(found.trial);
        if wanted.system.as_ref().is_some_and(|s| *s != found.system) {
            set_aside("answers of other systems");
        } else if found.perturbed {
            set_aside("answers to changed questions");
        } else if wanted.trial.is_some_and(|t| t != found.trial) {
            set_aside("further answers to the same");
        } else {
            let case = match join.case(&found) {
                Ok(case) => case,
                Err(why) => return left.push(unjoined(found.place, &why)),
            };
            if !has_gold(case, &found) {
                set_aside("gold responses that no case has; their answers are taken by their ids");
            }
            found.odd.iter().for_each(|what| set_aside(what));
            found.prompt = String::new();
            match places.get(&case.key()) {
                None => {
                    places.insert(case.key(), taken.len());
                    taken.push((case, found));
                }
                Some(&at) => again(&mut taken[at], found, &mut set_aside, &mut left),
            }
        }
    })?;
    if systems.len() > 1 && wanted.system.is_none() {
        let names: Vec<String> = systems
            .iter()
            .map(|(name, n)| format!("{name} ({n})"))
            .collect();
        return Err(
            Error::usage(format!("the run has answers of {} systems", systems.len())).hint(
                format!(
                    "import one after the other with --system NAME: {}",
                    names.join(", ")
                ),
            ),
        );
    }
    if let Some(system) = wanted.system.as_ref().filter(|s| !systems.contains_key(*s)) {
        let names: Vec<&str> = systems.keys().map(String::as_str).collect();
        return Err(Error::usage(format!("the run has no system {system}"))
            .hint(format!("it has {}", names.join(", "))));
    }
    if let Some(trial) = wanted.trial.filter(|t| all > 0 && !trials.contains(t)) {
        let most = trials.last().copied().unwrap_or(0);
        return Err(
            Error::usage(format!("no answer is number {trial} of several"))
                .hint(format!("the run has up to {most} answers to the same")),
        );
    }
    for (place, why) in std::mem::take(&mut about.broken) {
        let kind = "that cannot be read";
        left.push(Left { place, why, kind });
    }
    for (what, n) in aside {
        *about.aside.entry(what).or_default() += n;
    }
    Ok(Gathered {
        read: all,
        answers: taken,
        left,
        about,
    })
}

fn unjoined(place: String, why: &Why) -> Left {
    Left {
        place,
        why: why.told(),
        kind: why.kind(),
    }
}

/// A further answer of a case: the first trial stays, an answer takes a failure's place, an equal answer is none, another one is named.
fn again(
    kept: &mut (&Case, Found),
    mut found: Found,
    aside: &mut impl FnMut(&'static str),
    left: &mut Vec<Left>,
) {
    if found.trial != kept.1.trial {
        if found.trial < kept.1.trial {
            std::mem::swap(&mut kept.1, &mut found);
        }
        aside("further answers to the same");
    } else if found.outcome == kept.1.outcome && found.told.text == kept.1.told.text {
        aside("answers that are there twice");
    } else if found.outcome.is_answer() != kept.1.outcome.is_answer() {
        if found.outcome.is_answer() {
            std::mem::swap(&mut kept.1, &mut found);
        }
        aside("failures of what was answered in another try");
    } else {
        left.push(Left {
            place: found.place,
            why: format!(
                "another answer to the same case as {}, which is taken",
                kept.1.place
            ),
            kind: "to cases that have another answer in the run",
        });
    }
}
