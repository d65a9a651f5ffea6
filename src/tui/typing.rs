//! What is typed or chosen over the panes and not saved yet.
//!
//! In: the content of what is open, and what it is about. Out: the same content, once, for what is opened again; a private file (0600)
//! in the data folder, so that it outlives a kill. Never: an act in the review file, and never a file once all is saved or given up.

use std::path::{Path, PathBuf};
use std::time::{Duration, Instant};

use serde::{Deserialize, Serialize};

use crate::dataset::CaseKey;
use crate::error::{Error, Result};
use crate::files::private::{parent, private_folder};
use crate::files::replace::replace;
use crate::review::{ErrorKind, Harm, Pass};
use crate::stats::hash::fnv1a;

/// What is typed is written so long after the last key …
const SETTLED: Duration = Duration::from_secs(1);
/// … and so long after the first key that is not written, however fast one types.
const LONGEST: Duration = Duration::from_secs(2);

/// When the first and the last change was made that is not on the disk.
#[derive(Clone, Copy, Debug, Default)]
pub(crate) struct Unwritten(Option<(Instant, Instant)>);

impl Unwritten {
    /// Something changed.
    pub(crate) fn touch(&mut self) {
        let now = Instant::now();
        let first = self.0.map_or(now, |(first, _)| first);
        self.0 = Some((first, now));
    }

    /// All is on the disk.
    pub(crate) fn clear(&mut self) {
        self.0 = None;
    }

    /// Whether something is not on the disk.
    pub(crate) fn is_some(self) -> bool {
        self.0.is_some()
    }

    /// Whether it is time to write it.
    pub(crate) fn is_due(self) -> bool {
        self.0
            .is_some_and(|(first, last)| last.elapsed() >= SETTLED || first.elapsed() >= LONGEST)
    }

    /// Changes made so long ago.
    #[cfg(test)]
    pub(in crate::tui) fn since(first: Instant, last: Instant) -> Self {
        Unwritten(Some((first, last)))
    }
}

/// What is typed.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub(crate) enum What {
    /// A comment on a model's response; `None`: on the case.
    Comment(Option<String>),
    /// What is wrong with a model's response.
    Tags(String),
    /// The ranking as a line.
    Rank,
    /// Whether the instruction applies, and why not.
    Applicability,
    /// Why a proposed record has its label.
    Label,
    /// What to find in the record.
    Find,
    /// What to find in the gold response.
    InText,
    /// A date to go to.
    Date,
    /// Two dates.
    DateRange,
}

/// What is typed, and in which reading of which case; what is about no case never reaches the disk.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub(crate) struct Subject {
    pub case: Option<(CaseKey, Pass)>,
    /// What.
    pub what: What,
}

/// The content of what is open.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub(crate) enum Content {
    Text(String),
    /// Kinds of errors, and harm.
    Tags(Vec<ErrorKind>, Option<Harm>),
    /// Whether it applies, whether the record suffices, and why.
    Applicability(Option<bool>, Option<bool>, String),
}

/// Something that is not saved.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub(crate) struct Kept {
    /// What it is about.
    pub subject: Subject,
    pub content: Content,
    /// Whether it was cancelled, and comes back only in this session.
    pub cancelled: bool,
}

#[derive(Clone, Debug)]
pub(in crate::tui) struct Open {
    /// What it is about.
    pub subject: Subject,
    /// The content that is saved.
    pub saved: Content,
    /// The content that came back.
    pub back: Option<Content>,
}

/// What is typed and not saved.
#[derive(Clone, Debug, Default)]
pub(crate) struct Typing {
    /// Everything that was not saved.
    kept: Vec<Kept>,
    pub(in crate::tui) open: Option<Open>,
    /// When it changed.
    pub(in crate::tui) unwritten: Unwritten,
}

impl Typing {
    /// What an earlier session left.
    pub(crate) fn of(kept: Vec<Kept>) -> Self {
        Typing {
            kept,
            ..Typing::default()
        }
    }

    /// Everything that was not saved.
    pub(crate) fn kept(&self) -> &[Kept] {
        &self.kept
    }

    /// What was not saved of a subject.
    pub(crate) fn of_subject(&self, subject: &Subject) -> Option<&Content> {
        let kept = self.kept.iter().find(|k| k.subject == *subject);
        kept.map(|k| &k.content)
    }

    /// Keeps the content of a subject in place of what was kept of it.
    pub(crate) fn keep(&mut self, subject: Subject, content: Content, cancelled: bool) {
        self.forget(&subject);
        self.kept.push(Kept {
            subject,
            content,
            cancelled,
        });
    }

    /// Forgets what was kept of a subject.
    pub(crate) fn forget(&mut self, subject: &Subject) {
        self.kept.retain(|k| k.subject != *subject);
    }

    /// Forgets what was cancelled and not opened again.
    pub(crate) fn forget_cancelled(&mut self) {
        self.kept.retain(|k| !k.cancelled);
    }

    /// Writes what is about a case; without any there is no file.
    ///
    /// # Errors
    /// When the file cannot be written or removed.
    pub(crate) fn write(&self, path: &Path) -> Result<()> {
        let of_cases = self.kept.iter().filter(|k| k.subject.case.is_some());
        let kept: Vec<&Kept> = of_cases.collect();
        if kept.is_empty() {
            return match std::fs::remove_file(path) {
                Err(e) if e.kind() != std::io::ErrorKind::NotFound => {
                    Err(Error::io(path, "removing what was typed", e))
                }
                _ => Ok(()),
            };
        }
        private_folder(parent(path))?;
        let bytes =
            serde_json::to_vec(&kept).map_err(|e| Error::bug(format!("typing as JSON: {e}")))?;
        replace(path, &bytes)
    }

    /// Reads what an earlier session left; nothing where there is no file.
    ///
    /// # Errors
    /// When the file cannot be read, or is not what this program writes.
    pub(crate) fn read(path: &Path) -> Result<Self> {
        let bytes = match std::fs::read(path) {
            Err(e) if e.kind() == std::io::ErrorKind::NotFound => return Ok(Typing::default()),
            other => other.map_err(|e| Error::io(path, "reading what was being typed", e))?,
        };
        let kept = serde_json::from_slice(&bytes)
            .map_err(|_| Error::unreadable(path, "what was being typed cannot be read"))?;
        Ok(Typing::of(kept))
    }
}

/// The file of what is typed in the sessions of a review file; its lock keeps a second session out.
pub(crate) fn path(data: &Path, review: &Path) -> PathBuf {
    let whole = std::path::absolute(review).unwrap_or_else(|_| review.to_owned());
    let mark = fnv1a(whole.as_os_str().as_encoded_bytes());
    data.join("typing").join(format!("{mark:016x}.json"))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn comment(case: Option<&str>) -> Subject {
        let key = |i: &str| CaseKey {
            instruction: i.to_owned(),
            person: "11".to_owned(),
        };
        Subject {
            case: case.map(|i| (key(i), Pass::First)),
            what: What::Comment(None),
        }
    }

    #[test]
    fn what_is_typed_is_private_and_gone_once_it_is_saved() {
        let folder = tempfile::tempdir().expect("a folder");
        let path = path(folder.path(), Path::new("reviews/jchen.jsonl"));
        let mut typing = Typing::default();
        typing.keep(comment(Some("1")), Content::Text("half".to_owned()), false);
        typing.keep(comment(None), Content::Text("nowhere".to_owned()), false);
        typing.write(&path).expect("written");
        #[cfg(unix)]
        {
            use std::os::unix::fs::PermissionsExt;
            let mode = |p: &Path| {
                let mode = std::fs::metadata(p).expect("there").permissions().mode();
                mode & 0o777
            };
            assert_eq!(mode(&path), 0o600);
            assert_eq!(mode(path.parent().expect("a folder")), 0o700);
        }
        let read = Typing::read(&path).expect("read");
        assert_eq!(read.kept().len(), 1, "what is about no case stays here");
        typing.forget(&comment(Some("1")));
        typing.write(&path).expect("written");
        assert!(!path.exists());
        assert!(Typing::read(&path).expect("nothing").kept().is_empty());
        std::fs::write(&path, "half a l").expect("written");
        let error = Typing::read(&path).expect_err("damaged").to_string();
        assert!(!error.contains("half"), "{error}");
    }
}
