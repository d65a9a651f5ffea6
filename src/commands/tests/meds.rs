//! MEDS datasets as records: what becomes of admissions, facts, numbers and texts, and the public sample whole.

use std::collections::BTreeMap;

use super::imports::{Tables, assert_adds_up, files, import_meds, records, table};
use crate::shared::shared;

/// One subject with a stay, one without, a row that names nobody.
fn data() -> Tables {
    Tables::new(&[(
        "0.csv",
        b"subject_id,time,code,numeric_value,text_value,unit\n\
          5,,GENDER//F,,,\n\
          5,,EYE_COLOR//BROWN,,,\n\
          5,,HEIGHT,175.5,,\n\
          5,1950-03-01 00:00:00,MEDS_BIRTH,,,\n\
          5,2010-05-11 17:41:51,HOSPITAL_ADMISSION//URGENT//CLINIC,,,\n\
          5,2010-05-11 18:00:00,LAB//50868//mEq/L,14,,\n\
          5,2010-05-11 18:00:00,Blood Pressure,,120/80,mmHg\n\
          5,2010-05-11 18:05:00,LAB//9//UNK,7.2,7.2 (low),\n\
          5,2010-05-12 09:00:00,HOSPITAL_DISCHARGE//HOME,,,\n\
          5,2010-07-01 09:00:00,DIAGNOSIS//ICD//10//I10,,,\n\
          5,2012-01-01 00:00:00,MEDS_DEATH,,,\n\
          8,2011-02-03 04:05:06,HOSPITAL_DISCHARGE//HOME,,,\n\
          8,2011-02-03 04:06:00,NOTE//Progress,,\"Feels \"\"better\"\".\nGoes home.\",\n\
          x,2011-02-03 04:06:00,HR,1,,\n",
    )])
}

#[test]
fn stays_facts_numbers_and_texts_are_shown() {
    let data = data();
    let out = tempfile::tempdir().expect("a temporary folder");
    let (report, error) = import_meds(data.0.path(), out.path(), &["--seconds"]);
    assert!(error.is_some(), "a row names nobody");
    assert_adds_up(&report);
    let rows: u64 = report["tables"]
        .as_array()
        .expect("tables")
        .iter()
        .filter_map(|t| t["rows"].as_u64())
        .sum();
    assert_eq!(rows, 14, "each row is counted once");
    let records = records(&out.path().join("ehrs"));
    let [first, second] = &records[..] else {
        panic!("two records");
    };
    assert_eq!(first.encounters().len(), 3);
    let person = &first.encounters()[0].person;
    assert_eq!(person.sex, "F");
    assert_eq!(
        person.birth.map(|d| d.to_string()).as_deref(),
        Some("1950-03-01")
    );
    let details: Vec<_> = person
        .details
        .iter()
        .map(|(k, v)| (k.as_str(), v.as_str()))
        .collect();
    assert_eq!(details, [("EYE_COLOR", "BROWN"), ("HEIGHT", "175.5")]);
    let text = String::from_utf8_lossy(&files(&out.path().join("ehrs"))["5.xml"]).into_owned();
    for part in [
        "code=\"LAB//50868//mEq/L\"",
        "unit=\"mEq/L\"",
        "source_value=\"7.2 (low)\"",
        "discharged_to=\"HOME\"",
        "type=\"death\"",
        "type=\"condition\"",
        "120/80",
    ] {
        assert!(text.contains(part), "{part}: {text}");
    }
    // A discharge without an admission is an event, and the note is whole.
    let text = String::from_utf8_lossy(&files(&out.path().join("ehrs"))["8.xml"]).into_owned();
    assert!(text.contains("HOSPITAL_DISCHARGE//HOME"), "{text}");
    assert!(text.contains("Goes home."), "{text}");
    assert_eq!(second.happened().len(), 2);
}

#[test]
fn codes_are_explained_where_a_list_does() {
    let dir = tempfile::tempdir().expect("a temporary folder");
    for (name, text) in [
        (
            "data/train/0.csv",
            "subject_id,time,code,numeric_value\n5,2010-05-11 17:41:51,LAB//50868//mEq/L,14\n",
        ),
        (
            "metadata/codes.csv",
            "code,description\nLAB//50868//mEq/L,Anion Gap\nHR,Heart rate\n",
        ),
    ] {
        let path = dir.path().join(name);
        std::fs::create_dir_all(path.parent().expect("a folder")).expect("writable");
        std::fs::write(path, text).expect("writable");
    }
    let out = tempfile::tempdir().expect("a temporary folder");
    let (report, error) = import_meds(dir.path(), out.path(), &[]);
    assert!(error.is_none(), "{error:?}");
    assert_eq!(table(&report, "MEDS codes")["used"], 2);
    let text = String::from_utf8_lossy(&files(&out.path().join("ehrs"))["5.xml"]).into_owned();
    assert!(text.contains("name=\"Anion Gap\""), "{text}");
}

#[test]
fn the_public_sample_is_imported_whole() {
    let Some(shared) = shared() else { return };
    let out = tempfile::tempdir().expect("a temporary folder");
    let sample = shared.join("data/meds/mimic_iv_demo_meds_10_subjects.csv.gz");
    let (report, error) = import_meds(&sample, out.path(), &[]);
    assert!(error.is_none(), "{error:?}");
    assert_adds_up(&report);
    let count = |key: &str| -> u64 {
        let tables = report["tables"].as_array().expect("tables");
        tables.iter().filter_map(|t| t[key].as_u64()).sum()
    };
    assert_eq!((count("rows"), count("left_out")), (72_535, 0));
    assert_eq!(report["records"], 10);
    let mut types: BTreeMap<String, u64> = BTreeMap::new();
    for record in records(&out.path().join("ehrs")) {
        for event in record.happened() {
            *types.entry(record.type_name(event).to_owned()).or_default() += 1;
        }
    }
    // As counted in the file: LAB and what has a number and no other type, MEDS_DEATH.
    assert_eq!(types["death"], 5);
    assert!(types["measurement"] >= 59_872, "{types:?}");
}
