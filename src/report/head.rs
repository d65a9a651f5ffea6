//! What stands at the head of a report: when it was made, with what, and of what.
//!
//! In: the day, the dataset and the files that were read. Out: lines that every form of the report carries. Never: the path of a
//! folder, which says nothing of the data and may say who made the report.

use std::path::{Path, PathBuf};

use crate::dataset::{Dataset, Fingerprint};

/// The program and its version, as `--version` has it.
pub(crate) const PROGRAM: &str = concat!(
    "medalign ",
    env!("CARGO_PKG_VERSION"),
    env!("MEDALIGN_COMMIT")
);

/// When, with what and of what a report was made.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Head {
    /// The day, in UTC.
    pub date: String,
    /// The dataset's fingerprint.
    pub fingerprint: String,
    /// The files that were read, each review file with its fingerprint.
    pub files: Vec<String>,
    /// The options that a number depends on.
    pub options: String,
}

impl Head {
    /// Its lines: what, and what it is.
    pub(super) fn lines(&self) -> [(&'static str, String); 5] {
        [
            ("date", self.date.clone()),
            ("program", PROGRAM.to_owned()),
            ("fingerprint of the dataset", self.fingerprint.clone()),
            ("files", self.files.join(", ")),
            ("options", self.options.clone()),
        ]
    }
}

/// A file's path within the dataset's folder; of one that is elsewhere the name.
pub(crate) fn short(file: &Path, root: &Path) -> String {
    let short = match file.strip_prefix(root) {
        Ok(within) if !within.as_os_str().is_empty() => Some(within.as_os_str()),
        _ => file.file_name(),
    };
    short
        .unwrap_or(file.as_os_str())
        .to_string_lossy()
        .into_owned()
}

/// The dataset's tables, and the files that were read besides: a file of reviews as it is called, with its fingerprint, since the
/// dataset's does not cover it.
pub(crate) fn files(
    dataset: &Dataset,
    reviews: &[(PathBuf, String)],
    scores: &[PathBuf],
) -> Vec<String> {
    let root = dataset.root();
    let mut files: Vec<String> = (dataset.tables().iter())
        .map(|table| short(&table.path, root))
        .collect();
    files.extend(reviews.iter().map(|(file, called)| {
        fingerprint_of(file).map_or_else(
            || called.clone(),
            |fingerprint| format!("{called} (fingerprint {fingerprint})"),
        )
    }));
    files.extend(scores.iter().map(|file| short(file, root)));
    files
}

/// A file's fingerprint, where it can be read.
pub(super) fn fingerprint_of(file: &Path) -> Option<String> {
    let bytes = std::fs::read(file).ok()?;
    let mut fingerprint = Fingerprint::new();
    fingerprint.add(&bytes);
    Some(fingerprint.to_string())
}
