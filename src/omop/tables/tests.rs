use super::*;

/// What is found in a folder of such files (a name that ends with `/` is a folder).
fn found(names: &[&str]) -> Result<Files> {
    let dir = tempfile::tempdir().expect("a temporary folder");
    for name in names.iter().chain(&["person.csv"]) {
        let path = dir.path().join(name);
        if name.ends_with('/') {
            std::fs::create_dir_all(path).expect("writable");
            continue;
        }
        let parent = path.parent().expect("a folder");
        std::fs::create_dir_all(parent).expect("writable");
        std::fs::write(path, "person_id,note_date,note_text\n").expect("writable");
    }
    find(dir.path())
}

#[test]
fn names_are_read_in_any_case_with_and_without_the_prefix() {
    assert_eq!(
        table_of("2b_concept"),
        Some((Table::Concept, Shape::One { own: true }))
    );
    assert_eq!(table_of("readme"), None);
    assert_eq!(table_of("note_nlp"), None);
    assert_eq!(
        table_of("note-000000000012"),
        Some((Table::Note, Shape::Shards("000000000012".into())))
    );
    let files = found(&["Measurement.CSV.gz", "note_nlp.csv", "readme.md"]).expect("tables");
    assert!(files.tables.contains_key(&Table::Measurement));
    assert_eq!(files.unused, ["note_nlp.csv"]);
}

#[test]
fn shards_and_folders_are_a_table() {
    let files = found(&[
        "measurement-000000000000.csv.gz",
        "measurement-000000000001.csv.gz",
        "note/part-00000-ab.c000.csv",
        "note/part-00002-ab.c000.csv",
        "note/_SUCCESS",
        "note/.part.crc",
        "death.txt",
    ]);
    let files = files.expect("tables");
    let count = |t| files.tables.get(&t).map_or(0, Vec::len);
    assert_eq!((count(Table::Measurement), count(Table::Note)), (2, 2));
    assert_eq!(
        files.tables[&Table::Note][1].name,
        "note/part-00002-ab.c000.csv"
    );
    // It has no column of a death.
    assert_eq!(files.unreadable[0].name, "death.txt");
    assert_eq!(found(&["note.txt"]).expect("tables").unreadable.len(), 0);
}

#[test]
fn what_cannot_be_read_is_named() {
    let files = found(&[
        "condition_occurrence.orc",
        "drug_exposure.csv.zip",
        "person.xlsx",
        "note/a.csv",
        "note/year=2020/b.csv",
        "death/",
        "measurement-000.csv",
        "measurement-003.csv",
    ]);
    let files = files.expect("tables");
    let mut unreadable: Vec<String> = files.unreadable.into_iter().map(|f| f.name).collect();
    unreadable.sort();
    assert_eq!(
        unreadable,
        [
            "condition_occurrence.orc",
            "death (an empty folder)",
            "drug_exposure.csv.zip",
            "measurement (shards 1 to 2 missing)",
            "note/year=2020",
        ]
    );
    assert_eq!(files.unused, ["person.xlsx"]);
}

#[test]
fn a_schema_before_the_name_a_total_behind_it_and_a_folder_around_it() {
    let files = found(&[
        "dbo.measurement.csv",
        "note-00000-of-00003.csv",
        "note-00001-of-00003.csv",
        "cdm/person.csv",
        "cdm/death.parquet",
        "cdm/readme.csv",
        "other.csv",
    ]);
    let files = files.expect("tables");
    assert_eq!(files.tables[&Table::Note].len(), 2);
    assert!(files.tables.contains_key(&Table::Measurement));
    let unreadable: Vec<&str> = files.unreadable.iter().map(|f| f.name.as_str()).collect();
    assert_eq!(
        unreadable,
        [
            "cdm/death.parquet (give its folder instead)",
            "note (shard 2 missing)"
        ]
    );
    assert_eq!(
        files.unused,
        ["other.csv", "cdm/person.csv (give its folder instead)"]
    );
    assert!(found(&["note.csv", "dbo.note.csv"]).is_err());
}

#[test]
fn a_table_lies_there_once() {
    for names in [
        &["note.csv", "note-0.csv"][..],
        &["note.csv", "note/0.csv"],
        &["note-0.csv", "note-0.csv.gz"],
        &["note.csv", "note.parquet"],
        &["note/0.csv", "note/0.csv.gz"],
    ] {
        let error = found(names).expect_err("twice").to_string();
        assert!(error.contains("2 files for the table note"), "{error}");
    }
}

#[test]
fn two_files_for_a_table_are_refused() {
    let dir = tempfile::tempdir().expect("a temporary folder");
    for name in [
        "PERSON.csv",
        "person.csv.gz",
        "CONCEPT.csv",
        "2b_concept.csv",
    ] {
        std::fs::write(dir.path().join(name), "person_id\n").expect("writable");
    }
    let error = find(dir.path()).expect_err("ambiguous").to_string();
    assert!(error.contains("2 files for the table person"), "{error}");
    std::fs::remove_file(dir.path().join("PERSON.csv")).expect("there");
    assert_eq!(
        find(dir.path()).expect("fine").tables[&Table::Concept].len(),
        2
    );
}
