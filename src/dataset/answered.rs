//! What came of asking a model: one line of `model-responses/<label>/answers.jsonl`.
//!
//! In: a line. Out: its values. A file is only ever added to; of several lines about a case the last one that is no step counts. What is
//! no answer has no text here: a part of an answer that was filtered, and what a model thought, stand apart.

use serde::{Deserialize, Serialize};

use super::window::Window;
use crate::record::Time;
use crate::stats::hash::Fnv1a;

/// What came of asking.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Outcome {
    /// A whole answer.
    Answered,
    /// An answer that ends at the limit of its length.
    Cut,
    /// The prompt or the answer was held back by a filter.
    Filtered,
    /// It did not fit into the model's context.
    TooLong,
    /// An answer without text.
    Empty,
    /// The server dropped a part of the prompt in silence, and answered the rest.
    TruncatedByServer,
    /// Anything else: the status and the message say what.
    Failed,
}

impl Outcome {
    /// All outcomes, in the order in which they are listed.
    pub const ALL: [Outcome; 7] = [
        Outcome::Answered,
        Outcome::Cut,
        Outcome::Filtered,
        Outcome::TooLong,
        Outcome::Empty,
        Outcome::TruncatedByServer,
        Outcome::Failed,
    ];

    /// The name in files and on the command line.
    pub fn name(self) -> &'static str {
        match self {
            Outcome::Answered => "answered",
            Outcome::Cut => "cut",
            Outcome::Filtered => "filtered",
            Outcome::TooLong => "too_long",
            Outcome::Empty => "empty",
            Outcome::TruncatedByServer => "truncated_by_server",
            Outcome::Failed => "failed",
        }
    }

    /// What happened, to go after "the request" or "the answer".
    pub fn words(self) -> &'static str {
        match self {
            Outcome::Answered => "answered",
            Outcome::Cut => "answered, and cut off at the limit of its length",
            Outcome::Filtered => "held back by a filter",
            Outcome::TooLong => "too long for the model",
            Outcome::Empty => "came back empty",
            Outcome::TruncatedByServer => "the server dropped a part of the record",
            Outcome::Failed => "the request failed",
        }
    }

    /// Whether there is an answer that can be judged.
    pub fn is_answer(self) -> bool {
        matches!(self, Outcome::Answered | Outcome::Cut)
    }
}

/// Tokens as the server counted them.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Usage {
    /// Of the prompt.
    pub prompt: u64,
    /// Of the answer.
    pub completion: u64,
}

/// One of several requests that lead to one answer.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct AskStep {
    /// Which, from 1.
    pub n: u32,
    /// Of how many.
    pub of: u32,
    /// Whether its text is the response; there is a later step otherwise.
    pub last: bool,
}

/// A line.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Answered {
    /// The version of the line's form.
    pub v: u32,
    /// When it was written, UTC.
    pub time: String,
    /// The instruction.
    pub instruction: String,
    /// The patient.
    pub person: String,
    /// The system.
    pub label: String,
    /// What came of it.
    pub outcome: Outcome,
    /// The answer; empty where there is none.
    #[serde(default, skip_serializing_if = "String::is_empty")]
    pub text: String,
    /// Why the model ended, as the server says.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub finish_reason: Option<String>,
    /// Tokens as the server counted them.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub usage: Option<Usage>,
    /// Tokens of the prompt as they were counted here.
    #[serde(default)]
    pub prompt_tokens: u64,
    /// From sending to having it all, tries and pauses included.
    #[serde(default)]
    pub seconds: f64,
    /// How often it was sent.
    #[serde(default)]
    pub tries: u32,
    /// The hash of what was asked.
    #[serde(default)]
    pub request: String,
    /// A hash of the question and of the moment it is asked at, see [`asked`]; empty where it is not known.
    #[serde(default, skip_serializing_if = "String::is_empty")]
    pub asked: String,
    /// The model as the server names it.
    #[serde(default, skip_serializing_if = "String::is_empty")]
    pub model: String,
    /// What was shown of the record.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub window: Option<Window>,
    /// Which of several steps.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub step: Option<AskStep>,
    /// On a line `too_long`: the case was asked again with so many tokens of the record less, as the server's numbers want it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub again_with_less: Option<u64>,
    /// On the line that came of that: so many tokens less of the record were sent than the context was said to hold.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub shortened: Option<u64>,
    /// Mean log-probability of the answer's tokens.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub confidence: Option<f64>,
    /// What the model thought before it answered.
    #[serde(default, skip_serializing_if = "String::is_empty")]
    pub reasoning: String,
    /// What there was of an answer that was filtered.
    #[serde(default, skip_serializing_if = "String::is_empty")]
    pub partial: String,
    /// The filter's categories.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub categories: Vec<String>,
    /// The HTTP status, where it was no success.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub status: Option<u16>,
    /// What the server or the program says of it, without the prompt.
    #[serde(default, skip_serializing_if = "String::is_empty")]
    pub message: String,
}

/// What tells a question from one that was worded anew, or is asked as of another moment.
pub(crate) fn asked(question: &str, as_of: Option<Time>) -> String {
    let moment = as_of.map_or(i64::MIN, Time::seconds);
    let hash = Fnv1a::of(question.trim().as_bytes()).and(&moment.to_le_bytes());
    format!("{:016x}", hash.value())
}

impl Answered {
    /// Whether a later step follows in the making of the answer.
    pub fn is_step(&self) -> bool {
        self.again_with_less.is_some()
            || self.outcome.is_answer() && self.step.is_some_and(|step| !step.last)
    }
}
