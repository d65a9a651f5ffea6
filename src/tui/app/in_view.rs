//! The case in view: everything that is new when the case changes, or when another record is looked at beside it.
//!
//! In: the desk, a reading of a case. Out: its answers in blind order, its gold response, its record. It is built anew as a whole, so
//! that nothing of the case before can be forgotten in it.

use std::cell::OnceCell;
use std::ops::Range;
use std::sync::Arc;
use std::time::Instant;

use super::{Desk, RecordState};
use crate::dataset::Case;
use crate::review::adjudicate::Side;
use crate::review::plan::Step;
use crate::review::{Pass, blind};
use crate::text::ScreenRow;
use crate::tui::gold::Gold;
use crate::tui::panes::answers::Answers;
use crate::tui::panes::timeline::{Filter, Timeline};
use crate::tui::pins::Pins;
use crate::tui::record_view::RecordView;
use crate::tui::selection::Selection;
use crate::tui::update::context::Context;
use crate::tui::visit::Visit;
use crate::tui::widgets::map::Map;

/// The case in view.
pub(crate) struct InView {
    /// Its place in the dataset.
    pub case: usize,
    /// Which reading of it.
    pub pass: Pass,
    /// Since when it is in view.
    pub(super) opened: Instant,
    /// The wrapped instruction.
    pub(in crate::tui) instruction: Instruction,
    /// Its answers in blind order, as places in the case's responses.
    pub order: Vec<usize>,
    /// What came in place of answers, in blind order, as places in the case's outcomes. Their columns stand behind all answers, so that
    /// what is ranked and judged is counted without them.
    pub unanswered: Vec<usize>,
    /// Which of them name a model or a maker, their own or another.
    pub naming: Vec<bool>,
    /// The answers pane.
    pub answers: Answers,
    /// The gold response that is being written.
    pub gold: Gold,
    /// Whether it stands beside the record, where there is room.
    pub gold_beside: bool,
    /// What reviewers said of it, where somebody decides between them and may see that.
    pub(in crate::tui) sides: Vec<Side>,
    /// The record in view and what hangs on it.
    pub record: RecordInView,
    /// What is looked at beside the case, if its own record is not in view.
    pub visit: Option<Visit>,
    /// What the timeline showed before a record was looked at beside the case.
    pub(in crate::tui) filter_after_visit: Option<Filter>,
}

/// The instruction as it stands on the screen.
#[derive(Default)]
pub(in crate::tui) struct Instruction {
    /// Its rows, and the size of the screen it is wrapped for.
    pub wrapped: (Vec<ScreenRow>, (u16, u16)),
    /// The first visible row.
    pub top: usize,
}

/// The record in view and what hangs on it.
#[derive(Default)]
pub(crate) struct RecordInView {
    /// The record, once it is read.
    pub state: RecordState,
    /// The timeline pane.
    pub timeline: Timeline,
    pub map: Map,
    /// The columns that the map is drawn for.
    pub(super) map_width: u16,
    /// Where pins and evidence stand in it.
    pub pins: Pins,
    /// The passage that is being selected.
    pub selection: Option<Selection>,
    /// What the model in focus saw of it, while that is marked.
    pub context: Option<Context>,
    /// Its fingerprint, once that was asked for.
    pub(in crate::tui) fingerprint: OnceCell<String>,
    /// The claims of each answer in blind order, and whether each occurs in the record.
    pub grounded: Vec<Vec<(Range<usize>, bool)>>,
}

impl RecordInView {
    /// The record, where it can be shown.
    pub(crate) fn view(&self) -> Option<&Arc<RecordView>> {
        match &self.state {
            RecordState::Ready(view) => Some(view),
            RecordState::Reading | RecordState::Failed(_) => None,
        }
    }
}

impl InView {
    /// A reading of a case, before its record has come.
    pub(super) fn of(desk: &Desk, step: Step) -> InView {
        let Step { case, pass } = step;
        let of = &desk.dataset.cases()[case];
        let models: Vec<&str> = of.responses.iter().map(|r| r.model.as_str()).collect();
        let seed = pass.seed(desk.blinding.seed);
        let order = blind::order(seed, &desk.reviewer, &of.instruction_id, &models);
        let lost = (0..of.outcomes.len()).filter(|i| !of.outcomes[*i].outcome.is_answer());
        let lost: Vec<usize> = lost.collect();
        let labels: Vec<&str> = lost
            .iter()
            .map(|i| of.outcomes[*i].label.as_str())
            .collect();
        let unanswered = blind::order(seed, &desk.reviewer, &of.instruction_id, &labels);
        let unanswered: Vec<usize> = unanswered.into_iter().map(|i| lost[i]).collect();
        let names_a_model = |&i: &usize| {
            let text = &of.responses[i].text;
            desk.blinding.names.find(text).is_some()
        };
        InView {
            naming: order.iter().map(names_a_model).collect(),
            answers: Answers::of(order.len() + unanswered.len(), 0, 0),
            order,
            unanswered,
            gold: Gold::of(desk.log.ledger().reading(pass, &of.key())),
            ..InView::empty(step, Instant::now())
        }
    }

    /// Another record beside the case: its answers are about the case's own record, so they leave the screen.
    pub(in crate::tui) fn beside(&self, visit: Visit) -> InView {
        InView {
            visit: Some(visit),
            ..InView::empty(self.step(), self.opened)
        }
    }

    fn empty(step: Step, opened: Instant) -> InView {
        InView {
            case: step.case,
            pass: step.pass,
            opened,
            instruction: Instruction::default(),
            order: Vec::new(),
            unanswered: Vec::new(),
            naming: Vec::new(),
            answers: Answers::of(0, 0, 0),
            gold: Gold::default(),
            gold_beside: false,
            sides: Vec::new(),
            record: RecordInView::default(),
            visit: None,
            filter_after_visit: None,
        }
    }

    /// Which reading of which case.
    pub(crate) fn step(&self) -> Step {
        Step {
            case: self.case,
            pass: self.pass,
        }
    }

    /// The texts of the answers in blind order; `case` is the one in view.
    pub(in crate::tui) fn texts<'a>(&self, case: &'a Case) -> Vec<&'a str> {
        let text = |&i: &usize| case.responses[i].text.as_str();
        self.order.iter().map(text).collect()
    }
}
