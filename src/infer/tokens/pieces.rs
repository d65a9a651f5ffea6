//! How `cl100k_base` cuts a text into pieces before its tokens are made: its regular expression by hand, for ASCII.
//!
//! In: bytes that are all ASCII. Out: the end of the piece at the beginning. The expression is
//!
//! ```text
//! (?i:'s|'t|'re|'ve|'m|'ll|'d)|[^\r\n\p{L}\p{N}]?\p{L}+|\p{N}{1,3}| ?[^\s\p{L}\p{N}]+[\r\n]*|\s*[\r\n]+|\s+(?!\S)|\s+
//! ```
//!
//! and its first alternative that matches counts. Records are large and mostly ASCII, and an engine of expressions takes nearly all of the
//! time that counting them takes; here each piece costs a look-up. Text that is not ASCII is left to the engine.

use rustc_hash::FxHashMap;

/// So many pieces are remembered at once.
const REMEMBERED: usize = 1 << 17;
/// Longer ones are not worth it.
const LONGEST: usize = 48;

/// The lengths of the tokens of pieces that came before: a record's words come again and again.
#[derive(Debug, Default)]
pub(super) struct Pieces(FxHashMap<Box<[u8]>, Box<[u8]>>);

impl Pieces {
    /// Calls `take` with the length of each token of a text that is all ASCII; `encode` gives those of one piece.
    pub(super) fn each(
        &mut self,
        text: &str,
        encode: impl Fn(&str) -> Vec<u8>,
        mut take: impl FnMut(u8),
    ) {
        let mut from = 0;
        while from < text.len() {
            let end = from + piece(&text.as_bytes()[from..]);
            let one = &text[from..end];
            from = end;
            if let Some(lengths) = self.0.get(one.as_bytes()) {
                lengths.iter().copied().for_each(&mut take);
                continue;
            }
            let lengths = encode(one);
            lengths.iter().copied().for_each(&mut take);
            if one.len() <= LONGEST {
                if self.0.len() == REMEMBERED {
                    self.0.clear();
                }
                self.0.insert(one.as_bytes().into(), lengths.into());
            }
        }
    }
}

/// The length of the first piece of a text that is not empty.
fn piece(text: &[u8]) -> usize {
    let at = |n: usize| text.get(n).copied();
    let run = |from: usize, is: fn(u8) -> bool| {
        from + text[from..].iter().take_while(|b| is(**b)).count()
    };
    let first = text[0];
    if first == b'\'' {
        let next = [at(1), at(2)].map(|b| b.unwrap_or_default().to_ascii_lowercase());
        match next {
            [b's' | b't' | b'm' | b'd', _] => return 2,
            [b'r' | b'v', b'e'] | [b'l', b'l'] => return 3,
            _ => {}
        }
    }
    if is_letter(first) {
        return run(1, is_letter);
    }
    if !is_newline(first) && !first.is_ascii_digit() && at(1).is_some_and(is_letter) {
        return run(2, is_letter);
    }
    if first.is_ascii_digit() {
        return run(1, |b| b.is_ascii_digit()).min(3);
    }
    let sign = usize::from(first == b' ');
    if at(sign).is_some_and(is_sign) {
        return run(run(sign, is_sign), is_newline);
    }
    let blanks = run(0, is_blank);
    if let Some(newline) = text[..blanks].iter().rposition(|b| is_newline(*b)) {
        return newline + 1;
    }
    // The last blank before a word goes with the word.
    if blanks == text.len() || blanks == 1 {
        blanks
    } else {
        blanks - 1
    }
}

fn is_letter(b: u8) -> bool {
    b.is_ascii_alphabetic()
}

fn is_newline(b: u8) -> bool {
    matches!(b, b'\r' | b'\n')
}

fn is_blank(b: u8) -> bool {
    matches!(b, b'\t'..=b'\r' | b' ')
}

fn is_sign(b: u8) -> bool {
    !is_blank(b) && !b.is_ascii_alphanumeric()
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn by_hand(text: &str) -> Vec<u32> {
        let encoding = tiktoken_rs::cl100k_base_singleton();
        let mut all = Vec::new();
        let mut from = 0;
        while from < text.len() {
            let end = from + piece(&text.as_bytes()[from..]);
            all.extend(encoding.encode_ordinary(&text[from..end]));
            from = end;
        }
        all
    }

    proptest! {
        #![proptest_config(ProptestConfig::with_cases(2000))]

        #[test]
        fn pieces_are_those_of_the_expression(text in "([ \t\r\n\u{b}\u{c}]{0,4}|[a-zA-Z]{1,6}|[0-9]{1,5}|'([sStTmMdD]|re|VE|Ll|x)|[!-/:-@\\[-`{-~\u{1}\u{1f}\u{7f}]{1,3}){0,12}") {
            let expected = tiktoken_rs::cl100k_base_singleton().encode_ordinary(&text);
            prop_assert_eq!(by_hand(&text), expected);
        }
    }

    #[test]
    fn what_is_remembered_is_bounded_and_the_same() {
        let mut pieces = Pieces::default();
        let mut sums = Vec::new();
        for _ in 0..2 {
            let mut sum = 0;
            let encode = |one: &str| vec![one.len() as u8];
            pieces.each("ab ab  ab\n", encode, |length| sum += usize::from(length));
            sums.push(sum);
        }
        assert_eq!(sums, [10, 10]);
        assert!(pieces.0.len() == 4, "{:?}", pieces.0.keys());
    }
}
