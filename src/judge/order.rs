//! The order in which a judge sees answers.
//!
//! In: seed, judge, case, round. Out: the answers' places. An odd round has the blind order of that reading; an even one has the order of the
//! round before it from last to first, so that what stood first stands last once.

use crate::dataset::Case;
use crate::review::blind;

/// The models in the order of one round, counted from 1; the first is A.
pub(crate) fn order(seed: u64, judge: &str, case: &Case, round: u32) -> Vec<String> {
    let models: Vec<&str> = case.responses.iter().map(|r| r.model.as_str()).collect();
    let round = round.saturating_sub(1);
    let drawn = seed.wrapping_add(u64::from(round - round % 2));
    let mut places = blind::order(drawn, judge, &case.instruction_id, &models);
    if round % 2 == 1 {
        places.reverse();
    }
    places.into_iter().map(|i| models[i].to_owned()).collect()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::dataset::Response;

    #[test]
    fn each_second_round_is_the_one_before_from_the_end() {
        let response = |n: u32| Response {
            model: format!("m{n}"),
            ..Response::default()
        };
        let case = Case {
            instruction_id: "i".to_owned(),
            responses: (0..6).map(response).collect(),
            ..Case::default()
        };
        let rounds: Vec<Vec<String>> = (1..=4).map(|r| order(7, "j", &case, r)).collect();
        for pair in rounds.chunks(2) {
            let mut back = pair[1].clone();
            back.reverse();
            assert_eq!(pair[0], back);
        }
        assert_ne!(rounds[0], rounds[2]);
        // Anybody can tell which letter was which model in an odd round.
        let models: Vec<String> = (0..6).map(|n| format!("m{n}")).collect();
        let names: Vec<&str> = models.iter().map(String::as_str).collect();
        let drawn = blind::order(9, "j", "i", &names);
        assert!(drawn.iter().map(|i| &models[*i]).eq(&rounds[2]));
    }
}
