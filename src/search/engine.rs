//! Ranked search over the whole cohort, or one patient, by the index.
//!
//! In: a [`Query`]. Out: the best events with their scores, and how many fit. Events with all words come first, then, where
//! there is room, those with some; each by BM25 (k1 = 1.2, b = 0.75; lengths of texts in buckets of one byte; how rare a
//! word is counts over the whole index, also where only one patient is searched, so that scores can be compared). Equal scores
//! stand by patient and place in the record. Never: the texts, which the records' files have.

use std::ops::Bound;

use rustc_hash::FxHashSet;
use tantivy::collector::TopDocs;
use tantivy::query::{
    AllQuery, BooleanQuery, ConstScoreQuery, EnableScoring, FuzzyTermQuery, Occur, PhraseQuery,
    Query as IndexQuery, RangeQuery, TermQuery,
};
use tantivy::schema::{Field, IndexRecordOption};
use tantivy::{
    DocAddress, DocSet, IndexReader, ReloadPolicy, Searcher, TERMINATED, TantivyError, Term,
};

use super::build::{open, said};
use super::exclusion::Excluded;
use super::hit::{Columns, Hit, sort};
use super::place::Place;
use super::query::{Condition, Form, Query, Word};
use super::schema::{Fields, kind_number, schema};
use crate::error::{Error, Result};
use crate::record::Kind;

/// Counting stops here; [`Found::more`] says that there are more.
pub const MOST_COUNTED: usize = 10_000;

/// What a search found.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Found {
    /// The best, best first.
    pub hits: Vec<Hit>,
    /// How many events have all words and fit the filters, up to [`MOST_COUNTED`].
    pub count: usize,
    /// Whether there are more than were counted.
    pub more: bool,
}

/// What one word adds to a hit's score.
#[derive(Clone, Debug, PartialEq)]
pub struct Weight {
    /// The word as written.
    pub word: String,
    /// What it adds.
    pub score: f32,
    /// How often it occurs in the event, where it is a single word.
    pub frequency: Option<u32>,
    /// In how many events of the index it occurs, where it is a single word.
    pub events: Option<u64>,
}

/// An open index.
pub struct Engine {
    reader: IndexReader,
    fields: Fields,
    place: Place,
}

impl std::fmt::Debug for Engine {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Engine")
            .field("place", &self.place)
            .finish_non_exhaustive()
    }
}

/// The parts of a query as the index understands them.
struct Compiled {
    words: Vec<(String, Box<dyn IndexQuery>)>,
    beside: Vec<(Occur, Box<dyn IndexQuery>)>,
}

impl Engine {
    /// Opens the index at a place as its last commit left it.
    ///
    /// # Errors
    /// When there is none, or it is damaged.
    pub fn open(place: &Place) -> Result<Self> {
        let (index, _) = match open(place) {
            Ok(Some(found)) => found,
            Ok(None) => {
                return Err(Error::unreadable(
                    place.folder(),
                    "there is no index of this dataset yet",
                )
                .hint("make it with `medalign index DIR`"));
            }
            Err(why) => return Err(damaged(place, &why)),
        };
        let reader = index
            .reader_builder()
            .reload_policy(ReloadPolicy::Manual)
            .try_into()
            .map_err(|e: TantivyError| damaged(place, &said(&e)))?;
        Ok(Engine {
            reader,
            fields: schema().1,
            place: place.clone(),
        })
    }

    /// Sees what was committed since it was opened.
    ///
    /// # Errors
    /// When the index is damaged.
    pub fn refresh(&self) -> Result<()> {
        self.reader.reload().map_err(|e| self.failed(&e))
    }

    /// How many events it holds.
    pub fn events(&self) -> u64 {
        self.reader.searcher().num_docs()
    }

    /// The best `limit` events for a query, of one patient or of all.
    ///
    /// # Errors
    /// When the index is damaged.
    pub fn search(&self, query: &Query, patient: Option<&str>, limit: usize) -> Result<Found> {
        if query.is_empty() || limit == 0 {
            return Ok(Found::default());
        }
        self.find(query, patient, limit)
            .map_err(|e| self.failed(&e))
    }

    /// What each word of the query adds to a hit's score, the greatest first.
    ///
    /// # Errors
    /// When the index is damaged, or the hit is not from it.
    pub fn explain(&self, query: &Query, hit: &Hit) -> Result<Vec<Weight>> {
        self.weights(query, hit).map_err(|e| self.failed(&e))
    }

    fn failed(&self, error: &TantivyError) -> Error {
        damaged(&self.place, &said(error))
    }

    fn find(&self, query: &Query, patient: Option<&str>, limit: usize) -> tantivy::Result<Found> {
        let searcher = self.reader.searcher();
        let Some(compiled) = self.compile(&searcher, query, patient)? else {
            return Ok(Found::default());
        };
        let all = compiled.query(Occur::Must);
        let top = searcher.search(&all, &TopDocs::with_limit(limit).order_by_score())?;
        let mut found = Found::default();
        if top.len() < limit {
            found.count = top.len();
        } else {
            (found.count, found.more) = count(&searcher, &all)?;
        }
        let mut columns = Columns::new(&searcher);
        for &(score, address) in &top {
            found.hits.push(columns.hit(score, address, true)?);
        }
        sort(&mut found.hits);
        if top.len() < limit && compiled.words.len() > 1 {
            let seen: FxHashSet<DocAddress> = top.iter().map(|(_, address)| *address).collect();
            let some = compiled.query(Occur::Should);
            let rest = searcher.search(
                &some,
                &TopDocs::with_limit(limit + seen.len()).order_by_score(),
            )?;
            let mut hits = Vec::new();
            for (score, address) in rest
                .into_iter()
                .filter(|(_, a)| !seen.contains(a))
                .take(limit - top.len())
            {
                hits.push(columns.hit(score, address, false)?);
            }
            sort(&mut hits);
            found.hits.extend(hits);
        }
        Ok(found)
    }

    /// `None` when the query can fit nothing.
    fn compile(
        &self,
        searcher: &Searcher,
        query: &Query,
        patient: Option<&str>,
    ) -> tantivy::Result<Option<Compiled>> {
        let mut compiled = Compiled {
            words: Vec::new(),
            beside: Vec::new(),
        };
        for word in &query.words {
            let made = self.word(searcher, word)?;
            if word.negative {
                compiled
                    .beside
                    .push((Occur::MustNot, Box::new(Excluded(made))));
            } else {
                compiled.words.push((word.label.clone(), made));
            }
        }
        if let Some(patient) = patient {
            compiled
                .beside
                .push((Occur::Must, silent(exact(self.fields.person, patient))));
        }
        let mut alternatives: [Vec<Box<dyn IndexQuery>>; 4] = Default::default();
        for filter in &query.filters {
            let made = self.condition(&filter.condition);
            if filter.negative {
                compiled
                    .beside
                    .push((Occur::MustNot, Box::new(Excluded(made))));
                continue;
            }
            match filter.condition {
                Condition::Kinds(_) => alternatives[0].push(made),
                Condition::Code(_) | Condition::CodePrefix(_) => alternatives[1].push(made),
                Condition::Patient(_) => alternatives[2].push(made),
                Condition::Note(_) => alternatives[3].push(made),
                Condition::Name(..) | Condition::Time(..) => {
                    compiled.beside.push((Occur::Must, silent(made)));
                }
            }
        }
        for mut group in alternatives {
            match group.len() {
                0 => {}
                1 => compiled
                    .beside
                    .extend(group.pop().map(|q| (Occur::Must, silent(q)))),
                _ => compiled
                    .beside
                    .push((Occur::Must, silent(Box::new(BooleanQuery::union(group))))),
            }
        }
        let positive = !compiled.words.is_empty()
            || compiled
                .beside
                .iter()
                .any(|(occur, _)| *occur == Occur::Must);
        if !positive {
            if compiled.beside.is_empty() {
                return Ok(None);
            }
            compiled
                .beside
                .push((Occur::Must, silent(Box::new(AllQuery))));
        }
        Ok(Some(compiled))
    }

    /// A word in the texts; as a code too, where the index has such a code.
    fn word(&self, searcher: &Searcher, word: &Word) -> tantivy::Result<Box<dyn IndexQuery>> {
        let text = |term: &str| Term::from_field_text(self.fields.text, term);
        Ok(match &word.form {
            Form::Prefix(stem) => Box::new(FuzzyTermQuery::new_prefix(text(stem), 0, true)),
            Form::Fuzzy(term, distance) => {
                Box::new(FuzzyTermQuery::new(text(term), *distance, true))
            }
            Form::Terms(terms) => {
                let in_text: Box<dyn IndexQuery> = match &terms[..] {
                    [(_, term)] => {
                        Box::new(TermQuery::new(text(term), IndexRecordOption::WithFreqs))
                    }
                    _ => Box::new(PhraseQuery::new_with_offset(
                        terms.iter().map(|(p, t)| (*p as usize, text(t))).collect(),
                    )),
                };
                let code = super::analysis::folded(&word.label);
                let code = Term::from_field_text(self.fields.code, &code);
                if searcher.doc_freq(&code)? == 0 {
                    in_text
                } else {
                    let in_code = Box::new(TermQuery::new(code, IndexRecordOption::Basic));
                    Box::new(BooleanQuery::union(vec![in_text, in_code]))
                }
            }
        })
    }

    fn condition(&self, condition: &Condition) -> Box<dyn IndexQuery> {
        let fields = &self.fields;
        match condition {
            Condition::Kinds(kinds) => {
                let one = |k: &Kind| -> Box<dyn IndexQuery> {
                    Box::new(TermQuery::new(
                        Term::from_field_u64(fields.kind, kind_number(*k)),
                        IndexRecordOption::Basic,
                    ))
                };
                match &kinds[..] {
                    [kind] => one(kind),
                    _ => Box::new(BooleanQuery::union(kinds.iter().map(one).collect())),
                }
            }
            Condition::Code(code) => exact(fields.code, code),
            Condition::CodePrefix(stem) => prefix(fields.code, stem),
            Condition::Name(words, last) => {
                let mut all: Vec<Box<dyn IndexQuery>> =
                    words.iter().map(|w| exact(fields.name, w)).collect();
                all.extend(last.iter().map(|stem| prefix(fields.name, stem)));
                Box::new(BooleanQuery::intersection(all))
            }
            Condition::Patient(id) => exact(fields.person, id),
            Condition::Note(id) => exact(fields.note, id),
            Condition::Time(from, to) => {
                let at = |s: &i64| Term::from_field_i64(fields.time, *s);
                Box::new(RangeQuery::new(
                    from.as_ref()
                        .map_or(Bound::Unbounded, |s| Bound::Included(at(s))),
                    to.as_ref()
                        .map_or(Bound::Unbounded, |s| Bound::Excluded(at(s))),
                ))
            }
        }
    }

    fn weights(&self, query: &Query, hit: &Hit) -> tantivy::Result<Vec<Weight>> {
        let searcher = self.reader.searcher();
        let mut weights = Vec::new();
        for word in query.wanted() {
            let made = self.word(&searcher, word)?;
            // A word that the event lacks is an error to tantivy.
            let Ok(explanation) = made.explain(&searcher, hit.address) else {
                continue;
            };
            let mut weight = Weight {
                word: word.label.clone(),
                score: explanation.value(),
                frequency: None,
                events: None,
            };
            if let Form::Terms(terms) = &word.form
                && let [(_, term)] = &terms[..]
            {
                let term = Term::from_field_text(self.fields.text, term);
                weight.events = Some(searcher.doc_freq(&term)?);
                weight.frequency = frequency(&searcher, &term, hit.address)?;
            }
            weights.push(weight);
        }
        weights.sort_by(|a, b| b.score.total_cmp(&a.score));
        Ok(weights)
    }
}

impl Compiled {
    /// All words or some of them, and all that stands beside.
    fn query(&self, words: Occur) -> BooleanQuery {
        let beside = self.beside.iter().map(|(occur, q)| (*occur, q.box_clone()));
        let mut wanted: Vec<(Occur, Box<dyn IndexQuery>)> = self
            .words
            .iter()
            .map(|(_, q)| (words, q.box_clone()))
            .collect();
        if words == Occur::Should && !self.beside.is_empty() && wanted.len() > 1 {
            // Beside a condition that must hold, words that should would be optional.
            let some = BooleanQuery::new(wanted);
            wanted = vec![(Occur::Must, Box::new(some))];
        }
        BooleanQuery::new(wanted.into_iter().chain(beside).collect())
    }
}

fn exact(field: Field, text: &str) -> Box<dyn IndexQuery> {
    Box::new(TermQuery::new(
        Term::from_field_text(field, text),
        IndexRecordOption::Basic,
    ))
}

fn prefix(field: Field, stem: &str) -> Box<dyn IndexQuery> {
    Box::new(FuzzyTermQuery::new_prefix(
        Term::from_field_text(field, stem),
        0,
        true,
    ))
}

/// A condition that adds nothing to the score.
fn silent(query: Box<dyn IndexQuery>) -> Box<dyn IndexQuery> {
    Box::new(ConstScoreQuery::new(query, 0.0))
}

fn damaged(place: &Place, why: &str) -> Error {
    Error::unreadable(
        place.folder(),
        format_args!("the index cannot be used: {why}"),
    )
    .hint("make it anew with `medalign index DIR --rebuild`")
}

/// How many events fit, and whether there are more than were counted.
fn count(searcher: &Searcher, query: &dyn IndexQuery) -> tantivy::Result<(usize, bool)> {
    let weight = query.weight(EnableScoring::disabled_from_searcher(searcher))?;
    let mut n = 0;
    for segment in searcher.segment_readers() {
        let mut scorer = weight.scorer(segment, 1.0)?;
        let alive = segment.alive_bitset();
        let mut doc = scorer.doc();
        while doc != TERMINATED {
            if alive.is_none_or(|a| a.is_alive(doc)) {
                if n == MOST_COUNTED {
                    return Ok((n, true));
                }
                n += 1;
            }
            doc = scorer.advance();
        }
    }
    Ok((n, false))
}

/// How often a term occurs in an event.
fn frequency(
    searcher: &Searcher,
    term: &Term,
    address: DocAddress,
) -> tantivy::Result<Option<u32>> {
    use tantivy::postings::Postings;
    let index = searcher
        .segment_reader(address.segment_ord)
        .inverted_index(term.field())?;
    let Some(mut postings) = index.read_postings(term, IndexRecordOption::WithFreqs)? else {
        return Ok(None);
    };
    let at = postings.seek(address.doc_id);
    Ok((at == address.doc_id).then(|| postings.term_freq()))
}
