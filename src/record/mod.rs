//! Records: one patient's longitudinal EHR, read from XML into one event model.
//!
//! In: files in the LUMIA or the visit/day shape. Out: a [`Record`], [`Unconfirmed`] at first. Never: a DOM, a dropped event without a
//! notice, or text changed on the way.
//!
//! [`read()`] decodes the bytes (`encoding`), finds the root element and chooses the reader by it (`read`). Both readers
//! (`lumia`, `visit_day`) walk over elements (`walk`) that a lenient scanner cuts out (`scan`, `tag`), push into
//! the [`Builder`], and report what is off (`findings`). [`locate`] finds where a copied passage stands.

mod age;
mod as_of;
mod code_line;
mod encoding;
mod findings;
pub(crate) mod linear;
pub(crate) mod lists;
pub(crate) mod locate;
mod lumia;
pub(crate) mod lumia_writer;
pub(crate) mod model;
pub(crate) mod number;
mod patient;
mod person;
mod piece;
mod read;
mod scan;
mod strict;
mod tag;
#[cfg(test)]
mod tests;
pub(crate) mod time;
mod value;
mod visit_day;
pub(crate) mod visit_day_writer;
mod walk;

pub(crate) use as_of::AsOf;
pub(crate) use encoding::windows_1252;
pub(crate) use findings::Lines;
pub(crate) use locate::Passages;
pub use model::Kind;
#[cfg(test)]
pub(crate) use model::{Builder, Shape};
pub(crate) use model::{Encounter, EncounterId, Event, EventId, Record, Sym};
pub(crate) use patient::born_at;
pub(crate) use piece::Piece;
pub use read::{Unconfirmed, read, read_bytes};
pub(crate) use strict::refused_at;
pub(crate) use time::{Precision, Time};
