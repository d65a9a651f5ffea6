//! Which words two instructions do not share.
//!
//! In: two texts. Out: byte ranges of the words that are in one and not, in that order, in the other: what is left over
//! by a longest common subsequence of their words, letter case aside.

use std::ops::Range;

/// A text's words with their places.
fn words(text: &str) -> Vec<(Range<usize>, String)> {
    let mut words = Vec::new();
    let mut start = None;
    for (i, c) in text.char_indices().chain([(text.len(), ' ')]) {
        match (c.is_alphanumeric(), start) {
            (true, None) => start = Some(i),
            (false, Some(from)) => {
                words.push((from..i, text[from..i].to_lowercase()));
                start = None;
            }
            _ => {}
        }
    }
    words
}

/// The words that only one of two texts has: those of the first, those of the second.
pub(super) fn differing(a: &str, b: &str) -> [Vec<Range<usize>>; 2] {
    let (a, b) = (words(a), words(b));
    // longest[i][j]: words that a[i..] and b[j..] have in common, in order.
    let mut longest = vec![vec![0_u32; b.len() + 1]; a.len() + 1];
    for i in (0..a.len()).rev() {
        for j in (0..b.len()).rev() {
            longest[i][j] = if a[i].1 == b[j].1 {
                longest[i + 1][j + 1] + 1
            } else {
                longest[i + 1][j].max(longest[i][j + 1])
            };
        }
    }
    let (mut i, mut j) = (0, 0);
    let mut only = [Vec::new(), Vec::new()];
    while i < a.len() || j < b.len() {
        if i < a.len() && j < b.len() && a[i].1 == b[j].1 {
            i += 1;
            j += 1;
        } else if j == b.len() || (i < a.len() && longest[i + 1][j] >= longest[i][j + 1]) {
            only[0].push(a[i].0.clone());
            i += 1;
        } else {
            only[1].push(b[j].0.clone());
            j += 1;
        }
    }
    only
}

#[cfg(test)]
mod tests {
    use super::*;

    fn left_over(a: &str, b: &str) -> (Vec<String>, Vec<String>) {
        let [of_a, of_b] = differing(a, b);
        let cut = |text: &str, ranges: Vec<Range<usize>>| -> Vec<String> {
            ranges.into_iter().map(|r| text[r].to_owned()).collect()
        };
        (cut(a, of_a), cut(b, of_b))
    }

    #[test]
    fn words_in_common_are_not_left_over() {
        assert_eq!(
            left_over("What is the last INR?", "what was the last  inr value"),
            (
                vec!["is".to_owned()],
                vec!["was".to_owned(), "value".to_owned()]
            )
        );
        assert_eq!(
            left_over("", "naïve 5 mg"),
            (vec![], vec!["naïve".into(), "5".into(), "mg".into()])
        );
        assert_eq!(left_over("same", "Same."), (vec![], vec![]));
    }
}
