//! MEDS datasets as records: what becomes of admissions, facts, numbers and texts, and the public sample whole.

use std::collections::BTreeMap;
use std::path::Path;

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
        "value_text=\"7.2 (low)\"",
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

/// A dataset of files, and the records that it gives as text, by name.
fn dataset(files: &[(&str, &str)]) -> tempfile::TempDir {
    let dir = tempfile::tempdir().expect("a temporary folder");
    for (name, text) in files {
        let path = dir.path().join(name);
        std::fs::create_dir_all(path.parent().expect("a folder")).expect("writable");
        std::fs::write(path, text).expect("writable");
    }
    dir
}

fn texts(out: &Path) -> BTreeMap<String, String> {
    let bytes = files(&out.join("ehrs"));
    let texts = bytes.into_iter();
    texts
        .map(|(name, bytes)| (name, String::from_utf8_lossy(&bytes).into_owned()))
        .collect()
}

#[test]
fn facts_keep_what_their_codes_units_and_texts_say() {
    let data = dataset(&[
        (
            "data/0.csv",
            "subject_id,time,code,numeric_value,text_value,unit\n\
             5,,LOINC//29463-7,70,,kg\n\
             5,,LOINC//8302-2,1.8,about,m\n\
             5,,ALLERGY//PEANUT,,severe,\n\
             5,,GENDER//F,,female at birth,\n\
             5,1950-03-01 00:00:00,MEDS_BIRTH,3.4,,kg\n\
             5,2010-05-11 18:00:00,HR,70,,\n",
        ),
        (
            "metadata/codes.csv",
            "code,description\nLOINC//8302-2,Body height\n",
        ),
    ]);
    let out = tempfile::tempdir().expect("a temporary folder");
    let (report, error) = import_meds(data.path(), out.path(), &[]);
    assert!(error.is_none(), "{error:?}");
    assert_adds_up(&report);
    let records = records(&out.path().join("ehrs"));
    let person = &records[0].encounters()[0].person;
    assert_eq!(person.sex, "F");
    let details: Vec<_> = person
        .details
        .iter()
        .map(|(k, v)| (k.as_str(), v.as_str()))
        .collect();
    assert_eq!(
        details,
        [
            ("LOINC", "29463-7, 70 kg"),
            ("LOINC", "Body height, 1.8 m, about"),
            ("ALLERGY", "PEANUT, severe"),
            ("GENDER", "female at birth"),
            ("MEDS_BIRTH", "3.4 kg"),
        ]
    );
}

#[test]
fn a_discharge_that_says_more_is_an_event_too() {
    let data = dataset(&[(
        "data/0.csv",
        "subject_id,time,end,code,numeric_value,text_value,unit\n\
         5,2010-05-11 17:41:00,2010-05-20 00:00:00,HOSPITAL_ADMISSION//URGENT,3,,points\n\
         5,2010-05-12 09:00:00,,HOSPITAL_DISCHARGE//HOME,1.5,with a nurse,days\n\
         5,2010-06-11 17:41:00,2010-06-20 00:00:00,HOSPITAL_ADMISSION//URGENT,,,\n",
    )]);
    let out = tempfile::tempdir().expect("a temporary folder");
    let (report, error) = import_meds(data.path(), out.path(), &[]);
    assert!(error.is_none(), "{error:?}");
    assert_adds_up(&report);
    let text = &texts(out.path())["5.xml"];
    for part in [
        // The discharge's time counts, not what the admission had expected.
        "timestamp=\"2010-05-12 09:00\"",
        "discharged_to=\"HOME\"",
        "value_number=\"3\"",
        "unit=\"points\"",
        "code=\"HOSPITAL_DISCHARGE//HOME\" name=\"HOME\" unit=\"days\" value_text=\"with a nurse\">1.5<",
        // Without a discharge what was expected is all that is known.
        "timestamp=\"2010-06-20 00:00\"",
    ] {
        assert!(text.contains(part), "{part}: {text}");
    }
    assert!(!text.contains("2010-05-20"), "{text}");
}

#[test]
fn a_subject_may_lie_anywhere() {
    let rows = [
        "5,1950-03-01,MEDS_BIRTH,\n",
        "5,2010-05-11 17:00:00,HOSPITAL_ADMISSION//URGENT,\n",
        "5,2010-05-11 18:00:00,HR,70\n",
        "8,2010-05-11 18:00:00,HR,60\n",
        "5,2010-05-12 09:00:00,HOSPITAL_DISCHARGE//HOME,\n",
        "5,2010-06-11 17:00:00,HOSPITAL_ADMISSION//URGENT,\n",
        "5,2010-06-12 09:00:00,HOSPITAL_DISCHARGE//HOME,\n",
    ];
    let header = "subject_id,time,code,numeric_value\n";
    let shard = |order: &[usize]| {
        let rows: String = order.iter().map(|n| rows[*n]).collect();
        format!("{header}{rows}")
    };
    let import = |shards: &[&[usize]]| {
        let shards: Vec<(String, String)> = shards
            .iter()
            .enumerate()
            .map(|(n, order)| (format!("data/{n}.csv"), shard(order)))
            .collect();
        let shards: Vec<(&str, &str)> = shards.iter().map(|(n, t)| (&**n, &**t)).collect();
        let out = tempfile::tempdir().expect("a temporary folder");
        let (report, error) = import_meds(dataset(&shards).path(), out.path(), &[]);
        assert!(error.is_none(), "{error:?}");
        assert_adds_up(&report);
        assert_eq!(table(&report, "visit_occurrence")["rows"], 4);
        let doubts = table(&report, "MEDS events")["doubts"].clone();
        (texts(out.path()), doubts[0]["rows"].as_u64().unwrap_or(0))
    };
    let (together, doubted) = import(&[&[0, 1, 2, 4, 5, 6, 3]]);
    assert_eq!((together.len(), doubted), (2, 0));
    assert!(together["5.xml"].contains("visit_id=\"2\""));
    // Parted by another subject, in two shards, and those in no order of time.
    assert_eq!((together.clone(), 0), import(&[&[0, 1, 2, 3, 4, 5, 6]]));
    assert_eq!((together.clone(), 2), import(&[&[0, 1, 2, 4], &[3, 5, 6]]));
    assert_eq!((together, 3), import(&[&[6, 5, 2], &[3, 4, 1, 0]]));
}

#[test]
fn no_file_is_passed_over_in_silence() {
    let rows = "subject_id,time,code\n5,2010-05-11 17:00:00,HR\n";
    let data = dataset(&[
        ("data/train/0.csv", rows),
        ("data/held_out/0.csv", &rows.replace("5,", "6,")),
        ("data/tuning/0.feather", "x"),
        ("data/tuning/1", "x"),
        ("data/_SUCCESS", ""),
        ("data/README.md", "About."),
        ("dataset.json", "{}"),
        ("metadata/codes.csv", "code,description\nHR,Heart rate\n"),
        ("metadata/subject_splits.parquet", "x"),
    ]);
    // The dataset, or its folder of shards: the same shards and names of codes.
    for (folder, inside, unused) in [
        ("", "data/", &["dataset.json", "data/README.md"][..]),
        ("data", "", &["README.md"]),
    ] {
        let out = tempfile::tempdir().expect("a temporary folder");
        let (report, error) = import_meds(&data.path().join(folder), out.path(), &[]);
        assert!(error.is_some(), "two files cannot be read");
        let names: Vec<_> = report["unreadable_files"]
            .as_array()
            .expect("files")
            .iter()
            .map(|f| f["name"].as_str().expect("a name").to_owned())
            .collect();
        let wanted = ["tuning/0.feather", "tuning/1"].map(|name| format!("{inside}{name}"));
        assert_eq!(names, wanted);
        assert_eq!(report["unused_files"], serde_json::json!(unused));
        let texts = texts(out.path());
        assert_eq!(texts.len(), 2);
        assert!(texts["6.xml"].contains("name=\"Heart rate\""));
    }
}

#[test]
fn codes_are_explained_where_a_list_does() {
    let dir = dataset(&[
        (
            "data/train/0.csv",
            "subject_id,time,code,numeric_value\n5,2010-05-11 17:41:51,LAB//50868//mEq/L,14\n",
        ),
        (
            "metadata/codes.csv",
            "code,description\nLAB//50868//mEq/L,Anion Gap\nHR,Heart rate\n",
        ),
    ]);
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
