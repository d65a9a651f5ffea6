//! A table's columns by what they mean, and notices about its rows.
//!
//! In: a [`Table`]. Out: the columns the program names, the rest to be passed through, and notices that stay few
//! however many rows share a fault. Never: the text of a cell in a notice, ids apart.

use std::path::PathBuf;

use super::columns::Column;
use super::table::{Row, Table};
use crate::error::{Error, Result};
use crate::notice::{Bounded, Notice, Severity};

/// A table with the columns that were asked of it.
pub(super) struct Fields<'a> {
    pub(super) table: &'a Table,
    used: Vec<usize>,
    notices: Bounded<&'static str>,
}

impl<'a> Fields<'a> {
    pub(super) fn new(table: &'a Table) -> Self {
        let mut notices = Bounded::default();
        for notice in table.notices() {
            notices.push(notice.clone());
        }
        Fields {
            table,
            used: Vec::new(),
            notices,
        }
    }

    /// A column that must be there, under the first of its names that is.
    pub(super) fn required(&mut self, wanted: Column) -> Result<usize> {
        if let Some(column) = self.optional(wanted) {
            return Ok(column);
        }
        Err(Error::unreadable(
            self.table.path(),
            format_args!(
                "line 1: the column {} is missing; {}",
                wanted.names().join(" or "),
                self.table.header_for_message()
            ),
        )
        .hint("name the column in the table's first line"))
    }

    /// A column that should be there: a warning when it is not.
    pub(super) fn expected(&mut self, wanted: Column) -> Option<usize> {
        let column = self.there(wanted);
        if column.is_none() {
            let what = format!(
                "the column {} is missing; {}",
                wanted.name(),
                self.table.header_for_message()
            );
            self.notices
                .push(Notice::line(Severity::Warning, self.table.path(), 1, what));
        }
        column
    }

    /// A column that may be there; it is not passed through.
    pub(super) fn optional(&mut self, wanted: Column) -> Option<usize> {
        let column = self.there(wanted)?;
        self.used.push(column);
        Some(column)
    }

    /// A column that may be there; it is passed through all the same.
    pub(super) fn there(&self, wanted: Column) -> Option<usize> {
        wanted.names().iter().find_map(|n| self.table.column(n))
    }

    /// All columns that nobody claimed, with a row's values.
    pub(super) fn others(&self, row: &Row) -> Vec<(String, String)> {
        let header = self.table.header().iter().enumerate();
        header
            .filter(|(i, _)| !self.used.contains(i))
            .map(|(i, name)| (name.clone(), row.get(i).to_owned()))
            .collect()
    }

    /// Notes that a row is off. `sort` names all rows of its sort, for the summary; `column` is where.
    pub(super) fn note(
        &mut self,
        severity: Severity,
        sort: &'static str,
        row: &Row,
        column: Option<usize>,
        what: impl FnOnce() -> String,
    ) {
        let path = self.table.path();
        self.notices.add(sort, severity, || match column {
            Some(column) => {
                let (line, at) = self.table.position(row, column);
                Notice::line(severity, path, line, what()).at_column(at)
            }
            None => Notice::line(severity, path, row.line(), what()),
        });
    }

    /// An id of a row, or a notice why the row has none that can be used.
    pub(super) fn id(&mut self, row: &'a Row, column: usize, name: &str) -> Option<&'a str> {
        let id = row.get(column).trim();
        if id.is_empty() {
            self.note(
                Severity::Error,
                "rows without an id",
                row,
                Some(column),
                || format!("{name} is empty; the row is left out"),
            );
            return None;
        }
        if is_spreadsheet_number(id) {
            self.note(Severity::Error, "rows with a rounded id", row, Some(column), || {
                format!(
                    "{name} is {id}: a spreadsheet rounded it, so different ids fall together; the row is left out. \
                     Export the table again with ids as text"
                )
            });
            return None;
        }
        if id
            .strip_suffix(".0")
            .is_some_and(|n| n.bytes().all(|b| b.is_ascii_digit()))
        {
            self.note(Severity::Warning, "rows with an id written as a fraction", row, Some(column), || {
                format!("{name} is {id}: it looks like a number that lost its form; ids are compared exactly as written")
            });
        }
        Some(id)
    }

    /// The notices, with a summary for each sort that was not listed in full.
    pub(super) fn into_notices(self) -> Vec<Notice> {
        let rest = |sort, n| format!("{n} more {sort} in this table");
        self.notices.into_notices(self.table.path(), rest)
    }

    /// The table's file.
    pub(super) fn path(&self) -> PathBuf {
        self.table.path().to_owned()
    }
}

/// `5.00E+09`: what a spreadsheet makes of a long number.
fn is_spreadsheet_number(id: &str) -> bool {
    let Some((mantissa, exponent)) = id.split_once(['e', 'E']) else {
        return false;
    };
    let digits = |s: &str| !s.is_empty() && s.bytes().all(|b| b.is_ascii_digit());
    digits(exponent.strip_prefix('+').unwrap_or(exponent))
        && match mantissa.split_once('.') {
            Some((whole, part)) => digits(whole) && digits(part),
            None => digits(mantissa),
        }
}
