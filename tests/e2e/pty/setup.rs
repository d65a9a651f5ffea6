//! What is started in a terminal: a program, its arguments, variables, size and home.

use std::path::{Path, PathBuf};

use super::Pty;

/// What to start, and in what.
pub(crate) struct Setup {
    pub(super) program: PathBuf,
    pub(super) args: Vec<String>,
    pub(super) vars: Vec<(String, String)>,
    pub(super) size: (u16, u16),
    pub(super) home: Option<PathBuf>,
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
