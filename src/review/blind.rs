//! The blind order: which response is shown as A, B, C ….
//!
//! In: seed, reviewer, instruction and the models' names. Out: an order that is the same on every machine and in every
//! later version, and that another program can compute again. Never: chance, a clock, or a tie.
//!
//! # The order, to the letter
//! 1. Join the seed in decimal digits, the reviewer's name, the instruction's id and the model's name by one zero byte
//!    each: `7 NUL jchen NUL 2129690 NUL gpt4`, in UTF-8.
//! 2. Hash these bytes with FNV-1a (64 bit): start with 0xcbf29ce484222325; for each byte, xor it in, then multiply by
//!    0x100000001b3 modulo 2^64.
//! 3. Mix the hash with the finaliser of `SplitMix64`, so that names which differ in the last letter only part ways:
//!    z = (z xor z>>30) * 0xbf58476d1ce4e5b9; z = (z xor z>>27) * 0x94d049bb133111eb; z = z xor z>>31, modulo 2^64.
//! 4. Sort the models by that number, then by name as bytes. The first is A.

use crate::stats::hash::{fnv1a, mix};

/// The number by which a model's response is placed.
pub fn key(seed: u64, reviewer: &str, instruction: &str, model: &str) -> u64 {
    let seed = seed.to_string();
    let text = [seed.as_str(), reviewer, instruction, model].join("\0");
    mix(fnv1a(text.as_bytes()))
}

/// The order in which to show the responses of these models: indices into `models`, A first.
pub fn order(seed: u64, reviewer: &str, instruction: &str, models: &[&str]) -> Vec<usize> {
    let mut order: Vec<usize> = (0..models.len()).collect();
    order.sort_by_cached_key(|&i| (key(seed, reviewer, instruction, models[i]), models[i], i));
    order
}

/// The letter of a place counted from 0: A to Z, then AA, AB … as spreadsheets name columns.
pub fn letter(mut place: u32) -> String {
    let mut letters = Vec::new();
    loop {
        letters.push(b'A' + (place % 26) as u8);
        if place < 26 {
            break;
        }
        place = place / 26 - 1;
    }
    letters.iter().rev().copied().map(char::from).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn letters_go_on_after_z() {
        let some: Vec<String> = [0, 25, 26, 51, 52, 701, 702]
            .into_iter()
            .map(letter)
            .collect();
        assert_eq!(some, ["A", "Z", "AA", "AZ", "BA", "ZZ", "AAA"]);
    }

    #[test]
    fn another_program_computes_the_same() {
        // By a script in Python that follows the description; the same values stand in `assets/review-file.md`.
        let key = |model| key(7, "jchen", "2129690", model);
        assert_eq!(key("gpt4-32k"), 0xe194_4eb4_b800_172d);
        assert_eq!(key("vicuna_7B"), 0x5cd8_8d41_114d_5749);
    }

    #[test]
    fn every_model_takes_every_place_about_equally() {
        let models = [
            "gpt4-32k",
            "gpt4-32k-multistep-refinement",
            "vicuna_13B",
            "vicuna_7B",
        ];
        let mut counts = [[0u32; 4]; 4];
        for instruction in 0..4000 {
            let order = order(7, "jchen", &instruction.to_string(), &models);
            for (place, model) in order.into_iter().enumerate() {
                counts[model][place] += 1;
            }
        }
        // 1000 expected, standard deviation 27; five of them either way.
        let fair = |n: &u32| (860..=1140).contains(n);
        assert!(counts.iter().flatten().all(fair), "{counts:?}");
    }

    #[test]
    fn order_depends_on_names_not_on_the_table() {
        let there = ["a", "b", "c", "d", "e"];
        let back = ["e", "d", "c", "b", "a"];
        let shown = |models: &[&str]| -> Vec<String> {
            let order = order(1, "r", "9", models);
            order.into_iter().map(|i| models[i].to_owned()).collect()
        };
        assert_eq!(shown(&there), shown(&back));
    }
}
