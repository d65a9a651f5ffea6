//! What lies over the panes: lists, menus, prompts, a note at full size, a trend.
//!
//! In: keys as actions, the size of the screen. Out: changes of the state below it, and what lies over the panes then. Each file is one
//! overlay: its state, how it is opened, whose keys it takes, how it fits, acts and looks. One is open at a time.

pub(crate) mod applicability;
pub(crate) mod cases;
pub(crate) mod category;
pub(crate) mod comment;
pub(crate) mod confirm;
pub(crate) mod dates;
pub(crate) mod evidence;
pub(crate) mod find;
pub(crate) mod help;
pub(crate) mod in_text;
pub(crate) mod kinds;
pub(crate) mod label_comment;
pub(crate) mod lists;
pub(crate) mod map;
pub(crate) mod matches;
pub(crate) mod notices;
pub(crate) mod palette;
pub(crate) mod prompt;
pub(crate) mod rank_line;
pub(crate) mod reader;
pub(crate) mod reason;
pub(crate) mod report;
pub(crate) mod save_elsewhere;
pub(crate) mod search;
pub(crate) mod sides;
pub(crate) mod tags;
pub(crate) mod trend;
pub(crate) mod whole;

use std::any::Any;

use ratatui::layout::{Position, Rect};

use crate::tui::action::{self, Action, Layer, is_mark};
use crate::tui::app::App;
use crate::tui::editor::Editor;
use crate::tui::layout::Frame;
use crate::tui::paint::Paint;
use crate::tui::terminal::{Code, Key};
use crate::tui::typing::{Content, What};
use crate::tui::widgets::list::{List, motion};
use crate::tui::widgets::narrow::Narrow;

/// What lies over the panes after an action: nothing, the same, or something else.
pub(crate) type Next = Option<Box<dyn Overlay>>;

/// One thing that lies over the panes. While it fits or acts it is taken out of the state, so that it has the whole of that.
pub(crate) trait Overlay: Any {
    /// The layers that read keys, the first before the others.
    fn layers(&self) -> &'static [Layer];

    /// Where it is drawn: the first row is its heading's.
    fn area(&self, frame: &Frame) -> Rect {
        frame.over(frame.middle)
    }

    /// Fits it to the screen, before anything moves.
    fn fit(&mut self, _app: &mut App) {}

    /// Carries out an action; what the action opens over the panes goes before what is given back.
    fn act(self: Box<Self>, app: &mut App, action: Action) -> Next;

    /// Whether an action is carried out as if nothing lay over the panes: it knows what lies over them.
    fn lets_through(&self, _action: Action) -> bool {
        false
    }

    /// Closes or cancels it: nothing is saved by that.
    fn close(self: Box<Self>, app: &mut App) -> Next {
        app.cancel_typing(self.content());
        None
    }

    /// The line that narrows its list by typing, where it has one; it calls [`typed`](Overlay::typed) when that changes.
    fn narrow(&mut self) -> Option<&mut Narrow> {
        None
    }

    /// Whether that line is typed now.
    fn is_narrowing(&self) -> bool {
        false
    }

    /// The list that is narrowed.
    fn list(&mut self) -> Option<&mut List> {
        None
    }

    /// The place in its list of what stands on a row of it; 0 is its heading's.
    fn row_at(&self, _y: u16) -> Option<usize> {
        None
    }

    /// Selects what stands on a row of it; gives back whether it was selected already, and nothing where there is nothing to select.
    fn point(&mut self, _app: &mut App, y: u16) -> Option<bool> {
        let row = self.row_at(y)?;
        let list = self.list().filter(|list| row < list.len)?;
        let same = row == list.cursor;
        list.go(row as isize - list.cursor as isize);
        Some(same)
    }

    /// Whether a click on the selected row chooses it: not where that would save something.
    fn chooses_by_click(&self) -> bool {
        true
    }

    /// Its text editor, while keys go into one.
    fn editor(&mut self) -> Option<&mut Editor> {
        self.narrow().and_then(Narrow::editor)
    }

    /// Takes a key that is bound to nothing; says whether the text changed.
    fn type_key(&mut self, key: Key) -> bool {
        let by = match key.code {
            Code::Up => -1,
            Code::Down => 1,
            _ => 0,
        };
        if by != 0 && self.is_narrowing() {
            self.list().into_iter().for_each(|list| list.go(by));
            return false;
        }
        self.editor().is_some_and(|editor| editor.key(key))
    }

    /// Its text changed.
    fn typed(&mut self, _app: &mut App) {}

    /// What is typed or chosen in it, if that is kept while it is not saved.
    fn content(&self) -> Option<(What, Content)> {
        None
    }

    /// Takes what was typed or chosen in it before.
    fn put_back(&mut self, content: &Content) {
        if let (Some(editor), Content::Text(text)) = (self.editor(), content) {
            editor.replace(text);
        }
    }

    /// Rows that it takes from the answers, on a screen of so many.
    fn rows_below_answers(&self, _height: u16) -> u16 {
        0
    }

    /// Draws it; gives back where the caret is, if text is typed in it.
    fn draw(&self, app: &App, paint: &mut Paint<'_>) -> Option<Position>;

    /// The next sensible actions, for the hint line.
    fn hints(&self) -> &'static [Action];

    /// What the hint line calls an action here, where that is not what it is called elsewhere.
    fn hint(&self, _action: Action) -> Option<&'static str> {
        None
    }
}

impl dyn Overlay {
    /// Itself, where it is this.
    pub(crate) fn as_a<T: Overlay>(&self) -> Option<&T> {
        let any: &dyn Any = self;
        any.downcast_ref()
    }

    /// Whether keys are text in it.
    pub(crate) fn takes_text(&self) -> bool {
        self.is_narrowing() || self.layers().contains(&Layer::Text)
    }

    /// The layers that read keys now.
    pub(crate) fn layers_now(&self) -> &'static [Layer] {
        if self.is_narrowing() {
            TEXT
        } else {
            self.layers()
        }
    }

    /// Carries out what begins, keeps or empties the line that narrows its list; says whether that was it.
    fn act_on_narrow(&mut self, app: &mut App, action: Action) -> bool {
        let typing = self.is_narrowing();
        let Some(narrow) = self.narrow() else {
            return false;
        };
        match action {
            Action::Find => narrow.begin(),
            Action::Enter | Action::Accept if typing => narrow.end(),
            // One step back is the whole list.
            Action::Back | Action::Cancel if narrow.is_shown() => {
                narrow.clear();
                self.typed(app);
            }
            _ => return typing,
        }
        true
    }
}

/// What the hint line calls the keys of a menu that is saved as a whole.
fn saves_or_cancels(action: Action) -> Option<&'static str> {
    match action {
        Action::Choose => Some("save"),
        Action::Back => Some("cancel"),
        _ => None,
    }
}

/// Keys of a list that has none of its own.
const LIST: &[Layer] = &[Layer::List, Layer::Global];

/// Keys of text entry.
const TEXT: &[Layer] = &[Layer::Text];

/// Whether an action changes any text that is written, wherever that is.
fn writes(action: Action) -> bool {
    let answers = matches!(
        action,
        Action::Enter | Action::Accept | Action::NewLine | Action::Cancel | Action::ToggleRegex
    );
    action::of(action).layers.contains(&Layer::Text) && !answers
}

/// Moves in a list that has the height of the panes; what is no move waits until the list is closed.
fn move_in(list: &mut List, app: &mut App, action: Action) {
    match motion(action, app.screen.frame.rows()) {
        Some(by) => list.go(by),
        None => not_here(app, action),
    }
}

/// An action that an overlay has no use for.
fn not_here(app: &mut App, action: Action) {
    // The list's own keys, which other lists have a use for, do nothing.
    let of_lists = matches!(
        action,
        Action::Confirm | Action::Choose | Action::Toggle | Action::FilterAll
    );
    if !of_lists {
        app.close_first();
    }
}

impl App {
    /// Lays something over the panes.
    pub(crate) fn open(&mut self, overlay: impl Overlay) {
        self.screen.overlay = Some(Box::new(overlay));
    }

    /// What lies over the panes, where it is this.
    pub(crate) fn over<T: Overlay>(&self) -> Option<&T> {
        self.screen.overlay.as_deref()?.as_a()
    }

    /// The same, to change it.
    pub(crate) fn over_mut<T: Overlay>(&mut self) -> Option<&mut T> {
        let any: &mut dyn Any = self.screen.overlay.as_deref_mut()?;
        any.downcast_mut()
    }

    /// Takes what lies over the panes out of the state, does something with it, and lays the outcome over them, unless something else
    /// was opened meanwhile.
    fn with_overlay(&mut self, act: impl FnOnce(&mut App, Box<dyn Overlay>) -> Next) {
        if let Some(overlay) = self.screen.overlay.take() {
            let next = act(self, overlay);
            if self.screen.overlay.is_none() {
                self.screen.overlay = next;
            }
        }
    }

    /// Fits it to the screen.
    pub(in crate::tui) fn fit_overlay(&mut self) {
        self.with_overlay(|app, mut overlay| {
            overlay.fit(app);
            Some(overlay)
        });
    }

    /// With something over the panes, actions are its own; says whether the action was taken, or refused, there.
    pub(in crate::tui) fn act_over(&mut self, action: Action) -> bool {
        let Some(overlay) = &self.screen.overlay else {
            return false;
        };
        let writing = overlay.takes_text() && writes(action);
        let mut narrowed = false;
        if !writing {
            self.with_overlay(|app, mut overlay| {
                narrowed = overlay.act_on_narrow(app, action);
                Some(overlay)
            });
        }
        if narrowed {
            return true;
        }
        let Some(overlay) = &self.screen.overlay else {
            return false;
        };
        match action {
            // These hold everywhere.
            Action::Repaint | Action::Suspend | Action::Quit | Action::RetrySave => return false,
            Action::Back | Action::Cancel => {
                self.with_overlay(|app, overlay| overlay.close(app));
            }
            _ if writing => return false,
            _ if overlay.lets_through(action) => return false,
            Action::Help if !overlay.takes_text() => {
                // What is chosen in a menu comes back with it.
                self.keep_typing();
                help::open(self);
            }
            _ if is_mark(action) && !self.asks() => self.close_first(),
            _ => self.with_overlay(|app, overlay| overlay.act(app, action)),
        }
        true
    }

    /// Selects what stands on a row of what lies over the panes, see [`Overlay::point`]; a line that narrows its list is typed no more.
    pub(in crate::tui) fn point_over(&mut self, y: u16) -> Option<bool> {
        let mut same = None;
        self.with_overlay(|app, mut overlay| {
            same = overlay.point(app, y);
            if same.is_some() {
                overlay.narrow().into_iter().for_each(Narrow::end);
            }
            Some(overlay)
        });
        same
    }

    /// Changes the text of what lies over the panes: `write` says whether it did. Gives back whether text is written there.
    pub(in crate::tui) fn write_over(
        &mut self,
        write: impl FnOnce(&mut dyn Overlay) -> bool,
    ) -> bool {
        let mut takes = false;
        self.with_overlay(|app, mut overlay| {
            takes = overlay.takes_text();
            if write(overlay.as_mut()) {
                app.touch_typing();
                overlay.typed(app);
            }
            Some(overlay)
        });
        takes
    }
}
