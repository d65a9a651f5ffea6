//! The table of the analysis is true, and no text breaks what it promises.

use proptest::prelude::*;
use tantivy::tokenizer::{TokenStream, Tokenizer};

use super::*;

/// Tokens as the table of the module's doc writes them.
fn shown(text: &str) -> String {
    let mut analyzer = Analyzer::default();
    let mut all = String::new();
    let mut last = None;
    for token in analyzer.tokens(text) {
        if let Some(last) = last {
            all.push_str(if last == token.position { "+" } else { "` `" });
        }
        all.push_str(token.text);
        last = Some(token.position);
    }
    format!("`{all}`")
}

#[test]
fn the_table_is_true() {
    let source = include_str!("mod.rs");
    let mut rows = 0;
    for line in source.lines().filter_map(|l| l.strip_prefix("//! | `")) {
        let (text, rest) = line.split_once("` | ").expect("a cell");
        let (tokens, _) = rest.split_once(" | ").expect("a cell");
        let text = text.replace("\\u{301}", "\u{301}");
        assert_eq!(shown(&text), tokens, "{text}");
        rows += 1;
    }
    assert!(rows > 15, "{rows}");
}

#[test]
fn codes_have_three_forms() {
    let mut tokenizer = CodeTokenizer::default();
    let mut stream = tokenizer.token_stream("LOINC/8480-6");
    let mut forms = Vec::new();
    while stream.advance() {
        forms.push(stream.token().text.clone());
    }
    assert_eq!(forms, ["loinc", "8480-6", "loinc/8480-6"]);
}

#[test]
fn hidden_characters_do_not_split_words() {
    assert_eq!(shown("dia\u{ad}be\u{200b}tes"), "`diabetes`");
}

#[test]
fn words_without_end_are_cut() {
    let mut analyzer = Analyzer::default();
    let long = format!("{} {}", "x".repeat(100_000), "1-".repeat(50_000));
    assert!(analyzer.tokens(&long).all(|t| t.text.len() <= LONGEST + 8));
}

proptest! {
    #[test]
    fn tokens_lie_in_the_text(text in any::<String>()) {
        let mut analyzer = Analyzer::default();
        let mut position = 0;
        for token in analyzer.tokens(&text) {
            prop_assert!(text.get(token.start..token.end).is_some_and(|t| !t.is_empty()));
            prop_assert!(!token.text.is_empty());
            prop_assert!(token.position >= position);
            position = token.position;
        }
    }

    #[test]
    fn stretch_by_stretch_it_is_the_same(text in "[a-cA1-3Té .,/:_'s-]{0,60}", bytes in 1usize..20) {
        let mut whole = Analyzer::default();
        let all: Vec<String> = whole.tokens(&text).map(|t| format!("{t:?}")).collect();
        let mut cut = Analyzer::default();
        let mut parts = Vec::new();
        let mut rest = Some(0);
        while let Some(at) = rest {
            rest = cut.stretch(&text, at, bytes);
            parts.extend((0..cut.tokens.len()).map(|i| format!("{:?}", cut.token(i))));
        }
        prop_assert_eq!(all, parts);
    }

    #[test]
    fn the_short_way_gives_what_the_general_one_does(text in "[a-cA1-30Té .,/:_'-]{0,30}") {
        let mut general = Analyzer::default();
        let mut at = 0;
        while let Some((start, c)) = next_word(&text, at) {
            at = general.word(&text, start, c);
        }
        let general: Vec<_> = general.tokens.iter().map(|t| (&general.arena[t.from as usize..][..t.len as usize], t.start, t.end, t.position, t.covers)).collect();
        let mut short = Analyzer::default();
        short.analyze(&text);
        let short: Vec<_> = short.tokens.iter().map(|t| (&short.arena[t.from as usize..][..t.len as usize], t.start, t.end, t.position, t.covers)).collect();
        prop_assert_eq!(general, short);
    }

    #[test]
    fn case_makes_no_difference(text in "[a-z0-9äéß .,/:-]{0,40}") {
        prop_assert_eq!(shown(&text), shown(&text.to_uppercase()));
    }
}
