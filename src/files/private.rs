//! Private files and folders: what the program keeps, only its user reads.
//!
//! In: paths. Out: files (0600) and folders (0700) whose names are durable. Never: a symbolic link followed, a wait for a
//! pipe's other end, a mode changed on what was there before (but [`own_folder`], for folders that are the program's alone).

use std::fs::{self, DirBuilder, File, OpenOptions};
use std::io::Write;
use std::path::Path;

use super::FileKind;
use crate::error::{Error, Result};

/// Makes the file private to the user when it is created, refuses symbolic links, and never waits for a pipe's other end.
pub(crate) fn private(options: &mut OpenOptions) -> &mut OpenOptions {
    #[cfg(unix)]
    {
        use rustix::fs::OFlags;
        use std::os::unix::fs::OpenOptionsExt;
        options.mode(0o600);
        options.custom_flags((OFlags::NOFOLLOW | OFlags::NONBLOCK).bits() as i32);
    }
    options
}

/// Makes a new private file.
///
/// # Errors
/// When it exists or cannot be made.
pub(crate) fn create_new(path: &Path) -> std::io::Result<File> {
    private(OpenOptions::new().write(true).create_new(true)).open(path)
}

/// Writes a new private file and makes its content durable. One that fails half way is left as it is: for a file that is whole
/// or not there, see [`replace`](super::replace).
///
/// # Errors
/// When it exists or cannot be written.
pub(crate) fn write_new(path: &Path, bytes: &[u8]) -> std::io::Result<()> {
    let mut file = create_new(path)?;
    file.write_all(bytes)?;
    file.sync_all()
}

/// Refuses a pipe, a device, a folder.
///
/// # Errors
/// When it is one of these, or cannot be looked at.
pub(crate) fn only_regular(path: &Path, file: &File, kind: &FileKind) -> Result<()> {
    match file.metadata() {
        Ok(there) if there.is_file() => Ok(()),
        Ok(_) => Err(Error::unreadable(path, "not a regular file")
            .hint(format!("name another file with {}", kind.option))),
        Err(e) => Err(Error::io(path, "looking at the file", e)),
    }
}

/// Whether a file, or the names in a folder, may be written by this user, as far as permissions tell.
#[cfg(unix)]
pub(crate) fn is_writable(path: &Path) -> bool {
    use rustix::fs::{Access, access};
    let how = if path.is_dir() {
        Access::WRITE_OK | Access::EXEC_OK
    } else {
        Access::WRITE_OK
    };
    access(path, how).is_ok()
}

/// Whether a file, or the names in a folder, may be written by this user, as far as permissions tell.
#[cfg(not(unix))]
pub fn is_writable(path: &Path) -> bool {
    path.metadata().is_ok_and(|m| !m.permissions().readonly())
}

/// Makes a folder with what leads to it, private to the user (0700), and each new name durable. One that is there stays as
/// it is.
///
/// # Errors
/// When it cannot be made.
pub(crate) fn private_folder(folder: &Path) -> Result<()> {
    // The levels that are not there yet, the deepest first.
    let missing: Vec<&Path> = folder
        .ancestors()
        .take_while(|f| !f.as_os_str().is_empty() && !f.is_dir())
        .collect();
    if missing.is_empty() {
        return Ok(());
    }
    let mut builder = DirBuilder::new();
    builder.recursive(true);
    #[cfg(unix)]
    std::os::unix::fs::DirBuilderExt::mode(&mut builder, 0o700);
    builder
        .create(folder)
        .map_err(|e| Error::io(folder, "making the folder", e))?;
    let mut made = missing.into_iter().rev();
    made.try_for_each(|new| sync_folder(parent(new)))
}

/// A private folder that is the program's alone: made as [`private_folder`] does, and made private (0700) where it is not.
///
/// # Errors
/// When it cannot be made or its mode not be set.
pub(crate) fn own_folder(folder: &Path) -> Result<()> {
    private_folder(folder)?;
    set_mode(folder, 0o700).map_err(|e| Error::io(folder, "making the folder private", e))
}

/// Sets the mode of a file or folder where it is another.
///
/// # Errors
/// When it cannot be looked at or set.
pub(crate) fn set_mode(path: &Path, mode: u32) -> std::io::Result<()> {
    #[cfg(unix)]
    {
        use std::os::unix::fs::PermissionsExt;
        if path.metadata()?.permissions().mode() & 0o777 != mode {
            fs::set_permissions(path, fs::Permissions::from_mode(mode))?;
        }
    }
    #[cfg(not(unix))]
    let _ = (path, mode);
    Ok(())
}

/// Makes a private folder (0700) in another, with a name of its own that begins so; removed with all in it when dropped, unless
/// it is kept.
///
/// # Errors
/// When it cannot be made.
pub(crate) fn folder_in(parent: &Path, prefix: &str) -> std::io::Result<tempfile::TempDir> {
    let mut builder = tempfile::Builder::new();
    builder.prefix(prefix);
    #[cfg(unix)]
    builder.permissions(std::os::unix::fs::PermissionsExt::from_mode(0o700));
    builder.tempdir_in(parent)
}

/// The folder that a file or folder is in: `.` for a bare name.
pub(crate) fn parent(path: &Path) -> &Path {
    match path.parent() {
        Some(folder) if !folder.as_os_str().is_empty() => folder,
        _ => Path::new("."),
    }
}

/// Makes the names in a folder durable, where the system can.
///
/// # Errors
/// When the folder cannot be read or synced.
pub(crate) fn sync_folder(folder: &Path) -> Result<()> {
    #[cfg(unix)]
    {
        let synced = File::open(folder).and_then(|f| f.sync_all());
        synced.map_err(|e| Error::io(folder, "making the folder durable", e))?;
    }
    #[cfg(not(unix))]
    let _ = folder;
    Ok(())
}

/// Whether two names lead to one file.
#[cfg(unix)]
pub(crate) fn same_file(a: &fs::Metadata, b: &fs::Metadata) -> bool {
    use std::os::unix::fs::MetadataExt;
    (a.dev(), a.ino()) == (b.dev(), b.ino())
}

/// Whether two names lead to one file.
#[cfg(not(unix))]
pub fn same_file(_: &fs::Metadata, _: &fs::Metadata) -> bool {
    true
}

#[cfg(all(test, unix))]
mod tests {
    use std::os::unix::fs::PermissionsExt;

    use super::*;

    #[test]
    fn new_levels_are_private_and_those_that_were_there_stay() {
        let root = tempfile::tempdir().expect("a folder");
        let there = root.path().join("there");
        fs::create_dir(&there).expect("made");
        set_mode(&there, 0o755).expect("set");
        private_folder(&there.join("a/b/c")).expect("made");
        let mode = |p: &str| {
            let mode = fs::metadata(there.join(p)).expect("there").permissions();
            mode.mode() & 0o777
        };
        assert_eq!(mode(""), 0o755);
        assert_eq!(["a", "a/b", "a/b/c"].map(mode), [0o700; 3]);
        own_folder(&there).expect("made private");
        assert_eq!(mode(""), 0o700);
    }
}
