//! Notices: what was off in the input, and where.
//!
//! In: a file, a line, what was found there. Out: values that the notices pane, `check` and the exit code show.
//! A notice never carries text of a record; it names places and counts.

use std::fmt;
use std::path::{Path, PathBuf};

use crate::text;

/// How bad it is.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Severity {
    /// Worth knowing; nothing is missing from what is shown.
    Info,
    /// Something was doubted or changed on reading, and all of it is still there.
    Warning,
    /// Something could not be used and is left out.
    Error,
}

impl fmt::Display for Severity {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.pad(match self {
            Severity::Info => "info",
            Severity::Warning => "warning",
            Severity::Error => "error",
        })
    }
}

/// One thing that was off in a file.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Notice {
    /// How bad it is.
    pub severity: Severity,
    /// The file it is about.
    pub file: PathBuf,
    /// The line, counted from 1, where one is known.
    pub line: Option<u64>,
    /// The column in characters, counted from 1, where one is known.
    pub column: Option<u64>,
    /// What was found and what was done about it, without any text of the record.
    pub what: String,
}

impl Notice {
    /// A notice about a whole file.
    pub fn file(severity: Severity, file: &Path, what: impl Into<String>) -> Self {
        Notice {
            severity,
            file: file.to_owned(),
            line: None,
            column: None,
            what: what.into(),
        }
    }

    /// A notice about one line of a file, counted from 1.
    pub fn line(severity: Severity, file: &Path, line: u64, what: impl Into<String>) -> Self {
        Notice {
            severity,
            file: file.to_owned(),
            line: Some(line),
            column: None,
            what: what.into(),
        }
    }

    /// Adds the column, counted from 1.
    #[must_use]
    pub fn at_column(mut self, column: u64) -> Self {
        self.column = Some(column);
        self
    }
}

impl fmt::Display for Notice {
    /// `file:line:column: severity: what`, one line that is safe to show whatever the file's name holds.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let file = self.file.display().to_string();
        f.write_str(&text::safe(&file))?;
        if let Some(line) = self.line {
            write!(f, ":{line}")?;
            if let Some(column) = self.column {
                write!(f, ":{column}")?;
            }
        }
        write!(f, ": {}: {}", self.severity, text::safe(&self.what))
    }
}
