//! One letter of an answer is changed after it was judged: what was said of it counts nowhere, is told by reviewer, and counts
//! again when the letter is changed back.

use std::fs;

use serde_json::Value;

use crate::export::{Clinic, key};

const TABLE: &str = "clinician-reviewed-model-responses.tsv";
const MODELS: [&str; 2] = ["gpt4-32k", "vicuna \"7B\""];

/// Changes the answer of the last case's second model by one letter, and back.
fn change(clinic: &Clinic, from: &str, to: &str) {
    let path = clinic.dir().join(TABLE);
    let table = fs::read_to_string(&path).expect("the table");
    assert_eq!(table.matches(from).count(), 1, "{table}");
    fs::write(&path, table.replace(from, to)).expect("writable");
}

/// A case whose two answers two reviewers judge in opposite ways, rank and submit.
fn disputed() -> Clinic {
    use medalign::inside::review::{Act, Verdict};
    let clinic = Clinic::new();
    fs::remove_dir_all(clinic.dir().join("reviews")).expect("there");
    let table = "instruction_id\tquestion\tperson_id\tfilename\tmodel_name\tmodel_response\n\
        0000000000\tDose?\t0000000012\t0000000012.xml\tgpt4-32k\tFive mg of it.\n\
        0000000000\tDose?\t0000000012\t0000000012.xml\t\"vicuna \"\"7B\"\"\"\tTen mg of it.\n";
    fs::write(clinic.dir().join(TABLE), table).expect("writable");
    fs::remove_file(clinic.dir().join("clinician-instruction-responses.tsv")).expect("there");
    for (who, verdicts) in [
        ("jchen", [Verdict::Correct, Verdict::Incorrect]),
        ("okafor", [Verdict::Incorrect, Verdict::Correct]),
    ] {
        let mut log = Clinic::open_log(&clinic.dir(), who);
        for (model, verdict) in MODELS.iter().zip(verdicts) {
            let judge = Act::Judge {
                model: (*model).to_owned(),
                verdict: Some(verdict),
                shown_position: Some(0),
                view: None,
            };
            log.append(Some(&key(0)), judge).expect("saved");
        }
        let order = MODELS.iter().map(|m| vec![(*m).to_owned()]).collect();
        log.append(Some(&key(0)), Act::Rank { order })
            .expect("saved");
        let submit = Act::Submit {
            overruled: Vec::new(),
            seconds: 60,
            reason: None,
        };
        log.append(Some(&key(0)), submit).expect("saved");
    }
    clinic
}

/// Model, verdict and rank of each row of an export.
fn rows(clinic: &Clinic) -> Vec<String> {
    let (_, said) = clinic.run(&[
        "export", "clinic", "--format", "jsonl", "--out", "x.jsonl", "--force",
    ]);
    let lines =
        fs::read_to_string(clinic.path("x.jsonl")).unwrap_or_else(|e| panic!("{e}: {said}"));
    lines
        .lines()
        .map(|l| serde_json::from_str::<Value>(l).expect("JSON"))
        .filter(|l| l["kind"] == "response")
        .map(|l| format!("{} {} {}", l["model_name"], l["verdict"], l["model_rank"]))
        .collect()
}

#[test]
fn a_changed_letter_takes_the_marks_of_that_answer_and_gives_them_back() {
    let clinic = disputed();
    let before = rows(&clinic);
    let report = [
        "report",
        "clinic",
        "--reviews",
        "--no-records",
        "--format",
        "json",
    ];
    // Who looked at disputes has a file by then: the head names one more.
    let tables = |report: &str| report.split_once("\"tables\"").map(|(_, t)| t.to_owned());
    let whole = clinic.run(&report).1;
    let disputes = clinic.done(&[
        "adjudicate",
        "clinic",
        "--list",
        "--as",
        "chief",
        "--see-others",
    ]);
    assert!(
        disputes.contains("0000000000\t0000000012\t2\t2\t2\t0"),
        "{disputes}"
    );
    change(&clinic, "Ten mg", "Teh mg");
    let (code, said) = clinic.run(&["export", "clinic", "--format", "jsonl", "--out", "y.jsonl"]);
    assert_eq!(code, 1, "{said}");
    for who in ["jchen", "okafor"] {
        let of = format!("2 marks of {who} are of an earlier text");
        assert!(said.contains(&of), "{said}");
        let of = format!(
            "left out: 1 judgements by {who} of an earlier text of the question or the response: 0000000000/0000000012"
        );
        assert!(said.contains(&of), "{said}");
        let mut log = Clinic::open_log(&clinic.dir(), who);
        let review = log.ledger().case(&key(0));
        assert!(review.verdict(MODELS[0]).is_some() && review.verdict(MODELS[1]).is_none());
        assert!(!review.is_done());
        assert!(
            review
                .earlier_of(MODELS[1])
                .is_some_and(|r| r.judgement.is_some())
        );
        assert_eq!(log.take_notices(), []);
    }
    let after = rows(&clinic);
    assert_eq!(after.len(), 4);
    assert_eq!(after.iter().filter(|r| r.contains("7B")).count(), 2);
    for row in after.iter().filter(|r| r.contains("7B")) {
        assert!(row.ends_with("null null"), "{row}");
    }
    for row in after.iter().filter(|r| !r.contains("7B")) {
        assert!(before.contains(row), "{row}");
    }
    let text = clinic.run(&report).1;
    for who in ["jchen", "okafor"] {
        assert!(
            text.contains(&format!("2 marks of {who} are of an earlier text")),
            "{text}"
        );
    }
    assert_ne!(text, whole);
    let (_, disputes) = clinic.run(&[
        "adjudicate",
        "clinic",
        "--list",
        "--as",
        "chief",
        "--see-others",
    ]);
    assert!(
        disputes.contains("0000000000\t0000000012\t2\t1\t1\t0"),
        "{disputes}"
    );
    // Forms of the new text carry no mark of the old one, and do not submit.
    clinic.run(&[
        "export",
        "clinic",
        "--format",
        "label-studio",
        "--out",
        "ls",
    ]);
    let tasks = crate::shared::json(&clinic.path("ls/tasks.json"));
    let annotations = tasks[0]["annotations"].as_array().expect("a list");
    assert!(
        annotations.iter().all(|a| a["submitted"] == "no"),
        "{annotations:?}"
    );
    change(&clinic, "Teh mg", "Ten mg");
    assert_eq!(rows(&clinic), before);
    let again = clinic.run(&report).1;
    assert_eq!(
        tables(&again).expect("tables"),
        tables(&whole).expect("tables")
    );
}
