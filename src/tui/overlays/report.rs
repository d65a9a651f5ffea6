//! The report: the reviewer's progress while blind, everything after that.
//!
//! In: the reviewer's own ledger, and a report that is computed elsewhere. Out: lines laid out for the screen's width. While reviewing is
//! blind no report is asked for, only progress, which names no model.

use std::collections::BTreeMap;
use std::sync::Arc;

use ratatui::layout::Position;

use super::{LIST, Next, Overlay, not_here};
use crate::report::observations::Observations;
use crate::report::progress;
use crate::report::render_text::{self, Line, Look};
use crate::report::table;
use crate::review::counted::Rules;
use crate::text::{self, Layout};
use crate::tui::action::{Action, Layer};
use crate::tui::app::{App, Effect, Tone};
use crate::tui::paint::Paint;
use crate::tui::widgets::heading::heading;
use crate::tui::widgets::list::{Scroll, motion};

/// A report, laid out for the screen.
#[derive(Default)]
pub struct Report {
    /// Whether it is the progress only, since reviewing is blind.
    pub blind: bool,
    /// The report, once it is computed.
    computed: Option<Arc<table::Report>>,
    /// Its lines at the width they were laid out for.
    lines: Vec<Line>,
    /// That width; `None` until then.
    laid_out: Option<u16>,
    scroll: Scroll,
}

/// Opens the report: the reviewer's progress while blind, else everything, as soon as it is computed.
pub fn open(app: &mut App) {
    if app.adjudicates() {
        let list = app.desk.key_of(Action::Cases);
        return app.say(
            Tone::Calm,
            format!(
                "`medalign report --adjudicated` reports what is decided; {list} lists what is open"
            ),
        );
    }
    let mut pane = Report {
        blind: !app.desk.blinding.unblinds,
        ..Report::default()
    };
    if pane.blind {
        let cases = app.desk.dataset.cases();
        let report = progress::of_reviewer(
            app.desk.dataset.name(),
            cases,
            &app.desk.plan.steps,
            app.desk.log.ledger(),
        );
        pane.computed = Some(Arc::new(report));
    } else {
        app.desk.effects.push(Effect::Report);
    }
    app.open(pane);
}

impl App {
    /// What counts of what the reviewer said, for the report; copied, so that it is computed while judging goes on.
    pub fn own_observations(&self) -> Observations {
        let own = (self.desk.reviewer.clone(), self.desk.log.ledger().clone());
        let counted = Rules::default().count(BTreeMap::from([own]), None);
        Observations::from_ledgers(self.desk.dataset.cases(), counted)
    }

    /// Takes a report that was computed, if it is still wanted.
    pub fn take_report(&mut self, report: table::Report) {
        if let Some(pane) = self.over_mut::<Report>()
            && !pane.blind
        {
            pane.computed = Some(Arc::new(report));
            pane.laid_out = None;
        }
    }
}

impl Overlay for Report {
    fn layers(&self) -> &'static [Layer] {
        LIST
    }

    fn fit(&mut self, app: &mut App) {
        let width = app.screen.frame.middle.width;
        if let (Some(report), true) = (&self.computed, self.laid_out != Some(width)) {
            self.lines = lay_out(app, report, self.blind, width);
            self.laid_out = Some(width);
        }
        self.scroll
            .resize(self.lines.len(), app.screen.frame.rows());
    }

    fn act(mut self: Box<Self>, app: &mut App, action: Action) -> Next {
        let scroll = &mut self.scroll;
        let top = scroll.top;
        let titles = || {
            let all = self.lines.iter().enumerate();
            all.filter(|(_, l)| l.tone == render_text::Tone::Title)
                .map(|(i, _)| i)
        };
        // A jump shows the title of a table on the first line.
        let jump = match action {
            Action::Right => titles().find(|i| *i > top),
            Action::Left => titles().take_while(|i| *i < top).last().or(Some(0)),
            Action::Choose => return None,
            _ => {
                match motion(action, app.screen.frame.rows()) {
                    Some(by) => scroll.go(by),
                    None if action == Action::Toggle => scroll.go(scroll.height as isize / 2),
                    None => not_here(app, action),
                }
                return Some(self);
            }
        };
        if let Some(goal) = jump {
            scroll.go(goal as isize - top as isize);
        }
        Some(self)
    }

    fn draw(&self, app: &App, paint: &mut Paint<'_>) -> Option<Position> {
        let (theme, scroll) = (app.desk.theme, self.scroll);
        let back = app.desk.key_of(Action::Back);
        let place = if self.lines.is_empty() {
            format!("{back} closes")
        } else {
            let last = (scroll.top + scroll.height).min(scroll.len);
            format!(
                "{}-{last} of {}   {back} closes",
                scroll.top + 1,
                scroll.len
            )
        };
        let title = if self.blind {
            "Your progress"
        } else {
            "Report"
        };
        heading(theme, paint, title, &place);
        if self.lines.is_empty() {
            paint.put(2, 2, "The report is being computed …", theme.dim());
        }
        let lines = self.lines.iter().skip(scroll.top).take(scroll.height);
        for (y, line) in (1..).zip(lines) {
            let style = match line.tone {
                render_text::Tone::Part | render_text::Tone::Title => theme.accent(),
                render_text::Tone::Head => theme.bold(),
                render_text::Tone::Text => theme.text(),
                render_text::Tone::Dim => theme.dim(),
            };
            paint.put(1, y, &line.text, style);
        }
        None
    }

    fn hints(&self) -> &'static [Action] {
        &[
            Action::Down,
            Action::PageDown,
            Action::Right,
            Action::Left,
            Action::Bottom,
            Action::Back,
        ]
    }
}

/// The lines of a report, below one that says whose it is.
fn lay_out(app: &App, report: &table::Report, blind: bool, width: u16) -> Vec<Line> {
    let look = Look {
        width: usize::from(width.saturating_sub(2)),
        ascii: app.desk.theme.ascii,
    };
    let first = if blind {
        let unblind = app.desk.key_of(Action::Unblind);
        format!(
            "Models' figures come after unblinding ({unblind}), so that they do not steer your verdicts."
        )
    } else {
        "Of your own reviews; `medalign report --reviews` writes those of all reviewers, also as a page.".to_owned()
    };
    let rows = text::wrap(&first, look.width, Layout::Lines);
    let first = rows.iter().map(|row| Line {
        tone: render_text::Tone::Dim,
        text: first[row.start as usize..row.end as usize].to_owned(),
    });
    first.chain(render_text::lines(report, look)).collect()
}
