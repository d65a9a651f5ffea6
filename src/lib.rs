//! The core of `medalign`, in the order in which data flows:
//!
//! Common ground: [`stats`] is numbers and how they are computed, [`files`] what is done to files,
//! [`work`] what takes a while.
//! [`record`] reads patients' records, [`omop`] makes them of a hospital's tables; [`dataset`] reads the tables that pose
//! instructions about them; [`search`] finds places in a record; [`infer`] has models answer; [`review`] keeps what reviewers say of the answers; [`metrics`] says how alike two
//! texts are; [`report`] makes statistics and tables; [`commands`] and `tui` stand on top of all.

pub mod cli;
pub mod config;
pub mod error;
pub mod files;
pub mod notice;
#[cfg(test)]
mod shared;
pub mod sink;
pub mod stats;
pub mod text;
pub mod work;

pub mod record;

pub mod omop;

pub mod dataset;

pub mod search;

pub mod infer;

pub mod review;

pub mod metrics;

pub mod report;

pub mod commands;

#[cfg(feature = "tui")]
pub mod tui;

pub use error::{Error, Result};
