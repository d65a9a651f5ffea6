//! Datasets: folders with tables of instructions, responses and gold responses, beside the records they are about.
//!
//! In: a folder, or a record file. Out: a list of cases and where each case's record is. Never: a parsed record at
//! opening time, or a row that vanishes without a notice.

use std::path::{Path, PathBuf};

use rustc_hash::{FxHashMap, FxHashSet};

use crate::error::{Error, Result};
use crate::notice::{Notice, Severity};
use crate::record::{self, Record};

mod answers;
mod assemble;
mod beside;
pub mod case;
pub mod check;
pub mod collect;
mod decode;
mod fields;
mod fingerprint;
pub mod instruction;
pub mod layout;
mod rows;
pub mod table;

pub use case::{Case, CaseKey, Gold, Response};
pub use instruction::{Instruction, Relevance, Subcategory};
pub use layout::{RecordFile, TableFile, TableKind};

use assemble::{Assembly, Origin};
pub(crate) use fingerprint::Fingerprint;
use layout::Layout;
use table::Table;

/// At most so many patients without a record are named one by one.
const LISTED: usize = 20;

/// A dataset: cases, and the record files that they are about.
#[derive(Debug)]
pub struct Dataset {
    root: PathBuf,
    name: String,
    cases: Vec<Case>,
    origins: Vec<Origin>,
    instructions: Vec<Instruction>,
    relevance: Vec<Relevance>,
    taxonomy: Vec<Subcategory>,
    models: Vec<String>,
    tables: Vec<TableFile>,
    records: Vec<RecordFile>,
    /// Cases whose gold responses stand in the responses table.
    golds_beside: FxHashSet<usize>,
    by_person: FxHashMap<String, usize>,
    notices: Vec<Notice>,
    fingerprint: String,
}

impl Dataset {
    /// Opens a dataset's folder, a folder of records, or one record file. Tables are read, records are not.
    ///
    /// # Errors
    /// When nothing is there, or there are tables and none of them yields a case.
    pub fn open(path: &Path) -> Result<Self> {
        let metadata = std::fs::metadata(path).map_err(|e| {
            Error::io(path, "opening the dataset", e)
                .hint("name a folder with tables and records, or a record file")
        })?;
        let layout = if metadata.is_dir() {
            Layout::of_folder(path)?
        } else {
            refuse_table(path)?;
            Layout::of_record(path)?
        };
        if layout.tables.is_empty() && layout.records.is_empty() {
            return Err(Error::unreadable(path, "neither tables nor records are here").hint(format!(
                "a dataset has clinician-reviewed-model-responses.tsv (or another of its tables) and XML records in {}",
                layout::RECORD_FOLDERS.map(|f| format!("{f}/")).join(", ")
            )));
        }
        let mut fingerprint = Fingerprint::new();
        let mut assembly = Assembly::default();
        let mut failed = None;
        for file in &layout.tables {
            if let Err(error) = add_table(file, &mut fingerprint, &mut assembly) {
                let prefix = format!("{}: ", file.path.display());
                let message = error.to_string();
                let what = message.strip_prefix(&prefix).unwrap_or(&message);
                let what = format!("the table is left out: {what}");
                assembly
                    .notices
                    .push(Notice::file(Severity::Error, &file.path, what));
                failed.get_or_insert(error);
            }
        }
        if let Some(error) = failed.filter(|_| assembly.cases.is_empty()) {
            return Err(error);
        }
        assembly.finish();
        for file in &layout.records {
            let name = file.path.file_name().unwrap_or_default();
            fingerprint.add(name.as_encoded_bytes());
            fingerprint.add(&file.bytes.to_le_bytes());
        }
        Ok(Dataset::build(
            path,
            layout,
            assembly,
            fingerprint.to_string(),
        ))
    }

    fn build(path: &Path, layout: Layout, mut assembly: Assembly, fingerprint: String) -> Self {
        let Layout {
            tables,
            records,
            record_folders,
            notices: mut all,
        } = layout;
        all.append(&mut assembly.notices);
        if assembly.cases.is_empty() {
            if tables.is_empty() && record_folders.contains(&path.to_owned())
                || !record_folders.is_empty()
            {
                all.push(Notice::file(
                    Severity::Warning,
                    path,
                    "no case is named by a table here; each record is shown without instructions and responses",
                ));
            }
            for file in &records {
                assembly.cases.push(Case {
                    person_id: file.person_id.clone(),
                    ..Case::default()
                });
                assembly.origins.push(Origin {
                    file: file.path.clone(),
                    line: 1,
                });
            }
        }
        let by_person = records
            .iter()
            .enumerate()
            .map(|(i, f)| (f.person_id.clone(), i))
            .collect();
        let mut dataset = Dataset {
            root: path.to_owned(),
            name: name_of(path),
            cases: assembly.cases,
            origins: assembly.origins,
            instructions: assembly.instructions,
            relevance: assembly.relevance,
            taxonomy: assembly.taxonomy,
            models: assembly.models,
            tables,
            records,
            golds_beside: assembly.golds_beside,
            by_person,
            notices: all,
            fingerprint,
        };
        dataset.check_records();
        dataset
    }

    /// Notes cases whose record is missing.
    fn check_records(&mut self) {
        let mut named = FxHashSet::default();
        let missing: Vec<usize> = (0..self.cases.len())
            .filter(|&i| {
                let person = &self.cases[i].person_id;
                !self.by_person.contains_key(person) && named.insert(person.clone())
            })
            .collect();
        if self.records.is_empty() && !missing.is_empty() {
            self.notices.push(Notice::file(
                Severity::Warning,
                &self.root,
                format!(
                    "no records are here; looked for XML files in {}",
                    layout::RECORD_FOLDERS.map(|f| format!("{f}/")).join(", ")
                ),
            ));
            return;
        }
        for &i in missing.iter().take(LISTED) {
            let origin = &self.origins[i];
            let what = format!("no record of patient {} is here", self.cases[i].person_id);
            self.notices.push(Notice::line(
                Severity::Warning,
                &origin.file,
                origin.line,
                what,
            ));
        }
        if missing.len() > LISTED {
            let what = format!(
                "the records of {} more patients are not here",
                missing.len() - LISTED
            );
            self.notices
                .push(Notice::file(Severity::Warning, &self.root, what));
        }
    }

    /// The folder or record file that was opened.
    pub fn root(&self) -> &Path {
        &self.root
    }

    /// The name of the folder or record file.
    pub fn name(&self) -> &str {
        &self.name
    }

    /// The cases: those of the responses table first, in the tables' order.
    pub fn cases(&self) -> &[Case] {
        &self.cases
    }

    /// What was off in the tables and the folder.
    pub fn notices(&self) -> &[Notice] {
        &self.notices
    }

    /// Whether no table names a case: records can be read, and there is nothing to judge.
    pub fn read_only(&self) -> bool {
        self.cases.iter().all(|c| c.instruction_id.is_empty())
    }

    /// The models that have a response, in first-seen order.
    pub fn models(&self) -> &[String] {
        &self.models
    }

    /// The rows of the instruction tables, whether they have a case or not.
    pub fn instructions(&self) -> &[Instruction] {
        &self.instructions
    }

    /// The rows of the relevance table.
    pub fn relevance(&self) -> &[Relevance] {
        &self.relevance
    }

    /// The instruction taxonomy.
    pub fn taxonomy(&self) -> &[Subcategory] {
        &self.taxonomy
    }

    /// The tables that were read.
    pub fn tables(&self) -> &[TableFile] {
        &self.tables
    }

    /// All record files, sorted by patient id.
    pub fn record_files(&self) -> &[RecordFile] {
        &self.records
    }

    /// The file and line that first names a case, by the case's place in [`Dataset::cases`].
    pub fn origin(&self, case: usize) -> Option<(&Path, u64)> {
        self.origins.get(case).map(|o| (o.file.as_path(), o.line))
    }

    /// The table of responses, where there is one.
    pub fn responses_file(&self) -> Option<&Path> {
        self.table_file(TableKind::Responses)
    }

    /// The table that a case's gold responses stand in, by the case's place in [`Dataset::cases`].
    pub fn golds_file(&self, case: usize) -> Option<&Path> {
        if self.golds_beside.contains(&case) {
            self.responses_file()
        } else {
            self.table_file(TableKind::Golds)
        }
    }

    fn table_file(&self, kind: TableKind) -> Option<&Path> {
        let file = self.tables.iter().find(|t| t.kind == kind)?;
        Some(&file.path)
    }

    /// A hex digest of the tables' bytes and the records' names and sizes.
    pub fn fingerprint(&self) -> &str {
        &self.fingerprint
    }

    /// The file of a case's record.
    ///
    /// # Errors
    /// When there is none.
    pub fn record_path(&self, case: &Case) -> Result<PathBuf> {
        match self.by_person.get(&case.person_id) {
            Some(&i) => Ok(self.records[i].path.clone()),
            None => Err(Error::unreadable(
                &self.root,
                format_args!("no record of patient {} is here", case.person_id),
            )
            .hint(format!("put {}.xml into the record folder", case.person_id))),
        }
    }

    /// Reads a case's record, and makes sure that it is the patient's: the id of the table, of the file's name and
    /// of the record's root must be the same, character for character.
    ///
    /// # Errors
    /// When the record is missing, cannot be read, or is another patient's.
    pub fn load_record(&self, case: &Case) -> Result<Record> {
        self.confirm_patient(case, record::read(&self.record_path(case)?)?)
    }

    /// Reads a patient's record, whether a case is about it or not, and makes sure that it is the patient's.
    ///
    /// # Errors
    /// When the record is missing, cannot be read, or is another patient's.
    pub fn load_patient(&self, person: &str) -> Result<Record> {
        let case = Case {
            person_id: person.to_owned(),
            ..Case::default()
        };
        self.load_record(&case)
    }

    /// The record files as they are now; those of [`Dataset::record_files`] are as they were when it was opened.
    ///
    /// # Errors
    /// When the folder is gone or cannot be listed.
    pub fn look_again(&self) -> Result<Vec<RecordFile>> {
        let layout = if self.root.is_dir() {
            Layout::of_folder(&self.root)?
        } else {
            Layout::of_record(&self.root)?
        };
        Ok(layout.records)
    }

    /// Gives a record back if it is that of the case's patient: the id of the table, of the file's name and of the
    /// record's root must be the same, character for character.
    ///
    /// # Errors
    /// When it is another patient's.
    pub fn confirm_patient(&self, case: &Case, record: Record) -> Result<Record> {
        let stated = record.person_id();
        // A record opened by itself may have any name that is no id.
        let descriptive = self.read_only() && !case.person_id.bytes().all(|b| b.is_ascii_digit());
        if stated.is_empty() || stated == case.person_id || descriptive {
            return Ok(record);
        }
        let asked = if self.read_only() {
            "the file's name says"
        } else {
            "the case is about"
        };
        Err(Error::unreadable(
            record.path(),
            format_args!(
                "wrong patient: {asked} patient {}, the record says {stated}",
                case.person_id
            ),
        )
        .hint("find out which of the two ids is right before anyone judges by this record"))
    }
}

fn add_table(
    file: &TableFile,
    fingerprint: &mut Fingerprint,
    assembly: &mut Assembly,
) -> Result<()> {
    let bytes =
        std::fs::read(&file.path).map_err(|e| Error::io(&file.path, "reading the table", e))?;
    fingerprint.add(file.path.file_name().unwrap_or_default().as_encoded_bytes());
    fingerprint.add(&bytes);
    if file.kind == TableKind::Reviews {
        return Ok(());
    }
    assembly.add(file.kind, &Table::parse(&file.path, &bytes)?)
}

/// A table named instead of its folder is a slip worth a hint.
fn refuse_table(path: &Path) -> Result<()> {
    let is_table = path.extension().is_some_and(|e| {
        ["tsv", "csv", "jsonl"]
            .iter()
            .any(|t| e.eq_ignore_ascii_case(t))
    });
    if is_table {
        return Err(
            Error::unreadable(path, "this is a table, not a dataset or a record")
                .hint("name the folder that holds it"),
        );
    }
    Ok(())
}

fn name_of(path: &Path) -> String {
    let own = |p: &Path| p.file_name().map(|n| n.to_string_lossy().into_owned());
    own(path)
        .or_else(|| own(&path.canonicalize().ok()?))
        .unwrap_or_else(|| path.display().to_string())
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::record::{Shape, model::Builder};

    const RESPONSES: &str = "clinician-reviewed-model-responses.tsv";
    const HEADER: &str = "instruction_id\tquestion\tperson_id\tfilename\tmodel_name\tmodel_response\tmodel_rank\tbinary_correct\tevidence\n";

    fn folder(files: &[(&str, &str)]) -> tempfile::TempDir {
        let dir = tempfile::tempdir().expect("a temporary folder");
        for (name, text) in files {
            let path = dir.path().join(name);
            std::fs::create_dir_all(path.parent().expect("a parent")).expect("a folder");
            std::fs::write(path, text).expect("writable");
        }
        dir
    }

    fn said(dataset: &Dataset) -> Vec<String> {
        let root = format!("{}/", dataset.root().display());
        dataset
            .notices()
            .iter()
            .map(|n| n.to_string().replace(&root, ""))
            .collect()
    }

    fn row(instruction: &str, person: &str, model: &str) -> String {
        format!("{instruction}\tWhy?\t{person}\t{person}.xml\t{model}\tBecause.\t1\t1\t\n")
    }

    #[test]
    fn cases_come_in_first_seen_order_with_all_they_have() {
        let responses = format!(
            "{HEADER}{}{}{}",
            row("20", "2", "m"),
            row("3", "1", "m"),
            row("20", "2", "n")
        );
        let golds = "instruction_id\tquestion\tperson_id\tannotator_num\tclinician_response\tevidence\tsubmitter_specialty\n\
                     3\tWhy?\t1\tAnnotator_1\tSo.\tone ||| |||two\tSurgery\n4\tHow?\t1\tAnnotator_1\tThus.\t\t\n";
        let instructions = "instruction_id,question,human_assigned_subcategory_1,source\n20,Why?,Other,s9\n77,What?,other,s9\n";
        let own = "instruction_id\tquestion\tperson_id\tas_of\n5\tWhen?\t2\t2019-01-02\n";
        let taxonomy = "category,subcategory,description\nmisc,other,all else\n";
        let dir = folder(&[
            (RESPONSES, &responses),
            ("clinician-instruction-responses.tsv", golds),
            ("instructions-sample.csv", instructions),
            ("instructions.tsv", own),
            ("instruction-taxonomy.csv", taxonomy),
            ("ehrs/1.xml", ""),
            ("ehrs/EHR_2.XML", ""),
        ]);
        let dataset = Dataset::open(dir.path()).expect("a dataset");
        let keys: Vec<String> = dataset
            .cases()
            .iter()
            .map(|c| c.key().to_string())
            .collect();
        assert_eq!(keys, ["20/2", "3/1", "4/1", "5/2"]);
        let first = &dataset.cases()[0];
        assert_eq!(
            (first.category.as_str(), first.subcategory.as_str()),
            ("misc", "Other")
        );
        assert_eq!(first.columns, [("source".to_owned(), "s9".to_owned())]);
        assert_eq!(
            (first.responses[1].model.as_str(), first.responses[1].line),
            ("n", 4)
        );
        assert!(
            first.responses[0]
                .columns
                .contains(&("model_rank".to_owned(), "1".to_owned()))
        );
        assert_eq!(dataset.cases()[1].golds[0].evidence, ["one ", "two"]);
        assert_eq!(dataset.cases()[1].specialty, "Surgery");
        assert_eq!(
            dataset.cases()[3].as_of.expect("a day").to_string(),
            "2019-01-02"
        );
        assert_eq!(dataset.cases()[3].question, "When?");
        assert_eq!(dataset.instructions().len(), 3);
        assert!(
            dataset
                .record_path(first)
                .expect("a file")
                .ends_with("ehrs/EHR_2.XML")
        );
        assert_eq!(dataset.origin(2).map(|(_, line)| line), Some(3));
        assert_eq!(
            said(&dataset),
            [
                "clinician-reviewed-model-responses.tsv:4: warning: the model named here answers 1 of 2 instructions; it is shown where it does",
                "clinician-instruction-responses.tsv:3: warning: instruction 4 and 1 more have no model's response",
            ]
        );
    }

    #[test]
    fn what_is_left_out_or_doubted_has_a_notice_with_its_line() {
        let responses = format!(
            "{HEADER}{}{}{}{}{}",
            row("1", "1", "m"),
            row("1", "1", "m"),
            row("", "1", "m"),
            row("5.00E+09", "1", "m"),
            row("2", "9", "m")
                .replace("Why?", "How?")
                .replace("9.xml", "../../etc/passwd"),
        );
        let dir = folder(&[
            (RESPONSES, &responses),
            ("ehrs/1.xml", ""),
            ("ehrs/EHR_1.xml", ""),
        ]);
        let dataset = Dataset::open(dir.path()).expect("a dataset");
        assert_eq!(dataset.cases().len(), 2);
        assert_eq!(
            said(&dataset),
            [
                format!(
                    "ehrs/EHR_1.xml: error: names the same patient as {}, which is used; keep one of the two",
                    dir.path().join("ehrs/1.xml").display()
                )
                .replace(&format!("{}/", dir.path().display()), "")
                .as_str(),
                "clinician-reviewed-model-responses.tsv:3: error: the same instruction and model as line 2, which is used; this row is left out. Remove one of the two",
                "clinician-reviewed-model-responses.tsv:4:1: error: instruction_id is empty; the row is left out",
                "clinician-reviewed-model-responses.tsv:5:1: error: instruction_id is 5.00E+09: a spreadsheet rounded it, so different ids fall together; the row is left out. Export the table again with ids as text",
                "clinician-reviewed-model-responses.tsv:6:10: warning: filename does not name patient 9; the record is looked for by person_id",
                "clinician-reviewed-model-responses.tsv:6: warning: no record of patient 9 is here",
            ]
        );
        let error = dataset
            .record_path(&dataset.cases()[1])
            .expect_err("no such record");
        assert!(
            error.to_string().contains("no record of patient 9"),
            "{error}"
        );
    }

    #[test]
    fn missing_columns_are_named_and_those_found_are_listed() {
        let dir = folder(&[(
            RESPONSES,
            "instruction_id\tperson_id\tmodel_name\tpatient said\n1\t1\tm\tx\n",
        )]);
        let error = Dataset::open(dir.path())
            .expect_err("no answers")
            .to_string();
        assert!(
            error.ends_with(
                "line 1: the column model_response or model_output or response is missing; \
                 columns found: instruction_id, person_id, model_name and 1 more"
            ),
            "{error}"
        );
    }

    #[test]
    fn records_without_tables_are_cases_without_instructions() {
        let dir = folder(&[
            ("2.xml", "<a/>"),
            ("1.XML", "<a/>"),
            (".3.xml", ""),
            ("notes.txt", ""),
        ]);
        let dataset = Dataset::open(dir.path()).expect("records");
        let people: Vec<&str> = dataset
            .cases()
            .iter()
            .map(|c| c.person_id.as_str())
            .collect();
        assert_eq!((people, dataset.read_only()), (vec!["1", "2"], true));
        let one = Dataset::open(&dir.path().join("2.xml")).expect("a record");
        assert_eq!(
            (one.name(), one.cases().len(), one.notices().len()),
            ("2.xml", 1, 0)
        );
        assert!(Dataset::open(&dir.path().join("notes.tsv")).is_err());
        assert!(Dataset::open(folder(&[]).path()).is_err());
    }

    #[test]
    fn the_fingerprint_sees_tables_and_record_sizes() {
        let print = |files: &[(&str, &str)]| {
            Dataset::open(folder(files).path())
                .expect("a dataset")
                .fingerprint()
                .to_owned()
        };
        let table = format!("{HEADER}{}", row("1", "1", "m"));
        let one = print(&[(RESPONSES, &table), ("ehrs/1.xml", "a")]);
        assert_eq!(one, print(&[(RESPONSES, &table), ("ehrs/1.xml", "b")]));
        assert_ne!(one, print(&[(RESPONSES, &table), ("ehrs/1.xml", "bb")]));
        assert_ne!(
            one,
            print(&[
                (RESPONSES, &table.replace("m\t", "n\t")),
                ("ehrs/1.xml", "a")
            ])
        );
    }

    #[test]
    fn a_record_of_another_patient_is_refused() {
        let dir = folder(&[
            (RESPONSES, &format!("{HEADER}{}", row("1", "0120", "m"))),
            ("ehrs/0120.xml", ""),
        ]);
        let dataset = Dataset::open(dir.path()).expect("a dataset");
        let case = &dataset.cases()[0];
        let path = dataset.record_path(case).expect("a file");
        let record = |id: &str| {
            let mut builder = Builder::new(&path, Shape::Lumia, 0);
            builder.person_id(id);
            builder.finish()
        };
        for id in ["0120", " 0120 ", ""] {
            dataset
                .confirm_patient(case, record(id))
                .expect("the same patient");
        }
        for id in ["120", "0121", "0120.0"] {
            let error = dataset
                .confirm_patient(case, record(id))
                .expect_err("another patient")
                .to_string();
            assert!(
                error.contains("wrong patient") && error.contains("0120") && error.contains(id),
                "{error}"
            );
        }
    }

    #[cfg(unix)]
    #[test]
    fn odd_files_are_left_alone() {
        use std::os::unix::fs::symlink;
        let table = format!("{HEADER}{}", row("1", "1", "m"));
        let dir = folder(&[
            (RESPONSES, &table),
            ("elsewhere/1.xml", ""),
            ("ehrs/folder.xml/x", ""),
        ]);
        symlink("loop.xml", dir.path().join("ehrs/loop.xml")).expect("a link");
        symlink("../elsewhere/1.xml", dir.path().join("ehrs/1.xml")).expect("a link");
        rustix::fs::mknodat(
            rustix::fs::CWD,
            dir.path().join("ehrs/pipe.xml"),
            rustix::fs::FileType::Fifo,
            rustix::fs::Mode::RUSR,
            0,
        )
        .expect("a pipe");
        let dataset = Dataset::open(dir.path()).expect("a dataset");
        assert_eq!(dataset.record_files().len(), 1);
        assert_eq!(dataset.notices().len(), 3, "{:?}", dataset.notices());
    }
}
