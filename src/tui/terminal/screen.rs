//! Shows frames with as few bytes as the difference to the last one needs.
//!
//! In: a frame that panes have drawn into a ratatui buffer. Out: one write of bytes that makes a terminal show it.
//! A block of full rows that moved is moved by the terminal itself; what costs more than drawing all anew is drawn
//! anew; a frame equal to the last one costs nothing. Nothing is ever asked of the terminal.

use std::io::{self, Write};

use ratatui::buffer::Buffer;
use ratatui::layout::{Position, Rect, Size};

use super::brush::Brush;
use super::grid::{BLANK, Grid};
use super::pen::Pen;

/// Frames shorter than this are shown as they come; longer ones between the marks of a synchronized update, so that
/// a terminal that knows them shows no half of a frame.
const SYNCHRONIZED_FROM: usize = 256;
/// Rows that must have changed, and that a scroll must save, before it is worth trying.
const SCROLL_FROM: usize = 3;

/// A screen that remembers what it shows.
#[derive(Debug)]
pub(crate) struct Screen<W: Write> {
    out: W,
    colours: bool,
    back: Buffer,
    shown: Grid,
    next: Grid,
    /// Whether the terminal shows `shown`; otherwise nothing is known about it.
    known: bool,
    cursor: Option<(usize, usize)>,
    cursor_visible: bool,
    sent: u64,
}

impl<W: Write> Screen<W> {
    /// A screen of `size` on `out`, of which nothing is known yet but that its cursor is hidden. Without `colours`
    /// only bold, dim, italic, underlined, reversed and crossed-out text is sent (`NO_COLOR`).
    pub(crate) fn new(out: W, size: Size, colours: bool) -> Self {
        let mut screen = Screen {
            out,
            colours,
            back: Buffer::empty(Rect::ZERO),
            shown: Grid::blank(0, 0),
            next: Grid::blank(0, 0),
            known: false,
            cursor: None,
            cursor_visible: false,
            sent: 0,
        };
        screen.resize(size);
        screen
    }

    /// Columns and rows.
    pub(crate) fn size(&self) -> Size {
        self.back.area.as_size()
    }

    /// Takes a new size; the next frame is drawn whole.
    pub(crate) fn resize(&mut self, size: Size) {
        self.back = Buffer::empty(Rect::new(0, 0, size.width, size.height));
        self.shown = Grid::blank(usize::from(size.width), usize::from(size.height));
        self.known = false;
    }

    /// Forgets what the terminal shows; the next frame is drawn whole.
    pub(crate) fn clear(&mut self) {
        self.known = false;
    }

    /// Forgets what the terminal shows, and that its cursor may be visible: it was taken over anew.
    pub(crate) fn reset(&mut self) {
        self.clear();
        self.cursor = None;
        self.cursor_visible = false;
    }

    /// Bytes written so far.
    pub(crate) fn bytes_sent(&self) -> u64 {
        self.sent
    }

    /// Where the bytes go.
    pub(crate) fn output(&mut self) -> &mut W {
        &mut self.out
    }

    /// Draws a frame: `render` gets an empty buffer and says where the text cursor stands, if anywhere.
    ///
    /// # Errors
    /// When the terminal takes no more bytes; the next frame is then drawn whole.
    pub(crate) fn draw(
        &mut self,
        render: impl FnOnce(&mut Buffer) -> Option<Position>,
    ) -> io::Result<()> {
        self.back.reset();
        let cursor = render(&mut self.back);
        self.next.fill(&self.back, self.colours);
        let (width, height) = (self.next.width, self.next.height);
        if width == 0 || height == 0 {
            return Ok(());
        }
        let mut brush = self.shortest();
        let cursor = cursor.map(|p| {
            (
                usize::from(p.x).min(width - 1),
                usize::from(p.y).min(height - 1),
            )
        });
        let painted = brush.bytes.len();
        brush.take(Pen::PLAIN);
        if let Some((x, y)) = cursor {
            brush.go(x, y);
        }
        let frame = self.frame(&brush.bytes, painted > 0, cursor.is_some());
        if frame.is_empty() {
            return Ok(());
        }
        self.known = false; // unless all of it gets out
        self.out.write_all(&frame)?;
        self.out.flush()?;
        self.known = true;
        self.sent += frame.len() as u64;
        self.cursor = brush.cursor;
        self.cursor_visible = cursor.is_some();
        std::mem::swap(&mut self.shown, &mut self.next);
        Ok(())
    }

    /// The shortest bytes for the next frame.
    fn shortest(&self) -> Brush {
        let (width, height) = (self.next.width, self.next.height);
        let anew = || {
            let mut brush = Brush::new(width, None);
            brush.clear();
            brush.paint(&Grid::blank(width, height), &self.next);
            brush
        };
        if !self.known {
            return anew();
        }
        let mut best = Brush::new(width, self.cursor);
        best.paint(&self.shown, &self.next);
        if best.bytes.len() < SYNCHRONIZED_FROM {
            return best;
        }
        if let Some((top, bottom, by)) = moved_block(&self.shown, &self.next) {
            let mut brush = Brush::new(width, self.cursor);
            brush.scroll(top, bottom, by, height);
            let mut scrolled = self.shown.clone();
            scrolled.scroll(top, bottom, by);
            brush.paint(&scrolled, &self.next);
            if brush.bytes.len() < best.bytes.len() {
                best = brush;
            }
        }
        // Clearing may flicker where synchronized updates are not known: only for a gain that is worth it.
        let worth_it = |bytes: usize| bytes + bytes / 8 < best.bytes.len();
        if worth_it(self.next.least_bytes()) {
            let all = anew();
            if worth_it(all.bytes.len()) {
                return all;
            }
        }
        best
    }

    /// The painted bytes with what must stand around them.
    fn frame(&self, painted: &[u8], anything: bool, cursor: bool) -> Vec<u8> {
        let long = painted.len() >= SYNCHRONIZED_FROM;
        let hide = self.cursor_visible && (!cursor || (anything && long));
        let show = cursor && (!self.cursor_visible || hide);
        let mut frame = Vec::with_capacity(painted.len() + 28);
        if long {
            frame.extend_from_slice(b"\x1b[?2026h");
        }
        if hide {
            frame.extend_from_slice(b"\x1b[?25l");
        }
        frame.extend_from_slice(painted);
        if show {
            frame.extend_from_slice(b"\x1b[?25h");
        }
        if long {
            frame.extend_from_slice(b"\x1b[?2026l");
        }
        frame
    }
}

/// The block of rows that moved, as `(top, bottom, by)` of the region to scroll, where one is worth it.
fn moved_block(old: &Grid, new: &Grid) -> Option<(usize, usize, isize)> {
    let height = new.height;
    let changed = (0..height).filter(|&y| old.row(y) != new.row(y)).count();
    if changed < SCROLL_FROM {
        return None;
    }
    let hashes = |grid: &Grid| (0..height).map(|y| grid.row_hash(y)).collect::<Vec<_>>();
    let (before, after) = (hashes(old), hashes(new));
    let blank = (0..height)
        .map(|y| new.row(y).iter().all(|s| *s == BLANK))
        .collect::<Vec<_>>();
    let mut best = (SCROLL_FROM - 1, 0, 0, 0);
    for n in 1..height {
        for up in [true, false] {
            // Rows y of the new frame that equal the row n below (moved up) or above (moved down) in the old one.
            let (from, to) = if up { (0, height - n) } else { (n, height) };
            let equal = |y: usize| after[y] == before[if up { y + n } else { y - n }];
            let mut start = None;
            let mut saved = 0;
            for y in from..=to {
                if y < to && equal(y) {
                    start.get_or_insert(y);
                    saved += usize::from(after[y] != before[y] && !blank[y]);
                } else if let Some(first) = start.take() {
                    if saved > best.0 {
                        let by = n as isize;
                        best = if up {
                            (saved, first, y + n, by)
                        } else {
                            (saved, first - n, y, -by)
                        };
                    }
                    saved = 0;
                }
            }
        }
    }
    let (_, top, bottom, by) = best;
    (by != 0).then_some((top, bottom, by))
}

#[cfg(test)]
mod tests;
