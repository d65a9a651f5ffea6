//! The state of the reviewer: the case in view, its panes, what lies over them.
//!
//! In: a dataset, an opened review file, the settings. Out: plain state that `update` changes and `view` draws. Judgements
//! go through [`App::act`], which is on disk when it returns; nothing else here does I/O.

mod ahead;
mod cases;
mod desk;
mod fit;
mod in_view;
mod notes;
mod queue;
mod record;
mod screen;
mod sides;
mod start;

use std::sync::Arc;
use std::time::{Duration, Instant};

use crate::dataset::{Answered, Case, CaseKey};
use crate::notice::Severity;
use crate::review::plan::Step;
use crate::review::{Act, CaseReview, Pass, WeakOrder, blind};
use crate::search::find::Hits;
use crate::tui::action::{Action, Layer};
use crate::tui::layout::Focus;
use crate::tui::record_view::RecordView;
use crate::tui::typing::Typing;

pub(crate) use desk::{Desk, wall_clock};
pub(crate) use in_view::InView;
pub(crate) use screen::{Keys, Looking, Screen};
pub(crate) use start::{Effect, RecordState, Start, Tone};

/// The state of the reviewer, cut by how long each part lives.
pub(crate) struct App {
    /// As long as the program.
    pub desk: Desk,
    /// As long as the case in view.
    pub in_view: InView,
    /// As long as the screen: what is shown of the case, and how.
    pub screen: Screen,
    /// From one search to the next.
    pub looking: Looking,
    /// From one key to the next.
    pub keys: Keys,
    /// What is typed or chosen over the panes and not saved.
    pub typing: Typing,
}

/// How often the review file is looked at while nothing is written.
const LOOK_EVERY: Duration = Duration::from_secs(3);

impl App {
    /// The state at the start, with the first case open.
    pub(crate) fn new(mut start: Start, size: (u16, u16)) -> Self {
        let typing = std::mem::take(&mut start.typing);
        let (case, pass) = (start.case, start.pass);
        let mut screen = Screen::of(size, start.hides_later);
        screen.as_written = start.theme.plain;
        screen.guide = start.guide;
        let desk = Desk::of(start);
        let case = case.min(desk.dataset.cases().len().saturating_sub(1));
        let step = Step { case, pass };
        let mut app = App {
            in_view: InView::of(&desk, step),
            desk,
            screen,
            looking: Looking::default(),
            keys: Keys::default(),
            typing,
        };
        app.enter(step);
        let place = app.desk.memory.places.get(&app.place_name());
        if place.is_some_and(|p| p.focus == Focus::Gold) && !app.in_view.gold.editor.is_empty() {
            // Keys go into a text only once that was asked for.
            let key = app.desk.key_of(Action::Gold);
            app.say(
                Tone::Calm,
                format!("Your gold response is as you left it; {key} goes on writing"),
            );
        }
        let file = app.desk.log.path();
        let mut notices = app.desk.notices.iter();
        let bad = notices.find(|n| n.severity == Severity::Error && n.file == file);
        if let Some(bad) = bad.map(|n| n.what.clone()) {
            app.say(Tone::Alert, format!("Your review file: {bad}"));
        }
        app
    }

    /// The case in view; a dataset always holds one.
    pub(crate) fn case(&self) -> &Case {
        &self.desk.dataset.cases()[self.in_view.case]
    }

    /// The name of the case in view.
    pub(crate) fn key(&self) -> CaseKey {
        self.case().key()
    }

    /// The patient whose record is in view: the case's, or the one that is looked at beside it.
    pub(crate) fn person(&self) -> &str {
        match &self.in_view.visit {
            Some(visit) => &visit.person,
            None => &self.case().person_id,
        }
    }

    /// What stands where the instruction does.
    pub(crate) fn question(&self) -> &str {
        match &self.in_view.visit {
            Some(visit) => &visit.text,
            None => &self.case().question,
        }
    }

    /// What the reviewer said of the case in view, in this reading of it.
    pub(crate) fn review(&self) -> &CaseReview {
        self.desk
            .log
            .ledger()
            .reading(self.in_view.pass, &self.key())
    }

    /// The ranking of the case in view.
    pub(crate) fn rank(&self) -> &WeakOrder {
        &self.review().rank
    }

    /// The number beside an answer: the one that was given while the case is open, so that the same digit ties with it; then its rank.
    pub(crate) fn number(&self, model: &str) -> Option<usize> {
        match self.review().submitted {
            Some(_) => self.rank().rank(model).map(|rank| rank as usize),
            None => self.rank().level(model),
        }
    }

    /// The models of the answers in blind order.
    pub(crate) fn models(&self) -> Vec<&str> {
        self.in_view
            .order
            .iter()
            .map(|&i| self.case().responses[i].model.as_str())
            .collect()
    }

    /// The texts of the answers in blind order.
    pub(crate) fn texts(&self) -> Vec<&str> {
        self.in_view.texts(self.case())
    }

    /// The model of an answer in blind order.
    pub(crate) fn model(&self, answer: usize) -> Option<&str> {
        self.in_view
            .order
            .get(answer)
            .map(|&i| self.case().responses[i].model.as_str())
    }

    /// What came in place of an answer in a column behind all answers.
    pub(crate) fn unanswered(&self, column: usize) -> Option<&Answered> {
        let place = column.checked_sub(self.in_view.order.len())?;
        let outcome = self.in_view.unanswered.get(place)?;
        self.case().outcomes.get(*outcome)
    }

    /// What came of asking the model of a column, where the program asked it.
    pub(crate) fn outcome(&self, column: usize) -> Option<&Answered> {
        match self.model(column) {
            Some(model) => self.case().outcome(model),
            None => self.unanswered(column),
        }
    }

    /// What a column is called on the screen: a letter, and the model's name once unblinded.
    pub(crate) fn letter(&self, column: usize) -> String {
        let letter = blind::letter(column as u32);
        let lost = || self.unanswered(column).map(|o| o.label.as_str());
        match self.model(column).or_else(lost) {
            Some(model) if self.is_unblinded() => format!("{letter} {model}"),
            _ => letter,
        }
    }

    /// Whether keys go to that pane.
    pub(crate) fn has_keys(&self, pane: Focus) -> bool {
        self.screen.focus == pane && self.screen.overlay.is_none()
    }

    /// The record, where it can be shown.
    pub(crate) fn view(&self) -> Option<&Arc<RecordView>> {
        self.in_view.record.view()
    }

    /// What was found in the record.
    pub(crate) fn hits(&self) -> &Hits {
        &self.looking.find.record
    }

    /// Whether keys are text: in an overlay that takes it, or in the gold response.
    pub(crate) fn takes_text(&self) -> bool {
        if self.is_writing() {
            return true;
        }
        self.screen.overlay.as_ref().is_some_and(|o| o.takes_text())
    }

    /// The layers that read keys, the first before the others.
    pub(crate) fn layers(&self) -> Vec<Layer> {
        match &self.screen.overlay {
            Some(overlay) if overlay.takes_text() => overlay.layers_now().to_vec(),
            // A passage is selected in the timeline or in a reader; marks could be hit by mistake there.
            _ if self.in_view.record.selection.is_some() => vec![Layer::Passage],
            // Most keep the keys of the global layer that make sense over them.
            Some(overlay) => overlay.layers().to_vec(),
            None if self
                .in_view
                .visit
                .as_ref()
                .is_some_and(|v| v.looked.is_some()) =>
            {
                vec![Layer::Candidate, Layer::Timeline, Layer::Global]
            }
            None => match self.screen.focus {
                Focus::Timeline => vec![Layer::Timeline, Layer::Global],
                Focus::Answers => vec![Layer::Answers, Layer::Global],
                Focus::Gold if self.is_writing() => vec![Layer::Gold],
                Focus::Gold => vec![Layer::Global],
            },
        }
    }

    /// Looks every few seconds whether another program changed the review file, and says so; true where there was something.
    pub(in crate::tui) fn watch_file(&mut self) -> bool {
        if self.desk.looked_at_file.elapsed() > LOOK_EVERY {
            self.desk.looked_at_file = Instant::now();
            if let Err(error) = self.desk.log.look(false) {
                self.say(
                    Tone::Alert,
                    format!("The review file cannot be used: {error}"),
                );
                return true;
            }
        }
        self.tell_of_file()
    }

    /// Says what was found of the review file; true where there was something.
    pub(in crate::tui) fn tell_of_file(&mut self) -> bool {
        let notices = self.desk.log.take_notices();
        let Some(last) = notices.last() else {
            return false;
        };
        let text = format!("REVIEW FILE CHANGED: {}", last.what);
        self.say(Tone::Alert, text);
        self.desk.notices.extend(notices);
        true
    }

    /// Says something on the message line.
    pub(crate) fn say(&mut self, tone: Tone, message: impl Into<String>) {
        self.screen.say(tone, message);
    }

    /// Writes an act to the review file; it is on disk when this returns true. A failure is said and stays in view. What
    /// is about the case in view belongs to the reading in view.
    pub(crate) fn act(&mut self, case: Option<&CaseKey>, act: Act) -> bool {
        let here = case.is_some_and(|c| *c == self.key());
        // What is said of the instruction or of a record says nothing of the answers, and is said once.
        let apart = !matches!(act, Act::Category { .. } | Act::Relevance { .. });
        let pass = if here && apart {
            self.in_view.pass
        } else {
            Pass::First
        };
        self.act_in(pass, case, act)
    }

    /// The same, in any reading.
    pub(in crate::tui) fn act_in(&mut self, pass: Pass, case: Option<&CaseKey>, act: Act) -> bool {
        if self.refuses_ahead(&act) {
            return false;
        }
        self.note_outside(pass, case, &act);
        match self.desk.log.append_in(pass, case, act) {
            Ok(saved) => {
                self.desk.saved_at = Some(self.desk.wall_clock(saved.time));
                true
            }
            Err(error) => {
                // What to do comes first: on a narrow screen the reason is cut off.
                let again = self.desk.key_of(Action::RetrySave);
                let text = format!("NOT SAVED, only in memory; {again} tries again: {error}");
                self.say(Tone::Alert, text);
                false
            }
        }
    }
}
