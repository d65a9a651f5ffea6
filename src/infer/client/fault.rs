//! What a server says when it does not answer.
//!
//! In: a status and a body in any of the forms that servers have. Out: what it means, with code, type and message.

use std::time::Duration;

use serde_json::Value;

use super::reply::{Meaning, Told};
use super::wordings;
use crate::dataset::Outcome;

/// An error as a server describes it.
#[derive(Clone, Debug, Default, PartialEq)]
pub(crate) struct Fault {
    /// The HTTP status, or the one that an error within a success states.
    pub status: Option<u16>,
    /// The code and the type, with a blank between.
    pub code: String,
    /// The setting that it is about.
    pub param: String,
    /// The message in words.
    pub message: String,
    /// The filter's categories.
    pub categories: Vec<String>,
    /// Whether a filter held it back.
    pub filtered: bool,
    /// How long to wait.
    pub wait: Option<Duration>,
    /// What the server lacks.
    pub lack: Lack,
    /// By what a prompt does not fit.
    pub overrun: Option<Overrun>,
}

/// What a server lacks where a request may do better later.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(crate) enum Lack {
    /// It is not known.
    #[default]
    Unknown,
    /// It is asked too much.
    Breath,
    /// The context that requests share has no room left.
    Room,
    /// Nothing came in time.
    Time,
    /// It is not reached at all.
    Server,
}

/// A prompt that does not fit, in the server's own numbers.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Overrun {
    /// Tokens that prompt and reply may have together.
    pub limit: u64,
    /// Tokens of the prompt.
    pub prompt: u64,
}

impl Fault {
    pub(super) fn status_or(&self, status: u16) -> u16 {
        self.status.unwrap_or(status)
    }

    /// Whether code or message hold one of these words, which are in small letters.
    pub(super) fn says(&self, words: &[&str]) -> bool {
        let (code, message) = (
            self.code.to_ascii_lowercase(),
            self.message.to_ascii_lowercase(),
        );
        words
            .iter()
            .any(|w| code.contains(w) || message.contains(w))
    }

    /// What went wrong on the way, in words of this program.
    pub(super) fn on_the_way(message: &str) -> Self {
        Fault {
            message: message.to_owned(),
            ..Fault::default()
        }
    }
}

/// The error in the body of a reply that is no success.
pub(crate) fn parse(body: &[u8]) -> Fault {
    if let Ok(body) = serde_json::from_slice::<Value>(body) {
        // A list of details echoes what was sent.
        let words = || Fault::on_the_way(body["detail"].as_str().unwrap_or_default());
        return within(&body).unwrap_or_else(words);
    }
    // Plain text may echo what was sent, too: only what is known is read.
    let text = Fault::on_the_way(&String::from_utf8_lossy(body));
    if wordings::too_long(&text) || wordings::full(&text) {
        text
    } else {
        Fault::default()
    }
}

/// The error within a body, if there is one: an object or words under `error`, or the body itself.
pub(crate) fn within(body: &Value) -> Option<Fault> {
    let error = match &body["error"] {
        Value::Null if body["object"] == "error" => body,
        Value::Null => return None,
        error => error,
    };
    let text = |value: &Value| match value {
        Value::String(text) => text.clone(),
        Value::Number(number) => number.to_string(),
        _ => String::new(),
    };
    let mut filtered = false;
    each_text(error, &mut |value| {
        filtered |= ["content_filter", "ResponsibleAIPolicyViolation"].contains(&value)
            || value.contains("content management policy")
            || value.contains("ContentPolicyViolation");
    });
    let mut found = Vec::new();
    each_filter(error, &mut found);
    let code = format!("{} {}", text(&error["code"]), text(&error["type"]));
    let number = text(&error["code"]).parse().ok();
    let message = error
        .as_str()
        .map_or_else(|| text(&error["message"]), str::to_owned);
    Some(Fault {
        status: number.filter(|n| (400..600).contains(n)),
        code: code.trim().to_owned(),
        param: text(&error["param"]),
        overrun: overrun(error, &message),
        message,
        categories: found,
        filtered,
        ..Fault::default()
    })
}

fn each_text(value: &Value, take: &mut impl FnMut(&str)) {
    match value {
        Value::String(text) => take(text),
        Value::Array(all) => all.iter().for_each(|v| each_text(v, take)),
        Value::Object(all) => all.values().for_each(|v| each_text(v, take)),
        _ => {}
    }
}

fn each_filter(value: &Value, found: &mut Vec<String>) {
    if let Value::Object(all) = value {
        for (name, value) in all {
            if name.starts_with("content_filter_result") {
                found.extend(categories(value));
            } else {
                each_filter(value, found);
            }
        }
    }
}

/// The categories by which a filter held something back, with their severity.
pub(crate) fn categories(result: &Value) -> Vec<String> {
    let all = result.as_object().into_iter().flatten();
    all.filter(|(_, of)| of["filtered"] == true)
        .map(|(name, of)| match of["severity"].as_str() {
            Some(severity) => format!("{name} ({severity})"),
            None => name.clone(),
        })
        .collect()
}

/// What an error of this status means.
pub(crate) fn meaning(status: u16, fault: &Fault, wait: Option<Duration>) -> Meaning {
    let mut fault = fault.clone();
    fault.status = Some(status);
    fault.wait = wait.or_else(|| wait_in_words(&fault.message));
    if fault.filtered {
        return done(Outcome::Filtered, fault);
    }
    if fault.says(&["insufficient_quota", "exceeded your current quota"]) {
        return Meaning::Stop(
            "the quota of this key is used up: see the plan and billing of the account".to_owned(),
        );
    }
    if wordings::full(&fault) {
        fault.lack = Lack::Room;
        return Meaning::Again(Box::new(fault));
    }
    if status == 413 || wordings::too_long(&fault) {
        return done(Outcome::TooLong, fault);
    }
    if fault.says(&["unsupported_parameter"]) && fault.param == "max_tokens" {
        return Meaning::OtherLimit;
    }
    // A proxy says so with status 400.
    if fault.says(&["invalid model name", "model_not_found"]) {
        return Meaning::Stop(
            "the server has no model of this name: check model; /v1/models lists what it has"
                .to_owned(),
        );
    }
    match status {
        401 | 403 => Meaning::Stop(format!(
            "the server refuses the key (status {status}): check key_env or key_file, and what the key may do"
        )),
        404 => Meaning::Stop(
            "the server knows no such address or model (status 404): check endpoint and model"
                .to_owned(),
        ),
        300..=399 => Meaning::Stop(format!(
            "the server sends elsewhere (status {status}), which is not followed: name the final address as endpoint"
        )),
        408 | 409 | 429 | 500..=599 => {
            if status == 429 || status == 503 {
                fault.lack = Lack::Breath;
            }
            Meaning::Again(Box::new(fault))
        }
        _ => done(Outcome::Failed, fault),
    }
}

fn done(outcome: Outcome, fault: Fault) -> Meaning {
    Meaning::Done(outcome, Box::new(told(fault)))
}

/// What is told of a fault that is the end of its request.
pub(super) fn told(fault: Fault) -> Told {
    Told {
        message: said(&fault),
        categories: fault.categories,
        status: fault.status,
        overrun: fault.overrun,
        ..Told::default()
    }
}

/// An error in one line.
pub(crate) fn said(fault: &Fault) -> String {
    let parts = [
        fault.code.as_str(),
        fault.message.lines().next().unwrap_or_default(),
    ];
    let parts: Vec<&str> = parts.into_iter().filter(|p| !p.is_empty()).collect();
    parts.join(": ").chars().take(300).collect()
}

/// The numbers of a prompt that does not fit: llama.cpp has fields for them, others put them into words.
fn overrun(error: &Value, message: &str) -> Option<Overrun> {
    let words = |before: &[&str], after: &[&str]| {
        let number = |text: &str| text.parse::<u64>().ok();
        let behind = before.iter().find_map(|words| {
            let (_, rest) = message.split_once(words)?;
            let end = rest.find(|c: char| !c.is_ascii_digit());
            number(&rest[..end.unwrap_or(rest.len())])
        });
        behind.or_else(|| {
            after.iter().find_map(|words| {
                message.match_indices(words).find_map(|(at, _)| {
                    let rest = &message[..at];
                    let digits = rest.bytes().rev().take_while(u8::is_ascii_digit);
                    number(&rest[at - digits.count()..])
                })
            })
        })
    };
    let limit = error["n_ctx"].as_u64().or_else(|| {
        words(
            &[
                "maximum context length is ",
                "context length is only ",
                "must be <= ",
                "available context size (",
            ],
            &[" maximum"],
        )
    })?;
    let prompt = error["n_prompt_tokens"].as_u64().or_else(|| {
        words(
            &["messages resulted in ", "prompt is too long: ", "request ("],
            &[" in the messages", " input tokens", " `inputs` tokens"],
        )
    })?;
    Some(Overrun { limit, prompt })
}

/// "try again in 41.7s", "retry after 37 seconds".
fn wait_in_words(message: &str) -> Option<Duration> {
    let lower = message.to_ascii_lowercase();
    let behind = ["try again in ", "retry after "]
        .iter()
        .find_map(|words| lower.split_once(words).map(|(_, behind)| behind))?;
    let number = behind
        .find(|c: char| !c.is_ascii_digit() && c != '.')
        .unwrap_or(behind.len());
    let amount: f64 = behind[..number].parse().ok()?;
    let unit = behind[number..].trim_start();
    let seconds = if unit.starts_with("ms") {
        amount / 1000.0
    } else if unit.starts_with('m') {
        amount * 60.0
    } else {
        amount
    };
    Duration::try_from_secs_f64(seconds).ok()
}
