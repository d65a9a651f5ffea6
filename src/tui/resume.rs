//! Where things were: remembered on leaving, found again on coming back.
//!
//! In: the state of the panes. Out: a small private file per dataset and reviewer in the data folder. It holds places,
//! never text; a damaged one is ignored, since nothing but comfort is lost with it.

use std::collections::HashMap;
use std::path::{Path, PathBuf};

use serde::{Deserialize, Serialize};

use crate::dataset::CaseKey;
use crate::error::{Error, Result};
use crate::files::private::{parent, private_folder};
use crate::files::replace::replace;
use crate::record::{EncounterId, EventId, Record};
use crate::review::Pass;
use crate::tui::layout::Focus;
use crate::tui::panes::timeline::{Timeline, TimelineLine};

/// Where things are in one case.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default)]
pub(crate) struct CasePlace {
    /// The pane in focus.
    pub focus: Focus,
    /// Whether it has the whole width.
    pub zoom: bool,
    /// Unfolded encounters.
    pub encounters: Vec<u32>,
    /// Open notes.
    pub notes: Vec<u32>,
    /// The selected line: what it is, its event or encounter, its row.
    pub line: Option<(char, u32, u32)>,
    /// The first visible line.
    pub top: usize,
    /// The answer in focus.
    pub answer: usize,
    /// Where each answer is scrolled to.
    pub scrolls: Vec<u32>,
}

/// What is remembered of a dataset.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub(crate) struct Resume {
    /// The case that was open.
    pub case: Option<CaseKey>,
    /// Which reading of it.
    #[serde(default)]
    pub pass: Pass,
    /// Whether what is later than an instruction was hidden.
    #[serde(default)]
    pub hides_later: bool,
    /// Where things were in each reading of a case, by [`CaseKey`] and [`Pass`] as text.
    pub places: HashMap<String, CasePlace>,
}

impl CasePlace {
    /// Puts the timeline back to where it was.
    pub(crate) fn restore(&self, timeline: &mut Timeline, record: &Record) {
        let encounters: Vec<EncounterId> =
            self.encounters.iter().copied().map(EncounterId).collect();
        let notes: Vec<EventId> = self.notes.iter().copied().map(EventId).collect();
        let line = self.line.and_then(|(what, id, row)| match what {
            'c' => Some(TimelineLine::Encounter(EncounterId(id))),
            'd' => Some(TimelineLine::Day(EventId(id))),
            'e' => Some(TimelineLine::Event(EventId(id))),
            't' => Some(TimelineLine::Text(EventId(id), row)),
            'a' => Some(TimelineLine::AsOf(id.checked_sub(1).map(EncounterId))),
            _ => None,
        });
        timeline.restore(record, &encounters, &notes, line, self.top);
    }
}

/// The file of a dataset and reviewer.
pub(crate) fn path(data: &Path, fingerprint: &str, reviewer: &str) -> PathBuf {
    data.join("places")
        .join(format!("{fingerprint}-{reviewer}.json"))
}

impl Resume {
    /// What was remembered, or nothing.
    pub(crate) fn read(path: &Path) -> Resume {
        std::fs::read(path)
            .ok()
            .and_then(|b| serde_json::from_slice(&b).ok())
            .unwrap_or_default()
    }

    /// Writes the file in place of the one before.
    ///
    /// # Errors
    /// When the folder or the file cannot be written.
    pub(crate) fn write(&self, path: &Path) -> Result<()> {
        private_folder(parent(path))?;
        let bytes =
            serde_json::to_vec(self).map_err(|e| Error::bug(format!("places as JSON: {e}")))?;
        replace(path, &bytes)
    }
}
