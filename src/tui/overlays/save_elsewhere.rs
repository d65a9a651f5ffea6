//! Saving a copy of what could not be saved, in another place.

use std::path::Path;

use super::prompt::{Ask, Prompt};
use crate::tui::app::{App, Tone};
use crate::tui::typing::What;

struct SaveElsewhere;

/// Opens the prompt, where something is not saved.
pub(crate) fn open(app: &mut App) {
    if app.desk.log.unsaved() == 0 {
        return app.say(Tone::Calm, "Everything is saved");
    }
    app.typing.open = None;
    app.open(Prompt::new(&SaveElsewhere, &elsewhere()));
}

impl Ask for SaveElsewhere {
    /// The place is not worth keeping.
    fn what(&self) -> Option<What> {
        None
    }

    fn label(&self, _app: &App) -> &'static str {
        " Save a copy in: "
    }

    fn accept(&self, app: &mut App, text: &str) -> Result<(), String> {
        let text = text.trim();
        let path = Path::new(text);
        if !path.is_absolute() {
            return Err("write the whole path, from / on".to_owned());
        }
        app.desk
            .log
            .save_elsewhere(path)
            .map_err(|e| e.to_string())?;
        let n = app.desk.log.unsaved();
        app.say(
            Tone::Calm,
            format!("A copy of {n} unsaved acts is in {text}; `medalign review-file recover` takes it in"),
        );
        Ok(())
    }
}

/// Where the copy goes, unless another place is typed.
fn elsewhere() -> String {
    let folder = std::env::var_os("HOME").map_or_else(std::env::temp_dir, Into::into);
    let now = crate::clock::now().as_second();
    let path = folder.join(format!("medalign-unsaved-{now}.jsonl"));
    path.display().to_string()
}
