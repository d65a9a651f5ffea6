//! `all`: the whole record, or an outcome that says that it does not fit.

use std::ops::Range;

use super::{Ask, Strategy};
use crate::error::Result;

/// The whole record.
pub(super) struct All;

impl Strategy for All {
    fn name(&self) -> &'static str {
        "all"
    }

    fn keep(&self, ask: &Ask<'_>) -> Result<Vec<Range<usize>>> {
        Ok(std::iter::once(0..ask.laid.text().len()).collect())
    }
}
