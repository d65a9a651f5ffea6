//! The interactive reviewer.

pub mod terminal;
