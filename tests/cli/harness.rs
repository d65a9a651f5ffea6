//! The shell that the tests type into, and a first case judged as the screen would.
//!
//! In: arguments. Out: exit code and what was printed. Never: a variable or a file of the caller's.

use std::fs;
use std::path::{Path, PathBuf};
use std::process::{Command, Output, Stdio};
use std::sync::Arc;

use medalign::inside::dataset::Dataset;
use medalign::inside::review::{Act, ErrorKind, Harm, Log, Reviewer, Session, Texts, Verdict};

/// A home of its own for each test, and the demo dataset in it.
pub(crate) struct Shell {
    pub(crate) home: tempfile::TempDir,
}

impl Shell {
    pub(crate) fn new() -> Self {
        Shell {
            home: tempfile::tempdir().expect("a temporary folder"),
        }
    }

    pub(crate) fn command(&self, args: &[&str]) -> Command {
        let mut command = Command::new(env!("CARGO_BIN_EXE_medalign"));
        command.args(args).current_dir(self.home.path());
        command.env_clear().stdin(Stdio::null());
        command.env("PATH", "/usr/bin:/bin").env("LANG", "C.UTF-8");
        // What states the day of its making states this one.
        command.env("SOURCE_DATE_EPOCH", "1700000000");
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

    pub(crate) fn path(&self, name: &str) -> PathBuf {
        self.home.path().join(name)
    }

    /// Runs it and gives back exit code, standard output and standard error.
    pub(crate) fn run(&self, args: &[&str]) -> Ran {
        Ran::of(&self.command(args).output().expect("the program starts"))
    }

    /// The demo dataset in the folder `clinic`, without its recorded run: its sixty answers, six to an instruction.
    #[cfg(feature = "tui")]
    pub(crate) fn demo(&self) -> Dataset {
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
pub(crate) struct Ran {
    pub(crate) code: i32,
    pub(crate) out: String,
    pub(crate) err: String,
}

impl Ran {
    /// All that was printed.
    pub(crate) fn all(&self) -> String {
        format!("{}{}", self.out, self.err)
    }

    pub(crate) fn of(output: &Output) -> Self {
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
pub(crate) fn judge(dataset: &Dataset, reviewer: &str, file: &Path) -> usize {
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
