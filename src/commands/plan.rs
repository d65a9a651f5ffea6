//! `medalign plan`: who reads which cases, in which order.
//!
//! In: a dataset, the reviewers, who wrote what. Out: `plan.tsv` in the dataset's folder, which each reviewer's screen follows,
//! and what could not be met. Never: a reviewer on a case of their own, or a plan written over unasked.

use std::io::Write;
use std::path::{Path, PathBuf};

use super::output::{Guard, There};
use super::reviews::{self, Reviews};
use crate::commands::output_failed;
use crate::commands::plan_status::status;
use crate::commands::plan_summary::{Known, summary};
use crate::config::Config;
use crate::dataset::table::Table;
use crate::dataset::{Case, Dataset};
use crate::error::{Error, Result};
use crate::review::assign::{Reader, Share, Wanted, Wishes, share};
use crate::review::plan::{self, Plan};
use crate::review::{CaseReview, Ledger, Reviewer};

/// The columns that tables name the clinician who asked by.
const SUBMITTERS: [&str; 6] = [
    "submitter",
    "submitter_id",
    "submitter_name",
    "submitted_by",
    "author",
    "clinician_id",
];

/// Share the cases among reviewers: nobody's own, by specialty, some read by several, some read again
///
/// The plan is `plan.tsv` in the dataset's folder. `medalign review` lists each reviewer's cases in the plan's order.
/// Cases that were begun stay with who began them.
#[derive(Clone, Debug, clap::Args)]
pub struct Args {
    /// The dataset's folder
    pub dir: PathBuf,
    /// Reviewers: NAME, NAME:SPECIALTY+SPECIALTY, or NAME=OTHER=OTHER:SPECIALTY where tables call them otherwise
    #[arg(
        long,
        value_name = "NAMES",
        value_delimiter = ',',
        required_unless_present_any = ["reviewer_table", "status"]
    )]
    pub reviewers: Vec<String>,
    /// A table of reviewers with the columns reviewer, specialty (several: `;`) and also (other names, `;`)
    #[arg(long, value_name = "FILE")]
    pub reviewer_table: Option<PathBuf>,
    /// A table with `instruction_id` and submitter or annotator: who asked, who wrote a gold response (several: `;`)
    #[arg(long, value_name = "FILE")]
    pub authors: Option<PathBuf>,
    /// How many cases, or which share of them, several reviewers read: 50 or 10%
    #[arg(long, value_name = "N", default_value = "0", value_parser = Share::parse)]
    pub overlap: Share,
    /// How many reviewers read each of these
    #[arg(long, value_name = "N", default_value_t = 3)]
    pub readers: usize,
    /// How many of their cases, or which share, each reviewer reads again later, for self-agreement
    #[arg(long, value_name = "N", default_value = "0", value_parser = Share::parse)]
    pub again: Share,
    /// Give cases to reviewers of the specialty of who asked, as far as equal loads allow
    #[arg(long)]
    pub by_specialty: bool,
    /// Seed of what is drawn; the same seed gives the same plan
    #[arg(long, value_name = "N", default_value_t = 0)]
    pub seed: u64,
    /// Write the plan here instead of in the dataset's folder; `-` is standard output
    #[arg(long, value_name = "FILE")]
    pub out: Option<PathBuf>,
    /// Make a new plan in place of the one that is there
    #[arg(long)]
    pub force: bool,
    /// Make no plan: say how far the reviewers are with the one that is there
    #[arg(long, conflicts_with_all = ["reviewers", "reviewer_table", "authors", "out", "force"])]
    pub status: bool,
}

/// Writes the plan and says how it came out.
///
/// # Errors
/// When the dataset or a table cannot be read, the reviewers are named badly, or a plan is there.
pub(crate) fn run(args: &Args, config: &Config, out: &mut dyn Write) -> Result<()> {
    let dataset = Dataset::open(&args.dir)?;
    if args.status {
        return told_status(&dataset, config, out);
    }
    let reviewers = reviewers(args)?;
    let to = (args.out.clone()).unwrap_or_else(|| dataset.root().join(plan::FILE));
    if dataset.root().is_file() && args.out.is_none() {
        return Err(
            Error::usage("one record file has no cases to share").hint("name a dataset's folder")
        );
    }
    let tables = args.reviewer_table.iter().chain(&args.authors);
    let guard = Guard::default().dataset(&dataset).reads(tables);
    let place = (guard.writes_plans()).to(Some(&to), There::Option("--force", args.force))?;
    let authors = args.authors.as_deref().map(Authors::read).transpose()?;
    let (wanted, known) = wanted(&dataset, &reviewers, authors.as_ref(), config)?;
    if wanted.is_empty() {
        return Err(
            Error::unreadable(&args.dir, "there is no instruction to share")
                .hint("`medalign check` says what is off in the folder"),
        );
    }
    let wishes = Wishes {
        overlap: args.overlap,
        readers: args.readers,
        again: args.again,
        by_specialty: args.by_specialty,
        seed: args.seed,
    };
    let sharing = share(&reviewers, &wanted, &wishes);
    let made = sharing.plan(&reviewers, &wanted);
    let table = made.to_table().map_err(output_failed)?;
    place.write(&table, out)?;
    let told = summary(&to, &reviewers, &wanted, &sharing, &wishes, &known);
    place.tell(&told, out)
}

/// Says how far the reviewers are.
fn told_status(dataset: &Dataset, config: &Config, out: &mut dyn Write) -> Result<()> {
    let path = dataset.root().join(plan::FILE);
    let (plan, notices) = Plan::read(&path)?;
    let reviews = Reviews::read(&reviews::files(dataset, config)?, dataset)?.of_people();
    reviews.tell(&mut crate::sink::stderr())?;
    for notice in &notices {
        writeln!(crate::sink::stderr(), "{notice}").map_err(output_failed)?;
    }
    let text = status(&plan, dataset.cases(), &reviews.ledgers);
    out.write_all(text.as_bytes()).map_err(output_failed)?;
    match notices.len() + reviews.bad.len() {
        0 => Ok(()),
        n => Err(Error::problems(format!(
            "{n} lines of the plan and of review files are left out"
        ))
        .hint("`medalign review-file verify` names those of a review file")),
    }
}

/// The reviewers of the flag and of the table, and whether they fit what is wished.
fn reviewers(args: &Args) -> Result<Vec<Reader>> {
    let mut readers = Vec::new();
    for text in args.reviewers.iter().filter(|t| !t.trim().is_empty()) {
        readers.push(reader(text)?);
    }
    if let Some(path) = &args.reviewer_table {
        readers.extend(read_reviewers(path)?);
    }
    for (i, reader) in readers.iter().enumerate() {
        Reviewer::new(&reader.name)?;
        if readers[..i].iter().any(|r| r.is(&reader.name)) {
            return Err(
                Error::usage(format!("the reviewer {} is named twice", reader.name))
                    .hint("name each reviewer once; several specialties are joined by +"),
            );
        }
    }
    if readers.is_empty() {
        return Err(
            Error::usage("no reviewer is named").hint("name them: --reviewers jchen,okafor")
        );
    }
    let overlaps = args.overlap.of(usize::MAX) > 0;
    if overlaps && !(2..=readers.len()).contains(&args.readers) {
        return Err(Error::usage(format!(
            "{} reviewers are named, and {} are to read each of the cases that several read",
            readers.len(),
            args.readers
        ))
        .hint("name more reviewers, or say how many with --readers (2 or more)"));
    }
    if args.by_specialty && readers.iter().all(|r| r.specialties.is_empty()) {
        return Err(
            Error::usage("--by-specialty, and no reviewer's specialty is known")
                .hint("say them: --reviewers jchen:Neurology,okafor:Cardiology"),
        );
    }
    Ok(readers)
}

/// One reviewer as the flag names them.
fn reader(text: &str) -> Result<Reader> {
    let list = |text: &str, by: char| -> Vec<String> {
        let parts = text.split(by).map(|p| p.trim().to_owned());
        parts.filter(|p| !p.is_empty()).collect()
    };
    let (names, specialties) = text.split_once(':').unwrap_or((text, ""));
    let mut names = list(names, '=').into_iter();
    let Some(name) = names.next() else {
        return Err(Error::usage(format!("`{text}` names no reviewer"))
            .hint("a reviewer is NAME, NAME:SPECIALTY or NAME=OTHER_NAME:SPECIALTY"));
    };
    Ok(Reader {
        name,
        aliases: names.collect(),
        specialties: list(specialties, '+'),
    })
}

fn several(cell: &str) -> Vec<String> {
    let parts = cell.split(';').map(|p| p.trim().to_owned());
    parts.filter(|p| !p.is_empty()).collect()
}

/// A table's column, or the error that it is missing.
fn column(table: &Table, name: &str) -> Result<usize> {
    table.column(name).ok_or_else(|| {
        Error::unreadable(
            table.path(),
            format_args!("line 1: the column {name} is missing"),
        )
        .hint("name the column in the table's first line")
    })
}

fn read_reviewers(path: &Path) -> Result<Vec<Reader>> {
    let table = Table::read(path)?.whole()?;
    let name = column(&table, "reviewer")?;
    let cells = |row: &crate::dataset::table::Row, name: &str| {
        table
            .column(name)
            .map_or_else(Vec::new, |c| several(row.get(c)))
    };
    let rows = table.rows().iter();
    Ok(rows
        .map(|row| Reader {
            name: row.get(name).trim().to_owned(),
            specialties: cells(row, "specialty"),
            aliases: cells(row, "also"),
        })
        .filter(|r| !r.name.is_empty())
        .collect())
}

/// Who wrote what, of a table of its own.
struct Authors {
    /// Instruction, patient (empty: any), who asked, who answered.
    rows: Vec<(String, String, Vec<String>, Vec<String>)>,
}

impl Authors {
    fn read(path: &Path) -> Result<Authors> {
        let table = Table::read(path)?.whole()?;
        let instruction = column(&table, "instruction_id")?;
        let person = table.column("person_id");
        let (submitter, annotator) = (table.column("submitter"), table.column("annotator"));
        if submitter.is_none() && annotator.is_none() {
            column(&table, "submitter")?;
        }
        let rows = table.rows().iter().map(|row| {
            let cell = |c: Option<usize>| c.map_or("", |c| row.get(c).trim());
            (
                row.get(instruction).trim().to_owned(),
                cell(person).to_owned(),
                several(cell(submitter)),
                several(cell(annotator)),
            )
        });
        let rows = rows.collect();
        Ok(Authors { rows })
    }

    fn of<'a>(&'a self, case: &'a Case) -> impl Iterator<Item = (&'a [String], &'a [String])> {
        let rows = self.rows.iter().filter(|(instruction, person, ..)| {
            *instruction == case.instruction_id && (person.is_empty() || *person == case.person_id)
        });
        rows.map(|(.., asked, answered)| (asked.as_slice(), answered.as_slice()))
    }
}

/// Who asked, as the dataset's tables have it.
fn submitters(case: &Case) -> Vec<String> {
    let responses = case.responses.first().map_or(&[][..], |r| &r.columns);
    let columns = case.columns.iter().chain(responses);
    let named = columns.filter(|(name, _)| SUBMITTERS.iter().any(|s| name.eq_ignore_ascii_case(s)));
    named.flat_map(|(_, value)| several(value)).collect()
}

/// The cases to share, who must not read which, who began which.
fn wanted(
    dataset: &Dataset,
    reviewers: &[Reader],
    authors: Option<&Authors>,
    config: &Config,
) -> Result<(Vec<Wanted>, Known)> {
    let ledgers = ledgers(dataset, config)?;
    let mut known = Known::default();
    let to_judge = dataset.cases().iter().any(|c| !c.responses.is_empty());
    let cases = dataset
        .cases()
        .iter()
        .filter(|c| !c.instruction_id.is_empty());
    let mut all = Vec::new();
    for case in cases {
        if to_judge && case.responses.is_empty() {
            known.without_responses += 1;
            continue;
        }
        let key = case.key();
        let mut asked = submitters(case);
        let mut answered: Vec<String> = case.golds.iter().map(|g| g.annotator.clone()).collect();
        for (also_asked, also_answered) in authors.iter().flat_map(|a| a.of(case)) {
            asked.extend_from_slice(also_asked);
            answered.extend_from_slice(also_answered);
        }
        known.asked += usize::from(!asked.is_empty());
        let (mut barred, mut begun) = (Vec::new(), Vec::new());
        for reader in reviewers {
            let review = ledgers.get(&reader.name).map(|l| l.case(&key));
            let own = asked.iter().any(|name| reader.is(name));
            let gold = answered.iter().any(|name| reader.is(name))
                || review.is_some_and(|r| r.gold.is_some());
            known.own_instructions += usize::from(own);
            known.own_golds += usize::from(gold);
            barred.push(own || gold);
            begun.push(review.is_some_and(|r| *r != CaseReview::default()));
        }
        all.push(Wanted {
            key,
            specialty: case.specialty.clone(),
            barred,
            begun,
        });
    }
    Ok((all, known))
}

/// What reviewers did so far, for what they wrote and what they began.
fn ledgers(
    dataset: &Dataset,
    config: &Config,
) -> Result<std::collections::BTreeMap<String, Ledger>> {
    let reviews = Reviews::read(&reviews::files(dataset, config)?, dataset)?.of_people();
    reviews.tell(&mut crate::sink::stderr())?;
    Ok(reviews.ledgers)
}
