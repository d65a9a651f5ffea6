//! The `medalign` program: parse the command line, call the library, turn the error's kind into an exit code.

fn main() {}
