//! What Label Studio exports as JSON: tasks with annotations.
//!
//! In: tasks. Out: what people said, one for each annotation. Skipped annotations, drafts and predictions are passed over and
//! counted.

use std::collections::BTreeMap;

use jiff::Timestamp;
use serde_json::Value;

use super::{Brought, By, Said, case_of, fit, texts};
use crate::review::form::Form;

/// Reads tasks.
pub fn read(tasks: &[Value]) -> Brought {
    let mut brought = Brought {
        items: tasks.len(),
        ..Brought::default()
    };
    for (n, task) in (1..).zip(tasks) {
        let place = format!("task {n}");
        let list = |name: &str| {
            task.get(name)
                .and_then(Value::as_array)
                .map_or(&[][..], Vec::as_slice)
        };
        for (what, name) in [("predictions", "predictions"), ("drafts", "drafts")] {
            *brought.passed.entry(what).or_default() += list(name).len();
        }
        let annotations = list("annotations");
        if annotations.is_empty() {
            *brought
                .passed
                .entry("tasks without annotations")
                .or_default() += 1;
            continue;
        }
        let Some(case) = case_of(task.get("data")) else {
            let what = format!("{place}: its data has no instruction_id and person_id");
            brought.wrong.push(what);
            continue;
        };
        let models = task
            .get("meta")
            .and_then(|m| m.get("models"))
            .and_then(Value::as_object);
        let models: BTreeMap<String, String> = models
            .into_iter()
            .flatten()
            .filter_map(|(letter, model)| Some((letter.clone(), model.as_str()?.to_owned())))
            .collect();
        for (m, annotation) in (1..).zip(annotations) {
            let place = format!("{place}, annotation {m}");
            if annotation.get("was_cancelled").and_then(Value::as_bool) == Some(true) {
                *brought.passed.entry("skipped annotations").or_default() += 1;
                continue;
            }
            let mut form = Form::new();
            let wrong_before = brought.wrong.len();
            match annotation.get("result").and_then(Value::as_array) {
                Some(regions) => {
                    for region in regions {
                        if let Err(what) = add(region, &mut form) {
                            brought.wrong.push(format!("{place}: {what}"));
                        }
                    }
                }
                None => brought.wrong.push(format!("{place}: it has no result")),
            }
            let time = |name: &str| annotation.get(name)?.as_str()?.parse::<Timestamp>().ok();
            // An annotation of Label Studio is a submitted one; only our own exports say otherwise.
            let open = annotation.get("submitted").and_then(Value::as_str) == Some("no");
            let seconds = annotation
                .get("lead_time")
                .and_then(Value::as_f64)
                .unwrap_or_default();
            brought.said.push(Said {
                place,
                by: who(annotation.get("completed_by")),
                case: case.clone(),
                models: models.clone(),
                texts: fit::Texts::of(task.get("data")),
                shown: None,
                form,
                refused: brought.wrong.len() > wrong_before,
                at: time("updated_at").or_else(|| time("created_at")),
                submitted: (!open).then_some(seconds.max(0.0).round() as u64),
            });
        }
    }
    brought.passed.retain(|_, n| *n > 0);
    brought
}

/// The email of a person, or the id where the export has no more.
fn who(completed_by: Option<&Value>) -> By {
    let id = |value: &Value| match value {
        Value::String(text) if !text.is_empty() => By::Id(text.clone()),
        Value::Number(id) => By::Id(id.to_string()),
        _ => By::Nobody,
    };
    let Some(Value::Object(person)) = completed_by else {
        return completed_by.map_or(By::Nobody, id);
    };
    match person.get("email").and_then(Value::as_str) {
        Some(email) if !email.is_empty() => By::Name(email.to_owned()),
        _ => person.get("id").map_or(By::Nobody, id),
    }
}

/// Adds a region's answer to the form.
fn add(region: &Value, form: &mut Form) -> Result<(), String> {
    let name = region.get("from_name").and_then(Value::as_str);
    let name = name.ok_or("a region without from_name")?;
    let value = region.get("value").ok_or("a region without a value")?;
    if let Some(ranker) = value.get("ranker") {
        return add_ranks(ranker, name, form);
    }
    let answers = ["choices", "text"].iter().find_map(|kind| value.get(*kind));
    let answers = answers.and_then(texts);
    let answers = answers.ok_or("a region that is neither a choice nor a text nor a ranking")?;
    form.insert(name.to_owned(), answers);
    Ok(())
}

/// Buckets are rank numbers; a ranking without buckets is an order without ties.
fn add_ranks(ranker: &Value, name: &str, form: &mut Form) -> Result<(), String> {
    let mut put = |letter: String, rank: String| {
        form.insert(format!("rank_{letter}"), vec![rank]);
    };
    let mut in_order = |list: &Value| {
        let letters = texts(list).ok_or("a ranking of things that are no texts")?;
        for (n, letter) in (1..).zip(letters) {
            put(letter, n.to_string());
        }
        Ok(())
    };
    match ranker {
        Value::Array(_) => in_order(ranker),
        Value::Object(buckets) => {
            if let Some(list) = buckets.get(name) {
                return in_order(list);
            }
            // What is not in a bucket yet is not ranked.
            for (bucket, letters) in buckets.iter().filter(|(bucket, _)| *bucket != "_") {
                let letters = texts(letters).ok_or("a bucket of things that are no texts")?;
                for letter in letters {
                    put(letter, bucket.clone());
                }
            }
            Ok(())
        }
        _ => Err("a ranking that is neither a list nor buckets".to_owned()),
    }
}
