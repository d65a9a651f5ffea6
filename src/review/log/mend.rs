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
            let opened = self.restore(&found, &there, &waiting)?;
            self.opened = opened;
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
    /// have added, each where it stood: behind the line that it followed. At the end, an act that is older than others would
    /// undo them. Gives what now stands for what the file held when it was opened.
    fn restore(
        &self,
        found: &Found,
        there: &Reading,
        waiting: &FxHashSet<&str>,
    ) -> Result<Vec<u8>> {
        let bytes = &found.bytes;
        let opened = Reading::of(&self.opened).entries;
        let mut seen: FxHashSet<&str> = opened.iter().map(|l| l.entry.id.as_str()).collect();
        let own: Vec<&Entry> = self
            .ledger
            .entries()
            .iter()
            .filter(|e| !waiting.contains(e.id.as_str()) && seen.insert(&e.id))
            .collect();
        let mut others = Others::of(there, bytes, &seen, waiting);
        let mut text = Vec::new();
        let mut copied = 0;
        for line in &opened {
            text.extend_from_slice(&self.opened[copied..line.at.end]);
            copied = line.at.end;
            others.put_behind(&line.entry.id, &mut text);
        }
        text.extend_from_slice(&self.opened[copied..]);
        let opened_now = text.len();
        for entry in own {
            add(&mut text, entry.to_line()?.as_bytes());
            others.put_behind(&entry.id, &mut text);
        }
        for line in others.behind_nothing {
            add(&mut text, line);
        }
        if !text.starts_with(bytes) {
            backup::put_aside(&self.path, bytes)?;
        }
        replace(&self.path, &text)?;
        let late = self.lines.bytes_now(found)?;
        if late != *bytes {
            backup::put_aside(&self.path, &late)?;
        }
        text.truncate(opened_now);
        Ok(text)
    }
}

/// Lines that others have added, by the id of the line of ours that they follow.
struct Others<'a> {
    behind: FxHashMap<&'a str, Vec<&'a [u8]>>,
    behind_nothing: Vec<&'a [u8]>,
}

impl<'a> Others<'a> {
    fn of(
        there: &'a Reading,
        bytes: &'a [u8],
        ours: &FxHashSet<&str>,
        waiting: &FxHashSet<&str>,
    ) -> Self {
        let mut others = Others {
            behind: FxHashMap::default(),
            behind_nothing: Vec::new(),
        };
        let mut seen: FxHashSet<&str> = FxHashSet::default();
        let mut last = None;
        for line in &there.entries {
            let id = line.entry.id.as_str();
            if ours.contains(id) {
                last = Some(id);
            } else if !waiting.contains(id) && seen.insert(id) {
                let text = &bytes[line.at.clone()];
                match last {
                    Some(last) => others.behind.entry(last).or_default().push(text),
                    None => others.behind_nothing.push(text),
                }
            }
        }
        others
    }

    /// Writes those that follow the line with this id; a second line with it has none.
    fn put_behind(&mut self, id: &str, text: &mut Vec<u8>) {
        for line in self.behind.remove(id).unwrap_or_default() {
            add(text, line);
        }
    }
}

/// Adds a line to lines of which the last may lack its end.
fn add(text: &mut Vec<u8>, line: &[u8]) {
    if !text.is_empty() && !text.ends_with(b"\n") {
        text.push(b'\n');
    }
    text.extend_from_slice(line);
    text.push(b'\n');
}
