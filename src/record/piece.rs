//! A record's pieces as they are written one after the other: the patient, encounters, events.
//!
//! In: bytes on their way to a writer. Out: the same bytes, and how many there were before each piece.

use std::io::{self, Write};

use super::model::{Encounter, EventId};

/// A piece of a record that is about to be written.
#[derive(Clone, Copy, Debug)]
pub(crate) enum Piece<'a> {
    /// Who the patient is.
    Patient,
    /// What is said of an encounter before its events.
    Encounter(&'a Encounter),
    /// An event; a fact about the patient among these.
    Event(EventId),
}

/// A writer that knows how far it has come.
pub(super) struct Counting<W> {
    to: W,
    at: usize,
}

impl<W: Write> Counting<W> {
    pub(super) fn new(to: W) -> Self {
        Counting { to, at: 0 }
    }

    /// The bytes written so far.
    pub(super) fn at(&self) -> usize {
        self.at
    }
}

impl<W: Write> Write for Counting<W> {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        let n = self.to.write(bytes)?;
        self.at += n;
        Ok(n)
    }

    fn flush(&mut self) -> io::Result<()> {
        self.to.flush()
    }
}
