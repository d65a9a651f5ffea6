//! The desk: what lives as long as the program, whatever case is in view.
//!
//! In: what the program is started with. Out: the dataset, the review file, the settings, what the plan gives, what is remembered of
//! each case. It knows nothing of the screen.

use std::collections::HashMap;
use std::sync::Arc;
use std::time::{Duration, Instant};

use super::Effect;
use crate::dataset::Dataset;
use crate::notice::Notice;
use crate::review::Log;
use crate::review::naming::Names;
use crate::review::plan::Step;
use crate::tui::action::{self, Action, Layer};
use crate::tui::adjudication::Adjudication;
use crate::tui::app::Start;
use crate::tui::keymap::Keymap;
use crate::tui::queue::CaseFilter;
use crate::tui::resume::CasePlace;
use crate::tui::theme::Theme;

/// What lives as long as the program.
pub(crate) struct Desk {
    pub dataset: Arc<Dataset>,
    /// The review file and what it says.
    pub log: Log,
    /// When the review file was looked at last.
    pub(super) looked_at_file: Instant,
    /// When the last act was saved, as a time on the wall.
    pub saved_at: Option<String>,
    /// The reviewer's name.
    pub reviewer: String,
    /// Keys.
    pub keymap: Keymap,
    /// Signs and styles.
    pub theme: Theme,
    /// Whether only ASCII signs are drawn where all is not said in words.
    ascii: bool,
    /// Notices of opening, and of what was found since.
    pub notices: Vec<Notice>,
    /// What there is to read.
    pub plan: Plan,
    /// Who must not be known.
    pub(in crate::tui) blinding: Blinding,
    /// What reviewers said, where somebody decides between them.
    pub adjudication: Option<Adjudication>,
    /// What is remembered of each case.
    pub(in crate::tui) memory: Memory,
    /// Minutes that the clock on the wall is ahead of UTC.
    pub(in crate::tui) utc_offset_minutes: i64,
    /// What the runner still has to do.
    pub effects: Vec<Effect>,
}

/// What there is to read, and what of it is listed.
pub(crate) struct Plan {
    /// What the plan gives the reviewer to read, in order; empty without a plan. In an adjudication the disputed cases.
    pub steps: Vec<Step>,
    /// What the plan gives the reviewer to read, also in an adjudication; `None` where there is no plan.
    pub(in crate::tui) all: Option<Vec<Step>>,
    /// By the case's place, how many others the plan gives it to read; empty without a plan.
    pub(in crate::tui) others: Vec<usize>,
    /// Which cases the list shows.
    pub filter: CaseFilter,
}

/// What a blind reading rests on.
pub(in crate::tui) struct Blinding {
    /// Whether the models' names are shown in every case that is opened; see [`App::is_unblinded`](super::App::is_unblinded).
    pub unblinds: bool,
    /// Seed of the blind order.
    pub seed: u64,
    /// The names to look for in answers.
    pub names: Names,
}

/// What is remembered of each case.
pub(in crate::tui) struct Memory {
    /// Where things were.
    pub places: HashMap<String, CasePlace>,
    /// How long it was in view in this session.
    pub spent: HashMap<Step, Duration>,
}

impl Desk {
    /// The desk at the start; what belongs to one case or to the screen is taken from `start` elsewhere.
    pub(super) fn of(start: Start) -> Desk {
        let filter = if start.queue.is_empty() {
            CaseFilter::All
        } else {
            CaseFilter::Queue
        };
        Desk {
            blinding: Blinding {
                unblinds: start.unblinded,
                seed: start.seed,
                names: Names::of_dataset(&start.dataset),
            },
            dataset: start.dataset,
            log: start.log,
            looked_at_file: Instant::now(),
            saved_at: None,
            reviewer: start.reviewer,
            keymap: start.keymap,
            theme: Theme {
                ascii: start.theme.ascii || start.theme.plain,
                ..start.theme
            },
            ascii: start.theme.ascii,
            notices: start.notices,
            plan: Plan {
                steps: start.queue,
                all: start.plan.as_ref().map(|share| share.steps.clone()),
                others: start.plan.map_or_else(Vec::new, |share| share.others),
                filter,
            },
            adjudication: start.adjudication,
            memory: Memory {
                places: start.places,
                spent: HashMap::new(),
            },
            utc_offset_minutes: start.utc_offset_minutes,
            effects: Vec::new(),
        }
    }

    /// Says all in words, or draws it, with the signs that were asked for.
    pub(in crate::tui) fn set_plain(&mut self, plain: bool) {
        let ascii = self.ascii || plain;
        self.theme = Theme { ascii, plain };
    }

    /// The key of an action in a layer, or its name where no key is bound there.
    pub(in crate::tui) fn key_in(&self, layer: Layer, action: Action) -> String {
        let key = self.keymap.key(&[layer], action);
        key.unwrap_or_else(|| format!(":{}", action::of(action).name))
    }

    /// The key of an action as it is written, or its name where no key is bound.
    pub(crate) fn key_of(&self, action: Action) -> String {
        let entry = action::of(action);
        self.keymap
            .key(entry.layers, action)
            .unwrap_or_else(|| format!(":{}", entry.name))
    }

    /// The time of day on the wall.
    pub(crate) fn wall_clock(&self, time: jiff::Timestamp) -> String {
        wall_clock(time, self.utc_offset_minutes)
    }
}

/// The time of day, so many minutes ahead of UTC.
pub(crate) fn wall_clock(time: jiff::Timestamp, utc_offset_minutes: i64) -> String {
    let seconds = (time.as_second() + utc_offset_minutes * 60).rem_euclid(86_400);
    format!(
        "{:02}:{:02}:{:02}",
        seconds / 3600,
        seconds / 60 % 60,
        seconds % 60
    )
}
