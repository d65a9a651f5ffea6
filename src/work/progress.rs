//! How far a command is, for the person who started it.
//!
//! In: what is done, and how much of how much. Out: a bar on a terminal; in a log, a line now and then; nothing once it is over.
//! Never: a word of a record, or anything on standard output.

use std::io::Write;
use std::sync::Mutex;
use std::sync::PoisonError;
use std::time::{Duration, Instant};

use indicatif::{HumanBytes, ProgressBar, ProgressStyle};

/// A log gets a line so often.
const LINE_EVERY: Duration = Duration::from_secs(30);

/// What is counted.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Unit {
    /// Bytes.
    Bytes,
    /// Things of this name.
    Things(&'static str),
}

/// How far it is; shared by threads, gone when dropped.
pub(crate) struct Progress {
    bar: Option<ProgressBar>,
    state: Mutex<State>,
}

struct State {
    doing: &'static str,
    unit: Unit,
    done: u64,
    of: u64,
    said: Instant,
}

impl Progress {
    /// Something begins: as in "indexing", so much of it.
    pub(crate) fn begin(doing: &'static str, of: u64, unit: Unit) -> Self {
        let new = Progress {
            bar: crate::sink::stderr_is_terminal().then(ProgressBar::no_length),
            state: Mutex::new(State {
                doing,
                unit,
                done: 0,
                of,
                said: Instant::now(),
            }),
        };
        new.next(doing, of, unit);
        new
    }

    /// Something else begins.
    pub(crate) fn next(&self, doing: &'static str, of: u64, unit: Unit) {
        let mut state = self.state.lock().unwrap_or_else(PoisonError::into_inner);
        let said = state.said;
        *state = State {
            doing,
            unit,
            done: 0,
            of,
            said,
        };
        if let Some(bar) = &self.bar {
            let count = match unit {
                Unit::Bytes => "{bytes}/{total_bytes}".to_owned(),
                Unit::Things(name) => format!("{{pos}}/{{len}} {name}"),
            };
            let template = format!("{doing} {{wide_bar}} {count} {{msg}} {{eta}}");
            if let Ok(style) = ProgressStyle::with_template(&template) {
                bar.set_style(style.progress_chars("=> "));
            }
            bar.set_length(of);
            bar.set_position(0);
        }
    }

    /// So much is done by now.
    pub(crate) fn set(&self, done: u64) {
        self.step(|_| done);
    }

    /// So much more is done.
    pub(crate) fn add(&self, more: u64) {
        self.step(|done| done + more);
    }

    /// Says more of it on the bar.
    pub(crate) fn note(&self, note: String) {
        if let Some(bar) = &self.bar {
            bar.set_message(note);
        }
    }

    fn step(&self, done: impl Fn(u64) -> u64) {
        let mut state = self.state.lock().unwrap_or_else(PoisonError::into_inner);
        state.done = done(state.done);
        if let Some(bar) = &self.bar {
            bar.set_position(state.done);
        } else if state.said.elapsed() >= LINE_EVERY {
            state.said = Instant::now();
            // A closed standard error is nobody's error.
            let _ = writeln!(crate::sink::stderr(), "{}", state.line());
        }
    }
}

impl State {
    fn line(&self) -> String {
        let State {
            doing, done, of, ..
        } = self;
        match self.unit {
            Unit::Bytes => format!("{doing}: {} of {}", HumanBytes(*done), HumanBytes(*of)),
            Unit::Things(name) => format!("{doing}: {done} of {of} {name}"),
        }
    }
}

impl Drop for Progress {
    fn drop(&mut self) {
        if let Some(bar) = &self.bar {
            bar.finish_and_clear();
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_log_reads_how_far_it_is() {
        let progress = Progress::begin("reading tables", 3 << 20, Unit::Bytes);
        progress.add(1 << 20);
        let line = || progress.state.lock().expect("sound").line();
        assert_eq!(line(), "reading tables: 1.00 MiB of 3.00 MiB");
        progress.next("scoring", 7, Unit::Things("scores"));
        progress.add(2);
        progress.add(3);
        assert_eq!(line(), "scoring: 5 of 7 scores");
        progress.set(6);
        assert_eq!(line(), "scoring: 6 of 7 scores");
    }
}
