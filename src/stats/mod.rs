//! Statistics: what a number is, where it comes from, and how it is computed.
//!
//! In: plain numbers, levels, ranks and counts of them. Out: coefficients, tests, intervals; each module has its formulas
//! with the [`method::Method`] that says of a report's number what it is. All are pure functions; what is undefined is
//! `None`, never 0 or NaN. Never: a dataset, a review, a table; those who have them bring their numbers here.

pub mod adjust;
pub mod agreement;
pub mod battles;
pub mod blocks;
pub mod calibration;
pub mod correlation;
pub mod dependent;
pub mod distribution;
pub mod hash;
pub mod interval;
pub mod method;
pub mod paired;
pub mod pairwise;
pub mod preferences;
pub mod random;
pub mod rank;
pub mod ratio;

#[cfg(test)]
pub(crate) mod golden;
#[cfg(test)]
mod golden_metrics;
#[cfg(test)]
mod golden_models;
