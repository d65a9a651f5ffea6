//! The study's tables, computed from observations.
//!
//! In: the dataset's own judgements and ranks, and those of several reviewers where there are any. Out: a
//! [`Report`]. Tables that would be empty are left out.

use super::battles::{Battles, TieRule};
use super::interval::{Bootstrap, Resampled, wilson};
use super::method;
use super::observations::Observations;
use super::sheet::{Row, Sheet};
use super::table::{Chart, Column, Form, Number, Report, Table, TableRow};
use super::{comparison, reviewers};

/// What a report is made of.
#[derive(Clone, Debug)]
pub struct Sources {
    /// The dataset's name.
    pub dataset: String,
    /// The judgements and ranks that the tables about models are made of.
    pub main: Observations,
    /// Judgements and ranks of several reviewers, for the tables on agreement; the main ones where there are none.
    pub reviews: Option<Observations>,
}

impl Report {
    /// Computes all tables.
    pub fn of(sources: Sources, bootstrap: Bootstrap) -> Self {
        let main = Sheet::of(&sources.main.rows);
        let reviews = sources.reviews.as_ref().map(|r| Sheet::of(&r.rows));
        let mut tables = vec![overview(&main, reviews.as_ref())];
        if !main.models.is_empty() {
            let resampled = Resampling::of(&main, bootstrap);
            tables.push(correctness(&main, &resampled));
            tables.push(ranks(&main, &resampled));
            tables.push(win_rates(&main, &resampled));
            tables.push(head_to_head(&main));
            tables.extend(cuts(&main));
            tables.extend(comparison::tables(&main));
        }
        tables.extend(reviewers::tables(
            reviews.as_ref().unwrap_or(&main),
            bootstrap,
        ));
        let mut notices = sources.main.notices;
        notices.extend(sources.reviews.into_iter().flat_map(|r| r.notices));
        Report {
            dataset: sources.dataset,
            seed: bootstrap.seed,
            samples: bootstrap.samples,
            tables,
            notices,
        }
    }
}

/// What one case adds to sums over models.
struct CaseSums {
    battles: Battles,
    correct: Vec<(f64, f64)>,
    given: Vec<(f64, f64)>,
    reranked: Vec<(f64, f64)>,
}

/// Point estimates and intervals that come from summing cases.
struct Resampling {
    point: Vec<Option<f64>>,
    intervals: Vec<Resampled>,
    models: usize,
}

/// The blocks of [`Resampling`], each of one value a model.
#[derive(Clone, Copy)]
enum Block {
    Correct,
    Given,
    Reranked,
    WinLeftOut,
    WinHalf,
    Strength,
}

const BLOCKS: usize = 6;

impl Resampling {
    fn of(sheet: &Sheet, bootstrap: Bootstrap) -> Self {
        let models = sheet.models.len();
        let cases: Vec<CaseSums> = sheet
            .by_case()
            .iter()
            .map(|rows| case_sums(rows, models))
            .collect();
        let statistics = |times: &[u32]| {
            let mut battles = Battles::new(models);
            let mut sums = vec![(0.0, 0.0); 3 * models];
            for (case, &times) in cases.iter().zip(times).filter(|(_, t)| **t > 0) {
                let times = f64::from(times);
                battles.add_times(&case.battles, times);
                let parts = case.correct.iter().chain(&case.given).chain(&case.reranked);
                for (sum, part) in sums.iter_mut().zip(parts) {
                    sum.0 += times * part.0;
                    sum.1 += times * part.1;
                }
            }
            let mut values: Vec<Option<f64>> = sums
                .iter()
                .map(|&(sum, n)| (n > 0.0).then(|| sum / n))
                .collect();
            for rule in [TieRule::LeftOut, TieRule::Half] {
                values.extend((0..models).map(|m| battles.win_rate(m, rule)));
            }
            match battles.bradley_terry() {
                Some(strengths) => values.extend(strengths.into_iter().map(Some)),
                None => values.extend(std::iter::repeat_n(None, models)),
            }
            values
        };
        Resampling {
            point: statistics(&vec![1; sheet.cases]),
            intervals: bootstrap.intervals(sheet.cases, BLOCKS * models, statistics),
            models,
        }
    }

    fn number(&self, block: Block, model: usize, counts: Counts, shape: Shape) -> Number {
        let place = block as usize * self.models + model;
        Number {
            value: self.point[place],
            interval: self.intervals[place].interval,
            n: counts.n,
            missing: counts.missing,
            form: shape.0,
            method: shape.1,
        }
    }
}

type Shape = (Form, &'static method::Method);

/// How many values there are and how many are missing.
#[derive(Clone, Copy, Default)]
struct Counts {
    n: usize,
    missing: usize,
}

impl Counts {
    fn of<'a>(
        rows: impl IntoIterator<Item = &'a Row>,
        model: usize,
        there: fn(&Row, usize) -> bool,
    ) -> Self {
        let mut counts = Counts::default();
        for row in rows.into_iter().filter(|r| r.answered[model]) {
            let slot = if there(row, model) {
                &mut counts.n
            } else {
                &mut counts.missing
            };
            *slot += 1;
        }
        counts
    }
}

fn judged(row: &Row, model: usize) -> bool {
    row.correct[model].is_some()
}

fn ranked(row: &Row, model: usize) -> bool {
    row.ranks[model].is_some()
}

fn case_sums(rows: &[&Row], models: usize) -> CaseSums {
    let mut sums = CaseSums {
        battles: Battles::new(models),
        correct: vec![(0.0, 0.0); models],
        given: vec![(0.0, 0.0); models],
        reranked: vec![(0.0, 0.0); models],
    };
    let add = |sums: &mut [(f64, f64)], values: &[Option<f64>]| {
        for (sum, value) in sums.iter_mut().zip(values) {
            if let Some(value) = value {
                sum.0 += value;
                sum.1 += 1.0;
            }
        }
    };
    for row in rows {
        sums.battles.add(&row.ranks);
        let correct: Vec<_> = row
            .correct
            .iter()
            .map(|c| c.map(|c| f64::from(u8::from(c))))
            .collect();
        add(&mut sums.correct, &correct);
        add(&mut sums.given, &row.ranks);
        add(&mut sums.reranked, &row.reranked());
    }
    sums
}

fn overview(main: &Sheet, reviews: Option<&Sheet>) -> Table {
    let mut rows = Vec::new();
    for (what, sheet) in [("models", Some(main)), ("agreement", reviews)] {
        let Some(sheet) = sheet else { continue };
        let all: Vec<Counts> = (0..sheet.models.len())
            .map(|m| Counts::of(&sheet.rows, m, judged))
            .collect();
        let ranks: Vec<Counts> = (0..sheet.models.len())
            .map(|m| Counts::of(&sheet.rows, m, ranked))
            .collect();
        let sum = |counts: &[Counts], of: fn(&Counts) -> usize| counts.iter().map(of).sum();
        let numbers = [
            sheet.cases,
            sheet.models.len(),
            sheet.reviewers.len(),
            sum(&all, |c| c.n),
            sum(&all, |c| c.missing),
            sum(&ranks, |c| c.n),
            sum(&ranks, |c| c.missing),
            sheet.repeated,
        ];
        rows.push(TableRow {
            keys: vec![what.to_owned()],
            numbers: numbers
                .into_iter()
                .map(|n| Number::count(n, &method::COUNT))
                .collect(),
        });
    }
    Table {
        id: "data",
        title: "Data",
        caption: "What the tables about models, and those on agreement, rest on.".to_owned(),
        keys: vec!["tables"],
        columns: columns(&[
            ("cases", "cases"),
            ("models", "models"),
            ("reviewers", "reviewers"),
            ("judgements", "judgements"),
            ("judgements_missing", "judgements missing"),
            ("ranks", "ranks"),
            ("ranks_missing", "ranks missing"),
            ("repeated", "repeated, left out"),
        ]),
        rows,
        chart: None,
    }
}

/// Columns from pairs of id and title.
pub(super) fn columns(names: &[(&'static str, &'static str)]) -> Vec<Column> {
    names
        .iter()
        .map(|&(id, title)| Column { id, title })
        .collect()
}

fn per_model(sheet: &Sheet, numbers: impl Fn(usize) -> Vec<Number>) -> Vec<TableRow> {
    let row = |(m, name): (usize, &String)| TableRow {
        keys: vec![name.clone()],
        numbers: numbers(m),
    };
    sheet.models.iter().enumerate().map(row).collect()
}

fn share_correct<'a>(rows: impl IntoIterator<Item = &'a Row> + Clone, model: usize) -> Number {
    let counts = Counts::of(rows.clone(), model, judged);
    let right = rows
        .into_iter()
        .filter(|r| r.correct[model] == Some(true))
        .count();
    Number {
        value: (counts.n > 0).then(|| right as f64 / counts.n as f64),
        interval: wilson(right, counts.n),
        n: counts.n,
        missing: counts.missing,
        form: Form::Share,
        method: &method::WILSON,
    }
}

fn correctness(sheet: &Sheet, resampled: &Resampling) -> Table {
    let rows = per_model(sheet, |m| {
        let wilson = share_correct(&sheet.rows, m);
        let counts = Counts {
            n: wilson.n,
            missing: wilson.missing,
        };
        let right = sheet
            .rows
            .iter()
            .filter(|r| r.correct[m] == Some(true))
            .count();
        let share = if sheet.several_reviewers() {
            let shape = (Form::Share, &method::CLUSTERED_SHARE);
            resampled.number(Block::Correct, m, counts, shape)
        } else {
            wilson
        };
        let right = Number {
            n: counts.n,
            missing: counts.missing,
            ..Number::count(right, &method::COUNT)
        };
        vec![share, right]
    });
    Table {
        id: "correctness",
        title: "Correctness",
        caption: "Share of responses judged correct; n counts judgements.".to_owned(),
        keys: vec!["model"],
        columns: columns(&[("correct_rate", "correct"), ("correct", "correct, count")]),
        rows,
        chart: Some(Chart::Bars {
            column: 0,
            top: 1.0,
        }),
    }
}

fn ranks(sheet: &Sheet, resampled: &Resampling) -> Table {
    let rows = per_model(sheet, |m| {
        let counts = Counts::of(&sheet.rows, m, ranked);
        let number = |block, method| resampled.number(block, m, counts, (Form::Decimal, method));
        vec![
            number(Block::Given, &method::RANK_GIVEN),
            number(Block::Reranked, &method::RANK_AVERAGED),
        ]
    });
    Table {
        id: "ranks",
        title: "Mean rank",
        caption: "Mean rank, 1 is best, as numbered by the reviewers and with equals sharing the mean of their places; n counts ranks."
            .to_owned(),
        keys: vec!["model"],
        columns: columns(&[("mean_rank", "as given"), ("mean_rank_averaged", "numbered anew")]),
        rows,
        chart: Some(Chart::Bars { column: 0, top: sheet.models.len() as f64 }),
    }
}

fn win_rates(sheet: &Sheet, resampled: &Resampling) -> Table {
    let battles = sheet.battles();
    let others = |m: usize| (0..sheet.models.len()).filter(move |&o| o != m);
    let rows = per_model(sheet, |m| {
        let met = |o: usize| {
            sheet
                .rows
                .iter()
                .filter(move |r| r.answered[m] && r.answered[o])
                .count()
        };
        let meetings: usize = others(m).map(met).sum();
        let counts = |rule| {
            let n = others(m).map(|o| battles.fought(m, o, rule)).sum::<f64>() as usize;
            let all = others(m)
                .map(|o| battles.fought(m, o, TieRule::Half))
                .sum::<f64>() as usize;
            Counts {
                n,
                missing: meetings - all,
            }
        };
        let half = counts(TieRule::Half);
        vec![
            resampled.number(
                Block::WinLeftOut,
                m,
                counts(TieRule::LeftOut),
                (Form::Decimal, &method::WIN_LEFT_OUT),
            ),
            resampled.number(Block::WinHalf, m, half, (Form::Decimal, &method::WIN_HALF)),
            resampled.number(Block::Strength, m, half, (Form::Decimal, &method::STRENGTH)),
        ]
    });
    Table {
        id: "win_rates",
        title: "Win rate and strength",
        caption: "How often a model is ranked better than the others; n counts battles, missing are meetings in which a rank is missing."
            .to_owned(),
        keys: vec!["model"],
        columns: columns(&[
            ("win_rate_ties_left_out", "win rate, ties left out"),
            ("win_rate_ties_half", "win rate, ties half"),
            ("log_strength", "log strength"),
        ]),
        rows,
        chart: Some(Chart::Bars { column: 0, top: 1.0 }),
    }
}

fn head_to_head(sheet: &Sheet) -> Table {
    let battles = sheet.battles();
    let k = sheet.models.len();
    let pairs = (0..k).flat_map(|a| (0..k).filter(move |&b| b != a).map(move |b| (a, b)));
    let rows = pairs
        .map(|(a, b)| {
            let all = battles.fought(a, b, TieRule::Half) as usize;
            let met = sheet
                .rows
                .iter()
                .filter(|r| r.answered[a] && r.answered[b])
                .count();
            let count = |value: f64| Number {
                n: all,
                missing: met - all,
                ..Number::count(value as usize, &method::COUNT)
            };
            let rate = |rule, method| Number {
                value: battles.rate(a, b, rule),
                n: battles.fought(a, b, rule) as usize,
                form: Form::Decimal,
                method,
                ..count(0.0)
            };
            TableRow {
                keys: vec![sheet.models[a].clone(), sheet.models[b].clone()],
                numbers: vec![
                    rate(TieRule::LeftOut, &method::HEAD_LEFT_OUT),
                    rate(TieRule::Half, &method::HEAD_HALF),
                    count(battles.wins(a, b)),
                    count(battles.ties(a, b)),
                    count(battles.wins(b, a)),
                ],
            }
        })
        .collect();
    Table {
        id: "head_to_head",
        title: "Head to head",
        caption: "Share of decided battles (ties left out) in which the row's model is ranked better than the column's; n counts battles."
            .to_owned(),
        keys: vec!["model", "opponent"],
        columns: columns(&[
            ("rate_ties_left_out", "win rate, ties left out"),
            ("rate_ties_half", "win rate, ties half"),
            ("wins", "wins"),
            ("ties", "ties"),
            ("losses", "losses"),
        ]),
        rows,
        chart: Some(Chart::Matrix { column: 0 }),
    }
}

/// Correctness within each category and specialty, where there are at least two.
fn cuts(sheet: &Sheet) -> Option<Table> {
    let mut rows = Vec::new();
    for (cut, of) in [
        ("category", (|r| &r.category) as fn(&Row) -> &String),
        ("specialty", |r| &r.specialty),
    ] {
        let mut values: Vec<&String> = sheet.rows.iter().map(of).collect();
        values.sort_unstable();
        values.dedup();
        if values.len() < 2 {
            continue;
        }
        for value in values {
            let kept: Vec<&Row> = sheet.rows.iter().filter(|r| of(r) == value).collect();
            let name = if value.is_empty() {
                "(none stated)"
            } else {
                value
            };
            rows.extend(sheet.models.iter().enumerate().map(|(m, model)| TableRow {
                keys: vec![cut.to_owned(), name.to_owned(), model.clone()],
                numbers: vec![share_correct(kept.iter().copied(), m)],
            }));
        }
    }
    (!rows.is_empty()).then(|| Table {
        id: "cuts",
        title: "Correctness by category and specialty",
        caption: "Share of responses judged correct; n counts judgements, which are taken as independent of each other."
            .to_owned(),
        keys: vec!["cut", "value", "model"],
        columns: columns(&[("correct_rate", "correct")]),
        rows,
        chart: None,
    })
}

#[cfg(test)]
mod tests {
    use super::super::observations::Observation;
    use super::super::{render_html, render_json, render_markdown, render_tsv};
    use super::*;

    /// Two reviewers, three models, thirty cases; in every tenth case the second reviewer sees it the other way.
    fn observations(reviewers: usize) -> Observations {
        let mut rows = Vec::new();
        for case in 0..30_usize {
            for reviewer in 0..reviewers {
                for model in 0..3 {
                    let rank = 1 + (model + case * case) % 3 / (1 + case % 2);
                    let odd = reviewer == 1 && case % 10 == 0;
                    rows.push(Observation {
                        instruction: case.to_string(),
                        person: "1".to_owned(),
                        model: format!("m{model}"),
                        reviewer: format!("r{reviewer}"),
                        correct: (case != 7).then_some((rank == 1) != odd),
                        rank: (case != 9).then_some(if odd {
                            4.0 - rank as f64
                        } else {
                            rank as f64
                        }),
                        category: ["a", "b"][case % 2].to_owned(),
                        specialty: String::new(),
                    });
                }
            }
        }
        Observations {
            rows,
            notices: Vec::new(),
        }
    }

    fn report(reviewers: usize) -> Report {
        let sources = Sources {
            dataset: "d".to_owned(),
            main: observations(reviewers),
            reviews: None,
        };
        Report::of(
            sources,
            Bootstrap {
                samples: 50,
                seed: 2,
            },
        )
    }

    fn table<'a>(report: &'a Report, id: &str) -> Option<&'a Table> {
        report.tables.iter().find(|t| t.id == id)
    }

    #[test]
    fn one_reviewer_gives_wilson_and_no_agreement() {
        let report = report(1);
        let number = &table(&report, "correctness").expect("a table").rows[0].numbers[0];
        assert_eq!(
            (number.method.id, number.n, number.missing),
            ("wilson", 29, 1)
        );
        assert_eq!(table(&report, "agreement"), None);
        assert_eq!(
            table(&report, "cuts").expect("two categories").rows.len(),
            6
        );
    }

    #[test]
    fn several_reviewers_are_resampled_with_their_cases() {
        let report = report(2);
        let number = &table(&report, "correctness").expect("a table").rows[0].numbers[0];
        assert_eq!(
            (number.method.id, number.n, number.missing),
            ("share-bootstrap", 58, 2)
        );
        let agreement = table(&report, "agreement").expect("two reviewers");
        let raw = &agreement.rows[0].numbers[0];
        // Three of the 29 judged cases are seen the other way.
        assert!((raw.value.expect("pairs") - 26.0 / 29.0).abs() < 1e-12);
        assert_eq!((raw.n, raw.missing), (87, 3));
        // A split is no majority: 26 cases are left for the tests.
        assert_eq!(
            table(&report, "tests").expect("a table").rows[0].numbers[0].n,
            26
        );
        assert_eq!(
            table(&report, "reviewer_pairs").expect("a pair").rows.len(),
            1
        );
    }

    #[test]
    fn all_formats_hold_every_table() {
        let report = report(2);
        let (json, tsv) = (render_json::render(&report), render_tsv::render(&report));
        let (markdown, html) = (
            render_markdown::render(&report),
            render_html::render(&report),
        );
        for table in &report.tables {
            assert!(
                json.contains(&format!("\"{}\": {{", table.id)),
                "{}",
                table.id
            );
            assert!(tsv.contains(&format!("\n{}\t", table.id)), "{}", table.id);
            assert!(
                markdown.contains(&format!("## {}\n", table.title)),
                "{}",
                table.id
            );
            assert!(
                html.contains(&format!("<section id=\"{}\">", table.id)),
                "{}",
                table.id
            );
        }
        assert_eq!(html.matches("<svg").count(), html.matches("<desc").count());
    }

    #[test]
    fn nothing_observed_is_no_panic() {
        let sources = Sources {
            dataset: String::new(),
            main: Observations::default(),
            reviews: Some(Observations::default()),
        };
        let report = Report::of(
            sources,
            Bootstrap {
                samples: 5,
                seed: 1,
            },
        );
        assert_eq!(report.tables.len(), 1);
        assert!(render_html::render(&report).contains("</html>"));
    }
}
