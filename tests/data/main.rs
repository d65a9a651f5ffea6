//! Reading data of every shape: hostile records, tables and datasets, corpora with known counts, the public sample.
//!
//! The inputs are made or found through the environment variable `MEDALIGN_SHARED`; without it the tests say so and
//! pass.

#![allow(clippy::print_stdout)] // a skipped test says why

mod corpus;
mod hostile;
mod shared;
mod tables;
