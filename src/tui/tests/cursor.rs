//! The terminal's own cursor is at the row or word in focus, in every frame.

use std::sync::Arc;

use super::desk::{Desk, Room, Setup};
use super::picture::rows;
use super::states::STATES;

#[test]
fn every_state_has_a_cursor() {
    for (name, keys) in STATES {
        let mut desk = Desk::demo((80, 24));
        desk.press(keys);
        let (_, cursor) = desk.frame();
        assert!(cursor.is_some(), "{name}");
    }
}

#[test]
fn it_follows_over_three_hundred_keys() {
    for plain in [false, true] {
        follow(plain);
    }
}

fn follow(plain: bool) {
    let setup = Setup {
        plain,
        ..Setup::default()
    };
    let mut desk = Desk::open(Arc::new(Room::demo()), (120, 40), setup);
    let sign = if plain { '>' } else { '▌' };
    let keys = "j j } ] C-d k { [ Enter j j G g g j Space L j j q g l j Tab j j q";
    for round in 0..10 {
        for key in keys.replace("g g", "g-g").replace("g l", "g-l").split(' ') {
            desk.press(&key.replace("g-", "g "));
            let (buffer, cursor) = desk.frame();
            let cursor =
                cursor.unwrap_or_else(|| panic!("{round}: no cursor after {key}, plain: {plain}"));
            let row = &rows(&buffer)[usize::from(cursor.y)];
            assert!(
                row.starts_with(sign) && cursor.x == 0,
                "{round}, {key}: {cursor:?} {row}"
            );
        }
    }
    // In the answers, on the word.
    desk.press("Tab ] ]");
    let text = desk.app.texts()[0].to_owned();
    let word = &text[desk.app.in_view.answers.word(&text).expect("a word")];
    let (buffer, cursor) = desk.frame();
    let cursor = cursor.expect("a cursor");
    let there: String = (cursor.x..cursor.x + word.len() as u16)
        .filter_map(|x| buffer.cell((x, cursor.y)))
        .map(|cell| cell.symbol().to_owned())
        .collect();
    assert_eq!(there, word);
}
