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

#[test]
fn the_index_of_a_dataset_that_is_gone_is_named_and_deleted() {
    let shell = Shell::new();
    assert_eq!(shell.run(&["demo", "--to", "clinic"]).code, 0);
    assert_eq!(shell.run(&["index", "clinic"]).code, 0);
    let there = shell.run(&["index", "--list"]);
    assert_eq!(there.code, 0, "{there:?}");
    assert!(
        there.out.contains("clinic") && !there.out.contains("GONE"),
        "{there:?}"
    );
    fs::rename(shell.path("clinic"), shell.path("moved")).expect("moved");
    let listed = shell.run(&["index", "--list"]);
    assert!(listed.out.contains("which is GONE"), "{listed:?}");
    let told = shell.run(&["doctor"]);
    assert!(
        told.out.contains("is of a dataset that is gone"),
        "{told:?}"
    );
    let unknown = shell.run(&["index", "elsewhere", "--delete"]);
    assert_eq!(unknown.code, 3, "{unknown:?}");
    assert!(unknown.err.contains("--list"), "{unknown:?}");
    let deleted = shell.run(&["index", "clinic", "--delete"]);
    assert!(deleted.out.contains("deleted"), "{deleted:?}");
    let none = shell.run(&["index", "--list"]);
    assert!(none.out.contains("no index"), "{none:?}");
    assert_eq!(shell.run(&["index"]).code, 2);
}
