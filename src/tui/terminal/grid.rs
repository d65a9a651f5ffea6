//! What a screen shows, cell by cell, in a form that can be compared with what a terminal does.
//!
//! In: a ratatui buffer. Out: slots; a wide glyph is a face and a tail, so that overwriting one half of it always
//! changes both. No control character gets past here, whatever a widget has put into the buffer. A glyph whose width
//! terminals disagree about is drawn whole, with room for the widest of them: see [`Face::Loose`].

use std::hash::{Hash, Hasher};

use ratatui::buffer::{Buffer, Cell};
use rustc_hash::FxHasher;
use unicode_width::UnicodeWidthChar;

use super::pen::Pen;
use crate::text;

/// What one cell holds.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub(super) enum Face {
    /// One character.
    Char(char),
    /// A character with marks on it.
    Cluster(Box<str>),
    /// Letters that some terminals draw as one sign and others side by side, and the columns kept for them: these are
    /// blanked first, and after it the cursor is wherever the terminal thinks it is.
    Loose(Box<str>, usize),
    /// The second column of the wide glyph before it.
    Tail,
}

/// One cell: what it holds and how it looks.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub(super) struct GridSlot {
    pub(super) face: Face,
    pub(super) pen: Pen,
}

/// A cell as the terminal has it after an erase.
pub(super) const BLANK: GridSlot = GridSlot {
    face: Face::Char(' '),
    pen: Pen::PLAIN,
};

impl GridSlot {
    pub(super) fn is_blank(&self) -> bool {
        self.face == Face::Char(' ')
    }

    /// Bytes that the face takes in UTF-8.
    pub(super) fn bytes(&self) -> usize {
        match &self.face {
            Face::Char(c) => c.len_utf8(),
            Face::Cluster(text) | Face::Loose(text, _) => text.len(),
            Face::Tail => 0,
        }
    }

    pub(super) fn write(&self, out: &mut Vec<u8>) {
        match &self.face {
            Face::Char(c) => out.extend_from_slice(c.encode_utf8(&mut [0; 4]).as_bytes()),
            Face::Cluster(text) | Face::Loose(text, _) => out.extend_from_slice(text.as_bytes()),
            Face::Tail => {}
        }
    }
}

/// A screen of slots, row by row.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Grid {
    pub(super) width: usize,
    pub(super) height: usize,
    slots: Vec<GridSlot>,
}

impl Grid {
    /// An empty screen.
    pub(super) fn blank(width: usize, height: usize) -> Self {
        Grid {
            width,
            height,
            slots: vec![BLANK; width * height],
        }
    }

    /// Takes over what `buffer` shows; the grid gets the buffer's size.
    pub(super) fn fill(&mut self, buffer: &Buffer, colours: bool) {
        self.width = usize::from(buffer.area.width);
        self.height = usize::from(buffer.area.height);
        self.slots.clear();
        if self.width == 0 {
            return;
        }
        for row in buffer.content.chunks_exact(self.width) {
            let mut x = 0;
            while x < row.len() {
                x += self.push(&row[x..], colours);
            }
        }
    }

    pub(super) fn row(&self, y: usize) -> &[GridSlot] {
        &self.slots[y * self.width..(y + 1) * self.width]
    }

    /// Fewer bytes than this cannot draw the grid on an empty screen.
    pub(super) fn least_bytes(&self) -> usize {
        self.slots.iter().filter(|slot| **slot != BLANK).count()
    }

    /// A value that equal rows share.
    pub(super) fn row_hash(&self, y: usize) -> u64 {
        let mut hasher = FxHasher::default();
        self.row(y).hash(&mut hasher);
        hasher.finish()
    }

    /// Moves the rows `top..bottom` up by `by` (down when negative); the rows that come in are blank.
    pub(super) fn scroll(&mut self, top: usize, bottom: usize, by: isize) {
        let n = by.unsigned_abs() * self.width;
        let block = &mut self.slots[top * self.width..bottom * self.width];
        if by > 0 {
            block.rotate_left(n);
            let len = block.len();
            block[len - n..].fill(BLANK);
        } else {
            block.rotate_right(n);
            block[..n].fill(BLANK);
        }
    }

    /// Appends the slots of the first of these cells and returns how many columns it takes.
    fn push(&mut self, cells: &[Cell], colours: bool) -> usize {
        let pen = Pen::of(&cells[0], colours);
        let symbol = cells[0].symbol();
        if let [byte] = symbol.as_bytes() {
            let c = char::from(*byte);
            self.push_char(if c.is_ascii_control() { '\u{fffd}' } else { c }, pen);
            return 1;
        }
        // What is wider than one column covers the blanks that were left for it, and nothing else.
        let room = 1 + cells[1..]
            .iter()
            .take_while(|cell| matches!(cell.symbol(), " " | ""))
            .count();
        let face = face(symbol, room);
        let columns = match &face {
            Face::Char(c) => c.width().unwrap_or(1).max(1),
            Face::Cluster(text) => text::columns(text),
            Face::Loose(_, columns) => *columns,
            Face::Tail => 1,
        };
        match face {
            Face::Char(c) => self.push_char(c, pen),
            face => self.slots.push(GridSlot { face, pen }),
        }
        let tail = GridSlot {
            face: Face::Tail,
            pen,
        };
        self.slots.extend(std::iter::repeat_n(tail, columns - 1));
        columns
    }

    fn push_char(&mut self, c: char, pen: Pen) {
        self.slots.push(GridSlot {
            face: Face::Char(c),
            pen: if c == ' ' { pen.on_blank() } else { pen },
        });
    }
}

/// What is drawn for a symbol where `room` columns are free; U+FFFD where it does not fit or could steer the terminal.
fn face(symbol: &str, room: usize) -> Face {
    let mut text: String = symbol
        .chars()
        .filter(|c| !matches!(c, '\u{fe0e}' | '\u{fe0f}'))
        .collect();
    if text.is_empty() {
        return Face::Char(if symbol.is_empty() { ' ' } else { '\u{fffd}' });
    }
    let joiner = |c| matches!(c, '\u{200c}' | '\u{200d}');
    let steers = |c: char| c.is_control() || is_format(c) && !joiner(c);
    if text.chars().any(steers) || text.starts_with(joiner) {
        return Face::Char('\u{fffd}');
    }
    if text.chars().next().is_some_and(|c| c.width() == Some(0)) {
        // A mark needs something to stand on.
        text.insert(0, ' ');
    }
    let columns = text::columns(&text).max(1);
    if columns > room {
        return Face::Char('\u{fffd}');
    }
    let mut chars = text.chars();
    let first = chars.next().unwrap_or(' ');
    if chars.as_str().is_empty() {
        Face::Char(first)
    } else if chars.all(is_agreed_mark) {
        Face::Cluster(text.into())
    } else {
        Face::Loose(text.into(), columns)
    }
}

/// Marks that all terminals put onto the letter before them, and the two of halfwidth katakana that all put behind it.
fn is_agreed_mark(c: char) -> bool {
    matches!(c as u32, 0x300..=0x36f | 0x483..=0x489 | 0x591..=0x5c7 | 0x610..=0x61a | 0x64b..=0x65f | 0x670
        | 0x6d6..=0x6dc | 0x6df..=0x6e4 | 0x1ab0..=0x1aff | 0x1dc0..=0x1dff | 0x20d0..=0x20ff | 0xfe20..=0xfe2f
        | 0xff9e | 0xff9f)
}

/// Characters that choose how the ones around them are drawn.
fn is_format(c: char) -> bool {
    matches!(c as u32, 0xad | 0x34f | 0x61c | 0x200b..=0x200f | 0x2028..=0x202e | 0x2060..=0x206f
        | 0xfe00..=0xfe0f | 0xfeff | 0xe0000..=0xe0fff)
}

#[cfg(test)]
mod tests {
    use super::*;
    use ratatui::layout::Rect;
    use ratatui::style::Style;

    fn shown(symbols: &[&str]) -> Vec<String> {
        let mut buffer = Buffer::empty(Rect::new(0, 0, symbols.len() as u16, 1));
        for (cell, symbol) in buffer.content.iter_mut().zip(symbols) {
            cell.set_symbol(symbol);
        }
        let mut grid = Grid::blank(0, 0);
        grid.fill(&buffer, true);
        assert_eq!(grid.row(0).len(), symbols.len());
        grid.row(0)
            .iter()
            .map(|slot| match &slot.face {
                Face::Char(c) => c.to_string(),
                Face::Cluster(text) | Face::Loose(text, _) => text.to_string(),
                Face::Tail => "<".to_owned(),
            })
            .collect()
    }

    #[test]
    fn wide_glyphs_have_a_tail_and_never_hang_over_the_edge() {
        assert_eq!(shown(&["患", " ", "a"]), ["患", "<", "a"]);
        assert_eq!(shown(&["a", "患"]), ["a", "\u{fffd}"]);
    }

    #[test]
    fn letters_are_drawn_whole_with_room_for_the_widest_terminal() {
        assert_eq!(shown(&["❤\u{fe0f}", " ", "x"]), ["❤", " ", "x"]);
        assert_eq!(
            shown(&["👩\u{200d}⚕\u{fe0f}", " ", " ", "x"]),
            ["👩\u{200d}⚕", "<", "<", "x"]
        );
        assert_eq!(shown(&["ｶ\u{ff9e}", " "]), ["ｶ\u{ff9e}", "<"]);
        assert_eq!(shown(&["e\u{301}", "x"]), ["e\u{301}", "x"]);
        assert_eq!(shown(&["क्षि", " ", " ", "x"])[0], "क्षि");
        // Nothing but blanks is covered: what has no room shows that it is there.
        assert_eq!(shown(&["क्षि", "x"]), ["\u{fffd}", "x"]);
    }

    #[test]
    fn controls_do_not_pass() {
        assert_eq!(
            shown(&["a\u{1b}", " ", "\u{9b}31m", " ", ""]),
            ["\u{fffd}", " ", "\u{fffd}", " ", " "]
        );
        assert_eq!(shown(&["\u{1b}", "\u{7f}"]), ["\u{fffd}", "\u{fffd}"]);
        assert_eq!(shown(&["\u{202e}", "\u{301}"]), ["\u{fffd}", " \u{301}"]);
    }

    #[test]
    fn rows_move_as_a_block() {
        let mut grid = Grid::blank(0, 0);
        grid.fill(&Buffer::with_lines(["a", "b", "c", "d"]), true);
        let mut up = grid.clone();
        up.scroll(0, 3, 1);
        let mut lines = Grid::blank(0, 0);
        lines.fill(&Buffer::with_lines(["b", "c", " ", "d"]), true);
        assert_eq!(up, lines);
        grid.scroll(1, 4, -2);
        lines.fill(&Buffer::with_lines(["a", " ", " ", "b"]), true);
        assert_eq!(grid, lines);
    }

    #[test]
    fn invisible_differences_make_no_difference() {
        let mut red = Grid::blank(0, 0);
        let mut buffer = Buffer::empty(Rect::new(0, 0, 2, 1));
        buffer.set_style(buffer.area, Style::new().red().bold());
        red.fill(&buffer, true);
        assert_eq!(red, Grid::blank(2, 1));
    }
}
