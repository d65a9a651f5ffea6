//! `medalign match`: proposes records for instructions, and says how good the proposals are.
//!
//! In: a dataset. Out: a table of candidates to label, in the layout of `ehr-relevance-labels.csv`; or precision from the
//! labels that are there, beside the study's. The dataset's own files and review files are only read.

use std::io::Write;
use std::path::PathBuf;

use clap::ValueEnum;

use super::output::{Guard, There};
use super::reviews::{self, Reviews};
use crate::cli::{ColumnsArg, DatasetArg};
use crate::commands::output_failed;
use crate::config::Config;
use crate::dataset::Dataset;
use crate::error::{Error, Result};
use crate::review::entry::Relevant;
use crate::search::IndexFolder;
use crate::search::retrieve::asks::{self, Ask, QueryText};
use crate::search::retrieve::evaluate::{self, Evaluation, Labels, STUDY, Share};
use crate::search::retrieve::okapi::Formula;
use crate::search::retrieve::words::{Words, vocabulary};
use crate::search::retrieve::{Candidate, propose};
use crate::search::retrieve::{counts::Counts, tokens::Tokens};
use crate::stats::interval::Interval;
use crate::work::Cancel;
use crate::work::progress::{Progress, Unit};

/// Which BM25.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, ValueEnum)]
pub enum Bm25 {
    /// `BM25Okapi` of `rank_bm25` 0.2.2, as in the study: k1 1.5, b 0.75, epsilon 0.25
    #[default]
    Okapi,
    /// tantivy's: k1 1.2, b 0.75, an idf that is never negative, lengths in steps
    Tantivy,
}

/// Propose records for the instructions, as the study did
///
/// Each instruction is searched for in the names, values, texts and units of every record. The first run counts the words
/// and keeps the counts beside the index; further runs take about a second.
///
/// The study names `BM25Okapi` and the first five records, and does not say how texts were cut into words. The default, `split`,
/// is what its laboratory publishes of a later pipeline, so that figures can be set beside the study's; for finding records it is
/// the weakest, since `Stroke?` is not `stroke`: take `--tokens chart` for that.
#[derive(Clone, Debug, clap::Args)]
pub struct Args {
    /// What to match.
    #[command(flatten)]
    pub dataset: DatasetArg,
    /// Records for each instruction
    #[arg(long, value_name = "K", default_value_t = 5, value_parser = clap::value_parser!(u32).range(1..=10_000))]
    pub top: u32,
    /// How records are scored
    #[arg(long, value_enum, default_value_t)]
    pub bm25: Bm25,
    /// What of an instruction is searched for
    #[arg(long, value_enum, default_value_t)]
    pub query: QueryText,
    /// How texts are cut into words
    #[arg(long, value_enum, default_value_t)]
    pub tokens: Tokens,
    /// Propose records drawn at random instead, to be labelled as the baseline
    #[arg(long)]
    pub random_baseline: bool,
    /// Seed of the random baseline
    #[arg(long, value_name = "N", default_value_t = 0)]
    pub seed: u64,
    /// Write the candidates here; `-` is standard output (default: standard output, or nowhere with --evaluate)
    #[arg(long, value_name = "FILE")]
    pub out: Option<PathBuf>,
    /// Replace a file that is there already
    #[arg(long)]
    pub force: bool,
    /// Compare with the labels of the dataset and of its review files
    #[arg(long)]
    pub evaluate: bool,
    /// What columns of the tables are.
    #[command(flatten)]
    pub columns: ColumnsArg,
}

/// Proposes, and evaluates where asked.
///
/// # Errors
/// When the dataset has no instructions or no records, or something cannot be read or written; and, after all is written, when
/// records were left out.
pub(crate) fn run(args: &Args, config: &Config, out: &mut dyn Write) -> Result<()> {
    let dataset = Dataset::open_with(&args.dataset.dataset, args.columns.with(config)?)?;
    dataset.renamed().check()?;
    let guard = Guard::default().dataset(&dataset);
    let to = guard.to(args.out.as_deref(), There::Option("--force", args.force))?;
    let asks = asks::asks(&dataset, args.query)?;
    let top = args.top as usize;
    // Also a random draw has to know which records are sound.
    let counts = counts(&dataset, config, &asks, args.tokens)?;
    let drawn = evaluate::draw(&asks, counts.usable(), top, args.seed);
    let proposals = if args.random_baseline && !args.evaluate {
        None
    } else {
        let formula = match args.bm25 {
            Bm25::Okapi => Formula::OKAPI,
            Bm25::Tantivy => Formula::TANTIVY,
        };
        Some(propose(
            &Words::new(&counts, args.tokens, formula),
            &asks,
            top,
        ))
    };
    let written = if args.random_baseline {
        Some(&drawn)
    } else {
        proposals.as_ref()
    };
    let unmatched = asks.iter().zip(proposals.iter().flatten());
    let unmatched = unmatched.filter(|(_, candidates)| candidates.is_empty());
    for (ask, _) in unmatched {
        // A closed standard error is nobody's error.
        let _ = writeln!(
            crate::sink::stderr(),
            "instruction {}: no record fits (none scores above 0)",
            ask.instruction_id
        );
    }
    if let Some(written) = written.filter(|_| args.out.is_some() || !args.evaluate) {
        let mut table = Vec::new();
        evaluate::write_table(&dataset, &asks, written, &mut table).map_err(output_failed)?;
        to.write(&table, out)?;
    }
    if let (true, Some(proposals)) = (args.evaluate, &proposals) {
        report(args, config, &dataset, &asks, (proposals, &drawn), out)?;
    }
    out.flush().map_err(output_failed)?;
    let unread = super::tell_unread(&dataset);
    super::left_out(counts.notices.len() + unread, "proposed")
}

/// The counts of the instructions' words, with progress and notices on standard error.
fn counts(dataset: &Dataset, config: &Config, asks: &[Ask], tokens: Tokens) -> Result<Counts> {
    let place = IndexFolder::of(dataset, &config.folders.cache);
    let words = vocabulary(asks, tokens);
    let bytes = dataset.record_files().iter().map(|f| f.bytes).sum();
    let bar = Progress::begin("counting words", bytes, Unit::Bytes);
    let progress = |now: crate::search::Progress| bar.set(now.bytes);
    let counts = Counts::of(
        dataset,
        &place,
        tokens,
        &words,
        &progress,
        &Cancel::default(),
    );
    drop(bar);
    let counts = counts?;
    let mut err = crate::sink::stderr();
    for notice in &counts.notices {
        // A closed standard error is nobody's error.
        let _ = writeln!(err, "{notice}");
    }
    Ok(counts)
}

/// Votes from the dataset's table and all review files, and how many reviewers said "partly".
fn labels(dataset: &Dataset, config: &Config) -> Result<(Labels, usize)> {
    let mut labels = Labels::of(dataset);
    let reviews = Reviews::read(&reviews::files(dataset, config)?, dataset)?;
    reviews.tell(&mut crate::sink::stderr())?;
    let mut partly = 0;
    for ledger in reviews.ledgers.values() {
        for (key, review) in ledger.cases() {
            for (person, relevance) in &review.relevance {
                partly += usize::from(relevance.label == Relevant::Partly);
                labels.vote(&key.instruction, person, relevance.label == Relevant::Yes);
            }
        }
    }
    Ok((labels, partly))
}

fn report(
    args: &Args,
    config: &Config,
    dataset: &Dataset,
    asks: &[Ask],
    (proposals, drawn): (&[Vec<Candidate>], &[Vec<Candidate>]),
    out: &mut dyn Write,
) -> Result<()> {
    let (labels, partly) = labels(dataset, config)?;
    if labels.is_empty() {
        return Err(Error::problems("there are no labels to compare with")
            .hint("label candidates in a review, or fill the column is_selected_ehr of ehr-relevance-labels.csv"));
    }
    let found = evaluate::evaluate(dataset, asks, proposals, &labels);
    let random = evaluate::evaluate(dataset, asks, drawn, &labels);
    let k = args.top;
    let mut text = format!(
        "{} instructions, {} records; {} labelled pairs ({partly} votes \"partly\", which count as not relevant)\n\
         words: {}; query: {}\n\n{:<34}{:>9}  {:>17}  {:>17}  {:>15}  {:>8}\n",
        asks.len(),
        dataset.record_files().len(),
        labels.len(),
        args.tokens.name(),
        args.query
            .to_possible_value()
            .map_or_else(String::new, |v| v.get_name().to_owned()),
        "",
        "share",
        "95 % (Wilson)",
        "bounds",
        "relevant/known",
        "unknown",
    );
    let bm25 = args
        .bm25
        .to_possible_value()
        .map_or_else(String::new, |v| v.get_name().to_owned());
    for (name, Evaluation { first, all, any }) in [
        (bm25, found),
        (format!("random, seed {}", args.seed), random),
    ] {
        text.push_str(&row(&format!("{name}: precision at 1"), &first));
        text.push_str(&row(&format!("{name}: precision at {k}"), &all));
        text.push_str(&row(&format!("{name}: any of {k}"), &any));
    }
    for (name, yes, known) in STUDY {
        text.push_str(&row(
            &format!("the study: {name}"),
            &Share {
                yes,
                known,
                missing: 0,
            },
        ));
    }
    text.push_str(
        "\nThe study labelled 407 generally applicable instructions by hand; of random records it states 38 % alone, shown here \
         as 155 of 407.\nUnknown: pairs without a label or with votes split evenly; an instruction without a relevant record counts as \
         known\nonly when all its records are labelled. Bounds: all that is unknown not relevant, and all of it relevant. Where more than a \
         tenth\nis unknown only the bounds are given. An instruction for which no record fits has found none.\n",
    );
    out.write_all(text.as_bytes()).map_err(output_failed)
}

fn row(name: &str, share: &Share) -> String {
    let bounds = share.bounds().filter(|_| share.missing > 0);
    let bounds = bounds.map_or_else(
        || "-".to_owned(),
        |(low, high)| format!("{:.1} to {:.1} %", low * 100.0, high * 100.0),
    );
    let (value, interval) = match (share.value(), share.interval()) {
        (Some(value), Some(Interval { low, high })) => (
            format!("{:.1} %", value * 100.0),
            format!("{:.1} to {:.1} %", low * 100.0, high * 100.0),
        ),
        _ => ("-".to_owned(), "-".to_owned()),
    };
    let known = format!("{}/{}", share.yes, share.known);
    format!(
        "{name:<34}{value:>9}  {interval:>17}  {bounds:>17}  {known:>15}  {:>8}\n",
        share.missing
    )
}
