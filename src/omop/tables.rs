//! Which OMOP tables are imported, and where their files are.
//!
//! In: a folder. Out: its files by table, opened and decompressed. Never: a guess at a table's name; a file that is not
//! used is listed.

use std::collections::BTreeMap;
use std::fs::File;
use std::io::{BufReader, Read};
use std::path::{Path, PathBuf};

use flate2::read::MultiGzDecoder;

use super::slots::Spec;
use super::specs::SPECS;
use crate::error::{Error, Result};

/// The imported tables, in the order in which equally timed events of a patient stand.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
#[repr(u8)]
pub(crate) enum Table {
    Person,
    PayerPlanPeriod,
    VisitOccurrence,
    VisitDetail,
    ConditionOccurrence,
    DrugExposure,
    Measurement,
    Observation,
    ProcedureOccurrence,
    DeviceExposure,
    Specimen,
    ImageOccurrence,
    Note,
    Death,
    CareSite,
    Provider,
    Concept,
}

impl Table {
    pub(crate) const ALL: [Table; 17] = [
        Table::Person,
        Table::PayerPlanPeriod,
        Table::VisitOccurrence,
        Table::VisitDetail,
        Table::ConditionOccurrence,
        Table::DrugExposure,
        Table::Measurement,
        Table::Observation,
        Table::ProcedureOccurrence,
        Table::DeviceExposure,
        Table::Specimen,
        Table::ImageOccurrence,
        Table::Note,
        Table::Death,
        Table::CareSite,
        Table::Provider,
        Table::Concept,
    ];

    /// The table's name in the OMOP CDM.
    pub(crate) fn name(self) -> &'static str {
        match self {
            Table::Person => "person",
            Table::PayerPlanPeriod => "payer_plan_period",
            Table::VisitOccurrence => "visit_occurrence",
            Table::VisitDetail => "visit_detail",
            Table::ConditionOccurrence => "condition_occurrence",
            Table::DrugExposure => "drug_exposure",
            Table::Measurement => "measurement",
            Table::Observation => "observation",
            Table::ProcedureOccurrence => "procedure_occurrence",
            Table::DeviceExposure => "device_exposure",
            Table::Specimen => "specimen",
            Table::ImageOccurrence => "image_occurrence",
            Table::Note => "note",
            Table::Death => "death",
            Table::CareSite => "care_site",
            Table::Provider => "provider",
            Table::Concept => "concept",
        }
    }

    /// Whether its rows belong to one person each.
    pub(crate) fn is_of_persons(self) -> bool {
        self < Table::CareSite
    }

    pub(crate) fn from_index(index: u8) -> Option<Table> {
        Table::ALL.get(usize::from(index)).copied()
    }

    /// What is read of it.
    pub(crate) fn spec(self) -> &'static Spec {
        &SPECS[self as usize]
    }
}

/// The files of a folder, by table.
#[derive(Debug)]
pub(crate) struct Files {
    /// Each table's files: one, or for `concept` the site's own (`2b_concept`) beside the standard ones.
    pub(crate) tables: BTreeMap<Table, Vec<PathBuf>>,
    /// Files of other tables, by name; they are not imported.
    pub(crate) unused: Vec<String>,
}

/// Finds the tables in `folder`: `measurement.csv`, `MEASUREMENT.CSV`, `2b_concept.csv.gz` …
///
/// # Errors
/// When the folder cannot be read, holds no table, or has two files for one table.
pub(crate) fn find(folder: &Path) -> Result<Files> {
    let entries = std::fs::read_dir(folder)
        .map_err(|e| Error::io(folder, "reading the folder of OMOP tables", e))?;
    let mut files = Files {
        tables: BTreeMap::new(),
        unused: Vec::new(),
    };
    let mut names = Vec::new();
    for entry in entries {
        let entry = entry.map_err(|e| Error::io(folder, "reading the folder of OMOP tables", e))?;
        names.push(entry.file_name());
    }
    names.sort();
    for name in names {
        let lower = name.to_string_lossy().to_lowercase();
        let Some(stem) = stem(&lower) else {
            continue;
        };
        match Table::ALL.iter().find(|t| t.name() == stem) {
            Some(table) => files
                .tables
                .entry(*table)
                .or_default()
                .push(folder.join(&name)),
            None => files.unused.push(name.to_string_lossy().into_owned()),
        }
    }
    if !files.tables.keys().any(|t| t.is_of_persons()) {
        return Err(Error::unreadable(
            folder,
            "no OMOP tables here (looked for person.csv, measurement.csv, note.csv.gz …)",
        )
        .hint("name the folder that holds one CSV file a table"));
    }
    for (table, paths) in &files.tables {
        if *table != Table::Concept && paths.len() > 1 {
            return Err(Error::unreadable(
                folder,
                format_args!(
                    "{} files for the table {}: {}",
                    paths.len(),
                    table.name(),
                    paths
                        .iter()
                        .filter_map(|p| p.file_name())
                        .map(|n| n.to_string_lossy())
                        .collect::<Vec<_>>()
                        .join(", ")
                ),
            )
            .hint("move all but one of them away"));
        }
    }
    Ok(files)
}

/// The table's name in a lower-case file name.
fn stem(lower: &str) -> Option<&str> {
    let name = lower.strip_suffix(".gz").unwrap_or(lower);
    let name = name
        .strip_suffix(".csv")
        .or_else(|| name.strip_suffix(".tsv"))?;
    Some(name.strip_prefix("2b_").unwrap_or(name))
}

/// Opens a table; compression is told from the first bytes, not from the name.
pub(crate) fn open(
    path: &Path,
    meter: impl FnMut(u64) + Send + 'static,
) -> Result<Box<dyn Read + Send>> {
    let file = File::open(path).map_err(|e| Error::io(path, "opening the table", e))?;
    let mut file = BufReader::with_capacity(1 << 20, Metered { inner: file, meter });
    let start = std::io::BufRead::fill_buf(&mut file)
        .map_err(|e| Error::io(path, "reading the table", e))?;
    Ok(if start.starts_with(&[0x1f, 0x8b]) {
        Box::new(MultiGzDecoder::new(file))
    } else {
        Box::new(file)
    })
}

/// Tells how many bytes of the file have been read.
struct Metered<F> {
    inner: File,
    meter: F,
}

impl<F: FnMut(u64)> Read for Metered<F> {
    fn read(&mut self, buffer: &mut [u8]) -> std::io::Result<usize> {
        let n = self.inner.read(buffer)?;
        (self.meter)(n as u64);
        Ok(n)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_are_read_in_any_case_with_and_without_the_prefix() {
        assert_eq!(stem("2b_concept.csv.gz"), Some("concept"));
        assert_eq!(stem("measurement.csv"), Some("measurement"));
        assert_eq!(stem("readme.md"), None);
    }

    #[test]
    fn two_files_for_a_table_are_refused() {
        let dir = tempfile::tempdir().expect("a temporary folder");
        for name in [
            "PERSON.csv",
            "person.csv.gz",
            "CONCEPT.csv",
            "2b_concept.csv",
        ] {
            std::fs::write(dir.path().join(name), "person_id\n").expect("writable");
        }
        let error = find(dir.path()).expect_err("ambiguous").to_string();
        assert!(error.contains("2 files for the table person"), "{error}");
        std::fs::remove_file(dir.path().join("PERSON.csv")).expect("there");
        assert_eq!(
            find(dir.path()).expect("fine").tables[&Table::Concept].len(),
            2
        );
    }
}
