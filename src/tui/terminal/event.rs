//! What happens at the terminal, as the reviewer gets it.
//!
//! In: nothing. Out: the types alone; [`Terminal::events`](super::Terminal::events) makes them.

use super::key::Key;

/// What happened at the terminal.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Event {
    /// A key was pressed.
    Key(Key),
    /// `ESC` and this key came at once: Alt with the key where that is bound, else Esc and then the key.
    EscThen(Key),
    /// Text was pasted.
    Paste(Paste),
    /// Something to tell the reviewer: keys are held back, or no longer.
    Tell(&'static str),
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

/// What was done with the mouse; other buttons, drags and what is held with Ctrl, Alt or Shift say nothing.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum MouseKind {
    /// The wheel went up.
    WheelUp,
    /// The wheel went down.
    WheelDown,
    /// The left button went down.
    Press,
}
