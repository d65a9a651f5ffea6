//! The subcommands: one file each, `run(args, …)`.

pub mod check;
pub mod format;
