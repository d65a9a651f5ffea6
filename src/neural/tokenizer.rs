//! A model's tokenizer.
//!
//! In: `tokenizer.json` of the model's folder, and a text. Out: the text's tokens with the model's own ones around them, cut to
//! the model's length as its Python library cuts them. What the file itself says of cutting and padding is left aside.

use std::path::{Path, PathBuf};

use tokenizers::Tokenizer;

use crate::error::{Error, Result};
use crate::stats::hash::Fnv1a;

/// A tokenizer.
pub(crate) struct Tokens {
    path: PathBuf,
    tokenizer: Tokenizer,
    fingerprint: Fnv1a,
}

impl Tokens {
    /// Reads a `tokenizer.json`.
    ///
    /// # Errors
    /// When it is not there, or is no tokenizer.
    pub(crate) fn read(path: &Path) -> Result<Self> {
        let bytes = std::fs::read(path).map_err(|e| {
            Error::io(path, "reading the tokenizer", e)
                .hint("`medalign help models` says which files of which model go where")
        })?;
        let unusable = |e| {
            Error::unreadable(path, format_args!("this is no usable tokenizer: {e}"))
                .hint("take the tokenizer.json that the model came with")
        };
        let mut tokenizer = Tokenizer::from_bytes(&bytes).map_err(unusable)?;
        tokenizer.with_truncation(None).map_err(unusable)?;
        tokenizer.with_padding(None);
        Ok(Tokens {
            path: path.to_owned(),
            tokenizer,
            fingerprint: Fnv1a::of(&bytes),
        })
    }

    /// The tokens of a text with the model's own around them, at most `longest`: the last of all stays the last.
    ///
    /// # Errors
    /// When the tokenizer cannot take the text.
    pub(crate) fn of(&self, text: &str, longest: usize) -> Result<Vec<u32>> {
        let mut ids = self.encode(text, true)?;
        if ids.len() > longest {
            let last = ids.last().copied();
            ids.truncate(longest.saturating_sub(1));
            ids.extend(last);
        }
        Ok(ids)
    }

    /// The tokens of a text alone.
    ///
    /// # Errors
    /// When the tokenizer cannot take the text.
    pub(crate) fn bare(&self, text: &str) -> Result<Vec<u32>> {
        self.encode(text, false)
    }

    /// The token that stands for this word as it is.
    ///
    /// # Errors
    /// When there is none.
    pub(crate) fn named(&self, word: &str) -> Result<u32> {
        self.tokenizer.token_to_id(word).ok_or_else(|| {
            Error::unreadable(&self.path, format_args!("there is no token {word}"))
                .hint("take the tokenizer.json that the model came with")
        })
    }

    /// A hash of the file.
    pub(crate) fn fingerprint(&self) -> u64 {
        self.fingerprint.value()
    }

    fn encode(&self, text: &str, special: bool) -> Result<Vec<u32>> {
        // The tokenizer's own words may quote the text.
        let failed = |_| Error::unreadable(&self.path, "the tokenizer cannot take a text");
        let encoding = self.tokenizer.encode_fast(text, special).map_err(failed)?;
        Ok(encoding.get_ids().to_vec())
    }
}
