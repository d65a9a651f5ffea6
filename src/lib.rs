//! The core of `medalign`, in the order in which data flows:
//!
//! Common ground: `stats` is numbers and how they are computed, `files` what is done to files, `work` what takes a while.
//! `record` reads patients' records, `omop` and `meds` make them of a hospital's tables; `dataset` reads the tables that pose
//! instructions about them; `search` finds places in a record; `infer` has models answer; `review` keeps what reviewers
//! say of the answers; `metrics` says how alike two texts are, with the feature `neural` by language models, too; `report` makes statistics and tables; `commands` and `tui`
//! stand on top of all.
//!
//! All of these are private, so that the compiler finds what nobody calls. The face is what the program needs: [`Cli`]
//! read from the command line, and [`run`]. `cargo doc --document-private-items` shows the rooms.

// Without the screen, what only the screen calls is called by nobody.
#![cfg_attr(not(feature = "tui"), allow(dead_code, unused_imports))]

mod cli;
mod clock;
mod commands;
mod config;
mod dataset;
mod error;
mod files;
mod infer;
#[doc(hidden)]
pub mod inside;
mod judge;
#[cfg(test)]
mod loopback;
mod meds;
mod metrics;
#[cfg(test)]
mod mutations;
#[cfg(feature = "neural")]
mod neural;
mod notice;
mod omop;
mod record;
mod report;
mod review;
mod search;
#[cfg(test)]
mod shared;
pub mod sink;
mod stats;
mod text;
#[cfg(feature = "tui")]
mod tui;
mod work;

pub use cli::Cli;
pub use commands::{is_closed_pipe, output_failed, run};
pub use error::{Error, Result};
