//! The table on how far reviewers agree.
//!
//! In: a sheet in which some cases have several reviewers, and the harm they stated. Out: a table of coefficients over all
//! reviewers. Without such cases there is no table. Intervals come from resampling the cases that have several reviewers.

use std::collections::{BTreeMap, BTreeSet};

use super::observations::Observation;
use super::sheet::{Sheet, SheetRow};
use super::table::{Chart, Form, Number, Part, Table, TableRow};
use super::tables::columns;
use crate::stats::agreement::coincidences;
use crate::stats::agreement::votes;
use crate::stats::agreement::{Agreement, Coincidences, Scale, Votes};
use crate::stats::correlation;
use crate::stats::correlation::{Tau, TauP, kendall, kendall_w, ratio, spearman};
use crate::stats::interval::{Bootstrap, mean};
use crate::stats::method::Method;
use crate::stats::preferences;
use crate::stats::preferences::Preferences;
use crate::text::thousands;

/// What one response was given by the reviewers of its case.
type Unit = Vec<Option<f64>>;

/// Levels of a judgement: incorrect and correct.
pub(super) const LEVELS: usize = 2;

/// Levels of a verdict: those, and unsure.
pub(super) const VERDICTS: usize = 3;

/// The table; `None` when no case has several reviewers.
pub(super) fn table(sheet: &Sheet, harm: &[&Observation], bootstrap: Bootstrap) -> Option<Table> {
    sheet
        .several_reviewers()
        .then(|| overall(sheet, harm, bootstrap))
}

pub(super) fn level(correct: Option<bool>) -> Option<usize> {
    correct.map(usize::from)
}

pub(super) fn verdict(row: &SheetRow, model: usize) -> Option<usize> {
    level(row.correct[model]).or(row.unsure[model].then_some(LEVELS))
}

fn as_number(level: Option<usize>) -> Option<f64> {
    level.map(|l| l as f64)
}

/// Coefficients that are means over cases.
const MEANS: [(&str, &Method); 4] = [
    ("ranks/Kendall's tau-b", &correlation::TAU),
    ("ranks/Kendall's tau-c", &correlation::TAU_C),
    ("ranks/Spearman's rho", &correlation::RHO),
    ("ranks/Kendall's W", &correlation::W_REVIEWERS),
];

/// What a case adds to the coefficients.
#[derive(Clone)]
struct Parts {
    judged: Votes,
    nominal: Coincidences,
    verdicts: Votes,
    said: Coincidences,
    ranked: Coincidences,
    preferred: Preferences,
    harm: Coincidences,
    means: [(f64, f64); MEANS.len()],
}

impl Parts {
    fn add_times(&mut self, other: &Parts, times: f64) {
        self.judged.add_times(&other.judged, times);
        self.nominal.add_times(&other.nominal, times);
        self.verdicts.add_times(&other.verdicts, times);
        self.said.add_times(&other.said, times);
        self.ranked.add_times(&other.ranked, times);
        self.preferred.add_times(&other.preferred, times);
        self.harm.add_times(&other.harm, times);
        for (sum, part) in self.means.iter_mut().zip(&other.means) {
            sum.0 += times * part.0;
            sum.1 += times * part.1;
        }
    }

    /// The coefficients, in the order of the table.
    fn values(&self) -> Vec<Agreement> {
        let preferred = Agreement {
            value: self.preferred.observed(),
            ..self.preferred.kappa()
        };
        let mut values = vec![
            self.judged.raw(),
            self.judged.fleiss(),
            self.judged.fleiss_by_unit(),
            self.nominal.alpha(Scale::Nominal),
            self.judged.gwet_ac1(),
            self.verdicts.raw(),
            self.verdicts.fleiss(),
            self.said.alpha(Scale::Nominal),
            self.verdicts.gwet_ac1(),
            self.ranked.alpha(Scale::Ordinal),
            self.ranked.alpha(Scale::Interval),
        ];
        values.extend(self.means.iter().map(|(sum, n)| Agreement {
            value: ratio(*sum, *n),
            units: *n as usize,
            ratings: 0,
        }));
        values.extend([
            preferred,
            self.preferred.kappa(),
            self.harm.alpha(Scale::Ordinal),
        ]);
        values
    }
}

/// A row that says the same as the one before it unless responses have unequal numbers of judgements.
const BY_UNIT: &str = "judgements/Fleiss' kappa, each response the same";

/// The table's rows in the order of [`Parts::values`].
fn names() -> Vec<(&'static str, &'static Method)> {
    let mut names = vec![
        ("judgements/raw agreement", &votes::RAW),
        ("judgements/Fleiss' kappa", &votes::FLEISS),
        (BY_UNIT, &votes::FLEISS_BY_UNIT),
        (
            "judgements/Krippendorff's alpha, nominal",
            &coincidences::ALPHA_NOMINAL,
        ),
        ("judgements/Gwet's AC1", &votes::AC1),
        ("verdicts, unsure a level/raw agreement", &votes::RAW_UNSURE),
        (
            "verdicts, unsure a level/Fleiss' kappa",
            &votes::FLEISS_UNSURE,
        ),
        (
            "verdicts, unsure a level/Krippendorff's alpha, nominal",
            &coincidences::ALPHA_UNSURE,
        ),
        ("verdicts, unsure a level/Gwet's AC1", &votes::AC1_UNSURE),
        (
            "ranks/Krippendorff's alpha, ordinal",
            &coincidences::ALPHA_ORDINAL,
        ),
        (
            "ranks/Krippendorff's alpha, interval",
            &coincidences::ALPHA_INTERVAL,
        ),
    ];
    names.extend(MEANS);
    names.extend([
        ("preferences/raw agreement", &preferences::PREFERENCE_RAW),
        ("preferences/kappa", &preferences::PREFERENCE_KAPPA),
        (
            "harm/Krippendorff's alpha, ordinal",
            &coincidences::HARM_ALPHA,
        ),
    ]);
    names
}

/// What each case with several reviewers adds, and what all others add together.
fn parts_of(sheet: &Sheet, harms: &BTreeMap<usize, Vec<Unit>>) -> (Vec<Parts>, Parts) {
    let k = sheet.models.len();
    let cases = sheet.by_case();
    let judged = |rows: &[&SheetRow], m: usize| -> Vec<_> {
        rows.iter().map(|r| level(r.correct[m])).collect()
    };
    let ranked =
        |rows: &[&SheetRow], m: usize| -> Vec<_> { rows.iter().map(|r| r.ranks[m]).collect() };
    let units = |of: &dyn Fn(&[&SheetRow], usize) -> Unit| -> Vec<Unit> {
        cases
            .iter()
            .flat_map(|rows| (0..k).map(|m| of(rows, m)))
            .collect()
    };
    let as_numbers = |rows: &[&SheetRow], m: usize| -> Vec<_> {
        judged(rows, m).into_iter().map(as_number).collect()
    };
    let verdicts =
        |rows: &[&SheetRow], m: usize| -> Vec<_> { rows.iter().map(|r| verdict(r, m)).collect() };
    let said = |rows: &[&SheetRow], m: usize| -> Vec<_> {
        verdicts(rows, m).into_iter().map(as_number).collect()
    };
    let empty = Parts {
        judged: Votes::new(LEVELS),
        nominal: Coincidences::new(&units(&as_numbers)),
        verdicts: Votes::new(VERDICTS),
        said: Coincidences::new(&units(&said)),
        ranked: Coincidences::new(&units(&ranked)),
        preferred: Preferences::default(),
        harm: Coincidences::new(&harms.values().flatten().cloned().collect::<Vec<_>>()),
        means: [(0.0, 0.0); MEANS.len()],
    };
    let (mut several, mut alone) = (Vec::new(), empty.clone());
    for (case, rows) in cases.iter().enumerate() {
        let mut parts = empty.clone();
        for m in 0..k {
            parts.judged.add(&judged(rows, m));
            parts.nominal.add(&as_numbers(rows, m));
            parts.verdicts.add(&verdicts(rows, m));
            parts.said.add(&said(rows, m));
            parts.ranked.add(&ranked(rows, m));
        }
        let ranks: Vec<&[Option<f64>]> = rows.iter().map(|r| r.ranks.as_slice()).collect();
        parts.preferred.add_case(&ranks);
        for unit in harms.get(&case).into_iter().flatten() {
            parts.harm.add(unit);
        }
        if rows.len() > 1 {
            parts.means = of_orders(rows).map(|v| v.map_or((0.0, 0.0), |v| (v, 1.0)));
            several.push(parts);
        } else {
            alone.add_times(&parts, 1.0);
        }
    }
    (several, alone)
}

fn overall(sheet: &Sheet, harm: &[&Observation], bootstrap: Bootstrap) -> Table {
    let k = sheet.models.len();
    let harms = harm_units(sheet, harm);
    let (several, alone) = parts_of(sheet, &harms);
    let sum = |times: &[u32]| {
        let mut sum = alone.clone();
        for (parts, &times) in several.iter().zip(times).filter(|(_, t)| **t > 0) {
            sum.add_times(parts, f64::from(times));
        }
        sum.values()
    };
    let found = sum(&vec![1; several.len()]);
    let intervals = bootstrap.intervals(several.len(), found.len(), |times| {
        sum(times).into_iter().map(|a| a.value).collect()
    });
    let responses = several.len() * k;
    let unequal = unequal_judgements(sheet);
    let unsure = unsure_verdicts(sheet);
    let rows = names()
        .into_iter()
        .zip(&found)
        .zip(intervals)
        .filter(|(((name, _), _), _)| match *name {
            BY_UNIT => unequal,
            name if name.starts_with("verdicts") => unsure.0 > 0,
            name => !name.starts_with("harm") || !harms.is_empty(),
        })
        .map(|(((name, method), found), resampled)| {
            let of = match name.split('/').next() {
                Some("preferences") => found.units,
                _ if MEANS.iter().any(|m| m.0 == name) => several.len(),
                _ => responses,
            };
            TableRow {
                keys: name.splitn(2, '/').map(str::to_owned).collect(),
                numbers: vec![Number {
                    value: found.value,
                    interval: resampled.interval,
                    n: found.units,
                    missing: of.saturating_sub(found.units),
                    form: Form::Decimal,
                    method,
                }],
            }
        })
        .collect();
    Table {
        id: "agreement",
        part: Part::Agreement,
        title: "All reviewers",
        caption: format!(
            "Agreement on judgements, ranks, and which of two responses is better; n counts responses with at least two of them, for preferences pairs of preferences, for tau, rho and W cases where it is defined. Cases with one reviewer count only for what chance agrees on: the levels' shares of Gwet's AC1 and of Fleiss' kappa by response, the share of ties of the preference kappa.{}",
            said_unsure(unsure)
        ),
        keys: vec!["of", "measure"],
        columns: columns(&[("value", "value")]),
        rows,
        chart: Some(Chart::Points { column: 0 }),
    }
}

/// Whether responses differ in how many judgements they have.
fn unequal_judgements(sheet: &Sheet) -> bool {
    let mut counts = BTreeSet::new();
    for rows in sheet.by_case() {
        for m in 0..sheet.models.len() {
            counts.insert(rows.iter().filter(|r| r.correct[m].is_some()).count());
        }
    }
    counts.remove(&0);
    counts.len() > 1
}

/// How many of the verdicts in cases with several reviewers are unsure, and how many verdicts there are.
pub(super) fn unsure_verdicts(sheet: &Sheet) -> (usize, usize) {
    let (mut unsure, mut all) = (0, 0);
    for rows in sheet.by_case().iter().filter(|rows| rows.len() > 1) {
        for row in rows {
            let here = row.unsure.iter().filter(|u| **u).count();
            unsure += here;
            all += here + row.correct.iter().flatten().count();
        }
    }
    (unsure, all)
}

/// What a caption says of them.
pub(super) fn said_unsure((unsure, all): (usize, usize)) -> String {
    if unsure == 0 {
        return String::new();
    }
    format!(
        " Of {} verdicts in cases with several reviewers {} are unsure: they count as missing for judgements, and as a level of their own where that is said.",
        thousands(all as u64),
        thousands(unsure as u64)
    )
}

/// The harm stated of each response, by case: one unit a response that has a statement.
fn harm_units(sheet: &Sheet, observations: &[&Observation]) -> BTreeMap<usize, Vec<Unit>> {
    let mut stated: BTreeMap<(usize, &str), Vec<Option<f64>>> = BTreeMap::new();
    for o in observations {
        if let (Some(harm), Some(case)) = (o.harm, sheet.case_of(o)) {
            stated
                .entry((case, &o.model))
                .or_default()
                .push(Some(f64::from(harm as u8)));
        }
    }
    let mut cases: BTreeMap<usize, Vec<Unit>> = BTreeMap::new();
    for ((case, _), unit) in stated {
        cases.entry(case).or_default().push(unit);
    }
    cases
}

/// Tau-b, tau-c and rho as means over the pairs of a case's reviewers, and W of all of them.
fn of_orders(rows: &[&SheetRow]) -> [Option<f64>; MEANS.len()] {
    let mut each: [Vec<Option<f64>>; 3] = Default::default();
    for (i, a) in rows.iter().enumerate() {
        for b in &rows[i + 1..] {
            for (all, value) in each.iter_mut().zip(of_two(&a.ranks, &b.ranks)) {
                all.push(value);
            }
        }
    }
    let orders: Vec<Unit> = rows.iter().map(|r| r.ranks.clone()).collect();
    let [b, c, rho] = each.map(|values| mean(&values).0);
    [b, c, rho, kendall_w(&orders).value]
}

/// Tau-b, tau-c and rho of two orders.
pub(super) fn of_two(a: &[Option<f64>], b: &[Option<f64>]) -> [Option<f64>; 3] {
    [
        kendall(a, b, Tau::B, TauP::Asymptotic).value,
        kendall(a, b, Tau::C, TauP::Asymptotic).value,
        spearman(a, b).value,
    ]
}

#[cfg(test)]
mod tests {
    use super::super::reviewer_pairs;
    use super::*;
    use crate::review::Verdict;

    /// Two reviewers of ten responses: they agree where both judge, and one is unsure of six. A third judges one of them.
    fn said() -> Vec<Observation> {
        let of = |case: usize, reviewer: &str, verdict: Option<bool>| Observation {
            instruction: case.to_string(),
            reviewer: reviewer.to_owned(),
            model: "m".to_owned(),
            verdict: Some(verdict.map_or(Verdict::Unsure, Verdict::of)),
            ..Observation::default()
        };
        let mut rows = Vec::new();
        for case in 0..10 {
            rows.push(of(case, "a", Some(case % 2 == 0)));
            rows.push(of(case, "b", (case < 4).then_some(case % 2 == 0)));
        }
        rows.push(of(0, "c", Some(true)));
        rows
    }

    #[test]
    fn unsure_is_missing_and_a_level_side_by_side() {
        let few = Bootstrap {
            samples: 20,
            seed: 1,
        };
        let rows = said();
        let sheet = Sheet::of(&rows);
        let found = table(&sheet, &[], few).expect("several reviewers");
        let value = |of: &str, name: &str| {
            let row = found.rows.iter().find(|r| r.keys == [of, name]);
            row.map(|r| (r.numbers[0].value.expect("defined"), r.numbers[0].n))
        };
        assert_eq!(value("judgements", "raw agreement"), Some((1.0, 4)));
        let level = "verdicts, unsure a level";
        assert_eq!(value(level, "raw agreement"), Some((0.4, 10)));
        // irrCAC 0.4.4 and krippendorff 0.9.0 on the same tables.
        let near = |found: Option<(f64, usize)>, expected: f64| {
            let found = found.expect("a row").0;
            assert!((found - expected).abs() < 5e-6, "{found} is not {expected}");
        };
        near(value(level, "Gwet's AC1"), 0.101_123_6);
        near(value(level, "Krippendorff's alpha, nominal"), 0.178_082_2);
        near(
            value("judgements", "Fleiss' kappa, each response the same"),
            1.000_000_0,
        );
        assert!(
            found
                .caption
                .contains("Of 21 verdicts in cases with several reviewers 6 are unsure")
        );
        let pairs = reviewer_pairs::table(&sheet, few).expect("pairs");
        assert_eq!(pairs.columns.last().map(|c| c.id), Some("kappa_unsure"));
        let both: Vec<_> = pairs.rows[0]
            .numbers
            .iter()
            .map(|n| (n.value, n.n))
            .collect();
        assert_eq!((both[0], both[7]), ((Some(1.0), 4), (Some(0.4), 10)));
        // Without anybody unsure nothing is said twice.
        let sure: Vec<Observation> = rows.iter().filter(|o| !o.is_unsure()).cloned().collect();
        let sheet = Sheet::of(&sure);
        let found = table(&sheet, &[], few).expect("several reviewers");
        assert!(found.rows.iter().all(|r| r.keys[0] != level));
        assert_eq!(
            reviewer_pairs::table(&sheet, few)
                .expect("pairs")
                .columns
                .len(),
            7
        );
    }
}
