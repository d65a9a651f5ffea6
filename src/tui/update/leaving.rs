//! Leaving the program: what is not saved is said first.
//!
//! In: the keys that go back and leave. Out: a question about acts that are not on the disk, a word about what was typed and not saved,
//! the effects that end the program. Never: the loss of an act or a text that nobody was told of.

use crate::tui::action::Action;
use crate::tui::app::{App, Effect, Tone};
use crate::tui::overlays::confirm::Question;

impl App {
    pub(super) fn back(&mut self) {
        if self.close_one() {
        } else if self.desk.log.unsaved() > 0 || self.keys.leaves_again {
            self.leave();
        } else {
            // The key that closes what lies over the panes is pressed once too often with ease.
            self.say_how_to_leave(Action::Back);
        }
    }

    /// Says what leaving does to what is not saved; the same key again leaves.
    fn say_how_to_leave(&mut self, action: Action) {
        self.keys.said_how_to_leave = true;
        let key = self.desk.key_of(action);
        match (self.what_was_typed(true), self.what_was_typed(false)) {
            (Some(text), _) => {
                let said = format!("Not saved: {text}; {key} again gives it up and leaves");
                self.say(Tone::Alert, said);
            }
            (None, Some(text)) => {
                let said = format!("Not saved yet: {text}; {key} again leaves, it is kept");
                self.say(Tone::Alert, said);
            }
            (None, None) => {
                let said = format!("Everything is saved; {key} again leaves");
                self.say(Tone::Calm, said);
            }
        }
    }

    /// Esc with nothing to close: what it cancelled a moment ago is still said.
    pub(super) fn say_that_nothing_is_open(&mut self) {
        let said = if let Some(text) = self.what_was_typed(true) {
            format!("Nothing is open here. Not saved: {text}")
        } else {
            let key = self.desk.key_of(Action::Back);
            format!("Nothing is open here; {key} leaves")
        };
        self.say(Tone::Calm, said);
    }

    /// Keeps what is typed or chosen and not saved: it is work, and the program may be about to end.
    pub(in crate::tui) fn keep_open_work(&mut self) {
        self.keep_typing();
        self.save_draft();
    }

    pub(super) fn leave(&mut self) {
        self.keep_open_work();
        let looked = self.desk.log.look(true);
        if self.tell_of_file() {
            return;
        }
        let unsaved = self.desk.log.unsaved();
        if let (Err(error), 0) = (looked, unsaved) {
            let said = format!("The review file cannot be used: {error}");
            self.say(Tone::Alert, said);
        }
        if unsaved > 0 {
            let acts = if unsaved == 1 {
                "1 act is".to_owned()
            } else {
                format!("{unsaved} acts are")
            };
            let lines = vec![
                format!("{acts} NOT saved in {}", self.desk.log.path().display()),
                format!(
                    "Free some space or fix the folder, then {} saves them.",
                    self.desk.key_of(Action::RetrySave)
                ),
                format!(
                    "{} saves a copy of them in another place.",
                    self.desk.key_of(Action::SaveElsewhere)
                ),
            ];
            self.ask(Question::LeaveUnsaved, lines);
            return;
        }
        // What was cancelled ends with the session; on a screen that is too small nobody would read that.
        let given_up = self.what_was_typed(true).is_some();
        if given_up && !self.keys.leaves_again && !self.screen.frame.too_small {
            return self.say_how_to_leave(Action::Quit);
        }
        self.quit();
    }

    pub(in crate::tui) fn quit(&mut self) {
        self.forget_cancelled();
        self.remember_place();
        self.desk.effects.push(Effect::SavePlace);
        self.desk.effects.push(Effect::Quit);
    }
}
