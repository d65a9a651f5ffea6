//! The terminal device itself: raw mode, size, waiting, reading, writing.
//!
//! In and out: the process's standard input and output, which must be terminals. The bytes go by the system calls
//! alone: no lock and no buffer that a stuck thread could hold while another one gives the terminal back.

use std::io::{self, Write};
use std::os::fd::AsFd;
use std::os::unix::net::UnixStream;
use std::time::Duration;

use ratatui::layout::Size;
use rustix::event::{PollFd, PollFlags, Timespec};
use rustix::io::Errno;
use rustix::stdio::{stdin, stdout};
use rustix::termios::{self, OptionalActions, QueueSelector, Termios};

use crate::error::{Error, Result};

/// What a terminal without a size is taken for.
const USUAL_SIZE: Size = Size {
    width: 80,
    height: 24,
};

/// The standard output, without lock and without buffer.
#[derive(Debug, Default)]
pub(super) struct Output {
    _private: (),
}

impl Write for Output {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        loop {
            match rustix::io::write(stdout(), bytes) {
                Ok(n) => return Ok(n),
                Err(Errno::INTR) => {}
                // Another program that shares the terminal has made it non-blocking.
                Err(Errno::AGAIN) => {
                    rustix::event::poll(
                        &mut [PollFd::from_borrowed_fd(stdout(), PollFlags::OUT)],
                        None,
                    )?;
                }
                Err(error) => return Err(error.into()),
            }
        }
    }

    fn flush(&mut self) -> io::Result<()> {
        Ok(())
    }
}

/// Whether an error says that the terminal is gone.
pub(super) fn is_gone(error: &io::Error) -> bool {
    error
        .raw_os_error()
        .map(Errno::from_raw_os_error)
        .is_some_and(|e| matches!(e, Errno::IO | Errno::NXIO | Errno::PIPE | Errno::BADF))
}

/// Looks whether the reviewer can run here and returns the terminal's modes.
pub(super) fn check(term: Option<&str>) -> Result<Termios> {
    let refuse = |what: &str| {
        Error::usage(format!("the reviewer needs a terminal, and {what}")).hint(
            "start it in a terminal window without pipes; over ssh with `ssh -t HOST medalign …`. The other commands work without one, see `medalign help`",
        )
    };
    if term == Some("dumb") {
        return Err(refuse(
            "this one says that it cannot place a cursor (TERM=dumb)",
        ));
    }
    if !termios::isatty(stdin()) {
        return Err(refuse("standard input is none"));
    }
    if !termios::isatty(stdout()) {
        return Err(refuse("standard output is none"));
    }
    termios::tcgetattr(stdin()).map_err(|error| refuse("its modes cannot be read").caused_by(error))
}

/// Keys come one by one, without echo, and none of them is a signal.
pub(super) fn make_raw(modes: &Termios) -> io::Result<()> {
    let mut raw = modes.clone();
    raw.make_raw();
    termios::tcsetattr(stdin(), OptionalActions::Now, &raw)?;
    Ok(())
}

/// Sets the modes back; keys that were not read yet are thrown away, so that they do not become commands.
pub(super) fn set_back(modes: &Termios) -> io::Result<()> {
    // Setting them at once, whatever output still waits: a terminal that takes no bytes must not hold the program.
    termios::tcsetattr(stdin(), OptionalActions::Now, modes)?;
    termios::tcflush(stdin(), QueueSelector::IFlush)?;
    Ok(())
}

/// Columns and rows.
pub(super) fn size() -> Size {
    match termios::tcgetwinsize(stdout()) {
        Ok(size) if size.ws_col > 0 && size.ws_row > 0 => Size::new(size.ws_col, size.ws_row),
        _ => USUAL_SIZE,
    }
}

/// Whether the terminal belongs to this job: a job in the background that touches it is stopped. `None` when there is
/// no telling.
pub(super) fn in_foreground() -> Option<bool> {
    let owner = termios::tcgetpgrp(stdin()).ok()?;
    Some(owner == rustix::process::getpgrp())
}

/// What there is to do.
#[derive(Clone, Copy, Debug, Default)]
pub(super) struct Ready {
    /// Bytes can be read.
    pub(super) input: bool,
    /// Another thread, or a signal, has something to tell.
    pub(super) wake: bool,
    /// The terminal is gone.
    pub(super) gone: bool,
}

/// Waits for input or a wake-up.
pub(super) fn wait(wake: &UnixStream, timeout: Duration) -> io::Result<Ready> {
    let mut fds = [
        PollFd::from_borrowed_fd(stdin(), PollFlags::IN),
        PollFd::from_borrowed_fd(wake.as_fd(), PollFlags::IN),
    ];
    match rustix::event::poll(&mut fds, Some(&timespec(timeout))) {
        Ok(_) => {}
        // A signal: whatever it was, it also wakes.
        Err(Errno::INTR) => return Ok(Ready::default()),
        Err(error) => return Err(error.into()),
    }
    let (input, wake) = (fds[0].revents(), fds[1].revents());
    Ok(Ready {
        input: input.contains(PollFlags::IN),
        wake: !wake.is_empty(),
        gone: is_hang_up(input),
    })
}

/// Waits until the terminal is gone.
pub(super) fn wait_for_hang_up() {
    loop {
        let mut fds = [PollFd::from_borrowed_fd(stdin(), PollFlags::empty())];
        match rustix::event::poll(&mut fds, None) {
            Ok(_) if is_hang_up(fds[0].revents()) => return,
            Ok(_) | Err(Errno::INTR | Errno::AGAIN) => {}
            Err(_) => return,
        }
    }
}

fn is_hang_up(flags: PollFlags) -> bool {
    flags.intersects(PollFlags::HUP | PollFlags::ERR | PollFlags::NVAL)
}

/// Reads what is there; `None` when the terminal is gone.
pub(super) fn read(buffer: &mut [u8]) -> io::Result<Option<usize>> {
    match rustix::io::read(stdin(), buffer) {
        Ok(0) | Err(Errno::IO | Errno::NXIO) => Ok(None),
        Ok(n) => Ok(Some(n)),
        Err(Errno::INTR | Errno::AGAIN) => Ok(Some(0)),
        Err(error) => Err(error.into()),
    }
}

fn timespec(duration: Duration) -> Timespec {
    Timespec {
        tv_sec: duration.as_secs().min(3600) as i64,
        tv_nsec: i64::from(duration.subsec_nanos()),
    }
}
