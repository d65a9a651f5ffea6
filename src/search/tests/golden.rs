//! Scores beside their reference implementations, and the text of evidence against the events it was taken from.

use std::collections::HashMap;

use serde_json::Value;

use super::make;
use crate::dataset::Dataset;
use crate::record::{self, Record};
use crate::search::retrieve::okapi::{Formula, Statistics, scores, top};
use crate::search::{Engine, Hit, IndexFolder, Marker, Query};
use crate::shared::{forty, json, shared};

#[test]
fn okapi_and_tantivy_scores_are_the_golden_ones() {
    let Some(shared) = shared() else { return };
    let golden = json(&shared.join("golden/bm25.json"));
    let floats = |v: &Value| -> Vec<f64> {
        v.as_array()
            .expect("a list")
            .iter()
            .filter_map(Value::as_f64)
            .collect()
    };
    let strings = |v: &Value| -> Vec<String> {
        v.as_array()
            .expect("a list")
            .iter()
            .filter_map(|w| w.as_str().map(str::to_owned))
            .collect()
    };
    let mut compared = 0;
    for set in golden["sets"].as_array().expect("a list") {
        let documents: Vec<Vec<String>> = set["document_tokens"]
            .as_array()
            .expect("a list")
            .iter()
            .map(strings)
            .collect();
        let mut postings: HashMap<&str, Vec<(u32, u32)>> = HashMap::new();
        for (i, document) in documents.iter().enumerate() {
            for word in document {
                let places = postings.entry(word).or_default();
                match places.last_mut() {
                    Some((record, n)) if *record == i as u32 => *n += 1,
                    _ => places.push((i as u32, 1)),
                }
            }
        }
        let mut histogram = vec![0; documents.len() + 1];
        for places in postings.values() {
            histogram[places.len()] += 1;
        }
        let lengths: Vec<u64> = documents.iter().map(|d| d.len() as u64).collect();
        let statistics = Statistics::new(documents.len() as u64, lengths.iter().sum(), &histogram);
        let close = |a: f64, b: f64| (a - b).abs() <= 1e-9 * b.abs().max(1.0);
        assert!(close(
            statistics.average_idf(),
            set["okapi"]["average_idf"].as_f64().expect("a number")
        ));
        assert!(close(
            statistics.average_length(),
            set["okapi"]["avgdl"].as_f64().expect("a number")
        ));
        for (word, idf) in set["okapi"]["idf"].as_object().expect("idf by word") {
            let own = statistics.idf(postings[word.as_str()].len() as u64, Formula::OKAPI);
            assert!(close(own, idf.as_f64().expect("a number")), "{word}");
        }
        for query in set["queries"].as_array().expect("a list") {
            let words = strings(&query["query_tokens"]);
            let of = |formula| {
                let query = words
                    .iter()
                    .map(|w| postings.get(w.as_str()).map_or(&[][..], Vec::as_slice));
                scores(query, &lengths, &statistics, formula)
            };
            for (name, formula) in [
                ("okapi_default", Formula::OKAPI),
                (
                    "okapi_k1_1.2",
                    Formula {
                        k1: 1.2,
                        ..Formula::OKAPI
                    },
                ),
                ("tantivy_formula", Formula::TANTIVY),
            ] {
                let (own, expected) = (of(formula), floats(&query[name]));
                assert_eq!(own.len(), expected.len());
                assert!(
                    own.iter().zip(&expected).all(|(a, b)| close(*a, *b)),
                    "{name} {words:?}: {own:?} {expected:?}"
                );
                compared += own.len();
            }
            let first: Vec<f64> = top(&of(Formula::OKAPI), 3)
                .iter()
                .map(|(i, _)| f64::from(*i))
                .collect();
            assert_eq!(first, floats(&query["okapi_get_top_n_3"]), "{words:?}");
        }
    }
    assert!(compared > 300, "{compared}");
}

#[test]
fn the_text_of_evidence_finds_its_event() {
    let Some(shared) = shared() else { return };
    let corpus = forty(&shared);
    let cache = tempfile::tempdir().expect("a folder");
    let dataset = Dataset::open(corpus.path()).expect("a dataset");
    let place = IndexFolder::of(&dataset, cache.path());
    let built = make(&dataset, &place);
    assert_eq!(built.indexed, 40);
    let engine = Engine::open(&place).expect("an index");
    let truth = json(&corpus.path().join("truth.json"));
    let records: HashMap<String, Record> = dataset
        .record_files()
        .iter()
        .map(|f| {
            (
                f.person_id.clone(),
                record::read(&f.path).expect("a record").look_inside(),
            )
        })
        .collect();
    let holds = |text: &str| {
        let all = records
            .values()
            .flat_map(|r| r.events().iter().map(move |e| r.value(e)));
        all.filter(|value| value.contains(text)).count()
    };
    let (mut all, mut found, mut marked, mut alone, mut alone_found) = (0, 0, 0, 0, 0);
    // In the record that the evidence is of, as a reviewer asks.
    let (mut once, mut once_found) = (0, 0);
    for evidence in truth["evidence"].as_array().expect("a list") {
        if evidence["kind"] != "exact" {
            continue;
        }
        let (person, note) = (
            evidence["person_id"].to_string(),
            evidence["note_id"].to_string(),
        );
        let text = evidence["text"].as_str().expect("a text");
        let query = Query::parse(text);
        let hits = engine.search(&query, None, 3).expect("found").hits;
        let value = |h: &Hit| records[&h.person].value(records[&h.person].event(h.event));
        // The generator uses some sentences in several notes: an event with the same words is as good an answer.
        let hit = hits.iter().find(|h| value(h).contains(text));
        all += 1;
        found += usize::from(hit.is_some());
        if let Some(hit) = hit {
            let value = value(hit);
            let snippet = Marker::new(&query).snippet(value, text.len() + 40);
            let at = value.find(text).expect("it holds the text");
            let meets = snippet.range.start < at + text.len() && at < snippet.range.end;
            marked += usize::from(meets && !snippet.marks.is_empty());
        }
        let own = |h: &Hit| {
            let record = &records[&h.person];
            let id = record.attribute(record.event(h.event), "note_id");
            h.person == person && id == Some(note.as_str())
        };
        if holds(text) == 1 {
            alone += 1;
            alone_found += usize::from(hits.iter().any(own));
        }
        let record = &records[&person];
        let of_record = record.events().iter().map(|e| record.value(e));
        if of_record.filter(|v| v.contains(text)).count() == 1 {
            once += 1;
            let in_record = engine.search(&query, Some(&person), 3).expect("found").hits;
            once_found += usize::from(in_record.iter().any(own));
        }
    }
    println!(
        "evidence: an event with its text is in the first three for {found} of {all} ({marked} shown in the snippet); \
         the event itself where no other has the text: {alone_found} of {alone}; in its own record, where no other \
         event of it has the text: {once_found} of {once}"
    );
    assert!(all > 30 && found * 100 >= all * 95, "{found} of {all}");
    assert!(alone_found * 100 >= alone * 95, "{alone_found} of {alone}");
    assert!(
        once > 30 && once_found * 100 >= once * 95,
        "{once_found} of {once}"
    );
    assert!(marked * 100 >= found * 95, "{marked} of {found}");
}
