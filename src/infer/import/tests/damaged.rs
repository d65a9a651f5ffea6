//! Runs of other programs that are not as they should be: each is read as far as it goes, or refused; none brings the program down.

use serde_json::{Value, json};

use super::logs::archive;
use super::*;
use crate::dataset::{Case, Dataset};
use crate::infer::import::gather::{Wanted, gather};
use crate::infer::import::keep::{Keep, keep};
use crate::mutations::{damaged_ones, demo, odd_ones};

/// A run of this form, by its files; `[...]` is written as JSON Lines.
fn sound(form: Form, case: &Case) -> Vec<(&'static str, Value)> {
    let (id, person, question) = (&case.instruction_id, &case.person_id, &case.question);
    let known = json!({"instruction_id": id, "person_id": person, "question": question,
        "window": {"record": "r", "of": 9, "events": [[0, 2], [4, 9]], "cut": {"event": 4, "from": 3}}});
    match form {
        Form::Helm => vec![
            (
                "scenario_state.json",
                json!({"adapter_spec": {"model": "m", "max_tokens": 9, "stop_sequences": ["a"]}, "request_states": [
                {"instance": {"id": "id0", "input": {"text": question}, "references": [{"output": {"text": "g"}}], "extra_data": known},
                 "train_trial_index": 0, "request": {"model": "m"}, "result": {"success": true, "request_time": 1.5,
                 "completions": [{"text": "x", "tokens": [{"logprob": -0.5}], "finish_reason": {"reason": "stop"}}]},
                 "annotations": {"medalign": {"gpt": {"accuracy": {"score": 4}}}}}]}),
            ),
            (
                "per_instance_stats.json",
                json!([{"instance_id": "id0", "train_trial_index": 0, "stats": [
                {"name": {"name": "num_prompt_tokens"}, "mean": 9.0}, {"name": {"name": "num_completion_tokens"}, "sum": 3.0}]}]),
            ),
        ],
        Form::Inspect => vec![(
            "log.json",
            json!({"status": "success", "eval": {"model": "m", "model_generate_config": {"seed": 1}},
            "samples": [{"id": 1, "epoch": 1, "input": question, "target": "g", "metadata": known, "attachments": {"0": "t"},
                "output": {"model": "m", "completion": "x", "choices": [{"stop_reason": "stop", "message": {"content": "x"}}],
                    "usage": {"input_tokens": 5, "input_tokens_cache_read": 90, "output_tokens": 2}, "time": 0.5},
                "scores": {"includes": {"value": "C"}, "medalign": {"value": "I", "history": []}}, "events": []}]}),
        )],
        Form::LmEval => vec![
            (
                "samples_a_1.jsonl",
                json!([{"doc_id": 0, "doc": known, "target": "g", "arguments": {"gen_args_0": {"arg_0": question}},
                "resps": [["x"]], "filtered_resps": ["x"], "filter": "none", "metrics": ["m"], "m": 1.0}]),
            ),
            (
                "results_1.json",
                json!({"model_name": "m", "config": {"model": "m", "gen_kwargs": {"a": 1}}}),
            ),
        ],
        Form::Promptfoo => vec![(
            "out.json",
            json!({"evalId": "e", "config": {"providers": [{"config": {"temperature": 0}}]},
            "results": {"version": 3, "results": [{"vars": known, "prompt": {"raw": "[{\"role\":\"user\",\"content\":\"Q\"}]"},
                "provider": {"id": "p", "label": "P"}, "promptIdx": 1, "latencyMs": 5, "namedScores": {"n": 1},
                "response": {"output": "x", "finishReason": "stop", "tokenUsage": {"prompt": 9, "completion": 1}}, "gradingResult": {"score": 1}}]}}),
        )],
        Form::OpenaiBatch => vec![
            (
                "in.jsonl",
                json!([{"custom_id": format!("{id}_{person}"), "body": {"model": "m", "messages": [{"role": "user", "content": question}]}}]),
            ),
            (
                "out.jsonl",
                json!([{"custom_id": format!("{id}_{person}"), "error": null, "response": {"status_code": 200, "body": {"model": "m",
                "output": [{"type": "message", "content": [{"type": "output_text", "text": "x"}]}], "usage": {"input_tokens": 7, "output_tokens": 2},
                "choices": [{"finish_reason": "stop", "message": {"content": "x"}, "logprobs": {"content": [{"logprob": -1.0}]}}]}}},
                {"custom_id": "b", "response": null, "error": {"code": "c", "message": "m"}}]),
            ),
        ],
        Form::Jsonl => vec![(
            "a.jsonl",
            json!([{"instruction_id": id, "person_id": person, "question": question, "gold": ["g"], "answer": "x",
            "model": "m", "finish_reason": "stop", "prompt_tokens": 9, "completion_tokens": 1, "seconds": 1, "confidence": 0.5, "window": known["window"]}]),
        )],
    }
}

/// What a file of the run holds.
fn written(name: &str, value: &Value) -> Vec<u8> {
    match value {
        Value::Array(rows) if ends(Path::new(name), "jsonl") => lines(rows).into_bytes(),
        value => value.to_string().into_bytes(),
    }
}

/// Reads a run as the command does, to the answers on the disk.
fn bring_in(dataset: &Dataset, cases: &[Case], form: Form, folder: &Path) -> bool {
    let path = match form {
        Form::Inspect => folder.join("log.json"),
        Form::Promptfoo => folder.join("out.json"),
        Form::Jsonl => folder.join("a.jsonl"),
        Form::Helm | Form::LmEval | Form::OpenaiBatch => folder.to_owned(),
    };
    let run = Run {
        form,
        path,
        filter: None,
        maps: Vec::new(),
    };
    let Ok(all) = gather(&run, &Wanted::default(), cases) else {
        return false;
    };
    let answers = tempfile::tempdir().expect("a folder");
    let how = Keep {
        folder: answers.path(),
        label: "m",
        from: form.name(),
        run: &run.path,
        replace: false,
        dry: false,
    };
    let kept = keep(how, dataset, &all.about, &all.answers).expect("what was read can be kept");
    assert_eq!(kept.new, all.answers.len());
    !all.answers.is_empty()
}

#[test]
fn runs_of_other_programs() {
    let dataset = Dataset::open(demo()).expect("the demo");
    let cases = dataset.askable();
    for form in <Form as clap::ValueEnum>::value_variants() {
        let files = Files::of(&[]);
        let sound = sound(*form, &cases[0]);
        let put = |name: &str, bytes: &[u8]| fs::write(files.path(name), bytes).expect("written");
        for (name, value) in &sound {
            put(name, &written(name, value));
        }
        assert!(
            bring_in(&dataset, &cases, *form, files.0.path()),
            "{form:?}"
        );
        for (name, value) in &sound {
            let kind = format!("{} {name}", form.name());
            let odd = odd_ones(&kind, value);
            let odd = odd.iter().map(|v| written(name, v));
            for bytes in odd.chain(damaged_ones(&kind, &[written(name, value)])) {
                put(name, &bytes);
                let read = || bring_in(&dataset, &cases, *form, files.0.path());
                let done = std::panic::catch_unwind(std::panic::AssertUnwindSafe(read));
                assert!(done.is_ok(), "{kind}: {}", String::from_utf8_lossy(&bytes));
            }
            put(name, &written(name, value));
        }
    }
}

#[test]
fn logs_that_are_copied() {
    let case = Dataset::open(demo())
        .expect("the demo")
        .askable()
        .swap_remove(0);
    let (_, log) = sound(Form::Inspect, &case).swap_remove(0);
    let files = Files::of(&[]);
    let copy = |name: &str, bytes: &[u8]| {
        fs::write(files.path(name), bytes).expect("written");
        let mut edit = |_: &Found, sample: &mut Map<String, Value>| {
            sample.insert(
                "scores".to_owned(),
                json!({"a": {"value": "C", "history": [1]}}),
            );
            true
        };
        let to = files.path(&format!("new-{name}"));
        inspect::edit(&files.path(name), &to, true, &mut edit).is_ok_and(|n| n > 0)
    };
    assert!(copy("log.json", log.to_string().as_bytes()));
    let odd = odd_ones("copied logs", &log);
    let json: Vec<Vec<u8>> = odd.iter().map(|v| v.to_string().into_bytes()).collect();
    for bytes in &json {
        copy("log.json", bytes);
    }
    // What is in an archive is odd, and then the archive is.
    let whole = |log: &Value| {
        let text = |v: &Value| v.to_string().into_bytes();
        archive(&[
            ("samples/1_epoch_1.json", text(&log["samples"][0])),
            ("samples/2_epoch_1/sample.json", text(&log["samples"][0])),
            ("samples/2_epoch_1/metadata.json", text(&log["eval"])),
            (
                "samples/2_epoch_1/attachments/0.json",
                text(&log["samples"]),
            ),
            ("summaries.json", text(&log["samples"])),
            ("header.json", text(log)),
        ])
    };
    let all: Vec<Vec<u8>> = odd.iter().map(whole).collect();
    assert!(copy("log.eval", &whole(&log)));
    for bytes in &all {
        copy("log.eval", bytes);
    }
    for bytes in damaged_ones("archives", &[whole(&log)]) {
        copy("log.eval", &bytes);
        fs::write(files.path("log.eval"), bytes).expect("written");
        let _ = files.try_read(Form::Inspect, "log.eval");
    }
}
