//! Every pane, overlay, empty and error state, as text and styles, at the sizes people use.
//!
//! A changed screen fails here; look at it before accepting it with `cargo insta`.

use std::fs;
use std::sync::Arc;

use super::adjudication;
use super::desk::{Desk, LONELY, Room, SIZES, Setup};
use super::threads::Index;

/// Screens whose header and hints are looked at, too.
const WHOLE: [&str; 16] = [
    "fresh start",
    "answers in focus",
    "marked and ranked with a tie",
    "asked as of a moment",
    "adjudication",
    "submitted",
    "unblinded",
    "kinds hidden",
    "find kept",
    "keys that may follow g",
    "date range",
    "long instruction scrolled",
    "ascii",
    "record of another patient",
    "acts not saved",
    "12 answers",
];

/// Records what keys lead to: panes at every size, what lies over them at one; the header above and the hints below only where they are
/// looked at. That an overlay is drawn at all sizes is [`endurance`](super::endurance)'s to see.
fn record(name: &str, make: impl Fn((u16, u16)) -> Desk, keys: &str) {
    let mut pictures = Vec::new();
    for size in SIZES {
        let mut desk = make(size);
        desk.press(keys);
        let frame = &desk.app.screen.frame;
        match (&desk.app.screen.overlay, size) {
            (None, _) if WHOLE.contains(&name) => pictures.push(desk.picture(0..size.1)),
            (None, _) => pictures.push(desk.picture(frame.middle.y - 1..frame.message.bottom())),
            (Some(_), (120, 40)) => pictures.push(desk.picture(frame.middle.y..size.1)),
            (Some(_), _) => {}
        }
        desk.resize((20, 5));
        assert_eq!(desk.text().trim_end(), "medalign needs 40x1…", "{name}");
    }
    check(name, &pictures.join("\n"));
}

fn check(name: &str, picture: &str) {
    insta::with_settings!({prepend_module_to_snapshot => false, omit_expression => true, description => name.to_owned()}, {
        insta::assert_snapshot!(name.replace([' ', ','], "_"), picture);
    });
}

fn demo_at(case: usize) -> impl Fn((u16, u16)) -> Desk {
    move |size| {
        let setup = Setup {
            case,
            ..Setup::default()
        };
        Desk::open(Arc::new(Room::demo()), size, setup)
    }
}

/// A desk whose review file can no longer be written: its folder became a file.
fn without_a_folder(size: (u16, u16)) -> Desk {
    let desk = Desk::demo(size);
    let folder = desk.room.review_file().with_file_name("");
    fs::remove_dir_all(&folder).expect("removed");
    fs::write(folder.with_file_name("reviews"), "in the way").expect("a file");
    desk
}

/// Keys that mark and rank some answers of a case, with a tie.
const MARKED: &str = "Tab c 1 l x 3 l m l c = l x 5";

#[test]
fn panes() {
    record("fresh start", Desk::demo, "");
    record("answers in focus", Desk::demo, "Tab");
    record("marked and ranked with a tie", Desk::demo, MARKED);
    record("zoomed timeline", Desk::demo, "z");
    record("zoomed answers", Desk::demo, "Tab z l");
    record("answers scrolled", demo_at(2), "Tab l G");
    record("note open in place", Desk::demo, "] ] } Enter j j");
    record("asked as of a moment", demo_at(3), "F j j j j Space q Tab");
    record("what is later hidden", demo_at(3), "T G");
    record("what is later below its line", demo_at(3), "T G T");
    record("folded and unfolded", demo_at(4), "g o ] j j");
}

#[test]
fn adjudicating() {
    record("adjudication", adjudication::desk, "Tab x l c");
    record("what reviewers said", adjudication::desk, "g j j j j");
    record("a pin that a reviewer set", adjudication::desk, "g j G");
    record("what decided", adjudication::desk, "Tab S j");
    record("disputed cases", adjudication::desk, "L");
}

#[test]
fn judging() {
    record(
        "tags menu",
        Desk::demo,
        "Tab x t Space j j Space j j j j j j j j j Space",
    );
    record("tags saved", Desk::demo, "Tab x t Space j j Space Enter");
    record(
        "comment editor",
        Desk::demo,
        "Tab a type:Dose Space type:is Space type:wrong. C-j type:See Space type:the Space type:note.",
    );
    record(
        "comment saved",
        Desk::demo,
        "Tab a type:Dose Space type:is Space type:wrong. C-s",
    );
    record("case comment", Desk::demo, "A type:Ask Space type:again.");
    record(
        "submit with something missing",
        Desk::demo,
        "Tab c 2 l x 1 Enter",
    );
    record("submitted", Desk::demo, "Tab c 2 l x 1 Enter y");
    record(
        "rank line",
        Desk::demo,
        "Tab r type:B Space type:> Space type:A",
    );
    record(
        "rank line with a mistake",
        Desk::demo,
        "Tab r type:B Space type:> Space type:Q Enter",
    );
    record("unblind question", Desk::demo, "g u");
    record("unblinded", Desk::demo, "Tab c 1 g u y");
}

#[test]
fn lists() {
    let some = "Tab c 1 l x 2 * > c > * <";
    record("cases", Desk::demo, &format!("{some} L"));
    record(
        "cases unfinished",
        Desk::demo,
        &format!("{some} Enter y L u"),
    );
    record("cases flagged", Desk::demo, &format!("{some} L f"));
    record("cases none listed", Desk::demo, "L f");
    record("cases of one category", Desk::demo, "L c c");
    record("category", Desk::demo, "g t j");
    record("help", Desk::demo, "?");
    record("help scrolled", Desk::demo, "Tab ? C-d C-d C-d");
    record("help end", Desk::demo, "? G");
    record("palette", Desk::demo, ":");
    let done = "Tab c 1 l x 2 l x 3 l c 1 Enter y > c 1 l x 2 Enter y <";
    record("report while blind", Desk::demo, &format!("{done} g r"));
    record("report", Desk::demo, &format!("{done} g u y g r l l"));
    record("palette typed", Desk::demo, ": type:note Down");
    record("kinds", Desk::demo, "F j j j j Space");
    record("kinds hidden", Desk::demo, "F j j j j Space q g o");
}

#[test]
fn finding() {
    record("find as typed", Desk::demo, "/ type:apixaban");
    record("find kept", Desk::demo, "/ type:apixaban Enter n n");
    record(
        "find stroke in answers",
        Desk::demo,
        "/ type:stroke Enter Tab",
    );
    record("find nothing", Desk::demo, "/ type:zzzz Enter");
    record("find with a wrong regex", Desk::demo, "/ C-t type:(a Enter");
    record("grounding", Desk::demo, "Tab g s w w v w");
    record("go to a wrong date", Desk::demo, "g d type:soon Enter");
    record("date prompt", Desk::demo, "g d");
    record(
        "date range",
        Desk::demo,
        "D type:2018 Space type:to Space type:2018-10 Enter",
    );
    record("date range prompt", Desk::demo, "D type:2018 Enter D");
    record(
        "only one code",
        Desk::demo,
        "g d type:2018-10-09 Enter j j o",
    );
    record("map", Desk::demo, "M l l l");
    record("keys that may follow g", Desk::demo, "g");
    record("keys bound to nothing", Desk::demo, "g X");
}

fn with_index(index: Index) -> impl Fn((u16, u16)) -> Desk {
    move |size| {
        let setup = Setup {
            index,
            ..Setup::default()
        };
        Desk::open(Arc::new(Room::demo()), size, setup)
    }
}

fn with_a_record_of_no_case(size: (u16, u16)) -> Desk {
    Desk::open(
        Arc::new(Room::with_a_record_of_no_case()),
        size,
        Setup::default(),
    )
}

#[test]
fn ranked_search() {
    record("search, nothing typed", Desk::demo, "f");
    record("search this record", Desk::demo, "f type:stroke Down");
    record(
        "search all records, explained",
        Desk::demo,
        "f Tab type:chest Space type:pain Down C-e",
    );
    record(
        "search all records by encounter",
        Desk::demo,
        "f Tab type:chest Space type:kind:note C-o Down Down",
    );
    record(
        "search with messages of the query",
        Desk::demo,
        "f type:kind:banana Space type:stroke Space type:AND Space type:after:soon",
    );
    record("search finds nothing", Desk::demo, "f type:zzzz");
    record(
        "search without an index",
        with_index(Index::Missing),
        "f C-k type:stroke",
    );
    record(
        "search with an old index",
        with_index(Index::Stale),
        "f C-k type:stroke",
    );
    record(
        "search with a damaged index",
        with_index(Index::Damaged),
        "f C-k type:stroke",
    );
    record(
        "index being made",
        with_index(Index::Missing),
        "f type:stroke",
    );
    record(
        "index being made, seen from the panes",
        with_index(Index::Missing),
        "g i Tab",
    );
    record(
        "a hit opened in its note",
        Desk::demo,
        "f type:apixaban Space type:kind:note Enter",
    );
    record(
        "a hit in another case",
        Desk::demo,
        "f Tab type:creatinine Space type:-patient:417302958 Enter",
    );
    record(
        "a record of no case",
        with_a_record_of_no_case,
        &format!("f Tab type:note Space type:patient:{LONELY} Enter"),
    );
}

fn with_more_records(size: (u16, u16)) -> Desk {
    Desk::open(Arc::new(Room::with_more_records()), size, Setup::default())
}

#[test]
fn matches() {
    record("matches", with_more_records, "g m");
    record(
        "matches labelled",
        with_more_records,
        "g m j y j n a type:Too Space type:old. Enter j p Tab",
    );
    record("matches being made", with_index(Index::Missing), "g m");
    record(
        "matches being made, seen from the panes",
        with_index(Index::Missing),
        "g m q",
    );
    record("matches stopped", with_index(Index::Missing), "g m C-k");
    record(
        "matches by the words of search",
        with_more_records,
        "g m w j",
    );
    record(
        "why a record has its label",
        with_more_records,
        "g m j y a type:Dose",
    );
    record("a proposed record", with_more_records, "g m j Enter y .");
    record(
        "a gold record that is not proposed",
        with_more_records,
        "g m j y j y j y j y j y j Enter",
    );
}

#[test]
fn reading() {
    record(
        "long note at full size",
        Desk::demo,
        "} } } Enter Enter C-d",
    );
    record("details of an event", Desk::demo, "j j j Enter");
    record(
        "selecting a passage",
        Desk::demo,
        "/ type:affordable Enter v s w",
    );
    record(
        "evidence",
        Desk::demo,
        "/ type:affordable Enter e v w w P [ ] j j j e g e G y j j",
    );
    record("drugs of a record", Desk::demo, "g l j j");
    record("problems of a record", demo_at(3), "g l Tab j");
    record("labs of a record", demo_at(3), "g l Tab Tab / type:blood");
    record(
        "trend of creatinine",
        demo_at(2),
        "/ type:creatinine Enter s h h",
    );
    record(
        "long instruction scrolled",
        |size| {
            let room = Room::demo();
            let long = "Please read the whole record with care before you answer. ".repeat(60);
            for table in [
                "instructions.tsv",
                "clinician-reviewed-model-responses.tsv",
                "clinician-instruction-responses.tsv",
            ] {
                let text = room.read(table);
                room.write(
                    table,
                    &text.replace(
                        "Does she have a history of stroke, and is she",
                        &format!("{long}Does she"),
                    ),
                );
            }
            Desk::open(Arc::new(room), size, Setup::default())
        },
        "C-n C-n",
    );
    record(
        "ascii",
        |size| {
            let setup = Setup {
                ascii: true,
                ..Setup::default()
            };
            Desk::open(Arc::new(Room::demo()), size, setup)
        },
        &format!("{MARKED} * / type:stroke Enter"),
    );
}

#[test]
fn writing() {
    let words = "type:Yes: Space type:a Space type:left Space type:MCA Space type:stroke. Enter Enter type:Apixaban Space type:5 Space type:mg";
    record("gold response", Desk::demo, &format!("E {words} C-s"));
    record(
        "gold response, a draft beside the record",
        Desk::demo,
        &format!("/ type:affordable Enter e E {words} Esc"),
    );
    record(
        "gold response, zoomed",
        Desk::demo,
        &format!("z E {words} Home S-End"),
    );
    record(
        "gold response, find",
        Desk::demo,
        &format!("E {words} C-f type:mg"),
    );
    record(
        "gold response, the editor failed",
        |size| {
            let mut desk = Desk::demo(size);
            desk.press("E type:one");
            desk.app.take_edited(Err(vec![
                "The editor ended with an error (exit code 1).".to_owned(),
                "The text here is as it was. What the editor wrote is kept in".to_owned(),
                "/home/jchen/.local/share/medalign/editing/text-a1b2c3/text.txt".to_owned(),
            ]));
            desk
        },
        "",
    );
    record(
        "applicability",
        Desk::demo,
        "g a j Space j j Space G Enter type:No Space type:echo.",
    );
}

#[test]
fn damage() {
    record(
        "notices",
        |size| {
            let room = Room::demo();
            let table = "clinician-reviewed-model-responses.tsv";
            let text = room.read(table);
            let second = text.lines().nth(1).expect("a row").to_owned();
            room.write(table, &format!("{text}{second}\n"));
            let record = room.read("ehrs/417302958.xml");
            room.write("ehrs/417302958.xml", &record[..record.len() - 400]);
            Desk::open(Arc::new(room), size, Setup::default())
        },
        "g n j",
    );
    record(
        "record missing",
        |size| {
            let room = Room::demo();
            fs::remove_file(room.dataset().join("ehrs/417302958.xml")).expect("removed");
            Desk::open(Arc::new(room), size, Setup::default())
        },
        "",
    );
    record(
        "record of another patient",
        |size| {
            let room = Room::demo();
            let text = room.read("ehrs/417302958.xml");
            room.write(
                "ehrs/417302958.xml",
                &text.replace("417302958", "417302959"),
            );
            Desk::open(Arc::new(room), size, Setup::default())
        },
        "",
    );
    record(
        "record without cases",
        |size| {
            let setup = Setup {
                path: Some("ehrs/269514803.xml".to_owned()),
                ..Setup::default()
            };
            Desk::open(Arc::new(Room::demo()), size, setup)
        },
        "c",
    );
    record("acts not saved", without_a_folder, "Tab c x");
    record("acts not saved, leaving", without_a_folder, "Tab c x q");
}

#[test]
fn numbers_of_answers() {
    for count in [1, 3, 12] {
        record(
            &format!("{count} answers"),
            |size| Desk::open(Arc::new(Room::with_answers(count)), size, Setup::default()),
            "Tab c 1 l x 2",
        );
    }
}
