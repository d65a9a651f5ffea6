//! Cuts passages out of records on a thread of its own, so that no key waits for a record that a hit is in.
//!
//! In: the hits that are wanted; the newest wish counts, an older one is left at the next record. Out: a passage a hit, those
//! of one record together, the best hit's record first. A record is confirmed to be the patient's before a word of it is
//! given out.

use std::panic::{AssertUnwindSafe, catch_unwind};
use std::sync::Arc;
use std::sync::mpsc::Receiver;

use crate::dataset::Dataset;
use crate::error::Result;
use crate::search::{Marker, Passage};
use crate::tui::loader::Records;
use crate::tui::ranked::Wanted;
use crate::tui::record_view::RecordView;
use crate::tui::terminal::Waker;
use crate::work::Cancel;
use crate::work::thread::{Outbox, Serve, Thread};

/// Why there is no passage where reading or cutting panicked: one record or event must not cost the others theirs.
const DEFECT: &str = "a defect of the program";

/// A passage, or why there is none.
#[derive(Debug)]
pub(crate) struct Cut {
    /// The reply that the hit is from.
    pub generation: u64,
    /// Its place among the hits.
    pub hit: usize,
    pub passage: std::result::Result<Passage, String>,
}

/// The thread; it ends with this.
pub(crate) struct Cutter {
    thread: Thread<Cutting>,
    cuts: Receiver<Cut>,
}

impl Cutter {
    /// Starts the thread.
    ///
    /// # Errors
    /// When the system gives no thread.
    pub(crate) fn start(
        dataset: Arc<Dataset>,
        records: Arc<Records>,
        waker: Waker,
    ) -> Result<Self> {
        let (outbox, cuts) = Outbox::new(move || waker.wake());
        let cutting = Cutting {
            dataset,
            records,
            outbox,
        };
        let thread = Thread::start("passages", cutting)?;
        Ok(Cutter { thread, cuts })
    }

    /// Asks for passages; what was asked before is left.
    pub(crate) fn wish(&self, wanted: Wanted) {
        self.thread.wish(wanted);
    }

    /// What was cut since the last call.
    pub(crate) fn cuts(&self) -> Vec<Cut> {
        self.cuts.try_iter().collect()
    }
}

struct Cutting {
    dataset: Arc<Dataset>,
    records: Arc<Records>,
    outbox: Outbox<Cut>,
}

impl Serve for Cutting {
    type Wish = Wanted;

    fn serve(&mut self, wanted: Wanted, cancel: &Cancel) {
        let Wanted {
            generation,
            query,
            events,
            length,
        } = &wanted;
        let mut marker = Marker::new(query);
        let mut done = vec![false; events.len()];
        for first in 0..events.len() {
            if done[first] {
                continue;
            }
            if cancel.is_asked() {
                return;
            }
            let person = &events[first].0;
            let view = self.read(person);
            let mut cuts = Vec::new();
            for (hit, (of, event)) in events.iter().enumerate().skip(first) {
                if of != person {
                    continue;
                }
                done[hit] = true;
                let passage = view.as_ref().map_err(Clone::clone).and_then(|view| {
                    let cut = AssertUnwindSafe(|| {
                        Passage::of(&view.record, *event, &mut marker, *length)
                    });
                    catch_unwind(cut)
                        .map_err(|_| DEFECT.to_owned())?
                        .ok_or_else(|| "not in the record any more".to_owned())
                });
                cuts.push(Cut {
                    generation: *generation,
                    hit,
                    passage,
                });
            }
            self.outbox.say_all(cuts);
        }
    }
}

impl Cutting {
    /// The record of a patient.
    fn read(&self, person: &str) -> std::result::Result<Arc<RecordView>, String> {
        let files = self.dataset.record_files();
        let file = files.iter().find(|f| f.person_id == person);
        let file = file.ok_or("its record came after the program was started")?;
        if !file.path.exists() {
            return Err("its record is gone".to_owned());
        }
        self.records.get(&file.path, || {
            let read = AssertUnwindSafe(|| self.dataset.load_patient(person).map(RecordView::new));
            catch_unwind(read)
                .map_err(|_| DEFECT.to_owned())?
                .map_err(|e| e.to_string())
        })
    }
}
