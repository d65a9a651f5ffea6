//! Where a reviewer's file is.
//!
//! In: the dataset's folder, the data folder, the reviewer's name, the path the user asked for. Out: a path, and what is
//! odd about it. The rule: the path asked for; else `reviews/<reviewer>.jsonl` in the dataset's folder; else, where that
//! cannot be written, `<data>/reviews/<dataset>-<mark>/<reviewer>.jsonl`. Work that is in one of the two is gone on with.

use std::path::{Path, PathBuf};

use crate::error::{Error, Result};
use crate::files::{name, private};
use crate::notice::{Notice, Severity};
use crate::stats::hash::fnv1a;
use crate::text;

/// A reviewer's name that can be shown and can name a file.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Reviewer(String);

impl Reviewer {
    /// Checks a name.
    ///
    /// # Errors
    /// When it is empty, begins or ends with a blank, holds characters that cannot be seen, or is too long.
    pub fn new(name: &str) -> Result<Self> {
        let reason = if name.trim().is_empty() {
            "is empty"
        } else if name.trim() != name {
            "begins or ends with a blank"
        } else if name.chars().any(char::is_control) || text::safe(name) != name {
            "holds characters that cannot be seen"
        } else if name::stem(name).len() > name::LONGEST {
            "is too long"
        } else {
            return Ok(Reviewer(name.to_owned()));
        };
        Err(Error::usage(format!("the reviewer's name {reason}"))
            .hint("give a short name such as `jchen` with --as"))
    }

    /// The name.
    pub fn name(&self) -> &str {
        &self.0
    }

    /// The file name without its ending: two names never share one.
    ///
    /// It is [`name::stem`]. Where a file system does not tell case apart, names that differ in case only share a file; each
    /// line still says whose it is.
    pub fn file_stem(&self) -> String {
        name::stem(&self.0)
    }
}

/// What decides where a review file is.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Seat<'a> {
    /// The dataset's folder, or the record file that stands for one.
    pub dataset: &'a Path,
    /// The dataset's name.
    pub name: &'a str,
    /// The program's data folder.
    pub data: &'a Path,
    /// The path that `--review-file` gives.
    pub asked: Option<&'a Path>,
}

/// Where the reviewer's file is, and what is odd about that.
pub(crate) fn review_file(seat: &Seat<'_>, reviewer: &Reviewer) -> (PathBuf, Vec<Notice>) {
    let mut notices = Vec::new();
    if let Some(path) = seat.asked {
        return (path.to_owned(), notices);
    }
    let file = format!("{}.jsonl", reviewer.file_stem());
    let near = seat.folder().join("reviews").join(&file);
    let far = seat.fallback().join(&file);
    let (near_is, far_is) = (near.exists(), far.exists());
    let writable = can_write(&near);
    let (path, other) = match (near_is, far_is) {
        (false, true) => (far, None),
        (true, true) if writable => (near, Some(far)),
        (true, _) if !writable => (far, Some(near)),
        _ if writable => (near, None),
        _ => (far, None),
    };
    if let Some(other) = other {
        let what = format!(
            "a second review file of this reviewer is not read here; this one is used: {} (`medalign review-file recover` merges them)",
            path.display()
        );
        notices.push(Notice::file(Severity::Warning, &other, what));
    } else if !path.starts_with(seat.folder()) {
        let what = "the review file is kept here, outside the dataset's folder";
        notices.push(Notice::file(Severity::Info, &path, what));
    }
    (path, notices)
}

impl Seat<'_> {
    fn folder(&self) -> &Path {
        if self.dataset.is_file() {
            return self.dataset.parent().unwrap_or(Path::new(""));
        }
        self.dataset
    }

    /// The folder for review files when the dataset's folder cannot be written.
    ///
    /// Its mark is the hash of the folder's absolute path and not the dataset's fingerprint: a corrected table must not
    /// hide what was reviewed before.
    pub(crate) fn fallback(&self) -> PathBuf {
        let folder = self.folder();
        let path = std::path::absolute(folder).unwrap_or_else(|_| folder.to_owned());
        let mark = fnv1a(path.as_os_str().as_encoded_bytes());
        let folder = format!("{}-{:08x}", name::stem(self.name), mark >> 32);
        self.data.join("reviews").join(folder)
    }

    /// Every review file of the dataset, of all reviewers, in the order of their paths.
    ///
    /// # Errors
    /// When a folder with review files cannot be listed.
    pub(crate) fn all_files(&self) -> Result<Vec<PathBuf>> {
        let mut files = Vec::new();
        if let Some(path) = self.asked {
            files.push(path.to_owned());
            return Ok(files);
        }
        for folder in [self.folder().join("reviews"), self.fallback()] {
            let listed = match std::fs::read_dir(&folder) {
                Ok(listed) => listed,
                Err(e) if e.kind() == std::io::ErrorKind::NotFound => continue,
                Err(e) => return Err(Error::io(&folder, "listing the review files", e)),
            };
            for item in listed {
                let path = item
                    .map_err(|e| Error::io(&folder, "listing the review files", e))?
                    .path();
                let hidden = path
                    .file_name()
                    .is_some_and(|n| n.as_encoded_bytes().starts_with(b"."));
                if !hidden && path.extension().is_some_and(|e| e == "jsonl") && path.is_file() {
                    files.push(path);
                }
            }
        }
        files.sort();
        Ok(files)
    }
}

/// Whether the file can be written, or made where it is not there, and others (lock, backups) made beside it.
fn can_write(path: &Path) -> bool {
    let folder = path.ancestors().skip(1).find(|p| p.exists());
    (!path.exists() || private::is_writable(path))
        && folder.is_some_and(|f| f.is_dir() && private::is_writable(f))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_that_cannot_be_seen_are_refused() {
        for bad in [
            "",
            " ",
            "a\nb",
            "a\u{202e}b",
            " a",
            "\u{200b}",
            &"x".repeat(201),
        ] {
            assert!(Reviewer::new(bad).is_err(), "{bad:?}");
        }
    }

    #[test]
    fn two_names_never_share_a_file() {
        let stem = |name: &str| Reviewer::new(name).expect("fine").file_stem();
        assert_eq!(stem("jchen"), "jchen");
        assert_eq!(stem("J. Chén"), "J.%20Ch%C3%A9n");
        assert_eq!(stem("../x"), "%2E.%2Fx");
        assert_ne!(stem("a b"), stem("a%20b"));
    }

    #[test]
    fn work_is_gone_on_with_where_it_is() {
        let dir = tempfile::tempdir().expect("a temporary folder");
        let (dataset, data) = (dir.path().join("set"), dir.path().join("data"));
        std::fs::create_dir_all(&dataset).expect("made");
        let seat = Seat {
            dataset: &dataset,
            name: "set",
            data: &data,
            asked: None,
        };
        let reviewer = Reviewer::new("jchen").expect("fine");
        let near = dataset.join("reviews/jchen.jsonl");
        let far = seat.fallback().join("jchen.jsonl");
        let write = |path: &Path| {
            std::fs::create_dir_all(path.parent().expect("a folder")).expect("made");
            std::fs::write(path, b"").expect("writable");
        };
        // A file where the folder should be keeps even the superuser from writing there.
        std::fs::write(dataset.join("reviews"), b"").expect("writable");
        let (path, notices) = review_file(&seat, &reviewer);
        assert_eq!((path, notices.len()), (far.clone(), 1));
        std::fs::remove_file(dataset.join("reviews")).expect("there");
        assert_eq!(review_file(&seat, &reviewer), (near.clone(), Vec::new()));
        write(&far);
        let (path, notices) = review_file(&seat, &reviewer);
        assert_eq!((path, notices[0].severity), (far.clone(), Severity::Info));
        write(&near);
        let (path, notices) = review_file(&seat, &reviewer);
        assert_eq!((&path, notices[0].severity), (&near, Severity::Warning));
        assert_eq!(notices[0].file, far);
        let mut both = [near.clone(), far];
        both.sort();
        assert_eq!(seat.all_files().expect("listed"), both);
        let asked = Seat {
            asked: Some(Path::new("elsewhere.jsonl")),
            ..seat
        };
        let (path, _) = review_file(&asked, &reviewer);
        assert_eq!(path, Path::new("elsewhere.jsonl"));
        // A record file stands for its folder.
        let record = dataset.join("1.xml");
        write(&record);
        let alone = Seat {
            dataset: &record,
            ..seat
        };
        assert_eq!(review_file(&alone, &reviewer).0, near);
    }
}
