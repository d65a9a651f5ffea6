//! What keys do: from a start, keys, to an end.

use std::collections::BTreeSet;
use std::fs;
use std::sync::Arc;

use crate::review::Turn;
use crate::tui::action::{Layer, TABLE};
use crate::tui::app::Effect;
use crate::tui::layout::Focus;

use super::desk::{Desk, Room, Setup};
use super::states::STATES;

const LOW: (u16, u16) = (80, 24);
const WIDE: (u16, u16) = (120, 40);
/// All keys that say something of the answer in focus.
const MARKS: &str = "c x m Backspace 1 2 3 4 5 6 7 8 9 0 + - = r t a";

/// All that an action may change: what is seen, what is asked of the runner, what is in the review file.
fn trace(desk: &Desk) -> (String, usize, usize) {
    let acts = desk.app.desk.log.ledger().entries().len();
    (
        desk.picture(0..desk.app.screen.size.1),
        desk.effects.len(),
        acts,
    )
}

#[test]
fn every_action_of_the_table_does_something() {
    let room = Arc::new(Room::demo());
    let open = |size, state| {
        let _ = fs::remove_file(room.review_file());
        let mut desk = Desk::open(Arc::clone(&room), size, Setup::default());
        desk.press(state);
        desk
    };
    // The low screen is for what scrolls only there. Which layers a state has is found out once.
    let starts = [WIDE, LOW].into_iter().flat_map(|size| {
        STATES.iter().filter_map(move |(_, state)| {
            let desk = open(size, state);
            let layers = desk.app.layers();
            desk.app
                .keys
                .pending
                .is_empty()
                .then_some((size, *state, layers))
        })
    });
    let starts: Vec<_> = starts.collect();
    let mut idle = Vec::new();
    for entry in TABLE {
        // The screens of pairs and of an adjudication have tests of their own.
        let elsewhere = [Layer::Pairs, Layer::Sides];
        for &layer in entry.layers.iter().filter(|l| !elsewhere.contains(l)) {
            let Some(keys) = Desk::demo_keys(layer, entry.action) else {
                continue;
            };
            let mut tried = 0;
            let mut with = starts.iter().filter(|(.., layers)| layers.contains(&layer));
            let done = with.any(|(size, state, _)| {
                tried += 1;
                let mut desk = open(*size, state);
                let before = trace(&desk);
                desk.press(&keys);
                trace(&desk) != before
            });
            if !done {
                idle.push(format!(
                    "{} in [{}], {tried} states",
                    entry.name,
                    layer.name()
                ));
            }
        }
    }
    assert!(idle.is_empty(), "these keys did nothing: {idle:#?}");
}

#[test]
fn answers_are_judged_one_key_each() {
    let mut desk = Desk::demo(WIDE);
    desk.press("Tab c l x l m l c Backspace");
    assert_eq!(
        (desk.app.screen.focus, desk.verdicts().as_str()),
        (Focus::Answers, "+x?---")
    );
    desk.press("c c");
    assert!(desk.said().contains("already correct"), "{}", desk.said());
    assert_eq!(desk.verdicts(), "+x?+--");
}

#[test]
fn what_is_not_in_focus_is_not_judged() {
    for size in [LOW, WIDE, (200, 50)] {
        let mut desk = Desk::demo(size);
        let acts = desk.app.desk.log.ledger().entries().len();
        for keys in MARKS.split(' ') {
            desk.press(keys);
            assert_eq!(
                desk.said(),
                "Nothing is marked here: Tab goes to the answers first",
                "{keys}"
            );
            assert!(desk.app.screen.overlay.is_none(), "{keys}");
        }
        // As reflexes of other programs, and by name.
        desk.press("x 1 5 j : type:incorrect Enter");
        assert!(desk.said().contains("Tab goes"), "{}", desk.said());
        assert_eq!(desk.app.desk.log.ledger().entries().len(), acts);
    }
    let mut desk = Desk::demo(LOW);
    desk.press("Tab c");
    assert_eq!(desk.verdicts(), "+-----");
    // A submitted case is not changed either, until it is reopened.
    desk.press("Enter y x");
    assert!(desk.said().contains("R reopens"), "{}", desk.said());
    desk.press("R x");
    assert_eq!(desk.verdicts(), "x-----");
    // And the zoomed timeline hides the answers of a wide screen.
    desk.resize(WIDE).press("Tab z c");
    assert!(desk.said().contains("Tab goes"), "{}", desk.said());
}

#[test]
fn answers_are_ranked_by_digits_by_moving_by_ties_and_by_the_line() {
    let end = |keys: &str| {
        let mut desk = Desk::demo(WIDE);
        desk.press("Tab").press(keys);
        desk.ranking()
    };
    assert_eq!(end("1 l 2 l 2 l 4"), "A > B = C > D");
    assert_eq!(end("1 l 2 l 3 +"), "A > C > B");
    assert_eq!(end("1 l 2 l 3 + +"), "C > A > B");
    assert_eq!(end("1 l 2 l 2 +"), "A > C > B");
    assert_eq!(end("1 l 2 h -"), "B > A");
    assert_eq!(end("1 l 2 l 3 ="), "A > B = C");
    assert_eq!(end("1 l 2 0"), "A");
    assert_eq!(end("r type:C=A>F Enter"), "A = C > F");
    assert_eq!(end("1 r C-u type:B Enter u"), "A");
    assert_eq!(end("1 r type:>Z Enter Esc"), "A");
}

#[test]
fn acts_are_taken_back_across_cases_and_sessions() {
    let mut desk = Desk::demo(WIDE);
    desk.press("Tab c 1 > x L g g Enter l m");
    assert_eq!(
        (desk.app.in_view.case, desk.verdicts().as_str()),
        (0, "+?----")
    );
    let mut desk = desk.reopen(Setup::default());
    assert_eq!(
        (desk.verdicts().as_str(), desk.ranking().as_str()),
        ("+?----", "A")
    );
    desk.press("u");
    assert_eq!(
        (desk.app.in_view.case, desk.verdicts().as_str()),
        (0, "+-----")
    );
    // What is not in view is asked for first; any other key is a no.
    desk.press("u");
    assert!(
        desk.text().contains("not of the case in view: case 2"),
        "{}",
        desk.text()
    );
    desk.press("u u u j u Enter u Esc u Space");
    assert_eq!(
        (desk.app.in_view.case, desk.verdicts().as_str()),
        (0, "+-----")
    );
    assert!(desk.app.screen.overlay.is_none());
    desk.press("u y");
    assert_eq!(
        (desk.app.in_view.case, desk.verdicts().as_str()),
        (1, "------")
    );
    desk.press("u y");
    assert_eq!((desk.app.in_view.case, desk.ranking().as_str()), (0, ""));
    desk.press("u");
    assert_eq!(desk.verdicts(), "------");
    desk.press("u");
    assert!(desk.said().contains("nothing to take back"));
    desk.press("C-r C-r C-r y C-r y C-r C-r");
    assert!(
        desk.said().contains("nothing to do again"),
        "{}",
        desk.said()
    );
    assert_eq!(
        (desk.verdicts().as_str(), desk.ranking().as_str()),
        ("+?----", "A")
    );
    desk.press(">");
    assert_eq!(desk.verdicts(), "x-----");
}

#[test]
fn a_filter_outlives_a_look_at_another_record() {
    let mut desk = Desk::demo(WIDE);
    desk.press("D type:2018 Enter");
    let filter = desk.app.in_view.record.timeline.filter().clone();
    assert!(!filter.is_empty());
    desk.press("g m j j j Enter");
    assert!(
        desk.app.in_view.visit.is_some() && desk.app.in_view.record.timeline.filter().is_empty()
    );
    desk.press("q q");
    assert!(desk.app.in_view.visit.is_none());
    assert_eq!(*desk.app.in_view.record.timeline.filter(), filter);
    // Another case begins without it.
    desk.press(">");
    assert!(desk.app.in_view.record.timeline.filter().is_empty());
}

#[test]
fn an_act_on_a_case_that_is_gone_is_asked_about_and_not_named() {
    let mut desk = Desk::demo(WIDE);
    desk.press("Tab c");
    let file = desk.room.review_file();
    let text = fs::read_to_string(&file).expect("a review file");
    let key = desk.app.key();
    let id = format!("\"instruction\":\"{}\"", key.instruction);
    let room = Arc::clone(&desk.room);
    drop(desk);
    fs::write(&file, text.replace(&id, "\"instruction\":\"999\"")).expect("written");
    let mut desk = Desk::open(room, WIDE, Setup::default());
    desk.press("u");
    assert!(desk.text().contains("does not have"), "{}", desk.text());
    // Which answers are in view is said in the same words.
    let text = desk.text().replace(" of A\u{2013}", "");
    assert!(!text.contains(" of A"), "{text}");
    assert!(desk.app.desk.log.ledger().target(Turn::Undo).is_some());
    desk.press("y");
    assert!(desk.app.desk.log.ledger().target(Turn::Undo).is_none());
}

#[test]
fn the_blind_order_differs_between_instructions_and_stays() {
    let orders = |desk: &mut Desk| -> Vec<Vec<String>> {
        (0..desk.app.desk.dataset.cases().len())
            .map(|case| {
                desk.app.open_case(case);
                desk.app.models().into_iter().map(str::to_owned).collect()
            })
            .collect()
    };
    let mut desk = Desk::demo(WIDE);
    let first = orders(&mut desk);
    let different: BTreeSet<_> = first.iter().collect();
    assert!(different.len() > 5, "{first:#?}");
    assert_eq!(orders(&mut desk.reopen(Setup::default())), first);
}

/// The demo, with the answers that name their model made anonymous, and the models' names in lower case.
fn nameless() -> (Room, Vec<String>) {
    let room = Room::demo();
    let names: Vec<String> = {
        let desk = Desk::open(Arc::new(Room::demo()), WIDE, Setup::default());
        desk.app.desk.dataset.models().to_vec()
    };
    let table = "clinician-reviewed-model-responses.tsv";
    let mut text = room.read(table);
    for name in &names {
        let mut capital = name.clone();
        capital[..1].make_ascii_uppercase();
        let (stem, size) = capital.rsplit_once('-').expect("a name with a size");
        text = text.replace(&format!("{stem}-{}", size.to_uppercase()), "Somebody");
    }
    room.write(table, &text);
    (room, names)
}

#[test]
fn no_model_is_named_before_unblinding() {
    let (room, names) = nameless();
    assert_eq!(names.len(), 6);
    let room = Arc::new(room);
    let mut seen = 0;
    for (state, keys) in STATES.iter().filter(|(s, _)| !s.ends_with("unblinded")) {
        for size in [LOW, (200, 50)] {
            let _ = fs::remove_file(room.review_file());
            let mut desk = Desk::open(Arc::clone(&room), size, Setup::default());
            desk.press(keys);
            let text = desk.text().to_lowercase();
            for name in &names {
                assert!(
                    !text.contains(name.as_str()),
                    "{state} at {size:?} names {name}:\n{text}"
                );
            }
            let copied = format!("{:?}{}", desk.effects, desk.said()).to_lowercase();
            assert!(
                !names.iter().any(|n| copied.contains(n.as_str())),
                "{state}: {copied}"
            );
            seen += 1;
        }
    }
    assert!(seen > 60);
    // Every answer of every case, and what marking them says.
    let _ = fs::remove_file(room.review_file());
    let mut desk = Desk::open(room, WIDE, Setup::default());
    for _ in 0..10 {
        desk.press("Tab");
        for keys in [
            "c 1 t Space Esc l",
            "x = a type:why C-s l",
            "m l",
            "c l",
            "x l",
            "m u C-r Enter",
        ] {
            desk.press(keys);
            let text = desk.text().to_lowercase();
            assert!(!names.iter().any(|n| text.contains(n.as_str())), "{text}");
        }
        desk.press("Esc Tab >");
    }
    // Once unblinded they are there.
    desk.press("g u y");
    assert!(names.iter().any(|n| desk.text().contains(n.as_str())));
    assert!(desk.text().contains("UNBLINDED"));
}

#[test]
fn a_stray_paste_marks_nothing() {
    let mut desk = Desk::demo(WIDE);
    desk.press("Tab").paste("c1x2m\rq");
    assert_eq!(
        (desk.verdicts().as_str(), desk.ranking().as_str()),
        ("------", "")
    );
    assert!(desk.said().contains("paste was ignored"));
    desk.press("a")
        .paste("a line\r\nand \u{1b}[31m another")
        .press("C-s");
    let text = fs::read_to_string(desk.room.review_file()).expect("a review file");
    assert!(text.contains("a line\\nand [31m another"), "{text}");
}

#[test]
fn back_closes_one_layer_after_the_other() {
    for back in ["q", "Esc"] {
        let mut desk = Desk::demo(WIDE);
        desk.press("/ type:stroke Enter z ?");
        assert!(
            desk.app.screen.overlay.is_some()
                && desk.app.screen.zoom
                && desk.app.looking.find.is_active()
        );
        desk.press(back);
        assert!(desk.app.screen.overlay.is_none() && desk.app.looking.find.is_active());
        desk.press(back);
        assert!(!desk.app.looking.find.is_active() && desk.app.screen.zoom);
        desk.press(back);
        assert!(!desk.app.screen.zoom && !desk.effects.contains(&Effect::Quit));
    }
    let mut desk = Desk::demo(WIDE);
    desk.press("q");
    assert!(desk.said().contains("again leaves"), "{}", desk.said());
    desk.press("j q");
    assert!(!desk.effects.contains(&Effect::Quit));
    desk.press("q");
    assert!(desk.effects.contains(&Effect::Quit));
}

#[test]
fn leaving_asks_when_something_is_not_saved() {
    let mut desk = Desk::demo(WIDE);
    let folder = desk.room.review_file().with_file_name("");
    fs::remove_dir_all(&folder).expect("removed");
    fs::write(folder.with_file_name("reviews"), "in the way").expect("a file");
    desk.press("Tab c");
    assert!(desk.said().starts_with("NOT SAVED"), "{}", desk.said());
    assert_eq!(desk.verdicts(), "+-----");
    desk.press("q q");
    assert!(!desk.effects.contains(&Effect::Quit));
    // Mended, it is saved, and leaving asks no more.
    fs::remove_file(folder.with_file_name("reviews")).expect("removed");
    desk.press("g W");
    assert!(desk.said().contains("saved now"), "{}", desk.said());
    desk.press("q q");
    assert!(desk.effects.contains(&Effect::Quit));
    let desk = desk.reopen(Setup::default());
    assert_eq!(desk.verdicts(), "+-----");
}

#[test]
fn a_case_that_is_not_judged_is_not_submitted_by_a_reflex() {
    for size in [LOW, WIDE, (200, 50)] {
        let mut desk = Desk::demo(size);
        desk.press("Tab");
        for keys in ["Enter", "S"] {
            for no in [
                "Enter", "Space", "q", "Esc", "j", "c", "n", "S", "5", "C-s", "g g",
            ] {
                desk.press(keys);
                assert!(
                    desk.text().contains("y submits all the same"),
                    "{}",
                    desk.text()
                );
                desk.press(no);
                assert!(desk.app.screen.overlay.is_none(), "{keys} {no}");
                assert!(desk.app.review().submitted.is_none(), "{keys} {no}");
            }
        }
        desk.press("Enter Enter Enter Enter Enter Enter");
        assert!(desk.app.review().submitted.is_none());
        assert_eq!(desk.verdicts(), "------", "what said no did nothing else");
        desk.press("Enter y");
        assert!(desk.app.review().submitted.is_some());
    }
    // Where nothing is missing and nothing contradicts, nothing is asked.
    let mut desk = Desk::demo(WIDE);
    desk.press("Tab").press(&"c 1 l ".repeat(6)).press("Enter");
    assert!(desk.app.review().submitted.is_some(), "{}", desk.text());
}

#[test]
fn names_are_shown_only_after_a_yes() {
    let mut desk = Desk::demo(WIDE);
    desk.press("g u Enter g u Enter Enter g u Space g u Esc g u g u");
    assert!(!desk.app.is_unblinded());
    desk.press("q g u y");
    assert!(desk.app.is_unblinded());
}

#[test]
fn each_act_says_what_it_did_and_how_it_is_taken_back() {
    let mut desk = Desk::demo(WIDE);
    desk.press("Tab");
    for (keys, said, back) in [
        (
            "x",
            "A incorrect",
            "the mark \u{201c}incorrect\u{201d} of A",
        ),
        (
            "x Backspace",
            "The mark of A is cleared",
            "the clearing of the mark of A",
        ),
        ("5", "A rank 5", "the ranking"),
        (
            "1 l 1",
            "B rank 1, tied with A",
            "the ranking \u{201c}A = B\u{201d}",
        ),
        ("1 0", "B not ranked", "the ranking"),
        (
            "r C-u type:B>A Enter",
            "Ranking B > A",
            "the ranking \u{201c}B > A\u{201d}",
        ),
        ("t Space Enter", "Tags of B saved", "tags of B"),
        ("a type:why C-s", "Comment on B saved", "a comment of B"),
        (
            "A type:why C-s",
            "Comment on the case saved",
            "a comment on the case",
        ),
        ("*", "Flagged to come back to", "a flag"),
        ("g t j Enter", "This instruction is now", "a category"),
    ] {
        desk.press(keys);
        assert!(desk.said().starts_with(said), "{keys}: {}", desk.said());
        assert!(desk.said().ends_with("u takes it back"), "{}", desk.said());
        desk.press("u");
        let taken = format!("Taken back: {back}");
        assert!(desk.said().starts_with(&taken), "{keys}: {}", desk.said());
    }
}
