//! `medalign score`: automatic metrics of the responses, measured by the gold responses.
//!
//! In: a dataset. Out: a table a metric, `scores/<metric>.tsv` beside the dataset's tables or where `--out` says, and each
//! model's mean on the screen. The dataset's own files are only read; no text of theirs is printed.

use std::collections::BTreeMap;
use std::io::Write;
use std::path::PathBuf;

use super::output::{Guard, There};
use crate::cli::DatasetArg;
use crate::dataset::Dataset;
use crate::dataset::table::Table;
use crate::error::{Error, Result};
use crate::files::private;
use crate::metrics::score_tables;
use crate::metrics::scores::{Answers, before};
use crate::metrics::{LEXICAL, Metric};
use crate::text;
use crate::work::progress::{Progress, Unit};

/// Measure the responses by the gold responses: BLEU, chrF, Google BLEU, ROUGE, METEOR
///
/// Each score equals that of the metric's usual implementation in Python (sacrebleu, NLTK, `rouge_score`), with all gold
/// responses of a case as references; the column `signature` says with which settings. BLEU and chrF go from 0 to 100, all
/// others from 0 to 1. Responses to instructions without a gold response are counted and not scored. Scores that are in the
/// tables already are kept where neither the response, nor the gold responses, nor the settings have changed.
#[derive(Clone, Debug, clap::Args)]
pub struct Args {
    /// What to score.
    #[command(flatten)]
    pub dataset: DatasetArg,
    /// Only these metrics, with commas between them
    #[arg(long, value_name = "NAMES", value_delimiter = ',')]
    pub metric: Vec<String>,
    /// The folder for the tables (default: `scores` in the dataset's folder)
    #[arg(long, value_name = "FOLDER")]
    pub out: Option<PathBuf>,
    /// Score everything anew, and replace tables that are there already, whoever wrote them
    #[arg(long)]
    pub force: bool,
}

/// Scores, writes the tables and prints the means.
///
/// # Errors
/// When a metric is not known, nothing can be scored, or a table must not or cannot be written.
pub(crate) fn run(args: &Args, out: &mut dyn Write) -> Result<()> {
    let metrics = metrics(&args.metric)?;
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
    let guard = Guard::default().dataset(&dataset);
    let places = metrics
        .iter()
        .map(|metric| {
            let path = folder.join(metric.name()).with_added_extension("tsv");
            let ours = Table::read(&path).ok().and_then(|table| before(&table));
            let replace = args.force || ours.is_some();
            let place = guard.file(&path, There::Option("--force", replace))?;
            let before = ours.filter(|_| !args.force).unwrap_or_default();
            Ok((place, before))
        })
        .collect::<Result<Vec<_>>>()?;

    let all = answers.scored.len() * metrics.len();
    let bar = Progress::begin("scoring", all as u64, Unit::Things("scores"));
    let done = || bar.add(1);
    let mut columns = Vec::new();
    let mut kept = 0;
    for (metric, (place, before)) in metrics.iter().zip(&places) {
        kept += answers.kept(*metric, before);
        let scores = answers.score(*metric, before, &done);
        let table = answers.table(*metric, &scores);
        place.write(&table.map_err(super::output_failed)?)?;
        columns.push(scores);
    }
    drop(bar);
    let text = means(&metrics, &answers, &columns)
        + &format!(
            "\n{} responses scored, {} have no gold response; {} of {} scores were there already; tables in {}\n",
            text::thousands(answers.scored.len() as u64),
            text::thousands(answers.without_gold as u64),
            text::thousands(kept as u64),
            text::thousands(all as u64),
            folder.display()
        );
    out.write_all(text.as_bytes())
        .and_then(|()| out.flush())
        .map_err(super::output_failed)
}

/// The metrics of these names, in their own order; all when none is named.
fn metrics(names: &[String]) -> Result<Vec<&'static dyn Metric>> {
    let known = |name: &String| LEXICAL.iter().any(|metric| metric.name() == name);
    if let Some(unknown) = names.iter().find(|name| !known(name)) {
        let all: Vec<_> = LEXICAL.iter().map(|metric| metric.name()).collect();
        return Err(Error::usage(format!("there is no metric {unknown}"))
            .hint(format!("the metrics are {}", all.join(", "))));
    }
    let asked = |metric: &&dyn Metric| names.is_empty() || names.iter().any(|n| n == metric.name());
    Ok(LEXICAL.into_iter().filter(asked).collect())
}

/// Each model's mean score, a row a metric.
fn means(metrics: &[&dyn Metric], answers: &Answers, columns: &[Vec<f64>]) -> String {
    use std::fmt::Write;

    let mut models: Vec<&str> = Vec::new();
    for answer in &answers.scored {
        if !models.contains(&answer.model) {
            models.push(answer.model);
        }
    }
    let widths: Vec<usize> = models.iter().map(|m| text::width(m).max(7)).collect();
    let mut lines = format!("{:<14}", "mean");
    for (model, width) in models.iter().zip(&widths) {
        let pad = width - text::width(model);
        let _ = write!(lines, "  {}{}", " ".repeat(pad), text::safe(model));
    }
    lines.push('\n');
    for (metric, scores) in metrics.iter().zip(columns) {
        let mut sums: BTreeMap<&str, (f64, f64)> = BTreeMap::new();
        for (answer, score) in answers.scored.iter().zip(scores) {
            let sum = sums.entry(answer.model).or_default();
            *sum = (sum.0 + score, sum.1 + 1.0);
        }
        let _ = write!(lines, "{:<14}", metric.name());
        for (model, width) in models.iter().zip(&widths) {
            let (sum, n) = sums.get(model).copied().unwrap_or_default();
            let _ = write!(lines, "  {:>width$.3}", sum / n);
        }
        lines.push('\n');
    }
    lines
}
