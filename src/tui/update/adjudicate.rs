//! Deciding where reviewers disagree: the list of their sides, taking one over, what decided.
//!
//! In: actions. Out: acts of the adjudication in the adjudicator's own review file; marks and ranks set by hand go the way they
//! go everywhere. No side is ever changed.

use crate::review::{Act, Pass};
use crate::tui::app::{App, Tone};

impl App {
    /// Whether this is an adjudication.
    pub(crate) fn adjudicates(&self) -> bool {
        self.desk.adjudication.is_some()
    }

    /// Which reading of a case is opened where none is named.
    pub(crate) fn usual_pass(&self) -> Pass {
        if self.adjudicates() {
            Pass::Adjudication
        } else {
            Pass::First
        }
    }

    /// What is still open of a disputed case, a line each; `name` is what an answer is called.
    pub(super) fn open_disputes(&self, name: &dyn Fn(&str) -> String) -> Vec<String> {
        let Some(adjudication) = &self.desk.adjudication else {
            return Vec::new();
        };
        let open = self.models().into_iter();
        let open: Vec<String> = open
            .filter(|m| adjudication.differ(self.in_view.case, m) && self.verdict_of(m).is_none())
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
            let mut sides = self.in_view.sides.iter();
            sides.any(|s| s.review.rank.level(m).is_some())
        });
        if !self.rank().is_empty() && !missing.is_empty() {
            let names: Vec<String> = missing.into_iter().map(name).collect();
            let names = names.join(", ");
            lines.push(format!(
                "Not ranked: {names}; an order without answers that reviewers ranked is not used"
            ));
        }
        let dispute = adjudication.dispute(self.in_view.case);
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
