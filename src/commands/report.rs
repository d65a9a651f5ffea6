//! `medalign report`: the study's tables from a dataset's judgements and ranks.
//!
//! In: a dataset's folder, and reviews of it. Out: the tables as text, Markdown, JSON, TSV or HTML, to standard output or a
//! file. The same input, seed and day give the same bytes. Never: a question, a response or text of a record.

use std::collections::BTreeSet;
use std::io::Write;
use std::path::{Path, PathBuf};

use clap::ValueEnum;
use rayon::prelude::*;
use rustc_hash::FxHashMap;

use super::context::Pins;
use super::output::{Guard, There};
use super::report_lists;
use super::reviews::{self, Reviews};
use super::watched::watched;
use crate::cli::ColumnsArg;
use crate::clock;
use crate::config::Config;
use crate::dataset::{Case, CaseKey, Dataset};
use crate::error::{Error, Result};
use crate::infer::evidence::{Held, held};
use crate::metrics::score_tables::{self, Scores};
use crate::metrics::tokens;
use crate::notice::{Notice, Severity};
use crate::record::{Passages, linear};
use crate::report::about::Measured;
use crate::report::anonymous::Numbered;
use crate::report::head::{self, Head};
use crate::report::observations::{Asked, Observations};
use crate::report::outcomes;
use crate::report::table::Report;
use crate::report::tables::Sources;
use crate::report::{render_html, render_json, render_markdown, render_text, render_tsv};
use crate::review::counted::{Cause, Rules, Tally};
use crate::review::plan::Queues;
use crate::stats::interval::Bootstrap;

/// How text is laid out: wide enough for most tables, and the same wherever it goes.
const LOOK: render_text::Look = render_text::Look {
    width: 118,
    ascii: false,
    all: false,
};

/// How a report is written.
#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
pub enum Format {
    /// Tables and charts for the terminal, as the reviewer's report pane shows them.
    Text,
    /// Markdown, to read and to paste.
    Md,
    /// JSON with every number, its n, interval and method.
    Json,
    /// One number a line, tab separated.
    Tsv,
    /// One self-contained file with pictures.
    Html,
}

/// Print the study's tables: correctness, ranks, win rates, agreement and tests
///
/// Readings count once they are submitted, and if the models' names were not in view when their marks were made; lines at the end
/// say what was left out or taken in, by reviewer. A rank counts if it is a number from 1 to the number of models; `is_used_eval`
/// leaves no row out, and a line says how many it does not call used. The exit code is 1 when lines, rows or cells had to be
/// left out because they cannot be read, fit nothing in the dataset, or say something twice.
///
/// The head says when, with what and of what the report was made. The same input and options give the same bytes on the same day (UTC),
/// and on any day where the environment sets `SOURCE_DATE_EPOCH`.
#[expect(
    clippy::struct_excessive_bools,
    reason = "switches that have nothing to do with each other"
)]
#[derive(Clone, Debug, clap::Args)]
pub struct Args {
    /// The dataset's folder
    #[arg(value_name = "DIR")]
    pub dataset: PathBuf,
    /// How to write the report [default: text in a terminal, else md]
    #[arg(long, value_enum)]
    pub format: Option<Format>,
    /// Write to this file instead of standard output (`-`); it must not exist
    #[arg(long, value_name = "FILE")]
    pub out: Option<PathBuf>,
    /// Report on reviews instead of the dataset's own judgements: review files, or tables that `export` wrote; without a PATH those in the dataset's folder
    #[arg(long, value_name = "PATH", num_args = 0.., visible_alias = "review-file")]
    pub reviews: Option<Vec<PathBuf>>,
    /// What columns of the tables are.
    #[command(flatten)]
    pub columns: ColumnsArg,
    /// What counts beside what is submitted and was judged blind.
    #[command(flatten)]
    pub rules: Rules,
    /// Put what adjudicators decided in place of what reviewers said; agreement between reviewers stays theirs
    #[arg(long)]
    pub adjudicated: bool,
    /// Count what is no answer (filtered, failed, too long …) as incorrect in the tables on models, as shares of all that was asked
    #[arg(long)]
    pub count_missing: bool,
    /// Tables of automatic metrics' scores, one a metric (default: the folder `scores` of the dataset, which `medalign score` writes)
    #[arg(long, value_name = "FOLDER")]
    pub scores: Option<PathBuf>,
    /// Instead of the report, list the cases in which this metric orders the responses least as the reviewers do
    #[arg(long, value_name = "METRIC")]
    pub disagreements: Option<String>,
    /// Instead of the report, list the incorrect responses by harm and by how confident the model was (the column `confidence`)
    #[arg(long, conflicts_with = "disagreements")]
    pub confident_wrong: bool,
    /// Do not read the records, so that models are not compared by the records' length
    #[arg(long)]
    pub no_records: bool,
    /// Number the reviewers instead of naming them, in tables, charts, notices and files
    #[arg(long)]
    pub anonymous: bool,
    /// Show tables and rows whose numbers are of one case each, too
    #[arg(long)]
    pub all: bool,
    /// Seed of the bootstrap intervals
    #[arg(long, value_name = "N", default_value_t = Bootstrap::default().seed)]
    pub seed: u64,
    /// Samples of the bootstrap intervals
    #[arg(long, value_name = "N", default_value_t = 10_000, value_parser = clap::value_parser!(u32).range(1..=1_000_000))]
    pub samples: u32,
}

impl Args {
    /// How the report is written; `terminal`: standard output is one.
    fn format(&self, terminal: bool) -> Format {
        let to_output = self.out.as_ref().is_none_or(|path| path.as_path() == "-");
        match self.format {
            Some(format) => format,
            None if terminal && to_output => Format::Text,
            None => Format::Md,
        }
    }

    /// The report as it is asked for.
    fn written(&self, report: &Report) -> String {
        let look = render_text::Look {
            all: self.all,
            ..LOOK
        };
        match self.format(crate::sink::stdout_is_terminal()) {
            Format::Text => render_text::render(report, look),
            Format::Md => render_markdown::render(report, self.all),
            Format::Json => render_json::render(report),
            Format::Tsv => render_tsv::render(report),
            Format::Html => render_html::render(report, self.all),
        }
    }

    /// The options that a number depends on; the files that options name stand elsewhere.
    fn counting(&self) -> String {
        let maps = self.columns.maps.iter();
        let mut options: Vec<String> = maps
            .map(|(column, field)| format!("--map {column}={field}"))
            .collect();
        let switches = [
            (self.rules.unsubmitted, "--unsubmitted"),
            (self.rules.unblinded, "--unblinded"),
            (self.adjudicated, "--adjudicated"),
            (self.count_missing, "--count-missing"),
            (self.no_records, "--no-records"),
            (self.anonymous, "--anonymous"),
        ];
        options.extend(switches.iter().filter(|s| s.0).map(|s| s.1.to_owned()));
        options.push(format!("--seed {} --samples {}", self.seed, self.samples));
        options.join(" ")
    }
}

/// The tables of scores that were read.
fn score_files(sources: &Sources, args: &Args, dataset: &Dataset) -> Vec<PathBuf> {
    let folder = args.scores.clone();
    let folder = folder.unwrap_or_else(|| score_tables::folder(dataset.root()));
    let tables = sources.scores.iter();
    tables
        .map(|scores| folder.join(format!("{}.tsv", scores.metric)))
        .collect()
}

/// The files of reviews with their names.
fn called(files: &[PathBuf], root: &Path) -> Vec<(PathBuf, String)> {
    let files = files.iter();
    files.map(|f| (f.clone(), head::short(f, root))).collect()
}

/// Writes files within the dataset's folder without the way to it; `names`: all others by their name, too.
fn shorten(report: &mut Report, root: &Path, names: bool) {
    let way = root.join("").display().to_string();
    for notice in &mut report.notices {
        if names || notice.file.starts_with(root) {
            notice.file = head::short(&notice.file, root).into();
        }
        notice.what = notice.what.replace(&way, "");
    }
}

/// Runs the command.
///
/// # Errors
/// When the dataset cannot be read, has no judgement and no rank, or the output cannot be written; and, after the report was
/// written, when something was left out that should not be there.
pub(crate) fn run(args: &Args, config: &Config, out: &mut dyn Write) -> Result<()> {
    let day = clock::day(|name| std::env::var(name).ok())?;
    let renamed = args.columns.with(config)?;
    let dataset = watched("reading the dataset", || {
        Dataset::open_with(&args.dataset, renamed)
    })?;
    let named = args.reviews.iter().flatten();
    let guard = Guard::default().dataset(&dataset).reads(named);
    let to = guard.to(args.out.as_deref(), There::Stays)?;
    let (plan, off) = Queues::of_folder(dataset.root());
    let asked = Asked {
        rules: args.rules,
        plan: plan.as_ref(),
    };
    let mut pins = Pins::default();
    let mut sources = gathered(&dataset, args, config, asked, &mut pins)?;
    sources.main.notices.splice(0..0, off);
    let numbered =
        (args.anonymous).then(|| Numbered::of(&sources, plan.iter().flat_map(Queues::reviewers)));
    if let Some(numbered) = &numbered {
        numbered.number_all(&mut sources);
    }
    let list = if let Some(metric) = &args.disagreements {
        Some(report_lists::disagreements(&dataset, &sources, metric)?)
    } else if args.confident_wrong {
        sources.describe(dataset.cases(), &Measured::default());
        Some(report_lists::confident_wrong(&dataset, &sources)?)
    } else {
        None
    };
    if let Some(list) = list {
        let list = numbered.map_or(list.clone(), |n| n.text(&list));
        return to.write(list.as_bytes(), out);
    }
    let (measured, left_out) = if args.no_records {
        (Measured::default(), 0)
    } else {
        watched("measuring the records", || {
            measured(&dataset, &pins, &mut sources.main.notices)
        })
    };
    sources.describe(dataset.cases(), &measured);
    let bootstrap = Bootstrap {
        samples: args.samples as usize,
        seed: args.seed,
    };
    let called = match &numbered {
        Some(numbered) => numbered.files().to_vec(),
        None => called(&sources.files, dataset.root()),
    };
    let files = head::files(&dataset, &called, &score_files(&sources, args, &dataset));
    let mut report = watched("computing the tables", || Report::of(sources, bootstrap));
    report.head = Some(Head {
        date: day.to_string(),
        fingerprint: dataset.fingerprint().to_owned(),
        files,
        options: args.counting(),
    });
    if let Some(numbered) = &numbered {
        numbered.call_files(&mut report);
    }
    shorten(&mut report, dataset.root(), args.anonymous);
    if let Some(numbered) = &numbered {
        numbered.clean(&mut report);
    }
    let text = watched("writing the report", || args.written(&report));
    to.write(text.as_bytes(), out)?;
    out.flush().map_err(super::output_failed)?;
    super::left_out(left_out, "measured")?;
    let off = report.notices.iter();
    match off.filter(|n| n.severity > Severity::Info).count() {
        0 => Ok(()),
        n => Err(Error::problems(format!(
            "the report is written; notices at its end that say what was left out or doubted: {n}"
        ))
        .hint("`medalign check` names what is off in the dataset")),
    }
}

/// What a report is made of: reviews or the dataset's own judgements, as they were said or as they were decided, and scores.
fn gathered(
    dataset: &Dataset,
    args: &Args,
    config: &Config,
    asked: Asked<'_>,
    pins: &mut Pins,
) -> Result<Sources> {
    let mut sources = match &args.reviews {
        None => sources(dataset, asked, config, pins)?,
        Some(files) if files.is_empty() => {
            reviewed(dataset, &reviews::own_files(dataset, config)?, asked, pins)?
        }
        Some(files) => reviewed(dataset, files, asked, pins)?,
    };
    dataset.renamed().check()?;
    sources.scores = scores(dataset, args, &mut sources.main.notices)?;
    sources.count_missing = args.count_missing;
    if args.adjudicated {
        settle(&mut sources)?;
    } else if !sources.main.decided.is_empty() {
        let what = "some cases are adjudicated; --adjudicated reports what was decided";
        let notice = Notice::file(Severity::Info, dataset.root(), what);
        sources.main.notices.push(notice);
    }
    Ok(sources)
}

/// The scores of automatic metrics. A folder that was named and is not there is an error.
fn scores(dataset: &Dataset, args: &Args, notices: &mut Vec<Notice>) -> Result<Vec<Scores>> {
    let folder = match &args.scores {
        Some(folder) => {
            std::fs::metadata(folder).map_err(|e| Error::io(folder, "reading the scores", e))?;
            folder.clone()
        }
        None => score_tables::folder(dataset.root()),
    };
    let (scores, told) = score_tables::read(&folder, dataset.cases())?;
    notices.extend(told);
    Ok(scores)
}

/// Puts what adjudicators decided into the tables about models; those on agreement are of what reviewers said.
fn settle(sources: &mut Sources) -> Result<()> {
    let said = sources.reviews.as_ref().unwrap_or(&sources.main);
    if said.decided.is_empty() {
        let error = Error::usage("nothing was adjudicated in these reviews");
        return Err(error.hint("`medalign adjudicate DIR` shows what reviewers disagree on; --reviews names where it is kept"));
    }
    let settled = said.settled();
    let mut said = said.clone();
    // They are told of once.
    said.notices.clear();
    said.tally = Tally::default();
    sources.main = settled;
    sources.dataset += " (adjudicated)";
    sources.reviews = Some(said);
    Ok(())
}

/// What counts of review files, and of what tables of reviews say.
fn reviewed(
    dataset: &Dataset,
    files: &[PathBuf],
    asked: Asked<'_>,
    pins: &mut Pins,
) -> Result<Sources> {
    let is_table = |file: &&PathBuf| file.extension().is_some_and(|e| e == "tsv" || e == "csv");
    let (tables, files_of_acts): (Vec<&PathBuf>, Vec<&PathBuf>) = files.iter().partition(is_table);
    let files_of_acts: Vec<PathBuf> = files_of_acts.into_iter().cloned().collect();
    let reviews = Reviews::read(&files_of_acts, dataset)?;
    let of_texts = reviews.of_texts(dataset.root());
    let machines = reviews.machines(dataset, asked.rules);
    *pins = Pins::of(reviews.ledgers.values());
    let people = reviews.ledgers.keys().cloned().collect();
    let counted = asked.rules.count(reviews.ledgers, asked.plan);
    let mut main = Observations::from_ledgers(dataset.cases(), counted);
    let earlier: Vec<String> = of_texts
        .iter()
        .filter(|n| n.severity > Severity::Info)
        .map(|n| n.what.clone())
        .collect();
    main.notices.extend(of_texts);
    main.notices.splice(0..0, reviews.bad);
    for table in tables {
        std::fs::metadata(table).map_err(|e| Error::io(table, "reading the reviews", e))?;
        let said = Observations::from_reviews(&dataset.table(table)?, dataset.cases(), asked)?;
        main.extend(said);
    }
    if main.rows.is_empty() {
        let file = files.first().map_or(dataset.root(), PathBuf::as_path);
        let otherwise = Error::unreadable(file, "no judgement or rank of a case of this dataset")
            .hint("name reviews that were made of this dataset");
        return Err(nothing(file, &main.tally, earlier).unwrap_or(otherwise));
    }
    Ok(Sources {
        dataset: dataset.name().to_owned(),
        main,
        came: outcomes::of(dataset.cases()),
        files: files.to_vec(),
        people,
        machines,
        ..Sources::default()
    })
}

/// Why nothing is left to report on, where the rules leave out what there is, or it is of `earlier` texts.
fn nothing(file: &Path, tally: &Tally, earlier: Vec<String>) -> Option<Error> {
    let mut lines: Vec<String> = tally.notices().into_iter().map(|n| n.what).collect();
    let is_of_earlier = !earlier.is_empty();
    lines.extend(earlier);
    let what = format!("nothing is left to report on: {}", lines.join("; "));
    let causes = [Cause::Unsubmitted, Cause::Unblinded, Cause::Machine].into_iter();
    let option = causes
        .filter(|c| tally.left_out(*c) > 0)
        .find_map(Cause::option);
    let hint = match option {
        Some(option) => format!("{option} counts such readings, too"),
        None if is_of_earlier => {
            "judge the present texts, or report on the dataset that was judged".to_owned()
        }
        None => return None,
    };
    Some(Error::unreadable(file, what).hint(hint))
}

/// The dataset's own judgements and ranks, and those of its table of single reviewers; where it has none, what holds in the
/// review files beside it. Rows that were left out on opening the dataset are told of.
fn sources(
    dataset: &Dataset,
    asked: Asked<'_>,
    config: &Config,
    pins: &mut Pins,
) -> Result<Sources> {
    let mut sources = Sources::of_dataset(dataset, asked)?;
    if sources.say_something() {
        let lost = dataset.notices().iter();
        let lost = lost.filter(|n| n.severity == Severity::Error).cloned();
        sources.main.notices.splice(0..0, lost);
        let files = reviews::of_machines(reviews::files(dataset, config)?);
        let reviews = Reviews::read(&files, dataset)?;
        sources.machines = reviews.machines(dataset, asked.rules);
        sources
            .main
            .notices
            .extend(reviews.of_texts(dataset.root()));
        sources.main.notices.extend(reviews.bad);
        return Ok(sources);
    }
    if let Ok(files) = reviews::own_files(dataset, config) {
        let mut reviewed = reviewed(dataset, &files, asked, pins)?;
        // What the table says and does not count is told, too.
        reviewed.main.tally.extend(sources.main.tally);
        return Ok(reviewed);
    }
    let otherwise = Error::unreadable(dataset.root(), "no response has a judgement or a rank")
        .hint("name reviews with --reviews, or a dataset whose responses have binary_correct or model_rank");
    Err(nothing(dataset.root(), &sources.main.tally, Vec::new()).unwrap_or(otherwise))
}

/// How much of each case's evidence models were sent.
type HeldOfCases = Vec<(CaseKey, Vec<(String, Held)>)>;

/// The tokens of the cases' records, estimated from their plain text, and how much of the evidence models were sent; and how many
/// records are left out, each named in a notice. Records are read two at a time or more and let go at once.
fn measured(dataset: &Dataset, pins: &Pins, notices: &mut Vec<Notice>) -> (Measured, usize) {
    let mut seen = BTreeSet::new();
    let mut cases: Vec<_> = dataset.cases().iter().collect();
    cases.retain(|c| seen.insert(&c.person_id));
    let people = cases.len();
    cases.retain(|c| dataset.record_path(c).is_ok());
    if cases.len() < people {
        let what = format!(
            "{} of {people} records are not here, so their length is not known",
            people - cases.len()
        );
        notices.push(Notice::file(Severity::Info, dataset.root(), what));
    }
    let mut of_person: FxHashMap<&str, Vec<&Case>> = FxHashMap::default();
    let asks = |case: &&Case| case.outcomes.iter().any(|o| o.window.is_some());
    for case in dataset.cases().iter().filter(asks) {
        of_person.entry(&case.person_id).or_default().push(case);
    }
    let measure = |case: &&Case| -> Result<(u64, HeldOfCases)> {
        let record = dataset.load_record(case)?;
        let mut counter = tokens::Counter::default();
        linear::write_record(&record, &mut counter)
            .map_err(|e| Error::io(record.path(), "counting its words", e))?;
        let passages = Passages::of(&record);
        let asked = of_person.get(case.person_id.as_str()).into_iter().flatten();
        let held = asked.map(|case| (case.key(), held(&record, &passages, (case, pins))));
        Ok((counter.tokens(), held.collect()))
    };
    let found: Vec<_> = cases.par_iter().map(measure).collect();
    let mut measured = Measured::default();
    let mut left_out = 0;
    for (case, found) in cases.iter().zip(found) {
        match found {
            Ok((tokens, held)) => {
                measured.tokens.insert(case.person_id.clone(), tokens);
                measured.held.extend(held);
            }
            Err(error) => {
                left_out += 1;
                let file = dataset.record_path(case);
                let file = file.unwrap_or_else(|_| dataset.root().to_owned());
                let what = format!("the record's length is left out: {}", error.about(&file));
                notices.push(Notice::file(Severity::Error, &file, what));
            }
        }
    }
    (measured, left_out)
}
