//! A note at full size: a cursor, and the keys that hold everywhere.

use super::desk::Desk;
use super::picture::rows;
use crate::tui::overlays::reader::Reader;
use crate::tui::panes::timeline::TimelineLine;

const LOW: (u16, u16) = (80, 24);

/// A note at full size, the cursor on a row with a sentence in it.
fn reading(size: (u16, u16)) -> Desk {
    let mut desk = Desk::demo(size);
    desk.press("g g } Enter Enter");
    assert!(desk.app.over::<Reader>().is_some());
    for _ in 0..100 {
        desk.press("j");
        let (row, _) = row_in_focus(&desk);
        if row.trim_start_matches('▌').trim().len() > 30 {
            return desk;
        }
    }
    panic!("no long row: {}", desk.text());
}

/// The row that the terminal's cursor is on.
fn row_in_focus(desk: &Desk) -> (String, u16) {
    let (buffer, cursor) = desk.frame();
    let cursor = cursor.expect("a cursor");
    (rows(&buffer)[usize::from(cursor.y)].clone(), cursor.y)
}

fn pins(desk: &Desk) -> usize {
    desk.app.review().pins.len()
}

#[test]
fn one_pins_where_one_reads_and_takes_it_back_there() {
    for size in [LOW, (120, 40)] {
        let mut desk = reading(size);
        let (row, y) = row_in_focus(&desk);
        let shown = row.trim_start_matches('▌').trim().to_owned();
        desk.press("e");
        let quote = desk.app.review().pins[0].pin.quote.clone();
        let spaced = quote.split_whitespace().collect::<Vec<_>>().join(" ");
        let begins: String = spaced.chars().take(12).collect();
        assert!(shown.contains(&begins), "{shown}: {quote}");
        let (row, now) = row_in_focus(&desk);
        assert!(row.starts_with("▌◆") && now == y, "{row}");
        desk.press("u");
        assert!(desk.said().starts_with("Taken back"), "{}", desk.said());
        assert_eq!(pins(&desk), 0);
        assert!(desk.app.over::<Reader>().is_some());
        let (row, now) = row_in_focus(&desk);
        assert!(row.starts_with("▌ ") && now == y, "{row}");
        desk.press("C-r");
        assert_eq!(pins(&desk), 1);
        // The selection begins at the cursor's row as well.
        desk.press("u v e");
        let pin = &desk.app.review().pins[0].pin;
        assert_ne!(pin.quote, quote);
    }
}

#[test]
fn a_verdict_is_refused_with_a_word() {
    let mut desk = reading(LOW);
    let before = desk.app.desk.log.ledger().entries().len();
    for key in ["c", "x", "m", "1", "t", "a", "S", "Tab"] {
        desk.press(key);
        assert_eq!(desk.said(), "q closes this first", "{key}");
        assert!(desk.app.over::<Reader>().is_some(), "{key}");
    }
    assert_eq!(desk.app.desk.log.ledger().entries().len(), before);
}

#[test]
fn what_looks_elsewhere_leaves_the_note_where_one_read() {
    for (keys, shows) in [("q", ""), ("D", "from"), ("L", "Cases"), ("F", "Kinds")] {
        let mut desk = reading((120, 40));
        let (event, at) = {
            let reader = desk.app.over::<Reader>().expect("a note");
            (reader.event, reader.cursor().expect("a row"))
        };
        desk.press(keys);
        assert!(desk.app.over::<Reader>().is_none(), "{keys}");
        assert!(desk.text().contains(shows), "{keys}: {}", desk.text());
        let timeline = &desk.app.in_view.record.timeline;
        let Some(TimelineLine::Text(e, row)) = timeline.selected() else {
            panic!("{keys}: not in a text");
        };
        let row = timeline.note_rows(e)[row as usize];
        let holds = row.start as usize <= at && at <= row.end as usize;
        assert!(e == event && holds, "{keys}: {row:?} {at}");
    }
    // Who went nowhere finds everything as it was.
    let mut desk = Desk::demo(LOW);
    desk.press("g g } Enter");
    let before = desk.app.in_view.record.timeline.selected();
    desk.press("Enter q");
    assert_eq!(desk.app.in_view.record.timeline.selected(), before);
}

#[test]
fn what_is_found_is_gone_through_at_full_size() {
    let mut desk = Desk::demo(LOW);
    desk.press("/ type:stroke Enter } Enter Enter");
    let mut seen = Vec::new();
    for _ in 0..4 {
        desk.press("n");
        let hit = desk.app.looking.find.at.expect("a place");
        let hit = desk.app.looking.find.record.all[hit];
        if let Some(reader) = desk.app.over::<Reader>() {
            assert_eq!(reader.event, hit.event);
            let (row, _) = row_in_focus(&desk);
            assert!(row.to_lowercase().contains("stroke"), "{row}");
            seen.push(hit.start);
        }
    }
    assert!(seen.len() > 1, "{seen:?}");
}
