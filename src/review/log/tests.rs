mod elsewhere;

use std::io::{BufRead, Write};
use std::process::{Child, Command, Stdio};

use std::fs;

use super::*;
use crate::review::Turn;
use crate::review::entry::Verdict;
use crate::review::sample::{case, judge, session};

/// Names the review file that a child process of these tests writes.
const CHILD: &str = "MEDALIGN_TEST_REVIEW_FILE";

fn open(path: &Path) -> Opened {
    Log::open(path, &session("jchen")).expect("opens")
}

fn folder() -> tempfile::TempDir {
    tempfile::tempdir().expect("a temporary folder")
}

fn kinds(path: &Path) -> Vec<String> {
    let reading = Reading::of_file(path).expect("readable");
    assert!(reading.bad.is_empty());
    let kinds = reading.entries.iter().map(|l| l.entry.act.kind());
    kinds.map(str::to_owned).collect()
}

#[test]
fn what_is_saved_is_there_after_reopening() {
    let dir = folder();
    let path = dir.path().join("reviews/jchen.jsonl");
    {
        let Opened { mut log, notices } = open(&path);
        assert!(notices.is_empty(), "{notices:?}");
        log.append(Some(&case(1)), judge("a", Verdict::Correct))
            .expect("saved");
        log.append(Some(&case(2)), judge("a", Verdict::Incorrect))
            .expect("saved");
        log.turn(Turn::Undo).expect("saved");
        assert_eq!(log.ledger().case(&case(2)).verdict("a"), None);
        assert_eq!(log.unsaved(), 0);
    }
    let Opened { mut log, notices } = open(&path);
    assert!(notices.is_empty(), "{notices:?}");
    let verdict = |log: &Log, n| log.ledger().case(&case(n)).verdict("a");
    assert_eq!(verdict(&log, 1), Some(Verdict::Correct));
    assert_eq!(verdict(&log, 2), None);
    log.turn(Turn::Redo).expect("saved");
    assert_eq!(verdict(&log, 2), Some(Verdict::Incorrect));
    assert!(log.turn(Turn::Redo).expect("nothing to do").is_none());
    let all = ["session", "judge", "judge", "undo", "session", "redo"];
    assert_eq!(kinds(&path), all);
}

#[test]
fn opening_alone_writes_nothing() {
    let dir = folder();
    let path = dir.path().join("jchen.jsonl");
    drop(open(&path));
    assert_eq!(fs::read(&path).expect("made"), b"");
}

#[cfg(unix)]
#[test]
fn folder_and_file_are_private() {
    use std::os::unix::fs::PermissionsExt;
    let dir = folder();
    let path = dir.path().join("reviews/jchen.jsonl");
    let mut log = open(&path).log;
    log.append(Some(&case(1)), judge("a", Verdict::Correct))
        .expect("saved");
    drop(log);
    drop(open(&path));
    let mode = |p: &Path| fs::metadata(p).expect("there").permissions().mode() & 0o777;
    let reviews = dir.path().join("reviews");
    assert_eq!(mode(&reviews), 0o700);
    assert_eq!(mode(&path), 0o600);
    assert_eq!(mode(&Lock::path_for(&path)), 0o600);
    assert_eq!(mode(&reviews.join(".backup")), 0o700);
    assert_eq!(mode(&reviews.join(".backup/jchen.jsonl.1.jsonl")), 0o600);
}

/// A tail torn at any byte costs that line only, and only when it was not whole.
#[test]
fn a_torn_tail_is_sealed_at_every_length() {
    let dir = folder();
    let path = dir.path().join("jchen.jsonl");
    let mut log = open(&path).log;
    log.append(Some(&case(1)), judge("a", Verdict::Correct))
        .expect("saved");
    log.append(Some(&case(2)), judge("vicuña", Verdict::Unsure))
        .expect("saved");
    drop(log);
    let whole = fs::read(&path).expect("readable");
    let text = String::from_utf8(whole.clone()).expect("UTF-8");
    let start = whole.len() - text.lines().last().expect("lines").len() - 1;
    for length in start..=whole.len() {
        let torn = dir.path().join(format!("torn{length}.jsonl"));
        fs::write(&torn, &whole[..length]).expect("writable");
        let Opened { mut log, notices } = open(&torn);
        let lost = length > start && length < whole.len() - 1;
        assert_eq!(notices.len(), usize::from(lost), "{length}: {notices:?}");
        assert_eq!(log.bad_lines().len(), usize::from(lost));
        let before = log.ledger().case(&case(2)).verdict("vicuña");
        assert_eq!(before.is_some(), length >= whole.len() - 1);
        log.append(Some(&case(3)), judge("a", Verdict::Incorrect))
            .expect("saved");
        drop(log);
        let bytes = fs::read(&torn).expect("readable");
        assert!(bytes.starts_with(&whole[..length]), "nothing is rewritten");
        let ledger = open(&torn).log;
        let verdict = |n, model| ledger.ledger().case(&case(n)).verdict(model);
        assert_eq!(verdict(1, "a"), Some(Verdict::Correct));
        assert_eq!(verdict(2, "vicuña"), before);
        assert_eq!(verdict(3, "a"), Some(Verdict::Incorrect));
        assert_eq!(ledger.bad_lines().len(), usize::from(lost));
    }
}

#[test]
fn a_second_session_is_refused_by_name() {
    let dir = folder();
    let path = dir.path().join("jchen.jsonl");
    let first = open(&path);
    let error = Log::open(&path, &session("jchen")).expect_err("locked");
    let message = error.to_string();
    let pid = format!("process {}", std::process::id());
    assert!(
        message.contains("jchen") && message.contains(&pid) && message.contains(&host()),
        "{message}"
    );
    fs::remove_file(Lock::path_for(&path)).expect("there");
    let error = Log::open(&path, &session("jchen")).expect_err("still locked");
    assert!(error.to_string().contains("open already"), "{error}");
    drop(first);
    assert!(open(&path).notices.is_empty());
}

#[cfg(unix)]
#[test]
fn links_and_pipes_are_refused() {
    let dir = folder();
    let target = dir.path().join("target.jsonl");
    fs::write(&target, b"").expect("writable");
    let link = dir.path().join("link.jsonl");
    std::os::unix::fs::symlink(&target, &link).expect("linked");
    let pipe = dir.path().join("pipe.jsonl");
    let made = Command::new("mkfifo").arg(&pipe).status().expect("mkfifo");
    assert!(made.success());
    for path in [&link, &pipe, &dir.path().to_owned()] {
        Log::open(path, &session("jchen")).expect_err("refused");
    }
}

#[test]
fn a_file_replaced_or_cut_during_the_session_is_mended() {
    let dir = folder();
    let path = dir.path().join("reviews/jchen.jsonl");
    let mut log = open(&path).log;
    for n in 0..3 {
        log.append(Some(&case(n)), judge("a", Verdict::Correct))
            .expect("saved");
    }
    let whole = fs::read(&path).expect("readable");
    let cut = |path: &Path| fs::write(path, &whole[..whole.len() / 2]).expect("writable");
    let replace = |path: &Path| {
        fs::remove_file(path).expect("there");
        fs::write(path, &whole[..whole.len() / 3]).expect("writable");
    };
    let remove = |path: &Path| fs::remove_file(path).expect("there");
    let remove_all = |_: &Path| fs::remove_dir_all(dir.path().join("reviews")).expect("there");
    let harms: [&dyn Fn(&Path); 4] = [&cut, &replace, &remove, &remove_all];
    for (n, harm) in (3..).zip(harms) {
        harm(&path);
        log.append(Some(&case(n)), judge("a", Verdict::Correct))
            .expect("saved");
        assert_eq!(log.take_notices().len(), 1);
        let reading = Reading::of_file(&path).expect("readable");
        let ledgers = Ledger::by_reviewer(reading.entries.into_iter().map(|l| l.entry));
        for n in 0..=n {
            let review = ledgers["jchen"].case(&case(n));
            assert_eq!(review.verdict("a"), Some(Verdict::Correct), "case {n}");
        }
    }
}

#[test]
fn a_line_that_another_program_changed_does_not_undo_what_came_later() {
    let dir = folder();
    let path = dir.path().join("jchen.jsonl");
    let verdict = |path: &Path| {
        let entries = Reading::of_file(path).expect("readable").entries;
        let ledgers = Ledger::by_reviewer(entries.into_iter().map(|l| l.entry));
        ledgers["jchen"].case(&case(1)).verdict("a")
    };
    // The line is of an earlier session, then of this one.
    for reopened in [true, false] {
        let _ = fs::remove_file(&path);
        let mut log = open(&path).log;
        for verdict in [Verdict::Correct, Verdict::Incorrect] {
            log.append(Some(&case(1)), judge("a", verdict))
                .expect("saved");
        }
        if reopened {
            drop(log);
            log = open(&path).log;
        }
        let first = Reading::of_file(&path).expect("readable").entries[1]
            .entry
            .id
            .clone();
        let other = format!("{}7", &first[..first.len() - 1]);
        let changed = fs::read_to_string(&path)
            .expect("text")
            .replacen(&first, &other, 1);
        fs::write(&path, changed).expect("writable");
        log.append(Some(&case(2)), judge("a", Verdict::Correct))
            .expect("saved");
        assert_eq!(log.take_notices().len(), 1);
        assert_eq!(verdict(&path), Some(Verdict::Incorrect), "{reopened}");
        let ids: Vec<String> = Reading::of_file(&path)
            .expect("readable")
            .entries
            .into_iter()
            .map(|l| l.entry.id)
            .collect();
        assert!(
            ids.contains(&first) && ids.contains(&other),
            "neither is lost"
        );
        // The file is as it is meant to be: nothing is restored again.
        log.append(Some(&case(3)), judge("a", Verdict::Correct))
            .expect("saved");
        assert_eq!(log.take_notices().len(), 0);
    }
}

#[test]
fn a_changed_dataset_or_seed_is_told() {
    let dir = folder();
    let path = dir.path().join("jchen.jsonl");
    let mut log = open(&path).log;
    log.append(Some(&case(1)), judge("a", Verdict::Correct))
        .expect("saved");
    drop(log);
    let other = Session {
        fingerprint: "f2".to_owned(),
        seed: 8,
        ..session("jchen")
    };
    let notices = Log::open(&path, &other).expect("opens").notices;
    assert_eq!(notices.len(), 2, "{notices:?}");
}

/// Runs one ignored test of this binary in a process of its own.
fn child(test: &str, before: &str, path: &Path) -> Child {
    let run = format!("{before} exec \"$0\" --exact --ignored --nocapture \"$1\"");
    Command::new("sh")
        .args(["-c", &run])
        .arg(std::env::current_exe().expect("this binary"))
        .arg(format!("review::log::tests::{test}"))
        .env(CHILD, path)
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .spawn()
        .expect("sh runs")
}

#[test]
#[ignore = "run by the test below in a process of its own"]
fn child_holds_the_lock() {
    let Some(path) = std::env::var_os(CHILD) else {
        return;
    };
    let mut log = open(Path::new(&path)).log;
    log.append(Some(&case(1)), judge("a", Verdict::Correct))
        .expect("saved");
    writeln!(crate::sink::stdout(), "ready").expect("a pipe");
    let mut line = String::new();
    std::io::stdin().read_line(&mut line).expect("a pipe");
}

#[cfg(unix)]
#[test]
fn a_killed_session_leaves_its_work_and_its_lock_is_taken_over() {
    let dir = folder();
    let path = dir.path().join("jchen.jsonl");
    let mut child = child("child_holds_the_lock", "", &path);
    let out = std::io::BufReader::new(child.stdout.take().expect("piped"));
    let ready = |l: &std::io::Result<String>| l.as_ref().is_ok_and(|l| l.contains("ready"));
    assert!(out.lines().any(|l| ready(&l)));
    let pid = format!("process {}", child.id());
    let error = Log::open(&path, &session("jchen")).expect_err("locked");
    assert!(error.to_string().contains(&pid), "{error}");
    child.kill().expect("running");
    child.wait().expect("ended");
    let Opened { log, notices } = open(&path);
    assert_eq!(notices.len(), 1);
    assert!(notices[0].what.contains(&pid), "{notices:?}");
    let verdict = log.ledger().case(&case(1)).verdict("a");
    assert_eq!(verdict, Some(Verdict::Correct));
}

/// Writes until the limit on the file's size stops it, goes on judging, then has room again.
#[cfg(unix)]
#[test]
#[ignore = "run by the test below in a process of its own"]
fn child_writes_until_there_is_no_room() {
    use rustix::process::{Resource, Rlimit, getrlimit, setrlimit};
    let Some(path) = std::env::var_os(CHILD) else {
        return;
    };
    let mut log = open(Path::new(&path)).log;
    let mut n = 0;
    while log
        .append(Some(&case(n)), judge("a", Verdict::Correct))
        .is_ok()
    {
        n += 1;
        assert!(n < 1000, "the limit must be met");
    }
    for more in n + 1..n + 4 {
        log.append(Some(&case(more)), judge("a", Verdict::Correct))
            .expect_err("no room");
    }
    assert_eq!(log.unsaved(), 4);
    assert!(log.turn(Turn::Undo).is_err(), "an undo waits too");
    assert_eq!(log.ledger().progress([]).cases, 0);
    let review = log.ledger().case(&case(n + 2));
    assert_eq!(review.verdict("a"), Some(Verdict::Correct));
    let spare = Path::new(&path).with_file_name("spare.jsonl");
    log.save_elsewhere(&spare).expect("small enough");
    assert_eq!(kinds(&spare), ["judge", "judge", "judge", "judge", "undo"]);
    let maximum = getrlimit(Resource::Fsize).maximum;
    let room = Rlimit {
        current: maximum,
        maximum,
    };
    setrlimit(Resource::Fsize, room).expect("the soft limit may rise");
    log.retry().expect("there is room");
    assert_eq!(log.unsaved(), 0);
    writeln!(crate::sink::stdout(), "cases {n}").expect("a pipe");
}

#[cfg(unix)]
#[test]
fn nothing_is_lost_when_the_disk_is_full() {
    let dir = folder();
    let path = dir.path().join("jchen.jsonl");
    let limit = "trap '' XFSZ; ulimit -S -f 8;";
    let child = child("child_writes_until_there_is_no_room", limit, &path);
    let output = child.wait_with_output().expect("ended");
    let text = String::from_utf8_lossy(&output.stdout);
    assert!(output.status.success(), "{text}");
    let cases = text.lines().find_map(|l| l.split_once("cases "));
    let n: u32 = cases.expect("said").1.parse().expect("a number");
    let Opened { log, .. } = open(&path);
    for n in 0..n + 3 {
        let verdict = log.ledger().case(&case(n)).verdict("a");
        assert_eq!(verdict, Some(Verdict::Correct), "case {n}");
    }
    let last = log.ledger().case(&case(n + 3));
    assert_eq!(last.verdict("a"), None, "undone");
    assert_eq!(log.ledger().ignored().duplicates, 0);
    assert!(log.bad_lines().len() <= 1, "the torn line, sealed");
}
