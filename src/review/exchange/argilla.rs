//! Cases as records of Argilla (2.x: what `Dataset.to_disk` writes and `Dataset.from_disk` reads).
//!
//! In: the cases to export. Out: `records.json`, the settings and the dataset in `.argilla`, and `users.json`, which says who a
//! user id is. A reviewer's marks are responses, the table's own, when asked for, suggestions. Never: a model's name where
//! annotators see it; it stands in metadata that is not visible to them.

use std::collections::BTreeMap;

use serde_json::{Map, Value, json};

use super::account::{Account, Item, Why};
use super::label_studio::{count, slots};
use super::picked::{Reviewed, pick};
use super::{File, Options, Picked, Source};
use crate::review::blind::letter;
use crate::review::entry::{ErrorKind, Harm};
use crate::review::form::{self, Form};
use crate::stats::hash::fnv1a;

/// The records.
pub const RECORDS: &str = "records.json";
/// Who is who.
pub const USERS: &str = "users.json";
const SETTINGS: &str = ".argilla/settings.json";
const DATASET: &str = ".argilla/dataset.json";

/// The question that every submitted response answers. Argilla wants one such, and what its library writes to disk does not say
/// which responses are submitted.
pub const DONE: &str = "done";

/// Argilla's ratings end here.
const LAST_RATING: u32 = 10;

/// Records, settings, dataset and users, and the account of them.
pub fn files(source: &Source<'_>, options: Options) -> (Vec<File>, Account) {
    let (selection, mut account) = pick(source, options);
    let slots = slots(&selection);
    let mut users: BTreeMap<&str, String> = BTreeMap::new();
    let mut records = Vec::new();
    for picked in &selection.cases {
        count(picked, options, LAST_RATING, &mut account);
        for Reviewed { reviewer, .. } in &picked.reviews {
            users.entry(reviewer).or_insert_with(|| user_id(reviewer));
        }
        records.push(record(picked, options, &users));
    }
    account.rows = records.len();
    account.left(Item::GivenLabel, Why::NoPlace, selection.relevance.len());
    let users: Vec<Value> = users
        .iter()
        .map(|(name, id)| json!({ "id": id, "username": name }))
        .collect();
    let dataset = json!({
        "name": name_for_argilla(source.name),
        "status": "ready",
        "guidelines": GUIDELINES,
        "allow_extra_metadata": true,
        "distribution": { "strategy": "overlap", "min_submitted": 1 },
    });
    let file = |name, value: &Value| File {
        name,
        bytes: serde_json::to_vec_pretty(value).unwrap_or_default(),
    };
    let files = vec![
        file(RECORDS, &records.into()),
        file(SETTINGS, &settings(slots)),
        file(DATASET, &dataset),
        file(USERS, &users.into()),
    ];
    (files, account)
}

const GUIDELINES: &str = "Judge each answer to the instruction by the patient's record. Rank the answers: 1 is best, ties share a number.";

/// Argilla takes letters, digits, `-`, `_` and blanks.
fn name_for_argilla(name: &str) -> String {
    let plain = |c: char| {
        if c.is_ascii_alphanumeric() || matches!(c, '-' | '_' | ' ') {
            c
        } else {
            '-'
        }
    };
    let name: String = name.chars().map(plain).collect();
    let name = name.trim_matches(['-', '_', ' ']);
    if name.is_empty() {
        "medalign".to_owned()
    } else {
        name.to_owned()
    }
}

/// The id under which a reviewer stands: a UUID (version 8) made of the name.
fn user_id(reviewer: &str) -> String {
    let half = |salt: u8| fnv1a(&[&[salt], reviewer.as_bytes()].concat());
    let (a, b) = (half(0), half(1));
    format!(
        "{:08x}-{:04x}-8{:03x}-{:04x}-{:012x}",
        a >> 32,
        (a >> 16) & 0xffff,
        a & 0xfff,
        0x8000 | ((b >> 48) & 0x3fff),
        b & 0xffff_ffff_ffff,
    )
}

fn record(picked: &Picked<'_>, options: Options, users: &BTreeMap<&str, String>) -> Value {
    let case = picked.case;
    let free = |text: &str| Value::from(if options.text { text } else { "" });
    let mut fields = Map::new();
    let mut metadata = Map::new();
    fields.insert("question".to_owned(), free(&case.question));
    metadata.insert(
        "instruction_id".to_owned(),
        case.instruction_id.clone().into(),
    );
    metadata.insert("person_id".to_owned(), case.person_id.clone().into());
    for (letter, response) in form::slots(case) {
        fields.insert(format!("answer_{letter}"), free(&response.text));
        metadata.insert(format!("model_{letter}"), response.model.clone().into());
    }
    // By reviewer, as a response here has no place for it.
    let who = |of: fn(&Reviewed<'_>) -> bool| -> Value {
        let names = picked.reviews.iter().filter(|r| of(r));
        names.map(|r| r.reviewer).collect::<Vec<_>>().into()
    };
    metadata.insert("blind".to_owned(), who(|r| r.standing.blind));
    metadata.insert("saw_gold".to_owned(), who(|r| r.review.seen().gold));
    metadata.insert("saw_others".to_owned(), who(|r| r.review.seen().others));
    metadata.insert(
        "outside_plan".to_owned(),
        who(|r| r.standing.planned == Some(false)),
    );
    let mut responses: Map<String, Value> = Map::new();
    for Reviewed {
        reviewer, review, ..
    } in &picked.reviews
    {
        let form = form::filled(case, review, options.text);
        let done = review.is_done();
        let status = if done { "submitted" } else { "draft" };
        let mut values = values(&form);
        if done || !values.is_empty() {
            let done = if done { "yes" } else { "no" };
            values.push((DONE.to_owned(), done.into()));
        }
        for (name, value) in values {
            let answers = responses.entry(name).or_insert_with(|| json!([]));
            let answer =
                json!({ "value": value, "user_id": users.get(reviewer), "status": status });
            if let Value::Array(answers) = answers {
                answers.push(answer);
            }
        }
    }
    let suggested = options.suggest.then(|| super::suggested(case)).flatten();
    let suggested = suggested.map(|review| form::filled(case, &review, options.text));
    let suggestions: Map<String, Value> = suggested
        .iter()
        .flat_map(values)
        .map(|(name, value)| {
            let suggestion = json!({ "value": value, "score": null, "agent": super::SUGGESTED });
            (name, suggestion)
        })
        .collect();
    json!({
        "id": case.key().to_string(),
        "fields": fields,
        "metadata": metadata,
        "suggestions": suggestions,
        "responses": responses,
        "vectors": {},
        "status": "pending",
        "_server_id": null,
    })
}

/// The answers of a form as Argilla's questions take them.
fn values(form: &Form) -> Vec<(String, Value)> {
    let value = |name: &str, answers: &[String]| -> Option<Value> {
        let question = name.split('_').next().unwrap_or_default();
        Some(match question {
            "errors" => answers.to_vec().into(),
            "rank" => {
                let rank: u32 = answers.first()?.parse().ok()?;
                return (rank <= LAST_RATING).then(|| rank.into());
            }
            _ => answers.join("\n").into(),
        })
    };
    let answers = form.iter();
    answers
        .filter_map(|(name, answers)| Some((name.clone(), value(name, answers)?)))
        .collect()
}

fn settings(slots: usize) -> Value {
    let letters: Vec<String> = (0..slots as u32).map(letter).collect();
    let field = |name: &str, title: &str, required: bool| {
        json!({
            "name": name,
            "title": title,
            "required": required,
            "settings": { "type": "text", "use_markdown": false },
        })
    };
    let question = |name: &str, title: &str, required: bool, settings: Value| json!({ "name": name, "title": title, "description": null, "required": required, "settings": settings });
    let options = |all: &[(&str, &str)]| -> Value {
        let options = all
            .iter()
            .map(|(value, text)| json!({ "value": value, "text": text }));
        options.collect::<Vec<_>>().into()
    };
    let one = |all: &[(&str, &str)]| json!({ "type": "label_selection", "options": options(all) });
    let text = || json!({ "type": "text", "use_markdown": false });
    let verdicts = [
        ("correct", "correct"),
        ("incorrect", "incorrect"),
        ("unsure", "unsure"),
    ];
    let errors = ErrorKind::ALL.map(|e| (e.name(), e.label()));
    let harms = Harm::ALL.map(|h| (h.name(), h.name()));
    let yes_no = [("yes", "yes"), ("no", "no")];
    // Argilla wants two ratings at least.
    let ratings = 1..=(slots as u32).clamp(2, LAST_RATING);
    let ratings: Vec<Value> = ratings.map(|n| json!({ "value": n })).collect();
    let mut fields = vec![field("question", "Instruction", true)];
    let mut questions = Vec::new();
    let mut metadata = vec![
        metadatum("instruction_id", true),
        metadatum("person_id", true),
        metadatum("blind", false),
        metadatum("saw_gold", false),
        metadatum("saw_others", false),
        metadatum("outside_plan", false),
    ];
    for letter in &letters {
        let name = |question: &str| format!("{question}_{letter}");
        fields.push(field(&name("answer"), &format!("Answer {letter}"), false));
        metadata.push(metadatum(&name("model"), false));
        let mut ask = |what: &str, title: &str, settings: Value| {
            questions.push(question(
                &name(what),
                &format!("{title} {letter}"),
                false,
                settings,
            ));
        };
        ask("verdict", "Verdict on", one(&verdicts));
        let many = json!({ "type": "multi_label_selection", "options": options(&errors), "options_order": "natural" });
        ask("errors", "What is wrong with", many);
        ask("harm", "Harm that may follow from", one(&harms));
        ask(
            "rank",
            "Rank of",
            json!({ "type": "rating", "options": ratings }),
        );
        ask("comment", "Remark on", text());
    }
    let mut ask = |name: &str, title: &str, settings: Value| {
        let required = name == DONE;
        questions.push(question(name, title, required, settings));
    };
    ask(
        "applicable",
        "The instruction applies to this record",
        one(&yes_no),
    );
    ask(
        "sufficient",
        "The record says enough to follow it",
        one(&yes_no),
    );
    ask("gold", "Your own response", text());
    ask(
        "reason",
        "Why it does not apply, or the record does not say enough",
        text(),
    );
    ask("comment", "Remark on the case", text());
    ask(DONE, "I am done with this case", one(&yes_no));
    json!({
        "guidelines": GUIDELINES,
        "questions": questions,
        "fields": fields,
        "vectors": [],
        "metadata": metadata,
        "allow_extra_metadata": true,
        "distribution": { "strategy": "overlap", "min_submitted": 1 },
        "mapping": null,
    })
}

fn metadatum(name: &str, visible: bool) -> Value {
    json!({
        "name": name,
        "title": name,
        "settings": { "type": "terms", "values": null, "visible_for_annotators": visible },
        "visible_for_annotators": visible,
    })
}
