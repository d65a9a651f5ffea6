//! Reads records on a thread of its own, so that no key waits for a record.
//!
//! In: a case to read, and the one that is likely next. Out: records with what the screen derives from them.

use std::sync::Arc;
use std::sync::mpsc::Receiver;

use crate::dataset::{Case, Dataset};
use crate::error::Result;
use crate::record::{AsOf, EventId};
use crate::report::observations::Observations;
use crate::report::table::Report;
use crate::search::ground::{Grounded, ground};
use crate::search::retrieve::events::best_events;
use crate::stats::interval::Bootstrap;
use crate::tui::pins::{self, Places, Wanted};
use crate::tui::record_view::RecordView;
use crate::tui::terminal::Waker;
use crate::work::Cancel;
use crate::work::cache::Cache;
use crate::work::thread::{Outbox, Serve, Thread};

/// Bytes of record files that are kept as records, for cases and for passages.
const KEPT_BYTES: u64 = 128 << 20;
/// Records that are kept however large: the one in view, the next, and the one before.
const KEPT: usize = 3;
/// A record whose file is larger than this is not read ahead of need.
const AHEAD_MAX: u64 = 64 << 20;

/// How the report's intervals are made: with fewer samples than on paper, so that it is there at once.
pub(crate) const SAMPLES: Bootstrap = Bootstrap {
    samples: 1_000,
    seed: 1,
};
/// Passages that are offered of a record proposed for an instruction.
const PASSAGES: usize = 12;

/// Records that were read last.
pub(crate) type Records = Cache<RecordView>;

/// A cache of the size that the screen needs.
pub(crate) fn records() -> Arc<Records> {
    Arc::new(Cache::new(KEPT_BYTES, KEPT))
}

/// What is wanted.
#[derive(Clone, Debug)]
enum Wish {
    /// The record of the case in view, and of the one that is likely next.
    Record { case: usize, next: Option<usize> },
    /// A patient's record, to look at beside the case.
    Visit { person: String, ask: Option<String> },
    /// Whether the record in view, up to a moment, says what texts claim.
    Ground {
        case: usize,
        view: Arc<RecordView>,
        as_of: Option<AsOf>,
        texts: Vec<String>,
    },
    /// Pins and passages in the record in view.
    Places {
        case: usize,
        view: Arc<RecordView>,
        wanted: Wanted,
    },
    /// The report of what the reviewer said.
    Report(Observations),
}

/// A record, or why it cannot be shown.
type Read = std::result::Result<Arc<RecordView>, String>;

/// What came of a wish.
#[derive(Debug)]
pub(crate) enum Reply {
    /// A case's record, or why it cannot be shown.
    Record(usize, Read),
    /// A patient's record, or why it cannot be shown.
    /// With the events that the instruction is best read beside, where one was named.
    Visit(String, Read, Vec<EventId>),
    /// The words, numbers and days of a case's record.
    Ground(usize, Vec<Vec<Grounded>>),
    /// Where a case's pins and passages stand.
    Places(usize, Places),
    Report(Box<Report>),
}

/// The thread. It ends with this; a record that is being read is not waited for.
pub(crate) struct Loader {
    thread: Thread<Reading>,
    replies: Receiver<Reply>,
}

impl Loader {
    /// Starts the thread.
    ///
    /// # Errors
    /// When the system gives no thread.
    pub(crate) fn start(
        dataset: Arc<Dataset>,
        records: Arc<Records>,
        waker: Waker,
    ) -> Result<Self> {
        let (outbox, replies) = Outbox::new(move || waker.wake());
        let reading = Reading {
            dataset,
            records,
            outbox,
        };
        let thread = Thread::start("record", reading)?;
        Ok(Loader { thread, replies })
    }

    /// Asks for the record of a case.
    pub(crate) fn wish(&self, case: usize, next: Option<usize>) {
        self.thread.wish(Wish::Record { case, next });
    }

    /// Asks for the record of a patient, and for the events that an instruction is best read beside.
    pub(crate) fn wish_visit(&self, person: String, ask: Option<String>) {
        self.thread.wish(Wish::Visit { person, ask });
    }

    /// Asks whether a case's record, up to a moment where one is given, says what texts claim.
    pub(crate) fn wish_ground(
        &self,
        case: usize,
        view: Arc<RecordView>,
        as_of: Option<AsOf>,
        texts: Vec<String>,
    ) {
        self.thread.wish(Wish::Ground {
            case,
            view,
            as_of,
            texts,
        });
    }

    /// Asks where pins and passages stand in a case's record.
    pub(crate) fn wish_places(&self, case: usize, view: Arc<RecordView>, wanted: Wanted) {
        self.thread.wish(Wish::Places { case, view, wanted });
    }

    /// Asks for the report of what the reviewer said.
    pub(crate) fn wish_report(&self, own: Observations) {
        self.thread.wish(Wish::Report(own));
    }

    /// What was read since the last call.
    pub(crate) fn replies(&self) -> Vec<Reply> {
        self.replies.try_iter().collect()
    }
}

struct Reading {
    dataset: Arc<Dataset>,
    records: Arc<Records>,
    outbox: Outbox<Reply>,
}

impl Serve for Reading {
    type Wish = Wish;

    /// Of several wishes for a record only the newest counts; all else is wanted of the record that is in view by then.
    fn slot(wish: &Wish) -> Option<u8> {
        matches!(wish, Wish::Record { .. } | Wish::Visit { .. }).then_some(0)
    }

    fn serve(&mut self, wish: Wish, _: &Cancel) {
        let (reply, next) = match wish {
            Wish::Record { case, next } => (Reply::Record(case, self.read_case(case)), next),
            Wish::Visit { person, ask } => {
                let case = Case {
                    person_id: person.clone(),
                    ..Case::default()
                };
                let view = self.read(&case);
                let best = match (&view, ask) {
                    (Ok(view), Some(ask)) => best_events(&view.record, &ask, PASSAGES),
                    _ => Vec::new(),
                };
                (Reply::Visit(person, view, best), None)
            }
            Wish::Places { case, view, wanted } => {
                (Reply::Places(case, pins::find(&view.record, &wanted)), None)
            }
            Wish::Report(own) => {
                let report = Report::of_reviewer(&self.dataset, own, SAMPLES);
                (Reply::Report(Box::new(report)), None)
            }
            Wish::Ground {
                case,
                view,
                as_of,
                texts,
            } => {
                let texts: Vec<&str> = texts.iter().map(String::as_str).collect();
                let marks = ground(&view.record, as_of, &texts);
                (Reply::Ground(case, marks), None)
            }
        };
        self.outbox.say(reply);
        if let Some(next) = next {
            self.read_ahead(next);
        }
    }
}

impl Reading {
    /// Reads a record ahead of need; a failure shows when it is asked for.
    fn read_ahead(&self, next: usize) {
        let case = self.dataset.cases().get(next);
        let path = case.and_then(|case| self.dataset.record_path(case).ok());
        let small = path.is_some_and(|p| std::fs::metadata(p).is_ok_and(|m| m.len() <= AHEAD_MAX));
        if small {
            let _ = self.read_case(next);
        }
    }

    fn read_case(&self, case: usize) -> Read {
        let case = self.dataset.cases().get(case);
        self.read(case.ok_or("there is no such case")?)
    }

    fn read(&self, case: &Case) -> Read {
        let say = |e: crate::Error| match e.hint_text() {
            Some(hint) => format!("{e}. To try: {hint}"),
            None => e.to_string(),
        };
        let path = self.dataset.record_path(case).map_err(say)?;
        // The path follows from the patient's id, so what is kept of it was confirmed when it was read.
        self.records.get(&path, || {
            self.dataset
                .load_record(case)
                .map(RecordView::new)
                .map_err(say)
        })
    }
}
