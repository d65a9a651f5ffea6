//! `export --to inspect`: verdicts as edits of the scores in an Inspect log.
//!
//! In: the log that answers were imported from, and what reviewers said of them. Out: a copy of the log with the edits, and an account. The
//! log itself is only read.

use std::collections::BTreeMap;
use std::fmt::Write as _;
use std::path::Path;

use super::Args;
use crate::commands::output::{Guard, There};
use crate::error::{Error, Result};
use crate::infer::import::inspect;
use crate::infer::import::join::Join;
use crate::notice::{Bounded, Notice, Severity};
use crate::review::exchange::inspect::{SCORE, account, marked};
use crate::review::exchange::{Account, Options, Source};
use crate::text::safe;

/// Writes the copy; gives back the account, and how many samples could not be used.
///
/// # Errors
/// When an option is lacking, or the log cannot be read or the copy not be written.
pub(super) fn write(
    args: &Args,
    source: &Source<'_>,
    options: Options,
    guard: Guard,
    report: &mut String,
) -> Result<(Account, usize)> {
    let lacking = |what: &str| {
        Error::usage(format!("{what} is needed to write into an Inspect log"))
            .hint("medalign export DIR --to inspect --log RUN.eval --label NAME --out NEW.eval")
    };
    let log = args.log.as_deref().ok_or_else(|| lacking("--log"))?;
    let label = args.label.as_deref().ok_or_else(|| lacking("--label"))?;
    let out = args.out.as_deref().filter(|p| *p != Path::new("-"));
    let out = out.ok_or_else(|| lacking("--out"))?;
    if out.extension() != log.extension() {
        return Err(Error::usage("a copy of a log ends as the log does")
            .hint("name it .eval where the log is .eval, .json where it is .json"));
    }
    guard
        .reads([log])
        .file(out, There::Option("--force", args.force))?;
    let score = args.score.as_deref().unwrap_or(SCORE);
    let marked = marked(source, options, label);
    let join = Join::new(source.cases);
    let mut samples: BTreeMap<_, usize> = BTreeMap::new();
    let mut notices = Bounded::default();
    let mut bad = 0;
    let mut note = |kind: &'static str, place: &str, what: &str| {
        bad += 1;
        notices.add(kind, Severity::Error, || {
            Notice::file(Severity::Error, log, format!("{place}: {what}"))
        });
    };
    let mut verdicts = 0;
    let changed = inspect::edit(log, out, args.force, &mut |found, sample| {
        let case = match join.case(found) {
            Ok(case) => case,
            Err(why) => {
                note("of no case", &found.place, &why.told());
                return false;
            }
        };
        let Some(marks) = marked.get(&case.key()) else {
            return false;
        };
        if found.told.text != marks.text {
            // Of several epochs one was imported.
            if found.trial == 1 {
                let what = "the answer has another text than the response that was judged";
                note("with another text", &found.place, what);
            }
            return false;
        }
        let put = match marks.put(sample, score) {
            Ok(put) => put,
            Err(what) => {
                note("of another form than Inspect's", &found.place, what);
                return false;
            }
        };
        *samples.entry(case.key()).or_default() += 1;
        verdicts += if put { marks.verdicts() } else { 0 };
        put
    })?;
    let rest = |kind, n| format!("{n} more samples {kind} are as they were");
    for notice in notices.into_notices(log, rest) {
        let _ = writeln!(report, "{}", safe(&notice.to_string()));
    }
    let _ = writeln!(
        report,
        "samples edited: {changed}, with {verdicts} verdicts as edits of the score {}",
        safe(score)
    );
    if args.score.is_some() && changed > 0 {
        report.push_str(
            "the totals of the log (results) are those of before: recompute_metrics of Inspect makes them anew\n",
        );
    }
    Ok((account(source, options, label, &samples), bad))
}
