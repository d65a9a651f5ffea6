//! What commands that ask a server have in common: how they are ended, and how they show how far they have come.
//!
//! In: a run that goes on in other threads. Out: a bar or a line now and then, with the reason why nothing comes. Never: a word of a record.

use std::io::Write;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::{Duration, Instant};

use indicatif::{HumanDuration, ProgressBar, ProgressStyle};

use crate::error::{Error, Kind, Result};
use crate::infer::client::Client;
use crate::text;

/// The first Ctrl-C ends the run when what is under way is done; the second ends it at once.
pub(super) fn on_interrupt(ended: &Arc<AtomicBool>) -> Result<()> {
    use signal_hook::consts::{SIGINT, SIGTERM};
    for signal in [SIGINT, SIGTERM] {
        let taken = signal_hook::flag::register_conditional_shutdown(signal, 130, ended.clone())
            .and_then(|_| signal_hook::flag::register(signal, ended.clone()));
        taken.map_err(|e| Error::new(Kind::Unreadable, "waiting for Ctrl-C").caused_by(e))?;
    }
    Ok(())
}

/// How far a run has come after this time: how much is done, how long the rest takes, and in words.
pub(super) type Come<'a> = dyn Fn(Duration) -> (u64, Option<Duration>, String) + Sync + 'a;

/// Shows how far a run of so many has come and what it waits for, and tells workers when it was ended.
pub(super) fn watch(
    all: u64,
    come: &Come<'_>,
    done: &AtomicBool,
    ended: &AtomicBool,
    client: &Client,
) {
    const LINE: Duration = Duration::from_secs(30);
    let bar = crate::sink::stderr_is_terminal().then(|| {
        let style = ProgressStyle::with_template("{bar:10} {msg}");
        ProgressBar::new(all).with_style(style.unwrap_or_else(|_| ProgressStyle::default_bar()))
    });
    let began = Instant::now();
    let mut told = began;
    while !done.load(Ordering::SeqCst) {
        if ended.load(Ordering::SeqCst) {
            client.pace().end();
        }
        let (position, left, line) = come(began.elapsed());
        match &bar {
            Some(bar) => {
                bar.set_position(position);
                let left = left.map_or_else(String::new, |left| {
                    format!("{} left: ", HumanDuration(left))
                });
                let waiting = waiting(client, ended).map_or_else(String::new, |w| format!("\n{w}"));
                bar.set_message(format!("{left}{line}{waiting}"));
            }
            None if told.elapsed() >= LINE => {
                told = Instant::now();
                let waiting = waiting(client, ended).map_or_else(String::new, |w| format!("; {w}"));
                let line = format!("{line}{waiting}");
                let _ = writeln!(crate::sink::stderr(), "{}", text::safe(&line));
            }
            None => {}
        }
        std::thread::sleep(Duration::from_millis(100));
    }
    if let Some(bar) = bar {
        bar.finish_and_clear();
    }
}

/// What a run waits for, if there is something to say.
fn waiting(client: &Client, ended: &AtomicBool) -> Option<String> {
    if ended.load(Ordering::SeqCst) {
        let words = "ending when what is under way is done; Ctrl-C once more ends at once";
        return Some(words.to_owned());
    }
    client.pace().waiting()
}
