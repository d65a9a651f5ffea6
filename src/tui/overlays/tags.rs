//! What is wrong with the answer in focus, and how harmful it may be.

use ratatui::layout::{Position, Rect};

use super::{LIST, Next, Overlay, move_in};
use crate::review::{Act, ErrorKind, Harm};
use crate::tui::action::{Action, Layer};
use crate::tui::app::App;
use crate::tui::layout::Frame;
use crate::tui::paint::Paint;
use crate::tui::typing::{Content, What};
use crate::tui::widgets::heading::heading;
use crate::tui::widgets::list::{List, select};

/// The menu of error kinds, and of harm below them.
pub(crate) struct Tags {
    /// The model; never shown.
    model: String,
    errors: Vec<ErrorKind>,
    harm: Option<Harm>,
    list: List,
}

/// Opens the menu with what was said of the answer in focus, where it may be judged.
pub(crate) fn open(app: &mut App) {
    let Some((_, model)) = app.judged() else {
        return;
    };
    let review = app.review().responses.get(&model);
    let errors = review.map(|r| r.errors.clone()).unwrap_or_default();
    let harm = review.and_then(|r| r.harm);
    let rows = ErrorKind::ALL.len() + Harm::ALL.len();
    let subject = app.here(What::Tags(model.clone()));
    let menu = Tags {
        model,
        errors,
        harm,
        list: List::new(rows, 0, 12),
    };
    app.begin(subject, menu);
}

impl Overlay for Tags {
    fn layers(&self) -> &'static [Layer] {
        LIST
    }

    fn area(&self, frame: &Frame) -> Rect {
        frame.over(frame.timeline)
    }

    fn fit(&mut self, app: &mut App) {
        self.list.resize(app.screen.frame.rows());
    }

    fn act(mut self: Box<Self>, app: &mut App, action: Action) -> Next {
        match action {
            Action::Choose => {
                self.save(app);
                return None;
            }
            Action::Toggle => {
                self.toggle();
                app.touch_typing();
            }
            _ => move_in(&mut self.list, app, action),
        }
        Some(self)
    }

    fn content(&self) -> Option<(What, Content)> {
        let what = What::Tags(self.model.clone());
        Some((what, Content::Tags(self.errors.clone(), self.harm)))
    }

    fn put_back(&mut self, content: &Content) {
        if let Content::Tags(errors, harm) = content {
            self.errors.clone_from(errors);
            self.harm = *harm;
        }
    }

    fn draw(&self, app: &App, paint: &mut Paint<'_>) -> Option<Position> {
        let (theme, list) = (app.desk.theme, self.list);
        let right = format!(
            "{} on or off, {}",
            app.desk.key_in(Layer::List, Action::Toggle),
            app.saves_and_cancels(Action::Choose)
        );
        let letter = app.called(&self.model);
        heading(
            theme,
            paint,
            &format!("What is wrong with {letter}"),
            &right,
        );
        let rows = ErrorKind::ALL
            .iter()
            .map(|e| (self.errors.contains(e), e.label().to_owned()));
        let harms = Harm::ALL.iter().map(|h| {
            let label = format!("possible harm: {}", h.name());
            (self.harm == Some(*h), label)
        });
        let rows = rows.chain(harms).enumerate();
        for (y, (i, (on, label))) in (1..).zip(rows.skip(list.top).take(list.height)) {
            let round = i >= ErrorKind::ALL.len();
            let sign = match (round, on) {
                (false, true) => "[x]",
                (false, false) => "[ ]",
                (true, true) => "(x)",
                (true, false) => "( )",
            };
            paint.put(2, y, sign, if on { theme.accent() } else { theme.text() });
            paint.put(6, y, &label, theme.text());
            select(theme, paint, y, i == list.cursor);
        }
        None
    }

    fn hints(&self) -> &'static [Action] {
        &[Action::Toggle, Action::Choose, Action::Back]
    }

    fn hint(&self, action: Action) -> Option<&'static str> {
        super::saves_or_cancels(action)
    }
}

impl Tags {
    fn toggle(&mut self) {
        let row = self.list.cursor;
        if let Some(kind) = ErrorKind::ALL.get(row) {
            if self.errors.contains(kind) {
                self.errors.retain(|k| k != kind);
            } else {
                self.errors.push(*kind);
                self.errors.sort_unstable();
            }
        } else if let Some(chosen) = Harm::ALL.get(row - ErrorKind::ALL.len()) {
            self.harm = (self.harm != Some(*chosen)).then_some(*chosen);
        }
    }

    /// Writes what the menu says, where it differs.
    fn save(self, app: &mut App) {
        app.keep_typing_of(self.content());
        let Tags {
            model,
            errors,
            harm,
            ..
        } = self;
        let of = app.called(&model);
        let before = app.review().responses.get(&model);
        let same = before.map_or(errors.is_empty() && harm.is_none(), |r| {
            r.errors == errors && r.harm == harm
        });
        if same {
            return app.typing_is_saved();
        }
        let act = Act::Tag {
            model,
            errors,
            harm,
        };
        if app.act(Some(&app.key()), act) {
            app.typing_is_saved();
            app.done(&format!("Tags of {of} saved"));
        }
    }
}
