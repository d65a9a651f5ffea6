//! Several answers at once, and how a model ended, in the words of each program.

use std::fs;

use serde_json::{Value, json};

use super::logs::archive;
use super::*;
use crate::dataset::Case;
use crate::infer::import::gather::{Wanted, gather};
use crate::notice::Severity;

/// Text and trial of each answer.
fn told(found: &[Found]) -> Vec<(&str, u32)> {
    let of = |f: &'_ Found| f.trial;
    found
        .iter()
        .map(|f| (f.told.text.as_str(), of(f)))
        .collect()
}

fn batch(id: &str, body: &Value) -> Value {
    json!({"custom_id": id, "response": {"status_code": 200, "body": body}, "error": null})
}

#[test]
fn each_choice_is_a_trial_of_its_own_in_every_form() {
    let choice = |n: u32, text: &str| json!({"index": n, "finish_reason": "stop", "message": {"content": text}});
    let rows = [
        batch(
            "7_20",
            &json!({"choices": [choice(0, "first"), choice(1, "second")]}),
        ),
        batch(
            "8_21",
            &json!({"choices": [choice(1, "second"), choice(0, "first")]}),
        ),
    ];
    let both = [("first", 1), ("second", 2)];
    let files = Files::of(&[("out.jsonl", lines(&rows))]);
    let (found, _) = files.read(Form::OpenaiBatch, "out.jsonl");
    assert_eq!(told(&found), [both, both].concat());
    assert!(found.iter().all(|f| f.place.starts_with("out.jsonl:")));

    let state = |trial: u32| {
        json!({"instance": {"id": "id0", "input": {"text": "Q?"}}, "train_trial_index": trial,
        "request": {"model": "m"}, "result": {"success": true, "completions": [{"text": "first"}, {"text": "second"}]}})
    };
    let states = json!({"request_states": [state(0), state(1)]});
    let files = Files::of(&[("scenario_state.json", states.to_string())]);
    let (found, _) = files.read(Form::Helm, "");
    assert_eq!(
        told(&found),
        [("first", 1), ("second", 2), ("first", 3), ("second", 4)]
    );

    let sample = json!({"id": 1, "epoch": 1, "input": "Q?", "target": "", "scores": {"s": {"value": "C"}},
        "output": {"completion": "first", "choices": [choice(0, "first"), choice(1, "second")]}});
    let log = json!({"status": "success", "eval": {"model": "m"}, "samples": [sample]});
    let files = Files::of(&[("log.json", log.to_string())]);
    let (found, _) = files.read(Form::Inspect, "log.json");
    assert_eq!(told(&found), both);
    assert_eq!((found[0].scores.len(), found[1].scores.len()), (1, 0));
}

#[test]
fn a_trial_is_counted_where_it_is_not_taken_and_refused_where_there_is_none() {
    let cases = [Case {
        instruction_id: "7".to_owned(),
        person_id: "20".to_owned(),
        question: "Any cough?".to_owned(),
        ..Case::default()
    }];
    let choices = json!({"choices": [{"index": 0, "message": {"content": "a"}}, {"index": 1, "message": {"content": "b"}}]});
    let files = Files::of(&[("out.jsonl", lines(&[batch("7_20", &choices)]))]);
    let run = Run {
        form: Form::OpenaiBatch,
        path: files.path("out.jsonl"),
        filter: None,
        maps: Vec::new(),
    };
    let of = |trial| {
        gather(
            &run,
            &Wanted {
                system: None,
                trial,
            },
            &cases,
        )
    };
    for (trial, text) in [(None, "a"), (Some(1), "a"), (Some(2), "b")] {
        let all = of(trial).expect("a run");
        assert_eq!(all.answers[0].1.told.text, text);
        assert_eq!(all.about.aside["further answers to the same"], 1);
    }
    let error = of(Some(3)).expect_err("no third");
    assert_eq!(error.to_string(), "no answer is number 3 of several");
}

#[test]
fn how_a_model_ended_is_known_in_the_words_of_every_server() {
    for (reason, outcome, odd) in [
        ("STOP", Outcome::Answered, 0),
        ("end_turn", Outcome::Answered, 0),
        ("LENGTH", Outcome::Cut, 0),
        ("MAX_TOKENS", Outcome::Cut, 0),
        ("FINISH_REASON_MAX_TOKENS", Outcome::Cut, 0),
        ("max_tokens", Outcome::Cut, 0),
        ("SAFETY", Outcome::Filtered, 0),
        ("refusal", Outcome::Filtered, 0),
        ("weird", Outcome::Answered, 1),
    ] {
        let row = json!({"instruction_id": 7, "answer": "No.", "finish_reason": reason});
        let files = Files::of(&[("a.jsonl", lines(&[row]))]);
        let (found, _) = files.read(Form::Jsonl, "a.jsonl");
        assert_eq!(
            (found[0].outcome, found[0].odd.len()),
            (outcome, odd),
            "{reason}"
        );
    }
}

#[test]
fn batches_of_anthropic_are_read_and_lines_of_no_known_kind_are_named() {
    let anthropic = |id: &str, result: Value| json!({"custom_id": id, "result": result});
    let message = json!({"type": "succeeded", "message": {"model": "c", "role": "assistant", "stop_reason": "max_tokens",
        "content": [{"type": "thinking", "thinking": "hm"}, {"type": "text", "text": "No"}],
        "usage": {"input_tokens": 9, "output_tokens": 2}}});
    let errored = json!({"type": "errored", "error": {"type": "error", "error": {"type": "invalid_request_error", "message": "no such thing"}}});
    let rows = [
        anthropic("1", message),
        anthropic("2", errored),
        anthropic("3", json!({"type": "expired"})),
        batch("4", &json!({"weird": 1})),
        json!({"custom_id": "5", "answer": "SECRET"}),
    ];
    let asked = json!({"custom_id": "1", "params": {"model": "c", "messages": [{"role": "user", "content": "Q?"}]}});
    let files = Files::of(&[("out.jsonl", lines(&rows)), ("in.jsonl", lines(&[asked]))]);
    let (found, about) = files.read(Form::OpenaiBatch, "");
    let outcomes: Vec<Outcome> = found.iter().map(|f| f.outcome).collect();
    assert_eq!(outcomes, [Outcome::Cut, Outcome::Failed, Outcome::Failed]);
    let first = &found[0];
    assert_eq!(
        (
            first.told.text.as_str(),
            first.told.reasoning.as_str(),
            first.prompt.as_str()
        ),
        ("No", "hm", "Q?")
    );
    assert!(
        found[1].told.message.contains("no such thing"),
        "{:?}",
        found[1].told
    );
    assert!(
        found[2].told.message.contains("expired"),
        "{:?}",
        found[2].told
    );
    let places: Vec<&str> = about
        .broken
        .iter()
        .map(|(place, _)| place.as_str())
        .collect();
    assert_eq!(places, ["out.jsonl:4", "out.jsonl:5"]);
}

#[test]
fn a_log_that_did_not_come_to_its_end_says_so() {
    let sample = json!({"id": "a text of the run", "epoch": 1, "input": "Q?", "output": {"completion": "x"}});
    let head = |status: &str| {
        json!({"status": status, "samples": [sample],
        "eval": {"model": "m", "dataset": {"sample_ids": [1, 2, 3, 4, 5]}, "config": {"epochs": 2}}})
    };
    for status in ["error", "cancelled", "started"] {
        let files = Files::of(&[("log.json", head(status).to_string())]);
        let (found, about) = files.read(Form::Inspect, "log.json");
        assert_eq!((found.len(), about.notices.len()), (1, 1));
        let notice = &about.notices[0];
        assert_eq!(notice.severity, Severity::Error);
        let what =
            format!("the run did not come to its end (status {status}): 1 of 10 samples are here");
        assert_eq!(notice.what, what);
        assert!(!found[0].place.contains("text"), "{}", found[0].place);
    }
    let files = Files::of(&[("log.json", head("success").to_string())]);
    assert!(files.read(Form::Inspect, "log.json").1.notices.is_empty());
    // One that is still being written has no header.
    let text = |v: &Value| v.to_string().into_bytes();
    let start = json!({"eval": head("")["eval"]});
    let log = archive(&[
        ("_journal/start.json", text(&start)),
        ("samples/a text_epoch_1.json", text(&sample)),
    ]);
    let files = Files::of(&[]);
    fs::write(files.path("log.eval"), log).expect("written");
    let (found, about) = files.read(Form::Inspect, "log.eval");
    assert_eq!(found[0].place, "samples[0]");
    assert!(
        about.notices[0].what.contains("status unfinished"),
        "{:?}",
        about.notices
    );
}
