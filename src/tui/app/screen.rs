//! The screen: its size, where everything is on it, what lies over the panes, what is said; and what keys just did.
//!
//! In: nothing. Out: plain state that outlives the case in view.

use super::ahead::Drawn;
use crate::tui::action::Layer;
use crate::tui::app::Tone;
use crate::tui::find::Find;
use crate::tui::guide::Guide;
use crate::tui::layout::{Focus, Frame};
use crate::tui::matches::Matches;
use crate::tui::overlays::Overlay;
use crate::tui::ranked::Ranked;
use crate::tui::terminal::Key;
use crate::tui::visit::Jump;

/// What is on the screen, and how.
#[expect(
    clippy::struct_excessive_bools,
    reason = "switches that have nothing to do with each other"
)]
pub(crate) struct Screen {
    pub size: (u16, u16),
    /// Where everything is on it.
    pub frame: Frame,
    /// The pane in focus.
    pub focus: Focus,
    /// The pane that was in focus before it.
    pub(in crate::tui) before: Focus,
    /// Whether it has the whole width.
    pub zoom: bool,
    /// What lies over the panes.
    pub overlay: Option<Box<dyn Overlay>>,
    /// The message in view.
    pub message: Option<(Tone, String)>,
    /// Whether the message in view says what an act did.
    pub(in crate::tui) said_of_act: bool,
    /// Whether what is later than an instruction is hidden, in cases that say when they were asked.
    pub hides_later: bool,
    /// Whether claims that occur in the record are marked.
    pub grounding: bool,
    /// Whether answers are shown as they are written, with Markdown's signs.
    pub as_written: bool,
    /// What is said to somebody who is new.
    pub(in crate::tui) guide: Guide,
}

impl Screen {
    pub(super) fn of(size: (u16, u16), hides_later: bool) -> Screen {
        Screen {
            size,
            frame: Frame::default(),
            focus: Focus::Timeline,
            before: Focus::Timeline,
            zoom: false,
            overlay: None,
            message: None,
            said_of_act: false,
            hides_later,
            grounding: false,
            as_written: false,
            guide: Guide::None,
        }
    }

    /// Says something on the message line.
    pub(crate) fn say(&mut self, tone: Tone, message: impl Into<String>) {
        self.message = Some((tone, message.into()));
        self.said_of_act = false;
    }
}

/// What was looked for, and where it leads.
#[derive(Default)]
pub(crate) struct Looking {
    /// What was found in the record in view.
    pub find: Find,
    /// Ranked search.
    pub ranked: Ranked,
    /// The records proposed for the instructions.
    pub matches: Matches,
    /// Where to go once the record is there.
    pub jump: Option<Jump>,
    /// What was looked for last in the gold response.
    pub(in crate::tui) in_text: String,
}

/// What was pressed a moment ago, as far as it decides about the next key.
#[derive(Default)]
pub(crate) struct Keys {
    /// Keys of a sequence that is not complete.
    pub pending: Vec<Key>,
    /// The last key, and the layers that it was pressed in first of several times in a row.
    pub(in crate::tui) repeated: Option<(Key, Vec<Layer>)>,
    /// The key pressed last was told that it leaves when it comes again.
    pub(in crate::tui) said_how_to_leave: bool,
    /// The key before it was, so that this one leaves where it is the same.
    pub(in crate::tui) leaves_again: bool,
    /// What the last frame showed.
    pub(in crate::tui) drawn: Drawn,
    /// The key at hand was typed before what it answers to was drawn.
    pub(in crate::tui) ahead: bool,
}
