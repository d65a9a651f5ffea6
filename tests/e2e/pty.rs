//! A program in a terminal of its own: keys go in, a screen comes out.
//!
//! Nothing sleeps for a fixed time: each wait ends when what it waits for is there, or fails with the screen shown.

use std::fmt::Write as _;
use std::io::{Read, Write};
use std::num::NonZeroU16;
use std::os::fd::{AsRawFd, RawFd};
use std::path::{Path, PathBuf};
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, Condvar, Mutex, MutexGuard, PoisonError};
use std::thread::{self, JoinHandle};
use std::time::{Duration, Instant};

use filedescriptor::FileDescriptor;
use medalign::inside::tui::terminal::{Code, Key};

use portable_pty::{Child, CommandBuilder, ExitStatus, MasterPty, PtySize, native_pty_system};
use rustix::event::{PollFd, PollFlags, Timespec};
use rustix::process::{Pid, Signal};

/// Longer than anything takes on a busy machine.
const PATIENCE: Duration = Duration::from_mins(1);

/// What to start, and in what.
pub(crate) struct Setup {
    program: PathBuf,
    args: Vec<String>,
    vars: Vec<(String, String)>,
    size: (u16, u16),
    home: Option<PathBuf>,
}

impl Setup {
    /// The program under test with these arguments, in 80x24.
    pub(crate) fn medalign(args: &[&str]) -> Self {
        Setup::program(Path::new(env!("CARGO_BIN_EXE_medalign")), args)
    }

    /// Another program.
    pub(crate) fn program(program: &Path, args: &[&str]) -> Self {
        Setup {
            program: program.to_owned(),
            args: args.iter().map(|&a| a.to_owned()).collect(),
            vars: Vec::new(),
            size: (80, 24),
            home: None,
        }
    }

    /// Columns and rows of the terminal.
    #[must_use]
    pub(crate) fn size(mut self, width: u16, height: u16) -> Self {
        self.size = (width, height);
        self
    }

    /// An environment variable; there are none but the needed ones otherwise.
    #[must_use]
    pub(crate) fn var(mut self, name: &str, value: &str) -> Self {
        self.vars.push((name.to_owned(), value.to_owned()));
        self
    }

    /// A home that outlives the program; one of its own otherwise.
    #[must_use]
    pub(crate) fn home(mut self, home: &Path) -> Self {
        self.home = Some(home.to_owned());
        self
    }

    /// Starts it under `sh -c script`, where `"$@"` is the program with its arguments.
    #[must_use]
    pub(crate) fn under_shell(mut self, script: &str) -> Self {
        let program = std::mem::replace(&mut self.program, "/bin/sh".into());
        let mut args = vec!["-c".to_owned(), script.to_owned(), "sh".to_owned()];
        args.push(program.to_string_lossy().into_owned());
        args.append(&mut self.args);
        self.args = args;
        self
    }

    /// Starts it.
    pub(crate) fn start(self) -> Pty {
        Pty::start(&self)
    }
}

/// A program in a terminal.
pub(crate) struct Pty {
    child: Box<dyn Child + Send + Sync>,
    status: Option<ExitStatus>,
    master: Option<Box<dyn MasterPty + Send>>,
    writer: Option<FileDescriptor>,
    reader: Option<JoinHandle<()>>,
    closing: Arc<AtomicBool>,
    shown: Arc<Shown>,
    modes: Option<[u32; 3]>,
    home: PathBuf,
    /// Goes with the program when nobody else gave the home.
    _own_home: Option<tempfile::TempDir>,
    settled: usize,
}

/// What the program has written.
struct Shown {
    state: Mutex<State>,
    changed: Condvar,
}

struct State {
    terminal: vt100::Parser,
    raw: Vec<u8>,
    /// When how many bytes came.
    arrivals: Vec<(Instant, usize)>,
    over: bool,
    /// The first bytes of a character whose others have not come.
    held: Vec<u8>,
}

impl State {
    /// Gives bytes to the terminal, with another sign for U+FFFD: `vt100` gives that one no column, terminals one.
    fn show(&mut self, bytes: &[u8]) {
        const UNKNOWN: &[u8] = "\u{fffd}".as_bytes();
        let mut all = std::mem::take(&mut self.held);
        all.extend_from_slice(bytes);
        while let Some(at) = memchr::memmem::find(&all, UNKNOWN) {
            all[at..at + UNKNOWN.len()].copy_from_slice("▯".as_bytes());
        }
        let cut = [2, 1].into_iter().find(|&n| all.ends_with(&UNKNOWN[..n]));
        self.held = all.split_off(all.len() - cut.unwrap_or(0));
        self.terminal.process(&all);
    }
}

/// The number of a descriptor that the terminal's master owns.
struct Descriptor(RawFd);

impl AsRawFd for Descriptor {
    fn as_raw_fd(&self) -> RawFd {
        self.0
    }
}

fn cells(n: u16) -> NonZeroU16 {
    NonZeroU16::new(n).expect("a terminal with cells")
}

fn pty_size((cols, rows): (u16, u16)) -> PtySize {
    PtySize {
        rows,
        cols,
        pixel_width: 0,
        pixel_height: 0,
    }
}

impl Pty {
    fn start(setup: &Setup) -> Self {
        let pair = native_pty_system()
            .openpty(pty_size(setup.size))
            .expect("a pseudo-terminal");
        let own_home = match setup.home {
            None => Some(tempfile::tempdir().expect("a temporary folder")),
            Some(_) => None,
        };
        let home = match (&setup.home, &own_home) {
            (Some(home), _) => home.clone(),
            (None, Some(own)) => own.path().to_owned(),
            (None, None) => unreachable!("one of them is there"),
        };
        let mut command = CommandBuilder::new(&setup.program);
        command.args(&setup.args);
        command.cwd(&home);
        command.env_clear();
        for (name, value) in [
            ("PATH", "/usr/local/bin:/usr/bin:/bin"),
            ("TERM", "xterm-256color"),
            ("LANG", "C.UTF-8"),
        ] {
            command.env(name, value);
        }
        for (name, folder) in [
            ("HOME", ""),
            ("TMPDIR", ""),
            ("MEDALIGN_CONFIG_DIR", "config"),
            ("MEDALIGN_DATA_DIR", "data"),
            ("MEDALIGN_CACHE_DIR", "cache"),
        ] {
            command.env(name, home.join(folder));
        }
        for (name, value) in &setup.vars {
            command.env(name, value);
        }
        let modes = modes(pair.master.as_ref());
        let child = pair
            .slave
            .spawn_command(command)
            .expect("the program starts");
        // Only the program holds the terminal's other side now.
        drop(pair.slave);

        // The writer that the master offers types keys of its own when it is dropped.
        let raw_fd = Descriptor(pair.master.as_raw_fd().expect("a descriptor"));
        let source = FileDescriptor::dup(&raw_fd).expect("a second descriptor");
        let writer = FileDescriptor::dup(&raw_fd).expect("a third descriptor");
        let shown = Arc::new(Shown {
            state: Mutex::new(State {
                terminal: vt100::Parser::new(cells(setup.size.1), cells(setup.size.0), 0),
                raw: Vec::new(),
                arrivals: Vec::new(),
                over: false,
                held: Vec::new(),
            }),
            changed: Condvar::new(),
        });
        let closing = Arc::new(AtomicBool::new(false));
        let reader = {
            let (shown, closing) = (Arc::clone(&shown), Arc::clone(&closing));
            thread::spawn(move || read_all(source, &shown, &closing))
        };
        Pty {
            child,
            status: None,
            writer: Some(writer),
            master: Some(pair.master),
            reader: Some(reader),
            closing,
            shown,
            modes,
            home,
            _own_home: own_home,
            settled: 0,
        }
    }

    /// The folder that is home, working directory and place of all of the program's files.
    pub(crate) fn home(&self) -> &Path {
        &self.home
    }

    /// Types keys, in keymap notation with blanks between them.
    pub(crate) fn keys(&mut self, keys: &str) {
        let bytes = keys
            .split_ascii_whitespace()
            .flat_map(|name| key_bytes(Key::parse(name).expect(name)))
            .collect::<Vec<_>>();
        self.send(&bytes);
    }

    /// Sends bytes as the terminal would.
    pub(crate) fn send(&mut self, bytes: &[u8]) {
        let writer = self.writer.as_mut().expect("the terminal is there");
        writer.write_all(bytes).expect("the program reads");
        writer.flush().expect("the program reads");
    }

    /// Waits until the screen holds `text`.
    pub(crate) fn wait_for(&self, text: &str) {
        self.wait_until(&format!("the text {text:?}"), |screen| {
            screen.contents().contains(text)
        });
    }

    /// Waits until the screen is as `wanted` says.
    pub(crate) fn wait_until(&self, what: &str, wanted: impl Fn(&vt100::Screen) -> bool) {
        let deadline = Instant::now() + PATIENCE;
        let mut state = self.state();
        while !wanted(state.terminal.screen()) {
            let left = deadline.saturating_duration_since(Instant::now());
            assert!(
                !left.is_zero() && !state.over,
                "{what} did not come{}; the screen:\n{}",
                if state.over { " before the end" } else { "" },
                picture(state.terminal.screen()),
            );
            state = self
                .shown
                .changed
                .wait_timeout(state, left)
                .unwrap_or_else(PoisonError::into_inner)
                .0;
        }
    }

    /// Waits until the reviewer has drawn what followed from all keys so far.
    ///
    /// It presses two keys that are bound to nothing and waits until the screen says so. Not while text is typed.
    pub(crate) fn settle(&mut self) {
        let letter = ["J", "K", "Q", "Z"][self.settled % 4];
        self.settled += 1;
        self.keys(&format!("g {letter}"));
        self.wait_for(&format!("g {letter} is bound to nothing"));
    }

    /// Presses keys and waits until the screen shows what they did.
    pub(crate) fn press(&mut self, keys: &str) {
        self.keys(keys);
        self.settle();
    }

    /// Waits until the screen is as `wanted` says or the program has written its last; whether it is as wanted.
    pub(crate) fn wait_until_or_end(&self, wanted: impl Fn(&vt100::Screen) -> bool) -> bool {
        let deadline = Instant::now() + PATIENCE;
        let mut state = self.state();
        loop {
            if wanted(state.terminal.screen()) {
                return true;
            }
            if state.over {
                return false;
            }
            let left = deadline.saturating_duration_since(Instant::now());
            assert!(
                !left.is_zero(),
                "nothing came; the screen:\n{}",
                picture(state.terminal.screen())
            );
            state = self
                .shown
                .changed
                .wait_timeout(state, left)
                .unwrap_or_else(PoisonError::into_inner)
                .0;
        }
    }

    /// Waits until the program has written `bytes` in all, for `patience` at most.
    pub(crate) fn wait_for_bytes(&self, bytes: usize, patience: Duration) {
        let deadline = Instant::now() + patience;
        let mut state = self.state();
        while state.raw.len() < bytes && !state.over {
            let left = deadline.saturating_duration_since(Instant::now());
            if left.is_zero() {
                return;
            }
            state = self
                .shown
                .changed
                .wait_timeout(state, left)
                .unwrap_or_else(PoisonError::into_inner)
                .0;
        }
    }

    /// The screen's rows.
    pub(crate) fn rows(&self) -> Vec<String> {
        rows(self.state().terminal.screen())
    }

    /// Ends the program as nothing can prevent, and waits until all that it wrote was read.
    pub(crate) fn kill_hard(&mut self) {
        self.kill(Signal::KILL);
        while self.status.is_none() {
            self.status = self.child.try_wait().expect("a program of ours");
            thread::sleep(Duration::from_millis(1));
        }
        self.wait_for_bytes(usize::MAX, PATIENCE);
    }

    /// Waits until the program has made this file in its home.
    pub(crate) fn wait_for_file(&self, name: &str) {
        let deadline = Instant::now() + PATIENCE;
        while !self.home().join(name).exists() {
            assert!(Instant::now() < deadline, "the file {name} did not come");
            thread::sleep(Duration::from_millis(5));
        }
    }

    /// The screen's text.
    pub(crate) fn screen(&self) -> String {
        self.state().terminal.screen().contents()
    }

    /// All bytes that the program has written.
    pub(crate) fn raw(&self) -> Vec<u8> {
        self.state().raw.clone()
    }

    /// When how many bytes came from the program.
    pub(crate) fn arrivals(&self) -> Vec<(Instant, usize)> {
        self.state().arrivals.clone()
    }

    /// Gives the terminal another size.
    pub(crate) fn resize(&mut self, width: u16, height: u16) {
        // The screen first: what the program draws for the new size must meet it.
        self.state()
            .terminal
            .screen_mut()
            .set_size(cells(height), cells(width));
        self.master
            .as_ref()
            .expect("the terminal is there")
            .resize(pty_size((width, height)))
            .expect("another size");
    }

    /// The process's number.
    pub(crate) fn pid(&self) -> Pid {
        let id = self.child.process_id().expect("a running program");
        Pid::from_raw(id as i32).expect("a number above 0")
    }

    /// Sends a signal to the program.
    pub(crate) fn kill(&self, signal: Signal) {
        rustix::process::kill_process(self.pid(), signal).expect("a running program");
    }

    /// Takes the terminal away, as a closed window or a lost connection does.
    pub(crate) fn close_master(&mut self) {
        self.closing.store(true, Ordering::SeqCst);
        if let Some(reader) = self.reader.take() {
            reader.join().expect("the reader ends");
        }
        self.writer = None;
        self.master = None;
    }

    /// Waits for the program's end and returns its exit code; a signal that ended it counts as 128 + its number.
    pub(crate) fn wait_exit(&mut self) -> u32 {
        self.exit_within(PATIENCE)
    }

    /// The same, within a time.
    pub(crate) fn exit_within(&mut self, patience: Duration) -> u32 {
        let deadline = Instant::now() + patience;
        while self.status.is_none() {
            self.status = self.child.try_wait().expect("a program of ours");
            assert!(
                self.status.is_some() || Instant::now() < deadline,
                "the program did not end within {patience:?}; the screen:\n{}",
                picture(self.state().terminal.screen())
            );
            thread::sleep(Duration::from_millis(5));
        }
        let status = self.status.as_ref().expect("the loop ends with one");
        assert_eq!(status.signal(), None, "the program was ended by a signal");
        // What it wrote last is there when the terminal reports the end.
        if self.master.is_some() {
            let deadline = Instant::now() + PATIENCE;
            let mut state = self.state();
            while !state.over && Instant::now() < deadline {
                state = self
                    .shown
                    .changed
                    .wait_timeout(state, Duration::from_millis(100))
                    .unwrap_or_else(PoisonError::into_inner)
                    .0;
            }
        }
        status.exit_code()
    }

    /// Fails unless the terminal is as it was before the program.
    pub(crate) fn assert_restored(&self) {
        let state = self.state();
        let screen = state.terminal.screen();
        let shown = picture(screen);
        assert!(
            !screen.alternate_screen(),
            "the alternate screen is on:\n{shown}"
        );
        assert!(!screen.hide_cursor(), "the cursor is hidden:\n{shown}");
        assert!(!screen.bracketed_paste(), "pastes are still marked");
        assert!(!screen.application_cursor() && !screen.application_keypad());
        assert_eq!(screen.mouse_protocol_mode(), vt100::MouseProtocolMode::None);
        assert_eq!(
            screen.attributes_formatted(),
            "\x1b[m",
            "the pen is not plain"
        );
        drop(state);
        if let Some(master) = &self.master {
            assert_eq!(modes(master.as_ref()), self.modes, "the terminal's modes");
        }
        let foreign = foreign_sequences(&self.raw());
        assert_eq!(
            foreign,
            Vec::<String>::new(),
            "sequences that the program never sends"
        );
    }

    /// Processor time that a process has used, also when it has ended and was not waited for. Linux only.
    pub(crate) fn processor_seconds(pid: Pid) -> Option<f64> {
        let stat = std::fs::read_to_string(format!("/proc/{}/stat", pid.as_raw_nonzero())).ok()?;
        // The fields after the name, which may hold blanks: state is the first, utime and stime the 12th and 13th.
        let fields = stat
            .rsplit_once(')')?
            .1
            .split_whitespace()
            .collect::<Vec<_>>();
        let ticks = fields.get(11)?.parse::<f64>().ok()? + fields.get(12)?.parse::<f64>().ok()?;
        Some(ticks / 100.0)
    }

    fn state(&self) -> MutexGuard<'_, State> {
        self.shown
            .state
            .lock()
            .unwrap_or_else(PoisonError::into_inner)
    }
}

impl Drop for Pty {
    fn drop(&mut self) {
        if self.status.is_none() {
            let _ = self.child.kill();
            let _ = self.child.wait();
        }
        self.close_master();
    }
}

/// A screen's rows, without the blanks at their ends.
pub(crate) fn rows(screen: &vt100::Screen) -> Vec<String> {
    let width = screen.size().1.get();
    screen
        .rows(0, width)
        .map(|row| row.trim_end().to_owned())
        .collect()
}

fn read_all(mut source: FileDescriptor, shown: &Shown, closing: &AtomicBool) {
    let moment = Timespec {
        tv_sec: 0,
        tv_nsec: 20_000_000,
    };
    let mut buffer = [0; 16 << 10];
    while !closing.load(Ordering::SeqCst) {
        let mut fds = [PollFd::new(&source, PollFlags::IN)];
        if rustix::event::poll(&mut fds, Some(&moment)).is_ok_and(|n| n == 0) {
            continue;
        }
        let n = source.read(&mut buffer).unwrap_or(0);
        let mut state = shown.state.lock().unwrap_or_else(PoisonError::into_inner);
        state.over = n == 0;
        state.raw.extend_from_slice(&buffer[..n]);
        state.arrivals.push((Instant::now(), n));
        state.show(&buffer[..n]);
        shown.changed.notify_all();
        if n == 0 {
            return;
        }
    }
}

/// The modes of a terminal's input, output and keys.
fn modes(master: &dyn MasterPty) -> Option<[u32; 3]> {
    let modes = master.get_termios()?;
    Some([
        modes.input_flags.bits(),
        modes.output_flags.bits(),
        modes.local_flags.bits(),
    ])
}

/// The screen in a frame, for messages.
fn picture(screen: &vt100::Screen) -> String {
    let width = screen.size().1.get();
    let mut picture = String::new();
    for row in screen.rows(0, width) {
        let _ = writeln!(picture, "|{row}");
    }
    picture
}

/// What a terminal sends for a key.
fn key_bytes(key: Key) -> Vec<u8> {
    let modifier = 1 + u8::from(key.shift) + 2 * u8::from(key.alt) + 4 * u8::from(key.ctrl);
    let letter = |c: char| match modifier {
        1 => format!("\x1b[{c}"),
        n => format!("\x1b[1;{n}{c}"),
    };
    let number = |code: u8| match modifier {
        1 => format!("\x1b[{code}~"),
        n => format!("\x1b[{code};{n}~"),
    };
    let text = match key.code {
        Code::Char(' ') if key.ctrl => "\0".to_owned(),
        Code::Char(c) if key.ctrl => char::from(c as u8 & 0x1f).to_string(),
        Code::Char(c) => c.to_string(),
        Code::Enter => "\r".to_owned(),
        Code::Tab if key.shift => return b"\x1b[Z".to_vec(),
        Code::Tab => "\t".to_owned(),
        Code::Backspace => "\x7f".to_owned(),
        Code::Esc => "\x1b".to_owned(),
        Code::Up => return letter('A').into_bytes(),
        Code::Down => return letter('B').into_bytes(),
        Code::Right => return letter('C').into_bytes(),
        Code::Left => return letter('D').into_bytes(),
        Code::Home => return letter('H').into_bytes(),
        Code::End => return letter('F').into_bytes(),
        Code::Insert => return number(2).into_bytes(),
        Code::Delete => return number(3).into_bytes(),
        Code::PageUp => return number(5).into_bytes(),
        Code::PageDown => return number(6).into_bytes(),
        Code::F(n @ 1..=4) => return letter(char::from(b'O' + n)).into_bytes(),
        Code::F(n) => {
            let code = [15, 17, 18, 19, 20, 21, 23, 24][usize::from(n) - 5];
            return number(code).into_bytes();
        }
    };
    let prefix = if key.alt { "\x1b" } else { "" };
    format!("{prefix}{text}").into_bytes()
}

/// Control sequences in `raw` that are none of the program's own: what data would have to send to do harm.
pub(crate) fn foreign_sequences(raw: &[u8]) -> Vec<String> {
    let mut foreign = Vec::new();
    let mut rest = raw;
    while let Some(at) = rest
        .iter()
        .position(|&b| (b < 0x20 && !matches!(b, b'\r' | b'\n' | 8)) || b == 0x7f)
    {
        rest = &rest[at..];
        let length = own_sequence(rest);
        if length == 0 {
            foreign.push(String::from_utf8_lossy(&rest[..rest.len().min(12)]).into_owned());
        }
        rest = &rest[length.max(1)..];
    }
    if String::from_utf8_lossy(raw).contains(|c| ('\u{80}'..'\u{a0}').contains(&c)) {
        foreign.push("a C1 control".to_owned());
    }
    foreign
}

/// The length of the program's own sequence at the start of `bytes`, or 0.
fn own_sequence(bytes: &[u8]) -> usize {
    if let Some(rest) = bytes.strip_prefix(b"\x1b[") {
        let end = rest.iter().position(|b| (0x40..0x7f).contains(b));
        return end.map_or(0, |end| {
            let parameters = &rest[..end];
            let own = match rest[end] {
                b'H' | b'A' | b'C' | b'D' | b'G' | b'J' | b'K' | b'L' | b'M' | b'r' => {
                    parameters.iter().all(|b| b.is_ascii_digit() || *b == b';')
                }
                b'm' => parameters.split(|&b| b == b';').all(is_own_look),
                b'h' | b'l' => ["?25", "?1000", "?1002", "?1006", "?1049", "?2004", "?2026"]
                    .iter()
                    .any(|p| p.as_bytes() == parameters),
                _ => false,
            };
            if own { end + 3 } else { 0 }
        });
    }
    if bytes.starts_with(b"\x1b\\") {
        return 2;
    }
    if let Some(rest) = bytes.strip_prefix(b"\x1b]52;c;") {
        let end = rest.iter().position(|&b| b == 7).unwrap_or(0);
        return if end > 0 { end + 8 } else { 0 };
    }
    0
}

/// Whether the program uses this SGR code: no blinking, no hidden text, no colours but the 16.
fn is_own_look(code: &[u8]) -> bool {
    let number = std::str::from_utf8(code).ok().and_then(|c| c.parse().ok());
    code.is_empty()
        || matches!(
            number,
            Some(0..=4 | 7 | 9 | 22..=24 | 27 | 29..=37 | 39..=47 | 49 | 90..=97 | 100..=107)
        )
}
