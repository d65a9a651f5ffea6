//! A sign of life on the terminal, for work that may take long.
//!
//! In: what is done, and the work. Out: what the work gives. While it runs for more than a second, a line on standard
//! error says what is done and for how long; never where standard error is no terminal.

use std::sync::mpsc::{RecvTimeoutError, channel};
use std::thread;
use std::time::Duration;

use indicatif::{ProgressBar, ProgressStyle};

/// So long nothing is said.
const SHORT: Duration = Duration::from_secs(1);
/// So often the line moves.
const TICK: Duration = Duration::from_millis(200);

/// Does the work, and says that it is `doing` so.
pub(super) fn watched<T>(doing: &'static str, work: impl FnOnce() -> T) -> T {
    if !crate::sink::stderr_is_terminal() {
        return work();
    }
    thread::scope(|scope| {
        let (done, is_done) = channel::<()>();
        scope.spawn(move || {
            if is_done.recv_timeout(SHORT) != Err(RecvTimeoutError::Timeout) {
                return;
            }
            let bar = ProgressBar::new_spinner().with_message(doing);
            let bar = match ProgressStyle::with_template("{spinner} {msg} {elapsed}") {
                Ok(style) => bar.with_style(style),
                Err(_) => bar,
            };
            while is_done.recv_timeout(TICK) == Err(RecvTimeoutError::Timeout) {
                bar.tick();
            }
            bar.finish_and_clear();
        });
        let made = work();
        // The line is gone before anything else is printed: the scope waits for its thread.
        drop(done);
        made
    })
}
