//! What a server's tokens are to those that are counted here.
//!
//! In: a request of which the server counted far fewer tokens than were sent. Out: how many of its tokens stand for one of ours, so that a
//! tokenizer that writes less densely is told from a prompt that was shortened in silence. Two short pieces of the same prompt are counted by
//! the server: too short to be shortened, and in their difference there is nothing of a chat's template. That is asked once a run at most, and
//! only when it matters.

use std::sync::{Mutex, PoisonError};

use serde_json::{Value, json};

use super::client::{Came, Client, Halt, Request};
use super::ready::Ready;

/// The longest piece, in tokens.
const PIECE: u64 = 768;
/// From pieces that are shorter than this nothing can be learned.
const LEAST: u64 = 96;

/// The measure of one run.
#[derive(Debug, Default)]
pub(crate) struct Scale(Mutex<Option<f64>>);

impl Scale {
    /// How many tokens the server counts for one of ours, 1 at most.
    ///
    /// # Errors
    /// When the run was ended or cannot go on.
    pub(super) fn of(
        &self,
        client: &Client,
        ready: &Ready,
        request: &Request,
        came: &Came,
    ) -> Result<f64, Halt> {
        // Workers that come to the same question wait for the answer.
        let mut known = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        if let Some(scale) = *known {
            return Ok(scale);
        }
        let counted = came.told.usage.map_or(0, |usage| usage.prompt);
        let most = (counted / 2).min(PIECE);
        // A prompt that is too short for it leaves the question to the next.
        *known = measure(client, ready, request, most)?;
        Ok(known.unwrap_or(1.0))
    }

    /// The measure, if it had to be taken and is not the same.
    pub(crate) fn known(&self) -> Option<f64> {
        let known = *self.0.lock().unwrap_or_else(PoisonError::into_inner);
        known.filter(|scale| *scale < 1.0)
    }
}

fn measure(
    client: &Client,
    ready: &Ready,
    request: &Request,
    most: u64,
) -> Result<Option<f64>, Halt> {
    if most < LEAST || ready.system.tokenizer == "server" {
        return Ok(None);
    }
    let prompt = match &request.body["prompt"] {
        Value::String(text) => Some(text.as_str()),
        _ => request.body["messages"]
            .as_array()
            .and_then(|all| all.last()?["content"].as_str()),
    };
    let prompt = prompt.unwrap_or_default();
    let Ok(starts) = ready
        .counter()
        .starts(&prompt[..floor(prompt, 64 * PIECE as usize)])
    else {
        return Ok(None);
    };
    let mut counts = Vec::new();
    for tokens in [most / 3, most] {
        let Some(end) = starts.get(tokens as usize) else {
            return Ok(None);
        };
        let piece = &prompt[..floor(prompt, *end as usize)];
        let mut body = ready.system.body(piece);
        body["max_tokens"] = json!(1);
        let asked = Request {
            body,
            prompt_tokens: 0,
            ..request.clone()
        };
        let Some(usage) = client.ask(&asked)?.told.usage else {
            return Ok(None);
        };
        counts.push((tokens as f64, usage.prompt as f64));
    }
    let scale = (counts[1].1 - counts[0].1) / (counts[1].0 - counts[0].0);
    Ok((scale > 0.05).then(|| scale.min(1.0)))
}

/// The last place where a character begins, up to a byte.
fn floor(text: &str, byte: usize) -> usize {
    text.floor_char_boundary(byte)
}
