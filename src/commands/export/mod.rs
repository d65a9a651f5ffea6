//! `medalign export`: what reviewers said of a dataset, as files that other programs read.
//!
//! In: a dataset and its review files, all reviewers'. Out: tables in the released layout, JSON Lines, or what Label Studio and
//! Argilla read; and counts that add up. The review files are only read, and nothing is written over without being told to.

mod inspect;

use std::fmt::Write as _;
use std::io::Write;
use std::path::{Path, PathBuf};

use clap::ValueEnum;

use super::output::{Guard, There};
use super::reviews::{self, Reviews};
use crate::config::Config;
use crate::dataset::Dataset;
use crate::error::{Error, Result};
use crate::files::name;
use crate::files::private;
use crate::files::replace::put;
use crate::notice::{Notice, Severity};
use crate::review::counted::Rules;
use crate::review::exchange::{
    Account, File, Options, Readings, Source, Which, argilla, label_studio, lines, tables,
};
use crate::review::plan::Queues;

/// The folder of records that readers of the released layout look into.
const RECORDS: &str = "medalign_ehr_xml";

/// Write what reviewers said as files that others can read
///
/// Without --out the table of responses (or the JSON lines) goes to standard output and the counts to standard error. With it,
/// PATH becomes a folder with all tables of the format, or the one file where it ends in .tsv or .jsonl. Files are private to
/// you (0600), appear all at once, and replace none that is there unless --force says so. `medalign help export` describes each
/// format. A reading is written once it is submitted, and if the models' names were not in view when its marks were made; the counts
/// say what is left out, by reviewer. The exit code is 1 when a review file has bad lines, or marks of cases, models and
/// texts that the dataset does not have.
#[derive(Clone, Debug, clap::Args)]
#[expect(
    clippy::struct_excessive_bools,
    reason = "each is a switch of the command line"
)]
pub struct Args {
    /// The dataset's folder
    pub dir: PathBuf,
    /// The format
    #[arg(long, visible_alias = "to", value_enum, default_value_t)]
    pub format: Format,
    /// The Inspect log that the answers were imported from; it is only read (format inspect)
    #[arg(long, value_name = "LOG")]
    pub log: Option<PathBuf>,
    /// The answers' label, whose judgements are written (format inspect)
    #[arg(long, value_name = "NAME")]
    pub label: Option<String>,
    /// The score to edit [default: medalign, a score of its own] (format inspect)
    #[arg(long, value_name = "NAME")]
    pub score: Option<String>,
    /// The folder or file to write [default: standard output, as for `-`]
    #[arg(long, value_name = "PATH")]
    pub out: Option<PathBuf>,
    /// Which cases: those somebody reviewed, those with a response nobody judged, or all [default: reviewed; all as tasks and
    /// records]
    #[arg(long, value_enum, value_name = "WHICH")]
    pub cases: Option<Which>,
    /// Which readings: each reviewer's first, or second readings and adjudications, too (as tables and lines)
    #[arg(long, value_enum, default_value_t, value_name = "WHICH")]
    pub readings: Readings,
    /// What counts beside what is submitted and was judged blind; the rest is left out.
    #[command(flatten)]
    pub rules: Rules,
    /// A review file to read instead of those of the dataset; may be given more than once
    #[arg(long, value_name = "PATH")]
    pub review_file: Vec<PathBuf>,
    /// Leave out all free text: questions, responses, gold responses, quotes, remarks
    #[arg(long)]
    pub no_text: bool,
    /// Offer the judgements and ranks of the dataset's own table, for correction (as tasks and records)
    #[arg(long)]
    pub suggest: bool,
    /// Copy the cases' records too, to `medalign_ehr_xml` in the folder (format medalign)
    #[arg(long, conflicts_with = "no_text")]
    pub records: bool,
    /// Replace files that are there already
    #[arg(long)]
    pub force: bool,
}

/// What is written.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, ValueEnum)]
pub enum Format {
    /// The tables of the released dataset
    #[default]
    Medalign,
    /// One JSON object for each instruction, model and reviewer
    Jsonl,
    /// Tasks and a labeling configuration for Label Studio
    LabelStudio,
    /// Records and settings for Argilla
    Argilla,
    /// A copy of an Inspect log with judgements as edits of scores
    Inspect,
}

/// Writes the files and says what is in them.
///
/// # Errors
/// When the dataset or a review file cannot be read, or a file is there or cannot be written; and, after all was written, when
/// review files have bad lines or marks that the dataset has no case or response for.
pub(crate) fn run(args: &Args, config: &Config, out: &mut dyn Write) -> Result<()> {
    let dataset = Dataset::open(&args.dir)?;
    let which = args.cases.unwrap_or(match args.format {
        Format::Medalign | Format::Jsonl => Which::Reviewed,
        Format::LabelStudio | Format::Argilla | Format::Inspect => Which::All,
    });
    let forms = matches!(args.format, Format::LabelStudio | Format::Argilla);
    if forms && args.readings == Readings::All {
        return Err(Error::usage(
            "a form holds one reading of each person, and --readings all was given",
        )
        .hint("leave --readings out, or export as medalign or jsonl"));
    }
    let files = review_files(args, config, &dataset)?;
    if files.is_empty() && which == Which::Reviewed {
        return Err(
            Error::unreadable(&args.dir, "nobody has reviewed this dataset yet").hint(
                "name a review file with --review-file if it is kept elsewhere; --cases all writes what nobody reviewed, too",
            ),
        );
    }
    let mut report = String::new();
    let mut reviews = Reviews::read(&files, &dataset)?;
    let (plan, off) = Queues::of_folder(dataset.root());
    reviews.bad.extend(off);
    for notice in reviews.bad.iter().chain(&reviews.of_texts(dataset.root())) {
        let _ = writeln!(report, "{notice}");
    }
    let Reviews { ledgers, bad } = reviews;
    let bad = bad.len();
    let source = Source {
        name: dataset.name(),
        cases: dataset.cases(),
        relevance: dataset.relevance(),
        ledgers: &ledgers,
        plan: plan.as_ref(),
    };
    let options = Options {
        which,
        readings: args.readings,
        rules: args.rules,
        text: !args.no_text,
        suggest: args.suggest,
    };
    let target = Target::of(args)?;
    let guard = Guard::default().dataset(&dataset).reads(&files);
    let there = There::Option("--force", args.force);
    if target == Target::Output {
        guard.to(None, there)?;
    }
    let (made, account, unused) = if args.format == Format::Inspect {
        let (account, bad) = inspect::write(args, &source, options, guard.clone(), &mut report)?;
        (Vec::new(), account, bad)
    } else {
        let (made, account) = make(&source, options, args.format, &target)
            .map_err(|e| Error::io(&args.dir, "writing into memory", e))?;
        (made, account, 0)
    };
    refuse_gaps(&account)?;
    let copied = (args.records).then(|| records(&dataset, &source, options));
    match &target {
        Target::Output => {
            let written = made.iter().try_for_each(|file| out.write_all(&file.bytes));
            written.map_err(super::output_failed)?;
        }
        Target::File(_) if made.is_empty() => {}
        Target::File(path) => {
            let place = guard.file(path, there)?;
            for file in &made {
                place.write(&file.bytes)?;
            }
        }
        Target::Folder(folder) => {
            let copied = copied.as_ref().map_or(&[][..], |c| &c.files);
            let guard = guard.makes_folders();
            place(folder, &made, copied, args.force, |path| {
                guard.file(path, there).map(drop)
            })?;
        }
    }
    let counts = [files.len(), ledgers.len()];
    tell(&account, &target, &made, counts, &mut report);
    if let Some(copied) = &copied {
        copied.tell(&mut report);
    }
    let told = if target == Target::Output {
        crate::sink::stderr().write_all(report.as_bytes())
    } else {
        out.write_all(report.as_bytes())
    };
    told.map_err(super::output_failed)?;
    match (bad + unused, account.problems()) {
        (0, 0) => super::left_out(copied.map_or(0, |c| c.notices.len()), "copied"),
        (bad, strays) => Err(Error::problems(format!(
            "all that fits is written; bad lines and samples: {bad}, marks of what the dataset does not have: {strays}"
        ))
        .hint("`medalign review-file verify` names the lines of each review file")),
    }
}

/// Refuses to write what does not add up.
fn refuse_gaps(account: &Account) -> Result<()> {
    let gaps: Vec<&str> = account.gaps().iter().map(|i| i.name()).collect();
    if gaps.is_empty() {
        return Ok(());
    }
    let gaps = gaps.join(", ");
    Err(Error::bug(format!(
        "nothing is written: counts of {gaps} do not add up"
    )))
}

/// Where the files go.
#[derive(Clone, Debug, PartialEq, Eq)]
enum Target {
    /// Standard output, one file.
    Output,
    /// One file.
    File(PathBuf),
    /// A folder of files.
    Folder(PathBuf),
}

impl Target {
    fn of(args: &Args) -> Result<Target> {
        let named = args.out.as_ref().filter(|p| p.as_path() != "-");
        let Some(path) = named else {
            let folder = matches!(args.format, Format::LabelStudio | Format::Argilla);
            return if args.records || folder {
                Err(Error::usage("there is more than one file to write")
                    .hint("name a folder with --out"))
            } else {
                Ok(Target::Output)
            };
        };
        let ends = |with: &str| {
            path.extension()
                .is_some_and(|e| e.eq_ignore_ascii_case(with))
        };
        let whole = match args.format {
            Format::Medalign => !ends("tsv"),
            Format::Jsonl | Format::Inspect => false,
            Format::LabelStudio | Format::Argilla => true,
        };
        if args.records && !(whole && args.format == Format::Medalign) {
            return Err(Error::usage(
                "records are copied beside the tables of the format medalign",
            )
            .hint("name a folder with --out, or leave --records away"));
        }
        Ok(if whole {
            Target::Folder(path.clone())
        } else {
            Target::File(path.clone())
        })
    }
}

fn make(
    source: &Source<'_>,
    options: Options,
    format: Format,
    target: &Target,
) -> std::io::Result<(Vec<File>, Account)> {
    let alone = |name, (bytes, account)| (vec![File { name, bytes }], account);
    Ok(match (format, target) {
        (Format::Medalign, Target::Folder(_)) => tables::files(source, options)?,
        (Format::Medalign, _) => {
            alone(tables::RESPONSES, tables::responses_alone(source, options)?)
        }
        (Format::LabelStudio, _) => label_studio::files(source, options),
        (Format::Argilla, _) => argilla::files(source, options),
        (Format::Jsonl, _) => alone("reviews.jsonl", lines::write(source, options)),
        // A log is edited where it is copied, and nothing is made of its own.
        (Format::Inspect, _) => (Vec::new(), Account::default()),
    })
}

fn review_files(args: &Args, config: &Config, dataset: &Dataset) -> Result<Vec<PathBuf>> {
    if !args.review_file.is_empty() {
        return Ok(args.review_file.clone());
    }
    reviews::files(dataset, config)
}

/// Writes a folder: all at once where it is not there yet, else file by file after all were found free.
fn place(
    folder: &Path,
    made: &[File],
    copied: &[(PathBuf, String)],
    force: bool,
    refuse: impl Fn(&Path) -> Result<()>,
) -> Result<()> {
    let io = |path: &Path, e| Error::io(path, "writing the export", e);
    if folder.is_file() {
        return Err(Error::usage(format!("{} is a file", folder.display()))
            .hint("name a folder with --out"));
    }
    let names = made.iter().map(|f| f.name.to_owned());
    let names = names.chain(copied.iter().map(|(_, name)| name.clone()));
    for name in names {
        let path = folder.join(name);
        refuse(&path)?;
    }
    if folder.is_dir() {
        return fill(folder, made, copied, force);
    }
    let parent = private::parent(folder);
    private::private_folder(parent)?;
    // Removed with all in it when something fails.
    let making = private::folder_in(parent, ".medalign-").map_err(|e| io(parent, e))?;
    fill(making.path(), made, copied, false)?;
    std::fs::rename(making.path(), folder).map_err(|e| io(folder, e))?;
    // It has another name now, and nothing is left to remove.
    let _ = making.keep();
    Ok(())
}

fn fill(folder: &Path, made: &[File], copied: &[(PathBuf, String)], replace: bool) -> Result<()> {
    for file in made {
        let path = folder.join(file.name);
        private::private_folder(path.parent().unwrap_or(folder))?;
        put(&path, replace, |to| to.write_all(&file.bytes))?;
    }
    for (from, name) in copied {
        let path = folder.join(name);
        private::private_folder(path.parent().unwrap_or(folder))?;
        let mut source =
            std::fs::File::open(from).map_err(|e| Error::io(from, "reading the record", e))?;
        put(&path, replace, |to| std::io::copy(&mut source, to))?;
    }
    Ok(())
}

/// The records to copy.
struct Records {
    /// Where each is, and its path in the export.
    files: Vec<(PathBuf, String)>,
    /// Patients of exported cases without a record.
    missing: usize,
    /// Records that are left out: they cannot be read, or are another patient's.
    notices: Vec<Notice>,
}

/// The records of the cases that are exported, one a patient.
fn records(dataset: &Dataset, source: &Source<'_>, options: Options) -> Records {
    let mut people = std::collections::BTreeSet::new();
    let mut records = Records {
        files: Vec::new(),
        missing: 0,
        notices: Vec::new(),
    };
    let picked = crate::review::exchange::picked::cases(source, options);
    for picked in picked.iter().filter(|p| people.insert(&p.case.person_id)) {
        let person = &picked.case.person_id;
        let Ok(path) = dataset.record_path(picked.case) else {
            records.missing += 1;
            continue;
        };
        let name = name::of_record(person, "xml");
        match dataset.load_record(picked.case).and(name) {
            Ok(name) => records.files.push((path, format!("{RECORDS}/{name}"))),
            Err(error) => {
                let what = format!("the record is left out: {}", error.about(&path));
                records
                    .notices
                    .push(Notice::file(Severity::Error, &path, what));
            }
        }
    }
    records
}

impl Records {
    fn tell(&self, report: &mut String) {
        let _ = writeln!(report, "records copied: {}", self.files.len());
        if self.missing > 0 {
            let _ = writeln!(
                report,
                "left out: the records of {} patients, which are not in the dataset",
                self.missing
            );
        }
        for notice in &self.notices {
            let _ = writeln!(report, "{notice}");
        }
    }
}

fn tell(
    account: &Account,
    target: &Target,
    made: &[File],
    [files, reviewers]: [usize; 2],
    report: &mut String,
) {
    let _ = writeln!(report, "review files: {files}, of {reviewers} reviewers");
    *report += &account.to_text();
    let _ = writeln!(report, "rows written: {}", account.rows);
    match target {
        Target::Output => {}
        Target::File(path) => {
            let _ = writeln!(report, "written: {}", path.display());
        }
        Target::Folder(folder) => {
            let names: Vec<&str> = made.iter().map(|f| f.name).collect();
            let _ = writeln!(
                report,
                "written: {}: {}",
                folder.display(),
                names.join(", ")
            );
        }
    }
}

#[cfg(test)]
mod tests;
