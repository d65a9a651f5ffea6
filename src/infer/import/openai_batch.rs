//! OpenAI's batches: the output, the errors, and the requests where they are beside them.
//!
//! In: JSON Lines, each with a `custom_id`. Out: an answer or an outcome each. The id names the case: the instruction's, or that and
//! the patient's; where it is another, the request's prompt says which case it is.

use std::path::Path;

use rustc_hash::FxHashMap;
use serde_json::{Map, Value};

use super::lines::each_line;
use super::stream::at;
use super::{About, Found, asked, files, id, name, text};
use crate::error::{Error, Result};
use crate::infer::client::Request;
use crate::infer::client::fault::{self, Fault};
use crate::infer::client::reply::{Reply, meaning};

pub(super) fn read(path: &Path, take: &mut dyn FnMut(Found)) -> Result<About> {
    let all = files(path, "", &["jsonl"])?;
    let mut about = About::default();
    // None where two requests of the same id ask for different things.
    let mut prompts: FxHashMap<String, Option<String>> = FxHashMap::default();
    let mut broken = Vec::new();
    for file in &all {
        each_line(file, &mut broken, &mut |_, row| {
            if let (Some(named), Value::Object(_)) = (id(at(&row, "custom_id")), at(&row, "body")) {
                request(&mut about, at(&row, "body"));
                let asked = prompt(at(&row, "body"));
                let kept = prompts.entry(named).or_insert_with(|| Some(asked.clone()));
                if kept.as_ref() != Some(&asked) {
                    *kept = None;
                }
            }
        })?;
    }
    broken.clear();
    let (mut answers, mut unclear) = (0, Vec::new());
    for file in &all {
        each_line(file, &mut broken, &mut |line, row| {
            if at(&row, "body").is_object() {
                return;
            }
            answers += 1;
            let mut found = of_row(&row);
            found.place = format!("{}:{line}", name(file));
            let named = found.hint.as_ref();
            match named.and_then(|n| prompts.get(n)) {
                Some(Some(prompt)) => found.prompt.clone_from(prompt),
                // Which of them this is an answer to is not known.
                Some(None) => {
                    let what = "two requests have this id; import each batch by itself";
                    return unclear.push((found.place, what.to_owned()));
                }
                None => {}
            }
            if about.model.is_empty() {
                about.model.clone_from(&found.told.model);
            }
            take(found);
        })?;
    }
    broken.append(&mut unclear);
    about.broken = broken;
    if answers == 0 {
        return Err(
            Error::unreadable(path, "no line here is the output of a batch")
                .hint("download the batch's output file, and its error file if it has one"),
        );
    }
    Ok(about)
}

fn request(about: &mut About, body: &Value) {
    for name in [
        "model",
        "temperature",
        "seed",
        "max_tokens",
        "max_completion_tokens",
    ] {
        about.set(name, &body[name]);
    }
}

/// What a request asks, in any of the interfaces that batches have.
fn prompt(body: &Value) -> String {
    ["messages", "input", "prompt"]
        .iter()
        .find_map(|name| body.get(*name))
        .map(asked)
        .unwrap_or_default()
}

fn of_row(row: &Map<String, Value>) -> Found {
    let mut found = Found::new(String::new());
    found.hint = id(at(row, "custom_id"));
    let response = at(row, "response");
    let body = &response["body"];
    if body.is_object() {
        // The interface `responses` has the texts elsewhere.
        let whole = if body["output"].is_array() {
            of_responses(body)
        } else {
            body.clone()
        };
        let reply = Reply {
            status: response["status_code"].as_u64().unwrap_or(200) as u16,
            body: whole.to_string().into_bytes(),
            ..Reply::default()
        };
        // How many tokens were sent is not known, so that none are missed.
        let asked = Request {
            path: "",
            body: Value::Null,
            stream: false,
            prompt_tokens: 0,
        };
        found.mean(meaning(&reply, &asked), &fault::parse(&reply.body));
        if reply.status != 200 {
            found.told.status = Some(reply.status);
        }
        return found;
    }
    let error = at(row, "error");
    let fault = fault::within(&Value::Object(row.clone())).unwrap_or_default();
    let said = Fault {
        message: id(&error["message"]).unwrap_or_else(|| "the batch has no response".to_owned()),
        ..fault
    };
    found.mean(fault::meaning(400, &said, None), &said);
    found.told.status = None;
    found
}

/// An answer of the interface `responses` as a chat completion.
fn of_responses(body: &Value) -> Value {
    let parts = body["output"].as_array().into_iter().flatten();
    let parts = parts.filter(|p| p["type"] == "message");
    let said: String = parts.map(|p| text(&p["content"])).collect();
    let reason = match body["incomplete_details"]["reason"].as_str() {
        None => "stop",
        Some("max_output_tokens") => "length",
        Some(other) => other,
    };
    serde_json::json!({
        "model": body["model"],
        "choices": [{"message": {"content": said}, "finish_reason": reason}],
        "usage": {
            "prompt_tokens": body["usage"]["input_tokens"],
            "completion_tokens": body["usage"]["output_tokens"],
        },
    })
}
