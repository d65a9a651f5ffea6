//! Instructions, relevance labels and the taxonomy: the tables beside the responses.
//!
//! In: rows. Out: plain values with the line they stand on. Ids and labels stay as written.

use crate::record::Time;

/// A row of an instruction table.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Instruction {
    /// The instruction's id.
    pub instruction_id: String,
    /// The patient whose record it is asked of, or empty.
    pub person_id: String,
    /// The instruction's text as written.
    pub question: String,
    /// Category of the taxonomy, or empty.
    pub category: String,
    /// Subcategory of the taxonomy, or empty.
    pub subcategory: String,
    /// The specialty of the clinician who asked, or empty.
    pub specialty: String,
    /// The time taken as "now", where the table states one.
    pub as_of: Option<Time>,
    /// The line of the table on which the row starts, counted from 1.
    pub line: u64,
    /// All other columns of the row, as (column, value): `source` …
    pub columns: Vec<(String, String)>,
}

/// Whether a record suits an instruction, as a person labelled it.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Relevance {
    /// The instruction's id.
    pub instruction_id: String,
    /// The candidate patient's id.
    pub person_id: String,
    /// The instruction's text as written.
    pub question: String,
    /// Whether the record was selected; `None` where the label is missing or cannot be read.
    pub label: Option<bool>,
    /// The label as written.
    pub written: String,
    /// The line of the table on which the row starts, counted from 1.
    pub line: u64,
}

/// A subcategory of the instruction taxonomy.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Subcategory {
    /// The category it belongs to.
    pub category: String,
    /// Its name.
    pub name: String,
    /// What it holds.
    pub description: String,
}

/// A share as it is written: a number between 0 and 1, or in percent with its sign; `None` for anything else.
pub(crate) fn share(text: &str) -> Option<f64> {
    let share = match text.trim().strip_suffix('%') {
        Some(percent) => percent.trim().parse::<f64>().ok()? / 100.0,
        None => text.trim().parse::<f64>().ok()?,
    };
    (0.0..=1.0).contains(&share).then_some(share)
}

/// Reads a flag: `1`, `1.0`, `true`, `yes`, `y`, `t` and their opposites in any case; anything else is `None`.
pub(crate) fn flag(text: &str) -> Option<bool> {
    let text = text.trim();
    let is = |words: &[&str]| words.iter().any(|w| text.eq_ignore_ascii_case(w));
    if is(&["1", "1.0", "true", "yes", "y", "t"]) {
        Some(true)
    } else if is(&["0", "0.0", "false", "no", "n", "f"]) {
        Some(false)
    } else {
        None
    }
}

/// Whether a cell holds nothing: empty, or one of the words that pandas reads as missing.
pub(crate) fn is_missing(text: &str) -> bool {
    matches!(
        text.trim(),
        "" | "nan" | "NaN" | "NA" | "N/A" | "n/a" | "NULL" | "null" | "None" | "<NA>"
    )
}
