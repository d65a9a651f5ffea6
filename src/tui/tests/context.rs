//! What a model saw of the record, as the screen marks it.

use std::fs;
use std::sync::Arc;

use super::asked::{Prompts, ask, go_to, run_file, said, server, with_outcomes};
use super::desk::{Desk, Room, Setup, YES};
use crate::record::{EventId, Kind};
use crate::review::{Act, View};
use crate::text::thousands;
use crate::tui::panes::timeline::TimelineLine;
use crate::tui::saw::Saw;

const WIDE: (u16, u16) = (120, 40);

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

/// The first byte of an event's text that was sent.
fn from(saw: &Saw, event: u32) -> Option<usize> {
    saw.part(event).map(|part| part.start)
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
                match from(saw, id as u32) {
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
fn gutter(desk: &Desk) -> Vec<(char, TimelineLine)> {
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
        let cut = |e: &u32| from(&saw, *e).is_some_and(|from| from > 0);
        events
            .into_iter()
            .find(cut)
            .map(|e| (EventId(e), saw.clone()))
    });
    let (cut, saw) = cut.expect("a note that was cut");
    let view = Arc::clone(desk.app.view().expect("a record"));
    let begins = from(&saw, cut.0).expect("sent in part");
    desk.app
        .in_view
        .record
        .timeline
        .show_text(&view.record, cut, begins);
    let mut rows = [0, 0];
    for (sign, line) in gutter(&desk) {
        let seen = match line {
            TimelineLine::Event(e) | TimelineLine::Day(e) => saw.has(e.0),
            TimelineLine::Text(e, row) => {
                let timeline = &desk.app.in_view.record.timeline;
                let end = timeline.note_rows(e)[row as usize].end as usize;
                rows[usize::from(e == cut && end > begins)] += 1;
                from(&saw, e.0).is_some_and(|from| end > from)
            }
            TimelineLine::Encounter(_) | TimelineLine::AsOf(_) => continue,
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
        .filter(|l| matches!(l, TimelineLine::Event(e) if saw.has(e.0)));
    let facts = view.record.facts().filter(|e| saw.has(e.0)).count() as u32;
    assert_eq!(listed.count() as u32, saw.count() + facts);
    assert!(
        !lines
            .iter()
            .any(|l| matches!(l, TimelineLine::Event(e) if !saw.has(e.0)))
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
    let given = given.expect("an answer of the table");
    desk.app.in_view.answers.focus_on(given);
    // That nothing is known of it says that it is of no run: it is asked first, and noted, as for any other.
    desk.press("g w");
    assert!(desk.app.asks() && !desk.said().contains("not known"));
    desk.press("n");
    assert!(!desk.said().contains("not known"), "{}", desk.said());
    desk.press("g w").press(YES);
    assert!(desk.said().contains("is not known"), "{}", desk.said());
    let file = fs::read_to_string(room.review_file()).expect("a review file");
    assert_eq!(file.matches("\"kind\":\"see_context\"").count(), 1);
    assert!(desk.app.in_view.record.context.is_none());
    desk.press("g w");
    assert!(desk.said().contains("is not known") && !desk.app.asks());
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
    let all = |(sign, line): (char, TimelineLine)| match line {
        TimelineLine::Event(e) => sign.is_ascii_digit() && saw.chunk_of(e.0).is_some(),
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

/// A text's part of which the first and the last sign are no blanks, and that with one sign more on a side; `None` where there is none.
fn one_more(text: &str, part: &std::ops::Range<usize>) -> [Option<String>; 2] {
    let whole = |from: usize, to: usize| solid(&text[from..to]);
    let to = part.end.min(text.len());
    let mut before = text[..part.start].char_indices().rev();
    let before = before.find(|(_, c)| !c.is_whitespace());
    let mut behind = text[to..].char_indices();
    let behind = behind.find(|(_, c)| !c.is_whitespace());
    [
        before.map(|(at, _)| whole(at, to)),
        behind.map(|(at, c)| whole(part.start, to + at + c.len_utf8())),
    ]
}

#[test]
fn a_chunk_ends_where_the_next_begins_also_within_a_note() {
    let room = Arc::new(Room::demo());
    let (url, prompts) = server(|_, _| said("The same.", "stop"));
    let options = ["--label", "steps", "--context", "2048", "--refine"];
    ask(&room, &url, &options);
    let mut desk = Desk::open(Arc::clone(&room), WIDE, Setup::default());
    let mut cuts = [0, 0];
    for case in 0..desk.app.desk.dataset.cases().len() {
        desk.app.open_case(case);
        desk.press("g d Esc");
        let column = go_to(&mut desk, "steps");
        let sent = prompt_of(&prompts, &desk.app.case().question);
        let case = desk.app.case();
        let outcome = desk.app.outcome(column).expect("asked");
        let windows = case.windows(outcome);
        assert_eq!(sent.len(), windows.len());
        let record = &desk.app.view().expect("a record").record;
        for (prompt, window) in sent.iter().zip(windows) {
            for (id, event) in (0..).zip(record.events()) {
                let value = record.value(event);
                let Some(part) = window.part(id) else {
                    continue;
                };
                if event.kind != Kind::Note || part.end.min(value.len()) - part.start < 40 {
                    continue;
                }
                let kept = solid(&value[part.start..part.end.min(value.len())]);
                assert!(prompt.contains(&kept), "event {id}, {part:?}");
                let more = one_more(value, &part);
                // Some notes begin alike: another one may stand in the prompt whole.
                let others: Vec<String> = (0..)
                    .zip(record.events())
                    .filter(|(other, e)| *other != id && e.kind == Kind::Note)
                    .map(|(_, e)| solid(record.value(e)))
                    .collect();
                let unlike = |more: &String| !others.iter().any(|other| other.contains(more));
                for (cut, more) in cuts.iter_mut().zip(more) {
                    if let Some(more) = more.filter(unlike) {
                        *cut += 1;
                        assert!(!prompt.contains(&more), "event {id}, {part:?}");
                    }
                }
            }
        }
    }
    assert!(cuts.iter().all(|n| *n > 3), "{cuts:?}");
}

#[test]
fn the_sign_of_a_chunk_stands_where_it_begins_and_ends() {
    let room = Arc::new(Room::demo());
    let (url, _) = server(|_, _| said("The same.", "stop"));
    // Two chunks, and what is behind them was not sent.
    let run = format!(
        "[[system]]\nlabel = \"two\"\nendpoint = \"{url}\"\nmodel = \"m\"\ncontext = 2048\njobs = 1\n\
         refine = {{ on = true, stop_after = 1 }}\n"
    );
    let file = room.dataset().join("run.toml");
    fs::write(&file, run).expect("written");
    run_file(&room, &file);
    let mut desk = Desk::open(Arc::clone(&room), WIDE, Setup::default());
    let (mut between, mut behind) = (0, 0);
    for case in 0..desk.app.desk.dataset.cases().len() {
        desk.app.open_case(case);
        desk.press("g d Esc");
        let column = go_to(&mut desk, "two");
        desk.press("g w").press(YES);
        let outcome = desk.app.outcome(column).expect("asked");
        let ends: Vec<_> = desk
            .app
            .case()
            .windows(outcome)
            .iter()
            .map(|w| w.end)
            .collect();
        let view = Arc::clone(desk.app.view().expect("a record"));
        for (chunk, end) in (1..).zip(ends) {
            let Some(end) = end else { continue };
            let (id, at) = (EventId(end.event), end.to as usize);
            let timeline = &mut desk.app.in_view.record.timeline;
            timeline.show_text(&view.record, id, at);
            for (sign, line) in gutter(&desk) {
                let timeline = &desk.app.in_view.record.timeline;
                let TimelineLine::Text(e, row) = line else {
                    continue;
                };
                let row = timeline.note_rows(e)[row as usize];
                let (start, stop) = (row.start as usize, row.end as usize);
                // Rows of blanks tell nothing.
                if e != id
                    || solid(&view.record.value(view.record.event(e))[start..stop]).is_empty()
                {
                    continue;
                }
                let place = format!(
                    "{sign:?}, row {start}..{stop}, cut at {at}\n{}",
                    desk.text()
                );
                match (stop <= at, chunk) {
                    (true, _) => assert!(sign.is_ascii_digit() && sign <= '2', "{place}"),
                    (false, 1) => {
                        between += 1;
                        assert_eq!(sign, '2', "{place}");
                    }
                    (false, _) if start >= at => {
                        behind += 1;
                        assert_eq!(sign, ' ', "{place}");
                    }
                    _ => {}
                }
            }
        }
    }
    assert!(between > 3 && behind > 3, "{between} {behind}");
}
