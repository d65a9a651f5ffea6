//! How many tokens a language model reads in a text, estimated without a model's vocabulary.
//!
//! In: bytes of UTF-8 text, in pieces. Out: about as many tokens as `cl100k` makes of it: over the reference texts the sum
//! is off by less than 1%, a single long text by up to a third. A run of letters counts one for every six begun, of
//! digits one for every three, of punctuation one, of blanks one unless it is a single space, other characters one each.

use std::io::{self, Write};

/// What kind of run a byte belongs to.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
enum Run {
    #[default]
    None,
    Letters,
    Digits,
    Blanks,
    Punctuation,
    Other,
}

/// Counts what is written to it.
#[derive(Clone, Debug, Default)]
pub(crate) struct Counter {
    run: Run,
    length: u64,
    lone_space: bool,
    tokens: u64,
}

impl Counter {
    /// Takes more text.
    pub(crate) fn add(&mut self, bytes: &[u8]) {
        for &b in bytes {
            let run = match b {
                b'a'..=b'z' | b'A'..=b'Z' => Run::Letters,
                b'0'..=b'9' => Run::Digits,
                b' ' | b'\t' | b'\n' | b'\r' => Run::Blanks,
                0x80..=0xBF => continue,
                0xC0..=0xFF => Run::Other,
                _ => Run::Punctuation,
            };
            if run == self.run {
                self.length += 1;
                self.lone_space = false;
            } else {
                self.tokens += self.pending();
                self.run = run;
                self.length = 1;
                self.lone_space = b == b' ';
            }
        }
    }

    fn pending(&self) -> u64 {
        match self.run {
            Run::None => 0,
            Run::Letters => self.length.div_ceil(6),
            Run::Digits => self.length.div_ceil(3),
            Run::Blanks => u64::from(!self.lone_space),
            Run::Punctuation => 1,
            Run::Other => self.length,
        }
    }

    /// The tokens so far.
    pub(crate) fn tokens(&self) -> u64 {
        self.tokens + self.pending()
    }
}

impl Write for Counter {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        self.add(bytes);
        Ok(bytes.len())
    }

    fn flush(&mut self) -> io::Result<()> {
        Ok(())
    }
}

/// The tokens of a text, estimated.
#[cfg(test)]
pub(crate) fn estimate(text: &str) -> u64 {
    let mut counter = Counter::default();
    counter.add(text.as_bytes());
    counter.tokens()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn runs_count_by_their_length() {
        assert_eq!(estimate(""), 0);
        assert_eq!(estimate("The patient"), 3);
        assert_eq!(estimate("2013-10-10"), 2 + 1 + 1 + 1 + 1);
        assert_eq!(estimate("a  b\n"), 4);
        assert_eq!(estimate("éé"), 2);
        let mut counter = Counter::default();
        counter.add(b"pat");
        counter.add(b"ient");
        assert_eq!(counter.tokens(), estimate("patient"));
    }

    #[test]
    fn the_sum_over_the_reference_texts_is_close() {
        let Some(shared) = crate::shared::shared() else {
            return;
        };
        let file = shared.join("golden/tokens.jsonl");
        let (mut found, mut expected) = (0, 0);
        for line in std::fs::read_to_string(file)
            .expect("a reference file")
            .lines()
        {
            let row: serde_json::Value = serde_json::from_str(line).expect("JSON");
            found += estimate(row["text"].as_str().expect("a text"));
            expected += row["n"].as_u64().expect("a count");
        }
        let off = found as f64 / expected as f64 - 1.0;
        assert!(off.abs() < 0.01, "{found} is not {expected}");
    }
}
