//! `medalign demo`: the reviewer on an invented dataset that the program carries.
//!
//! In: nothing but the program. Out: the dataset in the user's data folder, where marks last, and the screen. Every person
//! and every word in it is invented.

use std::fs;
use std::io::Write;
use std::path::{Path, PathBuf};

use crate::commands::output_failed;
use crate::commands::review::{self, SeatArgs};
use crate::config::Config;
use crate::dataset::Dataset;
use crate::error::{Error, Result};
use crate::files::private::{parent, private_folder};
use crate::files::replace::replace;
use crate::tui::guide::Guide;

/// The reviewer on an invented dataset
#[derive(Clone, Debug, clap::Args)]
pub struct Args {
    /// Start over: the marks made in the demo are set aside
    #[arg(long)]
    pub fresh: bool,
    /// Write the dataset into this folder instead of opening it
    #[arg(long, value_name = "DIR", conflicts_with = "fresh")]
    pub to: Option<PathBuf>,
    /// How the screen is used.
    #[command(flatten)]
    pub seat: SeatArgs,
}

macro_rules! files {
    ($($path:literal),* $(,)?) => {
        /// The demo's files, as (path in the dataset, content).
        const FILES: &[(&str, &str)] = &[$(($path, include_str!(concat!("../../assets/demo/", $path)))),*];
    };
}

files![
    "README.md",
    "clinician-instruction-responses.tsv",
    "clinician-reviewed-model-responses.tsv",
    "ehr-relevance-labels.csv",
    "instruction-taxonomy.csv",
    "instructions.tsv",
    "model-responses/lantern-8k/answers.jsonl",
    "model-responses/lantern-8k/system.toml",
    "scores/bleu.tsv",
    "scores/chrf++.tsv",
    "scores/chrf.tsv",
    "scores/google_bleu.tsv",
    "scores/meteor.tsv",
    "scores/rouge1.tsv",
    "scores/rouge2.tsv",
    "scores/rougeL.tsv",
    "scores/rougeL_words.tsv",
    "scores/rougeLsum.tsv",
    "ehrs/269514803.xml",
    "ehrs/417302958.xml",
    "ehrs/583920147.xml",
    "ehrs/730684215.xml",
];

/// Runs the demo.
///
/// # Errors
/// When the folder cannot be written, or as `review` says.
pub(crate) fn run(args: &Args, config: &Config, out: &mut dyn Write) -> Result<u8> {
    run_with(args, Guide::Welcome, config, out)
}

/// The tour of the reviewer, in the demo
#[derive(Clone, Debug, clap::Args)]
pub struct TutorArgs {
    /// How the screen is used.
    #[command(flatten)]
    pub seat: SeatArgs,
}

/// Runs the demo with the tour.
///
/// # Errors
/// As [`run()`].
pub(crate) fn tutor(args: &TutorArgs, config: &Config, out: &mut dyn Write) -> Result<u8> {
    let args = Args {
        fresh: false,
        to: None,
        seat: args.seat.clone(),
    };
    run_with(&args, Guide::Tour(0), config, out)
}

fn run_with(args: &Args, guide: Guide, config: &Config, out: &mut dyn Write) -> Result<u8> {
    if let Some(folder) = &args.to {
        if folder.exists() && fs::read_dir(folder).is_ok_and(|mut d| d.next().is_some()) {
            return Err(Error::usage(format!("{} is not empty", folder.display()))
                .hint("name a new folder"));
        }
        write_to(folder)?;
        writeln!(
            out,
            "The demo dataset is in {}; review it with: medalign review {0}",
            folder.display()
        )
        .map_err(output_failed)?;
        return Ok(0);
    }
    let folder = config.folders.data.join("demo");
    if args.fresh && folder.exists() {
        set_aside(&folder)?;
    }
    write_to(&folder)?;
    let mut seat = args.seat.clone();
    if seat.reviewer.is_none() && review::login().is_none() {
        // Nobody's marks in the demo are mixed up with anybody's.
        seat.reviewer = Some("you".to_owned());
    }
    review::open(
        Dataset::open(&folder)?,
        &seat,
        review::Wish {
            // The tour speaks of the first case.
            case: matches!(guide, Guide::Tour(_)).then_some("1"),
            guide,
            ..review::Wish::default()
        },
        config,
    )
}

/// Writes the files that are missing or differ; review files beside them are left alone.
fn write_to(folder: &Path) -> Result<()> {
    for (path, content) in FILES {
        let path = folder.join(path);
        private_folder(parent(&path))?;
        if fs::read(&path).is_ok_and(|old| old == content.as_bytes()) {
            continue;
        }
        replace(&path, content.as_bytes())?;
    }
    Ok(())
}

/// Nobody's marks are deleted: the old demo keeps a name of its own.
fn set_aside(folder: &Path) -> Result<()> {
    let free = (1..10_000)
        .map(|n| folder.with_file_name(format!("demo.before-{n}")))
        .find(|p| !p.exists());
    let Some(aside) = free else {
        return Err(
            Error::unreadable(folder, "too many old demos stand beside it")
                .hint("remove some of them"),
        );
    };
    fs::rename(folder, &aside).map_err(|e| Error::io(folder, "setting the old demo aside", e))
}
