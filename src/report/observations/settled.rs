//! What adjudicators decided, in place of what reviewers said.

use std::collections::{BTreeMap, BTreeSet};
use std::path::Path;

use super::{Observation, Observations};
use crate::notice::{Notice, Severity};
use crate::review::{ErrorKind, Harm, Pass};

/// A case: instruction and patient.
type Key = (String, String);

fn case(o: &Observation) -> Key {
    (o.instruction.clone(), o.person.clone())
}

fn is_judged(o: &Observation) -> bool {
    o.verdict.is_some()
}

/// What an adjudicator is called among reviewers: one may have reviewed the case, too.
pub(crate) fn decider(name: &str) -> String {
    format!("{name} ({})", Pass::Adjudication)
}

/// Whether a name is that of an adjudicator.
pub(crate) fn is_decider(name: &str) -> bool {
    name.ends_with(&format!(" ({})", Pass::Adjudication))
}

/// The person behind a name among reviewers.
pub(crate) fn named(name: &str) -> &str {
    let decider = format!(" ({})", Pass::Adjudication);
    name.strip_suffix(&decider).unwrap_or(name)
}

/// What is told of adjudications in place of which a later one counts.
pub(super) fn left_out(outdated: usize) -> Vec<Notice> {
    let what =
        format!("left out: {outdated} adjudications of cases that somebody else decided later");
    let notice = Notice::file(Severity::Info, Path::new("reviews"), what);
    (outdated > 0).then_some(notice).into_iter().collect()
}

impl Observations {
    /// First readings with what adjudicators decided in their place, once: a verdict on a response replaces all verdicts,
    /// "unsure", errors and harm of that response; an order of a case, where it names every response that a reviewer
    /// ranked, all orders of that case. Errors and harm of the reviewers with the decided verdict stay where none are
    /// decided. What was not decided stays as the reviewers said it. Of several adjudicators of one case the last one counts.
    ///
    /// A notice counts what was replaced; where a reviewer's row keeps a verdict or a rank, the other one is missing.
    #[must_use]
    pub(crate) fn settled(&self) -> Self {
        let mut notices = self.notices.clone();
        let (decided, outdated) = last_words(&self.decided);
        notices.extend(left_out(outdated));
        let judged = decided.iter().filter(|o| is_judged(o));
        let judged: BTreeSet<_> = judged.map(|o| (case(o), o.model.clone())).collect();
        let (ranked, in_part) = orders(&self.rows, &decided);
        let mut rows = Vec::new();
        let mut left: BTreeSet<(Key, String)> = BTreeSet::new();
        let mut replaced: BTreeMap<(Key, String), Vec<&Observation>> = BTreeMap::new();
        for said in self.rows.iter().filter(|o| o.reading == 0) {
            let mut o = said.clone();
            let key = case(&o);
            if ranked.contains(&key) {
                o.rank = None;
            }
            let response = (key, o.model.clone());
            if judged.contains(&response) {
                replaced.entry(response).or_default().push(said);
                o.verdict = None;
                o.label = None;
                o.errors.clear();
                o.harm = None;
            }
            // A row goes only where all that it said is replaced.
            let says = |o: &Observation| is_judged(o) || o.rank.is_some() || o.label.is_some();
            if says(&o) || !says(said) {
                left.insert((case(&o), o.model.clone()));
                rows.push(o);
            }
        }
        for &o in &decided {
            let key = case(o);
            let mut o = Observation {
                rank: o.rank.filter(|_| ranked.contains(&key)),
                ..o.clone()
            };
            if let Some(said) = replaced.get(&(key, o.model.clone())) {
                take_over_errors(&mut o, said);
            }
            // A response that nobody's row is left of stays in the counts of what is missing.
            let alone = !left.contains(&(case(&o), o.model.clone()));
            if is_judged(&o) || o.rank.is_some() || alone {
                rows.push(o);
            }
        }
        let what = format!(
            "adjudicated: {} verdicts and the orders of {} cases stand in place of the reviewers', which count as missing",
            judged.len(),
            ranked.len()
        );
        notices.push(Notice::file(Severity::Info, Path::new("reviews"), what));
        if in_part > 0 {
            let what = format!(
                "the decided orders of {in_part} cases leave out responses that reviewers ranked; the reviewers' orders stay"
            );
            notices.push(Notice::file(Severity::Info, Path::new("reviews"), what));
        }
        Observations {
            rows,
            decided: Vec::new(),
            tally: self.tally.clone(),
            notices,
        }
    }
}

/// Of each case's adjudicators the rows of the one who submitted last (of equals the last by name), and how many others there are.
fn last_words(decided: &[Observation]) -> (Vec<&Observation>, usize) {
    let mut words: BTreeMap<Key, BTreeMap<&str, _>> = BTreeMap::new();
    for o in decided {
        let of_case = words.entry(case(o)).or_default();
        // A table of an older version does not say when it was submitted.
        let at = o.decided_at.or(o.at);
        let last = of_case.entry(o.reviewer.as_str()).or_insert(at);
        *last = (*last).max(at);
    }
    let others = words.values().map(|of_case| of_case.len() - 1).sum();
    let last = |of_case: &BTreeMap<&str, _>| {
        let last = of_case.iter().max_by_key(|(name, at)| (**at, **name));
        last.map(|(name, _)| (*name).to_owned())
    };
    let last: BTreeMap<Key, Option<String>> = words
        .iter()
        .map(|(key, of_case)| (key.clone(), last(of_case)))
        .collect();
    let counts = |o: &&Observation| {
        let name = last.get(&case(o)).and_then(Option::as_deref);
        name == Some(o.reviewer.as_str())
    };
    (decided.iter().filter(counts).collect(), others)
}

/// The cases whose decided order names every response that a reviewer ranked, and how many decided orders do not.
fn orders(said: &[Observation], decided: &[&Observation]) -> (BTreeSet<Key>, usize) {
    fn ranked<'a>(rows: impl Iterator<Item = &'a Observation>) -> BTreeMap<Key, BTreeSet<&'a str>> {
        let mut ranked: BTreeMap<Key, BTreeSet<&str>> = BTreeMap::new();
        for o in rows.filter(|o| o.rank.is_some() && o.reading == 0) {
            ranked.entry(case(o)).or_default().insert(&o.model);
        }
        ranked
    }
    let said = ranked(said.iter());
    let decided = ranked(decided.iter().copied());
    let is_whole = |key: &Key, models: &BTreeSet<&str>| {
        let said = said.get(key);
        said.is_none_or(|said| said.is_subset(models))
    };
    let whole = decided.iter().filter(|(key, models)| is_whole(key, models));
    let whole: BTreeSet<Key> = whole.map(|(key, _)| key.clone()).collect();
    let in_part = decided.len() - whole.len();
    (whole, in_part)
}

/// Errors and harm of the reviewers who gave the decided verdict, where the one who decided marked none.
fn take_over_errors(o: &mut Observation, said: &[&Observation]) {
    let same = || {
        let verdict = o.verdict;
        said.iter().filter(move |s| s.verdict == verdict)
    };
    let errors: BTreeSet<ErrorKind> = same().flat_map(|s| &s.errors).copied().collect();
    let harm: Option<Harm> = same().filter_map(|s| s.harm).max();
    if o.errors.is_empty() && o.harm.is_none() {
        o.errors = errors.into_iter().collect();
        o.harm = harm;
    }
}
