//! All ways out of the reviewer: the terminal is given back, the marks are there, and so is the place.

use std::time::Duration;

use rustix::process::{Pid, Signal};

use crate::desk::{Desk, Marks, go_to_answers, wait_for_record};
use crate::pty::{Pty, Setup};
use crate::terminal::wait_until_gone;
use crate::tmux::Tmux;

/// Marks two answers and moves on; gives back the rows that a new session must show again.
fn judge(pty: &mut Pty) -> Vec<String> {
    wait_for_record(pty);
    go_to_answers(pty);
    pty.press("c 2 l x 1 l l C-d j");
    body(pty)
}

/// All rows but the first, with the time, and the last, with messages and hints.
fn body(pty: &Pty) -> Vec<String> {
    let rows = pty.rows();
    rows[1..rows.len() - 1].to_vec()
}

/// The next session shows the same, and the file says the same.
fn assert_kept(desk: &Desk, before: &[String]) {
    let mut pty = desk.review("jchen", &[]).start();
    wait_for_record(&pty);
    assert_eq!(body(&pty), before);
    let marks = Marks::on(&pty.rows()).expect("marks");
    assert_eq!(marks.signs, "✓✗––––");
    assert_eq!(marks.rank, "B > A");
    assert_eq!(marks, Marks::of(&desk.ledger("jchen"), &desk.dataset(), 0));
    assert!(!pty.rows()[0].contains('‼'), "{}", pty.screen());
    pty.keys("C-c");
    assert_eq!(pty.wait_exit(), 0);
}

#[test]
fn keys_leave() {
    for keys in ["q q", "C-c", "Z Z"] {
        let desk = Desk::new();
        let mut pty = desk.review("jchen", &[]).start();
        let before = judge(&mut pty);
        pty.keys(keys);
        assert_eq!(pty.wait_exit(), 0, "{keys}");
        pty.assert_restored();
        assert_kept(&desk, &before);
    }
}

#[test]
fn keys_typed_ahead_of_leaving_mark_nothing() {
    let desk = Desk::new();
    let mut pty = desk.review("jchen", &[]).start();
    let before = judge(&mut pty);
    let entries = desk.entries("jchen").len();
    pty.keys("C-c x l x 1 u");
    assert_eq!(pty.wait_exit(), 0);
    assert_eq!(desk.entries("jchen").len(), entries);
    assert_kept(&desk, &before);
}

#[test]
fn signals_leave() {
    for (signal, code) in [(Signal::TERM, 143), (Signal::HUP, 129)] {
        let desk = Desk::new();
        let mut pty = desk.review("jchen", &[]).start();
        let before = judge(&mut pty);
        pty.kill(signal);
        assert_eq!(pty.wait_exit(), code);
        pty.assert_restored();
        assert_kept(&desk, &before);
    }
}

#[test]
fn what_is_being_typed_or_chosen_comes_back_and_is_not_saved_by_leaving() {
    for (keys, shown, again, save) in [
        ("a h a l f", "half", "a", "C-s"),
        ("t j Space", "[x]", "t", "Enter"),
    ] {
        for signal in [Some(Signal::TERM), Some(Signal::HUP), None] {
            if signal.is_none() && again == "a" {
                // There the key cancels.
                continue;
            }
            let desk = Desk::new();
            let mut pty = desk.review("jchen", &[]).start();
            judge(&mut pty);
            pty.keys(keys);
            pty.wait_for(shown);
            match signal {
                Some(signal) => pty.kill(signal),
                None => pty.keys("C-c"),
            }
            pty.wait_exit();
            pty.assert_restored();
            let said = |desk: &Desk| {
                let (dataset, ledger) = (desk.dataset(), desk.ledger("jchen"));
                let review = ledger.case(&dataset.cases()[0].key()).clone();
                let mut all = review.responses.values();
                all.any(|r| r.comment.is_some() || !r.errors.is_empty())
            };
            assert!(!said(&desk), "nobody saved it");
            let mut pty = desk.review("jchen", &[]).start();
            pty.wait_for("Not saved yet:");
            pty.keys(again);
            pty.wait_for(shown);
            pty.keys(save);
            pty.wait_for("saved · u takes it back");
            pty.keys("q q");
            assert_eq!(pty.wait_exit(), 0);
            assert!(said(&desk));
            assert!(!desk.is_typing_kept(), "nothing is left of it");
        }
    }
}

#[test]
fn ctrl_z_and_fg() {
    let desk = Desk::new();
    let script = "set -m; \"$@\"; echo it is stopped; read line; fg; echo the shell saw $?";
    let mut pty = desk.review("jchen", &[]).under_shell(script).start();
    let before = judge(&mut pty);
    pty.keys("C-z");
    pty.wait_for("it is stopped");
    pty.wait_until("the shell's screen", |screen| {
        !screen.alternate_screen() && !screen.hide_cursor() && !screen.bracketed_paste()
    });
    pty.send(b"\n");
    pty.wait_until("the alternate screen", vt100::Screen::alternate_screen);
    pty.settle();
    assert_eq!(body(&pty), before, "the screen comes back");
    pty.keys("q q");
    assert_eq!(pty.wait_exit(), 0);
    pty.assert_restored();
    assert!(pty.screen().contains("the shell saw 0"), "{}", pty.screen());
    assert_kept(&desk, &before);
}

#[test]
#[cfg(target_os = "linux")]
fn a_lost_terminal() {
    let desk = Desk::new();
    let mut pty = desk.review("jchen", &[]).start();
    let before = judge(&mut pty);
    let pid = pty.pid();
    let used = Pty::processor_seconds(pid).unwrap_or_default();
    pty.close_master();
    let used = wait_until_gone(pid, Duration::from_secs(2)) - used;
    assert!(used < 0.5, "{used} s of processor time");
    assert_eq!(pty.exit_within(Duration::from_secs(2)), 129);
    assert_kept(&desk, &before);
}

#[test]
#[cfg(target_os = "linux")]
fn a_tmux_server_that_is_killed() {
    let Some(tmux) = Tmux::new("killed") else {
        return;
    };
    let desk = Desk::new();
    let args = format!("review {} --as jchen", desk.dataset_folder().display());
    let line = Tmux::line(desk.home(), &args);
    tmux.run(&["new-session", "-d", "-x", "80", "-y", "24", &line]);
    tmux.wait_for_record(":0.0");
    for keys in [
        ["Tab"].as_slice(),
        &["c", "2", "l", "x", "1", "l", "l", "C-d", "j"],
    ] {
        tmux.keys(":0.0", keys);
        if keys == ["Tab"] {
            tmux.wait_for(":0.0", "c correct");
        }
    }
    tmux.keys(":0.0", &["g", "J"]);
    tmux.wait_for(":0.0", "g J is bound to nothing");
    let screen = tmux.screen(":0.0");
    let mut before = screen
        .lines()
        .map(|l| l.trim_end().to_owned())
        .collect::<Vec<_>>();
    before.truncate(23);
    let pid = tmux.run(&["display-message", "-p", "#{pane_pid}"]);
    let pid = pid.trim().parse().ok().and_then(Pid::from_raw);
    let pid = pid.expect("the number of the program");
    let used = Pty::processor_seconds(pid).unwrap_or_default();
    tmux.run(&["kill-server"]);
    let used = wait_until_gone(pid, Duration::from_secs(2)) - used;
    assert!(used < 0.5, "{used} s of processor time");
    assert_kept(&desk, &before[1..]);
}

#[test]
fn a_screen_that_is_too_small_says_so_and_can_be_left() {
    let desk = Desk::new();
    let mut pty: Pty = desk.review("jchen", &[]).size(30, 8).start();
    pty.wait_for("40");
    pty.keys("c x q q");
    assert_eq!(pty.wait_exit(), 0);
    pty.assert_restored();
    assert!(!desk.review_file("jchen").exists() || desk.entries("jchen").is_empty());
}

#[test]
fn what_is_no_terminal_is_refused() {
    let desk = Desk::new();
    for script in [
        "\"$@\" < /dev/null",
        "\"$@\" 2>&1 | cat",
        "TERM=dumb \"$@\"",
    ] {
        let setup: Setup = desk.review("jchen", &[]);
        let mut pty = setup.under_shell(script).start();
        pty.wait_exit();
        pty.assert_restored();
        let screen = pty.screen();
        assert!(screen.contains("medalign: "), "{screen}");
        assert!(screen.contains("to try: "), "{screen}");
    }
    // Its lock and its file are no obstacle.
    let pty = desk.review("jchen", &[]).start();
    pty.wait_for("judged");
    assert!(!pty.rows()[0].contains('‼'), "{}", pty.screen());
}

#[test]
fn only_a_copy_reaches_the_clipboard() {
    let desk = Desk::new();
    let copies = |raw: &[u8]| memchr::memmem::find_iter(raw, b"\x1b]").count();
    let mut pty = desk.review("jchen", &[]).start();
    judge(&mut pty);
    assert_eq!(copies(&pty.raw()), 0);
    pty.keys("y");
    pty.wait_for("to the clipboard");
    assert_eq!(copies(&pty.raw()), 1);
    pty.keys("q q");
    assert_eq!(pty.wait_exit(), 0);
    pty.assert_restored();
    let mut pty = desk.review("jchen", &["--no-clipboard"]).start();
    wait_for_record(&pty);
    pty.keys("y");
    pty.wait_for("not copied");
    assert_eq!(copies(&pty.raw()), 0);
}
