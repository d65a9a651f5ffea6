//! Cuts passages out of records on a thread of its own, so that no key waits for a record that a hit is in.
//!
//! In: the hits that are wanted; the newest wish counts, an older one is left at the next record. Out: a passage a hit, those
//! of one record together, the best hit's record first. A record is confirmed to be the patient's before a word of it is
//! given out. Records are kept for the next letter, up to `KEPT` bytes of files.

use std::panic::{AssertUnwindSafe, catch_unwind};
use std::path::Path;
use std::sync::Arc;
use std::sync::mpsc::{Receiver, Sender, TryRecvError, channel};
use std::time::SystemTime;

use crate::dataset::Dataset;
use crate::record::Record;
use crate::search::{Marker, Passage};
use crate::tui::ranked::Wanted;
use crate::tui::record_view::RecordView;
use crate::tui::terminal::Waker;

/// Bytes of record files that are kept as records.
const KEPT: u64 = 128 << 20;

/// A passage, or why there is none.
#[derive(Debug)]
pub struct Cut {
    /// The reply that the hit is from.
    pub generation: u64,
    /// Its place among the hits.
    pub hit: usize,
    /// The passage.
    pub passage: Result<Passage, String>,
}

/// What is wanted, with the record in view, which need not be read again.
struct Wish {
    wanted: Wanted,
    view: Option<(String, Arc<RecordView>)>,
}

/// The thread.
pub struct Cutter {
    wishes: Sender<Wish>,
    cuts: Receiver<Cut>,
}

impl Cutter {
    /// Starts the thread; it ends with this.
    ///
    /// # Errors
    /// When the system gives no thread.
    pub fn start(dataset: Arc<Dataset>, waker: Waker) -> std::io::Result<Self> {
        let (wishes, inbox) = channel();
        let (outbox, cuts) = channel();
        let cutter = Cutting {
            dataset,
            kept: Vec::new(),
            outbox,
            waker,
        };
        std::thread::Builder::new()
            .name("passages".to_owned())
            .spawn(move || cutter.work(&inbox))?;
        Ok(Cutter { wishes, cuts })
    }

    /// Asks for passages; what was asked before is left.
    pub fn wish(&self, wanted: Wanted, view: Option<(String, Arc<RecordView>)>) {
        // A thread that is gone answers nothing; hits stand without passages then.
        let _ = self.wishes.send(Wish { wanted, view });
    }

    /// What was cut since the last call.
    pub fn cuts(&self) -> Vec<Cut> {
        self.cuts.try_iter().collect()
    }
}

/// What tells a changed file from an unchanged one.
pub type Stamp = (u64, Option<SystemTime>);

/// A record that was read, and which state of the file it is.
struct Kept {
    person: String,
    stamp: Stamp,
    record: Arc<Record>,
}

struct Cutting {
    dataset: Arc<Dataset>,
    /// The last one used at the end.
    kept: Vec<Kept>,
    outbox: Sender<Cut>,
    waker: Waker,
}

impl Cutting {
    fn work(mut self, inbox: &Receiver<Wish>) {
        let mut next = inbox.recv().ok();
        while let Some(mut wish) = next.take() {
            while let Ok(newer) = inbox.try_recv() {
                wish = newer;
            }
            next = self.serve(&wish, inbox);
            if next.is_none() {
                next = inbox.recv().ok();
            }
        }
    }

    /// Cuts what is wanted; gives back a newer wish where one came.
    fn serve(&mut self, wish: &Wish, inbox: &Receiver<Wish>) -> Option<Wish> {
        let Wanted {
            generation,
            query,
            events,
            length,
        } = &wish.wanted;
        let mut marker = Marker::new(query);
        let mut done = vec![false; events.len()];
        for first in 0..events.len() {
            if done[first] {
                continue;
            }
            match inbox.try_recv() {
                Ok(newer) => return Some(newer),
                Err(TryRecvError::Empty | TryRecvError::Disconnected) => {}
            }
            let person = &events[first].0;
            let view = wish.view.as_ref().filter(|(id, _)| id == person);
            let record = match view {
                Some((_, view)) => Ok(Source::View(view)),
                None => self.read(person).map(Source::Read),
            };
            for (hit, (_, event)) in events.iter().enumerate().skip(first) {
                if events[hit].0 != *person {
                    continue;
                }
                done[hit] = true;
                let passage = match &record {
                    Ok(source) => catch_unwind(AssertUnwindSafe(|| {
                        Passage::of(source.record(), *event, &mut marker, *length)
                    }))
                    .map_err(|_| "a defect of the program".to_owned())
                    .and_then(|p| p.ok_or_else(|| "not in the record any more".to_owned())),
                    Err(why) => Err(why.clone()),
                };
                let cut = Cut {
                    generation: *generation,
                    hit,
                    passage,
                };
                if self.outbox.send(cut).is_err() {
                    return None;
                }
            }
            self.waker.wake();
        }
        None
    }

    /// The record of a patient, read where the file is another than the one kept.
    fn read(&mut self, person: &str) -> Result<Arc<Record>, String> {
        let files = self.dataset.record_files();
        let file = files.iter().find(|f| f.person_id == person);
        let file = file.ok_or("its record came after the program was started")?;
        let stamp = stamp(&file.path).ok_or("its record is gone")?;
        if let Some(i) = self.kept.iter().position(|k| k.person == person) {
            let kept = self.kept.remove(i);
            if kept.stamp == stamp {
                let record = Arc::clone(&kept.record);
                self.kept.push(kept);
                return Ok(record);
            }
        }
        let dataset = &self.dataset;
        let read = catch_unwind(AssertUnwindSafe(|| dataset.load_patient(person)));
        let record = read
            .map_err(|_| "a defect of the program".to_owned())?
            .map_err(|e| e.to_string())?;
        let record = Arc::new(record);
        self.kept.push(Kept {
            person: person.to_owned(),
            stamp,
            record: Arc::clone(&record),
        });
        let mut bytes: u64 = self.kept.iter().map(|k| k.stamp.0).sum();
        while bytes > KEPT && self.kept.len() > 1 {
            bytes -= self.kept.remove(0).stamp.0;
        }
        Ok(record)
    }
}

enum Source<'a> {
    View(&'a Arc<RecordView>),
    Read(Arc<Record>),
}

impl Source<'_> {
    fn record(&self) -> &Record {
        match self {
            Source::View(view) => &view.record,
            Source::Read(record) => record,
        }
    }
}

/// What a file is like now.
pub fn stamp(path: &Path) -> Option<Stamp> {
    let metadata = std::fs::metadata(path).ok()?;
    Some((metadata.len(), metadata.modified().ok()))
}
