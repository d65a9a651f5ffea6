//! Several files of the same review made one: a file and its backups, or copies from two machines.
//!
//! In: readings. Out: their entries, each id once, every file's own order kept, and by time between files. The order
//! within a file outranks the clock, which may have been set back.

use rustc_hash::FxHashSet;

use super::line::{Line, Reading};

/// Merges; each line comes with the place of its reading among those given. Of equal times
/// the id decides, which counts up within a millisecond.
pub fn merge(readings: Vec<Reading>) -> Vec<(usize, Line)> {
    let mut queues: Vec<_> = readings
        .into_iter()
        .map(|r| r.entries.into_iter().peekable())
        .collect();
    let mut seen: FxHashSet<String> = FxHashSet::default();
    let mut merged = Vec::new();
    loop {
        let heads = queues.iter_mut().enumerate();
        let next = heads
            .filter_map(|(i, queue)| {
                let line = queue.peek()?;
                Some((line.entry.time, line.entry.id.clone(), i))
            })
            .min();
        let Some((i, line)) = next.and_then(|(.., i)| Some((i, queues[i].next()?))) else {
            return merged;
        };
        if seen.insert(line.entry.id.clone()) {
            merged.push((i, line));
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::review::entry::Act;
    use crate::review::sample::{case, entry};

    fn reading(numbers: &[u32]) -> Reading {
        let lines = numbers.iter().map(|n| {
            let act = Act::Flag { on: true };
            entry(*n, Some(case(1)), act).to_line().expect("writable")
        });
        Reading::of(lines.collect::<Vec<_>>().join("\n").as_bytes())
    }

    #[test]
    fn each_id_once_by_time_and_in_each_files_order() {
        let merged = merge(vec![reading(&[1, 5, 3, 8]), reading(&[1, 2, 5, 9, 7])]);
        let ids: Vec<u32> = merged
            .iter()
            .map(|(_, l)| l.entry.id.parse().expect("a number"))
            .collect();
        assert_eq!(ids, [1, 2, 5, 3, 8, 9, 7]);
        assert_eq!(merged[1].0, 1);
    }
}
