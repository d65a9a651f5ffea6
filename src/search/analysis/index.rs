//! The analysis as tantivy asks for it, of texts and of codes.
//!
//! In: a field's text. Out: a stream of the index's tokens. Never: another cut than a query's words get.

use tantivy::tokenizer::{Token as IndexToken, TokenStream, Tokenizer};

use super::{Analyzer, LONGEST, STRETCH, folded};

/// The analysis as tantivy asks for it.
#[derive(Clone, Debug, Default)]
pub(in crate::search) struct ChartTokenizer {
    analyzer: Analyzer,
}

/// The tokens of one text, for tantivy.
pub(in crate::search) struct ChartStream<'a> {
    analyzer: &'a mut Analyzer,
    text: &'a str,
    /// Where the rest of the text starts that is not cut yet.
    rest: Option<usize>,
    next: usize,
    token: IndexToken,
}

impl Tokenizer for ChartTokenizer {
    type TokenStream<'a> = ChartStream<'a>;

    fn token_stream<'a>(&'a mut self, text: &'a str) -> ChartStream<'a> {
        self.analyzer.position = 0;
        let rest = self.analyzer.stretch(text, 0, STRETCH);
        ChartStream {
            analyzer: &mut self.analyzer,
            text,
            rest,
            next: 0,
            token: IndexToken::default(),
        }
    }
}

impl TokenStream for ChartStream<'_> {
    fn advance(&mut self) -> bool {
        while self.next == self.analyzer.tokens.len() {
            let Some(at) = self.rest else {
                return false;
            };
            self.rest = self.analyzer.stretch(self.text, at, STRETCH);
            self.next = 0;
        }
        let token = self.analyzer.token(self.next);
        self.next += 1;
        self.token.text.clear();
        self.token.text.push_str(token.text);
        self.token.offset_from = token.start;
        self.token.offset_to = token.end;
        self.token.position = token.position as usize;
        true
    }

    fn token(&self) -> &IndexToken {
        &self.token
    }

    fn token_mut(&mut self) -> &mut IndexToken {
        &mut self.token
    }
}

/// The analysis of codes: `LOINC/8480-6` is `loinc`, `8480-6` and `loinc/8480-6`, all at one position.
#[derive(Clone, Debug, Default)]
pub(in crate::search) struct CodeTokenizer {
    whole: String,
}

/// The forms of one code.
pub(in crate::search) struct CodeStream<'a> {
    forms: [&'a str; 3],
    next: usize,
    token: IndexToken,
}

impl Tokenizer for CodeTokenizer {
    type TokenStream<'a> = CodeStream<'a>;

    fn token_stream<'a>(&'a mut self, text: &'a str) -> CodeStream<'a> {
        self.whole.clear();
        if text.is_ascii() {
            self.whole.push_str(text.trim());
            self.whole.make_ascii_lowercase();
        } else {
            self.whole = folded(text);
        }
        let cut = LONGEST.min(self.whole.len());
        let cut = (0..=cut)
            .rev()
            .find(|&n| self.whole.is_char_boundary(n))
            .unwrap_or(0);
        self.whole.truncate(cut);
        let (vocabulary, code) = self.whole.split_once('/').unwrap_or_default();
        CodeStream {
            forms: [vocabulary, code, &self.whole],
            next: 0,
            token: IndexToken::default(),
        }
    }
}

impl TokenStream for CodeStream<'_> {
    fn advance(&mut self) -> bool {
        while let Some(form) = self.forms.get(self.next) {
            self.next += 1;
            if !form.is_empty() {
                self.token.text.clear();
                self.token.text.push_str(form);
                self.token.position = 0;
                return true;
            }
        }
        false
    }

    fn token(&self) -> &IndexToken {
        &self.token
    }

    fn token_mut(&mut self) -> &mut IndexToken {
        &mut self.token
    }
}
