//! Looking at a record beside the case, and going back.
//!
//! In: a patient. Out: the record in view, the answers out of it. What belongs to the case is left as it is.

use crate::tui::action::Action;
use crate::tui::app::{App, Effect, Tone};
use crate::tui::layout::Focus;
use crate::tui::matches::MatchRow;
use crate::tui::overlays::{matches, search};
use crate::tui::visit::Visit;

impl App {
    /// Shows a record beside the case.
    pub(super) fn start_visit(&mut self, mut visit: Visit) {
        self.save_draft();
        // From one record beside the case to the next, the filter stays that of the case.
        visit.filter = match &self.in_view.visit {
            Some(before) => before.filter.clone(),
            None => self.in_view.record.timeline.filter().clone(),
        };
        self.remember_place();
        self.screen.focus = Focus::Timeline;
        let person = visit.person.clone();
        let ask = visit.looked.as_ref().map(|_| visit.text.clone());
        self.look_beside(visit);
        self.desk.effects.push(Effect::Visit { person, ask });
        self.fit();
    }

    /// Goes back to the case, and to what the record was opened from.
    pub(super) fn leave_visit(&mut self) {
        let Some(visit) = self.in_view.visit.take() else {
            return;
        };
        self.looking.jump = None;
        self.change_to(self.step());
        self.in_view.filter_after_visit = Some(visit.filter);
        if visit.looked.is_some() {
            matches::open(self);
        } else {
            search::open(self);
        }
    }

    /// Says why an action is refused while a record is looked at beside the case.
    pub(super) fn refuse_beside(&mut self) {
        let back = self.desk.key_of(Action::Back);
        let case = self.in_view.case + 1;
        self.say(
            Tone::Alert,
            format!("This is not the record of case {case}: {back} goes back to it first"),
        );
    }

    /// Which candidate is looked at, its label, and at which passage the screen stands.
    pub(crate) fn about_candidate(&self) -> Option<String> {
        let looked = self.in_view.visit.as_ref()?.looked.as_ref()?;
        let proposals = self.looking.matches.proposals.as_ref()?;
        let dot = self.desk.theme.dot();
        let which = match looked.row {
            MatchRow::Candidate(ask, i) => {
                format!(
                    "candidate {} of {}",
                    i + 1,
                    proposals.candidates.get(ask)?.len()
                )
            }
            MatchRow::Missed(ask, i) => {
                let rank = proposals.missed.get(ask)?.get(i)?.rank;
                format!("gold record, rank {rank}")
            }
            MatchRow::Ask(_) => return None,
        };
        let (instruction, person) = self.pair(looked.row)?;
        let label = self.looking.matches.label(&instruction, &person).words();
        let passage = match looked.passages.len() {
            0 => String::new(),
            n => format!(" {dot} passage {} of {n}", looked.at + 1),
        };
        Some(format!("{which} {dot} {label}{passage}"))
    }

    /// What says, always in view, that the record is not the case's; `None` where it is.
    pub(crate) fn beside(&self) -> Option<String> {
        let visit = self.in_view.visit.as_ref()?;
        let back = self.desk.key_of(Action::Back);
        let case = self.in_view.case + 1;
        Some(if visit.stranger {
            let person = &visit.person;
            // What must not be missed comes first: a narrow screen cuts the rest off.
            format!("NOT the patient of case {case}: this is {person}. Read only; {back} goes back")
        } else {
            format!("The same patient as case {case}, beside it. Read only; {back} goes back")
        })
    }
}
