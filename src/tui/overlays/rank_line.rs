//! The ranking as a line, such as `B > A = C > D`.

use super::prompt::{Ask, Prompt};
use crate::review::WeakOrder;
use crate::tui::action::Action;
use crate::tui::app::App;
use crate::tui::typing::What;

struct RankLine;

/// Opens the prompt with the ranking as it is, where there is an answer that may be judged.
pub(crate) fn open(app: &mut App) {
    if app.may_judge() {
        let line = app.rank().to_line(&app.models());
        app.begin(app.here(What::Rank), Prompt::new(&RankLine, &line));
    }
}

impl Ask for RankLine {
    fn what(&self) -> Option<What> {
        Some(What::Rank)
    }

    fn label(&self, _app: &App) -> &'static str {
        " Ranking, best first: "
    }

    fn help(&self, app: &App) -> String {
        format!("B > A = C   {}", app.saves_and_cancels(Action::Enter))
    }

    fn accept(&self, app: &mut App, text: &str) -> Result<(), String> {
        let order = WeakOrder::parse(text.trim(), &app.models()).map_err(|e| e.to_string())?;
        if order.closed() != app.rank().closed() {
            let line = order.to_line(&app.models());
            app.set_rank(&order, &format!("Ranking {line}"));
        }
        Ok(())
    }
}
