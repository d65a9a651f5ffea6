//! The agreement of metrics with ranks against the reference libraries' values, where `MEDALIGN_SHARED` says where these are.

use serde_json::Value;

use super::correlation::{PairCounts, Tau, TauP, kendall, pearson, spearman};
use super::dependent::Three;
use super::golden::{golden, list, rows, same};
use super::interval::{Bootstrap, mean, normal_of_mean};
use super::pairwise::{accuracy, calibrate};

const EXACT: f64 = 1e-9;
const P: f64 = 1e-7;
const METRICS: [&str; 4] = ["sharp", "coarse", "noise", "opposed"];

type GoldenRow = Vec<Option<f64>>;

/// The ranks with better ones higher, and a metric's scores, an instruction a row.
fn of_metric(golden: &Value, metric: &str) -> (Vec<GoldenRow>, Vec<GoldenRow>) {
    let ranks = rows(&golden["human_ranks"]);
    let better = |row: GoldenRow| row.into_iter().map(|r| r.map(|r| -r)).collect();
    (
        ranks.into_iter().map(better).collect(),
        rows(&golden["metrics"][metric]),
    )
}

fn complete(people: &GoldenRow, scores: &GoldenRow) -> (Vec<f64>, Vec<f64>) {
    let both = people.iter().zip(scores).filter_map(|(p, s)| p.zip(*s));
    both.unzip()
}

#[test]
fn correlations_by_instruction_and_their_means() {
    let Some(golden) = golden("golden/correlation/correlation.json") else {
        return;
    };
    for metric in METRICS {
        let (people, scores) = of_metric(&golden, metric);
        let expected = list(&golden["per_instruction"][metric]);
        let mut taus = Vec::new();
        for ((p, s), expected) in people.iter().zip(&scores).zip(expected) {
            let tau = kendall(p, s, Tau::B, TauP::Auto);
            same(tau.value, &expected["tau_b"], EXACT, metric);
            same(tau.p, &expected["tau_b_p"], P, metric);
            let tau_c = kendall(p, s, Tau::C, TauP::Auto).value;
            same(tau_c, &expected["tau_c"], EXACT, metric);
            same(spearman(p, s).value, &expected["spearman"], EXACT, metric);
            same(pearson(p, s).value, &expected["pearson"], EXACT, metric);
            taus.push((tau.value, tau.n));
        }
        let summary = &golden["summary"][metric]["tau_b"];
        let left_out: GoldenRow = taus.iter().map(|t| t.0).collect();
        let zero = taus.iter().filter(|t| t.1 >= 2);
        let as_zero: GoldenRow = zero.map(|t| Some(t.0.unwrap_or(0.0))).collect();
        for (taus, which) in [
            (left_out, "undefined_left_out"),
            (as_zero, "undefined_as_zero"),
        ] {
            let expected = &summary[which];
            same(mean(&taus).0, &expected["mean"], EXACT, which);
            let normal = normal_of_mean(&taus).expect("taus");
            same(Some(normal.low), &expected["normal_ci"][0], EXACT, which);
            same(Some(normal.high), &expected["normal_ci"][1], EXACT, which);
            let found = Bootstrap::default().of_mean(&taus).interval.expect("taus");
            let band = &expected["bootstrap_percentile_band"];
            for (end, value) in [("lo", found.low), ("hi", found.high)] {
                let within = |i: usize| band[end][i].as_f64().expect("a band");
                assert!(within(0) <= value && value <= within(1), "{metric} {end}");
            }
        }
    }
}

#[test]
fn pairs_and_their_ties() {
    let Some(golden) = golden("golden/correlation/correlation.json") else {
        return;
    };
    for metric in METRICS {
        let (people, scores) = of_metric(&golden, metric);
        let groups: Vec<_> = people
            .iter()
            .zip(&scores)
            .map(|(p, s)| complete(p, s))
            .collect();
        let pooled = groups.iter().cloned().reduce(|mut all, group| {
            all.0.extend(group.0);
            all.1.extend(group.1);
            all
        });
        let expected = &golden["pairwise"][metric];
        let pooled = [pooled.expect("groups")];
        for (groups, way) in [(&groups[..], "by_instruction"), (&pooled, "pooled")] {
            let found = calibrate(groups).expect("pairs");
            let (expected, what) = (&expected[way]["acc_eq"], format!("{metric} {way}"));
            same(Some(found.value), &expected["value"], EXACT, &what);
            same(Some(found.at_zero), &expected["value_at_0"], EXACT, &what);
            same(Some(found.threshold), &expected["epsilon"], EXACT, &what);
        }
        let mut counts = PairCounts::default();
        for (p, s) in &groups {
            counts += PairCounts::of(p, s);
        }
        let expected = &expected["accuracy_human_untied_pairs"]["metric_ties_half"];
        same(accuracy(counts), expected, EXACT, metric);
    }
}

#[test]
fn differences_of_dependent_correlations() {
    let Some(golden) = golden("golden/correlation/correlation.json") else {
        return;
    };
    for (name, expected) in golden["difference"].as_object().expect("pairs") {
        let n = expected["n_cells"].as_u64().expect("a count") as usize;
        for kind in ["pearson", "spearman"] {
            let expected = &expected[kind];
            let r = |key: &str| expected[key].as_f64().expect("a correlation");
            let three = Three {
                first: r("r_human_a"),
                second: r("r_human_b"),
                between: r("r_a_b"),
                n,
            };
            let williams = three.williams();
            same(williams.statistic, &expected["williams"]["t"], 1e-8, name);
            same(williams.p, &expected["williams"]["p_two_sided"], P, name);
        }
    }
}
