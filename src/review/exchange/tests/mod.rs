//! Out and back in.

mod back;
mod out;
