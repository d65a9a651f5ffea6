//! Collecting instructions: the public sample, forms as they are, and the hostile tables.

use std::path::{Path, PathBuf};

use crate::dataset::table::Table;
use crate::error::Kind;

use super::imports::import_instructions;
use crate::shared::{generate, shared};

fn beside(out: &Path, ending: &str) -> PathBuf {
    let mut name = out.as_os_str().to_owned();
    name.push(ending);
    name.into()
}

/// The rows of a table, header first.
fn rows(path: &Path) -> Vec<Vec<String>> {
    let table = Table::read(path).expect("a table");
    let mut all = vec![table.header().to_vec()];
    for row in table.rows() {
        all.push(
            (0..table.header().len())
                .map(|i| row.get(i).to_owned())
                .collect(),
        );
    }
    all
}

#[test]
fn the_public_sample_is_imported() {
    let Some(shared) = shared() else { return };
    let public = shared.join("data/medalign-public");
    let dir = tempfile::tempdir().expect("a temporary folder");
    let out = dir.path().join("instructions.tsv");
    let taxonomy = format!(
        "--taxonomy={}",
        public.join("instruction-taxonomy.csv").display()
    );
    let (summary, error) =
        import_instructions(&public.join("instructions-sample.csv"), &out, &[&taxonomy]);
    assert!(error.is_none(), "{error:?}");
    assert_eq!(
        (summary["rows"].as_u64(), summary["instructions"].as_u64()),
        (Some(62), Some(62))
    );
    let kept = rows(&out);
    assert_eq!(
        kept[0],
        [
            "instruction_id",
            "question",
            "category",
            "subcategory",
            "submitter_specialty",
            "source"
        ]
    );
    let dropped = summary["dropped"].as_u64().expect("a number") as usize;
    assert_eq!(kept.len() - 1 + dropped, 62);
    assert!(
        kept[1..].iter().all(|r| !r[2].is_empty()),
        "categories come from the taxonomy"
    );
    let given = rows(&public.join("instructions-sample.csv"));
    assert_eq!(kept[1][..2], given[1][..2]);
    let dataset = crate::dataset::Dataset::open(dir.path()).expect("a dataset");
    assert_eq!(dataset.instructions().len(), kept.len() - 1);
}

const FORM: &str = "\u{feff}Timestamp,What is your specialty?,\"Please enter\none instruction\",E-mail Address\r\n\
    2023-01-02 10:00,Neurology,\"List the patient's\r\ncurrent medications, please.\",a@example.org\r\n\
    2023-01-01 10:00,Cardiology,List the patient's current medications,b@example.org\r\n\
    2023-01-03 10:00,Cardiology,,c@example.org\r\n\
    2023-01-04 10:00,Cardiology,List the patient's known drug allergies,d@example.org\r\n";

#[test]
fn a_form_loses_near_duplicates_and_says_which() {
    let dir = tempfile::tempdir().expect("a temporary folder");
    let (form, out) = (dir.path().join("form.csv"), dir.path().join("out.tsv"));
    std::fs::write(&form, FORM).expect("writable");
    let (summary, error) = import_instructions(&form, &out, &["--map", "E-mail Address=drop"]);
    assert!(error.is_none(), "{error:?}");
    assert_eq!(summary["earliest_by"], "time of submission");
    let kept = rows(&out);
    let questions: Vec<&str> = kept[1..].iter().map(|r| r[1].as_str()).collect();
    assert_eq!(
        questions,
        [
            "List the patient's current medications",
            "List the patient's known drug allergies"
        ]
    );
    assert!(!kept[0].iter().any(|h| h.contains("mail")));
    let dropped = rows(&beside(&out, ".dropped.tsv"));
    assert_eq!(dropped.len(), 3);
    // 6 tokens of 6 and 7: F = 12/13.
    assert_eq!(
        dropped[1][1..5],
        [
            "3",
            "List the patient's\r\ncurrent medications, please.",
            "near-duplicate",
            "0.923077"
        ]
    );
    assert_eq!(dropped[1][5], kept[1][0]);
    assert_eq!(dropped[2][1..4], ["6", "", "no instruction"]);
    let borderline = rows(&beside(&out, ".borderline.tsv"));
    // 5 tokens in common of 6 and 8: F = 10/14 is above; see below.
    assert_eq!(
        borderline.len() - 1,
        summary["borderline"].as_u64().expect("a number") as usize
    );

    let (_, error) = import_instructions(&form, &out, &[]);
    assert_eq!(
        error.map(|e| e.kind()),
        Some(Kind::Usage),
        "nothing is written over unasked"
    );
    let (again, error) = import_instructions(
        &form,
        &out,
        &["--overwrite", "--map", "E-mail Address=drop"],
    );
    assert!(error.is_none());
    assert_eq!((again, rows(&out)), (summary, kept), "the same again");
}

#[test]
fn threshold_score_and_stems_are_options() {
    let dir = tempfile::tempdir().expect("a temporary folder");
    let form = dir.path().join("form.csv");
    std::fs::write(
        &form,
        "question\nsummarize all allergies of him\nsummarizes all allergy\nsummarizes all allergy of him and her\n",
    )
    .expect("writable");
    let dropped = |more: &[&str]| {
        let out = dir.path().join("out.tsv");
        let mut line = vec!["--overwrite"];
        line.extend(more);
        let (summary, error) = import_instructions(&form, &out, &line);
        assert!(error.is_none(), "{error:?}");
        summary["dropped"].as_u64().expect("a number")
    };
    assert_eq!(dropped(&[]), 0);
    assert_eq!(dropped(&["--stem"]), 2);
    assert_eq!(dropped(&["--stem", "--score", "r"]), 1);
    assert_eq!(dropped(&["--stem", "--score", "p"]), 2);
    assert_eq!(dropped(&["--stem", "--dedupe", "1"]), 0);
    assert_eq!(dropped(&["--tokens", "split", "--dedupe", "0.5"]), 1);
}

#[test]
fn labels_and_ids_that_cannot_be_used_are_problems() {
    let dir = tempfile::tempdir().expect("a temporary folder");
    let write = |name: &str, text: &str| {
        let path = dir.path().join(name);
        std::fs::write(&path, text).expect("writable");
        path
    };
    let form = write(
        "form.csv",
        "instruction_id,question,subcategory\n1,One two three,known\n1,Four five six,nonsense\n5.00E+09,Seven eight,known\n",
    );
    let taxonomy = write(
        "taxonomy.csv",
        "category,subcategory,description\nC,known,d\n",
    );
    let argument = format!("--taxonomy={}", taxonomy.display());
    let (summary, error) = import_instructions(&form, &dir.path().join("out.tsv"), &[&argument]);
    assert_eq!(error.map(|e| e.kind()), Some(Kind::Problems));
    let label = &summary["unknown_labels"][0];
    assert_eq!(
        (&label["subcategory_letters"], &label["first_line"]),
        (&8.into(), &3.into())
    );
    assert_eq!(summary["repeated_ids"][0]["line"], 3);
    assert_eq!(summary["spoilt_ids"][0], 4);
    assert_eq!(
        rows(&dir.path().join("out.tsv")).len(),
        4,
        "all are kept all the same"
    );
}

#[test]
fn hostile_tables_give_a_table_or_a_message() {
    let Some(shared) = shared() else { return };
    let made = generate(&shared, "make_hostile.py", &[]);
    let dir = tempfile::tempdir().expect("a temporary folder");
    let out = dir.path().join("out.tsv");
    let mut read = 0;
    for entry in std::fs::read_dir(made.path().join("table")).expect("hostile tables") {
        let path = entry.expect("an entry").path();
        let name = path
            .file_name()
            .expect("a name")
            .to_string_lossy()
            .into_owned();
        let (summary, error) = import_instructions(&path, &out, &["--overwrite"]);
        let fails = ["empty.tsv", "no-header.tsv", "html.tsv", "xlsx.tsv"].contains(&name.as_str());
        match error {
            Some(error) if error.kind() != Kind::Problems => {
                assert!(fails || error.kind() == Kind::Unreadable, "{name}: {error}");
            }
            _ => {
                assert!(!fails, "{name} was read");
                read += 1;
                let kept = rows(&out).len() as u64 - 1;
                let dropped = summary["dropped"].as_u64().expect("a number");
                assert_eq!(
                    summary["instructions"].as_u64(),
                    Some(kept + dropped),
                    "{name}"
                );
            }
        }
    }
    assert!(read > 60, "{read}");
}

#[test]
fn decisions_beside_the_table_are_honoured_and_counted() {
    let dir = tempfile::tempdir().expect("a temporary folder");
    let form = dir.path().join("form.csv");
    std::fs::write(
        &form,
        "id,Instruction\n1,one two three four\n2,one two three four five\n3,nothing alike\n",
    )
    .expect("a form");
    let out = dir.path().join("asked.tsv");
    let (summary, error) = import_instructions(&form, &out, &[]);
    assert!(error.is_none() && summary["dropped"] == 1, "{summary}");

    let line = |n: u32, later: &str, earlier: &str, same: &str| {
        format!(
            "{{\"v\":1,\"id\":\"0000000000000000000000000{n}\",\"time\":\"2026-01-01T00:00:0{n}.000Z\",\"reviewer\":\"jchen\",\"kind\":\"pair\",\"later\":\"{later}\",\"earlier\":\"{earlier}\",\"same\":{same}}}\n"
        )
    };
    let decisions = [
        line(1, "2", "1", "false"),
        // Said the other way round, as another order of the form has it.
        line(2, "1", "3", "true"),
        line(3, "9", "1", "true"),
        line(4, "3", "2", "true"),
        line(5, "3", "2", "null"),
    ];
    let path = beside(&out, ".decisions.jsonl");
    std::fs::write(&path, decisions.concat()).expect("decisions");
    let (summary, error) = import_instructions(&form, &out, &["--overwrite"]);
    assert!(error.is_none(), "{error:?}");
    assert_eq!(
        (
            &summary["decided_same"],
            &summary["decided_different"],
            &summary["stale_decisions"]
        ),
        (&1.into(), &1.into(), &1.into()),
        "{summary}"
    );
    let ids: Vec<String> = rows(&out)[1..].iter().map(|r| r[0].clone()).collect();
    assert_eq!(ids, ["1", "2"]);

    std::fs::write(&path, decisions.concat() + "{\"kind\":").expect("decisions");
    let (summary, error) = import_instructions(&form, &out, &["--overwrite"]);
    assert_eq!(summary["bad_decision_lines"], 1);
    let error = error.expect("a problem");
    assert_eq!(error.kind(), Kind::Problems);
}
