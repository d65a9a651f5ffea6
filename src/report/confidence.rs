//! How far a model's confidence in its answers can be believed.
//!
//! In: judged responses that state a confidence between 0 and 1. Out: the calibration curve, the expected calibration error of
//! each model, and the incorrect responses that were most confident, by harm. Without a stated confidence there is no
//! table. Never: a question or a response.

use std::collections::BTreeMap;

use super::observations::Observation;
use super::table::{Chart, Form, Number, Part, Table, TableRow};
use super::tables::columns;
use crate::review::Harm;
use crate::stats::calibration::{BINS, Bins, CONFIDENCE, ECE, OVERCONFIDENCE, SHARE};
use crate::stats::interval::{Bootstrap, wilson};
use crate::stats::method::Method;

/// A judged response with its confidence; the case is a place among those that have one.
struct Judged<'a> {
    case: usize,
    model: &'a str,
    confidence: f64,
    correct: bool,
}

/// The responses that can be used, how many cases they are of, and how many judged ones state no confidence.
fn judged<'a>(rows: &[&'a Observation]) -> (Vec<Judged<'a>>, usize, usize) {
    let mut cases: BTreeMap<(&str, &str), usize> = BTreeMap::new();
    let mut found = Vec::new();
    let mut missing = 0;
    for o in rows {
        let Some(correct) = o.correct() else { continue };
        let Some(confidence) = o.about.confidence else {
            missing += 1;
            continue;
        };
        let next = cases.len();
        let case = *cases.entry((&o.instruction, &o.person)).or_insert(next);
        found.push(Judged {
            case,
            model: &o.model,
            confidence,
            correct,
        });
    }
    (found, cases.len(), missing)
}

/// The tables; none without a judged response that states its confidence.
pub(super) fn tables(rows: &[&Observation], models: &[String], bootstrap: Bootstrap) -> Vec<Table> {
    let (all, cases, missing) = judged(rows);
    if all.is_empty() {
        return Vec::new();
    }
    vec![curve(&all, missing), errors(&all, cases, models, bootstrap)]
}

fn number(value: Option<f64>, n: usize, method: &'static Method) -> Number {
    Number {
        value,
        interval: None,
        n,
        missing: 0,
        form: Form::Share,
        method,
    }
}

fn curve(all: &[Judged<'_>], missing: usize) -> Table {
    let mut bins = Bins::default();
    for response in all {
        bins.add(response.confidence, response.correct, 1.0);
    }
    let width = 100 / BINS;
    let rows = (0..BINS).filter_map(|bin| {
        let (confidence, share, n) = bins.bin(bin)?;
        let n = n as usize;
        let correct = (share * n as f64).round() as usize;
        Some(TableRow {
            keys: vec![format!("{}% to {}%", bin * width, (bin + 1) * width)],
            numbers: vec![
                number(Some(confidence), n, &CONFIDENCE),
                Number {
                    interval: wilson(correct, n),
                    ..number(Some(share), n, &SHARE)
                },
            ],
        })
    });
    let without = match missing {
        0 => String::new(),
        n => format!(" {n} judged responses state no confidence."),
    };
    Table {
        id: "calibration",
        part: Part::Confidence,
        title: "Calibration",
        caption: format!(
            "How often responses are correct that were given with a confidence; n counts judgements.{without}"
        ),
        keys: vec!["confidence"],
        columns: columns(&[("confidence", "mean confidence"), ("correct", "correct")]),
        rows: rows.collect(),
        chart: Some(Chart::Scatter {
            x: 0,
            y: 1,
            diagonal: true,
        }),
    }
}

fn errors(all: &[Judged<'_>], cases: usize, models: &[String], bootstrap: Bootstrap) -> Table {
    let all_models = (all
        .iter()
        .map(|r| r.model)
        .collect::<std::collections::BTreeSet<_>>()
        .len()
        > 1)
    .then_some("(all)");
    let names = models.iter().map(String::as_str).chain(all_models);
    let rows = names.filter_map(|name| {
        let of_name = |r: &&Judged<'_>| name == "(all)" || r.model == name;
        let here: Vec<&Judged<'_>> = all.iter().filter(of_name).collect();
        if here.is_empty() {
            return None;
        }
        let statistics = |times: &[u32]| {
            let mut bins = Bins::default();
            for r in &here {
                bins.add(r.confidence, r.correct, f64::from(times[r.case]));
            }
            vec![bins.expected_error(), bins.overconfidence()]
        };
        let found = statistics(&vec![1; cases]);
        let intervals = bootstrap.intervals(cases, 2, statistics);
        let numbers = [&ECE, &OVERCONFIDENCE].into_iter().enumerate();
        Some(TableRow {
            keys: vec![name.to_owned()],
            numbers: numbers
                .map(|(i, method)| Number {
                    interval: intervals[i].interval,
                    ..number(found[i], here.len(), method)
                })
                .collect(),
        })
    });
    Table {
        id: "calibration_error",
        part: Part::Confidence,
        title: "Calibration error",
        caption: "How far confidence and correctness are apart; n counts judgements.".to_owned(),
        keys: vec!["model"],
        columns: columns(&[
            ("ece", "expected calibration error"),
            ("overconfidence", "confidence above correctness"),
        ]),
        rows: rows.collect(),
        chart: None,
    }
}

/// An incorrect response that was given with confidence.
#[derive(Clone, Debug, PartialEq)]
pub(crate) struct Wrong {
    /// The instruction's id.
    pub instruction: String,
    /// The patient's id.
    pub person: String,
    /// The model.
    pub model: String,
    /// Its confidence, between 0 and 1.
    pub confidence: f64,
    /// The harm that a reviewer said may follow.
    pub harm: Option<Harm>,
}

/// The incorrect responses by harm, the worst first, then by confidence, the highest first; each response once, with the worst
/// harm that a reviewer stated.
pub(crate) fn wrong(rows: &[&Observation]) -> Vec<Wrong> {
    let mut worst: BTreeMap<(&str, &str, &str), Wrong> = BTreeMap::new();
    for o in rows.iter().filter(|o| o.correct() == Some(false)) {
        let Some(confidence) = o.about.confidence else {
            continue;
        };
        let key = (o.instruction.as_str(), o.person.as_str(), o.model.as_str());
        let entry = worst.entry(key).or_insert_with(|| Wrong {
            instruction: o.instruction.clone(),
            person: o.person.clone(),
            model: o.model.clone(),
            confidence,
            harm: None,
        });
        entry.harm = entry.harm.max(o.harm);
    }
    let mut all: Vec<Wrong> = worst.into_values().collect();
    all.sort_by(|a, b| {
        let harm = b.harm.cmp(&a.harm);
        harm.then(b.confidence.total_cmp(&a.confidence))
    });
    all
}

#[cfg(test)]
mod tests {
    use super::super::about::About;
    use super::*;
    use crate::review::Verdict;

    fn said(
        case: usize,
        confidence: Option<f64>,
        correct: bool,
        harm: Option<Harm>,
    ) -> Observation {
        Observation {
            instruction: case.to_string(),
            model: "m".to_owned(),
            verdict: Some(Verdict::of(correct)),
            harm,
            about: About {
                confidence,
                ..About::default()
            },
            ..Observation::default()
        }
    }

    #[test]
    fn what_is_confident_and_wrong_is_found() {
        let all = [
            said(1, Some(0.95), true, None),
            said(2, Some(0.95), false, None),
            said(3, Some(0.15), false, Some(Harm::Severe)),
            said(4, None, false, Some(Harm::Severe)),
            said(5, Some(0.85), false, None),
        ];
        let rows: Vec<&Observation> = all.iter().collect();
        let few = Bootstrap {
            samples: 50,
            seed: 1,
        };
        let found = tables(&rows, &["m".to_owned()], few);
        assert_eq!(found.len(), 2);
        let names: Vec<&str> = found[0].rows.iter().map(|r| r.keys[0].as_str()).collect();
        assert_eq!(names, ["10% to 20%", "80% to 90%", "90% to 100%"]);
        let last = &found[0].rows[2].numbers;
        assert_eq!((last[1].value, last[1].n), (Some(0.5), 2));
        assert!(
            found[0]
                .caption
                .contains("1 judged responses state no confidence")
        );
        // (2 * 0.45 + 0.15 + 0.85) / 4
        let error = found[1].rows[0].numbers[0].value.expect("an error");
        assert!((error - 0.475).abs() < 1e-12, "{error}");
        let wrong = wrong(&rows);
        let cases: Vec<&str> = wrong.iter().map(|w| w.instruction.as_str()).collect();
        assert_eq!(cases, ["3", "2", "5"]);
        assert_eq!(tables(&rows[3..4], &["m".to_owned()], few), []);
    }
}
