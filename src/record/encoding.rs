//! Bytes to text: the encodings in which record files come.
//!
//! In: a file's bytes. Out: UTF-8 text, with a finding wherever something had to be decided or replaced. Never: a
//! guess without a finding. Well-formed UTF-8 is taken over without a copy.

use std::path::Path;

use super::findings::Findings;
use crate::error::{Error, Result};
use crate::notice::Severity;

/// A file's text.
#[derive(Debug)]
pub(super) struct Decoded {
    /// The text, with a byte order mark if there was one.
    pub(super) text: String,
    /// What was doubtful.
    pub(super) findings: Findings,
    /// Whether control characters that XML forbids stand in it.
    pub(super) controls: bool,
}

/// Decodes the bytes of `path`.
///
/// # Errors
/// When the bytes are of a kind that is not text: empty, compressed, UTF-32.
pub(super) fn decode(path: &Path, bytes: Vec<u8>) -> Result<Decoded> {
    if let Some(what) = not_text(&bytes) {
        let hint = "a record is an XML file; look at it with `head -c 200`";
        return Err(Error::unreadable(path, format_args!("line 1: {what}")).hint(hint));
    }
    let mut findings = Findings::default();
    let mut text = match bytes.as_slice() {
        [0xff, 0xfe, ..] => utf16(&bytes, u16::from_le_bytes, &mut findings),
        [0xfe, 0xff, ..] => utf16(&bytes, u16::from_be_bytes, &mut findings),
        [b'<', 0, ..] => {
            findings.add(
                Severity::Info,
                0,
                "UTF-16 (little endian) without a byte order mark",
            );
            utf16(&bytes, u16::from_le_bytes, &mut findings)
        }
        [0, b'<', ..] => {
            findings.add(
                Severity::Info,
                0,
                "UTF-16 (big endian) without a byte order mark",
            );
            utf16(&bytes, u16::from_be_bytes, &mut findings)
        }
        _ => match declared(&bytes).map(str::to_ascii_lowercase).as_deref() {
            None | Some("utf-8" | "utf8" | "us-ascii" | "ascii") => utf8(bytes, &mut findings),
            Some("iso-8859-1" | "latin1" | "latin-1" | "windows-1252" | "cp1252") => {
                let what = "declared as Latin-1 or Windows-1252; decoded as Windows-1252";
                findings.add(Severity::Info, 0, what);
                bytes.iter().map(|&b| windows_1252(b)).collect()
            }
            Some(_) => {
                let what = "the declared encoding is not known, or not the one used; read as UTF-8";
                findings.add(Severity::Warning, 0, what);
                utf8(bytes, &mut findings)
            }
        },
    };
    let controls = has_control(text.as_bytes());
    if controls && text.contains('\0') {
        text = without_nul(&text, &mut findings);
    }
    if text.trim_start_matches('\u{feff}').trim().is_empty() {
        return Err(Error::unreadable(
            path,
            "line 1: the file holds white space only",
        ));
    }
    if u32::try_from(text.len()).is_err() {
        return Err(Error::unreadable(path, "the file is larger than 4 GiB"));
    }
    Ok(Decoded {
        text,
        findings,
        controls,
    })
}

fn not_text(bytes: &[u8]) -> Option<&'static str> {
    match bytes {
        [] => Some("the file is empty"),
        [0x1f, 0x8b, ..] => Some("the file is compressed (gzip); decompress it first"),
        [b'P', b'K', 3, 4, ..] => Some("the file is a ZIP archive; unpack it first"),
        [0xff, 0xfe, 0, 0, ..]
        | [0, 0, 0xfe, 0xff, ..]
        | [b'<', 0, 0, 0, ..]
        | [0, 0, 0, b'<', ..] => Some("the file is UTF-32; convert it to UTF-8 first"),
        _ => None,
    }
}

/// The encoding that the XML declaration at the start of the file names.
fn declared(bytes: &[u8]) -> Option<&str> {
    let bytes = bytes.strip_prefix(b"\xef\xbb\xbf").unwrap_or(bytes);
    let start = bytes.len() - bytes.trim_ascii_start().len();
    let bytes = bytes[start..].strip_prefix(b"<?xml")?;
    let end = memchr::memmem::find(&bytes[..bytes.len().min(400)], b"?>")?;
    let declaration = std::str::from_utf8(&bytes[..end]).ok()?;
    let (_, after) = declaration.split_once("encoding")?;
    let value = after.trim_start().strip_prefix('=')?.trim_start();
    let quote = value.chars().next().filter(|q| matches!(q, '"' | '\''))?;
    value[1..].split(quote).next()
}

fn utf8(bytes: Vec<u8>, findings: &mut Findings) -> String {
    let bytes = match String::from_utf8(bytes) {
        Ok(text) => return text,
        Err(error) => error.into_bytes(),
    };
    let mut text = String::with_capacity(bytes.len() + 64);
    for chunk in bytes.utf8_chunks() {
        text.push_str(chunk.valid());
        if !chunk.invalid().is_empty() {
            let what = "bytes that are no UTF-8; each stretch of them shows as U+FFFD";
            findings.add(Severity::Warning, text.len(), what);
            text.push(char::REPLACEMENT_CHARACTER);
        }
    }
    text
}

fn utf16(bytes: &[u8], unit: fn([u8; 2]) -> u16, findings: &mut Findings) -> String {
    let (pairs, odd) = bytes.as_chunks::<2>();
    let mut text = String::with_capacity(bytes.len());
    for c in char::decode_utf16(pairs.iter().map(|&pair| unit(pair))) {
        text.push(c.unwrap_or_else(|_| {
            let what = "half of a UTF-16 surrogate pair; it shows as U+FFFD";
            findings.add(Severity::Warning, text.len(), what);
            char::REPLACEMENT_CHARACTER
        }));
    }
    if !odd.is_empty() {
        let what = "the file ends in the middle of a UTF-16 character";
        findings.add(Severity::Error, text.len(), what);
    }
    text
}

/// Windows-1252 as the WHATWG's Encoding Standard defines it; also what files declared as ISO-8859-1 really hold.
pub(crate) fn windows_1252(byte: u8) -> char {
    const HIGH: [char; 32] = [
        '€', '\u{81}', '‚', 'ƒ', '„', '…', '†', '‡', 'ˆ', '‰', 'Š', '‹', 'Œ', '\u{8d}', 'Ž',
        '\u{8f}', '\u{90}', '‘', '’', '“', '”', '•', '–', '—', '˜', '™', 'š', '›', 'œ', '\u{9d}',
        'ž', 'Ÿ',
    ];
    match byte {
        0x80..=0x9f => HIGH[usize::from(byte - 0x80)],
        _ => char::from(byte),
    }
}

/// Whether a control character stands in the text that XML forbids.
fn has_control(bytes: &[u8]) -> bool {
    // Without a way out within a chunk, the compiler compares many bytes at a time.
    bytes.chunks(4096).any(|chunk| {
        chunk.iter().fold(false, |found, &b| {
            found | (b < 0x20 && !matches!(b, b'\t' | b'\n' | b'\r'))
        })
    })
}

/// NUL separates the events of a record's text, so it cannot stand in one.
fn without_nul(text: &str, findings: &mut Findings) -> String {
    let mut out = String::with_capacity(text.len() + 64);
    for (i, piece) in text.split('\0').enumerate() {
        if i > 0 {
            let what = "a NUL character; it shows as U+FFFD";
            findings.add(Severity::Error, out.len(), what);
            out.push(char::REPLACEMENT_CHARACTER);
        }
        out.push_str(piece);
    }
    out
}

#[cfg(test)]
mod tests {
    use super::*;

    fn read(bytes: &[u8]) -> (String, Vec<String>) {
        let decoded = decode(Path::new("r.xml"), bytes.to_vec()).expect("text");
        let notices = decoded
            .findings
            .into_notices(Path::new("r.xml"), &decoded.text);
        let shown = notices.iter().map(ToString::to_string).collect();
        (decoded.text, shown)
    }

    #[test]
    fn utf16_is_decoded_with_and_without_a_mark() {
        let units: Vec<u16> = "<a>é😀</a>".encode_utf16().collect();
        let le: Vec<u8> = units.iter().flat_map(|u| u.to_le_bytes()).collect();
        let be: Vec<u8> = units.iter().flat_map(|u| u.to_be_bytes()).collect();
        assert_eq!(read(&le).0, "<a>é😀</a>");
        assert_eq!(read(&be).0, "<a>é😀</a>");
        assert_eq!(read(&be).1.len(), 1);
        let marked = [&[0xff, 0xfe][..], &le].concat();
        assert_eq!(read(&marked), ("\u{feff}<a>é😀</a>".to_owned(), vec![]));
    }

    #[test]
    fn declared_windows_1252_is_decoded() {
        let (text, notices) =
            read(b"<?xml version=\"1.0\" encoding='ISO-8859-1'?><a>caf\xe9 \x93x\x94</a>");
        assert!(text.ends_with("<a>café “x”</a>"));
        assert_eq!(notices.len(), 1);
    }

    #[test]
    fn invalid_utf8_is_replaced_with_a_line() {
        let (text, notices) = read(b"<a>\nb\xffc\n\xed\xa0\x80</a>");
        assert_eq!(text, "<a>\nb\u{fffd}c\n\u{fffd}\u{fffd}\u{fffd}</a>");
        assert!(notices[0].starts_with("r.xml:2:2: warning"));
    }

    #[test]
    fn nul_is_replaced() {
        let (text, notices) = read(b"<a>b\0c</a>");
        assert_eq!(text, "<a>b\u{fffd}c</a>");
        assert!(notices[0].starts_with("r.xml:1:5: error"));
    }

    #[test]
    fn what_is_no_text_is_named() {
        for (bytes, word) in [
            (&b""[..], "empty"),
            (b" \n\t", "white space"),
            (b"\x1f\x8b\x08", "gzip"),
            (b"<\0\0\0a\0\0\0", "UTF-32"),
        ] {
            let error = decode(Path::new("r.xml"), bytes.to_vec()).expect_err("not text");
            assert!(error.to_string().contains(word), "{error}");
            assert!(error.to_string().starts_with("r.xml: line 1: "), "{error}");
        }
    }
}
