//! The program as a user meets it: in a terminal, with keys, signals and lost connections.

#![allow(clippy::print_stdout)] // a skipped test says why

#[cfg(all(unix, feature = "tui"))]
mod desk;
#[cfg(all(unix, feature = "tui"))]
mod disk;
#[cfg(all(unix, feature = "tui"))]
mod evening;
#[cfg(all(unix, feature = "tui"))]
mod faults;
#[cfg(all(unix, feature = "tui"))]
mod gold;
#[cfg(all(unix, feature = "tui"))]
mod hostile;
#[cfg(all(unix, feature = "tui"))]
mod killed;
#[cfg(all(unix, feature = "tui"))]
mod leaving;
#[cfg(all(unix, feature = "tui"))]
#[path = "../../src/loopback.rs"]
mod loopback;
#[cfg(all(unix, feature = "tui"))]
mod mouse;
#[cfg(all(unix, feature = "tui"))]
mod pairs;
#[cfg(all(unix, feature = "tui"))]
mod plain;
#[cfg(all(unix, feature = "tui"))]
mod progress;
#[cfg(all(unix, feature = "tui"))]
mod pty;
#[cfg(all(unix, feature = "tui"))]
mod replies;
#[cfg(all(unix, feature = "tui"))]
mod resizes;
#[cfg(all(unix, feature = "tui"))]
mod searching;
#[cfg(all(unix, feature = "tui"))]
mod sessions;
#[cfg(all(unix, feature = "tui"))]
mod sink;
#[cfg(all(unix, feature = "tui"))]
mod slow;
#[cfg(all(unix, feature = "tui"))]
mod sockets;
#[cfg(all(unix, feature = "tui"))]
mod terminal;
#[cfg(all(unix, feature = "tui"))]
mod tmux;
#[cfg(all(unix, feature = "tui"))]
mod together;
