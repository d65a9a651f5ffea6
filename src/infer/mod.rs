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

pub(crate) mod answers;
pub(crate) mod client;
pub(crate) mod context;
pub(crate) mod estimate;
pub(crate) mod evidence;
pub(crate) mod import;
pub(crate) mod laid;
pub(crate) mod prompt;
pub(crate) mod ready;
mod refine;
pub(crate) mod run;
pub(crate) mod scale;
pub(crate) mod system;
pub(crate) mod tokens;
pub(crate) mod window;
