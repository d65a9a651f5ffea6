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

use std::fs::File;
use std::hash::Hasher;
use std::io::{BufWriter, Read, Write};
use std::path::Path;
use std::time::SystemTime;

use rayon::prelude::*;
use rustc_hash::{FxHashMap, FxHashSet, FxHasher};
use serde::{Deserialize, Serialize};

use super::analysis::Analyzer;
use super::build::{IN_FLIGHT, Progress};
use super::okapi::{Postings, Statistics};
use super::place::{Place, Stamp};
use crate::dataset::{Dataset, RecordFile};
use crate::error::{Error, Result};
use crate::files::replace::put;
use crate::notice::{Notice, Severity};
use crate::record::{Kind, Record};
use crate::work::Cancel;

/// Begins the file; the number grows with its form and with what is counted.
const MAGIC: &[u8; 8] = b"MACOUNT2";

/// How texts are cut into words for matching.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash, clap::ValueEnum)]
pub enum Tokens {
    /// At white space, and nothing else: `Stroke?` is not `stroke`. What the study's laboratory publishes of its pipeline
    #[default]
    Split,
    /// At white space, in lower case
    LowerSplit,
    /// As ranked search does: lower case, no accents, no punctuation; codes, doses and dates findable
    Chart,
}

impl Tokens {
    /// The name on the command line and in file names.
    pub fn name(self) -> &'static str {
        match self {
            Tokens::Split => "split",
            Tokens::LowerSplit => "lower-split",
            Tokens::Chart => "chart",
        }
    }

    /// Calls `take` with each word of a text.
    pub fn each(self, analyzer: &mut Analyzer, text: &str, mut take: impl FnMut(&str)) {
        match self {
            Tokens::Split => python_split(text).for_each(take),
            Tokens::LowerSplit => python_split(text).for_each(|w| take(&w.to_lowercase())),
            Tokens::Chart => analyzer.tokens(text).for_each(|t| take(t.text)),
        }
    }

    /// The words of a text.
    pub fn words(self, text: &str) -> Vec<String> {
        let mut words = Vec::new();
        self.each(&mut Analyzer::default(), text, |w| words.push(w.to_owned()));
        words
    }
}

/// Python's `str.split()`, which also splits at U+001C to U+001F.
fn python_split(text: &str) -> impl Iterator<Item = &str> {
    text.split(|c: char| c.is_whitespace() || ('\u{1c}'..='\u{1f}').contains(&c))
        .filter(|w| !w.is_empty())
}

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

/// The head of the file.
#[derive(Serialize, Deserialize)]
struct Head {
    tokens: String,
    persons: Vec<String>,
    stamps: Vec<Stamp>,
    vocabulary: Vec<String>,
    records: u64,
    all_tokens: u64,
    distinct: u64,
    /// As bits, so that it comes back as it was.
    idf_sum: u64,
}

impl Counts {
    /// The counts of a dataset's records for these words; taken from the cache where that is sound, made otherwise.
    ///
    /// # Errors
    /// When it is cancelled, or the cache's folder cannot be written.
    pub fn of(
        dataset: &Dataset,
        place: &Place,
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

/// Counts records.
struct Maker<'a> {
    tokens: Tokens,
    /// The queries' words by hash; those that share one stand in a row.
    known: FxHashMap<u64, Vec<(&'a str, u32)>>,
    /// In how many records each word occurs, by hash.
    occurs_in: FxHashMap<u64, u32>,
}

impl<'a> Maker<'a> {
    fn new(tokens: Tokens, vocabulary: &'a [String]) -> Self {
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

    fn all(
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

    /// Counts one record: its names, values, texts and units; codes are none of a clinician's words.
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
        for event in record.events() {
            *often.entry(record.name(event)).or_insert(0) += 1;
            *often.entry(record.unit(event)).or_insert(0) += 1;
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

/// Writes the counts beside the index, private, at once or not at all.
fn write<'a>(path: &Path, head: &Head, records: impl Iterator<Item = &'a Counted>) -> Result<()> {
    let head = serde_json::to_vec(head)
        .map_err(|e| Error::bug("the counts cannot be written").caused_by(e))?;
    put(path, true, |file| {
        let mut out = Summed {
            out: BufWriter::new(file),
            sum: FxHasher::default(),
        };
        out.put(MAGIC)?;
        out.put(&(head.len() as u64).to_le_bytes())?;
        out.put(&head)?;
        for record in records {
            out.put(&record.length.to_le_bytes())?;
            out.put(&(record.terms.len() as u32).to_le_bytes())?;
            for (term, n) in &record.terms {
                out.put(&term.to_le_bytes())?;
                out.put(&n.to_le_bytes())?;
            }
        }
        let sum = out.sum.finish();
        out.out.write_all(&sum.to_le_bytes())?;
        out.out.flush()
    })
}

/// Writes and sums what was written.
struct Summed<W> {
    out: W,
    sum: FxHasher,
}

impl<W: Write> Summed<W> {
    fn put(&mut self, bytes: &[u8]) -> std::io::Result<()> {
        self.sum.write(bytes);
        self.out.write_all(bytes)
    }
}

/// Reads what is sound and fits: the same files, unchanged, and all the words asked for.
fn read(
    path: &Path,
    files: &[RecordFile],
    tokens: Tokens,
    vocabulary: &FxHashSet<String>,
) -> Option<Counts> {
    let mut bytes = Vec::new();
    File::open(path).ok()?.read_to_end(&mut bytes).ok()?;
    let mut input = Input {
        rest: bytes.get(..bytes.len().checked_sub(8)?)?,
        sum: FxHasher::default(),
    };
    if input.take(8)? != MAGIC {
        return None;
    }
    let length = u64::from_le_bytes(input.take(8)?.try_into().ok()?);
    let head: Head = serde_json::from_slice(input.take(usize::try_from(length).ok()?)?).ok()?;
    let now = SystemTime::now();
    let same = head.tokens == tokens.name()
        && head.persons.len() == files.len()
        && head.stamps.len() == files.len()
        && files
            .iter()
            .zip(&head.persons)
            .all(|(f, p)| f.person_id == *p)
        && files
            .iter()
            .zip(&head.stamps)
            .all(|(f, s)| Stamp::of(f, now).is_still(s));
    let known: FxHashSet<&str> = head.vocabulary.iter().map(String::as_str).collect();
    if !same || !vocabulary.iter().all(|w| known.contains(w.as_str())) {
        return None;
    }
    let mut records = Vec::with_capacity(files.len());
    for _ in files {
        let length = u64::from_le_bytes(input.take(8)?.try_into().ok()?);
        let n = u32::from_le_bytes(input.take(4)?.try_into().ok()?);
        let mut terms = Vec::with_capacity((n as usize).min(head.vocabulary.len()));
        for _ in 0..n {
            let term = u32::from_le_bytes(input.take(4)?.try_into().ok()?);
            let occurrences = u32::from_le_bytes(input.take(4)?.try_into().ok()?);
            if term as usize >= head.vocabulary.len() {
                return None;
            }
            terms.push((term, occurrences));
        }
        records.push(Some(Counted { length, terms }));
    }
    let sum = u64::from_le_bytes(bytes[bytes.len() - 8..].try_into().ok()?);
    if !input.rest.is_empty() || input.sum.finish() != sum {
        return None;
    }
    let statistics = Statistics {
        records: head.records,
        tokens: head.all_tokens,
        distinct: head.distinct,
        idf_sum: f64::from_bits(head.idf_sum),
    };
    Some(Counts::new(
        statistics,
        head.vocabulary,
        &records,
        Vec::new(),
        true,
    ))
}

struct Input<'a> {
    rest: &'a [u8],
    sum: FxHasher,
}

impl<'a> Input<'a> {
    fn take(&mut self, n: usize) -> Option<&'a [u8]> {
        let (taken, rest) = self.rest.split_at_checked(n)?;
        self.sum.write(taken);
        self.rest = rest;
        Some(taken)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn words_are_cut_as_asked() {
        let text = "Stroke?\u{1c}HbA1c 5mg\u{a0}x";
        assert_eq!(Tokens::Split.words(text), ["Stroke?", "HbA1c", "5mg", "x"]);
        assert_eq!(
            Tokens::LowerSplit.words(text),
            ["stroke?", "hba1c", "5mg", "x"]
        );
        assert_eq!(
            Tokens::Chart.words(text),
            ["stroke", "hba1c", "5", "mg", "x"]
        );
    }

    fn sample(root: &Path) -> (Dataset, Place) {
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
        let place = Place::of(&dataset, &root.join("cache"));
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
