//! What the command writes where, and what it refuses.

use std::fs;

use super::*;
use crate::config::{Folders, Settings};
use crate::dataset::CaseKey;
use crate::error::Kind;
use crate::review::{Act, Log, Reviewer, Session, Verdict};

const TABLE: &str = "clinician-reviewed-model-responses.tsv";

/// A dataset with one case, two responses, and a judgement of the first by each reviewer.
fn reviewed(root: &Path, reviewers: &[&str]) -> PathBuf {
    let dir = root.join("clinic");
    fs::create_dir_all(dir.join("ehrs")).expect("made");
    let rows = "instruction_id\tquestion\tperson_id\tfilename\tmodel_name\tmodel_response\n\
                1\tOn apixaban?\t77\t77.xml\tgpt4\tYes.\n\
                1\tOn apixaban?\t77\t77.xml\tvicuna\tNo.\n";
    fs::write(dir.join(TABLE), rows).expect("writable");
    let record = "<eventstream person_id=\"77\"></eventstream>";
    fs::write(dir.join("ehrs/77.xml"), record).expect("writable");
    for reviewer in reviewers {
        judge(&dir, reviewer, "1");
    }
    dir
}

fn judge(dir: &Path, reviewer: &str, instruction: &str) {
    let session = Session {
        reviewer: Reviewer::new(reviewer).expect("fine"),
        dataset: "clinic".to_owned(),
        fingerprint: "f1".to_owned(),
        seed: 7,
        texts: std::sync::Arc::default(),
    };
    let path = dir.join(format!("reviews/{reviewer}.jsonl"));
    let mut log = Log::open(&path, &session).expect("opens").log;
    let case = CaseKey {
        instruction: instruction.to_owned(),
        person: "77".to_owned(),
    };
    let act = Act::Judge {
        model: "gpt4".to_owned(),
        verdict: Some(Verdict::Correct),
        shown_position: Some(1),
        view: None,
    };
    log.append(Some(&case), act).expect("saved");
}

fn export_as(dir: &Path, to: &Path, change: impl FnOnce(&mut Args)) -> (Result<()>, String) {
    let folder = dir.join("data");
    let config = Config {
        folders: Folders {
            config: folder.clone(),
            data: folder.clone(),
            cache: folder,
        },
        settings: Settings::default(),
    };
    let mut args = Args {
        dir: dir.to_owned(),
        format: Format::Medalign,
        log: None,
        label: None,
        score: None,
        out: Some(to.to_owned()),
        readings: Readings::First,
        rules: Rules {
            unsubmitted: true,
            ..Rules::default()
        },
        cases: None,
        review_file: Vec::new(),
        no_text: false,
        suggest: false,
        records: false,
        force: false,
    };
    change(&mut args);
    let mut out = Vec::new();
    let result = run(&args, &config, &mut out);
    (result, String::from_utf8(out).expect("UTF-8"))
}

fn export(dir: &Path, to: &Path) -> (Result<()>, String) {
    export_as(dir, to, |_| {})
}

#[test]
fn reviews_of_all_become_a_folder_that_opens_as_a_dataset() {
    let root = tempfile::tempdir().expect("a temporary folder");
    let dir = reviewed(root.path(), &["jchen", "okafor"]);
    let again = root.path().join("made/again");
    let (result, text) = export_as(&dir, &again, |args| args.records = true);
    result.expect("nothing is amiss");
    assert!(
        text.contains("judgements                             2       2        0"),
        "{text}"
    );
    assert!(
        text.contains("rows written: 4") && text.contains("records copied: 1"),
        "{text}"
    );
    let table = fs::read_to_string(again.join(TABLE)).expect("written");
    assert_eq!(table.lines().count(), 5);
    assert!(table.contains("\tgpt4\tYes.\t\t1\t"), "{table}");
    let dataset = Dataset::open(&again).expect("a dataset");
    assert_eq!(dataset.models(), ["gpt4", "vicuna"]);
    dataset
        .load_record(&dataset.cases()[0])
        .expect("the copied record");
    #[cfg(unix)]
    for (path, mode) in [
        ("", 0o700),
        (TABLE, 0o600),
        (RECORDS, 0o700),
        ("medalign_ehr_xml/77.xml", 0o600),
    ] {
        use std::os::unix::fs::PermissionsExt;
        let there = fs::metadata(again.join(path)).expect(path).permissions();
        assert_eq!(there.mode() & 0o777, mode, "{path}");
    }
    // Nothing is left of the making, and nothing is replaced unasked.
    assert_eq!(
        fs::read_dir(root.path().join("made"))
            .expect("a folder")
            .count(),
        1
    );
    fs::write(again.join(TABLE), "mine").expect("writable");
    let (result, _) = export(&dir, &again);
    assert_eq!(result.expect_err("it is there").kind(), Kind::Usage);
    assert_eq!(
        fs::read_to_string(again.join(TABLE)).expect("there"),
        "mine"
    );
    export_as(&dir, &again, |args| args.force = true)
        .0
        .expect("replaced");
    assert_eq!(fs::read_to_string(again.join(TABLE)).expect("there"), table);
}

#[test]
fn what_is_amiss_is_listed_after_the_table_is_written() {
    let root = tempfile::tempdir().expect("a temporary folder");
    let dir = reviewed(root.path(), &["jchen"]);
    judge(&dir, "jchen", "999");
    let path = dir.join("reviews/jchen.jsonl");
    let mut bytes = fs::read(&path).expect("there");
    bytes.extend_from_slice(b"{\"v\":1,\"id");
    fs::write(&path, bytes).expect("writable");
    let to = root.path().join("out.tsv");
    let (result, text) = export(&dir, &to);
    assert_eq!(result.expect_err("amiss").kind(), Kind::Problems);
    assert!(to.is_file());
    assert!(
        text.contains("jchen.jsonl:5: error: the line is left out: it ends too soon"),
        "{text}"
    );
    assert!(
        text.contains("of a case that is not in the dataset: 999/77"),
        "{text}"
    );
}

#[test]
fn inputs_are_never_written_over() {
    let root = tempfile::tempdir().expect("a temporary folder");
    let dir = reviewed(root.path(), &["jchen"]);
    for input in ["ehrs/77.xml", "reviews/jchen.jsonl"] {
        let to = dir.join("reviews/..").join(input);
        let (result, _) = export_as(&dir, &to, |args| {
            (args.format, args.force) = (Format::Jsonl, true);
        });
        assert_eq!(result.expect_err(input).kind(), Kind::Usage);
    }
    for to in [dir.clone(), dir.join(TABLE)] {
        let (result, _) = export_as(&dir, &to, |args| args.force = true);
        assert_eq!(result.expect_err("read here").kind(), Kind::Usage);
    }
    let unreviewed = reviewed(&root.path().join("other"), &[]);
    export(&unreviewed, &root.path().join("x"))
        .0
        .expect_err("nobody reviewed it");
    let (result, text) = export_as(&unreviewed, &root.path().join("x.jsonl"), |args| {
        (args.format, args.cases) = (Format::Jsonl, Some(Which::Left));
    });
    result.expect("what is left to do");
    assert!(text.contains("rows written: 3"), "{text}");
}
