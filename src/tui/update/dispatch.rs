//! From an action to its function: what may be done now, what lies over the panes, and then the row of the table.
//!
//! In: an action. Out: what its row's function does, or a word about why that waits. It decides nothing that belongs to one action.

use crate::review::entry::Relevant;
use crate::review::{Turn, Verdict, WeakOrder};
use crate::tui::action::{self, Action, Layer, Reach};
use crate::tui::app::App;
use crate::tui::editor::Editor;
use crate::tui::overlay::Overlay;
use crate::tui::overlays::{cases, category, evidence, help, kinds, map, notices, report, sides};
use crate::tui::selection::Unit;
use crate::tui::update::moves::Go;

/// Takes the functions out of the rows of the table.
macro_rules! functions {
    ($($action:ident, $name:literal, $hint:literal, $doc:literal, $layers:expr, $reach:ident, $run:expr;)*) => {
        /// What each action does where nothing lies over the panes, in the order of [`Action`].
        const FUNCTIONS: &[fn(&mut App)] = &[$($run),*];
    };
}

action::rows!(functions);

impl App {
    /// Carries out an action, where it may be carried out now.
    pub fn run(&mut self, action: Action) {
        let row = action::of(action);
        if self.visit.is_some() && row.reach != Reach::Beside {
            return self.refuse_beside();
        }
        if self.asks_before(action) {
            return;
        }
        if self.is_selecting() {
            if row.layers.contains(&Layer::Passage) {
                self.carry_out(action);
            } else {
                self.end_passage_first();
            }
        } else if !self.over_an_overlay(action) {
            self.carry_out(action);
        }
    }

    /// Does what the row of an action says.
    pub(super) fn carry_out(&mut self, action: Action) {
        FUNCTIONS[action as usize](self);
    }

    /// An action of what lies over the panes has nothing to do where nothing does.
    #[expect(
        clippy::unused_self,
        reason = "it stands among the functions of the table"
    )]
    fn nothing(&mut self) {}

    /// With an overlay open, actions are its own; says whether the action was taken (or refused) there.
    pub(super) fn over_an_overlay(&mut self, action: Action) -> bool {
        let Some(overlay) = &self.overlay else {
            return false;
        };
        match action {
            // These hold everywhere.
            Action::Repaint | Action::Suspend | Action::Quit | Action::RetrySave => return false,
            // Saving a copy is offered where one would leave and lose what is not saved.
            Action::SaveElsewhere if self.asks() => return false,
            Action::Back | Action::Cancel => {
                self.close_overlay();
                return true;
            }
            Action::Help if !matches!(overlay.layer(), Layer::Text | Layer::Search) => {
                help::open(self);
                return true;
            }
            _ => {}
        }
        if action::is_mark(action) && !self.asks() {
            self.close_first();
            return true;
        }
        match overlay {
            Overlay::Search(_) => self.search_action(action),
            Overlay::Matches => self.matches_action(action),
            Overlay::Reader { .. } => self.reader_action(action),
            Overlay::Palette { .. }
            | Overlay::Prompt { .. }
            | Overlay::Comment { .. }
            | Overlay::Applicability { typing: true, .. } => {
                self.text_action(action);
            }
            Overlay::Own(_) => self.with_overlay(|app, overlay| overlay.act(app, action)),
            Overlay::Applicability { .. } | Overlay::Tags { .. } => self.list_action(action),
        }
        true
    }
}
