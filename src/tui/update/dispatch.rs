//! From an action to its function: what may be done now, what lies over the panes, and then the row of the table.
//!
//! In: an action. Out: what its row's function does, or a word about why that waits. It decides nothing that belongs to one action.

use crate::review::entry::Relevant;
use crate::review::{Turn, Verdict, WeakOrder};
use crate::tui::action::{self, Action, Layer, Reach};
use crate::tui::app::App;
use crate::tui::editor::Editor;
use crate::tui::overlays;
use crate::tui::selection::Unit;
use crate::tui::terminal::{Code, Key};
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
    pub(crate) fn run(&mut self, action: Action) {
        let written = |app: &App| app.desk.log.ledger().entries().len();
        let before = written(self);
        self.run_where_it_may(action);
        let wrote = written(self) > before;
        self.screen.guide.on(action, wrote);
    }

    fn run_where_it_may(&mut self, action: Action) {
        let row = action::of(action);
        if self.in_view.visit.is_some() && row.reach != Reach::Beside {
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
        } else if !self.act_over(action) {
            self.carry_out(action);
        }
    }

    /// Does what the row of an action says.
    pub(in crate::tui) fn carry_out(&mut self, action: Action) {
        FUNCTIONS[action as usize](self);
    }

    /// An action of what lies over the panes has nothing to do where nothing does.
    #[expect(
        clippy::unused_self,
        reason = "it stands among the functions of the table"
    )]
    fn nothing(&mut self) {}
}
