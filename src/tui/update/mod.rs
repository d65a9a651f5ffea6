//! What keys do: key → layers → action → a change of the state.
//!
//! In: keys, pastes, sizes. Out: changed state, acts in the review file, effects for the runner. It never draws.

mod adjudicate;
mod ask_first;
pub(crate) mod context;
mod dispatch;
mod found;
pub(crate) mod gold;
mod judge;
mod labels;
mod later;
mod leaving;
mod mouse;
mod moves;
mod passage;
mod pin;
mod ranked;
mod slips;
mod together;
mod typing;
mod undo;
mod visit;

use crate::tui::action::{Action, Layer};
use crate::tui::app::{App, Effect, RecordState, Tone};
use crate::tui::editor::Editor;
use crate::tui::keymap::Lookup;
use crate::tui::layout::Focus;
use crate::tui::overlays::confirm::{Confirm, Question};
use crate::tui::panes::timeline::Filter;
use crate::tui::queue::CaseFilter;
use crate::tui::record_view::event_text;
use crate::tui::terminal::{Code, Key};

impl App {
    /// Takes a key.
    pub(crate) fn press(&mut self, key: Key) {
        if self.screen.frame.too_small && !self.takes_text() {
            // Nothing is visible, so nothing but leaving may happen.
            if let Lookup::Action(Action::Quit | Action::Back) =
                self.desk.keymap.lookup(&[Layer::Global], &[key])
            {
                self.run(Action::Quit);
            }
            return;
        }
        if self.look_ahead() {
            return;
        }
        self.screen.guide.key();
        self.keys.pending.push(key);
        let layers = self.layers();
        self.note_key(key, &layers);
        match self.desk.keymap.lookup(&layers, &self.keys.pending) {
            Lookup::Action(action) => {
                self.keys.pending.clear();
                self.keys.leaves_again = std::mem::take(&mut self.keys.said_how_to_leave);
                if !self.slips(&layers, action) {
                    // What says that a key was not taken is seen before anything takes its place.
                    if !self.keys.ahead {
                        self.clear_message(action);
                    }
                    self.run(action);
                }
            }
            Lookup::Prefix(_) => {}
            // A begun sequence is left as everything else is.
            Lookup::None if self.keys.pending.len() > 1 && key == Key::plain(Code::Esc) => {
                self.keys.pending.clear();
            }
            // What may follow does not always fit on the hint line, which points here.
            Lookup::None
                if self.keys.pending.len() > 1
                    && self.desk.keymap.lookup(&layers, &[key]) == Lookup::Action(Action::Help) =>
            {
                self.keys.pending.clear();
                self.run(Action::Help);
            }
            Lookup::None => {
                self.keys.said_how_to_leave = false;
                let typed = std::mem::take(&mut self.keys.pending);
                if typed.len() == 1 && self.takes_text() {
                    self.clear_calm();
                    self.type_key(key);
                } else if self.asks() {
                    self.screen.message = None;
                    self.screen.overlay = None;
                } else if typed.len() > 1 {
                    let keys = crate::tui::keymap::print_sequence(&typed);
                    self.say(
                        Tone::Alert,
                        format!(
                            "{keys} is bound to nothing; {} shows all keys",
                            self.desk.key_of(Action::Help)
                        ),
                    );
                } else {
                    self.screen.message = None;
                    self.unbound(&typed);
                }
            }
        }
        self.say_what_gave_way();
        self.fit();
    }

    /// Takes a key of the text that is being written, or of the list under it.
    fn type_key(&mut self, key: Key) {
        let over = self.write_over(|overlay| overlay.type_key(key));
        if !over && self.in_view.gold.editor.key(key) {
            self.in_view.gold.touched();
        }
        self.say_taken_out();
    }

    /// Takes pasted text; outside text entry it is refused, so that a stray paste marks nothing.
    pub(crate) fn paste(&mut self, text: &str) {
        if self.is_writing() {
            self.in_view.gold.editor.paste(text);
            self.in_view.gold.touched();
            self.say_taken_out();
        } else if !self.write_over(|overlay| overlay.editor().is_some_and(|e| e.paste(text))) {
            self.say(
                Tone::Alert,
                "A paste was ignored: no text is being typed here",
            );
        } else {
            self.say_taken_out();
        }
        self.fit();
    }

    /// Says how many signs of what came in were taken out, where that were some.
    fn say_taken_out(&mut self) {
        let editor = match &mut self.screen.overlay {
            Some(overlay) => overlay.editor(),
            None => Some(&mut self.in_view.gold.editor),
        };
        let said = match editor.map_or(0, Editor::taken_out) {
            0 => return,
            1 => "1 sign that cannot be seen was taken out".to_owned(),
            n => format!("{n} signs that cannot be seen were taken out"),
        };
        self.say(Tone::Alert, said);
    }

    fn toggle_mouse(&mut self) {
        self.desk.effects.push(Effect::Mouse);
    }

    fn toggle_zoom(&mut self) {
        if self.screen.frame.wide {
            self.screen.zoom = !self.screen.zoom;
        } else {
            self.say(Tone::Calm, "One pane is shown at a time at this width");
        }
    }

    fn repaint(&mut self) {
        self.desk.effects.push(Effect::Repaint);
    }

    fn suspend(&mut self) {
        self.keep_open_work();
        self.desk.effects.push(Effect::Suspend);
    }

    fn cancel(&mut self) {
        if !self.close_one() {
            self.say_that_nothing_is_open();
        }
    }

    fn next_pane(&mut self) {
        let answers = !self.in_view.answers.is_empty();
        // Marks must not be typed into a text: the gold response has a key of its own. Nor must text be typed onto answers: who went from the
        // text to the record goes back, until Esc leaves the text.
        let writing = self.in_view.gold_beside
            && self.screen.before == Focus::Gold
            && self.review().submitted.is_none();
        let next = match self.screen.focus {
            Focus::Timeline if writing => Focus::Gold,
            Focus::Timeline if answers => Focus::Answers,
            Focus::Timeline => {
                let key = self.desk.key_of(Action::Gold);
                return self.say(
                    Tone::Calm,
                    format!("There are no answers; {key} writes your gold response"),
                );
            }
            Focus::Answers | Focus::Gold => Focus::Timeline,
        };
        self.focus_on(next);
    }

    fn step_case(&mut self, forward: bool) {
        if let Some(step) = self.neighbour(forward) {
            return self.open_step(step);
        }
        let which = match &self.desk.plan.filter {
            CaseFilter::All => String::new(),
            CaseFilter::Queue => " of your queue".to_owned(),
            CaseFilter::Category(_) => " of this category".to_owned(),
            filter => format!(" among the {} ones", filter.name()),
        };
        let end = if forward { "last" } else { "first" };
        let cases = self.desk.key_of(Action::Cases);
        self.say(
            Tone::Calm,
            format!("This is the {end} case{which}; {cases} lists them"),
        );
    }

    /// Says that what lies over the panes has to be closed first.
    pub(in crate::tui) fn close_first(&mut self) {
        let back = self.desk.key_of(Action::Back);
        self.say(Tone::Calm, format!("{back} closes this first"));
    }

    /// Closes what was opened last of what is no overlay; says whether there was something.
    fn close_one(&mut self) -> bool {
        if self.is_selecting() {
            self.in_view.record.selection = None;
        } else if self.in_view.visit.is_some() {
            self.leave_visit();
        } else if self.screen.focus == Focus::Gold {
            self.leave_gold();
        } else if self.looking.find.is_active() {
            self.looking.find.set("", self.looking.find.regex);
            self.looking.find.forget_places();
        } else if let (false, RecordState::Ready(view)) = (
            self.in_view.record.timeline.filter().is_empty(),
            &self.in_view.record.state,
        ) {
            let timeline = &mut self.in_view.record.timeline;
            timeline.set_filter(&view.record, Filter::default());
            self.say(Tone::Calm, "All events are shown again");
        } else if self.screen.zoom && self.screen.frame.wide {
            self.screen.zoom = false;
        } else {
            return false;
        }
        true
    }

    fn retry_save(&mut self) {
        if self.desk.log.unsaved() == 0 {
            self.say(Tone::Calm, "Everything is saved");
            return;
        }
        match self.desk.log.retry() {
            Ok(saved) => {
                self.desk.saved_at = Some(self.desk.wall_clock(saved.time));
                // What was mended on the way stands among the notices, and does not hold up leaving.
                let mended = self.desk.log.take_notices();
                self.desk.notices.extend(mended);
                // There is nothing left to ask.
                let asked = self.over::<Confirm>().map(|c| &c.question);
                if asked == Some(&Question::LeaveUnsaved) {
                    self.screen.overlay = None;
                }
                self.say(Tone::Calm, "Everything is saved now");
            }
            Err(error) => self.say(Tone::Alert, format!("Still NOT SAVED: {error}")),
        }
    }

    fn scroll_instruction(&mut self, by: isize) {
        let visible = usize::from(self.screen.frame.instruction.height);
        let last = self
            .in_view
            .instruction
            .wrapped
            .0
            .len()
            .saturating_sub(visible);
        self.in_view.instruction.top = self
            .in_view
            .instruction
            .top
            .saturating_add_signed(by)
            .min(last);
        if last == 0 {
            self.say(Tone::Calm, "The whole instruction is in view");
        }
    }

    /// Shows the answers as they are written, or laid out again.
    pub(in crate::tui) fn toggle_as_written(&mut self) {
        self.screen.as_written = !self.screen.as_written;
        let key = self.desk.key_in(Layer::Answers, Action::AsWritten);
        let said = if self.screen.as_written {
            format!("Answers as they are written; {key} lays them out again")
        } else {
            format!("Answers laid out; {key} shows them as they are written")
        };
        self.say(Tone::Calm, said);
    }

    /// Says all in words, or draws it again.
    pub(in crate::tui) fn toggle_plain(&mut self) {
        let plain = !self.desk.theme.plain;
        self.desk.set_plain(plain);
        self.screen.as_written = plain;
        let said = if plain {
            "Plain: one pane at a time, in words; :plain draws the panes again"
        } else {
            "The panes are drawn; :plain says all in words"
        };
        self.say(Tone::Calm, said);
    }

    fn copy(&mut self) {
        if self.is_selecting() {
            return self.copy_passage();
        }
        let (text, what) = match (self.screen.focus, &self.in_view.record.state) {
            (Focus::Gold, _) => {
                let selected = self.in_view.gold.editor.selection();
                if selected.is_empty() {
                    (self.in_view.gold.editor.text(), "gold response")
                } else {
                    (selected, "selection")
                }
            }
            (Focus::Answers, _) if !self.in_view.answers.is_empty() => {
                match self.texts().get(self.in_view.answers.focus()) {
                    Some(text) => ((*text).to_owned(), "answer"),
                    None => return self.say_no_answer(),
                }
            }
            (_, RecordState::Ready(view)) => {
                let Some(id) = self.in_view.record.timeline.selected_event() else {
                    self.say(Tone::Alert, "Go to an event or a note to copy it");
                    return;
                };
                event_text(&view.record, id)
            }
            _ => {
                self.say(Tone::Alert, "There is nothing here to copy");
                return;
            }
        };
        self.desk.effects.push(Effect::Copy { text, what });
    }
}
