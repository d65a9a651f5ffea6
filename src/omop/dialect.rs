//! How a table writes quotes and escapes, and one row cut by it.
//!
//! In: bytes. Out: a row's fields, and what is off with it. Which way of writing a file follows is told from its rows
//! ([`settle`]): each way that comes into question reads a stretch of the file, and the one without a contradiction is
//! taken. Never: a row read in one way and a later one in another; where none fits, the line is named.
//!
//! The `csv` crate does none of this: it takes a quote that never closes for the end of the file without a word, and it
//! cannot say on which line that quote opened.

use std::borrow::Cow;
use std::ops::Range;

use memchr::{memchr, memchr_iter, memchr2, memchr3};

/// How quotes and escapes are written.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Style {
    /// Neither: the vocabularies that Athena gives out.
    Plain,
    /// Quoted fields, in which `""` stands for a quote: most programs.
    Doubled,
    /// Quoted fields, in which `\"` stands for a quote: Spark, `MySQL`.
    Escaped,
    /// No quotes; `\n`, `\t`, `\\` stand for what they mean: `COPY` of `PostgreSQL`.
    Copy,
}

/// A field's place in the buffer.
#[derive(Clone, Debug)]
pub(super) struct Field {
    pub(super) range: Range<usize>,
    /// Whether something in it stands for something else.
    pub(super) coded: bool,
    /// Whether quotes hold it.
    pub(super) quoted: bool,
}

/// What is off with how a row is written.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(super) enum Flaw {
    /// Text stands behind a closing quote, on the same line.
    AfterQuote,
    /// The same, after lines were taken for a part of the field.
    Swallowed,
    /// A backslash before what needs none.
    Escape,
}

/// What came of looking for a row's end in what is buffered.
pub(super) enum Scan {
    Row(Cut),
    /// More bytes are needed.
    Partial,
    /// The end of the file came inside quotes that opened so many lines below the row's first.
    OpenQuote(u64),
}

/// A row that was found.
pub(super) struct Cut {
    /// Where the next row starts.
    pub(super) next: usize,
    /// The lines that it takes.
    pub(super) lines: u64,
    pub(super) flaw: Option<Flaw>,
}

/// Cuts the row at `at`. `ended` says that no more bytes will come.
pub(super) fn cut(
    style: Style,
    delimiter: u8,
    b: &[u8],
    mut at: usize,
    ended: bool,
    fields: &mut Vec<Field>,
) -> Scan {
    fields.clear();
    let (mut lines, mut flaw) = (0, None);
    loop {
        let start = at;
        let mut coded = false;
        let mut inner = None;
        if matches!(style, Style::Doubled | Style::Escaped) && b.get(at) == Some(&b'"') {
            let opened = lines;
            match quoted(style, b, at + 1, ended) {
                Some((close, has_codes)) => {
                    lines += count_lines(&b[at..close]);
                    inner = Some(at + 1..close);
                    coded = has_codes;
                    at = close + 1;
                }
                None if ended => return Scan::OpenQuote(opened),
                None => return Scan::Partial,
            }
        }
        let (stop, next) = match rest(style, delimiter, b, at, ended) {
            Rest::Partial => return Scan::Partial,
            Rest::At {
                stop,
                escapes,
                bad,
                lines: more,
            } => {
                lines += more;
                coded |= escapes;
                if bad {
                    flaw = flaw.max(Some(Flaw::Escape));
                }
                (stop, stop + 1)
            }
        };
        let at_end = stop >= b.len() || b[stop] == b'\n';
        let end = if at_end { trim_cr(b, at, stop) } else { stop };
        let quoted = inner.is_some();
        let range = match inner {
            Some(inner) if at == end => inner,
            Some(inner) => {
                // All of it is kept, quotes included, rather than some of it lost.
                let broken = memchr(b'\n', &b[inner]).is_some();
                flaw = flaw.max(Some(if broken {
                    Flaw::Swallowed
                } else {
                    Flaw::AfterQuote
                }));
                coded = false;
                start..end
            }
            None => start..end,
        };
        // The whole of a field, it means that there is none.
        let coded = coded && b[range.clone()] != *b"\\N";
        fields.push(Field {
            range,
            coded,
            quoted,
        });
        if at_end {
            let next = next.min(b.len());
            lines += u64::from(next > stop);
            return Scan::Row(Cut { next, lines, flaw });
        }
        at = next;
    }
}

/// Where the quote that closes stands, and whether something before it stands for something else.
fn quoted(style: Style, b: &[u8], mut at: usize, ended: bool) -> Option<(usize, bool)> {
    let mut coded = false;
    loop {
        let rest = &b[at..];
        at += match style {
            Style::Escaped => memchr2(b'"', b'\\', rest),
            _ => memchr(b'"', rest),
        }?;
        if b[at] == b'"' {
            if at + 1 == b.len() && !ended {
                return None;
            }
            if b.get(at + 1) != Some(&b'"') {
                return Some((at, coded));
            }
        }
        if at + 1 >= b.len() {
            return None;
        }
        coded = true;
        at += 2;
    }
}

enum Rest {
    Partial,
    At {
        stop: usize,
        escapes: bool,
        bad: bool,
        lines: u64,
    },
}

/// Where the field ends of which `at` is outside quotes.
fn rest(style: Style, delimiter: u8, b: &[u8], mut at: usize, ended: bool) -> Rest {
    let (mut escapes, mut bad, mut lines) = (false, false, 0);
    let start = at;
    loop {
        let found = if style == Style::Copy {
            memchr3(delimiter, b'\n', b'\\', &b[at..])
        } else {
            memchr2(delimiter, b'\n', &b[at..])
        };
        let Some(n) = found else {
            if !ended {
                return Rest::Partial;
            }
            return Rest::At {
                stop: b.len(),
                escapes,
                bad,
                lines,
            };
        };
        let stop = at + n;
        if style != Style::Copy || b[stop] != b'\\' {
            return Rest::At {
                stop,
                escapes,
                bad,
                lines,
            };
        }
        escapes = true;
        match b.get(stop + 1) {
            None if !ended => return Rest::Partial,
            // The mark of the end of the data, or of nothing: the whole of a field.
            Some(b'N' | b'.') if stop == start => {}
            Some(b'b' | b'f' | b'n' | b'r' | b't' | b'v' | b'\\' | b'"') => {}
            Some(b'\n') => lines += 1,
            Some(c) if *c == delimiter => {}
            Some(_) | None => bad = true,
        }
        at = (stop + 2).min(b.len());
    }
}

fn trim_cr(b: &[u8], from: usize, end: usize) -> usize {
    if end > from && b[end - 1] == b'\r' {
        end - 1
    } else {
        end
    }
}

fn count_lines(b: &[u8]) -> u64 {
    memchr_iter(b'\n', b).count() as u64
}

/// What a field says.
pub(super) fn decode(style: Style, raw: &[u8]) -> Cow<'_, [u8]> {
    let mark = match style {
        Style::Plain => return Cow::Borrowed(raw),
        Style::Doubled => b'"',
        Style::Escaped | Style::Copy => b'\\',
    };
    let mut plain = Vec::with_capacity(raw.len());
    let mut rest = raw;
    loop {
        let found = match style {
            Style::Escaped => memchr2(b'"', mark, rest),
            _ => memchr(mark, rest),
        };
        let Some(at) = found else { break };
        plain.extend_from_slice(&rest[..at]);
        let next = rest.get(at + 1).copied();
        match (style, rest[at], next) {
            (Style::Copy, _, Some(c)) => plain.push(match c {
                b'b' => 8,
                b'f' => 12,
                b'n' => b'\n',
                b'r' => b'\r',
                b't' => b'\t',
                b'v' => 11,
                c => c,
            }),
            (_, b'"', Some(b'"')) => plain.push(b'"'),
            (Style::Escaped, b'\\', Some(c @ (b'"' | b'\\' | b'\n' | b'\t'))) => plain.push(c),
            (_, mark, next) => {
                plain.push(mark);
                plain.extend(next);
            }
        }
        rest = rest.get(at + 2..).unwrap_or_default();
    }
    plain.extend_from_slice(rest);
    Cow::Owned(plain)
}

/// What one way of reading made of a stretch of the file.
#[derive(Default)]
struct Account {
    /// The first line that it cannot explain, counted from 0.
    contradiction: Option<u64>,
    /// Rows that it explains badly.
    mild: u32,
    /// Fields that need just this way: `""`, `\"`, `\n`.
    needed: u32,
    /// Fields that say nothing as `\N`.
    nulls: u32,
    /// For each column, how many fields have quotes, and how many have none and are not empty.
    columns: Vec<(u32, u32)>,
}

/// The way of writing that a stretch of a file follows.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Settled {
    pub(super) style: Style,
    pub(super) certain: bool,
    /// What a backslash may stand before where it may mean something else as well as itself.
    pub(super) backslashes: &'static [u8],
}

/// Tells the way of writing that a stretch of the file follows. `width` is the header's.
///
/// # Errors
/// The line (counted from 0) that contradicts, where no way fits.
pub(super) fn settle(
    styles: &[Style],
    delimiter: u8,
    b: &[u8],
    ended: bool,
    width: usize,
) -> Result<Settled, u64> {
    let accounts: Vec<(Style, Account)> = styles
        .iter()
        .map(|s| (*s, account(*s, delimiter, b, ended, width)))
        .collect();
    let fits = |a: &&(Style, Account)| a.1.contradiction.is_none();
    let Some(least) = accounts.iter().filter(fits).map(|(_, a)| a.mild).min() else {
        let lines = accounts.iter().filter_map(|(_, a)| a.contradiction);
        return Err(lines.max().unwrap_or_default());
    };
    let good: Vec<&(Style, Account)> = accounts
        .iter()
        .filter(|a| fits(a) && a.1.mild == least)
        .collect();
    let rank = |(style, a): &&(Style, Account)| match style {
        Style::Doubled if a.needed > 0 => 0,
        Style::Escaped if a.needed > 0 => 1,
        // A column in which all has quotes was written with them.
        Style::Doubled if a.columns.iter().any(|c| c.0 > 2 && c.1 == 0) => 2,
        Style::Copy if a.needed > 0 && a.nulls > 0 => 3,
        Style::Plain => 4,
        Style::Doubled => 5,
        Style::Copy | Style::Escaped => 6,
    };
    let best = good.iter().copied().min_by_key(rank);
    let Some(best) = best else {
        return Err(0);
    };
    // Rows that only doubled quotes explain well, before one that they do not explain at all.
    let doubled = accounts.iter().find(|a| a.0 == Style::Doubled);
    if best.0 == Style::Plain
        && let Some((_, doubled)) = doubled
        && doubled.needed > 0
        && let Some(line) = doubled.contradiction
    {
        return Err(line);
    }
    let certain = good.len() == 1 || best.1.needed > 0;
    let may_be = |style: Style| good.iter().find(|a| a.0 == style);
    Ok(Settled {
        style: best.0,
        certain,
        backslashes: match best.0 {
            Style::Plain if may_be(Style::Copy).is_some_and(|a| a.1.needed > 0) => b"nrt\\",
            Style::Escaped => b"nrt\\",
            Style::Doubled if !certain && may_be(Style::Escaped).is_some() => b"\\\"",
            Style::Plain | Style::Doubled | Style::Copy => b"",
        },
    })
}

/// Whether a text has a backslash before one of these.
pub(super) fn may_be_coded(text: &[u8], before: &[u8]) -> bool {
    let mut pairs = text.windows(2);
    !before.is_empty() && pairs.any(|pair| pair[0] == b'\\' && before.contains(&pair[1]))
}

fn account(style: Style, delimiter: u8, b: &[u8], ended: bool, width: usize) -> Account {
    let mut account = Account {
        columns: vec![(0, 0); width],
        ..Account::default()
    };
    let (mut at, mut line) = (0, 0);
    let mut fields = Vec::new();
    while at < b.len() {
        let row = match cut(style, delimiter, b, at, ended, &mut fields) {
            Scan::Row(row) => row,
            Scan::Partial => break,
            Scan::OpenQuote(lines) => {
                account.contradiction.get_or_insert(line + lines);
                break;
            }
        };
        let raw = &b[at..row.next];
        for (field, column) in fields.iter().zip(&mut account.columns) {
            let text = &b[field.range.clone()];
            column.0 += u32::from(field.quoted);
            column.1 += u32::from(!field.quoted && !text.is_empty());
            account.nulls += u32::from(text == b"\\N");
            account.needed += u32::from(
                account.contradiction.is_none()
                    && match style {
                        Style::Doubled | Style::Copy => field.coded,
                        Style::Escaped => {
                            field.coded && memchr::memmem::find(text, b"\\\"").is_some()
                        }
                        Style::Plain => false,
                    },
            );
        }
        // Rows that all ways read alike tell nothing.
        if memchr2(b'"', b'\\', raw).is_some() && !is_blank(&fields, b) {
            let fits = fields.len() == width;
            let wrong = match style {
                Style::Plain | Style::Copy => {
                    row.flaw.is_some() || (!fits && opens_or_escapes(&fields, b))
                }
                Style::Doubled | Style::Escaped => {
                    row.flaw == Some(Flaw::Swallowed)
                        || (!fits
                            && (row.flaw.is_some()
                                || row.lines > 1
                                || (delimiter == b'\t' && escapes_an_end(&fields, b))))
                }
            };
            if wrong {
                account.contradiction.get_or_insert(line);
            } else {
                account.mild += u32::from(!fits || row.flaw.is_some());
            }
        }
        line += row.lines;
        at = row.next;
    }
    account
}

/// Whether a field of a row without quotes looks as if a quote held it, or its end was escaped.
pub(super) fn opens_or_escapes(fields: &[Field], b: &[u8]) -> bool {
    fields.iter().any(|f| {
        let text = &b[f.range.clone()];
        text.first() == Some(&b'"') || text.last() == Some(&b'"') || text.last() == Some(&b'\\')
    })
}

/// Whether the delimiter behind a field looks as if it was escaped.
fn escapes_an_end(fields: &[Field], b: &[u8]) -> bool {
    fields
        .iter()
        .any(|f| !f.quoted && b[f.range.clone()].last() == Some(&b'\\'))
}

/// Whether it is no row: a blank line, or the mark with which `COPY` ends.
pub(super) fn is_blank(fields: &[Field], b: &[u8]) -> bool {
    match fields {
        [one] => matches!(&b[one.range.clone()], b"" | b"\\.") && !one.quoted,
        _ => false,
    }
}
