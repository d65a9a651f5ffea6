//! Token counters: how a model's tokenizer cuts a text.
//!
//! In: a text. Out: the byte at which each token begins, or how many there are. Special tokens that are written in a text are
//! ordinary text here, and none is added.

mod bpe;
mod file;
mod pieces;
mod server;

use std::path::Path;
use std::sync::Arc;

use super::client::Client;
use crate::error::{Error, Result};

/// A tokenizer that counts.
pub(crate) trait Counter: Send + Sync {
    /// What it is called in files and messages.
    fn name(&self) -> &str;

    /// The byte of the text at which each token begins, ascending; a token may begin within a character.
    ///
    /// # Errors
    /// When the tokenizer cannot take the text.
    fn starts(&self, text: &str) -> Result<Vec<u32>>;

    /// How many tokens there are.
    ///
    /// # Errors
    /// When the tokenizer cannot take the text.
    fn count(&self, text: &str) -> Result<usize> {
        Ok(self.starts(text)?.len())
    }

    /// Whether a text cut where a line begins (see [`begins_line`]) has the same tokens in its parts.
    fn cuts_at_lines(&self) -> bool {
        false
    }
}

/// The counter of this name: `cl100k_base`, `o200k_base`, or the path of a `tokenizer.json`.
///
/// # Errors
/// When it is neither, or the file cannot be used.
pub(crate) fn open(name: &str) -> Result<Box<dyn Counter>> {
    match name {
        "cl100k_base" => Ok(Box::new(bpe::Bpe::cl100k())),
        "o200k_base" => Ok(Box::new(bpe::Bpe::o200k())),
        _ if Path::new(name)
            .extension()
            .is_some_and(|e| e.eq_ignore_ascii_case("json")) =>
        {
            Ok(Box::new(file::FromFile::read(Path::new(name))?))
        }
        _ => Err(Error::usage(format!("there is no tokenizer {name}"))
            .hint("say cl100k_base, o200k_base, server, or the path of a tokenizer.json")),
    }
}

/// The counter of a server, for `server` as a tokenizer's name.
///
/// # Errors
/// When it does not count.
pub(crate) fn of_server(client: Arc<Client>, model: &str) -> Result<Box<dyn Counter>> {
    Ok(Box::new(server::Server::of(client, model)?))
}

/// Whether byte `at` begins a line on which something but blanks stands first: no token of the byte-pair encodings reaches over
/// such a place, because their patterns end a token behind the last of several line feeds.
pub(crate) fn begins_line(text: &str, at: usize) -> bool {
    let bytes = text.as_bytes();
    let Some(line) = bytes.get(at..) else {
        return false;
    };
    let first = line.iter().copied().find(|b| *b != b' ');
    at > 0 && bytes[at - 1] == b'\n' && first.is_some_and(|b| b.is_ascii_graphic() && b != b'/')
}

#[cfg(test)]
mod tests;
