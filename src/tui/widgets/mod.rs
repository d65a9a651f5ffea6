//! Small drawings that know nothing of the program's state.

pub(crate) mod bar;
pub(crate) mod chip;
pub(crate) mod heading;
pub(crate) mod hint;
pub(crate) mod list;
pub(crate) mod map;
pub(crate) mod narrow;
pub(crate) mod passages;
pub(crate) mod trend;
