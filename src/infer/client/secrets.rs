//! What of a server's words may be kept: neither the prompt nor the key is.
//!
//! In: what a server told, the prompt and the key. Out: the same, where words that hold the key or a run of the prompt are left out. Never: a
//! change of the answer's own text.

use memchr::memmem;
use serde_json::json;

use super::reply::{Meaning, Told};

/// Of a server's words no run of so many bytes may be the prompt's.
const QUOTE: usize = 12;

/// What no line may hold beside the answer.
pub(super) struct Secrets<'a> {
    /// The messages or the prompt as they were sent.
    pub prompt: String,
    pub key: Option<&'a str>,
}

impl Secrets<'_> {
    /// The same meaning without what is secret.
    pub(super) fn without(&self, meaning: Meaning) -> Meaning {
        match meaning {
            Meaning::Done(outcome, mut told) => {
                self.clear(&mut told);
                Meaning::Done(outcome, told)
            }
            Meaning::Again(mut fault) => {
                self.words(&mut fault.message, "the server's message");
                self.words(&mut fault.code, "the server's code");
                self.names(&mut fault.categories);
                Meaning::Again(fault)
            }
            own @ (Meaning::OtherLimit | Meaning::Stop(_)) => own,
        }
    }

    fn clear(&self, told: &mut Told) {
        // A success has a message of this program alone.
        if told.status.is_some() {
            self.words(&mut told.message, "the server's message");
        }
        if let Some(reason) = &mut told.finish_reason
            && self.found(reason).is_some()
        {
            told.message = told.message.replace(reason.as_str(), "(left out)");
            "other".clone_into(reason);
        }
        if self.found(&told.model).is_some() {
            told.model.clear();
        }
        self.names(&mut told.categories);
    }

    fn names(&self, names: &mut [String]) {
        for name in names {
            if self.found(name).is_some() {
                "(left out)".clone_into(name);
            }
        }
    }

    fn words(&self, words: &mut String, whose: &str) {
        if let Some(what) = self.found(words) {
            *words = format!("{whose} {what} and is left out");
        }
    }

    /// What of the secrets stands in a text.
    fn found(&self, text: &str) -> Option<&'static str> {
        if self.key.is_some_and(|key| text.contains(key)) {
            return Some("holds the key");
        }
        // As it was sent, or as it was meant.
        let text = json!(text).to_string();
        let quotes = text
            .trim_matches('"')
            .as_bytes()
            .windows(QUOTE)
            .any(|run| memmem::find(self.prompt.as_bytes(), run).is_some());
        quotes.then_some("quotes the prompt")
    }
}
