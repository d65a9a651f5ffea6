//! What can be known about the terminal without asking it.
//!
//! In: the environment and the size that the system reports. Out: facts for `doctor`, and the decisions that hang on
//! them: colours, ASCII signs, the clipboard's path. It never writes to the terminal.

use rustix::stdio::{stdin, stdout};
use rustix::termios;

use crate::text;

/// A program between this one and the user's terminal.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Multiplexer {
    /// tmux.
    Tmux,
    /// GNU screen.
    Screen,
}

/// What is known about the terminal.
#[derive(Clone, Debug, PartialEq, Eq)]
#[expect(
    clippy::struct_excessive_bools,
    reason = "independent facts, each asked by its name"
)]
pub struct Facts {
    /// `TERM`, safe to show; empty when unset.
    pub term: String,
    /// The terminal program and its version, where it names itself.
    pub program: Option<String>,
    /// Whether `NO_COLOR` is set and not empty.
    pub no_color: bool,
    /// What the terminal says of its colours: 16, 256, or 16,777,216; none of it is needed beyond 16.
    pub colours: u32,
    /// The locale's name; empty when none is set.
    pub locale: String,
    /// Whether the locale's encoding is UTF-8.
    pub utf8: bool,
    /// What the program runs in.
    pub multiplexer: Option<Multiplexer>,
    /// Whether it runs at the far end of SSH.
    pub ssh: bool,
    /// Whether the screen is at this machine, so that the line to it is fast.
    pub local: bool,
    /// Columns and rows; none when output is no terminal.
    pub size: Option<(u16, u16)>,
    /// Whether standard input and output are terminals.
    pub interactive: bool,
}

impl Facts {
    /// Reads the environment by `var`, and the size of the terminal.
    pub fn read(var: impl Fn(&str) -> Option<String>) -> Self {
        let size = termios::tcgetwinsize(stdout()).ok();
        Facts {
            size: size.map(|s| (s.ws_col, s.ws_row)),
            interactive: termios::isatty(stdin()) && termios::isatty(stdout()),
            ..Facts::of(var)
        }
    }

    fn of(var: impl Fn(&str) -> Option<String>) -> Self {
        let value = |name: &str| {
            let value = var(name).unwrap_or_default();
            text::clip(&value, 60)
        };
        let is_set = |name: &str| var(name).is_some_and(|v| !v.is_empty());
        let term = value("TERM");
        let program = value("TERM_PROGRAM");
        let locale = ["LC_ALL", "LC_CTYPE", "LANG"]
            .map(value)
            .into_iter()
            .find(|v| !v.is_empty())
            .unwrap_or_default();
        let encoding = locale.to_ascii_lowercase();
        let colours = match value("COLORTERM").as_str() {
            "truecolor" | "24bit" => 1 << 24,
            _ if term.contains("256") => 256,
            _ => 16,
        };
        // Over SSH only TERM tells: tmux has a name of its own there, GNU screen shares `screen` with older tmux.
        let multiplexer = if is_set("TMUX") || term.starts_with("tmux") {
            Some(Multiplexer::Tmux)
        } else if is_set("STY") {
            Some(Multiplexer::Screen)
        } else {
            None
        };
        let ssh = ["SSH_CONNECTION", "SSH_TTY", "SSH_CLIENT"]
            .into_iter()
            .any(is_set);
        let here = ["WAYLAND_DISPLAY", "DISPLAY", "TERM_PROGRAM"];
        let local = !ssh && (here.into_iter().any(is_set) || term == "linux");
        Facts {
            program: (!program.is_empty()).then(|| {
                format!("{program} {}", value("TERM_PROGRAM_VERSION"))
                    .trim_end()
                    .to_owned()
            }),
            term,
            no_color: is_set("NO_COLOR"),
            colours,
            utf8: encoding.contains("utf-8") || encoding.contains("utf8"),
            locale,
            multiplexer,
            ssh,
            local,
            size: None,
            interactive: false,
        }
    }

    /// Whether to draw with ASCII signs only: when asked to, or when the locale or the console's font cannot show others.
    pub fn ascii(&self, asked: bool) -> bool {
        asked || !self.utf8 || self.is_console()
    }

    /// Linux's own console: its fonts have at most 512 signs.
    fn is_console(&self) -> bool {
        self.term == "linux"
    }

    /// The facts as lines of a label and a value.
    pub fn lines(&self) -> Vec<(&'static str, String)> {
        let or_unset = |text: &str| {
            if text.is_empty() {
                "not set".to_owned()
            } else {
                text.to_owned()
            }
        };
        let program = self
            .program
            .as_ref()
            .map_or_else(String::new, |p| format!(" ({p})"));
        vec![
            ("terminal", or_unset(&self.term) + &program),
            (
                "size",
                match self.size {
                    Some((w, h)) if w < 40 || h < 12 => {
                        format!("{w}x{h}, the reviewer needs 40x12")
                    }
                    Some((w, h)) => format!("{w}x{h}"),
                    None => "unknown: standard output is no terminal".to_owned(),
                },
            ),
            (
                "colours",
                if self.no_color {
                    "none (NO_COLOR is set)".to_owned()
                } else {
                    format!("16 used, {} offered", self.colours)
                },
            ),
            (
                "locale",
                format!(
                    "{}, {}",
                    or_unset(&self.locale),
                    match (self.utf8, self.is_console()) {
                        (true, false) => "UTF-8",
                        (true, true) => "UTF-8, on a console: ASCII signs are drawn",
                        (false, _) => "not UTF-8: ASCII signs are drawn",
                    }
                ),
            ),
            (
                "inside",
                match (self.multiplexer, self.ssh) {
                    (None, false) => "nothing: a local terminal".to_owned(),
                    (None, true) => "SSH".to_owned(),
                    (Some(Multiplexer::Tmux), ssh) => {
                        format!("tmux{}", if ssh { " over SSH" } else { "" })
                    }
                    (Some(Multiplexer::Screen), ssh) => {
                        format!("GNU screen{}", if ssh { " over SSH" } else { "" })
                    }
                },
            ),
            (
                "interactive",
                if !self.interactive {
                    "no: standard input or output is no terminal".to_owned()
                } else if self.term == "dumb" {
                    "no: TERM=dumb cannot place a cursor".to_owned()
                } else {
                    "yes".to_owned()
                },
            ),
        ]
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn facts(vars: &[(&str, &str)]) -> Facts {
        Facts::of(|name| {
            vars.iter()
                .find(|(n, _)| *n == name)
                .map(|(_, v)| (*v).to_owned())
        })
    }

    #[test]
    fn the_locale_decides_on_signs() {
        assert!(facts(&[]).ascii(false));
        assert!(!facts(&[("LANG", "en_US.UTF-8")]).ascii(false));
        assert!(!facts(&[("LC_CTYPE", "C.utf8"), ("LANG", "C")]).ascii(false));
        assert!(facts(&[("LC_ALL", "C"), ("LANG", "en_US.UTF-8")]).ascii(false));
        assert!(facts(&[("LANG", "en_US.UTF-8")]).ascii(true));
        assert!(!facts(&[("LC_ALL", ""), ("LANG", "en_US.UTF-8")]).ascii(false));
        assert!(facts(&[("LANG", "de_DE.ISO-8859-1")]).ascii(false));
        assert!(facts(&[("LANG", "en_US.UTF-8"), ("TERM", "linux")]).ascii(false));
    }

    #[test]
    fn what_it_runs_in() {
        assert_eq!(
            facts(&[("TMUX", "/tmp/x")]).multiplexer,
            Some(Multiplexer::Tmux)
        );
        assert_eq!(
            facts(&[("TERM", "tmux-256color")]).multiplexer,
            Some(Multiplexer::Tmux)
        );
        assert_eq!(
            facts(&[("STY", "1.x")]).multiplexer,
            Some(Multiplexer::Screen)
        );
        assert_eq!(facts(&[("TERM", "xterm")]).multiplexer, None);
        assert!(facts(&[("SSH_TTY", "/dev/pts/1")]).ssh);
    }

    #[test]
    fn colours() {
        assert_eq!(facts(&[("TERM", "xterm-256color")]).colours, 256);
        assert_eq!(facts(&[("COLORTERM", "truecolor")]).colours, 1 << 24);
        assert!(facts(&[("NO_COLOR", "1")]).no_color);
        assert!(!facts(&[("NO_COLOR", "")]).no_color);
    }

    #[test]
    fn what_the_environment_says_is_shown_safely() {
        let lines = facts(&[("TERM", "x\x1b[31m"), ("TERM_PROGRAM", "\u{202e}evil")]).lines();
        for (_, value) in lines {
            assert!(
                !value.contains(|c: char| c.is_control() || c == '\u{202e}'),
                "{value:?}"
            );
        }
    }
}
