//! The same tables from Parquet files give the same bytes as from CSV, and a vocabulary names concepts.
//!
//! Parquet files are written by pandas and pyarrow, which `MEDALIGN_PYTHON` names.

use std::path::Path;
use std::process::Command;

use super::imports::{PERSONS, Tables, assert_adds_up, files, import_omop, table};
use crate::shared::shared;

pub(super) const SETS: [&str; 2] = ["synthea27nj", "mimic-iv-demo"];

/// The values of an environment variable that a test needs.
pub(super) fn needed(variable: &str) -> Option<String> {
    let value = std::env::var(variable).ok();
    if value.is_none() {
        println!("skipped: {variable} is not set");
    }
    value
}

/// The records that the tables of a folder give, by file name.
pub(super) fn from_csv(
    tables: &Path,
    more: &[&str],
) -> std::collections::BTreeMap<String, Vec<u8>> {
    let out = tempfile::tempdir().expect("a temporary folder");
    let (_, error) = import_omop(tables, out.path(), more);
    assert!(error.is_none(), "{error:?}");
    files(&out.path().join("ehrs"))
}

#[test]
fn parquet_gives_the_records_that_csv_gives() {
    let (Some(shared), Some(python)) = (shared(), needed("MEDALIGN_PYTHON")) else {
        return;
    };
    let script = Path::new(env!("CARGO_MANIFEST_DIR")).join("src/commands/tests/to_parquet.py");
    for set in SETS {
        let tables = shared.join("data/omop").join(set);
        let columns = tempfile::tempdir().expect("a temporary folder");
        let done = Command::new(&python)
            .arg(&script)
            .args([&tables, columns.path()])
            .output()
            .expect("Python runs");
        assert!(
            done.status.success(),
            "{}",
            String::from_utf8_lossy(&done.stderr)
        );
        let out = tempfile::tempdir().expect("a temporary folder");
        let (report, error) = import_omop(columns.path(), out.path(), &[]);
        assert!(error.is_none(), "{error:?}");
        assert_adds_up(&report);
        let (read, wanted) = (files(&out.path().join("ehrs")), from_csv(&tables, &[]));
        assert_eq!(read.len(), wanted.len());
        for (name, bytes) in &wanted {
            assert!(read[name] == *bytes, "{set}: {name} differs");
        }
    }
}

#[test]
fn a_vocabulary_from_athena_names_concepts() {
    let tables = Tables::new(&[
        ("person.csv", PERSONS),
        (
            "condition_occurrence.csv",
            b"person_id,condition_occurrence_id,condition_concept_id,condition_start_date\n7,1,201826,2020-01-02\n",
        ),
    ]);
    let vocabulary = Tables::new(&[(
        "CONCEPT.csv",
        b"concept_id\tconcept_name\tdomain_id\tvocabulary_id\tconcept_class_id\tstandard_concept\tconcept_code\t\
          valid_start_date\tvalid_end_date\tinvalid_reason\n\
          1\t\"Stray quote\tCondition\tSNOMED\tDisorder\tS\t1\t19700101\t20991231\t\n\
          201826\tType 2 \"diabetes\" mellitus\tCondition\tSNOMED\tDisorder\tS\t44054006\t19700101\t20991231\t\n",
    )]);
    let folder = format!("--vocabulary={}", vocabulary.0.path().display());
    let (report, error, out) = tables.import(&[&folder]);
    assert!(error.is_none(), "{error:?}");
    assert_eq!(table(&report, "concept")["used"], 1);
    let record = &files(&out.path().join("ehrs"))["7.xml"];
    let record = String::from_utf8_lossy(record);
    assert!(
        record.contains("SNOMED/44054006")
            && record.contains("Type 2 &quot;diabetes&quot; mellitus"),
        "{record}"
    );
}
