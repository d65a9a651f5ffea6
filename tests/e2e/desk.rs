//! A reviewer's desk: a home, the demo dataset in it, and what the screen and the review file say of the marks.

use std::path::{Path, PathBuf};
use std::process::Command;

use medalign::inside::dataset::Dataset;
use medalign::inside::review::line::Reading;
use medalign::inside::review::{Entry, Ledger, Verdict, blind};

use crate::pty::{Pty, Setup, rows};

/// A home with the demo dataset. The folder goes with it.
pub(crate) struct Desk {
    home: tempfile::TempDir,
}

impl Desk {
    pub(crate) fn new() -> Self {
        let home = tempfile::tempdir().expect("a temporary folder");
        let desk = Desk { home };
        let made = Command::new(env!("CARGO_BIN_EXE_medalign"))
            .args(["demo", "--to"])
            .arg(desk.dataset_folder())
            .env_clear()
            .env("HOME", desk.home())
            .output()
            .expect("the program starts");
        assert!(made.status.success(), "{made:?}");
        // Six answers to each instruction; the recorded run has tests of its own.
        let folder = desk.dataset_folder();
        std::fs::remove_dir_all(folder.join("model-responses")).expect("a run");
        for entry in std::fs::read_dir(folder.join("scores")).expect("scores") {
            let path = entry.expect("a table").path();
            let text = std::fs::read_to_string(&path).expect("a table");
            let kept: Vec<&str> = text.lines().filter(|l| !l.contains("lantern-8k")).collect();
            std::fs::write(&path, kept.join("\n") + "\n").expect("written");
        }
        desk
    }

    pub(crate) fn home(&self) -> &Path {
        self.home.path()
    }

    pub(crate) fn dataset_folder(&self) -> PathBuf {
        self.home().join("clinic")
    }

    pub(crate) fn dataset(&self) -> Dataset {
        Dataset::open(&self.dataset_folder()).expect("the demo dataset")
    }

    /// The reviewer on the dataset, not yet started.
    pub(crate) fn review(&self, reviewer: &str, more: &[&str]) -> Setup {
        let folder = self.dataset_folder();
        let mut args = vec![
            "review",
            folder.to_str().expect("a plain path"),
            "--as",
            reviewer,
        ];
        args.extend(more);
        Setup::medalign(&args).home(self.home())
    }

    pub(crate) fn review_file(&self, reviewer: &str) -> PathBuf {
        let reviews = self.dataset_folder().join("reviews");
        reviews.join(format!("{reviewer}.jsonl"))
    }

    /// Whether a file of what is typed and not saved is there.
    pub(crate) fn is_typing_kept(&self) -> bool {
        // A file that is being written has another name until it is whole.
        let files = std::fs::read_dir(self.home().join("data/typing"));
        let whole = |f: std::io::Result<std::fs::DirEntry>| {
            f.is_ok_and(|f| f.path().extension().is_some_and(|e| e == "json"))
        };
        files.is_ok_and(|mut files| files.any(whole))
    }

    /// What the review file holds; fails where a line is no entry.
    pub(crate) fn entries(&self, reviewer: &str) -> Vec<Entry> {
        entries(&self.review_file(reviewer))
    }

    pub(crate) fn ledger(&self, reviewer: &str) -> Ledger {
        fold(reviewer, self.entries(reviewer))
    }
}

/// What a review file holds; fails where a line is no entry.
pub(crate) fn entries(path: &Path) -> Vec<Entry> {
    let reading = Reading::of_file(path).expect("the review file");
    assert!(reading.bad.is_empty(), "{}", path.display());
    reading.entries.into_iter().map(|l| l.entry).collect()
}

pub(crate) fn fold(reviewer: &str, entries: impl IntoIterator<Item = Entry>) -> Ledger {
    let mut ledger = Ledger::new(reviewer);
    for entry in entries {
        ledger.apply(entry);
    }
    ledger
}

/// Waits for the first screen with the record of the case.
pub(crate) fn wait_for_record(pty: &Pty) {
    pty.wait_until("the record", |screen| {
        let text = screen.contents();
        text.contains("judged") && shows_record(&text)
    });
}

/// Whether the line of facts says something of the record: how much there is, or how old the patient is when it ends or when it
/// was asked.
pub(crate) fn shows_record(text: &str) -> bool {
    let said = [
        " events, ",
        " event, ",
        " at end",
        " at the end",
        " asked, ",
        " asked · ",
        " when asked",
    ];
    said.iter().any(|s| text.contains(s))
}

/// Goes to the answers, wherever the focus is. A message on the line of hints hides where that is; a key takes it away.
pub(crate) fn go_to_answers(pty: &mut Pty) {
    // The first frame is whole when a key after it was answered. The hints are the last row, which a message may hide;
    // the demo's first screen has the same words above.
    fn hints(rows: &[String]) -> String {
        let last = rows.iter().rev().find(|row| !row.trim().is_empty());
        last.cloned().unwrap_or_default()
    }
    pty.settle();
    for _ in 0..8 {
        let before = hints(&pty.rows());
        if before.contains("c correct") {
            return;
        }
        pty.keys("Tab");
        pty.wait_until("the next pane", |screen| hints(&rows(screen)) != before);
    }
    panic!("no key led to the answers; the screen:\n{}", pty.screen());
}

/// What a screen of 80 columns says of the case in view.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Marks {
    /// The case's place, from 0.
    pub(crate) case: usize,
    /// A sign for each answer, in the order shown.
    pub(crate) signs: String,
    /// The rank line.
    pub(crate) rank: String,
}

impl Marks {
    /// Reads them from the rows of a screen; `None` where something lies over them, or some are not saved.
    pub(crate) fn on(rows: &[String]) -> Option<Marks> {
        let status = rows.first()?;
        if status.contains("NOT SAVED") {
            return None;
        }
        let case = status.split("case ").nth(1)?.split(" of ").next()?;
        let tabs = rows.iter().find(|r| r.starts_with("  Timeline "))?;
        let signs: String = tabs
            .split("Answers")
            .nth(1)?
            .split_whitespace()
            .take_while(|t| *t != "Gold")
            .filter_map(|t| t.chars().nth(1))
            .collect();
        let none = |r: &&String| r.starts_with("  no ranks yet");
        let ranked = |r: &String| r.strip_prefix("  rank ").map(str::to_owned);
        let rank = (rows.iter().find_map(ranked))
            .or_else(|| Some(rows.iter().find(none)?.trim_start().to_owned()))?;
        let rank = rank.split("  ").next()?.trim().to_owned();
        Some(Marks {
            case: case.parse::<usize>().ok()?.checked_sub(1)?,
            signs,
            rank,
        })
    }

    /// What a screen must say when this is what was saved.
    pub(crate) fn of(ledger: &Ledger, dataset: &Dataset, case: usize) -> Marks {
        let the_case = &dataset.cases()[case];
        let all: Vec<&str> = the_case
            .responses
            .iter()
            .map(|r| r.model.as_str())
            .collect();
        let order = blind::order(0, ledger.reviewer(), &the_case.instruction_id, &all);
        let models: Vec<&str> = order.iter().map(|&i| all[i]).collect();
        let review = ledger.case(&the_case.key());
        let sign = |model: &&str| match review.verdict(model) {
            Some(Verdict::Correct) => '✓',
            Some(Verdict::Incorrect) => '✗',
            Some(Verdict::Unsure) => '?',
            None => '–',
        };
        let line = review.rank.to_line(&models);
        Marks {
            case,
            signs: models.iter().map(sign).collect(),
            rank: if line.is_empty() {
                "no ranks yet".to_owned()
            } else {
                line
            },
        }
    }
}

/// Numbers that look random and are the same each time (xorshift).
pub(crate) struct Dice(u64);

impl Dice {
    pub(crate) fn new(seed: u64) -> Self {
        Dice(seed.wrapping_mul(0x9e37_79b9_7f4a_7c15) | 1)
    }

    /// A number below `n`.
    pub(crate) fn below(&mut self, n: usize) -> usize {
        self.0 ^= self.0 << 13;
        self.0 ^= self.0 >> 7;
        self.0 ^= self.0 << 17;
        (self.0 >> 11) as usize % n
    }

    pub(crate) fn pick<'a>(&mut self, of: &[&'a str]) -> &'a str {
        of[self.below(of.len())]
    }
}
