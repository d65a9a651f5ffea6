//! The headings within a note.
//!
//! In: a note, a row of it on the screen. Out: the bytes of a heading that begins on it: capitals up to a colon or to the end
//! of their line, such as `PLAN:`. Never: more than the row is read.

use std::ops::Range;

/// The most columns of a heading; capitals that go on are a text in capitals.
const MOST: usize = 60;

/// The heading that begins on a row of a note.
pub(crate) fn heading(note: &str, row: Range<usize>) -> Option<Range<usize>> {
    let before = note.get(..row.start)?;
    if !(before.is_empty() || before.ends_with('\n')) {
        return None;
    }
    let text = note.get(row.clone())?;
    let ends_line = note.get(row.end..)?.starts_with(['\r', '\n']) || row.end == note.len();
    let end = match text.find(':') {
        Some(colon) => colon + 1,
        None if ends_line => text.trim_end().len(),
        None => return None,
    };
    let words = text.get(..end)?;
    let letters = words.chars().filter(|c| c.is_alphabetic()).count();
    let is_heading = end <= MOST && letters >= 3 && !words.chars().any(char::is_lowercase);
    // A value such as a code or a date in capitals begins with no letter.
    let begins = words.trim_start().starts_with(char::is_alphabetic);
    (is_heading && begins).then(|| row.start..row.start + end)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn capitals_up_to_a_colon_or_the_end_of_their_line() {
        let of = |note: &str| {
            let row = 0..note.find('\n').unwrap_or(note.len());
            heading(note, row).map(|r| note[r].to_owned())
        };
        assert_eq!(of("PLAN: splint").as_deref(), Some("PLAN:"));
        assert_eq!(of("PAST HISTORY:\nnone").as_deref(), Some("PAST HISTORY:"));
        assert_eq!(of("ED TRIAGE NOTE\n").as_deref(), Some("ED TRIAGE NOTE"));
        assert_eq!(of("Procedure: closed reduction"), None);
        assert_eq!(of("Skin is dry.\nPLAN: x"), None);
        assert_eq!(of("BP: 120/80").as_deref(), None, "no three letters");
        assert_eq!(of("2019-08-17 PLAN:"), None);
        assert_eq!(of(""), None);
        assert_eq!(of(&"A ".repeat(200)), None, "a text in capitals");
    }

    #[test]
    fn a_row_that_goes_on_with_a_line_has_none() {
        let note = "He said STOP: no\nEXAM: well";
        assert_eq!(heading(note, 8..16), None);
        assert_eq!(heading(note, 17..27), Some(17..22));
        assert_eq!(heading("ÄRZTLICHER BERICHT\n", 0..19), Some(0..19));
    }
}
