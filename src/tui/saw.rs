//! What a model saw of the record in view.
//!
//! In: what came of asking it, with the steps that led there, and the fingerprint of the record. Out: which events were sent, which
//! bytes of their text, and in which chunk. Of a record that has changed since nothing is known.

use std::ops::Range;

use crate::dataset::{Answered, Case, Outcome, Window};
use crate::record::Record;

/// What of a record was sent.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(crate) struct Saw {
    /// Runs of events, each as its first and the one behind its last: ascending, with a gap between them.
    runs: Vec<(u32, u32)>,
    /// What was sent at once: one window, or the chunks in their order.
    windows: Vec<Window>,
    /// How many events the record has, and how many facts about the patient stand before these.
    of: u32,
    facts: u32,
}

/// Why it is not known.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Unknown {
    /// The answer came with the dataset, and it does not say.
    NotSaid,
    /// Nothing was sent.
    NotSent,
    /// The record is another one now.
    Changed,
}

impl Saw {
    /// What of a record with this fingerprint was sent.
    ///
    /// # Errors
    /// Why it is not known.
    pub(crate) fn of(
        case: &Case,
        outcome: Option<&Answered>,
        (record, fingerprint): (&Record, &str),
    ) -> Result<Saw, Unknown> {
        let outcome = outcome.ok_or(Unknown::NotSaid)?;
        let chunks = case.windows(outcome);
        if outcome.window.is_none() {
            return Err(match outcome.outcome {
                Outcome::TooLong => Unknown::NotSent,
                _ => Unknown::NotSaid,
            });
        }
        let (all, of) = (record.events().len(), record.happened().len());
        let is_of = |window: &Window| {
            let within = window
                .events
                .last()
                .is_none_or(|(_, to)| *to as usize <= all);
            window.record == fingerprint && window.of as usize == of && within
        };
        if !chunks.iter().all(|window| is_of(window)) {
            return Err(Unknown::Changed);
        }
        Ok(Saw {
            facts: record.facts().count() as u32,
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
        Saw {
            runs,
            of: chunks.first().map_or(0, |c| c.of),
            windows: chunks.iter().map(|c| (*c).clone()).collect(),
            facts: 0,
        }
    }

    /// How many events were sent, wholly or in part; facts about the patient are not counted.
    pub(crate) fn count(&self) -> u32 {
        self.between(self.facts, u32::MAX)
    }

    /// How many of the events from one to before another were sent.
    pub(crate) fn between(&self, from: u32, to: u32) -> u32 {
        let overlap = |(a, b): &(u32, u32)| (*b).min(to).saturating_sub((*a).max(from));
        self.runs.iter().map(overlap).sum()
    }

    /// Whether an event was sent, wholly or in part.
    pub(crate) fn has(&self, event: u32) -> bool {
        let run = self.runs.partition_point(|(_, to)| *to <= event);
        self.runs.get(run).is_some_and(|(from, _)| *from <= event)
    }

    /// Which bytes of an event's text were sent, to the largest number where none lacks at the end; `None` where nothing of it was.
    pub(crate) fn part(&self, event: u32) -> Option<Range<usize>> {
        // What one chunk lacks of an event its neighbour holds.
        let parts = self.windows.iter().filter_map(|w| w.part(event));
        parts.reduce(|a, b| a.start.min(b.start)..a.end.max(b.end))
    }

    /// The runs of events, without the facts about the patient.
    pub(crate) fn runs(&self) -> Vec<(u32, u32)> {
        let events = |(from, to): &(u32, u32)| (self.facts.max(*from), *to);
        let runs = self.runs.iter().map(events);
        runs.filter(|(from, to)| from < to).collect()
    }

    /// One past the record's last event.
    pub(crate) fn end(&self) -> u32 {
        self.facts + self.of
    }

    /// How many events the record has.
    pub(crate) fn of_events(&self) -> u32 {
        self.of
    }

    /// How many chunks there were; none where the record was sent at once.
    pub(crate) fn chunks(&self) -> usize {
        match self.windows.len() {
            1 => 0,
            n => n,
        }
    }

    /// The first and the last chunk that an event was in, from 1.
    pub(crate) fn chunk_of(&self, event: u32) -> Option<(usize, usize)> {
        self.chunks_with(|c| c.has(event))
    }

    /// The first and the last chunk that a byte of an event's text was in, from 1.
    pub(crate) fn chunk_at(&self, event: u32, byte: usize) -> Option<(usize, usize)> {
        self.chunks_with(|c| c.part(event).is_some_and(|part| part.contains(&byte)))
    }

    fn chunks_with(&self, has: impl Fn(&Window) -> bool) -> Option<(usize, usize)> {
        let first = self.windows.iter().position(&has)?;
        let last = self.windows.iter().rposition(&has)?;
        (self.chunks() > 0).then_some((first + 1, last + 1))
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::dataset::{Cut, End};

    const END: usize = usize::MAX;

    fn window(events: &[(u32, u32)], cut: Option<(u32, u32)>) -> Window {
        Window {
            record: "f".to_owned(),
            of: 20,
            events: events.to_vec(),
            facts: 0,
            cut: cut.map(|(event, from)| Cut { event, from }),
            end: None,
        }
    }

    #[test]
    fn chunks_make_up_for_what_each_of_them_lacks() {
        let end = Some(End { event: 5, to: 4 });
        let first = Window {
            end,
            ..window(&[(2, 6)], Some((2, 9)))
        };
        let second = window(&[(5, 9)], Some((5, 4)));
        let one = Saw::together(&[&first]);
        assert_eq!((one.count(), one.chunks(), one.of_events()), (4, 0, 20));
        assert_eq!(
            [1, 2, 3, 5].map(|e| one.part(e)),
            [None, Some(9..END), Some(0..END), Some(0..4)]
        );
        let both = Saw::together(&[&first, &second]);
        assert_eq!(both.runs(), [(2, 9)]);
        // The beginning of 5 is in the first chunk; that of 2 was never sent.
        assert_eq!((both.part(2), both.part(5)), (Some(9..END), Some(0..END)));
        assert_eq!(
            [3, 4].map(|byte| both.chunk_at(5, byte)),
            [Some((1, 1)), Some((2, 2))]
        );
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
