//! Lists that narrow as one types, what `?` begins with, and whose turn a case is.

use std::sync::Arc;

use super::desk::{Desk, Room, Setup};
use crate::tui::overlays::evidence::Evidence;
use crate::tui::overlays::matches::Proposed;

const WIDE: (u16, u16) = (120, 40);

fn count(desk: &Desk, what: &str) -> usize {
    desk.text().matches(what).count()
}

#[test]
fn matches_narrow_to_instructions_and_records() {
    let mut desk = Desk::open(Arc::new(Room::with_more_records()), WIDE, Setup::default());
    desk.press("g m");
    let all = count(&desk, "\u{25b8}") + count(&desk, "\u{25be}");
    assert!(all > 5, "{}", desk.text());
    desk.press("/ type:thrombolysis");
    assert_eq!(
        count(&desk, "\u{25b8}") + count(&desk, "\u{25be}"),
        1,
        "{}",
        desk.text()
    );
    assert!(
        desk.text().contains("only with: thrombolysis"),
        "{}",
        desk.text()
    );
    // A record stands with the instruction that it is proposed for, folded or not.
    desk.press("Esc / type:patient");
    let rows = count(&desk, "patient ");
    assert!(rows > 10, "{}", desk.text());
    let cursor = desk.app.looking.matches.list.cursor;
    desk.press("Up Up Enter");
    assert_eq!(desk.app.looking.matches.list.cursor, cursor - 2);
    // One step back is the whole list, another one closes it.
    desk.press("q");
    assert!(desk.app.over::<Proposed>().is_some());
    assert_eq!(count(&desk, "\u{25b8}") + count(&desk, "\u{25be}"), all);
    desk.press("/ type:thrombolysis Enter q q g m");
    assert_eq!(
        count(&desk, "\u{25b8}") + count(&desk, "\u{25be}"),
        all,
        "{}",
        desk.text()
    );
}

#[test]
fn evidence_and_notices_narrow() {
    let mut desk = Desk::demo(WIDE);
    desk.press("} e j e g e");
    assert!(desk.text().contains("Evidence: 2 pins"), "{}", desk.text());
    desk.press("/ type:dataset");
    assert!(desk.text().contains("1 of 1"), "{}", desk.text());
    desk.press("Enter y");
    assert!(desk.text().contains("gold response"), "{}", desk.text());
    desk.press("/ type:zzz");
    assert!(
        desk.text().contains("Nothing has these words"),
        "{}",
        desk.text()
    );
    desk.press("Esc");
    assert!(desk.app.over::<Evidence>().is_some());
    desk.press("q");
    assert!(desk.app.over::<Evidence>().is_none());
    // What is removed is what is selected.
    desk.press("g e / type:gold Enter d");
    assert!(desk.text().contains("Evidence: 1 pin"), "{}", desk.text());
}

#[test]
fn help_begins_with_what_does_something_here_and_says_no_key_twice() {
    for pane in ["", "Tab"] {
        let mut desk = Desk::demo((120, 50));
        desk.press(pane).press("?");
        let text = desk.text();
        let most: Vec<&str> = text
            .lines()
            .skip_while(|l| !l.contains("Used most here"))
            .skip(1)
            .take_while(|l| l.len() > 30)
            .collect();
        assert_eq!(most.len(), 10, "{text}");
        assert!(
            !most.iter().any(|l| l.contains("g j ")),
            "nobody adjudicates: {text}"
        );
        desk.press("/ type:correct");
        let text = desk.text();
        assert_eq!(text.matches("in focus correct").count(), 1, "{text}");
    }
}

#[test]
fn the_list_of_cases_says_whose_turn_it_is() {
    let room = Room::demo();
    room.write(
        "plan.tsv",
        "reviewer\tplace\tpass\tinstruction_id\tperson_id\n\
         jchen\t1\t1\t1048213377\t417302958\n\
         okafor\t1\t1\t1048213377\t417302958\n\
         okafor\t2\t1\t1048213391\t417302958\n",
    );
    let mut desk = Desk::open(Arc::new(room), WIDE, Setup::default());
    desk.press("L a");
    let row = |desk: &Desk, what: &str| {
        let text = desk.text();
        text.lines()
            .find(|l| l.contains(what))
            .unwrap_or_default()
            .to_owned()
    };
    assert!(row(&desk, " 1 0/6").contains("mine"), "{}", desk.text());
    assert!(desk.text().contains("waiting"), "{}", desk.text());
    desk.press("/ type:mine");
    assert!(desk.text().contains("Cases: all (1)"), "{}", desk.text());
    desk.press("Esc q Tab 1 l 1 l 1 l 1 l 1 l 1 S y");
    desk.press("L a");
    assert!(
        row(&desk, " 1 0/6").contains("second reader"),
        "{}",
        desk.text()
    );
}

#[test]
fn records_without_tables_stand_in_the_order_of_their_numbers() {
    let room = Room::demo();
    for file in std::fs::read_dir(room.dataset()).expect("a folder") {
        let file = file.expect("a file").path();
        if file.is_file() {
            std::fs::remove_file(file).expect("removed");
        }
    }
    let record =
        std::fs::read_to_string(room.dataset().join("ehrs/417302958.xml")).expect("a record");
    for id in ["9", "10", "100"] {
        room.write(&format!("ehrs/{id}.xml"), &record.replace("417302958", id));
    }
    let dataset = crate::dataset::Dataset::open(&room.dataset()).expect("records");
    let people: Vec<&str> = dataset
        .cases()
        .iter()
        .map(|c| c.person_id.as_str())
        .collect();
    assert_eq!(people[..3], ["9", "10", "100"], "{people:?}");
}
