//! The review file while a session writes it: append, make durable, and never lose an act.
//!
//! In: acts. Out: lines on the disk and an up-to-date [`Ledger`]. An act that cannot be written stays in memory, in order,
//! shows in the ledger, and is tried again; its id makes a line written twice harmless. Never: a line changed or
//! removed, a symbolic link followed, a file shared with another session.
//!
//! Each append looks first whether the file is as it was left: the same file, its length, its time of change; where these
//! differ, a hash of what was there. Where another program replaced, removed, cut or rewrote it so that an act is lacking or
//! changed, what is there is put aside and the file is restored whole. Nothing in memory changes before that is done.

mod mend;

use std::path::{Path, PathBuf};
use std::sync::Arc;

use jiff::Timestamp;

use super::earlier;
use super::entry::{Act, Entry, Machine, VERSION};
use super::id::Ids;
use super::ledger::{Ledger, Turn};
#[cfg(test)]
use super::line::BadLines;
use super::line::Reading;
use super::pass::Pass;
use super::place::Reviewer;
use super::shown::Texts;
use crate::dataset::CaseKey;
use crate::error::{Error, Result};
use crate::files::FileKind;
use crate::files::append::Lines;
use crate::files::backup;
use crate::files::lock::{Lock, Owner, host};
use crate::files::private::write_new;
use crate::notice::{Notice, Severity};

/// How messages call the file.
const REVIEW_FILE: FileKind = FileKind {
    name: "review file",
    option: "--review-file",
};

/// A file that another program replaces again and again is given up after so many times.
const TRIES: usize = 3;

/// Who reviews what; becomes the `session` entry before the first act.
#[derive(Clone, Debug)]
pub struct Session {
    /// The reviewer.
    pub reviewer: Reviewer,
    /// Name of the dataset.
    pub dataset: String,
    /// Fingerprint of the dataset.
    pub fingerprint: String,
    /// Seed of the blind order.
    pub seed: u64,
    /// The texts that are shown; each mark notes those that it is about.
    pub texts: Arc<Texts>,
}

/// A review file that was opened, and what was off in it.
#[derive(Debug)]
pub struct Opened {
    /// The file.
    pub log: Log,
    /// Bad lines, a lock taken over, a dataset that changed, a backup that failed …
    pub notices: Vec<Notice>,
}

/// An act is on the disk.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Saved {
    /// When it was made durable, UTC.
    pub time: Timestamp,
}

/// The review file of one reviewer, locked for this session.
#[derive(Debug)]
pub struct Log {
    path: PathBuf,
    lines: Lines,
    /// What the file held when it was opened.
    opened: Vec<u8>,
    /// The last look at the file failed: what was saved may be there no more.
    doubtful: bool,
    reviewer: String,
    texts: Arc<Texts>,
    ids: Ids,
    ledger: Ledger,
    /// Acts that are not known to be on the disk, in order.
    pending: Vec<Entry>,
    /// The session entry, until the first act.
    session: Option<Act>,
    saved: Option<Saved>,
    #[cfg(test)]
    bad: BadLines,
    notices: Vec<Notice>,
    _lock: Lock,
}

/// How to end the session that has the review file open.
fn how_to_end(holder: &str) -> String {
    let process = holder.rsplit_once("process ").map_or("", |(_, rest)| rest);
    let process: String = process.chars().take_while(char::is_ascii_digit).collect();
    let kill = if process.is_empty() {
        String::new()
    } else {
        format!("; where its window is gone, `kill {process}` on that machine ends it")
    };
    format!(
        "go on in that session, or leave it{kill}. What was marked in it is saved: nothing is lost"
    )
}

impl Log {
    /// Opens a review file, or makes it (folder 0700, file 0600), and locks it.
    ///
    /// Nothing is written into it before the first act.
    ///
    /// # Errors
    /// When another session has it open (owner, host and process are named), it is a symbolic link or no regular
    /// file, or cannot be read and written.
    pub fn open(path: &Path, session: &Session) -> Result<Opened> {
        Log::open_as(path, session, None)
    }

    /// The same for a model that judges. A person's file is never gone on with by a machine, nor the other way.
    ///
    /// # Errors
    /// As [`open`](Self::open), and when the file is of the other sort.
    pub(crate) fn open_as(
        path: &Path,
        session: &Session,
        machine: Option<Machine>,
    ) -> Result<Opened> {
        let mut notices = Vec::new();
        let owner = Owner::this(session.reviewer.name());
        let lock = Lock::take(&Lock::path_for(path), &REVIEW_FILE, &owner)?;
        let lock = lock.map_err(|holder| {
            let what = format!("the review file is open already: {holder}");
            Error::unreadable(path, what).hint(how_to_end(&holder))
        })?;
        if let Some(left) = &lock.left_by {
            let what = format!("took over from a session that did not end well: {left}");
            notices.push(Notice::file(Severity::Warning, path, what));
        }
        let (lines, bytes) = Lines::open(path, REVIEW_FILE)?;
        let reading = Reading::of(&bytes);
        let unlike = match backup::back_up(path, &bytes) {
            Ok(lost) => lost.map(|copy| {
                format!(
                    "lines that were in the file at the last session are changed or gone; the copy from then is {} (`medalign review-file recover` merges them)",
                    copy.display()
                )
            }),
            Err(e) => Some(format!("no backup was made: {e}")),
        };
        notices.extend(unlike.map(|what| Notice::file(Severity::Warning, path, what)));
        notices.extend(reading.bad.notices(path, |bad| bad.why.clone()));
        let name = session.reviewer.name();
        let mut ledger = Ledger::new(name);
        let last = reading.entries.iter().map(|l| &l.entry.id).max().cloned();
        for line in reading.entries {
            ledger.apply(line.entry);
        }
        ledger.hold_against(session.texts.clone());
        if !ledger.entries().is_empty() && ledger.machine().is_some() != machine.is_some() {
            let whose = machine.map_or("a model that judges", |_| "a person");
            return Err(
                Error::usage(format!("{}: this is the review of {whose}", path.display()))
                    .hint("take another name with --as"),
            );
        }
        note_oddities(path, &ledger, session, &mut notices);
        let log = Log {
            path: path.to_owned(),
            lines,
            opened: bytes,
            doubtful: false,
            reviewer: name.to_owned(),
            texts: session.texts.clone(),
            ids: last.map_or_else(Ids::default, |id| Ids::after(&id)),
            ledger,
            pending: Vec::new(),
            session: Some(Act::Session {
                version: env!("CARGO_PKG_VERSION").to_owned(),
                dataset: session.dataset.clone(),
                fingerprint: session.fingerprint.clone(),
                seed: session.seed,
                host: host(),
                machine,
            }),
            saved: None,
            #[cfg(test)]
            bad: reading.bad,
            notices: Vec::new(),
            _lock: lock,
        };
        Ok(Opened { log, notices })
    }

    /// Writes an act, waits until it is on the disk, and folds it into the ledger.
    ///
    /// # Errors
    /// When it could not be made durable. The act is not lost: the ledger has it, [`unsaved`](Self::unsaved) counts
    /// it, and the next append or [`retry`](Self::retry) writes it again.
    pub fn append(&mut self, case: Option<&CaseKey>, act: Act) -> Result<Saved> {
        self.append_in(Pass::First, case, act)
    }

    /// The same in any reading of the case.
    ///
    /// # Errors
    /// As [`append`](Self::append).
    pub fn append_in(&mut self, pass: Pass, case: Option<&CaseKey>, act: Act) -> Result<Saved> {
        if act.needs_case() && case.is_none() {
            return Err(Error::bug(format!(
                "a `{}` act without its case",
                act.kind()
            )));
        }
        if let Some(session) = self.session.take() {
            self.queue(Pass::First, None, session);
        }
        self.queue(pass, case.cloned(), act);
        self.retry()
    }

    /// Writes entries that were made elsewhere, each with its own id and time, and waits until all are on the disk. Those whose
    /// id the file has already are passed over.
    ///
    /// # Errors
    /// When an entry is another reviewer's, or lacks its case; and as [`append`](Self::append).
    pub fn append_all(&mut self, entries: Vec<Entry>) -> Result<Saved> {
        let fits = |entry: &Entry| {
            entry.reviewer == self.reviewer && (entry.case.is_some() || !entry.act.needs_case())
        };
        if !entries.iter().all(fits) {
            return Err(Error::bug(
                "an entry from elsewhere does not belong into this file",
            ));
        }
        if let Some(session) = self.session.take() {
            self.queue(Pass::First, None, session);
        }
        for entry in entries {
            if self.ledger.apply(entry.clone()) {
                self.pending.push(entry);
            }
        }
        self.retry()
    }

    fn queue(&mut self, pass: Pass, case: Option<CaseKey>, act: Act) {
        let millis = crate::clock::now().as_millisecond();
        let entry = Entry {
            v: VERSION,
            id: self.ids.next(millis),
            // A clock beyond the year 9999 is the only way to miss here.
            time: Timestamp::from_millisecond(millis).unwrap_or(Timestamp::UNIX_EPOCH),
            reviewer: self.reviewer.clone(),
            shown: self.texts.note(case.as_ref(), &act),
            case,
            pass,
            act,
            extra: serde_json::Map::new(),
        };
        self.ledger.apply(entry.clone());
        self.pending.push(entry);
    }

    /// Takes back the newest act that holds, or brings back the one that was undone last. `None` when there is none.
    ///
    /// # Errors
    /// As [`append`](Self::append).
    pub fn turn(&mut self, turn: Turn) -> Result<Option<Saved>> {
        let Some((target, pass, case)) = self.ledger.target(turn).map(place_of) else {
            return Ok(None);
        };
        self.append_in(pass, case.as_ref(), turn.act(target))
            .map(Some)
    }

    /// Tries again to write what is not on the disk yet.
    ///
    /// # Errors
    /// When some of it still could not be made durable.
    pub fn retry(&mut self) -> Result<Saved> {
        if let (true, false, Some(saved)) = (self.pending.is_empty(), self.doubtful, self.saved) {
            return Ok(saved);
        }
        self.write_pending().map_err(|e| {
            let n = self.unsaved();
            e.hint(format!(
                "{n} {} unsaved: make room or mend the folder, then save again; or save a copy elsewhere",
                if n == 1 { "act is" } else { "acts are" }
            ))
        })?;
        let saved = Saved {
            time: crate::clock::now(),
        };
        self.saved = Some(saved);
        Ok(saved)
    }

    fn write_pending(&mut self) -> Result<()> {
        if self.pending.is_empty() && !self.doubtful {
            return Ok(());
        }
        for _ in 0..TRIES {
            self.mend(false)?;
            if self.write_out()? {
                return Ok(());
            }
        }
        self.doubtful = true;
        Err(self.replaced_again())
    }

    /// Appends what waits; `false`: the file lost its name meanwhile, and nothing of it counts.
    fn write_out(&mut self) -> Result<bool> {
        let mut lines = Vec::with_capacity(self.pending.len());
        let mut made = Ok(());
        for entry in &self.pending {
            match entry.to_line() {
                Ok(line) => lines.push(line),
                Err(e) => {
                    made = Err(e);
                    break;
                }
            }
        }
        let appended = self.lines.append(&lines);
        self.pending.drain(..appended.durable);
        if appended.renamed {
            return Ok(false);
        }
        appended.outcome.and(made).map(|()| true)
    }

    fn replaced_again(&self) -> Error {
        Error::unreadable(
            &self.path,
            "another program replaces the review file again and again",
        )
    }

    /// Writes what is not on the disk yet into a new file (0600), to be merged later by `review-file recover`. It stays
    /// unsaved here.
    ///
    /// # Errors
    /// When the file exists or cannot be written.
    pub fn save_elsewhere(&self, path: &Path) -> Result<Saved> {
        let io = |e| Error::io(path, "saving unsaved acts", e);
        let mut text = String::new();
        for entry in self.not_known_saved() {
            text.push_str(&entry.to_line()?);
            text.push('\n');
        }
        write_new(path, text.as_bytes()).map_err(io)?;
        Ok(Saved {
            time: crate::clock::now(),
        })
    }

    /// The state that follows from all entries, unsaved ones included.
    pub fn ledger(&self) -> &Ledger {
        &self.ledger
    }

    /// How many of the reviewer's acts are not known to be on the disk; the entry that begins a session is none. Where the
    /// file cannot be used, these are all.
    pub fn unsaved(&self) -> usize {
        let acts = self.not_known_saved().iter();
        acts.filter(|e| !matches!(e.act, Act::Session { .. }))
            .count()
    }

    fn not_known_saved(&self) -> &[Entry] {
        if self.doubtful {
            self.ledger.entries()
        } else {
            &self.pending
        }
    }

    /// The file.
    pub fn path(&self) -> &Path {
        &self.path
    }

    /// Lines of the file that are no entries, as of opening.
    #[cfg(test)]
    pub fn bad_lines(&self) -> &BadLines {
        &self.bad
    }

    /// Notices since this was last asked.
    pub fn take_notices(&mut self) -> Vec<Notice> {
        std::mem::take(&mut self.notices)
    }
}

impl Drop for Log {
    fn drop(&mut self) {
        // The screen asks before it leaves with unsaved acts; this is for every other way out.
        let _ = self.look(true);
        let _ = self.write_pending();
    }
}

fn place_of(entry: &Entry) -> (String, Pass, Option<CaseKey>) {
    (entry.id.clone(), entry.pass, entry.case.clone())
}

fn note_oddities(path: &Path, ledger: &Ledger, session: &Session, notices: &mut Vec<Notice>) {
    let mut note = |severity, what: String| notices.push(Notice::file(severity, path, what));
    let ignored = ledger.ignored();
    if ignored.foreign > 0 {
        let what = format!(
            "{} entries are other reviewers' and not shown",
            ignored.foreign
        );
        note(Severity::Info, what);
    }
    if ignored.unknown > 0 {
        let what = format!(
            "{} entries are of kinds that this version does not know; they are kept",
            ignored.unknown
        );
        note(Severity::Warning, what);
    }
    let [left_out, trusted] = earlier::told(ledger);
    if let Some(what) = left_out {
        note(Severity::Warning, what);
    }
    if let Some(what) = trusted {
        note(Severity::Info, what);
    }
    if let Some(Act::Session {
        fingerprint, seed, ..
    }) = ledger.last_session().map(|e| &e.act)
    {
        if *fingerprint != session.fingerprint {
            let what = "the dataset has changed since this review was last gone on with";
            note(Severity::Warning, what.to_owned());
        }
        if *seed != session.seed {
            let what = format!(
                "the order of responses was drawn with seed {seed} before, and is with {} now",
                session.seed
            );
            note(Severity::Warning, what);
        }
    }
}

#[cfg(test)]
mod tests;
