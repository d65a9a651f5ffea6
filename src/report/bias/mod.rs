//! The tables on what besides the responses may have moved reviewers: places on the screen, lengths, the reviewer, time.
//!
//! In: observations. Out: tables of effects, by place shown, by reviewer, by third of a reviewer's work, and of second
//! readings against first ones. A table whose facts are not known at all is left out. Never: text of a response; of it
//! only the length counts.
//!
//! First readings are looked at one by one ([`effects`], [`position`]) or by [`sitting`]s ([`reviewers`], [`drift`]);
//! [`again`] alone looks at second ones.

mod again;
mod drift;
mod effects;
mod position;
mod reviewers;
mod sitting;

#[cfg(test)]
mod tests;

use super::observations::Observation;
use super::table::{Form, Number, Table};
use crate::stats::interval::{Bootstrap, Interval};
use crate::stats::method::Method;

/// The tables. `observations` are of all readings.
pub(super) fn tables(observations: &[&Observation], bootstrap: Bootstrap) -> Vec<Table> {
    let first: Vec<&Observation> = observations
        .iter()
        .copied()
        .filter(|o| o.reading == 0)
        .collect();
    let sittings = sitting::of(&first);
    let tables = [
        effects::table(&first, &sittings, bootstrap),
        position::table(&first),
        reviewers::table(&first, &sittings),
        drift::table(&sittings),
        again::table(observations, bootstrap),
    ];
    tables.into_iter().flatten().collect()
}

/// A cell of these tables.
fn number(
    value: Option<f64>,
    interval: Option<Interval>,
    n: usize,
    missing: usize,
    form: Form,
    method: &'static Method,
) -> Number {
    Number {
        value,
        interval,
        n,
        missing,
        form,
        method,
    }
}

/// A verdict as a number, so that a mean is the share correct.
fn verdict(o: &Observation) -> Option<f64> {
    o.correct().map(|c| f64::from(u8::from(c)))
}
