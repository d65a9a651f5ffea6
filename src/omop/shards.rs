//! Which shards of a table are missing.
//!
//! In: a table's files. Out: the numbers that their row lacks, as files that cannot be read. Never: a guess where a row does not say where it
//! begins.

use super::report::UnreadableFile;
use super::tables::{Shape, Table, TableFile, parts, unreadable};

/// The name of a shard that says how many there are, `note-00000-of-00002`, without that, and the number.
pub(super) fn of_how_many(name: &str) -> Option<(&str, u64)> {
    let (name, total) = name.rsplit_once("-of-")?;
    let digits = |t: &str| !t.is_empty() && t.bytes().all(|b| b.is_ascii_digit());
    (digits(total) && name.ends_with(|c: char| c.is_ascii_digit()))
        .then(|| Some((name, total.parse().ok()?)))?
}

/// The shards that a row of numbers lacks: those between others, and the first ones of a row that is padded with zeros.
pub(super) fn missing_shards(table: Table, files: &[TableFile]) -> Vec<UnreadableFile> {
    let numbers: Vec<&str> = files
        .iter()
        .filter_map(|f| match &f.shape {
            Shape::Shards(number) => Some(number.as_str()),
            Shape::Folder { stem, .. } if stem.bytes().all(|b| b.is_ascii_digit()) => Some(stem),
            _ => None,
        })
        .collect();
    let padded = numbers.iter().any(|n| n.len() > 1 && n.starts_with('0'));
    let mut numbers: Vec<u64> = numbers.iter().filter_map(|n| n.parse().ok()).collect();
    numbers.sort_unstable();
    let mut missing = Vec::new();
    let first = match numbers.first() {
        Some(0 | 1) => numbers[0],
        Some(_) if padded => 0,
        _ => return missing,
    };
    let totals = files.iter().filter_map(|f| {
        let lower = f.name.to_lowercase();
        of_how_many(parts(&lower).0).map(|(_, total)| total)
    });
    let end = totals.max().map(|total| first.saturating_add(total));
    let mut next = first;
    for number in numbers.into_iter().chain(end) {
        if number > next {
            let which = match number - next {
                1 => format!("shard {next}"),
                _ => format!("shards {next} to {}", number - 1),
            };
            missing.push(unreadable(
                table,
                format!("{} ({which} missing)", table.name()),
            ));
        }
        next = number.saturating_add(1);
    }
    missing
}
