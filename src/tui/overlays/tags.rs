//! What is wrong with the answer in focus, and how harmful it may be: below the answers, so that they stay in view.

use ratatui::layout::{Position, Rect};

use super::{Next, Overlay, move_in};
use crate::review::{Act, ErrorKind, Harm};
use crate::tui::action::{Action, Layer};
use crate::tui::app::App;
use crate::tui::layout::Frame;
use crate::tui::paint::Paint;
use crate::tui::typing::{Content, What};
use crate::tui::widgets::heading::heading;
use crate::tui::widgets::list::List;

/// From this width on, the error kinds stand in two columns.
const TWO_COLUMNS: u16 = 72;
/// The row of harm, behind the error kinds.
const HARM: usize = ErrorKind::ALL.len();

/// The actions of the error kinds, in their order.
const KEYS: [Action; HARM] = [
    Action::Tag1,
    Action::Tag2,
    Action::Tag3,
    Action::Tag4,
    Action::Tag5,
    Action::Tag6,
    Action::Tag7,
    Action::Tag8,
];

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
    let subject = app.here(What::Tags(model.clone()));
    let menu = Tags {
        model,
        errors,
        harm,
        list: List::new(HARM + 1, 0, HARM + 1),
    };
    app.begin(subject, menu);
}

impl Overlay for Tags {
    fn layers(&self) -> &'static [Layer] {
        &[Layer::Tags, Layer::List, Layer::Global]
    }

    fn area(&self, frame: &Frame) -> Rect {
        frame.editor
    }

    fn rows_below_answers(&self, height: u16) -> u16 {
        let rows = if height < 36 { HARM / 2 + 1 } else { HARM + 1 };
        rows as u16 + 1
    }

    fn fit(&mut self, app: &mut App) {
        let area = app.screen.frame.editor;
        let rows = usize::from(area.height.saturating_sub(1));
        self.list
            .resize(if in_columns(area) { HARM + 1 } else { rows });
    }

    fn act(mut self: Box<Self>, app: &mut App, action: Action) -> Next {
        let row = match action {
            Action::Choose => {
                self.save(app);
                return None;
            }
            Action::Toggle => Some(self.list.cursor),
            Action::HarmUp => Some(HARM),
            Action::Left | Action::Right if self.list.cursor == HARM => {
                self.harm = next_harm(self.harm, action == Action::Right);
                app.touch_typing();
                None
            }
            _ => {
                let row = KEYS.iter().position(|key| *key == action);
                if row.is_none() {
                    move_in(&mut self.list, app, action);
                }
                row
            }
        };
        if let Some(row) = row {
            self.toggle(row);
            app.touch_typing();
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
        paint.blank();
        let right = app.saves_and_cancels(Action::Choose);
        let letter = app.called(&self.model);
        let title = format!("What is wrong with {letter}");
        heading(theme, paint, &title, &right);
        let area = paint.area();
        let two = in_columns(area);
        let second = ErrorKind::ALL[..HARM / 2].iter().map(|e| e.label().len());
        let second = second.max().unwrap_or(0) as u16 + 8;
        let kinds = ErrorKind::ALL.iter().enumerate();
        for (i, kind) in kinds.skip(list.top).take(list.height) {
            let (x, y) = match (two, i < HARM / 2) {
                (false, _) => (0, i - list.top),
                (true, true) => (0, i),
                (true, false) => (second, i - HARM / 2),
            };
            let on = self.errors.contains(kind);
            let sign = if on { "[x]" } else { "[ ]" };
            let style = if on { theme.bold() } else { theme.text() };
            let row = format!("{} {sign} {}", self.key(app, i), kind.label());
            let y = 1 + y as u16;
            let end = paint.put(x + 2, y, &row, style);
            self.cursor(app, paint, i, (x, y, end));
        }
        let y = if two { HARM / 2 } else { HARM - list.top };
        if HARM >= list.top && HARM < list.top + list.height {
            let y = 1 + y as u16;
            let mut x = paint.put(2, y, &self.key(app, HARM), theme.text());
            x = paint.put(x + 1, y, "possible harm:", theme.text());
            for harm in Harm::ALL {
                let on = self.harm == Some(harm);
                let sign = if on { "(x)" } else { "( )" };
                let style = if on { theme.bold() } else { theme.text() };
                x = paint.put(x + 1, y, &format!("{sign} {}", harm.name()), style);
            }
            self.cursor(app, paint, HARM, (0, y, x));
        }
        None
    }

    fn hints(&self) -> &'static [Action] {
        &[Action::Tag1, Action::Toggle, Action::Choose, Action::Back]
    }

    fn hint(&self, action: Action) -> Option<&'static str> {
        super::saves_or_cancels(action)
    }
}

impl Tags {
    fn toggle(&mut self, row: usize) {
        let Some(kind) = ErrorKind::ALL.get(row) else {
            self.harm = next_harm(self.harm, true);
            return;
        };
        if self.errors.contains(kind) {
            self.errors.retain(|k| k != kind);
        } else {
            self.errors.push(*kind);
            self.errors.sort_unstable();
        }
    }

    /// The key of a row; a blank where none is bound.
    fn key(&self, app: &App, row: usize) -> String {
        let action = KEYS.get(row).copied().unwrap_or(Action::HarmUp);
        let key = app.desk.keymap.key(self.layers(), action);
        key.unwrap_or_else(|| " ".to_owned())
    }

    /// Marks the selected row, from a column to another.
    fn cursor(&self, app: &App, paint: &mut Paint<'_>, row: usize, (x, y, end): (u16, u16, u16)) {
        if row == self.list.cursor {
            let theme = app.desk.theme;
            paint.focus(x, y);
            paint.put(x, y, theme.cursor(), theme.accent());
            paint.style(x + 1, y, end.saturating_sub(x + 1), theme.selected(true));
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

/// Whether the error kinds stand in two columns.
fn in_columns(area: Rect) -> bool {
    area.width >= TWO_COLUMNS && usize::from(area.height) >= HARM / 2 + 2
}

/// The harm behind another one, or before it; behind the last and before the first none is said.
fn next_harm(harm: Option<Harm>, forward: bool) -> Option<Harm> {
    let place = harm.and_then(|h| Harm::ALL.iter().position(|x| *x == h));
    match (place, forward) {
        (None, true) => Harm::ALL.first().copied(),
        (None, false) => Harm::ALL.last().copied(),
        (Some(at), true) => Harm::ALL.get(at + 1).copied(),
        (Some(at), false) => at.checked_sub(1).map(|at| Harm::ALL[at]),
    }
}
