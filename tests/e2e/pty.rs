//! A program in a terminal of its own: keys go in, a screen comes out.
//!
//! Nothing sleeps for a fixed time: each wait ends when what it waits for is there, or fails with the screen shown.

mod keys;
mod sequences;
mod setup;
mod shown;

use std::io::Write;
use std::num::NonZeroU16;
use std::os::fd::{AsRawFd, RawFd};
use std::path::{Path, PathBuf};
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, Condvar, Mutex, MutexGuard, PoisonError};
use std::thread::{self, JoinHandle};
use std::time::{Duration, Instant};

use filedescriptor::FileDescriptor;
use medalign::inside::tui::terminal::Key;
use portable_pty::{Child, CommandBuilder, ExitStatus, MasterPty, PtySize, native_pty_system};
use rustix::process::{Pid, Signal};

use keys::key_bytes;
pub(crate) use sequences::foreign_sequences;
pub(crate) use setup::Setup;
pub(crate) use shown::rows;
use shown::{Shown, State, picture, read_all};

/// Longer than anything takes on a busy machine.
const PATIENCE: Duration = Duration::from_mins(1);

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

/// The modes of a terminal's input, output and keys.
fn modes(master: &dyn MasterPty) -> Option<[u32; 3]> {
    let modes = master.get_termios()?;
    Some([
        modes.input_flags.bits(),
        modes.output_flags.bits(),
        modes.local_flags.bits(),
    ])
}
