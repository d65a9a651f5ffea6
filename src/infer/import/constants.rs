//! NaN and Infinity, which Python writes into JSON and JSON does not have.
//!
//! In: bytes of such a file. Out: the same with each of them as a text that begins with a mark of its own, and back. What stands
//! within texts stays as it is.

use std::io::{self, Read};

use serde_json::Value;

/// What stands before a constant's name, as JSON writes it.
const MARK: &[u8] = b"\\u0001";
const NAMES: [&str; 3] = ["NaN", "-Infinity", "Infinity"];
/// What programs write into a cell of a table for nothing.
const OF_TABLES: [&str; 5] = ["NULL", "null", "nan", "None", "<NA>"];

/// A reader in which constants are texts.
pub(super) struct Quoted<R> {
    inner: R,
    chunk: Vec<u8>,
    out: Vec<u8>,
    taken: usize,
    within: bool,
    escaped: bool,
    /// Bytes of a constant's name that are still to come, and are written already.
    pass: usize,
    minus: bool,
}

impl<R: Read> Quoted<R> {
    pub(super) fn new(inner: R) -> Self {
        Quoted {
            inner,
            chunk: vec![0; 1 << 16],
            out: Vec::new(),
            taken: 0,
            within: false,
            escaped: false,
            pass: 0,
            minus: false,
        }
    }

    fn byte(&mut self, byte: u8) {
        if self.within {
            self.out.push(byte);
            if self.escaped {
                self.escaped = false;
            } else {
                self.escaped = byte == b'\\';
                self.within = byte != b'"';
            }
            return;
        }
        if self.pass > 0 {
            self.pass -= 1;
            return;
        }
        let minus = std::mem::take(&mut self.minus);
        let name = match (byte, minus) {
            (b'N', false) => "NaN",
            (b'I', false) => "Infinity",
            (b'I', true) => "-Infinity",
            _ => {
                if minus {
                    self.out.push(b'-');
                }
                self.minus = byte == b'-';
                self.within = byte == b'"';
                if !self.minus {
                    self.out.push(byte);
                }
                return;
            }
        };
        self.pass = name.trim_start_matches('-').len() - 1;
        self.out.extend(quoted(name));
    }
}

/// A text that stands for nothing, as a constant does: what it is called.
pub(super) fn constant(name: &str) -> Value {
    format!("\u{1}{name}").into()
}

/// Whether a text stands for a constant.
pub(super) fn is_constant(text: &str) -> bool {
    let name = text.strip_prefix('\u{1}');
    name.is_some_and(|name| NAMES.contains(&name) || OF_TABLES.contains(&name))
}

fn quoted(name: &str) -> Vec<u8> {
    [b"\"", MARK, name.as_bytes(), b"\""].concat()
}

impl<R: Read> Read for Quoted<R> {
    fn read(&mut self, to: &mut [u8]) -> io::Result<usize> {
        while self.taken == self.out.len() {
            self.out.clear();
            self.taken = 0;
            let mut chunk = std::mem::take(&mut self.chunk);
            let n = self.inner.read(&mut chunk);
            let mut rest = &chunk[..*n.as_ref().unwrap_or(&0)];
            while let Some((first, behind)) = rest.split_first() {
                // Long texts are copied up to what may end them.
                if self.within && !self.escaped {
                    let end = memchr::memchr2(b'"', b'\\', rest).unwrap_or(rest.len());
                    if end > 0 {
                        self.out.extend_from_slice(&rest[..end]);
                        rest = &rest[end..];
                        continue;
                    }
                }
                self.byte(*first);
                rest = behind;
            }
            self.chunk = chunk;
            if n? == 0 {
                return Ok(0);
            }
        }
        let n = to.len().min(self.out.len() - self.taken);
        to[..n].copy_from_slice(&self.out[self.taken..self.taken + n]);
        self.taken += n;
        Ok(n)
    }
}

/// JSON with the constants as Python has them.
pub(super) fn restored(json: Vec<u8>) -> Vec<u8> {
    let mut json = json;
    for name in NAMES {
        let marked = quoted(name);
        if !memchr::memmem::find_iter(&json, &marked).any(|_| true) {
            continue;
        }
        let mut out = Vec::with_capacity(json.len());
        let mut from = 0;
        for at in memchr::memmem::find_iter(&json, &marked) {
            out.extend_from_slice(&json[from..at]);
            out.extend_from_slice(name.as_bytes());
            from = at + marked.len();
        }
        out.extend_from_slice(&json[from..]);
        json = out;
    }
    json
}

#[cfg(test)]
mod tests {
    use super::*;

    /// One byte at a time: every border between two reads.
    struct Slow<'a>(&'a [u8]);

    impl Read for Slow<'_> {
        fn read(&mut self, to: &mut [u8]) -> io::Result<usize> {
            let mut first = &self.0[..self.0.len().min(1)];
            self.0 = &self.0[first.len()..];
            first.read(to)
        }
    }

    #[test]
    fn constants_become_texts_and_come_back() {
        let written =
            r#"{"a":NaN,"b":[-Infinity,Infinity,-1,true],"c":"NaN \" -Infinity","d":"\\"}"#;
        let mut read = String::new();
        Quoted::new(Slow(written.as_bytes()))
            .read_to_string(&mut read)
            .expect("memory");
        let value: serde_json::Value = serde_json::from_str(&read).expect("JSON");
        assert_eq!(value["a"], "\u{1}NaN");
        assert!(is_constant(value["a"].as_str().expect("a text")));
        assert!(!is_constant("NaN") && !is_constant("\u{1} pain"));
        assert_eq!(
            (&value["b"][2], &value["c"]),
            (&(-1).into(), &"NaN \" -Infinity".into())
        );
        let back = restored(serde_json::to_vec(&value).expect("JSON"));
        assert_eq!(String::from_utf8(back).expect("text"), written);
    }
}
