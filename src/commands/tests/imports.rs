//! Imports run as the command line runs them, and what they leave.
//!
//! In: what an import reads, and its further arguments. Out: its report, the error that it ends with, and the files and
//! records of a folder. Never: the program itself, started; the tests of the command line do that.

use std::collections::BTreeMap;
use std::ffi::OsStr;
use std::path::{Path, PathBuf};

use crate::commands::{import_instructions, import_meds, import_omop};
use crate::record::{self, Record};
use clap::Parser;
use serde_json::Value;

#[derive(Parser)]
struct CommandLine<A: clap::Args> {
    #[command(flatten)]
    args: A,
}

/// The arguments of the import `name`, with its report asked for as JSON.
fn arguments<A: clap::Args>(name: &str, from: &Path, out: &Path, more: &[&str]) -> A {
    let mut line = vec![
        name.as_ref(),
        from.as_os_str(),
        "--out".as_ref(),
        out.as_os_str(),
        "--format=json".as_ref(),
    ];
    line.extend(more.iter().map(OsStr::new));
    CommandLine::parse_from(line).args
}

/// Imports a form of instructions; gives the report and the error that the command ends with.
pub(crate) fn import_instructions(
    form: &Path,
    out: &Path,
    more: &[&str],
) -> (Value, Option<crate::Error>) {
    let args = arguments("instructions", form, out, more);
    let mut printed = Vec::new();
    let error = import_instructions::run(&args, &super::report::config(), &mut printed).err();
    (printed_report(&printed), error)
}

/// Imports a folder of OMOP tables; gives the report and the error that the command ends with.
pub(crate) fn import_omop(
    tables: &Path,
    out: &Path,
    more: &[&str],
) -> (Value, Option<crate::Error>) {
    let args = arguments("omop", tables, out, more);
    let mut printed = Vec::new();
    let error = import_omop::run(&args, &mut printed).err();
    (printed_report(&printed), error)
}

/// Imports a MEDS dataset; gives the report and the error that the command ends with.
pub(crate) fn import_meds(data: &Path, out: &Path, more: &[&str]) -> (Value, Option<crate::Error>) {
    let args = arguments("meds", data, out, more);
    let mut printed = Vec::new();
    let error = import_meds::run(&args, &mut printed).err();
    (printed_report(&printed), error)
}

/// The report; null where the command has printed none.
fn printed_report(printed: &[u8]) -> Value {
    serde_json::from_slice(printed).unwrap_or(Value::Null)
}

/// A folder of small tables.
pub(crate) struct Tables(pub(crate) tempfile::TempDir);

impl Tables {
    pub(crate) fn new(tables: &[(&str, &[u8])]) -> Self {
        let dir = tempfile::tempdir().expect("a temporary folder");
        for (name, bytes) in tables {
            std::fs::write(dir.path().join(name), bytes).expect("writable");
        }
        Tables(dir)
    }

    /// Imports the tables into a new folder.
    pub(crate) fn import(&self, more: &[&str]) -> (Value, Option<crate::Error>, tempfile::TempDir) {
        let out = tempfile::tempdir().expect("a temporary folder");
        let (report, error) = import_omop(self.0.path(), out.path(), more);
        (report, error, out)
    }
}

/// Two patients, one of them with an id below 0.
pub(crate) const PERSONS: &[u8] =
    b"PERSON_ID,GENDER_CONCEPT_ID,YEAR_OF_BIRTH,MONTH_OF_BIRTH,DAY_OF_BIRTH,RACE_SOURCE_VALUE\n\
    -9223372036854775808,8532,1952,2,29,NULL\n\
    7,8507,1950,3,1,white\n";

/// The records of a folder, by file name.
pub(crate) fn records(folder: &Path) -> Vec<Record> {
    let mut paths: Vec<PathBuf> = std::fs::read_dir(folder)
        .expect("a folder of records")
        .map(|e| e.expect("an entry").path())
        .collect();
    paths.sort();
    paths
        .iter()
        .map(|p| record::read(p).expect("a readable record").look_inside())
        .collect()
}

/// The files of a folder, by name.
pub(crate) fn files(folder: &Path) -> BTreeMap<String, Vec<u8>> {
    std::fs::read_dir(folder)
        .expect("a folder")
        .map(|e| {
            let path = e.expect("an entry").path();
            let name = path
                .file_name()
                .expect("a name")
                .to_string_lossy()
                .into_owned();
            (name, std::fs::read(&path).expect("readable"))
        })
        .collect()
}

/// What the report says of one table.
pub(crate) fn table<'a>(report: &'a Value, name: &str) -> &'a Value {
    report["tables"]
        .as_array()
        .expect("tables")
        .iter()
        .find(|t| t["table"] == name)
        .expect("the table")
}

/// Every row of every table is used or left out.
pub(crate) fn assert_adds_up(report: &Value) {
    for t in report["tables"].as_array().expect("tables") {
        let n = |key: &str| t[key].as_u64().expect("a number");
        assert_eq!(n("rows"), n("used") + n("left_out"), "{}", t["table"]);
    }
}
