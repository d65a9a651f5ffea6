//! Undo and redo, across cases, readings and sessions.
//!
//! In: the acts of the review file. Out: undo and redo as acts in it. What is not in view is not changed unseen: it is asked about, or
//! refused with the way to it.

use crate::dataset::CaseKey;
use crate::review::plan::Step;
use crate::review::{Act, Pass, Turn, WeakOrder};
use crate::tui::action::Action;
use crate::tui::app::{App, Tone};
use crate::tui::overlays::confirm::Question;

impl App {
    /// Takes the last act back, or does again what was taken back; `shown` says which acts what lies over the case shows, so that no
    /// other is changed unseen.
    pub(in crate::tui) fn change_last(&mut self, turn: Turn, shown: fn(&Act) -> bool) {
        self.change(turn, None, shown);
    }

    /// Takes back, or does again, an act of another case, after a yes to the question about it.
    pub(in crate::tui) fn change_elsewhere(&mut self, turn: Turn, target: &str) {
        self.change(turn, Some(target), |_| true);
    }

    /// Takes the last act back, or does again what was taken back; `agreed`: the act that was asked about.
    fn change(&mut self, turn: Turn, agreed: Option<&str>, shown: fn(&Act) -> bool) {
        let entry = self.desk.log.ledger().target(turn);
        let Some(entry) = entry else {
            let what = match turn {
                Turn::Undo => "take back",
                Turn::Redo => "do again",
            };
            return self.say(Tone::Calm, format!("There is nothing to {what}"));
        };
        let (target, case, act) = (entry.id.clone(), entry.case.clone(), entry.act.clone());
        let pass = entry.pass;
        if self.hides(&act, shown)
            || self.is_of_other_screen(pass, &act)
            || (agreed != Some(&target)
                && self.asks_first(pass, case.as_ref(), &act, &target, turn))
        {
            return;
        }
        if self.act_in(pass, case.as_ref(), turn.act(target)) {
            self.show_change(pass, case.as_ref(), &act);
            self.refresh_pins();
            self.follow_gold();
            let what = self.describe(case.as_ref(), &act);
            match turn {
                Turn::Undo => {
                    let redo = self.desk.key_of(Action::Redo);
                    let said = format!("Taken back: {what}. {redo} does it again");
                    self.say(Tone::Calm, said);
                }
                Turn::Redo => self.done(&format!("Done again: {what}")),
            }
        }
    }

    /// Whether what lies over the case hides what an act did, so that it is not taken back unseen; says so.
    fn hides(&mut self, act: &Act, shown: fn(&Act) -> bool) -> bool {
        let beside = self.in_view.visit.is_some() && !matches!(act, Act::Relevance { .. });
        let hides = beside || !shown(act);
        if hides {
            let what = in_words(act, &|_| String::new());
            let back = self.desk.key_of(Action::Back);
            self.say(
                Tone::Alert,
                format!(
                    "The last act was {what}, which is not in view here: {back} goes back first"
                ),
            );
        }
        hides
    }

    /// Whether an act is of another case than the one in view, or another reading; then asks whether it is meant.
    fn asks_first(
        &mut self,
        pass: Pass,
        case: Option<&CaseKey>,
        act: &Act,
        id: &str,
        turn: Turn,
    ) -> bool {
        let Some(key) = case else { return false };
        let cases = self.desk.dataset.cases();
        let there = cases.iter().position(|c| c.key() == *key);
        let step = there.map(|case| Step { case, pass });
        let in_view = match act {
            Act::Relevance { .. } => true,
            Act::Category { .. } => there == Some(self.in_view.case),
            _ => step == Some(self.step()),
        };
        if in_view {
            return false;
        }
        // Letters are those of the case in view.
        let what = in_words(act, &|_| String::new());
        let place = self.desk.plan.steps.iter().position(|s| Some(*s) == step);
        let at = match (place, there) {
            (Some(n), _) => format!("{} of your queue", n + 1),
            (None, Some(case)) => format!("case {}", case + 1),
            (None, None) => "a case that this dataset does not have".to_owned(),
        };
        let did = match turn {
            Turn::Undo => "The last act",
            Turn::Redo => "What was taken back last",
        };
        let lines = vec![
            format!("{did} was {what}."),
            format!("It is not of the case in view: {at}."),
        ];
        let target = id.to_owned();
        let question = Question::Elsewhere { turn, target };
        self.ask(question, lines);
        true
    }

    /// Brings what was undone or redone into view.
    fn show_change(&mut self, pass: Pass, case: Option<&CaseKey>, act: &Act) {
        match act {
            // A label belongs to the matches, whatever case its pair is.
            Act::Relevance { .. } => self.count_labels(),
            // A category belongs to every reading of its case; the one in view stays.
            Act::Category { .. } if case == Some(&self.key()) => {}
            _ => self.follow_case(pass, case),
        }
    }

    /// Undo works across cases; what it changed must be in view.
    fn follow_case(&mut self, pass: Pass, case: Option<&CaseKey>) {
        let of = |key: &CaseKey| {
            self.desk
                .dataset
                .cases()
                .iter()
                .position(|c| c.key() == *key)
        };
        if let Some(case) = case.and_then(of) {
            self.open_step(Step { case, pass });
        }
    }

    /// An act in a few words; the answers of the case in view are named by letter.
    fn describe(&self, case: Option<&CaseKey>, act: &Act) -> String {
        if case != Some(&self.key()) {
            return in_words(act, &|_| String::new());
        }
        if let Act::Rank { order } = act {
            let line = WeakOrder::from_levels(order).to_line(&self.models());
            return format!("the ranking \u{201c}{line}\u{201d}");
        }
        in_words(act, &|model| match self.called(model) {
            letter if letter.is_empty() => letter,
            letter => format!(" of {letter}"),
        })
    }
}

/// An act in a few words; `of` names the answer that it is about, with a blank before it, or nothing.
fn in_words(act: &Act, of: &dyn Fn(&str) -> String) -> String {
    match act {
        Act::Judge {
            verdict: Some(v),
            model,
            ..
        } => format!("the mark \u{201c}{}\u{201d}{}", v.name(), of(model)),
        Act::Judge {
            verdict: None,
            model,
            ..
        } => format!("the clearing of the mark{}", of(model)),
        Act::Tag { model, .. } => format!("tags{}", of(model)),
        Act::Rank { .. } => "a change of the ranking".to_owned(),
        Act::Comment {
            model: Some(model), ..
        } => format!("a comment{}", of(model)),
        Act::Comment { model: None, .. } => "a comment on the case".to_owned(),
        Act::Category { .. } => "a category".to_owned(),
        Act::Flag { on: true } => "a flag".to_owned(),
        Act::Flag { on: false } => "the removal of a flag".to_owned(),
        Act::Submit { .. } => "the submission".to_owned(),
        Act::Adopt { .. } => "the taking over of a reviewer's marks".to_owned(),
        Act::Reopen {} => "the reopening".to_owned(),
        Act::Evidence { .. } => "a pin".to_owned(),
        Act::Unpin { .. } => "the removal of a pin".to_owned(),
        Act::Gold { .. } | Act::GoldDraft { .. } => "a gold response".to_owned(),
        Act::Relevance {
            candidate,
            label,
            comment,
        } => {
            let label = label.map_or("none", crate::review::entry::Relevant::name);
            let why = if comment.is_empty() { "" } else { " and why" };
            format!("the label \u{201c}{label}\u{201d} of patient {candidate}{why}")
        }
        Act::Pair { .. } => "what was said of two instructions".to_owned(),
        Act::Session { .. }
        | Act::SeeGold {}
        | Act::SeeOthers {}
        | Act::SeeContext {}
        | Act::OutsidePlan {}
        | Act::Undo { .. }
        | Act::Redo { .. }
        | Act::Unblind { .. }
        | Act::Other { .. } => act.kind().to_owned(),
    }
}
