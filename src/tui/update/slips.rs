//! Keys that were not meant: one pressed once too often, one of another pane, a number before a move as in `less`.
//!
//! In: the key, the layers that it was pressed in before and now, the action it would be. Out: a word about it, and whether it is
//! passed over. Never: an act.

use crate::tui::action::{self, Action, Layer};
use crate::tui::app::{App, Tone};
use crate::tui::keymap::Lookup;
use crate::tui::layout::Focus;
use crate::tui::terminal::Key;

impl App {
    /// Notes a key, and where it was pressed first of several times in a row.
    pub(super) fn note_key(&mut self, key: Key, layers: &[Layer]) {
        // Going on with what was found is no act of its own: the key that ended the search still comes again after it.
        let goes_on = matches!(
            self.desk.keymap.lookup(layers, &[key]),
            Lookup::Action(Action::FindNext | Action::FindPrevious)
        );
        let ended = |(_, before): &(Key, Vec<Layer>)| goes_on && before != layers;
        if self.keys.repeated.as_ref().is_some_and(ended) {
            return;
        }
        if self.keys.repeated.as_ref().is_none_or(|(k, _)| *k != key) {
            self.keys.repeated = Some((key, layers.to_vec()));
        }
    }

    /// Whether a key only comes again: it closed or ended something, and would now do what cannot be meant by that; says so.
    pub(super) fn slips(&mut self, layers: &[Layer], action: Action) -> bool {
        let Some((key, _)) = self.keys.repeated.as_ref().filter(|(_, l)| l != layers) else {
            return false;
        };
        match action {
            // A question takes every key as an answer.
            _ if self.asks() => return false,
            Action::Submit => {
                // What the first one did stays in view.
                let now = format!(
                    "{key} again submits nothing, {} does",
                    self.desk.key_in(Layer::Global, action)
                );
                match &mut self.screen.message {
                    Some((_, said)) if said.ends_with(&now) => {}
                    Some((_, said)) => *said = format!("{said} {} {now}", self.desk.theme.dot()),
                    None => self.say(Tone::Calm, now),
                }
            }
            Action::Pin | Action::PinAnswer => {
                let said = format!("Pinned once: {key} again pins nothing more");
                self.say(Tone::Calm, said);
            }
            _ => return false,
        }
        true
    }

    /// A command takes the place of what was said before; what was said of an act outlives one move, as `5j` of `less` ranks an answer.
    pub(super) fn clear_message(&mut self, action: Action) {
        let moves = matches!(
            action,
            Action::Down
                | Action::Up
                | Action::PageDown
                | Action::PageUp
                | Action::Top
                | Action::Bottom
        );
        let writes = matches!(
            action,
            Action::DeleteNext
                | Action::LineStart
                | Action::LineEnd
                | Action::LineUp
                | Action::LineDown
                | Action::CharLeft
                | Action::CharRight
        );
        if writes {
            self.clear_calm();
        } else if !(std::mem::take(&mut self.screen.said_of_act) && moves) {
            self.screen.message = None;
        }
    }

    /// What was said of the text before is no longer true; an alert stays until a command.
    pub(super) fn clear_calm(&mut self) {
        if matches!(self.screen.message, Some((Tone::Calm, _))) {
            self.screen.message = None;
        }
    }

    /// A key that is bound to nothing here: one that marks an answer, or goes through the record, says where.
    pub(super) fn unbound(&mut self, typed: &[Key]) {
        match self.desk.keymap.lookup(&[Layer::Answers], typed) {
            Lookup::Action(action) if action::is_mark(action) => return self.run(action),
            _ => {}
        }
        let in_record = self.desk.keymap.lookup(&[Layer::Timeline], typed) != Lookup::None;
        if in_record && self.screen.overlay.is_none() && self.screen.focus == Focus::Answers {
            let keys = crate::tui::keymap::print_sequence(typed);
            let pane = self.desk.key_of(Action::NextPane);
            let said = format!("{keys} is a key of the record: {pane} goes there first");
            self.say(Tone::Calm, said);
        }
    }
}
