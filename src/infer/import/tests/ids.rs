//! What names a case in a run, in every notation; and which of several outcomes of it is taken.

use serde_json::{Value, json};

use super::*;
use crate::dataset::{Case, Gold};
use crate::infer::import::gather::{Gathered, Wanted, gather};

fn cases() -> Vec<Case> {
    let case = |instruction: &str, person: &str, gold: &str| Case {
        instruction_id: instruction.to_owned(),
        person_id: person.to_owned(),
        question: "Any cough?".to_owned(),
        golds: vec![Gold {
            text: gold.to_owned(),
            ..Gold::default()
        }],
        ..Case::default()
    };
    vec![case("7", "20", "No."), case("8", "21", "Yes.")]
}

fn gathered<'d>(files: &Files, form: Form, name: &str, cases: &'d [Case]) -> Gathered<'d> {
    let run = Run {
        form,
        path: files.path(name),
        filter: None,
        maps: Vec::new(),
    };
    gather(&run, &Wanted::default(), cases).expect("a run")
}

/// The case of each row that has one, and why the others have none.
fn joined(rows: &[Value]) -> (Vec<String>, Vec<String>) {
    let cases = cases();
    let files = Files::of(&[("a.jsonl", lines(rows).replace("\"NaN\"", "NaN"))]);
    let all = gathered(&files, Form::Jsonl, "a.jsonl", &cases);
    let keys = all.answers.iter().map(|(case, _)| case.key().to_string());
    let left = all.left.into_iter().map(|left| left.why);
    (keys.collect(), left.collect())
}

#[test]
fn ids_are_known_in_every_notation_and_never_taken_for_none() {
    let row = |instruction: Value, person: Value| json!({"instruction_id": instruction, "person_id": person, "answer": "x"});
    for (instruction, person) in [
        (json!("7"), json!("20")),
        (json!(7), json!(20)),
        (json!(7.0), json!(20.0)),
        (json!(" 7 "), json!("20 ")),
    ] {
        let (keys, left) = joined(&[row(instruction, person)]);
        assert_eq!((keys.as_slice(), left.len()), (&["7/20".to_owned()][..], 0));
    }
    // Another patient's number is no reason to take the case by its instruction or question.
    for person in [
        json!(20.5),
        json!(1e300),
        json!(true),
        json!([20]),
        json!({"id": 20}),
        json!(20.000_000_1),
    ] {
        let mut row = row(json!(7), person.clone());
        let (keys, left) = joined(std::slice::from_ref(&row));
        assert!(keys.is_empty(), "{person}: {keys:?}");
        assert!(left[0].contains("has no case 7/"), "{left:?}");
        row["instruction_id"] = Value::Null;
        row["question"] = "Any cough?".into();
        row["gold"] = "No.".into();
        let (keys, left) = joined(&[row]);
        assert!(keys.is_empty(), "{person}: {keys:?}");
        assert!(left[0].contains("no case of patient"), "{left:?}");
    }
}

#[test]
fn what_python_writes_for_nothing_is_nothing() {
    let row = json!({"instruction_id": "NaN", "person_id": "NaN", "question": "Any cough?", "gold": ["Yes."],
        "answer": "x", "confidence": "NaN", "reasoning": "NaN"});
    let (keys, left) = joined(std::slice::from_ref(&row));
    assert_eq!((keys.as_slice(), left.len()), (&["8/21".to_owned()][..], 0));
    let files = Files::of(&[("a.jsonl", lines(&[row]).replace("\"NaN\"", "NaN"))]);
    let (all, _) = files.read(Form::Jsonl, "a.jsonl");
    assert_eq!(
        (all[0].told.confidence, all[0].told.reasoning.as_str()),
        (None, "")
    );
    // A text that happens to say so is one.
    let row = json!({"instruction_id": "7", "answer": "\u{1}NaN of it"});
    let files = Files::of(&[("a.jsonl", lines(&[row]))]);
    let (all, _) = files.read(Form::Jsonl, "a.jsonl");
    assert_eq!(all[0].told.text, "\u{1}NaN of it");
}

fn request(id: &str, question: &str) -> Value {
    json!({"custom_id": id, "method": "POST", "body": {"model": "m", "messages": [{"role": "user", "content": question}]}})
}

fn reply(id: &str, text: &str) -> Value {
    json!({"custom_id": id, "response": {"status_code": 200, "body": {"model": "m",
        "choices": [{"finish_reason": "stop", "message": {"content": text}}]}}})
}

#[test]
fn two_requests_of_one_id_are_told_of_and_give_no_answer() {
    let cases = cases();
    let files = Files::of(&[
        (
            "a-in.jsonl",
            lines(&[request("7_20", "Any cough?"), request("8_21", "Any cough?")]),
        ),
        (
            "a-out.jsonl",
            lines(&[reply("7_20", "no"), reply("8_21", "yes")]),
        ),
        (
            "b-in.jsonl",
            lines(&[request("7_20", "Any fever?"), request("8_21", "Any cough?")]),
        ),
    ]);
    let all = gathered(&files, Form::OpenaiBatch, "", &cases);
    let keys: Vec<String> = all
        .answers
        .iter()
        .map(|(c, _)| c.key().to_string())
        .collect();
    assert_eq!(keys, ["8/21"]);
    assert_eq!(all.left.len(), 1);
    assert_eq!(all.left[0].place, "a-out.jsonl:1");
    assert!(
        all.left[0].why.contains("two requests have this id"),
        "{:?}",
        all.left
    );
}

#[test]
fn a_row_number_alone_names_no_case() {
    let cases = cases();
    let files = Files::of(&[(
        "out.jsonl",
        lines(&[reply("7", "no"), reply("8_21", "yes")]),
    )]);
    let all = gathered(&files, Form::OpenaiBatch, "", &cases);
    let keys: Vec<String> = all
        .answers
        .iter()
        .map(|(c, _)| c.key().to_string())
        .collect();
    assert_eq!(keys, ["8/21"]);
    assert!(
        all.left[0].why.contains("may be that of a row"),
        "{:?}",
        all.left
    );
}

#[test]
fn an_answer_takes_the_place_of_a_failure_and_never_the_other_way_round() {
    let cases = cases();
    let failed = json!({"custom_id": "7_20", "response": {"status_code": 500, "body": {"error": {"message": "busy"}}}});
    for order in [[0, 1], [1, 0]] {
        let rows = order.map(|n| [failed.clone(), reply("7_20", "no")][n].clone());
        let files = Files::of(&[("out.jsonl", lines(&rows))]);
        let all = gathered(&files, Form::OpenaiBatch, "", &cases);
        let texts: Vec<&str> = all
            .answers
            .iter()
            .map(|(_, f)| f.told.text.as_str())
            .collect();
        assert_eq!((texts.as_slice(), all.left.len()), (&["no"][..], 0));
        assert_eq!(
            all.about.aside["failures of what was answered in another try"],
            1
        );
    }
}

#[test]
fn a_window_that_is_none_is_told_of_and_the_answer_taken() {
    let cases = cases();
    let row = |window: Value| json!({"instruction_id": 7, "person_id": 20, "answer": "x", "window": window});
    for (window, odd) in [
        (json!({"record": "r", "of": 3, "events": [[2, 0]]}), true),
        (json!("nothing"), true),
        (json!({"record": "r", "of": 3, "events": [[0, 2]]}), false),
        (json!(""), false),
    ] {
        let files = Files::of(&[("a.jsonl", lines(&[row(window.clone())]))]);
        let all = gathered(&files, Form::Jsonl, "a.jsonl", &cases);
        let told = all.about.aside.keys().any(|what| what.contains("windows"));
        assert_eq!((all.answers.len(), told), (1, odd), "{window}");
    }
}
