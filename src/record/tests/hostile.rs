//! Every hostile record is read as its manifest demands.

use crate::notice::{Notice, Severity};
use crate::record::{self, Kind, Record};

use crate::shared::{generate, json, shared};

/// Whether something that names `file` names the line too, give or take one.
fn near(line: Option<u64>, expected: Option<u64>) -> bool {
    expected.is_none_or(|expected| line.is_some_and(|line| line.abs_diff(expected) <= 1))
}

/// The line that an error's message names.
fn line_in(message: &str) -> Option<u64> {
    let (_, rest) = message.split_once(": line ")?;
    let digits: String = rest.chars().take_while(char::is_ascii_digit).collect();
    digits.parse().ok()
}

fn verdict(expect: &str, line: Option<u64>, file: &str, read: &crate::Result<Record>) -> bool {
    let named = |n: &&Notice| n.file.to_string_lossy().ends_with(file) && near(n.line, line);
    match read {
        Err(error) => {
            let message = error.to_string();
            let speaks = message.contains(file) && near(line_in(&message), line);
            speaks && !message.contains('\u{1b}') && matches!(expect, "error" | "either")
        }
        Ok(record) => {
            let notices = record.notices();
            let errors = || notices.iter().filter(|n| n.severity == Severity::Error);
            match expect {
                "error" => errors().any(|n| named(&n)),
                "warn" => notices.iter().any(|n| named(&n)),
                "render" => errors().count() == 0,
                "either" => notices.is_empty() || notices.iter().any(|n| named(&n)),
                _ => false,
            }
        }
    }
}

#[test]
fn every_case_is_read_as_the_manifest_demands() {
    let Some(shared) = shared() else { return };
    let out = generate(&shared, "make_hostile.py", &[]);
    let manifest = json(&out.path().join("manifest.json"));
    let cases = manifest["cases"].as_array().expect("a list of cases");
    let mut bad = Vec::new();
    let mut count = 0;
    for case in cases {
        let path = case["path"].as_str().expect("a path");
        let Some(file) = path.strip_prefix("ehr/") else {
            continue;
        };
        count += 1;
        let read = record::read(&out.path().join(path)).map(record::Unconfirmed::look_inside);
        let expect = case["expect"].as_str().expect("an expectation");
        let line = case["line"].as_u64();
        if !verdict(expect, line, file, &read) {
            let said = match &read {
                Ok(record) => {
                    let shown = record.notices().iter().take(3);
                    shown
                        .map(|n| format!("{:?} {}: {}", n.line, n.severity, n.what))
                        .collect()
                }
                Err(error) => vec![error.to_string()],
            };
            bad.push(format!("{file}: {expect} at {line:?}, but {said:?}"));
        }
        if let Ok(record) = &read {
            assert!(!record.text().split('\0').any(|t| t.contains('\0')));
            let notices = record.notices();
            assert!(
                !notices.iter().any(|n| n.what.chars().any(char::is_control)),
                "{file}"
            );
        }
    }
    assert!(count > 100, "{count} cases");
    assert!(bad.is_empty(), "{}", bad.join("\n"));
}

#[test]
fn what_the_manifest_says_of_single_cases_holds() {
    let Some(shared) = shared() else { return };
    let out = generate(&shared, "make_hostile.py", &[]);
    let read = |name: &str| {
        let path = out.path().join("ehr").join(name);
        record::read(&path)
            .unwrap_or_else(|e| panic!("{name}: {e}"))
            .look_inside()
    };
    let note = |record: &Record| {
        let note = record.happened().iter().find(|e| e.kind == Kind::Note);
        record.value(note.expect("a note")).to_owned()
    };
    let count = |name: &str| read(name).happened().len();

    assert_eq!(note(&read("ok-cdata.xml")), "BP < 120 & HR > 60 then plain");
    assert!(!note(&read("ok-comment-pi.xml")).contains("<!--"));
    assert_eq!(
        note(&read("raw-less-than.xml")),
        "BP <120 and INR < 2",
        "a bare `<` is text"
    );
    assert_eq!(
        note(&read("undefined-entity.xml")),
        "caf&eacute;&nbsp;&deg;C"
    );
    assert!(!note(&read("bad-char-ref.xml")).contains('\u{1b}'));
    let markup = note(&read("note-with-markup.xml"));
    assert_eq!(markup, "plain bold <i>not markup</i>  end");
    assert!(note(&read("truncated-in-text.xml")).len() > 5);
    for time in [
        "missing", "empty", "null", "feb30", "hour24", "digits", "long", "us",
    ] {
        assert_eq!(count(&format!("time-{time}.xml")), 2, "{time}");
    }
    assert_eq!(count("entry-outside-events.xml"), 2);
    assert_eq!(count("event-nested.xml"), 2);
    assert_eq!(read("root-only.xml").encounters().len(), 0);
    assert_eq!(read("no-events.xml").encounters().len(), 1);
    assert_eq!(read("many-encounters.xml").encounters().len(), 20_000);
    assert!(read("person-id-zeros.xml").person_id().starts_with('0'));
    let unknown = read("event-unknown-type.xml");
    let other = unknown.happened().iter().find(|e| e.kind == Kind::Other);
    assert!(!unknown.type_name(other.expect("an event")).is_empty());
    let unsorted = read("time-unsorted.xml");
    assert!(unsorted.happened().is_sorted_by_key(|e| e.time));
    for secret in [
        "xxe-file-relative.xml",
        "xxe-file-absolute.xml",
        "entity-internal.xml",
    ] {
        assert!(note(&read(secret)).contains('&'), "{secret}");
    }
    assert!(read("bomb-billion-laughs.xml").text().len() < 10_000);
    let codes = read("code-no-slash.xml");
    let names: Vec<&str> = codes.happened().iter().map(|e| codes.name(e)).collect();
    assert_eq!(
        names,
        [
            "Systolic blood pressure 165",
            "x",
            "5",
            "[LOINC/8480-6 unclosed 5",
            "",
            "[D/e] two brackets"
        ]
    );
}
