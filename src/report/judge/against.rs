//! The table on how far judges agree with clinicians, beside the two clinicians that agree best.
//!
//! In: judges' marks over all their rounds, people's first readings. Out: a row for each judge, for the jury where there are several, and for
//! the best pair of clinicians. Intervals come from resampling cases.

use std::collections::{BTreeMap, BTreeSet};

use super::marks::{Marks, answer};
use super::{Judge, number};
use crate::report::observations::{Observation, is_decider};
use crate::report::table::{Form, Part, Table, TableRow};
use crate::report::tables::columns;
use crate::stats::agreement::{Confusion, Votes, Weights};
use crate::stats::correlation::{Tau, TauP, kendall, ratio};
use crate::stats::interval::Bootstrap;
use crate::stats::method::Method;

/// The best pair of clinicians is one with so many answers in common, where any has.
const COMMON: usize = 20;

const fn method(id: &'static str, what: &'static str, source: &'static str) -> Method {
    Method {
        id,
        what,
        source,
        ties: "verdicts: rounds that part count by their shares, a jury that is split half and half; ranks: tau-b corrects for them",
        missing: "answers without a verdict of both are left out; unsure is none",
    }
}

const KAPPA: Method = method(
    "judge-kappa",
    "Cohen's kappa between the judge's verdicts, each round with the same share of an answer, and each clinician's, over all answers that both judged, with the 95% percentile interval of a bootstrap over cases.",
    "Cohen 1960; Efron 1979",
);
const AC1: Method = method(
    "judge-ac1",
    "Gwet's AC1 of the same verdicts, with the 95% percentile interval of a bootstrap over cases.",
    "Gwet 2008; Efron 1979",
);
const F1: Method = method(
    "judge-f1",
    "Balanced F1: the mean of the F1 of correct and that of incorrect, the clinician taken as the truth, with the 95% percentile interval of a bootstrap over cases.",
    "van Rijsbergen 1979, macro average; Efron 1979",
);
const TAU: Method = method(
    "judge-tau",
    "Kendall's tau-b between the judge's mean ranks over all its rounds and a clinician's ranks, mean over clinicians and cases, with the 95% percentile interval of a bootstrap over cases.",
    "Kendall 1945; Efron 1979",
);
const OVER: Method = method(
    "judge-over",
    "Over-marking: of the answers that a clinician calls correct, the share that the judge calls incorrect, with the 95% percentile interval of a bootstrap over cases.",
    "plain share; Efron 1979",
);
const UNDER: Method = method(
    "judge-under",
    "Under-marking: of the answers that a clinician calls incorrect, the share that the judge calls correct, with the 95% percentile interval of a bootstrap over cases.",
    "plain share; Efron 1979",
);
const COLUMNS: [(&str, &str); 6] = [
    ("kappa", "Cohen's kappa"),
    ("ac1", "Gwet's AC1"),
    ("f1", "balanced F1"),
    ("tau", "Kendall's tau-b"),
    ("over", "over-marked"),
    ("under", "under-marked"),
];
const METHODS: [&Method; 6] = [&KAPPA, &AC1, &F1, &TAU, &OVER, &UNDER];

/// What a case adds.
#[derive(Clone)]
struct Parts {
    pairs: Confusion,
    votes: Votes,
    /// How often the clinician (first) and the judge (second) said incorrect (0) or correct (1).
    counts: [[f64; 2]; 2],
    tau: (f64, f64),
    missing: f64,
}

impl Parts {
    fn new() -> Self {
        Parts {
            pairs: Confusion::new(2),
            votes: Votes::new(2),
            counts: [[0.0; 2]; 2],
            tau: (0.0, 0.0),
            missing: 0.0,
        }
    }

    /// What `marks` and one reading of a case have in common.
    fn add_reading(&mut self, reading: &[&Observation], marks: &Marks) {
        let (mut theirs, mut own) = (Vec::new(), Vec::new());
        for o in reading {
            let of = answer(o);
            theirs.push(o.rank);
            own.push(marks.rank(&of));
            let (Some(truth), Some(said)) = (o.correct(), marks.correct(&of)) else {
                self.missing += 1.0;
                continue;
            };
            let truth = usize::from(truth);
            // Each round has its share of the one pair that an answer and a clinician make.
            for (level, share) in [(0, 1.0 - said), (1, said)] {
                let (mut pair, mut votes) = (Confusion::new(2), Votes::new(2));
                pair.add(Some(truth), Some(level));
                votes.add(&[Some(truth), Some(level)]);
                self.pairs.add_times(&pair, share);
                self.votes.add_times(&votes, share);
                self.counts[truth][level] += share;
            }
        }
        if let Some(tau) = kendall(&theirs, &own, Tau::B, TauP::Asymptotic).value {
            self.tau.0 += tau;
            self.tau.1 += 1.0;
        }
    }

    fn add_times(&mut self, other: &Parts, times: f64) {
        self.pairs.add_times(&other.pairs, times);
        self.votes.add_times(&other.votes, times);
        for (sum, part) in (self.counts.iter_mut().flatten()).zip(other.counts.iter().flatten()) {
            *sum += times * part;
        }
        self.tau.0 += times * other.tau.0;
        self.tau.1 += times * other.tau.1;
        self.missing += times * other.missing;
    }

    fn n(&self) -> usize {
        self.counts.iter().flatten().sum::<f64>().round() as usize
    }

    /// In the order of the columns.
    fn values(&self) -> Vec<Option<f64>> {
        let [[right_wrong, passed], [marked, right_correct]] = self.counts;
        let wrong = passed + marked;
        let f1 = |hits: f64| ratio(2.0 * hits, 2.0 * hits + wrong);
        let both = f1(right_wrong).zip(f1(right_correct));
        vec![
            self.pairs.kappa(Weights::Unweighted).value,
            self.votes.gwet_ac1().value,
            both.map(|(a, b)| f64::midpoint(a, b)),
            ratio(self.tau.0, self.tau.1),
            ratio(marked, marked + right_correct),
            ratio(passed, passed + right_wrong),
        ]
    }
}

/// People's readings by case, each a list of answers by one reviewer.
type Readings<'a> = BTreeMap<(&'a str, &'a str), BTreeMap<&'a str, Vec<&'a Observation>>>;

fn readings<'a>(people: &[&'a Observation]) -> Readings<'a> {
    let mut readings = Readings::new();
    for o in people.iter().filter(|o| !is_decider(&o.reviewer)) {
        let case = readings.entry((&o.instruction, &o.person)).or_default();
        case.entry(&o.reviewer).or_default().push(o);
    }
    readings
}

/// What marks and the readings of these reviewers have in common, case by case; cases with nothing in common are left out.
fn parts(readings: &Readings<'_>, marks: &Marks, by: impl Fn(&str) -> bool) -> Vec<Parts> {
    let known: BTreeSet<(&str, &str)> = marks
        .answers()
        .map(|(instruction, person, _)| (instruction.as_str(), person.as_str()))
        .collect();
    let common = readings.iter().filter(|(case, _)| known.contains(*case));
    let parts = common.map(|(_, reviewers)| {
        let mut parts = Parts::new();
        for (_, reading) in reviewers.iter().filter(|(name, _)| by(name)) {
            parts.add_reading(reading, marks);
        }
        parts
    });
    parts.filter(|p| p.n() > 0 || p.tau.1 > 0.0).collect()
}

fn sum(parts: &[Parts], times: impl Iterator<Item = f64>) -> Parts {
    let mut all = Parts::new();
    for (part, times) in parts.iter().zip(times).filter(|(_, t)| *t > 0.0) {
        all.add_times(part, times);
    }
    all
}

fn row(keys: [&str; 3], parts: &[Parts], bootstrap: Bootstrap) -> TableRow {
    let all = sum(parts, std::iter::repeat(1.0));
    let intervals = bootstrap.intervals(parts.len(), COLUMNS.len(), |times| {
        sum(parts, times.iter().map(|t| f64::from(*t))).values()
    });
    let missing = all.missing as usize;
    let [clinician_wrong, clinician_correct] =
        all.counts.map(|c| c.iter().sum::<f64>().round() as usize);
    let counts = [
        (all.n(), missing),
        (all.n(), missing),
        (all.n(), missing),
        (all.tau.1 as usize, 0),
        (clinician_correct, missing),
        (clinician_wrong, missing),
    ];
    let each = all
        .values()
        .into_iter()
        .zip(intervals)
        .zip(counts)
        .zip(METHODS);
    TableRow {
        keys: keys.map(str::to_owned).to_vec(),
        numbers: each
            .enumerate()
            .map(|(i, (((value, resampled), n), method))| {
                let form = if i < 4 { Form::Decimal } else { Form::Share };
                number(value, resampled.interval, n, form, method)
            })
            .collect(),
    }
}

/// The two clinicians with the highest kappa, and what they have in common.
fn best_pair(readings: &Readings<'_>, people: &[&Observation]) -> Option<(String, Vec<Parts>)> {
    let names: BTreeSet<&str> = readings.values().flat_map(|r| r.keys().copied()).collect();
    let names: Vec<&str> = names.into_iter().filter(|n| !n.is_empty()).collect();
    let mut best: Option<((bool, f64), String, Vec<Parts>)> = None;
    for (i, a) in names.iter().enumerate() {
        let of_one: Vec<&Observation> = people
            .iter()
            .copied()
            .filter(|o| o.reviewer == *a)
            .collect();
        let marks = Marks::of(&of_one);
        for b in &names[i + 1..] {
            let parts = parts(readings, &marks, |name| name == *b);
            let all = sum(&parts, std::iter::repeat(1.0));
            let Some(kappa) = all.values()[0] else {
                continue;
            };
            let worth = (all.n() >= COMMON, kappa);
            if best.as_ref().is_none_or(|(known, ..)| worth > *known) {
                best = Some((worth, format!("{a}, {b}"), parts));
            }
        }
    }
    best.map(|(_, names, parts)| (names, parts))
}

/// The table; `None` where no judge and no clinician have an answer in common.
pub(super) fn table(
    judges: &[Judge<'_>],
    people: &[&Observation],
    bootstrap: Bootstrap,
) -> Option<Table> {
    let readings = readings(people);
    let mut rows = Vec::new();
    for judge in judges {
        let parts = parts(&readings, &judge.marks, |_| true);
        if !parts.is_empty() {
            let keys = [judge.name, &judge.machine.model, &judge.machine.prompt];
            rows.push(row(keys, &parts, bootstrap));
        }
    }
    if rows.is_empty() {
        return None;
    }
    if judges.len() > 1 {
        let jury = Marks::jury(judges.iter().map(|j| &j.marks));
        let parts = parts(&readings, &jury, |_| true);
        rows.push(row(["jury of all judges", "", ""], &parts, bootstrap));
    }
    let pair = best_pair(&readings, people);
    if let Some((names, parts)) = &pair {
        let keys = ["best pair of clinicians", names.as_str(), ""];
        rows.push(row(keys, parts, bootstrap));
    }
    let beside = if pair.is_some() {
        format!(
            " The best pair is the one with the highest kappa, of those with {COMMON} answers in common where there are any; of its two the first in the alphabet is taken as the judge."
        )
    } else {
        " No two named clinicians read the same cases, so there is no pair to compare with."
            .to_owned()
    };
    Some(Table {
        id: "judges",
        part: Part::Judges,
        title: "Judges against clinicians",
        caption: format!(
            "Models that judge against each clinician who read the same answer; of several rounds each has the same share, also where they part. A jury is the majority of the judges and the mean of their ranks. Over-marked: called incorrect where the clinician says correct; under-marked: the other way. n counts pairs of a clinician's and a judge's verdict, for tau readings.{beside}"
        ),
        keys: vec!["judge", "model", "prompt"],
        columns: columns(&COLUMNS),
        rows,
        chart: None,
    })
}
