//! Which files a MEDS dataset has.
//!
//! In: a folder, or one file. Out: its shards, and the list of what codes mean. Never: a file passed over in silence: what
//! is no shard is named, as unreadable unless its name says that it holds no events.

use std::collections::BTreeSet;
use std::path::{Path, PathBuf};

use crate::error::{Error, Result};
use crate::omop::UnreadableFile;
use crate::omop::intake;
use crate::omop::tables::Table;

/// What a dataset's folder holds.
#[derive(Default)]
pub(super) struct Shards {
    pub(super) data: Vec<PathBuf>,
    pub(super) codes: Vec<PathBuf>,
    pub(super) unused: Vec<String>,
    pub(super) unreadable: Vec<UnreadableFile>,
}

/// Files about data, not of data.
const ABOUT: [&str; 6] = [".json", ".md", ".yaml", ".yml", ".log", ".txt"];
const CODES: [&str; 3] = ["codes.parquet", "codes.csv", "codes.csv.gz"];

/// Finds the shards, at any depth: under `data/`, else in the folder that was named, or the one file.
///
/// # Errors
/// When the folder cannot be read, or has no shard.
pub(super) fn find(folder: &Path) -> Result<Shards> {
    let mut shards = Shards::default();
    let inside = folder.join("data");
    let mut names = BTreeSet::new();
    // What stands beside the shards is about them.
    let metadata = if inside.is_dir() {
        walk(&inside, &mut names)?;
        for path in entries(folder)? {
            let shown = path.file_name().unwrap_or_default().to_string_lossy();
            if !matches!(&*shown, "data" | "metadata") {
                shards.unused.push(shown.into_owned());
            }
        }
        folder.join("metadata")
    } else if folder.is_dir() {
        let own = folder.join("metadata");
        for path in entries(folder)?.into_iter().filter(|path| *path != own) {
            walk(&path, &mut names)?;
        }
        match folder.parent() {
            Some(above) if !own.is_dir() && folder.ends_with("data") => above.join("metadata"),
            _ => own,
        }
    } else {
        names.insert(folder.to_owned());
        PathBuf::new()
    };
    for path in names {
        let shown = path.strip_prefix(folder).unwrap_or(&path);
        let shown = shown.display().to_string();
        let lower = shown.to_lowercase();
        if intake::has_header(Table::Meds, &path) {
            shards.data.push(path);
        } else if ABOUT.iter().any(|ending| lower.ends_with(ending)) {
            shards.unused.push(shown);
        } else {
            shards.unreadable.push(UnreadableFile {
                table: Table::Meds.name(),
                name: shown,
            });
        }
    }
    if shards.data.is_empty() {
        return Err(
            Error::unreadable(folder, "no MEDS data here (looked for data/**/*.parquet)")
                .hint("name the folder that holds data/ and metadata/"),
        );
    }
    let codes = CODES.map(|name| metadata.join(name));
    shards.codes.extend(codes.into_iter().find(|p| p.is_file()));
    Ok(shards)
}

/// The files at or below a path.
fn walk(at: &Path, found: &mut BTreeSet<PathBuf>) -> Result<()> {
    if !at.is_dir() {
        found.insert(at.to_owned());
        return Ok(());
    }
    entries(at)?.iter().try_for_each(|path| walk(path, found))
}

/// What is in a folder, in order, but for what is hidden and marks such as `_SUCCESS`.
fn entries(folder: &Path) -> Result<Vec<PathBuf>> {
    let failed = |e| Error::io(folder, "reading the folder of MEDS data", e);
    let mut found = Vec::new();
    for entry in std::fs::read_dir(folder).map_err(failed)? {
        let entry = entry.map_err(failed)?;
        if !entry.file_name().as_encoded_bytes().starts_with(b".")
            && !entry.file_name().as_encoded_bytes().starts_with(b"_")
        {
            found.push(entry.path());
        }
    }
    found.sort();
    Ok(found)
}
