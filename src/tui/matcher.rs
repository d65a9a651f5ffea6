//! Proposes records for instructions on a thread of its own.
//!
//! In: a dataset. Out: progress while the records' words are counted, then the proposals. Dropping it cancels it and waits for
//! nothing.

use std::panic::{AssertUnwindSafe, catch_unwind};
use std::path::PathBuf;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::mpsc::{Receiver, channel};

use crate::dataset::Dataset;
use crate::search::counts::Tokens;
use crate::search::{Place, Progress, Proposals};
use crate::tui::terminal::Waker;

/// Records that are proposed for each instruction, as in the study.
pub const TOP: usize = 5;

/// What the thread says.
#[derive(Debug)]
pub enum Message {
    /// How far counting is.
    Progress(Progress),
    /// The proposals, or why there are none.
    Done(Result<Arc<Proposals>, String>),
}

/// The thread.
pub struct Matcher {
    messages: Receiver<Message>,
    cancel: Arc<AtomicBool>,
}

impl Matcher {
    /// Starts the thread.
    ///
    /// # Errors
    /// When the system gives no thread.
    pub fn start(
        dataset: Arc<Dataset>,
        cache: PathBuf,
        tokens: Tokens,
        waker: Waker,
    ) -> std::io::Result<Self> {
        let (outbox, messages) = channel();
        let cancel = Arc::new(AtomicBool::new(false));
        let stop = Arc::clone(&cancel);
        std::thread::Builder::new()
            .name("match".to_owned())
            .spawn(move || {
                let place = Place::of(&dataset, &cache);
                let (said, wake) = (outbox.clone(), waker.clone());
                let progress = move |now| {
                    // Nobody listens when it was dropped.
                    if said.send(Message::Progress(now)).is_ok() {
                        wake.wake();
                    }
                };
                let made = catch_unwind(AssertUnwindSafe(|| {
                    Proposals::of(&dataset, &place, tokens, TOP, &progress, &stop)
                }));
                let done = match made {
                    Ok(Ok(proposals)) => Ok(Arc::new(proposals)),
                    Ok(Err(error)) => Err(error.to_string()),
                    Err(_) => Err("matching stopped by a defect".to_owned()),
                };
                if outbox.send(Message::Done(done)).is_ok() {
                    waker.wake();
                }
            })?;
        Ok(Matcher { messages, cancel })
    }

    /// Asks it to end soon.
    pub fn cancel(&self) {
        self.cancel.store(true, Ordering::Relaxed);
    }

    /// What it said since the last call.
    pub fn messages(&self) -> Vec<Message> {
        self.messages.try_iter().collect()
    }
}

impl Drop for Matcher {
    fn drop(&mut self) {
        self.cancel();
    }
}
