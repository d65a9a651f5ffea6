//! Search: places in one record that match what was typed.

pub mod claim;
pub mod find;
