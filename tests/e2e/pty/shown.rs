//! What a program has written into its terminal, as bytes and as a screen.
//!
//! In: the terminal's other end. Out: a state that says when it changed.

use std::fmt::Write as _;
use std::io::Read;
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Condvar, Mutex, PoisonError};
use std::time::Instant;

use filedescriptor::FileDescriptor;
use rustix::event::{PollFd, PollFlags, Timespec};

/// What the program has written.
pub(super) struct Shown {
    pub(super) state: Mutex<State>,
    pub(super) changed: Condvar,
}

pub(super) struct State {
    pub(super) terminal: vt100::Parser,
    pub(super) raw: Vec<u8>,
    /// When how many bytes came.
    pub(super) arrivals: Vec<(Instant, usize)>,
    pub(super) over: bool,
    /// The first bytes of a character whose others have not come.
    pub(super) held: Vec<u8>,
}

impl State {
    /// Gives bytes to the terminal, with another sign for U+FFFD: `vt100` gives that one no column, terminals one.
    fn show(&mut self, bytes: &[u8]) {
        const UNKNOWN: &[u8] = "\u{fffd}".as_bytes();
        let mut all = std::mem::take(&mut self.held);
        all.extend_from_slice(bytes);
        while let Some(at) = memchr::memmem::find(&all, UNKNOWN) {
            all[at..at + UNKNOWN.len()].copy_from_slice("▯".as_bytes());
        }
        let cut = [2, 1].into_iter().find(|&n| all.ends_with(&UNKNOWN[..n]));
        self.held = all.split_off(all.len() - cut.unwrap_or(0));
        self.terminal.process(&all);
    }
}

/// A screen's rows, without the blanks at their ends.
pub(crate) fn rows(screen: &vt100::Screen) -> Vec<String> {
    let width = screen.size().1.get();
    screen
        .rows(0, width)
        .map(|row| row.trim_end().to_owned())
        .collect()
}

pub(super) fn read_all(mut source: FileDescriptor, shown: &Shown, closing: &AtomicBool) {
    let moment = Timespec {
        tv_sec: 0,
        tv_nsec: 20_000_000,
    };
    let mut buffer = [0; 16 << 10];
    while !closing.load(Ordering::SeqCst) {
        let mut fds = [PollFd::new(&source, PollFlags::IN)];
        if rustix::event::poll(&mut fds, Some(&moment)).is_ok_and(|n| n == 0) {
            continue;
        }
        let n = source.read(&mut buffer).unwrap_or(0);
        let mut state = shown.state.lock().unwrap_or_else(PoisonError::into_inner);
        state.over = n == 0;
        state.raw.extend_from_slice(&buffer[..n]);
        state.arrivals.push((Instant::now(), n));
        state.show(&buffer[..n]);
        shown.changed.notify_all();
        if n == 0 {
            return;
        }
    }
}

/// The screen in a frame, for messages.
pub(super) fn picture(screen: &vt100::Screen) -> String {
    let width = screen.size().1.get();
    let mut picture = String::new();
    for row in screen.rows(0, width) {
        let _ = writeln!(picture, "|{row}");
    }
    picture
}
