//! Lists and menus: cases, notices, kinds, tags, help, questions.
//!
//! In: actions. Out: a changed list, or what was chosen from it.

use std::sync::Arc;

use crate::review::{ErrorKind, Harm};
use crate::tui::action::Action;
use crate::tui::app::{App, Effect, RecordState, Tone};
use crate::tui::find::Find;
use crate::tui::overlay::{Ask, CaseFilter, Overlay, Question, ReportPane, WholeText};
use crate::tui::widgets::list::{List, Scroll};

impl App {
    /// Closes or cancels the overlay. It saves nothing; what was typed or chosen in it comes back once.
    pub(super) fn close_overlay(&mut self) {
        match &self.overlay {
            // Only the line is left; the menu is still open.
            Some(Overlay::Applicability { typing: true, .. }) => return self.end_reason(),
            Some(Overlay::Whole(_)) => return self.back_to_list(),
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
            Some(Overlay::Report(_)) => self.fit_report(self.frame.middle.width, height),
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
            Some(Overlay::Whole(whole)) => whole.fit(self.frame.middle.width, height),
            Some(Overlay::Evidence(list) | Overlay::Sides(list)) => {
                list.resize(crate::tui::view::evidence::rows(height).0);
            }
            Some(overlay) => {
                if let Some(list) = overlay.list() {
                    list.resize(height);
                }
            }
            None => {}
        }
    }

    /// Shows the whole of a text that the list it is from cuts.
    pub(super) fn show_whole(&mut self, title: &str, text: &str) {
        if let Some(back) = self.overlay.take() {
            let whole = WholeText {
                title: title.to_owned(),
                text: text.to_owned(),
                rows: Vec::new(),
                width: 0,
                scroll: Scroll::default(),
                back,
            };
            self.overlay = Some(Overlay::Whole(Box::new(whole)));
        }
    }

    fn back_to_list(&mut self) {
        if let Some(Overlay::Whole(whole)) = self.overlay.take() {
            self.overlay = Some(whole.back);
        }
    }

    pub(super) fn open_cases(&mut self) {
        let shown = self.listed();
        let here = shown.iter().position(|s| *s == self.step());
        let after = || shown.iter().position(|s| s.case >= self.case);
        let cursor = here.or_else(after).unwrap_or(0);
        let list = List::new(shown.len(), cursor, self.list_height());
        self.overlay = Some(Overlay::Cases {
            filter: self.case_filter,
            shown,
            list,
        });
    }

    /// The categories of the cases, each once, in the cases' order.
    pub fn categories(&self) -> Vec<&str> {
        let mut all: Vec<&str> = Vec::new();
        for case in self.dataset.cases() {
            let (category, _) = self.category_of(case);
            if !category.is_empty() && !all.contains(&category) {
                all.push(category);
            }
        }
        all
    }

    pub(super) fn list_action(&mut self, action: Action) {
        let height = self.list_height() as isize;
        let by = match action {
            Action::Down => 1,
            Action::Up => -1,
            Action::PageDown => (height / 2).max(1),
            Action::PageUp => -(height / 2).max(1),
            Action::Top => isize::MIN / 2,
            Action::Bottom => isize::MAX / 2,
            Action::Confirm => return self.confirm(),
            Action::Choose => return self.choose(),
            Action::Toggle => return self.toggle(),
            Action::Unpin => return self.unpin(),
            Action::Adopt => return self.adopt(),
            Action::Undo | Action::Redo if matches!(self.overlay, Some(Overlay::Evidence(_))) => {
                return self.undo_in_evidence(action == Action::Undo);
            }
            Action::FilterAll => return self.filter_cases(CaseFilter::All),
            Action::FilterQueue => return self.filter_queue(),
            Action::FilterUnfinished => return self.filter_cases(CaseFilter::Unfinished),
            Action::FilterMine => return self.filter_cases(CaseFilter::Mine),
            Action::FilterFlagged => return self.filter_cases(CaseFilter::Flagged),
            Action::FilterCategory => {
                let next = match self.case_filter {
                    CaseFilter::Category(i) => i + 1,
                    _ => 0,
                };
                let there = next < self.categories().len();
                let filter = if there {
                    CaseFilter::Category(next)
                } else {
                    CaseFilter::All
                };
                return self.filter_cases(filter);
            }
            _ => return self.close_first(),
        };
        match &mut self.overlay {
            Some(Overlay::Report(ReportPane { scroll, .. })) => scroll.go(by),
            Some(Overlay::Whole(whole)) => whole.scroll.go(by),
            // Going to a reason chooses it, so that the first step down goes to the first one.
            Some(Overlay::Reason { chosen, list, .. }) if !*chosen => {
                *chosen = true;
                list.go(if by < 0 { isize::MAX / 2 } else { 0 });
            }
            Some(overlay) => {
                if let Some(list) = overlay.list() {
                    list.go(by);
                }
            }
            None => {}
        }
    }

    /// A question was answered: one key says yes, every other goes back.
    pub(super) fn question_action(&mut self, action: Action) {
        let Some(Overlay::Confirm(question, _)) = self.overlay.take() else {
            return;
        };
        if action != Action::Confirm {
            return;
        }
        match question {
            Question::Submit => self.submit_now(None),
            Question::Unblind => self.unblind(),
            Question::OutsidePlan(action) => self.go_on_outside(action),
            Question::SeeOthers => self.show_others(),
            Question::Elsewhere { undo, target } => self.change_elsewhere(undo, &target),
            Question::LeaveUnsaved => self.quit(),
            Question::EditorFailed => {}
        }
    }

    /// Yes to what a row of a list, or the list, asks.
    fn confirm(&mut self) {
        match &self.overlay {
            Some(Overlay::Evidence(list)) => {
                let row = list.cursor;
                self.confirm_evidence(row);
            }
            Some(Overlay::Reason { .. }) => self.decide(),
            _ => {}
        }
    }

    fn filter_cases(&mut self, filter: CaseFilter) {
        if matches!(self.overlay, Some(Overlay::Cases { .. })) {
            self.case_filter = filter;
            self.open_cases();
        }
    }

    fn filter_queue(&mut self) {
        if self.queue.is_empty() && matches!(self.overlay, Some(Overlay::Cases { .. })) {
            return self.say(
                Tone::Calm,
                "There is no plan with cases for you; `medalign plan` makes one",
            );
        }
        self.filter_cases(CaseFilter::Queue);
    }

    fn choose(&mut self) {
        match &mut self.overlay {
            Some(Overlay::Cases { shown, list, .. }) => {
                let step = shown.get(list.cursor).copied();
                self.overlay = None;
                if let Some(step) = step {
                    self.open_step(step);
                }
            }
            Some(Overlay::Tags { .. }) => self.save_tags(),
            Some(Overlay::Applicability { list, .. }) if list.cursor == 4 => {
                self.choose_applicability();
            }
            Some(Overlay::Applicability { .. }) => self.save_applicability(),
            Some(Overlay::Evidence(list)) => {
                let row = list.cursor;
                self.choose_evidence(row);
            }
            Some(Overlay::Sides(_)) => self.choose_side(),
            Some(Overlay::Whole(_)) => self.back_to_list(),
            Some(Overlay::Reason { .. }) => self.say_how_to_decide(),
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
            Some(Overlay::Report(ReportPane { scroll, .. })) => {
                scroll.go(scroll.height as isize / 2);
            }
            Some(Overlay::Applicability { .. }) => self.choose_applicability(),
            Some(Overlay::Reason { .. }) => self.say_how_to_decide(),
            Some(Overlay::Cases { .. } | Overlay::Evidence(_)) => {
                self.choose();
            }
            _ => {}
        }
    }

    /// Takes the effects that the runner has to carry out.
    pub fn take_effects(&mut self) -> Vec<Effect> {
        std::mem::take(&mut self.effects)
    }
}
