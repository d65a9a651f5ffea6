//! What keys do to a text, and how it stands on the screen.

use ratatui::buffer::Buffer;
use ratatui::layout::Rect;

use super::*;

#[test]
fn pastes_are_cleaned() {
    let mut line = Editor::new("", true);
    line.paste("a\r\nb\x1b[31m\tc");
    assert_eq!(line.text(), "a b[31m    c");
    let mut lines = Editor::new("", false);
    lines.paste("a\rb");
    assert_eq!(lines.text(), "a\nb");
}

fn typed(editor: &mut Editor, keys: &str) {
    for key in keys.split(' ') {
        match key.strip_prefix("type:") {
            Some(text) => text.chars().for_each(|c| {
                editor.key(Key::char(if c == '_' { ' ' } else { c }));
            }),
            None => {
                editor.key(Key::parse(key).expect("a key"));
            }
        }
    }
}

#[test]
fn undo_goes_by_words_and_comes_back() {
    let mut editor = Editor::new("", false);
    typed(&mut editor, "type:hello_brave_world");
    let mut seen = vec![editor.text()];
    while editor.undo() {
        seen.push(editor.text());
    }
    assert_eq!(seen, ["hello brave world", "hello brave ", "hello ", ""]);
    while editor.redo() {}
    assert_eq!(editor.text(), "hello brave world");
    typed(&mut editor, "Backspace Backspace type:k");
    assert_eq!(editor.text(), "hello brave work");
    editor.undo();
    assert_eq!(editor.text(), "hello brave wor");
    editor.undo();
    assert_eq!(editor.text(), "hello brave world");
    editor.paste(" and more\nhere");
    editor.undo();
    assert_eq!(editor.text(), "hello brave world");
    assert!(editor.redo() && !editor.redo());
    assert_eq!(editor.text(), "hello brave world and more\nhere");
    editor.replace("all new");
    editor.undo();
    assert_eq!(editor.text(), "hello brave world and more\nhere");
}

#[test]
fn selections_are_typed_over_cut_and_put_back() {
    let mut editor = Editor::new("one two three", false);
    typed(&mut editor, "S-Left S-Left S-Left S-Left S-Left");
    assert_eq!(editor.selection(), "three");
    typed(&mut editor, "type:x");
    assert_eq!(editor.text(), "one two x");
    assert!(editor.mark());
    typed(&mut editor, "C-Left C-Left");
    assert_eq!(editor.selection(), "two x");
    editor.delete_word();
    assert_eq!(
        (editor.text().as_str(), editor.selection().as_str()),
        ("one ", "")
    );
    editor.put_back();
    editor.put_back();
    assert_eq!(editor.text(), "one two xtwo x");
    editor.undo();
    editor.undo();
    assert_eq!(editor.text(), "one ");
    typed(&mut editor, "Home S-End Right");
    assert_eq!(editor.selection(), "");
}

#[test]
fn characters_of_several_code_points_are_one() {
    let mut editor = Editor::new("ae\u{301}界🏥", false);
    typed(&mut editor, "Left Left Backspace");
    assert_eq!(editor.text(), "a界🏥");
    typed(&mut editor, "Delete Delete Delete Home Right type:b");
    assert_eq!(editor.text(), "ab");
    let mut hostile = Editor::new("a\u{202e}b\u{200b}c\u{7}", false);
    assert_eq!(hostile.text(), "abc");
    hostile.key(Key::char('\u{202e}'));
    assert_eq!(hostile.text(), "abc");
}

#[test]
fn home_and_end_go_by_rows_and_then_by_lines() {
    let mut editor = Editor::new("one two three four five six", false);
    let screen = Rect::new(0, 0, 11, 5);
    let caret = |editor: &mut Editor, keys: &str| {
        typed(editor, keys);
        let mut buf = Buffer::empty(screen);
        let at = editor.draw(screen, &mut buf).expect("a caret");
        (at.x, at.y)
    };
    caret(&mut editor, "Left");
    assert_eq!(caret(&mut editor, "Up").1, 1);
    assert_eq!(caret(&mut editor, "Home"), (0, 1));
    assert_eq!(caret(&mut editor, "Home"), (0, 0));
    let end = caret(&mut editor, "End");
    assert_eq!(end.1, 0);
    assert!(end.0 >= 6, "{end:?}");
    assert_eq!(caret(&mut editor, "C-End").1, 2);
    assert_eq!(caret(&mut editor, "C-Home"), (0, 0));
}

#[test]
fn finding_goes_around_the_end() {
    let mut editor = Editor::new("Fever on day two.\nNo fever (38.5) later.", false);
    editor.look_for("fever");
    let at = |editor: &Editor| (editor.area.cursor().0, editor.area.cursor().1);
    assert!(editor.find_next(false));
    assert_eq!(at(&editor), (0, 0));
    editor.find_next(false);
    assert_eq!(at(&editor), (1, 3));
    editor.look_for("(38.5)");
    assert!(editor.find_next(true));
    editor.look_for("Day");
    assert!(!editor.find_next(true));
}

/// Any keys, at any width: no panic, the caret inside, undo leads back to the beginning.
#[test]
fn any_keys_are_stood() {
    let keys = [
        "type:a",
        "type:_",
        "type:界",
        "type:\u{301}",
        "Enter",
        "Backspace",
        "Delete",
        "Left",
        "Right",
        "Up",
        "Down",
        "S-Left",
        "S-Right",
        "S-Up",
        "S-Down",
        "Home",
        "End",
        "S-Home",
        "S-End",
        "PageUp",
        "PageDown",
        "C-Left",
        "C-Right",
        "C-Home",
    ];
    let mut seed = 7u64;
    for width in [2u16, 5, 9, 30] {
        let mut editor = Editor::new("start", false);
        for n in 0..3000 {
            seed = seed.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1);
            let pick = (seed >> 33) as usize % (keys.len() + 6);
            match pick.checked_sub(keys.len()) {
                None => typed(&mut editor, keys[pick]),
                Some(0) => drop(editor.delete_word()),
                Some(1) => drop(editor.put_back()),
                Some(2) => drop(editor.undo()),
                Some(3) => drop(editor.redo()),
                Some(4) => drop(editor.mark()),
                Some(_) => drop(editor.delete_to_end()),
            }
            let screen = Rect::new(0, 0, width, 4);
            let mut buf = Buffer::empty(screen);
            let caret = editor.draw(screen, &mut buf).expect("a caret");
            assert!(screen.contains(caret), "{n}: {caret:?}");
        }
        while editor.undo() {}
        if editor.undo.len() + editor.redo.len() < MOST_STEPS {
            assert_eq!(editor.text(), "start");
        }
    }
}

#[test]
fn the_blank_between_rows_hangs_at_the_end_of_a_full_one() {
    let mut editor = Editor::new("abcdefghi jkl mn opq rs", false);
    let area = Rect::new(0, 0, 10, 4);
    let draw = |editor: &Editor| {
        let mut buf = Buffer::empty(area);
        let caret = editor.draw(area, &mut buf).expect("a caret");
        let rows: Vec<String> = (0..4)
            .map(|y| (0..10).map(|x| buf[(x, y)].symbol()).collect())
            .collect();
        (rows, caret)
    };
    let (rows, _) = draw(&editor);
    assert_eq!(rows[..3], ["abcdefghi ", "jkl mn    ", "opq rs    "]);
    // The caret behind the full row and the caret before the next word are two places.
    let (_, caret) = (editor.go_by(CursorMove::Head, 1, false), draw(&editor).1);
    assert_eq!((caret.x, caret.y), (0, 0));
    editor.go_by(CursorMove::Forward, 9, false);
    let behind = draw(&editor).1;
    editor.go_by(CursorMove::Forward, 1, false);
    let before = draw(&editor).1;
    assert_eq!(
        ((behind.x, behind.y), (before.x, before.y)),
        ((9, 0), (0, 1))
    );
    // A line of its own that begins after a full one keeps its caret.
    let editor = Editor::new("abcdefghi\n", false);
    let caret = draw(&editor).1;
    assert_eq!((caret.x, caret.y), (0, 1));
}

#[test]
fn the_caret_stays_visible_on_a_full_row() {
    for width in 2..12 {
        let mut editor = Editor::new("", false);
        for c in "abcd efgh ijkl mnop".chars() {
            editor.key(Key::char(c));
            let area = Rect::new(0, 0, width, 4);
            let mut buf = Buffer::empty(area);
            let caret = editor.draw(area, &mut buf).expect("a caret");
            assert!(area.contains(caret), "{width}: {caret:?}");
        }
    }
}

#[test]
fn joiners_stay_where_scripts_and_emoji_have_them() {
    for text in [
        "می\u{200c}خواهم",
        "क्\u{200d}ष",
        "👩\u{200d}⚕\u{fe0f} ❤\u{fe0f}\u{200d}🔥",
        "1\u{fe0f}",
    ] {
        let mut pasted = Editor::new("", false);
        pasted.paste(text);
        let mut typed = Editor::new("", false);
        for c in text.chars() {
            typed.key(Key::char(c));
        }
        for editor in [&mut pasted, &mut typed, &mut Editor::new(text, false)] {
            assert_eq!((editor.text().as_str(), editor.taken_out()), (text, 0));
        }
    }
    let mut editor = Editor::new("", false);
    editor.paste("pass\u{200d}word\u{202e} \u{200b}x\u{ad}y");
    assert_eq!(editor.text(), "password xy");
    editor.key(Key::char('\u{200c}'));
    assert_eq!(editor.text(), "password xy");
    assert_eq!(
        (editor.taken_out(), editor.taken_out()),
        (5, 0),
        "told once"
    );
}
