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
pub const RECORD_FOLDERS: [&str; 3] = ["ehrs", "medalign_ehr_xml", "full_patient_ehrs"];

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

/// The files of a dataset.
#[derive(Clone, Debug, Default)]
pub struct Layout {
    /// Tables, in the order in which they are read.
    pub tables: Vec<TableFile>,
    /// Record files by patient id; one for each id.
    pub records: Vec<RecordFile>,
    /// The folders that records were looked for in.
    pub record_folders: Vec<PathBuf>,
    /// What was off.
    pub notices: Vec<Notice>,
}

impl Layout {
    /// Looks at a folder.
    ///
    /// # Errors
    /// When the folder cannot be listed.
    pub fn of_folder(root: &Path) -> Result<Self> {
        let mut layout = Layout::default();
        let entries = list(root)?;
        layout.find_tables(&entries);
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
    pub fn of_record(path: &Path) -> Result<Self> {
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
        let mut odd = 0;
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
                odd +=
                    usize::from(path.is_file() && folder.file_name().is_some() && is_packed(&name));
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
                    self.notices.push(Notice::file(
                        Severity::Warning,
                        path,
                        format!("has the name of a record but is {what}; it is left out"),
                    ));
                }
                Err(e) => self.notices.push(Notice::file(
                    Severity::Warning,
                    path,
                    format!("has the name of a record but cannot be reached ({e}); it is left out"),
                )),
            }
        }
        if odd > 0 {
            self.notices.push(Notice::file(
                Severity::Warning,
                folder,
                format!("{odd} files are packed (.gz, .zip); unpack them to have their records"),
            ));
        }
    }

    /// Sorts records by patient id and keeps one file of each patient: the one that a table names, else `ID.xml`, else the first
    /// by name. Another is left out with a notice.
    pub fn keep_one_file_a_patient(&mut self, named: &FxHashMap<&str, &str>) {
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
                    self.notices
                        .push(Notice::file(Severity::Error, &file.path, what));
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

fn is_packed(name: &str) -> bool {
    let name = name.to_ascii_lowercase();
    [".xml.gz", ".xml.zip", ".xml.bz2", ".xml.xz", ".xml.zst"]
        .iter()
        .any(|end| name.ends_with(end))
}

/// The patient id that a record's file name states: `123.xml` and `EHR_123.xml` give `123`.
pub fn person_of(name: &str) -> String {
    let stem = match name.rsplit_once('.') {
        Some((stem, extension)) if extension.eq_ignore_ascii_case("xml") => stem,
        _ => name,
    };
    stem.strip_prefix("EHR_").unwrap_or(stem).trim().to_owned()
}
