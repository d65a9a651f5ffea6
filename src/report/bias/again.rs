//! How far reviewers agree with themselves when they read a case again.
//!
//! In: observations of all readings. Out: a table with a row for each reviewer who has read a case twice, and one for
//! all of them where there are several. Never: a third reading, or one reviewer's reading against another's.

use std::collections::BTreeMap;

use super::number;
use super::sitting::{Sitting, shown};
use crate::report::observations::Observation;
use crate::report::table::{Form, Number, Part, Table, TableRow};
use crate::report::tables::columns;
use crate::stats::agreement::confusion;
use crate::stats::agreement::{Confusion, Weights};
use crate::stats::correlation;
use crate::stats::correlation::{Tau, TauP, kendall};
use crate::stats::interval::{Bootstrap, mean, quantile};
use crate::stats::method;
use crate::stats::method::Method;
use crate::stats::rank::{Ties, rank};

/// Median of the days between the first judgements of the two readings.
const DAYS: Method = Method {
    id: "days-between",
    what: "Median of the days between the first judgements of the two readings.",
    source: "Hyndman & Fan 1996, type 7",
    ties: "do not matter",
    missing: "readings without a time are left out",
};

/// Second readings of a case against the first ones of the same reviewer.
pub(super) fn table(observations: &[&Observation], bootstrap: Bootstrap) -> Option<Table> {
    if observations.iter().all(|o| o.reading == 0) {
        return None;
    }
    let mut readings: BTreeMap<(&str, &str, &str), [Sitting<'_>; 2]> = BTreeMap::new();
    for o in observations.iter().filter(|o| o.reading < 2) {
        let key = (
            o.reviewer.as_str(),
            o.instruction.as_str(),
            o.person.as_str(),
        );
        readings.entry(key).or_default()[o.reading as usize].push(o);
    }
    readings.retain(|_, [first, second]| !first.is_empty() && !second.is_empty());
    let mut names: Vec<&str> = readings.keys().map(|k| k.0).collect();
    names.dedup();
    let everyone = (names.len() > 1).then_some(None);
    let rows: Vec<TableRow> = names
        .into_iter()
        .map(Some)
        .chain(everyone)
        .map(|name| {
            let own = readings
                .iter()
                .filter(|(key, _)| name.is_none_or(|n| n == key.0));
            let own: Vec<&[Sitting<'_>; 2]> = own.map(|(_, both)| both).collect();
            self_agreement(
                name.map_or_else(|| "all of them".to_owned(), shown),
                &own,
                bootstrap,
            )
        })
        .collect();
    (!rows.is_empty()).then(|| Table {
        id: "self_agreement",
        part: Part::Bias,
        title: "Agreement of reviewers with themselves",
        caption: "Second readings of a case against the first ones of the same reviewer; n counts responses judged twice, for tau cases."
            .to_owned(),
        keys: vec!["reviewer"],
        columns: columns(&[
            ("cases", "cases read twice"),
            ("raw", "raw agreement"),
            ("kappa", "Cohen's kappa"),
            ("tau", "Kendall's tau-b"),
            ("days", "days between, median"),
        ]),
        rows,
        chart: None,
    })
}

fn self_agreement(name: String, readings: &[&[Sitting<'_>; 2]], bootstrap: Bootstrap) -> TableRow {
    let mut all = Confusion::new(2);
    let mut by_case = Vec::new();
    let (mut taus, mut days) = (Vec::new(), Vec::new());
    let mut responses = 0;
    for [first, second] in readings {
        let mut case = Confusion::new(2);
        let both: Vec<(&Observation, &Observation)> = first
            .iter()
            .filter_map(|a| Some((*a, *second.iter().find(|b| b.model == a.model)?)))
            .collect();
        responses += both.len();
        for (a, b) in &both {
            case.add(a.correct().map(usize::from), b.correct().map(usize::from));
        }
        all.add_times(&case, 1.0);
        by_case.push(case);
        let ranks = |of: fn(&(&Observation, &Observation)) -> Option<f64>| -> Vec<_> {
            rank(&both.iter().map(of).collect::<Vec<_>>(), Ties::Average)
        };
        taus.push(
            kendall(
                &ranks(|p| p.0.rank),
                &ranks(|p| p.1.rank),
                Tau::B,
                TauP::Asymptotic,
            )
            .value,
        );
        let when = |s: &Sitting<'_>| s.iter().filter_map(|o| o.at).min();
        if let (Some(a), Some(b)) = (when(first), when(second)) {
            days.push((b.as_second() - a.as_second()) as f64 / 86_400.0);
        }
    }
    days.sort_by(f64::total_cmp);
    let found = bootstrap.intervals(by_case.len(), 2, |times| {
        let mut sum = Confusion::new(2);
        for (case, &times) in by_case.iter().zip(times) {
            sum.add_times(case, f64::from(times));
        }
        vec![sum.raw().value, sum.kappa(Weights::Unweighted).value]
    });
    let n = all.n() as usize;
    let (tau, with_tau) = mean(&taus);
    TableRow {
        keys: vec![name],
        numbers: vec![
            Number::count(readings.len(), &method::COUNT),
            number(
                all.raw().value,
                found[0].interval,
                n,
                responses - n,
                Form::Share,
                &confusion::RAW_SELF,
            ),
            number(
                all.kappa(Weights::Unweighted).value,
                found[1].interval,
                n,
                responses - n,
                Form::Decimal,
                &confusion::COHEN_SELF,
            ),
            number(
                tau,
                bootstrap.of_mean(&taus).interval,
                with_tau,
                taus.len() - with_tau,
                Form::Decimal,
                &correlation::TAU_SELF,
            ),
            number(
                quantile(&days, 0.5),
                None,
                days.len(),
                readings.len() - days.len(),
                Form::Tenth,
                &DAYS,
            ),
        ],
    }
}
