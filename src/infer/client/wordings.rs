//! How servers word it that a prompt does not fit, and how a request that has to wait is explained.
//!
//! In: a fault. Out: whether one request alone is too long, or several are together; why a request is tried again, in words of this program.
//! Never: a word of the server or of the prompt in such an explanation.

use super::fault::{Fault, Lack};

/// One request is too long for the model, whatever else the server does. In small letters.
const TOO_LONG: [&str; 20] = [
    // OpenAI, Azure, and what speaks like them.
    "context_length_exceeded",
    "maximum context length",
    "contextwindowexceeded",
    // llama.cpp and what is made of it.
    "exceed_context_size",
    "exceeds the available context size",
    "too large to process",
    "exceed context window",
    // vLLM, SGLang.
    "context length is only",
    "maximum model length",
    "max_model_len",
    "longer than the model's context length",
    // TGI.
    "`inputs` tokens",
    "`inputs` must have less than",
    // Ollama, LM Studio.
    "longer than the context length",
    "input length exceeds",
    "loaded with context length of only",
    "greater than the context length",
    // Others.
    "max_seq_len",
    "prompt is too long",
    "exceeds the maximum number of tokens",
];

/// Requests that are under way together take all of a context that they share, or one alone does: how llama.cpp says it, now and formerly.
const FULL: [&str; 4] = [
    "context size has been exceeded",
    "too big compared to kv size",
    "exceeds kv cache",
    "no space in the kv cache",
];

/// Whether one request alone is too long.
pub(super) fn too_long(fault: &Fault) -> bool {
    fault.param == "input_tokens" || fault.says(&TOO_LONG)
}

/// Whether there is no room in a context that requests may share.
pub(super) fn full(fault: &Fault) -> bool {
    fault.says(&FULL)
}

/// Why a request is tried again, and what to change if that does not pass.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) struct Cause {
    pub what: String,
    pub change: &'static str,
}

impl Cause {
    /// The cause of a fault.
    pub(super) fn of(fault: &Fault) -> Self {
        let cause = |what: String, change| Cause { what, change };
        match fault.status {
            Some(status) if fault.lack == Lack::Room => cause(
                format!("the server says its context is full ({status})"),
                "fewer --jobs, a smaller --context, or a larger context of the server",
            ),
            Some(429) => cause("the server says slow down (429)".to_owned(), "fewer --jobs"),
            Some(503) => cause(
                "the server is still loading or has too much to do (503)".to_owned(),
                "if it stays so, fewer --jobs",
            ),
            Some(status @ (408 | 504)) => cause(
                format!("the server or one before it took too long ({status})"),
                "fewer --jobs, or --stream",
            ),
            Some(status) => cause(
                format!("the server failed ({status})"),
                "the server's own log says why",
            ),
            None if fault.lack == Lack::Time => cause(
                fault.message.clone(),
                "fewer --jobs, or more seconds in a run file",
            ),
            None => cause(
                fault.message.clone(),
                "see that the server runs, and that --endpoint is right",
            ),
        }
    }
}

impl std::fmt::Display for Cause {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "{} ({})", self.what, self.change)
    }
}
