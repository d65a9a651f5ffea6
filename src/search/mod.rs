//! Search: find in one record as it is typed, ranked search over the cohort, and records for instructions.
//!
//! In: records, and what a person or an instruction asks. Out: places, ranked events, candidate records. Never: a change to
//! the dataset; what is kept (the index, counts) lies in the cache folder, is private, and can be made again.
//!
//! [`find`] looks for a literal or a pattern in one record. For ranked search, [`analysis`] cuts texts into words,
//! [`schema`] says what is indexed, [`build`](mod@build) writes the index at its [`place`], [`query`] understands what was
//! typed, [`notation`] and [`date`] say how else a word or a day is written, [`engine`] runs it, [`snippet`] marks the words in a text, [`passage`] is what is shown of a hit, [`worker`] does this on threads for the screen. [`retrieve`]
//! finds what fits an instruction: records of the dataset, events of a record.

pub mod analysis;
pub mod build;
pub mod claim;
pub(crate) mod date;
pub mod engine;
mod exclusion;
pub mod find;
pub mod ground;
mod hit;
pub mod notation;
mod pass;
pub mod passage;
pub mod place;
pub mod query;
pub mod retrieve;
pub mod schema;
pub mod snippet;
#[cfg(test)]
mod tests;
pub mod worker;

pub use build::{Progress, State, build};
pub use engine::{Engine, Found, Weight};
pub use hit::Hit;
pub use passage::{EncounterLine, Passage};
pub use place::IndexFolder;
pub use query::{Hidden, Query};
pub use retrieve::proposals::Proposals;
pub use snippet::Marker;
pub use worker::Worker;
