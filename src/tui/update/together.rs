//! `ESC` and a key that came at once: one key with Alt, or two keys.
//!
//! In: the key. Out: what the keymap makes of it. The bytes are the same for both, so a key that is bound with Alt
//! here is that one; otherwise nobody can have meant it, and a slow line has put Esc and the key into one packet.

use crate::tui::app::App;
use crate::tui::keymap::Lookup;
use crate::tui::terminal::{Code, Key};

impl App {
    /// Takes the key with Alt where that is bound, and Esc and the key elsewhere: neither is lost.
    pub fn press_after_esc(&mut self, key: Key) {
        let with_alt = Key { alt: true, ..key };
        let mut keys = self.pending.clone();
        keys.push(with_alt);
        if self.keymap.lookup(&self.layers(), &keys) == Lookup::None {
            self.press(Key::plain(Code::Esc));
            self.press(key);
        } else {
            self.press(with_alt);
        }
    }
}
