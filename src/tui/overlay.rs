//! What lies over the panes: lists, menus, prompts, a note at full size, a trend.
//!
//! In: keys as actions. Out: its own small state. One overlay is open at a time; none knows the panes.

use crate::record::EventId;
use crate::review::{ErrorKind, Harm};
use crate::text::Row;
use crate::tui::action::Layer;
use crate::tui::editor::Editor;
use crate::tui::overlays;
use crate::tui::widgets::list::{List, Scroll};

/// What a prompt asks for.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Ask {
    /// A date to go to.
    Date,
    /// Two dates between which events are shown.
    DateRange,
    /// The ranking as a line.
    Rank,
    /// What to find.
    Find,
    /// Why a proposed record has its label.
    LabelComment,
    /// What to find in the gold response.
    InText,
    /// Where to save a copy of what could not be saved.
    SaveElsewhere,
}

/// What lies over the panes.
pub enum Overlay {
    /// One of those that are by themselves.
    Own(Box<dyn overlays::Overlay>),
    /// Actions by name.
    Palette {
        /// What was typed.
        editor: Editor,
        /// Matching rows of the table of actions, best first.
        found: Vec<usize>,
        /// The selection among them.
        list: List,
    },
    /// What is wrong with the answer in focus.
    Tags {
        /// The model; never shown.
        model: String,
        /// The kinds chosen.
        errors: Vec<ErrorKind>,
        /// The harm chosen.
        harm: Option<Harm>,
        /// The selection.
        list: List,
    },
    /// Whether the instruction applies, and whether the record suffices.
    Applicability {
        /// Whether it applies to the patient.
        applicable: Option<bool>,
        /// Whether the record says enough.
        sufficient: Option<bool>,
        /// Why.
        reason: Editor,
        /// Whether keys go into the reason.
        typing: bool,
        /// The selection.
        list: List,
    },
    /// One line of text.
    Prompt {
        /// What it asks for.
        ask: Ask,
        /// The line.
        editor: Editor,
        /// What is wrong with it, said under it.
        problem: Option<String>,
    },
    /// A comment on an answer, or on the case.
    Comment {
        /// The model; never shown. `None`: the case.
        model: Option<String>,
        /// The text.
        editor: Editor,
    },
    /// A note, or an event's details, at full size.
    Reader {
        /// The event.
        event: EventId,
        /// The note's rows at the reader's width; empty for other events.
        rows: Vec<Row>,
        /// The width they were wrapped at.
        width: u16,
        /// Where it is scrolled to.
        scroll: Scroll,
    },
    /// Ranked search: the query's line; what was found is kept beyond it.
    Search(Editor),
    /// The records proposed for the instructions; they are kept beyond it.
    Matches,
}

impl Overlay {
    /// The layer whose keys it takes.
    pub fn layer(&self) -> Layer {
        match self {
            Overlay::Applicability { typing: true, .. } => Layer::Text,
            Overlay::Own(overlay) => overlay.layers()[0],
            Overlay::Applicability { .. } | Overlay::Tags { .. } => Layer::List,
            Overlay::Palette { .. } | Overlay::Prompt { .. } | Overlay::Comment { .. } => {
                Layer::Text
            }
            Overlay::Search(_) => Layer::Search,
            Overlay::Matches => Layer::Matches,
            Overlay::Reader { .. } => Layer::Reader,
        }
    }

    /// Its list with a selected row, if keys move in one.
    pub fn list(&mut self) -> Option<&mut List> {
        match self {
            Overlay::Applicability { list, .. } | Overlay::Tags { list, .. } => Some(list),
            _ => None,
        }
    }

    /// Its text editor, if it has one.
    pub fn editor(&mut self) -> Option<&mut Editor> {
        match self {
            Overlay::Search(editor)
            | Overlay::Palette { editor, .. }
            | Overlay::Prompt { editor, .. }
            | Overlay::Comment { editor, .. } => Some(editor),
            Overlay::Applicability {
                reason,
                typing: true,
                ..
            } => Some(reason),
            _ => None,
        }
    }
}
