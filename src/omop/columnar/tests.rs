//! Parquet files written by the test and read back as rows.

use std::fs::File;
use std::path::Path;
use std::sync::Arc;

use parquet::basic::Compression;
use parquet::column::writer::ColumnWriter;
use parquet::data_type::{ByteArray, Int96};
use parquet::file::metadata::KeyValue;
use parquet::file::properties::WriterProperties;
use parquet::file::writer::SerializedFileWriter;
use parquet::schema::parser::parse_message_type;

use super::*;
use crate::omop::intake::{Meter, Source, each_row};
use crate::omop::report::{ImportReport, Reason, Tally};
use crate::omop::tables::Table;

/// Writes a file with two groups of rows; `fill` writes each column of each group.
fn write(path: &Path, schema: &str, fill: &dyn Fn(usize, usize, &mut ColumnWriter<'_>)) {
    write_with(path, schema, None, fill);
}

/// The same, with what pandas notes of its columns.
fn write_with(
    path: &Path,
    schema: &str,
    pandas: Option<&str>,
    fill: &dyn Fn(usize, usize, &mut ColumnWriter<'_>),
) {
    let note = |text: &str| vec![KeyValue::new("pandas".to_owned(), text.to_owned())];
    let schema = Arc::new(parse_message_type(schema).expect("a schema"));
    let properties = WriterProperties::builder()
        .set_compression(Compression::SNAPPY)
        .set_key_value_metadata(pandas.map(note))
        .build();
    let target = File::create(path).expect("writable");
    let mut out =
        SerializedFileWriter::new(target, schema, Arc::new(properties)).expect("a writer");
    for group in 0..2 {
        let mut rows = out.next_row_group().expect("a group");
        let mut column = 0;
        while let Some(mut next) = rows.next_column().expect("a column") {
            fill(group, column, next.untyped());
            next.close().expect("written");
            column += 1;
        }
        rows.close().expect("written");
    }
    out.close().expect("written");
}

fn read(path: &Path) -> Vec<Vec<String>> {
    let mut rows =
        Columns::open(path, &|name| name != "unwanted", Box::new(|_| {})).expect("a file");
    let mut all = Vec::new();
    while let Some(row) = rows.next().expect("readable") {
        all.push(
            (0..row.len())
                .map(|i| String::from_utf8_lossy(&row.get(i)).into_owned())
                .collect(),
        );
    }
    all
}

/// Writes an `optional` column, `None` where nothing is known.
macro_rules! optional {
    ($writer:expr, $kind:ident, $values:expr) => {{
        let values: Vec<_> = $values.into_iter().collect();
        let levels: Vec<i16> = values.iter().map(|v| i16::from(v.is_some())).collect();
        let values: Vec<_> = values.into_iter().flatten().collect();
        let ColumnWriter::$kind(writer) = $writer else {
            panic!("another type of column");
        };
        writer
            .write_batch(&values, Some(&levels), None)
            .expect("written");
    }};
}

/// A column of each type.
const KINDS: &str = "message t {
        required int64 Person_ID;
        optional int32 day (DATE);
        optional int64 micros (TIMESTAMP(MICROS,false));
        optional int64 utc (TIMESTAMP(MILLIS,true));
        optional int64 nanos (TIMESTAMP(NANOS,false));
        optional int96 old;
        optional double number;
        optional float short;
        optional int64 whole (DECIMAL(18,3));
        optional fixed_len_byte_array(3) fixed (DECIMAL(6,2));
        optional binary text (STRING);
        optional int32 clock (TIME(MILLIS,false));
        optional boolean yes;
        optional int32 unsigned (INTEGER(32,false));
        optional binary unwanted (STRING);
}";

fn fill_kinds(group: usize, column: usize, writer: &mut ColumnWriter<'_>) {
    let day = 18_263; // 2020-01-02
    let some = |n: i64| [Some(n), None];
    match column {
        0 => {
            let ColumnWriter::Int64ColumnWriter(writer) = writer else {
                panic!("another type of column");
            };
            let ids = [group as i64 * 10 + 1, -2];
            writer.write_batch(&ids, None, None).expect("written");
        }
        1 => optional!(writer, Int32ColumnWriter, [Some(day), Some(i32::MAX)]),
        2 => {
            let second = i64::from(day) * 86_400 + 3_661;
            optional!(writer, Int64ColumnWriter, some(second * 1_000_000));
        }
        3 => optional!(writer, Int64ColumnWriter, some(-1)),
        4 => optional!(
            writer,
            Int64ColumnWriter,
            some(i64::from(day) * 86_400_000_000_000 + 500)
        ),
        5 => {
            let mut old = Int96::new();
            old.set_data(1_000_000_000, 0, 2_440_588 + 18_263);
            optional!(writer, Int96ColumnWriter, [Some(old), None]);
        }
        6 => optional!(writer, DoubleColumnWriter, [Some(77.0), Some(7.25)]),
        7 => optional!(writer, FloatColumnWriter, [Some(0.1_f32), None]),
        8 => optional!(writer, Int64ColumnWriter, [Some(-7_250), Some(5_000)]),
        9 => {
            let bytes = vec![0xff, 0xff, 0x9c]; // -100
            optional!(
                writer,
                FixedLenByteArrayColumnWriter,
                [Some(ByteArray::from(bytes).into()), None]
            );
        }
        10 => optional!(
            writer,
            ByteArrayColumnWriter,
            [
                Some(ByteArray::from("a,\"b\"\nc")),
                Some(ByteArray::from(""))
            ]
        ),
        11 => optional!(writer, Int32ColumnWriter, [Some(3_661_000), None]),
        12 => optional!(writer, BoolColumnWriter, [Some(true), Some(false)]),
        13 => optional!(writer, Int32ColumnWriter, [Some(-1), None]),
        _ => optional!(
            writer,
            ByteArrayColumnWriter,
            [Some(ByteArray::from("no")), None]
        ),
    }
}

#[test]
fn values_are_written_as_a_csv_export_would() {
    let dir = tempfile::tempdir().expect("a temporary folder");
    let path = dir.path().join("measurement.parquet");
    write(&path, KINDS, &fill_kinds);
    let rows = read(&path);
    assert_eq!(rows[0][..3], ["person_id", "day", "micros"]);
    assert_eq!(rows[0].len(), 14);
    let first = [
        "1",
        "2020-01-02",
        "2020-01-02 01:01:01",
        "1969-12-31 23:59:59.999Z",
        "2020-01-02 00:00:00.0000005",
        "2020-01-02 00:00:01Z",
        "77.0",
        "0.1",
        "-7.25",
        "-1",
        "a,\"b\"\nc",
        "01:01:01",
        "true",
        "4294967295",
    ];
    assert_eq!(rows[1], first);
    let second = [
        "-2",
        "2147483647 days since 1970",
        "",
        "",
        "",
        "",
        "7.25",
        "",
        "5",
        "",
        "",
        "",
        "false",
        "",
    ];
    assert_eq!(rows[2], second);
    assert_eq!(rows[3][0], "11");
    assert_eq!(rows.len(), 5);
}

/// 08:00 and 21:30 in California: of the second the day is another in UTC.
const MOMENTS: [i64; 2] = [1_577_894_400_000, 1_577_943_000_000];

const OF_UTC: &str = "message t {
        required int64 subject_id;
        optional int64 time (TIMESTAMP(MILLIS,true));
        required binary code (STRING);
        optional int32 guess;
}";

fn fill_moments(_: usize, column: usize, writer: &mut ColumnWriter<'_>) {
    match writer {
        ColumnWriter::Int64ColumnWriter(writer) if column == 0 => {
            writer.write_batch(&[1, 1], None, None).expect("written");
        }
        ColumnWriter::ByteArrayColumnWriter(writer) => {
            let codes = [ByteArray::from("LAB//K"), ByteArray::from("LAB//NA")];
            writer.write_batch(&codes, None, None).expect("written");
        }
        writer if column == 1 => optional!(writer, Int64ColumnWriter, MOMENTS.map(Some)),
        writer => optional!(writer, Int32ColumnWriter, [Some(1), Some(2)]),
    }
}

#[test]
fn a_stated_zone_gives_the_time_on_the_wall() {
    let dir = tempfile::tempdir().expect("a temporary folder");
    let path = dir.path().join("0.parquet");
    let stated = r#"{"columns": [{"name": "time", "field_name": "time", "pandas_type": "datetimetz",
        "metadata": {"timezone": "America/Los_Angeles"}}]}"#;
    write_with(&path, OF_UTC, Some(stated), &fill_moments);
    let rows = read(&path);
    assert_eq!(rows[1][1], "2020-01-01 08:00:00");
    assert_eq!(rows[2][1], "2020-01-01 21:30:00");
    assert_eq!(doubts(&path), [(Reason::ValuesNotRead, 4)]);
    // Nobody says where the patient was.
    write(&path, OF_UTC, &fill_moments);
    assert_eq!(read(&path)[2][1], "2020-01-02 05:30:00Z");
    assert_eq!(
        doubts(&path),
        [(Reason::StoredAsUtc, 4), (Reason::ValuesNotRead, 4)]
    );
}

/// What the intake doubts of a file of MEDS, and of how many rows.
fn doubts(path: &Path) -> Vec<(Reason, u64)> {
    let source = Source {
        table: Table::Meds,
        path,
        number: 0,
        server: None,
    };
    let mut tally = Tally::default();
    let nobody: Meter = Arc::new(|_| {});
    each_row(source, &nobody, &mut tally, &mut |_, _, _| Ok(())).expect("readable");
    let report = ImportReport::table(Table::Meds, Vec::new(), &tally);
    assert_eq!(
        report.unused_columns.others.iter().collect::<Vec<_>>(),
        [&4]
    );
    let doubts = report.doubts.iter();
    doubts.map(|doubt| (doubt.reason, doubt.rows)).collect()
}

/// A decimal of more digits than 128 bits hold, and bytes of which nobody says what they are, are refused; a sign that is repeated is no digit.
#[test]
fn bytes_of_no_meaning_are_not_read() {
    let dir = tempfile::tempdir().expect("a temporary folder");
    let path = dir.path().join("note.parquet");
    let put = |column: &str, bytes: usize| {
        let mut value = vec![0xff; bytes];
        value[bytes - 1] = 0x9c; // -100
        let schema = format!("message t {{ optional {column}; }}");
        write(&path, &schema, &|_, _, writer| {
            let value = ByteArray::from(value.clone());
            if matches!(writer, ColumnWriter::ByteArrayColumnWriter(_)) {
                optional!(writer, ByteArrayColumnWriter, [Some(value), None]);
            } else {
                optional!(
                    writer,
                    FixedLenByteArrayColumnWriter,
                    [Some(value.into()), None]
                );
            }
        });
        Columns::open(&path, &|_| true, Box::new(|_| {})).map(|_| ())
    };
    for (column, bytes) in [
        ("fixed_len_byte_array(32) long (DECIMAL(76,38))", 32),
        ("binary long (DECIMAL(39,2))", 17),
        ("fixed_len_byte_array(16) bare", 16),
    ] {
        let error = put(column, bytes).expect_err(column).to_string();
        assert!(error.contains("type that no OMOP table has"), "{error}");
    }
    put("binary padded (DECIMAL(10,2))", 20).expect("a table");
    assert_eq!(read(&path)[..2], [["padded"], ["-1"]]);
}

#[test]
fn long_columns_are_read_in_stretches() {
    let dir = tempfile::tempdir().expect("a temporary folder");
    let path = dir.path().join("note.parquet");
    let rows = 3 * BATCH + 7;
    let text = |n: usize| n.is_multiple_of(3).then(|| format!("note {n}"));
    write(
        &path,
        "message t { optional int64 id; optional binary note_text (STRING); }",
        &|group, column, writer| {
            let numbers = (0..rows).map(|n| group * rows + n);
            if column == 0 {
                optional!(writer, Int64ColumnWriter, numbers.map(|n| Some(n as i64)));
            } else {
                let texts = numbers.map(|n| text(n).map(|t| ByteArray::from(t.as_str())));
                optional!(writer, ByteArrayColumnWriter, texts);
            }
        },
    );
    let read = read(&path);
    assert_eq!(read.len(), 2 * rows + 1);
    for (n, row) in read[1..].iter().enumerate() {
        assert_eq!(row[..], [n.to_string(), text(n).unwrap_or_default()]);
    }
}

#[test]
fn what_is_no_table_is_refused_by_name() {
    let dir = tempfile::tempdir().expect("a temporary folder");
    let path = dir.path().join("note.parquet");
    write(
        &path,
        "message t { required group codes (LIST) { repeated group list { required int64 element; } } }",
        &|_, _, writer| {
            let ColumnWriter::Int64ColumnWriter(writer) = writer else {
                panic!("another type of column");
            };
            writer
                .write_batch(&[1], Some(&[1]), Some(&[0]))
                .expect("written");
        },
    );
    let open = |path: &Path| match Columns::open(path, &|_| true, Box::new(|_| {})) {
        Ok(_) => panic!("it was taken"),
        Err(error) => error.to_string(),
    };
    assert!(open(&path).contains("column codes"), "{}", open(&path));
    let whole = std::fs::read(&path).expect("readable");
    std::fs::write(&path, &whole[..whole.len() - 9]).expect("writable");
    assert!(is_parquet(&path));
    assert!(open(&path).contains("no whole Parquet file"));
}

#[test]
fn damaged_files_are_damaged_and_no_more() {
    let dir = tempfile::tempdir().expect("a temporary folder");
    let path = dir.path().join("measurement.parquet");
    let mut seeds = Vec::new();
    for (schema, fill) in [
        (
            KINDS,
            &fill_kinds as &dyn Fn(usize, usize, &mut ColumnWriter<'_>),
        ),
        (
            "message t { required int64 person_id; optional binary text (STRING); }",
            &|group, column, writer| {
                let all = 0..40 * (group + 1);
                if column == 0 {
                    fill_kinds(group, 0, writer);
                    fill_kinds(group + 1, 0, writer);
                } else {
                    let texts = all
                        .take(4)
                        .map(|n| (n != 2).then(|| ByteArray::from("same")));
                    optional!(writer, ByteArrayColumnWriter, texts);
                }
            },
        ),
    ] {
        write(&path, schema, fill);
        seeds.push(std::fs::read(&path).expect("readable"));
    }
    crate::mutations::hold("Parquet tables", &seeds, |bytes| {
        std::fs::write(&path, bytes).expect("writable");
        let Ok(mut rows) = Columns::open(&path, &|name| name != "unwanted", Box::new(|_| {}))
        else {
            return false;
        };
        let mut read = 0;
        loop {
            match rows.next() {
                Ok(Some(_)) => read += 1,
                Ok(None) => return true,
                Err(error) => {
                    assert!(matches!(error, RowError::Damaged(row) if row <= read + 1));
                    return read > 1;
                }
            }
        }
    });
}

#[test]
fn rows_that_the_footer_forgets_are_missed() {
    let dir = tempfile::tempdir().expect("a temporary folder");
    let path = dir.path().join("measurement.parquet");
    write(
        &path,
        "message t { required int64 person_id; }",
        &|group, _, writer| fill_kinds(group, 0, writer),
    );
    let open = || Columns::open(&path, &|_| true, Box::new(|_| {}));
    let whole = std::fs::read(&path).expect("readable");
    // The footer says 4 rows in all (its field 3), and 2 in each group: one of these numbers is made less by one.
    let footer = whole.len()
        - 8
        - u32::from_le_bytes(whole[whole.len() - 8..][..4].try_into().expect("4 bytes")) as usize;
    let mut seen = 0;
    for at in footer..whole.len() - 8 {
        let mut less = whole.clone();
        less[at] = less[at].wrapping_sub(2);
        std::fs::write(&path, &less).expect("writable");
        let Ok(mut rows) = open() else { continue };
        let mut read = 0;
        let end = loop {
            match rows.next() {
                Ok(Some(_)) => read += 1,
                end => break end.is_ok(),
            }
        };
        // A whole end has the header and all four rows.
        assert!(!end || read == 5, "byte {at}: {read} rows");
        seen += u64::from(end);
    }
    assert!(seen > 10, "{seen}");
}
