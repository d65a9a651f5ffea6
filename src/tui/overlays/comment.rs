//! A comment on an answer, or on the case: written below the answers, so that they stay in view.

use ratatui::layout::{Position, Rect};

use super::{Next, Overlay, TEXT};
use crate::review::Act;
use crate::tui::action::{Action, Layer};
use crate::tui::app::App;
use crate::tui::editor::Editor;
use crate::tui::layout::Frame;
use crate::tui::paint::Paint;
use crate::tui::typing::{Content, What};

/// The comment that is written.
pub(crate) struct Comment {
    /// The model; never shown. `None`: the case.
    model: Option<String>,
    /// The text.
    pub editor: Editor,
}

/// Opens the comment on the case.
pub(crate) fn open_on_case(app: &mut App) {
    let text = app.review().comment.clone();
    open(app, None, text);
}

/// Opens the comment on the answer in focus, where it may be judged.
pub(crate) fn open_on_answer(app: &mut App) {
    let Some((_, model)) = app.judged() else {
        return;
    };
    let said = app.review().responses.get(&model);
    let text = said.and_then(|r| r.comment.clone());
    open(app, Some(model), text);
}

fn open(app: &mut App, model: Option<String>, text: Option<String>) {
    let subject = app.here(What::Comment(model.clone()));
    let editor = Editor::new(&text.unwrap_or_default(), false);
    app.begin(subject, Comment { model, editor });
}

impl Overlay for Comment {
    fn layers(&self) -> &'static [Layer] {
        TEXT
    }

    fn area(&self, frame: &Frame) -> Rect {
        frame.editor
    }

    fn rows_below_answers(&self, height: u16) -> u16 {
        (height / 4).clamp(3, 10)
    }

    fn act(mut self: Box<Self>, app: &mut App, action: Action) -> Next {
        match action {
            Action::Accept => {
                self.save(app);
                return None;
            }
            Action::Enter | Action::NewLine => {
                self.editor.new_line();
                app.touch_typing();
            }
            _ => {}
        }
        Some(self)
    }

    fn editor(&mut self) -> Option<&mut Editor> {
        Some(&mut self.editor)
    }

    fn content(&self) -> Option<(What, Content)> {
        let what = What::Comment(self.model.clone());
        Some((what, Content::Text(self.editor.text())))
    }

    fn draw(&self, app: &App, paint: &mut Paint<'_>) -> Option<Position> {
        let area = app.screen.frame.editor;
        paint.blank();
        paint.line(0, app.desk.theme.line(), app.desk.theme.dim());
        let model = self.model.as_deref();
        let of = match model.and_then(|m| app.models().iter().position(|x| *x == m)) {
            Some(i) => format!(" Comment on {} ", app.letter(i)),
            None => " Comment on the case ".to_owned(),
        };
        let x = paint.put(1, 0, &of, app.desk.theme.accent());
        let keys = app.saves_and_cancels(Action::Accept);
        paint.put(x, 0, &format!(" {keys} "), app.desk.theme.text());
        let text = Rect {
            x: area.x + 1,
            y: area.y + 1,
            width: area.width.saturating_sub(1),
            height: area.height.saturating_sub(1),
        };
        let mut caret = None;
        paint.with(text, |area, buf| caret = self.editor.draw(area, buf));
        caret
    }

    fn hints(&self) -> &'static [Action] {
        &[
            Action::Accept,
            Action::Cancel,
            Action::Enter,
            Action::ExternalEditor,
            Action::TextUndo,
        ]
    }

    fn hint(&self, action: Action) -> Option<&'static str> {
        (action == Action::Enter).then_some("new line")
    }
}

impl Comment {
    /// Writes the comment, where it differs.
    fn save(&self, app: &mut App) {
        app.keep_typing_of(self.content());
        let text = self.editor.text().trim_end().to_owned();
        let review = app.review();
        let before = match &self.model {
            Some(model) => review.responses.get(model).and_then(|r| r.comment.clone()),
            None => review.comment.clone(),
        };
        if before.unwrap_or_default() == text {
            return app.typing_is_saved();
        }
        let model = self.model.clone();
        let on = match &model {
            Some(model) => app.called(model),
            None => "the case".to_owned(),
        };
        if app.act(Some(&app.key()), Act::Comment { model, text }) {
            app.typing_is_saved();
            app.done(&format!("Comment on {on} saved"));
        }
    }
}
