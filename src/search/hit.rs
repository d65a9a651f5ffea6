//! Events that a search found, read from the index's fast fields.
//!
//! In: documents of the index with their scores. Out: patient, place in the record, kind and time.

use tantivy::columnar::{Column, StrColumn};
use tantivy::{DocAddress, Searcher};

use super::schema::kind_of;
use crate::record::{EventId, Kind};

/// An event that fits.
#[derive(Clone, Debug, PartialEq)]
pub struct Hit {
    /// The patient.
    pub person: String,
    /// The event's place in the record.
    pub event: EventId,
    /// BM25.
    pub score: f32,
    /// What the event is about.
    pub kind: Kind,
    /// Seconds of its time, where it has one.
    pub time: Option<i64>,
    /// Whether all words of the query are in it.
    pub all_words: bool,
    pub(super) address: DocAddress,
}

/// By score, then by patient and place in the record.
pub(super) fn sort(hits: &mut [Hit]) {
    hits.sort_by(|a, b| {
        b.score
            .total_cmp(&a.score)
            .then_with(|| a.person.cmp(&b.person))
            .then_with(|| a.event.cmp(&b.event))
    });
}

/// The fast fields of the segments that hits are in.
pub(super) struct Columns<'a> {
    searcher: &'a Searcher,
    open: Vec<Option<Fast>>,
}

struct Fast {
    person: Option<StrColumn>,
    event: Column<u64>,
    kind: Column<u64>,
    time: Column<i64>,
}

impl<'a> Columns<'a> {
    pub(super) fn new(searcher: &'a Searcher) -> Self {
        let open = searcher.segment_readers().iter().map(|_| None).collect();
        Columns { searcher, open }
    }

    pub(super) fn hit(
        &mut self,
        score: f32,
        address: DocAddress,
        all_words: bool,
    ) -> tantivy::Result<Hit> {
        let slot = &mut self.open[address.segment_ord as usize];
        if slot.is_none() {
            let fast = self
                .searcher
                .segment_reader(address.segment_ord)
                .fast_fields();
            *slot = Some(Fast {
                person: fast.str("person")?,
                event: fast.u64("event")?,
                kind: fast.u64("kind")?,
                time: fast.i64("time")?,
            });
        }
        let mut person = String::new();
        let mut hit = Hit {
            person: String::new(),
            event: EventId(0),
            score,
            kind: Kind::Other,
            time: None,
            all_words,
            address,
        };
        if let Some(fast) = slot {
            if let Some(persons) = &fast.person
                && let Some(ordinal) = persons.term_ords(address.doc_id).next()
            {
                persons.ord_to_str(ordinal, &mut person)?;
            }
            hit.event = EventId(fast.event.first(address.doc_id).unwrap_or_default() as u32);
            hit.kind = kind_of(fast.kind.first(address.doc_id).unwrap_or(u64::MAX));
            hit.time = fast.time.first(address.doc_id);
        }
        hit.person = person;
        Ok(hit)
    }
}
