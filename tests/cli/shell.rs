//! `medalign completions` and `man`, and what the program does where nothing is said of who or where one is.

use std::fs;

use crate::Shell;

#[test]
fn completions_and_pages_know_every_command() {
    let shell = Shell::new();
    for name in ["bash", "zsh", "fish"] {
        let ran = shell.run(&["completions", name]);
        assert_eq!(ran.code, 0, "{ran:?}");
        for word in ["review-file", "adjudicate", "--disagreements"] {
            let option = word.trim_start_matches('-');
            assert!(ran.out.contains(option), "{name} knows {word}");
        }
    }
    let page = shell.run(&["man"]);
    assert!(
        page.out.starts_with(".ie") || page.out.contains(".TH medalign 1"),
        "{page:?}"
    );
    let ran = shell.run(&["man", "--out", "pages"]);
    assert_eq!(ran.code, 0, "{ran:?}");
    let report = fs::read_to_string(shell.path("pages/medalign-report.1")).expect("a page");
    assert!(report.contains(".TH medalign-report 1"), "{report}");
    assert!(report.contains("disagreements"));
    let again = shell.run(&["man", "--out", "pages"]);
    assert_eq!(again.code, 2, "nothing is written over: {again:?}");
}

#[test]
fn a_folder_that_is_no_dataset_is_not_reviewed() {
    let shell = Shell::new();
    let ran = shell.run(&["review"]);
    assert_eq!(ran.code, 2, "{ran:?}");
    assert!(
        ran.err.contains("the folder you are in is no dataset"),
        "{ran:?}"
    );
    assert!(ran.err.contains("medalign demo"), "{ran:?}");
}
