//! Opening a record file: bytes, text, root element, reader.
//!
//! In: a path, or a path and bytes. Out: a [`Record`] with notices about all that was off, or an error where nothing is
//! usable. Never: a write, a file that is no regular one, or a reader chosen by the file's name.

use std::fs::File;
use std::io::Read;
use std::path::Path;

use rayon::prelude::*;

use super::encoding::{self, Decoded};
use super::findings::{Findings, line_of};
use super::lumia::{Lumia, Outcome};
use super::model::{Builder, Record, Shape};
use super::scan::{Scanner, Token, is_name};
use super::tag::{self, Attribute};
use super::visit_day::VisitDay;
use super::walk::Walker;
use crate::error::{Error, Result};
use crate::notice::Severity;

/// A part of a file that is read by a thread of its own has at least so many bytes.
const PART: usize = 1 << 20;

/// Reads the record in the file at `path`.
///
/// # Errors
/// When the file cannot be read, is no XML, has another root element than `eventstream` and `record`, or states no
/// patient where its shape has to. A damaged file is no error: what could be read is there, with a notice of
/// [`Severity::Error`].
pub fn read(path: &Path) -> Result<Record> {
    let reading = |e| Error::io(path, "reading", e);
    // Not even opened if it is no file: a pipe would wait for ever.
    let metadata = std::fs::metadata(path).map_err(reading)?;
    if !metadata.is_file() {
        return Err(Error::unreadable(path, "not a regular file"));
    }
    let mut bytes = Vec::with_capacity(metadata.len() as usize + 1);
    File::open(path)
        .and_then(|mut file| file.read_to_end(&mut bytes))
        .map_err(reading)?;
    read_bytes(path, bytes)
}

/// Reads the record that `bytes` hold; `path` is what notices and errors name.
///
/// # Errors
/// As [`read`].
pub fn read_bytes(path: &Path, bytes: Vec<u8>) -> Result<Record> {
    let file_bytes = bytes.len() as u64;
    let Decoded {
        text,
        mut findings,
        controls,
    } = encoding::decode(path, bytes)?;
    let root = find_root(path, &text, &mut findings)?;
    let mut builder = Builder::new(path, root.shape, file_bytes);
    if let Some(id) = root.person_id(path, &text, &mut findings)? {
        builder.person_id(&id);
    }
    let outcome = if root.empty {
        // The walker only has to look at what stands behind the root.
        let mut walker = Walker::new(&text, root.behind, root.name, false);
        walker.root_is_closed();
        Lumia::new(walker, builder, controls).read()
    } else {
        match root.shape {
            Shape::Lumia => read_lumia(path, &text, &root, builder, controls),
            Shape::VisitDay => {
                let walker = Walker::new(&text, root.behind, root.name, false);
                VisitDay::new(walker, builder, controls).read()
            }
        }
    };
    let mut builder = outcome.builder;
    findings.append(outcome.findings);
    for notice in findings.into_notices(path, &text) {
        builder.notice(notice);
    }
    drop(text);
    Ok(builder.finish())
}

/// The root element's start tag.
#[derive(Debug)]
struct Root<'a> {
    shape: Shape,
    name: &'a str,
    raw: &'a str,
    empty: bool,
    offset: usize,
    /// Byte offset behind the tag.
    behind: usize,
}

impl Root<'_> {
    /// The id that the root states, as written; `None` for the shape that has none.
    fn person_id(
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
fn find_root<'a>(path: &Path, text: &'a str, findings: &mut Findings) -> Result<Root<'a>> {
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

/// Reads a LUMIA file, its encounters on as many threads as there are.
///
/// The file is cut where `<encounter` stands. Whether an encounter really begins there shows when the part before it
/// is read: it must end between two encounters. If not (the words stood in a comment, or the file is damaged), the
/// whole is read again in one go.
fn read_lumia(
    path: &Path,
    text: &str,
    root: &Root<'_>,
    builder: Builder,
    controls: bool,
) -> Outcome {
    let starts = starts_of_parts(text, root.behind);
    if starts.len() > 1 {
        let ends = starts[1..].iter().copied().chain([text.len()]);
        let ranges: Vec<(usize, usize)> = starts.iter().copied().zip(ends).collect();
        let parts: Vec<Outcome> = ranges
            .into_par_iter()
            .map(|(start, end)| {
                let last = end == text.len();
                let walker = Walker::new(&text[..end], start, root.name, !last);
                let own = Builder::new(path, Shape::Lumia, 0);
                Lumia::new(walker, own, controls).read()
            })
            .collect();
        if parts.iter().all(|part| part.sound) {
            let mut whole = Outcome {
                builder,
                findings: Findings::default(),
                sound: true,
            };
            for part in parts {
                whole.builder.append(part.builder);
                whole.findings.append(part.findings);
            }
            return whole;
        }
    }
    let walker = Walker::new(text, root.behind, root.name, false);
    Lumia::new(walker, builder, controls).read()
}

/// Where to start reading, one place a thread.
fn starts_of_parts(text: &str, behind: usize) -> Vec<usize> {
    let bytes = text.as_bytes();
    let count = rayon::current_num_threads().min((bytes.len() - behind) / PART);
    let mut starts = vec![behind];
    for i in 1..count {
        let from = behind + (bytes.len() - behind) / count * i;
        let Some(at) = memchr::memmem::find(&bytes[from..], b"<encounter") else {
            break;
        };
        if starts.last().is_some_and(|last| from + at > *last) {
            starts.push(from + at);
        }
    }
    starts
}
