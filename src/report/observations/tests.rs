//! What tables and ledgers give, and what adjudications replace.

use super::*;
use crate::dataset::Response;

fn case(cells: &[(&str, &str)]) -> Case {
    let responses = cells
        .iter()
        .enumerate()
        .map(|(i, (correct, rank))| Response {
            model: format!("m{i}"),
            line: i as u64 + 2,
            columns: vec![
                ("model_rank".to_owned(), (*rank).to_owned()),
                ("binary_correct".to_owned(), (*correct).to_owned()),
            ],
            ..Response::default()
        })
        .collect();
    Case {
        instruction_id: "7".to_owned(),
        responses,
        ..Case::default()
    }
}

#[test]
fn every_known_form_is_read() {
    let forms = [
        ("1", "1"),
        ("0.0", "2.5"),
        ("TRUE", " 3 "),
        ("no", "1.0"),
        ("Yes", ""),
        ("", "nan"),
    ];
    let found = Observations::from_cases(&[case(&forms)], Path::new("t.tsv"), Asked::default());
    let correct: Vec<_> = found.rows.iter().map(Observation::correct).collect();
    assert_eq!(
        correct,
        [
            Some(true),
            Some(false),
            Some(true),
            Some(false),
            Some(true),
            None
        ]
    );
    let ranks: Vec<_> = found.rows.iter().map(|o| o.rank).collect();
    assert_eq!(
        ranks,
        [Some(1.0), Some(2.5), Some(3.0), Some(1.0), None, None]
    );
    assert_eq!(found.notices, []);
}

#[test]
fn what_cannot_be_read_is_missing_and_noticed_by_line() {
    let found = Observations::from_cases(
        &[case(&[("maybe", "best"), ("1", "-1")])],
        Path::new("t.tsv"),
        Asked::default(),
    );
    assert_eq!(
        (
            found.rows[0].correct(),
            found.rows[0].rank,
            found.rows[1].rank
        ),
        (None, None, None)
    );
    let said: Vec<String> = found.notices.iter().map(ToString::to_string).collect();
    assert_eq!(said.len(), 3);
    assert!(
        said[0].starts_with("t.tsv:2: warning: binary_correct is neither 1 nor 0"),
        "{said:?}"
    );
    assert!(
        said.iter()
            .all(|s| !s.contains("maybe") && !s.contains("best")),
        "{said:?}"
    );
}

#[test]
fn reviews_need_their_columns() {
    let table =
        Table::parse(Path::new("r.tsv"), b"instruction_id\tperson_id\n1\t2\n").expect("a table");
    let error = Observations::from_reviews(&table, &[], Asked::default())
        .expect_err("no model")
        .to_string();
    assert!(
        error.contains("r.tsv: line 1: the column model_name is missing"),
        "{error}"
    );
}

#[test]
fn a_row_of_a_reading_that_cannot_be_told_is_left_out_by_line() {
    let table = b"instruction_id\tperson_id\tmodel_name\tbinary_correct\treviewer\tpass\n\
        7\t1\ta\t1\tx\t1.0\n7\t1\ta\t0\tx\t2.0\n7\t1\ta\t0\ty\tsecond\n";
    let table = Table::parse(Path::new("r.tsv"), table).expect("a table");
    let cases = [case(&[("1", "1")])];
    let found = Observations::from_reviews(&table, &cases, Asked::default()).expect("rows");
    let readings: Vec<_> = found
        .rows
        .iter()
        .map(|o| (o.reviewer.as_str(), o.reading))
        .collect();
    assert!(
        !readings.iter().any(|(reviewer, _)| *reviewer == "y"),
        "{readings:?}"
    );
    let told: Vec<_> = found.notices.iter().map(ToString::to_string).collect();
    assert!(
        told.iter()
            .any(|n| n.starts_with("r.tsv:4: error: pass is neither")),
        "{told:?}"
    );
}

#[test]
fn what_was_decided_replaces_what_was_said_of_the_same() {
    let row = |model: &str, reviewer: &str, correct: Option<bool>, rank: Option<f64>| Observation {
        instruction: "7".to_owned(),
        model: model.to_owned(),
        reviewer: reviewer.to_owned(),
        verdict: correct.map(Verdict::of),
        rank,
        ..Observation::default()
    };
    let said = Observations {
        rows: vec![
            row("a", "x", Some(true), Some(1.0)),
            row("b", "x", Some(false), Some(2.0)),
            row("a", "y", Some(false), Some(2.0)),
            row("b", "y", Some(false), Some(1.0)),
            Observation {
                reading: 1,
                ..row("a", "x", Some(false), None)
            },
        ],
        // A verdict on one response, and no order.
        decided: vec![row("a", "z", Some(true), None), row("b", "z", None, None)],
        ..Observations::default()
    };
    let settled = said.settled();
    let seen = |all: &Observations| -> Vec<(String, String, Option<bool>, Option<f64>)> {
        let rows = all.rows.iter();
        rows.map(|o| (o.model.clone(), o.reviewer.clone(), o.correct(), o.rank))
            .collect()
    };
    let expected = [
        ("a", "x", None, Some(1.0)),
        ("b", "x", Some(false), Some(2.0)),
        ("a", "y", None, Some(2.0)),
        ("b", "y", Some(false), Some(1.0)),
        ("a", "z", Some(true), None),
    ];
    let own = |(m, r, c, n): (&str, &str, _, _)| (m.to_owned(), r.to_owned(), c, n);
    assert_eq!(seen(&settled), expected.map(own));
    let notice = settled.notices[0].to_string();
    assert!(
        notice.contains("1 verdicts and the orders of 0 cases"),
        "{notice}"
    );

    // An order that leaves out what reviewers ranked replaces none.
    let in_part = Observations {
        decided: vec![row("a", "z", None, Some(1.0)), row("b", "z", None, None)],
        ..said.clone()
    };
    let settled = in_part.settled();
    assert_eq!(settled.rows.len(), 4);
    assert!(settled.rows.iter().all(|o| o.rank.is_some()));
    let notice = settled.notices[1].to_string();
    assert!(notice.contains("orders of 1 cases leave out"), "{notice}");

    // An order replaces all orders of its case.
    let ranked = Observations {
        decided: vec![
            row("a", "z", None, Some(1.0)),
            row("b", "z", None, Some(2.0)),
        ],
        ..said
    };
    let settled = ranked.settled();
    let ranks: Vec<_> = settled
        .rows
        .iter()
        .map(|o| (o.correct().is_some(), o.rank))
        .collect();
    assert_eq!(
        ranks,
        [
            (true, None),
            (true, None),
            (true, None),
            (true, None),
            (false, Some(1.0)),
            (false, Some(2.0)),
        ]
    );
}

#[test]
fn ledgers_give_what_holds() {
    use crate::review::{Act, Entry};
    let case = case(&[("", ""), ("", ""), ("", "")]);
    let mut ledger = Ledger::new("r");
    let judge = |model: &str, verdict| Act::Judge {
        model: model.to_owned(),
        verdict: Some(verdict),
        shown_position: None,
        view: None,
    };
    let order = [vec!["m1", "m0"], vec!["m2"]];
    let order = order
        .map(|level| level.into_iter().map(str::to_owned).collect())
        .to_vec();
    let acts = [
        judge("m0", Verdict::Incorrect),
        judge("m0", Verdict::Correct),
        judge("m1", Verdict::Unsure),
        Act::Rank { order },
    ];
    let again = [Pass::Again(2), Pass::Adjudication];
    let acts = acts.map(|act| (Pass::First, act)).into_iter();
    let acts = acts.chain(again.map(|pass| (pass, judge("m0", Verdict::Incorrect))));
    let done = Act::Submit {
        overruled: Vec::new(),
        seconds: 1,
        reason: Some(Reason::Record),
    };
    let acts = acts.chain([(Pass::Adjudication, done)]);
    for (n, (pass, act)) in acts.enumerate() {
        ledger.apply(Entry {
            v: 1,
            id: format!("{n:026}"),
            time: "2026-01-01T00:00:00Z".parse().expect("a time"),
            reviewer: "r".to_owned(),
            case: Some(case.key()),
            pass,
            act,
            shown: None,
            extra: serde_json::Map::new(),
        });
    }
    let ledgers = BTreeMap::from([("r".to_owned(), ledger)]);
    let rules = Rules {
        unsubmitted: true,
        ..Rules::default()
    };
    let found = Observations::from_ledgers(&[case, Case::default()], rules.count(ledgers, None));
    let rows = found.rows.iter();
    let said: Vec<_> = rows.map(|o| (o.reading, o.correct(), o.rank)).collect();
    assert_eq!(
        said,
        [
            (0, Some(true), Some(1.0)),
            (0, None, Some(1.0)),
            (0, None, Some(3.0)),
            (1, Some(false), None),
            (1, None, None),
            (1, None, None),
        ]
    );
    let decided: Vec<_> = found.decided.iter().map(Observation::correct).collect();
    assert_eq!(decided, [Some(false), None, None]);
    assert_eq!(found.decided[0].reviewer, "r (adjudication)");
    assert_eq!(found.decided[0].decided_by, Some(Reason::Record));
}

#[test]
fn the_last_adjudicator_counts_and_errors_of_the_same_verdict_stay() {
    let at = |text: &str| Some(text.parse().expect("a time"));
    let row = |reviewer: &str, correct, time| Observation {
        instruction: "7".to_owned(),
        model: "a".to_owned(),
        reviewer: reviewer.to_owned(),
        verdict: Some(Verdict::of(correct)),
        at: time,
        ..Observation::default()
    };
    let wrong = |reviewer: &str, error, harm| Observation {
        errors: vec![error],
        harm,
        ..row(reviewer, false, None)
    };
    let said = Observations {
        rows: vec![
            wrong("x", ErrorKind::Outdated, Some(Harm::Mild)),
            wrong("y", ErrorKind::Omission, Some(Harm::Severe)),
            Observation {
                errors: vec![ErrorKind::Other],
                ..row("z", true, None)
            },
        ],
        decided: vec![
            row("chief (adjudication)", true, at("2026-01-02T00:00:00Z")),
            row("duke (adjudication)", false, at("2026-01-03T00:00:00Z")),
        ],
        ..Observations::default()
    };
    let settled = said.settled();
    assert_eq!(settled.rows.len(), 1);
    let only = &settled.rows[0];
    assert_eq!(
        (only.reviewer.as_str(), only.correct()),
        ("duke (adjudication)", Some(false))
    );
    assert_eq!(only.errors, [ErrorKind::Omission, ErrorKind::Outdated]);
    assert_eq!(only.harm, Some(Harm::Severe));
    let notice = settled.notices[0].to_string();
    assert!(notice.contains("left out: 1 adjudications"), "{notice}");
}

#[test]
fn what_nobody_judged_is_missing_before_and_after() {
    let row =
        |instruction: &str, model: &str, correct: Option<bool>, rank: Option<f64>| Observation {
            instruction: instruction.to_owned(),
            model: model.to_owned(),
            reviewer: "x".to_owned(),
            verdict: correct.map(Verdict::of),
            rank,
            ..Observation::default()
        };
    let said = Observations {
        rows: vec![
            row("1", "a", Some(true), None),
            row("1", "b", None, None),
            row("2", "a", Some(true), None),
            row("2", "b", None, None),
        ],
        decided: vec![row("1", "a", Some(false), None), row("1", "b", None, None)],
        ..Observations::default()
    };
    let settled = said.settled();
    let mut rows: Vec<_> = settled
        .rows
        .iter()
        .map(|o| (o.instruction.as_str(), o.model.as_str(), o.correct()))
        .collect();
    rows.sort_unstable();
    assert_eq!(
        rows,
        [
            ("1", "a", Some(false)),
            ("1", "b", None),
            ("2", "a", Some(true)),
            ("2", "b", None),
        ]
    );
}

#[test]
fn adjudications_in_a_dataset_s_own_table_are_no_judgements() {
    let mut case = case(&[("1", "1"), ("0", "2")]);
    let said = [
        ("pass", "adjudication"),
        ("reviewer", "chief"),
        ("submitted", "yes"),
        ("decided_by", "record"),
    ];
    for (name, value) in said {
        let columns = &mut case.responses[1].columns;
        columns.push((name.to_owned(), value.to_owned()));
    }
    let found = Observations::from_cases(&[case], Path::new("t.tsv"), Asked::default());
    assert_eq!((found.rows.len(), found.decided.len()), (1, 1));
    let decided = &found.decided[0];
    assert_eq!(decided.reviewer, "chief (adjudication)");
    assert_eq!(decided.decided_by, Some(Reason::Record));
}
