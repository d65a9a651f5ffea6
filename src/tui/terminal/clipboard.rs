//! Copies to the clipboard of the terminal at which the user sits, also over SSH (OSC 52).
//!
//! In: text. Out: the bytes to send, or why not, and the sentence to show. Nothing confirms a copy, so none is claimed.
//! Control characters stay out of the clipboard: pasted into a shell they would be commands.

use super::facts::{Facts, Multiplexer};

/// GNU screen drops longer strings to pass through; it joins several.
const SCREEN_CHUNK: usize = 240;

/// How copies are sent.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Clipboard {
    enabled: bool,
    max_bytes: usize,
    multiplexer: Option<Multiplexer>,
}

/// What becomes of a copy.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Copied {
    /// Send these bytes and show the message.
    Sent {
        /// For the terminal.
        bytes: Vec<u8>,
        /// For the user.
        message: String,
    },
    /// Nothing is sent; the message says why.
    Refused(String),
}

impl Clipboard {
    /// Copies of up to `max_bytes` of text, if they are `enabled` at all.
    pub fn new(facts: &Facts, enabled: bool, max_bytes: usize) -> Self {
        Clipboard {
            enabled,
            max_bytes,
            multiplexer: facts.multiplexer,
        }
    }

    /// Prepares a copy of `text`.
    pub fn copy(&self, text: &str) -> Copied {
        if !self.enabled {
            return Copied::Refused("not copied: the settings say `clipboard = false`".to_owned());
        }
        let text = text
            .chars()
            .filter(|&c| !c.is_control() || matches!(c, '\n' | '\t'))
            .collect::<String>();
        if text.is_empty() {
            return Copied::Refused("nothing to copy".to_owned());
        }
        if text.len() > self.max_bytes {
            return Copied::Refused(format!(
                "not copied: {} bytes, and `clipboard_max_bytes` allows {}; select less",
                text.len(),
                self.max_bytes
            ));
        }
        let plain = format!("\x1b]52;c;{}\x07", base64(text.as_bytes())).into_bytes();
        let bytes = match self.multiplexer {
            None => plain,
            Some(Multiplexer::Tmux) => for_tmux(&plain),
            Some(Multiplexer::Screen) => for_screen(&plain),
        };
        let count = text.chars().count();
        let characters = if count == 1 {
            "character"
        } else {
            "characters"
        };
        Copied::Sent {
            bytes,
            message: format!(
                "sent {count} {characters} to the clipboard, if your terminal takes {}{}",
                if count == 1 { "it" } else { "them" },
                self.needs()
            ),
        }
    }

    /// One line for `doctor`: the way that a copy takes.
    pub fn describe(&self) -> String {
        if self.enabled {
            format!("OSC 52, up to {} bytes{}", self.max_bytes, self.needs())
        } else {
            "off by the settings".to_owned()
        }
    }

    fn needs(&self) -> &'static str {
        match self.multiplexer {
            Some(Multiplexer::Tmux) => " (tmux must have `set -g set-clipboard on`)",
            Some(Multiplexer::Screen) => " (through GNU screen)",
            None => "",
        }
    }
}

/// tmux takes the sequence itself with `set-clipboard on`, and hands the wrapped one to the outer terminal with
/// `allow-passthrough on`; what is not allowed it drops. Which of them is on cannot be seen, so both are sent: the
/// worst case sets the same text twice.
fn for_tmux(plain: &[u8]) -> Vec<u8> {
    let mut bytes = plain.to_vec();
    bytes.extend_from_slice(b"\x1bPtmux;");
    for &byte in plain {
        if byte == 0x1b {
            bytes.push(byte);
        }
        bytes.push(byte);
    }
    bytes.extend_from_slice(b"\x1b\\");
    bytes
}

/// GNU screen does not know the sequence but hands on what is wrapped, in pieces.
fn for_screen(plain: &[u8]) -> Vec<u8> {
    plain
        .chunks(SCREEN_CHUNK)
        .flat_map(|chunk| [b"\x1bP", chunk, b"\x1b\\"].concat())
        .collect()
}

/// RFC 4648, with padding.
fn base64(bytes: &[u8]) -> String {
    const DIGITS: &[u8; 64] = b"ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";
    let mut text = String::with_capacity(bytes.len().div_ceil(3) * 4);
    for group in bytes.chunks(3) {
        let value = group
            .iter()
            .fold(0, |value, &byte| value << 8 | usize::from(byte))
            << (8 * (3 - group.len()));
        for digit in 0..4 {
            text.push(if digit <= group.len() {
                char::from(DIGITS[value >> (18 - 6 * digit) & 63])
            } else {
                '='
            });
        }
    }
    text
}

#[cfg(test)]
mod tests {
    use super::*;

    fn sent(multiplexer: Option<Multiplexer>, text: &str) -> Vec<u8> {
        let clipboard = Clipboard {
            enabled: true,
            max_bytes: 1000,
            multiplexer,
        };
        match clipboard.copy(text) {
            Copied::Sent { bytes, .. } => bytes,
            Copied::Refused(message) => panic!("{message}"),
        }
    }

    #[test]
    fn base64_as_in_the_rfc() {
        for (plain, coded) in [
            ("f", "Zg=="),
            ("fo", "Zm8="),
            ("foo", "Zm9v"),
            ("foob", "Zm9vYg=="),
            ("fooba", "Zm9vYmE="),
            ("foobar", "Zm9vYmFy"),
        ] {
            assert_eq!(base64(plain.as_bytes()), coded);
        }
        assert_eq!(base64(&[0xff, 0xfe]), "//4=");
    }

    #[test]
    fn copies_are_wrapped_for_what_is_in_between() {
        assert_eq!(sent(None, "foo"), b"\x1b]52;c;Zm9v\x07");
        assert_eq!(
            sent(Some(Multiplexer::Tmux), "foo"),
            b"\x1b]52;c;Zm9v\x07\x1bPtmux;\x1b\x1b]52;c;Zm9v\x07\x1b\\"
        );
        assert_eq!(
            sent(Some(Multiplexer::Screen), "foo"),
            b"\x1bP\x1b]52;c;Zm9v\x07\x1b\\"
        );
        let long = sent(Some(Multiplexer::Screen), &"x".repeat(900));
        assert!(
            long.split(|&b| b == b'\\')
                .all(|piece| piece.len() <= SCREEN_CHUNK + 3)
        );
    }

    #[test]
    fn controls_do_not_reach_the_clipboard() {
        assert_eq!(sent(None, "f\x1bo\ro\u{9b}"), sent(None, "foo"));
    }

    #[test]
    fn what_is_not_sent_says_why() {
        let refused = |enabled, text: &str| {
            let clipboard = Clipboard {
                enabled,
                max_bytes: 4,
                multiplexer: None,
            };
            match clipboard.copy(text) {
                Copied::Refused(message) => message,
                Copied::Sent { .. } => panic!("sent"),
            }
        };
        assert!(refused(false, "a").contains("clipboard = false"));
        assert!(refused(true, "abcde").contains("5 bytes"));
        assert!(refused(true, "\x1b").contains("nothing"));
    }
}
