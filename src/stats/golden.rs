//! The statistics against the reference libraries' values, where `MEDALIGN_SHARED` says where these are.

use std::path::PathBuf;

use serde_json::Value;

use super::agreement::{Scale, Weights, cohen, fleiss, krippendorff, raw};
use super::battles::{Battles, TieRule};
use super::correlation::{PairCounts, Tau, TauP, kendall, kendall_w, spearman};
use super::interval::{mean, normal_of_mean, wilson};
use super::rank::{Ties, rank};

pub(super) const EXACT: f64 = 1e-9;
pub(super) const P: f64 = 1e-7;

pub(super) fn shared(file: &str) -> Option<PathBuf> {
    Some(crate::shared::shared()?.join(file))
}

pub(crate) fn golden(file: &str) -> Option<Value> {
    let text = std::fs::read_to_string(shared(file)?).expect("a reference file");
    Some(serde_json::from_str(&text).expect("JSON"))
}

pub(super) fn agreement() -> Option<Value> {
    golden("golden/agreement.json")
}

pub(crate) fn list(value: &Value) -> &Vec<Value> {
    value.as_array().expect("a list")
}

pub(super) fn row(value: &Value) -> Vec<Option<f64>> {
    list(value).iter().map(Value::as_f64).collect()
}

pub(crate) fn rows(value: &Value) -> Vec<Vec<Option<f64>>> {
    list(value).iter().map(row).collect()
}

pub(super) fn full_rows(value: &Value) -> Vec<Vec<f64>> {
    rows(value)
        .into_iter()
        .map(|r| r.into_iter().map(|v| v.unwrap_or(f64::NAN)).collect())
        .collect()
}

#[track_caller]
pub(crate) fn same(found: Option<f64>, expected: &Value, tolerance: f64, what: &str) {
    match (found, expected.as_f64()) {
        (None, None) => {}
        (Some(a), Some(b)) => assert!((a - b).abs() <= tolerance, "{what}: {a} is not {b}"),
        (a, b) => panic!("{what}: {a:?} is not {b:?}"),
    }
}

fn transposed(raters: &[Vec<Option<f64>>]) -> Vec<Vec<Option<f64>>> {
    (0..raters[0].len())
        .map(|i| raters.iter().map(|r| r[i]).collect())
        .collect()
}

fn levels(units: &[Vec<Option<f64>>]) -> (Vec<Vec<Option<usize>>>, usize) {
    let mut known: Vec<f64> = units.iter().flatten().copied().flatten().collect();
    known.sort_by(f64::total_cmp);
    known.dedup();
    let level = |v: f64| known.iter().position(|k| (k - v).abs() < 1e-12);
    (
        units
            .iter()
            .map(|u| u.iter().map(|v| v.and_then(level)).collect())
            .collect(),
        known.len(),
    )
}

/// The scales of Krippendorff's alpha, by their names in the golden files.
const SCALES: [(Scale, &str); 3] = [
    (Scale::Nominal, "nominal"),
    (Scale::Ordinal, "ordinal"),
    (Scale::Interval, "interval"),
];

#[test]
fn correlations() {
    let Some(golden) = agreement() else { return };
    for case in list(&golden["correlation"]) {
        let (x, y, name) = (
            row(&case["x"]),
            row(&case["y"]),
            case["name"].as_str().expect("a name"),
        );
        let tau_b = kendall(&x, &y, Tau::B, TauP::Auto);
        let tau_c = kendall(&x, &y, Tau::C, TauP::Auto);
        same(tau_b.value, &case["kendall_tau_b"], EXACT, name);
        same(tau_b.p, &case["kendall_tau_b_p"], P, name);
        same(tau_c.value, &case["kendall_tau_c"], EXACT, name);
        same(tau_c.p, &case["kendall_tau_c_p"], P, name);
        let p = |method| kendall(&x, &y, Tau::B, method).p;
        same(p(TauP::Exact), &case["kendall_tau_b_p_exact"], P, name);
        same(
            p(TauP::Asymptotic),
            &case["kendall_tau_b_p_asymptotic"],
            P,
            name,
        );
        let plain = |v: &[Option<f64>]| v.iter().copied().flatten().collect::<Vec<f64>>();
        let counts = PairCounts::of(&plain(&x), &plain(&y));
        assert_eq!(
            counts.concordant,
            case["pairs"]["concordant"].as_u64().expect("a count"),
            "{name}"
        );
        assert_eq!(
            counts.tied_both,
            case["pairs"]["tied_both"].as_u64().expect("a count"),
            "{name}"
        );
        let rho = spearman(&x, &y);
        if case.get("spearman").is_some() {
            same(rho.value, &case["spearman"], EXACT, name);
            same(rho.p, &case["spearman_p"], P, name);
        }
    }
}

#[test]
fn kendall_cases() {
    let Some(cases) = golden("data/ratings/kendall-cases.json") else {
        return;
    };
    for e in list(&cases) {
        let (x, y, name) = (
            row(&e["x"]),
            row(&e["y"]),
            e["name"].as_str().expect("a name"),
        );
        let b = kendall(&x, &y, Tau::B, TauP::Auto);
        // This file is rounded to twelve digits.
        same(b.value, &e["tau_b"], EXACT, name);
        same(b.p, &e["tau_b_p_two_sided"], P, name);
        same(
            kendall(&x, &y, Tau::C, TauP::Auto).value,
            &e["tau_c"],
            EXACT,
            name,
        );
        same(spearman(&x, &y).value, &e["spearman_rho"], EXACT, name);
    }
}

#[test]
fn numberings() {
    let Some(golden) = agreement() else { return };
    for e in list(&golden["rankdata"]) {
        for (ties, key) in [(Ties::Average, "average"), (Ties::Competition, "min")] {
            assert_eq!(rank(&row(&e["x"]), ties), row(&e[key]), "{key}");
        }
    }
}

#[test]
fn the_ranking_table() {
    let Some(golden) = agreement() else { return };
    let t = &golden["ranking_table"];
    let ranks = rows(&t["ranks"]);
    let battles = Battles::of(&ranks, 6);
    let reranked: Vec<_> = ranks.iter().map(|r| rank(r, Ties::Average)).collect();
    for i in 0..6 {
        let column = |rows: &[Vec<Option<f64>>]| rows.iter().map(|r| r[i]).collect::<Vec<_>>();
        let (as_given, n) = mean(&column(&ranks));
        same(as_given, &t["mean_rank"][i], EXACT, "mean rank");
        assert_eq!(Some(n as u64), t["n_ranked"][i].as_u64());
        same(
            mean(&column(&reranked)).0,
            &t["mean_rank_after_average_tie_reranking"][i],
            EXACT,
            "re-ranked",
        );
        for (rule, matrix, means) in [
            (
                TieRule::LeftOut,
                "win_rate_ties_excluded",
                "mean_win_rate_ties_excluded",
            ),
            (
                TieRule::Half,
                "win_rate_ties_half",
                "mean_win_rate_ties_half",
            ),
        ] {
            same(battles.win_rate(i, rule), &t[means][i], EXACT, means);
            for j in 0..6 {
                same(battles.rate(i, j, rule), &t[matrix][i][j], EXACT, matrix);
            }
        }
        for j in 0..6 {
            same(Some(battles.wins(i, j)), &t["wins"][i][j], 0.0, "wins");
            same(Some(battles.ties(i, j)), &t["ties"][i][j], 0.0, "ties");
        }
    }
    let scores = rows(&t["metric_scores_higher_is_better"]);
    let taus: Vec<Option<f64>> = ranks
        .iter()
        .zip(&scores)
        .map(|(r, s)| {
            let negated: Vec<_> = s.iter().map(|v| v.map(|v| -v)).collect();
            kendall(r, &negated, Tau::B, TauP::Auto).value
        })
        .collect();
    for (i, tau) in taus.iter().enumerate() {
        same(
            *tau,
            &t["kendall_tau_b_per_instruction_ranks_vs_negated_scores"][i],
            EXACT,
            "tau",
        );
    }
    same(
        mean(&taus).0,
        &t["kendall_tau_b_mean_skipping_undefined"],
        EXACT,
        "mean tau",
    );
    let interval = normal_of_mean(&taus).expect("taus");
    same(
        Some(interval.low),
        &t["normal_95ci_of_mean"][0],
        EXACT,
        "low",
    );
    same(
        Some(interval.high),
        &t["normal_95ci_of_mean"][1],
        EXACT,
        "high",
    );
}

#[test]
fn the_study_s_figure() {
    let Some(golden) = agreement() else { return };
    let figure = &golden["paper_figure2_check"];
    let matrix = full_rows(&figure["matrix"]);
    for (i, row) in matrix.iter().enumerate() {
        let others: Vec<_> = (0..6).filter(|j| *j != i).map(|j| Some(row[j])).collect();
        let found = mean(&others).0;
        same(
            found,
            &figure["row_mean_without_diagonal"][i],
            EXACT,
            "row mean",
        );
        same(found, &figure["table3_win_rate"][i], 2.1e-3, "table 3");
    }
}

#[test]
fn rankings_of_several_raters() {
    let Some(golden) = agreement() else { return };
    let t = &golden["irr_kendall"];
    let mut all = Vec::new();
    for (i, instruction) in list(&t["ranks"]).iter().enumerate() {
        let raters = rows(instruction);
        for (pair, (a, b)) in [(0, 1), (0, 2), (1, 2)].into_iter().enumerate() {
            let tau = kendall(&raters[a], &raters[b], Tau::B, TauP::Auto).value;
            same(tau, &t["tau_b_per_pair"][i][pair], EXACT, "tau");
            all.push(tau);
        }
        same(
            kendall_w(&raters).value,
            &t["kendall_w_tie_corrected"][i],
            EXACT,
            "W",
        );
    }
    same(
        mean(&all).0,
        &t["mean_over_pairs"],
        EXACT,
        "mean over pairs",
    );
    let per_instruction: Vec<_> = all.chunks(3).map(|taus| mean(taus).0).collect();
    same(
        mean(&per_instruction).0,
        &t["mean_of_instruction_means"],
        EXACT,
        "mean of means",
    );
}

#[test]
fn kappas_and_alphas() {
    let Some(golden) = agreement() else { return };
    for e in list(&golden["cohen_kappa"]) {
        let name = e["name"].as_str().expect("a name");
        let units = transposed(&[row(&e["a"]), row(&e["b"])]);
        let (coded, count) = levels(&units);
        let pairs: Vec<_> = coded.iter().map(|u| (u[0], u[1])).collect();
        same(
            raw(&coded, count).value,
            &e["percent_agreement"],
            EXACT,
            name,
        );
        for (weights, key) in [
            (Weights::Unweighted, "unweighted"),
            (Weights::Linear, "linear"),
            (Weights::Quadratic, "quadratic"),
        ] {
            same(cohen(&pairs, count, weights).value, &e[key], EXACT, name);
        }
        let Some(all) = e.get("full_labels") else {
            continue;
        };
        let lowest = all[0].as_f64().expect("a level");
        let place = |v: Option<f64>| v.map(|v| (v - lowest) as usize);
        let pairs: Vec<_> = units.iter().map(|u| (place(u[0]), place(u[1]))).collect();
        let count = list(all).len();
        same(
            cohen(&pairs, count, Weights::Linear).value,
            &e["linear_full_labels"],
            EXACT,
            name,
        );
        same(
            cohen(&pairs, count, Weights::Quadratic).value,
            &e["quadratic_full_labels"],
            EXACT,
            name,
        );
    }
    for e in list(&golden["fleiss_kappa"]) {
        let (coded, count) = levels(&rows(&e["ratings"]));
        same(fleiss(&coded, count).value, &e["fleiss"], EXACT, "Fleiss");
    }
    for e in list(&golden["krippendorff_alpha"]) {
        let units = transposed(&rows(&e["reliability_data"]));
        for (scale, key) in SCALES {
            same(krippendorff(&units, scale).value, &e[key], EXACT, key);
        }
    }
}

#[test]
fn textbook_tables() {
    let Some(expected) = golden("data/ratings/expected.json") else {
        return;
    };
    let t = &expected["textbook"];
    for name in ["krippendorff_wikipedia", "krippendorff_2011_four_observers"] {
        let units = transposed(&rows(&t[name]["ratings_rater_by_item"]));
        for (scale, key) in SCALES {
            same(
                krippendorff(&units, scale).value,
                &t[name]["recomputed"][key],
                EXACT,
                key,
            );
        }
    }
    let units: Vec<Vec<Option<usize>>> =
        full_rows(&t["fleiss_wikipedia"]["counts_item_by_category"])
            .iter()
            .map(|counts| {
                let repeat = |(level, count): (usize, &f64)| vec![Some(level); *count as usize];
                counts.iter().enumerate().flat_map(repeat).collect()
            })
            .collect();
    same(
        fleiss(&units, 5).value,
        &t["fleiss_wikipedia"]["recomputed"]["kappa"],
        EXACT,
        "Fleiss",
    );
    let table = full_rows(&t["cohen_wikipedia"]["table"]);
    let pairs: Vec<_> = (0..4)
        .flat_map(|i| vec![(Some(i / 2), Some(i % 2)); table[i / 2][i % 2] as usize])
        .collect();
    let kappa = cohen(&pairs, 2, Weights::Unweighted).value;
    same(
        kappa,
        &t["cohen_wikipedia"]["published"]["kappa"],
        EXACT,
        "Cohen",
    );
}

/// Every figure that a set's authors printed, to the digits printed.
#[test]
fn published_alphas_and_kappas() {
    let Some(expected) = golden("data/ratings/expected.json") else {
        return;
    };
    let t = &expected["textbook"];
    for name in ["krippendorff_wikipedia", "krippendorff_2011_four_observers"] {
        let units = transposed(&rows(&t[name]["ratings_rater_by_item"]));
        for (scale, key) in SCALES {
            let published = &t[name]["published"][key];
            if !published.is_null() {
                same(krippendorff(&units, scale).value, published, 5.001e-4, key);
            }
        }
    }
}

#[test]
fn proportions() {
    let Some(golden) = agreement() else { return };
    for e in list(&golden["proportion_ci"]) {
        let count = |key: &str| e[key].as_u64().expect("a count") as usize;
        let found = wilson(count("count"), count("nobs")).expect("trials");
        same(Some(found.low), &e["wilson"][0], EXACT, "low");
        same(Some(found.high), &e["wilson"][1], EXACT, "high");
    }
}
