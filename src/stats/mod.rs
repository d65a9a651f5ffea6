//! Statistics: what a number is, where it comes from, and how it is computed.
//!
//! In: plain numbers, levels, ranks and counts of them. Out: coefficients, tests, intervals; each module has its formulas
//! with the [`method::Method`] that says of a report's number what it is. All are pure functions; what is undefined is
//! `None`, never 0 or NaN. Never: a dataset, a review, a table; those who have them bring their numbers here.

pub(crate) mod adjust;
pub(crate) mod agreement;
pub(crate) mod battles;
pub(crate) mod blocks;
pub(crate) mod calibration;
pub(crate) mod correlation;
pub(crate) mod dependent;
pub(crate) mod distribution;
pub(crate) mod hash;
pub(crate) mod interval;
pub(crate) mod method;
pub(crate) mod paired;
pub(crate) mod pairwise;
pub(crate) mod preferences;
pub(crate) mod random;
pub(crate) mod rank;
pub(crate) mod ratio;

#[cfg(test)]
pub(crate) mod golden;
#[cfg(test)]
mod golden_metrics;
#[cfg(test)]
mod golden_models;
