//! Proposes records for instructions, and says how good proposals are.
//!
//! In: instructions, counts of their words in the records, labels that people gave. Out: for each instruction the best
//! records with their scores, a table to label, and precision with intervals. The study's protocol: BM25 over all records,
//! the first five looked at by people, against records drawn at random.

use std::io::{self, Write};

use rayon::prelude::*;
use rustc_hash::{FxHashMap, FxHashSet};

use super::counts::{Counts, Tokens};
use super::okapi::{self, Formula};
use crate::dataset::Dataset;
use crate::dataset::table::Writer as TableWriter;
use crate::error::{Error, Result};
use crate::stats::interval::{Interval, wilson};
use crate::stats::random::SplitMix64;

/// What the study reports: the first record relevant, any of the first five relevant, a random record relevant.
pub const STUDY: [(&str, u64, u64); 3] = [
    ("first record", 240, 407),
    ("any of five", 303, 407),
    ("random record", 155, 407),
];

/// What of an instruction is searched for.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, clap::ValueEnum)]
pub enum QueryText {
    /// The instruction
    #[default]
    Question,
    /// The instruction, then its columns on the patient's characteristics and the clinical context, as the study did
    #[value(name = "question+context")]
    QuestionAndContext,
}

/// An instruction as matching asks it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Ask {
    /// The instruction's id.
    pub instruction_id: String,
    /// The instruction as written.
    pub question: String,
    /// What is searched for.
    pub text: String,
}

/// A record that is proposed.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Candidate {
    /// Its place in [`Dataset::record_files`].
    pub record: u32,
    /// BM25; `None` for one drawn at random.
    pub score: Option<f64>,
}

/// The instructions of a dataset, each once, in the tables' order.
///
/// # Errors
/// When there are no instructions, or no records to match them to.
pub fn asks(dataset: &Dataset, what: QueryText) -> Result<Vec<Ask>> {
    let mut seen = FxHashSet::default();
    let rows = dataset
        .instructions()
        .iter()
        .map(|i| (&i.instruction_id, &i.question, &i.columns));
    let cases = dataset
        .cases()
        .iter()
        .map(|c| (&c.instruction_id, &c.question, &c.columns));
    let mut asks = Vec::new();
    for (id, question, columns) in rows.chain(cases) {
        if id.is_empty() || !seen.insert(id) {
            continue;
        }
        let mut text = question.clone();
        if what == QueryText::QuestionAndContext {
            for (_, value) in columns.iter().filter(|(name, _)| is_context(name)) {
                text.push(' ');
                text.push_str(value);
            }
        }
        asks.push(Ask {
            instruction_id: id.clone(),
            question: question.clone(),
            text,
        });
    }
    let missing = match (asks.is_empty(), dataset.record_files().is_empty()) {
        (true, _) => "instructions",
        (false, true) => "records",
        (false, false) => return Ok(asks),
    };
    Err(Error::unreadable(
        dataset.root(),
        format_args!("there are no {missing} to match"),
    )
    .hint("`medalign help datasets` says which files a dataset has"))
}

/// Whether a column says something of the patient or the setting that an instruction is for.
fn is_context(column: &str) -> bool {
    let name = column.to_lowercase();
    name.contains("characteristic") || name.contains("context")
}

/// All words of instructions.
pub fn vocabulary(asks: &[Ask], tokens: Tokens) -> FxHashSet<String> {
    asks.iter().flat_map(|a| tokens.words(&a.text)).collect()
}

/// The best records for each instruction; none where no record fits, that is, scores above 0.
pub fn propose(
    asks: &[Ask],
    counts: &Counts,
    tokens: Tokens,
    formula: Formula,
    top: usize,
) -> Vec<Vec<Candidate>> {
    let one = |ask: &Ask| {
        let words = tokens.words(&ask.text);
        let query = words.iter().map(|w| counts.postings(w));
        let scores = okapi::scores(query, counts.lengths(), counts.statistics(), formula);
        let usable: Vec<f64> = counts
            .usable()
            .iter()
            .map(|r| scores[*r as usize])
            .collect();
        // Where no score is above 0 any order is that of the files: no record fits.
        if !usable.iter().any(|s| *s > 0.0) {
            return Vec::new();
        }
        let best = okapi::top(&usable, top);
        best.into_iter()
            .map(|(place, score)| (counts.usable()[place as usize], score))
            .map(|(record, score)| Candidate {
                record,
                score: Some(score),
            })
            .collect()
    };
    asks.par_iter().map(one).collect()
}

/// For each instruction, some of these records drawn at random without repeats; the same seed draws the same, whatever the
/// machine.
pub fn draw(asks: &[Ask], records: &[u32], top: usize, seed: u64) -> Vec<Vec<Candidate>> {
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
pub fn write_table(
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
pub struct Labels {
    votes: FxHashMap<(String, String), (u32, u32)>,
}

impl Labels {
    /// Those of the dataset's relevance table.
    pub fn of(dataset: &Dataset) -> Self {
        let mut labels = Labels::default();
        for row in dataset.relevance() {
            if let Some(label) = row.label {
                labels.vote(&row.instruction_id, &row.person_id, label);
            }
        }
        labels
    }

    /// Adds a vote.
    pub fn vote(&mut self, instruction: &str, person: &str, relevant: bool) {
        let (yes, no) = self
            .votes
            .entry((instruction.to_owned(), person.to_owned()))
            .or_default();
        *if relevant { yes } else { no } += 1;
    }

    /// Adds all votes that another count has on a pair.
    pub fn add(&mut self, instruction: &str, person: &str, from: &Labels) {
        let pair = (instruction.to_owned(), person.to_owned());
        if let Some((yes, no)) = from.votes.get(&pair) {
            let votes = self.votes.entry(pair).or_default();
            votes.0 += yes;
            votes.1 += no;
        }
    }

    /// What most say; `None` without a vote or where they are split evenly.
    pub fn get(&self, instruction: &str, person: &str) -> Option<bool> {
        let (yes, no) = self
            .votes
            .get(&(instruction.to_owned(), person.to_owned()))?;
        (yes != no).then_some(yes > no)
    }

    /// Pairs with a vote.
    pub fn len(&self) -> usize {
        self.votes.len()
    }

    /// Whether there is no vote.
    pub fn is_empty(&self) -> bool {
        self.votes.is_empty()
    }
}

/// A share of what is labelled, and how much is not.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Share {
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
    pub fn value(&self) -> Option<f64> {
        let few = 9 * self.missing <= self.known;
        (self.known > 0 && few).then(|| self.yes as f64 / self.known as f64)
    }

    /// The share if all that is not known were not relevant, and if all of it were; `None` where there is nothing.
    pub fn bounds(&self) -> Option<(f64, f64)> {
        let all = self.known + self.missing;
        let share = |yes: u64| yes as f64 / all as f64;
        (all > 0).then(|| (share(self.yes), share(self.yes + self.missing)))
    }

    /// The 95 % interval after Wilson, of what is known.
    pub fn interval(&self) -> Option<Interval> {
        wilson(self.yes as usize, self.known as usize)
    }
}

/// How good proposals are.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Evaluation {
    /// Instructions whose first record is relevant.
    pub first: Share,
    /// Records among the first k that are relevant, over all instructions.
    pub all: Share,
    /// Instructions with a relevant record among the first k. One relevant record decides it; without one it is known
    /// only when all k are labelled.
    pub any: Share,
}

/// Compares proposals with labels.
pub fn evaluate(
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
