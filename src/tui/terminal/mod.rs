//! The terminal: taken over and given back, read and drawn with few bytes.
//!
//! In: bytes and signals of the terminal, frames drawn into a ratatui [`Buffer`](ratatui::buffer::Buffer). Out:
//! [`Event`]s, and the shortest run of bytes that turns the last frame into the new one. It never interprets what is
//! on the screen, never asks the terminal a question, and never leaves it in another state than it was found in.
//!
//! [`run`] takes the terminal over, calls the reviewer, and gives it back whatever happens. One turn of the loop:
//!
//! ```no_run
//! # use std::time::Duration;
//! # use medalign::inside::tui::terminal::{self, Event, Options, Terminal};
//! # fn example() -> medalign::Result<u8> {
//! terminal::run(Options::default(), |terminal: &mut Terminal| {
//!     let mut dirty = true;
//!     loop {
//!         if dirty {
//!             terminal.draw(|_buffer| None)?;
//!             dirty = false;
//!         }
//!         for event in terminal.events(Duration::from_millis(250))? {
//!             dirty = true;
//!             if matches!(event, Event::Leave(_)) {
//!                 return Ok(());
//!             }
//!         }
//!     }
//! })
//! # }
//! ```

mod brush;
mod clipboard;
mod decode;
mod event;
mod facts;
mod grid;
mod guard;
mod hangup;
mod key;
mod pace;
mod pen;
mod screen;
mod tty;

pub use clipboard::Clipboard;
pub use event::Event;
pub(crate) use event::MouseKind;
pub use facts::Facts;
pub use guard::{Options, Terminal, run};
pub(crate) use hangup::{Waker, survive_size_limit};
pub use key::{Code, Key};
pub(crate) use screen::Screen;
