//! Datasets of the Medical Event Data Standard (MEDS 0.3 and 0.4; Arnrich, Choi et al. 2024) turned into one LUMIA record
//! a subject.
//!
//! In: a folder with `data/` (shards in Parquet, or tables of text with the same columns) and `metadata/codes.parquet`. Out:
//! `ehrs/<subject_id>.xml`, and a report in which every row is accounted for. It stands on the import of OMOP tables: rows
//! go through the same intake, wait in the same spill and are put together by the same rules. Never: a row without a time
//! that is lost (it is a fact about the person), a code that is not known here left out.
//!
//! Encounters come from codes of admission and discharge; what happened outside of them is grouped by the gap rule.

mod code;
mod files;
mod subject;

use std::path::PathBuf;

use rayon::prelude::*;

use crate::error::{Error, Result};
use crate::omop::intake::{self, Source};
use crate::omop::lookup::Lookup;
use crate::omop::report::{Tallies, Tally};
use crate::omop::tables::Table;
use crate::omop::{Import, ImportReport, Options, Progress, Size};

/// Imports a MEDS dataset; `options.tables` is its folder.
///
/// # Errors
/// When a shard cannot be read at all, or records cannot be written. Rows with defects are no error: see
/// [`ImportReport::defects`].
pub(crate) fn import(options: &Options, progress: &Progress) -> Result<ImportReport> {
    let shards = files::find(&options.tables)?;
    let mut total = Size {
        on_disk: 0,
        of_persons: 0,
    };
    for path in &shards.data {
        total.on_disk += std::fs::metadata(path)
            .map_err(|e| Error::io(path, "opening the shard", e))?
            .len();
    }
    // Parquet and gzip shrink rows to about an eighth.
    total.of_persons = total.on_disk * 8;
    let import = Import::begin(options, progress, &total)?;
    let mut lookup = Lookup::default();
    let mut tallies = Tallies::default();
    for path in &shards.codes {
        let file = Source {
            table: Table::MedsCode,
            path,
            number: 0,
            server: None,
        };
        *tallies.of(Table::MedsCode) = lookup.read_descriptions(file, &import.meter)?;
    }
    let read: Vec<Tally> = import.pool.install(|| {
        shards
            .data
            .par_iter()
            .enumerate()
            .with_max_len(1)
            .map(|(number, path)| {
                let source = Source {
                    table: Table::Meds,
                    path,
                    number,
                    server: None,
                };
                let chosen = import.chosen.as_ref();
                let read =
                    intake::read_persons_table(source, &import.spill, chosen, &import.meter)?;
                Ok(read.0)
            })
            .collect::<Result<_>>()
    })?;
    for mut tally in read {
        // Those that were passed on are counted as what they become.
        tally.rows = tally.left_out();
        tallies.of(Table::Meds).add(&tally);
    }
    let sum = import.write(&lookup, false, false, Some(subject::reshape))?;
    tallies.add(&sum.tallies);
    let name = |path: &PathBuf| {
        let inside = path.strip_prefix(&options.tables).unwrap_or(path);
        inside.display().to_string()
    };
    let data: Vec<String> = shards.data.iter().map(name).collect();
    let codes: Vec<String> = shards.codes.iter().map(name).collect();
    let tables = [
        (Table::Person, &data),
        (Table::VisitOccurrence, &data),
        (Table::VisitDetail, &data),
        (Table::Meds, &data),
        (Table::MedsCode, &codes),
    ];
    Ok(sum.report(
        tables
            .into_iter()
            .map(|(table, names)| ImportReport::table(table, names.clone(), tallies.of(table)))
            .collect(),
        shards.unused,
        shards.unreadable,
    ))
}
