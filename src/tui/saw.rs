//! What a model saw of the record in view.
//!
//! In: what came of asking it, with the steps that led there, and the fingerprint of the record. Out: which events were sent, from which
//! byte of their text, and in which chunk. Of a record that has changed since nothing is known.

use crate::dataset::{Answered, Case, Cut, Outcome, Window};

/// What of a record was sent.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Saw {
    /// Runs of events, each as its first and the one behind its last: ascending, with a gap between them.
    runs: Vec<(u32, u32)>,
    /// The events of which the beginning was not sent.
    cuts: Vec<Cut>,
    /// The chunks, where the record was sent in several.
    chunks: Vec<Window>,
    /// How many events the record has, and how many facts about the patient stand before these.
    of: u32,
    facts: u32,
}

/// Why it is not known.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Unknown {
    /// The answer came with the dataset, and it does not say.
    NotSaid,
    /// Nothing was sent.
    NotSent,
    /// The record is another one now.
    Changed,
}

impl Saw {
    /// What of the record with this fingerprint was sent; `facts` about the patient stand before its events.
    ///
    /// # Errors
    /// Why it is not known.
    pub fn of(
        case: &Case,
        outcome: Option<&Answered>,
        (fingerprint, facts): (&str, u32),
    ) -> Result<Saw, Unknown> {
        let outcome = outcome.ok_or(Unknown::NotSaid)?;
        let chunks = case.windows(outcome);
        if outcome.window.is_none() {
            return Err(match outcome.outcome {
                Outcome::TooLong => Unknown::NotSent,
                _ => Unknown::NotSaid,
            });
        }
        if chunks.iter().any(|chunk| chunk.record != fingerprint) {
            return Err(Unknown::Changed);
        }
        Ok(Saw {
            facts,
            ..Saw::together(&chunks)
        })
    }

    fn together(chunks: &[&Window]) -> Saw {
        let mut all: Vec<(u32, u32)> = chunks.iter().flat_map(|c| c.events.clone()).collect();
        all.sort_unstable();
        let mut runs: Vec<(u32, u32)> = Vec::new();
        for (from, to) in all {
            match runs.last_mut() {
                Some((_, end)) if *end >= from => *end = to.max(*end),
                _ => runs.push((from, to)),
            }
        }
        // What one chunk lacks of an event another may hold.
        let lacks = |cut: &Cut| {
            chunks
                .iter()
                .all(|c| !c.has_from(cut.event, cut.from as usize - 1))
        };
        let cuts = chunks
            .iter()
            .filter_map(|c| c.cut)
            .filter(|cut| cut.from > 0);
        let cuts = cuts.filter(lacks).collect();
        let of = chunks.first().map_or(0, |c| c.of);
        let chunks = match chunks {
            [_] => Vec::new(),
            several => several.iter().map(|c| (*c).clone()).collect(),
        };
        Saw {
            runs,
            cuts,
            chunks,
            of,
            facts: 0,
        }
    }

    /// How many events were sent, wholly or in part; facts about the patient are not counted.
    pub fn count(&self) -> u32 {
        self.between(self.facts, u32::MAX)
    }

    /// How many of the events from one to before another were sent.
    pub fn between(&self, from: u32, to: u32) -> u32 {
        let overlap = |(a, b): &(u32, u32)| (*b).min(to).saturating_sub((*a).max(from));
        self.runs.iter().map(overlap).sum()
    }

    /// Whether an event was sent, wholly or in part.
    pub fn has(&self, event: u32) -> bool {
        let run = self.runs.partition_point(|(_, to)| *to <= event);
        self.runs.get(run).is_some_and(|(from, _)| *from <= event)
    }

    /// The first byte of an event's text that was sent; `None` where nothing of it was.
    pub fn from(&self, event: u32) -> Option<usize> {
        let cuts = self.cuts.iter().filter(|cut| cut.event == event);
        let from = cuts.map(|cut| cut.from as usize).min().unwrap_or(0);
        self.has(event).then_some(from)
    }

    /// The runs of events, without the facts about the patient.
    pub fn runs(&self) -> Vec<(u32, u32)> {
        let events = |(from, to): &(u32, u32)| (self.facts.max(*from), *to);
        let runs = self.runs.iter().map(events);
        runs.filter(|(from, to)| from < to).collect()
    }

    /// One past the record's last event.
    pub fn end(&self) -> u32 {
        self.facts + self.of
    }

    /// How many events the record has.
    pub fn of_events(&self) -> u32 {
        self.of
    }

    /// How many chunks there were; none where the record was sent at once.
    pub fn chunks(&self) -> usize {
        self.chunks.len()
    }

    /// The first and the last chunk that an event was in, from 1.
    pub fn chunk_of(&self, event: u32) -> Option<(usize, usize)> {
        let has = |c: &Window| c.has(event);
        let first = self.chunks.iter().position(has)?;
        let last = self.chunks.iter().rposition(has)?;
        Some((first + 1, last + 1))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn window(events: &[(u32, u32)], cut: Option<(u32, u32)>) -> Window {
        Window {
            record: "f".to_owned(),
            of: 20,
            events: events.to_vec(),
            facts: 0,
            cut: cut.map(|(event, from)| Cut { event, from }),
        }
    }

    #[test]
    fn chunks_make_up_for_what_each_of_them_lacks() {
        let (first, second) = (
            window(&[(2, 6)], Some((2, 9))),
            window(&[(5, 9)], Some((5, 4))),
        );
        let one = Saw::together(&[&first]);
        assert_eq!((one.count(), one.chunks(), one.of_events()), (4, 0, 20));
        assert_eq!(
            (one.from(1), one.from(2), one.from(3)),
            (None, Some(9), Some(0))
        );
        let both = Saw::together(&[&first, &second]);
        assert_eq!(both.runs(), [(2, 9)]);
        // The beginning of 5 is in the first chunk; that of 2 was never sent.
        assert_eq!((both.from(2), both.from(5)), (Some(9), Some(0)));
        assert_eq!(both.chunk_of(5), Some((1, 2)));
        assert_eq!((both.chunk_of(3), both.chunk_of(9)), (Some((1, 1)), None));
        assert_eq!((both.between(0, 3), both.between(8, 99)), (1, 1));
    }

    #[test]
    fn runs_apart_stay_apart() {
        let saw = Saw::together(&[&window(&[(0, 2), (4, 5)], None)]);
        assert_eq!(saw.runs(), [(0, 2), (4, 5)]);
        assert!(saw.has(4) && !saw.has(3) && !saw.has(5));
        let with_facts = Saw { facts: 1, ..saw };
        assert_eq!((with_facts.count(), with_facts.end()), (2, 21));
        assert_eq!(with_facts.runs(), [(1, 2), (4, 5)]);
    }
}
