//! `medalign import omop`: OMOP tables in, one record a patient out.
//!
//! In: a folder of tables. Out: records in `ehrs` of the given folder, and on the output a table in which every row
//! is accounted for. Progress goes to a terminal's standard error and nowhere else.

use std::io::Write;
use std::path::{Path, PathBuf};
use std::sync::Arc;

use clap::ValueEnum;

use super::format::Format;
use crate::error::{Error, Result};
use crate::omop::{self, Asked, ImportReport, ImportStep, Midnight, Options, Progress};
use crate::work::progress::{Progress as Bar, Unit};

/// Turn OMOP CDM tables into records, one LUMIA XML file a patient.
///
/// TABLES is a folder with one CSV or Parquet file a table (OMOP CDM 5.3 or 5.4, CSV plain or gzipped, names and headers
/// in any case; `2b_concept.csv` is read beside `concept.csv`). A table may also be a folder of such files, or shards
/// with a number behind the name. Tables may be missing; one in a format that cannot be read (zip, ORC) is named. Records are
/// written to DIR/ehrs; they appear there all at once, when the import is complete.
///
/// TABLES may also be the address of a `PostgreSQL` server, `postgresql://USER@HOST/DATABASE?schema=cdm`, with
/// `&vocabulary=SCHEMA` and `&results=SCHEMA` where these have their own. All tables are read in one snapshot, and
/// nothing is written there. The password comes from `PGPASSWORD` or ~/.pgpass. A host other than this machine must be named
/// with --allow-host, and is asked over TLS only. A server's certificate must be for the host as you wrote it, signed by
/// someone whom this machine trusts; `&sslrootcert=FILE` names your own signer, or the server's certificate itself. Rows
/// that the server would hide from your user (row-level security) are an error, not missing.
///
/// How quotes and escapes are written is told from the rows; where rows contradict one another, the import stops and
/// names the line. Where a date and its time stamp name two days, the date counts. Times that Parquet stores as UTC are written as the
/// clocks of the time zone showed them which the file states for their column; where it states none, that is a doubt.
///
/// Events are grouped by their visit. An event without a visit belongs to the visit during which it happened, or else to
/// an encounter of its own kind that ends when more than --gap-hours pass without an event.
///
/// Codes are VOCABULARY/CODE of the standard concept, or of the source concept where there is none; SOURCE/value
/// stands for what has no concept. At the end each table's rows and the columns that are not imported are accounted for. The exit code is 1 when rows were
/// left out, or ends and times lost, because of defects in the tables, or a table could not be read.
#[derive(Clone, Debug, clap::Args)]
pub struct Args {
    /// The folder of OMOP tables, or the address of a `PostgreSQL` server.
    pub tables: PathBuf,
    /// The folder of a vocabulary from Athena, for tables without their own concepts.
    #[arg(long, value_name = "FOLDER")]
    pub vocabulary: Option<PathBuf>,
    /// Import only the members of this cohort (in the table cohort of a server's results schema).
    #[arg(long, value_name = "ID")]
    pub cohort: Option<i64>,
    /// A host other than this machine that may be asked for records.
    #[arg(long, value_name = "HOST")]
    pub allow_host: Vec<String>,
    /// Where to, and how.
    #[command(flatten)]
    pub records: Records,
}

/// What all imports of records ask for.
#[derive(Clone, Debug, clap::Args)]
pub struct Records {
    /// The dataset's folder; records go to `ehrs` in it.
    #[arg(long, value_name = "DIR")]
    pub out: PathBuf,
    /// Import only the patients of this file: one `person_id` a line; `#` starts a comment.
    #[arg(long, value_name = "FILE")]
    pub patients: Option<PathBuf>,
    /// Threads to use [default: one a processor].
    #[arg(long, value_name = "N", default_value_t = 0, hide_default_value = true)]
    pub jobs: usize,
    /// Events without a visit are one encounter until more than so many hours pass.
    #[arg(long, value_name = "HOURS", default_value_t = 24)]
    pub gap_hours: u32,
    /// How to write a date without a time of day (or at midnight sharp).
    #[arg(long, value_enum, default_value_t = MidnightArg::Keep)]
    pub midnight: MidnightArg,
    /// Write time stamps with seconds.
    #[arg(long)]
    pub seconds: bool,
    /// Replace records of the same patients that are in DIR/ehrs already.
    #[arg(long)]
    pub overwrite: bool,
    /// How to print the account.
    #[arg(long, value_enum, default_value_t = Format::Text)]
    pub format: Format,
}

/// How a mere date is written.
#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
pub enum MidnightArg {
    /// As 00:00 of that day.
    Keep,
    /// As 23:59 of that day, as in the study's records.
    EndOfDay,
}

/// Imports and prints the account.
///
/// # Errors
/// When a table cannot be read or records cannot be written; and, after all is written, when rows had defects.
pub(crate) fn run(args: &Args, out: &mut dyn Write) -> Result<()> {
    let vocabulary = args.vocabulary.clone();
    let address = args.tables.to_string_lossy().into_owned();
    if omop::is_address(&address) {
        return import(
            &args.records,
            &|mut options, progress| {
                options.vocabulary.clone_from(&vocabulary);
                let asked = Asked {
                    address: address.clone(),
                    hosts: args.allow_host.clone(),
                    cohort: args.cohort,
                    patients: options.patients.clone(),
                };
                omop::import_server(&asked, &options, progress)
            },
            out,
        );
    }
    if args.cohort.is_some() {
        return Err(Error::usage("a folder of tables has no cohorts")
            .hint("name the patients of the cohort in a file with --patients"));
    }
    import(
        &args.records,
        &|mut options, progress| {
            options.tables.clone_from(&args.tables);
            options.vocabulary.clone_from(&vocabulary);
            omop::import(&options, progress)
        },
        out,
    )
}

/// Imports records with one of the importers and prints the account.
pub(crate) fn import(
    records: &Records,
    import: &dyn Fn(Options, &Progress) -> Result<ImportReport>,
    out: &mut dyn Write,
) -> Result<()> {
    if records.out.as_os_str() == "-" {
        return Err(
            Error::usage("records go into a folder, not to standard output")
                .hint("name a folder with --out"),
        );
    }
    let options = Options {
        tables: PathBuf::new(),
        vocabulary: None,
        out: records.out.clone(),
        patients: records.patients.as_deref().map(read_patients).transpose()?,
        jobs: records.jobs,
        gap_hours: records.gap_hours,
        midnight: match records.midnight {
            MidnightArg::Keep => Midnight::Keep,
            MidnightArg::EndOfDay => Midnight::EndOfDay,
        },
        seconds: records.seconds,
        overwrite: records.overwrite,
    };
    let report = import(options, &watcher())?;
    let text = match records.format {
        Format::Text => report.to_text(),
        Format::Json => {
            let json = serde_json::to_string_pretty(&report)
                .map_err(|e| Error::bug(format!("writing the report: {e}")))?;
            json + "\n"
        }
    };
    out.write_all(text.as_bytes())
        .map_err(super::output_failed)?;
    match report.defects() {
        0 => Ok(()),
        n => Err(Error::problems(format!(
            "{n} {} in the tables: see the account of rows",
            if n == 1 { "defect" } else { "defects" }
        ))
        .hint("correct the rows named there, or accept that they are left out")),
    }
}

/// One id a line; a header, comments and blank lines are passed over.
fn read_patients(path: &Path) -> Result<Vec<i64>> {
    let text = std::fs::read_to_string(path)
        .map_err(|e| Error::io(path, "reading the list of patients", e))?;
    let mut ids = Vec::new();
    for (n, line) in text.trim_start_matches('\u{feff}').lines().enumerate() {
        let line = line.split('#').next().unwrap_or_default().trim();
        if line.is_empty() || (n == 0 && line.eq_ignore_ascii_case("person_id")) {
            continue;
        }
        let id = line.parse().map_err(|_| {
            Error::usage(format!("{}:{}: no person id", path.display(), n + 1))
                .hint("write one whole number a line")
        })?;
        ids.push(id);
    }
    if ids.is_empty() {
        return Err(
            Error::usage(format!("{}: names no patient", path.display()))
                .hint("write one person_id a line, or leave --patients away to import all"),
        );
    }
    Ok(ids)
}

/// Tells how far it is; over with the import.
fn watcher() -> Progress {
    let bar = Bar::begin("reading tables", 0, Unit::Bytes);
    Arc::new(move |step| match step {
        ImportStep::Reading(bytes) => bar.next("reading tables", bytes, Unit::Bytes),
        ImportStep::Read(bytes) => bar.add(bytes),
        ImportStep::Writing(parts) => bar.next("writing records", parts, Unit::Things("parts")),
        ImportStep::Wrote => bar.add(1),
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn lists_of_patients_have_comments_and_name_bad_lines() {
        let dir = tempfile::tempdir().expect("a temporary folder");
        let path = dir.path().join("patients.txt");
        std::fs::write(&path, "person_id\n-5 # first\n\n7\n").expect("writable");
        assert_eq!(read_patients(&path).expect("fine"), [-5, 7]);
        std::fs::write(&path, "7\nMiller\n").expect("writable");
        let error = read_patients(&path).expect_err("no id").to_string();
        assert!(
            error.contains("patients.txt:2:") && !error.contains("Miller"),
            "{error}"
        );
    }

    #[test]
    fn each_step_is_told() {
        let watch = watcher();
        for step in [
            ImportStep::Reading(1),
            ImportStep::Read(1),
            ImportStep::Writing(1),
            ImportStep::Wrote,
        ] {
            watch(step);
        }
    }
}
