//! `medalign check`: the dataset's lint on the screen.
//!
//! In: a dataset's folder or a record. Out: one line for each thing that is off, `file:line:column: severity: what`,
//! and a summary; or one JSON value. Never: text of a record, or a control character of a file's name or cell.

use std::io::Write;
use std::path::PathBuf;

use rustc_hash::FxHashMap;
use serde::Serialize;

use super::format::Format;
use super::watched::watched;
use crate::cli::ColumnsArg;
use crate::config::Config;
use crate::dataset::{Dataset, check};
use crate::error::{Error, Result};
use crate::notice::{Notice, Severity};
use crate::review::naming::Names;
use crate::review::plan::{self, Plan};
use crate::text;

/// So many notices that are alike are listed; of more, one.
const ALIKE: usize = 3;

/// Look for everything that is off in a dataset: encodings, quotes, ids, times, units, evidence.
#[derive(Clone, Debug, clap::Args)]
pub struct Args {
    /// The dataset's folder, a folder of records, or one record file.
    #[arg(value_name = "DATASET")]
    pub dataset: PathBuf,
    /// How to print what was found.
    #[arg(long, value_enum, default_value_t = Format::Text)]
    pub format: Format,
    /// What columns of the tables are.
    #[command(flatten)]
    pub columns: ColumnsArg,
    /// List each place of what is off, also where many are alike.
    #[arg(long)]
    pub all: bool,
}

/// Checks the dataset and prints what was found.
///
/// # Errors
/// [`Kind::Problems`](crate::error::Kind::Problems) when a warning or an error was printed; another kind when the
/// dataset cannot be opened or the output not written.
pub(crate) fn run(args: &Args, config: &Config, out: &mut dyn Write) -> Result<()> {
    let renamed = args.columns.with(config)?;
    let dataset = watched("reading the dataset", || {
        Dataset::open_with(&args.dataset, renamed)
    })?;
    dataset.renamed().check()?;
    // The day where the day is the latest: a record may come from any zone.
    let today = jiff::tz::Offset::constant(14)
        .to_datetime(crate::clock::now())
        .date();
    let mut report = watched("reading the records", || check::check(&dataset, today));
    report.add(naming(&dataset));
    report.add(planning(&dataset));
    let printed = match args.format {
        Format::Text => print_text(&report, args.all, out),
        Format::Json => print_json(&dataset, &report, out),
    };
    printed
        .and_then(|()| out.flush())
        .map_err(super::output_failed)?;
    let problems = report.count(Severity::Error) + report.count(Severity::Warning);
    if problems > 0 {
        return Err(Error::problems(format!(
            "{} found",
            counted(problems, "problem")
        )));
    }
    Ok(())
}

/// What is off in the plan, where there is one: lines that say nothing, cases in nobody's queue.
fn planning(dataset: &Dataset) -> Vec<Notice> {
    let path = dataset.root().join(plan::FILE);
    if !path.is_file() {
        return Vec::new();
    }
    match Plan::read(&path) {
        Ok((plan, mut notices)) => {
            notices.extend(plan.left_over(&path, dataset.cases()));
            notices
        }
        Err(error) => {
            let what = format!("the plan is not used: {}", error.about(&path));
            vec![Notice::file(Severity::Error, &path, what)]
        }
    }
}

/// Responses that name a model or a maker. It is not said which: reviewers may read this.
fn naming(dataset: &Dataset) -> Vec<Notice> {
    let names = Names::of_dataset(dataset);
    let all = dataset.cases().iter();
    all.flat_map(|case| case.responses.iter().map(move |r| (case, r)))
        .filter(|(_, response)| names.find(&response.text).is_some())
        .filter_map(|(case, response)| {
            let file = dataset.file_of(case, response)?;
            let what = "the response names a model or its maker, so a blind reviewer may learn who wrote it; decide \
                        whether to leave it out";
            Some(Notice::line(Severity::Warning, &file, response.line, what))
        })
        .collect()
}

/// Notices that say the same, but for numbers, the first of each sort first.
fn alike(notices: &[Notice]) -> Vec<Vec<&Notice>> {
    let mut groups: Vec<Vec<&Notice>> = Vec::new();
    let mut places: FxHashMap<(Severity, String), usize> = FxHashMap::default();
    for notice in notices {
        let mut what = String::with_capacity(notice.what.len());
        for c in notice.what.chars() {
            let c = if c.is_ascii_digit() { '0' } else { c };
            // Of a number only that it is one.
            if c != '0' || !what.ends_with('0') {
                what.push(c);
            }
        }
        let place = *places
            .entry((notice.severity, what))
            .or_insert(groups.len());
        match groups.get_mut(place) {
            Some(group) => group.push(notice),
            None => groups.push(vec![notice]),
        }
    }
    groups
}

/// Of more than [`ALIKE`] notices that are alike the first and their number, unless `all` are asked for.
fn print_text(report: &check::CheckReport, all: bool, out: &mut dyn Write) -> std::io::Result<()> {
    let line = |notice: &Notice| text::safe(&notice.to_string()).into_owned();
    if all {
        for notice in &report.notices {
            writeln!(out, "{}", line(notice))?;
        }
    } else {
        for group in alike(&report.notices) {
            if group.len() <= ALIKE {
                for notice in group {
                    writeln!(out, "{}", line(notice))?;
                }
                continue;
            }
            writeln!(out, "{}", line(group[0]))?;
            let mut files: Vec<_> = group.iter().map(|n| &n.file).collect();
            files.sort_unstable();
            files.dedup();
            let more = text::thousands(group.len() as u64 - 1);
            let of = match files.len() {
                1 => "this file".to_owned(),
                n => counted(n, "file"),
            };
            writeln!(out, "  and {more} more like it, in {of}; --all lists them")?;
        }
    }
    if !report.notices.is_empty() {
        writeln!(out)?;
    }
    let c = &report.counts;
    writeln!(
        out,
        "looked at {}, {}, {}, {}, {} with {} and {}",
        counted(c.cases, "case"),
        counted(c.responses, "response"),
        counted(c.golds, "gold response"),
        counted(c.passages, "passage of evidence"),
        counted(c.records, "record"),
        counted(c.events, "event"),
        counted(c.notes, "note"),
    )?;
    writeln!(
        out,
        "found {}, {}, {}",
        counted(report.count(Severity::Error), "error"),
        counted(report.count(Severity::Warning), "warning"),
        counted(report.count(Severity::Info), "remark"),
    )
}

/// `1 case`, `1,234 cases`.
fn counted(n: usize, what: &str) -> String {
    let digits = n.to_string();
    let mut number = String::new();
    for (i, c) in digits.chars().enumerate() {
        if i > 0 && (digits.len() - i).is_multiple_of(3) {
            number.push(',');
        }
        number.push(c);
    }
    match what.split_once(' ') {
        _ if n == 1 => format!("{number} {what}"),
        Some(("passage", rest)) => format!("{number} passages {rest}"),
        _ => format!("{number} {what}s"),
    }
}

#[derive(Serialize)]
struct JsonReport<'a> {
    dataset: String,
    fingerprint: &'a str,
    looked_at: JsonCounts,
    errors: usize,
    warnings: usize,
    remarks: usize,
    found: Vec<JsonNotice>,
}

#[derive(Serialize)]
struct JsonCounts {
    cases: usize,
    responses: usize,
    gold_responses: usize,
    passages: usize,
    records: usize,
    events: usize,
    notes: usize,
}

#[derive(Serialize)]
struct JsonNotice {
    file: String,
    line: Option<u64>,
    column: Option<u64>,
    severity: String,
    what: String,
}

fn print_json(
    dataset: &Dataset,
    report: &check::CheckReport,
    out: &mut dyn Write,
) -> std::io::Result<()> {
    let c = &report.counts;
    let value = JsonReport {
        dataset: dataset.root().display().to_string(),
        fingerprint: dataset.fingerprint(),
        looked_at: JsonCounts {
            cases: c.cases,
            responses: c.responses,
            gold_responses: c.golds,
            passages: c.passages,
            records: c.records,
            events: c.events,
            notes: c.notes,
        },
        errors: report.count(Severity::Error),
        warnings: report.count(Severity::Warning),
        remarks: report.count(Severity::Info),
        found: report
            .notices
            .iter()
            .map(|n| JsonNotice {
                file: n.file.display().to_string(),
                line: n.line,
                column: n.column,
                severity: n.severity.to_string(),
                what: n.what.clone(),
            })
            .collect(),
    };
    serde_json::to_writer_pretty(&mut *out, &value)?;
    writeln!(out)
}
