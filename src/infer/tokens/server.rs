//! The server's own tokenizer, asked at `/tokenize`, where it has one: llama.cpp and vLLM.
//!
//! In: a text, which goes to the server that would be sent it anyway. Out: its tokens. Where the server tells the tokens' pieces and they are
//! the text, it can be cut by them; where it only counts, strategies of whole events are left.

use std::sync::Arc;

use serde_json::{Value, json};

use super::Counter;
use crate::error::{Error, Result};
use crate::infer::client::Client;

/// A server that counts.
pub(super) struct Server {
    client: Arc<Client>,
    model: String,
    name: String,
}

impl Server {
    /// Tries it with a short text.
    ///
    /// # Errors
    /// When the server has no `/tokenize`.
    pub(super) fn of(client: Arc<Client>, model: &str) -> Result<Self> {
        let server = Server {
            name: format!("{}/tokenize", client.reach().endpoint.host()),
            client,
            model: model.to_owned(),
        };
        server.starts("1 mg").map_err(|e| {
            e.hint("this server does not count tokens: name another tokenizer, cl100k_base or a tokenizer.json")
        })?;
        Ok(server)
    }

    fn ask(&self, text: &str) -> Result<Value> {
        // llama.cpp's names, then vLLM's: either ignores the other's.
        let body = json!({"content": text, "add_special": false, "with_pieces": true,
            "model": self.model, "prompt": text, "add_special_tokens": false, "return_token_strs": true});
        self.client
            .post(&self.client.reach().endpoint.beside("/tokenize"), &body)
    }
}

impl Counter for Server {
    fn name(&self) -> &str {
        &self.name
    }

    fn starts(&self, text: &str) -> Result<Vec<u32>> {
        let reply = self.ask(text)?;
        let strange = || {
            Error::new(
                crate::error::Kind::Unreadable,
                format!("{}: the server's tokens are not the text", self.name),
            )
            .hint("take a strategy of whole events, or name another tokenizer")
        };
        let pieces = reply["tokens"].as_array().ok_or_else(strange)?;
        let lengths: Option<Vec<usize>> = match reply["token_strs"].as_array() {
            Some(words) => words.iter().map(|w| Some(written(w.as_str()?))).collect(),
            None => pieces.iter().map(|p| piece(&p["piece"])).collect(),
        };
        let lengths = lengths.ok_or_else(strange)?;
        let sum: usize = lengths.iter().sum();
        // Some tokenizers put a blank before the text.
        let mut surplus = sum
            .checked_sub(text.len())
            .filter(|n| *n <= 1)
            .ok_or_else(strange)?;
        let mut at = 0;
        let mut starts = Vec::with_capacity(lengths.len());
        for length in lengths {
            starts.push(at as u32);
            let own = length - surplus.min(length);
            surplus -= length - own;
            at += own;
        }
        Ok(starts)
    }

    fn count(&self, text: &str) -> Result<usize> {
        let reply = self.ask(text)?;
        let count = reply["count"].as_u64().map(|n| n as usize);
        count
            .or_else(|| Some(reply["tokens"].as_array()?.len()))
            .ok_or_else(|| {
                Error::new(
                    crate::error::Kind::Unreadable,
                    format!("{}: the server does not count", self.name),
                )
            })
    }
}

/// The bytes of a piece: words, or bytes where it is no whole character.
fn piece(piece: &Value) -> Option<usize> {
    match piece {
        Value::String(text) => Some(text.len()),
        Value::Array(bytes) => Some(bytes.len()),
        _ => None,
    }
}

/// The bytes of a token as vocabularies write it: one character a byte, or `▁` for a blank and `<0xE4>` for a byte.
fn written(token: &str) -> usize {
    if token.starts_with("<0x") && token.ends_with('>') {
        return 1;
    }
    let byte_by_byte = token.contains(['Ġ', 'Ċ', 'ĉ']) || token.chars().all(|c| (c as u32) < 0x144);
    token
        .chars()
        .map(|c| {
            if c == '▁' || byte_by_byte {
                1
            } else {
                c.len_utf8()
            }
        })
        .sum()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::infer::client::tests::{JSON, Server as Fake, reach, say};

    fn server(reply: Value) -> Result<Server> {
        let fake = Fake::new(move |_, stream| say(stream, 200, JSON, &reply.to_string()));
        Server::of(Arc::new(Client::new(reach(&fake.url))), "m")
    }

    #[test]
    fn pieces_are_bytes_of_the_text() {
        let llama = json!({"tokens": [{"id": 1, "piece": "1"}, {"id": 2, "piece": [32]}, {"id": 3, "piece": "mg"}]});
        let server_ = server(llama).expect("counts");
        assert_eq!(server_.starts("1 mg").expect("tokens"), [0, 1, 2]);
        assert_eq!(server_.count("1 mg").expect("tokens"), 3);
        let vllm = json!({"count": 2, "tokens": [1, 2], "token_strs": ["1", "Ġmg"]});
        assert_eq!(
            server(vllm)
                .expect("counts")
                .starts("1 mg")
                .expect("tokens"),
            [0, 1]
        );
        let blank_before = json!({"count": 2, "tokens": [1, 2], "token_strs": ["▁1", "▁mg"]});
        assert_eq!(
            server(blank_before)
                .expect("counts")
                .starts("1 mg")
                .expect("tokens"),
            [0, 1]
        );
        for other in [
            json!({"tokens": [1, 2]}),
            json!({}),
            json!({"tokens": [{"piece": "1"}]}),
        ] {
            let error = server(other).err().expect("no tokens of the text");
            assert!(error.hint_text().is_some());
        }
    }
}
