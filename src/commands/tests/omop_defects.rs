//! The OMOP import on tables with defects: what is left out is counted, what cannot be read is said, nothing is lost.

use crate::error::Kind as ErrorKind;
use crate::record::Kind;
use serde_json::Value;

use super::imports::{PERSONS, Tables, assert_adds_up, files, import_omop, records, table};
use crate::shared::{generate, shared};

#[test]
fn defects_are_named_and_counted() {
    let tables = Tables::new(&[
        ("Person.CSV", PERSONS),
        (
            "measurement.csv",
            b"measurement_id,person_id,measurement_concept_id,measurement_date,measurement_datetime,value_as_number,measurement_source_value\n\
              1,7,0,2020-01-01,2020-01-01 10:00:00,5,NA\n\
              2,seven,0,2020-01-01,,5,K\n\
              3,7,0,2020-02-30,,5,K\n\
              4,7,0,,,5,K\n\
              5,8,0,2020-01-01,,5,K\n\
              6,7,0,2020-01-01,,5\n\
              7,7.0,0,2020-01-01,25:00,5,K\n\
              \n\
              8,7,0,2020-01-03,2020-01-03 09:00,5,\xff\n",
        ),
        (
            "drug_exposure.csv",
            b"drug_exposure_id,person_id,drug_concept_id,drug_exposure_start_date,drug_exposure_end_date,drug_source_value\n\
              1,7,0,2020-01-01,soon,aspirin\n\
              2,7,0,2020-01-05,2020-01-01,aspirin\n",
        ),
    ]);
    let (report, error, out) = tables.import(&[]);
    let error = error.expect("defects");
    assert_eq!(error.kind(), ErrorKind::Problems);
    assert_adds_up(&report);
    let measurement = table(&report, "measurement");
    let reasons: Vec<(String, u64, u64)> = ["left_out_because", "doubts"]
        .iter()
        .flat_map(|k| measurement[k].as_array().expect("findings"))
        .map(|f| {
            (
                f["reason"].as_str().expect("a word").to_owned(),
                f["rows"].as_u64().expect("a number"),
                f["first_line"].as_u64().expect("a number"),
            )
        })
        .collect();
    let wanted = [
        ("bad_person", 1, 3),
        ("field_count", 1, 7),
        ("no_date", 1, 5),
        ("bad_date", 1, 4),
        ("unknown_person", 1, 6),
        ("bad_time", 1, 8),
        ("latin1", 1, 10),
    ];
    assert_eq!(reasons, wanted.map(|(r, n, l)| (r.to_owned(), n, l)));
    let doubts = &table(&report, "drug_exposure")["doubts"];
    assert_eq!(doubts[0]["reason"], "bad_end");
    assert_eq!(doubts[1]["reason"], "end_before_start");
    let all = records(&out.path().join("ehrs"));
    assert_eq!(all.len(), 2);
    assert_eq!(all[0].person_id(), "-9223372036854775808");
    assert_eq!(all[0].happened().len(), 0);
    let seven = &all[1];
    assert_eq!(
        seven
            .happened()
            .iter()
            .filter(|e| e.kind == Kind::Measurement)
            .count(),
        3
    );
    assert_eq!(
        seven
            .happened()
            .iter()
            .filter(|e| e.kind == Kind::Drug)
            .count(),
        3
    );
    let first = seven
        .happened()
        .iter()
        .find(|e| seven.name(e) == "NA")
        .expect("sodium is not missing");
    assert_eq!((seven.code(first), seven.value(first)), ("SOURCE/NA", "5"));
}

#[test]
fn unreadable_tables_leave_nothing_and_tell_no_cell() {
    let long_quote = format!(
        "person_id,note_date,note_text\n7,2020-01-01,\"Secret{}",
        "x".repeat(1 << 20)
    );
    let cases: [(&str, &[u8], &str); 8] = [
        ("note.csv", b"", "is empty"),
        ("note.csv", b"7,2020-01-01,Secret\n", "no column person_id"),
        (
            "note.csv",
            b"person_id,note_date\n7,2020-01-01\n",
            "no column note_text",
        ),
        ("note.csv", long_quote.as_bytes(), "line 2: a quote opens"),
        ("note.csv", b"\xff\xfep\x00e\x00", "UTF-16"),
        (
            "note.csv.gz",
            b"\x1f\x8b\x08\x00Secret",
            "reading the table",
        ),
        (
            "note.csv",
            b"<!DOCTYPE html><title>Secret</title>",
            "no column person_id",
        ),
        (
            "note.csv",
            b"person_id,person_id,note_date,note_text\n",
            "person_id twice",
        ),
    ];
    for (name, bytes, wanted) in cases {
        let tables = Tables::new(&[("person.csv", PERSONS), (name, bytes)]);
        let (_, error, out) = tables.import(&[]);
        let error = error.expect(wanted);
        assert_eq!(error.kind(), ErrorKind::Unreadable, "{error}");
        let message = error.to_string();
        assert!(
            message.contains(wanted) && message.contains(name),
            "{message}"
        );
        assert!(!message.contains("Secret"), "{message}");
        assert!(error.hint_text().is_some());
        assert_eq!(
            std::fs::read_dir(out.path()).expect("there").count(),
            0,
            "{message}"
        );
    }
}

#[test]
fn hostile_files_as_tables_never_stop_the_program() {
    let Some(shared) = shared() else { return };
    let made = generate(&shared, "make_hostile.py", &[]);
    let mut tried = 0;
    for entry in std::fs::read_dir(made.path().join("table")).expect("hostile tables") {
        let bytes = std::fs::read(entry.expect("an entry").path()).expect("readable");
        for name in ["person.csv", "observation.csv"] {
            let tables = Tables::new(&[(name, &bytes)]);
            let (report, error, _out) = tables.import(&[]);
            match error {
                Some(error) if error.kind() == ErrorKind::Unreadable => {
                    assert!(error.to_string().contains(name));
                }
                Some(error) => assert_eq!(error.kind(), ErrorKind::Problems),
                None => {}
            }
            if report != Value::Null {
                assert_adds_up(&report);
            }
            tried += 1;
        }
    }
    assert!(tried > 150, "{tried}");
}

#[test]
fn a_folder_with_records_is_not_written_over_unasked() {
    let tables = Tables::new(&[("person.csv", PERSONS)]);
    let (_, error, out) = tables.import(&[]);
    assert!(error.is_none());
    let ehrs = out.path().join("ehrs");
    std::fs::write(ehrs.join("7.xml"), "old").expect("writable");
    std::fs::write(ehrs.join("other.xml"), "other").expect("writable");
    let (_, error) = import_omop(tables.0.path(), out.path(), &[]);
    assert_eq!(error.map(|e| e.kind()), Some(ErrorKind::Usage));
    let (_, error) = import_omop(tables.0.path(), out.path(), &["--overwrite"]);
    assert!(error.is_none());
    let now = files(&ehrs);
    assert_eq!(now.len(), 3);
    assert_eq!(now["other.xml"], b"other");
    assert_ne!(now["7.xml"], b"old");
    assert_eq!(
        std::fs::read_dir(out.path()).expect("there").count(),
        1,
        "nothing is left behind"
    );
}

/// The reasons in a table's part of the report, with their counts and first lines.
fn reasons(report: &Value, name: &str) -> Vec<(String, u64, u64)> {
    let table = table(report, name);
    ["left_out_because", "doubts"]
        .iter()
        .flat_map(|k| table[k].as_array().expect("findings"))
        .map(|f| {
            (
                f["reason"].as_str().expect("a word").to_owned(),
                f["rows"].as_u64().expect("a number"),
                f["first_line"].as_u64().expect("a number"),
            )
        })
        .collect()
}

fn expected(list: &[(&str, u64, u64)]) -> Vec<(String, u64, u64)> {
    list.iter()
        .map(|(r, n, l)| ((*r).to_owned(), *n, *l))
        .collect()
}

#[test]
fn a_note_cut_by_a_line_break_is_left_out_whole() {
    let tables = Tables::new(&[
        ("person.csv", PERSONS),
        (
            "note.tsv",
            b"note_id\tperson_id\tnote_date\tnote_text\n\
              1\t7\t2020-01-01\twhole\n\
              2\t7\t2020-01-02\tfirst half\n\
              second half\n\
              3\t7\t2020-01-03\tlast\n",
        ),
    ]);
    let (report, error, out) = tables.import(&[]);
    assert_eq!(error.expect("a defect").kind(), ErrorKind::Problems);
    assert_adds_up(&report);
    assert_eq!(
        reasons(&report, "note"),
        expected(&[("field_count", 1, 4), ("cut_text", 1, 3)])
    );
    let all = records(&out.path().join("ehrs"));
    let texts: Vec<&str> = all[1].happened().iter().map(|e| all[1].value(e)).collect();
    assert_eq!(texts, ["whole", "last"]);
}

/// A row that cannot be used takes nothing with it: neither a row that ends with a quote, nor one before a line that has ids where ids stand.
#[test]
fn a_row_of_no_use_is_no_part_of_the_note_before() {
    let tables = Tables::new(&[
        ("person.csv", PERSONS),
        (
            "note.csv",
            b"note_id,person_id,note_date,note_text\n\
              1,7,2020-01-01,before another's row\n\
              2,NA,2020-01-02,whose\n\
              3,7,2020-01-03,before one with a comma\n\
              4,7,2020-01-04,not quoted, but cut\n\
              5,7,2020-01-05,\"quoted,\nto its end\"\n\
              no row\n\
              6,7,2020-01-06,before an empty row\n\
              ,,,\n\
              8,7,2020-01-07,a list of\n\
              5,6,7\n",
        ),
    ]);
    let (report, error, out) = tables.import(&[]);
    assert_eq!(error.expect("defects").kind(), ErrorKind::Problems);
    assert_adds_up(&report);
    assert_eq!(
        reasons(&report, "note"),
        expected(&[
            ("bad_person", 2, 3),
            ("field_count", 2, 8),
            ("surplus_fields", 1, 5),
            ("cut_text", 1, 11),
        ])
    );
    let all = records(&out.path().join("ehrs"));
    let texts: Vec<&str> = all[1].happened().iter().map(|e| all[1].value(e)).collect();
    assert_eq!(
        texts,
        [
            "before another's row",
            "before one with a comma",
            "quoted,\nto its end",
            "before an empty row"
        ]
    );
}

#[test]
fn rows_of_a_newer_cdm_are_taken_where_nothing_is_lost() {
    let tables = Tables::new(&[
        ("person.csv", PERSONS),
        (
            "measurement.csv",
            b"measurement_id,person_id,measurement_concept_id,measurement_date,value_as_number,unit_source_value,value_source_value\n\
              1,7,0,2020-01-01,5,mg,,,,\n\
              2,7,0,2020-01-02,5,mg,0,POS,,\n\
              3,7,0,2020-01-03,5,mg,POS\n",
        ),
    ]);
    let (report, error, _out) = tables.import(&[]);
    assert!(error.is_some());
    assert_adds_up(&report);
    // In line 3 the unit's concept stands where the header has the value as written.
    assert_eq!(
        reasons(&report, "measurement"),
        expected(&[("surplus_fields", 1, 3), ("surplus_blank", 1, 2)])
    );
}

#[test]
fn shards_are_one_table_and_findings_name_their_file() {
    let header = "note_id,person_id,note_date,note_text\n";
    let shard = |rows: &str| format!("{header}{rows}");
    let tables = Tables::new(&[
        ("person.csv", PERSONS),
        (
            "note-000000000000.csv",
            shard("1,7,2020-01-01,a\n").as_bytes(),
        ),
        (
            "note-000000000001.csv",
            shard("2,7,2020-01-02,b\n3,7,1/2/2020,c\n").as_bytes(),
        ),
        ("condition_occurrence.orc", b"ORC"),
    ]);
    let (report, error, out) = tables.import(&[]);
    assert_eq!(error.expect("defects").kind(), ErrorKind::Problems);
    assert_adds_up(&report);
    let finding = &table(&report, "note")["left_out_because"][0];
    assert_eq!(finding["reason"], "slashed_date");
    assert_eq!(finding["first_file"], "note-000000000001.csv");
    assert_eq!(finding["first_line"], 3);
    assert_eq!(
        report["unreadable_files"][0]["name"],
        "condition_occurrence.orc"
    );
    assert_eq!(records(&out.path().join("ehrs"))[1].happened().len(), 2);
}

#[test]
fn times_that_disagree_are_doubted_and_the_date_counts() {
    let tables = Tables::new(&[
        (
            "person.csv",
            b"person_id,year_of_birth,birth_datetime\n7,1950,1970-01-01 00:00:00\n",
        ),
        (
            "note.csv",
            b"note_id,person_id,note_date,note_datetime,note_text\n\
              1,7,2020-01-01,1970-01-01 00:00:00,default\n\
              2,7,2020-01-02,2020-01-02 10:00:00-05:00,winter\n\
              3,7,2020-07-02,2020-07-02 10:00:00-04:00,summer\n\
              4,7,2020-01-03,2020-01-03 10:00:00-05:00,winter\n",
        ),
    ]);
    let (report, error, out) = tables.import(&[]);
    assert!(error.is_none(), "{error:?}");
    assert_eq!(
        reasons(&report, "note"),
        expected(&[("dates_differ", 1, 2), ("offsets_differ", 2, 2)])
    );
    assert_eq!(
        reasons(&report, "person"),
        expected(&[("dates_differ", 1, 2)])
    );
    let all = records(&out.path().join("ehrs"));
    let record = &all[0];
    assert_eq!(record.encounters()[0].person.age_years, Some(70));
    let first = &record.happened()[0];
    assert_eq!(record.value(first), "default");
    assert_eq!(first.time.expect("a time").to_string(), "2020-01-01 00:00");
}

#[test]
fn columns_that_are_not_read_are_accounted_for() {
    let tables = Tables::new(&[
        ("person.csv", PERSONS),
        (
            "drug_exposure.csv",
            b"drug_exposure_id,person_id,drug_concept_id,drug_exposure_start_date,drug_source_value,Lot_Number,Dose_Val,Ward\n\
              1,7,0,2020-01-01,aspirin,L9,5 mg,4B\n",
        ),
        (
            "measurement.csv",
            b"measurement_id,person_id,measurement_concept_id,measurement_date,measurement_source_value,value,unit\n\
              1,7,0,2020-01-01,K,4.1,mmol/L\n",
        ),
        (
            "observation.csv",
            b"observation_id,person_id,observation_concept_id,observation_date,observation_source_value\n\
              1,7,0,2020-01-01,seen\n",
        ),
    ]);
    let (report, error, _out) = tables.import(&[]);
    assert_eq!(error.expect("a defect").kind(), ErrorKind::Problems);
    assert_adds_up(&report);
    let unused = |name: &str| table(&report, name)["unused_columns"].clone();
    let drugs = serde_json::json!({"known": ["lot_number"], "others": [7, 8]});
    assert_eq!(unused("drug_exposure"), drugs);
    assert_eq!(unused("measurement")["others"], serde_json::json!([6, 7]));
    assert_eq!(
        reasons(&report, "measurement"),
        expected(&[("values_not_read", 1, 2)])
    );
    assert_eq!(
        reasons(&report, "observation"),
        expected(&[("no_values", 1, 2)])
    );
}

#[test]
fn backslashes_that_may_mean_more_are_doubted() {
    let copied = b"note_id\tperson_id\tnote_date\tnote_title\tnote_text\n\
        1\t7\t2020-01-01\tA\tfirst\\nsecond\n\
        2\t7\t2020-01-02\tB\tplain\n";
    let escaped = b"note_id,person_id,note_date,note_title,note_text\n\
        1,7,2020-01-01,C:\\\\x,\"He said \\\"fine\\\", ok\"\n\
        2,7,2020-01-02,B,\"a \\\\ \\\"b\\\"\"\n";
    let open = b"note_id,person_id,note_date,note_title,note_text\n\
        1,7,2020-01-01,A,\"C:\\\\x, and so on\"\n\
        2,7,2020-01-02,B,plain\n";
    let files = [
        ("note.tsv", &copied[..]),
        ("note.csv", &escaped[..]),
        ("note.csv", &open[..]),
    ];
    for (name, bytes) in files {
        let tables = Tables::new(&[("person.csv", PERSONS), (name, bytes)]);
        let (report, error, _out) = tables.import(&[]);
        assert!(error.is_none(), "{name}: {error:?}");
        let doubted = expected(&[("backslashes", 1, 2)]);
        assert_eq!(reasons(&report, "note"), doubted, "{name}");
    }
    // What `COPY` writes, it writes so: nothing is left to doubt.
    let settled = b"note_id\tperson_id\tnote_date\tnote_title\tnote_text\n\
        1\t7\t2020-01-01\t\\N\tfirst\\nsecond\n";
    let tables = Tables::new(&[("person.csv", PERSONS), ("note.tsv", settled)]);
    let (report, _, _out) = tables.import(&[]);
    assert_eq!(reasons(&report, "note"), []);
}

#[test]
fn an_operator_is_a_part_of_the_value_and_an_end_at_the_start_is_an_end() {
    let tables = Tables::new(&[
        ("person.csv", PERSONS),
        (
            "measurement.csv",
            b"measurement_id,person_id,measurement_concept_id,measurement_date,operator_concept_id,value_as_number,measurement_source_value,value_source_value\n\
              1,7,0,2020-01-01,4172704,60,eGFR,>60\n\
              2,7,0,2020-01-02,4171756,NaN,TnI,none\n\
              3,7,0,2020-01-03,4171754,2.0,CRP,\n",
        ),
        (
            "condition_occurrence.csv",
            b"condition_occurrence_id,person_id,condition_concept_id,condition_start_date,condition_end_date,condition_source_value\n\
              1,7,0,2020-02-01,2020-02-01,cold\n\
              2,7,0,2020-02-02,,cough\n",
        ),
    ]);
    let (_, error, out) = tables.import(&[]);
    assert!(error.is_none(), "{error:?}");
    let all = records(&out.path().join("ehrs"));
    let record = &all[1];
    let said: Vec<(&str, Option<&str>)> = record
        .happened()
        .iter()
        .map(|e| (record.value(e), record.attribute(e, "end")))
        .collect();
    assert_eq!(
        said,
        [
            (">60", None),
            ("none", None),
            ("<=2.0", None),
            ("", Some("2020-02-01 00:00")),
            ("", None)
        ]
    );
    assert_eq!(
        record.attribute(&record.happened()[1], "operator"),
        Some("<")
    );
}
