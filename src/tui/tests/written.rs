//! What people write stays as they wrote it, and what is taken out of it is told.

use std::sync::Arc;

use super::desk::{Desk, Room, Setup};
use crate::review::Act;

#[test]
fn joiners_are_in_the_review_file_and_what_is_taken_out_is_counted() {
    let mut desk = Desk::open(Arc::new(Room::with_answers(2)), (120, 40), Setup::default());
    let persian = "می\u{200c}خواهم 👩\u{200d}⚕";
    desk.press("E").paste(persian);
    assert_eq!(desk.said(), "", "nothing was taken out");
    desk.press("C-s").press("Esc Tab a");
    desk.paste(&format!("{persian}\u{202e}\u{200b}"));
    assert_eq!(desk.said(), "2 signs that cannot be seen were taken out");
    desk.press("C-s");
    let mut said = Vec::new();
    for entry in desk.app.desk.log.ledger().entries() {
        match &entry.act {
            Act::Gold { text, .. } | Act::Comment { text, .. } => said.push(text.clone()),
            _ => {}
        }
    }
    assert_eq!(said, [persian, persian]);
}
