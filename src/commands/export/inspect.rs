//! `export --to inspect`: verdicts as edits of the scores in an Inspect log.
//!
//! In: the log that answers were imported from, and what reviewers said of them. Out: a copy of the log with the edits, and an account. The
//! log itself is only read.

use std::fmt::Write as _;
use std::path::Path;

use super::Args;
use crate::commands::output::{Guard, There};
use crate::error::{Error, Result};
use crate::review::exchange::inspect::{Copy, SCORE};
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
    let copy = Copy {
        log,
        out,
        over: args.force,
        score,
    };
    let wrote = copy.write(source, options, label)?;
    let rest = |kind, n| format!("{n} more samples {kind} are as they were");
    for notice in wrote.notices.into_notices(log, rest) {
        let _ = writeln!(report, "{}", safe(&notice.to_string()));
    }
    let _ = writeln!(
        report,
        "samples edited: {}, with {} verdicts as edits of the score {}",
        wrote.samples,
        wrote.verdicts,
        safe(score)
    );
    if args.score.is_some() && wrote.samples > 0 {
        report.push_str(
            "the totals of the log (results) are those of before: recompute_metrics of Inspect makes them anew\n",
        );
    }
    Ok((wrote.account, wrote.bad))
}
