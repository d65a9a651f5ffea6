//! Opening a record file: bytes, text, root element, reader.
//!
//! In: a path, or a path and bytes. Out: a [`Record`] with notices about all that was off, or an error where nothing is
//! usable. Never: a write, a file that is no regular one, or a reader chosen by the file's name.
//!
//! [`root`] finds the root element; [`parts`] reads a large file on several threads.

mod parts;
mod root;

#[cfg(test)]
mod tests;

use std::path::Path;

use super::encoding::{self, Decoded};
use super::lumia::Lumia;
use super::model::{Builder, Record, Shape};
use super::visit_day::VisitDay;
use super::walk::Walker;
use crate::error::{Error, Result};

/// Reads the record in the file at `path`.
///
/// # Errors
/// When the file cannot be read, is no XML, has another root element than `eventstream` and `record`, or states no
/// patient where its shape has to. A damaged file is no error: what could be read is there, with a notice of
/// [`Severity::Error`](crate::notice::Severity::Error).
pub fn read(path: &Path) -> Result<Record> {
    let reading = |e| Error::io(path, "reading", e);
    // Not even opened if it is no file: a pipe would wait for ever.
    let metadata = std::fs::metadata(path).map_err(reading)?;
    if !metadata.is_file() {
        return Err(Error::unreadable(path, "not a regular file"));
    }
    let bytes = parts::file_bytes(path, metadata.len() as usize).map_err(reading)?;
    read_bytes(path, bytes)
}

/// Reads the record that `bytes` hold; `path` is what notices and errors name.
///
/// # Errors
/// As [`read`].
pub fn read_bytes(path: &Path, bytes: Vec<u8>) -> Result<Record> {
    let file_bytes = bytes.len() as u64;
    let Decoded {
        text,
        mut findings,
        controls,
    } = encoding::decode(path, bytes)?;
    let root = root::find(path, &text, &mut findings)?;
    let mut builder = Builder::new(path, root.shape, file_bytes);
    if let Some(id) = root.person_id(path, &text, &mut findings)? {
        builder.person_id(&id);
    }
    let outcome = if root.empty {
        // The walker only has to look at what stands behind the root.
        let mut walker = Walker::new(&text, root.behind, root.name, false);
        walker.root_is_closed();
        Lumia::new(walker, builder, controls).read()
    } else {
        match root.shape {
            Shape::Lumia => parts::read_lumia(path, &text, &root, builder, controls),
            Shape::VisitDay => {
                let walker = Walker::new(&text, root.behind, root.name, false);
                VisitDay::new(walker, builder, controls).read()
            }
        }
    };
    let mut builder = outcome.builder;
    findings.append(outcome.findings);
    for notice in findings.into_notices(path, &text) {
        builder.notice(notice);
    }
    drop(text);
    Ok(builder.finish())
}
