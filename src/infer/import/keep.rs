//! Answers of a run kept beside a dataset's tables, as `medalign infer` keeps its own.
//!
//! In: answers with their cases. Out: lines of `model-responses/<label>/answers.jsonl`, each on the disk before it counts, and
//! `system.toml`, which says where they come from and what is known of the system. Never: an answer that is there taken back unless
//! that was asked for, or one added twice.

use std::path::Path;

use jiff::Timestamp;
use rustc_hash::FxHashMap;
use serde::{Deserialize, Serialize};
use serde_json::{Map, Value};

use super::constants::is_constant;
use super::{About, Found};
use crate::dataset::{Answered, Case, CaseKey, Dataset, asked};
use crate::error::{Error, Result};
use crate::files::append::Lines;
use crate::files::private::private_folder;
use crate::files::replace::replace;
use crate::infer::answers::{KIND, VERSION};
use crate::stats::hash::fnv1a;

/// What came of keeping.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(crate) struct Kept {
    /// Answers that are new.
    pub new: usize,
    /// Answers in place of others.
    pub replaced: usize,
    /// Answers that are there already.
    pub same: usize,
    /// Cases that have another answer, which stays: the case, and where in the run the other is.
    pub other: Vec<(CaseKey, String)>,
    /// Lines of the file that are none.
    pub bad: Vec<u64>,
}

/// What `system.toml` says of answers from elsewhere.
#[derive(Debug, Serialize, Deserialize)]
struct Origin {
    medalign: String,
    dataset: String,
    fingerprint: String,
    label: String,
    /// The program that made the run.
    from: String,
    import: Vec<Import>,
}

#[derive(Debug, Serialize, Deserialize)]
struct Import {
    time: String,
    run: String,
    answers: usize,
    #[serde(default, skip_serializing_if = "String::is_empty")]
    model: String,
    /// The settings that the run states.
    #[serde(default, skip_serializing_if = "Map::is_empty")]
    settings: Map<String, Value>,
}

/// Where answers go, and what they are.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Keep<'a> {
    /// The folder of the label.
    pub folder: &'a Path,
    pub label: &'a str,
    /// The program that made the run.
    pub from: &'a str,
    /// The run's file or folder.
    pub run: &'a Path,
    /// Whether answers that are there may be replaced.
    pub replace: bool,
    /// Whether nothing is written.
    pub dry: bool,
}

/// Keeps answers.
///
/// # Errors
/// When the label's answers are of `medalign infer` or another program, or cannot be written.
pub(crate) fn keep(
    keep: Keep<'_>,
    dataset: &Dataset,
    about: &About,
    answers: &[(&Case, Found)],
) -> Result<Kept> {
    let path = keep.folder.join("answers.jsonl");
    let mut origin = origin(keep, dataset)?;
    if answers.is_empty() {
        return Ok(Kept::default());
    }
    let (mut lines, bytes) = if keep.dry {
        (None, std::fs::read(&path).unwrap_or_default())
    } else {
        private_folder(keep.folder)?;
        let (lines, bytes) = Lines::open(&path, KIND)?;
        (Some(lines), bytes)
    };
    let mut kept = Kept::default();
    let there = there(&bytes, &mut kept);
    let mut add = Vec::new();
    for (case, found) in answers {
        let line = answered(case, found, keep.label);
        match there.get(&case.key()) {
            Some(old) if same(old, &line) => kept.same += 1,
            // An answer takes a failure's place unasked.
            Some(old)
                if !keep.replace && (old.outcome.is_answer() || !line.outcome.is_answer()) =>
            {
                kept.other.push((case.key(), found.place.clone()));
            }
            old => {
                kept.replaced += usize::from(old.is_some());
                kept.new += usize::from(old.is_none());
                add.push(line);
            }
        }
    }
    let Some(lines) = lines.as_mut().filter(|_| !add.is_empty()) else {
        return Ok(kept);
    };
    origin.import.push(Import {
        time: Timestamp::now().to_string(),
        run: super::name(keep.run),
        answers: add.len(),
        model: about.model.clone(),
        settings: told(&about.settings),
    });
    let text = toml::to_string(&origin).map_err(|_| Error::bug("a system could not be written"))?;
    replace(&keep.folder.join("system.toml"), text.as_bytes())?;
    let add: Result<Vec<String>> = add
        .iter()
        .map(|line| {
            serde_json::to_string(line)
                .map_err(|e| Error::bug("an answer could not be written").caused_by(e))
        })
        .collect();
    let appended = lines.append(&add?);
    appended.outcome?;
    if appended.renamed {
        return Err(Error::unreadable(
            &path,
            "another program replaced the file while it was written",
        )
        .hint("import again: what is lacking is added"));
    }
    Ok(kept)
}

/// Whether the answers of a folder come from elsewhere.
pub(crate) fn is_import(folder: &Path) -> bool {
    let text = std::fs::read_to_string(folder.join("system.toml")).unwrap_or_default();
    toml::from_str::<Origin>(&text).is_ok()
}

/// What stands beside the answers that are there; new where there are none.
fn origin(keep: Keep<'_>, dataset: &Dataset) -> Result<Origin> {
    let path = keep.folder.join("system.toml");
    let text = match std::fs::read_to_string(&path) {
        Ok(text) => text,
        Err(e) if e.kind() == std::io::ErrorKind::NotFound => {
            return Ok(Origin {
                medalign: env!("CARGO_PKG_VERSION").to_owned(),
                dataset: dataset.name().to_owned(),
                fingerprint: dataset.fingerprint().to_owned(),
                label: keep.label.to_owned(),
                from: keep.from.to_owned(),
                import: Vec::new(),
            });
        }
        Err(e) => return Err(Error::io(&path, "reading the system", e)),
    };
    let origin = toml::from_str::<Origin>(&text).ok();
    origin.filter(|o| o.from == keep.from).ok_or_else(|| {
        Error::unreadable(&path, "the answers here do not come from such a run")
            .hint("take another --label")
    })
}

/// The last outcome of each case.
fn there(bytes: &[u8], kept: &mut Kept) -> FxHashMap<CaseKey, Answered> {
    let mut there = FxHashMap::default();
    for (at, line) in (1..).zip(bytes.split(|b| *b == b'\n')) {
        if line.iter().all(u8::is_ascii_whitespace) {
            continue;
        }
        let Ok(answered) = serde_json::from_slice::<Answered>(line) else {
            kept.bad.push(at);
            continue;
        };
        let key = CaseKey {
            instruction: answered.instruction.clone(),
            person: answered.person.clone(),
        };
        there.insert(key, answered);
    }
    there
}

/// Whether two outcomes say the same.
fn same(old: &Answered, new: &Answered) -> bool {
    old.outcome == new.outcome && old.text == new.text && old.partial == new.partial
}

/// TOML has no null, and lists of one kind only.
fn told(settings: &Map<String, Value>) -> Map<String, Value> {
    let constant = |value: &Value| value.as_str().is_some_and(is_constant);
    let plain = |value: &Value| {
        !(value.is_null() || value.is_object() || value.is_array() || constant(value))
    };
    let mut out = Map::new();
    for (name, value) in settings {
        let value = match value {
            Value::Object(parts) => Value::Object(told(parts)),
            Value::Array(_) => Value::String(value.to_string()),
            // TOML's whole numbers end earlier.
            Value::Number(n) if n.as_u64().is_some_and(|n| i64::try_from(n).is_err()) => {
                Value::String(n.to_string())
            }
            value if plain(value) => value.clone(),
            _ => continue,
        };
        out.insert(name.clone(), value);
    }
    // Tables stand behind values.
    let (tables, mut values): (Map<_, _>, Map<_, _>) =
        out.into_iter().partition(|(_, v)| v.is_object());
    values.extend(tables);
    values
}

fn answered(case: &Case, found: &Found, label: &str) -> Answered {
    let told = &found.told;
    let (text, partial) = if found.outcome.is_answer() {
        (told.text.clone(), String::new())
    } else {
        (String::new(), told.text.clone())
    };
    Answered {
        v: VERSION,
        time: Timestamp::now().to_string(),
        instruction: case.instruction_id.clone(),
        person: case.person_id.clone(),
        label: label.to_owned(),
        outcome: found.outcome,
        request: format!("imported-{:016x}", fnv1a(told.text.as_bytes())),
        text,
        partial,
        finish_reason: told.finish_reason.clone(),
        usage: told.usage,
        prompt_tokens: 0,
        seconds: found.seconds,
        tries: 0,
        asked: asked(&case.question, case.as_of),
        model: told.model.clone(),
        window: found.window.clone(),
        step: None,
        again_with_less: None,
        shortened: None,
        confidence: told.confidence,
        reasoning: told.reasoning.clone(),
        categories: told.categories.clone(),
        status: told.status,
        message: told.message.clone(),
    }
}
