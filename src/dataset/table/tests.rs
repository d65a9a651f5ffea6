use super::*;
use proptest::prelude::*;

fn parse(text: &str) -> Table {
    Table::parse(Path::new("t.tsv"), text.as_bytes()).expect("a table")
}

fn cells(table: &Table) -> Vec<Vec<&str>> {
    let row = |r: &'_ Row| r.cells.len();
    table
        .rows()
        .iter()
        .map(|r| (0..row(r)).map(|i| r.get(i)).collect())
        .collect()
}

fn said(table: &Table) -> Vec<String> {
    table.notices().iter().map(ToString::to_string).collect()
}

#[test]
fn quotes_hold_delimiters_line_breaks_and_quotes() {
    let table = parse("a\tb\n1\t\"x\ty\n\"\"z\"\"\"\n2\t\"\"\n");
    assert_eq!(cells(&table), [["1", "x\ty\n\"z\""], ["2", ""]]);
    assert_eq!((table.rows()[0].line(), table.rows()[1].line()), (2, 4));
    assert_eq!(table.position(&table.rows()[1], 1), (4, 3));
    assert!(table.notices().is_empty());
}

#[test]
fn the_delimiter_is_told_from_the_header() {
    assert_eq!(parse("a,b\n1,2\n").delimiter(), ',');
    assert_eq!(parse("a;b\n1;2\n").delimiter(), ';');
    assert_eq!(parse("what, why, when\tb\n1\t2\n").delimiter(), '\t');
    assert_eq!(cells(&parse("\"a\nb\",c\n1,2\n")), [["1", "2"]]);
}

#[test]
fn line_ends_of_all_kinds() {
    assert_eq!(
        cells(&parse("a\tb\r\n1\t2\r\n3\t4")),
        [["1", "2"], ["3", "4"]]
    );
    assert_eq!(
        cells(&parse("a\tb\r1\t2\r3\t4\r")),
        [["1", "2"], ["3", "4"]]
    );
    let table = parse("a\tb\n1\tx\ry\n");
    assert_eq!(cells(&table), [["1", "x\ry"]]);
    assert!(
        said(&table)[0].starts_with("t.tsv:2:4: warning: a bare carriage return"),
        "{:?}",
        said(&table)
    );
    assert_eq!(cells(&parse("a\tb\n\n1\t2\n\n\n")), [["1", "2"]]);
}

#[test]
fn encodings() {
    let utf16: Vec<u8> = "\u{feff}a\tb\n1\té\n"
        .encode_utf16()
        .flat_map(u16::to_le_bytes)
        .collect();
    let table = Table::parse(Path::new("t.tsv"), &utf16).expect("UTF-16");
    assert_eq!(
        (table.header()[0].as_str(), cells(&table)),
        ("a", vec![vec!["1", "é"]])
    );
    let table = Table::parse(Path::new("t.tsv"), b"\xef\xbb\xbfa\tb\n1\tcaf\xe9\n").expect("lossy");
    assert_eq!(
        (table.header()[0].as_str(), cells(&table)),
        ("a", vec![vec!["1", "caf\u{fffd}"]])
    );
    assert!(
        said(&table)
            .iter()
            .any(|n| n.starts_with("t.tsv:2:6: warning: 1 bytes")),
        "{:?}",
        said(&table)
    );
    for bytes in [
        &b"PK\x03\x04zip"[..],
        b"<!DOCTYPE html>",
        b"",
        b"\n\n",
        b"\xef\xbb\xbf{\"a\":1}",
    ] {
        let error = Table::parse(Path::new("t.tsv"), bytes).expect_err("no table");
        assert!(error.to_string().starts_with("t.tsv: line 1: "), "{error}");
    }
}

#[test]
fn a_stray_quote_ends_with_its_line() {
    // It never closes; it meets another cell's quote; that cell starts with an escaped quote.
    for (text, expected) in [
        ("a\tb\n1\t\"x\n2\ty\n", [["1", "\"x"], ["2", "y"]]),
        ("a\tb\n1\t\"x\n2\t\"y\"\n", [["1", "\"x"], ["2", "y"]]),
        (
            "a\tb\n1\t\"x\n2\t\"\"\"y\"\" z\"\n",
            [["1", "\"x"], ["2", "\"y\" z"]],
        ),
        // It meets another stray quote at the end of a cell two rows later.
        ("a\tb\n\"1\tx\n2\t6' 1\"\n", [["\"1", "x"], ["2", "6' 1\""]]),
    ] {
        let table = parse(text);
        assert_eq!(cells(&table), expected, "{text:?}");
        let line = "t.tsv:2:";
        assert!(
            said(&table)[0].starts_with(line) && said(&table)[0].contains("error: a quote opens"),
            "{:?}",
            said(&table)
        );
    }
}

#[test]
fn quotes_that_do_not_fit_leave_the_row_whole() {
    assert_eq!(cells(&parse("a\tb\n\"x\" y\t2\n")), [["\"x\" y", "2"]]);
    assert_eq!(cells(&parse("a\tb\nx \"y\" z\t2\n")), [["x \"y\" z", "2"]]);
    // Lone quotes inside a quoted cell with a line break.
    assert_eq!(
        cells(&parse("a\tb\n1\t\"x \"y\" z\nmore\"\n3\t4\n")),
        [["1", "x \"y\" z\nmore"], ["3", "4"]]
    );
}

#[test]
fn rows_of_the_wrong_width() {
    let table = parse("a\tb\n1\n1\t2\t3\n");
    assert_eq!(cells(&table), [vec!["1"]]);
    assert_eq!(table.lost(), [(3, Off::Long)]);
    assert_eq!(table.rows()[0].get(1), "");
    assert_eq!(
        said(&table),
        [
            "t.tsv:2:1: warning: the row has 1 of 2 cells; the others are read as empty",
            "t.tsv:3:1: error: the row has more cells than the header: a cell that holds a delimiter has to stand in quotes; it is left out",
        ]
    );
    assert!(table.doubts().is_empty());
    let refused = table.whole().expect_err("a row is left out").to_string();
    assert!(refused.starts_with("t.tsv: line 3: "), "{refused}");
}

#[test]
fn a_row_that_line_breaks_cut_is_left_out_whole() {
    for (text, rows, lost) in [
        // In its last cell, over two lines and over three.
        ("a\tb\n1\tone\ntwo\n2\tx\n", vec![["2", "x"]], vec![2, 3]),
        (
            "a\tb\n2\tx\n1\tone\ntwo\nthree\n",
            vec![["2", "x"]],
            vec![3, 4, 5],
        ),
        // In quotes it is whole, and so is what stands before a row that is too short.
        ("a\tb\n1\t\"one\ntwo\"\n", vec![["1", "one\ntwo"]], vec![]),
        (
            "a\tb\n1\t\"one\"\n2\n",
            vec![["1", "one"], ["2", ""]],
            vec![],
        ),
    ] {
        let table = parse(text);
        let lines: Vec<u64> = table.lost().iter().map(|(line, _)| *line).collect();
        let read: Vec<[&str; 2]> = table.rows().iter().map(|r| [r.get(0), r.get(1)]).collect();
        assert_eq!((read, lines), (rows, lost), "{text:?}");
    }
    // A writer who leaves empty cells at the end away.
    let table = parse("a\tb\tc\n1\tone\n2\ttwo\n3\tx\t1\n");
    assert_eq!((table.rows().len(), table.lost().len()), (3, 0));
    let table = parse("a\tb\tc\td\n1\t2\tone\ntwo\t0\n2\t3\tx\t1\n");
    assert_eq!(cells(&table), [["2", "3", "x", "1"]]);
    assert_eq!(table.lost(), [(2, Off::Broken), (3, Off::Broken)]);
    assert!(said(&table)[0].starts_with("t.tsv:2:1: error: this is a part of a row"));
    assert!(!said(&table).join("").contains("two"), "no cell is told");
}

#[test]
fn what_is_not_utf8_is_windows_1252() {
    let table = Table::parse(Path::new("t.csv"), b"a,b\n1,caf\xe9 \x80\n").expect("a table");
    assert_eq!(cells(&table), [["1", "caf\u{e9} \u{20ac}"]]);
    assert_eq!(
        said(&table),
        [
            "t.csv:2:6: warning: not UTF-8 from here on; read as Windows-1252 (Latin-1). Save the file as UTF-8"
        ]
    );
    // Where something is UTF-8, the rest is damaged.
    let table = Table::parse(Path::new("t.csv"), b"a,b\n\xc3\xa9,caf\xe9\n").expect("a table");
    assert_eq!(cells(&table), [["\u{e9}", "caf\u{fffd}"]]);
}

#[test]
fn many_faults_of_one_sort_are_counted() {
    let table = parse(&format!("a\tb\n{}", "1\n".repeat(50)));
    assert_eq!(table.notices().len(), 21);
    assert_eq!(
        said(&table)[20],
        "t.tsv: warning: 30 more rows that are too short in this table"
    );
}

#[test]
fn columns_are_found_by_name_in_any_case() {
    let table = parse("Instruction ID \tModel-Name\tx\tX\t\n");
    assert_eq!(table.column("instruction_id"), Some(0));
    assert_eq!(table.column("model_name"), Some(1));
    assert_eq!(table.header()[3..], ["X.1", "Unnamed: 4"]);
    assert_eq!(table.notices().len(), 1);
    let table = parse("binary_correct\tBinary Correct\tbinary-correct\n");
    assert_eq!(table.notices().len(), 2);
}

#[test]
fn many_columns_of_one_name_are_counted() {
    let table = parse(&format!("a{}\n", "\tx".repeat(50)));
    assert_eq!(table.notices().len(), 21);
    assert!(
        said(&table)[20].ends_with("29 more columns: each has the same name as an earlier one")
    );
}

#[test]
fn messages_do_not_show_cells() {
    let table = parse("128 mm\tWhat was it?\tinstruction_id\n");
    assert_eq!(
        table.header_for_message(),
        "columns found: instruction_id and 2 more"
    );
    assert_eq!(
        parse("1\t2\n").header_for_message(),
        "none of the 2 cells of line 1 is the name of a column"
    );
}

#[test]
fn hostile_quotes_take_no_quadratic_time() {
    let line = "1\t\"b\" c\n";
    let table = parse(&format!("a\tb\tc\n{}", line.repeat(50_000)));
    assert_eq!(table.rows().len(), 50_000);
    let table = parse(&format!("a\tb\tc\n{}", "\"\n".repeat(50_000)));
    assert!(table.rows().len() <= 50_000);
}

proptest! {
    #[test]
    fn what_is_written_is_read_again(
        rows in prop::collection::vec(prop::collection::vec("[ab\"\t\n\r,é]{0,8}", 3), 0..6),
        comma in any::<bool>(),
    ) {
        let delimiter = if comma { b',' } else { b'\t' };
        let mut writer = Writer::new(Vec::new(), delimiter);
        writer.row(["x", "y", "z"]).expect("memory");
        for row in &rows {
            writer.row(row).expect("memory");
        }
        let table = Table::parse(Path::new("t.tsv"), &writer.finish().expect("memory")).expect("a table");
        prop_assert_eq!(cells(&table), rows);
    }

    #[test]
    fn any_bytes_are_read_without_a_panic(bytes in prop::collection::vec(any::<u8>(), 0..200)) {
        let _ = Table::parse(Path::new("t.tsv"), &bytes);
    }

    #[test]
    fn no_text_vanishes(text in "[ab\"\t\n]{0,40}") {
        if let Ok(table) = Table::parse(Path::new("t.tsv"), format!("x\ty\n{text}").as_bytes()) {
            let letters = |s: &str| s.chars().filter(|c| c.is_alphabetic()).count();
            let read: usize = cells(&table).iter().flatten().map(|c| letters(c)).sum();
            // What vanishes is told, with its line.
            if table.lost().is_empty() {
                prop_assert_eq!(read, letters(&text));
            } else {
                let errors = table.notices().iter().filter(|n| n.severity == Severity::Error);
                prop_assert!(errors.filter(|n| n.line.is_some()).count() >= table.lost().len().min(20));
            }
        }
    }
}
