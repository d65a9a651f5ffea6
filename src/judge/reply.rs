//! What a judge replied, read.
//!
//! In: a reply's text, and how many answers it is about. Out: marks for every answer, or why there are none, in words that hold nothing of the
//! reply. A reply counts whole or not at all: a verdict that is not there is never guessed.

use serde_json::{Map, Value};

use crate::review::blind::letter;
use crate::review::{ErrorKind, Harm, Verdict};

/// What a judge says of one answer.
#[derive(Clone, Debug, PartialEq)]
pub(crate) struct Marked {
    pub verdict: Verdict,
    pub errors: Vec<ErrorKind>,
    pub harm: Option<Harm>,
    /// 1 is best; equal ranks are ties.
    pub rank: u32,
    pub reason: String,
}

/// Reads a reply about so many answers; the first is A.
///
/// # Errors
/// What is lacking, or not as it was asked for.
pub(crate) fn read(text: &str, answers: usize) -> Result<Vec<Marked>, String> {
    let all = object(text).ok_or("there is no JSON object in it")?;
    let letters: Vec<String> = (0..answers as u32).map(letter).collect();
    let marks = letters.iter().map(|name| {
        let of = find(&all, name).and_then(Value::as_object);
        let of = of.ok_or_else(|| format!("the object {name} is lacking"))?;
        marked(of).map_err(|what| format!("{name}: {what}"))
    });
    let marks = marks.collect::<Result<Vec<Marked>, String>>()?;
    let strange = |key: &&String| !letters.iter().any(|l| key.eq_ignore_ascii_case(l));
    match all.keys().filter(strange).count() {
        0 => Ok(marks),
        n => Err(format!("{n} fields are no letters of answers")),
    }
}

/// The outermost object: models put words or a fence around it.
fn object(text: &str) -> Option<Map<String, Value>> {
    // What a model thinks before it answers may hold braces.
    let text = text.rsplit_once("</think>").map_or(text, |(_, said)| said);
    let (start, end) = (text.find('{')?, text.rfind('}')?);
    serde_json::from_str(text.get(start..=end)?).ok()
}

/// A field whose name is written in any case.
fn find<'a>(all: &'a Map<String, Value>, name: &str) -> Option<&'a Value> {
    let mut found = all.iter().filter(|(key, _)| key.eq_ignore_ascii_case(name));
    let (_, value) = found.next()?;
    found.next().is_none().then_some(value)
}

fn marked(of: &Map<String, Value>) -> Result<Marked, String> {
    let word = |value: &Value| value.as_str().map(|w| w.trim().to_ascii_lowercase());
    let verdict = match find(of, "verdict").and_then(word).as_deref() {
        Some("correct") => Verdict::Correct,
        Some("incorrect") => Verdict::Incorrect,
        Some("unsure") => Verdict::Unsure,
        _ => return Err("`verdict` is neither correct nor incorrect".to_owned()),
    };
    let errors = match find(of, "errors") {
        None | Some(Value::Null) => Vec::new(),
        Some(Value::Array(all)) => {
            let kinds = all.iter().map(|value| {
                let word = word(value)?;
                ErrorKind::ALL.into_iter().find(|k| k.name() == word)
            });
            let kinds: Option<Vec<ErrorKind>> = kinds.collect();
            let mut kinds = kinds.ok_or("`errors` names a kind that is not offered")?;
            kinds.sort_unstable();
            kinds.dedup();
            kinds
        }
        Some(_) => return Err("`errors` is no list".to_owned()),
    };
    let harm = match find(of, "harm") {
        None | Some(Value::Null) => None,
        Some(value) => {
            let word = word(value).unwrap_or_default();
            let known = Harm::ALL.into_iter().find(|h| h.name() == word);
            Some(known.ok_or("`harm` is a word that is not offered")?)
        }
    };
    let rank = find(of, "rank").and_then(Value::as_u64);
    let rank = rank.and_then(|n| u32::try_from(n).ok()).filter(|n| *n > 0);
    let reason = find(of, "reason").and_then(Value::as_str);
    Ok(Marked {
        verdict,
        errors,
        harm,
        rank: rank.ok_or("`rank` is no number from 1 on")?,
        reason: reason.unwrap_or_default().trim().to_owned(),
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    const TWO: &str = r#"{"A": {"verdict": "incorrect", "errors": ["omission", "outdated", "omission"], "harm": "mild", "rank": 2, "reason": " The dose. "},
        "b": {"verdict": "Correct", "errors": [], "harm": null, "rank": 1}}"#;

    #[test]
    fn marks_are_read_through_what_models_put_around_them() {
        for text in [
            TWO.to_owned(),
            format!("Here it is:\n```json\n{TWO}\n```\nDone."),
            format!("<think>{{A is worse}}</think>{TWO}"),
        ] {
            let marks = read(&text, 2).expect("marks");
            assert_eq!(
                (marks[0].verdict, marks[1].verdict, marks[0].rank),
                (Verdict::Incorrect, Verdict::Correct, 2)
            );
            assert_eq!(marks[0].errors, [ErrorKind::Omission, ErrorKind::Outdated]);
            assert_eq!((marks[0].harm, marks[1].harm), (Some(Harm::Mild), None));
            assert_eq!(marks[0].reason, "The dose.");
        }
    }

    #[test]
    fn a_reply_counts_whole_or_not_at_all() {
        for (text, answers, what) in [
            ("Answer A is better.", 2, "no JSON object"),
            (&TWO[..TWO.len() - 1], 2, "no JSON object"),
            (TWO, 3, "C is lacking"),
            (TWO, 1, "1 fields are no letters"),
            (r#"{"A": {"verdict": "yes", "rank": 1}}"#, 1, "A: `verdict`"),
            (r#"{"A": {"verdict": "correct"}}"#, 1, "A: `rank`"),
            (
                r#"{"A": {"verdict": "correct", "rank": 0}}"#,
                1,
                "A: `rank`",
            ),
            (
                r#"{"A": {"verdict": "correct", "rank": 1, "errors": ["typo"]}}"#,
                1,
                "A: `errors`",
            ),
            (
                r#"{"A": {"verdict": "correct", "rank": 1, "harm": "great"}}"#,
                1,
                "A: `harm`",
            ),
            // Twice, and which counts?
            (
                r#"{"A": {"verdict": "correct", "rank": 1}, "a": {"verdict": "incorrect", "rank": 1}}"#,
                1,
                "A is lacking",
            ),
        ] {
            let why = read(text, answers).expect_err(text);
            assert!(why.contains(what), "{why}");
        }
    }
}
