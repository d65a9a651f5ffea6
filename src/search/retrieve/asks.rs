//! What instructions ask of the records.
//!
//! In: a dataset. Out: its instructions, each once, with the text that is searched for.

use rustc_hash::FxHashSet;

use crate::dataset::Dataset;
use crate::error::{Error, Result};

/// What of an instruction is searched for.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, clap::ValueEnum)]
pub enum QueryText {
    /// The instruction
    #[default]
    Question,
    /// The instruction, then its columns on the patient's characteristics and the clinical context, as the study did
    #[value(name = "question+context")]
    QuestionAndContext,
}

/// An instruction as matching asks it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Ask {
    /// The instruction's id.
    pub instruction_id: String,
    /// The instruction as written.
    pub question: String,
    /// What is searched for.
    pub text: String,
}

/// The instructions of a dataset, each once, in the tables' order.
///
/// # Errors
/// When there are no instructions, or no records to match them to.
pub fn asks(dataset: &Dataset, what: QueryText) -> Result<Vec<Ask>> {
    let mut seen = FxHashSet::default();
    let rows = dataset
        .instructions()
        .iter()
        .map(|i| (&i.instruction_id, &i.question, &i.columns));
    let cases = dataset
        .cases()
        .iter()
        .map(|c| (&c.instruction_id, &c.question, &c.columns));
    let mut asks = Vec::new();
    for (id, question, columns) in rows.chain(cases) {
        if id.is_empty() || !seen.insert(id) {
            continue;
        }
        let mut text = question.clone();
        if what == QueryText::QuestionAndContext {
            for (_, value) in columns.iter().filter(|(name, _)| is_context(name)) {
                text.push(' ');
                text.push_str(value);
            }
        }
        asks.push(Ask {
            instruction_id: id.clone(),
            question: question.clone(),
            text,
        });
    }
    let missing = match (asks.is_empty(), dataset.record_files().is_empty()) {
        (true, _) => "instructions",
        (false, true) => "records",
        (false, false) => return Ok(asks),
    };
    Err(Error::unreadable(
        dataset.root(),
        format_args!("there are no {missing} to match"),
    )
    .hint("`medalign help datasets` says which files a dataset has"))
}

/// Whether a column says something of the patient or the setting that an instruction is for.
fn is_context(column: &str) -> bool {
    let name = column.to_lowercase();
    name.contains("characteristic") || name.contains("context")
}
