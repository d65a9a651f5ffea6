//! A paste, from its mark to its end mark.
//!
//! In: the bytes after the mark, cut anywhere, and the time. Out: the text, and what to tell of a paste that stops in
//! the middle. It ends at its end mark and nowhere else: no time makes its rest keys. Only a person ends it otherwise,
//! with Esc after a silence, and then its text is thrown away.

use std::time::{Duration, Instant};

use crate::tui::terminal::event::Paste;

/// A paste is kept up to this many bytes.
pub(super) const PASTE_MAX: usize = 1 << 20;
/// A paste that says nothing for so long is spoken of.
pub(super) const SILENCE: Duration = Duration::from_secs(2);
/// After this long its text is thrown away, and only its end is waited for.
pub(super) const LONG_SILENCE: Duration = Duration::from_mins(1);
/// An `ESC` after a silence is a person's, when nothing has followed for this long: it may begin the end mark.
pub(super) const ESC_WAIT: Duration = Duration::from_secs(1);

pub(super) const STOPPED: &str =
    "A paste has stopped in the middle: keys wait for its rest; Esc gives it up";
pub(super) const THROWN_AWAY: &str =
    "A paste never ended and was thrown away: press Esc, then paste again";
pub(super) const GIVEN_UP: &str = "The paste was given up: nothing of it was taken";
pub(super) const CAME_LATE: &str = "The rest of the paste came";
pub(super) const CAME_TOO_LATE: &str =
    "The rest of a paste came too late and was thrown away: paste again";

/// The form in which the mark came, and so its end does.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Form {
    /// `ESC [`.
    Seven,
    /// The C1 control as one byte.
    Eight,
    /// The C1 control as a character.
    Utf8,
}

impl Form {
    /// Only the form of the beginning ends it: the text may hold the others.
    fn end(self) -> &'static [u8] {
        match self {
            Form::Seven => b"\x1b[201~",
            Form::Eight => b"\x9b201~",
            Form::Utf8 => b"\xc2\x9b201~",
        }
    }
}

/// A paste that has begun.
#[derive(Debug)]
pub(super) struct Begun {
    end: &'static [u8],
    kept: Vec<u8>,
    /// Bytes that were not kept.
    dropped: usize,
    /// The last bytes, when they may be the first of the end mark.
    tail: Vec<u8>,
    /// What was told of the silence that lasts.
    told: Told,
    /// Whether anything was told at all: from then on Esc gives it up.
    spoken: bool,
    /// A lone `ESC` came after a silence.
    escape: bool,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Told {
    Nothing,
    Stopped,
    ThrownAway,
}

/// What some more bytes, or some more time, did to a paste.
#[derive(Debug, PartialEq, Eq)]
pub(super) enum Outcome {
    /// It is not over.
    On,
    /// It is not over, and this is to be told.
    Tell(&'static str),
    /// It is over: with this to tell, and this text.
    Over(Option<&'static str>, Option<Paste>),
}

impl Begun {
    pub(super) fn new(form: Form) -> Self {
        Begun {
            end: form.end(),
            kept: Vec::new(),
            dropped: 0,
            tail: Vec::new(),
            told: Told::Nothing,
            spoken: false,
            escape: false,
        }
    }

    /// Takes bytes; `alone`: they are all that was read at once. Says how many of them were the paste's.
    pub(super) fn feed(&mut self, bytes: &[u8], alone: bool) -> (usize, Outcome) {
        self.escape = alone && bytes == b"\x1b" && self.spoken;
        let held = self.tail.len();
        let mut all = std::mem::take(&mut self.tail);
        all.extend_from_slice(bytes);
        if let Some(at) = memchr::memmem::find(&all, self.end) {
            self.keep(&all[..at]);
            return (at + self.end.len() - held, self.over());
        }
        // The end mark may be cut: its first bytes stay for the next time.
        let text = all.len() - cut_mark(&all, self.end);
        self.keep(&all[..text]);
        self.tail = all.split_off(text);
        if self.told == Told::Stopped && !self.escape {
            self.told = Told::Nothing;
        }
        (bytes.len(), Outcome::On)
    }

    fn over(&mut self) -> Outcome {
        if self.told == Told::ThrownAway {
            return Outcome::Over(Some(CAME_TOO_LATE), None);
        }
        let paste = text(&self.kept, self.dropped);
        Outcome::Over(self.spoken.then_some(CAME_LATE), Some(paste))
    }

    fn keep(&mut self, bytes: &[u8]) {
        let room = match self.told {
            Told::ThrownAway => 0,
            _ => PASTE_MAX.saturating_sub(self.kept.len()).min(bytes.len()),
        };
        self.kept.extend_from_slice(&bytes[..room]);
        self.dropped += bytes.len() - room;
    }

    /// When [`elapse`](Self::elapse) has something to say, if nothing comes after `last`.
    pub(super) fn due(&self, last: Instant) -> Option<Instant> {
        if self.escape {
            return Some(last + ESC_WAIT);
        }
        match self.told {
            Told::Nothing => Some(last + SILENCE),
            Told::Stopped => Some(last + LONG_SILENCE),
            Told::ThrownAway => None,
        }
    }

    /// The time that [`due`](Self::due) names has come.
    pub(super) fn elapse(&mut self) -> Outcome {
        if self.escape {
            return Outcome::Over(Some(GIVEN_UP), None);
        }
        let (told, tell) = match self.told {
            Told::Nothing => (Told::Stopped, STOPPED),
            Told::Stopped | Told::ThrownAway => (Told::ThrownAway, THROWN_AWAY),
        };
        self.told = told;
        self.spoken = true;
        if told == Told::ThrownAway {
            self.kept = Vec::new();
        }
        Outcome::Tell(tell)
    }
}

/// How many bytes at the end of `text` may be the start of the end mark.
fn cut_mark(text: &[u8], end: &[u8]) -> usize {
    (1..end.len().min(text.len() + 1))
        .rev()
        .find(|&n| text.ends_with(&end[..n]))
        .unwrap_or(0)
}

/// Makes pasted bytes a text.
fn text(bytes: &[u8], dropped: usize) -> Paste {
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
