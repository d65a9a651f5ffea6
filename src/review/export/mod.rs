//! Reviews as files that other programs read.
//!
//! In: a dataset's cases and the ledgers of all reviewers. Out: files in one of four formats, and an [`Account`] in which
//! everything that is in the reviews was either written or left out for a reason that it names. Never: a mark dropped in
//! silence, or a model's name in what a person sees who labels the exported tasks.
//!
//! [`picked`] joins cases and reviews, [`account`] counts, [`tables`] writes the released layout, [`lines`] JSON Lines.

pub mod account;
pub mod lines;
pub mod picked;
pub mod tables;

use std::collections::BTreeMap;

pub use account::{Account, Item, Why};
pub use picked::{Picked, Which};

use super::ledger::Ledger;
use crate::dataset::{Case, Relevance};

/// What is exported.
#[derive(Clone, Copy, Debug)]
pub struct Source<'a> {
    /// The dataset's name.
    pub name: &'a str,
    /// Its cases.
    pub cases: &'a [Case],
    /// Its relevance labels.
    pub relevance: &'a [Relevance],
    /// What reviewers said, by name.
    pub ledgers: &'a BTreeMap<String, Ledger>,
}

/// What of it, and how.
#[derive(Clone, Copy, Debug)]
pub struct Options {
    /// Which cases.
    pub which: Which,
    /// Whether free text is written: questions, responses, gold responses, quotes, remarks.
    pub text: bool,
    /// Whether the table's own judgements and ranks are offered as suggestions, where the format knows such.
    pub suggest: bool,
}

/// A file to write, by its path within the export.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct File {
    /// The path, with `/` between folders.
    pub name: &'static str,
    /// All of it.
    pub bytes: Vec<u8>,
}

#[cfg(test)]
mod tests;
