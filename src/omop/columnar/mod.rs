//! A Parquet table as a stream of rows, each with the number of its row.
//!
//! In: a file, and which of its columns are wanted. Out: rows of byte fields, written as a CSV export of the same table
//! would hold them, so that one intake judges both. It holds a stretch of each column in memory, never a table. Never:
//! a value of a kind that it cannot write out, passed over in silence; a day out of range made into another.

mod value;
mod zone;

use std::fs::File;
use std::io::Read as _;
use std::path::Path;

use parquet::column::reader::{ColumnReader, ColumnReaderImpl};
use parquet::data_type::DataType;
use parquet::errors::ParquetError;
use parquet::file::reader::{FileReader, SerializedFileReader};

use super::dialect::{Field, Style};
use super::rows::{RowError, SourceRow};
use crate::error::{Error, Result};
use crate::work::quiet::caught;
use value::{Cell, Form};
use zone::Zones;

/// So many rows of each column are decoded at a time; notes are long, so it is small.
const BATCH: usize = 1024;

/// Who is told how many bytes of the file were read.
type Meter = Box<dyn FnMut(u64) + Send>;

/// Reads rows one after another; the first has the names of the columns.
pub(crate) struct Columns {
    file: SerializedFileReader<File>,
    wanted: Vec<WantedColumn>,
    /// The names of all others, each with its place among all, from 1.
    others: Vec<(usize, String)>,
    /// The row group that comes next.
    group: usize,
    /// Rows of the present group that are not decoded yet.
    left: usize,
    /// Compressed bytes of the present group a row.
    weight: f64,
    batch: usize,
    at: usize,
    row: u64,
    header: bool,
    buffer: Vec<u8>,
    fields: Vec<Field>,
    meter: Meter,
}

struct WantedColumn {
    name: String,
    leaf: usize,
    form: Form,
    optional: bool,
    cells: Option<Box<dyn Cells>>,
    /// For an optional column 1 where there is a value.
    levels: Vec<i16>,
    /// The next value among those decoded.
    next: usize,
}

/// Whether a file begins as a Parquet file does.
pub(crate) fn is_parquet(path: &Path) -> bool {
    let mut start = [0; 4];
    let read = File::open(path).and_then(|mut f| f.read_exact(&mut start));
    read.is_ok() && start == *b"PAR1"
}

impl Columns {
    /// Opens a file; of its columns those are read whose name in lower case is `wanted`.
    ///
    /// # Errors
    /// When it is no whole Parquet file, or a wanted column is of a kind that no table has.
    pub(crate) fn open(path: &Path, wanted: &dyn Fn(&str) -> bool, meter: Meter) -> Result<Self> {
        let file = File::open(path).map_err(|e| Error::io(path, "opening the table", e))?;
        let file = caught(|| SerializedFileReader::new(file))
            .unwrap_or_else(panicked)
            .map_err(|e| broken(path, &e))?;
        let schema = file.metadata().file_metadata().schema_descr_ptr();
        let groups = file.metadata().row_groups().iter();
        let rows = groups.fold(0_i64, |sum, group| sum.saturating_add(group.num_rows()));
        if rows != file.metadata().file_metadata().num_rows() {
            return Err(broken(path, &ParquetError::General("other counts".into())));
        }
        let zones = Zones::of(file.metadata().file_metadata().key_value_metadata());
        let mut columns = Vec::new();
        let mut others: Vec<(usize, String)> = Vec::new();
        for (leaf, column) in schema.columns().iter().enumerate() {
            let parts = column.path().parts();
            let name = parts[0].trim().to_lowercase();
            if !wanted(&name) {
                // A group has many leaves.
                if others.last().is_none_or(|(_, last)| *last != name) {
                    others.push((columns.len() + others.len() + 1, name));
                }
                continue;
            }
            let form = (parts.len() == 1 && column.max_rep_level() == 0)
                .then(|| Form::of(column, &zones))
                .flatten();
            let Some(form) = form else {
                return Err(Error::unreadable(
                    path,
                    format_args!(
                        "the column {name} holds lists, groups or a type that no OMOP table has"
                    ),
                )
                .hint("export it as plain text, numbers or times"));
            };
            columns.push(WantedColumn {
                name,
                leaf,
                form,
                optional: column.max_def_level() > 0,
                cells: None,
                levels: Vec::new(),
                next: 0,
            });
        }
        Ok(Columns {
            file,
            wanted: columns,
            others,
            group: 0,
            left: 0,
            weight: 0.0,
            batch: 0,
            at: 0,
            row: 0,
            header: false,
            buffer: Vec::new(),
            fields: Vec::new(),
            meter,
        })
    }

    /// The columns that are not read: each with its place in the file, from 1, and its name in lower case.
    pub(crate) fn others(&self) -> &[(usize, String)] {
        &self.others
    }

    /// The places in a row of moments that are stored as UTC, while no zone is known that they were written in.
    pub(crate) fn of_utc(&self) -> Vec<usize> {
        let columns = self.wanted.iter().enumerate();
        let of_utc = columns.filter(|(_, column)| column.form.is_of_utc());
        of_utc.map(|(at, _)| at).collect()
    }

    /// The next row: first the names of the columns, then the values.
    pub(crate) fn next(&mut self) -> Result<Option<SourceRow<'_>>, RowError> {
        self.buffer.clear();
        self.fields.clear();
        if !self.header {
            self.header = true;
            for column in &self.wanted {
                push(&mut self.buffer, &mut self.fields, |out| {
                    out.extend_from_slice(column.name.as_bytes());
                });
            }
            return Ok(Some(self.present()));
        }
        while self.at == self.batch {
            let filled = caught(|| self.fill()).unwrap_or_else(panicked);
            if !filled.map_err(|_| RowError::Damaged(self.row + 1))? {
                return Ok(None);
            }
        }
        for column in &mut self.wanted {
            let is_there = !column.optional || column.levels.get(self.at) == Some(&1);
            let WantedColumn {
                cells, next, form, ..
            } = column;
            push(&mut self.buffer, &mut self.fields, |out| {
                if is_there && let Some(cells) = cells {
                    cells.write(*next, form, out);
                    *next += 1;
                }
            });
        }
        self.at += 1;
        self.row += 1;
        Ok(Some(self.present()))
    }

    fn present(&self) -> SourceRow<'_> {
        SourceRow::new(&self.buffer, &self.fields, Style::Plain, self.row)
    }

    /// Decodes the next stretch; false when there is none.
    fn fill(&mut self) -> Result<bool, ParquetError> {
        while self.left == 0 {
            for cells in self.wanted.iter_mut().filter_map(|c| c.cells.as_mut()) {
                if cells.fill(1, Some(&mut Vec::new()))? != 0 {
                    return Err(ParquetError::General(
                        "a column is longer than its table".into(),
                    ));
                }
            }
            if self.group == self.file.num_row_groups() {
                return Ok(false);
            }
            let group = self.file.get_row_group(self.group)?;
            self.left = usize::try_from(group.metadata().num_rows())
                .map_err(|_| ParquetError::General("a negative number of rows".into()))?;
            self.weight =
                group.metadata().compressed_size().max(0) as f64 / self.left.max(1) as f64;
            for column in &mut self.wanted {
                column.cells = Some(cells(group.get_column_reader(column.leaf)?));
            }
            self.group += 1;
        }
        let rows = self.left.min(BATCH);
        for column in &mut self.wanted {
            column.levels.clear();
            column.next = 0;
            let Some(cells) = &mut column.cells else {
                continue;
            };
            let levels = column.optional.then_some(&mut column.levels);
            if cells.fill(rows, levels)? != rows {
                return Err(ParquetError::EOF(
                    "a column is shorter than its table".into(),
                ));
            }
        }
        self.left -= rows;
        self.batch = rows;
        self.at = 0;
        (self.meter)((self.weight * rows as f64) as u64);
        Ok(true)
    }
}

/// Adds a field that `write` writes.
fn push(buffer: &mut Vec<u8>, fields: &mut Vec<Field>, write: impl FnOnce(&mut Vec<u8>)) {
    let start = buffer.len();
    write(buffer);
    fields.push(Field {
        range: start..buffer.len(),
        coded: false,
        quoted: false,
    });
}

/// The library panics on some damaged files.
fn panicked<T>() -> Result<T, ParquetError> {
    Err(ParquetError::General("it panicked".into()))
}

/// The library's own words may quote what the file holds, so they are not passed on.
fn broken(path: &Path, error: &ParquetError) -> Error {
    let what = match error {
        ParquetError::NYI(_) => "this Parquet file uses something that cannot be read here",
        _ => "this is no whole Parquet file",
    };
    Error::unreadable(path, what).hint("check that it was copied whole, or export it again")
}

/// A column's decoded values.
trait Cells: Send {
    /// Decodes the next values of so many rows; gives how many rows there were.
    fn fill(&mut self, rows: usize, levels: Option<&mut Vec<i16>>) -> Result<usize, ParquetError>;
    /// Writes one of them.
    fn write(&self, at: usize, form: &Form, out: &mut Vec<u8>);
}

struct Typed<T: DataType> {
    reader: ColumnReaderImpl<T>,
    values: Vec<T::T>,
}

impl<T: DataType> Cells for Typed<T>
where
    T::T: Cell,
    ColumnReaderImpl<T>: Send,
{
    fn fill(&mut self, rows: usize, levels: Option<&mut Vec<i16>>) -> Result<usize, ParquetError> {
        self.values.clear();
        let mut sum = 0;
        let mut levels = levels;
        while sum < rows {
            let (read, _, _) = self.reader.read_records(
                rows - sum,
                levels.as_deref_mut(),
                None,
                &mut self.values,
            )?;
            if read == 0 {
                break;
            }
            sum += read;
        }
        Ok(sum)
    }

    fn write(&self, at: usize, form: &Form, out: &mut Vec<u8>) {
        if let Some(value) = self.values.get(at) {
            value.write(form, out);
        }
    }
}

fn cells(reader: ColumnReader) -> Box<dyn Cells> {
    fn typed<T: DataType>(reader: ColumnReaderImpl<T>) -> Box<dyn Cells>
    where
        Typed<T>: Cells + 'static,
    {
        Box::new(Typed {
            reader,
            values: Vec::new(),
        })
    }
    match reader {
        ColumnReader::BoolColumnReader(r) => typed(r),
        ColumnReader::Int32ColumnReader(r) => typed(r),
        ColumnReader::Int64ColumnReader(r) => typed(r),
        ColumnReader::Int96ColumnReader(r) => typed(r),
        ColumnReader::FloatColumnReader(r) => typed(r),
        ColumnReader::DoubleColumnReader(r) => typed(r),
        ColumnReader::ByteArrayColumnReader(r) => typed(r),
        ColumnReader::FixedLenByteArrayColumnReader(r) => typed(r),
    }
}

#[cfg(test)]
mod tests;
