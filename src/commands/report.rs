//! `medalign report`: the study's tables from a dataset's judgements and ranks.
//!
//! In: a dataset's folder, and review files of it if asked. Out: the tables as Markdown, JSON, TSV or HTML, to standard output or a file. The same
//! input and seed give the same bytes. Never: a question, a response or text of a record.

use std::io::Write;
use std::path::{Path, PathBuf};

use clap::ValueEnum;

use crate::config::Config;
use crate::dataset::table::Table;
use crate::dataset::{Dataset, TableKind};
use crate::error::{Error, Result};
use crate::notice::{Notice, Severity};
use crate::report::interval::Bootstrap;
use crate::report::observations::Observations;
use crate::report::table::Report;
use crate::report::tables::Sources;
use crate::report::{render_html, render_json, render_markdown, render_tsv};
use crate::review::line::Reading;
use crate::review::{Ledger, merge};

/// How a report is written.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, ValueEnum)]
pub enum Format {
    /// Markdown, to read and to paste.
    #[default]
    Md,
    /// JSON with every number, its n, interval and method.
    Json,
    /// One number a line, tab separated.
    Tsv,
    /// One self-contained file with pictures.
    Html,
}

/// Print the study's tables: correctness, ranks, win rates, agreement and tests
#[derive(Clone, Debug, clap::Args)]
pub struct Args {
    /// The dataset's folder
    #[arg(value_name = "DIR")]
    pub dataset: PathBuf,
    /// How to write the report
    #[arg(long, value_enum, default_value_t)]
    pub format: Format,
    /// Write to this file instead of standard output; it must not exist
    #[arg(long, value_name = "FILE")]
    pub out: Option<PathBuf>,
    /// Report on this review file instead of the dataset's own judgements; may be given more than once
    #[arg(long, value_name = "PATH")]
    pub review_file: Vec<PathBuf>,
    /// Seed of the bootstrap intervals
    #[arg(long, value_name = "N", default_value_t = Bootstrap::default().seed)]
    pub seed: u64,
    /// Samples of the bootstrap intervals
    #[arg(long, value_name = "N", default_value_t = 10_000, value_parser = clap::value_parser!(u32).range(1..=1_000_000))]
    pub samples: u32,
}

/// Runs the command.
///
/// # Errors
/// When the dataset cannot be read, has no judgement and no rank, or the output cannot be written.
pub fn run(args: &Args, _config: &Config, out: &mut dyn Write) -> Result<()> {
    let dataset = Dataset::open(&args.dataset)?;
    let sources = if args.review_file.is_empty() {
        sources(&dataset)?
    } else {
        reviewed(&dataset, &args.review_file)?
    };
    let report = Report::of(
        sources,
        Bootstrap {
            samples: args.samples as usize,
            seed: args.seed,
        },
    );
    let text = match args.format {
        Format::Md => render_markdown::render(&report),
        Format::Json => render_json::render(&report),
        Format::Tsv => render_tsv::render(&report),
        Format::Html => render_html::render(&report),
    };
    match &args.out {
        None => write(out, Path::new("standard output"), &text),
        Some(path) => {
            let mut file = std::fs::File::create_new(path).map_err(|e| {
                Error::io(path, "writing the report", e).hint("name a file that does not exist yet")
            })?;
            write(&mut file, path, &text)
        }
    }
}

fn write(out: &mut dyn Write, name: &Path, text: &str) -> Result<()> {
    out.write_all(text.as_bytes())
        .and_then(|()| out.flush())
        .map_err(|e| Error::io(name, "writing the report", e))
}

/// What holds in review files.
fn reviewed(dataset: &Dataset, files: &[PathBuf]) -> Result<Sources> {
    let mut readings = Vec::new();
    let mut notices = Vec::new();
    for file in files {
        std::fs::metadata(file).map_err(|e| Error::io(file, "reading the review file", e))?;
        let reading = Reading::of_file(file)?;
        for bad in &reading.bad {
            let what = format!("the line is left out: {}", bad.why);
            notices.push(Notice::line(Severity::Error, file, bad.line, what));
        }
        readings.push(reading);
    }
    let entries = merge::merge(readings)
        .into_iter()
        .map(|(_, line)| line.entry);
    let mut main = Observations::from_ledgers(dataset.cases(), &Ledger::by_reviewer(entries));
    main.notices = notices;
    if main.rows.is_empty() {
        return Err(
            Error::unreadable(&files[0], "no judgement or rank of a case of this dataset")
                .hint("name a review file that was written for this dataset"),
        );
    }
    Ok(Sources {
        dataset: dataset.name().to_owned(),
        main,
        reviews: None,
    })
}

/// The dataset's own judgements and ranks, and those of its table of single reviewers.
fn sources(dataset: &Dataset) -> Result<Sources> {
    let of_kind = |kind| {
        dataset
            .tables()
            .iter()
            .find(|t| t.kind == kind)
            .map(|t| t.path.as_path())
    };
    let responses = of_kind(TableKind::Responses).unwrap_or(dataset.root());
    let main = Observations::from_cases(dataset.cases(), responses);
    let reviews = of_kind(TableKind::Reviews)
        .map(|path| Observations::from_reviews(&Table::read(path)?))
        .transpose()?;
    let said = |o: &Observations| {
        o.rows
            .iter()
            .any(|o| o.correct.is_some() || o.rank.is_some())
    };
    if !said(&main) && !reviews.as_ref().is_some_and(said) {
        return Err(
            Error::unreadable(responses, "no response has a judgement or a rank")
                .hint("name a reviewer's file with --review-file, or a dataset whose responses have binary_correct or model_rank"),
        );
    }
    Ok(Sources {
        dataset: dataset.name().to_owned(),
        main,
        reviews,
    })
}
