//! Small drawings that know nothing of the program's state.

pub mod map;
pub mod trend;
