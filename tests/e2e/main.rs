//! The program as a user meets it: in a terminal, with keys, signals and lost connections.

#[cfg(all(unix, feature = "tui"))]
mod pty;
#[cfg(all(unix, feature = "tui"))]
mod terminal;
