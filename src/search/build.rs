//! Makes and updates the index: the only writer.
//!
//! In: a dataset and the place of its index. Out: an index that holds the records as they are now, with the manifest in its
//! last commit. Only changed records are read again. A build that is cancelled or killed leaves the index as its last
//! commit had it; a damaged index is made anew. Two programs cannot build one index at once: the second is told so, and
//! readers see the last commit all the while.
//!
//! One thread reads records ahead (each is read by several), this one makes documents, and tantivy's one writer thread
//! indexes them in an arena of 200 MB. Records in memory are bounded by [`IN_FLIGHT`] bytes of files.

mod budget;

use std::sync::mpsc::{Receiver, sync_channel};
use std::time::{Duration, Instant, SystemTime};

use self::budget::Budget;
use tantivy::directory::MmapDirectory;
use tantivy::{Index, IndexSettings, IndexWriter, TantivyDocument, TantivyError, Term};

use crate::dataset::{Dataset, RecordFile};
use crate::error::{Error, Result};
use crate::files::FileKind;
use crate::files::lock::{Lock, Owner};
use crate::files::private::set_mode;
use crate::notice::Notice;
use crate::record::{EventId, Record};
use crate::work::Cancel;

use super::place::{IndexFolder, Indexed, Manifest, Plan, Stamp, files};
use super::schema::{Fields, SCHEMA_VERSION, document, register, schema};

/// How messages call the index's files.
const INDEX: FileKind = FileKind {
    name: "index",
    option: "XDG_CACHE_HOME",
};
/// Memory of the writer thread, in bytes.
const ARENA: usize = 200_000_000;
/// Records that are read ahead have at most so many bytes of files together; one larger record goes alone.
pub const IN_FLIGHT: u64 = 96 << 20;
/// A long build is saved so often, so that it can go on after an interruption.
const SAVE_EVERY: Duration = Duration::from_mins(2);
/// The cancel flag is looked at each so many events.
const LOOK_EVERY: usize = 4096;

/// How far a build is.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Progress {
    /// Records done.
    pub records: usize,
    /// Records to do.
    pub of_records: usize,
    /// Bytes of files done.
    pub bytes: u64,
    /// Bytes of files to do.
    pub of_bytes: u64,
    /// Events indexed.
    pub events: u64,
}

/// How a build ended.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Built {
    /// Records that were read and indexed.
    pub indexed: usize,
    /// Records that were taken out of the index.
    pub removed: usize,
    /// Records that are in the index and unchanged.
    pub kept: usize,
    /// Events of the records that were indexed.
    pub events: u64,
    /// Whether it was cancelled: the index is as it was before, or as the last save of a long build left it.
    pub cancelled: bool,
    /// Why the index was made anew, where it was.
    pub anew: Option<String>,
    /// Records that are left out, of this build and of those before: they cannot be read, or are another patient's.
    pub notices: Vec<Notice>,
}

/// What is at an index's place.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum State {
    /// Nothing.
    Missing,
    /// Files that are no index of this version, and why.
    Damaged(String),
    /// An index.
    Ready {
        /// Records it holds.
        records: usize,
        /// Events it holds.
        events: u64,
        /// Records of the dataset that are new or changed since.
        stale: usize,
        /// Records it holds that the dataset has no more.
        gone: usize,
    },
}

impl State {
    /// Whether the index holds the records as they are now.
    pub fn is_current(&self) -> bool {
        matches!(
            self,
            State::Ready {
                stale: 0,
                gone: 0,
                ..
            }
        )
    }
}

/// Looks at an index without changing it; `thorough` also compares the checksums of all its files.
pub fn state(dataset: &Dataset, place: &IndexFolder, thorough: bool) -> State {
    let (index, manifest) = match open(place) {
        Ok(Some(found)) => found,
        Ok(None) => return State::Missing,
        Err(why) => return State::Damaged(why),
    };
    if thorough && let Err(why) = verify(&index) {
        return State::Damaged(why);
    }
    // The files may have changed since the dataset was opened; a folder that is gone is somebody else's to say.
    let now = dataset.look_again();
    let files = now.as_deref().unwrap_or_else(|_| dataset.record_files());
    let plan = manifest.plan(files, SystemTime::now());
    State::Ready {
        records: manifest
            .records
            .iter()
            .filter(|r| r.events.is_some())
            .count(),
        events: manifest.records.iter().filter_map(|r| r.events).sum(),
        stale: plan.read.len(),
        gone: plan.remove.len(),
    }
}

/// The records of a dataset that its index leaves out, each with why.
pub fn left_out(dataset: &Dataset, place: &IndexFolder) -> Vec<Notice> {
    let Ok(Some((_, manifest))) = open(place) else {
        return Vec::new();
    };
    let now = dataset.look_again();
    let files = now.as_deref().unwrap_or_else(|_| dataset.record_files());
    manifest.left_out(files)
}

/// Opens the index at a place; `None` when nothing is there, a reason when it cannot be used.
pub(super) fn open(place: &IndexFolder) -> Result<Option<(Index, Manifest)>, String> {
    let data = place.data();
    if files(&data).next().is_none() {
        return Ok(None);
    }
    let index = Index::open_in_dir(&data).map_err(|e| said(&e))?;
    register(&index);
    if index.schema() != schema().0 {
        return Err("its fields are another version's".to_owned());
    }
    let meta = index.load_metas().map_err(|e| said(&e))?;
    match Manifest::read(meta.payload.as_deref()) {
        Some(manifest) => Ok(Some((index, manifest))),
        None if meta.segments.is_empty() => Ok(None),
        None => Err("its manifest is missing or another version's".to_owned()),
    }
}

/// Compares the checksums of an index's files.
fn verify(index: &Index) -> Result<(), String> {
    let broken = index.validate_checksum().map_err(|e| said(&e))?;
    if broken.is_empty() {
        Ok(())
    } else {
        Err(format!("{} of its files are damaged", broken.len()))
    }
}

/// What tantivy says, without the paths of its files.
pub(super) fn said(error: &TantivyError) -> String {
    let text = error.to_string();
    text.lines()
        .next()
        .unwrap_or("it cannot be read")
        .to_owned()
}

/// Brings the index up to date, or makes it; `anew` forgets what was there. `progress` hears of each record.
///
/// # Errors
/// When another program is building it, or the folder cannot be written.
pub fn build(
    dataset: &Dataset,
    place: &IndexFolder,
    anew: bool,
    progress: &mut dyn FnMut(Progress),
    cancel: &Cancel,
) -> Result<Built> {
    place.make()?;
    let _lock = lock(place)?;
    let mut built = Built::default();
    let usable = match open(place) {
        Ok(found) if anew => {
            built.anew = found.map(|_| "as asked".to_owned());
            None
        }
        Ok(Some((index, manifest))) => match verify(&index) {
            Ok(()) => Some((index, manifest)),
            Err(why) => {
                built.anew = Some(why);
                None
            }
        },
        Ok(None) => None,
        Err(why) => {
            built.anew = Some(why);
            None
        }
    };
    let (index, manifest) = match usable {
        Some(found) => found,
        None => (
            create(place)?,
            Manifest {
                schema: SCHEMA_VERSION,
                records: Vec::new(),
            },
        ),
    };
    let files = dataset.look_again()?;
    let plan = manifest.plan(&files, SystemTime::now());
    built.kept = plan.kept;
    // A first commit is made even when there is nothing to index, so that an index is there.
    if plan.is_empty() && !manifest.records.is_empty() {
        built.notices = manifest.left_out(&files);
        return Ok(built);
    }
    let failed = |e: TantivyError| failed(place, &e);
    let writer: IndexWriter = index.writer_with_num_threads(1, ARENA).map_err(failed)?;
    let mut run = Run {
        writer,
        fields: schema().1,
        dataset,
        place,
        manifest,
        built,
        saved: Instant::now(),
    };
    run.remove(&plan.remove);
    let done = run.read_all(&files, &plan, progress, cancel)?;
    let Run {
        mut writer,
        manifest,
        mut built,
        ..
    } = run;
    if !done {
        writer.rollback().map_err(failed)?;
        built.cancelled = true;
        return Ok(built);
    }
    commit(&mut writer, &manifest, place)?;
    built.notices = manifest.left_out(&files);
    writer.wait_merging_threads().map_err(failed)?;
    make_files_private(place)?;
    Ok(built)
}

/// Deletes the index; the dataset's own files are not touched. Returns whether there was one.
///
/// # Errors
/// When another program is building it, or files cannot be deleted.
pub fn delete(place: &IndexFolder) -> Result<bool> {
    if !place.folder().exists() {
        return Ok(false);
    }
    let lock = lock(place)?;
    std::fs::remove_dir_all(place.folder())
        .map_err(|e| Error::io(place.folder(), "deleting the index", e))?;
    drop(lock);
    Ok(true)
}

/// Keeps other programs from building the same index.
fn lock(place: &IndexFolder) -> Result<Lock> {
    let taken = Lock::take(&place.lock(), &INDEX, &Owner::this("index"))?;
    taken.map_err(|_| {
        Error::unreadable(
            place.folder(),
            "another program is building the index of this dataset",
        )
        .hint("wait until it is done; searching goes on with what is there")
    })
}

fn create(place: &IndexFolder) -> Result<Index> {
    let data = place.data();
    // What names the others goes first: killed in the midst of it, nothing is left that looks like an index.
    let mut old: Vec<_> = files(&data).collect();
    old.sort_by_key(|file| file.file_name().is_none_or(|name| name != "meta.json"));
    for file in old {
        std::fs::remove_file(&file)
            .map_err(|e| Error::io(&file, "clearing the index's folder", e))?;
    }
    let directory = MmapDirectory::open(&data).map_err(|e| {
        Error::unreadable(&data, "the index's folder cannot be opened").caused_by(e)
    })?;
    let index = Index::create(directory, schema().0, IndexSettings::default())
        .map_err(|e| failed(place, &e))?;
    register(&index);
    Ok(index)
}

fn failed(place: &IndexFolder, error: &TantivyError) -> Error {
    let said = said(error);
    let (message, hint) = match error {
        TantivyError::LockFailure(..) => (
            "another program is writing the index of this dataset".to_owned(),
            "wait until it is done".to_owned(),
        ),
        _ => (
            format!("writing the index: {said}"),
            "see that the disk has room; --rebuild makes the index anew".to_owned(),
        ),
    };
    Error::unreadable(place.folder(), message).hint(hint)
}

/// Makes what was added durable, together with the manifest.
fn commit(writer: &mut IndexWriter, manifest: &Manifest, place: &IndexFolder) -> Result<()> {
    let payload = serde_json::to_string(manifest)
        .map_err(|e| Error::bug("the index's manifest cannot be written").caused_by(e))?;
    let failed = |e: TantivyError| failed(place, &e);
    let mut commit = writer.prepare_commit().map_err(failed)?;
    commit.set_payload(&payload);
    commit.commit().map_err(failed)?;
    make_files_private(place)
}

fn make_files_private(place: &IndexFolder) -> Result<()> {
    for file in files(&place.data()) {
        match set_mode(&file, 0o600) {
            // A merge may take a file away between listing and changing it.
            Err(e) if e.kind() != std::io::ErrorKind::NotFound => {
                return Err(Error::io(&file, "making the index private", e));
            }
            _ => {}
        }
    }
    Ok(())
}

/// A build under way.
struct Run<'a> {
    writer: IndexWriter,
    fields: Fields,
    dataset: &'a Dataset,
    place: &'a IndexFolder,
    manifest: Manifest,
    built: Built,
    saved: Instant,
}

impl Run<'_> {
    fn remove(&mut self, persons: &[String]) {
        for person in persons {
            self.writer
                .delete_term(Term::from_field_text(self.fields.person, person));
            self.manifest.records.retain(|r| r.person != *person);
        }
        self.built.removed = persons.len();
    }

    /// Reads and indexes; returns `false` when it was cancelled.
    fn read_all(
        &mut self,
        files: &[RecordFile],
        plan: &Plan,
        progress: &mut dyn FnMut(Progress),
        cancel: &Cancel,
    ) -> Result<bool> {
        let chosen: Vec<&RecordFile> = plan.read.iter().map(|(i, _)| &files[*i]).collect();
        let mut now = Progress {
            of_records: chosen.len(),
            of_bytes: chosen.iter().map(|f| f.bytes).sum(),
            ..Progress::default()
        };
        progress(now);
        let mut done = std::mem::take(&mut self.manifest.records);
        let again: rustc_hash::FxHashSet<&str> =
            chosen.iter().map(|f| f.person_id.as_str()).collect();
        done.retain(|r| !again.contains(r.person.as_str()));
        self.manifest.records = done;
        let budget = Budget::default();
        let stop = Cancel::default();
        let dataset = self.dataset;
        std::thread::scope(|scope| {
            let (sender, receiver) = sync_channel(64);
            let (reading, stopped, chosen) = (&budget, &stop, &chosen);
            scope.spawn(move || {
                for file in chosen {
                    reading.take(file.bytes);
                    if stopped.is_asked() {
                        return;
                    }
                    let stamp = Stamp::of(file, SystemTime::now());
                    if sender.send((stamp, dataset.load_file(file))).is_err() {
                        return;
                    }
                }
            });
            let outcome =
                self.take_all(chosen, plan, &receiver, &budget, &mut now, progress, cancel);
            stop.ask();
            drop(receiver);
            // A reader that waits for memory has to see that nobody wants its record.
            budget.give(u64::MAX);
            outcome
        })
    }

    #[allow(clippy::too_many_arguments, reason = "one loop's state, named")]
    fn take_all(
        &mut self,
        chosen: &[&RecordFile],
        plan: &Plan,
        records: &Receiver<(Stamp, Result<Record>)>,
        budget: &Budget,
        now: &mut Progress,
        progress: &mut dyn FnMut(Progress),
        cancel: &Cancel,
    ) -> Result<bool> {
        for (file, (_, known)) in chosen.iter().zip(&plan.read) {
            if cancel.is_asked() {
                return Ok(false);
            }
            let (stamp, record) = records
                .recv()
                .map_err(|_| Error::bug("the thread that reads records is gone"))?;
            if *known {
                self.writer
                    .delete_term(Term::from_field_text(self.fields.person, &file.person_id));
            }
            let (events, why) = match record {
                Ok(record) => {
                    if !self.add(&file.person_id, &record, cancel)? {
                        return Ok(false);
                    }
                    now.events += record.happened().len() as u64;
                    self.built.indexed += 1;
                    (Some(record.happened().len() as u64), None)
                }
                Err(error) => (None, Some(error.about(&file.path))),
            };
            self.manifest.records.push(Indexed {
                person: file.person_id.clone(),
                stamp,
                events,
                why,
            });
            budget.give(file.bytes);
            now.records += 1;
            now.bytes += file.bytes;
            self.built.events = now.events;
            progress(*now);
            if self.saved.elapsed() > SAVE_EVERY {
                commit(&mut self.writer, &self.manifest, self.place)?;
                self.saved = Instant::now();
            }
        }
        Ok(true)
    }

    /// Adds a record's events; returns `false` when it was cancelled.
    fn add(&mut self, person: &str, record: &Record, cancel: &Cancel) -> Result<bool> {
        for (i, event) in record.events().iter().enumerate() {
            if i % LOOK_EVERY == 0 && cancel.is_asked() {
                return Ok(false);
            }
            let document: TantivyDocument =
                document(&self.fields, person, record, EventId(i as u32), event);
            self.writer
                .add_document(document)
                .map_err(|e| failed(self.place, &e))?;
        }
        Ok(true)
    }
}
