//! Takes the terminal over and gives it back: on quitting, on errors, panics, signals, on Ctrl-Z, and for other programs.
//!
//! In: what the terminal is asked for. Out: a [`Terminal`] for one call of the reviewer, and the exit code. It prints
//! nothing; a panic's message, which could hold text of a record, is neither shown nor kept.

use std::io::{Read, Write};
use std::os::unix::net::UnixStream;
use std::panic::{self, AssertUnwindSafe};
use std::sync::Arc;
use std::time::{Duration, Instant};

use ratatui::buffer::Buffer;
use ratatui::layout::{Position, Size};
use rustix::process::Signal;

use super::clipboard::{Clipboard, Copied};
use super::decode::{Decoder, ESC_WAIT};
use super::event::Event;
use super::hangup::{self, Session, Waker};
use super::pace::Pace;
use super::screen::Screen;
use super::tty::{self, Output};
use crate::error::{Error, Kind, Result};

/// One turn reads at most this many bytes, so that a flood of input does not stop the drawing.
const READ_MAX: usize = 64 << 10;
/// No waiting is longer.
const WAIT_MAX: Duration = Duration::from_hours(1);
/// After Ctrl-Z the stop comes within this time, or not at all: there is no shell to return to.
const STOP_WAIT: Duration = Duration::from_millis(200);

/// What the terminal is asked for.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Options {
    /// Report the wheel and clicks; the terminal's own selection then needs Shift.
    pub mouse: bool,
    /// Send colours (not with `NO_COLOR`).
    pub colours: bool,
    /// Whether the line to the screen is known to be fast.
    pub fast: bool,
}

impl Default for Options {
    fn default() -> Self {
        Options {
            mouse: false,
            colours: true,
            fast: false,
        }
    }
}

/// The terminal while the reviewer has it.
#[derive(Debug)]
pub struct Terminal {
    session: Arc<Session>,
    screen: Screen<Output>,
    decoder: Decoder,
    pace: Pace,
    wake: UnixStream,
}

/// Runs `reviewer` with the terminal taken over, and returns the exit code: 0, or 128 + the signal that ended it.
///
/// The terminal is given back before this returns, whatever happens. The reviewer must return soon after
/// [`Event::Leave`]; it runs on the calling thread.
///
/// # Errors
/// When there is no terminal, or it cannot do what is needed (exit code 2); what `reviewer` returns; a panic of
/// `reviewer` as a defect (exit code 70) naming its place alone.
pub fn run(options: Options, reviewer: impl FnOnce(&mut Terminal) -> Result<()>) -> Result<u8> {
    let mut terminal = Terminal::enter(options)?;
    let session = Arc::clone(&terminal.session);
    let hook = {
        let session = Arc::clone(&session);
        let before = panic::take_hook();
        panic::set_hook(Box::new(move |panic| session.panicked(panic.location())));
        before
    };
    let outcome = panic::catch_unwind(AssertUnwindSafe(|| reviewer(&mut terminal)));
    session.finish();
    panic::set_hook(hook);
    if let Ok(result) = outcome {
        return result.map(|()| session.leaving().map_or(0, |signal| 128 + signal as u8));
    }
    let places = session.take_panics();
    let place = places.last().map_or("an unknown place", String::as_str);
    Err(Error::bug(format!(
        "the reviewer stopped at a defect of the program, at {place}"
    ))
    .hint("every saved judgement is on disk: start it again to go on, and report the place named here"))
}

impl Drop for Terminal {
    fn drop(&mut self) {
        self.session.finish();
    }
}

impl Terminal {
    fn enter(options: Options) -> Result<Self> {
        let modes = tty::check(std::env::var("TERM").ok().as_deref())?;
        let (session, wake) =
            Session::new(modes, options.mouse).map_err(|e| failed("preparing the terminal", e))?;
        let terminal = Terminal {
            screen: Screen::new(Output::default(), tty::size(), options.colours),
            session,
            decoder: Decoder::new(Instant::now()),
            pace: Pace::new(options.fast),
            wake,
        };
        hangup::watch(&terminal.session).map_err(|e| failed("watching for signals", e))?;
        // What may fail comes before; from here on the terminal is given back by `Drop`.
        terminal
            .session
            .take()
            .map_err(|e| failed("taking the terminal over", e))?;
        Ok(terminal)
    }

    /// Columns and rows.
    pub fn size(&self) -> Size {
        self.screen.size()
    }

    /// What other threads call to make [`events`](Self::events) return.
    pub fn waker(&self) -> Waker {
        self.session.waker()
    }

    /// Draws a frame: `render` gets an empty buffer of [`size`](Self::size) and says where the text cursor stands.
    ///
    /// # Errors
    /// When the terminal cannot be written to. When it is gone that is no error: the next event says so.
    pub fn draw(&mut self, render: impl FnOnce(&mut Buffer) -> Option<Position>) -> Result<()> {
        if !self.session.is_taken() {
            // The program is about to end, and the screen is another program's again.
            return Ok(());
        }
        let before = self.screen.bytes_sent();
        let result = self.screen.draw(render);
        self.pace
            .drew(self.screen.bytes_sent() - before, Instant::now());
        self.written(result)
    }

    /// Whether a key is held down.
    pub fn is_held(&self) -> bool {
        self.pace.is_held()
    }

    /// How long the next frame should wait, since a key is held down; `None` when it should be drawn.
    pub fn holds_back(&self) -> Option<Duration> {
        self.pace.wait(Instant::now())
    }

    /// Draws the next frame whole, whatever the terminal shows now.
    pub fn clear(&mut self) {
        self.screen.clear();
    }

    /// Waits until something happens, for `wait` at most, and returns all that has happened.
    ///
    /// Also returns, with nothing, when a [`Waker`] was used. After [`Event::Leave`] there are no others.
    ///
    /// # Errors
    /// When the terminal cannot be read.
    pub fn events(&mut self, wait: Duration) -> Result<Vec<Event>> {
        let events = self.wait_for_events(wait)?;
        let now = Instant::now();
        for event in &events {
            match event {
                Event::Key(key) => self.pace.key(*key, now),
                _ => self.pace.other(),
            }
        }
        Ok(events)
    }

    fn wait_for_events(&mut self, wait: Duration) -> Result<Vec<Event>> {
        let deadline = Instant::now() + wait.min(WAIT_MAX);
        let mut events = Vec::new();
        let mut read = 0;
        loop {
            if self.interruptions(&mut events)? {
                return Ok(events);
            }
            let now = Instant::now();
            let until = if events.is_empty() { deadline } else { now };
            let due = self.decoder.due();
            let timeout = due.map_or(until, |due| due.min(until)) - now;
            let ready =
                tty::wait(&self.wake, timeout).map_err(|e| failed("waiting for keys", e))?;
            if ready.wake {
                let _ = self.wake.read(&mut [0; 64]);
                if self.interruptions(&mut events)? || !ready.input {
                    return Ok(events);
                }
            }
            if ready.input {
                match self.read(&mut events)? {
                    0 => {}
                    n => {
                        read += n;
                        if read < READ_MAX {
                            continue;
                        }
                    }
                }
            }
            if ready.gone {
                self.session.ask_to_leave(signal_hook::consts::SIGHUP);
                continue;
            }
            self.decoder.elapse(Instant::now(), &mut events);
            if !events.is_empty() || Instant::now() >= deadline {
                return Ok(events);
            }
        }
    }

    /// Stops the program as Ctrl-Z does, and takes the terminal again when it goes on.
    ///
    /// Where no shell is there to return to, the program goes on at once.
    ///
    /// # Errors
    /// When the terminal cannot be taken over again.
    pub fn suspend(&mut self) -> Result<()> {
        self.session.give_back();
        self.session.was_continued();
        rustix::process::kill_current_process_group(Signal::TSTP)
            .map_err(|e| failed("suspending", e.into()))?;
        let deadline = Instant::now() + STOP_WAIT;
        while !self.session.was_continued() && Instant::now() < deadline {
            std::thread::sleep(Duration::from_millis(5));
        }
        self.take_again()
    }

    /// Gives the terminal to `other`, an editor perhaps, and takes it again afterwards.
    ///
    /// # Errors
    /// When the terminal cannot be taken over again.
    pub fn lend<T>(&mut self, other: impl FnOnce() -> T) -> Result<T> {
        self.session.lend(true);
        self.session.give_back();
        let result = other();
        self.session.lend(false);
        self.session.was_continued();
        self.take_again()?;
        Ok(result)
    }

    /// Asks the terminal for the mouse, or gives it back; says whether it is asked for now.
    ///
    /// # Errors
    /// When the terminal cannot be written to.
    pub fn toggle_mouse(&mut self) -> Result<bool> {
        let toggled = self.session.toggle_mouse();
        let on = toggled.as_ref().is_ok_and(|on| *on);
        self.written(toggled.map(drop))?;
        Ok(on)
    }

    /// Sends `text` to the clipboard of the terminal and returns what to tell the user.
    ///
    /// # Errors
    /// When the terminal cannot be written to.
    pub fn copy(&mut self, clipboard: &Clipboard, text: &str) -> Result<String> {
        match clipboard.copy(text) {
            Copied::Sent { bytes, message } => {
                let result = self.screen.output().write_all(&bytes);
                self.written(result)?;
                Ok(message)
            }
            Copied::Refused(message) => Ok(message),
        }
    }

    /// Reads once and returns how many bytes came.
    fn read(&mut self, events: &mut Vec<Event>) -> Result<usize> {
        let mut buffer = [0; 4096];
        let read = tty::read(&mut buffer).map_err(|e| failed("reading keys", e))?;
        if read.is_none() {
            self.session.ask_to_leave(signal_hook::consts::SIGHUP);
        }
        let n = read.unwrap_or(0);
        self.decoder.feed(&buffer[..n], Instant::now(), events);
        Ok(n)
    }

    /// Appends what did not come from the keyboard; true when the program must end.
    fn interruptions(&mut self, events: &mut Vec<Event>) -> Result<bool> {
        if self.session.was_continued() {
            self.take_again()?;
            events.push(Event::Resumed);
        }
        if let Some(signal) = self.session.leaving() {
            if self.session.notice() {
                // The loop goes on after it was told to end: it must not spin until the grace is over.
                std::thread::sleep(ESC_WAIT);
            }
            events.push(Event::Leave(signal));
            return Ok(true);
        }
        events.extend(
            self.session
                .take_panics()
                .into_iter()
                .map(Event::WorkerPanicked),
        );
        let size = tty::size();
        if size != self.screen.size() {
            self.screen.resize(size);
            events.push(Event::Resize(size.width, size.height));
        }
        Ok(false)
    }

    fn take_again(&mut self) -> Result<()> {
        if self.session.wait_for_foreground() {
            self.session
                .take()
                .map_err(|e| failed("taking the terminal over again", e))?;
            self.screen.reset();
        }
        Ok(())
    }

    fn written(&mut self, result: std::io::Result<()>) -> Result<()> {
        match result {
            Err(error) if tty::is_gone(&error) => {
                self.session.ask_to_leave(signal_hook::consts::SIGHUP);
                Ok(())
            }
            result => result.map_err(|e| failed("writing to the terminal", e)),
        }
    }
}

fn failed(doing: &str, error: std::io::Error) -> Error {
    Error::new(Kind::Unreadable, format!("{doing} failed: {error}"))
        .hint("start the reviewer in another terminal window")
        .caused_by(error)
}
