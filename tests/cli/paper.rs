//! A report as it goes into a paper: it says when, with what and of what it was made, and names nobody where nobody is to be named.

use super::*;

const FORMS: [&str; 5] = ["text", "md", "html", "json", "tsv"];

/// The demo reviewed by two, one of whose files has a line that cannot be read.
fn reviewed() -> Shell {
    let shell = Shell::new();
    let dataset = shell.demo();
    for (name, file) in [
        // A file may be called as anyone likes.
        ("jchen", "jane-c-final.jsonl"),
        ("Dr. Okafor", "Dr.%20Okafor.jsonl"),
    ] {
        judge(&dataset, name, &shell.path("clinic/reviews").join(file));
    }
    let file = shell.path("clinic/reviews/Dr.%20Okafor.jsonl");
    let text = fs::read_to_string(&file).expect("a review file");
    fs::write(&file, text + "no act\n").expect("written");
    shell
}

#[test]
fn every_form_says_when_with_what_and_of_what_it_was_made() {
    let shell = reviewed();
    let version = shell.run(&["--version"]).out;
    let fingerprint = Dataset::open(&shell.path("clinic")).expect("the demo");
    let fingerprint = fingerprint.fingerprint().to_owned();
    for form in FORMS {
        let args = [
            "report",
            "clinic",
            "--reviews",
            "--unsubmitted",
            "--seed",
            "7",
            "--samples",
            "20",
            "--format",
            form,
        ];
        let ran = shell.run(&args);
        assert_eq!(ran.code, 1, "a line is left out: {ran:?}");
        for part in [
            "2023-11-14",
            version.trim(),
            &fingerprint,
            "--unsubmitted --seed 7 --samples 20",
            "reviews/jane-c-final.jsonl (fingerprint ",
            "clinician-reviewed-model-responses.tsv",
        ] {
            // Markdown takes signs of its own for text.
            let found = ran.out.replace('\\', "");
            assert!(found.contains(part), "{form}: {part}: {found}");
        }
        assert!(
            !ran.out.contains(&shell.home.path().display().to_string()),
            "{form}"
        );
        assert_eq!(shell.run(&args).out, ran.out, "the same bytes");
    }
    let mut command = shell.command(&["report", "clinic", "--reviews"]);
    let ran = Ran::of(
        &command
            .env("SOURCE_DATE_EPOCH", "yesterday")
            .output()
            .expect("it runs"),
    );
    assert!(
        ran.code == 2 && ran.err.contains("SOURCE_DATE_EPOCH"),
        "{ran:?}"
    );
}

#[test]
fn nobody_is_named_where_reviewers_are_numbered() {
    let shell = reviewed();
    let report = ["report", "clinic", "--reviews", "--samples", "20"];
    for more in FORMS.map(|form| vec!["--format", form]).into_iter().chain([
        vec!["--adjudicated", "--unsubmitted"],
        vec!["--disagreements", "bleu"],
    ]) {
        let args = [&report[..], &more, &["--anonymous"]].concat();
        let said = shell.run(&args).out.to_lowercase();
        for name in ["jchen", "jane", "okafor"] {
            assert!(!said.contains(name), "{more:?} names {name}: {said}");
        }
        if more[0] == "--format" {
            for number in ["reviewer 1", "reviewer 2", "review file 1", "review file 2"] {
                assert!(said.contains(number), "{more:?}: {number}: {said}");
            }
        }
    }
    // The numbers about models are the same.
    let numbers = |more: &[&str]| {
        let ran = shell.run(&[&report[..], &["--format", "tsv"], more].concat());
        let lines = ran.out.lines().filter(|l| !l.starts_with("head\t"));
        let of_models = lines.take_while(|l| !l.starts_with("agreement\t"));
        of_models.map(str::to_owned).collect::<Vec<_>>()
    };
    let named = numbers(&[]);
    assert!(named.len() > 20, "{named:?}");
    assert_eq!(numbers(&["--anonymous"]), named);
}
