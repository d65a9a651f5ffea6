//! The same tables from Parquet files and from a `PostgreSQL` server give the same bytes as from CSV.
//!
//! Parquet files are written by pandas and pyarrow, which `MEDALIGN_PYTHON` names; the server is the one whose address is in
//! `MEDALIGN_POSTGRES` (a database of its own, for the tests make and drop schemas in it).

use std::path::{Path, PathBuf};
use std::process::Command;

use postgres::{Client, NoTls};

use super::imports::{PERSONS, Tables, assert_adds_up, files, import_omop, table};
use crate::omop::slots::Holds;
use crate::omop::tables::Table;
use crate::shared::shared;

const SETS: [&str; 2] = ["synthea27nj", "mimic-iv-demo"];

/// The values of an environment variable that a test needs.
fn needed(variable: &str) -> Option<String> {
    let value = std::env::var(variable).ok();
    if value.is_none() {
        println!("skipped: {variable} is not set");
    }
    value
}

/// The records that the tables of a folder give, by file name.
fn from_csv(tables: &Path, more: &[&str]) -> std::collections::BTreeMap<String, Vec<u8>> {
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

/// A schema that goes with the test.
struct Schema {
    client: Client,
    name: String,
    address: String,
}

impl Schema {
    fn new(address: &str, name: &str) -> Self {
        let mut client = Client::connect(address, NoTls).expect("the server answers");
        client
            .batch_execute(&format!(
                "DROP SCHEMA IF EXISTS {name} CASCADE; CREATE SCHEMA {name}"
            ))
            .expect("a schema");
        let sign = if address.contains('?') { '&' } else { '?' };
        Schema {
            client,
            name: name.to_owned(),
            address: format!("{address}{sign}schema={name}&results={name}"),
        }
    }

    /// Loads each CSV table of a folder, with the types that the OMOP definitions give.
    fn load(&mut self, folder: &Path) {
        for entry in std::fs::read_dir(folder).expect("a folder") {
            let path = entry.expect("a table").path();
            let base = path
                .file_name()
                .expect("a name")
                .to_string_lossy()
                .to_lowercase();
            let name = base
                .split('.')
                .next()
                .expect("a name")
                .trim_start_matches("2b_");
            let Some(table) = Table::ALL.into_iter().find(|t| t.name() == name) else {
                continue;
            };
            self.load_table(table, &path);
        }
    }

    fn load_table(&mut self, table: Table, path: &Path) {
        let mut text = Vec::new();
        let file = std::fs::File::open(path).expect("readable");
        if path.extension().is_some_and(|e| e == "gz") {
            std::io::Read::read_to_end(&mut flate2::read::MultiGzDecoder::new(file), &mut text)
        } else {
            std::io::Read::read_to_end(&mut { file }, &mut text)
        }
        .expect("readable");
        let header = text.split(|b| *b == b'\n').next().expect("a header");
        let header = String::from_utf8_lossy(header)
            .trim_start_matches('\u{feff}')
            .to_lowercase();
        let columns: Vec<String> = header
            .trim()
            .split(',')
            .map(|name| {
                let name = name.trim_matches('"');
                let held = table
                    .spec()
                    .columns
                    .iter()
                    .find(|(_, names)| names.split(' ').any(|n| n == name))
                    .map(|(slot, _)| slot.holds());
                let kind = match held {
                    Some(Holds::Id | Holds::Concept) => "bigint",
                    Some(Holds::Number) => "numeric",
                    Some(Holds::Date) if name.ends_with("_date") => "date",
                    Some(Holds::Date) if name.ends_with("_datetime") => "timestamp",
                    _ => "text",
                };
                format!("{name} {kind}")
            })
            .collect();
        let place = format!("{}.{}", self.name, table.name());
        self.client
            .batch_execute(&format!("CREATE TABLE {place} ({})", columns.join(", ")))
            .expect("a table");
        let mut writer = self
            .client
            .copy_in(&format!("COPY {place} FROM STDIN (FORMAT csv, HEADER)"))
            .expect("a table");
        std::io::Write::write_all(&mut writer, &text).expect("sent");
        writer.finish().expect("taken");
    }

    fn import(
        &self,
        more: &[&str],
    ) -> (serde_json::Value, Option<crate::Error>, tempfile::TempDir) {
        let out = tempfile::tempdir().expect("a temporary folder");
        let (report, error) = import_omop(&PathBuf::from(&self.address), out.path(), more);
        (report, error, out)
    }
}

impl Drop for Schema {
    fn drop(&mut self) {
        let _ = self
            .client
            .batch_execute(&format!("DROP SCHEMA {} CASCADE", self.name));
    }
}

#[test]
fn a_server_gives_the_records_that_csv_gives() {
    let (Some(shared), Some(address)) = (shared(), needed("MEDALIGN_POSTGRES")) else {
        return;
    };
    for set in SETS {
        let tables = shared.join("data/omop").join(set);
        let mut schema = Schema::new(&address, &format!("whole_{}", &set[..5]));
        schema.load(&tables);
        let (report, error, out) = schema.import(&[]);
        assert!(error.is_none(), "{error:?}");
        assert_adds_up(&report);
        let (read, wanted) = (files(&out.path().join("ehrs")), from_csv(&tables, &[]));
        assert_eq!(read.len(), wanted.len());
        for (name, bytes) in &wanted {
            assert!(read[name] == *bytes, "{set}: {name} differs");
        }
    }
}

/// Notes whose text has all that quoting is about.
fn noted() -> Tables {
    Tables::new(&[
        ("person.csv", PERSONS),
        (
            "note.csv",
            b"person_id,note_id,note_date,note_text\n\
              7,1,2020-01-02,\"a \"\"b\"\", c\\\n\nd\\\"\n\
              -9223372036854775808,2,2020-01-03,\"C:\\\"\n",
        ),
    ])
}

#[test]
fn a_server_is_asked_for_a_cohort_or_for_patients_alone() {
    let Some(address) = needed("MEDALIGN_POSTGRES") else {
        return;
    };
    let tables = noted();
    let mut schema = Schema::new(&address, "chosen");
    schema.load(tables.0.path());
    schema
        .client
        .batch_execute(
            "CREATE TABLE chosen.cohort (cohort_definition_id int, subject_id bigint); \
             INSERT INTO chosen.cohort VALUES (5, 7), (6, -9223372036854775808)",
        )
        .expect("a cohort");
    let wanted = from_csv(tables.0.path(), &[]);
    assert_eq!(wanted.len(), 2);

    let (report, error, out) = schema.import(&["--cohort=5"]);
    assert!(error.is_none(), "{error:?}");
    assert_eq!(table(&report, "note")["rows"], 1);
    let read = files(&out.path().join("ehrs"));
    assert_eq!(read.keys().collect::<Vec<_>>(), ["7.xml"]);
    assert!(read["7.xml"] == wanted["7.xml"]);

    let list = out.path().join("patients.txt");
    std::fs::write(&list, "-9223372036854775808\n8\n").expect("writable");
    let patients = format!("--patients={}", list.display());
    let (report, error, out) = schema.import(&[&patients]);
    assert!(error.is_some(), "patient 8 is not there");
    assert_eq!(report["chosen_not_found"], serde_json::json!([8]));
    assert_eq!(files(&out.path().join("ehrs")).len(), 1);
}

#[test]
fn what_the_server_refuses_is_said() {
    let Some(address) = needed("MEDALIGN_POSTGRES") else {
        return;
    };
    let schema = Schema::new(&address, "bare");
    let (_, error, out) = schema.import(&[]);
    let error = error.expect("no tables").to_string();
    assert!(error.contains("schema bare has no OMOP tables"), "{error}");
    assert!(!out.path().join("ehrs").exists());

    let mut schema = Schema::new(&address, "broken");
    schema.load(noted().0.path());
    // A view that fails at its second row breaks the table off in the middle.
    schema
        .client
        .batch_execute(
            "ALTER TABLE broken.note RENAME TO kept; CREATE VIEW broken.note AS SELECT person_id, note_id, note_date, \
             note_text || (1 / (note_id - 2))::text AS note_text FROM broken.kept",
        )
        .expect("a view");
    let (_, error, out) = schema.import(&[]);
    let error = error.expect("a broken table").to_string();
    assert!(
        error.contains("broken.note") && error.contains("early"),
        "{error}"
    );
    assert!(!out.path().join("ehrs").exists());
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
