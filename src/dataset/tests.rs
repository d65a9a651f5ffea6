//! Datasets of every layout, opened as people have them.

mod tables;

use super::*;

const RESPONSES: &str = "clinician-reviewed-model-responses.tsv";
const HEADER: &str = "instruction_id\tquestion\tperson_id\tfilename\tmodel_name\tmodel_response\tmodel_rank\tbinary_correct\tevidence\n";

fn folder(files: &[(&str, &str)]) -> tempfile::TempDir {
    let dir = tempfile::tempdir().expect("a temporary folder");
    for (name, text) in files {
        let path = dir.path().join(name);
        std::fs::create_dir_all(path.parent().expect("a parent")).expect("a folder");
        std::fs::write(path, text).expect("writable");
    }
    dir
}

fn said(dataset: &Dataset) -> Vec<String> {
    let root = format!("{}/", dataset.root().display());
    dataset
        .notices()
        .iter()
        .map(|n| n.to_string().replace(&root, ""))
        .collect()
}

fn row(instruction: &str, person: &str, model: &str) -> String {
    format!("{instruction}\tWhy?\t{person}\t{person}.xml\t{model}\tBecause.\t1\t1\t\n")
}

#[test]
fn cases_come_in_first_seen_order_with_all_they_have() {
    let responses = format!(
        "{HEADER}{}{}{}",
        row("20", "2", "m"),
        row("3", "1", "m"),
        row("20", "2", "n")
    );
    let golds = "instruction_id\tquestion\tperson_id\tannotator_num\tclinician_response\tevidence\tsubmitter_specialty\n\
                 3\tWhy?\t1\tAnnotator_1\tSo.\tone ||| |||two\tSurgery\n4\tHow?\t1\tAnnotator_1\tThus.\t\t\n";
    let instructions = "instruction_id,question,human_assigned_subcategory_1,source\n20,Why?,Other,s9\n77,What?,other,s9\n";
    let own = "instruction_id\tquestion\tperson_id\tas_of\n5\tWhen?\t2\t2019-01-02\n";
    let taxonomy = "category,subcategory,description\nmisc,other,all else\n";
    let dir = folder(&[
        (RESPONSES, &responses),
        ("clinician-instruction-responses.tsv", golds),
        ("instructions-sample.csv", instructions),
        ("instructions.tsv", own),
        ("instruction-taxonomy.csv", taxonomy),
        ("ehrs/1.xml", ""),
        ("ehrs/EHR_2.XML", ""),
    ]);
    let dataset = Dataset::open(dir.path()).expect("a dataset");
    let keys: Vec<String> = dataset
        .cases()
        .iter()
        .map(|c| c.key().to_string())
        .collect();
    assert_eq!(keys, ["20/2", "3/1", "4/1", "5/2"]);
    let first = &dataset.cases()[0];
    assert_eq!(
        (first.category.as_str(), first.subcategory.as_str()),
        ("misc", "Other")
    );
    assert_eq!(first.columns, [("source".to_owned(), "s9".to_owned())]);
    assert_eq!(
        (first.responses[1].model.as_str(), first.responses[1].line),
        ("n", 4)
    );
    assert!(
        first.responses[0]
            .columns
            .contains(&("model_rank".to_owned(), "1".to_owned()))
    );
    assert_eq!(dataset.cases()[1].golds[0].evidence, ["one ", "two"]);
    assert_eq!(dataset.cases()[1].specialty, "Surgery");
    assert_eq!(
        dataset.cases()[3].as_of.expect("a day").to_string(),
        "2019-01-02"
    );
    assert_eq!(dataset.cases()[3].question, "When?");
    assert_eq!(dataset.instructions().len(), 3);
    assert!(
        dataset
            .record_path(first)
            .expect("a file")
            .ends_with("ehrs/EHR_2.XML")
    );
    assert_eq!(dataset.origin(2).map(|(_, line)| line), Some(3));
    assert_eq!(
        said(&dataset),
        [
            "clinician-reviewed-model-responses.tsv:4: warning: the model named here answers 1 of 2 instructions; it is shown where it does",
            "clinician-instruction-responses.tsv:3: warning: instruction 4 and 1 more have no model's response",
        ]
    );
}

#[test]
fn of_two_files_of_a_patient_the_one_that_the_table_names_is_used() {
    for named in ["7.XML", "7.xml", "EHR_7.xml"] {
        let responses = format!("{HEADER}{}", row("1", "7", "m").replace("7.xml", named));
        let files = ["ehrs/7.XML", "ehrs/7.xml", "ehrs/EHR_7.xml"];
        let mut all = vec![(RESPONSES, responses.as_str())];
        all.extend(files.map(|f| (f, "")));
        let dir = folder(&all);
        let dataset = Dataset::open(dir.path()).expect("a dataset");
        let path = dataset.record_path(&dataset.cases()[0]).expect("a record");
        assert_eq!(path.file_name(), Some(named.as_ref()));
        assert_eq!(
            dataset.look_again().expect("listed"),
            dataset.record_files()
        );
    }
    let dir = folder(&[("ehrs/7.XML", ""), ("ehrs/7.xml", "")]);
    let dataset = Dataset::open(dir.path()).expect("a dataset");
    assert!(dataset.record_files()[0].path.ends_with("7.xml"));
}

#[test]
fn what_is_left_out_or_doubted_has_a_notice_with_its_line() {
    let responses = format!(
        "{HEADER}{}{}{}{}{}",
        row("1", "1", "m"),
        row("1", "1", "m"),
        row("", "1", "m"),
        row("5.00E+09", "1", "m"),
        row("2", "9", "m")
            .replace("Why?", "How?")
            .replace("9.xml", "../../etc/passwd"),
    );
    let dir = folder(&[
        (RESPONSES, &responses),
        ("ehrs/1.xml", ""),
        ("ehrs/EHR_1.xml", ""),
    ]);
    let dataset = Dataset::open(dir.path()).expect("a dataset");
    assert_eq!(dataset.cases().len(), 2);
    assert_eq!(
        said(&dataset),
        [
            format!(
                "ehrs/EHR_1.xml: error: names the same patient as {}, which is used; keep one of the two",
                dir.path().join("ehrs/1.xml").display()
            )
            .replace(&format!("{}/", dir.path().display()), "")
            .as_str(),
            "clinician-reviewed-model-responses.tsv:3: error: the same instruction and model as line 2, which is used; this row is left out. Remove one of the two",
            "clinician-reviewed-model-responses.tsv:4:1: error: instruction_id is empty; the row is left out",
            "clinician-reviewed-model-responses.tsv:5:1: error: instruction_id is 5.00E+09: a spreadsheet rounded it, so different ids fall together; the row is left out. Export the table again with ids as text",
            "clinician-reviewed-model-responses.tsv:6:10: warning: filename does not name patient 9; the record is looked for by person_id",
            "clinician-reviewed-model-responses.tsv:6: warning: no record of patient 9 is here",
        ]
    );
    let error = dataset
        .record_path(&dataset.cases()[1])
        .expect_err("no such record");
    assert!(
        error.to_string().contains("no record of patient 9"),
        "{error}"
    );
}

#[test]
fn missing_columns_are_named_and_those_found_are_listed() {
    let dir = folder(&[(
        RESPONSES,
        "instruction_id\tperson_id\tmodel_name\tpatient said\n1\t1\tm\tx\n",
    )]);
    let error = Dataset::open(dir.path())
        .expect_err("no answers")
        .to_string();
    assert!(
        error.ends_with(
            "line 1: the column model_response or model_output or response is missing; \
             columns found: instruction_id, person_id, model_name and 1 more"
        ),
        "{error}"
    );
}

#[test]
fn records_without_tables_are_cases_without_instructions() {
    let dir = folder(&[
        ("2.xml", "<a/>"),
        ("1.XML", "<a/>"),
        (".3.xml", ""),
        ("notes.txt", ""),
    ]);
    let dataset = Dataset::open(dir.path()).expect("records");
    let people: Vec<&str> = dataset
        .cases()
        .iter()
        .map(|c| c.person_id.as_str())
        .collect();
    assert_eq!((people, dataset.read_only()), (vec!["1", "2"], true));
    let one = Dataset::open(&dir.path().join("2.xml")).expect("a record");
    assert_eq!(
        (one.name(), one.cases().len(), one.notices().len()),
        ("2.xml", 1, 0)
    );
    assert!(Dataset::open(&dir.path().join("notes.tsv")).is_err());
    assert!(Dataset::open(folder(&[]).path()).is_err());
}

#[test]
fn the_fingerprint_sees_tables_and_record_sizes() {
    let print = |files: &[(&str, &str)]| {
        Dataset::open(folder(files).path())
            .expect("a dataset")
            .fingerprint()
            .to_owned()
    };
    let table = format!("{HEADER}{}", row("1", "1", "m"));
    let one = print(&[(RESPONSES, &table), ("ehrs/1.xml", "a")]);
    assert_eq!(one, print(&[(RESPONSES, &table), ("ehrs/1.xml", "b")]));
    assert_ne!(one, print(&[(RESPONSES, &table), ("ehrs/1.xml", "bb")]));
    assert_ne!(
        one,
        print(&[
            (RESPONSES, &table.replace("m\t", "n\t")),
            ("ehrs/1.xml", "a")
        ])
    );
}

#[test]
fn a_record_of_another_patient_is_refused() {
    let table = format!("{HEADER}{}", row("1", "0120", "m"));
    for (root, fits) in [
        ("<eventstream person_id=\"0120\"/>", true),
        ("<eventstream person_id=\" 0120 \"/>", true),
        ("<record></record>", true),
        ("<eventstream person_id=\"120\"/>", false),
        ("<eventstream person_id=\"0121\"/>", false),
        ("<eventstream person_id=\"0120.0\"/>", false),
    ] {
        let dir = folder(&[(RESPONSES, &table), ("ehrs/0120.xml", root)]);
        let dataset = Dataset::open(dir.path()).expect("a dataset");
        let loaded = [
            dataset.load_record(&dataset.cases()[0]),
            dataset.load_patient("0120"),
            dataset.load_file(&dataset.record_files()[0]),
        ];
        for loaded in loaded {
            let error = loaded.err().map(|e| (e.kind(), e.to_string()));
            assert_eq!(error.is_none(), fits, "{root}: {error:?}");
            if let Some((kind, error)) = error {
                assert_eq!(kind.exit_code(), 1);
                assert!(
                    error.contains("wrong patient: 0120 was asked for, the file says "),
                    "{error}"
                );
            }
        }
    }
}

#[test]
fn only_a_file_opened_by_itself_may_have_a_name_that_is_no_id() {
    let root = "<eventstream person_id=\"1\"/>";
    let dir = folder(&[("a/sample.xml", root), ("a/2.xml", root)]);
    let open = |path: &str| {
        let dataset = Dataset::open(&dir.path().join(path)).expect("a dataset");
        let files = dataset.record_files().iter();
        let loaded = files.map(|f| dataset.load_file(f).is_ok());
        loaded.collect::<Vec<_>>()
    };
    assert_eq!(open("a/sample.xml"), [true]);
    assert_eq!(open("a/2.xml"), [false]);
    assert_eq!(open("a"), [false, false]);
}

#[cfg(unix)]
#[test]
fn odd_files_are_left_alone() {
    use std::os::unix::fs::symlink;
    let table = format!("{HEADER}{}", row("1", "1", "m"));
    let dir = folder(&[
        (RESPONSES, &table),
        ("elsewhere/1.xml", ""),
        ("ehrs/folder.xml/x", ""),
    ]);
    symlink("loop.xml", dir.path().join("ehrs/loop.xml")).expect("a link");
    symlink("../elsewhere/1.xml", dir.path().join("ehrs/1.xml")).expect("a link");
    rustix::fs::mknodat(
        rustix::fs::CWD,
        dir.path().join("ehrs/pipe.xml"),
        rustix::fs::FileType::Fifo,
        rustix::fs::Mode::RUSR,
        0,
    )
    .expect("a pipe");
    let dataset = Dataset::open(dir.path()).expect("a dataset");
    assert_eq!(dataset.record_files().len(), 1);
    assert_eq!(dataset.notices().len(), 3, "{:?}", dataset.notices());
}

#[test]
fn a_row_with_more_cells_than_the_header_says_nothing_of_any_response() {
    let header = HEADER.replace('\t', ",");
    let rows = "11,Dose?,1,1.xml,m,Give 5 mg, not 10,1,0,\n12,Ill?,2,2.xml,m,No.,1,1,\n";
    let dir = folder(&[
        (
            "clinician-reviewed-model-responses.csv",
            &format!("{header}{rows}"),
        ),
        ("ehrs/1.xml", ""),
        ("ehrs/2.xml", ""),
    ]);
    let dataset = Dataset::open(dir.path()).expect("a dataset");
    let told: Vec<(&str, &str)> = dataset
        .cases()
        .iter()
        .flat_map(|c| {
            c.responses
                .iter()
                .map(|r| (c.instruction_id.as_str(), r.text.as_str()))
        })
        .collect();
    assert_eq!(
        told,
        [("12", "No.")],
        "no cut text, and no mark of a shifted column"
    );
    let notices = said(&dataset);
    assert!(
        notices[0].starts_with(
            "clinician-reviewed-model-responses.csv:2:1: error: the row has more cells"
        ),
        "{notices:?}"
    );
}
