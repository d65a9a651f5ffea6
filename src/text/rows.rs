//! Text broken into rows.
//!
//! In: text of any length, a width. Out: byte ranges of the original. Never: more of a line in memory than one row of it, so that a
//! line of many megabytes costs no more than its rows.

use unicode_segmentation::UnicodeSegmentation;

use super::{TAB, show};

/// How text is broken into rows.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Layout {
    /// At line breaks and, where a line is too wide, between words.
    Lines,
    /// Like `Lines`, and also where two or more spaces stand after text in a text without any line break: there the
    /// extract flattened the note.
    Flattened,
}

/// One row of wrapped text: a byte range of the original, without the line break or the space it was broken at.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub(crate) struct ScreenRow {
    /// First byte.
    pub start: u32,
    /// One past the last byte.
    pub end: u32,
}

/// Breaks text into rows of at most `width` columns (at least 1; a wider glyph gets a row of its own).
pub(crate) fn wrap(text: &str, width: usize, layout: Layout) -> Vec<ScreenRow> {
    let width = width.max(1);
    let mut rows = Vec::new();
    let flattened = layout == Layout::Flattened && !text.contains(['\n', '\r']);
    let mut start = 0;
    for (end, next) in line_ends(text, flattened) {
        wrap_line(text, start, end, width, &mut rows);
        start = next;
    }
    wrap_line(text, start, text.len(), width, &mut rows);
    rows
}

/// The row that holds a byte offset (the last one when it lies behind all of them).
pub(crate) fn row_at(rows: &[ScreenRow], offset: usize) -> usize {
    rows.partition_point(|r| (r.start as usize) <= offset)
        .saturating_sub(1)
}

/// Where lines end and the next ones start, as byte offsets, in order.
fn line_ends(text: &str, flattened: bool) -> Vec<(usize, usize)> {
    let b = text.as_bytes();
    let mut ends = Vec::new();
    let mut i = 0;
    while i < b.len() {
        match b[i] {
            b'\n' => ends.push((i, i + 1)),
            b'\r' if b.get(i + 1) == Some(&b'\n') => {
                ends.push((i, i + 2));
                i += 1;
            }
            b' ' if flattened && b.get(i + 1) == Some(&b' ') => {
                let spaces = b[i..].iter().take_while(|c| **c == b' ').count();
                // Leading blanks are an indentation, not a break.
                if ends.last().map_or(i > 0, |&(_, next)| i > next) && i + spaces < b.len() {
                    ends.push((i, i + spaces));
                }
                i += spaces - 1;
            }
            _ => {}
        }
        i += 1;
    }
    ends
}

/// A grapheme of the line in hand.
#[derive(Clone, Copy, Debug)]
struct Grapheme {
    offset: usize,
    width: usize,
    /// A blank at which a row may be broken.
    blank: bool,
    tab: bool,
}

/// The grapheme at a byte of a line, and where the next one starts.
fn mark(line: &str, offset: usize) -> Option<(Grapheme, usize)> {
    let b = line.as_bytes();
    let first = *b.get(offset)?;
    let mut mark = Grapheme {
        offset,
        width: 1,
        blank: matches!(first, b' ' | b'\t'),
        tab: first == b'\t',
    };
    // Nothing joins two characters of ASCII, but for CR LF.
    if (0x20..0x7f).contains(&first) && b.get(offset + 1).is_none_or(u8::is_ascii) {
        return Some((mark, offset + 1));
    }
    let grapheme = line[offset..].graphemes(true).next()?;
    mark.width = show(grapheme, 0).1;
    let alone = grapheme.len() == 1;
    (mark.blank, mark.tab) = (mark.blank && alone, mark.tab && alone);
    Some((mark, offset + grapheme.len()))
}

fn wrap_line(text: &str, start: usize, end: usize, width: usize, rows: &mut Vec<ScreenRow>) {
    let line = &text[start..end];
    let mut marks = Vec::with_capacity(width.min(512) + 2);
    let mut at = 0;
    loop {
        let (to, next) = one_row(line, at, width, &mut marks);
        rows.push(ScreenRow {
            start: (start + at) as u32,
            end: (start + to) as u32,
        });
        if next >= line.len() {
            return;
        }
        at = next;
    }
}

/// Where the row that starts at `at` ends, and where the next one starts.
fn one_row(line: &str, at: usize, width: usize, marks: &mut Vec<Grapheme>) -> (usize, usize) {
    marks.clear();
    let (mut used, mut fits, mut next) = (0, 0, at);
    // One that does not fit is looked at, too, and at least two.
    while used <= width || marks.len() < 2 {
        let Some((mark, behind)) = mark(line, next) else {
            break;
        };
        // A tab is as wide as its place in this row makes it.
        used += if mark.tab {
            TAB - used % TAB
        } else {
            mark.width
        };
        fits += usize::from(used <= width);
        marks.push(mark);
        next = behind;
    }
    if fits == marks.len() {
        return (line.len(), line.len());
    }
    let offset = |marks: &[Grapheme], i: usize| marks.get(i).map_or(next, |m| m.offset);
    let mut last = fits.max(1);
    let mut next = offset(marks, last);
    let blank = |i: usize| marks[i].blank;
    let behind = last.min(marks.len() - 1);
    if blank(behind) || !blank(last - 1) {
        let word = (0..last).find(|&i| !blank(i)).unwrap_or(last);
        if last < marks.len() && !blank(last) {
            if let Some(gap) = (word..last).rev().find(|&i| blank(i)) {
                last = gap;
                next = offset(marks, gap + 1);
            }
        } else {
            while let Some((_, behind)) = mark(line, next).filter(|(m, _)| m.blank) {
                next = behind;
            }
        }
    }
    let to = {
        let mut last = last;
        while last > 1 && blank(last - 1) && (0..last).any(|i| !blank(i)) {
            last -= 1;
        }
        offset(marks, last)
    };
    (to, next)
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn rows(text: &str, width: usize, layout: Layout) -> Vec<&str> {
        wrap(text, width, layout)
            .iter()
            .map(|r| &text[r.start as usize..r.end as usize])
            .collect()
    }

    #[test]
    fn words_wrap_and_long_words_break() {
        assert_eq!(
            rows("one two three", 7, Layout::Lines),
            ["one two", "three"]
        );
        assert_eq!(rows("one  two", 4, Layout::Lines), ["one", "two"]);
        assert_eq!(
            rows("abcdefgh ij", 3, Layout::Lines),
            ["abc", "def", "gh", "ij"]
        );
        assert_eq!(rows("  lab   12", 20, Layout::Lines), ["  lab   12"]);
        assert_eq!(rows("a\r\nb\n\nc", 9, Layout::Lines), ["a", "b", "", "c"]);
        assert_eq!(rows("", 9, Layout::Lines), [""]);
    }

    #[test]
    fn a_flattened_note_gets_its_lines_back() {
        assert_eq!(
            rows("HPI:  54 yo  Plan: rest", 40, Layout::Flattened),
            ["HPI:", "54 yo", "Plan: rest"]
        );
        assert_eq!(
            rows("HPI:\n54  yo", 40, Layout::Flattened),
            ["HPI:", "54  yo"]
        );
    }

    #[test]
    fn a_row_of_a_long_line_is_as_one_of_its_own() {
        let long = "word e\u{301}t cetera 患者 ".repeat(2000);
        let all = wrap(&long, 20, Layout::Lines);
        for (i, row) in all.iter().enumerate().step_by(97) {
            let rest = &long[row.start as usize..];
            let first = wrap(rest, 20, Layout::Lines)[0];
            assert_eq!(row.end - row.start, first.end, "row {i}");
        }
    }

    proptest! {
        #[test]
        fn rows_fit_and_lose_only_blanks(text in "[ab \\t\\n患e\u{301}]{0,60}", width in 1usize..12) {
            let rows = wrap(&text, width, Layout::Lines);
            let mut last = 0;
            for row in &rows {
                let (start, end) = (row.start as usize, row.end as usize);
                prop_assert!(start >= last && end >= start);
                prop_assert!(text[last..start].chars().all(char::is_whitespace), "{:?}", &text[last..start]);
                let line = &text[start..end];
                prop_assert!(crate::text::width(line) <= width || line.graphemes(true).count() == 1, "{line:?}");
                last = end;
            }
            prop_assert!(text[last..].chars().all(char::is_whitespace));
        }
    }
}
