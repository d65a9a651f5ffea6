//! Disks that are full or cannot be written: loud, asked about on leaving, and without loss.

use std::fs;
use std::io::Write;
use std::path::{Path, PathBuf};
use std::process::Command;

use medalign::inside::review::line::Reading;

use crate::desk::{Desk, Marks, entries, fold, go_to_answers};
use crate::pty::Pty;

/// Marks answers until one mark cannot be written; the marks that the screen shows then.
fn judge_until_full(pty: &mut Pty) {
    pty.wait_for("judged");
    go_to_answers(pty);
    for round in 0..100 {
        pty.keys(if round % 2 == 0 { "c" } else { "x" });
        pty.wait_until("saved, or not", |screen| {
            let text = screen.contents();
            text.contains("NOT SAVED") || text.contains(" judged")
        });
        pty.settle();
        if pty.screen().contains("NOT SAVED") {
            return;
        }
        pty.keys("l");
    }
    panic!("the disk did not get full; the screen:\n{}", pty.screen());
}

/// The signs and ranks, also while some are not saved.
fn marks(pty: &Pty) -> Marks {
    let mut rows = pty.rows();
    rows[0] = rows[0].replace("NOT SAVED", "");
    Marks::on(&rows).expect("marks")
}

#[cfg(target_os = "linux")]
fn lift_the_limit(pty: &Pty) {
    use rustix::process::{Resource, Rlimit, prlimit};
    let none = Rlimit {
        current: None,
        maximum: None,
    };
    prlimit(Some(pty.pid()), Resource::Fsize, none).expect("a limit of our own");
}

#[test]
#[cfg(target_os = "linux")]
fn a_file_that_may_not_grow() {
    for script in [
        "ulimit -S -f 4; trap '' XFSZ; exec \"$@\"",
        // By default the signal ends a program, with the terminal taken over.
        "ulimit -S -f 4; exec \"$@\"",
    ] {
        let desk = Desk::new();
        let mut pty = desk.review("jchen", &[]).under_shell(script).start();
        judge_until_full(&mut pty);
        pty.wait_for("1 NOT SAVED");
        // The next one is not written either, and comes after it in the file.
        pty.keys("1");
        pty.wait_for("NOT SAVED, only in memory");
        pty.wait_for("2 NOT SAVED");
        let shown = marks(&pty);
        pty.keys("q");
        pty.wait_for("2 acts are NOT saved in");
        pty.keys("q");
        pty.settle();
        pty.keys("g W");
        pty.wait_for("Still NOT SAVED");
        lift_the_limit(&pty);
        pty.keys("g W");
        pty.wait_for("Everything is saved now");
        pty.wait_until("a plain status", |screen| {
            !screen.contents().contains("NOT SAVED")
        });
        assert_eq!(marks(&pty), shown);
        pty.keys("q q");
        assert_eq!(pty.wait_exit(), 0);
        pty.assert_restored();

        // The first attempt may have left a piece of a line; everything stands behind it.
        let reading = Reading::of_file(&desk.review_file("jchen")).expect("the review file");
        assert!(reading.bad.len() <= 1 && !reading.torn, "{:?}", reading.bad);
        let ledger = fold("jchen", reading.entries.into_iter().map(|l| l.entry));
        assert_eq!(Marks::of(&ledger, &desk.dataset(), 0), shown);
        let pty = desk.review("jchen", &[]).start();
        pty.wait_for("judged");
        assert_eq!(marks(&pty), shown);
    }
}

#[test]
#[cfg(target_os = "linux")]
fn leaving_with_unsaved_marks_is_asked_about() {
    let desk = Desk::new();
    let script = "ulimit -S -f 4; exec \"$@\"";
    for keys in ["q", "C-c", "Z Z"] {
        let mut pty = desk.review("jchen", &[]).under_shell(script).start();
        if keys == "q" {
            judge_until_full(&mut pty);
        } else {
            pty.wait_for("judged");
            go_to_answers(&mut pty);
            pty.keys("m");
            pty.wait_for("NOT SAVED");
        }
        pty.keys(keys);
        pty.wait_for("NOT saved in");
        // No key pressed twice loses anything; leaving takes the one that is shown.
        pty.wait_for("y leaves and loses them");
        pty.keys("Enter");
        // The count of judged answers is in view under the question, too.
        pty.wait_until("the answers", |s| !s.contents().contains("NOT saved in"));
        // A question that nobody has seen is not closed by what was typed ahead of it.
        pty.keys("C-c");
        pty.wait_for("y leaves and loses them");
        pty.keys("C-c Enter");
        pty.wait_until("the answers", |s| !s.contents().contains("NOT saved in"));
        pty.keys(keys);
        pty.wait_for("NOT saved in");
        pty.keys("y");
        assert_eq!(pty.wait_exit(), 0);
        pty.assert_restored();
    }
}

#[test]
#[cfg(target_os = "linux")]
fn space_that_comes_back_is_used_by_the_next_mark() {
    let desk = Desk::new();
    let script = "ulimit -S -f 4; exec \"$@\"";
    let mut pty = desk.review("jchen", &[]).under_shell(script).start();
    judge_until_full(&mut pty);
    lift_the_limit(&pty);
    pty.keys("m 2");
    pty.wait_until("saved", |screen| {
        let text = screen.contents();
        !text.contains("NOT SAVED") && text.contains("saved ")
    });
    pty.settle();
    let shown = marks(&pty);
    pty.kill_hard();
    let reading = Reading::of_file(&desk.review_file("jchen")).expect("the review file");
    let ledger = fold("jchen", reading.entries.into_iter().map(|l| l.entry));
    assert_eq!(Marks::of(&ledger, &desk.dataset(), 0), shown);
}

/// A small file system of its own, unmounted at the end.
struct Mount(PathBuf);

impl Mount {
    /// `None`, with the reason printed, where mounting is not permitted.
    fn new(at: PathBuf, size: &str) -> Option<Self> {
        fs::create_dir_all(&at).expect("a folder");
        let options = format!("size={size},mode=755");
        let made = Command::new("mount")
            .args(["-t", "tmpfs", "-o", &options, "medalign-test"])
            .arg(&at)
            .output();
        if made.as_ref().is_ok_and(|o| o.status.success()) {
            return Some(Mount(at));
        }
        println!("skipped: mounting a small file system is not permitted");
        None
    }

    fn make_read_only(&self) {
        let made = Command::new("mount")
            .args(["-o", "remount,ro"])
            .arg(&self.0)
            .status();
        assert!(made.is_ok_and(|s| s.success()), "remounting");
    }
}

impl Drop for Mount {
    fn drop(&mut self) {
        let _ = Command::new("umount").arg("-l").arg(&self.0).status();
    }
}

#[test]
#[cfg(target_os = "linux")]
fn a_disk_that_is_full() {
    let desk = Desk::new();
    let Some(mount) = Mount::new(desk.home().join("disk"), "64k") else {
        return;
    };
    let review = mount.0.join("jchen.jsonl");
    let filler = mount.0.join("filler");
    let fill = || {
        let mut file = fs::File::create(&filler).expect("a file");
        while file.write_all(&[b'x'; 4096]).is_ok() {}
    };
    fill();
    let arg = review.to_str().expect("a plain path");
    let mut pty = desk.review("jchen", &["--review-file", arg]).start();
    pty.wait_for("judged");
    go_to_answers(&mut pty);
    pty.keys("c");
    pty.wait_for("NOT SAVED, only in memory");
    pty.settle();
    pty.keys("l x");
    pty.settle();
    let shown = marks(&pty);
    assert_eq!(shown.signs, "✓✗––––");
    assert!(pty.screen().contains("NOT SAVED"), "{}", pty.screen());
    pty.keys("C-c");
    pty.wait_for("NOT saved in");
    pty.keys("q");
    fs::remove_file(&filler).expect("the filler");
    pty.keys("g W");
    pty.wait_for("Everything is saved now");
    pty.keys("q q");
    assert_eq!(pty.wait_exit(), 0);
    pty.assert_restored();
    let ledger = fold("jchen", entries(&review));
    assert_eq!(Marks::of(&ledger, &desk.dataset(), 0), shown);
}

fn copy_all(from: &Path, to: &Path) {
    fs::create_dir_all(to).expect("a folder");
    for item in fs::read_dir(from).expect("a folder") {
        let path = item.expect("an item").path();
        let target = to.join(path.file_name().expect("a name"));
        if path.is_dir() {
            copy_all(&path, &target);
        } else {
            fs::copy(&path, &target).expect("a copy");
        }
    }
}

#[test]
#[cfg(target_os = "linux")]
fn a_dataset_that_cannot_be_written() {
    let desk = Desk::new();
    let mount = if rustix::process::geteuid().is_root() {
        let Some(mount) = Mount::new(desk.home().join("disk"), "8m") else {
            return;
        };
        copy_all(&desk.dataset_folder(), &mount.0.join("clinic"));
        mount.make_read_only();
        Some(mount)
    } else {
        use std::os::unix::fs::PermissionsExt;
        let only_read = fs::Permissions::from_mode(0o555);
        copy_all(&desk.dataset_folder(), &desk.home().join("disk/clinic"));
        fs::set_permissions(desk.home().join("disk/clinic"), only_read).expect("our folder");
        None
    };
    let folder = desk.home().join("disk/clinic");
    let args = [
        "review",
        folder.to_str().expect("a plain path"),
        "--as",
        "jchen",
    ];
    let start = || {
        crate::pty::Setup::medalign(&args)
            .home(desk.home())
            .size(200, 40)
            .start()
    };
    let mut pty = start();
    pty.wait_for("1 notice");
    pty.wait_for("judged");
    go_to_answers(&mut pty);
    pty.press("c l x");
    pty.keys("g n");
    pty.wait_for("the review file is kept here, outside the dataset's folder");
    pty.keys("q q q");
    assert_eq!(pty.wait_exit(), 0);
    pty.assert_restored();
    assert!(!folder.join("reviews").exists());
    let kept = fs::read_dir(desk.home().join("data/reviews"))
        .expect("a folder of reviews")
        .map(|item| item.expect("an item").path().join("jchen.jsonl"))
        .find(|file| file.exists())
        .expect("the review file");
    assert_eq!(entries(&kept).len(), 3);
    let pty = start();
    pty.wait_for("A ✓  B ✗  C –");
    drop(mount);
}
