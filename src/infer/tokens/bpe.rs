//! The byte-pair encodings, whose vocabularies are part of the program.
//!
//! In: a text. Out: its tokens as `tiktoken`'s `encode_ordinary` makes them.

use std::sync::OnceLock;

use tiktoken_rs::CoreBPE;

use super::Counter;
use crate::error::{Error, Result};

/// One of the encodings.
pub(super) struct Bpe {
    name: &'static str,
    encoding: &'static CoreBPE,
    /// The bytes of each token, by its id; 0 where there is none.
    lengths: &'static [u8],
}

impl Bpe {
    /// `cl100k_base`, of GPT-4.
    pub(super) fn cl100k() -> Self {
        static LENGTHS: OnceLock<Vec<u8>> = OnceLock::new();
        Bpe::new(
            "cl100k_base",
            tiktoken_rs::cl100k_base_singleton(),
            &LENGTHS,
        )
    }

    /// `o200k_base`, of GPT-4o and later.
    pub(super) fn o200k() -> Self {
        static LENGTHS: OnceLock<Vec<u8>> = OnceLock::new();
        Bpe::new("o200k_base", tiktoken_rs::o200k_base_singleton(), &LENGTHS)
    }

    fn new(
        name: &'static str,
        encoding: &'static CoreBPE,
        lengths: &'static OnceLock<Vec<u8>>,
    ) -> Self {
        /// Beyond the last id of either vocabulary.
        const IDS: u32 = 201_000;
        let length = |id| {
            encoding
                .decode_bytes(&[id])
                .map_or(0, |bytes| bytes.len() as u8)
        };
        Bpe {
            name,
            encoding,
            lengths: lengths.get_or_init(|| (0..IDS).map(length).collect()),
        }
    }
}

impl Counter for Bpe {
    fn name(&self) -> &str {
        self.name
    }

    fn starts(&self, text: &str) -> Result<Vec<u32>> {
        let mut at = 0;
        let mut starts = Vec::with_capacity(text.len() / 3);
        for id in self.encoding.encode_ordinary(text) {
            starts.push(at);
            at += u32::from(self.lengths.get(id as usize).copied().unwrap_or(0));
        }
        if at as usize == text.len() {
            Ok(starts)
        } else {
            Err(Error::bug("the tokens are not the text"))
        }
    }

    fn count(&self, text: &str) -> Result<usize> {
        Ok(self.encoding.encode_ordinary(text).len())
    }

    fn cuts_at_lines(&self) -> bool {
        true
    }
}
