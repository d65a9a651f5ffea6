//! What lies over the panes: lists, menus, prompts, a note at full size, a trend.
//!
//! In: keys as actions. Out: its own small state. One overlay is open at a time; none knows the panes.

use std::sync::Arc;

use crate::record::EventId;
use crate::report::render_text::Line;
use crate::report::table::Report;
use crate::review::plan::Step;
use crate::review::{ErrorKind, Harm};
use crate::text::{self, Layout, Row};
use crate::tui::action::{Action, Layer};
use crate::tui::editor::Editor;
use crate::tui::overlays;
use crate::tui::widgets::list::{List, Scroll};
use crate::tui::widgets::trend::Trend;

/// A report, laid out for the screen.
#[derive(Clone, Debug, Default)]
pub struct ReportPane {
    /// Whether it is the progress only, since reviewing is blind.
    pub blind: bool,
    /// The report, once it is computed.
    pub report: Option<Arc<Report>>,
    /// Its lines at the width they were laid out for.
    pub lines: Vec<Line>,
    /// That width; `None` until then.
    pub laid_out: Option<u16>,
    /// Where it is scrolled to.
    pub scroll: Scroll,
}

/// A text that scrolls, over the list that it is from.
pub struct WholeText {
    /// What it is.
    pub title: String,
    /// The text.
    pub text: String,
    /// Its rows at a width.
    pub rows: Vec<Row>,
    /// That width.
    pub width: u16,
    /// Where it is scrolled to.
    pub scroll: Scroll,
    /// The list.
    pub back: Overlay,
}

impl WholeText {
    /// Wraps the text at a width, unless that was done, and fits it to a height.
    pub fn fit(&mut self, width: u16, height: usize) {
        let wanted = width.saturating_sub(2).max(1);
        if self.width != wanted {
            self.rows = text::wrap(&self.text, usize::from(wanted), Layout::Flattened);
            self.width = wanted;
        }
        self.scroll.len = self.rows.len();
        self.scroll.height = height.max(1);
        self.scroll.go(0);
    }
}

/// Which cases are listed.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Default)]
pub enum CaseFilter {
    /// All of them.
    #[default]
    All,
    /// Those that the plan gives the reviewer.
    Queue,
    /// Those that are not submitted.
    Unfinished,
    /// Those that the reviewer has marks in.
    Mine,
    /// Those that are flagged.
    Flagged,
    /// Those of one category, by its place among [`App::categories`](crate::tui::app::App::categories).
    Category(usize),
}

impl CaseFilter {
    /// Its name in the list's heading.
    pub fn name(self) -> &'static str {
        match self {
            CaseFilter::All => "all",
            CaseFilter::Queue => "your queue",
            CaseFilter::Unfinished => "unfinished",
            CaseFilter::Mine => "mine",
            CaseFilter::Flagged => "flagged",
            CaseFilter::Category(_) => "of one category",
        }
    }
}

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

/// What a question asks to confirm: one key does, every other goes back.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Question {
    /// Submit although something is missing or contradicts.
    Submit,
    /// Show the models' names.
    Unblind,
    /// Say something in a reading that the plan does not give the reviewer; what is done then.
    OutsidePlan(Option<Action>),
    /// Show what others marked to somebody who has still to read the case.
    SeeOthers,
    /// Take back, or do again, the act with this id, which is of another case than the one in view.
    Elsewhere {
        /// Whether it is taken back.
        undo: bool,
        /// The act's id.
        target: String,
    },
    /// Leave although something could not be saved.
    LeaveUnsaved,
    /// Another program's editor failed; only to be read.
    EditorFailed,
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
    /// All cases.
    Cases {
        /// Which are listed.
        filter: CaseFilter,
        /// The readings.
        shown: Vec<Step>,
        /// The selection among them.
        list: List,
    },
    /// Pins, and the evidence that came with the dataset.
    Evidence(List),
    /// What reviewers said of the case, in an adjudication.
    Sides(List),
    /// The whole text of a row of a list that has no room for it.
    Whole(Box<WholeText>),
    /// What decided, in an adjudication.
    Reason {
        /// What is still open.
        lines: Vec<String>,
        /// Whether a reason is chosen: none is until one is gone to.
        chosen: bool,
        /// The selection.
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
    /// A value over time.
    Trend(Trend),
    /// Moving along the map: the column.
    Map(usize),
    /// The report.
    Report(ReportPane),
    /// Something to confirm, and the lines that say why.
    Confirm(Question, Vec<String>),
}

impl Overlay {
    /// The layer whose keys it takes.
    pub fn layer(&self) -> Layer {
        match self {
            Overlay::Applicability { typing: true, .. } => Layer::Text,
            Overlay::Own(overlay) => overlay.layers()[0],
            Overlay::Applicability { .. }
            | Overlay::Report(_)
            | Overlay::Reason { .. }
            | Overlay::Whole(_)
            | Overlay::Tags { .. } => Layer::List,
            Overlay::Confirm(..) => Layer::Question,
            Overlay::Cases { .. } => Layer::Cases,
            Overlay::Evidence(_) => Layer::Evidence,
            Overlay::Sides(_) => Layer::Sides,
            Overlay::Palette { .. } | Overlay::Prompt { .. } | Overlay::Comment { .. } => {
                Layer::Text
            }
            Overlay::Search(_) => Layer::Search,
            Overlay::Matches => Layer::Matches,
            Overlay::Reader { .. } => Layer::Reader,
            Overlay::Trend(_) | Overlay::Map(_) => Layer::Trend,
        }
    }

    /// Its list with a selected row, if keys move in one.
    pub fn list(&mut self) -> Option<&mut List> {
        match self {
            Overlay::Cases { list, .. }
            | Overlay::Evidence(list)
            | Overlay::Sides(list)
            | Overlay::Reason { list, .. }
            | Overlay::Applicability { list, .. }
            | Overlay::Tags { list, .. } => Some(list),
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
