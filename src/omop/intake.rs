//! One table, read from start to end: rows of persons go to the spill, look-up tables to their readers.
//!
//! In: a file, of text or Parquet. Out: its columns by meaning, its rows as clean fields, a tally of what could not be used. It judges what
//! can be judged row by row (field count, ids); dates and references are judged when a patient is put together.

use std::borrow::Cow;
use std::io::Read;
use std::path::Path;
use std::sync::Arc;

use rustc_hash::FxHashSet;

use super::cell::{self, id};
use super::columnar;
use super::header::Columns;
use super::moment;
use super::report::{Reason, TableLine, Tally};
use super::rows::{RowError, Rows, SourceRow};
use super::server::Server;
use super::slots::{SLOTS, Slot};
use super::spill::Spill;
use super::tables::{self, Table};
use crate::error::{Error, Result};

/// Who is told how far the reading is: bytes of files read since the last call.
pub(crate) type Meter = Arc<dyn Fn(u64) + Send + Sync>;

/// A row's fields, empty ones left out.
pub(crate) type Fields<'a> = Vec<(Slot, Cow<'a, str>)>;

/// One file of a table.
#[derive(Clone, Copy)]
pub(crate) struct Source<'a> {
    pub(crate) table: Table,
    pub(crate) path: &'a Path,
    /// Its place among the table's files.
    pub(crate) number: usize,
    /// The server that has the table; `path` is its name there.
    pub(crate) server: Option<&'a Server>,
}

/// Reads rows of persons into the spill. Gives the ids of concepts, care sites and providers that they use.
///
/// # Errors
/// When the file cannot be read, or lacks a column without which its rows mean nothing.
pub(crate) fn read_persons_table(
    source: Source<'_>,
    spill: &Spill,
    chosen: Option<&FxHashSet<i64>>,
    meter: &Meter,
) -> Result<(Tally, FxHashSet<i64>)> {
    let mut tally = Tally::default();
    let mut concepts = FxHashSet::default();
    let mut writer = spill.writer();
    let mut last = [0_i64; SLOTS];
    each_row(source, meter, &mut tally, &mut |tally, line, fields| {
        let Some(person) = person(fields) else {
            tally.count(Reason::BadPerson, line);
            return Ok(());
        };
        if chosen.is_some_and(|c| !c.contains(&person)) {
            tally.count(Reason::NotChosen, line);
            return Ok(());
        }
        for (slot, text) in &fields[..] {
            if slot.is_concept()
                && let Some(concept) = id(text)
                && last[*slot as usize] != concept
            {
                last[*slot as usize] = concept;
                concepts.insert(concept);
            }
            if *slot == Slot::StartDateTime
                && let Some(offset) = moment::offset(text)
            {
                tally.offset(offset, line);
            }
        }
        writer.row(source.table, line, person, &fields[1..])
    })?;
    writer.finish()?;
    Ok((tally, concepts))
}

fn person(fields: &Fields<'_>) -> Option<i64> {
    match fields.first() {
        Some((Slot::Person, text)) => id(text),
        _ => None,
    }
}

/// A row that waits until the next one shows that its text was not cut.
type Held = (TableLine, Vec<(Slot, Cow<'static, str>)>);

/// Reads any table row by row; `each` gets clean fields in the order of slots.
pub(crate) fn each_row(
    source: Source<'_>,
    meter: &Meter,
    tally: &mut Tally,
    each: &mut dyn FnMut(&mut Tally, TableLine, &Fields<'_>) -> Result<()>,
) -> Result<()> {
    let Source {
        table,
        path,
        number,
        server,
    } = source;
    let mut rows = match server {
        Some(server) => {
            let copied = copied(server, table, path, meter)?;
            copied.map_err(|e| broken(source, e))?
        }
        None => rows(source, meter)?,
    };
    let comma = rows.may_have_decimal_commas();
    let is_text = rows.is_text();
    let (others, of_utc) = rows.stated();
    let Some(header) = rows.next().map_err(|e| broken(source, e))? else {
        return Err(Error::unreadable(path, "the file is empty: no header line")
            .hint("move the file away if the table is meant to be missing"));
    };
    let mut columns = Columns::of(table, path, &header, &others)?;
    columns.ends_with_text &= is_text && server.is_none();
    tally.unused.add(&columns.unused);
    let mut held: Option<Held> = None;
    while let Some(row) = rows.next().map_err(|e| broken(source, e))? {
        let line = TableLine::new(number, row.line);
        tally.rows += 1;
        let fits = columns.fit(&row);
        let fields = match fits {
            Ok(doubt) => {
                tally.doubt(doubt, line);
                tally.doubt(columns.values, line);
                if of_utc.iter().any(|at| !row.get(*at).is_empty()) {
                    tally.count(Reason::StoredAsUtc, line);
                }
                Some(fields(&columns, &row, comma, tally, line))
            }
            Err(reason) => {
                tally.count(reason, line);
                None
            }
        };
        // A line that is no row may be the rest of the text that the row before ends with.
        let follows = columns.begins_a_row(&row)
            || fields
                .as_ref()
                .is_some_and(|f| !table.is_of_persons() || person(f).is_some());
        let is_closed = row.is_quoted(row.len().saturating_sub(1));
        if let Some((line, fields)) = held.take() {
            if follows {
                each(tally, line, &fields)?;
            } else {
                tally.count(Reason::CutText, line);
            }
        }
        match fields {
            Some(fields) if columns.ends_with_text && !is_closed && person(&fields).is_some() => {
                let owned = |(slot, text): (Slot, Cow<'_, str>)| (slot, text.into_owned().into());
                held = Some((line, fields.into_iter().map(owned).collect()));
            }
            Some(fields) => each(tally, line, &fields)?,
            None => {}
        }
    }
    match held {
        Some((line, fields)) => each(tally, line, &fields),
        None => Ok(()),
    }
}

/// A table's rows, whatever the file is.
enum TableRows {
    Text(Rows<Box<dyn Read + Send>>),
    Parquet(Box<columnar::Columns>),
}

impl TableRows {
    fn next(&mut self) -> std::result::Result<Option<SourceRow<'_>>, RowError> {
        match self {
            TableRows::Text(rows) => rows.next(),
            TableRows::Parquet(rows) => rows.next(),
        }
    }

    /// Columns of the file that its rows do not have, and the places of moments that are stored as UTC: see [`columnar`].
    fn stated(&self) -> (Vec<(usize, String)>, Vec<usize>) {
        match self {
            TableRows::Text(_) => (Vec::new(), Vec::new()),
            TableRows::Parquet(rows) => (rows.others().to_vec(), rows.of_utc()),
        }
    }

    fn is_text(&self) -> bool {
        matches!(self, TableRows::Text(_))
    }

    /// Where commas do not separate fields.
    fn may_have_decimal_commas(&self) -> bool {
        matches!(self, TableRows::Text(rows) if rows.delimiter() == b';')
    }
}

/// A table of a server; the inner error is one of its rows.
fn copied(
    server: &Server,
    table: Table,
    name: &Path,
    meter: &Meter,
) -> Result<std::result::Result<TableRows, RowError>> {
    let told = Arc::clone(meter);
    let source = tables::Metered::new(server.read(table, name)?, move |n| told(n));
    let rows = Rows::doubled(Box::new(source) as Box<dyn Read + Send>);
    Ok(rows.map(TableRows::Text))
}

fn rows(source: Source<'_>, meter: &Meter) -> Result<TableRows> {
    let Source { table, path, .. } = source;
    let told = Arc::clone(meter);
    if columnar::is_parquet(path) {
        let wanted = |name: &str| {
            let columns = table.spec().columns;
            columns
                .iter()
                .any(|(_, names)| names.split(' ').any(|n| n == name))
        };
        let rows = columnar::Columns::open(path, &wanted, Box::new(move |n| told(n)))?;
        return Ok(TableRows::Parquet(Box::new(rows)));
    }
    let bytes = tables::open(path, move |n| told(n))?;
    let rows = Rows::new(bytes).map_err(|e| broken(source, e))?;
    if rows.is_utf16() {
        return Err(Error::unreadable(path, "the table is UTF-16")
            .hint("save it as UTF-8 and import again"));
    }
    Ok(TableRows::Text(rows))
}

/// Whether a file starts with a header that names what the table needs.
pub(crate) fn has_header(table: Table, path: &Path) -> bool {
    let nobody: Meter = Arc::new(|_| {});
    let source = Source {
        table,
        path,
        number: 0,
        server: None,
    };
    let Ok(mut rows) = rows(source, &nobody) else {
        return false;
    };
    matches!(rows.next(), Ok(Some(header)) if Columns::of(table, path, &header, &[]).is_ok())
}

fn fields<'a>(
    columns: &Columns,
    row: &'a SourceRow<'_>,
    comma: bool,
    tally: &mut Tally,
    line: TableLine,
) -> Fields<'a> {
    let mut fields: Fields<'_> = Vec::with_capacity(columns.places.len());
    // Each doubt once a row.
    let mut doubts: Vec<Reason> = Vec::new();
    for (slot, at) in &columns.places {
        let (text, bytes) = cell::text(row.get(*at));
        let (text, form) = cell::clean(*slot, text, comma);
        fields.extend(text.map(|t| (*slot, t)));
        doubts.extend(bytes.into_iter().chain(form));
        doubts.extend(row.is_unsure(*at).then_some(Reason::Backslashes));
    }
    doubts.sort_unstable();
    doubts.dedup();
    for doubt in doubts {
        tally.count(doubt, line);
    }
    fields
}

fn broken(source: Source<'_>, error: RowError) -> Error {
    let path = source.path;
    match error {
        RowError::Io(e) if source.server.is_some() => {
            let hint = super::server::to_try(&path.to_string_lossy(), &e);
            Error::io(path, "reading the table", e).hint(hint)
        }
        RowError::Io(e) => Error::io(path, "reading the table", e)
            .hint("check that the file is complete, for example with gzip -t"),
        RowError::OpenQuote(line) => Error::unreadable(
            path,
            format_args!("line {line}: a quote opens here and never closes"),
        )
        .hint("close the quote, or write quotes inside a field twice"),
        RowError::NoHeader => Error::unreadable(
            path,
            "line 1: no line break in the first 1 MB: this is no table",
        )
        .hint("check that the file is a CSV table"),
        RowError::Contradiction(line) => Error::unreadable(
            path,
            format_args!(
                "line {line}: the quotes or backslashes here contradict how the rows before are written"
            ),
        )
        .hint("export the table again as CSV, with all text in quotes and quotes inside it doubled"),
        RowError::Damaged(row) => Error::unreadable(
            path,
            format_args!("row {row}, or one soon after it, cannot be decoded"),
        )
        .hint("check that the file was copied whole, or export it again"),
        RowError::TooLong(line) => Error::unreadable(
            path,
            format_args!("line {line}: a row of more than 256 MB starts here"),
        )
        .hint("check that the file is a CSV table"),
    }
}
