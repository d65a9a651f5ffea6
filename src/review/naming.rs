//! Responses that say which model wrote them, which ends the blinding.
//!
//! In: a response's text and its model's name. Out: the place of the first words that name the model, its family or its
//! maker. Two kinds of names: those that mean nothing else (`ChatGPT`, `Vicuna`), which count anywhere, and those that do,
//! in a clinic above all (GPT is also a liver enzyme, Bard a maker of catheters, Claude a first name), which count only
//! where the response speaks of itself. "As an AI language model" names nobody.

use std::ops::Range;

/// Names that mean a language model or its maker wherever they stand; words joined by one blank.
const CLEAR: &[&str] = &[
    "openai",
    "open ai",
    "chatgpt",
    "chat gpt",
    "gpt 3",
    "gpt 4",
    "gpt 5",
    "gpt3",
    "gpt4",
    "gpt5",
    "gpt4o",
    "gpt 4o",
    "gptj",
    "gpt j",
    "gpt neo",
    "anthropic",
    "deepmind",
    "google ai",
    "google bard",
    "google gemini",
    "meta ai",
    "mistral ai",
    "mosaicml",
    "mosaic ml",
    "lmsys",
    "hugging face",
    "huggingface",
    "vicuna",
    "vicuna 7b",
    "vicuna 13b",
    "llama2",
    "llama3",
    "llama 2",
    "llama 3",
    "mpt 7b",
    "mpt7b",
    "qwen",
    "deepseek",
    "deep seek ai",
    "medpalm",
    "med palm",
    "palm 2",
    "flan t5",
    "mixtral",
    "claude 2",
    "claude 3",
    "claude instant",
    "claude opus",
    "claude sonnet",
    "claude haiku",
    "bing chat",
    "microsoft copilot",
    "github copilot",
    "meditron",
    "biogpt",
    "stablelm",
    "dolly 2",
    "databricks",
    "eleutherai",
    "xai grok",
];

/// Names that count only after words by which a response speaks of itself.
const DOUBTFUL: &[&str] = &[
    "gpt",
    "claude",
    "gemini",
    "bard",
    "llama",
    "mpt",
    "mistral",
    "palm",
    "falcon",
    "alpaca",
    "phi",
    "grok",
    "copilot",
    "google",
    "meta",
    "microsoft",
    "cohere",
    "command",
    "koala",
    "dolly",
    "bloom",
    "titan",
    "nova",
    "gemma",
    "yi",
];

/// Words by which a response speaks of itself, at most [`REACH`] words before the name.
const CUES: &[&str] = &[
    "i am",
    "i m",
    "i was",
    "my name is",
    "language model",
    "ai",
    "ai model",
    "ai assistant",
    "chatbot",
];

/// How many words may stand between the cue and the name: "I am an assistant, trained and served by …".
const REACH: usize = 6;

/// Parts of model names that name nobody.
const GENERIC: &[&str] = &[
    "model",
    "instruct",
    "chat",
    "base",
    "large",
    "small",
    "medium",
    "mini",
    "context",
    "multistep",
    "refinement",
    "turbo",
    "preview",
    "latest",
    "beta",
    "clinical",
    "medical",
    "med",
    "the",
    "llm",
    "ai",
    "finetuned",
    "tuned",
    "baseline",
    "expert",
    "human",
    "answer",
    "response",
    "system",
    "test",
    "assistant",
    "simple",
    "retrieval",
    "rag",
    "prompt",
];

/// Where a response names its own model, a model family or a maker; bytes of `text`.
pub fn names_itself(text: &str, model: &str) -> Option<Range<usize>> {
    let words = words(text);
    let own = own_names(model);
    let doubtful = |name: &str| DOUBTFUL.contains(&name);
    for at in 0..words.len() {
        // The longest names have three words.
        for len in (1..=3.min(words.len() - at)).rev() {
            let run = &words[at..at + len];
            let name = joined(run);
            let clear =
                CLEAR.contains(&name.as_str()) || own.iter().any(|o| *o == name && !doubtful(o));
            let counts = clear
                || ((doubtful(&name) || own.contains(&name))
                    && speaks_of_itself(&words[..at], &words[at + len..]));
            if counts {
                return Some(run[0].at.start..run[len - 1].at.end);
            }
        }
    }
    None
}

/// The names by which a model may call itself: its whole name and each telling part of it.
fn own_names(model: &str) -> Vec<String> {
    let parts = words(model);
    let mut names = Vec::new();
    for (i, part) in parts.iter().enumerate() {
        let letters = part.text.chars().filter(|c| c.is_alphabetic()).count();
        let digits = part.text.chars().filter(char::is_ascii_digit).count();
        // `7b`, `32k`, `v1` are sizes and versions; `gpt4` is a name.
        if letters >= 3 && !GENERIC.contains(&part.text.as_str()) {
            names.push(part.text.clone());
            if let Some(next) = parts.get(i + 1) {
                names.push(format!("{} {}", part.text, next.text));
            }
            if digits > 0
                && let Some(cut) = part.text.find(|c: char| c.is_ascii_digit())
            {
                let (name, number) = part.text.split_at(cut);
                names.push(format!("{name} {number}"));
            }
        }
    }
    names
}

/// Whether the words before a name, or the one after it ("as Claude, I"), speak of the response itself; within the sentence.
fn speaks_of_itself(before: &[Word], after: &[Word]) -> bool {
    let as_somebody = before.last().is_some_and(|w| w.text == "as")
        && after.first().is_some_and(|w| w.text == "i");
    let sentence = before.iter().rposition(|w| w.ends_sentence);
    let near = &before[sentence.map_or(0, |end| end + 1)..];
    let speaks = |cue: &&str| {
        let len = cue.split(' ').count();
        let from = near.len().saturating_sub(REACH + len);
        near[from..].windows(len).any(|run| joined(run) == **cue)
    };
    as_somebody || CUES.iter().any(speaks)
}

/// A word in lower case with its place.
struct Word {
    text: String,
    at: Range<usize>,
    ends_sentence: bool,
}

fn joined(words: &[Word]) -> String {
    let words: Vec<&str> = words.iter().map(|w| w.text.as_str()).collect();
    words.join(" ")
}

/// Runs of letters and digits, in lower case, ñ as n.
fn words(text: &str) -> Vec<Word> {
    let mut words: Vec<Word> = Vec::new();
    let mut open = false;
    for (at, c) in text.char_indices() {
        let end = at + c.len_utf8();
        if !c.is_alphanumeric() {
            if let Some(last) = words.last_mut() {
                last.ends_sentence |= matches!(c, '.' | '!' | '?' | '\n');
            }
            open = false;
            continue;
        }
        if !open {
            words.push(Word {
                text: String::new(),
                at: at..end,
                ends_sentence: false,
            });
            open = true;
        }
        if let Some(last) = words.last_mut() {
            let lower = c.to_lowercase().map(|c| if c == 'ñ' { 'n' } else { c });
            last.text.extend(lower);
            last.at.end = end;
        }
    }
    words
}

#[cfg(test)]
mod tests {
    use super::*;

    fn found<'a>(text: &'a str, model: &str) -> Option<&'a str> {
        names_itself(text, model).and_then(|at| text.get(at))
    }

    #[test]
    fn names_are_found() {
        for (text, model, name) in [
            ("As ChatGPT, I cannot open records.", "x", "ChatGPT"),
            ("I was trained by OpenAI.", "x", "OpenAI"),
            ("I'm GPT-4, and she takes aspirin.", "x", "GPT-4"),
            ("This answer is by Vicuña.", "x", "Vicuña"),
            ("I am an AI assistant called Claude.", "x", "Claude"),
            ("My name is Bard.", "x", "Bard"),
            ("As Claude, I cannot say.", "x", "Claude"),
            ("a language model trained by Google", "x", "Google"),
            ("I am a model made by Google.", "x", "Google"),
            ("Zephyr thinks she is well.", "zephyr-7b-beta", "Zephyr"),
            ("(gpt4) Yes.", "gpt4-32k", "gpt4"),
            ("LLaMA-2 says no.", "x", "LLaMA-2"),
            ("MPT-7B-Instruct: none.", "mpt_7B_instruct", "MPT-7B"),
        ] {
            assert_eq!(found(text, model), Some(name), "{text}");
        }
    }

    #[test]
    fn clinical_words_are_not_names() {
        for (text, model) in [
            ("As an AI language model, I cannot diagnose.", "gpt4-32k"),
            ("SGPT 45 U/L, GPT 45 U/L, GOT 30 U/L.", "gpt4-32k"),
            ("A Bard catheter was placed.", "x"),
            ("Seen by Dr. Claude Martin.", "x"),
            ("A boy named Claude, with a port made by Bard.", "x"),
            ("Her palm is red; the Gemini trial.", "x"),
            (
                "Refinement of the context model: large.",
                "gpt4-32k-multistep-refinement",
            ),
            ("I am sorry. The Bard catheter is gone.", "x"),
            ("The openair clinic, chatgpts.", "x"),
            ("32k and 7B units", "vicuna_7B"),
            ("", ""),
        ] {
            assert_eq!(found(text, model), None, "{text}");
        }
    }
}
