//! Whether a review file is still as it was left, and making it so again.
//!
//! In: the file's length, time of change and hash as they were, and all acts that were saved. Out: the file whole, and a notice of
//! what was found. Never: an act lost that was saved, or another program's line.

use std::fs::{self, File};
use std::io::{ErrorKind, Read, Seek, SeekFrom};

use rustc_hash::{FxHashMap, FxHashSet};

use super::Log;
use crate::error::{Error, Result};
use crate::notice::{Notice, Severity};
use crate::review::backup;
use crate::review::entry::Entry;
use crate::review::line::Reading;
use crate::review::private::{open_log, private_folder, replace, same_file};

impl Log {
    /// Looks whether the file is as it was left, and restores it where it is not; `thorough` reads all of it. What was found is
    /// in [`take_notices`](Self::take_notices).
    ///
    /// # Errors
    /// When it cannot be read or restored.
    pub fn look(&mut self, thorough: bool) -> Result<()> {
        if self.ledger.entries().is_empty() && self.opened.is_empty() {
            return Ok(());
        }
        self.mend(thorough)
    }

    /// Makes sure that the file at the path holds all that was saved, as it was saved; where that fails, nothing counts as saved.
    pub(super) fn mend(&mut self, thorough: bool) -> Result<()> {
        let mended = self.try_to_mend(thorough);
        self.doubtful = mended.is_err();
        mended
    }

    fn try_to_mend(&mut self, thorough: bool) -> Result<()> {
        let io = |e| Error::io(&self.path, "looking at the review file", e);
        let own = self.file.metadata().map_err(io)?;
        let same = match fs::symlink_metadata(&self.path) {
            Ok(there) => same_file(&there, &own),
            Err(e) if e.kind() == ErrorKind::NotFound => false,
            Err(e) => return Err(io(e)),
        };
        if same && !thorough && self.left.as_ref().is_some_and(|l| l.is_still(&own)) {
            return Ok(());
        }
        let anew = if same {
            None
        } else {
            if let Some(folder) = self.path.parent().filter(|p| !p.as_os_str().is_empty()) {
                private_folder(folder)?;
            }
            Some(open_log(&self.path)?)
        };
        let file = anew.as_ref().unwrap_or(&self.file);
        let bytes = all_of(file).map_err(io)?;
        let hash = Hash::default().and(&bytes);
        if same && self.left.as_ref().is_some_and(|l| l.hash == hash) {
            // Touched, and nothing else.
            self.left = Left::of(&self.file, hash).ok();
            return Ok(());
        }
        let there = Reading::of(&bytes);
        let mut known: FxHashMap<&str, &Entry> = FxHashMap::default();
        for line in &there.entries {
            known.entry(&line.entry.id).or_insert(&line.entry);
        }
        let waiting: FxHashSet<&str> = self.pending.iter().map(|e| e.id.as_str()).collect();
        let written = self.ledger.entries().iter();
        let lost = written
            .filter(|e| !waiting.contains(e.id.as_str()))
            .filter(|e| known.get(e.id.as_str()) != Some(e))
            .count();
        let whole = bytes.starts_with(&self.opened);
        let what = if lost == 0 && whole {
            // A write that failed leaves a file of which nothing is known; that is nobody else's doing.
            let told = self.left.is_some() || !same;
            self.left = Left::of(file, hash).ok();
            if let Some(anew) = anew {
                self.file = anew;
            }
            if !told {
                return Ok(());
            }
            "another program changed the review file during this session; all that was saved is there".to_owned()
        } else {
            let (file, hash) = self.restore(&bytes, &there, &waiting)?;
            self.left = Left::of(&file, hash).ok();
            self.file = file;
            format!(
                "another program replaced, cut or rewrote the review file during this session: {lost} acts were lost or changed there; the file is restored, and what it held is kept in .backup beside it"
            )
        };
        self.notices
            .push(Notice::file(Severity::Warning, &self.path, what));
        Ok(())
    }

    /// Puts what is there aside and writes the file anew: what it held when it was opened, all acts since, and what others
    /// have added.
    fn restore(
        &self,
        bytes: &[u8],
        there: &Reading,
        waiting: &FxHashSet<&str>,
    ) -> Result<(File, Hash)> {
        let mut text = self.opened.clone();
        let mut seen: FxHashSet<String> = Reading::of(&text)
            .entries
            .into_iter()
            .map(|l| l.entry.id)
            .collect();
        let mut add = |line: &[u8]| {
            if !text.is_empty() && !text.ends_with(b"\n") {
                text.push(b'\n');
            }
            text.extend_from_slice(line);
            text.push(b'\n');
        };
        for entry in self.ledger.entries() {
            if !waiting.contains(entry.id.as_str()) && seen.insert(entry.id.clone()) {
                add(entry.to_line()?.as_bytes());
            }
        }
        for line in &there.entries {
            let id = line.entry.id.as_str();
            if !waiting.contains(id) && seen.insert(id.to_owned()) {
                add(&bytes[line.at.clone()]);
            }
        }
        if !text.starts_with(bytes) {
            backup::put_aside(&self.path, bytes)?;
        }
        replace(&self.path, &text)?;
        Ok((open_log(&self.path)?, Hash::default().and(&text)))
    }
}

/// What a file was like when it was last written or looked at.
#[derive(Clone, Debug)]
pub(super) struct Left {
    length: u64,
    changed: (i64, i64),
    pub(super) hash: Hash,
}

impl Left {
    pub(super) fn of(file: &File, hash: Hash) -> std::io::Result<Left> {
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

/// A hash of all bytes so far (FNV-1a), with their number.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Hash(u64, u64);

impl Default for Hash {
    fn default() -> Self {
        Hash(0xcbf2_9ce4_8422_2325, 0)
    }
}

impl Hash {
    pub(super) fn and(self, bytes: &[u8]) -> Hash {
        let one = |h: u64, b: &u8| (h ^ u64::from(*b)).wrapping_mul(0x0000_0100_0000_01b3);
        Hash(bytes.iter().fold(self.0, one), self.1 + bytes.len() as u64)
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
