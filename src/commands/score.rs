//! `medalign score`: automatic metrics of the responses, measured by the gold responses.
//!
//! In: a dataset. Out: a table a metric, `scores/<metric>.tsv` beside the dataset's tables or where `--out` says, and each
//! model's mean on the screen. The dataset's own files are only read; no text of theirs is printed.

use std::collections::BTreeMap;
use std::io::Write;
use std::path::PathBuf;
use std::time::{Duration, Instant};

use super::output::{Guard, OutputFile, There};
use crate::cli::DatasetArg;
use crate::dataset::Dataset;
use crate::dataset::table::Table;
use crate::error::{Error, Result};
use crate::files::private;
use crate::metrics::models::{MODELS, Model, ModelOptions, Snippets};
use crate::metrics::scores::{Answers, Before, Column, before};
use crate::metrics::{LEXICAL, Metric};
use crate::metrics::{score_tables, source};
use crate::notice::Notice;
use crate::text;
use crate::work::progress::{Progress, Unit};

/// Measure the responses by the gold responses: BLEU, chrF, Google BLEU, ROUGE, METEOR, BERTScore, COMET, BLEURT, UniEval
///
/// Each score equals that of the metric's usual implementation in Python (sacrebleu, NLTK, `rouge_score`, `bert_score`), with all
/// gold responses of a case as references; the column `signature` says with which settings. BLEU and chrF go from 0 to 100, all
/// others of words from 0 to 1. Responses to instructions without a gold response are counted and not scored. Scores that are in
/// the tables already are kept where neither the response, nor the gold responses, nor the settings have changed; so a run that
/// was ended goes on where it was.
///
/// Metrics of language models are made with a model in the folder that --weights names, where this program was built for it;
/// nothing is fetched. `medalign help models` says which files go where.
#[derive(Clone, Debug, clap::Args)]
pub struct Args {
    /// What to score.
    #[command(flatten)]
    pub dataset: DatasetArg,
    /// Only these metrics, with commas between them (default: those of words, and those of the models in --weights)
    #[arg(long, value_name = "NAMES", value_delimiter = ',')]
    pub metric: Vec<String>,
    /// The folder for the tables (default: `scores` in the dataset's folder)
    #[arg(long, value_name = "FOLDER")]
    pub out: Option<PathBuf>,
    /// Score everything anew, and replace tables that are there already, whoever wrote them
    #[arg(long)]
    pub force: bool,
    /// How metrics of language models are made.
    #[command(flatten)]
    pub models: ModelOptions,
}

/// What is there already is written so often while more is made.
const SAVE_EVERY: Duration = Duration::from_secs(20);

/// Scores, writes the tables and prints the means.
///
/// # Errors
/// When a metric is not known, nothing can be scored, or a table must not or cannot be written.
pub(crate) fn run(args: &Args, out: &mut dyn Write) -> Result<()> {
    let asked = Asked::of(args)?;
    let dataset = Dataset::open(&args.dataset.dataset)?;
    let answers = Answers::of(dataset.cases());
    if answers.scored.is_empty() {
        let what = format!(
            "nothing can be scored: {} responses have no gold response",
            answers.without_gold
        );
        let hint = "gold responses come with clinician-instruction-responses.tsv, or from a review by `medalign export`";
        return Err(Error::unreadable(dataset.root(), what).hint(hint));
    }
    let folder = match &args.out {
        Some(folder) => folder.clone(),
        None => score_tables::folder(dataset.root()),
    };
    private::private_folder(&folder)?;
    let mut scoring = Scoring {
        answers,
        folder,
        force: args.force,
        guard: Guard::default().dataset(&dataset),
    };
    // Of no table that must not be replaced is one score made.
    for metric in asked.names() {
        scoring.place(metric)?;
    }
    let per_metric = scoring.answers.scored.len() as u64;
    let all = asked.names().count() as u64 * per_metric;
    let bar = Progress::begin("scoring", all, Unit::Things("scores"));
    let mut kept = 0;
    let mut lines = String::new();
    if !asked.lexical.is_empty() {
        let (before, text) = scoring.make(&asked.lexical, &bar)?;
        kept += before;
        lines += &text;
    }
    let references = scoring.answers.references();
    let mut sources_read = false;
    let mut notices = Vec::new();
    for (model, names) in &asked.models {
        let made = args.models.open(model, &references)?;
        if model.source && !sources_read {
            notices = scoring.read_sources(&dataset, args.models.source(), &bar);
            bar.next("scoring", all, Unit::Things("scores"));
            sources_read = true;
        }
        let metrics = made.iter().map(|metric| &**metric);
        let metrics: Vec<_> = metrics.filter(|m| names.contains(&m.name())).collect();
        let (before, text) = scoring.make(&metrics, &bar)?;
        kept += before;
        lines += &text;
    }
    drop(bar);
    let answers = &scoring.answers;
    let text = heading(answers)
        + &lines
        + &format!(
            "\n{} responses scored, {} have no gold response; {} of {} scores were there already; tables in {}\n",
            text::thousands(answers.scored.len() as u64),
            text::thousands(answers.without_gold as u64),
            text::thousands(kept as u64),
            text::thousands(all),
            scoring.folder.display()
        );
    out.write_all(text.as_bytes())
        .and_then(|()| out.flush())
        .map_err(super::output_failed)?;
    if notices.is_empty() {
        return Ok(());
    }
    for notice in &notices {
        writeln!(crate::sink::stderr(), "{notice}").map_err(super::output_failed)?;
    }
    let what = format!("{} cases have no record that can be read", notices.len());
    Err(Error::problems(what).hint("`medalign check` says more of each record"))
}

/// The metrics that are asked for.
struct Asked {
    lexical: Vec<&'static dyn Metric>,
    /// Each model with the metrics that are asked of it.
    models: Vec<(&'static Model, Vec<&'static str>)>,
}

impl Asked {
    /// Those of these names, in their own order; when none is named, those of words and those of the models that are there.
    fn of(args: &Args) -> Result<Self> {
        let names = &args.metric;
        let lexical = LEXICAL.iter().map(|metric| metric.name());
        let of_models = MODELS
            .iter()
            .flat_map(|model| model.metrics.iter().copied());
        let all: Vec<&str> = lexical.chain(of_models).collect();
        if let Some(unknown) = names.iter().find(|name| !all.contains(&name.as_str())) {
            return Err(Error::usage(format!("there is no metric {unknown}"))
                .hint(format!("the metrics are {}", all.join(", "))));
        }
        let is_asked = |name: &&str| names.iter().any(|asked| asked == name);
        let lexical = |metric: &&dyn Metric| names.is_empty() || is_asked(&metric.name());
        let models = if names.is_empty() {
            let all = |model: &'static Model| (model, model.metrics.to_vec());
            let models: Vec<_> = args.models.there().map(all).collect();
            if let Some(weights) = &args.models.weights
                && models.is_empty()
            {
                let names = MODELS.each_ref().map(|model| model.name).join(", ");
                let what = format!("there is none of the folders {names}");
                return Err(Error::unreadable(weights, what)
                    .hint("`medalign help models` says which files of which model go where"));
            }
            models
        } else {
            let of = |model: &'static Model| {
                let metrics = model.metrics.iter().copied().filter(is_asked);
                (model, metrics.collect::<Vec<_>>())
            };
            let models = MODELS.iter().map(of);
            models.filter(|(_, metrics)| !metrics.is_empty()).collect()
        };
        Ok(Asked {
            lexical: LEXICAL.into_iter().filter(lexical).collect(),
            models,
        })
    }

    fn names(&self) -> impl Iterator<Item = &'static str> {
        let of_models = self
            .models
            .iter()
            .flat_map(|(_, names)| names.iter().copied());
        self.lexical
            .iter()
            .map(|metric| metric.name())
            .chain(of_models)
    }
}

/// What is scored, and where the tables go.
struct Scoring<'d> {
    answers: Answers<'d>,
    folder: PathBuf,
    force: bool,
    guard: Guard,
}

impl Scoring<'_> {
    /// Cuts the record of each case into snippets and keeps the best; gives back what could not be read.
    fn read_sources(
        &mut self,
        dataset: &Dataset,
        snippets: Snippets,
        bar: &Progress,
    ) -> Vec<Notice> {
        let cases = self.answers.cases();
        bar.next("reading records", cases.len() as u64, Unit::Things("cases"));
        let done = || bar.add(1);
        let (sources, notices) = source::of_cases(dataset, &cases, snippets, &done);
        self.answers.read_sources(sources);
        notices
    }

    /// Where a metric's table goes, and the scores that it has already.
    fn place(&self, metric: &str) -> Result<(OutputFile, Before)> {
        let path = self.folder.join(metric).with_added_extension("tsv");
        let ours = Table::read(&path).ok().and_then(|table| before(&table));
        let replace = self.force || ours.is_some();
        let place = self.guard.file(&path, There::Option("--force", replace))?;
        Ok((place, ours.filter(|_| !self.force).unwrap_or_default()))
    }

    /// Makes the scores of these metrics and writes their tables; gives back how many were there already, and the lines of the means.
    fn make(&self, metrics: &[&dyn Metric], bar: &Progress) -> Result<(usize, String)> {
        let mut places = Vec::new();
        let mut columns = Vec::new();
        for metric in metrics {
            let (place, before) = self.place(metric.name())?;
            columns.push(self.answers.column(*metric, &before));
            places.push(place);
        }
        let kept: usize = columns.iter().map(Column::made).sum();
        bar.add(kept as u64);
        let mut save = |columns: &[Column<'_>]| {
            let places = columns.iter().zip(&mut places);
            places
                .filter(|(column, _)| column.made() > 0)
                .try_for_each(|(column, place)| {
                    let table = self.answers.table(column).map_err(super::output_failed)?;
                    place.write(&table)?;
                    // Now it is ours, and is written again as it grows.
                    *place = self.place(column.metric.name())?.0;
                    Ok(())
                })
        };
        let mut saved = Instant::now();
        let made = self.answers.fill(&mut columns, &mut |columns, new| {
            bar.add(new as u64);
            if saved.elapsed() > SAVE_EVERY {
                save(columns)?;
                saved = Instant::now();
            }
            Ok(())
        });
        save(&columns)?;
        made?;
        Ok((
            kept,
            columns.iter().map(|c| means(c, &self.answers)).collect(),
        ))
    }
}

/// The models whose responses are scored, in the order of their first, each with its width on the screen.
fn models<'a>(answers: &Answers<'a>) -> Vec<(&'a str, usize)> {
    let mut models: Vec<(&str, usize)> = Vec::new();
    for answer in &answers.scored {
        if !models.iter().any(|(model, _)| *model == answer.model) {
            models.push((answer.model, text::width(answer.model).max(7)));
        }
    }
    models
}

/// The models' names above their means.
fn heading(answers: &Answers) -> String {
    use std::fmt::Write;

    let mut line = format!("{:<14}", "mean");
    for (model, width) in models(answers) {
        let pad = width - text::width(model);
        let _ = write!(line, "  {}{}", " ".repeat(pad), text::safe(model));
    }
    line + "\n"
}

/// Each model's mean score of a metric.
fn means(column: &Column<'_>, answers: &Answers) -> String {
    use std::fmt::Write;

    let mut sums: BTreeMap<&str, (f64, f64)> = BTreeMap::new();
    for (answer, score) in answers.scored.iter().zip(&column.scores) {
        let sum = sums.entry(answer.model).or_default();
        if let Some(score) = score {
            *sum = (sum.0 + score, sum.1 + 1.0);
        }
    }
    let mut line = format!("{:<14}", column.metric.name());
    for (model, width) in models(answers) {
        let (sum, n) = sums.get(model).copied().unwrap_or_default();
        let _ = write!(line, "  {:>width$.3}", sum / n);
    }
    line + "\n"
}

#[cfg(all(test, feature = "neural"))]
mod tests;
