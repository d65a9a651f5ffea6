//! Which bytes of a text are Markdown's signs, and how what they mark looks.
//!
//! In: a text as a model wrote it. Out: the signs that need not be seen, looks, and where lists, quotations, code and tables are, as bytes of
//! the text. Never: a letter or a digit among the signs, nor a sign that may mean something else: what is in doubt stands as it is.

use std::ops::Range;

use pulldown_cmark::{Alignment, CodeBlockKind, Event, Options, Parser, Tag, TagEnd};
use unicode_segmentation::GraphemeCursor;

use super::Look;

const BOLD: Look = Look {
    bold: true,
    italic: false,
};
const ITALIC: Look = Look {
    bold: false,
    italic: true,
};

/// What the signs of a text say. All places are bytes of the text, in order.
#[derive(Default)]
pub(super) struct Signs {
    /// What need not be seen.
    pub hidden: Vec<Range<usize>>,
    /// What looks otherwise than the rest.
    pub looks: Vec<(Range<usize>, Look)>,
    /// Where the marks of list items stand.
    pub items: Vec<usize>,
    /// Quotations; what is quoted in them is not listed again.
    pub quotes: Vec<Range<usize>>,
    /// Code between fences, with its fences.
    pub code: Vec<Range<usize>>,
    /// Where horizontal rules stand.
    pub rules: Vec<usize>,
    /// The lines of tables.
    pub lines: Vec<TableLine>,
    /// How the columns of each table are aligned: `true` to the right.
    pub tables: Vec<Vec<bool>>,
}

/// A line of a table.
pub(super) struct TableLine {
    /// Where the line begins.
    pub start: usize,
    /// Which table it is of.
    pub table: usize,
    /// Whether it is the head.
    pub head: bool,
    /// What its cells hold; none in the line below the head. A row that has not as many cells as the head is an ordinary line.
    pub cells: Vec<Range<usize>>,
}

/// Reads the signs of a text.
pub(super) fn read(text: &str) -> Signs {
    let mut reader = Reader {
        text,
        signs: Signs::default(),
        looks: Vec::new(),
        at: 0,
        rows: Vec::new(),
    };
    for (event, range) in Parser::new_ext(text, Options::ENABLE_TABLES).into_offset_iter() {
        reader.take(&event, range);
    }
    let mut signs = reader.signs;
    signs.hidden.sort_by_key(|r| r.start);
    signs.hidden.dedup_by(|b, a| b.start < a.end);
    signs.items.sort_unstable();
    signs.lines.sort_by_key(|l| l.start);
    signs
}

struct Reader<'a> {
    text: &'a str,
    signs: Signs,
    /// The looks that are open and where they end, the innermost last.
    looks: Vec<(Look, usize)>,
    /// Up to where looks are noted.
    at: usize,
    /// The rows of the table at hand, each with its cells.
    rows: Vec<(Range<usize>, Vec<Range<usize>>)>,
}

impl Reader<'_> {
    fn take(&mut self, event: &Event<'_>, range: Range<usize>) {
        match event {
            Event::Start(tag) => self.open(tag, range),
            Event::End(
                TagEnd::Emphasis
                | TagEnd::Strong
                | TagEnd::Heading(_)
                | TagEnd::BlockQuote(_)
                | TagEnd::TableHead,
            ) => self.leave(),
            Event::End(TagEnd::Table) => self.table(),
            Event::Code(_) => {
                let ticks = self.run(range.start, b'`');
                let inner = range.start + ticks..range.end.saturating_sub(ticks);
                if inner.start < inner.end
                    && self.hide(&[range.start..inner.start, inner.end..range.end])
                {
                    self.enter(inner, BOLD);
                    self.leave();
                }
            }
            Event::Rule => {
                let line = self.line(range.start);
                let signs = self.trim(line.clone());
                let mut all = self.text[signs.clone()].chars();
                let alone = all.all(|c| matches!(c, '-' | '*' | '_' | ' ' | '\t'));
                if alone && self.hide(&[signs]) {
                    self.signs.rules.push(line.start);
                }
            }
            _ => {}
        }
    }

    fn open(&mut self, tag: &Tag<'_>, range: Range<usize>) {
        match tag {
            Tag::Emphasis => self.emphasis(range, 1, ITALIC),
            Tag::Strong => self.emphasis(range, 2, BOLD),
            Tag::Heading { .. } => {
                self.heading(&range);
                self.enter(range, BOLD);
            }
            Tag::BlockQuote(_) => {
                // The sign of a quotation is also that of "more than", so it stays.
                if self
                    .signs
                    .quotes
                    .last()
                    .is_none_or(|q| q.end <= range.start)
                {
                    self.signs.quotes.push(range.clone());
                }
                self.enter(range, ITALIC);
            }
            Tag::CodeBlock(CodeBlockKind::Fenced(_)) => self.fences(range),
            Tag::Item => self.signs.items.push(range.start),
            Tag::Table(columns) => {
                let right = columns.iter().map(|a| *a == Alignment::Right);
                self.signs.tables.push(right.collect());
                self.rows.clear();
            }
            Tag::TableHead => {
                self.rows.push((range.clone(), Vec::new()));
                self.enter(range, BOLD);
            }
            Tag::TableRow => self.rows.push((range, Vec::new())),
            Tag::TableCell => {
                let cell = self.trim(range);
                if let Some((_, cells)) = self.rows.last_mut() {
                    cells.push(cell);
                }
            }
            _ => {}
        }
    }

    /// What is emphasised. Between letters and digits the sign may be one of arithmetic, so there it stays.
    fn emphasis(&mut self, range: Range<usize>, signs: usize, look: Look) {
        let before = self.text[..range.start].chars().next_back();
        let after = self.text[range.end..].chars().next();
        let joins = |c: char| c.is_numeric() || signs == 1 && c.is_alphanumeric();
        let inner = range.start + signs..range.end.saturating_sub(signs);
        let marked = !before.is_some_and(joins)
            && !after.is_some_and(joins)
            && inner.start < inner.end
            && self.hide(&[range.start..inner.start, inner.end..range.end]);
        if marked {
            self.enter(inner, look);
        } else {
            self.enter(0..0, Look::default());
        }
    }

    fn heading(&mut self, range: &Range<usize>) {
        let signs = self.run(range.start, b'#');
        if signs > 0 {
            let line = self.line(range.start);
            let behind = &self.text[range.start + signs..line.end];
            let blanks = behind.len() - behind.trim_start_matches([' ', '\t']).len();
            let signs = range.start..range.start + signs + blanks;
            self.hide(&[signs]);
        } else {
            // Underlined: the line below stays as a rule.
            let end = range.start + self.text[range.clone()].trim_end().len();
            let line = self.line(end);
            let signs = self.trim(line.clone());
            let underline = &self.text[signs.clone()];
            let same = |sign: char| !underline.is_empty() && underline.chars().all(|c| c == sign);
            if line.start > range.start && (same('-') || same('=')) && self.hide(&[signs]) {
                self.signs.rules.push(line.start);
            }
        }
    }

    /// The fences of code, where there are two of them.
    fn fences(&mut self, range: Range<usize>) {
        let Some(&sign) = self.text.as_bytes().get(range.start) else {
            return;
        };
        let first = self.run(range.start, sign);
        let end = range.start + self.text[range.clone()].trim_end().len();
        let line = self.line(end);
        let last = self.text[line.start..end]
            .bytes()
            .rev()
            .take_while(|b| *b == sign)
            .count();
        let alone = self.text[line.start..end - last]
            .chars()
            .all(|c| matches!(c, ' ' | '\t' | '>'));
        if line.start > range.start && alone && last >= first && first >= 3 {
            self.hide(&[range.start..range.start + first, end - last..end]);
            self.signs.code.push(range.start..end);
        }
    }

    /// The rows of a table. One that has not as many cells as the head stays as it is written.
    fn table(&mut self) {
        let rows = std::mem::take(&mut self.rows);
        let table = self.signs.tables.len() - 1;
        let columns = rows.first().map_or(0, |(_, cells)| cells.len());
        for (i, row) in rows.into_iter().enumerate() {
            let line = self.line(row.0.start);
            let mut signs = self.pipes(&line, &row, columns);
            if i == 0 {
                let behind = self.text[line.end..].find('\n').map_or(0, |i| i + 1);
                let below = self.line(line.end + behind);
                let delimiters = self.trim(below.clone());
                let all = self.text[delimiters.clone()].bytes();
                let are_signs =
                    !delimiters.is_empty() && all.into_iter().all(|b| b"|-: \t".contains(&b));
                signs = signs.filter(|_| are_signs);
                if let Some(signs) = &mut signs {
                    signs.push(delimiters);
                }
                if !signs.is_some_and(|signs| self.hide(&signs)) {
                    return;
                }
                self.signs.lines.push(TableLine {
                    start: below.start,
                    table,
                    head: false,
                    cells: Vec::new(),
                });
            } else if !signs.is_some_and(|signs| self.hide(&signs)) {
                continue;
            }
            self.signs.lines.push(TableLine {
                start: line.start,
                table,
                head: i == 0,
                cells: row.1,
            });
        }
    }

    /// Where the signs between the cells of a row stand, if there is one between each two and nothing else but blanks.
    fn pipes(
        &self,
        line: &Range<usize>,
        (row, cells): &(Range<usize>, Vec<Range<usize>>),
        columns: usize,
    ) -> Option<Vec<Range<usize>>> {
        if cells.len() != columns || !self.text[line.start..row.start].trim().is_empty() {
            return None;
        }
        let mut pipes = Vec::with_capacity(columns + 1);
        let mut at = line.start;
        for (i, to) in cells.iter().map(|c| c.start).chain([line.end]).enumerate() {
            let gap = self.text.get(at..to)?;
            let before = pipes.len();
            for (n, c) in gap.char_indices() {
                match c {
                    '|' => pipes.push(at + n..at + n + 1),
                    ' ' | '\t' => {}
                    _ => return None,
                }
            }
            let outer = i == 0 || i == columns;
            let found = pipes.len() - before;
            if found > 1 || found == 0 && !outer {
                return None;
            }
            at = cells.get(i).map_or(to, |c| c.end);
        }
        Some(pipes)
    }

    /// What follows looks so, until it is left.
    fn enter(&mut self, range: Range<usize>, look: Look) {
        self.note(range.start);
        self.looks.push((look, range.end));
    }

    fn leave(&mut self) {
        let end = self.looks.last().map_or(0, |(_, end)| *end);
        self.note(end);
        self.looks.pop();
    }

    /// Notes how the text up to a byte looks: as everything does that is open.
    fn note(&mut self, to: usize) {
        if to <= self.at {
            return;
        }
        let open = self.looks.iter();
        let look = open.fold(Look::default(), |all, (look, _)| Look {
            bold: all.bold || look.bold,
            italic: all.italic || look.italic,
        });
        if look != Look::default() {
            self.signs.looks.push((self.at..to, look));
        }
        self.at = to;
    }

    /// Hides signs, where they are characters of their own; says whether they are.
    fn hide(&mut self, signs: &[Range<usize>]) -> bool {
        let boundary = |at: usize| {
            GraphemeCursor::new(at, self.text.len(), true)
                .is_boundary(self.text, 0)
                .unwrap_or(false)
        };
        let whole = signs.iter().all(|r| boundary(r.start) && boundary(r.end));
        if whole {
            let signs = signs.iter().filter(|r| !r.is_empty());
            self.signs.hidden.extend(signs.cloned());
        }
        whole
    }

    /// How often a sign stands from a byte on.
    fn run(&self, at: usize, sign: u8) -> usize {
        let rest = self.text.as_bytes().get(at..).unwrap_or_default();
        rest.iter().take_while(|b| **b == sign).count()
    }

    /// The line that holds a byte, without its end.
    fn line(&self, at: usize) -> Range<usize> {
        let start = self.text[..at].rfind('\n').map_or(0, |i| i + 1);
        let end = self.text[at..]
            .find('\n')
            .map_or(self.text.len(), |i| at + i);
        let end = start + self.text[start..end].trim_end_matches('\r').len();
        start..end.max(start)
    }

    /// A range without blanks and line ends around what it holds.
    fn trim(&self, range: Range<usize>) -> Range<usize> {
        let blank = [' ', '\t', '\r', '\n'];
        let part = &self.text[range.clone()];
        let end = range.start + part.trim_end_matches(blank).len();
        let start = range.end - part.trim_start_matches(blank).len();
        start.min(end)..end
    }
}
