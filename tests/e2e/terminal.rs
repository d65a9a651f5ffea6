//! How the terminal is taken over and given back, shown on a small reviewer of its own.
//!
//! The small reviewer is this test program itself, started again inside a terminal to run one ignored test.

use std::io::Write;
use std::time::{Duration, Instant};

use medalign::inside::tui::terminal::{self, Clipboard, Event, Facts, Key, Options, Terminal};
use ratatui::layout::Position;
use ratatui::style::{Color, Style};
use rustix::process::{Pid, Signal};

use crate::pty::{Pty, Setup, foreign_sequences};

const ROLE: &str = "MEDALIGN_TEST_SMALL_REVIEWER";
/// Stands for text of a record in a panic's message.
const SECRET: &str = "patient text";

fn small_reviewer() -> Setup {
    let program = std::env::current_exe().expect("this program");
    let args = [
        "--exact",
        "terminal::small_reviewer_inside",
        "--ignored",
        "--nocapture",
        "--test-threads=1",
    ];
    Setup::program(&program, &args).var(ROLE, "1")
}

/// Runs inside the terminal.
#[test]
#[ignore = "the other tests start it inside a terminal"]
#[expect(clippy::exit, reason = "it plays a program's main")]
fn small_reviewer_inside() {
    if std::env::var_os(ROLE).is_none() {
        return;
    }
    let options = Options {
        mouse: std::env::var_os("WITH_MOUSE").is_some(),
        colours: true,
        fast: false,
    };
    let code = match terminal::run(options, review) {
        Ok(code) => code,
        Err(error) => {
            say(&format!("error: {error}"));
            if let Some(hint) = error.hint_text() {
                say(&format!("hint: {hint}"));
            }
            error.kind().exit_code()
        }
    };
    say(&format!("the end, {code}"));
    std::process::exit(i32::from(code));
}

/// Prints a line; `eprintln!` would panic where the terminal is gone.
fn say(line: &str) {
    let _ = writeln!(medalign::sink::stderr(), "{line}");
}

fn review(terminal: &mut Terminal) -> medalign::Result<()> {
    let mut log = vec![format!("pid {}", std::process::id())];
    let mut keys = 0;
    let mut draw = true;
    loop {
        if draw {
            let size = terminal.size();
            terminal.draw(|buffer| {
                let width = usize::from(size.width);
                let title = format!("{}x{}, {keys} keys", size.width, size.height);
                buffer.set_stringn(0, 0, title, width, Style::new().fg(Color::Red));
                let rows = usize::from(size.height).saturating_sub(1);
                let first = log.len().saturating_sub(rows);
                for (y, line) in (1..size.height).zip(&log[first..]) {
                    buffer.set_stringn(0, y, line, width, Style::new());
                }
                Some(Position::new(0, 0))
            })?;
        }
        let events = terminal.events(Duration::from_mins(1))?;
        draw = !events.is_empty();
        for event in events {
            match event {
                Event::Key(key) => {
                    keys += 1;
                    if key == Key::char('q') {
                        return Ok(());
                    }
                    log.push(format!("key {key}"));
                    act(terminal, key, &mut log)?;
                }
                Event::EscThen(key) => {
                    keys += 1;
                    log.push(format!("key {}", Key { alt: true, ..key }));
                }
                Event::Leave(signal) => {
                    std::fs::write("kept", format!("{keys} keys, signal {signal}"))
                        .expect("a writable folder");
                    return Ok(());
                }
                other => log.push(format!("{other:?}")),
            }
        }
    }
}

fn act(terminal: &mut Terminal, key: Key, log: &mut Vec<String>) -> medalign::Result<()> {
    let waker = terminal.waker();
    match key.to_string().as_str() {
        "C-z" => {
            terminal.suspend()?;
            log.push("back again".to_owned());
        }
        "p" => panic!("{SECRET}"),
        "w" => {
            std::thread::spawn(|| panic!("{SECRET}"));
        }
        "e" => {
            return Err(medalign::Error::usage("an error of the reviewer"));
        }
        "s" => {
            std::fs::write("stuck", "").expect("a writable folder");
            loop {
                std::thread::sleep(Duration::from_mins(1));
            }
        }
        "W" => {
            std::thread::spawn(move || waker.wake());
            let start = Instant::now();
            let events = terminal.events(Duration::from_mins(1))?;
            assert!(events.is_empty() && start.elapsed() < Duration::from_secs(30));
            log.push("woken".to_owned());
        }
        "l" => {
            let status = terminal.lend(|| {
                std::process::Command::new("sh")
                    .args(["-c", "echo the editor; read answer; test \"$answer\" = yes"])
                    .status()
            })?;
            log.push(format!(
                "editor done: {}",
                status.is_ok_and(|s| s.success())
            ));
        }
        "y" => {
            let clipboard = Clipboard::new(&Facts::read(|_| None), true, 100);
            log.push(terminal.copy(&clipboard, "copied text")?);
        }
        "x" => log.push("\x1b]0;evil\x07\x1b[5mdata\u{9b}5m".to_owned()),
        _ => {}
    }
    Ok(())
}

/// The number of the process that shows it on the screen.
fn pid_shown(pty: &Pty) -> Pid {
    pty.wait_for("pid ");
    let screen = pty.screen();
    let number = screen
        .lines()
        .find_map(|line| line.trim().strip_prefix("pid "))
        .and_then(|n| n.trim().parse().ok())
        .expect("a number after pid");
    Pid::from_raw(number).expect("a number above 0")
}

pub(crate) fn wait_until_gone(pid: Pid, within: Duration) -> f64 {
    let deadline = Instant::now() + within;
    let mut used = 0.0;
    while let Some(seconds) = Pty::processor_seconds(pid) {
        used = seconds;
        if rustix::process::test_kill_process(pid).is_err() || is_zombie(pid) {
            break;
        }
        assert!(
            Instant::now() < deadline,
            "the program is still there after {within:?}"
        );
        std::thread::sleep(Duration::from_millis(5));
    }
    used
}

fn is_zombie(pid: Pid) -> bool {
    std::fs::read_to_string(format!("/proc/{}/stat", pid.as_raw_nonzero()))
        .is_ok_and(|stat| stat.contains(") Z "))
}

#[test]
fn quitting_gives_the_terminal_back() {
    let mut pty = small_reviewer().start();
    pty.wait_for("80x24, 0 keys");
    pty.wait_until("the alternate screen", vt100::Screen::alternate_screen);
    pty.keys("j G C-d S-Tab PageDown A-x Space F5 C-Left ä");
    pty.wait_for("10 keys");
    for key in "j G C-d S-Tab PageDown A-x Space F5 C-Left ä".split(' ') {
        assert!(pty.screen().contains(&format!("key {key}")), "{key}");
    }
    pty.keys("q q");
    assert_eq!(pty.wait_exit(), 0);
    pty.assert_restored();
    assert!(!pty.screen().contains("keys"), "{}", pty.screen());
    assert!(pty.screen().contains("the end, 0"));
}

#[test]
fn the_mouse_is_asked_for_and_given_back() {
    let mut pty = small_reviewer().var("WITH_MOUSE", "1").start();
    pty.wait_for("0 keys");
    pty.wait_until("the mouse", |screen| {
        screen.mouse_protocol_mode() == vt100::MouseProtocolMode::PressRelease
    });
    pty.send(b"\x1b[<64;5;6M");
    pty.wait_for("WheelUp, x: 4, y: 5");
    pty.keys("q q");
    assert_eq!(pty.wait_exit(), 0);
    pty.assert_restored();
}

#[test]
fn a_panic_gives_the_terminal_back_and_tells_no_text() {
    let mut pty = small_reviewer().var("WITH_MOUSE", "1").start();
    pty.wait_for("0 keys");
    pty.keys("p");
    assert_eq!(pty.wait_exit(), 70);
    pty.assert_restored();
    let screen = pty.screen();
    assert!(
        screen.contains("defect of the program, at tests/e2e/terminal.rs:"),
        "{screen}"
    );
    assert!(
        !String::from_utf8_lossy(&pty.raw()).contains(SECRET),
        "{screen}"
    );
}

#[test]
fn an_error_gives_the_terminal_back() {
    let mut pty = small_reviewer().var("WITH_MOUSE", "1").start();
    pty.wait_for("0 keys");
    pty.keys("e");
    assert_eq!(pty.wait_exit(), 2);
    pty.assert_restored();
    assert!(pty.screen().contains("error: an error of the reviewer"));
}

#[test]
fn a_worker_that_panics_does_not_tear_the_screen_down() {
    let mut pty = small_reviewer().start();
    pty.wait_for("0 keys");
    pty.keys("w");
    pty.wait_for("WorkerPanicked(\"tests/e2e/terminal.rs:");
    pty.wait_until("the alternate screen", vt100::Screen::alternate_screen);
    pty.keys("j q q");
    assert_eq!(pty.wait_exit(), 0);
    pty.assert_restored();
    assert!(!String::from_utf8_lossy(&pty.raw()).contains(SECRET));
}

#[test]
fn a_worker_can_wake_the_loop() {
    let mut pty = small_reviewer().start();
    pty.wait_for("0 keys");
    pty.keys("W");
    pty.wait_for("woken");
}

#[test]
fn signals_end_it_with_its_state_kept() {
    for (signal, code) in [(Signal::TERM, 143), (Signal::HUP, 129), (Signal::INT, 130)] {
        let mut pty = small_reviewer().var("WITH_MOUSE", "1").start();
        pty.wait_for("0 keys");
        pty.keys("j k");
        pty.wait_for("2 keys");
        let start = Instant::now();
        pty.kill(signal);
        assert_eq!(pty.wait_exit(), code);
        assert!(start.elapsed() < Duration::from_secs(2));
        pty.assert_restored();
        let kept = std::fs::read_to_string(pty.home().join("kept")).expect("the state was kept");
        assert_eq!(kept, format!("2 keys, signal {}", code - 128));
    }
}

#[test]
fn a_stuck_program_ends_on_a_signal_too() {
    let mut pty = small_reviewer().start();
    pty.wait_for("0 keys");
    pty.keys("s");
    pty.wait_for_file("stuck");
    let start = Instant::now();
    pty.kill(Signal::TERM);
    assert_eq!(pty.wait_exit(), 143);
    assert!(
        start.elapsed() < Duration::from_secs(2),
        "{:?}",
        start.elapsed()
    );
    pty.assert_restored();
}

#[test]
fn ctrl_z_gives_the_terminal_to_the_shell_and_takes_it_again() {
    let script = "set -m; \"$@\"; echo it is stopped; read line; fg; echo the shell saw $?";
    let mut pty = small_reviewer()
        .var("WITH_MOUSE", "1")
        .under_shell(script)
        .start();
    pty.wait_for("0 keys");
    pty.keys("j C-z");
    pty.wait_for("it is stopped");
    pty.wait_until("the shell's screen", |screen| {
        !screen.alternate_screen() && !screen.hide_cursor() && !screen.bracketed_paste()
    });
    pty.send(b"\n");
    pty.wait_for("back again");
    pty.wait_until("the alternate screen", vt100::Screen::alternate_screen);
    pty.keys("j q q");
    assert_eq!(pty.wait_exit(), 0);
    pty.assert_restored();
    assert!(pty.screen().contains("the shell saw 0"), "{}", pty.screen());
}

#[test]
fn a_stop_from_outside_is_survived() {
    let script = "set -m; \"$@\"; echo it is stopped; read line; fg; echo the shell saw $?";
    let mut pty = small_reviewer()
        .var("WITH_MOUSE", "1")
        .under_shell(script)
        .start();
    let pid = pid_shown(&pty);
    rustix::process::kill_process(pid, Signal::STOP).expect("a running program");
    pty.wait_for("it is stopped");
    pty.send(b"\n");
    pty.wait_for("Resumed");
    pty.keys("j q q");
    assert_eq!(pty.wait_exit(), 0);
    pty.assert_restored();
}

#[test]
fn a_stopped_program_ends_when_told_to() {
    let script = "set -m; \"$@\"; echo it is stopped; read line; kill %1; kill -CONT %1; while kill -0 %1; do wait %1; done 2>/dev/null; echo the shell goes on";
    let mut pty = small_reviewer().under_shell(script).start();
    let pid = pid_shown(&pty);
    pty.keys("C-z");
    pty.wait_for("it is stopped");
    pty.send(b"\n");
    wait_until_gone(pid, Duration::from_secs(5));
    assert_eq!(pty.wait_exit(), 0);
    pty.assert_restored();
    let screen = pty.screen();
    assert!(screen.contains("the end, 143"), "{screen}");
    assert!(screen.contains("the shell goes on"), "{screen}");
}

#[test]
fn ctrl_z_without_a_shell_goes_on() {
    let mut pty = small_reviewer().start();
    pty.wait_for("0 keys");
    pty.keys("C-z");
    pty.wait_for("back again");
    pty.keys("q q");
    assert_eq!(pty.wait_exit(), 0);
    pty.assert_restored();
}

#[test]
fn another_program_gets_the_terminal_for_a_while() {
    let mut pty = small_reviewer().var("WITH_MOUSE", "1").start();
    pty.wait_for("0 keys");
    pty.keys("l");
    pty.wait_for("the editor");
    pty.wait_until("its screen", |screen| !screen.alternate_screen());
    pty.send(b"yes\n");
    pty.wait_for("editor done: true");
    pty.keys("j q q");
    assert_eq!(pty.wait_exit(), 0);
    pty.assert_restored();
}

#[test]
#[cfg(target_os = "linux")]
fn a_lost_terminal_ends_it_within_two_seconds_without_spinning() {
    let mut pty = small_reviewer().start();
    pty.wait_for("0 keys");
    pty.keys("j");
    pty.wait_for("1 keys");
    let pid = pty.pid();
    pty.close_master();
    let used = wait_until_gone(pid, Duration::from_secs(2));
    assert!(used < 0.5, "{used} s of processor time");
    assert_eq!(pty.exit_within(Duration::from_secs(2)), 129);
    let kept = std::fs::read_to_string(pty.home().join("kept")).expect("the state was kept");
    assert_eq!(kept, "1 keys, signal 1");
}

#[test]
#[cfg(target_os = "linux")]
fn a_lost_terminal_is_seen_without_a_signal() {
    // The shell, whose terminal it is, ignores the signal, and so nobody sends it on.
    let script = "trap '' HUP; \"$@\"; sleep 30";
    for keys in ["j", "s"] {
        let mut pty = small_reviewer().under_shell(script).start();
        let pid = pid_shown(&pty);
        pty.keys(keys);
        if keys == "s" {
            pty.wait_for_file("stuck");
        } else {
            pty.wait_for("1 keys");
        }
        pty.close_master();
        let used = wait_until_gone(pid, Duration::from_secs(2));
        assert!(used < 0.5, "{used} s of processor time");
    }
}

#[test]
fn it_follows_the_size() {
    let mut pty = small_reviewer().size(100, 30).start();
    pty.wait_for("100x30, 0 keys");
    pty.resize(120, 40);
    pty.wait_for("120x40, 0 keys");
    pty.resize(40, 12);
    pty.wait_for("40x12, 0 keys");
    for n in 0..30 {
        pty.resize(60 + n, 12 + n % 7);
    }
    pty.wait_for("89x13, 0 keys");
    pty.keys("q q");
    assert_eq!(pty.wait_exit(), 0);
    pty.assert_restored();
}

#[test]
fn bursts_of_keys_and_pastes_arrive_whole() {
    let mut pty = small_reviewer().start();
    pty.wait_for("0 keys");
    pty.send(&[b'j'; 3000]);
    pty.wait_for("3000 keys");
    let text = "x".repeat(3000);
    pty.send(format!("\x1b[200~{text}\r\nq\x1b[201~").as_bytes());
    pty.wait_for("Paste(Paste {");
    pty.keys("k");
    pty.wait_for("3001 keys");
    pty.send(b"\x1b");
    pty.wait_for("key Esc");
}

#[test]
fn data_cannot_send_sequences() {
    let mut pty = small_reviewer().start();
    pty.wait_for("0 keys");
    pty.keys("x");
    pty.wait_for("data");
    pty.keys("y");
    pty.wait_for("sent 11 characters");
    pty.keys("q q");
    assert_eq!(pty.wait_exit(), 0);
    pty.assert_restored();
    assert!(
        pty.raw()
            .windows(23)
            .any(|w| w == b"\x1b]52;c;Y29waWVkIHRleHQ=")
    );
    assert_eq!(foreign_sequences(b"a\x1b[5mb\x1b]0;t\x07").len(), 3);
}

#[test]
fn the_program_starts_in_a_terminal() {
    let mut pty = Setup::medalign(&["--version"]).start();
    assert_eq!(pty.wait_exit(), 0);
    pty.assert_restored();
}

#[test]
fn it_says_what_it_needs() {
    let mut pty = small_reviewer().var("TERM", "dumb").start();
    assert_eq!(pty.wait_exit(), 2);
    assert!(pty.screen().contains("TERM=dumb"), "{}", pty.screen());
    for script in ["\"$@\" < /dev/null", "\"$@\" 2>&1 | cat"] {
        let mut pty = small_reviewer().under_shell(script).start();
        pty.wait_exit();
        let screen = pty.screen();
        assert!(
            screen.contains("needs a terminal, and standard"),
            "{screen}"
        );
        assert!(screen.contains("the end, 2"), "{screen}");
    }
}
