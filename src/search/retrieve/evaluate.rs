//! How good proposals are, whichever way they were made.
//!
//! In: candidates, labels that people gave. Out: precision with intervals, a baseline drawn at random, a table to label. The study's
//! protocol: BM25 over all records, the first five looked at by people, against records drawn at random.

use std::io::{self, Write};

use rustc_hash::FxHashMap;

use super::Candidate;
use super::asks::Ask;
use crate::dataset::Dataset;
use crate::dataset::table::Writer as TableWriter;
use crate::stats::interval::{Interval, wilson};
use crate::stats::random::SplitMix64;

/// What the study reports: the first record relevant, any of the first five relevant, a random record relevant.
pub(crate) const STUDY: [(&str, u64, u64); 3] = [
    ("first record", 240, 407),
    ("any of five", 303, 407),
    ("random record", 155, 407),
];

/// For each instruction, some of these records drawn at random without repeats; the same seed draws the same, whatever the
/// machine.
pub(crate) fn draw(asks: &[Ask], records: &[u32], top: usize, seed: u64) -> Vec<Vec<Candidate>> {
    let mut random = SplitMix64(seed);
    let one = |_| {
        let mut drawn: Vec<u32> = Vec::new();
        while drawn.len() < top.min(records.len()) {
            let record = records[random.below(records.len() as u64) as usize];
            if !drawn.contains(&record) {
                drawn.push(record);
            }
        }
        drawn
            .into_iter()
            .map(|record| Candidate {
                record,
                score: None,
            })
            .collect()
    };
    asks.iter().map(one).collect()
}

/// The table of candidates, in the layout of `ehr-relevance-labels.csv` with score and rank, ready to be labelled.
///
/// # Errors
/// When `out` cannot be written.
pub(crate) fn write_table(
    dataset: &Dataset,
    asks: &[Ask],
    proposals: &[Vec<Candidate>],
    out: impl Write,
) -> io::Result<()> {
    let mut table = TableWriter::new(out, b',');
    table.row([
        "instruction_id",
        "question",
        "person_id",
        "filename",
        "is_selected_ehr",
        "score",
        "rank",
    ])?;
    for (ask, candidates) in asks.iter().zip(proposals) {
        for (rank, candidate) in candidates.iter().enumerate() {
            let file = &dataset.record_files()[candidate.record as usize];
            let name = file.path.file_name().unwrap_or_default().to_string_lossy();
            let score = candidate.score.map(|s| s.to_string()).unwrap_or_default();
            let rank = (rank + 1).to_string();
            let (id, question) = (ask.instruction_id.as_str(), ask.question.as_str());
            table.row([id, question, &file.person_id, &name, "", &score, &rank])?;
        }
    }
    table.finish().map(drop)
}

/// Votes on whether records suit instructions.
#[derive(Clone, Debug, Default)]
pub(crate) struct Labels {
    votes: FxHashMap<(String, String), (u32, u32)>,
}

impl Labels {
    /// Those of the dataset's relevance table.
    pub(crate) fn of(dataset: &Dataset) -> Self {
        let mut labels = Labels::default();
        for row in dataset.relevance() {
            if let Some(label) = row.label {
                labels.vote(&row.instruction_id, &row.person_id, label);
            }
        }
        labels
    }

    /// Adds a vote.
    pub(crate) fn vote(&mut self, instruction: &str, person: &str, relevant: bool) {
        let (yes, no) = self
            .votes
            .entry((instruction.to_owned(), person.to_owned()))
            .or_default();
        *if relevant { yes } else { no } += 1;
    }

    /// Adds all votes that another count has on a pair.
    pub(crate) fn add(&mut self, instruction: &str, person: &str, from: &Labels) {
        let pair = (instruction.to_owned(), person.to_owned());
        if let Some((yes, no)) = from.votes.get(&pair) {
            let votes = self.votes.entry(pair).or_default();
            votes.0 += yes;
            votes.1 += no;
        }
    }

    /// What most say; `None` without a vote or where they are split evenly.
    pub(crate) fn get(&self, instruction: &str, person: &str) -> Option<bool> {
        let (yes, no) = self
            .votes
            .get(&(instruction.to_owned(), person.to_owned()))?;
        (yes != no).then_some(yes > no)
    }

    /// Pairs with a vote.
    pub(crate) fn len(&self) -> usize {
        self.votes.len()
    }

    /// Whether there is no vote.
    pub(crate) fn is_empty(&self) -> bool {
        self.votes.is_empty()
    }
}

/// A share of what is labelled, and how much is not.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(crate) struct Share {
    /// Relevant.
    pub yes: u64,
    /// Labelled so that the answer is known.
    pub known: u64,
    /// Not known for want of labels, or since they are split evenly.
    pub missing: u64,
}

impl Share {
    fn add(&mut self, label: Option<bool>) {
        match label {
            Some(relevant) => {
                self.known += 1;
                self.yes += u64::from(relevant);
            }
            None => self.missing += 1,
        }
    }

    /// `yes / known`; `None` where more than a tenth is not known, for what is labelled is no fair sample of the rest.
    pub(crate) fn value(&self) -> Option<f64> {
        let few = 9 * self.missing <= self.known;
        (self.known > 0 && few).then(|| self.yes as f64 / self.known as f64)
    }

    /// The share if all that is not known were not relevant, and if all of it were; `None` where there is nothing.
    pub(crate) fn bounds(&self) -> Option<(f64, f64)> {
        let all = self.known + self.missing;
        let share = |yes: u64| yes as f64 / all as f64;
        (all > 0).then(|| (share(self.yes), share(self.yes + self.missing)))
    }

    /// The 95 % interval after Wilson, of what is known.
    pub(crate) fn interval(&self) -> Option<Interval> {
        wilson(self.yes as usize, self.known as usize)
    }
}

/// How good proposals are.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(crate) struct Evaluation {
    /// Instructions whose first record is relevant.
    pub first: Share,
    /// Records among the first k that are relevant, over all instructions.
    pub all: Share,
    /// Instructions with a relevant record among the first k. One relevant record decides it; without one it is known
    /// only when all k are labelled.
    pub any: Share,
}

/// Compares proposals with labels.
pub(crate) fn evaluate(
    dataset: &Dataset,
    asks: &[Ask],
    proposals: &[Vec<Candidate>],
    labels: &Labels,
) -> Evaluation {
    let mut evaluation = Evaluation::default();
    for (ask, candidates) in asks.iter().zip(proposals) {
        let label = |c: &Candidate| {
            labels.get(
                &ask.instruction_id,
                &dataset.record_files()[c.record as usize].person_id,
            )
        };
        let found: Vec<Option<bool>> = candidates.iter().map(label).collect();
        // An instruction for which no record fits has found none.
        evaluation
            .first
            .add(found.first().copied().unwrap_or(Some(false)));
        for label in &found {
            evaluation.all.add(*label);
        }
        let any = found.contains(&Some(true));
        evaluation.any.add(if any || !found.contains(&None) {
            Some(any)
        } else {
            None
        });
    }
    evaluation
}

#[cfg(test)]
mod tests {
    use rustc_hash::FxHashSet;

    use super::*;

    #[test]
    fn drawing_is_repeatable_and_without_repeats() {
        let ask = Ask {
            instruction_id: "1".to_owned(),
            question: String::new(),
            text: String::new(),
        };
        let asks = vec![ask; 50];
        let all: Vec<u32> = (0..7).collect();
        let a = draw(&asks, &all, 5, 3);
        assert_eq!(a, draw(&asks, &all, 5, 3));
        assert_ne!(a, draw(&asks, &all, 5, 4));
        for drawn in &a {
            let distinct: FxHashSet<u32> = drawn.iter().map(|c| c.record).collect();
            assert_eq!(distinct.len(), 5);
        }
        assert_eq!(draw(&asks, &all[5..], 5, 3)[0].len(), 2);
    }

    #[test]
    fn votes_and_shares() {
        let mut labels = Labels::default();
        labels.vote("1", "a", true);
        labels.vote("1", "b", true);
        labels.vote("1", "b", false);
        assert_eq!(labels.get("1", "a"), Some(true));
        assert_eq!(labels.get("1", "b"), None, "split evenly");
        assert_eq!(labels.get("2", "a"), None);
        let mut share = Share::default();
        for label in [Some(true), Some(false), None] {
            share.add(label);
        }
        assert_eq!(
            share,
            Share {
                yes: 1,
                known: 2,
                missing: 1
            }
        );
        assert_eq!(share.value(), None, "a third is not known");
        assert_eq!(share.bounds(), Some((1.0 / 3.0, 2.0 / 3.0)));
        let mostly = Share {
            yes: 9,
            known: 18,
            missing: 2,
        };
        assert_eq!(mostly.value(), Some(0.5), "a tenth is not known");
        assert_eq!(
            Share {
                missing: 3,
                ..mostly
            }
            .value(),
            None
        );
        assert_eq!(Share::default().bounds(), None);
    }
}
