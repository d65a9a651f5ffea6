//! Finding text in the gold response that is being written.

use super::prompt::{Ask, Prompt};
use crate::tui::app::App;
use crate::tui::typing::{Subject, What};

struct InText;

/// Opens the prompt with what was looked for last.
pub(crate) fn open(app: &mut App) {
    let prompt = Prompt::selected(&InText, &app.looking.in_text);
    let what = What::InText;
    app.begin(Subject { case: None, what }, prompt);
}

impl Ask for InText {
    fn what(&self) -> Option<What> {
        Some(What::InText)
    }

    fn label(&self, _app: &App) -> &'static str {
        " Find in your text: "
    }

    fn accept(&self, app: &mut App, text: &str) -> Result<(), String> {
        app.find_in_gold(text);
        Ok(())
    }
}
