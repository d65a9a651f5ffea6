//! What lies over the panes: lists, menus, prompts, a note at full size, a trend.
//!
//! In: keys as actions, the size of the screen. Out: changes of the state below it, and what lies over the panes then. Each file is one
//! overlay: its state, how it is opened, whose keys it takes, how it fits, acts and looks. One is open at a time.

pub mod cases;
pub mod category;
pub mod confirm;
pub mod evidence;
pub mod help;
pub mod kinds;
pub mod map;
pub mod notices;
pub mod reason;
pub mod report;
pub mod sides;
pub mod trend;
pub mod whole;

use std::any::Any;

use ratatui::layout::{Position, Rect};

use crate::tui::action::{Action, Layer};
use crate::tui::app::App;
use crate::tui::layout::Frame;
use crate::tui::overlay::Overlay as Old;
use crate::tui::paint::Paint;
use crate::tui::widgets::list::{List, motion};

/// What lies over the panes after an action: nothing, the same, or something else.
pub type Next = Option<Box<dyn Overlay>>;

/// One thing that lies over the panes. While it fits or acts it is taken out of the state, so that it has the whole of that.
pub trait Overlay: Any {
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

    /// Closes or cancels it: nothing is saved by that.
    fn close(self: Box<Self>, app: &mut App) -> Next {
        app.cancel_typing();
        None
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
    /// Whether keys are text in it.
    pub fn takes_text(&self) -> bool {
        self.layers().contains(&Layer::Text)
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

/// Moves in a list that has the height of the panes; what is no move waits until the list is closed.
fn move_in(list: &mut List, app: &mut App, action: Action) {
    match motion(action, app.frame.rows()) {
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
    pub fn open(&mut self, overlay: impl Overlay) {
        self.overlay = Some(Old::Own(Box::new(overlay)));
    }

    /// What lies over the panes, where it is this.
    pub fn over<T: Overlay>(&self) -> Option<&T> {
        let Some(Old::Own(overlay)) = &self.overlay else {
            return None;
        };
        let any: &dyn Any = overlay.as_ref();
        any.downcast_ref()
    }

    /// The same, to change it.
    pub fn over_mut<T: Overlay>(&mut self) -> Option<&mut T> {
        let Some(Old::Own(overlay)) = &mut self.overlay else {
            return None;
        };
        let any: &mut dyn Any = overlay.as_mut();
        any.downcast_mut()
    }

    /// Takes what lies over the panes out of the state, does something with it, and lays the outcome over them, unless something else
    /// was opened meanwhile.
    pub(in crate::tui) fn with_overlay(
        &mut self,
        act: impl FnOnce(&mut App, Box<dyn Overlay>) -> Next,
    ) {
        match self.overlay.take() {
            Some(Old::Own(overlay)) => {
                let next = act(self, overlay);
                if self.overlay.is_none() {
                    self.overlay = next.map(Old::Own);
                }
            }
            other => self.overlay = other,
        }
    }
}
