//! What went wrong, in words for the person at the keyboard.
//!
//! In: a kind, a message that names the file, line or byte, and one thing to try. Out: a value that prints
//! itself and knows its exit code. It never carries text of a record, and nothing in it can steer a terminal: names of
//! files are in it, and are made safe here, once for every caller.

use std::fmt;
use std::io::ErrorKind;
use std::path::Path;

use crate::text;

/// What kind of failure it is; each kind has one exit code.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Kind {
    /// The command ran and found problems (exit code 1).
    Problems,
    /// The command line, keymap or configuration is wrong (exit code 2).
    Usage,
    /// Input or output could not be read or written (exit code 3).
    Unreadable,
    /// A defect of the program itself (exit code 70).
    Bug,
}

impl Kind {
    /// The process exit code of this kind.
    pub fn exit_code(self) -> u8 {
        match self {
            Kind::Problems => 1,
            Kind::Usage => 2,
            Kind::Unreadable => 3,
            Kind::Bug => 70,
        }
    }
}

/// An error with a message for the user, an optional cause and an optional thing to try.
#[derive(Debug)]
pub struct Error {
    kind: Kind,
    message: String,
    source: Option<Box<dyn std::error::Error + Send + Sync>>,
    hint: Option<String>,
}

/// The result of everything in this crate that can fail.
pub type Result<T, E = Error> = std::result::Result<T, E>;

impl Error {
    /// An error of `kind`.
    pub fn new(kind: Kind, message: impl Into<String>) -> Self {
        Error {
            kind,
            message: text::safe(&message.into()).into_owned(),
            source: None,
            hint: None,
        }
    }

    /// A mistake on the command line or in a configuration file.
    pub fn usage(message: impl Into<String>) -> Self {
        Error::new(Kind::Usage, message)
    }

    /// A file or folder that could not be read or written.
    pub fn unreadable(path: &Path, message: impl fmt::Display) -> Self {
        Error::new(Kind::Unreadable, format!("{}: {message}", path.display()))
    }

    /// The command ran, and found problems that it has printed.
    pub fn problems(message: impl Into<String>) -> Self {
        Error::new(Kind::Problems, message)
    }

    /// A defect of the program.
    pub fn bug(message: impl Into<String>) -> Self {
        Error::new(Kind::Bug, message)
    }

    /// An operating system error about `path`, as "reading", "writing" … it.
    pub fn io(path: &Path, doing: &str, source: std::io::Error) -> Self {
        let hint = match source.kind() {
            ErrorKind::NotFound => "check the path",
            ErrorKind::PermissionDenied => "check who may read and write it",
            ErrorKind::StorageFull | ErrorKind::QuotaExceeded => "make room on the disk",
            _ => "",
        };
        let error = Error::unreadable(path, format_args!("{doing}: {source}")).caused_by(source);
        if hint.is_empty() {
            error
        } else {
            error.hint(hint)
        }
    }

    /// Adds the one thing to try.
    #[must_use]
    pub fn hint(mut self, hint: impl Into<String>) -> Self {
        self.hint = Some(text::safe(&hint.into()).into_owned());
        self
    }

    /// Adds the underlying cause.
    #[must_use]
    pub fn caused_by(mut self, source: impl std::error::Error + Send + Sync + 'static) -> Self {
        self.source = Some(Box::new(source));
        self
    }

    /// The message without the name of the file, for where that stands before it already.
    pub fn about(&self, path: &Path) -> String {
        let prefix = format!("{}: ", path.display());
        let message = &self.message;
        message.strip_prefix(&prefix).unwrap_or(message).to_owned()
    }

    /// The kind of failure.
    pub fn kind(&self) -> Kind {
        self.kind
    }

    /// The thing to try, if there is one.
    pub fn hint_text(&self) -> Option<&str> {
        self.hint.as_deref()
    }
}

impl fmt::Display for Error {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.message)
    }
}

impl std::error::Error for Error {
    fn source(&self) -> Option<&(dyn std::error::Error + 'static)> {
        self.source.as_deref().map(|e| e as _)
    }
}
