//! Imports and reports as the command line runs them, on invented tables and on generated ones, which need the
//! environment variable `MEDALIGN_SHARED`; without it the tests say so and pass.

mod imports;
mod instructions;
mod meds;
mod omop;
mod omop_defects;
mod report;
mod server;
mod sources;
