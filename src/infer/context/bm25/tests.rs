//! What is ranked first, and what fits.

use super::*;
use crate::infer::context::tests::{laid, note_record};
use crate::infer::context::tests_golden::golden_laid;

#[test]
fn what_does_not_fit_is_passed_over() {
    let costs = [5, 9, 2, 1];
    let take = |unit: usize, left: usize| (costs[unit] <= left).then_some(costs[unit]);
    assert_eq!(fill([1, 0, 2, 3], 8, take), [0, 2, 3]);
    assert_eq!(fill([0, 1, 2, 3], 0, take), [0; 0]);
}

#[test]
fn words_of_the_instruction_come_first_and_the_rest_is_the_latest() {
    let record = note_record(&["chest pain", "none", "Chest!", "cough", "rash", "fall"]);
    let laid = laid(&record);
    let ranked = Ranked::of(&laid, Unit::Notes);
    let order: Vec<usize> = ranked
        .best_first("chest PAIN?")
        .iter()
        .map(|(u, _)| *u)
        .collect();
    assert_eq!(order, [0, 2, 5, 4, 3, 1]);
    let encounters = Ranked::of(&laid, Unit::Encounters);
    assert_eq!(encounters.units.len(), 6);
}

/// Scores, order and what fits, as `rank_bm25` has them.
#[test]
fn golden_choices() {
    let Some(shared) = std::env::var_os("MEDALIGN_SHARED") else {
        return;
    };
    let path = std::path::Path::new(&shared).join("golden/context");
    let lines = std::fs::read_to_string(path.join("context.jsonl")).expect("the golden file");
    for line in lines.lines() {
        let row: serde_json::Value = serde_json::from_str(line).expect("JSON");
        let name = row["record"].as_str().expect("a name");
        let text = std::fs::read_to_string(path.join("records").join(name)).expect("a record");
        let laid = golden_laid(&text, &row);
        let ranked = Ranked::of(&laid, Unit::Events);
        let costs: Vec<usize> = row["blocks"]
            .as_array()
            .expect("blocks")
            .iter()
            .map(|b| b["cl100k"].as_u64().expect("a number") as usize)
            .collect();
        for asked in row["bm25"].as_array().expect("questions") {
            let order = ranked.best_first(asked["question"].as_str().expect("a question"));
            let found: Vec<(usize, f64)> = order
                .into_iter()
                .filter(|(_, score)| *score > 0.0)
                .map(|(unit, score)| (ranked.units[unit].start, score))
                .collect();
            let blocks: Vec<usize> = found.iter().map(|(block, _)| *block).collect();
            assert_eq!(serde_json::json!(blocks), asked["best_first"], "{name}");
            for (block, score) in &found {
                let golden = asked["scores"][block.to_string()]
                    .as_f64()
                    .expect("a score");
                assert!(
                    (golden - score).abs() < 1e-9 * golden.abs().max(1.0),
                    "{name} {block}"
                );
            }
            for kept in asked["kept"].as_array().expect("rows") {
                let budget = kept["budget"].as_u64().expect("a budget") as usize;
                let take =
                    |block: usize, left: usize| (costs[block] <= left).then_some(costs[block]);
                let mut chosen = fill(blocks.iter().copied(), budget, take);
                chosen.sort_unstable();
                assert_eq!(serde_json::json!(chosen), kept["fill"], "{name} {budget}");
            }
        }
    }
}
