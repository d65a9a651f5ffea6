//! The commands as a shell sees them: what they print, where, and the exit code; what they make as others read it. No variable
//! of the caller's reaches them, but that tests which need `MEDALIGN_SHARED` or `MEDALIGN_PYTHON` say so and pass without.

#![allow(clippy::print_stdout)] // a skipped test says why

mod canary;
mod columns;
mod counts;
mod details;
mod door;
mod earlier;
mod exchange;
mod export;
mod imports;
mod infer;
mod infer_checked;
mod infer_faults;
mod infer_killed;
mod infer_length;
mod infer_llama;
mod lead;
#[path = "../../src/loopback.rs"]
mod loopback;
mod notations;
mod outputs;
mod pipes;
mod scores;
mod search;
#[path = "../../src/shared.rs"]
mod shared;
mod shell;

use std::fs;
use std::io;
use std::path::{Path, PathBuf};
use std::process::{Command, Output, Stdio};
use std::sync::Arc;

use medalign::inside::dataset::Dataset;
use medalign::inside::review::{
    Act, ErrorKind, Harm, Log, Reviewer, Scope, Session, Texts, Verdict,
};

/// A home of its own for each test, and the demo dataset in it.
struct Shell {
    home: tempfile::TempDir,
}

impl Shell {
    fn new() -> Self {
        Shell {
            home: tempfile::tempdir().expect("a temporary folder"),
        }
    }

    fn command(&self, args: &[&str]) -> Command {
        let mut command = Command::new(env!("CARGO_BIN_EXE_medalign"));
        command.args(args).current_dir(self.home.path());
        command.env_clear().stdin(Stdio::null());
        command.env("PATH", "/usr/bin:/bin").env("LANG", "C.UTF-8");
        for (name, folder) in [
            ("HOME", "."),
            ("TMPDIR", "."),
            ("MEDALIGN_CONFIG_DIR", "config"),
            ("MEDALIGN_DATA_DIR", "data"),
            ("MEDALIGN_CACHE_DIR", "cache"),
        ] {
            command.env(name, self.path(folder));
        }
        command
    }

    fn path(&self, name: &str) -> PathBuf {
        self.home.path().join(name)
    }

    /// Runs it and gives back exit code, standard output and standard error.
    fn run(&self, args: &[&str]) -> Ran {
        Ran::of(&self.command(args).output().expect("the program starts"))
    }

    /// The demo dataset in the folder `clinic`, without its recorded run: its sixty answers, six to an instruction.
    #[cfg(feature = "tui")]
    fn demo(&self) -> Dataset {
        let made = self.run(&["demo", "--to", "clinic"]);
        assert_eq!(made.code, 0, "{made:?}");
        assert!(made.out.contains("medalign review clinic"), "{made:?}");
        fs::remove_dir_all(self.path("clinic/model-responses")).expect("a run");
        for table in fs::read_dir(self.path("clinic/scores")).expect("scores") {
            let table = table.expect("a table").path();
            let text = fs::read_to_string(&table).expect("a table");
            let given = text.lines().filter(|l| !l.contains("\tlantern-8k\t"));
            let given: Vec<&str> = given.collect();
            fs::write(&table, given.join("\n") + "\n").expect("written");
        }
        Dataset::open(&self.path("clinic")).expect("the demo dataset")
    }
}

#[derive(Debug)]
struct Ran {
    code: i32,
    out: String,
    err: String,
}

impl Ran {
    /// All that was printed.
    fn all(&self) -> String {
        format!("{}{}", self.out, self.err)
    }

    fn of(output: &Output) -> Self {
        let text = |bytes: &[u8]| String::from_utf8(bytes.to_vec()).expect("text");
        Ran {
            code: output.status.code().expect("no signal"),
            out: text(&output.stdout),
            err: text(&output.stderr),
        }
    }
}

/// Judges the first case as the screen would: five of six answers marked, four ranked, one tagged.
#[cfg(feature = "tui")]
fn judge(dataset: &Dataset, reviewer: &str, file: &Path) -> usize {
    let session = Session {
        reviewer: Reviewer::new(reviewer).expect("a fine name"),
        dataset: dataset.name().to_owned(),
        fingerprint: dataset.fingerprint().to_owned(),
        seed: 0,
        texts: Arc::new(Texts::of(dataset.cases())),
    };
    let mut log = Log::open(file, &session).expect("the review file").log;
    let case = &dataset.cases()[0];
    let key = case.key();
    let models: Vec<String> = case.responses.iter().map(|r| r.model.clone()).collect();
    let verdicts = [
        Verdict::Correct,
        Verdict::Incorrect,
        Verdict::Unsure,
        Verdict::Correct,
        Verdict::Incorrect,
    ];
    for (i, (model, verdict)) in models.iter().zip(verdicts).enumerate() {
        let act = Act::Judge {
            model: model.clone(),
            verdict: Some(verdict),
            shown_position: Some(i as u32),
            view: None,
        };
        log.append(Some(&key), act).expect("saved");
    }
    let order = vec![
        vec![models[0].clone(), models[3].clone()],
        vec![models[1].clone()],
        vec![models[4].clone()],
    ];
    log.append(Some(&key), Act::Rank { order }).expect("saved");
    let tag = Act::Tag {
        model: models[1].clone(),
        errors: vec![ErrorKind::Outdated, ErrorKind::Omission],
        harm: Some(Harm::Moderate),
    };
    log.append(Some(&key), tag).expect("saved");
    let act = Act::Submit {
        overruled: Vec::new(),
        seconds: 9,
        reason: None,
    };
    log.append(Some(&key), act).expect("saved");
    1 + 5 + 1 + 1 + 1
}

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

#[cfg(feature = "tui")]
mod screen {
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

    #[test]
    fn doctor_names_a_broken_keymap_and_goes_on_after_broken_settings() {
        let shell = Shell::new();
        let config = shell.path("config");
        fs::create_dir(&config).expect("a folder");
        #[cfg(unix)]
        {
            use std::os::unix::fs::PermissionsExt;
            fs::set_permissions(&config, fs::Permissions::from_mode(0o700)).expect("ours");
        }
        fs::write(
            config.join("keymap.toml"),
            "[global]\n\"w\" = \"explode\"\n\"F9\" = \"none\"\n",
        )
        .expect("a file");
        let ran = shell.run(&["doctor"]);
        assert_eq!(ran.code, 1, "{ran:?}");
        let keymap = ran
            .out
            .lines()
            .find(|l| l.contains("your keymap"))
            .expect("a line");
        assert!(
            keymap.starts_with('!') && keymap.contains("NOT in force"),
            "{keymap}"
        );
        assert!(
            ran.out.contains("keymap.toml:2: ") && ran.out.contains("keymap.toml:3: "),
            "{}",
            ran.out
        );
        fs::write(config.join("keymap.toml"), "[global]\n\"F9\" = \"undo\"\n").expect("a file");
        let ran = shell.run(&["doctor"]);
        assert_eq!(ran.code, 0, "{ran:?}");
        fs::write(config.join("config.toml"), "ascii = true\nkeymap = vim\n").expect("a file");
        let ran = shell.run(&["doctor"]);
        assert_eq!(ran.code, 1, "{ran:?}");
        let settings = ran
            .out
            .lines()
            .find(|l| l.contains("settings "))
            .expect("a line");
        assert!(
            settings.starts_with('!') && settings.contains("config.toml:2"),
            "{settings}"
        );
        assert!(ran.out.contains("your keymap"), "it goes on: {}", ran.out);
        assert_eq!(
            shell.run(&["keys", "--check", "config/keymap.toml"]).code,
            0
        );
    }

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
        assert_eq!(again.out.lines().count(), ran.out.lines().count());
        for (told, known) in again.out.lines().zip(ran.out.lines()) {
            let time = "| – n=0, 1 missing | – n=0, 1 missing | – n=0, 1 missing |";
            let rest = told.strip_suffix(time).unwrap_or(told);
            assert!(known.starts_with(rest), "{told}\n{known}");
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
    fn doctor_knows_folders_files_and_who_is_at_work() {
        let shell = Shell::new();
        let dataset = shell.demo();
        let ran = shell.run(&["doctor"]);
        assert_eq!((ran.code, ran.err.as_str()), (0, ""), "{ran:?}");
        for part in [
            "config folder",
            "data folder",
            "cache folder",
            "clipboard",
            "locale",
        ] {
            assert!(ran.out.contains(part), "{part}: {}", ran.out);
        }
        let session = Session {
            reviewer: Reviewer::new("jchen").expect("a fine name"),
            dataset: dataset.name().to_owned(),
            fingerprint: dataset.fingerprint().to_owned(),
            seed: 0,
            texts: Arc::new(Texts::of(dataset.cases())),
        };
        let file = shell.path("clinic/reviews/jchen.jsonl");
        let mut open = Log::open(&file, &session).expect("the review file");
        open.log
            .append(None, Act::Unblind { scope: Scope::All })
            .expect("saved");
        let ran = shell.run(&["doctor", "clinic"]);
        assert_eq!(ran.code, 0, "{ran:?}");
        assert!(ran.out.contains("10 cases"), "{}", ran.out);
        assert!(
            ran.out
                .contains("records are not looked into here, `medalign check clinic` does that"),
            "{}",
            ran.out
        );
        assert!(ran.out.contains("2 lines, 0 bad"), "{}", ran.out);
        assert!(ran.out.contains("in use by"), "{}", ran.out);
        assert!(
            ran.out.contains(&format!("process {}", std::process::id())),
            "{}",
            ran.out
        );
        drop(open);
        let ran = shell.run(&["doctor", "clinic"]);
        assert!(!ran.out.contains("in use by"), "{}", ran.out);
        #[cfg(unix)]
        {
            use std::os::unix::fs::PermissionsExt;
            fs::create_dir(shell.path("data")).expect("a folder");
            let open_to_all = fs::Permissions::from_mode(0o755);
            fs::set_permissions(shell.path("data"), open_to_all).expect("our folder");
            let ran = shell.run(&["doctor"]);
            assert_eq!(ran.code, 1, "{ran:?}");
            assert!(ran.out.contains("chmod 700"), "{}", ran.out);
        }
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
}

#[test]
#[cfg(feature = "tui")]
fn a_plan_keeps_people_from_their_own_and_is_not_written_over() {
    let shell = Shell::new();
    let dataset = shell.demo();
    let own = &dataset.cases()[0];
    fs::write(
        shell.path("authors.tsv"),
        format!(
            "instruction_id\tsubmitter\n{}\tDr. Chen; x\n",
            own.instruction_id
        ),
    )
    .expect("writable");
    // Okafor wrote a gold response in a sitting of his own.
    let answered = &dataset.cases()[1];
    let session = Session {
        reviewer: Reviewer::new("okafor").expect("a name"),
        dataset: dataset.name().to_owned(),
        fingerprint: dataset.fingerprint().to_owned(),
        seed: 0,
        texts: Arc::new(Texts::of(dataset.cases())),
    };
    let mut log = Log::open(&shell.path("clinic/reviews/okafor.jsonl"), &session)
        .expect("opens")
        .log;
    let gold = Act::Gold {
        text: "Yes.".to_owned(),
        applicable: Some(true),
        sufficient: Some(true),
        reason: String::new(),
    };
    log.append(Some(&answered.key()), gold).expect("saved");
    drop(log);
    let args = [
        "plan",
        "clinic",
        "--reviewers",
        "jchen=Dr. Chen:Neurology,okafor:Nephrology+Neurology,ruiz",
        "--authors",
        "authors.tsv",
        "--overlap",
        "30%",
        "--again",
        "2",
        "--by-specialty",
    ];
    let made = shell.run(&args);
    assert_eq!(made.code, 0, "{made:?}");
    assert!(
        made.out
            .contains("10 cases, 3 of them read by several; 16 readings, and 6 again"),
        "{}",
        made.out
    );
    assert!(
        made.out.contains("who asked is known for 1 of 10 cases"),
        "{}",
        made.out
    );
    let plan = fs::read_to_string(shell.path("clinic/plan.tsv")).expect("written");
    let rows = |reviewer: &str, instruction: &str| {
        let begins = format!("{reviewer}\t");
        let holds = format!("\t{instruction}\t");
        let rows = plan
            .lines()
            .filter(|l| l.starts_with(&begins) && l.contains(&holds));
        rows.count()
    };
    assert_eq!(rows("jchen", &own.instruction_id), 0, "{plan}");
    assert_eq!(rows("okafor", &answered.instruction_id), 0, "{plan}");
    assert_eq!(plan.lines().count(), 1 + 16 + 6);
    let refused = shell.run(&args);
    assert_eq!((refused.code, refused.out.as_str()), (2, ""), "{refused:?}");
    assert!(refused.err.contains("--force"), "{refused:?}");
    let again = shell.run(&[&args[..], &["--force"]].concat());
    assert_eq!(
        (again.code, &again.out),
        (0, &made.out),
        "the same seed, the same plan"
    );
    for wrong in [
        &["plan", "clinic"][..],
        &["plan", "clinic", "--reviewers", "a,a"],
        &["plan", "clinic", "--reviewers", "a,b", "--overlap", "2"],
        &[
            "plan",
            "clinic",
            "--reviewers",
            "a,b",
            "--by-specialty",
            "--force",
        ],
        &["plan", "clinic", "--reviewers", "a,b", "--overlap", "many"],
    ] {
        let refused = shell.run(wrong);
        assert_eq!(refused.code, 2, "{wrong:?} {refused:?}");
    }
}

#[cfg(feature = "tui")]
#[test]
fn review_files_are_merged_and_compared() {
    let shell = Shell::new();
    let dataset = shell.demo();
    for name in ["jchen", "mrossi"] {
        let acts = judge(&dataset, name, &shell.path(&format!("{name}.jsonl")));
        assert_eq!(acts, 9);
    }
    let same = shell.run(&["diff", "jchen.jsonl", "mrossi.jsonl"]);
    assert_eq!(
        (same.code, same.out.as_str()),
        (0, "0 differences in 0 cases; 0 bad lines\n")
    );

    // A copy of another day: one line lost its end, and one act was changed by hand.
    let text = fs::read_to_string(shell.path("jchen.jsonl")).expect("a review");
    let changed = text.replacen("\"correct\"", "\"unsure\"", 1);
    let cut = changed.trim_end().len() - 5;
    fs::write(shell.path("copy.jsonl"), &changed[..cut]).expect("a copy");
    let files = ["jchen.jsonl", "copy.jsonl", "mrossi.jsonl"];
    let merged = shell.run(&[&["merge"], files.as_slice(), &["--out", "a.jsonl"]].concat());
    assert_eq!(merged.code, 1, "{merged:?}");
    for part in [
        "a.jsonl: 18 acts written",
        "1 bad lines",
        ": another act with the id of ",
        "acts that contradict: 1",
    ] {
        let said = format!("{}{}", merged.out, merged.err);
        assert!(said.contains(part), "{part}: {said}");
    }
    let turned: Vec<&str> = files.iter().rev().copied().collect();
    let again = shell.run(&[&["merge"], turned.as_slice(), &["--out", "b.jsonl"]].concat());
    assert_eq!(again.code, 1);
    let bytes = |name: &str| fs::read(shell.path(name)).expect("a merged file");
    assert_eq!(bytes("a.jsonl"), bytes("b.jsonl"));
    let refused = shell.run(&["merge", "jchen.jsonl", "--out", "a.jsonl"]);
    assert!(
        refused.code > 1 && refused.err.contains("--out"),
        "{refused:?}"
    );

    let told = shell.run(&["diff", "jchen.jsonl", "copy.jsonl"]);
    assert_eq!(told.code, 1, "{told:?}");
    assert!(
        told.out.contains("  verdict of A: correct | unsure\n"),
        "{}",
        told.out
    );
    assert!(told.out.contains("  submitted: yes | –\n"), "{}", told.out);
    let model = &dataset.cases()[0].responses[0].model;
    assert!(!told.out.contains(model.as_str()), "{}", told.out);
    let named = shell.run(&["diff", "jchen.jsonl", "copy.jsonl", "--names"]);
    assert!(
        named.out.contains(&format!("verdict of {model}:")),
        "{}",
        named.out
    );
    let three = shell.run(&["diff", "a.jsonl", "jchen.jsonl"]);
    assert!(
        three.out.contains("only a.jsonl has a review of mrossi"),
        "{}",
        three.out
    );
}

#[cfg(feature = "tui")]
#[test]
fn disputed_cases_are_listed_and_agreement_is_said() {
    let shell = Shell::new();
    let dataset = shell.demo();
    let nobody = shell.run(&["adjudicate", "clinic", "--list"]);
    assert!(nobody.code > 1, "{nobody:?}");
    assert!(nobody.err.contains("nobody has reviewed"), "{nobody:?}");
    judge(&dataset, "jchen", &shell.path("jchen.jsonl"));
    let alone = shell.run(&["adjudicate", "clinic", "--reviews", "jchen.jsonl"]);
    assert!(alone.err.contains("takes two to disagree"), "{alone:?}");
    judge(&dataset, "mrossi", &shell.path("mrossi.jsonl"));
    let files = ["--reviews", "jchen.jsonl", "mrossi.jsonl"];
    let chief = ["adjudicate", "clinic", "--as", "chief"];
    let agreed = shell.run(&[chief.as_slice(), &files].concat());
    assert_eq!(agreed.code, 0, "{agreed:?}");
    assert!(agreed.out.contains("reviewers agree"), "{agreed:?}");

    let text = fs::read_to_string(shell.path("mrossi.jsonl")).expect("a review");
    let changed = text.replacen("\"correct\"", "\"incorrect\"", 1) + "no line\n";
    fs::write(shell.path("mrossi.jsonl"), changed).expect("changed");
    let list = [chief.as_slice(), &["--list"], &files].concat();
    // Who may still read everything learns nothing of what others said, unless it is asked for.
    let refused = shell.run(&list);
    assert_eq!((refused.code, refused.out.lines().count()), (1, 1));
    assert!(
        refused
            .err
            .contains("10 cases that you have still to read, disputed or not"),
        "{}",
        refused.err
    );
    let noted = shell.path("clinic/reviews/chief.jsonl");
    assert!(!noted.exists(), "nothing was seen, and nothing is noted");
    let listed = shell.run(&[list.as_slice(), &["--see-others"]].concat());
    let file = fs::read_to_string(&noted).expect("a review file");
    assert_eq!(file.matches("\"kind\":\"see_others\"").count(), 1, "{file}");
    assert!(
        file.contains(&dataset.cases()[0].key().instruction),
        "{file}"
    );
    // It is noted once, and asked no more of whoever only decides.
    let again = shell.run(&list);
    assert_eq!(again.out, listed.out);
    assert_eq!(fs::read_to_string(&noted).expect("a review file"), file);
    // A line that cannot be read is told, and so is the exit code.
    assert_eq!(listed.code, 1, "{listed:?}");
    assert!(listed.err.contains("mrossi.jsonl:10: "), "{}", listed.err);
    let rows: Vec<&str> = listed.out.lines().collect();
    let key = dataset.cases()[0].key();
    assert_eq!(rows.len(), 2, "{}", listed.out);
    let expected = format!("{}\t{}\t2\t1\t1\t0\t5", key.instruction, key.person);
    assert_eq!(rows[1], expected);

    let undecided = shell.run(&[&["report", "clinic", "--adjudicated"], files.as_slice()].concat());
    assert_eq!(undecided.code, 2, "{undecided:?}");
    assert!(
        undecided.err.contains("medalign adjudicate"),
        "{undecided:?}"
    );
}

#[cfg(feature = "tui")]
#[test]
fn what_only_one_of_two_people_read_is_counted_apart() {
    let shell = Shell::new();
    let dataset = shell.demo();
    judge(&dataset, "jchen", &shell.path("jchen.jsonl"));
    judge(&dataset, "mrossi", &shell.path("mrossi.jsonl"));
    let text = fs::read_to_string(shell.path("mrossi.jsonl")).expect("a review");
    // The one reviewed another case, and took back a mark of a third.
    let [first, second, third] = [0, 1, 2].map(|n: usize| dataset.cases()[n].key());
    let other = text
        .replace(&first.instruction, &second.instruction)
        .replace(&first.person, &second.person);
    let mark = r#"{"v":1,"id":"X1","time":"2026-01-01T00:00:00.000Z","reviewer":"mrossi","instruction":"I","person":"P","kind":"judge","model":"m","verdict":"correct","shown_position":0}"#;
    let mark = mark.replace("\"I\"", &format!("\"{}\"", third.instruction));
    let mark = mark.replace("\"P\"", &format!("\"{}\"", third.person));
    let undo = r#"{"v":1,"id":"X2","time":"2026-01-01T00:00:01.000Z","reviewer":"mrossi","kind":"undo","target":"X1"}"#;
    fs::write(
        shell.path("other.jsonl"),
        format!("{other}{mark}\n{undo}\n"),
    )
    .expect("written");
    let told = shell.run(&["diff", "jchen.jsonl", "other.jsonl"]);
    assert!(
        told.out.contains("1 readings are in jchen.jsonl alone"),
        "{}",
        told.out
    );
    assert!(
        told.out.contains("1 readings are in other.jsonl alone"),
        "{}",
        told.out
    );
    assert!(
        told.out.contains("0 differences in 0 cases"),
        "{}",
        told.out
    );
    let all = shell.run(&["diff", "--all", "jchen.jsonl", "other.jsonl"]);
    assert_eq!(all.code, 1, "{all:?}");
    assert!(all.err.contains("medalign adjudicate"), "{}", all.err);
}

#[cfg(feature = "tui")]
#[test]
fn adjudicating_leaves_out_what_is_still_to_be_read_disputed_or_not() {
    let shell = Shell::new();
    let dataset = shell.demo();
    for who in ["jchen", "mrossi"] {
        judge(
            &dataset,
            who,
            &shell.path(&format!("clinic/reviews/{who}.jsonl")),
        );
    }
    let path = shell.path("clinic/reviews/mrossi.jsonl");
    let agreed = fs::read_to_string(&path).expect("a review");
    let first = dataset.cases()[0].key();
    let [mine, other] = [0, 1].map(|n: usize| dataset.cases()[n].key());
    let list = ["adjudicate", "clinic", "--as", "okafor", "--list"];
    let mut told = Vec::new();
    for key in [&mine, &other] {
        let plan = format!(
            "reviewer\tplace\tpass\tinstruction_id\tperson_id\nokafor\t1\t1\t{}\t{}\n",
            key.instruction, key.person
        );
        fs::write(shell.path("clinic/plan.tsv"), plan).expect("a plan");
        for disputed in [false, true] {
            let text = if disputed {
                agreed.replacen("\"correct\"", "\"incorrect\"", 1)
            } else {
                agreed.clone()
            };
            fs::write(&path, text).expect("changed");
            let ran = shell.run(&list);
            assert_eq!(ran.code, 1, "{ran:?}");
            told.push((ran.out.contains(&first.instruction), ran.out + &ran.err));
        }
    }
    // Of the case that okafor has to read it makes no difference what others said; of another one it does.
    assert_eq!(told[0], told[1]);
    assert!(!told[1].0 && told[3].0, "{told:?}");
    // Nor does the message of the screen, where there is nothing else.
    let plan = format!(
        "reviewer\tplace\tpass\tinstruction_id\tperson_id\nokafor\t1\t1\t{}\t{}\n",
        mine.instruction, mine.person
    );
    fs::write(shell.path("clinic/plan.tsv"), plan).expect("a plan");
    let ran = shell.run(&["adjudicate", "clinic", "--as", "okafor"]);
    // Two people did read that case.
    assert!(
        ran.out.contains("No other case was read by two people"),
        "{ran:?}"
    );
    assert!(
        ran.err.contains("1 case that you have still to read"),
        "{ran:?}"
    );
}
