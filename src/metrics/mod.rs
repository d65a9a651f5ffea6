//! Metrics: how alike two texts are.
//!
//! In: texts. Out: scores that equal those of the reference implementations in Python, to the last digits. Never: a
//! score whose method is not named.

pub mod near;
pub mod porter;
pub mod rouge;
