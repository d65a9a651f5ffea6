//! Ranked search, records beside the case and proposed records, by keys.

use std::collections::BTreeSet;
use std::sync::Arc;

use crate::search::Query;
use crate::search::worker::{Message, Outcome, Reply};
use crate::tui::action::{Action, Layer, TABLE};
use crate::tui::panes::timeline::TimelineLine;

use super::desk::{Desk, LONELY, Room, Setup};
use super::threads::Index;

const LOW: (u16, u16) = (80, 24);
const WIDE: (u16, u16) = (120, 40);

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
            Some(TimelineLine::Text(..))
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
    // Of a small dataset it makes itself, unless it was stopped.
    desk.press("f type:stroke");
    assert!(desk.text().contains("being made: 42 %"), "{}", desk.text());
    desk.press("C-k");
    for keys in ["", "Esc f"] {
        desk.press(keys);
        assert!(
            desk.text().contains("There is no index of these 4 records"),
            "{keys}: {}",
            desk.text()
        );
    }
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
