//! What a cell says, given what its column holds.
//!
//! In: a field's bytes and its slot. Out: clean text: ids and numbers in one form, nothing where a program wrote its word
//! for nothing; and what was doubted. Never: an id whose digits may have been rounded away, taken as if it were whole.

use std::borrow::Cow;

use super::report::Reason;
use super::slots::{Holds, Slot};

/// The text of a field's bytes: UTF-8, or Windows-1252 (which has Latin-1 in it) where nothing in it is UTF-8.
pub(super) fn text(raw: Cow<'_, [u8]>) -> (Cow<'_, str>, Option<Reason>) {
    let bytes = match raw {
        Cow::Borrowed(b) => match std::str::from_utf8(b) {
            Ok(text) => return (Cow::Borrowed(text), None),
            Err(_) => b.to_vec(),
        },
        Cow::Owned(b) => b,
    };
    match String::from_utf8(bytes) {
        Ok(text) => (Cow::Owned(text), None),
        Err(error) => {
            let bytes = error.as_bytes();
            let is_utf8 = bytes
                .utf8_chunks()
                .any(|c| c.valid().bytes().any(|b| !b.is_ascii()));
            if !is_utf8 && let Some(text) = windows_1252(bytes) {
                return (Cow::Owned(text), Some(Reason::Latin1));
            }
            let text = String::from_utf8_lossy(bytes).into_owned();
            (Cow::Owned(text), Some(Reason::NotUtf8))
        }
    }
}

/// The characters of 0x80 to 0x9f.
const HIGH: [char; 32] = [
    '€', '\0', '‚', 'ƒ', '„', '…', '†', '‡', 'ˆ', '‰', 'Š', '‹', 'Œ', '\0', 'Ž', '\0', '\0', '‘',
    '’', '“', '”', '•', '–', '—', '˜', '™', 'š', '›', 'œ', '\0', 'ž', 'Ÿ',
];

/// `None` when a byte stands for nothing.
fn windows_1252(bytes: &[u8]) -> Option<String> {
    bytes
        .iter()
        .map(|b| match b {
            0x80..=0x9f => Some(HIGH[usize::from(b - 0x80)]).filter(|c| *c != '\0'),
            b => Some(char::from(*b)),
        })
        .collect()
}

/// A field without the blanks around it (free text keeps them); `None` when it says nothing. `comma` says that the table
/// writes a comma for the decimal point.
pub(super) fn clean(
    slot: Slot,
    text: Cow<'_, str>,
    comma: bool,
) -> (Option<Cow<'_, str>>, Option<Reason>) {
    let holds = slot.holds();
    let trimmed = text.trim();
    if is_nothing(holds, trimmed) {
        return (None, None);
    }
    match holds {
        Holds::Text => (Some(text), None),
        Holds::Id | Holds::Concept => match id(trimmed) {
            Some(n) => (Some(canonical(n, text)), None),
            // Its reader leaves the row out.
            None if slot == Slot::Person => (Some(text), None),
            // A name as an id stays as it is.
            None if holds == Holds::Id && !is_like_a_number(trimmed) => (Some(text), None),
            None => (None, Some(Reason::BadReference)),
        },
        Holds::Number if comma && is_decimal_comma(trimmed) => (
            Some(Cow::Owned(trimmed.replace(',', "."))),
            Some(Reason::DecimalComma),
        ),
        Holds::Number | Holds::Date | Holds::Word if trimmed.len() == text.len() => {
            (Some(text), None)
        }
        Holds::Number | Holds::Date | Holds::Word => (Some(Cow::Owned(trimmed.to_owned())), None),
    }
}

fn canonical(n: i64, text: Cow<'_, str>) -> Cow<'_, str> {
    let digits = text.strip_prefix('-').unwrap_or(&text);
    if digits.bytes().all(|b| b.is_ascii_digit()) && (digits.len() == 1 || !digits.starts_with('0'))
    {
        text
    } else {
        Cow::Owned(n.to_string())
    }
}

/// Whether a text is a program's word for nothing. Words and free text may be `NA` (sodium) and `None` (an answer).
fn is_nothing(holds: Holds, text: &str) -> bool {
    let is = |words: &[&str]| words.iter().any(|w| text.eq_ignore_ascii_case(w));
    text.is_empty()
        || text == "\\N"
        || is(&["null"])
        || match holds {
            Holds::Text => false,
            Holds::Word => text == "<NA>" || is(&["nan", "nat"]),
            Holds::Id | Holds::Concept | Holds::Number | Holds::Date => {
                // SAS writes a point.
                is(&["nan", "nat", "na", "n/a", "none", "<na>", "."])
            }
        }
}

fn is_decimal_comma(text: &str) -> bool {
    let digits = |t: &str| !t.is_empty() && t.bytes().all(|b| b.is_ascii_digit());
    let unsigned = text.strip_prefix(['-', '+']).unwrap_or(text);
    unsigned
        .split_once(',')
        .is_some_and(|(a, b)| digits(a) && digits(b))
}

fn is_like_a_number(text: &str) -> bool {
    text.parse::<f64>().is_ok()
}

/// The whole numbers up to here are exact in a floating-point number.
const EXACT: i64 = 1 << 53;

/// A 64-bit id, possibly negative, possibly written `12.0` or `1.2e+01` (as pandas writes a column with gaps); `None`
/// where digits may have been lost.
pub(crate) fn id(text: &str) -> Option<i64> {
    let text = text.trim();
    if let Ok(n) = text.parse() {
        return Some(n);
    }
    let (mantissa, exponent) = match text.split_once(['e', 'E']) {
        Some((mantissa, exponent)) => (mantissa, exponent.parse::<usize>().ok()?),
        None => (text, 0),
    };
    let (sign, unsigned) = match mantissa.strip_prefix('-') {
        Some(rest) => (-1, rest),
        None => (1, mantissa),
    };
    let (whole, part) = unsigned.split_once('.').unwrap_or((unsigned, ""));
    let digits = |t: &str| t.bytes().all(|b| b.is_ascii_digit());
    if whole.is_empty() || !digits(whole) || !digits(part) || unsigned.ends_with('.') {
        return None;
    }
    // Every digit must be written: `5.00E+09` is what a spreadsheet made of some other number.
    let moved = part.get(..exponent)?;
    if !part[exponent..].bytes().all(|b| b == b'0') {
        return None;
    }
    let n: i64 = format!("{whole}{moved}").parse().ok()?;
    (n <= EXACT).then_some(sign * n)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn cleaned(slot: Slot, text: &str) -> (Option<String>, Option<Reason>) {
        let (text, doubt) = clean(slot, text.into(), false);
        (text.map(Cow::into_owned), doubt)
    }

    #[test]
    fn ids_are_64_bit_and_exact() {
        assert_eq!(id("-2312013739856114142"), Some(-2_312_013_739_856_114_142));
        for (text, n) in [
            (" 12.0 ", 12),
            ("7.7e+01", 77),
            ("1.1E1", 11),
            ("-3.0", -3),
            ("1.234567890e+09", 1_234_567_890),
        ] {
            assert_eq!(id(text), Some(n), "{text}");
        }
        for bad in [
            "",
            "5.00E+09",
            "1e+01",
            "2.312013739856114e+18",
            "2312013739856114176.0",
            "9223372036854775808",
            "1.5",
            "7.75e+01",
            "12.",
            "x",
            "e1",
            "1e-1",
        ] {
            assert_eq!(id(bad), None, "{bad}");
        }
    }

    #[test]
    fn nothing_has_a_word_in_every_program() {
        let some = |t: &str| (Some(t.to_owned()), None);
        assert_eq!(cleaned(Slot::SourceValue, " NULL "), (None, None));
        assert_eq!(cleaned(Slot::SourceValue, " NA "), some("NA"));
        assert_eq!(cleaned(Slot::ValueSource, "<NA>"), (None, None));
        assert_eq!(cleaned(Slot::ValueSource, "None"), some("None"));
        assert_eq!(cleaned(Slot::Text, "\\N"), (None, None));
        assert_eq!(cleaned(Slot::Text, " a\n"), some(" a\n"));
        assert_eq!(cleaned(Slot::Text, "nan"), some("nan"));
        for word in ["NaN", "nan", "NA", "None", "N/A", "null", "<NA>", "NaT"] {
            for slot in [
                Slot::Number,
                Slot::RangeLow,
                Slot::Concept,
                Slot::Visit,
                Slot::StartDate,
            ] {
                assert_eq!(cleaned(slot, word), (None, None), "{word}");
            }
        }
        // 0 and a text in a column of numbers stay.
        assert_eq!(cleaned(Slot::Number, "0"), some("0"));
        assert_eq!(cleaned(Slot::Number, "trace"), some("trace"));
    }

    #[test]
    fn ids_have_one_form_and_rounded_ones_are_none() {
        let some = |t: &str| (Some(t.to_owned()), None);
        assert_eq!(cleaned(Slot::Visit, "77.0"), some("77"));
        assert_eq!(cleaned(Slot::Provider, "7.7e+01"), some("77"));
        assert_eq!(cleaned(Slot::Provider, "-9"), some("-9"));
        assert_eq!(cleaned(Slot::Provider, "dr-who"), some("dr-who"));
        let rounded = (None, Some(Reason::BadReference));
        assert_eq!(cleaned(Slot::Provider, "5.00E+09"), rounded);
        assert_eq!(cleaned(Slot::Concept, "3.1e+06"), rounded);
        assert_eq!(cleaned(Slot::Concept, "glucose"), rounded);
    }

    #[test]
    fn decimal_commas_are_points_where_the_table_has_them() {
        let comma = |t: &'static str| clean(Slot::Number, t.into(), true);
        assert_eq!(
            comma("7,25"),
            (Some("7.25".into()), Some(Reason::DecimalComma))
        );
        assert_eq!(comma("1.234,5"), (Some("1.234,5".into()), None));
        assert_eq!(
            clean(Slot::Number, "7,25".into(), false),
            (Some("7,25".into()), None)
        );
    }

    #[test]
    fn bytes_are_utf8_or_windows_1252() {
        let read = |b: &'static [u8]| text(Cow::Borrowed(b));
        assert_eq!(
            read(b"\xb5g/L \x96 M\xe9ni\xe8re"),
            ("µg/L – Ménière".into(), Some(Reason::Latin1))
        );
        // A damaged UTF-8 text is not read as something else.
        assert_eq!(
            read(b"\xc3\xa9 \xff"),
            ("é \u{fffd}".into(), Some(Reason::NotUtf8))
        );
        assert_eq!(read(b"a\x81"), ("a\u{fffd}".into(), Some(Reason::NotUtf8)));
        assert_eq!(read("é".as_bytes()), ("é".into(), None));
    }
}
