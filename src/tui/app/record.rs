//! The record in view: taken when it was read, and what hangs on it.
//!
//! In: records and what was found in them, from the thread that reads. Out: the timeline, the map, find's places. What comes for
//! another case than the one in view is dropped.

use std::sync::Arc;

use super::{App, Effect, RecordState};
use crate::record::{AsOf, EventId, Time};
use crate::search::ground::Grounded;
use crate::tui::matches::asked_at;
use crate::tui::panes::timeline::Timeline;
use crate::tui::record_view::RecordView;
use crate::tui::widgets::map::Map;

impl App {
    /// Takes a record that was read, if it is still the one wanted.
    pub(crate) fn take_record(&mut self, case: usize, result: Result<Arc<RecordView>, String>) {
        if case == self.in_view.case && self.in_view.visit.is_none() {
            self.show_record(result);
        }
    }

    /// Takes the record to look at beside the case, if it is still the one wanted.
    pub(crate) fn take_visit(
        &mut self,
        person: &str,
        result: Result<Arc<RecordView>, String>,
        mut best: Vec<EventId>,
    ) {
        let Some(visit) = self.in_view.visit.as_ref().filter(|v| v.person == person) else {
            return;
        };
        let looked = visit.looked.is_some();
        self.show_record(result);
        if looked {
            let (hidden, record) = (
                self.in_view.record.timeline.hidden_from(),
                self.view().cloned(),
            );
            let is_later = |e: &EventId| match (hidden, &record) {
                (Some(as_of), Some(view)) => as_of.is_later(&view.record, view.record.event(*e)),
                _ => false,
            };
            best.retain(|e| !is_later(e));
            if let Some(looked) = self.in_view.visit.as_mut().and_then(|v| v.looked.as_mut()) {
                looked.passages = best;
            }
            self.step_passage(0);
        }
    }

    fn show_record(&mut self, result: Result<Arc<RecordView>, String>) {
        if matches!(self.in_view.record.state, RecordState::Ready(_)) {
            return;
        }
        let view = match result {
            Ok(view) => view,
            Err(message) => {
                self.in_view.record.state = RecordState::Failed(message);
                return;
            }
        };
        let area = self.screen.frame.timeline;
        let visiting = self.in_view.visit.is_some();
        let as_of = self.moment_in_question().map(AsOf::new);
        let size = (area.width, area.height);
        self.in_view.record.timeline =
            Timeline::of(&view.record, as_of, self.screen.hides_later, size);
        self.in_view.record.map_width = self.screen.frame.map.width.saturating_sub(2);
        self.in_view.record.map = Map::of(&view.record, self.in_view.record.map_width);
        if let Some(filter) = self.in_view.filter_after_visit.take_if(|_| !visiting) {
            self.in_view
                .record
                .timeline
                .set_filter(&view.record, filter);
        }
        if let Some(place) = self.desk.memory.places.get(&self.place_name())
            && !visiting
        {
            place.restore(&mut self.in_view.record.timeline, &view.record);
        }
        self.in_view.record.state = RecordState::Ready(view);
        self.search_again();
        self.want_ground();
        if !visiting {
            self.desk.effects.push(Effect::Places {
                case: self.in_view.case,
            });
        }
        self.carry_jump();
        self.say_what_gave_way();
    }

    /// When the instruction was asked that the record in view is read for.
    fn moment_in_question(&self) -> Option<Time> {
        match &self.in_view.visit {
            // A proposed record is read for the instruction that it is proposed for, whatever case is in view.
            Some(visit) if visit.looked.is_some() => {
                let row = visit.looked.as_ref()?.row;
                let (instruction, person) = self.pair(row)?;
                asked_at(&self.desk.dataset, &instruction, Some(&person))
            }
            Some(visit) if visit.stranger => None,
            // The patient's own record keeps its moment, however it was opened.
            _ => self.case().as_of,
        }
    }

    /// Asks for the grounding of the case in view, where it is wanted and not there.
    pub(crate) fn want_ground(&mut self) {
        let there = self.view().is_some() && self.in_view.visit.is_none();
        if self.screen.grounding && self.in_view.record.grounded.is_empty() && there {
            self.desk.effects.push(Effect::Ground {
                case: self.in_view.case,
            });
        }
    }

    /// Takes which claims of the answers the record holds, if it is still the record in view.
    pub(crate) fn take_ground(&mut self, case: usize, grounded: Vec<Vec<Grounded>>) {
        if case == self.in_view.case && self.in_view.visit.is_none() {
            self.in_view.record.grounded = grounded;
        }
    }

    /// Looks for the pattern again in the case that is now in view.
    pub(crate) fn search_again(&mut self) {
        let case = &self.desk.dataset.cases()[self.in_view.case];
        let texts = self.in_view.texts(case);
        let as_of = self.in_view.record.timeline.hidden_from();
        let record = match &self.in_view.record.state {
            RecordState::Ready(view) => Some((&view.record, as_of)),
            RecordState::Reading | RecordState::Failed(_) => None,
        };
        let question = match &self.in_view.visit {
            Some(visit) => &visit.text,
            None => &case.question,
        };
        self.looking.find.search(record, question, &texts);
        if let Some((record, _)) = record {
            self.looking.find.mark_map(record, &self.in_view.record.map);
        }
    }
}
