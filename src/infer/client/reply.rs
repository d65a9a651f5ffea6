//! What a server's reply means.
//!
//! In: status, headers, body, and what was asked. Out: an answer, an outcome with a name, or what to do next. Bodies are never
//! printed or kept: of an error its code, its type, and its message where that quotes nothing of the prompt.

use std::time::Duration;

use serde_json::Value;

use super::Request;
use super::fault::{self, Fault, Lack, Overrun};
use crate::dataset::{Outcome, Usage};

/// What came back.
#[derive(Clone, Debug, Default)]
pub(crate) struct Reply {
    /// The HTTP status.
    pub status: u16,
    /// `content-type`, in lower case.
    pub content_type: String,
    /// How long the server asks to wait.
    pub wait: Option<Duration>,
    pub body: Vec<u8>,
}

/// An outcome as the server gave it.
#[derive(Clone, Debug, Default, PartialEq)]
pub(crate) struct Told {
    /// The answer, or what there is of it.
    pub text: String,
    /// Why the model ended.
    pub finish_reason: Option<String>,
    /// Tokens as the server counted them.
    pub usage: Option<Usage>,
    /// The model as the server names it.
    pub model: String,
    /// Mean log-probability of the answer's tokens.
    pub confidence: Option<f64>,
    /// What the model thought.
    pub reasoning: String,
    /// The filter's categories.
    pub categories: Vec<String>,
    /// The status, where it was no success.
    pub status: Option<u16>,
    /// What is said of it.
    pub message: String,
    /// By what the prompt does not fit, where the server says so.
    pub overrun: Option<Overrun>,
}

/// What to do with a reply.
#[derive(Clone, Debug, PartialEq)]
pub(crate) enum Meaning {
    /// This came of the request.
    Done(Outcome, Box<Told>),
    /// Send it again later.
    Again(Box<Fault>),
    /// Send it again with the other name for the reply's length.
    OtherLimit,
    /// No request will do better before a setting is changed.
    Stop(String),
}

/// A server that counted less than this share of the prompt dropped the rest.
const LEAST_SHARE: f64 = 0.8;

/// What a reply to a request means.
pub(crate) fn meaning(reply: &Reply, request: &Request) -> Meaning {
    if reply.status != 200 {
        return fault::meaning(reply.status, &fault::parse(&reply.body), reply.wait);
    }
    if reply.content_type.starts_with("text/html") {
        return Meaning::Again(Box::new(Fault {
            lack: Lack::Server,
            ..Fault::on_the_way("the reply is a web page, no answer: is the address right?")
        }));
    }
    let read = if request.stream || reply.content_type.starts_with("text/event-stream") {
        from_stream(&reply.body)
    } else {
        match parsed(&reply.body) {
            Ok(body) => match fault::within(&body) {
                Some(fault) => Err(fault::meaning(fault.status_or(500), &fault, None)),
                None => Ok(whole(&body)),
            },
            Err(_) => Err(broken("the reply is not JSON")),
        }
    };
    match read {
        Ok(mut told) => {
            let outcome = outcome(&mut told, request, 1.0);
            Meaning::Done(outcome, Box::new(told))
        }
        Err(meaning) => meaning,
    }
}

/// JSON, also where half of a pair of surrogates stands in a text, as where a model was cut off within an emoji.
fn parsed(body: &[u8]) -> serde_json::Result<Value> {
    serde_json::from_slice(body).or_else(|e| {
        let whole = with_whole_characters(body);
        whole.map_or(Err(e), |body| serde_json::from_slice(&body))
    })
}

/// A text of JSON whose escapes of single surrogates are those of the character for what is unknown; `None` where there is none.
fn with_whole_characters(body: &[u8]) -> Option<Vec<u8>> {
    let unit = |at: usize| {
        let escape = body.get(at..at + 6)?.strip_prefix(b"\\u")?;
        u16::from_str_radix(std::str::from_utf8(escape).ok()?, 16).ok()
    };
    let mut whole = body.to_vec();
    let (mut at, mut any) = (0, false);
    while let Some(next) = memchr::memchr(b'\\', &body[at..]) {
        let here = at + next;
        let paired =
            |n: u16| unit(here + 6).is_some_and(|m| n < 0xdc00 && (0xdc00..0xe000).contains(&m));
        at = match unit(here) {
            Some(n) if (0xd800..0xe000).contains(&n) && paired(n) => here + 12,
            Some(n) if (0xd800..0xe000).contains(&n) => {
                whole[here + 2..here + 6].copy_from_slice(b"fffd");
                any = true;
                here + 6
            }
            _ => (here + 2).min(body.len()),
        };
    }
    any.then_some(whole)
}

fn broken(message: &str) -> Meaning {
    Meaning::Again(Box::new(Fault::on_the_way(message)))
}

/// A whole answer.
fn whole(body: &Value) -> Told {
    let choice = &body["choices"][0];
    let message = &choice["message"];
    let mut told = Told {
        text: match &choice["text"] {
            Value::String(text) => text.clone(),
            _ => text_of(&message["content"]),
        },
        confidence: confidence(
            choice["logprobs"]["content"]
                .as_array()
                .into_iter()
                .flatten(),
        )
        .or_else(|| {
            mean(
                choice["logprobs"]["token_logprobs"]
                    .as_array()?
                    .iter()
                    .filter_map(Value::as_f64),
            )
        }),
        ..Told::default()
    };
    about(&mut told, body);
    part(&mut told, choice, message);
    told
}

/// An event stream's parts put together; complete only when a reason to finish was seen.
fn from_stream(body: &[u8]) -> Result<Told, Meaning> {
    let text = String::from_utf8_lossy(body);
    let mut told = Told::default();
    let mut logprobs = Vec::new();
    let mut any = false;
    for line in text.lines() {
        let Some(data) = line.strip_prefix("data:").map(str::trim) else {
            continue;
        };
        let Ok(event) = parsed(data.as_bytes()) else {
            continue;
        };
        if let Some(fault) = fault::within(&event) {
            return Err(fault::meaning(fault.status_or(500), &fault, None));
        }
        any = true;
        about(&mut told, &event);
        let choice = &event["choices"][0];
        let delta = &choice["delta"];
        told.text.push_str(&text_of(&delta["content"]));
        told.text
            .push_str(choice["text"].as_str().unwrap_or_default());
        part(&mut told, choice, delta);
        logprobs.extend(
            choice["logprobs"]["content"]
                .as_array()
                .into_iter()
                .flatten()
                .cloned(),
        );
    }
    told.confidence = confidence(logprobs.iter());
    if told.finish_reason.is_some() {
        Ok(told)
    } else if any {
        Err(broken("the stream was cut off before the answer ended"))
    } else {
        Err(broken("the stream held nothing"))
    }
}

/// What a body says beside its choice.
fn about(told: &mut Told, body: &Value) {
    if let Some(model) = body["model"].as_str() {
        model.clone_into(&mut told.model);
    }
    let count = |name: &str| body["usage"][name].as_u64();
    if let Some(prompt) = count("prompt_tokens") {
        told.usage = Some(Usage {
            prompt,
            completion: count("completion_tokens").unwrap_or(0),
        });
    }
}

/// What a choice says beside its text.
fn part(told: &mut Told, choice: &Value, message: &Value) {
    if let Some(reason) = choice["finish_reason"].as_str() {
        told.finish_reason = Some(reason.to_owned());
    }
    for name in ["reasoning_content", "reasoning"] {
        told.reasoning
            .push_str(message[name].as_str().unwrap_or_default());
    }
    for name in ["content_filter_results", "content_filter_result"] {
        for category in fault::categories(&choice[name]) {
            if !told.categories.contains(&category) {
                told.categories.push(category);
            }
        }
    }
}

/// Content is a text, or a list of parts.
fn text_of(content: &Value) -> String {
    match content {
        Value::String(text) => text.clone(),
        Value::Array(parts) => parts.iter().filter_map(|p| p["text"].as_str()).collect(),
        _ => String::new(),
    }
}

fn confidence<'a>(tokens: impl Iterator<Item = &'a Value>) -> Option<f64> {
    mean(tokens.filter_map(|token| token["logprob"].as_f64()))
}

fn mean(values: impl Iterator<Item = f64>) -> Option<f64> {
    let (sum, n) = values.fold((0.0, 0), |(sum, n), value| (sum + value, n + 1));
    (n > 0).then(|| sum / f64::from(n))
}

/// How a model ended.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Ending {
    /// Of itself.
    Whole,
    /// At the reply's longest or the context's end.
    Cut,
    /// Something held it back.
    Filtered,
    /// In a way that is not known.
    Other,
}

/// What a reason to finish means, in the words of any server: OpenAI's, Anthropic's, Gemini's, Cohere's.
pub(crate) fn ending(reason: &str) -> Ending {
    let reason = reason.trim().to_ascii_lowercase();
    let reason = reason.strip_prefix("finish_reason_").unwrap_or(&reason);
    match reason {
        "stop" | "eos" | "eos_token" | "end_turn" | "stop_sequence" | "complete" | "endoftext" => {
            Ending::Whole
        }
        "length"
        | "max_tokens"
        | "model_length"
        | "max_output_tokens"
        | "model_context_window_exceeded" => Ending::Cut,
        "content_filter"
        | "content_filtered"
        | "refusal"
        | "safety"
        | "recitation"
        | "blocklist"
        | "prohibited_content"
        | "spii"
        | "guardrail_intervened"
        | "error_toxic" => Ending::Filtered,
        _ => Ending::Other,
    }
}

/// Names what a complete reply is; `scale` is how many tokens the server counts for one that is counted here.
pub(crate) fn outcome(told: &mut Told, request: &Request, scale: f64) -> Outcome {
    let sent = request.prompt_tokens;
    let counted = told.usage.map_or(sent as u64, |usage| usage.prompt);
    let full = told.usage.is_some_and(|usage| {
        let limit = request.body["max_tokens"].as_u64();
        limit.is_some_and(|limit| usage.completion < limit)
    });
    told.message.clear();
    let ending = told.finish_reason.as_deref().map_or(Ending::Whole, ending);
    if ending == Ending::Filtered {
        return Outcome::Filtered;
    }
    if (counted as f64) < LEAST_SHARE * scale * sent as f64 {
        told.message = format!(
            "the server counted {counted} tokens of the {sent} that were sent: it dropped a part of the prompt; give it a longer context"
        );
        return Outcome::TruncatedByServer;
    }
    if told.text.trim().is_empty() {
        if !told.reasoning.is_empty() {
            "the whole reply was spent on thinking".clone_into(&mut told.message);
        }
        return Outcome::Empty;
    }
    match ending {
        Ending::Whole | Ending::Filtered => Outcome::Answered,
        Ending::Cut => {
            if full {
                "the model's context was full before the reply was as long as it may be"
                    .clone_into(&mut told.message);
            }
            Outcome::Cut
        }
        Ending::Other => {
            let other = told.finish_reason.as_deref().unwrap_or_default();
            let other: String = other.chars().take(40).collect();
            told.message = format!("the model ended for another reason: {other}");
            Outcome::Failed
        }
    }
}
