//! The threads of ranked search, started when they are first needed.
//!
//! In: what the state asks for. Out: what the threads say. One thread searches, one makes the index, one cuts passages; no key
//! waits for any of them.

use std::path::Path;
use std::sync::Arc;

use crate::dataset::Dataset;
use crate::search::{IndexFolder, Worker};
use crate::tui::app::{App, Effect};
use crate::tui::cutter::Cutter;
use crate::tui::loader::Records;
use crate::tui::terminal::Waker;

/// The threads.
pub(crate) struct Searcher {
    worker: Worker,
    cutter: Cutter,
}

impl Searcher {
    /// Starts those that search.
    ///
    /// # Errors
    /// When the system gives no thread.
    pub(crate) fn start(
        dataset: &Arc<Dataset>,
        records: &Arc<Records>,
        cache: &Path,
        waker: &Waker,
    ) -> crate::Result<Self> {
        let place = IndexFolder::of(dataset, cache);
        let wake = waker.clone();
        let worker = Worker::start(Arc::clone(dataset), place, move || wake.wake())?;
        let cutter = Cutter::start(Arc::clone(dataset), Arc::clone(records), waker.clone())?;
        Ok(Searcher { worker, cutter })
    }

    /// Carries out an effect of ranked search.
    pub(crate) fn carry_out(&self, effect: Effect) {
        match effect {
            Effect::Search(request) => self.worker.ask(request),
            Effect::Passages(wanted) => self.cutter.wish(wanted),
            Effect::LookAtIndex => self.worker.look(),
            Effect::BuildIndex => {
                self.worker.build(false);
            }
            Effect::StopIndex => self.worker.cancel_build(),
            _ => {}
        }
    }

    /// Hands over what the threads said; says whether there was anything.
    pub(crate) fn hand_over(&mut self, app: &mut App) -> bool {
        let (messages, cuts) = (self.worker.messages(), self.cutter.cuts());
        let any = !messages.is_empty() || !cuts.is_empty();
        for message in messages {
            app.take_search(message);
        }
        for cut in cuts {
            app.take_passage(cut);
        }
        any
    }
}
