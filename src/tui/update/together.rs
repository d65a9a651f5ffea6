//! `ESC` and a key that came at once: one key with Alt, or two keys.
//!
//! In: the key. Out: what the keymap makes of it. The bytes are the same for both, so a key that is bound with Alt
//! here is that one; otherwise a slow line has put Esc and the key into one packet. Never: a mark right after Esc has closed a
//! text; somebody who writes presses Alt for words and letters, and means no mark.

use crate::tui::action::{Action, is_mark};
use crate::tui::app::{App, Tone};
use crate::tui::keymap::{Lookup, print_sequence};
use crate::tui::terminal::{Code, Key};

impl App {
    /// Takes the key with Alt where that is bound, and Esc and the key elsewhere: neither is lost.
    pub(crate) fn press_after_esc(&mut self, key: Key) {
        let with_alt = Key { alt: true, ..key };
        let mut keys = self.keys.pending.clone();
        keys.push(with_alt);
        if self.desk.keymap.lookup(&self.layers(), &keys) == Lookup::None {
            let writes = self.takes_text();
            self.press(Key::plain(Code::Esc));
            let layers = self.layers();
            let acts = |action| {
                is_mark(action)
                    || matches!(
                        action,
                        Action::Submit | Action::Undo | Action::Redo | Action::Confirm
                    )
            };
            match self.desk.keymap.lookup(&layers, &[key]) {
                Lookup::Action(action) if writes && acts(action) => {
                    let key = print_sequence(&[key]);
                    let said = format!("Esc and {key} came at once: Esc is done, {key} is not");
                    self.say(Tone::Alert, said);
                }
                _ => self.press(key),
            }
        } else {
            self.press(with_alt);
        }
    }
}
