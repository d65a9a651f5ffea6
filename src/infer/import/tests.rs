//! Each form as its program writes it, small; and what trips a reader of it.

mod choices;
mod damaged;
mod ids;
mod logs;
mod tables;
mod values;

use std::fs;
use std::io::Write;
use std::path::PathBuf;

use serde_json::{Value, json};

use super::*;
use crate::error::Kind;

/// A run of these files, in a folder that goes with it.
struct Files(tempfile::TempDir);

impl Files {
    fn of(files: &[(&str, String)]) -> Self {
        let folder = tempfile::tempdir().expect("a folder");
        for (name, text) in files {
            fs::write(folder.path().join(name), text).expect("written");
        }
        Files(folder)
    }

    fn path(&self, name: &str) -> PathBuf {
        self.0.path().join(name)
    }

    fn try_read(&self, form: Form, name: &str) -> Result<(Vec<Found>, About)> {
        let run = Run {
            form,
            path: self.path(name),
            filter: None,
            maps: Vec::new(),
        };
        read_all(&run)
    }

    fn read(&self, form: Form, name: &str) -> (Vec<Found>, About) {
        self.try_read(form, name).expect("a run")
    }
}

fn read_all(run: &Run) -> Result<(Vec<Found>, About)> {
    let mut all = Vec::new();
    let about = read(run, &mut |found| all.push(found))?;
    Ok((all, about))
}

fn lines(rows: &[Value]) -> String {
    rows.iter()
        .flat_map(|row| [row.to_string(), "\n".to_owned()])
        .collect()
}

fn instance(n: u32, gold: &str) -> Value {
    json!({"id": format!("id{n}"), "split": "test",
        "input": {"text": format!("EHR: note\n\nQuestion: Q{n}?\n\nAnswer:")},
        "references": [{"output": {"text": gold}, "tags": ["correct"]}]})
}

#[test]
fn helm_states_are_read_with_marks_tokens_and_outcomes() {
    let state = |n: u32, result: Value, trial: u32| {
        json!({"instance": instance(n, "gold"), "train_trial_index": trial,
            "request": {"model": "openai/gpt", "prompt": "x".repeat(1000), "temperature": 0.0},
            "result": result,
            "annotations": {"medalign": {"prompt_text": "p", "gpt": {"accuracy": {"score": 4, "explanation": "[redacted]"},
                "clarity": {"score": "5"}, "completeness": {}}}}})
    };
    let done = |text: &str, reason: Value| {
        json!({"success": true, "request_time": 1.5, "completions": [{"text": text, "logprob": -1.0,
            "tokens": [{"text": "a", "logprob": -0.5}, {"text": "b", "logprob": -1.5}], "finish_reason": reason}]})
    };
    let mut perturbed = state(1, done("yes", json!(null)), 0);
    perturbed["instance"]["perturbation"] = json!({"name": "typos"});
    let states = json!({"adapter_spec": {"model": "openai/gpt", "max_tokens": 256}, "request_states": [
        state(0, done("yes", json!({"reason": "stop"})), 0),
        state(1, done("cut off", json!("length")), 1),
        state(2, json!({"success": false, "error": "maximum context length is 8192", "completions": []}), 0),
        perturbed,
    ]});
    let counted = json!([{"instance_id": "id0", "train_trial_index": 0, "stats": [
        {"name": {"name": "num_prompt_tokens"}, "sum": 90.0, "mean": 90.0},
        {"name": {"name": "num_completion_tokens"}, "mean": 3.0}]}]);
    // Python writes NaN.
    let states = states.to_string().replace("-1.0,", "NaN,");
    let files = Files::of(&[
        ("scenario_state.json", states.clone()),
        ("per_instance_stats.json", counted.to_string()),
    ]);
    let (all, about) = files.read(Form::Helm, "");
    assert_eq!(
        (about.model.as_str(), &about.settings["max_tokens"]),
        ("openai/gpt", &256.into())
    );
    let outcomes: Vec<Outcome> = all.iter().map(|f| f.outcome).collect();
    assert_eq!(
        outcomes,
        [
            Outcome::Answered,
            Outcome::Cut,
            Outcome::TooLong,
            Outcome::Answered
        ]
    );
    let first = &all[0];
    assert_eq!(first.place, "scenario_state.json: request_states[0] (id0)");
    assert_eq!(
        (first.told.text.as_str(), first.golds[0].as_str()),
        ("yes", "gold")
    );
    assert_eq!(
        first.told.usage,
        Some(Usage {
            prompt: 90,
            completion: 3
        })
    );
    assert_eq!((first.told.confidence, first.seconds), (Some(-1.0), 1.5));
    let scores = [
        ("helm-medalign-gpt-accuracy", 4.0),
        ("helm-medalign-gpt-clarity", 5.0),
    ];
    assert_eq!(first.scores, scores.map(|(n, s)| (n.to_owned(), s)));
    assert_eq!((all[1].trial, all[3].perturbed), (2, true));

    let torn = Files::of(&[(
        "scenario_state.json",
        states[..states.len() - 40].to_owned(),
    )]);
    let error = torn.try_read(Form::Helm, "").expect_err("torn").to_string();
    assert!(
        error.contains("the file ends too early") && !error.contains("Q0"),
        "{error}"
    );
    let none = Files::of(&[])
        .try_read(Form::Helm, "")
        .expect_err("nothing");
    assert!(
        none.to_string().contains("display_predictions.json"),
        "{none}"
    );
}

#[test]
fn helm_twins_are_read_without_the_prompts() {
    let files = Files::of(&[
        (
            "run_spec.json",
            json!({"adapter_spec": {"model": "m", "temperature": 0.1}}).to_string(),
        ),
        (
            "instances.json",
            json!([instance(0, "a"), instance(1, "b")]).to_string(),
        ),
        (
            "display_predictions.json",
            json!([
            {"instance_id": "id1", "train_trial_index": 0, "predicted_text": " B", "stats": {},
             "annotations": {"medalign": {"llama": {"accuracy": {"score": 2.0}}}}},
            {"instance_id": "id9", "train_trial_index": 0, "predicted_text": "C"}])
            .to_string(),
        ),
    ]);
    let (all, about) = files.read(Form::Helm, "instances.json");
    assert_eq!((all.len(), about.model.as_str()), (2, "m"));
    assert_eq!(
        (all[0].golds[0].as_str(), all[0].told.text.as_str()),
        ("b", " B")
    );
    assert!(all[0].prompt.contains("Q1?") && all[1].prompt.is_empty());
    assert_eq!(
        all[0].scores,
        [("helm-medalign-llama-accuracy".to_owned(), 2.0)]
    );
}

#[test]
fn lm_eval_rows_count_once_whatever_the_filters() {
    let row = |doc: u32, filter: &str, kept: &str| {
        json!({"doc_id": doc, "doc": {"question": format!("Q{doc}?"), "instruction_id": "00012"}, "target": "gold",
            "arguments": {"gen_args_0": {"arg_0": "[{\"role\": \"user\", \"content\": \"Q?\"}]", "arg_1": {}}},
            "resps": [["The answer is 5.", "second"]], "filtered_resps": [kept], "filter": filter,
            "metrics": ["exact_match"], "exact_match": 1.0})
    };
    let rows = [
        row(0, "none", "a"),
        row(0, "strict", "5"),
        row(1, "none", "b"),
        row(1, "strict", ""),
    ];
    let samples = lines(&rows) + "torn {\n";
    let files = Files::of(&[
        ("samples_medalign_2026.jsonl", samples),
        (
            "results_2026.json",
            json!({"model_name": "hf/m", "config": {"model": "hf", "limit": null}}).to_string(),
        ),
    ]);
    let (all, about) = files.read(Form::LmEval, "");
    // Two rows of the first filter, each with two repeats.
    assert_eq!((all.len(), about.aside["rows of other filters"]), (4, 2));
    assert_eq!(
        about.broken,
        [(
            "samples_medalign_2026.jsonl:5".to_owned(),
            "the line is no JSON object".to_owned()
        )]
    );
    assert_eq!(
        (about.model.as_str(), all[0].told.text.as_str()),
        ("hf/m", "The answer is 5.")
    );
    assert_eq!(
        (all[0].instruction.as_deref(), all[0].question.as_deref()),
        (Some("00012"), Some("Q0?"))
    );
    assert_eq!(
        (all[0].prompt.as_str(), all[0].hint.as_deref()),
        ("Q?", None)
    );
    assert_eq!(all[0].scores, [("lm-eval-exact_match".to_owned(), 1.0)]);
    let mut run = Run {
        form: Form::LmEval,
        path: files.path("samples_medalign_2026.jsonl"),
        filter: Some("strict".to_owned()),
        maps: Vec::new(),
    };
    let (all, _) = read_all(&run).expect("a run");
    assert_eq!(
        (all[0].told.text.as_str(), all[1].outcome),
        ("5", Outcome::Empty)
    );
    run.filter = Some("lax".to_owned());
    let error = read_all(&run).expect_err("no such filter");
    assert_eq!(error.hint_text(), Some("the filters here are none, strict"));
}

#[test]
fn promptfoo_results_name_their_system() {
    let row = |provider: Value, response: Value| {
        json!({"testIdx": 0, "promptIdx": 0, "vars": {"instruction_id": "1", "question": "Q?"},
            "prompt": {"raw": "[{\"role\":\"user\",\"content\":\"Q?\"}]", "label": "p"}, "provider": provider,
            "response": response, "latencyMs": 250, "gradingResult": {"pass": true, "score": 0.5}, "namedScores": {"rude": 0}})
    };
    let rows = [
        row(
            json!({"id": "openai:gpt", "label": "GPT"}),
            json!({"output": "yes", "tokenUsage": {"prompt": 9, "completion": 1}}),
        ),
        row(
            json!({"id": "local"}),
            json!({"error": "API error: 500", "output": null}),
        ),
        json!({"testCase": {"vars": {"person_id": 5}}, "provider": "echo", "promptIdx": 1, "response": {"output": {"a": 1}}}),
    ];
    let file = json!({"evalId": "e", "results": {"version": 3, "prompts": [], "results": rows}, "config": {"providers": []}});
    let files = Files::of(&[("out.json", file.to_string())]);
    let (all, about) = files.read(Form::Promptfoo, "out.json");
    let systems: Vec<&str> = all.iter().map(|f| f.system.as_str()).collect();
    assert_eq!(systems, ["GPT", "local", "echo, prompt 2"]);
    assert_eq!(
        (all[0].told.model.as_str(), all[0].prompt.as_str()),
        ("openai:gpt", "Q?")
    );
    assert_eq!(
        (all[0].seconds, all[0].told.usage),
        (
            0.25,
            Some(Usage {
                prompt: 9,
                completion: 1
            })
        )
    );
    assert_eq!(
        (all[1].outcome, all[1].told.message.as_str()),
        (Outcome::Failed, "API error: 500")
    );
    assert_eq!(
        (all[2].told.text.as_str(), all[2].person.as_deref()),
        ("{\"a\":1}", Some("5"))
    );
    assert_eq!(about.model, "openai:gpt, local, echo");
}

#[test]
fn batch_errors_become_outcomes() {
    let out = |id: &str, status: u16, body: Value| json!({"id": "b", "custom_id": id, "response": {"status_code": status, "body": body}, "error": null});
    let chat = json!({"model": "gpt-4o", "choices": [{"finish_reason": "stop", "message": {"content": "yes"}}], "usage": {"prompt_tokens": 9, "completion_tokens": 1}});
    let responses = json!({"model": "o", "output": [{"type": "reasoning"}, {"type": "message", "content": [{"type": "output_text", "text": "ja"}]}],
        "incomplete_details": {"reason": "max_output_tokens"}, "usage": {"input_tokens": 7, "output_tokens": 2}});
    let refused = json!({"error": {"message": "the limit", "code": "context_length_exceeded"}});
    let files = Files::of(&[
        (
            "out.jsonl",
            lines(&[out("1", 200, chat), out("2", 200, responses)]),
        ),
        (
            "err.jsonl",
            lines(&[
                out("3", 400, refused),
                json!({"custom_id": "4", "response": null, "error": {"code": "batch_expired", "message": "it expired"}}),
            ]),
        ),
        (
            "in.jsonl",
            lines(&[
                json!({"custom_id": "1", "method": "POST", "body": {"model": "gpt-4o", "temperature": 0, "messages": [{"role": "user", "content": "Q?"}]}}),
            ]),
        ),
    ]);
    let (mut all, about) = files.read(Form::OpenaiBatch, "");
    all.sort_by_key(|f| f.hint.clone());
    let outcomes: Vec<Outcome> = all.iter().map(|f| f.outcome).collect();
    assert_eq!(
        outcomes,
        [
            Outcome::Answered,
            Outcome::Cut,
            Outcome::TooLong,
            Outcome::Failed
        ]
    );
    assert_eq!(
        (all[0].prompt.as_str(), all[0].told.text.as_str()),
        ("Q?", "yes")
    );
    assert_eq!(
        (all[1].told.text.as_str(), all[1].told.usage),
        (
            "ja",
            Some(Usage {
                prompt: 7,
                completion: 2
            })
        )
    );
    assert_eq!((all[2].told.status, all[3].told.status), (Some(400), None));
    assert!(
        all[3].told.message.contains("it expired"),
        "{:?}",
        all[3].told
    );
    assert_eq!(about.settings["temperature"], 0);
    let error = Files::of(&[("in.jsonl", lines(&[json!({"custom_id": "1", "body": {}})]))])
        .try_read(Form::OpenaiBatch, "in.jsonl");
    assert_eq!(error.expect_err("requests only").kind(), Kind::Unreadable);
}

#[test]
fn lines_and_tables_take_the_columns_that_are_named() {
    let rows = [
        json!({"meta": {"ids": ["12", "90"]}, "out": {"text": "yes"}, "model": "m", "prompt_tokens": 5, "window": {"record": "r", "of": 3, "events": [[0, 2]]}}),
        json!({"meta": {"ids": ["13", "91"]}, "out": {"text": ""}, "error": "content_filter"}),
    ];
    let mut file = tempfile::Builder::new()
        .suffix(".jsonl")
        .tempfile()
        .expect("a file");
    file.write_all(lines(&rows).as_bytes()).expect("written");
    let mut run = Run {
        form: Form::Jsonl,
        path: file.path().to_owned(),
        filter: None,
        maps: [
            "meta.ids.0=instruction_id",
            "meta.ids.1=person_id",
            "out.text=answer",
        ]
        .map(|m| m.split_once('=').expect("a pair"))
        .map(|(c, f)| (c.to_owned(), Field::named(f).expect("a field")))
        .to_vec(),
    };
    let (all, about) = read_all(&run).expect("lines");
    assert_eq!(
        (all[0].instruction.as_deref(), all[0].person.as_deref()),
        (Some("12"), Some("90"))
    );
    assert_eq!(
        (
            all[0].told.text.as_str(),
            all[0].window.as_ref().map(Window::shown)
        ),
        ("yes", Some(2))
    );
    assert_eq!(
        (all[1].outcome, about.model.as_str()),
        (Outcome::Filtered, "m")
    );
    run.maps.push(("nothing".to_owned(), Field::Gold));
    let error = read_all(&run).expect_err("no such column");
    assert_eq!(error.to_string(), "no row has the column nothing");

    let files = Files::of(&[(
        "a.csv",
        "instruction_id,person_id,Output\n007,1,\"a\nb\"\n".to_owned(),
    )]);
    run.path = files.path("a.csv");
    run.maps = vec![("Output".to_owned(), Field::Answer)];
    let (all, _) = read_all(&run).expect("a table");
    assert_eq!(
        (all[0].instruction.as_deref(), all[0].told.text.as_str()),
        (Some("007"), "a\nb")
    );
    assert_eq!(all[0].place, "a.csv:2");
    assert!(Field::named("reply").is_err_and(|e| e.contains("completion_tokens")));
}
