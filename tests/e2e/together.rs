//! Three reviewers at the same time on one dataset: plan, review, merge, adjudicate, report.

use std::collections::BTreeMap;
use std::path::Path;
use std::process::Command;

use medalign::inside::dataset::{Case, Dataset};
use medalign::inside::review::plan::{Plan, Step};
use medalign::inside::review::{Ledger, Pass, Reason, Verdict, adjudicate, blind};
use serde_json::Value;

use crate::desk::{Desk, entries};
use crate::tmux::Tmux;

const REVIEWERS: [&str; 3] = ["ann", "bo", "cy"];

/// Runs a command of the program on the desk; gives back what it prints.
fn medalign(desk: &Desk, args: &[&str]) -> String {
    let home = desk.home();
    let out = Command::new(env!("CARGO_BIN_EXE_medalign"))
        .args(args)
        .env_clear()
        .env("HOME", home)
        .env("MEDALIGN_CONFIG_DIR", home.join("config"))
        .env("MEDALIGN_DATA_DIR", home.join("data"))
        .env("MEDALIGN_CACHE_DIR", home.join("cache"))
        .output()
        .expect("the program starts");
    assert!(out.status.success(), "{args:?}: {out:?}");
    String::from_utf8(out.stdout).expect("UTF-8")
}

/// What is right, for this test: the answers of every other model, beginning with the case's number.
fn is_right(case: usize, model: usize) -> bool {
    (case + model).is_multiple_of(2)
}

/// What a reviewer marks: bo takes the first model's answer for the opposite everywhere, the others mark what is right.
fn marks(reviewer: &str, case: usize, model: usize) -> bool {
    is_right(case, model) != (reviewer == "bo" && model == 0)
}

/// The models of a case in a reviewer's blind order, as places among the case's responses.
fn shown(case: &Case, reviewer: &str, pass: Pass) -> Vec<usize> {
    let models: Vec<&str> = case.responses.iter().map(|r| r.model.as_str()).collect();
    blind::order(pass.seed(0), reviewer, &case.instruction_id, &models)
}

/// For each answer of a case the keys that mark it, rank what is correct before what is not, and go on.
fn reading(dataset: &Dataset, reviewer: &str, step: Step) -> Vec<[&'static str; 3]> {
    let case = &dataset.cases()[step.case];
    let keys = |model| {
        if marks(reviewer, step.case, model) {
            ["c", "1", "l"]
        } else {
            ["x", "2", "l"]
        }
    };
    let order = shown(case, reviewer, step.pass);
    order.into_iter().map(keys).collect()
}

/// The tables of a report as JSON.
fn report(desk: &Desk, more: &[&str]) -> Value {
    let folder = desk.dataset_folder();
    let folder = folder.to_str().expect("a plain path");
    let mut args = vec![
        "report",
        folder,
        "--format",
        "json",
        "--samples",
        "50",
        "--no-records",
    ];
    args.extend(more);
    serde_json::from_str(&medalign(desk, &args)).expect("JSON")
}

/// Correct judgements and all judgements of each model in a report.
fn correctness(report: &Value) -> BTreeMap<String, (u64, u64)> {
    let rows = report["tables"]["correctness"]["rows"]
        .as_array()
        .expect("rows");
    let count =
        |row: &Value, field: &str, of: &str| row[field][of].as_f64().expect("a number") as u64;
    rows.iter()
        .map(|row| {
            let model = row["model"].as_str().expect("a name").to_owned();
            let n = count(row, "correct_rate", "n");
            (model, (count(row, "correct", "value"), n))
        })
        .collect()
}

/// All three read their queues at once, a case each in turn.
fn review(tmux: &Tmux, desk: &Desk, queues: &BTreeMap<&str, Vec<Step>>) {
    let dataset = desk.dataset();
    let line = |who: &str| {
        let folder = desk.dataset_folder();
        Tmux::line(
            desk.home(),
            &format!("review {} --as {who}", folder.display()),
        )
    };
    tmux.run(&[
        "new-session",
        "-d",
        "-x",
        "90",
        "-y",
        "80",
        &line(REVIEWERS[0]),
    ]);
    for who in &REVIEWERS[1..] {
        tmux.run(&["split-window", "-v", "-t", ":0", &line(who)]);
        tmux.run(&["select-layout", "-t", ":0", "even-vertical"]);
    }
    let panes = [":0.0", ":0.1", ":0.2"];
    for pane in panes {
        tmux.wait_for_record(pane);
        tmux.keys(pane, &["Tab"]);
        tmux.wait_for(pane, "c correct");
    }
    let most = queues.values().map(Vec::len).max().expect("a queue");
    for n in 0..most {
        let mut open = Vec::new();
        for (pane, who) in panes.iter().zip(REVIEWERS) {
            if let Some(step) = queues[who].get(n) {
                tmux.wait_for(
                    pane,
                    &format!(" {} of {} in your queue", n + 1, queues[who].len()),
                );
                open.push((pane, reading(&dataset, who, *step)));
            }
        }
        // Everybody types before anybody is waited for; what is marked next has to be on the screen.
        let most = open.iter().map(|(_, keys)| keys.len()).max().unwrap_or(0);
        for answer in 0..most {
            let letter = ["J", "K"][answer % 2];
            let typing = || {
                open.iter()
                    .filter_map(|(p, keys)| Some((*p, keys.get(answer)?)))
            };
            for (pane, keys) in typing() {
                tmux.keys(pane, &[&keys[..], &["g", letter]].concat());
            }
            for (pane, _) in typing() {
                tmux.wait_for(pane, &format!("g {letter} is bound to nothing"));
            }
        }
        for (pane, _) in &open {
            tmux.keys(pane, &["S"]);
        }
        for (pane, who) in panes.iter().zip(REVIEWERS) {
            if n < queues[who].len() {
                tmux.wait_for(pane, "submitted");
                tmux.keys(pane, &[">"]);
            }
        }
    }
    for pane in panes.iter().rev() {
        tmux.wait_for(pane, "the last case of your queue");
        tmux.keys(pane, &["q", "q"]);
    }
}

/// In the first dispute a side is taken over, in the second one the first answer shown is decided anew.
fn decide(tmux: &Tmux, desk: &Desk, merged: &Path) {
    let args = format!(
        "adjudicate {} --as chief --reviews {}",
        desk.dataset_folder().display(),
        merged.display()
    );
    tmux.run(&[
        "new-session",
        "-d",
        "-s",
        "chief",
        "-x",
        "120",
        "-y",
        "40",
        &Tmux::line(desk.home(), &args),
    ]);
    let pane = "chief:0.0";
    tmux.wait_for(pane, "ADJUDICATION, dispute 1 of ");
    tmux.wait_for_record(pane);
    tmux.keys(pane, &["g", "j"]);
    tmux.wait_for(pane, "reviewers of this case, in no order");
    assert!(
        REVIEWERS
            .iter()
            .all(|who| !tmux.screen(pane).contains(&format!(" {who} ")))
    );
    tmux.keys(pane, &["a"]);
    tmux.wait_for(pane, "Taken over from reviewer 1");
    tmux.keys(pane, &["S"]);
    tmux.wait_for(pane, "What decided?");
    tmux.keys(pane, &["j", "j", "y"]);
    tmux.wait_for(pane, "Submitted.");
    tmux.keys(pane, &[">"]);
    tmux.wait_for(pane, "ADJUDICATION, dispute 2 of ");
    tmux.wait_for_record(pane);
    tmux.keys(pane, &["m", "S"]);
    tmux.wait_for(pane, "What decided?");
    tmux.keys(pane, &["j", "y"]);
    tmux.wait_for(pane, "Submitted.");
    tmux.keys(pane, &["q", "q"]);
}

/// What the review files hold, which is what was typed.
fn kept(desk: &Desk, queues: &BTreeMap<&str, Vec<Step>>) -> BTreeMap<String, Ledger> {
    let dataset = desk.dataset();
    let mut ledgers = BTreeMap::new();
    for who in REVIEWERS {
        let ledger = desk.ledger(who);
        for step in &queues[who] {
            let case = &dataset.cases()[step.case];
            let review = ledger.reading(step.pass, &case.key());
            assert!(review.submitted.is_some(), "{who} {step:?}");
            for (model, response) in case.responses.iter().enumerate() {
                let wanted = if marks(who, step.case, model) {
                    Verdict::Correct
                } else {
                    Verdict::Incorrect
                };
                let verdict = review.verdict(&response.model);
                assert_eq!(verdict, Some(wanted), "{who} {step:?}");
            }
        }
        ledgers.insert(who.to_owned(), ledger);
    }
    ledgers
}

#[test]
fn three_reviewers_and_one_who_decides() {
    let Some(tmux) = Tmux::new("together") else {
        return;
    };
    let desk = Desk::new();
    let folder = desk.dataset_folder();
    let folder = folder.to_str().expect("a plain path");
    let dataset = desk.dataset();

    medalign(
        &desk,
        &[
            "plan",
            folder,
            "--reviewers",
            "ann,bo,cy",
            "--overlap",
            "4",
            "--again",
            "1",
            "--seed",
            "3",
        ],
    );
    let (plan, off) = Plan::read(&desk.dataset_folder().join("plan.tsv")).expect("the plan");
    assert_eq!(off, []);
    let place = |row: &medalign::inside::review::plan::PlanRow| Step {
        case: dataset
            .cases()
            .iter()
            .position(|c| c.key() == row.case)
            .expect("a case"),
        pass: row.pass,
    };
    let mut queues: BTreeMap<&str, Vec<Step>> = BTreeMap::new();
    for who in REVIEWERS {
        let mut rows: Vec<_> = plan.rows.iter().filter(|r| r.reviewer == who).collect();
        rows.sort_by_key(|r| r.place);
        queues.insert(who, rows.into_iter().map(place).collect());
    }
    // Ten cases, four of them read by all three, and each reviewer reads one again.
    assert_eq!(queues.values().map(Vec::len).sum::<usize>(), 10 + 2 * 4 + 3);

    review(&tmux, &desk, &queues);
    tmux.wait_until_left();
    let ledgers = kept(&desk, &queues);

    let files = REVIEWERS.map(|who| desk.review_file(who).display().to_string());
    let merged = desk.home().join("merged.jsonl");
    let merged_path = merged.display().to_string();
    let mut args = vec!["merge", "--out", &merged_path];
    args.extend(files.iter().map(String::as_str));
    medalign(&desk, &args);
    let all = Ledger::by_reviewer(entries(&merged));
    assert_eq!(all.len(), 3);
    for who in REVIEWERS {
        assert_eq!(all[who].entries(), ledgers[who].entries());
    }

    // They disagree where bo and another read the same case, on one answer each.
    let disputes = adjudicate::disputes(dataset.cases(), &ledgers);
    let by_bo = |case: usize| {
        queues["bo"]
            .iter()
            .any(|s| s.case == case && s.pass == Pass::First)
    };
    let by_others = |case: usize| {
        let mut others = ["ann", "cy"].iter().flat_map(|who| &queues[who]);
        others.any(|s| s.case == case && s.pass == Pass::First)
    };
    let expected = (0..10).filter(|c| by_bo(*c) && by_others(*c)).count();
    assert_eq!((disputes.len(), expected), (4, 4));
    assert!(disputes.iter().all(|d| d.opposed == 1 && d.sides == 3));

    decide(&tmux, &desk, &merged);
    tmux.wait_until_left();
    let chief = desk.ledger("chief");
    let key = |n: usize| dataset.cases()[disputes[n].case].key();
    let first = chief.reading(Pass::Adjudication, &key(0));
    let second = chief.reading(Pass::Adjudication, &key(1));
    let reason =
        |r: &medalign::inside::review::CaseReview| r.submitted.as_ref().and_then(|s| s.reason);
    assert_eq!(reason(first), Some(Reason::Missed));
    assert_eq!(reason(second), Some(Reason::Record));
    assert!(
        chief.cases().next().is_none(),
        "a reading of the chief's own"
    );
    let taken = adjudicate::sides(&dataset.cases()[disputes[0].case], &ledgers, "chief", 0);
    let taken = taken[0].reviewer.as_str();
    // The reviewers' files are as they were.
    for who in REVIEWERS {
        assert_eq!(desk.ledger(who).entries(), ledgers[who].entries());
    }

    reports(
        &desk,
        &merged_path,
        &queues,
        taken,
        [disputes[0].case, disputes[1].case],
    );
}

/// The numbers of both reports against those that follow from what was typed.
fn reports(
    desk: &Desk,
    merged: &str,
    queues: &BTreeMap<&str, Vec<Step>>,
    taken: &str,
    decided: [usize; 2],
) {
    let dataset = desk.dataset();
    let chief = desk.review_file("chief").display().to_string();
    let said = report(desk, &["--reviews", merged, &chief]);
    let settled = report(desk, &["--adjudicated", "--reviews", merged, &chief]);
    let mut expected: BTreeMap<String, (u64, u64)> = BTreeMap::new();
    let mut after: BTreeMap<String, (u64, u64)> = BTreeMap::new();
    let unsure = shown(&dataset.cases()[decided[1]], "chief", Pass::Adjudication)[0];
    for (who, steps) in queues {
        for step in steps.iter().filter(|s| s.pass == Pass::First) {
            for (model, response) in dataset.cases()[step.case].responses.iter().enumerate() {
                let correct = marks(who, step.case, model);
                let add = |to: &mut BTreeMap<String, (u64, u64)>| {
                    let count = to.entry(response.model.clone()).or_default();
                    *count = (count.0 + u64::from(correct), count.1 + 1);
                };
                add(&mut expected);
                // All of the first case is decided, and one answer of the second, as "unsure".
                let replaced =
                    step.case == decided[0] || step.case == decided[1] && model == unsure;
                if !replaced {
                    add(&mut after);
                }
            }
        }
    }
    for (model, response) in dataset.cases()[decided[0]].responses.iter().enumerate() {
        let correct = marks(taken, decided[0], model);
        let count = after.entry(response.model.clone()).or_default();
        *count = (count.0 + u64::from(correct), count.1 + 1);
    }
    assert_eq!(correctness(&said), expected);
    assert_eq!(correctness(&settled), after);
    assert_ne!(expected, after);
    // Agreement stays that of the reviewers.
    assert_eq!(said["tables"]["agreement"], settled["tables"]["agreement"]);
    let notices = |report: &Value| report["notices"].to_string();
    assert!(
        notices(&said).contains("--adjudicated"),
        "{}",
        notices(&said)
    );
    assert!(
        notices(&settled).contains("stand in place"),
        "{}",
        notices(&settled)
    );
}
