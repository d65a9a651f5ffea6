//! Datasets: folders with tables of instructions, responses and gold responses, beside the records they are about.
//!
//! In: a folder, or a record file. Out: a list of cases and where each case's record is. Never: a parsed record at
//! opening time, or a row that vanishes without a notice.

use std::path::{Path, PathBuf};

use rustc_hash::{FxHashMap, FxHashSet};

use crate::error::{Error, Result};
use crate::notice::{Bounded, Notice, Severity};
use crate::record::{self, Record, Unconfirmed};
use crate::text;

mod answered;
mod answers;
mod assemble;
mod beside;
pub(crate) mod case;
pub(crate) mod check;
pub(crate) mod collect;
mod columns;
mod decode;
mod fields;
mod fingerprint;
pub(crate) mod instruction;
pub(crate) mod layout;
pub(crate) mod model_responses;
pub(crate) mod renamed;
mod rows;
pub(crate) mod said;
pub(crate) mod table;
mod uneven;
mod window;

pub(crate) use answered::{Answered, AskStep, Outcome, Usage, asked};
pub use case::{Case, CaseKey};
pub(crate) use case::{Gold, Response};
pub(crate) use instruction::{Instruction, Relevance, Subcategory};
pub(crate) use layout::{RecordFile, TableFile, TableKind, Unread};
pub(crate) use window::{Cut, End, Window, fingerprint as record_fingerprint};

use assemble::{Assembly, Origin};
pub(crate) use fingerprint::Fingerprint;
use layout::Layout;
use renamed::Renamed;
use table::Table;

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
    unread: Unread,
    fingerprint: String,
    renamed: Renamed,
}

impl Dataset {
    /// Opens a dataset's folder, a folder of records, or one record file. Tables are read, records are not.
    ///
    /// # Errors
    /// When nothing is there, or there are tables and none of them yields a case.
    pub fn open(path: &Path) -> Result<Self> {
        Dataset::open_with(path, Renamed::default())
    }

    /// The same, with what columns are beside what the folder says of them.
    ///
    /// # Errors
    /// When nothing is there, there are tables and none of them yields a case, or what the folder says of columns cannot be read.
    pub fn open_with(path: &Path, renamed: Renamed) -> Result<Self> {
        let metadata = std::fs::metadata(path).map_err(|e| {
            Error::io(path, "opening the dataset", e)
                .hint("name a folder with tables and records, or a record file")
        })?;
        let mut layout = if metadata.is_dir() {
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
        let renamed = renamed.with_folder(path)?;
        for file in &layout.tables {
            if let Err(error) = add_table(file, &renamed, &mut fingerprint, &mut assembly) {
                let what = format!("the table is left out: {}", error.about(&file.path));
                assembly
                    .notices
                    .push(Notice::file(Severity::Error, &file.path, what));
                failed.get_or_insert(error);
            }
        }
        if let Some(error) = failed.filter(|_| assembly.cases.is_empty()) {
            return Err(error);
        }
        if path.is_dir() {
            model_responses::add(path, &mut assembly, &mut fingerprint);
        }
        assembly.finish();
        model_responses::leave_out_others(path, &mut assembly);
        layout.keep_one_file_a_patient(&names_of(&assembly.cases));
        for file in &layout.records {
            let name = file.path.file_name().unwrap_or_default();
            fingerprint.add(name.as_encoded_bytes());
            fingerprint.add(&file.bytes.to_le_bytes());
        }
        let mut dataset = Dataset::build(path, layout, assembly, fingerprint.to_string());
        dataset.renamed = renamed;
        Ok(dataset)
    }

    fn build(path: &Path, layout: Layout, mut assembly: Assembly, fingerprint: String) -> Self {
        let Layout {
            tables,
            records,
            record_folders,
            unread,
            notices: mut all,
        } = layout;
        all.extend_from_slice(&unread.notices);
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
            let mut files: Vec<&RecordFile> = records.iter().collect();
            files.sort_by(|a, b| text::by_numbers(&a.person_id, &b.person_id));
            for file in files {
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
            unread,
            fingerprint,
            renamed: Renamed::default(),
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
        let mut notices = Bounded::default();
        for i in missing {
            let origin = &self.origins[i];
            let severity = Severity::Warning;
            notices.add((), severity, || {
                let what = format!("no record of patient {} is here", self.cases[i].person_id);
                Notice::line(severity, &origin.file, origin.line, what)
            });
        }
        let rest = |(), n| format!("the records of {n} more patients are not here");
        self.notices.extend(notices.into_notices(&self.root, rest));
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

    /// The cases that models can be asked, those among them that have no response yet.
    pub fn askable(&self) -> Vec<Case> {
        model_responses::askable(&self.cases, &self.instructions, &self.relevance)
    }

    /// What was off in the tables and the folder.
    pub fn notices(&self) -> &[Notice] {
        &self.notices
    }

    /// The files of records that are there and are not read; their notices are among all.
    pub fn unread(&self) -> &Unread {
        &self.unread
    }

    /// Whether no table names a case: records can be read, and there is nothing to judge.
    #[cfg(test)]
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

    /// A table of the dataset, or one about it, with the columns' names as readers look for them.
    ///
    /// # Errors
    /// When it cannot be read or is no table.
    pub fn table(&self, path: &Path) -> Result<Table> {
        let mut table = Table::read(path)?;
        self.renamed.apply(&mut table);
        Ok(table)
    }

    /// What columns are; [`check`](Renamed::check) it once all tables were read.
    pub fn renamed(&self) -> &Renamed {
        &self.renamed
    }

    /// The table of responses, where there is one.
    pub fn responses_file(&self) -> Option<&Path> {
        self.table_file(TableKind::Responses)
    }

    /// The file that a response is from: the answers of its model, or else the table.
    pub fn file_of(&self, case: &Case, response: &Response) -> Option<PathBuf> {
        let asked = |o: &&Answered| o.label == response.model && o.outcome.is_answer();
        match case.outcomes.iter().find(asked) {
            Some(answered) => Some(model_responses::file(&self.root, &answered.label)),
            None => self.responses_file().map(Path::to_owned),
        }
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
        self.path_of(&case.person_id)
    }

    fn path_of(&self, person: &str) -> Result<PathBuf> {
        match self.by_person.get(person) {
            Some(&i) => Ok(self.records[i].path.clone()),
            None => Err(Error::unreadable(
                &self.root,
                format_args!("no record of patient {person} is here"),
            )
            .hint(format!("put {person}.xml into the record folder"))),
        }
    }

    /// Reads a case's record, and makes sure that it is the patient's.
    ///
    /// # Errors
    /// When the record is missing, cannot be read, or is another patient's.
    pub fn load_record(&self, case: &Case) -> Result<Record> {
        self.load_patient(&case.person_id)
    }

    /// Reads a patient's record, whether a case is about it or not, and makes sure that it is the patient's.
    ///
    /// # Errors
    /// When the record is missing, cannot be read, or is another patient's.
    pub fn load_patient(&self, person: &str) -> Result<Record> {
        self.open_record(person, record::read(&self.path_of(person)?)?)
    }

    /// Reads one of the record files, and makes sure that it is the patient's whom its name states.
    ///
    /// # Errors
    /// When the record cannot be read or is another patient's.
    pub fn load_file(&self, file: &RecordFile) -> Result<Record> {
        self.open_record(&file.person_id, record::read(&file.path)?)
    }

    /// The door to every record: the id that was asked for (the table's, or else the file's name) and the one that the
    /// root states must be the same, character for character.
    fn open_record(&self, person: &str, record: Unconfirmed) -> Result<Record> {
        let whose = self.whose(person, &record).to_owned();
        record.confirm(&whose)
    }

    /// Whose a record must be, asked for by this id. The name of a file that was opened by itself may describe it, and then
    /// the root alone says; a number is an id.
    fn whose<'a>(&self, person: &'a str, record: &'a Unconfirmed) -> &'a str {
        if self.root.is_file() && !person.bytes().all(|b| b.is_ascii_digit()) {
            record.stated()
        } else {
            person
        }
    }

    /// The record files as they are now; those of [`Dataset::record_files`] are as they were when it was opened.
    ///
    /// # Errors
    /// When the folder is gone or cannot be listed.
    pub fn look_again(&self) -> Result<Vec<RecordFile>> {
        let mut layout = if self.root.is_dir() {
            Layout::of_folder(&self.root)?
        } else {
            Layout::of_record(&self.root)?
        };
        layout.keep_one_file_a_patient(&names_of(&self.cases));
        Ok(layout.records)
    }
}

/// The record files that the cases name, by patient.
fn names_of(cases: &[Case]) -> FxHashMap<&str, &str> {
    let named = cases.iter().filter(|c| !c.filename.is_empty());
    named
        .map(|c| (c.person_id.as_str(), c.filename.as_str()))
        .collect()
}

fn add_table(
    file: &TableFile,
    renamed: &Renamed,
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
    let mut table = Table::parse(&file.path, &bytes)?;
    renamed.apply(&mut table);
    assembly.add(file.kind, &table)
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
mod tests;
