//! Exports as others read them: by pandas, and by the rules by which a benchmark loads the released layout.

use std::fs;
use std::path::{Path, PathBuf};
use std::process::Command;

use medalign::inside::dataset::table::Writer;
use medalign::inside::dataset::{CaseKey, Dataset};
use medalign::inside::review::entry::{EventPlace, Pin, Relevant, Support};
use medalign::inside::review::{Act, ErrorKind, Harm, Log, Reviewer, Session, Verdict};
use serde_json::{Value, json};

/// Texts that writers and readers of tables stumble over.
pub(crate) const NASTY: [&str; 12] = [
    "tab\there and \"quotes\", a comma",
    "\"\"",
    "line\nbreak\n\nand more",
    "CRLF\r\nin the middle",
    "emoji 🩺 é ß 漢字",
    "=HYPERLINK(\"http://x\")",
    "",
    "NA",
    "null",
    " blanks around ",
    "' -1+2 ,;|",
    "back\\slash \\t \u{a0}",
];

/// A folder with a dataset whose texts are nasty and whose ids begin with zeros: three cases, two models, two reviewers.
pub(crate) struct Clinic {
    root: tempfile::TempDir,
}

pub(crate) fn key(n: usize) -> CaseKey {
    CaseKey {
        instruction: format!("000000{n:04}"),
        person: format!("{:010}", 12 + n),
    }
}

fn text(n: usize) -> String {
    NASTY[n % NASTY.len()].to_owned()
}

impl Clinic {
    pub(crate) fn new() -> Self {
        let root = tempfile::tempdir().expect("a temporary folder");
        let dir = root.path().join("clinic");
        fs::create_dir_all(dir.join("ehrs")).expect("made");
        let mut table = Writer::tabs(Vec::new());
        let header =
            "instruction_id question person_id filename model_name model_response is_used_eval";
        table.row(header.split(' ')).expect("memory");
        let mut golds = Writer::tabs(Vec::new());
        let header =
            "instruction_id question person_id filename annotator_num clinician_response evidence";
        golds.row(header.split(' ')).expect("memory");
        for n in 0..12 {
            let key = key(n);
            let file = format!("{}.xml", key.person);
            let start = [&key.instruction, &text(n), &key.person, &file];
            for (m, model) in ["gpt4-32k", "vicuna \"7B\""].into_iter().enumerate() {
                let answer = text(n + m + 1);
                table
                    .row(
                        start
                            .into_iter()
                            .map(String::as_str)
                            .chain([model, &answer, "yes"]),
                    )
                    .expect("memory");
            }
            // One case has no gold response but the reviewers'.
            if n != 10 {
                let gold = text(n + 3);
                golds
                    .row(start.into_iter().map(String::as_str).chain([
                        "Annotator_1",
                        &gold,
                        "a|||b",
                    ]))
                    .expect("memory");
            }
            let record = format!("<eventstream person_id=\"{}\"></eventstream>", key.person);
            fs::write(dir.join("ehrs").join(file), record).expect("writable");
        }
        let write =
            |name: &str, bytes: Vec<u8>| fs::write(dir.join(name), bytes).expect("writable");
        write(
            "clinician-reviewed-model-responses.tsv",
            table.finish().expect("memory"),
        );
        write(
            "clinician-instruction-responses.tsv",
            golds.finish().expect("memory"),
        );
        let labels = "instruction_id,question,person_id,is_selected_ehr\n0000000000,\"a, b\",0000000099,no\n";
        write("ehr-relevance-labels.csv", labels.into());
        let clinic = Clinic { root };
        clinic.review("jchen", 0);
        clinic.review("okafor@example.org", 1);
        clinic
    }

    pub(crate) fn dir(&self) -> PathBuf {
        self.path("clinic")
    }

    pub(crate) fn path(&self, name: &str) -> PathBuf {
        self.root.path().join(name)
    }

    pub(crate) fn open_log(dir: &Path, reviewer: &str) -> Log {
        let dataset = Dataset::open(dir).expect("a dataset");
        let reviewer = Reviewer::new(reviewer).expect("fine");
        let path = dir.join(format!("reviews/{}.jsonl", reviewer.file_stem()));
        let session = Session {
            reviewer,
            dataset: dataset.name().to_owned(),
            fingerprint: dataset.fingerprint().to_owned(),
            seed: 0,
            texts: std::sync::Arc::new(medalign::inside::review::Texts::of(dataset.cases())),
        };
        Log::open(&path, &session).expect("the review file").log
    }

    /// Says something of everything: verdicts, ties and gaps in ranks, tags, remarks, gold responses, pins, labels.
    fn review(&self, reviewer: &str, salt: usize) {
        let mut log = Clinic::open_log(&self.dir(), reviewer);
        let models = ["gpt4-32k", "vicuna \"7B\""].map(str::to_owned);
        let verdicts = [Verdict::Correct, Verdict::Incorrect, Verdict::Unsure];
        for n in 0..12 {
            let key = key(n);
            let mut act = |act| {
                log.append(Some(&key), act).expect("saved");
            };
            let pin = |target, model: Option<&String>| Act::Evidence {
                target,
                model: model.cloned(),
                pin: Pin {
                    person: key.person.clone(),
                    note_id: Some("0007".to_owned()),
                    event: EventPlace {
                        offset: 40,
                        time: Some("2022-04-27 10:05".to_owned()),
                        type_name: "note".to_owned(),
                        code: "LOINC/34117-2".to_owned(),
                    },
                    start: 3,
                    end: 3 + text(n + 5).len() as u64,
                    quote: text(n + 5),
                    hash: "cbf29ce484222325".to_owned(),
                },
            };
            for (m, model) in models.iter().enumerate().take(1 + (n + salt) % 2) {
                act(Act::Judge {
                    model: model.clone(),
                    verdict: Some(verdicts[(n + m + salt) % 3]),
                    shown_position: Some(m as u32),
                    view: None,
                });
                act(Act::Comment {
                    model: Some(model.clone()),
                    text: text(n + m + salt),
                });
            }
            act(Act::Comment {
                model: None,
                text: text(n + 7),
            });
            if n % 3 != 2 {
                act(Act::Tag {
                    model: models[0].clone(),
                    errors: vec![ErrorKind::Omission, ErrorKind::UnsafeAdvice],
                    harm: (n % 2 == 0).then_some(Harm::Severe),
                });
                let [a, b] = models.clone();
                act(Act::Rank {
                    order: match n % 4 {
                        0 => vec![vec![a, b]],
                        1 => vec![vec![b], Vec::new(), vec![a]],
                        2 => vec![vec![a]],
                        _ => vec![vec![a], vec![b]],
                    },
                });
                act(Act::Gold {
                    text: text(n + 8),
                    applicable: Some(true),
                    sufficient: (n % 2 == 0).then_some(false),
                    reason: text(n + 9),
                });
                act(pin(Support::Gold, None));
            }
            act(pin(Support::Judgement, Some(&models[1])));
            act(Act::Relevance {
                candidate: "0000000077".to_owned(),
                label: Some([Relevant::Yes, Relevant::No, Relevant::Partly][n % 3]),
                comment: text(n + 10),
            });
            if n % 2 == 0 {
                act(Act::Submit {
                    overruled: Vec::new(),
                    seconds: 61,
                    reason: None,
                });
            }
        }
    }

    /// Runs the program; exit code and standard output.
    pub(crate) fn run(&self, args: &[&str]) -> (i32, String) {
        let mut command = Command::new(env!("CARGO_BIN_EXE_medalign"));
        command.args(args).current_dir(self.root.path());
        for name in [
            "MEDALIGN_CONFIG_DIR",
            "MEDALIGN_DATA_DIR",
            "MEDALIGN_CACHE_DIR",
        ] {
            command.env(name, self.path("settings"));
        }
        let ran = command.output().expect("the program starts");
        let said = String::from_utf8_lossy(&ran.stdout).into_owned();
        let errors = String::from_utf8_lossy(&ran.stderr).into_owned();
        (ran.status.code().expect("no signal"), said + &errors)
    }

    pub(crate) fn done(&self, args: &[&str]) -> String {
        let (code, said) = self.run(args);
        assert_eq!(code, 0, "{args:?}: {said}");
        said
    }

    /// What the reviews say, told by the ledger, for the script to compare.
    fn truth(&self) -> Value {
        let mut truth = Vec::new();
        for reviewer in ["jchen", "okafor@example.org"] {
            let log = Clinic::open_log(&self.dir(), reviewer);
            for n in 0..12 {
                let review = log.ledger().case(&key(n)).clone();
                for (m, model) in ["gpt4-32k", "vicuna \"7B\""].into_iter().enumerate() {
                    truth.push(json!({
                        "instruction": key(n).instruction,
                        "person": key(n).person,
                        "question": text(n),
                        "model": model,
                        "response": text(n + m + 1),
                        "reviewer": reviewer,
                        "verdict": review.verdict(model).map_or("", Verdict::name),
                        "harm": review.harm(model).map_or("", Harm::name),
                        "comment": review.comment(Some(model)).unwrap_or_default(),
                        "case_comment": review.comment(None).unwrap_or_default(),
                        "gold": review.gold.as_ref().map(|g| &g.text),
                        "quotes": review.pins.iter().map(|p| &p.pin.quote).collect::<Vec<_>>(),
                    }));
                }
            }
        }
        truth.into()
    }
}

/// The Python that `MEDALIGN_PYTHON` names, which has pandas.
fn python() -> Option<PathBuf> {
    let python = std::env::var_os("MEDALIGN_PYTHON").map(PathBuf::from);
    if python.is_none() {
        println!("skipped: MEDALIGN_PYTHON is not set");
    }
    python
}

/// Runs a script of Python with arguments.
pub(crate) fn run_python(python: &Path, script: &str, arguments: &[&Path]) {
    let ran = Command::new(python)
        .arg("-c")
        .arg(script)
        .args(arguments)
        .env("PYTHONUTF8", "1")
        .output()
        .expect("python runs");
    let errors = String::from_utf8_lossy(&ran.stderr);
    assert!(ran.status.success(), "{errors}");
}

const TABLES: &str = r#"
import json, os, sys
import pandas as pd

out, truth = sys.argv[1], json.load(open(sys.argv[2]))

def read(name, sep):
    path = os.path.join(out, name)
    table = pd.read_csv(path, sep=sep, dtype=str, keep_default_na=False)
    with open(path, newline="", encoding="utf-8") as file:
        raw, theirs = file.read(), table.to_csv(sep=sep, index=False, lineterminator="\n")
        at = next((i for i, (a, b) in enumerate(zip(raw, theirs)) if a != b), 0)
        assert raw == theirs, (name, raw[at - 60:at + 20], theirs[at - 60:at + 20])
    return table

responses = read("clinician-reviewed-model-responses.tsv", "\t")
golds = read("clinician-instruction-responses.tsv", "\t")
labels = read("ehr-relevance-labels.csv", ",")
pins = read("evidence-pins.tsv", "\t")

assert len(responses) == len(truth) == 48
rows = {(r.instruction_id, r.model_name, r.reviewer): r for r in responses.itertuples()}
binary = {"correct": "1", "incorrect": "0", "unsure": "", "": ""}
for t in truth:
    r = rows[t["instruction"], t["model"], t["reviewer"]]
    got = [r.person_id, r.question, r.model_response, r.verdict, r.binary_correct, r.harm, r.comment, r.case_comment]
    want = [t[k] for k in ["person", "question", "response", "verdict"]]
    want += [binary[t["verdict"]]] + [t[k] for k in ["harm", "comment", "case_comment"]]
    assert got == want, (got, want)
    own = golds[(golds.instruction_id == t["instruction"]) & (golds.reviewer == t["reviewer"])]
    assert list(own.clinician_response) == ([] if t["gold"] is None else [t["gold"]])
    quotes = pins[(pins.instruction_id == t["instruction"]) & (pins.reviewer == t["reviewer"])].quote
    assert list(quotes) == t["quotes"], (list(quotes), t["quotes"])
assert len(golds) == 11 + 16 and len(pins) == 24 + 16 and len(labels) == 1 + 24
assert set(labels.label) == {"yes", "no", "partly"} and set(labels.is_selected_ehr) == {"yes", "no", ""}
assert set(labels.person_id) == {"0000000099", "0000000077"}

# By the rules of a peer's loader: the instructions, the first annotator's gold responses, the record of each.
instructions = {r.instruction_id: (r.question, r.person_id) for r in responses.itertuples()}
first = golds[golds.annotator_num == "Annotator_1"]
assert len(instructions) == 12 and first.instruction_id.is_unique and len(first) == 12, len(first)
for instruction, (question, person) in instructions.items():
    gold = first[first.instruction_id == instruction]
    assert list(gold.question) == [question] and list(gold.person_id) == [person]
    assert os.path.isfile(os.path.join(out, "medalign_ehr_xml", person + ".xml"))
    assert len(person) == 10
"#;

const LINES: &str = r#"
import json, sys
import pandas as pd

lines = pd.read_json(sys.argv[1], lines=True, dtype=False, convert_dates=False)
truth = json.load(open(sys.argv[2]))
assert dict(lines.kind.value_counts()) == {"response": 48, "gold": 11 + 16, "relevance": 25, "case": 24}
assert set(lines.person_id.dropna().str.len()) == {10}
rows = {(r.instruction_id, r.model_name, r.reviewer): r for r in lines[lines.kind == "response"].itertuples()}
for t in truth:
    r = rows[t["instruction"], t["model"], t["reviewer"]]
    got = ["" if pd.isna(v) else v for v in [r.verdict, r.comment, r.model_response]]
    assert got == [t["verdict"], t["comment"], t["response"]], got
pins = lines.pins.dropna().map(len).sum()
assert pins == 24 + 16, pins
"#;

#[test]
fn pandas_reads_the_tables_back_and_a_benchmark_loads_them() {
    let Some(python) = python() else { return };
    let clinic = Clinic::new();
    let truth = clinic.path("truth.json");
    fs::write(&truth, clinic.truth().to_string()).expect("writable");
    let said = clinic.done(&[
        "export",
        "clinic",
        "--unsubmitted",
        "--out",
        "out",
        "--records",
    ]);
    assert!(said.contains("rows written: 48"), "{said}");
    run_python(&python, TABLES, &[&clinic.path("out"), &truth]);
    clinic.done(&[
        "export",
        "clinic",
        "--unsubmitted",
        "--format",
        "jsonl",
        "--out",
        "out.jsonl",
    ]);
    run_python(&python, LINES, &[&clinic.path("out.jsonl"), &truth]);
}

#[test]
fn what_was_exported_opens_as_a_dataset_with_the_same_texts() {
    let clinic = Clinic::new();
    clinic.done(&[
        "export",
        "clinic",
        "--unsubmitted",
        "--out",
        "out",
        "--records",
    ]);
    let [before, after] =
        [clinic.dir(), clinic.path("out")].map(|dir| Dataset::open(&dir).expect("a dataset"));
    assert_eq!(before.cases().len(), after.cases().len());
    for (a, b) in before.cases().iter().zip(after.cases()) {
        assert_eq!((a.key(), &a.question), (b.key(), &b.question));
        let texts = |case: &medalign::inside::dataset::Case| {
            let responses = case.responses.iter();
            responses
                .map(|r| (r.model.clone(), r.text.clone()))
                .collect::<Vec<_>>()
        };
        assert_eq!(texts(a), texts(b));
        after.load_record(b).expect("the copied record");
    }
}
