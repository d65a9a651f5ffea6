//! What others do to the review file while it is open: rewritten, removed, replaced, and copies of what is not saved.

use std::fs;

use super::*;

/// Acts that are in the file of a reviewer, as a new session reads them.
fn verdicts(path: &Path, n: u32) -> Vec<Option<Verdict>> {
    let log = open(path).log;
    let verdict = |n| log.ledger().case(&case(n)).verdict("a");
    (0..n).map(verdict).collect()
}

#[test]
fn a_file_rewritten_in_place_is_restored() {
    let rewrite = |text: &str| text.replace("\"correct\"", "\"unsure\" ");
    let longer = |text: &str| {
        format!("{}\n\n\n", &text[text.find('\n').expect("lines") + 1..]) + &" ".repeat(999)
    };
    let cut = |text: &str| text[..text.len() / 2].to_owned();
    let empty = |_: &str| String::new();
    let harms: [&dyn Fn(&str) -> String; 4] = [&rewrite, &longer, &cut, &empty];
    for (i, harm) in harms.into_iter().enumerate() {
        for leaves in [false, true] {
            let dir = folder();
            let path = dir.path().join("jchen.jsonl");
            // What was there before the session counts, too.
            for n in 0..2 {
                let mut log = open(&path).log;
                log.append(Some(&case(n)), judge("a", Verdict::Correct))
                    .expect("saved");
            }
            let mut log = open(&path).log;
            log.append(Some(&case(2)), judge("a", Verdict::Correct))
                .expect("saved");
            let text = fs::read_to_string(&path).expect("readable");
            fs::write(&path, harm(&text)).expect("writable");
            if !leaves {
                log.look(true).expect("restored");
                assert_eq!(log.take_notices().len(), 1, "{i}");
                assert_eq!(fs::read_to_string(&path).expect("there"), text);
                log.look(true).expect("as it was left");
                assert_eq!(log.take_notices(), [], "{i}");
            }
            drop(log);
            assert_eq!(verdicts(&path, 3), [Some(Verdict::Correct); 3], "{i}");
            fs::remove_dir_all(dir.path().join(".backup")).expect("there");
        }
    }
}

#[test]
fn what_is_removed_after_the_last_act_is_back_on_leaving() {
    let dir = folder();
    let path = dir.path().join("jchen.jsonl");
    let mut log = open(&path).log;
    log.append(Some(&case(0)), judge("a", Verdict::Correct))
        .expect("saved");
    fs::remove_file(&path).expect("there");
    drop(log);
    assert_eq!(verdicts(&path, 1), [Some(Verdict::Correct)]);
    // Without an act there is nothing to restore.
    let other = dir.path().join("other.jsonl");
    let log = open(&other).log;
    fs::remove_file(&other).expect("there");
    drop(log);
    assert!(!other.exists());
}

/// The file is replaced by a longer one while looking at it fails once: what it lacks is not forgotten.
#[cfg(unix)]
#[test]
fn a_look_that_fails_changes_nothing() {
    let dir = folder();
    let path = dir.path().join("jchen.jsonl");
    let mut log = open(&path).log;
    log.append(Some(&case(0)), judge("a", Verdict::Correct))
        .expect("saved");
    // A folder at its place cannot be opened as a file.
    fs::remove_file(&path).expect("there");
    fs::create_dir(&path).expect("made");
    log.append(Some(&case(1)), judge("a", Verdict::Correct))
        .expect_err("no file");
    fs::remove_dir(&path).expect("there");
    fs::write(&path, " ".repeat(9999)).expect("written");
    log.append(Some(&case(2)), judge("a", Verdict::Correct))
        .expect("saved");
    drop(log);
    assert_eq!(verdicts(&path, 3), [Some(Verdict::Correct); 3]);
}

#[cfg(unix)]
#[test]
fn copies_have_the_whole_name_and_pipes_and_links_are_none() {
    let dir = folder();
    let (one, two) = (dir.path().join("a.jsonl"), dir.path().join("a.json"));
    for path in [&one, &two, &one, &two, &one] {
        let mut log = open(path).log;
        log.append(Some(&case(0)), judge("a", Verdict::Correct))
            .expect("saved");
    }
    let copies = |path: &Path| backup::copies(path).expect("listed").len();
    assert_eq!((copies(&one), copies(&two)), (2, 1));
    let folder = dir.path().join(".backup");
    let newest = folder.join("a.jsonl.1.jsonl");
    let secret = dir.path().join("secret");
    fs::write(&secret, "mine").expect("written");
    for link in [false, true] {
        let _ = fs::remove_file(&newest);
        if link {
            std::os::unix::fs::symlink(&secret, &newest).expect("linked");
        } else {
            let made = Command::new("mkfifo")
                .arg(&newest)
                .status()
                .expect("mkfifo");
            assert!(made.success());
        }
        assert_eq!(copies(&one), 1, "{link}");
        let mut log = open(&one).log;
        log.append(Some(&case(1)), judge("a", Verdict::Correct))
            .expect("saved");
        drop(log);
        assert_eq!(fs::read(&secret).expect("there"), b"mine");
    }
}

/// While the file cannot be used, nothing counts as saved, and a copy holds all of it.
#[cfg(unix)]
#[test]
fn what_was_saved_in_a_file_that_cannot_be_used_is_unsaved() {
    let dir = folder();
    let path = dir.path().join("jchen.jsonl");
    let mut log = open(&path).log;
    for n in 0..2 {
        log.append(Some(&case(n)), judge("a", Verdict::Correct))
            .expect("saved");
    }
    assert_eq!(log.unsaved(), 0);
    fs::remove_file(&path).expect("there");
    fs::create_dir(&path).expect("made");
    log.look(false).expect_err("a folder");
    assert_eq!(log.unsaved(), 2);
    log.retry().expect_err("still a folder");
    let spare = dir.path().join("spare.jsonl");
    log.save_elsewhere(&spare).expect("there is room");
    assert_eq!(verdicts(&spare, 2), [Some(Verdict::Correct); 2]);
    fs::remove_dir(&path).expect("there");
    log.retry().expect("written again");
    assert_eq!(log.unsaved(), 0);
    drop(log);
    assert_eq!(verdicts(&path, 2), [Some(Verdict::Correct); 2]);
}

#[cfg(unix)]
#[test]
fn a_backup_folder_that_is_a_link_is_not_followed() {
    let dir = folder();
    let path = dir.path().join("jchen.jsonl");
    let elsewhere = dir.path().join("elsewhere");
    fs::create_dir(&elsewhere).expect("made");
    fs::write(elsewhere.join("jchen.1.jsonl"), "mine").expect("written");
    std::os::unix::fs::symlink(&elsewhere, dir.path().join(".backup")).expect("linked");
    let mut log = open(&path).log;
    log.append(Some(&case(0)), judge("a", Verdict::Correct))
        .expect("saved");
    fs::write(&path, "another program's").expect("written");
    log.look(true)
        .expect_err("nowhere to put aside what is there");
    assert_eq!(log.unsaved(), 1);
    let names = fs::read_dir(&elsewhere).expect("listed");
    let names: Vec<_> = names
        .map(|item| item.expect("an item").file_name())
        .collect();
    assert_eq!(names, ["jchen.1.jsonl"]);
    fs::remove_file(dir.path().join(".backup")).expect("there");
    drop(log);
    assert_eq!(verdicts(&path, 1), [Some(Verdict::Correct)]);
}

/// The file gets another content between the look and the write: what went into the file without a name counts for nothing, and
/// is written into the one that has it.
#[cfg(unix)]
#[test]
fn a_file_that_is_replaced_while_it_is_written_is_seen_at_once() {
    let dir = folder();
    let path = dir.path().join("jchen.jsonl");
    let mut log = open(&path).log;
    log.append(Some(&case(0)), judge("a", Verdict::Correct))
        .expect("saved");
    log.queue(Pass::First, Some(case(1)), judge("a", Verdict::Correct));
    log.mend(false).expect("as it was left");
    let other = dir.path().join("other");
    fs::write(&other, "another program's\n").expect("written");
    fs::rename(&other, &path).expect("renamed");
    assert!(!log.write_out().expect("no failure of the disk"));
    assert_eq!(log.unsaved(), 1);
    log.retry().expect("saved");
    assert_eq!(log.unsaved(), 0);
    let told = log.take_notices();
    assert_eq!(told.len(), 1, "{told:?}");
    assert!(told[0].what.contains("2 acts were lost"), "{told:?}");
    let kept = backup::copies(&path).expect("listed");
    let kept = kept.iter().map(|f| fs::read(f).expect("there"));
    assert_eq!(
        kept.filter(|b| b == b"another program's\n").count(),
        1,
        "what the other program left is kept"
    );
    drop(log);
    let held = verdicts(&path, 2);
    assert_eq!(held, [Some(Verdict::Correct); 2]);
}
