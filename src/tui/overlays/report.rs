//! The report: the reviewer's progress while blind, everything after that.
//!
//! In: the reviewer's own ledger, and a report that is computed elsewhere. Out: lines laid out for the screen's width. While reviewing is
//! blind no report is asked for, only progress, which names no model. A long table is folded until it is opened.

use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;

use ratatui::layout::Position;

use super::{LIST, Next, Overlay, not_here};
use crate::report::observations::Observations;
use crate::report::progress;
use crate::report::render_text::{self, Look, TextLine};
use crate::report::table;
use crate::review::counted::Rules;
use crate::text::{self, Layout};
use crate::tui::action::{Action, Layer};
use crate::tui::app::{App, Effect, Tone};
use crate::tui::paint::Paint;
use crate::tui::widgets::heading::heading;
use crate::tui::widgets::list::{Scroll, motion};

/// A table of more lines is folded until it is opened.
const LONG: usize = 24;

/// A report, laid out for the screen.
#[derive(Default)]
pub(crate) struct ReportView {
    /// Whether it is the progress only, since reviewing is blind.
    pub blind: bool,
    /// The report, once it is computed.
    computed: Option<Arc<table::Report>>,
    /// Its lines at the width they were laid out for.
    all: Vec<TextLine>,
    /// Those in view: without those of folded tables.
    lines: Vec<TextLine>,
    /// Which of these are headings that fold.
    heads: Vec<usize>,
    /// By place among these, those that were opened, or closed though they are short.
    turned: BTreeSet<usize>,
    /// That width; `None` until then.
    laid_out: Option<u16>,
    scroll: Scroll,
}

/// Opens the report: the reviewer's progress while blind, else everything, as soon as it is computed.
pub(crate) fn open(app: &mut App) {
    if app.adjudicates() {
        let list = app.desk.key_of(Action::Cases);
        return app.say(
            Tone::Calm,
            format!(
                "`medalign report --adjudicated` reports what is decided; {list} lists what is open"
            ),
        );
    }
    let mut pane = ReportView {
        blind: !app.desk.blinding.unblinds,
        ..ReportView::default()
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
    pub(crate) fn own_observations(&self) -> Observations {
        let own = (self.desk.reviewer.clone(), self.desk.log.ledger().clone());
        let counted = Rules::default().count(BTreeMap::from([own]), None);
        Observations::from_ledgers(self.desk.dataset.cases(), counted)
    }

    /// Takes a report that was computed, if it is still wanted.
    pub(crate) fn take_report(&mut self, report: table::Report) {
        if let Some(pane) = self.over_mut::<ReportView>()
            && !pane.blind
        {
            pane.computed = Some(Arc::new(report));
            pane.laid_out = None;
        }
    }
}

impl Overlay for ReportView {
    fn layers(&self) -> &'static [Layer] {
        LIST
    }

    fn fit(&mut self, app: &mut App) {
        let width = app.screen.frame.middle.width;
        if let (Some(report), true) = (&self.computed, self.laid_out != Some(width)) {
            self.all = lay_out(app, report, self.blind, width);
            self.laid_out = Some(width);
            self.fold(app);
        }
        self.scroll
            .resize(self.lines.len(), app.screen.frame.rows());
    }

    fn act(mut self: Box<Self>, app: &mut App, action: Action) -> Next {
        let top = self.scroll.top;
        let heads = || self.heads.iter().copied();
        // A jump shows the title of a table on the first line.
        let jump = match action {
            Action::Right => heads().find(|i| *i > top),
            Action::Left => heads().take_while(|i| *i < top).last().or(Some(0)),
            Action::Choose if self.table_here().is_none() => return None,
            Action::Choose => {
                self.turn(app);
                return Some(self);
            }
            _ => {
                match motion(action, app.screen.frame.rows()) {
                    Some(by) => self.scroll.go(by),
                    None if action == Action::Toggle => {
                        self.scroll.go(self.scroll.height as isize / 2);
                    }
                    None => not_here(app, action),
                }
                return Some(self);
            }
        };
        if let Some(goal) = jump {
            self.scroll.go(goal as isize - top as isize);
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
        let here = self.table_here().map(|(line, _)| line);
        for ((y, line), i) in (1..).zip(lines).zip(scroll.top..) {
            if here == Some(i) {
                paint.put(0, y, theme.cursor(), theme.accent());
            }
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
            Action::Choose,
            Action::Back,
            Action::Bottom,
        ]
    }

    fn hint(&self, action: Action) -> Option<&'static str> {
        match action {
            Action::Choose if self.table_here().is_some() => Some("fold, open"),
            Action::Right => Some("next"),
            Action::Left => Some("before"),
            _ => None,
        }
    }
}

impl ReportView {
    /// The table that the topmost line is in, or the first one below: the line of its heading, and its place among the headings.
    fn table_here(&self) -> Option<(usize, usize)> {
        let above = self.heads.partition_point(|i| *i <= self.scroll.top);
        let table = above.saturating_sub(1);
        self.heads.get(table).map(|line| (*line, table))
    }

    /// Opens the table at the top of the screen, or folds it; its title stays in view.
    fn turn(&mut self, app: &App) {
        let Some((line, table)) = self.table_here() else {
            return;
        };
        if !self.turned.remove(&table) {
            self.turned.insert(table);
        }
        self.fold(app);
        self.scroll
            .resize(self.lines.len(), app.screen.frame.rows());
        self.scroll
            .go(line.min(self.scroll.top) as isize - self.scroll.top as isize);
    }

    /// Leaves out the lines of folded tables.
    fn fold(&mut self, app: &App) {
        use render_text::Tone;

        let theme = app.desk.theme;
        self.lines.clear();
        self.heads.clear();
        let mut at = 0;
        while let Some(first) = self.all.get(at) {
            let rest = &self.all[at + 1..];
            let ends = |l: &TextLine| matches!(l.tone, Tone::Title | Tone::Part);
            let len = rest.iter().position(ends).unwrap_or(rest.len());
            let body = &rest[..len];
            // A part is a heading of tables; only what it holds itself folds.
            if first.tone != Tone::Title && (first.tone != Tone::Part || len <= LONG) {
                self.lines.push(first.clone());
                at += 1;
                continue;
            }
            let table = self.heads.len();
            self.heads.push(self.lines.len());
            let folded = (len > LONG || first.slight) != self.turned.contains(&table);
            let (sign, more) = if folded {
                (theme.folded(), format!(" ({len} lines)"))
            } else {
                (theme.unfolded(), String::new())
            };
            let text = format!("{sign} {}{more}", first.text);
            self.lines.push(TextLine {
                text,
                ..first.clone()
            });
            if !folded {
                self.lines.extend_from_slice(body);
            } else if body.last().is_some_and(|l| l.text.is_empty()) {
                self.lines.extend(body.last().cloned());
            }
            at += 1 + len;
        }
    }
}

/// The lines of a report, below one that says whose it is.
fn lay_out(app: &App, report: &table::Report, blind: bool, width: u16) -> Vec<TextLine> {
    let look = Look {
        width: usize::from(width.saturating_sub(2)),
        ascii: app.desk.theme.ascii,
        // What rests on one case is folded here.
        all: true,
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
    let first = rows.iter().map(|row| TextLine {
        tone: render_text::Tone::Dim,
        slight: false,
        text: first[row.start as usize..row.end as usize].to_owned(),
    });
    first.chain(render_text::lines(report, look)).collect()
}
