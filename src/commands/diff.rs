//! `medalign diff`: in which cases two review files differ, and how.
//!
//! In: two review files: copies of one review, or two people's. Out: the differences by case. Texts are printed only when
//! asked for, and so are models' names.

use std::collections::{BTreeMap, BTreeSet};
use std::io::Write;
use std::path::{Path, PathBuf};

use crate::dataset::CaseKey;
use crate::error::{Error, Result};
use crate::review::diff::differences;
use crate::review::line::Reading;
use crate::review::{CaseReview, Ledger, Pass, blind};
use crate::text::safe;

/// Say in which cases two review files differ, and how
///
/// Of files with one reviewer each, the two are compared whoever they are; otherwise each reviewer with the same in the other
/// file. What an act replaced or undid does not count, only what holds. Between two reviewers, cases that only one of them read are
/// counted at the end (--all lists them). The exit code is 1 when anything differs.
#[derive(Clone, Debug, clap::Args)]
pub struct Args {
    /// A review file
    #[arg(value_name = "A")]
    pub first: PathBuf,
    /// Another
    #[arg(value_name = "B")]
    pub second: PathBuf,
    /// Print comments and gold responses, too
    #[arg(long)]
    pub text: bool,
    /// List cases that only one of two reviewers read, too
    #[arg(long)]
    pub all: bool,
    /// Print models' names instead of the letters under which responses were shown in A, or else in B
    #[arg(long)]
    pub names: bool,
}

/// Compares and prints.
///
/// # Errors
/// When a file cannot be read; when anything differs, or lines cannot be read.
pub(crate) fn run(args: &Args, out: &mut dyn Write) -> Result<()> {
    let mut bad = 0;
    let mut ledgers = |path: &Path| -> Result<BTreeMap<String, Ledger>> {
        let reading = Reading::of_file(path)?;
        bad += reading.bad.len();
        Ok(Ledger::by_reviewer(
            reading.entries.into_iter().map(|l| l.entry),
        ))
    };
    let (first, second) = (ledgers(&args.first)?, ledgers(&args.second)?);
    let mut text = Vec::new();
    let pairs: Vec<(Option<&Ledger>, Option<&Ledger>)> = if first.len() == 1 && second.len() == 1 {
        vec![(first.values().next(), second.values().next())]
    } else {
        let names: BTreeSet<&String> = first.keys().chain(second.keys()).collect();
        names
            .iter()
            .map(|n| (first.get(*n), second.get(*n)))
            .collect()
    };
    let (mut cases, mut found, mut only) = (0, 0, [0, 0]);
    for pair in pairs {
        match pair {
            (Some(a), Some(b)) => {
                let more = compare(args, a, b, &mut text);
                cases += more.0;
                found += more.1;
                only = [only[0] + more.2[0], only[1] + more.2[1]];
            }
            (Some(one), None) | (None, Some(one)) => {
                let file = if first.contains_key(one.reviewer()) {
                    &args.first
                } else {
                    &args.second
                };
                text.push(format!(
                    "only {} has a review of {}",
                    file.display(),
                    safe(one.reviewer())
                ));
                found += 1;
            }
            (None, None) => {}
        }
    }
    for (n, path) in only.iter().zip([&args.first, &args.second]) {
        if *n > 0 {
            let file = path.display();
            text.push(format!(
                "{n} readings are in {file} alone (--all lists them)"
            ));
        }
    }
    text.push(format!(
        "{found} differences in {cases} cases; {bad} bad lines"
    ));
    let text = text.join("\n") + "\n";
    out.write_all(text.as_bytes())
        .map_err(super::output_failed)?;
    if found + bad > 0 {
        let error = Error::problems(format!("{found} differences, {bad} bad lines"));
        let names =
            |ledgers: &BTreeMap<String, Ledger>| ledgers.keys().cloned().collect::<Vec<_>>();
        return Err(error.hint(if bad > 0 {
            "`medalign review-file verify` names bad lines"
        } else if names(&first) == names(&second) {
            "`medalign merge` makes one file of both"
        } else {
            "`medalign adjudicate` shows them beside the record to whoever decides"
        }));
    }
    Ok(())
}

/// Prints the differences of two reviews; gives back in how many cases, how many, and the readings that only one of them has.
fn compare(
    args: &Args,
    a: &Ledger,
    b: &Ledger,
    text: &mut Vec<String>,
) -> (usize, usize, [usize; 2]) {
    let mut readings: BTreeSet<(Pass, CaseKey)> = BTreeSet::new();
    for ledger in [a, b] {
        for pass in ledger.passes() {
            readings.extend(ledger.cases_in(pass).map(|(key, _)| (pass, key.clone())));
        }
    }
    let who = if a.reviewer() == b.reviewer() {
        safe(a.reviewer()).into_owned()
    } else {
        format!("{} | {}", safe(a.reviewer()), safe(b.reviewer()))
    };
    let (mut cases, mut found, mut only) = (0, 0, [0, 0]);
    let others = a.reviewer() != b.reviewer();
    let nothing = CaseReview::default();
    for (pass, key) in readings {
        let (of_a, of_b) = (a.reading(pass, &key), b.reading(pass, &key));
        // Of some cases every act was taken back.
        if *of_a == nothing && *of_b == nothing {
            continue;
        }
        // What a plan gave to one of two people alone is no difference between them.
        let alone = [*of_b == nothing, *of_a == nothing];
        if others && !args.all && alone != [false, false] {
            for (n, alone) in only.iter_mut().zip(alone) {
                *n += usize::from(alone);
            }
            continue;
        }
        let name = |model: &str| named(args.names, model, [of_a, of_b]);
        let all = differences(of_a, of_b, name);
        if all.is_empty() {
            continue;
        }
        cases += 1;
        found += all.len();
        let pass = if pass == Pass::First {
            String::new()
        } else {
            format!(", {pass}")
        };
        text.push(format!("{}{pass}  ({who})", safe(&key.to_string())));
        for difference in all {
            let of = difference
                .model
                .as_deref()
                .map(|m| format!(" of {}", name(m)));
            let line = format!(
                "  {}{}: {} | {}",
                difference.about,
                of.unwrap_or_default(),
                difference.first,
                difference.second
            );
            text.push(safe(&line).into_owned());
            if let (true, Some(texts)) = (args.text, &difference.texts) {
                for (sign, told) in ["<", ">"].iter().zip(texts) {
                    let lines = told.lines().map(|l| format!("    {sign} {}", safe(l)));
                    text.extend(lines);
                }
            }
        }
    }
    (cases, found, only)
}

/// What a response is called: its model's name, or its letter in the first review that shows one.
fn named(names: bool, model: &str, reviews: [&CaseReview; 2]) -> String {
    if names {
        return model.to_owned();
    }
    let mut shown = reviews
        .iter()
        .filter_map(|r| r.judgement(model)?.shown_position);
    shown.next().map_or_else(|| "?".to_owned(), blind::letter)
}
