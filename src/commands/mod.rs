//! The subcommands: one file each, `run(args, …)`.

pub mod export;
pub mod review_file;
