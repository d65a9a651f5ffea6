//! What keys do: key → layers → action → a change of the state.
//!
//! In: keys, pastes, sizes. Out: changed state, acts in the review file, effects for the runner. It never draws.

mod adjudicate;
mod ask_first;
mod dispatch;
mod found;
pub mod gold;
mod judge;
mod labels;
mod later;
mod leaving;
mod moves;
mod passage;
mod pin;
mod ranked;
mod slips;
mod together;
mod typing;
mod undo;
mod visit;

use crate::tui::action::{self, Action, Layer};
use crate::tui::app::{App, Effect, RecordState, Tone};
use crate::tui::keymap::Lookup;
use crate::tui::layout::Focus;
use crate::tui::overlays::confirm::{Confirm, Question};
use crate::tui::queue::CaseFilter;
use crate::tui::record_view::event_text;
use crate::tui::terminal::{Code, Key};
use crate::tui::update::moves::Go;

impl App {
    /// Takes a key.
    pub fn press(&mut self, key: Key) {
        if self.frame.too_small && !self.takes_text() {
            // Nothing is visible, so nothing but leaving may happen.
            if let Lookup::Action(Action::Quit | Action::Back) =
                self.keymap.lookup(&[Layer::Global], &[key])
            {
                self.run(Action::Quit);
            }
            return;
        }
        self.pending.push(key);
        let layers = self.layers();
        self.note_key(key, &layers);
        match self.keymap.lookup(&layers, &self.pending) {
            Lookup::Action(action) => {
                self.pending.clear();
                self.leaves_again = std::mem::take(&mut self.said_how_to_leave);
                if !self.slips(&layers, action) {
                    self.clear_message(action);
                    self.run(action);
                }
            }
            Lookup::Prefix(_) => {}
            // A begun sequence is left as everything else is.
            Lookup::None if self.pending.len() > 1 && key == Key::plain(Code::Esc) => {
                self.pending.clear();
            }
            // What may follow does not always fit on the hint line, which points here.
            Lookup::None
                if self.pending.len() > 1
                    && self.keymap.lookup(&layers, &[key]) == Lookup::Action(Action::Help) =>
            {
                self.pending.clear();
                self.run(Action::Help);
            }
            Lookup::None => {
                self.said_how_to_leave = false;
                let typed = std::mem::take(&mut self.pending);
                if typed.len() == 1 && self.takes_text() {
                    // What was said of the text before is no longer true; an alert stays until a command.
                    if matches!(self.message, Some((Tone::Calm, _))) {
                        self.message = None;
                    }
                    let over = self.write_over(|overlay| overlay.type_key(key));
                    if !over && self.gold.editor.key(key) {
                        self.gold.touched();
                    }
                } else if self.asks() {
                    self.message = None;
                    self.overlay = None;
                } else if typed.len() > 1 {
                    let keys = crate::tui::keymap::print_sequence(&typed);
                    self.say(
                        Tone::Alert,
                        format!(
                            "{keys} is bound to nothing; {} shows all keys",
                            self.key_of(Action::Help)
                        ),
                    );
                } else {
                    self.message = None;
                    self.unbound(&typed);
                }
            }
        }
        self.say_what_gave_way();
        self.fit();
    }

    /// Takes pasted text; outside text entry it is refused, so that a stray paste marks nothing.
    pub fn paste(&mut self, text: &str) {
        if self.is_writing() {
            self.gold.editor.paste(text);
            self.gold.touched();
        } else if !self.write_over(|overlay| overlay.editor().is_some_and(|e| e.paste(text))) {
            self.say(
                Tone::Alert,
                "A paste was ignored: no text is being typed here",
            );
        }
        self.fit();
    }

    /// The key of an action in a layer, or its name where no key is bound there.
    pub(in crate::tui) fn key_in(&self, layer: Layer, action: Action) -> String {
        let mut keys = self.keymap.keys(layer, action).into_iter();
        keys.next()
            .unwrap_or_else(|| format!(":{}", action::of(action).name))
    }

    /// The key of an action as it is written, or its name where no key is bound.
    pub fn key_of(&self, action: Action) -> String {
        let entry = action::of(action);
        self.keymap
            .key(entry.layers, action)
            .unwrap_or_else(|| format!(":{}", entry.name))
    }

    /// Scrolls by the mouse's wheel.
    pub fn wheel(&mut self, lines: isize) {
        let action = if lines > 0 { Action::Down } else { Action::Up };
        for _ in 0..lines.unsigned_abs() {
            if !self.act_over(action) {
                self.go_in_pane(if lines > 0 { Go::Down } else { Go::Up });
            }
        }
        self.fit();
    }

    fn toggle_zoom(&mut self) {
        if self.frame.wide {
            self.zoom = !self.zoom;
        } else {
            self.say(Tone::Calm, "One pane is shown at a time at this width");
        }
    }

    fn repaint(&mut self) {
        self.effects.push(Effect::Repaint);
    }

    fn suspend(&mut self) {
        self.keep_open_work();
        self.effects.push(Effect::Suspend);
    }

    fn cancel(&mut self) {
        if !self.close_one() {
            self.say_that_nothing_is_open();
        }
    }

    fn next_pane(&mut self) {
        let answers = !self.order.is_empty();
        // Marks must not be typed into a text: the gold response has a key of its own.
        let next = match self.focus {
            Focus::Timeline if answers => Focus::Answers,
            Focus::Timeline => {
                let key = self.key_of(Action::Gold);
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
        let which = match &self.case_filter {
            CaseFilter::All => String::new(),
            CaseFilter::Queue => " of your queue".to_owned(),
            CaseFilter::Category(_) => " of this category".to_owned(),
            filter => format!(" among the {} ones", filter.name()),
        };
        let end = if forward { "last" } else { "first" };
        let cases = self.key_of(Action::Cases);
        self.say(
            Tone::Calm,
            format!("This is the {end} case{which}; {cases} lists them"),
        );
    }

    /// Says that what lies over the panes has to be closed first.
    pub(in crate::tui) fn close_first(&mut self) {
        let back = self.key_of(Action::Back);
        self.say(Tone::Calm, format!("{back} closes this first"));
    }

    /// Closes what was opened last of what is no overlay; says whether there was something.
    fn close_one(&mut self) -> bool {
        if self.is_selecting() {
            self.selection = None;
        } else if self.visit.is_some() {
            self.leave_visit();
        } else if self.focus == Focus::Gold {
            self.leave_gold();
        } else if self.find.is_active() {
            self.find.set("", self.find.regex);
            self.find.forget_places();
        } else if self.zoom && self.frame.wide {
            self.zoom = false;
        } else {
            return false;
        }
        true
    }

    fn retry_save(&mut self) {
        if self.log.unsaved() == 0 {
            self.say(Tone::Calm, "Everything is saved");
            return;
        }
        match self.log.retry() {
            Ok(saved) => {
                self.saved_at = Some(self.wall_clock(saved.time));
                // What was mended on the way stands among the notices, and does not hold up leaving.
                let mended = self.log.take_notices();
                self.notices.extend(mended);
                // There is nothing left to ask.
                let asked = self.over::<Confirm>().map(|c| &c.question);
                if asked == Some(&Question::LeaveUnsaved) {
                    self.overlay = None;
                }
                self.say(Tone::Calm, "Everything is saved now");
            }
            Err(error) => self.say(Tone::Alert, format!("Still NOT SAVED: {error}")),
        }
    }

    fn scroll_instruction(&mut self, by: isize) {
        let visible = usize::from(self.frame.instruction.height);
        let last = self.instruction.0.len().saturating_sub(visible);
        self.instruction_top = self.instruction_top.saturating_add_signed(by).min(last);
        if last == 0 {
            self.say(Tone::Calm, "The whole instruction is in view");
        }
    }

    fn copy(&mut self) {
        if self.is_selecting() {
            return self.copy_passage();
        }
        let (text, what) = match (self.focus, &self.record) {
            (Focus::Gold, _) => {
                let selected = self.gold.editor.selection();
                if selected.is_empty() {
                    (self.gold.editor.text(), "gold response")
                } else {
                    (selected, "selection")
                }
            }
            (Focus::Answers, _) if !self.order.is_empty() => (
                self.texts()
                    .get(self.answers.focus())
                    .map_or(String::new(), |t| (*t).to_owned()),
                "answer",
            ),
            (_, RecordState::Ready(view)) => {
                let Some(id) = self.timeline.selected_event() else {
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
        self.effects.push(Effect::Copy { text, what });
    }
}
