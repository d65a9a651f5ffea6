//! Text entry: one line for prompts, several for comments and longer texts.
//!
//! In: keys and pastes. Out: text, and where the caret is. Control characters never get in. Around the text area of a
//! crate, so that the crate can be changed in one place.

use ratatui::buffer::Buffer;
use ratatui::layout::{Position, Rect};
use ratatui::style::Style;
use ratatui::widgets::Widget;
use tui_textarea::{CursorMove, TextArea, WrapMode};

use crate::tui::terminal::{Code, Key};

/// An editor of one line or of several.
pub struct Editor {
    area: TextArea<'static>,
    one_line: bool,
}

impl Editor {
    /// An editor that holds `text`, with the caret at its end.
    pub fn new(text: &str, one_line: bool) -> Self {
        let mut area = TextArea::new(
            clean(text, one_line)
                .split('\n')
                .map(str::to_owned)
                .collect(),
        );
        area.set_cursor_line_style(Style::default());
        // The caret is the terminal's own: a drawn one vanishes where a row is exactly full.
        area.set_cursor_style(Style::default());
        area.set_max_histories(10_000);
        if !one_line {
            area.set_wrap_mode(WrapMode::WordOrGlyph);
        }
        area.move_cursor(CursorMove::Bottom);
        area.move_cursor(CursorMove::End);
        Editor { area, one_line }
    }

    /// The text, lines joined by `\n`.
    pub fn text(&self) -> String {
        self.area.lines().join("\n")
    }

    /// Takes a key that is bound to nothing; says whether the text changed.
    pub fn key(&mut self, key: Key) -> bool {
        if let Some(c) = key.typed() {
            self.area.insert_char(c);
            return true;
        }
        if key.ctrl || key.alt {
            return false;
        }
        match key.code {
            Code::Enter if !self.one_line => {
                self.area.insert_newline();
                true
            }
            Code::Backspace => self.area.delete_char(),
            Code::Delete => self.area.delete_next_char(),
            Code::Left => self.go(CursorMove::Back),
            Code::Right => self.go(CursorMove::Forward),
            Code::Up => self.go(CursorMove::Up),
            Code::Down => self.go(CursorMove::Down),
            Code::Home => self.go(CursorMove::Head),
            Code::End => self.go(CursorMove::End),
            _ => false,
        }
    }

    /// Takes pasted text as one step.
    pub fn paste(&mut self, text: &str) -> bool {
        self.area.insert_str(clean(text, self.one_line))
    }

    /// Starts a new line, in an editor of several.
    pub fn new_line(&mut self) {
        if !self.one_line {
            self.area.insert_newline();
        }
    }

    /// Deletes the word before the caret.
    pub fn delete_word(&mut self) -> bool {
        self.area.delete_word()
    }

    /// Deletes to the start of the line.
    pub fn delete_to_start(&mut self) -> bool {
        self.area.delete_line_by_head()
    }

    /// Goes one word left or right.
    pub fn word(&mut self, right: bool) {
        self.go(if right {
            CursorMove::WordForward
        } else {
            CursorMove::WordBack
        });
    }

    fn go(&mut self, to: CursorMove) -> bool {
        self.area.move_cursor(to);
        false
    }

    /// Draws the text; gives back where the caret is.
    pub fn draw(&self, area: Rect, buf: &mut Buffer) -> Option<Position> {
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
        Some(Position {
            x: x.min(area.right() - 1),
            y: y.min(area.bottom() - 1),
        })
    }
}

/// What may be typed or pasted: line ends as `\n` (or a blank in one line), tabs as blanks, no control characters.
fn clean(text: &str, one_line: bool) -> String {
    let text = text
        .replace("\r\n", "\n")
        .replace('\r', "\n")
        .replace('\t', "    ");
    let keep = |c: &char| *c == '\n' || !c.is_control();
    text.chars()
        .filter(keep)
        .map(|c| if c == '\n' && one_line { ' ' } else { c })
        .collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn pastes_are_cleaned() {
        let mut line = Editor::new("", true);
        line.paste("a\r\nb\x1b[31m\tc");
        assert_eq!(line.text(), "a b[31m    c");
        let mut lines = Editor::new("", false);
        lines.paste("a\rb");
        assert_eq!(lines.text(), "a\nb");
    }

    #[test]
    fn the_caret_stays_visible_on_a_full_row() {
        for width in 2..12 {
            let mut editor = Editor::new("", false);
            for c in "abcd efgh ijkl mnop".chars() {
                editor.key(Key::char(c));
                let area = Rect::new(0, 0, width, 4);
                let mut buf = Buffer::empty(area);
                let caret = editor.draw(area, &mut buf).expect("a caret");
                assert!(area.contains(caret), "{width}: {caret:?}");
            }
        }
    }
}
