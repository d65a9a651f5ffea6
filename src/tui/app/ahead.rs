//! Keys that were typed before what they answer to was on the screen: on a line that stalls, several arrive at once.
//!
//! In: what the last frame showed. Out: whether the key at hand was typed ahead of the case, or of the question, that is
//! there now. Nobody judges, ranks, submits or says yes to what was not shown; moving on is free.

use std::ops::Range;

use super::App;
use crate::review::{Act, Pass};
use crate::tui::app::Tone;
use crate::tui::layout::Focus;
use crate::tui::overlays::confirm::{Confirm, Question};
use crate::tui::overlays::reason::Reason;

/// What of a frame a mark, or a yes, answers to.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Shown {
    case: usize,
    pass: Pass,
    question: Option<Question>,
    asks_for_reason: bool,
}

/// What was drawn.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(crate) enum Drawn {
    /// Nobody draws, so that keys are held against nothing.
    #[default]
    Never,
    /// Nothing yet.
    Nothing,
    /// The last frame, and the answers that could be seen in it, in part at least.
    Frame(Shown, Range<usize>),
}

impl App {
    fn shown(&self) -> Shown {
        Shown {
            case: self.in_view.case,
            pass: self.in_view.pass,
            question: self.over::<Confirm>().map(|c| c.question.clone()),
            asks_for_reason: self.over::<Reason>().is_some(),
        }
    }

    /// To be called before the first frame: from now on keys are held against what is drawn.
    pub(crate) fn begin_drawing(&mut self) {
        self.keys.drawn = Drawn::Nothing;
    }

    /// To be called when a frame was drawn.
    pub(crate) fn drawn(&mut self) {
        let answers = if self.screen.frame.answers.is_empty() {
            0..0
        } else {
            self.in_view.answers.visible()
        };
        self.keys.drawn = Drawn::Frame(self.shown(), answers);
        self.keys.ahead = false;
    }

    /// Looks whether the key at hand answers to what was drawn. What was typed ahead once stays so until the next frame:
    /// the keys before it may have led back to what that frame showed. Says whether it does nothing at all, because it
    /// would close a question that nobody has seen.
    pub(in crate::tui) fn look_ahead(&mut self) -> bool {
        let now = self.shown();
        let (ahead, asked) = match &self.keys.drawn {
            Drawn::Never => (false, true),
            Drawn::Nothing => (true, true),
            Drawn::Frame(shown, _) => {
                let asks = now.question.is_some() || now.asks_for_reason;
                let seen = (&shown.question, shown.asks_for_reason)
                    == (&now.question, now.asks_for_reason);
                (*shown != now, seen || !asks)
            }
        };
        self.keys.ahead |= ahead;
        !asked && self.says_ahead()
    }

    /// Whether the key at hand was typed ahead and so does not do this; says so.
    pub(in crate::tui) fn refuses_ahead(&mut self, act: &Act) -> bool {
        let answers = act.is_mark()
            || matches!(
                act,
                Act::Submit { .. }
                    | Act::Reopen {}
                    | Act::Evidence { .. }
                    | Act::Unpin { .. }
                    | Act::Relevance { .. }
                    | Act::Category { .. }
                    | Act::Undo { .. }
                    | Act::Redo { .. }
            );
        // In its pane the answer in focus is marked, so that one has to have been there.
        if let Drawn::Frame(_, answers) = &self.keys.drawn
            && act.is_mark()
            && self.screen.focus == Focus::Answers
        {
            self.keys.ahead |= !answers.contains(&self.in_view.answers.focus());
        }
        answers && self.says_ahead()
    }

    /// Whether the key at hand was typed ahead; says so.
    pub(in crate::tui) fn says_ahead(&mut self) -> bool {
        if self.keys.ahead {
            let text =
                "NOT TAKEN: it was typed before this was on the screen. Look, then type it again";
            self.say(Tone::Alert, text);
        }
        self.keys.ahead
    }
}
