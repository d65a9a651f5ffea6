//! Outcomes that are no answers, on the screen and in the report; and the demo's recorded run.

use std::ffi::OsStr;
use std::fs;
use std::sync::Arc;

use clap::Parser;
use serde_json::Value;

use super::asked::{go_to, with_outcomes};
use super::desk::{Desk, Room, Setup, YES};
use crate::commands::report;
use crate::config::{Config, Folders, Settings};
use crate::dataset::Outcome;
use crate::tui::layout::Focus;

const WIDE: (u16, u16) = (120, 40);

#[test]
fn what_is_no_answer_is_neither_judged_nor_ranked() {
    let (room, _) = with_outcomes();
    let mut desk = Desk::open(Arc::clone(&room), WIDE, Setup::default());
    let answers = desk.app.models().len();
    let lost = go_to(&mut desk, "lost");
    assert_eq!(lost, answers, "it stands behind all answers");
    desk.press("Tab");
    go_to(&mut desk, "lost");
    let text = desk.text();
    assert!(
        text.contains("no answer") && text.contains("held back by a filter"),
        "{text}"
    );
    // Neither the part of an answer that was held back nor the model's name is in view.
    assert!(
        !text.contains("Since spr\n") && !text.contains("lost"),
        "{text}"
    );
    for key in ["c", "x", "?", "1", "K", "J", "t", "m", "e"] {
        desk.press(if key == "?" { "U" } else { key }).press("Esc");
    }
    for key in ["c", "x", "1"] {
        desk.press(key);
        assert!(
            desk.said().contains("is no answer"),
            "{key}: {}",
            desk.said()
        );
    }
    desk.press("P");
    assert!(desk.said().contains("is no answer"), "{}", desk.said());
    assert!(!desk.app.review().is_marked() && desk.app.review().pins.is_empty());
    let file = fs::read_to_string(room.review_file()).unwrap_or_default();
    assert!(!file.contains("lost"), "{file}");
    // What is left to judge does not count it, and the case can be finished without it.
    for answer in 0..answers {
        desk.app.in_view.answers.focus_on(answer);
        desk.press("c 1");
    }
    assert!(
        desk.app.submit_warnings().is_empty(),
        "{:?}",
        desk.app.submit_warnings()
    );
    assert!(
        desk.text()
            .contains(&format!("{answers} of {answers} judged")),
        "{}",
        desk.text()
    );
    desk.press("L");
    assert!(
        desk.text().contains(&format!("{answers}/{answers} 1∅")),
        "{}",
        desk.text()
    );
    // An answer that ends at the limit of its length is one, and says so.
    desk.press("Esc");
    go_to(&mut desk, "stub");
    assert!(desk.text().contains("cut off"), "{}", desk.text());
}

#[derive(Parser)]
struct ReportOptions {
    #[command(flatten)]
    args: report::Args,
}

/// Everything shows without a server: what a model saw, outcomes that are no answers, errors by evidence.
#[test]
fn the_demo_shows_a_recorded_run() {
    let room = Arc::new(Room::demo_with_run());
    let mut desk = Desk::open(Arc::clone(&room), WIDE, Setup::default());
    let mut outcomes = Vec::new();
    for case in 0..desk.app.desk.dataset.cases().len() {
        desk.app.open_case(case);
        desk.press("g d Esc");
        let column = go_to(&mut desk, "lantern-8k");
        outcomes.extend(desk.app.outcome(column).map(|o| o.outcome));
        desk.press("g w").press(YES);
        let marked = desk.app.in_view.record.timeline.saw().is_some();
        assert!(marked, "case {case}: {}", desk.said());
        if desk.app.model(column).is_none() {
            desk.app.in_view.answers.focus_on(0);
        }
        desk.app.screen.focus = Focus::Answers;
        desk.app.fit();
        desk.press(if case % 2 == 0 { "x" } else { "c" });
        desk.press("S").press(YES);
    }
    for outcome in [Outcome::Answered, Outcome::Cut, Outcome::Filtered] {
        assert!(outcomes.contains(&outcome), "{outcomes:?}");
    }
    drop(desk);
    let (dataset, file) = (room.dataset(), room.review_file());
    let line = [
        "report".as_ref(),
        dataset.as_os_str(),
        "--reviews".as_ref(),
        file.as_os_str(),
    ];
    let more = ["--format", "json", "--samples", "20", "--count-missing"].map(OsStr::new);
    let line = ReportOptions::try_parse_from(line.into_iter().chain(more)).expect("options");
    let nowhere = dataset.join("nowhere");
    let folders = Folders {
        config: nowhere.clone(),
        data: nowhere.clone(),
        cache: nowhere,
    };
    let config = Config {
        folders,
        settings: Settings::default(),
    };
    let mut out = Vec::new();
    report::run(&line.args, &config, &mut out).expect("a report");
    let made: Value = serde_json::from_slice(&out).expect("JSON");
    let tables = &made["tables"];
    let asked = &tables["outcomes"]["rows"][0];
    let asked = asked.to_string();
    assert!(asked.contains("lantern-8k"), "{asked}");
    for table in ["evidence_and_errors", "by_evidence_seen"] {
        assert!(tables[table].is_object(), "{table} in {}", made["tables"]);
    }
    let kinds = tables["by_evidence_seen"].to_string();
    let some = ["never had it", "had a part of it"]
        .iter()
        .any(|k| kinds.contains(k));
    assert!(some && kinds.contains("\"had it\""), "{kinds}");
    let told = String::from_utf8(out).expect("text");
    assert!(told.contains("nobody judged them"));
}
