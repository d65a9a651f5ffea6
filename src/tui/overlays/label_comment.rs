//! Why a proposed record has its label.

use super::matches::Proposed;
use super::prompt::{Ask, Prompt};
use super::{Next, Overlay};
use crate::dataset::CaseKey;
use crate::review::Pass;
use crate::tui::action::Action;
use crate::tui::app::{App, Tone};
use crate::tui::typing::{Subject, What};

struct LabelComment;

/// Opens the prompt with what was said of the record in question, once it has a label.
pub(crate) fn open(app: &mut App) {
    let pair = app.in_question().and_then(|row| app.pair(row));
    let label = pair.and_then(|(i, p)| Some((app.looking.matches.label(&i, &p).own?, (i, p))));
    let Some((label, (instruction, person))) = label else {
        return app.say(Tone::Alert, "Label the record first; then say why");
    };
    let key = CaseKey {
        instruction,
        person,
    };
    let subject = Subject {
        case: Some((key, Pass::First)),
        what: What::Label,
    };
    // The list comes back whole.
    app.looking.matches.narrow(None);
    app.begin(subject, Prompt::new(&LabelComment, &label.comment));
}

impl Ask for LabelComment {
    fn what(&self) -> Option<What> {
        Some(What::Label)
    }

    fn label(&self, _app: &App) -> &'static str {
        " Why it has its label: "
    }

    fn help(&self, app: &App) -> String {
        app.saves_and_cancels(Action::Enter)
    }

    fn accept(&self, app: &mut App, text: &str) -> Result<(), String> {
        // Of the record that it was begun for, whatever is in question by now.
        let open = app.typing.open.as_ref();
        let Some((key, _)) = open.and_then(|open| open.subject.case.clone()) else {
            return Ok(());
        };
        let Some(own) = app.looking.matches.label(&key.instruction, &key.person).own else {
            return Ok(());
        };
        let text = text.trim();
        if own.comment != text && app.save_label(&key, Some(own.label), text.to_owned()) {
            app.done("Comment saved");
        }
        Ok(())
    }

    /// It goes back to the list, if it was opened over that.
    fn after(&self, app: &App) -> Next {
        let beside = app.in_view.visit.is_some();
        (!beside).then(|| Box::new(Proposed::whole(app)) as Box<dyn Overlay>)
    }
}
