//! lm-evaluation-harness: `samples_<task>_<date>.jsonl`, and `results_<date>.json` beside it.
//!
//! In: a line an answer and filter. Out: an answer a document and repeat, as the model gave it, or as one filter left it. Ids are known only where
//! the task keeps them in `doc`; `doc_id` numbers rows and names no case.

use std::path::Path;

use serde_json::{Map, Value};

use super::lines::each_line;
use super::stream::{self, at};
use super::{About, Found, files, id, metric, name, text};
use crate::error::{Error, Result};

pub(super) fn read(
    path: &Path,
    filter: Option<&str>,
    take: &mut dyn FnMut(Found),
) -> Result<About> {
    let samples = files(path, "samples_", &["jsonl"])?;
    let [samples] = samples.as_slice() else {
        let what = format!("{} files samples_*.jsonl are here", samples.len());
        return Err(Error::unreadable(path, what).hint("name one of them"));
    };
    let mut about = About::default();
    settings(&mut about, samples)?;
    let mut broken = Vec::new();
    let mut first: Option<String> = None;
    let mut others = 0;
    let mut known: Vec<String> = Vec::new();
    let model = about.model.clone();
    each_line(samples, &mut broken, &mut |line, row| {
        let of = id(at(&row, "filter")).unwrap_or_default();
        if !known.contains(&of) {
            known.push(of.clone());
        }
        // What the model gave is the same under each filter.
        let wanted = filter.unwrap_or_else(|| first.get_or_insert_with(|| of.clone()));
        if of != wanted {
            others += 1;
            return;
        }
        for (answer, trial) in answers(&row, filter.is_some()).into_iter().zip(1..) {
            let mut found = of_row(&row, answer);
            found.place = format!("{}:{line}", name(samples));
            found.told.model.clone_from(&model);
            found.trial = trial;
            // The metrics are of the row, which is as good as its first answer.
            if trial > 1 {
                found.scores.clear();
            }
            take(found);
        }
    })?;
    if let Some(filter) = filter.filter(|f| !known.iter().any(|k| k == f)) {
        return Err(Error::usage(format!("no row is of the filter {filter}"))
            .hint(format!("the filters here are {}", known.join(", "))));
    }
    about.broken = broken;
    if others > 0 {
        about.aside.insert("rows of other filters", others);
    }
    Ok(about)
}

/// The settings of the newest results beside the samples.
fn settings(about: &mut About, samples: &Path) -> Result<()> {
    let folder = crate::files::private::parent(samples);
    let results = files(folder, "results", &["json"])?;
    let Some(results) = results.last() else {
        return Ok(());
    };
    let results = stream::whole(results)?;
    let config = &results["config"];
    about.model = id(&results["model_name"])
        .or_else(|| id(&config["model"]))
        .unwrap_or_default();
    for name in ["model", "model_args", "gen_kwargs", "limit", "random_seed"] {
        about.set(name, &config[name]);
    }
    Ok(())
}

fn of_row(row: &Map<String, Value>, answer: String) -> Found {
    let mut found = Found::new(String::new());
    if let Some(doc) = at(row, "doc").as_object() {
        found.know(doc);
    }
    found.prompt = prompt(at(row, "arguments"));
    found.golds.extend(id(at(row, "target")));
    found.told.text = answer;
    found.settle();
    let named = at(row, "metrics").as_array().into_iter().flatten();
    for of in named.filter_map(Value::as_str) {
        if let Some(score) = row.get(of).and_then(Value::as_f64) {
            found.scores.push((metric(&["lm-eval", of]), score));
        }
    }
    found
}

/// The answers to a row's first request, one a repeat; an empty one where there is none.
fn answers(row: &Map<String, Value>, filtered: bool) -> Vec<String> {
    let of = at(row, if filtered { "filtered_resps" } else { "resps" });
    let request = of.get(0).unwrap_or(&Value::Null);
    match request {
        Value::Array(repeats) if !repeats.is_empty() => repeats.iter().map(text).collect(),
        Value::Array(_) => vec![String::new()],
        one => vec![text(one)],
    }
}

/// What was asked: the first argument of the first request, in either form.
fn prompt(arguments: &Value) -> String {
    match arguments {
        Value::Object(all) => all.values().next().map(prompt_of).unwrap_or_default(),
        Value::Array(all) => all.first().map(prompt_of).unwrap_or_default(),
        _ => String::new(),
    }
}

fn prompt_of(request: &Value) -> String {
    let argument = match request {
        Value::Object(_) => &request["arg_0"],
        Value::Array(all) => all.first().unwrap_or(&Value::Null),
        other => other,
    };
    // A chat template's messages are JSON within the argument.
    let messages = argument
        .as_str()
        .filter(|text| text.starts_with('['))
        .and_then(|text| serde_json::from_str::<Value>(text).ok());
    match messages {
        Some(messages) if messages[0]["role"].is_string() => super::asked(&messages),
        _ => text(argument),
    }
}
