//! Generated corpora are read whole: what the generator says it wrote is what is there.

use std::path::Path;

use crate::record::{self, Kind, Record};

use crate::shared::{generate, json, shared};

const SIZE: &[&str] = &[
    "--patients",
    "6",
    "--events-per-patient",
    "600",
    "--notes-per-patient",
    "12",
    "--instructions",
    "4",
    "--seed",
    "5",
];

/// Every record of a corpus with the generator's count of it.
fn records(out: &Path) -> Vec<(Record, serde_json::Value)> {
    let truth = json(&out.join("truth.json"));
    let patients = truth["patients"].as_array().expect("a list of patients");
    let read = |patient: &serde_json::Value| {
        let id = patient["person_id"].as_u64().expect("an id");
        let path = out.join("ehrs").join(format!("{id}.xml"));
        let record = record::read(&path).expect("a record").look_inside();
        assert!(record.notices().is_empty(), "{:?}", record.notices());
        (record, patient.clone())
    };
    patients.iter().map(read).collect()
}

#[test]
fn a_lumia_corpus_is_read_whole() {
    let Some(shared) = shared() else { return };
    let out = generate(&shared, "make_corpus.py", SIZE);
    for (record, truth) in records(out.path()) {
        assert_eq!(record.person_id(), truth["person_id"].to_string());
        assert_eq!(record.happened().len() as u64, truth["events"]);
        assert_eq!(record.note_count() as u64, truth["notes"]);
        assert_eq!(record.encounters().len() as u64, truth["visits"]);
        assert!(record.encounters().iter().all(|e| e.person.birth.is_some()));
        assert!(record.happened().iter().all(|e| e.time.is_some()));
        let longest = record
            .happened()
            .iter()
            .map(|e| record.value(e).chars().count());
        assert_eq!(longest.max().unwrap_or(0) as u64, truth["longest_note"]);
    }
}

#[test]
fn both_shapes_of_one_corpus_hold_the_same_events() {
    let Some(shared) = shared() else { return };
    let lumia = generate(&shared, "make_corpus.py", SIZE);
    let sample = generate(
        &shared,
        "make_corpus.py",
        &[SIZE, &["--format", "sample"]].concat(),
    );
    let pairs = records(lumia.path())
        .into_iter()
        .zip(records(sample.path()));
    let (mut numbers, mut split) = (0, 0);
    for ((a, truth), (b, _)) in pairs {
        assert_eq!(b.encounters().len() as u64, truth["visits"]);
        assert_eq!(b.note_count() as u64, truth["notes"]);
        // The visit itself is no event of the sample's shape.
        let left: Vec<_> = a
            .happened()
            .iter()
            .filter(|e| e.kind != Kind::Visit)
            .collect();
        assert_eq!(left.len(), b.happened().len());
        for (x, y) in left.into_iter().zip(b.happened()) {
            assert_eq!(x.time, y.time);
            assert!(a.code(x) == b.code(y) || x.kind == Kind::Note);
            if x.kind == Kind::Note {
                assert_eq!(a.value(x).trim(), b.value(y));
            }
            let number = a.value(x).parse::<f64>().is_ok();
            if matches!(x.kind, Kind::Measurement | Kind::Observation) && number {
                numbers += 1;
                let same = (a.value(x), a.unit(x)) == (b.value(y), b.unit(y));
                split += usize::from(same && a.name(x) == b.name(y));
            }
        }
    }
    assert!(numbers > 500, "{numbers}");
    assert_eq!(
        split, numbers,
        "values and units are split off as they were"
    );
}

#[test]
fn the_public_sample_is_read_whole() {
    let Some(shared) = shared() else { return };
    let folder = shared.join("data/medalign-public");
    let record = record::read(&folder.join("sample-ehr-clean.xml"))
        .expect("a record")
        .look_inside();
    assert!(record.notices().is_empty(), "{:?}", record.notices());
    let lines = std::fs::read_to_string(record.path()).expect("text");
    let codes = lines.matches("<code>").count();
    let notes = lines.matches("<note ").count();
    assert_eq!(record.happened().len(), codes + notes);
    assert_eq!(record.note_count(), notes);
    assert_eq!(record.encounters().len(), lines.matches("<visit ").count());
    let pressure = record
        .happened()
        .iter()
        .find(|e| record.code(e) == "LOINC/8478-0")
        .expect("a mean blood pressure");
    assert_eq!(record.name(pressure), "Mean blood pressure");
    assert_eq!(record.value(pressure), "122");
    assert_eq!(record.unit(pressure), "mm Hg");
    assert_eq!(record.sex(), "F");
    let (first, _) = record.span().expect("times");
    assert_eq!(record.age_at(first).as_deref(), Some("52"));
}
