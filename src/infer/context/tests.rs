//! Strategies on invented records.

use std::fmt::Write;
use std::path::Path;

use super::chunks::{CutAt, chunks};
use super::*;
use crate::infer::laid::Form;
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

pub(super) fn ask<'a>(
    laid: &'a Laid,
    starts: &'a [u32],
    counter: &'a dyn Counter,
    budget: usize,
) -> Ask<'a> {
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
