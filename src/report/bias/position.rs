//! Whether the responses shown under one letter fared better than those under another.
//!
//! In: observations of first readings. Out: a table with a row for each letter. Never: a row made of places that are
//! not known.

use std::collections::BTreeSet;

use super::number;
use crate::report::observations::Observation;
use crate::report::table::{Chart, Form, Part, Table, TableRow};
use crate::report::tables::columns;
use crate::review::blind;
use crate::stats::interval;
use crate::stats::interval::{bounded_mean, mean, wilson};

/// The table of shares correct and mean ranks by letter; `None` where no place is known.
pub(super) fn table(first: &[&Observation]) -> Option<Table> {
    let last = first.iter().filter_map(|o| o.position).max()?;
    let ranked = first.iter().filter(|o| o.rank.is_some());
    let models: BTreeSet<&str> = ranked.map(|o| o.model.as_str()).collect();
    let worst = models.len() as f64;
    let rows = (0..=last)
        .map(|position| {
            let here: Vec<&&Observation> = first
                .iter()
                .filter(|o| o.position == Some(position))
                .collect();
            let judged = here.iter().filter(|o| o.correct().is_some()).count();
            let right = here.iter().filter(|o| o.correct() == Some(true)).count();
            let ranks: Vec<Option<f64>> = here.iter().map(|o| o.rank).collect();
            let (rank, ranked) = mean(&ranks);
            TableRow {
                keys: vec![blind::letter(position)],
                numbers: vec![
                    number(
                        (judged > 0).then(|| right as f64 / judged as f64),
                        wilson(right, judged),
                        judged,
                        here.len() - judged,
                        Form::Share,
                        &interval::WILSON,
                    ),
                    number(
                        rank,
                        bounded_mean(&ranks, 1.0, worst),
                        ranked,
                        ranks.len() - ranked,
                        Form::Decimal,
                        &interval::RANK_IN_KIND,
                    ),
                ],
            }
        })
        .collect();
    Some(Table {
        id: "by_position",
        part: Part::Bias,
        title: "By place on the screen",
        caption: "Share correct and mean rank of the responses shown under each letter; the order is drawn anew for each case and reviewer, so all letters should be alike. n counts judgements and ranks of which the place is known."
            .to_owned(),
        keys: vec!["letter"],
        columns: columns(&[("correct_rate", "correct"), ("mean_rank", "mean rank")]),
        rows,
        chart: Some(Chart::Bars {
            column: 0,
            top: 1.0,
        }),
    })
}
