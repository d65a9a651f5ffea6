//! The subcommands: one file each, `run(args, …)`.
