//! One table, read from start to end: rows of persons go to the spill, look-up tables to their readers.
//!
//! In: a file. Out: its columns by meaning, its rows as clean fields, a tally of what could not be used. It judges what
//! can be judged row by row (field count, ids); dates and references are judged when a patient is put together.

use std::borrow::Cow;
use std::path::Path;
use std::sync::Arc;

use rustc_hash::FxHashSet;

use super::report::{Reason, Tally};
use super::rows::{Row, RowError, Rows};
use super::slots::{SLOTS, Slot};
use super::spill::Spill;
use super::tables::{self, Table};
use crate::error::{Error, Result};

/// Who is told how far the reading is: bytes of files read since the last call.
pub(crate) type Meter = Arc<dyn Fn(u64) + Send + Sync>;

/// A table's columns: for each of ours, in the order of slots, its place in a row.
struct Columns {
    places: Vec<(Slot, usize)>,
    width: usize,
}

/// A row's fields, empty ones left out.
pub(crate) type Fields<'a> = Vec<(Slot, Cow<'a, str>)>;

/// Reads a table of persons into the spill. Gives the ids of concepts, care sites and providers that it uses.
///
/// # Errors
/// When the file cannot be read, or lacks a column without which its rows mean nothing.
pub(crate) fn read_persons_table(
    table: Table,
    path: &Path,
    spill: &Spill,
    chosen: Option<&FxHashSet<i64>>,
    meter: &Meter,
) -> Result<(Tally, FxHashSet<i64>)> {
    let mut tally = Tally::default();
    let mut concepts = FxHashSet::default();
    let mut writer = spill.writer();
    let mut last = [0_i64; SLOTS];
    each_row(
        table,
        path,
        meter,
        &mut tally,
        &mut |tally, line, fields| {
            let person = match fields.first() {
                Some((Slot::Person, text)) => id(text),
                _ => None,
            };
            let Some(person) = person else {
                tally.count(Reason::BadPerson, line);
                return Ok(());
            };
            if chosen.is_some_and(|c| !c.contains(&person)) {
                tally.count(Reason::NotChosen, line);
                return Ok(());
            }
            for (slot, text) in &fields[..] {
                if slot.is_concept()
                    && let Some(concept) = id(text)
                    && last[*slot as usize] != concept
                {
                    last[*slot as usize] = concept;
                    concepts.insert(concept);
                }
            }
            writer.row(table, line, person, &fields[1..])
        },
    )?;
    writer.finish()?;
    Ok((tally, concepts))
}

/// Reads any table row by row; `each` gets clean fields in the order of slots.
pub(crate) fn each_row(
    table: Table,
    path: &Path,
    meter: &Meter,
    tally: &mut Tally,
    each: &mut dyn FnMut(&mut Tally, u64, &Fields<'_>) -> Result<()>,
) -> Result<()> {
    let told = Arc::clone(meter);
    let source = tables::open(path, move |n| told(n))?;
    let mut rows = Rows::new(source).map_err(|e| broken(path, e))?;
    if rows.is_utf16() {
        return Err(Error::unreadable(path, "the table is UTF-16")
            .hint("save it as UTF-8 and import again"));
    }
    let Some(header) = rows.next().map_err(|e| broken(path, e))? else {
        return Err(Error::unreadable(path, "the file is empty: no header line")
            .hint("move the file away if the table is meant to be missing"));
    };
    let columns = columns(table, path, &header)?;
    while let Some(row) = rows.next().map_err(|e| broken(path, e))? {
        tally.rows += 1;
        if row.len() != columns.width {
            tally.count(Reason::FieldCount, row.line);
            continue;
        }
        let mut fields: Fields<'_> = Vec::with_capacity(columns.places.len());
        let mut lossy = false;
        for (slot, at) in &columns.places {
            let raw = row.get(*at);
            let text = match raw {
                Cow::Borrowed(b) => match String::from_utf8_lossy(b) {
                    Cow::Owned(changed) => {
                        lossy = true;
                        Cow::Owned(changed)
                    }
                    same @ Cow::Borrowed(_) => same,
                },
                Cow::Owned(b) => Cow::Owned(String::from_utf8(b).unwrap_or_else(|e| {
                    lossy = true;
                    String::from_utf8_lossy(e.as_bytes()).into_owned()
                })),
            };
            if let Some(text) = clean(*slot, text) {
                fields.push((*slot, text));
            }
        }
        if lossy {
            tally.count(Reason::NotUtf8, row.line);
        }
        each(tally, row.line, &fields)?;
    }
    Ok(())
}

/// A field without the blanks around it (free text keeps them); `None` when it is missing.
fn clean(slot: Slot, text: Cow<'_, str>) -> Option<Cow<'_, str>> {
    let trimmed = text.trim();
    if trimmed.is_empty() || matches!(trimmed, "\\N") || trimmed.eq_ignore_ascii_case("null") {
        return None;
    }
    if slot == Slot::Text || trimmed.len() == text.len() {
        return Some(text);
    }
    Some(match text {
        Cow::Borrowed(b) => Cow::Borrowed(b.trim()),
        Cow::Owned(o) => Cow::Owned(o.trim().to_owned()),
    })
}

/// A 64-bit id, possibly negative, possibly written `12.0` (as pandas writes a column with gaps).
pub(crate) fn id(text: &str) -> Option<i64> {
    let text = text.trim();
    let digits = match text.split_once('.') {
        Some((digits, zeros)) if !zeros.is_empty() && zeros.bytes().all(|b| b == b'0') => digits,
        Some(_) => return None,
        None => text,
    };
    digits.parse().ok()
}

fn columns(table: Table, path: &Path, header: &Row<'_>) -> Result<Columns> {
    let spec = table.spec();
    let names: Vec<String> = (0..header.len())
        .map(|i| {
            String::from_utf8_lossy(&header.get(i))
                .trim()
                .to_lowercase()
        })
        .collect();
    let mut places = Vec::new();
    for (slot, wanted) in spec.columns {
        let mut found = None;
        for name in wanted.split(' ') {
            let mut at = names.iter().enumerate().filter(|(_, n)| *n == name);
            found = found.or(at.next().map(|(i, _)| i));
            if at.next().is_some() {
                return Err(Error::unreadable(
                    path,
                    format_args!("the header names the column {name} twice"),
                )
                .hint("rename or remove one of them"));
            }
        }
        places.extend(found.map(|at| (*slot, at)));
    }
    places.sort_unstable();
    for group in spec.required {
        if !group.iter().any(|s| places.iter().any(|(p, _)| p == s)) {
            // What else the header says may be a patient's data, where the header line is missing.
            let known: Vec<&str> = places.iter().map(|(s, _)| spec.column(*s)).collect();
            let wanted: Vec<&str> = group.iter().map(|s| spec.column(*s)).collect();
            return Err(Error::unreadable(
                path,
                format_args!(
                    "line 1: no column {} for the table {} (known columns found: {})",
                    wanted.join(" or "),
                    table.name(),
                    if known.is_empty() {
                        "none".to_owned()
                    } else {
                        known.join(", ")
                    }
                ),
            )
            .hint("check that the first line is the header, with the OMOP names of the columns"));
        }
    }
    Ok(Columns {
        places,
        width: header.len(),
    })
}

fn broken(path: &Path, error: RowError) -> Error {
    match error {
        RowError::Io(e) => Error::io(path, "reading the table", e)
            .hint("check that the file is complete, for example with gzip -t"),
        RowError::OpenQuote(line) => Error::unreadable(
            path,
            format_args!("line {line}: a quote opens here and never closes"),
        )
        .hint("close the quote, or write quotes inside a field twice"),
        RowError::TooLong(line) => Error::unreadable(
            path,
            format_args!("line {line}: a row of more than 256 MB starts here"),
        )
        .hint("check that the file is a CSV table"),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn ids_are_64_bit_and_exact() {
        assert_eq!(id("-2312013739856114142"), Some(-2_312_013_739_856_114_142));
        assert_eq!(id(" 12.0 "), Some(12));
        for bad in ["", "5.00E+09", "9223372036854775808", "1.5", "12.", "x"] {
            assert_eq!(id(bad), None, "{bad}");
        }
    }

    #[test]
    fn missing_is_empty_null_or_backslash_n() {
        assert_eq!(clean(Slot::SourceValue, " NULL ".into()), None);
        assert_eq!(clean(Slot::Text, "\\N".into()), None);
        assert_eq!(
            clean(Slot::SourceValue, " NA ".into()).as_deref(),
            Some("NA")
        );
        assert_eq!(clean(Slot::Text, " a\n".into()).as_deref(), Some(" a\n"));
    }
}
