//! A prompt: one line of text on the row of messages, what it is for before it, what helps or is wrong behind it.
//!
//! In: what is asked for, as an [`Ask`]. Out: its answer, carried out, or one line that says why that cannot be.

use ratatui::layout::{Position, Rect};

use super::{Next, Overlay, TEXT};
use crate::text;
use crate::tui::action::{Action, Layer};
use crate::tui::app::App;
use crate::tui::editor::Editor;
use crate::tui::layout::Frame;
use crate::tui::paint::Paint;
use crate::tui::typing::{Content, What};

/// What a prompt asks for.
pub(crate) trait Ask {
    /// What is typed, if it is kept while it is not accepted.
    fn what(&self) -> Option<What>;

    /// What stands before the line.
    fn label(&self, app: &App) -> &'static str;

    /// What helps, behind the line.
    fn help(&self, _app: &App) -> String {
        String::new()
    }

    /// Does what is asked for.
    ///
    /// # Errors
    /// When it cannot: why, in one line.
    fn accept(&self, app: &mut App, text: &str) -> Result<(), String>;

    /// The text changed; gives back what is wrong with it.
    fn typed(&self, _app: &mut App, _text: &str) -> Option<String> {
        None
    }

    /// The text is to be taken in another way; gives back what is wrong with it then.
    fn toggle(&self, _app: &mut App, _text: &str) -> Option<String> {
        None
    }

    fn cancelled(&self, _app: &mut App) {}

    /// What lies over the panes once it is accepted or cancelled.
    fn after(&self, _app: &App) -> Next {
        None
    }

    /// The next sensible actions, for the hint line.
    fn hints(&self) -> &'static [Action] {
        &[Action::Enter, Action::Cancel]
    }
}

/// One line of text.
pub(crate) struct Prompt {
    ask: &'static dyn Ask,
    editor: Editor,
    /// What is wrong with it, said behind it.
    problem: Option<String>,
}

impl Prompt {
    pub(super) fn new(ask: &'static dyn Ask, text: &str) -> Self {
        Prompt {
            ask,
            editor: Editor::new(text, true),
            problem: None,
        }
    }

    /// The same, so that what is typed takes the place of the text.
    pub(super) fn selected(ask: &'static dyn Ask, text: &str) -> Self {
        let mut prompt = Prompt::new(ask, text);
        prompt.editor.select_all();
        prompt
    }

    /// What is asked for, in words.
    pub(crate) fn label(&self, app: &App) -> &'static str {
        self.ask.label(app)
    }
}

impl Overlay for Prompt {
    fn layers(&self) -> &'static [Layer] {
        TEXT
    }

    fn area(&self, frame: &Frame) -> Rect {
        frame.message
    }

    fn act(mut self: Box<Self>, app: &mut App, action: Action) -> Next {
        match action {
            Action::Accept | Action::Enter => {
                let text = self.editor.text();
                match self.ask.accept(app, &text) {
                    Ok(()) => {
                        app.typing_is_saved();
                        return self.ask.after(app);
                    }
                    Err(why) => self.problem = Some(why),
                }
            }
            Action::ToggleRegex => {
                let text = self.editor.text();
                self.problem = self.ask.toggle(app, &text);
            }
            _ => {}
        }
        Some(self)
    }

    fn close(self: Box<Self>, app: &mut App) -> Next {
        app.cancel_typing(self.content());
        self.ask.cancelled(app);
        self.ask.after(app)
    }

    fn editor(&mut self) -> Option<&mut Editor> {
        Some(&mut self.editor)
    }

    fn typed(&mut self, app: &mut App) {
        self.problem = self.ask.typed(app, &self.editor.text());
    }

    fn content(&self) -> Option<(What, Content)> {
        Some((self.ask.what()?, Content::Text(self.editor.text())))
    }

    fn draw(&self, app: &App, paint: &mut Paint<'_>) -> Option<Position> {
        let area = paint.area();
        paint.blank();
        let x = paint.put(0, 0, self.label(app), app.desk.theme.accent());
        let width = area.width.saturating_sub(x);
        let (help, style) = match &self.problem {
            Some(problem) => (problem.clone(), app.desk.theme.alert()),
            None => (self.ask.help(app), app.desk.theme.text()),
        };
        // What is wrong matters more than a long line, which scrolls.
        let room = width
            .saturating_sub(text::width(&help) as u16 + 2)
            .clamp(width.min(20), width);
        let at = x + room + 1;
        paint.put_in(at, 0, width.saturating_sub(room + 1), &help, style);
        let mut caret = None;
        paint.with(Rect::new(area.x + x, area.y, room, 1), |area, buf| {
            caret = self.editor.draw(area, buf);
        });
        caret
    }

    fn hints(&self) -> &'static [Action] {
        self.ask.hints()
    }
}
