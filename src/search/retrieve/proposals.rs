//! Proposed records with all that a person needs to judge them: matched words, a random baseline, what was missed.
//!
//! In: a dataset and the counts of its records. Out: for each instruction its candidates with their words, the records that
//! clinicians answered it on and that are not among them. Never: a label; those are people's.

use rustc_hash::{FxHashMap, FxHashSet};

use super::asks::{self, Ask, QueryText};
use super::counts::Counts;
use super::evaluate::draw;
use super::okapi::Formula;
use super::tokens::Tokens;
use super::words::{Words, vocabulary};
use super::{Candidate, Retriever, propose};
use crate::dataset::Dataset;
use crate::error::Result;
use crate::notice::Notice;
use crate::search::analysis::Analyzer;
use crate::search::build::Progress;
use crate::search::place::IndexFolder;
use crate::search::query::Query;
use crate::work::Cancel;

/// At most so many words are said of a candidate.
const WORDS: usize = 8;

/// A record that a clinician answered an instruction on and that is not among its candidates.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Missed {
    /// Its place in [`Dataset::record_files`].
    pub record: u32,
    /// Where it stands among all records, from 1.
    pub rank: usize,
}

/// Candidates for all instructions; the lists run in parallel.
#[derive(Clone, Debug, Default)]
pub(crate) struct Proposals {
    /// How texts were cut into words.
    pub tokens: Tokens,
    /// Candidates an instruction.
    pub top: usize,
    /// The instructions, in the tables' order.
    pub asks: Vec<Ask>,
    /// The candidates of each, the best first.
    pub candidates: Vec<Vec<Candidate>>,
    /// The words of each candidate that were matched and what they add to its score, the heaviest first.
    pub words: Vec<Vec<Vec<(String, f64)>>>,
    /// For each instruction, records with a gold response that are not among its candidates.
    pub missed: Vec<Vec<Missed>>,
    /// As many records for each, drawn at random with seed 0.
    pub drawn: Vec<Vec<Candidate>>,
    /// Records that are left out: they cannot be read, or are another patient's.
    pub notices: Vec<Notice>,
}

impl Proposals {
    /// Proposes `top` records for each instruction of a dataset by Okapi BM25, as the study did.
    ///
    /// # Errors
    /// When there are no instructions or no records, it is cancelled, or the cache cannot be written.
    pub(crate) fn of(
        dataset: &Dataset,
        place: &IndexFolder,
        tokens: Tokens,
        top: usize,
        progress: &(dyn Fn(Progress) + Sync),
        cancel: &Cancel,
    ) -> Result<Self> {
        let asks = asks::asks(dataset, QueryText::Question)?;
        let vocabulary = vocabulary(&asks, tokens);
        let counts = Counts::of(dataset, place, tokens, &vocabulary, progress, cancel)?;
        let retriever = Words::new(&counts, tokens, Formula::OKAPI);
        let candidates = propose(&retriever, &asks, top);
        let words = asks.iter().zip(&candidates).map(|(ask, candidates)| {
            let one = |c: &Candidate| retriever.matched(&ask.text, c.record, WORDS);
            candidates.iter().map(one).collect()
        });
        let words = words.collect();
        let missed = missed(dataset, counts.usable(), &asks, &candidates, |ask| {
            retriever.best(&ask.text, dataset.record_files().len())
        });
        let drawn = draw(&asks, counts.usable(), top, 0);
        Ok(Proposals {
            tokens,
            top,
            asks,
            candidates,
            words,
            missed,
            drawn,
            notices: counts.notices,
        })
    }
}

/// Records with a gold response that are not among an instruction's candidates.
fn missed(
    dataset: &Dataset,
    usable: &[u32],
    asks: &[Ask],
    candidates: &[Vec<Candidate>],
    ranking: impl Fn(&Ask) -> Vec<(u32, f64)>,
) -> Vec<Vec<Missed>> {
    let files = dataset.record_files();
    let place = |r: &u32| (files[*r as usize].person_id.as_str(), *r);
    let places: FxHashMap<&str, u32> = usable.iter().map(place).collect();
    let mut golds: FxHashMap<&str, Vec<u32>> = FxHashMap::default();
    for case in dataset.cases().iter().filter(|c| !c.golds.is_empty()) {
        if let Some(record) = places.get(case.person_id.as_str()) {
            golds.entry(&case.instruction_id).or_default().push(*record);
        }
    }
    let one = |(ask, candidates): (&Ask, &Vec<Candidate>)| {
        let gold = golds.get(ask.instruction_id.as_str());
        let is_there = |r: &u32| candidates.iter().any(|c| c.record == *r);
        let gone: Vec<u32> = gold
            .into_iter()
            .flatten()
            .filter(|r| !is_there(r))
            .copied()
            .collect();
        if gone.is_empty() {
            return Vec::new();
        }
        let all = ranking(ask);
        let rank = |record: &u32| all.iter().position(|(found, _)| found == record);
        gone.iter()
            .map(|record| Missed {
                record: *record,
                rank: rank(record).map_or(dataset.record_files().len(), |i| i + 1),
            })
            .collect()
    };
    asks.iter().zip(candidates).map(one).collect()
}

/// The query that marks an instruction's words in a record: each one, whatever signs it has.
pub(crate) fn marking(text: &str) -> Query {
    let mut analyzer = Analyzer::default();
    let mut seen = FxHashSet::default();
    let words = analyzer.tokens(text).map(|t| t.text.to_owned());
    let quoted: Vec<String> = words
        .filter(|w| seen.insert(w.clone()))
        .map(|w| format!("\"{w}\""))
        .collect();
    Query::parse(&quoted.join(" "))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn signs_of_the_query_language_are_only_words_here() {
        let query = marking("kind: of -stroke? (\"A1c\" > 7) kind:note stroke");
        assert!(query.filters.is_empty() && query.words.iter().all(|w| !w.negative));
        assert_eq!(
            query.words.iter().filter(|w| w.label == "stroke").count(),
            1
        );
    }
}
