//! One writer a file: an exclusive lock that says whose it is.
//!
//! In: a path and an [`Owner`]. Out: a lock held until it is dropped. The lock is the operating system's (`flock`), so it
//! ends with the process that holds it, however that ends; the lock file's text only names the owner. Text without a
//! lock is what a process left that did not end well: the lock is taken over, with a message. On a network file system the
//! lock is as good as the server's.

use std::fmt;
use std::fs::{File, OpenOptions, TryLockError};
use std::io::{Read, Seek, SeekFrom, Write};
use std::path::{Path, PathBuf};

use serde::{Deserialize, Serialize};

use super::FileKind;
use super::private::{only_regular, parent, private, private_folder};
use crate::error::{Error, Result};

/// Who holds a lock.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub(crate) struct Owner {
    /// The person, or what is done; `reviewer` in the lock file.
    #[serde(rename = "reviewer")]
    pub who: String,
    /// The machine.
    pub host: String,
    /// The process.
    pub pid: u32,
    /// When it began, UTC.
    pub start: String,
}

impl Owner {
    /// This process as an owner.
    pub(crate) fn this(who: &str) -> Self {
        Owner {
            who: who.to_owned(),
            host: host(),
            pid: std::process::id(),
            start: format!("{:.0}", crate::clock::now()),
        }
    }
}

impl fmt::Display for Owner {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Owner {
            who,
            host,
            pid,
            start,
        } = self;
        write!(f, "{who}, on {host}, process {pid}, since {start}")
    }
}

/// The name of this machine, or empty where it has none.
pub(crate) fn host() -> String {
    #[cfg(unix)]
    return rustix::system::uname()
        .nodename()
        .to_string_lossy()
        .into_owned();
    #[cfg(not(unix))]
    return std::env::var("COMPUTERNAME").unwrap_or_default();
}

/// A lock that is held until it is dropped.
#[derive(Debug)]
pub(crate) struct Lock {
    file: File,
    /// Who left it behind, when someone did; made safe to show.
    pub left_by: Option<String>,
}

/// The lock, or who has it (made safe to show).
pub(crate) type Taken = std::result::Result<Lock, String>;

impl Lock {
    /// The lock file of a file: `.<name>.lock` beside it.
    pub(crate) fn path_for(file: &Path) -> PathBuf {
        let stem = file.file_name().unwrap_or_default().to_string_lossy();
        file.with_file_name(format!(".{stem}.lock"))
    }

    /// Takes the lock of a file of this kind; the caller says what to do where another process has it.
    ///
    /// # Errors
    /// When the lock file or its folder cannot be made, or not be locked by this file system.
    pub(crate) fn take(path: &Path, kind: &FileKind, owner: &Owner) -> Result<Taken> {
        let elsewhere = format!(
            "keep it in a folder that you can write, with {}",
            kind.option
        );
        private_folder(parent(path)).map_err(|e| e.hint(&elsewhere))?;
        let mut options = OpenOptions::new();
        private(options.read(true).write(true).create(true).truncate(false));
        let io = |e| Error::io(path, &format!("locking the {}", kind.name), e);
        let mut file = options.open(path).map_err(|e| io(e).hint(&elsewhere))?;
        only_regular(path, &file, kind)?;
        match file.try_lock() {
            Ok(()) => {}
            Err(TryLockError::WouldBlock) => return Ok(Err(owner_text(&mut file))),
            Err(TryLockError::Error(e)) => {
                return Err(io(e).hint(format!(
                    "the file system may not support locks: keep the file elsewhere with {}",
                    kind.option
                )));
            }
        }
        let left = file.metadata().is_ok_and(|m| m.len() > 0);
        let left_by = left.then(|| owner_text(&mut file));
        let text = serde_json::to_string(owner)
            .map_err(|e| Error::bug("a lock's owner could not be written").caused_by(e))?;
        // The lock is held by now; its text is a courtesy, and a full disk must not keep anyone from reading a review.
        let _ = file
            .set_len(0)
            .and_then(|()| file.seek(SeekFrom::Start(0)))
            .and_then(|_| file.write_all(format!("{text}\n").as_bytes()));
        Ok(Ok(Lock { file, left_by }))
    }
}

/// Who holds the lock of a lock file now, made safe to show; `None` where nobody does.
pub(crate) fn holder(path: &Path) -> Option<String> {
    let mut file = File::open(path).ok()?;
    match file.try_lock_shared() {
        Err(TryLockError::WouldBlock) => Some(owner_text(&mut file)),
        Ok(()) | Err(TryLockError::Error(_)) => None,
    }
}

impl Drop for Lock {
    fn drop(&mut self) {
        // An empty lock file says that the session ended well. Closing the file releases the lock.
        let _ = self.file.set_len(0);
    }
}

/// What the lock file says of its owner, made safe to show.
fn owner_text(file: &mut File) -> String {
    let mut text = String::new();
    let read = file
        .seek(SeekFrom::Start(0))
        .and_then(|_| file.take(4096).read_to_string(&mut text));
    match (read, serde_json::from_str::<Owner>(&text)) {
        (Ok(_), Ok(owner)) => crate::text::safe(&owner.to_string()).into_owned(),
        _ => "its owner is not known".to_owned(),
    }
}
