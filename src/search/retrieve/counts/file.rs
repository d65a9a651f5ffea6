//! The file in which counts are kept beside the index.
//!
//! In: counts, or the file with what is asked of it. Out: the file, at once or not at all; the counts, where they are sound and fit. Never:
//! counts of a record that changed, or of a file that is damaged (it ends with a sum of itself).

use std::fs::File;
use std::hash::Hasher;
use std::io::{BufWriter, Read, Write};
use std::path::Path;
use std::time::SystemTime;

use rustc_hash::{FxHashSet, FxHasher};
use serde::{Deserialize, Serialize};

use super::{Counted, Counts};
use crate::dataset::RecordFile;
use crate::error::{Error, Result};
use crate::files::replace::put;
use crate::search::place::Stamp;
use crate::search::retrieve::okapi::Statistics;
use crate::search::retrieve::tokens::Tokens;

/// Begins the file; the number grows with its form and with what is counted.
const MAGIC: &[u8; 8] = b"MACOUNT3";

/// The head of the file.
#[derive(Serialize, Deserialize)]
pub(super) struct Head {
    pub(super) tokens: String,
    pub(super) persons: Vec<String>,
    pub(super) stamps: Vec<Stamp>,
    pub(super) vocabulary: Vec<String>,
    pub(super) records: u64,
    pub(super) all_tokens: u64,
    pub(super) distinct: u64,
    /// As bits, so that it comes back as it was.
    pub(super) idf_sum: u64,
}

/// Writes the counts beside the index, private, at once or not at all.
pub(super) fn write<'a>(
    path: &Path,
    head: &Head,
    records: impl Iterator<Item = &'a Counted>,
) -> Result<()> {
    let head = serde_json::to_vec(head)
        .map_err(|e| Error::bug("the counts cannot be written").caused_by(e))?;
    put(path, true, |file| {
        let mut out = Summed {
            out: BufWriter::new(file),
            sum: FxHasher::default(),
        };
        out.put(MAGIC)?;
        out.put(&(head.len() as u64).to_le_bytes())?;
        out.put(&head)?;
        for record in records {
            out.put(&record.length.to_le_bytes())?;
            out.put(&(record.terms.len() as u32).to_le_bytes())?;
            for (term, n) in &record.terms {
                out.put(&term.to_le_bytes())?;
                out.put(&n.to_le_bytes())?;
            }
        }
        let sum = out.sum.finish();
        out.out.write_all(&sum.to_le_bytes())?;
        out.out.flush()
    })
}

/// Writes and sums what was written.
struct Summed<W> {
    out: W,
    sum: FxHasher,
}

impl<W: Write> Summed<W> {
    fn put(&mut self, bytes: &[u8]) -> std::io::Result<()> {
        self.sum.write(bytes);
        self.out.write_all(bytes)
    }
}

/// Reads what is sound and fits: the same files, unchanged, and all the words asked for.
pub(super) fn read(
    path: &Path,
    files: &[RecordFile],
    tokens: Tokens,
    vocabulary: &FxHashSet<String>,
) -> Option<Counts> {
    let mut bytes = Vec::new();
    File::open(path).ok()?.read_to_end(&mut bytes).ok()?;
    let mut input = Input {
        rest: bytes.get(..bytes.len().checked_sub(8)?)?,
        sum: FxHasher::default(),
    };
    if input.take(8)? != MAGIC {
        return None;
    }
    let length = u64::from_le_bytes(input.take(8)?.try_into().ok()?);
    let head: Head = serde_json::from_slice(input.take(usize::try_from(length).ok()?)?).ok()?;
    let now = SystemTime::now();
    let same = head.tokens == tokens.name()
        && head.persons.len() == files.len()
        && head.stamps.len() == files.len()
        && files
            .iter()
            .zip(&head.persons)
            .all(|(f, p)| f.person_id == *p)
        && files
            .iter()
            .zip(&head.stamps)
            .all(|(f, s)| s.holds_for(f, now));
    let known: FxHashSet<&str> = head.vocabulary.iter().map(String::as_str).collect();
    if !same || !vocabulary.iter().all(|w| known.contains(w.as_str())) {
        return None;
    }
    let mut records = Vec::with_capacity(files.len());
    for _ in files {
        let length = u64::from_le_bytes(input.take(8)?.try_into().ok()?);
        let n = u32::from_le_bytes(input.take(4)?.try_into().ok()?);
        let mut terms = Vec::with_capacity((n as usize).min(head.vocabulary.len()));
        for _ in 0..n {
            let term = u32::from_le_bytes(input.take(4)?.try_into().ok()?);
            let occurrences = u32::from_le_bytes(input.take(4)?.try_into().ok()?);
            if term as usize >= head.vocabulary.len() {
                return None;
            }
            terms.push((term, occurrences));
        }
        records.push(Some(Counted { length, terms }));
    }
    let sum = u64::from_le_bytes(bytes[bytes.len() - 8..].try_into().ok()?);
    if !input.rest.is_empty() || input.sum.finish() != sum {
        return None;
    }
    let statistics = Statistics {
        records: head.records,
        tokens: head.all_tokens,
        distinct: head.distinct,
        idf_sum: f64::from_bits(head.idf_sum),
    };
    Some(Counts::new(
        statistics,
        head.vocabulary,
        &records,
        Vec::new(),
        true,
    ))
}

struct Input<'a> {
    rest: &'a [u8],
    sum: FxHasher,
}

impl<'a> Input<'a> {
    fn take(&mut self, n: usize) -> Option<&'a [u8]> {
        let (taken, rest) = self.rest.split_at_checked(n)?;
        self.sum.write(taken);
        self.rest = rest;
        Some(taken)
    }
}
