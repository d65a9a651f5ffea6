//! What keys do: from a start, keys, to an end.

use std::collections::BTreeSet;
use std::fs;
use std::sync::Arc;

use crate::review::Turn;
use crate::search::Query;
use crate::search::worker::{Message, Outcome, Reply};
use crate::tui::action::{Action, Layer, TABLE};
use crate::tui::app::Effect;
use crate::tui::layout::Focus;
use crate::tui::overlays::confirm::Confirm;
use crate::tui::panes::timeline::Line;

use super::desk::{Desk, LONELY, Room, Setup, rows};
use super::states::STATES;
use super::threads::Index;

const LOW: (u16, u16) = (80, 24);
const WIDE: (u16, u16) = (120, 40);
/// All keys that say something of the answer in focus.
const MARKS: &str = "c x m Backspace 1 2 3 4 5 6 7 8 9 0 + - = r t a";

/// All that an action may change: what is seen, what is asked of the runner, what is in the review file.
fn trace(desk: &Desk) -> (String, usize, usize) {
    let acts = desk.app.desk.log.ledger().entries().len();
    (desk.picture(), desk.effects.len(), acts)
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
    assert!(!desk.text().contains(" of A"), "{}", desk.text());
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
    desk.press("g w");
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

#[test]
fn case_filters_hold_for_stepping_too() {
    let mut desk = Desk::demo(WIDE);
    desk.press("> > * > > > * L f");
    assert!(
        desk.text().contains("Cases: flagged (2)"),
        "{}",
        desk.text()
    );
    desk.press("g g Enter");
    assert_eq!(desk.app.in_view.case, 2);
    desk.press(">");
    assert_eq!(desk.app.in_view.case, 5);
    desk.press(">");
    assert_eq!(desk.app.in_view.case, 5);
    assert!(
        desk.said().contains("last case among the flagged ones"),
        "{}",
        desk.said()
    );
    desk.press("<");
    assert_eq!(desk.app.in_view.case, 2);
    desk.press("Tab Enter y L u");
    assert!(desk.text().contains("Cases: unfinished (9)"));
    desk.press("Esc <");
    assert_eq!(desk.app.in_view.case, 1);
    desk.press("> >");
    assert_eq!(desk.app.in_view.case, 4);
    desk.press("L m");
    assert!(desk.text().contains("Cases: mine (1)"), "{}", desk.text());
    desk.press("a Esc <");
    assert_eq!(desk.app.in_view.case, 3);
}

#[test]
fn stepping_through_places_unfolds_what_holds_them() {
    let mut desk = Desk::demo(WIDE);
    desk.press("g f / type:apixaban Enter");
    let all = desk.app.hits().all.len();
    assert!(all > 10);
    let mut places = BTreeSet::new();
    for _ in 0..all {
        let at = desk.app.looking.find.at.expect("a place");
        let hit = desk.app.hits().all[at];
        assert_eq!(
            desk.app.in_view.record.timeline.selected_event(),
            Some(hit.event)
        );
        let line =
            desk.app.in_view.record.timeline.cursor() - desk.app.in_view.record.timeline.top();
        assert!(line < usize::from(desk.app.screen.frame.timeline.height));
        places.insert(at);
        desk.press("n");
    }
    assert_eq!(places.len(), all);
    let at = desk.app.looking.find.at;
    desk.press("n N");
    assert_eq!(desk.app.looking.find.at, at);
}

#[test]
fn notes_are_gone_through_one_by_one() {
    let mut desk = Desk::demo(WIDE);
    desk.press("g g");
    let mut notes = Vec::new();
    loop {
        desk.press("}");
        if desk.said().contains("no note behind") {
            break;
        }
        notes.push(
            desk.app
                .in_view
                .record
                .timeline
                .selected_event()
                .expect("a note"),
        );
    }
    assert_eq!(notes.len(), 39);
    desk.press("{ Enter Enter");
    let first = desk.text();
    desk.press("}");
    assert_ne!(desk.text(), first);
    desk.press("{");
    assert_eq!(desk.text(), first);
    desk.press("q");
    assert_eq!(
        desk.app.in_view.record.timeline.selected_event(),
        Some(notes[37])
    );
}

/// What was said, apart from sittings.
fn acts(desk: &Desk) -> usize {
    let entries = desk.app.desk.log.ledger().entries().iter();
    entries.filter(|e| e.act.kind() != "session").count()
}

#[test]
fn the_help_over_a_menu_loses_nothing_that_was_chosen() {
    for (open, chosen, shown) in [("t", "j Space", "[x]"), ("g a", "j Space", "(x)")] {
        let mut desk = Desk::demo(WIDE);
        desk.press("Tab").press(open).press(chosen).press("? q");
        assert!(desk.app.screen.overlay.is_none(), "{open}");
        assert!(!desk.text().contains(shown), "{open}: {}", desk.text());
        desk.press(open);
        assert!(desk.text().contains(shown), "{open}: {}", desk.text());
        assert_eq!(acts(&desk), 0, "{open}");
    }
}

#[test]
fn what_is_cancelled_is_not_saved_and_comes_back_once() {
    for (open, typed, shown, save) in [
        ("a", "type:cxm Enter type:123", "cxm", "C-s"),
        ("A", "type:cxm Enter type:123", "cxm", "C-s"),
        ("t", "j Space", "[x]", "Enter"),
        ("r", "type:C>B", "C>B", "Enter"),
        ("g a", "j Space G Enter type:why Enter", "why", "k Enter"),
    ] {
        for cancel in ["Esc", "C-g", "C-c", "q"] {
            let text = !matches!(open, "t" | "g a");
            // Letters are text; a menu has other keys.
            let bound = if text {
                cancel != "q"
            } else {
                matches!(cancel, "Esc" | "q")
            };
            if !bound {
                continue;
            }
            let mut desk = Desk::demo(WIDE);
            desk.press("Tab").press(open).press(typed).press(cancel);
            assert!(desk.app.screen.overlay.is_none(), "{open} {cancel}");
            let said = format!("Not saved; {open} brings it back once");
            assert_eq!(desk.said(), said, "{cancel}");
            assert_eq!(acts(&desk), 0, "{open} {cancel}");
            desk.press(open);
            assert!(desk.text().contains(shown), "{open}: {}", desk.text());
            // Cancelled again as it is, it is given up.
            desk.press(cancel).press(open);
            assert!(!desk.text().contains(shown), "{open}: {}", desk.text());
            desk.press(cancel);
            assert!(desk.app.typing.kept().is_empty());
            // The key that is shown saves it.
            desk.press(open).press(typed).press(cancel).press(open);
            desk.press(save);
            assert_eq!(acts(&desk), 1, "{open}: {}", desk.text());
            assert!(desk.app.typing.kept().is_empty(), "{open}");
        }
    }
}

#[test]
fn esc_closes_or_cancels_and_neither_saves_nor_leaves() {
    for size in [LOW, WIDE, (200, 50)] {
        for (state, keys) in STATES {
            let mut desk = Desk::demo(size);
            desk.press(keys);
            // Writing keeps its draft, which is no gold response.
            let drafts = |desk: &Desk| {
                let entries = desk.app.desk.log.ledger().entries().iter();
                entries.filter(|e| e.act.kind() == "gold_draft").count()
            };
            let before = acts(&desk) - drafts(&desk);
            desk.press("Esc Esc Esc Esc Esc Esc");
            assert!(desk.app.screen.overlay.is_none(), "{state}");
            assert!(!desk.effects.contains(&Effect::Quit), "{state}");
            assert_eq!(acts(&desk) - drafts(&desk), before, "{state}");
        }
    }
}

#[test]
fn what_was_typed_when_the_program_ended_is_said_and_comes_back() {
    let mut desk = Desk::demo(WIDE);
    // As when the text is handed to another program, or a second after the last key.
    desk.press("Tab l a type:half C-e");
    let typing = desk.app.typing.clone();
    let desk = desk.reopen(Setup {
        typing: typing.clone(),
        ..Setup::default()
    });
    assert_eq!(
        desk.said(),
        "Not saved yet: a comment on B (a brings it back)"
    );
    let mut desk = desk.reopen(Setup {
        typing,
        case: 3,
        ..Setup::default()
    });
    assert_eq!(desk.said(), "Not saved yet: text in case 1");
    desk.press("L g g Enter Tab l a");
    assert!(desk.text().contains("half"), "{}", desk.text());
    desk.press("C-s");
    assert!(desk.said().starts_with("Comment on B saved"));
    assert!(desk.app.typing.kept().is_empty());
}

#[test]
fn a_clumsy_hand_leaves_no_mark() {
    let marks = |desk: &Desk| {
        let entries = desk.app.desk.log.ledger().entries().iter();
        let kinds = ["judge", "rank", "tag", "comment", "submit", "adopt"];
        entries.filter(|e| kinds.contains(&e.act.kind())).count()
    };
    for size in [LOW, WIDE, (200, 50)] {
        for (state, keys) in STATES {
            let mut desk = Desk::demo(size);
            desk.press(keys);
            if *state == "tags" {
                // Enter is the key that saves them, and says so.
                continue;
            }
            // In the answers, and where any key goes back to them, these keys are meant.
            let over = &desk.app.screen.overlay;
            let shown = over.is_none() || desk.app.over::<Confirm>().is_some();
            let answers = desk.app.screen.focus == Focus::Answers && shown;
            let (before, names) = (marks(&desk), desk.app.is_unblinded());
            if !answers {
                desk.press("x 1 5 j t r a");
            }
            desk.press("Enter Enter Esc Esc Esc Esc");
            assert_eq!(marks(&desk), before, "{state} at {size:?}: {}", desk.text());
            assert_eq!(desk.app.is_unblinded(), names, "{state}");
            assert!(!desk.effects.contains(&Effect::Quit), "{state}");
        }
    }
}

#[test]
fn everything_is_where_it_was_after_coming_back() {
    let mut desk = Desk::demo(WIDE);
    desk.press("[ [ [ Enter } Enter j j j j Tab l l l C-d > Tab j j G < ");
    let before = desk.text();
    let line = desk.app.in_view.record.timeline.selected();
    assert!(matches!(line, Some(Line::Text(..))), "{line:?}");
    desk.press("> <");
    assert_eq!(desk.text(), before);
    desk.app.remember_place();
    // As it is written and read.
    let places = serde_json::to_string(desk.app.places()).expect("places as JSON");
    let places = serde_json::from_str(&places).expect("places from JSON");
    let desk = desk.reopen(Setup {
        places,
        ..Setup::default()
    });
    assert_eq!(desk.app.in_view.record.timeline.selected(), line);
    assert_eq!(desk.text(), before);
}

#[test]
fn a_case_asked_as_of_a_moment_opens_there() {
    let setup = Setup {
        case: 3,
        ..Setup::default()
    };
    let desk = Desk::open(Arc::new(Room::demo()), WIDE, setup);
    let view = desk.app.view().expect("a record");
    let time = desk
        .app
        .in_view
        .record
        .timeline
        .selected_time(&view.record)
        .expect("a time");
    assert_eq!(time.to_string(), "2018-10-09 07:05");
}

#[test]
fn ascii_signs_only_where_they_are_asked_for() {
    for (state, keys) in STATES {
        let setup = Setup {
            ascii: true,
            ..Setup::default()
        };
        let mut desk = Desk::open(Arc::new(Room::demo()), LOW, setup);
        desk.press(keys);
        let (buffer, _) = desk.frame();
        for row in rows(&buffer) {
            assert!(row.is_ascii(), "{state}: {row}");
        }
    }
}

#[test]
fn search_is_left_and_found_again_as_it_was() {
    let mut desk = Desk::demo(WIDE);
    desk.press("f type:chest Space type:pain Tab Down Down");
    let hits = desk.app.looking.ranked.found.hits.len();
    assert!(hits > 3, "{}", desk.text());
    let chosen = desk.app.looking.ranked.found.hits[desk.app.looking.ranked.at].clone();
    desk.press("Esc j j f");
    assert!(
        desk.text().contains("Search: chest pain"),
        "{}",
        desk.text()
    );
    assert_eq!(
        desk.app.looking.ranked.found.hits[desk.app.looking.ranked.at],
        chosen
    );
    assert!(desk.app.looking.ranked.whole);
    desk.press("C-u");
    assert!(desk.app.looking.ranked.found.hits.is_empty());
    // Letters are the query's here, whatever they do elsewhere.
    desk.press("type:cx9q");
    assert_eq!(
        (
            desk.app.looking.ranked.text.as_str(),
            desk.verdicts().as_str()
        ),
        ("cx9q", "------")
    );
}

#[test]
fn a_late_answer_is_not_shown() {
    let mut desk = Desk::demo(WIDE);
    desk.press("f type:stroke");
    let found = desk.app.looking.ranked.found.clone();
    desk.app.take_search(Message::Reply(Reply {
        generation: 1,
        query: Query::parse("s"),
        outcome: Outcome::NoIndex,
    }));
    assert_eq!(desk.app.looking.ranked.found, found);
}

#[test]
fn a_hit_opens_its_event_in_the_case_that_has_it() {
    let mut desk = Desk::demo(WIDE);
    desk.press("f type:apixaban Space type:kind:note");
    let hit = desk.app.looking.ranked.found.hits[0].clone();
    desk.press("Enter");
    assert_eq!(
        (
            desk.app.in_view.case,
            desk.app.in_view.record.timeline.selected_event()
        ),
        (0, Some(hit.event))
    );
    assert!(
        matches!(
            desk.app.in_view.record.timeline.selected(),
            Some(Line::Text(..))
        ),
        "in the note"
    );
    assert!(desk.app.looking.find.is_active(), "its words are marked");
    // Another patient's: the case that has the record, and that patient on the screen.
    desk.press("f C-u type:creatinine Space type:-patient:417302958 Tab");
    let hit = desk.app.looking.ranked.found.hits[0].clone();
    assert_ne!(hit.person, "417302958");
    desk.press("Enter");
    assert_eq!(desk.app.case().person_id, hit.person);
    assert!(desk.app.in_view.visit.is_none());
    assert_eq!(
        desk.app.in_view.record.timeline.selected_event(),
        Some(hit.event)
    );
    assert!(
        desk.text().contains(&format!("patient {}", hit.person)),
        "{}",
        desk.text()
    );
}

#[test]
fn a_record_beside_the_case_is_never_taken_for_its_own() {
    for size in [LOW, WIDE, (200, 50), (40, 12)] {
        let room = Arc::new(Room::with_a_record_of_no_case());
        let mut desk = Desk::open(room, size, Setup::default());
        desk.press("Tab c");
        let own = desk.app.case().person_id.clone();
        desk.press(&format!("f Tab type:patient:{LONELY} Enter"));
        let seen = || {
            let text = desk.text();
            assert!(text.contains(&format!("patient {LONELY}")), "{text}");
            assert!(text.contains("NOT the patient of case 1"), "{text}");
            assert!(!text.contains(&format!("patient {own}")), "{text}");
            assert!(
                !text.contains("rank "),
                "no answers stand beside it: {text}"
            );
        };
        seen();
        assert_eq!(desk.app.person(), LONELY);
        // No key of the table writes anything while it is open.
        for entry in TABLE {
            for layer in [Layer::Timeline, Layer::Answers, Layer::Global] {
                let leaves = [
                    Action::Back,
                    Action::Cancel,
                    Action::Quit,
                    Action::NextCase,
                    Action::PreviousCase,
                    Action::Matches,
                ];
                if leaves.contains(&entry.action) || !entry.layers.contains(&layer) {
                    continue;
                }
                let before = desk.app.desk.log.ledger().entries().len();
                desk.app.run(entry.action);
                desk.app.screen.overlay = None;
                desk.app.fit();
                assert_eq!(desk.app.person(), LONELY, "{}", entry.name);
                let wrote = desk.app.desk.log.ledger().entries().len() > before;
                assert!(
                    !wrote || matches!(entry.action, Action::Undo | Action::Redo),
                    "{}",
                    entry.name
                );
            }
        }
        desk.press("q Esc");
        assert_eq!(
            (desk.app.person(), desk.app.in_view.case),
            (own.as_str(), 0)
        );
        assert!(desk.app.in_view.visit.is_none() && desk.app.view().is_some());
        assert_eq!(desk.app.view().expect("a record").record.person_id(), own);
    }
}

#[test]
fn a_record_that_changed_since_is_not_opened_at_a_wrong_place() {
    let mut desk = Desk::demo(WIDE);
    desk.press("f type:apixaban Space type:kind:note");
    let at = desk.app.looking.ranked.at;
    desk.app.looking.ranked.found.hits[at].time = Some(0);
    desk.press("Enter");
    assert!(
        desk.said().contains("not as it was indexed: g i"),
        "{}",
        desk.said()
    );
    assert!(!desk.app.looking.find.is_active());
}

#[test]
fn an_index_is_made_seen_and_stopped() {
    let setup = Setup {
        index: Index::Missing,
        ..Setup::default()
    };
    let mut desk = Desk::open(Arc::new(Room::demo()), WIDE, setup);
    desk.press("f type:stroke");
    assert!(
        desk.text().contains("There is no index of these 4 records"),
        "{}",
        desk.text()
    );
    desk.press("C-r");
    assert!(
        desk.text()
            .contains("being made: 42 %, 1 of 4 records; C-k stops"),
        "{}",
        desk.text()
    );
    desk.press("Esc");
    assert!(desk.text().contains("indexing 42 %"), "{}", desk.text());
    desk.press("g i");
    assert!(
        desk.said().contains("already; g x stops"),
        "{}",
        desk.said()
    );
    desk.press("g x");
    assert!(!desk.text().contains("indexing"), "{}", desk.text());
    assert!(desk.said().contains("Stopped"), "{}", desk.said());
    desk.press("g x");
    assert!(
        desk.said().contains("No index is being made"),
        "{}",
        desk.said()
    );
}

/// The labels in the review file, as (instruction, candidate, label, comment).
fn labels(desk: &Desk) -> Vec<(String, String, &'static str, String)> {
    let ledger = desk.app.desk.log.ledger();
    let mut all: Vec<_> = ledger
        .cases()
        .flat_map(|(key, review)| {
            review.relevance.iter().map(|(person, r)| {
                assert_eq!(key.person, *person, "a pair has one place");
                (
                    key.instruction.clone(),
                    person.clone(),
                    r.label.name(),
                    r.comment.clone(),
                )
            })
        })
        .collect();
    all.sort();
    all
}

#[test]
fn proposed_records_are_labelled_and_labels_taken_back() {
    let mut desk = Desk::demo(WIDE);
    desk.press("g m y");
    assert!(desk.said().contains("Go to a record"), "{}", desk.said());
    let before = desk.app.looking.matches.labelled;
    desk.press("j y j n j p a type:old Enter");
    let made = labels(&desk);
    let said: Vec<&str> = made.iter().map(|l| l.2).collect();
    assert_eq!(said.iter().collect::<BTreeSet<_>>().len(), 3, "{made:?}");
    assert_eq!(made.iter().filter(|l| l.3 == "old").count(), 1, "{made:?}");
    assert!(
        desk.text().contains("\u{201c}old\u{201d}"),
        "{}",
        desk.text()
    );
    assert_eq!(desk.app.looking.matches.labelled.1, before.1);
    // The comment, then the label; the case that stands behind does not change.
    desk.press("u u");
    assert_eq!(labels(&desk).len(), 2);
    desk.press("C-r");
    assert_eq!(labels(&desk).len(), 3);
    assert_eq!(
        (desk.app.in_view.case, desk.verdicts().as_str()),
        (0, "------")
    );
    let mut desk = desk.reopen(Setup::default());
    desk.press("g m");
    assert_eq!(labels(&desk).len(), 3);
    desk.press("j Backspace");
    assert_eq!(labels(&desk).len(), 2);
    // What is not in view is not taken back.
    desk.press("q Tab c g m u");
    assert!(desk.said().contains("q goes back first"), "{}", desk.said());
    assert_eq!(desk.verdicts(), "+-----");
}

#[test]
fn a_proposed_record_is_read_beside_its_instruction_and_labelled_there() {
    let mut desk = Desk::demo(WIDE);
    desk.press("g m j");
    let row = desk.app.looking.matches.selected().expect("a row");
    let (instruction, person) = desk.app.pair(row).expect("a pair");
    desk.press("Enter");
    assert_eq!(desk.app.person(), person);
    let visit = desk
        .app
        .in_view
        .visit
        .clone()
        .expect("a record beside the case");
    assert_eq!(visit.stranger, person != desk.app.case().person_id);
    let looked = visit.looked.expect("it is proposed");
    assert!(looked.passages.len() > 1, "{looked:?}");
    assert_eq!(
        desk.app.in_view.record.timeline.selected_event(),
        Some(looked.passages[0])
    );
    desk.press(".");
    assert_eq!(
        desk.app.in_view.record.timeline.selected_event(),
        Some(looked.passages[1])
    );
    desk.press("y");
    assert_eq!(
        labels(&desk)[0],
        (instruction.clone(), person.clone(), "yes", String::new())
    );
    desk.press("a type:fits Enter");
    assert_eq!(labels(&desk)[0].3, "fits");
    assert_eq!(desk.app.person(), person, "still there");
    // Nothing of the case can be judged from here.
    desk.press("x c 1 t A");
    assert!(desk.said().contains("goes back"), "{}", desk.said());
    desk.press("> n");
    assert_eq!(labels(&desk).len(), 2);
    assert_ne!(desk.app.person(), person);
    desk.press("q");
    assert!(
        desk.text().contains("Matches: records proposed"),
        "{}",
        desk.text()
    );
    assert!(desk.app.in_view.visit.is_none());
    desk.press("q");
    assert_eq!(
        (desk.app.in_view.case, desk.verdicts().as_str()),
        (0, "------")
    );
    assert_eq!(desk.app.person(), desk.app.case().person_id);
}

#[test]
fn what_the_top_misses_comes_first() {
    let room = Arc::new(Room::with_more_records());
    let mut desk = Desk::open(room, WIDE, Setup::default());
    desk.press("g m");
    let proposals = Arc::clone(
        desk.app
            .looking
            .matches
            .proposals
            .as_ref()
            .expect("proposals"),
    );
    let missing = proposals.missed.iter().filter(|m| !m.is_empty()).count();
    assert!(missing > 0 && missing < proposals.asks.len(), "{missing}");
    let order: Vec<usize> = desk
        .app
        .looking
        .matches
        .rows
        .iter()
        .filter(|r| !r.is_record())
        .map(|r| r.ask())
        .collect();
    assert_eq!(order.len(), proposals.asks.len());
    assert!(
        order[..missing]
            .iter()
            .all(|&i| !proposals.missed[i].is_empty())
    );
    assert!(
        order[missing..]
            .iter()
            .all(|&i| proposals.missed[i].is_empty())
    );
    for missed in proposals.missed.iter().flatten() {
        assert!(missed.rank > 5 && missed.rank <= 10, "{missed:?}");
    }
}
