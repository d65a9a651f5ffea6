//! `keys`: what is in force, and files of the user's checked line by line.

use super::*;

#[test]
fn keys_lists_what_is_in_force() {
    let shell = Shell::new();
    let ran = shell.run(&["keys"]);
    assert_eq!((ran.code, ran.err.as_str()), (0, ""));
    for part in ["[global]", "[timeline]", "[answers]", "[text]"] {
        assert!(ran.out.contains(part), "{part}");
    }
    let line = |ran: &Ran, action: &str| {
        let mut lines = ran.out.lines().map(str::to_owned);
        lines.find(|l| l.split_whitespace().nth(1) == Some(action))
    };
    let correct = line(&ran, "correct").expect("a key for correct");
    assert!(correct.trim().starts_with("c "), "{correct}");
    // The user's file is in force, and a named one over the shipped ones.
    fs::create_dir(shell.path("config")).expect("a folder");
    fs::write(
        shell.path("config/keymap.toml"),
        "[answers]\n\"c\" = \"none\"\n\"v\" = \"correct\"\n",
    )
    .expect("a file");
    let ran = shell.run(&["keys"]);
    let correct = line(&ran, "correct").expect("a key for correct");
    assert!(correct.trim().starts_with("v "), "{correct}");
    for name in ["default", "vim", "emacs"] {
        assert_eq!(shell.run(&["keys", "--keymap", name]).code, 0, "{name}");
    }
}

#[test]
fn keys_checks_a_file_by_line() {
    let shell = Shell::new();
    fs::write(shell.path("good.toml"), "[global]\n\"C-o\" = \"undo\"\n").expect("a file");
    let ran = shell.run(&["keys", "--check", "good.toml"]);
    assert_eq!((ran.code, ran.err.as_str()), (0, ""));
    let fine = "good.toml: no mistake found over default, vim, emacs\n";
    assert_eq!(ran.out, fine);
    for (text, line, part) in [
        ("[global]\n\"w\" = \"nothing-such\"\n", 2, "nothing-such"),
        ("[global]\n\n\"NoSuchKey\" = \"undo\"\n", 3, "NoSuchKey"),
        ("[nothing-such]\n\"w\" = \"undo\"\n", 1, "nothing-such"),
        ("[global]\n\"w\" = \"undo\n", 2, ""),
    ] {
        fs::write(shell.path("bad.toml"), text).expect("a file");
        let ran = shell.run(&["keys", "--check", "bad.toml"]);
        assert_eq!(ran.code, 2, "{text:?}: {ran:?}");
        let place = format!("bad.toml:{line}:");
        assert!(ran.out.contains(&place), "{text:?}: {}", ran.out);
        assert!(ran.out.contains(part), "{text:?}: {}", ran.out);
    }
    assert_eq!(shell.run(&["keys", "--check", "nowhere.toml"]).code, 3);
}

#[test]
fn keys_checks_a_file_over_each_map() {
    let shell = Shell::new();
    // `]` alone is fine, and starts `] ]` where vim's map lies below.
    let text = "[timeline]\n\"]\" = \"next-note\"\n";
    fs::write(shell.path("mine.toml"), text).expect("a file");
    let ran = shell.run(&["keys", "--check", "mine.toml"]);
    assert_eq!(ran.code, 2, "{ran:?}");
    assert!(ran.out.starts_with("mine.toml:2: "), "{}", ran.out);
    assert!(ran.out.contains("(over vim)"), "{}", ran.out);
    let check = |base| {
        shell
            .run(&["keys", "--check", "mine.toml", "--keymap", base])
            .code
    };
    assert_eq!((check("vim"), check("emacs")), (2, 0));
    // What it says is so: the program does not start with it over vim's map.
    fs::create_dir(shell.path("config")).expect("a folder");
    fs::rename(shell.path("mine.toml"), shell.path("config/keymap.toml")).expect("moved");
    assert_eq!(shell.run(&["keys"]).code, 0);
    assert_eq!(shell.run(&["keys", "--keymap", "vim"]).code, 2);
    // A file without a way out, and every mistake of a file in one run.
    let text = "[global]\n\"q\" = \"none\"\n\"C-c\" = \"none\"\n\"Z Z\" = \"none\"\n[text]\n\"e\" = \"cancel\"\n";
    fs::write(shell.path("mine.toml"), text).expect("a file");
    let ran = shell.run(&["keys", "--check", "mine.toml"]);
    assert_eq!(ran.code, 2, "{ran:?}");
    for part in [
        "mine.toml:4: in [timeline] no key does",
        "mine.toml:6: in [text] `e` is text",
    ] {
        assert!(ran.out.contains(part), "{part}: {}", ran.out);
    }
}
