//! Start tags and character data: names, attributes, references.
//!
//! In: what stands between `<` and `>`, or between tags. Out: names and values with references resolved and white
//! space as XML 1.0 has it. Never: an expanded entity beyond the five of XML, or a dropped character: a reference
//! that means nothing stays as it is written, with a finding.

use std::borrow::Cow;

use super::findings::Findings;
use super::scan::is_name;
use crate::notice::Severity;

/// An attribute with its value resolved.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Attribute<'a> {
    pub(super) key: &'a str,
    pub(super) value: Cow<'a, str>,
}

/// The name that a start tag begins with.
pub(super) fn name(raw: &str) -> &str {
    let end = raw
        .bytes()
        .position(|c| c.is_ascii_whitespace() || c == b'/' || c == b'=')
        .unwrap_or(raw.len());
    &raw[..end]
}

/// Whether a start tag is that of an empty element (`<a/>`).
pub(super) fn is_empty(raw: &str) -> bool {
    raw.ends_with('/')
}

/// The names that the formats have, and what stands at the root of files that are taken for records.
const KNOWN: [&str; 46] = [
    "age",
    "birthdate",
    "bundle",
    "care_site_id",
    "caresite",
    "caresites",
    "clinicaldocument",
    "code",
    "condition",
    "condition_occurrence",
    "day",
    "days",
    "death",
    "demographics",
    "device_exposure",
    "drug_exposure",
    "encounter",
    "end",
    "entry",
    "ethnicity",
    "event",
    "events",
    "eventstream",
    "gender",
    "html",
    "measurement",
    "name",
    "note",
    "note_id",
    "observation",
    "payerplan",
    "person",
    "person_id",
    "procedure",
    "procedure_occurrence",
    "provider",
    "provider_id",
    "providers",
    "race",
    "record",
    "start",
    "timestamp",
    "type",
    "unit",
    "visit",
    "years",
];

/// A name for a message: one of the formats' own as it is written. Of any other only how long it is, since it may be a
/// piece of a note.
pub(super) fn speakable(name: &str) -> Cow<'_, str> {
    if KNOWN.iter().any(|known| name.eq_ignore_ascii_case(known)) {
        return Cow::Borrowed(name);
    }
    let letters = match name.chars().count() {
        1 => "1 letter".to_owned(),
        n => format!("{n} letters"),
    };
    Cow::Owned(format!("name of {letters}"))
}

/// Fills `out` with the attributes of the start tag `raw`, whose `<` stands at byte `offset`.
///
/// What is no attribute is reported; a value without quotes and the second of two equal names are reported and kept.
pub(super) fn attributes<'a>(
    raw: &'a str,
    offset: usize,
    findings: &mut Findings,
    out: &mut Vec<Attribute<'a>>,
) {
    out.clear();
    let body = raw.strip_suffix('/').unwrap_or(raw);
    let mut at = name(raw).len();
    while let Some(found) = attribute(body, &mut at) {
        let place = offset + 1 + at;
        let key = match found {
            Found::Junk => {
                let what = "a tag is not well-formed; what is no attribute in it is left out";
                findings.add(Severity::Error, place, what);
                continue;
            }
            Found::Attribute { key, value, flaw } => {
                if let Some(flaw) = flaw {
                    findings.add(Severity::Error, place, flaw);
                }
                let value = if is_plain(value) {
                    Cow::Borrowed(value)
                } else {
                    Cow::Owned(attribute_value(value, place, findings))
                };
                out.push(Attribute { key, value });
                key
            }
        };
        if !is_name(key) {
            let what = "an attribute's name is not well-formed; it is kept";
            findings.add(Severity::Error, place, what);
        }
    }
    if out.len() > 1 {
        report_duplicates(out, offset, findings);
    }
}

/// Fills `out` with the attributes of a start tag without any flaw or reference; `false` where [`attributes`] has to
/// look. A tag that was cut at a `>` inside quotes is never without flaw.
pub(super) fn plain_attributes<'a>(raw: &'a str, out: &mut Vec<Attribute<'a>>) -> bool {
    out.clear();
    let body = raw.strip_suffix('/').unwrap_or(raw);
    let mut at = name(raw).len();
    while let Some(found) = attribute(body, &mut at) {
        let Found::Attribute {
            key,
            value,
            flaw: None,
        } = found
        else {
            return false;
        };
        if !is_plain(value) || !is_name(key) || out.iter().any(|a| a.key == key) || out.len() > 16 {
            return false;
        }
        let value = Cow::Borrowed(value);
        out.push(Attribute { key, value });
    }
    true
}

fn report_duplicates(attributes: &[Attribute<'_>], offset: usize, findings: &mut Findings) {
    // Few attributes are compared with each other; many (an attack) are sorted.
    let twice = if attributes.len() <= 16 {
        (1..attributes.len()).find_map(|i| {
            let key = attributes[i].key;
            attributes[..i].iter().any(|a| a.key == key).then_some(key)
        })
    } else {
        let mut keys: Vec<&str> = attributes.iter().map(|a| a.key).collect();
        keys.sort_unstable();
        keys.windows(2).find(|w| w[0] == w[1]).map(|w| w[0])
    };
    if let Some(key) = twice {
        let what = format!(
            "an attribute stands twice in one tag ({}); the first one counts",
            speakable(key)
        );
        findings.add(Severity::Error, offset, what);
    }
}

enum Found<'a> {
    Attribute {
        key: &'a str,
        value: &'a str,
        flaw: Option<&'static str>,
    },
    Junk,
}

/// The next attribute of `body` from byte `at` on, which is moved behind it.
fn attribute<'a>(body: &'a str, at: &mut usize) -> Option<Found<'a>> {
    let bytes = body.as_bytes();
    let space = |mut i: usize| {
        while bytes.get(i).is_some_and(u8::is_ascii_whitespace) {
            i += 1;
        }
        i
    };
    let start = space(*at);
    if start >= bytes.len() {
        return None;
    }
    let mut i = start;
    while bytes
        .get(i)
        .is_some_and(|&c| c != b'=' && !c.is_ascii_whitespace())
    {
        i += 1;
    }
    let key = &body[start..i];
    let equals = space(i);
    if key.is_empty() || bytes.get(equals) != Some(&b'=') {
        *at = i.max(start + 1);
        while !body.is_char_boundary(*at) {
            *at += 1;
        }
        return Some(Found::Junk);
    }
    let open = space(equals + 1);
    let (value, end, flaw) = if let Some(&quote @ (b'"' | b'\'')) = bytes.get(open) {
        let inside = &body[open + 1..];
        match memchr::memchr(quote, inside.as_bytes()) {
            Some(len) => (&inside[..len], open + len + 2, None),
            None => (
                inside,
                body.len(),
                Some("an attribute's closing quote is missing"),
            ),
        }
    } else {
        let mut end = open;
        while bytes.get(end).is_some_and(|c| !c.is_ascii_whitespace()) {
            end += 1;
        }
        (
            &body[open..end],
            end,
            Some("an attribute stands without quotes"),
        )
    };
    *at = end;
    Some(Found::Attribute { key, value, flaw })
}

fn is_control(c: u8) -> bool {
    c < 0x20 && !matches!(c, b'\t' | b'\n' | b'\r')
}

/// Whether an attribute's value stands for itself: no reference, no `<`, no white space but spaces, no control.
fn is_plain(value: &str) -> bool {
    value.bytes().all(|c| c >= 0x20 && c != b'&' && c != b'<')
}

fn attribute_value(raw: &str, place: usize, findings: &mut Findings) -> String {
    if memchr::memchr(b'<', raw.as_bytes()).is_some() {
        let what = "an attribute value holds a bare `<`; it is kept";
        findings.add(Severity::Warning, place, what);
    }
    if raw.bytes().any(is_control) {
        let what = "a control character in a tag; it is kept";
        findings.add(Severity::Error, place, what);
    }
    let spaced = raw.replace("\r\n", " ").replace(['\t', '\n', '\r'], " ");
    let mut out = String::with_capacity(spaced.len());
    resolve(&spaced, place, findings, &mut out);
    out
}

/// Appends character data to `out`: references resolved, line ends as LF.
pub(super) fn resolve_text(raw: &str, offset: usize, findings: &mut Findings, out: &mut String) {
    if memchr::memchr(b'\r', raw.as_bytes()).is_some() {
        let lines = raw.replace("\r\n", "\n").replace('\r', "\n");
        resolve(&lines, offset, findings, out);
    } else {
        resolve(raw, offset, findings, out);
    }
}

/// Appends the inside of a CDATA section to `out`: line ends as LF.
pub(super) fn literal_text(raw: &str, out: &mut String) {
    if memchr::memchr(b'\r', raw.as_bytes()).is_some() {
        out.push_str(&raw.replace("\r\n", "\n").replace('\r', "\n"));
    } else {
        out.push_str(raw);
    }
}

/// Reports control characters in character data.
pub(super) fn report_controls(raw: &str, offset: usize, findings: &mut Findings) {
    if let Some(at) = raw.bytes().position(is_control) {
        let what = "control characters in text; they are kept, and shown as marks";
        findings.add(Severity::Warning, offset + at, what);
    }
}

fn resolve(raw: &str, offset: usize, findings: &mut Findings, out: &mut String) {
    let mut rest = raw;
    while let Some(at) = memchr::memchr(b'&', rest.as_bytes()) {
        out.push_str(&rest[..at]);
        rest = &rest[at..];
        let place = offset + (raw.len() - rest.len());
        rest = &rest[reference(rest, place, findings, out)..];
    }
    out.push_str(rest);
}

/// Resolves the reference that `text` begins with; gives how many bytes it took.
fn reference(text: &str, place: usize, findings: &mut Findings, out: &mut String) -> usize {
    let window = &text.as_bytes()[..text.len().min(66)];
    let name = memchr::memchr(b';', window).map(|end| &text[1..end]);
    let Some(name) = name.filter(|n| n.starts_with('#') || is_name(n)) else {
        let what = "a bare `&`; it is read as text";
        findings.add(Severity::Warning, place, what);
        out.push('&');
        return 1;
    };
    let plain = match name {
        "amp" => Some('&'),
        "lt" => Some('<'),
        "gt" => Some('>'),
        "quot" => Some('"'),
        "apos" => Some('\''),
        _ => name.strip_prefix('#').and_then(character),
    };
    if let Some(c) = plain {
        out.push(c);
    } else {
        let what = if name.starts_with('#') {
            Cow::Borrowed("a character reference that XML forbids; it is kept as it is written")
        } else {
            format!(
                "an unknown entity (a {}); it is kept as it is written",
                speakable(name)
            )
            .into()
        };
        findings.add(Severity::Error, place, what);
        out.push_str(&text[..name.len() + 2]);
    }
    name.len() + 2
}

/// The character of a reference `#65` or `#x41` (without the `#`), where XML 1.0 allows it.
fn character(digits: &str) -> Option<char> {
    let code = match digits.strip_prefix('x') {
        Some(hex) if hex.bytes().all(|c| c.is_ascii_hexdigit()) => u32::from_str_radix(hex, 16),
        None if digits.bytes().all(|c| c.is_ascii_digit()) => digits.parse(),
        _ => return None,
    };
    let c = char::from_u32(code.ok()?)?;
    let allowed =
        matches!(c, '\t' | '\n' | '\r') || (c >= ' ' && !matches!(c, '\u{fffe}' | '\u{ffff}'));
    allowed.then_some(c)
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::path::Path;

    fn parsed(raw: &str) -> (Vec<(String, String)>, Vec<String>) {
        let mut findings = Findings::default();
        let mut out = Vec::new();
        attributes(raw, 0, &mut findings, &mut out);
        let pairs = out
            .into_iter()
            .map(|a| (a.key.to_owned(), a.value.into_owned()))
            .collect();
        let notices = findings.into_notices(Path::new("f"), "");
        (pairs, notices.into_iter().map(|n| n.what).collect())
    }

    fn text(raw: &str) -> (String, Vec<String>) {
        let mut findings = Findings::default();
        let mut out = String::new();
        resolve_text(raw, 0, &mut findings, &mut out);
        let notices = findings.into_notices(Path::new("f"), "");
        (out, notices.into_iter().map(|n| n.what).collect())
    }

    #[test]
    fn attributes_are_resolved_and_normalised() {
        let (pairs, notices) = parsed("event type = 'note'\n name=\"a &lt; &#10;b\tc\" unit=''/");
        assert_eq!(
            pairs,
            [
                ("type".to_owned(), "note".to_owned()),
                ("name".to_owned(), "a < \nb c".to_owned()),
                ("unit".to_owned(), String::new())
            ]
        );
        assert!(notices.is_empty());
    }

    #[test]
    fn flawed_attributes_are_reported_and_kept() {
        let (pairs, notices) = parsed("event type=note name=\"a\" name=\"b\" junk");
        let keys: Vec<&str> = pairs.iter().map(|p| p.0.as_str()).collect();
        assert_eq!(keys, ["type", "name", "name"]);
        assert_eq!(pairs[0].1, "note");
        assert_eq!(notices.len(), 3);
        assert!(
            notices
                .iter()
                .any(|n| n.contains("twice in one tag (name)"))
        );
        let (pairs, notices) = parsed("event type=\"note");
        assert_eq!(pairs[0].1, "note");
        assert_eq!(notices.len(), 1);
    }

    #[test]
    fn what_is_no_reference_stays() {
        assert_eq!(text("R&D & x &amp; &#x41;").0, "R&D & x & A");
        let (out, notices) = text("a&nbsp;b&#27;&#xD800;&#0;");
        assert_eq!(out, "a&nbsp;b&#27;&#xD800;&#0;");
        assert_eq!(notices.len(), 4);
        assert!(notices[0].contains("name of 4 letters"));
    }

    #[test]
    fn line_ends_become_line_feeds_but_references_stay() {
        assert_eq!(text("a\r\nb\rc&#13;d").0, "a\nb\nc\rd");
    }
}
