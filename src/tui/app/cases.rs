//! From case to case: what is opened, where things were, how long it was in view.
//!
//! In: a case and which reading of it. Out: the panes set up for it, and the wish for its record.

use std::collections::HashMap;
use std::time::Instant;

use super::{App, Effect, RecordState, Tone};
use crate::review::plan::Step;
use crate::review::{Pass, blind};
use crate::tui::adjudication::Adjudication;
use crate::tui::layout::Focus;
use crate::tui::panes::answers::Answers;
use crate::tui::panes::timeline::Timeline;
use crate::tui::pins::Pins;
use crate::tui::resume::Place;
use crate::tui::widgets::map::Map;

impl App {
    /// Opens a case, remembering where things were in the one before.
    pub fn open_case(&mut self, case: usize) {
        let pass = self.usual_pass();
        self.open_step(Step { case, pass });
    }

    /// The same for any reading of a case.
    pub fn open_step(&mut self, step: Step) {
        let here = step == self.step() && self.visit.is_none();
        if !here && step.case < self.dataset.cases().len() {
            self.change_to(step);
        }
    }

    /// Opens a case, be it the one that is open.
    pub(in crate::tui) fn change_to(&mut self, step: Step) {
        self.save_draft();
        self.remember_place();
        let spent = self.spent.entry(self.step()).or_default();
        *spent += self.opened.elapsed();
        self.enter(step);
        self.effects.push(Effect::SavePlace);
    }

    pub(super) fn enter(&mut self, step: Step) {
        let Step { case, pass } = step;
        self.case = case;
        self.pass = pass;
        let decided = |a: &Adjudication| a.is_decided(case);
        if self.adjudication.as_ref().is_some_and(decided) && !self.hides_others(case) {
            self.say(
                Tone::Alert,
                "Somebody else has decided this case; what you submit takes its place",
            );
        }
        self.opened = Instant::now();
        self.visit = None;
        self.filter_after_visit = None;
        self.clear_record();
        self.note_names();
        self.open_others();
        let models: Vec<&str> = self
            .case()
            .responses
            .iter()
            .map(|r| r.model.as_str())
            .collect();
        self.order = blind::order(
            pass.seed(self.seed),
            &self.reviewer,
            &self.case().instruction_id,
            &models,
        );
        let names_a_model = |&i: &usize| {
            let text = &self.case().responses[i].text;
            self.names.find(text).is_some()
        };
        self.naming = self.order.iter().map(names_a_model).collect();
        self.answers = Answers::of(self.order.len(), 0, 0);
        self.read_gold();
        self.gold_beside = false;
        if let Some(place) = self.places.get(&self.place_name()) {
            self.zoom = place.zoom;
            self.gold_beside = place.focus == Focus::Gold;
            // A key on the way through the cases must not get into a text.
            self.focus = match place.focus {
                Focus::Gold => Focus::Timeline,
                focus => focus,
            };
        }
        if self.order.is_empty() {
            self.focus = Focus::Timeline;
        }
        self.fit();
        if let Some(place) = self.places.get(&self.place_name()).cloned() {
            let texts: Vec<String> = self.texts().iter().map(|t| (*t).to_owned()).collect();
            let texts: Vec<&str> = texts.iter().map(String::as_str).collect();
            self.answers.restore(place.answer, &place.scrolls, &texts);
        }
        self.say_what_was_typed();
        let next = self.neighbour(true).map(|s| s.case);
        self.effects.push(Effect::Load { case, next });
    }

    /// Forgets the record in view and what hangs on it.
    pub(in crate::tui) fn clear_record(&mut self) {
        self.overlay = None;
        self.pending.clear();
        self.find.forget_places();
        self.grounded.clear();
        self.pins = Pins::default();
        self.selection = None;
        self.instruction = (Vec::new(), (0, 0));
        self.instruction_top = 0;
        self.record = RecordState::Reading;
        self.timeline = Timeline::default();
        self.map = Map::default();
    }

    /// Remembers where things are in the case in view.
    pub fn remember_place(&mut self) {
        // A case whose record has not come keeps what was remembered before, if anything was.
        if self.view().is_none() || self.visit.is_some() {
            return;
        }
        let place = Place::of(self);
        self.places.insert(self.place_name(), place);
    }

    /// What the place of the reading in view is remembered under.
    pub(super) fn place_name(&self) -> String {
        match self.pass {
            Pass::First => self.key().to_string(),
            pass => format!("{} ({pass})", self.key()),
        }
    }

    /// Where things are in every case that was visited.
    pub fn places(&self) -> &HashMap<String, Place> {
        &self.places
    }

    /// Time spent on the case in view in this session.
    pub fn seconds_spent(&self) -> u64 {
        let before = self.spent.get(&self.step()).copied().unwrap_or_default();
        (before + self.opened.elapsed()).as_secs()
    }
}
