//! The closed sets of words that acts are said in: verdicts, views, errors, harm, reasons, labels.
//!
//! In: nothing. Out: plain values with their names in files and their words on the screen.

use serde::{Deserialize, Serialize};

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
    /// That something is correct, or is not.
    pub fn of(correct: bool) -> Self {
        if correct {
            Verdict::Correct
        } else {
            Verdict::Incorrect
        }
    }

    /// Correct, incorrect, or neither.
    pub fn correct(self) -> Option<bool> {
        match self {
            Verdict::Correct => Some(true),
            Verdict::Incorrect => Some(false),
            Verdict::Unsure => None,
        }
    }

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
