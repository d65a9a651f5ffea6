//! Several files of the same review made one: a file and its backups, or copies from several machines.
//!
//! In: readings. Out: their entries, each id once, every file's own order kept, and by time between files; the same in
//! whichever order the files are given. The order within a file outranks the clock, which may have been set back. What is there
//! twice is told; two different acts with one id are a conflict, of which one is kept and both are told.

use std::cmp::Ordering;

use rustc_hash::FxHashMap;

use super::entry::Entry;
use super::line::{Line, Reading};

/// Merges; each line comes with the place of its reading among those given.
pub(crate) fn merge(readings: Vec<Reading>) -> Vec<(usize, Line)> {
    let merged = Merged::of(&readings);
    let mut lines: Vec<Vec<Option<Line>>> = Vec::new();
    for reading in readings {
        lines.push(reading.entries.into_iter().map(Some).collect());
    }
    let taken = merged.lines.into_iter();
    taken
        .filter_map(|at| Some((at.source, lines[at.source][at.entry].take()?)))
        .collect()
}

/// A line's place: the file among those given, and the line among its entries; both from 0.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub(crate) struct LinePlace {
    /// The file.
    pub source: usize,
    /// The entry.
    pub entry: usize,
}

impl LinePlace {
    /// The line there.
    pub(crate) fn line(self, readings: &[Reading]) -> &Line {
        &readings[self.source].entries[self.entry]
    }
}

/// Files merged.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(crate) struct Merged {
    /// The lines, in order.
    pub lines: Vec<LinePlace>,
    /// The same act again: the place that is kept, and the other.
    pub repeated: Vec<(LinePlace, LinePlace)>,
    /// Another act with an id that is there already: the one that is kept, and the other.
    pub conflicts: Vec<(LinePlace, LinePlace)>,
}

impl Merged {
    /// Merges. Of the files' next lines the one with the earliest time comes first, of equal times that with the lesser id, and
    /// of two different acts with one id the one that is lesser as a line.
    pub(crate) fn of(readings: &[Reading]) -> Merged {
        let mut next = vec![0; readings.len()];
        let mut merged = Merged::default();
        let mut kept: FxHashMap<&str, LinePlace> = FxHashMap::default();
        loop {
            // What is there already is passed over before anything is compared, so that it holds up nothing.
            for (source, entry) in next.iter_mut().enumerate() {
                while let Some(head) = readings[source].entries.get(*entry) {
                    let Some(first) = kept.get(head.entry.id.as_str()) else {
                        break;
                    };
                    let place = LinePlace {
                        source,
                        entry: *entry,
                    };
                    if first.line(readings).entry == head.entry {
                        merged.repeated.push((*first, place));
                    } else {
                        merged.conflicts.push((*first, place));
                    }
                    *entry += 1;
                }
            }
            let heads = next.iter().enumerate();
            let heads = heads.filter_map(|(source, &entry)| {
                let place = LinePlace { source, entry };
                (entry < readings[source].entries.len()).then_some(place)
            });
            let of = |p: &LinePlace| &p.line(readings).entry;
            let Some(first) = heads.min_by(|a, b| compare(of(a), of(b))) else {
                return merged;
            };
            kept.insert(&first.line(readings).entry.id, first);
            merged.lines.push(first);
            next[first.source] += 1;
        }
    }

    /// The merged file: each line as it was written, with what this version may not know. `bytes` are the files that were read.
    /// Of the same act written in several ways the way that is lesser as bytes is taken, whichever file has it.
    pub(crate) fn text(&self, readings: &[Reading], bytes: &[Vec<u8>]) -> Vec<u8> {
        let written = |at: LinePlace| &bytes[at.source][at.line(readings).at.clone()];
        let mut least: FxHashMap<LinePlace, &[u8]> = FxHashMap::default();
        for (first, other) in &self.repeated {
            let known = least.entry(*first).or_insert_with(|| written(*first));
            *known = (*known).min(written(*other));
        }
        let mut text = Vec::new();
        for at in &self.lines {
            text.extend_from_slice(least.get(at).copied().unwrap_or_else(|| written(*at)));
            text.push(b'\n');
        }
        text
    }
}

fn compare(a: &Entry, b: &Entry) -> Ordering {
    let named = (a.time, &a.id).cmp(&(b.time, &b.id));
    named.then_with(|| {
        // Only two acts with one id come here.
        let line = |e: &Entry| e.to_line().unwrap_or_default();
        line(a).cmp(&line(b))
    })
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;
    use crate::review::entry::Act;
    use crate::review::sample::{case, entry};

    fn file(numbers: &[u32]) -> Vec<u8> {
        let lines = numbers.iter().map(|n| {
            let act = Act::Flag { on: true };
            entry(*n, Some(case(1)), act).to_line().expect("writable")
        });
        lines.collect::<Vec<_>>().join("\n").into_bytes()
    }

    fn readings(files: &[Vec<u8>]) -> Vec<Reading> {
        files.iter().map(|f| Reading::of(f)).collect()
    }

    fn bytes(files: &[Vec<u8>]) -> Vec<u8> {
        let readings = readings(files);
        Merged::of(&readings).text(&readings, files)
    }

    #[test]
    fn each_id_once_by_time_and_in_each_files_order() {
        let files = [file(&[1, 5, 3, 8]), file(&[1, 2, 5, 9, 7])];
        let merged = merge(readings(&files));
        let ids: Vec<u32> = merged
            .iter()
            .map(|(_, l)| l.entry.id.parse().expect("a number"))
            .collect();
        assert_eq!(ids, [1, 2, 5, 3, 8, 9, 7]);
        assert_eq!(merged[1].0, 1);
        let merged = Merged::of(&readings(&files));
        assert_eq!((merged.repeated.len(), merged.conflicts.len()), (2, 0));
    }

    #[test]
    fn two_acts_with_one_id_are_told() {
        let one = file(&[1, 2]);
        let other = String::from_utf8_lossy(&one).replacen("true", "false", 1);
        let other = other.into_bytes();
        for files in [[one.clone(), other.clone()], [other, one]] {
            let readings = readings(&files);
            let merged = Merged::of(&readings);
            assert_eq!((merged.lines.len(), merged.repeated.len()), (2, 1));
            let (kept, lost) = merged.conflicts[0];
            let act = |at: LinePlace| at.line(&readings).entry.act.clone();
            assert_eq!(act(kept), Act::Flag { on: false });
            assert_eq!(act(lost), Act::Flag { on: true });
        }
    }

    proptest! {
        #[test]
        fn the_order_of_files_does_not_matter(
            drawn in proptest::collection::vec(proptest::collection::vec((0u32..12, 0u32..4), 0..12), 1..5),
            turn in 0usize..5,
        ) {
            // Ids repeat within and between files, clocks go back, acts with one id differ, and one is written with a blank.
            let files: Vec<Vec<u8>> = drawn.iter().map(|file| {
                let lines = file.iter().map(|&(n, variant)| {
                    let mut entry = entry(n, Some(case(1)), Act::Flag { on: variant != 1 });
                    let later = jiff::SignedDuration::from_millis(i64::from(variant == 2));
                    entry.time = entry.time.checked_add(later).expect("in range");
                    let line = entry.to_line().expect("writable");
                    if variant == 3 { line.replacen(':', ": ", 1) } else { line }
                });
                lines.collect::<Vec<_>>().join("\n").into_bytes()
            }).collect();
            let expected = bytes(&files);
            let mut other = files.clone();
            other.rotate_left(turn % files.len());
            prop_assert_eq!(&bytes(&other), &expected);
            other.reverse();
            prop_assert_eq!(&bytes(&other), &expected);
            // A merge of the merge with itself changes nothing.
            prop_assert_eq!(&bytes(&[expected.clone(), expected.clone()]), &expected);
        }

        #[test]
        fn files_whose_clocks_run_forward_merge_in_any_grouping(
            drawn in proptest::collection::vec(proptest::collection::btree_set(0u32..40, 0..15), 3),
        ) {
            let files: Vec<Vec<u8>> = drawn.iter().map(|f| file(&f.iter().copied().collect::<Vec<_>>())).collect();
            let two = bytes(&files[..2]);
            prop_assert_eq!(bytes(&[files[2].clone(), two]), bytes(&files));
        }
    }
}
