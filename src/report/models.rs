//! The tables on how good the models' responses are: correctness, ranks, head-to-head.
//!
//! In: a sheet. Out: tables with intervals that come from resampling cases with all of their reviewers.

use super::groups::{Groups, add_times};
use super::sheet::{Sheet, SheetRow};
use super::table::{Chart, Form, Number, Part, Table, TableRow};
use super::tables::{Counts, columns, judged, ranked};
use crate::stats::battles;
use crate::stats::battles::{Battles, TieRule};
use crate::stats::interval;
use crate::stats::interval::{Bootstrap, Resampled, wilson};
use crate::stats::method;

/// The tables; none without a model.
pub(super) fn tables(sheet: &Sheet, bootstrap: Bootstrap) -> Vec<Table> {
    if sheet.models.is_empty() {
        return Vec::new();
    }
    let resampled = Resampling::of(sheet, bootstrap);
    vec![
        summary(sheet, &resampled),
        correctness(sheet, &resampled),
        ranks(sheet, &resampled),
        rank_distribution(sheet),
        win_rates(sheet, &resampled),
        head_to_head(sheet),
    ]
}

/// Sum and count of values by model.
type Sums = Vec<(f64, f64)>;

/// What ranks add.
struct RankSums {
    battles: Battles,
    given: Sums,
    reranked: Sums,
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
        // Strengths are of the models that were ranked: one that never was is joined to none.
        let in_battle = sheet.ranked_models();
        let cases = sheet.by_case();
        let said = |part: fn(&SheetRow) -> Vec<u64>| {
            let each =
                move |rows: &Vec<&SheetRow>| rows.iter().map(|r| part(r)).collect::<Vec<_>>();
            cases.iter().map(each)
        };
        let verdicts = said(|row| row.correct.iter().map(|c| c.map_or(2, u64::from)).collect());
        let correct = Groups::of(verdicts, |case| correct_sums(&cases[case], models));
        let given = |row: &SheetRow| {
            let ranks = row.ranks.iter();
            ranks.map(|r| r.map_or(u64::MAX, f64::to_bits)).collect()
        };
        let ranks = Groups::of(said(given), |case| rank_sums(&cases[case], models));
        let statistics = |times: &[u32]| {
            let mut battles = Battles::new(models);
            let mut sums = vec![(0.0, 0.0); 3 * models];
            let (judged, rest) = sums.split_at_mut(models);
            let (given, reranked) = rest.split_at_mut(models);
            for (case, times) in correct.drawn(times) {
                add_times(judged, case, times);
            }
            for (case, times) in ranks.drawn(times) {
                battles.add_times(&case.battles, times);
                add_times(given, &case.given, times);
                add_times(reranked, &case.reranked, times);
            }
            let mut values: Vec<Option<f64>> = sums
                .iter()
                .map(|&(sum, n)| (n > 0.0).then(|| sum / n))
                .collect();
            for rule in [TieRule::LeftOut, TieRule::Half] {
                values.extend((0..models).map(|m| battles.win_rate(m, rule)));
            }
            let first = values.len();
            values.extend(std::iter::repeat_n(None, models));
            let strengths = battles.among(&in_battle).bradley_terry();
            for (&m, strength) in in_battle.iter().zip(strengths.unwrap_or_default()) {
                values[first + m] = Some(strength);
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

fn add(sums: &mut [(f64, f64)], values: impl IntoIterator<Item = Option<f64>>) {
    for (sum, value) in sums.iter_mut().zip(values) {
        if let Some(value) = value {
            sum.0 += value;
            sum.1 += 1.0;
        }
    }
}

fn correct_sums(rows: &[&SheetRow], models: usize) -> Sums {
    let mut sums = vec![(0.0, 0.0); models];
    for row in rows {
        let correct = row.correct.iter();
        add(
            &mut sums,
            correct.map(|c| c.map(|c| f64::from(u8::from(c)))),
        );
    }
    sums
}

fn rank_sums(rows: &[&SheetRow], models: usize) -> RankSums {
    let mut sums = RankSums {
        battles: Battles::new(models),
        given: vec![(0.0, 0.0); models],
        reranked: vec![(0.0, 0.0); models],
    };
    for row in rows {
        sums.battles.add(&row.ranks);
        add(&mut sums.given, row.ranks.iter().copied());
        add(&mut sums.reranked, row.reranked());
    }
    sums
}

fn per_model(sheet: &Sheet, numbers: impl Fn(usize) -> Vec<Number>) -> Vec<TableRow> {
    let row = |(m, name): (usize, &String)| TableRow {
        keys: vec![name.clone()],
        numbers: numbers(m),
    };
    sheet.models.iter().enumerate().map(row).collect()
}

/// The share correct of a model with Wilson's interval.
pub(super) fn share_correct<'a>(
    rows: impl IntoIterator<Item = &'a SheetRow> + Clone,
    model: usize,
) -> Number {
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
        method: &interval::WILSON,
    }
}

/// The study's main table: correctness, win rate and mean rank side by side.
fn summary(sheet: &Sheet, resampled: &Resampling) -> Table {
    let columns = columns(&[
        ("correct_rate", "correct"),
        ("win_rate_ties_left_out", "win rate"),
        ("mean_rank", "mean rank"),
    ]);
    let (correct, wins, ranks) = (
        correctness(sheet, resampled),
        win_rates(sheet, resampled),
        ranks(sheet, resampled),
    );
    let rows = per_model(sheet, |m| {
        let tables = [&correct, &wins, &ranks];
        let first = tables.iter().filter_map(|t| t.rows.get(m)?.numbers.first());
        first.cloned().collect()
    });
    Table {
        id: "summary",
        part: Part::Models,
        title: "Summary",
        caption: format!(
            "Share of responses judged correct, win rate with ties left out, and mean rank as given (1 is best), as in the study's main table; n counts {}, battles and ranks.",
            sheet.judgements()
        ),
        keys: vec!["model"],
        columns,
        rows,
        chart: None,
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
            let shape = (Form::Share, &interval::CLUSTERED_SHARE);
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
        part: Part::Models,
        title: "Correctness",
        caption: format!(
            "Share of responses judged correct; n counts {}.",
            sheet.judgements()
        ),
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
            number(Block::Given, &interval::RANK_GIVEN),
            number(Block::Reranked, &interval::RANK_AVERAGED),
        ]
    });
    Table {
        id: "ranks",
        part: Part::Models,
        title: "Mean rank",
        caption: "Mean rank, 1 is best, as given and with equals sharing the mean of their places; n counts ranks."
            .to_owned(),
        keys: vec!["model"],
        columns: columns(&[("mean_rank", "as given"), ("mean_rank_averaged", "numbered anew")]),
        rows,
        chart: Some(Chart::Bars { column: 0, top: sheet.ranked_models().len().max(1) as f64 }),
    }
}

/// How often each rank was given to each model. Ranks that are no whole number (shared places) are rows of their own.
fn rank_distribution(sheet: &Sheet) -> Table {
    let mut given: Vec<f64> = sheet
        .rows
        .iter()
        .flat_map(|r| r.ranks.iter().flatten().copied())
        .collect();
    given.sort_by(f64::total_cmp);
    given.dedup();
    let cell = |rank: f64, m: usize| {
        let counts = Counts::of(&sheet.rows, m, ranked);
        let times = sheet
            .rows
            .iter()
            .filter(|r| r.ranks[m] == Some(rank))
            .count();
        let number = |value, form, method| Number {
            value,
            interval: None,
            n: counts.n,
            missing: counts.missing,
            form,
            method,
        };
        let share = (counts.n > 0).then(|| times as f64 / counts.n as f64);
        vec![
            number(share, Form::Share, &interval::RANK_SHARE),
            number(Some(times as f64), Form::Count, &method::COUNT),
        ]
    };
    let mut rows = Vec::new();
    for rank in given {
        rows.extend(sheet.models.iter().enumerate().map(|(m, model)| TableRow {
            keys: vec![format!("rank {rank}"), model.clone()],
            numbers: cell(rank, m),
        }));
    }
    Table {
        id: "rank_distribution",
        part: Part::Models,
        title: "Ranks given",
        caption: "Share of a model's ranks that are 1, 2 and so on, as given; n counts ranks."
            .to_owned(),
        keys: vec!["rank", "model"],
        columns: columns(&[("share", "share"), ("count", "count")]),
        rows,
        chart: Some(Chart::Stacked { column: 0 }),
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
                (Form::Decimal, &battles::WIN_LEFT_OUT),
            ),
            resampled.number(Block::WinHalf, m, half, (Form::Decimal, &battles::WIN_HALF)),
            resampled.number(
                Block::Strength,
                m,
                half,
                (Form::Decimal, &battles::STRENGTH),
            ),
        ]
    });
    Table {
        id: "win_rates",
        part: Part::Models,
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
                    rate(TieRule::LeftOut, &battles::HEAD_LEFT_OUT),
                    rate(TieRule::Half, &battles::HEAD_HALF),
                    count(battles.wins(a, b)),
                    count(battles.ties(a, b)),
                    count(battles.wins(b, a)),
                ],
            }
        })
        .collect();
    Table {
        id: "head_to_head",
        part: Part::Models,
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
