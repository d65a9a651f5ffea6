//! The root element: whether a text is a record at all, of which shape, and whose.
//!
//! In: decoded text. Out: the root's start tag, with findings about what stands before it, or an error that says what
//! the text is instead. Never: a look behind the tag, or anything that a document type declares.

use std::path::Path;

use crate::error::{Error, Result};
use crate::notice::Severity;
use crate::record::findings::{Findings, line_of};
use crate::record::model::Shape;
use crate::record::scan::{Scanner, Token, is_name};
use crate::record::tag::{self, Attribute};

/// The root element's start tag.
#[derive(Debug)]
pub(super) struct Root<'a> {
    pub(super) shape: Shape,
    pub(super) name: &'a str,
    raw: &'a str,
    pub(super) empty: bool,
    offset: usize,
    /// Byte offset behind the tag.
    pub(super) behind: usize,
}

impl Root<'_> {
    /// The id that the root states, as written; `None` for the shape that has none.
    pub(super) fn person_id(
        &self,
        path: &Path,
        text: &str,
        findings: &mut Findings,
    ) -> Result<Option<String>> {
        let mut attributes = Vec::new();
        tag::attributes(self.raw, self.offset, findings, &mut attributes);
        let further = |a: &&Attribute<'_>| a.key != "person_id" && !a.key.starts_with("xmlns");
        let further = attributes.iter().filter(further).count();
        if further > 0 {
            let what = format!("{further} attributes of the root element are not used");
            findings.add(Severity::Info, self.offset, what);
        }
        let id = attributes.iter().find(|a| a.key == "person_id");
        if self.shape == Shape::VisitDay {
            if id.is_some() {
                let what = "the root element states a person_id, which this shape has not";
                findings.add(Severity::Warning, self.offset, what);
            }
            return Ok(None);
        }
        match id {
            Some(id) if !id.value.trim().is_empty() => {
                if id.value.trim() != id.value {
                    let what = "white space around the person_id; it is left out";
                    findings.add(Severity::Info, self.offset, what);
                }
                Ok(Some(id.value.to_string()))
            }
            _ => {
                let line = line_of(text, self.offset);
                let what = format!("line {line}: <eventstream> states no person_id");
                Err(Error::unreadable(path, what).hint(
                    "whose record it is cannot be known; add the attribute person_id to the root element",
                ))
            }
        }
    }
}

/// Finds the root element and chooses the reader by it.
pub(super) fn find<'a>(path: &Path, text: &'a str, findings: &mut Findings) -> Result<Root<'a>> {
    let mark = if text.starts_with('\u{feff}') { 3 } else { 0 };
    let mut scanner = Scanner::new(text, mark);
    let fail = |offset: usize, what: String| {
        let line = line_of(text, offset);
        Error::unreadable(path, format_args!("line {line}: {what}")).hint(
            "a record is an XML file whose root element is <eventstream> (LUMIA) or <record> (visit/day)",
        )
    };
    let mut junk = None;
    loop {
        let (token, offset) = scanner.next();
        match token {
            Token::Text(raw) => {
                let space = raw.len() - raw.trim_ascii_start().len();
                if space < raw.len() && junk.is_none() {
                    junk = Some(offset + space);
                }
            }
            Token::Instruction(raw) if tag::name(raw) == "xml" => {
                declaration(raw, offset, offset > mark, findings);
            }
            Token::Instruction(_) => {}
            Token::Doctype(raw) => {
                // One that defines something would change what the text says.
                let plain = !raw.contains(['[', '"', '\'']);
                let severity = if plain {
                    Severity::Info
                } else {
                    Severity::Error
                };
                let what =
                    "a document type declaration; nothing in it is used, expanded or fetched";
                findings.add(severity, offset, what);
            }
            Token::Start(raw) => {
                let name = tag::name(raw);
                let shape = match name {
                    "eventstream" => Shape::Lumia,
                    "record" => Shape::VisitDay,
                    _ => {
                        return Err(match junk {
                            Some(at) => fail(at, "this is no XML file".to_owned()),
                            None => fail(offset, unknown_root(name)),
                        });
                    }
                };
                if let Some(at) = junk {
                    let what = "text before the root element; it is not read";
                    findings.add(Severity::Error, at, what);
                }
                return Ok(Root {
                    shape,
                    name,
                    raw,
                    empty: tag::is_empty(raw),
                    offset,
                    behind: scanner.at(),
                });
            }
            Token::Stray | Token::End(_) | Token::Cdata(_) => {
                junk.get_or_insert(offset);
            }
            Token::Cut => {
                let end = text.len().saturating_sub(1);
                return Err(match junk {
                    Some(at) => fail(at, "this is no XML file".to_owned()),
                    None => fail(
                        end,
                        "the file is truncated before its root element".to_owned(),
                    ),
                });
            }
            Token::Done => {
                return Err(match junk {
                    Some(at) => fail(at, "this is no XML file".to_owned()),
                    None => fail(text.len(), "the file holds no element".to_owned()),
                });
            }
        }
    }
}

fn unknown_root(name: &str) -> String {
    let found = if is_name(name) {
        format!("<{}>", tag::speakable(name))
    } else {
        "no element's name".to_owned()
    };
    format!(
        "the root element is {found}; known are <eventstream> (LUMIA) and <record> (visit/day), in small letters"
    )
}

/// Notes what is off about an XML declaration.
fn declaration(raw: &str, offset: usize, late: bool, findings: &mut Findings) {
    if late {
        let what = "the XML declaration is not at the start of the file";
        findings.add(Severity::Warning, offset, what);
    }
    let version = raw
        .split_once("version")
        .map(|(_, v)| v.trim_start_matches(|c: char| c.is_ascii_whitespace() || c == '='))
        .map(|v| v.trim_start_matches(['"', '\'']));
    if !version.is_some_and(|v| v.starts_with("1.0")) {
        let what = "the file is not declared as XML 1.0; it is read as if it were";
        findings.add(Severity::Warning, offset, what);
    }
}

#[cfg(test)]
mod tests {
    use crate::record::read::tests::bytes;

    #[test]
    fn what_is_no_record_is_an_error_that_says_why() {
        for (text, words) in [
            ("<html/>", "line 1: the root element is <html>"),
            (
                "\n<EventStream/>",
                "line 2: the root element is <EventStream>",
            ),
            ("{}", "line 1: this is no XML file"),
            ("<?xml version='1.0'?>", "holds no element"),
            ("<eventstream>", "line 1: <eventstream> states no person_id"),
            ("<eventst", "truncated before its root element"),
        ] {
            let error = bytes(text).expect_err(text).to_string();
            assert!(
                error.starts_with("r.xml: ") && error.contains(words),
                "{error}"
            );
        }
    }
}
