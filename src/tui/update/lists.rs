//! Lists and menus: cases, notices, kinds, tags, help, questions.
//!
//! In: actions. Out: a changed list, or what was chosen from it.

use std::sync::Arc;

use crate::review::{ErrorKind, Harm};
use crate::tui::action::Action;
use crate::tui::app::{App, Effect, RecordState};
use crate::tui::find::Find;
use crate::tui::overlay::{Ask, Overlay};

impl App {
    /// Closes or cancels the overlay. It saves nothing; what was typed or chosen in it comes back once.
    pub(super) fn close_overlay(&mut self) {
        match &self.overlay {
            // Only the line is left; the menu is still open.
            Some(Overlay::Applicability { typing: true, .. }) => return self.end_reason(),
            Some(Overlay::Own(_)) => return self.with_overlay(|app, overlay| overlay.close(app)),
            _ => self.cancel_typing(),
        }
        match self.overlay.take() {
            Some(Overlay::Prompt { ask: Ask::Find, .. }) => {
                self.back_to_origin();
                self.find = Find::default();
            }
            Some(Overlay::Prompt {
                ask: Ask::LabelComment,
                ..
            }) => self.end_label_comment(),
            _ => {}
        }
    }

    /// The rows that lists have on the screen.
    fn list_height(&self) -> usize {
        // The heading stands on the row of the panes' headings.
        usize::from(self.frame.middle.height).max(1)
    }

    /// Fits the open overlay to the screen.
    pub(in crate::tui) fn fit_overlay(&mut self) {
        let height = self.list_height();
        match &mut self.overlay {
            Some(Overlay::Own(_)) => self.with_overlay(|app, mut overlay| {
                overlay.fit(app);
                Some(overlay)
            }),
            Some(Overlay::Palette { list, .. }) => list.resize(height.saturating_sub(1).max(1)),
            Some(Overlay::Search(_)) => self.fit_search(),
            Some(Overlay::Matches) => {
                let below = crate::tui::view::matches::rows_below(height);
                self.matches.list.resize(height.saturating_sub(below));
            }
            Some(Overlay::Reader { .. }) => {
                if let RecordState::Ready(view) = &self.record {
                    let view = Arc::clone(view);
                    self.fit_reader(&view.record);
                }
            }
            Some(overlay) => {
                if let Some(list) = overlay.list() {
                    list.resize(height);
                }
            }
            None => {}
        }
    }

    pub(super) fn list_action(&mut self, action: Action) {
        match (
            crate::tui::widgets::list::motion(action, self.frame.rows()),
            action,
        ) {
            (Some(by), _) => {
                if let Some(list) = self.overlay.as_mut().and_then(Overlay::list) {
                    list.go(by);
                }
            }
            (None, Action::Choose) => self.choose(),
            (None, Action::Toggle) => self.toggle(),
            (None, Action::FilterAll | Action::Confirm) => {}
            (None, _) => self.close_first(),
        }
    }

    fn choose(&mut self) {
        match &mut self.overlay {
            Some(Overlay::Tags { .. }) => self.save_tags(),
            Some(Overlay::Applicability { list, .. }) if list.cursor == 4 => {
                self.choose_applicability();
            }
            Some(Overlay::Applicability { .. }) => self.save_applicability(),
            _ => self.overlay = None,
        }
    }

    fn toggle(&mut self) {
        match &mut self.overlay {
            Some(Overlay::Tags {
                errors, harm, list, ..
            }) => {
                self.typing.unwritten.touch();
                if let Some(kind) = ErrorKind::ALL.get(list.cursor) {
                    if errors.contains(kind) {
                        errors.retain(|k| k != kind);
                    } else {
                        errors.push(*kind);
                        errors.sort_unstable();
                    }
                } else if let Some(chosen) = Harm::ALL.get(list.cursor - ErrorKind::ALL.len()) {
                    *harm = if *harm == Some(*chosen) {
                        None
                    } else {
                        Some(*chosen)
                    };
                }
            }
            Some(Overlay::Applicability { .. }) => self.choose_applicability(),
            _ => {}
        }
    }

    /// Takes the effects that the runner has to carry out.
    pub fn take_effects(&mut self) -> Vec<Effect> {
        std::mem::take(&mut self.effects)
    }
}
