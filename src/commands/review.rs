//! `medalign review`: the reviewer on a dataset.
//!
//! In: a dataset and the reviewer's name. Out: the screen, and a review file. The dataset's own files are only read.

use std::io::Write;
use std::path::{Path, PathBuf};
use std::sync::Arc;

use super::output::Guard;
use super::reviews::Reviews;
use crate::cli::ColumnsArg;
use crate::config::Config;
use crate::dataset::layout::Layout;
use crate::dataset::renamed::Renamed;
use crate::dataset::{CaseKey, Dataset};
use crate::error::{Error, Result};
use crate::notice::{Notice, Severity};
use crate::review::adjudicate::{self, Dispute};
use crate::review::place::{Seat, review_file};
use crate::review::plan::{self, Step};
use crate::review::{Act, Ledger, Log, Opened, Pass, Reviewer, Scope, Session, Texts};
use crate::tui::adjudication::Adjudication;
use crate::tui::app::Start;
use crate::tui::guide::Guide;
use crate::tui::keymap::Keymap;
use crate::tui::resume::{self, Resume};
use crate::tui::run::{self, Outside};
use crate::tui::terminal::{self, Clipboard, Facts, Options};
use crate::tui::theme::Theme;
use crate::tui::typing::{self, Typing};

/// Read records, judge and rank the answers
#[derive(Clone, Debug, clap::Args)]
pub struct Args {
    /// A dataset folder, a folder of records, or one record file (default: the folder you are in, if it is a dataset)
    #[arg(value_name = "DIR")]
    pub dataset: Option<PathBuf>,
    /// How the screen is used.
    #[command(flatten)]
    pub seat: SeatArgs,
    /// Begin with this case: its number in the list (of your queue, where a plan gives you one), or an instruction's id. Where a number
    /// may be both, `#5` is the number in the list
    #[arg(long, value_name = "CASE")]
    pub case: Option<String>,
    /// Follow this plan instead of plan.tsv in the dataset's folder
    #[arg(long, value_name = "FILE")]
    pub plan: Option<PathBuf>,
    /// What columns of the tables are.
    #[command(flatten)]
    pub columns: ColumnsArg,
}

/// Who reviews, and how the screen is used.
#[expect(
    clippy::struct_excessive_bools,
    reason = "each is a switch of the command line"
)]
#[derive(Clone, Debug, Default, clap::Args)]
pub struct SeatArgs {
    /// Your name as the review file carries it [default: the login name]
    #[arg(long = "as", value_name = "NAME")]
    pub reviewer: Option<String>,
    /// Keep the review file here instead of in the dataset's folder
    #[arg(long, value_name = "FILE")]
    pub review_file: Option<PathBuf>,
    /// Show the models' names; the review file notes it
    #[arg(long)]
    pub unblind: bool,
    /// Seed of the blind order of the answers; the same seed gives the same order [default: 0]
    #[arg(long, value_name = "N")]
    pub seed: Option<u64>,
    /// Keys: default, vim, emacs, or a keymap file
    #[arg(long, value_name = "KEYMAP")]
    pub keymap: Option<String>,
    /// Draw with ASCII signs only
    #[arg(long)]
    pub ascii: bool,
    /// For screen readers and braille lines: one pane at a time, in words, without boxes, map and clock
    #[arg(long)]
    pub plain: bool,
    /// Forbid copying to the terminal's clipboard
    #[arg(long)]
    pub no_clipboard: bool,
    /// Let the mouse point, fold, choose in lists and scroll; it never marks. Selecting text then takes Shift
    #[arg(long)]
    pub mouse: bool,
}

/// Runs the reviewer.
///
/// # Errors
/// When the dataset, the keymap or the review file cannot be used, or the screen is no terminal.
pub(crate) fn run(args: &Args, config: &Config, _out: &mut dyn Write) -> Result<u8> {
    let renamed = args.columns.with(config)?;
    let dataset = match &args.dataset {
        Some(path) => Dataset::open_with(path, renamed)?,
        None => here(renamed)?,
    };
    dataset.renamed().check()?;
    let wish = Wish {
        case: args.case.as_deref(),
        plan: args.plan.as_deref(),
        guide: Guide::None,
        said: None,
    };
    open(dataset, &args.seat, wish, config)
}

/// Bytes that a sitting may take: some hundred acts, and what is typed.
const ROOM: u64 = 256 << 10;

/// The dataset in the folder that the shell is in.
fn here(renamed: Renamed) -> Result<Dataset> {
    let folder = Path::new(".");
    let layout = Layout::of_folder(folder)?;
    if layout.tables.is_empty() && layout.records.is_empty() {
        let error = Error::usage("the folder you are in is no dataset");
        return Err(
            error.hint("name one: medalign review DIR; or try the invented one: medalign demo")
        );
    }
    Dataset::open_with(folder, renamed)
}

/// What of the dataset to begin with.
#[derive(Clone, Copy, Debug, Default)]
pub(crate) struct Wish<'a> {
    /// A case: its number in the list, or an instruction's id.
    pub case: Option<&'a str>,
    /// The plan to follow instead of the one in the dataset's folder.
    pub plan: Option<&'a Path>,
    /// What is said to somebody who is new.
    pub(super) guide: Guide,
    /// What reviewers said, where somebody decides between them, and the disputed cases, which stand in place of the plan.
    pub(super) said: Option<(&'a Reviews, &'a [Dispute])>,
}

/// Opens the reviewer on a dataset that was read.
///
/// # Errors
/// As [`run()`].
pub(crate) fn open(
    dataset: Dataset,
    args: &SeatArgs,
    wish: Wish<'_>,
    config: &Config,
) -> Result<u8> {
    if dataset.cases().is_empty() {
        let error = Error::unreadable(dataset.root(), "there is no case and no record to show");
        return Err(error.hint("`medalign check` says what is off in the folder"));
    }
    terminal::survive_size_limit()
        .map_err(|e| Error::bug(format!("preparing for a full disk: {e}")))?;
    let (facts, keymap) = outlook(config, args.keymap.as_deref())?;
    let (reviewer, path, mut notices) = whose(&dataset, args, config)?;
    let name = reviewer.name().to_owned();
    if let Some(asked) = &args.review_file {
        let tables = dataset.tables().iter().map(|t| &t.path);
        let records = dataset.record_files().iter().map(|r| &r.path);
        let guard =
            Guard::default().reads(tables.chain(records).chain(&wish.plan.map(Path::to_owned)));
        guard.review_file(asked)?;
    }
    let seed = args.seed.unwrap_or(0);
    let (agenda, told) = Agenda::of(&dataset, wish, &name, seed);
    notices.extend(told);
    let case = wish.case.map(|c| agenda.find(&dataset, c)).transpose()?;
    let session = session(&dataset, &reviewer, seed);
    let Opened {
        mut log,
        notices: opening,
    } = Log::open(&path, &session)?;
    notices.extend(opening);
    notices.extend(full_disk(&path));
    if args.unblind {
        log.append(None, Act::Unblind { scope: Scope::All })?;
    }
    let resume_file = resume::path(
        &config.folders.data,
        dataset.fingerprint(),
        &reviewer.file_stem(),
    );
    let new = !resume_file.exists();
    let resume = Resume::read(&resume_file);
    let step = case.unwrap_or_else(|| agenda.begin(&dataset, log.ledger(), &resume));
    let plain = args.plain || config.settings.plain;
    let ascii = facts.ascii(args.ascii || config.settings.ascii);
    let clipboard = config.settings.clipboard && !args.no_clipboard;
    let typing_file = typing::path(&config.folders.data, &path);
    let typing = Typing::read(&typing_file).unwrap_or_else(|e| {
        // What cannot be read now may be by somebody who knows how.
        let aside = typing_file.with_extension("unreadable");
        let what = match std::fs::rename(&typing_file, &aside) {
            Ok(()) => format!("{e}; it is kept as {}", aside.display()),
            Err(_) => format!("{e}; it is left out"),
        };
        notices.push(Notice::file(Severity::Warning, &typing_file, what));
        Typing::default()
    });
    let outside = Outside {
        typing: typing_file,
        options: Options {
            mouse: args.mouse || config.settings.mouse,
            colours: facts.colours > 0 && !facts.no_color,
            fast: facts.local,
        },
        clipboard: Clipboard::new(&facts, clipboard, config.settings.clipboard_max_bytes),
        resume: resume_file,
        editing: config.folders.data.join("editing"),
        cache: config.folders.cache.clone(),
    };
    let start = Start {
        case: step.case,
        pass: step.pass,
        queue: agenda.queue,
        plan: agenda.plan,
        adjudication: agenda.adjudication,
        dataset: Arc::new(dataset),
        guide: match wish.guide {
            // Who has been here knows it.
            Guide::Welcome if !new => Guide::None,
            guide => guide,
        },
        log,
        reviewer: name,
        seed: session.seed,
        unblinded: args.unblind,
        hides_later: resume.hides_later,
        keymap,
        theme: Theme { ascii, plain },
        notices,
        utc_offset_minutes: utc_offset_minutes(),
        typing,
        places: resume.places,
    };
    let usual = path.starts_with(start.dataset.root());
    let (code, far) = run::run(start, outside)?;
    if let Some(far) = far {
        let place = if usual {
            ""
        } else {
            ", not in the dataset's folder"
        };
        let mut out = crate::sink::stdout();
        // Nobody is kept from leaving by a terminal that is gone.
        let _ = writeln!(out, "{far}. Your marks are in {}{place}", path.display());
        let _ = out.flush();
    }
    Ok(code)
}

/// A warning where the disk of the review file has no room for another sitting.
fn full_disk(path: &Path) -> Option<Notice> {
    let disk = rustix::fs::statvfs(path.parent().filter(|p| !p.as_os_str().is_empty())?).ok()?;
    let free = disk.f_bavail.saturating_mul(disk.f_frsize);
    if free >= ROOM {
        return None;
    }
    let what = format!(
        "the disk is full, with {} KB left: marks may not be saved; make room before you go on",
        free / 1024
    );
    Some(Notice::file(Severity::Error, path, what))
}

/// Who reviews, where their review file is, and what is odd about that.
pub(super) fn whose(
    dataset: &Dataset,
    args: &SeatArgs,
    config: &Config,
) -> Result<(Reviewer, PathBuf, Vec<Notice>)> {
    let name = args.reviewer.clone().or_else(login).ok_or_else(|| {
        Error::usage("your login name is not known").hint("say who you are: --as NAME")
    })?;
    let reviewer = Reviewer::new(&name)?;
    let seat = Seat {
        dataset: dataset.root(),
        name: dataset.name(),
        data: &config.folders.data,
        asked: args.review_file.as_deref(),
    };
    let (path, notices) = review_file(&seat, &reviewer);
    Ok((reviewer, path, notices))
}

/// What a sitting begins with.
pub(super) fn session(dataset: &Dataset, reviewer: &Reviewer, seed: u64) -> Session {
    Session {
        reviewer: reviewer.clone(),
        dataset: dataset.name().to_owned(),
        fingerprint: dataset.fingerprint().to_owned(),
        seed,
        texts: Arc::new(Texts::of(dataset.cases())),
    }
}

/// What the terminal can do, and the keys in force.
pub(super) fn outlook(config: &Config, keymap: Option<&str>) -> Result<(Facts, Keymap)> {
    let facts = Facts::read(|name| std::env::var(name).ok());
    let user = config.folders.user_keymap();
    let name = keymap.unwrap_or(&config.settings.keymap);
    Ok((facts, Keymap::load(name, Some(&user))?))
}

/// What there is to do: the reviewer's queue, or the disputed cases.
struct Agenda {
    queue: Vec<Step>,
    /// What the plan gives the reviewer to read; `None` where there is no plan.
    plan: Option<plan::Share>,
    adjudication: Option<Adjudication>,
    /// Which reading of a case is meant where none is named.
    pass: Pass,
}

impl Agenda {
    /// What there is to do, and what is off with it.
    fn of(dataset: &Dataset, wish: Wish<'_>, name: &str, seed: u64) -> (Self, Vec<Notice>) {
        let file = match wish.plan {
            Some(plan) => plan.to_owned(),
            None => dataset.root().join(plan::FILE),
        };
        let (plan, told) = plan::queue_of(&file, wish.plan.is_some(), name, dataset.cases());
        if let Some((said, disputes)) = wish.said {
            let adjudication = Adjudication::of(dataset.cases(), said.ledgers.clone(), name, seed);
            let agenda = Agenda {
                queue: adjudicate::queue(disputes),
                plan,
                adjudication: Some(adjudication),
                pass: Pass::Adjudication,
            };
            let mut notices = said.bad.clone();
            notices.extend(said.of_texts(dataset.root()));
            let own = said.ledgers.get(name);
            let of_own = |s: &&Step| {
                let key = dataset.cases()[s.case].key();
                own.is_some_and(|l| l.case(&key).is_begun())
            };
            let own = agenda.queue.iter().filter(of_own).count();
            if own > 0 {
                let what = format!("you are one of the reviewers in {own} of the disputed cases");
                notices.push(Notice::file(Severity::Warning, dataset.root(), what));
            }
            return (agenda, notices);
        }
        let agenda = Agenda {
            queue: plan
                .as_ref()
                .map_or_else(Vec::new, |share| share.steps.clone()),
            plan,
            adjudication: None,
            pass: Pass::First,
        };
        (agenda, told)
    }

    /// Where to begin: where the reviewer left, if that is in the queue, or else at the first reading that is not submitted.
    fn begin(&self, dataset: &Dataset, ledger: &Ledger, resume: &Resume) -> Step {
        let known = |key: &CaseKey| dataset.cases().iter().position(|c| c.key() == *key);
        let pass = resume.pass;
        let left = resume.case.as_ref().and_then(known);
        let left = left.map(|case| Step { case, pass });
        // The two screens share what is remembered, and no reading; where there is a queue, it is begun in.
        let left = left.filter(|s| (s.pass == Pass::Adjudication) == self.adjudication.is_some());
        let left = left.filter(|s| self.queue.is_empty() || self.queue.contains(s));
        let open = |s: &&Step| {
            let key = dataset.cases()[s.case].key();
            !ledger.reading(s.pass, &key).is_done()
        };
        let unread = || self.queue.iter().find(open).or(self.queue.first()).copied();
        let first = Step {
            case: 0,
            pass: self.pass,
        };
        left.or_else(unread).unwrap_or(first)
    }

    /// The reading that the reviewer asked for: by number in the list that they see, or by id.
    fn find(&self, dataset: &Dataset, wanted: &str) -> Result<Step> {
        let cases = dataset.cases();
        let pass = self.pass;
        let first = |case| Step { case, pass };
        let by_id = cases
            .iter()
            .position(|c| c.instruction_id == wanted || c.key().to_string() == wanted);
        let listed = if self.queue.is_empty() {
            cases.len()
        } else {
            self.queue.len()
        };
        let (number, only_number) = match wanted.strip_prefix('#') {
            Some(number) => (number, true),
            None => (wanted, false),
        };
        let number = number.parse::<usize>().ok();
        let by_number = number.filter(|n| (1..=listed).contains(n)).map(|n| {
            let listed = self.queue.get(n - 1).copied();
            listed.unwrap_or_else(|| first(n - 1))
        });
        let queued = |case| self.queue.iter().find(|s| s.case == case).copied();
        let by_id = by_id.map(|case| queued(case).unwrap_or_else(|| first(case)));
        let by_id = by_id.filter(|_| !only_number);
        // Small numbers may be both, and not of one case.
        if let (Some(id), Some(number)) = (by_id, by_number)
            && id.case != number.case
        {
            let key = cases[id.case].key();
            return Err(Error::usage(format!(
                "{wanted} is the number of one case and the id of another"
            ))
            .hint(format!(
                "say '#{wanted}' for the number in the list, {key} for the id"
            )));
        }
        by_id.or(by_number).ok_or_else(|| {
            Error::usage(format!("there is no case {wanted}")).hint(format!(
                "give a number from 1 to {listed}, or an instruction's id"
            ))
        })
    }
}

/// The login name: the environment's, else that of the system's list of users. Containers often have neither.
pub(super) fn login() -> Option<String> {
    ["USER", "LOGNAME", "USERNAME"]
        .iter()
        .find_map(|name| std::env::var(name).ok().filter(|v| !v.is_empty()))
        .or_else(|| uzers::get_current_username()?.into_string().ok())
}

/// Minutes that the clock on the wall is ahead of UTC.
pub(super) fn utc_offset_minutes() -> i64 {
    i64::from(jiff::ZonedDateTime::now().offset().seconds() / 60)
}
