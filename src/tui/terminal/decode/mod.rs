//! Turns the bytes that a terminal sends into events.
//!
//! In: bytes, cut anywhere and at any time, and the time. Out: keys, pastes, mouse events, and what to tell a reviewer
//! who waits for a key that is held back. It never blocks, never reads, and never makes a key of a sequence that is no
//! key: replies to questions that another program asked, leaked strings, the mouse, releases of keys.
//!
//! A state machine after ECMA-48 and the VT500 (ESC, CSI, SS3, and the strings OSC, DCS, SOS, PM, APC; as `ESC` and a
//! letter, as one byte and as a character), turned to what comes *from* a terminal. `vte` is for what goes to one: it
//! swallows the first of two `ESC`, has no SS3, no mouse report of three bytes and no function keys of the Linux
//! console, carries out control characters inside of sequences, and does not say whether something has begun.
//!
//! What has begun, time does not end:
//! - A lone `ESC` is the key after 50 ms. What later reads bring behind it is still looked at as the rest of a sequence,
//!   as long as it looks like one: bytes that come alone are keys, as a person's are, but a piece of several is its rest.
//! - `ESC` and a key at once is either Alt with the key or Esc and the key: the keymap knows ([`Event::EscThen`]).
//!   `ESC [`, `ESC O`, `ESC ]` and `ESC P` before something that no terminal sends there are Esc and keys, too.
//! - All else waits for its end however long that takes. A string ends at `BEL`, at `ST`, at `CAN` and `SUB`; the rest of
//!   a sequence is one byte mostly. A second after it began the reviewer is told that keys are held back and that Esc ends it: so a
//!   person who has typed what looks like the start of a string is not shut out, and no reply becomes a mark.
//! - A paste ends at its end mark.

mod control;
mod paste;
#[cfg(test)]
mod replies;
mod signs;
#[cfg(test)]
mod tests;
mod units;

use std::time::{Duration, Instant};

use super::event::Event;
use super::key::{Code, Key};
use paste::{Begun, Form, Outcome};
use signs::{begins_escape, character, continues_escape, ends_text, introduces, opens_text};
use units::{Unit, Units};

/// A lone `ESC` is the key when nothing has followed for this long.
pub(super) const ESC_WAIT: Duration = Duration::from_millis(50);
/// Keys that are held back by something unfinished are spoken of after this long.
const HELD_WAIT: Duration = Duration::from_secs(1);
/// Parameters that are kept; no key has as many.
const PARAMETERS_MAX: usize = 64;

const HELD: &str = "Keys are held back: the terminal has not ended a message; Esc ends that";
const FREE: &str = "The terminal's message is over: keys work again";

/// Collects bytes until they mean something.
#[derive(Debug)]
pub(super) struct Decoder {
    units: Units,
    state: State,
    /// When the last byte came.
    last: Instant,
    /// When bytes came last that nothing held back.
    since: Instant,
    /// The reviewer was told that keys are held back.
    told: bool,
    /// A lone `ESC` was taken for the key; and so were these bytes after it, each of which came alone.
    after_esc: Option<Vec<u8>>,
}

/// What has begun.
#[derive(Debug)]
enum State {
    Ground,
    /// `ESC`.
    Escape,
    /// `ESC` in the middle of something else, which it ends: a person's, or the first byte of `ST` or of another
    /// sequence; `text`: of a string; `lone`: nothing has followed for a while.
    Cancel {
        text: bool,
        lone: bool,
    },
    /// `CSI` or `SS3` with parameters so far; `seven`: begun by `ESC`, as a person may have.
    Sequence {
        single: bool,
        form: Form,
        parameters: Vec<u8>,
    },
    /// `CSI [`: a function key of the Linux console follows.
    Console {
        seven: bool,
    },
    /// A report of the mouse in the oldest form: so many characters follow, of any kind.
    Mouse(usize),
    /// `ESC ]` or `ESC P`, and nothing yet.
    Opening(u8),
    /// A string, to be swallowed.
    Text,
    Paste(Begun),
}

impl Decoder {
    /// A decoder to which nothing has come.
    pub(super) fn new(now: Instant) -> Self {
        Decoder {
            units: Units::default(),
            state: State::Ground,
            last: now,
            since: now,
            told: false,
            after_esc: None,
        }
    }

    /// When [`elapse`](Self::elapse) has something to do, if no byte comes before.
    pub(super) fn due(&self) -> Option<Instant> {
        match &self.state {
            State::Ground | State::Cancel { lone: true, .. } => None,
            State::Escape | State::Cancel { .. } => Some(self.last + ESC_WAIT),
            State::Paste(paste) => paste.due(self.last),
            // Not after the last byte: a person who types on would never be told.
            _ => (!self.told).then(|| self.since + HELD_WAIT),
        }
    }

    /// Takes what was read at once, and appends what it means to `events`.
    pub(super) fn feed(&mut self, bytes: &[u8], now: Instant, events: &mut Vec<Event>) {
        if bytes.is_empty() {
            return;
        }
        self.last = now;
        if self.is_free() {
            self.since = now;
        }
        let joined = self.join_to_escape(bytes);
        let bytes = joined.as_deref().unwrap_or(bytes);
        let mut rest = bytes;
        while let Some((&byte, after)) = rest.split_first() {
            if let State::Paste(paste) = &mut self.state {
                let (used, outcome) = paste.feed(rest, rest.len() == bytes.len());
                rest = &rest[used..];
                self.paste_outcome(outcome, events);
                continue;
            }
            for unit in self.units.push(byte) {
                self.take(unit, events);
            }
            rest = after;
        }
        self.tell_when_free(events);
    }

    /// The sequence whose `ESC` was taken for the key, where these bytes go on with it.
    fn join_to_escape(&mut self, bytes: &[u8]) -> Option<Vec<u8>> {
        let mut sequence = self.after_esc.take()?;
        let first = sequence.is_empty();
        sequence.extend_from_slice(bytes);
        if (first || bytes.len() > 1) && continues_escape(&sequence) {
            self.state = State::Escape;
            return Some(sequence);
        }
        self.after_esc = begins_escape(&sequence).then_some(sequence);
        None
    }

    /// Whether nothing has begun that holds keys back.
    fn is_free(&self) -> bool {
        matches!(
            self.state,
            State::Ground | State::Escape | State::Cancel { lone: true, .. }
        )
    }

    /// Says so when what was told to hold keys back is over.
    fn tell_when_free(&mut self, events: &mut Vec<Event>) {
        if self.is_free() && std::mem::take(&mut self.told) {
            events.push(Event::Tell(FREE));
        }
    }

    /// Nothing has come until `now`.
    pub(super) fn elapse(&mut self, now: Instant, events: &mut Vec<Event>) {
        if self.due().is_none_or(|due| now < due) {
            return;
        }
        match &mut self.state {
            State::Ground => {}
            State::Escape => {
                self.state = State::Ground;
                self.after_esc = Some(Vec::new());
                events.push(Event::Key(Key::plain(Code::Esc)));
            }
            State::Cancel { lone, .. } => {
                *lone = true;
                self.tell_when_free(events);
            }
            State::Paste(paste) => {
                let outcome = paste.elapse();
                // Where Esc gives the paste up, it may still have been the first byte of the end mark.
                self.after_esc = matches!(outcome, Outcome::Over(..)).then(Vec::new);
                self.paste_outcome(outcome, events);
            }
            _ => {
                self.told = true;
                events.push(Event::Tell(HELD));
            }
        }
    }

    fn paste_outcome(&mut self, outcome: Outcome, events: &mut Vec<Event>) {
        match outcome {
            Outcome::On => {}
            Outcome::Tell(text) => events.push(Event::Tell(text)),
            Outcome::Over(tell, paste) => {
                self.state = State::Ground;
                events.extend(tell.map(Event::Tell));
                events.extend(paste.map(Event::Paste));
            }
        }
    }

    fn take(&mut self, unit: Unit, events: &mut Vec<Event>) {
        match &mut self.state {
            State::Paste(_) | State::Ground => self.ground(unit, events),
            State::Escape => self.escape(unit, events),
            State::Cancel { text, lone } => {
                let (text, lone) = (*text, *lone);
                self.cancel(text, lone, unit, events);
            }
            State::Sequence { .. } => self.sequence(unit, events),
            State::Console { seven } => {
                let seven = *seven;
                match unit.ascii() {
                    Some(c @ b'A'..=b'E') => {
                        self.state = State::Ground;
                        let code = Code::F(c - b'A' + 1);
                        events.push(Event::Key(Key::plain(code)));
                    }
                    Some(0x18 | 0x1a) => self.state = State::Ground,
                    Some(0x1b) => self.interrupt(),
                    Some(0x20..=0x7e) if !seven => self.state = State::Ground,
                    _ if seven => self.give_back("[[", unit, events),
                    _ => self.ground(unit, events),
                }
            }
            State::Mouse(left) => match unit.ascii() {
                Some(0x1b) => self.interrupt(),
                Some(1..=0x1f) => self.ground(unit, events),
                _ => {
                    *left -= 1;
                    if *left == 0 {
                        self.state = State::Ground;
                    }
                }
            },
            State::Opening(kind) => {
                let kind = *kind;
                let opens = |c| opens_text(kind, c) || c == 0x1b;
                if unit.ascii().is_some_and(opens) || ends_text(unit) {
                    self.state = State::Text;
                    self.take(unit, events);
                } else {
                    self.give_back(&char::from(kind).to_string(), unit, events);
                }
            }
            State::Text => {
                if ends_text(unit) {
                    self.state = State::Ground;
                } else if unit.ascii() == Some(0x1b) {
                    self.state = State::Cancel {
                        text: true,
                        lone: false,
                    };
                }
            }
        }
    }

    /// A unit outside of everything.
    fn ground(&mut self, unit: Unit, events: &mut Vec<Event>) {
        self.state = State::Ground;
        let eight = match unit {
            Unit::Char(c) if !('\u{80}'..='\u{9f}').contains(&c) => {
                if c == '\u{1b}' {
                    self.state = State::Escape;
                } else {
                    events.extend(character(c).map(Event::Key));
                }
                return;
            }
            Unit::Char(_) => Form::Utf8,
            Unit::Byte(_) => Form::Eight,
        };
        self.state = match unit.code() {
            0x8f => State::sequence(true, eight),
            0x9b => State::sequence(false, eight),
            0x90 | 0x98 | 0x9d..=0x9f => State::Text,
            _ => State::Ground,
        };
    }

    /// A unit after an `ESC` in the middle of something.
    fn cancel(&mut self, text: bool, lone: bool, unit: Unit, events: &mut Vec<Event>) {
        match unit.ascii() {
            Some(c) if introduces(c) || matches!(c, b'\\' | 0x18 | 0x1a) => {
                self.escape(unit, events);
            }
            // Esc did its work: it ended what held this key back.
            _ if lone => self.ground(unit, events),
            Some(0x1b) => {}
            // What no terminal sends inside of a string does not end it.
            _ if text => self.state = State::Text,
            _ => self.state = State::Ground,
        }
    }

    /// A unit after `ESC`.
    fn escape(&mut self, unit: Unit, events: &mut Vec<Event>) {
        self.state = match unit.ascii() {
            Some(b'[') => State::sequence(false, Form::Seven),
            Some(b'O') => State::sequence(true, Form::Seven),
            Some(c @ (b']' | b'P')) => State::Opening(c),
            Some(b'X' | b'^' | b'_') => State::Text,
            Some(b'\\' | 0x18 | 0x1a) => State::Ground,
            // Two presses of Esc, or Esc before the sequence of another key.
            Some(0x1b) => {
                events.push(Event::Key(Key::plain(Code::Esc)));
                State::Escape
            }
            _ => {
                let key = match unit {
                    Unit::Char(c) => character(c),
                    Unit::Byte(_) => None,
                };
                if let Some(key) = key {
                    events.push(Event::EscThen(key));
                    State::Ground
                } else {
                    events.push(Event::Key(Key::plain(Code::Esc)));
                    return self.ground(unit, events);
                }
            }
        };
    }

    /// A unit after `CSI` or `SS3`.
    fn sequence(&mut self, unit: Unit, events: &mut Vec<Event>) {
        let State::Sequence {
            single,
            form,
            parameters,
        } = &mut self.state
        else {
            return;
        };
        let (single, form) = (*single, *form);
        match unit.ascii() {
            Some(c @ 0x20..=0x3f) if !single || c.is_ascii_digit() || c == b';' => {
                if parameters.len() < PARAMETERS_MAX {
                    parameters.push(c);
                }
            }
            Some(end @ 0x40..=0x7e) => {
                let parameters = std::mem::take(parameters);
                self.state = State::Ground;
                self.end_of_sequence(single, form, &parameters, end, unit, events);
            }
            Some(0x18 | 0x1a) => self.state = State::Ground,
            Some(0x1b) => self.interrupt(),
            // Broken, or begun by a person's Esc.
            _ if parameters.is_empty() && form == Form::Seven => {
                self.give_back(if single { "O" } else { "[" }, unit, events);
            }
            _ => self.ground(unit, events),
        }
    }

    fn end_of_sequence(
        &mut self,
        single: bool,
        form: Form,
        parameters: &[u8],
        end: u8,
        unit: Unit,
        events: &mut Vec<Event>,
    ) {
        let bare = parameters.is_empty();
        let unknown = if single {
            !matches!(end, b'A'..=b'F' | b'H' | b'I' | b'M' | b'P'..=b'S' | b'X' | b'a'..=b'd' | b'j'..=b'y')
        } else {
            !matches!(end, b'A'..=b'Z' | b'[' | b'a'..=b'd' | b't')
        };
        if bare && unknown && form == Form::Seven {
            return self.give_back(if single { "O" } else { "[" }, unit, events);
        }
        if single {
            events.extend(control::single_shift(parameters, end));
            return;
        }
        self.state = match (bare, end) {
            (true, b'[') => State::Console {
                seven: form == Form::Seven,
            },
            (true, b'M') => State::Mouse(3),
            // The reports of xterm's mouse that highlights.
            (true, b't') => State::Mouse(2),
            (true, b'T') => State::Mouse(6),
            (_, b'~') if parameters == b"200" => State::Paste(Begun::new(form)),
            _ => {
                events.extend(control::control_sequence(parameters, end));
                State::Ground
            }
        };
    }

    /// `ESC` in the middle of a sequence: a person's, where one was told that it ends what is held.
    fn interrupt(&mut self) {
        self.state = if self.told {
            State::Cancel {
                text: false,
                lone: false,
            }
        } else {
            State::Escape
        };
    }

    /// No terminal sends this: it was Esc, these keys, and this unit.
    fn give_back(&mut self, keys: &str, unit: Unit, events: &mut Vec<Event>) {
        events.push(Event::Key(Key::plain(Code::Esc)));
        events.extend(keys.chars().map(|c| Event::Key(Key::char(c))));
        self.ground(unit, events);
    }
}

impl State {
    fn sequence(single: bool, form: Form) -> Self {
        State::Sequence {
            single,
            form,
            parameters: Vec::new(),
        }
    }
}
