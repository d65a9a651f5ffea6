//! Answers with Markdown in them, and what stands under them.

use std::sync::Arc;

use super::desk::{Desk, Room, Setup};
use super::picture::rows;

const LOW: (u16, u16) = (80, 24);

const TABLE: &str = "## Stroke\n\n- **Apixaban** 5 mg, see *below*\n\n| Drug | Dose |\n|--|--:|\n| apixaban | 5 mg |\n\nINR <2, 2*3*4";

/// A case with an answer in Markdown beside plain ones.
fn with_markdown(size: (u16, u16)) -> Desk {
    let room = Room::with_answers(6);
    let table = room.read("clinician-reviewed-model-responses.tsv");
    let plain = "Answer number 1: the fever began on the second day and was gone on the fifth.";
    let quoted = format!("\"{TABLE}\"");
    for n in 1..=6 {
        let plain = plain.replace('1', &n.to_string());
        let table = room.read("clinician-reviewed-model-responses.tsv");
        room.write(
            "clinician-reviewed-model-responses.tsv",
            &table.replace(&plain, &quoted),
        );
    }
    assert_ne!(table, room.read("clinician-reviewed-model-responses.tsv"));
    Desk::open(Arc::new(room), size, Setup::default())
}

#[test]
fn signs_are_hidden_and_one_key_shows_them() {
    let mut desk = with_markdown(LOW);
    desk.press("Tab");
    let laid_out = desk.text();
    for line in [
        "\n Stroke",
        "\n - Apixaban 5 mg, see below",
        "\n Drug      Dose",
        "\n apixaban  5 mg",
        "INR <2, 2*3*4",
    ] {
        assert!(laid_out.contains(line), "{line}: {laid_out}");
    }
    desk.press("o");
    assert_eq!(
        desk.said(),
        "Answers as they are written; o lays them out again"
    );
    for line in [
        "\n ## Stroke",
        "\n - **Apixaban** 5 mg, see *below*",
        "\n |--|--:|",
        "\n | apixaban | 5 mg |",
    ] {
        assert!(desk.text().contains(line), "{line}: {}", desk.text());
    }
    desk.press("o j k");
    assert_eq!(desk.text(), laid_out);
}

#[test]
fn the_cursor_and_what_is_found_stand_where_the_text_says() {
    let mut desk = with_markdown(LOW);
    desk.press("/ type:apixaban Enter Tab");
    if desk.app.screen.focus != crate::tui::layout::Focus::Answers {
        desk.press("Tab");
    }
    for word in 0..13 {
        desk.press("w");
        let text = desk.app.texts()[0].to_owned();
        let range = desk.app.in_view.answers.word(&text).expect("a word");
        let (buffer, cursor) = desk.frame();
        let cursor = cursor.expect("a cursor");
        let there: String = (cursor.x..cursor.x + range.len() as u16)
            .filter_map(|x| buffer.cell((x, cursor.y)))
            .map(|cell| cell.symbol().to_owned())
            .collect();
        assert_eq!(there, text[range], "word {word}");
    }
    let (buffer, _) = desk.frame();
    let found: Vec<String> = rows(&buffer)
        .iter()
        .enumerate()
        .map(|(y, _)| {
            let on = |x: &u16| {
                let style = buffer[(*x, y as u16)].style();
                style.patch(desk.app.desk.theme.found()) == style
            };
            // The answer in focus; the one beside it says the same.
            (0..36)
                .filter(on)
                .map(|x| buffer[(x, y as u16)].symbol().to_owned())
                .collect()
        })
        .filter(|found: &String| !found.is_empty())
        .collect();
    assert_eq!(found, ["Apixaban", "apixaban"]);
}

#[test]
fn what_was_said_of_an_answer_is_never_cut_to_nothing() {
    for size in [LOW, (120, 40), (200, 50), (40, 12)] {
        let mut desk = with_markdown(size);
        desk.press("Tab x 3 t 1 2 3 4 5 6 7 8 9 9 9 9 Enter");
        let long = "wrong Space ".repeat(120).replace("wrong", "type:wrong");
        desk.press("a").press(&long).press("C-s");
        let text = desk.text();
        for part in ["contradicts", "\u{201c}wrong", "a shows all"] {
            assert!(text.contains(part), "{size:?} {part}: {text}");
        }
        // The tags are whole, or their key is named.
        assert!(
            text.contains("severe") || text.contains("t shows all"),
            "{size:?}: {text}"
        );
        // What it is said of is in view as well.
        assert!(text.contains("Stroke"), "{size:?}: {text}");
        desk.press("a");
        assert!(desk.text().contains("wrong wrong"), "{size:?}");
    }
}

#[test]
fn the_menu_of_tags_leaves_the_answer_in_view_and_takes_digits() {
    for size in [LOW, (120, 40), (200, 50)] {
        let mut desk = with_markdown(size);
        desk.press("Tab t");
        let text = desk.text();
        for part in [
            "Stroke",
            "1 [ ] contradicts the record",
            "8 [ ] other",
            "9 possible harm: ( ) none",
        ] {
            assert!(text.contains(part), "{size:?} {part}: {text}");
        }
        desk.press("2 9 9");
        let text = desk.text();
        for part in ["2 [x] not in the record", "(x) mild"] {
            assert!(text.contains(part), "{size:?} {part}: {text}");
        }
        desk.press("2 3 Enter");
        let text = desk.text();
        assert!(text.contains("omits something important"), "{text}");
        assert!(
            text.contains("mild") && !text.contains("not in the record"),
            "{text}"
        );
    }
}
