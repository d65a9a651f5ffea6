//! A table's header: which columns are read, and which are not.
//!
//! In: the names of a file's columns. Out: for each of ours its place in a row, and an account of the others. Never: a name that is no
//! column of the CDM, since a file without a header begins with a patient's row; its place is told instead.

use std::cmp::Ordering;
use std::collections::BTreeSet;
use std::fmt;
use std::path::Path;

use serde::Serialize;

use super::cell::id;
use super::reason::Reason;
use super::rows::SourceRow;
use super::slots::Slot;
use super::tables::Table;
use crate::error::Error;

/// More columns than so many are counted, not listed.
const LISTED: usize = 20;

/// A table's columns: for each of ours, in the order of slots, its place in a row.
pub(super) struct Columns {
    pub(super) places: Vec<(Slot, usize)>,
    width: usize,
    /// How many of its fields mean the same in all versions of the CDM, as far as a longer row can tell.
    shared: usize,
    /// Whether the last field of a row is free text, which a line break without quotes would cut.
    pub(super) ends_with_text: bool,
    /// Those that are not read.
    pub(super) unused: Unused,
    /// What is to be doubted of every row, where values have no column.
    pub(super) values: Option<Reason>,
}

/// Columns that are not read.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize)]
pub(crate) struct Unused {
    /// Columns of the CDM, by name.
    pub known: BTreeSet<&'static str>,
    /// The places of others, from 1.
    pub others: BTreeSet<usize>,
}

impl Unused {
    /// Of these columns: their places, from 1, and names.
    fn of<'a>(table: Table, columns: impl Iterator<Item = (usize, &'a String)>) -> Self {
        let mut unused = Unused::default();
        for (at, name) in columns {
            let mut known = not_imported(table).split(' ');
            match known.find(|n| n == name) {
                Some(name) => unused.known.insert(name),
                None => unused.others.insert(at),
            };
        }
        unused
    }

    /// Whether all columns are read.
    pub(crate) fn is_empty(&self) -> bool {
        self.known.is_empty() && self.others.is_empty()
    }

    pub(super) fn add(&mut self, other: &Unused) {
        self.known.extend(&other.known);
        self.others.extend(&other.others);
    }
}

/// `lot_number, verbatim_end_date; and 2 that are none of the CDM: 13, 14`.
impl fmt::Display for Unused {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let known: Vec<&str> = self.known.iter().copied().collect();
        f.write_str(&known.join(", "))?;
        if self.others.is_empty() {
            return Ok(());
        }
        let lead = if known.is_empty() { "" } else { "; and " };
        let first = self.others.iter().take(LISTED).map(ToString::to_string);
        let first: Vec<String> = first.collect();
        let more = if self.others.len() > LISTED {
            " …"
        } else {
            ""
        };
        write!(
            f,
            "{lead}{} whose {} not known here: column{} {}{more}",
            self.others.len(),
            if self.others.len() == 1 {
                "name is"
            } else {
                "names are"
            },
            if self.others.len() == 1 { "" } else { "s" },
            first.join(", ")
        )
    }
}

/// The columns of a table in CDM 5.3 and 5.4 that are not imported; those that are stand in `specs`.
fn not_imported(table: Table) -> &'static str {
    match table {
        Table::Person => "location_id provider_id care_site_id person_source_value",
        Table::PayerPlanPeriod => {
            "plan_source_concept_id sponsor_concept_id sponsor_source_value sponsor_source_concept_id \
             family_source_value stop_reason_concept_id stop_reason_source_value stop_reason_source_concept_id"
        }
        Table::VisitOccurrence => "visit_type_concept_id preceding_visit_occurrence_id",
        Table::VisitDetail => {
            "visit_detail_type_concept_id preceding_visit_detail_id parent_visit_detail_id visit_detail_parent_id"
        }
        Table::ConditionOccurrence => "condition_type_concept_id",
        Table::DrugExposure => "drug_type_concept_id verbatim_end_date lot_number",
        Table::Measurement => {
            "measurement_type_concept_id unit_source_concept_id measurement_event_id meas_event_field_concept_id"
        }
        Table::Observation => {
            "observation_type_concept_id observation_event_id obs_event_field_concept_id"
        }
        Table::ProcedureOccurrence => "procedure_type_concept_id",
        Table::DeviceExposure => "device_type_concept_id production_id unit_source_concept_id",
        Table::Specimen => "specimen_type_concept_id specimen_source_id",
        Table::ImageOccurrence => {
            "procedure_occurrence_id wadors_uri local_path image_study_uid image_series_uid"
        }
        Table::Note => {
            "note_event_id note_event_field_concept_id encoding_concept_id language_concept_id"
        }
        Table::Death => "death_type_concept_id",
        Table::CareSite => "place_of_service_concept_id place_of_service_source_value location_id",
        Table::Provider => "provider_name npi dea provider_source_value gender_source_concept_id",
        Table::Concept => {
            "domain_id concept_class_id standard_concept valid_start_date valid_end_date invalid_reason"
        }
        Table::Meds => "",
        Table::MedsCode => "parent_codes",
    }
}

/// What is to be doubted of a table that is about values and has no column of any.
fn without_values(table: Table, places: &[(Slot, usize)], unused: &Unused) -> Option<Reason> {
    let of_values = [
        Slot::Number,
        Slot::Text,
        Slot::ValueConcept,
        Slot::ValueSource,
    ];
    let about_values = matches!(table, Table::Measurement | Table::Observation | Table::Meds);
    let any = places.iter().any(|(slot, _)| of_values.contains(slot));
    match (about_values && !any, unused.others.is_empty()) {
        (false, _) => None,
        (true, false) => Some(Reason::ValuesNotRead),
        // Codes alone are whole there.
        (true, true) if table == Table::Meds => None,
        (true, true) => Some(Reason::NoValues),
    }
}

impl Columns {
    /// Reads a header. `others` are columns of the file that are not in it: their places, from 1, and names.
    ///
    /// # Errors
    /// When a column without which the table's rows mean nothing is not there, or one is there twice.
    pub(super) fn of(
        table: Table,
        path: &Path,
        header: &SourceRow<'_>,
        others: &[(usize, String)],
    ) -> crate::error::Result<Columns> {
        let name = |i| {
            let name = header.get(i);
            String::from_utf8_lossy(&name).trim().to_lowercase()
        };
        let names: Vec<String> = (0..header.len()).map(name).collect();
        let places = places(table, path, &names)?;
        let unread = (1..).zip(&names);
        let unread = unread.filter(|(at, _)| !places.iter().any(|(_, used)| used + 1 == *at));
        let others = others.iter().map(|(at, name)| (*at, name));
        let unused = Unused::of(table, unread.chain(others));
        let width = header.len();
        let shared = last_shared(table).and_then(|name| names.iter().position(|n| n == name));
        Ok(Columns {
            ends_with_text: places.contains(&(Slot::Text, width - 1)),
            values: without_values(table, &places, &unused),
            unused,
            places,
            width,
            shared: shared.map_or(width, |at| at + 1),
        })
    }

    /// Whether a line of which nothing can be used is a row all the same, and not the rest of a text that a line break cut: it has the header's
    /// fields, and they are empty or an id stands where ids stand.
    pub(super) fn begins_a_row(&self, row: &SourceRow<'_>) -> bool {
        let person = self.places.iter().find(|(slot, _)| *slot == Slot::Person);
        let is_id = |at: usize| std::str::from_utf8(&row.get(at)).is_ok_and(|t| id(t).is_some());
        row.len() >= self.width
            && ((0..row.len()).all(|at| row.get(at).is_empty())
                || is_id(0)
                || person.is_some_and(|(_, at)| is_id(*at)))
    }

    /// Whether a row has the header's fields; the reason in `Ok` is a doubt.
    pub(super) fn fit(&self, row: &SourceRow<'_>) -> Result<Option<Reason>, Reason> {
        match row.len().cmp(&self.width) {
            Ordering::Equal => Ok(None),
            Ordering::Less => Err(Reason::FieldCount),
            Ordering::Greater if (self.shared..row.len()).all(|i| row.get(i).is_empty()) => {
                Ok(Some(Reason::SurplusBlank))
            }
            Ordering::Greater => Err(Reason::SurplusFields),
        }
    }
}

/// The last column of a table before those which CDM 5.4 put between others.
fn last_shared(table: Table) -> Option<&'static str> {
    match table {
        Table::Measurement => Some("unit_source_value"),
        Table::ProcedureOccurrence => Some("procedure_datetime"),
        Table::DeviceExposure => Some("unique_device_id"),
        _ => None,
    }
}

/// The place of each column that is wanted, by the names of the header.
fn places(table: Table, path: &Path, names: &[String]) -> crate::error::Result<Vec<(Slot, usize)>> {
    let spec = table.spec();
    if names.iter().any(|n| n.contains('\r')) {
        return Err(
            Error::unreadable(path, "line 1: the line ends are bare carriage returns")
                .hint("save the file with line feeds as line ends"),
        );
    }
    let mut places = Vec::new();
    for (slot, wanted) in spec.columns {
        let mut found = None;
        for name in wanted.split(' ') {
            let mut at = names.iter().enumerate().filter(|(_, n)| *n == name);
            found = found.or(at.next().map(|(i, _)| i));
            if at.next().is_some() {
                return Err(Error::unreadable(
                    path,
                    format_args!("the header names the column {name} twice"),
                )
                .hint("rename or remove one of them"));
            }
        }
        places.extend(found.map(|at| (*slot, at)));
    }
    places.sort_unstable();
    for group in spec.required {
        if !group.iter().any(|s| places.iter().any(|(p, _)| p == s)) {
            // What else the header says may be a patient's data, where the header line is missing.
            let known: Vec<&str> = places.iter().map(|(s, _)| spec.column(*s)).collect();
            let wanted: Vec<&str> = group.iter().map(|s| spec.column(*s)).collect();
            return Err(Error::unreadable(
                path,
                format_args!(
                    "line 1: no column {} for the table {} (known columns found: {})",
                    wanted.join(" or "),
                    table.name(),
                    if known.is_empty() {
                        "none".to_owned()
                    } else {
                        known.join(", ")
                    }
                ),
            )
            .hint("check that the first line is the header, with the OMOP names of the columns"));
        }
    }
    Ok(places)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn columns_that_are_not_read_are_one_line() {
        let mut unused = Unused {
            known: ["lot_number"].into(),
            others: (7..40).collect(),
        };
        let text = unused.to_string();
        let lead = "lot_number; and 33 whose names are not known here: columns 7, 8,";
        assert!(text.starts_with(lead) && text.ends_with(" 26 …"), "{text}");
        unused.known.clear();
        unused.others = [3].into();
        let one = "1 whose name is not known here: column 3";
        assert_eq!(unused.to_string(), one);
    }
}
