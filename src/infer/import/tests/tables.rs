//! Tables, and files that are no lines: what is cut, shifted or in another encoding is never an answer that looks whole.

use std::fs;

use serde_json::json;

use super::*;
use crate::notice::Severity;

const HEADER: &str = "instruction_id,person_id,answer\n";

/// The answers of a table, the lines that are left out, and what else is told.
fn read(bytes: &[u8]) -> (Vec<(String, Outcome)>, Vec<String>, Vec<String>) {
    let files = Files::of(&[]);
    fs::write(files.path("a.csv"), bytes).expect("written");
    let (found, about) = files.read(Form::Jsonl, "a.csv");
    let told = about.notices.iter().map(|n| {
        assert_ne!(n.severity, Severity::Info);
        n.what.clone()
    });
    (
        found
            .into_iter()
            .map(|f| (f.told.text, f.outcome))
            .collect(),
        about.broken.into_iter().map(|(place, _)| place).collect(),
        told.collect(),
    )
}

fn answered(text: &str) -> Vec<(String, Outcome)> {
    vec![(text.to_owned(), Outcome::Answered)]
}

#[test]
fn rows_of_the_wrong_width_are_named_and_give_no_answer() {
    for (rows, kept, lost) in [
        // A comma in the text: what is behind it would be gone.
        (
            "11,101,Give 5 mg daily, but not with warfarin\n12,102,\"ok\"\n",
            "ok",
            vec!["a.csv:2"],
        ),
        ("11,101,\"ok\"\n12,102\n", "ok", vec!["a.csv:3"]),
        // A line break in the text, with and without a comma behind it.
        (
            "11,101,line one\nline two\n12,102,ok\n",
            "ok",
            vec!["a.csv:2", "a.csv:3"],
        ),
        (
            "12,102,ok\n11,101,line one\nline two, more\n",
            "ok",
            vec!["a.csv:3", "a.csv:4"],
        ),
    ] {
        let (found, left, told) = read(format!("{HEADER}{rows}").as_bytes());
        assert_eq!(
            (found, left),
            (
                answered(kept),
                lost.into_iter().map(str::to_owned).collect()
            ),
            "{rows}"
        );
        assert!(told.is_empty(), "{told:?}");
    }
}

#[test]
fn what_the_reader_of_the_table_doubts_is_told() {
    let (found, left, told) = read(&[HEADER.as_bytes(), b"11,101,caf\xe9\n"].concat());
    assert_eq!((found, left.len()), (answered("caf\u{e9}"), 0));
    assert!(told[0].contains("read as Windows-1252"), "{told:?}");
    let (found, left, told) = read(format!("{HEADER}11,101,\"starts\n12,102,x\n").as_bytes());
    assert_eq!((found.len(), left.len()), (2, 0), "taken, so not left out");
    assert!(told[0].contains("a quote opens here"), "{told:?}");
}

#[test]
fn a_cell_that_says_nothing_is_no_answer() {
    let files = Files::of(&[(
        "a.csv",
        format!("{HEADER}1,1,NULL\n2,2,nan\n3,3,None\n4,4,Null and void\n"),
    )]);
    let (found, _) = files.read(Form::Jsonl, "a.csv");
    for found in &found[..3] {
        assert_eq!(
            (found.outcome, found.told.text.as_str()),
            (Outcome::Empty, "")
        );
        assert_eq!(found.odd.len(), 1, "it is said");
    }
    assert_eq!(
        (found[3].outcome, found[3].odd.len()),
        (Outcome::Answered, 0)
    );
}

#[test]
fn files_of_another_kind_are_called_what_they_are() {
    let row = json!({"instruction_id": "1", "answer": "SECRET"});
    let utf16 = format!("{row}\n")
        .encode_utf16()
        .flat_map(u16::to_le_bytes)
        .collect::<Vec<u8>>();
    let marked = [b"\xff\xfe".as_slice(), &utf16].concat();
    for (bytes, what) in [
        (utf16, "this is UTF-16"),
        (marked, "this is UTF-16"),
        (json!([row]).to_string().into_bytes(), "one list in JSON"),
        (
            serde_json::to_vec_pretty(&json!([row])).expect("JSON"),
            "one list in JSON",
        ),
        (
            serde_json::to_vec_pretty(&row).expect("JSON"),
            "over several lines",
        ),
    ] {
        let files = Files::of(&[]);
        fs::write(files.path("a.jsonl"), bytes).expect("written");
        let error = files
            .try_read(Form::Jsonl, "a.jsonl")
            .expect_err("no lines")
            .to_string();
        assert!(error.contains(what) && !error.contains("SECRET"), "{error}");
    }
}
