//! Judging: verdicts, ranks, tags, comments, submit and reopen, undo and redo.
//!
//! In: actions. Out: acts in the review file. Each is on disk before the screen shows it as saved; each refusal says why
//! and what to do.

use crate::dataset::CaseKey;
use crate::review::plan::Step;
use crate::review::{Act, Pass, Reason, Scope, Verdict, WeakOrder};
use crate::tui::action::Action;
use crate::tui::app::{App, Asked, Tone};
use crate::tui::editor::Editor;
use crate::tui::overlay::{List, Overlay, Question};

impl App {
    pub(super) fn judge_action(&mut self, action: Action) {
        match action {
            Action::Flag => {
                let on = !self.review().flagged;
                if self.act(Some(&self.key()), Act::Flag { on }) {
                    self.say(
                        Tone::Calm,
                        if on {
                            "Flagged to come back to"
                        } else {
                            "Flag taken away"
                        },
                    );
                }
                return;
            }
            Action::CaseComment => {
                let text = self.review().comment.clone().unwrap_or_default();
                self.overlay = Some(Overlay::Comment {
                    model: None,
                    editor: Editor::new(&text, false),
                });
                return;
            }
            Action::Reopen => return self.reopen(),
            Action::Submit => return self.submit(),
            _ => {}
        }
        if !self.may_judge() {
            return;
        }
        match action {
            Action::Correct => self.verdict(Some(Verdict::Correct)),
            Action::Incorrect => self.verdict(Some(Verdict::Incorrect)),
            Action::Unsure => self.verdict(Some(Verdict::Unsure)),
            Action::Clear => self.verdict(None),
            Action::Tags => self.open_tags(),
            Action::Comment => self.open_comment(),
            Action::Rank(n) => self.rank_with(|rank, model| rank.set(model, usize::from(n))),
            Action::Unrank => self.rank_with(WeakOrder::clear),
            Action::Better => self.rank_with(WeakOrder::better),
            Action::Worse => self.rank_with(WeakOrder::worse),
            Action::Tie => self.rank_with(WeakOrder::tie_above),
            _ => {}
        }
    }

    /// Whether the answer in focus may be judged now; says why not.
    pub(super) fn may_judge(&mut self) -> bool {
        if self.order.is_empty() {
            self.say(Tone::Alert, "This case has no answers to judge");
        } else if self.frame.answers.is_empty() {
            let pane = self.key_of(Action::NextPane);
            self.say(
                Tone::Alert,
                format!("The answers are not on the screen: {pane} shows them"),
            );
        } else if self.review().submitted.is_some() {
            let reopen = self.key_of(Action::Reopen);
            self.say(
                Tone::Alert,
                format!("This case is submitted: {reopen} reopens it"),
            );
        } else {
            return true;
        }
        false
    }

    fn verdict(&mut self, verdict: Option<Verdict>) {
        let answer = self.answers.focus();
        let Some(model) = self.model(answer).map(str::to_owned) else {
            return;
        };
        if self.verdict_of(&model) == verdict {
            let letter = self.letter(answer);
            let what = verdict.map_or("has no mark", |v| v.name());
            let is = if verdict.is_some() {
                " is already "
            } else {
                " "
            };
            self.say(Tone::Calm, format!("{letter}{is}{what}"));
            return;
        }
        let act = Act::Judge {
            model,
            verdict,
            shown_position: Some(answer as u32),
            view: self.shown_view(),
        };
        if self.act(Some(&self.key()), act) && verdict.is_none() {
            let letter = self.letter(answer);
            self.say(Tone::Calm, format!("The mark of {letter} is taken away"));
        }
    }

    /// The reviewer's verdict on a model's answer in the case in view.
    pub fn verdict_of(&self, model: &str) -> Option<Verdict> {
        self.review()
            .responses
            .get(model)
            .and_then(|r| r.judgement.as_ref())
            .map(|j| j.verdict)
    }

    fn rank_with(&mut self, change: impl FnOnce(&mut WeakOrder, &str) -> bool) {
        let answer = self.answers.focus();
        let Some(model) = self.model(answer).map(str::to_owned) else {
            return;
        };
        let mut rank = self.rank().clone();
        if change(&mut rank, &model) {
            self.set_rank(&rank);
        } else {
            let letter = self.letter(answer);
            self.say(
                Tone::Calm,
                format!("The ranking stays as it is: {letter} cannot move there"),
            );
        }
    }

    pub(super) fn set_rank(&mut self, rank: &WeakOrder) {
        self.act(
            Some(&self.key()),
            Act::Rank {
                order: rank.levels().to_vec(),
            },
        );
    }

    fn open_tags(&mut self) {
        let Some(model) = self.model(self.answers.focus()).map(str::to_owned) else {
            return;
        };
        let review = self.review().responses.get(&model);
        let errors = review.map(|r| r.errors.clone()).unwrap_or_default();
        let harm = review.and_then(|r| r.harm);
        let rows = crate::review::ErrorKind::ALL.len() + crate::review::Harm::ALL.len();
        self.overlay = Some(Overlay::Tags {
            model,
            errors,
            harm,
            list: List::new(rows, 0, 12),
        });
    }

    /// Writes what the tags menu says, where it differs.
    pub(super) fn save_tags(&mut self) {
        let Some(Overlay::Tags {
            model,
            errors,
            harm,
            ..
        }) = self.overlay.take()
        else {
            return;
        };
        let before = self.review().responses.get(&model);
        let same = before.map_or(errors.is_empty() && harm.is_none(), |r| {
            r.errors == errors && r.harm == harm
        });
        if !same
            && self.act(
                Some(&self.key()),
                Act::Tag {
                    model,
                    errors,
                    harm,
                },
            )
        {
            self.say(Tone::Calm, "Tags saved");
        }
    }

    fn open_comment(&mut self) {
        let Some(model) = self.model(self.answers.focus()).map(str::to_owned) else {
            return;
        };
        let text = self
            .review()
            .responses
            .get(&model)
            .and_then(|r| r.comment.clone())
            .unwrap_or_default();
        self.overlay = Some(Overlay::Comment {
            model: Some(model),
            editor: Editor::new(&text, false),
        });
    }

    /// Writes the comment that is open, where it differs.
    pub(super) fn save_comment(&mut self) {
        let Some(Overlay::Comment { model, editor }) = self.overlay.take() else {
            return;
        };
        let text = editor.text().trim_end().to_owned();
        let review = self.review();
        let before = match &model {
            Some(model) => review.responses.get(model).and_then(|r| r.comment.clone()),
            None => review.comment.clone(),
        };
        if before.unwrap_or_default() != text
            && self.act(Some(&self.key()), Act::Comment { model, text })
        {
            self.say(Tone::Calm, "Comment saved");
        }
    }

    fn submit(&mut self) {
        self.save_draft();
        if self.review().submitted.is_some() {
            let (next, reopen) = (self.key_of(Action::NextCase), self.key_of(Action::Reopen));
            self.say(
                Tone::Calm,
                format!("This case is submitted: {next} opens the next one, {reopen} reopens it"),
            );
            return;
        }
        let lines = self.submit_warnings();
        if self.adjudicates() {
            self.ask_reason(lines);
        } else if lines.is_empty() {
            self.submit_now(None);
        } else {
            self.overlay = Some(Overlay::Confirm(Question::Submit, lines));
        }
    }

    /// What is missing from the case or contradicts in it, a line each, for the screen.
    pub fn submit_warnings(&self) -> Vec<String> {
        let models = self.models();
        self.warnings(&|model| {
            let answer = models.iter().position(|m| *m == model);
            answer.map_or_else(String::new, |i| self.letter(i))
        })
    }

    /// The same, with what `name` calls an answer: a letter on the screen, the model in the review file.
    fn warnings(&self, name: &dyn Fn(&str) -> String) -> Vec<String> {
        let models = self.models();
        let names = |wanted: &[&str]| {
            wanted
                .iter()
                .map(|m| name(m))
                .collect::<Vec<_>>()
                .join(", ")
        };
        let mut lines = self.open_disputes(name);
        let review = self.review();
        if review.gold_draft.is_some() || self.gold.is_changed() {
            lines.push("Your gold response is a draft, not saved as finished".to_owned());
        } else if models.is_empty() && review.gold.is_none() && !self.adjudicates() {
            lines.push("No gold response is written".to_owned());
        }
        let unjudged = models
            .iter()
            .copied()
            .filter(|m| self.verdict_of(m).is_none());
        let unjudged: Vec<&str> = unjudged.collect();
        if !unjudged.is_empty() && !self.adjudicates() {
            lines.push(format!("No mark: {}", names(&unjudged)));
        }
        let unranked = self.rank().missing(&models);
        if !unranked.is_empty() && !self.adjudicates() {
            lines.push(format!("Not ranked: {}", names(&unranked)));
        }
        for c in self.rank().contradictions(|m| self.verdict_of(m)) {
            let how = if c.tied { "tied with" } else { "ranked above" };
            let (wrong, right) = (name(&c.incorrect), name(&c.correct));
            lines.push(format!(
                "{wrong} is incorrect, yet {how} {right}, which is correct"
            ));
        }
        lines
    }

    /// Submits, whatever is missing or contradicts; the review file notes that by model.
    pub(super) fn submit_now(&mut self, reason: Option<Reason>) {
        self.overlay = None;
        let overruled = self.warnings(&str::to_owned);
        let seconds = self.seconds_spent();
        let act = Act::Submit {
            overruled,
            seconds,
            reason,
        };
        if self.act(Some(&self.key()), act) {
            let (next, reopen) = (self.key_of(Action::NextCase), self.key_of(Action::Reopen));
            let then = if self.neighbour(true).is_none() {
                format!("{} lists the cases", self.key_of(Action::Cases))
            } else {
                format!("{next} opens the next case")
            };
            self.say(
                Tone::Calm,
                format!("Submitted. {then}; {reopen} reopens this one"),
            );
        }
    }

    fn reopen(&mut self) {
        if self.review().submitted.is_none() {
            self.say(Tone::Calm, "This case is open already");
        } else if self.act(Some(&self.key()), Act::Reopen {}) {
            self.say(Tone::Calm, "Reopened: marks and ranks can be changed again");
        }
    }

    pub(super) fn ask_unblind(&mut self) {
        if self.unblinds {
            self.say(Tone::Calm, "The models' names are in view already");
            return;
        }
        let lines = vec![
            "The models' names will be shown in every case that you open in this session.".to_owned(),
            "The review file notes it for each; reports and exports tell such marks apart, for good.".to_owned(),
        ];
        self.overlay = Some(Overlay::Confirm(Question::Unblind, lines));
    }

    pub(super) fn unblind(&mut self) {
        if self.act(None, Act::Unblind { scope: Scope::All }) {
            self.unblinds = true;
            self.note_names();
            self.say(
                Tone::Calm,
                "The models' names are shown; the review file notes it",
            );
        }
    }

    pub(super) fn undo(&mut self) {
        let Some(entry) = self.log.ledger().undo_target() else {
            self.say(Tone::Calm, "There is nothing to take back");
            return;
        };
        let (target, case, act) = (entry.id.clone(), entry.case.clone(), entry.act.clone());
        let pass = entry.pass;
        if self.hides(&act)
            || self.is_of_other_screen(pass, &act)
            || self.asks_first(pass, case.as_ref(), &act, &target, Action::Undo)
        {
            return;
        }
        if self.act_in(pass, case.as_ref(), Act::Undo { target }) {
            self.show_change(pass, case.as_ref(), &act);
            self.refresh_pins();
            self.follow_gold();
            let what = self.describe(case.as_ref(), &act);
            let redo = self.key_of(Action::Redo);
            self.say(
                Tone::Calm,
                format!("Taken back: {what}. {redo} does it again"),
            );
        }
    }

    pub(super) fn redo(&mut self) {
        let Some(entry) = self.log.ledger().redo_target() else {
            self.say(Tone::Calm, "There is nothing to do again");
            return;
        };
        let (target, case, act) = (entry.id.clone(), entry.case.clone(), entry.act.clone());
        let pass = entry.pass;
        if self.hides(&act)
            || self.is_of_other_screen(pass, &act)
            || self.asks_first(pass, case.as_ref(), &act, &target, Action::Redo)
        {
            return;
        }
        if self.act_in(pass, case.as_ref(), Act::Redo { target }) {
            self.show_change(pass, case.as_ref(), &act);
            self.refresh_pins();
            self.follow_gold();
            let what = self.describe(case.as_ref(), &act);
            self.say(Tone::Calm, format!("Done again: {what}"));
        }
    }

    /// Whether what lies over the case hides what an act did, so that it is not taken back unseen; says so.
    fn hides(&mut self, act: &Act) -> bool {
        let over = self.visit.is_some() || matches!(self.overlay, Some(Overlay::Matches));
        let hides = over && !matches!(act, Act::Relevance { .. });
        if hides {
            let what = in_words(act, &|_| String::new());
            let back = self.key_of(Action::Back);
            self.say(
                Tone::Alert,
                format!(
                    "The last act was {what}, which is not in view here: {back} goes back first"
                ),
            );
        }
        hides
    }

    /// Whether an act is of another case than the one in view, or another reading, and was not asked for twice; says so.
    fn asks_first(
        &mut self,
        pass: Pass,
        case: Option<&CaseKey>,
        act: &Act,
        id: &str,
        action: Action,
    ) -> bool {
        let Some(key) = case else { return false };
        let cases = self.dataset.cases();
        let there = cases.iter().position(|c| c.key() == *key);
        let step = there.map(|case| Step { case, pass });
        let in_view = match act {
            Act::Relevance { .. } => true,
            Act::Category { .. } => there == Some(self.case),
            _ => step == Some(self.step()),
        };
        if in_view || self.is_asked(Asked::Change(id.to_owned())) {
            return false;
        }
        let key = self.key_of(action);
        let does = if action == Action::Undo {
            "takes it back"
        } else {
            "does it again"
        };
        // Letters are those of the case in view.
        let what = in_words(act, &|_| String::new());
        let place = self.queue.iter().position(|s| Some(*s) == step);
        let at = match (place, there) {
            (Some(n), _) => format!("{} of your queue", n + 1),
            (None, Some(case)) => format!("case {}", case + 1),
            (None, None) => "a case that this dataset does not have".to_owned(),
        };
        self.say(
            Tone::Alert,
            format!("That was {what} elsewhere ({at}): {key} again {does} there"),
        );
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
        let of = |key: &CaseKey| self.dataset.cases().iter().position(|c| c.key() == *key);
        if let Some(case) = case.and_then(of) {
            self.open_step(Step { case, pass });
        }
    }

    /// An act in a few words; the answers of the case in view are named by letter.
    fn describe(&self, case: Option<&CaseKey>, act: &Act) -> String {
        let here = case == Some(&self.key());
        in_words(act, &|model| {
            if !here {
                return String::new();
            }
            let answer = self.models().iter().position(|m| *m == model);
            answer.map_or_else(String::new, |i| format!(" of {}", self.letter(i)))
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
        | Act::OutsidePlan {}
        | Act::Undo { .. }
        | Act::Redo { .. }
        | Act::Unblind { .. }
        | Act::Other { .. } => act.kind().to_owned(),
    }
}
