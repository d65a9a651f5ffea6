//! Which OMOP tables are imported, and where their files are.
//!
//! In: a folder. Out: its files by table, opened and decompressed. Never: a guess at a table's name; a file that is not
//! used is listed.

use std::collections::BTreeMap;
use std::ffi::OsString;
use std::fs::File;
use std::io::{BufReader, Read};
use std::path::{Path, PathBuf};

use flate2::read::MultiGzDecoder;

use super::intake::Source;
use super::report::UnreadableFile;
use super::server::Server;
use super::shards::{missing_shards, of_how_many};
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
    /// Events of the Medical Event Data Standard; no table of the CDM.
    Meds,
    /// What its codes mean.
    MedsCode,
}

/// How many tables there are.
pub(super) const TABLES: usize = Table::MedsCode as usize + 1;

impl Table {
    /// The tables of the CDM.
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
            Table::Meds => "MEDS events",
            Table::MedsCode => "MEDS codes",
        }
    }

    /// Whether its rows belong to one person each.
    pub(crate) fn is_of_persons(self) -> bool {
        self < Table::CareSite
    }

    pub(crate) fn from_index(index: u8) -> Option<Table> {
        let others = [Table::Meds, Table::MedsCode];
        Table::ALL.into_iter().chain(others).nth(usize::from(index))
    }

    /// What is read of it.
    pub(crate) fn spec(self) -> &'static Spec {
        &SPECS[self as usize]
    }
}

/// The files of a folder, by table.
#[derive(Debug, Default)]
pub(crate) struct Files {
    /// Each table's files: one, its shards, or for `concept` the site's own (`2b_concept`) beside the standard ones.
    pub(crate) tables: BTreeMap<Table, Vec<TableFile>>,
    /// Files of other tables, by name; they are not imported.
    pub(crate) unused: Vec<String>,
    /// What belongs to a table that is imported and cannot be read, or is missing, by name.
    pub(crate) unreadable: Vec<UnreadableFile>,
}

/// A file of a table.
#[derive(Debug)]
pub(crate) struct TableFile {
    pub(crate) path: PathBuf,
    /// Its name in the folder of tables: `note.csv`, `note/0.csv`.
    pub(crate) name: String,
    /// Its size; of a table on a server, about.
    pub(crate) bytes: u64,
    /// Whether `path` is the name of a table on a server.
    remote: bool,
    pub(super) shape: Shape,
}

/// In what shape a table lies in the folder.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(super) enum Shape {
    /// One file; the site's own concepts are another.
    One { own: bool },
    /// Files with a number behind the table's name.
    Shards(String),
    /// A folder of files; the name without its endings.
    Folder { folder: String, stem: String },
}

/// Finds the tables in `folder`: `measurement.csv`, `MEASUREMENT.CSV`, `note.parquet`, `2b_concept.csv.gz`, shards
/// `measurement-000000000000.csv.gz`, folders `measurement/*.csv` …
///
/// # Errors
/// When the folder cannot be read, holds no table, or has two files for one table.
pub(crate) fn find(folder: &Path) -> Result<Files> {
    let mut files = Files::default();
    let mut others: Vec<(Table, String)> = Vec::new();
    for name in names(folder)? {
        let path = folder.join(&name);
        let shown = name.to_string_lossy().into_owned();
        let lower = shown.to_lowercase();
        let (base, ending) = parts(&lower);
        let Some((table, shape)) = table_of(base) else {
            if path.is_dir() {
                others.extend(tables_below(&path, &shown)?);
            } else if is_table(ending) {
                files.unused.push(shown);
            }
            continue;
        };
        if path.is_dir() {
            files.read_folder(table, &path, &shown)?;
        } else if path.is_file() && is_readable(table, ending, &path) {
            files.tables.entry(table).or_default().push(TableFile {
                bytes: size(&path)?,
                remote: false,
                path,
                name: shown,
                shape,
            });
        } else {
            others.push((table, shown));
        }
    }
    for (table, name) in others {
        // The same table in another format is no loss.
        if files.tables.contains_key(&table) {
            files.unused.push(name);
        } else {
            files.unreadable.push(unreadable(table, name));
        }
    }
    if !files.tables.keys().any(|t| t.is_of_persons()) {
        let found = match files.unreadable.len() {
            0 => String::new(),
            n => format!("; {n} in a format that cannot be read"),
        };
        return Err(Error::unreadable(
            folder,
            format_args!(
                "no OMOP tables here (looked for person.csv, measurement.csv, note.csv.gz …{found})"
            ),
        )
        .hint(
            "name the folder that holds one CSV or Parquet file a table, or a folder of them a table",
        ));
    }
    for (table, of_table) in &files.tables {
        check(folder, *table, of_table)?;
        files.unreadable.extend(missing_shards(*table, of_table));
    }
    Ok(files)
}

fn size(path: &Path) -> Result<u64> {
    std::fs::metadata(path)
        .map(|m| m.len())
        .map_err(|e| Error::io(path, "opening the table", e))
}

pub(super) fn unreadable(table: Table, name: String) -> UnreadableFile {
    UnreadableFile {
        table: table.name(),
        name,
    }
}

/// The names in a folder, in order; hidden ones and marks such as `_SUCCESS` are passed over.
fn names(folder: &Path) -> Result<Vec<OsString>> {
    let failed = |e| Error::io(folder, "reading the folder of OMOP tables", e);
    let mut names = Vec::new();
    for entry in std::fs::read_dir(folder).map_err(failed)? {
        let name = entry.map_err(failed)?.file_name();
        if !name.as_encoded_bytes().starts_with(b".") && !name.as_encoded_bytes().starts_with(b"_")
        {
            names.push(name);
        }
    }
    names.sort();
    Ok(names)
}

/// A lower-case file name's table and its ending: `note` and `csv.gz`; a schema before them is passed over (`dbo.note.csv`).
pub(super) fn parts(lower: &str) -> (&str, &str) {
    let (base, ending) = lower.split_once('.').unwrap_or((lower, ""));
    match ending.split_once('.') {
        Some((name, ending)) if table_of(base).is_none() && table_of(name).is_some() => {
            (name, ending)
        }
        _ => (base, ending),
    }
}

/// Files of tables in a folder that is none of a table, by name: they are not read, and a table may be there alone.
fn tables_below(folder: &Path, shown: &str) -> Result<Vec<(Table, String)>> {
    let mut below = Vec::new();
    for name in names(folder)? {
        let name = name.to_string_lossy();
        let lower = name.to_lowercase();
        let (base, ending) = parts(&lower);
        if let Some((table, _)) = table_of(base)
            && (is_table(ending) || folder.join(&*name).is_dir())
        {
            below.push((table, format!("{shown}/{name} (give its folder instead)")));
        }
    }
    Ok(below)
}

/// The table that a lower-case name without endings stands for.
fn table_of(base: &str) -> Option<(Table, Shape)> {
    let (name, own) = match base.strip_prefix("2b_") {
        Some(name) => (name, true),
        None => (base, false),
    };
    let named = |name: &str| Table::ALL.into_iter().find(|t| t.name() == name);
    if let Some(table) = named(name) {
        return Some((table, Shape::One { own }));
    }
    let name = of_how_many(name).map_or(name, |(name, _)| name);
    let start = name.trim_end_matches(|c: char| c.is_ascii_digit());
    let number = &name[start.len()..];
    let table = named(start.strip_suffix(['-', '_'])?)?;
    (!number.is_empty()).then(|| (table, Shape::Shards(number.to_owned())))
}

fn is_table(ending: &str) -> bool {
    // `snappy.parquet`, `part-0.c000.zstd.parquet`
    matches!(ending, "csv" | "tsv" | "csv.gz" | "tsv.gz") || ending.ends_with("parquet")
}

/// Whether a file can be read as a table: by its ending, or because it starts as one.
fn is_readable(table: Table, ending: &str, path: &Path) -> bool {
    is_table(ending)
        || (matches!(ending, "" | "txt" | "txt.gz" | "gz" | "psv" | "tab")
            && super::intake::has_header(table, path))
}

impl Files {
    /// The files of a table; `server` is where they are when they are no files.
    pub(crate) fn of<'a>(
        &'a self,
        table: Table,
        server: Option<&'a Server>,
    ) -> impl Iterator<Item = Source<'a>> {
        let files = self.tables.get(&table).into_iter().flatten();
        files.enumerate().map(move |(number, file)| Source {
            table,
            path: &file.path,
            number,
            server: server.filter(|_| file.remote),
        })
    }

    /// Takes the concepts of a vocabulary that lies in a folder of its own.
    pub(super) fn add_vocabulary(&mut self, folder: &Path) -> Result<()> {
        let mut found = Vec::new();
        for name in names(folder)? {
            let shown = name.to_string_lossy().into_owned();
            let lower = shown.to_lowercase();
            let (base, ending) = parts(&lower);
            let path = folder.join(&name);
            if let Some((Table::Concept, shape)) = table_of(base)
                && path.is_file()
                && is_readable(Table::Concept, ending, &path)
            {
                found.push(TableFile {
                    bytes: size(&path)?,
                    remote: false,
                    path,
                    name: shown,
                    shape,
                });
            }
        }
        if found.is_empty() {
            return Err(Error::unreadable(folder, "no CONCEPT.csv here")
                .hint("name the folder into which the vocabulary from Athena was unpacked"));
        }
        if self.tables.contains_key(&Table::Concept) {
            return Err(Error::usage("the tables have a concept table of their own")
                .hint("leave --vocabulary away, or move that concept table away"));
        }
        check(folder, Table::Concept, &found)?;
        self.tables.insert(Table::Concept, found);
        Ok(())
    }

    /// Adds a table that is no file, under its name.
    pub(super) fn add(&mut self, table: Table, name: PathBuf, bytes: u64) {
        self.tables.entry(table).or_default().push(TableFile {
            name: name.display().to_string(),
            path: name,
            bytes,
            remote: true,
            shape: Shape::One { own: false },
        });
    }

    fn read_folder(&mut self, table: Table, folder: &Path, shown: &str) -> Result<()> {
        let names = names(folder)?;
        if names.is_empty() {
            self.unreadable
                .push(unreadable(table, format!("{shown} (an empty folder)")));
        }
        for name in names {
            let path = folder.join(&name);
            let name = name.to_string_lossy();
            let lower = name.to_lowercase();
            let (stem, ending) = lower.split_once('.').unwrap_or((&lower, ""));
            let whole = format!("{shown}/{name}");
            // `part-00000-….c000.csv.gz` has more dots than one.
            let ending = ["csv", "csv.gz", "tsv", "tsv.gz", "parquet"]
                .into_iter()
                .find(|e| lower.ends_with(&format!(".{e}")))
                .unwrap_or(ending);
            if path.is_file() && is_readable(table, ending, &path) {
                self.tables.entry(table).or_default().push(TableFile {
                    bytes: size(&path)?,
                    remote: false,
                    path,
                    name: whole,
                    shape: Shape::Folder {
                        folder: shown.to_owned(),
                        stem: stem.to_owned(),
                    },
                });
            } else {
                self.unreadable.push(unreadable(table, whole));
            }
        }
        Ok(())
    }
}

/// A table lies in the folder once: as one file, as shards, or as a folder.
fn check(folder: &Path, table: Table, files: &[TableFile]) -> Result<()> {
    let once = |a: &TableFile, b: &TableFile| match (&a.shape, &b.shape) {
        (Shape::One { own: a }, Shape::One { own: b }) => table == Table::Concept && a != b,
        (Shape::Shards(a), Shape::Shards(b)) => a != b,
        (Shape::Folder { folder: a, stem: x }, Shape::Folder { folder: b, stem: y }) => {
            a == b && x != y
        }
        (Shape::One { own }, _) | (_, Shape::One { own }) => table == Table::Concept && *own,
        _ => false,
    };
    let mut sorted: Vec<&TableFile> = files.iter().collect();
    sorted.sort_by(|a, b| a.shape.cmp(&b.shape));
    if sorted.windows(2).all(|w| once(w[0], w[1])) {
        return Ok(());
    }
    let names: Vec<&str> = files.iter().map(|f| f.name.as_str()).take(10).collect();
    Err(Error::unreadable(
        folder,
        format_args!(
            "{} files for the table {}: {}",
            files.len(),
            table.name(),
            names.join(", ")
        ),
    )
    .hint("move all but one of them away, or all but the shards of one export"))
}

/// Opens a table; compression is told from the first bytes, not from the name.
pub(crate) fn open(
    path: &Path,
    meter: impl FnMut(u64) + Send + 'static,
) -> Result<Box<dyn Read + Send>> {
    let file = File::open(path).map_err(|e| Error::io(path, "opening the table", e))?;
    let mut file = BufReader::with_capacity(1 << 20, Metered::new(file, meter));
    let start = std::io::BufRead::fill_buf(&mut file)
        .map_err(|e| Error::io(path, "reading the table", e))?;
    Ok(if start.starts_with(&[0x1f, 0x8b]) {
        Box::new(MultiGzDecoder::new(file))
    } else {
        Box::new(file)
    })
}

/// Tells how many bytes have been read.
pub(super) struct Metered<R, F> {
    inner: R,
    meter: F,
}

impl<R, F> Metered<R, F> {
    pub(super) fn new(inner: R, meter: F) -> Self {
        Metered { inner, meter }
    }
}

impl<R: Read, F: FnMut(u64)> Read for Metered<R, F> {
    fn read(&mut self, buffer: &mut [u8]) -> std::io::Result<usize> {
        let n = self.inner.read(buffer)?;
        (self.meter)(n as u64);
        Ok(n)
    }
}

#[cfg(test)]
mod tests;
