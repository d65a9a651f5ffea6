//! Judges whose marks are known, and what the tables say of them.

use super::*;
use crate::review::Verdict;

fn said(who: &str, round: u32, case: usize, model: usize, correct: bool, rank: f64) -> Observation {
    Observation {
        instruction: format!("i{case}"),
        person: "1".to_owned(),
        model: format!("m{model}"),
        reviewer: who.to_owned(),
        verdict: Some(Verdict::of(correct)),
        rank: Some(rank),
        reading: round,
        position: Some(if round == 0 {
            model as u32
        } else {
            2 - model as u32
        }),
        ..Observation::default()
    }
}

const BOOTSTRAP: Bootstrap = Bootstrap {
    samples: 50,
    seed: 1,
};

/// Ten cases of three answers, of which the first is right; `marks` says what a reviewer calls correct.
fn reading(who: &str, round: u32, marks: impl Fn(usize, usize) -> bool) -> Vec<Observation> {
    let all = (0..10).flat_map(|case| (0..3).map(move |model| (case, model)));
    all.map(|(case, model)| {
        said(
            who,
            round,
            case,
            model,
            marks(case, model),
            1.0 + model as f64,
        )
    })
    .collect()
}

fn machines(judges: &[(&str, &str, Vec<Observation>)]) -> Machines {
    let machine = |prompt: &str| Machine {
        model: "m-70b".to_owned(),
        prompt: prompt.to_owned(),
    };
    Machines {
        said: Observations {
            rows: judges
                .iter()
                .flat_map(|(_, _, rows)| rows.clone())
                .collect(),
            ..Observations::default()
        },
        are: judges
            .iter()
            .map(|(name, prompt, _)| ((*name).to_owned(), machine(prompt)))
            .collect(),
    }
}

fn row<'t>(tables: &'t [Table], id: &str, key: &str) -> &'t [Number] {
    let table = tables.iter().find(|t| t.id == id).expect("a table");
    let row = table.rows.iter().find(|r| r.keys[0] == key);
    &row.expect("a row").numbers
}

fn value(number: &Number) -> f64 {
    (number.value.expect("a value") * 1e6).round() / 1e6
}

#[test]
fn over_and_under_marking_are_told_apart_and_the_best_pair_stands_beside() {
    let truth = |_: usize, model: usize| model == 0;
    let mut people = reading("ann", 0, truth);
    // Bea parts from Ann in one answer, Cy in five.
    people.extend(reading("bea", 0, |case, model| {
        truth(case, model) != (case == 0 && model == 1)
    }));
    people.extend(reading("cy", 0, |case, model| {
        truth(case, model) != (case < 5 && model == 2)
    }));
    let people: Vec<&Observation> = people.iter().collect();
    // The strict one calls two right answers wrong, the lax one four wrong ones right.
    let strict = reading("strict", 0, |case, model| model == 0 && case > 1);
    let lax = reading("lax", 0, |case, model| {
        model == 0 || (model == 1 && case < 4)
    });
    let only_ann: Vec<&Observation> = people
        .iter()
        .copied()
        .filter(|o| o.reviewer == "ann")
        .collect();
    let judges = machines(&[("strict", "judge", strict), ("lax", "judge-plain", lax)]);
    let tables = tables(&judges, &only_ann, BOOTSTRAP);
    // sklearn's cohen_kappa_score and f1_score(average="macro") of the same labels.
    let [kappa, _, f1, tau, over, under] = row(&tables, "judges", "strict") else {
        panic!("{tables:?}");
    };
    assert_eq!((value(kappa), value(f1)), (0.842_105, 0.920_635));
    assert_eq!((value(tau), value(over), value(under)), (1.0, 0.2, 0.0));
    assert_eq!((kappa.n, over.n, under.n), (30, 10, 20));
    let lax = row(&tables, "judges", "lax");
    assert_eq!((value(&lax[4]), value(&lax[5])), (0.0, 0.2));
    let moved = row(&tables, "judge_prompts", "m-70b");
    assert_eq!((value(&moved[0]), moved[0].n), (0.2, 30));
    let all = super::tables(&judges, &people, BOOTSTRAP);
    let table = all.iter().find(|t| t.id == "judges").expect("a table");
    let best = table.rows.last().expect("rows");
    assert_eq!(best.keys[..2], ["best pair of clinicians", "ann, bea"]);
    // A machine that was counted among people is not measured by itself.
    let own: Vec<&Observation> = judges.said.rows.iter().collect();
    let none = super::tables(&judges, &own, BOOTSTRAP);
    assert!(none.iter().all(|t| t.id != "judges"));
}

#[test]
fn places_are_compared_answer_by_answer() {
    // What stands first is right to it in either round, and everything else is wrong.
    let mut rows = reading("j", 0, |_, model| model == 0);
    rows.extend(reading("j", 1, |_, model| model == 2));
    let judges = machines(&[("j", "judge", rows)]);
    let tables = tables(&judges, &[], BOOTSTRAP);
    let [same, earlier, p, _] = row(&tables, "judge_swapped", "j") else {
        panic!("{tables:?}");
    };
    // The middle one stays; of the twenty others all are right at the earlier place.
    assert_eq!((value(same), same.n), (0.333_333, 30));
    assert_eq!((value(earlier), earlier.n), (1.0, 20));
    assert!(p.value.is_some_and(|p| p < 1e-5));
    // A judge that changes its mind the one way as often as the other is not biased.
    let mut rows = reading("j", 0, |case, model| model == 0 && case % 2 == 0);
    rows.extend(reading("j", 1, |case, model| model == 0 && case % 2 == 1));
    let judges = machines(&[("j", "judge", rows)]);
    let tables = super::tables(&judges, &[], BOOTSTRAP);
    let swapped = row(&tables, "judge_swapped", "j");
    assert_eq!((value(&swapped[1]), value(&swapped[2])), (0.5, 1.0));
}

#[test]
fn rounds_that_part_count_by_their_shares() {
    let people = reading("ann", 0, |_, model| model == 0);
    let people: Vec<&Observation> = people.iter().collect();
    // Right in one round, and the other way in the next: no better than chance, and nothing is left out.
    let mut rows = reading("j", 0, |_, model| model == 0);
    rows.extend(reading("j", 1, |_, model| model != 0));
    let judges = machines(&[("j", "judge", rows)]);
    let tables = tables(&judges, &people, BOOTSTRAP);
    let judge = row(&tables, "judges", "j");
    assert_eq!(
        (value(&judge[0]), judge[0].n, judge[0].missing),
        (0.0, 30, 0)
    );
    assert_eq!((value(&judge[4]), value(&judge[5])), (0.5, 0.5));
}
