//! Datasets of the Medical Event Data Standard (MEDS 0.3 and 0.4; Arnrich, Choi et al. 2024) turned into one LUMIA record
//! a subject.
//!
//! In: a folder with `data/` (shards in Parquet, or tables of text with the same columns) and `metadata/codes.parquet`. Out:
//! `ehrs/<subject_id>.xml`, and a report in which every row is accounted for. It stands on the import of OMOP tables: rows
//! go through the same intake, wait in the same spill and are put together by the same rules. Never: a row without a time
//! that is lost (it is a fact about the person), a code that is not known here left out.
//!
//! Encounters come from codes of admission and discharge; what happened outside of them is grouped by the gap rule.

mod code;
mod subject;

use std::collections::BTreeSet;
use std::path::{Path, PathBuf};

use rayon::prelude::*;

use crate::error::{Error, Result};
use crate::omop::intake::{self, Fields, Source};
use crate::omop::lookup::Lookup;
use crate::omop::report::{Line, Reason, Tallies, Tally};
use crate::omop::slots::Slot;
use crate::omop::tables::Table;
use crate::omop::{Import, Options, Progress, Report, Size, UnreadableFile};
use subject::Subjects;

/// Imports a MEDS dataset; `options.tables` is its folder.
///
/// # Errors
/// When a shard cannot be read at all, or records cannot be written. Rows with defects are no error: see
/// [`Report::defects`].
pub fn import(options: &Options, progress: &Progress) -> Result<Report> {
    let shards = find(&options.tables)?;
    let mut total = Size {
        on_disk: 0,
        of_persons: 0,
    };
    for path in &shards.data {
        total.on_disk += std::fs::metadata(path)
            .map_err(|e| Error::io(path, "opening the shard", e))?
            .len();
    }
    // Parquet and gzip shrink rows to about an eighth.
    total.of_persons = total.on_disk * 8;
    let import = Import::begin(options, progress, &total)?;
    let mut lookup = Lookup::default();
    let mut tallies = Tallies::default();
    for path in &shards.codes {
        let file = Source {
            table: Table::MedsCode,
            path,
            number: 0,
            server: None,
        };
        *tallies.of(Table::MedsCode) = lookup.read_descriptions(file, &import.meter)?;
    }
    let read: Vec<Tallies> = import.pool.install(|| {
        shards
            .data
            .par_iter()
            .enumerate()
            .with_max_len(1)
            .map(|(number, path)| read_shard(path, number, &import))
            .collect::<Result<_>>()
    })?;
    for shard in &read {
        tallies.add(shard);
    }
    let sum = import.write(&lookup, false, false)?;
    tallies.add(&sum.tallies);
    let name = |path: &PathBuf| {
        let inside = path.strip_prefix(&options.tables).unwrap_or(path);
        inside.display().to_string()
    };
    let data: Vec<String> = shards.data.iter().map(name).collect();
    let codes: Vec<String> = shards.codes.iter().map(name).collect();
    let tables = [
        (Table::Person, &data),
        (Table::VisitOccurrence, &data),
        (Table::VisitDetail, &data),
        (Table::Meds, &data),
        (Table::MedsCode, &codes),
    ];
    Ok(sum.report(
        tables
            .into_iter()
            .map(|(table, names)| Report::table(table, names.clone(), tallies.of(table)))
            .collect(),
        Vec::new(),
        shards.unreadable,
    ))
}

/// Reads a shard into the spill.
fn read_shard(path: &Path, number: usize, import: &Import<'_>) -> Result<Tallies> {
    let source = Source {
        table: Table::Meds,
        path,
        number,
        server: None,
    };
    let mut tallies = Tallies::default();
    let mut refused = Tally::default();
    let mut passed = 0;
    let mut subjects = Subjects::new(import.spill.writer(), &mut tallies);
    intake::each_row(
        source,
        &import.meter,
        &mut refused,
        &mut |refused, line: Line, fields: &Fields<'_>| {
            let subject = match fields.first() {
                Some((Slot::Person, text)) => crate::omop::cell::id(text),
                _ => None,
            };
            let Some(subject) = subject else {
                refused.count(Reason::BadPerson, line);
                return Ok(());
            };
            if import
                .chosen
                .as_ref()
                .is_some_and(|c| !c.contains(&subject))
            {
                refused.count(Reason::NotChosen, line);
                return Ok(());
            }
            passed += 1;
            subjects.row(subject, line, fields)
        },
    )?;
    subjects.finish()?;
    // Those that were passed on are counted where they went.
    refused.rows -= passed;
    tallies.of(Table::Meds).add(&refused);
    Ok(tallies)
}

/// What a dataset's folder holds.
struct Shards {
    data: Vec<PathBuf>,
    codes: Vec<PathBuf>,
    unreadable: Vec<UnreadableFile>,
}

/// Finds the shards: under `data/` at any depth, else the files of the folder itself, or the one file that was named.
fn find(folder: &Path) -> Result<Shards> {
    let mut shards = Shards {
        data: Vec::new(),
        codes: Vec::new(),
        unreadable: Vec::new(),
    };
    let inside = folder.join("data");
    let root = if inside.is_dir() { &inside } else { folder };
    let mut names = BTreeSet::new();
    walk(root, &mut names, root == folder)?;
    for path in names {
        let name = path.to_string_lossy().to_lowercase();
        let is_table = [".parquet", ".csv", ".csv.gz", ".tsv", ".tsv.gz"]
            .iter()
            .any(|e| name.ends_with(e));
        if is_table && intake::has_header(Table::Meds, &path) {
            shards.data.push(path);
        } else if is_table {
            let name = path.strip_prefix(folder).unwrap_or(&path);
            shards.unreadable.push(UnreadableFile {
                table: Table::Meds.name(),
                name: name.display().to_string(),
            });
        }
    }
    if shards.data.is_empty() {
        return Err(
            Error::unreadable(folder, "no MEDS data here (looked for data/**/*.parquet)")
                .hint("name the folder that holds data/ and metadata/"),
        );
    }
    let codes = ["codes.parquet", "codes.csv"];
    let codes = codes.map(|name| folder.join("metadata").join(name));
    shards.codes.extend(codes.into_iter().find(|p| p.is_file()));
    Ok(shards)
}

/// The files below a folder; `flat` leaves folders in it out.
fn walk(at: &Path, found: &mut BTreeSet<PathBuf>, flat: bool) -> Result<()> {
    if at.is_file() {
        found.insert(at.to_owned());
        return Ok(());
    }
    let failed = |e| Error::io(at, "reading the folder of MEDS data", e);
    for entry in std::fs::read_dir(at).map_err(failed)? {
        let path = entry.map_err(failed)?.path();
        let hidden = |n: &std::ffi::OsStr| n.as_encoded_bytes().starts_with(b".");
        if path.file_name().is_some_and(hidden) || (flat && path.is_dir()) {
            continue;
        }
        walk(&path, found, false)?;
    }
    Ok(())
}
