//! `medalign context`: how often the evidence of gold responses lies within what would be sent to a model.
//!
//! In: a dataset, strategies, budgets. Out: a table of shares with their intervals, paired tests, and the shares by the length of the record.
//! No model is asked, no connection made, no text of a record printed.

use std::collections::BTreeMap;
use std::io::Write;
use std::path::PathBuf;

use indicatif::ProgressBar;

use super::reviews::Reviews;
use crate::cli::DatasetArg;
use crate::dataset::{Case, CaseKey, Dataset};
use crate::error::{Error, Result};
use crate::infer::context::{self, Strategy};
use crate::infer::evidence::{Evidence, Question, Relied, measure, quarters};
use crate::infer::laid::Form;
use crate::infer::run::by_person;
use crate::infer::tokens;
use crate::record::Passages;
use crate::record::locate::Place;
use crate::review::Ledger;
use crate::review::anchor;
use crate::review::entry::Pin;
use crate::stats::adjust::holm;
use crate::stats::interval::wilson;
use crate::stats::paired::Discordance;
use crate::text;

/// Say how much of the evidence for gold responses each strategy would send to a model
///
/// A case counts as kept when all passages that its gold responses quote, and that stand in the record, lie within what would be sent. With
/// `--reviews` so must those that reviewers pinned. No model is needed, and nothing is sent.
#[derive(Clone, Debug, clap::Args)]
pub struct Args {
    /// What to measure
    #[command(flatten)]
    pub dataset: DatasetArg,
    /// The strategies to compare, with commas between them
    #[arg(
        long,
        value_name = "NAMES",
        value_delimiter = ',',
        default_value = "recent,random,bm25"
    )]
    pub strategy: Vec<String>,
    /// Tokens of the record that may be sent, with commas between them
    #[arg(
        long,
        value_name = "TOKENS",
        value_delimiter = ',',
        default_value = "2048,8192,32768"
    )]
    pub budget: Vec<usize>,
    /// Review files of which the pinned passages count as evidence, too
    #[arg(long, value_name = "FILE", num_args = 1..)]
    pub reviews: Vec<PathBuf>,
    /// How records are written
    #[arg(long, value_enum, value_name = "FORM", default_value = "text")]
    pub record: Form,
    /// What counts tokens: `cl100k_base`, `o200k_base`, or a `tokenizer.json`
    #[arg(long, value_name = "NAME", default_value = "cl100k_base")]
    pub tokenizer: String,
    /// What `random` draws from
    #[arg(long, value_name = "NUMBER", default_value_t = 0)]
    pub seed: u64,
}

/// Measures and prints; the exit code is 1 when records could not be read.
///
/// # Errors
/// When a strategy is not known, a budget is 0, or no evidence stands in a record.
pub(crate) fn run(args: &Args, out: &mut dyn Write) -> Result<u8> {
    let strategies = args.strategy.iter().map(|name| context::named(name));
    let strategies = strategies.collect::<Result<Vec<_>>>()?;
    if args.budget.contains(&0) {
        return Err(
            Error::usage("a budget of 0 tokens keeps nothing").hint("say --budget 2048,8192")
        );
    }
    let counter = tokens::open(&args.tokenizer)?;
    let dataset = Dataset::open(&args.dataset.dataset)?;
    let (pins, bad) = pins(&args.reviews, &dataset)?;
    let groups = by_person(dataset.cases());
    let question = Question {
        strategies: &strategies,
        budgets: &args.budget,
        form: args.record,
        counter: &*counter,
        seed: args.seed,
        pinned: &pins,
    };
    let bar = crate::sink::stderr_is_terminal().then(|| ProgressBar::new(groups.len() as u64));
    let evidence = measure(&dataset, &groups, &question, &|| {
        if let Some(bar) = &bar {
            bar.inc(1);
        }
    })?;
    if let Some(bar) = &bar {
        bar.finish_and_clear();
    }
    for error in &evidence.unread {
        let _ = writeln!(crate::sink::stderr(), "{error}");
    }
    if evidence.cases.is_empty() {
        return Err(Error::unreadable(dataset.root(), "no gold response quotes evidence that stands in a record")
            .hint("the column `evidence` of clinician-instruction-responses.tsv quotes the record, with ||| between passages; --reviews FILE takes what a reviewer pinned"));
    }
    let lines = table(&evidence, &strategies, &args.budget, counter.name());
    out.write_all(lines.join("\n").as_bytes())
        .and_then(|()| out.write_all(b"\n"))
        .map_err(super::output_failed)?;
    Ok(u8::from(bad || !evidence.unread.is_empty()))
}

/// What reviewers pinned, by case.
#[derive(Default)]
pub(super) struct Pins(BTreeMap<CaseKey, Vec<Pin>>);

impl Pins {
    /// The pins of all readings.
    pub(super) fn of<'l>(ledgers: impl IntoIterator<Item = &'l Ledger>) -> Self {
        let mut pins: BTreeMap<CaseKey, Vec<Pin>> = BTreeMap::new();
        for ledger in ledgers {
            for (key, review) in ledger.passes().flat_map(|pass| ledger.cases_in(pass)) {
                let own = review.pins.iter().map(|pinned| pinned.pin.clone());
                pins.entry(key.clone()).or_default().extend(own);
            }
        }
        Pins(pins)
    }
}

impl Relied for Pins {
    fn count(&self, case: &Case) -> usize {
        self.0.get(&case.key()).map_or(0, Vec::len)
    }

    fn places(&self, case: &Case, passages: &Passages<'_>) -> Vec<Place> {
        let pins = self.0.get(&case.key()).into_iter().flatten();
        pins.filter_map(|pin| {
            let anchor = anchor::find(passages, pin);
            let (event, range) = anchor.place()?;
            Some(Place {
                event,
                range: Some(range.clone()),
            })
        })
        .collect()
    }
}

/// The pins of review files, of all readings; and whether a line of theirs could not be read.
fn pins(files: &[PathBuf], dataset: &Dataset) -> Result<(Pins, bool)> {
    let reviews = Reviews::read(files, dataset)?;
    for notice in &reviews.bad {
        let _ = writeln!(crate::sink::stderr(), "{}", text::safe(&notice.to_string()));
    }
    let pins = Pins::of(reviews.ledgers.values());
    Ok((pins, !reviews.bad.is_empty()))
}

fn table(
    evidence: &Evidence,
    strategies: &[&'static dyn Strategy],
    budgets: &[usize],
    counter: &str,
) -> Vec<String> {
    let n = |n: usize| text::thousands(n as u64);
    let cases = &evidence.cases;
    let passages = cases.iter().map(|case| case.passages).sum();
    let pinned: usize = cases.iter().map(|case| case.pinned).sum();
    let pinned = if pinned > 0 {
        format!(", {} of them pinned", n(pinned))
    } else {
        String::new()
    };
    let quarters = quarters(cases);
    let mut lines = vec![
        format!(
            "{} cases with evidence in their record ({} passages{pinned}); {} cases without, {} passages stand nowhere",
            n(cases.len()),
            n(passages),
            n(evidence.without),
            n(evidence.nowhere)
        ),
        format!(
            "kept: all of a case's passages lie within what would be sent; tokens by {}; 95% by Wilson",
            text::safe(counter)
        ),
        String::new(),
        format!(
            "{:>8}  {:<16} {:>6}  {:<15} shortest quarter of records to longest",
            "budget", "strategy", "kept", "95%"
        ),
    ];
    for (b, budget) in budgets.iter().enumerate() {
        for (s, strategy) in strategies.iter().enumerate() {
            let column = b * strategies.len() + s;
            let share = |quarter: Option<usize>| {
                let of = cases
                    .iter()
                    .zip(&quarters)
                    .filter(|(_, q)| quarter.is_none_or(|wanted| **q == wanted));
                let kept: Vec<bool> = of.map(|(case, _)| case.kept[column]).collect();
                (kept.iter().filter(|k| **k).count(), kept.len())
            };
            let (kept, all) = share(None);
            let interval = wilson(kept, all).map_or(String::new(), |i| {
                format!("{:.1} to {:.1}", 100.0 * i.low, 100.0 * i.high)
            });
            let by_quarter: Vec<String> = (0..4)
                .map(|q| match share(Some(q)) {
                    (_, 0) => "    –".to_owned(),
                    (kept, all) => format!("{:>5.1}", 100.0 * kept as f64 / all as f64),
                })
                .collect();
            lines.push(format!(
                "{:>8}  {:<16} {:>5.1}%  {interval:<15} {}",
                n(*budget),
                strategy.name(),
                100.0 * kept as f64 / all as f64,
                by_quarter.join(" ")
            ));
        }
    }
    lines.extend(tests(evidence, strategies, budgets));
    lines
}

/// Paired tests between strategies at each budget.
fn tests(
    evidence: &Evidence,
    strategies: &[&'static dyn Strategy],
    budgets: &[usize],
) -> Vec<String> {
    let mut found = Vec::new();
    for (b, budget) in budgets.iter().enumerate() {
        for first in 0..strategies.len() {
            for second in first + 1..strategies.len() {
                let column = |s: usize| b * strategies.len() + s;
                let pairs = evidence.cases.iter();
                let pairs =
                    pairs.map(|c| (Some(c.kept[column(first)]), Some(c.kept[column(second)])));
                found.push((*budget, first, second, Discordance::of(pairs)));
            }
        }
    }
    if found.is_empty() {
        return Vec::new();
    }
    let p: Vec<Option<f64>> = found
        .iter()
        .map(|(.., pairs)| pairs.mcnemar_exact().p)
        .collect();
    let adjusted = holm(&p);
    let mut lines = vec![
        String::new(),
        "cases that only one of two keeps (McNemar, exact; p adjusted after Holm over all rows)"
            .to_owned(),
    ];
    for ((budget, first, second, pairs), p) in found.into_iter().zip(adjusted) {
        lines.push(format!(
            "{:>8}  {} {}, {} {}: p {}",
            text::thousands(budget as u64),
            strategies[first].name(),
            pairs.first_only,
            strategies[second].name(),
            pairs.second_only,
            p.map_or("–".to_owned(), |p| if p < 0.001 {
                "< 0.001".to_owned()
            } else {
                format!("{p:.3}")
            })
        ));
    }
    lines
}
