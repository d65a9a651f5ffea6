//! What people said in another program, read from the JSON that it exports.
//!
//! In: a file of Label Studio or Argilla; which it is, is told from the content. Out: filled forms, each with who filled it and which
//! case it is about. Never: an item that is passed over without being counted, or text in a message.

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};

use jiff::Timestamp;
use serde_json::Value;

use super::fit::Texts;
use super::form::Form;
use super::{argilla, label_studio};
use crate::dataset::CaseKey;
use crate::error::{Error, Result};
use crate::review::shown::Shown;

/// What one person said of one case.
#[derive(Clone, Debug, Default, PartialEq)]
pub(crate) struct Said {
    /// Where it stands in the file: `task 3, annotation 1`.
    pub place: String,
    /// Who said it.
    pub by: By,
    /// Of which case.
    pub case: CaseKey,
    /// Which letter is which model.
    pub models: BTreeMap<String, String>,
    /// The texts that the form shows.
    pub texts: Texts,
    /// The same by model, once they were found to be the dataset's.
    pub shown: Option<Shown>,
    /// The answers.
    pub form: Form,
    /// Whether something in it could not be used.
    pub refused: bool,
    /// When, where the file says so.
    pub at: Option<Timestamp>,
    /// Seconds it took, if the case counts as done.
    pub submitted: Option<u64>,
}

/// Who said something, as a file has it.
#[derive(Clone, Debug, Default, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) enum By {
    /// An email or a user's name.
    Name(String),
    /// An id that the other program gave, without a name.
    Id(String),
    /// The file does not say.
    #[default]
    Nobody,
}

/// What a file holds.
#[derive(Clone, Debug, Default, PartialEq)]
pub(crate) struct Brought {
    /// Tasks or records.
    pub items: usize,
    /// What people said.
    pub said: Vec<Said>,
    /// What cannot be used, with its place.
    pub wrong: Vec<String>,
    /// What is passed over on purpose, by what it is.
    pub passed: BTreeMap<&'static str, usize>,
}

/// Reads a file of either program, or a folder with one; which it is, is told from the content.
///
/// # Errors
/// When it cannot be read, or is neither.
pub(crate) fn read(path: &Path) -> Result<Brought> {
    let file = if path.is_dir() {
        in_folder(path)?
    } else {
        path.to_owned()
    };
    let bytes = std::fs::read(&file).map_err(|e| Error::io(&file, "reading the export", e))?;
    let bytes = bytes.strip_prefix(b"\xEF\xBB\xBF").unwrap_or(&bytes);
    let json: Value = serde_json::from_slice(bytes).map_err(|e| {
        let (line, column) = (e.line(), e.column());
        Error::unreadable(
            &file,
            format_args!("line {line}, column {column}: this is no JSON"),
        )
        .hint("export again, as JSON")
    })?;
    let items = match json {
        Value::Array(items) => items,
        item @ Value::Object(_) => vec![item],
        _ => Vec::new(),
    };
    let has = |name: &str| items.first().is_some_and(|item| item.get(name).is_some());
    if items.is_empty() {
        Ok(Brought::default())
    } else if has("data") {
        Ok(label_studio::read(&items))
    } else if has("fields") || has("responses") {
        let users = argilla::users(&file)?;
        Ok(argilla::read(&items, &users))
    } else {
        Err(Error::unreadable(
            &file,
            "neither tasks of Label Studio nor records of Argilla are here",
        )
        .hint("export the annotations as JSON, not in a reduced form (JSON-MIN, CSV)"))
    }
}

fn in_folder(folder: &Path) -> Result<PathBuf> {
    let names = [label_studio::TASKS, argilla::RECORDS];
    let there: Vec<PathBuf> = names
        .map(|n| folder.join(n))
        .into_iter()
        .filter(|p| p.is_file())
        .collect();
    match there.as_slice() {
        [one] => Ok(one.clone()),
        _ => Err(Error::unreadable(
            folder,
            format_args!("one of {} should be here", names.join(" and ")),
        )
        .hint("name the file itself")),
    }
}

impl By {
    /// Who, for a message.
    pub(crate) fn told(&self) -> String {
        match self {
            By::Name(name) => crate::text::safe(name).into_owned(),
            By::Id(id) => format!("user {}", crate::text::safe(id)),
            By::Nobody => "somebody without a name".to_owned(),
        }
    }
}

/// The case that an item names in `within`.
pub(super) fn case_of(within: Option<&Value>) -> Option<CaseKey> {
    let text = |name: &str| match within?.get(name)? {
        Value::String(text) if !text.is_empty() => Some(text.clone()),
        Value::Number(number) => Some(number.to_string()),
        _ => None,
    };
    Some(CaseKey {
        instruction: text("instruction_id")?,
        person: text("person_id")?,
    })
}

/// Texts of a list, or one text; `None` for anything else.
pub(super) fn texts(value: &Value) -> Option<Vec<String>> {
    match value {
        Value::String(text) => Some(vec![text.clone()]),
        Value::Number(number) => Some(vec![number.to_string()]),
        Value::Array(all) => all.iter().map(|v| v.as_str().map(str::to_owned)).collect(),
        _ => None,
    }
}
