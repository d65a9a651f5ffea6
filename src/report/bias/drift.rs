//! Whether reviewers judged otherwise in the end than at the start.
//!
//! In: sittings of first readings. Out: a table of the thirds of each reviewer's work and the trends over it. Never: a
//! reviewer with fewer than three cases whose time is known.

use super::sitting::{
    Sitting, correct_of, minutes, names, of_reviewer, shown, tied_share, ties_of, time,
};
use super::{number, verdict};
use crate::report::table::{Form, Number, Part, Table, TableRow};
use crate::report::tables::columns;
use crate::stats::correlation;
use crate::stats::correlation::{Tau, TauP, kendall};
use crate::stats::interval::mean;
use crate::stats::method;

/// The first, middle and last third of each reviewer's work, by time; only reviewers with at least three timed cases.
pub(super) fn table(sittings: &[Sitting<'_>]) -> Option<Table> {
    let mut rows = Vec::new();
    for name in names(sittings) {
        let mut timed: Vec<_> = of_reviewer(sittings, &name)
            .into_iter()
            .filter_map(|s| Some((s.iter().filter_map(|o| o.at).min()?, s)))
            .collect();
        timed.sort_by_key(|(at, _)| *at);
        let n = timed.len();
        if n < 3 {
            continue;
        }
        // Cases of the same moment have no order between them.
        let moment = |at: jiff::Timestamp| Some(at.as_microsecond() as f64);
        let order: Vec<Option<f64>> = timed.iter().map(|(at, _)| moment(*at)).collect();
        let trend = |of: &dyn Fn(&Sitting<'_>) -> Option<f64>| {
            let ys: Vec<Option<f64>> = timed.iter().map(|(_, s)| of(s)).collect();
            let found = kendall(&order, &ys, Tau::B, TauP::Auto);
            [
                number(
                    found.value,
                    None,
                    found.n,
                    n - found.n,
                    Form::Decimal,
                    &correlation::DRIFT,
                ),
                number(
                    found.p,
                    None,
                    found.n,
                    n - found.n,
                    Form::P,
                    &correlation::DRIFT,
                ),
            ]
        };
        let share = |s: &Sitting<'_>| mean(&s.iter().map(|o| verdict(o)).collect::<Vec<_>>()).0;
        let trends = [trend(&share), trend(&tied_share), trend(&minutes)];
        for (third, title) in ["first third", "middle third", "last third"]
            .iter()
            .enumerate()
        {
            let part: Vec<&Sitting<'_>> = timed[n * third / 3..n * (third + 1) / 3]
                .iter()
                .map(|(_, s)| *s)
                .collect();
            let [_, median, _] = time(&part);
            rows.push(TableRow {
                keys: vec![shown(&name), (*title).to_owned()],
                numbers: vec![
                    Number::count(part.len(), &method::COUNT),
                    correct_of(&part),
                    ties_of(&part),
                    median,
                ],
            });
        }
        for (place, title) in ["trend, tau-b", "trend, p"].iter().enumerate() {
            let mut numbers = vec![Number::count(n, &method::COUNT)];
            numbers.extend(trends.iter().map(|t| t[place].clone()));
            rows.push(TableRow {
                keys: vec![shown(&name), (*title).to_owned()],
                numbers,
            });
        }
    }
    (!rows.is_empty()).then(|| Table {
        id: "drift",
        part: Part::Bias,
        title: "Drift over time",
        caption: "The thirds of each reviewer's work in the order of the first judgement of a case, and the trend over all of it: above 0, the later the more. n counts judgements for the share correct, else cases."
            .to_owned(),
        keys: vec!["reviewer", "part"],
        columns: columns(&[
            ("cases", "cases"),
            ("correct_rate", "correct"),
            ("tied_rate", "pairs tied"),
            ("minutes_median", "minutes a case, median"),
        ]),
        rows,
        chart: None,
    })
}
