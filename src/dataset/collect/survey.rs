//! Rows of a form that nobody submitted: what survey programs add to their exports.
//!
//! In: a table. Out: for a row, why it is no submission. Never: a row set aside without a word; each is told.

use std::fmt;

use crate::dataset::table::{Row, Table};

/// Why a row is no submission.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Aside {
    /// Qualtrics repeats the questions, and its own names of them, below the header.
    Header,
    /// The author's look at the survey before it was sent.
    Preview,
    /// `REDCap` or Qualtrics says that it was not completed.
    Incomplete,
}

impl fmt::Display for Aside {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.pad(match self {
            Aside::Header => "a further header of the survey program",
            Aside::Preview => "a preview, which no respondent filled in",
            Aside::Incomplete => "not completed by the respondent",
        })
    }
}

/// The columns by which survey programs say what a row is.
pub(super) struct Survey {
    /// Qualtrics: where the further headers end.
    headers: usize,
    status: Option<usize>,
    finished: Option<usize>,
    /// `REDCap`: the columns `…_complete`, of which 2 is complete.
    complete: Vec<usize>,
    first: Option<u64>,
}

impl Survey {
    pub(super) fn of(table: &Table) -> Self {
        let rows = table.rows();
        let is_import_ids = |row: &Row| {
            (0..row.len()).any(|i| row.get(i).trim_start().starts_with("{\"ImportId\":"))
        };
        // The row of import ids is the second below the header, or the first where the questions were left out.
        let headers = rows
            .iter()
            .take(2)
            .position(is_import_ids)
            .map_or(0, |at| at + 1);
        let qualtrics = |name: &str| {
            let known = table.column("ResponseId").is_some() || headers > 0;
            table.column(name).filter(|_| known)
        };
        let header = table.header();
        let is_redcap = table.column("record_id").is_some();
        let complete = (0..header.len())
            .filter(|i| is_redcap && header[*i].to_lowercase().ends_with("_complete"))
            .filter(|i| {
                rows.iter().all(|r| {
                    matches!(
                        r.get(*i).trim(),
                        "" | "0" | "1" | "2" | "Complete" | "Incomplete" | "Unverified"
                    )
                })
            })
            .collect();
        Survey {
            headers,
            status: qualtrics("Status"),
            finished: qualtrics("Finished"),
            complete,
            first: rows.get(headers).map(Row::line),
        }
    }

    /// Why a row is no submission, if it is none.
    pub(super) fn aside(&self, row: &Row) -> Option<Aside> {
        if self.headers > 0 && self.first.is_none_or(|first| row.line() < first) {
            return Some(Aside::Header);
        }
        let cell = |column: Option<usize>| column.map_or("", |c| row.get(c).trim());
        if matches!(
            cell(self.status),
            "Survey Preview" | "Survey Test" | "Preview" | "Test" | "1" | "2"
        ) {
            return Some(Aside::Preview);
        }
        let unfinished = matches!(cell(self.finished), "False" | "FALSE" | "false" | "0");
        let incomplete = !self.complete.is_empty()
            && (self.complete.iter()).all(|c| matches!(row.get(*c).trim(), "0" | "Incomplete"));
        (unfinished || incomplete).then_some(Aside::Incomplete)
    }
}
