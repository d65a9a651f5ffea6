//! Effects, drift and agreement that are known beforehand, found in the tables.

use super::*;
use crate::report::about::About;
use crate::review::Verdict;

const FEW: Bootstrap = Bootstrap {
    samples: 50,
    seed: 1,
};

fn said(reviewer: &str, case: usize, model: &str) -> Observation {
    Observation {
        instruction: case.to_string(),
        reviewer: reviewer.to_owned(),
        model: model.to_owned(),
        verdict: Some(Verdict::Correct),
        ..Observation::default()
    }
}

fn run(rows: &[Observation]) -> Vec<Table> {
    tables(&rows.iter().collect::<Vec<_>>(), FEW)
}

fn find<'a>(tables: &'a [Table], id: &str) -> &'a Table {
    tables.iter().find(|t| t.id == id).expect("the table")
}

#[test]
fn places_and_lengths_show_their_effect() {
    // What stands first is judged correct and ranked first; each model's longer answers are worse.
    let mut rows = Vec::new();
    for case in 0..8_usize {
        for (place, model) in [(case % 2, "a"), (1 - case % 2, "b")] {
            rows.push(Observation {
                verdict: Some(Verdict::of(place == 0)),
                rank: Some(place as f64 + 1.0),
                position: Some(place as u32),
                about: About {
                    words: Some(10 + 10 * place as u64),
                    ..About::default()
                },
                ..said("r", case, model)
            });
        }
    }
    let found = run(&rows);
    let effects = find(&found, "effects");
    let values: Vec<_> = effects
        .rows
        .iter()
        .map(|r| (r.keys[2].as_str(), r.numbers[0].value))
        .collect();
    let (case, model) = ("within a case", "within a model");
    assert_eq!(
        values,
        [
            (case, Some(-1.0)),
            (case, Some(-1.0)),
            (case, Some(-1.0)),
            (case, Some(-1.0)),
            (model, Some(-1.0)),
            (model, Some(-1.0))
        ]
    );
    let letters = find(&found, "by_position");
    let shares: Vec<_> = letters
        .rows
        .iter()
        .map(|r| (r.keys[0].as_str(), r.numbers[0].value, r.numbers[1].value))
        .collect();
    assert_eq!(
        shares,
        [("A", Some(1.0), Some(1.0)), ("B", Some(0.0), Some(2.0))]
    );
}

#[test]
fn a_reviewer_is_compared_with_the_others_and_over_time() {
    let at = |case: usize| Some(jiff::Timestamp::from_second(1_000 * case as i64).expect("a time"));
    let mut rows = Vec::new();
    for case in 0..9 {
        rows.push(Observation {
            at: at(case),
            seconds: Some(600 - 60 * case as u64),
            verdict: Some(Verdict::of(case >= 6)),
            ..said("q", case, "m")
        });
        rows.push(said("r", case, "m"));
    }
    let found = run(&rows);
    let reviewers = find(&found, "reviewers");
    assert_eq!(reviewers.rows[0].keys, ["q"]);
    let lenient = &reviewers.rows[0].numbers[3];
    assert!((lenient.value.expect("others") + 6.0 / 9.0).abs() < 1e-12);
    assert_eq!(
        (lenient.n, reviewers.rows[0].numbers[6].value),
        (9, Some(6.0))
    );
    // The other one has no times.
    assert_eq!(reviewers.rows[1].numbers[6].missing, 9);
    let drift = find(&found, "drift");
    assert_eq!(drift.rows.len(), 5);
    let correct: Vec<_> = drift.rows[..3].iter().map(|r| r.numbers[1].value).collect();
    assert_eq!(correct, [Some(0.0), Some(0.0), Some(1.0)]);
    assert_eq!(drift.rows[3].numbers[3].value, Some(-1.0));
    assert!(drift.rows[4].numbers[3].value.expect("a p") < 0.001);
}

#[test]
fn second_readings_are_compared_with_first_ones_only() {
    let mut rows = Vec::new();
    for case in 0..4 {
        for model in ["a", "b"] {
            let first = Observation {
                verdict: Some(Verdict::of(model == "a")),
                rank: Some(if model == "a" { 1.0 } else { 2.0 }),
                ..said("r", case, model)
            };
            rows.push(Observation {
                reading: 1,
                verdict: Some(Verdict::of(if case == 0 {
                    model == "b"
                } else {
                    model == "a"
                })),
                ..first.clone()
            });
            rows.push(first);
        }
    }
    let found = run(&rows);
    let numbers = &find(&found, "self_agreement").rows[0].numbers;
    assert_eq!(
        (numbers[0].value, numbers[1].value),
        (Some(4.0), Some(0.75))
    );
    assert_eq!(
        (numbers[1].n, numbers[2].value, numbers[3].value),
        (8, Some(0.5), Some(1.0))
    );
    // Second readings are no judgements of the first table.
    assert_eq!(find(&found, "reviewers").rows[0].numbers[1].n, 8);
    assert!(found.iter().all(|t| t.id != "effects"));
}

#[test]
fn a_trend_over_few_cases_has_its_exact_p() {
    let at =
        |minute: usize| Some(jiff::Timestamp::from_second(60 * minute as i64).expect("a time"));
    // Of the 24 orders of four cases two are in line: 1/12, where the normal approximation says 0.0415.
    let rows: Vec<Observation> = (0..4)
        .flat_map(|case| {
            ["a", "b", "c", "d"]
                .into_iter()
                .enumerate()
                .map(move |(m, model)| Observation {
                    at: at(case),
                    verdict: Some(Verdict::of(m <= case)),
                    ..said("r", case, model)
                })
        })
        .collect();
    let found = run(&rows);
    let drift = find(&found, "drift");
    assert_eq!(drift.rows[3].numbers[1].value, Some(1.0));
    let p = drift.rows[4].numbers[1].value.expect("a p");
    assert!((p - 1.0 / 12.0).abs() < 1e-12, "{p}");
    // Two cases of one moment have no order between them: scipy's p with the tie is asymptotic.
    let rows: Vec<Observation> = rows
        .into_iter()
        .map(|o| Observation {
            at: if o.instruction == "1" { at(0) } else { o.at },
            ..o
        })
        .collect();
    let found = run(&rows);
    let tau = find(&found, "drift").rows[3].numbers[1]
        .value
        .expect("a tau");
    assert!((tau - 5.0 / 30.0_f64.sqrt()).abs() < 1e-12, "{tau}");
}
