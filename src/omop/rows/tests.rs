//! Rows in every way of writing quotes, whole and byte by byte.

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

/// The second fields of a table of two columns, read whole and byte by byte.
fn second(text: &str) -> Result<Vec<String>, RowError> {
    let pick = |rows: Vec<(u64, Vec<String>)>| -> Vec<String> {
        rows.into_iter()
            .skip(1)
            .map(|(_, r)| r[1].clone())
            .collect()
    };
    let dribbled = read(Dribble(text.as_bytes())).map(pick);
    let whole = read(text.as_bytes()).map(pick);
    assert_eq!(format!("{whole:?}"), format!("{dribbled:?}"));
    whole
}

#[test]
fn pandas_tabs_have_quotes_where_they_are_needed() {
    let read = second("id\tnote\n1\tplain\n2\t\"He says \"\"fine\"\".\"\n3\t\"one\ntwo\"\n");
    assert_eq!(
        read.expect("settled"),
        ["plain", "He says \"fine\".", "one\ntwo"]
    );
    // The row that proves it comes late.
    let read = second("id\tnote\n1\t\"a\ttab\"\n2\tplain\n");
    assert_eq!(read.expect("settled"), ["a\ttab", "plain"]);
}

#[test]
fn athenas_quotes_are_text() {
    let read = second("id\tname\n1\t\"edoxazan\n2\t\"5 MG extract [X] by Maker\"\n3\tNA\n");
    assert_eq!(
        read.expect("settled"),
        ["\"edoxazan", "\"5 MG extract [X] by Maker\"", "NA"]
    );
}

#[test]
fn backslashes_in_quotes_escape_them() {
    let read =
        second("id,note\n1,\"He said \\\"fine\\\", ok\"\n2,\"ends \\\\\"\n3,\"a\nb \\\"c\\\"\"\n");
    assert_eq!(
        read.expect("settled"),
        ["He said \"fine\", ok", "ends \\", "a\nb \"c\""]
    );
    // A backslash before the closing quote is text where quotes are doubled.
    let read = second("id,note\n1,\"C:\\temp\\\"\n2,\"a \"\"b\"\"\"\n");
    assert_eq!(read.expect("settled"), ["C:\\temp\\", "a \"b\""]);
    let read = second("id,note\n1,\"x\\\"\"\n");
    assert_eq!(read.expect("settled"), ["x\""]);
}

#[test]
fn copy_of_postgresql_writes_breaks_as_letters() {
    let read = second("id\tnote\n\\N\tnone\n1\tone\\ntwo\\tthree C:\\\\x\n2\t\\N\n\\.\n");
    assert_eq!(
        read.expect("settled"),
        ["none", "one\ntwo\tthree C:\\x", "\\N"]
    );
    // Without its mark of nothing, and with what it never writes, a backslash is text.
    let read = second("id\tnote\n1\tC:\\new \\d\n\t2\n");
    assert_eq!(read.expect("settled"), ["C:\\new \\d", "2"]);
}

#[test]
fn what_contradicts_is_refused_with_its_line() {
    for (text, line) in [
        // Quotes are doubled on line 2 and are text on line 3.
        ("id\tnote\n1\t\"a \"\"b\"\" c\"\n2\t\"loose\n3\tx\n", 3),
        // A stray quote swallows a row.
        ("id,name,kind\n1,\"foo,Drug\n2,\"bar,Drug\n3,x,Drug\n", 2),
        // Nothing but COPY explains line 2, which has no such escape as line 3.
        ("id\tnote\n\\N\tone\\\ttwo\n2\ta\\d\n", 3),
    ] {
        let error = read(text.as_bytes()).expect_err("a contradiction");
        assert!(
            matches!(error, RowError::Contradiction(l) | RowError::OpenQuote(l) if l == line),
            "{text:?}: {error:?}"
        );
    }
}

#[test]
fn the_first_line_is_bounded() {
    let endless = io::repeat(b'x');
    assert!(matches!(read(endless), Err(RowError::NoHeader)));
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
