//! A tmux server of a test's own, with the program in its panes; it ends with the test.

use std::path::Path;
use std::process::Command;
use std::time::{Duration, Instant};

use crate::desk::shows_record;

/// The server.
pub(crate) struct Tmux {
    name: String,
}

impl Tmux {
    /// A server that no other test has; `None`, and it is said, where there is no tmux.
    pub(crate) fn new(test: &str) -> Option<Tmux> {
        if Command::new("tmux").arg("-V").output().is_err() {
            println!("skipped: tmux is not installed");
            return None;
        }
        Some(Tmux {
            name: format!("medalign-{test}-{}", std::process::id()),
        })
    }

    /// The command line that starts the program in a pane, with a home of its own.
    pub(crate) fn line(home: &Path, args: &str) -> String {
        let home = home.display();
        let program = env!("CARGO_BIN_EXE_medalign");
        format!(
            "exec env -i PATH=/usr/bin:/bin LANG=C.UTF-8 TERM=screen-256color HOME={home} TMPDIR={home} \
             MEDALIGN_CONFIG_DIR={home}/config MEDALIGN_DATA_DIR={home}/data MEDALIGN_CACHE_DIR={home}/cache \
             {program} {args}"
        )
    }

    /// Runs a tmux command; gives back what it prints.
    pub(crate) fn run(&self, args: &[&str]) -> String {
        let mut command = Command::new("tmux");
        let out = command
            .args(["-L", &self.name, "-f", "/dev/null"])
            .args(args)
            .env_remove("TMUX")
            .output()
            .expect("tmux starts");
        String::from_utf8_lossy(&out.stdout).into_owned()
    }

    /// Types keys into a pane, by tmux's names for them.
    pub(crate) fn keys(&self, pane: &str, keys: &[&str]) {
        self.run(&[["send-keys", "-t", pane].as_slice(), keys].concat());
    }

    /// What a pane shows.
    pub(crate) fn screen(&self, pane: &str) -> String {
        self.run(&["capture-pane", "-p", "-t", pane])
    }

    /// Waits until a pane shows a text.
    pub(crate) fn wait_for(&self, pane: &str, text: &str) {
        self.wait_until(pane, text, |screen| screen.contains(text));
    }

    /// Waits until a pane shows a record.
    pub(crate) fn wait_for_record(&self, pane: &str) {
        self.wait_until(pane, "a record", shows_record);
    }

    fn wait_until(&self, pane: &str, what: &str, wanted: impl Fn(&str) -> bool) {
        let deadline = Instant::now() + Duration::from_mins(1);
        loop {
            let screen = self.screen(pane);
            if wanted(&screen) {
                return;
            }
            assert!(
                Instant::now() < deadline,
                "{what:?} did not come in pane {pane}; the screen:\n{screen}"
            );
            std::thread::sleep(Duration::from_millis(20));
        }
    }

    /// Waits until the programs of all panes have ended.
    pub(crate) fn wait_until_left(&self) {
        let deadline = Instant::now() + Duration::from_mins(1);
        loop {
            let panes = self.run(&["list-panes", "-a"]);
            if panes.trim().is_empty() {
                return;
            }
            assert!(Instant::now() < deadline, "still there: {panes}");
            std::thread::sleep(Duration::from_millis(20));
        }
    }
}

impl Drop for Tmux {
    fn drop(&mut self) {
        self.run(&["kill-server"]);
    }
}
