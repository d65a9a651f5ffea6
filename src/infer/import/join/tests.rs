//! Answers and the cases that they are of: what names one, and what does not.

use super::*;
use crate::dataset::Gold;

fn case(instruction: &str, person: &str, question: &str, gold: &str) -> Case {
    Case {
        instruction_id: instruction.to_owned(),
        person_id: person.to_owned(),
        question: question.to_owned(),
        golds: vec![Gold {
            text: gold.to_owned(),
            ..Gold::default()
        }],
        ..Case::default()
    }
}

fn cases() -> Vec<Case> {
    vec![
        case("1", "10", "Any cough?", "No."),
        case("2", "20", "Any cough?", "Yes,\nsince May."),
        case("3", "30", "Which drugs?\nList them.", "Apixaban"),
        case("3", "31", "Which drugs?\nList them.", "None"),
        case("4", "40", "When was the fall?", "2019"),
    ]
}

fn found(prompt: &str, golds: &[&str]) -> Found {
    Found {
        prompt: prompt.to_owned(),
        golds: golds.iter().map(|g| (*g).to_owned()).collect(),
        ..Found::new(String::new())
    }
}

#[test]
fn a_question_and_its_gold_response_name_a_case() {
    let cases = cases();
    let join = Join::new(&cases);
    let key = |f: &Found| join.case(f).map(|c| c.key().to_string());
    let prompt = "EHR: Question: a line of a note\n\nQuestion: Any   cough?\n\nAnswer:";
    assert_eq!(
        key(&found(prompt, &["Yes, since May."])),
        Ok("2/20".to_owned())
    );
    assert_eq!(
        key(&found("EHR: x\nWhen was the fall?", &[])),
        Ok("4/40".to_owned())
    );
    assert_eq!(
        key(&found(
            "Question: \"\"\"When was the fall?\"\"\"\nEHR: \"\"\"Question: how?\nx\"\"\"",
            &[]
        )),
        Ok("4/40".to_owned())
    );
    let both = key(&found(prompt, &[])).expect_err("two ask it");
    assert_eq!(both.told(), "several cases fit: 1/10, 2/20");
    let decoy =
        "Question: \"\"\"When was the fall?\"\"\"\nEHR: Question: Which drugs? List them.\nx";
    assert!(matches!(key(&found(decoy, &[])), Err(Why::Several(keys)) if keys.len() == 3));
    let other = key(&found("When was the fall?", &["2020"])).expect_err("another patient's");
    assert!(matches!(other, Why::OtherGold(_)), "{other:?}");
    assert_eq!(key(&found("Why?", &[])), Err(Why::NotAsked));
    assert_eq!(key(&found(" ", &[])), Err(Why::Nothing));
}

#[test]
fn ids_name_a_case_whose_question_agrees() {
    let cases = cases();
    let join = Join::new(&cases);
    let of = |instruction: &str, person: Option<&str>, prompt: &str| {
        let found = Found {
            instruction: Some(instruction.to_owned()),
            person: person.map(str::to_owned),
            ..found(prompt, &[])
        };
        join.case(&found).map(|c| c.key().to_string())
    };
    assert_eq!(of("4", None, ""), Ok("4/40".to_owned()));
    assert_eq!(
        of("3", Some("31"), "Which drugs? List them.\nEHR"),
        Ok("3/31".to_owned())
    );
    assert!(matches!(of("3", None, ""), Err(Why::Several(keys)) if keys.len() == 2));
    assert_eq!(of("4", Some("41"), ""), Err(Why::NoCase("4/41".to_owned())));
    assert!(matches!(
        of("4", None, "Any cough?"),
        Err(Why::OtherQuestion(_))
    ));
}

#[test]
fn a_rows_number_is_no_id_unless_the_question_agrees() {
    let cases = cases();
    let join = Join::new(&cases);
    let of = |hint: &str, prompt: &str| {
        let found = Found {
            hint: Some(hint.to_owned()),
            ..found(prompt, &[])
        };
        join.case(&found).map(|c| c.key().to_string())
    };
    assert_eq!(
        of("1", "When was the fall?"),
        Ok("4/40".to_owned()),
        "row 1"
    );
    assert!(
        matches!(of("1", "EHR\nAny cough?"), Err(Why::Several(keys)) if keys.len() == 2),
        "a row's number does not say which of two"
    );
    assert_eq!(of("1_10", "EHR\nAny cough?"), Ok("1/10".to_owned()));
    assert_eq!(of("3_31", ""), Ok("3/31".to_owned()));
    assert_eq!(of("31:3", ""), Ok("3/31".to_owned()));
    assert_eq!(
        of("request-1", ""),
        Err(Why::Nothing),
        "no patient 'request'"
    );
    assert!(matches!(of("2", ""), Err(Why::OnlyNumber(_))));
    let mut named = cases.clone();
    named[1].instruction_id = "cough-b".to_owned();
    let found = Found {
        hint: Some("cough-b".to_owned()),
        ..found("", &[])
    };
    let case = Join::new(&named).case(&found).map(|c| c.key().to_string());
    assert_eq!(case, Ok("cough-b/20".to_owned()));
}

#[test]
fn what_is_stated_beside_an_id_of_the_runs_own_has_to_fit() {
    let cases = cases();
    let join = Join::new(&cases);
    let of = |hint: &str, person: Option<&str>, prompt: &str, gold: &[&str]| {
        let found = Found {
            hint: Some(hint.to_owned()),
            person: person.map(str::to_owned),
            ..found(prompt, gold)
        };
        join.case(&found).map(|c| c.key().to_string())
    };
    let second = Ok("2/20".to_owned());
    assert_eq!(of("1", Some("20"), "Any cough?", &[]), second);
    assert_eq!(of("1", None, "Any cough?", &["Yes, since May."]), second);
    // Both ids are no row's number: what contradicts them is told of.
    let two =
        |joined: Result<String, Why>| matches!(joined, Err(Why::Several(keys)) if keys.len() == 2);
    assert!(two(of("1_10", Some("20"), "Any cough?", &[])));
    assert!(two(of("1_10", None, "Any cough?", &["Yes, since May."])));
    assert!(two(of(
        "3_31",
        None,
        "Which drugs? List them.",
        &["Apixaban"]
    )));
    // The question names one case, the id another, and the prompt holds both questions.
    let both = "Any cough? When was the fall?\n\nQuestion: When was the fall?";
    assert!(matches!(of("1_10", None, both, &[]), Err(Why::Several(keys)) if keys.len() == 2));
    let other = of("4_99", None, "When was the fall?", &[]);
    assert_eq!(other, Err(Why::NoCase("4/99".to_owned())), "not 4/40");
    assert_eq!(
        of("4_try2", None, "When was the fall?", &[]),
        Ok("4/40".to_owned())
    );
    let nobody = of("1_10", Some("99"), "Any cough?", &[]);
    assert_eq!(nobody, Err(Why::OtherPerson("99".to_owned())));
}

#[test]
fn an_instruction_with_another_gold_response_is_of_another_patient() {
    let cases = cases();
    let join = Join::new(&cases);
    let of = |instruction: &str, person: Option<&str>, gold: &str| {
        let found = Found {
            instruction: Some(instruction.to_owned()),
            person: person.map(str::to_owned),
            ..found("", &[gold])
        };
        join.case(&found).map(|c| c.key().to_string())
    };
    assert!(matches!(of("4", None, "2021"), Err(Why::OtherGold(_))));
    assert_eq!(of("4", Some("40"), "2021"), Ok("4/40".to_owned()));
    assert_eq!(of("3", None, "None"), Ok("3/31".to_owned()));
}

#[test]
fn a_gold_response_of_another_case_contradicts_ids_and_one_of_none_does_not() {
    let cases = cases();
    let join = Join::new(&cases);
    let of = |hint: Option<&str>, ids: [&str; 2], gold: &[&str]| {
        let found = Found {
            hint: hint.map(str::to_owned),
            instruction: Some(ids[0].to_owned()),
            person: Some(ids[1].to_owned()),
            question: Some("Any cough?".to_owned()),
            ..found("", gold)
        };
        join.case(&found).map(|c| c.key().to_string())
    };
    let first = Ok("1/10".to_owned());
    assert_eq!(of(None, ["1", "10"], &["No."]), first);
    assert_eq!(of(None, ["1", "10"], &["No, edited since."]), first);
    let other = of(None, ["1", "10"], &["No.", "Yes, since May."]).expect_err("of 2/20, too");
    assert_eq!(
        other.told(),
        "the gold response is that of 2/20, not of case 1/10"
    );
    // An id of the run's own that names another case contradicts; a row's number does not.
    let two = of(Some("2_20"), ["1", "10"], &["No."]).expect_err("two cases");
    assert_eq!(two.told(), "several cases fit: 1/10, 2/20");
    assert_eq!(of(Some("1_10"), ["1", "10"], &["No."]), first);
    assert_eq!(of(Some("2"), ["1", "10"], &["No."]), first);
    // A program that knows floats only.
    assert_eq!(of(None, ["1.0", "10.0"], &["No."]), first);
}

#[test]
fn an_id_that_names_two_cases_in_either_order_says_so() {
    let cases = [
        case("7", "8", "Any cough?", "No."),
        case("8", "7", "Any fever?", "Yes."),
    ];
    let join = Join::new(&cases);
    let of = |prompt: &str| {
        let found = Found {
            hint: Some("7_8".to_owned()),
            ..found(prompt, &[])
        };
        join.case(&found).map(|c| c.key().to_string())
    };
    assert_eq!(
        of("").expect_err("two").told(),
        "several cases fit: 7/8, 8/7"
    );
    assert_eq!(of("Any fever?"), Ok("8/7".to_owned()));
}

#[test]
fn what_is_no_id_is_not_told() {
    let cases = cases();
    let join = Join::new(&cases);
    for text in ["line two of an answer", &"x".repeat(2400), "5\tmg"] {
        let found = Found {
            instruction: Some(text.to_owned()),
            person: Some(text.to_owned()),
            ..found("", &[])
        };
        let why = join.case(&found).expect_err("no case");
        assert_eq!(why.told(), "the dataset has no case […]/[…]");
        let asked = Found {
            instruction: None,
            question: Some("Any cough?".to_owned()),
            ..found
        };
        let why = join.case(&asked).expect_err("no such patient");
        assert_eq!(why.told(), "no case of patient […] asks this question");
    }
}
