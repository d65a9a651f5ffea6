//! The demo dataset from its making to its export: sound, counted, verified, and read by whoever goes away.

use super::*;

#[test]
fn the_demo_is_sound() {
    let shell = Shell::new();
    shell.demo();
    let ran = shell.run(&["check", "clinic"]);
    let found = ran.out.lines().last().expect("a summary");
    assert!(found.starts_with("found 0 errors, "), "{}", ran.out);
    let sound = found.starts_with("found 0 errors, 0 warnings");
    assert_eq!(ran.code, i32::from(!sound), "{ran:?}");
    let ran = shell.run(&["check", "clinic", "--format", "json"]);
    assert!(ran.out.contains("\"errors\": 0"), "{}", ran.out);
    // A second time it must not write over what is there.
    let again = shell.run(&["demo", "--to", "clinic"]);
    assert_eq!(again.code, 2);
    assert!(again.err.contains("not empty"), "{}", again.err);
}

#[test]
fn export_counts_add_up() {
    let shell = Shell::new();
    let dataset = shell.demo();
    let ran = shell.run(&["export", "clinic"]);
    assert_eq!(
        (ran.code, ran.out.as_str()),
        (3, ""),
        "nobody has judged yet"
    );
    for name in ["jchen", "mrossi"] {
        let file = shell.path("clinic/reviews").join(format!("{name}.jsonl"));
        judge(&dataset, name, &file);
    }
    let ran = shell.run(&["export", "clinic", "--no-text"]);
    assert_eq!(ran.code, 0, "{ran:?}");
    let rows: Vec<Vec<&str>> = ran.out.lines().map(|l| l.split('\t').collect()).collect();
    assert_eq!(rows.len(), 1 + 2 * 6, "{}", ran.out);
    let column = |name: &str| {
        let at = rows[0].iter().position(|c| *c == name);
        let at = at.unwrap_or_else(|| panic!("no column {name}"));
        rows[1..].iter().map(|r| r[at]).collect::<Vec<_>>()
    };
    let count = |name: &str, value: &str| column(name).iter().filter(|v| **v == value).count();
    assert_eq!(count("binary_correct", "1"), 4);
    assert_eq!(count("binary_correct", "0"), 4);
    assert_eq!(count("binary_correct", ""), 4);
    assert_eq!(count("verdict", "unsure"), 2);
    assert_eq!(count("model_rank", "1"), 4);
    assert_eq!(count("model_rank", "3"), 2);
    assert_eq!(count("model_rank_dense", "2"), 2);
    assert_eq!(count("reviewer", "jchen"), 6);
    assert_eq!(count("harm", "moderate"), 2);
    assert_eq!(count("submitted", "yes"), 12);
    assert!(!ran.out.contains("stroke"), "--no-text leaves texts out");
    for part in [
        "judgements                            10      10        0",
        "2, of 2 reviewers",
        "2 of the judgements are unsure",
    ] {
        assert!(ran.err.contains(part), "{part}: {}", ran.err);
    }
    let ran = shell.run(&["export", "clinic", "--out", "table.tsv"]);
    assert_eq!((ran.code, ran.err.as_str()), (0, ""));
    assert!(ran.out.contains("rows written: 12"));
    let table = fs::read_to_string(shell.path("table.tsv")).expect("the table");
    assert!(table.contains("stroke"));
    // What was exported can be reviewed, checked and reported on.
    let files = ["jchen", "mrossi"].map(|name| format!("clinic/reviews/{name}.jsonl"));
    let both = ["--review-file", &files[0], "--review-file", &files[1]];
    let ran = shell.run(&[&["report", "clinic"], both.as_slice()].concat());
    assert_eq!((ran.code, ran.err.as_str()), (0, ""));
    // The dataset's own table says nothing of its answers, so the reviews beside it are reported on.
    for more in [[].as_slice(), &["--reviews"]] {
        let again = shell.run(&[&["report", "clinic"], more].concat());
        assert_eq!(again.code, 0, "{again:?}");
        assert_eq!(again.out, ran.out, "{more:?}");
    }
    // A table tells everything but how long a case took.
    let again = shell.run(&["report", "clinic", "--reviews", "table.tsv"]);
    assert_eq!(again.code, 0, "{again:?}");
    // What the files are called is another matter.
    let body = |report: &str| -> Vec<String> {
        let after = report.lines().skip_while(|l| !l.starts_with("## "));
        after.map(str::to_owned).collect()
    };
    let (told, known) = (body(&again.out), body(&ran.out));
    assert_eq!(told.len(), known.len());
    for (told, known) in told.iter().zip(&known) {
        let same: Vec<(&str, &str)> = told
            .split('|')
            .zip(known.split('|'))
            .filter(|(t, k)| t != k)
            .collect();
        // Minutes, and how many of them there are.
        let untimed =
            |t: &str| ["–", "0/1", "0/2", "2", "1"].contains(&t.trim()) || t.contains("n=0/");
        assert!(same.iter().all(|(t, _)| untimed(t)), "{told}\n{known}");
    }
    for file in &files {
        fs::remove_file(shell.path(file)).expect("removed");
    }
    let ran = shell.run(&["report", "clinic"]);
    assert_eq!((ran.code, ran.out.as_str()), (3, ""));
    assert!(ran.err.contains("--reviews"), "{}", ran.err);
}

#[test]
fn verify_counts_and_names_bad_lines() {
    let shell = Shell::new();
    let dataset = shell.demo();
    let file = shell.path("clinic/reviews/jchen.jsonl");
    let lines = judge(&dataset, "jchen", &file);
    let name = "clinic/reviews/jchen.jsonl";
    let ran = shell.run(&["review-file", "verify", name]);
    assert_eq!((ran.code, ran.err.as_str()), (0, ""), "{ran:?}");
    assert!(ran.out.contains(&format!("{lines}; 0 bad")), "{}", ran.out);
    let mut text = fs::read_to_string(&file).expect("the review file");
    text.push_str("{\"v\":1,\"id\":\"01\n");
    fs::write(&file, text).expect("a file");
    let before = fs::read(&file).expect("the review file");
    let ran = shell.run(&["review-file", "verify", name]);
    assert_eq!(ran.code, 1, "{ran:?}");
    let said = format!("{}{}", ran.out, ran.err);
    assert!(said.contains("1 bad"), "{said}");
    assert!(said.contains(&format!("{name}:{}", lines + 1)), "{said}");
    assert_eq!(shell.run(&["export", "clinic"]).code, 1);
    assert_eq!(shell.run(&["doctor", "clinic"]).code, 1);
    assert_eq!(
        fs::read(&file).expect("the review file"),
        before,
        "never written"
    );
}

#[test]
fn a_reader_that_goes_away_is_nobodys_error() {
    let shell = Shell::new();
    let dataset = shell.demo();
    judge(&dataset, "jchen", &shell.path("clinic/reviews/jchen.jsonl"));
    for args in [
        [].as_slice(),
        &["--help"],
        &["help"],
        &["help", "keys"],
        &["keys"],
        &["keys", "--actions"],
        &["check", "clinic"],
        &["check", "clinic", "--format", "json"],
        &["export", "clinic"],
        &[
            "report",
            "clinic",
            "--review-file",
            "clinic/reviews/jchen.jsonl",
        ],
        &["doctor", "clinic"],
        &["review-file", "verify", "clinic/reviews/jchen.jsonl"],
        &["review-file", "history", "clinic/reviews/jchen.jsonl"],
        &["review-file", "schema"],
        &["review-file", "format"],
    ] {
        let (reader, writer) = io::pipe().expect("a pipe");
        drop(reader);
        let ran = shell.command(args).stdout(writer).output();
        let ran = Ran::of(&ran.expect("the program starts"));
        assert_eq!(ran.code, 0, "{args:?}: {ran:?}");
        assert!(!ran.err.contains("ipe"), "{args:?}: {}", ran.err);
    }
    // As a shell does it.
    let program = env!("CARGO_BIN_EXE_medalign");
    let line = format!("'{program}' keys | head -1");
    let ran = Command::new("/bin/sh").args(["-c", &line]).output();
    let ran = Ran::of(&ran.expect("a shell"));
    assert_eq!((ran.code, ran.err.as_str()), (0, ""));
    assert_eq!(ran.out.lines().count(), 1);
}

#[test]
fn the_reviewer_without_a_terminal_says_what_it_needs() {
    let shell = Shell::new();
    shell.demo();
    for args in [
        ["review", "clinic", "--as", "jchen"].as_slice(),
        &["demo", "--as", "jchen"],
    ] {
        let ran = shell.run(args);
        assert_eq!((ran.code, ran.out.as_str()), (2, ""), "{args:?}: {ran:?}");
        assert!(ran.err.contains("terminal"), "{args:?}: {}", ran.err);
        assert!(ran.err.contains("to try: "), "{args:?}: {}", ran.err);
    }
    let ran = shell.run(&["review", "clinic", "--as", "jchen", "--case", "99"]);
    assert_eq!(ran.code, 2);
    assert!(ran.err.contains("1 to 10"), "{}", ran.err);
    // Without a name in the environment the system's list of users has one.
    let ran = shell.run(&["review", "clinic"]);
    assert_eq!(ran.code, 2);
    let known = ran.err.contains("terminal") || ran.err.contains("--as NAME");
    assert!(known, "{}", ran.err);
}
