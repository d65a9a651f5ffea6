//! Search: find in one record as it is typed, ranked search over the cohort, and records for instructions.
//!
//! In: records, and what a person or an instruction asks. Out: places, ranked events, candidate records. Never: a change to
//! the dataset; what is kept (the index, counts) lies in the cache folder, is private, and can be made again.
//!
//! [`find`] looks for a literal or a pattern in one record. For ranked search, [`analysis`] cuts texts into words,
//! [`schema`] says what is indexed, [`build`](mod@build) writes the index at its [`place`], [`query`] understands what was
//! typed, [`notation`] and [`date`] say how else a word or a day is written, [`engine`] runs it, [`snippet`] marks the words in a text, [`passage`] is what is shown of a hit, [`worker`] does this on threads for the screen. [`retrieve`]
//! finds what fits an instruction: records of the dataset, events of a record.

pub(crate) mod analysis;
pub mod build;
pub(crate) mod claim;
pub(crate) mod date;
pub(crate) mod engine;
mod exclusion;
pub(crate) mod find;
pub(crate) mod ground;
mod hit;
pub(crate) mod notation;
mod pass;
pub(crate) mod passage;
pub(crate) mod place;
pub(crate) mod query;
pub(crate) mod retrieve;
pub(crate) mod schema;
pub(crate) mod snippet;
#[cfg(test)]
mod tests;
pub(crate) mod worker;

pub use build::build;
pub(crate) use build::{Progress, State};
pub use engine::Engine;
pub(crate) use engine::{Found, Weight};
pub(crate) use hit::Hit;
pub(crate) use passage::{EncounterLine, Passage};
pub use place::IndexFolder;
pub(crate) use query::Hidden;
pub use query::Query;
pub(crate) use retrieve::proposals::Proposals;
pub use snippet::Marker;
pub(crate) use worker::Worker;
