//! Comparing and ranking models against the reference libraries' and published values, where `MEDALIGN_SHARED` says where these are.

use serde_json::Value;

use super::adjust::holm;
use super::battles::{Battles, TieRule};
use super::blocks::{cochran_q, friedman};
use super::correlation::{Tau, TauP, kendall};
use super::golden::{EXACT, P, agreement, full_rows, golden, list, row, rows, same, shared};
use super::paired::{Discordance, SignedP, Test, Zeros, differences, wilcoxon};
use super::preferences::Preferences;

const STRENGTH: f64 = 1e-6;

#[test]
fn tests_of_two_models() {
    let Some(golden) = agreement() else { return };
    for e in list(&golden["mcnemar"]) {
        let cell = |i: usize, j: usize| e["table"][i][j].as_u64().expect("a count") as usize;
        let table = Discordance {
            both: cell(0, 0),
            first_only: cell(0, 1),
            second_only: cell(1, 0),
            neither: cell(1, 1),
        };
        same(table.mcnemar_exact().p, &e["exact_p"], P, "exact");
    }
    for e in list(&golden["wilcoxon_signed_rank"]) {
        let name = e["name"].as_str().expect("a name");
        let pairs: Vec<_> = row(&e["a"]).into_iter().zip(row(&e["b"])).collect();
        let signed = differences(&pairs);
        let check = |found: Test, expected: &Value| {
            same(found.statistic, &expected["statistic"], EXACT, name);
            same(found.p, &expected["p"], P, name);
        };
        for (zeros, key) in [
            (Zeros::Drop, "wilcox"),
            (Zeros::Pratt, "pratt"),
            (Zeros::Split, "zsplit"),
        ] {
            check(
                wilcoxon(&signed, zeros, SignedP::Normal { corrected: false }),
                &e[&format!("{key}_asymptotic")],
            );
            check(
                wilcoxon(&signed, zeros, SignedP::Normal { corrected: true }),
                &e[&format!("{key}_asymptotic_corrected")],
            );
        }
        if e["exact"].is_object() {
            check(wilcoxon(&signed, Zeros::Drop, SignedP::Exact), &e["exact"]);
        }
    }
}

#[test]
fn tests_of_several_models() {
    let Some(golden) = agreement() else { return };
    let q = &golden["cochran_q"];
    let correct: Vec<Vec<Option<bool>>> = rows(&q["correct"])
        .into_iter()
        .map(|r| r.into_iter().map(|v| v.map(|v| v > 0.5)).collect())
        .collect();
    let found = cochran_q(&correct);
    same(found.statistic, &q["statistic"], EXACT, "Q");
    same(found.p, &q["p"], P, "Q");
    let f = &golden["friedman"];
    let found = friedman(&rows(&f["blocks_by_models"]));
    same(
        found.statistic,
        &f["statistic_tie_corrected"],
        EXACT,
        "Friedman",
    );
    same(found.p, &f["p"], P, "Friedman");
    for (i, row) in found.nemenyi().iter().enumerate() {
        same(
            Some(found.means[i]),
            &f["mean_ranks"][i],
            EXACT,
            "mean rank",
        );
        for (j, p) in row.iter().enumerate() {
            same(Some(*p), &f["nemenyi_p"][i][j], P, "Nemenyi");
        }
    }
    // The reference took 1e6 degrees of freedom for infinity, which moves the sixth digit.
    same(
        found.critical_difference(0.05),
        &f["nemenyi_cd_alpha_0.05"],
        1e-5,
        "critical difference",
    );
}

#[test]
fn strengths() {
    let Some(golden) = agreement() else { return };
    for e in list(&golden["bradley_terry"]) {
        let battles = Battles::from_tables(&full_rows(&e["wins"]), &full_rows(&e["ties"]));
        let found = battles.bradley_terry().expect("connected");
        for (i, strength) in found.iter().enumerate() {
            same(Some(*strength), &e["log_strength"][i], STRENGTH, "strength");
            for (j, other) in found.iter().enumerate() {
                let p = 1.0 / (1.0 + (other - strength).exp());
                same(Some(p), &e["win_prob"][i][j], STRENGTH, "probability");
            }
        }
    }
}

#[test]
fn adjustments() {
    let Some(golden) = agreement() else { return };
    let t = &golden["multiple_testing"];
    for (i, p) in holm(&row(&t["p"])).into_iter().enumerate() {
        same(p, &t["holm"][i], EXACT, "holm");
    }
}

/// The rankings of a pair of languages, as lines of CSV.
fn translations(pair: &str) -> String {
    let file = shared(&format!("data/ratings/wmt16/wmt16.collapsed.{pair}.csv.gz")).expect("set");
    let packed = std::fs::File::open(file).expect("the rankings");
    std::io::read_to_string(flate2::read::GzDecoder::new(packed)).expect("UTF-8")
}

#[test]
fn published_agreement_on_translations() {
    let Some(expected) = golden("data/ratings/expected.json") else {
        return;
    };
    for pair in ["deu-eng", "eng-ron"] {
        // As the authors did: an item is a segment with two systems in the order in which they were listed.
        let mut items: std::collections::BTreeMap<
            (String, String, String),
            Vec<std::cmp::Ordering>,
        > = std::collections::BTreeMap::new();
        let table = translations(pair);
        for line in table.lines().skip(1) {
            let cells: Vec<&str> = line.split(',').collect();
            let rank = |i: usize| cells[i].parse::<u32>().expect("a rank");
            let item = (
                cells[2].to_owned(),
                cells[5].to_owned(),
                cells[7].to_owned(),
            );
            items.entry(item).or_default().push(rank(6).cmp(&rank(8)));
        }
        let mut found = Preferences::default();
        for item in items.values() {
            found.add(item);
        }
        let t = &expected["wmt16"][pair]["recomputed_inter_annotator"];
        for (value, key) in [
            (found.agreeing, "agree"),
            (found.comparable, "comparable"),
            (found.ties, "ties"),
            (found.all, "total"),
        ] {
            same(Some(value), &t[key], 0.0, key);
        }
        same(found.observed(), &t["pA"], EXACT, "observed");
        same(found.expected(), &t["pE"], EXACT, "by chance");
        same(found.kappa().value, &t["kappa"], EXACT, "kappa");
        let published = &expected["wmt16"][pair]["published_inter_annotator"];
        same(
            found.kappa().value,
            &published["kappa"],
            5.001e-4,
            "as printed",
        );
    }
}

#[test]
fn published_rankings_of_translations() {
    let Some(expected) = golden("data/ratings/expected.json") else {
        return;
    };
    for pair in ["deu-eng", "eng-ron"] {
        let table = translations(pair);
        let t = &expected["wmt16"][pair];
        let names: Vec<&str> = list(&t["systems_best_first_published"])
            .iter()
            .map(|n| n.as_str().expect("a name"))
            .collect();
        // Equal translations were judged once, under the systems' names joined by '+': the verdict counts once for
        // each of them, against one opponent, which an extra place stands for.
        let opponent = names.len();
        let mut battles = Battles::new(names.len() + 1);
        for line in table.lines().skip(1) {
            let cells: Vec<&str> = line.split(',').collect();
            for (mine, other) in [(5, 7), (7, 5)] {
                for (i, name) in names.iter().enumerate() {
                    if cells[mine].split('+').any(|n| n == *name) {
                        let mut ranks = vec![None; names.len() + 1];
                        ranks[i] = cells[mine + 1].parse().ok();
                        ranks[opponent] = cells[other + 1].parse().ok();
                        battles.add(&ranks);
                    }
                }
            }
        }
        for (i, name) in names.iter().enumerate() {
            let counts = &t["win_tie_loss"][name];
            same(Some(battles.wins(i, opponent)), &counts[0], 0.0, "wins");
            same(Some(battles.ties(i, opponent)), &counts[1], 0.0, "ties");
            same(Some(battles.wins(opponent, i)), &counts[2], 0.0, "losses");
            let rate = battles.rate(i, opponent, TieRule::LeftOut);
            same(rate, &t["win_rate_without_ties"][name], EXACT, "win rate");
        }
        // The official order is by another score; the win rates follow it as far as the reference says.
        let score: Vec<_> = (0..names.len()).map(|i| Some(-(i as f64))).collect();
        let rates: Vec<_> = (0..names.len())
            .map(|i| battles.rate(i, opponent, TieRule::LeftOut))
            .collect();
        let tau = kendall(&score, &rates, Tau::B, TauP::Auto).value;
        let key = "kendall_tau_published_score_vs_win_rate";
        same(tau, &t[key], EXACT, key);
    }
}
