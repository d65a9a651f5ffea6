//! What Argilla writes to disk: records with responses, and who the users are.
//!
//! In: records, and `users.json` beside them where it is there. Out: what people said, one for each record and user. Discarded
//! responses and suggestions are passed over and counted.

use std::collections::BTreeMap;
use std::path::Path;

use serde_json::Value;

use super::{Brought, By, Said, case_of, fit, texts};
use crate::error::{Error, Result};
use crate::review::export::argilla::{DONE, USERS};
use crate::review::form::Form;

/// The users' names by their ids, of the file beside the records; none when there is no such file.
///
/// # Errors
/// When it is there and cannot be read.
pub fn users(records: &Path) -> Result<BTreeMap<String, String>> {
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
pub fn read(records: &[Value], users: &BTreeMap<String, String>) -> Brought {
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
        for (id, mut person) in people {
            if person.statuses.iter().any(|s| s == "discarded") {
                *brought.passed.entry("discarded responses").or_default() += 1;
                continue;
            }
            let done = match person.form.remove(DONE) {
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
                texts: fit::Texts::of(record.get("fields")),
                shown: None,
                form: person.form,
                refused: person.refused,
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
    form: Form,
    statuses: Vec<String>,
    refused: bool,
}

/// Adds an answer to the form; a ranking is an order of letters, with or without rank numbers.
fn add(question: &str, value: &Value, form: &mut Form) -> Result<(), String> {
    let wrong = || "an answer that is neither a text nor a number nor a list of them".to_owned();
    if question != "ranking" {
        form.insert(question.to_owned(), texts(value).ok_or_else(wrong)?);
        return Ok(());
    }
    for (n, item) in (1..).zip(value.as_array().ok_or_else(wrong)?) {
        let letter = item.as_str().or_else(|| item.get("value")?.as_str());
        let letter = letter.ok_or_else(wrong)?;
        let rank = item.get("rank").and_then(Value::as_u64).unwrap_or(n);
        form.insert(format!("rank_{letter}"), vec![rank.to_string()]);
    }
    Ok(())
}
