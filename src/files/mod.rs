//! Files as the whole program treats them.
//!
//! In: ids and names. Out: file names that lead nowhere else. Never: a path made of what a file or table says.

pub mod name;
