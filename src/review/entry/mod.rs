//! One act of a reviewer: the types behind a line of the review file.
//!
//! In: nothing. Out: plain values; [`line`](mod@super::line) turns them into bytes and back. Responses are named by model, never
//! by their place on the screen. A kind that this version does not know is kept whole in [`Act::Other`].

mod pin;
mod words;

use std::collections::BTreeMap;

use jiff::Timestamp;
use serde::{Deserialize, Deserializer, Serialize};
use serde_json::{Map, Value};

use super::pass::Pass;
use super::shown::Shown;
use crate::dataset::CaseKey;

pub use pin::{EventPlace, Pin};
pub(crate) use words::View;
pub use words::{ErrorKind, Harm, Reason, Relevant, Scope, Support, Verdict};

/// The version of the line format that this program writes, field `v`.
pub(crate) const VERSION: u32 = 1;

/// One line of the review file.
#[derive(Clone, Debug, PartialEq)]
pub struct Entry {
    /// Version of the line format the line was written in.
    pub v: u32,
    /// Unique over machines and time; sorts by time as text. See `id`.
    pub id: String,
    /// When, UTC, in whole milliseconds.
    pub time: Timestamp,
    /// Who.
    pub reviewer: String,
    /// On which case; fields `instruction` and `person`.
    pub case: Option<CaseKey>,
    /// In which reading of the case.
    pub pass: Pass,
    /// Of which texts; nothing in acts that are about none, and in those of versions that did not note it.
    pub shown: Option<Shown>,
    /// What was done.
    pub act: Act,
    /// Fields that this version does not know, kept as they were read.
    pub extra: Map<String, Value>,
}

/// What was done; field `kind` names the variant in `snake_case`.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(tag = "kind", rename_all = "snake_case")]
pub enum Act {
    /// A sitting began; written before its first other act.
    Session {
        /// Version of the program.
        version: String,
        /// Name of the dataset.
        dataset: String,
        /// Fingerprint of the dataset.
        fingerprint: String,
        /// Seed of the blind order.
        seed: u64,
        /// Name of the machine.
        host: String,
        /// What judges, where that is no person.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        machine: Option<Machine>,
    },
    /// A verdict on one response.
    Judge {
        /// The model whose response it is.
        model: String,
        /// The verdict; `null` takes it back.
        #[serde(deserialize_with = "present")]
        verdict: Option<Verdict>,
        /// Where the response stood on the screen, counted from 0 (letter A).
        shown_position: Option<u32>,
        /// Which part of the record the reviewer had in view.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        view: Option<View>,
    },
    /// What is wrong with one response, all of it; replaces what was said before.
    Tag {
        /// The model whose response it is.
        model: String,
        /// Kinds of error; empty when there is none.
        errors: Vec<ErrorKind>,
        /// The harm that may follow, where the reviewer said so.
        harm: Option<Harm>,
    },
    /// The order of a case's responses, all of it; replaces what was said before.
    Rank {
        /// Models, best first; ties share an inner list. Models not listed are unranked. An empty inner list is a
        /// rank number that the reviewer left free; it does not change the order.
        order: Vec<Vec<String>>,
    },
    /// A remark on a response, or on the case; replaces the one before, an empty text removes it.
    Comment {
        /// The model whose response it is about, or nothing for the case.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        model: Option<String>,
        /// The remark.
        text: String,
    },
    /// Marks the case to come back to.
    Flag {
        /// Set or taken away.
        on: bool,
    },
    /// Puts the instruction into the taxonomy; replaces what was said before, empty names remove it.
    Category {
        /// The category.
        category: String,
        /// The subcategory.
        subcategory: String,
    },
    /// Pins a passage of a record.
    Evidence {
        /// What the passage supports.
        target: Support,
        /// The model whose judgement it supports, where `target` is `judgement`.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        model: Option<String>,
        /// The passage.
        pin: Pin,
    },
    /// Takes a pin away.
    Unpin {
        /// Id of the `evidence` entry.
        target: String,
    },
    /// The text of the gold editor as it stands, saved so that it survives; not a gold response yet.
    GoldDraft {
        /// The text; empty when the draft is given up.
        text: String,
    },
    /// A gold response; replaces the reviewer's one before.
    Gold {
        /// The response; may be empty when the instruction does not apply.
        text: String,
        /// Whether the instruction applies to this record.
        applicable: Option<bool>,
        /// Whether the record says enough to follow it.
        sufficient: Option<bool>,
        /// Why not.
        #[serde(default, skip_serializing_if = "String::is_empty")]
        reason: String,
    },
    /// The dataset's own gold responses of the case were shown to the reviewer.
    SeeGold {},
    /// What other reviewers marked in the case was shown to the reviewer.
    SeeOthers {},
    /// What a model was sent of the record was shown to the reviewer.
    SeeContext {},
    /// The plan does not give the reviewer this reading; the reviewer was told, and went on.
    OutsidePlan {},
    /// Whether a candidate record fits the instruction.
    Relevance {
        /// The candidate's patient id (the case's own, or another that retrieval proposed).
        candidate: String,
        /// The label; `null` takes it back.
        #[serde(deserialize_with = "present")]
        label: Option<Relevant>,
        /// Why.
        #[serde(default, skip_serializing_if = "String::is_empty")]
        comment: String,
    },
    /// Whether two instructions ask the same, said before there are cases; replaces what was said before.
    Pair {
        /// Id of the instruction that came later.
        later: String,
        /// Id of the one that came earlier.
        earlier: String,
        /// Whether they ask the same; `null` takes it back.
        #[serde(deserialize_with = "present")]
        same: Option<bool>,
    },
    /// The case is done.
    Submit {
        /// Warnings that the reviewer saw and overruled.
        #[serde(default, skip_serializing_if = "Vec::is_empty")]
        overruled: Vec<String>,
        /// Time spent on the case, in seconds.
        seconds: u64,
        /// In an adjudication, what decided.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        reason: Option<Reason>,
    },
    /// In an adjudication: one reviewer's marks and order are taken over, in place of all marks and the order there were.
    Adopt {
        /// Whose.
        from: String,
        /// The marks by model.
        marks: BTreeMap<String, Mark>,
        /// The order; empty when that reviewer gave none.
        order: Vec<Vec<String>>,
        /// Which part of the record was in view.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        view: Option<View>,
    },
    /// The case is not done after all.
    Reopen {},
    /// Takes an act back.
    Undo {
        /// Id of that act.
        target: String,
    },
    /// Takes an undo back.
    Redo {
        /// Id of the act that holds again.
        target: String,
    },
    /// The reviewer asked to see model names.
    Unblind {
        /// Of what.
        scope: Scope,
    },
    /// An act of a newer version: kept, counted, without effect.
    #[serde(skip)]
    Other {
        /// The kind as written.
        kind: String,
        /// All other fields as written.
        fields: Map<String, Value>,
    },
}

/// A model that judges.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Machine {
    /// The model as its server calls it.
    pub model: String,
    /// The prompt it was asked with, by name.
    pub prompt: String,
}

/// What one reviewer marked on a response.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Mark {
    /// The verdict.
    #[serde(deserialize_with = "present")]
    pub verdict: Option<Verdict>,
    /// Kinds of error.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub errors: Vec<ErrorKind>,
    /// The harm that may follow.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub harm: Option<Harm>,
    /// Where the response stood on the screen of the one who took the mark over, from 0.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub shown_position: Option<u32>,
}

impl Act {
    /// The kind as written in the file.
    pub fn kind(&self) -> &str {
        match self {
            Act::Session { .. } => "session",
            Act::Judge { .. } => "judge",
            Act::Tag { .. } => "tag",
            Act::Rank { .. } => "rank",
            Act::Comment { .. } => "comment",
            Act::Flag { .. } => "flag",
            Act::Category { .. } => "category",
            Act::Evidence { .. } => "evidence",
            Act::Unpin { .. } => "unpin",
            Act::GoldDraft { .. } => "gold_draft",
            Act::Gold { .. } => "gold",
            Act::SeeGold {} => "see_gold",
            Act::SeeOthers {} => "see_others",
            Act::SeeContext {} => "see_context",
            Act::OutsidePlan {} => "outside_plan",
            Act::Relevance { .. } => "relevance",
            Act::Pair { .. } => "pair",
            Act::Submit { .. } => "submit",
            Act::Adopt { .. } => "adopt",
            Act::Reopen {} => "reopen",
            Act::Undo { .. } => "undo",
            Act::Redo { .. } => "redo",
            Act::Unblind { .. } => "unblind",
            Act::Other { kind, .. } => kind,
        }
    }

    /// The fields of a kind beside those of every line, or `None` for a kind that is not known.
    pub fn fields(kind: &str) -> Option<&'static [&'static str]> {
        Some(match kind {
            "session" => &[
                "version",
                "dataset",
                "fingerprint",
                "seed",
                "host",
                "machine",
            ],
            "judge" => &["model", "verdict", "shown_position", "view"],
            "tag" => &["model", "errors", "harm"],
            "rank" => &["order"],
            "comment" => &["model", "text"],
            "flag" => &["on"],
            "category" => &["category", "subcategory"],
            "evidence" => &["target", "model", "pin"],
            "unpin" | "undo" | "redo" => &["target"],
            "gold_draft" => &["text"],
            "gold" => &["text", "applicable", "sufficient", "reason"],
            "relevance" => &["candidate", "label", "comment"],
            "pair" => &["later", "earlier", "same"],
            "submit" => &["overruled", "seconds", "reason"],
            "adopt" => &["from", "marks", "order", "view"],
            "reopen" | "see_gold" | "see_others" | "see_context" | "outside_plan" => &[],
            "unblind" => &["scope"],
            _ => return None,
        })
    }

    /// Whether the act is about a case, so that a line without `instruction` and `person` is a bad one.
    pub fn needs_case(&self) -> bool {
        match self {
            Act::Session { .. }
            | Act::Pair { .. }
            | Act::Undo { .. }
            | Act::Redo { .. }
            | Act::Other { .. }
            | Act::Unblind { scope: Scope::All } => false,
            Act::Judge { .. }
            | Act::Tag { .. }
            | Act::Rank { .. }
            | Act::Comment { .. }
            | Act::Flag { .. }
            | Act::Category { .. }
            | Act::Evidence { .. }
            | Act::Unpin { .. }
            | Act::GoldDraft { .. }
            | Act::Gold { .. }
            | Act::SeeGold {}
            | Act::SeeOthers {}
            | Act::SeeContext {}
            | Act::OutsidePlan {}
            | Act::Relevance { .. }
            | Act::Submit { .. }
            | Act::Adopt { .. }
            | Act::Reopen {}
            | Act::Unblind { scope: Scope::Case } => true,
        }
    }

    /// Whether it says something of the answers that is counted: verdicts, errors and harm, the order.
    pub fn is_mark(&self) -> bool {
        matches!(
            self,
            Act::Judge { .. } | Act::Tag { .. } | Act::Rank { .. } | Act::Adopt { .. }
        )
    }

    /// Whether undo takes the act back, and whether it ends what can be redone.
    ///
    /// Not: sittings, undo and redo themselves, unblinding and looking at gold responses, at others' marks or at what a model was sent (what was seen stays seen), going on
    /// outside of the plan, and drafts, which copy the editor's text on their own account; the editor has its own undo.
    pub fn undoable(&self) -> bool {
        match self {
            Act::GoldDraft { .. }
            | Act::SeeGold {}
            | Act::SeeOthers {}
            | Act::SeeContext {}
            | Act::OutsidePlan {}
            | Act::Unblind { .. } => false,
            Act::Pair { .. } => true,
            act => act.needs_case(),
        }
    }
}

/// Reads an optional value whose field must be there, so that a lost field is not taken for "cleared".
fn present<'de, D, T>(deserializer: D) -> Result<Option<T>, D::Error>
where
    D: Deserializer<'de>,
    T: Deserialize<'de>,
{
    Option::deserialize(deserializer)
}
