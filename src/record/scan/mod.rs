//! A lenient XML scanner: cuts a text into tags and what stands between them.
//!
//! In: decoded text. Out: tokens that borrow it, with byte offsets. Never: a copy, a recursion, an expanded entity, or
//! a stop at the first flaw. A conforming parser has to refuse what is damaged; a reviewer has to see what is there,
//! so every flaw becomes a token that the caller reports. For well-formed text the tokens are those of quick-xml
//! (a test compares them).

#[cfg(test)]
mod tests;

use memchr::{memchr, memchr2, memmem};

/// One piece of the text.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Token<'a> {
    /// Character data as written, up to the next `<`; never empty.
    Text(&'a str),
    /// The inside of a CDATA section.
    Cdata(&'a str),
    /// A start tag: what stands between `<` and `>`, with the `/` of an empty element.
    Start(&'a str),
    /// An end tag's name.
    End(&'a str),
    /// What stands between `<?` and `?>`.
    Instruction(&'a str),
    /// What stands between `<!DOCTYPE` and its `>`.
    Doctype(&'a str),
    /// A `<` that begins no tag.
    Stray,
    /// The text ends inside a tag, comment, CDATA section or instruction.
    Cut,
    /// The text ends.
    Done,
}

/// Walks over a text.
#[derive(Debug)]
pub(super) struct Scanner<'a> {
    text: &'a str,
    at: usize,
}

impl<'a> Scanner<'a> {
    /// Starts at byte `at` of `text`.
    pub(super) fn new(text: &'a str, at: usize) -> Self {
        Scanner { text, at }
    }

    /// The byte offset of the next token.
    pub(super) fn at(&self) -> usize {
        self.at
    }

    /// The text that is still to come.
    pub(super) fn rest(&self) -> &'a str {
        &self.text[self.at..]
    }

    /// Goes on `len` bytes further, which the caller has read itself from [`Scanner::rest`].
    pub(super) fn skip(&mut self, len: usize) {
        self.at += len;
    }

    /// The length of the whole text.
    pub(super) fn len(&self) -> usize {
        self.text.len()
    }

    /// The next token and its byte offset. Comments are left out.
    pub(super) fn next(&mut self) -> (Token<'a>, usize) {
        loop {
            let start = self.at;
            let rest = self.rest();
            let bytes = rest.as_bytes();
            match bytes.first() {
                None => return (Token::Done, start),
                Some(b'<') => {}
                Some(_) => {
                    let len = memchr(b'<', bytes).unwrap_or(bytes.len());
                    self.at += len;
                    return (Token::Text(&rest[..len]), start);
                }
            }
            let token = match bytes.get(1) {
                Some(b'/') => self.end_tag(rest),
                Some(b'?') => self.until(rest, 2, "?>", Token::Instruction),
                Some(b'!') if rest.starts_with("<!--") => {
                    match self.until(rest, 4, "-->", Token::Text) {
                        Token::Text(_) => continue,
                        cut => cut,
                    }
                }
                Some(b'!') if rest.starts_with("<![CDATA[") => {
                    self.until(rest, 9, "]]>", Token::Cdata)
                }
                Some(b'!') if rest.starts_with("<!DOCTYPE") => match doctype_end(bytes) {
                    Some(end) => {
                        self.at += end + 1;
                        Token::Doctype(&rest[9..end])
                    }
                    None => self.cut(),
                },
                // A file that ends after `<` or inside `<!--`, `<![CDATA[`, `<!DOCTYPE`.
                None => self.cut(),
                Some(b'!') if rest.len() < 9 && is_opener(rest) => self.cut(),
                Some(&c) if is_name_start(c) => match tag_end(bytes) {
                    TagEnd::At(end) => {
                        self.at += end + 1;
                        Token::Start(&rest[1..end])
                    }
                    TagEnd::NoTag => self.stray(),
                    TagEnd::Cut => self.cut(),
                },
                Some(_) => self.stray(),
            };
            return (token, start);
        }
    }

    fn stray(&mut self) -> Token<'a> {
        self.at += 1;
        Token::Stray
    }

    fn cut(&mut self) -> Token<'a> {
        self.at = self.text.len();
        Token::Cut
    }

    fn until(
        &mut self,
        rest: &'a str,
        from: usize,
        close: &str,
        token: impl Fn(&'a str) -> Token<'a>,
    ) -> Token<'a> {
        match memmem::find(&rest.as_bytes()[from..], close.as_bytes()) {
            Some(len) => {
                self.at += from + len + close.len();
                token(&rest[from..from + len])
            }
            None => self.cut(),
        }
    }

    fn end_tag(&mut self, rest: &'a str) -> Token<'a> {
        match memchr2(b'>', b'<', &rest.as_bytes()[2..]) {
            Some(len) => {
                let closed = rest.as_bytes()[2 + len] == b'>';
                self.at += 2 + len + usize::from(closed);
                Token::End(rest[2..2 + len].trim_ascii_end())
            }
            None => self.cut(),
        }
    }
}

fn is_opener(rest: &str) -> bool {
    ["<!--", "<![CDATA[", "<!DOCTYPE"]
        .iter()
        .any(|o| o.starts_with(rest))
}

fn is_name_start(c: u8) -> bool {
    c.is_ascii_alphabetic() || matches!(c, b'_' | b':') || c >= 0x80
}

/// Whether a text is an XML name (letters beyond ASCII are not looked at more closely).
pub(super) fn is_name(text: &str) -> bool {
    let mut bytes = text.bytes();
    bytes.next().is_some_and(is_name_start)
        && bytes.all(|c| is_name_start(c) || c.is_ascii_digit() || matches!(c, b'-' | b'.'))
}

enum TagEnd {
    /// The place of the `>`.
    At(usize),
    /// What follows the `<` is no tag.
    NoTag,
    /// The text ends first.
    Cut,
}

/// Finds the `>` of the start tag that `bytes` begins with.
///
/// A `>` inside quotes is part of a value, unless the value runs over something that looks like markup: then its
/// closing quote is missing, and the tag ends at its first `>`.
fn tag_end(bytes: &[u8]) -> TagEnd {
    let mut i = 1;
    while let Some(&c) = bytes.get(i) {
        match c {
            b'>' => return TagEnd::At(i),
            b'<' => return TagEnd::NoTag,
            b'"' | b'\'' if bytes[i - 1].is_ascii_whitespace() || bytes[i - 1] == b'=' => {
                let value = &bytes[i + 1..];
                let close = memchr(c, value);
                let inside = &value[..close.unwrap_or(value.len())];
                let markup = memchr::memchr_iter(b'<', inside).find(|&at| {
                    inside
                        .get(at + 1)
                        .is_some_and(|&n| n == b'/' || n == b'!' || is_name_start(n))
                });
                match (markup, close) {
                    (Some(markup), _) => {
                        return match memchr(b'>', &inside[..markup]) {
                            Some(end) => TagEnd::At(i + 1 + end),
                            None => close.map_or(TagEnd::Cut, |_| TagEnd::NoTag),
                        };
                    }
                    (None, Some(close)) => i += close + 1,
                    (None, None) => {
                        return memchr(b'>', inside)
                            .map_or(TagEnd::Cut, |end| TagEnd::At(i + 1 + end));
                    }
                }
            }
            _ => {}
        }
        i += 1;
    }
    TagEnd::Cut
}

/// Finds the `>` that ends the document type declaration that `bytes` begins with.
fn doctype_end(bytes: &[u8]) -> Option<usize> {
    let mut i = 9;
    let mut brackets = 0_usize;
    while let Some(&c) = bytes.get(i) {
        match c {
            b'"' | b'\'' => i += 1 + memchr(c, &bytes[i + 1..])?,
            b'<' if bytes[i..].starts_with(b"<!--") => {
                i += 4 + memmem::find(&bytes[i + 4..], b"-->")? + 2;
            }
            b'[' => brackets += 1,
            b']' => brackets = brackets.saturating_sub(1),
            b'>' if brackets == 0 => return Some(i),
            _ => {}
        }
        i += 1;
    }
    None
}
