//! Putting text into cells, without ever leaving the area or letting an unsafe byte through.
//!
//! In: the program's own words, or untrusted text with byte ranges to mark. Out: cells. Never: a panic at any size.

use std::cell::Cell;
use std::ops::Range;

use ratatui::buffer::Buffer;
use ratatui::layout::{Position, Rect};
use ratatui::style::{Color, Modifier, Style};

use crate::text::{self, Glyph};

/// A pen over one area of the screen; what falls outside is cut off.
pub(crate) struct Paint<'a> {
    buf: &'a mut Buffer,
    area: Rect,
    focus: Option<&'a Cell<Option<Position>>>,
}

impl<'a> Paint<'a> {
    /// A pen over `area`.
    pub(crate) fn new(buf: &'a mut Buffer, area: Rect) -> Self {
        let area = area.intersection(buf.area);
        Paint {
            buf,
            area,
            focus: None,
        }
    }

    pub(crate) fn area(&self) -> Rect {
        self.area
    }

    /// A pen over a part of the area.
    pub(crate) fn part(&mut self, area: Rect) -> Paint<'_> {
        let area = area.intersection(self.area);
        Paint {
            buf: self.buf,
            area,
            focus: self.focus,
        }
    }

    /// The same pen, which says in `focus` where the row or word in focus is.
    pub(crate) fn telling(self, focus: &'a Cell<Option<Position>>) -> Paint<'a> {
        Paint {
            focus: Some(focus),
            ..self
        }
    }

    /// Column `x` of row `y` is in focus: there the terminal's own cursor stands, which screen readers and braille lines follow.
    pub(crate) fn focus(&self, x: u16, y: u16) {
        let (x, y) = (self.area.x.saturating_add(x), self.area.y.saturating_add(y));
        if let Some(focus) = self.focus.filter(|_| self.area.contains(Position { x, y })) {
            focus.set(Some(Position { x, y }));
        }
    }

    /// Fills the area with blanks.
    pub(crate) fn blank(&mut self) {
        for y in self.area.top()..self.area.bottom() {
            for x in self.area.left()..self.area.right() {
                if let Some(cell) = self.buf.cell_mut((x, y)) {
                    cell.reset();
                }
            }
        }
    }

    /// Styles `width` cells of a row from column `x`.
    pub(crate) fn style(&mut self, x: u16, y: u16, width: u16, style: Style) {
        let Some(row) = self.row(y) else { return };
        let from = self.area.x.saturating_add(x).min(self.area.right());
        let to = from.saturating_add(width).min(self.area.right());
        for x in from..to {
            if let Some(cell) = self.buf.cell_mut((x, row)) {
                cell.set_style(style);
            }
        }
    }

    /// Turns a row over, as one unbroken bar; what stood reversed in it stands out as what is not. The row's first cell has
    /// its sign, and the terminal's cursor turns that over.
    pub(crate) fn reverse(&mut self, y: u16) {
        let Some(row) = self.row(y) else { return };
        for x in self.area.left() + 1..self.area.right() {
            if let Some(cell) = self.buf.cell_mut((x, row)) {
                (cell.fg, cell.bg) = (Color::Reset, Color::Reset);
                cell.modifier
                    .remove(Modifier::BOLD | Modifier::DIM | Modifier::ITALIC);
                cell.modifier.toggle(Modifier::REVERSED);
            }
        }
    }

    /// Repeats a one-column sign over a row.
    pub(crate) fn line(&mut self, y: u16, sign: &str, style: Style) {
        for x in 0..self.area.width {
            self.put(x, y, sign, style);
        }
    }

    /// Writes one line of text from column `x` of row `y`, both counted in the area; returns the column behind it.
    pub(crate) fn put(&mut self, x: u16, y: u16, text: &str, style: Style) -> u16 {
        self.put_in(x, y, self.area.width.saturating_sub(x), text, style)
    }

    /// Writes at most `width` columns; what does not fit is cut off with `…`.
    pub(crate) fn put_in(&mut self, x: u16, y: u16, width: u16, text: &str, style: Style) -> u16 {
        let room = width.min(self.area.width.saturating_sub(x));
        if text::width(text) <= usize::from(room) {
            return self.put_marked(x, y, room, text, 0, style, &[]);
        }
        let cut = text::clip(text, usize::from(room));
        self.put_marked(x, y, room, &cut, 0, style, &[])
    }

    /// Writes text so that it ends before column `right`.
    pub(crate) fn put_right(&mut self, right: u16, y: u16, text: &str, style: Style) -> u16 {
        let width = text::width(text) as u16;
        let x = right.saturating_sub(width);
        self.put_in(x, y, right - x, text, style);
        x
    }

    /// Writes a line of which byte ranges are marked; `base` is the offset of `text` in the ranges' text.
    #[expect(
        clippy::too_many_arguments,
        reason = "a place, a text and its marks; a struct would be built for one call"
    )]
    pub(crate) fn put_marked(
        &mut self,
        x: u16,
        y: u16,
        width: u16,
        text: &str,
        base: usize,
        style: Style,
        marks: &[(Range<usize>, Style)],
    ) -> u16 {
        let Some(row) = self.row(y) else { return x };
        let room = width.min(self.area.width.saturating_sub(x));
        let mut used = 0;
        for Glyph {
            offset,
            len,
            shown,
            width,
        } in text::glyphs(text)
        {
            let tab = shown.len() > 1 && shown.bytes().all(|b| b == b' ');
            // A tab ends where the room does.
            let width = if tab {
                (width as u16).min(room - used)
            } else {
                width as u16
            };
            if used + width > room {
                break;
            }
            let at = base + offset;
            let marked = marks
                .iter()
                .rev()
                .find(|(r, _)| r.start < at + len && at < r.end);
            let style = marked.map_or(style, |(_, s)| style.patch(*s));
            for i in 0..width {
                if let Some(cell) = self.buf.cell_mut((self.area.x + x + used + i, row)) {
                    // A word over a rule does not take over how the rule looks.
                    cell.reset();
                    cell.set_style(style);
                    cell.set_symbol(if i == 0 && !tab { &shown } else { " " });
                }
            }
            used += width;
        }
        x + used
    }

    /// Writes at most `width` columns of a line of which byte ranges are marked; what does not fit is cut off with `…`.
    pub(crate) fn put_marked_in(
        &mut self,
        x: u16,
        y: u16,
        width: u16,
        text: &str,
        style: Style,
        marks: &[(Range<usize>, Style)],
    ) -> u16 {
        if marks.is_empty() {
            return self.put_in(x, y, width, text, style);
        }
        let room = width.min(self.area.width.saturating_sub(x));
        if text::width(text) <= usize::from(room) {
            return self.put_marked(x, y, room, text, 0, style, marks);
        }
        let x = self.put_marked(x, y, room.saturating_sub(1), text, 0, style, marks);
        self.put_in(x, y, room.min(1), "…", style)
    }

    /// Writes a name in at most `width` columns; where it has a strength, that is not what is cut.
    pub(crate) fn put_name(
        &mut self,
        x: u16,
        y: u16,
        width: u16,
        name: &str,
        style: Style,
        marks: &[(Range<usize>, Style)],
    ) -> u16 {
        let end = x.saturating_add(width).min(self.area.width);
        let parts = text::keep_strength(name, usize::from(end.saturating_sub(x)));
        let mut x = x;
        for (i, part) in parts.iter().enumerate() {
            let (shown, room) = (&name[part.clone()], end.saturating_sub(x));
            x = self.put_marked(x, y, room, shown, part.start, style, marks);
            let next = parts.get(i + 1).map_or(name.len(), |p| p.start);
            if part.end < next {
                x = self.put_marked(x, y, end.saturating_sub(x), "…", usize::MAX, style, &[]);
            }
        }
        x
    }

    /// Lets something else draw into a part of the area, given in screen coordinates.
    pub(crate) fn with(&mut self, area: Rect, draw: impl FnOnce(Rect, &mut Buffer)) {
        let area = area.intersection(self.area);
        draw(area, self.buf);
    }

    fn row(&self, y: u16) -> Option<u16> {
        (y < self.area.height).then(|| self.area.y + y)
    }
}
