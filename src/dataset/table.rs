//! Tables as pandas and spreadsheets write them: tab or comma separated, one row a line, quotes where needed.
//!
//! In: a file. Out: rows of cells that know their line and column. The delimiter is told from the header, the
//! encoding from the bytes, neither from the file's name. Never: a stray quote that swallows the rows behind it, a cell
//! under another column's name, or a row that vanishes; what had to be doubted is in the notices, without any text of the
//! cells.

use std::io::{self, Write};
use std::path::{Path, PathBuf};

use super::columns::Column;
use super::decode::decode;
use super::rows::{self, Dialect};
use super::uneven::{self, Off};
use crate::error::{Error, Result};
use crate::notice::{Bounded, Notice, Severity};

/// One cell: its text without the quotes around it, and where it starts.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Cell {
    /// The text.
    pub text: String,
    /// Byte offset of the cell (of its quote, if it has one) in the decoded file.
    pub(super) offset: usize,
}

/// One row.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Row {
    line: u64,
    cells: Vec<Cell>,
}

impl Row {
    /// The line on which the row starts, counted from 1.
    pub fn line(&self) -> u64 {
        self.line
    }

    /// The text of a column, empty where the row is too short.
    pub fn get(&self, column: usize) -> &str {
        self.cells.get(column).map_or("", |c| &c.text)
    }

    /// How many cells the row has in the file.
    pub fn len(&self) -> usize {
        self.cells.len()
    }

    /// Whether its last cell stands in quotes in the table's text.
    pub(super) fn ends_in_quotes(&self, text: &str) -> bool {
        self.cells.last().is_some_and(|cell| {
            let written = &text[cell.offset..];
            written.starts_with('"') && !written.starts_with(&cell.text)
        })
    }
}

/// A table with a header.
#[derive(Clone, Debug)]
pub struct Table {
    path: PathBuf,
    delimiter: char,
    header: Vec<String>,
    rows: Vec<Row>,
    notices: Vec<Notice>,
    /// So many of the notices are not about numbers of cells.
    doubts: usize,
    lost: Vec<(u64, Off)>,
    text: String,
    lines: Vec<usize>,
}

impl Table {
    /// Reads a file.
    ///
    /// # Errors
    /// When it cannot be read, is no text table (a spreadsheet, a web page), or is empty.
    pub fn read(path: &Path) -> Result<Self> {
        let bytes = std::fs::read(path).map_err(|e| Error::io(path, "reading the table", e))?;
        Table::parse(path, &bytes)
    }

    /// Reads the bytes of a file; `path` is only for messages.
    ///
    /// # Errors
    /// When the bytes are no text table, or are empty.
    pub fn parse(path: &Path, bytes: &[u8]) -> Result<Self> {
        let mut notices = Vec::new();
        let text = decode(path, bytes, &mut notices)?;
        let dialect = Dialect::sniff(&text).ok_or_else(|| {
            Error::unreadable(
                path,
                "line 1: the table is empty; its first line should name the columns",
            )
            .hint("export the table again")
        })?;
        let lines = rows::line_starts(&text, dialect);
        let mut raw = rows::split(path, &text, dialect, &lines, &mut notices);
        if raw.is_empty() {
            return Err(
                Error::unreadable(path, "line 1: the table has no line with column names")
                    .hint("export the table again"),
            );
        }
        let (_, first) = raw.remove(0);
        let header = header(path, first, &mut notices);
        let rows = raw.into_iter().map(|(line, cells)| Row { line, cells });
        let sorted = uneven::sort(rows.collect(), header.len(), &text);
        let doubts = notices.len();
        notices.extend(
            sorted.notices(path, header.len(), |row| match row.cells.first() {
                Some(cell) => rows::position(&text, &lines, cell.offset),
                None => (row.line, 1),
            }),
        );
        Ok(Table {
            path: path.to_owned(),
            delimiter: dialect.delimiter as char,
            header,
            rows: sorted.rows,
            notices,
            doubts,
            lost: sorted.lost,
            text,
            lines,
        })
    }

    /// The file.
    pub fn path(&self) -> &Path {
        &self.path
    }

    /// What separates the cells.
    pub fn delimiter(&self) -> char {
        self.delimiter
    }

    /// The column names, trimmed; a name that occurs twice has `.1` after it the second time, as pandas has it.
    pub fn header(&self) -> &[String] {
        &self.header
    }

    /// The table, where no row is left out.
    ///
    /// # Errors
    /// When one is.
    pub(crate) fn whole(self) -> Result<Self> {
        let Some((line, why)) = self.lost.first() else {
            return Ok(self);
        };
        Err(
            Error::unreadable(&self.path, format!("line {line}: {}", why.told()))
                .hint("put each cell that holds a delimiter or a line break in quotes"),
        )
    }

    /// The rows, without those whose cells may stand in wrong columns.
    pub fn rows(&self) -> &[Row] {
        &self.rows
    }

    /// What was off.
    pub fn notices(&self) -> &[Notice] {
        &self.notices
    }

    /// What was off, numbers of cells apart.
    pub(crate) fn doubts(&self) -> &[Notice] {
        &self.notices[..self.doubts]
    }

    /// The lines of the rows that are left out, and why each is.
    pub(crate) fn lost(&self) -> &[(u64, Off)] {
        &self.lost
    }

    /// Whether a row's last cell stands in quotes, so that it ends where its writer ended it.
    pub(crate) fn ends_in_quotes(&self, row: &Row) -> bool {
        row.ends_in_quotes(&self.text)
    }

    /// The column of a name; case, and blanks or hyphens in place of `_`, do not matter.
    pub fn column(&self, name: &str) -> Option<usize> {
        self.header.iter().position(|h| same_name(h, name))
    }

    /// Gives a column another name; one that has it gets a number behind it.
    pub(super) fn call(&mut self, column: usize, name: &str) {
        for at in 0..self.header.len() {
            if at != column && same_name(&self.header[at], name) {
                let mut n = 1;
                while self.column(&format!("{name}.{n}")).is_some() {
                    n += 1;
                }
                self.header[at] = format!("{name}.{n}");
            }
        }
        name.clone_into(&mut self.header[column]);
    }

    /// Where a cell of a row starts, as (line, column), both counted from 1, columns in characters.
    pub fn position(&self, row: &Row, column: usize) -> (u64, u64) {
        match row.cells.get(column) {
            Some(cell) => rows::position(&self.text, &self.lines, cell.offset),
            None => (row.line, 1),
        }
    }

    /// The column names for a message: those that look like names, in a header that has a name we know. A line without
    /// one may be a row of a table that has no header, and no cell of it is told.
    pub fn header_for_message(&self) -> String {
        if !self.header.iter().any(|h| Column::any_is_called(h)) {
            let n = self.header.len();
            return format!("none of the {n} cells of line 1 is the name of a column");
        }
        let looks_like_name = |h: &str| {
            !h.is_empty()
                && h.len() <= 40
                && h.chars().all(|c| c.is_ascii_alphanumeric() || c == '_')
                && h.starts_with(|c: char| c.is_ascii_alphabetic())
        };
        let names: Vec<&str> = self
            .header
            .iter()
            .map(String::as_str)
            .filter(|h| looks_like_name(h))
            .take(20)
            .collect();
        let rest = self.header.len() - names.len();
        match (names.len(), rest) {
            (0, n) => format!("columns found: {n}"),
            (_, 0) => format!("columns found: {}", names.join(", ")),
            (_, n) => format!("columns found: {} and {n} more", names.join(", ")),
        }
    }
}

fn same_name(a: &str, b: &str) -> bool {
    let plain = |c: u8| match c {
        b' ' | b'-' => b'_',
        c => c.to_ascii_lowercase(),
    };
    a.len() == b.len() && a.bytes().zip(b.bytes()).all(|(x, y)| plain(x) == plain(y))
}

fn header(path: &Path, cells: Vec<Cell>, notices: &mut Vec<Notice>) -> Vec<String> {
    let mut names: Vec<String> = Vec::with_capacity(cells.len());
    let mut repeated = Bounded::default();
    let mut seen: rustc_hash::FxHashMap<String, usize> = rustc_hash::FxHashMap::default();
    for (i, cell) in cells.into_iter().enumerate() {
        let name = cell.text.trim();
        let name = if name.is_empty() {
            format!("Unnamed: {i}")
        } else {
            name.to_owned()
        };
        // As [`same_name`] compares them.
        let plain = name.to_ascii_lowercase().replace([' ', '-'], "_");
        let times = seen.entry(plain).or_insert(0);
        *times += 1;
        if *times == 1 {
            names.push(name);
            continue;
        }
        repeated.add((), Severity::Error, || {
            let what = format!(
                "column {} has the same name as an earlier one, which is used; rename one of them",
                i + 1
            );
            Notice::line(Severity::Error, path, 1, what)
        });
        names.push(format!("{name}.{}", *times - 1));
    }
    let rest = |(), n| format!("{n} more columns: each has the same name as an earlier one");
    notices.extend(repeated.into_notices(path, rest));
    names
}

/// Writes a table as pandas' `to_csv` does: quotes only where needed, `""` inside, `\n` at line ends.
#[derive(Debug)]
pub struct Writer<W: Write> {
    out: W,
    delimiter: u8,
    line: Vec<u8>,
}

impl<W: Write> Writer<W> {
    /// A table separated by tabs, as the dataset's are.
    pub fn tabs(out: W) -> Self {
        Writer::new(out, b'\t')
    }

    /// A table separated by an ASCII delimiter.
    pub fn new(out: W, delimiter: u8) -> Self {
        Writer {
            out,
            delimiter,
            line: Vec::new(),
        }
    }

    /// Writes one row.
    ///
    /// # Errors
    /// When the underlying writer fails.
    pub fn row<T: AsRef<str>>(&mut self, cells: impl IntoIterator<Item = T>) -> io::Result<()> {
        self.line.clear();
        let mut n = 0;
        for cell in cells {
            if n > 0 {
                self.line.push(self.delimiter);
            }
            n += 1;
            let text = cell.as_ref();
            let special = |c: &u8| matches!(c, b'"' | b'\n' | b'\r') || *c == self.delimiter;
            if text.as_bytes().iter().any(special) {
                self.line.push(b'"');
                for (i, part) in text.split('"').enumerate() {
                    if i > 0 {
                        self.line.extend_from_slice(b"\"\"");
                    }
                    self.line.extend_from_slice(part.as_bytes());
                }
                self.line.push(b'"');
            } else {
                self.line.extend_from_slice(text.as_bytes());
            }
        }
        // A row of one empty cell would be a blank line, which readers skip.
        if n == 1 && self.line.is_empty() {
            self.line.extend_from_slice(b"\"\"");
        }
        self.line.push(b'\n');
        self.out.write_all(&self.line)
    }

    /// Flushes and gives the underlying writer back.
    ///
    /// # Errors
    /// When flushing fails.
    pub fn finish(mut self) -> io::Result<W> {
        self.out.flush()?;
        Ok(self.out)
    }
}

#[cfg(test)]
mod tests;
