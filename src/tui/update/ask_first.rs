//! What is asked before a reading is gone on with: that the plan does not give it, that others' marks will be seen.
//!
//! In: the plan's readings, what the reviewer saw and submitted, an action. Out: a question, and once it is confirmed the act that
//! tells such a reading from others. Never: another's mark before that act is on the disk.

use crate::dataset::CaseKey;
use crate::review::plan::Step;
use crate::review::{Act, Pass, Scope, adjudicate};
use crate::tui::action::{self, Action, Reach};
use crate::tui::app::{App, Effect, Tone};
use crate::tui::layout::Focus;
use crate::tui::overlays::confirm::Question;

/// Whether an act belongs to the reading that it is made in.
fn is_of_reading(act: &Act) -> bool {
    let apart = matches!(
        act,
        Act::Category { .. }
            | Act::Relevance { .. }
            | Act::SeeGold {}
            | Act::SeeOthers {}
            | Act::SeeContext {}
            | Act::OutsidePlan {}
            | Act::Unblind { .. }
    );
    act.needs_case() && !apart
}

impl App {
    /// Whether there is a plan that does not give the reviewer this reading.
    fn is_outside(&self, step: Step) -> bool {
        let plan = self.desk.plan.all.as_ref().filter(|_| !self.adjudicates());
        plan.is_some_and(|plan| !plan.contains(&step))
    }

    /// Asks before the first act that says something of the case in view, where something has to be asked; says whether it did.
    pub(super) fn asks_before(&mut self, action: Action) -> bool {
        let in_focus = self.screen.overlay.is_none() && self.screen.focus == Focus::Answers;
        let says = match action::of(action).reach {
            Reach::Speaks => true,
            // Marks that nothing takes here are refused, not asked about.
            Reach::Marks => in_focus,
            Reach::Beside | Reach::Case => false,
        };
        if !says || self.in_view.visit.is_some() {
            return false;
        }
        if self.is_covered() {
            self.ask_others();
            return true;
        }
        if !self.is_outside(self.step()) || self.review().outside_plan {
            return false;
        }
        let again = self.screen.overlay.is_none() && self.in_view.record.selection.is_none();
        self.in_view.record.selection = None;
        let lines = vec![
            "The plan does not give you this reading; it may be somebody else's, or your own instruction.".to_owned(),
            "What you say of it is marked so, in reports and exports too.".to_owned(),
            format!("{} opens the next case of your queue.", self.desk.key_of(Action::NextCase)),
        ];
        let question = Question::OutsidePlan(again.then_some(action));
        self.ask(question, lines);
        true
    }

    /// Goes on outside of the plan, with the action that asked.
    pub(in crate::tui) fn go_on_outside(&mut self, action: Option<Action>) {
        if !self.act(Some(&self.key()), Act::OutsidePlan {}) {
            return;
        }
        self.say(Tone::Calm, "Noted: outside of your plan");
        if let Some(action) = action {
            self.fit();
            self.run(action);
        }
    }

    /// Notes that a reading is outside of the plan before an act of it, if nothing asked before.
    pub(in crate::tui) fn note_outside(&mut self, pass: Pass, case: Option<&CaseKey>, act: &Act) {
        let Some(key) = case.filter(|_| is_of_reading(act)) else {
            return;
        };
        let there = self
            .desk
            .dataset
            .cases()
            .iter()
            .position(|c| c.key() == *key);
        let outside = there.is_some_and(|case| self.is_outside(Step { case, pass }));
        if outside && !self.desk.log.ledger().reading(pass, key).outside_plan {
            // A failure stays in memory with the act that follows, whose failure is said.
            let _ = self
                .desk
                .log
                .append_in(pass, Some(key), Act::OutsidePlan {});
        }
    }

    /// Whether what others marked in a case is kept from a reviewer who has still to read it.
    pub(crate) fn hides_others(&self, case: usize) -> bool {
        let unread = adjudicate::Unread {
            cases: self.desk.dataset.cases(),
            plan: self.desk.plan.all.as_deref(),
            own: self.desk.log.ledger(),
        };
        self.adjudicates() && unread.hides(case)
    }

    /// Whether that holds of the case in view.
    pub(in crate::tui) fn is_covered(&self) -> bool {
        self.hides_others(self.in_view.case)
    }

    /// Shows what others marked in the case in view, or asks first.
    pub(in crate::tui) fn open_others(&mut self) {
        if !self.adjudicates() {
            return;
        }
        if self.is_covered() {
            self.cover_others();
            self.ask_others();
        } else {
            self.show_others();
        }
    }

    /// Asks whether to show what others marked.
    pub(in crate::tui) fn ask_others(&mut self) {
        let lines = vec![
            "You have still to read this case, and here is what others marked.".to_owned(),
            "A first reading of yours after that is left out of agreement, by name.".to_owned(),
            "`medalign review` lets you read it first.".to_owned(),
        ];
        self.ask(Question::SeeOthers, lines);
    }

    /// Shows what others marked in the case in view, once the review file notes it.
    pub(in crate::tui) fn show_others(&mut self) {
        let key = self.key();
        let case = &self.desk.dataset.cases()[self.in_view.case];
        let anything = self
            .desk
            .adjudication
            .as_ref()
            .is_some_and(|a| a.readers(self.in_view.case) > 0);
        let noted = !anything
            || self.desk.log.ledger().seen(&key).others
            || self
                .desk
                .log
                .append_in(Pass::Adjudication, Some(&key), Act::SeeOthers {})
                .is_ok();
        if !noted {
            self.cover_others();
            return self.say(Tone::Alert, "NOT SAVED, so what others marked is not shown");
        }
        if let Some(adjudication) = &self.desk.adjudication {
            self.in_view.sides = adjudication.sides(case);
        }
        self.desk.effects.push(Effect::Places {
            case: self.in_view.case,
        });
    }

    fn cover_others(&mut self) {
        self.in_view.sides.clear();
    }

    /// Whether the models' names are shown in the case in view.
    pub(crate) fn is_unblinded(&self) -> bool {
        self.in_view.visit.is_none() && self.desk.log.ledger().seen(&self.key()).names
    }

    /// Notes that the models' names are shown in the case in view, where they are shown in every case that is opened.
    pub(in crate::tui) fn note_names(&mut self) {
        if self.desk.blinding.unblinds && !self.desk.log.ledger().seen(&self.key()).names {
            self.act(Some(&self.key()), Act::Unblind { scope: Scope::Case });
        }
    }
}
