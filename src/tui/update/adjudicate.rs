//! Deciding where reviewers disagree: the list of their sides, taking one over, what decided.
//!
//! In: actions. Out: acts of the adjudication in the adjudicator's own review file; marks and ranks set by hand go the way they
//! go everywhere. No side is ever changed.

use crate::review::{Act, Pass, Reason};
use crate::tui::action::{Action, Layer};
use crate::tui::adjudication::SideRow;
use crate::tui::app::{App, Tone};
use crate::tui::layout::Focus;
use crate::tui::overlay::Overlay;
use crate::tui::widgets::list::List;

impl App {
    /// Whether this is an adjudication.
    pub fn adjudicates(&self) -> bool {
        self.adjudication.is_some()
    }

    /// Which reading of a case is opened where none is named.
    pub fn usual_pass(&self) -> Pass {
        if self.adjudicates() {
            Pass::Adjudication
        } else {
            Pass::First
        }
    }

    pub(super) fn open_sides(&mut self) {
        if !self.adjudicates() {
            return self.say(
                Tone::Calm,
                "What others marked is hidden here; `medalign adjudicate` shows it to whoever decides",
            );
        }
        if self.is_covered() {
            return self.ask_others();
        }
        let rows = self.side_rows().len();
        if rows == 0 {
            return self.say(Tone::Calm, "Nobody has marked or ranked this case yet");
        }
        self.overlay = Some(Overlay::Sides(List::new(rows, 0, 1)));
    }

    /// The row of the list of sides that is selected.
    fn selected_side(&self) -> Option<SideRow> {
        match &self.overlay {
            Some(Overlay::Sides(list)) => self.side_rows().get(list.cursor).copied(),
            _ => None,
        }
    }

    /// Goes to the selected pin in the record.
    pub(super) fn choose_side(&mut self) {
        let Some(row) = self.selected_side() else {
            self.overlay = None;
            return;
        };
        let SideRow::Pin(side, n) = row else {
            let key = self.key_in(Layer::Sides, Action::Adopt);
            let number = row.side() + 1;
            let text = crate::tui::view::sides::whole(self, row);
            self.show_whole(&format!("Reviewer {number}"), &text);
            return self.say(
                Tone::Calm,
                format!(
                    "In the list {key} takes over what reviewer {number} marked, and the order"
                ),
            );
        };
        let id = self.sides()[side].review.pins[n].id.clone();
        match self.pins.anchor(&id).and_then(|a| a.place()) {
            Some((event, range)) => {
                let start = range.start;
                self.go_to_place(event, start);
            }
            None => self.say(Tone::Alert, "This passage is not in the record"),
        }
    }

    /// Takes over what the selected side marked, and its order.
    pub(super) fn adopt(&mut self) {
        let Some(row) = self.selected_side() else {
            return;
        };
        if self.review().submitted.is_some() {
            let reopen = self.key_of(Action::Reopen);
            return self.say(
                Tone::Alert,
                format!("This case is submitted: {reopen} reopens it"),
            );
        }
        let side = &self.sides()[row.side()];
        let act = side.adoption(self.case(), self.shown_view(), &self.models());
        if self.act(Some(&self.key()), act) {
            self.overlay = None;
            if !self.order.is_empty() {
                self.focus_on(Focus::Answers);
            }
            let (submit, undo) = (self.key_of(Action::Submit), self.key_of(Action::Undo));
            let number = row.side() + 1;
            self.say(
                Tone::Calm,
                format!(
                    "Taken over from reviewer {number}; {submit} submits, {undo} takes it back"
                ),
            );
        }
    }

    /// Asks what decided; with the answer the case is submitted.
    pub(super) fn ask_reason(&mut self, lines: Vec<String>) {
        self.overlay = Some(Overlay::Reason {
            lines,
            chosen: false,
            list: List::new(Reason::ALL.len(), 0, Reason::ALL.len()),
        });
    }

    /// Submits with the reason that is chosen; without one nothing is decided.
    pub(super) fn decide(&mut self) {
        match &self.overlay {
            Some(Overlay::Reason { chosen, list, .. }) if *chosen => {
                let reason = Reason::ALL.get(list.cursor).copied();
                self.submit_now(reason);
            }
            _ => self.say_how_to_decide(),
        }
    }

    pub(super) fn say_how_to_decide(&mut self) {
        let key = |action| self.key_in(Layer::List, action);
        let (down, up) = (key(Action::Down), key(Action::Up));
        let yes = self.key_of(Action::Confirm);
        self.say(
            Tone::Calm,
            format!("{down} and {up} choose what decided, then {yes} submits"),
        );
    }

    /// What is still open of a disputed case, a line each; `name` is what an answer is called.
    pub(super) fn open_disputes(&self, name: &dyn Fn(&str) -> String) -> Vec<String> {
        let Some(adjudication) = &self.adjudication else {
            return Vec::new();
        };
        let open = self.models().into_iter();
        let open: Vec<String> = open
            .filter(|m| adjudication.differ(self.case, m) && self.verdict_of(m).is_none())
            .map(name)
            .collect();
        let mut lines = Vec::new();
        if !open.is_empty() {
            lines.push(format!(
                "Reviewers disagree, and no mark: {}",
                open.join(", ")
            ));
        }
        // Of answers that no reviewer ranked nothing has to be decided.
        let mut missing = self.rank().missing(&self.models());
        missing.retain(|m| {
            let mut sides = adjudication.sides.iter();
            sides.any(|s| s.review.rank.level(m).is_some())
        });
        if !self.rank().is_empty() && !missing.is_empty() {
            let names: Vec<String> = missing.into_iter().map(name).collect();
            let names = names.join(", ");
            lines.push(format!(
                "Not ranked: {names}; an order without answers that reviewers ranked is not used"
            ));
        }
        let dispute = adjudication.dispute(self.case);
        if self.rank().is_empty() && dispute.is_some_and(|d| d.reversed > 0) {
            lines.push("Reviewers ranked differently, and no order is decided".to_owned());
        }
        lines
    }

    /// Whether an act belongs to the other of the two screens, where its reading is in view; says so.
    pub(super) fn is_of_other_screen(&mut self, pass: Pass, act: &Act) -> bool {
        let about_case =
            act.needs_case() && !matches!(act, Act::Category { .. } | Act::Relevance { .. });
        let other = about_case && (pass == Pass::Adjudication) != self.adjudicates();
        if other {
            let command = if self.adjudicates() {
                "review"
            } else {
                "adjudicate"
            };
            self.say(
                Tone::Alert,
                format!("The last act was not made here: `medalign {command}` takes it back"),
            );
        }
        other
    }
}
