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
pub mod linear;
pub(crate) mod lists;
pub mod locate;
mod lumia;
pub mod lumia_writer;
pub mod model;
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
pub mod time;
mod value;
mod visit_day;
pub mod visit_day_writer;
mod walk;

pub use as_of::AsOf;
pub use findings::Lines;
pub use locate::Passages;
#[cfg(test)]
pub use model::{Builder, Shape};
pub use model::{Encounter, EncounterId, Event, EventId, Kind, Record, Sym};
pub(crate) use patient::born_at;
pub use piece::Piece;
pub use read::{Unconfirmed, read, read_bytes};
pub use strict::refused_at;
pub use time::{Precision, Time};
