//! The byte-pair encodings, whose vocabularies are part of the program.
//!
//! In: a text. Out: its tokens as `tiktoken`'s `encode_ordinary` makes them. Lines of ASCII are cut by hand where that is known how.

use std::cell::RefCell;
use std::sync::OnceLock;

use tiktoken_rs::CoreBPE;

use super::pieces::Pieces;
use super::{Counter, begins_line};
use crate::error::{Error, Result};

/// One of the encodings.
pub(super) struct Bpe {
    name: &'static str,
    encoding: &'static CoreBPE,
    /// The bytes of each token, by its id; 0 where there is none.
    lengths: &'static [u8],
    /// Whether [`Pieces`] cuts as this encoding does.
    by_hand: bool,
}

thread_local! {
    static PIECES: RefCell<Pieces> = RefCell::default();
}

impl Bpe {
    /// `cl100k_base`, of GPT-4.
    pub(super) fn cl100k() -> Self {
        static LENGTHS: OnceLock<Vec<u8>> = OnceLock::new();
        let mut bpe = Bpe::new(
            "cl100k_base",
            tiktoken_rs::cl100k_base_singleton(),
            &LENGTHS,
        );
        bpe.by_hand = true;
        bpe
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
            by_hand: false,
        }
    }

    /// Calls `take` with the length of each token.
    fn each(&self, text: &str, mut take: impl FnMut(u8)) {
        let encode = |text: &str| -> Vec<u8> {
            let ids = self.encoding.encode_ordinary(text).into_iter();
            ids.map(|id| self.lengths.get(id as usize).copied().unwrap_or(0))
                .collect()
        };
        if !self.by_hand {
            return encode(text).into_iter().for_each(take);
        }
        PIECES.with_borrow_mut(|pieces| {
            for part in parts(text) {
                if part.is_ascii() {
                    pieces.each(part, encode, &mut take);
                } else {
                    encode(part).into_iter().for_each(&mut take);
                }
            }
        });
    }
}

/// A text in lines, as far as no token reaches from one over into the next.
fn parts(text: &str) -> impl Iterator<Item = &str> {
    let mut from = 0;
    let ends = memchr::memchr_iter(b'\n', text.as_bytes()).map(|at| at + 1);
    let cuts = ends.filter(|at| begins_line(text, *at)).chain([text.len()]);
    cuts.map(move |at| &text[std::mem::replace(&mut from, at)..at])
}

impl Counter for Bpe {
    fn name(&self) -> &str {
        self.name
    }

    fn starts(&self, text: &str) -> Result<Vec<u32>> {
        let mut at = 0;
        let mut starts = Vec::with_capacity(text.len() / 3);
        self.each(text, |length| {
            starts.push(at);
            at += u32::from(length);
        });
        if at as usize == text.len() {
            Ok(starts)
        } else {
            Err(Error::bug("the tokens are not the text"))
        }
    }

    fn count(&self, text: &str) -> Result<usize> {
        let mut count = 0;
        self.each(text, |_| count += 1);
        Ok(count)
    }

    fn cuts_at_lines(&self) -> bool {
        true
    }
}
