//! First readings that agreement can rest on: those made before others' marks were seen.
//!
//! In: rows of first readings. Out: the rows that are independent, and one notice by name of the others. Never: a row that is left out
//! untold; all other tables keep it.

use std::collections::{BTreeMap, BTreeSet};
use std::path::Path;

use super::observations::Observation;
use crate::notice::{Notice, Severity};

/// The rows of readings made before others' marks were seen, and what is told of the others.
pub(super) fn rows<'a>(first: &[&'a Observation]) -> (Vec<&'a Observation>, Option<Notice>) {
    let (after, independent): (Vec<&Observation>, Vec<&Observation>) =
        first.iter().partition(|o| o.saw_others);
    let mut by_name: BTreeMap<&str, BTreeSet<(&str, &str)>> = BTreeMap::new();
    for o in after {
        let cases = by_name.entry(&o.reviewer).or_default();
        cases.insert((&o.instruction, &o.person));
    }
    let names: Vec<String> = by_name
        .iter()
        .map(|(name, cases)| format!("{name} {}", cases.len()))
        .collect();
    let told = (!names.is_empty()).then(|| {
        let what = format!(
            "left out of agreement, since the reviewer had seen others' marks of the case: readings of {}",
            names.join(", ")
        );
        Notice::file(Severity::Info, Path::new("reviews"), what)
    });
    (independent, told)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn readings_after_others_marks_are_left_out_by_name() {
        let row = |reviewer: &str, instruction: &str, model: &str, saw_others| Observation {
            reviewer: reviewer.to_owned(),
            instruction: instruction.to_owned(),
            model: model.to_owned(),
            saw_others,
            ..Observation::default()
        };
        let all = [
            row("anna", "1", "a", false),
            row("bogdan", "1", "a", true),
            row("bogdan", "1", "b", true),
            row("bogdan", "2", "a", true),
            row("bogdan", "3", "a", false),
        ];
        let all: Vec<&Observation> = all.iter().collect();
        let (kept, told) = rows(&all);
        assert_eq!(kept, [all[0], all[4]]);
        let told = told.expect("a notice").to_string();
        assert!(told.ends_with("readings of bogdan 2"), "{told}");
        assert_eq!(rows(&kept), (kept.clone(), None));
    }
}
