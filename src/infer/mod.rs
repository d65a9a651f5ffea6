//! Models answer: what of a record fits, how it is asked for, and what came of it.
//!
//! In: a dataset's cases, and systems (a model behind an endpoint with its settings). Out: a line an outcome in
//! `model-responses/<label>/answers.jsonl`, on the disk before it counts. Never: a record sent to a host that was not named, a
//! key in a file or a message, an outcome that is no answer passed off as one.
//!
//! [`laid`] is a record as text in blocks, [`tokens`] counts it, [`context`] chooses what of it fits, [`window`] says which events that
//! were. [`system`] says what is asked and how, [`ready`] puts [`prompt`]s together, [`estimate`] says what they would come to, [`client`]
//! asks a server until there is an outcome, [`run`] asks for all cases, [`scale`] tells a server that counts differently from one that drops
//! a part of the prompt, and [`answers`] keeps what came.

pub mod answers;
pub mod client;
pub mod context;
pub mod estimate;
pub mod evidence;
pub mod import;
pub mod laid;
pub mod prompt;
pub mod ready;
mod refine;
pub mod run;
pub mod scale;
pub mod system;
pub mod tokens;
pub mod window;
