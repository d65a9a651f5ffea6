//! Rows sorted by person without holding a table in memory.
//!
//! In: rows in any order. Out: parts, each with all rows of some persons, small enough to be loaded one at a time. Rows
//! go to parts by a hash of the person; a part that is still too large is split again. The files have no name: they
//! vanish with the process, however it ends. Nobody else can open them.

use crate::stats::hash;
use std::borrow::Cow;
use std::io::{BufReader, Read, Seek, SeekFrom, Write};
use std::path::{Path, PathBuf};
use std::sync::Mutex;

use tempfile::{SpooledTempFile, spooled_tempfile_in};

use super::report::TableLine;
use super::slots::{SLOTS, Slot};
use super::tables::Table;
use crate::error::{Error, Result};

/// A part is loaded up to this size, in bytes.
const PART: u64 = 48 << 20;
/// So many files are open at a time at most.
const MAX_PARTS: usize = 128;
/// All parts together keep up to so many bytes in memory before they use files.
const IN_MEMORY: usize = 32 << 20;
/// What a table's reader collects for a part before it takes the part's lock, in bytes.
const BATCH: usize = 32 << 10;
/// A part is split so often at most; after that it holds one person, or a few.
const MAX_DEPTH: u32 = 6;

/// Where rows wait for their person's turn.
pub(crate) struct Spill {
    folder: PathBuf,
    parts: Vec<Mutex<Part>>,
}

/// The rows of some persons.
pub(crate) struct Part {
    file: SpooledTempFile,
    bytes: u64,
    depth: u32,
}

/// A row as the spill keeps it.
pub(crate) struct Packed<'a> {
    pub(crate) table: Table,
    pub(crate) line: TableLine,
    /// Its fields by slot; empty where there is none.
    pub(crate) fields: [&'a str; SLOTS],
}

impl<'a> Packed<'a> {
    pub(crate) fn get(&self, slot: Slot) -> &'a str {
        self.fields[slot as usize]
    }
}

impl Spill {
    /// A spill in `folder` for about `bytes` of rows.
    pub(crate) fn new(folder: &Path, bytes: u64) -> Self {
        let count = usize::try_from(bytes / (PART / 2))
            .unwrap_or(MAX_PARTS)
            .clamp(4, MAX_PARTS);
        let parts = (0..count)
            .map(|_| Mutex::new(Part::new(folder, IN_MEMORY / count, 0)))
            .collect();
        Spill {
            folder: folder.to_owned(),
            parts,
        }
    }

    /// A writer for one thread.
    pub(crate) fn writer(&self) -> Writer<'_> {
        Writer {
            spill: self,
            batches: vec![Vec::new(); self.parts.len()],
            row: Vec::new(),
        }
    }

    /// The parts, once all is written.
    pub(crate) fn into_parts(self) -> Vec<Part> {
        self.parts
            .into_iter()
            .map(|p| {
                p.into_inner()
                    .unwrap_or_else(std::sync::PoisonError::into_inner)
            })
            .collect()
    }
}

/// Writes rows; hand it back with [`Writer::finish`].
pub(crate) struct Writer<'a> {
    spill: &'a Spill,
    batches: Vec<Vec<u8>>,
    row: Vec<u8>,
}

impl Writer<'_> {
    /// Adds a row with its fields, empty ones left out.
    pub(crate) fn row(
        &mut self,
        table: Table,
        line: TableLine,
        person: i64,
        fields: &[(Slot, Cow<'_, str>)],
    ) -> Result<()> {
        self.row.clear();
        pack(&mut self.row, table, line, person, fields)?;
        let at = part_of(person, 0, self.batches.len());
        self.batches[at].extend_from_slice(&self.row);
        if self.batches[at].len() >= BATCH {
            self.flush(at)?;
        }
        Ok(())
    }

    /// Writes what is left.
    pub(crate) fn finish(mut self) -> Result<()> {
        (0..self.batches.len()).try_for_each(|at| self.flush(at))
    }

    fn flush(&mut self, at: usize) -> Result<()> {
        let mut part = self.spill.parts[at]
            .lock()
            .unwrap_or_else(std::sync::PoisonError::into_inner);
        part.append(&self.batches[at], &self.spill.folder)?;
        drop(part);
        self.batches[at].clear();
        Ok(())
    }
}

impl Part {
    fn new(folder: &Path, in_memory: usize, depth: u32) -> Self {
        Part {
            file: spooled_tempfile_in(in_memory, folder),
            bytes: 0,
            depth,
        }
    }

    fn append(&mut self, bytes: &[u8], folder: &Path) -> Result<()> {
        self.file.write_all(bytes).map_err(|e| {
            Error::io(folder, "writing sorted rows", e).hint("free some disk space")
        })?;
        self.bytes += bytes.len() as u64;
        Ok(())
    }

    /// Calls `each` with the rows of this part, in pieces that fit into memory; each person is in one piece.
    pub(crate) fn load(
        mut self,
        folder: &Path,
        each: &mut dyn FnMut(&[u8]) -> Result<()>,
    ) -> Result<()> {
        let broken = |e| Error::io(folder, "reading sorted rows", e);
        self.file.seek(SeekFrom::Start(0)).map_err(broken)?;
        if self.bytes <= PART || self.depth >= MAX_DEPTH {
            let mut all = Vec::with_capacity(self.bytes as usize);
            self.file.read_to_end(&mut all).map_err(broken)?;
            drop(self.file);
            return each(&all);
        }
        let count = usize::try_from(self.bytes / (PART / 2))
            .unwrap_or(16)
            .clamp(2, 16);
        let mut parts: Vec<Part> = (0..count)
            .map(|_| Part::new(folder, 0, self.depth + 1))
            .collect();
        let mut batches = vec![Vec::new(); count];
        let mut source = BufReader::with_capacity(1 << 20, self.file);
        let mut head = [0; 12];
        let mut left = self.bytes;
        while left > 0 {
            source.read_exact(&mut head).map_err(broken)?;
            let [l0, l1, l2, l3, id @ ..] = head;
            let len = u32::from_le_bytes([l0, l1, l2, l3]) as usize;
            let at = part_of(i64::from_le_bytes(id), self.depth + 1, count);
            let batch: &mut Vec<u8> = &mut batches[at];
            batch.extend_from_slice(&head);
            let start = batch.len();
            batch.resize(start + len - 8, 0);
            source.read_exact(&mut batch[start..]).map_err(broken)?;
            if batch.len() >= BATCH {
                parts[at].append(batch, folder)?;
                batch.clear();
            }
            left -= len as u64 + 4;
        }
        drop(source);
        for (part, batch) in parts.iter_mut().zip(batches) {
            part.append(&batch, folder)?;
        }
        parts.into_iter().try_for_each(|p| p.load(folder, each))
    }
}

/// Adds a row to a piece, empty fields left out.
pub(crate) fn pack(
    piece: &mut Vec<u8>,
    table: Table,
    line: TableLine,
    person: i64,
    fields: &[(Slot, Cow<'_, str>)],
) -> Result<()> {
    let start = piece.len();
    piece.extend_from_slice(&[0; 4]);
    piece.extend_from_slice(&person.to_le_bytes());
    piece.push(table as u8);
    put(piece, line.packed());
    for (slot, text) in fields {
        piece.push(*slot as u8);
        put(piece, text.len() as u64);
        piece.extend_from_slice(text.as_bytes());
    }
    let len = u32::try_from(piece.len() - start - 4)
        .map_err(|_| Error::bug("a row of more than 4 GB passed the reader"))?;
    piece[start..start + 4].copy_from_slice(&len.to_le_bytes());
    Ok(())
}

/// Where each row of a piece starts, with its person, table and line.
pub(crate) fn index(piece: &[u8]) -> Result<Vec<(i64, u8, u64, usize)>> {
    let mut rows = Vec::new();
    let mut at = 0;
    while at < piece.len() {
        let len = piece
            .get(at..at + 4)
            .and_then(|b| b.try_into().ok())
            .map(u32::from_le_bytes)
            .ok_or_else(torn)? as usize;
        let row = piece.get(at + 4..at + 4 + len).ok_or_else(torn)?;
        let (person, table, line, _) = head(row).ok_or_else(torn)?;
        rows.push((person, table, line, at));
        at += 4 + len;
    }
    Ok(rows)
}

/// The row that starts at `at`.
pub(crate) fn unpack(piece: &[u8], at: usize) -> Result<Packed<'_>> {
    let len = piece
        .get(at..at + 4)
        .and_then(|b| b.try_into().ok())
        .map(u32::from_le_bytes)
        .ok_or_else(torn)? as usize;
    let row = piece.get(at + 4..at + 4 + len).ok_or_else(torn)?;
    let (_, table, line, mut rest) = head(row).ok_or_else(torn)?;
    let mut packed = Packed {
        table: Table::from_index(table).ok_or_else(torn)?,
        line: TableLine::unpack(line),
        fields: [""; SLOTS],
    };
    while let Some((&slot, more)) = rest.split_first() {
        let (len, more) = take(more).ok_or_else(torn)?;
        let (text, more) = more.split_at_checked(len as usize).ok_or_else(torn)?;
        *packed.fields.get_mut(usize::from(slot)).ok_or_else(torn)? =
            std::str::from_utf8(text).map_err(|_| torn())?;
        rest = more;
    }
    Ok(packed)
}

fn torn() -> Error {
    Error::bug("a sorted row came back other than it was written")
}

fn head(row: &[u8]) -> Option<(i64, u8, u64, &[u8])> {
    let (id, rest) = row.split_first_chunk::<8>()?;
    let (&table, rest) = rest.split_first()?;
    let (line, rest) = take(rest)?;
    Some((i64::from_le_bytes(*id), table, line, rest))
}

/// Seven bits a byte, the lowest first.
fn put(out: &mut Vec<u8>, mut n: u64) {
    while n >= 0x80 {
        out.push(n as u8 | 0x80);
        n >>= 7;
    }
    out.push(n as u8);
}

fn take(mut bytes: &[u8]) -> Option<(u64, &[u8])> {
    let mut n = 0;
    for shift in (0..64).step_by(7) {
        let (&byte, rest) = bytes.split_first()?;
        bytes = rest;
        n |= u64::from(byte & 0x7f) << shift;
        if byte < 0x80 {
            return Some((n, bytes));
        }
    }
    None
}

/// The part of a person; another one at each depth (`SplitMix64`).
fn part_of(person: i64, depth: u32, count: usize) -> usize {
    let z = (person as u64).wrapping_add(hash::STEP.wrapping_mul(u64::from(depth) + 1));
    (hash::mix(z) % count as u64) as usize
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn rows_come_back_person_by_person() {
        let dir = tempfile::tempdir().expect("a temporary folder");
        let spill = Spill::new(dir.path(), 0);
        let mut writer = spill.writer();
        for line in 0..500_u64 {
            let fields = [
                (Slot::Id, Cow::Owned(line.to_string())),
                (Slot::Text, Cow::Borrowed("a\n\u{e9}")),
            ];
            writer
                .row(
                    Table::Note,
                    TableLine::new(0, line),
                    (line % 7) as i64 - 3,
                    &fields,
                )
                .expect("writable");
        }
        writer.finish().expect("writable");
        let mut seen = 0;
        for part in spill.into_parts() {
            part.load(dir.path(), &mut |piece| {
                for (person, _, line, at) in index(piece)? {
                    let row = unpack(piece, at)?;
                    assert_eq!(row.line.packed(), line);
                    assert_eq!(row.get(Slot::Id), line.to_string());
                    assert_eq!(row.get(Slot::Text), "a\n\u{e9}");
                    assert_eq!((line % 7) as i64 - 3, person);
                    seen += 1;
                }
                Ok(())
            })
            .expect("readable");
        }
        assert_eq!(seen, 500);
        assert_eq!(std::fs::read_dir(dir.path()).expect("there").count(), 0);
    }

    #[test]
    fn a_large_part_is_split_and_keeps_each_person_together() {
        let dir = tempfile::tempdir().expect("a temporary folder");
        let spill = Spill::new(dir.path(), 0);
        let mut writer = spill.writer();
        let long = "x".repeat(1 << 20);
        // All in part 0 of 4, so that it must be split.
        let persons: Vec<i64> = (0..).filter(|p| part_of(*p, 0, 4) == 0).take(13).collect();
        for line in 0..80_usize {
            let fields = [(Slot::Text, Cow::Borrowed(long.as_str()))];
            writer
                .row(
                    Table::Note,
                    TableLine::new(0, line as u64),
                    persons[line % 13],
                    &fields,
                )
                .expect("writable");
        }
        writer.finish().expect("writable");
        let mut rows = 0;
        let mut pieces = Vec::new();
        for part in spill.into_parts() {
            part.load(dir.path(), &mut |piece| {
                let index = index(piece)?;
                rows += index.len();
                let mut of: Vec<i64> = index.iter().map(|r| r.0).collect();
                of.sort_unstable();
                of.dedup();
                pieces.push((piece.len(), of));
                Ok(())
            })
            .expect("readable");
        }
        assert_eq!(rows, 80);
        assert!(pieces.iter().all(|(len, _)| *len as u64 <= PART));
        let all: Vec<i64> = pieces.into_iter().flat_map(|(_, p)| p).collect();
        assert_eq!(all.len(), 13, "each person is in one piece");
    }

    #[test]
    fn numbers_round_trip() {
        for n in [0, 1, 127, 128, 300, u64::from(u32::MAX), u64::MAX] {
            let mut out = Vec::new();
            put(&mut out, n);
            assert_eq!(take(&out), Some((n, &[][..])));
        }
        assert_eq!(take(&[0x80]), None);
    }
}
