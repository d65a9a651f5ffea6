//! From case to case: what is opened, where things were, how long it was in view.
//!
//! In: a case and which reading of it. Out: the panes set up for it, and the wish for its record.

use std::collections::HashMap;

use super::{App, Effect, InView, Tone};
use crate::review::Pass;
use crate::review::plan::Step;
use crate::tui::adjudication::Adjudication;
use crate::tui::find::Find;
use crate::tui::layout::Focus;
use crate::tui::panes::timeline::TimelineLine;
use crate::tui::resume::CasePlace;
use crate::tui::visit::Visit;

impl App {
    /// Where things are now.
    pub(crate) fn place(&self) -> CasePlace {
        let (encounters, notes) = self.in_view.record.timeline.folds();
        let line = self.in_view.record.timeline.selected().map(|l| match l {
            TimelineLine::Encounter(e) => ('c', e.0, 0),
            TimelineLine::Day(e) => ('d', e.0, 0),
            TimelineLine::Event(e) => ('e', e.0, 0),
            TimelineLine::Text(e, row) => ('t', e.0, row),
            TimelineLine::AsOf(within) => ('a', within.map_or(0, |e| e.0.wrapping_add(1)), 0),
        });
        CasePlace {
            focus: self.screen.focus,
            zoom: self.screen.zoom,
            encounters: encounters.into_iter().map(|e| e.0).collect(),
            notes: notes.into_iter().map(|e| e.0).collect(),
            line,
            top: self.in_view.record.timeline.top(),
            answer: self.in_view.answers.focus(),
            scrolls: self.in_view.answers.scrolls(),
        }
    }

    /// Opens a case, remembering where things were in the one before.
    pub(crate) fn open_case(&mut self, case: usize) {
        let pass = self.usual_pass();
        self.open_step(Step { case, pass });
    }

    /// The same for any reading of a case.
    pub(crate) fn open_step(&mut self, step: Step) {
        let here = step == self.step() && self.in_view.visit.is_none();
        if !here && step.case < self.desk.dataset.cases().len() {
            self.change_to(step);
        }
    }

    /// Opens a case, be it the one that is open.
    pub(in crate::tui) fn change_to(&mut self, step: Step) {
        self.save_draft();
        self.remember_place();
        let spent = self.desk.memory.spent.entry(self.step()).or_default();
        *spent += self.in_view.opened.elapsed();
        self.enter(step);
        self.desk.effects.push(Effect::SavePlace);
    }

    pub(super) fn enter(&mut self, step: Step) {
        let case = step.case;
        self.in_view = InView::of(&self.desk, step);
        self.close_all();
        // What was looked for belongs to the case before.
        self.looking.find = Find::default();
        let decided = |a: &Adjudication| a.is_decided(case);
        if self.desk.adjudication.as_ref().is_some_and(decided) && !self.hides_others(case) {
            self.say(
                Tone::Alert,
                "Somebody else has decided this case; what you submit takes its place",
            );
        }
        self.note_names();
        self.open_others();
        if let Some(place) = self.desk.memory.places.get(&self.place_name()) {
            self.screen.zoom = place.zoom;
            self.in_view.gold_beside = place.focus == Focus::Gold;
            // A key on the way through the cases must not get into a text.
            self.screen.focus = match place.focus {
                Focus::Gold => Focus::Timeline,
                focus => focus,
            };
        }
        if self.in_view.answers.is_empty() {
            self.screen.focus = Focus::Timeline;
        }
        self.fit();
        if let Some(place) = self.desk.memory.places.get(&self.place_name()).cloned() {
            let texts = self.in_view.texts(&self.desk.dataset.cases()[case]);
            self.in_view
                .answers
                .restore(place.answer, &place.scrolls, &texts);
        }
        self.say_what_was_typed();
        let next = self.neighbour(true).map(|s| s.case);
        self.desk.effects.push(Effect::Load { case, next });
    }

    /// Shows another record beside the case.
    pub(in crate::tui) fn look_beside(&mut self, visit: Visit) {
        self.in_view = self.in_view.beside(visit);
        self.close_all();
    }

    /// Closes what was open over the record before: another one comes into view.
    fn close_all(&mut self) {
        self.screen.overlay = None;
        self.keys.pending.clear();
        self.looking.find.forget_places();
    }

    /// Remembers where things are in the case in view.
    pub(crate) fn remember_place(&mut self) {
        // A case whose record has not come keeps what was remembered before, if anything was.
        if self.view().is_none() || self.in_view.visit.is_some() {
            return;
        }
        let mut place = self.place();
        // A filter is not remembered, nor what it unfolded.
        if let Some(before) = self.in_view.record.timeline.unfolded_before() {
            place.encounters = before.into_iter().map(|e| e.0).collect();
        }
        self.desk.memory.places.insert(self.place_name(), place);
    }

    /// What the place of the reading in view is remembered under.
    pub(super) fn place_name(&self) -> String {
        match self.in_view.pass {
            Pass::First => self.key().to_string(),
            pass => format!("{} ({pass})", self.key()),
        }
    }

    /// Where things are in every case that was visited.
    pub(crate) fn places(&self) -> &HashMap<String, CasePlace> {
        &self.desk.memory.places
    }

    /// Time spent on the case in view in this session.
    pub(crate) fn seconds_spent(&self) -> u64 {
        let before = self
            .desk
            .memory
            .spent
            .get(&self.step())
            .copied()
            .unwrap_or_default();
        (before + self.in_view.opened.elapsed()).as_secs()
    }
}
