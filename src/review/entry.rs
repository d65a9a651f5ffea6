//! One act of a reviewer: the types behind a line of the review file.
//!
//! In: nothing. Out: plain values; [`line`](mod@super::line) turns them into bytes and back. Responses are named by model, never
//! by their place on the screen. A kind that this version does not know is kept whole in [`Act::Other`].

use std::collections::BTreeMap;

use jiff::Timestamp;
use serde::{Deserialize, Deserializer, Serialize};
use serde_json::{Map, Value};

use super::pass::Pass;
use crate::dataset::CaseKey;

/// The version of the line format that this program writes, field `v`.
pub const VERSION: u32 = 1;

/// One line of the review file.
#[derive(Clone, Debug, PartialEq)]
pub struct Entry {
    /// Version of the line format the line was written in.
    pub v: u32,
    /// Unique over machines and time; sorts by time as text. See [`id`](super::id).
    pub id: String,
    /// When, UTC, in whole milliseconds.
    pub time: Timestamp,
    /// Who.
    pub reviewer: String,
    /// On which case; fields `instruction` and `person`.
    pub case: Option<CaseKey>,
    /// In which reading of the case.
    pub pass: Pass,
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

/// What decided where reviewers disagreed.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Reason {
    /// What the record says.
    Record,
    /// Something in the record that one side missed.
    Missed,
    /// Medical knowledge, or a guideline.
    Knowledge,
    /// Which of two ways to understand the instruction is meant.
    Instruction,
    /// One mark was a slip.
    Slip,
    /// Opinions differ, and one had to be taken.
    Opinion,
    /// Something else; the comment says what.
    Other,
}

impl Reason {
    /// All reasons, in the order in which they are offered.
    pub const ALL: [Reason; 7] = [
        Reason::Record,
        Reason::Missed,
        Reason::Knowledge,
        Reason::Instruction,
        Reason::Slip,
        Reason::Opinion,
        Reason::Other,
    ];

    /// The name in the review file and in exports.
    pub fn name(self) -> &'static str {
        match self {
            Reason::Record => "record",
            Reason::Missed => "missed",
            Reason::Knowledge => "knowledge",
            Reason::Instruction => "instruction",
            Reason::Slip => "slip",
            Reason::Opinion => "opinion",
            Reason::Other => "other",
        }
    }

    /// The words on the screen.
    pub fn label(self) -> &'static str {
        match self {
            Reason::Record => "the record settles it",
            Reason::Missed => "one side missed something in the record",
            Reason::Knowledge => "medical knowledge or a guideline settles it",
            Reason::Instruction => "the instruction was understood differently",
            Reason::Slip => "one mark was a slip",
            Reason::Opinion => "opinions differ, and one had to be taken",
            Reason::Other => "other; the case's comment says what",
        }
    }
}

/// A verdict on a response.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Verdict {
    /// Clinically appropriate, and it answers the instruction.
    Correct,
    /// Not appropriate, not an answer, or with an error that matters.
    Incorrect,
    /// The reviewer cannot say.
    Unsure,
}

/// Which part of the record was in view.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum View {
    /// All of it.
    Whole,
    /// What precedes the time taken as "now".
    AsOf,
    /// What the model saw.
    Context,
}

/// What is wrong with a response.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum ErrorKind {
    /// It contradicts the record.
    ContradictsRecord,
    /// It states what the record does not say (fabricated).
    NotInRecord,
    /// It leaves out something important.
    Omission,
    /// Wrong patient, side or laterality.
    WrongPatientOrSide,
    /// It was true once and no longer is.
    Outdated,
    /// It does not address the instruction.
    DoesNotAddress,
    /// It gives unsafe advice.
    UnsafeAdvice,
    /// Something else; the comment says what.
    Other,
}

impl ErrorKind {
    /// All kinds, in the order in which they are offered.
    pub const ALL: [ErrorKind; 8] = [
        ErrorKind::ContradictsRecord,
        ErrorKind::NotInRecord,
        ErrorKind::Omission,
        ErrorKind::WrongPatientOrSide,
        ErrorKind::Outdated,
        ErrorKind::DoesNotAddress,
        ErrorKind::UnsafeAdvice,
        ErrorKind::Other,
    ];

    /// The name in the review file and in exports.
    pub fn name(self) -> &'static str {
        match self {
            ErrorKind::ContradictsRecord => "contradicts_record",
            ErrorKind::NotInRecord => "not_in_record",
            ErrorKind::Omission => "omission",
            ErrorKind::WrongPatientOrSide => "wrong_patient_or_side",
            ErrorKind::Outdated => "outdated",
            ErrorKind::DoesNotAddress => "does_not_address",
            ErrorKind::UnsafeAdvice => "unsafe_advice",
            ErrorKind::Other => "other",
        }
    }

    /// The words on the screen.
    pub fn label(self) -> &'static str {
        match self {
            ErrorKind::ContradictsRecord => "contradicts the record",
            ErrorKind::NotInRecord => "not in the record",
            ErrorKind::Omission => "omits something important",
            ErrorKind::WrongPatientOrSide => "wrong patient or side",
            ErrorKind::Outdated => "outdated",
            ErrorKind::DoesNotAddress => "does not address the instruction",
            ErrorKind::UnsafeAdvice => "unsafe advice",
            ErrorKind::Other => "other",
        }
    }
}

/// The harm that may follow when a response is acted on.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Harm {
    /// None.
    None,
    /// Passing discomfort or needless work.
    Mild,
    /// Harm that needs treatment.
    Moderate,
    /// Lasting harm or death.
    Severe,
}

impl Harm {
    /// All severities, the least first.
    pub const ALL: [Harm; 4] = [Harm::None, Harm::Mild, Harm::Moderate, Harm::Severe];

    /// The name in the review file, in exports and on the screen.
    pub fn name(self) -> &'static str {
        match self {
            Harm::None => "none",
            Harm::Mild => "mild",
            Harm::Moderate => "moderate",
            Harm::Severe => "severe",
        }
    }
}

impl View {
    /// The name in the review file and in exports.
    pub fn name(self) -> &'static str {
        match self {
            View::Whole => "whole",
            View::AsOf => "as_of",
            View::Context => "context",
        }
    }
}

impl Support {
    /// The name in the review file and in exports.
    pub fn name(self) -> &'static str {
        match self {
            Support::Gold => "gold",
            Support::Judgement => "judgement",
        }
    }
}

impl Verdict {
    /// The name in the review file, in exports and on the screen.
    pub fn name(self) -> &'static str {
        match self {
            Verdict::Correct => "correct",
            Verdict::Incorrect => "incorrect",
            Verdict::Unsure => "unsure",
        }
    }
}

/// What a pinned passage supports.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Support {
    /// The reviewer's gold response.
    Gold,
    /// The judgement of one response.
    Judgement,
}

/// A passage of a record with its place, so that it is found again or known to be gone.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Pin {
    /// The record's patient id.
    pub person: String,
    /// The note's id, where the event is a note with one.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub note_id: Option<String>,
    /// The event.
    pub event: EventPlace,
    /// First byte of the passage within the event's original text.
    pub start: u64,
    /// The byte after its last.
    pub end: u64,
    /// The passage as the record has it; of a whole event that is no note its name, value and unit, with blanks between.
    pub quote: String,
    /// FNV-1a (64 bit, 16 hexadecimal digits) of the event's whole original text, to tell whether it changed.
    pub hash: String,
}

/// What names an event of a record.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct EventPlace {
    /// Byte offset of the event in the record's file.
    pub offset: u64,
    /// Its time as the program prints it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub time: Option<String>,
    /// Its type as written: `note`, `measurement` …
    #[serde(rename = "type")]
    pub type_name: String,
    /// Its code, or empty.
    pub code: String,
}

/// Whether a candidate record fits an instruction.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Relevant {
    /// It does.
    Yes,
    /// It does not.
    No,
    /// In part.
    Partly,
}

/// How far an unblinding reaches.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Scope {
    /// The entry's case.
    Case,
    /// All cases.
    All,
}

impl Relevant {
    /// The name in the review file and on the screen.
    pub fn name(self) -> &'static str {
        match self {
            Relevant::Yes => "yes",
            Relevant::No => "no",
            Relevant::Partly => "partly",
        }
    }
}

impl Scope {
    /// The name in the review file.
    pub fn name(self) -> &'static str {
        match self {
            Scope::Case => "case",
            Scope::All => "all",
        }
    }
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
            "session" => &["version", "dataset", "fingerprint", "seed", "host"],
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
            "reopen" | "see_gold" => &[],
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
            | Act::Relevance { .. }
            | Act::Submit { .. }
            | Act::Adopt { .. }
            | Act::Reopen {}
            | Act::Unblind { scope: Scope::Case } => true,
        }
    }

    /// Whether undo takes the act back, and whether it ends what can be redone.
    ///
    /// Not: sittings, undo and redo themselves, unblinding and looking at gold responses (what was seen stays seen), and drafts, which copy the
    /// editor's text on their own account; the editor has its own undo.
    pub fn undoable(&self) -> bool {
        match self {
            Act::GoldDraft { .. } | Act::SeeGold {} | Act::Unblind { .. } => false,
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
