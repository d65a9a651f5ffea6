//! How a text stands on the screen: its rows, and where the caret is.

use ratatui::buffer::Buffer;
use ratatui::layout::{Position, Rect};
use ratatui::widgets::Widget;

use super::Editor;

impl Editor {
    /// Draws the text; gives back where the caret is.
    pub(crate) fn draw(&self, area: Rect, buf: &mut Buffer) -> Option<Position> {
        let area = area.intersection(buf.area);
        if area.width < 2 || area.height == 0 {
            return None;
        }
        // The last column stays free for the caret behind a full row.
        let text = Rect {
            width: area.width - 1,
            ..area
        };
        (&self.area).render(text, buf);
        let caret = self.area.screen_cursor();
        let (row, column) = self.area.scroll_offset();
        let x = area
            .x
            .saturating_add((caret.col as u16).saturating_sub(column));
        let y = area
            .y
            .saturating_add((caret.row as u16).saturating_sub(row));
        let mut at = Position {
            x: x.min(area.right() - 1),
            y: y.min(area.bottom() - 1),
        };
        for y in (text.y + 1..text.bottom()).rev() {
            if hang_blank(text, y, buf) && at.y == y {
                at = match at.x.checked_sub(1).filter(|x| *x >= text.x) {
                    Some(x) => Position { x, y },
                    // Before the blank is behind the row above.
                    None => Position {
                        x: text.right(),
                        y: y - 1,
                    },
                };
            }
        }
        Some(at)
    }
}

/// The blank at which a row was broken goes to the row below where the row is exactly full, and would stand there as an
/// indent: that row moves left over it. Says whether it did.
fn hang_blank(text: Rect, y: u16, buf: &mut Buffer) -> bool {
    let is_blank = |x: u16, y: u16| buf.cell((x, y)).is_none_or(|c| c.symbol() == " ");
    let full = !is_blank(text.right() - 1, y - 1);
    let words = (text.x + 1..text.right()).any(|x| !is_blank(x, y));
    if !full || !words || !is_blank(text.x, y) {
        return false;
    }
    for x in text.x..text.right() {
        let next = buf.cell((x + 1, y)).filter(|_| x + 1 < text.right());
        let next = next.cloned().unwrap_or_default();
        if let Some(cell) = buf.cell_mut((x, y)) {
            *cell = next;
        }
    }
    true
}
