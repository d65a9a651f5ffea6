//! Private files and folders: what a review keeps, only its user reads.
//!
//! In: paths. Out: files (0600) and folders (0700) whose names are durable. Never: a symbolic link followed, a wait for a
//! pipe's other end, a mode changed on what was there before.

use std::fs::{self, DirBuilder, File, OpenOptions};
use std::io::{ErrorKind, Write};
use std::path::Path;

use crate::error::{Error, Result};

/// Opens a review file to append, or makes it; locked on Unix, apart from its lock file.
pub(super) fn open_log(path: &Path) -> Result<File> {
    let io = |e| Error::io(path, "opening the review file", e);
    if fs::symlink_metadata(path).is_ok_and(|m| m.is_symlink()) {
        return Err(Error::unreadable(
            path,
            "the review file is a symbolic link, which is not followed",
        )
        .hint("name the file it points to with --review-file"));
    }
    let mut options = OpenOptions::new();
    options.read(true).append(true);
    private(&mut options);
    let file = match options.open(path) {
        Err(e) if e.kind() == ErrorKind::NotFound => {
            let file = options.create_new(true).open(path).map_err(io)?;
            file.sync_all().map_err(io)?;
            sync_folder(path.parent().unwrap_or(Path::new("")))?;
            file
        }
        other => other.map_err(io)?,
    };
    only_regular(path, &file)?;
    // The lock file could be tidied away by hand. Elsewhere than on Unix a lock would keep readers out, too.
    #[cfg(unix)]
    if let Err(fs::TryLockError::WouldBlock) = file.try_lock() {
        return Err(Error::unreadable(
            path,
            "the review file is open already, and its lock file is gone",
        )
        .hint("close the other session first"));
    }
    Ok(file)
}

/// Writes a new private file and makes it durable.
///
/// # Errors
/// When it exists or cannot be written.
pub fn write_new(path: &Path, bytes: &[u8]) -> std::io::Result<()> {
    let mut options = OpenOptions::new();
    options.write(true).create_new(true);
    private(&mut options);
    let mut file = options.open(path)?;
    file.write_all(bytes)?;
    file.sync_all()
}

/// Makes the file private to the user when it is created, refuses symbolic links, and never waits for a pipe's other end.
pub(super) fn private(options: &mut OpenOptions) {
    #[cfg(unix)]
    {
        use rustix::fs::OFlags;
        use std::os::unix::fs::OpenOptionsExt;
        options.mode(0o600);
        options.custom_flags((OFlags::NOFOLLOW | OFlags::NONBLOCK).bits() as i32);
    }
    #[cfg(not(unix))]
    let _ = options;
}

/// Refuses a pipe, a device, a folder.
pub(super) fn only_regular(path: &Path, file: &File) -> Result<()> {
    match file.metadata() {
        Ok(there) if there.is_file() => Ok(()),
        Ok(_) => Err(Error::unreadable(path, "not a regular file")
            .hint("name another file with --review-file")),
        Err(e) => Err(Error::io(path, "looking at the file", e)),
    }
}

/// Makes a folder with what leads to it, private to the user (0700), and its name durable. One that is there stays as it is.
///
/// # Errors
/// When it cannot be made.
pub fn private_folder(folder: &Path) -> Result<()> {
    if folder.is_dir() {
        return Ok(());
    }
    let mut builder = DirBuilder::new();
    builder.recursive(true);
    #[cfg(unix)]
    {
        use std::os::unix::fs::DirBuilderExt;
        builder.mode(0o700);
    }
    builder
        .create(folder)
        .map_err(|e| Error::io(folder, "making the folder", e))?;
    sync_folder(folder.parent().unwrap_or(Path::new("")))
}

/// Makes a private folder (0700) with a name of its own in another, to be renamed when all is in it; removed when dropped.
///
/// # Errors
/// When it cannot be made.
pub fn folder_in(parent: &Path) -> std::io::Result<tempfile::TempDir> {
    let mut builder = tempfile::Builder::new();
    builder.prefix(".medalign-");
    #[cfg(unix)]
    {
        use std::os::unix::fs::PermissionsExt;
        builder.permissions(fs::Permissions::from_mode(0o700));
    }
    builder.tempdir_in(parent)
}

/// Makes the names in a folder durable.
pub(super) fn sync_folder(folder: &Path) -> Result<()> {
    #[cfg(unix)]
    {
        let folder = if folder.as_os_str().is_empty() {
            Path::new(".")
        } else {
            folder
        };
        let synced = File::open(folder).and_then(|f| f.sync_all());
        synced.map_err(|e| Error::io(folder, "making the folder durable", e))?;
    }
    #[cfg(not(unix))]
    let _ = folder;
    Ok(())
}

/// Whether two names lead to one file.
#[cfg(unix)]
pub fn same_file(a: &fs::Metadata, b: &fs::Metadata) -> bool {
    use std::os::unix::fs::MetadataExt;
    (a.dev(), a.ino()) == (b.dev(), b.ino())
}

/// Whether two names lead to one file.
#[cfg(not(unix))]
pub fn same_file(_: &fs::Metadata, _: &fs::Metadata) -> bool {
    true
}

/// Writes a new private file in one step: it is there whole, or not at all.
///
/// # Errors
/// When it exists or its folder cannot be written.
pub fn put_new(path: &Path, bytes: &[u8]) -> Result<()> {
    put(path, false, |file| file.write_all(bytes))
}

/// Writes a private file in one step: readers see the old one or the whole new one.
///
/// # Errors
/// When its folder cannot be written.
pub fn replace(path: &Path, bytes: &[u8]) -> Result<()> {
    put(path, true, |file| file.write_all(bytes))
}

/// Writes a private file in one step, in place of one that is there if `replace`; gives back what writing gave.
///
/// # Errors
/// When it exists and is not to be replaced, or its folder cannot be written.
pub fn put<T>(
    path: &Path,
    replace: bool,
    write: impl FnOnce(&mut File) -> std::io::Result<T>,
) -> Result<T> {
    let io = |e: std::io::Error| match e.kind() {
        ErrorKind::AlreadyExists => Error::usage(format!("{} is there already", path.display()))
            .hint("name a file that does not exist yet"),
        _ => Error::io(path, "writing the file", e),
    };
    let folder = match path.parent() {
        Some(folder) if !folder.as_os_str().is_empty() => folder,
        _ => Path::new("."),
    };
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
