//! Models answer: a server on loopback, the real program, and what is in the files afterwards.

use std::collections::BTreeMap;
use std::net::TcpStream;
use std::sync::{Arc, Mutex};

use serde_json::{Value, json};

use super::loopback::{self, listen};
use super::*;

/// A server that keeps what it was asked.
pub(super) struct Server {
    pub(super) url: String,
    asked: Arc<Mutex<Vec<Value>>>,
}

impl Server {
    /// What a body is answered with: status and body.
    pub(super) fn new(answer: impl Fn(&Value) -> (u16, Value) + Send + Sync + 'static) -> Self {
        let asked = Arc::new(Mutex::new(Vec::new()));
        let log = asked.clone();
        let url = listen(move |stream| {
            while let Some(body) = take_request(&stream) {
                let (status, body) = if body.is_null() {
                    (200, json!({"data": [{"id": "m"}]}))
                } else {
                    log.lock().expect("no panic").push(body.clone());
                    answer(&body)
                };
                if say(&stream, status, &body.to_string()).is_none() {
                    return;
                }
            }
        });
        Server { url, asked }
    }

    pub(super) fn asked(&self) -> Vec<Value> {
        self.asked.lock().expect("no panic").clone()
    }
}

/// Reads a request: its body, null where it is a GET; `None` at the end of the connection.
pub(super) fn take_request(stream: &TcpStream) -> Option<Value> {
    let body = loopback::take(stream)?;
    if body.is_empty() {
        return Some(Value::Null);
    }
    serde_json::from_slice(&body).ok()
}

/// Writes a reply.
pub(super) fn say(stream: &TcpStream, status: u16, body: &str) -> Option<()> {
    loopback::say(stream, status, loopback::JSON, body)
}

pub(super) fn said(text: &str) -> (u16, Value) {
    (
        200,
        json!({"model": "m-7", "choices": [{"finish_reason": "stop", "message": {"content": text}}],
        "usage": {"prompt_tokens": 100_000, "completion_tokens": 3}}),
    )
}

pub(super) fn prompt(body: &Value) -> &str {
    body["messages"][0]["content"].as_str().expect("a prompt")
}

/// A dataset of so many instructions about two records.
pub(super) fn dataset(shell: &Shell, cases: usize) {
    let folder = shell.path("clinic");
    fs::create_dir_all(folder.join("ehrs")).expect("a folder");
    let rows = (0..cases).map(|n| {
        let person = 1 + n % 2;
        format!("i{n}\t{person}\tQuestion number {n}: any cough?\tyes\n")
    });
    let head = "instruction_id\tperson_id\tquestion\tis_selected_ehr\n";
    let table: String = std::iter::once(head.to_owned()).chain(rows).collect();
    fs::write(folder.join("ehr-relevance-labels.tsv"), table).expect("written");
    for person in 1..=2 {
        let days = (1..=20).map(|day| {
            format!(
                "<encounter><events><entry timestamp=\"2020-01-{day:02} 08:00\"><event type=\"visit\" code=\"Visit/OP\" name=\"Office\">start</event>\
                 <event type=\"note\" code=\"\" name=\"Progress\">Day {day} of patient {person}: cough, no fever, lungs clear.</event></entry></events></encounter>"
            )
        });
        let days: String = days.collect();
        let xml = format!("<eventstream person_id=\"{person}\">{days}</eventstream>");
        fs::write(folder.join(format!("ehrs/{person}.xml")), xml).expect("written");
    }
}

pub(super) fn lines(shell: &Shell, label: &str) -> Vec<Value> {
    let path = shell.path(&format!("clinic/model-responses/{label}/answers.jsonl"));
    let text = fs::read(path).unwrap_or_default();
    let lines = text.split(|b| *b == b'\n');
    lines
        .filter_map(|line| serde_json::from_slice(line).ok())
        .collect()
}

/// What came of each instruction.
fn outcomes(shell: &Shell, label: &str) -> BTreeMap<String, String> {
    let word = |of: &Value| of.as_str().expect("a word").to_owned();
    let all = lines(shell, label);
    all.iter()
        .map(|l| (word(&l["instruction"]), word(&l["outcome"])))
        .collect()
}

#[test]
fn every_outcome_has_its_line_and_answers_are_not_asked_again() {
    let shell = Shell::new();
    dataset(&shell, 6);
    let server = Server::new(|body| {
        let asked = prompt(body).to_owned();
        let of = |n: u32| asked.contains(&format!("number {n}:"));
        if of(1) {
            return (
                400,
                json!({"error": {"code": "content_filter", "message": "filtered"}}),
            );
        }
        let mut reply = said("Yes, a cough.");
        if of(2) {
            reply.1["usage"]["prompt_tokens"] = json!(9);
        } else if of(3) {
            reply.1["choices"][0]["message"] = json!({"content": "", "reasoning_content": "hm"});
        } else if of(4) {
            reply.1["choices"][0]["finish_reason"] = json!("length");
        }
        reply
    });
    let args = [
        "infer",
        "clinic",
        "--endpoint",
        &server.url,
        "--model",
        "m",
        "--label",
        "a",
    ];
    let ran = shell.run(&args);
    assert_eq!(ran.code, 1, "{ran:?}");
    let outcomes = outcomes(&shell, "a");
    let names: Vec<&str> = outcomes.values().map(String::as_str).collect();
    assert_eq!(
        names,
        [
            "answered",
            "filtered",
            "truncated_by_server",
            "empty",
            "cut",
            "answered"
        ]
    );
    let line = &lines(&shell, "a")
        .into_iter()
        .find(|l| l["instruction"] == "i3")
        .expect("there");
    assert_eq!((&line["reasoning"], line.get("text")), (&json!("hm"), None));
    assert_eq!(server.asked().len(), 6);
    // Nothing new to ask; then the filtered one alone.
    let ran = shell.run(&args);
    assert!(
        ran.code == 1
            && ran
                .out
                .contains("6 known before (1 filtered, 1 empty, 1 truncated by server among them)"),
        "{ran:?}"
    );
    assert!(
        ran.err
            .contains("--again filtered,empty,truncated_by_server"),
        "{ran:?}"
    );
    assert_eq!(server.asked().len(), 6);
    // What is an answer is a response for everyone; what is none is not.
    let dataset = Dataset::open(&shell.path("clinic")).expect("a dataset");
    assert_eq!(
        (dataset.cases().len(), dataset.models()),
        (6, &["a".to_owned()][..])
    );
    let texts = dataset
        .cases()
        .iter()
        .flat_map(|c| &c.responses)
        .map(|r| r.text.as_str());
    assert_eq!(texts.collect::<Vec<_>>(), ["Yes, a cough."; 3]);
    assert!(
        dataset
            .cases()
            .iter()
            .all(|c| c.outcomes.len() == 1 && c.question.contains("any cough?"))
    );
    let ran = shell.run(&[args.as_slice(), &["--again", "filtered,failed"]].concat());
    assert_eq!((ran.code, server.asked().len()), (1, 7), "{ran:?}");
    // Other settings do not mix with these answers.
    let ran = shell.run(&[args.as_slice(), &["--reply", "9"]].concat());
    assert_eq!(ran.code, 2, "{ran:?}");
    #[cfg(unix)]
    {
        use std::os::unix::fs::PermissionsExt;
        for (path, mode) in [
            ("", 0o700),
            ("answers.jsonl", 0o600),
            ("system.toml", 0o600),
        ] {
            let path = shell.path("clinic/model-responses/a").join(path);
            let found = fs::metadata(path).expect("there").permissions().mode();
            assert_eq!(found & 0o777, mode);
        }
    }
}

/// The window of each answer is what the server was sent, and what the file says of its cut is where the text begins.
#[test]
fn windows_are_what_was_sent() {
    for strategy in [
        "recent",
        "recent-events",
        "random",
        "bm25",
        "bm25-encounters",
    ] {
        let shell = Shell::new();
        dataset(&shell, 4);
        let server = Server::new(|_| said("Yes."));
        let ran = shell.run(&[
            "infer",
            "clinic",
            "--endpoint",
            &server.url,
            "--model",
            "m",
            "--context",
            "640",
            "--strategy",
            strategy,
            "--seed",
            "3",
        ]);
        assert_eq!(ran.code, 0, "{ran:?}");
        let asked = server.asked();
        for line in lines(&shell, "m") {
            let question = format!(
                "number {}:",
                &line["instruction"].as_str().expect("an id")[1..]
            );
            let sent = asked
                .iter()
                .map(prompt)
                .find(|p| p.contains(&question))
                .expect("sent");
            let window = &line["window"];
            let shown: Vec<u64> = window["events"]
                .as_array()
                .expect("runs")
                .iter()
                .flat_map(|run| {
                    run[0].as_u64().expect("a number")..run[1].as_u64().expect("a number")
                })
                .collect();
            assert!(
                !shown.is_empty() && shown.len() < 40,
                "{strategy}: {window}"
            );
            for day in 1..=20_u64 {
                let note = 2 * day - 1;
                let whole = sent.contains(&format!(
                    "Day {day} of patient {}: cough, no fever, lungs clear.",
                    line["person"].as_str().expect("an id")
                ));
                let cut =
                    window["cut"]["event"] == json!(note) && window["cut"]["from"] != json!(0);
                assert_eq!(
                    whole,
                    shown.contains(&note) && !cut,
                    "{strategy} day {day}: {window}"
                );
            }
        }
    }
}

#[test]
fn a_dry_run_needs_no_server_and_remote_hosts_are_asked_for() {
    let shell = Shell::new();
    dataset(&shell, 4);
    let remote = [
        "infer",
        "clinic",
        "--endpoint",
        "https://models.example.org/v1",
        "--model",
        "m",
    ];
    let ran = shell.run(&[remote.as_slice(), &["--dry-run"]].concat());
    assert_eq!(ran.code, 0, "{ran:?}");
    assert!(
        ran.out.contains("4 cases, 4 requests") && ran.out.contains("Nothing was sent"),
        "{ran:?}"
    );
    let ran = shell.run(&remote);
    assert!(
        ran.code == 2 && ran.err.contains("--allow-host models.example.org"),
        "{ran:?}"
    );
    let ran = shell.run(&[remote.as_slice(), &["--allow-host", "models.example.org"]].concat());
    assert!(
        ran.code == 2 && ran.err.contains("licence") && ran.err.contains("--agreed"),
        "{ran:?}"
    );
    assert!(!shell.path("clinic/model-responses").exists());
    // The example is a run file with prices.
    let example = shell.run(&["infer", "--example"]);
    fs::write(shell.path("systems.toml"), &example.out).expect("written");
    let ran = shell.run(&["infer", "clinic", "--run", "systems.toml", "--dry-run"]);
    assert_eq!(ran.code, 0, "{ran:?}");
    assert_eq!(ran.out.matches("cost: at most").count(), 3, "{ran:?}");
    fs::write(
        shell.path("systems.toml"),
        "[[system]]\nlabel = \"a\"\nmodle = \"m\"\n",
    )
    .expect("written");
    let ran = shell.run(&["infer", "clinic", "--run", "systems.toml", "--dry-run"]);
    assert!(
        ran.code == 2 && ran.err.contains("systems.toml:3"),
        "{ran:?}"
    );
}

#[test]
fn refinement_goes_through_all_parts_and_on_from_where_it_was_cut_off() {
    let shell = Shell::new();
    dataset(&shell, 2);
    let parts = Arc::new(Mutex::new(0));
    let broken = parts.clone();
    let server = Server::new(move |body| {
        let mut n = broken.lock().expect("no panic");
        *n += 1;
        if *n == 4 {
            return (401, json!({}));
        }
        said(&format!("answer {}", prompt(body).matches("Day ").count()))
    });
    let args = [
        "infer",
        "clinic",
        "--endpoint",
        &server.url,
        "--model",
        "m",
        "--refine",
        "--context",
        "1200",
        "--jobs",
        "1",
    ];
    let ran = shell.run(&args);
    assert!(ran.code == 1 && ran.err.contains("key"), "{ran:?}");
    assert_eq!(lines(&shell, "m").len(), 3);
    let ran = shell.run(&args);
    assert_eq!(ran.code, 0, "{ran:?}");
    let all = lines(&shell, "m");
    for instruction in ["i0", "i1"] {
        let steps: Vec<&Value> = all
            .iter()
            .filter(|l| l["instruction"] == instruction)
            .map(|l| &l["step"])
            .collect();
        let of = steps[0]["of"].as_u64().expect("a number");
        assert!(of > 1 && steps.len() as u64 == of, "{steps:?}");
        for (n, step) in (1..).zip(&steps) {
            assert_eq!(
                (step["n"].as_u64(), step["last"].as_bool()),
                (Some(n), Some(n == of))
            );
        }
    }
    // Every step but the one that was refused was sent once.
    assert_eq!(server.asked().len(), all.len() + 1);
    // The answer so far is in the next prompt.
    assert!(
        server
            .asked()
            .iter()
            .skip(1)
            .any(|b| prompt(b).contains("\"\"\"answer "))
    );
}

#[test]
fn evidence_that_a_strategy_keeps_is_counted() {
    let shell = Shell::new();
    dataset(&shell, 2);
    // One case quotes the first day, the other the last; a third passage stands nowhere.
    let table = "instruction_id\tperson_id\tquestion\tannotator_num\tclinician_response\tevidence\n\
        i0\t1\tWhich fever on day one?\tAnnotator_1\tNone.\tDay 1 of patient 1: cough\n\
        i1\t2\tAny cough?\tAnnotator_1\tYes.\tDay 20 of patient 2: cough|||this was never written in any note of the record at all\n";
    fs::write(
        shell.path("clinic/clinician-instruction-responses.tsv"),
        table,
    )
    .expect("written");
    let ran = shell.run(&[
        "context",
        "clinic",
        "--strategy",
        "recent,all",
        "--budget",
        "200,100000",
    ]);
    assert_eq!(ran.code, 0, "{ran:?}");
    assert!(ran.out.starts_with("2 cases with evidence in their record (2 passages); 0 cases without, 1 passages stand nowhere"), "{ran:?}");
    let shares: Vec<&str> = ran
        .out
        .lines()
        .filter_map(|l| l.split_whitespace().find(|w| w.ends_with('%')))
        .collect();
    assert_eq!(
        shares[shares.len() - 4..],
        ["50.0%", "0.0%", "100.0%", "100.0%"],
        "{}",
        ran.out
    );
    assert!(ran.out.contains("recent 1, all 0: p 1.000"), "{}", ran.out);
    // What a reviewer pinned counts as well: of the second case now something early is needed. One pin is of nothing that is there.
    let pin = |id: u32, quote: &str| {
        let pin = json!({"person": "2", "event": {"offset": 0, "time": null, "type": "note", "code": ""},
            "start": 0, "end": quote.len(), "quote": quote, "hash": "0000000000000000"});
        json!({"v": 1, "id": format!("p{id}"), "time": "2026-01-02T03:04:05.000Z", "reviewer": "jchen", "instruction": "i1",
            "person": "2", "kind": "evidence", "target": "gold", "pin": pin})
        .to_string()
    };
    let pins = [
        pin(1, "Day 2 of patient 2: cough, no fever"),
        pin(2, "not a word of this was ever written"),
    ];
    fs::write(shell.path("pins.jsonl"), pins.join("\n") + "\n").expect("written");
    let with_pins = [
        "--reviews",
        "pins.jsonl",
        "--strategy",
        "recent",
        "--budget",
        "200,100000",
    ];
    let ran = shell.run(&[["context", "clinic"].as_slice(), &with_pins].concat());
    assert_eq!(ran.code, 0, "{ran:?}");
    assert!(ran.out.starts_with("2 cases with evidence in their record (3 passages, 1 of them pinned); 0 cases without, 2 passages stand nowhere"), "{ran:?}");
    assert!(
        ran.out.contains("  0.0%") && ran.out.contains("100.0%"),
        "{ran:?}"
    );
    let ran = shell.run(&["context", "clinic", "--budget", "0"]);
    assert_eq!(ran.code, 2, "{ran:?}");
}
