//! Counts the words of records, a few records at a time.
//!
//! In: the records and the words that matter. Out: a count a record, and in how many records each word of all is. Never: a text held
//! once it is counted.

use std::hash::Hasher;

use rayon::prelude::*;
use rustc_hash::{FxHashMap, FxHashSet, FxHasher};

use super::Counted;
use crate::dataset::Dataset;
use crate::error::{Error, Result};
use crate::notice::{Notice, Severity};
use crate::record::{Kind, Record};
use crate::search::analysis::Analyzer;
use crate::search::build::{IN_FLIGHT, Progress};
use crate::search::retrieve::tokens::Tokens;
use crate::work::Cancel;

/// Counts records.
pub(super) struct Maker<'a> {
    tokens: Tokens,
    /// The queries' words by hash; those that share one stand in a row.
    known: FxHashMap<u64, Vec<(&'a str, u32)>>,
    /// In how many records each word occurs, by hash.
    pub(super) occurs_in: FxHashMap<u64, u32>,
}

impl<'a> Maker<'a> {
    pub(super) fn new(tokens: Tokens, vocabulary: &'a [String]) -> Self {
        let mut known: FxHashMap<u64, Vec<(&str, u32)>> = FxHashMap::default();
        for (word, term) in vocabulary.iter().zip(0..) {
            known.entry(hash(word)).or_default().push((word, term));
        }
        Maker {
            tokens,
            known,
            occurs_in: FxHashMap::default(),
        }
    }

    pub(super) fn all(
        &mut self,
        dataset: &Dataset,
        progress: &(dyn Fn(Progress) + Sync),
        cancel: &Cancel,
    ) -> Result<(Vec<Option<Counted>>, Vec<Notice>)> {
        let files = dataset.record_files();
        let mut now = Progress {
            of_records: files.len(),
            of_bytes: files.iter().map(|f| f.bytes).sum(),
            ..Progress::default()
        };
        let (mut records, mut notices) = (Vec::with_capacity(files.len()), Vec::new());
        let mut rest = files;
        while !rest.is_empty() {
            if cancel.is_asked() {
                return Err(Error::new(crate::error::Kind::Problems, "cancelled"));
            }
            let mut bytes = 0;
            let fitting = rest.iter().take_while(|f| {
                bytes += f.bytes;
                bytes <= IN_FLIGHT
            });
            let (batch, behind) = rest.split_at(fitting.count().max(1));
            rest = behind;
            let counted: Vec<_> = batch
                .par_iter()
                .map(|file| dataset.load_file(file).map(|record| self.record(&record)))
                .collect();
            for (file, counted) in batch.iter().zip(counted) {
                match counted {
                    Ok((record, distinct)) => {
                        for hash in distinct {
                            *self.occurs_in.entry(hash).or_insert(0) += 1;
                        }
                        records.push(Some(record));
                    }
                    Err(error) => {
                        let what = format!("the record is left out: {}", error.about(&file.path));
                        notices.push(Notice::file(Severity::Error, &file.path, what));
                        records.push(None);
                    }
                }
                now.records += 1;
                now.bytes += file.bytes;
            }
            progress(now);
        }
        Ok((records, notices))
    }

    /// Counts one record: its names, values, texts, units and details; codes are none of a clinician's words, and who the
    /// patient is does not count.
    fn record(&self, record: &Record) -> (Counted, FxHashSet<u64>) {
        let mut analyzer = Analyzer::default();
        let mut distinct = FxHashSet::default();
        let mut terms: FxHashMap<u32, u32> = FxHashMap::default();
        let mut length = 0;
        let mut take = |text: &str, times: u32| {
            self.tokens.each(&mut analyzer, text, |word| {
                length += u64::from(times);
                let hash = hash(word);
                distinct.insert(hash);
                let known = self
                    .known
                    .get(&hash)
                    .and_then(|k| k.iter().find(|(w, _)| *w == word));
                if let Some((_, term)) = known {
                    *terms.entry(*term).or_insert(0) += times;
                }
            });
        };
        // Names and units are few and come often.
        let mut often: FxHashMap<&str, u32> = FxHashMap::default();
        for event in record.happened() {
            *often.entry(record.name(event)).or_insert(0) += 1;
            *often.entry(record.unit(event)).or_insert(0) += 1;
            for (_, detail) in record.details(event) {
                *often.entry(detail).or_insert(0) += 1;
            }
            let value = record.value(event);
            if event.kind == Kind::Note || value.len() > 40 {
                take(value, 1);
            } else {
                *often.entry(value).or_insert(0) += 1;
            }
        }
        for (text, times) in often {
            take(text, times);
        }
        let mut terms: Vec<(u32, u32)> = terms.into_iter().collect();
        terms.sort_unstable();
        (Counted { length, terms }, distinct)
    }
}

fn hash(word: &str) -> u64 {
    let mut hasher = FxHasher::default();
    hasher.write(word.as_bytes());
    hasher.write_usize(word.len());
    hasher.finish()
}
