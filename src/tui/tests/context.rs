//! What a model saw of the record, as the screen marks it; and outcomes that are no answers.
//!
//! Answers come from the program's own `infer` and a server in the test that keeps what it was sent.

use std::ffi::OsStr;
use std::fs;
use std::io::{BufRead, BufReader, Read, Write};
use std::net::{TcpListener, TcpStream};
use std::sync::{Arc, Mutex};

use clap::Parser;
use serde_json::{Value, json};

use super::desk::{Desk, Room, Setup, YES};
use crate::commands::{infer, report};
use crate::config::{Config, Folders, Settings};
use crate::dataset::Outcome;
use crate::record::{EventId, Kind};
use crate::review::{Act, View};
use crate::text::thousands;
use crate::tui::layout::Focus;
use crate::tui::panes::timeline::Line;

const WIDE: (u16, u16) = (120, 40);

/// What a server says to the prompt with this number.
type Answer = dyn Fn(usize, &str) -> Value + Send + Sync;

/// A server that answers everything at once, and keeps the prompts.
fn server(answer: impl Fn(usize, &str) -> Value + Send + Sync + 'static) -> (String, Prompts) {
    let listener = TcpListener::bind("127.0.0.1:0").expect("a port");
    let url = format!("http://{}/v1", listener.local_addr().expect("an address"));
    let prompts = Prompts::default();
    let (kept, answer): (_, Arc<Answer>) = (prompts.clone(), Arc::new(answer));
    std::thread::spawn(move || {
        for stream in listener.incoming().flatten() {
            let (kept, answer) = (kept.clone(), answer.clone());
            std::thread::spawn(move || serve(stream, &kept, &*answer));
        }
    });
    (url, prompts)
}

type Prompts = Arc<Mutex<Vec<String>>>;

fn serve(mut stream: TcpStream, kept: &Prompts, answer: &Answer) -> Option<()> {
    loop {
        let mut reader = BufReader::new(stream.try_clone().ok()?);
        let (mut length, mut get) = (0, false);
        loop {
            let mut line = String::new();
            if reader.read_line(&mut line).ok()? == 0 {
                return None;
            }
            get |= line.starts_with("GET ");
            if let Some(value) = line.to_ascii_lowercase().strip_prefix("content-length:") {
                length = value.trim().parse().ok()?;
            }
            if line.trim().is_empty() {
                break;
            }
        }
        let mut body = vec![0; length];
        reader.read_exact(&mut body).ok()?;
        let said = if get {
            json!({"data": [{"id": "m"}]})
        } else {
            let body: Value = serde_json::from_slice(&body).ok()?;
            let prompt = body["messages"][0]["content"].as_str()?.to_owned();
            let mut kept = kept.lock().expect("no panic");
            kept.push(prompt.clone());
            let n = kept.len() - 1;
            drop(kept);
            answer(n, &prompt)
        };
        let said = said.to_string();
        let head = format!(
            "HTTP/1.1 200 X\r\ncontent-type: application/json\r\ncontent-length: {}\r\n\r\n",
            said.len()
        );
        stream.write_all((head + &said).as_bytes()).ok()?;
    }
}

fn said(text: &str, finish: &str) -> Value {
    json!({"model": "m", "choices": [{"finish_reason": finish, "message": {"content": text}}],
        "usage": {"prompt_tokens": 1_000_000, "completion_tokens": 3}})
}

#[derive(Parser)]
struct Options {
    #[command(flatten)]
    args: infer::Args,
}

/// Asks a server for answers about a room's dataset, one request after the other.
fn ask(room: &Room, url: &str, more: &[&str]) {
    let dataset = room.dataset().display().to_string();
    let line = [
        "infer",
        &dataset,
        "--endpoint",
        url,
        "--model",
        "m",
        "--jobs",
        "1",
    ];
    let line = Options::try_parse_from(line.iter().chain(more)).expect("options");
    infer::run(&line.args, &mut Vec::new()).expect("a run");
}

/// Goes to the column with this label, names being hidden.
fn go_to(desk: &mut Desk, label: &str) -> usize {
    let columns = desk.app.in_view.answers.len();
    let found = (0..columns).find(|c| desk.app.outcome(*c).is_some_and(|o| o.label == label));
    let column = found.unwrap_or_else(|| panic!("no column of {label}"));
    desk.app.in_view.answers.focus_on(column);
    desk.app.fit();
    column
}

/// A text without blanks, which forms of a record add and drop.
fn solid(text: &str) -> String {
    text.split_whitespace().collect()
}

/// The text of XML: what stands for a sign becomes that sign.
fn unescaped(xml: &str) -> String {
    let signs = [
        ("&lt;", "<"),
        ("&gt;", ">"),
        ("&quot;", "\""),
        ("&apos;", "'"),
        ("&#13;", " "),
        ("&amp;", "&"),
    ];
    signs.iter().fold(xml.to_owned(), |text, (name, sign)| {
        text.replace(name, sign)
    })
}

/// The prompt for a question about a record, by what it asks.
fn prompt_of(prompts: &Prompts, question: &str) -> Vec<String> {
    let prompts = prompts.lock().expect("no panic");
    let asked = prompts.iter().filter(|p| p.contains(question.trim()));
    asked.map(|p| solid(&unescaped(p))).collect()
}

#[test]
fn what_is_marked_is_what_was_sent() {
    let room = Arc::new(Room::demo());
    let (url, prompts) = server(|_, _| said("Yes, since spring.", "stop"));
    let systems: [(&str, &[&str]); 4] = [
        ("recent", &["--context", "2048"]),
        ("xml", &["--context", "3000", "--record", "lumia"]),
        ("ranked", &["--context", "3000", "--strategy", "bm25-notes"]),
        ("whole", &["--context", "200000", "--strategy", "all"]),
    ];
    let (mut cut, mut hidden, mut shown) = (0, 0, 0);
    for (label, options) in systems {
        prompts.lock().expect("no panic").clear();
        ask(&room, &url, &[&["--label", label], options].concat());
        let mut desk = Desk::open(Arc::clone(&room), WIDE, Setup::default());
        for case in 0..desk.app.desk.dataset.cases().len() {
            desk.app.open_case(case);
            desk.press("g d Esc");
            go_to(&mut desk, label);
            desk.press("g w");
            desk.press(YES);
            let sent = prompt_of(&prompts, &desk.app.case().question);
            assert!(!sent.is_empty());
            let view = Arc::clone(desk.app.view().expect("a record"));
            let record = &view.record;
            let timeline = &desk.app.in_view.record.timeline;
            let saw = timeline.saw().expect("it is marked");
            for (id, event) in record.events().iter().enumerate() {
                let value = record.value(event);
                if event.kind != Kind::Note || solid(value).len() < 40 {
                    continue;
                }
                let in_prompt = |text: &str| sent.iter().any(|p| p.contains(&solid(text)));
                match saw.from(id as u32) {
                    None => {
                        hidden += 1;
                        assert!(!in_prompt(value), "{label}, event {id} was sent");
                    }
                    Some(0) => {
                        shown += 1;
                        assert!(in_prompt(value), "{label}, event {id} was not sent");
                    }
                    Some(from) => {
                        cut += 1;
                        assert!(in_prompt(&value[from..]), "{label}, event {id} from {from}");
                        let mut before = value[..from].char_indices().rev();
                        let more = before.find(|(_, c)| !c.is_whitespace()).map(|(i, _)| i);
                        let more = more.expect("something is lacking");
                        assert!(
                            !in_prompt(&value[more..]),
                            "{label}, event {id} before {from}"
                        );
                    }
                }
            }
            // What came after the instruction was asked is never sent.
            let later = timeline.later() as u32;
            let all = saw.count() + later == saw.of_events();
            assert!(all || label != "whole", "{} and {later} later", saw.count());
        }
    }
    assert!(
        cut > 3 && hidden > 20 && shown > 20,
        "{cut} {hidden} {shown}"
    );
}

/// The sign before each line of the timeline, and the line.
fn gutter(desk: &Desk) -> Vec<(char, Line)> {
    let (buffer, _) = desk.frame();
    let area = desk.app.screen.frame.timeline;
    let timeline = &desk.app.in_view.record.timeline;
    let lines = timeline.lines()[timeline.top()..]
        .iter()
        .take(usize::from(area.height));
    let sign = |y: usize| {
        buffer[(area.x + 1, area.y + y as u16)]
            .symbol()
            .chars()
            .next()
    };
    let lines = lines.enumerate();
    lines
        .map(|(y, line)| (sign(y).unwrap_or(' '), *line))
        .collect()
}

/// The demo with answers of which the first saw the end of the record, the second was filtered, and the third was cut off.
fn with_outcomes() -> (Arc<Room>, Prompts) {
    let room = Arc::new(Room::demo());
    let (url, prompts) = server(|_, _| said("Since spring.", "stop"));
    ask(&room, &url, &["--label", "end", "--context", "2048"]);
    let (filter, _) = server(|_, _| said("Since spr", "content_filter"));
    ask(&room, &filter, &["--label", "lost", "--context", "2048"]);
    let (limit, _) = server(|_, _| said("Since spring and then", "length"));
    ask(&room, &limit, &["--label", "stub", "--context", "2048"]);
    (room, prompts)
}

#[test]
fn signs_stand_before_what_was_sent_and_a_second_press_hides_the_rest() {
    let (room, _) = with_outcomes();
    let mut desk = Desk::open(room, WIDE, Setup::default());
    let column = go_to(&mut desk, "end");
    desk.press("g w");
    assert!(
        desk.text().contains("Show what the model saw"),
        "{}",
        desk.text()
    );
    assert!(desk.app.in_view.record.timeline.saw().is_none());
    desk.press(YES);
    let letter = desk.app.letter(column);
    assert!(
        desk.text().contains(&format!("{letter} saw ")),
        "{}",
        desk.text()
    );
    // A note that was cut, opened: above the first byte that was sent there is no sign.
    let cases = 0..desk.app.desk.dataset.cases().len();
    let cut = cases.into_iter().find_map(|case| {
        desk.app.open_case(case);
        desk.press("g d Esc");
        go_to(&mut desk, "end");
        desk.press("g w").press(YES);
        let timeline = &desk.app.in_view.record.timeline;
        let saw = timeline.saw().expect("marked").clone();
        let events = 0..desk.app.view().expect("a record").record.events().len() as u32;
        let cut = |e: &u32| saw.from(*e).is_some_and(|from| from > 0);
        events
            .into_iter()
            .find(cut)
            .map(|e| (EventId(e), saw.clone()))
    });
    let (cut, saw) = cut.expect("a note that was cut");
    let view = Arc::clone(desk.app.view().expect("a record"));
    let from = saw.from(cut.0).expect("sent in part");
    desk.app
        .in_view
        .record
        .timeline
        .show_text(&view.record, cut, from);
    let mut rows = [0, 0];
    for (sign, line) in gutter(&desk) {
        let seen = match line {
            Line::Event(e) | Line::Day(e) => saw.has(e.0),
            Line::Text(e, row) => {
                let timeline = &desk.app.in_view.record.timeline;
                let end = timeline.note_rows(e)[row as usize].end as usize;
                rows[usize::from(e == cut && end > from)] += 1;
                saw.from(e.0).is_some_and(|from| end > from)
            }
            Line::Encounter(_) | Line::AsOf(_) => continue,
        };
        assert_eq!(
            seen,
            "┃╻".contains(sign),
            "{sign:?} before {line:?}\n{}",
            desk.text()
        );
    }
    assert!(rows.iter().all(|n| *n > 0), "{rows:?}\n{}", desk.text());
    // The map: a column without events that were sent has another sign.
    let map = rows_of(&desk).into_iter().find(|row| row.contains('╌'));
    assert!(map.is_some(), "{}", desk.text());
    desk.press("g w g o");
    let unseen = view.record.happened().len() as u32 - saw.count();
    let hidden = format!("{unseen} not seen HIDDEN");
    assert!(desk.text().contains(&hidden), "{}", desk.text());
    let lines = desk.app.in_view.record.timeline.lines();
    let listed = lines
        .iter()
        .filter(|l| matches!(l, Line::Event(e) if saw.has(e.0)));
    let facts = view.record.facts().filter(|e| saw.has(e.0)).count() as u32;
    assert_eq!(listed.count() as u32, saw.count() + facts);
    assert!(
        !lines
            .iter()
            .any(|l| matches!(l, Line::Event(e) if !saw.has(e.0)))
    );
    // A place that was not seen is shown when it is asked for, and that is said.
    desk.app
        .in_view
        .record
        .timeline
        .show(&view.record, EventId(0));
    desk.press("j");
    assert!(
        desk.said().contains("did not see this place"),
        "{}",
        desk.said()
    );
    desk.press("g w g w");
    assert!(desk.app.in_view.record.timeline.saw().is_none());
    assert_eq!(desk.app.told_of_context(), None);
}

fn rows_of(desk: &Desk) -> Vec<String> {
    desk.text().lines().map(str::to_owned).collect()
}

#[test]
fn looking_is_noted_once_and_verdicts_say_so() {
    let (room, _) = with_outcomes();
    let mut desk = Desk::open(Arc::clone(&room), WIDE, Setup::default());
    let column = go_to(&mut desk, "end");
    let model = desk.app.model(column).expect("an answer").to_owned();
    let view = |desk: &Desk| desk.app.review().judgement(&model).expect("judged").view;
    let noted = || {
        let file = fs::read_to_string(room.review_file()).unwrap_or_default();
        file.matches("\"kind\":\"see_context\"").count()
    };
    desk.press("g w n");
    assert!(desk.app.in_view.record.context.is_none());
    assert_eq!(noted(), 0);
    desk.press("g w").press(YES);
    assert_eq!(noted(), 1);
    desk.press("Tab");
    go_to(&mut desk, "end");
    desk.press("c");
    assert_eq!(view(&desk), Some(View::Context));
    desk.press("g w g w x");
    assert_eq!(view(&desk), None, "the case does not say when it was asked");
    // What was shown is not asked about again; another case is.
    desk.press("g w");
    assert!(desk.app.in_view.record.context.is_some());
    assert_eq!(noted(), 1);
    desk.press(">");
    assert!(desk.app.in_view.record.context.is_none());
    go_to(&mut desk, "end");
    desk.press("g w");
    assert!(desk.app.asks());
    desk.press(YES);
    let ledger = desk.app.desk.log.ledger();
    let entries = ledger.entries().iter();
    assert_eq!(entries.filter(|e| e.act == Act::SeeContext {}).count(), 2);
    // Undo takes the verdict back, not the looking.
    let before = noted();
    desk.press("u");
    assert_eq!((noted(), before), (2, 2));
    let mut desk = desk.reopen(Setup::default());
    go_to(&mut desk, "end");
    desk.press("g w");
    assert!(!desk.app.asks() && desk.app.in_view.record.context.is_some());
}

#[test]
fn what_is_not_known_marks_nothing() {
    let (room, _) = with_outcomes();
    let mut desk = Desk::open(Arc::clone(&room), WIDE, Setup::default());
    // An answer of the dataset's table.
    let columns = 0..desk.app.in_view.answers.len();
    let given = columns.into_iter().find(|c| desk.app.outcome(*c).is_none());
    desk.app
        .in_view
        .answers
        .focus_on(given.expect("an answer of the table"));
    desk.press("g w");
    assert!(desk.said().contains("is not known"), "{}", desk.said());
    assert!(!desk.app.asks());
    // A record that has changed since.
    let record = desk
        .app
        .desk
        .dataset
        .record_path(desk.app.case())
        .expect("a file");
    drop(desk);
    let text = fs::read_to_string(&record).expect("a record");
    fs::write(&record, text + "\n<!-- later -->\n").expect("written");
    let mut desk = Desk::open(room, WIDE, Setup::default());
    go_to(&mut desk, "end");
    desk.press("g w");
    assert!(desk.said().contains("has changed since"), "{}", desk.said());
    assert!(desk.app.in_view.record.timeline.saw().is_none() && !desk.app.asks());
}

#[test]
fn a_record_read_in_chunks_says_which() {
    let room = Arc::new(Room::demo());
    let (url, _) = server(|n, _| said(&format!("Answer {n}"), "stop"));
    ask(
        &room,
        &url,
        &["--label", "steps", "--context", "2048", "--refine"],
    );
    let mut desk = Desk::open(room, WIDE, Setup::default());
    go_to(&mut desk, "steps");
    desk.press("g w").press(YES);
    let view = Arc::clone(desk.app.view().expect("a record"));
    let events = view.record.events().len() as u32;
    let saw = desk
        .app
        .in_view
        .record
        .timeline
        .saw()
        .expect("marked")
        .clone();
    assert!(saw.chunks() > 2, "{}", saw.chunks());
    let happened = view.record.happened().len() as u32;
    assert_eq!((saw.count(), saw.of_events()), (happened, happened));
    let all = |(sign, line): (char, Line)| match line {
        Line::Event(e) => sign.is_ascii_digit() && saw.chunk_of(e.0).is_some(),
        _ => true,
    };
    for event in [0, events / 2, events - 1] {
        desk.app
            .in_view
            .record
            .timeline
            .show(&view.record, EventId(event));
        assert!(gutter(&desk).into_iter().all(all), "{}", desk.text());
        let (first, _) = saw.chunk_of(event).expect("a chunk");
        let (count, chunks) = (thousands(u64::from(happened)), saw.chunks());
        let here = format!("saw all {count} events, in {chunks} chunks, here {first}");
        assert!(desk.text().contains(&here), "{here}\n{}", desk.text());
    }
}

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
