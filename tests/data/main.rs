//! Records as files have them: hostile ones, a generated corpus, and the public sample.
//!
//! The inputs are made or found through the environment variable `MEDALIGN_SHARED`; without it the tests say so and
//! pass.

mod corpus;
mod hostile;
mod shared;
