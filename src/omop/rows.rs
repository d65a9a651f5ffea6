//! A CSV table as a stream of rows, each with the line it starts on.
//!
//! In: bytes, plain or already decompressed. Out: rows of byte fields, one at a time, in one reused buffer. It holds one
//! row in memory, never a table. Quotes count only at the start of a field, as in Python's and R's readers; a quote
//! that never closes is an error that names the line where it opens.

use std::borrow::Cow;
use std::io::{self, Read};
use std::ops::Range;

use memchr::{memchr, memchr2};

/// A row longer than this is a defect of the file (a quote that does not close, or no table at all), in bytes.
const MAX_ROW: usize = 256 << 20;
const CHUNK: usize = 256 << 10;

/// Why a row could not be read. Nothing can be read after it.
#[derive(Debug)]
pub(crate) enum RowError {
    /// The file or its compression cannot be read.
    Io(io::Error),
    /// A quote that opens on this line never closes.
    OpenQuote(u64),
    /// The row that starts on this line is longer than [`MAX_ROW`].
    TooLong(u64),
}

/// A field's place in the buffer.
#[derive(Clone, Debug)]
struct Field {
    range: Range<usize>,
    /// Whether `""` in it stands for `"`.
    doubled: bool,
}

/// Reads rows one after another.
pub(crate) struct Rows<R> {
    source: R,
    delimiter: u8,
    /// Athena's vocabulary files are tab separated and use no quotes at all.
    quoting: bool,
    buffer: Vec<u8>,
    start: usize,
    filled: usize,
    ended: bool,
    fields: Vec<Field>,
    line: u64,
    next_line: u64,
}

/// One row; borrows the reader's buffer.
pub(crate) struct Row<'a> {
    buffer: &'a [u8],
    fields: &'a [Field],
    /// The line on which it starts, counted from 1.
    pub(crate) line: u64,
}

impl Row<'_> {
    /// How many fields it has.
    pub(crate) fn len(&self) -> usize {
        self.fields.len()
    }

    /// A field without its quotes; empty where there is none at this place.
    pub(crate) fn get(&self, at: usize) -> Cow<'_, [u8]> {
        let Some(field) = self.fields.get(at) else {
            return Cow::Borrowed(&[]);
        };
        let raw = &self.buffer[field.range.clone()];
        if !field.doubled {
            return Cow::Borrowed(raw);
        }
        let mut plain = Vec::with_capacity(raw.len());
        let mut rest = raw;
        while let Some(at) = memchr(b'"', rest) {
            plain.extend_from_slice(&rest[..=at]);
            rest = rest[at + 1..]
                .strip_prefix(b"\"")
                .unwrap_or(&rest[at + 1..]);
        }
        plain.extend_from_slice(rest);
        Cow::Owned(plain)
    }
}

/// What came of looking for a row's end in what is buffered.
enum Scan {
    /// A row, and where the next one starts.
    Row(usize),
    /// More bytes are needed.
    Partial,
    /// The end of the file came inside quotes that opened on this line.
    OpenQuote(u64),
}

impl<R: Read> Rows<R> {
    /// Rows of `source`; the delimiter (comma, tab or semicolon) is told from the first line.
    pub(crate) fn new(source: R) -> Result<Self, RowError> {
        let mut rows = Rows {
            source,
            delimiter: b',',
            quoting: true,
            buffer: vec![0; CHUNK],
            start: 0,
            filled: 0,
            ended: false,
            fields: Vec::new(),
            line: 0,
            next_line: 1,
        };
        while !rows.ended && memchr(b'\n', &rows.buffer[..rows.filled]).is_none() {
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
        } else {
            b','
        };
        rows.quoting = rows.delimiter != b'\t' || head.contains(&b'"');
        Ok(rows)
    }

    /// Whether the first bytes are a UTF-16 byte order mark.
    pub(crate) fn is_utf16(&self) -> bool {
        matches!(
            self.buffer[..self.filled],
            [0xff, 0xfe, ..] | [0xfe, 0xff, ..]
        )
    }

    /// The next row; blank lines are no rows.
    pub(crate) fn next(&mut self) -> Result<Option<Row<'_>>, RowError> {
        loop {
            self.line = self.next_line;
            match self.scan() {
                Scan::Row(next) => {
                    let blank = self.fields.len() == 1 && self.fields[0].range.is_empty();
                    let end_of_file = next == self.start;
                    self.start = next;
                    if end_of_file {
                        return Ok(None);
                    }
                    if !blank {
                        return Ok(Some(Row {
                            buffer: &self.buffer,
                            fields: &self.fields,
                            line: self.line,
                        }));
                    }
                }
                Scan::Partial => {
                    self.next_line = self.line;
                    if self.filled - self.start > MAX_ROW {
                        return Err(RowError::TooLong(self.line));
                    }
                    self.fill()?;
                }
                Scan::OpenQuote(line) => return Err(RowError::OpenQuote(line)),
            }
        }
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

    /// Finds the fields of the row at `start`.
    fn scan(&mut self) -> Scan {
        self.fields.clear();
        let b = &self.buffer[..self.filled];
        let mut at = self.start;
        loop {
            let mut doubled = false;
            let field = at;
            let mut text = None;
            if self.quoting && b.get(at) == Some(&b'"') {
                let opened = self.next_line;
                at += 1;
                loop {
                    let Some(n) = memchr(b'"', &b[at..]) else {
                        return if self.ended {
                            Scan::OpenQuote(opened)
                        } else {
                            Scan::Partial
                        };
                    };
                    self.next_line += count_lines(&b[at..at + n]);
                    at += n + 1;
                    if at == b.len() && !self.ended {
                        return Scan::Partial;
                    }
                    if b.get(at) != Some(&b'"') {
                        break;
                    }
                    doubled = true;
                    at += 1;
                }
                text = Some(field + 1..at - 1);
            }
            let Some(n) = memchr2(self.delimiter, b'\n', &b[at..]) else {
                if !self.ended {
                    return Scan::Partial;
                }
                // The last line without a line break.
                let end = trim_cr(b, at, b.len());
                let range = close(text, field, at, end);
                self.fields.push(Field { range, doubled });
                return Scan::Row(b.len());
            };
            let stop = at + n;
            if b[stop] == b'\n' {
                let end = trim_cr(b, at, stop);
                let range = close(text, field, at, end);
                self.fields.push(Field { range, doubled });
                self.next_line += 1;
                return Scan::Row(stop + 1);
            }
            let range = close(text, field, at, stop);
            self.fields.push(Field { range, doubled });
            at = stop + 1;
        }
    }
}

/// The range of a field: what the quotes held, with anything that stands between the closing quote and the delimiter.
fn close(quoted: Option<Range<usize>>, field: usize, at: usize, end: usize) -> Range<usize> {
    match quoted {
        Some(inner) if at == end => inner,
        // Text after a closing quote: keep all of it, quotes included, rather than lose some.
        Some(_) | None => field..end,
    }
}

fn trim_cr(b: &[u8], from: usize, end: usize) -> usize {
    if end > from && b[end - 1] == b'\r' {
        end - 1
    } else {
        end
    }
}

fn count_lines(b: &[u8]) -> u64 {
    memchr::memchr_iter(b'\n', b).count() as u64
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    /// Gives one byte at a time, so that every state is met at a buffer's end.
    struct Dribble<'a>(&'a [u8]);
    impl Read for Dribble<'_> {
        fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
            let n = self.0.len().min(1).min(buffer.len());
            buffer[..n].copy_from_slice(&self.0[..n]);
            self.0 = &self.0[n..];
            Ok(n)
        }
    }

    fn read(source: impl Read) -> Result<Vec<(u64, Vec<String>)>, RowError> {
        let mut rows = Rows::new(source)?;
        let mut all = Vec::new();
        while let Some(row) = rows.next()? {
            let fields = (0..row.len())
                .map(|i| String::from_utf8_lossy(&row.get(i)).into_owned())
                .collect();
            all.push((row.line, fields));
        }
        Ok(all)
    }

    fn rows(text: &str) -> Vec<(u64, Vec<String>)> {
        let whole = read(text.as_bytes()).expect("readable");
        let dribbled = read(Dribble(text.as_bytes())).expect("readable");
        assert_eq!(whole, dribbled);
        whole
    }

    fn owned(line: u64, fields: &[&str]) -> (u64, Vec<String>) {
        (line, fields.iter().map(|f| (*f).to_owned()).collect())
    }

    #[test]
    fn quotes_line_breaks_and_lines_are_kept() {
        assert_eq!(
            rows("\u{feff}a,b\r\n\"x, \"\"y\"\"\n z\",2\r\n\n3,\"\"\n,\n4,5"),
            [
                owned(1, &["a", "b"]),
                owned(2, &["x, \"y\"\n z", "2"]),
                owned(5, &["3", ""]),
                owned(6, &["", ""]),
                owned(7, &["4", "5"]),
            ]
        );
        assert_eq!(rows(""), []);
        assert_eq!(rows("a"), [owned(1, &["a"])]);
    }

    #[test]
    fn a_quote_inside_a_field_is_text() {
        assert_eq!(
            rows("a,b\n5\" needle,\"q\" r\n"),
            [owned(1, &["a", "b"]), owned(2, &["5\" needle", "\"q\" r"])]
        );
    }

    #[test]
    fn tabs_are_told_from_the_header_and_have_no_quotes() {
        assert_eq!(
            rows("a\tb, c\n\"x\t2\n"),
            [owned(1, &["a", "b, c"]), owned(2, &["\"x", "2"])]
        );
    }

    #[test]
    fn an_open_quote_names_its_line() {
        for source in ["a,b\n1,2\n3,\"4\n5,6\n", "a,b\n1,2\n3,\""] {
            let Err(RowError::OpenQuote(line)) = read(Dribble(source.as_bytes())) else {
                panic!("an open quote");
            };
            assert_eq!(line, 3);
        }
    }

    proptest! {
        #[test]
        fn what_is_written_is_read(table in prop::collection::vec(prop::collection::vec("[ab,\"\r\n é]{0,6}", 3), 0..6)) {
            let mut text = String::from("h1,h2,h3\n");
            for row in &table {
                let fields: Vec<String> = row.iter().map(|f| format!("\"{}\"", f.replace('"', "\"\""))).collect();
                text.push_str(&fields.join(","));
                text.push('\n');
            }
            let back = rows(&text);
            prop_assert_eq!(back.len(), table.len() + 1);
            for (got, want) in back.iter().skip(1).zip(&table) {
                prop_assert_eq!(&got.1, want);
            }
        }
    }
}
