//! Which files a dataset has.
//!
//! In: a folder. Out: its tables by what they hold, and its record files by the patient their names state. Only
//! names and sizes are looked at, no file is opened, and nothing outside the folder is reached by a name that a
//! table states. What is no regular file (a pipe, a folder, a broken link) is never opened later.

use std::path::{Path, PathBuf};
use std::time::SystemTime;

use rustc_hash::FxHashMap;

use crate::error::{Error, Result};
use crate::notice::{Notice, Severity};

/// What a table holds.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum TableKind {
    /// Models' responses, with a clinician's judgement.
    Responses,
    /// Clinicians' gold responses.
    Golds,
    /// Instructions.
    Instructions,
    /// Instructions paired with candidate records.
    Relevance,
    /// Categories and subcategories of instructions.
    Taxonomy,
    /// Judgements of single reviewers.
    Reviews,
}

impl TableKind {
    /// What a file's stem (lower case, hyphens) says the table holds, and which of several such files comes first.
    fn of_stem(stem: &str) -> Option<(TableKind, usize)> {
        const NAMES: [(&str, TableKind); 9] = [
            ("clinician-reviewed-model-responses", TableKind::Responses),
            ("clinician-instruction-responses", TableKind::Golds),
            ("instructions", TableKind::Instructions),
            ("instructions-sample", TableKind::Instructions),
            ("all-instructions-rouge", TableKind::Instructions),
            ("all-instructions", TableKind::Instructions),
            ("ehr-relevance-labels", TableKind::Relevance),
            ("instruction-taxonomy", TableKind::Taxonomy),
            ("clinician-reviews-by-annotator", TableKind::Reviews),
        ];
        NAMES
            .iter()
            .position(|(name, _)| *name == stem)
            .map(|i| (NAMES[i].1, i))
    }
}

/// The record folders' names.
pub(crate) const RECORD_FOLDERS: [&str; 3] = ["ehrs", "medalign_ehr_xml", "full_patient_ehrs"];

/// So many folders deep, and at so many names, is looked for records that lie where none are read.
const DEEP: usize = 4;
const LOOKED_AT: usize = 20_000;

/// A table file.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct TableFile {
    /// What it holds.
    pub kind: TableKind,
    /// Where it is.
    pub path: PathBuf,
}

/// A record file.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct RecordFile {
    /// The patient's id that the file's name states.
    pub person_id: String,
    /// Where it is.
    pub path: PathBuf,
    /// Its size in bytes.
    pub bytes: u64,
    /// When it was last changed, where the file system knows.
    pub modified: Option<SystemTime>,
}

/// Files of records that are there and are not read.
#[derive(Clone, Debug, Default)]
pub struct Unread {
    /// Where they are, and why.
    pub notices: Vec<Notice>,
    /// How many there are, as far as names tell.
    pub records: usize,
}

impl Unread {
    fn add(&mut self, severity: Severity, path: &Path, what: impl Into<String>, records: usize) {
        self.notices.push(Notice::file(severity, path, what.into()));
        self.records += records;
    }
}

/// The files of a dataset.
#[derive(Clone, Debug, Default)]
pub(crate) struct Layout {
    /// Tables, in the order in which they are read.
    pub tables: Vec<TableFile>,
    /// Record files by patient id; one for each id.
    pub records: Vec<RecordFile>,
    /// The folders that records were looked for in.
    pub record_folders: Vec<PathBuf>,
    /// Files of records that are not read.
    pub unread: Unread,
    /// What else was off.
    pub notices: Vec<Notice>,
}

impl Layout {
    /// Looks at a folder.
    ///
    /// # Errors
    /// When the folder cannot be listed.
    pub(crate) fn of_folder(root: &Path) -> Result<Self> {
        let mut layout = Layout::default();
        let entries = list(root)?;
        layout.find_tables(&entries);
        layout.find_packed(&entries);
        let mut folders: Vec<PathBuf> = Vec::new();
        for name in RECORD_FOLDERS {
            let found = entries
                .iter()
                .find(|path| file_name(path).eq_ignore_ascii_case(name) && path.is_dir());
            folders.extend(found.cloned());
        }
        if folders.is_empty() {
            layout.find_records(root, &entries);
            if !layout.records.is_empty() {
                layout.record_folders.push(root.to_owned());
            }
        } else {
            for folder in &folders {
                let entries = list(folder)?;
                layout.find_records(folder, &entries);
            }
            layout.record_folders = folders;
        }
        Ok(layout)
    }

    /// One record file alone.
    ///
    /// # Errors
    /// When it is no regular file.
    pub(crate) fn of_record(path: &Path) -> Result<Self> {
        let mut layout = Layout::default();
        let metadata =
            std::fs::metadata(path).map_err(|e| Error::io(path, "looking for the record", e))?;
        if !metadata.is_file() {
            return Err(Error::unreadable(path, "this is no regular file"));
        }
        layout.records.push(RecordFile {
            person_id: person_of(&file_name(path)),
            path: path.to_owned(),
            bytes: metadata.len(),
            modified: metadata.modified().ok(),
        });
        Ok(layout)
    }

    fn find_tables(&mut self, entries: &[PathBuf]) {
        let mut found: Vec<(TableKind, usize, usize, &PathBuf)> = Vec::new();
        for path in entries {
            let name = file_name(path).to_ascii_lowercase();
            let Some((stem, extension)) = name.rsplit_once('.') else {
                continue;
            };
            let Some(extension) = ["tsv", "csv", "txt"].iter().position(|e| *e == extension) else {
                continue;
            };
            let stem = stem.replace(['_', ' '], "-");
            let Some((kind, rank)) = TableKind::of_stem(&stem) else {
                continue;
            };
            if path.is_file() {
                found.push((kind, rank, extension, path));
            } else {
                self.notices.push(Notice::file(
                    Severity::Error,
                    path,
                    "has the name of a table but is no regular file; it is left out",
                ));
            }
        }
        found.sort();
        let mut last = None;
        for (kind, rank, _, path) in found {
            if last.replace(rank) == Some(rank) {
                self.notices.push(Notice::file(
                    Severity::Warning,
                    path,
                    "the same table is there under another extension, which is read; this one is left out",
                ));
                continue;
            }
            self.tables.push(TableFile {
                kind,
                path: path.clone(),
            });
        }
    }

    fn find_records(&mut self, folder: &Path, entries: &[PathBuf]) {
        let mut packed = 0;
        for path in entries {
            let name = file_name(path);
            let is_xml = path
                .extension()
                .is_some_and(|e| e.eq_ignore_ascii_case("xml"));
            // `._1.xml` is what macOS puts beside a file on a foreign disk.
            if name.starts_with('.') {
                continue;
            }
            if !is_xml {
                // In a folder of records anything packed is records.
                let own = RECORD_FOLDERS.contains(&file_name(folder).to_ascii_lowercase().as_str());
                let holds = |stem: &str| own || stem.to_ascii_lowercase().ends_with(".xml");
                if path.is_dir() {
                    self.note_folder(path);
                } else if unpacked(&name).is_some_and(holds) && path.is_file() {
                    packed += 1;
                }
                continue;
            }
            match std::fs::metadata(path) {
                Ok(metadata) if metadata.is_file() => self.records.push(RecordFile {
                    person_id: person_of(&name),
                    path: path.clone(),
                    bytes: metadata.len(),
                    modified: metadata.modified().ok(),
                }),
                Ok(metadata) => {
                    let what = if metadata.is_dir() {
                        "a folder"
                    } else {
                        "no regular file"
                    };
                    let what = format!("has the name of a record but is {what}; it is left out");
                    self.unread.add(Severity::Warning, path, what, 1);
                }
                Err(e) => {
                    let what = format!(
                        "has the name of a record but cannot be reached ({e}); it is left out"
                    );
                    self.unread.add(Severity::Warning, path, what, 1);
                }
            }
        }
        if packed > 0 {
            let what = match packed {
                1 => "1 file is packed (.gz, .zip); unpack it to have its records".to_owned(),
                n => format!("{n} files are packed (.gz, .zip); unpack them to have their records"),
            };
            self.unread.add(Severity::Warning, folder, what, packed);
        }
    }

    /// Notes a folder inside a folder of records, where records lie in it.
    fn note_folder(&mut self, folder: &Path) {
        let mut left = LOOKED_AT;
        let records = records_below(folder, DEEP, &mut left);
        if records > 0 {
            let more = if left == 0 { "at least " } else { "" };
            let what = match records {
                1 => "a record lies in this folder and is not read; put it beside the others"
                    .to_owned(),
                n => format!(
                    "{more}{n} records lie in this folder and are not read; put them beside the others"
                ),
            };
            self.unread.add(Severity::Warning, folder, what, records);
        }
    }

    /// Notes tables, and whole folders of records, that are packed.
    fn find_packed(&mut self, entries: &[PathBuf]) {
        let there = |name: &str| {
            entries
                .iter()
                .any(|e| file_name(e).eq_ignore_ascii_case(name))
        };
        for path in entries.iter().filter(|path| path.is_file()) {
            let name = file_name(path).to_ascii_lowercase();
            let Some(inner) = unpacked(&name).filter(|inner| !there(inner)) else {
                continue;
            };
            let stem = inner.rsplit_once('.').map_or(inner, |(stem, _)| stem);
            if RECORD_FOLDERS.contains(&inner) {
                let what = "the records are packed; unpack them to have them read";
                self.unread.add(Severity::Warning, path, what, 1);
            } else if TableKind::of_stem(&stem.replace(['_', ' '], "-")).is_some() {
                let what = "has the name of a table and is packed; unpack it to have it read";
                let notice = Notice::file(Severity::Error, path, what);
                self.notices.push(notice);
            }
        }
    }

    /// Sorts records by patient id and keeps one file of each patient: the one that a table names, else `ID.xml`, else the first
    /// by name. Another is left out with a notice.
    pub(crate) fn keep_one_file_a_patient(&mut self, named: &FxHashMap<&str, &str>) {
        let rank = |file: &RecordFile| {
            let name = file_name(&file.path);
            let table = named.get(file.person_id.as_str());
            let by_table = table.is_some_and(|t| file_name(Path::new(t)) == name);
            (!by_table, name != format!("{}.xml", file.person_id))
        };
        let key = |file: &RecordFile| (file.person_id.clone(), rank(file));
        self.records.sort_by_cached_key(key);
        let mut kept: Vec<RecordFile> = Vec::with_capacity(self.records.len());
        for file in std::mem::take(&mut self.records) {
            match kept.last() {
                Some(other) if other.person_id == file.person_id => {
                    let what = format!(
                        "names the same patient as {}, which is used; keep one of the two",
                        other.path.display()
                    );
                    self.unread.add(Severity::Error, &file.path, what, 1);
                }
                _ => kept.push(file),
            }
        }
        self.records = kept;
    }
}

/// The entries of a folder, sorted by name, as paths.
fn list(folder: &Path) -> Result<Vec<PathBuf>> {
    let reading = |e| Error::io(folder, "listing the folder", e);
    let mut paths = Vec::new();
    for entry in std::fs::read_dir(folder).map_err(reading)? {
        paths.push(entry.map_err(reading)?.path());
    }
    paths.sort();
    Ok(paths)
}

fn file_name(path: &Path) -> String {
    path.file_name()
        .map(|n| n.to_string_lossy().into_owned())
        .unwrap_or_default()
}

/// The name of what a packed file holds; `None` where it is not packed.
fn unpacked(name: &str) -> Option<&str> {
    let (stem, ending) = name.rsplit_once('.')?;
    let packed = ["gz", "zip", "bz2", "xz", "zst", "7z", "tgz", "tar"];
    let known = packed.iter().any(|p| ending.eq_ignore_ascii_case(p));
    known.then(|| unpacked(stem).unwrap_or(stem))
}

/// How many files of records, packed ones too, lie in a folder and those in it; so many folders deep, and so many entries looked at.
fn records_below(folder: &Path, deep: usize, left: &mut usize) -> usize {
    let mut records = 0;
    for path in list(folder).unwrap_or_default() {
        let name = file_name(&path);
        if *left == 0 || name.starts_with('.') {
            continue;
        }
        *left -= 1;
        let inner = unpacked(&name).unwrap_or(&name);
        if inner.to_ascii_lowercase().ends_with(".xml") && path.is_file() {
            records += 1;
        } else if deep > 0 && path.is_dir() {
            records += records_below(&path, deep - 1, left);
        }
    }
    records
}

/// The patient id that a record's file name states: `123.xml` and `EHR_123.xml` give `123`.
pub(crate) fn person_of(name: &str) -> String {
    let stem = match name.rsplit_once('.') {
        Some((stem, extension)) if extension.eq_ignore_ascii_case("xml") => stem,
        _ => name,
    };
    stem.strip_prefix("EHR_").unwrap_or(stem).trim().to_owned()
}
