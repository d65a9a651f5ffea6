//! The index and the matches as the program makes them: killed and raced builds, and the table of matches.

use std::collections::HashSet;
use std::fs;
use std::path::Path;
use std::process::{Command, Stdio};
use std::time::Duration;

use medalign::inside::dataset::Dataset;
use medalign::inside::dataset::table::Table;

use crate::shared::{forty, generate, shared};

/// The program with its cache in `cache`.
fn program(cache: &Path, arguments: &[&str], corpus: &Path) -> Command {
    let mut command = Command::new(env!("CARGO_BIN_EXE_medalign"));
    command
        .args(&arguments[..1])
        .arg(corpus)
        .args(&arguments[1..]);
    command
        .env("MEDALIGN_CACHE_DIR", cache)
        .env("MEDALIGN_CONFIG_DIR", cache)
        .env("MEDALIGN_DATA_DIR", cache);
    command
        .stdin(Stdio::null())
        .stdout(Stdio::piped())
        .stderr(Stdio::piped());
    command
}

#[test]
fn a_killed_build_and_two_at_once_do_no_harm() {
    let Some(shared) = shared() else { return };
    let corpus = forty(&shared);
    let cache = tempfile::tempdir().expect("a folder");
    let mut killed = 0;
    for milliseconds in [20, 100, 400] {
        let mut child = program(cache.path(), &["index", "--rebuild"], corpus.path())
            .spawn()
            .expect("it runs");
        std::thread::sleep(Duration::from_millis(milliseconds));
        child.kill().expect("killed");
        killed += usize::from(!child.wait().expect("ended").success());
        let search = program(
            cache.path(),
            &["search", "blood pressure", "--limit", "3"],
            corpus.path(),
        );
        let after = { search }.output().expect("it runs");
        assert!(
            after.status.success(),
            "{}",
            String::from_utf8_lossy(&after.stderr)
        );
        let status = program(cache.path(), &["index", "--status"], corpus.path())
            .output()
            .expect("it runs");
        assert!(
            status.status.success(),
            "{}",
            String::from_utf8_lossy(&status.stdout)
        );
        assert!(String::from_utf8_lossy(&status.stdout).contains("40 records"));
    }
    assert!(killed > 0, "no build was killed in time");
    let children: Vec<_> = (0..2)
        .map(|_| {
            program(cache.path(), &["index", "--rebuild"], corpus.path())
                .spawn()
                .expect("it runs")
        })
        .collect();
    let ended: Vec<_> = children
        .into_iter()
        .map(|c| c.wait_with_output().expect("ended"))
        .collect();
    assert!(ended.iter().any(|o| o.status.success()));
    for output in ended.iter().filter(|o| !o.status.success()) {
        let said = String::from_utf8_lossy(&output.stderr);
        assert_eq!(output.status.code(), Some(3), "{said}");
        assert!(
            said.contains("another program is building the index"),
            "{said}"
        );
    }
    let status = program(cache.path(), &["index", "--status"], corpus.path())
        .output()
        .expect("it runs");
    assert!(status.status.success());
}

#[test]
fn matching_writes_a_table_and_evaluates_it() {
    let Some(shared) = shared() else { return };
    let size = [
        "--patients",
        "12",
        "--events-per-patient",
        "200",
        "--notes-per-patient",
        "6",
        "--instructions",
        "20",
    ];
    let corpus = generate(&shared, "make_corpus.py", &size);
    let cache = tempfile::tempdir().expect("a folder");
    let table = cache.path().join("candidates.csv");
    let out = table.to_str().expect("UTF-8");
    let run = program(
        cache.path(),
        &[
            "match",
            "--top",
            "3",
            "--tokens",
            "chart",
            "--out",
            out,
            "--evaluate",
        ],
        corpus.path(),
    );
    let run = { run }.output().expect("it runs");
    let said = String::from_utf8_lossy(&run.stdout);
    assert!(
        run.status.success(),
        "{said}{}",
        String::from_utf8_lossy(&run.stderr)
    );
    for part in [
        "okapi: precision at 1",
        "random, seed 0: any of 3",
        "59.0 %",
        "74.4 %",
        "38.1 %",
    ] {
        assert!(said.contains(part), "{part}: {said}");
    }
    let dataset = Dataset::open(corpus.path()).expect("a dataset");
    let written = fs::read_to_string(&table).expect("written");
    let head = "instruction_id,question,person_id,filename,is_selected_ehr,score,rank\n";
    assert!(written.starts_with(head));
    let read = Table::parse(&table, written.as_bytes()).expect("a table");
    assert!(read.notices().is_empty(), "{:?}", read.notices());
    let in_tables = dataset
        .instructions()
        .iter()
        .map(|i| i.instruction_id.as_str());
    let in_cases = dataset.cases().iter().map(|c| c.instruction_id.as_str());
    let instructions: HashSet<&str> = in_tables.chain(in_cases).collect();
    assert_eq!(read.rows().len(), 3 * instructions.len());
    let random = |seed: &str| {
        let mut run = program(
            cache.path(),
            &["match", "--random-baseline", "--seed", seed],
            corpus.path(),
        );
        run.output().expect("it runs").stdout
    };
    assert_eq!(random("7"), random("7"));
    assert_ne!(random("7"), random("8"));
}
