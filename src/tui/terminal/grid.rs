//! What a screen shows, cell by cell, in a form that can be compared with what a terminal does.
//!
//! In: a ratatui buffer. Out: slots; a wide glyph is a face and a tail, so that overwriting one half of it always
//! changes both. No control character gets past here, whatever a widget has put into the buffer, and no glyph whose
//! width terminals disagree about: it is cut to the part that they agree on.

use std::hash::{Hash, Hasher};

use ratatui::buffer::{Buffer, Cell, CellWidth};
use rustc_hash::FxHasher;
use unicode_width::UnicodeWidthChar;

use super::pen::Pen;

/// What one cell holds.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub(super) enum Face {
    /// One character.
    Char(char),
    /// A character with marks on it.
    Cluster(Box<str>),
    /// The second column of the wide glyph before it.
    Tail,
}

/// One cell: what it holds and how it looks.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub(super) struct Slot {
    pub(super) face: Face,
    pub(super) pen: Pen,
}

/// A cell as the terminal has it after an erase.
pub(super) const BLANK: Slot = Slot {
    face: Face::Char(' '),
    pen: Pen::PLAIN,
};

impl Slot {
    pub(super) fn is_blank(&self) -> bool {
        self.face == Face::Char(' ')
    }

    /// Bytes that the face takes in UTF-8.
    pub(super) fn bytes(&self) -> usize {
        match &self.face {
            Face::Char(c) => c.len_utf8(),
            Face::Cluster(text) => text.len(),
            Face::Tail => 0,
        }
    }

    pub(super) fn write(&self, out: &mut Vec<u8>) {
        match &self.face {
            Face::Char(c) => out.extend_from_slice(c.encode_utf8(&mut [0; 4]).as_bytes()),
            Face::Cluster(text) => out.extend_from_slice(text.as_bytes()),
            Face::Tail => {}
        }
    }
}

/// A screen of slots, row by row.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Grid {
    pub(super) width: usize,
    pub(super) height: usize,
    slots: Vec<Slot>,
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
                x += self.push(&row[x], row.len() - x, colours);
            }
        }
    }

    pub(super) fn row(&self, y: usize) -> &[Slot] {
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

    /// Appends the slots of one cell and returns how many columns it takes; at most `room`.
    fn push(&mut self, cell: &Cell, room: usize, colours: bool) -> usize {
        let pen = Pen::of(cell, colours);
        let symbol = cell.symbol();
        if let [byte] = symbol.as_bytes() {
            let c = char::from(*byte);
            self.push_char(if c.is_ascii_control() { '\u{fffd}' } else { c }, pen);
            return 1;
        }
        let columns = usize::from(symbol.cell_width()).clamp(1, 2).min(room);
        let (face, used) = face(symbol, columns);
        match face {
            Face::Char(c) => self.push_char(c, pen),
            face => self.slots.push(Slot { face, pen }),
        }
        for column in 1..columns {
            if column < used {
                self.slots.push(Slot {
                    face: Face::Tail,
                    pen,
                });
            } else {
                self.push_char(' ', pen);
            }
        }
        columns
    }

    fn push_char(&mut self, c: char, pen: Pen) {
        self.slots.push(Slot {
            face: Face::Char(c),
            pen: if c == ' ' { pen.on_blank() } else { pen },
        });
    }
}

/// The longest start of `symbol` that takes at most `columns` on every terminal, and the columns it takes.
///
/// Terminals without grapheme support add up the widths of single characters; where that sum differs from the
/// grapheme's width (joined emoji, variation selectors) only the part before the difference is drawn.
fn face(symbol: &str, columns: usize) -> (Face, usize) {
    let mut text = String::new();
    let mut used = 0;
    for c in symbol.chars() {
        let width = if matches!(c, '\u{ff9e}' | '\u{ff9f}') {
            1
        } else {
            match c.width() {
                Some(width) if !is_format(c) => width,
                // A control character, or one that steers the terminal's layout.
                _ if text.is_empty() => {
                    text.push('\u{fffd}');
                    used = 1;
                    break;
                }
                _ => break,
            }
        };
        if used + width > columns {
            break;
        }
        if width == 0 && text.is_empty() {
            // A mark needs something to stand on.
            text.push(' ');
            used = 1;
        }
        text.push(c);
        used += width;
    }
    let mut chars = text.chars();
    match (chars.next(), chars.next()) {
        (None, _) => (
            Face::Char(if symbol.is_empty() { ' ' } else { '\u{fffd}' }),
            1,
        ),
        (Some(c), None) => (Face::Char(c), used),
        _ => (Face::Cluster(text.into()), used),
    }
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
                Face::Cluster(text) => text.to_string(),
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
    fn only_widths_that_terminals_agree_on_are_drawn() {
        assert_eq!(shown(&["❤\u{fe0f}", " ", "x"]), ["❤", " ", "x"]);
        assert_eq!(shown(&["👩\u{200d}⚕\u{fe0f}", " "]), ["👩", "<"]);
        assert_eq!(shown(&["ｶ\u{ff9e}", " "]), ["ｶ\u{ff9e}", "<"]);
        assert_eq!(shown(&["e\u{301}", "x"]), ["e\u{301}", "x"]);
    }

    #[test]
    fn controls_do_not_pass() {
        assert_eq!(
            shown(&["a\u{1b}", " ", "\u{9b}31m", " ", ""]),
            ["a", " ", "\u{fffd}", " ", " "]
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
