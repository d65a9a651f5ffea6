//! Plain mode: everything in words, one pane at a time, nothing drawn.

use std::sync::Arc;

use super::desk::{Desk, Room, SIZES, Setup};
use super::picture::rows;
use super::states::STATES;

fn plain(size: (u16, u16)) -> Desk {
    let setup = Setup {
        plain: true,
        ..Setup::default()
    };
    Desk::open(Arc::new(Room::demo()), size, setup)
}

#[test]
fn no_state_draws_boxes_or_a_map() {
    for size in SIZES {
        // The report's bars have their numbers beside them.
        let states = STATES
            .iter()
            .filter(|(name, _)| !name.starts_with("report"));
        for (name, keys) in states {
            let mut desk = plain(size);
            desk.press(keys);
            let (buffer, cursor) = desk.frame();
            assert!(cursor.is_some(), "{name}");
            for row in rows(&buffer) {
                let drawn = |c: char| matches!(c as u32, 0x2500..=0x25ff) || "·◆✓✗".contains(c);
                assert!(!row.contains(drawn), "{name}: {row}");
                assert!(!row.contains("-----"), "{name}: {row}");
                assert!(!row.contains(" | "), "{name}: {row}");
            }
        }
    }
}

#[test]
fn what_a_place_or_a_colour_says_stands_in_words() {
    let mut desk = plain((80, 24));
    let says = |desk: &Desk, words: &[&str]| {
        let text = desk.text();
        for words in words {
            assert!(text.contains(words), "{words}: {text}");
        }
    };
    says(
        &desk,
        &[
            "Timeline, line ",
            "Outpatient Visit, folded, ",
            "0 of 6 judged",
            "No ranks yet",
        ],
    );
    desk.press("g g } Enter e");
    says(&desk, &["note, open, pinned: "]);
    desk.press("j e");
    says(&desk, &[" pinned\n"]);
    desk.press("v w w");
    says(&desk, &["selected: "]);
    desk.press("Esc / type:stroke Enter");
    says(&desk, &[" found\n"]);
    desk.press("Tab");
    says(&desk, &["Answer A of A to F, no mark, names a model"]);
    desk.press("x 2 l c 1 *");
    says(
        &desk,
        &[
            "Answer B of A to F, correct, rank 1, case flagged",
            "2 of 6 judged: A incorrect, B correct; no mark: C D E F",
            "Rank: B > A",
        ],
    );
    desk.press("g s ] ]");
    says(&desk, &["in the record", "in record"]);
    desk.press("E type:Yes");
    says(&desk, &["Your gold response, not saved yet, pins: 2"]);
    assert!(!desk.text().contains("saved HH"), "{}", desk.text());
}

#[test]
fn the_command_says_all_in_words_and_draws_it_again() {
    for size in SIZES {
        let mut desk = Desk::demo(size);
        let drawn = desk.text();
        let command = ": type:plain Enter";
        desk.press(command);
        assert_eq!(
            desk.said(),
            "Plain: one pane at a time, in words; :plain draws the panes again"
        );
        assert!(desk.text().contains("Timeline, line "), "{}", desk.text());
        desk.press(command).press("j k");
        assert_eq!(desk.text(), drawn);
    }
}
