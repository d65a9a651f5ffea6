//! Records: one patient's longitudinal EHR, read from XML into one event model.
//!
//! In: files in the LUMIA or the visit/day shape. Out: a [`Record`]. Never: a DOM, a dropped event without a
//! notice, or text changed on the way.

pub mod lumia_writer;
pub mod model;
pub mod time;

pub use model::{Encounter, EncounterId, Event, EventId, Kind, Person, Record, Shape, Sym};
pub use time::{Precision, Time};
