//! Batches of OpenAI or Anthropic: the output, the errors, and the requests where they are beside them.
//!
//! In: JSON Lines, each with a `custom_id`. Out: an answer or an outcome each; of several choices each. The id names the case: the instruction's, or that and
//! the patient's; where it is another, the request's prompt says which case it is.

use std::path::Path;

use rustc_hash::FxHashMap;
use serde_json::{Map, Value};

use super::lines::each_line;
use super::stream::at;
use super::{About, Found, asked, files, id, name, text, with_further};
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
            if let (Some(named), Some(body)) = (id(at(&row, "custom_id")), requested(&row)) {
                request(&mut about, body);
                let asked = prompt(body);
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
            if requested(&row).is_some() {
                return;
            }
            answers += 1;
            let place = format!("{}:{line}", name(file));
            let (mut found, mut further) = match of_row(&row) {
                Ok(all) => all,
                Err(what) => return unclear.push((place, what.to_owned())),
            };
            found.place = place;
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
            for further in &mut further {
                further.place.clone_from(&found.place);
                further.prompt.clone_from(&found.prompt);
            }
            with_further(found, further).for_each(&mut *take);
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

/// What a line asks, where it is a request: OpenAI's or Anthropic's.
fn requested(row: &Map<String, Value>) -> Option<&Value> {
    let asked = ["body", "params"].into_iter().map(|name| at(row, name));
    asked.into_iter().find(|body| body.is_object())
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

/// The first answer that a line has, and the further ones.
///
/// # Errors
/// When it is of no kind that is known here.
fn of_row(row: &Map<String, Value>) -> std::result::Result<(Found, Vec<Found>), &'static str> {
    let mut found = Found::new(String::new());
    found.hint = id(at(row, "custom_id"));
    let response = at(row, "response");
    let message = &at(row, "result")["message"];
    // The interfaces `responses` and `messages` have the texts elsewhere.
    let mut body = match &response["body"] {
        body if body["output"].is_array() => of_responses(body),
        body if message.is_object() && !body.is_object() => of_messages(message),
        body => body.clone(),
    };
    if !body.is_object() {
        fail(&mut found, row)?;
        return Ok((found, Vec::new()));
    }
    let status = response["status_code"].as_u64().unwrap_or(200) as u16;
    let mut choices = match body["choices"].take() {
        Value::Array(choices) => choices,
        _ => Vec::new(),
    };
    if choices.is_empty() && status == 200 && fault::within(&body).is_none() {
        return Err("the response has no answer in any form that is known here");
    }
    choices.sort_by_key(|choice| choice["index"].as_u64());
    let mut all = Vec::new();
    for choice in choices {
        let mut one = found.clone();
        body["choices"] = Value::Array(vec![choice]);
        take_reply(&mut one, status, &body);
        all.push(one);
    }
    if all.is_empty() {
        take_reply(&mut found, status, &body);
        all.push(found);
    }
    let first = all.remove(0);
    Ok((first, all))
}

/// Takes a reply as if it had just come.
fn take_reply(found: &mut Found, status: u16, body: &Value) {
    let reply = Reply {
        status,
        body: body.to_string().into_bytes(),
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
    if status != 200 {
        found.told.status = Some(status);
    }
}

/// Takes what a line says in place of a response.
fn fail(found: &mut Found, row: &Map<String, Value>) -> std::result::Result<(), &'static str> {
    let result = at(row, "result");
    let error = match at(row, "error") {
        Value::Null => &result["error"]["error"],
        error => error,
    };
    let ended = ["errored", "expired", "canceled"];
    let ended = ended.into_iter().find(|how| result["type"] == *how);
    let refused = at(row, "response")["status_code"].as_u64();
    if error.is_null() && ended.is_none() && refused.is_none_or(|status| status == 200) {
        return Err("the line has neither a response nor an error");
    }
    let fault = fault::within(&serde_json::json!({"error": error})).unwrap_or_default();
    let said = Fault {
        message: id(&error["message"])
            .or(ended.map(|how| format!("the batch says: {how}")))
            .unwrap_or_else(|| "the batch has no response".to_owned()),
        ..fault
    };
    found.mean(fault::meaning(400, &said, None), &said);
    found.told.status = None;
    Ok(())
}

/// An answer of Anthropic's interface `messages` as a chat completion.
fn of_messages(message: &Value) -> Value {
    let content = &message["content"];
    let parts = content.as_array().into_iter().flatten();
    let thought: String = parts.filter_map(|p| p["thinking"].as_str()).collect();
    serde_json::json!({
        "model": message["model"],
        "choices": [{
            "message": {"content": text(content), "reasoning_content": thought},
            "finish_reason": message["stop_reason"],
        }],
        "usage": {
            "prompt_tokens": message["usage"]["input_tokens"],
            "completion_tokens": message["usage"]["output_tokens"],
        },
    })
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
