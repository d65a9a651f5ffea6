use std::path::Path;

use jiff::civil::date;

use super::*;

const RESPONSES: &str = "instruction_id\tquestion\tperson_id\tmodel_name\tmodel_response\tmodel_rank\tbinary_correct\tclinician_response\tevidence\n\
    1\tWhy?\t1\tm\t \t1\t1\tSo.\tNo chest pain.|||no  Chest pain|||No  chest pain.\n\
    2\t\t2\tm\tBecause.\t1\t1\t\t\n";

fn encounter(person: &str, entries: &str) -> String {
    format!("<encounter><person>{person}</person>\n<events>{entries}</events></encounter>\n")
}

fn record(id: &str, encounters: &[String]) -> String {
    format!(
        "<eventstream person_id=\"{id}\">\n{}</eventstream>\n",
        encounters.concat()
    )
}

fn found(files: &[(&str, String)]) -> Vec<String> {
    let dir = tempfile::tempdir().expect("a temporary folder");
    std::fs::create_dir(dir.path().join("ehrs")).expect("a folder");
    for (name, text) in files {
        std::fs::write(dir.path().join(name), text).expect("writable");
    }
    let dataset = Dataset::open(dir.path()).expect("a dataset");
    let root = format!("{}/", dir.path().display());
    let report = check(&dataset, date(2024, 1, 1));
    report
        .notices
        .iter()
        .map(|n| n.to_string().replace(&root, ""))
        .collect()
}

fn has(found: &[String], wanted: &str) {
    assert!(
        found.iter().any(|f| f.contains(wanted)),
        "{wanted}\nis not in\n{}",
        found.join("\n")
    );
}

#[test]
fn a_sound_dataset_has_nothing() {
    let person = "<birthdate>1970-05-01</birthdate><age><days>15868</days><years>43</years></age>";
    let event = "<entry timestamp=\"2013-10-10 19:08\"><event type=\"note\" code=\"\" name=\"Note\">No chest pain.</event></entry>";
    let table = "instruction_id\tquestion\tperson_id\tmodel_name\tmodel_response\tmodel_rank\tbinary_correct\tevidence\n\
        1\tWhy?\t1\tm\tBecause.\t1\t1\tchest pain\n";
    let all = [
        ("clinician-reviewed-model-responses.tsv", table.to_owned()),
        ("ehrs/1.xml", record("1", &[encounter(person, event)])),
    ];
    assert_eq!(found(&all), Vec::<String>::new());
}

#[test]
fn every_fault_has_its_place() {
    let event = |time: &str, kind: &str, unit: &str, text: &str| {
        format!(
            "<entry timestamp=\"{time}\">\n<event type=\"{kind}\" code=\"LOINC/1\" name=\"x\" unit=\"{unit}\">{text}</event></entry>"
        )
    };
    let one = record(
        "1",
        &[
            encounter(
                "<birthdate>1970-05-01</birthdate><age><years>20</years></age><demographics><gender>F</gender></demographics>",
                &(event("2013-10-10 19:08", "note", "", "No chest pain.")
                    + &event("2013-10-09 19:08", "measurement", "kg", "1")),
            ),
            encounter(
                "<birthdate>1971-05-01</birthdate><demographics><gender>M</gender></demographics>",
                &(event("2031-10-10 19:08", "measurement", "kg", "1")
                    + &event("1913-10-09 19:08", "measurement", "lb", "1")
                    + &event("1913-10-09", "fax", "", "")),
            ),
        ],
    );
    let all = [
        (
            "clinician-reviewed-model-responses.tsv",
            RESPONSES.to_owned(),
        ),
        ("ehrs/1.xml", one),
        ("ehrs/2.xml", record("1", &[])),
        ("ehrs/3.xml", "<html/>".to_owned()),
    ];
    let found = found(&all);
    for wanted in [
        "model-responses.tsv:2: warning: the response is empty",
        "model-responses.tsv:2: warning: passage 2 of 3 of the evidence is not in the record of patient 1",
        "model-responses.tsv:2: info: passage 3 of 3 of the evidence is in the record of patient 1 with other",
        "model-responses.tsv:3: warning: instruction 2 has no text",
        "ehrs/1.xml:2:1: warning: encounters whose age does not fit birth date and time: 1,",
        "info: events out of the order of time in their encounter: 3,",
        "warning: events after 2024-01-01: 1,",
        "warning: events before the birth date of their encounter: 2,",
        "warning: encounters with another birth date than the first: 1,",
        "warning: encounters with another sex than the first: 1,",
        "warning: events of an unknown type of 3 letters: 1,",
        "warning: a code comes in 2 units (events of each: 2, 1);",
        "ehrs/2.xml:1: error: wrong patient: the file's name says 2, the record says 1",
        "ehrs/2.xml:1: error: states the same patient 1 as",
        "ehrs/3.xml:1: error: the root element is <html>",
        "ehrs/3.xml: info: records that no case is about: 1,",
    ] {
        has(&found, wanted);
    }
    for line in &found {
        assert!(
            !line.contains("chest") && !line.contains("Because"),
            "{line}"
        );
    }
}

#[test]
fn lines_are_those_of_the_event() {
    let dir = tempfile::tempdir().expect("a temporary folder");
    let path: &Path = &dir.path().join("1.xml");
    std::fs::write(path, "é<a>\n  <b/>").expect("writable");
    let finding = |offset| Finding {
        severity: Severity::Info,
        offset,
        what: "x".to_owned(),
    };
    let notices = lines::notices(path, vec![finding(8), finding(2)]);
    let places: Vec<_> = notices.iter().map(|n| (n.line, n.column)).collect();
    assert_eq!(places, [(Some(1), Some(2)), (Some(2), Some(3))]);
}

#[test]
fn many_unknown_types_and_mixed_units_are_counted() {
    let event = |n: usize| {
        let name = "x".repeat(n + 1);
        format!(
            "<entry timestamp=\"2013-10-10\"><event type=\"{name}\" code=\"\" name=\"\"/>\
             <event type=\"measurement\" code=\"A/{n}\" name=\"\" unit=\"kg\">1</event>\
             <event type=\"measurement\" code=\"A/{n}\" name=\"\" unit=\"lb\">1</event></entry>"
        )
    };
    let events: String = (0..LISTED + 5).map(event).collect();
    let found = found(&[("ehrs/1.xml", record("1", &[encounter("", &events)]))]);
    let told = |what: &str| found.iter().filter(|f| f.contains(what)).count();
    assert_eq!(told("events of an unknown type"), LISTED);
    assert_eq!(told("a code comes in 2 units"), LISTED);
    has(
        &found,
        ": warning: 5 more unknown types of events come after",
    );
    has(&found, ": warning: 5 more codes that come in several units");
}
