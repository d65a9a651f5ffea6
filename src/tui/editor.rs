//! Text entry: one line for prompts, several for comments and longer texts.
//!
//! In: keys and pastes. Out: text, and where the caret is. Control characters never get in. Around the text area of a
//! crate, so that the crate can be changed in one place.

use ratatui::buffer::Buffer;
use ratatui::layout::{Position, Rect};
use ratatui::style::{Color, Modifier, Style};
use ratatui::widgets::Widget;
use tui_textarea::{CursorMove, TextArea, WrapMode};
use unicode_segmentation::UnicodeSegmentation;

use crate::tui::terminal::{Code, Key};

/// An editor of one line or of several.
pub struct Editor {
    area: TextArea<'static>,
    one_line: bool,
    /// Whether moving the caret selects, without Shift.
    marking: bool,
    /// What can be taken back, the newest last, and what can be done again.
    undo: Vec<Snapshot>,
    redo: Vec<Snapshot>,
    last: Step,
}

/// The text before a step, and where the caret was.
#[derive(Clone, Debug, PartialEq, Eq)]
struct Snapshot {
    lines: Vec<String>,
    caret: (usize, usize),
}

/// What was done last: typing on is one step with what was typed before it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Step {
    /// A letter of a word was typed.
    Letter,
    /// What stands between words was typed.
    Gap,
    /// Characters were deleted one by one.
    Deletion,
    /// Anything else: a step of its own.
    Other,
}

/// Steps that can be taken back, and the bytes that they may take in all.
const MOST_STEPS: usize = 2000;
const MOST_BYTES: usize = 8 << 20;
/// Rows of a page.
const PAGE: usize = 10;

impl Editor {
    /// An editor that holds `text`, with the caret at its end.
    pub fn new(text: &str, one_line: bool) -> Self {
        let lines = clean(text, one_line)
            .split('\n')
            .map(str::to_owned)
            .collect();
        let mut editor = Editor {
            area: area(lines, one_line),
            one_line,
            marking: false,
            undo: Vec::new(),
            redo: Vec::new(),
            last: Step::Other,
        };
        editor.area.move_cursor(CursorMove::Bottom);
        editor.area.move_cursor(CursorMove::End);
        editor
    }

    /// The text, lines joined by `\n`.
    pub fn text(&self) -> String {
        self.area.lines().join("\n")
    }

    /// Whether there is no text.
    pub fn is_empty(&self) -> bool {
        self.area.is_empty()
    }

    /// Selects everything, so that what is typed takes its place.
    pub fn select_all(&mut self) {
        self.area.select_all();
    }

    /// Takes a key that is bound to nothing; says whether the text changed.
    pub fn key(&mut self, key: Key) -> bool {
        if let Some(c) = key.typed() {
            if !clean(c.encode_utf8(&mut [0; 4]), self.one_line).contains(c) {
                return false;
            }
            let step = if c.is_alphanumeric() {
                Step::Letter
            } else {
                Step::Gap
            };
            return self.change(step, |area| {
                area.insert_char(c);
                true
            });
        }
        if key.ctrl || key.alt {
            return match key.code {
                Code::Home if key.ctrl => {
                    self.go(CursorMove::Top, key.shift);
                    self.go(CursorMove::Head, key.shift)
                }
                Code::End if key.ctrl => {
                    self.go(CursorMove::Bottom, key.shift);
                    self.go(CursorMove::End, key.shift)
                }
                Code::Left if key.ctrl => self.go(CursorMove::WordBack, key.shift),
                Code::Right if key.ctrl => self.go(CursorMove::WordForward, key.shift),
                _ => false,
            };
        }
        match key.code {
            Code::Enter if !self.one_line => {
                self.new_line();
                true
            }
            Code::Backspace => {
                let n = self.beside(false);
                self.change(Step::Deletion, |area| delete(area, n, false))
            }
            Code::Delete => {
                let n = self.beside(true);
                self.change(Step::Deletion, |area| delete(area, n, true))
            }
            Code::Left => self.go_by(CursorMove::Back, self.beside(false), key.shift),
            Code::Right => self.go_by(CursorMove::Forward, self.beside(true), key.shift),
            Code::Up => self.go(CursorMove::Up, key.shift),
            Code::Down => self.go(CursorMove::Down, key.shift),
            Code::PageUp => self.go_by(CursorMove::Up, PAGE, key.shift),
            Code::PageDown => self.go_by(CursorMove::Down, PAGE, key.shift),
            Code::Home => self.go_to_edge(false, key.shift),
            Code::End => self.go_to_edge(true, key.shift),
            _ => false,
        }
    }

    /// Takes pasted text as one step.
    pub fn paste(&mut self, text: &str) -> bool {
        let text = clean(text, self.one_line);
        self.change(Step::Other, |area| area.insert_str(text))
    }

    /// Takes another text in place of this one, as one step.
    pub fn replace(&mut self, text: &str) -> bool {
        let text = clean(text, self.one_line);
        if text == self.text() {
            return false;
        }
        self.change(Step::Other, |area| {
            area.select_all();
            area.cut();
            area.insert_str(text);
            true
        })
    }

    /// Starts a new line, in an editor of several.
    pub fn new_line(&mut self) {
        if !self.one_line {
            self.change(Step::Other, |area| {
                area.insert_newline();
                true
            });
        }
    }

    /// Deletes what is selected, or else the word before the caret.
    pub fn delete_word(&mut self) -> bool {
        let selected = self.selected();
        self.change(Step::Other, |area| {
            if selected {
                area.cut()
            } else {
                area.delete_word()
            }
        })
    }

    /// Deletes to the start of the line.
    pub fn delete_to_start(&mut self) -> bool {
        self.change(Step::Other, TextArea::delete_line_by_head)
    }

    /// Deletes to the end of the line, or the line break there.
    pub fn delete_to_end(&mut self) -> bool {
        self.change(Step::Other, TextArea::delete_line_by_end)
    }

    /// Puts back what was deleted last as a word, a selection or a stretch of a line.
    pub fn put_back(&mut self) -> bool {
        self.change(Step::Other, TextArea::paste)
    }

    /// Goes one word left or right.
    pub fn word(&mut self, right: bool) {
        let to = if right {
            CursorMove::WordForward
        } else {
            CursorMove::WordBack
        };
        self.go(to, false);
    }

    /// Lets moving the caret select, or ends that; says whether it does now.
    pub fn mark(&mut self) -> bool {
        self.marking = !self.marking;
        if self.marking {
            self.area.start_selection();
        } else {
            self.area.cancel_selection();
        }
        self.marking
    }

    /// Whether moving the caret selects, without Shift.
    pub fn is_marking(&self) -> bool {
        self.marking
    }

    /// The selected text; empty when there is none.
    pub fn selection(&self) -> String {
        let Some(((row, from), (end, to))) = self.area.selection_range() else {
            return String::new();
        };
        let rows = self.area.lines().iter().enumerate();
        let part = |(i, line): (usize, &String)| -> String {
            let skip = if i == row { from } else { 0 };
            let until = if i == end { to } else { usize::MAX };
            line.chars().take(until).skip(skip).collect()
        };
        let parts: Vec<String> = rows.skip(row).take(end - row + 1).map(part).collect();
        parts.join("\n")
    }

    /// Ends a selection; says whether there was one.
    pub fn end_selection(&mut self) -> bool {
        let was = self.marking || self.area.is_selecting();
        self.marking = false;
        self.area.cancel_selection();
        was
    }

    /// Takes the last step back; says whether there was one.
    pub fn undo(&mut self) -> bool {
        let Some(before) = self.undo.pop() else {
            return false;
        };
        let now = self.snapshot();
        self.redo.push(now);
        self.restore(before);
        true
    }

    /// Does again what was taken back; says whether there was something.
    pub fn redo(&mut self) -> bool {
        let Some(after) = self.redo.pop() else {
            return false;
        };
        let now = self.snapshot();
        self.undo.push(now);
        self.restore(after);
        true
    }

    /// Marks a text wherever it stands, in either case unless it has capitals; nothing when it is empty.
    pub fn look_for(&mut self, text: &str) {
        let capital = text.chars().any(char::is_uppercase);
        let literal = regex::escape(text);
        let pattern = match (text.is_empty(), capital) {
            (true, _) => String::new(),
            (false, true) => literal,
            (false, false) => format!("(?i){literal}"),
        };
        // What is escaped is a pattern, unless it is too long to be one; then nothing is marked.
        if self.area.set_search_pattern(pattern).is_err() {
            let _ = self.area.set_search_pattern("");
        }
    }

    /// Goes to the next place of what is looked for, around the end; says whether there is one. `here`: also where the caret is.
    pub fn find_next(&mut self, here: bool) -> bool {
        self.last = Step::Other;
        self.end_selection();
        self.area.search_forward(here)
    }

    fn selected(&self) -> bool {
        self.area
            .selection_range()
            .is_some_and(|(from, to)| from != to)
    }

    /// Changes the text as one step, or on from the step before when it is of the same kind.
    fn change(&mut self, step: Step, change: impl FnOnce(&mut TextArea<'static>) -> bool) -> bool {
        let on = match (self.last, step) {
            (Step::Letter | Step::Gap, Step::Gap)
            | (Step::Letter, Step::Letter)
            | (Step::Deletion, Step::Deletion) => !self.selected(),
            _ => false,
        };
        let before = (!on).then(|| self.snapshot());
        let changed = change(&mut self.area);
        if changed {
            self.last = step;
            self.marking = false;
            self.redo.clear();
            self.undo.extend(before);
            self.forget_old_steps();
        }
        changed
    }

    fn forget_old_steps(&mut self) {
        let size = |s: &Snapshot| s.lines.iter().map(|l| l.len() + 32).sum::<usize>();
        // The sizes of neighbours are alike, so the newest stands for all.
        let each = self.undo.last().map_or(1, size).max(1);
        let most = (MOST_BYTES / each).clamp(20, MOST_STEPS);
        if self.undo.len() > most {
            self.undo.drain(..self.undo.len() - most);
        }
    }

    fn snapshot(&self) -> Snapshot {
        let caret = self.area.cursor();
        Snapshot {
            lines: self.area.lines().to_vec(),
            caret: (caret.0, caret.1),
        }
    }

    fn restore(&mut self, to: Snapshot) {
        let (cut, pattern) = (self.area.yank_text(), self.area.search_pattern().cloned());
        self.area = area(to.lines, self.one_line);
        self.area.set_yank_text(cut);
        if let Some(pattern) = pattern {
            let _ = self.area.set_search_pattern(pattern.as_str());
        }
        self.area
            .move_cursor(CursorMove::Jump(to.caret.0 as u16, to.caret.1 as u16));
        self.last = Step::Other;
        self.marking = false;
    }

    /// How many code points the character beside the caret has: an accent or an emoji of several parts is one character.
    fn beside(&self, right: bool) -> usize {
        let caret = self.area.cursor();
        let Some(line) = self.area.lines().get(caret.0) else {
            return 1;
        };
        let at = line
            .char_indices()
            .nth(caret.1)
            .map_or(line.len(), |(i, _)| i);
        let (before, after) = line.split_at(at);
        let character = if right {
            after.graphemes(true).next()
        } else {
            before.graphemes(true).next_back()
        };
        character.map_or(1, |c| c.chars().count())
    }

    fn go(&mut self, to: CursorMove, select: bool) -> bool {
        self.go_by(to, 1, select)
    }

    fn go_by(&mut self, to: CursorMove, times: usize, select: bool) -> bool {
        self.last = Step::Other;
        if !(select || self.marking) {
            self.area.cancel_selection();
        } else if !self.area.is_selecting() {
            self.area.start_selection();
        }
        for _ in 0..times {
            self.area.move_cursor(to);
        }
        false
    }

    /// Goes to the start or the end of the row on the screen, and from there to that of the line.
    fn go_to_edge(&mut self, end: bool, select: bool) -> bool {
        let here = self.area.cursor();
        let row = self.area.screen_cursor().row;
        let edge = self
            .area
            .screen_to_data(row, if end { usize::MAX / 2 } else { 0 });
        self.go(CursorMove::Jump(edge.0 as u16, edge.1 as u16), select);
        if end && self.area.screen_cursor().row > row {
            // The place behind a full row is the first of the next one.
            self.go_by(CursorMove::Back, 1, select || self.marking);
        }
        let at = self.area.cursor();
        if (at.0, at.1) == (here.0, here.1) {
            let to = if end {
                CursorMove::End
            } else {
                CursorMove::Head
            };
            self.go(to, select);
        }
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

/// A text area with these lines, set up as all of ours are.
fn area(lines: Vec<String>, one_line: bool) -> TextArea<'static> {
    let mut area = TextArea::new(lines);
    area.set_cursor_line_style(Style::default());
    // The caret is the terminal's own: a drawn one vanishes where a row is exactly full.
    area.set_cursor_style(Style::default());
    area.set_selection_style(Style::new().add_modifier(Modifier::REVERSED));
    area.set_search_style(Style::new().fg(Color::Black).bg(Color::Yellow));
    // Steps are kept here: the area's own are single letters.
    area.set_max_histories(0);
    if !one_line {
        area.set_wrap_mode(WrapMode::WordOrGlyph);
    }
    area
}

/// Deletes so many code points to the left or the right of the caret; what is selected counts as one.
fn delete(area: &mut TextArea<'static>, points: usize, right: bool) -> bool {
    let selected = area.selection_range().is_some_and(|(from, to)| from != to);
    let times = if selected { 1 } else { points };
    let mut changed = false;
    for _ in 0..times {
        changed |= if right {
            area.delete_next_char()
        } else {
            area.delete_char()
        };
    }
    changed
}

/// What may be typed or pasted: line ends as `\n` (or a blank in one line), tabs as blanks, no control characters and none that
/// turn or hide what stands beside them.
fn clean(text: &str, one_line: bool) -> String {
    let text = text
        .replace("\r\n", "\n")
        .replace('\r', "\n")
        .replace('\t', "    ");
    let keep = |c: &char| *c == '\n' || !(c.is_control() || crate::text::is_unsafe(*c));
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

    fn typed(editor: &mut Editor, keys: &str) {
        for key in keys.split(' ') {
            match key.strip_prefix("type:") {
                Some(text) => text.chars().for_each(|c| {
                    editor.key(Key::char(if c == '_' { ' ' } else { c }));
                }),
                None => {
                    editor.key(Key::parse(key).expect("a key"));
                }
            }
        }
    }

    #[test]
    fn undo_goes_by_words_and_comes_back() {
        let mut editor = Editor::new("", false);
        typed(&mut editor, "type:hello_brave_world");
        let mut seen = vec![editor.text()];
        while editor.undo() {
            seen.push(editor.text());
        }
        assert_eq!(seen, ["hello brave world", "hello brave ", "hello ", ""]);
        while editor.redo() {}
        assert_eq!(editor.text(), "hello brave world");
        typed(&mut editor, "Backspace Backspace type:k");
        assert_eq!(editor.text(), "hello brave work");
        editor.undo();
        assert_eq!(editor.text(), "hello brave wor");
        editor.undo();
        assert_eq!(editor.text(), "hello brave world");
        editor.paste(" and more\nhere");
        editor.undo();
        assert_eq!(editor.text(), "hello brave world");
        assert!(editor.redo() && !editor.redo());
        assert_eq!(editor.text(), "hello brave world and more\nhere");
        editor.replace("all new");
        editor.undo();
        assert_eq!(editor.text(), "hello brave world and more\nhere");
    }

    #[test]
    fn selections_are_typed_over_cut_and_put_back() {
        let mut editor = Editor::new("one two three", false);
        typed(&mut editor, "S-Left S-Left S-Left S-Left S-Left");
        assert_eq!(editor.selection(), "three");
        typed(&mut editor, "type:x");
        assert_eq!(editor.text(), "one two x");
        assert!(editor.mark());
        typed(&mut editor, "C-Left C-Left");
        assert_eq!(editor.selection(), "two x");
        editor.delete_word();
        assert_eq!(
            (editor.text().as_str(), editor.selection().as_str()),
            ("one ", "")
        );
        editor.put_back();
        editor.put_back();
        assert_eq!(editor.text(), "one two xtwo x");
        editor.undo();
        editor.undo();
        assert_eq!(editor.text(), "one ");
        typed(&mut editor, "Home S-End Right");
        assert_eq!(editor.selection(), "");
    }

    #[test]
    fn characters_of_several_code_points_are_one() {
        let mut editor = Editor::new("ae\u{301}界🏥", false);
        typed(&mut editor, "Left Left Backspace");
        assert_eq!(editor.text(), "a界🏥");
        typed(&mut editor, "Delete Delete Delete Home Right type:b");
        assert_eq!(editor.text(), "ab");
        let mut hostile = Editor::new("a\u{202e}b\u{200b}c\u{7}", false);
        assert_eq!(hostile.text(), "abc");
        hostile.key(Key::char('\u{202e}'));
        assert_eq!(hostile.text(), "abc");
    }

    #[test]
    fn home_and_end_go_by_rows_and_then_by_lines() {
        let mut editor = Editor::new("one two three four five six", false);
        let screen = Rect::new(0, 0, 11, 5);
        let caret = |editor: &mut Editor, keys: &str| {
            typed(editor, keys);
            let mut buf = Buffer::empty(screen);
            let at = editor.draw(screen, &mut buf).expect("a caret");
            (at.x, at.y)
        };
        caret(&mut editor, "Left");
        assert_eq!(caret(&mut editor, "Up").1, 1);
        assert_eq!(caret(&mut editor, "Home"), (0, 1));
        assert_eq!(caret(&mut editor, "Home"), (0, 0));
        let end = caret(&mut editor, "End");
        assert_eq!(end.1, 0);
        assert!(end.0 >= 6, "{end:?}");
        assert_eq!(caret(&mut editor, "C-End").1, 2);
        assert_eq!(caret(&mut editor, "C-Home"), (0, 0));
    }

    #[test]
    fn finding_goes_around_the_end() {
        let mut editor = Editor::new("Fever on day two.\nNo fever (38.5) later.", false);
        editor.look_for("fever");
        let at = |editor: &Editor| (editor.area.cursor().0, editor.area.cursor().1);
        assert!(editor.find_next(false));
        assert_eq!(at(&editor), (0, 0));
        editor.find_next(false);
        assert_eq!(at(&editor), (1, 3));
        editor.look_for("(38.5)");
        assert!(editor.find_next(true));
        editor.look_for("Day");
        assert!(!editor.find_next(true));
    }

    /// Any keys, at any width: no panic, the caret inside, undo leads back to the beginning.
    #[test]
    fn any_keys_are_stood() {
        let keys = [
            "type:a",
            "type:_",
            "type:界",
            "type:\u{301}",
            "Enter",
            "Backspace",
            "Delete",
            "Left",
            "Right",
            "Up",
            "Down",
            "S-Left",
            "S-Right",
            "S-Up",
            "S-Down",
            "Home",
            "End",
            "S-Home",
            "S-End",
            "PageUp",
            "PageDown",
            "C-Left",
            "C-Right",
            "C-Home",
        ];
        let mut seed = 7u64;
        for width in [2u16, 5, 9, 30] {
            let mut editor = Editor::new("start", false);
            for n in 0..3000 {
                seed = seed.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1);
                let pick = (seed >> 33) as usize % (keys.len() + 6);
                match pick.checked_sub(keys.len()) {
                    None => typed(&mut editor, keys[pick]),
                    Some(0) => drop(editor.delete_word()),
                    Some(1) => drop(editor.put_back()),
                    Some(2) => drop(editor.undo()),
                    Some(3) => drop(editor.redo()),
                    Some(4) => drop(editor.mark()),
                    Some(_) => drop(editor.delete_to_end()),
                }
                let screen = Rect::new(0, 0, width, 4);
                let mut buf = Buffer::empty(screen);
                let caret = editor.draw(screen, &mut buf).expect("a caret");
                assert!(screen.contains(caret), "{n}: {caret:?}");
            }
            while editor.undo() {}
            if editor.undo.len() + editor.redo.len() < MOST_STEPS {
                assert_eq!(editor.text(), "start");
            }
        }
    }

    #[test]
    fn the_blank_between_rows_hangs_at_the_end_of_a_full_one() {
        let mut editor = Editor::new("abcdefghi jkl mn opq rs", false);
        let area = Rect::new(0, 0, 10, 4);
        let draw = |editor: &Editor| {
            let mut buf = Buffer::empty(area);
            let caret = editor.draw(area, &mut buf).expect("a caret");
            let rows: Vec<String> = (0..4)
                .map(|y| (0..10).map(|x| buf[(x, y)].symbol()).collect())
                .collect();
            (rows, caret)
        };
        let (rows, _) = draw(&editor);
        assert_eq!(rows[..3], ["abcdefghi ", "jkl mn    ", "opq rs    "]);
        // The caret behind the full row and the caret before the next word are two places.
        let (_, caret) = (editor.go_by(CursorMove::Head, 1, false), draw(&editor).1);
        assert_eq!((caret.x, caret.y), (0, 0));
        editor.go_by(CursorMove::Forward, 9, false);
        let behind = draw(&editor).1;
        editor.go_by(CursorMove::Forward, 1, false);
        let before = draw(&editor).1;
        assert_eq!(
            ((behind.x, behind.y), (before.x, before.y)),
            ((9, 0), (0, 1))
        );
        // A line of its own that begins after a full one keeps its caret.
        let editor = Editor::new("abcdefghi\n", false);
        let caret = draw(&editor).1;
        assert_eq!((caret.x, caret.y), (0, 1));
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
