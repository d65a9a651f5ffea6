//! What a response's place on the screen and its length did to its verdict and rank.
//!
//! In: observations of first readings, and their sittings. Out: one table of effects, within a case and within a model.
//! Never: an effect across cases or models, where other things differ as well.

use std::collections::BTreeMap;

use super::sitting::Sitting;
use super::{number, verdict};
use crate::report::groups::{Groups, add_times};
use crate::report::observations::Observation;
use crate::report::table::{Form, Number, Part, Table, TableRow};
use crate::report::tables::columns;
use crate::stats::correlation::{Tau, TauP, kendall, ratio};
use crate::stats::interval::{Bootstrap, mean, quantile};
use crate::stats::method::Method;

/// Kendall's tau-b of place or length against verdict or rank over the responses of a case (above 0: favoured), mean over reviewers, then over cases, with the 95% percentile interval of a bootstrap over cases.
const EFFECT_WITHIN_CASE: Method = Method {
    id: "tau-within-case",
    what: "Kendall's tau-b of place or length against verdict or rank over the responses of a case (above 0: favoured), mean over reviewers, then over cases, with the 95% percentile interval of a bootstrap over cases.",
    source: "Kendall 1945; Efron 1979",
    ties: "corrected for (tau-b)",
    missing: "responses without both are left out; a case that judges all alike is undefined and left out",
};

/// Share correct, or mean rank with its sign turned, of a model's longer responses (above its median) less that of its shorter ones, mean over models, with the 95% percentile interval of a bootstrap over cases.
const EFFECT_WITHIN_MODEL: Method = Method {
    id: "longer-half",
    what: "Share correct, or mean rank with its sign turned, of a model's longer responses (above its median) less that of its shorter ones, mean over models, with the 95% percentile interval of a bootstrap over cases.",
    source: "median split; Efron 1979",
    ties: "responses of the median length are among the shorter ones",
    missing: "responses without both are left out",
};

/// Ranks so that more is better.
fn goodness(o: &Observation) -> Option<f64> {
    o.rank.map(|r| -r)
}

/// The table of the effects of a response's place on the screen and of its length.
pub(super) fn table(
    first: &[&Observation],
    sittings: &[Sitting<'_>],
    bootstrap: Bootstrap,
) -> Option<Table> {
    let place = |o: &Observation| o.position.map(f64::from);
    let length = |o: &Observation| o.about.words.map(|w| w as f64);
    let mut rows = Vec::new();
    for (of, x) in [
        (
            "place on the screen",
            &place as &dyn Fn(&Observation) -> Option<f64>,
        ),
        ("length of the response", &length),
    ] {
        if first.iter().all(|o| x(o).is_none()) {
            continue;
        }
        for (on, y) in [
            ("verdict", verdict as fn(&Observation) -> Option<f64>),
            ("rank", goodness),
        ] {
            let taus = by_case(sittings, |sitting| {
                let xs: Vec<_> = sitting.iter().map(|o| x(o)).collect();
                let ys: Vec<_> = sitting.iter().map(|o| y(o)).collect();
                kendall(&xs, &ys, Tau::B, TauP::Asymptotic).value
            });
            let (value, n) = mean(&taus);
            let interval = bootstrap.of_mean(&taus).interval;
            rows.push(TableRow {
                keys: vec![of.to_owned(), on.to_owned(), "within a case".to_owned()],
                numbers: vec![number(
                    value,
                    interval,
                    n,
                    taus.len() - n,
                    Form::Decimal,
                    &EFFECT_WITHIN_CASE,
                )],
            });
        }
    }
    for (on, y, form) in [
        (
            "verdict",
            verdict as fn(&Observation) -> Option<f64>,
            Form::Share,
        ),
        ("rank", goodness, Form::Decimal),
    ] {
        if let Some(number) = longer_half(first, y, form, bootstrap) {
            rows.push(TableRow {
                keys: vec![
                    "length of the response".to_owned(),
                    on.to_owned(),
                    "within a model".to_owned(),
                ],
                numbers: vec![number],
            });
        }
    }
    (!rows.is_empty()).then(|| Table {
        id: "effects",
        part: Part::Bias,
        title: "Place and length",
        caption: "Whether responses shown further right, or longer ones, were judged or ranked better (above 0) or worse (below 0). Within a case the responses of all models are compared, by Kendall's tau-b; within a model its longer half is compared with its shorter one, by shares correct and mean ranks. n counts cases, within a model responses."
            .to_owned(),
        keys: vec!["of", "on", "compared"],
        columns: columns(&[("effect", "effect")]),
        rows,
        chart: None,
    })
}

/// One value a case: the mean over its sittings.
fn by_case(sittings: &[Sitting<'_>], of: impl Fn(&Sitting<'_>) -> Option<f64>) -> Vec<Option<f64>> {
    let mut cases: BTreeMap<(&str, &str), Vec<Option<f64>>> = BTreeMap::new();
    for sitting in sittings {
        let Some(o) = sitting.first() else { continue };
        let case = cases.entry((&o.instruction, &o.person)).or_default();
        case.push(of(sitting));
    }
    cases.values().map(|values| mean(values).0).collect()
}

/// Longer against shorter responses of the same model: the mean over models of the difference.
fn longer_half(
    first: &[&Observation],
    y: fn(&Observation) -> Option<f64>,
    form: Form,
    bootstrap: Bootstrap,
) -> Option<Number> {
    let mut models: BTreeMap<&str, Vec<f64>> = BTreeMap::new();
    for o in first {
        if let Some(words) = o.about.words {
            models.entry(&o.model).or_default().push(words as f64);
        }
    }
    let medians: Vec<(&str, f64)> = models
        .into_iter()
        .filter_map(|(model, mut words)| {
            words.sort_by(f64::total_cmp);
            Some((model, quantile(&words, 0.5)?))
        })
        .collect();
    // Sums and counts of a case, for each model its shorter and its longer half.
    let mut cases: BTreeMap<(&str, &str), Vec<(f64, f64)>> = BTreeMap::new();
    let (mut n, mut missing) = (0, 0);
    for o in first {
        let (Some(words), Ok(model)) = (
            o.about.words,
            medians.binary_search_by(|m| m.0.cmp(o.model.as_str())),
        ) else {
            continue;
        };
        let Some(y) = y(o) else {
            missing += 1;
            continue;
        };
        n += 1;
        let half = 2 * model + usize::from(words as f64 > medians[model].1);
        let sums = cases
            .entry((&o.instruction, &o.person))
            .or_insert_with(|| vec![(0.0, 0.0); 2 * medians.len()]);
        sums[half].0 += y;
        sums[half].1 += 1.0;
    }
    if n == 0 {
        return None;
    }
    let cases: Vec<Vec<(f64, f64)>> = cases.into_values().collect();
    let said = |case: &Vec<(f64, f64)>| -> Vec<[u64; 2]> {
        let bits = |(sum, n): &(f64, f64)| [sum.to_bits(), n.to_bits()];
        case.iter().map(bits).collect()
    };
    let groups = Groups::of(cases.iter().map(said), |case| cases[case].clone());
    let difference = |times: &[u32]| {
        let mut sums = vec![(0.0, 0.0); 2 * medians.len()];
        for (case, times) in groups.drawn(times) {
            add_times(&mut sums, case, times);
        }
        let of_model = |halves: &[(f64, f64)]| {
            let half = |i: usize| halves.get(i).and_then(|h| ratio(h.0, h.1));
            Some(half(1)? - half(0)?)
        };
        let models: Vec<Option<f64>> = sums.chunks(2).map(of_model).collect();
        mean(&models).0
    };
    let value = difference(&vec![1; cases.len()]);
    let found = bootstrap.intervals(cases.len(), 1, |times| vec![difference(times)]);
    Some(number(
        value,
        found[0].interval,
        n,
        missing,
        form,
        &EFFECT_WITHIN_MODEL,
    ))
}
