//! How texts are cut into words for matching.
//!
//! In: a text. Out: its words.

use crate::search::analysis::Analyzer;

/// How texts are cut into words for matching.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash, clap::ValueEnum)]
pub enum Tokens {
    /// At white space, and nothing else: `Stroke?` is not `stroke`. What the study's laboratory publishes of its pipeline
    #[default]
    Split,
    /// At white space, in lower case
    LowerSplit,
    /// As ranked search does: lower case, no accents, no punctuation; codes, doses and dates findable
    Chart,
}

impl Tokens {
    /// The name on the command line and in file names.
    pub fn name(self) -> &'static str {
        match self {
            Tokens::Split => "split",
            Tokens::LowerSplit => "lower-split",
            Tokens::Chart => "chart",
        }
    }

    /// Calls `take` with each word of a text.
    pub fn each(self, analyzer: &mut Analyzer, text: &str, mut take: impl FnMut(&str)) {
        match self {
            Tokens::Split => python_split(text).for_each(take),
            Tokens::LowerSplit => python_split(text).for_each(|w| take(&w.to_lowercase())),
            Tokens::Chart => analyzer.each(text, |t| take(t.text)),
        }
    }

    /// The words of a text.
    pub fn words(self, text: &str) -> Vec<String> {
        let mut words = Vec::new();
        self.each(&mut Analyzer::default(), text, |w| words.push(w.to_owned()));
        words
    }
}

/// Python's `str.split()`, which also splits at U+001C to U+001F.
fn python_split(text: &str) -> impl Iterator<Item = &str> {
    text.split(|c: char| c.is_whitespace() || ('\u{1c}'..='\u{1f}').contains(&c))
        .filter(|w| !w.is_empty())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn words_are_cut_as_asked() {
        let text = "Stroke?\u{1c}HbA1c 5mg\u{a0}x";
        assert_eq!(Tokens::Split.words(text), ["Stroke?", "HbA1c", "5mg", "x"]);
        assert_eq!(
            Tokens::LowerSplit.words(text),
            ["stroke?", "hba1c", "5mg", "x"]
        );
        assert_eq!(
            Tokens::Chart.words(text),
            ["stroke", "hba1c", "5", "mg", "x"]
        );
    }
}
