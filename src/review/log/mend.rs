//! Whether a review file is still as it was left, and making it so again.
//!
//! In: what a look at the file found, and all acts that were saved. Out: the file whole, and a notice of what was found. Never: an act lost
//! that was saved, or another program's line.

use rustc_hash::{FxHashMap, FxHashSet};

use super::{Log, TRIES};
use crate::error::Result;
use crate::files::append::{Found, Look};
use crate::files::backup;
use crate::files::replace::replace;
use crate::notice::{Notice, Severity};
use crate::review::entry::Entry;
use crate::review::line::Reading;

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
        for again in 0..TRIES {
            match self.lines.look(thorough || again > 0)? {
                Look::Still => return Ok(()),
                Look::Other(found) => {
                    if self.settle(found)? {
                        return Ok(());
                    }
                }
            }
        }
        Err(self.replaced_again())
    }

    /// Goes on with what was found where all that was saved is in it; else restores the file, which is to be looked at again: another
    /// program may have been quicker.
    fn settle(&mut self, found: Found) -> Result<bool> {
        let there = Reading::of(&found.bytes);
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
        let whole = lost == 0 && found.bytes.starts_with(&self.opened);
        let what = if whole {
            // A write that failed leaves a file of which nothing is known; that is nobody else's doing.
            let told = found.by_another;
            self.lines.adopt(found);
            if !told {
                return Ok(true);
            }
            "another program changed the review file during this session; all that was saved is there".to_owned()
        } else {
            self.restore(&found, &there, &waiting)?;
            self.lines.reopen()?;
            format!(
                "another program replaced, cut or rewrote the review file during this session: {lost} acts were lost or changed there; the file is restored, and what it held is kept in .backup beside it"
            )
        };
        self.notices
            .push(Notice::file(Severity::Warning, &self.path, what));
        Ok(whole)
    }

    /// Puts what is there aside and writes the file anew: what it held when it was opened, all acts since, and what others
    /// have added.
    fn restore(&self, found: &Found, there: &Reading, waiting: &FxHashSet<&str>) -> Result<()> {
        let bytes = &found.bytes;
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
        let late = self.lines.bytes_now(found)?;
        if late != *bytes {
            backup::put_aside(&self.path, &late)?;
        }
        Ok(())
    }
}
