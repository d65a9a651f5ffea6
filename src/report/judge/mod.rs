//! The tables on models that judge: how far they agree with clinicians, what the place of an answer does, what the rubric moved.
//!
//! In: what machines said in all rounds, what people said in their first readings. Out: tables of their own. Never: a machine's mark in a
//! table about people.

mod against;
mod marks;
mod moved;
mod place;
#[cfg(test)]
mod tests;

use std::collections::BTreeMap;

use marks::Marks;

use super::observations::{Observation, Observations};
use super::table::{Form, Number, Table};
use crate::review::entry::Machine;
use crate::stats::interval::{Bootstrap, Interval};
use crate::stats::method::Method;

/// What machine reviewers said, and which machines they are, by reviewer.
#[derive(Clone, Debug, Default)]
pub(crate) struct Machines {
    /// What they said.
    pub said: Observations,
    /// What they are.
    pub are: BTreeMap<String, Machine>,
}

/// One judge with its marks over all its rounds.
struct Judge<'a> {
    name: &'a str,
    machine: &'a Machine,
    rows: Vec<&'a Observation>,
    marks: Marks,
}

/// The tables; none without a machine. `people`: first readings made before others' marks were seen.
pub(super) fn tables(
    machines: &Machines,
    people: &[&Observation],
    bootstrap: Bootstrap,
) -> Vec<Table> {
    let judges: Vec<Judge<'_>> = machines
        .are
        .iter()
        .map(|(name, machine)| {
            let rows = machines.said.rows.iter().filter(|o| o.reviewer == *name);
            let rows: Vec<&Observation> = rows.collect();
            Judge {
                name,
                machine,
                marks: Marks::of(&rows),
                rows,
            }
        })
        .filter(|judge| !judge.rows.is_empty())
        .collect();
    // Where machines were asked to be counted among people they are not measured by themselves.
    let is_machine = |o: &Observation| machines.are.contains_key(&o.reviewer);
    let people: Vec<&Observation> = people.iter().copied().filter(|o| !is_machine(o)).collect();
    let against = against::table(&judges, &people, bootstrap);
    against
        .into_iter()
        .chain(place::tables(&judges))
        .chain(moved::table(&judges))
        .collect()
}

fn number(
    value: Option<f64>,
    interval: Option<Interval>,
    (n, missing): (usize, usize),
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
