//! `recent`: the last tokens of the record, wherever that cuts; what the study did.

use std::ops::Range;

use super::{Ask, Strategy};
use crate::error::Result;

/// The last tokens.
pub(super) struct Recent;

impl Strategy for Recent {
    fn name(&self) -> &'static str {
        "recent"
    }

    fn keep(&self, ask: &Ask<'_>) -> Result<Vec<Range<usize>>> {
        let first = ask.starts.len().saturating_sub(ask.budget);
        let start = ask
            .starts
            .get(first)
            .map_or(ask.laid.text().len(), |s| *s as usize);
        Ok(std::iter::once(start..ask.laid.text().len()).collect())
    }
}
