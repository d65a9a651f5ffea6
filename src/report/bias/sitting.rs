//! What one reviewer said of one case in one reading, and what is counted of such sittings.
//!
//! In: observations of one reading. Out: sittings in the observations' order, and cells on some of them: shares
//! correct and tied, minutes. Never: a table; those are made beside this.

use rustc_hash::FxHashMap;

use super::number;
use crate::report::observations::Observation;
use crate::report::table::{Form, Number};
use crate::stats::correlation::ratio;
use crate::stats::interval;
use crate::stats::interval::{bounded_mean, mean, quantile, wilson};
use crate::stats::method::Method;

/// Share of pairs of ranked responses of a case that are tied, mean over cases, with the normal 95% interval of a mean.
const TIED: Method = Method {
    id: "tied-share",
    what: "Share of pairs of ranked responses of a case that are tied, mean over cases, with a 95% score interval between 0 and 1 (Wilson's with the effective sample size and t in place of z).",
    source: "plain share; Wilson 1927; Kish 1965",
    ties: "are counted",
    missing: "responses without a rank are left out",
};

/// What one reviewer said of one case in one reading.
pub(super) type Sitting<'a> = Vec<&'a Observation>;

/// Observations by reviewer and case, in the observations' order.
pub(super) fn of<'a>(observations: &[&'a Observation]) -> Vec<Sitting<'a>> {
    let mut places: FxHashMap<(&str, &str, &str), usize> = FxHashMap::default();
    let mut sittings: Vec<Sitting<'a>> = Vec::new();
    for o in observations {
        let key = (
            o.reviewer.as_str(),
            o.instruction.as_str(),
            o.person.as_str(),
        );
        let place = *places.entry(key).or_insert_with(|| {
            sittings.push(Vec::new());
            sittings.len() - 1
        });
        sittings[place].push(o);
    }
    sittings
}

/// The reviewers' names, sorted.
pub(super) fn names(sittings: &[Sitting<'_>]) -> Vec<String> {
    let mut names: Vec<String> = sittings
        .iter()
        .filter_map(|s| Some(s.first()?.reviewer.clone()))
        .collect();
    names.sort_unstable();
    names.dedup();
    names
}

pub(super) fn of_reviewer<'s, 'a>(sittings: &'s [Sitting<'a>], name: &str) -> Vec<&'s Sitting<'a>> {
    sittings
        .iter()
        .filter(|s| s.first().is_some_and(|o| o.reviewer == name))
        .collect()
}

/// A reviewer's name as tables write it.
pub(super) fn shown(name: &str) -> String {
    if name.is_empty() {
        "(not stated)".to_owned()
    } else {
        name.to_owned()
    }
}

/// The share of pairs of ranked responses that a sitting ties; `None` without a pair.
pub(super) fn tied_share(sitting: &Sitting<'_>) -> Option<f64> {
    let ranks: Vec<f64> = sitting.iter().filter_map(|o| o.rank).collect();
    let (mut ties, mut pairs) = (0.0, 0.0);
    for (i, a) in ranks.iter().enumerate() {
        for b in &ranks[i + 1..] {
            pairs += 1.0;
            ties += f64::from(u8::from(a.total_cmp(b).is_eq()));
        }
    }
    ratio(ties, pairs)
}

/// The minutes a sitting took, where they are known.
pub(super) fn minutes(sitting: &Sitting<'_>) -> Option<f64> {
    sitting
        .iter()
        .find_map(|o| o.seconds)
        .map(|s| s as f64 / 60.0)
}

/// Three quartiles of the minutes a case, with how many are known.
pub(super) fn time(sittings: &[&Sitting<'_>]) -> [Number; 3] {
    let mut all: Vec<f64> = sittings.iter().filter_map(|s| minutes(s)).collect();
    all.sort_by(f64::total_cmp);
    [0.25, 0.5, 0.75].map(|p| {
        number(
            quantile(&all, p),
            None,
            all.len(),
            sittings.len() - all.len(),
            Form::Tenth,
            &interval::TIME,
        )
    })
}

/// The share of responses judged correct.
pub(super) fn correct_of(sittings: &[&Sitting<'_>]) -> Number {
    let all = || sittings.iter().flat_map(|s| s.iter());
    let judged = all().filter(|o| o.correct().is_some()).count();
    let right = all().filter(|o| o.correct() == Some(true)).count();
    number(
        (judged > 0).then(|| right as f64 / judged as f64),
        wilson(right, judged),
        judged,
        all().count() - judged,
        Form::Share,
        &interval::WILSON,
    )
}

/// The mean share of ties.
pub(super) fn ties_of(sittings: &[&Sitting<'_>]) -> Number {
    let shares: Vec<Option<f64>> = sittings.iter().map(|s| tied_share(s)).collect();
    let (value, n) = mean(&shares);
    number(
        value,
        bounded_mean(&shares, 0.0, 1.0),
        n,
        shares.len() - n,
        Form::Share,
        &TIED,
    )
}
