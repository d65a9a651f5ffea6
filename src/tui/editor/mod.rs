//! Text entry: one line for prompts, several for comments and longer texts.
//!
//! In: keys and pastes. Out: text, and where the caret is. Control characters never get in. Around the text area of a
//! crate, so that the crate can be changed in one place.

mod draw;

use ratatui::style::{Modifier, Style};
use tui_textarea::{CursorMove, TextArea, WrapMode};
use unicode_segmentation::UnicodeSegmentation;

use crate::text;
use crate::tui::terminal::{Code, Key};

/// An editor of one line or of several.
pub(crate) struct Editor {
    area: TextArea<'static>,
    one_line: bool,
    /// Whether moving the caret selects, without Shift.
    marking: bool,
    /// What can be taken back, the newest last, and what can be done again.
    undo: Vec<Snapshot>,
    redo: Vec<Snapshot>,
    last: EditStep,
    /// How many signs that cannot be seen were taken out of what came in, and not told yet.
    taken_out: usize,
}

/// The text before a step, and where the caret was.
#[derive(Clone, Debug, PartialEq, Eq)]
struct Snapshot {
    lines: Vec<String>,
    caret: (usize, usize),
}

/// What was done last: typing on is one step with what was typed before it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum EditStep {
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
    pub(crate) fn new(text: &str, one_line: bool) -> Self {
        let (text, taken_out) = clean(text, None, one_line);
        let lines = text.split('\n').map(str::to_owned).collect();
        let mut editor = Editor {
            area: area(lines, one_line),
            one_line,
            marking: false,
            undo: Vec::new(),
            redo: Vec::new(),
            last: EditStep::Other,
            taken_out,
        };
        editor.area.move_cursor(CursorMove::Bottom);
        editor.area.move_cursor(CursorMove::End);
        editor
    }

    /// The text, lines joined by `\n`.
    pub(crate) fn text(&self) -> String {
        self.area.lines().join("\n")
    }

    /// Whether there is no text.
    pub(crate) fn is_empty(&self) -> bool {
        self.area.is_empty()
    }

    /// Selects everything, so that what is typed takes its place.
    pub(crate) fn select_all(&mut self) {
        self.area.select_all();
    }

    /// Takes a key that is bound to nothing; says whether the text changed.
    pub(crate) fn key(&mut self, key: Key) -> bool {
        if let Some(c) = key.typed() {
            if !self.clean(c.encode_utf8(&mut [0; 4])).contains(c) {
                return false;
            }
            let step = if c.is_alphanumeric() {
                EditStep::Letter
            } else {
                EditStep::Gap
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
                self.change(EditStep::Deletion, |area| delete(area, n, false))
            }
            Code::Delete => {
                let n = self.beside(true);
                self.change(EditStep::Deletion, |area| delete(area, n, true))
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
    pub(crate) fn paste(&mut self, text: &str) -> bool {
        let text = self.clean(text);
        self.change(EditStep::Other, |area| area.insert_str(text))
    }

    /// Takes another text in place of this one, as one step.
    pub(crate) fn replace(&mut self, text: &str) -> bool {
        let (text, taken_out) = clean(text, None, self.one_line);
        self.taken_out += taken_out;
        if text == self.text() {
            return false;
        }
        self.change(EditStep::Other, |area| {
            area.select_all();
            area.cut();
            area.insert_str(text);
            true
        })
    }

    /// Starts a new line, in an editor of several.
    pub(crate) fn new_line(&mut self) {
        if !self.one_line {
            self.change(EditStep::Other, |area| {
                area.insert_newline();
                true
            });
        }
    }

    /// Deletes what is selected, or else the word before the caret.
    pub(crate) fn delete_word(&mut self) -> bool {
        let selected = self.selected();
        self.change(EditStep::Other, |area| {
            if selected {
                area.cut()
            } else {
                area.delete_word()
            }
        })
    }

    /// Deletes what is selected, or else the word behind the caret.
    pub(crate) fn delete_next_word(&mut self) -> bool {
        let selected = self.selected();
        self.change(EditStep::Other, |area| {
            if selected {
                area.cut()
            } else {
                area.delete_next_word()
            }
        })
    }

    /// Deletes to the start of the line.
    pub(crate) fn delete_to_start(&mut self) -> bool {
        self.change(EditStep::Other, TextArea::delete_line_by_head)
    }

    /// Deletes to the end of the line, or the line break there.
    pub(crate) fn delete_to_end(&mut self) -> bool {
        self.change(EditStep::Other, TextArea::delete_line_by_end)
    }

    /// Puts back what was deleted last as a word, a selection or a stretch of a line.
    pub(crate) fn put_back(&mut self) -> bool {
        self.change(EditStep::Other, TextArea::paste)
    }

    /// Goes one word left or right.
    pub(crate) fn word(&mut self, right: bool) {
        let to = if right {
            CursorMove::WordForward
        } else {
            CursorMove::WordBack
        };
        self.go(to, false);
    }

    /// Lets moving the caret select, or ends that; says whether it does now.
    pub(crate) fn mark(&mut self) -> bool {
        self.marking = !self.marking;
        if self.marking {
            self.area.start_selection();
        } else {
            self.area.cancel_selection();
        }
        self.marking
    }

    /// Whether moving the caret selects, without Shift.
    pub(crate) fn is_marking(&self) -> bool {
        self.marking
    }

    /// The selected text; empty when there is none.
    pub(crate) fn selection(&self) -> String {
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
    pub(crate) fn end_selection(&mut self) -> bool {
        let was = self.marking || self.area.is_selecting();
        self.marking = false;
        self.area.cancel_selection();
        was
    }

    /// Takes the last step back; says whether there was one.
    pub(crate) fn undo(&mut self) -> bool {
        let Some(before) = self.undo.pop() else {
            return false;
        };
        let now = self.snapshot();
        self.redo.push(now);
        self.restore(before);
        true
    }

    /// Does again what was taken back; says whether there was something.
    pub(crate) fn redo(&mut self) -> bool {
        let Some(after) = self.redo.pop() else {
            return false;
        };
        let now = self.snapshot();
        self.undo.push(now);
        self.restore(after);
        true
    }

    /// Marks a text wherever it stands, in either case unless it has capitals; nothing when it is empty.
    pub(crate) fn look_for(&mut self, text: &str) {
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
    pub(crate) fn find_next(&mut self, here: bool) -> bool {
        self.last = EditStep::Other;
        self.end_selection();
        self.area.search_forward(here)
    }

    /// How many signs were taken out of what came in since this was asked last.
    pub(crate) fn taken_out(&mut self) -> usize {
        std::mem::take(&mut self.taken_out)
    }

    /// What may come in at the caret.
    fn clean(&mut self, text: &str) -> String {
        let caret = self.area.cursor();
        let line = self.area.lines().get(caret.0);
        let before = line.and_then(|l| l.chars().nth(caret.1.checked_sub(1)?));
        let (text, taken_out) = clean(text, before, self.one_line);
        self.taken_out += taken_out;
        text
    }

    fn selected(&self) -> bool {
        self.area
            .selection_range()
            .is_some_and(|(from, to)| from != to)
    }

    /// Changes the text as one step, or on from the step before when it is of the same kind.
    fn change(
        &mut self,
        step: EditStep,
        change: impl FnOnce(&mut TextArea<'static>) -> bool,
    ) -> bool {
        let on = match (self.last, step) {
            (EditStep::Letter | EditStep::Gap, EditStep::Gap)
            | (EditStep::Letter, EditStep::Letter)
            | (EditStep::Deletion, EditStep::Deletion) => !self.selected(),
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
        self.last = EditStep::Other;
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
        self.last = EditStep::Other;
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
}

/// A text area with these lines, set up as all of ours are.
fn area(lines: Vec<String>, one_line: bool) -> TextArea<'static> {
    let mut area = TextArea::new(lines);
    area.set_cursor_line_style(Style::default());
    // The caret is the terminal's own: a drawn one vanishes where a row is exactly full.
    area.set_cursor_style(Style::default());
    area.set_selection_style(Style::new().add_modifier(Modifier::REVERSED));
    area.set_search_style(Style::new().add_modifier(Modifier::BOLD | Modifier::UNDERLINED));
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

/// What may be typed or pasted behind a character: line ends as `\n` (or a blank in one line), tabs as blanks, no control characters
/// and none that turn or hide what stands beside them; joiners only where a script or an emoji has them. With how many were
/// taken out.
fn clean(text: &str, mut before: Option<char>, one_line: bool) -> (String, usize) {
    let lines = text
        .replace("\r\n", "\n")
        .replace('\r', "\n")
        .replace('\t', "    ");
    let (mut all, mut taken_out) = (String::with_capacity(lines.len()), 0);
    for c in lines.chars() {
        if c == '\n' {
            all.push(if one_line { ' ' } else { c });
        } else if text::belongs(before, c) || !(c.is_control() || text::is_unsafe(c)) {
            all.push(c);
        } else {
            taken_out += 1;
            continue;
        }
        before = Some(c);
    }
    (all, taken_out)
}

#[cfg(test)]
mod tests;
