//! The pane in which a gold response is written, and other editors.

use std::fs;

use crate::tui::app::Effect;
use crate::tui::layout::Focus;
use crate::tui::overlays::confirm::Confirm;

use super::desk::{Desk, Room, Setup};
use super::gold::{open, small};

const LOW: (u16, u16) = (80, 24);
const WIDE: (u16, u16) = (120, 40);

/// The draft and the gold response that the review file has.
fn written(desk: &Desk) -> (Option<&str>, Option<&str>) {
    let review = desk.app.review();
    let gold = review.gold.as_ref().map(|g| g.text.as_str());
    (review.gold_draft.as_deref(), gold)
}

#[test]
fn a_gold_response_is_written_saved_and_corrected() {
    for size in [LOW, WIDE] {
        let mut desk = open(small(), size);
        desk.press("E type:On Space type:the Space type:second Space type:day.");
        assert!(
            desk.text().contains("On the second day."),
            "{}",
            desk.text()
        );
        assert!(desk.text().contains("4 words"), "{}", desk.text());
        assert!(desk.text().contains("not saved yet"));
        desk.press("C-s");
        assert_eq!(written(&desk), (None, Some("On the second day.")));
        assert!(
            desk.said()
                .contains("Saved as your gold response: 4 words, 0 pins"),
            "{}",
            desk.said()
        );
        desk.press("Enter type:Rarely. Esc");
        assert_eq!(desk.app.screen.focus, Focus::Timeline);
        assert_eq!(written(&desk).0, Some("On the second day.\nRarely."));
        // Undo takes the gold response back; its text stays as a draft.
        desk.press("E C-s Esc u");
        assert_eq!(
            written(&desk),
            (
                Some("On the second day.\nRarely."),
                Some("On the second day.")
            )
        );
        desk.press("C-r");
        assert_eq!(written(&desk), (None, Some("On the second day.\nRarely.")));
        let mut desk = desk.reopen(Setup::default());
        desk.press("E type:! C-s");
        assert_eq!(written(&desk).1, Some("On the second day.\nRarely.!"));
        desk.press("C-u C-s");
        assert_eq!(written(&desk).1, Some("On the second day.\nRarely."));
    }
}

#[test]
fn a_draft_is_saved_on_every_way_out_of_the_pane() {
    for keys in ["Esc", "C-g", "Tab", "S-Tab", "C-z", "C-e", "Esc >", "Esc q"] {
        let mut desk = Desk::demo(LOW);
        desk.press("E type:half").press(keys);
        let mut desk = desk.reopen(Setup::default());
        assert_eq!(written(&desk), (Some("half"), None), "{keys}");
        assert!(desk.press("E").text().contains("half"), "{keys}");
    }
    // Deleting what was begun gives the draft up.
    let mut desk = Desk::demo(LOW);
    desk.press("E type:half Esc E C-w Esc");
    assert_eq!(written(&desk), (None, None));
}

#[test]
fn keys_in_the_pane_are_text_and_never_marks() {
    let mut desk = Desk::demo(WIDE);
    desk.press("E type:cxm123>q? Esc");
    assert_eq!(desk.verdicts(), "------");
    assert_eq!(written(&desk).0, Some("cxm123>q?"));
    // Passing through a case that was being written types nothing.
    desk.press("> < >");
    assert_eq!(desk.app.in_view.case, 1);
    desk.press("<").press("E");
    desk.paste("a\r\nb\x1b[31m");
    assert!(
        desk.press("C-g")
            .app
            .in_view
            .gold
            .editor
            .text()
            .ends_with("a\nb[31m")
    );
    // A submitted case is not written in.
    desk.press("Tab S y E type:zzz");
    assert!(!desk.app.in_view.gold.editor.text().contains("zzz"));
    assert_eq!(desk.app.screen.focus, Focus::Gold);
    desk.press("R");
    desk.press("type:zzz C-s");
    assert!(written(&desk).1.is_some_and(|t| t.ends_with("zzz")));
}

#[test]
fn the_pane_stands_beside_the_record_where_there_is_room() {
    let mut desk = Desk::demo(WIDE);
    desk.press("E type:text Esc j j");
    let (timeline, gold) = (desk.app.screen.frame.timeline, desk.app.screen.frame.gold);
    assert!(timeline.width > 40 && gold.width > 40 && desk.app.screen.frame.answers.is_empty());
    assert!(desk.text().contains("text"));
    desk.press("Tab");
    assert!(desk.app.screen.frame.gold.is_empty() && !desk.app.screen.frame.answers.is_empty());
    desk.press("E Esc");
    assert_eq!(desk.app.screen.focus, Focus::Answers);
    // No key but its own leads into the text.
    for _ in 0..4 {
        desk.press("Tab");
        assert_ne!(desk.app.screen.focus, Focus::Gold);
    }
    // A record without answers has a pane for it, too.
    let room = Room::demo();
    std::fs::remove_file(
        room.dataset()
            .join("clinician-reviewed-model-responses.tsv"),
    )
    .expect("removed");
    let mut desk = open(room, LOW);
    desk.press("Tab");
    assert!(desk.said().contains("E writes"), "{}", desk.said());
    desk.press("E type:text C-s Esc S");
    assert!(desk.app.screen.overlay.is_none() || desk.app.over::<Confirm>().is_some());
}

#[test]
fn selections_find_and_undo_in_the_pane() {
    let mut desk = Desk::demo(LOW);
    desk.press("E type:fever Space type:and Space type:Fever C-f type:fever Enter");
    desk.press("C-f Enter C-Space C-Right");
    assert!(
        desk.app
            .in_view
            .gold
            .editor
            .selection()
            .to_lowercase()
            .starts_with("fever")
    );
    desk.press("C-o");
    assert!(matches!(
        desk.effects.last(),
        Some(Effect::Copy {
            what: "selection",
            ..
        })
    ));
    desk.press("C-f type:zebra Enter");
    assert!(
        desk.said().contains("not in your gold response"),
        "{}",
        desk.said()
    );
    desk.press("C-u C-u C-u C-u C-u C-u");
    assert_eq!(desk.app.in_view.gold.editor.text(), "");
    desk.press("C-r C-r");
    assert!(!desk.app.in_view.gold.editor.text().is_empty());
}

#[test]
fn what_another_editor_made_of_a_comment_is_kept_at_once() {
    let mut desk = Desk::demo(LOW);
    desk.press("Tab a type:one C-e");
    desk.effects.clear();
    desk.app
        .take_edited(Ok("one and a whole page\n".to_owned()));
    desk.press("");
    assert!(
        desk.app.desk.effects.contains(&Effect::KeepTyping)
            || desk.effects.contains(&Effect::KeepTyping)
    );
    let kept = format!("{:?}", desk.app.typing.kept());
    assert!(kept.contains("a whole page"), "{kept}");
}

#[test]
fn another_editor_takes_the_text_and_gives_it_back() {
    let mut desk = Desk::demo(LOW);
    desk.press("E type:one C-e");
    assert!(desk.effects.contains(&Effect::Edit));
    assert_eq!(desk.app.text_to_edit().as_deref(), Some("one"));
    desk.app.take_edited(Ok("one two\n".to_owned()));
    assert_eq!(written(&desk).0, Some("one two\n"));
    desk.press("C-u");
    assert_eq!(desk.app.in_view.gold.editor.text(), "one");
    desk.app.take_edited(Err(vec![
        "It failed.".to_owned(),
        "/kept/text.txt".to_owned(),
    ]));
    assert!(desk.text().contains("/kept/text.txt"), "{}", desk.text());
    desk.press("Enter");
    assert_eq!(
        (
            desk.app.in_view.gold.editor.text().as_str(),
            desk.app.screen.focus
        ),
        ("one", Focus::Gold)
    );
    // A comment goes the same way.
    desk.press("Esc Tab a type:why C-e");
    assert_eq!(desk.app.text_to_edit().as_deref(), Some("why"));
    desk.app.take_edited(Ok("why not".to_owned()));
    desk.press("C-s");
    let review = desk.app.review();
    assert!(
        review
            .responses
            .values()
            .any(|r| r.comment.as_deref() == Some("why not"))
    );
}

#[test]
fn applicability_has_its_say_and_its_reason() {
    for size in [LOW, WIDE] {
        let mut desk = Desk::demo(size);
        desk.press(
            "E type:draft Esc g a j Space j j Space G Enter type:no Space type:echo Enter k Enter",
        );
        let gold = desk.app.review().gold.clone().expect("an act");
        assert_eq!(
            (
                gold.applicable,
                gold.sufficient,
                gold.reason.as_str(),
                gold.text.as_str()
            ),
            (Some(false), Some(false), "no echo", "")
        );
        assert_eq!(written(&desk).0, Some("draft"), "the draft outlives it");
        assert!(
            desk.said()
                .contains("does not apply, the record does not suffice"),
            "{}",
            desk.said()
        );
        desk.press("E C-s Esc");
        let gold = desk.app.review().gold.clone().expect("an act");
        assert_eq!(
            (gold.applicable, gold.text.as_str()),
            (Some(false), "draft")
        );
        // Nothing changed, nothing is written; undo takes back one step.
        let acts = desk.app.desk.log.ledger().entries().len();
        desk.press("g a Esc");
        assert_eq!(desk.app.desk.log.ledger().entries().len(), acts);
        desk.press("g a Space Enter u");
        assert_eq!(
            desk.app.review().gold.as_ref().and_then(|g| g.applicable),
            Some(false)
        );
    }
    // Without a text it can still be said why there is none.
    let mut desk = Desk::demo(LOW);
    desk.press("E C-s");
    assert!(desk.said().contains("no text to save"), "{}", desk.said());
    desk.press("Esc g a j Space Enter E C-s");
    assert!(written(&desk).1.is_some());
}

#[test]
fn what_cannot_be_saved_can_be_saved_elsewhere() {
    let mut desk = Desk::demo(LOW);
    let reviews = desk.room.review_file().with_file_name("");
    fs::remove_dir_all(&reviews).expect("removed");
    fs::write(reviews.with_file_name("reviews"), "in the way").expect("a file");
    desk.press("Tab c q");
    assert!(desk.text().contains("g y saves a copy"), "{}", desk.text());
    let copy = desk.room.dataset().join("copy.jsonl");
    desk.press("g y C-u").paste(&copy.display().to_string());
    desk.press("Enter");
    assert!(
        desk.said().contains("A copy of 1 unsaved acts"),
        "{}",
        desk.said()
    );
    let text = fs::read_to_string(&copy).expect("a copy");
    assert!(text.contains("\"kind\":\"judge\""), "{text}");
}

#[test]
fn opening_the_pane_leaves_the_cursor_on_its_text() {
    let mut desk = Desk::demo(WIDE);
    desk.press("/ type:affordable Enter");
    let at = |desk: &Desk| {
        let Some(crate::tui::panes::timeline::TimelineLine::Text(event, row)) =
            desk.app.in_view.record.timeline.selected()
        else {
            panic!("in a note");
        };
        let view = desk.app.view().expect("a record");
        let row = desk.app.in_view.record.timeline.note_rows(event)[row as usize];
        let note = view.record.value(view.record.event(event));
        let hit = note.find("affordable").expect("the word") as u32;
        (row.start..row.end).contains(&hit) || note[row.start as usize..].starts_with("MEDICINES")
    };
    assert!(at(&desk));
    for keys in ["E", "Esc", "z", "z"] {
        desk.press(keys);
        assert!(at(&desk), "{keys}");
    }
    desk.resize(LOW);
    assert!(at(&desk));
}

#[test]
fn keys_after_coming_back_do_not_get_into_the_text() {
    let mut desk = Desk::demo((120, 40));
    desk.press("E type:half");
    desk.app.remember_place();
    let places = desk.app.places().clone();
    desk.press("C-g");
    let mut desk = desk.reopen(Setup {
        places,
        ..Setup::default()
    });
    assert!(desk.said().contains("as you left it"), "{}", desk.said());
    assert!(desk.text().contains("half"), "{}", desk.text());
    desk.press("E");
    assert_eq!(desk.app.in_view.gold.editor.text(), "half");
    desk.press("s");
    assert_eq!(desk.app.in_view.gold.editor.text(), "halfs");
}
