//! A table's text cut into rows and cells.
//!
//! In: decoded text. Out: cells with their byte offsets, and notices with line and column. A quote that opens a
//! cell and does not close before a delimiter or a line end is taken as text, so the damage ends with its line.

use std::path::Path;

use memchr::memchr;

use super::table::Cell;
use crate::notice::{Bounded, LISTED, Notice, Severity};

/// How many bytes all searches for a far closing quote may look at, whatever a file holds.
const PATIENCE: usize = 1 << 24;

/// What may separate cells.
const CANDIDATES: [u8; 4] = [b'\t', b',', b';', b'|'];

/// How a table separates cells and rows.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Dialect {
    pub(super) delimiter: u8,
    /// `\n` (with or without a `\r` before it), or `\r` in a file without any `\n`.
    pub(super) line_end: u8,
}

impl Dialect {
    /// Told from the first line that is not blank; `None` when there is none.
    pub(super) fn sniff(text: &str) -> Option<Self> {
        let line_end = if memchr(b'\n', text.as_bytes()).is_some() {
            b'\n'
        } else {
            b'\r'
        };
        let start = text.find(|c: char| !matches!(c, '\n' | '\r' | ' '))?;
        let mut counts = [0_usize; 4];
        let mut quoted = false;
        for &b in &text.as_bytes()[start..] {
            if b == b'"' {
                quoted = !quoted;
            } else if b == line_end && !quoted {
                break;
            } else if !quoted && let Some(i) = CANDIDATES.iter().position(|c| *c == b) {
                counts[i] += 1;
            }
        }
        // A comma inside a name of a tab-separated table is common, a tab inside a name of a CSV is not.
        let most = (1..4).max_by_key(|&i| (counts[i], 4 - i)).unwrap_or(1);
        let delimiter = if counts[0] > 0 || counts[most] == 0 {
            b'\t'
        } else {
            CANDIDATES[most]
        };
        Some(Dialect {
            delimiter,
            line_end,
        })
    }
}

/// The byte offset of each line's start.
pub(super) fn line_starts(text: &str, dialect: Dialect) -> Vec<usize> {
    let mut starts = vec![0];
    starts.extend(memchr::memchr_iter(dialect.line_end, text.as_bytes()).map(|i| i + 1));
    starts
}

/// (line, column) of a byte offset, counted from 1; columns are characters.
pub(super) fn position(text: &str, lines: &[usize], offset: usize) -> (u64, u64) {
    let line = lines.partition_point(|&s| s <= offset);
    let start = lines[line - 1];
    (line as u64, text[start..offset].chars().count() as u64 + 1)
}

/// What can be off in rows.
#[derive(Clone, Copy, PartialEq)]
enum Sort {
    Stray,
    Inside,
    Blank,
    Return,
    Nul,
}

impl Sort {
    /// Severity, how many notices name their places, and what the rest of them is called.
    fn rule(self) -> (Severity, usize, &'static str) {
        match self {
            Sort::Stray => (Severity::Error, LISTED, "stray quotes"),
            Sort::Inside => (Severity::Info, 1, "quotes inside unquoted cells"),
            Sort::Blank => (Severity::Warning, 1, "blank lines"),
            Sort::Return => (Severity::Warning, 1, "bare carriage returns"),
            Sort::Nul => (Severity::Info, 1, "NUL bytes"),
        }
    }
}

struct Splitter<'a> {
    path: &'a Path,
    text: &'a str,
    bytes: &'a [u8],
    dialect: Dialect,
    lines: &'a [usize],
    width: usize,
    patience: usize,
    notices: Bounded<Sort>,
}

/// Cells of one row as parsed, not yet unescaped.
struct Draft {
    /// (start, end, quoted): the cell with its quotes.
    cells: Vec<(usize, usize, bool)>,
    /// Where the next row starts.
    next: usize,
    /// Opening quotes that do not close properly, and whether a far quote closes them.
    stray: Vec<(usize, bool)>,
}

/// Cuts text into (line, cells); the first is the header.
pub(super) fn split(
    path: &Path,
    text: &str,
    dialect: Dialect,
    lines: &[usize],
    notices: &mut Vec<Notice>,
) -> Vec<(u64, Vec<Cell>)> {
    let mut splitter = Splitter {
        path,
        text,
        bytes: text.as_bytes(),
        dialect,
        lines,
        width: 0,
        patience: PATIENCE,
        notices: Bounded::default(),
    };
    let rows = splitter.rows();
    let rest = |sort: Sort, n| format!("{n} more {} in this table", sort.rule().2);
    notices.extend(splitter.notices.into_notices(path, rest));
    rows
}

impl Splitter<'_> {
    fn rows(&mut self) -> Vec<(u64, Vec<Cell>)> {
        let mut rows = Vec::new();
        let mut at = 0;
        let mut blank: Vec<usize> = Vec::new();
        let returns = self.dialect.line_end == b'\n' && memchr(b'\r', self.bytes).is_some();
        let crlf = returns && memchr::memmem::find(self.bytes, b"\r\n").is_some();
        if crlf {
            self.notices.push(Notice::file(
                Severity::Info,
                self.path,
                "has CRLF line ends; the carriage returns are not part of the cells",
            ));
        } else if self.dialect.line_end == b'\r' && memchr(b'\r', self.bytes).is_some() {
            self.notices.push(Notice::file(
                Severity::Info,
                self.path,
                "has bare carriage returns as line ends; other tools expect \\n",
            ));
        }
        while at < self.bytes.len() {
            if let Some(next) = self.line_end_at(at) {
                blank.push(at);
                at = next;
                continue;
            }
            // Blank lines at the end are no news.
            for at in blank.drain(..) {
                if self.width > 0 {
                    self.note(Sort::Blank, at, "a blank line between rows is skipped");
                }
            }
            let draft = self.row(at);
            let line = self.lines.partition_point(|&s| s <= at) as u64;
            let header = self.width == 0;
            if header {
                self.width = draft.cells.len();
            }
            for &(quote, far) in &draft.stray {
                let what = if far {
                    "a quote opens here and holds quotes that are not doubled; the cell is read up to the quote that \
                     ends it. Double the quotes inside"
                } else {
                    "a quote opens here and does not close before a cell ends; it is read as text up to the end of \
                     this cell. Double it and put the cell in quotes, or remove it"
                };
                self.note(Sort::Stray, quote, what);
            }
            at = draft.next;
            let cells = draft
                .cells
                .into_iter()
                .map(|(start, end, quoted)| self.cell(start, end, quoted))
                .collect();
            rows.push((line, cells));
        }
        rows
    }

    /// The offset behind the line end that stands at `at`, if one does.
    fn line_end_at(&self, at: usize) -> Option<usize> {
        match self.bytes.get(at) {
            Some(&b) if b == self.dialect.line_end => Some(at + 1),
            Some(b'\r') if self.bytes.get(at + 1) == Some(&self.dialect.line_end) => Some(at + 2),
            _ => None,
        }
    }

    /// Reads the row at `at`; where quotes do not fit, the reading that gives the header's number of cells wins.
    fn row(&mut self, at: usize) -> Draft {
        let strict = self.draft(at, &[], false);
        if strict.stray.is_empty() && (self.width == 0 || strict.cells.len() == self.width) {
            return strict;
        }
        if strict.stray.is_empty() {
            // A well-formed row of the wrong width may hold a stray quote that met another one lines later.
            let long: Vec<usize> = strict
                .cells
                .iter()
                .filter(|&&(start, end, quoted)| {
                    quoted && memchr(self.dialect.line_end, &self.bytes[start..end]).is_some()
                })
                .map(|&(start, ..)| start)
                .take(4)
                .collect();
            for quote in long {
                let mut other = self.draft(at, &[quote], false);
                if other.cells.len() == self.width && other.stray.is_empty() {
                    other.stray.push((quote, false));
                    return other;
                }
            }
            return strict;
        }
        if self.width == 0 || (strict.cells.len() == self.width && self.fits_at(strict.next)) {
            return strict;
        }
        let lenient = self.draft(at, &[], true);
        if lenient.cells.len() == self.width && self.fits_at(lenient.next) {
            lenient
        } else {
            strict
        }
    }

    /// Whether the file ends at `at`, or a row of the header's width starts there.
    fn fits_at(&mut self, at: usize) -> bool {
        at >= self.bytes.len() || self.draft(at, &[], false).cells.len() == self.width
    }

    /// One way to read the row at `at`: `literal` quotes are text. A quote that does not close properly is text too,
    /// or, when `far`, closes at the next quote that a delimiter or line end follows.
    fn draft(&mut self, at: usize, literal: &[usize], far: bool) -> Draft {
        let mut draft = Draft {
            cells: Vec::with_capacity(self.width),
            next: at,
            stray: Vec::new(),
        };
        let mut start = at;
        loop {
            let mut end = None;
            let mut quoted = false;
            if self.bytes.get(start) == Some(&b'"') && !literal.contains(&start) {
                match self.closing(start) {
                    Some(close) if self.ends_cell(close + 1) => {
                        end = Some(close + 1);
                        quoted = true;
                    }
                    other => {
                        let close = other.filter(|_| far).and_then(|q| self.far_closing(q));
                        draft.stray.push((start, close.is_some()));
                        if let Some(close) = close {
                            end = Some(close + 1);
                            quoted = true;
                        }
                    }
                }
            }
            let end = end.unwrap_or_else(|| self.plain_end(start));
            draft.cells.push((start, end, quoted));
            if self.bytes.get(end) == Some(&self.dialect.delimiter) {
                start = end + 1;
                continue;
            }
            draft.next = self.line_end_at(end).unwrap_or(self.bytes.len());
            return draft;
        }
    }

    /// The quote that closes the one at `open`.
    fn closing(&self, open: usize) -> Option<usize> {
        let mut from = open + 1;
        loop {
            let quote = from + memchr(b'"', &self.bytes[from..])?;
            if self.bytes.get(quote + 1) != Some(&b'"') {
                return Some(quote);
            }
            from = quote + 2;
        }
    }

    /// The first quote behind `from` that ends a cell.
    fn far_closing(&mut self, from: usize) -> Option<usize> {
        let reach = (from + 1 + self.patience).min(self.bytes.len());
        for i in memchr::memchr_iter(b'"', &self.bytes[from + 1..reach]) {
            let quote = from + 1 + i;
            if self.ends_cell(quote + 1) && self.bytes[quote - 1] != b'"' {
                self.patience -= i.min(self.patience);
                return Some(quote);
            }
        }
        self.patience -= (reach - from - 1).min(self.patience);
        None
    }

    fn ends_cell(&self, at: usize) -> bool {
        match self.bytes.get(at) {
            None => true,
            Some(&b) => b == self.dialect.delimiter || self.line_end_at(at).is_some(),
        }
    }

    /// Where the unquoted cell that starts at `start` ends.
    fn plain_end(&self, start: usize) -> usize {
        let stop = memchr::memchr2(
            self.dialect.delimiter,
            self.dialect.line_end,
            &self.bytes[start..],
        )
        .map_or(self.bytes.len(), |i| start + i);
        let ends_line = self.bytes.get(stop) == Some(&self.dialect.line_end);
        if ends_line
            && self.dialect.line_end == b'\n'
            && stop > start
            && self.bytes[stop - 1] == b'\r'
        {
            stop - 1
        } else {
            stop
        }
    }

    fn cell(&mut self, start: usize, end: usize, quoted: bool) -> Cell {
        let raw = &self.text[start..end];
        if let Some(i) = memchr(0, raw.as_bytes()) {
            self.note(Sort::Nul, start + i, "a NUL byte is kept as it is");
        }
        if quoted {
            let inner = &raw[1..raw.len() - 1];
            let text = if memchr(b'"', inner.as_bytes()).is_some() {
                inner.replace("\"\"", "\"")
            } else {
                inner.to_owned()
            };
            return Cell {
                text,
                offset: start,
            };
        }
        if let Some(i) = memchr(b'"', raw.as_bytes()).filter(|&i| i > 0) {
            self.note(
                Sort::Inside,
                start + i,
                "a quote inside a cell that is not in quotes is read as text",
            );
        }
        if let Some(i) = memchr(b'\r', raw.as_bytes()) {
            self.note(
                Sort::Return,
                start + i,
                "a bare carriage return inside a cell is kept as text; pandas would end the row here",
            );
        }
        Cell {
            text: raw.to_owned(),
            offset: start,
        }
    }

    fn note(&mut self, sort: Sort, at: usize, what: &str) {
        let (severity, listed, _) = sort.rule();
        self.notices.add_of(listed, sort, severity, || {
            let (line, column) = position(self.text, self.lines, at);
            Notice::line(severity, self.path, line, what).at_column(column)
        });
    }
}
