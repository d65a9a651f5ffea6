//! Runs of other programs brought in: what is in the files afterwards, what is said, and that nothing is brought in twice.

use serde_json::{Value, json};

use super::*;

/// A dataset of four cases, two of which ask the same.
fn dataset(shell: &Shell) {
    let folder = shell.path("clinic");
    fs::create_dir_all(folder.join("ehrs")).expect("a folder");
    let golds = "instruction_id\tperson_id\tquestion\tannotator_num\tclinician_response\tevidence\n\
                 0012\t1\tAny cough?\tAnnotator_1\tNo.\t\n\
                 0013\t2\tAny cough?\tAnnotator_1\tYes, since May.\t\n\
                 0014\t1\tWhich drugs?\tAnnotator_1\tApixaban\t\n\
                 0015\t2\tWhen was the fall?\tAnnotator_1\t2019\t\n";
    fs::write(folder.join("clinician-instruction-responses.tsv"), golds).expect("written");
    for person in 1..=2 {
        let xml = format!(
            "<eventstream person_id=\"{person}\"><encounter><events><entry timestamp=\"2020-01-01 08:00\">\
             <event type=\"visit\" code=\"Visit/OP\" name=\"Office\">start</event></entry></events></encounter></eventstream>"
        );
        fs::write(folder.join(format!("ehrs/{person}.xml")), xml).expect("written");
    }
}

fn helm(shell: &Shell) {
    let state = |n: usize, question: &str, gold: &str, text: &str| {
        json!({"instance": {"id": format!("id{n}"), "input": {"text": format!("EHR: SECRET\n\nQuestion: {question}\n\nAnswer:")},
                "references": [{"output": {"text": gold}, "tags": ["correct"]}]},
            "request": {"model": "openai/gpt", "prompt": "SECRET", "temperature": 0.0},
            "result": {"success": true, "completions": [{"text": text, "finish_reason": {"reason": "stop"}}]},
            "annotations": {"medalign": {"gpt": {"accuracy": {"score": n}}}}})
    };
    let states = json!({"adapter_spec": {"model": "openai/gpt", "max_tokens": 256}, "request_states": [
        state(0, "Any cough?", "Yes, since May.", "Since May."),
        state(1, "Any cough?", "No.", "None."),
        state(2, "Which drugs?", "Warfarin", "Warfarin."),
        state(3, "SECRET SECRET?", "x", "y"),
        state(4, "When was the fall?", "2019", "In 2019."),
    ]});
    let folder = shell.path("run");
    fs::create_dir_all(&folder).expect("a folder");
    fs::write(folder.join("scenario_state.json"), states.to_string()).expect("written");
}

fn answers(shell: &Shell, label: &str) -> Vec<Value> {
    let path = shell.path(&format!("clinic/model-responses/{label}/answers.jsonl"));
    let text = fs::read_to_string(path).unwrap_or_default();
    text.lines()
        .map(|l| serde_json::from_str(l).expect("a line"))
        .collect()
}

/// Each line's instruction and text.
fn told(lines: &[Value]) -> Vec<(&str, &str)> {
    lines
        .iter()
        .map(|l| {
            (
                l["instruction"].as_str().expect("an id"),
                l["text"].as_str().expect("a text"),
            )
        })
        .collect()
}

#[test]
fn a_run_is_joined_by_question_and_gold_response_and_comes_in_once() {
    let shell = Shell::new();
    dataset(&shell);
    helm(&shell);
    let import = [
        "import", "answers", "run", "clinic", "--from", "helm", "--label", "gpt",
    ];
    let said = shell.run(&import);
    assert_eq!(said.code, 1, "{}", said.all());
    assert!(
        said.all().contains("joined to cases: 3 (3 answered)"),
        "{}",
        said.all()
    );
    assert!(
        said.all()
            .contains("request_states[2] (id2): another gold response than in 0014/1"),
        "{}",
        said.all()
    );
    assert!(
        said.all()
            .contains("request_states[3] (id3): no case asks this question"),
        "{}",
        said.all()
    );
    assert!(
        !said.all().contains("SECRET") && !said.all().contains("Warfarin"),
        "{}",
        said.all()
    );
    let lines = answers(&shell, "gpt");
    let of = told(&lines);
    assert_eq!(
        of,
        [
            ("0013", "Since May."),
            ("0012", "None."),
            ("0015", "In 2019.")
        ]
    );
    let folder = shell.path("clinic/model-responses/gpt");
    let system = fs::read_to_string(folder.join("system.toml")).expect("beside it");
    assert!(
        system.contains("from = \"helm\"") && system.contains("max_tokens = 256"),
        "{system}"
    );
    let scores = fs::read_to_string(shell.path("clinic/scores/helm-medalign-gpt-accuracy.tsv"))
        .expect("marks");
    assert!(
        scores.lines().count() == 4 && scores.contains("0015\t2\tgpt\t4\t1\timported from helm\t"),
        "{scores}"
    );

    let said = shell.run(&import);
    assert!(
        said.all()
            .contains("gpt: 0 new, 0 replaced, 3 there already"),
        "{}",
        said.all()
    );
    assert_eq!(answers(&shell, "gpt").len(), 3);
    assert_eq!(
        scores,
        fs::read_to_string(shell.path("clinic/scores/helm-medalign-gpt-accuracy.tsv"))
            .expect("marks")
    );

    // Another answer of the same label stays away until it is told to take the place.
    let state = shell.path("run/scenario_state.json");
    let changed = fs::read_to_string(&state)
        .expect("the run")
        .replace("In 2019.", "In May 2019.");
    fs::write(&state, changed).expect("written");
    let said = shell.run(&import);
    assert!(
        said.all()
            .contains("case 0015/2 has another answer of this label, which stays"),
        "{}",
        said.all()
    );
    assert_eq!(answers(&shell, "gpt").len(), 3);
    let said = shell.run(&[&import[..], &["--replace"]].concat());
    assert!(
        said.all().contains("0 new, 1 replaced, 2 there already"),
        "{}",
        said.all()
    );
    let checked = shell.run(&["export", "clinic", "--cases", "all", "--out", "all.tsv"]);
    assert_eq!(checked.code, 0, "{}", checked.all());
    let table = fs::read_to_string(shell.path("all.tsv")).expect("a table");
    assert!(
        table.contains("In May 2019.") && !table.contains("\tIn 2019."),
        "{table}"
    );
}

#[test]
fn several_systems_are_asked_about_and_other_answers_are_not_touched() {
    let shell = Shell::new();
    dataset(&shell);
    let rows = "instruction_id,person_id,model,response\n0012,1,a,No\n0012,1,b,Yes\n0099,1,a,x\n";
    fs::write(shell.path("run.csv"), rows).expect("written");
    let import = [
        "import", "answers", "run.csv", "clinic", "--from", "jsonl", "--label", "x",
    ];
    let said = shell.run(&import);
    assert_eq!(said.code, 2, "{}", said.all());
    assert!(
        said.all().contains("--system NAME: a (2), b (1)"),
        "{}",
        said.all()
    );
    assert!(!shell.path("clinic/model-responses").exists());
    let said = shell.run(&[&import[..], &["--system", "a", "--dry-run"]].concat());
    assert!(said.all().contains("x: 1 would be new"), "{}", said.all());
    assert!(!shell.path("clinic/model-responses").exists());
    let said = shell.run(&[&import[..], &["--system", "a"]].concat());
    assert!(
        said.code == 1
            && said
                .all()
                .contains("run.csv:4: the dataset has no case 0099/1"),
        "{}",
        said.all()
    );
    assert_eq!(answers(&shell, "x").len(), 1);
    // What `infer` wrote, or a run of another program, is not added to.
    let said = shell.run(&[
        "import",
        "answers",
        "run.csv",
        "clinic",
        "--from",
        "promptfoo",
        "--label",
        "x",
    ]);
    assert_ne!(said.code, 0);
    fs::write(
        shell.path("clinic/model-responses/x/system.toml"),
        "label = \"x\"\n",
    )
    .expect("written");
    let said = shell.run(&[&import[..], &["--system", "b"]].concat());
    assert!(
        said.code == 3 && said.all().contains("take another --label"),
        "{}",
        said.all()
    );
}

/// A log that Inspect itself made with its mock model, brought in, judged, and written back.
#[test]
fn inspect_reads_our_edits_of_its_own_log() {
    let Some(python) = std::env::var_os("MEDALIGN_PYTHON") else {
        println!("skipped: MEDALIGN_PYTHON");
        return;
    };
    let has = std::process::Command::new(&python)
        .args(["-c", "import inspect_ai"])
        .output();
    if !has.expect("Python").status.success() {
        println!("skipped: MEDALIGN_PYTHON has no inspect_ai");
        return;
    }
    let shell = Shell::new();
    dataset(&shell);
    let run = |script: &str, arguments: &[&str]| {
        let done = std::process::Command::new(&python)
            .args(["-c", script])
            .args(arguments)
            .current_dir(shell.path("."))
            .env("INSPECT_LOG_LEVEL", "error")
            .env("HOME", shell.path("."))
            .output()
            .expect("Python");
        let error = String::from_utf8_lossy(&done.stderr);
        assert!(done.status.success(), "{error}");
    };
    run(MAKE, &[]);
    for form in ["eval", "json"] {
        let log = format!("log.{form}");
        let label = format!("mock-{form}");
        let said = shell.run(&[
            "import", "answers", &log, "clinic", "--from", "inspect", "--label", &label,
        ]);
        assert_eq!(said.code, 0, "{}", said.all());
        let lines = answers(&shell, &label);
        let told = told(&lines);
        assert_eq!(
            told,
            [
                ("0012", "answer 0012"),
                ("0013", "answer 0013"),
                ("0014", "answer 0014")
            ]
        );
        assert!(
            lines[0]["usage"]["prompt"].as_u64().is_some_and(|n| n > 0),
            "{}",
            lines[0]
        );
    }
    review(&shell);
    for form in ["eval", "json"] {
        let (log, new, label) = (
            format!("log.{form}"),
            format!("new.{form}"),
            format!("mock-{form}"),
        );
        let export = [
            "export",
            "clinic",
            "--to",
            "inspect",
            "--log",
            &log,
            "--label",
            &label,
            "--out",
            &new,
            "--unblinded",
        ];
        let said = shell.run(&export);
        assert!(
            said.all().contains("samples edited: 1, with 2 verdicts"),
            "{}",
            said.all()
        );
        run(CHECK, &[&new]);
        // A second time nothing is added.
        let again = format!("again.{form}");
        let said = shell.run(&[
            "export",
            "clinic",
            "--to",
            "inspect",
            "--log",
            &new,
            "--label",
            &label,
            "--out",
            &again,
            "--unblinded",
        ]);
        assert!(said.all().contains("samples edited: 0"), "{}", said.all());
    }
}

/// Judges the first answer of both logs, as the reviewer's screen writes it.
fn review(shell: &Shell) {
    let reviews = shell.path("clinic/reviews");
    fs::create_dir_all(&reviews).expect("a folder");
    for (reviewer, verdict, minute) in [("jchen", "correct", 1), ("okafor", "incorrect", 2)] {
        let mut lines = String::new();
        for label in ["mock-eval", "mock-json"] {
            lines += &judged(reviewer, label, verdict, minute);
        }
        lines += &submitted(reviewer);
        fs::write(reviews.join(format!("{reviewer}.jsonl")), lines).expect("written");
    }
}

fn judged(reviewer: &str, label: &str, verdict: &str, minute: u32) -> String {
    let id = format!(
        "01JQ0000000000000000000{}{minute}{}",
        u8::from(label.ends_with("json")),
        u8::from(reviewer == "jchen")
    );
    let line = json!({"v": 1, "id": id, "time": format!("2026-03-01T10:0{minute}:00.123Z"), "reviewer": reviewer,
        "instruction": "0012", "person": "1", "kind": "judge", "model": label, "verdict": verdict, "shown_position": 0, "view": "whole"});
    format!("{line}\n")
}

fn submitted(reviewer: &str) -> String {
    let id = format!(
        "01JQ00000000000000000009{}{}",
        9,
        u8::from(reviewer == "jchen")
    );
    let line = json!({"v": 1, "id": id, "time": "2026-03-01T10:09:00.000Z", "reviewer": reviewer,
        "instruction": "0012", "person": "1", "kind": "submit", "seconds": 60});
    format!("{line}\n")
}

const MAKE: &str = r#"
import glob, shutil
import tiktoken
class Words:
    def encode(self, s, **k): return s.split()
    def encode_ordinary(self, s): return s.split()
    def encode_batch(self, l, **k): return [s.split() for s in l]
tiktoken.get_encoding = lambda n: Words()
tiktoken.encoding_for_model = lambda n: Words()
from inspect_ai import Task, eval
from inspect_ai.dataset import Sample
from inspect_ai.model import ModelOutput, get_model
from inspect_ai.scorer import includes
from inspect_ai.solver import generate
asked = [("0012", "1", "Any cough?", "No."), ("0013", "2", "Any cough?", "Yes, since May."), ("0014", "1", "Which drugs?", "Apixaban")]
for form in ("eval", "json"):
    data = [Sample(id=n, input="EHR: " + "note " * 3000 + "\nQuestion: " + q + "\nAnswer:", target=g,
        metadata={"instruction_id": i, "person_id": p}) for n, (i, p, q, g) in enumerate(asked)]
    said = [ModelOutput.from_content("mockllm/model", "answer " + i) for i, *_ in asked]
    model = get_model("mockllm/model", custom_outputs=said)
    eval(Task(dataset=data, solver=generate(), scorer=includes(), name="medalign"), model=model, log_dir="logs-" + form,
        log_format=form, display="none", max_samples=1, max_connections=1)
    shutil.copy(glob.glob("logs-" + form + "/*." + form)[0], "log." + form)
"#;

const CHECK: &str = r#"
import sys
from inspect_ai.log import read_eval_log, read_eval_log_sample_summaries, recompute_metrics
log = read_eval_log(sys.argv[1])
assert log.status == "success" and len(log.samples) == 3, log
first, *others = sorted(log.samples, key=lambda s: s.id)
score = first.scores["medalign"]
assert score.value == "I", score
assert [(h.value, h.provenance.author) for h in score.history] == [("C", "jchen"), ("I", "okafor")], score.history
assert score.history[0].provenance.timestamp.microsecond == 123000
assert [e.edit.provenance.author for e in first.events if e.event == "score_edit"] == ["jchen", "okafor"]
assert all("medalign" not in s.scores and "includes" in s.scores for s in others)
assert first.scores["includes"].value == "I" and not first.scores["includes"].history
summary = {s.id: s for s in read_eval_log_sample_summaries(sys.argv[1])}
assert summary[first.id].scores["medalign"].value == "I"
recompute_metrics(log)
"#;

#[test]
fn what_is_left_out_or_lacks_makes_the_exit_code_1_and_shows_no_text() {
    let shell = Shell::new();
    dataset(&shell);
    let log = |status: &str| {
        let metadata = json!({"instruction_id": "0014", "person_id": "1"});
        let sample = json!({"id": "s", "epoch": 1, "input": "Which drugs?", "target": "Apixaban", "metadata": metadata,
            "output": {"completion": "Apixaban.", "choices": [{"stop_reason": "stop"}]}});
        json!({"status": status, "eval": {"model": "m"}, "samples": [sample]}).to_string()
    };
    let header = "instruction_id,person_id,answer\n";
    for (n, (name, from, text, code, said)) in [
        ("a.csv", "jsonl", format!("{header}0014,1,SECRET 5 mg, SECRET not 10\n0015,2,\"x\"\n"), 1, "a.csv:2: the row has more cells"),
        ("b.csv", "jsonl", format!("{header}0014,1,one\nSECRET two\n0015,2,x\n"), 1, "a part of a row"),
        ("c.csv", "jsonl", format!("{header}0014,1,NULL\n"), 0, "1 answers that say NULL"),
        ("d.jsonl", "jsonl", "{\"instruction_id\":\"0012\",\"person_id\":\"1\",\"gold\":\"Yes, since May.\",\"answer\":\"SECRET\"}\n".to_owned(), 1, "that of 0013/2"),
        ("e.json", "inspect", log("cancelled"), 1, "did not come to its end"),
        ("f.json", "inspect", log("success"), 0, "1 new"),
    ]
    .into_iter()
    .enumerate()
    {
        fs::write(shell.path(name), text).expect("written");
        let label = format!("m{n}");
        let ran = shell.run(&["import", "answers", name, "clinic", "--from", from, "--label", &label]);
        assert!(ran.code == code && ran.all().contains(said), "{name}: {ran:?}");
        assert!(!ran.all().contains("SECRET"), "{name}: {ran:?}");
    }
}
