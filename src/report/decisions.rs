//! The table on what decided the adjudicated cases.
//!
//! In: observations, those of adjudicators with what decided. Out: a table by reason; none where nothing was decided.

use std::collections::BTreeMap;

use super::observations::Observation;
use super::table::{Number, Part, Table, TableRow};
use super::tables::columns;
use crate::review::Reason;
use crate::stats::method;

pub(super) fn tables(observations: &[&Observation]) -> Vec<Table> {
    let mut cases: BTreeMap<(&str, &str), Reason> = BTreeMap::new();
    for o in observations {
        if let Some(reason) = o.decided_by {
            cases.insert((&o.instruction, &o.person), reason);
        }
    }
    if cases.is_empty() {
        return Vec::new();
    }
    let count = |reason| cases.values().filter(|r| **r == reason).count();
    let rows = Reason::ALL.into_iter().map(|reason| TableRow {
        keys: vec![reason.label().to_owned()],
        numbers: vec![Number {
            n: cases.len(),
            ..Number::count(count(reason), &method::COUNT)
        }],
    });
    vec![Table {
        id: "decisions",
        part: Part::Agreement,
        title: "What decided",
        caption: "Adjudicated cases by what the one who decided gave as the reason; n counts the cases that are adjudicated."
            .to_owned(),
        keys: vec!["reason"],
        columns: columns(&[("cases", "cases")]),
        rows: rows.collect(),
        chart: None,
    }]
}
