//! Ends the program when it is told to, or when its terminal is gone, however stuck the screen's thread may be.
//!
//! In: signals, and the terminal's hang-up. Out: a request that the loop sees as an event; and, when the loop does not
//! end by itself within the grace, the end of the process with exit code 128 + signal and the terminal given back.
//! Judgements need no saving here: each is on disk before it shows as saved.

use std::fmt;
use std::io::{self, Write};
use std::os::unix::net::UnixStream;
use std::panic::Location;
use std::sync::atomic::{AtomicBool, AtomicI32, Ordering};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError, mpsc};
use std::thread::{self, ThreadId};
use std::time::{Duration, Instant};

use crossterm::Command;
use crossterm::cursor::{Hide, Show};
use crossterm::style::ResetColor;
use crossterm::terminal::{EnterAlternateScreen, LeaveAlternateScreen};
use rustix::termios::Termios;
use signal_hook::consts::{SIGCONT, SIGHUP, SIGINT, SIGQUIT, SIGTERM, SIGWINCH, SIGXFSZ};
use signal_hook::iterator::Signals;

use super::tty::{self, Output};

/// The loop has this long to see that the program must end …
const TO_NOTICE: Duration = Duration::from_millis(500);
/// … and then this long to keep what it wants to keep.
const TO_FINISH: Duration = Duration::from_secs(1);
/// A terminal that takes no bytes is given up after this.
const TO_RESTORE: Duration = Duration::from_millis(300);

/// Clicks and the wheel in readable coordinates; no motion, which would flood a slow line.
const TAKE_MOUSE: &[u8] = b"\x1b[?1000h\x1b[?1006h";
const GIVE_MOUSE: &[u8] = b"\x1b[?1006l\x1b[?1000l";
/// Ends a sequence that was cut off, and a synchronized update; plain pen, no scroll region.
const GIVE: &[u8] = b"\x1b\\\x1b[?2026l\x1b[m\x1b[r";

/// crossterm has these only together with its reader of events, which is not used: its `poll` does not return when the
/// terminal is gone (crossterm issue 793).
const MARK_PASTES: &str = "\x1b[?2004h";
const PASTES_UNMARKED: &str = "\x1b[?2004l";

/// Takes the screen: the alternate one, with pastes marked, without cursor.
fn take_screen(out: &mut String) -> fmt::Result {
    EnterAlternateScreen.write_ansi(out)?;
    out.push_str(MARK_PASTES);
    Hide.write_ansi(out)?;
    ResetColor.write_ansi(out)
}

/// No marks around pastes, the cursor back, the screen from before.
fn give_screen(out: &mut String) -> fmt::Result {
    out.push_str(PASTES_UNMARKED);
    Show.write_ansi(out)?;
    LeaveAlternateScreen.write_ansi(out)
}

/// The bytes of some commands. They are made before any lock is asked for, and writing into a string cannot fail.
fn sequence(write: fn(&mut String) -> fmt::Result) -> String {
    let mut out = String::new();
    let written = write(&mut out);
    debug_assert!(written.is_ok());
    out
}

/// Wakes the loop from its waiting, from any thread.
#[derive(Clone, Debug)]
pub struct Waker(Arc<UnixStream>);

impl Waker {
    /// Makes [`events`](super::Terminal::events) return.
    pub fn wake(&self) {
        // A full pipe wakes as well.
        let _ = (&*self.0).write(&[0]);
    }
}

/// What the threads know of the terminal: shared by the loop, the panic hook and the watchers.
#[derive(Debug)]
pub(super) struct Session {
    modes: Termios,
    /// Whether the terminal reports the mouse while it is taken.
    mouse: AtomicBool,
    ui: ThreadId,
    waker: Waker,
    /// Whether the terminal is in the reviewer's modes.
    taken: AtomicBool,
    /// Whether another program has it: then Ctrl-C is meant for that one.
    lent: AtomicBool,
    /// Whether the loop is over.
    over: AtomicBool,
    /// The signal that ends the program, or 0.
    leave: AtomicI32,
    noticed: AtomicBool,
    continued: AtomicBool,
    panics: Mutex<Vec<String>>,
}

impl Session {
    /// A session of the calling thread, and what its loop waits on.
    pub(super) fn new(modes: Termios, mouse: bool) -> io::Result<(Arc<Self>, UnixStream)> {
        let (sender, receiver) = UnixStream::pair()?;
        sender.set_nonblocking(true)?;
        receiver.set_nonblocking(true)?;
        let session = Session {
            modes,
            mouse: AtomicBool::new(mouse),
            ui: thread::current().id(),
            waker: Waker(Arc::new(sender)),
            taken: AtomicBool::new(false),
            lent: AtomicBool::new(false),
            over: AtomicBool::new(false),
            leave: AtomicI32::new(0),
            noticed: AtomicBool::new(false),
            continued: AtomicBool::new(false),
            panics: Mutex::default(),
        };
        Ok((Arc::new(session), receiver))
    }

    pub(super) fn waker(&self) -> Waker {
        self.waker.clone()
    }

    /// Puts the terminal into the reviewer's modes.
    pub(super) fn take(&self) -> io::Result<()> {
        self.taken.store(true, Ordering::SeqCst);
        tty::make_raw(&self.modes)?;
        let mut out = Output::default();
        out.write_all(sequence(take_screen).as_bytes())?;
        if self.mouse.load(Ordering::SeqCst) {
            out.write_all(TAKE_MOUSE)?;
        }
        Ok(())
    }

    /// Asks for the mouse, or gives it back; says which.
    pub(super) fn toggle_mouse(&self) -> io::Result<bool> {
        // Noted before it is asked for: whatever happens then, it is given back.
        let on = !self.mouse.fetch_xor(true, Ordering::SeqCst);
        Output::default().write_all(if on { TAKE_MOUSE } else { GIVE_MOUSE })?;
        Ok(on)
    }

    /// Puts the terminal back as it was; a second call does nothing. Errors are no use to anyone here.
    pub(super) fn give_back(&self) {
        if !self.taken.swap(false, Ordering::SeqCst) || tty::in_foreground() == Some(false) {
            return;
        }
        let mouse: &[u8] = if self.mouse.load(Ordering::SeqCst) {
            GIVE_MOUSE
        } else {
            b""
        };
        let screen = sequence(give_screen);
        let _ = Output::default().write_all(&[GIVE, mouse, screen.as_bytes()].concat());
        let _ = tty::set_back(&self.modes);
    }

    /// Whether the screen is the reviewer's.
    pub(super) fn is_taken(&self) -> bool {
        self.taken.load(Ordering::SeqCst)
    }

    /// Whether this job may use the terminal; waits while it may not, unless the program must end.
    pub(super) fn wait_for_foreground(&self) -> bool {
        while tty::in_foreground() == Some(false) {
            if self.leaving().is_some() {
                return false;
            }
            thread::sleep(Duration::from_millis(50));
        }
        self.leaving().is_none()
    }

    /// Another program has the terminal, or no longer.
    pub(super) fn lend(&self, lent: bool) {
        self.lent.store(lent, Ordering::SeqCst);
    }

    /// The loop is over: from now on a signal ends the process at once.
    pub(super) fn finish(&self) {
        self.give_back();
        self.over.store(true, Ordering::SeqCst);
    }

    /// The signal that the program must end for.
    pub(super) fn leaving(&self) -> Option<i32> {
        Some(self.leave.load(Ordering::SeqCst)).filter(|&signal| signal != 0)
    }

    /// The loop knows that it must end; true when it knew before.
    pub(super) fn notice(&self) -> bool {
        self.noticed.swap(true, Ordering::SeqCst)
    }

    /// Asks the loop to end; the first signal counts.
    pub(super) fn ask_to_leave(&self, signal: i32) {
        let _ = self
            .leave
            .compare_exchange(0, signal, Ordering::SeqCst, Ordering::SeqCst);
        self.waker.wake();
    }

    /// Whether the process was continued after a stop, since the last call.
    pub(super) fn was_continued(&self) -> bool {
        self.continued.swap(false, Ordering::SeqCst)
    }

    /// Keeps the place of a panic, and nothing else of it: the message may hold text of a record.
    pub(super) fn panicked(&self, location: Option<&Location<'_>>) {
        let place = location.map_or_else(|| "an unknown place".to_owned(), ToString::to_string);
        if thread::current().id() == self.ui {
            self.give_back();
        }
        self.panics().push(place);
        self.waker.wake();
    }

    /// The places of the panics since the last call.
    pub(super) fn take_panics(&self) -> Vec<String> {
        std::mem::take(&mut self.panics())
    }

    fn panics(&self) -> MutexGuard<'_, Vec<String>> {
        self.panics.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Gives the loop its grace, then ends the process.
    fn end(self: &Arc<Self>) -> ! {
        let mut deadline = Instant::now() + TO_NOTICE;
        let mut noticed = false;
        while Instant::now() < deadline && !self.over.load(Ordering::SeqCst) {
            if !noticed && self.noticed.load(Ordering::SeqCst) {
                noticed = true;
                deadline = Instant::now() + TO_FINISH;
            }
            thread::sleep(Duration::from_millis(10));
        }
        if self.over.load(Ordering::SeqCst) {
            // The program is about to end by itself, with the same exit code.
            thread::sleep(TO_RESTORE);
        }
        // The terminal may take no bytes: then it cannot be given back, and that must not keep the process.
        let shared = Arc::clone(self);
        let (done, wait) = mpsc::channel();
        let restorer = thread::Builder::new().spawn(move || {
            shared.give_back();
            let _ = done.send(());
        });
        if restorer.is_ok() {
            let _ = wait.recv_timeout(TO_RESTORE);
        }
        std::process::exit(128 + self.leaving().unwrap_or(SIGTERM))
    }
}

/// Makes a write beyond the largest file size that the user may have fail, as on a full disk, instead of ending the process.
///
/// The reviewer calls it before it opens the review file: the default would end it with the terminal taken over and the
/// act that could not be written lost.
///
/// # Errors
/// When the signal cannot be handled.
pub(crate) fn survive_size_limit() -> io::Result<()> {
    signal_hook::flag::register(SIGXFSZ, Arc::new(AtomicBool::new(false))).map(drop)
}

/// Starts the threads that watch for signals and for the terminal's end.
pub(super) fn watch(session: &Arc<Session>) -> io::Result<()> {
    let mut signals = Signals::new([SIGHUP, SIGTERM, SIGINT, SIGQUIT, SIGCONT])?;
    let resized = session.waker.0.try_clone()?;
    signal_hook::low_level::pipe::register(SIGWINCH, resized)?;
    let shared = Arc::clone(session);
    thread::Builder::new()
        .name("signals".to_owned())
        .spawn(move || {
            for signal in signals.forever() {
                match signal {
                    SIGCONT => {
                        shared.continued.store(true, Ordering::SeqCst);
                        shared.waker.wake();
                    }
                    SIGINT | SIGQUIT if shared.lent.load(Ordering::SeqCst) => {}
                    signal => {
                        shared.ask_to_leave(signal);
                        shared.end();
                    }
                }
            }
        })?;
    let shared = Arc::clone(session);
    thread::Builder::new()
        .name("hang-up".to_owned())
        .spawn(move || {
            tty::wait_for_hang_up();
            shared.ask_to_leave(SIGHUP);
            shared.end();
        })?;
    Ok(())
}
