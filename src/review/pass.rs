//! Which reading of a case an act belongs to: the first, one again, or the adjudication.
//!
//! In: the field `pass` of a line. Out: a plain value. What is said in one reading is folded apart from what is said in the others,
//! so that nothing of an earlier reading shows in a later one.

use std::fmt;

use serde::de::{Error, Visitor};
use serde::{Deserialize, Deserializer, Serialize, Serializer};

/// Which reading of a case an act belongs to.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Pass {
    /// The first; no field in the file.
    #[default]
    First,
    /// A later one, for self-agreement; the number, from 2 on.
    Again(u32),
    /// What the reviewer decides where others disagree; `"adjudication"` in the file.
    Adjudication,
}

/// The word for [`Pass::Adjudication`].
const ADJUDICATION: &str = "adjudication";

impl Pass {
    /// The reading of a number counted from 1; there is none with number 0.
    pub fn numbered(number: u32) -> Option<Pass> {
        match number {
            0 => None,
            1 => Some(Pass::First),
            n => Some(Pass::Again(n)),
        }
    }

    /// The reading as tables have it: a number from 1 on, or `adjudication`.
    pub fn code(self) -> String {
        match self {
            Pass::First => "1".to_owned(),
            Pass::Again(n) => n.to_string(),
            Pass::Adjudication => ADJUDICATION.to_owned(),
        }
    }

    /// The reading of a [`code`](Pass::code); `None` for anything else.
    pub fn from_code(code: &str) -> Option<Pass> {
        if code.eq_ignore_ascii_case(ADJUDICATION) {
            return Some(Pass::Adjudication);
        }
        // pandas writes whole numbers beside missing ones as `2.0`.
        let code = code.strip_suffix(".0").unwrap_or(code);
        code.parse().ok().and_then(Pass::numbered)
    }

    /// The seed of the blind order in this reading: another one in each later reading, so that letters are not remembered.
    pub fn seed(self, seed: u64) -> u64 {
        match self {
            Pass::First | Pass::Adjudication => seed,
            Pass::Again(n) => seed.wrapping_add(u64::from(n) - 1),
        }
    }
}

impl fmt::Display for Pass {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Pass::First => f.write_str("reading 1"),
            Pass::Again(n) => write!(f, "reading {n}"),
            Pass::Adjudication => f.write_str(ADJUDICATION),
        }
    }
}

impl Serialize for Pass {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        match self {
            Pass::First => serializer.serialize_u32(1),
            Pass::Again(n) => serializer.serialize_u32(*n),
            Pass::Adjudication => serializer.serialize_str(ADJUDICATION),
        }
    }
}

impl<'de> Deserialize<'de> for Pass {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        deserializer.deserialize_any(PassVisitor)
    }
}

struct PassVisitor;

impl Visitor<'_> for PassVisitor {
    type Value = Pass;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("a number from 1 on, or \"adjudication\"")
    }

    fn visit_u64<E: Error>(self, number: u64) -> Result<Pass, E> {
        let number = u32::try_from(number).ok().and_then(Pass::numbered);
        number.ok_or_else(|| E::custom("no number of a reading"))
    }

    fn visit_str<E: Error>(self, word: &str) -> Result<Pass, E> {
        if word == ADJUDICATION {
            Ok(Pass::Adjudication)
        } else {
            Err(E::custom("no word for a reading"))
        }
    }
}
