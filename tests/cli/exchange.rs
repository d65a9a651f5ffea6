//! Reviews out to Label Studio and Argilla and back in: the same marks, and nothing twice.

use std::fs;
use std::path::Path;

use serde_json::Value;

use crate::export::{Clinic, NASTY, key};
use crate::shared::json;

/// Moves the reviews away, so that what comes in meets a dataset that nobody has reviewed.
fn forget(clinic: &Clinic) {
    fs::rename(clinic.dir().join("reviews"), clinic.path("before")).expect("moved");
}

fn reviews(clinic: &Clinic) -> Vec<Vec<u8>> {
    ["jchen.jsonl", "okafor%40example.org.jsonl"]
        .map(|name| fs::read(clinic.dir().join("reviews").join(name)).expect("a review file"))
        .to_vec()
}

/// All marks of an export as JSON Lines, without times, places on the screen, and what the formats have no place for.
fn marks(clinic: &Clinic, name: &str) -> Vec<Value> {
    clinic.done(&[
        "export",
        "clinic",
        "--unsubmitted",
        "--format",
        "jsonl",
        "--cases",
        "all",
        "--out",
        name,
    ]);
    let lines = fs::read_to_string(clinic.path(name)).expect("written");
    let lines = lines
        .lines()
        .map(|l| serde_json::from_str::<Value>(l).expect("an object"));
    let mut marks = Vec::new();
    for mut line in lines.filter(|l| l["kind"] != "relevance") {
        let map = line.as_object_mut().expect("an object");
        for gone in [
            "judged_at",
            "submitted_at",
            "written_at",
            "shown_position",
            "pins",
            "evidence",
            "seconds",
        ] {
            map.shift_remove(gone);
        }
        // An empty remark is none.
        marks.push(line);
    }
    marks
}

#[test]
fn what_goes_out_comes_back_the_same() {
    for (format, file) in [("label-studio", "tasks.json"), ("argilla", "records.json")] {
        let clinic = Clinic::new();
        let before = marks(&clinic, "before.jsonl");
        clinic.done(&[
            "export",
            "clinic",
            "--unsubmitted",
            "--format",
            format,
            "--out",
            "out",
        ]);
        let exported = json(&clinic.path("out").join(file));
        // Where it came from it changes nothing.
        let held = reviews(&clinic);
        let said = clinic.done(&["import", "judgements", "out", "clinic"]);
        assert!(said.contains("jchen: 0 acts written"), "{said}");
        assert_eq!(held, reviews(&clinic));
        forget(&clinic);
        let dry = clinic.done(&["import", "judgements", "out", "clinic", "--dry-run"]);
        assert!(
            dry.contains("acts would be written") && !clinic.dir().join("reviews").exists(),
            "{dry}"
        );
        let said = clinic.done(&["import", "judgements", "out", "clinic"]);
        assert_eq!(said.matches("acts written").count(), 2, "{said}");
        for text in NASTY.iter().filter(|t| t.len() > 4) {
            assert!(!said.contains(text), "{said}");
        }
        assert_eq!(marks(&clinic, "after.jsonl"), before, "{format}");
        let held = reviews(&clinic);
        let name = clinic.path("out").join(file);
        let again = clinic.done(&[
            "import",
            "judgements",
            name.to_str().expect("text"),
            "clinic",
        ]);
        assert_eq!(again.matches(": 0 acts written").count(), 2, "{again}");
        assert_eq!(held, reviews(&clinic), "{format}: twice");
        // And out again: the same file but for the times.
        clinic.done(&[
            "export",
            "clinic",
            "--unsubmitted",
            "--format",
            format,
            "--out",
            "again",
        ]);
        let mut once_more = json(&clinic.path("again").join(file));
        let mut exported = exported;
        for items in [&mut once_more, &mut exported] {
            for item in items.as_array_mut().expect("a list") {
                for annotation in item["annotations"].as_array_mut().into_iter().flatten() {
                    annotation["created_at"].take();
                    annotation["updated_at"].take();
                }
            }
        }
        assert_eq!(once_more, exported, "{format}");
    }
}

#[test]
fn without_text_marks_go_out_and_come_back() {
    for format in ["label-studio", "argilla"] {
        let clinic = Clinic::new();
        clinic.done(&[
            "export",
            "clinic",
            "--unsubmitted",
            "--format",
            format,
            "--no-text",
            "--out",
            "out",
        ]);
        for name in ["tasks.json", "records.json"] {
            let text = fs::read_to_string(clinic.path("out").join(name)).unwrap_or_default();
            assert!(NASTY.iter().filter(|t| t.len() > 4).all(|t| {
                let escaped = Value::from(*t).to_string();
                !text.contains(&escaped)
            }));
        }
        let verdicts = |clinic: &Clinic, name: &str| -> Vec<Value> {
            let lines = marks(clinic, name);
            let responses = lines.into_iter().filter(|l| l["kind"] == "response");
            responses
                .map(|l| {
                    serde_json::json!([
                        l["reviewer"],
                        l["model_name"],
                        l["verdict"],
                        l["errors"],
                        l["harm"],
                        l["model_rank"]
                    ])
                })
                .collect()
        };
        let before = verdicts(&clinic, "before.jsonl");
        forget(&clinic);
        clinic.done(&["import", "judgements", "out", "clinic"]);
        let after = verdicts(&clinic, "after.jsonl");
        assert_eq!(before, after, "{format}");
    }
}

#[test]
fn what_does_not_fit_is_told_and_the_rest_comes_in() {
    let clinic = Clinic::new();
    clinic.done(&[
        "export",
        "clinic",
        "--unsubmitted",
        "--format",
        "label-studio",
        "--out",
        "out",
    ]);
    forget(&clinic);
    let path = clinic.path("out").join("tasks.json");
    let mut tasks = json(&path);
    let at = |n: usize| format!("/{n}/annotations/0/completed_by");
    *tasks.pointer_mut(&at(0)).expect("there") = 5.into();
    *tasks.pointer_mut(&at(1)).expect("there") = Value::Null;
    tasks[2]["data"]["person_id"] = "0000000099".into();
    tasks[3]["meta"]["models"]["A"] = "no such model".into();
    let first = tasks[4]["annotations"][0]["result"][0]
        .as_object_mut()
        .expect("a region");
    first.insert(
        "value".to_owned(),
        serde_json::json!({ "choices": ["perhaps"] }),
    );
    write(&path, &tasks);
    let (code, said) = clinic.run(&["import", "judgements", "out", "clinic"]);
    assert_eq!(code, 1, "{said}");
    for part in [
        "task 1, annotation 1: who is user 5? say it with --reviewer 5=NAME",
        "task 2, annotation 1: it does not say who; say it with --as NAME",
        "task 3, annotation 1: the dataset has no case 0000000002/0000000099",
        "task 4, annotation 1: the case has no response for the letter of `verdict_A`",
        "task 5, annotation 1: ",
        "acts written",
        "things could not be used; the rest is brought in",
    ] {
        assert!(said.contains(part), "{part}: {said}");
    }
    assert!(
        !said.contains("no such model") && !said.contains("perhaps"),
        "{said}"
    );
    let (_, said) = clinic.run(&[
        "import",
        "judgements",
        "out",
        "clinic",
        "--reviewer",
        "5=jchen",
    ]);
    assert!(!said.contains("who is user 5"), "{said}");
    let log = Clinic::open_log(&clinic.dir(), "jchen");
    assert!(log.ledger().case(&key(0)).verdict("gpt4-32k").is_some());
    drop(log);
    // A form that is not taken whole submits nothing; one that is, does.
    for (who, n, submits) in [
        ("jchen", 3, false),
        ("okafor@example.org", 3, false),
        ("jchen", 4, false),
        ("okafor@example.org", 4, true),
    ] {
        let log = Clinic::open_log(&clinic.dir(), who);
        let review = log.ledger().case(&key(n));
        assert!(!review.says_nothing(), "{who} {n}: something is brought in");
        assert_eq!(review.submitted.is_some(), submits, "{who} {n}");
    }
    for (text, part) in [
        (
            "[{\"annotations\": 1}]",
            "neither tasks of Label Studio nor records of Argilla",
        ),
        ("[{\"data\": ", "line 1, column 10: this is no JSON"),
    ] {
        fs::write(clinic.path("bad.json"), text).expect("writable");
        let (code, said) = clinic.run(&["import", "judgements", "bad.json", "clinic"]);
        assert!(code == 3 && said.contains(part), "{said}");
    }
}

/// Both programs: the format's name and the file with the forms.
const BOTH: [(&str, &str); 2] = [("label-studio", "tasks.json"), ("argilla", "records.json")];

/// Where a form's texts and its letters are.
fn parts(format: &str) -> (&'static str, &'static str) {
    match format {
        "argilla" => ("fields", "metadata"),
        _ => ("data", "meta"),
    }
}

fn exported(clinic: &Clinic, format: &str, file: &str) -> Value {
    clinic.done(&[
        "export",
        "clinic",
        "--unsubmitted",
        "--format",
        format,
        "--out",
        "out",
    ]);
    forget(clinic);
    json(&clinic.path("out").join(file))
}

#[test]
fn a_form_that_shows_another_text_judges_none_of_the_datasets() {
    for (format, file) in BOTH {
        let clinic = Clinic::new();
        let mut forms = exported(&clinic, format, file);
        let texts = parts(format).0;
        let more = |form: &mut Value, name: &str| {
            let text = form[texts][name].as_str().expect("a text").to_owned();
            form[texts][name] = format!("{text}x").into();
        };
        more(&mut forms[0], "answer_A");
        more(&mut forms[1], "question");
        write(&clinic.path("out").join(file), &forms);
        let (code, said) = clinic.run(&["import", "judgements", "out", "clinic"]);
        assert_eq!(code, 1, "{said}");
        for part in [
            "it shows another answer A than the dataset has",
            "it shows another question than the dataset has",
            "1 cases not submitted",
        ] {
            assert!(said.contains(part), "{format}: {part}: {said}");
        }
        let log = Clinic::open_log(&clinic.dir(), "jchen");
        let review = log.ledger().case(&key(0));
        let judged = |m: &str| review.verdict(m).is_some();
        let models = ["gpt4-32k", "vicuna \"7B\""];
        assert_eq!(
            models.into_iter().filter(|m| judged(m)).count(),
            1,
            "{format}"
        );
        assert!(review.submitted.is_none() && !review.says_nothing());
        assert!(log.ledger().case(&key(1)).says_nothing(), "{format}");
        assert!(log.ledger().cases().any(|(_, r)| r.submitted.is_some()));
    }
}

#[test]
fn letters_are_those_of_the_blind_order_where_the_form_does_not_say() {
    for (format, file) in BOTH {
        let clinic = Clinic::new();
        let before = marks(&clinic, "before.jsonl");
        let mut forms = exported(&clinic, format, file);
        let (texts, letters) = parts(format);
        let strip = |forms: &mut Value| {
            for form in forms.as_array_mut().expect("a list") {
                let meta = form[letters].as_object_mut().expect("an object");
                meta.retain(|name, _| name != "models" && !name.starts_with("model_"));
            }
        };
        strip(&mut forms);
        write(&clinic.path("out").join(file), &forms);
        clinic.done(&["import", "judgements", "out", "clinic"]);
        assert_eq!(marks(&clinic, "after.jsonl"), before, "{format}");
        // With another answer under a letter, or none at all, no letter is trusted.
        let clinic = Clinic::new();
        let mut forms = exported(&clinic, format, file);
        strip(&mut forms);
        let (a, b) = (
            forms[0][texts]["answer_A"].take(),
            forms[0][texts]["answer_B"].take(),
        );
        forms[0][texts]["answer_A"] = b;
        forms[0][texts]["answer_B"] = a;
        for name in ["question", "answer_A", "answer_B"] {
            forms[1][texts][name] = "".into();
        }
        write(&clinic.path("out").join(file), &forms);
        let (code, said) = clinic.run(&["import", "judgements", "out", "clinic"]);
        assert_eq!(code, 1, "{said}");
        assert!(
            said.contains("its answers are not the dataset's in the blind order"),
            "{said}"
        );
        assert!(said.contains("has no texts to tell it by"), "{said}");
        let log = Clinic::open_log(&clinic.dir(), "jchen");
        for n in [0, 1] {
            assert!(log.ledger().case(&key(n)).says_nothing(), "{format} {n}");
        }
    }
}

#[test]
fn the_forms_of_two_people_are_never_taken_for_one_in_silence() {
    for (format, file) in BOTH {
        let clinic = Clinic::new();
        let mut forms = exported(&clinic, format, file);
        let as_one = ["import", "judgements", "out", "clinic", "--as", "mlee"];
        let (code, said) = clinic.run(&as_one);
        assert_eq!(code, 1, "{said}");
        assert!(
            said.contains("2 people filled these forms (jchen "),
            "{said}"
        );
        assert!(
            said.contains("okafor@example.org ") && said.contains("--reviewer ID=NAME"),
            "{said}"
        );
        assert!(!clinic.dir().join("reviews").exists(), "nothing is written");
        // Said to be one, what the later form takes the place of is listed.
        let both = [
            "--reviewer",
            "jchen=mlee",
            "--reviewer",
            "okafor@example.org=mlee",
        ];
        let (code, said) = clinic.run(&[&as_one[..4], &both].concat());
        assert_eq!(code, 1, "{said}");
        assert!(
            said.contains("superseded: ") && said.contains("(by jchen): "),
            "{said}"
        );
        assert!(
            said.contains("forms are superseded by others of the same reviewer"),
            "{said}"
        );
        if format == "argilla" {
            continue;
        }
        // The same form twice says nothing new, and is no loss.
        fs::rename(clinic.dir().join("reviews"), clinic.path("mlee")).expect("moved");
        for form in forms.as_array_mut().expect("a list") {
            let all = form["annotations"].as_array_mut().expect("a list");
            all.truncate(1);
            let twice = all.clone();
            all.extend(twice);
        }
        write(&clinic.path("out").join(file), &forms);
        let (code, said) = clinic.run(&[&as_one[..4], &both].concat());
        assert_eq!(code, 0, "{said}");
    }
}

fn write(path: &Path, value: &Value) {
    fs::write(path, value.to_string()).expect("writable");
}
