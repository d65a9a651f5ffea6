//! Forms that are read, forms that are written, and what a review file lacks of them.

use std::collections::BTreeMap;

use jiff::Timestamp;
use proptest::prelude::*;
use serde_json::{Value, json};

use super::super::form::{self, Form};
use super::super::said::{By, Said};
use super::super::{argilla, label_studio, plan};
use crate::dataset::{Case, Response};
use crate::review::case::CaseReview;
use crate::review::entry::{Act, ErrorKind, Harm, Verdict};
use crate::review::ledger::Ledger;
use crate::review::rank::WeakOrder;
use crate::review::sample::{any_act, case, entry, judge};

fn three() -> Case {
    let response = |model: &str| Response {
        model: model.to_owned(),
        ..Response::default()
    };
    Case {
        instruction_id: case(1).instruction,
        person_id: case(1).person,
        responses: ["a", "b", "c"].map(response).to_vec(),
        ..Case::default()
    }
}

fn models() -> BTreeMap<String, String> {
    let of = three();
    let slots = form::slots(&of).into_iter();
    slots.map(|(letter, r)| (letter, r.model.clone())).collect()
}

fn letter_of(model: &str) -> String {
    let models = models();
    let found = models.iter().find(|(_, m)| *m == model);
    found.expect("a model").0.clone()
}

fn said(form: Form, at: Option<i64>, submitted: Option<u64>) -> Said {
    Said {
        place: "task 1, annotation 1".to_owned(),
        case: case(1),
        models: models(),
        form,
        at: at.map(|ms| Timestamp::from_millisecond(ms).expect("in range")),
        submitted,
        ..Said::default()
    }
}

fn verdict(name: &str) -> Form {
    Form::from([(format!("verdict_{}", letter_of("a")), vec![name.to_owned()])])
}

const NOW: i64 = 1_800_000_000_000;

/// Brings in, as the command does; how many entries were appended.
fn bring(ledger: &mut Ledger, said: &[Said]) -> plan::Plan {
    let all: Vec<&Said> = said.iter().collect();
    let now = Timestamp::from_millisecond(NOW).expect("in range");
    let plan = plan::plan(ledger, &all, now);
    for entry in &plan.entries {
        assert!(ledger.apply(entry.clone()), "an id is used twice");
    }
    plan
}

fn counts(plan: &plan::Plan) -> [usize; 4] {
    [plan.entries.len(), plan.same, plan.before, plan.newer_here]
}

#[test]
fn the_same_file_changes_nothing_and_changes_come_through() {
    let mut ledger = Ledger::new("jchen");
    let of_a = |ledger: &Ledger| ledger.case(&case(1)).verdict("a");
    let first = [said(verdict("correct"), Some(1_750_000_000_000), Some(60))];
    assert_eq!(counts(&bring(&mut ledger, &first)), [2, 0, 0, 0]);
    assert_eq!(
        ledger.case(&case(1)).submitted.as_ref().map(|s| s.seconds),
        Some(60)
    );
    assert_eq!(counts(&bring(&mut ledger, &first)), [0, 1, 1, 0]);
    // There and back again: each change is brought in once, also without a time.
    for at in [Some(1_750_000_000_500), None] {
        for name in ["incorrect", "correct", "unsure", "correct"] {
            let next = [said(verdict(name), at, None)];
            assert_eq!(counts(&bring(&mut ledger, &next))[0], 1, "{name}");
            assert_eq!(counts(&bring(&mut ledger, &next))[0], 0, "{name}");
        }
    }
    assert_eq!(of_a(&ledger), Some(Verdict::Correct));
}

#[test]
fn what_was_undone_or_said_later_here_stays() {
    let mut ledger = Ledger::new("jchen");
    let first = [said(verdict("correct"), Some(1_750_000_000_000), Some(1))];
    let plan = bring(&mut ledger, &first);
    let target = plan.entries[0].id.clone();
    ledger.apply(entry(1, Some(case(1)), Act::Undo { target }));
    ledger.apply(entry(2, Some(case(1)), Act::Reopen {}));
    assert_eq!(counts(&bring(&mut ledger, &first))[0], 0, "undone here");
    // Entries of the sample are of November 2023.
    ledger.apply(entry(3, Some(case(1)), judge("a", Verdict::Unsure)));
    let older = [said(verdict("incorrect"), Some(1_600_000_000_000), Some(9))];
    assert_eq!(counts(&bring(&mut ledger, &older)), [0, 0, 1, 1]);
    let newer = [said(verdict("incorrect"), Some(1_750_000_000_000), Some(9))];
    assert_eq!(counts(&bring(&mut ledger, &newer)), [2, 0, 0, 0]);
    assert_eq!(ledger.case(&case(1)).verdict("a"), Some(Verdict::Incorrect));
}

#[test]
fn of_two_forms_the_later_counts() {
    let mut ledger = Ledger::new("jchen");
    let both = [
        said(verdict("correct"), Some(1_750_000_000_002), None),
        said(verdict("incorrect"), Some(1_750_000_000_001), None),
    ];
    assert_eq!(counts(&bring(&mut ledger, &both)), [1, 0, 0, 0]);
    assert_eq!(ledger.case(&case(1)).verdict("a"), Some(Verdict::Correct));
    assert_eq!(counts(&bring(&mut ledger, &both))[0], 0);
}

#[test]
fn an_own_mark_that_says_the_same_is_not_repeated() {
    let mut ledger = Ledger::new("jchen");
    ledger.apply(entry(1, Some(case(1)), judge("a", Verdict::Correct)));
    let same = [said(verdict("correct"), None, None)];
    assert_eq!(counts(&bring(&mut ledger, &same)), [0, 1, 0, 0]);
}

#[test]
fn what_is_not_understood_is_told_without_its_text() {
    let mut form = verdict("a stroke in 2018");
    form.insert(
        "errors_A".to_owned(),
        vec!["omission".to_owned(), "a stroke".to_owned()],
    );
    form.insert("rank_A".to_owned(), vec!["best".to_owned()]);
    form.insert("verdict_Z".to_owned(), vec!["correct".to_owned()]);
    form.insert("sentiment".to_owned(), vec!["positive".to_owned()]);
    let mut ledger = Ledger::new("jchen");
    let plan = bring(&mut ledger, &[said(form, None, None)]);
    assert_eq!(plan.entries.len(), 1, "the error that is known");
    assert_eq!(plan.wrong.len(), 5, "{:?}", plan.wrong);
    let text = plan.wrong.join("\n");
    assert!(!text.contains("stroke"), "{text}");
    for part in [
        "task 1, annotation 1: ",
        "`rank_A`",
        "`verdict_Z`",
        "`sentiment` is not known",
    ] {
        assert!(text.contains(part), "{part}: {text}");
    }
}

#[test]
fn what_is_not_answered_stays() {
    let mut ledger = Ledger::new("jchen");
    let gold = Act::Gold {
        text: "Yes.".to_owned(),
        applicable: Some(true),
        sufficient: None,
        reason: "So.".to_owned(),
    };
    let tag = Act::Tag {
        model: "a".to_owned(),
        errors: vec![ErrorKind::Omission],
        harm: Some(Harm::Mild),
    };
    ledger.apply(entry(1, Some(case(1)), gold));
    ledger.apply(entry(2, Some(case(1)), tag));
    let form = Form::from([
        ("sufficient".to_owned(), vec!["no".to_owned()]),
        (
            format!("harm_{}", letter_of("a")),
            vec!["severe".to_owned()],
        ),
    ]);
    assert_eq!(counts(&bring(&mut ledger, &[said(form, None, None)]))[0], 2);
    let review = ledger.case(&case(1));
    assert_eq!(
        (review.errors("a"), review.harm("a")),
        (&[ErrorKind::Omission][..], Some(Harm::Severe))
    );
    let gold = review.gold.as_ref().expect("written");
    assert_eq!(
        (gold.text.as_str(), gold.applicable, gold.sufficient),
        ("Yes.", Some(true), Some(false))
    );
}

/// A task as Label Studio's community edition exports it.
fn task(annotations: &Value) -> Value {
    json!({
        "id": 7, "inner_id": 1, "project": 3, "total_annotations": 1, "file_upload": "x.json",
        "data": { "instruction_id": "0000000001", "person_id": "0126158386", "question": "?" },
        "meta": { "models": { "A": "gpt4", "B": "vicuna" } },
        "annotations": annotations,
        "drafts": [{}],
        "predictions": [{ "result": [] }],
    })
}

#[test]
fn tasks_of_label_studio_are_read() {
    let region = |name: &str, to: &str, kind: &str, value: Value| json!({ "id": "x1", "from_name": name, "to_name": to, "type": kind, "origin": "manual", "value": { kind_key(kind): value } });
    let annotations = json!([
        {
            "id": 11, "completed_by": 5, "was_cancelled": false, "lead_time": 4.6,
            "created_at": "2024-03-09T21:16:08.728353Z", "updated_at": "2024-03-09T22:16:08.728378Z",
            "result": [
                region("verdict_A", "answer_A", "choices", json!(["incorrect"])),
                region("comment_A", "answer_A", "textarea", json!(["one", "two"])),
                region("rank", "answers", "ranker", json!({ "1": ["B"], "2": ["A"], "_": ["C"] })),
                { "from_name": "box", "to_name": "img", "type": "rectanglelabels", "value": { "x": 1 } },
            ],
        },
        { "completed_by": { "id": 6, "email": "o@example.org" }, "submitted": "no", "result": [
            region("rank", "answers", "ranker", json!({ "rank": ["B", "A"] })),
        ] },
        { "completed_by": 5, "was_cancelled": true, "result": [] },
    ]);
    let bare = json!({ "data": { "text": "x" }, "annotations": [{ "result": [] }] });
    let brought = label_studio::read(&[task(&annotations), bare, task(&json!([]))]);
    assert_eq!(brought.items, 3);
    let [first, second] = brought.said.as_slice() else {
        panic!("{:?}", brought.said)
    };
    assert_eq!(first.by, By::Id("5".to_owned()));
    assert_eq!(first.case.person, "0126158386");
    assert_eq!(
        (first.submitted, first.at.map(Timestamp::as_millisecond)),
        (Some(5), Some(1_710_022_568_728))
    );
    let get = |name: &str| first.form.get(name).map(|a| a.join("|"));
    assert_eq!(get("verdict_A").as_deref(), Some("incorrect"));
    assert_eq!(get("comment_A").as_deref(), Some("one|two"));
    assert_eq!(
        (
            get("rank_A").as_deref(),
            get("rank_B").as_deref(),
            get("rank_C")
        ),
        (Some("2"), Some("1"), None)
    );
    assert_eq!(
        (&second.by, second.submitted),
        (&By::Name("o@example.org".to_owned()), None)
    );
    assert_eq!(second.form["rank_A"], ["2"]);
    assert_eq!(brought.wrong.len(), 2, "{:?}", brought.wrong);
    let passed: Vec<_> = brought.passed.into_iter().collect();
    assert_eq!(
        passed,
        [
            ("drafts", 2),
            ("predictions", 2),
            ("skipped annotations", 1),
            ("tasks without annotations", 1)
        ]
    );
}

fn kind_key(kind: &str) -> &str {
    if kind == "textarea" { "text" } else { kind }
}

#[test]
fn records_of_argilla_are_read() {
    let answer = |value: Value, user: &str, status: Option<&str>| {
        let mut answer = json!({ "value": value, "user_id": user });
        if let Some(status) = status {
            answer["status"] = status.into();
        }
        answer
    };
    let record = |responses: Value| {
        json!({
            "id": "1/2", "fields": {}, "suggestions": { "verdict_A": { "value": "correct" } }, "vectors": {},
            "metadata": { "instruction_id": "1", "person_id": "2", "model_A": "gpt4" },
            "responses": responses,
        })
    };
    let records = [
        record(json!({
            "verdict_A": [answer(json!("correct"), "u1", Some("submitted")), answer(json!("unsure"), "u2", None)],
            "rank_A": [answer(json!(2), "u1", Some("submitted"))],
            "errors_A": [answer(json!(["omission"]), "u2", None)],
            "done": [answer(json!("yes"), "u2", None)],
            "ranking": [answer(json!(["B", "A"]), "u2", None), answer(json!([{ "value": "A", "rank": 1 }]), "u3", Some("draft"))],
        })),
        record(
            json!({ "verdict_A": [answer(json!("correct"), "u1", Some("discarded"))], "odd": [answer(json!({}), "u4", None)] }),
        ),
    ];
    let users = BTreeMap::from([("u1".to_owned(), "jchen".to_owned())]);
    let brought = argilla::read(&records, &users);
    assert_eq!(brought.said.len(), 4);
    let [first, second, third, _] = brought.said.as_slice() else {
        panic!("{:?}", brought.said)
    };
    assert_eq!(
        (&first.by, first.submitted),
        (&By::Name("jchen".to_owned()), Some(0))
    );
    assert_eq!(first.form["rank_A"], ["2"]);
    assert_eq!(
        (&second.by, second.submitted),
        (&By::Id("u2".to_owned()), Some(0))
    );
    assert_eq!(
        (&second.form["rank_A"], &second.form["rank_B"]),
        (&vec!["2".to_owned()], &vec!["1".to_owned()])
    );
    assert_eq!(third.form["rank_A"], ["1"]);
    assert_eq!(
        brought.wrong,
        ["record 2: an answer that is neither a text nor a number nor a list of them"]
    );
    assert_eq!(brought.passed.get("discarded responses"), Some(&1));
}

/// Of two answers to one question nobody knows which was meant: neither is a judgement, and the form submits nothing.
#[test]
fn two_answers_to_one_question_are_none() {
    let region = |name: &str, value: Value| json!({ "from_name": name, "value": value });
    let verdict = |name: &str| region("verdict_A", json!({ "choices": [name] }));
    let remark = |text: &str| region("comment_B", json!({ "text": [text] }));
    let annotation = |result: Value| json!({ "completed_by": 5, "result": result });
    let annotations = json!([
        annotation(json!([
            verdict("correct"),
            verdict("incorrect"),
            verdict("correct"),
            remark("so"),
            remark("so")
        ])),
        annotation(json!([
            remark("so"),
            remark("and so"),
            region("rank", json!({ "ranker": { "1": ["A"], "2": ["A", "B"] } }))
        ])),
    ]);
    let brought = label_studio::read(&[task(&annotations)]);
    let [first, second] = brought.said.as_slice() else {
        panic!("{:?}", brought.said)
    };
    assert_eq!(first.form.keys().collect::<Vec<_>>(), ["comment_B"]);
    assert!(second.form.is_empty(), "{:?}", second.form);
    assert!(first.refused && second.refused);
    assert_eq!(
        brought.wrong,
        [
            "task 1, annotation 1: two answers to `verdict_A` that differ; neither is used",
            "task 1, annotation 2: two answers to `comment_B` that differ; neither is used",
            "task 1, annotation 2: two answers to `rank_A` that differ; no rank is used",
        ]
    );
    let answer = |value: Value| json!({ "value": value, "user_id": "u1", "status": "submitted" });
    let record = json!({
        "fields": {}, "metadata": { "instruction_id": "1", "person_id": "2", "model_A": "gpt4" },
        "responses": {
            "verdict_A": [answer(json!("correct")), answer(json!("incorrect"))],
            "ranking": [answer(json!(["A", "B", "A"]))],
            "harm_A": [answer(json!("mild")), answer(json!("mild"))],
        },
    });
    let brought = argilla::read(&[record], &BTreeMap::new());
    let said = &brought.said[0];
    assert_eq!(said.form.keys().collect::<Vec<_>>(), ["harm_A"]);
    assert!(said.refused);
    assert_eq!(brought.wrong.len(), 2, "{:?}", brought.wrong);
    // A form that says two things of one answer submits nothing, whatever else it says.
    let plan = bring(&mut Ledger::new("u1"), &brought.said);
    let submits = |e: &crate::review::entry::Entry| matches!(e.act, Act::Submit { .. });
    assert!(!plan.entries.iter().any(submits), "{:?}", plan.entries);
    assert_eq!(plan.not_submitted, 1);
}

#[test]
fn ranks_that_lack_a_ranked_response_replace_no_ranking() {
    let [first, second] = ["A", "B"].map(|letter| models()[letter].clone());
    let now = CaseReview {
        rank: WeakOrder::from_levels(&[vec![first.clone()], vec![second.clone()]]),
        ..CaseReview::default()
    };
    let ranks = |answers: &[(&str, &str)]| {
        let answers = answers.iter();
        let form = answers.map(|(name, rank)| ((*name).to_owned(), vec![(*rank).to_owned()]));
        form::acts(&form.collect(), &models(), &now)
    };
    for answers in [
        &[("rank_A", "2")][..],
        &[("rank_A", "2"), ("rank_B", "first")],
    ] {
        let (acts, wrong) = ranks(answers);
        assert!(acts.is_empty(), "{acts:?}");
        assert!(
            wrong
                .iter()
                .any(|w| w.contains("the ranking stays as it is"))
        );
    }
    let (acts, wrong) = ranks(&[("rank_A", "2"), ("rank_B", "1")]);
    let order = vec![vec![second], vec![first]];
    assert_eq!((acts, wrong), (vec![Act::Rank { order }], Vec::new()));
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(128))]

    #[test]
    fn a_form_says_what_the_review_says(acts in prop::collection::vec(any_act(), 0..30)) {
        let entries = (0..).zip(acts).map(|(n, act)| {
            let key = act.needs_case().then(|| case(1));
            entry(n, key, act)
        });
        let ledgers = Ledger::by_reviewer(entries);
        let nothing = Ledger::new("jchen");
        let review = ledgers.get("jchen").unwrap_or(&nothing).case(&case(1));
        let form = form::filled(&three(), review, true);
        let (acts, wrong) = form::acts(&form, &models(), &CaseReview::default());
        prop_assert_eq!(wrong, Vec::<String>::new());
        // What it stands for holds already, and brought into an empty review it makes the same form.
        for act in &acts {
            // The sample's rank names models that the case does not have.
            prop_assert!(matches!(act, Act::Rank { .. }) || form::holds(act, review), "{:?}", act);
        }
        let mut empty = Ledger::new("jchen");
        bring(&mut empty, &[said(form.clone(), None, None)]);
        prop_assert_eq!(form::filled(&three(), empty.case(&case(1)), true), form);
    }
}

#[test]
fn argillas_lists_of_responses_say_the_same() {
    let letter = letter_of("a");
    let mut metadata = serde_json::Map::new();
    metadata.insert("instruction_id".to_owned(), case(1).instruction.into());
    metadata.insert("person_id".to_owned(), case(1).person.into());
    for (letter, model) in models() {
        metadata.insert(format!("model_{letter}"), model.into());
    }
    let question = format!("verdict_{letter}");
    let record =
        |responses: Value| json!({"fields": {}, "metadata": metadata, "responses": responses});
    let by_question =
        record(json!({&question: [{"value": "correct", "user_id": "u1", "status": "submitted"}]}));
    let of_users = record(json!([
        {"id": "r", "user_id": "u1", "status": "submitted", "values": {&question: {"value": "correct"}}},
        {"id": "s", "user_id": "u2", "status": "discarded", "values": null}]));
    let of_answers = record(
        json!([{"question_name": &question, "value": "correct", "user_id": "u1", "status": "submitted"}]),
    );
    let users = BTreeMap::new();
    let wanted = argilla::read(&[by_question], &users).said;
    assert_eq!(wanted.len(), 1);
    assert_eq!(wanted[0].form[&question], ["correct"]);
    assert!(wanted[0].submitted.is_some());
    let listed = argilla::read(&[of_users], &users);
    assert_eq!(listed.said, wanted);
    assert_eq!(listed.passed["discarded responses"], 1);
    assert_eq!(argilla::read(&[of_answers], &users).said, wanted);
    let nothing = argilla::read(&[record(json!([]))], &users);
    assert_eq!(nothing.passed["records without responses"], 1);
}
