//! Elements: the scanner's tokens as openings and closings that always match.
//!
//! In: decoded text, from behind the root's start tag on. Out: steps, every [`WalkStep::Open`] with its [`WalkStep::Close`].
//! Never: more than a bounded depth, a second root, or a damaged place without a finding.

use super::findings::Findings;
use super::scan::{Scanner, Token, is_name};
use super::tag;
use crate::notice::Severity;

/// Elements nest at most so deep.
const DEPTH: usize = 64;

/// One step over the elements of a record.
#[derive(Clone, Copy, Debug)]
pub(super) enum WalkStep<'a> {
    /// An element begins.
    Open {
        name: &'a str,
        /// Its start tag without the angle brackets.
        raw: &'a str,
        /// Byte offset of its `<`.
        offset: usize,
    },
    /// The element opened last and not closed yet ends.
    Close,
    /// Character data, references not resolved.
    Text { raw: &'a str, offset: usize },
    /// Character data without references.
    Cdata { raw: &'a str, offset: usize },
    /// All is read.
    End,
}

/// Walks over the elements inside a root.
#[derive(Debug)]
pub(super) struct Walker<'a> {
    pub(super) scanner: Scanner<'a>,
    pub(super) findings: Findings,
    open: Vec<(&'a str, usize)>,
    /// So many of the open elements close before anything else.
    closing: usize,
    ended: bool,
    /// Whether a part of a file is read that goes on behind `scanner`'s text.
    part: bool,
    /// Whether nothing was damaged in its structure so far.
    sound: bool,
}

impl<'a> Walker<'a> {
    /// Walks on from byte `at`, inside the element `root`. A `part` ends between two children of the root.
    pub(super) fn new(text: &'a str, at: usize, root: &'a str, part: bool) -> Self {
        Walker {
            scanner: Scanner::new(text, at),
            findings: Findings::default(),
            open: vec![(root, at)],
            closing: 0,
            ended: false,
            part,
            sound: true,
        }
    }

    /// Takes the root as closed already, for a root that is an empty element.
    pub(super) fn root_is_closed(&mut self) {
        self.open.clear();
    }

    /// Whether the structure was whole; a part that is not must be read again with what follows.
    pub(super) fn sound(&self) -> bool {
        self.sound
    }

    /// Adds an error about damage to the structure.
    fn damage(&mut self, offset: usize, what: String) {
        self.sound = false;
        self.findings.add(Severity::Error, offset, what);
    }

    /// Closes the `count` innermost elements, next.
    fn close(&mut self, count: usize) -> WalkStep<'a> {
        self.closing = count;
        self.next()
    }

    /// Closes all and ends.
    fn end(&mut self) -> WalkStep<'a> {
        self.ended = true;
        self.close(self.open.len())
    }

    /// The next step.
    pub(super) fn next(&mut self) -> WalkStep<'a> {
        loop {
            if self.closing > 0 {
                self.closing -= 1;
                self.open.pop();
                return WalkStep::Close;
            }
            if self.ended {
                return WalkStep::End;
            }
            if self.open.is_empty() {
                self.after_root();
                self.ended = true;
                continue;
            }
            let (token, offset) = self.scanner.next();
            match token {
                Token::Text(raw) => return WalkStep::Text { raw, offset },
                Token::Cdata(raw) => return WalkStep::Cdata { raw, offset },
                Token::Instruction(_) => {}
                Token::Start(raw) => {
                    let name = tag::name(raw);
                    if !is_name(name) {
                        let what = "a tag's name is not well-formed";
                        self.findings.add(Severity::Error, offset, what);
                    }
                    if self.open.len() >= DEPTH {
                        self.damage(
                            offset,
                            format!("elements nest deeper than {DEPTH}; what follows is not read"),
                        );
                        return self.end();
                    }
                    self.open.push((name, offset));
                    self.closing = usize::from(tag::is_empty(raw));
                    return WalkStep::Open { name, raw, offset };
                }
                Token::End(name) => match self.open.iter().rposition(|(n, _)| *n == name) {
                    Some(at) if at + 1 == self.open.len() => return self.close(1),
                    Some(at) => {
                        let (inner, _) = self.open[self.open.len() - 1];
                        let what = format!(
                            "the end tag of <{}> stands where <{}> is open, which is taken to end here too",
                            tag::speakable(name),
                            tag::speakable(inner)
                        );
                        self.damage(offset, what);
                        return self.close(self.open.len() - at);
                    }
                    None => {
                        let what = format!(
                            "an end tag </{}> without its start tag; it is ignored",
                            tag::speakable(name)
                        );
                        self.damage(offset, what);
                    }
                },
                Token::Doctype(_) => {
                    let what = "a document type declaration inside a record; nothing of it is used";
                    self.damage(offset, what.to_owned());
                }
                Token::Stray => {
                    let what = "a bare `<`; it is read as text";
                    self.findings.add(Severity::Error, offset, what);
                    return WalkStep::Text { raw: "<", offset };
                }
                Token::Cut => {
                    self.truncated("inside a tag, comment or section, which is left out");
                    return self.end();
                }
                Token::Done if self.part && self.open.len() == 1 => {
                    self.ended = true;
                    return WalkStep::End;
                }
                Token::Done => {
                    let (inner, _) = self.open[self.open.len() - 1];
                    self.truncated(&format!("inside <{}>", tag::speakable(inner)));
                    return self.end();
                }
            }
        }
    }

    fn truncated(&mut self, place: &str) {
        // The line of the last character, not the empty one behind a final line break.
        let end = self.scanner.len().saturating_sub(1);
        let what = format!("the file is truncated here, {place}: what stands before is shown");
        self.damage(end, what);
    }

    /// Reports what stands behind the root's end tag.
    fn after_root(&mut self) {
        loop {
            let (token, offset) = self.scanner.next();
            let what = match token {
                Token::Done => return,
                Token::Instruction(_) => continue,
                Token::Text(raw) if raw.trim_ascii().is_empty() => continue,
                Token::Text(raw) => {
                    let space = raw.len() - raw.trim_ascii_start().len();
                    let what = "text after the end of the record; it is not read";
                    self.damage(offset + space, what.to_owned());
                    return;
                }
                Token::Start(_) => "a second root element; only the first one is read",
                _ => "markup after the end of the record; it is not read",
            };
            self.damage(offset, what.to_owned());
            return;
        }
    }
}
