//! Counts against `tiktoken`'s own, and cuts at lines.

use serde_json::Value;

use super::*;

fn bytes_of(starts: &[u32], text: &str) -> Vec<String> {
    let ends = starts
        .iter()
        .skip(1)
        .map(|s| *s as usize)
        .chain([text.len()]);
    let parts = starts.iter().zip(ends);
    parts
        .map(|(start, end)| {
            String::from_utf8_lossy(&text.as_bytes()[*start as usize..end]).into_owned()
        })
        .collect()
}

#[test]
fn tokens_are_bytes_of_the_text() {
    let counter = open("cl100k_base").expect("built in");
    let text = "患 <|endoftext|> 5mg";
    let starts = counter.starts(text).expect("tokens");
    assert_eq!(starts[0], 0);
    assert_eq!(counter.count(text).expect("tokens"), starts.len());
    // The character takes two tokens; the name of a special token is plain text.
    let parts = bytes_of(&starts, text);
    assert!(
        parts[0].contains('\u{fffd}') && parts.len() > 8,
        "{parts:?}"
    );
    let newer = open("o200k_base").expect("built in");
    assert!(newer.count(text).expect("tokens") < starts.len());
}

#[test]
fn unknown_names_are_errors() {
    let Err(error) = open("gpt2") else {
        panic!("no such tokenizer")
    };
    assert!(error.hint_text().expect("a hint").contains("cl100k_base"));
    let folder = tempfile::tempdir().expect("a folder");
    let path = folder.path().join("tokenizer.json");
    std::fs::write(&path, "{}").expect("writable");
    assert!(open(path.to_str().expect("UTF-8")).is_err());
}

#[test]
fn a_tokenizer_file_counts_without_its_truncation() {
    let folder = tempfile::tempdir().expect("a folder");
    let path = folder.path().join("tokenizer.json");
    let json = r#"{"version":"1.0","truncation":{"direction":"Right","max_length":2,"strategy":"LongestFirst","stride":0},
        "padding":{"strategy":{"Fixed":8},"direction":"Right","pad_to_multiple_of":null,"pad_id":0,"pad_type_id":0,"pad_token":"[UNK]"},
        "added_tokens":[],"normalizer":{"type":"Lowercase"},"pre_tokenizer":{"type":"Whitespace"},"post_processor":null,"decoder":null,
        "model":{"type":"WordLevel","vocab":{"[UNK]":0,"chest":1,"pain":2},"unk_token":"[UNK]"}}"#;
    std::fs::write(&path, json).expect("writable");
    let counter = open(path.to_str().expect("UTF-8")).expect("a tokenizer");
    assert_eq!(counter.starts("Chest é pain").expect("tokens"), [0, 6, 9]);
}

#[test]
fn lines_that_no_token_crosses() {
    let text = "a\n b\n\n\nc\n   \n/d\né";
    let at: Vec<usize> = (0..text.len())
        .filter(|at| begins_line(text, *at))
        .collect();
    assert_eq!(at, [2, 7]);
    for name in ["cl100k_base", "o200k_base"] {
        let counter = open(name).expect("built in");
        let whole = counter.starts(text).expect("tokens");
        for cut in at.iter().map(|at| *at as u32) {
            assert!(whole.contains(&cut), "{name} {cut} {whole:?}");
        }
    }
}

/// All texts that `tiktoken` itself counted.
#[test]
fn golden_counts() {
    let Some(shared) = std::env::var_os("MEDALIGN_SHARED") else {
        return;
    };
    let path = Path::new(&shared).join("golden/tokens.jsonl");
    let lines = std::fs::read_to_string(path).expect("the golden file");
    let counter = open("cl100k_base").expect("built in");
    let mut seen = 0;
    for line in lines.lines() {
        let row: Value = serde_json::from_str(line).expect("JSON");
        let text = row["text"].as_str().expect("a text");
        let starts = counter.starts(text).expect("tokens");
        assert_eq!(
            Some(starts.len() as u64),
            row["n"].as_u64(),
            "{}",
            row["id"]
        );
        seen += 1;
    }
    assert_eq!(seen, 155);
}
