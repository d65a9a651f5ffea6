//! The tables on what the place of an answer does to a judge's marks, and how far a judge agrees with itself.
//!
//! In: judges' rows of all rounds, with the place of each answer. Out: shares and ranks by letter, and what became of the same answer at two
//! places. Never: different answers compared as if they were the same: orders are swapped, so each answer is its own comparison.

use std::collections::BTreeMap;

use super::marks::{Answer, answer};
use super::{Judge, number};
use crate::report::observations::Observation;
use crate::report::table::{Form, Part, Table, TableRow};
use crate::report::tables::columns;
use crate::review::blind::letter;
use crate::stats::correlation::ratio;
use crate::stats::distribution::fair_binomial_cdf;
use crate::stats::interval::{mean, normal_of_mean, wilson};
use crate::stats::method::Method;

const fn method(id: &'static str, what: &'static str, source: &'static str) -> Method {
    Method {
        id,
        what,
        source,
        ties: "two verdicts or ranks that are the same favour no place",
        missing: "places, verdicts and ranks that are not known are left out; unsure is no verdict",
    }
}

const SHARE: Method = method(
    "judge-share-by-place",
    "Share of answers at this place that the judge calls correct, over all rounds, with Wilson's 95% score interval.",
    "Wilson 1927",
);
const RANK: Method = method(
    "judge-rank-by-place",
    "Mean of the ranks that the judge gives at this place, over all rounds, with the 95% interval of the mean.",
    "plain mean",
);
const SAME: Method = method(
    "judge-same-verdict",
    "Share of pairs of rounds in which the judge gives the same answer the same verdict, with Wilson's 95% score interval.",
    "Wilson 1927",
);
const EARLIER: Method = method(
    "judge-earlier-place",
    "Of pairs of rounds in which the same answer stood at two places and got two verdicts, the share in which it was called correct at the earlier place, with Wilson's 95% score interval; a half without position bias.",
    "Wilson 1927; orders swapped as in Wang et al. 2024",
);
const SIGN: Method = method(
    "judge-place-sign-test",
    "Exact two-sided sign test of a half for that share.",
    "Dixon and Mood 1946",
);
const SHIFT: Method = method(
    "judge-place-rank",
    "Mean over pairs of rounds of the rank of the same answer at the later place less that at the earlier one, with the 95% interval of the mean; 0 without position bias, above it earlier places are favoured.",
    "plain mean of paired differences",
);

/// What became of the same answer in two rounds.
#[derive(Default)]
struct Pairs {
    same: usize,
    judged: usize,
    /// Of those at two places with two verdicts: how many there are, and were better at the earlier place.
    differ: usize,
    earlier: usize,
    shifts: Vec<Option<f64>>,
}

impl Pairs {
    fn of(rows: &[&Observation]) -> Self {
        let mut by_answer: BTreeMap<Answer, Vec<&Observation>> = BTreeMap::new();
        for o in rows {
            by_answer.entry(answer(o)).or_default().push(o);
        }
        let mut pairs = Pairs::default();
        for rounds in by_answer.values() {
            for (i, a) in rounds.iter().enumerate() {
                for b in &rounds[i + 1..] {
                    pairs.add(a, b);
                }
            }
        }
        pairs
    }

    fn add(&mut self, a: &Observation, b: &Observation) {
        let verdicts = a.correct().zip(b.correct());
        if let Some((x, y)) = verdicts {
            self.judged += 1;
            self.same += usize::from(x == y);
        }
        let Some((x, y)) = a.position.zip(b.position).filter(|(x, y)| x != y) else {
            return;
        };
        let (first, last) = if x < y { (a, b) } else { (b, a) };
        if let Some((_, _)) = verdicts.filter(|(x, y)| x != y) {
            self.differ += 1;
            self.earlier += usize::from(first.correct() == Some(true));
        }
        self.shifts
            .push(first.rank.zip(last.rank).map(|(x, y)| y - x));
    }

    /// The chance of a share as far from a half, if places do not matter.
    fn p(&self) -> Option<f64> {
        let fewer = self.earlier.min(self.differ - self.earlier);
        (self.differ > 0).then(|| (2.0 * fair_binomial_cdf(fewer, self.differ)).min(1.0))
    }
}

/// The tables; none where no place is known.
pub(super) fn tables(judges: &[Judge<'_>]) -> Vec<Table> {
    let known = |j: &&Judge<'_>| j.rows.iter().any(|o| o.position.is_some());
    let judges: Vec<&Judge<'_>> = judges.iter().filter(known).collect();
    if judges.is_empty() {
        return Vec::new();
    }
    vec![swapped(&judges), by_letter(&judges)]
}

fn swapped(judges: &[&Judge<'_>]) -> Table {
    let rows = judges.iter().map(|judge| {
        let pairs = Pairs::of(&judge.rows);
        let share = |of: usize, n: usize| ratio(of as f64, n as f64);
        let (shift, shifts) = mean(&pairs.shifts);
        TableRow {
            keys: vec![judge.name.to_owned()],
            numbers: vec![
                number(
                    share(pairs.same, pairs.judged),
                    wilson(pairs.same, pairs.judged),
                    (pairs.judged, 0),
                    Form::Share,
                    &SAME,
                ),
                number(
                    share(pairs.earlier, pairs.differ),
                    wilson(pairs.earlier, pairs.differ),
                    (pairs.differ, 0),
                    Form::Share,
                    &EARLIER,
                ),
                number(pairs.p(), None, (pairs.differ, 0), Form::P, &SIGN),
                number(
                    shift,
                    normal_of_mean(&pairs.shifts),
                    (shifts, pairs.shifts.len() - shifts),
                    Form::Decimal,
                    &SHIFT,
                ),
            ],
        }
    });
    Table {
        id: "judge_swapped",
        part: Part::Judges,
        title: "The same answer at another place",
        caption: "How far a judge agrees with itself over rounds, and whether an answer fares better at an earlier place than at a later one: orders are swapped from round to round. n counts pairs of rounds of the same answer; with one round there are none."
            .to_owned(),
        keys: vec!["judge"],
        columns: columns(&[
            ("same", "same verdict"),
            ("earlier", "verdicts that part: correct at the earlier place"),
            ("p", "p"),
            ("shift", "rank lost at the later place"),
        ]),
        rows: rows.collect(),
        chart: None,
    }
}

fn by_letter(judges: &[&Judge<'_>]) -> Table {
    let mut rows = Vec::new();
    for judge in judges {
        let last = judge.rows.iter().filter_map(|o| o.position).max();
        for place in 0..=last.unwrap_or(0) {
            let here = judge.rows.iter().filter(|o| o.position == Some(place));
            let here: Vec<&&Observation> = here.collect();
            let told = here.iter().filter(|o| o.correct().is_some()).count();
            let right = here.iter().filter(|o| o.correct() == Some(true)).count();
            let ranks: Vec<Option<f64>> = here.iter().map(|o| o.rank).collect();
            let (rank, ranked) = mean(&ranks);
            rows.push(TableRow {
                keys: vec![judge.name.to_owned(), letter(place)],
                numbers: vec![
                    number(
                        ratio(right as f64, told as f64),
                        wilson(right, told),
                        (told, here.len() - told),
                        Form::Share,
                        &SHARE,
                    ),
                    number(
                        rank,
                        normal_of_mean(&ranks),
                        (ranked, ranks.len() - ranked),
                        Form::Decimal,
                        &RANK,
                    ),
                ],
            });
        }
    }
    Table {
        id: "judge_places",
        part: Part::Judges,
        title: "Judges by place of the answer",
        caption: "Share called correct and mean rank of the answers under each letter, over all rounds. With orders swapped all letters should be alike."
            .to_owned(),
        keys: vec!["judge", "letter"],
        columns: columns(&[("correct_rate", "correct"), ("mean_rank", "mean rank")]),
        rows,
        chart: None,
    }
}
