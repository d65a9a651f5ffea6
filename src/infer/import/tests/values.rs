//! What a run states of an answer, in whatever shape: kept, or named; never turned into something else.

use super::*;

/// The answers of a run of JSON Lines, and what was said of it.
fn read(rows: &[Value]) -> Result<(Vec<Found>, About)> {
    Files::of(&[("a.jsonl", lines(rows))]).try_read(Form::Jsonl, "a.jsonl")
}

#[test]
fn an_answer_of_another_kind_than_text_is_still_an_answer() {
    for (answer, text) in [
        (json!(42), "42"),
        (json!(false), "false"),
        (json!({"dose": "5 mg"}), r#"{"dose":"5 mg"}"#),
        (json!(["first", "second"]), "first\nsecond"),
        (json!([1, 2]), "[1,2]"),
        (
            json!([{"type": "text", "text": "a"}, {"type": "image"}, {"type": "text", "text": "b"}]),
            "ab",
        ),
        (json!({"content": "c"}), "c"),
        (json!(null), ""),
        (json!({}), ""),
    ] {
        let row = json!({"instruction_id": 7, "answer": answer});
        let (found, about) = read(&[row]).expect("a run");
        let outcome = if text.is_empty() {
            Outcome::Empty
        } else {
            Outcome::Answered
        };
        // JSON's null says that there is none.
        if answer.is_null() {
            assert_eq!((found.len(), about.broken.len()), (1, 0));
        }
        assert_eq!(
            (found[0].told.text.as_str(), found[0].outcome),
            (text, outcome),
            "{answer}"
        );
    }
}

#[test]
fn a_row_without_an_answer_is_no_empty_answer() {
    let rows = [
        json!({"instruction_id": 7, "output": "No."}),
        json!({"instruction_id": 8, "output": "Yes."}),
    ];
    let refused = read(&rows).expect_err("no column is the answer");
    assert!(refused.to_string().contains("is the answer"), "{refused}");
    let rows = [
        rows[0].clone(),
        json!({"instruction_id": 8, "answer": "Yes."}),
        json!({"instruction_id": 9, "error": "busy"}),
    ];
    let (found, about) = read(&rows).expect("a run");
    let outcomes: Vec<Outcome> = found.iter().map(|f| f.outcome).collect();
    assert_eq!(outcomes, [Outcome::Answered, Outcome::Failed]);
    assert_eq!(about.broken.len(), 1);
    assert!(about.broken[0].0.ends_with(":1"), "{:?}", about.broken);
}

#[test]
fn a_stated_confidence_is_a_share_and_comes_back_as_one() {
    for (stated, share) in [
        (json!(0.9), Some(0.9)),
        (json!("25 %"), Some(0.25)),
        (json!(0.0), Some(0.0)),
        (json!(1), Some(1.0)),
        (json!(-0.3), None),
        (json!(90), None),
    ] {
        let row = json!({"instruction_id": 7, "answer": "No.", "confidence": stated});
        let (found, _) = read(&[row]).expect("a run");
        let kept = found[0].told.confidence.map(f64::exp);
        match (kept, share) {
            (Some(kept), Some(share)) => assert!((kept - share).abs() < 1e-12, "{stated}: {kept}"),
            (kept, share) => assert_eq!(kept, share, "{stated}"),
        }
        assert_eq!(found[0].odd.len(), usize::from(share.is_none()), "{stated}");
    }
}

#[test]
fn a_table_with_windows_line_ends_has_no_fault() {
    let text = "instruction_id,person_id,answer\r\n7,20,No.\r\n".to_owned();
    let (found, about) = Files::of(&[("a.csv", text)]).read(Form::Jsonl, "a.csv");
    assert_eq!((found.len(), about.broken), (1, Vec::new()));
}

#[test]
fn each_repeat_of_a_sample_is_a_trial_of_its_own() {
    let row = json!({"doc_id": 0, "doc": {"instruction_id": 7, "person_id": 20}, "filter": "none",
        "resps": [["first", "second"]], "filtered_resps": ["first"]});
    let files = Files::of(&[("samples_x.jsonl", lines(&[row]))]);
    let (found, _) = files.read(Form::LmEval, "samples_x.jsonl");
    let told: Vec<(&str, u32)> = found
        .iter()
        .map(|f| (f.told.text.as_str(), f.trial))
        .collect();
    assert_eq!(told, [("first", 1), ("second", 2)]);
}
