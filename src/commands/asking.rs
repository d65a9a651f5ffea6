//! What commands that ask a server have in common: how they are ended, and how they show how far they have come.
//!
//! In: a run that goes on in other threads. Out: a bar or a line now and then, with the reason why nothing comes. Never: a word of a record.

use std::io::Write;
use std::path::PathBuf;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::{Duration, Instant};

use indicatif::{HumanDuration, ProgressBar, ProgressStyle};

use crate::error::{Error, Kind, Result};
use crate::infer::client::Client;
use crate::infer::client::place::Allowed;
use crate::text;

/// How a server is asked, and what may go to it.
#[derive(Clone, Debug, clap::Args)]
pub struct ServerArgs {
    /// Requests at once
    #[arg(long, value_name = "N", default_value_t = 4)]
    pub jobs: usize,
    /// Receive answers as they are made: for proxies that cut idle connections
    #[arg(long)]
    pub stream: bool,
    /// The environment variable that holds the key
    #[arg(long, value_name = "NAME")]
    pub key_env: Option<String>,
    /// The file that holds the key; only you may be able to read it
    #[arg(long, value_name = "FILE")]
    pub key_file: Option<PathBuf>,
    /// The file with the certificates of the authorities that vouch for the server (PEM), where browsers do not know them
    #[arg(long, value_name = "FILE")]
    pub ca_file: Option<PathBuf>,
    /// Allow records to be sent to this host
    #[arg(long, value_name = "HOST")]
    pub allow_host: Vec<String>,
    /// Allow them to be sent there without encryption
    #[arg(long)]
    pub plain_http: bool,
    /// What you agree to before the first record leaves this machine; the program says the words
    #[arg(long, value_name = "WORDS")]
    pub agreed: Option<String>,
}

impl ServerArgs {
    /// Where records may go.
    pub(super) fn allowed(&self) -> Allowed {
        Allowed {
            hosts: self.allow_host.clone(),
            plain_http: self.plain_http,
            agreed: self.agreed.clone(),
        }
    }
}

/// Says something beside the account.
pub(super) fn note(what: &str) {
    let _ = writeln!(crate::sink::stderr(), "{}", text::safe(what));
}

/// Says so where the server does not have the model.
pub(super) fn tell_of_model(there: &[String], model: &String) {
    if !there.is_empty() && !there.contains(model) {
        let there = there.join(", ");
        note(&format!(
            "{model}: the server has no model of this name; it has {}",
            text::clip(&there, 200)
        ));
    }
}

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
