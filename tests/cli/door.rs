//! A record whose root states another patient than its file's name: no command takes it for either of the two.

use std::fs;
use std::path::Path;

use crate::{Ran, Shell};

/// Of patient 1, wherever it lies; the word is in this record alone.
const FOREIGN: &str = "zoster";

fn record(person: &str, word: &str) -> String {
    format!(
        "<eventstream person_id=\"{person}\"><encounter><events><entry timestamp=\"2020-01-01 10:00\">\
         <event type=\"note\" name=\"Note\">stroke, {word}</event></entry></events></encounter></eventstream>"
    )
}

/// Five patients; the file of patient 2 holds another record of patient 1.
fn set(shell: &Shell) {
    let root = shell.path("set");
    fs::create_dir_all(root.join("ehrs")).expect("a folder");
    for (name, person, word) in [
        ("1", "1", "left"),
        ("2", "1", FOREIGN),
        ("3", "3", "right"),
        ("4", "4", "hand"),
        ("5", "5", "foot"),
    ] {
        let path = root.join(format!("ehrs/{name}.xml"));
        fs::write(path, record(person, word)).expect("written");
    }
    let mut table = String::from(
        "instruction_id\tquestion\tperson_id\tmodel_name\tmodel_response\tbinary_correct\n",
    );
    for (instruction, person) in [("11", "1"), ("12", "2"), ("13", "3")] {
        for (model, correct) in [("m", "1"), ("n", "0")] {
            let asked = format!("{instruction}\tstroke on the left or right?\t{person}");
            table += &[&asked, model, "an answer", correct].join("\t");
            table.push('\n');
        }
    }
    let path = root.join("clinician-reviewed-model-responses.tsv");
    fs::write(path, table).expect("written");
}

/// It names the file, says what is wrong, and ends with exit code 1; nothing of the record is printed.
fn names_it(ran: &Ran) {
    assert_eq!(ran.code, 1, "{ran:?}");
    let all = format!("{}{}", ran.out, ran.err);
    assert!(
        all.contains("2.xml") && all.contains("wrong patient"),
        "{ran:?}"
    );
    assert!(!all.contains(FOREIGN), "{ran:?}");
}

fn files(folder: &Path) -> Vec<String> {
    let mut names: Vec<String> = fs::read_dir(folder)
        .expect("a folder")
        .map(|item| {
            let name = item.expect("an item").file_name();
            name.into_string().expect("text")
        })
        .collect();
    names.sort();
    names
}

#[test]
fn it_is_not_indexed_and_each_run_says_so() {
    let shell = Shell::new();
    set(&shell);
    for args in [
        &["index", "set"][..],
        &["index", "set"],
        &["index", "set", "--rebuild"],
        &["index", "set", "--status"],
    ] {
        let ran = shell.run(args);
        names_it(&ran);
        assert!(ran.err.contains("1 record is left out"), "{ran:?}");
    }
    let ran = shell.run(&["index", "set"]);
    assert!(
        ran.out
            .contains("0 records indexed (0 events), 4 unchanged"),
        "{ran:?}"
    );
    // Once the name is right, all is well.
    fs::write(shell.path("set/ehrs/2.xml"), record("2", FOREIGN)).expect("written");
    let ran = shell.run(&["index", "set"]);
    assert_eq!((ran.code, ran.err.as_str()), (0, ""), "{ran:?}");
    assert!(ran.out.contains("1 records indexed"), "{ran:?}");
}

#[test]
fn it_is_not_found() {
    let shell = Shell::new();
    set(&shell);
    for _ in 0..2 {
        for more in [&[][..], &["--json"], &["--by-encounter"]] {
            let ran = shell.run(&[&["search", "set", "stroke"][..], more].concat());
            names_it(&ran);
            assert!(
                ran.out.contains("left") && ran.out.contains("right"),
                "{ran:?}"
            );
        }
        let ran = shell.run(&["search", "set", FOREIGN]);
        names_it(&ran);
        assert!(ran.out.contains("no event fits"), "{ran:?}");
        names_it(&shell.run(&["search", "set", "--patient", "2", "stroke"]));
        // Of a search in one record, only that record counts.
        let ran = shell.run(&["search", "set", "--patient", "3", "stroke"]);
        assert_eq!((ran.code, ran.err.as_str()), (0, ""), "{ran:?}");
    }
}

#[test]
fn a_record_that_changed_behind_the_index_is_not_found() {
    let shell = Shell::new();
    set(&shell);
    fs::write(shell.path("set/ehrs/2.xml"), record("2", "well")).expect("written");
    assert_eq!(shell.run(&["index", "set"]).code, 0);
    fs::write(shell.path("set/ehrs/2.xml"), record("1", FOREIGN)).expect("written");
    let ran = shell.run(&["search", "set", "stroke"]);
    names_it(&ran);
    assert!(!ran.out.contains("patient 2"), "{ran:?}");
}

#[test]
fn it_is_never_proposed() {
    let shell = Shell::new();
    set(&shell);
    for more in [&[][..], &["--random-baseline"], &["--bm25", "tantivy"]] {
        for _ in 0..2 {
            let ran = shell.run(&[&["match", "set", "--top", "3"][..], more].concat());
            names_it(&ran);
            let people: Vec<&str> = ran
                .out
                .lines()
                .skip(1)
                .filter_map(|l| l.split(',').nth(2))
                .collect();
            assert!(
                !people.is_empty() && !people.contains(&"2"),
                "{more:?}: {ran:?}"
            );
        }
    }
}

#[test]
fn it_is_not_exported() {
    let shell = Shell::new();
    set(&shell);
    let ran = shell.run(&[
        "export",
        "set",
        "--cases",
        "all",
        "--records",
        "--out",
        "exported",
    ]);
    names_it(&ran);
    let copied = files(&shell.path("exported/medalign_ehr_xml"));
    assert_eq!(copied, ["1.xml", "3.xml"]);
}

#[test]
fn it_is_not_converted() {
    let shell = Shell::new();
    set(&shell);
    for to in ["lumia", "visit-day", "text"] {
        let out = format!("converted-{to}");
        let ran = shell.run(&["convert", "set", "--to", to, "--out", &out]);
        names_it(&ran);
        assert_eq!(files(&shell.path(&out)).len(), 4);
        // Neither alone, to standard output or a file.
        names_it(&shell.run(&["convert", "set/ehrs/2.xml", "--to", to]));
        let ran = shell.run(&[
            "convert",
            "set/ehrs/2.xml",
            "--to",
            to,
            "--out",
            "alone.xml",
        ]);
        names_it(&ran);
        assert!(!shell.path("alone.xml").exists());
    }
}

#[test]
fn check_names_it() {
    let shell = Shell::new();
    set(&shell);
    names_it(&shell.run(&["check", "set"]));
    names_it(&shell.run(&["check", "set/ehrs/2.xml"]));
    let json = shell.run(&["check", "set", "--format", "json"]);
    names_it(&json);
}

#[test]
fn its_length_is_not_reported() {
    let shell = Shell::new();
    set(&shell);
    let ran = shell.run(&["report", "set", "--samples", "10"]);
    names_it(&ran);
}

/// Only what looks for faults in files may see a record whose patient nobody compared.
#[test]
fn nothing_else_looks_inside() {
    fn look(folder: &Path, found: &mut Vec<String>) {
        for item in fs::read_dir(folder).expect("a folder") {
            let path = item.expect("an item").path();
            if path.is_dir() {
                look(&path, found);
                continue;
            }
            if path.extension().is_none_or(|e| e != "rs") {
                continue;
            }
            let text = fs::read_to_string(&path).expect("text");
            let code = text.split("#[cfg(test)]\nmod tests {").next();
            let code = code.unwrap_or_default();
            let reads = ["look_inside(", "record::read(", "record::read_bytes("];
            let name = path
                .strip_prefix(env!("CARGO_MANIFEST_DIR"))
                .expect("a source");
            let stem = path.file_stem().expect("a name").to_string_lossy();
            let tests = name
                .components()
                .any(|c| c.as_os_str().to_string_lossy().starts_with("tests"))
                || include_str!("../../src/lib.rs").contains(&format!("#[cfg(test)]\nmod {stem};"));
            if !tests && reads.iter().any(|r| code.contains(r)) {
                found.push(name.display().to_string());
            }
        }
    }
    let mut found = Vec::new();
    look(
        &Path::new(env!("CARGO_MANIFEST_DIR")).join("src"),
        &mut found,
    );
    found.sort();
    assert_eq!(
        found,
        [
            "src/dataset/check/record.rs",
            "src/dataset/mod.rs",
            "src/record/read/mod.rs"
        ]
    );
}
