//! The tables that test models against each other on the same cases.
//!
//! In: a sheet. Out: a table of tests over all models, and one of each pair of models. A case is one observation
//! here, however many reviewers it had.

use rayon::prelude::*;

use super::power;
use super::sheet::Sheet;
use super::table::{Form, Number, Part, Table, TableRow};
use super::tables::columns;
use crate::stats::adjust::holm;
use crate::stats::blocks;
use crate::stats::blocks::{Omnibus, cochran_q, friedman};
use crate::stats::method::Method;
use crate::stats::paired;
use crate::stats::paired::{Discordance, SignedP, Zeros, signed_order, wilcoxon};
use crate::stats::ratio::Ratio;

/// The tables; none for fewer than two models.
pub(super) fn tables(sheet: &Sheet) -> Vec<Table> {
    if sheet.models.len() < 2 {
        return Vec::new();
    }
    let (correct, ranks) = (sheet.majority(), sheet.mean_ranks());
    // A model that nobody judged, or ranked, would leave no case without a missing value.
    let (judged, ranked) = (sheet.judged_models(), sheet.ranked_models());
    // Within a case equal fractions are equal numbers, so that its ties hold.
    let value =
        |row: &Vec<Option<Ratio>>| ranked.iter().map(|m| row[*m].map(Ratio::value)).collect();
    let friedman = friedman(&ranks.iter().map(value).collect::<Vec<_>>());
    let verdicts = |row: &Vec<Option<bool>>| judged.iter().map(|m| row[*m]).collect();
    let cochran = cochran_q(&correct.iter().map(verdicts).collect::<Vec<_>>());
    let mut tables = vec![
        overall(sheet, &cochran, &friedman),
        pairs(sheet, &correct, &ranks, (&friedman, &ranked)),
    ];
    tables.extend(power::table(sheet));
    tables
}

fn overall(sheet: &Sheet, cochran: &Omnibus, friedman: &Omnibus) -> Table {
    let row = |name: &str, test: &Omnibus, effect: Option<f64>, methods: [&'static Method; 2]| {
        let number = |value, form, method| Number {
            value,
            interval: None,
            n: test.n,
            missing: sheet.cases - test.n,
            form,
            method,
        };
        TableRow {
            keys: vec![name.to_owned()],
            numbers: vec![
                number(test.statistic, Form::Decimal, methods[0]),
                number(Some(test.df as f64), Form::Count, methods[0]),
                number(test.p, Form::P, methods[0]),
                number(effect, Form::Decimal, methods[1]),
            ],
        }
    };
    let w = friedman
        .statistic
        .filter(|_| friedman.n > 0 && friedman.df > 0)
        .map(|x| x / (friedman.n * friedman.df) as f64);
    let empty = |form, method| Number {
        value: None,
        interval: None,
        n: friedman.n,
        missing: sheet.cases - friedman.n,
        form,
        method,
    };
    let method = &blocks::CRITICAL_DIFFERENCE;
    let critical = TableRow {
        keys: vec!["mean ranks: Nemenyi's critical difference".to_owned()],
        numbers: vec![
            Number {
                value: friedman.critical_difference(0.05).filter(|d| d.is_finite()),
                ..empty(Form::Decimal, method)
            },
            empty(Form::Count, method),
            empty(Form::P, method),
            empty(Form::Decimal, method),
        ],
    };
    Table {
        id: "tests",
        part: Part::Tests,
        title: "Do the models differ?",
        caption: "Tests over all models at once; n counts cases where no model's value is missing. Models without any judgement, or rank, take no part in its test."
            .to_owned(),
        keys: vec!["test"],
        columns: columns(&[
            ("statistic", "statistic"),
            ("df", "df"),
            ("p", "p"),
            ("kendall_w", "Kendall's W"),
        ]),
        rows: vec![
            row(
                "correctness: Cochran's Q",
                cochran,
                None,
                [&blocks::COCHRAN, &blocks::COCHRAN],
            ),
            row(
                "ranks: Friedman",
                friedman,
                w,
                [&blocks::FRIEDMAN, &blocks::KENDALL_W_ALL],
            ),
            critical,
        ],
        chart: None,
    }
}

fn pairs(
    sheet: &Sheet,
    correct: &[Vec<Option<bool>>],
    ranks: &[Vec<Option<Ratio>>],
    (friedman, ranked_models): (&Omnibus, &[usize]),
) -> Table {
    let k = sheet.models.len();
    let pairs: Vec<(usize, usize)> = (0..k)
        .flat_map(|a| (a + 1..k).map(move |b| (a, b)))
        .collect();
    let judged: Vec<Discordance> = pairs
        .par_iter()
        .map(|&(a, b)| Discordance::of(correct.iter().map(|c| (c[a], c[b]))))
        .collect();
    // Without a common case there is no test, though McNemar's p would be 1.
    let mcnemar: Vec<Option<f64>> = judged
        .iter()
        .map(|d| (d.n() > 0).then(|| d.mcnemar_exact().p).flatten())
        .collect();
    let ranked: Vec<_> = pairs
        .par_iter()
        .map(|&(a, b)| {
            let both: Vec<_> = ranks.iter().map(|r| (r[a], r[b])).collect();
            let signed = signed_order(&both);
            (
                signed.len(),
                wilcoxon(&signed, Zeros::Pratt, SignedP::Auto).p,
            )
        })
        .collect();
    let signed: Vec<Option<f64>> = ranked.iter().map(|r| r.1).collect();
    let (mcnemar_holm, signed_holm) = (holm(&mcnemar), holm(&signed));
    let nemenyi = friedman.nemenyi();
    let rows = pairs
        .iter()
        .enumerate()
        .map(|(i, &(a, b))| {
            let number = |value, n, form, method| Number {
                value,
                interval: None,
                n,
                missing: sheet.cases - n,
                form,
                method,
            };
            let both = judged[i];
            let difference = (both.n() > 0)
                .then(|| (both.first_only as f64 - both.second_only as f64) / both.n() as f64);
            let place = |m: usize| ranked_models.binary_search(&m).ok();
            let after = (friedman.p).and_then(|_| nemenyi.get(place(a)?)?.get(place(b)?).copied());
            TableRow {
                keys: vec![sheet.models[a].clone(), sheet.models[b].clone()],
                numbers: vec![
                    number(difference, both.n(), Form::Share, &paired::DIFFERENCE),
                    number(mcnemar[i], both.n(), Form::P, &paired::MCNEMAR),
                    number(mcnemar_holm[i], both.n(), Form::P, &paired::MCNEMAR_HOLM),
                    number(signed[i], ranked[i].0, Form::P, &paired::WILCOXON),
                    number(signed_holm[i], ranked[i].0, Form::P, &paired::WILCOXON_HOLM),
                    number(after, friedman.n, Form::TailP, &blocks::NEMENYI),
                ],
            }
        })
        .collect();
    Table {
        id: "pairs",
        part: Part::Tests,
        title: "Which models differ?",
        caption: "Tests of each pair of models on the same cases; n counts cases where neither value is missing. The difference is of the shares correct."
            .to_owned(),
        keys: vec!["model", "other"],
        columns: columns(&[
            ("difference", "difference"),
            ("mcnemar_p", "McNemar p"),
            ("mcnemar_holm", "McNemar p, Holm"),
            ("wilcoxon_p", "Wilcoxon p"),
            ("wilcoxon_holm", "Wilcoxon p, Holm"),
            ("nemenyi_p", "Nemenyi p"),
        ]),
        rows,
        chart: None,
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::report::models;
    use crate::report::observations::Observation;
    use crate::review::Verdict;
    use crate::stats::interval::Bootstrap;

    /// Three reviewers' ranks of three models for eight cases, drawn once; their means are thirds.
    const RANKS: &str = "311 331 112\n\
222 223 223\n\
112 121 233\n\
232 113 121\n\
122 133 313\n\
111 211 131\n\
122 331 233\n\
323 323 212";

    fn rows() -> Vec<Observation> {
        let reviewers = |(case, line): (usize, &'static str)| {
            let said = move |(reviewer, ranks): (usize, &'static str)| {
                ranks.bytes().enumerate().map(move |(m, rank)| Observation {
                    instruction: case.to_string(),
                    reviewer: reviewer.to_string(),
                    model: format!("m{m}"),
                    rank: Some(f64::from(rank - b'0')),
                    verdict: Some(match (case * m + reviewer) % 2 {
                        0 => Verdict::Correct,
                        _ => Verdict::Incorrect,
                    }),
                    ..Observation::default()
                })
            };
            line.split_whitespace().enumerate().flat_map(said)
        };
        RANKS.lines().enumerate().flat_map(reviewers).collect()
    }

    #[test]
    fn a_model_that_nobody_judged_takes_no_test_away() {
        let rows = rows();
        let unjudged = rows
            .iter()
            .filter(|o| o.model == "m0")
            .map(|o| Observation {
                model: "new".to_owned(),
                rank: None,
                verdict: None,
                ..o.clone()
            });
        let all: Vec<Observation> = rows.iter().cloned().chain(unjudged).collect();
        let bootstrap = Bootstrap {
            samples: 50,
            ..Bootstrap::default()
        };
        let found = |rows: &[Observation]| {
            let sheet = Sheet::of(rows);
            let mut numbers = Vec::new();
            for table in tables(&sheet)
                .into_iter()
                .chain(models::tables(&sheet, bootstrap))
            {
                for row in table
                    .rows
                    .iter()
                    .filter(|r| !r.keys.contains(&"new".to_owned()))
                {
                    let said = |n: &Number| (n.value, n.interval.map(|i| (i.low, i.high)));
                    let said: Vec<_> = row.numbers.iter().map(said).collect();
                    numbers.push((table.id, row.keys.clone(), said));
                }
            }
            numbers
        };
        let (without, with) = (found(&rows), found(&all));
        assert_eq!(without.len(), with.len());
        for (one, other) in without.iter().zip(&with) {
            assert_eq!(one, other);
        }
        let tests = with.iter().filter(|(id, ..)| *id == "tests");
        assert!(
            tests
                .flat_map(|(.., n)| &n[..1])
                .all(|(value, _)| value.is_some())
        );
    }

    #[test]
    fn mean_ranks_in_thirds_keep_their_ties() {
        let rows = rows();
        let sheet = Sheet::of(&rows);
        let tables = tables(&sheet);
        let pairs = tables.iter().find(|t| t.id == "pairs").expect("pairs");
        // scipy 1.17.1 on three times the ranks: wilcoxon(3 * a, 3 * b, zero_method="pratt").
        for (one, other, p) in [
            ("m0", "m1", 0.5),
            ("m0", "m2", 0.21875),
            ("m1", "m2", 0.78125),
        ] {
            let row = pairs
                .rows
                .iter()
                .find(|r| r.keys.contains(&one.to_owned()) && r.keys.contains(&other.to_owned()));
            let found = row.expect("the pair").numbers[3].value.expect("a p");
            assert!(
                (found - p).abs() < 1e-12,
                "{one} {other}: {found} is not {p}"
            );
        }
    }
}
