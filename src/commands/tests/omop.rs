//! The OMOP import: the open datasets end to end, and what rows become.
//!
//! What the open datasets must give is counted by a few lines of Python (`count_omop.py`), straight from the tables.

use std::collections::BTreeMap;
use std::fmt::Write as _;
use std::path::Path;
use std::process::Command;

use crate::error::Kind as ErrorKind;

use super::imports::{PERSONS, Tables, assert_adds_up, files, import_omop, records, table};
use crate::shared::shared;

type Counts = BTreeMap<String, BTreeMap<String, u64>>;

fn count(what: &str, folder: &Path) -> Counts {
    let script = Path::new(env!("CARGO_MANIFEST_DIR")).join("src/commands/tests/count_omop.py");
    let done = Command::new("python3")
        .arg(script)
        .arg(what)
        .arg(folder)
        .output()
        .expect("python3 runs");
    assert!(
        done.status.success(),
        "{}",
        String::from_utf8_lossy(&done.stderr)
    );
    serde_json::from_slice(&done.stdout).expect("counts")
}

fn open_dataset(name: &str) {
    let Some(shared) = shared() else { return };
    let tables = shared.join("data/omop").join(name);
    let dir = tempfile::tempdir().expect("a temporary folder");
    let (report, error) = import_omop(&tables, dir.path(), &["--jobs=1"]);
    assert!(error.is_none(), "{error:?}");
    assert_adds_up(&report);
    // Only the concept table has rows that are not used.
    for t in report["tables"].as_array().expect("tables") {
        assert!(t["left_out"] == 0 || t["table"] == "concept", "{t}");
    }
    let ehrs = dir.path().join("ehrs");
    let wanted = count("tables", &tables);
    assert_eq!(count("records", &ehrs), wanted);
    let mut ours = Counts::new();
    for record in records(&ehrs) {
        assert_eq!(record.notices(), []);
        let counts = ours.entry(record.person_id().to_owned()).or_default();
        for event in record.happened() {
            *counts
                .entry(record.type_name(event).to_owned())
                .or_default() += 1;
        }
        // Every event lies within the patient's encounters, in time order.
        for encounter in record.encounters() {
            let events =
                &record.events()[encounter.events.start as usize..encounter.events.end as usize];
            assert!(events.is_sorted_by_key(|e| e.time));
            assert!(encounter.person.age_days.is_some() && !encounter.person.sex.is_empty());
        }
    }
    assert_eq!(ours, wanted);
    let total: u64 = wanted.values().flat_map(BTreeMap::values).sum();
    assert_eq!(report["events"], total);

    let other = tempfile::tempdir().expect("a temporary folder");
    import_omop(&tables, other.path(), &["--jobs=4"]);
    assert_eq!(
        files(&ehrs),
        files(&other.path().join("ehrs")),
        "the same bytes for any --jobs"
    );
}

#[test]
fn synthea_is_imported_whole() {
    open_dataset("synthea27nj");
}

#[test]
fn the_mimic_demo_is_imported_whole() {
    open_dataset("mimic-iv-demo");
}

#[test]
fn notes_come_back_as_they_were() {
    let text = "HPI: 54 yo \"male\"\r\n\tBP <120 & >60\n\n  indented \u{e9}\u{1f600} end  ";
    let csv = format!(
        "\u{feff}note_id,person_id,note_date,note_datetime,note_type_concept_id,note_class_concept_id,note_title,note_text,visit_occurrence_id\r\n\
         9,7,2020-01-01,2020-01-01T08:30:59,0,0,\"ED, \"\"Provider\"\" Notes\",\"{}\",\r\n\
         10,7,2020-01-01,2020-01-01 08:30:10,0,0,Bell,\"a\u{7}b\",\r\n",
        text.replace('"', "\"\"")
    );
    let tables = Tables::new(&[("person.csv", PERSONS), ("note.csv", csv.as_bytes())]);
    let (report, error, out) = tables.import(&[]);
    assert!(error.is_none(), "{error:?}");
    assert_eq!(table(&report, "note")["doubts"][0]["reason"], "not_xml");
    let all = records(&out.path().join("ehrs"));
    let record = &all[1];
    let [bell, note] = record.happened() else {
        panic!("two notes");
    };
    assert_eq!(
        record.value(bell),
        "a\u{fffd}b",
        "the earlier second comes first"
    );
    assert_eq!(record.value(note), text);
    assert_eq!(record.name(note), "ED, \"Provider\" Notes");
    assert_eq!(record.attribute(note, "note_id"), Some("9"));
    assert_eq!(note.time.expect("a time").to_string(), "2020-01-01 08:30");
    assert_eq!(record.encounters().len(), 1);
}

/// Two visits, and conditions with and without one.
fn visits() -> Tables {
    Tables::new(&[
        ("person.csv", PERSONS),
        (
            "visit_occurrence.csv",
            b"visit_occurrence_id,person_id,visit_concept_id,visit_start_date,visit_start_datetime,visit_end_date,visit_end_datetime,provider_id,care_site_id,discharged_to_source_value\n\
              -1,7,9201,2020-03-01,2020-03-01 08:00,2020-03-03,2020-03-03 12:00,3,4,HOME\n\
              2,7,9202,2020-03-10,,2020-03-10,,,,\n",
        ),
        (
            "condition_occurrence.csv",
            b"condition_occurrence_id,person_id,condition_concept_id,condition_start_date,condition_start_datetime,condition_end_date,visit_occurrence_id,condition_source_value\n\
              1,7,0,2020-03-03,2020-03-03 11:59,,,I10\n\
              2,7,0,2020-03-03,2020-03-03 12:01,,,late\n\
              3,7,0,2020-03-10,,2020-04-01,,day\n\
              4,7,0,2020-06-01,,,-1,named\n\
              5,7,0,2020-06-01,,,99,dangling\n",
        ),
        ("provider.csv", b"provider_id,specialty_source_value,year_of_birth\n3,Neurology,1970\n"),
        ("care_site.csv", b"care_site_id,care_site_name\n4,\"ED \"\"North\"\"\"\n"),
        (
            "payer_plan_period.csv",
            b"payer_plan_period_id,person_id,payer_plan_period_start_date,payer_plan_period_end_date,payer_source_value\n\
              1,7,2020-01-01,2020-03-05,Medicare\n2,7,1999-01-01,1999-12-31,Old\n",
        ),
        (
            "death.csv",
            b"person_id,death_date,death_datetime,cause_source_value\n7,2020-06-02,,I21\n",
        ),
    ])
}

#[test]
fn visits_providers_sites_and_plans_are_shown() {
    let tables = visits();
    let (report, error, out) = tables.import(&[]);
    assert!(error.is_none(), "{error:?}");
    assert_adds_up(&report);
    assert_eq!(
        table(&report, "payer_plan_period")["left_out_because"][0]["reason"],
        "no_encounter"
    );
    assert_eq!(
        table(&report, "condition_occurrence")["doubts"][0]["reason"],
        "unknown_visit"
    );
    let all = records(&out.path().join("ehrs"));
    let record = &all[1];
    let encounters: Vec<(String, Vec<String>)> = record
        .encounters()
        .iter()
        .map(|e| {
            let events = &record.events()[e.events.start as usize..e.events.end as usize];
            (
                record.string(e.title).to_owned(),
                events
                    .iter()
                    .map(|e| {
                        format!("{} {}", record.name(e), record.value(e))
                            .trim()
                            .to_owned()
                    })
                    .collect(),
            )
        })
        .collect();
    let wanted = [
        (
            "Inpatient Visit",
            vec![
                "Inpatient Visit start",
                "I10",
                "Inpatient Visit end",
                "named",
            ],
        ),
        ("", vec!["late"]),
        (
            "Outpatient Visit",
            vec!["Outpatient Visit start|end", "day"],
        ),
        ("", vec!["dangling"]),
        ("", vec!["Death I21"]),
    ];
    let wanted: Vec<(String, Vec<String>)> = wanted
        .into_iter()
        .map(|(t, e)| (t.to_owned(), e.into_iter().map(str::to_owned).collect()))
        .collect();
    assert_eq!(encounters, wanted);
    let person = &record.encounters()[0].person;
    assert_eq!((person.age_years, person.sex.as_str()), (Some(70), "MALE"));
    assert!(person.details.iter().any(|(_, v)| v == "Medicare"));
    assert!(
        record.encounters()[2]
            .person
            .details
            .iter()
            .all(|(_, v)| v != "Medicare")
    );
    let places = record.encounters()[0].places.join("; ");
    assert!(
        places.contains("ED \"North\"") && places.contains("Neurology"),
        "{places}"
    );
    let day = record
        .happened()
        .iter()
        .find(|e| record.name(e) == "day")
        .expect("the condition");
    assert_eq!(record.attribute(day, "end"), Some("2020-04-01 00:00"));
}

#[test]
fn chosen_patients_alone_are_written() {
    let tables = Tables::new(&[("person.csv", PERSONS)]);
    let list = tables.0.path().join("patients.txt");
    std::fs::write(&list, "person_id\n7\n").expect("writable");
    let argument = format!("--patients={}", list.display());
    let (report, error, out) = tables.import(&[&argument]);
    assert!(error.is_none(), "{error:?}");
    assert_eq!(report["records"], 1);
    assert_eq!(
        table(&report, "person")["left_out_because"][0]["reason"],
        "not_chosen"
    );
    assert_eq!(files(&out.path().join("ehrs")).len(), 1);
    std::fs::write(&list, "7\n12\n").expect("writable");
    let (report, error, _out) = tables.import(&[&argument]);
    assert_eq!(report["chosen_not_found"], serde_json::json!([12]));
    assert_eq!(error.map(|e| e.kind()), Some(ErrorKind::Problems));
}

#[cfg(unix)]
#[test]
fn records_are_private() {
    use std::os::unix::fs::PermissionsExt;
    let tables = Tables::new(&[("person.csv", PERSONS)]);
    let (_, _, out) = tables.import(&[]);
    let mode = |p: &Path| std::fs::metadata(p).expect("there").permissions().mode() & 0o777;
    assert_eq!(mode(&out.path().join("ehrs")), 0o700);
    assert_eq!(mode(&out.path().join("ehrs/7.xml")), 0o600);
}

#[test]
fn many_patients_go_through_several_parts() {
    // 300 patients, rows scattered, more than one part.
    let mut persons = String::from("person_id,year_of_birth\n");
    let mut rows = String::from(
        "observation_id,person_id,observation_concept_id,observation_date,value_as_string,observation_source_value\n",
    );
    for p in 0..300 {
        let _ = writeln!(persons, "{},19{:02}", p - 150, p % 100);
    }
    for n in 0..9_000 {
        let p = n * 7919 % 300 - 150;
        let _ = writeln!(rows, "{n},{p},0,2020-01-{:02},v{n},code", 1 + n % 28);
    }
    let tables = Tables::new(&[
        ("person.csv", persons.as_bytes()),
        ("observation.csv", rows.as_bytes()),
    ]);
    let (report, error, one) = tables.import(&["--jobs=1"]);
    assert!(error.is_none());
    assert_eq!(
        (report["records"].as_u64(), report["events"].as_u64()),
        (Some(300), Some(9_000))
    );
    let (_, _, four) = tables.import(&["--jobs=4"]);
    assert_eq!(
        files(&one.path().join("ehrs")),
        files(&four.path().join("ehrs"))
    );
    for record in records(&one.path().join("ehrs")) {
        assert_eq!(record.happened().len(), 30);
    }
}
