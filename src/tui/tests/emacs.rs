//! Emacs hands: the motion keys work wherever text is written.

use std::sync::Arc;

use super::desk::{Desk, Room, Setup};
use crate::tui::app::Effect;

const SIZE: (u16, u16) = (120, 40);

fn desk() -> Desk {
    let setup = Setup {
        keymap: Some("emacs"),
        ..Setup::default()
    };
    Desk::open(Arc::new(Room::with_answers(2)), SIZE, setup)
}

#[test]
fn motion_keys_move_in_the_gold_response() {
    let mut desk = desk();
    desk.press("E type:one");
    desk.press("Space type:two Enter type:three");
    let text = |desk: &Desk| desk.app.in_view.gold.editor.text();
    assert_eq!(text(&desk), "one two\nthree");
    // To the start and on, up a row, to its end, back by a word.
    desk.press("C-a C-f type:1 C-p C-e type:2 A-b type:3");
    assert_eq!(text(&desk), "one 3two2\nt1hree");
    // What is deleted goes forward; the next row is one down.
    desk.press("C-a C-d A-d C-n C-a C-k C-b type:4");
    assert_eq!(text(&desk), " 3two24\n");
    let outside = |desk: &Desk| {
        let effects = desk.effects.iter();
        effects.filter(|e| matches!(e, Effect::Edit)).count()
    };
    assert_eq!(outside(&desk), 0);
    desk.press("C-x C-e");
    assert_eq!(outside(&desk), 1, "{:?}", desk.effects);
}

#[test]
fn motion_keys_move_in_prompts_and_in_the_lists_below() {
    let mut desk = desk();
    desk.press("C-s type:ab C-a type:c C-e type:d C-b C-d");
    assert_eq!(desk.app.looking.find.pattern, "cab");
    desk.press("C-g A-x C-n C-n C-p");
    let second = desk.text();
    desk.press("C-p");
    assert_ne!(desk.text(), second, "the line above is chosen");
}
