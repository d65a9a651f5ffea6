//! Cases as records of Argilla (2.x: what `Dataset.to_disk` writes and `Dataset.from_disk` reads), out and in.
//!
//! Out: of the cases to export `records.json`, the settings and the dataset in `.argilla`, and `users.json`, which says who a
//! user id is. A reviewer's marks are responses, the table's own, when asked for, suggestions. In: of such records, or those of its
//! server, what people said, one for each user and record. Never: a model's name where annotators see it; it stands in metadata that is
//! not visible to them.

use std::collections::BTreeMap;
use std::path::Path;

use serde_json::{Map, Value, json};

use super::account::{Account, Item, Why};
use super::fit::Texts;
use super::form::{self, Choice, Filling, Form, Question, Takes};
use super::label_studio::{count, slots};
use super::picked::{Reviewed, pick};
use super::said::{Brought, By, Said, case_of, texts};
use super::{File, Options, Picked, Source};
use crate::error::{Error, Result};
use crate::review::blind::letter;
use crate::stats::hash::fnv1a;

/// The records.
pub(crate) const RECORDS: &str = "records.json";
/// Who is who.
pub(crate) const USERS: &str = "users.json";
const SETTINGS: &str = ".argilla/settings.json";
const DATASET: &str = ".argilla/dataset.json";

/// The question that every submitted response answers. Argilla wants one such, and what its library writes to disk does not say
/// which responses are submitted.
pub(crate) const DONE: &str = "done";

/// Argilla's ratings end here.
const LAST_RATING: u32 = 10;

/// Records, settings, dataset and users, and the account of them.
pub(crate) fn files(source: &Source<'_>, options: Options) -> (Vec<File>, Account) {
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
    metadata.insert("saw_gold".to_owned(), who(|r| r.review.seen.gold));
    metadata.insert("saw_others".to_owned(), who(|r| r.review.seen.others));
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
        for asked in &form::OF_RESPONSE {
            let title = format!("{} {letter}", asked.title);
            let takes = control(asked, slots);
            questions.push(question(&name(asked.name), &title, false, &takes));
        }
    }
    for asked in &form::OF_CASE {
        let takes = control(asked, slots);
        questions.push(question(asked.name, asked.title, false, &takes));
    }
    let done = choices("label_selection", &[("yes", "yes", ""), ("no", "no", "")]);
    questions.push(question(DONE, "I am done with this case", true, &done));
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

fn question(name: &str, title: &str, required: bool, settings: &Value) -> Value {
    json!({ "name": name, "title": title, "description": null, "required": required, "settings": settings })
}

fn choices(kind: &str, all: &[Choice]) -> Value {
    let options = all
        .iter()
        .map(|(value, text, _)| json!({ "value": value, "text": text }));
    json!({ "type": kind, "options": options.collect::<Vec<_>>() })
}

/// The settings of a question, in a form about so many responses.
fn control(question: &Question, slots: usize) -> Value {
    match question.takes {
        Takes::One => choices("label_selection", &question.choices()),
        Takes::Many => {
            let mut many = choices("multi_label_selection", &question.choices());
            many["options_order"] = "natural".into();
            many
        }
        Takes::Rank => {
            // Argilla wants two ratings at least.
            let ratings = 1..=(slots as u32).clamp(2, LAST_RATING);
            let ratings: Vec<Value> = ratings.map(|n| json!({ "value": n })).collect();
            json!({ "type": "rating", "options": ratings })
        }
        Takes::Text => json!({ "type": "text", "use_markdown": false }),
    }
}

fn metadatum(name: &str, visible: bool) -> Value {
    json!({
        "name": name,
        "title": name,
        "settings": { "type": "terms", "values": null, "visible_for_annotators": visible },
        "visible_for_annotators": visible,
    })
}

/// The users' names by their ids, of the file beside the records; none when there is no such file.
///
/// # Errors
/// When it is there and cannot be read.
pub(crate) fn users(records: &Path) -> Result<BTreeMap<String, String>> {
    let path = records.with_file_name(USERS);
    let bytes = match std::fs::read(&path) {
        Ok(bytes) => bytes,
        Err(e) if e.kind() == std::io::ErrorKind::NotFound => return Ok(BTreeMap::new()),
        Err(e) => return Err(Error::io(&path, "reading the users", e)),
    };
    let users: Vec<Value> = serde_json::from_slice(&bytes).map_err(|e| {
        Error::unreadable(
            &path,
            format_args!("line {}: this is no list of users", e.line()),
        )
        .hint("move the file away, and say who is who with --reviewer")
    })?;
    let text = |user: &Value, name: &str| Some(user.get(name)?.as_str()?.to_owned());
    let pair = |user: &Value| Some((text(user, "id")?, text(user, "username")?));
    Ok(users.iter().filter_map(pair).collect())
}

/// Reads records.
pub(crate) fn read(records: &[Value], users: &BTreeMap<String, String>) -> Brought {
    let mut brought = Brought {
        items: records.len(),
        ..Brought::default()
    };
    for (n, record) in (1..).zip(records) {
        let place = format!("record {n}");
        let map = |name: &str| record.get(name).and_then(Value::as_object);
        let suggestions = map("suggestions").map_or(0, serde_json::Map::len);
        *brought.passed.entry("suggestions").or_default() += suggestions;
        let Some(responses) = record.get("responses").and_then(by_question) else {
            *brought
                .passed
                .entry("records without responses")
                .or_default() += 1;
            continue;
        };
        let Some(case) = case_of(record.get("metadata")) else {
            let what = format!("{place}: its metadata has no instruction_id and person_id");
            brought.wrong.push(what);
            continue;
        };
        let models: BTreeMap<String, String> = map("metadata")
            .into_iter()
            .flatten()
            .filter_map(|(name, model)| {
                let letter = name.strip_prefix("model_")?;
                Some((letter.to_owned(), model.as_str()?.to_owned()))
            })
            .collect();
        let mut people: BTreeMap<String, Person> = BTreeMap::new();
        for (question, answers) in &responses {
            for answer in answers {
                let id = answer
                    .get("user_id")
                    .and_then(Value::as_str)
                    .unwrap_or_default();
                let person = people.entry(id.to_owned()).or_default();
                let status = answer.get("status").and_then(Value::as_str);
                person.statuses.push(status.unwrap_or("unknown").to_owned());
                let added = match answer.get("value") {
                    None | Some(Value::Null) => Ok(()),
                    Some(value) => add(question, value, &mut person.form),
                };
                if let Err(what) = added {
                    person.refused = true;
                    brought.wrong.push(format!("{place}: {what}"));
                }
            }
        }
        for (id, person) in people {
            if person.statuses.iter().any(|s| s == "discarded") {
                *brought.passed.entry("discarded responses").or_default() += 1;
                continue;
            }
            let (mut form, disputed) = person.form.finish();
            let refused = person.refused || !disputed.is_empty();
            let disputed = disputed.into_iter();
            brought
                .wrong
                .extend(disputed.map(|what| format!("{place}: {what}")));
            let done = match form.remove(DONE) {
                Some(answer) => answer == ["yes"],
                None => person.statuses.iter().all(|s| s == "submitted"),
            };
            brought.said.push(Said {
                place: place.clone(),
                by: match users.get(&id) {
                    Some(name) => By::Name(name.clone()),
                    None if id.is_empty() => By::Nobody,
                    None => By::Id(id),
                },
                case: case.clone(),
                models: models.clone(),
                texts: Texts::of(record.get("fields")),
                shown: None,
                form,
                refused,
                at: None,
                submitted: done.then_some(0),
            });
        }
    }
    brought.passed.retain(|_, n| *n > 0);
    brought
}

/// The responses of a record by question, `None` where there are none. Argilla's library writes them so; its server, and exports of
/// older versions, have a list: of a user's answers to all questions (`values`), or of one answer each with its question's name.
fn by_question(responses: &Value) -> Option<BTreeMap<String, Vec<Value>>> {
    let mut all: BTreeMap<String, Vec<Value>> = BTreeMap::new();
    let mut add = |question: &str, value: Value, of: &Value| {
        let mut answer = serde_json::json!({ "value": value });
        for name in ["user_id", "status"] {
            answer[name] = of[name].clone();
        }
        all.entry(question.to_owned()).or_default().push(answer);
    };
    match responses {
        Value::Object(questions) => {
            for (question, answers) in questions {
                for answer in answers.as_array().into_iter().flatten() {
                    add(question, answer["value"].clone(), answer);
                }
            }
        }
        Value::Array(answers) => {
            for answer in answers {
                if let Some(question) = answer["question_name"].as_str() {
                    add(question, answer["value"].clone(), answer);
                    continue;
                }
                // A user who discarded the record may have answered nothing.
                let values = answer["values"].as_object();
                if values.is_none_or(serde_json::Map::is_empty) {
                    add(DONE, Value::Null, answer);
                }
                for (question, value) in values.into_iter().flatten() {
                    let inner = value.get("value").unwrap_or(value);
                    add(question, inner.clone(), answer);
                }
            }
        }
        _ => {}
    }
    Some(all).filter(|all| !all.is_empty())
}

/// What a user said of a record.
#[derive(Default)]
struct Person {
    form: Filling,
    statuses: Vec<String>,
    refused: bool,
}

/// Adds an answer to the form; a ranking is an order of letters, with or without rank numbers.
fn add(question: &str, value: &Value, form: &mut Filling) -> Result<(), String> {
    let wrong = || "an answer that is neither a text nor a number nor a list of them".to_owned();
    if question != "ranking" {
        form.put(question, &texts(value).ok_or_else(wrong)?);
        return Ok(());
    }
    for (n, item) in (1..).zip(value.as_array().ok_or_else(wrong)?) {
        let letter = item.as_str().or_else(|| item.get("value")?.as_str());
        let letter = letter.ok_or_else(wrong)?;
        let rank = item.get("rank").and_then(Value::as_u64).unwrap_or(n);
        form.put(&format!("rank_{letter}"), &[rank.to_string()]);
    }
    Ok(())
}
