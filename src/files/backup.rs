//! Copies of a file that only grows, in `.backup` beside it.
//!
//! In: the file's bytes as a session opens it. Out: `.backup/<file name>.1.jsonl` (the newest) to `.3.jsonl`, each read back
//! after it was written. The file only grows, so each copy begins the next; one that does not begin the file
//! shows that another program changed the file, and is put aside as `<file name>.kept-<time>.jsonl`, which nothing rotates away.

use std::ffi::OsStr;
use std::fs;
use std::io::{ErrorKind, Write};
use std::path::{Path, PathBuf};

use super::private::{private_folder, sync_folder};
use crate::error::{Error, Result};

/// Copies that are kept.
const KEPT: usize = 3;

/// Copies a file whose bytes these are, when its newest copy differs. Where the file lost what the copy has, the copy is put aside,
/// and its path given.
///
/// # Errors
/// When a copy cannot be written, read back or moved; the file itself is not touched.
pub(crate) fn back_up(file: &Path, bytes: &[u8]) -> Result<Option<PathBuf>> {
    let folder = folder_of(file);
    not_a_link(&folder)?;
    let newest = slot(file, 1);
    own_names(file)?;
    let copy = if is_copy(&newest) {
        fs::read(&newest).map_err(|e| Error::io(&newest, "reading a backup", e))?
    } else {
        Vec::new()
    };
    if copy == bytes {
        return Ok(None);
    }
    private_folder(&folder)?;
    let moving = |from: &Path, to: &Path| match fs::rename(from, to) {
        Err(e) if e.kind() != ErrorKind::NotFound => Err(Error::io(from, "moving a backup", e)),
        _ => Ok(()),
    };
    let mut lost = None;
    if bytes.starts_with(&copy) {
        for n in (1..KEPT).rev() {
            moving(&slot(file, n), &slot(file, n + 1))?;
        }
    } else {
        let aside = aside(file);
        moving(&newest, &aside)?;
        lost = Some(aside);
    }
    if !bytes.is_empty() {
        write_copy(&folder, &newest, bytes)?;
    }
    Ok(lost)
}

/// Keeps bytes that another program left in a file, apart from the copies.
///
/// # Errors
/// When they cannot be written.
pub(crate) fn put_aside(file: &Path, bytes: &[u8]) -> Result<()> {
    let folder = folder_of(file);
    not_a_link(&folder)?;
    private_folder(&folder)?;
    write_copy(&folder, &aside(file), bytes)
}

fn aside(file: &Path) -> PathBuf {
    let time = crate::clock::now().as_millisecond();
    folder_of(file).join(format!("{}.kept-{time}.jsonl", name(file)))
}

/// Refuses a folder of copies that is a link: nothing is written or moved where it leads.
fn not_a_link(folder: &Path) -> Result<()> {
    if fs::symlink_metadata(folder).is_ok_and(|m| m.is_symlink()) {
        return Err(
            Error::unreadable(folder, "a link, which is not followed").hint("remove the link")
        );
    }
    Ok(())
}

/// Whether this is a copy: a regular file, neither a link nor a pipe.
fn is_copy(path: &Path) -> bool {
    fs::symlink_metadata(path).is_ok_and(|m| m.is_file())
}

/// Copies of earlier versions were named without the file's ending; of a `.jsonl` file they are taken over.
fn own_names(file: &Path) -> Result<()> {
    let Some(stem) = name(file).strip_suffix(".jsonl").map(str::to_owned) else {
        return Ok(());
    };
    if (1..=KEPT).any(|n| is_copy(&slot(file, n))) {
        return Ok(());
    }
    for n in 1..=KEPT {
        let old = folder_of(file).join(format!("{stem}.{n}.jsonl"));
        if is_copy(&old) {
            let io = |e| Error::io(&old, "moving a backup", e);
            fs::rename(&old, slot(file, n)).map_err(io)?;
        }
    }
    Ok(())
}

fn write_copy(folder: &Path, to: &Path, bytes: &[u8]) -> Result<()> {
    let io = |e| Error::io(to, "writing a backup", e);
    // A temporary file is private (0600) from the start.
    let mut file = tempfile::NamedTempFile::new_in(folder).map_err(io)?;
    file.write_all(bytes).map_err(io)?;
    file.as_file().sync_all().map_err(io)?;
    if fs::read(file.path()).map_err(io)? != bytes {
        return Err(Error::unreadable(to, "a backup reads back differently"));
    }
    file.persist(to).map_err(|e| io(e.error))?;
    sync_folder(folder)
}

/// All copies of a file, the newest first, then those put aside.
///
/// # Errors
/// When the folder is there and cannot be listed.
pub(crate) fn copies(file: &Path) -> Result<Vec<PathBuf>> {
    let folder = folder_of(file);
    let io = |e| Error::io(&folder, "listing backups", e);
    let mut names = Vec::new();
    match fs::read_dir(&folder) {
        Ok(items) => {
            for item in items {
                names.push(item.map_err(io)?.file_name().to_string_lossy().into_owned());
            }
        }
        Err(e) if e.kind() == ErrorKind::NotFound => {}
        Err(e) => return Err(io(e)),
    }
    names.sort();
    let full = name(file);
    let plain = full.strip_suffix(".jsonl").unwrap_or(&full).to_owned();
    let is_own = |name: &&String| {
        let rest = name.strip_prefix(&format!("{full}."));
        let middle = rest
            .or_else(|| name.strip_prefix(&format!("{plain}.")))
            .and_then(|rest| rest.strip_suffix(".jsonl"));
        middle.is_some_and(|m| {
            (1..=KEPT).any(|n| m == n.to_string()) || (m.starts_with("kept-") && !m.contains('.'))
        })
    };
    Ok(names
        .iter()
        .filter(is_own)
        .map(|n| folder.join(n))
        .filter(|path| is_copy(path))
        .collect())
}

fn folder_of(file: &Path) -> PathBuf {
    file.with_file_name(".backup")
}

fn slot(file: &Path, n: usize) -> PathBuf {
    folder_of(file).join(format!("{}.{n}.jsonl", name(file)))
}

/// The whole name: `a.jsonl` and `a.json` have copies of their own.
fn name(file: &Path) -> String {
    let name = file.file_name().unwrap_or(OsStr::new("file"));
    name.to_string_lossy().into_owned()
}
