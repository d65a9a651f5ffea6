//! Tables and dataset folders: the hostile set, and generated corpora against their `truth.json`.

use std::path::Path;

use crate::dataset::{Dataset, check};
use crate::notice::Severity;

use crate::shared::{generate, json, shared};

const SMALL: [&str; 8] = [
    "--patients",
    "5",
    "--events-per-patient",
    "100",
    "--notes-per-patient",
    "4",
    "--instructions",
    "12",
];

/// Opens a table of the hostile set as the responses table of a dataset with one record.
fn open_table(hostile: &Path, name: &str) -> (tempfile::TempDir, crate::Result<Dataset>) {
    let dir = tempfile::tempdir().expect("a temporary folder");
    let stem = if name.starts_with("ehr-relevance-labels") {
        "ehr-relevance-labels.csv"
    } else if name.starts_with("clinician-instruction-responses") {
        "clinician-instruction-responses.tsv"
    } else if Path::new(name).extension().is_some_and(|e| e == "csv") {
        "clinician-reviewed-model-responses.csv"
    } else {
        "clinician-reviewed-model-responses.tsv"
    };
    std::fs::copy(hostile.join("table").join(name), dir.path().join(stem)).expect("a copy");
    std::fs::create_dir(dir.path().join("ehrs")).expect("a folder");
    let record = dir.path().join("ehrs/120000001.xml");
    std::fs::copy(hostile.join("ehr/ok-lumia.xml"), record).expect("a copy");
    let dataset = Dataset::open(dir.path());
    (dir, dataset)
}

fn worst(dataset: &Dataset) -> Option<Severity> {
    dataset.notices().iter().map(|n| n.severity).max()
}

/// Whether an error or some notice names a line.
fn names_line(result: &crate::Result<Dataset>, line: u64) -> bool {
    match result {
        Ok(dataset) => dataset
            .notices()
            .iter()
            .any(|n| n.line == Some(line) || n.what.contains(&format!("line {line},"))),
        Err(error) => error.to_string().contains(&format!("line {line}")),
    }
}

#[test]
fn hostile_tables_do_as_the_manifest_says() {
    let Some(shared) = shared() else { return };
    let made = generate(&shared, "make_hostile.py", &["--special"]);
    let hostile = made.path();
    let manifest = json(&hostile.join("manifest.json"));
    let mut wrong = Vec::new();
    for case in manifest["cases"].as_array().expect("a list") {
        let path = case["path"].as_str().expect("a path");
        let Some(name) = path.strip_prefix("table/") else {
            continue;
        };
        let (_dir, result) = open_table(hostile, name);
        let severity = match &result {
            Ok(dataset) => worst(dataset).unwrap_or(Severity::Info),
            Err(_) => Severity::Error,
        };
        let fits = match case["expect"].as_str().expect("a word") {
            // In these the question does differ between rows of one instruction, which is worth a warning.
            "render" if ["ok-utf8-text.tsv", "unicode.tsv"].contains(&name) => {
                severity == Severity::Warning
            }
            "render" => severity == Severity::Info,
            "warn" => result.is_ok() && severity >= Severity::Warning,
            "error" => severity == Severity::Error,
            _ => true,
        };
        let line = case["line"].as_u64();
        let silent = matches!(case["expect"].as_str(), Some("render" | "either"))
            && severity == Severity::Info;
        let placed = silent || line.is_none_or(|line| names_line(&result, line));
        if !fits || !placed {
            let said = match &result {
                Ok(dataset) => dataset
                    .notices()
                    .iter()
                    .map(ToString::to_string)
                    .collect::<Vec<_>>()
                    .join("\n    "),
                Err(error) => error.to_string(),
            };
            wrong.push(format!("{path}: {case}\n  got: {said}"));
        }
    }
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
}

#[test]
fn hostile_datasets_do_as_the_manifest_says() {
    let Some(shared) = shared() else { return };
    let made = generate(&shared, "make_hostile.py", &["--special"]);
    let hostile = made.path();
    let manifest = json(&hostile.join("manifest.json"));
    // What only the records' content shows is found when they are read.
    let found_later = ["dataset/one-bad-of-three/", "dataset/duplicate-person/"];
    let mut wrong = Vec::new();
    for case in manifest["cases"].as_array().expect("a list") {
        let path = case["path"].as_str().expect("a path");
        if !path.starts_with("dataset/") || found_later.contains(&path) {
            continue;
        }
        let result = Dataset::open(&hostile.join(path));
        let fits = match (case["expect"].as_str().expect("a word"), &result) {
            ("error", result) => result.is_err(),
            ("warn", Ok(dataset)) => worst(dataset) >= Some(Severity::Warning),
            ("either", _) => true,
            (_, Ok(dataset)) => dataset.cases().iter().all(|c| !c.instruction_id.is_empty()),
            _ => false,
        };
        if !fits {
            wrong.push(format!(
                "{case}: {:?}",
                result.map(|d| d.notices().to_vec())
            ));
        }
    }
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
}

#[test]
fn a_corpus_has_the_rows_of_its_truth() {
    let Some(shared) = shared() else { return };
    let made = generate(&shared, "make_corpus.py", &SMALL);
    let corpus = made.path();
    let truth = json(&corpus.join("truth.json"));
    let dataset = Dataset::open(corpus).expect("a sound corpus");
    let rows = |table: &str| truth["rows"][table].as_u64().expect("a count") as usize;
    let responses: usize = dataset.cases().iter().map(|c| c.responses.len()).sum();
    assert_eq!(responses, rows("clinician-reviewed-model-responses.tsv"));
    let golds: usize = dataset.cases().iter().map(|c| c.golds.len()).sum();
    assert_eq!(golds, rows("clinician-instruction-responses.tsv"));
    assert_eq!(dataset.relevance().len(), rows("ehr-relevance-labels.csv"));
    assert_eq!(
        dataset.instructions().len(),
        rows("all-instructions-rouge.tsv")
    );
    assert_eq!(
        dataset.record_files().len() as u64,
        truth["totals"]["patients"].as_u64().expect("a count")
    );
    for case in dataset.cases() {
        dataset.record_path(case).expect("a record for every case");
    }
    assert_eq!(worst(&dataset), None, "{:?}", dataset.notices());

    // The generator says which passages of evidence it changed and which it made up.
    let report = check::check(&dataset, jiff::civil::date(2026, 1, 1));
    let told = |what: &str| {
        report
            .notices
            .iter()
            .filter(|n| n.what.contains(what))
            .count()
    };
    let kinds = |kind: &str| {
        let evidence = truth["evidence"].as_array().expect("a list");
        evidence.iter().filter(|e| e["kind"] == kind).count()
    };
    let all = truth["evidence"].as_array().expect("a list").len();
    assert_eq!(report.counts.passages, all);
    assert_eq!(told("is not in the record"), kinds("absent"));
    assert_eq!(
        report.counts.events as u64,
        truth["totals"]["events"].as_u64().expect("a count")
    );
}
