//! A file to which whole lines are appended, each on the disk before anyone is told so.
//!
//! In: lines without their line feed. Out: the same lines at the file's end, each written in one call, after a line feed where a torn
//! line stands last, and synced. Never: a line changed or removed, a symbolic link followed, a file that another program has
//! open here (`flock`), or a line counted as saved that went into a file which no longer has the name.

use std::fs::{self, File, OpenOptions};
use std::io::{ErrorKind, Read, Seek, SeekFrom, Write};
use std::path::{Path, PathBuf};

use super::FileKind;
use super::private::{only_regular, parent, private, private_folder, same_file, sync_folder};
use crate::error::{Error, Result};
use crate::stats::hash::Fnv1a;

/// A file that is open to append.
#[derive(Debug)]
pub(crate) struct Lines {
    path: PathBuf,
    kind: FileKind,
    file: File,
    /// What the file was like after the last write or look; nothing is known after a write that failed.
    left: Option<Left>,
}

/// What a look at the file found.
#[derive(Debug)]
pub(crate) enum Look {
    /// It is as it was left.
    Still,
    /// Another program changed it, or nothing is known of it since a write that failed.
    Other(Found),
}

/// A file that is not as it was left: see [`Lines::adopt`].
#[derive(Debug)]
pub(crate) struct Found {
    /// What is in it.
    pub bytes: Vec<u8>,
    /// Another file has its name, or it is not known to be otherwise than a failed write left it.
    pub by_another: bool,
    /// The other file.
    anew: Option<File>,
}

/// How far an append came.
#[derive(Debug)]
pub(crate) struct Appended {
    /// So many lines, from the first, are on the disk in the file of this name.
    pub durable: usize,
    /// Whether the file lost its name to another while it was written: what went into it counts for nothing.
    pub renamed: bool,
    /// Why not all are durable.
    pub outcome: Result<()>,
}

impl Lines {
    /// Opens a file to append, or makes it (0600, its folder 0700), and locks it. Gives what is in it.
    ///
    /// # Errors
    /// When it is a symbolic link, no regular file, open in another program, or cannot be read and written.
    pub(crate) fn open(path: &Path, kind: FileKind) -> Result<(Lines, Vec<u8>)> {
        let file = open(path, &kind)?;
        let bytes = all_of(&file).map_err(|e| doing(path, "reading", &kind, e))?;
        let lines = Lines {
            path: path.to_owned(),
            kind,
            left: Left::of(&file, Fnv1a::of(&bytes)).ok(),
            file,
        };
        Ok((lines, bytes))
    }

    /// Appends lines and waits until they are on the disk.
    pub(crate) fn append<L: AsRef<[u8]>>(&mut self, lines: &[L]) -> Appended {
        let mut written = 0;
        let mut outcome = Ok(());
        for line in lines {
            outcome = self.write(line.as_ref());
            if outcome.is_err() {
                break;
            }
            written += 1;
        }
        // What was written before a failure is made durable too, so that it is not written again.
        let synced = self.file.sync_data();
        let synced = synced.map_err(|e| self.failed("making", " durable", e));
        let named = synced.and_then(|()| self.has_its_name());
        Appended {
            durable: if matches!(named, Ok(true)) {
                written
            } else {
                0
            },
            renamed: matches!(named, Ok(false)),
            outcome: outcome.and(named.map(|_| ())),
        }
    }

    /// One line in one call on a handle that appends.
    fn write(&mut self, line: &[u8]) -> Result<()> {
        let mut bytes = Vec::with_capacity(line.len() + 2);
        let torn = self
            .ends_torn()
            .map_err(|e| self.failed("writing", "", e))?;
        if torn {
            bytes.push(b'\n');
        }
        bytes.extend_from_slice(line);
        bytes.push(b'\n');
        let left = self.left.take();
        let wrote = self.file.write_all(&bytes);
        wrote.map_err(|e| self.failed("writing", "", e))?;
        self.left = left.and_then(|left| Left::of(&self.file, left.hash.and(&bytes)).ok());
        Ok(())
    }

    fn ends_torn(&self) -> std::io::Result<bool> {
        let mut file = &self.file;
        if file.metadata()?.len() == 0 {
            return Ok(false);
        }
        let mut last = [0];
        file.seek(SeekFrom::End(-1))?;
        file.read_exact(&mut last)?;
        Ok(last != *b"\n")
    }

    /// Whether the name still leads to this file.
    fn has_its_name(&self) -> Result<bool> {
        let looked = self
            .file
            .metadata()
            .and_then(|own| match fs::symlink_metadata(&self.path) {
                Ok(there) => Ok(same_file(&there, &own)),
                Err(e) if e.kind() == ErrorKind::NotFound => Ok(false),
                Err(e) => Err(e),
            });
        looked.map_err(|e| self.failed("looking at", "", e))
    }

    /// Whether the file is as it was left: the same file, its length, its time of change; where these differ or `thorough`, a hash
    /// of what is in it. One that is gone is made anew.
    ///
    /// # Errors
    /// When it cannot be looked at, made or opened.
    pub(crate) fn look(&mut self, thorough: bool) -> Result<Look> {
        let same = self.has_its_name()?;
        let now = self.file.metadata();
        let now = now.map_err(|e| self.failed("looking at", "", e))?;
        if same && !thorough && self.left.as_ref().is_some_and(|l| l.is_still(&now)) {
            return Ok(Look::Still);
        }
        let anew = if same {
            None
        } else {
            Some(open(&self.path, &self.kind)?)
        };
        let file = anew.as_ref().unwrap_or(&self.file);
        let bytes = all_of(file).map_err(|e| self.failed("looking at", "", e))?;
        let hash = Fnv1a::of(&bytes);
        if same && self.left.as_ref().is_some_and(|l| l.hash == hash) {
            // Touched, and nothing else.
            self.left = Left::of(&self.file, hash).ok();
            return Ok(Look::Still);
        }
        Ok(Look::Other(Found {
            by_another: self.left.is_some() || !same,
            bytes,
            anew,
        }))
    }

    /// What is in the file that was found by now: a program that has it open may have added to it since.
    ///
    /// # Errors
    /// When it cannot be read.
    pub(crate) fn bytes_now(&self, found: &Found) -> Result<Vec<u8>> {
        let file = found.anew.as_ref().unwrap_or(&self.file);
        all_of(file).map_err(|e| self.failed("looking at", "", e))
    }

    /// Goes on with what was found.
    pub(crate) fn adopt(&mut self, found: Found) {
        if let Some(anew) = found.anew {
            self.file = anew;
        }
        self.left = Left::of(&self.file, Fnv1a::of(&found.bytes)).ok();
    }

    /// Goes on with the file of this name, of which nothing is known.
    ///
    /// # Errors
    /// When it cannot be opened.
    pub(crate) fn reopen(&mut self) -> Result<()> {
        self.left = None;
        self.file = open(&self.path, &self.kind)?;
        Ok(())
    }

    fn failed(&self, verb: &str, after: &str, e: std::io::Error) -> Error {
        let what = format!("{verb} the {}{after}", self.kind.name);
        Error::io(&self.path, &what, e)
    }
}

fn doing(path: &Path, verb: &str, kind: &FileKind, e: std::io::Error) -> Error {
    Error::io(path, &format!("{verb} the {}", kind.name), e)
}

/// Opens a file to append, or makes it; locked on Unix, apart from its lock file.
fn open(path: &Path, kind: &FileKind) -> Result<File> {
    let io = |e| doing(path, "opening", kind, e);
    let FileKind { name, option } = kind;
    if fs::symlink_metadata(path).is_ok_and(|m| m.is_symlink()) {
        let what = format!("the {name} is a symbolic link, which is not followed");
        return Err(
            Error::unreadable(path, what).hint(format!("name the file it points to with {option}"))
        );
    }
    private_folder(parent(path))?;
    let mut options = OpenOptions::new();
    private(options.read(true).append(true));
    let file = match options.open(path) {
        Err(e) if e.kind() == ErrorKind::NotFound => {
            let file = options.create_new(true).open(path).map_err(io)?;
            file.sync_all().map_err(io)?;
            sync_folder(parent(path))?;
            file
        }
        other => other.map_err(io)?,
    };
    only_regular(path, &file, kind)?;
    // The lock file could be tidied away by hand. Elsewhere than on Unix a lock would keep readers out, too.
    #[cfg(unix)]
    if let Err(fs::TryLockError::WouldBlock) = file.try_lock() {
        let what = format!("the {name} is open already, and its lock file is gone");
        return Err(Error::unreadable(path, what).hint("close the other session first"));
    }
    Ok(file)
}

/// What a file was like when it was last written or looked at.
#[derive(Clone, Debug)]
struct Left {
    length: u64,
    changed: (i64, i64),
    hash: Fnv1a,
}

impl Left {
    fn of(file: &File, hash: Fnv1a) -> std::io::Result<Left> {
        let now = file.metadata()?;
        Ok(Left {
            length: now.len(),
            changed: changed(&now),
            hash,
        })
    }

    fn is_still(&self, now: &fs::Metadata) -> bool {
        (self.length, self.changed) == (now.len(), changed(now))
    }
}

/// When a file or what is known of it was changed last; no program can set this back.
fn changed(file: &fs::Metadata) -> (i64, i64) {
    #[cfg(unix)]
    {
        use std::os::unix::fs::MetadataExt;
        (file.ctime(), file.ctime_nsec())
    }
    #[cfg(not(unix))]
    {
        let _ = file;
        (0, 0)
    }
}

/// All bytes of a file that is open.
fn all_of(file: &File) -> std::io::Result<Vec<u8>> {
    let mut file = file;
    let mut bytes = Vec::new();
    file.seek(SeekFrom::Start(0))?;
    file.read_to_end(&mut bytes)?;
    Ok(bytes)
}

#[cfg(test)]
mod tests {
    use super::*;

    const KIND: FileKind = FileKind {
        name: "file of answers",
        option: "--out",
    };

    fn open_in(folder: &Path) -> (PathBuf, Lines, Vec<u8>) {
        let path = folder.join("a/b/answers.jsonl");
        let (lines, bytes) = Lines::open(&path, KIND).expect("opened");
        (path, lines, bytes)
    }

    #[test]
    fn lines_are_appended_after_a_torn_one() {
        let folder = tempfile::tempdir().expect("a folder");
        let (path, mut lines, bytes) = open_in(folder.path());
        assert_eq!(bytes, b"");
        let appended = lines.append(&["{1}", "{2}"]);
        appended.outcome.expect("written");
        assert_eq!((appended.durable, appended.renamed), (2, false));
        drop(lines);
        let mut torn = fs::read(&path).expect("there");
        assert_eq!(torn, b"{1}\n{2}\n");
        torn.extend_from_slice(b"{3");
        fs::write(&path, &torn).expect("written");
        let (_, mut lines, bytes) = open_in(folder.path());
        assert_eq!(bytes, torn);
        lines.append(&["{4}"]).outcome.expect("written");
        assert_eq!(fs::read(&path).expect("there"), b"{1}\n{2}\n{3\n{4}\n");
        assert!(matches!(lines.look(true), Ok(Look::Still)));
    }

    #[cfg(unix)]
    #[test]
    fn a_file_that_loses_its_name_takes_nothing_that_counts() {
        let folder = tempfile::tempdir().expect("a folder");
        let (path, mut lines, _) = open_in(folder.path());
        lines.append(&["{1}"]).outcome.expect("written");
        let other = folder.path().join("other");
        fs::write(&other, "{other}\n").expect("written");
        fs::rename(&other, &path).expect("renamed");
        let appended = lines.append(&["{2}"]);
        assert_eq!((appended.durable, appended.renamed), (0, true));
        appended.outcome.expect("no failure of the disk");
        let Ok(Look::Other(found)) = lines.look(false) else {
            panic!("another file has the name");
        };
        assert!(found.by_another);
        assert_eq!(found.bytes, b"{other}\n");
        lines.adopt(found);
        assert_eq!(lines.append(&["{2}"]).durable, 1);
        assert_eq!(fs::read(&path).expect("there"), b"{other}\n{2}\n");
    }

    #[cfg(unix)]
    #[test]
    fn one_program_at_a_time_and_no_link() {
        let folder = tempfile::tempdir().expect("a folder");
        let (path, _lines, _) = open_in(folder.path());
        let error = Lines::open(&path, KIND).expect_err("locked");
        assert!(error.to_string().contains("open already"), "{error}");
        let link = folder.path().join("link");
        std::os::unix::fs::symlink(&path, &link).expect("linked");
        let error = Lines::open(&link, KIND).expect_err("a link");
        assert!(error.to_string().contains("symbolic link"), "{error}");
    }
}
