//! `medalign import judgements`: what people said in Label Studio or Argilla, as acts in their review files.
//!
//! In: an export of one of the two, and the dataset it is about. Out: lines appended to the review files of those who said
//! something, and on the output what was brought in and what was not. Never: a line written twice, a mark that the reviewer gave
//! later here overruled.

use std::collections::BTreeMap;
use std::fmt::Write as _;
use std::io::Write;
use std::path::{Path, PathBuf};
use std::sync::Arc;

use super::output::Guard;
use crate::config::Config;
use crate::dataset::{CaseKey, Dataset};
use crate::error::{Error, Result};
use crate::review::exchange::fit::fit;
use crate::review::exchange::plan;
use crate::review::exchange::said::{self, Brought, By, Said};
use crate::review::line::Reading;
use crate::review::place::{Seat, review_file};
use crate::review::{Act, Ledger, Log, Reviewer, Session, Texts};
use crate::text::safe;

/// Bring in what people said in Label Studio or Argilla
///
/// FILE is what `medalign export --format label-studio` or `argilla` wrote, labelled there and exported again as JSON (for
/// Argilla what `to_disk` writes: name the folder). Verdicts, kinds of error, harm, remarks, ranks and gold responses become acts in
/// the review file of the person who gave them; a submitted annotation submits the case. What is not answered changes nothing, and
/// neither does a file that was brought in before. What the reviewer said later here stays.
///
/// People are named by their email or user name. Where the file has ids only, say who is who with --reviewer.
///
/// A form that shows another question or answer than the dataset has judges nothing of it. A form of which something is left out submits
/// nothing. Of two forms of one reviewer on one case the later counts, and what it takes the place of is listed.
///
/// The exit code is 1 when something in the file could not be used or is superseded; the rest is brought in all the same.
#[derive(Clone, Debug, clap::Args)]
pub struct Args {
    /// The export: tasks of Label Studio, records of Argilla, or the folder they are in
    pub file: PathBuf,
    /// The dataset's folder
    pub dir: PathBuf,
    /// Who a user is, by email, user name or id: `5=jchen`; may be given more than once
    #[arg(long = "reviewer", value_name = "ID=NAME", value_parser = parse_reviewer)]
    pub reviewers: Vec<(String, String)>,
    /// Take all of it as said by this reviewer; refused where several people filled the forms
    #[arg(long = "as", value_name = "NAME", conflicts_with = "reviewers")]
    pub reviewer: Option<String>,
    /// The review file to write, where all is by one reviewer
    #[arg(long, value_name = "PATH")]
    pub review_file: Option<PathBuf>,
    /// Only say what would be done
    #[arg(long)]
    pub dry_run: bool,
}

fn parse_reviewer(text: &str) -> std::result::Result<(String, String), String> {
    match text.rsplit_once('=') {
        Some((id, name)) if !id.is_empty() && !name.is_empty() => {
            Ok((id.to_owned(), name.to_owned()))
        }
        _ => Err("write ID=NAME, for example 5=jchen".to_owned()),
    }
}

/// Brings the file in and says what was done.
///
/// # Errors
/// When the file, the dataset or a review file cannot be used; and, after all that fits was brought in, when something did not.
pub(crate) fn run(args: &Args, config: &Config, out: &mut dyn Write) -> Result<()> {
    let dataset = Dataset::open(&args.dir)?;
    let Brought {
        items,
        said,
        mut wrong,
        passed,
    } = said::read(&args.file)?;
    let mut report = String::new();
    // Writing to a string does not fail.
    let _ = writeln!(
        report,
        "read: {items} tasks or records, {} filled forms",
        said.len()
    );
    for (what, n) in passed {
        let _ = writeln!(report, "passed over: {n} {what}");
    }
    refuse_several(args, &said)?;
    if let Some(path) = &args.review_file {
        let tables = dataset.tables().iter().map(|t| &t.path);
        let records = dataset.record_files().iter().map(|r| &r.path);
        let guard = Guard::default().reads([&args.file]);
        guard.reads(tables.chain(records)).review_file(path)?;
    }
    let people = by_reviewer(args, &dataset, said, &mut wrong);
    if people.len() > 1 && args.review_file.is_some() {
        return Err(
            Error::usage(format!("the file has forms of {} reviewers", people.len()))
                .hint("leave --review-file away: each reviewer has a file"),
        );
    }
    let mut superseded = Vec::new();
    for (reviewer, said) in &people {
        let mut done = bring(args, config, &dataset, reviewer, said, &mut report)?;
        wrong.append(&mut done.wrong);
        superseded.append(&mut done.superseded);
    }
    let file = args.file.display();
    for what in &wrong {
        let _ = writeln!(report, "left out: {file}: {what}");
    }
    for what in &superseded {
        let _ = writeln!(report, "superseded: {file}: {what}");
    }
    out.write_all(report.as_bytes())
        .map_err(super::output_failed)?;
    match (wrong.len(), superseded.len()) {
        (0, 0) => Ok(()),
        (n, 0) => Err(Error::problems(format!(
            "{n} things could not be used; the rest is brought in"
        ))
        .hint("correct them in the other program and export again: nothing is brought in twice")),
        (n, more) => Err(Error::problems(format!(
            "{more} forms are superseded by others of the same reviewer, {n} things could not be used; the rest is brought in"
        ))
        .hint("if two people filled them, name each with --reviewer ID=NAME")),
    }
}

/// Refuses to take the forms of several people as said by one: of each case one person's marks alone would be left.
fn refuse_several(args: &Args, said: &[Said]) -> Result<()> {
    let Some(name) = &args.reviewer else {
        return Ok(());
    };
    let mut people: BTreeMap<&By, usize> = BTreeMap::new();
    for said in said {
        *people.entry(&said.by).or_default() += 1;
    }
    if people.len() < 2 {
        return Ok(());
    }
    let each = people.iter().map(|(by, n)| format!("{} {n}", by.told()));
    let each = each.collect::<Vec<_>>().join(", ");
    Err(Error::problems(format!(
        "nothing is brought in: {} people filled these forms ({each}), and --as {} takes them for one",
        people.len(),
        safe(name),
    ))
    .hint("say who each is with --reviewer ID=NAME"))
}

/// What was said of the dataset's cases, by reviewer.
fn by_reviewer(
    args: &Args,
    dataset: &Dataset,
    said: Vec<Said>,
    wrong: &mut Vec<String>,
) -> BTreeMap<Reviewer, Vec<Said>> {
    let cases: BTreeMap<CaseKey, usize> = (0..)
        .zip(dataset.cases())
        .map(|(i, case)| (case.key(), i))
        .collect();
    let mut people: BTreeMap<Reviewer, Vec<Said>> = BTreeMap::new();
    for mut said in said {
        let place = &said.place;
        let Some(&case) = cases.get(&said.case) else {
            let case = said.case.to_string();
            wrong.push(format!("{place}: the dataset has no case {}", safe(&case)));
            continue;
        };
        let reviewer = match who(args, &said.by) {
            Ok(reviewer) => reviewer,
            Err(what) => {
                wrong.push(format!("{place}: {what}"));
                continue;
            }
        };
        let left_out = fit(&mut said, &dataset.cases()[case]);
        let placed = left_out
            .into_iter()
            .map(|what| format!("{}: {what}", said.place));
        wrong.extend(placed);
        people.entry(reviewer).or_default().push(said);
    }
    people
}

/// The reviewer who said something, or why that is not known.
fn who(args: &Args, by: &By) -> std::result::Result<Reviewer, String> {
    let named = |id: &String| {
        let pair = args.reviewers.iter().find(|(known, _)| known == id);
        pair.map(|(_, name)| name.clone())
    };
    let name = match (&args.reviewer, by) {
        (Some(name), _) => Some(name.clone()),
        (None, By::Name(name)) => named(name).or_else(|| Some(name.clone())),
        (None, By::Id(id)) => named(id),
        (None, By::Nobody) => None,
    };
    match (name, by) {
        (Some(name), _) => Reviewer::new(&name).map_err(|e| e.to_string()),
        (None, By::Id(id)) => {
            let id = safe(id);
            Err(format!(
                "who is user {id}? say it with --reviewer {id}=NAME"
            ))
        }
        (None, _) => Err("it does not say who; say it with --as NAME".to_owned()),
    }
}

/// Appends to one reviewer's file what it lacks.
fn bring(
    args: &Args,
    config: &Config,
    dataset: &Dataset,
    reviewer: &Reviewer,
    said: &[Said],
    report: &mut String,
) -> Result<plan::Plan> {
    let seat = Seat {
        dataset: dataset.root(),
        name: dataset.name(),
        data: &config.folders.data,
        asked: args.review_file.as_deref(),
    };
    let (path, notices) = review_file(&seat, reviewer);
    let all: Vec<&Said> = said.iter().collect();
    let now = crate::clock::now();
    let mut ledger = Ledger::new(reviewer.name());
    for line in Reading::of_file(&path)?.entries {
        ledger.apply(line.entry);
    }
    ledger.hold_against(Arc::new(Texts::of(dataset.cases())));
    let mut todo = plan::plan(&ledger, &all, now);
    if !args.dry_run && !todo.entries.is_empty() {
        let opened = Log::open(&path, &session(dataset, reviewer, &ledger))?;
        for notice in notices.iter().chain(&opened.notices) {
            let _ = writeln!(report, "{notice}");
        }
        let mut log = opened.log;
        // What was appended before the file was locked counts, too.
        todo = plan::plan(log.ledger(), &all, now);
        log.append_all(todo.entries.clone())?;
    }
    tell(args, reviewer, &path, &todo, report);
    Ok(todo)
}

/// A sitting that goes on with the blind order of the last one.
fn session(dataset: &Dataset, reviewer: &Reviewer, ledger: &Ledger) -> Session {
    let seed = match ledger.last_session().map(|entry| &entry.act) {
        Some(Act::Session { seed, .. }) => *seed,
        _ => 0,
    };
    Session {
        reviewer: reviewer.clone(),
        dataset: dataset.name().to_owned(),
        fingerprint: dataset.fingerprint().to_owned(),
        seed,
        texts: Arc::new(Texts::of(dataset.cases())),
    }
}

fn tell(args: &Args, reviewer: &Reviewer, path: &Path, plan: &plan::Plan, report: &mut String) {
    let done = if args.dry_run {
        "would be written"
    } else {
        "written"
    };
    let _ = writeln!(
        report,
        "{}: {} acts {done} to {}, {} of them in place of others; {} say what is there, {} were brought in before, {} are older than what was said here",
        reviewer.name(),
        plan.entries.len(),
        path.display(),
        plan.replaced,
        plan.same,
        plan.before,
        plan.newer_here,
    );
    if plan.not_submitted > 0 {
        let _ = writeln!(
            report,
            "{}: {} cases not submitted, since something in their forms was left out",
            reviewer.name(),
            plan.not_submitted,
        );
    }
}
