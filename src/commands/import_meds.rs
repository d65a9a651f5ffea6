//! `medalign import meds`: a MEDS dataset in, one record a subject out.
//!
//! In: a folder of shards. Out: records in `ehrs` of the given folder, and an account of every row. All else is as for
//! OMOP tables.

use std::io::Write;
use std::path::PathBuf;

use super::import_omop::{Records, import};
use crate::error::Result;
use crate::meds;

/// Turn a MEDS dataset into records, one LUMIA XML file a subject.
///
/// DATASET is a folder with `data/` (Parquet shards, in folders or not; tables of text with the same columns are read,
/// too) and `metadata/codes.parquet`, which says what codes mean; or a folder of shards; or one shard. The columns
/// `subject_id`, time, code, `numeric_value` and `text_value` are read, and, where they are there, end, unit, `visit_id` or
/// `hadm_id`, `provider_id`, `care_site_id`, `note_id` and table. Records are written to DIR/ehrs; they appear there all at once.
/// A file that is no shard is named; a subject's rows may lie in several shards, which is said.
///
/// A code stays as it is. The type of an event is told from the first word of its code (LAB is a measurement, MEDICATION a
/// drug exposure, DIAGNOSIS a condition, PROCEDURE a procedure, NOTE a note); where that says nothing, an event with a
/// number is a measurement, and else its table tells, or it is an observation.
///
/// Admissions and discharges (`HOSPITAL_`, `ED_`, or without either) make encounters, as does a visit's number; what happened
/// outside of them is an encounter that ends when more than --gap-hours pass without an event. A stay in intensive care
/// is a part of one. A discharge that holds a value is an event as well. Rows without a time are facts about the patient: sex,
/// race and what else they say, with its unit and text.
///
/// The exit code is 1 when rows were left out because of defects, or a shard could not be read.
#[derive(Clone, Debug, clap::Args)]
pub struct Args {
    /// The folder of the MEDS dataset.
    #[arg(value_name = "DATASET")]
    pub data: PathBuf,
    /// Where to, and how.
    #[command(flatten)]
    pub records: Records,
}

/// Imports and prints the account.
///
/// # Errors
/// When a shard cannot be read or records cannot be written; and, after all is written, when rows had defects.
pub(crate) fn run(args: &Args, out: &mut dyn Write) -> Result<()> {
    import(
        &args.records,
        &|mut options, progress| {
            options.tables.clone_from(&args.data);
            meds::import(&options, progress)
        },
        out,
    )
}
