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

    fn about(&self) -> &'static str {
        "the whole record; where it does not fit, the case is `too_long` and nothing is sent"
    }

    fn keep(&self, ask: &Ask<'_>) -> Result<Vec<Range<usize>>> {
        Ok(std::iter::once(0..ask.laid.text().len()).collect())
    }
}
