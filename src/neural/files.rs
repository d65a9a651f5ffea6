//! The small files of a model's folder.

use std::path::Path;

use serde_json::Value;

use crate::error::{Error, Result};

/// No file of settings is longer; `tokenizer.json` of a large vocabulary has some 20 MB and is read elsewhere.
const LONGEST: u64 = 16 << 20;

/// A file of text.
///
/// # Errors
/// When it is not there, too long, or no text.
pub(crate) fn read_text(path: &Path) -> Result<String> {
    let io = |e| {
        Error::io(path, "reading the model", e)
            .hint("`medalign help models` says which files of which model go where")
    };
    let len = std::fs::metadata(path).map_err(io)?.len();
    if len > LONGEST {
        return Err(Error::unreadable(
            path,
            format_args!("{len} bytes: this is no file of settings"),
        ));
    }
    std::fs::read_to_string(path).map_err(io)
}

/// A file of JSON.
///
/// # Errors
/// When it is not there, too long, or no JSON.
pub(crate) fn json(path: &Path) -> Result<Value> {
    let text = read_text(path)?;
    serde_json::from_str(&text)
        .map_err(|e| Error::unreadable(path, format_args!("this is no JSON: {e}")))
}
