//! Search on threads of its own, so that no key waits for the index.
//!
//! In: requests; the newest wins, an older one that has not begun is dropped without a reply. Out: messages: replies with the
//! request's generation, progress of a build, how it ended. A panic is a message too, and the next request starts afresh.
//! Ending a worker cancels its build and waits for neither thread.

use std::sync::mpsc::Receiver;
use std::sync::{Arc, Weak};
use std::time::{Duration, Instant};

use super::build::{self, Built, Progress, State};
use super::engine::{Engine, Found, Weight};
use super::place::IndexFolder;
use super::query::{Hidden, Query};
use crate::dataset::Dataset;
use crate::error::{Error, Result};
use crate::work::Cancel;
use crate::work::thread::{Outbox, Serve, Thread};

/// What to search for.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(crate) struct Request {
    /// Comes back with the reply, so that a late one can be told from the current.
    pub generation: u64,
    /// As typed.
    pub query: String,
    /// Only this patient, or all.
    pub patient: Option<String>,
    /// What is neither listed nor counted.
    pub hidden: Option<Hidden>,
    /// At most so many events.
    pub limit: usize,
    /// Also say what each word adds to each hit's score.
    pub explain: bool,
}

impl Request {
    /// The query as understood, without what is hidden.
    pub(crate) fn understood(&self) -> Query {
        let mut query = Query::parse(&self.query);
        if let Some(hidden) = &self.hidden {
            query.hide(hidden);
        }
        query
    }
}

/// What a request came to.
#[derive(Clone, Debug)]
pub(crate) enum Outcome {
    /// The events found; with what the words add to each, where asked.
    Found(Found, Vec<Vec<Weight>>),
    /// There is no index of the dataset yet.
    NoIndex,
    /// The index cannot be used: why, and what to try.
    Failed(String),
}

/// The answer to a request.
#[derive(Clone, Debug)]
pub(crate) struct Reply {
    /// The request's.
    pub generation: u64,
    /// The query as understood, with messages on what was left out; marks snippets too.
    pub query: Query,
    /// What it came to.
    pub outcome: Outcome,
}

/// What a worker says.
#[derive(Clone, Debug)]
pub(crate) enum Message {
    /// What is at the index's place: said at the start and after each build.
    State(State),
    /// An answer.
    Reply(Reply),
    /// How far a build is.
    Progress(Progress),
    /// How a build ended: done or cancelled, or why it could not be done.
    Built(Result<Built, String>),
    /// A thread panicked: a defect. What it said goes to the log; another request or build may be tried.
    WorkerGone(&'static str),
}

/// The threads.
pub(crate) struct Worker {
    searcher: Arc<Thread<Searching>>,
    builder: Thread<Building>,
    messages: Receiver<Message>,
}

/// What the searching thread is to do.
enum Wish {
    /// To answer.
    Request(Request),
    /// To look at the index anew: it was built, or another program may have changed it.
    Look,
}

impl Worker {
    /// Starts the threads; `wake` is called after each message, from the threads.
    ///
    /// # Errors
    /// When the system gives no thread.
    pub(crate) fn start(
        dataset: Arc<Dataset>,
        place: IndexFolder,
        wake: impl Fn() + Send + Sync + 'static,
    ) -> Result<Self> {
        let (outbox, messages) = Outbox::new(wake);
        let searching = Searching {
            dataset: Arc::clone(&dataset),
            place: place.clone(),
            engine: None,
            outbox: outbox.clone(),
        };
        let searcher = Arc::new(Thread::start("search", searching)?);
        searcher.wish(Wish::Look);
        let building = Building {
            dataset,
            place,
            searcher: Arc::downgrade(&searcher),
            outbox,
        };
        let builder = Thread::start("index", building)?;
        Ok(Worker {
            searcher,
            builder,
            messages,
        })
    }

    /// Asks; drops an older request that has not begun.
    pub(crate) fn ask(&self, request: Request) {
        self.searcher.wish(Wish::Request(request));
    }

    /// Looks at the index and the record files again, which another program may have changed; [`Message::State`] follows.
    pub(crate) fn look(&self) {
        self.searcher.wish(Wish::Look);
    }

    /// Builds the index, or brings it up to date; `anew` forgets what is there. Does nothing while a build is under way.
    pub(crate) fn build(&self, anew: bool) {
        if !self.builder.is_busy() {
            self.builder.wish(anew);
        }
    }

    /// Asks the build to end soon; the index stays as its last commit left it.
    pub(crate) fn cancel_build(&self) {
        self.builder.cancel();
    }

    /// What the threads said since the last call.
    pub(crate) fn messages(&self) -> Vec<Message> {
        self.messages.try_iter().collect()
    }

    /// Waits for the next message; `None` after so long.
    #[cfg(test)]
    pub(crate) fn wait(&self, most: Duration) -> Option<Message> {
        self.messages.recv_timeout(most).ok()
    }
}

/// The searching thread.
struct Searching {
    dataset: Arc<Dataset>,
    place: IndexFolder,
    engine: Option<Engine>,
    outbox: Outbox<Message>,
}

impl Serve for Searching {
    type Wish = Wish;

    fn slot(wish: &Wish) -> Option<u8> {
        Some(matches!(wish, Wish::Request(_)).into())
    }

    fn serve(&mut self, wish: Wish, _: &Cancel) {
        let message = match wish {
            Wish::Request(request) => Message::Reply(self.answer(&request)),
            Wish::Look => {
                // The files may be others; opening takes a few milliseconds.
                self.engine = None;
                Message::State(build::state(&self.dataset, &self.place, false))
            }
        };
        self.outbox.say(message);
    }

    fn panicked(&mut self) {
        self.engine = None;
        self.outbox.say(Message::WorkerGone(
            "the search stopped by a defect; the index may be damaged",
        ));
    }
}

impl Searching {
    fn answer(&mut self, request: &Request) -> Reply {
        let query = request.understood();
        let outcome = match self.found(request, &query) {
            Ok(outcome) => outcome,
            Err(error) => {
                self.engine = None;
                Outcome::Failed(said(&error))
            }
        };
        Reply {
            generation: request.generation,
            query,
            outcome,
        }
    }

    fn found(&mut self, request: &Request, query: &Query) -> Result<Outcome> {
        if self.engine.is_none()
            && build::state(&self.dataset, &self.place, false) == State::Missing
        {
            return Ok(Outcome::NoIndex);
        }
        let engine = match &mut self.engine {
            Some(engine) => engine,
            none => none.insert(Engine::open(&self.place)?),
        };
        let found = engine.search(query, request.patient.as_deref(), request.limit)?;
        let mut weights = Vec::new();
        if request.explain {
            for hit in &found.hits {
                weights.push(engine.explain(query, hit)?);
            }
        }
        Ok(Outcome::Found(found, weights))
    }
}

/// The building thread.
struct Building {
    dataset: Arc<Dataset>,
    place: IndexFolder,
    /// Is told of what was built.
    searcher: Weak<Thread<Searching>>,
    outbox: Outbox<Message>,
}

impl Serve for Building {
    /// Whether what is there is forgotten.
    type Wish = bool;

    fn serve(&mut self, anew: bool, cancel: &Cancel) {
        let mut last = Instant::now();
        let mut progress = |now: Progress| {
            // A screen needs no more than some ten a second; the last one always comes.
            if now.records == now.of_records || last.elapsed() > Duration::from_millis(100) {
                last = Instant::now();
                self.outbox.say(Message::Progress(now));
            }
        };
        let built = build::build(&self.dataset, &self.place, anew, &mut progress, cancel);
        let built = built.map_err(|e| said(&e));
        self.outbox.say(Message::Built(built));
        self.look();
    }

    fn panicked(&mut self) {
        self.outbox.say(Message::WorkerGone(
            "building the index stopped by a defect",
        ));
        self.look();
    }
}

impl Building {
    fn look(&self) {
        if let Some(searcher) = self.searcher.upgrade() {
            searcher.wish(Wish::Look);
        }
    }
}

fn said(error: &Error) -> String {
    match error.hint_text() {
        Some(hint) => format!("{error}. To try: {hint}"),
        None => error.to_string(),
    }
}
