//! The command line: what can be typed, and its help.
//!
//! In: arguments. Out: a parsed [`Cli`]. The doc comments here are the help that users read.

use std::path::PathBuf;

use clap::{Parser, Subcommand};

#[cfg(feature = "tui")]
use crate::commands::{adjudicate, demo, keys, review};
use crate::commands::{
    check, context, convert, diff, doctor, export, help, import_answers, import_instructions,
    import_judgements, import_meds, import_omop, index, infer, judge, match_, merge, plan, report,
    review_file, score, search, shell,
};
use crate::config::Config;
use crate::dataset::renamed::{Pair, Renamed, pair};
use crate::error::Result;

/// Review language models' answers about patient records.
///
/// Three commands to start with:
///
///   medalign demo             the reviewer on an invented dataset
///   medalign review DIR       the reviewer on a dataset folder, or on one record file
///   medalign check DIR        what is off in a dataset, before anyone judges by it
#[derive(Debug, Parser)]
#[command(
    name = "medalign",
    version = concat!(env!("CARGO_PKG_VERSION"), env!("MEDALIGN_COMMIT")),
    verbatim_doc_comment,
    propagate_version = true,
    disable_help_subcommand = true
)]
pub struct Cli {
    /// What to do.
    #[command(subcommand)]
    pub command: Option<Command>,
}

/// The subcommands.
#[derive(Debug, Subcommand)]
pub enum Command {
    /// Open the reviewer on an invented dataset; marks last until `--fresh`
    #[cfg(feature = "tui")]
    Demo(demo::Args),
    /// Learn the reviewer in ten steps, in the demo
    #[cfg(feature = "tui")]
    Tutor(demo::TutorArgs),
    /// Read records, judge and rank the answers, on a dataset folder or a record file
    #[cfg(feature = "tui")]
    Review(review::Args),
    /// Search all records of a dataset: the best events first
    Search(search::Args),
    /// Make the index for ranked search, or bring it up to date
    Index(index::Args),
    /// Propose records for the instructions, as the study did, and evaluate proposals
    Match(match_::Args),
    /// Have models answer the instructions, from any server with the usual interface
    Infer(Box<infer::Args>),
    /// Have a model judge the answers, as one more reviewer that counts among no people
    Judge(Box<judge::Args>),
    /// Say how much of the evidence for gold responses would be sent to a model
    Context(context::Args),
    /// Share the cases among several reviewers: who reads which, in which order
    Plan(plan::Args),
    /// Look for what is off in a dataset, before anyone judges by it
    Check(check::Args),
    /// Make records of OMOP tables, a table of instructions of a form's answers, or bring in judgements or answers
    #[command(subcommand)]
    Import(Import),
    /// Write records in another shape: LUMIA XML, visit/day XML, or the text that models are shown
    Convert(convert::Args),
    /// Write what reviewers said as tables that others can read
    Export(export::Args),
    /// Decide where reviewers disagree: the worst cases first, with what each side said
    #[cfg(feature = "tui")]
    Adjudicate(adjudicate::Args),
    /// Measure the responses by the gold responses: BLEU, chrF, ROUGE, METEOR and others
    Score(score::Args),
    /// Report correctness, ranks, win rates and agreement, each number with its method
    Report(report::Args),
    /// Make one review file of several, with each act once
    Merge(merge::Args),
    /// Say in which cases two review files differ, and how
    Diff(diff::Args),
    /// Look into a review file: verify, recover, history, schema, format
    ReviewFile(review_file::Args),
    /// Print the keys, or check a keymap file
    #[cfg(feature = "tui")]
    Keys(keys::Args),
    /// Say what the program finds: terminal, clipboard, folders, locks, last saved judgement
    Doctor(doctor::Args),
    /// Explain a topic at length, or a command
    Help(help::Args),
    /// Print a script that completes commands and options in your shell
    Completions(shell::CompletionsArgs),
    /// Print the manual page, or write one for each command
    Man(shell::ManArgs),
}

/// What can be imported.
#[derive(Debug, Subcommand)]
pub enum Import {
    /// Make one record a patient of OMOP CDM tables
    Omop(import_omop::Args),
    /// Records from a MEDS dataset.
    Meds(import_meds::Args),
    /// Make a table of instructions, without near-duplicates, of a form's answers
    Instructions(import_instructions::Args),
    /// Bring in what people said in Label Studio or Argilla
    Judgements(import_judgements::Args),
    /// Bring in answers of a run of HELM, Inspect, lm-eval, promptfoo or a batch
    Answers(Box<import_answers::Args>),
}

/// What `medalign` alone prints.
pub(crate) const WELCOME: &str = "\
medalign: read a patient's record, and judge and rank language models' answers about it.

  medalign demo             try it on an invented dataset
  medalign review DIR       review a dataset folder, or read one record file
  medalign check DIR        see what is off in a dataset before anyone judges by it

`medalign --help` lists all commands, `medalign help review-file` explains the file that keeps your judgements.
";

/// A dataset folder, or a record file.
#[derive(Clone, Debug, clap::Args)]
pub struct DatasetArg {
    /// A dataset folder, a folder of records, or one record file
    #[arg(value_name = "DIR")]
    pub dataset: PathBuf,
}

/// What columns of the tables are.
#[derive(Clone, Debug, Default, clap::Args)]
pub struct ColumnsArg {
    /// Take a column of the tables as this field: `answer=model_response`; may be given more than once. `[columns]` in
    /// medalign.toml in the dataset's folder, or in config.toml, says it for good
    #[arg(long = "map", value_name = "COLUMN=FIELD", value_parser = pair)]
    pub maps: Vec<Pair>,
}

impl ColumnsArg {
    /// With what the configuration says.
    ///
    /// # Errors
    /// When the configuration names a field that is not known.
    pub fn with(&self, config: &Config) -> Result<Renamed> {
        Renamed::of(&self.maps, &config.settings.columns)
    }
}
