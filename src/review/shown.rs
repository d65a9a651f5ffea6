//! Which texts a mark is about: short hashes of the question and of the answers that were shown.
//!
//! In: a dataset's cases, and acts. Out: the hashes that an act notes, and those of the dataset to hold them against. A mark
//! counts for the text that it was made of and for no other. Never: a text itself.
//!
//! # The hash, to the letter
//! Line ends CR LF and CR become LF, and white space at both ends is taken away. The rest, in UTF-8, is hashed by FNV-1a
//! (64 bit, [`fnv1a`]) and written as 16 hexadecimal digits.

use std::collections::BTreeMap;
use std::fmt;

use rustc_hash::FxHashMap;
use serde::{Deserialize, Serialize};

use super::entry::{Act, Support};
use crate::dataset::{Case, CaseKey};
use crate::stats::hash::fnv1a;

/// The hash of a text.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(into = "String", try_from = "String")]
pub struct TextHash(u64);

impl TextHash {
    /// The hash of a text.
    pub fn of(text: &str) -> Self {
        let text = text.trim();
        if text.contains('\r') {
            let text = text.replace("\r\n", "\n").replace('\r', "\n");
            return TextHash(fnv1a(text.as_bytes()));
        }
        TextHash(fnv1a(text.as_bytes()))
    }
}

impl fmt::Display for TextHash {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{:016x}", self.0)
    }
}

impl From<TextHash> for String {
    fn from(hash: TextHash) -> String {
        hash.to_string()
    }
}

impl TryFrom<String> for TextHash {
    type Error = &'static str;

    fn try_from(text: String) -> Result<Self, Self::Error> {
        let digits = |c: u8| c.is_ascii_digit() || (b'a'..=b'f').contains(&c);
        let whole = text.len() == 16 && text.bytes().all(digits);
        let hash = u64::from_str_radix(&text, 16).ok().filter(|_| whole);
        hash.map(TextHash).ok_or("16 hexadecimal digits")
    }
}

/// The texts that were shown: the question, and the answers that an act is about.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Shown {
    /// The question's.
    pub question: TextHash,
    /// Those of answers, by model.
    #[serde(default, skip_serializing_if = "BTreeMap::is_empty")]
    pub answers: BTreeMap<String, TextHash>,
}

impl Shown {
    /// All texts of a case.
    pub fn of(case: &Case) -> Shown {
        let hash = |r: &crate::dataset::Response| (r.model.clone(), TextHash::of(&r.text));
        Shown {
            question: TextHash::of(&case.question),
            answers: case.responses.iter().map(hash).collect(),
        }
    }

    /// What of these texts an act is about; `None` where it is about none.
    pub fn of_act(&self, act: &Act) -> Option<Shown> {
        // Who submits a case is done with all that it has.
        if matches!(act, Act::Submit { .. }) {
            return Some(self.clone());
        }
        let models = about(act)?;
        let known = |model: &str| Some((model.to_owned(), *self.answers.get(model)?));
        Some(Shown {
            question: self.question,
            answers: models.into_iter().filter_map(known).collect(),
        })
    }

    /// Whether the question is another one now.
    pub fn question_differs(&self, now: &Shown) -> bool {
        self.question != now.question
    }

    /// Whether a model's answer is another one now. One that is not there any more is none that differs.
    pub fn answer_differs(&self, now: &Shown, model: &str) -> bool {
        let both = self.answers.get(model).zip(now.answers.get(model));
        both.is_some_and(|(shown, now)| shown != now)
    }
}

/// Whether two notes on what was shown are of different texts; where one of them notes nothing it is not known, and so no.
pub(crate) fn differ(a: Option<&Shown>, b: Option<&Shown>) -> bool {
    a.zip(b).is_some_and(|(a, b)| {
        let other = |model: &String| a.answer_differs(b, model);
        a.question_differs(b) || a.answers.keys().any(other)
    })
}

/// The models whose answers an act says something of, none where it is about the question alone; `None` where no text matters
/// to it.
pub(crate) fn about(act: &Act) -> Option<Vec<&str>> {
    match act {
        Act::Judge { model, .. } | Act::Tag { model, .. } => Some(vec![model]),
        Act::Comment { model, .. } => Some(model.iter().map(String::as_str).collect()),
        Act::Evidence { target, model, .. } => {
            let model = model.iter().filter(|_| *target == Support::Judgement);
            Some(model.map(String::as_str).collect())
        }
        Act::Rank { order } => Some(order.iter().flatten().map(String::as_str).collect()),
        Act::Adopt { marks, order, .. } => {
            let ranked = order.iter().flatten();
            Some(marks.keys().chain(ranked).map(String::as_str).collect())
        }
        Act::Category { .. } | Act::Gold { .. } | Act::Relevance { .. } | Act::Submit { .. } => {
            Some(Vec::new())
        }
        _ => None,
    }
}

/// What of an act is about the answers that `keep` names; `None` where nothing is.
pub(crate) fn part(act: &Act, keep: impl Fn(&str) -> bool) -> Option<Act> {
    if !about(act)?.into_iter().any(&keep) {
        return None;
    }
    let levels = |order: &[Vec<String>]| -> Vec<Vec<String>> {
        // A level left empty is a number left free: the others keep theirs.
        let level = |l: &Vec<String>| l.iter().filter(|m| keep(m)).cloned().collect();
        order.iter().map(level).collect()
    };
    match act {
        Act::Rank { order } => Some(Act::Rank {
            order: levels(order),
        }),
        Act::Adopt {
            from,
            marks,
            order,
            view,
        } => {
            let marks = marks.iter().filter(|(m, _)| keep(m));
            Some(Act::Adopt {
                from: from.clone(),
                marks: marks.map(|(m, mark)| (m.clone(), mark.clone())).collect(),
                order: levels(order),
                view: *view,
            })
        }
        act => Some(act.clone()),
    }
}

/// The texts of a dataset's cases.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Texts(FxHashMap<CaseKey, Shown>);

impl Texts {
    /// The texts of these cases.
    pub fn of(cases: &[Case]) -> Texts {
        Texts(cases.iter().map(|c| (c.key(), Shown::of(c))).collect())
    }

    /// The texts of a case; `None` for one that the dataset does not have.
    pub fn case(&self, key: &CaseKey) -> Option<&Shown> {
        self.0.get(key)
    }

    /// What an act on a case notes.
    pub fn note(&self, case: Option<&CaseKey>, act: &Act) -> Option<Shown> {
        self.case(case?)?.of_act(act)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn published_vectors_and_what_does_not_matter() {
        // FNV-1a: the test vectors of draft-eastlake-fnv; these stand in `assets/review-file.md`, too.
        assert_eq!(TextHash::of("").to_string(), "cbf29ce484222325");
        assert_eq!(TextHash::of(" foobar\r\n").to_string(), "85944171f73967e8");
        assert_eq!(TextHash::of("a\r\nb\rc"), TextHash::of("a\nb\nc"));
        assert_ne!(TextHash::of("a b"), TextHash::of("a  b"));
        assert_ne!(TextHash::of("5 mg"), TextHash::of("50 mg"));
    }

    #[test]
    fn only_sixteen_digits_are_a_hash() {
        let read = |text: &str| TextHash::try_from(text.to_owned()).is_ok();
        assert!(read("85944171f73967e8"));
        for bad in [
            "",
            "85944171f73967e",
            "+5944171f73967e8",
            "85944171F73967E8",
        ] {
            assert!(!read(bad), "{bad}");
        }
    }
}
