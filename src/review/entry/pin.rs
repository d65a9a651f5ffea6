//! A pinned passage: what it quotes, and what it is found again by.

use serde::{Deserialize, Serialize};

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
