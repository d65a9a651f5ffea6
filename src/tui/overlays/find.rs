//! Finding text in the record, the answers and the instruction, as it is typed.

use super::prompt::{Ask, Prompt};
use crate::tui::action::Action;
use crate::tui::app::{App, Tone};
use crate::tui::find::Find;
use crate::tui::typing::{Subject, What};

struct InRecord;

/// Opens the prompt; cancelled, it leaves the timeline where it is.
pub(crate) fn open(app: &mut App) {
    app.looking.find.origin = Some((app.place(), app.in_view.record.timeline.filter().clone()));
    app.begin(
        Subject {
            case: None,
            what: What::Find,
        },
        Prompt::new(&InRecord, ""),
    );
}

impl Ask for InRecord {
    fn what(&self) -> Option<What> {
        Some(What::Find)
    }

    fn label(&self, app: &App) -> &'static str {
        if app.looking.find.regex {
            " Find (regex): "
        } else {
            " Find: "
        }
    }

    fn help(&self, app: &App) -> String {
        if app.looking.find.is_active() {
            app.looking.find.summary(app.desk.theme.dot())
        } else {
            format!("{} regex", app.desk.key_of(Action::ToggleRegex))
        }
    }

    fn accept(&self, app: &mut App, _text: &str) -> Result<(), String> {
        if let Some(problem) = &app.looking.find.problem {
            return Err(problem.clone());
        }
        if app.looking.find.is_active() {
            app.say(Tone::Calm, app.looking.find.summary(app.desk.theme.dot()));
        }
        Ok(())
    }

    fn typed(&self, app: &mut App, text: &str) -> Option<String> {
        find(app, text, app.looking.find.regex)
    }

    fn toggle(&self, app: &mut App, text: &str) -> Option<String> {
        find(app, text, !app.looking.find.regex)
    }

    fn cancelled(&self, app: &mut App) {
        app.back_to_origin();
        app.looking.find = Find::default();
    }

    fn hints(&self) -> &'static [Action] {
        &[Action::Enter, Action::ToggleRegex, Action::Cancel]
    }
}

/// Finds what is typed; gives back what is wrong with it.
fn find(app: &mut App, text: &str, regex: bool) -> Option<String> {
    // Each letter is looked for from where find began, so that what an earlier one opened does not stay open.
    app.back_to_origin();
    app.looking.find.set(text, regex);
    app.search_again();
    let from = app.in_view.record.timeline.selected_event();
    if let Some(i) = app.looking.find.first_from(from) {
        app.go_to_hit(i);
    }
    app.looking.find.problem.clone()
}
