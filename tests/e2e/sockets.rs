//! No socket: what the system is asked for while the program reviews, searches, reports, and says what it would send. A pair of the program
//! with itself, by which a signal wakes it, is none.

use std::path::Path;
use std::process::Command;

use crate::desk::{Desk, go_to_answers};

/// Whether the system lets its calls be watched here.
fn can_watch() -> bool {
    let tried = Command::new("strace")
        .args(["-f", "-e", "trace=socket,connect", "true"])
        .output();
    let can = tried.is_ok_and(|tried| tried.status.success());
    if !can {
        println!("skipped: strace is not there, or may not watch");
    }
    can
}

/// The calls that were made, without the lines about ends and signals.
fn calls(log: &Path) -> Vec<String> {
    let text = std::fs::read_to_string(log).expect("a log");
    assert!(text.contains("exited with"), "{text}");
    made(&text)
}

/// A thread that the end of the program took on its way into a call has `???(` in its line: its registers are gone, and the call was never made. A
/// call that did begin has its name there, whether it ended or not.
fn made(log: &str) -> Vec<String> {
    let told = |line: &&str| line.contains('(') && !line.contains(" ???(");
    log.lines().filter(told).map(str::to_owned).collect()
}

#[test]
fn a_call_is_told_from_ends_and_signals() {
    let log = "7 --- SIGCHLD {si_signo=SIGCHLD} ---\n7 socket(AF_INET, SOCK_STREAM, 0) = 3\n\
        8 connect(3, 0x0, 16 <unfinished ...>\n9 ???( <unfinished ...>\n9 <... ??? resumed>) = ?\n\
        8 <... connect resumed>) = 0\n9 +++ exited with 0 +++\n";
    assert_eq!(
        made(log),
        [
            "7 socket(AF_INET, SOCK_STREAM, 0) = 3",
            "8 connect(3, 0x0, 16 <unfinished ...>"
        ]
    );
}

/// The calls that a command makes.
fn calls_of(desk: &Desk, args: &[&str]) -> Vec<String> {
    let log = desk.home().join("log");
    let ran = Command::new("strace")
        .args(["-f", "-e", "trace=socket,connect", "-o"])
        .arg(&log)
        .arg(env!("CARGO_BIN_EXE_medalign"))
        .args(args)
        .current_dir(desk.home())
        .env_clear()
        .envs([("HOME", desk.home()), ("PATH", Path::new("/usr/bin:/bin"))])
        .output()
        .expect("runs");
    // `check` finds something in the demo, as it should.
    assert!(
        ran.status.code().is_some_and(|code| code < 2),
        "{args:?} {ran:?}"
    );
    calls(&log)
}

#[test]
fn commands_open_no_socket() {
    if !can_watch() {
        return;
    }
    let desk = Desk::new();
    let infer = [
        "infer",
        "clinic",
        "--endpoint",
        "https://models.example.org/v1",
        "--model",
        "m",
        "--dry-run",
    ];
    for args in [
        &["search", "clinic", "cough"][..],
        &["context", "clinic"],
        &["check", "clinic"],
        &infer,
        &["doctor", "clinic"],
    ] {
        assert_eq!(calls_of(&desk, args), [""; 0], "{args:?}");
    }
}

/// The reviewer, through a judgement, a search, and the report that is made of it.
#[test]
fn the_reviewer_opens_no_socket() {
    if !can_watch() {
        return;
    }
    let desk = Desk::new();
    let script = "exec strace -f -e trace=socket,connect -o \"$HOME/log\" \"$@\"";
    let mut pty = desk.review("jchen", &[]).under_shell(script).start();
    pty.wait_for("of 6 judged");
    go_to_answers(&mut pty);
    pty.keys("c");
    pty.wait_for("1 of 6 judged");
    pty.keys("f");
    pty.wait_for("index is ready");
    pty.keys("s t r o k e");
    pty.wait_for("Search: stroke");
    pty.keys("Esc");
    pty.wait_until("the record again", |screen| {
        !screen.contents().contains("Search:")
    });
    pty.keys("C-c");
    assert_eq!(pty.wait_exit(), 0);
    assert_eq!(calls(&desk.home().join("log")), [""; 0]);
    assert!(desk.review_file("jchen").is_file());
    assert_eq!(
        calls_of(&desk, &["report", "clinic", "--unsubmitted"]),
        [""; 0]
    );
}
