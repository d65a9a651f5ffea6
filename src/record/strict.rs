//! Whether a record file is well-formed XML, as a strict parser sees it.
//!
//! In: a file's bytes. Out: the line where a strict parser would stop, if it would. The readers here go on where they can;
//! other programs that are given the same file do not, and its authors should know. The parser is quick-xml 0.42 with all its
//! checks, and what it leaves to its caller: elements open at the end, two roots, text outside the root, references to
//! entities that XML does not define, duplicate attributes.

use memchr::memchr_iter;
use quick_xml::Reader;
use quick_xml::events::{BytesRef, BytesStart, Event};

/// The line, counted from 1, at which a strict XML parser refuses the file; `None` when it reads all of it.
///
/// A file in another encoding than UTF-8 that says so is not looked at.
pub(crate) fn refused_at(bytes: &[u8]) -> Option<u64> {
    if std::str::from_utf8(bytes).is_err() && states_encoding(bytes) {
        return None;
    }
    let mut reader = Reader::from_reader(bytes);
    let mut depth = 0_usize;
    let mut roots = 0_usize;
    loop {
        let sound = match reader.read_event() {
            Ok(Event::Start(tag)) => {
                roots += usize::from(depth == 0);
                depth += 1;
                roots == 1 && attributes_are_sound(&tag)
            }
            Ok(Event::Empty(tag)) => {
                roots += usize::from(depth == 0);
                roots == 1 && attributes_are_sound(&tag)
            }
            Ok(Event::End(_)) => {
                depth = depth.saturating_sub(1);
                true
            }
            Ok(Event::Text(text)) => depth > 0 || text.bytes().all(|b| b.is_ascii_whitespace()),
            Ok(Event::CData(_)) => depth > 0,
            Ok(Event::GeneralRef(reference)) => depth > 0 && is_defined(&reference),
            Ok(Event::Decl(_) | Event::PI(_) | Event::DocType(_) | Event::Comment(_)) => true,
            Ok(Event::Eof) if depth == 0 && roots == 1 => return None,
            Ok(Event::Eof) | Err(_) => false,
        };
        if !sound {
            let at = reader.error_position().max(reader.buffer_position());
            let before = &bytes[..(at as usize).min(bytes.len())];
            return Some(memchr_iter(b'\n', before).count() as u64 + 1);
        }
    }
}

/// The parser compares each name with all before it, so of many (an attack) it is not asked which are there twice.
fn attributes_are_sound(tag: &BytesStart<'_>) -> bool {
    let mut names = Vec::new();
    for attribute in tag.attributes().with_checks(false) {
        let Ok(attribute) = attribute else {
            return false;
        };
        names.push(attribute.key.into_inner());
    }
    names.sort_unstable();
    names.windows(2).all(|two| two[0] != two[1])
}

/// The five entities of XML, and references to characters that XML allows.
fn is_defined(reference: &BytesRef<'_>) -> bool {
    match reference.resolve_char_ref() {
        Ok(Some(c)) => {
            matches!(c, '\t' | '\n' | '\r' | ' '..='\u{d7ff}' | '\u{e000}'..='\u{fffd}' | '\u{10000}'..)
        }
        Ok(None) => matches!(&**reference, "amp" | "lt" | "gt" | "apos" | "quot"),
        Err(_) => false,
    }
}

/// Whether the file begins with a mark of UTF-16, or declares an encoding.
fn states_encoding(bytes: &[u8]) -> bool {
    let head = &bytes[..bytes.len().min(200)];
    head.starts_with(&[0xff, 0xfe])
        || head.starts_with(&[0xfe, 0xff])
        || memchr::memmem::find(head, b"encoding=").is_some()
        || head.contains(&0)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn sound_files_are_read_whole() {
        for sound in [
            "<a/>",
            "<?xml version=\"1.0\"?>\n<!-- x --><a b=\"1\">\n&lt;&#233;<![CDATA[<]]></a>\n",
        ] {
            assert_eq!(refused_at(sound.as_bytes()), None, "{sound}");
        }
    }

    #[test]
    fn the_line_is_where_a_strict_parser_stops() {
        let cases = [
            ("", 1),
            ("<a>\n<b>\n", 3),
            ("<a>\n</b>", 2),
            ("<a>\nx & y</a>", 2),
            ("<a>\n&nbsp;</a>", 2),
            ("<a>\n&#27;</a>", 2),
            ("<a\nb=\"1\" b=\"2\"/>", 2),
            ("<a/>\n<a/>", 2),
            ("<a/>\nx", 2),
            ("<a>\n\u{0}", 2),
        ];
        for (text, line) in cases {
            assert_eq!(refused_at(text.as_bytes()), Some(line), "{text:?}");
        }
        assert_eq!(refused_at(b"<a>\xff</a>"), Some(1));
        assert_eq!(
            refused_at(b"<?xml version=\"1.0\" encoding=\"ISO-8859-1\"?><a>\xff</a>"),
            None
        );
    }
}
