//! The bytes of a table as text.
//!
//! In: a file's bytes. Out: text, and notices about its encoding. What is no text at all (a spreadsheet, a web
//! page, an archive) is an error. Never: a byte that vanishes; what cannot be decoded becomes U+FFFD.

use std::path::Path;

use crate::error::{Error, Result};
use crate::notice::{Notice, Severity};
use crate::record::windows_1252;

/// Decodes UTF-8 (with or without a byte order mark), UTF-16, or Windows-1252 where nothing is UTF-8.
pub(super) fn decode(path: &Path, bytes: &[u8], notices: &mut Vec<Notice>) -> Result<String> {
    refuse_other_formats(path, bytes)?;
    if let Some((little, start)) = utf16(bytes) {
        notices.push(Notice::file(
            Severity::Info,
            path,
            "written in UTF-16; read as such, but other tools expect UTF-8",
        ));
        return Ok(decode_utf16(path, &bytes[start..], little, notices));
    }
    if let Some(text) = latin(bytes) {
        notices.push(latin_notice(path, bytes));
        return Ok(text);
    }
    let bytes = if let Some(rest) = bytes.strip_prefix(b"\xef\xbb\xbf") {
        notices.push(Notice::file(
            Severity::Info,
            path,
            "starts with a UTF-8 byte order mark, which is skipped",
        ));
        rest
    } else {
        bytes
    };
    Ok(decode_utf8(path, bytes, notices))
}

/// Decodes without a word: for places in a file whose reader has told what was off. A byte order mark is kept.
pub(super) fn lossy(bytes: &[u8]) -> String {
    match utf16(bytes) {
        Some((little, _)) => utf16_units(bytes, little).0,
        None => latin(bytes).unwrap_or_else(|| String::from_utf8_lossy(bytes).into_owned()),
    }
}

fn refuse_other_formats(path: &Path, bytes: &[u8]) -> Result<()> {
    let what = if bytes.starts_with(b"PK\x03\x04") {
        "this is a spreadsheet (or zip) file, not a text table"
    } else if bytes.starts_with(b"\x1f\x8b") {
        "this is a gzip file, not a text table"
    } else if bytes.starts_with(b"\xd0\xcf\x11\xe0") {
        "this is an old spreadsheet file, not a text table"
    } else if bytes.starts_with(b"PAR1") {
        "this is a Parquet file, not a text table"
    } else if first_byte(bytes) == Some(b'<') && !looks_like_conflict(bytes) {
        "this is a web page or XML, not a table"
    } else if matches!(first_byte(bytes), Some(b'{' | b'[')) {
        "this is JSON, not a table"
    } else {
        return Ok(());
    };
    Err(Error::unreadable(path, format_args!("line 1: {what}"))
        .hint("save it as a tab-separated text file in UTF-8"))
}

fn first_byte(bytes: &[u8]) -> Option<u8> {
    let bytes = bytes.strip_prefix(b"\xef\xbb\xbf").unwrap_or(bytes);
    bytes.iter().copied().find(|b| !b.is_ascii_whitespace())
}

fn looks_like_conflict(bytes: &[u8]) -> bool {
    bytes.starts_with(b"<<<<<<<")
}

/// Whether the bytes are UTF-16: (little endian, where the text starts).
fn utf16(bytes: &[u8]) -> Option<(bool, usize)> {
    if bytes.starts_with(b"\xff\xfe") {
        return Some((true, 2));
    }
    if bytes.starts_with(b"\xfe\xff") {
        return Some((false, 2));
    }
    // Without a mark: a header is ASCII, so every second byte of its beginning is NUL.
    let head = &bytes[..bytes.len().min(64)];
    let nul = |odd: usize| {
        head.len() >= 8
            && head
                .iter()
                .enumerate()
                .all(|(i, b)| (i % 2 == odd) == (*b == 0))
    };
    if nul(1) {
        Some((true, 0))
    } else if nul(0) {
        Some((false, 0))
    } else {
        None
    }
}

/// The text, and how many places were no valid UTF-16.
fn utf16_units(bytes: &[u8], little: bool) -> (String, usize) {
    let (pairs, rest) = bytes.as_chunks::<2>();
    let units = pairs.iter().map(|pair| {
        if little {
            u16::from_le_bytes(*pair)
        } else {
            u16::from_be_bytes(*pair)
        }
    });
    let mut bad = usize::from(!rest.is_empty());
    let mut text = String::with_capacity(bytes.len() / 2);
    for unit in char::decode_utf16(units) {
        text.push(unit.unwrap_or_else(|_| {
            bad += 1;
            char::REPLACEMENT_CHARACTER
        }));
    }
    if !rest.is_empty() {
        text.push(char::REPLACEMENT_CHARACTER);
    }
    (text, bad)
}

fn decode_utf16(path: &Path, bytes: &[u8], little: bool, notices: &mut Vec<Notice>) -> String {
    let (text, bad) = utf16_units(bytes, little);
    if bad > 0 {
        notices.push(Notice::file(
            Severity::Warning,
            path,
            format!("{bad} places are no valid UTF-16 and show as �; save the file again as UTF-8"),
        ));
    }
    text
}

/// The text of bytes of which none is UTF-8 beyond ASCII, and all stand for something in Windows-1252 (which has Latin-1 in it).
fn latin(bytes: &[u8]) -> Option<String> {
    let mut chunks = bytes.utf8_chunks();
    let sound = std::str::from_utf8(bytes).is_ok();
    let stands = |b: &u8| !matches!(b, 0x81 | 0x8d | 0x8f | 0x90 | 0x9d);
    let is_latin = !sound && chunks.all(|c| c.valid().is_ascii()) && bytes.iter().all(stands);
    is_latin.then(|| bytes.iter().map(|b| windows_1252(*b)).collect())
}

fn latin_notice(path: &Path, bytes: &[u8]) -> Notice {
    let first = bytes.iter().position(|b| !b.is_ascii()).unwrap_or(0);
    let line = memchr::memchr_iter(b'\n', &bytes[..first]).count() as u64 + 1;
    let start = memchr::memrchr(b'\n', &bytes[..first]).map_or(0, |i| i + 1);
    let what = "not UTF-8 from here on; read as Windows-1252 (Latin-1). Save the file as UTF-8";
    Notice::line(Severity::Warning, path, line, what).at_column((first - start) as u64 + 1)
}

fn decode_utf8(path: &Path, bytes: &[u8], notices: &mut Vec<Notice>) -> String {
    let mut text = String::with_capacity(bytes.len());
    let mut bad = 0;
    let mut first = None;
    for chunk in bytes.utf8_chunks() {
        text.push_str(chunk.valid());
        if !chunk.invalid().is_empty() {
            first.get_or_insert(text.len());
            bad += 1;
            text.push(char::REPLACEMENT_CHARACTER);
        }
    }
    if let Some(at) = first {
        let line = text[..at].matches('\n').count() as u64 + 1;
        let start = text[..at].rfind('\n').map_or(0, |i| i + 1);
        let column = text[start..at].chars().count() as u64 + 1;
        let what = format!(
            "{bad} bytes from here on are no valid UTF-8 and show as �; save the file again as UTF-8"
        );
        notices.push(Notice::line(Severity::Warning, path, line, what).at_column(column));
    }
    text
}
