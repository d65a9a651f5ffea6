//! Going through what was found: from place to place, the claims of an answer in the record, the grounding view.
//!
//! In: actions. Out: places of the record in view, words about what is not there.

use std::sync::Arc;

use crate::search::claim;
use crate::search::find::{Field, Finder};
use crate::tui::action::Action;
use crate::tui::app::{App, RecordState, Tone};
use crate::tui::layout::Focus;

impl App {
    /// Puts the timeline back to where it was when find was opened.
    pub(in crate::tui) fn back_to_origin(&mut self) {
        if let (Some((place, filter)), RecordState::Ready(view)) =
            (&self.looking.find.origin, &self.in_view.record.state)
        {
            self.in_view
                .record
                .timeline
                .set_filter(&view.record, filter.clone());
            place.restore(&mut self.in_view.record.timeline, &view.record);
        }
    }

    /// Goes to a place found in the record; the pane in focus keeps it.
    pub(in crate::tui) fn go_to_hit(&mut self, i: usize) {
        let (Some(hit), RecordState::Ready(view)) = (
            self.looking.find.record.all.get(i).copied(),
            &self.in_view.record.state,
        ) else {
            return;
        };
        let view = Arc::clone(view);
        self.looking.find.at = Some(i);
        if hit.field == Field::Value {
            self.in_view
                .record
                .timeline
                .show_text(&view.record, hit.event, hit.start as usize);
        } else {
            self.in_view.record.timeline.show(&view.record, hit.event);
        }
    }

    pub(super) fn find_step(&mut self, forward: bool) {
        if !self.looking.find.is_active() {
            self.say(
                Tone::Calm,
                format!(
                    "Nothing is being looked for: {} starts",
                    self.desk.key_of(Action::Find)
                ),
            );
            return;
        }
        match self
            .looking
            .find
            .step(forward, self.in_view.record.timeline.selected_event())
        {
            Some(i) => {
                self.go_to_hit(i);
                if self.screen.frame.hints.y == self.screen.frame.message.y {
                    // A low screen has no row that always says where the search stands.
                    self.say(Tone::Calm, self.looking.find.summary(self.desk.theme.dot()));
                }
                let hidden = self.screen.frame.timeline.is_empty();
                if hidden && !self.screen.frame.wide {
                    self.screen.focus = Focus::Timeline;
                }
            }
            None => self.say(Tone::Calm, self.looking.find.summary(self.desk.theme.dot())),
        }
    }

    /// Begins a selection of words of the answer in focus, or ends it.
    pub(super) fn select_words(&mut self) {
        let texts = self
            .in_view
            .texts(&self.desk.dataset.cases()[self.in_view.case]);
        let Some(text) = texts.get(self.in_view.answers.focus()) else {
            return;
        };
        let open = self.in_view.answers.toggle_selection(text);
        let (word, find) = (
            self.desk.key_of(Action::NextWord),
            self.desk.key_of(Action::FindWord),
        );
        let said = if open {
            format!("Selecting: {word} takes in the next word, {find} finds the selection")
        } else {
            "The selection is ended".to_owned()
        };
        self.say(Tone::Calm, said);
    }

    /// Goes to the next word of the answer in focus, or to the one before.
    pub(super) fn step_word_of_answer(&mut self, forward: bool) {
        let texts = self
            .in_view
            .texts(&self.desk.dataset.cases()[self.in_view.case]);
        if let Some(text) = texts.get(self.in_view.answers.focus()) {
            self.in_view.answers.step_word(text, forward);
        }
    }

    /// Goes to the next number, date or drug of the answer in focus, or to the one before.
    pub(super) fn step_claim(&mut self, forward: bool) {
        let texts = self
            .in_view
            .texts(&self.desk.dataset.cases()[self.in_view.case]);
        let Some(text) = texts.get(self.in_view.answers.focus()) else {
            return;
        };
        let places = claim::places(text);
        if self.in_view.answers.step_to(text, &places, forward) {
            return;
        }
        let where_ = if forward { "behind" } else { "before" };
        self.say(
            Tone::Calm,
            format!("There is no number, date or drug {where_} this"),
        );
    }

    /// Finds the claim in focus of an answer in the record, in any notation, while the answer stays in view.
    pub(super) fn find_word(&mut self) {
        let texts = self.texts();
        let Some(text) = texts.get(self.in_view.answers.focus()).copied() else {
            return;
        };
        let Some(range) = self.in_view.answers.word(text) else {
            let word = self.desk.key_of(Action::NextWord);
            self.say(
                Tone::Calm,
                format!("{word} puts the cursor on a word of the answer; then this finds it in the record"),
            );
            return;
        };
        let selected = self.in_view.answers.is_selecting();
        let claim = claim::claim_at(text, range.start).filter(|_| !selected);
        let (words, finder) = match claim {
            Some((range, claim)) => (text[range].to_owned(), claim.finder()),
            None => (
                text[range.clone()].to_owned(),
                Finder::new(&text[range].to_lowercase(), false),
            ),
        };
        let Ok(finder) = finder else { return };
        self.looking.find.set_finder(&words, finder);
        self.search_again();
        match self.looking.find.first_from(None) {
            Some(i) => {
                self.go_to_hit(i);
                self.say(Tone::Calm, self.looking.find.summary(self.desk.theme.dot()));
            }
            None => self.say(
                Tone::Alert,
                format!(
                    "\u{201c}{}\u{201d} is not in the record, in any notation",
                    crate::text::safe(&words)
                ),
            ),
        }
    }

    /// Turns the grounding view on or off.
    pub(super) fn toggle_grounding(&mut self) {
        if self.screen.grounding {
            self.screen.grounding = false;
            self.say(Tone::Calm, "Grounding is off");
            return;
        }
        if self.view().is_none() || self.in_view.order.is_empty() {
            self.say(Tone::Alert, "Grounding needs a record and answers");
            return;
        }
        self.screen.grounding = true;
        self.want_ground();
        let (yes, no) = self.desk.theme.grounded();
        self.say(
            Tone::Calm,
            format!(
                "{yes} underlined: in the record, with its name; {no} reversed: not. No verdict"
            ),
        );
    }
}
