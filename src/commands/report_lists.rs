//! Lists of cases in place of a report: where a metric parts from the reviewers, and what is wrong and was said with confidence.
//!
//! In: a dataset and what a report would be made of. Out: text with the ids of cases. Never: a question or a response.

use crate::dataset::Dataset;
use crate::error::{Error, Result};
use crate::report::tables::Sources;
use crate::report::{confidence, metrics};
use crate::review::Harm;
use crate::text::{safe, thousands};

/// The list of the cases in which a metric and the reviewers part.
pub(super) fn disagreements(dataset: &Dataset, sources: &Sources, metric: &str) -> Result<String> {
    use std::fmt::Write;

    let Some(scores) = sources.scores.iter().find(|s| s.metric == metric) else {
        let there: Vec<&str> = sources.scores.iter().map(|s| s.metric.as_str()).collect();
        let error = Error::usage(format!("there are no scores of {metric}"));
        return Err(error.hint(if there.is_empty() {
            "`medalign score DIR` makes scores".to_owned()
        } else {
            format!("there are scores of {}", there.join(", "))
        }));
    };
    let rows: Vec<_> = (sources.main.rows.iter())
        .filter(|o| o.reading == 0)
        .collect();
    let apart = metrics::disagreements(&rows, scores);
    let mut text = format!(
        "{} cases in which {metric} does not order the responses as their reviewers do, the worst first
",
        thousands(apart.len() as u64)
    );
    for (i, case) in apart.iter().enumerate() {
        let _ = write!(
            text,
            "\n{}. instruction {}, patient {}: tau-b {:.3}\n   {metric}: {}\n",
            i + 1,
            safe(&case.instruction),
            safe(&case.person),
            case.tau,
            safe(&case.by_metric)
        );
        for said in &case.by_reviewers {
            let _ = writeln!(text, "   reviewers: {}", safe(said));
        }
    }
    text += &to_open(dataset, apart.first().map(|a| a.instruction.as_str()));
    Ok(text)
}

/// How the first case of a list is opened.
fn to_open(dataset: &Dataset, instruction: Option<&str>) -> String {
    let Some(instruction) = instruction else {
        return String::new();
    };
    format!(
        "\nTo open one: medalign review {} --case {}\n",
        dataset.root().display(),
        safe(instruction)
    )
}

/// The list of incorrect responses that were given with confidence.
pub(super) fn confident_wrong(dataset: &Dataset, sources: &Sources) -> Result<String> {
    use std::fmt::Write;

    let rows: Vec<_> = (sources.main.rows.iter())
        .filter(|o| o.reading == 0)
        .collect();
    if rows.iter().all(|o| o.about.confidence.is_none()) {
        let error = Error::unreadable(dataset.root(), "no response states a confidence");
        return Err(error.hint(
            "the responses' table needs a column `confidence` with numbers between 0 and 1",
        ));
    }
    let wrong = confidence::wrong(&rows);
    let mut text = format!(
        "{} incorrect responses state a confidence, the most harmful and the most confident first\n\n",
        thousands(wrong.len() as u64)
    );
    for (i, response) in wrong.iter().enumerate() {
        let _ = writeln!(
            text,
            "{}. instruction {}, patient {}, {}: confidence {:.3}, harm {}",
            i + 1,
            safe(&response.instruction),
            safe(&response.person),
            safe(&response.model),
            response.confidence,
            response.harm.map_or("not stated", Harm::name)
        );
    }
    text += &to_open(dataset, wrong.first().map(|w| w.instruction.as_str()));
    Ok(text)
}
