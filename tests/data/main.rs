//! Data as files have it: hostile records, tables and datasets, generated corpora, and the public sample.
//!
//! The inputs are made or found through the environment variable `MEDALIGN_SHARED`; without it the tests say so and
//! pass. So do those that need pandas, of the Python that `MEDALIGN_PYTHON` names.

#![allow(clippy::print_stdout)] // a skipped test says why

mod converted;
mod corpus;
mod earlier;
mod evidence;
mod exchange;
mod export;
mod hostile;
mod imports;
mod instructions;
mod omop;
mod omop_defects;
mod report;
mod search;
mod shared;
mod tables;
