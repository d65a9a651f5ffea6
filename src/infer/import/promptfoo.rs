//! promptfoo: the JSON of `--output` or `export`, version 3.
//!
//! In: `results.results[]`, streamed, each a test, a provider and a prompt. Out: an answer each; the provider (and the prompt, where
//! there are several) is the system. Ids are those of the test's `vars`.

use std::path::Path;

use serde_json::{Map, Value};

use super::stream::{self, Wanted, at};
use super::{About, Found, id, metric, text};
use crate::error::Result;

const RESULTS: Wanted<'_> = Wanted {
    way: &["results", "results"],
    beside: &["evalId", "config"],
    skip: &[],
};

pub(super) fn read(path: &Path, take: &mut dyn FnMut(Found)) -> Result<About> {
    let mut about = About::default();
    let mut models: Vec<String> = Vec::new();
    let beside = stream::each(path, stream::open(path)?, &RESULTS, &mut |n, row| {
        let mut found = of_row(&row);
        found.place = format!("results[{n}]");
        if !models.contains(&found.told.model) {
            models.push(found.told.model.clone());
        }
        take(found);
    })?;
    about.model = models.join(", ");
    about.set("evalId", at(&beside, "evalId"));
    for provider in at(&beside, "config")["providers"]
        .as_array()
        .into_iter()
        .flatten()
    {
        for name in ["temperature", "max_tokens"] {
            about.set(name, &provider["config"][name]);
        }
    }
    Ok(about)
}

fn of_row(row: &Map<String, Value>) -> Found {
    let mut found = Found::new(String::new());
    let vars = at(row, "vars");
    let vars = if vars.is_object() {
        vars
    } else {
        &at(row, "testCase")["vars"]
    };
    if let Some(vars) = vars.as_object() {
        found.know(vars);
    }
    let prompt = at(row, "prompt");
    found.prompt = of_prompt(&prompt["raw"]);
    let provider = at(row, "provider");
    let named = id(&provider["label"])
        .or_else(|| id(&provider["id"]))
        .or_else(|| id(provider));
    let named = named.unwrap_or_default();
    found.told.model = id(&provider["id"]).unwrap_or_else(|| named.clone());
    let which = at(row, "promptIdx").as_u64().unwrap_or(0);
    found.system = if which == 0 {
        named
    } else {
        format!("{named}, prompt {}", which.saturating_add(1))
    };
    let response = at(row, "response");
    found.seconds = at(row, "latencyMs").as_f64().unwrap_or(0.0) / 1000.0;
    found.told.text = match &response["output"] {
        // What a model gave as an object is kept as its JSON.
        object @ (Value::Object(_) | Value::Array(_)) => object.to_string(),
        output => text(output),
    };
    let reason = id(&response["finishReason"]);
    found.told.finish_reason = reason;
    let tokens = &response["tokenUsage"];
    found.told.usage = super::usage(tokens, "prompt", "completion");
    found.settle();
    let error = id(&response["error"]).or_else(|| id(at(row, "error")));
    // A test that failed has an error, too; the answer is there all the same.
    if let Some(error) = error.filter(|_| found.told.text.is_empty()) {
        let model = std::mem::take(&mut found.told.model);
        found.fail(None, &error);
        found.told.model = model;
    }
    let grading = at(row, "gradingResult");
    if let Some(score) = grading["score"].as_f64() {
        found.scores.push((metric(&["promptfoo", "score"]), score));
    }
    for (name, score) in at(row, "namedScores").as_object().into_iter().flatten() {
        if let Some(score) = score.as_f64() {
            found.scores.push((metric(&["promptfoo", name]), score));
        }
    }
    found
}

/// A prompt is a text, or JSON of messages within one.
fn of_prompt(raw: &Value) -> String {
    let messages = raw
        .as_str()
        .filter(|text| text.trim_start().starts_with('['))
        .and_then(|text| serde_json::from_str::<Value>(text).ok());
    messages.map_or_else(|| text(raw), |messages| super::asked(&messages))
}
