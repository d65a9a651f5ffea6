//! The tables on metrics, from ranks and scores whose correlations are known.

use super::super::observations::{Observation, Observations};
use super::super::table::{Number, Report, Table};
use super::super::tables::Sources;
use super::*;
use crate::review::Verdict;

const FEW: Bootstrap = Bootstrap {
    samples: 200,
    seed: 1,
};

type Key = (String, String, String);

fn key(case: usize, model: usize) -> Key {
    (case.to_string(), "7".to_owned(), format!("m{model}"))
}

fn said(case: usize, model: usize, reviewer: &str, rank: Option<f64>) -> Observation {
    let (instruction, person, model) = key(case, model);
    Observation {
        instruction,
        person,
        model,
        reviewer: reviewer.to_owned(),
        rank,
        verdict: rank.map(|r| Verdict::of(r < 2.0)),
        ..Observation::default()
    }
}

fn report(rows: Vec<Observation>, scores: Vec<Scores>, bootstrap: Bootstrap) -> Report {
    let sources = Sources {
        dataset: "d".to_owned(),
        main: Observations {
            rows,
            ..Observations::default()
        },
        scores,
        ..Sources::default()
    };
    Report::of(sources, bootstrap)
}

fn table<'r>(report: &'r Report, id: &str) -> &'r Table {
    let found = report.tables.iter().find(|t| t.id == id);
    found.unwrap_or_else(|| panic!("no table {id}"))
}

fn number<'r>(table: &'r Table, keys: &[&str], column: &str) -> &'r Number {
    let place = table.columns.iter().position(|c| c.id == column);
    let row = table.rows.iter().find(|r| r.keys == keys);
    &row.expect("the row").numbers[place.expect("the column")]
}

/// Four cases of three models; one metric says what the reviewer says, another the opposite, a third has half of the cases.
fn planted() -> (Vec<Observation>, Vec<Scores>) {
    let mut rows = Vec::new();
    let (mut right, mut wrong, mut half) = (Vec::new(), Vec::new(), Vec::new());
    for case in 0..4 {
        for model in 0..3 {
            let rank = ((case + model) % 3 + 1) as f64;
            rows.push(said(case, model, "r", Some(rank)));
            right.push((key(case, model), -rank));
            wrong.push((key(case, model), rank));
            if case < 2 {
                half.push((key(case, model), -rank));
            }
        }
    }
    let scores = vec![
        Scores::new("half", half),
        Scores::new("right", right),
        Scores::new("wrong", wrong),
    ];
    (rows, scores)
}

#[test]
fn a_metric_that_ranks_as_the_reviewers_do_stands_first() {
    let (rows, scores) = planted();
    let report = report(rows, scores, FEW);
    let found = table(&report, "metric_correlation");
    let names: Vec<&str> = found.rows.iter().map(|r| r.keys[0].as_str()).collect();
    assert_eq!(names, ["half", "right", "wrong"]);
    let tau = |name| number(found, &[name], "tau_b");
    assert_eq!((tau("right").value, tau("right").n), (Some(1.0), 4));
    assert_eq!(tau("wrong").value, Some(-1.0));
    assert_eq!((tau("half").n, tau("half").missing), (2, 2));
    assert_eq!(number(found, &["right"], "auc").value, Some(1.0));
    assert_eq!(number(found, &["wrong"], "auc").value, Some(0.0));
    assert_eq!(number(found, &["half"], "auc").n, 6);
    assert_eq!(number(found, &["half"], "auc").missing, 6);
    let pairs = table(&report, "metric_pairs");
    assert_eq!(number(pairs, &["wrong"], "accuracy").value, Some(0.0));
    assert_eq!(number(pairs, &["right"], "acc_eq").n, 12);
    let differ = table(&report, "metric_differences");
    let difference = number(differ, &["right", "wrong"], "difference");
    assert_eq!((difference.value, difference.n), (Some(2.0), 4));
    let p = number(differ, &["right", "wrong"], "p").value;
    assert!((p.expect("a p") - 2.0 / 201.0).abs() < 1e-12);
    let order = table(&report, "metric_order");
    let same = number(order, &["random halves"], "above_best").value;
    assert!(same.is_some(), "the halves are compared");
}

#[test]
fn one_case_has_no_differences_and_no_parts() {
    let (mut rows, scores) = planted();
    rows.retain(|o| o.instruction == "0");
    let report = report(rows, scores, FEW);
    let ids: Vec<&str> = report.tables.iter().map(|t| t.id).collect();
    assert!(ids.contains(&"metric_correlation"), "{ids:?}");
    for id in ["metric_differences", "metric_kinds", "metric_order"] {
        assert!(!ids.contains(&id), "{id}");
    }
}

#[test]
fn without_scores_there_is_no_table_of_metrics() {
    let (rows, _) = planted();
    let report = report(rows, Vec::new(), FEW);
    assert!(report.tables.iter().all(|t| !t.id.starts_with("metric")));
}

#[test]
fn reviewers_of_the_same_cases_have_a_row() {
    let (mut rows, scores) = planted();
    for case in 0..2 {
        for model in 0..3 {
            let rank = ((case + model) % 3 + 1) as f64;
            // They swap the two best responses.
            let rank = match rank {
                r if r > 2.0 => r,
                r => 3.0 - r,
            };
            rows.push(said(case, model, "q", Some(rank)));
        }
    }
    let report = report(rows, scores, FEW);
    let found = table(&report, "metric_correlation");
    let own = number(found, &["(reviewers with each other)"], "tau_b");
    assert!((own.value.expect("a tau") - 1.0 / 3.0).abs() < 1e-12);
    assert_eq!(own.n, 2);
    let tau = number(found, &["right"], "tau_b").value.expect("a tau");
    // In two cases the mean of 1 and 1/3, in two 1.
    assert!((tau - (2.0 * (2.0 / 3.0) + 2.0) / 4.0).abs() < 1e-12);
    let kinds = table(&report, "metric_kinds");
    let of_q = number(kinds, &["reviewer: q", "right"], "tau_b");
    assert!((of_q.value.expect("a tau") - 1.0 / 3.0).abs() < 1e-12);
}

#[test]
fn the_reference_values_stand_in_the_tables() {
    let Some(golden) = crate::stats::golden::golden("golden/correlation/correlation.json") else {
        return;
    };
    let ranks = crate::stats::golden::rows(&golden["human_ranks"]);
    let mut observations = Vec::new();
    for (case, row) in ranks.iter().enumerate() {
        for (model, rank) in row.iter().enumerate() {
            observations.push(said(case, model, "r", *rank));
        }
    }
    let metrics = golden["metrics"].as_object().expect("metrics");
    let scores = metrics.iter().map(|(name, rows)| {
        let rows = crate::stats::golden::rows(rows);
        let cells = rows.iter().enumerate().flat_map(|(case, row)| {
            let scores = row.iter().enumerate();
            scores
                .filter_map(|(model, s)| Some((key(case, model), (*s)?)))
                .collect::<Vec<_>>()
        });
        Scores::new(name, cells.collect::<Vec<_>>())
    });
    let report = report(observations, scores.collect(), Bootstrap::default());
    let found = table(&report, "metric_correlation");
    let same = |value: Option<f64>, expected: &serde_json::Value, what: &str| {
        crate::stats::golden::same(value, expected, 1e-9, what);
    };
    for name in metrics.keys() {
        let summary = &golden["summary"][name];
        let left_out = |which: &str| &summary[which]["undefined_left_out"];
        for (column, which) in [("tau_b", "tau_b"), ("tau_c", "tau_c"), ("rho", "spearman")] {
            let cell = number(found, &[name], column);
            same(cell.value, &left_out(which)["mean"], name);
            assert_eq!(Some(cell.n as u64), left_out(which)["n"].as_u64());
        }
        let normal = number(found, &[name], "tau_b_normal")
            .interval
            .expect("an interval");
        same(Some(normal.low), &left_out("tau_b")["normal_ci"][0], name);
        let zero = &summary["tau_b"]["undefined_as_zero"];
        same(
            number(found, &[name], "tau_b_zero").value,
            &zero["mean"],
            name,
        );
        let pairs = table(&report, "metric_pairs");
        let expected = &golden["pairwise"][name];
        let calibrated = &expected["by_instruction"]["acc_eq"];
        same(
            number(pairs, &[name], "acc_eq").value,
            &calibrated["value"],
            name,
        );
        same(
            number(pairs, &[name], "threshold").value,
            &calibrated["epsilon"],
            name,
        );
        let half = &expected["accuracy_human_untied_pairs"]["metric_ties_half"];
        same(number(pairs, &[name], "accuracy").value, half, name);
        let system = &golden["system"][name]["both_present"];
        let systems = table(&report, "metric_systems");
        for (column, which) in [("tau_b", "tau_b"), ("rho", "spearman"), ("r", "pearson")] {
            same(number(systems, &[name], column).value, &system[which], name);
        }
    }
    let differences = golden["difference"].as_object().expect("pairs");
    let shown = table(&report, "metric_differences");
    for (names, expected) in differences {
        let (a, b) = names.split_once(" - ").expect("two names");
        let row = shown
            .rows
            .iter()
            .find(|r| r.keys == [a, b] || r.keys == [b, a]);
        let row = row.expect("a row of the two");
        let sign = if row.keys[0] == a { 1.0 } else { -1.0 };
        let per_case = &expected["tau_b_per_instruction"];
        let difference = row.numbers[0].value.map(|v| sign * v);
        same(difference, &per_case["mean_difference"]["mean"], names);
        let williams = &expected["pearson"]["williams"]["p_two_sided"];
        crate::stats::golden::same(row.numbers[3].value, williams, 1e-7, names);
    }
}
