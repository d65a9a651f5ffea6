//! What commands write: nothing over what was read, nothing over anybody's review, nothing where an id leads.

use std::collections::BTreeMap;
use std::fs;
use std::os::unix::fs::symlink;
use std::path::{Path, PathBuf};

use medalign::inside::review::{Act, Log, Reviewer, Session};

use crate::{Ran, Shell};

const RESPONSES: &str = "clinician-reviewed-model-responses.tsv";

fn record(person: &str) -> String {
    format!(
        "<eventstream person_id=\"{person}\"><encounter><events><entry timestamp=\"2020-01-01 10:00\">\
         <event type=\"note\" name=\"Note\">stroke</event></entry></events></encounter></eventstream>"
    )
}

/// A dataset with a review of two sittings (and so a backup), a plan, a form, and a decisions file beside its table.
fn set(shell: &Shell) {
    let root = shell.path("set");
    fs::create_dir_all(root.join("ehrs")).expect("a folder");
    for person in ["1", "2"] {
        fs::write(root.join(format!("ehrs/{person}.xml")), record(person)).expect("written");
    }
    let mut table =
        "instruction_id\tquestion\tperson_id\tmodel_name\tmodel_response\tbinary_correct\n"
            .to_owned();
    for person in ["1", "2"] {
        table.push_str(&["7", "Any stroke?", person, "m", "No.", "1"].join("\t"));
        table.push('\n');
    }
    fs::write(root.join(RESPONSES), table).expect("written");
    for _ in 0..2 {
        review(&root.join("reviews/jchen.jsonl"));
    }
    review(&shell.path("elsewhere.jsonl"));
    review(&shell.path("table.tsv.decisions.jsonl"));
    let form = "question\tspecialty\nAny stroke?\tNeurology\nAny fever at night?\tMedicine\n";
    fs::write(shell.path("form.tsv"), form).expect("written");
    let planned = shell.run(&["plan", "set", "--reviewers", "jchen,okafor"]);
    assert_eq!(planned.code, 0, "{planned:?}");
}

fn review(path: &Path) {
    let session = Session {
        reviewer: Reviewer::new("jchen").expect("a fine name"),
        dataset: "set".to_owned(),
        fingerprint: String::new(),
        seed: 0,
        texts: std::sync::Arc::default(),
    };
    // A program that another test starts may hold the file for a moment, until it has begun.
    let opened = (0..1_000_000).find_map(|_| Log::open(path, &session).ok());
    let mut log = opened.expect("opens").log;
    let act = Act::Pair {
        later: "1".to_owned(),
        earlier: "2".to_owned(),
        same: Some(true),
    };
    log.append(None, act).expect("saved");
}

/// All files under a folder with what they hold; links as where they lead. What the program keeps for itself is left out.
fn tree(root: &Path) -> BTreeMap<PathBuf, Vec<u8>> {
    let mut all = BTreeMap::new();
    let mut folders = vec![root.to_owned()];
    while let Some(folder) = folders.pop() {
        for item in fs::read_dir(&folder).expect("a folder") {
            let item = item.expect("an item");
            let (path, kind) = (item.path(), item.file_type().expect("known"));
            if kind.is_symlink() {
                let to = fs::read_link(&path).expect("a link");
                all.insert(path, to.into_os_string().into_encoded_bytes());
            } else if kind.is_dir() && path != root.join("cache") {
                folders.push(path);
            } else if kind.is_file() {
                let bytes = fs::read(&path).expect("readable");
                all.insert(path, bytes);
            }
        }
    }
    all
}

/// Every command that writes where it is told to; the option that replaces given, where there is one.
fn writers(to: &str) -> Vec<Vec<&str>> {
    vec![
        vec!["match", "set", "--force", "--out", to],
        vec![
            "convert",
            "set/ehrs/1.xml",
            "--to",
            "lumia",
            "--force",
            "--out",
            to,
        ],
        vec![
            "export", "set", "--cases", "all", "--format", "jsonl", "--force", "--out", to,
        ],
        vec!["report", "set", "--samples", "10", "--out", to],
        vec![
            "plan",
            "set",
            "--reviewers",
            "jchen,okafor",
            "--force",
            "--out",
            to,
        ],
        vec!["merge", "elsewhere.jsonl", "--out", to],
        vec!["review-file", "recover", "elsewhere.jsonl", "--out", to],
        vec![
            "import",
            "instructions",
            "form.tsv",
            "--overwrite",
            "--out",
            to,
        ],
    ]
}

fn refused(ran: &Ran, args: &[&str]) {
    assert!(ran.code >= 2, "{args:?}: {ran:?}");
}

#[test]
fn nothing_is_written_over_what_is_read_or_over_a_review() {
    let shell = Shell::new();
    set(&shell);
    let at = |name: &str| shell.path(name);
    symlink("set/reviews/jchen.jsonl", at("link")).expect("a link");
    symlink("nowhere", at("broken")).expect("a link");
    symlink("set", at("other")).expect("a link");
    symlink("/dev/stdout", at("out")).expect("a link");
    fs::hard_link(at("set/reviews/jchen.jsonl"), at("hard")).expect("a link");
    fs::hard_link(at("elsewhere.jsonl"), at("hard2")).expect("a link");
    fs::create_dir(at("folder")).expect("a folder");
    let before = tree(shell.home.path());
    let absolute = at("set/reviews/jchen.jsonl");
    for to in [
        "set/reviews/jchen.jsonl",
        "./set/../set/reviews/jchen.jsonl",
        "other/reviews/jchen.jsonl",
        absolute.to_str().expect("text"),
        "set/reviews/.backup/jchen.jsonl.1.jsonl",
        "set/reviews/.jchen.jsonl.lock",
        "link",
        "hard",
        "hard2",
        "broken",
        "elsewhere.jsonl",
        "table.tsv.decisions.jsonl",
        "set/reviews",
        "/dev/stdout",
        "/dev/null",
        "/dev/fd/1",
        "out",
    ] {
        for args in writers(to) {
            // A record converted into a folder takes its own name there.
            refused(&shell.run(&args), &args);
        }
    }
    // What is read: the dataset's own files for those that read it, the form for the import.
    let inputs = [
        "set/ehrs/1.xml",
        "set/clinician-reviewed-model-responses.tsv",
        "other/ehrs/1.xml",
    ];
    for to in inputs {
        for args in &writers(to)[..7] {
            refused(&shell.run(args), args);
        }
    }
    for to in ["set/plan.tsv", "other/plan.tsv"] {
        for args in writers(to).iter().filter(|a| a[0] != "plan") {
            refused(&shell.run(args), args);
        }
    }
    // A plan's columns may stand in another order.
    let turned = "person_id\tinstruction_id\tpass\tplace\treviewer\n1\t7\t1\t1\tjchen\n";
    let plan = fs::read(shell.path("set/plan.tsv")).expect("a plan");
    fs::write(shell.path("set/plan.tsv"), turned).expect("written");
    for args in &writers("set/plan.tsv")[..7] {
        if args[0] != "plan" {
            refused(&shell.run(args), args);
        }
    }
    fs::write(shell.path("set/plan.tsv"), plan).expect("written");
    let args = [
        "import",
        "instructions",
        "form.tsv",
        "--overwrite",
        "--out",
        "form.tsv",
    ];
    refused(&shell.run(&args), &args);
    let args = [
        "plan",
        "set",
        "--reviewers",
        "jchen,okafor",
        "--force",
        "--out",
        "form.tsv",
    ];
    refused(&shell.run(&args), &args);
    for folder in ["set/reviews", "set/ehrs", "other/reviews"] {
        let args = [
            "convert", "set", "--to", "lumia", "--force", "--out", folder,
        ];
        assert_ne!(shell.run(&args).code, 0, "{args:?}");
    }
    assert_eq!(tree(shell.home.path()), before);
}

#[test]
fn a_file_that_is_there_is_replaced_only_when_told() {
    let shell = Shell::new();
    set(&shell);
    let path = shell.path("there");
    let options = ["--force", "--overwrite"];
    for args in writers("there") {
        fs::write(&path, "mine").expect("written");
        let careful: Vec<&str> = args
            .iter()
            .copied()
            .filter(|a| !options.contains(a))
            .collect();
        let ran = shell.run(&careful);
        assert_eq!(ran.code, 2, "{careful:?}: {ran:?}");
        assert!(ran.err.contains("there"), "{ran:?}");
        assert_eq!(fs::read(&path).expect("there"), b"mine", "{careful:?}");
        let ran = shell.run(&args);
        let may = careful.len() < args.len() && args[0] != "plan";
        assert_eq!(ran.code == 0, may, "{args:?}: {ran:?}");
        assert_eq!(fs::read(&path).expect("there") != b"mine", may, "{args:?}");
        // A new file needs no option.
        fs::remove_file(&path).expect("there");
        for beside in ["there.dropped.tsv", "there.borderline.tsv"] {
            let _ = fs::remove_file(shell.path(beside));
        }
        let ran = shell.run(&careful);
        assert_eq!(ran.code, 0, "{careful:?}: {ran:?}");
        for beside in ["there.dropped.tsv", "there.borderline.tsv"] {
            let _ = fs::remove_file(shell.path(beside));
        }
    }
    // A plan takes the place of a plan.
    let again = ["plan", "set", "--reviewers", "okafor", "--force"];
    assert_eq!(shell.run(&again).code, 0);
    assert_ne!(shell.run(&again[..4]).code, 0);
}

#[test]
fn a_place_that_cannot_be_written_is_told_before_the_work() {
    let shell = Shell::new();
    set(&shell);
    // What is read is damaged, which would be the first thing to be told if the work had begun.
    fs::write(shell.path("elsewhere.jsonl"), [0xff; 8]).expect("written");
    fs::write(shell.path("form.tsv"), [0xff; 8]).expect("written");
    fs::write(shell.path("file"), "").expect("written");
    for to in ["nowhere/there", "file/there"] {
        for args in writers(to) {
            let ran = shell.run(&args);
            assert_eq!(ran.code, 2, "{args:?}: {ran:?}");
            let folder = to.split('/').next().expect("a folder");
            assert!(ran.err.contains(folder), "{args:?}: {ran:?}");
            assert!(!ran.err.contains("writing"), "{args:?}: {ran:?}");
        }
    }
}

#[test]
fn a_dash_is_standard_output() {
    let shell = Shell::new();
    set(&shell);
    let before = tree(shell.home.path());
    for args in writers("-") {
        let ran = shell.run(&args);
        if args[0] == "import" {
            assert_eq!(ran.code, 2, "{ran:?}");
            continue;
        }
        assert_eq!(ran.code, 0, "{args:?}: {ran:?}");
        assert!(!ran.out.is_empty(), "{args:?}: {ran:?}");
    }
    assert_eq!(tree(shell.home.path()), before);
}

#[test]
fn standard_output_does_not_go_into_what_is_read() {
    let shell = Shell::new();
    set(&shell);
    for into in [
        "set/reviews/jchen.jsonl",
        "set/clinician-reviewed-model-responses.tsv",
    ] {
        let path = shell.path(into);
        let before = fs::read(&path).expect("there");
        for args in [
            &["match", "set"][..],
            &["export", "set", "--cases", "all"],
            &["report", "set", "--samples", "10"],
        ] {
            let file = fs::OpenOptions::new()
                .append(true)
                .open(&path)
                .expect("there");
            let mut command = shell.command(args);
            let output = command.stdout(file).output().expect("starts");
            assert_eq!(output.status.code(), Some(2), "{args:?}");
        }
        assert_eq!(fs::read(&path).expect("there"), before, "{into}");
    }
}

#[test]
fn acts_go_into_review_files_only() {
    let shell = Shell::new();
    set(&shell);
    fs::write(shell.path("forms.json"), "[]").expect("written");
    let before = tree(shell.home.path());
    for file in [
        "form.tsv",
        "set/plan.tsv",
        "set/ehrs/1.xml",
        "set/clinician-reviewed-model-responses.tsv",
        "forms.json",
    ] {
        let args = [
            "import",
            "judgements",
            "forms.json",
            "set",
            "--as",
            "jchen",
            "--review-file",
            file,
        ];
        let ran = shell.run(&args);
        assert_eq!(ran.code, 2, "{args:?}: {ran:?}");
    }
    assert_eq!(tree(shell.home.path()), before);
}

#[test]
fn an_id_leads_nowhere() {
    let long = "1".repeat(300);
    let outside = "/tmp/medalign-no-such-folder/x";
    for id in [
        "../x",
        "../set/ehrs/1",
        outside,
        ".",
        "..",
        "a/b",
        "a\\b",
        "a&#10;b",
        "CON",
        "EHR_5",
        &long,
    ] {
        let shell = Shell::new();
        let named = id.replace("&#10;", "\n");
        fs::create_dir_all(shell.path("in/ehrs")).expect("a folder");
        fs::create_dir_all(shell.path("out")).expect("a folder");
        let one = record(id);
        fs::write(shell.path("in/ehrs/one.xml"), &one).expect("written");
        let table = format!(
            "instruction_id\tquestion\tperson_id\tmodel_name\tmodel_response\n\"{named}\"\tWhy?\t\"{named}\"\tm\tx\n"
        );
        fs::write(shell.path("in").join(RESPONSES), table).expect("written");
        let before = tree(shell.home.path());
        for args in [
            &[
                "convert",
                "in/ehrs/one.xml",
                "--to",
                "lumia",
                "--out",
                "out",
            ][..],
            &["convert", "in/ehrs/one.xml", "--to", "text", "--out", "out"],
            &["convert", "in", "--to", "lumia", "--out", "out"],
        ] {
            let ran = shell.run(args);
            assert_eq!(ran.code, 1, "{id:?} {args:?}: {ran:?}");
        }
        assert_eq!(tree(shell.home.path()), before, "{id:?}");
        others_stay_at_home(&shell, &before);
        assert!(!Path::new(outside).exists());
    }
}

/// The other commands name their files themselves, whatever ids are in the tables.
fn others_stay_at_home(shell: &Shell, before: &BTreeMap<PathBuf, Vec<u8>>) {
    let form = format!("in/{RESPONSES}");
    for args in [
        &[
            "export",
            "in",
            "--cases",
            "all",
            "--records",
            "--out",
            "exported",
        ][..],
        &[
            "export",
            "in",
            "--cases",
            "all",
            "--format",
            "label-studio",
            "--out",
            "studio",
        ],
        &[
            "export", "in", "--cases", "all", "--format", "argilla", "--out", "argilla",
        ],
        &["match", "in", "--out", "matched.csv"],
        &["plan", "in", "--reviewers", "../jchen", "--out", "plan"],
        &["import", "instructions", &form, "--out", "collected"],
        &["index", "in"],
    ] {
        let ran = shell.run(args);
        assert!(ran.code < 70, "{args:?}: {ran:?}");
    }
    let after = tree(shell.home.path());
    for path in after.keys().filter(|p| !before.contains_key(*p)) {
        let name = path.strip_prefix(shell.home.path()).expect("at home");
        let first = name.iter().next().expect("a name").to_str().expect("text");
        let own = [
            "exported",
            "studio",
            "argilla",
            "matched.csv",
            "plan",
            "data",
            "config",
        ];
        assert!(
            own.contains(&first) || first.starts_with("collected"),
            "{}",
            name.display()
        );
    }
    assert!(
        before
            .iter()
            .all(|(path, bytes)| after.get(path) == Some(bytes))
    );
}
