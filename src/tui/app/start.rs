//! What the state is started with, and what it asks of the runner.
//!
//! In: nothing. Out: plain values.

use std::collections::HashMap;
use std::sync::Arc;

use super::App;
use crate::dataset::Dataset;
use crate::review::plan::{Share, Step};
use crate::review::{Log, Pass};
use crate::search::retrieve::tokens::Tokens;
use crate::search::worker::Request;
use crate::tui::adjudication::Adjudication;
use crate::tui::guide::Guide;
use crate::tui::keymap::Keymap;
use crate::tui::ranked::Wanted;
use crate::tui::record_view::RecordView;
use crate::tui::resume::CasePlace;
use crate::tui::theme::Theme;
use crate::tui::typing::Typing;

/// How a message is meant.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Tone {
    /// It went well, or is worth knowing.
    Calm,
    /// It was refused, or needs attention.
    Alert,
}

/// What the runner does for the state, after it changed.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) enum Effect {
    /// Read the record of a case, and then that of the next one ahead of need.
    Load {
        /// The case in view.
        case: usize,
        /// The case that is likely next.
        next: Option<usize>,
    },
    /// Let another program's editor have the text that is being written.
    Edit,
    /// Send text to the terminal's clipboard.
    Copy {
        text: String,
        /// What it is, for the message.
        what: &'static str,
    },
    /// Find the pins and the dataset's evidence in the record in view.
    Places {
        /// The case in view.
        case: usize,
    },
    /// Look which claims of the answers occur in the record in view.
    Ground {
        /// The case in view.
        case: usize,
    },
    /// Search the index.
    Search(Request),
    /// Cut passages for what was found.
    Passages(Wanted),
    /// Look at the index and the record files again.
    LookAtIndex,
    /// Make the index, or bring it up to date.
    BuildIndex,
    /// Stop making the index.
    StopIndex,
    /// Read a record to look at beside the case.
    Visit {
        /// The patient.
        person: String,
        /// The instruction to find passages for.
        ask: Option<String>,
    },
    /// Compute the report of what the reviewer said.
    Report,
    /// Propose records for the instructions.
    Match {
        /// How texts are cut into words.
        tokens: Tokens,
    },
    /// Stop proposing.
    StopMatch,
    /// Write what is typed and not saved.
    KeepTyping,
    /// Remember where everything is.
    SavePlace,
    /// Draw the whole screen anew.
    Repaint,
    /// Ask the terminal for the mouse, or give it back.
    Mouse,
    /// Go back to the shell until `fg`.
    Suspend,
    /// Leave.
    Quit,
}

impl App {
    /// Takes the effects that the runner has to carry out.
    pub(crate) fn take_effects(&mut self) -> Vec<Effect> {
        std::mem::take(&mut self.desk.effects)
    }

    /// Whether it is left once the effects are carried out.
    pub(crate) fn leaves(&self) -> bool {
        self.desk.effects.contains(&Effect::Quit)
    }
}

/// The record of the case in view.
#[derive(Clone, Debug, Default)]
pub(crate) enum RecordState {
    /// It is being read.
    #[default]
    Reading,
    /// It can be shown.
    Ready(Arc<RecordView>),
    /// It cannot be shown; why.
    Failed(String),
}

/// What the program is started with.
pub(crate) struct Start {
    pub dataset: Arc<Dataset>,
    /// The opened review file.
    pub log: Log,
    /// What is said to somebody who is new.
    pub(crate) guide: Guide,
    /// The reviewer's name.
    pub reviewer: String,
    /// Seed of the blind order.
    pub seed: u64,
    /// Whether the models' names are shown.
    pub unblinded: bool,
    /// Whether what is later than an instruction is hidden.
    pub hides_later: bool,
    /// Keys.
    pub keymap: Keymap,
    /// Signs and styles.
    pub theme: Theme,
    /// Notices of opening: a lock taken over, bad lines …
    pub notices: Vec<crate::notice::Notice>,
    /// Minutes that the clock on the wall is ahead of UTC.
    pub utc_offset_minutes: i64,
    /// What was typed and not saved when the program ended.
    pub typing: Typing,
    /// Where things were when the program was left.
    pub places: HashMap<String, CasePlace>,
    /// The case to begin with.
    pub case: usize,
    /// Which reading of it.
    pub pass: Pass,
    /// What the plan gives the reviewer to read, in order, and others, also in an adjudication; `None` where there is no plan.
    pub plan: Option<Share>,
    /// What is stepped through: the plan's readings; empty without a plan. In an adjudication the disputed cases.
    pub queue: Vec<Step>,
    /// What reviewers said, where somebody decides between them.
    pub adjudication: Option<Adjudication>,
}
