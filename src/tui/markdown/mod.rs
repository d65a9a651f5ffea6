//! Markdown laid out in rows: headings, emphasis, lists with a hanging indent, quotations, code, rules, tables in columns.
//!
//! In: a text as a model wrote it, a width. Out: rows of pieces, each with its bytes of the text. Only signs are left out; what is no valid
//! Markdown, or may mean something else, stands as it is written. Never: a changed letter, or a piece that is not in the text.

mod signs;
mod table;
#[cfg(test)]
mod tests;

use std::borrow::Cow;
use std::ops::Range;

use unicode_segmentation::GraphemeCursor;

use crate::text::{self, Layout, ScreenRow};
use signs::Signs;

/// How a piece of a text looks.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(crate) struct Look {
    pub bold: bool,
    pub italic: bool,
}

/// What a piece of a row is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Ink {
    /// Bytes of the text.
    Text(Look),
    /// The bar beside code.
    Bar,
    /// A horizontal rule.
    Line,
}

/// A piece of a row.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Piece {
    /// Its first column.
    pub at: u16,
    /// Its columns.
    pub width: u16,
    /// Its bytes; none where it is not of the text.
    pub start: u32,
    pub end: u32,
    pub ink: Ink,
}

impl Piece {
    /// Whether it is a part of the text.
    pub(crate) fn is_text(&self) -> bool {
        matches!(self.ink, Ink::Text(_))
    }

    /// Its bytes.
    pub(crate) fn bytes(&self) -> Range<usize> {
        self.start as usize..self.end as usize
    }
}

/// A row of the screen. The rows of one line of a table stand side by side in the text, so they begin at the same byte.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(crate) struct Row {
    /// The first byte that it stands for; rows are in this order.
    pub start: u32,
    pub pieces: Vec<Piece>,
}

impl Row {
    /// The bytes from the first to the last that it shows.
    pub(crate) fn bytes(&self) -> Range<usize> {
        let mut texts = self.pieces.iter().filter(|p| p.is_text());
        let first = texts.next();
        let start = first.map_or(self.start, |p| p.start) as usize;
        let last = texts.next_back().or(first);
        start..last.map_or(start, |p| p.end as usize)
    }

    /// Whether it shows something of a range of the text.
    pub(crate) fn shows(&self, range: &Range<usize>) -> bool {
        let mut texts = self.pieces.iter().filter(|p| p.is_text());
        texts.any(|p| (p.start as usize) < range.end && range.start < p.end as usize)
    }
}

/// The row, and the piece in it, that show a byte, or else what comes behind it.
pub(crate) fn place_of(rows: &[Row], offset: usize) -> (usize, Option<&Piece>) {
    let behind = rows.partition_point(|r| r.start as usize <= offset);
    let last = behind.saturating_sub(1);
    let Some(start) = rows.get(last).map(|r| r.start) else {
        return (0, None);
    };
    let first = rows.partition_point(|r| r.start < start);
    let places = (first..=last).flat_map(|i| rows[i].pieces.iter().map(move |p| (i, p)));
    let behind = places.filter(|(_, p)| p.is_text() && p.end as usize > offset);
    match behind.min_by_key(|(_, p)| p.start) {
        Some((row, piece)) => (row, Some(piece)),
        None => (last, None),
    }
}

/// The rows of a text as it is written.
pub(crate) fn as_written(text: &str, width: usize) -> Vec<Row> {
    let setter = Setter {
        text,
        signs: &Signs::default(),
        width,
        rows: Vec::new(),
    };
    let rows = text::wrap(text, width, Layout::Lines).into_iter();
    let row = |r: ScreenRow| Row {
        start: r.start,
        pieces: setter.pieces(&setter.visible(r.start as usize..r.end as usize), None, 0),
    };
    rows.map(row).collect()
}

/// The rows of a text, laid out.
pub(crate) fn laid_out(text: &str, width: usize) -> Vec<Row> {
    let signs = signs::read(text);
    let mut setter = Setter {
        text,
        signs: &signs,
        width: width.max(1),
        rows: Vec::new(),
    };
    let plans = table::plans(&setter);
    let mut lines = signs.lines.iter().peekable();
    let mut start = 0;
    loop {
        let found = text[start..].find('\n');
        let next = found.map_or(text.len(), |i| start + i);
        let end = match found {
            Some(_) => {
                start
                    + text[start..next]
                        .strip_suffix('\r')
                        .unwrap_or(&text[start..next])
                        .len()
            }
            None => next,
        };
        while lines.next_if(|l| l.start < start).is_some() {}
        match lines.next_if(|l| l.start == start) {
            Some(line) => setter.table_line(line, &plans[line.table]),
            None => setter.line(start..end),
        }
        if found.is_none() {
            break;
        }
        start = next + 1;
    }
    if setter.rows.is_empty() {
        setter.rows.push(Row::default());
    }
    setter.rows
}

/// Sets lines into rows.
struct Setter<'a> {
    text: &'a str,
    signs: &'a Signs,
    width: usize,
    rows: Vec<Row>,
}

/// A part of the text without its signs, and which bytes its own are: (byte here, byte of the text), in order.
struct Visible<'a> {
    text: Cow<'a, str>,
    parts: Vec<(usize, usize)>,
}

impl<'a> Setter<'a> {
    /// Sets a line that is not of a table.
    fn line(&mut self, line: Range<usize>) {
        let start = line.start as u32;
        if self.signs.rules.binary_search(&line.start).is_ok() {
            let width = self.width as u16;
            let pieces = vec![Piece {
                at: 0,
                width,
                start,
                end: start,
                ink: Ink::Line,
            }];
            self.rows.push(Row { start, pieces });
            return;
        }
        let body = self.body(&line);
        let (mut body, mut hang) = (body, text::width(&self.text[line.start..body]));
        let in_code = self.signs.code.partition_point(|c| c.end <= line.start);
        let in_code = self
            .signs
            .code
            .get(in_code)
            .is_some_and(|c| c.start <= line.start);
        let bar = if in_code && self.width >= 12 { 2 } else { 0 };
        if hang * 2 > self.width || !is_boundary(self.text, body) {
            (body, hang) = (line.start, 0);
        }
        let visible = self.visible(body..line.end);
        let hides = visible.text.len() < line.end - body;
        if hides && hang == 0 && visible.text.trim().is_empty() {
            // Nothing but signs.
            return;
        }
        let mark = self.visible(line.start..body);
        let rows = text::wrap(&visible.text, self.width - bar - hang, Layout::Lines);
        let mut start = start;
        for (i, row) in rows.into_iter().enumerate() {
            let mut pieces = Vec::with_capacity(3);
            if bar > 0 {
                pieces.push(Piece {
                    at: 0,
                    width: 1,
                    start,
                    end: start,
                    ink: Ink::Bar,
                });
            }
            if i == 0 && hang > 0 {
                pieces.extend(self.pieces(&mark, None, bar));
            }
            pieces.extend(self.pieces(&visible, Some(row), bar + hang));
            let end = pieces
                .iter()
                .filter(|p| p.is_text())
                .map(|p| p.end)
                .next_back();
            self.rows.push(Row { start, pieces });
            start = end.unwrap_or(start);
        }
    }

    /// Where the content of a line begins: behind its blanks and the marks of quotations and list items.
    fn body(&self, line: &Range<usize>) -> usize {
        let mut at = line.start;
        while at < line.end {
            let rest = &self.text[at..line.end];
            let mark = match rest.as_bytes()[0] {
                b' ' | b'\t' => 1,
                b'>' if self.is_quoted(at) => 1,
                _ if self.signs.items.binary_search(&at).is_ok() => {
                    let digits = rest.bytes().take_while(u8::is_ascii_digit).count();
                    let mark = rest.as_bytes().get(digits);
                    match mark {
                        Some(b'-' | b'+' | b'*') if digits == 0 => 1,
                        Some(b'.' | b')') if digits > 0 => digits + 1,
                        _ => return at,
                    }
                }
                _ => return at,
            };
            at += mark;
        }
        at
    }

    fn is_quoted(&self, at: usize) -> bool {
        let quotes = &self.signs.quotes;
        let quote = quotes.get(quotes.partition_point(|q| q.end <= at));
        quote.is_some_and(|q| self.text[..q.start].rfind('\n').map_or(0, |i| i + 1) <= at)
    }

    /// A part of the text without its signs; with them where what they part would grow together.
    fn visible(&self, part: Range<usize>) -> Visible<'a> {
        let text: &'a str = self.text;
        let first = self.signs.hidden.partition_point(|h| h.end <= part.start);
        let hidden = self.signs.hidden[first..]
            .iter()
            .take_while(|h| h.start < part.end);
        let mut parts = Vec::new();
        let mut shown = String::new();
        let mut at = part.start;
        for sign in hidden {
            if at < sign.start {
                parts.push((shown.len(), at));
                shown.push_str(&text[at..sign.start]);
            }
            at = at.max(sign.end);
        }
        if at == part.start {
            let text = Cow::Borrowed(&text[part.clone()]);
            return Visible {
                text,
                parts: vec![(0, part.start)],
            };
        }
        if at < part.end {
            parts.push((shown.len(), at));
            shown.push_str(&text[at..part.end]);
        }
        if parts.iter().all(|(at, _)| is_boundary(&shown, *at)) {
            let text = Cow::Owned(shown);
            return Visible { text, parts };
        }
        let text = Cow::Borrowed(&text[part.clone()]);
        Visible {
            text,
            parts: vec![(0, part.start)],
        }
    }

    /// The pieces of a row of what is visible, or of all of it, from a column on.
    fn pieces(&self, visible: &Visible<'_>, row: Option<ScreenRow>, at: usize) -> Vec<Piece> {
        let row = row.map_or(0..visible.text.len(), |r| r.start as usize..r.end as usize);
        let mut pieces = Vec::new();
        let mut column = 0;
        let first = visible.parts.partition_point(|(v, _)| *v <= row.start);
        for i in first.saturating_sub(1)..visible.parts.len() {
            let (from, source) = visible.parts[i];
            let to = visible.parts.get(i + 1).map_or(visible.text.len(), |p| p.0);
            let (from, to, source) = (
                from.max(row.start),
                to.min(row.end),
                source + row.start.saturating_sub(from),
            );
            if from >= row.end {
                break;
            }
            for (part, look) in self.by_look(source..source + (to - from)) {
                for glyphs in text::between_tabs(&self.text[part.clone()], column) {
                    let (start, width) = (part.start + glyphs.bytes.start, glyphs.width);
                    pieces.push(Piece {
                        at: (at + column) as u16,
                        width: width as u16,
                        start: start as u32,
                        end: (start + glyphs.bytes.len()) as u32,
                        ink: Ink::Text(look),
                    });
                    column += width;
                }
            }
        }
        pieces
    }

    /// A part of the text, cut where it looks otherwise.
    fn by_look(&self, part: Range<usize>) -> Vec<(Range<usize>, Look)> {
        let looks = &self.signs.looks;
        let mut all = Vec::new();
        let mut at = part.start;
        for (range, look) in &looks[looks.partition_point(|(r, _)| r.end <= part.start)..] {
            if range.start >= part.end {
                break;
            }
            if at < range.start {
                all.push((at..range.start, Look::default()));
            }
            let end = range.end.min(part.end);
            all.push((at.max(range.start)..end, *look));
            at = end;
        }
        if at < part.end {
            all.push((at..part.end, Look::default()));
        }
        all
    }
}

fn is_boundary(text: &str, at: usize) -> bool {
    GraphemeCursor::new(at, text.len(), true)
        .is_boundary(text, 0)
        .unwrap_or(false)
}
