//! Search on threads of its own, so that no key waits for the index.
//!
//! In: requests; the newest wins, an older one that has not begun is dropped without a reply. Out: messages: replies with the
//! request's generation, progress of a build, how it ended. A panic is a message too, and the next request starts afresh.
//! Ending a worker cancels its build and waits for neither thread.

use std::panic::{AssertUnwindSafe, catch_unwind};
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::mpsc::{Receiver, Sender, channel};
use std::sync::{Arc, Condvar, Mutex, PoisonError};
use std::thread::JoinHandle;
use std::time::{Duration, Instant};

use super::build::{self, Built, Progress, State};
use super::engine::{Engine, Found, Weight};
use super::place::Place;
use super::query::{Hidden, Query};
use crate::dataset::Dataset;
use crate::error::{Error, Result};

/// What to search for.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Request {
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
    pub fn understood(&self) -> Query {
        let mut query = Query::parse(&self.query);
        if let Some(hidden) = &self.hidden {
            query.hide(hidden);
        }
        query
    }
}

/// What a request came to.
#[derive(Clone, Debug)]
pub enum Outcome {
    /// The events found; with what the words add to each, where asked.
    Found(Found, Vec<Vec<Weight>>),
    /// There is no index of the dataset yet.
    NoIndex,
    /// The index cannot be used: why, and what to try.
    Failed(String),
}

/// The answer to a request.
#[derive(Clone, Debug)]
pub struct Reply {
    /// The request's.
    pub generation: u64,
    /// The query as understood, with messages on what was left out; marks snippets too.
    pub query: Query,
    /// What it came to.
    pub outcome: Outcome,
    /// Time it took.
    pub elapsed: Duration,
}

/// What a worker says.
#[derive(Clone, Debug)]
pub enum Message {
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
pub struct Worker {
    shared: Arc<Shared>,
    messages: Receiver<Message>,
    builder: Option<JoinHandle<()>>,
}

struct Shared {
    dataset: Arc<Dataset>,
    place: Place,
    inbox: Mutex<Inbox>,
    arrived: Condvar,
    cancel: AtomicBool,
    outbox: Sender<Message>,
    wake: Box<dyn Fn() + Send + Sync>,
}

#[derive(Default)]
struct Inbox {
    request: Option<Request>,
    /// The index was built: see its new state.
    refresh: bool,
    closed: bool,
}

impl Worker {
    /// Starts the searching thread; `wake` is called after each message, from the threads.
    ///
    /// # Errors
    /// When the system gives no thread.
    pub fn start(
        dataset: Arc<Dataset>,
        place: Place,
        wake: impl Fn() + Send + Sync + 'static,
    ) -> Result<Self> {
        let (outbox, messages) = channel();
        let shared = Arc::new(Shared {
            dataset,
            place,
            inbox: Mutex::new(Inbox {
                refresh: true,
                ..Inbox::default()
            }),
            arrived: Condvar::new(),
            cancel: AtomicBool::new(false),
            outbox,
            wake: Box::new(wake),
        });
        let own = Arc::clone(&shared);
        spawn("search", move || own.serve())?;
        Ok(Worker {
            shared,
            messages,
            builder: None,
        })
    }

    /// Asks; drops an older request that has not begun.
    pub fn ask(&self, request: Request) {
        self.shared.inbox().request = Some(request);
        self.shared.arrived.notify_one();
    }

    /// Looks at the index and the record files again, which another program may have changed; [`Message::State`] follows.
    pub fn look(&self) {
        self.shared.inbox().refresh = true;
        self.shared.arrived.notify_one();
    }

    /// Builds the index, or brings it up to date; `anew` forgets what is there. Does nothing while a build is under way.
    ///
    /// # Errors
    /// When the system gives no thread.
    pub fn build(&mut self, anew: bool) -> Result<()> {
        if self.is_building() {
            return Ok(());
        }
        self.shared.cancel.store(false, Ordering::Relaxed);
        let shared = Arc::clone(&self.shared);
        self.builder = Some(spawn("index", move || shared.build(anew))?);
        Ok(())
    }

    /// Asks the build to end soon; the index stays as its last commit left it.
    pub fn cancel_build(&self) {
        self.shared.cancel.store(true, Ordering::Relaxed);
    }

    /// Whether a build is under way.
    pub fn is_building(&self) -> bool {
        self.builder.as_ref().is_some_and(|b| !b.is_finished())
    }

    /// What the threads said since the last call.
    pub fn messages(&self) -> Vec<Message> {
        self.messages.try_iter().collect()
    }

    /// Waits for the next message; `None` after so long.
    pub fn wait(&self, most: Duration) -> Option<Message> {
        self.messages.recv_timeout(most).ok()
    }
}

impl Drop for Worker {
    fn drop(&mut self) {
        self.cancel_build();
        self.shared.inbox().closed = true;
        self.shared.arrived.notify_one();
    }
}

impl Shared {
    fn inbox(&self) -> std::sync::MutexGuard<'_, Inbox> {
        self.inbox.lock().unwrap_or_else(PoisonError::into_inner)
    }

    fn say(&self, message: Message) {
        // Nobody listens when the worker was dropped.
        if self.outbox.send(message).is_ok() {
            (self.wake)();
        }
    }

    /// The searching thread.
    fn serve(&self) {
        let mut engine: Option<Engine> = None;
        loop {
            let mut inbox = self.inbox();
            while inbox.request.is_none() && !inbox.refresh && !inbox.closed {
                inbox = self
                    .arrived
                    .wait(inbox)
                    .unwrap_or_else(PoisonError::into_inner);
            }
            if inbox.closed {
                return;
            }
            let refresh = std::mem::take(&mut inbox.refresh);
            let request = inbox.request.take();
            drop(inbox);
            if refresh {
                // The files may be others; opening takes a few milliseconds.
                engine = None;
                self.say(Message::State(build::state(
                    &self.dataset,
                    &self.place,
                    false,
                )));
            }
            let Some(request) = request else { continue };
            let answer = catch_unwind(AssertUnwindSafe(|| self.answer(&request, &mut engine)));
            if let Ok(reply) = answer {
                self.say(Message::Reply(reply));
            } else {
                engine = None;
                self.say(Message::WorkerGone(
                    "the search stopped by a defect; the index may be damaged",
                ));
            }
        }
    }

    fn answer(&self, request: &Request, engine: &mut Option<Engine>) -> Reply {
        let start = Instant::now();
        let query = request.understood();
        let outcome = match self.found(request, &query, engine) {
            Ok(outcome) => outcome,
            Err(error) => {
                *engine = None;
                Outcome::Failed(said(&error))
            }
        };
        Reply {
            generation: request.generation,
            query,
            outcome,
            elapsed: start.elapsed(),
        }
    }

    fn found(
        &self,
        request: &Request,
        query: &Query,
        engine: &mut Option<Engine>,
    ) -> Result<Outcome> {
        if engine.is_none() && build::state(&self.dataset, &self.place, false) == State::Missing {
            return Ok(Outcome::NoIndex);
        }
        let engine = match engine {
            Some(engine) => engine,
            None => engine.insert(Engine::open(&self.place)?),
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

    /// The building thread.
    fn build(&self, anew: bool) {
        let mut last = Instant::now();
        let mut progress = |now: Progress| {
            // A screen needs no more than some ten a second; the last one always comes.
            if now.records == now.of_records || last.elapsed() > Duration::from_millis(100) {
                last = Instant::now();
                self.say(Message::Progress(now));
            }
        };
        let built = catch_unwind(AssertUnwindSafe(|| {
            build::build(
                &self.dataset,
                &self.place,
                anew,
                &mut progress,
                &self.cancel,
            )
        }));
        match built {
            Ok(built) => self.say(Message::Built(built.map_err(|e| said(&e)))),
            Err(_) => self.say(Message::WorkerGone(
                "building the index stopped by a defect",
            )),
        }
        self.inbox().refresh = true;
        self.arrived.notify_one();
    }
}

fn spawn(name: &str, work: impl FnOnce() + Send + 'static) -> Result<JoinHandle<()>> {
    std::thread::Builder::new()
        .name(name.to_owned())
        .spawn(work)
        .map_err(|e| Error::bug("the system gives no thread for the search").caused_by(e))
}

fn said(error: &Error) -> String {
    match error.hint_text() {
        Some(hint) => format!("{error}. To try: {hint}"),
        None => error.to_string(),
    }
}
