//! The report pane: what it shows, and moving in it.
//!
//! In: the reviewer's own ledger, and a report that was computed elsewhere. Out: lines laid out for the screen's width.
//! While reviewing is blind no report is asked for, only progress, which names no model.

use std::collections::BTreeMap;
use std::sync::Arc;

use crate::report::observations::Observations;
use crate::report::progress;
use crate::report::render_text::{Line, Look, Tone, lines};
use crate::report::table::Report;
use crate::review::counted::Rules;
use crate::text::{self, Layout};
use crate::tui::action::Action;
use crate::tui::app::{App, Effect};
use crate::tui::overlay::{Overlay, ReportPane};

impl App {
    /// Opens the report: the reviewer's progress while blind, else everything, as soon as it is computed.
    pub(super) fn open_report(&mut self) {
        if self.adjudicates() {
            let list = self.key_of(Action::Cases);
            return self.say(
                crate::tui::app::Tone::Calm,
                format!("`medalign report --adjudicated` reports what is decided; {list} lists what is open"),
            );
        }
        let mut pane = ReportPane {
            blind: !self.unblinds,
            ..ReportPane::default()
        };
        if pane.blind {
            let cases = self.dataset.cases();
            let report =
                progress::of_reviewer(self.dataset.name(), cases, &self.queue, self.log.ledger());
            pane.report = Some(Arc::new(report));
        } else {
            self.effects.push(Effect::Report);
        }
        self.overlay = Some(Overlay::Report(pane));
    }

    /// What counts of what the reviewer said, for the report; copied, so that it is computed while judging goes on.
    pub fn own_observations(&self) -> Observations {
        let own = (self.reviewer.clone(), self.log.ledger().clone());
        let counted = Rules::default().count(BTreeMap::from([own]), None);
        Observations::from_ledgers(self.dataset.cases(), counted)
    }

    /// Takes a report that was computed, if it is still wanted.
    pub fn take_report(&mut self, report: Report) {
        if let Some(Overlay::Report(pane)) = &mut self.overlay
            && !pane.blind
        {
            pane.report = Some(Arc::new(report));
            pane.laid_out = None;
        }
    }

    /// Lays the report out for the width there is, unless that was done.
    pub(super) fn fit_report(&mut self, width: u16, height: usize) {
        let ascii = self.theme.ascii;
        let unblind = self.key_of(Action::Unblind);
        let Some(Overlay::Report(pane)) = &mut self.overlay else {
            return;
        };
        if let (Some(report), true) = (&pane.report, pane.laid_out != Some(width)) {
            let look = Look {
                width: usize::from(width.saturating_sub(2)),
                ascii,
            };
            pane.lines = lines(report, look);
            let first = if pane.blind {
                format!(
                    "Models' figures come after unblinding ({unblind}), so that they do not steer your verdicts."
                )
            } else {
                "Of your own reviews; `medalign report --reviews` writes those of all reviewers, also as a page.".to_owned()
            };
            let rows = text::wrap(&first, look.width, Layout::Lines);
            let first = rows.iter().map(|row| Line {
                tone: Tone::Dim,
                text: first[row.start as usize..row.end as usize].to_owned(),
            });
            pane.lines.splice(0..0, first.collect::<Vec<_>>());
            pane.laid_out = Some(width);
        }
        pane.scroll.len = pane.lines.len();
        pane.scroll.height = height;
        pane.scroll.go(0);
    }

    /// Keys over the report.
    pub(super) fn report_action(&mut self, action: Action) {
        let Some(Overlay::Report(pane)) = &mut self.overlay else {
            return;
        };
        let top = pane.scroll.top;
        let titles = || {
            let all = pane.lines.iter().enumerate();
            all.filter(|(_, l)| l.tone == Tone::Title).map(|(i, _)| i)
        };
        // A jump shows the title of a table on the first line.
        let jump = match action {
            Action::Right => titles().find(|i| *i > top),
            Action::Left => titles().take_while(|i| *i < top).last().or(Some(0)),
            _ => return self.list_action(action),
        };
        if let Some(goal) = jump {
            let by = goal as isize - top as isize;
            pane.scroll.go(by);
        }
    }
}
