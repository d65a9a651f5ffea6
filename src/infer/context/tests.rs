//! Strategies on invented records, and against values of the reference implementation.

use std::fmt::Write;
use std::path::Path;

use serde_json::Value;

use super::chunks::{CutAt, chunks};
use super::*;
use crate::infer::laid::{Block, BlockKind, Form};
use crate::infer::prompt::{self, Template};
use crate::infer::{tokens, window};
use crate::record::{EventId, Record};

/// A record with one encounter a note.
pub(super) fn note_record(notes: &[&str]) -> Record {
    let mut xml = String::from("<eventstream person_id=\"7\">");
    for (day, note) in (1..).zip(notes) {
        write!(
            xml,
            "<encounter><events><entry timestamp=\"2020-01-{day:02} 08:00\">\
             <event type=\"visit\" code=\"Visit/OP\" name=\"Office\">start</event>\
             <event type=\"note\" code=\"\" name=\"Progress\">{note}</event></entry></events></encounter>"
        )
        .expect("memory");
    }
    xml.push_str("</eventstream>");
    let bytes = xml.into_bytes();
    crate::record::read_bytes(Path::new("7.xml"), bytes)
        .expect("a record")
        .look_inside()
}

pub(super) fn laid(record: &Record) -> Laid {
    Laid::of(record, Form::Text, None).expect("laid out")
}

fn ask<'a>(laid: &'a Laid, starts: &'a [u32], counter: &'a dyn Counter, budget: usize) -> Ask<'a> {
    Ask {
        laid,
        starts,
        counter,
        question: "Any chest pain?",
        seed: 1,
        budget,
    }
}

const NOTES: [&str; 6] = [
    "Denies chest pain. Takes lisinopril 10 mg.",
    "Back pain for two weeks, no fever.",
    "Cough. Lungs clear on both sides, no rales.",
    "患者否认胸痛、呼吸困难。",
    "Seen for refill. A1c 7.2, well, no complaints at all today.",
    "Knee pain after a fall &amp; swelling; x-ray without fracture.",
];

#[test]
fn every_strategy_keeps_something_within_its_budget() {
    let record = note_record(&NOTES);
    for form in [Form::Text, Form::Lumia] {
        let laid = Laid::of(&record, form, None).expect("laid out");
        let counter = tokens::open("cl100k_base").expect("built in");
        let starts = laid.tokenised(&*counter).expect("tokens");
        for strategy in ALL {
            for budget in [160, 250, starts.len() - 1, starts.len(), starts.len() + 50] {
                let ask = ask(&laid, &starts, &*counter, budget);
                match choose(strategy, &ask).expect("chosen") {
                    Choice::Kept(kept) => {
                        let text = kept.text(&laid);
                        let again = counter.count(&text).expect("tokens");
                        assert!(
                            again <= budget + 1 && !text.is_empty(),
                            "{}",
                            strategy.name()
                        );
                        assert!(kept.ranges.is_sorted_by(|a, b| a.end <= b.start));
                        let window = window::of(&record, &laid, &kept.ranges);
                        assert!(window.shown() > 0 && window.of == 12);
                        if budget >= starts.len() + 50 && strategy.name() != "bm25-notes" {
                            assert_eq!(window.shown(), 12, "{}", strategy.name());
                            assert_eq!(window.cut, None);
                        }
                        if strategy.name() != "recent" {
                            let head = laid.block(0);
                            assert!(
                                text.starts_with(head) && window.cut.is_none(),
                                "{}",
                                strategy.name()
                            );
                        }
                    }
                    Choice::TooLong(tokens) => {
                        assert_eq!((strategy.name(), tokens), ("all", starts.len()));
                        assert!(budget < starts.len());
                    }
                    Choice::Nothing => panic!("{} keeps nothing of {budget}", strategy.name()),
                }
            }
        }
    }
}

#[test]
fn a_cut_note_is_known_by_its_first_byte() {
    for form in [Form::Text, Form::Lumia] {
        let record = note_record(&[
            "one two three &lt;four&gt; &amp; five",
            "six &amp; seven &lt;eight&gt; nine ten",
        ]);
        let laid = Laid::of(&record, form, None).expect("laid out");
        let from = laid.text().rfind("eight").expect("there");
        let range = from..laid.text().len();
        let window = window::of(&record, &laid, std::slice::from_ref(&range));
        let cut = window.cut.expect("cut");
        assert_eq!(window.events, [(3, 4)]);
        let value = record.value(record.event(EventId(cut.event)));
        assert_eq!(&value[cut.from as usize..], "eight> nine ten", "{form:?}");
        // Cut within what stands before the text: the text is whole.
        let from = laid.text().rfind("Progress").expect("there");
        let range = from..laid.text().len();
        let window = window::of(&record, &laid, std::slice::from_ref(&range));
        assert_eq!((window.events, window.cut), (vec![(3, 4)], None));
    }
}

/// Unit and details behind a value are none of its characters.
#[test]
fn a_cut_value_is_known_by_its_first_byte() {
    let xml = "<eventstream person_id=\"7\"><encounter><events><entry timestamp=\"2020-01-01 08:00\">\
        <event type=\"observation\" code=\"\" name=\"Diet\" unit=\"daily\" qualifier=\"as told\" visit_id=\"1\">no salt, little fat</event>\
        </entry></events></encounter></eventstream>";
    let record = crate::record::read_bytes(Path::new("7.xml"), xml.as_bytes().to_vec())
        .expect("a record")
        .look_inside();
    for form in [Form::Text, Form::Lumia] {
        let laid = Laid::of(&record, form, None).expect("laid out");
        assert!(laid.text().contains("as told"), "{form:?}");
        let at = laid.text().find("little").expect("there");
        let range = at..laid.text().len();
        let cut = window::of(&record, &laid, std::slice::from_ref(&range)).cut;
        let value = record.value(record.event(EventId(0)));
        assert_eq!(
            &value[cut.expect("cut").from as usize..],
            "little fat",
            "{form:?}"
        );
    }
}

#[test]
fn what_is_later_than_now_is_not_laid_out() {
    let record = note_record(&NOTES);
    let now = crate::record::Time::parse_iso("2020-01-03").map(crate::record::AsOf::new);
    for form in [Form::Text, Form::Lumia] {
        let laid = Laid::of(&record, form, now).expect("laid out");
        assert!(laid.text().contains("Cough") && !laid.text().contains("refill"));
        assert_eq!(laid.events(), 12);
        let whole = 0..laid.text().len();
        let window = window::of(&record, &laid, std::slice::from_ref(&whole));
        assert_eq!(window.events, [(0, 6)]);
    }
}

/// An end that nobody knew of yet is not told, neither of an event nor of an encounter.
#[test]
fn an_end_that_is_later_than_now_is_not_told() {
    let xml = "<eventstream person_id=\"7\"><encounter start_timestamp=\"2020-01-01 08:00\" end_timestamp=\"2020-03-07 08:00\">\
        <events><entry timestamp=\"2020-01-01 08:00\">\
        <event type=\"condition\" code=\"\" name=\"Cough\" end=\"2020-03-05\" status=\"final\"/>\
        <event type=\"condition\" code=\"\" name=\"Rash\" end=\"2020-01-02\"/></entry></events></encounter></eventstream>";
    let record = crate::record::read_bytes(Path::new("7.xml"), xml.as_bytes().to_vec())
        .expect("a record")
        .look_inside();
    let now = crate::record::Time::parse_iso("2020-01-03").map(crate::record::AsOf::new);
    for form in [Form::Text, Form::Lumia] {
        let told = |now| {
            Laid::of(&record, form, now)
                .expect("laid out")
                .text()
                .to_owned()
        };
        let (known, all) = (told(now), told(None));
        assert!(!known.contains("2020-03"), "{known}");
        assert!(
            known.contains("final") && known.contains("2020-01-02"),
            "{known}"
        );
        assert!(
            all.contains("2020-03-05") && all.contains("2020-03-07"),
            "{all}"
        );
    }
}

#[test]
fn chance_is_the_same_for_a_case_and_another_for_the_next() {
    let notes: Vec<String> = (0..60)
        .map(|i| format!("note number {i} of sixty"))
        .collect();
    let notes: Vec<&str> = notes.iter().map(String::as_str).collect();
    let record = note_record(&notes);
    let laid = laid(&record);
    let counter = tokens::open("cl100k_base").expect("built in");
    let starts = laid.tokenised(&*counter).expect("tokens");
    let chosen = |seed| {
        let ask = Ask {
            seed,
            ..ask(&laid, &starts, &*counter, 300)
        };
        choose(named("random").expect("there"), &ask).expect("chosen")
    };
    assert_eq!(chosen(seed(1, "i", "p")), chosen(seed(1, "i", "p")));
    let others: Vec<Choice> = (0..8)
        .map(|i| chosen(seed(1, &i.to_string(), "p")))
        .collect();
    assert!(others.iter().any(|c| *c != others[0]));
    assert_ne!(seed(1, "1", "23"), seed(1, "12", "3"));
}

#[test]
fn no_room_is_an_error() {
    assert_eq!(budget(2048, 256, 24, 9, 8).expect("room"), 1751);
    let error = budget(512, 256, 200, 50, 8).expect_err("no room");
    assert!(error.to_string().contains("512") && error.hint_text().is_some());
    let record = note_record(&NOTES);
    let laid = laid(&record);
    let counter = tokens::open("cl100k_base").expect("built in");
    assert!(choose(&recent::Recent, &ask(&laid, &[], &*counter, 0)).is_err());
    assert!(named("newest").is_err());
    // A note larger than the budget is never sent in part by a strategy of whole events.
    let starts = laid.tokenised(&*counter).expect("tokens");
    let choice = choose(
        &recent_events::RecentEvents,
        &ask(&laid, &starts, &*counter, 5),
    );
    assert_eq!(choice.expect("chosen"), Choice::Nothing);
}

#[test]
fn chunks_are_the_whole_text() {
    let record = note_record(&NOTES);
    let laid = laid(&record);
    let counter = tokens::open("o200k_base").expect("built in");
    let starts = laid.tokenised(&*counter).expect("tokens");
    for cut in [CutAt::Tokens, CutAt::Events] {
        for size in [7, 40, 100, 1000] {
            let ask = ask(&laid, &starts, &*counter, size);
            let plain = chunks(&ask, cut, 0).expect("chunks");
            assert!(plain.is_sorted_by(|a, b| a.end == b.start));
            assert_eq!(
                (plain[0].start, plain[plain.len() - 1].end),
                (0, laid.text().len())
            );
            let shared = chunks(&ask, cut, 3).expect("chunks");
            assert!(shared.windows(2).all(|w| w[1].start < w[0].end));
            for chunk in shared {
                assert!(ask.before(chunk.end) - ask.before(chunk.start) <= size + 1);
            }
        }
    }
}

/// The golden records as they are: their texts have the program's own shape.
pub(super) fn golden_laid(text: &str, row: &Value) -> Laid {
    let bytes: Vec<usize> = text
        .char_indices()
        .map(|(at, _)| at)
        .chain([text.len()])
        .collect();
    let mut events = 0;
    let blocks = row["blocks"]
        .as_array()
        .expect("blocks")
        .iter()
        .map(|block| {
            let start = bytes[block["start"].as_u64().expect("a number") as usize] as u32;
            let kind = match block["kind"].as_str() {
                Some("patient") => BlockKind::Patient,
                Some("heading") => BlockKind::Heading,
                _ => {
                    events += 1;
                    BlockKind::Event(EventId(events - 1))
                }
            };
            Block { kind, start }
        });
    Laid::golden(text, blocks.collect())
}

fn same(kept: &[Range<usize>], laid: &Laid, row: &Value, counter: &dyn Counter) {
    let kept = Kept {
        ranges: kept.to_vec(),
        tokens: 0,
    };
    let text = kept.text(laid);
    let budget = &row["budget"];
    assert_eq!(Some(text.len() as u64), row["n_bytes"].as_u64(), "{budget}");
    assert_eq!(
        Some(text.chars().count() as u64),
        row["n_chars"].as_u64(),
        "{budget}"
    );
    if let Some(whole) = row["text"].as_str() {
        assert_eq!(text, whole, "{budget}");
    }
    assert_eq!(
        Some(sha256(&text).as_str()),
        row["sha256"].as_str(),
        "{budget}"
    );
    let again = counter.count(&text).expect("tokens") as u64;
    assert_eq!(Some(again), row["tokens_again"].as_u64(), "{budget}");
}

fn sha256(text: &str) -> String {
    let digest = ring::digest::digest(&ring::digest::SHA256, text.as_bytes());
    digest.as_ref().iter().fold(String::new(), |mut hex, byte| {
        write!(hex, "{byte:02x}").expect("memory");
        hex
    })
}

#[test]
fn golden_cuts() {
    let Some(shared) = std::env::var_os("MEDALIGN_SHARED") else {
        return;
    };
    let folder = Path::new(&shared).join("golden/context");
    let lines = std::fs::read_to_string(folder.join("context.jsonl")).expect("the golden file");
    let old = tokens::open("cl100k_base").expect("built in");
    let new = tokens::open("o200k_base").expect("built in");
    let count = |of: &Value| of.as_u64().expect("a number") as usize;
    let mut seen = 0;
    for line in lines.lines() {
        let row: Value = serde_json::from_str(line).expect("JSON");
        let name = row["record"].as_str().expect("a name");
        let text = std::fs::read_to_string(folder.join("records").join(name)).expect("a record");
        let laid = golden_laid(&text, &row);
        let starts = laid.tokenised(&*old).expect("tokens");
        assert_eq!(starts.len(), count(&row["cl100k"]));
        assert_eq!(new.count(&text).expect("tokens"), count(&row["o200k"]));
        for tail in row["tail_tokens"].as_array().expect("rows") {
            let budget = count(&tail["budget"]);
            if budget > 0 {
                let ask = ask(&laid, &starts, &*old, budget);
                same(
                    &recent::Recent.keep(&ask).expect("kept"),
                    &laid,
                    tail,
                    &*old,
                );
            }
        }
        for (rows, headed) in [("tail_blocks", false), ("tail_blocks_headed", true)] {
            for tail in row[rows].as_array().expect("rows") {
                let ask = ask(&laid, &starts, &*old, count(&tail["budget"]));
                let first = recent_events::first_block(&ask, headed).expect("a block");
                assert_eq!(
                    first,
                    count(&tail["first_block"]),
                    "{rows} {name} {}",
                    ask.budget
                );
                let all = laid.blocks().len();
                let ranges = if headed {
                    headed::with_headings(&laid, first..all)
                } else {
                    std::iter::once(laid.start(first)..text.len()).collect()
                };
                same(&ranges, &laid, tail, &*old);
            }
        }
        golden_chunks(&laid, &starts, &*old, &row);
        seen += 1;
    }
    assert_eq!(seen, 4);
}

fn golden_chunks(laid: &Laid, starts: &[u32], counter: &dyn Counter, row: &Value) {
    let numbers = |of: &Value| -> Vec<usize> {
        let all = of.as_array().expect("numbers").iter();
        all.map(|n| n.as_u64().expect("a number") as usize)
            .collect()
    };
    for chunked in row["chunks_tokens"].as_array().expect("rows") {
        let ask = ask(
            laid,
            starts,
            counter,
            chunked["size"].as_u64().expect("a size") as usize,
        );
        let found = chunks(&ask, CutAt::Tokens, 0).expect("chunks");
        let texts: Vec<String> = found
            .into_iter()
            .map(|range| {
                Kept {
                    ranges: std::iter::once(range).collect(),
                    tokens: 0,
                }
                .text(laid)
            })
            .collect();
        let again: Vec<usize> = texts
            .iter()
            .map(|text| counter.count(text).expect("tokens"))
            .collect();
        assert_eq!(again, numbers(&chunked["tokens_again"]));
        let hashes: Vec<String> = texts.iter().map(|text| sha256(text)).collect();
        assert_eq!(serde_json::json!(hashes), chunked["sha256"]);
    }
    for chunked in row["chunks_blocks"].as_array().expect("rows") {
        let size = chunked["size"].as_u64().expect("a size") as usize;
        let ask = ask(laid, starts, counter, size);
        let found = chunks(&ask, CutAt::Events, 0).expect("chunks");
        let ends: Vec<usize> = found.iter().map(|range| range.end).collect();
        let costs = numbers(&chunked["cl100k"]);
        let groups = chunked["groups"]
            .as_array()
            .expect("groups")
            .iter()
            .map(numbers);
        for (group, cost) in groups.zip(costs) {
            assert!(ends.contains(&laid.start(group[1])));
            // A block larger than the size is cut by tokens, all others stay whole.
            if cost <= size {
                assert!(found.contains(&(laid.start(group[0])..laid.start(group[1]))));
            }
        }
    }
}

#[test]
fn a_fact_about_the_patient_was_shown_where_it_is_stated() {
    let visit = |day: &str, race: &str| {
        format!(
            "<encounter><person><birthdate>1948-03-17</birthdate>{race}</person><events>\
             <entry timestamp=\"{day}\"><event type=\"note\">seen {day}</event></entry></events></encounter>"
        )
    };
    let race = "<demographics><race>White</race></demographics>";
    let (first, second) = (visit("2020-01-02", ""), visit("2020-01-05", race));
    let xml = format!("<eventstream person_id=\"7\">{first}{second}</eventstream>");
    let record = crate::record::read_bytes(std::path::Path::new("7.xml"), xml.into_bytes());
    let record = record.expect("a record").look_inside();
    let seen = |form, now: Option<&str>, from: &str| {
        let now = now.and_then(crate::record::Time::parse_iso);
        let laid = Laid::of(&record, form, now.map(crate::record::AsOf::new)).expect("laid out");
        let from = laid.text().find(from).expect("there");
        let range = from..laid.text().len();
        let window = window::of(&record, &laid, std::slice::from_ref(&range));
        assert_eq!(window.of, 2);
        (window.events.clone(), window.shown())
    };
    // The facts are events 0 and 1, the notes 2 and 3.
    for (form, now, from, expected) in [
        (Form::Text, None, "patient", (vec![(0, 4)], 2)),
        (
            Form::Text,
            Some("2020-01-03"),
            "patient",
            (vec![(0, 1), (2, 3)], 1),
        ),
        (Form::Text, None, "encounter", (vec![(2, 4)], 2)),
        (Form::Lumia, None, "<eventstream", (vec![(0, 4)], 2)),
        (
            Form::Lumia,
            Some("2020-01-03"),
            "<eventstream",
            (vec![(0, 1), (2, 3)], 1),
        ),
        (
            Form::Lumia,
            None,
            "<entry timestamp=\"2020-01-05",
            (vec![(3, 4)], 1),
        ),
    ] {
        assert_eq!(seen(form, now, from), expected, "{form:?} {now:?} {from}");
    }
}

/// The study's sum for 96 prompts: what is left for the record, what is kept of it, and what the whole prompt takes.
#[test]
fn golden_budgets() {
    let Some(shared) = std::env::var_os("MEDALIGN_SHARED") else {
        return;
    };
    let folder = Path::new(&shared).join("golden/context");
    let text = std::fs::read_to_string(folder.join("budget.json")).expect("the golden file");
    let golden: Value = serde_json::from_str(&text).expect("JSON");
    let counter = tokens::open("cl100k_base").expect("built in");
    let reply = golden["generation_reserve"].as_u64().expect("a number") as usize;
    let rows = golden["rows"].as_array().expect("rows");
    assert_eq!(rows.len(), 96);
    for row in rows {
        let word = |name: &str| row[name].as_str().expect("a text");
        let number = |name: &str| row[name].as_u64().expect("a number") as usize;
        let own = if word("prompt") == "paper" {
            "study"
        } else {
            "helm"
        };
        let template = Template::open(own, prompt::Kind::Plain).expect("a prompt");
        let count = |text: &str| counter.count(text).expect("tokens");
        let (bare, question) = (count(&template.bare()), count(word("question")));
        assert_eq!(
            (bare, question),
            (number("template"), number("question_tokens"))
        );
        let budget = budget(number("context"), reply, bare, question, 0).expect("room");
        assert_eq!(budget, number("ehr_budget"));
        let text = std::fs::read_to_string(folder.join("records").join(word("record")));
        let block = Block {
            kind: BlockKind::Patient,
            start: 0,
        };
        let laid = Laid::golden(&text.expect("a record"), vec![block]);
        let starts = laid.tokenised(&*counter).expect("tokens");
        let Choice::Kept(kept) =
            choose(&recent::Recent, &ask(&laid, &starts, &*counter, budget)).expect("chosen")
        else {
            panic!("nothing is kept");
        };
        assert_eq!(kept.tokens, number("ehr_kept"));
        let filled = template.fill(&prompt::Fill {
            question: word("question"),
            record: &kept.text(&laid),
            ..prompt::Fill::default()
        });
        let all = count(&filled);
        assert_eq!(all, number("prompt_tokens"));
        assert_eq!(number("context") - all, number("left_for_answer"));
        // The margin covers what the joints take.
        assert!(number("context") - all + 8 >= reply);
    }
}
