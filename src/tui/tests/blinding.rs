//! A walk over the whole screen with planted words: a model's name, others' marks, the dataset's gold response, later events.
//!
//! Every key of the key table is pressed in every pane and overlay that keys lead to, breadth-first, so that a new key or overlay
//! is walked by itself. No planted word may stand in a frame, in what is copied, or in what is remembered of places, before the
//! review file says that it was seen. That the walk can fail is shown by it: each word does come, once it may.

use std::any::Any;
use std::collections::{BTreeMap, BTreeSet, VecDeque};
use std::fmt::Write as _;
use std::fs;
use std::sync::Arc;

use crate::dataset::Dataset;
use crate::review::{Act, Entry, Ledger, Pass, Verdict};
use crate::search::{self, Engine};
use crate::tui::app::Effect;
use crate::tui::overlays::confirm::Confirm;
use crate::tui::overlays::matches::Proposed;
use crate::tui::overlays::prompt::Prompt;
use crate::tui::overlays::report::ReportView;
use crate::work::Cancel;

use super::desk::{Desk, REVIEWER, Room, Setup};
use super::picture::rows;

/// The planted words. None of them stands where it may be read from the start.
const NAME: &str = "qzmod";
const GOLD: &str = "qzgold";
const OTHERS: &str = "qzoth";
const LATER: &str = "qzlat";
/// What the dataset's own labels would look like.
const LABEL: &str = "given:";

/// Two cases of one patient, the first of them asked before the record ends; answers by two models, gold responses, labels, marks
/// of somebody else in the table and in a review file, and records of other patients.
fn room() -> Room {
    let room = Room::empty("blind");
    let question = "When did the fever begin?";
    let mut responses =
        "instruction_id\tquestion\tperson_id\tfilename\tmodel_name\tmodel_response\tmodel_rank\t\
                         binary_correct\tcomment\treviewer\n"
            .to_owned();
    let mut golds =
        "instruction_id\tquestion\tperson_id\tfilename\tclinician_response\tevidence\n".to_owned();
    let mut asked = "instruction_id\tquestion\tperson_id\tas_of\n".to_owned();
    let mut labels = "instruction_id,question,person_id,is_selected_ehr\n".to_owned();
    for (id, as_of) in [("9001", "2021-03-03"), ("9002", "")] {
        for (n, text) in [
            "The fever began on the second day.",
            "As an assistant I see no fever.",
        ]
        .iter()
        .enumerate()
        {
            let _ = writeln!(
                responses,
                "{id}\t{question}\t11\t11.xml\t{NAME}{n}-7b\t{text}\t{}\t1\t{OTHERS} in the table\tokafor",
                n + 1
            );
        }
        let _ = writeln!(
            golds,
            "{id}\t{question}\t11\t11.xml\t{GOLD}: on the first day.\tFever {GOLD} since yesterday."
        );
        let _ = writeln!(asked, "{id}\t{question}\t11\t{as_of}");
        let _ = writeln!(labels, "{id},{question},11,yes\n{id},{question},12,no");
    }
    let record = |person: &str| {
        let event = |day: &str, kind: &str, name: &str, text: &str| {
            format!(
                "<entry timestamp=\"{day}\"><event type=\"{kind}\" code=\"LOINC/8310-5\" name=\"{name}\">{text}</event></entry>\n"
            )
        };
        let later = if person == "11" { LATER } else { "then" };
        format!(
            "<eventstream person_id=\"{person}\">\n<encounter>\n<events>\n{}{}{}{}{}</events>\n</encounter>\n</eventstream>\n",
            event(
                "2021-03-02T08:00:00",
                "measurement",
                "Body temperature",
                "38.9"
            ),
            event(
                "2021-03-02T09:00:00",
                "note",
                "Progress note",
                "Fever since yesterday.\nNo cough."
            ),
            event(
                "2021-03-05T08:00:00",
                "measurement",
                "Body temperature",
                &format!("39.1 {later}")
            ),
            event(
                "2021-03-05T09:00:00",
                "note",
                &format!("{later} note"),
                &format!("{later} fever again.")
            ),
            event(
                "2021-03-06T09:00:00",
                "condition",
                &format!("{later} fever"),
                ""
            ),
        )
    };
    room.write("clinician-reviewed-model-responses.tsv", &responses);
    room.write("clinician-instruction-responses.tsv", &golds);
    room.write("instructions.tsv", &asked);
    room.write("ehr-relevance-labels.csv", &labels);
    room.write("ehrs/11.xml", &record("11"));
    room.write("ehrs/12.xml", &record("12"));
    // A word that half of all records have counts for nothing: most have no fever, so that two of them are proposed.
    for person in ["13", "14", "15"] {
        let other = record(person)
            .replace("ever", "oot")
            .replace("FEVER", "FOOT");
        room.write(&format!("ehrs/{person}.xml"), &other);
    }
    room.write(
        "plan.tsv",
        "reviewer\tplace\tpass\tinstruction_id\tperson_id\njchen\t1\t1\t9001\t11\n",
    );
    let mut lines = String::new();
    for entry in of_others(&room) {
        lines.push_str(&entry.to_line().expect("writable"));
        lines.push('\n');
    }
    fs::create_dir_all(room.dataset().join("reviews")).expect("a folder");
    room.write("reviews/okafor.jsonl", &lines);
    room
}

/// What two others said of both cases; they differ.
fn of_others(room: &Room) -> Vec<Entry> {
    let dataset = Dataset::open(&room.dataset()).expect("a dataset");
    let mut entries = Vec::new();
    for (who, verdict) in [("okafor", Verdict::Correct), ("silva", Verdict::Incorrect)] {
        for case in dataset.cases() {
            let model = case.responses[0].model.clone();
            let said = [
                Act::Judge {
                    model: model.clone(),
                    verdict: Some(verdict),
                    shown_position: None,
                    view: None,
                },
                Act::Comment {
                    model: Some(model),
                    text: format!("{OTHERS} on the answer"),
                },
                Act::Comment {
                    model: None,
                    text: format!("{OTHERS} on the case"),
                },
                Act::Gold {
                    text: format!("{OTHERS} in a gold response"),
                    applicable: None,
                    sufficient: None,
                    reason: String::new(),
                },
            ];
            for act in said {
                entries.push(Entry {
                    v: 1,
                    id: format!("{:026}", entries.len()),
                    time: "2026-01-01T00:00:00Z".parse().expect("a time"),
                    reviewer: who.to_owned(),
                    case: Some(case.key()),
                    pass: Pass::First,
                    shown: None,
                    act,
                    extra: serde_json::Map::new(),
                });
            }
        }
    }
    entries
}

/// An index of the room's records.
fn index(room: &Room) -> &'static Engine {
    let dataset = Dataset::open(&room.dataset()).expect("a dataset");
    let cache = tempfile::tempdir().expect("a temporary folder");
    let place = search::IndexFolder::of(&dataset, cache.path());
    let stop = Cancel::default();
    search::build(&dataset, &place, false, &mut |_| {}, &stop).expect("an index");
    let engine = Engine::open(&place).expect("the index");
    // Both are needed as long as the test runs.
    std::mem::forget(cache);
    Box::leak(Box::new(engine))
}

/// All that leaves the screen's state: the frame, what is copied or handed to an editor, what is remembered of places.
fn shown(desk: &mut Desk) -> String {
    let (buffer, _) = desk.frame();
    let mut all = rows(&buffer).join("\n");
    for effect in desk.effects.drain(..) {
        if let Effect::Copy { text, .. } = effect {
            all.push_str(&text);
        }
    }
    all.push_str(&serde_json::to_string(desk.app.places()).expect("places"));
    all
}

/// The planted words in view; panics where one may not be.
fn look(desk: &mut Desk, path: &[String], found: &mut BTreeSet<&'static str>) {
    let text = shown(desk);
    let app = &desk.app;
    let seen = app.desk.log.ledger().seen(&app.key());
    let own = app
        .desk
        .log
        .ledger()
        .cases()
        .any(|(_, review)| !review.relevance.is_empty());
    let report = app.over::<ReportView>().is_some_and(|pane| !pane.blind);
    let may = [
        (NAME, seen.names || report),
        (GOLD, seen.gold),
        (OTHERS, app.adjudicates() && seen.others),
        (LATER, app.case().as_of.is_none() || !app.screen.hides_later),
        (LABEL, own),
    ];
    for (word, may) in may {
        if text.contains(word) {
            assert!(may, "{word} is in view after {path:?}:\n{text}");
            found.insert(word);
        }
    }
}

/// What tells one place of the walk from another.
fn signature(desk: &Desk) -> String {
    let app = &desk.app;
    let seen = app.desk.log.ledger().seen(&app.key());
    // What is asked, and what is selected, change what keys do.
    let confirm = app.over::<Confirm>().map(|c| &c.question);
    let prompt = app.over::<Prompt>().map(|p| p.label(app));
    let matches = app.over::<Proposed>().map(|_| {
        let row = app.looking.matches.selected();
        row.is_some_and(crate::tui::matches::MatchRow::is_record)
    });
    let about = format!("{confirm:?} {prompt:?} {matches:?}");
    format!(
        "{about} {:?} {:?} {:?} {:?} {} {} {} {seen:?}",
        app.layers(),
        app.screen.overlay.as_deref().map(Any::type_id),
        app.screen.focus,
        app.in_view.case,
        app.screen.hides_later,
        app.in_view.visit.is_some(),
        app.in_view.record.selection.is_some()
    )
}

/// Every key that is bound where the desk stands; where text is typed, a word that the records have, too.
fn keys(desk: &Desk) -> Vec<String> {
    let app = &desk.app;
    let layers = app.layers();
    let all = app.desk.keymap.all().into_iter();
    let mut keys: Vec<String> = all
        .filter(|(layer, ..)| layers.contains(layer))
        .map(|(_, key, _)| key)
        .collect();
    keys.sort_unstable();
    keys.dedup();
    if app.takes_text() {
        keys.insert(0, "type:fever".to_owned());
    }
    keys
}

/// A desk on the walk, and all keys that were pressed on it.
struct Walker {
    desk: Desk,
    trail: Vec<String>,
}

impl Walker {
    fn press(&mut self, key: &str) {
        self.trail.push(key.to_owned());
        self.desk.press(key);
    }
}

/// Presses every key in every place that keys lead to within so many steps. Returns the words that came into view, and how many
/// places there are.
fn walk(open: &dyn Fn() -> Desk, steps: usize) -> (BTreeSet<&'static str>, usize) {
    let (mut found, mut known) = (BTreeSet::new(), BTreeSet::new());
    let mut places: VecDeque<Vec<String>> = VecDeque::from([Vec::new()]);
    while let Some(path) = places.pop_front() {
        let replay = || {
            let (desk, trail) = (open(), Vec::new());
            let mut walker = Walker { desk, trail };
            for key in &path {
                walker.press(key);
            }
            walker
        };
        let first = replay();
        let here = signature(&first.desk);
        known.insert(here.clone());
        let keys = keys(&first.desk);
        let mut at_hand = Some(first);
        for key in keys {
            let mut walker = at_hand.take().unwrap_or_else(replay);
            walker.press(&key);
            look(&mut walker.desk, &walker.trail, &mut found);
            let there = signature(&walker.desk);
            if there != here {
                if path.len() + 1 < steps && known.insert(there) {
                    let next = path.iter().cloned().chain([key]);
                    places.push_back(next.collect());
                }
                // Going back is shorter than beginning anew, where it leads back.
                walker.press("Esc");
                look(&mut walker.desk, &walker.trail, &mut found);
            }
            at_hand = (signature(&walker.desk) == here).then_some(walker);
        }
    }
    (found, known.len())
}

/// A desk with nothing said yet, what is later hidden.
fn open(
    room: &Arc<Room>,
    engine: &'static Engine,
    said: Option<&BTreeMap<String, Ledger>>,
) -> Desk {
    // One file of an earlier desk is all that differs.
    let _ = fs::remove_file(room.review_file());
    let setup = Setup {
        engine: Some(engine),
        said: said.cloned(),
        pass: if said.is_some() {
            Pass::Adjudication
        } else {
            Pass::First
        },
        ..Setup::default()
    };
    let mut desk = Desk::open(Arc::clone(room), (120, 40), setup);
    if said.is_some() {
        desk.press("Esc");
    }
    desk.press("T");
    assert!(desk.app.screen.hides_later, "{}", desk.text());
    desk
}

#[test]
fn no_key_of_any_pane_shows_what_must_not_be_seen_yet() {
    let room = Arc::new(room());
    let engine = index(&room);
    let (found, places) = walk(&|| open(&room, engine, None), 4);
    assert!(places > 40, "{places} places");
    // Each of them comes once it may, and others' marks never do.
    assert_eq!(found, BTreeSet::from([NAME, GOLD, LATER, LABEL]));
}

#[test]
fn an_adjudicator_who_has_still_to_read_sees_others_marks_after_a_yes_only() {
    let room = Arc::new(room());
    let engine = index(&room);
    let said = Ledger::by_reviewer(of_others(&room));
    assert!(!said.contains_key(REVIEWER));
    let (found, places) = walk(&|| open(&room, engine, Some(&said)), 3);
    assert!(places > 30, "{places} places");
    assert!(found.contains(OTHERS), "{found:?}");
}
