//! Keys that were not meant: what one pressed too often, in the wrong pane or out of the habit of `less` may do, and what is said.

use crate::review::Act;
use crate::tui::app::Effect;
use crate::tui::layout::Focus;
use crate::tui::terminal::{Code, Key};

use super::desk::Desk;

const LOW: (u16, u16) = (80, 24);
const WIDE: (u16, u16) = (120, 40);

const ALL: &str = "Tab c 1 l c 2 l c 3 l c 4 l c 5 l c 6";

fn submitted(desk: &Desk) -> bool {
    desk.app.review().submitted.is_some()
}

#[test]
fn enter_pressed_once_too_often_submits_nothing() {
    for open in [
        "t j Space",
        "g t j",
        "L",
        "r",
        "/ type:stroke",
        "/ type:stroke Enter n",
        ": type:zoom",
        "g a Space",
    ] {
        let mut desk = Desk::demo(WIDE);
        desk.press(ALL).press(open).press("Enter Enter Enter Enter");
        assert!(!submitted(&desk), "{open}: {}", desk.said());
        desk.press("j Tab");
        if !desk.text().contains("c correct") {
            desk.press("Tab");
        }
        desk.press("Enter");
        assert!(
            submitted(&desk),
            "{open}: meant, it submits: {}",
            desk.said()
        );
    }
    let mut desk = Desk::demo(LOW);
    desk.press(ALL).press("t j Space Enter Enter Enter");
    assert_eq!(
        desk.said(),
        "Tags of F saved \u{b7} u takes it back \u{b7} Enter again submits nothing, S does"
    );
    assert!(desk.text().contains("S does"), "{}", desk.text());
    desk.press("S");
    assert!(submitted(&desk));
}

#[test]
fn a_passage_is_pinned_once_however_long_the_key_is_held() {
    for open in ["} Enter Enter", "} Enter j"] {
        let mut desk = Desk::demo(WIDE);
        desk.press(open).press("v s e e e e");
        let pins = desk.app.review().pins.len();
        assert_eq!(pins, 1, "{open}: {}", desk.said());
        assert!(desk.said().starts_with("Pinned once"), "{}", desk.said());
    }
    let mut desk = Desk::demo(WIDE);
    desk.press("} e");
    assert!(
        desk.said()
            .starts_with("The whole note is pinned to your gold response"),
        "{}",
        desk.said()
    );
}

#[test]
fn a_number_before_a_move_ranks_and_says_so() {
    let mut desk = Desk::demo(LOW);
    desk.press("Tab 5 j");
    assert_eq!(desk.said(), "A rank 5 \u{b7} u takes it back");
    desk.press("j");
    assert_eq!(desk.said(), "");
    // The heading shows the number that was given.
    assert!(
        desk.text().contains("A  \u{2013}  rank 5"),
        "{}",
        desk.text()
    );
    desk.press("1 l 1 l 3 l 3");
    assert!(
        desk.text().contains("D  \u{2013}  rank 3"),
        "{}",
        desk.text()
    );
    desk.press("5 l = h h 4");
    assert_eq!(desk.ranking(), "A = B > C > D = E", "4 is between 1 and 5");
}

#[test]
fn a_text_that_was_cancelled_is_not_lost_unsaid() {
    for (leave, key) in [("q", "q"), ("C-c", "C-c")] {
        let mut desk = Desk::demo(LOW);
        desk.press("Tab l a type:half Esc Esc");
        assert_eq!(
            desk.said(),
            "Nothing is open here. Not saved: a comment on B (a brings it back)"
        );
        desk.press(leave);
        assert!(!desk.effects.contains(&Effect::Quit), "{leave}");
        assert_eq!(
            desk.said(),
            format!(
                "Not saved: a comment on B (a brings it back); {key} again gives it up and leaves"
            )
        );
        desk.press("a");
        assert!(desk.text().contains("half"), "{}", desk.text());
        desk.press("Esc").press(leave).press(leave);
        assert!(desk.effects.contains(&Effect::Quit), "{leave}");
    }
    let mut desk = Desk::demo(LOW);
    desk.press("Tab a type:half C-c C-c");
    assert!(!desk.effects.contains(&Effect::Quit));
    desk.press("C-c");
    assert!(desk.effects.contains(&Effect::Quit));
}

#[test]
fn a_mark_is_not_taken_back_behind_the_list_of_pins() {
    let mut desk = Desk::demo(LOW);
    desk.press("Tab x g e u");
    let undone = |desk: &Desk| {
        let mut entries = desk.app.desk.log.ledger().entries().iter();
        entries.any(|e| matches!(e.act, Act::Undo { .. }))
    };
    assert!(!undone(&desk), "{}", desk.said());
    assert!(
        desk.said().contains("not in view here: q goes back first"),
        "{}",
        desk.said()
    );
    desk.press("q u");
    assert!(undone(&desk));
}

#[test]
fn a_key_of_the_record_says_so_in_the_answers() {
    for key in ["}", "s", "{"] {
        let mut desk = Desk::demo(LOW);
        desk.press("Tab").press(key);
        let said = format!("{key} is a key of the record: Tab goes there first");
        assert_eq!(desk.said(), said);
    }
    let mut desk = Desk::demo(LOW);
    desk.press("Tab e");
    assert_eq!(
        desk.said(),
        "Tab goes to the record: go to an event or into a note to pin it"
    );
}

#[test]
fn alt_with_a_key_ends_a_text_and_marks_nothing() {
    for code in [
        Code::Char('c'),
        Code::Char('1'),
        Code::Enter,
        Code::Backspace,
        Code::Char('u'),
    ] {
        let mut desk = Desk::demo(WIDE);
        desk.press("Tab x a type:maybe");
        let before = desk.app.review().clone();
        desk.app.press_after_esc(Key::plain(code));
        assert_eq!(*desk.app.review(), before, "{code:?}: {}", desk.said());
        assert!(desk.said().ends_with("is not"), "{}", desk.said());
        desk.press("a");
        assert!(desk.text().contains("maybe"), "the text comes back");
    }
    // With no text open they are two keys that a slow line has brought together.
    let mut desk = Desk::demo(WIDE);
    desk.press("Tab");
    desk.app.press_after_esc(Key::plain(Code::Char('c')));
    assert!(desk.said().starts_with("A correct"), "{}", desk.said());
}

#[test]
fn commands_of_vi_are_no_beginnings_of_other_names() {
    let mut desk = Desk::demo(WIDE);
    desk.press(": type:w Enter");
    assert_eq!(desk.said(), "Everything is saved");
    desk.press(": type:3");
    assert!(
        desk.text().contains("Enter opens case 3"),
        "{}",
        desk.text()
    );
    desk.press("Enter");
    assert_eq!(desk.app.in_view.case, 2);
    desk.press(": type:11 Enter");
    assert_eq!(desk.app.in_view.case, 2);
    assert_eq!(desk.said(), "There is no case 11: 1 to 10");
    desk.press(": type:q! Enter");
    assert!(desk.effects.contains(&Effect::Quit), "it leaves");
}

/// Who writes goes to the record and back; what is typed is never a mark, until the text is left.
#[test]
fn who_went_from_the_text_to_the_record_comes_back_to_the_text() {
    for size in [WIDE, LOW] {
        let mut desk = Desk::demo(size);
        desk.press("E type:aspirin Tab");
        assert_eq!(desk.app.screen.focus, Focus::Timeline);
        desk.press("Tab type:x1");
        assert_eq!(desk.app.screen.focus, Focus::Gold);
        let untouched = Desk::demo(size);
        assert_eq!(
            (desk.ranking(), desk.verdicts()),
            (untouched.ranking(), untouched.verdicts())
        );
        assert_eq!(desk.app.in_view.gold.editor.text(), "aspirinx1");
        desk.press("Tab Tab Esc Tab");
        if desk.app.screen.focus == Focus::Timeline {
            desk.press("Tab");
        }
        assert_eq!(desk.app.screen.focus, Focus::Answers);
    }
}

#[test]
fn there_is_no_rank_beyond_the_last() {
    let mut desk = Desk::demo(WIDE);
    desk.press("Tab 9");
    assert!(desk.said().contains("no rank 9"), "{}", desk.said());
    assert_eq!(desk.ranking(), Desk::demo(WIDE).ranking());
}
