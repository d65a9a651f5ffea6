//! Proposes records for instructions on a thread of its own.
//!
//! In: a dataset. Out: progress while the records' words are counted, then the proposals. Dropping it cancels it and waits for
//! nothing.

use std::path::PathBuf;
use std::sync::Arc;
use std::sync::mpsc::Receiver;

use crate::dataset::Dataset;
use crate::error::Result;
use crate::search::retrieve::tokens::Tokens;
use crate::search::{IndexFolder, Progress, Proposals};
use crate::tui::terminal::Waker;
use crate::work::Cancel;
use crate::work::thread::{Outbox, Serve, Thread};

/// Records that are proposed for each instruction, as in the study.
pub(crate) const TOP: usize = 5;

/// What the thread says.
#[derive(Debug)]
pub(crate) enum Message {
    /// How far counting is.
    Progress(Progress),
    /// The proposals, or why there are none.
    Done(std::result::Result<Arc<Proposals>, String>),
}

/// The thread.
pub(crate) struct Matcher {
    thread: Thread<Matching>,
    messages: Receiver<(u64, Message)>,
    /// The wish that counts: what is still said of an earlier one is of no use.
    newest: u64,
}

impl Matcher {
    /// Starts the thread.
    ///
    /// # Errors
    /// When the system gives no thread.
    pub(crate) fn start(dataset: Arc<Dataset>, cache: PathBuf, waker: Waker) -> Result<Self> {
        let (outbox, messages) = Outbox::new(move || waker.wake());
        let matching = Matching {
            dataset,
            cache,
            outbox,
            wish: 0,
        };
        let thread = Thread::start("match", matching)?;
        Ok(Matcher {
            thread,
            messages,
            newest: 0,
        })
    }

    /// Proposes anew, with texts cut like this.
    pub(crate) fn propose(&mut self, tokens: Tokens) {
        self.newest += 1;
        self.thread.wish((self.newest, tokens));
    }

    /// Asks it to end soon.
    pub(crate) fn cancel(&self) {
        self.thread.cancel();
    }

    /// What it said since the last call.
    pub(crate) fn messages(&self) -> Vec<Message> {
        let said = self.messages.try_iter();
        said.filter(|(wish, _)| *wish == self.newest)
            .map(|(_, message)| message)
            .collect()
    }
}

struct Matching {
    dataset: Arc<Dataset>,
    cache: PathBuf,
    outbox: Outbox<(u64, Message)>,
    /// The one that is served.
    wish: u64,
}

impl Serve for Matching {
    type Wish = (u64, Tokens);

    fn serve(&mut self, (wish, tokens): (u64, Tokens), cancel: &Cancel) {
        self.wish = wish;
        let place = IndexFolder::of(&self.dataset, &self.cache);
        let said = self.outbox.clone();
        let progress = move |now| said.say((wish, Message::Progress(now)));
        let made = Proposals::of(&self.dataset, &place, tokens, TOP, &progress, cancel);
        let done = made.map(Arc::new).map_err(|e| e.to_string());
        self.outbox.say((wish, Message::Done(done)));
    }

    fn panicked(&mut self) {
        let done = Err("matching stopped by a defect".to_owned());
        self.outbox.say((self.wish, Message::Done(done)));
    }
}
