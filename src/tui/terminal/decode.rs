//! Turns the bytes that a terminal sends into events.
//!
//! In: bytes, cut anywhere. Out: keys, pastes, mouse events. Sequences that are not known are dropped whole; half a
//! sequence waits for its rest, and [`Decoder::finish`] says that none will come: then a lone `ESC` was the key. It
//! never blocks and never reads.

use super::key::{Code, Key};

/// A paste is kept up to this many bytes.
const PASTE_MAX: usize = 1 << 20;
/// No sequence of interest is longer.
const SEQUENCE_MAX: usize = 32;
const PASTE_END: &[u8] = b"\x1b[201~";

/// What happened at the terminal.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Event {
    /// A key was pressed.
    Key(Key),
    /// Text was pasted.
    Paste(Paste),
    /// The mouse was used; only when asked for.
    Mouse(Mouse),
    /// The terminal has a new size, in columns and rows; the screen knows it already.
    Resize(u16, u16),
    /// The program was stopped and goes on; the screen will be drawn whole.
    Resumed,
    /// A worker thread panicked at this place in the program; what it was asked for will not come.
    WorkerPanicked(String),
    /// The program must end now: the signal that says so. The time to keep the screen's state is short (1 s).
    Leave(i32),
}

/// Pasted text: line breaks are `\n`, no control characters but these and tabs.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Paste {
    /// The text.
    pub text: String,
    /// Bytes that were left out because the paste was larger than 1 MiB.
    pub dropped: usize,
}

/// A mouse event at a cell, counted from 0.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Mouse {
    /// What was done.
    pub kind: MouseKind,
    /// The column.
    pub x: u16,
    /// The row.
    pub y: u16,
}

/// What was done with the mouse; other buttons than the left one are left to the terminal.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum MouseKind {
    /// The wheel went up.
    WheelUp,
    /// The wheel went down.
    WheelDown,
    /// The left button went down.
    Press,
    /// It was moved while down.
    Drag,
    /// It went up.
    Release,
}

/// Collects bytes until they mean something.
#[derive(Debug, Default)]
pub(super) struct Decoder {
    /// Bytes of an unfinished sequence or character.
    pending: Vec<u8>,
    /// The paste that has begun, and the bytes of it that were not kept.
    paste: Option<(Vec<u8>, usize)>,
}

/// What the bytes at hand are.
enum Step {
    /// This many bytes make up this event, or nothing of interest.
    Done(usize, Option<Event>),
    /// This many bytes begin a paste.
    PasteBegins(usize),
    /// More bytes must come.
    More,
}

impl Decoder {
    /// Whether a paste has begun and not ended.
    pub(super) fn in_paste(&self) -> bool {
        self.paste.is_some()
    }

    /// Whether bytes wait for others.
    pub(super) fn is_waiting(&self) -> bool {
        self.paste.is_some() || !self.pending.is_empty()
    }

    /// Takes bytes and appends what they mean to `events`.
    pub(super) fn feed(&mut self, bytes: &[u8], events: &mut Vec<Event>) {
        self.pending.extend_from_slice(bytes);
        self.decode(false, events);
    }

    /// No more bytes will come for what was begun.
    pub(super) fn finish(&mut self, events: &mut Vec<Event>) {
        self.decode(true, events);
        if let Some((mut kept, dropped)) = self.paste.take() {
            kept.append(&mut self.pending);
            events.push(Event::Paste(paste(&kept, dropped)));
        }
    }

    fn decode(&mut self, last: bool, events: &mut Vec<Event>) {
        let pending = std::mem::take(&mut self.pending);
        let mut rest = pending.as_slice();
        while !rest.is_empty() {
            if let Some((kept, dropped)) = &mut self.paste {
                let end = memchr::memmem::find(rest, PASTE_END);
                // The end mark may be cut: its first bytes stay for the next time.
                let text = end.unwrap_or_else(|| rest.len() - cut_mark(rest));
                let room = PASTE_MAX.saturating_sub(kept.len()).min(text);
                kept.extend_from_slice(&rest[..room]);
                *dropped += text - room;
                if end.is_none() {
                    rest = &rest[text..];
                    break;
                }
                events.push(Event::Paste(paste(kept, *dropped)));
                self.paste = None;
                rest = &rest[text + PASTE_END.len()..];
                continue;
            }
            match step(rest, last) {
                Step::Done(n, event) => {
                    events.extend(event);
                    rest = &rest[n..];
                }
                Step::PasteBegins(n) => {
                    self.paste = Some((Vec::new(), 0));
                    rest = &rest[n..];
                }
                Step::More => break,
            }
        }
        self.pending = rest.to_vec();
    }
}

/// How many bytes at the end of `text` may be the start of the end mark.
fn cut_mark(text: &[u8]) -> usize {
    (1..PASTE_END.len().min(text.len() + 1))
        .rev()
        .find(|&n| text.ends_with(&PASTE_END[..n]))
        .unwrap_or(0)
}

/// Reads what stands at the start of `bytes`, which is not empty; `last`: nothing comes after them.
fn step(bytes: &[u8], last: bool) -> Step {
    if bytes[0] != 0x1b {
        return character(bytes, last);
    }
    match bytes.get(1) {
        None if last => key(1, Key::plain(Code::Esc)),
        None => Step::More,
        Some(b'[') => control_sequence(bytes, last),
        Some(b'O') => match bytes.get(2) {
            None if last => key(2, alt(Key::char('O'))),
            None => Step::More,
            Some(&c) => match application_key(c) {
                Some(code) => key(3, Key::plain(code)),
                None => Step::Done(3, None),
            },
        },
        // Two presses of Esc, or Esc before the sequence of another key.
        Some(0x1b) => key(1, Key::plain(Code::Esc)),
        Some(_) => match character(&bytes[1..], last) {
            Step::Done(n, Some(Event::Key(k))) => key(n + 1, alt(k)),
            Step::Done(n, event) => Step::Done(n + 1, event),
            other => other,
        },
    }
}

fn key(bytes: usize, key: Key) -> Step {
    Step::Done(bytes, Some(Event::Key(key)))
}

fn alt(key: Key) -> Key {
    Key { alt: true, ..key }
}

/// A character or control character.
fn character(bytes: &[u8], last: bool) -> Step {
    let first = bytes[0];
    let plain = match first {
        0 => Key::ctrl(' '),
        8 | 0x7f => Key::plain(Code::Backspace),
        9 => Key::plain(Code::Tab),
        13 => Key::plain(Code::Enter),
        1..=26 => Key::ctrl(char::from(b'a' + first - 1)),
        28..=31 => Key::ctrl(char::from(b'\\' + first - 28)),
        _ => return utf8(bytes, last),
    };
    key(1, plain)
}

fn utf8(bytes: &[u8], last: bool) -> Step {
    let length = match bytes[0] {
        0..=0x7f => 1,
        0xc2..=0xdf => 2,
        0xe0..=0xef => 3,
        0xf0..=0xf4 => 4,
        _ => return Step::Done(1, None),
    };
    let have = &bytes[..length.min(bytes.len())];
    match std::str::from_utf8(have) {
        Ok(text) => {
            let c = text.chars().next().filter(|c| !c.is_control());
            Step::Done(length, c.map(|c| Event::Key(Key::char(c))))
        }
        Err(error) if error.error_len().is_none() && !last => Step::More,
        Err(error) => Step::Done(error.error_len().unwrap_or(have.len()), None),
    }
}

/// `ESC [ …`: parameters, then a byte that says what they are for.
fn control_sequence(bytes: &[u8], last: bool) -> Step {
    // The Linux console's function keys, and the old mouse report, have a shape of their own.
    match bytes.get(2) {
        Some(b'[') => {
            return match bytes.get(3) {
                Some(&c @ b'A'..=b'E') => key(4, Key::plain(Code::F(c - b'A' + 1))),
                Some(_) => Step::Done(4, None),
                None if last => Step::Done(3, None),
                None => Step::More,
            };
        }
        Some(b'M') => {
            return match bytes.len() {
                6.. => Step::Done(6, None),
                n if last => Step::Done(n, None),
                _ => Step::More,
            };
        }
        _ => {}
    }
    let Some(end) = bytes[2..].iter().position(|b| !(0x20..0x40).contains(b)) else {
        return if bytes.len() == 2 && last {
            key(2, alt(Key::char('[')))
        } else if last || bytes.len() > SEQUENCE_MAX {
            Step::Done(bytes.len(), None)
        } else {
            Step::More
        };
    };
    let (parameters, action) = (&bytes[2..2 + end], bytes[2 + end]);
    let length = end + 3;
    if !(0x40..0x7f).contains(&action) {
        // A control character in the middle: the sequence is broken, the character is not.
        return Step::Done(length - 1, None);
    }
    if parameters.first() == Some(&b'<') {
        return Step::Done(length, mouse(&parameters[1..], action));
    }
    let mut numbers = [0; 2];
    for (number, text) in numbers.iter_mut().zip(parameters.split(|&b| b == b';')) {
        *number = digits(text).unwrap_or(0);
    }
    if (numbers[0], action) == (200, b'~') {
        return Step::PasteBegins(length);
    }
    let code = match action {
        b'~' => numbered_key(numbers[0]),
        b'Z' => Some(Code::Tab),
        b'u' => char::from_u32(u32::from(numbers[0])).and_then(|c| match c {
            '\r' => Some(Code::Enter),
            '\t' => Some(Code::Tab),
            '\u{1b}' => Some(Code::Esc),
            '\u{7f}' | '\u{8}' => Some(Code::Backspace),
            c if c.is_control() => None,
            c => Some(Code::Char(c)),
        }),
        c => application_key(c),
    };
    let Some(code) = code else {
        return Step::Done(length, None);
    };
    // The modifier is a sum of 1 and bits: 1 Shift, 2 Alt, 4 Ctrl, 8 Meta.
    let bits = numbers[1].saturating_sub(1);
    key(length, normal(code, bits, action == b'Z'))
}

/// A key with modifiers as a terminal reports them, in the one form that it has here.
fn normal(code: Code, bits: u16, back: bool) -> Key {
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
fn application_key(letter: u8) -> Option<Code> {
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
fn numbered_key(number: u16) -> Option<Code> {
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

/// A mouse report: button, column, row; `M` pressed or moved, `m` released.
fn mouse(parameters: &[u8], action: u8) -> Option<Event> {
    let mut numbers = parameters.split(|&b| b == b';').map(digits);
    let (button, x, y) = (numbers.next()??, numbers.next()??, numbers.next()??);
    // Bits 4, 8 and 16 are modifiers.
    let kind = match (button & !0b1_1100, action) {
        (0, b'M') => MouseKind::Press,
        (0, b'm') => MouseKind::Release,
        (32, b'M') => MouseKind::Drag,
        (64, b'M') => MouseKind::WheelUp,
        (65, b'M') => MouseKind::WheelDown,
        _ => return None,
    };
    Some(Event::Mouse(Mouse {
        kind,
        x: x.checked_sub(1)?,
        y: y.checked_sub(1)?,
    }))
}

fn digits(text: &[u8]) -> Option<u16> {
    std::str::from_utf8(text).ok()?.parse().ok()
}

/// Makes pasted bytes a text.
fn paste(bytes: &[u8], dropped: usize) -> Paste {
    let raw = String::from_utf8_lossy(bytes);
    let mut text = String::with_capacity(raw.len());
    let mut after_return = false;
    for c in raw.chars() {
        match c {
            '\n' if after_return => {}
            '\r' | '\n' | '\u{2028}' | '\u{2029}' => text.push('\n'),
            '\t' => text.push(c),
            c if c.is_control() || steers_layout(c) => {}
            c => text.push(c),
        }
        after_return = c == '\r';
    }
    Paste { text, dropped }
}

/// Characters that reorder what is around them, or are there only to mark the start of a file.
fn steers_layout(c: char) -> bool {
    matches!(c, '\u{202a}'..='\u{202e}' | '\u{2066}'..='\u{2069}' | '\u{feff}')
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn events(bytes: &[u8]) -> Vec<Event> {
        let mut decoder = Decoder::default();
        let mut events = Vec::new();
        decoder.feed(bytes, &mut events);
        decoder.finish(&mut events);
        assert!(!decoder.is_waiting());
        events
    }

    /// The keys of some bytes, in notation.
    fn keys(bytes: &[u8]) -> String {
        let all = events(bytes).into_iter().map(|event| match event {
            Event::Key(key) => key.to_string(),
            other => format!("{other:?}"),
        });
        all.collect::<Vec<_>>().join(" ")
    }

    #[test]
    fn keys_have_one_name_each() {
        assert_eq!(keys(b"jG <"), "j G Space <");
        assert_eq!(
            keys(b"\x04\x12\x1a\x00\x1c\x1f"),
            "C-d C-r C-z C-Space C-\\ C-_"
        );
        assert_eq!(
            keys(b"\x08\x7f\x09\x0d\x0a"),
            "Backspace Backspace Tab Enter C-j"
        );
        assert_eq!(keys("äß患😀".as_bytes()), "ä ß 患 😀");
        assert_eq!(
            keys(b"\x1b[A\x1bOB\x1b[1;5C\x1b[1;2D"),
            "Up Down C-Right S-Left"
        );
        assert_eq!(
            keys(b"\x1b[5~\x1b[6~\x1b[3~\x1b[3;5~"),
            "PageUp PageDown Delete C-Delete"
        );
        assert_eq!(
            keys(b"\x1b[H\x1b[4~\x1bOF\x1b[Z\x1b[1;2Z"),
            "Home End End S-Tab S-Tab"
        );
        assert_eq!(keys(b"\x1bOP\x1b[15~\x1b[24~\x1b[[B"), "F1 F5 F12 F2");
        assert_eq!(
            keys(b"\x1bx\x1bX\x1b\x7f\x1b[\x1b"),
            "A-x A-X A-Backspace Esc"
        );
        assert_eq!(keys(b"\x1b["), "A-[");
        assert_eq!(keys(b"\x1b"), "Esc");
        assert_eq!(keys(b"\x1b\x1b"), "Esc Esc");
        assert_eq!(keys(b"\x1b[97;5u\x1b[105;5u\x1b[103;2u"), "C-a Tab G");
    }

    #[test]
    fn what_is_not_known_is_dropped_whole() {
        assert_eq!(keys(b"\x1b[?1;2c\x1b[I\x1b[O\x1b[99~x"), "x");
        assert_eq!(keys(b"\x1b[M !!x\xff\x80y"), "x y");
        assert_eq!(keys("\u{85}\u{9b}z".as_bytes()), "z");
        assert_eq!(keys(b"\x1b[12\rx"), "Enter x");
    }

    #[test]
    fn half_a_sequence_waits() {
        let mut decoder = Decoder::default();
        let mut events = Vec::new();
        for byte in b"\x1b[1;5A\xe6\x82" {
            decoder.feed(&[*byte], &mut events);
        }
        assert!(decoder.is_waiting());
        decoder.feed(b"\xa3", &mut events);
        let names = events.iter().map(|e| match e {
            Event::Key(key) => key.to_string(),
            other => format!("{other:?}"),
        });
        assert_eq!(names.collect::<Vec<_>>(), ["C-Up", "患"]);
    }

    #[test]
    fn a_paste_is_text_and_never_keys() {
        let text = |bytes: &[u8]| match events(bytes).as_slice() {
            [Event::Paste(paste)] => paste.text.clone(),
            other => panic!("{other:?}"),
        };
        assert_eq!(
            text(b"\x1b[200~a\r\nb\rc\n\nd\te\x1b[201~"),
            "a\nb\nc\n\nd\te"
        );
        assert_eq!(
            text(b"\x1b[200~\x1b[31mq\x07\x9b\x1b[201~"),
            "[31mq\u{fffd}"
        );
        assert_eq!(
            text("\u{1b}[200~a\u{202e}b\u{9b}\u{1b}[201~".as_bytes()),
            "ab"
        );
        assert_eq!(text(b"\x1b[200~never ended"), "never ended");
    }

    #[test]
    fn a_huge_paste_is_cut_and_says_so() {
        let mut bytes = b"\x1b[200~".to_vec();
        bytes.resize(PASTE_MAX + 6 + 10, b'a');
        bytes.extend_from_slice(PASTE_END);
        bytes.push(b'j');
        match events(&bytes).as_slice() {
            [Event::Paste(paste), Event::Key(_)] => {
                assert_eq!((paste.text.len(), paste.dropped), (PASTE_MAX, 10));
            }
            other => panic!("{} events", other.len()),
        }
    }

    #[test]
    fn the_mouse_counts_from_zero() {
        let at = |kind, x, y| Event::Mouse(Mouse { kind, x, y });
        assert_eq!(
            events(b"\x1b[<0;1;2M\x1b[<0;1;2m\x1b[<65;300;4M\x1b[<2;1;1M\x1b[<0;0;1M"),
            [
                at(MouseKind::Press, 0, 1),
                at(MouseKind::Release, 0, 1),
                at(MouseKind::WheelDown, 299, 3)
            ]
        );
    }

    proptest! {
        #[test]
        fn where_the_bytes_are_cut_does_not_matter(
            parts in prop::collection::vec(
                prop::sample::select(vec![
                    &b"a"[..], b"\x1b[A", b"\x1b[1;5C", b"\x1bOP", b"\x1b[200~x\ny\x1b[201~", b"\xe6\x82\xa3", b"\xff", b"\r",
                    b"\x1b[<64;3;4M", b"\x1bq", b"\x1b[200~\x1b[20\x1b[201~", b"\x1b[M123", b"\x1b[[A", b"\x1b[9999999999~",
                ]), 0..12),
            cut in 1usize..9,
        ) {
            let bytes = parts.concat();
            let mut decoder = Decoder::default();
            let mut cut_events = Vec::new();
            for chunk in bytes.chunks(cut) {
                decoder.feed(chunk, &mut cut_events);
            }
            decoder.finish(&mut cut_events);
            prop_assert_eq!(cut_events, events(&bytes));
        }

        #[test]
        fn any_bytes_are_survived(bytes in prop::collection::vec(any::<u8>(), 0..200)) {
            for event in events(&bytes) {
                if let Event::Paste(paste) = event {
                    prop_assert!(!paste.text.contains(|c: char| c.is_control() && c != '\n' && c != '\t'));
                }
            }
        }
    }
}
