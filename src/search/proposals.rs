//! Proposed records with all that a person needs to judge them: matched words, a random baseline, what was missed.
//!
//! In: a dataset and the counts of its records. Out: for each instruction its candidates with their words, the records that
//! clinicians answered it on and that are not among them; and, for one record, the events that an instruction is best read
//! beside. Never: a label; those are people's.

use rustc_hash::{FxHashMap, FxHashSet};

use super::analysis::Analyzer;
use super::build::Progress;
use super::counts::{Counts, Tokens};
use super::matching::{self, Ask, Candidate, QueryText};
use super::okapi::{self, Formula};
use super::place::Place;
use super::query::Query;
use crate::dataset::Dataset;
use crate::error::Result;
use crate::notice::Notice;
use crate::record::{EventId, Kind, Record, Sym};
use crate::work::Cancel;

/// At most so many words are said of a candidate.
const WORDS: usize = 8;

/// A record that a clinician answered an instruction on and that is not among its candidates.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Missed {
    /// Its place in [`Dataset::record_files`].
    pub record: u32,
    /// Where it stands among all records, from 1.
    pub rank: usize,
}

/// Candidates for all instructions; the lists run in parallel.
#[derive(Clone, Debug, Default)]
pub struct Proposals {
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
    pub fn of(
        dataset: &Dataset,
        place: &Place,
        tokens: Tokens,
        top: usize,
        progress: &(dyn Fn(Progress) + Sync),
        cancel: &Cancel,
    ) -> Result<Self> {
        let asks = matching::asks(dataset, QueryText::Question)?;
        let vocabulary = matching::vocabulary(&asks, tokens);
        let counts = Counts::of(dataset, place, tokens, &vocabulary, progress, cancel)?;
        let formula = Formula::OKAPI;
        let candidates = matching::propose(&asks, &counts, tokens, formula, top);
        let words = asks.iter().zip(&candidates).map(|(ask, candidates)| {
            let mut of: Vec<String> = tokens.words(&ask.text);
            of.sort_unstable();
            let one = |c: &Candidate| matched(&of, &counts, c.record, formula);
            candidates.iter().map(one).collect()
        });
        let words = words.collect();
        let missed = missed(dataset, counts.usable(), &asks, &candidates, |ask| {
            let all = matching::propose(
                std::slice::from_ref(ask),
                &counts,
                tokens,
                formula,
                dataset.record_files().len(),
            );
            all.into_iter().next().unwrap_or_default()
        });
        let drawn = matching::draw(&asks, counts.usable(), top, 0);
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

/// The words of an instruction (sorted, repeats repeated) that a record has, with what each adds, the heaviest first.
fn matched(words: &[String], counts: &Counts, record: u32, formula: Formula) -> Vec<(String, f64)> {
    let mut all: Vec<(String, f64)> = Vec::new();
    for same in words.chunk_by(|a, b| a == b) {
        let once = okapi::weight(
            counts.postings(&same[0]),
            record,
            counts.lengths(),
            counts.statistics(),
            formula,
        );
        if once != 0.0 {
            all.push((same[0].clone(), once * same.len() as f64));
        }
    }
    all.sort_by(|a, b| b.1.total_cmp(&a.1).then_with(|| a.0.cmp(&b.0)));
    all.truncate(WORDS);
    all
}

/// Records with a gold response that are not among an instruction's candidates.
fn missed(
    dataset: &Dataset,
    usable: &[u32],
    asks: &[Ask],
    candidates: &[Vec<Candidate>],
    ranking: impl Fn(&Ask) -> Vec<Candidate>,
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
        let rank = |record: &u32| all.iter().position(|c| c.record == *record);
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
pub fn marking(text: &str) -> Query {
    let mut analyzer = Analyzer::default();
    let mut seen = FxHashSet::default();
    let words = analyzer.tokens(text).map(|t| t.text.to_owned());
    let quoted: Vec<String> = words
        .filter(|w| seen.insert(w.clone()))
        .map(|w| format!("\"{w}\""))
        .collect();
    Query::parse(&quoted.join(" "))
}

/// The events of a record that hold most of what a text asks for, the best first: BM25 within the record (k1 = 1.2, b = 0.75,
/// idf over its events). Of events with one name, other than notes, only the best one counts.
pub fn best_events(record: &Record, text: &str, most: usize) -> Vec<EventId> {
    let mut analyzer = Analyzer::default();
    let mut terms: FxHashMap<String, usize> = FxHashMap::default();
    for token in analyzer.tokens(text) {
        let next = terms.len();
        terms.entry(token.text.to_owned()).or_insert(next);
    }
    let mut count = |text: &str, into: &mut Vec<(usize, u32)>| -> u64 {
        let mut length = 0;
        for token in analyzer.tokens(text) {
            length += 1;
            if let Some(&term) = terms.get(token.text) {
                match into.iter_mut().find(|(t, _)| *t == term) {
                    Some((_, n)) => *n += 1,
                    None => into.push((term, 1)),
                }
            }
        }
        length
    };
    let mut names: FxHashMap<Sym, (Vec<(usize, u32)>, u64)> = FxHashMap::default();
    let mut holds_in = vec![0_u64; terms.len()];
    let (mut found, mut all_tokens) = (Vec::new(), 0);
    for (i, event) in record.events().iter().enumerate() {
        let (name, length) = names.entry(record.name_sym(event)).or_insert_with(|| {
            let mut counts = Vec::new();
            let length = count(record.name(event), &mut counts);
            (counts, length)
        });
        let (mut counts, mut length) = (name.clone(), *length);
        length += count(record.value(event), &mut counts);
        all_tokens += length;
        for (term, _) in &counts {
            holds_in[*term] += 1;
        }
        if !counts.is_empty() {
            found.push((EventId(i as u32), counts, length));
        }
    }
    let events = record.events().len() as f64;
    let mean = all_tokens as f64 / events.max(1.0);
    let idf = |n: u64| (1.0 + (events - n as f64 + 0.5) / (n as f64 + 0.5)).ln();
    let score = |counts: &[(usize, u32)], length: u64| -> f64 {
        let norm = 1.2 * (0.25 + 0.75 * length as f64 / mean.max(1.0));
        let one = |&(term, n): &(usize, u32)| {
            idf(holds_in[term]) * f64::from(n) * 2.2 / (f64::from(n) + norm)
        };
        counts.iter().map(one).sum()
    };
    let mut best: Vec<(f64, EventId)> = found
        .iter()
        .map(|(event, counts, length)| (score(counts, *length), *event))
        .collect();
    best.sort_by(|a, b| b.0.total_cmp(&a.0).then(a.1.cmp(&b.1)));
    let mut seen = FxHashSet::default();
    best.into_iter()
        .map(|(_, event)| event)
        .filter(|e| {
            let event = record.event(*e);
            event.kind == Kind::Note || seen.insert(record.name_sym(event))
        })
        .take(most)
        .collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    const RECORD: &str = "<eventstream person_id=\"1\"><encounter><events>\
<entry timestamp=\"2021-03-02T08:00:00\"><event type=\"measurement\" code=\"L/1\" name=\"Heart rate\">80</event></entry>\
<entry timestamp=\"2021-03-02T09:00:00\"><event type=\"measurement\" code=\"L/1\" name=\"Heart rate\">90</event></entry>\
<entry timestamp=\"2021-03-02T10:00:00\"><event type=\"note\" name=\"Note\">No fever. No cough. Nothing else of note was said today.</event></entry>\
<entry timestamp=\"2021-03-02T11:00:00\"><event type=\"note\" name=\"Note\">Stroke; she takes warfarin, and had another stroke.</event></entry>\
</events></encounter></eventstream>";

    fn record() -> Record {
        let dir = tempfile::tempdir().expect("a temporary folder");
        let path = dir.path().join("1.xml");
        std::fs::write(&path, RECORD).expect("writable");
        crate::record::read(&path).expect("a record").look_inside()
    }

    #[test]
    fn the_best_events_hold_the_rarest_words_and_repeat_no_name() {
        let best = best_events(&record(), "Stroke? warfarin, heart RATE", 9);
        let mut places: Vec<u32> = best.iter().map(|e| e.0).collect();
        assert_eq!(places.len(), 2, "{places:?}");
        assert_eq!(places[0], 3);
        places.sort_unstable();
        assert!(places[0] < 2);
        assert_eq!(best_events(&record(), "zebra", 9), []);
        assert_eq!(best_events(&record(), "stroke fever", 1), [EventId(3)]);
    }

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
