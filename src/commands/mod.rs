//! The subcommands: one file each.
//!
//! In: parsed arguments, the configuration, where to print. Out: printed lines and an exit code. What a command knows of
//! the world comes through its arguments; only [`run`] reads the environment.

#[cfg(feature = "tui")]
pub(crate) mod adjudicate;
mod asking;
pub(crate) mod check;
mod collected;
pub(crate) mod context;
pub(crate) mod convert;
mod decisions;
#[cfg(feature = "tui")]
pub(crate) mod demo;
pub(crate) mod diff;
pub(crate) mod doctor;
mod doctor_servers;
pub(crate) mod export;
mod format;
pub(crate) mod help;
pub(crate) mod import_answers;
pub(crate) mod import_instructions;
pub(crate) mod import_judgements;
pub(crate) mod import_meds;
pub(crate) mod import_omop;
pub(crate) mod index;
pub(crate) mod infer;
mod instructions_summary;
pub(crate) mod judge;
#[cfg(feature = "tui")]
pub(crate) mod keys;
pub(crate) mod match_;
pub(crate) mod merge;
mod output;
pub(crate) mod plan;
mod plan_status;
mod plan_summary;
pub(crate) mod report;
mod report_lists;
#[cfg(feature = "tui")]
pub(crate) mod review;
pub(crate) mod review_file;
mod reviews;
pub(crate) mod score;
pub(crate) mod search;
pub(crate) mod shell;
#[cfg(test)]
mod tests;
mod watched;

use std::io::{self, Write};

use crate::cli::{Cli, Command, Import, WELCOME};
use crate::config::Config;
use crate::dataset::Dataset;
use crate::error::{Error, Kind, Result};

/// Runs a command; gives back the exit code.
///
/// # Errors
/// As the command says.
pub fn run(cli: &Cli, out: &mut dyn Write) -> Result<u8> {
    let config = || Config::load(|name| std::env::var(name).ok());
    match &cli.command {
        None => out.write_all(WELCOME.as_bytes()).map_err(output_failed)?,
        #[cfg(feature = "tui")]
        Some(Command::Demo(args)) => return demo::run(args, &config()?, out),
        #[cfg(feature = "tui")]
        Some(Command::Tutor(args)) => return demo::tutor(args, &config()?, out),
        #[cfg(feature = "tui")]
        Some(Command::Review(args)) => return review::run(args, &config()?, out),
        #[cfg(feature = "tui")]
        Some(Command::Adjudicate(args)) => return adjudicate::run(args, &config()?, out),
        #[cfg(feature = "tui")]
        Some(Command::Keys(args)) => keys::run(args, config, out)?,
        Some(Command::Search(args)) => search::run(args, &config()?, out)?,
        Some(Command::Index(args)) => index::run(args, &config()?, out)?,
        Some(Command::Infer(args)) => return infer::run(args, out),
        Some(Command::Judge(args)) => return judge::run(args, &config()?, out),
        Some(Command::Match(args)) => match_::run(args, &config()?, out)?,
        Some(Command::Check(args)) => check::run(args, &config()?, out)?,
        Some(Command::Import(Import::Omop(args))) => import_omop::run(args, out)?,
        Some(Command::Import(Import::Meds(args))) => import_meds::run(args, out)?,
        Some(Command::Import(Import::Instructions(args))) => {
            return import_instructions::run(args, &config()?, out);
        }
        Some(Command::Import(Import::Judgements(args))) => {
            import_judgements::run(args, &config()?, out)?;
        }
        Some(Command::Import(Import::Answers(args))) => import_answers::run(args, out)?,
        Some(Command::Context(args)) => return context::run(args, out),
        Some(Command::Convert(args)) => convert::run(args, out)?,
        Some(Command::Export(args)) => export::run(args, &config()?, out)?,
        Some(Command::Score(args)) => score::run(args, out)?,
        Some(Command::Plan(args)) => plan::run(args, &config()?, out)?,
        Some(Command::Report(args)) => report::run(args, &config()?, out)?,
        Some(Command::Merge(args)) => merge::run(args, out)?,
        Some(Command::Diff(args)) => diff::run(args, out)?,
        Some(Command::ReviewFile(args)) => review_file::run(args, &config()?, out)?,
        Some(Command::Doctor(args)) => {
            let (config, broken) = Config::or_defaults(|name| std::env::var(name).ok())?;
            doctor::run(args, &config, broken.as_ref(), out)?;
        }
        Some(Command::Help(args)) => help::run(args, out)?,
        Some(Command::Completions(args)) => shell::completions(args, out)?,
        Some(Command::Man(args)) => shell::man(args, out)?,
    }
    Ok(0)
}

/// The end of a command that had to leave records out, each of which it has named.
///
/// # Errors
/// When there are any.
fn left_out(records: usize, not: &str) -> Result<()> {
    let what = match records {
        0 => return Ok(()),
        1 => format!("1 record is left out and not {not}"),
        n => format!("{n} records are left out and not {not}"),
    };
    Err(Error::problems(what).hint("`medalign check` says what is off in them"))
}

/// Names the files of records in a dataset that are not read. Gives how many there are.
fn tell_unread(dataset: &Dataset) -> usize {
    let unread = dataset.unread();
    index::tell(&unread.notices);
    unread.records
}

/// The error of standard output.
pub fn output_failed(error: io::Error) -> Error {
    Error::new(Kind::Unreadable, format!("writing the output: {error}")).caused_by(error)
}

/// Whether an error says that the reader of our output has gone, as `head` does.
pub fn is_closed_pipe(error: &Error) -> bool {
    let cause = std::error::Error::source(error).and_then(|e| e.downcast_ref::<io::Error>());
    cause.is_some_and(|e| e.kind() == io::ErrorKind::BrokenPipe)
}
