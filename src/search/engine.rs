//! Ranked search over the whole cohort, or one patient, by the index.
//!
//! In: a [`Query`]. Out: the best events with their scores, and how many fit. Events with all words come first, then, where
//! there is room, those with some (scored by the 8 rarest words); each by BM25 (k1 = 1.2, b = 0.75; lengths of texts in buckets of one byte; how rare a
//! word is counts over the whole index, also where only one patient is searched, so that scores can be compared). Equal scores
//! stand by patient and place in the record. Never: the texts, which the records' files have.

use std::ops::Bound;

use rustc_hash::FxHashSet;
use tantivy::collector::TopDocs;
use tantivy::query::{
    AllQuery, BooleanQuery, ConstScoreQuery, DisjunctionMaxQuery, FuzzyTermQuery, Occur,
    PhrasePrefixQuery, PhraseQuery, Query as IndexQuery, RangeQuery, TermQuery,
};
use tantivy::schema::{Field, IndexRecordOption};
use tantivy::{DocAddress, IndexReader, ReloadPolicy, Searcher, TantivyError, Term};

use super::analysis::folded;
use super::build::{open, said};
use super::exclusion::Excluded;
use super::hit::{Columns, Hit, sort};
use super::notation::Phrase;
use super::pass::{best, first, frequency, score};
use super::place::IndexFolder;
use super::query::{Condition, Form, Query, Word};
use super::schema::{Fields, kind_number, schema};
use crate::error::{Error, Result};
use crate::record::Kind;

/// Counting stops here; [`Found::more`] says that there are more.
pub(crate) const MOST_COUNTED: usize = 10_000;
/// Events with some of the words are found and scored by so many of the words, the rarest.
const RAREST: usize = 8;
/// The last word of a phrase stands for at most so many words that begin so.
const MOST_BEGUN: u32 = 10_000;
/// Queries of more words than this take joined words (`follow-up`) apart where some of the words have to do.
const JOINED: usize = 4;

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
    place: IndexFolder,
}

impl std::fmt::Debug for Engine {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Engine")
            .field("place", &self.place)
            .finish_non_exhaustive()
    }
}

/// What stands beside the wanted words.
type Beside = Vec<(Occur, Box<dyn IndexQuery>)>;

/// A word as the index understands it.
struct Clause {
    label: String,
    query: Box<dyn IndexQuery>,
    /// The term, where it is a single one of the texts; only such words let tantivy skip what cannot be among the best.
    term: Option<Term>,
}

impl Engine {
    /// Opens the index at a place as its last commit left it.
    ///
    /// # Errors
    /// When there is none, or it is damaged.
    pub fn open(place: &IndexFolder) -> Result<Self> {
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
    #[cfg(test)]
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
        let words = self.all_words(&searcher, query)?;
        let Some(beside) = self.beside(&searcher, query, patient)? else {
            return Ok(Found::default());
        };
        let mut columns = Columns::new(&searcher);
        let mut found = Found::default();
        let all = joined(Occur::Must, &words, &beside);
        let top = if words.is_empty() {
            first(&searcher, &all, limit, &mut found)?
        } else {
            let prunes = beside.is_empty() && words.iter().all(|w| w.term.is_some());
            best(&searcher, &all, limit, prunes, &mut found)?
        };
        for &(score, address) in &top {
            found.hits.push(columns.hit(score, address, true)?);
        }
        sort(&mut found.hits);
        if top.len() < limit && words.len() > 1 {
            let seen: FxHashSet<DocAddress> = top.iter().map(|(_, address)| *address).collect();
            let some = joined(Occur::Should, &self.some_words(&searcher, query)?, &beside);
            let most = TopDocs::with_limit(limit + seen.len()).order_by_score();
            let rest = searcher.search(&some, &most)?;
            let new = rest.into_iter().filter(|(_, a)| !seen.contains(a));
            let mut hits = Vec::new();
            for (score, address) in new.take(limit - top.len()) {
                hits.push(columns.hit(score, address, false)?);
            }
            sort(&mut hits);
            found.hits.extend(hits);
        }
        Ok(found)
    }

    /// The words that are wanted, each to be in an event.
    fn all_words(&self, searcher: &Searcher, query: &Query) -> tantivy::Result<Vec<Clause>> {
        query.wanted().map(|w| self.clause(searcher, w)).collect()
    }

    /// The words of which some are to be in an event: of more than [`RAREST`] the rarest, and of long queries the single
    /// terms of joined words, so that even a pasted page is answered at once.
    fn some_words(&self, searcher: &Searcher, query: &Query) -> tantivy::Result<Vec<Clause>> {
        let long = query.wanted().count() > JOINED;
        let mut clauses: Vec<(u64, Clause)> = Vec::new();
        for word in query.wanted() {
            match &word.form {
                Form::Terms(ways) if long && !word.quoted && ways.len() == 1 => {
                    for (_, term) in &ways[0] {
                        let clause = self.term(term, term);
                        clauses.push((rarity(searcher, &clause)?, clause));
                    }
                }
                _ => {
                    let clause = self.clause(searcher, word)?;
                    clauses.push((rarity(searcher, &clause)?, clause));
                }
            }
        }
        clauses.retain(|(events, _)| *events > 0);
        clauses.sort_by_key(|(events, _)| *events);
        clauses.dedup_by(|a, b| a.1.term.is_some() && a.1.term == b.1.term);
        clauses.truncate(RAREST);
        Ok(clauses.into_iter().map(|(_, clause)| clause).collect())
    }

    /// What stands beside the wanted words: exclusions and filters; `None` when nothing at all is asked.
    fn beside(
        &self,
        searcher: &Searcher,
        query: &Query,
        patient: Option<&str>,
    ) -> tantivy::Result<Option<Beside>> {
        let mut beside: Beside = Vec::new();
        for word in query.words.iter().filter(|w| w.negative) {
            let made = self.clause(searcher, word)?.query;
            beside.push((Occur::MustNot, Box::new(Excluded(made))));
        }
        if let Some(patient) = patient {
            beside.push((Occur::Must, silent(exact(self.fields.person, patient))));
        }
        let mut alternatives: [Vec<Box<dyn IndexQuery>>; 4] = Default::default();
        for filter in &query.filters {
            let made = self.condition(&filter.condition);
            if filter.negative {
                beside.push((Occur::MustNot, Box::new(Excluded(made))));
                continue;
            }
            match filter.condition {
                Condition::Later(..) => {}
                Condition::Kinds(_) => alternatives[0].push(made),
                Condition::Code(_) | Condition::CodePrefix(_) => alternatives[1].push(made),
                Condition::Patient(_) => alternatives[2].push(made),
                Condition::Note(_) => alternatives[3].push(made),
                Condition::Name(..) | Condition::Time(..) => {
                    beside.push((Occur::Must, silent(made)));
                }
            }
        }
        for mut group in alternatives {
            match group.len() {
                0 => {}
                1 => beside.extend(group.pop().map(|q| (Occur::Must, silent(q)))),
                _ => beside.push((Occur::Must, silent(Box::new(BooleanQuery::union(group))))),
            }
        }
        let wanted = query.wanted().next().is_some();
        if !wanted && !beside.iter().any(|(occur, _)| *occur == Occur::Must) {
            if beside.is_empty() {
                return Ok(None);
            }
            beside.push((Occur::Must, silent(Box::new(AllQuery))));
        }
        Ok(Some(beside))
    }

    /// A word in the texts; as a code too where it looks like one, or where no text has it.
    fn clause(&self, searcher: &Searcher, word: &Word) -> tantivy::Result<Clause> {
        let text = |term: &str| Term::from_field_text(self.fields.text, term);
        let other = |query: Box<dyn IndexQuery>| Clause {
            label: word.label.clone(),
            query,
            term: None,
        };
        let (ways, day) = match &word.form {
            Form::Prefix(terms) => return Ok(other(self.begun(terms))),
            Form::Fuzzy(term, distance) => {
                return Ok(other(Box::new(FuzzyTermQuery::new(
                    text(term),
                    *distance,
                    true,
                ))));
            }
            Form::Terms(ways) => (ways, None),
            Form::Day(ways, day) => (ways, Some(*day)),
        };
        let mut made: Vec<Clause> = Vec::new();
        for (i, terms) in ways.iter().enumerate() {
            // Of the other ways only those that the index can have: the fewer there are, the sooner it is done.
            if i > 0 && !self.has_all(searcher, terms)? {
                continue;
            }
            made.push(match &terms[..] {
                [(_, term)] => self.term(&word.label, term),
                _ => other(Box::new(PhraseQuery::new_with_offset(self.placed(terms)))),
            });
        }
        if made.len() > 1 && !self.has_all(searcher, &ways[0])? {
            made.remove(0);
        }
        let mut queries: Vec<Box<dyn IndexQuery>> = Vec::new();
        if let Some((from, to)) = day {
            let on = between(self.fields.time, Some(from), Some(to));
            queries.push(Box::new(ConstScoreQuery::new(on, 1.0)));
        }
        let in_text = match made.pop() {
            Some(only) if made.is_empty() && queries.is_empty() => only,
            last => {
                queries.extend(made.into_iter().chain(last).map(|c| c.query));
                other(Box::new(DisjunctionMaxQuery::new(queries)))
            }
        };
        let absent = match &in_text.term {
            Some(term) => searcher.doc_freq(term)? == 0,
            None => false,
        };
        if !absent
            && !word
                .label
                .contains(|c: char| c.is_ascii_digit() || c == '/')
        {
            return Ok(in_text);
        }
        let code = Term::from_field_text(self.fields.code, &folded(&word.label));
        if searcher.doc_freq(&code)? == 0 {
            return Ok(in_text);
        }
        let in_code: Box<dyn IndexQuery> = Box::new(TermQuery::new(code, IndexRecordOption::Basic));
        Ok(other(if absent {
            in_code
        } else {
            Box::new(BooleanQuery::union(vec![in_text.query, in_code]))
        }))
    }

    /// Whether the texts of the index have each of these terms.
    fn has_all(&self, searcher: &Searcher, terms: &Phrase) -> tantivy::Result<bool> {
        for (_, term) in terms {
            if searcher.doc_freq(&Term::from_field_text(self.fields.text, term))? == 0 {
                return Ok(false);
            }
        }
        Ok(true)
    }

    fn placed(&self, terms: &Phrase) -> Vec<(usize, Term)> {
        let text = |term: &str| Term::from_field_text(self.fields.text, term);
        terms.iter().map(|(p, t)| (*p as usize, text(t))).collect()
    }

    /// Terms of which the last begins so.
    fn begun(&self, terms: &Phrase) -> Box<dyn IndexQuery> {
        if let [(_, stem)] = &terms[..] {
            return prefix(self.fields.text, stem);
        }
        let mut query = PhrasePrefixQuery::new_with_offset(self.placed(terms));
        query.set_max_expansions(MOST_BEGUN);
        Box::new(query)
    }

    fn term(&self, label: &str, term: &str) -> Clause {
        let term = Term::from_field_text(self.fields.text, term);
        Clause {
            label: label.to_owned(),
            query: Box::new(TermQuery::new(term.clone(), IndexRecordOption::WithFreqs)),
            term: Some(term),
        }
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
            Condition::Time(from, to) => between(fields.time, *from, *to),
            Condition::Later(patient, from) => {
                let later = [fields.time, fields.start].map(|f| between(f, Some(*from), None));
                let later = Box::new(BooleanQuery::union(later.into()));
                Box::new(BooleanQuery::intersection(vec![
                    exact(fields.person, patient),
                    later,
                ]))
            }
        }
    }

    fn weights(&self, query: &Query, hit: &Hit) -> tantivy::Result<Vec<Weight>> {
        let searcher = self.reader.searcher();
        let clauses = if hit.all_words {
            self.all_words(&searcher, query)?
        } else {
            self.some_words(&searcher, query)?
        };
        let mut weights = Vec::new();
        for clause in clauses {
            let Some(score) = score(&searcher, &*clause.query, hit.address)? else {
                continue;
            };
            let mut weight = Weight {
                word: clause.label,
                score,
                frequency: None,
                events: None,
            };
            if let Some(term) = clause.term {
                weight.events = Some(searcher.doc_freq(&term)?);
                weight.frequency = frequency(&searcher, &term, hit.address)?;
            }
            weights.push(weight);
        }
        weights.sort_by(|a, b| b.score.total_cmp(&a.score));
        Ok(weights)
    }
}

/// All words or some of them, and all that stands beside.
fn joined(occur: Occur, words: &[Clause], beside: &[(Occur, Box<dyn IndexQuery>)]) -> BooleanQuery {
    let mut wanted: Vec<(Occur, Box<dyn IndexQuery>)> =
        words.iter().map(|w| (occur, w.query.box_clone())).collect();
    if occur == Occur::Should && !beside.is_empty() {
        // Beside a condition that must hold, words that should would be optional.
        wanted = vec![(Occur::Must, Box::new(BooleanQuery::new(wanted)))];
    }
    wanted.extend(beside.iter().map(|(occur, q)| (*occur, q.box_clone())));
    BooleanQuery::new(wanted)
}

/// In how many events a word is; a word that is no single term counts as rare.
fn rarity(searcher: &Searcher, clause: &Clause) -> tantivy::Result<u64> {
    clause
        .term
        .as_ref()
        .map_or(Ok(1), |term| searcher.doc_freq(term))
}

/// Seconds from the first to before the second.
fn between(field: Field, from: Option<i64>, to: Option<i64>) -> Box<dyn IndexQuery> {
    let at = |s: i64| Term::from_field_i64(field, s);
    Box::new(RangeQuery::new(
        from.map_or(Bound::Unbounded, |s| Bound::Included(at(s))),
        to.map_or(Bound::Unbounded, |s| Bound::Excluded(at(s))),
    ))
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

fn damaged(place: &IndexFolder, why: &str) -> Error {
    Error::unreadable(
        place.folder(),
        format_args!("the index cannot be used: {why}"),
    )
    .hint("make it anew with `medalign index DIR --rebuild`")
}
