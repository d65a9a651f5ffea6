//! File names made of ids and names: an id is never a path.
//!
//! In: an id that a table or a record states, or a person's name. Out: one file name, from which the id can be told
//! again; or a refusal. Never: a folder, a hidden file, a device.

use std::fmt::Write as _;

use crate::error::{Error, Result};
use crate::text;

/// The longest name, in bytes without the ending.
pub(crate) const LONGEST: usize = 200;

/// Names that some systems take for devices, whatever ending they have.
const DEVICES: [&str; 22] = [
    "CON", "PRN", "AUX", "NUL", "COM1", "COM2", "COM3", "COM4", "COM5", "COM6", "COM7", "COM8",
    "COM9", "LPT1", "LPT2", "LPT3", "LPT4", "LPT5", "LPT6", "LPT7", "LPT8", "LPT9",
];

/// The name of the file for the record of the patient with this id.
///
/// # Errors
/// When the id cannot name a file, or the file's name would state another id.
pub(crate) fn of_record(id: &str, extension: &str) -> Result<String> {
    let first = id.split('.').next().unwrap_or_default().trim_end();
    let reason = if id.is_empty() {
        "is empty"
    } else if id.contains(['/', '\\', ':']) {
        "has a sign that stands between folders"
    } else if id.starts_with('.') {
        "begins with a dot"
    } else if id.chars().any(char::is_control) || text::safe(id) != id {
        "holds characters that cannot be seen"
    } else if id.trim() != id || id.ends_with('.') {
        "begins with a blank, or ends with a blank or a dot"
    } else if id.starts_with("EHR_") {
        "begins with EHR_, which file names may put before an id"
    } else if DEVICES.iter().any(|d| first.eq_ignore_ascii_case(d)) {
        "is the name of a device"
    } else if id.len() > LONGEST {
        "is too long"
    } else {
        return Ok(format!("{id}.{extension}"));
    };
    let shown = text::clip(id, 40);
    let what = format!("the patient id `{shown}` cannot name a file: it {reason}");
    Err(Error::problems(what).hint("name the file yourself, where a command takes a file's name"))
}

/// A file name without its ending for any name of a person or dataset: two names never share one.
///
/// ASCII letters, digits, `_`, `-` and a dot that is not the first character stand for themselves; every other byte of the
/// UTF-8 form is `%` and two hexadecimal digits: `J. Chén` is `J.%20Ch%C3%A9n`.
pub(crate) fn stem(name: &str) -> String {
    let mut stem = String::with_capacity(name.len());
    for (i, b) in name.bytes().enumerate() {
        if b.is_ascii_alphanumeric() || matches!(b, b'_' | b'-') || (b == b'.' && i > 0) {
            stem.push(char::from(b));
        } else {
            // Writing to a string does not fail.
            let _ = write!(stem, "%{b:02X}");
        }
    }
    stem
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::dataset::layout::person_of;

    #[test]
    fn an_id_is_a_file_name_or_refused() {
        for id in [
            "1", "-5", "0120", "José 1", "a.b", "x..y", "5.xml", "CONrad",
        ] {
            let name = of_record(id, "xml").expect(id);
            assert_eq!(person_of(&name), id);
        }
        let long = "1".repeat(LONGEST + 1);
        for id in [
            "",
            ".",
            "..",
            "../x",
            "/etc/x",
            "a/b",
            "a\\b",
            "C:x",
            "a\0b",
            "a\nb",
            "a\x1b[31m",
            "a\u{202e}b",
            ".x",
            " 1",
            "1 ",
            "1.",
            "EHR_1",
            "CON",
            "con",
            "nul.x",
            "Lpt1",
            &long,
        ] {
            let error = of_record(id, "xml").expect_err(id).to_string();
            assert!(!error.chars().any(char::is_control), "{error:?}");
        }
    }

    #[test]
    fn a_stem_leads_nowhere_else() {
        assert_eq!(stem("jchen"), "jchen");
        assert_eq!(stem("J. Chén"), "J.%20Ch%C3%A9n");
        assert_eq!(stem("../x"), "%2E.%2Fx");
        assert_ne!(stem("a b"), stem("a%20b"));
    }
}
