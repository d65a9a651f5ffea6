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
    let changed = lumia_writer::write_record(record, "7", &mut out).expect("memory");
    assert_eq!(changed.replaced, 0);
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
        // Who the patient is has its lines, too.
        assert_eq!(shown, first.events().len());
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

/// What the shapes share of an event; a note has no code in the visit/day shape.
fn shared_of(record: &Record) -> Vec<String> {
    let one = |e: &record::Event| {
        let code = if e.kind == Kind::Note {
            ""
        } else {
            record.code(e)
        };
        let (name, value, unit) = (record.name(e), record.value(e), record.unit(e));
        format!(
            "{:?} {:?} {code:?} {name:?} {value:?} {unit:?}",
            e.time, e.kind
        )
    };
    record.happened().iter().map(one).collect()
}

fn there_and_back(first: &Record) -> (Record, visit_day_writer::Loss, lumia_writer::Changed) {
    let (mut days, mut back) = (Vec::new(), Vec::new());
    let loss = visit_day_writer::write_record(first, &mut days).expect("memory");
    let changed = lumia_writer::write_record(&read(days), "7", &mut back).expect("memory");
    (read(back), loss, changed)
}

#[test]
fn names_values_and_times_of_the_demo_outlive_the_visit_day_shape() {
    let demo = Path::new(env!("CARGO_MANIFEST_DIR")).join("assets/demo/ehrs");
    for entry in std::fs::read_dir(demo).expect("records") {
        let first = record::read(&entry.expect("a file").path()).expect("a record");
        let first = first.look_inside();
        let (again, loss, changed) = there_and_back(&first);
        assert_eq!((loss.borders, changed.visits), (0, 0));
        assert_eq!(shared_of(&again), shared_of(&first));
        for (a, b) in first.encounters().iter().zip(again.encounters()) {
            assert_eq!(first.string(a.title), again.string(b.title));
            assert_eq!((a.start, a.end), (b.start, b.end));
            assert_eq!(a.person.birth, b.person.birth);
        }
    }
}

#[test]
fn what_the_visit_day_shape_cannot_keep_is_counted() {
    let event = |of: &str, text: &str| format!("<event {of}>{text}</event>");
    let events = [
        event(
            "type=\"measurement\" code=\"L/600-7\" name=\"Culture\"",
            "No growth at 5 days",
        ),
        event("type=\"observation\" code=\"X/]1\" name=\"Bracket\"", "7"),
        event(
            "type=\"note\" name=\"NULL\" code=\"L/1\" unit=\"u\"",
            "A text",
        ),
        event("type=\"odd type\" code=\"X/2\" name=\"Odd\"", ""),
    ];
    let xml = format!(
        "<eventstream person_id=\"7\"><encounter start_timestamp=\"2020-01-01\" end_timestamp=\"2020-01-09\">\
         <person><birthdate>2020-01-01 07:30</birthdate><demographics><race>NULL</race></demographics></person>\
         <providers><provider provider_id=\"9\" gender=\"NULL\"/></providers>\
         <events><entry timestamp=\"2020-01-02 08:00\">{}</entry></events></encounter></eventstream>",
        events.concat()
    );
    let first = read(xml.into_bytes());
    assert_eq!(first.nulls(), 2);
    let (again, loss, changed) = there_and_back(&first);
    let (told, was) = (shared_of(&again), shared_of(&first));
    assert_eq!(told[0], was[0]);
    let differ = told.iter().zip(&was).filter(|(a, b)| a != b).count();
    // The bracket, the name NULL, and the type that no element can have.
    assert_eq!((differ, loss.borders), (2, 1));
    // A provider, the note's code, unit and name, the type.
    assert_eq!((loss.attributes, changed.visits), (5, 0));
    let (a, b) = (&first.encounters()[0], &again.encounters()[0]);
    assert_eq!(
        (a.start, a.end, a.person.birth),
        (b.start, b.end, b.person.birth)
    );
}

#[test]
fn a_visit_start_that_bears_a_title_is_counted() {
    let xml = "<record><visit type=\"Ward\" start=\"01/02/2020\"><day start=\"01/02/2020\">\
        <measurement start=\"01/02/2020\"><code>[L/1] Body weight 80 kg</code></measurement></day></visit></record>";
    let first = read(xml.into());
    let mut out = Vec::new();
    let changed = lumia_writer::write_record(&first, "7", &mut out).expect("memory");
    assert_eq!(changed.visits, 1);
    assert_eq!(read(out).happened().len(), first.happened().len() + 1);
}
