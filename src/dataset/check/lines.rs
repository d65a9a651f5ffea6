//! Lines and columns of byte offsets in a record file.
//!
//! In: a file, offsets in its decoded text. Out: notices with line and column. A file that cannot be read again gives
//! notices without a line.

use std::path::Path;

use crate::dataset::decode;
use crate::notice::{Notice, Severity};

/// A record file's text and where its lines start.
pub(super) struct Lines {
    text: String,
    starts: Vec<usize>,
}

impl Lines {
    pub(super) fn of_file(path: &Path) -> Self {
        let text = std::fs::read(path)
            .map(|bytes| decode::lossy(&bytes))
            .unwrap_or_default();
        let mut starts = vec![0];
        starts.extend(memchr::memchr_iter(b'\n', text.as_bytes()).map(|i| i + 1));
        Lines { text, starts }
    }

    pub(super) fn notice(
        &self,
        severity: Severity,
        path: &Path,
        offset: u64,
        what: &str,
    ) -> Notice {
        let offset = offset as usize;
        let line = self.starts.partition_point(|&s| s <= offset);
        let start = self.starts[line - 1];
        match self.text.get(start..offset) {
            Some(before) => Notice::line(severity, path, line as u64, what)
                .at_column(before.chars().count() as u64 + 1),
            None => Notice::file(severity, path, what),
        }
    }
}
