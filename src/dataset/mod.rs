//! Datasets: folders with tables of instructions, responses and gold responses, beside the records they are about.
//!
//! In: a folder, or a record file. Out: a list of cases and where each case's record is. Never: a parsed record at
//! opening time, or a row that vanishes without a notice.

pub mod case;

pub use case::{Case, CaseKey, Gold, Response};
