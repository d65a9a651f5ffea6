//! Reading data of every shape: hostile tables and datasets, and corpora with known counts.

#![allow(clippy::print_stdout)] // a skipped test says why

mod tables;
