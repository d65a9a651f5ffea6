//! Judging: verdicts, ranks, tags, comments, submit and reopen.
//!
//! In: actions. Out: acts in the review file. Each is on disk before the screen shows it as saved; each refusal says why
//! and what to do.

use crate::review::{Act, Reason, Scope, Verdict, WeakOrder};
use crate::tui::action::Action;
use crate::tui::app::{App, RecordState, Tone};
use crate::tui::layout::Focus;
use crate::tui::overlays::{confirm::Question, reason};
use crate::tui::typing::What;

impl App {
    pub(super) fn toggle_flag(&mut self) {
        let on = !self.review().flagged;
        if self.act(Some(&self.key()), Act::Flag { on }) {
            self.done(if on {
                "Flagged to come back to"
            } else {
                "Flag taken away"
            });
        }
    }

    /// Says what was done, and how to take it back.
    pub(in crate::tui) fn done(&mut self, what: &str) {
        let (dot, undo) = (self.desk.theme.dot(), self.desk.key_of(Action::Undo));
        let said = format!("{what} {dot} {undo} takes it back");
        match self.in_view.record.state {
            RecordState::Failed(_) => {
                self.say(
                    Tone::Alert,
                    format!("{said} {dot} without its record, which cannot be shown"),
                );
            }
            _ => self.say(Tone::Calm, said),
        }
        self.screen.said_of_act = true;
    }

    /// Whether there is an answer in focus that may be judged now; says why not, and how to get there.
    pub(in crate::tui) fn may_judge(&mut self) -> bool {
        if self.in_view.answers.is_empty() {
            self.say(Tone::Alert, "This case has no answers to judge");
        } else if self.screen.focus != Focus::Answers || self.screen.frame.answers.is_empty() {
            let pane = self.desk.key_of(Action::NextPane);
            self.say(
                Tone::Alert,
                format!("Nothing is marked here: {pane} goes to the answers first"),
            );
        } else if self.review().submitted.is_some() {
            let reopen = self.desk.key_of(Action::Reopen);
            self.say(
                Tone::Alert,
                format!("This case is submitted: {reopen} reopens it"),
            );
        } else {
            return true;
        }
        false
    }

    /// The answer in focus and its model, where it may be judged now; else says why not.
    pub(in crate::tui) fn judged(&mut self) -> Option<(usize, String)> {
        let answer = self.in_view.answers.focus();
        if !self.may_judge() {
            return None;
        }
        let model = self.model(answer).map(str::to_owned);
        if model.is_none() {
            self.say_no_answer();
        }
        Some((answer, model?))
    }

    /// Says that what is in focus is no answer.
    pub(in crate::tui) fn say_no_answer(&mut self) {
        let column = self.in_view.answers.focus();
        let (letter, outcome) = (self.letter(column), self.unanswered(column));
        let what = outcome.map_or("nothing", |o| o.outcome.words());
        let text = format!("{letter} is no answer ({what}): there is nothing to judge or to rank");
        self.say(Tone::Alert, text);
    }

    /// Gives the answer in focus a verdict, or takes it away.
    pub(super) fn mark(&mut self, verdict: Option<Verdict>) {
        let Some((answer, model)) = self.judged() else {
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
        if self.act(Some(&self.key()), act) {
            let letter = self.letter(answer);
            self.done(&match verdict {
                Some(verdict) => format!("{letter} {}", verdict.name()),
                None => format!("The mark of {letter} is cleared"),
            });
        }
    }

    /// The reviewer's verdict on a model's answer in the case in view.
    pub(crate) fn verdict_of(&self, model: &str) -> Option<Verdict> {
        self.review()
            .responses
            .get(model)
            .and_then(|r| r.judgement.as_ref())
            .map(|j| j.verdict)
    }

    /// Puts the answer in focus on a rank.
    pub(super) fn rank_on(&mut self, level: usize) {
        let answers = self.in_view.answers.len();
        if level > answers && self.judged().is_some() {
            let said = format!("There is no rank {level}: the last is {answers}");
            return self.say(Tone::Calm, said);
        }
        self.rank_with(|rank, model| rank.set(model, level));
    }

    /// Moves the answer in focus in the ranking.
    pub(super) fn rank_with(&mut self, change: impl FnOnce(&mut WeakOrder, &str) -> bool) {
        let Some((answer, model)) = self.judged() else {
            return;
        };
        let mut rank = self.rank().clone();
        if change(&mut rank, &model) {
            let letter = self.letter(answer);
            let said = match rank.level(&model) {
                None => format!("{letter} not ranked"),
                Some(level) => {
                    let models = self.models();
                    let tied = models.iter().enumerate();
                    let tied = tied.filter(|(_, m)| **m != model && rank.level(m) == Some(level));
                    let tied: Vec<String> = tied.map(|(i, _)| self.letter(i)).collect();
                    let with = if tied.is_empty() {
                        String::new()
                    } else {
                        format!(", tied with {}", tied.join(", "))
                    };
                    format!("{letter} rank {level}{with}")
                }
            };
            self.set_rank(&rank, &said);
        } else {
            let letter = self.letter(answer);
            self.say(
                Tone::Calm,
                format!("The ranking stays as it is: {letter} cannot move there"),
            );
        }
    }

    /// Writes a ranking; `said` says what of it changed.
    pub(in crate::tui) fn set_rank(&mut self, rank: &WeakOrder, said: &str) {
        // A line that was typed before is no longer the ranking that was meant.
        let typed = self.here(What::Rank);
        self.typing.forget(&typed);
        self.write_typing();
        let order = rank.levels().to_vec();
        if self.act(Some(&self.key()), Act::Rank { order }) {
            self.done(said);
        }
    }

    pub(super) fn submit(&mut self) {
        self.save_draft();
        if self.review().submitted.is_some() {
            let (next, reopen) = (
                self.desk.key_of(Action::NextCase),
                self.desk.key_of(Action::Reopen),
            );
            self.say(
                Tone::Calm,
                format!("This case is submitted: {next} opens the next one, {reopen} reopens it"),
            );
            return;
        }
        let lines = self.submit_warnings();
        if self.adjudicates() {
            reason::open(self, lines);
        } else if lines.is_empty() {
            self.submit_now(None);
        } else {
            self.ask(Question::Submit, lines);
        }
    }

    /// What is missing from the case or contradicts in it, a line each, for the screen.
    pub(crate) fn submit_warnings(&self) -> Vec<String> {
        self.warnings(&|model| self.called(model))
    }

    /// What the answer of a model is called in the case in view; nothing where it has none.
    pub(in crate::tui) fn called(&self, model: &str) -> String {
        let answer = self.models().iter().position(|m| *m == model);
        answer.map_or_else(String::new, |i| self.letter(i))
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
        match self.in_view.record.state {
            _ if self.in_view.visit.is_some() => {}
            RecordState::Ready(_) => {}
            RecordState::Reading => lines.push("The record is not on the screen yet".to_owned()),
            RecordState::Failed(_) => lines.push("The record could not be shown".to_owned()),
        }
        if review.gold_draft.is_some() || self.in_view.gold.is_changed() {
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
    pub(in crate::tui) fn submit_now(&mut self, reason: Option<Reason>) {
        self.screen.overlay = None;
        let overruled = self.warnings(&str::to_owned);
        let seconds = self.seconds_spent();
        let act = Act::Submit {
            overruled,
            seconds,
            reason,
        };
        if self.act(Some(&self.key()), act) {
            let (next, reopen) = (
                self.desk.key_of(Action::NextCase),
                self.desk.key_of(Action::Reopen),
            );
            let then = if self.neighbour(true).is_none() {
                format!("{} lists the cases", self.desk.key_of(Action::Cases))
            } else {
                format!("{next} opens the next case")
            };
            self.say(
                Tone::Calm,
                format!("Submitted. {then}; {reopen} reopens this one"),
            );
        }
    }

    pub(super) fn reopen(&mut self) {
        if self.review().submitted.is_none() {
            self.say(Tone::Calm, "This case is open already");
        } else if self.act(Some(&self.key()), Act::Reopen {}) {
            self.say(Tone::Calm, "Reopened: marks and ranks can be changed again");
        }
    }

    pub(super) fn ask_unblind(&mut self) {
        if self.desk.blinding.unblinds {
            self.say(Tone::Calm, "The models' names are in view already");
            return;
        }
        let lines = vec![
            "The models' names will be shown in every case that you open in this session.".to_owned(),
            "The review file notes it for each; reports and exports tell such marks apart, for good.".to_owned(),
        ];
        self.ask(Question::Unblind, lines);
    }

    pub(in crate::tui) fn unblind(&mut self) {
        if self.act(None, Act::Unblind { scope: Scope::All }) {
            self.desk.blinding.unblinds = true;
            self.note_names();
            self.say(
                Tone::Calm,
                "The models' names are shown; the review file notes it",
            );
        }
    }
}
