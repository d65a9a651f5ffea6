//! `medalign adjudicate`: the reviewer on the cases that others disagree on, with what each of them said.
//!
//! In: a dataset, all reviewers' files, the name of the one who decides. Out: the screen, and decisions in that person's own
//! review file. The reviewers' files are only read. Never: that others disagree on a case which that person has still to read,
//! unless it was asked for and is noted.

use std::collections::BTreeMap;
use std::io::{self, Write};
use std::path::{Path, PathBuf};

use super::review::{self, SeatArgs, Wish};
use super::reviews::{self, Reviews};
use crate::cli::DatasetArg;
use crate::config::Config;
use crate::dataset::Dataset;
use crate::dataset::table::Writer;
use crate::error::{Error, Result};
use crate::notice::{Notice, Severity};
use crate::review::adjudicate::{Dispute, Unread};
use crate::review::counted::{Counted, Rules};
use crate::review::line::Reading;
use crate::review::plan::{self, Queues, Step};
use crate::review::{Act, Ledger, Log, Opened, Pass, Reviewer, adjudicate};

/// Decide where reviewers disagree: the worst cases first, with what each side said and nobody's name
#[derive(Clone, Debug, clap::Args)]
pub struct Args {
    /// What was reviewed.
    #[command(flatten)]
    pub dataset: DatasetArg,
    /// How the screen is used.
    #[command(flatten)]
    pub seat: SeatArgs,
    /// The reviewers' files, or a merged one; without it those in the dataset's folder
    #[arg(long, value_name = "FILE", num_args = 1..)]
    pub reviews: Vec<PathBuf>,
    /// What counts beside what is submitted and was judged blind.
    #[command(flatten)]
    pub rules: Rules,
    /// Begin with this case: its number among the disputed ones, or an instruction's id
    #[arg(long, value_name = "CASE")]
    pub case: Option<String>,
    /// Print the disputed cases instead of opening the screen: ids, sides, differences
    #[arg(long)]
    pub list: bool,
    /// Take in cases that you have still to read yourself; your review file notes that you saw what others said of them, and a
    /// first reading of yours after that is left out of agreement
    #[arg(long)]
    pub see_others: bool,
}

/// Runs the adjudication.
///
/// # Errors
/// When the dataset or a review file cannot be used, fewer than two people reviewed it, or nothing is disputed and no case
/// is named; and as [`review::open`].
pub(crate) fn run(args: &Args, config: &Config, out: &mut dyn Write) -> Result<u8> {
    let dataset = Dataset::open(&args.dataset.dataset)?;
    let files = if args.reviews.is_empty() {
        reviews::files(&dataset, config)?
    } else {
        args.reviews.clone()
    };
    if let Some(own) = &args.seat.review_file {
        refuse_theirs(own, args.seat.reviewer.as_deref())?;
    }
    let said = Reviews::read(&files, &dataset)?;
    let of_texts = said.of_texts(dataset.root());
    let Reviews { ledgers, mut bad } = said;
    let (plan, off) = Queues::of_folder(dataset.root());
    bad.extend(off);
    let Counted { ledgers, tally } = args.rules.count(ledgers, plan.as_ref());
    let told = tally.notices();
    // Who only decided is no reviewer.
    let reads = |l: &&Ledger| dataset.cases().iter().any(|c| adjudicate::reads(l, c));
    let reviewers = ledgers.values().filter(reads).count();
    if reviewers < 2 {
        let what = match reviewers {
            0 => "nobody has reviewed this dataset yet",
            _ => "one person reviewed this dataset, and it takes two to disagree",
        };
        let lines = told.iter().map(|n| format!("; {}", n.what));
        let what = format!("{what}{}", lines.collect::<String>());
        return Err(Error::unreadable(dataset.root(), what)
            .hint("name the reviewers' files with --reviews if they are kept elsewhere"));
    }
    let fine = bad.is_empty();
    bad.extend(told);
    bad.extend(of_texts);
    let said = Reviews { ledgers, bad };
    let mut disputes = adjudicate::disputes(dataset.cases(), &said.ledgers);
    let seat = Seated::of(&dataset, &args.seat, config)?;
    let mut hidden = seat.unread(&dataset).hidden();
    if args.see_others {
        if args.list {
            seat.note_others(&dataset, &hidden, &said.ledgers)?;
        }
        hidden.clear();
    } else if !args.list && !seat.unread(&dataset).reads() {
        // The screen asks whoever has read nothing; who then says yes only decides.
        hidden.clear();
    }
    disputes.retain(|d| !hidden.contains(&d.case));
    let mut to = crate::sink::stderr();
    if args.list {
        write_list(&dataset, &disputes, out).map_err(super::output_failed)?;
        said.tell(&mut to)?;
        tell_hidden(hidden.len(), &mut to).map_err(super::output_failed)?;
        return Ok(u8::from(!fine || !hidden.is_empty()));
    }
    if disputes.is_empty() && args.case.is_none() {
        let what = nothing_disputed(&dataset, &hidden, &said.ledgers);
        writeln!(out, "{what}").map_err(super::output_failed)?;
        said.tell(&mut to)?;
        tell_hidden(hidden.len(), &mut to).map_err(super::output_failed)?;
        return Ok(u8::from(!fine));
    }
    let mut said = said;
    said.bad.extend(
        hidden_words(hidden.len()).map(|what| Notice::file(Severity::Info, dataset.root(), what)),
    );
    let wish = Wish {
        case: args.case.as_deref(),
        plan: None,
        guide: crate::tui::guide::Guide::None,
        said: Some((&said, &disputes)),
    };
    review::open(dataset, &args.seat, wish, config)
}

/// Who decides, and what they have still to read.
struct Seated {
    reviewer: Reviewer,
    path: PathBuf,
    plan: Option<Vec<Step>>,
    own: Ledger,
}

impl Seated {
    fn of(dataset: &Dataset, args: &SeatArgs, config: &Config) -> Result<Self> {
        // What is odd about the file or the plan is told where they are used.
        let (reviewer, path, _) = review::whose(dataset, args, config)?;
        let file = dataset.root().join(plan::FILE);
        let (plan, _) = plan::queue_of(&file, false, reviewer.name(), dataset.cases());
        let mut own = Ledger::new(reviewer.name());
        if path.exists() {
            for line in Reading::of_file(&path)?.entries {
                own.apply(line.entry);
            }
        }
        Ok(Seated {
            reviewer,
            path,
            plan: plan.map(|share| share.steps),
            own,
        })
    }

    fn unread<'a>(&'a self, dataset: &'a Dataset) -> Unread<'a> {
        Unread {
            cases: dataset.cases(),
            plan: self.plan.as_deref(),
            own: &self.own,
        }
    }

    /// Notes in the review file that what others said of cases was shown, before it is.
    fn note_others(
        &self,
        dataset: &Dataset,
        hidden: &[usize],
        said: &BTreeMap<String, Ledger>,
    ) -> Result<()> {
        let cases = hidden.iter().map(|i| &dataset.cases()[*i]);
        let mut cases = cases
            .filter(|c| adjudicate::readers(c, said) > 0)
            .peekable();
        if cases.peek().is_none() {
            return Ok(());
        }
        let session = review::session(dataset, &self.reviewer, 0);
        let Opened { mut log, .. } = Log::open(&self.path, &session)?;
        for case in cases {
            log.append_in(Pass::Adjudication, Some(&case.key()), Act::SeeOthers {})?;
        }
        Ok(())
    }
}

/// What is told of cases that are left out, since who decides has still to read them: how many these are, not how many of them
/// are disputed.
fn hidden_words(hidden: usize) -> Option<String> {
    (hidden > 0).then(|| {
        let cases = if hidden == 1 { "case" } else { "cases" };
        format!(
            "left out: {hidden} {cases} that you have still to read, disputed or not; `medalign review` lets you read them first, and \
             --see-others takes them in, which your review file notes"
        )
    })
}

fn tell_hidden(hidden: usize, to: &mut dyn Write) -> io::Result<()> {
    match hidden_words(hidden) {
        Some(what) => writeln!(to, "{what}"),
        None => Ok(()),
    }
}

/// Refuses to decide in a file that holds what others said.
fn refuse_theirs(path: &Path, name: Option<&str>) -> Result<()> {
    if !path.exists() {
        return Ok(());
    }
    let name = name.map(str::to_owned).or_else(review::login);
    let reading = Reading::of_file(path)?;
    let others = reading
        .entries
        .iter()
        .any(|l| Some(&l.entry.reviewer) != name.as_ref());
    if others {
        let error = Error::usage("--review-file names a file in which somebody else reviewed");
        return Err(error.hint("name a file of your own; --reviews names those of the reviewers"));
    }
    Ok(())
}

/// What is said where nobody disagrees on the cases that are not left out.
fn nothing_disputed(
    dataset: &Dataset,
    hidden: &[usize],
    said: &BTreeMap<String, Ledger>,
) -> String {
    let cases = dataset.cases().iter().enumerate();
    let shown = cases.filter(|(i, _)| !hidden.contains(i));
    let shared = shown.filter(|(_, c)| adjudicate::readers(c, said) > 1);
    let of = if hidden.is_empty() { "" } else { "other " };
    match shared.count() {
        0 => format!("No {of}case was read by two people: there is nothing to decide."),
        n => format!(
            "The reviewers agree on all {n} {of}cases that several read: there is nothing to decide."
        ),
    }
}

/// The disputed cases as a table.
fn write_list(dataset: &Dataset, disputes: &[Dispute], out: &mut dyn Write) -> io::Result<()> {
    let mut table = Writer::tabs(out);
    table.row([
        "instruction_id",
        "person_id",
        "reviewers",
        "verdicts",
        "opposed",
        "reversed_pairs",
        "ordered_pairs",
    ])?;
    for d in disputes {
        let key = dataset.cases()[d.case].key();
        let counts = [d.sides, d.models.len(), d.opposed, d.reversed, d.ordered];
        let counts = counts.into_iter().map(|n| n.to_string());
        table.row([key.instruction, key.person].into_iter().chain(counts))?;
    }
    table.finish()?;
    Ok(())
}
