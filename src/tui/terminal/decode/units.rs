//! Cuts bytes into characters, wherever they were cut before.
//!
//! In: bytes, one by one. Out: characters, and the bytes that belong to none. The first bytes of a character wait for
//! the others however long that takes; nothing is guessed from time here.

/// A character, or a byte that is part of none.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Unit {
    /// A character, a control character perhaps.
    Char(char),
    /// A byte above 0x7f that is not UTF-8 where it stands, or the first one of a character that was cut short.
    Byte(u8),
}

impl Unit {
    /// The code of the control or other character that this is in the 8-bit code of ECMA-48: C1 controls come as one
    /// byte, or as a character of two bytes where the terminal speaks UTF-8.
    pub(super) fn code(self) -> u32 {
        match self {
            Unit::Char(c) => u32::from(c),
            Unit::Byte(byte) => u32::from(byte),
        }
    }

    /// The code, where it is one of the 7-bit code.
    pub(super) fn ascii(self) -> Option<u8> {
        match self {
            Unit::Char(c) if c.is_ascii() => Some(c as u8),
            _ => None,
        }
    }
}

/// The first bytes of a character.
#[derive(Debug, Default)]
pub(super) struct Units {
    held: Vec<u8>,
}

impl Units {
    /// Takes a byte and gives back what is complete now.
    pub(super) fn push(&mut self, byte: u8) -> Vec<Unit> {
        self.held.push(byte);
        let mut units = Vec::new();
        while !self.held.is_empty() {
            match std::str::from_utf8(&self.held) {
                Ok(text) => {
                    units.extend(text.chars().map(Unit::Char));
                    self.held.clear();
                }
                Err(error) => match error.error_len() {
                    None => break,
                    Some(bad) => {
                        // The first byte stands for the whole of a broken character: its others are no controls of their own.
                        units.push(Unit::Byte(self.held[0]));
                        self.held.drain(..bad);
                    }
                },
            }
        }
        units
    }
}
