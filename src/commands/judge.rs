//! `medalign judge`: have a model judge the answers, as one more reviewer.
//!
//! In: a dataset with answers, a model behind an endpoint. Out: a review file whose sessions say `machine`, the judge's replies beside it, and
//! an account. Never: a connection with `--dry-run`, a record to a host that was not allowed, a person's review file added to.

use std::io::Write;
use std::path::PathBuf;
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, Mutex};
use std::time::{Duration, Instant};

use super::asking::{self, ServerArgs};
use crate::config::Config;
use crate::dataset::{Case, Dataset};
use crate::error::{Error, Result};
use crate::infer::client::Client;
use crate::infer::context;
use crate::infer::laid::Form;
use crate::infer::prompt::{self, Template};
use crate::infer::run::{End, by_person};
use crate::infer::system::{self, System};
use crate::infer::tokens;
use crate::judge::ask::{Judge, plan};
use crate::judge::log::{self, Came, Replies, Setup};
use crate::judge::run::{Files, Judging, Tally};
use crate::review::entry::Machine;
use crate::review::place::{Seat, review_file};
use crate::review::{Log, Reviewer, Session, Texts};
use crate::text;

/// Have a model judge the answers, and write a review file like anybody's
///
/// The judge reads the instruction, the clinicians' answers, what fits of the record, and the models' answers under letters; each second round
/// has them in the opposite order. Its marks go to `reviews/NAME.jsonl`, with `machine` in its session lines: no table counts
/// it among people unless `--machines` says so. Its replies are kept in `judges/NAME/`, those that cannot be read, too. A run that
/// was ended goes on where it was. `medalign report` compares judges with clinicians.
#[derive(Clone, Debug, clap::Args)]
pub struct Args {
    /// A dataset folder
    #[arg(value_name = "DIR")]
    pub dataset: PathBuf,
    /// The server, as in `http://127.0.0.1:8080/v1`
    #[arg(long, value_name = "URL")]
    pub endpoint: String,
    /// The model as the server calls it
    #[arg(long, value_name = "NAME")]
    pub model: String,
    /// The judge's name as a reviewer (default: `judge-` and the model's)
    #[arg(long = "as", value_name = "NAME")]
    pub name: Option<String>,
    /// The prompt: judge, which names the rubric, judge-plain, which does not, or a file with {question}, {record} and {answers}, and {gold} if you like
    #[arg(long, value_name = "PROMPT", default_value = "judge")]
    pub prompt: String,
    /// How often each case is judged; orders are swapped in each second round
    #[arg(long, value_name = "N", default_value_t = 2, value_parser = clap::value_parser!(u32).range(1..=20))]
    pub rounds: u32,
    /// How often a request is made while its reply cannot be read
    #[arg(long, value_name = "N", default_value_t = 3, value_parser = clap::value_parser!(u32).range(1..=20))]
    pub tries: u32,
    /// Do not show the clinicians' answers
    #[arg(long)]
    pub no_gold: bool,
    /// Tokens that prompt and reply may have together
    #[arg(long, value_name = "TOKENS", default_value_t = 8192)]
    pub context: usize,
    /// Tokens that the reply may have
    #[arg(long, value_name = "TOKENS", default_value_t = 1024)]
    pub reply: usize,
    /// What of a record is sent: recent, recent-events, random, bm25, bm25-notes, bm25-encounters, all
    #[arg(long, value_name = "NAME", default_value = "bm25")]
    pub strategy: String,
    /// How records are written
    #[arg(long, value_enum, value_name = "FORM", default_value = "text")]
    pub record: Form,
    /// What counts tokens: `cl100k_base`, `o200k_base`, `server`, or a `tokenizer.json`
    #[arg(long, value_name = "NAME", default_value = "cl100k_base")]
    pub tokenizer: String,
    /// How random replies are
    #[arg(long, value_name = "NUMBER")]
    pub temperature: Option<f64>,
    /// The seed of the orders
    #[arg(long, value_name = "NUMBER", default_value_t = 0)]
    pub seed: u64,
    /// How the server is asked.
    #[command(flatten)]
    pub server: ServerArgs,
    /// Ask again for requests with these outcomes: `malformed`, `cut`, `filtered`, `too_long`, `empty`, `truncated_by_server`, `failed`
    #[arg(long, value_name = "OUTCOMES", value_delimiter = ',', value_parser = outcome)]
    pub again: Vec<Came>,
    /// The folder for judges' replies (default: judges in the dataset's folder)
    #[arg(long, value_name = "FOLDER")]
    pub out: Option<PathBuf>,
    /// Say what would be sent; no connection is made
    #[arg(long)]
    pub dry_run: bool,
}

fn outcome(name: &str) -> Result<Came, String> {
    let mut all = Came::ALL.into_iter().filter(|came| *came != Came::Judged);
    all.find(|came| came.name() == name).ok_or_else(|| {
        let names: Vec<_> = Came::ALL.iter().skip(1).map(|o| o.name()).collect();
        format!("outcomes are {}", names.join(", "))
    })
}

/// Judges, or says what would be sent; the exit code is 1 when requests have no marks.
///
/// # Errors
/// When a setting is wrong, a host is not allowed, the server cannot be used, or something cannot be written.
pub(crate) fn run(args: &Args, config: &Config, out: &mut dyn Write) -> Result<u8> {
    let reviewer = Reviewer::new(&name(args))?;
    let setup = setup(args, &reviewer)?;
    let dataset = Dataset::open(&args.dataset)?;
    let answered = |case: &&Case| !case.responses.is_empty();
    let cases: Vec<Case> = dataset.cases().iter().filter(answered).cloned().collect();
    let groups = by_person(&cases);
    if groups.is_empty() {
        return Err(
            Error::unreadable(dataset.root(), "no instruction has an answer here")
                .hint("`medalign infer` has models answer"),
        );
    }
    if args.dry_run {
        return dry_run(args, setup, &dataset, &groups, out);
    }
    let folder = log::folder(&dataset, args.out.as_deref(), &reviewer.file_stem());
    let reach = setup.system.reach(|name| std::env::var(name).ok())?;
    let before = log::agreed(&folder).as_deref() == Some(reach.endpoint.host());
    reach.endpoint.check(&args.server.allowed(), before)?;
    let client = Arc::new(Client::new(reach));
    let ended = Arc::new(AtomicBool::new(false));
    asking::on_interrupt(&ended)?;
    let models = client.models()?;
    asking::tell_of_model(&models, &setup.system.model);
    let judge = judge(setup, Some(&client))?;
    let files = open(args, config, &dataset, &reviewer, &judge)?;
    let tally = Tally::default();
    let judging = Judging {
        judge: &judge,
        client: &client,
        files: Mutex::new(files),
        tally: &tally,
        ended: &ended,
        rounds: args.rounds,
        tries: args.tries,
    };
    let requests = cases.len() as u64 * u64::from(args.rounds);
    let done = &AtomicBool::new(false);
    let began = Instant::now();
    let (end, unread) = std::thread::scope(|scope| {
        let line = |took: Duration| {
            let new = tally.done() - tally.before.load(Ordering::Relaxed);
            let left = requests.saturating_sub(tally.done());
            let left = (new > 0).then(|| took.mul_f64(left as f64 / new as f64));
            (tally.done(), left, counted(&tally, requests))
        };
        let (client, ended) = (&client, &ended);
        scope.spawn(move || asking::watch(requests, &line, done, ended, client));
        let came = judging.all(&dataset, &groups);
        done.store(true, Ordering::SeqCst);
        came
    })?;
    for error in &unread {
        asking::note(&error.to_string());
    }
    for tried in client.pace().account() {
        asking::note(&tried);
    }
    writeln!(
        out,
        "{}: {} in {}\n  {}",
        text::safe(reviewer.name()),
        counted(&tally, requests),
        indicatif::HumanDuration(began.elapsed()),
        text::safe(&folder.display().to_string())
    )
    .map_err(super::output_failed)?;
    let lacking: u64 = Came::ALL[1..].iter().map(|came| tally.of(*came)).sum();
    match end {
        End::All => Ok(u8::from(lacking > 0 || !unread.is_empty())),
        End::Ended => {
            asking::note(
                "ended before all was judged; the same command goes on where this one stopped",
            );
            Ok(1)
        }
        End::Stopped(why) => Err(Error::problems(format!("{}: {why}", reviewer.name()))
            .hint("mend it, and run the same command again: it goes on where this one stopped")),
    }
}

/// The judge's name as a reviewer.
fn name(args: &Args) -> String {
    let own = || format!("judge-{}", args.model.replace(['/', ':'], "-"));
    args.name.clone().unwrap_or_else(own)
}

fn setup(args: &Args, reviewer: &Reviewer) -> Result<Setup> {
    let server = &args.server;
    let system = System {
        // Only the names of folders must be fit for one, and this one has its own.
        label: "judge".to_owned(),
        endpoint: args.endpoint.clone(),
        model: args.model.clone(),
        context: args.context,
        reply: args.reply,
        strategy: args.strategy.clone(),
        record: args.record,
        prompt: args.prompt.clone(),
        tokenizer: args.tokenizer.clone(),
        temperature: args.temperature,
        stream: server.stream,
        jobs: server.jobs,
        key_env: server.key_env.clone(),
        key_file: server.key_file.clone(),
        ca_file: server.ca_file.clone(),
        ..System::default()
    };
    system::check(std::slice::from_ref(&system))?;
    let template = Template::open(&args.prompt, prompt::Kind::Judge)?;
    Ok(Setup {
        judge: reviewer.name().to_owned(),
        prompt: template.words(),
        system,
        seed: args.seed,
        gold: !args.no_gold,
    })
}

/// A judge that can ask; without a client only with a tokenizer of this machine.
fn judge(setup: Setup, client: Option<&Arc<Client>>) -> Result<Judge> {
    let counter = match (setup.system.tokenizer.as_str(), client) {
        ("server", Some(client)) => tokens::of_server(client.clone(), &setup.system.model)?,
        ("server", None) => {
            return Err(
                Error::usage("a dry run asks no server, so it cannot count its tokens")
                    .hint("name cl100k_base or a tokenizer.json for the estimate"),
            );
        }
        (own, _) => tokens::open(own)?,
    };
    Ok(Judge {
        template: Template::open(&setup.system.prompt, prompt::Kind::Judge)?,
        strategy: context::named(&setup.system.strategy)?,
        counter: Arc::from(counter),
        setup,
    })
}

/// Opens the two files of a judge, and brings the review file up to the replies.
fn open(
    args: &Args,
    config: &Config,
    dataset: &Dataset,
    reviewer: &Reviewer,
    judge: &Judge,
) -> Result<Files> {
    let seat = Seat {
        dataset: dataset.root(),
        name: dataset.name(),
        data: &config.folders.data,
        asked: None,
    };
    let folder = log::folder(dataset, args.out.as_deref(), &reviewer.file_stem());
    let (path, mut notices) = review_file(&seat, reviewer);
    let machine = Machine {
        model: args.model.clone(),
        prompt: prompt_name(&args.prompt),
    };
    let session = Session {
        reviewer: reviewer.clone(),
        dataset: dataset.name().to_owned(),
        fingerprint: dataset.fingerprint().to_owned(),
        seed: args.seed,
        texts: Arc::new(Texts::of(dataset.cases())),
    };
    let opened = Log::open_as(&path, &session, Some(machine))?;
    notices.extend(opened.notices);
    let (replies, told) = Replies::open(&folder, &judge.setup, dataset, args.again.clone())?;
    notices.extend(told);
    for notice in &notices {
        asking::note(&notice.to_string());
    }
    let mut files = Files {
        replies,
        review: opened.log,
    };
    files.catch_up(reviewer.name())?;
    Ok(files)
}

/// A prompt as tables name it: the program's own, or the name of the file.
fn prompt_name(prompt: &str) -> String {
    let name = std::path::Path::new(prompt).file_stem();
    name.map_or_else(|| prompt.to_owned(), |n| n.to_string_lossy().into_owned())
}

fn dry_run(
    args: &Args,
    setup: Setup,
    dataset: &Dataset,
    groups: &[(&str, Vec<&Case>)],
    out: &mut dyn Write,
) -> Result<u8> {
    let judge = judge(setup, None)?;
    let (mut prompts, mut too_long) = (Vec::new(), 0_u64);
    let mut unread = 0;
    for (person, cases) in groups {
        let record = match dataset.load_patient(person) {
            Ok(record) => record,
            Err(error) => {
                asking::note(&error.to_string());
                unread += 1;
                continue;
            }
        };
        plan(&judge, &record, cases, args.rounds, |asked| {
            match asked.request {
                Ok(request) => prompts.push(request.prompt_tokens as u64),
                Err(_) => too_long += 1,
            }
        })?;
    }
    let n = text::thousands;
    let least = prompts.iter().min().copied().unwrap_or(0);
    let most = prompts.iter().max().copied().unwrap_or(0);
    let replies = prompts.len() as u64 * args.reply as u64;
    writeln!(
        out,
        "{}: {} requests over {} rounds\n  tokens of a prompt ({}): least {}, most {}\n  tokens in all: {} of prompts, at most {} of replies, those asked for once more left aside\n  {} requests do not fit and would not be sent\nNothing was sent.",
        text::safe(&judge.setup.judge),
        n(prompts.len() as u64 + too_long),
        args.rounds,
        text::safe(&args.tokenizer),
        n(least),
        n(most),
        n(prompts.iter().sum()),
        n(replies),
        n(too_long),
    )
    .map_err(super::output_failed)?;
    Ok(u8::from(unread > 0 || too_long > 0))
}

/// What came so far, in one line.
fn counted(tally: &Tally, requests: u64) -> String {
    let n = text::thousands;
    let each = Came::ALL.into_iter();
    let each = each.filter(|came| tally.of(*came) > 0 || *came == Came::Judged);
    let mut parts: Vec<String> = each
        .map(|came| format!("{} {}", n(tally.of(came)), came.name().replace('_', " ")))
        .collect();
    for (count, what) in [
        (&tally.before, "known before"),
        (&tally.unread, "without a readable record"),
        (&tally.again, "replies asked for once more"),
    ] {
        let count = count.load(Ordering::Relaxed);
        if count > 0 {
            parts.push(format!("{} {what}", n(count)));
        }
    }
    format!(
        "{} of {} readings ({})",
        n(tally.done()),
        n(requests),
        parts.join(", ")
    )
}
