//! Files that are there whole or not at all.
//!
//! In: a path and what is to be in it. Out: a private file (0600), durable with its name: written beside its place, synced, renamed, and
//! the folder synced. Readers see the file before or the whole new one. Never: half a file after a kill or on a full disk.

use std::fs::File;
use std::io::{ErrorKind, Write};
use std::path::Path;

use super::private::{parent, sync_folder};
use crate::error::{Error, Result};

/// Writes a private file in one step, in place of one that is there.
///
/// # Errors
/// When its folder cannot be written.
pub(crate) fn replace(path: &Path, bytes: &[u8]) -> Result<()> {
    put(path, true, |file| file.write_all(bytes))
}

/// Writes a private file in one step, in place of one that is there if `replace`; gives back what writing gave.
///
/// # Errors
/// When it exists and is not to be replaced, or its folder cannot be written.
pub(crate) fn put<T>(
    path: &Path,
    replace: bool,
    write: impl FnOnce(&mut File) -> std::io::Result<T>,
) -> Result<T> {
    let io = |e: std::io::Error| match e.kind() {
        ErrorKind::AlreadyExists => Error::usage(format!("{} is there already", path.display()))
            .hint("name a file that does not exist yet"),
        _ => Error::io(path, "writing the file", e),
    };
    let folder = parent(path);
    // Private from the start.
    let mut file = tempfile::NamedTempFile::new_in(folder).map_err(io)?;
    let outcome = write(file.as_file_mut()).map_err(io)?;
    file.as_file().sync_all().map_err(io)?;
    let put = if replace {
        file.persist(path)
    } else {
        file.persist_noclobber(path)
    };
    put.map_err(|e| io(e.error))?;
    sync_folder(folder)?;
    Ok(outcome)
}
