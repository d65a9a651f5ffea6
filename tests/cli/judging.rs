//! A model judges: a server on loopback that judges as planted, the review file it leaves, and what reports make of it.

use std::collections::{BTreeMap, BTreeSet};
use std::sync::Mutex;

use serde_json::{Value, json};

use super::infer::{Server, dataset, prompt, said};
use super::*;

const MODELS: [&str; 3] = ["m-a", "m-b", "m-c"];
const JUDGE: [&str; 6] = ["judge", "clinic", "--model", "m", "--as", "robo"];

/// So many cases with three answers each, judged and ranked by nobody named.
fn clinic(shell: &Shell, cases: usize) {
    dataset(shell, cases);
    let rows = (0..cases).flat_map(|n| {
        MODELS.iter().enumerate().map(move |(m, model)| {
            let person = 1 + n % 2;
            let good = (n + m) % 2 == 0;
            let words = if good { "good" } else { "poor" };
            format!(
                "i{n}\tQuestion number {n}: any cough?\t{person}\t{model}\tA {words} answer, {m} of {n}.\t{}\t{}\n",
                1 + (n + m) % 3,
                u8::from(good)
            )
        })
    });
    let head = "instruction_id\tquestion\tperson_id\tmodel_name\tmodel_response\tmodel_rank\tbinary_correct\n";
    let table: String = std::iter::once(head.to_owned()).chain(rows).collect();
    let path = shell.path("clinic/clinician-reviewed-model-responses.tsv");
    fs::write(path, table).expect("written");
}

/// The letters and the answers under them.
fn answers(body: &Value) -> Vec<(String, String)> {
    let parts = prompt(body).split("\nAnswer ").skip(1);
    let parts = parts.filter_map(|part| part.split_once(":\n\"\"\"\n"));
    parts
        .filter_map(|(letter, rest)| {
            Some((letter.to_owned(), rest.split_once("\n\"\"\"")?.0.to_owned()))
        })
        .collect()
}

/// What a judge says that calls an answer correct by its place, of so many, and its text.
fn says(body: &Value, correct: impl Fn(usize, usize, &str) -> bool) -> String {
    let all = answers(body);
    let fields = all.iter().enumerate().map(|(place, (letter, text))| {
        let verdict = if correct(place, all.len(), text) { "correct" } else { "incorrect" };
        let errors: &[&str] = if verdict == "correct" { &[] } else { &["omission"] };
        let of = json!({"verdict": verdict, "errors": errors, "harm": "none", "rank": place + 1, "reason": "As it reads."});
        (letter.clone(), of)
    });
    Value::Object(fields.collect()).to_string()
}

/// The first answer is always right to it and the last never; between them it reads.
fn biased(body: &Value) -> String {
    says(body, |place, of, text| {
        place == 0 || (place + 1 < of && text.contains("good"))
    })
}

fn run(shell: &Shell, server: &Server, more: &[&str]) -> Ran {
    let to = ["--endpoint", &server.url];
    shell.run(&[&JUDGE[..], &to, more].concat())
}

fn lines(shell: &Shell, file: &str) -> Vec<Value> {
    let text = fs::read_to_string(shell.path(file)).unwrap_or_default();
    text.lines()
        .filter_map(|l| serde_json::from_str(l).ok())
        .collect()
}

fn replies(shell: &Shell) -> Vec<Value> {
    lines(shell, "clinic/judges/robo/replies.jsonl")
}

/// The report's tables by id.
fn tables(shell: &Shell, more: &[&str]) -> BTreeMap<String, Value> {
    let args = ["report", "clinic", "--format", "json", "--samples", "50"];
    let ran = shell.run(&[&args, more].concat());
    let report: Value = serde_json::from_str(&ran.out).unwrap_or_else(|_| panic!("{ran:?}"));
    let all = report["tables"].as_object().expect("tables").iter();
    all.map(|(id, table)| (id.clone(), table.clone())).collect()
}

fn of_people(all: &BTreeMap<String, Value>) -> BTreeMap<&String, &Value> {
    all.iter()
        .filter(|(id, _)| !id.starts_with("judge"))
        .collect()
}

/// Of a table's row that begins with these keys, the number of a column.
fn cell(table: &Value, keys: &[&str], column: &str) -> (Option<f64>, u64) {
    let rows = table["rows"].as_array().expect("rows");
    let row = rows.iter().find(|row| {
        let found = row.as_object().expect("a row").values();
        found.zip(keys).all(|(found, key)| found == key)
    });
    let number = &row.unwrap_or_else(|| panic!("{keys:?} in {table}"))[column];
    (number["value"].as_f64(), number["n"].as_u64().unwrap_or(0))
}

#[test]
fn planted_position_bias_is_found_and_no_table_of_people_moves() {
    let shell = Shell::new();
    clinic(&shell, 8);
    let before = tables(&shell, &[]);
    assert!(!before.contains_key("judges"));
    let server = Server::new(|body| said(&biased(body)));
    let ran = run(&shell, &server, &[]);
    assert!(ran.code == 0 && ran.out.contains("16 judged"), "{ran:?}");
    // Each second round has the answers from last to first.
    let mut seen: BTreeMap<String, Vec<Vec<String>>> = BTreeMap::new();
    for body in server.asked() {
        let (_, question) = prompt(&body).split_once("number ").expect("a question");
        let texts = answers(&body).into_iter().map(|(_, text)| text).collect();
        let number = question.split_once(':').expect("a number").0;
        seen.entry(number.to_owned()).or_default().push(texts);
        assert!(MODELS.iter().all(|m| !prompt(&body).contains(m)));
    }
    for rounds in seen.values() {
        let [one, other] = rounds.as_slice() else {
            panic!("{rounds:?}");
        };
        assert!(one.len() == 3 && one.iter().rev().eq(other));
    }
    // A review file like anybody's.
    let file = lines(&shell, "clinic/reviews/robo.jsonl");
    assert_eq!(file[0]["machine"], json!({"model": "m", "prompt": "judge"}));
    let of = |kind: &str| file.iter().filter(|l| l["kind"] == kind).count();
    assert_eq!(
        (of("judge"), of("rank"), of("submit"), of("comment")),
        (48, 16, 16, 48)
    );
    let ran = shell.run(&["review-file", "verify", "clinic/reviews/robo.jsonl"]);
    assert_eq!(ran.code, 0, "{ran:?}");
    // What the report finds.
    let after = tables(&shell, &[]);
    assert_eq!(of_people(&after), of_people(&before));
    let swapped = &after["judge_swapped"];
    assert_eq!(cell(swapped, &["robo"], "earlier"), (Some(1.0), 16));
    assert!(cell(swapped, &["robo"], "p").0.is_some_and(|p| p < 0.001));
    assert!(
        cell(swapped, &["robo"], "shift")
            .0
            .is_some_and(|by| by > 1.0)
    );
    let places = &after["judge_places"];
    assert_eq!(
        cell(places, &["robo", "A"], "correct_rate"),
        (Some(1.0), 16)
    );
    assert_eq!(
        cell(places, &["robo", "C"], "correct_rate"),
        (Some(0.0), 16)
    );
    // A judge that reads agrees with the clinicians, and is not found to be biased. As a second one it makes a jury.
    let fair = Server::new(|body| said(&says(body, |_, _, text| text.contains("good"))));
    let args = [
        "--as",
        "fair",
        "--endpoint",
        &fair.url,
        "--prompt",
        "judge-plain",
    ];
    let ran = shell.run(&[&JUDGE[..4], &args].concat());
    assert_eq!(ran.code, 0, "{ran:?}");
    let after = tables(&shell, &[]);
    assert_eq!(of_people(&after), of_people(&before));
    let judges = &after["judges"];
    assert_eq!(cell(judges, &["fair"], "kappa"), (Some(1.0), 24));
    assert_eq!(cell(judges, &["fair"], "f1").0, Some(1.0));
    assert_eq!(cell(judges, &["fair"], "over").0, Some(0.0));
    assert_eq!(
        cell(&after["judge_swapped"], &["fair"], "earlier"),
        (None, 0)
    );
    assert_eq!(cell(judges, &["jury of all judges"], "kappa").0, Some(1.0));
    // What the other prompt moved: the biased one says both of two answers of a case, so has no majority for them.
    assert_eq!(
        cell(&after["judge_prompts"], &["m"], "moved"),
        (Some(0.0), 8)
    );
}

#[cfg(feature = "tui")]
#[test]
fn a_machine_counts_among_people_only_when_it_is_named() {
    let shell = Shell::new();
    let demo = shell.demo();
    judge(&demo, "jchen", &shell.path("clinic/reviews/jchen.jsonl"));
    let before = tables(&shell, &["--reviews"]);
    let server = Server::new(|body| said(&biased(body)));
    let ran = run(&shell, &server, &["--rounds", "1"]);
    assert_eq!(ran.code, 0, "{ran:?}");
    let after = tables(&shell, &["--reviews"]);
    assert_eq!(of_people(&after), of_people(&before));
    assert!(after.contains_key("judges"));
    let named = tables(&shell, &["--reviews", "--machines"]);
    assert_ne!(named["data"], before["data"]);
    let ran = shell.run(&["report", "clinic", "--reviews"]);
    assert!(
        ran.out.contains(
            "left out: robo 10 readings of a model that judges; --machines takes them in"
        ),
        "{ran:?}"
    );
    // Nor does it in what others read, nor in the queue of an adjudicator.
    let export = |to: &str, more: &[&str]| {
        let args = ["export", "clinic", "--out", to];
        let ran = shell.run(&[&args, more].concat());
        assert_eq!(ran.code, 0, "{ran:?}");
        let mut all = String::new();
        for file in fs::read_dir(shell.path(to)).expect("a folder") {
            all += &fs::read_to_string(file.expect("a file").path()).expect("text");
        }
        all
    };
    assert!(!export("out", &[]).contains("robo"));
    assert!(export("with", &["--machines"]).contains("robo"));
    // Nobody goes on in a machine's file, and no machine in a person's.
    let args = [
        "judge",
        "clinic",
        "--model",
        "m",
        "--as",
        "jchen",
        "--endpoint",
        &server.url,
    ];
    let ran = shell.run(&args);
    assert!(
        ran.code == 2 && ran.err.contains("the review of a person"),
        "{ran:?}"
    );
}

#[test]
fn each_reply_is_an_outcome_and_none_is_lost() {
    let shell = Shell::new();
    clinic(&shell, 5);
    let times = Mutex::new(BTreeMap::new());
    let server = Server::new(move |body| {
        let of = |n: usize| prompt(body).contains(&format!("number {n}:"));
        let n = (0..5).find(|n| of(*n)).expect("a case");
        let nth = {
            let mut times = times.lock().expect("no panic");
            let nth = times.entry(n).or_insert(0);
            *nth += 1;
            *nth
        };
        let good = biased(body);
        let (status, mut reply) = said(&good);
        match (n, nth) {
            // Words of the record in a reply that cannot be read.
            (0, _) => said("Both fine, the cough is old. {\"A\": {\"verdict\": \"fine\"}}"),
            (1, 1) => {
                reply["choices"][0]["message"]["content"] = json!(good[..good.len() / 2]);
                reply["choices"][0]["finish_reason"] = json!("length");
                (status, reply)
            }
            (2, _) => (
                400,
                json!({"error": {"code": "content_filter", "message": "filtered"}}),
            ),
            (3, 1) => {
                // What cannot be read is asked for once more, with the reason.
                said("I cannot say.")
            }
            _ => (status, reply),
        }
    });
    let ran = run(&shell, &server, &["--rounds", "1"]);
    assert!(
        ran.code == 1
            && ran.out.contains(
                "5 of 5 readings (3 judged, 1 malformed, 1 filtered, 4 replies asked for once more)"
            ),
        "{ran:?}"
    );
    assert!(!ran.err.contains("cough"), "{ran:?}");
    let came = |n: usize| -> Vec<String> {
        let all = replies(&shell);
        let own = all.iter().filter(|l| l["instruction"] == format!("i{n}"));
        own.map(|l| l["came"].as_str().expect("a name").to_owned())
            .collect()
    };
    assert_eq!(came(0), ["malformed"; 3]);
    assert_eq!(came(1), ["cut", "judged"]);
    assert_eq!(came(2), ["filtered"]);
    assert_eq!(came(3), ["malformed", "judged"]);
    assert_eq!(came(4), ["judged"]);
    let why = &replies(&shell);
    let why = why
        .iter()
        .find(|l| l["instruction"] == "i0")
        .expect("a line");
    assert_eq!(
        why["message"],
        "A: `verdict` is neither correct nor incorrect"
    );
    let more = server
        .asked()
        .iter()
        .filter(|b| b["messages"].as_array().is_some_and(|m| m.len() > 1))
        .count();
    assert_eq!((server.asked().len(), more), (9, 4));
    // Of what cannot be read nothing is in the review file.
    let file = lines(&shell, "clinic/reviews/robo.jsonl");
    let judged: BTreeSet<&str> = file
        .iter()
        .filter_map(|l| l["instruction"].as_str())
        .collect();
    assert_eq!(judged, BTreeSet::from(["i1", "i3", "i4"]));
    // Only what is asked for again is asked again.
    let ran = run(&shell, &server, &["--rounds", "1"]);
    assert!(
        ran.code == 0 && ran.out.contains("5 known before"),
        "{ran:?}"
    );
    assert_eq!(server.asked().len(), 9);
    let ran = run(&shell, &server, &["--rounds", "1", "--again", "filtered"]);
    assert!(ran.code == 1 && server.asked().len() == 10, "{ran:?}");
}

/// kill -9 at random moments, and once between the two files: each reading is judged once, and all of it is in the review file.
#[test]
fn a_judge_that_is_killed_goes_on() {
    let (kills, cases) = (8, 20);
    let shell = Shell::new();
    clinic(&shell, cases);
    let server = Server::new(|body| said(&biased(body)));
    let args = [&JUDGE[..], &["--endpoint", &server.url]].concat();
    let mut chance: u64 = 0x9e37_79b9_7f4a_7c15;
    for _ in 0..kills {
        let mut child = shell
            .command(&args)
            .stdout(Stdio::null())
            .stderr(Stdio::null())
            .spawn()
            .expect("started");
        chance = chance.wrapping_mul(0x5851_f42d_4c95_7f2d).wrapping_add(1);
        let (requests, spins) = ((chance >> 33) % 6, (chance >> 40) % 4096);
        let before = server.asked().len();
        while server.asked().len() < before + requests as usize
            && child.try_wait().expect("a child").is_none()
        {
            std::thread::yield_now();
        }
        (0..spins).for_each(|_| std::hint::spin_loop());
        child.kill().expect("killed");
        child.wait().expect("ended");
    }
    // As if it had been killed before the acts of the last replies were written.
    let path = shell.path("clinic/reviews/robo.jsonl");
    let text = fs::read_to_string(&path).unwrap_or_default();
    let kept = text.lines().count() / 2;
    let half: String = text.split_inclusive('\n').take(kept).collect();
    fs::write(&path, half).expect("written");
    let ran = shell.run(&args);
    assert!(
        ran.code == 0 && ran.out.contains("40 of 40 readings"),
        "{ran:?}"
    );
    let all = replies(&shell);
    let readings: BTreeSet<(String, String)> = all
        .iter()
        .map(|l| (l["instruction"].to_string(), l["round"].to_string()))
        .collect();
    assert_eq!((all.len(), readings.len()), (40, 40));
    let file = lines(&shell, "clinic/reviews/robo.jsonl");
    let ids: BTreeSet<&str> = file.iter().filter_map(|l| l["id"].as_str()).collect();
    assert_eq!(ids.len(), file.len());
    let of = |kind: &str| file.iter().filter(|l| l["kind"] == kind).count();
    assert_eq!((of("judge"), of("rank"), of("submit")), (120, 40, 40));
}

#[test]
fn what_makes_no_sense_is_refused_before_anything_is_sent() {
    let shell = Shell::new();
    clinic(&shell, 2);
    let server = Server::new(|body| said(&biased(body)));
    fs::write(shell.path("p.md"), "{question} {record}").expect("written");
    let ran = run(&shell, &server, &["--prompt", "p.md"]);
    assert!(
        ran.code == 2 && ran.err.contains("p.md:1: {answers} is lacking"),
        "{ran:?}"
    );
    fs::write(shell.path("p.md"), "{question} {record} {answers}\n{score}").expect("written");
    let ran = run(&shell, &server, &["--prompt", "p.md"]);
    assert!(
        ran.code == 2 && ran.err.contains("p.md:2: {score} is no placeholder"),
        "{ran:?}"
    );
    // Another host is named and agreed to, as for answers.
    let args = [&JUDGE[..], &["--endpoint", "https://models.example/v1"]].concat();
    let ran = shell.run(&args);
    assert!(ran.code == 2 && ran.err.contains("--allow-host"), "{ran:?}");
    let ran = run(&shell, &server, &["--dry-run"]);
    assert!(
        ran.code == 0 && ran.out.contains("4 requests over 2 rounds"),
        "{ran:?}"
    );
    assert!(server.asked().is_empty() && !shell.path("clinic/judges").exists());
    // Other settings are another judge.
    assert_eq!(run(&shell, &server, &[]).code, 0);
    let ran = run(&shell, &server, &["--no-gold"]);
    assert!(
        ran.code == 2 && ran.err.contains("other settings"),
        "{ran:?}"
    );
}
