//! Reads records on a thread of its own, so that no key waits for a record.
//!
//! In: a case to read, and the one that is likely next. Out: records with what the screen derives from them. The newest
//! wish counts: an older one that has not begun is dropped. A panic in a reader is a message, not the end.

use std::collections::VecDeque;
use std::path::PathBuf;
use std::sync::Arc;
use std::sync::mpsc::{Receiver, Sender, channel};

use crate::dataset::{Case, Dataset};
use crate::record::{AsOf, EventId};
use crate::report::observations::Observations;
use crate::report::table::Report;
use crate::search::claim::Ground;
use crate::search::proposals::best_events;
use crate::stats::interval::Bootstrap;
use crate::tui::cutter::{Stamp, stamp};
use crate::tui::pins::{self, Places, Wanted};
use crate::tui::record_view::RecordView;
use crate::tui::terminal::Waker;

/// Records that are kept: the one in view, the next, and the one before.
const KEPT: usize = 3;
/// A record whose file is larger than this is not read ahead of need.
const AHEAD_MAX: u64 = 64 << 20;

/// How the report's intervals are made: with fewer samples than on paper, so that it is there at once.
pub const SAMPLES: Bootstrap = Bootstrap {
    samples: 1_000,
    seed: 1,
};
/// Passages that are offered of a record proposed for an instruction.
const PASSAGES: usize = 12;

/// What is wanted.
#[derive(Clone, Debug)]
enum Wish {
    /// The record of the case in view, and of the one that is likely next.
    Record { case: usize, next: Option<usize> },
    /// A patient's record, to look at beside the case.
    Visit { person: String, ask: Option<String> },
    /// The words, numbers and days of the record in view, up to a moment.
    Ground {
        case: usize,
        view: Arc<RecordView>,
        as_of: Option<AsOf>,
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

/// What came of a wish.
#[derive(Debug)]
pub enum Reply {
    /// A case's record, or why it cannot be shown.
    Record(usize, Result<Arc<RecordView>, String>),
    /// A patient's record, or why it cannot be shown.
    /// With the events that the instruction is best read beside, where one was named.
    Visit(String, Result<Arc<RecordView>, String>, Vec<EventId>),
    /// The words, numbers and days of a case's record.
    Ground(usize, Ground),
    /// Where a case's pins and passages stand.
    Places(usize, Places),
    /// A report.
    Report(Box<Report>),
}

/// Records that were read last, the newest first, with the state of the file they were read from.
type Kept = VecDeque<(PathBuf, Option<Stamp>, Arc<RecordView>)>;

/// The thread. It ends with this; a record that is being read is not waited for.
pub struct Loader {
    wishes: Sender<Wish>,
    replies: Receiver<Reply>,
}

impl Loader {
    /// Starts the thread.
    ///
    /// # Errors
    /// When the system gives no thread.
    pub fn start(dataset: Arc<Dataset>, waker: Waker) -> std::io::Result<Self> {
        let (wishes, inbox) = channel();
        let (outbox, replies) = channel();
        std::thread::Builder::new()
            .name("record".to_owned())
            .spawn(move || {
                work(&dataset, &inbox, &outbox, &waker);
            })?;
        Ok(Loader { wishes, replies })
    }

    /// Asks for the record of a case.
    pub fn wish(&self, case: usize, next: Option<usize>) {
        self.send(Wish::Record { case, next });
    }

    /// Asks for the record of a patient, and for the events that an instruction is best read beside.
    pub fn wish_visit(&self, person: String, ask: Option<String>) {
        self.send(Wish::Visit { person, ask });
    }

    /// Asks what words, numbers and days a case's record holds, up to a moment where one is given.
    pub fn wish_ground(&self, case: usize, view: Arc<RecordView>, as_of: Option<AsOf>) {
        self.send(Wish::Ground { case, view, as_of });
    }

    /// Asks where pins and passages stand in a case's record.
    pub fn wish_places(&self, case: usize, view: Arc<RecordView>, wanted: Wanted) {
        self.send(Wish::Places { case, view, wanted });
    }

    /// Asks for the report of what the reviewer said.
    pub fn wish_report(&self, own: Observations) {
        self.send(Wish::Report(own));
    }

    fn send(&self, wish: Wish) {
        // A thread that is gone answers nothing; the loop is told of a panic by the terminal.
        let _ = self.wishes.send(wish);
    }

    /// What was read since the last call.
    pub fn replies(&self) -> Vec<Reply> {
        self.replies.try_iter().collect()
    }
}

fn work(dataset: &Dataset, inbox: &Receiver<Wish>, outbox: &Sender<Reply>, waker: &Waker) {
    let mut kept = Kept::new();
    while let Ok(first) = inbox.recv() {
        // Of several wishes for a record only the newest counts; a grounding is wanted by whoever asked last, too.
        let mut wishes = vec![first];
        wishes.extend(inbox.try_iter());
        let newest = wishes
            .iter()
            .rposition(|w| matches!(w, Wish::Record { .. } | Wish::Visit { .. }));
        for (i, wish) in wishes.into_iter().enumerate() {
            let (reply, next) = match wish {
                Wish::Record { case, next } if newest == Some(i) => (
                    Reply::Record(case, read_case(dataset, case, &mut kept)),
                    next,
                ),
                Wish::Visit { person, ask } if newest == Some(i) => {
                    let case = Case {
                        person_id: person.clone(),
                        ..Case::default()
                    };
                    let view = read(dataset, &case, &mut kept);
                    let best = match (&view, ask) {
                        (Ok(view), Some(ask)) => best_events(&view.record, &ask, PASSAGES),
                        _ => Vec::new(),
                    };
                    (Reply::Visit(person, view, best), None)
                }
                Wish::Record { .. } | Wish::Visit { .. } => continue,
                Wish::Places { case, view, wanted } => {
                    (Reply::Places(case, pins::find(&view.record, &wanted)), None)
                }
                Wish::Report(own) => {
                    let report = Report::of_reviewer(dataset, own, SAMPLES);
                    (Reply::Report(Box::new(report)), None)
                }
                Wish::Ground { case, view, as_of } => {
                    (Reply::Ground(case, Ground::of(&view.record, as_of)), None)
                }
            };
            if outbox.send(reply).is_err() {
                return;
            }
            waker.wake();
            read_ahead(dataset, next, &mut kept);
        }
    }
}

/// Reads a record ahead of need; a failure shows when it is asked for.
fn read_ahead(dataset: &Dataset, next: Option<usize>, kept: &mut Kept) {
    let case = next.and_then(|next| dataset.cases().get(next));
    let path = case.and_then(|case| dataset.record_path(case).ok());
    let small = path.is_some_and(|p| std::fs::metadata(p).is_ok_and(|m| m.len() <= AHEAD_MAX));
    if let (Some(next), true) = (next, small) {
        let _ = read_case(dataset, next, kept);
    }
}

fn read_case(dataset: &Dataset, case: usize, kept: &mut Kept) -> Result<Arc<RecordView>, String> {
    let case = dataset.cases().get(case).ok_or("there is no such case")?;
    read(dataset, case, kept)
}

fn read(dataset: &Dataset, case: &Case, kept: &mut Kept) -> Result<Arc<RecordView>, String> {
    let say = |e: crate::Error| match e.hint_text() {
        Some(hint) => format!("{e}. To try: {hint}"),
        None => e.to_string(),
    };
    let path = dataset.record_path(case).map_err(say)?;
    let now = stamp(&path);
    if let Some(i) = kept.iter().position(|(p, ..)| *p == path) {
        let found = kept.remove(i).ok_or("there is no such record")?;
        // A file that changed since is read again: the index may know of the change.
        if found.1 == now {
            // The path follows from the patient's id, so this is the patient that was confirmed when it was read.
            kept.push_front(found.clone());
            return Ok(found.2);
        }
    }
    let record = dataset.load_record(case).map_err(say)?;
    let view = Arc::new(RecordView::new(record));
    kept.push_front((path, now, Arc::clone(&view)));
    kept.truncate(KEPT);
    Ok(view)
}
