//! A CSV table as a stream of rows, each with the line it starts on.
//!
//! In: bytes, plain or already decompressed. Out: rows of byte fields, one at a time, in one reused buffer. It holds one
//! row in memory, never a table. How quotes are written is told from the first rows that have any (see `dialect`); a row
//! that contradicts it later, or a quote that never closes, is an error that names the line.

use std::borrow::Cow;
use std::io::{self, Read};

use memchr::{memchr, memchr2};

use super::dialect::{self, Field, Flaw, Scan, Style};

/// A row longer than this is a defect of the file (a quote that does not close, or no table at all), in bytes.
const MAX_ROW: usize = 256 << 20;
/// A first line longer than this is no line of column names, in bytes.
const MAX_HEADER: usize = 1 << 20;
const CHUNK: usize = 256 << 10;
/// So much of the file is looked at to tell how quotes are written, in bytes.
const SAMPLE: usize = 1 << 20;

/// Why a row could not be read. Nothing can be read after it.
#[derive(Debug)]
pub(crate) enum RowError {
    /// The file or its compression cannot be read.
    Io(io::Error),
    /// A quote that opens on this line never closes.
    OpenQuote(u64),
    /// The row that starts on this line is longer than [`MAX_ROW`].
    TooLong(u64),
    /// The first line is longer than [`MAX_HEADER`].
    NoHeader,
    /// No way of writing quotes explains this line together with those before it.
    Contradiction(u64),
    /// This row of a Parquet file, or one soon after it, cannot be decoded.
    Damaged(u64),
}

/// Reads rows one after another.
pub(crate) struct Rows<R> {
    source: R,
    delimiter: u8,
    style: Style,
    /// The ways of writing quotes that come into question; one when it is certain.
    styles: &'static [Style],
    /// What a backslash may stand before where it may mean something else as well as itself.
    backslashes: &'static [u8],
    /// How many bytes from `start` on have been looked at to tell the style.
    judged: usize,
    /// How many fields the header has; 0 before it has been read.
    width: usize,
    buffer: Vec<u8>,
    start: usize,
    filled: usize,
    ended: bool,
    fields: Vec<Field>,
    line: u64,
    next_line: u64,
}

/// One row; borrows the reader's buffer.
pub(crate) struct SourceRow<'a> {
    buffer: &'a [u8],
    fields: &'a [Field],
    style: Style,
    backslashes: &'static [u8],
    /// The line on which it starts, counted from 1.
    pub(crate) line: u64,
}

impl<'a> SourceRow<'a> {
    /// A row whose fields lie in `buffer`.
    pub(super) fn new(buffer: &'a [u8], fields: &'a [Field], style: Style, line: u64) -> Self {
        SourceRow {
            buffer,
            fields,
            style,
            backslashes: b"",
            line,
        }
    }

    /// Whether a field has backslashes that may stand for something else, in a file that does not tell.
    pub(crate) fn is_unsure(&self, at: usize) -> bool {
        // Inside of quotes that a backslash escapes, it is certain.
        let open = |field: &&Field| !field.quoted || self.style == Style::Doubled;
        self.fields.get(at).filter(open).is_some_and(|field| {
            dialect::may_be_coded(&self.buffer[field.range.clone()], self.backslashes)
        })
    }

    /// How many fields it has.
    /// Whether quotes hold a field, so that it ends where they do.
    pub(crate) fn is_quoted(&self, at: usize) -> bool {
        self.fields.get(at).is_some_and(|field| field.quoted)
    }

    pub(crate) fn len(&self) -> usize {
        self.fields.len()
    }

    /// A field without its quotes; empty where there is none at this place.
    pub(crate) fn get(&self, at: usize) -> Cow<'_, [u8]> {
        let Some(field) = self.fields.get(at) else {
            return Cow::Borrowed(&[]);
        };
        let raw = &self.buffer[field.range.clone()];
        if field.coded {
            dialect::decode(self.style, raw)
        } else {
            Cow::Borrowed(raw)
        }
    }
}

impl<R: Read> Rows<R> {
    /// Rows of `source`; the delimiter (comma, tab, semicolon or bar) is told from the first line.
    pub(crate) fn new(source: R) -> Result<Self, RowError> {
        let mut rows = Rows {
            source,
            delimiter: b',',
            style: Style::Doubled,
            styles: &[Style::Doubled, Style::Escaped],
            backslashes: b"",
            judged: 0,
            width: 0,
            buffer: vec![0; CHUNK],
            start: 0,
            filled: 0,
            ended: false,
            fields: Vec::new(),
            line: 0,
            next_line: 1,
        };
        while !rows.ended && memchr(b'\n', &rows.buffer[..rows.filled]).is_none() {
            if rows.filled > MAX_HEADER {
                return Err(RowError::NoHeader);
            }
            rows.fill()?;
        }
        if rows.buffer[..rows.filled].starts_with(b"\xef\xbb\xbf") {
            rows.start = 3;
        }
        let head = &rows.buffer[rows.start..rows.filled];
        let head = &head[..memchr(b'\n', head).unwrap_or(head.len())];
        let count = |d: u8| memchr::memchr_iter(d, head).count();
        // No column's name holds a tab.
        rows.delimiter = if count(b'\t') > 0 {
            b'\t'
        } else if count(b';') > count(b',') {
            b';'
        } else if count(b'|') > count(b',') {
            b'|'
        } else {
            b','
        };
        if rows.delimiter == b'\t' && !head.contains(&b'"') {
            rows.style = Style::Plain;
            rows.styles = &[Style::Plain, Style::Doubled, Style::Escaped, Style::Copy];
        }
        Ok(rows)
    }

    /// Rows of a table whose fields are separated by commas, with quotes doubled, for certain.
    pub(crate) fn doubled(source: R) -> Result<Self, RowError> {
        let mut rows = Rows::new(source)?;
        rows.delimiter = b',';
        rows.style = Style::Doubled;
        rows.styles = &[Style::Doubled];
        Ok(rows)
    }

    /// Whether the first bytes are a UTF-16 byte order mark.
    pub(crate) fn is_utf16(&self) -> bool {
        matches!(
            self.buffer[..self.filled],
            [0xff, 0xfe, ..] | [0xfe, 0xff, ..]
        )
    }

    /// What separates fields.
    pub(crate) fn delimiter(&self) -> u8 {
        self.delimiter
    }

    /// The next row; blank lines are no rows.
    pub(crate) fn next(&mut self) -> Result<Option<SourceRow<'_>>, RowError> {
        loop {
            self.line = self.next_line;
            let bytes = &self.buffer[..self.filled];
            let scan = dialect::cut(
                self.style,
                self.delimiter,
                bytes,
                self.start,
                self.ended,
                &mut self.fields,
            );
            let row = match scan {
                Scan::Row(row) => row,
                Scan::Partial => {
                    if self.filled - self.start > MAX_ROW {
                        return Err(RowError::TooLong(self.line));
                    }
                    self.fill()?;
                    continue;
                }
                Scan::OpenQuote(lines) => {
                    let opened = self.line + lines;
                    if self.is_open() && self.judged == 0 {
                        match self.settle() {
                            Ok(()) if self.style != Style::Doubled => continue,
                            Ok(()) | Err(RowError::Contradiction(_)) => {}
                            Err(other) => return Err(other),
                        }
                    }
                    return Err(RowError::OpenQuote(opened));
                }
            };
            if row.next == self.start {
                return Ok(None);
            }
            if self.width > 0 && self.is_open() && self.judged == 0 && self.tells(row.next) {
                self.settle()?;
                continue;
            }
            let blank = dialect::is_blank(&self.fields, bytes);
            let contradicts = match self.style {
                Style::Plain => {
                    !blank
                        && self.width > 0
                        && self.fields.len() != self.width
                        && dialect::opens_or_escapes(&self.fields, bytes)
                }
                Style::Doubled | Style::Escaped => row.flaw == Some(Flaw::Swallowed),
                Style::Copy => row.flaw.is_some(),
            };
            if contradicts {
                return Err(RowError::Contradiction(self.line));
            }
            self.judged = self.judged.saturating_sub(row.next - self.start);
            self.start = row.next;
            self.next_line += row.lines;
            if blank {
                continue;
            }
            if self.width == 0 {
                self.width = self.fields.len();
            }
            let row = SourceRow::new(&self.buffer, &self.fields, self.style, self.line);
            return Ok(Some(SourceRow {
                backslashes: self.backslashes,
                ..row
            }));
        }
    }

    /// Whether more than one way of writing quotes still comes into question.
    fn is_open(&self) -> bool {
        self.styles.len() > 1
    }

    /// Whether the row up to `next` may tell how quotes are written.
    fn tells(&self, next: usize) -> bool {
        let row = &self.buffer[self.start..next];
        if self.style == Style::Plain {
            return memchr2(b'"', b'\\', row).is_some()
                && self.fields.iter().any(|f| {
                    let text = &self.buffer[f.range.clone()];
                    text.first() == Some(&b'"') || (text != b"\\N" && memchr(b'\\', text).is_some())
                });
        }
        memchr(b'\\', row).is_some() && memchr(b'"', row).is_some()
    }

    /// Looks at the next stretch of the file, from the row at `start` on, and tells how quotes are written.
    fn settle(&mut self) -> Result<(), RowError> {
        while self.filled - self.start < SAMPLE && !self.ended {
            self.fill()?;
        }
        let sample = &self.buffer[self.start..self.filled];
        let settled = dialect::settle(self.styles, self.delimiter, sample, self.ended, self.width)
            .map_err(|lines| RowError::Contradiction(self.line + lines))?;
        let dialect::Settled { style, certain, .. } = settled;
        self.judged = sample.len();
        self.style = style;
        self.backslashes = settled.backslashes;
        // With tabs, what a quote is has to be said now: the row at hand has one.
        if certain || self.delimiter == b'\t' {
            self.styles = match style {
                Style::Plain => &[Style::Plain],
                Style::Doubled => &[Style::Doubled],
                Style::Escaped => &[Style::Escaped],
                Style::Copy => &[Style::Copy],
            };
        }
        Ok(())
    }

    /// Moves what is left to the front and reads more behind it.
    fn fill(&mut self) -> Result<(), RowError> {
        self.buffer.copy_within(self.start..self.filled, 0);
        self.filled -= self.start;
        self.start = 0;
        if self.buffer.len() - self.filled < CHUNK / 2 {
            self.buffer.resize(self.buffer.len() * 2, 0);
        }
        loop {
            match self.source.read(&mut self.buffer[self.filled..]) {
                Ok(0) => self.ended = true,
                Ok(n) => {
                    self.filled += n;
                    // A long row is scanned again from its start: read much at a time, so that it is not scanned often.
                    if self.filled > CHUNK && self.filled < self.buffer.len() {
                        continue;
                    }
                }
                Err(e) if e.kind() == io::ErrorKind::Interrupted => continue,
                Err(e) => return Err(RowError::Io(e)),
            }
            return Ok(());
        }
    }
}

#[cfg(test)]
mod tests;
