//! The events of one record that an instruction is best read beside.
//!
//! In: a record and a text. Out: its events by BM25 within the record (k1 = 1.2, b = 0.75, idf over its events). Of events with one
//! name, other than notes, only the best one counts.

use rustc_hash::{FxHashMap, FxHashSet};

use super::Retriever;
use crate::record::{EventId, Kind, Record, Sym};
use crate::search::analysis::Analyzer;

/// BM25 within a record.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Events<'r> {
    record: &'r Record,
}

impl<'r> Events<'r> {
    /// Of this record.
    pub(crate) fn of(record: &'r Record) -> Self {
        Events { record }
    }
}

impl Retriever for Events<'_> {
    type Found = EventId;

    fn best(&self, text: &str, most: usize) -> Vec<(EventId, f64)> {
        let record = self.record;
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
            for (_, detail) in record.details(event) {
                length += count(detail, &mut counts);
            }
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
            .filter(|(_, e)| {
                let event = record.event(*e);
                event.kind == Kind::Note || seen.insert(record.name_sym(event))
            })
            .map(|(score, event)| (event, score))
            .take(most)
            .collect()
    }
}

/// The events that a text is best read beside, the best first.
pub(crate) fn best_events(record: &Record, text: &str, most: usize) -> Vec<EventId> {
    let best = Events::of(record).best(text, most).into_iter();
    best.map(|(event, _)| event).collect()
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
}
