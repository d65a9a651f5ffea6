//! `medalign infer`: have models answer a dataset's instructions.
//!
//! In: a dataset and systems, of the command line or a run file. Out: answers beside the dataset's tables, and an account. Never: a connection
//! with `--dry-run`, a record to a host that was not allowed.

use std::io::Write;
use std::path::PathBuf;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::{Duration, Instant};

use indicatif::ProgressBar;

use super::asking::{self, ServerArgs, note};
use crate::dataset::{Case, Dataset, Outcome};
use crate::error::{Error, Result};
use crate::infer::answers::{self, Answers};
use crate::infer::client::Client;
use crate::infer::estimate::{Estimate, estimate};
use crate::infer::laid::Form;
use crate::infer::ready::Ready;
use crate::infer::run::{End, Running, Tally, by_person};
use crate::infer::scale::Scale;
use crate::infer::system::{self, Api, EXAMPLE, System};
use crate::infer::tokens;
use crate::text;

/// Have models answer the instructions, from any server with the usual interface (chat completions)
///
/// Answers go to `model-responses/LABEL/` in the dataset's folder: a line an outcome, on the disk before it counts. A run that was ended
/// goes on where it was: what was answered is not asked again. Servers on this machine work as they are; any other has to be
/// allowed by name, because patients' records go there. `--dry-run` says what would be sent, without a connection.
#[derive(Clone, Debug, clap::Args)]
pub struct Args {
    /// A dataset folder
    #[arg(value_name = "DIR", required_unless_present = "example")]
    pub dataset: Option<PathBuf>,
    /// A run file that declares systems; `--example` prints one
    #[arg(long, value_name = "FILE", conflicts_with_all = ["endpoint", "model", "label"])]
    pub run: Option<PathBuf>,
    /// Print a run file with the study's six systems
    #[arg(long)]
    pub example: bool,
    /// The server, as in `http://127.0.0.1:8080/v1`
    #[arg(long, value_name = "URL")]
    pub endpoint: Option<String>,
    /// The model as the server calls it
    #[arg(long, value_name = "NAME")]
    pub model: Option<String>,
    /// The answers' name (default: the model's)
    #[arg(long, value_name = "NAME")]
    pub label: Option<String>,
    /// How to ask
    #[arg(long, value_enum, value_name = "API", default_value = "chat")]
    pub api: Api,
    /// Tokens that prompt and reply may have together
    #[arg(long, value_name = "TOKENS", default_value_t = 8192)]
    pub context: usize,
    /// Tokens that the reply may have
    #[arg(long, value_name = "TOKENS", default_value_t = 256)]
    pub reply: usize,
    /// What of a record is sent: recent, recent-events, random, bm25, bm25-notes, bm25-encounters, all
    #[arg(long, value_name = "NAME", default_value = "recent")]
    pub strategy: String,
    /// How records are written
    #[arg(long, value_enum, value_name = "FORM", default_value = "text")]
    pub record: Form,
    /// The prompt: study, helm, or a file with {question} and {record}; with --refine say it twice, for the first part and the later ones
    #[arg(long, value_name = "PROMPT")]
    pub prompt: Vec<String>,
    /// Read each record in parts, and better the answer with each
    #[arg(long)]
    pub refine: bool,
    /// What counts tokens: `cl100k_base`, `o200k_base`, `server`, or a `tokenizer.json`
    #[arg(long, value_name = "NAME", default_value = "cl100k_base")]
    pub tokenizer: String,
    /// How random answers are
    #[arg(long, value_name = "NUMBER")]
    pub temperature: Option<f64>,
    /// The seed for the server and for `random`
    #[arg(long, value_name = "NUMBER")]
    pub seed: Option<u64>,
    /// How the server is asked.
    #[command(flatten)]
    pub server: ServerArgs,
    /// Ask again for cases with these outcomes: `filtered`, `failed`, `too_long`, `empty`, `truncated_by_server`, `cut`
    #[arg(long, value_name = "OUTCOMES", value_delimiter = ',', value_parser = outcome)]
    pub again: Vec<Outcome>,
    /// The folder for answers (default: model-responses in the dataset's folder)
    #[arg(long, value_name = "FOLDER")]
    pub out: Option<PathBuf>,
    /// Say what would be sent and what it would cost; no connection is made
    #[arg(long)]
    pub dry_run: bool,
}

fn outcome(name: &str) -> Result<Outcome, String> {
    let found = Outcome::ALL
        .into_iter()
        .find(|outcome| outcome.name() == name);
    found.ok_or_else(|| {
        let names: Vec<_> = Outcome::ALL.iter().map(|o| o.name()).collect();
        format!("outcomes are {}", names.join(", "))
    })
}

/// Asks, or says what would be asked; the exit code is 1 when cases have no answer.
///
/// # Errors
/// When a setting is wrong, a host is not allowed, a server cannot be used, or an outcome cannot be written.
pub(crate) fn run(args: &Args, out: &mut dyn Write) -> Result<u8> {
    if args.example {
        out.write_all(EXAMPLE.as_bytes())
            .map_err(super::output_failed)?;
        return Ok(0);
    }
    let Some(dir) = &args.dataset else {
        return Err(Error::usage("no dataset is named"));
    };
    let systems = systems(args)?;
    let dataset = Dataset::open(dir)?;
    let askable = dataset.askable();
    let groups = by_person(&askable);
    if groups.is_empty() {
        return Err(
            Error::unreadable(dataset.root(), "no instruction is asked of a record here")
                .hint("`medalign check` says what is lacking"),
        );
    }
    if args.dry_run {
        return dry_run(systems, &dataset, &groups, out);
    }
    let allowed = args.server.allowed();
    let mut clients = Vec::new();
    for system in &systems {
        let folder = answers::folder(&dataset, args.out.as_deref(), &system.label);
        let reach = system.reach(|name| std::env::var(name).ok())?;
        let before = answers::agreed(&folder).as_deref() == Some(reach.endpoint.host());
        reach.endpoint.check(&allowed, before)?;
        clients.push(Arc::new(Client::new(reach)));
    }
    let ended = Arc::new(AtomicBool::new(false));
    asking::on_interrupt(&ended)?;
    let mut code = 0;
    let mut failed = Vec::new();
    let alone = systems.len() == 1;
    for (system, client) in systems.into_iter().zip(clients) {
        if ended.load(Ordering::SeqCst) {
            break;
        }
        let label = system.label.clone();
        match one(args, system, &client, &dataset, &groups, &ended, out) {
            Ok(lacking) => code |= lacking,
            Err(error) if alone => return Err(error),
            Err(error) => {
                let what = format!("{label} stopped, and the run goes on with the next: {error}");
                let _ = writeln!(crate::sink::stderr(), "{}", text::safe(&what));
                failed.push((label, error));
            }
        }
    }
    match failed.len() {
        0 => Ok(code),
        // What went wrong first is the error of all.
        1 => Err(failed.remove(0).1),
        _ => {
            let labels: Vec<&str> = failed.iter().map(|(label, _)| label.as_str()).collect();
            Err(Error::problems(format!("stopped: {}", labels.join(", ")))
                .hint("mend what is said of each, and run the same command again"))
        }
    }
}

fn systems(args: &Args) -> Result<Vec<System>> {
    if let Some(path) = &args.run {
        return system::read(path);
    }
    let (Some(endpoint), Some(model)) = (&args.endpoint, &args.model) else {
        return Err(Error::usage("no system is named")
            .hint("say --endpoint URL --model NAME, or --run FILE; --example prints a run file"));
    };
    let mut system = System {
        label: args
            .label
            .clone()
            .unwrap_or_else(|| model.replace(['/', ':'], "-")),
        endpoint: endpoint.clone(),
        model: model.clone(),
        api: args.api,
        context: args.context,
        reply: args.reply,
        strategy: args.strategy.clone(),
        record: args.record,
        tokenizer: args.tokenizer.clone(),
        temperature: args.temperature,
        seed: args.seed,
        stream: args.server.stream,
        jobs: args.server.jobs,
        key_env: args.server.key_env.clone(),
        key_file: args.server.key_file.clone(),
        ca_file: args.server.ca_file.clone(),
        ..System::default()
    };
    system.refine.on = args.refine;
    match (args.refine, args.prompt.as_slice()) {
        (_, []) => {}
        (false, [prompt]) => prompt.clone_into(&mut system.prompt),
        (true, [first, next]) => {
            system.refine.first_prompt = Some(first.clone());
            system.refine.next_prompt = Some(next.clone());
        }
        (false, _) => return Err(Error::usage("--prompt is said once without --refine")),
        (true, _) => {
            return Err(Error::usage(
                "with --refine there are two prompts: for the first part and for the later ones",
            )
            .hint("say --prompt refine-first --prompt YOURS to replace only the second"));
        }
    }
    system::check(std::slice::from_ref(&system))?;
    Ok(vec![system])
}

fn dry_run(
    systems: Vec<System>,
    dataset: &Dataset,
    groups: &[(&str, Vec<&Case>)],
    out: &mut dyn Write,
) -> Result<u8> {
    let mut ready = Vec::new();
    for system in systems {
        if system.tokenizer == "server" {
            return Err(Error::usage(format!(
                "system {}: a dry run asks no server, so it cannot count its tokens",
                system.label
            ))
            .hint("name cl100k_base or a tokenizer.json for the estimate"));
        }
        let counter = Arc::from(tokens::open(&system.tokenizer)?);
        ready.push(Ready::new(system, counter)?);
    }
    let bar = crate::sink::stderr_is_terminal().then(|| ProgressBar::new(groups.len() as u64));
    let (estimates, unread) = estimate(dataset, groups, &ready, &|| {
        if let Some(bar) = &bar {
            bar.inc(1);
        }
    })?;
    if let Some(bar) = bar {
        bar.finish_and_clear();
    }
    for (ready, estimate) in ready.iter().zip(&estimates) {
        out.write_all(told(&ready.system, estimate).as_bytes())
            .map_err(super::output_failed)?;
    }
    writeln!(out, "Nothing was sent.").map_err(super::output_failed)?;
    for error in &unread {
        let _ = writeln!(crate::sink::stderr(), "{error}");
    }
    Ok(u8::from(!unread.is_empty()))
}

/// An estimate in words.
fn told(system: &System, estimate: &Estimate) -> String {
    let n = text::thousands;
    let [least, median, most] = estimate.prompt.map(n);
    let mut lines = format!(
        "{}: {} at {}\n  {} cases, {} requests\n  tokens of a prompt ({}): least {least}, median {median}, most {most}\n  records cut: {} of {}",
        text::safe(&system.label),
        text::safe(&system.model),
        text::safe(system.endpoint.split('?').next().unwrap_or_default()),
        n(estimate.cases as u64),
        n(estimate.requests),
        text::safe(&system.tokenizer),
        n(estimate.cut as u64),
        n(estimate.cases as u64),
    );
    // Writing to a string does not fail.
    let mut add = |what: std::fmt::Arguments<'_>| {
        let _ = std::fmt::Write::write_fmt(&mut lines, what);
    };
    if let Some(kept) = estimate.kept {
        add(format_args!(
            "; of those {:.1}% is kept on average",
            100.0 * kept
        ));
    }
    add(format_args!(
        "\n  tokens in all: {} of prompts, at most {} of replies\n",
        n(estimate.prompts),
        n(estimate.replies)
    ));
    if estimate.too_long > 0 {
        let too_long = n(estimate.too_long as u64);
        add(format_args!(
            "  {too_long} cases do not fit and would not be sent\n"
        ));
    }
    if let Some(cost) = estimate.cost {
        add(format_args!("  cost: at most {cost:.2}\n"));
    }
    lines
}

fn one(
    args: &Args,
    system: System,
    client: &Arc<Client>,
    dataset: &Dataset,
    groups: &[(&str, Vec<&Case>)],
    ended: &AtomicBool,
    out: &mut dyn Write,
) -> Result<u8> {
    let folder = answers::folder(dataset, args.out.as_deref(), &system.label);
    let models = client.models()?;
    asking::tell_of_model(&models, &system.model);
    let counter = if system.tokenizer == "server" {
        tokens::of_server(client.clone(), &system.model)?
    } else {
        tokens::open(&system.tokenizer)?
    };
    let ready = Ready::new(system, Arc::from(counter))?;
    let (kept, notices) = Answers::open(&folder, &ready, dataset, &models, args.again.clone())?;
    for notice in &notices {
        note(&notice.to_string());
    }
    let tally = Tally::default();
    let running = Running {
        ready: &ready,
        client,
        answers: std::sync::Mutex::new(kept),
        tally: &tally,
        ended,
        scale: Scale::default(),
    };
    let cases: u64 = groups.iter().map(|(_, cases)| cases.len() as u64).sum();
    let done = &AtomicBool::new(false);
    let began = Instant::now();
    let came = std::thread::scope(|scope| {
        let line = |took: Duration| {
            let words = counted(&tally, cases, took);
            (tally.done(), left(&tally, cases, took), words)
        };
        scope.spawn(move || asking::watch(cases, &line, done, ended, client));
        let came = running.all(dataset, groups);
        done.store(true, Ordering::SeqCst);
        came
    });
    let (end, unread) = came?;
    for error in &unread {
        note(&error.to_string());
    }
    for tried in client.pace().account() {
        note(&tried);
    }
    if let Some(scale) = running.scale.known() {
        note(&format!(
            "the server counts {scale:.2} tokens for each that {} counts: with its own tokenizer more of a record fits",
            ready.counter().name()
        ));
    }
    writeln!(
        out,
        "{}: {}\n  {}",
        text::safe(&ready.system.label),
        counted(&tally, cases, began.elapsed()),
        text::safe(&folder.display().to_string())
    )
    .map_err(super::output_failed)?;
    let answered: u64 = [Outcome::Answered, Outcome::Cut]
        .into_iter()
        .map(|o| tally.of(o))
        .sum();
    match end {
        End::All => {
            let known = [Outcome::Answered, Outcome::Cut].map(|o| tally.known(o));
            let lacking = tally.done() - answered - known.iter().sum::<u64>();
            let again = Outcome::ALL
                .into_iter()
                .filter(|o| !o.is_answer() && tally.known(*o) > 0);
            let again: Vec<&str> = again.map(Outcome::name).collect();
            if !again.is_empty() {
                note(&format!(
                    "to ask again for those without an answer that were known before: --again {}",
                    again.join(",")
                ));
            }
            Ok(u8::from(lacking > 0))
        }
        End::Ended => {
            note("ended before all was asked; the same command goes on where this one stopped");
            Ok(1)
        }
        End::Stopped(why) => Err(Error::problems(format!("{}: {why}", ready.system.label))
            .hint("mend it, and run the same command again: it goes on where this one stopped")),
    }
}

/// How long the rest takes if it goes on like this; `None` before anything is done.
fn left(tally: &Tally, cases: u64, took: Duration) -> Option<Duration> {
    let (before, unread) = (&tally.before, &tally.unread);
    let known = before.load(Ordering::Relaxed) + unread.load(Ordering::Relaxed);
    let done = tally.done();
    let new = done.saturating_sub(known);
    (new > 0).then(|| took.mul_f64(cases.saturating_sub(done) as f64 / new as f64))
}

/// What came so far, in one line.
fn counted(tally: &Tally, cases: u64, took: Duration) -> String {
    let n = text::thousands;
    let each = Outcome::ALL
        .into_iter()
        .filter(|o| tally.of(*o) > 0 || *o == Outcome::Answered);
    let mut parts: Vec<String> = each
        .map(|o| format!("{} {}", n(tally.of(o)), o.name().replace('_', " ")))
        .collect();
    let before = tally.before.load(Ordering::Relaxed);
    if before > 0 {
        let lacking = Outcome::ALL.into_iter().filter(|o| !o.is_answer());
        let lacking: Vec<String> = lacking
            .filter(|o| tally.known(*o) > 0)
            .map(|o| format!("{} {}", n(tally.known(o)), o.name().replace('_', " ")))
            .collect();
        let lacking = if lacking.is_empty() {
            String::new()
        } else {
            format!(" ({} among them)", lacking.join(", "))
        };
        parts.push(format!("{} known before{lacking}", n(before)));
    }
    let shortened = tally.shortened.load(Ordering::Relaxed);
    if shortened > 0 {
        parts.push(format!(
            "{} with less of the record than --context says, as the server wanted",
            n(shortened)
        ));
    }
    let unread = tally.unread.load(Ordering::Relaxed);
    if unread > 0 {
        parts.push(format!("{} without a readable record", n(unread)));
    }
    let (prompt, completion) = (
        tally.prompt.load(Ordering::Relaxed),
        tally.completion.load(Ordering::Relaxed),
    );
    let new = tally.done() - before - unread;
    let rate = new as f64 / took.as_secs_f64().max(0.001) * 60.0;
    format!(
        "{} of {} cases ({}), tokens {} in and {} out, {rate:.0} a minute",
        n(tally.done()),
        n(cases),
        parts.join(", "),
        n(prompt),
        n(completion)
    )
}
