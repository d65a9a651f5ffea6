//! One writer a review file: an exclusive lock that says whose it is.
//!
//! In: a path and an [`Owner`]. Out: a lock held until it is dropped. The lock is the operating system's (`flock`), so it
//! ends with the process that holds it, however that ends; the lock file's text only names the owner. Text without a
//! lock is what a process left that did not end well: the lock is taken over, with a message. On a network file system the
//! lock is as good as the server's.

use std::fmt;
use std::fs::{File, OpenOptions, TryLockError};
use std::io::{Read, Seek, SeekFrom, Write};
use std::path::{Path, PathBuf};

use jiff::Timestamp;
use serde::{Deserialize, Serialize};

use super::place::Reviewer;
use crate::error::{Error, Result};

/// Who holds a lock.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Owner {
    /// The reviewer.
    pub reviewer: String,
    /// The machine.
    pub host: String,
    /// The process.
    pub pid: u32,
    /// When it began, UTC.
    pub start: String,
}

impl Owner {
    /// This process as an owner.
    pub fn this(reviewer: &Reviewer) -> Self {
        Owner {
            reviewer: reviewer.name().to_owned(),
            host: host(),
            pid: std::process::id(),
            start: format!("{:.0}", Timestamp::now()),
        }
    }
}

impl fmt::Display for Owner {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Owner {
            reviewer,
            host,
            pid,
            start,
        } = self;
        write!(f, "{reviewer}, on {host}, process {pid}, since {start}")
    }
}

/// The name of this machine, or empty where it has none.
pub fn host() -> String {
    #[cfg(unix)]
    return rustix::system::uname()
        .nodename()
        .to_string_lossy()
        .into_owned();
    #[cfg(not(unix))]
    return std::env::var("COMPUTERNAME").unwrap_or_default();
}

/// A lock that is held.
#[derive(Debug)]
pub struct Lock {
    file: File,
}

impl Lock {
    /// The lock file of a review file: `.<name>.lock` beside it.
    pub fn path_for(review: &Path) -> PathBuf {
        let stem = review.file_name().unwrap_or_default().to_string_lossy();
        review.with_file_name(format!(".{stem}.lock"))
    }

    /// Takes the lock. Also says who left it behind, when someone did.
    ///
    /// # Errors
    /// When another process holds it (named), or the lock file cannot be made.
    pub fn take(path: &Path, owner: &Owner) -> Result<(Lock, Option<String>)> {
        let mut options = OpenOptions::new();
        options.read(true).write(true).create(true).truncate(false);
        super::private::private(&mut options);
        let io = |e| Error::io(path, "locking the review file", e);
        let mut file = options.open(path).map_err(io)?;
        super::private::only_regular(path, &file)?;
        match file.try_lock() {
            Ok(()) => {}
            Err(TryLockError::WouldBlock) => {
                let holder = owner_text(&mut file);
                return Err(Error::unreadable(
                    path,
                    format_args!("the review file is open already: {holder}"),
                )
                .hint("close that session first, or review under another name with --as"));
            }
            Err(TryLockError::Error(e)) => {
                return Err(io(e).hint(
                    "the file system may not support locks: keep the file elsewhere with --review-file",
                ));
            }
        }
        let left = file.metadata().is_ok_and(|m| m.len() > 0);
        let left = left.then(|| owner_text(&mut file));
        let text = serde_json::to_string(owner)
            .map_err(|e| Error::bug("a lock's owner could not be written").caused_by(e))?;
        // The lock is held by now; its text is a courtesy, and a full disk must not keep anyone from reading a review.
        let _ = file
            .set_len(0)
            .and_then(|()| file.seek(SeekFrom::Start(0)))
            .and_then(|_| file.write_all(format!("{text}\n").as_bytes()));
        Ok((Lock { file }, left))
    }
}

/// Who holds the lock of a lock file now, made safe to show; `None` where nobody does.
pub fn holder(path: &Path) -> Option<String> {
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
