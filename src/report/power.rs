//! The table on how many cases would show the differences that were seen.
//!
//! In: a sheet. Out: for each pair of models the cases there are, those that are needed, and how many more that is. A
//! case is one observation, however many reviewers it had.

use super::sheet::Sheet;
use super::table::{Form, Number, Part, Table, TableRow};
use super::tables::columns;
use crate::stats::method::Method;
use crate::stats::paired;
use crate::stats::paired::{Discordance, decided_needed};
use crate::stats::ratio::Ratio;

/// The error rate and the power that numbers of cases are given for.
const ALPHA: f64 = 0.05;
const POWER: f64 = 0.8;

/// The table; none for fewer than two models.
pub(super) fn table(sheet: &Sheet) -> Option<Table> {
    let k = sheet.models.len();
    if k < 2 {
        return None;
    }
    let (correct, ranks) = (sheet.majority(), sheet.mean_ranks());
    // Alpha is shared by the pairs that can be compared at all.
    let each = |models: usize| ALPHA / (models * models.saturating_sub(1) / 2).max(1) as f64;
    let each_judged = each(sheet.judged_models().len());
    let each_ranked = each(sheet.ranked_models().len());
    let mut rows = Vec::new();
    for a in 0..k {
        for b in a + 1..k {
            let judged = Discordance::of(correct.iter().map(|c| (c[a], c[b])));
            let n = judged.n();
            let difference =
                (n > 0).then(|| (judged.first_only as f64 - judged.second_only as f64) / n as f64);
            let ranked: Vec<(Ratio, Ratio)> = ranks.iter().filter_map(|r| r[a].zip(r[b])).collect();
            let won = ranked.iter().filter(|(a, b)| a < b).count();
            let decided = ranked.iter().filter(|(a, b)| a != b).count();
            let share = (decided > 0).then(|| won as f64 / decided as f64);
            // Ties decide nothing, so more cases than decided ones are needed.
            let by_rank = |alpha| {
                let needed = decided_needed(share?, alpha, POWER)? as f64;
                Some((needed * ranked.len() as f64 / decided as f64).ceil() as usize)
            };
            let number = |value, n, form, method: &'static Method| Number {
                value,
                interval: None,
                n,
                missing: sheet.cases - n,
                form,
                method,
            };
            let needed = |cases: Option<usize>, n: usize, method| {
                let more = cases.map(|c| c.saturating_sub(n) as f64);
                [
                    number(cases.map(|c| c as f64), n, Form::Count, method),
                    number(more, n, Form::Count, method),
                ]
            };
            let mut numbers = vec![number(difference, n, Form::Share, &paired::DIFFERENCE)];
            numbers.extend(needed(
                judged.cases_needed(ALPHA, POWER),
                n,
                &paired::CASES_NEEDED,
            ));
            let all = judged.cases_needed(each_judged, POWER).map(|c| c as f64);
            numbers.push(number(all, n, Form::Count, &paired::CASES_NEEDED_ALL));
            let m = ranked.len();
            numbers.push(number(share, m, Form::Share, &paired::DECIDED_SHARE));
            numbers.extend(needed(by_rank(ALPHA), m, &paired::RANKED_NEEDED));
            let all = by_rank(each_ranked).map(|c| c as f64);
            numbers.push(number(all, m, Form::Count, &paired::RANKED_NEEDED_ALL));
            rows.push(TableRow {
                keys: vec![sheet.models[a].clone(), sheet.models[b].clone()],
                numbers,
            });
        }
    }
    Some(Table {
        id: "power",
        part: Part::Tests,
        title: "How many cases would separate two models?",
        caption: "Cases that would show the observed difference with power 0.8 at two-sided alpha 0.05: in all, more than there are, and with alpha shared by all pairs; first by correctness, then by ranks. Equal models cannot be told apart by any number. n counts cases where neither value is missing."
            .to_owned(),
        keys: vec!["model", "other"],
        columns: columns(&[
            ("difference", "difference correct"),
            ("cases_needed", "cases needed"),
            ("cases_more", "more"),
            ("cases_needed_all_pairs", "for all pairs"),
            ("better_share", "ranked better"),
            ("ranked_cases_needed", "cases needed"),
            ("ranked_cases_more", "more"),
            ("ranked_cases_needed_all_pairs", "for all pairs"),
        ]),
        rows,
        chart: None,
    })
}

#[cfg(test)]
mod tests {
    use super::super::observations::Observation;
    use super::*;
    use crate::review::Verdict;

    #[test]
    fn cases_are_counted_to_the_difference_seen() {
        // Of 40 cases the first model alone is right in 12, the second alone in 4; ranks go with it, the rest are ties.
        let rows: Vec<Observation> = (0..40)
            .flat_map(|case| {
                let (a, b) = match case {
                    0..12 => (true, false),
                    12..16 => (false, true),
                    _ => (true, true),
                };
                [("a", a, b), ("b", b, a)].map(|(model, correct, other)| Observation {
                    instruction: case.to_string(),
                    model: model.to_owned(),
                    verdict: Some(Verdict::of(correct)),
                    rank: Some(if correct >= other { 1.0 } else { 2.0 }),
                    ..Observation::default()
                })
            })
            .collect();
        let table = table(&Sheet::of(&rows)).expect("two models");
        let numbers = &table.rows[0].numbers;
        assert_eq!(table.rows[0].keys, ["a", "b"]);
        assert!((numbers[0].value.expect("n") - 0.2).abs() < 1e-12);
        // (1.95996 √0.4 + 0.84162 √(0.4 - 0.04))² / 0.04 = 76.09 (Connor 1987).
        assert_eq!(
            (numbers[1].value, numbers[2].value),
            (Some(77.0), Some(37.0))
        );
        // 12 of 16 decided: (1.95996 + 0.84162)² / (4 · 0.25²) = 31.4, 32 decided of 80 cases (Noether 1987).
        assert_eq!(numbers[4].value, Some(0.75));
        assert_eq!(
            (numbers[5].value, numbers[6].value),
            (Some(80.0), Some(40.0))
        );
    }
}
