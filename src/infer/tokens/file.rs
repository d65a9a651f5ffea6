//! Any tokenizer that is published as a `tokenizer.json`.
//!
//! In: the file. Out: its tokens, by the places of the text they stand for. What the file says of truncation, padding and
//! added special tokens is left aside: texts are counted whole and plain.

use std::path::Path;

use tokenizers::Tokenizer;

use super::Counter;
use crate::error::{Error, Result};

/// A tokenizer of a file.
pub(super) struct FromFile {
    name: String,
    tokenizer: Tokenizer,
}

impl FromFile {
    /// Reads it.
    ///
    /// # Errors
    /// When it cannot be read, or is none.
    pub(super) fn read(path: &Path) -> Result<Self> {
        let bytes = std::fs::read(path).map_err(|e| Error::io(path, "reading the tokenizer", e))?;
        let unusable = |e| {
            Error::unreadable(path, format_args!("this is no usable tokenizer: {e}"))
                .hint("name the tokenizer.json that the model came with")
        };
        let mut tokenizer = Tokenizer::from_bytes(&bytes).map_err(unusable)?;
        tokenizer.with_truncation(None).map_err(unusable)?;
        tokenizer.with_padding(None);
        Ok(FromFile {
            name: path.display().to_string(),
            tokenizer,
        })
    }
}

impl Counter for FromFile {
    fn name(&self) -> &str {
        &self.name
    }

    fn starts(&self, text: &str) -> Result<Vec<u32>> {
        // The tokenizer's own words may quote the text.
        let failed = |_| Error::bug(format!("{}: the tokenizer cannot take a text", self.name));
        let encoding = self.tokenizer.encode(text, false).map_err(failed)?;
        let offsets = encoding.get_offsets().iter();
        Ok(offsets.map(|(start, _)| *start as u32).collect())
    }
}
