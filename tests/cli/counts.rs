//! What counts in a report and is written by an export: submitted readings, judged blind, of the texts that are there; and that
//! the same is said of them whichever way they come.

use std::fmt::Write as _;
use std::fs;

use medalign::inside::dataset::{CaseKey, Dataset};
use medalign::inside::review::{Act, Log, Reviewer, Scope, Session, Texts, Turn, Verdict};
use serde_json::Value;

use crate::{Ran, Shell};

const RESPONSES: &str = "clinician-reviewed-model-responses.tsv";
const HEAD: &str = "instruction_id\tquestion\tperson_id\tfilename\tmodel_name\tmodel_response";

/// A dataset of four questions to one patient with answers of the models a and b, and nothing said of them.
fn set(shell: &Shell) {
    let mut table = format!("{HEAD}\n");
    for n in 1..=4 {
        for model in ["a", "b"] {
            let row = [
                &n.to_string(),
                &format!("Question {n}?"),
                "7",
                "7.xml",
                model,
            ];
            table += &row.join("\t");
            writeln!(table, "\tAnswer {n} of {model}.").expect("memory");
        }
    }
    put(shell, "set", &table);
}

fn put(shell: &Shell, folder: &str, table: &str) {
    fs::create_dir_all(shell.path(folder)).expect("a folder");
    fs::write(shell.path(folder).join(RESPONSES), table).expect("written");
}

fn key(n: u32) -> CaseKey {
    CaseKey {
        instruction: n.to_string(),
        person: "7".to_owned(),
    }
}

/// What a reviewer does, on the screen's way into the review file.
struct Sitting(Log);

impl Sitting {
    fn of(shell: &Shell, who: &str) -> Self {
        let dataset = Dataset::open(&shell.path("set")).expect("a dataset");
        let session = Session {
            reviewer: Reviewer::new(who).expect("a fine name"),
            dataset: dataset.name().to_owned(),
            fingerprint: dataset.fingerprint().to_owned(),
            seed: 0,
            texts: std::sync::Arc::new(Texts::of(dataset.cases())),
        };
        let path = shell.path("set").join(format!("reviews/{who}.jsonl"));
        // A program that another test starts may hold the file for a moment, until it has begun.
        let opened = (0..1_000_000).find_map(|_| Log::open(&path, &session).ok());
        Sitting(opened.expect("opens").log)
    }

    fn act(&mut self, n: u32, act: Act) -> &mut Self {
        self.0.append(Some(&key(n)), act).expect("saved");
        self
    }

    /// Marks both answers, and ranks the one that is correct first.
    fn mark(&mut self, n: u32, a_is_correct: bool) -> &mut Self {
        for (i, model) in ["a", "b"].into_iter().enumerate() {
            let verdict = if (model == "a") == a_is_correct {
                Verdict::Correct
            } else {
                Verdict::Incorrect
            };
            let judge = Act::Judge {
                model: model.to_owned(),
                verdict: Some(verdict),
                shown_position: Some(i as u32),
                view: None,
            };
            self.act(n, judge);
        }
        let mut order = vec![vec!["a".to_owned()], vec!["b".to_owned()]];
        if !a_is_correct {
            order.reverse();
        }
        self.act(n, Act::Rank { order })
    }

    fn submit(&mut self, n: u32) -> &mut Self {
        let submit = Act::Submit {
            overruled: Vec::new(),
            seconds: 90 + u64::from(n),
            reason: None,
        };
        self.act(n, submit)
    }

    fn gold(&mut self, n: u32) -> &mut Self {
        let gold = Act::Gold {
            text: format!("The right answer to {n}."),
            applicable: Some(true),
            sufficient: None,
            reason: String::new(),
        };
        self.act(n, gold)
    }
}

/// Two reviewers who submit three of the cases each.
fn two_who_submit(shell: &Shell) {
    set(shell);
    for (who, a_is_correct) in [
        ("jchen", [true, true, false]),
        ("okafor", [true, false, false]),
    ] {
        let mut sitting = Sitting::of(shell, who);
        for (n, a_is_correct) in (1..).zip(a_is_correct) {
            sitting.mark(n, a_is_correct).submit(n);
        }
    }
}

/// A report as JSON: its numbers, its notices, and how it ended.
fn report(shell: &Shell, args: &[&str]) -> (Value, Vec<String>, i32) {
    let mut all = vec!["report"];
    all.extend(args);
    all.extend(["--no-records", "--format", "json", "--samples", "50"]);
    let ran = shell.run(&all);
    let json: Value = serde_json::from_str(&ran.out).unwrap_or_else(|e| panic!("{e}: {ran:?}"));
    let notices = json["notices"].as_array().expect("a list").iter();
    let notices = notices.map(|n| n.as_str().expect("text").to_owned());
    (json["tables"].clone(), notices.collect(), ran.code)
}

/// The share correct of a model and of how many judgements.
fn correct(tables: &Value, model: &str) -> (f64, u64) {
    let rows = tables["correctness"]["rows"].as_array().expect("rows");
    let row = rows.iter().find(|r| r["model"] == model).expect("a row");
    let rate = &row["correct_rate"];
    let value = rate["value"].as_f64().expect("a share");
    (value, rate["n"].as_u64().expect("n"))
}

#[track_caller]
fn said(notices: &[String], what: &str) {
    let n = notices.iter().filter(|n| n.contains(what)).count();
    assert_eq!(n, 1, "{what}: {notices:#?}");
}

fn done(shell: &Shell, args: &[&str]) -> Ran {
    let ran = shell.run(args);
    assert_eq!(ran.code, 0, "{ran:?}");
    ran
}

#[test]
fn all_reviewers_rows_of_a_table_are_read_whichever_way_it_is_named() {
    let shell = Shell::new();
    let mut table = format!("{HEAD}\tmodel_rank\tbinary_correct\treviewer\n");
    for (model, marks) in [
        ("a", ["1\t1", "2\t0", "2\t0"]),
        ("b", ["2\t0", "1\t1", "1\t1"]),
    ] {
        for (who, marks) in ["r1", "r2", "r3"].into_iter().zip(marks) {
            writeln!(table, "1\tq\t7\t7.xml\t{model}\tx\t{marks}\t{who}").expect("memory");
        }
    }
    put(&shell, "several", &table);
    let (own, notices, code) = report(&shell, &["several"]);
    let third = 1.0 / 3.0;
    assert_eq!((correct(&own, "a"), code), ((third, 3), 0), "{notices:?}");
    assert_eq!(correct(&own, "b"), (2.0 * third, 3));
    let file = format!("several/{RESPONSES}");
    let (named, _, code) = report(&shell, &["several", "--reviews", &file]);
    assert_eq!((own, code), (named, 0));
    // A row of another text of the answer, and one that a reviewer has written before, are not dropped in silence.
    let more = "1\tq\t7\t7.xml\ta\tx\t1\t1\tr1\n1\tq\t7\t7.xml\tb\tother\t1\t1\tr4\n";
    put(&shell, "several", &(table + more));
    let (tables, notices, code) = report(&shell, &["several"]);
    assert_eq!((correct(&tables, "a"), code), ((third, 3), 1));
    said(&notices, "by the same reviewer");
    said(&notices, "another text of the response");
}

#[test]
fn check_and_report_have_one_rule_for_what_a_row_says() {
    let shell = Shell::new();
    let mut table = format!("{HEAD}\tmodel_rank\tbinary_correct\tis_used_eval\n");
    for (n, marks, used) in [
        (1, ["1\t1", "2\t0"], "yes"),
        (2, ["2\t0", "1\t1"], "no"),
        (3, ["2\t0", "1\t1"], ""),
    ] {
        for (model, marks) in ["a", "b"].into_iter().zip(marks) {
            writeln!(table, "{n}\tq{n}\t7\t7.xml\t{model}\tx\t{marks}\t{used}").expect("memory");
        }
    }
    put(&shell, "used", &table);
    let checked = shell.run(&["check", "used"]);
    assert!(checked.out.contains("reports count the row"), "{checked:?}");
    assert!(!checked.out.contains("not used"), "{checked:?}");
    let (tables, notices, code) = report(&shell, &["used"]);
    assert_eq!(
        (correct(&tables, "a"), code),
        ((1.0 / 3.0, 3), 0),
        "{notices:?}"
    );
    said(&notices, "4 answers that is_used_eval does not call used");

    let table = format!(
        "{HEAD}\tmodel_rank\tbinary_correct\n1\tq\t7\t7.xml\ta\tx\t1\t1\n1\tq\t7\t7.xml\tb\ty\t3\t0\n"
    );
    put(&shell, "ranks", &table);
    let rule = "model_rank is no number from 1 to 2, the number of models; it counts as missing";
    let checked = shell.run(&["check", "ranks"]);
    assert!(checked.out.contains(rule), "{checked:?}");
    let (tables, notices, code) = report(&shell, &["ranks"]);
    said(&notices, rule);
    assert_eq!(code, 1);
    let ranks = tables["ranks"]["rows"].as_array().expect("rows");
    let n: Vec<u64> = ranks
        .iter()
        .filter_map(|r| r["mean_rank"]["n"].as_u64())
        .collect();
    assert_eq!(n.iter().sum::<u64>(), 1, "{ranks:?}");
}

#[test]
fn a_stray_mark_of_somebody_else_changes_no_number_and_is_told() {
    let shell = Shell::new();
    two_who_submit(&shell);
    done(
        &shell,
        &[
            "plan",
            "set",
            "--reviewers",
            "jchen,okafor",
            "--overlap",
            "100%",
            "--readers",
            "2",
        ],
    );
    let (before, notices, code) = report(&shell, &["set"]);
    assert_eq!((correct(&before, "a"), code), ((0.5, 6), 0), "{notices:?}");
    Sitting::of(&shell, "ruiz").mark(4, true);
    let (after, notices, code) = report(&shell, &["set"]);
    // It is a line and no fault.
    assert_eq!((&after, code), (&before, 0));
    said(
        &notices,
        "left out: ruiz 1 reading not submitted; --unsubmitted takes them in",
    );
    let (with, notices, code) = report(&shell, &["set", "--unsubmitted"]);
    assert_eq!((correct(&with, "a"), code), ((4.0 / 7.0, 7), 0));
    said(&notices, "taken in: ruiz 1 reading not submitted");
    said(&notices, "taken in: ruiz 1 reading outside of the plan");
}

#[test]
fn what_is_reopened_or_whose_submission_is_undone_does_not_count() {
    let shell = Shell::new();
    two_who_submit(&shell);
    Sitting::of(&shell, "jchen").act(3, Act::Reopen {});
    let mut sitting = Sitting::of(&shell, "okafor");
    sitting
        .0
        .turn(Turn::Undo)
        .expect("saved")
        .expect("something to undo");
    drop(sitting);
    let (tables, notices, code) = report(&shell, &["set"]);
    assert_eq!((correct(&tables, "a"), code), ((0.75, 4), 0));
    said(
        &notices,
        "left out: jchen 1 reading not submitted, okafor 1 reading not submitted",
    );
    // Submitted again, it counts again.
    Sitting::of(&shell, "jchen").submit(3);
    let (tables, notices, _) = report(&shell, &["set"]);
    assert_eq!(correct(&tables, "a"), (0.6, 5));
    said(&notices, "left out: okafor 1 reading not submitted");
}

#[test]
fn what_was_judged_with_the_names_in_view_counts_when_it_is_asked_for() {
    let shell = Shell::new();
    two_who_submit(&shell);
    let (before, ..) = report(&shell, &["set"]);
    let unblind = Act::Unblind { scope: Scope::Case };
    let mut sitting = Sitting::of(&shell, "ruiz");
    sitting.act(1, unblind).mark(1, false).submit(1);
    drop(sitting);
    let (after, notices, code) = report(&shell, &["set"]);
    assert_eq!((&after, code), (&before, 0));
    said(
        &notices,
        "left out: ruiz 1 reading with the models' names in view; --unblinded takes them in",
    );
    let (with, notices, _) = report(&shell, &["set", "--unblinded"]);
    assert_eq!(correct(&with, "a"), (3.0 / 7.0, 7));
    said(
        &notices,
        "taken in: ruiz 1 reading with the models' names in view",
    );
    done(&shell, &["export", "set", "--out", "out"]);
    let table = fs::read_to_string(shell.path("out").join(RESPONSES)).expect("written");
    assert!(
        table.contains("jchen") && !table.contains("ruiz"),
        "{table}"
    );
}

/// The columns of a table by name, for each row.
fn rows(shell: &Shell, file: &str) -> Vec<serde_json::Map<String, Value>> {
    let text = fs::read_to_string(shell.path(file)).expect("written");
    let mut lines = text.lines();
    let names: Vec<&str> = lines.next().expect("a head").split('\t').collect();
    let row = |line: &str| {
        let cells = names.iter().zip(line.split('\t'));
        cells.map(|(n, c)| ((*n).to_owned(), c.into())).collect()
    };
    lines.map(row).collect()
}

#[test]
fn a_report_is_the_same_from_files_from_the_table_and_from_the_exported_folder() {
    let shell = Shell::new();
    two_who_submit(&shell);
    // Begun; and submitted with the names in view; and a second look at the same case.
    Sitting::of(&shell, "jchen").mark(4, true);
    let unblind = Act::Unblind { scope: Scope::Case };
    let mut sitting = Sitting::of(&shell, "okafor");
    sitting.act(4, unblind).mark(4, false).submit(4);
    drop(sitting);
    for rules in [&[][..], &["--unsubmitted", "--unblinded"]] {
        let out = format!("out{}", rules.len());
        let mut export = vec!["export", "set", "--out", &out];
        export.extend(rules);
        done(&shell, &export);
        let table = format!("{out}/{RESPONSES}");
        let with = |args: &[&str]| {
            let args: Vec<&str> = args.iter().chain(rules).copied().collect();
            report(&shell, &args)
        };
        let (files, told, code) = with(&["set", "--reviews"]);
        let (named, told_named, code_named) = with(&["set", "--reviews", &table]);
        let (own, told_own, code_own) = with(&[&out]);
        assert_eq!((code, code_named, code_own), (0, 0, 0), "{told_own:?}");
        assert_eq!(files, named);
        assert_eq!(files, own);
        let n = if rules.is_empty() { 6 } else { 8 };
        assert_eq!(correct(&files, "a").1, n);
        if !rules.is_empty() {
            assert_eq!((&told, &told), (&told_named, &told_own));
            // What is in the table and does not count is told of there as it is of the files.
            let (tables, told, _) = report(&shell, &[&out]);
            assert_eq!(correct(&tables, "a").1, 6);
            said(&told, "left out: jchen 1 reading not submitted");
            said(
                &told,
                "left out: okafor 1 reading with the models' names in view",
            );
        }
        // The time that was taken comes along.
        let minutes = files.to_string();
        assert!(minutes.contains("minutes"), "{minutes}");
        let seconds = rows(&shell, &table);
        let of = |r: &serde_json::Map<String, Value>| {
            r["reviewer"] == "jchen" && r["instruction_id"] == "1"
        };
        assert!(
            seconds.iter().any(|r| of(r) && r["seconds"] == "91"),
            "{seconds:?}"
        );
    }
}

#[test]
fn marks_of_an_earlier_text_are_told_also_when_nothing_else_is_left() {
    let shell = Shell::new();
    two_who_submit(&shell);
    let path = shell.path("set").join(RESPONSES);
    let table = fs::read_to_string(&path).expect("the table");
    fs::write(&path, table.replace("Answer 1 of a.", "Answer 1 of a!")).expect("written");
    let (tables, notices, code) = report(&shell, &["set"]);
    assert_eq!(
        (correct(&tables, "a").1, correct(&tables, "b").1, code),
        (4, 6, 1)
    );
    for who in ["jchen", "okafor"] {
        said(
            &notices,
            &format!("2 marks of {who} are of an earlier text"),
        );
    }
    fs::write(&path, table.replace("Question", "Another question")).expect("written");
    let ran = shell.run(&["report", "set", "--no-records"]);
    assert_ne!(ran.code, 0, "{ran:?}");
    for part in [
        "nothing is left to report on",
        "12 marks of jchen are of an earlier text",
        "12 marks of okafor are of an earlier text",
        "judge the present texts",
    ] {
        assert!(ran.err.contains(part), "{part}: {ran:?}");
    }
}

#[test]
fn a_gold_response_is_exported_whether_its_case_is_submitted_or_not() {
    let shell = Shell::new();
    set(&shell);
    let mut sitting = Sitting::of(&shell, "jchen");
    sitting.mark(1, true).gold(1).submit(1);
    sitting.mark(2, true).gold(2);
    sitting.gold(3);
    drop(sitting);
    let told = done(&shell, &["export", "set", "--out", "out"]).out;
    for line in [
        "gold responses of reviewers            3       3        0",
        "judgements                             4       2        2",
        "2 of the gold responses of reviewers are of readings that are not submitted",
        "left out: 2 judgements: in readings that are not submitted (--unsubmitted writes them)",
        "left out: jchen 1 reading not submitted; --unsubmitted takes them in",
    ] {
        assert!(told.contains(line), "{line}: {told}");
    }
    let golds = rows(&shell, "out/clinician-instruction-responses.tsv");
    let submitted: Vec<bool> = golds.iter().map(|r| r["submitted_at"] != "").collect();
    assert_eq!(submitted, [true, false, false], "{golds:?}");
    let responses = rows(&shell, &format!("out/{RESPONSES}"));
    let marked = responses.iter().filter(|r| r["verdict"] != "");
    assert!(
        marked.clone().all(|r| r["instruction_id"] == "1"),
        "{responses:?}"
    );
    assert_eq!(marked.count(), 2);
    let table = done(
        &shell,
        &["export", "set", "--format", "jsonl", "--out", "x.jsonl"],
    );
    assert!(
        table
            .out
            .contains("gold responses of reviewers            3       3        0")
    );
    let all = done(&shell, &["export", "set", "--unsubmitted", "--out", "all"]).out;
    assert!(
        all.contains("judgements                             4       4        0"),
        "{all}"
    );
    // A form is a reading: what is left out of it is said.
    let forms = done(
        &shell,
        &["export", "set", "--format", "argilla", "--out", "forms"],
    )
    .out;
    let line = "left out: 1 gold responses of reviewers: in readings that are not submitted";
    assert!(forms.contains(line), "{forms}");
}
