//! What a finished control sequence says: a key, the mouse, or nothing that concerns a reader.
//!
//! In: the parameters of `CSI` or `SS3` and the byte that ends them. Out: an event, or none. Only what is known for a
//! press of a key is one: a release, a key with a modifier that nothing is bound to, and every reply of a terminal to
//! a question are none.

use crate::tui::terminal::event::{Event, Mouse, MouseKind};
use crate::tui::terminal::key::{Code, Key};

/// Numbers of a sequence: parts are set apart by `;`, what belongs to one part by `:`; what is left out is 0.
struct Parameters(Vec<Vec<u32>>);

impl Parameters {
    /// `None` when they are none that a key has: private ones, or with intermediate bytes.
    fn parse(text: &[u8]) -> Option<Self> {
        let number = |text: &[u8]| match text {
            b"" => Some(0),
            text => digits(text),
        };
        let part = |text: &[u8]| text.split(|&b| b == b':').map(number).collect();
        let parts = text.split(|&b| b == b';').map(part);
        let parts = parts.collect::<Option<Vec<_>>>()?;
        (parts.len() <= 3).then_some(Parameters(parts))
    }

    fn get(&self, part: usize, sub: usize) -> u32 {
        let part = self.0.get(part);
        part.and_then(|p| p.get(sub)).copied().unwrap_or(0)
    }

    /// The modifiers as bits: 1 Shift, 2 Alt, 4 Ctrl, and others.
    fn modifiers(&self) -> u32 {
        self.get(1, 0).saturating_sub(1)
    }

    /// Whether a key went down, or stays down; not whether it went up.
    fn is_press(&self) -> bool {
        matches!(self.get(1, 1), 0..=2)
    }
}

/// What `CSI` with these parameters and this end says.
pub(super) fn control_sequence(parameters: &[u8], end: u8) -> Option<Event> {
    if let Some(report) = parameters.strip_prefix(b"<") {
        return mouse(report, end);
    }
    let numbers = Parameters::parse(parameters)?;
    if !numbers.is_press() {
        return None;
    }
    let bits = numbers.modifiers();
    let key = match end {
        // xterm's form for keys that have no sequence of their own; it has no parts of parts.
        b'~' if numbers.get(0, 0) == 27 => {
            if parameters.contains(&b':') {
                return None;
            }
            let code = named(numbers.get(2, 0))
                .or_else(|| char::from_u32(numbers.get(2, 0)).map(Code::Char))?;
            printable(code)?;
            normal(code, bits, false)
        }
        b'~' => normal(numbered_key(numbers.get(0, 0))?, bits, false),
        b'Z' => normal(Code::Tab, bits, true),
        b'u' => kitty(&numbers)?,
        // With numbers, this is the cursor's place: F3 with a modifier cannot be told from it.
        b'R' if !parameters.is_empty() => return None,
        // Other numbers than 1 before the modifier are no key's.
        _ if numbers.get(0, 0) > 1 || numbers.0.len() > 2 => return None,
        // The mouse of urxvt ends as the keypad's Enter does.
        b'M' => return None,
        letter => normal(lettered_key(letter)?, bits, false),
    };
    Some(Event::Key(key))
}

/// What `SS3` with these parameters and this end says.
pub(super) fn single_shift(parameters: &[u8], end: u8) -> Option<Event> {
    // Old terminals put the modifier alone before the letter.
    let numbers = Parameters::parse(parameters)?;
    let bits = match numbers.0.len() {
        1 => numbers.get(0, 0).saturating_sub(1),
        _ => numbers.modifiers(),
    };
    Some(Event::Key(normal(lettered_key(end)?, bits, false)))
}

/// A key as kitty's protocol writes it: `code:shifted ; modifiers:event ; text`.
fn kitty(numbers: &Parameters) -> Option<Key> {
    const SHIFT: u32 = 1;
    const NO_TEXT: u32 = 2 | 4 | 32;
    const SUPER_OR_HYPER: u32 = 8 | 16;
    const CAPS_LOCK: u32 = 64;
    let (code, bits) = (numbers.get(0, 0), numbers.modifiers());
    if bits & SUPER_OR_HYPER != 0 {
        return None;
    }
    // Meta is Alt here.
    let modifiers = bits & 7 | if bits & 32 == 0 { 0 } else { 2 };
    if let Some(code) = named(code).or_else(|| keypad(code)) {
        printable(code)?;
        return Some(normal(code, modifiers, false));
    }
    let c = char::from_u32(code)?;
    printable(Code::Char(c))?;
    let given = [numbers.get(2, 0), numbers.get(0, 1)]
        .into_iter()
        .filter(|&code| code != 0 && bits & (SHIFT | CAPS_LOCK) != 0)
        .find_map(char::from_u32);
    let shown = match given {
        Some(given) => given,
        None if c.is_alphabetic() || c == ' ' => {
            let capital = (bits & SHIFT != 0) != (bits & CAPS_LOCK != 0 && bits & NO_TEXT == 0);
            c.to_uppercase().next().filter(|_| capital).unwrap_or(c)
        }
        // Which sign Shift makes of it hangs on the keyboard: it must not become a digit's rank.
        None if bits & SHIFT != 0 => return None,
        None => c,
    };
    printable(Code::Char(shown))?;
    Some(normal(Code::Char(shown), modifiers & !SHIFT, false))
}

/// Keys that are named by the control character that they once sent.
fn named(code: u32) -> Option<Code> {
    Some(match code {
        13 => Code::Enter,
        9 => Code::Tab,
        27 => Code::Esc,
        8 | 127 => Code::Backspace,
        _ => return None,
    })
}

/// The keypad in kitty's protocol.
fn keypad(code: u32) -> Option<Code> {
    Some(match code {
        57399..=57408 => Code::Char(char::from_digit(code - 57399, 10)?),
        57409 => Code::Char('.'),
        57410 => Code::Char('/'),
        57411 => Code::Char('*'),
        57412 => Code::Char('-'),
        57413 => Code::Char('+'),
        57414 => Code::Enter,
        57415 => Code::Char('='),
        57416 => Code::Char(','),
        57417 => Code::Left,
        57418 => Code::Right,
        57419 => Code::Up,
        57420 => Code::Down,
        57421 => Code::PageUp,
        57422 => Code::PageDown,
        57423 => Code::Home,
        57424 => Code::End,
        57425 => Code::Insert,
        57426 => Code::Delete,
        _ => return None,
    })
}

/// Control characters and the private numbers of keys such as Caps Lock type nothing.
fn printable(code: Code) -> Option<()> {
    match code {
        Code::Char(c) if c.is_control() || ('\u{e000}'..='\u{f8ff}').contains(&c) => None,
        _ => Some(()),
    }
}

/// A key with modifiers as a terminal reports them, in the one form that it has here.
fn normal(code: Code, bits: u32, back: bool) -> Key {
    let mut key = Key {
        code,
        shift: bits & 1 != 0 || back,
        alt: bits & (2 | 8) != 0,
        ctrl: bits & 4 != 0,
    };
    match key.code {
        Code::Char(c) => {
            if key.ctrl {
                key.code = match c.to_ascii_lowercase() {
                    'i' => Code::Tab,
                    'm' => Code::Enter,
                    'h' => Code::Backspace,
                    '[' => Code::Esc,
                    lower => Code::Char(lower),
                };
                key.ctrl = matches!(key.code, Code::Char(_));
            } else if key.shift && c.is_lowercase() {
                key.code = Code::Char(c.to_uppercase().next().unwrap_or(c));
            }
            key.shift = false;
        }
        Code::Enter | Code::Backspace | Code::Esc => {
            key.shift = false;
            key.ctrl = false;
        }
        Code::Tab => key.ctrl = false,
        _ => {}
    }
    key
}

/// Keys that are named by a letter.
fn lettered_key(letter: u8) -> Option<Code> {
    Some(match letter {
        b'A' => Code::Up,
        b'B' => Code::Down,
        b'C' => Code::Right,
        b'D' => Code::Left,
        b'H' => Code::Home,
        b'F' => Code::End,
        b'M' => Code::Enter,
        b'P'..=b'S' => Code::F(letter - b'P' + 1),
        _ => return None,
    })
}

/// Keys that are named by a number.
fn numbered_key(number: u32) -> Option<Code> {
    Some(match number {
        1 | 7 => Code::Home,
        2 => Code::Insert,
        3 => Code::Delete,
        4 | 8 => Code::End,
        5 => Code::PageUp,
        6 => Code::PageDown,
        n @ 11..=15 => Code::F(n as u8 - 10),
        n @ 17..=21 => Code::F(n as u8 - 11),
        n @ 23..=24 => Code::F(n as u8 - 12),
        _ => return None,
    })
}

/// A mouse report: button, column, row; `M` pressed, `m` released. What has more or less, or is no cell, is none.
fn mouse(parameters: &[u8], end: u8) -> Option<Event> {
    let mut numbers = parameters
        .split(|&b| b == b';')
        .map(|text| u16::try_from(digits(text)?).ok());
    let (button, x, y) = (numbers.next()??, numbers.next()??, numbers.next()??);
    if end != b'M' || numbers.next().is_some() {
        return None;
    }
    let kind = match button {
        0 => MouseKind::Press,
        // Bits 4, 8 and 16 are modifiers.
        n if n & !0b1_1100 == 64 => MouseKind::WheelUp,
        n if n & !0b1_1100 == 65 => MouseKind::WheelDown,
        _ => return None,
    };
    Some(Event::Mouse(Mouse {
        kind,
        x: x.checked_sub(1)?,
        y: y.checked_sub(1)?,
    }))
}

/// A number; `parse` alone would take a sign too.
fn digits(text: &[u8]) -> Option<u32> {
    let text = std::str::from_utf8(text).ok()?;
    text.parse()
        .ok()
        .filter(|_| text.bytes().all(|b| b.is_ascii_digit()))
}
