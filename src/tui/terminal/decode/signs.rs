//! Which bytes mean what to the state machine.
//!
//! In: a unit or the bytes of one read. Out: yes or no, or the key that it is. No state.

use super::PARAMETERS_MAX;
use super::units::Unit;
use crate::tui::terminal::key::{Code, Key};

/// `BEL`, `ST`, and what cancels.
pub(super) fn ends_text(unit: Unit) -> bool {
    matches!(unit.code(), 7 | 0x18 | 0x1a | 0x9c)
}

/// Whether `ESC` before this begins a sequence.
pub(super) fn introduces(c: u8) -> bool {
    matches!(c, b'[' | b'O' | b']' | b'P' | b'X' | b'^' | b'_')
}

/// Whether what was read at once is the rest of a sequence whose `ESC` came long before.
pub(super) fn continues_escape(bytes: &[u8]) -> bool {
    match bytes {
        [b'[', b'[', b'A'..=b'E', ..]
        | [b'[', b't', _, _, ..]
        | [
            b'[',
            b'0'..=b'?' | b'A'..=b'D' | b'F' | b'H' | b'I' | b'M' | b'O'..=b'T' | b'Z',
            ..,
        ]
        | [b'O', b'A'..=b'F' | b'H' | b'M' | b'P'..=b'S', ..]
        // The keypad; a word may begin so, but does not end there.
        | [b'O', b'I' | b'X' | b'a'..=b'd' | b'j'..=b'y']
        | [b'X' | b'^' | b'_', _, ..] => true,
        [kind @ (b']' | b'P'), first, ..] => opens_text(*kind, *first),
        _ => false,
    }
}

/// Whether these bytes, all taken for keys after an `ESC`, may still be the first ones of a sequence.
pub(super) fn begins_escape(bytes: &[u8]) -> bool {
    match bytes {
        [kind, parameters @ ..] => {
            introduces(*kind)
                && parameters.len() < PARAMETERS_MAX
                && parameters.iter().all(|c| matches!(c, 0x20..=0x3f))
        }
        [] => false,
    }
}

/// The key of a character; none of a C1 control.
pub(super) fn character(c: char) -> Option<Key> {
    let code = c as u32;
    Some(match code {
        0 => Key::ctrl(' '),
        8 | 0x7f => Key::plain(Code::Backspace),
        9 => Key::plain(Code::Tab),
        13 => Key::plain(Code::Enter),
        1..=26 => Key::ctrl(char::from(b'a' + code as u8 - 1)),
        28..=31 => Key::ctrl(char::from(b'\\' + code as u8 - 28)),
        _ if c.is_control() => return None,
        _ => Key::char(c),
    })
}

/// Whether this can be the first byte of what a terminal says in an OSC (`]`) or a DCS (`P`).
pub(super) fn opens_text(kind: u8, first: u8) -> bool {
    if kind == b']' {
        // Numbers of colours, links, titles; and the letters that report a title.
        matches!(first, b'0'..=b'9' | b'l' | b'L' | b'I')
    } else {
        // Parameters and intermediate bytes; and the words that kitty and tmux begin with.
        matches!(first, b'!'..=b'@' | b't')
    }
}
