//! `medalign import answers`: runs that people have already, as answers beside a dataset's tables.
//!
//! In: a run of another program, and the dataset it is about. Out: `model-responses/LABEL/`, tables of the scores that the run has, and
//! on the output what was taken, what was left out and why. Never: text of a run, or a model's answer given to a case by a guess.

use std::fmt::Write as _;
use std::io::Write;
use std::path::{Path, PathBuf};

use crate::dataset::{Case, Dataset, Outcome};
use crate::error::{Error, Result};
use crate::files::name;
use crate::infer::answers::folder;
use crate::infer::import::gather::{Gathered, Left, Wanted, gather};
use crate::infer::import::keep::{Keep, Kept, keep};
use crate::infer::import::{Field, Form, Run};
use crate::metrics::given::{self, Given};
use crate::metrics::score_tables;
use crate::notice::{Bounded, Notice, Severity};
use crate::text::{safe, thousands};

/// Bring in answers of a run that another program made: HELM, Inspect, lm-evaluation-harness, promptfoo, batches of OpenAI or Anthropic
///
/// Answers go to `model-responses/LABEL/` in the dataset's folder, where `review`, `export` and `report` find them, and the run's own
/// scores to `scores/`. An answer is joined to a case by the ids that the run keeps (`instruction_id`, `person_id`, in the metadata,
/// document or variables of a sample), or by its question and gold response. What fits no case, or several, is named and left out; then
/// the exit code is 1. An answer that is there stays: importing a run again adds nothing.
#[derive(Clone, Debug, clap::Args)]
pub struct Args {
    /// The run: a file or folder of the program that made it
    pub run: PathBuf,
    /// The dataset's folder
    pub dir: PathBuf,
    /// The program that made the run
    #[arg(long, value_enum, value_name = "PROGRAM")]
    pub from: Form,
    /// The answers' name, which stands for the model
    #[arg(long, value_name = "NAME")]
    pub label: String,
    /// Take the answers of this system, where the run has several (providers, models)
    #[arg(long, value_name = "NAME")]
    pub system: Option<String>,
    /// Take this one of several answers to the same (epoch, trial), from 1 [default: the first]
    #[arg(long, value_name = "N")]
    pub trial: Option<u32>,
    /// Take what this filter left of the answers (lm-eval) [default: the answers as the model gave them]
    #[arg(long, value_name = "NAME")]
    pub filter: Option<String>,
    /// A column, or a path with dots in JSON, as a field (jsonl): `instruction_id`, `person_id`, `question`, `gold`, `answer`, `model`,
    /// `finish_reason`, `prompt_tokens`, `completion_tokens`, `seconds`, `confidence`, `reasoning`, `error`, `window`
    #[arg(long = "map", value_name = "COLUMN=FIELD", value_parser = parse_map)]
    pub maps: Vec<(String, Field)>,
    /// The folder for answers (default: model-responses in the dataset's folder); scores go to `scores` in it
    #[arg(long, value_name = "FOLDER")]
    pub out: Option<PathBuf>,
    /// Leave the run's scores out
    #[arg(long)]
    pub no_scores: bool,
    /// Let these answers take the place of others of the same label; the file keeps both
    #[arg(long)]
    pub replace: bool,
    /// Only say what would be done
    #[arg(long)]
    pub dry_run: bool,
}

fn parse_map(text: &str) -> std::result::Result<(String, Field), String> {
    let (column, name) = text
        .rsplit_once('=')
        .ok_or("write COLUMN=FIELD, for example response.text=answer")?;
    Ok((column.trim().to_owned(), Field::named(name.trim())?))
}

/// Brings the run in and says what was done; the exit code is 1 when something was left out.
///
/// # Errors
/// When the run or the dataset cannot be read, or the answers not be written; and, after all that fits was brought in, when something did
/// not.
pub(crate) fn run(args: &Args, out: &mut dyn Write) -> Result<()> {
    name::of_record(&args.label, "d").map_err(|_| {
        Error::usage(format!(
            "the label {} cannot be the name of a folder",
            args.label
        ))
        .hint("take letters, digits, dots and hyphens")
    })?;
    if !args.maps.is_empty() && args.from != Form::Jsonl {
        return Err(Error::usage(
            "--map is for --from jsonl; this form says itself what is what",
        ));
    }
    if args.filter.is_some() && args.from != Form::LmEval {
        return Err(Error::usage("--filter is for --from lm-eval"));
    }
    let dataset = Dataset::open(&args.dir)?;
    let askable = dataset.askable();
    let run = Run {
        form: args.from,
        path: args.run.clone(),
        filter: args.filter.clone(),
        maps: args.maps.clone(),
    };
    let wanted = Wanted {
        system: args.system.clone(),
        trial: args.trial,
    };
    let mut gathered = gather(&run, &wanted, &askable)?;
    if gathered.read == 0 {
        let what = match gathered.left.as_slice() {
            [] => "no answer is in this run".to_owned(),
            [first, ..] => {
                let (n, Left { place, why, .. }) = (gathered.left.len(), first);
                format!("no answer of this run can be read ({n} cannot): {place}: {why}")
            }
        };
        return Err(
            Error::unreadable(&args.run, what).hint("is it of the program that --from says?")
        );
    }
    leave_to_table(&mut gathered, &args.label);
    let folder = folder(&dataset, args.out.as_deref(), &args.label);
    let how = Keep {
        folder: &folder,
        label: &args.label,
        from: args.from.name(),
        run: &args.run,
        replace: args.replace,
        dry: args.dry_run,
    };
    let kept = keep(how, &dataset, &gathered.about, &gathered.answers)?;
    gathered
        .left
        .extend(kept.other.iter().map(|(case, place)| Left {
            place: place.clone(),
            why: format!("case {case} has another answer of this label, which stays"),
            kind: "to cases that have another answer of this label (--replace takes these)",
        }));
    let mut report = String::new();
    tell(args, &folder, &gathered, &kept, &mut report);
    if !args.no_scores {
        write_scores(args, &dataset, &gathered, &kept, &mut report)?;
    }
    out.write_all(report.as_bytes())
        .map_err(super::output_failed)?;
    let notices = gathered.about.notices.iter();
    let off = notices.filter(|n| n.severity == Severity::Error).count();
    match gathered.left.len() + kept.bad.len() + off {
        0 => Ok(()),
        n => Err(Error::problems(format!("{n} things could not be used; the rest is {}", done(args)))
            .hint("ids in the run (instruction_id, person_id) join what question and gold response do not")),
    }
}

/// Leaves out answers to what a table has a response of the same name to: that one is shown and counted, not these.
fn leave_to_table(gathered: &mut Gathered<'_>, label: &str) {
    let answers = std::mem::take(&mut gathered.answers);
    let has = |case: &Case| {
        case.outcome(label).is_none() && case.responses.iter().any(|r| r.model == label)
    };
    let (left, stay) = answers
        .into_iter()
        .partition::<Vec<_>, _>(|(case, _)| has(case));
    gathered.answers = stay;
    gathered
        .left
        .extend(left.into_iter().map(|(case, found)| Left {
            place: found.place,
            why: format!(
                "a table has a response of this label to case {}, which is used",
                case.key()
            ),
            kind: "to cases to which a table has a response of this label (take another --label)",
        }));
}

fn done(args: &Args) -> &'static str {
    if args.dry_run {
        "what would be brought in"
    } else {
        "brought in"
    }
}

fn tell(args: &Args, folder: &Path, gathered: &Gathered<'_>, kept: &Kept, report: &mut String) {
    let n = |n: usize| thousands(n as u64);
    // Writing to a string does not fail.
    let mut line = |what: String| {
        let _ = writeln!(report, "{}", safe(&what));
    };
    line(format!(
        "read: {} answers of {}",
        n(gathered.read),
        args.from.name()
    ));
    for (what, count) in &gathered.about.aside {
        line(format!("passed over: {} {what}", n(*count)));
    }
    let mut outcomes = [0; Outcome::ALL.len()];
    for (_, found) in &gathered.answers {
        outcomes[found.outcome as usize] += 1;
    }
    let outcomes = Outcome::ALL
        .into_iter()
        .zip(outcomes)
        .filter(|(_, n)| *n > 0);
    let outcomes: Vec<String> = outcomes
        .map(|(o, count)| format!("{} {}", n(count), o.name().replace('_', " ")))
        .collect();
    let outcomes = match outcomes.as_slice() {
        [] => String::new(),
        some => format!(" ({})", some.join(", ")),
    };
    line(format!(
        "joined to cases: {}{outcomes}",
        n(gathered.answers.len())
    ));
    let would = if args.dry_run { "would be " } else { "" };
    line(format!(
        "{}: {} {would}new, {} {would}replaced, {} there already",
        args.label,
        n(kept.new),
        n(kept.replaced),
        n(kept.same)
    ));
    if !args.dry_run && !gathered.answers.is_empty() {
        line(format!("  {}", folder.display()));
    }
    for notice in &gathered.about.notices {
        line(notice.to_string());
    }
    let answers = folder.join("answers.jsonl");
    for at in &kept.bad {
        let what = "no outcome stands here; the line is passed over";
        line(Notice::line(Severity::Warning, &answers, *at, what).to_string());
    }
    let mut notices = Bounded::default();
    for left in &gathered.left {
        notices.add(left.kind, Severity::Error, || {
            let what = format!("{}: {}; it is left out", left.place, left.why);
            Notice::file(Severity::Error, &args.run, what)
        });
    }
    let rest = |kind, n| format!("{n} more answers {kind} are left out");
    for notice in notices.into_notices(&args.run, rest) {
        line(notice.to_string());
    }
}

/// Writes the scores of answers that are there now.
fn write_scores(
    args: &Args,
    dataset: &Dataset,
    gathered: &Gathered<'_>,
    kept: &Kept,
    report: &mut String,
) -> Result<()> {
    let stays = |key| kept.other.iter().any(|(other, _)| *other == key);
    let answers = gathered.answers.iter();
    let given: Vec<Given<'_>> = answers
        .filter(|(case, found)| found.outcome.is_answer() && !stays(case.key()))
        .map(|(case, found)| Given {
            case,
            text: &found.told.text,
            scores: &found.scores,
        })
        .collect();
    let count: usize = given.iter().map(|g| g.scores.len()).sum();
    if args.dry_run || count == 0 {
        return Ok(());
    }
    let folder = match &args.out {
        Some(out) => out.join("scores"),
        None => score_tables::folder(dataset.root()),
    };
    for (path, n) in given::write(&folder, &args.label, args.from.name(), &given)? {
        let _ = writeln!(
            report,
            "scores: {n} in {}",
            safe(&path.display().to_string())
        );
    }
    Ok(())
}
