//! `medalign export`: the reviews of a dataset as a table.
//!
//! In: a dataset and its review files, all reviewers'. Out: a table in the layout of the released judgements, and counts
//! that add up. The review files are only read.

use std::fmt::Write as _;
use std::io::Write;
use std::path::{Path, PathBuf};

use crate::config::Config;
use crate::dataset::Dataset;
use crate::error::{Error, Result};
use crate::review::export::{Counts, write_table};
use crate::review::line::Reading;
use crate::review::place::Seat;
use crate::review::{Ledger, merge, private};

/// Write the reviews of a dataset as a table in the layout of the released judgements
#[derive(Clone, Debug, clap::Args)]
pub struct Args {
    /// The dataset's folder
    pub dir: PathBuf,
    /// The table to write (default: standard output, with the counts on standard error)
    #[arg(long, value_name = "PATH")]
    pub out: Option<PathBuf>,
    /// A review file to read instead of those of the dataset; may be given more than once
    #[arg(long, value_name = "PATH")]
    pub review_file: Vec<PathBuf>,
    /// Leave out all free text: questions, responses, evidence, remarks
    #[arg(long)]
    pub no_text: bool,
}

/// Writes the table and says what is in it.
///
/// # Errors
/// When the dataset or a review file cannot be read, or the table cannot be written; and, after the table was written, when review
/// files have bad lines or judgements that the dataset has no response for.
pub fn run(args: &Args, config: &Config, out: &mut dyn Write) -> Result<()> {
    let dataset = Dataset::open(&args.dir)?;
    let files = if args.review_file.is_empty() {
        let seat = Seat {
            dataset: dataset.root(),
            name: dataset.name(),
            data: &config.folders.data,
            asked: None,
        };
        seat.all_files()?
    } else {
        args.review_file.clone()
    };
    if files.is_empty() {
        return Err(
            Error::unreadable(&args.dir, "nobody has reviewed this dataset yet")
                .hint("name a review file with --review-file if it is kept elsewhere"),
        );
    }
    let mut readings = Vec::new();
    for file in &files {
        std::fs::metadata(file).map_err(|e| Error::io(file, "reading the review file", e))?;
        readings.push(Reading::of_file(file)?);
    }
    let mut report = String::new();
    let bad = bad_lines(&files, &readings, &mut report);
    let merged = merge::merge(readings);
    let ledgers = Ledger::by_reviewer(merged.into_iter().map(|(_, line)| line.entry));
    let counts = if let Some(path) = &args.out {
        let mut bytes = Vec::new();
        let counts = write_table(dataset.cases(), &ledgers, !args.no_text, &mut bytes)
            .map_err(|e| Error::io(path, "writing the table", e))?;
        private::replace(path, &bytes)?;
        counts
    } else {
        write_table(dataset.cases(), &ledgers, !args.no_text, out)
            .map_err(|e| Error::io(Path::new("standard output"), "writing the table", e))?
    };
    tell(&counts, files.len(), ledgers.len(), &mut report);
    let told = if args.out.is_some() {
        out.write_all(report.as_bytes())
    } else {
        std::io::stderr().write_all(report.as_bytes())
    };
    told.map_err(|e| Error::io(Path::new("standard output"), "writing the counts", e))?;
    match (bad, counts.elsewhere.len()) {
        (0, 0) => Ok(()),
        (bad, elsewhere) => Err(Error::problems(format!(
            "the table lacks {bad} bad lines and the judgements of {elsewhere} cases that are not in the dataset as reviewed"
        ))
        .hint("`medalign review-file verify` names the lines of each review file")),
    }
}

/// Lists bad lines, and counts them.
fn bad_lines(files: &[PathBuf], readings: &[Reading], report: &mut String) -> usize {
    let all = files.iter().zip(readings);
    for (file, bad) in all.flat_map(|(file, r)| r.bad.iter().map(move |bad| (file, bad))) {
        // Writing to a string does not fail.
        let _ = writeln!(report, "{}:{}: {}", file.display(), bad.line, bad.why);
    }
    readings.iter().map(|r| r.bad.len()).sum()
}

fn tell(counts: &Counts, files: usize, reviewers: usize, report: &mut String) {
    let missed: usize = counts.elsewhere.iter().map(|e| e.judgements).sum();
    for elsewhere in &counts.elsewhere {
        let what = if elsewhere.case_is_known {
            "of models that the case does not have"
        } else {
            "of a case that is not in the dataset"
        };
        let _ = writeln!(
            report,
            "not in the table: {} judgements by {} {what}: {}",
            elsewhere.judgements,
            crate::text::safe(&elsewhere.reviewer),
            crate::text::safe(&elsewhere.case.to_string()),
        );
    }
    let Counts {
        rows,
        judged,
        unjudged,
        unsure,
        judgements,
        ..
    } = counts;
    let _ = writeln!(report, "review files  {files}, of {reviewers} reviewers");
    let _ = writeln!(
        report,
        "rows          {rows} = {judged} judged + {unjudged} not judged"
    );
    let _ = writeln!(
        report,
        "judgements    {judgements} = {judged} in the table + {missed} not in the dataset; {unsure} unsure, with an empty binary_correct"
    );
}
