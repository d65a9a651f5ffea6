//! A question with its reasons: one key says yes, every other goes back.

use ratatui::layout::{Position, Rect};

use super::{Next, Overlay};
use crate::review::Turn;
use crate::text;
use crate::tui::action::{Action, Layer};
use crate::tui::app::App;
use crate::tui::layout::Frame;
use crate::tui::paint::Paint;
use crate::tui::widgets::heading::heading;

/// What a question asks to confirm: one key does, every other goes back.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) enum Question {
    /// Submit although something is missing or contradicts.
    Submit,
    /// Show the models' names.
    Unblind,
    /// Mark what a model saw of the record.
    Context,
    /// Say something in a reading that the plan does not give the reviewer; what is done then.
    OutsidePlan(Option<Action>),
    /// Show what others marked to somebody who has still to read the case.
    SeeOthers,
    /// Take back, or do again, the act with this id, which is of another case than the one in view.
    Elsewhere {
        /// Which of the two.
        turn: Turn,
        /// The act's id.
        target: String,
    },
    /// Leave although something could not be saved.
    LeaveUnsaved,
    /// Another program's editor failed; only to be read.
    EditorFailed,
}

/// A question.
pub(crate) struct Confirm {
    /// What is asked.
    pub question: Question,
    /// The lines that say why.
    lines: Vec<String>,
}

impl App {
    /// Asks a question, for the reasons that the lines say.
    pub(in crate::tui) fn ask(&mut self, question: Question, lines: Vec<String>) {
        self.open(Confirm { question, lines });
    }

    /// Whether a question is asked.
    pub(in crate::tui) fn asks(&self) -> bool {
        self.over::<Confirm>().is_some()
    }
}

impl Overlay for Confirm {
    fn layers(&self) -> &'static [Layer] {
        &[Layer::Question, Layer::Global]
    }

    fn area(&self, frame: &Frame) -> Rect {
        frame.over(frame.timeline)
    }

    fn act(self: Box<Self>, app: &mut App, action: Action) -> Next {
        if action != Action::Confirm {
            return None;
        }
        if app.says_ahead() {
            return Some(self);
        }
        match self.question {
            Question::Submit => app.submit_now(None),
            Question::Unblind => app.unblind(),
            Question::Context => app.show_context(),
            Question::OutsidePlan(action) => app.go_on_outside(action),
            Question::SeeOthers => app.show_others(),
            Question::Elsewhere { turn, target } => app.change_elsewhere(turn, &target),
            Question::LeaveUnsaved => app.quit(),
            Question::EditorFailed => {}
        }
        None
    }

    /// Saving a copy is offered where one would leave and lose what is not saved.
    fn lets_through(&self, action: Action) -> bool {
        action == Action::SaveElsewhere
    }

    fn draw(&self, app: &App, paint: &mut Paint<'_>) -> Option<Position> {
        let theme = app.desk.theme;
        let (title, yes) = self.question.words();
        heading(theme, paint, title, "");
        let lines = &self.lines;
        let width = usize::from(paint.area().width.saturating_sub(4)).max(1);
        let mut y = 2;
        for line in lines {
            for row in text::wrap(line, width, text::Layout::Lines) {
                paint.put(
                    2,
                    y,
                    &line[row.start as usize..row.end as usize],
                    theme.text(),
                );
                y += 1;
            }
        }
        let mut keys = if yes.is_empty() {
            vec!["any key goes back".to_owned()]
        } else {
            let yes = format!("{} {yes}", app.desk.key_of(Action::Confirm));
            vec![yes, "any other key goes back".to_owned()]
        };
        if keys.iter().map(|k| text::width(k) + 3).sum::<usize>() < width + 3 {
            keys = vec![keys.join("   ")];
        }
        let bottom = usize::from(paint.area().height.saturating_sub(keys.len() as u16));
        for (y, key) in (usize::from(y + 1).min(bottom)..).zip(&keys) {
            paint.put(2, y as u16, key, theme.bold());
        }
        None
    }

    fn hints(&self) -> &'static [Action] {
        match self.question {
            Question::EditorFailed => &[Action::Back],
            _ => &[Action::Confirm, Action::Back],
        }
    }
}

impl Question {
    /// What is asked, and what a yes does.
    fn words(&self) -> (&'static str, &'static str) {
        match self {
            Question::Submit => ("Submit this case as it is?", "submits all the same"),
            Question::Unblind => ("Show the models' names?", "shows them"),
            Question::Context => ("Show what the model saw of the record?", "shows it"),
            Question::OutsidePlan(_) => ("Go on outside of your plan?", "goes on"),
            Question::SeeOthers => ("Show what others marked?", "shows it"),
            Question::Elsewhere {
                turn: Turn::Undo, ..
            } => ("Take it back there?", "takes it back"),
            Question::Elsewhere {
                turn: Turn::Redo, ..
            } => ("Do it again there?", "does it again"),
            Question::LeaveUnsaved => ("Leave without saving?", "leaves and loses them"),
            Question::EditorFailed => ("Your editor did not end well", ""),
        }
    }
}
