//! Nothing that the screen showed as saved is lost, and nothing is said that nobody pressed, on a disk that fails and beside programs
//! that change the review file.
//!
//! `MEDALIGN_FAULT_ROUNDS` is how many sessions each of the tests runs (a few by default).

use std::collections::{BTreeMap, BTreeSet};
use std::fs;
use std::io::Write;
use std::path::{Path, PathBuf};
use std::process::Command;
use std::time::{Duration, Instant};

use medalign::inside::review::line::Reading;
use medalign::inside::review::{Act, Entry, Ledger, Verdict};

use crate::desk::{Desk, Dice, Marks, go_to_answers};
use crate::killed::{KEYS, check, frames};
use crate::pty::{Pty, rows};

/// How many sessions a test runs.
pub(crate) fn rounds(usual: usize) -> usize {
    let asked = std::env::var("MEDALIGN_FAULT_ROUNDS").ok();
    asked.map_or(usual, |n| {
        n.parse().expect("MEDALIGN_FAULT_ROUNDS is a number")
    })
}

/// What makes the disk fail, built here; `None`, with the reason printed, where there is no compiler.
#[cfg(target_os = "linux")]
fn shim(folder: &Path) -> Option<PathBuf> {
    let library = folder.join("faults.so");
    let source = concat!(env!("CARGO_MANIFEST_DIR"), "/tests/fixtures/faults.c");
    let made = Command::new("cc")
        .args(["-shared", "-fPIC", "-O1", "-o"])
        .args([library.as_path(), Path::new(source)])
        .arg("-ldl")
        .output();
    let Ok(made) = made else {
        println!("skipped: cc, a C compiler, is not there");
        return None;
    };
    assert!(made.status.success(), "{made:?}");
    Some(library)
}

/// What an entry of a review file does, in the words of [`presses`]; the entry that begins a session is nobody's act.
fn deed(entry: &Entry) -> Option<String> {
    match &entry.act {
        Act::Session { .. } => None,
        Act::Judge { verdict, .. } => Some(format!("{verdict:?}")),
        act => Some(act.kind().to_owned()),
    }
}

/// How often at most each deed can follow from these keys.
fn presses(keys: &[&str]) -> BTreeMap<String, usize> {
    let mut most: BTreeMap<String, usize> = BTreeMap::new();
    for key in keys {
        let deeds: &[String] = &match *key {
            "c" => vec![format!("{:?}", Some(Verdict::Correct))],
            "x" => vec![format!("{:?}", Some(Verdict::Incorrect))],
            "m" => vec![format!("{:?}", Some(Verdict::Unsure))],
            "Backspace" => vec![format!("{:?}", None::<Verdict>)],
            "1" | "2" | "3" | "4" | "0" | "+" | "-" | "=" => vec!["rank".to_owned()],
            "*" => vec!["flag".to_owned()],
            "u" => vec!["undo".to_owned()],
            "C-r" => vec!["redo".to_owned()],
            _ => Vec::new(),
        };
        for deed in deeds {
            *most.entry(deed.clone()).or_default() += 1;
        }
    }
    most
}

/// A reviewer who judges at random, and what was shown and saved so far.
struct Story {
    desk: Desk,
    ledger: Ledger,
    dice: Dice,
    acts: usize,
    shown: usize,
}

impl Story {
    fn new(seed: u64) -> Self {
        Story {
            desk: Desk::new(),
            ledger: Ledger::new("jchen"),
            dice: Dice::new(seed),
            acts: 0,
            shown: 0,
        }
    }

    fn burst(&mut self, most: usize) -> Vec<&'static str> {
        (0..=self.dice.below(most))
            .map(|_| self.dice.pick(KEYS))
            .collect()
    }

    /// The marks with which a session begins are those of the review file.
    fn begins(&self, pty: &mut Pty, round: usize) {
        pty.wait_until("the marks", |screen| Marks::on(&rows(screen)).is_some());
        let first = Marks::on(&pty.rows()).expect("marks");
        let saved = Marks::of(&self.ledger, &self.desk.dataset(), first.case);
        assert_eq!(first, saved, "round {round}");
        go_to_answers(pty);
    }

    /// A session with these keys has ended: what it showed is in the file, what is in the file was pressed.
    fn ends(&mut self, pty: &Pty, keys: &[&str], round: usize) {
        let marks = frames(&pty.raw());
        let file = self.desk.review_file("jchen");
        let mut all = if file.exists() {
            Reading::of_file(&file).expect("the review file").entries
        } else {
            Vec::new()
        };
        // A line may stand there twice: once as a failed write left it, once as it was saved.
        let mut seen = BTreeSet::new();
        all.retain(|line| seen.insert(line.entry.id.clone()));
        // So may a line of which another program changed a letter of the id: the act is the same at the same moment.
        let deed_of = |e: &Entry| format!("{:?}", (e.time, &e.case, &e.act));
        let of_before = self.ledger.entries().iter();
        let (ids, mut deeds): (BTreeSet<_>, BTreeSet<_>) =
            of_before.map(|e| (e.id.clone(), deed_of(e))).unzip();
        all.retain(|line| ids.contains(&line.entry.id) || deeds.insert(deed_of(&line.entry)));
        let known = self.ledger.entries().len();
        let all: Vec<Entry> = all.into_iter().map(|l| l.entry).collect();
        assert!(all.len() >= known, "round {round}: the file shrank");
        assert_eq!(&all[..known], self.ledger.entries(), "round {round}");
        let new = &all[known..];
        let most = presses(keys);
        let mut made: BTreeMap<String, usize> = BTreeMap::new();
        for deed in new.iter().filter_map(deed) {
            *made.entry(deed).or_default() += 1;
        }
        for (deed, n) in made {
            let pressed = most.get(&deed).copied().unwrap_or(0);
            assert!(n <= pressed, "round {round}: {n} {deed}, pressed {pressed}");
        }
        self.acts += new.len();
        self.shown += marks.len();
        let mut new = new.iter().cloned();
        check(&marks, &mut self.ledger, &self.desk.dataset(), &mut new);
        for entry in new {
            self.ledger.apply(entry);
        }
    }
}

/// Waits until all keys so far were taken: the list of keys opens after them, whatever alarm stands in the last line.
fn all_taken(pty: &mut Pty) {
    pty.keys("?");
    pty.wait_for("All keys");
    pty.keys("q");
    pty.wait_until("the panes again", |screen| {
        !screen.contents().contains("All keys")
    });
}

/// Leaves; what was found in the review file is said first.
fn leave(pty: &mut Pty) {
    pty.keys("C-c");
    if pty.wait_until_or_end(|screen| screen.contents().contains("REVIEW FILE CHANGED")) {
        pty.keys("C-c");
    }
    assert_eq!(pty.wait_exit(), 0);
}

#[test]
#[cfg(target_os = "linux")]
fn a_disk_that_fails_now_and_then_loses_nothing_that_was_shown() {
    let begin = Instant::now();
    let mut story = Story::new(11);
    let Some(library) = shim(story.desk.home()) else {
        return;
    };
    let home = story.desk.home().display().to_string();
    let calm = story.desk.home().join("calm");
    let (mut failed, sessions) = (0, rounds(16));
    for round in 0..sessions {
        fs::write(&calm, "").expect("a file");
        let mut pty = story
            .desk
            .review("jchen", &[])
            .var("LD_PRELOAD", library.to_str().expect("a plain path"))
            .var("FAULTS_UNDER", &home)
            .var("FAULTS_SEED", &round.to_string())
            .var("FAULTS_EVERY", ["2", "3", "5", "9"][round % 4])
            .start();
        story.begins(&mut pty, round);
        fs::remove_file(&calm).expect("the file");
        let mut keys = Vec::new();
        for _ in 0..=story.dice.below(4) {
            let burst = story.burst(6);
            let before = pty.raw().len();
            pty.keys(&burst.join(" "));
            keys.extend(burst);
            let bytes = before + story.dice.below(900);
            pty.wait_for_bytes(bytes, Duration::from_millis(60));
        }
        if round % 3 == 0 {
            // The disk is well again: all is saved, and leaving asks nothing.
            all_taken(&mut pty);
            failed += usize::from(pty.screen().contains("NOT SAVED"));
            fs::write(&calm, "").expect("a file");
            pty.keys("g W");
            pty.wait_until("all is saved", |screen| Marks::on(&rows(screen)).is_some());
            all_taken(&mut pty);
            let shown = Marks::on(&pty.rows()).expect("marks");
            leave(&mut pty);
            story.ends(&pty, &keys, round);
            let saved = Marks::of(&story.ledger, &story.desk.dataset(), shown.case);
            assert_eq!(shown, saved, "round {round}");
        } else {
            pty.kill_hard();
            failed += usize::from(String::from_utf8_lossy(&pty.raw()).contains("NOT SAVED"));
            story.ends(&pty, &keys, round);
        }
    }
    println!(
        "{sessions} sessions on a failing disk, {failed} in which it was seen, {} entries, {} frames, {:.1} s",
        story.acts,
        story.shown,
        begin.elapsed().as_secs_f64()
    );
    assert!(failed > 0, "only {failed} sessions met a fault");
    assert!(story.acts > sessions, "too few acts to prove anything");
}

/// Does to a review file what an editor, a sync program or a slip of the hand may do.
fn tamper(file: &Path, how: usize, dice: &mut Dice) {
    let bytes = fs::read(file).unwrap_or_default();
    let append = |text: &[u8]| {
        let mut open = fs::OpenOptions::new()
            .append(true)
            .open(file)
            .expect("the review file");
        open.write_all(text).expect("written");
    };
    match how % 8 {
        0 => append(b"a line that is no entry\n"),
        1 => append(b"{\"v\":1,\"id\":\"half"),
        2 => {
            let length = dice.below(bytes.len() + 1) as u64;
            let open = fs::OpenOptions::new().write(true).open(file);
            open.expect("the review file").set_len(length).expect("cut");
        }
        3 => {
            // An older copy takes its name, as sync programs do it.
            let copy = file.with_extension("older");
            let lines = memchr::memchr_iter(b'\n', &bytes).count();
            let keep = dice.below(lines + 1);
            let older: Vec<u8> = bytes
                .split_inclusive(|b| *b == b'\n')
                .take(keep)
                .flatten()
                .copied()
                .collect();
            fs::write(&copy, older).expect("a copy");
            fs::rename(&copy, file).expect("renamed");
        }
        // A second time within a session there may be none.
        4 if file.exists() => fs::remove_file(file).expect("removed"),
        4 => {}
        5 => {
            let lines: Vec<&[u8]> = bytes.split_inclusive(|b| *b == b'\n').collect();
            if let Some(line) = lines.get(dice.below(lines.len().max(1))) {
                append(line);
            }
        }
        6 => {
            let mut changed = bytes;
            if !changed.is_empty() {
                let at = dice.below(changed.len());
                changed[at] = b'7';
            }
            fs::write(file, changed).expect("rewritten");
        }
        _ => fs::write(file, b"").expect("emptied"),
    }
}

#[test]
fn what_other_programs_do_to_the_file_costs_nothing_that_was_shown() {
    let begin = Instant::now();
    let mut story = Story::new(5);
    let file = story.desk.review_file("jchen");
    let sessions = rounds(16);
    for round in 0..sessions {
        let mut pty = story.desk.review("jchen", &[]).start();
        story.begins(&mut pty, round);
        let mut keys = vec!["c"];
        pty.keys("c");
        all_taken(&mut pty);
        for _ in 0..=story.dice.below(2) {
            let burst = story.burst(5);
            pty.keys(&burst.join(" "));
            all_taken(&mut pty);
            keys.extend(burst);
            tamper(&file, round, &mut story.dice);
        }
        // The next act is acknowledged only when all before it is there again.
        keys.extend(["m", "x"]);
        pty.keys("m x");
        all_taken(&mut pty);
        if round % 2 == 0 {
            pty.kill_hard();
        } else {
            leave(&mut pty);
        }
        story.ends(&pty, &keys, round);
    }
    println!(
        "{sessions} sessions beside other programs, {} entries, {} frames, {:.1} s",
        story.acts,
        story.shown,
        begin.elapsed().as_secs_f64()
    );
}
