//! OMOP CDM 5.3 and 5.4 tables (CSV, plain or gzipped, or Parquet) turned into one LUMIA record a patient.
//!
//! In: a folder of tables. Out: `ehrs/<person_id>.xml`, and a [`ImportReport`] in which every row of every table is accounted
//! for. Never: a table in memory (rows wait in unnamed files, sorted by patient), a half-written record under its
//! final name, an order that depends on the number of threads.
//!
//! The way of a row: `rows` (fields) → `intake` (columns by meaning, the person's id) → `spill` (by patient) →
//! `assemble` (`encounters`, `event`, `person`) → the record. What is read of which table is in `specs`, where
//! an event without a visit goes is in `encounters`, what an event says is in `event`.

pub(crate) mod assemble;
pub(crate) mod cell;
mod columnar;
mod concepts;
mod dialect;
mod encounters;
mod event;
mod header;
pub(crate) mod intake;
pub(crate) mod lookup;
pub(crate) mod moment;
mod person;
mod reason;
pub(crate) mod report;
mod rows;
pub(crate) mod server;
mod shards;
pub(crate) mod slots;
mod specs;
pub(crate) mod spill;
pub(crate) mod staging;
pub(crate) mod tables;

use std::io::BufWriter;
use std::path::PathBuf;
use std::sync::Arc;
use std::sync::Mutex;

use rayon::prelude::*;
use rustc_hash::FxHashSet;

pub(crate) use moment::Midnight;
pub(crate) use report::{ImportReport, TableReport, UnreadableFile};
pub(crate) use server::Asked;
pub(crate) use server::is_address;

use crate::error::{Error, Result};
use assemble::{Patient, Reshape, Setting};
use intake::{Meter, Source};
use lookup::Lookup;
use moment::Stamps;
use report::{Tallies, Tally};
use server::Server;
use spill::Spill;
use staging::Staging;
use tables::{Files, Table};

/// What to import, and how.
#[derive(Clone, Debug)]
pub(crate) struct Options {
    /// The folder of tables.
    pub tables: PathBuf,
    /// The dataset's folder; records go to `ehrs` in it.
    pub out: PathBuf,
    /// A folder with the vocabulary (`CONCEPT.csv` as Athena gives it out), where it is not among the tables.
    pub vocabulary: Option<PathBuf>,
    /// Only these patients; all when `None`.
    pub patients: Option<Vec<i64>>,
    /// Threads; 0 is one a processor.
    pub jobs: usize,
    /// Events without a visit are one encounter until more than so many hours pass.
    pub gap_hours: u32,
    /// How a mere date is written.
    pub midnight: Midnight,
    /// Whether time stamps have seconds.
    pub seconds: bool,
    /// Whether records that are there already may be replaced.
    pub overwrite: bool,
}

/// How far the import is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum ImportStep {
    /// Tables of so many bytes are about to be read.
    Reading(u64),
    /// So many more bytes have been read.
    Read(u64),
    /// Records are about to be written, in so many parts.
    Writing(u64),
    /// One more part has been written.
    Wrote,
}

/// Who is told how far the import is.
pub(crate) type Progress = Arc<dyn Fn(ImportStep) + Send + Sync>;

/// Imports a folder of tables.
///
/// # Errors
/// When a table cannot be read at all (the report would be of no use then), or records cannot be written. Rows with
/// defects are no error: see [`ImportReport::defects`].
pub(crate) fn import(options: &Options, progress: &Progress) -> Result<ImportReport> {
    let mut files = tables::find(&options.tables)?;
    if let Some(folder) = &options.vocabulary {
        files.add_vocabulary(folder)?;
    }
    import_tables(&files, None, options, progress)
}

/// Imports the tables of a server.
///
/// # Errors
/// When the server may not be asked, refuses or breaks off, or records cannot be written.
pub(crate) fn import_server(
    asked: &Asked,
    options: &Options,
    progress: &Progress,
) -> Result<ImportReport> {
    let (mut server, mut files) = Server::open(asked, &|key| std::env::var(key).ok())?;
    if let Some(folder) = &options.vocabulary {
        files.add_vocabulary(folder)?;
    }
    let mut options = options.clone();
    // A member whom no table knows is named in the report.
    options.patients = options.patients.or(server.take_members());
    import_tables(&files, Some(&server), &options, progress)
}

fn import_tables(
    files: &Files,
    server: Option<&Server>,
    options: &Options,
    progress: &Progress,
) -> Result<ImportReport> {
    let import = Import::begin(options, progress, &size(files))?;
    let (mut tallies, mut used) = import.pool.install(|| {
        read_persons_tables(
            files,
            server,
            &import.spill,
            import.chosen.as_ref(),
            &import.meter,
        )
    })?;
    let lookup = read_lookup(files, server, &mut used, &mut tallies, &import.meter)?;
    let has_persons = files.tables.contains_key(&Table::Person);
    let has_visits = files.tables.contains_key(&Table::VisitOccurrence);
    let sum = import.write(&lookup, has_persons, has_visits, None)?;
    tallies.add(&sum.tallies);
    Ok(sum.report(
        Table::ALL
            .iter()
            .map(|table| {
                let names = files.tables.get(table).into_iter().flatten();
                let names = names.map(|f| f.name.clone()).collect();
                ImportReport::table(*table, names, tallies.of(*table))
            })
            .collect(),
        files.unused.clone(),
        files.unreadable.clone(),
    ))
}

/// An import under way: rows go to the spill, and from there to records.
pub(crate) struct Import<'a> {
    options: &'a Options,
    progress: &'a Progress,
    pub(crate) pool: rayon::ThreadPool,
    staging: Staging,
    pub(crate) spill: Spill,
    pub(crate) meter: Meter,
    /// The patients that are wanted.
    pub(crate) chosen: Option<FxHashSet<i64>>,
}

impl<'a> Import<'a> {
    /// Makes ready to read so much.
    pub(crate) fn begin(
        options: &'a Options,
        progress: &'a Progress,
        total: &Size,
    ) -> Result<Self> {
        let pool = rayon::ThreadPoolBuilder::new()
            .num_threads(options.jobs)
            .build()
            .map_err(|e| Error::bug(format!("starting threads: {e}")))?;
        let staging = Staging::open(&options.out, options.overwrite)?;
        progress(ImportStep::Reading(total.on_disk));
        let spill = Spill::new(staging.folder(), total.of_persons);
        let told = Arc::clone(progress);
        Ok(Import {
            options,
            progress,
            pool,
            staging,
            spill,
            meter: Arc::new(move |n| told(ImportStep::Read(n))),
            chosen: options
                .patients
                .as_ref()
                .map(|ids| ids.iter().copied().collect()),
        })
    }

    /// Writes the records of all that is in the spill.
    pub(crate) fn write(
        self,
        lookup: &Lookup,
        has_persons: bool,
        has_visits: bool,
        reshape: Option<Reshape>,
    ) -> Result<Sum> {
        let Import {
            options,
            progress,
            pool,
            staging,
            spill,
            chosen,
            ..
        } = self;
        let parts = spill.into_parts();
        progress(ImportStep::Writing(parts.len() as u64));
        let setting = Setting {
            lookup,
            stamps: Stamps {
                midnight: options.midnight,
                seconds: options.seconds,
            },
            gap: i64::from(options.gap_hours) * 3600,
            has_persons,
            has_visits,
            reshape,
        };
        let sum = Mutex::new(Sum {
            missing: chosen.unwrap_or_default(),
            ..Sum::default()
        });
        pool.install(|| {
            // One part at a time a thread: each part may fill its share of memory.
            parts.into_par_iter().with_max_len(1).try_for_each(|part| {
                let mut own = Sum::default();
                part.load(staging.folder(), &mut |piece| {
                    write_records(piece, &setting, &staging, &mut own)
                })?;
                sum.lock()
                    .unwrap_or_else(std::sync::PoisonError::into_inner)
                    .add(own);
                progress(ImportStep::Wrote);
                Ok::<(), Error>(())
            })
        })?;
        staging.publish()?;
        Ok(sum
            .into_inner()
            .unwrap_or_else(std::sync::PoisonError::into_inner))
    }
}

/// How much there is to read.
pub(crate) struct Size {
    /// Bytes of files.
    pub(crate) on_disk: u64,
    /// An estimate of the bytes of rows of persons, uncompressed.
    pub(crate) of_persons: u64,
}

fn size(files: &Files) -> Size {
    let mut size = Size {
        on_disk: 0,
        of_persons: 0,
    };
    for (table, of_table) in &files.tables {
        for file in of_table {
            size.on_disk += file.bytes;
            if table.is_of_persons() {
                let zipped = file.path.extension().is_some_and(|e| {
                    e.eq_ignore_ascii_case("gz") || e.eq_ignore_ascii_case("parquet")
                });
                size.of_persons += if zipped { file.bytes * 8 } else { file.bytes };
            }
        }
    }
    size
}

/// Reads all tables of persons into the spill, the largest first.
fn read_persons_tables(
    files: &Files,
    server: Option<&Server>,
    spill: &Spill,
    chosen: Option<&FxHashSet<i64>>,
    meter: &Meter,
) -> Result<(Tallies, FxHashSet<i64>)> {
    let mut jobs: Vec<(Source<'_>, u64)> = files
        .tables
        .iter()
        .filter(|(table, _)| table.is_of_persons())
        .flat_map(|(table, of_table)| {
            let bytes = of_table.iter().map(|file| file.bytes);
            files.of(*table, server).zip(bytes)
        })
        .collect();
    jobs.sort_by_key(|(source, bytes)| (std::cmp::Reverse(*bytes), source.table, source.number));
    let read: Vec<(Table, Tally, FxHashSet<i64>)> = jobs
        .into_par_iter()
        .with_max_len(1)
        .map(|(source, _)| {
            intake::read_persons_table(source, spill, chosen, meter)
                .map(|(tally, used)| (source.table, tally, used))
        })
        .collect::<Result<_>>()?;
    let mut tallies = Tallies::default();
    let mut used = FxHashSet::default();
    for (table, tally, concepts) in read {
        tallies.of(table).add(&tally);
        used.extend(concepts);
    }
    Ok((tallies, used))
}

fn read_lookup(
    files: &Files,
    server: Option<&Server>,
    used: &mut FxHashSet<i64>,
    tallies: &mut Tallies,
    meter: &Meter,
) -> Result<Lookup> {
    let mut lookup = Lookup::default();
    for file in files.of(Table::CareSite, server) {
        let tally = lookup.read_care_sites(file, meter)?;
        tallies.of(Table::CareSite).add(&tally);
    }
    for file in files.of(Table::Provider, server) {
        let tally = lookup.read_providers(file, used, meter)?;
        tallies.of(Table::Provider).add(&tally);
    }
    let concepts: Vec<Source<'_>> = files.of(Table::Concept, server).collect();
    *tallies.of(Table::Concept) = lookup.read_concepts(&concepts, used, meter)?;
    Ok(lookup)
}

/// What the threads add up.
#[derive(Default)]
pub(crate) struct Sum {
    pub(crate) tallies: Tallies,
    records: u64,
    empty_records: u64,
    encounters: u64,
    events: u64,
    bytes: u64,
    /// At the end: the chosen patients that were not found. In a thread: those that were.
    missing: FxHashSet<i64>,
}

impl Sum {
    fn add(&mut self, other: Sum) {
        self.tallies.add(&other.tallies);
        self.records += other.records;
        self.empty_records += other.empty_records;
        self.encounters += other.encounters;
        self.events += other.events;
        self.bytes += other.bytes;
        for found in other.missing {
            self.missing.remove(&found);
        }
    }

    pub(crate) fn report(
        self,
        tables: Vec<TableReport>,
        unused_files: Vec<String>,
        unreadable_files: Vec<UnreadableFile>,
    ) -> ImportReport {
        let mut chosen_not_found: Vec<i64> = self.missing.into_iter().collect();
        chosen_not_found.sort_unstable();
        ImportReport {
            records: self.records,
            empty_records: self.empty_records,
            encounters: self.encounters,
            events: self.events,
            bytes: self.bytes,
            chosen_not_found,
            tables,
            unused_files,
            unreadable_files,
        }
    }
}

/// Writes the records of the patients whose rows are in `piece`.
fn write_records(
    piece: &[u8],
    setting: &Setting<'_>,
    staging: &Staging,
    sum: &mut Sum,
) -> Result<()> {
    let mut rows = spill::index(piece)?;
    rows.sort_unstable();
    for patient in rows.chunk_by(|a, b| a.0 == b.0) {
        let person = patient[0].0;
        let mut places: Vec<usize> = patient.iter().map(|r| r.3).collect();
        let reshaped;
        let mut piece = piece;
        if let Some(reshape) = setting.reshape {
            reshaped = reshape(person, piece, &places, setting.lookup, &mut sum.tallies)?;
            let mut rows = spill::index(&reshaped)?;
            rows.sort_unstable();
            places = rows.into_iter().map(|r| r.3).collect();
            piece = &reshaped;
        }
        let Some(read) = Patient::read(piece, &places, setting, &mut sum.tallies)? else {
            continue;
        };
        let (file, written) = staging.write(person, |file| {
            read.write(
                piece,
                person,
                setting,
                &mut sum.tallies,
                BufWriter::with_capacity(256 << 10, file),
            )
        })?;
        sum.bytes += file;
        sum.records += 1;
        sum.empty_records += u64::from(written.events == 0);
        sum.encounters += written.encounters;
        sum.events += written.events;
        sum.missing.insert(person);
    }
    Ok(())
}
