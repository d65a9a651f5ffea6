//! Notices: what was off in the input, and where.
//!
//! In: a file, a line, what was found there. Out: values that the notices pane, `check` and the exit code show; of many of one sort
//! the first, and how many more there are ([`Bounded`]).
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

/// Of one sort so many name their places; the rest are counted.
pub(crate) const LISTED: usize = 20;

/// Notices that stay few however many places share a fault.
#[derive(Debug)]
pub(crate) struct Bounded<K> {
    listed: Vec<Notice>,
    /// What is counted, how bad it is, and how many are not listed.
    sorts: Vec<(K, Severity, usize, usize)>,
}

impl<K> Default for Bounded<K> {
    fn default() -> Self {
        Bounded {
            listed: Vec::new(),
            sorts: Vec::new(),
        }
    }
}

impl<K: Copy + PartialEq> Bounded<K> {
    /// One of a sort, made only where it is listed.
    pub(crate) fn add(&mut self, sort: K, severity: Severity, notice: impl FnOnce() -> Notice) {
        self.add_of(LISTED, sort, severity, notice);
    }

    /// One of a sort of which so many are listed.
    pub(crate) fn add_of(
        &mut self,
        most: usize,
        sort: K,
        severity: Severity,
        notice: impl FnOnce() -> Notice,
    ) {
        let known = self.sorts.iter().position(|(s, ..)| *s == sort);
        let at = known.unwrap_or_else(|| {
            self.sorts.push((sort, severity, 0, 0));
            self.sorts.len() - 1
        });
        let (.., listed, more) = &mut self.sorts[at];
        if *listed < most {
            *listed += 1;
            self.listed.push(notice());
        } else {
            *more += 1;
        }
    }

    /// One that is of no sort and always listed.
    pub(crate) fn push(&mut self, notice: Notice) {
        self.listed.push(notice);
    }

    /// All that are listed, then one about the whole file for each sort of which there are more; `rest` puts it in words.
    pub(crate) fn into_notices(
        self,
        file: &Path,
        rest: impl Fn(K, usize) -> String,
    ) -> Vec<Notice> {
        let mut all = self.listed;
        for (sort, severity, _, more) in self.sorts {
            if more > 0 {
                all.push(Notice::file(severity, file, rest(sort, more)));
            }
        }
        all
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn many_of_one_sort_are_counted() {
        let file = Path::new("t.csv");
        let mut notices = Bounded::default();
        for line in 1..=25 {
            let one = || Notice::line(Severity::Error, file, line, "short");
            notices.add("rows are short", Severity::Error, one);
        }
        let one = || Notice::line(Severity::Info, file, 3, "long");
        notices.add("rows are long", Severity::Info, one);
        for line in 4..=5 {
            let one = || Notice::line(Severity::Info, file, line, "blank");
            notices.add_of(1, "lines are blank", Severity::Info, one);
        }
        let all = notices.into_notices(file, |sort, n| format!("{n} more {sort}"));
        let all: Vec<String> = all.iter().map(Notice::to_string).collect();
        assert_eq!(all.len(), 24);
        assert_eq!(all[19], "t.csv:20: error: short");
        let end = [
            "t.csv:3: info: long",
            "t.csv:4: info: blank",
            "t.csv: error: 5 more rows are short",
            "t.csv: info: 1 more lines are blank",
        ];
        assert_eq!(all[20..], end);
    }
}
