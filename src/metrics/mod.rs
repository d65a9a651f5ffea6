//! Metrics: how alike two texts are, and how long one is.
//!
//! In: texts. Out: scores that equal those of the reference implementations in Python, to the last digits, and estimated
//! numbers of tokens. Never: a score whose method is not named.

pub mod near;
pub mod porter;
pub mod rouge;
pub mod tokens;
