//! Opening a record file: bytes, text, root element, reader.
//!
//! In: a path, or a path and bytes. Out: an [`Unconfirmed`] record with notices about all that was off, or an error where
//! nothing is usable. Never: a write, a file that is no regular one, a reader chosen by the file's name, or a record that
//! is used before somebody asked whose it is.
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

/// A record as its file has it: whose it is was not compared with whom the reader asked for.
///
/// A dataset's loaders open it. Only what looks for faults in files may look inside without.
#[derive(Debug)]
#[must_use]
pub struct Unconfirmed(Record);

impl Unconfirmed {
    /// The patient that the file's root states; empty for the shape that states none.
    pub fn stated(&self) -> &str {
        self.0.person_id()
    }

    /// The record, if it is this patient's: the ids must be the same, character for character. A file that states no
    /// patient is whose its name says.
    ///
    /// # Errors
    /// When the file states another patient.
    pub fn confirm(self, patient: &str) -> Result<Record> {
        if self.stated().is_empty() || self.stated() == patient {
            return Ok(self.0);
        }
        let what = format!(
            "{}: wrong patient: {patient} was asked for, the file says {}",
            self.0.path().display(),
            self.stated()
        );
        Err(Error::problems(what)
            .hint("find out which of the two ids is right before anyone judges by this record"))
    }

    /// The record, whoever's it is.
    pub fn look_inside(self) -> Record {
        self.0
    }
}

/// Reads the record in the file at `path`.
///
/// # Errors
/// When the file cannot be read, is no XML, has another root element than `eventstream` and `record`, or states no
/// patient where its shape has to. A damaged file is no error: what could be read is there, with a notice of
/// `Severity::Error`.
pub fn read(path: &Path) -> Result<Unconfirmed> {
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
pub fn read_bytes(path: &Path, bytes: Vec<u8>) -> Result<Unconfirmed> {
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
    builder.nulls(findings.nulls);
    for notice in findings.into_notices(path, &text) {
        builder.notice(notice);
    }
    drop(text);
    Ok(Unconfirmed(builder.finish()))
}
