//! The tables on what besides the responses may have moved reviewers: places on the screen, lengths, the reviewer, time.
//!
//! In: observations. Out: tables of effects, by place shown, by reviewer, by third of a reviewer's work, and of second
//! readings against first ones. A table whose facts are not known at all is left out.

use std::collections::BTreeMap;

use super::agreement::{Confusion, Weights};
use super::correlation::{Tau, TauP, kendall, ratio};
use super::interval::{Bootstrap, Interval, mean, normal_of_mean, quantile, wilson};
use super::method::{self, Method};
use super::observations::Observation;
use super::rank::{Ties, rank};
use super::table::{Chart, Form, Number, Part, Table, TableRow};
use super::tables::columns;
use crate::review::blind;

/// What one reviewer said of one case in one reading.
type Sitting<'a> = Vec<&'a Observation>;

/// The tables. `observations` are of all readings.
pub(super) fn tables(observations: &[&Observation], bootstrap: Bootstrap) -> Vec<Table> {
    let first: Vec<&Observation> = observations
        .iter()
        .copied()
        .filter(|o| o.reading == 0)
        .collect();
    let sittings = sittings(&first);
    let tables = [
        effects(&first, &sittings, bootstrap),
        by_position(&first),
        reviewers(&first, &sittings),
        drift(&sittings),
        again(observations, bootstrap),
    ];
    tables.into_iter().flatten().collect()
}

/// First readings by reviewer and case, in the observations' order.
fn sittings<'a>(observations: &[&'a Observation]) -> Vec<Sitting<'a>> {
    let mut places: BTreeMap<(&str, &str, &str), usize> = BTreeMap::new();
    let mut sittings: Vec<Sitting<'a>> = Vec::new();
    for o in observations {
        let key = (
            o.reviewer.as_str(),
            o.instruction.as_str(),
            o.person.as_str(),
        );
        let place = *places.entry(key).or_insert_with(|| {
            sittings.push(Vec::new());
            sittings.len() - 1
        });
        sittings[place].push(o);
    }
    sittings
}

fn number(
    value: Option<f64>,
    interval: Option<Interval>,
    n: usize,
    missing: usize,
    form: Form,
    method: &'static Method,
) -> Number {
    Number {
        value,
        interval,
        n,
        missing,
        form,
        method,
    }
}

fn verdict(o: &Observation) -> Option<f64> {
    o.correct.map(|c| f64::from(u8::from(c)))
}

/// Ranks so that more is better.
fn goodness(o: &Observation) -> Option<f64> {
    o.rank.map(|r| -r)
}

/// The effects of a response's place on the screen and of its length.
fn effects(
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
                    &method::EFFECT_WITHIN_CASE,
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
    let difference = |times: &[u32]| {
        let mut sums = vec![(0.0, 0.0); 2 * medians.len()];
        for (case, &times) in cases.iter().zip(times).filter(|(_, t)| **t > 0) {
            for (sum, part) in sums.iter_mut().zip(case) {
                sum.0 += f64::from(times) * part.0;
                sum.1 += f64::from(times) * part.1;
            }
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
        &method::EFFECT_WITHIN_MODEL,
    ))
}

fn by_position(first: &[&Observation]) -> Option<Table> {
    let last = first.iter().filter_map(|o| o.position).max()?;
    let rows = (0..=last)
        .map(|position| {
            let here: Vec<&&Observation> = first
                .iter()
                .filter(|o| o.position == Some(position))
                .collect();
            let judged = here.iter().filter(|o| o.correct.is_some()).count();
            let right = here.iter().filter(|o| o.correct == Some(true)).count();
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
                        &method::WILSON,
                    ),
                    number(
                        rank,
                        normal_of_mean(&ranks),
                        ranked,
                        ranks.len() - ranked,
                        Form::Decimal,
                        &method::RANK_IN_KIND,
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

/// How a reviewer's verdicts compare with the mean of the others' on the same responses.
fn leniency(first: &[&Observation], reviewer: &str) -> Vec<Option<f64>> {
    let mut others: BTreeMap<(&str, &str, &str), (f64, f64)> = BTreeMap::new();
    for o in first.iter().filter(|o| o.reviewer != reviewer) {
        if let Some(verdict) = verdict(o) {
            let sum = others
                .entry((&o.instruction, &o.person, &o.model))
                .or_default();
            sum.0 += verdict;
            sum.1 += 1.0;
        }
    }
    // One value a case, so that its responses count as one.
    let mut cases: BTreeMap<(&str, &str), Vec<Option<f64>>> = BTreeMap::new();
    for o in first.iter().filter(|o| o.reviewer == reviewer) {
        if let (Some(own), Some((sum, n))) = (
            verdict(o),
            others.get(&(o.instruction.as_str(), o.person.as_str(), o.model.as_str())),
        ) {
            cases
                .entry((&o.instruction, &o.person))
                .or_default()
                .push(Some(own - sum / n));
        }
    }
    cases.values().map(|values| mean(values).0).collect()
}

/// The share of pairs of ranked responses that a sitting ties; `None` without a pair.
fn tied_share(sitting: &Sitting<'_>) -> Option<f64> {
    let ranks: Vec<f64> = sitting.iter().filter_map(|o| o.rank).collect();
    let (mut ties, mut pairs) = (0.0, 0.0);
    for (i, a) in ranks.iter().enumerate() {
        for b in &ranks[i + 1..] {
            pairs += 1.0;
            ties += f64::from(u8::from(a.total_cmp(b).is_eq()));
        }
    }
    ratio(ties, pairs)
}

fn minutes(sitting: &Sitting<'_>) -> Option<f64> {
    sitting
        .iter()
        .find_map(|o| o.seconds)
        .map(|s| s as f64 / 60.0)
}

/// Three quartiles of the minutes a case, with how many are known.
fn time(sittings: &[&Sitting<'_>]) -> [Number; 3] {
    let mut all: Vec<f64> = sittings.iter().filter_map(|s| minutes(s)).collect();
    all.sort_by(f64::total_cmp);
    [0.25, 0.5, 0.75].map(|p| {
        number(
            quantile(&all, p),
            None,
            all.len(),
            sittings.len() - all.len(),
            Form::Tenth,
            &method::TIME,
        )
    })
}

fn correct_of(sittings: &[&Sitting<'_>]) -> Number {
    let all = || sittings.iter().flat_map(|s| s.iter());
    let judged = all().filter(|o| o.correct.is_some()).count();
    let right = all().filter(|o| o.correct == Some(true)).count();
    number(
        (judged > 0).then(|| right as f64 / judged as f64),
        wilson(right, judged),
        judged,
        all().count() - judged,
        Form::Share,
        &method::WILSON,
    )
}

fn ties_of(sittings: &[&Sitting<'_>]) -> Number {
    let shares: Vec<Option<f64>> = sittings.iter().map(|s| tied_share(s)).collect();
    let (value, n) = mean(&shares);
    number(
        value,
        normal_of_mean(&shares),
        n,
        shares.len() - n,
        Form::Share,
        &method::TIED,
    )
}

fn names(sittings: &[Sitting<'_>]) -> Vec<String> {
    let mut names: Vec<String> = sittings
        .iter()
        .filter_map(|s| Some(s.first()?.reviewer.clone()))
        .collect();
    names.sort_unstable();
    names.dedup();
    names
}

fn of_reviewer<'s, 'a>(sittings: &'s [Sitting<'a>], name: &str) -> Vec<&'s Sitting<'a>> {
    sittings
        .iter()
        .filter(|s| s.first().is_some_and(|o| o.reviewer == name))
        .collect()
}

fn shown(name: &str) -> String {
    if name.is_empty() {
        "(not stated)".to_owned()
    } else {
        name.to_owned()
    }
}

fn reviewers(first: &[&Observation], sittings: &[Sitting<'_>]) -> Option<Table> {
    let rows: Vec<TableRow> = names(sittings)
        .iter()
        .map(|name| {
            let own = of_reviewer(sittings, name);
            let said = own
                .iter()
                .flat_map(|s| s.iter())
                .filter(|o| o.correct.is_some() || o.unsure)
                .count();
            let unsure = own
                .iter()
                .flat_map(|s| s.iter())
                .filter(|o| o.unsure)
                .count();
            let lenient = leniency(first, name);
            let (value, n) = mean(&lenient);
            let [low, median, high] = time(&own);
            TableRow {
                keys: vec![shown(name)],
                numbers: vec![
                    Number::count(own.len(), &method::COUNT),
                    correct_of(&own),
                    number(
                        (said > 0).then(|| unsure as f64 / said as f64),
                        wilson(unsure, said),
                        said,
                        0,
                        Form::Share,
                        &method::UNSURE,
                    ),
                    number(
                        value,
                        normal_of_mean(&lenient),
                        n,
                        own.len() - n,
                        Form::Share,
                        &method::LENIENCY,
                    ),
                    ties_of(&own),
                    low,
                    median,
                    high,
                ],
            }
        })
        .collect();
    (!rows.is_empty()).then(|| Table {
        id: "reviewers",
        part: Part::Bias,
        title: "Reviewers",
        caption: "How each reviewer judges, beside the others on the same responses, and how long a case takes; n counts judgements for the shares correct and unsure, else cases."
            .to_owned(),
        keys: vec!["reviewer"],
        columns: columns(&[
            ("cases", "cases"),
            ("correct_rate", "correct"),
            ("unsure_rate", "unsure"),
            ("leniency", "more lenient than others by"),
            ("tied_rate", "pairs tied"),
            ("minutes_low", "minutes a case, 1st quartile"),
            ("minutes_median", "median"),
            ("minutes_high", "3rd quartile"),
        ]),
        rows,
        chart: None,
    })
}

/// The first, middle and last third of each reviewer's work, by time; only reviewers with at least three timed cases.
fn drift(sittings: &[Sitting<'_>]) -> Option<Table> {
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
        let order: Vec<Option<f64>> = (0..n).map(|i| Some(i as f64)).collect();
        let trend = |of: &dyn Fn(&Sitting<'_>) -> Option<f64>| {
            let ys: Vec<Option<f64>> = timed.iter().map(|(_, s)| of(s)).collect();
            let found = kendall(&order, &ys, Tau::B, TauP::Asymptotic);
            [
                number(
                    found.value,
                    None,
                    found.n,
                    n - found.n,
                    Form::Decimal,
                    &method::DRIFT,
                ),
                number(found.p, None, found.n, n - found.n, Form::P, &method::DRIFT),
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

/// Second readings of a case against the first ones of the same reviewer.
fn again(observations: &[&Observation], bootstrap: Bootstrap) -> Option<Table> {
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
            case.add(a.correct.map(usize::from), b.correct.map(usize::from));
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
                &method::RAW_SELF,
            ),
            number(
                all.kappa(Weights::Unweighted).value,
                found[1].interval,
                n,
                responses - n,
                Form::Decimal,
                &method::COHEN_SELF,
            ),
            number(
                tau,
                bootstrap.of_mean(&taus).interval,
                with_tau,
                taus.len() - with_tau,
                Form::Decimal,
                &method::TAU_SELF,
            ),
            number(
                quantile(&days, 0.5),
                None,
                days.len(),
                readings.len() - days.len(),
                Form::Tenth,
                &method::DAYS,
            ),
        ],
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::report::about::About;

    const FEW: Bootstrap = Bootstrap {
        samples: 50,
        seed: 1,
    };

    fn said(reviewer: &str, case: usize, model: &str) -> Observation {
        Observation {
            instruction: case.to_string(),
            reviewer: reviewer.to_owned(),
            model: model.to_owned(),
            correct: Some(true),
            ..Observation::default()
        }
    }

    fn run(rows: &[Observation]) -> Vec<Table> {
        tables(&rows.iter().collect::<Vec<_>>(), FEW)
    }

    fn find<'a>(tables: &'a [Table], id: &str) -> &'a Table {
        tables.iter().find(|t| t.id == id).expect("the table")
    }

    #[test]
    fn places_and_lengths_show_their_effect() {
        // What stands first is judged correct and ranked first; each model's longer answers are worse.
        let mut rows = Vec::new();
        for case in 0..8_usize {
            for (place, model) in [(case % 2, "a"), (1 - case % 2, "b")] {
                rows.push(Observation {
                    correct: Some(place == 0),
                    rank: Some(place as f64 + 1.0),
                    position: Some(place as u32),
                    about: About {
                        words: Some(10 + 10 * place as u64),
                        ..About::default()
                    },
                    ..said("r", case, model)
                });
            }
        }
        let found = run(&rows);
        let effects = find(&found, "effects");
        let values: Vec<_> = effects
            .rows
            .iter()
            .map(|r| (r.keys[2].as_str(), r.numbers[0].value))
            .collect();
        let (case, model) = ("within a case", "within a model");
        assert_eq!(
            values,
            [
                (case, Some(-1.0)),
                (case, Some(-1.0)),
                (case, Some(-1.0)),
                (case, Some(-1.0)),
                (model, Some(-1.0)),
                (model, Some(-1.0))
            ]
        );
        let letters = find(&found, "by_position");
        let shares: Vec<_> = letters
            .rows
            .iter()
            .map(|r| (r.keys[0].as_str(), r.numbers[0].value, r.numbers[1].value))
            .collect();
        assert_eq!(
            shares,
            [("A", Some(1.0), Some(1.0)), ("B", Some(0.0), Some(2.0))]
        );
    }

    #[test]
    fn a_reviewer_is_compared_with_the_others_and_over_time() {
        let at =
            |case: usize| Some(jiff::Timestamp::from_second(1_000 * case as i64).expect("a time"));
        let mut rows = Vec::new();
        for case in 0..9 {
            rows.push(Observation {
                at: at(case),
                seconds: Some(600 - 60 * case as u64),
                correct: Some(case >= 6),
                ..said("q", case, "m")
            });
            rows.push(said("r", case, "m"));
        }
        let found = run(&rows);
        let reviewers = find(&found, "reviewers");
        assert_eq!(reviewers.rows[0].keys, ["q"]);
        let lenient = &reviewers.rows[0].numbers[3];
        assert!((lenient.value.expect("others") + 6.0 / 9.0).abs() < 1e-12);
        assert_eq!(
            (lenient.n, reviewers.rows[0].numbers[6].value),
            (9, Some(6.0))
        );
        // The other one has no times.
        assert_eq!(reviewers.rows[1].numbers[6].missing, 9);
        let drift = find(&found, "drift");
        assert_eq!(drift.rows.len(), 5);
        let correct: Vec<_> = drift.rows[..3].iter().map(|r| r.numbers[1].value).collect();
        assert_eq!(correct, [Some(0.0), Some(0.0), Some(1.0)]);
        assert_eq!(drift.rows[3].numbers[3].value, Some(-1.0));
        assert!(drift.rows[4].numbers[3].value.expect("a p") < 0.001);
    }

    #[test]
    fn second_readings_are_compared_with_first_ones_only() {
        let mut rows = Vec::new();
        for case in 0..4 {
            for model in ["a", "b"] {
                let first = Observation {
                    correct: Some(model == "a"),
                    rank: Some(if model == "a" { 1.0 } else { 2.0 }),
                    ..said("r", case, model)
                };
                rows.push(Observation {
                    reading: 1,
                    correct: Some(if case == 0 {
                        model == "b"
                    } else {
                        model == "a"
                    }),
                    ..first.clone()
                });
                rows.push(first);
            }
        }
        let found = run(&rows);
        let numbers = &find(&found, "self_agreement").rows[0].numbers;
        assert_eq!(
            (numbers[0].value, numbers[1].value),
            (Some(4.0), Some(0.75))
        );
        assert_eq!(
            (numbers[1].n, numbers[2].value, numbers[3].value),
            (8, Some(0.5), Some(1.0))
        );
        // Second readings are no judgements of the first table.
        assert_eq!(find(&found, "reviewers").rows[0].numbers[1].n, 8);
        assert!(found.iter().all(|t| t.id != "effects"));
    }
}
