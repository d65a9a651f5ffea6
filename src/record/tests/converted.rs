//! Records of a generated corpus and the public sample, written in each shape and read again.

use std::path::Path;

use crate::record::{self, Kind, Record, linear, lumia_writer, visit_day_writer};

use crate::shared::{generate, shared};

const SMALL: [&str; 8] = [
    "--patients",
    "3",
    "--events-per-patient",
    "500",
    "--notes-per-patient",
    "8",
    "--instructions",
    "2",
];

fn lumia(record: &Record) -> Vec<u8> {
    let mut out = Vec::new();
    let replaced = lumia_writer::write_record(record, "7", &mut out).expect("memory");
    assert_eq!(replaced, 0);
    out
}

fn read(bytes: Vec<u8>) -> Record {
    record::read_bytes(Path::new("7.xml"), bytes)
        .expect("what was written is read")
        .look_inside()
}

fn same_events(a: &Record, b: &Record) {
    assert_eq!(a.happened().len(), b.happened().len());
    assert_eq!(a.encounters().len(), b.encounters().len());
    for (x, y) in a.encounters().iter().zip(b.encounters()) {
        assert_eq!(a.string(x.title), b.string(y.title));
        assert_eq!((x.start, x.end), (y.start, y.end));
        assert_eq!((&x.person, &x.places), (&y.person, &y.places));
    }
    for (x, y) in a.happened().iter().zip(b.happened()) {
        assert_eq!((x.time, x.encounter), (y.time, y.encounter));
        let told = |record: &Record, event| {
            let attributes: Vec<(String, String)> = record
                .attributes(event)
                .map(|(k, v)| (k.to_owned(), v.to_owned()))
                .collect();
            let texts = [
                record.type_name(event),
                record.code(event),
                record.name(event),
            ];
            let value = [record.unit(event), record.value(event)];
            (
                texts.map(str::to_owned),
                value.map(str::to_owned),
                attributes,
            )
        };
        assert_eq!(told(a, x), told(b, y));
    }
}

#[test]
fn lumia_records_are_equal_after_writing_and_reading() {
    let Some(shared) = shared() else { return };
    let out = generate(&shared, "make_corpus.py", &SMALL);
    for entry in std::fs::read_dir(out.path().join("ehrs")).expect("records") {
        let first = record::read(&entry.expect("a file").path())
            .expect("a record")
            .look_inside();
        let again = read(lumia(&first));
        assert!(again.notices().is_empty(), "{:?}", again.notices());
        same_events(&first, &again);

        let mut days = Vec::new();
        visit_day_writer::write_record(&first, &mut days).expect("memory");
        let days = read(days);
        assert_eq!(days.happened().len(), first.happened().len());
        assert_eq!(days.note_count(), first.note_count());

        let mut lines = Vec::new();
        linear::write_record(&first, &mut lines).expect("memory");
        let lines = String::from_utf8(lines).expect("UTF-8");
        let shown = lines
            .lines()
            .filter(|l| !l.starts_with(' ') && l.contains(" | "))
            .count();
        assert_eq!(shown, first.happened().len());
    }
}

#[test]
fn the_public_sample_becomes_lumia() {
    let Some(shared) = shared() else { return };
    let path = shared.join("data/medalign-public/sample-ehr-clean.xml");
    let first = record::read(&path).expect("the sample").look_inside();
    let again = read(lumia(&first));
    // Each visit of the sample has a title, which LUMIA has as an event.
    let titled = first
        .encounters()
        .iter()
        .filter(|e| !e.title.is_empty())
        .count();
    assert_eq!(again.happened().len(), first.happened().len() + titled);
    assert_eq!(again.note_count(), first.note_count());
    let third = read(lumia(&again));
    same_events(&again, &third);
    let measured = |r: &Record| {
        r.happened()
            .iter()
            .filter(|e| e.kind == Kind::Measurement)
            .count()
    };
    assert_eq!(measured(&first), measured(&again));
}
