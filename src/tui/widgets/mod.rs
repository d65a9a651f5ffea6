//! Small drawings that know nothing of the program's state.

pub mod bar;
pub mod heading;
pub mod hint;
pub mod list;
pub mod map;
pub(crate) mod narrow;
pub mod passages;
pub mod trend;
