//! Lines and columns of byte offsets in a record file.
//!
//! In: a file, what was found at offsets of its decoded text. Out: notices with line and column, each byte of the file
//! looked at once. A file that cannot be read again gives notices of its first line.

use std::path::Path;

use crate::dataset::decode;
use crate::notice::{Notice, Severity};
use crate::record::Lines;

/// Something that is off at a byte offset of a record file.
#[derive(Debug)]
pub(super) struct Finding {
    pub(super) severity: Severity,
    pub(super) offset: u64,
    pub(super) what: String,
}

/// The findings in the file at `path` as notices, in the order of the file.
pub(super) fn notices(path: &Path, mut found: Vec<Finding>) -> Vec<Notice> {
    if found.is_empty() {
        return Vec::new();
    }
    let text = std::fs::read(path)
        .map(|bytes| decode::lossy(&bytes))
        .unwrap_or_default();
    found.sort_by_key(|f| f.offset);
    let mut lines = Lines::new(&text);
    let notice = |f: Finding| {
        let (line, column) = lines.of(f.offset as usize);
        Notice::line(f.severity, path, line, f.what).at_column(column)
    };
    found.into_iter().map(notice).collect()
}
