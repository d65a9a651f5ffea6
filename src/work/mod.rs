//! Work that takes a while: beside the screen, with an end that can be asked for, and told of as it goes on.
//!
//! In: what is to be done. Out: what came of it. Never: a key that waits for any of it.
//!
//! [`thread`] does what is wished on a thread of its own, the newest wish first to count; [`cancel`] asks work to end soon;
//! `quiet` runs what may panic on a damaged file;
//! [`progress`] tells a person in front of a terminal, or in a log, how far it is; [`cache`] keeps what was read of files.

pub(crate) mod cache;
pub(crate) mod cancel;
pub(crate) mod progress;
pub(crate) mod quiet;
pub(crate) mod thread;

pub use cancel::Cancel;
