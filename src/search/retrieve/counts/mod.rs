//! How often the words of instructions occur in each record: all that matching has to know of the records.
//!
//! In: record files and the words of all queries. Out: counts of those words, each record's length, and what BM25 needs to
//! know of all other words. Texts are never held: each record is read, counted and forgotten, a few at a time, and what stays
//! is 8 bytes for each of the queries' words that a record holds. While counting there are 16 bytes more for each distinct
//! word of all records (a hash and in how many records it is), since Okapi's floor for common words is made of all of them.
//! 77,200 records with 600 of the queries' words each are 370 MB; ten million distinct words take some 300 MB while
//! counting.
//!
//! What was counted is kept beside the index and used again as long as no record changed and it has all the words asked.

mod file;
mod maker;

use std::time::SystemTime;

use rustc_hash::{FxHashMap, FxHashSet};

use super::okapi::{Postings, Statistics};
use super::tokens::Tokens;
use crate::dataset::Dataset;
use crate::error::Result;
use crate::notice::Notice;
use crate::search::build::Progress;
use crate::search::place::{IndexFolder, Stamp};
use crate::work::Cancel;
use file::{Head, read, write};
use maker::Maker;

/// One record, counted.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
struct Counted {
    /// Words of the record.
    length: u64,
    /// (word of the vocabulary, occurrences), by word.
    terms: Vec<(u32, u32)>,
}

/// The counts of all records of a dataset.
#[derive(Clone, Debug)]
pub struct Counts {
    statistics: Statistics,
    lengths: Vec<u64>,
    words: FxHashMap<String, u32>,
    /// By word: (record, occurrences).
    postings: Vec<Vec<(u32, u32)>>,
    /// The records that were counted.
    usable: Vec<u32>,
    /// The others: they cannot be read, or are another patient's.
    pub notices: Vec<Notice>,
    /// Whether the counts were there already.
    pub from_cache: bool,
}

impl Counts {
    /// The counts of a dataset's records for these words; taken from the cache where that is sound, made otherwise.
    ///
    /// # Errors
    /// When it is cancelled, or the cache's folder cannot be written.
    pub fn of(
        dataset: &Dataset,
        place: &IndexFolder,
        tokens: Tokens,
        vocabulary: &FxHashSet<String>,
        progress: &(dyn Fn(Progress) + Sync),
        cancel: &Cancel,
    ) -> Result<Self> {
        let path = place.counts(tokens.name());
        let files = dataset.record_files();
        if let Some(counts) = read(&path, files, tokens, vocabulary) {
            return Ok(counts);
        }
        let mut words: Vec<String> = vocabulary.iter().cloned().collect();
        words.sort_unstable();
        let now = SystemTime::now();
        let stamps: Vec<Stamp> = files.iter().map(|f| Stamp::of(f, now)).collect();
        let mut maker = Maker::new(tokens, &words);
        let (records, notices) = maker.all(dataset, progress, cancel)?;
        let counted = records.iter().flatten().count();
        let mut histogram = vec![0; files.len() + 1];
        maker
            .occurs_in
            .values()
            .for_each(|n| histogram[*n as usize] += 1);
        let all_tokens = records.iter().flatten().map(|r| r.length).sum();
        let statistics = Statistics::new(counted as u64, all_tokens, &histogram);
        drop(maker);
        // What is left out may be sound next time.
        if notices.is_empty() {
            place.make()?;
            let head = Head {
                tokens: tokens.name().to_owned(),
                persons: files.iter().map(|f| f.person_id.clone()).collect(),
                stamps,
                vocabulary: words.clone(),
                records: statistics.records,
                all_tokens,
                distinct: statistics.distinct,
                idf_sum: statistics.idf_sum.to_bits(),
            };
            write(&path, &head, records.iter().flatten())?;
        }
        Ok(Counts::new(statistics, words, &records, notices, false))
    }

    fn new(
        statistics: Statistics,
        vocabulary: Vec<String>,
        records: &[Option<Counted>],
        notices: Vec<Notice>,
        from_cache: bool,
    ) -> Self {
        let mut postings = vec![Vec::new(); vocabulary.len()];
        for (i, record) in (0..).zip(records) {
            for &(term, n) in record.iter().flat_map(|r| &r.terms) {
                postings[term as usize].push((i, n));
            }
        }
        let places = (0..).zip(records);
        Counts {
            statistics,
            lengths: records
                .iter()
                .map(|r| r.as_ref().map_or(0, |r| r.length))
                .collect(),
            usable: places.filter_map(|(i, r)| r.as_ref().map(|_| i)).collect(),
            words: vocabulary.into_iter().zip(0..).collect(),
            postings,
            notices,
            from_cache,
        }
    }

    /// Counts over all records.
    pub fn statistics(&self) -> &Statistics {
        &self.statistics
    }

    /// The records that were counted, by their places in the dataset; no other is to be proposed.
    pub fn usable(&self) -> &[u32] {
        &self.usable
    }

    /// Each record's length in words, in the dataset's order; 0 for one that was not counted.
    pub fn lengths(&self) -> &[u64] {
        &self.lengths
    }

    /// Where a word occurs; empty for a word that no record has.
    pub fn postings(&self, word: &str) -> &Postings {
        self.words
            .get(word)
            .map_or(&[], |&term| &self.postings[term as usize])
    }
}

#[cfg(test)]
mod tests {
    use std::fs::File;
    use std::path::Path;

    use super::*;

    fn sample(root: &Path) -> (Dataset, IndexFolder) {
        let ehrs = root.join("data/ehrs");
        std::fs::create_dir_all(&ehrs).expect("a folder");
        for (id, text) in [
            ("1", "stroke of the left side stroke"),
            ("2", "the left knee"),
            ("3", "the"),
        ] {
            let event = format!(
                "<event type=\"note\" name=\"N\" timestamp=\"2001-01-01 10:00\">{text}</event>"
            );
            let entry = format!("<entry timestamp=\"2001-01-01 10:00\">{event}</entry>");
            let xml = format!(
                "<eventstream person_id=\"{id}\"><encounter><events>{entry}</events></encounter></eventstream>"
            );
            let path = ehrs.join(format!("{id}.xml"));
            std::fs::write(&path, xml).expect("written");
            let old = SystemTime::now() - std::time::Duration::from_mins(1);
            File::options()
                .write(true)
                .open(&path)
                .expect("there")
                .set_modified(old)
                .expect("set");
        }
        let dataset = Dataset::open(&root.join("data")).expect("a dataset");
        let place = IndexFolder::of(&dataset, &root.join("cache"));
        (dataset, place)
    }

    #[test]
    fn counts_are_made_kept_and_made_again() {
        let root = tempfile::tempdir().expect("a folder");
        let (dataset, place) = sample(root.path());
        let of = |dataset: &Dataset, words: &[&str]| {
            let words = words.iter().map(|w| (*w).to_owned()).collect();
            Counts::of(
                dataset,
                &place,
                Tokens::Split,
                &words,
                &|_| {},
                &Cancel::default(),
            )
            .expect("counts")
        };
        let first = of(&dataset, &["stroke", "left"]);
        assert!(!first.from_cache && first.notices.is_empty());
        assert_eq!(first.postings("stroke"), [(0, 2)]);
        assert_eq!(first.postings("left"), [(0, 1), (1, 1)]);
        assert_eq!(first.postings("knee"), []);
        assert_eq!(first.lengths(), [7, 4, 2]);
        // N of the = left 2; stroke, of, side, knee 1; N and the 3.
        assert_eq!(first.statistics().distinct, 7);
        let again = of(&dataset, &["left"]);
        assert!(again.from_cache);
        assert_eq!(again.postings("stroke"), first.postings("stroke"));
        assert_eq!(again.statistics(), first.statistics());
        assert!(!of(&dataset, &["knee"]).from_cache, "another word");
        let path = place.counts("split");
        let mut bytes = std::fs::read(&path).expect("kept");
        let last = bytes.len() - 12;
        bytes[last] ^= 1;
        std::fs::write(&path, bytes).expect("written");
        assert!(!of(&dataset, &["knee"]).from_cache, "damaged");
        std::fs::write(
            root.path().join("data/ehrs/3.xml"),
            "<eventstream person_id=\"3\"/>",
        )
        .expect("written");
        let dataset = Dataset::open(&root.path().join("data")).expect("a dataset");
        let changed = of(&dataset, &["knee"]);
        assert_eq!(
            (changed.from_cache, changed.lengths()),
            (false, &[7, 4, 0][..])
        );
    }
}
