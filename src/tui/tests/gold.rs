//! Gold responses and their evidence: passages selected, pinned, found again, removed.

use std::fs;
use std::sync::Arc;

use crate::review::anchor::Anchor;
use crate::review::entry::Support;
use crate::tui::layout::Focus;

use super::desk::{Desk, Room, Setup};

const LOW: (u16, u16) = (80, 24);
const WIDE: (u16, u16) = (120, 40);

/// The quotes of the pins that hold, with what they support.
fn pins(desk: &Desk) -> Vec<(bool, String)> {
    let pins = desk.app.review().pins.iter();
    pins.map(|p| (p.target == Support::Gold, p.pin.quote.clone()))
        .collect()
}

/// A room with one case, a record with a note, and a gold response with evidence.
pub(super) fn small() -> Room {
    let room = Room::with_answers(2);
    room.write(
        "clinician-instruction-responses.tsv",
        "instruction_id\tquestion\tperson_id\tfilename\tannotator_num\tclinician_response\tevidence\n\
         9001\tWhen did the fever begin?\t11\t11.xml\tAnnotator_1\tOn the second day.\tFever since yesterday.|||No  cough.|||Rash on both arms and legs\n",
    );
    room
}

pub(super) fn open(room: Room, size: (u16, u16)) -> Desk {
    Desk::open(Arc::new(room), size, Setup::default())
}

#[test]
fn passages_are_selected_and_pinned() {
    for size in [LOW, WIDE] {
        let mut desk = open(small(), size);
        desk.press("} Enter j");
        desk.press("v w w w");
        assert!(desk.text().contains("Fever since yesterday."));
        desk.press("e");
        assert!(
            desk.said().contains(
                "your gold response (1 pin), u takes it back: \u{201c}Fever since yesterday\u{201d}"
            ),
            "{}",
            desk.said()
        );
        // A row pins its sentence, an event its value, and lines and sentences are units of their own.
        desk.press("j e k v V e k k e");
        let quotes: Vec<String> = pins(&desk).into_iter().map(|p| p.1).collect();
        assert_eq!(
            quotes,
            [
                "Fever since yesterday",
                "No cough.",
                "Fever since yesterday."
            ]
        );
        let signs = desk.text().matches('◆').count();
        assert!(signs >= 3, "{}", desk.text());
    }
}

#[test]
fn a_judgement_is_supported_by_its_own_pins() {
    let mut desk = open(small(), WIDE);
    desk.press("} Enter j v s P");
    assert!(
        desk.said().contains("your judgement of A (1 pin)"),
        "{}",
        desk.said()
    );
    desk.press("e Tab l e");
    assert!(
        desk.said().contains("your judgement of B (1 pin)"),
        "{}",
        desk.said()
    );
    let gold: Vec<bool> = pins(&desk).into_iter().map(|p| p.0).collect();
    assert_eq!(gold, [false, true, false]);
    desk.press("e");
    assert!(desk.said().contains("already"), "{}", desk.said());
    assert_eq!(pins(&desk).len(), 3);
    desk.press("u u u");
    assert_eq!(pins(&desk).len(), 0);
    desk.press("C-r");
    assert_eq!(pins(&desk).len(), 1);
    assert!(desk.text().contains('◆'));
}

#[test]
fn pins_are_listed_jumped_to_and_removed() {
    for size in [LOW, WIDE] {
        let mut desk = open(small(), size);
        desk.press("g e");
        assert!(
            desk.text()
                .contains("1 gold response and 3 passages: y shows them")
        );
        desk.press("q } Enter j e g g g e");
        assert!(desk.text().contains("Evidence: 1 pin"), "{}", desk.text());
        desk.press("Enter");
        assert_eq!(desk.app.screen.focus, Focus::Timeline);
        assert!(matches!(
            desk.app.in_view.record.timeline.selected(),
            Some(crate::tui::panes::timeline::TimelineLine::Text(..))
        ));
        desk.press("g e d");
        assert!(desk.said().contains("u brings it back"), "{}", desk.said());
        assert_eq!(pins(&desk), []);
        assert!(!desk.text().contains('◆'));
        // With the list open, too, which then lists the pin again.
        desk.press("u");
        assert_eq!(pins(&desk).len(), 1);
        assert!(desk.text().contains("Evidence: 1 pin"), "{}", desk.text());
        desk.press("C-r");
        assert!(desk.text().contains("Evidence: 0 pins"), "{}", desk.text());
        desk.press("u q");
        assert_eq!(pins(&desk).len(), 1);
        assert!(desk.text().contains('◆'));
        // A submitted case keeps its pins.
        desk.press("Tab S y").press("g e d");
    }
}

#[test]
fn evidence_of_the_dataset_is_located_once_it_is_asked_for() {
    let mut desk = open(small(), LOW);
    assert!(!desk.press("g e").text().contains("Fever since"));
    assert_eq!(desk.app.review().gold_seen, None);
    // The key that opens notes does not: one that is pressed by reflex notes nothing.
    desk.press("Enter Enter");
    assert_eq!(desk.app.review().gold_seen, None);
    desk.press("y");
    assert!(desk.app.review().gold_seen.is_some());
    let text = desk.text();
    for words in [
        "On the second day.",
        "spaces differ",
        "ABSENT",
        "2021-03-05",
    ] {
        assert!(text.contains(words), "{words}: {text}");
    }
    desk.press("j Enter");
    assert!(
        desk.said().contains("Found letter by letter"),
        "{}",
        desk.said()
    );
    assert!(
        desk.app.in_view.record.timeline.is_note_open(
            desk.app
                .in_view
                .record
                .timeline
                .selected_event()
                .expect("a note")
        )
    );
    desk.press("g e G Enter");
    assert!(desk.said().contains("not in the record"), "{}", desk.said());
    // What was seen stays seen, in the next session too.
    let mut desk = desk.reopen(Setup::default());
    assert!(desk.press("g e").text().contains("On the second day."));
}

#[test]
fn a_changed_record_moves_no_pin_in_silence() {
    let start = |change: &dyn Fn(&str) -> String| {
        let room = Arc::new(small());
        let mut desk = Desk::open(Arc::clone(&room), LOW, Setup::default());
        desk.press("} Enter j v s e");
        assert_eq!(pins(&desk)[0].1, "Fever since yesterday.");
        drop(desk);
        let record = room.read("ehrs/11.xml");
        let changed = change(&record);
        assert_ne!(record, changed);
        room.write("ehrs/11.xml", &changed);
        Desk::open(room, LOW, Setup::default())
    };
    let anchor = |desk: &Desk| {
        let id = &desk.app.review().pins[0].id;
        desk.app.in_view.record.pins.anchor(id).cloned()
    };
    let same = start(&|record| record.replace("38.9", "38.95"));
    assert!(matches!(anchor(&same), Some(Anchor::Kept(..))));
    assert!(!same.said().contains("changed"), "{}", same.said());

    let mut moved = start(&|record| record.replace("Fever since", "Seen at noon. Fever since"));
    assert!(matches!(anchor(&moved), Some(Anchor::Moved(..))));
    assert!(
        moved.said().contains("1 found again elsewhere"),
        "{}",
        moved.said()
    );
    assert!(moved.press("g e").text().contains("moved"));
    moved.press("Enter");
    assert!(
        moved.said().contains("The record changed"),
        "{}",
        moved.said()
    );

    let mut lost = start(&|record| record.replace("Fever since yesterday.", "Well."));
    assert_eq!(anchor(&lost), Some(Anchor::Lost));
    assert!(lost.said().contains("1 lost"), "{}", lost.said());
    assert!(lost.press("g e").text().contains("LOST"));
    lost.press("Enter");
    assert!(
        lost.said().contains("no longer in the record"),
        "{}",
        lost.said()
    );
}

#[test]
fn what_find_stands_at_is_selected_first() {
    let mut desk = Desk::demo(WIDE);
    desk.press("/ type:affordable Enter v e");
    let pinned = pins(&desk);
    assert_eq!(pinned.len(), 1, "{}", desk.said());
    assert_eq!(pinned[0].1.to_lowercase(), "affordable");
    let _ = fs::metadata(desk.room.review_file()).expect("a review file");
}
