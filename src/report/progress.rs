//! How far a reviewer is: a report that names no model and tells nothing of how the responses did.
//!
//! In: a dataset's cases and one reviewer's ledger. Out: tables of progress and pace. It is what may be seen while
//! reviewing is blind. Shares correct, ties and places are not in it either: who knows in the middle of the work how they
//! lean begins to make up for it.

use super::table::{Chart, Form, Number, Part, Report, Table, TableRow};
use super::tables::columns;
use crate::dataset::Case;
use crate::review::plan::Step;
use crate::review::{Ledger, Pass};
use crate::stats::interval;
use crate::stats::interval::quantile;
use crate::stats::method;

/// Submitted cases are put together by so many for the pace.
const TOGETHER: usize = 10;

/// The report; `name` is the dataset's. Where a plan gives the reviewer a queue, it is about that.
pub(crate) fn of_reviewer(name: &str, cases: &[Case], queue: &[Step], ledger: &Ledger) -> Report {
    let planned: Vec<Case> = queue
        .iter()
        .filter(|s| s.pass == Pass::First)
        .filter_map(|s| cases.get(s.case).cloned())
        .collect();
    let source = cases;
    let again: Vec<&Step> = queue.iter().filter(|s| s.pass != Pass::First).collect();
    let cases = if queue.is_empty() { cases } else { &planned };
    let mut all = progress(cases, ledger);
    if !queue.is_empty() {
        all.title = "Your queue";
        "What is done of the cases that the plan gives you. Reports count what is submitted, and leave out what was judged with the models' names in view.".clone_into(&mut all.caption);
    }
    if !again.is_empty() {
        let key = |s: &Step| source.get(s.case).map(Case::key);
        let done = |s: &&&Step| key(s).is_some_and(|key| ledger.reading(s.pass, &key).is_done());
        let done = again.iter().filter(done).count();
        all.rows
            .push(row("second readings submitted", done, again.len()));
    }
    let mut tables = vec![all];
    tables.extend(by_category(cases, ledger));
    tables.extend(pace(cases, ledger));
    Report {
        dataset: name.to_owned(),
        seed: 0,
        samples: 0,
        head: None,
        folding: false,
        tables,
        notices: Vec::new(),
    }
}

fn share(part: usize, all: usize) -> Number {
    Number {
        value: (all > 0).then(|| part as f64 / all as f64),
        interval: None,
        n: all,
        missing: 0,
        form: Form::Share,
        method: &method::PROGRESS,
    }
}

fn row(key: &str, part: usize, all: usize) -> TableRow {
    TableRow {
        keys: vec![key.to_owned()],
        numbers: vec![
            share(part, all),
            Number::count(part, &method::COUNT),
            Number::count(all, &method::COUNT),
        ],
    }
}

const COLUMNS: [(&str, &str); 3] = [("share", "share"), ("done", "done"), ("all", "of")];
const BARS: Option<Chart> = Some(Chart::Bars {
    column: 0,
    top: 1.0,
});

fn progress(cases: &[Case], ledger: &Ledger) -> Table {
    let progress = ledger.progress(cases);
    let all = progress.cases;
    let mut rows = vec![
        row("cases submitted", progress.submitted, all),
        row("cases begun, not submitted", progress.begun, all),
        row("cases judged in full", progress.judged_cases, all),
        row("answers judged", progress.judged, progress.responses),
        row("cases flagged", progress.flagged, all),
    ];
    if progress.unblinded > 0 {
        let what = "submitted with names in view";
        rows.insert(1, row(what, progress.unblinded, all));
    }
    Table {
        id: "progress",
        part: Part::Progress,
        title: "All cases",
        caption: "What is done of all there is. Reports count what is submitted, and leave out what was judged with the models' names in view.".to_owned(),
        keys: vec!["what"],
        columns: columns(&COLUMNS),
        rows,
        chart: BARS,
    }
}

fn by_category(cases: &[Case], ledger: &Ledger) -> Option<Table> {
    let mut counts: std::collections::BTreeMap<&str, (usize, usize)> =
        std::collections::BTreeMap::new();
    for case in cases {
        let review = ledger.case(&case.key());
        let category = review
            .category
            .as_ref()
            .map_or(case.category.as_str(), |c| c.0.as_str());
        let count = counts.entry(category).or_default();
        count.0 += usize::from(review.is_done());
        count.1 += 1;
    }
    (counts.len() > 1).then(|| Table {
        id: "progress_by_category",
        part: Part::Progress,
        title: "Cases submitted by category",
        caption: "What is done of each category of instructions.".to_owned(),
        keys: vec!["category"],
        columns: columns(&COLUMNS),
        rows: counts
            .into_iter()
            .map(|(category, (done, all))| {
                row(
                    if category.is_empty() {
                        "(none stated)"
                    } else {
                        category
                    },
                    done,
                    all,
                )
            })
            .collect(),
        chart: BARS,
    })
}

/// Minutes a case, in the order of submission.
fn pace(cases: &[Case], ledger: &Ledger) -> Option<Table> {
    let mut done: Vec<_> = cases
        .iter()
        .filter_map(|c| ledger.case(&c.key()).submitted.as_ref())
        .collect();
    done.sort_by_key(|s| s.at);
    let minutes: Vec<f64> = done.iter().map(|s| s.seconds as f64 / 60.0).collect();
    let number = |sorted: &[f64], p| Number {
        value: quantile(sorted, p),
        interval: None,
        n: sorted.len(),
        missing: 0,
        form: Form::Tenth,
        method: &interval::TIME,
    };
    let rows: Vec<TableRow> = minutes
        .chunks(TOGETHER)
        .enumerate()
        .map(|(i, part)| {
            let mut sorted = part.to_vec();
            sorted.sort_by(f64::total_cmp);
            let first = i * TOGETHER + 1;
            TableRow {
                keys: vec![format!("cases {first} to {}", first + part.len() - 1)],
                numbers: [0.5, 0.25, 0.75].map(|p| number(&sorted, p)).to_vec(),
            }
        })
        .collect();
    let top = rows
        .iter()
        .filter_map(|r| r.numbers[0].value)
        .fold(1.0, f64::max);
    (!rows.is_empty()).then(|| Table {
        id: "pace",
        part: Part::Progress,
        title: "Minutes a case",
        caption:
            "From opening a case to submitting it, pauses included, in the order of submission."
                .to_owned(),
        keys: vec!["submitted"],
        columns: columns(&[
            ("median", "median"),
            ("low", "1st quartile"),
            ("high", "3rd quartile"),
        ]),
        rows,
        chart: Some(Chart::Bars { column: 0, top }),
    })
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::dataset::Response;
    use crate::report::render_text::{Look, render};
    use crate::review::entry::Scope;
    use crate::review::{Act, Entry, Verdict};

    #[test]
    fn the_work_is_counted_and_no_model_named() {
        let cases: Vec<Case> = (0..12)
            .map(|n| Case {
                instruction_id: n.to_string(),
                person_id: "7".to_owned(),
                category: ["Retrieve", ""][n % 2].to_owned(),
                responses: vec![Response {
                    model: "secret-32k".to_owned(),
                    ..Response::default()
                }],
                ..Case::default()
            })
            .collect();
        let mut ledger = Ledger::new("r");
        let judge = Act::Judge {
            model: "secret-32k".to_owned(),
            verdict: Some(Verdict::Correct),
            shown_position: Some(0),
            view: None,
        };
        let mut id = 0;
        let mut act = |case: usize, act| {
            id += 1;
            ledger.apply(Entry {
                pass: crate::review::Pass::First,
                v: 1,
                id: format!("{id:026}"),
                time: jiff::Timestamp::from_second(id).expect("a time"),
                reviewer: "r".to_owned(),
                case: Some(cases[case].key()),
                act,
                shown: None,
                extra: serde_json::Map::new(),
            });
        };
        for case in 0..11 {
            act(case, judge.clone());
            act(
                case,
                Act::Submit {
                    overruled: Vec::new(),
                    seconds: 60 * (case as u64 + 1),
                    reason: None,
                },
            );
        }
        let report = of_reviewer("clinic", &cases, &[], &ledger);
        let ids: Vec<&str> = report.tables.iter().map(|t| t.id).collect();
        assert_eq!(ids, ["progress", "progress_by_category", "pace"]);
        let values = |table: usize, row: usize| -> Vec<_> {
            report.tables[table].rows[row]
                .numbers
                .iter()
                .map(|n| n.value)
                .collect()
        };
        assert_eq!(values(0, 0), [Some(11.0 / 12.0), Some(11.0), Some(12.0)]);
        assert_eq!(report.tables[1].rows[0].keys, ["(none stated)"]);
        assert_eq!(values(1, 0), [Some(5.0 / 6.0), Some(5.0), Some(6.0)]);
        assert_eq!(values(2, 0)[0], Some(5.5));
        assert_eq!(report.tables[2].rows[1].keys, ["cases 11 to 11"]);
        let text = render(
            &report,
            Look {
                all: true,
                width: 80,
                ascii: false,
            },
        );
        assert!(
            !text.contains("secret") && !text.contains("orrect"),
            "{text}"
        );
    }

    #[test]
    fn what_is_begun_and_what_was_not_blind_stand_apart() {
        use crate::review::sample::{case, entry, judge};
        let cases = [1, 2, 3].map(|n| Case {
            instruction_id: case(n).instruction,
            person_id: case(n).person,
            ..Case::default()
        });
        let submit = || Act::Submit {
            overruled: Vec::new(),
            seconds: 60,
            reason: None,
        };
        let mark = || judge("a", Verdict::Correct);
        let unblind = Act::Unblind { scope: Scope::Case };
        let acts = [
            (1, mark()),
            (1, submit()),
            (2, unblind),
            (2, mark()),
            (2, submit()),
            (3, mark()),
            (3, submit()),
            (3, Act::Reopen {}),
        ];
        let mut ledger = Ledger::new("jchen");
        for (n, (which, act)) in (0..).zip(acts) {
            ledger.apply(entry(n, Some(case(which)), act));
        }
        let report = of_reviewer("clinic", &cases, &[], &ledger);
        let rows = report.tables[0].rows.iter();
        let rows: Vec<_> = rows
            .map(|r| (r.keys[0].as_str(), r.numbers[1].value))
            .collect();
        assert_eq!(
            rows[..3],
            [
                ("cases submitted", Some(2.0)),
                ("submitted with names in view", Some(1.0)),
                ("cases begun, not submitted", Some(1.0)),
            ]
        );
    }
}
