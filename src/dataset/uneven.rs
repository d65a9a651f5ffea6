//! Rows that do not have the header's number of cells.
//!
//! In: a table's rows. Out: those that can be used, and the lines of the others. A row with more cells has its values under other columns'
//! names from somewhere on; one that a line break cut in two has a part of its text in a row of its own: neither is used.
//! Never: a cut text taken for a whole one, or a row left out without a notice.

use std::path::Path;

use super::table::Row;
use crate::notice::{Bounded, Notice, Severity};

/// So many lines of a text are looked at for the end of a broken row.
const REACH: usize = 200;

/// Why a row is left out.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Off {
    /// It has more cells than the header.
    Long,
    /// It and those beside it are one row, which line breaks cut.
    Broken,
}

impl Off {
    /// In words.
    pub(crate) fn told(self) -> &'static str {
        match self {
            Off::Long => {
                "the row has more cells than the header: a cell that holds a delimiter has to stand in quotes"
            }
            Off::Broken => {
                "this is a part of a row that a line break cuts: a cell that holds a line break has to stand in quotes"
            }
        }
    }
}

/// Rows by whether they can be used.
pub(super) struct Sorted {
    pub(super) rows: Vec<Row>,
    /// Lines of those that cannot.
    pub(super) lost: Vec<(u64, Off)>,
    /// Those that cannot, as far as notices name them.
    off: Vec<(Row, Off)>,
}

/// Sorts rows of a table with so many columns.
pub(super) fn sort(rows: Vec<Row>, width: usize, text: &str) -> Sorted {
    // Where all that are short have one number of cells, their writer leaves empty ones at the end away.
    let mut short = rows.iter().map(Row::len).filter(|n| *n < width);
    let even = short
        .next()
        .is_some_and(|first| first > 1 && short.all(|n| n == first));
    let mut off: Vec<Option<Off>> = vec![None; rows.len()];
    let mut at = 0;
    while at < rows.len() {
        let mut next = at + 1;
        if rows[at].len() > width {
            off[at] = Some(Off::Long);
        } else if let Some(end) = broken(&rows[at..], width, text).filter(|_| !even) {
            next = at + end;
            off[at..next].fill(Some(Off::Broken));
        }
        at = next;
    }
    let mut sorted = Sorted {
        rows: Vec::with_capacity(rows.len()),
        lost: Vec::new(),
        off: Vec::new(),
    };
    for (row, off) in rows.into_iter().zip(off) {
        match off {
            None => sorted.rows.push(row),
            Some(why) => {
                sorted.lost.push((row.line(), why));
                if sorted.off.len() < 2 * crate::notice::LISTED {
                    sorted.off.push((row, why));
                }
            }
        }
    }
    sorted
}

/// How many rows from the first on are one row that line breaks cut: each but the first is too short, and together they have the
/// header's number of cells.
fn broken(rows: &[Row], width: usize, text: &str) -> Option<usize> {
    let mut cells = rows.first()?.len();
    let mut whole = None;
    for (n, pair) in rows.windows(2).take(REACH).enumerate() {
        cells += pair[1].len().saturating_sub(1);
        if pair[1].len() >= width || cells > width || pair[0].ends_in_quotes(text) {
            break;
        }
        if cells == width {
            whole = Some(n + 2);
        }
    }
    whole
}

#[derive(Clone, Copy, PartialEq)]
enum Sort {
    Short,
    Off(Off),
}

impl Sorted {
    /// What is told of rows that have another number of cells; `position` is where a row starts.
    pub(super) fn notices(
        &self,
        path: &Path,
        width: usize,
        position: impl Fn(&Row) -> (u64, u64),
    ) -> Vec<Notice> {
        let mut notices = Bounded::default();
        let at = |row: &Row, severity, what: String| {
            let (line, column) = position(row);
            Notice::line(severity, path, line, what).at_column(column)
        };
        for row in self.rows.iter().filter(|row| row.len() < width) {
            notices.add(Sort::Short, Severity::Warning, || {
                let what = format!(
                    "the row has {} of {width} cells; the others are read as empty",
                    row.len()
                );
                at(row, Severity::Warning, what)
            });
        }
        let mut listed = self.off.iter();
        for (line, why) in &self.lost {
            let row = listed.next();
            notices.add(Sort::Off(*why), Severity::Error, || {
                let what = format!("{}; it is left out", why.told());
                match row {
                    Some((row, _)) => at(row, Severity::Error, what),
                    None => Notice::line(Severity::Error, path, *line, what),
                }
            });
        }
        let rest = |sort, n| {
            let sort = match sort {
                Sort::Short => "rows that are too short",
                Sort::Off(Off::Long) => "rows with more cells than the header, which are left out,",
                Sort::Off(Off::Broken) => "parts of rows that line breaks cut, which are left out,",
            };
            format!("{n} more {sort} in this table")
        };
        notices.into_notices(path, rest)
    }
}
