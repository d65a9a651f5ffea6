//! What anybody types first: nothing, a wish for help, a mistake, a file that is not there.

use super::*;

#[test]
fn alone_it_says_what_to_do_first() {
    let shell = Shell::new();
    let ran = shell.run(&[]);
    assert_eq!((ran.code, ran.err.as_str()), (0, ""));
    for part in ["medalign demo", "medalign review DIR", "medalign check DIR"] {
        assert!(ran.out.contains(part), "{part}: {}", ran.out);
    }
    assert!(ran.out.lines().count() < 12);
    // It leaves nothing behind.
    assert_eq!(fs::read_dir(shell.home.path()).expect("home").count(), 0);
}

#[test]
fn help_is_there_for_every_command_and_topic() {
    let shell = Shell::new();
    let all = shell.run(&["--help"]);
    assert_eq!((all.code, all.err.as_str()), (0, ""));
    let commands = all
        .out
        .lines()
        .skip_while(|l| !l.starts_with("Commands:"))
        .skip(1)
        .take_while(|l| !l.is_empty())
        .filter(|l| l.starts_with("  ") && !l.starts_with("   "))
        .filter_map(|l| l.split_whitespace().next())
        .collect::<Vec<_>>();
    assert!(commands.len() >= 6, "{commands:?}");
    for command in commands {
        let own = shell.run(&[command, "--help"]);
        assert_eq!(own.code, 0, "{command}");
        assert!(own.out.contains("Usage: medalign"), "{command}");
        let same = shell.run(&["help", command]);
        assert_eq!(same.code, 0, "{command}: {}", same.err);
    }
    for topic in ["review-file", "datasets", "export", "keys"] {
        let ran = shell.run(&["help", topic]);
        assert_eq!((ran.code, ran.err.as_str()), (0, ""), "{topic}");
        assert!(ran.out.lines().count() > 10, "{topic}");
    }
    let ran = shell.run(&["help", "nothing-such"]);
    assert_eq!(ran.code, 2);
    assert!(ran.err.contains("nothing-such"), "{}", ran.err);
    assert_eq!(
        shell.run(&["--version"]).out,
        format!("medalign {}\n", env!("CARGO_PKG_VERSION"))
    );
}

#[test]
fn mistakes_in_what_was_typed_are_exit_code_2() {
    let shell = Shell::new();
    for args in [
        ["nothing-such"].as_slice(),
        &["review"],
        &["check"],
        &["export"],
        &["check", "x", "--format", "nothing-such"],
        &["--nothing-such"],
    ] {
        let ran = shell.run(args);
        assert_eq!((ran.code, ran.out.as_str()), (2, ""), "{args:?}");
        assert!(!ran.err.is_empty(), "{args:?}");
    }
}

#[test]
fn what_cannot_be_read_is_exit_code_3_and_named() {
    let shell = Shell::new();
    fs::write(shell.path("binary.xml"), [0, 159, 146, 150]).expect("a file");
    fs::create_dir(shell.path("empty")).expect("a folder");
    for args in [
        ["check", "nowhere"].as_slice(),
        &["export", "nowhere"],
        &["report", "nowhere"],
        &["export", "empty"],
        &["review-file", "verify", "nowhere.jsonl"],
    ] {
        let ran = shell.run(args);
        let name = args.last().expect("a name");
        assert_eq!((ran.code, ran.out.as_str()), (3, ""), "{args:?}: {ran:?}");
        assert!(ran.err.starts_with("medalign: "), "{args:?}: {ran:?}");
        assert!(ran.err.contains(name), "{args:?}: {ran:?}");
        assert!(ran.err.contains("to try: "), "{args:?}: {ran:?}");
    }
    let ran = shell.run(&["check", "binary.xml"]);
    assert!(ran.code == 1 || ran.code == 3, "{ran:?}");
    assert!((ran.out + &ran.err).contains("binary.xml"));
}
