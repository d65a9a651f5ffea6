//! The one way out to a terminal for all that is not the reviewer's screen.
//!
//! In: bytes that hold whatever files, folders and tables hold. Out: the same bytes where a program or a file reads
//! them; where a person does, only line breaks, tabs and text that is safe to show. Standard error is always a
//! person's. Callers cannot forget it: nothing else in the program may have the two streams.

use std::io::{self, IsTerminal, Stderr, StdoutLock, Write};

use crate::text;

/// Begins what is to stand out. It is no character (Unicode keeps it for a program's own use), and text that was made
/// safe never holds it; a terminal gets the sequence that it stands for.
pub const STAND_OUT: char = '\u{fdd0}';
/// Ends it.
pub const STAND_BACK: char = '\u{fdd1}';

/// A writer that makes what it is given safe, line by line.
#[derive(Debug)]
pub struct Sink<W: Write> {
    to: W,
    /// Whether a person reads.
    person: bool,
    /// Whether nobody does, which has not been said yet.
    lost: bool,
    /// The line that has begun.
    line: Vec<u8>,
}

/// Standard output.
#[expect(clippy::disallowed_methods, reason = "the one place that has it")]
pub fn stdout() -> Sink<StdoutLock<'static>> {
    let mut sink = Sink::new(io::stdout().lock(), stdout_is_terminal());
    sink.lost = nobody_reads(io::stdout());
    sink
}

/// Whether what is written gets nowhere, and not because someone said `>/dev/null`: a program that starts with its output closed is
/// given the null device instead, open to be read as well.
fn nobody_reads(out: impl std::os::fd::AsFd) -> bool {
    use rustix::fs::{OFlags, fcntl_getfl, fstat, stat};
    let both = fcntl_getfl(&out).is_ok_and(|flags| flags & OFlags::RWMODE == OFlags::RDWR);
    let null = stat("/dev/null").map(|null| null.st_rdev);
    both && matches!((fstat(&out), null), (Ok(out), Ok(null)) if out.st_rdev == null)
}

/// Standard error. It is held for a line only: other threads say how far the work has come meanwhile.
#[expect(clippy::disallowed_methods, reason = "the one place that has it")]
pub fn stderr() -> Sink<Stderr> {
    Sink::new(io::stderr(), true)
}

/// Whether standard output is a terminal.
#[expect(clippy::disallowed_methods, reason = "the one place that has it")]
pub fn stdout_is_terminal() -> bool {
    io::stdout().is_terminal()
}

/// Whether standard error is a terminal.
#[expect(clippy::disallowed_methods, reason = "the one place that has it")]
pub fn stderr_is_terminal() -> bool {
    io::stderr().is_terminal()
}

impl<W: Write> Sink<W> {
    /// Writes to `to`, which a person reads or a program.
    pub fn new(to: W, person: bool) -> Self {
        Sink {
            to,
            person,
            lost: false,
            line: Vec::new(),
        }
    }

    /// Says once that nobody reads what is about to be printed, where that is so.
    pub fn tell_if_lost(&mut self) {
        if std::mem::take(&mut self.lost) {
            // A closed standard error is nobody's error.
            let what = "note: standard output is closed or thrown away: what is printed is lost";
            let _ = writeln!(stderr(), "{what}");
        }
    }

    /// Writes text and what ends it in one piece, so that lines of several threads stay whole.
    fn write_safe(&mut self, bytes: &[u8], end: &str) -> io::Result<()> {
        let line = String::from_utf8_lossy(bytes);
        let mut safe = String::with_capacity(line.len() + end.len());
        let mut rest = &*line;
        while let Some(at) = rest.find(['\t', STAND_OUT, STAND_BACK]) {
            safe.push_str(&text::safe(&rest[..at]));
            let mut after = rest[at..].chars();
            safe.push_str(match after.next() {
                Some('\t') => "\t",
                Some(STAND_OUT) => "\x1b[1;4m",
                _ => "\x1b[0m",
            });
            rest = after.as_str();
        }
        safe.push_str(&text::safe(rest));
        safe.push_str(end);
        self.to.write_all(safe.as_bytes())
    }
}

impl<W: Write> Write for Sink<W> {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        self.tell_if_lost();
        if !self.person {
            return self.to.write(bytes);
        }
        // A character may be cut between two calls, and so may one that is drawn of several.
        let mut rest = bytes;
        while let Some(at) = memchr::memchr(b'\n', rest) {
            self.line.extend_from_slice(&rest[..at]);
            let line = std::mem::take(&mut self.line);
            self.write_safe(&line, "\n")?;
            rest = &rest[at + 1..];
        }
        self.line.extend_from_slice(rest);
        Ok(bytes.len())
    }

    fn flush(&mut self) -> io::Result<()> {
        let line = std::mem::take(&mut self.line);
        // The first bytes of a character wait for the others.
        let whole = match std::str::from_utf8(&line) {
            Err(error) if error.error_len().is_none() => error.valid_up_to(),
            _ => line.len(),
        };
        self.write_safe(&line[..whole], "")?;
        self.line = line[whole..].to_vec();
        self.to.flush()
    }
}

impl<W: Write> Drop for Sink<W> {
    fn drop(&mut self) {
        let line = std::mem::take(&mut self.line);
        if !line.is_empty() {
            let _ = self.write_safe(&line, "");
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn written(person: bool, pieces: &[&[u8]]) -> String {
        let mut bytes = Vec::new();
        let mut sink = Sink::new(&mut bytes, person);
        for piece in pieces {
            sink.write_all(piece).expect("memory");
            sink.flush().expect("memory");
        }
        drop(sink);
        String::from_utf8_lossy(&bytes).into_owned()
    }

    #[test]
    fn a_program_gets_the_bytes_as_they_are() {
        let evil = "a\x1b]0;x\x07\u{9b}m\u{202e}b\r\n\tc\u{fdd0}";
        assert_eq!(written(false, &[evil.as_bytes()]), evil);
    }

    #[test]
    fn a_person_gets_text_wherever_it_is_cut() {
        let evil = "a\x1b]0;x\x07\u{9b}m\u{202e}b\r\n\tc ä患\x7f";
        let safe = "a␛]0;x␇�m�b␍\n\tc ä患␡";
        assert_eq!(written(true, &[evil.as_bytes()]), safe);
        for cut in 0..evil.len() {
            let (one, two) = evil.as_bytes().split_at(cut);
            assert_eq!(written(true, &[one, two]), safe, "{cut}");
        }
        assert_eq!(written(true, &[b"a\xff\x9bb\xc3"]), "a��b�");
    }

    /// Whoever has it does not keep others from it: what holds a lock cannot go to another thread.
    #[test]
    fn standard_error_is_nobodys_own() {
        let one = stderr();
        let other = std::thread::spawn(move || {
            let mut one = one;
            one.flush().and_then(|()| stderr().flush())
        });
        let mut mine = stderr();
        mine.flush().expect("standard error");
        other.join().expect("no panic").expect("standard error");
    }

    #[test]
    fn what_stands_out_does_so_by_the_programs_own_sequence() {
        let line = format!("a {STAND_OUT}\x1bb{STAND_BACK} c\n");
        assert_eq!(
            written(true, &[line.as_bytes()]),
            "a \x1b[1;4m␛b\x1b[0m c\n"
        );
        assert_eq!(text::safe(&STAND_OUT.to_string()), "�");
    }
}
